// Generated from opcodes.txt by OpcodeTableGenerator; do not edit.
// swift-format-ignore-file

import X86Decoder

/// The handlers of the threaded engine by fast form.
enum ThreadedHandlers {
  /// The shared semantics.
  static let general = unsafe bits { unsafe Interpreter.general($0, $1, $2, $3, $4) }
  /// The end of a block that no branch ends.
  static let blockEnd = unsafe bits { unsafe jump($0, $1, $2, $3, $4) }
  /// The same where another page begins.
  static let pageEnd = unsafe bits { unsafe enterNextPage($0, $1, $2, $3, $4) }
  /// The first operation of a block whose code was written.
  static let stale = unsafe bits { unsafe Interpreter.stale($0, $1, $2, $3, $4) }

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
    bits { unsafe wideMultiply($0, $1, $2, $3, $4) },
    bits { unsafe push($0, $1, $2, $3, $4) },
    bits { unsafe pop($0, $1, $2, $3, $4) },
    bits { unsafe jump($0, $1, $2, $3, $4) },
    bits { unsafe jumpFar($0, $1, $2, $3, $4) },
    bits { unsafe jumpRegister($0, $1, $2, $3, $4) },
    bits { unsafe call($0, $1, $2, $3, $4) },
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

  private static let multiplyImmediate64Handlers: [UInt] = unsafe [
    bits { unsafe multiplyImmediate(UInt64.self, $0, $1, $2, $3, $4) },
  ]

  private static let shiftCount64Handlers: [UInt] = unsafe [
    bits { unsafe shiftCount(.rol, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.ror, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.rcl, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.rcr, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.shl, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.shr, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.sar, UInt64.self, $0, $1, $2, $3, $4) },
  ]

  private static let unaryMemory64Handlers: [UInt] = unsafe [
    bits { unsafe unaryMemory(.not, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.neg, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.inc, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.dec, UInt64.self, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let moveIfMemory64Handlers: [UInt] = unsafe [
    bits { unsafe moveIfMemory(0, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(1, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(2, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(3, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(4, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(5, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(6, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(7, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(8, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(9, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(10, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(11, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(12, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(13, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(14, UInt64.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(15, UInt64.self, $0, $1, $2, $3, $4) },
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
    bits { unsafe multiplyImmediate(UInt32.self, $0, $1, $2, $3, $4) },
  ]

  private static let shiftCount32Handlers: [UInt] = unsafe [
    bits { unsafe shiftCount(.rol, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.ror, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.rcl, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.rcr, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.shl, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.shr, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe shiftCount(.sar, UInt32.self, $0, $1, $2, $3, $4) },
  ]

  private static let unaryMemory32Handlers: [UInt] = unsafe [
    bits { unsafe unaryMemory(.not, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.neg, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.inc, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
    bits { unsafe unaryMemory(.dec, UInt32.self, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let moveIfMemory32Handlers: [UInt] = unsafe [
    bits { unsafe moveIfMemory(0, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(1, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(2, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(3, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(4, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(5, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(6, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(7, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(8, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(9, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(10, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(11, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(12, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(13, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(14, UInt32.self, $0, $1, $2, $3, $4) },
    bits { unsafe moveIfMemory(15, UInt32.self, $0, $1, $2, $3, $4) },
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

  private static let moveVectorHandlers: [UInt] = unsafe [
    bits { unsafe moveVector($0, $1, $2, $3, $4) },
  ]

  private static let loadVectorHandlers: [UInt] = unsafe [
    bits { unsafe loadVector(aligned: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe loadVector(aligned: false, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let loadVectorAlignedHandlers: [UInt] = unsafe [
    bits { unsafe loadVector(aligned: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe loadVector(aligned: true, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let storeVectorHandlers: [UInt] = unsafe [
    bits { unsafe storeVector(aligned: false, .based, $0, $1, $2, $3, $4) },
    bits { unsafe storeVector(aligned: false, .indexed, $0, $1, $2, $3, $4) },
  ]

  private static let storeVectorAlignedHandlers: [UInt] = unsafe [
    bits { unsafe storeVector(aligned: true, .based, $0, $1, $2, $3, $4) },
    bits { unsafe storeVector(aligned: true, .indexed, $0, $1, $2, $3, $4) },
  ]

  /// The handler of an instruction without a fast form.
  static func other(_ form: ThreadedForm, function: Int, condition: Int, isIndexed: Bool) -> UInt {
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
    case .source8: source8Handlers[function]
    case .destination8: destination8Handlers[function]
    case .multiplyImmediate64: multiplyImmediate64Handlers[0]
    case .shiftCount64: shiftCount64Handlers[function]
    case .unaryMemory64: unaryMemory64Handlers[function]
    case .moveIfMemory64: moveIfMemory64Handlers[condition]
    case .segmentLoad64: segmentLoad64Handlers[0]
    case .segmentStore64: segmentStore64Handlers[0]
    case .segmentSource64: segmentSource64Handlers[function]
    case .segmentUnary64: segmentUnary64Handlers[function]
    case .multiplyImmediate32: multiplyImmediate32Handlers[0]
    case .shiftCount32: shiftCount32Handlers[function]
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
    case .moveVector: moveVectorHandlers[0]
    case .loadVector: loadVectorHandlers[isIndexed ? 1 : 0]
    case .loadVectorAligned: loadVectorAlignedHandlers[isIndexed ? 1 : 0]
    case .storeVector: storeVectorHandlers[isIndexed ? 1 : 0]
    case .storeVectorAligned: storeVectorAlignedHandlers[isIndexed ? 1 : 0]
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
