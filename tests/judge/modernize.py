#!/usr/bin/env python3
"""What `mudctl validate --modernize` makes of real files, and of our own.

Of the files in ../shared/corpus: how many are valid as found, how many in
today's form, by yanglint and by us, who must agree; and that a second time
changes nothing.  The local policies are held to the YANG modules too.  Where
../shared is absent, nothing runs and this says so.

    modernize.py --mudctl PROGRAM [--shared FOLDER] [--verbose]
"""

import argparse
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

import judges

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, "..", "..")
# What the corpus can come to with what today's form says plainly.
REACHED = 62


class Modernizer:
    """mudctl, a file at a time."""

    def __init__(self, mudctl):
        self.mudctl = mudctl

    def make(self, name, out):
        """The answer for the new file; None if there is none."""
        done = subprocess.run(
            [self.mudctl, "-j", "validate", "--modernize", "-o", out, name],
            text=True, capture_output=True, check=False)
        if done.returncode not in (0, 1) or done.stderr:
            raise RuntimeError("%s: status %d: %s" % (
                name, done.returncode, done.stderr[:500]))
        answer = json.loads(done.stdout)["files"][0]
        if (done.returncode == 0) != answer["valid"]:
            raise RuntimeError("%s: status %d" % (name, done.returncode))
        return answer if os.path.exists(out) else None


def over_corpus(names, modernizer, yanglint, scratch, verbose):
    """(lines of what is wrong, how many were written, how many are valid)."""
    wrong, outs = [], []
    for name in names:
        out = os.path.join(scratch, os.path.basename(name))
        answer = modernizer.make(name, out)
        if answer is None:
            continue
        outs.append((out, answer))
        again = modernizer.make(out, out + ".again")
        with open(out, "rb") as one, open(out + ".again", "rb") as two:
            if again["changes"] or one.read() != two.read():
                wrong.append("%s: changes again" % os.path.basename(name))
    valid = 0
    for (out, answer), said in zip(
            outs, yanglint.judge([out for out, _ in outs])):
        valid += said == ""
        if said is not None and (said == "") != answer["schema_valid"]:
            wrong.append("%s: yanglint: %s" % (
                os.path.basename(out), said.split("\n")[0] or "valid"))
        if verbose and said != "":
            print("     %s: %s" % (os.path.basename(out),
                                   (said or "died").split("\n")[0][:120]))
    return wrong, len(outs), valid


def main():
    """0 if all holds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mudctl", required=True)
    parser.add_argument("--shared",
                        default=os.path.join(TOP, "..", "shared"))
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    shared = os.path.realpath(args.shared)
    yang, passed, failed = os.path.join(shared, "yang"), 0, 0
    if not os.path.isdir(yang):
        print("../shared/yang is absent: nothing to compare with")
        print("0 passed, 0 failed, 0 skipped")
        return 0
    if shutil.which("yanglint") is None:
        print("yanglint is missing (package libyang2-tools)")
        print("0 passed, 1 failed, 0 skipped")
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        yanglint = judges.Yanglint(yang, scratch)
        names = sorted(glob.glob(os.path.join(shared, "corpus", "*.json")))
        found = sum(said == "" for said in yanglint.judge(names))
        wrong, written, valid = over_corpus(
            names, Modernizer(args.mudctl), yanglint, scratch, args.verbose)
        print("%d files: %d valid as found, %d in today's form (%d written)"
              % (len(names), found, valid, written))
        if valid < REACHED:
            wrong.append("not %d" % REACHED)
        for line in wrong:
            print("FAIL " + line)
        failed += len(wrong)
        passed += written - min(written, len(wrong))
        policies = sorted(glob.glob(os.path.join(TOP, "policies", "*.json")))
        for name, said in zip(policies, yanglint.judge(
                [os.path.realpath(name) for name in policies])):
            if said == "":
                passed += 1
            else:
                failed += 1
                print("FAIL %s: %s" % (os.path.basename(name), said))
    print("%d passed, %d failed, 0 skipped" % (passed, failed))
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
