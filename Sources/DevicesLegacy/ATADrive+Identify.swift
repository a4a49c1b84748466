// IDENTIFY DEVICE and IDENTIFY PACKET DEVICE.
extension ATADrive {
  /// Words of the answers ("IDENTIFY DEVICE", "IDENTIFY PACKET DEVICE").
  private enum Word {
    static let configuration = 0
    static let cylinders = 1
    static let heads = 3
    static let sectorsPerTrack = 6
    static let serial = 10
    static let firmware = 23
    static let model = 27
    static let multipleLimit = 47
    static let capabilities = 49
    static let moreCapabilities = 50
    static let pioMode = 51
    static let validity = 53
    static let currentCylinders = 54
    static let currentHeads = 55
    static let currentSectorsPerTrack = 56
    static let currentCapacity = 57
    static let multiple = 59
    static let sectorCount = 60
    static let multiwordDMA = 63
    static let advancedPIO = 64
    /// Four cycle times in nanoseconds.
    static let cycleTimes = 65...68
    static let majorVersion = 80
    static let commandSets = 82
    static let enabledCommandSets = 85
    static let ultraDMA = 88
    static let resetResult = 93
    static let longSectorCount = 100
    static let integrity = 255
  }

  /// Bits of these words.
  private enum Bits {
    /// Fixed, not removable.
    static let fixedDevice: UInt16 = 1 << 6
    /// ATAPI, a CD-ROM (type 5) with a removable medium, DRQ within 50 microseconds, packets of 12 bytes.
    static let packetDevice: UInt16 = 2 << 14 | 5 << 8 | 1 << 7 | 2 << 5
    static let multipleLimit: UInt16 = 0x80 << 8
    static let multipleValid: UInt16 = 1 << 8
    static let dma: UInt16 = 1 << 8
    static let lba: UInt16 = 1 << 9
    /// IORDY is supported and can be disabled.
    static let iordy: UInt16 = 3 << 10
    /// A word that has no bits of its own set is valid: bit 14 one, bit 15 zero.
    static let valid: UInt16 = 1 << 14
    static let pioMode2: UInt16 = 2 << 8
    /// Words 54 to 58.
    static let translationValid: UInt16 = 1 << 0
    /// Words 64 to 70, and word 88.
    static let modesValid: UInt16 = 3 << 1
    static let multiwordModes: UInt16 = 0x07
    static let ultraModes: UInt16 = 0x3F
    static let selectedShift: UInt16 = 8
    /// PIO modes 3 and 4.
    static let advancedPIO: UInt16 = 3
    static let cycleTime: UInt16 = 120
    /// ATA-3 to ATA/ATAPI-6.
    static let majorVersions: UInt16 = 0x78
    static let powerManagement: UInt16 = 1 << 3
    static let packetCommands: UInt16 = 1 << 4
    static let writeCache: UInt16 = 1 << 5
    static let lookAhead: UInt16 = 1 << 6
    static let deviceReset: UInt16 = 1 << 9
    static let nop: UInt16 = 1 << 14
    /// FLUSH CACHE EXT, FLUSH CACHE, addresses of 48 bits.
    static let longAddresses: UInt16 = 1 << 13 | 1 << 12 | 1 << 10
    /// Word 93: a cable of 80 conductors; the device of a number by a jumper, without a fault.
    static let cable80: UInt16 = 1 << 13
    static let device0: UInt16 = 1 << 3 | 1 << 1 | 1 << 0
    static let device1: UInt16 = (1 << 3 | 1 << 1 | 1 << 0) << 8
    /// The low byte of word 255, in front of the checksum.
    static let signature: UInt8 = 0xA5
  }

  /// The answer of IDENTIFY DEVICE.
  func identifyDevice() -> [UInt8] {
    var words = commonWords()
    let geometry = geometry
    words[Word.configuration] = Bits.fixedDevice
    words[Word.cylinders] = UInt16(truncatingIfNeeded: geometry.cylinders)
    words[Word.heads] = UInt16(truncatingIfNeeded: geometry.heads)
    words[Word.sectorsPerTrack] = UInt16(truncatingIfNeeded: geometry.sectorsPerTrack)
    words[Word.multipleLimit] = Bits.multipleLimit | UInt16(ATA.multipleLimit)
    words[Word.moreCapabilities] = Bits.valid
    setTranslation(&words)
    if state.multiple > 0 {
      words[Word.multiple] = Bits.multipleValid | UInt16(truncatingIfNeeded: state.multiple)
    }
    set(&words, Word.sectorCount, min(sectorCount, ATA.shortSectorCount), count: 2)
    let always = Bits.nop | Bits.powerManagement
    words[Word.commandSets] = always | Bits.lookAhead | Bits.writeCache
    words[Word.commandSets + 1] = Bits.valid | Bits.longAddresses
    words[Word.commandSets + 2] = Bits.valid
    words[Word.enabledCommandSets] =
      always | (state.hasLookAhead ? Bits.lookAhead : 0) | (state.hasWriteCache ? Bits.writeCache : 0)
    words[Word.enabledCommandSets + 1] = Bits.longAddresses
    words[Word.enabledCommandSets + 2] = Bits.valid
    set(&words, Word.longSectorCount, sectorCount, count: 4)
    return bytes(&words)
  }

  /// The answer of IDENTIFY PACKET DEVICE.
  func identifyPacketDevice() -> [UInt8] {
    var words = commonWords()
    words[Word.configuration] = Bits.packetDevice
    words[Word.validity] = Bits.modesValid
    let sets = Bits.nop | Bits.deviceReset | Bits.packetCommands | Bits.powerManagement
    words[Word.commandSets] = sets
    words[Word.commandSets + 1] = Bits.valid
    words[Word.commandSets + 2] = Bits.valid
    words[Word.enabledCommandSets] = sets
    words[Word.enabledCommandSets + 2] = Bits.valid
    return bytes(&words)
  }

  private func commonWords() -> [UInt16] {
    var words = [UInt16](repeating: 0, count: 256)
    set(&words, Word.serial, identity.serial, count: 10)
    set(&words, Word.firmware, identity.firmware, count: 4)
    set(&words, Word.model, identity.model, count: 20)
    words[Word.capabilities] = Bits.iordy | Bits.lba | Bits.dma
    words[Word.pioMode] = Bits.pioMode2
    words[Word.multiwordDMA] = Bits.multiwordModes | selected(ATA.TransferMode.multiwordDMA)
    words[Word.advancedPIO] = Bits.advancedPIO
    for word in Word.cycleTimes { words[word] = Bits.cycleTime }
    words[Word.majorVersion] = Bits.majorVersions
    words[Word.ultraDMA] = Bits.ultraModes | selected(ATA.TransferMode.ultraDMA)
    words[Word.resetResult] = Bits.valid | Bits.cable80 | (position == 0 ? Bits.device0 : Bits.device1)
    return words
  }

  /// The bit of the selected mode of a kind.
  private func selected(_ modes: ClosedRange<UInt8>) -> UInt16 {
    guard modes.contains(state.transferMode) else { return 0 }
    return 1 << (UInt16(state.transferMode - modes.lowerBound) + Bits.selectedShift)
  }

  /// Words 53 to 58.
  private func setTranslation(_ words: inout [UInt16]) {
    words[Word.validity] = Bits.modesValid
    let track = UInt64(state.heads * state.sectorsPerTrack)
    guard track > 0 else { return }
    let cylinders = min(min(sectorCount, ATA.shortSectorCount) / track, UInt64(UInt16.max))
    words[Word.validity] |= Bits.translationValid
    words[Word.currentCylinders] = UInt16(truncatingIfNeeded: cylinders)
    words[Word.currentHeads] = UInt16(truncatingIfNeeded: state.heads)
    words[Word.currentSectorsPerTrack] = UInt16(truncatingIfNeeded: state.sectorsPerTrack)
    set(&words, Word.currentCapacity, cylinders * track, count: 2)
  }

  private func set(_ words: inout [UInt16], _ first: Int, _ value: UInt64, count: Int) {
    for index in 0..<count { words[first + index] = UInt16(truncatingIfNeeded: value >> UInt64(16 * index)) }
  }

  /// Characters: the first of a word is its high byte.
  private func set(_ words: inout [UInt16], _ first: Int, _ text: String, count: Int) {
    let characters = Self.padded(text, 2 * count)
    for index in 0..<count {
      words[first + index] = UInt16(characters[2 * index]) << 8 | UInt16(characters[2 * index + 1])
    }
  }

  /// So many characters of ASCII, blanks behind the text.
  static func padded(_ text: String, _ count: Int) -> [UInt8] {
    let characters = text.unicodeScalars.prefix(count).map { scalar in
      (0x20...0x7E).contains(scalar.value) ? UInt8(truncatingIfNeeded: scalar.value) : UInt8(ascii: "?")
    }
    return characters + [UInt8](repeating: UInt8(ascii: " "), count: count - characters.count)
  }

  /// The bytes, with a checksum that makes their sum 0.
  private func bytes(_ words: inout [UInt16]) -> [UInt8] {
    words[Word.integrity] = UInt16(Bits.signature)
    var bytes = words.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    bytes[bytes.count - 1] = 0 &- bytes.reduce(0, &+)
    return bytes
  }
}
