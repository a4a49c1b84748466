const timeline = { from: 0, to: 1, ranks: [], processors: [] };
const SCATTER_TOP = 20, SCATTER_HEIGHT = 62, BAND = 9, AXIS = 18;

function prepareTimeline() {
  const addresses = [...new Set(trace.steps.map(step => step.rip).filter(Boolean))];
  addresses.sort((a, b) => { const x = BigInt(a), y = BigInt(b); return x < y ? -1 : x > y ? 1 : 0; });
  const rank = new Map(addresses.map((text, index) => [text, index / Math.max(1, addresses.length - 1)]));
  timeline.ranks = trace.steps.map(step => rank.get(step.rip));
  timeline.processors = [...new Set(trace.steps.map(step => step.cpu))].sort((a, b) => a - b);
  timeline.to = Math.max(1, trace.steps.length);
  const longest = addresses.reduce((most, text) => Math.max(most, text.length - 2), 8);
  document.documentElement.style.setProperty("--address", `${longest}ch`);
  const last = trace.steps[trace.steps.length - 1];
  document.documentElement.style.setProperty("--number", `${Math.max(5, String(last ? last.n : 0).length)}ch`);
  const used = [...new Set(trace.steps.map(step => step.cpl).filter(cpl => cpl !== undefined))].sort();
  byId("legend").replaceChildren(...used.map(cpl => [h("i", { style: `background: var(--cpl${cpl})` }),
    `CPL ${cpl}`])
    .flat(), h("i", { style: "background: var(--event)" }), "interrupt", h("i",
      { style: "background: var(--bad)" }),
    "exception");
  const canvas = byId("canvas");
  canvas.onpointerdown = pressTimeline;
  canvas.onpointermove = hoverTimeline;
  canvas.onpointerleave = () => { byId("tip").hidden = true; };
  canvas.onwheel = event => { event.preventDefault(); zoomTimeline(event.deltaY < 0 ? 0.8 : 1.25, stepAt(event)); };
  byId("zoom-in").onclick = () => zoomTimeline(0.5);
  byId("zoom-out").onclick = () => zoomTimeline(2);
  byId("zoom-all").onclick = () => zoomTimeline(Infinity);
  new ResizeObserver(drawTimeline).observe(byId("timeline"));
}

const stepAt = event => timeline.from + event.offsetX / byId("canvas").clientWidth * (timeline.to - timeline.from);

function pressTimeline(event) {
  const start = { x: event.clientX, from: timeline.from, to: timeline.to, moved: false };
  const canvas = byId("canvas");
  canvas.setPointerCapture(event.pointerId);
  canvas.onpointermove = move => {
    const shift = (start.x - move.clientX) / canvas.clientWidth * (start.to - start.from);
    if (Math.abs(move.clientX - start.x) > 4) start.moved = true;
    if (start.moved) showSpan(start.from + shift, start.to + shift);
  };
  canvas.onpointerup = up => {
    canvas.onpointermove = hoverTimeline;
    canvas.onpointerup = null;
    if (!start.moved) select(Math.floor(stepAt(up)));
  };
}

function hoverTimeline(event) {
  const index = Math.floor(stepAt(event)), step = trace.steps[index], tip = byId("tip");
  tip.hidden = !step;
  if (!step) return;
  tip.textContent = `${step.n}  ${step.rip ? hex(step.rip) : ""}  ${step.symbol || ""}\n${textOf(step)} ${noteOf(step)}`;
  tip.style.left = `${Math.min(event.offsetX + 12, byId("canvas").clientWidth - tip.offsetWidth - 6)}px`;
  tip.style.top = "56px";
}

function showSpan(from, to) {
  const all = Math.max(1, trace.steps.length), size = Math.min(all, Math.max(8, to - from));
  timeline.from = Math.min(Math.max(0, from), all - size);
  timeline.to = timeline.from + size;
  drawTimeline();
}

function zoomTimeline(factor, around = selected + 0.5) {
  const size = timeline.to - timeline.from;
  const center = Math.min(Math.max(around, timeline.from), timeline.to);
  showSpan(center - (center - timeline.from) * factor || 0, factor === Infinity ? Infinity
    : center + (timeline.to - center) * factor || size);
}

/** Keeps the selected step in sight. */
function followSelection() {
  const size = timeline.to - timeline.from;
  if (selected < timeline.from || selected >= timeline.to) showSpan(selected - size / 2, selected + size / 2);
  else drawTimeline();
}

// All but the mark of the selected step, drawn once for each span, width and theme.
const backdrop = { key: "", image: document.createElement("canvas") };

function drawTimeline() {
  const canvas = byId("canvas"), ratio = window.devicePixelRatio || 1, width = canvas.clientWidth;
  const lanes = Math.max(1, timeline.processors.length), bandTop = SCATTER_TOP + SCATTER_HEIGHT + 6;
  const height = bandTop + lanes * (BAND + 2) + AXIS;
  canvas.style.height = `${height}px`;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const g = canvas.getContext("2d"), scale = width / (timeline.to - timeline.from);
  const key = [timeline.from, timeline.to, width, height, ratio, document.documentElement.dataset.theme].join();
  if (backdrop.key !== key) drawBackdrop(width, height, bandTop, ratio);
  backdrop.key = key;
  if (width > 0) g.drawImage(backdrop.image, 0, 0);
  g.scale(ratio, ratio);
  g.strokeStyle = g.fillStyle = color("--accent");
  g.lineWidth = 1.5;
  const at = (selected - timeline.from) * scale + Math.min(scale, 12) / 2;
  g.beginPath(); g.moveTo(at, 4); g.lineTo(at, height - AXIS); g.stroke();
  g.beginPath(); g.arc(at, 4, 3.5, 0, 7); g.fill();
}

function drawBackdrop(width, height, bandTop, ratio) {
  backdrop.image.width = width * ratio;
  backdrop.image.height = height * ratio;
  const g = backdrop.image.getContext("2d");
  g.scale(ratio, ratio);
  const scale = width / (timeline.to - timeline.from), x = index => (index - timeline.from) * scale;
  const cpls = [0, 1, 2, 3].map(cpl => color(`--cpl${cpl}`)), plain = color("--faint");
  const first = Math.max(0, Math.floor(timeline.from)), end = Math.min(trace.steps.length, Math.ceil(timeline.to));
  const wide = Math.max(1.5, Math.min(scale - 1, 10)), lane = new Map(timeline.processors.map((cpu, i) => [cpu,
    i]));
  const events = [];
  for (let i = first; i < end; i++) {
    const step = trace.steps[i];
    g.fillStyle = step.cpl === undefined ? plain : cpls[step.cpl];
    if (timeline.ranks[i] !== undefined)
      g.fillRect(x(i), SCATTER_TOP + (1 - timeline.ranks[i]) * (SCATTER_HEIGHT - 3), wide, 3);
    const left = Math.floor(x(i)), right = Math.max(left + 1, Math.floor(x(i + 1)));
    g.fillRect(left, bandTop + lane.get(step.cpu) * (BAND + 2), right - left, BAND);
    if (isEvent(step)) events.push(step);
  }
  // Stems of crowded events would hide the code behind them.
  const hasStems = events.length < width / 12;
  for (const step of events) drawEvent(g, x(step.index) + Math.max(scale, 1) / 2, step, hasStems);
  drawAxis(g, width, height, x);
}

function drawEvent(g, at, step, hasStem) {
  g.fillStyle = step.t === "interrupt" ? color("--event") : color("--bad");
  g.beginPath();
  g.moveTo(at - 4, 7); g.lineTo(at + 4, 7); g.lineTo(at, 15);
  g.fill();
  if (!hasStem) return;
  g.globalAlpha = 0.25;
  g.fillRect(at - 0.5, 15, 1, SCATTER_TOP + SCATTER_HEIGHT - 15);
  g.globalAlpha = 1;
}

function drawAxis(g, width, height, x) {
  const size = timeline.to - timeline.from;
  const raw = size / (width / 110), power = 10 ** Math.floor(Math.log10(raw));
  const spacing = Math.max(1, [1, 2, 5, 10].find(factor => factor * power >= raw) * power);
  g.fillStyle = color("--soft");
  g.font = "11px system-ui, sans-serif";
  for (let i = Math.ceil(timeline.from / spacing) * spacing; i < timeline.to; i += spacing) {
    const step = trace.steps[i];
    if (!step) continue;
    g.fillRect(x(i), height - AXIS, 1, 4);
    g.fillText(step.n.toLocaleString("en"), x(i) + 3, height - 5);
  }
}
