import ArgumentParser
import Debugger
import Glibc

/// `--gdb`, whose value may be left out.
enum GDBOption {
  /// What it means without a value.
  static let usual = "127.0.0.1:1234"

  /// Gives `--gdb` its value where the next argument is none: an option, or a file that is no socket.
  static func completed(_ arguments: [String]) -> [String] {
    var result: [String] = []
    for (index, argument) in arguments.enumerated() {
      if argument == "--" { return result + arguments[index...] }
      result.append(argument)
      guard argument == "--gdb" else { continue }
      if index + 1 >= arguments.count || !isValue(arguments[index + 1]) { result.append(usual) }
    }
    return result
  }

  private static func isValue(_ text: String) -> Bool {
    if text.hasPrefix("-") { return false }
    // A port is one even if a file has its name.
    if !text.contains("/"), (try? GDBEndpoint(text)) != nil { return true }
    var status = stat()
    guard unsafe stat(text, &status) == 0 else { return true }
    return status.st_mode & S_IFMT == S_IFSOCK
  }
}

/// As what GDB is shown the processors.
enum GDBArchitectureChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, i386
  case amd64 = "x86-64"

  /// Nil follows image and mode.
  var architecture: DebugArchitecture? { DebugArchitecture(rawValue: rawValue) }
}

/// System registers that GDB is told of.
enum GDBRegisterChoice: String, ExpressibleByArgument, CaseIterable {
  case control, all
}
