#!/usr/bin/env python3
"""Are the sessions in docs/validate.md what the programs print?

A session is a block marked `console`: what follows a "$ " is run where copies
of tests/checks/data lie, and what stands below it must be what comes out, the
exit status included where it is told.  Only mudctl and diff are run.

    sessions.py --mudctl PROGRAM [--write]
"""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
PAGE = os.path.join(TOP, "docs", "validate.md")


def run(command, mudctl, folder):
    """The lines that a command prints, and its status if that is not 0."""
    words = shlex.split(command)
    if words[0] not in ("mudctl", "diff"):
        raise RuntimeError("not a command of these sessions: " + command)
    if words[0] == "mudctl":
        words[0] = mudctl
    done = subprocess.run(words, cwd=folder, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = done.stdout.splitlines()
    if words[0] == mudctl and done.returncode != 0:
        lines.append("(exit status %d)" % done.returncode)
    return lines


def play(lines, mudctl, folder):
    """The page with each session played anew, and how many commands ran."""
    made, is_session, count = [], False, 0
    for line in lines:
        if line.startswith("```"):
            is_session = line == "```console"
            made.append(line)
        elif not is_session:
            made.append(line)
        elif line.startswith("$ "):
            made.append(line)
            made += run(line[2:], mudctl, folder)
            count += 1
    return made, count


def main():
    """0 if the page is right."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mudctl", required=True)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    with open(PAGE, encoding="utf-8") as page:
        lines = page.read().splitlines()
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(TOP, "tests", "checks", "data")
        for name in os.listdir(data):
            shutil.copy(os.path.join(data, name), folder)
        made, count = play(lines, os.path.realpath(args.mudctl), folder)
    if args.write:
        with open(PAGE, "w", encoding="utf-8") as page:
            page.write("\n".join(made) + "\n")
        print("%d commands written" % count)
        return 0
    wrong = 0
    for number, (old, new) in enumerate(zip(lines, made), 1):
        if old != new:
            print("FAIL docs/validate.md:%d: \"%s\", but it is \"%s\"" % (
                number, old, new))
            wrong = 1
            break
    if not wrong and len(lines) != len(made):
        print("FAIL docs/validate.md: lines are missing, or too many")
        wrong = 1
    if wrong:
        print("     tests/judge/sessions.py --write makes it anew")
    print("%d passed, %d failed, 0 skipped" % (count - wrong, wrong))
    return wrong


if __name__ == "__main__":
    sys.exit(main())
