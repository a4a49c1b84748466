import Testing

@testable import DiskImages

@Suite("The text of a disk option")
struct DiskOptionRows {
  private static func option(
    _ path: String, _ format: DiskImageFormat? = nil, _ access: DiskImageAccess = .readWrite
  ) -> DiskOption? {
    var option = try? DiskOption(parsing: "x")
    option?.path = path
    option?.format = format
    option?.access = access
    return option
  }

  private static let rows: [(text: String, option: DiskOption?)] = [
    ("a.img", option("a.img")), ("a.img,readonly", option("a.img", nil, .readOnly)),
    ("a.img,snapshot,format=qcow2", option("a.img", .qcow2, .snapshot)),
    ("a.img,format=raw,readonly", option("a.img", .raw, .readOnly)),
    ("a,,b", option("a,b")), ("a,,", option("a,")), ("a,,,readonly", option("a,", nil, .readOnly)),
    (",,,,", option(",,")), ("a=b,format=raw", option("a=b", .raw)), ("readonly", option("readonly")),
  ]

  @Test("is read", arguments: rows.indices)
  func reads(_ index: Int) throws {
    let row = Self.rows[index]
    #expect(try DiskOption(parsing: row.text) == row.option)
  }

  private static let faults: [(text: String, says: String)] = [
    ("", "--disk : the file's name is missing"), (",readonly", "--disk ,readonly: the file's name is missing"),
    ("a,", "--disk a,: '' is none of format=raw, format=qcow2, readonly, snapshot, virtio"),
    ("a,ro", "--disk a,ro: 'ro' is none of format=raw, format=qcow2, readonly, snapshot, virtio"),
    (
      "a,readonly=1",
      "--disk a,readonly=1: 'readonly=1' is none of format=raw, format=qcow2, readonly, snapshot, virtio"
    ),
    ("a,format", "--disk a,format: the format '' is neither raw nor qcow2"),
    ("a,format=RAW", "--disk a,format=RAW: the format 'RAW' is neither raw nor qcow2"),
    ("a,readonly,readonly", "--disk a,readonly,readonly: readonly is there twice"),
    ("a,format=raw,format=raw", "--disk a,format=raw,format=raw: format is there twice"),
    ("a,snapshot,readonly", "--disk a,snapshot,readonly: readonly and snapshot exclude each other"),
    ("a\0b", "--disk a\\x00b: the file's name holds a zero byte"),
  ]

  @Test("is refused in one sentence", arguments: faults.indices)
  func refuses(_ index: Int) {
    let fault = Self.faults[index]
    #expect(throws: DiskOptionError(description: fault.says)) { try DiskOption(parsing: fault.text) }
  }
}
