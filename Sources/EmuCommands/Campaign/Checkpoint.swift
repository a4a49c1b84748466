import Differential
import FoundationEssentials

/// Where a shard stands: what `emu fuzz` writes now and then and resumes from.
struct Checkpoint: Codable, Equatable {
  /// What the campaign is: another one must not resume from this.
  struct Identity: Codable, Equatable {
    var seed: UInt64
    var count: UInt64
    var shard: UInt64
    var shards: UInt64
    var against: String
    var subject: String
    var isa: String
    var modes: String
    /// Nil where tests have either level.
    var cpl: UInt8?
    var rules: Bool
    var processor: String
    var model: String
    var exact: Bool
    var length: String
    var bytes: Bool
  }

  var identity: Identity
  /// Index within the shard of the next test.
  var next: UInt64
  /// Bytes of the results file that count.
  var resultBytes: UInt64
  /// Every test is done.
  var isComplete: Bool
  var tests: UInt64
  var classes: [String: UInt64]
  var rules: [String: UInt64]
  var fingerprints: [String: UInt64]
  var forms: [String: CampaignTally.FormCount]
  var maps: [String: CampaignTally.FormCount]

  init(_ identity: Identity, next: UInt64, resultBytes: UInt64, isComplete: Bool, tally: CampaignTally) {
    self.identity = identity
    self.next = next
    self.resultBytes = resultBytes
    self.isComplete = isComplete
    tests = tally.tests
    classes = Dictionary(uniqueKeysWithValues: tally.classes.map { ($0.key.rawValue, $0.value) })
    rules = tally.rules
    fingerprints = tally.fingerprints
    maps = tally.maps
    forms = Dictionary(uniqueKeysWithValues: tally.forms.map { (String($0.key), $0.value) })
  }

  /// The tally at the checkpoint.
  var tally: CampaignTally {
    var tally = CampaignTally()
    tally.tests = tests
    for (name, count) in classes { if let kind = DivergenceClass(rawValue: name) { tally.classes[kind] = count } }
    tally.rules = rules
    tally.fingerprints = fingerprints
    tally.maps = maps
    for (name, count) in forms { if let form = UInt16(name) { tally.forms[form] = count } }
    return tally
  }
}
