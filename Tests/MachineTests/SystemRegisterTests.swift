import TestSupport
import Testing
import X86
import X86Decoder

@testable import Interpreter

@Suite("Rows of system registers and of CPUID")
struct SystemRegisterTests {
  @Test("Fields ascend, do not overlap, and have names of their own", arguments: SystemRegister.all)
  func fields(_ register: SystemRegister) {
    var seen: UInt64 = 0
    for field in register.fields {
      #expect(field.mask & seen == 0 && field.mask > seen, "\(register.name).\(field.name)")
      seen |= field.mask
    }
    let names = register.fields.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(register.mask == seen && register.writable & ~seen == 0)
    #expect(register.names(of: .max) == register.fields.filter { !$0.isHidden }.map(\.name).filter { !$0.isEmpty })
    #expect(register.names(of: 0).isEmpty)
  }

  @Test(
    "Bits of a value by name",
    arguments: [
      ("CR0", 0x8001_0001, "PE WP PG"), ("CR4", 0x30_0020, "PAE SMEP SMAP"), ("EFER", 0xD01, "SCE LME LMA NXE"),
      ("RFLAGS", 0x3246, "PF ZF IF IOPL"), ("DR6", 0x4001, "B0 BS"), ("DR7", 0x1_0C01, "L0 RW0"), ("CR8", 9, "TPL"),
      ("XCR0", 3, "x87 SSE"), ("XCR0", 0x206, "SSE AVX PKRU"),
    ] as [(String, UInt64, String)])
  func text(_ name: String, _ value: UInt64, _ text: String) throws {
    let register = try #require(SystemRegister.all.first { $0.name == name })
    #expect(register.names(of: value).joined(separator: " ") == text)
  }

  @Test(
    "The masks are those of the manuals",
    arguments: [
      ("CR0", 0xE005_003F, 0x6000_0010), ("CR4", 0x0077_1FFF, 0), ("EFER", 0xD01, 0), ("DR6", 0xE00F, 0xFFFF_0FF0),
      ("DR7", 0xFFFF_2BFF, 0x400), ("RFLAGS", 0x3F_7FD7, 2), ("CR8", 15, 0), ("XCR0", 0x207, 1),
    ] as [(String, UInt64, UInt64)])
  func masks(_ name: String, _ mask: UInt64, _ reset: UInt64) throws {
    let register = try #require(SystemRegister.all.first { $0.name == name })
    #expect(register.mask == mask && register.reset == reset)
  }

  @Test("The flags that software changes are the status flags and the system flags")
  func flags() {
    #expect(RFLAGS.status | RFLAGS.system == SystemRegister.rflags.writable)
    #expect(RFLAGS.status & RFLAGS.system == 0)
  }

  @Test("A state after power-up and a processor have the reset values")
  func reset() {
    let state = ArchitecturalState()
    #expect(state.cr0 == 0x6000_0010 && state.rflags == 2 && state.dr6 == 0xFFFF_0FF0 && state.dr7 == 0x400)
    #expect((state.cr2, state.cr3, state.cr4, state.cr8) == (0, 0, 0, 0))
    #expect(state.efer == SystemRegister.efer.reset && state.xcr0 == SystemRegister.xcr0.reset)
  }

  @Test("A model takes the bits of CR4 whose features it announces", arguments: ProcessorModel.all)
  func controls(_ model: ProcessorModel) throws {
    // OSXSAVE belongs to level v3, LA57 and PKE to named models.
    let hasKeys = model.features.contains(.pku)
    #expect(model.cr4Mask == (model.level < .v3 ? 0x0033_0FFC : hasKeys ? 0x0077_1FFC : 0x0037_0FFC))
    for field in SystemRegister.cr4.fields {
      var guest = try BareProcessor()
      // mov cr4, rax; PCIDE is allowed since CR3 has no PCID.
      guest.state.generalRegisters[0] = guest.state.cr4 | field.mask
      if field.mask == CR4.linearAddress57 {
        // It cannot change in IA-32e mode.
        guest.enterProtected()
        guest.state.generalRegisters[0] = field.mask
      }
      let outcome = guest.execute([0x0F, 0x22, 0xE0], model: model)
      if model.cr4Mask & field.mask != 0 {
        guard case .retired = outcome else {
          Issue.record("CR4.\(field.name): \(outcome)")
          continue
        }
      } else {
        guard case .raised(let exception) = outcome else {
          Issue.record("CR4.\(field.name) is set")
          continue
        }
        #expect(exception.reason == .cr4ReservedBits, "\(field.name)")
      }
    }
  }

  // MARK: CPUID

  @Test("Each feature has one row, in the order of the cases, and a bit of its own")
  func featureRows() {
    #expect(CPUIDRow.table.map(\.feature) == CPUIDFeature.allCases)
    let bits = CPUIDRow.table.map { "\($0.leaf) \($0.register) \($0.bit)" }
    #expect(Set(bits).count == bits.count)
    #expect(CPUIDRow.table.allSatisfy { $0.bit < 32 })
  }

  @Test("The CPUID column of opcodes.txt has names of rows")
  func opcodeFeatures() {
    let names = Set(OpcodeForm.all.map(\.feature)).subtracting(["base"])
    #expect(names.count > 10)
    for name in names { #expect(CPUIDFeature(rawValue: name) != nil, "\(name)") }
  }

  @Test("A model announces the rows of its family and no other", arguments: ProcessorModel.all)
  func announced(_ model: ProcessorModel) {
    let model = model.on(processorCount: 2)
    for row in CPUIDRow.table {
      let found = model.cpuid(row.leaf, row.subleaf ?? 0, apicID: 0, cr4: .max, apicEnabled: true)
      let register = [found.0, found.1, found.2, found.3][row.register.index]
      #expect(
        (register & row.mask != 0) == (row.families.contains(model.family) && row.level <= model.level),
        "\(row.feature)")
    }
  }

  @Test(
    "Feature leaves as they have always been",
    arguments: [
      ("amd-v1", 1, [0x00A2_0F10, 0x800 | 1 << 16, 0x81A2_2000, 0x078B_FBFD]),
      ("amd-v1", 7, [0, 0x0010_0683, 4, 0]), ("amd-zen2-v1", 7, [0, 0x0010_0283, 4, 0]),
      ("intel-v1", 7, [0, 0x0010_26C3, 4, 0]), ("intel-v1", 0x8000_0001, [0, 0, 1, 0x2C10_0800]),
      ("amd-zen2-v2", 1, [0x0083_0F10, 0x800 | 1 << 16, 0x81BA_2201, 0x078B_FBFD]),
      ("amd-zen2-v3", 1, [0x0083_0F10, 0x800 | 1 << 16, 0xF7FA_3203, 0x078B_FBFD]),
      ("amd-zen2-v3", 7, [0, 0x219C_03AB, 0x0040_0004, 0]), ("amd-v3", 7, [0, 0x219C_07AB, 0x0040_0604, 0]),
      ("amd-zen2-v3", 0x8000_0001, [0x0083_0F10, 0, 0x0040_0121, 0x2D93_FBFD]),
      ("amd-zen2-v3", 0xD, [7, 576, 832, 0]), ("zen4", 0xD, [0x207, 576, 2440, 0]),
      ("icelake", 0xD, [0x207, 576, 2696, 0]), ("zen4", 7, [0, 0x219C_07AB, 0x0041_070C, 0]),
      ("icelake", 7, [0, 0x219C_27EB, 0x0041_070C, 0]), ("zen2", 7, [0, 0x219C_03AB, 0x0040_0004, 0]),
      ("zen4", 0x8000_0008, [57 << 8 | 40, 4, 0, 0]), ("icelake", 0x8000_0008, [57 << 8 | 40, 0, 0, 0]),
      ("zen2", 0x8000_0008, [48 << 8 | 40, 4, 0, 0]),
      ("zen4", 1, [0x00A1_0F11, 0x800 | 1 << 16, 0xF7FA_3203, 0x078B_FBFD]), ("amd-v1", 0xD, [0, 0, 0, 0]),
      ("amd-v1", 0x8000_0001, [0x00A2_0F10, 0, 0x0040_0001, 0x2D93_FBFD]), ("amd-v1", 0x8000_0007, [0, 0, 0, 0x100]),
      ("amd-v1", 0x8000_0008, [0x3028, 4, 0, 0]),
    ] as [(String, UInt32, [UInt32])])
  func leaves(_ name: String, _ leaf: UInt32, _ wanted: [UInt32]) throws {
    let model = try #require(ProcessorModel(named: name))
    let found = model.cpuid(leaf, 0, apicID: 0, cr4: 0, apicEnabled: true)
    #expect([found.0, found.1, found.2, found.3] == wanted)
  }

  /// Model, subleaf of leaf Dh, XCR0, the registers.
  @Test(
    "State components of XSAVE",
    arguments: [
      ("zen4", 0, 0x207, [0x207, 2440, 2440, 0]), ("zen4", 0, 7, [0x207, 832, 2440, 0]),
      ("zen4", 1, 0x207, [0xF, 840, 0, 0]), ("zen4", 1, 0x203, [0xF, 584, 0, 0]), ("zen4", 1, 7, [0xF, 832, 0, 0]),
      ("zen4", 2, 7, [256, 576, 0, 0]), ("zen4", 9, 7, [8, 2432, 0, 0]), ("icelake", 9, 7, [8, 2688, 0, 0]),
      ("icelake", 0, 0x203, [0x207, 2696, 2696, 0]), ("zen4", 3, 0x207, [0, 0, 0, 0]), ("zen2", 9, 7, [0, 0, 0, 0]),
      ("zen2", 1, 7, [0xF, 832, 0, 0]), ("amd-v3", 1, 7, [7, 832, 0, 0]), ("amd-v1", 9, 1, [0, 0, 0, 0]),
    ] as [(String, UInt32, UInt64, [UInt32])])
  func components(_ name: String, _ subleaf: UInt32, _ xcr0: UInt64, _ wanted: [UInt32]) throws {
    let model = try #require(ProcessorModel(named: name))
    let found = model.cpuid(0xD, subleaf, apicID: 0, cr4: 0, xcr0: xcr0, apicEnabled: true)
    #expect([found.0, found.1, found.2, found.3] == wanted)
  }

  @Test("OSXSAVE and OSPKE show bits of CR4")
  func osBits() {
    func words(_ cr4: UInt64) -> (UInt32, UInt32) {
      (
        ProcessorModel.zen4.cpuid(1, 0, apicID: 0, cr4: cr4, apicEnabled: true).2,
        ProcessorModel.zen4.cpuid(7, 0, apicID: 0, cr4: cr4, apicEnabled: true).2
      )
    }
    let none = words(0)
    #expect(words(CR4.osXSAVE) == (none.0 | 1 << 27, none.1))
    #expect(words(CR4.protectionKeyEnable) == (none.0, none.1 | 1 << 4))
  }

  @Test("Conditions decide about bits of leaf 1")
  func conditions() {
    func leaf(_ count: Int, _ apic: Bool) -> UInt32 {
      ProcessorModel.amdV1.on(processorCount: count)
        .cpuid(1, 0, apicID: 0, cr4: 0, apicEnabled: apic).3
    }
    #expect(leaf(1, true) ^ leaf(1, false) == 1 << 9)
    #expect(leaf(1, true) ^ leaf(2, true) == 1 << 28)
  }
}
