/// The format of a diskette, by its size alone: sectors have 512 bytes.
///
/// Sources: ECMA-70 and ECMA-99 (5.25 inch: 40 and 80 cylinders), ECMA-100, ECMA-125 and ECMA-147 (3.5 inch: normal,
/// high, extended density), and the numbers of sectors that PCs write on them.
public struct FloppyGeometry: Equatable, Sendable {
  /// Cylinders.
  public let cylinders: Int
  /// Heads: recorded sides.
  public let heads: Int
  /// Sectors of a track.
  public let sectors: Int
  /// Bits of a data rate select that read it (CCR): 0 is 500 kbit/s, 1 300, 2 250, 3 1000.
  let dataRates: [UInt8]
  /// The drive's type as CMOS RAM has it (10h): 1 for 360 KB, 2 for 1.2 MB, 3 for 720 KB, 4 for 1.44 MB, 5 for 2.88 MB.
  public let driveType: UInt8

  /// Bytes of a sector.
  public static let sectorSize = 512
  /// The code N of that size in an ID field.
  static let sectorSizeCode: UInt8 = 2

  /// Why there is no geometry.
  public struct Unsupported: Error, Equatable, CustomStringConvertible {
    /// The size that no format has.
    public let byteCount: UInt64
    /// A sentence.
    public var description: String {
      let sizes = FloppyGeometry.all.map { "\($0.byteCount / 1024)" }.joined(separator: ", ")
      return "a diskette has \(sizes) KiB, not \(byteCount) bytes"
    }
  }

  private init(_ cylinders: Int, _ heads: Int, _ sectors: Int, dataRates: [UInt8], driveType: UInt8) {
    self.cylinders = cylinders
    self.heads = heads
    self.sectors = sectors
    self.dataRates = dataRates
    self.driveType = driveType
  }

  // A drive of 1.2 MB turns faster, and reads diskettes of 40 cylinders at 300 kbit/s.
  private static let all = [
    Self(40, 1, 8, dataRates: [1, 2], driveType: 1), Self(40, 1, 9, dataRates: [1, 2], driveType: 1),
    Self(40, 2, 8, dataRates: [1, 2], driveType: 1), Self(40, 2, 9, dataRates: [1, 2], driveType: 1),
    Self(80, 2, 9, dataRates: [2], driveType: 3), Self(80, 2, 15, dataRates: [0], driveType: 2),
    Self(80, 2, 18, dataRates: [0], driveType: 4), Self(80, 2, 36, dataRates: [3], driveType: 5),
  ]

  /// The format that has this size; nothing is guessed from what is written.
  public init(byteCount: UInt64) throws(Unsupported) {
    guard let geometry = Self.all.first(where: { $0.byteCount == byteCount }) else {
      throw Unsupported(byteCount: byteCount)
    }
    self = geometry
  }

  /// Bytes of the diskette.
  public var byteCount: UInt64 { UInt64(cylinders * heads * sectors * Self.sectorSize) }

  /// Where a sector's bytes begin, nil if there is no such sector; sectors count from 1.
  func offset(cylinder: Int, head: Int, sector: Int) -> UInt64? {
    guard (0..<cylinders).contains(cylinder), (0..<heads).contains(head), (1...sectors).contains(sector) else {
      return nil
    }
    return UInt64(((cylinder * heads + head) * sectors + sector - 1) * Self.sectorSize)
  }
}

/// A diskette: a medium whose size is that of a format.
public struct FloppyMedium {
  /// Its bytes.
  let storage: any BlockStorage
  /// Its format.
  public let geometry: FloppyGeometry

  /// Makes a diskette, or throws a sentence about its size.
  public init(_ storage: any BlockStorage) throws(FloppyGeometry.Unsupported) {
    self.storage = storage
    geometry = try FloppyGeometry(byteCount: storage.byteCount)
  }
}
