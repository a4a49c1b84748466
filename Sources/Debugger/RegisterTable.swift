import X86

/// Features of the target description, in the order of their registers.
enum DebugFeature: String, CaseIterable, Sendable {
  case core = "org.gnu.gdb.i386.core"
  case sse = "org.gnu.gdb.i386.sse"
  case avx = "org.gnu.gdb.i386.avx"
  case protectionKeys = "org.gnu.gdb.i386.pkeys"
  case segments = "org.gnu.gdb.i386.segments"
  case system = "org.emu.system"
}

/// The registers of one target description; a register's number is its place in `all`.
struct RegisterTable: Sendable {
  /// What is described, and how much of it.
  struct Choice: Equatable, Sendable {
    /// As what the processor is shown.
    var architecture: DebugArchitecture
    /// All system registers, not only those that control the mode and paging.
    var listsAll: Bool
    /// The processor has YMM registers.
    var hasAVX = false
    /// The processor has PKRU.
    var hasProtectionKeys = false
  }

  /// The choice.
  let choice: Choice
  /// In the order of the `g` packet.
  let all: [DebugRegister]

  /// Those of a choice.
  static func of(_ choice: Choice) -> RegisterTable {
    // GDB knows the bases of FS and GS in 64-bit processors alone: elsewhere they are registers like others.
    let known =
      switch choice.architecture {
      case .i386: core(general32, "eip") + sse(8) + bases(.system)
      case .amd64: core(general64, "rip") + sse(16) + bases(.segments)
      }
    let upper = choice.hasAVX ? avx(choice.architecture == .i386 ? 8 : 16) : []
    let keys: [DebugRegister] =
      choice.hasProtectionKeys ? [.number(.protectionKeys, "pkru", \.pkru, type: "uint32")] : []
    return RegisterTable(choice: choice, all: known + upper + keys + control + (choice.listsAll ? system : []))
  }

  /// GDB orders the general registers in its own way: these are their encodings.
  private static let general64: [(String, Int)] = [
    ("rax", 0), ("rbx", 3), ("rcx", 1), ("rdx", 2), ("rsi", 6), ("rdi", 7), ("rbp", 5), ("rsp", 4), ("r8", 8),
    ("r9", 9), ("r10", 10), ("r11", 11), ("r12", 12), ("r13", 13), ("r14", 14), ("r15", 15),
  ]
  /// In an order of its own for 32-bit processors.
  private static let general32: [(String, Int)] = [
    ("eax", 0), ("ecx", 1), ("edx", 2), ("ebx", 3), ("esp", 4), ("ebp", 5), ("esi", 6), ("edi", 7),
  ]
  /// Segment registers in GDB's order, with their encodings.
  private static let selectors: [(String, Int)] = [("cs", 1), ("ss", 2), ("ds", 3), ("es", 0), ("fs", 4), ("gs", 5)]

  private static func core(_ general: [(String, Int)], _ instructionPointer: String) -> [DebugRegister] {
    let byteCount = general.count == 8 ? 4 : 8
    var result = general.map { name, number in
      DebugRegister.address(
        name, \.generalRegisters[number], type: number == 4 || number == 5 ? "data_ptr" : "int\(byteCount * 8)",
        byteCount: byteCount)
    }
    result.append(
      .address(instructionPointer, \.linearInstructionPointer, type: "code_ptr", byteCount: byteCount))
    result.append(.number(.core, "eflags", \.rflags, type: "i386_eflags", byteCount: 4))
    result += selectors.map { name, number in
      .number(.core, name, \.segments[number].selector, type: "int32", byteCount: 4)
    }
    result += (0..<8).map {
      .floating(.core, "st\($0)", at: 32 + $0 * 16, stored: 10, byteCount: 10, type: "i387_ext")
    }
    result += [
      .floating(.core, "fctrl", at: 0, stored: 2, byteCount: 4, type: "int"),
      .floating(.core, "fstat", at: 2, stored: 2, byteCount: 4, type: "int"),
      .number(.core, "ftag", \.fullTagWord, type: "int", byteCount: 4),
      .floating(.core, "fiseg", at: 12, stored: 2, byteCount: 4, type: "int"),
      .floating(.core, "fioff", at: 8, stored: 4, byteCount: 4, type: "int"),
      .floating(.core, "foseg", at: 20, stored: 2, byteCount: 4, type: "int"),
      .floating(.core, "fooff", at: 16, stored: 4, byteCount: 4, type: "int"),
      .floating(.core, "fop", at: 6, stored: 2, byteCount: 4, type: "int"),
    ]
    return result
  }

  private static func sse(_ count: Int) -> [DebugRegister] {
    (0..<count).map { .floating(.sse, "xmm\($0)", at: 160 + $0 * 16, stored: 16, byteCount: 16, type: "vec128") }
      + [.floating(.sse, "mxcsr", at: 24, stored: 4, byteCount: 4, type: "i386_mxcsr")]
  }

  /// The upper halves, as GDB puts YMM registers together.
  private static func avx(_ count: Int) -> [DebugRegister] {
    (0..<count).map { number in
      DebugRegister(
        feature: .avx, name: "ymm\(number)h", byteCount: 16, type: "uint128",
        read: { state in
          guard state.upperVectors.count == 32 else { return nil }
          return state.upperVectors[(number * 2)...(number * 2 + 1)].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64($0 * 8)) }
          }
        },
        write: { state, bytes in
          guard state.upperVectors.count == 32, bytes.count == 16 else { return }
          for half in 0..<2 {
            state.upperVectors[number * 2 + half] = bytes[(half * 8)..<(half * 8 + 8)].reversed()
              .reduce(0) { $0 << 8 | UInt64($1) }
          }
        })
    }
  }

  private static func bases(_ feature: DebugFeature) -> [DebugRegister] {
    [
      .number(feature, "fs_base", \.segments[4].base, type: feature == .segments ? "int" : "uint64"),
      .number(feature, "gs_base", \.segments[5].base, type: feature == .segments ? "int" : "uint64"),
    ]
  }

  /// What decides about mode and paging.
  private static var control: [DebugRegister] {
    modelSpecific(isBasic: true) + [
      .number(.system, "cr0", \.cr0, type: "emu_cr0"), .number(.system, "cr2", \.cr2, type: "uint64"),
      .number(.system, "cr3", \.cr3, type: "uint64"), .number(.system, "cr4", \.cr4, type: "emu_cr4"),
      .number(.system, "cr8", \.cr8, type: "uint64"), .number(.system, "efer", \.efer, type: "emu_efer"),
    ]
  }

  /// All the others.
  private static var system: [DebugRegister] {
    var result: [DebugRegister] = [.number(.system, "xcr0", \.xcr0, type: "uint64")]
    result += (0..<4).map { .number(.system, "pdpte\($0)", \.pdpte[$0], type: "uint64") }
    result += (0..<4).map { .number(.system, "dr\($0)", \.debugAddresses[$0], type: "uint64") }
    result += [
      .number(.system, "dr6", \.dr6, type: "emu_dr6"), .number(.system, "dr7", \.dr7, type: "emu_dr7"),
      .number(.system, "gdtr_base", \.gdtr.base, type: "uint64"),
      .number(.system, "gdtr_limit", \.gdtr.limit, type: "uint32", byteCount: 4),
      .number(.system, "idtr_base", \.idtr.base, type: "uint64"),
      .number(.system, "idtr_limit", \.idtr.limit, type: "uint32", byteCount: 4),
      .number(.system, "ldtr", \.ldtr.selector, type: "uint32", byteCount: 4),
    ]
    result += hidden("ldtr", \.ldtr.base, \.ldtr.limit, \.ldtr.attributes)
    result.append(.number(.system, "tr", \.tr.selector, type: "uint32", byteCount: 4))
    result += hidden("tr", \.tr.base, \.tr.limit, \.tr.attributes)
    for (name, number) in selectors {
      let parts = hidden(name, \.segments[number].base, \.segments[number].limit, \.segments[number].attributes)
      // FS and GS have their bases in a feature that GDB knows.
      result += number < 4 ? parts : Array(parts.dropFirst())
    }
    return result + modelSpecific(isBasic: false) + situation
  }

  private static func hidden(
    _ name: String, _ base: DebugRegister.Path<UInt64>, _ limit: DebugRegister.Path<UInt32>,
    _ attributes: DebugRegister.Path<UInt32>
  ) -> [DebugRegister] {
    [
      .number(.system, "\(name)_base", base, type: "uint64"),
      .number(.system, "\(name)_limit", limit, type: "uint32"),
      .number(.system, "\(name)_attributes", attributes, type: "emu_attributes"),
    ]
  }

  /// The MSRs that the table gives a name for GDB.
  private static func modelSpecific(isBasic: Bool) -> [DebugRegister] {
    MSRTable.rows.compactMap { row in row.gdb.map { (place: $0, number: row.numbers.lowerBound) } }
      .filter { $0.place.isBasic == isBasic }.sorted { $0.place.order < $1.place.order }
      .map { .msr($0.place.name, $0.number) }
  }

  /// What no register of the processor shows.
  private static var situation: [DebugRegister] {
    [
      .number(.system, "rip_in_cs", \.rip, type: "uint64"),
      .computed(
        .system, "activity", byteCount: 4, type: "emu_activity", read: { UInt64($0.activity.rawValue) },
        write: { state, value in
          if let activity = ActivityState(rawValue: UInt8(truncatingIfNeeded: value)), value < 256 {
            state.activity = activity
          }
        }),
      .computed(
        .system, "blocking", byteCount: 4, type: "emu_blocking",
        read: { state in
          (state.stiShadow ? 1 : 0) | (state.movSSShadow ? 2 : 0) | (state.nmiBlocked ? 4 : 0)
            | (state.nmiPending ? 8 : 0)
        },
        write: { state, value in
          state.stiShadow = value & 1 != 0
          state.movSSShadow = value & 2 != 0
          state.nmiBlocked = value & 4 != 0
          state.nmiPending = value & 8 != 0
        }),
    ]
  }
}

extension DebugTarget {
  /// The description for a debugger that asks now.
  var registerChoice: RegisterTable.Choice {
    RegisterTable.Choice(
      architecture: architecture, listsAll: listsAllRegisters, hasAVX: hasAVX, hasProtectionKeys: hasProtectionKeys)
  }
}
