/** Rows of a GDT or LDT. */
function descriptorRows(table, used) {
  return [...table.entries.entries()].sort((a, b) => a[0] - b[0]).map(([selector, entry]) => {
    const users = used.get(selector) || [];
    return h("tr", { class: users.length ? "hit" : "", "data-selector": hex(selector) }, number(hex(selector)),
      cell(entry.text), cell(users.join(" ")), number((entry.raw || []).join(" ")));
  });
}

/** Which registers hold selectors of the GDT (TI 0) or LDT (TI 1). */
function usersOf(regs, isLocal) {
  const users = new Map();
  // In real and virtual-8086 mode segment registers hold no selectors.
  const isSelecting = bit(regs.cr0 ?? 1, 0) && !bit(regs.rflags ?? 0, 17);
  for (const name of SEGMENTS) {
    if (!isSelecting && !/^(ldtr|tr)$/.test(name)) continue;
    const selector = Number(regs[name] ?? 0), isOther = (selector >> 2 & 1) !== (isLocal ? 1 : 0);
    if (selector < 4 || isOther || isLocal && /^(ldtr|tr)$/.test(name)) continue;
    users.set(selector & ~7, [...(users.get(selector & ~7) || []), name.toUpperCase()]);
  }
  return users;
}

const place = table => table.base === undefined ? "" : ` at ${hex(table.base)}, limit ${hex(table.limit)}`;
const cutNote = table => table.truncated
  ? h("p", { class: "soft" }, "The record holds only so many entries: there are more.") : null;

function descriptorsPanel() {
  const step = trace.steps[selected], cpu = step ? step.cpu : 0;
  const tables = tablesBefore(cpu, selected);
  if (!tables) return [h("p", { class: "soft" },
    "The trace has no record of the descriptor tables of this processor.")];
  const parts = [h("p", { class: "soft" }, tables.at > selected ? `As they were after this step.`
    : `As they were before this step; recorded last at tick ${(tables.tick ?? 0).toLocaleString("en")}`
    + `${tables.cause ? ` (${tables.cause})` : ""}.`)];
  const regs = step ? registersAround(selected).before : {};
  const vectors = step ? [...(step.vector !== undefined ? [step.vector] : []), ...(step.exceptions || [])
    .map(e => e.vector)] : [];
  const gates = tables.idt ? tables.idt.entries : new Map();
  for (const vector of new Set(vectors)) parts.push(h("div", { class: "card event" }, `This step used vector `
    + `${vector}${EXCEPTIONS[vector] ? ` (${EXCEPTIONS[vector]})` : ""}: `
    + (gates.has(vector) ? gates.get(vector).text : "its entry is empty, or lies beyond the limit") + "."));
  if (tables.gdt) parts.push(h("h3", {}, `GDT${place(tables.gdt)}`), table(["Selector", "What it describes",
    "Used by", "Descriptor"], descriptorRows(tables.gdt, usersOf(regs, false))), cutNote(tables.gdt));
  if (tables.ldt) parts.push(h("h3", {}, `LDT${place(tables.ldt)}`), table(["Offset", "What it describes",
    "Used by", "Descriptor"], descriptorRows(tables.ldt, usersOf(regs, true))), cutNote(tables.ldt));
  if (tables.tss) parts.push(...taskParts(tables.tss));
  if (tables.idt) parts.push(h("h3", {}, `IDT${place(tables.idt)}`), gates.size ? table(["Vector", "", "Gate",
    "Handler"], [...gates.entries()].sort((a, b) => a[0] - b[0]).map(([vector, entry]) =>
    h("tr", { class: vectors.includes(vector) ? "hit" : "", "data-vector": String(vector) },
      number(String(vector)), cell(EXCEPTIONS[vector] || ""), cell(entry.text), number(entry.handler
      ? [address(entry.handler), h("span", { class: "soft" }, `  ${symbolAt(entry.handler)}`)] : ""))))
    : h("p", { class: "soft" }, "No entry that is not empty."), cutNote(tables.idt));
  return parts;
}

function taskParts(task) {
  const rows = Object.entries(task.fields || {}).map(([name, value]) => h("tr", { "data-field": name }, cell(name),
    number(hex(value))));
  const ports = task.ports ? task.ports.length ? `Ports that the bitmap allows: ${task.ports.join(", ")}`
    + `${task.truncated ? " and more" : ""}.` : "The I/O permission bitmap allows no port." : task.bits === 16 ? ""
    : "No I/O permission bitmap: its base lies beyond the limit.";
  return [h("h3", {}, `TSS${place(task)}, ${task.bits} bits, TR ${hex(task.selector)}`),
    h("div", { class: "narrow" }, table(["Field", "Value"], rows)), h("p", { class: "soft" }, ports)];
}

let symbols = null;
/** The name of an address, if a step stands there. */
function symbolAt(rip) {
  symbols = symbols || new Map(trace.steps.filter(step => step.symbol).map(step => [step.rip, step.symbol]));
  return symbols.get(hex(rip)) || "";
}

function counted(keyOf) {
  const counts = new Map();
  for (const step of trace.steps) {
    const key = step.t === "retire" ? keyOf(step) : null;
    if (!key) continue;
    const found = counts.get(key);
    if (found) found.count++; else counts.set(key, { count: 1, step });
  }
  return [...counts].sort((a, b) => b[1].count - a[1].count || a[1].step.index - b[1].step.index);
}

let hotCache = null;
function hotPanel() {
  hotCache = hotCache || { addresses: counted(step => step.rip), symbols: counted(symbolOf) };
  const total = trace.steps.filter(step => step.t === "retire").length || 1;
  const bar = count => h("td", { class: "bar" }, h("div", { style: `width:${count / total * 100}%` }));
  const share = count => `${(count / total * 100).toFixed(1)} %`;
  const parts = [];
  if (hotCache.symbols.length) parts.push(h("h3", {}, "By symbol"), table(["Symbol", "Instructions", "Share", ""],
    hotCache.symbols.slice(0, 30).map(([name, { count, step }]) => h("tr", {}, number(h("button", { class: "link",
      onclick: () => select(step.index) }, name)), number(count.toLocaleString("en")), number(share(count)),
        bar(count)))));
  parts.push(h("h3", {}, "By address"), table(["Address", "Instruction", "Times", "Share", ""],
    hotCache.addresses.slice(0, 100).map(([rip, { count, step }]) => h("tr", { "data-hot": rip }, number(h("button",
      { class: "link", onclick: () => select(step.index) }, hex(rip))), number(step.text,
      step.symbol ? h("span", { class: "soft" }, `  ${step.symbol}`) : ""), number(count.toLocaleString("en")),
    number(share(count)), bar(count)))));
  if (hotCache.addresses.length > 100) parts.push(h("p", { class: "soft" },
    `The first 100 of ${hotCache.addresses.length.toLocaleString("en")} addresses.`));
  return parts;
}

/** A line of a report; its addresses can be searched for, small numbers are none. */
function reportLine(line) {
  const parts = line.split(/(0x[0-9a-f]{4,16})\b/i).map((part, index) => index % 2 ? address(part) : part);
  return h("div", { class: !line.startsWith(" ") ? "head" : line.startsWith("  >") ? "cause" : "" }, parts);
}

function reportPanel() {
  if (!trace.reports.length) return [h("p", { class: "soft" }, "There is no fault report: no step of this trace raised an "
    + "exception.")];
  const own = trace.reports.filter(report => report.index === selected);
  const shown = own.length ? own : trace.reports.slice(-1), step = trace.steps[selected];
  const parts = [own.length ? null : h("p", { class: "soft" }, `Step ${step ? step.n : ""} has no report; this is `
    + "the last one of the trace.")];
  for (const report of shown) parts.push(h("div", { class: "report mono" }, report.lines.map(reportLine)),
    report.fault && h("details", {}, h("summary", {}, "as JSON"), h("pre", { class: "mono" },
      JSON.stringify(report.fault, null, 2))));
  if (trace.reports.length > 1) parts.push(h("h3", {}, `All ${trace.reports.length.toLocaleString("en")} reports`),
    table(["Step", "What happened"], trace.reports.map(report => h("tr", { class: report.index === selected ? "hit"
      : "", "data-report": String(report.n) }, number(h("button", { class: "link", onclick: () =>
      select(report.index) }, String(report.n ?? "?"))), cell(report.lines[0])))));
  return parts;
}
