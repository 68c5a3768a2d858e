#!/usr/bin/env python3
"""Our judge of a MUD file's form against yanglint.

Over the real files of ../shared/corpus, and over mutants of valid files: both
must say the same, but for the classes in classes.py.  The YANG modules are in
../shared/yang only; where that is absent, nothing runs and this says so.

    run.py --mudctl PROGRAM [--mutants N] [--seed N] [--keep FOLDER]
"""

import argparse
import collections
import glob
import json
import os
import random
import shutil
import sys
import tempfile
import time

import classes
import corpus
import judges
import mutate

HERE = os.path.dirname(os.path.abspath(__file__))
CHUNK = 2000


class Tally:
    """What passed and failed, told a line each."""

    def __init__(self):
        self.passed = self.failed = 0

    def result(self, name, wrong):
        """One test; `wrong` lists what is."""
        if not wrong:
            self.passed += 1
            return
        self.failed += 1
        print("FAIL " + name)
        for line in wrong:
            print("     " + line)


class Run:
    """Mutants, judged in chunks."""

    def __init__(self, yanglint, mudctl, scratch, keep):
        self.yanglint, self.mudctl = yanglint, mudctl
        self.scratch, self.keep = scratch, keep
        self.by_class = collections.Counter()
        self.by_way = collections.Counter()
        self.valid = self.judged = self.lost = 0
        self.disagreements = []

    def ask(self, texts, stem):
        """[(what yanglint said, our object)] of these texts."""
        names = []
        for number, text in enumerate(texts):
            name = os.path.join(self.scratch, "%s%d.json" % (stem, number))
            with open(name, "wb") as out:
                out.write(text.encode("utf-8", "surrogatepass"))
            names.append(name)
        return list(zip(self.yanglint.judge(names),
                        self.mudctl.judge(names)))

    @staticmethod
    def agree(said, verdict):
        """Do both say the same?"""
        return said is not None and (said == "") == verdict["schema_valid"]

    def chunk(self, mutants):
        """Judges (text, ways, source) each."""
        doubts = []
        answers = self.ask([text for text, _, _ in mutants], "mutant")
        for mutant, (said, verdict) in zip(mutants, answers):
            self.judged += 1
            self.valid += verdict["schema_valid"]
            self.lost += said is None
            self.by_way.update(mutant[1])
            if not self.agree(said, verdict):
                doubts.append((mutant, said, verdict))
        for doubt, features in self.unsettled(doubts):
            self.disagree(doubt, features)

    def unsettled(self, doubts):
        """Those that are of no class, with the features they have.  What one
        feature hid may show once it is undone, so all is done twice."""
        open_ = [(doubt, doubt[0][0], doubt[1], set()) for doubt in doubts]
        left = []
        for _ in range(2):
            again = []
            for doubt, text, said, features in open_:
                plain, found = classes.plain(text, said)
                if plain is None or not found:
                    left.append((doubt, features))
                else:
                    again.append((doubt, plain, features | found))
            open_ = []
            for (doubt, plain, features), (said, verdict) in zip(
                    again, self.ask([plain for _, plain, _ in again],
                                    "plain")):
                if self.agree(said, verdict):
                    self.by_class.update(features)
                else:
                    open_.append((doubt, plain, said, features))
        return left + [(doubt, features) for doubt, _, _, features in open_]

    def disagree(self, doubt, features):
        """Keeps what no class covers."""
        (text, ways, source), said, verdict = doubt
        self.disagreements.append(ways)
        number = len(self.disagreements)
        if number > 20:
            return
        print("disagreement %d: %s of %s, features %s" % (
            number, "+".join(ways), os.path.basename(source),
            sorted(features)))
        print("     yanglint: %s" % (
            "died" if said is None else said.split("\n")[0][:300] or "valid"))
        told = ["%s: %s" % (finding["pointer"], finding["message"])
                for finding in verdict["findings"]]
        print("     we: %s; %s" % (
            "valid" if verdict["schema_valid"] else "not valid",
            "; ".join(told)[:400]))
        if self.keep:
            name = os.path.join(self.keep, "disagreement-%d.json" % number)
            with open(name, "wb") as out:
                out.write(text.encode("utf-8", "surrogatepass"))
            print("     " + name)


def load(names):
    """The documents, with their paths."""
    documents = []
    for name in names:
        with open(name, encoding="utf-8") as text:
            documents.append((name, json.load(text)))
    return documents


def run_mutants(run, ours, real, count, seed):
    """Half of the mutants come from our files, which have every leaf."""
    rng = random.Random(seed)
    mutator = mutate.Mutator(rng)
    done = 0
    while done < count:
        mutants = []
        for _ in range(min(CHUNK, count - done)):
            name, document = rng.choice(
                ours if not real or rng.random() < 0.6 else real)
            text, ways = mutator.make(document)
            mutants.append((text, ways, name))
        run.chunk(mutants)
        done += len(mutants)


def report(run, seconds, seed):
    """What the run came to."""
    print("%d mutants (seed %d), %d of them valid, in %.0f s" % (
        run.judged, seed, run.valid, seconds))
    for way, number in sorted(run.by_way.items()):
        print("     %-14s %6d" % (way, number))
    print("disagreements by class:")
    for name, number in sorted(run.by_class.items()):
        print("     %-16s %5d  %s" % (name, number, classes.CLASSES[name]))
    print("     yanglint died of %d" % run.lost)
    print("outside the classes: %d" % len(run.disagreements))


def main():
    """Both parts; 0 if all agreed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mudctl", required=True)
    parser.add_argument("--shared", default=os.path.join(
        HERE, "..", "..", "..", "shared"))
    parser.add_argument("--mutants", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=8520)
    parser.add_argument("--keep", default="")
    args = parser.parse_args()
    tally = Tally()
    yang = os.path.realpath(os.path.join(args.shared, "yang"))
    if not os.path.isdir(yang):
        print("../shared/yang is absent: nothing to compare with")
        print("0 passed, 0 failed, 0 skipped")
        return 0
    if shutil.which("yanglint") is None:
        print("yanglint is missing (package libyang2-tools)")
        print("0 passed, 1 failed, 0 skipped")
        return 1
    if args.keep:
        os.makedirs(args.keep, exist_ok=True)
    ours = sorted(glob.glob(os.path.join(HERE, "seeds", "*.json")))
    with tempfile.TemporaryDirectory() as scratch:
        yanglint = judges.Yanglint(yang, scratch)
        mudctl = judges.Mudctl(args.mudctl)
        real = corpus.check(os.path.join(os.path.realpath(args.shared),
                                         "corpus"), yanglint, mudctl,
                            tally.result)
        run = Run(yanglint, mudctl, scratch, args.keep)
        for name, (said, verdict) in zip(ours, zip(
                yanglint.judge(ours), mudctl.judge(ours))):
            tally.result(os.path.basename(name), [] if said == "" and
                         verdict["schema_valid"] else ["is not valid"])
        begin = time.monotonic()
        run_mutants(run, load(ours), load(real), args.mutants, args.seed)
        report(run, time.monotonic() - begin, args.seed)
    tally.passed += run.judged - len(run.disagreements)
    tally.failed += len(run.disagreements)
    print("%d passed, %d failed, 0 skipped" % (tally.passed, tally.failed))
    return tally.failed != 0


if __name__ == "__main__":
    sys.exit(main())
