/// Registers of the AT attachment.
///
/// Source: AT Attachment with Packet Interface - 6 (ATA/ATAPI-6), "Interface register definitions and descriptions".
enum ATA {
  /// Offsets of the command block, and behind it the one register of the control block.
  enum Register {
    static let data: UInt64 = 0
    /// Error when read, Features when written.
    static let error: UInt64 = 1
    /// Interrupt reason of a packet device.
    static let sectorCount: UInt64 = 2
    static let lbaLow: UInt64 = 3
    /// Byte count low of a packet device.
    static let lbaMid: UInt64 = 4
    /// Byte count high of a packet device.
    static let lbaHigh: UInt64 = 5
    static let device: UInt64 = 6
    /// Status when read, Command when written.
    static let status: UInt64 = 7
    /// Alternate Status when read, Device Control when written.
    static let control: UInt64 = 8
    static let commandBlock: ClosedRange<UInt64> = error...status
  }

  /// Status.
  enum Status {
    /// ERR, or CHK of a packet device.
    static let error: UInt8 = 1 << 0
    /// DRQ.
    static let dataRequest: UInt8 = 1 << 3
    /// DSC: a seek is complete.
    static let seekComplete: UInt8 = 1 << 4
    /// DF.
    static let deviceFault: UInt8 = 1 << 5
    /// DRDY.
    static let ready: UInt8 = 1 << 6
    /// BSY.
    static let busy: UInt8 = 1 << 7
  }

  /// Error.
  enum Failure {
    /// ABRT.
    static let abort: UInt8 = 1 << 2
    /// IDNF.
    static let idNotFound: UInt8 = 1 << 4
    /// UNC, of commands that read.
    static let uncorrectable: UInt8 = 1 << 6
    /// WP, of commands that write.
    static let writeProtected: UInt8 = 1 << 6
    /// The diagnostic code of a device without a fault.
    static let diagnosticPassed: UInt8 = 0x01
    /// The sense key of a packet device.
    static let senseKeyShift: UInt8 = 4
  }

  /// Device.
  enum Device {
    static let head: UInt8 = 0xF
    /// DEV.
    static let select: UInt8 = 1 << 4
    /// LBA rather than cylinder, head and sector.
    static let lba: UInt8 = 1 << 6
    /// Obsolete bits, which are ones when they are read.
    static let obsolete: UInt8 = 0xA0
  }

  /// Device Control.
  enum Control {
    /// nIEN.
    static let interruptDisable: UInt8 = 1 << 1
    /// SRST.
    static let softwareReset: UInt8 = 1 << 2
    /// HOB: the older bytes of the registers are read.
    static let highOrderByte: UInt8 = 1 << 7
    static let all = interruptDisable | softwareReset | highOrderByte
  }

  /// Interrupt reason of a packet device: the sector count register.
  enum Reason {
    /// C/D: a command packet, or with I/O the end of a command.
    static let command: UInt8 = 1 << 0
    /// I/O: to the host.
    static let toHost: UInt8 = 1 << 1
    static let end = command | toHost
  }

  /// Features of PACKET.
  enum PacketFeature {
    static let dma: UInt8 = 1 << 0
    static let overlap: UInt8 = 1 << 1
  }

  /// What SET FEATURES sets ("SET FEATURES").
  enum Feature: UInt8 {
    case enableWriteCache = 0x02
    case setTransferMode = 0x03
    case disableLookAhead = 0x55
    case disableWriteCache = 0x82
    case enableLookAhead = 0xAA
  }

  /// Values of the sector count register for `Feature.setTransferMode`.
  enum TransferMode {
    static let pioDefault: ClosedRange<UInt8> = 0x00...0x01
    static let pio: ClosedRange<UInt8> = 0x08...0x0C
    static let multiwordDMA: ClosedRange<UInt8> = 0x20...0x22
    static let ultraDMA: ClosedRange<UInt8> = 0x40...0x45
    static func isPossible(_ mode: UInt8) -> Bool {
      [pioDefault, pio, multiwordDMA, ultraDMA].contains { $0.contains(mode) }
    }
  }

  /// Bytes of a sector of a disk.
  static let sectorSize = 512
  /// Sectors that addresses of 28 bits reach.
  static let shortSectorCount: UInt64 = 0x0FFF_FFFF
  /// Sectors that addresses of 48 bits reach.
  static let sectorCountLimit: UInt64 = (1 << 48) - 1
  /// Sectors of the largest transfer.
  static let transferLimit: UInt64 = 65536
  /// Sectors of the largest data block of READ MULTIPLE and WRITE MULTIPLE.
  static let multipleLimit = 16
  /// Bytes of a command packet.
  static let packetSize = 12
}

/// Commands that a disk or a packet device carries out, by their codes.
///
/// Source: ATA/ATAPI-6, "Command descriptions"; the second codes of some are those of ATA-1 to ATA-3.
enum ATACommand: UInt8 {
  case nop = 0x00
  case deviceReset = 0x08
  case recalibrate = 0x10
  case readSectors = 0x20
  case readSectorsExt = 0x24
  case readDMAExt = 0x25
  case readNativeMaxAddressExt = 0x27
  case readMultipleExt = 0x29
  case writeSectors = 0x30
  case writeSectorsExt = 0x34
  case writeDMAExt = 0x35
  case writeMultipleExt = 0x39
  case readVerifySectors = 0x40
  case readVerifySectorsExt = 0x42
  case seek = 0x70
  case executeDeviceDiagnostic = 0x90
  case initializeDeviceParameters = 0x91
  case packet = 0xA0
  case identifyPacketDevice = 0xA1
  case readMultiple = 0xC4
  case writeMultiple = 0xC5
  case setMultipleMode = 0xC6
  case readDMA = 0xC8
  case writeDMA = 0xCA
  case standbyImmediate = 0xE0
  case idleImmediate = 0xE1
  case standby = 0xE2
  case idle = 0xE3
  case checkPowerMode = 0xE5
  case sleep = 0xE6
  case flushCache = 0xE7
  case flushCacheExt = 0xEA
  case identifyDevice = 0xEC
  case setFeatures = 0xEF
  case readNativeMaxAddress = 0xF8

  /// The command of a code; nil if there is none, or none that is carried out.
  init?(code: UInt8) {
    switch code {
    case 0x11...0x1F: self = .recalibrate
    case 0x71...0x7F: self = .seek
    // Without retries, which is the same here.
    case 0x21, 0x31, 0x41, 0xC9, 0xCB: self.init(rawValue: code - 1)
    case 0x94: self = .standbyImmediate
    case 0x95: self = .idleImmediate
    case 0x96: self = .standby
    case 0x97: self = .idle
    case 0x98: self = .checkPowerMode
    case 0x99: self = .sleep
    default: self.init(rawValue: code)
    }
  }

  /// The host writes data to the data register first.
  var asksForData: Bool {
    switch self {
    case .writeSectors, .writeSectorsExt, .writeMultiple, .writeMultipleExt, .packet: true
    case .nop, .deviceReset, .recalibrate, .readSectors, .readSectorsExt, .readDMAExt, .readNativeMaxAddressExt,
      .readMultipleExt, .writeDMAExt, .readVerifySectors, .readVerifySectorsExt, .seek, .executeDeviceDiagnostic,
      .initializeDeviceParameters, .identifyPacketDevice, .readMultiple, .setMultipleMode, .readDMA, .writeDMA,
      .standbyImmediate, .idleImmediate, .standby, .idle, .checkPowerMode, .sleep, .flushCache, .flushCacheExt,
      .identifyDevice, .setFeatures, .readNativeMaxAddress:
      false
    }
  }

  /// The address has 48 bits.
  var isExtended: Bool {
    switch self {
    case .readSectorsExt, .readDMAExt, .readNativeMaxAddressExt, .readMultipleExt, .writeSectorsExt, .writeDMAExt,
      .writeMultipleExt, .readVerifySectorsExt, .flushCacheExt:
      true
    case .nop, .deviceReset, .recalibrate, .readSectors, .writeSectors, .readVerifySectors, .seek,
      .executeDeviceDiagnostic, .initializeDeviceParameters, .packet, .identifyPacketDevice, .readMultiple,
      .writeMultiple, .setMultipleMode, .readDMA, .writeDMA, .standbyImmediate, .idleImmediate, .standby, .idle,
      .checkPowerMode, .sleep, .flushCache, .identifyDevice, .setFeatures, .readNativeMaxAddress:
      false
    }
  }
}
