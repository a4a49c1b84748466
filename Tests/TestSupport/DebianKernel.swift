public import Foundation

/// Debian's kernel and initial file system, as `make linux-files` left them.
public enum DebianKernel {
  /// The bzImage.
  public static let image = Build.cache.appendingPathComponent("vmlinuz").path
  /// The initial file system.
  public static let initrd = Build.cache.appendingPathComponent("initramfs.cpio").path
  /// Whether both were fetched.
  public static var isThere: Bool { [image, initrd].allSatisfy { FileManager.default.fileExists(atPath: $0) } }
  /// Why a test of it is skipped.
  public static let absence = "Debian's packages were not fetched (make linux-files)"

  /// Arguments of a boot at the addresses of `systemMap` that executes a script of the shell.
  public static func arguments(_ script: String, kernelOptions: String = "") -> [String] {
    let line = "console=ttyS0 nokaslr quiet \(kernelOptions) emu.script=\"\(script)\""
    return ["--memory", "256M", "--initrd", initrd, "--append", line, image]
  }

  /// A file with what the kernel's own /proc/kallsyms prints; a boot makes it, once.
  public static let systemMap = Result<URL, any Error> {
    let listing = try runEmu(["run"] + arguments("cat /proc/kallsyms; poweroff -f"), limit: 300)
    let lines = listing.text.split(whereSeparator: \.isNewline).filter {
      $0.firstMatch(of: #/^[0-9a-f]{16} \w /#) != nil
    }
    let file = Build.roms.appendingPathComponent("System.map")
    try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
    return file
  }
}
