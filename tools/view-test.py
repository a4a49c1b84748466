#!/usr/bin/env python3
"""Drives a page of emu view in Chromium and compares what it shows with the trace.

view-test.py PAGE TRACE [SCREENSHOT-FOLDER]: status 0 if all agrees, 1 with one line for each difference.
"""
import json
import os
import subprocess
import sys
import tempfile
import time

MASK = (1 << 64) - 1


class Browser:
    """Chromium by the DevTools protocol over a pair of pipes."""

    def __init__(self, folder):
        to_child, self.writing = os.pipe()
        self.reading, from_child = os.pipe()
        # The browser wants its ends as descriptors 3 and 4.
        command = 'exec 3<&%d 4>&%d; exec chromium "$@"' % (to_child, from_child)
        self.process = subprocess.Popen(
            ["bash", "-c", command, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
             "--no-first-run", "--disable-dev-shm-usage", f"--user-data-dir={folder}", "--window-size=1500,950"],
            pass_fds=(to_child, from_child), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_child)
        os.close(from_child)
        self.count, self.buffer, self.events, self.session = 0, b"", [], None

    def receive(self):
        while b"\0" not in self.buffer:
            chunk = os.read(self.reading, 1 << 20)
            if not chunk:
                raise SystemExit("chromium has ended")
            self.buffer += chunk
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def send(self, method, **parameters):
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.writing, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.count:
                if "error" in answer:
                    raise SystemExit(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def size(self, width, height):
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def open(self, url):
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")
        self.size(1600, 1000)
        start = time.monotonic()
        self.send("Page.navigate", url=url)
        while self.run("document.documentElement?.dataset.ready") != "yes":
            if time.monotonic() - start > 60:
                raise SystemExit(f"the page is not ready after a minute; {self.troubles()}")
            time.sleep(0.05)
        return time.monotonic() - start

    def run(self, script):
        answer = self.send("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in answer:
            raise SystemExit(f"{script}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def key(self, name):
        for kind in ("keyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind, key=name)

    def shot(self, path):
        import base64
        data = self.send("Page.captureScreenshot", format="png")["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def troubles(self):
        """Console messages, exceptions, and requests for anything but the page itself."""
        found = []
        for event in self.events:
            method, parameters = event.get("method"), event.get("params", {})
            if method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
                found.append(json.dumps(parameters)[:400])
            url = parameters.get("request", {}).get("url", "") if method == "Network.requestWillBeSent" else ""
            if url and not url.startswith(("file:", "data:")):
                found.append(f"request: {url}")
        return found


class Trace:
    """Registers, descriptors and page tables of each step, by the lines of the trace alone."""

    def __init__(self, path):
        self.steps, regs = [], {}
        self.tables, self.reports = [], []
        for line in open(path, encoding="utf-8"):
            record = json.loads(line)
            if record.get("t") == "tables":
                self.tables.append((len(self.steps), record))
            if record.get("t") == "report":
                self.reports.append((len(self.steps) - 1, record))
            if record.get("t") == "state":
                regs[record["cpu"]] = {k: int(v, 16) for k, v in record["regs"].items()}
            if record.get("t") not in ("retire", "interrupt"):
                continue
            state = regs.setdefault(record["cpu"], {})
            for control in record.get("controls", []):
                state[control["register"].lower()] = int(control["value"], 16)
            for name, pair in record.get("writes", {}).items():
                state[name] = int(pair[1], 16)
            self.steps.append((record, dict(state)))


    def descriptors(self, cpu, index):
        """Texts of GDT and LDT by selector, of the IDT by vector, and the fields of the TSS, before a step."""
        state = {"gdt": None, "ldt": None, "idt": None, "tss": {}}
        for at, record in self.tables:
            if at > index or record["cpu"] != cpu:
                continue
            for name, key in (("gdt", "selector"), ("ldt", "selector"), ("idt", "vector")):
                news = record.get(name)
                if news is None:
                    continue
                if news.get("absent"):
                    state[name] = None
                    continue
                if "base" in news:
                    state[name] = {}
                for entry in news.get("entries", []):
                    number = int(entry[key], 16) if key == "selector" else entry[key]
                    if "raw" in entry and not any(int(part, 16) for part in entry["raw"]):
                        state[name].pop(number, None)
                    else:
                        state[name][number] = entry["text"]
            if "tss" in record:
                state["tss"] = {k: int(v, 16) for k, v in record["tss"].get("fields", {}).items()}
        return state

    def entries(self, index):
        """Entries of page tables after a step, by address: those that were recorded or met, and written to since."""
        known, size, next_record = {}, 8, 0
        whole = set()

        def note(record):
            nonlocal size
            paging = record.get("paging", {})
            size = paging.get("entrySize", size)
            for table in paging.get("tables", []):
                base = int(table["address"], 16)
                if table.get("whole"):
                    whole.add(base)
                    for i in range(4096 // size):
                        known[base + i * size] = 0
                for i, value in table["entries"].items():
                    known[base + int(i) * size] = int(value, 16)

        for i, (step, _) in enumerate(self.steps[:index + 1]):
            while next_record < len(self.tables) and self.tables[next_record][0] <= i:
                note(self.tables[next_record][1])
                next_record += 1
            for walk in step.get("walks", []):
                for level in walk["steps"]:
                    known[int(level["address"], 16)] = int(level.get("updated", level["value"]), 16)
            for access in step.get("memory", []):
                if access["kind"] != "write" or "device" in access:
                    continue
                for k in range(access["size"]):
                    at = int(access["physical"], 16) + k
                    entry = at // size * size
                    if entry in known:
                        shift = (at - entry) * 8
                        byte = int(access["value"], 16) >> k * 8 & 0xff
                        known[entry] = known[entry] & ~(0xff << shift) | byte << shift
        return known


PANEL = """JSON.stringify(Object.fromEntries([...document.querySelectorAll("[data-register]")]
  .map(e => [e.dataset.register, e.querySelector(".v").textContent])))"""


def check_descriptors(browser, trace, expect):
    """GDT, LDT, IDT and TSS before some steps, row by row."""
    count = len(trace.steps)
    moments = {0, count - 1, *(at for at, _ in trace.tables if at < count), *(at - 1 for at, _ in trace.tables if at)}
    moments |= {i for i, (record, _) in enumerate(trace.steps) if record.get("exceptions")}
    chosen = sorted(moments)
    for index in chosen[::max(1, len(chosen) // 24)]:
        cpu = trace.steps[index][0]["cpu"]
        wanted = trace.descriptors(cpu, index)
        browser.run(f"select({index}); showTab('descriptors')")
        rows = json.loads(browser.run("""JSON.stringify([...document.querySelectorAll(`#panel tr[data-selector],
          #panel tr[data-vector], #panel tr[data-field]`)].map(row => [row.closest("table").parentElement.className ===
          "narrow" ? "tss" : row.closest("table").previousElementSibling.textContent.slice(0, 3).toLowerCase(),
          row.dataset.selector ?? row.dataset.vector ?? row.dataset.field, row.children[row.dataset.vector ? 2 : 1]
          .textContent]))"""))
        for name in ("gdt", "ldt", "idt", "tss"):
            shown = {(key if name == "tss" else int(key, 0)): (int(text, 16) if name == "tss" else text)
                     for kind, key, text in rows if kind == name}
            expect(shown == (wanted[name] or {}), f"step {trace.steps[index][0]['n']}: the {name} is shown as "
                   f"{str(shown)[:150]}, not {str(wanted[name])[:150]}")


def check_tree(browser, trace, expect):
    """Unfolds the page tables under CR3 down to the last level, and compares every entry."""
    paged = [i for i, (_, state) in enumerate(trace.steps) if state.get("cr0", 0) >> 31 and "cr3" in state]
    if not paged:
        return
    index = paged[-1]
    state = trace.steps[index][1]
    browser.run(f"select({index}); showTab('paging')")
    for _ in range(60):
        # The deepest first, so that all levels are seen before the neighbours are.
        if not browser.run("(f => f.length && (f[f.length - 1].click(), true))([...document.querySelectorAll("
                           "'#tree .fold[aria-expanded=false]')])"):
            break
    known = trace.entries(index)
    shown = json.loads(browser.run("""JSON.stringify([...document.querySelectorAll("#tree [data-entry]")].map(e =>
      [e.dataset.entry, e.dataset.value, e.textContent]))"""))
    levels = {text.lstrip("▸▾").split()[0] for _, _, text in shown}
    for place, value, _ in shown:
        want = known.get(int(place, 16))
        expect(want == int(value, 16), f"the entry at {place} is shown as {value}, not {want and hex(want)}")
    # Which levels there are, by the entries themselves.
    names, wanted = {5: "PML5E", 4: "PML4E", 3: "PDPTE", 2: "PDE", 1: "PTE"}, set()
    if state.get("efer", 0) >> 10 & 1:
        def walk(table, level):
            for i in range(512):
                value = known.get(table + i * 8, 0)
                if value:
                    wanted.add(names[level])
                if value & 1 and level > 1 and not (value & 0x80 and level < 4):
                    walk(value & 0xffffffffff000, level - 1)
        walk(state["cr3"] & 0xffffffffff000, 5 if state["cr4"] >> 12 & 1 else 4)
    else:
        wanted.add("PDE")
    print(f"page tables: {len(shown)} entries of {', '.join(sorted(levels))} compared")
    expect(wanted <= levels, f"the tree unfolds to {sorted(levels)}, not to {sorted(wanted)}")


def check(browser, trace, shots):
    """The differences, one line each."""
    wrong = []

    def expect(is_right, text):
        if not is_right:
            wrong.append(text)

    def select(index):
        browser.run(f"select({index})")

    def shot(name):
        if shots:
            browser.shot(os.path.join(shots, f"{name}.png"))

    count = len(trace.steps)
    expect(browser.run("trace.steps.length") == count, f"the page has not {count} steps")
    chosen = sorted({*range(min(count, 40)), *range(0, count, max(1, count // 30)), count - 1})
    compared = 0
    for index in chosen:
        select(index)
        record, state = trace.steps[index]
        shown = json.loads(browser.run(PANEL))
        for name, value in state.items():
            if name == "rip" and "rip" not in record.get("writes", {}):
                continue
            text = shown.get(name)
            compared += 1
            expect(text is not None and text != "not traced" and int(text, 16) == value,
                   f"step {record['n']}: {name} is {text}, not {value:#x}")
        changed = set(json.loads(browser.run("""JSON.stringify([...document.querySelectorAll("[data-register].changed")]
          .map(e => e.dataset.register))""")))
        wanted = {name for name, (old, new) in record.get("writes", {}).items() if int(old, 16) != int(new, 16)}
        expect(wanted - {"rip"} == changed - {"rip"}, f"step {record['n']}: {sorted(changed)} are marked as changed, not {sorted(wanted)}")
        rows = browser.run("document.querySelectorAll('[data-memory]').length")
        expect(rows == len(record.get("memory", [])), f"step {record['n']}: {rows} memory accesses are shown")
    expect(compared > 100, f"only {compared} registers were compared")
    expect(browser.run("trace.contradictions.length") == 0, "the page says that the trace contradicts itself")

    # By the keyboard, and the list follows.
    select(0)
    for _ in range(3):
        browser.key("ArrowDown")
    browser.key("ArrowUp")
    expect(browser.run("selected") == min(2, count - 1), "the arrow keys do not step")
    expect(browser.run("document.querySelectorAll('#rows .picked').length") == 1, "the list does not mark the step")
    rows = browser.run("document.querySelectorAll('#rows > div').length")
    expect(0 < rows < 120, f"the list has made {rows} rows")
    events = [i for i, (record, _) in enumerate(trace.steps) if record["t"] == "interrupt" or record.get("exceptions")]
    if events:
        select(0)
        if events[0] > 0:
            browser.key("n")
            expect(browser.run("selected") == events[0], "n does not lead to the first event")
        select(events[0])
    shot("step")

    check_descriptors(browser, trace, expect)
    check_tree(browser, trace, expect)
    if trace.reports:
        index, report = trace.reports[len(trace.reports) // 2]
        select(index)
        browser.run("showTab('report')")
        shown = browser.run("document.querySelector('.report').textContent")
        expect(all(line.strip() in shown for line in report["lines"]), f"the report of step {report.get('n')} is {shown[:80]!r}")
    browser.run("showTab('step')")

    walked = [i for i, (record, _) in enumerate(trace.steps) if any(len(w["steps"]) > 1 for w in record.get("walks", []))]
    deepest = sorted(walked, key=lambda i: -max(len(w["steps"]) for w in trace.steps[i][0]["walks"]))
    fault = [i for i in deepest if any("fault" in w for w in trace.steps[i][0]["walks"])]
    for index in [*deepest[:2], *walked[:1], *fault[:1]]:
        walks = trace.steps[index][0]["walks"]
        choice = max(range(len(walks)), key=lambda i: ("fault" in walks[i] and index in fault[:1], len(walks[i]["steps"])))
        walk = walks[choice]
        if len(walk["steps"]) < 2 or any(int(s["address"], 16) == MASK for s in walk["steps"]):
            continue
        select(index)
        browser.run("showTab('paging')")
        browser.run(f"document.querySelector('[data-walk=\"{choice}\"]').click()")
        for level in range(len(walk["steps"])):
            browser.run("document.querySelectorAll('.walk > div')[%d].click()" % level)
            report = browser.run("document.querySelector('#level-text').textContent")
            step = walk["steps"][level]
            expect(f"{int(step['address'], 16):#x}" in report and f"{int(step['value'], 16):#x}" in report,
                   f"level {step['level']} of the walk is shown as {report!r}")
            now = browser.run("document.querySelector('.tree .now')?.dataset.entry")
            expect(now == step["address"], f"the tree marks {now}, not {step['address']}")
        browser.run("document.querySelector('#level-up').click()")
        before = browser.run("document.querySelectorAll('#tree .entry').length")
        browser.run("document.querySelector('#tree .fold[aria-expanded=false]')?.click()")
        after = browser.run("document.querySelectorAll('#tree .entry').length")
        folded = browser.run("document.querySelectorAll('#tree .fold[aria-expanded=false]').length")
        expect(after > before or folded == 0, "the tree does not unfold")
        shot("paging")
    select(events[0] if events else count // 2)
    for tab in ("descriptors", "hot", "report"):
        browser.run(f"showTab('{tab}')")
        expect(browser.run("document.querySelector('#panel').textContent.length") > 20, f"the tab {tab} is empty")
        shot(tab)
    counts = {}
    for record, _ in trace.steps:
        if record["t"] == "retire":
            counts[record["rip"]] = counts.get(record["rip"], 0) + 1
    browser.run("showTab('hot')")
    hottest = browser.run("""(row => row && row.dataset.hot + " " + row.children[2].textContent.replaceAll(",", ""))(
      document.querySelector("[data-hot]"))""")
    if counts:
        expect(hottest and counts[hottest.split()[0]] == int(hottest.split()[1]) == max(counts.values()),
               f"the hottest address is shown as {hottest}")

    record = trace.steps[count // 2][0]
    browser.run(f"startSearch('{record['rip']}')")
    found = browser.run("matches.length")
    expect(found >= counts.get(record["rip"], 1), f"the search for {record['rip']} finds {found} steps")
    browser.run("document.querySelector('#query').value = ''; search('')")
    select((fault or deepest or events or [count // 2])[0])
    for width, height in ((1600, 1000), (700, 1000)):
        browser.size(width, height)
        for tab in ("step", "paging", "descriptors", "hot", "report"):
            browser.run(f"showTab('{tab}')")
            over = browser.run("document.documentElement.scrollWidth - innerWidth")
            expect(over <= 0, f"the tab {tab} is {over} pixels wider than a window of {width}")
            if width == 700:
                browser.run("document.querySelector('#details').scrollIntoView()")
                shot(f"narrow-{tab}")
    browser.run("scrollTo(0, 0)")
    shot("narrow-top")
    browser.size(1600, 1000)
    browser.run("document.querySelector('#theme').click(); showTab('step'); zoomTimeline(0.2)")
    shot("dark")
    browser.run("showTab('descriptors')")
    shot("dark-descriptors")
    wrong += [f"console or network: {trouble}" for trouble in browser.troubles()]
    print(f"{len(chosen)} of {count} steps, {compared} registers compared")
    return wrong


def main():
    page, path = os.path.abspath(sys.argv[1]), sys.argv[2]
    shots = sys.argv[3] if len(sys.argv) > 3 else None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(folder)
        try:
            seconds = browser.open(f"file://{page}")
            wrong = check(browser, Trace(path), shots)
            print(f"ready after {seconds:.1f} s")
        finally:
            browser.process.terminate()
            browser.process.wait()
    for text in wrong[:20]:
        print(text)
    sys.exit(1 if wrong else 0)


main()
