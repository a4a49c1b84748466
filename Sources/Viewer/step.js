const GENERAL = ["rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13",
  "r14", "r15"];
const SEGMENTS = ["cs", "ss", "ds", "es", "fs", "gs", "ldtr", "tr"];

const widthOf = name => /^[xy]mm/.test(name) ? 32 : SEGMENTS.includes(name) ? 4 : name === "mxcsr" ? 8 : 16;

function register(name, around, reads) {
  const value = around.after[name], old = around.before[name];
  const changed = name !== "rip" && value !== undefined && old !== undefined && !same(value, old);
  return h("div", { class: `${changed ? "changed" : ""} ${reads[name] !== undefined ? "read" : ""}`,
    "data-register": name, title: changed ? `was ${hex(old)}` : null },
    h("span", { class: "k" }, name), h("span", { class: "v mono" },
      value === undefined ? "not traced" : digits(value, widthOf(name))));
}

function flags(around, undefinedBits) {
  const value = around.after.rflags;
  if (value === undefined) return null;
  const old = around.before.rflags ?? value;
  return h("div", { class: "flags", "aria-label": "RFLAGS" }, FLAGS.map(([number, name]) => {
    const changed = bit(value, number) !== bit(old, number), unknown = bit(undefinedBits || 0, number);
    return h("span", { class: `${bit(value, number) ? "on" : ""} ${changed ? "changed" : ""}
      ${unknown ? "undefined" : ""}`, "data-flag": name,
      title: `${name} = ${bit(value, number) ? 1 : 0}${unknown ? ", left undefined by this instruction" : ""}` },
        name);
  }), h("span", {}, `IOPL ${BigInt(value) >> 12n & 3n}`));
}

function registers(step, around) {
  const reads = step.reads || {}, known = Object.keys(around.after);
  const group = (names, look) => h("div", { class: `regs ${look || ""}` },
    names.filter(name => known.includes(name))
    .map(name => register(name, around, reads)));
  const bases = known.filter(name => /^(cs|ss|ds|es|fs|gs|ldtr|tr)_/.test(name));
  const controls = ["cr0", "cr2", "cr3", "cr4", "cr8", "efer"];
  const named = Object.keys(CONTROL_BITS).filter(name => around.after[name] !== undefined).map(name =>
    h("p", { class: "soft" },
      `${name.toUpperCase()}: ${bitNames(CONTROL_BITS[name], around.after[name]).join(" ") || "none"}`));
  const tables = known.filter(name => /^[gi]dtr/.test(name)), debug = known.filter(name => /^dr\d/.test(name));
  const vectors = known.filter(name => /^[xy]mm\d/.test(name));
  const shown = new Set([...GENERAL, "rip", "rflags", ...SEGMENTS, ...bases, ...controls, ...tables, ...debug,
    ...vectors, "mxcsr"]);
  const others = known.filter(name => !shown.has(name));
  const changed = names => names.some(name => around.before[name] !== undefined
    && !same(around.before[name], around.after[name] ?? around.before[name]));
  const more = (title, names, look, ...extra) => names.some(name => known.includes(name)) && h("details",
    { open: changed(names) || null }, h("summary", {}, title), group(names, look), extra);
  return [h("h3", {}, "Registers after this step"), group(GENERAL, "short"),
    h("div", { style: "height:8px" }), group(["rip", "rflags"], "short"), flags(around, step.undefined),
    SEGMENTS.some(name => known.includes(name)) && h("h3", {}, "Segments"), group(SEGMENTS, "short"),
    h("h3", {}, "Control registers"), group(controls, "short"), named,
    more("Segment bases and attributes", bases), more("Descriptor-table registers", tables),
    more("Debug registers", debug, "short"), more("Vector registers", [...vectors, "mxcsr"], "wide short"),
    more("Others", others)];
}

function exceptionCard(exception) {
  const words = exception.error === undefined ? "" : errorWords(exception.vector, exception.error);
  return h("div", { class: "card" }, h("strong", {}, `${exceptionName(exception)} (vector ${exception.vector})`),
    exception.reason && `: ${exception.reason}`,
    exception.error !== undefined && h("p", {}, "Error code ", h("code", {}, hex(exception.error)),
      words && `: ${words}`),
    exception.cr2 !== undefined && h("p", {}, "Address in CR2: ", address(exception.cr2)),
    exception.section && h("p", { class: "soft" }, `The manual: ${exception.section}`));
}

function memoryTable(step) {
  if (!(step.memory || []).length) return null;
  return [h("h3", {}, "Memory"), table(["", "Linear", "Physical", "Bytes", "Value", "Address by"],
    step.memory.map(access => h("tr", { "data-memory": access.kind },
      cell(access.kind, access.system && h("span", { class: "soft",
        title: "By the processor itself: descriptor tables, TSS or the frame of an event" }, " (system)")),
      number(access.linear ? address(access.linear) : "–"), number(access.physical ? hex(access.physical) : "–"),
      number(String(access.size)),
      number(access.old !== undefined && access.kind === "write" && !same(access.old, access.value ?? access.old)
        ? [h("span", { class: "soft" }, hex(access.old)), " → "] : "", access.value === undefined ? ""
          : hex(access.value)),
      cell(access.device || (access.tlb === "walk" ? "page walk" : access.tlb === "hit" ? "TLB" : ""),
        access.linear && entryHistory.size ? [" ", h("button", { class: "link",
          onclick: () => showTranslation(access.linear) },
          "tables")] : ""))))];
}

function otherEffects(step) {
  const parts = [];
  if ((step.ports || []).length) parts.push(h("h3", {}, "Ports"), table(["", "Port", "Bytes", "Value", "Device"],
    step.ports.map(port => h("tr", {}, cell(port.kind), number(hex(port.port)), number(String(port.size ?? "")),
      number(hex(port.value), printable(port)), cell(port.device || "")))));
  if ((step.msrs || []).length) parts.push(h("h3", {}, "Model-specific registers"), table(["", "Number", "Name",
    "Value"],
    step.msrs.map(msr => h("tr", {}, cell(msr.kind), number(hex(msr.number)), cell(msr.name || ""), number(
      msr.old !== undefined ? `${hex(msr.old)} → ` : "", hex(msr.value))))));
  if ((step.controls || []).length) parts.push(h("h3", {}, "Control registers written"), table(["", "Value",
    "Bits"],
    step.controls.map(control => {
      const bits = CONTROL_BITS[control.register.toLowerCase()];
      const changes = !bits || control.old === undefined ? "" : bits.filter(([number]) => bit(control.value, number)
        !== bit(control.old, number)).map(([number,
          name]) => `${name} ${bit(control.value, number) ? "set" : "cleared"}`)
        .join(", ");
      return h("tr", {}, cell(control.register.toUpperCase()), number(control.old !== undefined
        ? `${hex(control.old)} → ` : "", hex(control.value)), cell(changes));
    })));
  return parts;
}

function printable(port) {
  const code = Number(BigInt(port.value) & 0xffn);
  return port.size === 1 && code > 32 && code < 127 ? ` '${String.fromCharCode(code)}'` : "";
}

function changeTable(step, around) {
  const changes = changesOf(step).filter(([name, old, value]) => name !== "rip" && !(old !== null && same(old,
    value)));
  if (!changes.length) return null;
  return [h("h3", {}, "Changes"), table(["Register", "Before", "After", ""], changes.map(([name, old, value]) => {
    const before = old ?? around.before[name];
    const words = name !== "rflags" || before === undefined || before === null ? difference(name, before, value)
      : FLAGS.filter(([number]) => bit(before, number) !== bit(value, number))
        .map(([number, flag]) => `${flag} ${bit(value, number) ? "set" : "cleared"}`).join(", ");
    return h("tr", { "data-change": name }, cell(name), number(before === undefined || before === null ? "?"
      : hex(before)),
      number(hex(value)), cell(h("span", { class: "soft" }, words)));
  }))];
}

/** A small distance in decimal, for general registers. */
function difference(name, before, value) {
  if (!GENERAL.includes(name) || before === undefined || before === null) return "";
  const distance = BigInt.asIntN(64, BigInt(value) - BigInt(before));
  return distance > -65536n && distance < 65536n ? (distance > 0n ? `+${distance}` : `−${-distance}`) : "";
}

function stepPanel() {
  const step = trace.steps[selected];
  if (!step) return [h("p", { class: "soft" }, "This trace has no steps.")];
  const around = registersAround(selected);
  const facts = [`Step ${step.n.toLocaleString("en")}`,
    step.tick !== undefined && `tick ${step.tick.toLocaleString("en")}`,
    timeline.processors.length > 1 && `processor ${step.cpu}`, step.mode,
      step.cpl !== undefined && `CPL ${step.cpl}`,
    step.completed === false && "not completed"].filter(Boolean).join(" · ");
  const place = [step.rip && hex(step.rip), step.symbol, step.line].filter(Boolean).join("  ");
  const contradictions = trace.contradictions.filter(found => found.index === selected);
  return [h("div", { class: "soft" }, facts), h("h2", { id: "instruction" }, textOf(step)),
    h("div", { class: "mono soft place" }, place, step.bytes && `   ${spacedBytes(step.bytes)}`),
    step.note && h("p", { class: "soft" }, step.note),
    step.t === "interrupt" && h("div", { class: "card event" }, step.origin && `${step.origin}. `,
      `The processor leaves the program at `,
      step.rip ? address(step.rip) : "?", step.handler ? [" for the handler at ", address(step.handler)] : "", "."),
    contradictions.map(found => h("div", { class: "card" },
      `The trace contradicts itself: ${found.name} is said to be `
      + `${hex(found.says)} here, but the steps before leave ${hex(found.has)}.`)),
    (step.exceptions || []).map(exceptionCard), trace.reports.some(report => report.index === selected)
      && h("p", {}, h("button", { onclick: () => showTab("report") }, "the whole report")), changeTable(step, around), memoryTable(step), otherEffects(step),
    (step.walks || []).length ? h("p", {}, h("button", { onclick: () => showTab("paging") },
      `${plural(step.walks.length, "page walk")}: level by level`)) : null,
    registers(step, around)];
}
