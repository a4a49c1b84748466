import Inspection
import TextForms

extension JSONTraceWriter {
  func tables(_ tables: RecordedTables, _ output: inout [UInt8]) {
    var line = TraceLine()
    line.open("{")
    line.member("t", text: "tables")
    line.member("cpu", number: tables.processor)
    line.member("tick", number: tables.tick)
    line.member("cause", text: tables.cause)
    if let table = tables.global { Self.table("gdt", "selector", table, &line) }
    if let table = tables.local { Self.table("ldt", "selector", table, &line) }
    if let table = tables.interrupts { Self.table("idt", "vector", table, &line) }
    if let task = tables.task { Self.task(task, &line) }
    if let paging = tables.paging { Self.paging(paging, &line) }
    line.close("}\n")
    output += line.bytes
  }

  private static func table(_ name: String, _ key: String, _ table: RecordedTable, _ line: inout TraceLine) {
    line.name(name)
    line.open("{")
    if table.isAbsent { line.member("absent", isTrue: true) }
    if let place = table.place {
      line.member("base", hex: place.base)
      line.member("limit", hex: place.limit)
    }
    line.list("entries", table.entries) { line, entry in
      if key == "vector" { line.member(key, number: entry.key) } else { line.member(key, hex: entry.key) }
      line.member("address", hex: entry.address)
      if !entry.raw.isEmpty { line.texts("raw", entry.raw.map { Text.hex($0) }) }
      line.member("text", text: entry.text)
      if let handler = entry.handler { line.member("handler", hex: handler) }
    }
    if table.isCut { line.member("truncated", isTrue: true) }
    line.close("}")
  }

  private static func task(_ task: RecordedTask, _ line: inout TraceLine) {
    line.name("tss")
    line.open("{")
    if task.bits == 0 {
      line.member("absent", isTrue: true)
    } else {
      line.member("selector", hex: task.selector)
      line.member("base", hex: task.base)
      line.member("limit", hex: task.limit)
      line.member("bits", number: task.bits)
      line.name("fields")
      line.open("{")
      for field in task.fields { line.member(field.name, hex: field.value) }
      line.close("}")
      if let ports = task.ports {
        line.texts("ports", ports.map { Text.range(UInt64($0.lowerBound), UInt64($0.upperBound)) })
      }
      if task.isCut { line.member("truncated", isTrue: true) }
    }
    line.close("}")
  }

  private static func paging(_ paging: RecordedPaging, _ line: inout TraceLine) {
    line.name("paging")
    line.open("{")
    line.member("cr3", hex: paging.cr3)
    line.member("levels", number: paging.levels)
    line.member("format", text: paging.format)
    line.member("entrySize", number: paging.entryByteCount)
    line.list("tables", paging.tables) { line, table in
      line.member("address", hex: table.address)
      line.member("level", number: table.level)
      line.member("linear", hex: table.linear)
      if table.isWhole { line.member("whole", isTrue: true) }
      line.name("entries")
      line.open("{")
      for (index, value) in table.entries { line.member(String(index), hex: value) }
      line.close("}")
    }
    if paging.isCut { line.member("truncated", isTrue: true) }
    line.close("}")
  }
}
