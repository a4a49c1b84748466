import FoundationEssentials
import HostSystem

/// A line of a shard's results.
struct CampaignLine: Codable {
  struct FieldDifference: Codable {
    var field: String
    var subject: String
    var oracle: String
  }

  var kind: String
  // Header and summary.
  var seed: UInt64?
  var count: UInt64?
  var shard: UInt64?
  var shards: UInt64?
  var subject: String?
  var against: String?
  var isa: String?
  var modes: String?
  var length: String?
  var bytes: Bool?
  var cpl: UInt8?
  var rules: Bool?
  var processor: String?
  // Summary.
  var tests: UInt64?
  var classes: [String: UInt64]?
  var rule: RuleField?
  var fingerprints: [String: UInt64]?
  // A difference.
  var `class`: String?
  var fingerprint: String?
  var form: String?
  var signature: String?
  var test: UInt64?
  var differences: [FieldDifference]?

  /// `rule` is a name in a difference and counts in a summary.
  enum RuleField: Codable {
    case name(String)
    case counts([String: UInt64])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let name = try? container.decode(String.self) {
        self = .name(name)
      } else {
        self = .counts(try container.decode([String: UInt64].self))
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .name(let name): try container.encode(name)
      case .counts(let counts): try container.encode(counts)
      }
    }
  }

  /// What all shards of one campaign have in common.
  var campaign: [String] {
    [
      "\(seed ?? 0)", "\(count ?? 0)", "\(shards ?? 0)", subject ?? "", against ?? "", isa ?? "", "\(cpl ?? 3)",
      "\(rules ?? true)", processor ?? "", modes ?? "", length ?? "", "\(bytes ?? false)",
    ]
  }
}

/// The shards of a campaign put together.
struct CampaignMerge {
  /// One difference of its kind, and how often it came.
  struct Kind {
    var line: CampaignLine
    var count: UInt64
  }

  /// The header of the first shard.
  private(set) var header: CampaignLine?
  /// Summaries by shard.
  private(set) var summaries: [UInt64: CampaignLine] = [:]
  /// Differences by fingerprint.
  private(set) var kinds: [String: Kind] = [:]
  /// What is wrong with the files, a sentence each.
  private(set) var problems: [String] = []
  private var fingerprints: [String: UInt64] = [:]

  /// Reads a shard's results.
  mutating func read(_ path: String) throws {
    let lines = try HostIO.readFile(path).split(separator: 10)
    let decoder = JSONDecoder()
    for (index, bytes) in lines.enumerated() {
      guard let line = try? decoder.decode(CampaignLine.self, from: Data(bytes)) else {
        problems.append("\(path): line \(index + 1) is not a JSON object of a campaign")
        continue
      }
      switch line.kind {
      case "campaign": note(header: line, path)
      case "divergence": note(divergence: line)
      case "summary": note(summary: line, path)
      default: problems.append("\(path): line \(index + 1): kind '\(line.kind)' is not known")
      }
    }
  }

  private mutating func note(header line: CampaignLine, _ path: String) {
    guard let first = header else {
      header = line
      return
    }
    if first.campaign != line.campaign {
      problems.append(
        "\(path): belongs to another campaign than the first file (\(line.campaign.joined(separator: ", ")))")
    }
  }

  private mutating func note(divergence line: CampaignLine) {
    guard let fingerprint = line.fingerprint else { return }
    if kinds[fingerprint] == nil || (line.test ?? 0) < (kinds[fingerprint]?.line.test ?? 0) {
      kinds[fingerprint] = Kind(line: line, count: 0)
    }
  }

  private mutating func note(summary line: CampaignLine, _ path: String) {
    let shard = line.shard ?? 0
    guard summaries[shard] == nil else {
      problems.append("\(path): shard \(shard) has been counted already")
      return
    }
    summaries[shard] = line
    fingerprints.merge(line.fingerprints ?? [:], uniquingKeysWith: +)
  }

  /// Checks that every shard is there and whole.
  mutating func close() {
    for (fingerprint, count) in fingerprints { kinds[fingerprint]?.count = count }
    guard let header else {
      problems.append("no campaign: no file has a header line")
      return
    }
    let shards = header.shards ?? 1
    let count = header.count ?? 0
    for shard in 0..<min(shards, 1 << 20) {
      let wanted = count > shard ? (count - shard - 1) / shards + 1 : 0
      guard let summary = summaries[shard] else {
        problems.append("shard \(shard) of \(shards) is missing or has not ended")
        continue
      }
      if summary.tests != wanted {
        problems.append("shard \(shard) of \(shards): has \(summary.tests ?? 0) tests, and \(wanted) belong to it")
      }
    }
    if tests != count, problems.isEmpty { problems.append("\(tests) tests in all, and the campaign has \(count)") }
  }

  /// Tests of all shards.
  var tests: UInt64 { summaries.values.reduce(0) { $0 + ($1.tests ?? 0) } }

  /// Differences of all shards by class.
  var classes: [String: UInt64] { merged { $0.classes } }

  /// Differences of all shards by rule.
  var rules: [String: UInt64] {
    merged { line in if case .counts(let counts) = line.rule { counts } else { nil } }
  }

  private func merged(_ field: (CampaignLine) -> [String: UInt64]?) -> [String: UInt64] {
    summaries.values.reduce(into: [:]) { $0.merge(field($1) ?? [:], uniquingKeysWith: +) }
  }

  /// Kinds of difference, bugs first.
  var sortedKinds: [Kind] {
    kinds.values.sorted {
      let (left, right) = ($0.line, $1.line)
      if (left.class == "bug") != (right.class == "bug") { return left.class == "bug" }
      return (left.class ?? "", left.rule.name, left.fingerprint ?? "")
        < (right.class ?? "", right.rule.name, right.fingerprint ?? "")
    }
  }
}

extension CampaignLine.RuleField? {
  /// The rule's name.
  var name: String { if case .name(let name) = self { name } else { "none" } }
}
