public import InstructionTesting
import X86Decoder

/// Random bytes for the decoder: each string is tested in all its lengths, cut off by the end of the code page.
///
/// The processor shows how many bytes it fetches, because the next page is not there: with too few the exception is a page
/// fault at that page; else it is what the instruction, or #UD, makes of it. So a length, and the point at which #UD is
/// found, is compared and not only an outcome. Opcode maps take turns.
public struct ByteTests: TestSource {
  /// Bytes of the longest cut: one more than an instruction may have.
  public static let longest = 16

  private let plan: CampaignPlan
  private static let purpose: UInt64 = 0x4259_5445_3031

  /// The tests of a plan.
  public init(_ plan: CampaignPlan) { self.plan = plan }

  /// The test with a number: the cut of length `number` mod 16 + 1 of string `number` / 16.
  public func test(number: UInt64) -> InstructionTest {
    let string = number / UInt64(Self.longest)
    let length = Int(number % UInt64(Self.longest)) + 1
    var random = RandomStream(campaign: plan.seed, test: string, purpose: Self.purpose)
    var test = InstructionTest()
    test.number = number
    test.cpl = plan.cpl
    test.mode = random.pick(plan.modes)
    test.input = StateGenerator.state(seed: plan.seed, number: string, mode: test.mode, cpl: plan.cpl)
    if plan.narrows || test.mode == .real16 { test.narrow(&random) }
    let map = OpcodeMap.allCases[Int(string % UInt64(OpcodeMap.allCases.count))]
    let bytes = Self.bytes(of: map, is64Bit: test.mode == .long64, &random)
    for index in 0..<length { test.code[index] = bytes[index] }
    test.codeLength = UInt8(length)
    test.input.rip = (test.input.rip & ~0xFFF) &+ 0x1000 &- UInt64(length)
    if let instruction = test.decoded { test.form = instruction.form }
    return test
  }

  private static func bytes(of map: OpcodeMap, is64Bit: Bool, _ random: inout RandomStream) -> [UInt8] {
    var bytes: [UInt8] = []
    var prefixes: [UInt8] = [0x66, 0x67, 0xF2, 0xF3, 0xF0, 0x2E, 0x36, 0x3E, 0x26, 0x64, 0x65]
    if is64Bit { prefixes += (0x40...0x4F).map { UInt8($0) } }
    let count = random.chance(1, of: 2) ? 0 : random.chance(1, of: 12) ? random.below(16) : 1 + random.below(3)
    for _ in 0..<count { bytes.append(random.pick(prefixes)) }
    if is64Bit, random.chance(1, of: 4) { bytes.append(0x40 | UInt8(random.below(16))) }
    bytes += map.escape(&random)
    bytes.append(UInt8(truncatingIfNeeded: random.next()))
    // ModRM: registers, memory with and without SIB and displacement.
    bytes.append(UInt8(truncatingIfNeeded: random.next()))
    while bytes.count < longest {
      bytes.append(random.chance(1, of: 2) ? UInt8(random.below(8)) : UInt8(truncatingIfNeeded: random.next()))
    }
    return bytes
  }
}

/// Where an opcode stands: a map, or the escape to one, as the first bytes say without the opcode table.
public enum OpcodeMap: String, CaseIterable, Sendable {
  case oneByte = "one byte"
  case twoBytes = "0F"
  case threeBytes38 = "0F38"
  case threeBytes3A = "0F3A"
  case threeDNow = "0F0F"
  case shortVEX = "VEX C5"
  case vex1 = "VEX map 1"
  case vex2 = "VEX map 2"
  case vex3 = "VEX map 3"
  case vexOther = "VEX other map"
  case evex = "EVEX"
  case xop = "XOP or POP"

  /// The bytes before the opcode.
  fileprivate func escape(_ random: inout RandomStream) -> [UInt8] {
    let payload = UInt8(truncatingIfNeeded: random.next())
    // vvvv is 1111 half of the time, as most forms ask; mod is 3, or this is LES, LDS or BOUND outside 64-bit mode.
    let last = random.chance(1, of: 2) ? payload | 0x78 : payload
    let extensions = random.chance(7, of: 8) ? payload | 0xC0 : UInt8(truncatingIfNeeded: random.next())
    func vex(_ map: UInt8) -> [UInt8] { [0xC4, extensions & 0xE0 | map, last] }
    switch self {
    case .oneByte: return []
    case .twoBytes: return [0x0F]
    case .threeBytes38: return [0x0F, 0x38]
    case .threeBytes3A: return [0x0F, 0x3A]
    case .threeDNow: return [0x0F, 0x0F]
    case .shortVEX: return [0xC5, random.chance(7, of: 8) ? last | 0xC0 : last]
    case .vex1: return vex(1)
    case .vex2: return vex(2)
    case .vex3: return vex(3)
    case .vexOther: return vex(random.pick([0, UInt8(4 + random.below(28))]))
    case .evex: return [0x62, extensions, last, UInt8(truncatingIfNeeded: random.next())]
    case .xop: return [0x8F, payload, last]
    }
  }

  /// The map of a test's code; nil if it ends before that shows.
  public init?(_ test: InstructionTest) {
    let is64Bit = test.mode == .long64
    var index = 0
    func byte() -> UInt8? { index < Int(test.codeLength) ? test.code[index] : nil }
    while let prefix = byte(), Self.isPrefix(prefix, is64Bit) { index += 1 }
    guard let first = byte() else { return nil }
    index += 1
    let isEscape = [0x0F, 0x62, 0x8F, 0xC4, 0xC5].contains(first)
    guard isEscape else {
      self = .oneByte
      return
    }
    guard let next = byte() else { return nil }
    let hasREX = is64Bit && index > 1 && test.code[index - 2] & 0xF0 == 0x40
    let isVector = !hasREX && (is64Bit || next >= 0xC0)
    switch first {
    case 0x0F:
      self = next == 0x38 ? .threeBytes38 : next == 0x3A ? .threeBytes3A : next == 0x0F ? .threeDNow : .twoBytes
    case 0x8F where !hasREX && next & 0x38 != 0: self = .xop
    case 0x62 where isVector: self = .evex
    case 0xC5 where isVector: self = .shortVEX
    case 0xC4 where isVector:
      let maps: [OpcodeMap] = [.vexOther, .vex1, .vex2, .vex3]
      self = next & 0x1F < 4 ? maps[Int(next & 0x1F)] : .vexOther
    default: self = .oneByte
    }
  }

  private static func isPrefix(_ byte: UInt8, _ is64Bit: Bool) -> Bool {
    switch byte {
    case 0x66, 0x67, 0xF0, 0xF2, 0xF3, 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65: true
    case 0x40...0x4F: is64Bit
    default: false
    }
  }
}
