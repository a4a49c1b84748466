const TABS = [["step", "Step", stepPanel], ["paging", "Page tables", pagingPanel],
  ["descriptors", "GDT, IDT, TSS", descriptorsPanel], ["hot", "Hot addresses", hotPanel], ["report", "Fault report",
    reportPanel]];
let tab = "step";

function drawPanel() {
  const panel = byId("panel"), top = panel.scrollTop;
  panel.replaceChildren(...TABS.find(([name]) => name === tab)[2]().flat(4).filter(part => part));
  panel.scrollTop = top;
}

function showTab(name) {
  tab = name;
  for (const button of byId("tabs").children) button.setAttribute("aria-selected", button.dataset.tab === tab);
  drawPanel();
  byId("panel").scrollTop = 0;
}

function selectionChanged() {
  walkChoice = 0;
  walkLevel = null;
  const step = trace.steps[selected];
  if (step.walks && step.walks.length) translation = null;
  if (tab !== "hot") drawPanel();
}

function showHeader() {
  const name = trace.header.image || about.name, memory = trace.header.memory;
  document.title = `${name} – emu trace`;
  byId("title").textContent = name;
  byId("facts").textContent = [plural(trace.steps.length, "step"), plural(trace.header.processors || 1,
    "processor"),
    memory && `${(memory / 1048576).toLocaleString("en")} MiB`,
      trace.end && trace.end.reason && `ended: ${trace.end.reason}`]
    .filter(Boolean).join(" · ");
  const notices = [];
  if (about.steps > about.shown) notices.push(h("p", {}, `Only the first ${about.shown.toLocaleString("en")} of `
    + `${about.steps.toLocaleString("en")} steps are shown; emu view --limit sets how many.`));
  if (about.cut) notices.push(h("p", {}, about.cut));
  if (trace.contradictions.length) notices.push(h("p", { class: "bad", id: "contradictions" },
    `In ${plural(trace.contradictions.length, "place")} this trace contradicts the steps before; the first is `,
    h("button", { class: "link", onclick: () => select(trace.contradictions[0].index) },
      `step ${trace.steps[trace.contradictions[0].index].n}`), "."));
  byId("notices").replaceChildren(...notices);
}

function pressKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.tagName === "INPUT") {
    if (event.key === "Escape") event.target.blur();
    if (event.target === byId("query") && event.key === "Enter") nextMatch(event.shiftKey ? -1 : 1);
    return;
  }
  const page = Math.max(1, Math.floor(byId("list").clientHeight / ROW) - 2), rip = trace.steps[selected]?.rip;
  const keys = {
    ArrowDown: () => select(selected + 1), ArrowUp: () => select(selected - 1),
      ArrowRight: () => select(selected + 1),
    ArrowLeft: () => select(selected - 1), j: () => select(selected + 1), k: () => select(selected - 1),
    PageDown: () => select(selected + page), PageUp: () => select(selected - page), Home: () => select(0),
    End: () => select(trace.steps.length - 1), n: () => selectWhere(1, isEvent), p: () => selectWhere(-1, isEvent),
    "]": () => selectWhere(1, step => step.rip === rip), "[": () => selectWhere(-1, step => step.rip === rip),
    "/": () => byId("query").focus(), "+": () => zoomTimeline(0.5), "-": () => zoomTimeline(2),
    0: () => zoomTimeline(Infinity), ",": () => byId("level-up")?.click(), ".": () => byId("level-down")?.click(),
  };
  TABS.forEach(([name], index) => { keys[index + 1] = () => showTab(name); });
  if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
}

function setTheme(name) {
  document.documentElement.dataset.theme = name;
  drawTimeline();
}

function start() {
  readTrace();
  followTrace();
  followTables();
  prepareTimeline();
  byId("tabs").replaceChildren(...TABS.map(([name, title]) => h("button", { role: "tab", "data-tab": name,
    onclick: () => showTab(name) }, title)));
  showHeader();
  byId("previous").onclick = () => select(selected - 1);
  byId("next").onclick = () => select(selected + 1);
  byId("query").oninput = event => search(event.target.value);
  byId("found-next").onclick = () => nextMatch(1);
  byId("found-previous").onclick = () => nextMatch(-1);
  byId("theme").onclick = () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
  byId("list").onscroll = drawList;
  new ResizeObserver(drawList).observe(byId("list"));
  document.addEventListener("keydown", pressKey);
  setTheme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const wanted = Number((/step=(\d+)/.exec(location.hash) || [])[1] ?? NaN);
  showTab("step");
  select(Math.max(0, trace.steps.findIndex(step => step.n === wanted)));
  document.documentElement.dataset.ready = "yes";
}
start();
