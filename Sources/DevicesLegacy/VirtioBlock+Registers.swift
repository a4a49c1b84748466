public import X86

// The registers of both interfaces, and the device configuration.

extension VirtioBlock {
  /// Fields of virtio_pci_common_cfg ("Common configuration structure layout"): where they begin.
  enum CommonField {
    static let deviceFeatureSelect = 0x00
    static let deviceFeature = 0x04
    static let driverFeatureSelect = 0x08
    static let driverFeature = 0x0C
    static let msixVector = 0x10
    static let queueCount = 0x12
    static let status = 0x14
    static let generation = 0x15
    static let queueSelect = 0x16
    static let queueSize = 0x18
    static let queueVector = 0x1A
    static let queueEnable = 0x1C
    static let queueNotifyOffset = 0x1E
    static let queueDescriptors = 0x20
    static let queueDriver = 0x28
    static let queueDevice = 0x30
    static let size = 0x38
    static let starts = [
      deviceFeatureSelect, deviceFeature, driverFeatureSelect, driverFeature, msixVector, queueCount, status,
      generation, queueSelect, queueSize, queueVector, queueEnable, queueNotifyOffset, queueDescriptors, queueDriver,
      queueDevice, size,
    ]
  }

  /// Registers of the legacy interface ("Legacy Interfaces: A Note on PCI Device Layout"), without MSI-X.
  enum LegacyField {
    static let deviceFeatures = 0x00
    static let driverFeatures = 0x04
    static let queueAddress = 0x08
    static let queueSize = 0x0C
    static let queueSelect = 0x0E
    static let queueNotify = 0x10
    static let status = 0x12
    static let interruptStatus = 0x13
    /// The device configuration.
    static let device = 0x14
    static let starts = [
      deviceFeatures, driverFeatures, queueAddress, queueSize, queueSelect, queueNotify, status, interruptStatus,
      device,
    ]
    /// Bytes of the page that the queue's address counts, which is also the alignment of the used ring.
    static let pageSize: UInt64 = 4096
  }

  /// Fields of virtio_blk_config.
  private enum DeviceField {
    static let segmentMax = 12
    static let blockSize = 20
  }

  /// Bytes of virtio_blk_config, up to its last field.
  static let deviceConfigurationSize = 0x3C
  /// VIRTIO_MSI_NO_VECTOR.
  private static let noVector: UInt64 = 0xFFFF

  // MARK: Windows

  /// Reads bytes of a window; where there is no register they are 0.
  public func read(window: Int, offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    advance(to: now)
    guard window != Structure.window else { return readStructure(offset, width) }
    guard window == 0, offset < Structure.legacyWindowSize else { return 0 }
    let range = Int(offset)..<Int(offset) + width
    if range.lowerBound >= LegacyField.device {
      return Self.bytes(deviceConfiguration, range.lowerBound - LegacyField.device, width)
    }
    let value = Self.bytes(legacyRegisters, range.lowerBound, width)
    if range.contains(LegacyField.interruptStatus) { acknowledge() }
    return value
  }

  private func readStructure(_ offset: UInt64, _ width: Int) -> UInt64 {
    switch offset {
    case Structure.common..<Structure.interruptStatus: return Self.bytes(commonRegisters, Int(offset), width)
    case Structure.interruptStatus:
      let value = state.interruptStatus
      acknowledge()
      return UInt64(value)
    case Structure.device..<Structure.notification:
      return Self.bytes(deviceConfiguration, Int(offset - Structure.device), width)
    default: return 0
    }
  }

  /// The ISR status has been read.
  private func acknowledge() {
    state.interruptStatus = 0
    update()
  }

  /// Writes bytes of a window; a write is of one field.
  public func write(_ value: UInt64, window: Int, offset: UInt64, width: Int, now: VirtualTime) {
    advance(to: now)
    switch window {
    case 0:
      guard offset < Structure.legacyWindowSize else { return }
      writeLegacy(value, Int(offset), width, now)
    case Structure.window:
      switch offset {
      case Structure.common..<Structure.interruptStatus: writeCommon(value, Int(offset), width, now)
      case Structure.notification..<Structure.notification + Structure.notificationSize: notify(value, now)
      default: break
      }
    default: break
    }
  }

  /// Up to 8 bytes of an array, little-endian; those behind its end are 0.
  private static func bytes(_ array: [UInt8], _ start: Int, _ width: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<min(width, 8) where array.indices.contains(start + index) {
      value |= UInt64(array[start + index]) << UInt64(8 * index)
    }
    return value
  }

  /// A field's start, and its value with the bytes of a write that fall into it.
  private static func merged(
    _ value: UInt64, _ offset: Int, _ width: Int, _ registers: [UInt8], _ starts: [Int]
  ) -> (field: Int, value: UInt64)? {
    guard let index = starts.lastIndex(where: { $0 <= offset }), index + 1 < starts.count else { return nil }
    let size = starts[index + 1] - starts[index]
    let place = offset - starts[index]
    var result = bytes(registers, starts[index], size)
    for byte in 0..<min(width, size - place) {
      let shift = UInt64(8 * (place + byte))
      result = result & ~(0xFF << shift) | (value >> UInt64(8 * byte) & 0xFF) << shift
    }
    return (starts[index], result)
  }

  /// The driver says that there are buffers in a queue, of which 0 is the only one.
  private func notify(_ queue: UInt64, _ now: VirtualTime) {
    guard queue & 0xFFFF == 0 else { return }
    state.isNotified = true
    schedule(now)
  }

  // MARK: Version 1

  private var isQueueSelected: Bool { state.queueSelect == 0 }

  private var commonRegisters: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: CommonField.size)
    func put(_ value: UInt64, _ place: Int, _ width: Int) {
      for index in 0..<width { bytes[place + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    }
    func half(_ features: UInt64, _ select: UInt32) -> UInt64 {
      select > 1 ? 0 : features >> UInt64(32 * select) & 0xFFFF_FFFF
    }
    put(UInt64(state.deviceFeatureSelect), CommonField.deviceFeatureSelect, 4)
    put(half(features, state.deviceFeatureSelect), CommonField.deviceFeature, 4)
    put(UInt64(state.driverFeatureSelect), CommonField.driverFeatureSelect, 4)
    put(half(state.driverFeatures, state.driverFeatureSelect), CommonField.driverFeature, 4)
    put(Self.noVector, CommonField.msixVector, 2)
    put(1, CommonField.queueCount, 2)
    put(UInt64(state.status), CommonField.status, 1)
    put(UInt64(state.queueSelect), CommonField.queueSelect, 2)
    put(Self.noVector, CommonField.queueVector, 2)
    guard isQueueSelected else { return bytes }
    put(UInt64(state.queue.size), CommonField.queueSize, 2)
    put(state.queue.isEnabled ? 1 : 0, CommonField.queueEnable, 2)
    put(state.queue.descriptors, CommonField.queueDescriptors, 8)
    put(state.queue.available, CommonField.queueDriver, 8)
    put(state.queue.used, CommonField.queueDevice, 8)
    return bytes
  }

  private func writeCommon(_ value: UInt64, _ offset: Int, _ width: Int, _ now: VirtualTime) {
    guard let (field, value) = Self.merged(value, offset, width, commonRegisters, CommonField.starts) else { return }
    switch field {
    case CommonField.deviceFeatureSelect: state.deviceFeatureSelect = UInt32(truncatingIfNeeded: value)
    case CommonField.driverFeatureSelect: state.driverFeatureSelect = UInt32(truncatingIfNeeded: value)
    case CommonField.driverFeature: acceptFeatures(value)
    case CommonField.status: writeStatus(UInt8(truncatingIfNeeded: value), now)
    case CommonField.queueSelect: state.queueSelect = UInt16(truncatingIfNeeded: value)
    default: writeQueue(field, value, now)
    }
  }

  /// Half of the features; they are fixed by FEATURES_OK.
  private func acceptFeatures(_ value: UInt64) {
    guard state.status & Status.featuresOK == 0, state.driverFeatureSelect <= 1 else { return }
    let shift = UInt64(32 * state.driverFeatureSelect)
    state.driverFeatures = state.driverFeatures & ~(0xFFFF_FFFF << shift) | (value & 0xFFFF_FFFF) << shift
  }

  /// Fields of the selected queue, until it is enabled.
  private func writeQueue(_ field: Int, _ value: UInt64, _ now: VirtualTime) {
    guard isQueueSelected, !state.queue.isEnabled else { return }
    switch field {
    case CommonField.queueSize:
      let isPower = value & (value &- 1) == 0
      if isPower && (1...UInt64(Self.queueSize)).contains(value) { state.queue.size = UInt16(value) }
    case CommonField.queueEnable:
      state.queue.isEnabled = value == 1
      schedule(now)
    case CommonField.queueDescriptors: state.queue.descriptors = value
    case CommonField.queueDriver: state.queue.available = value
    case CommonField.queueDevice: state.queue.used = value
    default: break
    }
  }

  /// The device status: 0 resets; FEATURES_OK stays off if the device cannot work with the features of the driver.
  private func writeStatus(_ value: UInt8, _ now: VirtualTime) {
    guard value != 0 else { return reset() }
    var status = value & Status.writable | state.status & Status.needsReset
    let accepted = state.driverFeatures
    if state.status & Status.featuresOK == 0
      && (accepted & ~features != 0 || accepted & Feature.version1 == 0)
    {
      status &= ~Status.featuresOK
    }
    state.status = status
    schedule(now)
  }

  // MARK: Legacy interface

  private var legacyRegisters: [UInt8] {
    var bytes: [UInt8] = []
    func put(_ value: UInt64, _ width: Int) {
      for index in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }
    put(legacyFeatures, 4)
    put(state.driverFeatures, 4)
    put(isQueueSelected ? UInt64(state.legacyPage) : 0, 4)
    put(isQueueSelected ? UInt64(state.queue.size) : 0, 2)
    put(UInt64(state.queueSelect), 2)
    put(0, 2)
    put(UInt64(state.status), 1)
    put(UInt64(state.interruptStatus), 1)
    return bytes
  }

  private func writeLegacy(_ value: UInt64, _ offset: Int, _ width: Int, _ now: VirtualTime) {
    guard let (field, value) = Self.merged(value, offset, width, legacyRegisters, LegacyField.starts) else { return }
    switch field {
    case LegacyField.driverFeatures: state.driverFeatures = value & legacyFeatures
    case LegacyField.queueAddress: setLegacyPage(UInt32(truncatingIfNeeded: value), now)
    case LegacyField.queueSelect: state.queueSelect = UInt16(truncatingIfNeeded: value)
    case LegacyField.queueNotify: notify(value, now)
    case LegacyField.status: writeStatus(UInt8(truncatingIfNeeded: value), now)
    default: break
    }
  }

  /// "Legacy Interfaces: A Note on Virtqueue Layout": the three areas follow one another from a page.
  private func setLegacyPage(_ page: UInt32, _ now: VirtualTime) {
    guard isQueueSelected else { return }
    let size = UInt64(state.queue.size)
    state.legacyPage = page
    state.queue.isEnabled = page != 0
    state.queue.descriptors = UInt64(page) * LegacyField.pageSize
    state.queue.available = state.queue.descriptors + Descriptor.size * size
    // Flags, index, entries and used_event.
    let end = state.queue.available + 2 * (size + 3)
    state.queue.used = (end + LegacyField.pageSize - 1) / LegacyField.pageSize * LegacyField.pageSize
    state.queue.nextAvailable = 0
    state.queue.nextUsed = 0
    schedule(now)
  }

  // MARK: Device configuration

  /// virtio_blk_config: capacity, seg_max and blk_size; fields without their feature are 0.
  private var deviceConfiguration: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.deviceConfigurationSize)
    for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: capacity >> UInt64(8 * index)) }
    // The header and the status of a request take a descriptor each.
    bytes[DeviceField.segmentMax] = UInt8(truncatingIfNeeded: Self.queueSize - 2)
    bytes[DeviceField.blockSize + 1] = UInt8(truncatingIfNeeded: Self.sectorSize >> 8)
    return bytes
  }
}
