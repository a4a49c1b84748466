public import X86
import X86Decoder

/// Which results of the host's own processor say something about every processor of its make.
public enum CaptureFilter {
  /// Whether a result belongs into a recording: not one that only tells of a feature that the model denies, of the
  /// host's kernel, or of nothing.
  public static func isPortable(_ test: InstructionTest, _ result: UserState) -> Bool {
    if result.vector == ExceptionVector.pageFault.rawValue, result.cr2 >> 63 != 0 { return false }
    guard let instruction = test.decoded else {
      return AbsentFeature.name(OpcodeBytes(test)) == nil && result.vector == ExceptionVector.invalidOpcode.rawValue
    }
    let template = EncodingTemplate.all[Int(instruction.form)]
    if Judgeable.reason(template, cpl: test.cpl) != nil { return false }
    let isBitScan = instruction.operation == .bsf || instruction.operation == .bsr
    return !(isBitScan && OpcodeBytes(test).selector == 0xF3)
  }
}
