public import X86

/// A virtio block device on PCI, for drivers of the legacy interface and of version 1.
///
/// Source: Virtual I/O Device (VIRTIO) 1.2, "Virtio Over PCI Bus", "Block Device" and their legacy interfaces. It is
/// transitional: the legacy registers are window 0, the structures of version 1 stand in window 1. It has one split
/// virtqueue, indirect descriptors and an INTx interrupt. A request is done a fixed time after its notification. A ring
/// that no driver could have made ends the queue: the device needs a reset and does nothing until it comes.
public final class VirtioBlock: PCIFunction, TimedChip {
  /// Identification ("PCI Device Discovery").
  enum Identification {
    static let vendor: UInt16 = 0x1AF4
    static let device: UInt16 = 0x1001
    static let subsystem: UInt16 = 2
    /// Mass storage, of another kind.
    static let classCode: UInt32 = 0x018000
  }

  /// Feature bits.
  enum Feature {
    static let segmentMax: UInt64 = 1 << 2
    static let readOnly: UInt64 = 1 << 5
    static let blockSize: UInt64 = 1 << 6
    static let flush: UInt64 = 1 << 9
    /// Only on the legacy interface, where it is not a matter of course.
    static let anyLayout: UInt64 = 1 << 27
    static let indirectDescriptors: UInt64 = 1 << 28
    /// VIRTIO_F_VERSION_1.
    static let version1: UInt64 = 1 << 32
  }

  /// The device status field.
  enum Status {
    static let driverOK: UInt8 = 4
    static let featuresOK: UInt8 = 8
    static let needsReset: UInt8 = 64
    /// ACKNOWLEDGE, DRIVER, DRIVER_OK, FEATURES_OK and FAILED.
    static let writable: UInt8 = 0x8F
  }

  /// The ISR status.
  enum ISR {
    static let queue: UInt8 = 1 << 0
    static let configuration: UInt8 = 1 << 1
    static let all = queue | configuration
  }

  /// The virtqueue.
  public struct Queue: Equatable, Sendable, Codable {
    /// Entries.
    public var size = VirtioBlock.queueSize
    /// The driver has enabled it.
    public var isEnabled = false
    /// Address of the descriptor area.
    public var descriptors: UInt64 = 0
    /// Address of the driver area: the available ring.
    public var available: UInt64 = 0
    /// Address of the device area: the used ring.
    public var used: UInt64 = 0
    /// Index of the next entry to take from the available ring.
    public var nextAvailable: UInt16 = 0
    /// Index of the next entry to put into the used ring.
    public var nextUsed: UInt16 = 0
  }

  /// Registers.
  public struct State: Equatable, Sendable, Codable {
    /// Configuration space.
    public var configuration = VirtioBlock.initialConfiguration
    /// device_feature_select.
    public var deviceFeatureSelect: UInt32 = 0
    /// driver_feature_select.
    public var driverFeatureSelect: UInt32 = 0
    /// The features that the driver accepts.
    public var driverFeatures: UInt64 = 0
    /// Device status.
    public var status: UInt8 = 0
    /// ISR status.
    public var interruptStatus: UInt8 = 0
    /// queue_select.
    public var queueSelect: UInt16 = 0
    /// Page of the queue on the legacy interface.
    public var legacyPage: UInt32 = 0
    /// Queue 0.
    public var queue = Queue()
    /// The driver has notified the device of buffers that it has not looked for.
    public var isNotified = false
    /// When it looks for them, in nanoseconds.
    public var due: UInt64?
    /// Makes the state after power-on.
    public init() {}
  }

  /// The most entries of the queue.
  static let queueSize: UInt16 = 256
  /// Bytes of a sector.
  static let sectorSize: UInt64 = 512
  /// From a notification to the end of the requests, in nanoseconds.
  static let delay: UInt64 = 20_000
  /// Bytes of the serial number.
  static let serialCount = 20

  /// The state.
  public internal(set) var state = State()
  let storage: any BlockStorage
  let memory: any BusMasterMemory
  /// The serial number, in `serialCount` bytes.
  let serial: [UInt8]
  private let interrupt: any SignalLine

  /// Makes a device on a medium, whose capacity is its whole sectors; it drives `interrupt` (INTA#), and has a serial
  /// number of which 20 bytes are kept.
  public init(
    storage: any BlockStorage, memory: any BusMasterMemory, interrupt: any SignalLine, serial: String = ""
  ) {
    self.storage = storage
    self.memory = memory
    self.interrupt = interrupt
    let bytes = Array(serial.utf8.prefix(Self.serialCount))
    self.serial = bytes + [UInt8](repeating: 0, count: Self.serialCount - bytes.count)
  }

  /// Whole sectors of the medium.
  var capacity: UInt64 { storage.byteCount / Self.sectorSize }

  /// The features that it offers to drivers of version 1.
  var features: UInt64 {
    Feature.segmentMax | Feature.blockSize | Feature.flush | Feature.indirectDescriptors | Feature.version1
      | (storage.isReadOnly ? Feature.readOnly : 0)
  }

  /// The features that it offers on the legacy interface.
  var legacyFeatures: UInt64 { features & ~Feature.version1 | Feature.anyLayout }

  // MARK: Configuration space

  /// Configuration space.
  public var configuration: PCIConfiguration {
    get { state.configuration }
    set { state.configuration = newValue }
  }

  /// Command bits may open the interrupt, and the bus for what was notified before.
  public func configurationChanged(now: VirtualTime) {
    update()
    schedule(now)
  }

  /// A write of the data of the configuration access capability writes a register behind it.
  public func configurationChanged(at register: Int, width: Int, now: VirtualTime) {
    configurationChanged(now: now)
    guard let access = configurationAccess(at: register, width: width) else { return }
    let value = UInt64(configuration.value(at: Capability.data, width: access.width))
    write(value, window: access.window, offset: access.offset, width: access.width, now: now)
  }

  /// A read of the data of the configuration access capability reads a register behind it.
  public func configurationWillBeRead(at register: Int, width: Int, now: VirtualTime) {
    guard let access = configurationAccess(at: register, width: width) else { return }
    let value = read(window: access.window, offset: access.offset, width: access.width, now: now)
    state.configuration.set(UInt32(truncatingIfNeeded: value), at: Capability.data, width: access.width)
  }

  /// What an access of these bytes of configuration space reaches, if they are of the capability's data.
  private func configurationAccess(at register: Int, width: Int) -> (window: Int, offset: UInt64, width: Int)? {
    guard register < Capability.data + 4, register + width > Capability.data else { return nil }
    let place = Capability.access
    let bar = Int(configuration.value(at: place + Capability.bar, width: 1))
    let offset = UInt64(configuration.value(at: place + Capability.offset, width: 4))
    let length = Int(configuration.value(at: place + Capability.length, width: 4))
    guard let window = configuration.windows.first(where: { $0.index == bar }), [1, 2, 4].contains(length),
      offset % UInt64(length) == 0, offset < window.byteCount
    else { return nil }
    return (bar, offset, length)
  }

  /// Places in configuration space of the structures' descriptions ("Virtio Structure PCI Capabilities").
  enum Capability {
    static let common = 0x40
    static let notification = 0x50
    static let interruptStatus = 0x64
    static let device = 0x74
    static let access = 0x84
    /// pci_cfg_data.
    static let data = access + 16

    /// Places in one.
    static let bar = 4
    static let offset = 8
    static let length = 12
    /// The notify_off_multiplier, behind.
    static let multiplier = 16

    static let vendorSpecific: UInt32 = 0x09
    /// The status register of configuration space: there is a list of capabilities.
    static let list: UInt32 = 1 << 4
    /// The status register of configuration space: Interrupt Status.
    static let interrupt: UInt32 = 1 << 3
  }

  /// Where the structures are in window 1.
  enum Structure {
    static let window = 1
    static let windowSize: UInt64 = 0x1000
    static let common: UInt64 = 0x000
    static let interruptStatus: UInt64 = 0x400
    static let device: UInt64 = 0x800
    static let notification: UInt64 = 0xC00
    static let notificationSize: UInt64 = 4
    static let legacyWindowSize: UInt64 = 0x80
  }

  static let initialConfiguration: PCIConfiguration = {
    var configuration = PCIConfiguration(
      vendor: Identification.vendor, device: Identification.device, classCode: Identification.classCode,
      subsystem: (Identification.vendor, Identification.subsystem), interruptPin: 1)
    configuration.addWindow(0, byteCount: Structure.legacyWindowSize, isIO: true)
    configuration.addWindow(Structure.window, byteCount: Structure.windowSize, isIO: false)
    configuration.set(Capability.list, at: PCIConfiguration.Register.status, width: 1)
    configuration.set(UInt32(Capability.common), at: PCIConfiguration.Register.capabilities, width: 1)
    // cfg_type counts from 1 in this order.
    let structures: [(place: Int, size: UInt32, offset: UInt64, length: UInt64)] = [
      (Capability.common, 16, Structure.common, UInt64(CommonField.size)),
      (Capability.notification, 20, Structure.notification, Structure.notificationSize),
      (Capability.interruptStatus, 16, Structure.interruptStatus, 1),
      (Capability.device, 16, Structure.device, UInt64(deviceConfigurationSize)),
      (Capability.access, 20, 0, 0),
    ]
    for (index, entry) in structures.enumerated() {
      let next = index + 1 < structures.count ? UInt32(structures[index + 1].place) : 0
      let type = UInt32(index + 1)
      configuration.set(
        Capability.vendorSpecific | next << 8 | entry.size << 16 | type << 24, at: entry.place, width: 4)
      guard entry.place != Capability.access else { continue }
      configuration.set(UInt32(Structure.window), at: entry.place + Capability.bar, width: 1)
      configuration.set(UInt32(entry.offset), at: entry.place + Capability.offset, width: 4)
      configuration.set(UInt32(entry.length), at: entry.place + Capability.length, width: 4)
    }
    configuration.set(
      UInt32(Structure.notificationSize), at: Capability.notification + Capability.multiplier, width: 4)
    configuration.allowWrites(0xFF, at: Capability.access + Capability.bar, width: 1)
    for place in [Capability.offset, Capability.length, Capability.multiplier] {
      configuration.allowWrites(.max, at: Capability.access + place, width: 4)
    }
    return configuration
  }()

  // MARK: Interrupt and time

  /// Drives INTA#, unless the command register disables it, and shows it in the status register.
  func update() {
    let isActive = state.interruptStatus != 0
    let register = PCIConfiguration.Register.status
    state.configuration.set(Capability.list | (isActive ? Capability.interrupt : 0), at: register, width: 1)
    let command = UInt16(truncatingIfNeeded: configuration.value(at: PCIConfiguration.Register.command, width: 2))
    interrupt.set(isActive && command & PCIConfiguration.Command.interruptDisable == 0)
  }

  /// Arms the time at which the device looks for buffers, if it may.
  func schedule(_ now: VirtualTime) {
    guard state.isNotified, state.due == nil, isRunning else { return }
    let (moment, overflow) = now.nanoseconds.addingReportingOverflow(Self.delay)
    state.due = overflow ? .max : moment
  }

  /// The driver lets the device use the queue. Drivers of the legacy interface may use it before DRIVER_OK.
  var isRunning: Bool {
    state.queue.isEnabled && configuration.isBusMaster && state.status & Status.needsReset == 0
      && (state.status & Status.driverOK != 0 || state.driverFeatures & Feature.version1 == 0)
  }

  /// When the device looks for buffers.
  public var nextEvent: VirtualTime? { state.due.map { VirtualTime(nanoseconds: $0) } }

  /// Does requests up to `now`.
  public func advance(to now: VirtualTime) {
    guard let due = state.due, due <= now.nanoseconds else { return }
    state.due = nil
    guard isRunning else { return }
    state.isNotified = false
    serveQueue()
    schedule(now)
  }

  /// Writing 0 to the device status: all but configuration space is as after power-on.
  func reset() {
    var fresh = State()
    fresh.configuration = configuration
    state = fresh
    update()
  }
}

extension VirtioBlock: RestorableChip {
  /// Puts back a state; the level of the interrupt is another's to put back.
  public func restore(_ state: State) { self.state = state }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    let queue = state.queue
    return FieldCheck.first(
      problem(in: state.configuration),
      FieldCheck.bits("virtio status", state.status, Status.writable | Status.needsReset),
      FieldCheck.bits("virtio ISR status", state.interruptStatus, ISR.all),
      FieldCheck.range("virtio queue size", queue.size, 1...queueSize),
      queue.size & (queue.size &- 1) != 0 ? "virtio queue size \(queue.size) is no power of 2" : nil,
      state.due != nil && !state.isNotified ? "virtio request is due without a notification" : nil)
  }

  /// Bits that software cannot write are constant, Interrupt Status excepted.
  private static func problem(in configuration: PCIConfiguration) -> String? {
    let first = initialConfiguration
    guard configuration.bytes.count == first.bytes.count, configuration.writable == first.writable,
      configuration.windows == first.windows
    else { return "virtio configuration space is another function's" }
    for (index, byte) in configuration.bytes.enumerated() {
      var changing = first.writable[index]
      if index == PCIConfiguration.Register.status { changing |= UInt8(Capability.interrupt) }
      if (byte ^ first.bytes[index]) & ~changing != 0 {
        return "virtio configuration register \(FieldCheck.hexadecimal(index)) is \(FieldCheck.hexadecimal(byte))"
      }
    }
    return nil
  }
}
