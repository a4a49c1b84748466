import TextForms

/// How the bytes of a disk lie in a file.
public enum DiskImageFormat: String, CaseIterable, Codable, Sendable {
  /// The sectors in their order.
  case raw
  /// The format of the document "Qcow2 Image File Format", versions 2 and 3.
  case qcow2
}

/// What may become of the file of an image.
public enum DiskImageAccess: String, CaseIterable, Codable, Sendable {
  /// The guest's writes go to the file.
  case readWrite
  /// The guest cannot write.
  case readOnly
  /// The guest's writes go to an overlay that ends with emu; the file stays as it is.
  case snapshot
}

/// Why the text of a disk option cannot be used: wrong usage.
public struct DiskOptionError: Error, CustomStringConvertible, Equatable {
  /// One sentence with the option and the text.
  public var description: String
}

/// The text `FILE[,format=raw|qcow2][,readonly][,snapshot][,virtio]` of an option; a comma of the file's name is doubled.
public struct DiskOption: Equatable, Sendable {
  /// The file.
  public var path: String
  /// The format, if the text has one.
  public var format: DiskImageFormat?
  /// What may become of the file.
  public var access: DiskImageAccess = .readWrite
  /// The disk is on virtio, not on IDE.
  public var isVirtio = false

  /// The words that may follow the file.
  private static let words = "format=raw, format=qcow2, readonly, snapshot, virtio"

  /// Reads the text of an option.
  ///
  /// - Parameter option: the option's name, for messages.
  public init(parsing text: String, option: String = "--disk") throws(DiskOptionError) {
    func refusal(_ problem: String) -> DiskOptionError {
      DiskOptionError(description: "\(option) \(text): \(problem)".printable)
    }
    var parts = Self.parts(of: text)
    path = parts.removeFirst()
    guard !path.isEmpty else { throw refusal("the file's name is missing") }
    guard !path.utf8.contains(0) else { throw refusal("the file's name holds a zero byte") }
    var seen: Set<String> = []
    for part in parts {
      let name = String(part.prefix { $0 != "=" })
      guard seen.insert(name).inserted else { throw refusal("\(name) is there twice") }
      switch part {
      case "readonly": access = .readOnly
      case "snapshot": access = .snapshot
      case "virtio":
        guard option == "--disk" else { throw refusal("virtio is a word of --disk") }
        isVirtio = true
      default:
        guard name == "format" else { throw refusal("'\(part)' is none of \(Self.words)") }
        let value = part.dropFirst("format=".count)
        guard let known = DiskImageFormat(rawValue: String(value)) else {
          throw refusal("the format '\(value)' is neither raw nor qcow2")
        }
        format = known
      }
    }
    guard !seen.isSuperset(of: ["readonly", "snapshot"]) else {
      throw refusal("readonly and snapshot exclude each other")
    }
  }

  /// The text cut at its single commas; two commas are one of the name.
  private static func parts(of text: String) -> [String] {
    var result = [""]
    var hasComma = false
    for character in text {
      guard character == "," else {
        if hasComma { result.append("") }
        hasComma = false
        result[result.count - 1].append(character)
        continue
      }
      if hasComma { result[result.count - 1].append(",") }
      hasComma.toggle()
    }
    if hasComma { result.append("") }
    return result
  }
}
