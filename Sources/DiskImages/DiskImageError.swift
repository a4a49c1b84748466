import TextForms

/// Why the image of a disk cannot be used; emu ends with the status of unusable input for it.
public struct DiskImageError: Error, CustomStringConvertible, Equatable {
  /// One sentence: the file, the field and its value.
  public var description: String

  /// The file's name may hold anything; nothing that a terminal obeys remains.
  init(_ file: String, _ problem: String) { description = "\(file): \(problem)".printable }
}
