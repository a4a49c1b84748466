const ROW = 22;
let selected = 0;
let matches = [], query = "";

function drawList() {
  const list = byId("list");
  byId("height").style.height = `${trace.steps.length * ROW}px`;
  const first = Math.max(0, Math.floor(list.scrollTop / ROW) - 5);
  const end = Math.min(trace.steps.length, first + Math.ceil(list.clientHeight / ROW) + 10);
  const made = [];
  for (let i = first; i < end; i++) made.push(row(trace.steps[i], (i - first) * ROW));
  // Far down a browser has no exact positions: the rows are exact within their own box.
  byId("rows").style.top = `${first * ROW}px`;
  byId("rows").replaceChildren(...made);
}

function row(step, top) {
  const kind = step.t === "interrupt" ? "event" : step.exceptions && step.exceptions.length ? "bad" : "";
  const note = noteOf(step);
  return h("div", { class: `${kind} ${step.index === selected ? "picked" : ""}`, role: "option",
    "aria-selected": step.index === selected ? "true" : "false", style: `top:${top}px`,
    "data-index": step.index, onclick: () => select(step.index) },
    h("span", { class: "c", style: `background:var(--cpl${step.cpl ?? 0})`, title: `CPL ${step.cpl ?? "?"}` }),
    h("span", { class: "n" }, String(step.n)),
    timeline.processors.length > 1 && h("span", { class: "soft", title: "processor" }, String(step.cpu)),
    h("span", { class: "a" }, step.rip ? step.rip.slice(2).padStart(8, "0") : ""),
    h("span", { class: "t" }, (step.t === "interrupt" ? "⚡ " : "") + textOf(step) + (note ? `   ${note}` : "")),
    h("span", { class: "s" }, step.symbol || ""));
}

/** Selects a step and shows it everywhere. */
function select(index) {
  if (!trace.steps.length) return;
  selected = Math.min(Math.max(0, index), trace.steps.length - 1);
  const list = byId("list"), top = selected * ROW;
  if (top < list.scrollTop) list.scrollTop = Math.max(0, top - ROW * 3);
  if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW * 4 - list.clientHeight;
  byId("previous").disabled = selected === 0;
  byId("next").disabled = selected === trace.steps.length - 1;
  history.replaceState(null, "", `#step=${trace.steps[selected].n}`);
  drawList();
  followSelection();
  showFound();
  selectionChanged();
}

/** Goes to the next step of a kind in a direction. */
function selectWhere(direction, test) {
  for (let i = selected + direction; i >= 0 && i < trace.steps.length; i += direction)
    if (test(trace.steps[i])) return select(i);
}

// Search

function matchesQuery(step, text, value) {
  if ((step.symbol || "").toLowerCase().includes(text) || textOf(step).toLowerCase().includes(text)) return true;
  if (value === null) return false;
  const is = number => number !== undefined && BigInt(number) === value;
  return is(step.rip) || is(step.handler)
    || (step.memory || []).some(access => is(access.linear) || is(access.physical))
    || (step.walks || []).some(walk => is(walk.linear) || walk.steps.some(level => is(level.address)))
    || (step.ports || []).some(port => is(port.port)) || (step.exceptions || []).some(e => is(e.cr2));
}

function search(text) {
  query = text.trim().toLowerCase();
  const value = /^(0x)?[0-9a-f]{1,16}$/.test(query) ? BigInt("0x" + query.replace(/^0x/, "")) : null;
  matches = query ? trace.steps.filter(step => matchesQuery(step, query, value)).map(step => step.index) : [];
  showFound();
}

function showFound() {
  const at = matches.indexOf(selected);
  byId("found").textContent = !query ? "" : !matches.length ? "none" : at < 0 ? `${matches.length} found`
    : `${at + 1} of ${matches.length}`;
}

function nextMatch(direction) {
  if (!matches.length) return;
  const index = direction > 0 ? matches.find(match => match > selected) ?? matches[0]
    : matches.findLast(match => match < selected) ?? matches[matches.length - 1];
  select(index);
}

function startSearch(text) {
  byId("query").value = text;
  search(text);
  if (!matches.includes(selected)) nextMatch(1);
}
