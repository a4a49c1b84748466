#!/usr/bin/env python3
"""Runs the images of kvm-unit-tests that a user has built, and prints a table in Markdown.

  tools/kvm-unit-tests.py EMU IMAGES [--reasons FILE] [--only NAME,...] [--timeout SECONDS] [--jobs N] [--logs DIR]

IMAGES is a configured and built tree of that suite, or several with a comma between, one an architecture: each has
config.mak and x86/unittests.cfg beside its x86/*.flat. Every group of unittests.cfg runs with its own number of
processors, command line, RAM and vendor. Other features that a group names (-cpu max,+svm) follow from emu's models.
An image that no group names runs by itself.

A run ends at its own expectation when it writes 0 to port F4h (pass), skips itself when it writes 38 (status 77). REASONS has a
line for each group that does neither: architecture, group, why. Status 1 if a group fails that has no line there.
"""
import argparse, concurrent.futures, os, re, shlex, subprocess, sys, tempfile

PASS, SKIP = 1, 77


def configuration(path, separator):
    """The lines NAME = VALUE of one file; sections of unittests.cfg come as a list of (name, values)."""
    sections, values = [], {}
    for line in open(path, encoding="utf-8"):
        line = line.split("#")[0].strip()
        if line.startswith("["):
            values = {}
            sections.append((line.strip("[]"), values))
        elif separator in line:
            name, value = line.split(separator, 1)
            values[name.strip()] = value.strip()
    return sections or values


def groups(tree):
    """(architecture, group, image, options of emu) of every group that the tree's architecture has."""
    architecture = configuration(os.path.join(tree, "config.mak"), "=")["ARCH"]
    folder = os.path.join(tree, "x86")
    named = set()
    for name, values in configuration(os.path.join(folder, "unittests.cfg"), "="):
        image = os.path.join(folder, values["file"])
        if values.get("arch", architecture) != architecture or not os.path.exists(image):
            continue
        named.add(image)
        if "nodefault" in values.get("groups", ""):
            continue
        yield architecture, name, image, options(values)
    for entry in sorted(os.listdir(folder)):
        image = os.path.join(folder, entry)
        if entry.endswith(".flat") and image not in named:
            yield architecture, entry[: -len(".flat")], image, options({})


def options(values):
    """The options of emu for a group: processors, command line, RAM (QEMU's default is 128 MiB), vendor."""
    parameters = shlex.split(values.get("qemu_params", ""))
    memory, model = "128M", "amd-v1"
    for option, value in zip(parameters, parameters[1:]):
        if option == "-m":
            memory = value if value[-1].isalpha() else value + "M"
        if option == "-cpu" and "GenuineIntel" in value:
            model = "intel-v1"
    arguments = " ".join(shlex.split(re.sub(r"`date \+%s`", "1767225600", values.get("test_args", ""))))
    chosen = ["--memory", memory, "--cpus", values.get("smp", "1"), "--cpu", model]
    return chosen + (["--append=" + arguments] if arguments else [])


def run(emu, group, timeout, logs):
    architecture, name, image, chosen = group
    command = [emu, "run", "--testdev", "--hpet", "--timeout", str(timeout), *chosen, image]
    with open(os.path.join(logs, f"{architecture}-{name}.log"), "w+", errors="replace") as log:
        print(shlex.join(command), file=log, flush=True)
        status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT).returncode
        log.seek(0)
        text = log.read()
    summary = re.findall(r"^SUMMARY: (.*?)\r?$", text, re.M)
    return status, summary[-1] if summary else ""


def result(status):
    return {PASS: "pass", SKIP: "skip", 124: "time"}.get(status, "fail")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("emu")
    parser.add_argument("images")
    parser.add_argument("--reasons")
    parser.add_argument("--only", default="")
    parser.add_argument("--timeout", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--logs")
    given = parser.parse_args()
    logs = given.logs or tempfile.mkdtemp(prefix="kvm-unit-tests.")
    os.makedirs(logs, exist_ok=True)
    only = set(filter(None, given.only.split(",")))
    reasons = {}
    if given.reasons:
        for number, line in enumerate(open(given.reasons, encoding="utf-8"), 1):
            if line.strip() and not line.startswith("#"):
                fields = line.rstrip("\n").split("\t")
                if len(fields) != 3:
                    sys.exit(f"{given.reasons}:{number}: {len(fields)} columns instead of architecture, group, reason")
                reasons[fields[0], fields[1]] = fields[2]
    chosen = []
    for tree in given.images.split(","):
        if not os.path.exists(os.path.join(tree, "config.mak")):
            sys.exit(f"{tree} is no built tree of kvm-unit-tests: it has no config.mak")
        chosen += [group for group in groups(tree) if not only or group[1] in only]
    if not chosen:
        sys.exit(f"{given.images}: no image to run")
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        results = list(pool.map(lambda group: run(given.emu, group, given.timeout, logs), chosen))
    print("| architecture | group | image | result | status | summary, or the reason |")
    print("|---|---|---|---|---|---|")
    images, unexplained = {}, []
    for (architecture, name, image, _), (status, summary) in zip(chosen, results):
        word = result(status)
        good = word in ("pass", "skip")
        text = summary if good else reasons.get((architecture, name), summary)
        print(f"| {architecture} | {name} | {os.path.basename(image)} | {word} | {status} | {text} |")
        images.setdefault((architecture, image), []).append(good)
        if not good and (architecture, name) not in reasons:
            unexplained.append(f"{architecture} {name}")
    good = sum(all(results) for results in images.values())
    print(f"\n{good} of {len(images)} images end at their own expectation or skip themselves; "
          f"{sum(sum(r) for r in images.values())} of {len(chosen)} groups.")
    print(f"Logs: {logs}", file=sys.stderr)
    if unexplained:
        sys.exit("without a reason: " + ", ".join(unexplained))


main()
