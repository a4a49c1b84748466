import Inspection
import TextForms

/// JSON as `emu walk` and `emu tables` write it: numbers of the guest are strings with 0x.
enum InspectJSON {
  private static func number(_ value: some BinaryInteger) -> String { "\"\(Text.hex(value))\"" }
  private static func object(_ members: [String]) -> String { "{\(members.joined(separator: ","))}" }
  private static func array(_ items: [String]) -> String { "[\(items.joined(separator: ","))]" }

  /// Which processor, when, and where it stands.
  static func moment(_ guest: InspectedGuest) -> [String] {
    let address = guest.view.state.linearRIP
    return [
      "\"processor\":\(guest.processor)", "\"instructions\":\(guest.ticks)", "\"next\":\(number(address))",
      "\"next_symbol\":\(guest.symbols.text(of: address).map(JSONText.quoted) ?? "null")",
    ]
  }

  /// A walk.
  static func walk(_ walk: WalkReport, _ guest: InspectedGuest, _ name: String?) -> String {
    var members = moment(guest)
    members += [
      "\"linear\":\(number(walk.linear))", "\"symbol\":\(name.map(JSONText.quoted) ?? "null")",
      "\"format\":\(JSONText.quoted(walk.format.rawValue))", "\"cr3\":\(number(walk.cr3))",
      "\"steps\":\(array(walk.steps.map(step)))",
    ]
    switch walk.verdict {
    case .unpaged:
      members += ["\"verdict\":\"unpaged\"", "\"physical\":\(number(walk.linear))"]
    case .mapped(let physical, let shift):
      members += [
        "\"verdict\":\"mapped\"", "\"physical\":\(number(physical))", "\"page_bytes\":\(UInt64(1) << shift)",
      ]
    case .notCanonical: members.append("\"verdict\":\"not canonical\"")
    case .notPresent(let level): members += ["\"verdict\":\"not present\"", "\"level\":\(level)"]
    case .reserved(let level, let bits):
      members += ["\"verdict\":\"reserved\"", "\"level\":\(level)", "\"reserved\":\(number(bits))"]
    }
    members.append("\"sentence\":\(JSONText.quoted(walk.sentence))")
    let accesses = walk.accesses.map { "\(JSONText.quoted($0.name)):\($0.fault.map { number($0) } ?? "null")" }
    members.append("\"faults\":\(object(accesses))")
    return object(members)
  }

  private static func step(_ step: WalkReport.Step) -> String {
    let entry = step.entry
    return object([
      "\"level\":\(entry.level)", "\"name\":\(JSONText.quoted(entry.name))", "\"index\":\(step.index)",
      "\"address\":\(step.address.map { number($0) } ?? "null")", "\"in_ram\":\(step.isInRAM)",
      "\"value\":\(number(entry.value))", "\"flags\":\(array(entry.flags.map(JSONText.quoted)))",
      "\"is_page\":\(entry.isPresent && entry.isLeaf)", "\"target\":\(number(entry.address))",
      "\"reserved\":\(number(entry.reserved))",
    ])
  }

  /// A GDT or LDT.
  static func table(_ table: DescriptorTable) -> String {
    let entries = table.entries.map { entry in
      object([
        "\"offset\":\(number(entry.offset))", "\"low\":\(entry.descriptor.map { number($0.low) } ?? "null")",
        "\"high\":\((entry.descriptor?.high).map { number($0) } ?? "null")",
        "\"text\":\(entry.descriptor.map { JSONText.quoted($0.description) } ?? "null")",
      ])
    }
    return object([
      "\"base\":\(number(table.base))", "\"limit\":\(number(table.limit))", "\"entries\":\(array(entries))",
    ])
  }

  /// An IDT.
  static func table(_ table: InterruptTable) -> String {
    let gates = table.gates.enumerated().map { vector, gate in
      object([
        "\"vector\":\(vector)", "\"selector\":\(gate.map { number($0.selector) } ?? "null")",
        "\"offset\":\(gate.map { number($0.offset) } ?? "null")",
        "\"present\":\(gate.map { String($0.isPresent) } ?? "null")",
        "\"text\":\(gate.map { JSONText.quoted($0.description) } ?? "null")",
      ])
    }
    return object([
      "\"base\":\(number(table.base))", "\"limit\":\(number(table.limit))", "\"real_mode\":\(table.isRealMode)",
      "\"gates\":\(array(gates))",
    ])
  }

  /// A TSS.
  static func task(_ task: TaskState) -> String {
    let fields = task.fields.map { "\(JSONText.quoted($0.name)):\($0.value.map { number($0) } ?? "null")" }
    let ports = task.allowedPorts.map { ranges in
      array(ranges.map { array([number($0.lowerBound), number($0.upperBound)]) })
    }
    return object([
      "\"selector\":\(number(task.selector))", "\"base\":\(number(task.base))", "\"limit\":\(number(task.limit))",
      "\"bits\":\(task.bits)", "\"fields\":\(object(fields))", "\"allowed_ports\":\(ports ?? "null")",
    ])
  }

  /// Page tables as ranges.
  static func pages(_ pages: PageTables) -> String {
    let ranges = pages.ranges.map { range in
      object([
        "\"first\":\(number(range.first))", "\"last\":\(number(range.last))",
        "\"physical\":\(number(range.physical))", "\"page_bytes\":\(UInt64(1) << range.pageShift)",
        "\"writable\":\(range.isWritable)", "\"user\":\(range.isUser)",
        "\"executable\":\(!range.isExecuteDisabled)", "\"global\":\(range.isGlobal)",
      ])
    }
    return object([
      "\"format\":\(JSONText.quoted(pages.format.rawValue))", "\"ranges\":\(array(ranges))",
      "\"problems\":\(array(pages.problems.map(JSONText.quoted)))", "\"further_problems\":\(pages.furtherProblems)",
      "\"stopped_at\":\(pages.stoppedAt.map { number($0) } ?? "null")",
    ])
  }
}
