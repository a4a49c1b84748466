#!/usr/bin/env bash
# One campaign on all the processors of one host, by GNU parallel. After Ctrl-C the same command goes on where it was.
#
#   COUNT=400000000 SEED=1 OUTPUT=campaign Examples/Campaign/parallel.sh
set -eu
: "${EMU:=emu}" "${AGAINST:=native}" "${COUNT:=400000000}" "${SEED:=1}" "${OUTPUT:=campaign}" "${SHARDS:=$(nproc)}"
mkdir -p "$OUTPUT"

# The job log says which shards ended and how. --resume-failed runs those that did not end with 0 and those that never
# ran; a complete shard in which a bug was found (1) is among them, and ends at once with the same status.
status=0
seq 0 $((SHARDS - 1)) |
  parallel --will-cite --jobs "$(nproc)" --joblog "$OUTPUT/joblog" --resume-failed --termseq TERM,10000,KILL \
    "$EMU" fuzz --against "$AGAINST" --count "$COUNT" --seed "$SEED" --output "$OUTPUT" --shard "{}/$SHARDS" || status=$?
# GNU parallel's own status: how many shards did not end with 0 (101: more than 100), or 255 when it was stopped itself.
if [ $status -gt 101 ]; then
  echo "parallel ended with status $status; the same command goes on where this one stopped" >&2
  exit 75
fi
exec "$EMU" report --junit "$OUTPUT/report.xml" --markdown "$OUTPUT/report.md" "$OUTPUT"
