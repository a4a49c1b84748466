public import Foundation
import Glibc

/// An emu that runs beside the test, with what it has printed up to now.
public final class RunningEmu: @unchecked Sendable {
  private let process = Process()
  private let condition = NSCondition()
  private var output: [UInt8] = []
  private var errors: [UInt8] = []
  private var openStreams = 2

  /// Starts it; its standard input has ended.
  ///
  /// - Parameter input: what its standard input is instead, until this object goes.
  public init(_ arguments: [String], executable: URL = Build.emu, input: Pipe? = nil) throws {
    process.executableURL = executable
    process.arguments = arguments
    if let input { process.standardInput = input } else { process.standardInput = FileHandle.nullDevice }
    for isOutput in [true, false] {
      let pipe = Pipe()
      if isOutput { process.standardOutput = pipe } else { process.standardError = pipe }
      let reader = Thread { [self] in
        while true {
          let data = pipe.fileHandleForReading.availableData
          condition.lock()
          if isOutput { output += data } else { errors += data }
          if data.isEmpty { openStreams -= 1 }
          condition.broadcast()
          condition.unlock()
          if data.isEmpty { return }
        }
      }
      reader.start()
    }
    try process.run()
  }

  deinit {
    if process.isRunning { kill(SIGKILL) }
    process.waitUntilExit()
  }

  /// The process's number.
  public var identifier: Int32 { process.processIdentifier }
  /// It has not ended.
  public var isRunning: Bool { process.isRunning }
  /// Its serial output up to now.
  public var text: String { String(decoding: locked { output }, as: UTF8.self) }
  /// Its serial output up to now.
  public var bytes: [UInt8] { locked { output } }
  /// What it has said up to now.
  public var complaints: String { String(decoding: locked { errors }, as: UTF8.self) }

  private func locked<Result>(_ body: () -> Result) -> Result {
    condition.lock()
    defer { condition.unlock() }
    return body()
  }

  /// Sends it a signal.
  public func kill(_ signal: Int32) { _ = Glibc.kill(process.processIdentifier, signal) }

  /// Waits until something holds of its outputs, two minutes at most; gives whether it came.
  public func waits(seconds: Double = 120, _ holds: (_ text: String, _ complaints: String) -> Bool) -> Bool {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while true {
      if holds(text, complaints) { return true }
      condition.lock()
      let isOver = openStreams == 0
      if !isOver { _ = condition.wait(until: Date(timeIntervalSinceNow: 0.05)) }
      condition.unlock()
      if isOver || Date() > deadline { return holds(text, complaints) }
    }
  }

  /// Waits for its end, two minutes at most; gives the status, a signal as 128 and its number.
  public func end() -> Int32 {
    let deadline = Date(timeIntervalSinceNow: 120)
    condition.lock()
    while openStreams > 0, condition.wait(until: deadline) {}
    condition.unlock()
    if process.isRunning, Date() > deadline { kill(SIGKILL) }
    process.waitUntilExit()
    let status = process.terminationStatus
    return process.terminationReason == .uncaughtSignal ? 128 + status : status
  }
}

/// A connection to a control socket.
public final class ControlClient {
  private let descriptor: Int32
  private var input: [UInt8] = []
  /// Events that came, the greeting first.
  public private(set) var events: [[String: Any]] = []
  private var answers: [[String: Any]] = []
  private var lastID = 0

  /// Connects as soon as the socket is there, a minute at most; nil if it does not come.
  public init?(_ path: String) {
    let deadline = Date(timeIntervalSinceNow: 60)
    while true {
      let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      let bytes = Array(path.utf8)
      unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
      let code = unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      if code == 0 {
        descriptor = socket
        return
      }
      close(socket)
      guard Date() < deadline else { return nil }
      usleep(2000)
    }
  }

  deinit { close(descriptor) }

  /// Sends bytes as they are; false if the far end is gone.
  @discardableResult
  public func send(_ bytes: [UInt8]) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { area in
        unsafe Glibc.send(
          descriptor, area.baseAddress.map { unsafe $0 + done }, area.count - done, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }

  /// Asks for something without waiting for the answer; gives the id.
  @discardableResult
  public func ask(_ command: String, _ members: [String: Any] = [:]) -> Int {
    lastID += 1
    var object = members
    object["command"] = command
    object["id"] = lastID
    let data = (try? JSONSerialization.data(withJSONObject: object)) ?? Data()
    send(Array(data) + [10])
    return lastID
  }

  /// The answer to a request, or nil if the far end goes first or two minutes pass.
  public func answer(_ id: Int) -> [String: Any]? {
    let deadline = Date(timeIntervalSinceNow: 120)
    while Date() < deadline {
      if let index = answers.firstIndex(where: { $0["id"] as? Int == id }) { return answers.remove(at: index) }
      guard read() else { return answers.firstIndex { $0["id"] as? Int == id }.map { answers.remove(at: $0) } }
    }
    return nil
  }

  /// The next answer, whatever its id.
  public func nextAnswer() -> [String: Any]? {
    let deadline = Date(timeIntervalSinceNow: 120)
    while answers.isEmpty, Date() < deadline { guard read() else { break } }
    return answers.isEmpty ? nil : answers.removeFirst()
  }

  /// Asks and waits for the result; the sentence of a refusal has the name `error`.
  public func result(_ command: String, _ members: [String: Any] = [:]) -> [String: Any] {
    guard let answer = answer(ask(command, members)) else { return ["error": "no answer"] }
    if let error = answer["error"] as? String { return ["error": error] }
    return answer["result"] as? [String: Any] ?? [:]
  }

  /// Waits for an event of a name, two minutes at most.
  public func event(_ name: String) -> [String: Any]? {
    let deadline = Date(timeIntervalSinceNow: 120)
    while Date() < deadline {
      if let index = events.firstIndex(where: { $0["event"] as? String == name }) { return events.remove(at: index) }
      guard read() else { return nil }
    }
    return nil
  }

  /// Reads some lines; false if nothing comes any more.
  private func read() -> Bool {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&waiting, 1, 1000) > 0 else { return true }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { return false }
    input += buffer.prefix(count)
    while let end = input.firstIndex(of: 10) {
      let line = input[..<end]
      input.removeFirst(end + 1)
      guard let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] else { continue }
      if object["event"] != nil { events.append(object) } else { answers.append(object) }
    }
    return true
  }
}
