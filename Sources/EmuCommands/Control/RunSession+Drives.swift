import DevicesLegacy
import DiskImages
import TextForms

extension RunSession {
  /// What the status says of a drive.
  static func members(ofDrive place: String, _ medium: (any BlockStorage)?) -> [(String, JSONText)] {
    guard let medium else { return [("place", .string(place)), ("file", .null)] }
    let image = medium as? DiskImage
    return [
      ("place", .string(place)), ("file", .optional(image?.path)),
      ("format", .optional(image?.format.rawValue)), ("access", .optional(image?.access.rawValue)),
      ("bytes", .number(Int(truncatingIfNeeded: medium.byteCount))),
    ]
  }
}
