import ArgumentParser
import Glibc
import HostSystem
import TextForms

/// `emu control`: asks a running guest's control socket.
struct ControlCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "control", abstract: "Watch and control a guest that runs with --control.",
    discussion: """
      The answer is one line of JSON on standard output. Without a command, standard input is sent as it is, a request a \
      line, and every line that comes back is printed. Values are given in the order shown, or as NAME=VALUE.

      """
        + ControlVerb.allCases.map { verb in
          let fields = verb.fields.map { $0.isRequired ? " \($0.name.uppercased())" : " [\($0.name.uppercased())]" }
          return "  \(verb.rawValue)\(fields.joined()): \(verb.summary)"
        }.joined(separator: "\n")
          + """


          Examples:
            emu run kernel.elf --control unix:run.sock
            emu control run.sock status
            emu control run.sock step 1000
            emu control run.sock send 'ls -l\\n'
            emu control run.sock interrupt line=5
            emu control run.sock quit

          Status: 0 done, 1 refused, 66 no such guest, 74 it ended before it answered.
          """)

  @Argument(help: "The path of the socket.") var path: String
  @Argument(help: ArgumentHelp("What is asked for, and its values.", valueName: "command")) var words: [String] = []

  private static func refused(_ text: String) -> ValidationError { ValidationError(text) }

  func validate() throws { if !words.isEmpty { _ = try request() } }

  /// The request of the command line.
  private func request() throws -> [(String, JSONText)] {
    guard let verb = ControlVerb(rawValue: words[0]) else {
      throw Self.refused("'\(words[0])' is not a command; known are \(ControlVerb.names).")
    }
    var members: [(String, JSONText)] = [("id", .number(1)), ("command", .string(verb.rawValue))]
    var free = verb.fields
    for word in words.dropFirst() {
      let name = String(word.prefix { $0 != "=" })
      var value = word
      let field: ControlVerb.Field
      if let named = verb.fields.first(where: { $0.name == name }), word.utf8.count > name.utf8.count {
        field = named
        value = String(word.dropFirst(name.count + 1))
      } else {
        guard let next = free.first else { throw Self.refused("'\(verb.rawValue)' has no place for '\(word)'.") }
        field = next
      }
      guard free.contains(where: { $0.name == field.name }) else {
        throw Self.refused("\(field.name) is there twice.")
      }
      free.removeAll { $0.name == field.name }
      members.append((field.name, try Self.value(value, field, of: verb)))
    }
    if let missing = free.first(where: \.isRequired) {
      throw Self.refused("'\(verb.rawValue)' needs \(missing.name.uppercased()).")
    }
    return members
  }

  private static func value(_ text: String, _ field: ControlVerb.Field, of verb: ControlVerb) throws -> JSONText {
    switch field.kind {
    case .count:
      guard let number = NumberText.value(text), let value = Int(exactly: number) else {
        throw refused("\(field.name) '\(text)' is not a number.")
      }
      return .number(value)
    case .text:
      guard verb == .send, field.name == "text" else { return .string(text) }
      guard let bytes = ScriptText.bytes(text) else {
        throw refused("text '\(text)': a \\ is followed by none of n, r, t, e, \\ and xHH.")
      }
      guard let result = String(validating: bytes, as: UTF8.self) else {
        throw refused("text '\(text)' is not UTF-8: give bytes=HEX.")
      }
      return .string(result)
    }
  }

  func run() throws {
    try reporting {
      let connection: Int32
      do throws(HostError) {
        connection = try HostSocket.connect(to: SocketAddress(parsing: "unix:\(path)", option: "control"), name: path)
      } catch {
        throw InputError(error)
      }
      defer { close(connection) }
      // Lines are read whole, however they come.
      HostSocket.setBlocking(connection)
      if words.isEmpty { return try passOn(connection) }
      let text = JSONText.object(try request()).text + "\n"
      guard HostIO.write(connection, Array(text.utf8)) == text.utf8.count else { throw Self.gone(path) }
      try awaitAnswer(connection)
    }
  }

  private static func gone(_ path: String) -> HostError {
    HostError(description: "\(path): the run has ended before it answered")
  }

  /// Prints events but the greeting as they come, on standard error, and the answer.
  private func awaitAnswer(_ connection: Int32) throws {
    var input = LineReader(descriptor: connection)
    let isSubscription = words[0] == ControlVerb.serial.rawValue
    while let line = input.next() {
      guard case .object(let members)? = try? JSONValue(line) else { continue }
      func member(_ name: String) -> JSONValue? { members.first { $0.name == name }?.value }
      if member("id") != nil {
        if case .text(let sentence)? = member("error") {
          complain(sentence)
          throw ExitStatus.difference.exitCode
        }
        if isSubscription { continue }
        writeAll(1, Array(line) + [10])
        return
      }
      guard case .text(let event)? = member("event"), event != "hello" else { continue }
      if event == "serial", isSubscription {
        if case .text(let digits)? = member("bytes"), let bytes = Text.bytes(ofDigits: digits), !writeAll(1, bytes) {
          return
        }
      } else {
        writeAll(2, Array(line) + [10])
      }
      if event == "end", isSubscription { return }
    }
    if !isSubscription { throw Self.gone(path) }
  }

  /// Sends standard input and prints what comes back until the far end closes.
  private func passOn(_ connection: Int32) throws {
    var hasInput = true
    while true {
      var waiting = [
        pollfd(fd: connection, events: Int16(POLLIN), revents: 0),
        pollfd(fd: hasInput ? 0 : -1, events: Int16(POLLIN), revents: 0),
      ]
      guard unsafe poll(&waiting, 2, -1) > 0 || errno == EINTR else { return }
      if waiting[1].revents != 0 {
        let bytes = HostIO.read(0) ?? []
        if bytes.isEmpty {
          hasInput = false
          shutdown(connection, Int32(SHUT_WR))
        } else if HostIO.write(connection, bytes) != bytes.count {
          throw Self.gone(path)
        }
      }
      if waiting[0].revents != 0 {
        guard let bytes = HostSocket.receive(connection) else { return }
        guard writeAll(1, bytes) else { return }
      }
    }
  }
}
