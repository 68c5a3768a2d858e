"""Other programs at our tables: with an owner they can do nothing, without one
what they do is noticed and mended."""

import json
import os
import re
import signal
import socket
import struct
import subprocess
import threading
import time

import mudfile
import net
from registry import scenario
from scenario_main import enforced, north_south, publish

PORT = 7098     # nobody's service
NOTHING = "tables 0, chains 0, sets 0, elements 0"


class Stream:
    """Forbidden packets from a Thing, one a millisecond, each with its time.

    What arrives is kept with the time at which it was sent.
    """

    def __init__(self, lab, thing):
        address = lab.service("d")
        with lab.svc.inside():
            self._to = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with thing.inside():
            self._from = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._to.bind((address, PORT))
        self._to.settimeout(0.2)
        self._from.connect((address, PORT))
        self._from.setblocking(False)
        self._stop = threading.Event()
        self.sent, self.arrived = 0, []
        for loop in (self._send, self._receive):
            threading.Thread(target=loop, daemon=True).start()

    def _send(self):
        while not self._stop.is_set():
            try:
                self._from.send(struct.pack("d", time.monotonic()))
                self.sent += 1
            except OSError:
                pass
            time.sleep(0.001)

    def _receive(self):
        while not self._stop.is_set():
            try:
                data = self._to.recv(64)
            except OSError:
                continue
            self.arrived.append(struct.unpack("d", data)[0])

    def since(self, start):
        """Of those that were sent since then."""
        return [at for at in list(self.arrived) if at >= start]

    def end(self):
        self._stop.set()
        time.sleep(0.3)
        self._from.close()
        self._to.close()


class Running:
    """A permitted flow that stays, with a word every other millisecond.

    The service sends back what it gets; by UDP, so what is lost stays lost.
    """

    def __init__(self, lab, thing):
        with thing.inside():
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.connect((lab.service("a"), mudfile.UDP_SERVICE))
        self._socket.settimeout(0.2)
        self._stop = threading.Event()
        self.sent, self.lost = 0, []
        self._back = set()
        for loop in (self._send, self._receive):
            threading.Thread(target=loop, daemon=True).start()

    def _send(self):
        while not self._stop.is_set():
            try:
                self._socket.send(b"%d" % self.sent)
            except OSError:
                pass
            self.sent += 1
            time.sleep(0.002)

    def _receive(self):
        while not self._stop.is_set():
            try:
                self._back.add(int(self._socket.recv(64)))
            except OSError:
                continue

    def end(self):
        """The numbers of those words that did not come back."""
        sent = self.sent
        time.sleep(0.5)
        self._stop.set()
        time.sleep(0.3)
        self._socket.close()
        self.lost = sorted(set(range(sent)) - self._back)
        return self.lost


def nft(line):
    """(exit status, what it says) of nft with this line."""
    done = subprocess.run(["nft", line], text=True, capture_output=True)
    return done.returncode, done.stdout + done.stderr


def listed():
    """Our tables, without what counts, runs out, or is the epoch's; in one
    order."""
    parts = []
    for family in ("inet", "bridge", "netdev"):
        text = net.run("nft", "--stateless", "list", "table", family, "mudd")
        text = re.sub(r" expires \w+| timeout \w+(?=[ ,])|0x[0-9a-f]+|"
                      r"epoch \d+", "", text)
        blocks = re.split(r"\n\n|\{\n(?=\t(?:set|map|chain) )|\n}\n?", text)
        # But what packets put there, IPv6 addresses that are learnt, and who
        # has switched the bridge on, which an orphan loses with its table.
        parts += sorted(family + block for block in blocks
                        if not re.search(r"(set|map) (seen_|dropped_|own6|"
                                         r"bind6|to6|calls)", block))
    return parts


def degraded(lab):
    """What health says is not well."""
    code, out, err = lab.mudd.ctl("-j", "health")
    return [row["name"] for row in json.loads(out)["conditions"]
            if row["state"] != "ok"]


def harms(lab):
    """(what, nft's command) of each kind, and of the Thing t1's policy."""
    policy = lab.judged_by(lab.t1.mac)
    rules = net.run("nft", "--handle", "list", "chain", "inet", "mudd",
                    policy)
    last = re.findall(r"goto drop_from # handle (\d+)", rules)[-1]
    return (("the whole ruleset", "flush ruleset"),
            ("a table", "delete table inet mudd"),
            ("a chain", "delete chain inet mudd forward"),
            ("a policy's rules", "flush chain inet mudd " + policy),
            ("a rule", "delete rule inet mudd %s handle %s" % (policy, last)),
            ("an element", "delete element inet mudd things { %s }"
             % lab.t1.mac))


def ends(stream, seconds=0.4):
    """No packet that is sent from now on arrives."""
    start = time.monotonic()
    time.sleep(seconds)
    return not stream.since(start)


@scenario("tamper-owned", 90)
def tamper_owned(lab):
    """While we live, other programs can change nothing."""
    publish(lab)
    lab.mudd.start()
    enforced(lab, lab.t1)
    stream = Stream(lab, lab.t1)
    before = listed()
    lab.check(ends(stream), "forbidden packets do not arrive",
              len(stream.arrived))
    for what, line in harms(lab):
        code, said = nft(line)
        if line == "flush ruleset":
            # nft passes over what it may not touch.
            lab.check(code == 0, "%s: nft goes by" % what, said)
        else:
            lab.check(code != 0 and "Operation not permitted" in said,
                      "%s: nft may not" % what, said)
        lab.check(listed() == before, "%s: all is as it was" % what)
    time.sleep(0.5)
    lab.check(not stream.arrived, "none of %d forbidden packets arrived"
              % stream.sent, len(stream.arrived))
    stream.end()
    status = lab.mudd.status()
    lab.check(status.get("table") == "ok" and
              status.get("table_changed") is None, "status: ok", status)
    lab.check(degraded(lab) == [], "so is health", degraded(lab))
    lab.probe(north_south(lab, lab.t1))
    # The control: the same, of a table that has no owner.
    nft("add table inet other; add chain inet other c")
    code, said = nft("delete table inet other")
    lab.check(code == 0, "another's table can be deleted", said)


def mend(lab, stream, before, what, line, stopped):
    """Harms the tables; stopped: while mudd is held, as a control."""
    if stopped:
        os.kill(lab.mudd.pids("mudd")[0], signal.SIGSTOP)
    start = time.monotonic()
    code, said = nft(line)
    harmed = time.monotonic()
    lab.check(code == 0, "%s: nft does it" % what, said)
    if stopped:
        lab.check(lab.wait(lambda: stream.since(harmed), 5), "%s: forbidden "
                  "packets pass while nobody mends it" % what)
        harmed = time.monotonic()
        os.kill(lab.mudd.pids("mudd")[0], signal.SIGCONT)
    lab.check(lab.wait(lambda: ends(stream, 0.3), 10),
              "%s: no forbidden packet arrives any more" % what)
    passed = stream.since(start if not stopped else harmed)
    after = listed()
    lab.check(after == before, "%s: all is as it was" % what, "\n".join(
        sorted(set(before) ^ set(after))))
    if not stopped:
        lab.note("%s: %d of the forbidden packets, one a millisecond, passed, "
                 "within %.0f ms; the last %.0f ms after nft had ended" % (
                     what, len(passed),
                     1000 * (max(passed) - min(passed)) if passed else 0,
                     1000 * (max(passed) - harmed) if passed else 0))


@scenario("tamper-mended", 150)
def tamper_mended(lab):
    """Without an owner: noticed, named, and mended."""
    publish(lab)
    lab.mudd.configure("table-ownership = off\n")
    lab.mudd.start()
    enforced(lab, lab.t1)
    stream = Stream(lab, lab.t1)
    lab.check(ends(stream), "forbidden packets do not arrive",
              len(stream.arrived))
    before = listed()
    for stopped in (True, False):
        for number in range(len(harms(lab))):
            mend(lab, stream, before, *harms(lab)[number], stopped)
    status = lab.mudd.status()
    changed = status.get("table_changed") or {}
    lab.check(status.get("table") == "foreign-change" and
              changed.get("process") == "nft" and
              changed.get("is_repaired") is True and
              changed.get("count", 0) >= 10, "status tells by whom", status)
    code, out, err = lab.mudd.ctl("status")
    lab.check("nft" in out and "foreign-change" in out,
              "so do its words", out + err)
    lab.check(degraded(lab) == ["table"], "so does health, and no more than "
              "that", degraded(lab))
    log = lab.mudd.log_tail(2000)
    lab.check("event=table-tampered process=nft pid=" in log and
              "event=table-restored" in log, "so does the log",
              lab.mudd.log_tail())
    # Others' commits alone are no harm, however many.
    count = changed.get("count")
    for number in range(200):
        nft("add table inet other; delete table inet other")
    status = lab.mudd.status()
    lab.check((status.get("table_changed") or {}).get("count") == count,
              "what others do elsewhere is no change to ours", status)
    stream.end()
    lab.probe(north_south(lab, lab.t1))


@scenario("tamper-orphan", 120)
def tamper_orphan(lab):
    """mudd is killed: the tables stand, and the next one mends and owns."""
    publish(lab)
    lab.mudd.start()
    enforced(lab, lab.t1)
    stream = Stream(lab, lab.t1)
    for number in range(len(harms(lab))):
        what, line = harms(lab)[number]
        start = time.monotonic()
        lab.mudd.kill()
        lab.wait(lambda: not lab.mudd.pids("mudd-engine"), 5)
        lab.check(ends(stream, 0.2) and not stream.since(start), "%s: killed: "
                  "none of the forbidden packets arrives" % what)
        harmed = time.monotonic()
        code, said = nft(line)
        lab.check(code == 0, "%s: nothing keeps nft from an orphan" % what,
                  said)
        lab.check(lab.wait(lambda: stream.since(harmed), 5),
                  "%s: forbidden packets pass" % what)
        began = time.monotonic()
        lab.mudd.start()
        lab.wait(lambda: lab.mudd.status().get("table") == "ok", 10)
        lab.check(ends(stream), "%s: then none arrives any more" % what)
        passed = stream.since(began)
        lab.note("%s: mended %.0f ms after mudd was started" % (
            what, 1000 * (max(passed) - began) if passed else 0))
        code, said = nft("delete table inet mudd")
        lab.check(code != 0 and "not permitted" in said,
                  "%s: the next one owns the tables" % what, said)
    stream.end()
    lab.probe(north_south(lab, lab.t1))


def counter_of(lab):
    """Packets that t1's binding has counted; the policy's rules as well."""
    text = net.run("nft", "list", "set", "inet", "mudd", "bind4")
    found = re.search(lab.t1.mac + r" \. \S+ counter packets (\d+)", text)
    return int(found.group(1)) if found else -1


def forward(lab):
    """The rules that all packets pass, and which they are."""
    return net.run("nft", "--handle", "--stateless", "list", "chain", "inet",
                   "mudd", "forward")


def restart(lab, how):
    """Ends mudd, and starts it; what it found to differ."""
    if how == "ended":
        lab.mudd.stop()
    else:
        lab.mudd.kill()
    lab.wait(lambda: not lab.mudd.pids("mudd-engine"), 5)
    lab.mudd.start()
    lab.wait(lambda: lab.mudd.status().get("table") == "ok", 10)
    lab.mudd.wait_state(lab.t1.mac, "enforced")
    found = re.findall(r"at the start, of (.*) differed",
                       lab.mudd.log_tail(9999))
    return found[-1] if found else ""


def adopted(lab, how):
    """Policies are numbered as their files are read, side by side, so the same
    may have another number: some start finds all as it is."""
    for tries in range(6):
        before, counted, rules = listed(), counter_of(lab), forward(lab)
        found = restart(lab, how)
        lab.note("%s: %s differed" % (how, found))
        lab.check(found.startswith("tables 0,"), "%s: the tables stay" % how,
                  found)
        lab.check(counter_of(lab) >= counted > 0, "%s: its counter goes on"
                  % how, (counter_of(lab), counted))
        lab.check(forward(lab) == rules, "%s: a chain has the same rules, not "
                  "others like them" % how)
        if found == NOTHING:
            break
    after = listed()
    lab.check(found == NOTHING, "%s: nothing differs, and nothing is sent"
              % how, found)
    lab.check(after == before, "%s: all is as it was" % how, "\n".join(
        sorted(set(before) ^ set(after))))


@scenario("tamper-adopt", 90)
def tamper_adopt(lab):
    """A start over tables that are as they should be changes nothing."""
    publish(lab)
    lab.mudd.start()
    enforced(lab, lab.t1)
    lab.probe([flow for flow in north_south(lab, lab.t1) if flow.passes])
    running, stream = Running(lab, lab.t1), Stream(lab, lab.t1)
    for how in ("ended", "killed"):
        adopted(lab, how)
    lost = running.end()
    lab.check(running.sent > 200 and not lost, "a permitted flow goes on "
              "through all: of %d words all come back" % running.sent, lost)
    stream.end()
    lab.check(stream.sent > 200 and not stream.arrived, "none of %d forbidden "
              "packets arrives meanwhile" % stream.sent, len(stream.arrived))
    # The control: without the tables they do.
    lab.mudd.ctl("teardown")
    stream = Stream(lab, lab.t1)
    lab.check(lab.wait(lambda: stream.arrived, 5),
              "without the tables they do arrive")
    stream.end()
