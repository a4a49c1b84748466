"use strict";
const about = JSON.parse(document.getElementById("trace-about").textContent);
const trace = { header: {}, steps: [], tables: [], reports: [], end: null, contradictions: [] };

// Registers of every processor before each 256th step; those between are made from the nearest.
const SPACING = 256;
const checkpoints = [];
// States in the trace, by the step that follows them.
const stateRecords = new Map();

/** Both are spellings of one number. */
function same(a, b) { return a === b || BigInt(a) === BigInt(b); }

/** Registers that a step changes: [name, old or null, new]. */
function changesOf(step) {
  const changes = [];
  for (const [name, pair] of Object.entries(step.writes || {})) changes.push([name, pair[0], pair[1]]);
  const has = name => changes.some(change => change[0] === name);
  for (const control of step.controls || []) {
    const name = control.register.toLowerCase();
    if (!has(name)) changes.push([name, control.old || null, control.value]);
  }
  for (const msr of step.msrs || []) {
    const name = (msr.name || "").toLowerCase();
    if (msr.kind === "write" && name && !has(name) && !TRACED_MSRS.includes(name))
      changes.push([name, msr.old || null, msr.value]);
  }
  return changes;
}

function applyStates(states, index) {
  for (const record of stateRecords.get(index) || []) states[record.cpu] = { ...record.regs };
}

function applyStep(states, step) {
  const state = states[step.cpu] || (states[step.cpu] = {});
  for (const [name, , value] of changesOf(step)) state[name] = value;
}

const copyStates = states => Object.fromEntries(Object.entries(states).map(([cpu, regs]) => [cpu, { ...regs }]));

/** Registers of all processors before the step of this index. */
function statesBefore(index) {
  const base = Math.floor(index / SPACING);
  const states = copyStates(checkpoints[base]);
  for (let i = base * SPACING; i < index; i++) {
    if (i > base * SPACING) applyStates(states, i);
    applyStep(states, trace.steps[i]);
  }
  if (index > base * SPACING || !trace.steps.length) applyStates(states, index);
  return states;
}

/** Registers of the step's processor before and after it; RIP after it is where that processor goes on. */
function registersAround(index) {
  const step = trace.steps[index];
  const before = statesBefore(index)[step.cpu] || {};
  const states = { [step.cpu]: { ...before } };
  if (step.rip) before.rip = states[step.cpu].rip = step.rip;
  applyStep(states, step);
  const after = states[step.cpu];
  if (!(step.writes && step.writes.rip)) {
    const next = trace.steps[step.nextOnProcessor];
    after.rip = next ? next.rip : step.handler;
  }
  return { before, after };
}

function readTrace() {
  const lines = document.getElementById("trace-lines").textContent.split("\n");
  for (const line of lines) {
    if (!line) continue;
    const record = JSON.parse(line);
    if (record.schema) { trace.header = record; continue; }
    const at = trace.steps.length;
    switch (record.t) {
    case "state": stateRecords.set(at, [...(stateRecords.get(at) || []), record]); break;
    case "retire": case "interrupt": record.index = at; trace.steps.push(record); break;
    case "tables": record.at = at; trace.tables.push(record); break;
    case "report": record.index = at - 1; trace.reports.push(record); break;
    case "end": trace.end = record; break;
    }
  }
}

/** Goes through all steps once: checkpoints, links, and what contradicts the steps before. */
function followTrace() {
  const states = {}, last = {};
  for (const step of trace.steps) {
    applyStates(states, step.index);
    if (step.index % SPACING === 0) checkpoints.push(copyStates(states));
    const state = states[step.cpu] || {};
    for (const [name, old] of changesOf(step)) {
      if (old !== null && state[name] !== undefined && name !== "rip" && !same(old, state[name]))
        trace.contradictions.push({ index: step.index, name, says: old, has: state[name] });
    }
    for (const [name, value] of Object.entries(step.reads || {})) {
      if (state[name] !== undefined && name !== "rip" && !same(value, state[name]))
        trace.contradictions.push({ index: step.index, name, says: value, has: state[name] });
    }
    applyStep(states, step);
    if (last[step.cpu] !== undefined) trace.steps[last[step.cpu]].nextOnProcessor = step.index;
    last[step.cpu] = step.index;
  }
  if (trace.steps.length % SPACING === 0) { applyStates(states, trace.steps.length); checkpoints.push(states); }
}

/** A step that is no plain instruction: an interrupt or an exception. */
const isEvent = step => step.t === "interrupt" || !!(step.exceptions && step.exceptions.length);
const symbolOf = step => (step.symbol || "").replace(/\+0x[0-9a-f]+$/i, "");

// What is known of each entry of a page table: physical address -> [{at: step, value}], in order.
const entryHistory = new Map();
// Known entries of each table: physical address of its page -> addresses.
const tableEntries = new Map();
// When a page was recorded as a whole table: physical address of the page -> {at, size of an entry}, in order.
const wholeTables = new Map();
const REGISTER = 0xffffffffffffffffn;

function noteEntry(address, at, value) {
  const key = BigInt(address);
  if (key === REGISTER) return;
  let history = entryHistory.get(key);
  if (!history) {
    entryHistory.set(key, history = []);
    const page = key & ~0xfffn;
    if (!tableEntries.has(page)) tableEntries.set(page, []);
    tableEntries.get(page).push(key);
  }
  history.push({ at, value: BigInt(value) });
}

function noteTables(paging, at) {
  const size = BigInt(paging.entrySize || 8);
  for (const table of paging.tables || []) {
    const base = BigInt(table.address), isRegisters = paging.levels === 3 && table.level === 3;
    if (table.whole && !isRegisters) {
      if (!wholeTables.has(base)) wholeTables.set(base, []);
      wholeTables.get(base).push({ at, size });
    }
    for (const [index, value] of Object.entries(table.entries)) noteEntry(base + BigInt(index) * size, at, value);
  }
}

/** What is known of the entry at an address; one of a table that was recorded whole was 0 if it was left out. */
function historyOf(address) {
  const known = entryHistory.get(address), whole = wholeTables.get(address & ~0xfffn);
  if (known || !whole || address % whole[0].size !== 0n) return known;
  noteEntry(address, whole[0].at, 0);
  return entryHistory.get(address);
}

/** Collects page-table entries from records of tables and walks, then what writes to memory did to them. */
function followTables() {
  for (const tables of trace.tables) if (tables.paging) noteTables(tables.paging, tables.at - 0.5);
  for (const step of trace.steps) {
    for (const walk of step.walks || [])
      for (const level of walk.steps) {
        noteEntry(level.address, step.index - 0.25, level.value);
        if (level.updated) noteEntry(level.address, step.index, level.updated);
      }
  }
  for (const step of trace.steps)
    for (const access of step.memory || []) {
      if (access.kind !== "write" || !access.physical || !access.value) continue;
      const start = BigInt(access.physical), value = BigInt(access.value);
      const first = start & ~7n, end = start + BigInt(access.size);
      for (let address = first; address < end; address += 4n) {
        const history = historyOf(address);
        if (history) history.push({ at: step.index + 0.25, patch: { start, value, size: access.size } });
      }
    }
  for (const [address, history] of entryHistory) {
    for (const { at } of wholeTables.get(address & ~0xfffn) || [])
      if (!history.some(change => change.at === at && !change.patch)) history.push({ at, value: 0n });
    history.sort((a, b) => a.at - b.at);
    let value = null;
    for (const change of history) {
      if (change.patch) change.value = patched(address, value, change.patch);
      value = change.value;
    }
  }
  for (const addresses of tableEntries.values()) addresses.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** An entry after a write to some of its bytes; null where the others are not known. */
function patched(address, old, { start, value, size }) {
  if (start === address && size >= 8) return value & 0xffffffffffffffffn;
  if (old === null) return null;
  let result = old;
  for (let i = 0n; i < BigInt(size); i++) {
    const at = start + i - address;
    if (at < 0n || at > 7n) continue;
    result = result & ~(0xffn << (at * 8n)) | ((value >> (i * 8n)) & 0xffn) << (at * 8n);
  }
  return result;
}

/** Descriptor tables and TSS of a processor before a step: what the records up to it hold. */
function tablesBefore(cpu, index) {
  const state = { gdt: null, ldt: null, idt: null, tss: null, at: null };
  for (const record of trace.tables) {
    if (record.cpu !== cpu) continue;
    if (record.at > index && state.at !== null) break;
    Object.assign(state, { at: record.at, tick: record.tick, cause: record.cause });
    for (const [name, key] of [["gdt", "selector"], ["ldt", "selector"], ["idt", "vector"]]) {
      const news = record[name];
      if (!news) continue;
      if (news.absent) { state[name] = null; continue; }
      if (news.base !== undefined || !state[name]) state[name] = { base: news.base, limit: news.limit,
        entries: new Map() };
      state[name].truncated = news.truncated;
      for (const entry of news.entries || []) {
        const isEmpty = entry.raw && entry.raw.every(part => BigInt(part) === 0n);
        if (isEmpty) state[name].entries.delete(Number(entry[key]));
        else state[name].entries.set(Number(entry[key]), entry);
      }
    }
    if (record.tss) state.tss = record.tss.absent ? null : record.tss;
  }
  return state.at === null ? null : state;
}

/** The entry of 4 or 8 bytes at a physical address after a step; `later` if it is only seen afterwards; null if never. */
function entryAt(address, index, size) {
  const history = entryHistory.get(address);
  const whole = wholeTables.get(address & ~0xfffn);
  if (!history) return whole ? { value: 0n, later: whole[0].at > index + 0.3 } : null;
  let low = 0, high = history.length;
  while (low < high) {
    const middle = low + high >> 1;
    if (history[middle].at <= index + 0.3) low = middle + 1; else high = middle;
  }
  let found = null;
  while (low-- > 0 && !found) if (history[low].value !== null) found = history[low];
  const sized = value => BigInt.asUintN(Number(size) * 8, value);
  if (found) return { value: sized(found.value), later: false };
  const first = history.find(change => change.value !== null);
  return first ? { value: sized(first.value), later: true } : null;
}
