import Glibc
import HostSystem
import TextForms

/// Lines of source for addresses: one `addr2line` of the host, asked for some addresses at a time.
final class LineNumbers {
  private let child: ChildProcess
  private let questions: Int32
  private let answers: Int32
  private var isAlive = true
  private var known: [UInt64: String?] = [:]
  /// What has been read of the answers; those before `next` are done with.
  private var unread: [UInt8] = []
  private var next = 0

  /// An answer that takes longer will not come: so many milliseconds.
  private static let patience: Int32 = 30_000
  /// No path is so long.
  private static let longestLine = 16384
  /// Addresses in one exchange, less than what a pipe holds in questions.
  private static let batchByteCount: UInt64 = 32

  /// Starts the child; nil if the host has no addr2line.
  init?(_ path: String) {
    guard let input = ChildProcess.makePipe() else { return nil }
    guard let output = ChildProcess.makePipe() else {
      close(input.reading)
      close(input.writing)
      return nil
    }
    // A path that begins with a hyphen is a file all the same.
    let words = ["addr2line", "-e", path.hasPrefix("-") ? "./\(path)" : path]
    let child = ChildProcess(
      words, input: input.reading, output: output.writing, errors: .discarded, environment: .empty)
    close(input.reading)
    close(output.writing)
    guard let child else {
      close(input.writing)
      close(output.reading)
      return nil
    }
    (self.child, questions, answers) = (child, input.writing, output.reading)
  }

  deinit {
    close(questions)
    close(answers)
    // It ends at the end of its input; one that hangs is not waited for.
    if !isAlive { child.kill() }
    child.wait()
  }

  /// `file.c:34`, or nil if the child does not know.
  func line(of address: UInt64) -> String? {
    if let answer = known[address] { return answer }
    guard isAlive else { return nil }
    // Whoever asks for an instruction soon asks for the next: one exchange answers for all bytes near it.
    let batch = (0..<Self.batchByteCount).map { address &+ $0 }
    let question = batch.reduce(into: "") { $0 += "\(Text.hex($1))\n" }
    guard writeAll(questions, Array(question.utf8)) else {
      giveUp()
      return nil
    }
    for one in batch {
      guard let text = readLine() else {
        giveUp()
        break
      }
      let isUnknown = text.hasPrefix("??") || text.hasSuffix(":0") || text.hasSuffix(":?")
      known[one] = .some(isUnknown ? nil : text)
    }
    return known[address] ?? nil
  }

  private func giveUp() {
    isAlive = false
    complain("addr2line answers no more: lines of source are left out from here on")
  }

  private func readLine() -> String? {
    while true {
      if let end = unread[next...].firstIndex(of: 10) {
        defer { next = end + 1 }
        return String(decoding: unread[next..<end], as: UTF8.self).printable
      }
      unread.removeFirst(next)
      next = 0
      guard unread.count < Self.longestLine, readMore() else { return nil }
    }
  }

  private func readMore() -> Bool {
    while true {
      var waiting = pollfd(fd: answers, events: Int16(POLLIN), revents: 0)
      let ready = unsafe poll(&waiting, 1, Self.patience)
      if ready < 0 && errno == EINTR { continue }
      guard ready > 0, let chunk = HostIO.read(answers, limit: 4096), !chunk.isEmpty else { return false }
      unread += chunk
      return true
    }
  }
}
