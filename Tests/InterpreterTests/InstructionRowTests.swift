import InstructionTesting
import Interpreter
import ModelExecution
import NativeOracle
import Testing
import X86

/// A row as it stands in a table, with the mode that its table is for.
struct RowText: Sendable, CustomTestStringConvertible {
  var line: String
  var mode: InstructionTest.Mode
  /// What the processor is.
  var model = ProcessorModel.amdV1
  /// Processors of other vendors do something else.
  var isOfAMD = false
  /// A locked access across cache lines: hosts on which the kernel answers it do not show what the processor does.
  var isSplitLock = false

  var testDescription: String { line }

  /// All tables, line by line.
  static let all: [RowText] =
    longTables.flatMap { rows($0, .long64) } + compatibilityTables.flatMap { rows($0, .compatibility32) }
    + newerTables.flatMap { rows($0, .long64, .amdV3) } + rows(fieldRows, .long64, .zen4)
    + rows(protectionKeyRows, .long64, .zen4) + rows(sixteenBitRows, .segmented, .amdV3)
    + (rows(x87PointerRows, .long64) + rows(x87CompatibilityPointerRows, .compatibility32)
    + rows(lastPlaceRows, .long64) + rows(sixteenBitOrderRows, .segmented, .amdV3)
    + rows(vectorOrderRows, .long64, .amdV3)).map {
      RowText(line: $0.line, mode: $0.mode, model: $0.model, isOfAMD: true)
    }
    + rows(splitLockRows, .long64).map { RowText(line: $0.line, mode: $0.mode, isSplitLock: true) }

  static let longTables = [
    additionRows, logicRows, multiplicationRows, shiftRows, rotateRows, bitRows, moveRows, exchangeRows, stackRows,
    stringRows, repeatRows, flagRows, branchRows, faultRows, privilegeRows, vectorFloatRows, x87Rows,
    transcendentalRows, storeRows,
  ]
  /// For processors of level v3.
  static let newerTables = [bitManipulationRows, vectorRows, vectorFaultRows, gatherRows]
  static let compatibilityTables = [decimalRows, compatibilityRows]

  private static func rows(
    _ table: String, _ mode: InstructionTest.Mode, _ model: ProcessorModel = .amdV1
  ) -> [RowText] {
    table.split(separator: "\n").map { RowText(line: String($0), mode: mode, model: model) }
  }

  /// Whether the host's own processor has what the row needs; PKRU is the host system's.
  var isOfHost: Bool {
    guard !isOfAMD || HostProcessor.name.hasPrefix(ProcessorModel.Vendor.amd.rawValue) else { return false }
    let needed: [ProcessorLevel: Set<String>] = [
      .v3: ["avx2", "bmi2", "fma", "adx"], .complete: ["avx2", "gfni"],
    ]
    return !line.contains("PKRU") && HostProcessor.features.isSuperset(of: needed[model.level] ?? [])
  }
}

@Suite("Instructions, a row each")
struct InstructionRowTests {
  @Test("The model does what the row says, and changes nothing else", arguments: RowText.all)
  func model(_ text: RowText) throws {
    let row = try InstructionRow(text.line, mode: text.mode)
    #expect(try row.text(ModelRunner(text.model).run(row.test)) == row.text(row.expected))
  }

  @Test(
    "The host's own processor does the same", .enabled(if: NativeOracle.unavailableReason == nil, "no native oracle"))
  func native() throws {
    for isSegmented in [false, true] {
      try compareNative(RowText.all.filter { $0.isOfHost && ($0.mode == .segmented) == isSegmented }, isSegmented)
    }
  }

  private func compareNative(_ texts: [RowText], _ isSegmented: Bool) throws {
    let oracle: NativeOracle
    do { oracle = try NativeOracle(segments: isSegmented ? InstructionTest.segments : []) } catch {
      #expect(isSegmented, "\(error)")
      print("SKIP rows of 16-bit code on the host's own processor: \(error)")
      return
    }
    // A trap flag would stop a gather between two elements.
    let rows = try texts.map { text in
      var row = try InstructionRow(text.line, mode: text.mode)
      if text.model.level > .v1 { row.test.singleSteps = false }
      return row
    }
    let results = try oracle.run(rows.map(\.test))
    for (index, row) in rows.enumerated() {
      if texts[index].isSplitLock, results[index].vector == UserState.lost {
        print("SKIP on the host's own processor, whose kernel answers split locks: \(texts[index].line)")
        continue
      }
      #expect(row.text(results[index]) == row.text(row.expected), "\(texts[index].line)")
    }
  }

  @Test("There are rows enough, and none stands twice")
  func count() {
    #expect(RowText.all.count >= 200)
    #expect(Set(RowText.all.map { "\($0.mode) \($0.line)" }).count == RowText.all.count)
  }

  /// A wrong row, and whether it cannot be read or the model does something else.
  @Test(
    "A wrong row is found",
    arguments: [
      ("ADD AL, 1 | 04 01 | rax=1 | rax=3", true), ("ADD AL, 1 | 04 01 | rax=1 | rax=2 f=C", true),
      ("ADD AL, 1 | 04 01 | rax=1 | rax=2 rcx=1", true), ("ADD AL, 1 | 04 01 | rax=1 | rax=2 [0]=1", true),
      ("ADD AL, 1 | 04 01 | rax=1 | rax=2 rip=+3", true), ("ADD AL, 1 | 04 01 | rax=1 | #UD", true),
      ("ADD AL, 1 | 04 01 | rax=1", false), ("ADD AL, 1 | 04 1G | rax=1 | rax=2", false),
      ("ADD AL, 1 | 04 01 | rax=x | rax=2", false), ("ADD AL, 1 | 04 01 | rax=1 | eax=2", false),
      ("ADD AL, 1 | 04 01 | rax=1 | f=X", false), ("ADD AL, 1 | 04 01 | rax=1 | ?=X", false),
      ("ADD AL, 1 | 04 01 | rax=1 | #PF(4)", false), ("ADD AL, 1 | 04 01 | [4]=1 | rax=1", false),
    ])
  func planted(_ line: String, _ isReadable: Bool) throws {
    guard isReadable else {
      #expect(throws: RowError.self) { try InstructionRow(line) }
      return
    }
    let row = try InstructionRow(line)
    #expect(try row.text(ModelRunner().run(row.test)) != row.text(row.expected))
  }
}
