extension ViewerPage {
  /// Descriptor tables, hot addresses, the story of a fault.
  static let tablesScript = #"""
    const rawText = raw => raw === undefined ? "" : Array.isArray(raw) ? raw.join(" ") : String(raw);

    function descriptorsPanel() {
      const step = trace.steps[selected], cpu = step ? step.cpu : 0;
      const all = trace.tables.filter(tables => tables.gdt || tables.idt || tables.tss);
      const own = all.filter(tables => tables.cpu === cpu), before = own.filter(tables => tables.at <= selected + 1);
      const tables = before[before.length - 1] || own[0];
      if (!tables) return [h("p", { class: "soft" },
        "The trace has no snapshot of the descriptor tables of this processor.")];
      const parts = [h("p", { class: "soft" }, `As they were at tick ${(tables.tick ?? 0).toLocaleString("en")}`
        + (tables.at > selected + 1 ? ", after this step." : "."))];
      const regs = step ? registersAround(selected).before : {};
      const used = new Map(SEGMENTS.filter(name => regs[name] !== undefined && BigInt(regs[name]) >> 3n > 0n)
        .map(name => [name, BigInt(regs[name]) >> 3n]));
      if (tables.gdt) parts.push(h("h3", {}, "GDT"), table(["Selector", "What it describes", "Used by", "Descriptor"],
        tables.gdt.map(entry => {
          const users = [...used].filter(([,
            index]) => index === BigInt(entry.selector) >> 3n).map(([name]) => name.toUpperCase());
          return h("tr", { class: users.length ? "hit" : "" }, number(hex(entry.selector)), cell(entry.text || ""),
            cell(users.join(" ")), number(rawText(entry.raw)));
        })));
      const events = new Set(step ? [...(step.exceptions || []).map(e => e.vector), ...(step.t === "interrupt"
        ? [step.vector] : [])] : []);
      if (tables.idt) parts.push(h("h3", {}, "IDT"), table(["Vector", "", "Gate", "Handler"], tables.idt.map(entry =>
        h("tr", { class: events.has(entry.vector) ? "hit" : "" }, number(String(entry.vector)),
          cell(EXCEPTIONS[entry.vector] || ""), cell(entry.text || rawText(entry.raw)),
          number(entry.handler ? address(entry.handler) : "")))));
      if (tables.tss) parts.push(h("h3", {}, "TSS"), table(["Field", "Value"], Object.entries(tables.tss).map(([name,
        value]) =>
        h("tr", {}, cell(name.toUpperCase()), number(typeof value === "string" ? value : JSON.stringify(value))))));
      return parts;
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

    /** A line of a story whose addresses can be searched for. */
    const storyLine = line => [...line.split(/(0x[0-9a-f]{1,16})\b/i).map((part, index) => index % 2 ? address(part)
      : part), "\n"];

    function storyPanel() {
      if (!trace.stories.length) return [h("p", { class: "soft" }, "No fault ended this trace: it has no story.")];
      return trace.stories.map(story => [h("div", { class: "story mono" }, story.lines.map(storyLine)),
        Object.entries(story).filter(([name]) => name !== "t" && name !== "lines").map(([name, value]) => h("details",
          {},
          h("summary", {}, name), h("pre", { class: "mono" }, JSON.stringify(value, null, 2))))]);
    }
    """#
}
