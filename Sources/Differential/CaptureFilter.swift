public import InstructionTesting
public import Interpreter
import ModelExecution
import X86
import X86Decoder

/// Which results of the host's own processor say something about every processor of its make.
public enum CaptureFilter {
  /// Whether a result belongs into a recording: not one that only shows a feature that the model denies, of the
  /// host's kernel, or of nothing.
  ///
  /// - Parameter model: the one of the processor that gave the result.
  public static func isPortable(
    _ test: InstructionTest, _ result: UserState, _ model: ProcessorModel
  ) -> Bool {
    // The last page of the lower half is the kernel's as well.
    if result.vector == ExceptionVector.pageFault.rawValue, result.cr2 >= 0x7FFF_FFFF_F000 { return false }
    guard let instruction = test.decoded(by: model.decoder) else {
      return AbsentFeature.name(test, model.features) == nil && result.vector == ExceptionVector.invalidOpcode.rawValue
    }
    // A return to user mode by the host's kernel makes null selectors zero, and hides which of the four it was.
    if result.vector == UserState.noException, let register = loadedSegment(instruction),
      result.selectors[register] == 0, !isZero(instruction, test.input, model)
    {
      return false
    }
    // So are descriptors of the host's own behind those that tests have.
    if result.vector == UserState.noException, let register = loadedSegment(instruction),
      HostSelectors.isForeign(UInt32(result.selectors[register]))
    {
      return false
    }
    if showsForeignComponents(instruction, test, model) { return false }
    let template = EncodingTemplate.all[Int(instruction.form)]
    if UntestableForms.reason(template, cpl: test.cpl) != nil { return false }
    let isBitScan = instruction.operation == .bsf || instruction.operation == .bsr
    return !(isBitScan && OpcodeBytes(test).selector == 0xF3)
  }

  /// Whether a result depends on components of XSAVE that the model does not have, or on PKRU, which is the host system's.
  private static func showsForeignComponents(
    _ instruction: Instruction, _ test: InstructionTest, _ model: ProcessorModel
  ) -> Bool {
    if instruction.operation == .xgetbv { return true }
    guard [.xsave, .xsaveopt, .xsavec, .xrstor].contains(instruction.operation) else { return false }
    let own = ModelEnvironment.components(model.features) & ~XCR0.protectionKeys | XCR0.compactedFormat
    return StateComponents.asked(test) & ~own != 0
  }

  /// The segment register, other than CS and SS, that an instruction loads.
  private static func loadedSegment(_ instruction: Instruction) -> Int? {
    if instruction.operation == .movToSegment || instruction.operation == .popSegment {
      return instruction.reg == 2 ? nil : Int(instruction.reg & 7) % 6
    }
    return farPointerSegments[instruction.operation]
  }

  private static let farPointerSegments: [X86Decoder.Operation: Int] = [.les: 0, .lds: 3, .lfs: 4, .lgs: 5]

  /// Whether the selector was 0 before the kernel saw it, as far as the input shows.
  private static func isZero(
    _ instruction: Instruction, _ input: UserState, _ model: ProcessorModel
  ) -> Bool {
    let address: UInt64
    if instruction.operation == .movToSegment, !instruction.isMemory {
      return input.generalRegisters[Int(instruction.rm & 15)] & 0xFFFF == 0
    }
    if instruction.operation == .movToSegment {
      address = MemoryOperand.linear(instruction, input)
    } else if instruction.operation == .popSegment {
      address = input.generalRegisters[4]
    } else {
      let size =
        model.behaviors.contains(.takes64BitFarPointers) ? instruction.operandSize : min(instruction.operandSize, 4)
      address = MemoryOperand.linear(instruction, input) &+ UInt64(size)
    }
    let offset = address &- InstructionTest.windowAddress
    guard offset <= UInt64(InstructionTest.windowByteCount - 2) else { return false }
    func byte(_ offset: UInt64) -> UInt64 { (input.window[Int(offset / 8)] >> (offset % 8 * 8)) & 0xFF }
    return byte(offset) | byte(offset + 1) == 0
  }
}
