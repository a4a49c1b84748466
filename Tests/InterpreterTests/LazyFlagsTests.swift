import Testing
import X86

@testable import Interpreter

@Suite("Lazy flags") struct LazyFlagsTests {
  /// Every combination of the status flags, and those that results of arithmetic leave.
  private static let all: [LazyFlags] = {
    let bits = [
      RFLAGS.carry, RFLAGS.parity, RFLAGS.auxiliaryCarry, RFLAGS.zero, RFLAGS.sign, RFLAGS.overflow,
    ]
    var rows = (0..<64).map { choice in
      LazyFlags(rflags: bits.indices.reduce(UInt64(0)) { choice >> $1 & 1 != 0 ? $0 | bits[$1] : $0 })
    }
    for left: UInt64 in [0, 1, 3, 0x7F, 0x80, 0x8000_0000_0000_0000, .max] {
      for right: UInt64 in [0, 1, 8, .max] {
        var flags = LazyFlags(rflags: 0)
        _ = Integer.sub(left, right, &flags)
        rows.append(flags)
        _ = Integer.inc(UInt8(truncatingIfNeeded: left), &flags)
        rows.append(flags)
      }
    }
    return rows
  }()

  @Test("One flag changes, the others stay", arguments: [false, true])
  func setters(_ value: Bool) {
    for flags in Self.all {
      var zero = flags
      zero.setZero(value)
      #expect(zero.rflags == (flags.rflags & ~RFLAGS.zero) | (value ? RFLAGS.zero : 0))
      var carry = flags
      carry.setCarry(value)
      #expect(carry.rflags == (flags.rflags & ~RFLAGS.carry) | (value ? RFLAGS.carry : 0))
    }
  }

  @Test("INC and DEC keep CF and set the others as ADD and SUB do", arguments: 0..<256)
  func steps(_ value: Int) {
    let byte = UInt8(value)
    for word in [UInt64(byte), UInt64(byte) << 56, .max - UInt64(byte)] {
      for flags in Self.all { check(byte, word, flags) }
    }
  }

  private func check(_ byte: UInt8, _ word: UInt64, _ flags: LazyFlags) {
    func row<Word: OperandWord>(_ value: Word) {
      var (up, down, added, subtracted) = (flags, flags, flags, flags)
      #expect(Integer.inc(value, &up) == Integer.add(value, 1, &added))
      #expect(Integer.dec(value, &down) == Integer.sub(value, 1, &subtracted))
      let kept = flags.rflags & RFLAGS.carry
      #expect(up.rflags == (added.rflags & ~RFLAGS.carry) | kept)
      #expect(down.rflags == (subtracted.rflags & ~RFLAGS.carry) | kept)
    }
    row(byte)
    row(UInt16(truncatingIfNeeded: word >> 48))
    row(UInt32(truncatingIfNeeded: word))
    row(word)
  }
}
