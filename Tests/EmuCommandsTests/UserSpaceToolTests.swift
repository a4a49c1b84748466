import Foundation
import TestSupport
import Testing

/// What a guest prints for two commands, and what tools/userspace.py must make of it.
struct UserSpaceRow: Sendable, CustomTestStringConvertible {
  var name: String
  /// The guest's serial line, as the argument of printf(1).
  var guest: String
  var guestStatus = 0
  var status: Int32 = 1
  var report: String

  var testDescription: String { name }
}

private let userSpaceRows = [
  UserSpaceRow(
    name: "the same", guest: #"sum: 12 [0]\\nhash: d41d8cd9\\nend\\n"#, status: 0,
    report: "2 commands, 0 with another output than on the host"),
  UserSpaceRow(
    name: "the same between lines of the kernel, with carriage returns",
    guest: #"[    0.1] clock: jiffies\\r\\nsum: 12 [0]\\r\\nhash: d41d8cd9\\r\\nend\\r\\n[    9.0] reboot: down\\r\\n"#,
    status: 0, report: "2 commands, 0 with another output than on the host"),
  UserSpaceRow(
    name: "one character", guest: #"sum: 12 [0]\\nhash: d41d8cd8\\nend\\n"#,
    report: "hash: the host has 'd41d8cd9', the guest 'd41d8cd8'"),
  UserSpaceRow(
    name: "a status", guest: #"sum: 12 [139]\\nhash: d41d8cd9\\nend\\n"#,
    report: "sum: the host has '12 [0]', the guest '12 [139]'"),
  UserSpaceRow(
    name: "a command without output", guest: #"sum: 12 [0]\\nend\\n"#,
    report: "hash: the host has 'd41d8cd9', the guest None"),
  UserSpaceRow(
    name: "cut off behind the last command", guest: #"sum: 12 [0]\\nhash: d41d8cd9\\n"#,
    report: "2 commands, 0 with another output than on the host"),
  UserSpaceRow(
    name: "a triple fault behind the end", guest: #"sum: 12 [0]\\nhash: d41d8cd9\\nend\\n"#, guestStatus: 86,
    report: "emu ended with status 86"),
]

/// The comparison itself: a tree with bash alone, and a guest that prints what a row says.
@Suite("The comparison of user spaces")
struct UserSpaceToolTests {
  private static func shell(_ script: String) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", script]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  @Test(
    "A planted difference is found, and nothing else is",
    .enabled(if: canChangeRoot, "unshare(1) cannot make a mount namespace here"), arguments: userSpaceRows)
  func planted(_ row: UserSpaceRow) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("emu-userspace-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let tool = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../tools/userspace.py").path
    let made = try Self.shell(
      """
      set -e
      mkdir -p '\(folder.path)/userspace-base' && cd '\(folder.path)'
      mkdir userspace-base/{dev,proc,tmp}
      for file in /bin/bash $(ldd /bin/bash | grep -o '/[^ )]*'); do
        mkdir -p "userspace-base$(dirname "$file")" && cp -L "$file" "userspace-base$file"
      done
      echo 'echo "sum: $((5 + 7)) [0]"; echo "hash: d41d8cd9"; echo end' >userspace-base/commands.sh
      touch userspace-base.cpio vmlinuz
      printf '#!/bin/bash\\nprintf "\(row.guest)"\\nexit \(row.guestStatus)\\n' >emu
      chmod +x emu
      """)
    #expect(made.status == 0, "\(made.text)")
    let found = try Self.shell("python3 '\(tool)' '\(folder.path)/emu' '\(folder.path)' short")
    #expect(found.status == row.status, "\(found.text)")
    #expect(found.text.contains(row.report), "\(found.text)")
  }
}
