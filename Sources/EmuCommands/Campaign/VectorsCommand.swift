import ArgumentParser
import Differential
import Glibc
import HostSystem
import Interpreter

/// The processors of vectors on the command line.
struct VectorProcessorChoice: ExpressibleByArgument {
  var processor: VectorProcessor
  init?(argument: String) {
    guard let processor = VectorProcessor(named: argument) else { return nil }
    self.processor = processor
  }
  static var allValueStrings: [String] { VectorProcessor.allCases.map(\.rawValue) }
}

/// `emu vectors`: the model against vectors that older processors gave.
struct VectorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vectors", abstract: "Run SingleStepTests files of the 8086, 80286 and 80386 on the model.",
    discussion: """
      A file is an array of tests in JSON or a MOO file, plain or packed by gzip. Each test is one instruction, in real \
      mode, or with --v86 in virtual-8086 mode under a monitor that enters the handlers of the vector table. Registers, \
      flags and memory are compared, but for what the manuals leave undefined. What the older processor did otherwise by \
      design is counted by a rule with a name; anything else is a bug. The prefetch queue, bus cycles, control and debug \
      registers are not compared.

      Examples:
        emu vectors --metadata v1/metadata.json v1/*.json.gz
        emu vectors v1_real_mode/*.MOO.gz
        emu vectors --v86 v1_binary/00.MOO

      Status: 0 agreement; 1 a bug was found; 64 wrong usage; 66 a file cannot be used.
      """)

  @Argument(help: "JSON or MOO files of one suite.") var files: [String]
  @Option(
    help: """
      Whose vectors the JSON files are: 8086 (8088 too), 80286 or 80386; without it as the metadata or the registers \
      show, else 8086.
      """)
  var processor: VectorProcessorChoice?
  @Option(help: "The suite's metadata.json: flags that it calls undefined, opcodes that it calls undocumented.")
  var metadata: String?
  @Flag(help: "Virtual-8086 mode rather than real mode.") var v86 = false
  @Flag(inversion: .prefixedNo, help: "Use the rules that separate bugs from what older processors did.")
  var rules = true
  @Flag(help: "Print lines of JSON.") var json = false
  @Option(help: "The model.") var cpu = ModelChoice.standard

  func run() throws {
    var session = VectorSession(self)
    try reporting { throw try asInput { try session.run() }.exitCode }
  }
}

/// One `emu vectors`.
private struct VectorSession {
  private let options: VectorsCommand
  private var tally = VectorTally()
  private var notes: [String: VectorNote] = [:]
  private var suite: VectorProcessor?
  private var comparisons: [VectorProcessor: VectorComparison] = [:]

  init(_ options: VectorsCommand) {
    self.options = options
    suite = options.processor?.processor
  }

  mutating func run() throws -> ExitStatus {
    if let path = options.metadata { try readMetadata(path) }
    complain(
      "model \(options.cpu.model.name) in \(options.v86 ? "virtual-8086" : "real") mode; the prefetch queue, bus cycles, "
        + "control and debug registers of the vectors are not compared, nor bits 12 to 15 of an 8086's FLAGS")
    for path in options.files {
      do { try runFile(path) } catch let error as VectorError {
        throw HostError(description: "\(path): \(error.description)")
      }
    }
    print(options.json ? tally.summary(options.v86 ? "virtual8086" : "real16") : tally.table)
    return tally.classes[.bug, default: 0] > 0 ? .difference : .success
  }

  private mutating func readMetadata(_ path: String) throws {
    do throws(VectorError) {
      let text: [UInt8]
      do { text = try HostIO.readFile(path) } catch { throw VectorError("\(error)") }
      let (notes, name) = try [String: VectorNote].metadata(text)
      self.notes = notes
      if suite == nil { suite = name.flatMap { VectorProcessor(named: $0) } }
    } catch {
      let text = error.description
      throw HostError(description: text.hasPrefix(path) ? text : "\(path): \(text)")
    }
  }

  private mutating func runFile(_ path: String) throws {
    let bytes = try VectorBytes(path)
    if MOOReader.isMagic(bytes.beginning) {
      var reader = try MOOReader(bytes.next)
      guard let processor = VectorProcessor(named: reader.processorName) else {
        throw VectorError(
          "processor '\(reader.processorName)' is none of \(VectorProcessor.allCases.map(\.rawValue).joined(separator: ", "))"
        )
      }
      let comparison = try comparison(processor)
      while let vector = try reader.next() { try run(vector, comparison, path) }
      return
    }
    let start = bytes.beginning.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    guard start == UInt8(ascii: "[") else {
      throw VectorError("it begins neither as a JSON array nor as a MOO file")
    }
    var objects = JSONObjects(bytes.next)
    var number = 0
    var chosen: VectorComparison?
    while let text = try objects.next() {
      let vector = try ProcessorVector(text, number: number)
      let comparison = try chosen ?? comparison(suite ?? guess(vector, path))
      chosen = comparison
      try run(vector, comparison, path)
      number += 1
    }
  }

  /// Whose vectors a JSON file has that nothing else names.
  private func guess(_ vector: ProcessorVector, _ path: String) -> VectorProcessor {
    if vector.initial.registers[.fs] != nil { return .i80386 }
    complain("\(path): taken for vectors of the 8086; --processor names another")
    return .i8086
  }

  private mutating func comparison(_ processor: VectorProcessor) throws -> VectorComparison {
    if let known = comparisons[processor] { return known }
    let comparison = try VectorComparison(
      processor, virtual8086: options.v86, usesRules: options.rules, model: options.cpu.model)
    comparison.notes = notes
    comparisons[processor] = comparison
    return comparison
  }

  private mutating func run(_ vector: ProcessorVector, _ comparison: VectorComparison, _ path: String) throws {
    let difference = try comparison.run(vector)
    guard tally.count(difference, file: path), let difference else { return }
    if options.json {
      print(difference.line(path))
    } else if difference.kind == .bug || difference.kind == .unimplemented {
      print(difference.text(path))
    }
  }
}
