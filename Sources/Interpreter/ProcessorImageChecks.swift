import MMU
import X86
import TextForms

extension ProcessorImage {
  /// What no processor of a model can come to, as a sentence that names field and value; nil if nothing was found.
  ///
  /// Guards the interpreter: an image without a problem can be restored and run. Registers that cannot hold a value are
  /// found by a comparison after the restore.
  public func problem(model: ProcessorModel) -> String? {
    countProblem ?? modelProblem(model) ?? modeProblem(model) ?? segmentProblem ?? lastRestore?.problem
      ?? internalProblem
  }

  /// State of a feature that the model lacks.
  private func modelProblem(_ model: ProcessorModel) -> String? {
    let state = architectural
    let absent = state.xcr0 & ~(model.xcr0Mask | XCR0.x87)
    if absent != 0 {
      let names = SystemRegister.xcr0.names(of: absent).joined(separator: ", ")
      return
        "XCR0 \(Text.suffixed(state.xcr0)) has \(names.isEmpty ? "bits" : names) that the model \(model.name) lacks"
    }
    if let index = state.upperVectors.firstIndex(where: { $0 != 0 }), !model.features.contains(.avx) {
      return "YMM\(index / 2) has a value above bit 127, and the model \(model.name) lacks AVX"
    }
    if state.pkru != 0, !model.features.contains(.pku) {
      return "PKRU is \(Text.suffixed(UInt64(state.pkru))), and the model \(model.name) lacks PKU"
    }
    if lastRestore != nil, !model.features.contains(.xsave) {
      return "an XRSTOR is noted, and the model \(model.name) lacks XSAVE"
    }
    return nil
  }

  private var countProblem: String? {
    let state = architectural
    for (name, count, wanted) in [
      ("general registers", state.generalRegisters.count, 16), ("segment registers", state.segments.count, 6),
      ("PDPTE registers", state.pdpte.count, 4), ("debug addresses", state.debugAddresses.count, 4),
      ("bytes of the FXSAVE area", state.fxsaveArea.count, 512),
      ("words of upper vectors", state.upperVectors.count, 32), ("large regions", largeRegions.count, 513),
    ] where count != wanted {
      return "\(count) \(name) are not \(wanted)"
    }
    let known = Set(Processor.exportedMSRs + Processor.imageMSRs)
    if let number = Set(state.msrs.keys).symmetricDifference(known).min() {
      let name = "MSR \(Text.suffixed(UInt64(number)))"
      return known.contains(number) ? "\(name) is missing" : "\(name) is unknown"
    }
    return nil
  }

  private func modeProblem(_ model: ProcessorModel) -> String? {
    let state = architectural
    let isPaging = state.cr0 & CR0.paging != 0
    let isLong = state.efer & EFER.longModeActive != 0
    let cr0 = "CR0 \(Text.suffixed(state.cr0))"
    if state.cr0 & ~SystemRegister.cr0.mask != 0 || state.cr0 & CR0.extensionType == 0 {
      return "\(cr0) has impossible bits"
    }
    if isPaging && state.cr0 & CR0.protectionEnable == 0 { return "\(cr0) has PG without PE" }
    if state.cr0 & CR0.notWriteThrough != 0 && state.cr0 & CR0.cacheDisable == 0 { return "\(cr0) has NW without CD" }
    if state.xcr0 & XCR0.avx != 0 && state.xcr0 & XCR0.sse == 0 {
      return "XCR0 \(Text.suffixed(state.xcr0)) has AVX without SSE"
    }
    if state.cr4 & ~model.cr4Mask != 0 { return "CR4 \(Text.suffixed(state.cr4)) has impossible bits" }
    let efer = "IA32_EFER \(Text.suffixed(state.efer))"
    if state.efer & ~SystemRegister.efer.mask != 0 { return "\(efer) has impossible bits" }
    if isLong != (isPaging && state.efer & EFER.longModeEnable != 0) { return "\(efer) has LMA against LME and CR0.PG" }
    if isLong && state.cr4 & CR4.physicalAddressExtension == 0 { return "\(efer) has LMA without CR4.PAE" }
    let flags = "RFLAGS \(Text.suffixed(state.rflags))"
    if state.rflags & ~(RFLAGS.system | RFLAGS.status) != RFLAGS.alwaysOne { return "\(flags) has impossible bits" }
    if state.rflags & RFLAGS.virtual8086 != 0 && (isLong || state.cr0 & CR0.protectionEnable == 0) {
      return "\(flags) has VM outside protected mode"
    }
    return nil
  }

  private var segmentProblem: String? {
    let names = ["ES", "CS", "SS", "DS", "FS", "GS", "LDTR", "TR"]
    for (name, segment) in zip(names, architectural.segments + [architectural.ldtr, architectural.tr])
    where segment.attributes & ~0x1F0FF != 0 {
      return "\(name) attributes \(Text.suffixed(UInt64(segment.attributes))) have bits outside 1F0FFh"
    }
    return nil
  }

  private var internalProblem: String? {
    if surplusTicks > ticks { return "\(surplusTicks) surplus ticks are more than the \(ticks) ticks" }
    if ticks >= 1 << 62 { return "ticks \(ticks) is not 0...\((1 << 62) - 1)" }
    guard addressMask == .max || addressMask == ~(1 << 20) else {
      return "address mask \(Text.suffixed(addressMask)) is not that of an A20 gate"
    }
    for (name, slots, count) in [
      ("data", data, 3 * TranslationCache.bankSize), ("fetch", fetch, 2 * TranslationCache.fetchSize),
    ] {
      guard slots.count <= count else { return "\(slots.count) \(name) translations are more than \(count)" }
      if let slot = slots.first(where: { Int($0.index) >= count }) {
        return "\(name) translation \(slot.index) is not 0...\(count - 1)"
      }
    }
    return nil
  }

}
