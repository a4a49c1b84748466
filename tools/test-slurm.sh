#!/usr/bin/env bash
# A campaign on a real Slurm: an array of eight shards, three of which are interrupted and go back into the queue.
#
#   tools/test-slurm.sh        (make test-slurm)
#
# Starts munged, slurmctld and slurmd by hand in a temporary folder, without systemd, cgroups or root, submits
# Examples/Campaign/slurm.sbatch and meanwhile
#   - sends SIGTERM to shard 3's batch script, as Slurm does before a time limit: emu writes its checkpoint, ends with
#     status 75, and the script requeues itself;
#   - kills shard 5's emu by SIGKILL, as the kernel does when memory is short, and requeues the failed task;
#   - requeues shard 7 while it runs, as preemption does. It is the array's last, whose job number is the array's.
# Then it compares with the same campaign in two shards that nothing interrupts.
#
# Variables: EMU_EXECUTABLE, AGAINST (native), SEED (1), COUNT (tests of the campaign; chosen by a trial run otherwise),
# SHARD_SECONDS (12: how long a shard lasts when COUNT is chosen), PATIENCE (900: seconds until the array counts as
# stuck), KEEP (a folder that gets the logs).
set -euo pipefail
cd "$(dirname "$0")/.."
repository=$PWD
emu=$(realpath "${EMU_EXECUTABLE:-.build/release/emu}")
against=${AGAINST:-native} seed=${SEED:-1} patience=${PATIENCE:-900} shard_seconds=${SHARD_SECONDS:-12}
batch=$repository/Examples/Campaign/slurm.sbatch
shards=8
PATH=$PATH:/usr/sbin:/sbin

scratch=$(mktemp -d "${TMPDIR:-/tmp}/emu-slurm.XXXXXX")
daemons=() jobs=() halves=()
finish() {
  trap - EXIT INT TERM
  if [ ${#jobs[@]} != 0 ]; then
    scancel --quiet "${jobs[@]}" 2>/dev/null || true
    until_true 15 queue_is_empty || true
  fi
  [ ${#halves[@]} = 0 ] || kill -TERM "${halves[@]}" 2>/dev/null || true
  # slurmd first: it ends the steps that still run.
  for ((i = ${#daemons[@]} - 1; i >= 0; i--)); do
    kill -TERM "${daemons[i]}" 2>/dev/null || continue
    for _ in $(seq 100); do kill -0 "${daemons[i]}" 2>/dev/null || break; sleep 0.1; done
    kill -KILL "${daemons[i]}" 2>/dev/null || true
  done
  wait 2>/dev/null || true
  if [ -n "${KEEP-}" ]; then mkdir -p "$KEEP" && cp -r "$scratch/." "$KEEP/" 2>/dev/null || true; fi
  rm -rf "$scratch"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

passed=0 failed=0
pass() { echo "PASS slurm: $1"; passed=$((passed + 1)); }
fail() { echo "FAIL slurm: $1"; failed=$((failed + 1)); }
total() {
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ] || exit 1
  exit 0
}
# check SENTENCE COMMAND...: the command's output is printed if it fails.
check() {
  local sentence=$1 output
  shift
  if output=$("$@" 2>&1); then pass "$sentence"; else fail "$sentence${output:+: $output}"; fi
}
skip() {
  echo "SKIP slurm: $1"
  total
}
# until_true SECONDS COMMAND...
until_true() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.2
  done
}

# --- Slurm ---

for program in munged slurmctld slurmd sbatch squeue scontrol scancel; do
  command -v $program >/dev/null && continue
  sudo=${SUDO-$([ "$(id -u)" = 0 ] || echo sudo)}
  { $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq slurm-wlm munge; } \
    >"$scratch/apt.log" 2>&1 </dev/null || true
  hash -r
  command -v $program >/dev/null || skip "$program is not there, and apt-get cannot install slurm-wlm and munge: $(tail -1 "$scratch/apt.log")"
done
[ -x "$emu" ] || { echo "$emu is not an executable; make build makes it" >&2; exit 66; }

queue_is_empty() { [ -z "$(squeue --noheader)" ]; }

free_ports() {
  python3 -c '
import socket
sockets = [socket.socket() for _ in range(2)]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*[s.getsockname()[1] for s in sockets])'
}

start_slurm() {
  local host user controller_port node_port
  host=$(hostname -s 2>/dev/null || cat /proc/sys/kernel/hostname)
  user=$(id -un)
  read -r controller_port node_port < <(free_ports)
  mkdir -p "$scratch/state" "$scratch/spool"
  # munged wants every folder above its socket to be open to those who talk to it, and its key to nobody else.
  chmod 755 "$scratch" "$scratch/state" "$scratch/spool"
  (umask 077 && head -c 128 /dev/urandom >"$scratch/munge.key")
  # NodeAddr and the address in brackets: nothing depends on what the host's name resolves to. cred_expire is how long a
  # requeued task waits before it starts again: 120 s if not set, and not less than 5. The scheduler shall not linger.
  cat >"$scratch/slurm.conf" <<CONF
ClusterName=emu
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$controller_port
SlurmdPort=$node_port
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$scratch/munge.socket,cred_expire=5
StateSaveLocation=$scratch/state
SlurmdSpoolDir=$scratch/spool
SlurmctldPidFile=$scratch/slurmctld.pid
SlurmdPidFile=$scratch/slurmd.pid
SlurmctldLogFile=$scratch/slurmctld.log
SlurmdLogFile=$scratch/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1
ReturnToService=2
KillWait=5
MinJobAge=86400
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
  export SLURM_CONF=$scratch/slurm.conf
  munged --foreground --socket="$scratch/munge.socket" --key-file="$scratch/munge.key" \
    --pid-file="$scratch/munged.pid" --log-file="$scratch/munged.log" --seed-file="$scratch/munge.seed" \
    >"$scratch/munged.out" 2>&1 &
  daemons+=($!)
  until_true 10 test -S "$scratch/munge.socket" || skip "munged does not start: $(tail -1 "$scratch/munged.out")"
  slurmctld -D -f "$SLURM_CONF" >"$scratch/slurmctld.out" 2>&1 &
  daemons+=($!)
  slurmd -D -f "$SLURM_CONF" >"$scratch/slurmd.out" 2>&1 &
  daemons+=($!)
  node_is_idle() { [ "$(sinfo --noheader --format=%T)" = idle ]; }
  until_true 30 node_is_idle ||
    skip "the node does not come up: $(tail -qn 1 "$scratch/slurmctld.out" "$scratch/slurmd.out" | tr '\n' ' ')"
}

# --- The campaign ---

fuzz() { "$emu" fuzz --against "$against" --seed "$seed" "$@"; }
# Runs a command whose status 1 (a bug was found) is as good as 0.
agreement_or_bug() {
  local status=0
  "$@" || status=$?
  [ $status -le 1 ] || { echo "status $status"; return $status; }
}

# How many tests make a shard last SHARD_SECONDS: long enough to be interrupted in the midst.
choose_count() {
  local trial=20000 begin end
  while :; do
    begin=$(date +%s%N)
    agreement_or_bug fuzz --count $trial --shard 0/1 --output "$scratch/trial-$trial" >"$scratch/trial.log" 2>&1 || return
    end=$(date +%s%N)
    [ $((end - begin)) -lt 2000000000 ] || break
    trial=$((trial * 4))
  done
  echo $((trial * 1000 / ((end - begin) / 1000000) * shard_seconds * shards))
}

if [ -n "${COUNT-}" ]; then
  count=$COUNT
else
  count=$(choose_count) || {
    reason=$(tail -1 "$scratch/trial.log")
    # 74: this host has no oracle of that kind; anything else is a failure.
    grep -q '^status 74$' "$scratch/trial.log" && skip "emu fuzz has no oracle here: $(head -1 "$scratch/trial.log")"
    fail "a trial run of emu fuzz ended with $reason: $(head -1 "$scratch/trial.log")"
    total
  }
fi
start_slurm
echo "slurm: $(slurmd -V), $(nproc) processors, $count tests against $against in $shards shards, seed $seed"

results=$scratch/campaign
mkdir "$results" "$scratch/logs"
# submit ARRAY OUTPUT: prints the job's number.
submit() {
  (cd "$scratch/logs" && sbatch --parsable --array="$1" \
    --export="ALL,EMU=$emu,AGAINST=$against,COUNT=$count,SEED=$seed,OUTPUT=$2" "$batch")
}
job=$(submit 0-$((shards - 1)) "$results")
jobs+=("$job")

# field JOB NAME: what `scontrol show job` says.
field() { scontrol show job "$1" 2>/dev/null | grep -o "$2=[^ ]*" | head -1 | cut -d= -f2; }
state() { field "${job}_$1" JobState; }
file() { echo "$results/shard-$1-of-$shards.$2"; }
# The process of a task that is emu itself, not the runner of single instructions that it forks: the batch script's child.
emu_of() {
  local pid parent
  for pid in $(scontrol listpids "$(field "${job}_$1" JobId)" 2>/dev/null | awk 'NR > 1 && $1 > 0 { print $1 }'); do
    parent=$(awk '$1 == "PPid:" { print $2 }' "/proc/$pid/status" 2>/dev/null) || continue
    grep -qz '^fuzz$' "/proc/$pid/cmdline" 2>/dev/null && grep -qz 'slurm_script$' "/proc/$parent/cmdline" 2>/dev/null &&
      echo "$pid" && return
  done
  return 0
}
# The number of the test that the checkpoint goes on with; nothing if there is none.
next_of() { grep -o '"next": *[0-9]*' "$(file "$1" checkpoint)" 2>/dev/null | grep -o '[0-9]*$' || true; }
is_complete() { tail -n 1 "$(file "$1" jsonl)" 2>/dev/null | grep -q '"kind": *"summary"'; }
# In the midst: emu runs, and has written a checkpoint or worked for 5 s.
declare -A first_seen=()
is_in_the_midst() {
  [ "$(state "$1")" = RUNNING ] && [ -s "$(file "$1" jsonl)" ] && ! is_complete "$1" || return 1
  : "${first_seen[$1]:=$SECONDS}"
  [ -n "$(next_of "$1")" ] || [ $((SECONDS - first_seen[$1])) -ge 5 ]
}
interrupt() {
  local pid
  case $1 in
  3)
    # By the task's own number, and not for long: scancel (22.05) may repeat a signal that arrived, and hit the next start.
    timeout 1 scancel --quiet --signal=TERM --batch "$(field "${job}_3" JobId)" || true
    ;;
  5)
    pid=$(emu_of 5)
    [ -n "$pid" ] && kill -KILL "$pid"
    ;;
  7) scontrol requeue "${job}_7" ;;
  esac
}

# went_back is set if a checkpoint is ever seen to be behind an earlier one: a shard that started from scratch.
declare -A interrupted=() last_next=() went_back=()
killed_status=none requeued_by_hand=
watch() {
  local victim next
  for victim in 3 5 7; do
    next=$(next_of $victim)
    if [ -n "$next" ]; then
      [ "$next" -ge "${last_next[$victim]-0}" ] || went_back[$victim]="from ${last_next[$victim]} to $next"
      last_next[$victim]=$next
    fi
    if [ -z "${interrupted[$victim]-}" ] && is_in_the_midst $victim && interrupt $victim; then
      interrupted[$victim]=yes
    fi
  done
  # What a person does about a task that failed.
  if [ -n "${interrupted[5]-}" ] && [ -z "$requeued_by_hand" ]; then
    case $(state 5) in
    FAILED | COMPLETED)
      killed_status=$(field "${job}_5" ExitCode)
      scontrol requeue "${job}_5" && requeued_by_hand=yes
      ;;
    esac
  fi
}
has_ended() { queue_is_empty && { [ -z "${interrupted[5]-}" ] || [ -n "$requeued_by_hand" ]; }; }

end=$((SECONDS + patience))
until has_ended; do
  watch
  if [ $SECONDS -ge $end ]; then
    fail "the array has not ended after $patience s: $(squeue --noheader --format='%i %T %r' | tr '\n' ';')"
    tail -n 5 "$scratch"/logs/*.log "$scratch"/*.out
    total
  fi
  sleep 0.2
done

# --- What must hold ---

for victim in 3 5 7; do
  if [ -z "${interrupted[$victim]-}" ]; then
    fail "shard $victim ended before it could be interrupted: set COUNT or SHARD_SECONDS higher"
    continue
  fi
  check "shard $victim was interrupted in the midst and started again" test "$(field "${job}_$victim" Restarts)" = 1
  if [ -z "${last_next[$victim]-}" ]; then
    fail "shard $victim wrote no checkpoint"
  elif [ -n "${went_back[$victim]-}" ]; then
    fail "shard $victim's checkpoint went back ${went_back[$victim]}"
  else
    pass "shard $victim's checkpoint never went back"
  fi
done
check "the status of the killed emu reached Slurm ($killed_status)" test "$killed_status" = 137:0
for ((shard = 0; shard < shards; shard++)); do
  status=$(field "${job}_$shard" ExitCode)
  case "$(state $shard) $status" in
  "COMPLETED 0:0" | "FAILED 1:0") pass "shard $shard ended with status ${status%:*}" ;;
  *) fail "shard $shard ended as $(state $shard) $status: $(tail -n 1 "$scratch/logs/emu-fuzz-$shard.log")" ;;
  esac
done

# The same campaign in two shards that nothing interrupts, without Slurm.
whole=$scratch/whole
for half in 0 1; do
  agreement_or_bug fuzz --count "$count" --shard $half/2 --output "$whole" >"$scratch/whole-$half.log" 2>&1 &
  halves+=($!)
done
for half in 0 1; do
  wait "${halves[half]}" || fail "shard $half of 2 ended with $(tail -n 1 "$scratch/whole-$half.log")"
done

# Prints PASS and FAIL lines; the files are read here rather than by emu, which is what they are to check.
verdicts=$(python3 - "$results" "$whole" "$count" "$shards" <<'PYTHON'
import json, os, sys

results, whole, count, shards = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])

def check(sentence, wrong):
    wrong = list(wrong)
    print(f"FAIL slurm: {sentence}: {'; '.join(wrong[:3])}" if wrong else f"PASS slurm: {sentence}")

def read(folder, shard, of):
    path = os.path.join(folder, f"shard-{shard}-of-{of}.jsonl")
    lines = []
    for number, line in enumerate(open(path) if os.path.exists(path) else (), 1):
        try:
            lines.append(json.loads(line))
        except ValueError:
            lines.append({"kind": f"torn line {number}"})
    return lines

def kind(lines, name):
    return [line for line in lines if line["kind"] == name]

def share(shard, of):
    return len(range(shard, count, of))

def tests(lines):
    return sum(line["tests"] for line in kind(lines, "summary"))

def kinds(files):
    """The first divergence of each kind: a shard writes its own first, of which the campaign's is the lowest."""
    first = {}
    for lines in files:
        for line in kind(lines, "divergence"):
            if line["class"] == "model-specific":
                line.pop("differences", None)  # Time and random numbers are never the same twice.
            known = first.setdefault(line["fingerprint"], line)
            if line["test"] < known["test"]:
                first[line["fingerprint"]] = line
    return {json.dumps(line, sort_keys=True) for line in first.values()}

def counts(files):
    """Every count of the summaries that stands in an object, such as classes and fingerprints, added up."""
    sums = {}
    for lines in files:
        for line in kind(lines, "summary"):
            for name, member in line.items():
                for key, number in member.items() if isinstance(member, dict) else ():
                    sums[f"{name} {key}"] = sums.get(f"{name} {key}", 0) + number
    return {name: number for name, number in sums.items() if number}

files = [read(results, shard, shards) for shard in range(shards)]
halves = [read(whole, shard, 2) for shard in range(2)]
for name, of, group in (("the array", shards, files), ("two shards", 2, halves)):
    check(f"{name}: every line is whole and of a known kind",
          (f"shard {i}: {line['kind']}" for i, lines in enumerate(group) for line in lines
           if line["kind"] not in ("campaign", "divergence", "summary")))
    check(f"{name}: each file starts with its only header",
          (f"shard {i}: {kind(lines, 'campaign')}" for i, lines in enumerate(group)
           if [(h["shard"], h["shards"], h["count"]) for h in kind(lines, "campaign")] != [(i, of, count)]
           or lines[0]["kind"] != "campaign"))
    check(f"{name}: each file ends with its only summary",
          (f"shard {i}: {len(kind(lines, 'summary'))} summaries, ends with {lines[-1]['kind'] if lines else 'nothing'}"
           for i, lines in enumerate(group)
           if len(kind(lines, "summary")) != 1 or lines[-1]["kind"] != "summary"))
    check(f"{name}: each shard ran its share of the tests",
          (f"shard {i}: {tests(lines)} of {share(i, of)}" for i, lines in enumerate(group) if tests(lines) != share(i, of)))
    check(f"{name}: {count} tests in all, nothing lost and nothing twice",
          [f"{sum(map(tests, group))} tests"] if sum(map(tests, group)) != count else [])
    check(f"{name}: each divergence stands in the file of its shard",
          (f"shard {i}: test {line['test']}" for i, lines in enumerate(group) for line in kind(lines, "divergence")
           if line["test"] % of != i or not 0 <= line["test"] < count))
    check(f"{name}: no checkpoint is left, or it says that it is complete",
          (f"{entry}" for entry in sorted(os.listdir(results if of == shards else whole)) if entry.endswith(".checkpoint")
           and not json.load(open(os.path.join(results if of == shards else whole, entry))).get("isComplete")))
found, expected = kinds(files), kinds(halves)
check(f"the array found the {len(expected)} kinds of divergence that two shards find, the same example of each",
      [f"lost {line[:300]}" for line in sorted(expected - found)] + [f"not in two shards {line[:300]}" for line in sorted(found - expected)])
found, expected = counts(files), counts(halves)
check(f"the array's {len(expected)} counts by class, rule and kind are those of two shards",
      [f"{name} {found.get(name, 0)}, not {expected.get(name, 0)}" for name in sorted(found.keys() | expected.keys())
       if found.get(name) != expected.get(name)])
PYTHON
) || fail "the files cannot be checked"
echo "$verdicts"
passed=$((passed + $(grep -c ^PASS <<<"$verdicts" || true))) failed=$((failed + $(grep -c ^FAIL <<<"$verdicts" || true)))

report_counts_all() {
  agreement_or_bug "$emu" report --junit "$scratch/report.xml" --markdown "$scratch/report.md" "$results" || return
  python3 - "$scratch/report.xml" "$scratch/report.md" "$count" <<'PYTHON'
import re, sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
assert root.tag in ("testsuites", "testsuite"), f"JUnit starts with <{root.tag}>"
text = re.sub(r"(?<=\d)[,_'\u202f\u00a0 ](?=\d{3})", "", open(sys.argv[2]).read())
assert re.search(rf"\b{sys.argv[3]}\b", text), f"the Markdown does not say {sys.argv[3]}: {text[:200]!r}"
PYTHON
}
report_misses_shard() {
  local status=0
  mkdir "$scratch/partial"
  cp "$results"/*.jsonl "$scratch/partial/"
  rm "$scratch/partial/shard-3-of-$shards.jsonl"
  "$emu" report "$scratch/partial" >"$scratch/partial.log" 2>&1 || status=$?
  [ $status -gt 1 ] && return
  echo "status $status, as if nothing were missing"
  return 1
}
check "emu report merges the shards into JUnit and Markdown that count all $count tests" report_counts_all
check "emu report refuses a campaign without shard 3" report_misses_shard

# As when a node is lost between a shard's end and Slurm's hearing of it.
repeats_nothing() {
  cp "$(file 0 jsonl)" "$scratch/before.jsonl"
  agreement_or_bug fuzz --count "$count" --shard "0/$shards" --output "$results" >"$scratch/repeat.log" 2>&1 ||
    { cat "$scratch/repeat.log"; return 1; }
  cmp "$scratch/before.jsonl" "$(file 0 jsonl)"
}
check "a complete shard that is started again changes nothing" repeats_nothing

# One shard submitted again alone is still that shard of eight, and once cancelled it stays so.
again=$(submit 2 "$scratch/again")
jobs+=("$again")
if until_true 30 test -s "$scratch/again/shard-2-of-$shards.jsonl"; then
  pass "an array of shard 2 alone runs shard 2 of $shards"
else
  fail "an array of shard 2 alone runs $(ls "$scratch/again" 2>/dev/null | tr '\n' ' ')"
fi
scancel "${again}_2"
until_true 30 queue_is_empty || true
sleep 1
check "a cancelled shard stays cancelled ($(field "${again}_2" JobState))" test "$(field "${again}_2" JobState)" = CANCELLED
total
