// Generated from opcodes.txt by OpcodeTableGenerator; do not edit.
// swift-format-ignore-file

import SoftFloat
import X86Decoder

/// The handlers of the threaded engine by fast form.
enum ThreadedHandlers {
  /// The shared semantics.
  static let general = unsafe bits { unsafe Interpreter.general($0, $1, $2, $3, $4) }
  /// A branch, or the end of a block, that is linked; and one that is not.
  static let jump = unsafe bits { unsafe Interpreter.jump($0, $1, $2, $3, $4) }
  static let unlinked = unsafe bits { unsafe Interpreter.unlinked($0, $1, $2, $3, $4) }
  /// A branch that is taken, counted and not linked.
  static let follow = unsafe bits { unsafe Interpreter.follow($0, $1, $2, $3, $4) }
  private static let call = unsafe bits { unsafe Interpreter.call($0, $1, $2, $3, $4) }
  /// The same where another page begins.
  static let pageEnd = unsafe bits { unsafe enterNextPage($0, $1, $2, $3, $4) }
  /// The first operation of a block whose code was written.
  static let stale = unsafe bits { unsafe Interpreter.stale($0, $1, $2, $3, $4) }
  /// The same when another block is there.
  static let forward = unsafe bits { unsafe Interpreter.forward($0, $1, $2, $3, $4) }

  private static let register64Handlers: [UInt] = unsafe [
    bits { unsafe binary(.add, UInt64.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.or, UInt64.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.adc, UInt64.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sbb, UInt64.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.and, UInt64.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sub, UInt64.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.xor, UInt64.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.cmp, UInt64.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.test, UInt64.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
  ]

  private static let register64QuietHandlers: [UInt] = unsafe [
    bits { unsafe binary(.add, UInt64.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.or, UInt64.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.adc, UInt64.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sbb, UInt64.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.and, UInt64.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sub, UInt64.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.xor, UInt64.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.cmp, UInt64.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.test, UInt64.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
  ]

  private static let register32Handlers: [UInt] = unsafe [
    bits { unsafe binary(.add, UInt32.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.or, UInt32.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.adc, UInt32.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sbb, UInt32.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.and, UInt32.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sub, UInt32.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.xor, UInt32.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.cmp, UInt32.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.test, UInt32.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
  ]

  private static let register32QuietHandlers: [UInt] = unsafe [
    bits { unsafe binary(.add, UInt32.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.or, UInt32.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.adc, UInt32.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sbb, UInt32.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.and, UInt32.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sub, UInt32.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.xor, UInt32.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.cmp, UInt32.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.test, UInt32.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
  ]

  private static let register8Handlers: [UInt] = unsafe [
    bits { unsafe binary(.add, UInt8.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.or, UInt8.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.adc, UInt8.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sbb, UInt8.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.and, UInt8.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sub, UInt8.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.xor, UInt8.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.cmp, UInt8.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.test, UInt8.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
  ]

  private static let register8QuietHandlers: [UInt] = unsafe [
    bits { unsafe binary(.add, UInt8.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.or, UInt8.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.adc, UInt8.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sbb, UInt8.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.and, UInt8.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sub, UInt8.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.xor, UInt8.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.cmp, UInt8.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.test, UInt8.self, immediate: false, quiet: true, $0, $1, $2, $3, $4) },
  ]

  private static let immediate64Handlers: [UInt] = unsafe [
    bits { unsafe binary(.add, UInt64.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.or, UInt64.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.adc, UInt64.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sbb, UInt64.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.and, UInt64.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sub, UInt64.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.xor, UInt64.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.cmp, UInt64.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.test, UInt64.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
  ]

  private static let immediate64QuietHandlers: [UInt] = unsafe [
    bits { unsafe binary(.add, UInt64.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.or, UInt64.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.adc, UInt64.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sbb, UInt64.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.and, UInt64.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sub, UInt64.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.xor, UInt64.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.cmp, UInt64.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.test, UInt64.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
  ]

  private static let immediate32Handlers: [UInt] = unsafe [
    bits { unsafe binary(.add, UInt32.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.or, UInt32.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.adc, UInt32.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sbb, UInt32.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.and, UInt32.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sub, UInt32.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.xor, UInt32.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.cmp, UInt32.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.test, UInt32.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
  ]

  private static let immediate32QuietHandlers: [UInt] = unsafe [
    bits { unsafe binary(.add, UInt32.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.or, UInt32.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.adc, UInt32.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sbb, UInt32.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.and, UInt32.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sub, UInt32.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.xor, UInt32.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.cmp, UInt32.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.test, UInt32.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
  ]

  private static let immediate8Handlers: [UInt] = unsafe [
    bits { unsafe binary(.add, UInt8.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.or, UInt8.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.adc, UInt8.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sbb, UInt8.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.and, UInt8.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sub, UInt8.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.xor, UInt8.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.cmp, UInt8.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.test, UInt8.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
  ]

  private static let immediate8QuietHandlers: [UInt] = unsafe [
    bits { unsafe binary(.add, UInt8.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.or, UInt8.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.adc, UInt8.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sbb, UInt8.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.and, UInt8.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sub, UInt8.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.xor, UInt8.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.cmp, UInt8.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.test, UInt8.self, immediate: true, quiet: true, $0, $1, $2, $3, $4) },
  ]

  private static let source64basedHandlers: [UInt] = unsafe [
    bits { unsafe binarySource(.add, UInt64.self, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.or, UInt64.self, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.adc, UInt64.self, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.sbb, UInt64.self, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.and, UInt64.self, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.sub, UInt64.self, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.xor, UInt64.self, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.cmp, UInt64.self, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.test, UInt64.self, .based, $0, $1, $2, $3, $4) },
  ]

  private static let source32basedHandlers: [UInt] = unsafe [
    bits { unsafe binarySource(.add, UInt32.self, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.or, UInt32.self, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.adc, UInt32.self, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.sbb, UInt32.self, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.and, UInt32.self, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.sub, UInt32.self, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.xor, UInt32.self, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.cmp, UInt32.self, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.test, UInt32.self, .based, $0, $1, $2, $3, $4) },
  ]

  private static let destination64basedHandlers: [UInt] = unsafe [
    bits { unsafe binaryDestination(.add, UInt64.self, immediate: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.or, UInt64.self, immediate: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.adc, UInt64.self, immediate: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sbb, UInt64.self, immediate: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.and, UInt64.self, immediate: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sub, UInt64.self, immediate: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.xor, UInt64.self, immediate: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.cmp, UInt64.self, immediate: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.test, UInt64.self, immediate: false, .based, $0, $1, $2, $3, $4) },
  ]

  private static let destination32basedHandlers: [UInt] = unsafe [
    bits { unsafe binaryDestination(.add, UInt32.self, immediate: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.or, UInt32.self, immediate: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.adc, UInt32.self, immediate: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sbb, UInt32.self, immediate: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.and, UInt32.self, immediate: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sub, UInt32.self, immediate: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.xor, UInt32.self, immediate: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.cmp, UInt32.self, immediate: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.test, UInt32.self, immediate: false, .based, $0, $1, $2, $3, $4) },
  ]

  private static let destinationImmediate64basedHandlers: [UInt] = unsafe [
    bits { unsafe binaryDestination(.add, UInt64.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.or, UInt64.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.adc, UInt64.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sbb, UInt64.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.and, UInt64.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sub, UInt64.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.xor, UInt64.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.cmp, UInt64.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.test, UInt64.self, immediate: true, .based, $0, $1, $2, $3, $4) },
  ]

  private static let destinationImmediate32basedHandlers: [UInt] = unsafe [
    bits { unsafe binaryDestination(.add, UInt32.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.or, UInt32.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.adc, UInt32.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sbb, UInt32.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.and, UInt32.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sub, UInt32.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.xor, UInt32.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.cmp, UInt32.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.test, UInt32.self, immediate: true, .based, $0, $1, $2, $3, $4) },
  ]

  private static let destinationImmediate8basedHandlers: [UInt] = unsafe [
    bits { unsafe binaryDestination(.add, UInt8.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.or, UInt8.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.adc, UInt8.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sbb, UInt8.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.and, UInt8.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sub, UInt8.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.xor, UInt8.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.cmp, UInt8.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.test, UInt8.self, immediate: true, .based, $0, $1, $2, $3, $4) },
  ]

  private static let source64indexedHandlers: [UInt] = unsafe [
    bits { unsafe binarySource(.add, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.or, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.adc, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.sbb, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.and, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.sub, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.xor, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.cmp, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.test, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let source32indexedHandlers: [UInt] = unsafe [
    bits { unsafe binarySource(.add, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.or, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.adc, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.sbb, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.and, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.sub, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.xor, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.cmp, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.test, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let destination64indexedHandlers: [UInt] = unsafe [
    bits { unsafe binaryDestination(.add, UInt64.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.or, UInt64.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.adc, UInt64.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sbb, UInt64.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.and, UInt64.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sub, UInt64.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.xor, UInt64.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.cmp, UInt64.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.test, UInt64.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let destination32indexedHandlers: [UInt] = unsafe [
    bits { unsafe binaryDestination(.add, UInt32.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.or, UInt32.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.adc, UInt32.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sbb, UInt32.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.and, UInt32.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sub, UInt32.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.xor, UInt32.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.cmp, UInt32.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.test, UInt32.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let destinationImmediate64indexedHandlers: [UInt] = unsafe [
    bits { unsafe binaryDestination(.add, UInt64.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.or, UInt64.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.adc, UInt64.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sbb, UInt64.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.and, UInt64.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sub, UInt64.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.xor, UInt64.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.cmp, UInt64.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.test, UInt64.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let destinationImmediate32indexedHandlers: [UInt] = unsafe [
    bits { unsafe binaryDestination(.add, UInt32.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.or, UInt32.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.adc, UInt32.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sbb, UInt32.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.and, UInt32.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sub, UInt32.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.xor, UInt32.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.cmp, UInt32.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.test, UInt32.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let destinationImmediate8indexedHandlers: [UInt] = unsafe [
    bits { unsafe binaryDestination(.add, UInt8.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.or, UInt8.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.adc, UInt8.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sbb, UInt8.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.and, UInt8.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sub, UInt8.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.xor, UInt8.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.cmp, UInt8.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.test, UInt8.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let shift64Handlers: [UInt] = unsafe [
    bits { unsafe shift(.rol, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.ror, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.rcl, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.rcr, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.shl, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.shr, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.sar, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
  ]

  private static let shift64QuietHandlers: [UInt] = unsafe [
    bits { unsafe shift(.rol, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.ror, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.rcl, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.rcr, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.shl, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.shr, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.sar, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
  ]

  private static let shift32Handlers: [UInt] = unsafe [
    bits { unsafe shift(.rol, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.ror, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.rcl, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.rcr, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.shl, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.shr, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.sar, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
  ]

  private static let shift32QuietHandlers: [UInt] = unsafe [
    bits { unsafe shift(.rol, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.ror, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.rcl, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.rcr, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.shl, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.shr, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.sar, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
  ]

  private static let unary64Handlers: [UInt] = unsafe [
    bits { unsafe unary(.not, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe unary(.neg, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe unary(.inc, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe unary(.dec, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
  ]

  private static let unary64QuietHandlers: [UInt] = unsafe [
    bits { unsafe unary(.not, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe unary(.neg, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe unary(.inc, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe unary(.dec, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
  ]

  private static let unary32Handlers: [UInt] = unsafe [
    bits { unsafe unary(.not, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe unary(.neg, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe unary(.inc, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe unary(.dec, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
  ]

  private static let unary32QuietHandlers: [UInt] = unsafe [
    bits { unsafe unary(.not, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe unary(.neg, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe unary(.inc, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe unary(.dec, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
  ]

  private static let setIfHandlers: [UInt] = unsafe [
    bits { unsafe setIf(0, $0, $1, $2, $3, $4) },
    bits { unsafe setIf(1, $0, $1, $2, $3, $4) },
    bits { unsafe setIf(2, $0, $1, $2, $3, $4) },
    bits { unsafe setIf(3, $0, $1, $2, $3, $4) },
    bits { unsafe setIf(4, $0, $1, $2, $3, $4) },
    bits { unsafe setIf(5, $0, $1, $2, $3, $4) },
    bits { unsafe setIf(6, $0, $1, $2, $3, $4) },
    bits { unsafe setIf(7, $0, $1, $2, $3, $4) },
    bits { unsafe setIf(8, $0, $1, $2, $3, $4) },
    bits { unsafe setIf(9, $0, $1, $2, $3, $4) },
    bits { unsafe setIf(10, $0, $1, $2, $3, $4) },
    bits { unsafe setIf(11, $0, $1, $2, $3, $4) },
    bits { unsafe setIf(12, $0, $1, $2, $3, $4) },
    bits { unsafe setIf(13, $0, $1, $2, $3, $4) },
    bits { unsafe setIf(14, $0, $1, $2, $3, $4) },
    bits { unsafe setIf(15, $0, $1, $2, $3, $4) },
  ]

  private static let moveIf64Handlers: [UInt] = unsafe [
    bits { unsafe moveIf(0, .none, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(1, .none, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(2, .none, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(3, .none, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(4, .none, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(5, .none, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(6, .none, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(7, .none, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(8, .none, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(9, .none, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(10, .none, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(11, .none, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(12, .none, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(13, .none, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(14, .none, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(15, .none, $0, $1, $2, $3, $4) },
  ]

  private static let moveIf32Handlers: [UInt] = unsafe [
    bits { unsafe moveIf(0, .zero32, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(1, .zero32, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(2, .zero32, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(3, .zero32, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(4, .zero32, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(5, .zero32, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(6, .zero32, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(7, .zero32, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(8, .zero32, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(9, .zero32, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(10, .zero32, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(11, .zero32, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(12, .zero32, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(13, .zero32, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(14, .zero32, $0, $1, $2, $3, $4) },
    bits { unsafe moveIf(15, .zero32, $0, $1, $2, $3, $4) },
  ]

  private static let jumpIfHandlers: [UInt] = unsafe [
    bits { unsafe jumpIfUnlinked(0, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfUnlinked(1, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfUnlinked(2, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfUnlinked(3, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfUnlinked(4, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfUnlinked(5, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfUnlinked(6, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfUnlinked(7, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfUnlinked(8, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfUnlinked(9, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfUnlinked(10, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfUnlinked(11, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfUnlinked(12, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfUnlinked(13, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfUnlinked(14, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfUnlinked(15, $0, $1, $2, $3, $4) },
  ]

  private static let linkedJumpIfHandlers: [UInt] = unsafe [
    bits { unsafe jumpIf(0, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIf(1, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIf(2, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIf(3, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIf(4, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIf(5, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIf(6, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIf(7, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIf(8, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIf(9, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIf(10, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIf(11, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIf(12, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIf(13, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIf(14, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIf(15, $0, $1, $2, $3, $4) },
  ]

  private static let jumpIfFarHandlers: [UInt] = unsafe [
    bits { unsafe jumpIfFar(0, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfFar(1, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfFar(2, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfFar(3, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfFar(4, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfFar(5, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfFar(6, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfFar(7, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfFar(8, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfFar(9, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfFar(10, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfFar(11, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfFar(12, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfFar(13, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfFar(14, $0, $1, $2, $3, $4) },
    bits { unsafe jumpIfFar(15, $0, $1, $2, $3, $4) },
  ]

  private static let singleHandlers: [UInt] = unsafe [
    bits { unsafe nothing($0, $1, $2, $3, $4) },
    bits { unsafe move(.none, $0, $1, $2, $3, $4) },
    bits { unsafe move(.zero32, $0, $1, $2, $3, $4) },
    bits { unsafe moveImmediate($0, $1, $2, $3, $4) },
    bits { unsafe moveImmediate($0, $1, $2, $3, $4) },
    bits { unsafe load(UInt64.self, signed: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe load(UInt64.self, signed: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe load(UInt32.self, signed: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe load(UInt32.self, signed: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe store(UInt64.self, immediate: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe store(UInt64.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe store(UInt32.self, immediate: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe store(UInt32.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe store(UInt8.self, immediate: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe store(UInt8.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe store(UInt64.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe store(UInt64.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe store(UInt32.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe store(UInt32.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe store(UInt8.self, immediate: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe store(UInt8.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe load(UInt8.self, signed: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe load(UInt8.self, signed: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe load(UInt16.self, signed: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe load(UInt16.self, signed: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe load(UInt32.self, signed: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe load(UInt32.self, signed: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe move(.zero8, $0, $1, $2, $3, $4) },
    bits { unsafe move(.zero16, $0, $1, $2, $3, $4) },
    bits { unsafe move(.sign32, $0, $1, $2, $3, $4) },
    bits { unsafe loadAddress(.none, .based, $0, $1, $2, $3, $4) },
    bits { unsafe loadAddress(.none, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe loadAddress(.zero32, .based, $0, $1, $2, $3, $4) },
    bits { unsafe loadAddress(.zero32, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe multiply(UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe multiply(UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe multiply(UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe multiply(UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe widenProduct(signed: false, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe push($0, $1, $2, $3, $4) },
    bits { unsafe pop($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.unlinked($0, $1, $2, $3, $4) },
    bits { unsafe jumpFar($0, $1, $2, $3, $4) },
    bits { unsafe jumpRegister($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.unlinked($0, $1, $2, $3, $4) },
    bits { unsafe callFar($0, $1, $2, $3, $4) },
    bits { unsafe callRegister($0, $1, $2, $3, $4) },
    bits { unsafe callMemory(indexed: false, $0, $1, $2, $3, $4) },
    bits { unsafe callMemory(indexed: true, $0, $1, $2, $3, $4) },
    bits { unsafe ret($0, $1, $2, $3, $4) },
  ]

  private static let cmpRegister64Handlers: [UInt] = unsafe [
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt64.self, immediate: false, 2, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt64.self, immediate: false, 3, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt64.self, immediate: false, 4, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt64.self, immediate: false, 5, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt64.self, immediate: false, 6, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt64.self, immediate: false, 7, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt64.self, immediate: false, 8, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt64.self, immediate: false, 9, $0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt64.self, immediate: false, 12, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt64.self, immediate: false, 13, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt64.self, immediate: false, 14, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt64.self, immediate: false, 15, $0, $1, $2, $3, $4) },
  ]

  private static let cmpImmediate64Handlers: [UInt] = unsafe [
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt64.self, immediate: true, 2, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt64.self, immediate: true, 3, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt64.self, immediate: true, 4, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt64.self, immediate: true, 5, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt64.self, immediate: true, 6, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt64.self, immediate: true, 7, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt64.self, immediate: true, 8, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt64.self, immediate: true, 9, $0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt64.self, immediate: true, 12, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt64.self, immediate: true, 13, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt64.self, immediate: true, 14, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt64.self, immediate: true, 15, $0, $1, $2, $3, $4) },
  ]

  private static let cmpRegister32Handlers: [UInt] = unsafe [
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt32.self, immediate: false, 2, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt32.self, immediate: false, 3, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt32.self, immediate: false, 4, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt32.self, immediate: false, 5, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt32.self, immediate: false, 6, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt32.self, immediate: false, 7, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt32.self, immediate: false, 8, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt32.self, immediate: false, 9, $0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt32.self, immediate: false, 12, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt32.self, immediate: false, 13, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt32.self, immediate: false, 14, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt32.self, immediate: false, 15, $0, $1, $2, $3, $4) },
  ]

  private static let cmpImmediate32Handlers: [UInt] = unsafe [
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt32.self, immediate: true, 2, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt32.self, immediate: true, 3, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt32.self, immediate: true, 4, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt32.self, immediate: true, 5, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt32.self, immediate: true, 6, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt32.self, immediate: true, 7, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt32.self, immediate: true, 8, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt32.self, immediate: true, 9, $0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt32.self, immediate: true, 12, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt32.self, immediate: true, 13, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt32.self, immediate: true, 14, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt32.self, immediate: true, 15, $0, $1, $2, $3, $4) },
  ]

  private static let cmpRegister8Handlers: [UInt] = unsafe [
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt8.self, immediate: false, 2, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt8.self, immediate: false, 3, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt8.self, immediate: false, 4, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt8.self, immediate: false, 5, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt8.self, immediate: false, 6, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt8.self, immediate: false, 7, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt8.self, immediate: false, 8, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt8.self, immediate: false, 9, $0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt8.self, immediate: false, 12, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt8.self, immediate: false, 13, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt8.self, immediate: false, 14, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt8.self, immediate: false, 15, $0, $1, $2, $3, $4) },
  ]

  private static let cmpImmediate8Handlers: [UInt] = unsafe [
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt8.self, immediate: true, 2, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt8.self, immediate: true, 3, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt8.self, immediate: true, 4, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt8.self, immediate: true, 5, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt8.self, immediate: true, 6, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt8.self, immediate: true, 7, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt8.self, immediate: true, 8, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt8.self, immediate: true, 9, $0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt8.self, immediate: true, 12, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt8.self, immediate: true, 13, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt8.self, immediate: true, 14, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.cmp, UInt8.self, immediate: true, 15, $0, $1, $2, $3, $4) },
  ]

  private static let testRegister64Handlers: [UInt] = unsafe [
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt64.self, immediate: false, 2, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt64.self, immediate: false, 3, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt64.self, immediate: false, 4, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt64.self, immediate: false, 5, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt64.self, immediate: false, 6, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt64.self, immediate: false, 7, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt64.self, immediate: false, 8, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt64.self, immediate: false, 9, $0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt64.self, immediate: false, 12, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt64.self, immediate: false, 13, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt64.self, immediate: false, 14, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt64.self, immediate: false, 15, $0, $1, $2, $3, $4) },
  ]

  private static let testImmediate64Handlers: [UInt] = unsafe [
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt64.self, immediate: true, 2, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt64.self, immediate: true, 3, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt64.self, immediate: true, 4, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt64.self, immediate: true, 5, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt64.self, immediate: true, 6, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt64.self, immediate: true, 7, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt64.self, immediate: true, 8, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt64.self, immediate: true, 9, $0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt64.self, immediate: true, 12, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt64.self, immediate: true, 13, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt64.self, immediate: true, 14, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt64.self, immediate: true, 15, $0, $1, $2, $3, $4) },
  ]

  private static let testRegister32Handlers: [UInt] = unsafe [
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt32.self, immediate: false, 2, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt32.self, immediate: false, 3, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt32.self, immediate: false, 4, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt32.self, immediate: false, 5, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt32.self, immediate: false, 6, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt32.self, immediate: false, 7, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt32.self, immediate: false, 8, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt32.self, immediate: false, 9, $0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt32.self, immediate: false, 12, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt32.self, immediate: false, 13, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt32.self, immediate: false, 14, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt32.self, immediate: false, 15, $0, $1, $2, $3, $4) },
  ]

  private static let testImmediate32Handlers: [UInt] = unsafe [
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt32.self, immediate: true, 2, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt32.self, immediate: true, 3, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt32.self, immediate: true, 4, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt32.self, immediate: true, 5, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt32.self, immediate: true, 6, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt32.self, immediate: true, 7, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt32.self, immediate: true, 8, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt32.self, immediate: true, 9, $0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt32.self, immediate: true, 12, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt32.self, immediate: true, 13, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt32.self, immediate: true, 14, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt32.self, immediate: true, 15, $0, $1, $2, $3, $4) },
  ]

  private static let testRegister8Handlers: [UInt] = unsafe [
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt8.self, immediate: false, 2, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt8.self, immediate: false, 3, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt8.self, immediate: false, 4, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt8.self, immediate: false, 5, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt8.self, immediate: false, 6, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt8.self, immediate: false, 7, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt8.self, immediate: false, 8, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt8.self, immediate: false, 9, $0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt8.self, immediate: false, 12, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt8.self, immediate: false, 13, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt8.self, immediate: false, 14, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt8.self, immediate: false, 15, $0, $1, $2, $3, $4) },
  ]

  private static let testImmediate8Handlers: [UInt] = unsafe [
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt8.self, immediate: true, 2, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt8.self, immediate: true, 3, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt8.self, immediate: true, 4, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt8.self, immediate: true, 5, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt8.self, immediate: true, 6, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt8.self, immediate: true, 7, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt8.self, immediate: true, 8, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt8.self, immediate: true, 9, $0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe Interpreter.general($0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt8.self, immediate: true, 12, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt8.self, immediate: true, 13, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt8.self, immediate: true, 14, $0, $1, $2, $3, $4) },
    bits { unsafe compareAndJump(.test, UInt8.self, immediate: true, 15, $0, $1, $2, $3, $4) },
  ]

  private static let decrement64Handlers: [UInt] = unsafe [
    bits { unsafe decrementAndJump(UInt64.self, 4, $0, $1, $2, $3, $4) },
    bits { unsafe decrementAndJump(UInt64.self, 5, $0, $1, $2, $3, $4) },
  ]

  private static let decrement32Handlers: [UInt] = unsafe [
    bits { unsafe decrementAndJump(UInt32.self, 4, $0, $1, $2, $3, $4) },
    bits { unsafe decrementAndJump(UInt32.self, 5, $0, $1, $2, $3, $4) },
  ]

  private static let loadSignByte64Handlers: [UInt] = unsafe [
    bits { unsafe loadSigned(UInt8.self, .none, .based, $0, $1, $2, $3, $4) },
    bits { unsafe loadSigned(UInt8.self, .none, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let signByte64Handlers: [UInt] = unsafe [
    bits { unsafe moveSigned(UInt8.self, .none, $0, $1, $2, $3, $4) },
  ]

  private static let loadSignByte32Handlers: [UInt] = unsafe [
    bits { unsafe loadSigned(UInt8.self, .zero32, .based, $0, $1, $2, $3, $4) },
    bits { unsafe loadSigned(UInt8.self, .zero32, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let signByte32Handlers: [UInt] = unsafe [
    bits { unsafe moveSigned(UInt8.self, .zero32, $0, $1, $2, $3, $4) },
  ]

  private static let loadSignWord64Handlers: [UInt] = unsafe [
    bits { unsafe loadSigned(UInt16.self, .none, .based, $0, $1, $2, $3, $4) },
    bits { unsafe loadSigned(UInt16.self, .none, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let signWord64Handlers: [UInt] = unsafe [
    bits { unsafe moveSigned(UInt16.self, .none, $0, $1, $2, $3, $4) },
  ]

  private static let loadSignWord32Handlers: [UInt] = unsafe [
    bits { unsafe loadSigned(UInt16.self, .zero32, .based, $0, $1, $2, $3, $4) },
    bits { unsafe loadSigned(UInt16.self, .zero32, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let signWord32Handlers: [UInt] = unsafe [
    bits { unsafe moveSigned(UInt16.self, .zero32, $0, $1, $2, $3, $4) },
  ]

  private static let store16Handlers: [UInt] = unsafe [
    bits { unsafe store(UInt16.self, immediate: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe store(UInt16.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let pushImmediateHandlers: [UInt] = unsafe [
    bits { unsafe pushImmediate($0, $1, $2, $3, $4) },
  ]

  private static let pushMemoryHandlers: [UInt] = unsafe [
    bits { unsafe pushMemory($0, $1, $2, $3, $4) },
  ]

  private static let jumpMemoryHandlers: [UInt] = unsafe [
    bits { unsafe jumpMemory($0, $1, $2, $3, $4) },
  ]

  private static let repeatMovesHandlers: [UInt] = unsafe [
    bits { unsafe repeatMoves($0, $1, $2, $3, $4) },
  ]

  private static let repeatStoresHandlers: [UInt] = unsafe [
    bits { unsafe repeatStores($0, $1, $2, $3, $4) },
  ]

  private static let leaveHandlers: [UInt] = unsafe [
    bits { unsafe leaveFrame($0, $1, $2, $3, $4) },
  ]

  private static let setIfMemoryHandlers: [UInt] = unsafe [
    bits { unsafe setIfMemory(0, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(1, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(2, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(3, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(4, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(5, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(6, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(7, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(8, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(9, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(10, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(11, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(12, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(13, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(14, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(15, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let load8Handlers: [UInt] = unsafe [
    bits { unsafe loadNarrow(UInt8.self, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let moveRegister8Handlers: [UInt] = unsafe [
    bits { unsafe moveNarrow(UInt8.self, immediate: false, $0, $1, $2, $3, $4) },
  ]

  private static let moveImmediate8Handlers: [UInt] = unsafe [
    bits { unsafe moveNarrow(UInt8.self, immediate: true, $0, $1, $2, $3, $4) },
  ]

  private static let unary8Handlers: [UInt] = unsafe [
    bits { unsafe unary(.not, UInt8.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe unary(.neg, UInt8.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe unary(.inc, UInt8.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe unary(.dec, UInt8.self, quiet: false, $0, $1, $2, $3, $4) },
  ]

  private static let unaryMemory8Handlers: [UInt] = unsafe [
    bits { unsafe unaryMemory(.not, UInt8.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.neg, UInt8.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.inc, UInt8.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.dec, UInt8.self, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let load16Handlers: [UInt] = unsafe [
    bits { unsafe loadNarrow(UInt16.self, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let moveRegister16Handlers: [UInt] = unsafe [
    bits { unsafe moveNarrow(UInt16.self, immediate: false, $0, $1, $2, $3, $4) },
  ]

  private static let moveImmediate16Handlers: [UInt] = unsafe [
    bits { unsafe moveNarrow(UInt16.self, immediate: true, $0, $1, $2, $3, $4) },
  ]

  private static let unary16Handlers: [UInt] = unsafe [
    bits { unsafe unary(.not, UInt16.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe unary(.neg, UInt16.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe unary(.inc, UInt16.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe unary(.dec, UInt16.self, quiet: false, $0, $1, $2, $3, $4) },
  ]

  private static let unaryMemory16Handlers: [UInt] = unsafe [
    bits { unsafe unaryMemory(.not, UInt16.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.neg, UInt16.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.inc, UInt16.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.dec, UInt16.self, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let storeImmediate16Handlers: [UInt] = unsafe [
    bits { unsafe store(UInt16.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let register16Handlers: [UInt] = unsafe [
    bits { unsafe binary(.add, UInt16.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.or, UInt16.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.adc, UInt16.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sbb, UInt16.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.and, UInt16.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sub, UInt16.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.xor, UInt16.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.cmp, UInt16.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.test, UInt16.self, immediate: false, quiet: false, $0, $1, $2, $3, $4) },
  ]

  private static let immediate16Handlers: [UInt] = unsafe [
    bits { unsafe binary(.add, UInt16.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.or, UInt16.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.adc, UInt16.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sbb, UInt16.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.and, UInt16.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.sub, UInt16.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.xor, UInt16.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.cmp, UInt16.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe binary(.test, UInt16.self, immediate: true, quiet: false, $0, $1, $2, $3, $4) },
  ]

  private static let source16Handlers: [UInt] = unsafe [
    bits { unsafe binarySource(.add, UInt16.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.or, UInt16.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.adc, UInt16.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.sbb, UInt16.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.and, UInt16.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.sub, UInt16.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.xor, UInt16.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.cmp, UInt16.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.test, UInt16.self, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let destination16Handlers: [UInt] = unsafe [
    bits { unsafe binaryDestination(.add, UInt16.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.or, UInt16.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.adc, UInt16.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sbb, UInt16.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.and, UInt16.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sub, UInt16.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.xor, UInt16.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.cmp, UInt16.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.test, UInt16.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let destinationImmediate16Handlers: [UInt] = unsafe [
    bits { unsafe binaryDestination(.add, UInt16.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.or, UInt16.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.adc, UInt16.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sbb, UInt16.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.and, UInt16.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sub, UInt16.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.xor, UInt16.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.cmp, UInt16.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.test, UInt16.self, immediate: true, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let bitScan64Handlers: [UInt] = unsafe [
    bits { unsafe bitScan(reverse: false, computes: false, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe bitScan(reverse: false, computes: false, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe bitScan(reverse: false, computes: true, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe bitScan(reverse: false, computes: true, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe bitScan(reverse: true, computes: false, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe bitScan(reverse: true, computes: false, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe bitScan(reverse: true, computes: true, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe bitScan(reverse: true, computes: true, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
  ]

  private static let zeroCount64Handlers: [UInt] = unsafe [
    bits { unsafe zeroCount(leading: false, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe zeroCount(leading: false, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe zeroCount(leading: true, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe zeroCount(leading: true, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
  ]

  private static let populationCount64Handlers: [UInt] = unsafe [
    bits { unsafe populationCount(UInt64.self, $0, $1, $2, $3, $4) },
  ]

  private static let byteSwap64Handlers: [UInt] = unsafe [
    bits { unsafe byteSwap(UInt64.self, $0, $1, $2, $3, $4) },
  ]

  private static let bitRegister64Handlers: [UInt] = unsafe [
    bits { unsafe bitOperation(.test, UInt64.self, immediate: false, $0, $1, $2, $3, $4) },
    bits { unsafe bitOperation(.set, UInt64.self, immediate: false, $0, $1, $2, $3, $4) },
    bits { unsafe bitOperation(.reset, UInt64.self, immediate: false, $0, $1, $2, $3, $4) },
    bits { unsafe bitOperation(.complement, UInt64.self, immediate: false, $0, $1, $2, $3, $4) },
  ]

  private static let bitImmediate64Handlers: [UInt] = unsafe [
    bits { unsafe bitOperation(.test, UInt64.self, immediate: true, $0, $1, $2, $3, $4) },
    bits { unsafe bitOperation(.set, UInt64.self, immediate: true, $0, $1, $2, $3, $4) },
    bits { unsafe bitOperation(.reset, UInt64.self, immediate: true, $0, $1, $2, $3, $4) },
    bits { unsafe bitOperation(.complement, UInt64.self, immediate: true, $0, $1, $2, $3, $4) },
  ]

  private static let doubleShift64Handlers: [UInt] = unsafe [
    bits { unsafe doubleShift(left: false, UInt64.self, immediate: false, $0, $1, $2, $3, $4) },
    bits { unsafe doubleShift(left: true, UInt64.self, immediate: false, $0, $1, $2, $3, $4) },
  ]

  private static let doubleShiftImmediate64Handlers: [UInt] = unsafe [
    bits { unsafe doubleShift(left: false, UInt64.self, immediate: true, $0, $1, $2, $3, $4) },
    bits { unsafe doubleShift(left: true, UInt64.self, immediate: true, $0, $1, $2, $3, $4) },
  ]

  private static let widenProduct64Handlers: [UInt] = unsafe [
    bits { unsafe widenProduct(signed: false, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe widenProduct(signed: false, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe widenProduct(signed: true, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe widenProduct(signed: true, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
  ]

  private static let divide64Handlers: [UInt] = unsafe [
    bits { unsafe divide(signed: false, keeps: false, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe divide(signed: false, keeps: true, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe divide(signed: true, keeps: false, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe divide(signed: true, keeps: true, UInt64.self, $0, $1, $2, $3, $4) },
  ]

  private static let extendAccumulator64Handlers: [UInt] = unsafe [
    bits { unsafe extendAccumulator(wide: true, $0, $1, $2, $3, $4) },
  ]

  private static let extendIntoDX64Handlers: [UInt] = unsafe [
    bits { unsafe extendIntoDX(UInt64.self, $0, $1, $2, $3, $4) },
  ]

  private static let exchange64Handlers: [UInt] = unsafe [
    bits { unsafe exchange(UInt64.self, $0, $1, $2, $3, $4) },
  ]

  private static let exchangeMemory64Handlers: [UInt] = unsafe [
    bits { unsafe exchangeMemory(UInt64.self, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let exchangeAdd64Handlers: [UInt] = unsafe [
    bits { unsafe exchangeAddMemory(UInt64.self, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let compareExchange64Handlers: [UInt] = unsafe [
    bits { unsafe compareExchangeMemory(UInt64.self, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let bitScan32Handlers: [UInt] = unsafe [
    bits { unsafe bitScan(reverse: false, computes: false, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe bitScan(reverse: false, computes: false, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe bitScan(reverse: false, computes: true, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe bitScan(reverse: false, computes: true, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe bitScan(reverse: true, computes: false, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe bitScan(reverse: true, computes: false, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe bitScan(reverse: true, computes: true, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe bitScan(reverse: true, computes: true, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
  ]

  private static let zeroCount32Handlers: [UInt] = unsafe [
    bits { unsafe zeroCount(leading: false, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe zeroCount(leading: false, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe zeroCount(leading: true, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe zeroCount(leading: true, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
  ]

  private static let populationCount32Handlers: [UInt] = unsafe [
    bits { unsafe populationCount(UInt32.self, $0, $1, $2, $3, $4) },
  ]

  private static let byteSwap32Handlers: [UInt] = unsafe [
    bits { unsafe byteSwap(UInt32.self, $0, $1, $2, $3, $4) },
  ]

  private static let bitRegister32Handlers: [UInt] = unsafe [
    bits { unsafe bitOperation(.test, UInt32.self, immediate: false, $0, $1, $2, $3, $4) },
    bits { unsafe bitOperation(.set, UInt32.self, immediate: false, $0, $1, $2, $3, $4) },
    bits { unsafe bitOperation(.reset, UInt32.self, immediate: false, $0, $1, $2, $3, $4) },
    bits { unsafe bitOperation(.complement, UInt32.self, immediate: false, $0, $1, $2, $3, $4) },
  ]

  private static let bitImmediate32Handlers: [UInt] = unsafe [
    bits { unsafe bitOperation(.test, UInt32.self, immediate: true, $0, $1, $2, $3, $4) },
    bits { unsafe bitOperation(.set, UInt32.self, immediate: true, $0, $1, $2, $3, $4) },
    bits { unsafe bitOperation(.reset, UInt32.self, immediate: true, $0, $1, $2, $3, $4) },
    bits { unsafe bitOperation(.complement, UInt32.self, immediate: true, $0, $1, $2, $3, $4) },
  ]

  private static let doubleShift32Handlers: [UInt] = unsafe [
    bits { unsafe doubleShift(left: false, UInt32.self, immediate: false, $0, $1, $2, $3, $4) },
    bits { unsafe doubleShift(left: true, UInt32.self, immediate: false, $0, $1, $2, $3, $4) },
  ]

  private static let doubleShiftImmediate32Handlers: [UInt] = unsafe [
    bits { unsafe doubleShift(left: false, UInt32.self, immediate: true, $0, $1, $2, $3, $4) },
    bits { unsafe doubleShift(left: true, UInt32.self, immediate: true, $0, $1, $2, $3, $4) },
  ]

  private static let widenProduct32Handlers: [UInt] = unsafe [
    bits { unsafe widenProduct(signed: false, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe widenProduct(signed: false, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe widenProduct(signed: true, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe widenProduct(signed: true, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
  ]

  private static let divide32Handlers: [UInt] = unsafe [
    bits { unsafe divide(signed: false, keeps: false, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe divide(signed: false, keeps: true, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe divide(signed: true, keeps: false, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe divide(signed: true, keeps: true, UInt32.self, $0, $1, $2, $3, $4) },
  ]

  private static let extendAccumulator32Handlers: [UInt] = unsafe [
    bits { unsafe extendAccumulator(wide: false, $0, $1, $2, $3, $4) },
  ]

  private static let extendIntoDX32Handlers: [UInt] = unsafe [
    bits { unsafe extendIntoDX(UInt32.self, $0, $1, $2, $3, $4) },
  ]

  private static let exchange32Handlers: [UInt] = unsafe [
    bits { unsafe exchange(UInt32.self, $0, $1, $2, $3, $4) },
  ]

  private static let exchangeMemory32Handlers: [UInt] = unsafe [
    bits { unsafe exchangeMemory(UInt32.self, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let exchangeAdd32Handlers: [UInt] = unsafe [
    bits { unsafe exchangeAddMemory(UInt32.self, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let compareExchange32Handlers: [UInt] = unsafe [
    bits { unsafe compareExchangeMemory(UInt32.self, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let source8Handlers: [UInt] = unsafe [
    bits { unsafe binarySource(.add, UInt8.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.or, UInt8.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.adc, UInt8.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.sbb, UInt8.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.and, UInt8.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.sub, UInt8.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.xor, UInt8.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.cmp, UInt8.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.test, UInt8.self, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let destination8Handlers: [UInt] = unsafe [
    bits { unsafe binaryDestination(.add, UInt8.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.or, UInt8.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.adc, UInt8.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sbb, UInt8.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.and, UInt8.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sub, UInt8.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.xor, UInt8.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.cmp, UInt8.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.test, UInt8.self, immediate: false, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let shiftCount64Handlers: [UInt] = unsafe [
    bits { unsafe shiftCount(.rol, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.rol, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.ror, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.ror, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.rcl, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.rcl, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.rcr, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.rcr, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.shl, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.shl, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.shr, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.shr, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.sar, UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.sar, UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
  ]

  private static let shiftCount32Handlers: [UInt] = unsafe [
    bits { unsafe shiftCount(.rol, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.rol, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.ror, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.ror, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.rcl, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.rcl, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.rcr, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.rcr, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.shl, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.shl, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.shr, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.shr, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.sar, UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.sar, UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
  ]

  private static let shiftCount16Handlers: [UInt] = unsafe [
    bits { unsafe shiftCount(.rol, UInt16.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.rol, UInt16.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.ror, UInt16.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.ror, UInt16.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.rcl, UInt16.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.rcl, UInt16.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.rcr, UInt16.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.rcr, UInt16.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.shl, UInt16.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.shl, UInt16.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.shr, UInt16.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.shr, UInt16.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.sar, UInt16.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.sar, UInt16.self, quiet: true, $0, $1, $2, $3, $4) },
  ]

  private static let shift16Handlers: [UInt] = unsafe [
    bits { unsafe shift(.rol, UInt16.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.rol, UInt16.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.ror, UInt16.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.ror, UInt16.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.rcl, UInt16.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.rcl, UInt16.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.rcr, UInt16.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.rcr, UInt16.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.shl, UInt16.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.shl, UInt16.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.shr, UInt16.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.shr, UInt16.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.sar, UInt16.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.sar, UInt16.self, quiet: true, $0, $1, $2, $3, $4) },
  ]

  private static let shiftCount8Handlers: [UInt] = unsafe [
    bits { unsafe shiftCount(.rol, UInt8.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.rol, UInt8.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.ror, UInt8.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.ror, UInt8.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.rcl, UInt8.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.rcl, UInt8.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.rcr, UInt8.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.rcr, UInt8.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.shl, UInt8.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.shl, UInt8.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.shr, UInt8.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.shr, UInt8.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.sar, UInt8.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.sar, UInt8.self, quiet: true, $0, $1, $2, $3, $4) },
  ]

  private static let shift8Handlers: [UInt] = unsafe [
    bits { unsafe shift(.rol, UInt8.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.rol, UInt8.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.ror, UInt8.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.ror, UInt8.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.rcl, UInt8.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.rcl, UInt8.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.rcr, UInt8.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.rcr, UInt8.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.shl, UInt8.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.shl, UInt8.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.shr, UInt8.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.shr, UInt8.self, quiet: true, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.sar, UInt8.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe shift(.sar, UInt8.self, quiet: true, $0, $1, $2, $3, $4) },
  ]

  private static let multiplyImmediate64Handlers: [UInt] = unsafe [
    bits { unsafe multiplyImmediate(UInt64.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe multiplyImmediate(UInt64.self, quiet: true, $0, $1, $2, $3, $4) },
  ]

  private static let shiftMemory64Handlers: [UInt] = unsafe [
    bits { unsafe shiftMemory(.rol, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.ror, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.rcl, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.rcr, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.shl, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.shr, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.sar, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let unaryMemory64Handlers: [UInt] = unsafe [
    bits { unsafe unaryMemory(.not, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.neg, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.inc, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.dec, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let moveIfMemory64Handlers: [UInt] = unsafe [
    bits { unsafe moveIfMemory(0, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(1, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(2, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(3, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(4, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(5, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(6, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(7, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(8, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(9, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(10, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(11, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(12, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(13, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(14, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(15, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let segmentLoad64Handlers: [UInt] = unsafe [
    bits { unsafe load(UInt64.self, signed: false, .segmented, $0, $1, $2, $3, $4) },
  ]

  private static let segmentStore64Handlers: [UInt] = unsafe [
    bits { unsafe store(UInt64.self, immediate: false, .segmented, $0, $1, $2, $3, $4) },
  ]

  private static let segmentSource64Handlers: [UInt] = unsafe [
    bits { unsafe binarySource(.add, UInt64.self, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.or, UInt64.self, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.adc, UInt64.self, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.sbb, UInt64.self, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.and, UInt64.self, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.sub, UInt64.self, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.xor, UInt64.self, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.cmp, UInt64.self, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.test, UInt64.self, .segmented, $0, $1, $2, $3, $4) },
  ]

  private static let segmentUnary64Handlers: [UInt] = unsafe [
    bits { unsafe unaryMemory(.not, UInt64.self, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.neg, UInt64.self, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.inc, UInt64.self, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.dec, UInt64.self, .segmented, $0, $1, $2, $3, $4) },
  ]

  private static let multiplyImmediate32Handlers: [UInt] = unsafe [
    bits { unsafe multiplyImmediate(UInt32.self, quiet: false, $0, $1, $2, $3, $4) },
    bits { unsafe multiplyImmediate(UInt32.self, quiet: true, $0, $1, $2, $3, $4) },
  ]

  private static let shiftMemory32Handlers: [UInt] = unsafe [
    bits { unsafe shiftMemory(.rol, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.ror, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.rcl, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.rcr, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.shl, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.shr, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.sar, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let unaryMemory32Handlers: [UInt] = unsafe [
    bits { unsafe unaryMemory(.not, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.neg, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.inc, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.dec, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let moveIfMemory32Handlers: [UInt] = unsafe [
    bits { unsafe moveIfMemory(0, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(1, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(2, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(3, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(4, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(5, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(6, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(7, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(8, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(9, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(10, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(11, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(12, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(13, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(14, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(15, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let segmentLoad32Handlers: [UInt] = unsafe [
    bits { unsafe load(UInt32.self, signed: false, .segmented, $0, $1, $2, $3, $4) },
  ]

  private static let segmentStore32Handlers: [UInt] = unsafe [
    bits { unsafe store(UInt32.self, immediate: false, .segmented, $0, $1, $2, $3, $4) },
  ]

  private static let segmentSource32Handlers: [UInt] = unsafe [
    bits { unsafe binarySource(.add, UInt32.self, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.or, UInt32.self, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.adc, UInt32.self, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.sbb, UInt32.self, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.and, UInt32.self, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.sub, UInt32.self, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.xor, UInt32.self, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.cmp, UInt32.self, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.test, UInt32.self, .segmented, $0, $1, $2, $3, $4) },
  ]

  private static let segmentUnary32Handlers: [UInt] = unsafe [
    bits { unsafe unaryMemory(.not, UInt32.self, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.neg, UInt32.self, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.inc, UInt32.self, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.dec, UInt32.self, .segmented, $0, $1, $2, $3, $4) },
  ]

  private static let segmentDestination64Handlers: [UInt] = unsafe [
    bits { unsafe binaryDestination(.add, UInt64.self, immediate: false, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.or, UInt64.self, immediate: false, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.adc, UInt64.self, immediate: false, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sbb, UInt64.self, immediate: false, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.and, UInt64.self, immediate: false, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sub, UInt64.self, immediate: false, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.xor, UInt64.self, immediate: false, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.cmp, UInt64.self, immediate: false, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.test, UInt64.self, immediate: false, .segmented, $0, $1, $2, $3, $4) },
  ]

  private static let segmentDestination32Handlers: [UInt] = unsafe [
    bits { unsafe binaryDestination(.add, UInt32.self, immediate: false, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.or, UInt32.self, immediate: false, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.adc, UInt32.self, immediate: false, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sbb, UInt32.self, immediate: false, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.and, UInt32.self, immediate: false, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sub, UInt32.self, immediate: false, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.xor, UInt32.self, immediate: false, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.cmp, UInt32.self, immediate: false, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.test, UInt32.self, immediate: false, .segmented, $0, $1, $2, $3, $4) },
  ]

  private static let segmentDestinationImmediate64Handlers: [UInt] = unsafe [
    bits { unsafe binaryDestination(.add, UInt64.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.or, UInt64.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.adc, UInt64.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sbb, UInt64.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.and, UInt64.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sub, UInt64.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.xor, UInt64.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.cmp, UInt64.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.test, UInt64.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
  ]

  private static let segmentDestinationImmediate32Handlers: [UInt] = unsafe [
    bits { unsafe binaryDestination(.add, UInt32.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.or, UInt32.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.adc, UInt32.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sbb, UInt32.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.and, UInt32.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sub, UInt32.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.xor, UInt32.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.cmp, UInt32.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.test, UInt32.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
  ]

  private static let segmentDestinationImmediate8Handlers: [UInt] = unsafe [
    bits { unsafe binaryDestination(.add, UInt8.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.or, UInt8.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.adc, UInt8.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sbb, UInt8.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.and, UInt8.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sub, UInt8.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.xor, UInt8.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.cmp, UInt8.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.test, UInt8.self, immediate: true, .segmented, $0, $1, $2, $3, $4) },
  ]

  private static let moveVectorWholeHandlers: [UInt] = unsafe [
    bits { unsafe moveVector(.whole, $0, $1, $2, $3, $4) },
  ]

  private static let moveVectorLow64Handlers: [UInt] = unsafe [
    bits { unsafe moveVector(.low64, $0, $1, $2, $3, $4) },
  ]

  private static let moveVectorLow32Handlers: [UInt] = unsafe [
    bits { unsafe moveVector(.low32, $0, $1, $2, $3, $4) },
  ]

  private static let moveVectorLowAloneHandlers: [UInt] = unsafe [
    bits { unsafe moveVector(.lowAlone, $0, $1, $2, $3, $4) },
  ]

  private static let moveVectorHighToLowHandlers: [UInt] = unsafe [
    bits { unsafe moveVector(.highToLow, $0, $1, $2, $3, $4) },
  ]

  private static let moveVectorLowToHighHandlers: [UInt] = unsafe [
    bits { unsafe moveVector(.lowToHigh, $0, $1, $2, $3, $4) },
  ]

  private static let moveVectorFromGeneral64Handlers: [UInt] = unsafe [
    bits { unsafe moveVector(.fromGeneral64, $0, $1, $2, $3, $4) },
  ]

  private static let moveVectorFromGeneral32Handlers: [UInt] = unsafe [
    bits { unsafe moveVector(.fromGeneral32, $0, $1, $2, $3, $4) },
  ]

  private static let moveVectorToGeneral64Handlers: [UInt] = unsafe [
    bits { unsafe moveVector(.toGeneral64, $0, $1, $2, $3, $4) },
  ]

  private static let moveVectorToGeneral32Handlers: [UInt] = unsafe [
    bits { unsafe moveVector(.toGeneral32, $0, $1, $2, $3, $4) },
  ]

  private static let loadVectorAlignedHandlers: [UInt] = unsafe [
    bits { unsafe loadVector(.aligned, $0, $1, $2, $3, $4) },
  ]

  private static let storeVectorAlignedHandlers: [UInt] = unsafe [
    bits { unsafe storeVector(.aligned, $0, $1, $2, $3, $4) },
  ]

  private static let loadVectorUnalignedHandlers: [UInt] = unsafe [
    bits { unsafe loadVector(.unaligned, $0, $1, $2, $3, $4) },
  ]

  private static let storeVectorUnalignedHandlers: [UInt] = unsafe [
    bits { unsafe storeVector(.unaligned, $0, $1, $2, $3, $4) },
  ]

  private static let loadVectorLow64Handlers: [UInt] = unsafe [
    bits { unsafe loadVector(.low64, $0, $1, $2, $3, $4) },
  ]

  private static let storeVectorLow64Handlers: [UInt] = unsafe [
    bits { unsafe storeVector(.low64, $0, $1, $2, $3, $4) },
  ]

  private static let loadVectorLow32Handlers: [UInt] = unsafe [
    bits { unsafe loadVector(.low32, $0, $1, $2, $3, $4) },
  ]

  private static let storeVectorLow32Handlers: [UInt] = unsafe [
    bits { unsafe storeVector(.low32, $0, $1, $2, $3, $4) },
  ]

  private static let loadVectorLowHalfHandlers: [UInt] = unsafe [
    bits { unsafe loadVector(.lowHalf, $0, $1, $2, $3, $4) },
  ]

  private static let storeVectorLowHalfHandlers: [UInt] = unsafe [
    bits { unsafe storeVector(.lowHalf, $0, $1, $2, $3, $4) },
  ]

  private static let loadVectorHighHalfHandlers: [UInt] = unsafe [
    bits { unsafe loadVector(.highHalf, $0, $1, $2, $3, $4) },
  ]

  private static let storeVectorHighHalfHandlers: [UInt] = unsafe [
    bits { unsafe storeVector(.highHalf, $0, $1, $2, $3, $4) },
  ]

  private static let vectorHandlers: [UInt] = unsafe [
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, 4, high: false) }, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, 4, high: false) }, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, 4, high: true) }, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, 4, high: true) }, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction(VectorOperations.shuffleSingles, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction(VectorOperations.shuffleSingles, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.and, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.and, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.andNot, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.andNot, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.or, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.or, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.xor, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.xor, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatCompare(single: true, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatCompare(single: true, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatCompare(single: true, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatCompare(single: true, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, 8, high: false) }, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, 8, high: false) }, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, 8, high: true) }, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, 8, high: true) }, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction(VectorOperations.shuffleDoubles, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction(VectorOperations.shuffleDoubles, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.and, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.and, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.andNot, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.andNot, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.or, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.or, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.xor, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.xor, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatCompare(single: false, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatCompare(single: false, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatCompare(single: false, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatCompare(single: false, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatSquareRoot(.packedSingle, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatSquareRoot(.packedSingle, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatSquareRoot(.packedDouble, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatSquareRoot(.packedDouble, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatSquareRoot(.scalarSingle, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatSquareRoot(.scalarSingle, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatSquareRoot(.scalarDouble, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatSquareRoot(.scalarDouble, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.add, .packedSingle, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.add, .packedSingle, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.add, .packedDouble, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.add, .packedDouble, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.add, .scalarSingle, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.add, .scalarSingle, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.add, .scalarDouble, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.add, .scalarDouble, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.multiply, .packedSingle, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.multiply, .packedSingle, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.multiply, .packedDouble, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.multiply, .packedDouble, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.multiply, .scalarSingle, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.multiply, .scalarSingle, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.multiply, .scalarDouble, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.multiply, .scalarDouble, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.subtract, .packedSingle, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.subtract, .packedSingle, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.subtract, .packedDouble, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.subtract, .packedDouble, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.subtract, .scalarSingle, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.subtract, .scalarSingle, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.subtract, .scalarDouble, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.subtract, .scalarDouble, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.minimum, .packedSingle, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.minimum, .packedSingle, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.minimum, .packedDouble, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.minimum, .packedDouble, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.minimum, .scalarSingle, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.minimum, .scalarSingle, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.minimum, .scalarDouble, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.minimum, .scalarDouble, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.divide, .packedSingle, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.divide, .packedSingle, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.divide, .packedDouble, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.divide, .packedDouble, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.divide, .scalarSingle, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.divide, .scalarSingle, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.divide, .scalarDouble, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.divide, .scalarDouble, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.maximum, .packedSingle, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.maximum, .packedSingle, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.maximum, .packedDouble, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.maximum, .packedDouble, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.maximum, .scalarSingle, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.maximum, .scalarSingle, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.maximum, .scalarDouble, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatArithmetic(.maximum, .scalarDouble, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatCompareToMask(.packedSingle, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatCompareToMask(.packedSingle, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatCompareToMask(.packedDouble, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatCompareToMask(.packedDouble, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatCompareToMask(.scalarSingle, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatCompareToMask(.scalarSingle, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe floatCompareToMask(.scalarDouble, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe floatCompareToMask(.scalarDouble, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe widenSingle(memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe widenSingle(memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe narrowDouble(memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe narrowDouble(memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction(VectorOperations.shuffleDoublewords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction(VectorOperations.shuffleDoublewords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ _, b, order in VectorOperations.shuffleWords(b, order, high: true) }, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ _, b, order in VectorOperations.shuffleWords(b, order, high: true) }, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ _, b, order in VectorOperations.shuffleWords(b, order, high: false) }, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ _, b, order in VectorOperations.shuffleWords(b, order, high: false) }, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, 1, high: false) }, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, 1, high: false) }, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, 2, high: false) }, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, 2, high: false) }, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, 4, high: false) }, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, 4, high: false) }, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.pack(a, b, .signedWordsToBytes) }, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.pack(a, b, .signedWordsToBytes) }, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.greaterBytes, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.greaterBytes, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.greaterWords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.greaterWords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.greaterDoublewords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.greaterDoublewords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.pack(a, b, .signedWordsToUnsignedBytes) }, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.pack(a, b, .signedWordsToUnsignedBytes) }, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, 1, high: true) }, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, 1, high: true) }, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, 2, high: true) }, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, 2, high: true) }, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, 4, high: true) }, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, 4, high: true) }, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.pack(a, b, .signedDoublewordsToWords) }, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.pack(a, b, .signedDoublewordsToWords) }, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.equalBytes, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.equalBytes, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.equalWords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.equalWords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.equalDoublewords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.equalDoublewords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.addQuadwords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.addQuadwords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.multiplyLow, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.multiplyLow, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.subtractUnsignedBytes, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.subtractUnsignedBytes, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.subtractUnsignedWords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.subtractUnsignedWords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.minimumUnsignedBytes, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.minimumUnsignedBytes, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.and, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.and, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.addUnsignedBytes, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.addUnsignedBytes, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.addUnsignedWords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.addUnsignedWords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.maximumUnsignedBytes, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.maximumUnsignedBytes, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.andNot, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.andNot, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.averageBytes, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.averageBytes, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.averageWords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.averageWords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.multiplyHighUnsigned, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.multiplyHighUnsigned, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.multiplyHighSigned, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.multiplyHighSigned, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.subtractSignedBytes, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.subtractSignedBytes, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.subtractSignedWords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.subtractSignedWords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.minimumSignedWords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.minimumSignedWords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.or, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.or, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.addSignedBytes, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.addSignedBytes, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.addSignedWords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.addSignedWords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.maximumSignedWords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.maximumSignedWords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.xor, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.xor, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.multiplyDoublewords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.multiplyDoublewords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.multiplyAdd, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.multiplyAdd, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.sumOfDifferences, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.sumOfDifferences, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.subtractBytes, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.subtractBytes, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.subtractWords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.subtractWords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.subtractDoublewords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.subtractDoublewords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.subtractQuadwords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.subtractQuadwords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.addBytes, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.addBytes, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.addWords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.addWords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.addDoublewords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.addDoublewords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, 8, high: false) }, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, 8, high: false) }, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, 8, high: true) }, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, 8, high: true) }, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.shuffleBytes(a, b) }, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction({ a, b, _ in VectorOperations.shuffleBytes(a, b) }, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.multiplyAddBytes, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.multiplyAddBytes, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.signBytes, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.signBytes, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.signWords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.signWords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.signDoublewords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.signDoublewords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.multiplyRound, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.multiplyRound, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.absoluteBytes, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.absoluteBytes, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.absoluteWords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.absoluteWords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.absoluteDoublewords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.absoluteDoublewords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction(VectorOperations.align, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorFunction(VectorOperations.align, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.multiplySignedDoublewords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.multiplySignedDoublewords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.equalQuadwords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.equalQuadwords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.minimumSignedBytes, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.minimumSignedBytes, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.minimumSignedDoublewords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.minimumSignedDoublewords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.minimumUnsignedWords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.minimumUnsignedWords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.minimumUnsignedDoublewords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.minimumUnsignedDoublewords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.maximumSignedBytes, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.maximumSignedBytes, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.maximumSignedDoublewords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.maximumSignedDoublewords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.maximumUnsignedWords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.maximumUnsignedWords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.maximumUnsignedDoublewords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.maximumUnsignedDoublewords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.multiplyLowDoublewords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.multiplyLowDoublewords, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.greaterQuadwords, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe vectorHalves(VectorOperations.greaterQuadwords, memory: true, $0, $1, $2, $3, $4) },
  ]

  private static let vectorShiftHandlers: [UInt] = unsafe [
    bits { unsafe vectorShift(16, .right, $0, $1, $2, $3, $4) },
    bits { unsafe vectorShift(32, .right, $0, $1, $2, $3, $4) },
    bits { unsafe vectorShift(64, .right, $0, $1, $2, $3, $4) },
    bits { unsafe vectorShift(16, .arithmetic, $0, $1, $2, $3, $4) },
    bits { unsafe vectorShift(32, .arithmetic, $0, $1, $2, $3, $4) },
    bits { unsafe vectorShift(16, .left, $0, $1, $2, $3, $4) },
    bits { unsafe vectorShift(32, .left, $0, $1, $2, $3, $4) },
    bits { unsafe vectorShift(64, .left, $0, $1, $2, $3, $4) },
  ]

  private static let fromInteger64Handlers: [UInt] = unsafe [
    bits { unsafe convertFromInteger(single: true, UInt64.self, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe convertFromInteger(single: true, UInt64.self, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe convertFromInteger(single: false, UInt64.self, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe convertFromInteger(single: false, UInt64.self, memory: true, $0, $1, $2, $3, $4) },
  ]

  private static let toInteger64Handlers: [UInt] = unsafe [
    bits { unsafe convertToInteger(single: true, truncating: true, UInt64.self, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe convertToInteger(single: true, truncating: true, UInt64.self, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe convertToInteger(single: false, truncating: true, UInt64.self, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe convertToInteger(single: false, truncating: true, UInt64.self, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe convertToInteger(single: true, truncating: false, UInt64.self, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe convertToInteger(single: true, truncating: false, UInt64.self, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe convertToInteger(single: false, truncating: false, UInt64.self, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe convertToInteger(single: false, truncating: false, UInt64.self, memory: true, $0, $1, $2, $3, $4) },
  ]

  private static let fromInteger32Handlers: [UInt] = unsafe [
    bits { unsafe convertFromInteger(single: true, UInt32.self, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe convertFromInteger(single: true, UInt32.self, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe convertFromInteger(single: false, UInt32.self, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe convertFromInteger(single: false, UInt32.self, memory: true, $0, $1, $2, $3, $4) },
  ]

  private static let toInteger32Handlers: [UInt] = unsafe [
    bits { unsafe convertToInteger(single: true, truncating: true, UInt32.self, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe convertToInteger(single: true, truncating: true, UInt32.self, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe convertToInteger(single: false, truncating: true, UInt32.self, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe convertToInteger(single: false, truncating: true, UInt32.self, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe convertToInteger(single: true, truncating: false, UInt32.self, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe convertToInteger(single: true, truncating: false, UInt32.self, memory: true, $0, $1, $2, $3, $4) },
    bits { unsafe convertToInteger(single: false, truncating: false, UInt32.self, memory: false, $0, $1, $2, $3, $4) },
    bits { unsafe convertToInteger(single: false, truncating: false, UInt32.self, memory: true, $0, $1, $2, $3, $4) },
  ]

  private static let byteMaskHandlers: [UInt] = unsafe [
    bits { unsafe moveByteMask($0, $1, $2, $3, $4) },
  ]

  private static let moveVEXWholeHandlers: [UInt] = unsafe [
    bits { unsafe moveVEX(.whole, $0, $1, $2, $3, $4) },
  ]

  private static let moveVEXLow64Handlers: [UInt] = unsafe [
    bits { unsafe moveVEX(.low64, $0, $1, $2, $3, $4) },
  ]

  private static let moveVEXLow32Handlers: [UInt] = unsafe [
    bits { unsafe moveVEX(.low32, $0, $1, $2, $3, $4) },
  ]

  private static let moveVEXLowAloneHandlers: [UInt] = unsafe [
    bits { unsafe moveVEX(.lowAlone, $0, $1, $2, $3, $4) },
  ]

  private static let moveVEXHighToLowHandlers: [UInt] = unsafe [
    bits { unsafe moveVEX(.highToLow, $0, $1, $2, $3, $4) },
  ]

  private static let moveVEXLowToHighHandlers: [UInt] = unsafe [
    bits { unsafe moveVEX(.lowToHigh, $0, $1, $2, $3, $4) },
  ]

  private static let moveVEXFromGeneral64Handlers: [UInt] = unsafe [
    bits { unsafe moveVEX(.fromGeneral64, $0, $1, $2, $3, $4) },
  ]

  private static let moveVEXFromGeneral32Handlers: [UInt] = unsafe [
    bits { unsafe moveVEX(.fromGeneral32, $0, $1, $2, $3, $4) },
  ]

  private static let moveVEXToGeneral64Handlers: [UInt] = unsafe [
    bits { unsafe moveVEX(.toGeneral64, $0, $1, $2, $3, $4) },
  ]

  private static let moveVEXToGeneral32Handlers: [UInt] = unsafe [
    bits { unsafe moveVEX(.toGeneral32, $0, $1, $2, $3, $4) },
  ]

  private static let loadVEXAlignedHandlers: [UInt] = unsafe [
    bits { unsafe loadVEX(.aligned, $0, $1, $2, $3, $4) },
  ]

  private static let storeVEXAlignedHandlers: [UInt] = unsafe [
    bits { unsafe storeVEX(.aligned, $0, $1, $2, $3, $4) },
  ]

  private static let loadVEXUnalignedHandlers: [UInt] = unsafe [
    bits { unsafe loadVEX(.unaligned, $0, $1, $2, $3, $4) },
  ]

  private static let storeVEXUnalignedHandlers: [UInt] = unsafe [
    bits { unsafe storeVEX(.unaligned, $0, $1, $2, $3, $4) },
  ]

  private static let loadVEXLow64Handlers: [UInt] = unsafe [
    bits { unsafe loadVEX(.low64, $0, $1, $2, $3, $4) },
  ]

  private static let storeVEXLow64Handlers: [UInt] = unsafe [
    bits { unsafe storeVEX(.low64, $0, $1, $2, $3, $4) },
  ]

  private static let loadVEXLow32Handlers: [UInt] = unsafe [
    bits { unsafe loadVEX(.low32, $0, $1, $2, $3, $4) },
  ]

  private static let storeVEXLow32Handlers: [UInt] = unsafe [
    bits { unsafe storeVEX(.low32, $0, $1, $2, $3, $4) },
  ]

  private static let loadVEXLowHalfHandlers: [UInt] = unsafe [
    bits { unsafe loadVEX(.lowHalf, $0, $1, $2, $3, $4) },
  ]

  private static let storeVEXLowHalfHandlers: [UInt] = unsafe [
    bits { unsafe storeVEX(.lowHalf, $0, $1, $2, $3, $4) },
  ]

  private static let loadVEXHighHalfHandlers: [UInt] = unsafe [
    bits { unsafe loadVEX(.highHalf, $0, $1, $2, $3, $4) },
  ]

  private static let storeVEXHighHalfHandlers: [UInt] = unsafe [
    bits { unsafe storeVEX(.highHalf, $0, $1, $2, $3, $4) },
  ]

  private static let vexHandlers: [UInt] = unsafe [
    bits { unsafe vexFunction({ a, b, _ in VectorOperations.interleave(a, b, 4, high: false) }, $0, $1, $2, $3, $4) },
    bits { unsafe vexFunction({ a, b, _ in VectorOperations.interleave(a, b, 4, high: true) }, $0, $1, $2, $3, $4) },
    bits { unsafe vexFunction(VectorOperations.shuffleSingles, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.and, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.andNot, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.or, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.xor, $0, $1, $2, $3, $4) },
    bits { unsafe vexCompare(single: true, $0, $1, $2, $3, $4) },
    bits { unsafe vexCompare(single: true, $0, $1, $2, $3, $4) },
    bits { unsafe vexFunction({ a, b, _ in VectorOperations.interleave(a, b, 8, high: false) }, $0, $1, $2, $3, $4) },
    bits { unsafe vexFunction({ a, b, _ in VectorOperations.interleave(a, b, 8, high: true) }, $0, $1, $2, $3, $4) },
    bits { unsafe vexFunction(VectorOperations.shuffleDoubles, laneShift: 2, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.and, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.andNot, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.or, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.xor, $0, $1, $2, $3, $4) },
    bits { unsafe vexCompare(single: false, $0, $1, $2, $3, $4) },
    bits { unsafe vexCompare(single: false, $0, $1, $2, $3, $4) },
    bits { unsafe vexSquareRoot(.packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexSquareRoot(.packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexSquareRoot(.scalarSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexSquareRoot(.scalarDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexFloat(.add, .packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexFloat(.add, .packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexFloat(.add, .scalarSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexFloat(.add, .scalarDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexFloat(.multiply, .packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexFloat(.multiply, .packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexFloat(.multiply, .scalarSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexFloat(.multiply, .scalarDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexFloat(.subtract, .packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexFloat(.subtract, .packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexFloat(.subtract, .scalarSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexFloat(.subtract, .scalarDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexFloat(.minimum, .packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexFloat(.minimum, .packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexFloat(.minimum, .scalarSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexFloat(.minimum, .scalarDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexFloat(.divide, .packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexFloat(.divide, .packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexFloat(.divide, .scalarSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexFloat(.divide, .scalarDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexFloat(.maximum, .packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexFloat(.maximum, .packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexFloat(.maximum, .scalarSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexFloat(.maximum, .scalarDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexCompareToMask(.packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexCompareToMask(.packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexCompareToMask(.scalarSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexCompareToMask(.scalarDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexConvert(fromSingle: true, $0, $1, $2, $3, $4) },
    bits { unsafe vexConvert(fromSingle: false, $0, $1, $2, $3, $4) },
    bits { unsafe vexFunction(VectorOperations.shuffleDoublewords, $0, $1, $2, $3, $4) },
    bits { unsafe vexFunction({ _, b, order in VectorOperations.shuffleWords(b, order, high: true) }, $0, $1, $2, $3, $4) },
    bits { unsafe vexFunction({ _, b, order in VectorOperations.shuffleWords(b, order, high: false) }, $0, $1, $2, $3, $4) },
    bits { unsafe vexFunction({ a, b, _ in VectorOperations.interleave(a, b, 1, high: false) }, $0, $1, $2, $3, $4) },
    bits { unsafe vexFunction({ a, b, _ in VectorOperations.interleave(a, b, 2, high: false) }, $0, $1, $2, $3, $4) },
    bits { unsafe vexFunction({ a, b, _ in VectorOperations.interleave(a, b, 4, high: false) }, $0, $1, $2, $3, $4) },
    bits { unsafe vexFunction({ a, b, _ in VectorOperations.pack(a, b, .signedWordsToBytes) }, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.greaterBytes, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.greaterWords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.greaterDoublewords, $0, $1, $2, $3, $4) },
    bits { unsafe vexFunction({ a, b, _ in VectorOperations.pack(a, b, .signedWordsToUnsignedBytes) }, $0, $1, $2, $3, $4) },
    bits { unsafe vexFunction({ a, b, _ in VectorOperations.interleave(a, b, 1, high: true) }, $0, $1, $2, $3, $4) },
    bits { unsafe vexFunction({ a, b, _ in VectorOperations.interleave(a, b, 2, high: true) }, $0, $1, $2, $3, $4) },
    bits { unsafe vexFunction({ a, b, _ in VectorOperations.interleave(a, b, 4, high: true) }, $0, $1, $2, $3, $4) },
    bits { unsafe vexFunction({ a, b, _ in VectorOperations.pack(a, b, .signedDoublewordsToWords) }, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.equalBytes, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.equalWords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.equalDoublewords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.addQuadwords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.multiplyLow, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.subtractUnsignedBytes, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.subtractUnsignedWords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.minimumUnsignedBytes, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.and, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.addUnsignedBytes, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.addUnsignedWords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.maximumUnsignedBytes, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.andNot, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.averageBytes, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.averageWords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.multiplyHighUnsigned, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.multiplyHighSigned, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.subtractSignedBytes, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.subtractSignedWords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.minimumSignedWords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.or, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.addSignedBytes, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.addSignedWords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.maximumSignedWords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.xor, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.multiplyDoublewords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.multiplyAdd, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.sumOfDifferences, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.subtractBytes, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.subtractWords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.subtractDoublewords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.subtractQuadwords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.addBytes, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.addWords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.addDoublewords, $0, $1, $2, $3, $4) },
    bits { unsafe vexFunction({ a, b, _ in VectorOperations.interleave(a, b, 8, high: false) }, $0, $1, $2, $3, $4) },
    bits { unsafe vexFunction({ a, b, _ in VectorOperations.interleave(a, b, 8, high: true) }, $0, $1, $2, $3, $4) },
    bits { unsafe vexFunction({ a, b, _ in VectorOperations.shuffleBytes(a, b) }, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.multiplyAddBytes, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.signBytes, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.signWords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.signDoublewords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.multiplyRound, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.absoluteBytes, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.absoluteWords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.absoluteDoublewords, $0, $1, $2, $3, $4) },
    bits { unsafe vexFunction(VectorOperations.align, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.multiplySignedDoublewords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.equalQuadwords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.minimumSignedBytes, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.minimumSignedDoublewords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.minimumUnsignedWords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.minimumUnsignedDoublewords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.maximumSignedBytes, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.maximumSignedDoublewords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.maximumUnsignedWords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.maximumUnsignedDoublewords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.multiplyLowDoublewords, $0, $1, $2, $3, $4) },
    bits { unsafe vexHalves(VectorOperations.greaterQuadwords, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product13, .addSubtract, .packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product13, .addSubtract, .packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product21, .addSubtract, .packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product21, .addSubtract, .packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product23, .addSubtract, .packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product23, .addSubtract, .packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product13, .subtractAdd, .packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product13, .subtractAdd, .packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product21, .subtractAdd, .packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product21, .subtractAdd, .packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product23, .subtractAdd, .packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product23, .subtractAdd, .packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product13, .add, .packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product13, .add, .packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product13, .add, .scalarSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product13, .add, .scalarDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product21, .add, .packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product21, .add, .packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product21, .add, .scalarSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product21, .add, .scalarDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product23, .add, .packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product23, .add, .packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product23, .add, .scalarSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product23, .add, .scalarDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product13, .subtract, .packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product13, .subtract, .packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product13, .subtract, .scalarSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product13, .subtract, .scalarDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product21, .subtract, .packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product21, .subtract, .packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product21, .subtract, .scalarSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product21, .subtract, .scalarDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product23, .subtract, .packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product23, .subtract, .packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product23, .subtract, .scalarSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product23, .subtract, .scalarDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product13, .negatedAdd, .packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product13, .negatedAdd, .packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product13, .negatedAdd, .scalarSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product13, .negatedAdd, .scalarDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product21, .negatedAdd, .packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product21, .negatedAdd, .packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product21, .negatedAdd, .scalarSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product21, .negatedAdd, .scalarDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product23, .negatedAdd, .packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product23, .negatedAdd, .packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product23, .negatedAdd, .scalarSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product23, .negatedAdd, .scalarDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product13, .negatedSubtract, .packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product13, .negatedSubtract, .packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product13, .negatedSubtract, .scalarSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product13, .negatedSubtract, .scalarDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product21, .negatedSubtract, .packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product21, .negatedSubtract, .packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product21, .negatedSubtract, .scalarSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product21, .negatedSubtract, .scalarDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product23, .negatedSubtract, .packedSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product23, .negatedSubtract, .packedDouble, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product23, .negatedSubtract, .scalarSingle, $0, $1, $2, $3, $4) },
    bits { unsafe vexMultiplyAdd(.product23, .negatedSubtract, .scalarDouble, $0, $1, $2, $3, $4) },
  ]

  private static let x87Handlers: [UInt] = unsafe [
    bits { unsafe x87Arithmetic(.add, $0, $1, $2, $3, $4) },
    bits { unsafe x87Arithmetic(.add, $0, $1, $2, $3, $4) },
    bits { unsafe x87Arithmetic(.multiply, $0, $1, $2, $3, $4) },
    bits { unsafe x87Arithmetic(.multiply, $0, $1, $2, $3, $4) },
    bits { unsafe x87Compare($0, $1, $2, $3, $4) },
    bits { unsafe x87Compare($0, $1, $2, $3, $4) },
    bits { unsafe x87Compare($0, $1, $2, $3, $4) },
    bits { unsafe x87Compare($0, $1, $2, $3, $4) },
    bits { unsafe x87Arithmetic(.subtract, $0, $1, $2, $3, $4) },
    bits { unsafe x87Arithmetic(.subtract, $0, $1, $2, $3, $4) },
    bits { unsafe x87Arithmetic(.subtractReversed, $0, $1, $2, $3, $4) },
    bits { unsafe x87Arithmetic(.subtractReversed, $0, $1, $2, $3, $4) },
    bits { unsafe x87Arithmetic(.divide, $0, $1, $2, $3, $4) },
    bits { unsafe x87Arithmetic(.divide, $0, $1, $2, $3, $4) },
    bits { unsafe x87Arithmetic(.divideReversed, $0, $1, $2, $3, $4) },
    bits { unsafe x87Arithmetic(.divideReversed, $0, $1, $2, $3, $4) },
    bits { unsafe x87Arithmetic(.add, $0, $1, $2, $3, $4) },
    bits { unsafe x87Arithmetic(.multiply, $0, $1, $2, $3, $4) },
    bits { unsafe x87Arithmetic(.subtractReversed, $0, $1, $2, $3, $4) },
    bits { unsafe x87Arithmetic(.subtract, $0, $1, $2, $3, $4) },
    bits { unsafe x87Arithmetic(.divideReversed, $0, $1, $2, $3, $4) },
    bits { unsafe x87Arithmetic(.divide, $0, $1, $2, $3, $4) },
    bits { unsafe x87Compare($0, $1, $2, $3, $4) },
    bits { unsafe x87Load($0, $1, $2, $3, $4) },
    bits { unsafe x87Store($0, $1, $2, $3, $4) },
    bits { unsafe x87Store($0, $1, $2, $3, $4) },
    bits { unsafe x87LoadControlWord($0, $1, $2, $3, $4) },
    bits { unsafe x87StoreControlWord($0, $1, $2, $3, $4) },
    bits { unsafe x87Exchange($0, $1, $2, $3, $4) },
    bits { unsafe x87ChangeSign(clears: false, $0, $1, $2, $3, $4) },
    bits { unsafe x87ChangeSign(clears: true, $0, $1, $2, $3, $4) },
    bits { unsafe x87LoadConstant($0, $1, $2, $3, $4) },
    bits { unsafe x87LoadConstant($0, $1, $2, $3, $4) },
    bits { unsafe x87Compare($0, $1, $2, $3, $4) },
    bits { unsafe x87Load($0, $1, $2, $3, $4) },
    bits { unsafe x87StoreInteger(truncating: true, $0, $1, $2, $3, $4) },
    bits { unsafe x87StoreInteger(truncating: false, $0, $1, $2, $3, $4) },
    bits { unsafe x87StoreInteger(truncating: false, $0, $1, $2, $3, $4) },
    bits { unsafe x87CompareToFlags($0, $1, $2, $3, $4) },
    bits { unsafe x87CompareToFlags($0, $1, $2, $3, $4) },
    bits { unsafe x87Compare($0, $1, $2, $3, $4) },
    bits { unsafe x87Compare($0, $1, $2, $3, $4) },
    bits { unsafe x87CompareToFlags($0, $1, $2, $3, $4) },
    bits { unsafe x87CompareToFlags($0, $1, $2, $3, $4) },
  ]

  private static let vexShiftHandlers: [UInt] = unsafe [
    bits { unsafe vexShift(16, .right, immediate: false, $0, $1, $2, $3, $4) },
    bits { unsafe vexShift(32, .right, immediate: false, $0, $1, $2, $3, $4) },
    bits { unsafe vexShift(64, .right, immediate: false, $0, $1, $2, $3, $4) },
    bits { unsafe vexShift(16, .arithmetic, immediate: false, $0, $1, $2, $3, $4) },
    bits { unsafe vexShift(32, .arithmetic, immediate: false, $0, $1, $2, $3, $4) },
    bits { unsafe vexShift(16, .left, immediate: false, $0, $1, $2, $3, $4) },
    bits { unsafe vexShift(32, .left, immediate: false, $0, $1, $2, $3, $4) },
    bits { unsafe vexShift(64, .left, immediate: false, $0, $1, $2, $3, $4) },
  ]

  private static let vexShiftImmediateHandlers: [UInt] = unsafe [
    bits { unsafe vexShift(16, .right, immediate: true, $0, $1, $2, $3, $4) },
    bits { unsafe vexShift(32, .right, immediate: true, $0, $1, $2, $3, $4) },
    bits { unsafe vexShift(64, .right, immediate: true, $0, $1, $2, $3, $4) },
    bits { unsafe vexShift(16, .arithmetic, immediate: true, $0, $1, $2, $3, $4) },
    bits { unsafe vexShift(32, .arithmetic, immediate: true, $0, $1, $2, $3, $4) },
    bits { unsafe vexShift(16, .left, immediate: true, $0, $1, $2, $3, $4) },
    bits { unsafe vexShift(32, .left, immediate: true, $0, $1, $2, $3, $4) },
    bits { unsafe vexShift(64, .left, immediate: true, $0, $1, $2, $3, $4) },
  ]

  private static let vexFromInteger64Handlers: [UInt] = unsafe [
    bits { unsafe vexFromInteger(single: true, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexFromInteger(single: false, UInt64.self, $0, $1, $2, $3, $4) },
  ]

  private static let vexToInteger64Handlers: [UInt] = unsafe [
    bits { unsafe vexToInteger(single: true, truncating: true, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexToInteger(single: false, truncating: true, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexToInteger(single: true, truncating: false, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexToInteger(single: false, truncating: false, UInt64.self, $0, $1, $2, $3, $4) },
  ]

  private static let vexInteger64Handlers: [UInt] = unsafe [
    bits { unsafe vexInteger(.andNot, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexInteger(.extractBits, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexInteger(.resetLowest, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexInteger(.maskLowest, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexInteger(.isolateLowest, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexInteger(.zeroHighBits, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexInteger(.multiply, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexInteger(.rotate, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexInteger(.shiftArithmetic, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexInteger(.shiftLeft, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexInteger(.shiftRight, UInt64.self, $0, $1, $2, $3, $4) },
  ]

  private static let vexFromInteger32Handlers: [UInt] = unsafe [
    bits { unsafe vexFromInteger(single: true, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexFromInteger(single: false, UInt32.self, $0, $1, $2, $3, $4) },
  ]

  private static let vexToInteger32Handlers: [UInt] = unsafe [
    bits { unsafe vexToInteger(single: true, truncating: true, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexToInteger(single: false, truncating: true, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexToInteger(single: true, truncating: false, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexToInteger(single: false, truncating: false, UInt32.self, $0, $1, $2, $3, $4) },
  ]

  private static let vexInteger32Handlers: [UInt] = unsafe [
    bits { unsafe vexInteger(.andNot, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexInteger(.extractBits, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexInteger(.resetLowest, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexInteger(.maskLowest, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexInteger(.isolateLowest, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexInteger(.zeroHighBits, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexInteger(.multiply, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexInteger(.rotate, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexInteger(.shiftArithmetic, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexInteger(.shiftLeft, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe vexInteger(.shiftRight, UInt32.self, $0, $1, $2, $3, $4) },
  ]

  private static let vexBroadcastHandlers: [UInt] = unsafe [
    bits { unsafe vexBroadcast(4, $0, $1, $2, $3, $4) },
    bits { unsafe vexBroadcast(8, $0, $1, $2, $3, $4) },
    bits { unsafe vexBroadcast(4, $0, $1, $2, $3, $4) },
    bits { unsafe vexBroadcast(8, $0, $1, $2, $3, $4) },
    bits { unsafe vexBroadcast(16, $0, $1, $2, $3, $4) },
    bits { unsafe vexBroadcast(16, $0, $1, $2, $3, $4) },
  ]

  private static let vexByteMaskHandlers: [UInt] = unsafe [
    bits { unsafe vexByteMask($0, $1, $2, $3, $4) },
  ]

  private static let vexInsertLaneHandlers: [UInt] = unsafe [
    bits { unsafe vexInsertLane($0, $1, $2, $3, $4) },
  ]

  private static let vexExtractLaneHandlers: [UInt] = unsafe [
    bits { unsafe vexExtractLane($0, $1, $2, $3, $4) },
  ]

  private static let vexZeroUpperHandlers: [UInt] = unsafe [
    bits { unsafe vexZeroUpper($0, $1, $2, $3, $4) },
  ]

  private static let legacy_load32Handlers: [UInt] = unsafe [
    bits { unsafe load(UInt32.self, signed: false, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_load16Handlers: [UInt] = unsafe [
    bits { unsafe loadNarrow(UInt16.self, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_loadZero16Handlers: [UInt] = unsafe [
    bits { unsafe load(UInt16.self, signed: false, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_loadSign16Handlers: [UInt] = unsafe [
    bits { unsafe loadSigned(UInt16.self, .zero32, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_load8Handlers: [UInt] = unsafe [
    bits { unsafe loadNarrow(UInt8.self, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_loadZero8Handlers: [UInt] = unsafe [
    bits { unsafe load(UInt8.self, signed: false, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_loadSign8Handlers: [UInt] = unsafe [
    bits { unsafe loadSigned(UInt8.self, .zero32, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_loadZero8Into16Handlers: [UInt] = unsafe [
    bits { unsafe legacyLoadByteInto16(signed: false, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_loadSign8Into16Handlers: [UInt] = unsafe [
    bits { unsafe legacyLoadByteInto16(signed: true, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_address32Handlers: [UInt] = unsafe [
    bits { unsafe loadAddress(.zero32, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_address16Handlers: [UInt] = unsafe [
    bits { unsafe legacyAddress16($0, $1, $2, $3, $4) },
  ]

  private static let legacy_store32Handlers: [UInt] = unsafe [
    bits { unsafe store(UInt32.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_storeImmediate32Handlers: [UInt] = unsafe [
    bits { unsafe store(UInt32.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_source32Handlers: [UInt] = unsafe [
    bits { unsafe binarySource(.add, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.or, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.adc, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.sbb, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.and, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.sub, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.xor, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.cmp, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.test, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_destination32Handlers: [UInt] = unsafe [
    bits { unsafe binaryDestination(.add, UInt32.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.or, UInt32.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.adc, UInt32.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sbb, UInt32.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.and, UInt32.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sub, UInt32.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.xor, UInt32.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.cmp, UInt32.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.test, UInt32.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_destinationImmediate32Handlers: [UInt] = unsafe [
    bits { unsafe binaryDestination(.add, UInt32.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.or, UInt32.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.adc, UInt32.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sbb, UInt32.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.and, UInt32.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sub, UInt32.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.xor, UInt32.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.cmp, UInt32.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.test, UInt32.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_unary32Handlers: [UInt] = unsafe [
    bits { unsafe unaryMemory(.not, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.neg, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.inc, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.dec, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_shift32Handlers: [UInt] = unsafe [
    bits { unsafe shiftMemory(.rol, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.ror, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.rcl, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.rcr, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.shl, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.shr, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.sar, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_store16Handlers: [UInt] = unsafe [
    bits { unsafe store(UInt16.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_storeImmediate16Handlers: [UInt] = unsafe [
    bits { unsafe store(UInt16.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_source16Handlers: [UInt] = unsafe [
    bits { unsafe binarySource(.add, UInt16.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.or, UInt16.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.adc, UInt16.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.sbb, UInt16.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.and, UInt16.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.sub, UInt16.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.xor, UInt16.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.cmp, UInt16.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.test, UInt16.self, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_destination16Handlers: [UInt] = unsafe [
    bits { unsafe binaryDestination(.add, UInt16.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.or, UInt16.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.adc, UInt16.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sbb, UInt16.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.and, UInt16.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sub, UInt16.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.xor, UInt16.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.cmp, UInt16.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.test, UInt16.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_destinationImmediate16Handlers: [UInt] = unsafe [
    bits { unsafe binaryDestination(.add, UInt16.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.or, UInt16.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.adc, UInt16.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sbb, UInt16.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.and, UInt16.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sub, UInt16.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.xor, UInt16.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.cmp, UInt16.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.test, UInt16.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_unary16Handlers: [UInt] = unsafe [
    bits { unsafe unaryMemory(.not, UInt16.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.neg, UInt16.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.inc, UInt16.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.dec, UInt16.self, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_shift16Handlers: [UInt] = unsafe [
    bits { unsafe shiftMemory(.rol, UInt16.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.ror, UInt16.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.rcl, UInt16.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.rcr, UInt16.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.shl, UInt16.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.shr, UInt16.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.sar, UInt16.self, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_store8Handlers: [UInt] = unsafe [
    bits { unsafe store(UInt8.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_storeImmediate8Handlers: [UInt] = unsafe [
    bits { unsafe store(UInt8.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_source8Handlers: [UInt] = unsafe [
    bits { unsafe binarySource(.add, UInt8.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.or, UInt8.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.adc, UInt8.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.sbb, UInt8.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.and, UInt8.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.sub, UInt8.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.xor, UInt8.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.cmp, UInt8.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binarySource(.test, UInt8.self, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_destination8Handlers: [UInt] = unsafe [
    bits { unsafe binaryDestination(.add, UInt8.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.or, UInt8.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.adc, UInt8.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sbb, UInt8.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.and, UInt8.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sub, UInt8.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.xor, UInt8.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.cmp, UInt8.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.test, UInt8.self, immediate: false, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_destinationImmediate8Handlers: [UInt] = unsafe [
    bits { unsafe binaryDestination(.add, UInt8.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.or, UInt8.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.adc, UInt8.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sbb, UInt8.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.and, UInt8.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.sub, UInt8.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.xor, UInt8.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.cmp, UInt8.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe binaryDestination(.test, UInt8.self, immediate: true, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_unary8Handlers: [UInt] = unsafe [
    bits { unsafe unaryMemory(.not, UInt8.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.neg, UInt8.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.inc, UInt8.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.dec, UInt8.self, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_shift8Handlers: [UInt] = unsafe [
    bits { unsafe shiftMemory(.rol, UInt8.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.ror, UInt8.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.rcl, UInt8.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.rcr, UInt8.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.shl, UInt8.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.shr, UInt8.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe shiftMemory(.sar, UInt8.self, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_setIfHandlers: [UInt] = unsafe [
    bits { unsafe setIfMemory(0, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(1, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(2, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(3, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(4, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(5, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(6, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(7, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(8, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(9, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(10, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(11, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(12, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(13, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(14, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe setIfMemory(15, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_moveIf32Handlers: [UInt] = unsafe [
    bits { unsafe moveIfMemory(0, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(1, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(2, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(3, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(4, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(5, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(6, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(7, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(8, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(9, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(10, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(11, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(12, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(13, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(14, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(15, UInt32.self, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_exchange32Handlers: [UInt] = unsafe [
    bits { unsafe exchangeMemory(UInt32.self, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_exchangeAdd32Handlers: [UInt] = unsafe [
    bits { unsafe exchangeAddMemory(UInt32.self, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_compareExchange32Handlers: [UInt] = unsafe [
    bits { unsafe compareExchangeMemory(UInt32.self, .legacy, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_push32Handlers: [UInt] = unsafe [
    bits { unsafe legacyPush(UInt32.self, immediate: false, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_push16Handlers: [UInt] = unsafe [
    bits { unsafe legacyPush(UInt16.self, immediate: false, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_pushImmediate32Handlers: [UInt] = unsafe [
    bits { unsafe legacyPush(UInt32.self, immediate: true, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_pushImmediate16Handlers: [UInt] = unsafe [
    bits { unsafe legacyPush(UInt16.self, immediate: true, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_pushMemory32Handlers: [UInt] = unsafe [
    bits { unsafe legacyPushMemory(UInt32.self, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_pushMemory16Handlers: [UInt] = unsafe [
    bits { unsafe legacyPushMemory(UInt16.self, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_pop32Handlers: [UInt] = unsafe [
    bits { unsafe legacyPop(UInt32.self, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_pop16Handlers: [UInt] = unsafe [
    bits { unsafe legacyPop(UInt16.self, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_leave32Handlers: [UInt] = unsafe [
    bits { unsafe legacyLeave(UInt32.self, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_leave16Handlers: [UInt] = unsafe [
    bits { unsafe legacyLeave(UInt16.self, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_callFar32Handlers: [UInt] = unsafe [
    bits { unsafe legacyCallFar(UInt32.self, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_callFar16Handlers: [UInt] = unsafe [
    bits { unsafe legacyCallFar(UInt16.self, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_callRegister32Handlers: [UInt] = unsafe [
    bits { unsafe legacyCallRegister(UInt32.self, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_callRegister16Handlers: [UInt] = unsafe [
    bits { unsafe legacyCallRegister(UInt16.self, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_callMemory32Handlers: [UInt] = unsafe [
    bits { unsafe legacyCallMemory(UInt32.self, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_callMemory16Handlers: [UInt] = unsafe [
    bits { unsafe legacyCallMemory(UInt16.self, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_jumpRegister32Handlers: [UInt] = unsafe [
    bits { unsafe legacyJumpRegister(UInt32.self, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_jumpRegister16Handlers: [UInt] = unsafe [
    bits { unsafe legacyJumpRegister(UInt16.self, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_jumpMemory32Handlers: [UInt] = unsafe [
    bits { unsafe legacyJumpMemory(UInt32.self, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_jumpMemory16Handlers: [UInt] = unsafe [
    bits { unsafe legacyJumpMemory(UInt16.self, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_ret32Handlers: [UInt] = unsafe [
    bits { unsafe legacyRet(UInt32.self, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_ret16Handlers: [UInt] = unsafe [
    bits { unsafe legacyRet(UInt16.self, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_jumpIfFarHandlers: [UInt] = unsafe [
    bits { unsafe legacyJumpIfFar(0, $0, $1, $2, $3, $4) },
    bits { unsafe legacyJumpIfFar(1, $0, $1, $2, $3, $4) },
    bits { unsafe legacyJumpIfFar(2, $0, $1, $2, $3, $4) },
    bits { unsafe legacyJumpIfFar(3, $0, $1, $2, $3, $4) },
    bits { unsafe legacyJumpIfFar(4, $0, $1, $2, $3, $4) },
    bits { unsafe legacyJumpIfFar(5, $0, $1, $2, $3, $4) },
    bits { unsafe legacyJumpIfFar(6, $0, $1, $2, $3, $4) },
    bits { unsafe legacyJumpIfFar(7, $0, $1, $2, $3, $4) },
    bits { unsafe legacyJumpIfFar(8, $0, $1, $2, $3, $4) },
    bits { unsafe legacyJumpIfFar(9, $0, $1, $2, $3, $4) },
    bits { unsafe legacyJumpIfFar(10, $0, $1, $2, $3, $4) },
    bits { unsafe legacyJumpIfFar(11, $0, $1, $2, $3, $4) },
    bits { unsafe legacyJumpIfFar(12, $0, $1, $2, $3, $4) },
    bits { unsafe legacyJumpIfFar(13, $0, $1, $2, $3, $4) },
    bits { unsafe legacyJumpIfFar(14, $0, $1, $2, $3, $4) },
    bits { unsafe legacyJumpIfFar(15, $0, $1, $2, $3, $4) },
  ]

  private static let legacy_jumpFarHandlers: [UInt] = unsafe [
    bits { unsafe legacyJumpFar($0, $1, $2, $3, $4) },
  ]

  /// The handler of an instruction of 16- or 32-bit code.
  static func legacy(_ form: LegacyForm, function: Int, condition: Int) -> UInt {
    switch form {
    case .load32: legacy_load32Handlers[0]
    case .load16: legacy_load16Handlers[0]
    case .loadZero16: legacy_loadZero16Handlers[0]
    case .loadSign16: legacy_loadSign16Handlers[0]
    case .load8: legacy_load8Handlers[0]
    case .loadZero8: legacy_loadZero8Handlers[0]
    case .loadSign8: legacy_loadSign8Handlers[0]
    case .loadZero8Into16: legacy_loadZero8Into16Handlers[0]
    case .loadSign8Into16: legacy_loadSign8Into16Handlers[0]
    case .address32: legacy_address32Handlers[0]
    case .address16: legacy_address16Handlers[0]
    case .store32: legacy_store32Handlers[0]
    case .storeImmediate32: legacy_storeImmediate32Handlers[0]
    case .source32: legacy_source32Handlers[function]
    case .destination32: legacy_destination32Handlers[function]
    case .destinationImmediate32: legacy_destinationImmediate32Handlers[function]
    case .unary32: legacy_unary32Handlers[function]
    case .shift32: legacy_shift32Handlers[function]
    case .store16: legacy_store16Handlers[0]
    case .storeImmediate16: legacy_storeImmediate16Handlers[0]
    case .source16: legacy_source16Handlers[function]
    case .destination16: legacy_destination16Handlers[function]
    case .destinationImmediate16: legacy_destinationImmediate16Handlers[function]
    case .unary16: legacy_unary16Handlers[function]
    case .shift16: legacy_shift16Handlers[function]
    case .store8: legacy_store8Handlers[0]
    case .storeImmediate8: legacy_storeImmediate8Handlers[0]
    case .source8: legacy_source8Handlers[function]
    case .destination8: legacy_destination8Handlers[function]
    case .destinationImmediate8: legacy_destinationImmediate8Handlers[function]
    case .unary8: legacy_unary8Handlers[function]
    case .shift8: legacy_shift8Handlers[function]
    case .setIf: legacy_setIfHandlers[condition]
    case .moveIf32: legacy_moveIf32Handlers[condition]
    case .exchange32: legacy_exchange32Handlers[0]
    case .exchangeAdd32: legacy_exchangeAdd32Handlers[0]
    case .compareExchange32: legacy_compareExchange32Handlers[0]
    case .push32: legacy_push32Handlers[0]
    case .push16: legacy_push16Handlers[0]
    case .pushImmediate32: legacy_pushImmediate32Handlers[0]
    case .pushImmediate16: legacy_pushImmediate16Handlers[0]
    case .pushMemory32: legacy_pushMemory32Handlers[0]
    case .pushMemory16: legacy_pushMemory16Handlers[0]
    case .pop32: legacy_pop32Handlers[0]
    case .pop16: legacy_pop16Handlers[0]
    case .leave32: legacy_leave32Handlers[0]
    case .leave16: legacy_leave16Handlers[0]
    case .callFar32: legacy_callFar32Handlers[0]
    case .callFar16: legacy_callFar16Handlers[0]
    case .callRegister32: legacy_callRegister32Handlers[0]
    case .callRegister16: legacy_callRegister16Handlers[0]
    case .callMemory32: legacy_callMemory32Handlers[0]
    case .callMemory16: legacy_callMemory16Handlers[0]
    case .jumpRegister32: legacy_jumpRegister32Handlers[0]
    case .jumpRegister16: legacy_jumpRegister16Handlers[0]
    case .jumpMemory32: legacy_jumpMemory32Handlers[0]
    case .jumpMemory16: legacy_jumpMemory16Handlers[0]
    case .ret32: legacy_ret32Handlers[0]
    case .ret16: legacy_ret16Handlers[0]
    case .jumpIfFar: legacy_jumpIfFarHandlers[condition]
    case .jumpFar: legacy_jumpFarHandlers[0]
    }
  }

  private static let legacyCall32 = unsafe bits { unsafe legacyCall(UInt32.self, $0, $1, $2, $3, $4) }

  private static let legacyCall16 = unsafe bits { unsafe legacyCall(UInt16.self, $0, $1, $2, $3, $4) }
  /// The end of a block where another page begins.
  static let legacyPageEnd = unsafe bits { unsafe legacyEnterNextPage($0, $1, $2, $3, $4) }

  /// The handler of an instruction without a fast form.
  static func other(
    _ form: ThreadedForm, function: Int, condition: Int, isIndexed: Bool, isQuiet: Bool
  ) -> UInt {
    switch form {
    case .loadSignByte64: loadSignByte64Handlers[isIndexed ? 1 : 0]
    case .signByte64: signByte64Handlers[0]
    case .loadSignByte32: loadSignByte32Handlers[isIndexed ? 1 : 0]
    case .signByte32: signByte32Handlers[0]
    case .loadSignWord64: loadSignWord64Handlers[isIndexed ? 1 : 0]
    case .signWord64: signWord64Handlers[0]
    case .loadSignWord32: loadSignWord32Handlers[isIndexed ? 1 : 0]
    case .signWord32: signWord32Handlers[0]
    case .store16: store16Handlers[isIndexed ? 1 : 0]
    case .pushImmediate: pushImmediateHandlers[0]
    case .pushMemory: pushMemoryHandlers[0]
    case .jumpMemory: jumpMemoryHandlers[0]
    case .repeatMoves: repeatMovesHandlers[0]
    case .repeatStores: repeatStoresHandlers[0]
    case .leave: leaveHandlers[0]
    case .setIfMemory: setIfMemoryHandlers[condition]
    case .load8: load8Handlers[0]
    case .moveRegister8: moveRegister8Handlers[0]
    case .moveImmediate8: moveImmediate8Handlers[0]
    case .unary8: unary8Handlers[function]
    case .unaryMemory8: unaryMemory8Handlers[function]
    case .load16: load16Handlers[0]
    case .moveRegister16: moveRegister16Handlers[0]
    case .moveImmediate16: moveImmediate16Handlers[0]
    case .unary16: unary16Handlers[function]
    case .unaryMemory16: unaryMemory16Handlers[function]
    case .storeImmediate16: storeImmediate16Handlers[0]
    case .register16: register16Handlers[function]
    case .immediate16: immediate16Handlers[function]
    case .source16: source16Handlers[function]
    case .destination16: destination16Handlers[function]
    case .destinationImmediate16: destinationImmediate16Handlers[function]
    case .bitScan64: bitScan64Handlers[function * 2 + (isQuiet ? 1 : 0)]
    case .zeroCount64: zeroCount64Handlers[function * 2 + (isQuiet ? 1 : 0)]
    case .populationCount64: populationCount64Handlers[0]
    case .byteSwap64: byteSwap64Handlers[0]
    case .bitRegister64: bitRegister64Handlers[function]
    case .bitImmediate64: bitImmediate64Handlers[function]
    case .doubleShift64: doubleShift64Handlers[function]
    case .doubleShiftImmediate64: doubleShiftImmediate64Handlers[function]
    case .widenProduct64: widenProduct64Handlers[function * 2 + (isQuiet ? 1 : 0)]
    case .divide64: divide64Handlers[function]
    case .extendAccumulator64: extendAccumulator64Handlers[0]
    case .extendIntoDX64: extendIntoDX64Handlers[0]
    case .exchange64: exchange64Handlers[0]
    case .exchangeMemory64: exchangeMemory64Handlers[0]
    case .exchangeAdd64: exchangeAdd64Handlers[0]
    case .compareExchange64: compareExchange64Handlers[0]
    case .bitScan32: bitScan32Handlers[function * 2 + (isQuiet ? 1 : 0)]
    case .zeroCount32: zeroCount32Handlers[function * 2 + (isQuiet ? 1 : 0)]
    case .populationCount32: populationCount32Handlers[0]
    case .byteSwap32: byteSwap32Handlers[0]
    case .bitRegister32: bitRegister32Handlers[function]
    case .bitImmediate32: bitImmediate32Handlers[function]
    case .doubleShift32: doubleShift32Handlers[function]
    case .doubleShiftImmediate32: doubleShiftImmediate32Handlers[function]
    case .widenProduct32: widenProduct32Handlers[function * 2 + (isQuiet ? 1 : 0)]
    case .divide32: divide32Handlers[function]
    case .extendAccumulator32: extendAccumulator32Handlers[0]
    case .extendIntoDX32: extendIntoDX32Handlers[0]
    case .exchange32: exchange32Handlers[0]
    case .exchangeMemory32: exchangeMemory32Handlers[0]
    case .exchangeAdd32: exchangeAdd32Handlers[0]
    case .compareExchange32: compareExchange32Handlers[0]
    case .source8: source8Handlers[function]
    case .destination8: destination8Handlers[function]
    case .shiftCount64: shiftCount64Handlers[function * 2 + (isQuiet ? 1 : 0)]
    case .shiftCount32: shiftCount32Handlers[function * 2 + (isQuiet ? 1 : 0)]
    case .shiftCount16: shiftCount16Handlers[function * 2 + (isQuiet ? 1 : 0)]
    case .shift16: shift16Handlers[function * 2 + (isQuiet ? 1 : 0)]
    case .shiftCount8: shiftCount8Handlers[function * 2 + (isQuiet ? 1 : 0)]
    case .shift8: shift8Handlers[function * 2 + (isQuiet ? 1 : 0)]
    case .multiplyImmediate64: multiplyImmediate64Handlers[isQuiet ? 1 : 0]
    case .shiftMemory64: shiftMemory64Handlers[function]
    case .unaryMemory64: unaryMemory64Handlers[function]
    case .moveIfMemory64: moveIfMemory64Handlers[condition]
    case .segmentLoad64: segmentLoad64Handlers[0]
    case .segmentStore64: segmentStore64Handlers[0]
    case .segmentSource64: segmentSource64Handlers[function]
    case .segmentUnary64: segmentUnary64Handlers[function]
    case .multiplyImmediate32: multiplyImmediate32Handlers[isQuiet ? 1 : 0]
    case .shiftMemory32: shiftMemory32Handlers[function]
    case .unaryMemory32: unaryMemory32Handlers[function]
    case .moveIfMemory32: moveIfMemory32Handlers[condition]
    case .segmentLoad32: segmentLoad32Handlers[0]
    case .segmentStore32: segmentStore32Handlers[0]
    case .segmentSource32: segmentSource32Handlers[function]
    case .segmentUnary32: segmentUnary32Handlers[function]
    case .segmentDestination64: segmentDestination64Handlers[function]
    case .segmentDestination32: segmentDestination32Handlers[function]
    case .segmentDestinationImmediate64: segmentDestinationImmediate64Handlers[function]
    case .segmentDestinationImmediate32: segmentDestinationImmediate32Handlers[function]
    case .segmentDestinationImmediate8: segmentDestinationImmediate8Handlers[function]
    case .moveVectorWhole: moveVectorWholeHandlers[0]
    case .moveVectorLow64: moveVectorLow64Handlers[0]
    case .moveVectorLow32: moveVectorLow32Handlers[0]
    case .moveVectorLowAlone: moveVectorLowAloneHandlers[0]
    case .moveVectorHighToLow: moveVectorHighToLowHandlers[0]
    case .moveVectorLowToHigh: moveVectorLowToHighHandlers[0]
    case .moveVectorFromGeneral64: moveVectorFromGeneral64Handlers[0]
    case .moveVectorFromGeneral32: moveVectorFromGeneral32Handlers[0]
    case .moveVectorToGeneral64: moveVectorToGeneral64Handlers[0]
    case .moveVectorToGeneral32: moveVectorToGeneral32Handlers[0]
    case .loadVectorAligned: loadVectorAlignedHandlers[0]
    case .storeVectorAligned: storeVectorAlignedHandlers[0]
    case .loadVectorUnaligned: loadVectorUnalignedHandlers[0]
    case .storeVectorUnaligned: storeVectorUnalignedHandlers[0]
    case .loadVectorLow64: loadVectorLow64Handlers[0]
    case .storeVectorLow64: storeVectorLow64Handlers[0]
    case .loadVectorLow32: loadVectorLow32Handlers[0]
    case .storeVectorLow32: storeVectorLow32Handlers[0]
    case .loadVectorLowHalf: loadVectorLowHalfHandlers[0]
    case .storeVectorLowHalf: storeVectorLowHalfHandlers[0]
    case .loadVectorHighHalf: loadVectorHighHalfHandlers[0]
    case .storeVectorHighHalf: storeVectorHighHalfHandlers[0]
    case .vector: vectorHandlers[function]
    case .vectorShift: vectorShiftHandlers[function]
    case .fromInteger64: fromInteger64Handlers[function]
    case .toInteger64: toInteger64Handlers[function]
    case .fromInteger32: fromInteger32Handlers[function]
    case .toInteger32: toInteger32Handlers[function]
    case .byteMask: byteMaskHandlers[0]
    case .moveVEXWhole: moveVEXWholeHandlers[0]
    case .moveVEXLow64: moveVEXLow64Handlers[0]
    case .moveVEXLow32: moveVEXLow32Handlers[0]
    case .moveVEXLowAlone: moveVEXLowAloneHandlers[0]
    case .moveVEXHighToLow: moveVEXHighToLowHandlers[0]
    case .moveVEXLowToHigh: moveVEXLowToHighHandlers[0]
    case .moveVEXFromGeneral64: moveVEXFromGeneral64Handlers[0]
    case .moveVEXFromGeneral32: moveVEXFromGeneral32Handlers[0]
    case .moveVEXToGeneral64: moveVEXToGeneral64Handlers[0]
    case .moveVEXToGeneral32: moveVEXToGeneral32Handlers[0]
    case .loadVEXAligned: loadVEXAlignedHandlers[0]
    case .storeVEXAligned: storeVEXAlignedHandlers[0]
    case .loadVEXUnaligned: loadVEXUnalignedHandlers[0]
    case .storeVEXUnaligned: storeVEXUnalignedHandlers[0]
    case .loadVEXLow64: loadVEXLow64Handlers[0]
    case .storeVEXLow64: storeVEXLow64Handlers[0]
    case .loadVEXLow32: loadVEXLow32Handlers[0]
    case .storeVEXLow32: storeVEXLow32Handlers[0]
    case .loadVEXLowHalf: loadVEXLowHalfHandlers[0]
    case .storeVEXLowHalf: storeVEXLowHalfHandlers[0]
    case .loadVEXHighHalf: loadVEXHighHalfHandlers[0]
    case .storeVEXHighHalf: storeVEXHighHalfHandlers[0]
    case .vex: vexHandlers[function]
    case .x87: x87Handlers[function]
    case .vexShift: vexShiftHandlers[function]
    case .vexShiftImmediate: vexShiftImmediateHandlers[function]
    case .vexFromInteger64: vexFromInteger64Handlers[function]
    case .vexToInteger64: vexToInteger64Handlers[function]
    case .vexInteger64: vexInteger64Handlers[function]
    case .vexFromInteger32: vexFromInteger32Handlers[function]
    case .vexToInteger32: vexToInteger32Handlers[function]
    case .vexInteger32: vexInteger32Handlers[function]
    case .vexBroadcast: vexBroadcastHandlers[function]
    case .vexByteMask: vexByteMaskHandlers[0]
    case .vexInsertLane: vexInsertLaneHandlers[0]
    case .vexExtractLane: vexExtractLaneHandlers[0]
    case .vexZeroUpper: vexZeroUpperHandlers[0]
    }
  }

  /// The handler of an instruction.
  static func handler(
    _ form: FastForm, function: Int, condition: Int, isIndexed: Bool, isFar: Bool, isQuiet: Bool
  ) -> UInt {
    switch form {
    case .none: general
    case .register64: (isQuiet ? register64QuietHandlers : register64Handlers)[function]
    case .register32: (isQuiet ? register32QuietHandlers : register32Handlers)[function]
    case .register8: (isQuiet ? register8QuietHandlers : register8Handlers)[function]
    case .immediate64: (isQuiet ? immediate64QuietHandlers : immediate64Handlers)[function]
    case .immediate32: (isQuiet ? immediate32QuietHandlers : immediate32Handlers)[function]
    case .immediate8: (isQuiet ? immediate8QuietHandlers : immediate8Handlers)[function]
    case .source64: (isIndexed ? source64indexedHandlers : source64basedHandlers)[function]
    case .source32: (isIndexed ? source32indexedHandlers : source32basedHandlers)[function]
    case .destination64: (isIndexed ? destination64indexedHandlers : destination64basedHandlers)[function]
    case .destination32: (isIndexed ? destination32indexedHandlers : destination32basedHandlers)[function]
    case .destinationImmediate64: (isIndexed ? destinationImmediate64indexedHandlers : destinationImmediate64basedHandlers)[function]
    case .destinationImmediate32: (isIndexed ? destinationImmediate32indexedHandlers : destinationImmediate32basedHandlers)[function]
    case .destinationImmediate8: (isIndexed ? destinationImmediate8indexedHandlers : destinationImmediate8basedHandlers)[function]
    case .shift64: (isQuiet ? shift64QuietHandlers : shift64Handlers)[function]
    case .shift32: (isQuiet ? shift32QuietHandlers : shift32Handlers)[function]
    case .unary64: (isQuiet ? unary64QuietHandlers : unary64Handlers)[function]
    case .unary32: (isQuiet ? unary32QuietHandlers : unary32Handlers)[function]
    case .setIf: setIfHandlers[condition]
    case .moveIf64: moveIf64Handlers[condition]
    case .moveIf32: moveIf32Handlers[condition]
    case .jumpIf: (isFar ? jumpIfFarHandlers : jumpIfHandlers)[condition]
    case .nothing: singleHandlers[0]
    case .moveRegister64: singleHandlers[1]
    case .moveRegister32: singleHandlers[2]
    case .moveImmediate64: singleHandlers[3]
    case .moveImmediate32: singleHandlers[4]
    case .load64: singleHandlers[isIndexed ? 6 : 5]
    case .load32: singleHandlers[isIndexed ? 8 : 7]
    case .store64: singleHandlers[isIndexed ? 10 : 9]
    case .store32: singleHandlers[isIndexed ? 12 : 11]
    case .store8: singleHandlers[isIndexed ? 14 : 13]
    case .storeImmediate64: singleHandlers[isIndexed ? 16 : 15]
    case .storeImmediate32: singleHandlers[isIndexed ? 18 : 17]
    case .storeImmediate8: singleHandlers[isIndexed ? 20 : 19]
    case .loadByteZero: singleHandlers[isIndexed ? 22 : 21]
    case .loadWordZero: singleHandlers[isIndexed ? 24 : 23]
    case .loadSignDoubleword: singleHandlers[isIndexed ? 26 : 25]
    case .byteZero: singleHandlers[27]
    case .wordZero: singleHandlers[28]
    case .signDoubleword: singleHandlers[29]
    case .address64: singleHandlers[isIndexed ? 31 : 30]
    case .address32: singleHandlers[isIndexed ? 33 : 32]
    case .multiply64: singleHandlers[isQuiet ? 35 : 34]
    case .multiply32: singleHandlers[isQuiet ? 37 : 36]
    case .wideMultiply64: singleHandlers[38]
    case .push64: singleHandlers[39]
    case .pop64: singleHandlers[40]
    case .jump: singleHandlers[isFar ? 42 : 41]
    case .jumpRegister: singleHandlers[43]
    case .call: singleHandlers[isFar ? 45 : 44]
    case .callRegister: singleHandlers[46]
    case .callMemory: singleHandlers[isIndexed ? 48 : 47]
    case .ret: singleHandlers[49]
    }
  }

  /// The handler of a near branch that is linked.
  static func linked(_ branch: Instruction, isLegacy: Bool) -> UInt {
    if branch.operation == .jcc { return linkedJumpIfHandlers[Int(branch.opcode & 15)] }
    guard branch.operation == .call else { return jump }
    return isLegacy ? (branch.operandSize == 4 ? legacyCall32 : legacyCall16) : call
  }

  /// The handler of a comparison and the near branch behind it; nil if they stay apart.
  static func fused(_ form: FastForm, _ function: BinaryFunction, condition: Int) -> UInt? {
    guard ![0, 1, 10, 11].contains(condition) else { return nil }
    switch (form, function) {
    case (.register64, .cmp): return cmpRegister64Handlers[condition]
    case (.immediate64, .cmp): return cmpImmediate64Handlers[condition]
    case (.register32, .cmp): return cmpRegister32Handlers[condition]
    case (.immediate32, .cmp): return cmpImmediate32Handlers[condition]
    case (.register8, .cmp): return cmpRegister8Handlers[condition]
    case (.immediate8, .cmp): return cmpImmediate8Handlers[condition]
    case (.register64, .test): return testRegister64Handlers[condition]
    case (.immediate64, .test): return testImmediate64Handlers[condition]
    case (.register32, .test): return testRegister32Handlers[condition]
    case (.immediate32, .test): return testImmediate32Handlers[condition]
    case (.register8, .test): return testRegister8Handlers[condition]
    case (.immediate8, .test): return testImmediate8Handlers[condition]
    default: return nil
    }
  }

  /// The handler of DEC and the near JZ or JNZ behind it.
  static func countedLoop(isWide: Bool, condition: Int) -> UInt {
    (isWide ? decrement64Handlers : decrement32Handlers)[condition - 4]
  }
}

extension Operation {
  /// Its place among the functions of XMM registers and memory.
  var vectorFunction: Int? {
    switch self {
    case .add, .or, .adc, .sbb, .and, .sub, .xor, .cmp, .test, .not, .neg, .mul, .imul1, .div, .idiv, .imul, .inc, .dec, .rol, .ror, .rcl, .rcr, .shl, .shr, .sar, .shld, .shrd, .bt, .bts, .btr, .btc, .bsf, .bsr, .bswap, .popcnt, .lzcnt, .tzcnt, .crc32, .movbe, .adcx, .adox, .rdrand, .rdseed, .andn, .bextr, .blsr, .blsmsk, .blsi, .bzhi, .mulx, .pdep, .pext, .rorx, .sarx, .shlx, .shrx, .daa, .das, .aaa, .aas, .aam, .aad, .cbw, .cwd, .salc, .mov, .movFromSegment, .movToSegment, .movFromControl, .movToControl, .movFromDebug, .movToDebug, .movzx, .movsx, .movsxd, .arpl, .lea, .xchg, .pause, .cmpxchg, .cmpxchg8b, .cmpxchg16b, .xadd, .push, .pop, .pushSegment, .popSegment, .pusha, .popa, .pushf, .popf, .sahf, .lahf, .xlat, .les, .lds, .lss, .lfs, .lgs, .cmovcc, .setcc, .movs, .cmps, .stos, .lods, .scas, .ins, .outs, .`in`, .out, .jcc, .loopne, .loope, .loop, .jrcxz, .jmp, .call, .ret, .callFar, .jmpFar, .retFar, .iret, .int3, .int, .into, .int1, .enter, .leave, .bound, .cmc, .clc, .stc, .cli, .sti, .cld, .std, .nop, .ud2, .ud1, .ud0, .sldt, .str, .lldt, .ltr, .verr, .verw, .sgdt, .sidt, .lgdt, .lidt, .smsw, .lmsw, .invlpg, .monitor, .mwait, .clac, .stac, .xgetbv, .xsetbv, .rdpkru, .wrpkru, .vmmcall, .vmcall, .swapgs, .rdtscp, .rdpid, .lar, .lsl, .syscall, .clts, .sysret, .invd, .wbinvd, .wrmsr, .rdtsc, .rdmsr, .rdpmc, .sysenter, .sysexit, .cpuid, .rsm, .hlt, .invpcid, .rdfsbase, .rdgsbase, .wrfsbase, .wrgsbase, .fadd, .fiadd, .fmul, .fimul, .fcom, .ficom, .fcomp, .ficomp, .fsub, .fisub, .fsubr, .fisubr, .fdiv, .fidiv, .fdivr, .fidivr, .faddp, .fmulp, .fsubrp, .fsubp, .fdivrp, .fdivp, .fcompp, .fld, .fst, .fstp, .fldenv, .fldcw, .fnstenv, .fnstcw, .fxch, .fnop, .fchs, .fabs, .ftst, .fxam, .fld1, .fldl2t, .fldl2e, .fldpi, .fldlg2, .fldln2, .fldz, .f2xm1, .fyl2x, .fptan, .fpatan, .fxtract, .fprem1, .fdecstp, .fincstp, .fprem, .fyl2xp1, .fsqrt, .fsincos, .frndint, .fscale, .fsin, .fcos, .fcmovb, .fcmovnb, .fcmove, .fcmovne, .fcmovbe, .fcmovnbe, .fcmovu, .fcmovnu, .fucompp, .fild, .fisttp, .fist, .fistp, .fnclex, .fninit, .fucomi, .fcomi, .frstor, .fnsave, .fnstsw, .ffree, .fucom, .fucomp, .fbld, .fbstp, .ffreep, .fucomip, .fcomip, .fwait, .movups, .movaps, .movlps, .movhps, .movntps, .movmskps, .movupd, .movapd, .movlpd, .movhpd, .movntpd, .movmskpd, .movhlps, .movlhps, .movss, .movsdXmm, .rsqrtps, .rsqrtss, .rcpps, .rcpss, .cvtpi2ps, .cvtpi2pd, .cvtsi2ss, .cvtsi2sd, .cvttps2pi, .cvttpd2pi, .cvttss2si, .cvttsd2si, .cvtps2pi, .cvtpd2pi, .cvtss2si, .cvtsd2si, .cvtps2pd, .cvtpd2ps, .cvtdq2ps, .cvtps2dq, .cvttps2dq, .cvttpd2dq, .cvtpd2dq, .cvtdq2pd, .movd, .movq, .movdqa, .movdqu, .movq2dq, .movdq2q, .movntq, .movntdq, .movnti, .maskmovq, .maskmovdqu, .pshufw, .pinsrw, .pextrw, .pmovmskb, .psrlw, .psrld, .psrlq, .psraw, .psrad, .psllw, .pslld, .psllq, .psrldq, .pslldq, .addsubpd, .addsubps, .haddpd, .haddps, .hsubpd, .hsubps, .lddqu, .movddup, .movsldup, .movshdup, .phaddw, .phaddd, .phaddsw, .phsubw, .phsubd, .phsubsw, .pblendvb, .blendvps, .blendvpd, .ptest, .pmovsxbw, .pmovsxbd, .pmovsxbq, .pmovsxwd, .pmovsxwq, .pmovsxdq, .pmovzxbw, .pmovzxbd, .pmovzxbq, .pmovzxwd, .pmovzxwq, .pmovzxdq, .movntdqa, .packusdw, .phminposuw, .roundps, .roundpd, .roundss, .roundsd, .blendps, .blendpd, .pblendw, .pextrb, .pextrd, .extractps, .pinsrb, .pinsrd, .insertps, .dpps, .dppd, .mpsadbw, .pcmpestrm, .pcmpestri, .pcmpistrm, .pcmpistri, .aesenc, .aesenclast, .aesdec, .aesdeclast, .aesimc, .aeskeygenassist, .pclmulqdq, .gf2p8mulb, .gf2p8affineqb, .gf2p8affineinvqb, .sha1nexte, .sha1msg1, .sha1msg2, .sha256msg1, .sha256msg2, .sha256rnds2, .sha1rnds4, .vtestps, .vtestpd, .vbroadcastss, .vbroadcastsd, .vpbroadcastb, .vpbroadcastw, .vpbroadcastd, .vpbroadcastq, .vbroadcastf128, .vbroadcasti128, .vinsertf128, .vinserti128, .vextractf128, .vextracti128, .vperm2f128, .vperm2i128, .vpermilps, .vpermilpd, .vpermd, .vpermps, .vpermq, .vpermpd, .vpblendd, .vpsllvd, .vpsllvq, .vpsrlvd, .vpsrlvq, .vpsravd, .vmaskmovps, .vmaskmovpd, .vpmaskmovd, .vpmaskmovq, .vpgatherdd, .vpgatherdq, .vpgatherqd, .vpgatherqq, .vgatherdps, .vgatherdpd, .vgatherqps, .vgatherqpd, .vzeroupper, .vzeroall, .vcvtph2ps, .vcvtps2ph, .vfmaddsub132ps, .vfmaddsub132pd, .vfmaddsub213ps, .vfmaddsub213pd, .vfmaddsub231ps, .vfmaddsub231pd, .vfmsubadd132ps, .vfmsubadd132pd, .vfmsubadd213ps, .vfmsubadd213pd, .vfmsubadd231ps, .vfmsubadd231pd, .vfmadd132ps, .vfmadd132pd, .vfmadd132ss, .vfmadd132sd, .vfmadd213ps, .vfmadd213pd, .vfmadd213ss, .vfmadd213sd, .vfmadd231ps, .vfmadd231pd, .vfmadd231ss, .vfmadd231sd, .vfmsub132ps, .vfmsub132pd, .vfmsub132ss, .vfmsub132sd, .vfmsub213ps, .vfmsub213pd, .vfmsub213ss, .vfmsub213sd, .vfmsub231ps, .vfmsub231pd, .vfmsub231ss, .vfmsub231sd, .vfnmadd132ps, .vfnmadd132pd, .vfnmadd132ss, .vfnmadd132sd, .vfnmadd213ps, .vfnmadd213pd, .vfnmadd213ss, .vfnmadd213sd, .vfnmadd231ps, .vfnmadd231pd, .vfnmadd231ss, .vfnmadd231sd, .vfnmsub132ps, .vfnmsub132pd, .vfnmsub132ss, .vfnmsub132sd, .vfnmsub213ps, .vfnmsub213pd, .vfnmsub213ss, .vfnmsub213sd, .vfnmsub231ps, .vfnmsub231pd, .vfnmsub231ss, .vfnmsub231sd, .fxsave, .fxrstor, .ldmxcsr, .stmxcsr, .xsave, .xsaveopt, .xsavec, .xsaves, .xrstor, .xrstors, .lfence, .mfence, .sfence, .clflush, .clflushopt, .clwb, .emms:
      nil
    case .unpcklps:
      0
    case .unpckhps:
      1
    case .shufps:
      2
    case .andps:
      3
    case .andnps:
      4
    case .orps:
      5
    case .xorps:
      6
    case .ucomiss:
      7
    case .comiss:
      8
    case .unpcklpd:
      9
    case .unpckhpd:
      10
    case .shufpd:
      11
    case .andpd:
      12
    case .andnpd:
      13
    case .orpd:
      14
    case .xorpd:
      15
    case .ucomisd:
      16
    case .comisd:
      17
    case .sqrtps:
      18
    case .sqrtpd:
      19
    case .sqrtss:
      20
    case .sqrtsd:
      21
    case .addps:
      22
    case .addpd:
      23
    case .addss:
      24
    case .addsd:
      25
    case .mulps:
      26
    case .mulpd:
      27
    case .mulss:
      28
    case .mulsd:
      29
    case .subps:
      30
    case .subpd:
      31
    case .subss:
      32
    case .subsd:
      33
    case .minps:
      34
    case .minpd:
      35
    case .minss:
      36
    case .minsd:
      37
    case .divps:
      38
    case .divpd:
      39
    case .divss:
      40
    case .divsd:
      41
    case .maxps:
      42
    case .maxpd:
      43
    case .maxss:
      44
    case .maxsd:
      45
    case .cmpps:
      46
    case .cmppd:
      47
    case .cmpss:
      48
    case .cmpsdXmm:
      49
    case .cvtss2sd:
      50
    case .cvtsd2ss:
      51
    case .pshufd:
      52
    case .pshufhw:
      53
    case .pshuflw:
      54
    case .punpcklbw:
      55
    case .punpcklwd:
      56
    case .punpckldq:
      57
    case .packsswb:
      58
    case .pcmpgtb:
      59
    case .pcmpgtw:
      60
    case .pcmpgtd:
      61
    case .packuswb:
      62
    case .punpckhbw:
      63
    case .punpckhwd:
      64
    case .punpckhdq:
      65
    case .packssdw:
      66
    case .pcmpeqb:
      67
    case .pcmpeqw:
      68
    case .pcmpeqd:
      69
    case .paddq:
      70
    case .pmullw:
      71
    case .psubusb:
      72
    case .psubusw:
      73
    case .pminub:
      74
    case .pand:
      75
    case .paddusb:
      76
    case .paddusw:
      77
    case .pmaxub:
      78
    case .pandn:
      79
    case .pavgb:
      80
    case .pavgw:
      81
    case .pmulhuw:
      82
    case .pmulhw:
      83
    case .psubsb:
      84
    case .psubsw:
      85
    case .pminsw:
      86
    case .por:
      87
    case .paddsb:
      88
    case .paddsw:
      89
    case .pmaxsw:
      90
    case .pxor:
      91
    case .pmuludq:
      92
    case .pmaddwd:
      93
    case .psadbw:
      94
    case .psubb:
      95
    case .psubw:
      96
    case .psubd:
      97
    case .psubq:
      98
    case .paddb:
      99
    case .paddw:
      100
    case .paddd:
      101
    case .punpcklqdq:
      102
    case .punpckhqdq:
      103
    case .pshufb:
      104
    case .pmaddubsw:
      105
    case .psignb:
      106
    case .psignw:
      107
    case .psignd:
      108
    case .pmulhrsw:
      109
    case .pabsb:
      110
    case .pabsw:
      111
    case .pabsd:
      112
    case .palignr:
      113
    case .pmuldq:
      114
    case .pcmpeqq:
      115
    case .pminsb:
      116
    case .pminsd:
      117
    case .pminuw:
      118
    case .pminud:
      119
    case .pmaxsb:
      120
    case .pmaxsd:
      121
    case .pmaxuw:
      122
    case .pmaxud:
      123
    case .pmulld:
      124
    case .pcmpgtq:
      125
    }
  }

  /// Its place among the shifts of XMM registers.
  var vectorShiftFunction: Int? {
    switch self {
    case .add, .or, .adc, .sbb, .and, .sub, .xor, .cmp, .test, .not, .neg, .mul, .imul1, .div, .idiv, .imul, .inc, .dec, .rol, .ror, .rcl, .rcr, .shl, .shr, .sar, .shld, .shrd, .bt, .bts, .btr, .btc, .bsf, .bsr, .bswap, .popcnt, .lzcnt, .tzcnt, .crc32, .movbe, .adcx, .adox, .rdrand, .rdseed, .andn, .bextr, .blsr, .blsmsk, .blsi, .bzhi, .mulx, .pdep, .pext, .rorx, .sarx, .shlx, .shrx, .daa, .das, .aaa, .aas, .aam, .aad, .cbw, .cwd, .salc, .mov, .movFromSegment, .movToSegment, .movFromControl, .movToControl, .movFromDebug, .movToDebug, .movzx, .movsx, .movsxd, .arpl, .lea, .xchg, .pause, .cmpxchg, .cmpxchg8b, .cmpxchg16b, .xadd, .push, .pop, .pushSegment, .popSegment, .pusha, .popa, .pushf, .popf, .sahf, .lahf, .xlat, .les, .lds, .lss, .lfs, .lgs, .cmovcc, .setcc, .movs, .cmps, .stos, .lods, .scas, .ins, .outs, .`in`, .out, .jcc, .loopne, .loope, .loop, .jrcxz, .jmp, .call, .ret, .callFar, .jmpFar, .retFar, .iret, .int3, .int, .into, .int1, .enter, .leave, .bound, .cmc, .clc, .stc, .cli, .sti, .cld, .std, .nop, .ud2, .ud1, .ud0, .sldt, .str, .lldt, .ltr, .verr, .verw, .sgdt, .sidt, .lgdt, .lidt, .smsw, .lmsw, .invlpg, .monitor, .mwait, .clac, .stac, .xgetbv, .xsetbv, .rdpkru, .wrpkru, .vmmcall, .vmcall, .swapgs, .rdtscp, .rdpid, .lar, .lsl, .syscall, .clts, .sysret, .invd, .wbinvd, .wrmsr, .rdtsc, .rdmsr, .rdpmc, .sysenter, .sysexit, .cpuid, .rsm, .hlt, .invpcid, .rdfsbase, .rdgsbase, .wrfsbase, .wrgsbase, .fadd, .fiadd, .fmul, .fimul, .fcom, .ficom, .fcomp, .ficomp, .fsub, .fisub, .fsubr, .fisubr, .fdiv, .fidiv, .fdivr, .fidivr, .faddp, .fmulp, .fsubrp, .fsubp, .fdivrp, .fdivp, .fcompp, .fld, .fst, .fstp, .fldenv, .fldcw, .fnstenv, .fnstcw, .fxch, .fnop, .fchs, .fabs, .ftst, .fxam, .fld1, .fldl2t, .fldl2e, .fldpi, .fldlg2, .fldln2, .fldz, .f2xm1, .fyl2x, .fptan, .fpatan, .fxtract, .fprem1, .fdecstp, .fincstp, .fprem, .fyl2xp1, .fsqrt, .fsincos, .frndint, .fscale, .fsin, .fcos, .fcmovb, .fcmovnb, .fcmove, .fcmovne, .fcmovbe, .fcmovnbe, .fcmovu, .fcmovnu, .fucompp, .fild, .fisttp, .fist, .fistp, .fnclex, .fninit, .fucomi, .fcomi, .frstor, .fnsave, .fnstsw, .ffree, .fucom, .fucomp, .fbld, .fbstp, .ffreep, .fucomip, .fcomip, .fwait, .movups, .movaps, .movlps, .movhps, .unpcklps, .unpckhps, .movntps, .movmskps, .shufps, .andps, .andnps, .orps, .xorps, .ucomiss, .comiss, .movupd, .movapd, .movlpd, .movhpd, .unpcklpd, .unpckhpd, .movntpd, .movmskpd, .shufpd, .andpd, .andnpd, .orpd, .xorpd, .ucomisd, .comisd, .movhlps, .movlhps, .movss, .movsdXmm, .sqrtps, .sqrtpd, .sqrtss, .sqrtsd, .addps, .addpd, .addss, .addsd, .mulps, .mulpd, .mulss, .mulsd, .subps, .subpd, .subss, .subsd, .minps, .minpd, .minss, .minsd, .divps, .divpd, .divss, .divsd, .maxps, .maxpd, .maxss, .maxsd, .rsqrtps, .rsqrtss, .rcpps, .rcpss, .cmpps, .cmppd, .cmpss, .cmpsdXmm, .cvtpi2ps, .cvtpi2pd, .cvtsi2ss, .cvtsi2sd, .cvttps2pi, .cvttpd2pi, .cvttss2si, .cvttsd2si, .cvtps2pi, .cvtpd2pi, .cvtss2si, .cvtsd2si, .cvtps2pd, .cvtpd2ps, .cvtss2sd, .cvtsd2ss, .cvtdq2ps, .cvtps2dq, .cvttps2dq, .cvttpd2dq, .cvtpd2dq, .cvtdq2pd, .movd, .movq, .movdqa, .movdqu, .movq2dq, .movdq2q, .movntq, .movntdq, .movnti, .maskmovq, .maskmovdqu, .pshufw, .pshufd, .pshufhw, .pshuflw, .pinsrw, .pextrw, .pmovmskb, .punpcklbw, .punpcklwd, .punpckldq, .packsswb, .pcmpgtb, .pcmpgtw, .pcmpgtd, .packuswb, .punpckhbw, .punpckhwd, .punpckhdq, .packssdw, .pcmpeqb, .pcmpeqw, .pcmpeqd, .paddq, .pmullw, .psubusb, .psubusw, .pminub, .pand, .paddusb, .paddusw, .pmaxub, .pandn, .pavgb, .pavgw, .pmulhuw, .pmulhw, .psubsb, .psubsw, .pminsw, .por, .paddsb, .paddsw, .pmaxsw, .pxor, .pmuludq, .pmaddwd, .psadbw, .psubb, .psubw, .psubd, .psubq, .paddb, .paddw, .paddd, .punpcklqdq, .punpckhqdq, .psrldq, .pslldq, .addsubpd, .addsubps, .haddpd, .haddps, .hsubpd, .hsubps, .lddqu, .movddup, .movsldup, .movshdup, .pshufb, .phaddw, .phaddd, .phaddsw, .pmaddubsw, .phsubw, .phsubd, .phsubsw, .psignb, .psignw, .psignd, .pmulhrsw, .pabsb, .pabsw, .pabsd, .palignr, .pblendvb, .blendvps, .blendvpd, .ptest, .pmovsxbw, .pmovsxbd, .pmovsxbq, .pmovsxwd, .pmovsxwq, .pmovsxdq, .pmovzxbw, .pmovzxbd, .pmovzxbq, .pmovzxwd, .pmovzxwq, .pmovzxdq, .pmuldq, .pcmpeqq, .pminsb, .pminsd, .pminuw, .pminud, .pmaxsb, .pmaxsd, .pmaxuw, .pmaxud, .pmulld, .movntdqa, .packusdw, .phminposuw, .roundps, .roundpd, .roundss, .roundsd, .blendps, .blendpd, .pblendw, .pextrb, .pextrd, .extractps, .pinsrb, .pinsrd, .insertps, .dpps, .dppd, .mpsadbw, .pcmpgtq, .pcmpestrm, .pcmpestri, .pcmpistrm, .pcmpistri, .aesenc, .aesenclast, .aesdec, .aesdeclast, .aesimc, .aeskeygenassist, .pclmulqdq, .gf2p8mulb, .gf2p8affineqb, .gf2p8affineinvqb, .sha1nexte, .sha1msg1, .sha1msg2, .sha256msg1, .sha256msg2, .sha256rnds2, .sha1rnds4, .vtestps, .vtestpd, .vbroadcastss, .vbroadcastsd, .vpbroadcastb, .vpbroadcastw, .vpbroadcastd, .vpbroadcastq, .vbroadcastf128, .vbroadcasti128, .vinsertf128, .vinserti128, .vextractf128, .vextracti128, .vperm2f128, .vperm2i128, .vpermilps, .vpermilpd, .vpermd, .vpermps, .vpermq, .vpermpd, .vpblendd, .vpsllvd, .vpsllvq, .vpsrlvd, .vpsrlvq, .vpsravd, .vmaskmovps, .vmaskmovpd, .vpmaskmovd, .vpmaskmovq, .vpgatherdd, .vpgatherdq, .vpgatherqd, .vpgatherqq, .vgatherdps, .vgatherdpd, .vgatherqps, .vgatherqpd, .vzeroupper, .vzeroall, .vcvtph2ps, .vcvtps2ph, .vfmaddsub132ps, .vfmaddsub132pd, .vfmaddsub213ps, .vfmaddsub213pd, .vfmaddsub231ps, .vfmaddsub231pd, .vfmsubadd132ps, .vfmsubadd132pd, .vfmsubadd213ps, .vfmsubadd213pd, .vfmsubadd231ps, .vfmsubadd231pd, .vfmadd132ps, .vfmadd132pd, .vfmadd132ss, .vfmadd132sd, .vfmadd213ps, .vfmadd213pd, .vfmadd213ss, .vfmadd213sd, .vfmadd231ps, .vfmadd231pd, .vfmadd231ss, .vfmadd231sd, .vfmsub132ps, .vfmsub132pd, .vfmsub132ss, .vfmsub132sd, .vfmsub213ps, .vfmsub213pd, .vfmsub213ss, .vfmsub213sd, .vfmsub231ps, .vfmsub231pd, .vfmsub231ss, .vfmsub231sd, .vfnmadd132ps, .vfnmadd132pd, .vfnmadd132ss, .vfnmadd132sd, .vfnmadd213ps, .vfnmadd213pd, .vfnmadd213ss, .vfnmadd213sd, .vfnmadd231ps, .vfnmadd231pd, .vfnmadd231ss, .vfnmadd231sd, .vfnmsub132ps, .vfnmsub132pd, .vfnmsub132ss, .vfnmsub132sd, .vfnmsub213ps, .vfnmsub213pd, .vfnmsub213ss, .vfnmsub213sd, .vfnmsub231ps, .vfnmsub231pd, .vfnmsub231ss, .vfnmsub231sd, .fxsave, .fxrstor, .ldmxcsr, .stmxcsr, .xsave, .xsaveopt, .xsavec, .xsaves, .xrstor, .xrstors, .lfence, .mfence, .sfence, .clflush, .clflushopt, .clwb, .emms:
      nil
    case .psrlw:
      0
    case .psrld:
      1
    case .psrlq:
      2
    case .psraw:
      3
    case .psrad:
      4
    case .psllw:
      5
    case .pslld:
      6
    case .psllq:
      7
    }
  }

  /// Its place among the conversions.
  var fromIntegerFunction: Int? {
    switch self {
    case .add, .or, .adc, .sbb, .and, .sub, .xor, .cmp, .test, .not, .neg, .mul, .imul1, .div, .idiv, .imul, .inc, .dec, .rol, .ror, .rcl, .rcr, .shl, .shr, .sar, .shld, .shrd, .bt, .bts, .btr, .btc, .bsf, .bsr, .bswap, .popcnt, .lzcnt, .tzcnt, .crc32, .movbe, .adcx, .adox, .rdrand, .rdseed, .andn, .bextr, .blsr, .blsmsk, .blsi, .bzhi, .mulx, .pdep, .pext, .rorx, .sarx, .shlx, .shrx, .daa, .das, .aaa, .aas, .aam, .aad, .cbw, .cwd, .salc, .mov, .movFromSegment, .movToSegment, .movFromControl, .movToControl, .movFromDebug, .movToDebug, .movzx, .movsx, .movsxd, .arpl, .lea, .xchg, .pause, .cmpxchg, .cmpxchg8b, .cmpxchg16b, .xadd, .push, .pop, .pushSegment, .popSegment, .pusha, .popa, .pushf, .popf, .sahf, .lahf, .xlat, .les, .lds, .lss, .lfs, .lgs, .cmovcc, .setcc, .movs, .cmps, .stos, .lods, .scas, .ins, .outs, .`in`, .out, .jcc, .loopne, .loope, .loop, .jrcxz, .jmp, .call, .ret, .callFar, .jmpFar, .retFar, .iret, .int3, .int, .into, .int1, .enter, .leave, .bound, .cmc, .clc, .stc, .cli, .sti, .cld, .std, .nop, .ud2, .ud1, .ud0, .sldt, .str, .lldt, .ltr, .verr, .verw, .sgdt, .sidt, .lgdt, .lidt, .smsw, .lmsw, .invlpg, .monitor, .mwait, .clac, .stac, .xgetbv, .xsetbv, .rdpkru, .wrpkru, .vmmcall, .vmcall, .swapgs, .rdtscp, .rdpid, .lar, .lsl, .syscall, .clts, .sysret, .invd, .wbinvd, .wrmsr, .rdtsc, .rdmsr, .rdpmc, .sysenter, .sysexit, .cpuid, .rsm, .hlt, .invpcid, .rdfsbase, .rdgsbase, .wrfsbase, .wrgsbase, .fadd, .fiadd, .fmul, .fimul, .fcom, .ficom, .fcomp, .ficomp, .fsub, .fisub, .fsubr, .fisubr, .fdiv, .fidiv, .fdivr, .fidivr, .faddp, .fmulp, .fsubrp, .fsubp, .fdivrp, .fdivp, .fcompp, .fld, .fst, .fstp, .fldenv, .fldcw, .fnstenv, .fnstcw, .fxch, .fnop, .fchs, .fabs, .ftst, .fxam, .fld1, .fldl2t, .fldl2e, .fldpi, .fldlg2, .fldln2, .fldz, .f2xm1, .fyl2x, .fptan, .fpatan, .fxtract, .fprem1, .fdecstp, .fincstp, .fprem, .fyl2xp1, .fsqrt, .fsincos, .frndint, .fscale, .fsin, .fcos, .fcmovb, .fcmovnb, .fcmove, .fcmovne, .fcmovbe, .fcmovnbe, .fcmovu, .fcmovnu, .fucompp, .fild, .fisttp, .fist, .fistp, .fnclex, .fninit, .fucomi, .fcomi, .frstor, .fnsave, .fnstsw, .ffree, .fucom, .fucomp, .fbld, .fbstp, .ffreep, .fucomip, .fcomip, .fwait, .movups, .movaps, .movlps, .movhps, .unpcklps, .unpckhps, .movntps, .movmskps, .shufps, .andps, .andnps, .orps, .xorps, .ucomiss, .comiss, .movupd, .movapd, .movlpd, .movhpd, .unpcklpd, .unpckhpd, .movntpd, .movmskpd, .shufpd, .andpd, .andnpd, .orpd, .xorpd, .ucomisd, .comisd, .movhlps, .movlhps, .movss, .movsdXmm, .sqrtps, .sqrtpd, .sqrtss, .sqrtsd, .addps, .addpd, .addss, .addsd, .mulps, .mulpd, .mulss, .mulsd, .subps, .subpd, .subss, .subsd, .minps, .minpd, .minss, .minsd, .divps, .divpd, .divss, .divsd, .maxps, .maxpd, .maxss, .maxsd, .rsqrtps, .rsqrtss, .rcpps, .rcpss, .cmpps, .cmppd, .cmpss, .cmpsdXmm, .cvtpi2ps, .cvtpi2pd, .cvttps2pi, .cvttpd2pi, .cvttss2si, .cvttsd2si, .cvtps2pi, .cvtpd2pi, .cvtss2si, .cvtsd2si, .cvtps2pd, .cvtpd2ps, .cvtss2sd, .cvtsd2ss, .cvtdq2ps, .cvtps2dq, .cvttps2dq, .cvttpd2dq, .cvtpd2dq, .cvtdq2pd, .movd, .movq, .movdqa, .movdqu, .movq2dq, .movdq2q, .movntq, .movntdq, .movnti, .maskmovq, .maskmovdqu, .pshufw, .pshufd, .pshufhw, .pshuflw, .pinsrw, .pextrw, .pmovmskb, .punpcklbw, .punpcklwd, .punpckldq, .packsswb, .pcmpgtb, .pcmpgtw, .pcmpgtd, .packuswb, .punpckhbw, .punpckhwd, .punpckhdq, .packssdw, .pcmpeqb, .pcmpeqw, .pcmpeqd, .psrlw, .psrld, .psrlq, .paddq, .pmullw, .psubusb, .psubusw, .pminub, .pand, .paddusb, .paddusw, .pmaxub, .pandn, .pavgb, .psraw, .psrad, .pavgw, .pmulhuw, .pmulhw, .psubsb, .psubsw, .pminsw, .por, .paddsb, .paddsw, .pmaxsw, .pxor, .psllw, .pslld, .psllq, .pmuludq, .pmaddwd, .psadbw, .psubb, .psubw, .psubd, .psubq, .paddb, .paddw, .paddd, .punpcklqdq, .punpckhqdq, .psrldq, .pslldq, .addsubpd, .addsubps, .haddpd, .haddps, .hsubpd, .hsubps, .lddqu, .movddup, .movsldup, .movshdup, .pshufb, .phaddw, .phaddd, .phaddsw, .pmaddubsw, .phsubw, .phsubd, .phsubsw, .psignb, .psignw, .psignd, .pmulhrsw, .pabsb, .pabsw, .pabsd, .palignr, .pblendvb, .blendvps, .blendvpd, .ptest, .pmovsxbw, .pmovsxbd, .pmovsxbq, .pmovsxwd, .pmovsxwq, .pmovsxdq, .pmovzxbw, .pmovzxbd, .pmovzxbq, .pmovzxwd, .pmovzxwq, .pmovzxdq, .pmuldq, .pcmpeqq, .pminsb, .pminsd, .pminuw, .pminud, .pmaxsb, .pmaxsd, .pmaxuw, .pmaxud, .pmulld, .movntdqa, .packusdw, .phminposuw, .roundps, .roundpd, .roundss, .roundsd, .blendps, .blendpd, .pblendw, .pextrb, .pextrd, .extractps, .pinsrb, .pinsrd, .insertps, .dpps, .dppd, .mpsadbw, .pcmpgtq, .pcmpestrm, .pcmpestri, .pcmpistrm, .pcmpistri, .aesenc, .aesenclast, .aesdec, .aesdeclast, .aesimc, .aeskeygenassist, .pclmulqdq, .gf2p8mulb, .gf2p8affineqb, .gf2p8affineinvqb, .sha1nexte, .sha1msg1, .sha1msg2, .sha256msg1, .sha256msg2, .sha256rnds2, .sha1rnds4, .vtestps, .vtestpd, .vbroadcastss, .vbroadcastsd, .vpbroadcastb, .vpbroadcastw, .vpbroadcastd, .vpbroadcastq, .vbroadcastf128, .vbroadcasti128, .vinsertf128, .vinserti128, .vextractf128, .vextracti128, .vperm2f128, .vperm2i128, .vpermilps, .vpermilpd, .vpermd, .vpermps, .vpermq, .vpermpd, .vpblendd, .vpsllvd, .vpsllvq, .vpsrlvd, .vpsrlvq, .vpsravd, .vmaskmovps, .vmaskmovpd, .vpmaskmovd, .vpmaskmovq, .vpgatherdd, .vpgatherdq, .vpgatherqd, .vpgatherqq, .vgatherdps, .vgatherdpd, .vgatherqps, .vgatherqpd, .vzeroupper, .vzeroall, .vcvtph2ps, .vcvtps2ph, .vfmaddsub132ps, .vfmaddsub132pd, .vfmaddsub213ps, .vfmaddsub213pd, .vfmaddsub231ps, .vfmaddsub231pd, .vfmsubadd132ps, .vfmsubadd132pd, .vfmsubadd213ps, .vfmsubadd213pd, .vfmsubadd231ps, .vfmsubadd231pd, .vfmadd132ps, .vfmadd132pd, .vfmadd132ss, .vfmadd132sd, .vfmadd213ps, .vfmadd213pd, .vfmadd213ss, .vfmadd213sd, .vfmadd231ps, .vfmadd231pd, .vfmadd231ss, .vfmadd231sd, .vfmsub132ps, .vfmsub132pd, .vfmsub132ss, .vfmsub132sd, .vfmsub213ps, .vfmsub213pd, .vfmsub213ss, .vfmsub213sd, .vfmsub231ps, .vfmsub231pd, .vfmsub231ss, .vfmsub231sd, .vfnmadd132ps, .vfnmadd132pd, .vfnmadd132ss, .vfnmadd132sd, .vfnmadd213ps, .vfnmadd213pd, .vfnmadd213ss, .vfnmadd213sd, .vfnmadd231ps, .vfnmadd231pd, .vfnmadd231ss, .vfnmadd231sd, .vfnmsub132ps, .vfnmsub132pd, .vfnmsub132ss, .vfnmsub132sd, .vfnmsub213ps, .vfnmsub213pd, .vfnmsub213ss, .vfnmsub213sd, .vfnmsub231ps, .vfnmsub231pd, .vfnmsub231ss, .vfnmsub231sd, .fxsave, .fxrstor, .ldmxcsr, .stmxcsr, .xsave, .xsaveopt, .xsavec, .xsaves, .xrstor, .xrstors, .lfence, .mfence, .sfence, .clflush, .clflushopt, .clwb, .emms:
      nil
    case .cvtsi2ss:
      0
    case .cvtsi2sd:
      1
    }
  }

  /// Its place among the functions of registers with a VEX prefix.
  var vexFunction: Int? {
    switch self {
    case .add, .or, .adc, .sbb, .and, .sub, .xor, .cmp, .test, .not, .neg, .mul, .imul1, .div, .idiv, .imul, .inc, .dec, .rol, .ror, .rcl, .rcr, .shl, .shr, .sar, .shld, .shrd, .bt, .bts, .btr, .btc, .bsf, .bsr, .bswap, .popcnt, .lzcnt, .tzcnt, .crc32, .movbe, .adcx, .adox, .rdrand, .rdseed, .andn, .bextr, .blsr, .blsmsk, .blsi, .bzhi, .mulx, .pdep, .pext, .rorx, .sarx, .shlx, .shrx, .daa, .das, .aaa, .aas, .aam, .aad, .cbw, .cwd, .salc, .mov, .movFromSegment, .movToSegment, .movFromControl, .movToControl, .movFromDebug, .movToDebug, .movzx, .movsx, .movsxd, .arpl, .lea, .xchg, .pause, .cmpxchg, .cmpxchg8b, .cmpxchg16b, .xadd, .push, .pop, .pushSegment, .popSegment, .pusha, .popa, .pushf, .popf, .sahf, .lahf, .xlat, .les, .lds, .lss, .lfs, .lgs, .cmovcc, .setcc, .movs, .cmps, .stos, .lods, .scas, .ins, .outs, .`in`, .out, .jcc, .loopne, .loope, .loop, .jrcxz, .jmp, .call, .ret, .callFar, .jmpFar, .retFar, .iret, .int3, .int, .into, .int1, .enter, .leave, .bound, .cmc, .clc, .stc, .cli, .sti, .cld, .std, .nop, .ud2, .ud1, .ud0, .sldt, .str, .lldt, .ltr, .verr, .verw, .sgdt, .sidt, .lgdt, .lidt, .smsw, .lmsw, .invlpg, .monitor, .mwait, .clac, .stac, .xgetbv, .xsetbv, .rdpkru, .wrpkru, .vmmcall, .vmcall, .swapgs, .rdtscp, .rdpid, .lar, .lsl, .syscall, .clts, .sysret, .invd, .wbinvd, .wrmsr, .rdtsc, .rdmsr, .rdpmc, .sysenter, .sysexit, .cpuid, .rsm, .hlt, .invpcid, .rdfsbase, .rdgsbase, .wrfsbase, .wrgsbase, .fadd, .fiadd, .fmul, .fimul, .fcom, .ficom, .fcomp, .ficomp, .fsub, .fisub, .fsubr, .fisubr, .fdiv, .fidiv, .fdivr, .fidivr, .faddp, .fmulp, .fsubrp, .fsubp, .fdivrp, .fdivp, .fcompp, .fld, .fst, .fstp, .fldenv, .fldcw, .fnstenv, .fnstcw, .fxch, .fnop, .fchs, .fabs, .ftst, .fxam, .fld1, .fldl2t, .fldl2e, .fldpi, .fldlg2, .fldln2, .fldz, .f2xm1, .fyl2x, .fptan, .fpatan, .fxtract, .fprem1, .fdecstp, .fincstp, .fprem, .fyl2xp1, .fsqrt, .fsincos, .frndint, .fscale, .fsin, .fcos, .fcmovb, .fcmovnb, .fcmove, .fcmovne, .fcmovbe, .fcmovnbe, .fcmovu, .fcmovnu, .fucompp, .fild, .fisttp, .fist, .fistp, .fnclex, .fninit, .fucomi, .fcomi, .frstor, .fnsave, .fnstsw, .ffree, .fucom, .fucomp, .fbld, .fbstp, .ffreep, .fucomip, .fcomip, .fwait, .movups, .movaps, .movlps, .movhps, .movntps, .movmskps, .movupd, .movapd, .movlpd, .movhpd, .movntpd, .movmskpd, .movhlps, .movlhps, .movss, .movsdXmm, .rsqrtps, .rsqrtss, .rcpps, .rcpss, .cvtpi2ps, .cvtpi2pd, .cvtsi2ss, .cvtsi2sd, .cvttps2pi, .cvttpd2pi, .cvttss2si, .cvttsd2si, .cvtps2pi, .cvtpd2pi, .cvtss2si, .cvtsd2si, .cvtps2pd, .cvtpd2ps, .cvtdq2ps, .cvtps2dq, .cvttps2dq, .cvttpd2dq, .cvtpd2dq, .cvtdq2pd, .movd, .movq, .movdqa, .movdqu, .movq2dq, .movdq2q, .movntq, .movntdq, .movnti, .maskmovq, .maskmovdqu, .pshufw, .pinsrw, .pextrw, .pmovmskb, .psrlw, .psrld, .psrlq, .psraw, .psrad, .psllw, .pslld, .psllq, .psrldq, .pslldq, .addsubpd, .addsubps, .haddpd, .haddps, .hsubpd, .hsubps, .lddqu, .movddup, .movsldup, .movshdup, .phaddw, .phaddd, .phaddsw, .phsubw, .phsubd, .phsubsw, .pblendvb, .blendvps, .blendvpd, .ptest, .pmovsxbw, .pmovsxbd, .pmovsxbq, .pmovsxwd, .pmovsxwq, .pmovsxdq, .pmovzxbw, .pmovzxbd, .pmovzxbq, .pmovzxwd, .pmovzxwq, .pmovzxdq, .movntdqa, .packusdw, .phminposuw, .roundps, .roundpd, .roundss, .roundsd, .blendps, .blendpd, .pblendw, .pextrb, .pextrd, .extractps, .pinsrb, .pinsrd, .insertps, .dpps, .dppd, .mpsadbw, .pcmpestrm, .pcmpestri, .pcmpistrm, .pcmpistri, .aesenc, .aesenclast, .aesdec, .aesdeclast, .aesimc, .aeskeygenassist, .pclmulqdq, .gf2p8mulb, .gf2p8affineqb, .gf2p8affineinvqb, .sha1nexte, .sha1msg1, .sha1msg2, .sha256msg1, .sha256msg2, .sha256rnds2, .sha1rnds4, .vtestps, .vtestpd, .vbroadcastss, .vbroadcastsd, .vpbroadcastb, .vpbroadcastw, .vpbroadcastd, .vpbroadcastq, .vbroadcastf128, .vbroadcasti128, .vinsertf128, .vinserti128, .vextractf128, .vextracti128, .vperm2f128, .vperm2i128, .vpermilps, .vpermilpd, .vpermd, .vpermps, .vpermq, .vpermpd, .vpblendd, .vpsllvd, .vpsllvq, .vpsrlvd, .vpsrlvq, .vpsravd, .vmaskmovps, .vmaskmovpd, .vpmaskmovd, .vpmaskmovq, .vpgatherdd, .vpgatherdq, .vpgatherqd, .vpgatherqq, .vgatherdps, .vgatherdpd, .vgatherqps, .vgatherqpd, .vzeroupper, .vzeroall, .vcvtph2ps, .vcvtps2ph, .fxsave, .fxrstor, .ldmxcsr, .stmxcsr, .xsave, .xsaveopt, .xsavec, .xsaves, .xrstor, .xrstors, .lfence, .mfence, .sfence, .clflush, .clflushopt, .clwb, .emms:
      nil
    case .unpcklps:
      0
    case .unpckhps:
      1
    case .shufps:
      2
    case .andps:
      3
    case .andnps:
      4
    case .orps:
      5
    case .xorps:
      6
    case .ucomiss:
      7
    case .comiss:
      8
    case .unpcklpd:
      9
    case .unpckhpd:
      10
    case .shufpd:
      11
    case .andpd:
      12
    case .andnpd:
      13
    case .orpd:
      14
    case .xorpd:
      15
    case .ucomisd:
      16
    case .comisd:
      17
    case .sqrtps:
      18
    case .sqrtpd:
      19
    case .sqrtss:
      20
    case .sqrtsd:
      21
    case .addps:
      22
    case .addpd:
      23
    case .addss:
      24
    case .addsd:
      25
    case .mulps:
      26
    case .mulpd:
      27
    case .mulss:
      28
    case .mulsd:
      29
    case .subps:
      30
    case .subpd:
      31
    case .subss:
      32
    case .subsd:
      33
    case .minps:
      34
    case .minpd:
      35
    case .minss:
      36
    case .minsd:
      37
    case .divps:
      38
    case .divpd:
      39
    case .divss:
      40
    case .divsd:
      41
    case .maxps:
      42
    case .maxpd:
      43
    case .maxss:
      44
    case .maxsd:
      45
    case .cmpps:
      46
    case .cmppd:
      47
    case .cmpss:
      48
    case .cmpsdXmm:
      49
    case .cvtss2sd:
      50
    case .cvtsd2ss:
      51
    case .pshufd:
      52
    case .pshufhw:
      53
    case .pshuflw:
      54
    case .punpcklbw:
      55
    case .punpcklwd:
      56
    case .punpckldq:
      57
    case .packsswb:
      58
    case .pcmpgtb:
      59
    case .pcmpgtw:
      60
    case .pcmpgtd:
      61
    case .packuswb:
      62
    case .punpckhbw:
      63
    case .punpckhwd:
      64
    case .punpckhdq:
      65
    case .packssdw:
      66
    case .pcmpeqb:
      67
    case .pcmpeqw:
      68
    case .pcmpeqd:
      69
    case .paddq:
      70
    case .pmullw:
      71
    case .psubusb:
      72
    case .psubusw:
      73
    case .pminub:
      74
    case .pand:
      75
    case .paddusb:
      76
    case .paddusw:
      77
    case .pmaxub:
      78
    case .pandn:
      79
    case .pavgb:
      80
    case .pavgw:
      81
    case .pmulhuw:
      82
    case .pmulhw:
      83
    case .psubsb:
      84
    case .psubsw:
      85
    case .pminsw:
      86
    case .por:
      87
    case .paddsb:
      88
    case .paddsw:
      89
    case .pmaxsw:
      90
    case .pxor:
      91
    case .pmuludq:
      92
    case .pmaddwd:
      93
    case .psadbw:
      94
    case .psubb:
      95
    case .psubw:
      96
    case .psubd:
      97
    case .psubq:
      98
    case .paddb:
      99
    case .paddw:
      100
    case .paddd:
      101
    case .punpcklqdq:
      102
    case .punpckhqdq:
      103
    case .pshufb:
      104
    case .pmaddubsw:
      105
    case .psignb:
      106
    case .psignw:
      107
    case .psignd:
      108
    case .pmulhrsw:
      109
    case .pabsb:
      110
    case .pabsw:
      111
    case .pabsd:
      112
    case .palignr:
      113
    case .pmuldq:
      114
    case .pcmpeqq:
      115
    case .pminsb:
      116
    case .pminsd:
      117
    case .pminuw:
      118
    case .pminud:
      119
    case .pmaxsb:
      120
    case .pmaxsd:
      121
    case .pmaxuw:
      122
    case .pmaxud:
      123
    case .pmulld:
      124
    case .pcmpgtq:
      125
    case .vfmaddsub132ps:
      126
    case .vfmaddsub132pd:
      127
    case .vfmaddsub213ps:
      128
    case .vfmaddsub213pd:
      129
    case .vfmaddsub231ps:
      130
    case .vfmaddsub231pd:
      131
    case .vfmsubadd132ps:
      132
    case .vfmsubadd132pd:
      133
    case .vfmsubadd213ps:
      134
    case .vfmsubadd213pd:
      135
    case .vfmsubadd231ps:
      136
    case .vfmsubadd231pd:
      137
    case .vfmadd132ps:
      138
    case .vfmadd132pd:
      139
    case .vfmadd132ss:
      140
    case .vfmadd132sd:
      141
    case .vfmadd213ps:
      142
    case .vfmadd213pd:
      143
    case .vfmadd213ss:
      144
    case .vfmadd213sd:
      145
    case .vfmadd231ps:
      146
    case .vfmadd231pd:
      147
    case .vfmadd231ss:
      148
    case .vfmadd231sd:
      149
    case .vfmsub132ps:
      150
    case .vfmsub132pd:
      151
    case .vfmsub132ss:
      152
    case .vfmsub132sd:
      153
    case .vfmsub213ps:
      154
    case .vfmsub213pd:
      155
    case .vfmsub213ss:
      156
    case .vfmsub213sd:
      157
    case .vfmsub231ps:
      158
    case .vfmsub231pd:
      159
    case .vfmsub231ss:
      160
    case .vfmsub231sd:
      161
    case .vfnmadd132ps:
      162
    case .vfnmadd132pd:
      163
    case .vfnmadd132ss:
      164
    case .vfnmadd132sd:
      165
    case .vfnmadd213ps:
      166
    case .vfnmadd213pd:
      167
    case .vfnmadd213ss:
      168
    case .vfnmadd213sd:
      169
    case .vfnmadd231ps:
      170
    case .vfnmadd231pd:
      171
    case .vfnmadd231ss:
      172
    case .vfnmadd231sd:
      173
    case .vfnmsub132ps:
      174
    case .vfnmsub132pd:
      175
    case .vfnmsub132ss:
      176
    case .vfnmsub132sd:
      177
    case .vfnmsub213ps:
      178
    case .vfnmsub213pd:
      179
    case .vfnmsub213ss:
      180
    case .vfnmsub213sd:
      181
    case .vfnmsub231ps:
      182
    case .vfnmsub231pd:
      183
    case .vfnmsub231ss:
      184
    case .vfnmsub231sd:
      185
    }
  }

  /// Its place among the functions of x87.
  var x87Function: Int? {
    switch self {
    case .add, .or, .adc, .sbb, .and, .sub, .xor, .cmp, .test, .not, .neg, .mul, .imul1, .div, .idiv, .imul, .inc, .dec, .rol, .ror, .rcl, .rcr, .shl, .shr, .sar, .shld, .shrd, .bt, .bts, .btr, .btc, .bsf, .bsr, .bswap, .popcnt, .lzcnt, .tzcnt, .crc32, .movbe, .adcx, .adox, .rdrand, .rdseed, .andn, .bextr, .blsr, .blsmsk, .blsi, .bzhi, .mulx, .pdep, .pext, .rorx, .sarx, .shlx, .shrx, .daa, .das, .aaa, .aas, .aam, .aad, .cbw, .cwd, .salc, .mov, .movFromSegment, .movToSegment, .movFromControl, .movToControl, .movFromDebug, .movToDebug, .movzx, .movsx, .movsxd, .arpl, .lea, .xchg, .pause, .cmpxchg, .cmpxchg8b, .cmpxchg16b, .xadd, .push, .pop, .pushSegment, .popSegment, .pusha, .popa, .pushf, .popf, .sahf, .lahf, .xlat, .les, .lds, .lss, .lfs, .lgs, .cmovcc, .setcc, .movs, .cmps, .stos, .lods, .scas, .ins, .outs, .`in`, .out, .jcc, .loopne, .loope, .loop, .jrcxz, .jmp, .call, .ret, .callFar, .jmpFar, .retFar, .iret, .int3, .int, .into, .int1, .enter, .leave, .bound, .cmc, .clc, .stc, .cli, .sti, .cld, .std, .nop, .ud2, .ud1, .ud0, .sldt, .str, .lldt, .ltr, .verr, .verw, .sgdt, .sidt, .lgdt, .lidt, .smsw, .lmsw, .invlpg, .monitor, .mwait, .clac, .stac, .xgetbv, .xsetbv, .rdpkru, .wrpkru, .vmmcall, .vmcall, .swapgs, .rdtscp, .rdpid, .lar, .lsl, .syscall, .clts, .sysret, .invd, .wbinvd, .wrmsr, .rdtsc, .rdmsr, .rdpmc, .sysenter, .sysexit, .cpuid, .rsm, .hlt, .invpcid, .rdfsbase, .rdgsbase, .wrfsbase, .wrgsbase, .fldenv, .fnstenv, .fnop, .ftst, .fxam, .fldl2t, .fldl2e, .fldpi, .fldlg2, .fldln2, .f2xm1, .fyl2x, .fptan, .fpatan, .fxtract, .fprem1, .fdecstp, .fincstp, .fprem, .fyl2xp1, .fsqrt, .fsincos, .frndint, .fscale, .fsin, .fcos, .fcmovb, .fcmovnb, .fcmove, .fcmovne, .fcmovbe, .fcmovnbe, .fcmovu, .fcmovnu, .fnclex, .fninit, .frstor, .fnsave, .fnstsw, .ffree, .fbld, .fbstp, .ffreep, .fwait, .movups, .movaps, .movlps, .movhps, .unpcklps, .unpckhps, .movntps, .movmskps, .shufps, .andps, .andnps, .orps, .xorps, .ucomiss, .comiss, .movupd, .movapd, .movlpd, .movhpd, .unpcklpd, .unpckhpd, .movntpd, .movmskpd, .shufpd, .andpd, .andnpd, .orpd, .xorpd, .ucomisd, .comisd, .movhlps, .movlhps, .movss, .movsdXmm, .sqrtps, .sqrtpd, .sqrtss, .sqrtsd, .addps, .addpd, .addss, .addsd, .mulps, .mulpd, .mulss, .mulsd, .subps, .subpd, .subss, .subsd, .minps, .minpd, .minss, .minsd, .divps, .divpd, .divss, .divsd, .maxps, .maxpd, .maxss, .maxsd, .rsqrtps, .rsqrtss, .rcpps, .rcpss, .cmpps, .cmppd, .cmpss, .cmpsdXmm, .cvtpi2ps, .cvtpi2pd, .cvtsi2ss, .cvtsi2sd, .cvttps2pi, .cvttpd2pi, .cvttss2si, .cvttsd2si, .cvtps2pi, .cvtpd2pi, .cvtss2si, .cvtsd2si, .cvtps2pd, .cvtpd2ps, .cvtss2sd, .cvtsd2ss, .cvtdq2ps, .cvtps2dq, .cvttps2dq, .cvttpd2dq, .cvtpd2dq, .cvtdq2pd, .movd, .movq, .movdqa, .movdqu, .movq2dq, .movdq2q, .movntq, .movntdq, .movnti, .maskmovq, .maskmovdqu, .pshufw, .pshufd, .pshufhw, .pshuflw, .pinsrw, .pextrw, .pmovmskb, .punpcklbw, .punpcklwd, .punpckldq, .packsswb, .pcmpgtb, .pcmpgtw, .pcmpgtd, .packuswb, .punpckhbw, .punpckhwd, .punpckhdq, .packssdw, .pcmpeqb, .pcmpeqw, .pcmpeqd, .psrlw, .psrld, .psrlq, .paddq, .pmullw, .psubusb, .psubusw, .pminub, .pand, .paddusb, .paddusw, .pmaxub, .pandn, .pavgb, .psraw, .psrad, .pavgw, .pmulhuw, .pmulhw, .psubsb, .psubsw, .pminsw, .por, .paddsb, .paddsw, .pmaxsw, .pxor, .psllw, .pslld, .psllq, .pmuludq, .pmaddwd, .psadbw, .psubb, .psubw, .psubd, .psubq, .paddb, .paddw, .paddd, .punpcklqdq, .punpckhqdq, .psrldq, .pslldq, .addsubpd, .addsubps, .haddpd, .haddps, .hsubpd, .hsubps, .lddqu, .movddup, .movsldup, .movshdup, .pshufb, .phaddw, .phaddd, .phaddsw, .pmaddubsw, .phsubw, .phsubd, .phsubsw, .psignb, .psignw, .psignd, .pmulhrsw, .pabsb, .pabsw, .pabsd, .palignr, .pblendvb, .blendvps, .blendvpd, .ptest, .pmovsxbw, .pmovsxbd, .pmovsxbq, .pmovsxwd, .pmovsxwq, .pmovsxdq, .pmovzxbw, .pmovzxbd, .pmovzxbq, .pmovzxwd, .pmovzxwq, .pmovzxdq, .pmuldq, .pcmpeqq, .pminsb, .pminsd, .pminuw, .pminud, .pmaxsb, .pmaxsd, .pmaxuw, .pmaxud, .pmulld, .movntdqa, .packusdw, .phminposuw, .roundps, .roundpd, .roundss, .roundsd, .blendps, .blendpd, .pblendw, .pextrb, .pextrd, .extractps, .pinsrb, .pinsrd, .insertps, .dpps, .dppd, .mpsadbw, .pcmpgtq, .pcmpestrm, .pcmpestri, .pcmpistrm, .pcmpistri, .aesenc, .aesenclast, .aesdec, .aesdeclast, .aesimc, .aeskeygenassist, .pclmulqdq, .gf2p8mulb, .gf2p8affineqb, .gf2p8affineinvqb, .sha1nexte, .sha1msg1, .sha1msg2, .sha256msg1, .sha256msg2, .sha256rnds2, .sha1rnds4, .vtestps, .vtestpd, .vbroadcastss, .vbroadcastsd, .vpbroadcastb, .vpbroadcastw, .vpbroadcastd, .vpbroadcastq, .vbroadcastf128, .vbroadcasti128, .vinsertf128, .vinserti128, .vextractf128, .vextracti128, .vperm2f128, .vperm2i128, .vpermilps, .vpermilpd, .vpermd, .vpermps, .vpermq, .vpermpd, .vpblendd, .vpsllvd, .vpsllvq, .vpsrlvd, .vpsrlvq, .vpsravd, .vmaskmovps, .vmaskmovpd, .vpmaskmovd, .vpmaskmovq, .vpgatherdd, .vpgatherdq, .vpgatherqd, .vpgatherqq, .vgatherdps, .vgatherdpd, .vgatherqps, .vgatherqpd, .vzeroupper, .vzeroall, .vcvtph2ps, .vcvtps2ph, .vfmaddsub132ps, .vfmaddsub132pd, .vfmaddsub213ps, .vfmaddsub213pd, .vfmaddsub231ps, .vfmaddsub231pd, .vfmsubadd132ps, .vfmsubadd132pd, .vfmsubadd213ps, .vfmsubadd213pd, .vfmsubadd231ps, .vfmsubadd231pd, .vfmadd132ps, .vfmadd132pd, .vfmadd132ss, .vfmadd132sd, .vfmadd213ps, .vfmadd213pd, .vfmadd213ss, .vfmadd213sd, .vfmadd231ps, .vfmadd231pd, .vfmadd231ss, .vfmadd231sd, .vfmsub132ps, .vfmsub132pd, .vfmsub132ss, .vfmsub132sd, .vfmsub213ps, .vfmsub213pd, .vfmsub213ss, .vfmsub213sd, .vfmsub231ps, .vfmsub231pd, .vfmsub231ss, .vfmsub231sd, .vfnmadd132ps, .vfnmadd132pd, .vfnmadd132ss, .vfnmadd132sd, .vfnmadd213ps, .vfnmadd213pd, .vfnmadd213ss, .vfnmadd213sd, .vfnmadd231ps, .vfnmadd231pd, .vfnmadd231ss, .vfnmadd231sd, .vfnmsub132ps, .vfnmsub132pd, .vfnmsub132ss, .vfnmsub132sd, .vfnmsub213ps, .vfnmsub213pd, .vfnmsub213ss, .vfnmsub213sd, .vfnmsub231ps, .vfnmsub231pd, .vfnmsub231ss, .vfnmsub231sd, .fxsave, .fxrstor, .ldmxcsr, .stmxcsr, .xsave, .xsaveopt, .xsavec, .xsaves, .xrstor, .xrstors, .lfence, .mfence, .sfence, .clflush, .clflushopt, .clwb, .emms:
      nil
    case .fadd:
      0
    case .fiadd:
      1
    case .fmul:
      2
    case .fimul:
      3
    case .fcom:
      4
    case .ficom:
      5
    case .fcomp:
      6
    case .ficomp:
      7
    case .fsub:
      8
    case .fisub:
      9
    case .fsubr:
      10
    case .fisubr:
      11
    case .fdiv:
      12
    case .fidiv:
      13
    case .fdivr:
      14
    case .fidivr:
      15
    case .faddp:
      16
    case .fmulp:
      17
    case .fsubrp:
      18
    case .fsubp:
      19
    case .fdivrp:
      20
    case .fdivp:
      21
    case .fcompp:
      22
    case .fld:
      23
    case .fst:
      24
    case .fstp:
      25
    case .fldcw:
      26
    case .fnstcw:
      27
    case .fxch:
      28
    case .fchs:
      29
    case .fabs:
      30
    case .fld1:
      31
    case .fldz:
      32
    case .fucompp:
      33
    case .fild:
      34
    case .fisttp:
      35
    case .fist:
      36
    case .fistp:
      37
    case .fucomi:
      38
    case .fcomi:
      39
    case .fucom:
      40
    case .fucomp:
      41
    case .fucomip:
      42
    case .fcomip:
      43
    }
  }

  /// Its place among the broadcasts.
  var vexBroadcastFunction: Int? {
    switch self {
    case .add, .or, .adc, .sbb, .and, .sub, .xor, .cmp, .test, .not, .neg, .mul, .imul1, .div, .idiv, .imul, .inc, .dec, .rol, .ror, .rcl, .rcr, .shl, .shr, .sar, .shld, .shrd, .bt, .bts, .btr, .btc, .bsf, .bsr, .bswap, .popcnt, .lzcnt, .tzcnt, .crc32, .movbe, .adcx, .adox, .rdrand, .rdseed, .andn, .bextr, .blsr, .blsmsk, .blsi, .bzhi, .mulx, .pdep, .pext, .rorx, .sarx, .shlx, .shrx, .daa, .das, .aaa, .aas, .aam, .aad, .cbw, .cwd, .salc, .mov, .movFromSegment, .movToSegment, .movFromControl, .movToControl, .movFromDebug, .movToDebug, .movzx, .movsx, .movsxd, .arpl, .lea, .xchg, .pause, .cmpxchg, .cmpxchg8b, .cmpxchg16b, .xadd, .push, .pop, .pushSegment, .popSegment, .pusha, .popa, .pushf, .popf, .sahf, .lahf, .xlat, .les, .lds, .lss, .lfs, .lgs, .cmovcc, .setcc, .movs, .cmps, .stos, .lods, .scas, .ins, .outs, .`in`, .out, .jcc, .loopne, .loope, .loop, .jrcxz, .jmp, .call, .ret, .callFar, .jmpFar, .retFar, .iret, .int3, .int, .into, .int1, .enter, .leave, .bound, .cmc, .clc, .stc, .cli, .sti, .cld, .std, .nop, .ud2, .ud1, .ud0, .sldt, .str, .lldt, .ltr, .verr, .verw, .sgdt, .sidt, .lgdt, .lidt, .smsw, .lmsw, .invlpg, .monitor, .mwait, .clac, .stac, .xgetbv, .xsetbv, .rdpkru, .wrpkru, .vmmcall, .vmcall, .swapgs, .rdtscp, .rdpid, .lar, .lsl, .syscall, .clts, .sysret, .invd, .wbinvd, .wrmsr, .rdtsc, .rdmsr, .rdpmc, .sysenter, .sysexit, .cpuid, .rsm, .hlt, .invpcid, .rdfsbase, .rdgsbase, .wrfsbase, .wrgsbase, .fadd, .fiadd, .fmul, .fimul, .fcom, .ficom, .fcomp, .ficomp, .fsub, .fisub, .fsubr, .fisubr, .fdiv, .fidiv, .fdivr, .fidivr, .faddp, .fmulp, .fsubrp, .fsubp, .fdivrp, .fdivp, .fcompp, .fld, .fst, .fstp, .fldenv, .fldcw, .fnstenv, .fnstcw, .fxch, .fnop, .fchs, .fabs, .ftst, .fxam, .fld1, .fldl2t, .fldl2e, .fldpi, .fldlg2, .fldln2, .fldz, .f2xm1, .fyl2x, .fptan, .fpatan, .fxtract, .fprem1, .fdecstp, .fincstp, .fprem, .fyl2xp1, .fsqrt, .fsincos, .frndint, .fscale, .fsin, .fcos, .fcmovb, .fcmovnb, .fcmove, .fcmovne, .fcmovbe, .fcmovnbe, .fcmovu, .fcmovnu, .fucompp, .fild, .fisttp, .fist, .fistp, .fnclex, .fninit, .fucomi, .fcomi, .frstor, .fnsave, .fnstsw, .ffree, .fucom, .fucomp, .fbld, .fbstp, .ffreep, .fucomip, .fcomip, .fwait, .movups, .movaps, .movlps, .movhps, .unpcklps, .unpckhps, .movntps, .movmskps, .shufps, .andps, .andnps, .orps, .xorps, .ucomiss, .comiss, .movupd, .movapd, .movlpd, .movhpd, .unpcklpd, .unpckhpd, .movntpd, .movmskpd, .shufpd, .andpd, .andnpd, .orpd, .xorpd, .ucomisd, .comisd, .movhlps, .movlhps, .movss, .movsdXmm, .sqrtps, .sqrtpd, .sqrtss, .sqrtsd, .addps, .addpd, .addss, .addsd, .mulps, .mulpd, .mulss, .mulsd, .subps, .subpd, .subss, .subsd, .minps, .minpd, .minss, .minsd, .divps, .divpd, .divss, .divsd, .maxps, .maxpd, .maxss, .maxsd, .rsqrtps, .rsqrtss, .rcpps, .rcpss, .cmpps, .cmppd, .cmpss, .cmpsdXmm, .cvtpi2ps, .cvtpi2pd, .cvtsi2ss, .cvtsi2sd, .cvttps2pi, .cvttpd2pi, .cvttss2si, .cvttsd2si, .cvtps2pi, .cvtpd2pi, .cvtss2si, .cvtsd2si, .cvtps2pd, .cvtpd2ps, .cvtss2sd, .cvtsd2ss, .cvtdq2ps, .cvtps2dq, .cvttps2dq, .cvttpd2dq, .cvtpd2dq, .cvtdq2pd, .movd, .movq, .movdqa, .movdqu, .movq2dq, .movdq2q, .movntq, .movntdq, .movnti, .maskmovq, .maskmovdqu, .pshufw, .pshufd, .pshufhw, .pshuflw, .pinsrw, .pextrw, .pmovmskb, .punpcklbw, .punpcklwd, .punpckldq, .packsswb, .pcmpgtb, .pcmpgtw, .pcmpgtd, .packuswb, .punpckhbw, .punpckhwd, .punpckhdq, .packssdw, .pcmpeqb, .pcmpeqw, .pcmpeqd, .psrlw, .psrld, .psrlq, .paddq, .pmullw, .psubusb, .psubusw, .pminub, .pand, .paddusb, .paddusw, .pmaxub, .pandn, .pavgb, .psraw, .psrad, .pavgw, .pmulhuw, .pmulhw, .psubsb, .psubsw, .pminsw, .por, .paddsb, .paddsw, .pmaxsw, .pxor, .psllw, .pslld, .psllq, .pmuludq, .pmaddwd, .psadbw, .psubb, .psubw, .psubd, .psubq, .paddb, .paddw, .paddd, .punpcklqdq, .punpckhqdq, .psrldq, .pslldq, .addsubpd, .addsubps, .haddpd, .haddps, .hsubpd, .hsubps, .lddqu, .movddup, .movsldup, .movshdup, .pshufb, .phaddw, .phaddd, .phaddsw, .pmaddubsw, .phsubw, .phsubd, .phsubsw, .psignb, .psignw, .psignd, .pmulhrsw, .pabsb, .pabsw, .pabsd, .palignr, .pblendvb, .blendvps, .blendvpd, .ptest, .pmovsxbw, .pmovsxbd, .pmovsxbq, .pmovsxwd, .pmovsxwq, .pmovsxdq, .pmovzxbw, .pmovzxbd, .pmovzxbq, .pmovzxwd, .pmovzxwq, .pmovzxdq, .pmuldq, .pcmpeqq, .pminsb, .pminsd, .pminuw, .pminud, .pmaxsb, .pmaxsd, .pmaxuw, .pmaxud, .pmulld, .movntdqa, .packusdw, .phminposuw, .roundps, .roundpd, .roundss, .roundsd, .blendps, .blendpd, .pblendw, .pextrb, .pextrd, .extractps, .pinsrb, .pinsrd, .insertps, .dpps, .dppd, .mpsadbw, .pcmpgtq, .pcmpestrm, .pcmpestri, .pcmpistrm, .pcmpistri, .aesenc, .aesenclast, .aesdec, .aesdeclast, .aesimc, .aeskeygenassist, .pclmulqdq, .gf2p8mulb, .gf2p8affineqb, .gf2p8affineinvqb, .sha1nexte, .sha1msg1, .sha1msg2, .sha256msg1, .sha256msg2, .sha256rnds2, .sha1rnds4, .vtestps, .vtestpd, .vpbroadcastb, .vpbroadcastw, .vinsertf128, .vinserti128, .vextractf128, .vextracti128, .vperm2f128, .vperm2i128, .vpermilps, .vpermilpd, .vpermd, .vpermps, .vpermq, .vpermpd, .vpblendd, .vpsllvd, .vpsllvq, .vpsrlvd, .vpsrlvq, .vpsravd, .vmaskmovps, .vmaskmovpd, .vpmaskmovd, .vpmaskmovq, .vpgatherdd, .vpgatherdq, .vpgatherqd, .vpgatherqq, .vgatherdps, .vgatherdpd, .vgatherqps, .vgatherqpd, .vzeroupper, .vzeroall, .vcvtph2ps, .vcvtps2ph, .vfmaddsub132ps, .vfmaddsub132pd, .vfmaddsub213ps, .vfmaddsub213pd, .vfmaddsub231ps, .vfmaddsub231pd, .vfmsubadd132ps, .vfmsubadd132pd, .vfmsubadd213ps, .vfmsubadd213pd, .vfmsubadd231ps, .vfmsubadd231pd, .vfmadd132ps, .vfmadd132pd, .vfmadd132ss, .vfmadd132sd, .vfmadd213ps, .vfmadd213pd, .vfmadd213ss, .vfmadd213sd, .vfmadd231ps, .vfmadd231pd, .vfmadd231ss, .vfmadd231sd, .vfmsub132ps, .vfmsub132pd, .vfmsub132ss, .vfmsub132sd, .vfmsub213ps, .vfmsub213pd, .vfmsub213ss, .vfmsub213sd, .vfmsub231ps, .vfmsub231pd, .vfmsub231ss, .vfmsub231sd, .vfnmadd132ps, .vfnmadd132pd, .vfnmadd132ss, .vfnmadd132sd, .vfnmadd213ps, .vfnmadd213pd, .vfnmadd213ss, .vfnmadd213sd, .vfnmadd231ps, .vfnmadd231pd, .vfnmadd231ss, .vfnmadd231sd, .vfnmsub132ps, .vfnmsub132pd, .vfnmsub132ss, .vfnmsub132sd, .vfnmsub213ps, .vfnmsub213pd, .vfnmsub213ss, .vfnmsub213sd, .vfnmsub231ps, .vfnmsub231pd, .vfnmsub231ss, .vfnmsub231sd, .fxsave, .fxrstor, .ldmxcsr, .stmxcsr, .xsave, .xsaveopt, .xsavec, .xsaves, .xrstor, .xrstors, .lfence, .mfence, .sfence, .clflush, .clflushopt, .clwb, .emms:
      nil
    case .vbroadcastss:
      0
    case .vbroadcastsd:
      1
    case .vpbroadcastd:
      2
    case .vpbroadcastq:
      3
    case .vbroadcastf128:
      4
    case .vbroadcasti128:
      5
    }
  }

  /// Its place among the functions of BMI.
  var vexIntegerFunction: Int? {
    switch self {
    case .add, .or, .adc, .sbb, .and, .sub, .xor, .cmp, .test, .not, .neg, .mul, .imul1, .div, .idiv, .imul, .inc, .dec, .rol, .ror, .rcl, .rcr, .shl, .shr, .sar, .shld, .shrd, .bt, .bts, .btr, .btc, .bsf, .bsr, .bswap, .popcnt, .lzcnt, .tzcnt, .crc32, .movbe, .adcx, .adox, .rdrand, .rdseed, .pdep, .pext, .daa, .das, .aaa, .aas, .aam, .aad, .cbw, .cwd, .salc, .mov, .movFromSegment, .movToSegment, .movFromControl, .movToControl, .movFromDebug, .movToDebug, .movzx, .movsx, .movsxd, .arpl, .lea, .xchg, .pause, .cmpxchg, .cmpxchg8b, .cmpxchg16b, .xadd, .push, .pop, .pushSegment, .popSegment, .pusha, .popa, .pushf, .popf, .sahf, .lahf, .xlat, .les, .lds, .lss, .lfs, .lgs, .cmovcc, .setcc, .movs, .cmps, .stos, .lods, .scas, .ins, .outs, .`in`, .out, .jcc, .loopne, .loope, .loop, .jrcxz, .jmp, .call, .ret, .callFar, .jmpFar, .retFar, .iret, .int3, .int, .into, .int1, .enter, .leave, .bound, .cmc, .clc, .stc, .cli, .sti, .cld, .std, .nop, .ud2, .ud1, .ud0, .sldt, .str, .lldt, .ltr, .verr, .verw, .sgdt, .sidt, .lgdt, .lidt, .smsw, .lmsw, .invlpg, .monitor, .mwait, .clac, .stac, .xgetbv, .xsetbv, .rdpkru, .wrpkru, .vmmcall, .vmcall, .swapgs, .rdtscp, .rdpid, .lar, .lsl, .syscall, .clts, .sysret, .invd, .wbinvd, .wrmsr, .rdtsc, .rdmsr, .rdpmc, .sysenter, .sysexit, .cpuid, .rsm, .hlt, .invpcid, .rdfsbase, .rdgsbase, .wrfsbase, .wrgsbase, .fadd, .fiadd, .fmul, .fimul, .fcom, .ficom, .fcomp, .ficomp, .fsub, .fisub, .fsubr, .fisubr, .fdiv, .fidiv, .fdivr, .fidivr, .faddp, .fmulp, .fsubrp, .fsubp, .fdivrp, .fdivp, .fcompp, .fld, .fst, .fstp, .fldenv, .fldcw, .fnstenv, .fnstcw, .fxch, .fnop, .fchs, .fabs, .ftst, .fxam, .fld1, .fldl2t, .fldl2e, .fldpi, .fldlg2, .fldln2, .fldz, .f2xm1, .fyl2x, .fptan, .fpatan, .fxtract, .fprem1, .fdecstp, .fincstp, .fprem, .fyl2xp1, .fsqrt, .fsincos, .frndint, .fscale, .fsin, .fcos, .fcmovb, .fcmovnb, .fcmove, .fcmovne, .fcmovbe, .fcmovnbe, .fcmovu, .fcmovnu, .fucompp, .fild, .fisttp, .fist, .fistp, .fnclex, .fninit, .fucomi, .fcomi, .frstor, .fnsave, .fnstsw, .ffree, .fucom, .fucomp, .fbld, .fbstp, .ffreep, .fucomip, .fcomip, .fwait, .movups, .movaps, .movlps, .movhps, .unpcklps, .unpckhps, .movntps, .movmskps, .shufps, .andps, .andnps, .orps, .xorps, .ucomiss, .comiss, .movupd, .movapd, .movlpd, .movhpd, .unpcklpd, .unpckhpd, .movntpd, .movmskpd, .shufpd, .andpd, .andnpd, .orpd, .xorpd, .ucomisd, .comisd, .movhlps, .movlhps, .movss, .movsdXmm, .sqrtps, .sqrtpd, .sqrtss, .sqrtsd, .addps, .addpd, .addss, .addsd, .mulps, .mulpd, .mulss, .mulsd, .subps, .subpd, .subss, .subsd, .minps, .minpd, .minss, .minsd, .divps, .divpd, .divss, .divsd, .maxps, .maxpd, .maxss, .maxsd, .rsqrtps, .rsqrtss, .rcpps, .rcpss, .cmpps, .cmppd, .cmpss, .cmpsdXmm, .cvtpi2ps, .cvtpi2pd, .cvtsi2ss, .cvtsi2sd, .cvttps2pi, .cvttpd2pi, .cvttss2si, .cvttsd2si, .cvtps2pi, .cvtpd2pi, .cvtss2si, .cvtsd2si, .cvtps2pd, .cvtpd2ps, .cvtss2sd, .cvtsd2ss, .cvtdq2ps, .cvtps2dq, .cvttps2dq, .cvttpd2dq, .cvtpd2dq, .cvtdq2pd, .movd, .movq, .movdqa, .movdqu, .movq2dq, .movdq2q, .movntq, .movntdq, .movnti, .maskmovq, .maskmovdqu, .pshufw, .pshufd, .pshufhw, .pshuflw, .pinsrw, .pextrw, .pmovmskb, .punpcklbw, .punpcklwd, .punpckldq, .packsswb, .pcmpgtb, .pcmpgtw, .pcmpgtd, .packuswb, .punpckhbw, .punpckhwd, .punpckhdq, .packssdw, .pcmpeqb, .pcmpeqw, .pcmpeqd, .psrlw, .psrld, .psrlq, .paddq, .pmullw, .psubusb, .psubusw, .pminub, .pand, .paddusb, .paddusw, .pmaxub, .pandn, .pavgb, .psraw, .psrad, .pavgw, .pmulhuw, .pmulhw, .psubsb, .psubsw, .pminsw, .por, .paddsb, .paddsw, .pmaxsw, .pxor, .psllw, .pslld, .psllq, .pmuludq, .pmaddwd, .psadbw, .psubb, .psubw, .psubd, .psubq, .paddb, .paddw, .paddd, .punpcklqdq, .punpckhqdq, .psrldq, .pslldq, .addsubpd, .addsubps, .haddpd, .haddps, .hsubpd, .hsubps, .lddqu, .movddup, .movsldup, .movshdup, .pshufb, .phaddw, .phaddd, .phaddsw, .pmaddubsw, .phsubw, .phsubd, .phsubsw, .psignb, .psignw, .psignd, .pmulhrsw, .pabsb, .pabsw, .pabsd, .palignr, .pblendvb, .blendvps, .blendvpd, .ptest, .pmovsxbw, .pmovsxbd, .pmovsxbq, .pmovsxwd, .pmovsxwq, .pmovsxdq, .pmovzxbw, .pmovzxbd, .pmovzxbq, .pmovzxwd, .pmovzxwq, .pmovzxdq, .pmuldq, .pcmpeqq, .pminsb, .pminsd, .pminuw, .pminud, .pmaxsb, .pmaxsd, .pmaxuw, .pmaxud, .pmulld, .movntdqa, .packusdw, .phminposuw, .roundps, .roundpd, .roundss, .roundsd, .blendps, .blendpd, .pblendw, .pextrb, .pextrd, .extractps, .pinsrb, .pinsrd, .insertps, .dpps, .dppd, .mpsadbw, .pcmpgtq, .pcmpestrm, .pcmpestri, .pcmpistrm, .pcmpistri, .aesenc, .aesenclast, .aesdec, .aesdeclast, .aesimc, .aeskeygenassist, .pclmulqdq, .gf2p8mulb, .gf2p8affineqb, .gf2p8affineinvqb, .sha1nexte, .sha1msg1, .sha1msg2, .sha256msg1, .sha256msg2, .sha256rnds2, .sha1rnds4, .vtestps, .vtestpd, .vbroadcastss, .vbroadcastsd, .vpbroadcastb, .vpbroadcastw, .vpbroadcastd, .vpbroadcastq, .vbroadcastf128, .vbroadcasti128, .vinsertf128, .vinserti128, .vextractf128, .vextracti128, .vperm2f128, .vperm2i128, .vpermilps, .vpermilpd, .vpermd, .vpermps, .vpermq, .vpermpd, .vpblendd, .vpsllvd, .vpsllvq, .vpsrlvd, .vpsrlvq, .vpsravd, .vmaskmovps, .vmaskmovpd, .vpmaskmovd, .vpmaskmovq, .vpgatherdd, .vpgatherdq, .vpgatherqd, .vpgatherqq, .vgatherdps, .vgatherdpd, .vgatherqps, .vgatherqpd, .vzeroupper, .vzeroall, .vcvtph2ps, .vcvtps2ph, .vfmaddsub132ps, .vfmaddsub132pd, .vfmaddsub213ps, .vfmaddsub213pd, .vfmaddsub231ps, .vfmaddsub231pd, .vfmsubadd132ps, .vfmsubadd132pd, .vfmsubadd213ps, .vfmsubadd213pd, .vfmsubadd231ps, .vfmsubadd231pd, .vfmadd132ps, .vfmadd132pd, .vfmadd132ss, .vfmadd132sd, .vfmadd213ps, .vfmadd213pd, .vfmadd213ss, .vfmadd213sd, .vfmadd231ps, .vfmadd231pd, .vfmadd231ss, .vfmadd231sd, .vfmsub132ps, .vfmsub132pd, .vfmsub132ss, .vfmsub132sd, .vfmsub213ps, .vfmsub213pd, .vfmsub213ss, .vfmsub213sd, .vfmsub231ps, .vfmsub231pd, .vfmsub231ss, .vfmsub231sd, .vfnmadd132ps, .vfnmadd132pd, .vfnmadd132ss, .vfnmadd132sd, .vfnmadd213ps, .vfnmadd213pd, .vfnmadd213ss, .vfnmadd213sd, .vfnmadd231ps, .vfnmadd231pd, .vfnmadd231ss, .vfnmadd231sd, .vfnmsub132ps, .vfnmsub132pd, .vfnmsub132ss, .vfnmsub132sd, .vfnmsub213ps, .vfnmsub213pd, .vfnmsub213ss, .vfnmsub213sd, .vfnmsub231ps, .vfnmsub231pd, .vfnmsub231ss, .vfnmsub231sd, .fxsave, .fxrstor, .ldmxcsr, .stmxcsr, .xsave, .xsaveopt, .xsavec, .xsaves, .xrstor, .xrstors, .lfence, .mfence, .sfence, .clflush, .clflushopt, .clwb, .emms:
      nil
    case .andn:
      0
    case .bextr:
      1
    case .blsr:
      2
    case .blsmsk:
      3
    case .blsi:
      4
    case .bzhi:
      5
    case .mulx:
      6
    case .rorx:
      7
    case .sarx:
      8
    case .shlx:
      9
    case .shrx:
      10
    }
  }

  /// Its place among the conversions.
  var toIntegerFunction: Int? {
    switch self {
    case .add, .or, .adc, .sbb, .and, .sub, .xor, .cmp, .test, .not, .neg, .mul, .imul1, .div, .idiv, .imul, .inc, .dec, .rol, .ror, .rcl, .rcr, .shl, .shr, .sar, .shld, .shrd, .bt, .bts, .btr, .btc, .bsf, .bsr, .bswap, .popcnt, .lzcnt, .tzcnt, .crc32, .movbe, .adcx, .adox, .rdrand, .rdseed, .andn, .bextr, .blsr, .blsmsk, .blsi, .bzhi, .mulx, .pdep, .pext, .rorx, .sarx, .shlx, .shrx, .daa, .das, .aaa, .aas, .aam, .aad, .cbw, .cwd, .salc, .mov, .movFromSegment, .movToSegment, .movFromControl, .movToControl, .movFromDebug, .movToDebug, .movzx, .movsx, .movsxd, .arpl, .lea, .xchg, .pause, .cmpxchg, .cmpxchg8b, .cmpxchg16b, .xadd, .push, .pop, .pushSegment, .popSegment, .pusha, .popa, .pushf, .popf, .sahf, .lahf, .xlat, .les, .lds, .lss, .lfs, .lgs, .cmovcc, .setcc, .movs, .cmps, .stos, .lods, .scas, .ins, .outs, .`in`, .out, .jcc, .loopne, .loope, .loop, .jrcxz, .jmp, .call, .ret, .callFar, .jmpFar, .retFar, .iret, .int3, .int, .into, .int1, .enter, .leave, .bound, .cmc, .clc, .stc, .cli, .sti, .cld, .std, .nop, .ud2, .ud1, .ud0, .sldt, .str, .lldt, .ltr, .verr, .verw, .sgdt, .sidt, .lgdt, .lidt, .smsw, .lmsw, .invlpg, .monitor, .mwait, .clac, .stac, .xgetbv, .xsetbv, .rdpkru, .wrpkru, .vmmcall, .vmcall, .swapgs, .rdtscp, .rdpid, .lar, .lsl, .syscall, .clts, .sysret, .invd, .wbinvd, .wrmsr, .rdtsc, .rdmsr, .rdpmc, .sysenter, .sysexit, .cpuid, .rsm, .hlt, .invpcid, .rdfsbase, .rdgsbase, .wrfsbase, .wrgsbase, .fadd, .fiadd, .fmul, .fimul, .fcom, .ficom, .fcomp, .ficomp, .fsub, .fisub, .fsubr, .fisubr, .fdiv, .fidiv, .fdivr, .fidivr, .faddp, .fmulp, .fsubrp, .fsubp, .fdivrp, .fdivp, .fcompp, .fld, .fst, .fstp, .fldenv, .fldcw, .fnstenv, .fnstcw, .fxch, .fnop, .fchs, .fabs, .ftst, .fxam, .fld1, .fldl2t, .fldl2e, .fldpi, .fldlg2, .fldln2, .fldz, .f2xm1, .fyl2x, .fptan, .fpatan, .fxtract, .fprem1, .fdecstp, .fincstp, .fprem, .fyl2xp1, .fsqrt, .fsincos, .frndint, .fscale, .fsin, .fcos, .fcmovb, .fcmovnb, .fcmove, .fcmovne, .fcmovbe, .fcmovnbe, .fcmovu, .fcmovnu, .fucompp, .fild, .fisttp, .fist, .fistp, .fnclex, .fninit, .fucomi, .fcomi, .frstor, .fnsave, .fnstsw, .ffree, .fucom, .fucomp, .fbld, .fbstp, .ffreep, .fucomip, .fcomip, .fwait, .movups, .movaps, .movlps, .movhps, .unpcklps, .unpckhps, .movntps, .movmskps, .shufps, .andps, .andnps, .orps, .xorps, .ucomiss, .comiss, .movupd, .movapd, .movlpd, .movhpd, .unpcklpd, .unpckhpd, .movntpd, .movmskpd, .shufpd, .andpd, .andnpd, .orpd, .xorpd, .ucomisd, .comisd, .movhlps, .movlhps, .movss, .movsdXmm, .sqrtps, .sqrtpd, .sqrtss, .sqrtsd, .addps, .addpd, .addss, .addsd, .mulps, .mulpd, .mulss, .mulsd, .subps, .subpd, .subss, .subsd, .minps, .minpd, .minss, .minsd, .divps, .divpd, .divss, .divsd, .maxps, .maxpd, .maxss, .maxsd, .rsqrtps, .rsqrtss, .rcpps, .rcpss, .cmpps, .cmppd, .cmpss, .cmpsdXmm, .cvtpi2ps, .cvtpi2pd, .cvtsi2ss, .cvtsi2sd, .cvttps2pi, .cvttpd2pi, .cvtps2pi, .cvtpd2pi, .cvtps2pd, .cvtpd2ps, .cvtss2sd, .cvtsd2ss, .cvtdq2ps, .cvtps2dq, .cvttps2dq, .cvttpd2dq, .cvtpd2dq, .cvtdq2pd, .movd, .movq, .movdqa, .movdqu, .movq2dq, .movdq2q, .movntq, .movntdq, .movnti, .maskmovq, .maskmovdqu, .pshufw, .pshufd, .pshufhw, .pshuflw, .pinsrw, .pextrw, .pmovmskb, .punpcklbw, .punpcklwd, .punpckldq, .packsswb, .pcmpgtb, .pcmpgtw, .pcmpgtd, .packuswb, .punpckhbw, .punpckhwd, .punpckhdq, .packssdw, .pcmpeqb, .pcmpeqw, .pcmpeqd, .psrlw, .psrld, .psrlq, .paddq, .pmullw, .psubusb, .psubusw, .pminub, .pand, .paddusb, .paddusw, .pmaxub, .pandn, .pavgb, .psraw, .psrad, .pavgw, .pmulhuw, .pmulhw, .psubsb, .psubsw, .pminsw, .por, .paddsb, .paddsw, .pmaxsw, .pxor, .psllw, .pslld, .psllq, .pmuludq, .pmaddwd, .psadbw, .psubb, .psubw, .psubd, .psubq, .paddb, .paddw, .paddd, .punpcklqdq, .punpckhqdq, .psrldq, .pslldq, .addsubpd, .addsubps, .haddpd, .haddps, .hsubpd, .hsubps, .lddqu, .movddup, .movsldup, .movshdup, .pshufb, .phaddw, .phaddd, .phaddsw, .pmaddubsw, .phsubw, .phsubd, .phsubsw, .psignb, .psignw, .psignd, .pmulhrsw, .pabsb, .pabsw, .pabsd, .palignr, .pblendvb, .blendvps, .blendvpd, .ptest, .pmovsxbw, .pmovsxbd, .pmovsxbq, .pmovsxwd, .pmovsxwq, .pmovsxdq, .pmovzxbw, .pmovzxbd, .pmovzxbq, .pmovzxwd, .pmovzxwq, .pmovzxdq, .pmuldq, .pcmpeqq, .pminsb, .pminsd, .pminuw, .pminud, .pmaxsb, .pmaxsd, .pmaxuw, .pmaxud, .pmulld, .movntdqa, .packusdw, .phminposuw, .roundps, .roundpd, .roundss, .roundsd, .blendps, .blendpd, .pblendw, .pextrb, .pextrd, .extractps, .pinsrb, .pinsrd, .insertps, .dpps, .dppd, .mpsadbw, .pcmpgtq, .pcmpestrm, .pcmpestri, .pcmpistrm, .pcmpistri, .aesenc, .aesenclast, .aesdec, .aesdeclast, .aesimc, .aeskeygenassist, .pclmulqdq, .gf2p8mulb, .gf2p8affineqb, .gf2p8affineinvqb, .sha1nexte, .sha1msg1, .sha1msg2, .sha256msg1, .sha256msg2, .sha256rnds2, .sha1rnds4, .vtestps, .vtestpd, .vbroadcastss, .vbroadcastsd, .vpbroadcastb, .vpbroadcastw, .vpbroadcastd, .vpbroadcastq, .vbroadcastf128, .vbroadcasti128, .vinsertf128, .vinserti128, .vextractf128, .vextracti128, .vperm2f128, .vperm2i128, .vpermilps, .vpermilpd, .vpermd, .vpermps, .vpermq, .vpermpd, .vpblendd, .vpsllvd, .vpsllvq, .vpsrlvd, .vpsrlvq, .vpsravd, .vmaskmovps, .vmaskmovpd, .vpmaskmovd, .vpmaskmovq, .vpgatherdd, .vpgatherdq, .vpgatherqd, .vpgatherqq, .vgatherdps, .vgatherdpd, .vgatherqps, .vgatherqpd, .vzeroupper, .vzeroall, .vcvtph2ps, .vcvtps2ph, .vfmaddsub132ps, .vfmaddsub132pd, .vfmaddsub213ps, .vfmaddsub213pd, .vfmaddsub231ps, .vfmaddsub231pd, .vfmsubadd132ps, .vfmsubadd132pd, .vfmsubadd213ps, .vfmsubadd213pd, .vfmsubadd231ps, .vfmsubadd231pd, .vfmadd132ps, .vfmadd132pd, .vfmadd132ss, .vfmadd132sd, .vfmadd213ps, .vfmadd213pd, .vfmadd213ss, .vfmadd213sd, .vfmadd231ps, .vfmadd231pd, .vfmadd231ss, .vfmadd231sd, .vfmsub132ps, .vfmsub132pd, .vfmsub132ss, .vfmsub132sd, .vfmsub213ps, .vfmsub213pd, .vfmsub213ss, .vfmsub213sd, .vfmsub231ps, .vfmsub231pd, .vfmsub231ss, .vfmsub231sd, .vfnmadd132ps, .vfnmadd132pd, .vfnmadd132ss, .vfnmadd132sd, .vfnmadd213ps, .vfnmadd213pd, .vfnmadd213ss, .vfnmadd213sd, .vfnmadd231ps, .vfnmadd231pd, .vfnmadd231ss, .vfnmadd231sd, .vfnmsub132ps, .vfnmsub132pd, .vfnmsub132ss, .vfnmsub132sd, .vfnmsub213ps, .vfnmsub213pd, .vfnmsub213ss, .vfnmsub213sd, .vfnmsub231ps, .vfnmsub231pd, .vfnmsub231ss, .vfnmsub231sd, .fxsave, .fxrstor, .ldmxcsr, .stmxcsr, .xsave, .xsaveopt, .xsavec, .xsaves, .xrstor, .xrstors, .lfence, .mfence, .sfence, .clflush, .clflushopt, .clwb, .emms:
      nil
    case .cvttss2si:
      0
    case .cvttsd2si:
      1
    case .cvtss2si:
      2
    case .cvtsd2si:
      3
    }
  }

  /// Of a move of XMM registers: its operand in memory must be aligned.
  var isAlignedVectorMove: Bool? {
    switch self {
    case .add, .or, .adc, .sbb, .and, .sub, .xor, .cmp, .test, .not, .neg, .mul, .imul1, .div, .idiv, .imul, .inc, .dec, .rol, .ror, .rcl, .rcr, .shl, .shr, .sar, .shld, .shrd, .bt, .bts, .btr, .btc, .bsf, .bsr, .bswap, .popcnt, .lzcnt, .tzcnt, .crc32, .movbe, .adcx, .adox, .rdrand, .rdseed, .andn, .bextr, .blsr, .blsmsk, .blsi, .bzhi, .mulx, .pdep, .pext, .rorx, .sarx, .shlx, .shrx, .daa, .das, .aaa, .aas, .aam, .aad, .cbw, .cwd, .salc, .mov, .movFromSegment, .movToSegment, .movFromControl, .movToControl, .movFromDebug, .movToDebug, .movzx, .movsx, .movsxd, .arpl, .lea, .xchg, .pause, .cmpxchg, .cmpxchg8b, .cmpxchg16b, .xadd, .push, .pop, .pushSegment, .popSegment, .pusha, .popa, .pushf, .popf, .sahf, .lahf, .xlat, .les, .lds, .lss, .lfs, .lgs, .cmovcc, .setcc, .movs, .cmps, .stos, .lods, .scas, .ins, .outs, .`in`, .out, .jcc, .loopne, .loope, .loop, .jrcxz, .jmp, .call, .ret, .callFar, .jmpFar, .retFar, .iret, .int3, .int, .into, .int1, .enter, .leave, .bound, .cmc, .clc, .stc, .cli, .sti, .cld, .std, .nop, .ud2, .ud1, .ud0, .sldt, .str, .lldt, .ltr, .verr, .verw, .sgdt, .sidt, .lgdt, .lidt, .smsw, .lmsw, .invlpg, .monitor, .mwait, .clac, .stac, .xgetbv, .xsetbv, .rdpkru, .wrpkru, .vmmcall, .vmcall, .swapgs, .rdtscp, .rdpid, .lar, .lsl, .syscall, .clts, .sysret, .invd, .wbinvd, .wrmsr, .rdtsc, .rdmsr, .rdpmc, .sysenter, .sysexit, .cpuid, .rsm, .hlt, .invpcid, .rdfsbase, .rdgsbase, .wrfsbase, .wrgsbase, .fadd, .fiadd, .fmul, .fimul, .fcom, .ficom, .fcomp, .ficomp, .fsub, .fisub, .fsubr, .fisubr, .fdiv, .fidiv, .fdivr, .fidivr, .faddp, .fmulp, .fsubrp, .fsubp, .fdivrp, .fdivp, .fcompp, .fld, .fst, .fstp, .fldenv, .fldcw, .fnstenv, .fnstcw, .fxch, .fnop, .fchs, .fabs, .ftst, .fxam, .fld1, .fldl2t, .fldl2e, .fldpi, .fldlg2, .fldln2, .fldz, .f2xm1, .fyl2x, .fptan, .fpatan, .fxtract, .fprem1, .fdecstp, .fincstp, .fprem, .fyl2xp1, .fsqrt, .fsincos, .frndint, .fscale, .fsin, .fcos, .fcmovb, .fcmovnb, .fcmove, .fcmovne, .fcmovbe, .fcmovnbe, .fcmovu, .fcmovnu, .fucompp, .fild, .fisttp, .fist, .fistp, .fnclex, .fninit, .fucomi, .fcomi, .frstor, .fnsave, .fnstsw, .ffree, .fucom, .fucomp, .fbld, .fbstp, .ffreep, .fucomip, .fcomip, .fwait, .movlps, .movhps, .unpcklps, .unpckhps, .movmskps, .shufps, .andps, .andnps, .orps, .xorps, .ucomiss, .comiss, .movlpd, .movhpd, .unpcklpd, .unpckhpd, .movmskpd, .shufpd, .andpd, .andnpd, .orpd, .xorpd, .ucomisd, .comisd, .movhlps, .movlhps, .movss, .movsdXmm, .sqrtps, .sqrtpd, .sqrtss, .sqrtsd, .addps, .addpd, .addss, .addsd, .mulps, .mulpd, .mulss, .mulsd, .subps, .subpd, .subss, .subsd, .minps, .minpd, .minss, .minsd, .divps, .divpd, .divss, .divsd, .maxps, .maxpd, .maxss, .maxsd, .rsqrtps, .rsqrtss, .rcpps, .rcpss, .cmpps, .cmppd, .cmpss, .cmpsdXmm, .cvtpi2ps, .cvtpi2pd, .cvtsi2ss, .cvtsi2sd, .cvttps2pi, .cvttpd2pi, .cvttss2si, .cvttsd2si, .cvtps2pi, .cvtpd2pi, .cvtss2si, .cvtsd2si, .cvtps2pd, .cvtpd2ps, .cvtss2sd, .cvtsd2ss, .cvtdq2ps, .cvtps2dq, .cvttps2dq, .cvttpd2dq, .cvtpd2dq, .cvtdq2pd, .movd, .movq, .movq2dq, .movdq2q, .movntq, .movnti, .maskmovq, .maskmovdqu, .pshufw, .pshufd, .pshufhw, .pshuflw, .pinsrw, .pextrw, .pmovmskb, .punpcklbw, .punpcklwd, .punpckldq, .packsswb, .pcmpgtb, .pcmpgtw, .pcmpgtd, .packuswb, .punpckhbw, .punpckhwd, .punpckhdq, .packssdw, .pcmpeqb, .pcmpeqw, .pcmpeqd, .psrlw, .psrld, .psrlq, .paddq, .pmullw, .psubusb, .psubusw, .pminub, .pand, .paddusb, .paddusw, .pmaxub, .pandn, .pavgb, .psraw, .psrad, .pavgw, .pmulhuw, .pmulhw, .psubsb, .psubsw, .pminsw, .por, .paddsb, .paddsw, .pmaxsw, .pxor, .psllw, .pslld, .psllq, .pmuludq, .pmaddwd, .psadbw, .psubb, .psubw, .psubd, .psubq, .paddb, .paddw, .paddd, .punpcklqdq, .punpckhqdq, .psrldq, .pslldq, .addsubpd, .addsubps, .haddpd, .haddps, .hsubpd, .hsubps, .movddup, .movsldup, .movshdup, .pshufb, .phaddw, .phaddd, .phaddsw, .pmaddubsw, .phsubw, .phsubd, .phsubsw, .psignb, .psignw, .psignd, .pmulhrsw, .pabsb, .pabsw, .pabsd, .palignr, .pblendvb, .blendvps, .blendvpd, .ptest, .pmovsxbw, .pmovsxbd, .pmovsxbq, .pmovsxwd, .pmovsxwq, .pmovsxdq, .pmovzxbw, .pmovzxbd, .pmovzxbq, .pmovzxwd, .pmovzxwq, .pmovzxdq, .pmuldq, .pcmpeqq, .pminsb, .pminsd, .pminuw, .pminud, .pmaxsb, .pmaxsd, .pmaxuw, .pmaxud, .pmulld, .packusdw, .phminposuw, .roundps, .roundpd, .roundss, .roundsd, .blendps, .blendpd, .pblendw, .pextrb, .pextrd, .extractps, .pinsrb, .pinsrd, .insertps, .dpps, .dppd, .mpsadbw, .pcmpgtq, .pcmpestrm, .pcmpestri, .pcmpistrm, .pcmpistri, .aesenc, .aesenclast, .aesdec, .aesdeclast, .aesimc, .aeskeygenassist, .pclmulqdq, .gf2p8mulb, .gf2p8affineqb, .gf2p8affineinvqb, .sha1nexte, .sha1msg1, .sha1msg2, .sha256msg1, .sha256msg2, .sha256rnds2, .sha1rnds4, .vtestps, .vtestpd, .vbroadcastss, .vbroadcastsd, .vpbroadcastb, .vpbroadcastw, .vpbroadcastd, .vpbroadcastq, .vbroadcastf128, .vbroadcasti128, .vinsertf128, .vinserti128, .vextractf128, .vextracti128, .vperm2f128, .vperm2i128, .vpermilps, .vpermilpd, .vpermd, .vpermps, .vpermq, .vpermpd, .vpblendd, .vpsllvd, .vpsllvq, .vpsrlvd, .vpsrlvq, .vpsravd, .vmaskmovps, .vmaskmovpd, .vpmaskmovd, .vpmaskmovq, .vpgatherdd, .vpgatherdq, .vpgatherqd, .vpgatherqq, .vgatherdps, .vgatherdpd, .vgatherqps, .vgatherqpd, .vzeroupper, .vzeroall, .vcvtph2ps, .vcvtps2ph, .vfmaddsub132ps, .vfmaddsub132pd, .vfmaddsub213ps, .vfmaddsub213pd, .vfmaddsub231ps, .vfmaddsub231pd, .vfmsubadd132ps, .vfmsubadd132pd, .vfmsubadd213ps, .vfmsubadd213pd, .vfmsubadd231ps, .vfmsubadd231pd, .vfmadd132ps, .vfmadd132pd, .vfmadd132ss, .vfmadd132sd, .vfmadd213ps, .vfmadd213pd, .vfmadd213ss, .vfmadd213sd, .vfmadd231ps, .vfmadd231pd, .vfmadd231ss, .vfmadd231sd, .vfmsub132ps, .vfmsub132pd, .vfmsub132ss, .vfmsub132sd, .vfmsub213ps, .vfmsub213pd, .vfmsub213ss, .vfmsub213sd, .vfmsub231ps, .vfmsub231pd, .vfmsub231ss, .vfmsub231sd, .vfnmadd132ps, .vfnmadd132pd, .vfnmadd132ss, .vfnmadd132sd, .vfnmadd213ps, .vfnmadd213pd, .vfnmadd213ss, .vfnmadd213sd, .vfnmadd231ps, .vfnmadd231pd, .vfnmadd231ss, .vfnmadd231sd, .vfnmsub132ps, .vfnmsub132pd, .vfnmsub132ss, .vfnmsub132sd, .vfnmsub213ps, .vfnmsub213pd, .vfnmsub213ss, .vfnmsub213sd, .vfnmsub231ps, .vfnmsub231pd, .vfnmsub231ss, .vfnmsub231sd, .fxsave, .fxrstor, .ldmxcsr, .stmxcsr, .xsave, .xsaveopt, .xsavec, .xsaves, .xrstor, .xrstors, .lfence, .mfence, .sfence, .clflush, .clflushopt, .clwb, .emms:
      nil
    case .movups, .movupd, .movdqu, .lddqu:
      false
    case .movaps, .movntps, .movapd, .movntpd, .movdqa, .movntdq, .movntdqa:
      true
    }
  }

  /// Its handlers of registers.
  var threadedGroup: ThreadedGroup {
    switch self {
    case .add, .or, .adc, .sbb, .and, .sub, .xor, .cmp, .test, .not, .neg, .imul, .inc, .dec, .rol, .ror, .rcl, .rcr, .shl, .shr, .sar, .crc32, .movbe, .adcx, .adox, .rdrand, .rdseed, .andn, .bextr, .blsr, .blsmsk, .blsi, .bzhi, .mulx, .pdep, .pext, .rorx, .sarx, .shlx, .shrx, .daa, .das, .aaa, .aas, .aam, .aad, .cbw, .cwd, .salc, .mov, .movFromSegment, .movToSegment, .movFromControl, .movToControl, .movFromDebug, .movToDebug, .movzx, .movsx, .movsxd, .arpl, .lea, .xchg, .pause, .cmpxchg, .cmpxchg8b, .cmpxchg16b, .xadd, .push, .pop, .pushSegment, .popSegment, .pusha, .popa, .pushf, .popf, .sahf, .lahf, .xlat, .les, .lds, .lss, .lfs, .lgs, .cmovcc, .setcc, .movs, .cmps, .stos, .lods, .scas, .ins, .outs, .`in`, .out, .jcc, .loopne, .loope, .loop, .jrcxz, .jmp, .call, .ret, .callFar, .jmpFar, .retFar, .iret, .int3, .int, .into, .int1, .enter, .leave, .bound, .cmc, .clc, .stc, .cli, .sti, .cld, .std, .nop, .ud2, .ud1, .ud0, .sldt, .str, .lldt, .ltr, .verr, .verw, .sgdt, .sidt, .lgdt, .lidt, .smsw, .lmsw, .invlpg, .monitor, .mwait, .clac, .stac, .xgetbv, .xsetbv, .rdpkru, .wrpkru, .vmmcall, .vmcall, .swapgs, .rdtscp, .rdpid, .lar, .lsl, .syscall, .clts, .sysret, .invd, .wbinvd, .wrmsr, .rdtsc, .rdmsr, .rdpmc, .sysenter, .sysexit, .cpuid, .rsm, .hlt, .invpcid, .rdfsbase, .rdgsbase, .wrfsbase, .wrgsbase, .fadd, .fiadd, .fmul, .fimul, .fcom, .ficom, .fcomp, .ficomp, .fsub, .fisub, .fsubr, .fisubr, .fdiv, .fidiv, .fdivr, .fidivr, .faddp, .fmulp, .fsubrp, .fsubp, .fdivrp, .fdivp, .fcompp, .fld, .fst, .fstp, .fldenv, .fldcw, .fnstenv, .fnstcw, .fxch, .fnop, .fchs, .fabs, .ftst, .fxam, .fld1, .fldl2t, .fldl2e, .fldpi, .fldlg2, .fldln2, .fldz, .f2xm1, .fyl2x, .fptan, .fpatan, .fxtract, .fprem1, .fdecstp, .fincstp, .fprem, .fyl2xp1, .fsqrt, .fsincos, .frndint, .fscale, .fsin, .fcos, .fcmovb, .fcmovnb, .fcmove, .fcmovne, .fcmovbe, .fcmovnbe, .fcmovu, .fcmovnu, .fucompp, .fild, .fisttp, .fist, .fistp, .fnclex, .fninit, .fucomi, .fcomi, .frstor, .fnsave, .fnstsw, .ffree, .fucom, .fucomp, .fbld, .fbstp, .ffreep, .fucomip, .fcomip, .fwait, .movups, .movaps, .movlps, .movhps, .unpcklps, .unpckhps, .movntps, .movmskps, .shufps, .andps, .andnps, .orps, .xorps, .ucomiss, .comiss, .movupd, .movapd, .movlpd, .movhpd, .unpcklpd, .unpckhpd, .movntpd, .movmskpd, .shufpd, .andpd, .andnpd, .orpd, .xorpd, .ucomisd, .comisd, .movhlps, .movlhps, .movss, .movsdXmm, .sqrtps, .sqrtpd, .sqrtss, .sqrtsd, .addps, .addpd, .addss, .addsd, .mulps, .mulpd, .mulss, .mulsd, .subps, .subpd, .subss, .subsd, .minps, .minpd, .minss, .minsd, .divps, .divpd, .divss, .divsd, .maxps, .maxpd, .maxss, .maxsd, .rsqrtps, .rsqrtss, .rcpps, .rcpss, .cmpps, .cmppd, .cmpss, .cmpsdXmm, .cvtpi2ps, .cvtpi2pd, .cvtsi2ss, .cvtsi2sd, .cvttps2pi, .cvttpd2pi, .cvttss2si, .cvttsd2si, .cvtps2pi, .cvtpd2pi, .cvtss2si, .cvtsd2si, .cvtps2pd, .cvtpd2ps, .cvtss2sd, .cvtsd2ss, .cvtdq2ps, .cvtps2dq, .cvttps2dq, .cvttpd2dq, .cvtpd2dq, .cvtdq2pd, .movd, .movq, .movdqa, .movdqu, .movq2dq, .movdq2q, .movntq, .movntdq, .movnti, .maskmovq, .maskmovdqu, .pshufw, .pshufd, .pshufhw, .pshuflw, .pinsrw, .pextrw, .pmovmskb, .punpcklbw, .punpcklwd, .punpckldq, .packsswb, .pcmpgtb, .pcmpgtw, .pcmpgtd, .packuswb, .punpckhbw, .punpckhwd, .punpckhdq, .packssdw, .pcmpeqb, .pcmpeqw, .pcmpeqd, .psrlw, .psrld, .psrlq, .paddq, .pmullw, .psubusb, .psubusw, .pminub, .pand, .paddusb, .paddusw, .pmaxub, .pandn, .pavgb, .psraw, .psrad, .pavgw, .pmulhuw, .pmulhw, .psubsb, .psubsw, .pminsw, .por, .paddsb, .paddsw, .pmaxsw, .pxor, .psllw, .pslld, .psllq, .pmuludq, .pmaddwd, .psadbw, .psubb, .psubw, .psubd, .psubq, .paddb, .paddw, .paddd, .punpcklqdq, .punpckhqdq, .psrldq, .pslldq, .addsubpd, .addsubps, .haddpd, .haddps, .hsubpd, .hsubps, .lddqu, .movddup, .movsldup, .movshdup, .pshufb, .phaddw, .phaddd, .phaddsw, .pmaddubsw, .phsubw, .phsubd, .phsubsw, .psignb, .psignw, .psignd, .pmulhrsw, .pabsb, .pabsw, .pabsd, .palignr, .pblendvb, .blendvps, .blendvpd, .ptest, .pmovsxbw, .pmovsxbd, .pmovsxbq, .pmovsxwd, .pmovsxwq, .pmovsxdq, .pmovzxbw, .pmovzxbd, .pmovzxbq, .pmovzxwd, .pmovzxwq, .pmovzxdq, .pmuldq, .pcmpeqq, .pminsb, .pminsd, .pminuw, .pminud, .pmaxsb, .pmaxsd, .pmaxuw, .pmaxud, .pmulld, .movntdqa, .packusdw, .phminposuw, .roundps, .roundpd, .roundss, .roundsd, .blendps, .blendpd, .pblendw, .pextrb, .pextrd, .extractps, .pinsrb, .pinsrd, .insertps, .dpps, .dppd, .mpsadbw, .pcmpgtq, .pcmpestrm, .pcmpestri, .pcmpistrm, .pcmpistri, .aesenc, .aesenclast, .aesdec, .aesdeclast, .aesimc, .aeskeygenassist, .pclmulqdq, .gf2p8mulb, .gf2p8affineqb, .gf2p8affineinvqb, .sha1nexte, .sha1msg1, .sha1msg2, .sha256msg1, .sha256msg2, .sha256rnds2, .sha1rnds4, .vtestps, .vtestpd, .vbroadcastss, .vbroadcastsd, .vpbroadcastb, .vpbroadcastw, .vpbroadcastd, .vpbroadcastq, .vbroadcastf128, .vbroadcasti128, .vinsertf128, .vinserti128, .vextractf128, .vextracti128, .vperm2f128, .vperm2i128, .vpermilps, .vpermilpd, .vpermd, .vpermps, .vpermq, .vpermpd, .vpblendd, .vpsllvd, .vpsllvq, .vpsrlvd, .vpsrlvq, .vpsravd, .vmaskmovps, .vmaskmovpd, .vpmaskmovd, .vpmaskmovq, .vpgatherdd, .vpgatherdq, .vpgatherqd, .vpgatherqq, .vgatherdps, .vgatherdpd, .vgatherqps, .vgatherqpd, .vzeroupper, .vzeroall, .vcvtph2ps, .vcvtps2ph, .vfmaddsub132ps, .vfmaddsub132pd, .vfmaddsub213ps, .vfmaddsub213pd, .vfmaddsub231ps, .vfmaddsub231pd, .vfmsubadd132ps, .vfmsubadd132pd, .vfmsubadd213ps, .vfmsubadd213pd, .vfmsubadd231ps, .vfmsubadd231pd, .vfmadd132ps, .vfmadd132pd, .vfmadd132ss, .vfmadd132sd, .vfmadd213ps, .vfmadd213pd, .vfmadd213ss, .vfmadd213sd, .vfmadd231ps, .vfmadd231pd, .vfmadd231ss, .vfmadd231sd, .vfmsub132ps, .vfmsub132pd, .vfmsub132ss, .vfmsub132sd, .vfmsub213ps, .vfmsub213pd, .vfmsub213ss, .vfmsub213sd, .vfmsub231ps, .vfmsub231pd, .vfmsub231ss, .vfmsub231sd, .vfnmadd132ps, .vfnmadd132pd, .vfnmadd132ss, .vfnmadd132sd, .vfnmadd213ps, .vfnmadd213pd, .vfnmadd213ss, .vfnmadd213sd, .vfnmadd231ps, .vfnmadd231pd, .vfnmadd231ss, .vfnmadd231sd, .vfnmsub132ps, .vfnmsub132pd, .vfnmsub132ss, .vfnmsub132sd, .vfnmsub213ps, .vfnmsub213pd, .vfnmsub213ss, .vfnmsub213sd, .vfnmsub231ps, .vfnmsub231pd, .vfnmsub231ss, .vfnmsub231sd, .fxsave, .fxrstor, .ldmxcsr, .stmxcsr, .xsave, .xsaveopt, .xsavec, .xsaves, .xrstor, .xrstors, .lfence, .mfence, .sfence, .clflush, .clflushopt, .clwb, .emms:
      .none
    case .mul:
      .widenProduct(signed: false)
    case .imul1:
      .widenProduct(signed: true)
    case .div:
      .divide(signed: false)
    case .idiv:
      .divide(signed: true)
    case .shld:
      .doubleShift(left: true)
    case .shrd:
      .doubleShift(left: false)
    case .bt:
      .bit(0)
    case .bts:
      .bit(1)
    case .btr:
      .bit(2)
    case .btc:
      .bit(3)
    case .bsf:
      .bitScan(reverse: false)
    case .bsr:
      .bitScan(reverse: true)
    case .bswap:
      .byteSwap
    case .popcnt:
      .populationCount
    case .lzcnt:
      .zeroCount(leading: true)
    case .tzcnt:
      .zeroCount(leading: false)
    }
  }
}
