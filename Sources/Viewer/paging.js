const LEVEL_NAMES = { 5: "PML5E", 4: "PML4E", 3: "PDPTE", 2: "PDE", 1: "PTE" };
const unfolded = new Set();
let walkChoice = 0, walkLevel = null, translation = null;

/** How addresses are translated with these registers; null without paging. */
function pagingOf(regs) {
  if (regs.cr3 === undefined || (regs.cr0 !== undefined && !bit(regs.cr0, 31))) return null;
  const cr4 = regs.cr4 ?? 0;
  if (regs.efer !== undefined ? bit(regs.efer, 10) : true) {
    const levels = bit(cr4, 12) ? 5 : 4;
    return { levels, size: 8n, root: BigInt(regs.cr3) & 0xffffffffff000n, width: 9n, name: `${levels}-level` };
  }
  if (bit(cr4, 5)) return { levels: 3, size: 8n, root: BigInt(regs.cr3) & 0xffffffe0n, width: 9n, name: "PAE" };
  return { levels: 2, size: 4n, root: BigInt(regs.cr3) & 0xfffff000n, width: 10n, name: "32-bit" };
}

/** Where an entry of a walk stands; the tree has the PDPTE registers where CR3 points. */
const placeOf = (step, linear, paging) => BigInt(step.address) !== REGISTER ? BigInt(step.address)
  : paging.root + indexOf(paging, step.level, BigInt(linear)) * paging.size;
const shiftOf = (paging, level) => 12n + paging.width * BigInt(level - 1);
function indexOf(paging, level, linear) {
  const width = paging.name === "PAE" && level === 3 ? 2n : paging.width;
  return linear >> shiftOf(paging, level) & (1n << width) - 1n;
}
const isLeaf = (level, value, paging) => level === 1 || level <= 3 && bit(value, 7)
  && !(paging.name === "PAE" && level === 3);

/** Where an entry points: a page if it is a leaf, else a table. */
function targetOf(level, value, paging) {
  const low = isLeaf(level, value, paging) ? shiftOf(paging, level) : 12n;
  const physical = value & (paging.size === 4n ? 0xfffff000n : 0xffffffffff000n);
  return physical >> low << low;
}

function pageSizeText(paging, level) {
  const bytes = 1n << shiftOf(paging, level);
  return bytes >= 1n << 30n ? `${bytes >> 30n} GiB` : bytes >= 1n << 20n ? `${bytes >> 20n} MiB`
    : `${bytes >> 10n} KiB`;
}

/** The bits of an entry in words. */
function permissions(level, value, paging) {
  if (!bit(value, 0)) return [["not present", "warn"]];
  const leaf = isLeaf(level, value, paging), list = [["present", "no"]];
  if (!(paging.name === "PAE" && level === 3)) {
    list.push(bit(value, 1) ? ["writable", ""] : ["read-only", ""], bit(value, 2) ? ["user", ""] : ["supervisor",
      ""]);
    if (paging.size === 8n) list.push(bit(value, 63) ? ["no execute", ""] : ["executable", ""]);
    list.push(bit(value, 5) ? ["accessed", "no"] : ["not accessed", "no"]);
    if (leaf) list.push(bit(value, 6) ? ["dirty", "no"] : ["clean", "no"]);
    if (leaf && bit(value, 8)) list.push(["global", ""]);
    // Bits 62:59, which count while CR4.PKE is set; of PAE paging they are reserved.
    const key = paging.size === 8n && paging.name !== "PAE" ? BigInt(value) >> 59n & 15n : 0n;
    if (leaf && key) list.push([`protection key ${key}`, ""]);
    if (leaf && level > 1) list.push([`${pageSizeText(paging, level)} page`, ""]);
  }
  if (bit(value, 3)) list.push(["write-through", ""]);
  if (bit(value, 4)) list.push(["cache disabled", ""]);
  return list;
}
const chips = list => h("span", { class: "chips" }, list.map(([text, look]) => h("span", { class: `chip ${look}` },
  text)));

/** A walk made from what is known of the tables after the selected step. */
function translate(linear, paging) {
  const steps = [];
  let table = paging.root;
  for (let level = paging.levels; level >= 1; level--) {
    const at = table + indexOf(paging, level, linear) * paging.size, entry = entryAt(at, selected, paging.size);
    if (!entry) return { linear: hex(linear), steps, unknown: at };
    steps.push({ level, address: hex(at), value: hex(entry.value), later: entry.later });
    if (!bit(entry.value, 0)) return { linear: hex(linear), steps, missing: true };
    const target = targetOf(level, entry.value, paging);
    if (isLeaf(level, entry.value, paging)) {
      const offset = linear & (1n << shiftOf(paging, level)) - 1n;
      return { linear: hex(linear), steps, physical: hex(target + offset), pageSize: Number(1n << shiftOf(paging,
        level)) };
    }
    table = target;
  }
  return { linear: hex(linear), steps };
}

function showTranslation(linear) {
  translation = BigInt.asUintN(64, BigInt(linear));
  walkLevel = null;
  if (tab === "paging") drawPanel(); else showTab("paging");
}

function bitBoxes(linear, paging, active, last) {
  const boxes = [];
  for (let level = paging.levels; level >= last; level--) {
    const index = indexOf(paging, level, linear), low = shiftOf(paging, level);
    const high = level === paging.levels ? (paging.size === 4n || paging.name === "PAE" ? 31n : low + 8n)
      : low + paging.width - 1n;
    boxes.push(h("div", { class: level === active ? "now" : "" }, h("small", {}, `bits ${high}–${low}`),
      h("b", {}, `${index}`), h("small", {}, LEVEL_NAMES[level].replace(/E$/, ""))));
  }
  const offset = shiftOf(paging, last);
  boxes.push(h("div", { style: "flex:11" }, h("small", {}, `bits ${offset - 1n}–0`),
    h("b", {}, hex(linear & (1n << offset) - 1n)), h("small", {}, "offset in the page")));
  return h("div", { class: "bits" }, boxes);
}

/** What the processor does at a level, as a sentence. */
function levelText(walk, at, paging) {
  const step = walk.steps[at], value = BigInt(step.value), linear = BigInt(walk.linear), level = step.level;
  const index = indexOf(paging, level, linear), table = placeOf(step, linear, paging) - index * paging.size;
  const from = at === 0 ? "CR3 says that the first table" : "The entry before says that this table";
  const text = [paging.name === "PAE" && level === 3 ? `The linear address chooses PDPTE register ${index}, which `
    + `MOV to CR3 has loaded. It holds ${hex(value)}.` : `${from} starts at ${hex(table)}. The linear address chooses entry ${index}, `
    + `at ${hex(table)} + ${index} × ${paging.size} = ${hex(step.address)}. It holds ${hex(value)}.`];
  if (!bit(value, 0)) text.push("Bit 0, P, is clear: nothing is mapped here, and the walk ends with a page fault.");
  else if (isLeaf(level, value, paging)) text.push(`It maps a page of ${pageSizeText(paging, level)} at `
    + `${hex(targetOf(level, value, paging))}.`);
  else text.push(`The next table is at ${hex(targetOf(level, value, paging))}.`);
  if (step.updated) text.push(`The processor then sets ${bitNames([[5, "A"], [6, "D"]], BigInt(step.updated) & ~value)
    .join(" and ")} and writes ${hex(step.updated)} back.`);
  return text.join(" ");
}

function walkView(walk, paging) {
  const linear = BigInt(walk.linear), steps = walk.steps;
  const active = Math.min(walkLevel ?? steps.length - 1, steps.length - 1);
  const move = level => { walkLevel = Math.min(Math.max(0, level), steps.length - 1); drawPanel(); };
  // An entry that maps a page is the last one, also if its permissions forbid the access.
  const end = steps[steps.length - 1];
  const last = end && bit(end.value, 0) && isLeaf(end.level, BigInt(end.value), paging) ? end.level : 1;
  const parts = [bitBoxes(linear, paging, steps[active] && steps[active].level, last)];
  if (steps.length) parts.push(h("div", { class: "row" },
    h("button", { id: "level-up", disabled: active === 0, onclick: () => move(active - 1) }, "← Level before"),
    h("button", { id: "level-down", disabled: active === steps.length - 1, onclick: () => move(active + 1) },
      "Next level →"), h("span", { class: "soft" }, `level ${active + 1} of ${steps.length}`)),
  h("div", { class: "walk" }, steps.map((step, index) => h("div", { class: index === active ? "now" : index > active
    ? "later" : "", "data-level": step.level, onclick: () => move(index) }, h("strong", {},
      LEVEL_NAMES[step.level]),
    h("span", { class: "mono" }, `${BigInt(step.address) === REGISTER ? "register" : hex(step.address)}: `
      + hex(step.value), step.updated
      ? ` → ${hex(step.updated)}` : "",
      step.later ? "  (seen later only)" : ""),
    chips(permissions(step.level, BigInt(step.updated || step.value), paging))))),
  h("p", { id: "level-text" }, levelText(walk, active, paging)));
  parts.push(h("p", { id: "walk-result" }, walkResult(walk, paging)));
  return parts;
}

function walkResult(walk, paging) {
  if (walk.fault !== undefined) return h("span", { class: "bad" }, `Page fault, error code ${hex(walk.fault)}: `
    + errorWords(14, walk.fault) + ".");
  if (walk.unknown !== undefined) return `The entry at ${hex(walk.unknown)} does not occur in this trace.`;
  if (walk.missing) return h("span", { class: "bad" }, "Not mapped: using it would be a page fault.");
  if (walk.physical === undefined) return "";
  const values = walk.steps.map(step => BigInt(step.value)), all = number => values.every(value => bit(value,
    number));
  const rights = paging.name === "PAE" ? ""
    : `: ${all(1) ? "writable" : "read-only"}, ${all(2) ? "user" : "supervisor"}`
    + (paging.size === 4n ? "" : values.some(value => bit(value, 63)) ? ", no execute" : ", executable");
  return [`Physical address `, h("code", {}, hex(walk.physical)), `. All levels together${rights || ""}.`];
}

// The tree

/** Entries of a table in runs: neighbouring pages that map neighbouring memory with the same bits are one. */
function runsOf(table, level, paging, path) {
  const runs = [], span = paging.name === "PAE" && level === 3 ? 32n : 4096n;
  for (const at of tableEntries.get(table & ~0xfffn) || []) {
    if (at < table || at >= table + span) continue;
    const entry = entryAt(at, selected, paging.size);
    if (!entry || entry.value === 0n && !path.has(at) || entry.later && wholeTables.has(at & ~0xfffn)) continue;
    const run = runs[runs.length - 1], size = 1n << shiftOf(paging, level), before = run && run[run.length - 1];
    const joins = before && !path.has(at) && !path.has(before.at) && at === before.at + paging.size
      && isLeaf(level, entry.value, paging) && isLeaf(level, before.value, paging) && entry.later === before.later
      && entry.value - before.value === size;
    if (joins) run.push({ at, ...entry }); else runs.push([{ at, ...entry }]);
  }
  return runs;
}

function treeOf(table, level, base, paging, path, active) {
  return h("ul", {}, runsOf(table, level, paging, path).map(run => {
    const key = `${table}/${run[0].at}/${level}`;
    if (run.length < 4 || unfolded.has(`run ${key}`))
      return run.map(entry => entryNode(entry, table, level, base, paging, path, active));
    const index = (run[0].at - table) / paging.size, last = index + BigInt(run.length - 1);
    const linear = linearOf(base, index, level, paging);
    return h("li", {}, h("div", { class: "entry mono" }, h("button", { class: "fold", onclick: () => {
      unfolded.add(`run ${key}`); drawPanel(); } }, "▸"), h("span", {}, `${index}–${last}`),
    h("span", {}, `${linear} …`), h("span", { class: "soft" }, `→ ${hex(targetOf(level, run[0].value, paging))} …`),
    h("span", { class: "soft" }, `${run.length} neighbouring pages`), chips(permissions(level, run[0].value,
      paging))));
  }));
}

function linearOf(base, index, level, paging) {
  let linear = base | index << shiftOf(paging, level);
  if (paging.levels >= 4 && bit(linear, paging.levels === 5 ? 56 : 47))
    linear = BigInt.asUintN(64, BigInt.asIntN(paging.levels === 5 ? 57 : 48, linear));
  return hex(linear);
}

function entryNode(entry, table, level, base, paging, path, active) {
  const index = (entry.at - table) / paging.size, key = `${level}/${entry.at}`;
  const leads = bit(entry.value, 0) && !isLeaf(level, entry.value, paging), below = base | index << shiftOf(paging,
    level);
  const open = leads && (unfolded.has(key) || path.has(entry.at) && !unfolded.has(`closed ${key}`));
  const fold = () => {
    if (open) { unfolded.delete(key); unfolded.add(`closed ${key}`); }
    else { unfolded.add(key); unfolded.delete(`closed ${key}`); }
    drawPanel();
  };
  const target = targetOf(level, entry.value, paging);
  return h("li", {}, h("div",
    { class: `entry mono ${path.has(entry.at) ? "path" : ""} ${entry.at === active ? "now" : ""}`,
    "data-entry": hex(entry.at), "data-value": hex(entry.value) },
    leads ? h("button", { class: "fold", "aria-expanded": open ? "true" : "false", onclick: fold }, open ? "▾"
      : "▸")
      : h("span", { class: "fold" }, ""),
    h("span", {}, `${LEVEL_NAMES[level]} ${index}`), h("span", {}, linearOf(base, index, level, paging)),
    bit(entry.value, 0) && h("span", { class: "soft" }, `→ ${hex(target)}`),
    chips(permissions(level, entry.value, paging)), entry.later && h("span", { class: "soft" }, "seen later only")),
  open && treeOf(target, level - 1, below, paging, path, active));
}

function pagingPanel() {
  const step = trace.steps[selected], regs = step ? registersAround(selected).before : {};
  const paging = pagingOf(regs), walks = step && step.walks || [];
  if (!paging) return [h("p", {}, regs.cr3 === undefined ? "The trace does not say what CR3 holds here."
    : "Paging is off at this step (CR0.PG is 0): linear addresses are physical addresses.")];
  const walk = translation !== null ? translate(translation, paging) : walks[Math.min(walkChoice,
    walks.length - 1)];
  const input = h("input", { id: "linear", class: "mono", placeholder: "0x… linear address",
    value: translation !== null
    ? hex(translation) : "", "aria-label": "Linear address" });
  const parts = [h("div", { class: "row" }, walks.map((one, index) => h("button", { "data-walk": index,
    onclick: () => {
    walkChoice = index; translation = null; walkLevel = null; drawPanel(); } },
      `Walk for ${one.access || "access"} of ${hex(one.linear)}`)),
  h("form", { class: "row", onsubmit: event => { event.preventDefault(); const text = input.value.trim();
    if (/^(0x)?[0-9a-f]{1,16}$/i.test(text)) showTranslation("0x" + text.replace(/^0x/i, "")); } }, input,
  h("button", {}, "Translate")))];
  if (walk) parts.push(h("h3", {}, translation !== null ? `Translation of ${walk.linear}`
    : `${walk.user ? "User" : "Supervisor"} ${walk.access || "access"} of ${walk.linear}`), walkView(walk, paging));
  else parts.push(h("p", { class: "soft" }, "This step needed no page walk."));
  const path = new Set((walk ? walk.steps : []).map(one => placeOf(one, walk.linear, paging)));
  const now = walk && walk.steps.length ? walk.steps[Math.min(walkLevel ?? Infinity, walk.steps.length - 1)] : null;
  const isRecorded = trace.tables.some(tables => tables.paging);
  parts.push(h("h3", {}, `Tables under CR3 ${hex(regs.cr3)}, ${paging.name} paging`), h("p", { class: "soft" },
    isRecorded ? "From the records of tables in the trace, and the walks and writes up to this step."
      : "The trace has no record of the tables: these are the entries that its walks read.",
    trace.tables.some(tables => tables.paging && tables.paging.truncated)
      ? " A record was too large and is not whole." : ""),
  h("div", { class: "tree", id: "tree" }, treeOf(paging.root, paging.levels, 0n, paging, path, now
    ? placeOf(now, walk.linear, paging) : null)));
  return parts;
}
