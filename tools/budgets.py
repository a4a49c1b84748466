#!/usr/bin/env python3
"""Measures an executable of emu and holds it to limits.

  tools/budgets.py EMU EMPTY ROMS [--rows FILE] [--only NAME,...]

EMU is a release build with its symbols, EMPTY an empty command that is built in the same way, ROMS the folder of
`make testroms`. FILE (tools/budgets.tsv) has a row for each budget: name, limit, unit, measure. The measures are:

  slope ROM OPTIONS...      host instructions per guest instruction: what Machine.run executes, between two lengths of a
                            run, so that the start falls out
  ratio ROM OPTIONS...      the slope of the threaded engine over that of the reference engine, of a tenth of the length
  start ROM OPTIONS...      host instructions from the start of the process to the guest's power-off
  calls FUNCTIONS [GLOBS]   call instructions in the object code of FUNCTIONS to symbols that match one of GLOBS (both
                            with a comma between); without GLOBS all calls
  indirect FUNCTIONS        calls through a register or a table in memory, as those of witness tables are
  handlers TYPE FAULT       closures of TYPE whose object code has a FAULT: `calls` (a call, so that they are no leaves),
                            `pushes` (a register saved on the stack) or `returns` (a return: their tail call is lost)
  growth                    bytes that the stripped EMU is larger than the stripped EMPTY
  decoding BYTES            host instructions per decoded instruction: DecoderBenchmark, which stands beside EMPTY, on the
                            first BYTES of EMPTY's code, between two numbers of rounds
  peak ROM OPTIONS...       largest resident memory in KiB, the largest of three runs

FUNCTIONS are written as Module.Type.function. `A|B` is A, or B where A has no code of its own because it is inlined
into B. Host instructions are counted by callgrind on the stripped executable, so that no clock decides. Outside of
Machine.run they do not count for slopes: how often `emu run` looks for signals and input depends on the host's clock.

Status 0: all budgets are held. 1: one is exceeded or could not be measured. 2: the rows or the arguments are wrong.
A row whose host tool is not installed is skipped by one line that begins with SKIP.
"""
import argparse, concurrent.futures, fnmatch, os, platform, re, shutil, subprocess, sys, tempfile, threading

SHORT, LONG = 3_000_000, 6_000_000
LIMIT_REACHED = 124
MACHINE_RUN = "$s7MachineAAC3run5ticks*"
# The host tools of each measure.
TOOLS = {
    "slope": ["valgrind", "strip"], "ratio": ["valgrind", "strip"], "start": ["valgrind", "strip"], "calls": ["objdump", "nm"],
    "indirect": ["objdump", "nm"], "handlers": ["objdump", "nm"], "growth": ["strip"], "decoding": ["valgrind", "objdump"], "peak": ["time"],
}
# The same everywhere: neither the language, the seed of hash tables nor what else stands there costs instructions.
ENVIRONMENT = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "SWIFT_DETERMINISTIC_HASHING": "1"}


class Unmeasured(Exception):
    """Why a budget has no number."""


class Row:
    """One budget."""

    def __init__(self, place, line):
        self.place = place
        fields = line.split("\t")
        if len(fields) != 4:
            raise ValueError(f"{place}: {len(fields)} columns instead of 4: name, limit, unit, measure")
        self.name, limit, self.unit, measure = fields
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", limit):
            raise ValueError(f"{place}: the limit '{limit}' is not a number")
        self.limit = float(limit)
        self.kind, *self.words = measure.split()
        if self.kind not in TOOLS:
            raise ValueError(f"{place}: the measure '{self.kind}' is none of {', '.join(TOOLS)}")
        if not self.words and self.kind != "growth":
            raise ValueError(f"{place}: the measure '{self.kind}' lacks what it measures")


def read_rows(path):
    """The rows of a file; lines that begin with # and empty ones are none."""
    with open(path, encoding="utf-8") as file:
        lines = [line.rstrip("\n") for line in file]
    rows = {}
    for count, line in enumerate(lines, 1):
        if line and not line.startswith("#"):
            row = Row(f"{path}:{count}", line)
            if row.name in rows:
                raise ValueError(f"{row.place}: the name '{row.name}' stands twice")
            rows[row.name] = row
    if not rows:
        raise ValueError(f"{path} has no row")
    return list(rows.values())


def run(command, status):
    """Runs a command that must end with a status."""
    done = subprocess.run(
        command, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        timeout=900, check=False)
    if done.returncode != status:
        last = (done.stderr.decode(errors="replace").strip().splitlines() or ["nothing on standard error"])[-1]
        raise Unmeasured(f"{' '.join(command)} ends with status {done.returncode} instead of {status}: {last}")
    return done


class Measurer:
    """Takes the measures of one executable."""

    def __init__(self, emu, empty, roms, folder):
        self.emu, self.empty, self.roms, self.folder = emu, empty, roms, folder
        self.code = {}
        self.names = None
        self.listing = None
        self.lock = threading.Lock()

        # What several measures share is made before they run at the same time.
        if shutil.which("strip"):
            run(["strip", "-o", self.stripped("emu"), emu], 0)
            run(["strip", "-o", self.stripped("empty"), empty], 0)
            run(["strip", "-g", "-o", self.stripped("emu-symbols"), emu], 0)

    def stripped(self, name):
        return os.path.join(self.folder, name)

    def rom(self, name):
        path = os.path.join(self.roms, name)
        if not os.path.exists(path):
            raise Unmeasured(f"{path} is not there; `make testroms` assembles it")
        return path

    def measure(self, row):
        """The number, and lines that say more of it."""
        try:
            return getattr(self, row.kind)(*row.words)
        except subprocess.TimeoutExpired as error:
            raise Unmeasured(f"{' '.join(error.cmd)} takes more than {error.timeout:.0f} s") from None

    def counted(self, status, arguments, function=None):
        """Host instructions of one run of emu, or of what one function of it executes."""
        executable = self.stripped("emu-symbols" if function else "emu")
        collected = [f"--toggle-collect={function}"] if function else []
        return self.counted_command(status, [executable, "run", *arguments], collected, function)[0]

    def counted_command(self, status, command, collected=(), what=None):
        """Host instructions of a command, and what it prints."""
        with tempfile.NamedTemporaryFile(dir=self.folder) as log:
            done = run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", f"--log-file={log.name}",
                        *collected, *command], status)
            found = re.search(r"Collected : (\d+)", log.read().decode(errors="replace"))
        if not found or not int(found.group(1)):
            raise Unmeasured(f"callgrind counted nothing of {what or ' '.join(command)}")
        return int(found.group(1)), done.stdout.decode(errors="replace")

    def decoding(self, byte_count):
        tool = os.path.join(os.path.dirname(os.path.abspath(self.empty)), "DecoderBenchmark")
        if not os.path.exists(tool):
            raise Unmeasured(f"{tool} is not there")
        headers = run(["objdump", "-h", self.empty], 0).stdout.decode()
        text = re.search(r"\.text +([0-9a-f]+) +[0-9a-f]+ +[0-9a-f]+ +([0-9a-f]+)", headers)
        if not text or int(text.group(1), 16) < int(byte_count):
            raise Unmeasured(f"{self.empty} has no .text of {byte_count} bytes")
        counts, output = [], ""
        for rounds in (1, 3):
            count, output = self.counted_command(
                0, [tool, self.empty, str(int(text.group(2), 16)), byte_count, str(rounds)])
            counts.append(count)
        decoded = int(output.split()[0])
        return (counts[1] - counts[0]) / (decoded * 2 / 3), [output.splitlines()[0]]

    def slope(self, rom, *options, lengths=(SHORT, LONG)):
        path = self.rom(rom)
        short, long = (
            self.counted(
                LIMIT_REACHED, ["--memory", "128M", "--max-instructions", str(count), *options, path], MACHINE_RUN)
            for count in lengths)
        return (long - short) / (lengths[1] - lengths[0]), []

    def ratio(self, rom, *options):
        threaded, reference = (
            self.slope(rom, "--engine", engine, *options, lengths=(SHORT // 10, LONG // 10))[0] for engine in ("threaded", "reference"))
        return threaded / reference, [f"threaded {threaded:.1f}, reference {reference:.1f}"]

    def start(self, rom, *options):
        return self.counted(0, [*options, self.rom(rom)]), []

    def growth(self):
        sizes = [os.path.getsize(self.stripped(name)) for name in ("emu", "empty")]
        return sizes[0] - sizes[1], ["emu {:,}, an empty command {:,}".format(*sizes)]

    def peak(self, rom, *options):
        sizes = []
        for _ in range(3):
            with tempfile.NamedTemporaryFile(dir=self.folder) as file:
                # A limit of instructions is an end as good as power-off.
                status = LIMIT_REACHED if "--max-instructions" in options else 0
                run([shutil.which("time"), "--quiet", "-f", "%M", "-o", file.name, self.emu, "run", *options,
                     self.rom(rom)], status)
                sizes.append(int(file.read().split()[-1]))
        return max(sizes), []

    def symbols(self, function):
        """The symbols with code of a function: its own, its closures' and its cold parts'."""
        if self.names is None:
            lines = run(["nm", "--defined-only", self.emu], 0).stdout.decode().splitlines()
            self.names = sorted({line.split()[2] for line in lines if line.split()[1:2] in (["t"], ["T"])})
        for choice in function.split("|"):
            mangled = "[A-Z]?".join(f"(?<![0-9]){len(part)}{part}" for part in choice.split("."))
            found = [name for name in self.names if re.search(mangled, name)]
            if found:
                return found
        raise Unmeasured(f"no symbol of {self.emu} is of {function}; if it is inlined, the row must name what into")

    def called(self, functions):
        """A pair (caller, callee) for each call in the code of functions; a callee None is known at run time only."""
        result = []
        for symbol in sorted({symbol for function in functions.split(",") for symbol in self.symbols(function)}):
            if symbol not in self.code:
                self.code[symbol] = list(calls_of(symbol, run(
                    ["objdump", "-d", "--no-show-raw-insn", f"--disassemble={symbol}", self.emu], 0).stdout.decode()))
            result += [(symbol, callee) for callee in self.code[symbol]]
        return result

    def calls(self, functions, globs="*"):
        found = [
            pair for pair in self.called(functions)
            if globs == "*" or pair[1] and any(fnmatch.fnmatchcase(pair[1], glob) for glob in globs.split(","))]
        return len(found), listed(found)

    def indirect(self, functions):
        found = [pair for pair in self.called(functions) if pair[1] is None]
        return len(found), listed(found)

    def handlers(self, kind, fault):
        pattern = {"calls": r"call", "pushes": r"push", "returns": r"ret"}.get(fault)
        if not pattern:
            raise Unmeasured(f"the fault '{fault}' of handlers is none of calls, pushes and returns")
        closures = {name for name in self.symbols(kind) if re.search(r"fU\d*_(Tm)?$", name)}
        if not closures:
            raise Unmeasured(f"{kind} has no closures in {self.emu}")
        found, owner, seen = [], None, set()
        # One disassembly for all of them.
        with self.lock:
            if self.listing is None:
                self.listing = run(["objdump", "-d", "--no-show-raw-insn", self.emu], 0).stdout.decode().splitlines()
        for line in self.listing:
            head = re.match(r"[0-9a-f]+ <(.+)>:$", line)
            if head:
                owner = head.group(1) if head.group(1) in closures else None
            elif owner and owner not in seen and re.match(rf"\s+[0-9a-f]+:\s+(bnd |notrack )*{pattern}", line):
                seen.add(owner)
                found.append((owner, fault))
        return len(found), listed(found)


def calls_of(symbol, listing):
    """The callees in objdump's listing of one function, calls in place of a return among them."""
    instructions = 0
    for line in listing.splitlines():
        words = re.match(r"\s+[0-9a-f]+:\s+((?:bnd |notrack )*)(\w+)\s*(.*)", line)
        if not words:
            continue
        instructions += 1
        mnemonic, operand = words.group(2), words.group(3)
        name = re.search(r"<([^>+@]+)(@[^>+]*)?(\+0x[0-9a-f]+)?>", operand)
        if operand.startswith("*") and not (name and name.group(2)):
            name = None  # A pointer of the executable's own; one with a version is a shared library's function.
        if mnemonic in ("call", "callq"):
            yield name.group(1) if name else None
        elif mnemonic.startswith("j"):
            # Jumps within the function are none; `jmp *%rax` and `jmp *8(,%rax,8)` are switches, `jmp *16(%rax)` is a
            # call through a table.
            if name and name.group(1) != symbol:
                yield name.group(1)
            elif not name and re.match(r"\*[^(]*\(%\w+\)", operand):
                yield None
    if not instructions:
        raise Unmeasured(f"objdump shows no instruction of {symbol}")


def listed(pairs):
    """A line for each callee and caller."""
    counts = {}
    for pair in pairs:
        counts[pair] = counts.get(pair, 0) + 1
    lines = [f"{count} x {callee or 'through a pointer'} in {caller}" for (caller, callee), count in counts.items()]
    demangle = ["swift", "demangle", "--simplified", "--compact"]
    if lines and shutil.which("swift"):
        done = subprocess.run(demangle, input="\n".join(lines), capture_output=True, text=True, check=False)
        lines = done.stdout.splitlines() if done.returncode == 0 else lines
    return sorted(lines)


def lacking(row):
    """Why this host cannot take a measure; None if it can."""
    if platform.machine() != "x86_64" and row.kind not in ("growth", "peak"):
        return f"the limit is for x86-64, this host is {platform.machine()}"
    missing = [tool for tool in TOOLS[row.kind] if not shutil.which(tool)]
    return f"{' and '.join(missing)} not installed" if missing else None


def number(value):
    return f"{value:,.2f}".removesuffix(".00")


def attempt(measurer, row):
    """What came of a row: (number, lines, None), or (None, [], why there is no number)."""
    try:
        return *measurer.measure(row), None
    except Unmeasured as error:
        return None, [], str(error)


def report(row, value, lines, problem):
    """Prints one budget; true if it is held."""
    print(f"{row.name:34} {'-' if problem else number(value):>14} {number(row.limit):>14}  {row.unit}")
    for line in lines:
        print(f"    {line}")
    sys.stdout.flush()
    if not problem and value > row.limit:
        problem = f"is {number(value)} {row.unit}, more than {number(row.limit)}"
    elif problem:
        problem = f"could not be measured: {problem}"
    if problem:
        print(f"budgets: {row.place}: {row.name} {problem}", file=sys.stderr)
    return not problem


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].strip())
    parser.add_argument("emu")
    parser.add_argument("empty")
    parser.add_argument("roms")
    parser.add_argument("--rows", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "budgets.tsv"))
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    try:
        rows = read_rows(arguments.rows)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    wanted = [name for name in arguments.only.split(",") if name]
    for name in wanted:
        if name not in [row.name for row in rows]:
            parser.error(f"--only {name}: no row of {arguments.rows} has that name")
    for path in (arguments.emu, arguments.empty):
        if not os.access(path, os.X_OK):
            parser.error(f"{path} is no executable")
    rows = [row for row in rows if not wanted or row.name in wanted]
    skipped, held = 0, 0
    print(f"{'budget':34} {'measured':>14} {'limit':>14}  unit", flush=True)
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        measurer = Measurer(arguments.emu, arguments.empty, arguments.roms, folder)
        reasons = [lacking(row) for row in rows]
        futures = [None if reason else pool.submit(attempt, measurer, row) for row, reason in zip(rows, reasons)]
        for row, reason, future in zip(rows, reasons, futures):
            if reason:
                skipped += 1
                print(f"SKIP {row.name}: {reason}", flush=True)
            else:
                held += report(row, *future.result())
    exceeded = len(rows) - held - skipped
    print(f"{len(rows)} budgets: {held} held, {exceeded} exceeded or not measured, {skipped} skipped")
    sys.exit(1 if exceeded else 0)


if __name__ == "__main__":
    main()
