import Foundation

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
}
