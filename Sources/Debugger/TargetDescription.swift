import X86

/// The XML by which GDB learns the registers.
enum TargetDescription {
  /// `target.xml`.
  ///
  /// - Parameter is16Bit: the processor executes 16-bit code. GDB follows `set architecture i8086` only if the
  ///   description does not say i386.
  static func xml(_ table: RegisterTable, is16Bit: Bool) -> [UInt8] {
    let architecture = table.choice.architecture
    let name = architecture == .i386 && is16Bit ? "i8086" : architecture.nameInGDB
    var text = """
      <?xml version="1.0"?>
      <!DOCTYPE target SYSTEM "gdb-target.dtd">
      <target version="1.0">
      <architecture>\(name)</architecture>
      <osabi>none</osabi>

      """
    for feature in DebugFeature.allCases where table.all.contains(where: { $0.feature == feature }) {
      text += "<feature name=\"\(feature.rawValue)\">\n" + types(of: feature)
      for (number, register) in table.all.enumerated() where register.feature == feature {
        text +=
          "<reg name=\"\(register.name)\" bitsize=\"\(register.byteCount * 8)\" type=\"\(register.type)\" "
          + "regnum=\"\(number)\"\(feature == .system ? " group=\"system\"" : "")/>\n"
      }
      text += "</feature>\n"
    }
    return Array((text + "</target>\n").utf8)
  }

  private static func types(of feature: DebugFeature) -> String {
    switch feature {
    case .core: flags("i386_eflags", 4, fields(.rflags))
    case .sse: vector + flags("i386_mxcsr", 4, mxcsr)
    case .avx, .protectionKeys, .segments: ""
    case .system: systemTypes.map { flags($0.name, $0.byteCount, $0.fields) }.joined() + activity
    }
  }

  private static let systemTypes: [(name: String, byteCount: Int, fields: [Field])] = [
    ("emu_cr0", 8, fields(.cr0)), ("emu_cr4", 8, fields(.cr4)), ("emu_efer", 8, fields(.efer)),
    ("emu_dr6", 8, fields(.dr6)), ("emu_dr7", 8, fields(.dr7)), ("emu_attributes", 4, attributes),
    ("emu_blocking", 4, blocking),
  ]

  /// The fields of a system register's value that are not 0, as GDB prints them; empty for a type without fields.
  static func text(of value: UInt64, type: String) -> String {
    guard let fields = systemTypes.first(where: { $0.name == type })?.fields else { return "" }
    let set = fields.sorted { $0.start < $1.start }.compactMap { field -> String? in
      let part = value >> UInt64(field.start) & (UInt64.max >> UInt64(63 - field.end + field.start))
      guard part != 0 else { return nil }
      return field.start == field.end ? field.name : "\(field.name)=\(part)"
    }
    return " [ \(set.map { $0 + " " }.joined())]"
  }

  /// A name, its first bit and its last.
  private typealias Field = (name: String, start: Int, end: Int)

  private static func fields(_ register: SystemRegister) -> [Field] {
    register.fields.filter { !$0.isHidden }.map { ($0.name, $0.bits.lowerBound, $0.bits.upperBound) }
  }

  private static func bits(_ names: [(String, Int)]) -> [Field] { names.map { ($0.0, $0.1, $0.1) } }

  private static func flags(_ name: String, _ byteCount: Int, _ fields: [Field]) -> String {
    var text = "<flags id=\"\(name)\" size=\"\(byteCount)\">\n"
    for field in fields.sorted(by: { $0.start < $1.start }) {
      let type = field.start == field.end ? "" : " type=\"uint\(byteCount * 8)\""
      text += "<field name=\"\(field.name)\" start=\"\(field.start)\" end=\"\(field.end)\"\(type)/>\n"
    }
    return text + "</flags>\n"
  }

  private static let mxcsr =
    bits([
      ("IE", 0), ("DE", 1), ("ZE", 2), ("OE", 3), ("UE", 4), ("PE", 5), ("DAZ", 6), ("IM", 7), ("DM", 8), ("ZM", 9),
      ("OM", 10), ("UM", 11), ("PM", 12), ("FZ", 15),
    ]) + [("RC", 13, 14)]

  private static let attributes: [Field] =
    [("type", 0, 3), ("DPL", 5, 6)]
    + bits([("S", 4), ("P", 7), ("AVL", 12), ("L", 13), ("DB", 14), ("G", 15), ("unusable", 16)])

  private static let blocking = bits([("STI", 0), ("MOV_SS", 1), ("NMI", 2), ("NMI_pending", 3)])

  private static let activity = """
    <enum id="emu_activity" size="4">
    <evalue name="running" value="0"/>
    <evalue name="halted" value="1"/>
    <evalue name="wait_for_SIPI" value="2"/>
    <evalue name="shutdown" value="3"/>
    </enum>

    """

  /// The views of an XMM register that GDB is used to.
  private static let vector = """
    <vector id="v4f" type="ieee_single" count="4"/>
    <vector id="v2d" type="ieee_double" count="2"/>
    <vector id="v16i8" type="int8" count="16"/>
    <vector id="v8i16" type="int16" count="8"/>
    <vector id="v4i32" type="int32" count="4"/>
    <vector id="v2i64" type="int64" count="2"/>
    <union id="vec128">
    <field name="v4_float" type="v4f"/>
    <field name="v2_double" type="v2d"/>
    <field name="v16_int8" type="v16i8"/>
    <field name="v8_int16" type="v8i16"/>
    <field name="v4_int32" type="v4i32"/>
    <field name="v2_int64" type="v2i64"/>
    <field name="uint128" type="uint128"/>
    </union>

    """
}
