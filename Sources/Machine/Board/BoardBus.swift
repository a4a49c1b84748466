import DevicesLegacy
import TextForms
import X86

/// The ports and addresses of one board: the map with the chips that this board has.
final class BoardBus {
  /// A row of the map on this board.
  private struct Claim {
    let row: BoardMap.Row
    let chip: (any BusDevice)?
    let first: UInt64
    let last: UInt64
    let offset: UInt64
    let takesWholeAccesses: Bool
    let report: BoardMap.Report

    init(_ row: BoardMap.Row, _ chip: (any BusDevice)?, _ first: UInt64, _ last: UInt64) {
      (self.row, self.chip, self.first, self.last) = (row, chip, first, last)
      (offset, takesWholeAccesses) = (row.offset, row.takesWholeAccesses)
      // What is missing is reported where the chip is not there.
      report = chip == nil && row.name != nil ? .accesses : row.report
    }

    /// The chip's name, if it is there.
    var name: String? { chip == nil ? nil : row.name }
  }

  /// Rows of ports; the first is of every port without a row.
  private let ports: [Claim]
  /// Which of them a port has.
  private let portClaims: [UInt8]
  /// Bit n is port n: a write changes no deadline.
  private let selectors: [UInt64]
  /// Rows of addresses.
  private let memory: [Claim]
  /// How many of them stand above the local APICs.
  private let fixedCount: Int
  private let localAPICName: String?
  private let localAPICs: [LocalAPIC]
  /// Chips that time drives, in the order of the map; the local APICs are the last.
  let timedChips: [any TimedChip]
  /// Every chip and function of the rows once, with its first name.
  let chips: [(name: String, chip: AnyObject)]
  /// Where windows move.
  private let pci: PCIBus?

  /// Connects the chips of a board; nil is a board without chips.
  ///
  /// A row whose chip this board does not have counts as if it were not there.
  init(_ map: BoardMap, _ platform: Platform?) {
    var ports = [Claim(BoardMap.Row(place: .localAPIC, name: nil, missing: nil, report: .accesses), nil, 0, 0)]
    var portClaims = [UInt8](repeating: 0, count: 1 << 16)
    var selectors = [UInt64](repeating: 0, count: 1 << 10)
    var memory: [Claim] = []
    var (fixedCount, localAPICName): (Int, String?) = (0, nil)
    var timed: [any TimedChip] = []
    var chips: [(name: String, chip: AnyObject)] = []
    for row in map.rows {
      let chip = platform.flatMap { row.chip($0) }
      if let chip, let name = row.name, !chips.contains(where: { $0.chip === chip }) {
        chips.append((name, chip))
        if let chip = chip as? any TimedChip { timed.append(chip) }
      }
      switch row.place {
      case .localAPIC: (fixedCount, localAPICName) = (memory.count, row.name)
      case .behind: continue
      case .pci(let device, let number):
        guard let name = row.name, let platform, let function = row.function(platform) else { continue }
        platform.pci?.connect(function, name: name, device: device, number: number)
        if !chips.contains(where: { $0.chip === function }) {
          chips.append((name, function))
          if let timedFunction = function as? any TimedChip { timed.append(timedFunction) }
        }
      // A row of a chip that is not there.
      case .memory where chip == nil && row.name != nil && row.missing == nil: continue
      case .ports where chip == nil && row.name != nil && row.missing == nil: continue
      case .memory(let range): memory.append(Claim(row, chip, range.lowerBound, range.upperBound))
      case .ports(let range):
        for port in range { portClaims[Int(port)] = UInt8(ports.count) }
        ports.append(Claim(row, chip, UInt64(range.lowerBound), UInt64(range.upperBound)))
        if let port = row.selector { selectors[Int(port >> 6)] |= 1 << UInt64(port & 63) }
      }
    }
    (self.ports, self.portClaims, self.selectors) = (ports, portClaims, selectors)
    (self.memory, self.fixedCount, self.localAPICName) = (memory, fixedCount, localAPICName)
    localAPICs = platform?.apics ?? []
    timedChips = timed + localAPICs
    self.chips = chips
    pci = platform?.pci
  }

  // MARK: Ports

  /// Whether a write to a port only chooses a register, or only passes the time.
  func onlySelects(_ port: UInt16) -> Bool { selectors[Int(port >> 6)] >> UInt64(port & 63) & 1 != 0 }

  /// Which accesses to a port are events, and the first port of its row.
  func report(ofPort port: UInt16) -> (report: BoardMap.Report, first: UInt16) {
    let number = Int(portClaims[Int(port)])
    if ports[number].chip == nil, pci?.name(of: UInt64(port), isIO: true) != nil { return (.nothing, port) }
    return (ports[number].report, number == 0 ? port : UInt16(truncatingIfNeeded: ports[number].first))
  }

  /// Reads ports; where nothing answers all bits are ones.
  func readPort(_ port: UInt16, width: Int, now: VirtualTime) -> UInt32 {
    let number = Int(portClaims[Int(port)])
    if width == 1 || ports[number].takesWholeAccesses || isWindow(port, number) {
      return UInt32(truncatingIfNeeded: read(number, port, width, now)) & Self.ones(width)
    }
    var value: UInt32 = 0
    for index in 0..<width {
      let at = port &+ UInt16(truncatingIfNeeded: index)
      let number = Int(portClaims[Int(at)])
      let byte = ports[number].takesWholeAccesses ? 0xFF : read(number, at, 1, now)
      value |= UInt32(UInt8(truncatingIfNeeded: byte)) << UInt32(index * 8)
    }
    return value
  }

  /// Writes ports; where nothing answers nothing happens.
  func writePort(_ value: UInt32, _ port: UInt16, width: Int, now: VirtualTime) {
    let number = Int(portClaims[Int(port)])
    if width == 1 || ports[number].takesWholeAccesses || isWindow(port, number) {
      return write(UInt64(value & Self.ones(width)), number, port, width, now)
    }
    for index in 0..<width {
      let at = port &+ UInt16(truncatingIfNeeded: index)
      let number = Int(portClaims[Int(at)])
      guard !ports[number].takesWholeAccesses else { continue }
      write(UInt64(UInt8(truncatingIfNeeded: value >> UInt32(index * 8))), number, at, 1, now)
    }
  }

  /// A function on PCI has a window at a port: it gets accesses as the processor makes them.
  private func isWindow(_ port: UInt16, _ number: Int) -> Bool {
    ports[number].chip == nil && pci?.name(of: UInt64(port), isIO: true) != nil
  }

  @inline(__always)
  private func read(_ number: Int, _ port: UInt16, _ width: Int, _ now: VirtualTime) -> UInt64 {
    guard let chip = ports[number].chip else {
      return pci?.read(UInt64(port), isIO: true, width: width, now: now) ?? .max
    }
    return chip.read(offset: UInt64(port) - ports[number].first + ports[number].offset, width: width, now: now)
  }

  @inline(__always)
  private func write(_ value: UInt64, _ number: Int, _ port: UInt16, _ width: Int, _ now: VirtualTime) {
    guard let chip = ports[number].chip else {
      _ = pci?.write(value, UInt64(port), isIO: true, width: width, now: now)
      return
    }
    chip.write(value, offset: UInt64(port) - ports[number].first + ports[number].offset, width: width, now: now)
  }

  private static func ones(_ width: Int) -> UInt32 { .max >> UInt32(32 - 8 * min(max(width, 1), 4)) }

  // MARK: Addresses

  /// Reads addresses that are not RAM; where nothing answers all bits are ones.
  func readMemory(_ address: UInt64, width: Int, processor: Int, now: VirtualTime) -> UInt64 {
    let ones = UInt64.max >> UInt64(64 - 8 * min(max(width, 1), 8))
    if let apic = localAPIC(address, processor) {
      return apic.read(offset: address & (LocalAPIC.pageSize - 1), width: width, now: now) & ones
    }
    guard let number = claim(address), let chip = memory[number].chip else {
      return (pci?.read(address, isIO: false, width: width, now: now) ?? .max) & ones
    }
    return chip.read(offset: address - memory[number].first, width: width, now: now) & ones
  }

  /// Writes addresses that are not RAM; where nothing answers nothing happens.
  ///
  /// In FEE00000h-FEEFFFFFh only a device's write is an interrupt message (SDM Vol. 3A "Message Signalled Interrupts"),
  /// and no device of this board writes memory: a processor's store goes nowhere.
  /// - Returns: the first address of the row, if writes there are events.
  func writeMemory(_ value: UInt64, _ address: UInt64, width: Int, processor: Int, now: VirtualTime) -> UInt64? {
    if let apic = localAPIC(address, processor) {
      apic.write(value, offset: address & (LocalAPIC.pageSize - 1), width: width, now: now)
      return nil
    }
    let number = claim(address)
    if number.map({ memory[$0].chip == nil }) ?? true,
      pci?.write(value, address, isIO: false, width: width, now: now) == true
    {
      return nil
    }
    guard let number else { return nil }
    let first = memory[number].first
    memory[number].chip?.write(value, offset: address - first, width: width, now: now)
    return memory[number].report == .accesses ? first : nil
  }

  /// The local APIC at an address as its processor sees it.
  @inline(__always)
  private func localAPIC(_ address: UInt64, _ processor: Int) -> LocalAPIC? {
    let apic = localAPICs[processor]
    guard apic.answers(at: address), localAPICName != nil else { return nil }
    for number in 0..<fixedCount where memory[number].first <= address && address <= memory[number].last { return nil }
    return apic
  }

  private func claim(_ address: UInt64) -> Int? {
    for number in memory.indices where memory[number].first <= address && address <= memory[number].last {
      return number
    }
    return nil
  }

  // MARK: Names and places

  /// Where each chip is, in the order of the map: ports, addresses or a place on PCI, and its name.
  var places: [(place: String, name: String)] {
    func text(_ first: UInt64, _ last: UInt64) -> String {
      first == last ? Text.suffixed(first) : "\(Text.suffixed(first))-\(Text.suffixed(last))"
    }
    var places = ports.compactMap { claim in claim.name.map { (text(claim.first, claim.last), $0) } }
    places += memory.compactMap { claim in claim.name.map { ("memory " + text(claim.first, claim.last), $0) } }
    if let localAPICName, let apic = localAPICs.first {
      let base = apic.state.base & ~(LocalAPIC.pageSize - 1)
      places.append(("memory " + text(base, base + LocalAPIC.pageSize - 1), localAPICName))
    }
    for place in pci?.places ?? [] {
      places.append(("PCI device \(place.device), function \(place.number)", place.name))
    }
    return places
  }

  /// The name of the chip on a port; nil where there is none.
  func name(ofPort port: UInt16) -> String? {
    ports[Int(portClaims[Int(port)])].name ?? pci?.name(of: UInt64(port), isIO: true)
  }

  /// The name of the chip at an address as a processor sees it; nil where there is none.
  func name(ofAddress address: UInt64, processor: Int) -> String? {
    if localAPIC(address, processor) != nil { return localAPICName }
    return claim(address).flatMap { memory[$0].name } ?? pci?.name(of: address, isIO: false)
  }

  /// The port of a chip's register; nil if the map has none.
  func port(of chip: any BusDevice, offset: UInt64 = 0) -> UInt16? {
    for claim in ports where claim.chip === chip {
      let port = claim.first &+ offset &- claim.offset
      if (claim.first...claim.last).contains(port) { return UInt16(truncatingIfNeeded: port) }
    }
    return nil
  }

  /// The first address of a chip; nil if the map has none.
  func address(of chip: any BusDevice) -> UInt64? { memory.first { $0.chip === chip }?.first }
}
