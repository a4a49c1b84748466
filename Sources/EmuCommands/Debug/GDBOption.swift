import ArgumentParser
import Debugger
import Glibc

/// `--gdb`, whose value may be left out.
enum GDBOption {
  /// What it means without a value.
  static let usual = "127.0.0.1:1234"

  /// Whether what stands behind `--gdb` is no value but the image: a file that is no socket.
  static func isImage(_ text: String) -> Bool {
    // A port is one even if a file has its name.
    if !text.contains("/"), (try? GDBEndpoint(text)) != nil { return false }
    var status = stat()
    return unsafe stat(text, &status) == 0 && status.st_mode & S_IFMT != S_IFSOCK
  }
}

/// As what GDB is shown the processors.
enum GDBArchitectureChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, i386
  case amd64 = "x86-64"

  /// Nil follows image and mode.
  var architecture: DebugArchitecture? { DebugArchitecture(rawValue: rawValue) }
}

/// System registers that GDB sees.
enum GDBRegisterChoice: String, ExpressibleByArgument, CaseIterable {
  case control, all
}
