import Foundation
import TestSupport
import Testing

private func rom(_ name: String) throws -> String {
  let path = Build.roms.appendingPathComponent("\(name).elf").path
  try #require(FileManager.default.fileExists(atPath: path), "\(path) is missing: run make testroms")
  return path
}
