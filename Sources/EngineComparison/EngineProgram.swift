public import InstructionTesting
import X86
public import X86Decoder

/// A short program and all that decides what it does: code, places, rights of pages, control registers, registers.
///
/// It runs in the guest of `GuestMap`, whose handlers go on behind faults at the program's landing places.
public struct EngineProgram: Sendable {
  /// Where the code begins.
  public enum Base: String, Sendable, CaseIterable {
    /// The code region, by pages of 4 KiB.
    case low
    /// The same through the upper half.
    case high
    /// The last page of the lower half: what follows is not canonical.
    case lastOfLowerHalf
    /// The page before the one where bit 46 changes.
    case bit46
    /// The last page of all: what follows is address 0.
    case top
    /// A page of 2 MiB.
    case large
  }

  /// What stands at the linear address behind the page where the code begins.
  public enum NextPage: String, Sendable, CaseIterable {
    /// The next page of RAM, with the rest of the code.
    case contiguous
    /// Another page with the rest of the code.
    case other
    /// A page with other bytes.
    case filler
    case absent
    /// The rest of the code with the other value of U/S.
    case otherPrivilege
    case noExecute
    /// Addresses where nothing is.
    case hole
  }

  /// Rights of the second page of data.
  public enum SecondPage: String, Sendable, CaseIterable {
    case writable, readOnly, absent, supervisor
  }

  /// Options of a program, by name.
  public enum Option: String, Sendable, CaseIterable {
    /// The code cannot be written through its own mapping.
    case readOnlyCode
    /// The code's pages have the other value of U/S than the CPL asks for.
    case otherPrivilegeOfCode
    case globalCode
    /// Accessed and dirty flags are set before.
    case accessedBefore
    /// Handlers of faults have a stack of their own.
    case interruptStack
    // Bits of control registers.
    case writeProtect, alignmentMask, smap, smep, pcid, umip, taskSwitched, noSSE, noTimeStamp, protectionKeys
  }

  /// Its number in its campaign.
  public var number: UInt64 = 0
  /// How the code is decoded at first.
  public var mode = DecodeMode.code64
  /// Real mode; then `mode` is `code16`.
  public var isRealMode = false
  /// 0 or 3.
  public var cpl: UInt8 = 3
  /// The code, one part behind the other.
  public var parts: [ProgramPart] = []
  /// Where the code begins, ...
  public var base = Base.low
  /// ... so that this part ...
  public var anchor = 0
  /// ... begins so many bytes behind the start of the page, 0 to 4096.
  public var offset = 0x800
  /// What comes behind the page.
  public var next = NextPage.contiguous
  /// The second page of data.
  public var second = SecondPage.writable
  /// What else is set.
  public var options: Set<Option> = [.writeProtect, .interruptStack]
  /// The parts at whose start handlers go on behind a fault, sixteen in turn; also the table at `GuestMap.jumpTable`.
  public var landings = [Int](repeating: 0, count: GuestMap.landingCount)
  /// Registers and the window of memory; RIP, selectors and the level follow from the rest.
  public var input = UserState()

  /// The plainest program of 64-bit code, without code.
  public init() {
    input.generalRegisters[4] = InstructionTest.windowAddress + 0x100
    input.rflags = 0x202
  }

  /// The linear address of the page where the code begins; in real mode its offset in CS.
  var baseAddress: UInt64 {
    if isRealMode { return 0 }
    return switch base {
    case .low: InstructionTest.codePage
    case .high: 0xFFFF_8000_0000_0000 | InstructionTest.codePage
    case .lastOfLowerHalf: 0x7FFF_FFFF_F000
    case .bit46: 0x3FFF_FFFF_F000
    case .top: 0xFFFF_FFFF_FFFF_F000
    case .large: InstructionTest.codePage | GuestMap.code
    }
  }

  /// RIP at a linear address of the code, as the program begins.
  func instructionPointer(at address: UInt64) -> UInt64 {
    isRealMode ? address : GuestSegments.offset(of: address, in: GuestSegments.selectors(of: self).code)
  }

  /// The addresses of the parts and of the end, and the code.
  ///
  /// Branches that do not reach are made longer until all do.
  func assembled() -> (addresses: ProgramAddresses, code: [UInt8]) {
    let start = baseAddress
    var lengths = [Int](repeating: 0, count: parts.count)
    var places = ProgramAddresses(
      parts: [UInt64](repeating: start, count: parts.count + 1), base: start,
      alias: GuestMap.DataPage.codeAlias.address)
    var code: [UInt8] = []
    var isSettled = false
    while !isSettled {
      let before = lengths.prefix(max(anchor, 0)).reduce(0, +)
      var at = start &+ UInt64(max(offset - before, 0))
      for index in parts.indices {
        places.parts[index] = at
        at &+= UInt64(lengths[index])
      }
      places.parts[parts.count] = at
      code.removeAll(keepingCapacity: true)
      isSettled = true
      for index in parts.indices {
        let bytes = parts[index].encoded(at: places.parts[index], places)
        // A branch never becomes shorter again, so that this ends.
        if bytes.count > lengths[index] {
          lengths[index] = bytes.count
          isSettled = false
        }
        code += bytes + [UInt8](repeating: 0x90, count: lengths[index] - bytes.count)
      }
    }
    return (places, code)
  }
}
