"""The two judges of a MUD file's form: yanglint, and mudctl validate.

Both take many files a process.  yanglint reads commands, one of them a word
that it does not know after each file, and says of that word that it is
unknown: what stands between two such lines is what it said of one file.
"""

import json
import os
import re
import subprocess

FEATURES = (
    "match-on-eth,match-on-ipv4,match-on-ipv6,match-on-tcp,match-on-udp,"
    "match-on-icmp,eth,ipv4,ipv6,mixed-eth-ipv4,mixed-eth-ipv6,"
    "mixed-eth-ipv4-ipv6")
MODULES = ("ietf-access-control-list@2019-03-04.yang",
           "ietf-acldns@2019-01-28.yang", "ietf-mud@2019-01-28.yang")
BATCH = 400
MARK = re.compile(r"^.*\bfile-is-done-\d+\b.*\n", re.MULTILINE)


class Yanglint:
    """Verdicts of yanglint: None if it died, else what it said; "": valid."""

    def __init__(self, yang, scratch):
        self.yang = yang
        self.home = scratch
        self.died = 0

    def load(self):
        """The commands that come first."""
        acl, dns, mud = (os.path.join(self.yang, name) for name in MODULES)
        return ["searchpath " + self.yang,
                "add -F ietf-access-control-list:%s %s" % (FEATURES, acl),
                "add " + dns, "add " + mud, "file-is-done-0"]

    def _run(self, files):
        commands = self.load()
        for number, name in enumerate(files, 1):
            commands += ["data -t config " + name, "file-is-done-%d" % number]
        done = subprocess.run(
            ["yanglint"], input="\n".join(commands) + "\n", text=True,
            errors="replace", capture_output=True, check=False,
            env=dict(os.environ, HOME=self.home))
        parts = MARK.split(done.stderr)
        if len(parts) < 2 or re.search(r"^libyang\[0\]|YANGLINT\[E\]",
                                       parts[0], re.MULTILINE):
            raise RuntimeError("yanglint: " + done.stderr[:500])
        return parts[1:-1]

    def judge(self, files):
        """A verdict for each file, whatever became of those before it."""
        verdicts = []
        while len(verdicts) < len(files):
            said = self._run(files[len(verdicts):len(verdicts) + BATCH])
            verdicts += said
            if len(said) < min(BATCH, len(files) - len(verdicts) + len(said)):
                self.died += 1
                verdicts.append(self.judge_alone(files[len(verdicts)]))
        return verdicts

    def judge_alone(self, name):
        """The same by its command line, one process for the file."""
        done = subprocess.run(
            ["yanglint", "-p", self.yang, "-t", "config", "-F",
             "ietf-access-control-list:" + FEATURES] +
            [os.path.join(self.yang, module) for module in MODULES] + [name],
            text=True, errors="replace", capture_output=True, check=False,
            env=dict(os.environ, HOME=self.home))
        if done.returncode < 0:
            return None
        return "" if done.returncode == 0 else done.stderr or "refused"


class Mudctl:
    """What `mudctl validate` says."""

    def __init__(self, path):
        self.path = path

    def judge(self, files):
        """The object of each file: schema_valid, findings, ..."""
        found = []
        for begin in range(0, len(files), BATCH):
            batch = files[begin:begin + BATCH]
            done = subprocess.run(
                [self.path, "validate", "-j"] + batch, text=True,
                capture_output=True, check=False)
            if done.returncode not in (0, 1) or done.stderr:
                raise RuntimeError("mudctl: status %d: %s" % (
                    done.returncode, done.stderr[:2000]))
            found += json.loads(done.stdout)["files"]
        if len(found) != len(files):
            raise RuntimeError("mudctl: %d answers to %d files" % (
                len(found), len(files)))
        return found
