import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import EmuCommands

/// Arguments of `emu run`, and the values that the parser gives them; `ROM` is a file, `SOCKET` a socket.
private struct Row: Sendable, CustomTestStringConvertible {
  var arguments: String
  var gdb: String?
  var image = "ROM"
  var testDescription: String { arguments }
}

private let rows: [Row] = [
  Row(arguments: "ROM"),
  Row(arguments: "ROM --gdb", gdb: "127.0.0.1:1234"),
  Row(arguments: "ROM --gdb --reboot", gdb: "127.0.0.1:1234"),
  Row(arguments: "--gdb --reboot ROM", gdb: "127.0.0.1:1234"),
  Row(arguments: "--gdb ROM", gdb: "127.0.0.1:1234"),
  Row(arguments: "--gdb ROM --timeout 5", gdb: "127.0.0.1:1234"),
  Row(arguments: "--gdb 1234 ROM", gdb: "1234"),
  Row(arguments: "ROM --gdb 1234", gdb: "1234"),
  Row(arguments: "--gdb=7 ROM", gdb: "7"),
  Row(arguments: "--gdb 127.0.0.1:0 ROM", gdb: "127.0.0.1:0"),
  Row(arguments: "--gdb [::1]:0 ROM", gdb: "[::1]:0"),
  Row(arguments: "--gdb /nonexistent/socket ROM", gdb: "/nonexistent/socket"),
  Row(arguments: "--gdb SOCKET ROM", gdb: "SOCKET"),
  Row(arguments: "-- --gdb", image: "--gdb"),
]

@Suite("--gdb with and without a value")
struct GDBOptionTests {
  @Test("An option and an image are no value", arguments: rows)
  private func value(_ row: Row) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("emu-gdb-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let socket = folder.appendingPathComponent("s").path
    try bindSocket(socket)
    let rom = Build.roms.appendingPathComponent("hello.elf").path
    func word(_ text: String) -> String { text == "ROM" ? rom : text == "SOCKET" ? socket : text }
    let command = try RunCommand.parse(row.arguments.split(separator: " ").map { word(String($0)) })
    #expect(command.gdb == row.gdb.map(word) && command.image == word(row.image))
  }

  @Test("Two images are one too many, and a file that is no socket is no place to wait")
  func twoImages() throws {
    let rom = Build.roms.appendingPathComponent("hello.elf").path
    let outcome = try runEmu(["run", "--gdb", rom, rom])
    #expect(outcome.status == 74 && outcome.errors.contains("--gdb \(rom): "), "\(outcome)")
  }

  private func bindSocket(_ path: String) throws {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    try #require(path.utf8.count < 108)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let status = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(status == 0)
  }
}
