#!/usr/bin/env python3
"""How fast MUD files are judged: mudctl validate against yanglint.

    bench.py --mudctl PROGRAM --measure PROGRAM [--rounds N]

The real files of ../shared/corpus, each judge in one process, the start-up of
both measured apart and taken off.  yanglint stops at the first thing that is
wrong with a file, so the files that are valid are also timed alone.  The goals
are those of the project: 20 times yanglint, 1 ms the median file.
"""

import argparse
import glob
import os
import statistics
import subprocess
import sys
import tempfile
import time

import judges

HERE = os.path.dirname(os.path.abspath(__file__))
SHARED = os.path.join(HERE, "..", "..", "..", "shared")
GOAL_RATIO, GOAL_MSEC = 20, 1.0
COPIES = 4      # of the files, for yanglint: one batch
MUDCTL_COPIES = 80


def seconds(command, text=None):
    """The shortest of five runs: what the work itself takes."""
    best = None
    for _ in range(5):
        begin = time.monotonic()
        subprocess.run(command, input=text, text=True, check=False,
                       errors="replace", stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        took = time.monotonic() - begin
        best = took if best is None else min(best, took)
    return best


def yanglint_rate(yanglint, files):
    """Files a second; the marks between files cost the same in both runs."""
    load = yanglint.load()
    marks = ["file-is-done-%d" % i for i in range(len(files) * COPIES)]
    work = []
    for mark, name in zip(marks, files * COPIES):
        work += ["data -t config " + name, mark]
    idle = seconds(["yanglint"], "\n".join(load + marks) + "\n")
    busy = seconds(["yanglint"], "\n".join(load + work) + "\n")
    return len(files) * COPIES / (busy - idle)


def mudctl_rate(mudctl, files):
    """Files a second, findings written out as text."""
    idle = seconds([mudctl, "validate", files[0]])
    busy = seconds([mudctl, "validate"] + files * MUDCTL_COPIES)
    return (len(files) * MUDCTL_COPIES - 1) / (busy - idle)


def measure(program, rounds, files):
    """({file: (microseconds, those of the JSON library alone, bytes)},
    kilobytes of memory at the most)."""
    done = subprocess.run([program, str(rounds)] + files, text=True,
                          capture_output=True, check=True)
    lines = done.stdout.splitlines()
    found = {}
    for line in lines[:-1]:
        name, usec, json, size = line.rsplit(" ", 3)
        found[name] = (float(usec), float(json), int(size))
    return found, int(lines[-1].split()[1])


def report(mudctl, program, rounds, scratch):
    """Prints the figures; False if a goal is missed."""
    corpus = os.path.join(SHARED, "corpus")
    files = sorted(glob.glob(os.path.join(corpus, "*.json")))
    yanglint = judges.Yanglint(
        os.path.abspath(os.path.join(SHARED, "yang")), scratch)
    valid = [name for name, said in zip(files, yanglint.judge(files))
             if said == ""]
    good = True
    for label, some in (("all", files), ("valid", valid)):
        ours, theirs = mudctl_rate(mudctl, some), yanglint_rate(yanglint, some)
        good = good and ours / theirs >= GOAL_RATIO
        print("judge %-6s %3d files: mudctl %8.0f files/s, yanglint %6.0f "
              "files/s, ratio %.1f (goal %d)" %
              (label, len(some), ours, theirs, ours / theirs, GOAL_RATIO))
    took, _ = measure(program, rounds, files)
    msec = statistics.median(row[0] for row in took.values()) / 1e3
    json = statistics.median(row[1] for row in took.values()) / 1e3
    slowest = max(took, key=lambda name: took[name][0])
    print("judge median %.3f ms a file (goal %.0f), %.3f of them the JSON "
          "library's; slowest %.2f ms, %s" %
          (msec, GOAL_MSEC, json, took[slowest][0] / 1e3,
           os.path.basename(slowest)))
    total = sum(row[1] for row in took.values()) / 1e6
    print("judge floor: the JSON library alone parses %.0f files/s" %
          (len(took) / total))
    largest = max(took, key=lambda name: took[name][2])
    alone, memory = measure(program, rounds, [largest])
    print("judge largest %s, %d bytes: %.2f ms, %.1f MiB" %
          (os.path.basename(largest), alone[largest][2],
           alone[largest][0] / 1e3, memory / 1024))
    return good and msec <= GOAL_MSEC


def main():
    """Runs where the files are."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mudctl", required=True)
    parser.add_argument("--measure", required=True)
    parser.add_argument("--rounds", type=int, default=50)
    args = parser.parse_args()
    if not os.path.isdir(os.path.join(SHARED, "corpus")):
        print("judge: no ../shared/corpus beside this checkout; not timed")
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        report(args.mudctl, args.measure, args.rounds, scratch)
    return 0


if __name__ == "__main__":
    sys.exit(main())
