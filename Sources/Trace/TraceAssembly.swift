/// A trace that comes in pieces: checks every line and keeps those that a page shall show.
public struct TraceAssembly {
  /// Why a trace is refused.
  public struct Failure: Error, CustomStringConvertible {
    /// The line, from 1.
    public var line: Int
    /// A clause such as `rip is missing`.
    public var reason: String
    /// `line 3: rip is missing`.
    public var description: String { "line \(line): \(reason)" }
  }

  /// The lines that are kept, without their line feeds.
  public private(set) var lines: [[UInt8]] = []
  /// Steps, instructions and interrupts, in the whole trace.
  public private(set) var steps = 0
  /// Steps that are kept.
  public var shownSteps: Int { min(steps, limit) }
  /// How the trace ends too early; nil if its last line says that it has ended.
  public private(set) var cut: String?

  private let limit: Int
  private var rest: [UInt8] = []
  private var number = 0
  private var hasEnded = false
  private var hasTables = false

  /// A line may have so many bytes.
  public static let longestLine = 64 << 20

  /// An empty trace.
  ///
  /// - Parameter limit: steps to keep; later ones are checked and counted only.
  public init(limit: Int) { self.limit = limit }

  /// The next bytes of the file.
  ///
  /// - Throws: `Failure` at a line that does not follow the schema.
  public mutating func append(_ bytes: [UInt8]) throws(Failure) {
    var start = 0
    while let end = bytes[start...].firstIndex(of: 10) {
      let line = rest + bytes[start..<end]
      rest = []
      start = end + 1
      try take(line, isWhole: true)
    }
    rest += bytes[start...]
    if rest.count > Self.longestLine {
      throw Failure(line: number + 1, reason: "is longer than \(Self.longestLine >> 20) MiB")
    }
  }

  /// The end of the file.
  ///
  /// - Parameter problem: why there may be more than could be read, such as a truncated archive.
  /// - Throws: `Failure` if there is no first line, or the last one is wrong other than by being cut off.
  public mutating func finish(problem: String? = nil) throws(Failure) {
    if !rest.isEmpty { try take(rest, isWhole: false) }
    rest = []
    if lines.isEmpty { throw Failure(line: 1, reason: "is missing: a trace begins with its schema") }
    if hasEnded { return }
    cut = cut ?? "The trace is cut off after line \(number): it has no end record."
    if let problem { cut = "The trace is cut off after line \(number): \(problem)." }
  }

  private mutating func take(_ line: [UInt8], isWhole: Bool) throws(Failure) {
    number += 1
    do throws(TraceLineError) { try keep(line, try check(line)) } catch {
      switch error {
      case .ended where !isWhole && number > 1:
        number -= 1
        cut = "The trace is cut off in line \(number + 1); what follows line \(number) is lost."
      case .ended: throw Failure(line: number, reason: "ends within a JSON value")
      case .wrong(let reason): throw Failure(line: number, reason: reason)
      }
    }
  }

  /// Checks a line; gives its `t`, nil for the header.
  private func check(_ line: [UInt8]) throws(TraceLineError) -> String? {
    var scanner = TraceScanner(line)
    let kind = try scanner.kind()
    if number == 1 {
      guard kind == nil else { throw .wrong("schema is missing: a trace begins with its schema") }
      try scanner.check(TraceSchema.header)
      return nil
    }
    guard let kind else { throw .wrong("t is missing") }
    guard let field = TraceSchema.lines[kind] else {
      throw .wrong("t '\(kind.prefix(40))' is not \(TraceSchema.lines.keys.sorted().joined(separator: ", "))")
    }
    try scanner.check(field)
    return kind
  }

  private mutating func keep(_ line: [UInt8], _ kind: String?) throws(TraceLineError) {
    if hasEnded { throw .wrong("follows the end record") }
    switch kind {
    case "retire", "interrupt":
      steps += 1
      guard steps <= limit else { return }
    // Of what lies beyond the limit only the first tables are shown, if there were none before.
    case "state": guard steps <= limit else { return }
    case "tables":
      guard steps <= limit || !hasTables else { return }
      hasTables = true
    case "end": hasEnded = true
    default: break
    }
    lines.append(line)
  }
}
