import ArgumentParser
import DevicesLegacy
import DiskImages
import Glibc
import Machine

/// The order in which firmware tries what it can boot from, such as `cdrom,disk`.
struct BootOrder: ExpressibleByArgument {
  var devices: [BootDevice]

  init?(argument: String) {
    let words = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let devices = words.compactMap(BootDevice.init)
    guard devices.count == words.count, Set(devices).count == words.count else { return nil }
    self.devices = devices
  }
}

/// Drives with their media.
struct DriveOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      A disk on IDE, at most four: the primary master, then the primary slave, the secondary master and slave; or on \
      virtio, at most four more. Without an image the board starts with Debian's SeaBIOS, which boots it.
      """, valueName: "file[,format=raw|qcow2][,readonly][,snapshot][,virtio]"))
  var disk: [String] = []
  @Option(help: ArgumentHelp("A disc in a CD-ROM drive, the secondary master.", valueName: "file"))
  var cdrom: String?
  @Option(
    help: ArgumentHelp(
      "A diskette in drive A, then in drive B; the size of the file is its format.",
      valueName: "file[,readonly][,snapshot]"))
  var floppy: [String] = []
  @Option(
    help: ArgumentHelp(
      """
      What firmware boots from, in this order: \(BootDevice.allCases.map(\.rawValue).joined(separator: ", ")). \
      (default: disk,cdrom,floppy)
      """, valueName: "order"))
  var boot: BootOrder?

  /// No drive is asked for.
  var isEmpty: Bool { disk.isEmpty && cdrom == nil && floppy.isEmpty }

  /// The options as they are read, by the name of each.
  private func parsed() throws(DiskOptionError) -> [(name: String, option: DiskOption)] {
    var result: [(String, DiskOption)] = []
    for text in disk { result.append(("--disk", try DiskOption(parsing: text))) }
    if let cdrom {
      var option = try DiskOption(parsing: cdrom, option: "--cdrom")
      option.access = .readOnly
      option.format = option.format ?? .raw
      result.append(("--cdrom", option))
    }
    for text in floppy { result.append(("--floppy", try DiskOption(parsing: text, option: "--floppy"))) }
    return result
  }

  /// The files, by the options that name them.
  var files: [(name: String, path: String)] { ((try? parsed()) ?? []).map { ($0.name, $0.option.path) } }

  /// What does not go together.
  func validate(_ run: RunCommand) throws {
    do { try validatePlaces(try parsed()) } catch let error as DiskOptionError {
      throw ValidationError(error.description)
    }
    if floppy.count > MachineDrives.floppyLimit {
      throw ValidationError("--floppy \(floppy[MachineDrives.floppyLimit]): there are two diskette drives.")
    }
    if boot != nil, run.biosPath == nil { throw ValidationError("--boot needs firmware: a drive, or --bios.") }
    if !isEmpty, run.backend == .kvm { throw ValidationError("--disk, --cdrom and --floppy need --backend model.") }
  }

  /// More disks than places.
  private func validatePlaces(_ options: [(name: String, option: DiskOption)]) throws {
    let disks = zip(disk, options.filter { $0.name == "--disk" })
    let (ide, virtio) = (disks.filter { !$1.option.isVirtio }, disks.filter { $1.option.isVirtio })
    let places = cdrom == nil ? 4 : 3
    if ide.count > places {
      throw ValidationError(
        "--disk \(ide[places].0): IDE has places for \(places) disks\(cdrom == nil ? "" : " beside the CD-ROM drive").")
    }
    if virtio.count > MachineDrives.virtioLimit {
      let text = virtio[MachineDrives.virtioLimit].0
      throw ValidationError("--disk \(text): there are places for \(MachineDrives.virtioLimit) disks on virtio.")
    }
  }

  /// Opens and locks the files.
  ///
  /// - Parameter diversion: the option because of which no file may be written, if there is one.
  /// - Throws: `InputError` with the sentence of a file that cannot be used.
  func open(diversion: String?) throws -> MachineDrives {
    try drives { option, _ throws(DiskImageError) in
      let image = try DiskImage.open(option)
      if let diversion, image.access == .readWrite {
        _ = try image.divertWrites()
        complain("\(option.path): what the guest writes is not kept, because of \(diversion)")
      }
      return image
    }
  }

  /// The drives with media that `medium` gives for the options and the places of the drives.
  ///
  /// - Throws: `InputError` with the sentence of a file that cannot be used.
  func drives(_ medium: (DiskOption, String) throws(DiskImageError) -> DiskImage) throws -> MachineDrives {
    var drives = MachineDrives()
    var free = cdrom == nil ? [0, 1, 2, 3] : [0, 1, 3]
    for (name, option) in try parsed() {
      do {
        switch name {
        case "--cdrom": drives.attached[2] = .discDrive(try medium(option, MachineDrives.names[2]))
        case "--floppy":
          try drives.add(floppy: try medium(option, MachineDrives.floppyNames[drives.floppies.count]))
        case _ where option.isVirtio:
          drives.virtio.append(try medium(option, MachineDrives.virtioName(drives.virtio.count)))
        default:
          let place = free.removeFirst()
          drives.attached[place] = .disk(try medium(option, MachineDrives.names[place]))
        }
      } catch let error as FloppyGeometry.Unsupported {
        throw InputError(description: "\(option.path): \(error.description)")
      } catch let error as DiskImageError {
        throw InputError(description: error.description)
      }
    }
    return drives
  }
}

extension ImageKind {
  /// In which drive a file belongs that is no kernel.
  enum Drive {
    case disk, cdrom, floppy
  }

  /// The drive of a file that is the image of a disk, a disc or a diskette; nil of anything else.
  ///
  /// A single sector is a boot sector, which starts without firmware. A file that is as large as a diskette is one.
  func drive(_ guest: GuestArguments) -> Drive? {
    guard guest.format == .auto, guest.mode == nil, guest.loadAddress == nil, guest.entry == nil else { return nil }
    if isDisc { return .cdrom }
    if isQcow2 { return .disk }
    guard isBootDisk else { return nil }
    return (try? FloppyGeometry(byteCount: byteCount)) == nil ? .disk : .floppy
  }
}

extension RunCommand {
  /// An image that is a disk, a disc or a diskette goes into its drive.
  mutating func moveImageToDrive() {
    guard let image, let drive = ImageKind(image)?.drive(guest) else { return }
    let text = image.split(separator: ",", omittingEmptySubsequences: false).joined(separator: ",,")
    switch drive {
    case .disk: drives.disk.insert(text, at: 0)
    case .floppy: drives.floppy.insert(text, at: 0)
    case .cdrom where drives.cdrom == nil: drives.cdrom = text
    case .cdrom: return
    }
    self.image = nil
  }

  /// The option because of which the guest's writes must not go to a file.
  var diversion: String? {
    if gdb != nil { return "--gdb" }
    if snapshots.restore != nil { return "--restore" }
    if snapshots.record != nil { return "--record" }
    if snapshots.replay != nil { return "--replay" }
    return snapshots.snapshotAt.isEmpty ? nil : "--snapshot-at"
  }
}
