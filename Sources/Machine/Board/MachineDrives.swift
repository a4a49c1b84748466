public import DevicesLegacy
import DiskImages
import X86

/// The drives of a board with their media; the board has controllers for those that are there.
public struct MachineDrives {
  /// A drive on an AT attachment.
  public enum Attached {
    /// A disk.
    case disk(any BlockStorage)
    /// A CD-ROM drive, with or without a disc.
    case discDrive((any BlockStorage)?)
  }

  /// Places of `attached`, in their order.
  public static let names = ["primary master", "primary slave", "secondary master", "secondary slave"]
  /// The name of a disk on virtio, by its number in `virtio`.
  public static func virtioName(_ index: Int) -> String { "virtio disk \(index + 1)" }
  /// The names of diskette drives.
  public static let floppyNames = ["diskette A", "diskette B"]
  /// The most disks on virtio.
  public static let virtioLimit = 4
  /// The most diskette drives.
  public static let floppyLimit = 2

  /// The drives of both channels, in the order of `names`; nil where there is none.
  public var attached: [Attached?] = [nil, nil, nil, nil]
  /// Disks on virtio, each a function of its own; at most `virtioLimit`.
  public var virtio: [any BlockStorage] = []
  /// Diskettes in drives A and B; a board with none has no controller for them.
  public var floppies: [FloppyMedium] = []
  /// Their media, for snapshots.
  public var floppyMedia: [any BlockStorage] = []

  /// Makes a board without drives.
  public init() {}

  /// Some drive is on an AT attachment.
  public var hasAttached: Bool { attached.contains { $0 != nil } }
  /// Some drive is on PCI, if the board has it.
  public var needPCI: Bool { hasAttached || !virtio.isEmpty }
  /// No drive is there.
  public var isEmpty: Bool { !needPCI && floppies.isEmpty }

  /// Makes what was written to the media durable; gives the names of drives where the host fails.
  public func flush() -> [String] {
    all.filter { ($0.medium as? DiskImage)?.released == nil && $0.medium?.flush() == false }.map(\.place)
  }

  /// Puts a diskette into the next drive.
  ///
  /// - Throws: a sentence about its size.
  public mutating func add(floppy medium: any BlockStorage) throws(FloppyGeometry.Unsupported) {
    floppies.append(try FloppyMedium(medium))
    floppyMedia.append(medium)
  }
}

/// What firmware boots from.
public enum BootDevice: String, CaseIterable, Codable, Sendable {
  /// The first disk.
  case disk
  /// The CD-ROM drive.
  case cdrom
  /// Diskette drive A.
  case floppy

  /// By which number SeaBIOS reads it in the clock's RAM.
  var code: UInt64 {
    switch self {
    case .floppy: 1
    case .disk: 2
    case .cdrom: 3
    }
  }
}

/// Both channels of AT attachment of a board, behind the PIIX3.
final class AttachedDrives {
  let primary: ATAChannel
  let secondary: ATAChannel
  let function: PIIXIDE
  /// The ports of both channels.
  let ports: [any BusDevice]

  init(_ drives: MachineDrives, _ platform: Platform) {
    let all: [ATADrive?] = zip(drives.attached, 0...).map { drive, number in
      switch drive {
      case nil: nil
      case .disk(let medium): ATADrive(disk: medium, identity: Self.identity("EMU HARD DISK", number))
      case .discDrive(let medium): ATADrive(cdrom: medium, identity: Self.identity("EMU CD-ROM", number))
      }
    }
    primary = ATAChannel(interrupt: platform.line(14), device0: all[0], device1: all[1])
    secondary = ATAChannel(interrupt: platform.line(15), device0: all[2], device1: all[3])
    let function = PIIXIDE(memory: platform.busMaster, primary: primary, secondary: secondary)
    self.function = function
    let armed = { [unowned platform] in _ = platform.machine?.interruptSlice() }
    ports = [primary, secondary].enumerated().map {
      ArmingPorts(PIIXIDE.Ports(function, channel: $0), $1, armed: armed)
    }
  }

  private static func identity(_ model: String, _ number: Int) -> ATADrive.Identity {
    ATADrive.Identity(serial: "EMU0000\(number + 1)", firmware: "1.0", model: model)
  }
}

/// Ports of a chip whose reads can begin what ends by itself: the board learns of the new deadline.
final class ArmingPorts: BusDevice {
  private let ports: any BusDevice
  private let chip: any TimedChip
  private let armed: () -> Void

  init(_ ports: any BusDevice, _ chip: any TimedChip, armed: @escaping () -> Void) {
    self.ports = ports
    self.chip = chip
    self.armed = armed
  }

  func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    let before = chip.nextEvent
    let value = ports.read(offset: offset, width: width, now: now)
    if chip.nextEvent != before { armed() }
    return value
  }

  func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    ports.write(value, offset: offset, width: width, now: now)
  }
}

/// The controller of a board with diskette drives, and what moves its bytes.
final class DisketteDrives {
  let dma: DMA8237
  let controller: FloppyController82077AA
  let ports: any BusDevice

  init(_ drives: MachineDrives, _ platform: Platform) {
    dma = DMA8237(memory: platform.busMaster)
    controller = FloppyController82077AA(
      drives: drives.floppies.map { $0 }, dma: dma, interrupt: platform.line(6))
    ports = ArmingPorts(controller, controller) { [unowned platform] in _ = platform.machine?.interruptSlice() }
  }
}
