"""Floods: what ten thousand strangers a second on one port do to the others.

blaster.c sends from t5's port, over each carrier in turn.  Meanwhile a Thing
that was enforced before renews its lease and keeps working, and others join on
ports of their own.  What the flood may leave behind is bounded: memory (R-11),
fetches (S-25), lines in the log, bytes in the state (S-62, S-64).
"""

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import time

import mudfile
import net
from registry import scenario
from scenario_main import MUD_URL, enforced, publish

RATE = 10000
CARRIERS = ("dhcp4", "dhcp6", "lldp", "nd", "arp")
PSS_KB = 32 * 1024      # R-11, with 64 devices
STATE_BYTES = 64 * 1024
# Lines that may come at once: more where the flood claims others' addresses.
BURST = {"nd": 90, "arp": 90}
FETCHES = 34            # S-25: 32 at once of a port, then 12 an hour


def compiled(lab):
    """The program that floods."""
    here = os.path.dirname(os.path.abspath(__file__))
    made = lab.out + "/blaster"
    done = subprocess.run(
        ["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", made,
         here + "/blaster.c"], text=True, capture_output=True)
    lab.check(done.returncode == 0, "blaster.c compiles", done.stderr)
    return made


def _log_lines(lab):
    """The log without what only -d shows."""
    return [line for line in lab.mudd.log_tail(10000000).splitlines()
            if ": debug: " not in line]


def _state_bytes(lab):
    """What the state takes on the disk, with what is still in its log."""
    folder = lab.out + "/state"
    os.makedirs(folder, exist_ok=True)
    for name in ("state.db", "state.db-wal"):
        if os.path.exists("/var/lib/mudd/" + name):
            shutil.copy("/var/lib/mudd/" + name, folder)
    copy = sqlite3.connect(folder + "/state.db")
    pages, size, things = (copy.execute(row).fetchone()[0] for row in (
        "PRAGMA page_count", "PRAGMA page_size",
        "SELECT count(*) FROM things"))
    copy.close()
    shutil.rmtree(folder)
    lab.note("state: %d Things, %d bytes" % (things, pages * size))
    return pages * size


def _anew(host):
    """As one that nobody has seen yet."""
    part = host.mac.split(":")
    part[1] = "%02x" % (int(part[1], 16) + 1)
    host.mac = ":".join(part)
    with host.inside():
        net.run("ip", "link", "set", "eth0", "down")
        net.run("ip", "addr", "flush", "dev", "eth0")
        net.run("ip", "link", "set", "eth0", "address", host.mac)
        net.run("ip", "link", "set", "eth0", "up")


def _joins(lab, host, url, name):
    """The seconds until a Thing that comes is enforced."""
    _anew(host)
    start = time.monotonic()
    lab.join("udhcpc", host, url, wait=False)
    device = lab.mudd.wait_state(host.mac, "enforced", 30)
    took = time.monotonic() - start
    lab.check(device.get("state") == "enforced", "%s: %s is enforced" % (
        name, host.name), device)
    return took


def _joins_in_time(lab, host, url, name, patience):
    """The same. Where the machine had other things to do: once more."""
    took = _joins(lab, host, url, name)
    if took <= patience:
        return took
    lab.clients[host.name].stop()
    return _joins(lab, host, url, name)


class Flood:
    """What stands before a flood, and what has become of it."""

    def __init__(self, lab, blaster, carrier, seconds):
        self.lab, self.carrier, self.seconds = lab, carrier, seconds
        self.lines, self.bytes = len(_log_lines(lab)), _state_bytes(lab)
        self.cpu, self.pss = lab.mudd.cpu(), lab.mudd.pss()
        self.started = time.monotonic()
        with lab.t5.inside():
            self.process = subprocess.Popen(
                [blaster, "eth0", carrier, str(RATE), str(seconds)],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)

    def end(self):
        sent = self.process.communicate(timeout=self.seconds + 60)[0].strip()
        took = time.monotonic() - self.started
        lab, name = self.lab, self.carrier
        lab.check(self.process.returncode == 0, "%s: the flood was sent" %
                  name, sent)
        self._judge_log(took)
        pss = lab.mudd.pss()
        lab.check(sum(pss.values()) <= PSS_KB,
                  "%s: memory stays within R-11" % name,
                  "%s, now %s kB" % (self.pss, pss))
        grown = _state_bytes(lab) - self.bytes
        lab.check(grown <= STATE_BYTES,
                  "%s: the state does not grow by strangers" % name,
                  "%d bytes" % grown)
        cpu = lab.mudd.cpu()
        lab.say("%s: %s; memory %d kB, was %d; state +%d bytes; CPU %s" % (
            name, sent, sum(pss.values()), sum(self.pss.values()), grown,
            ", ".join("%s %.0f%%" % (
                program, 100 * (cpu[program] - self.cpu.get(program, 0)) /
                took) for program in ("mudd", "mudd-engine", "mudd-watcher"))))

    def _judge_log(self, took):
        """Lines about the Things of the lab are not the flood's."""
        known = ["fresh-", *(host.mac for host in self.lab.things[:4])]
        lines = [line for line in _log_lines(self.lab)[self.lines:]
                 if not any(mac in line for mac in known)]
        self.lab.check(len(lines) <= took + BURST.get(self.carrier, 20),
                       "%s: a line a second in the log at most" % self.carrier,
                       "%d lines in %.0f s:\n%s" % (
                           len(lines), took, "\n".join(lines[-10:])))


def _answers(lab, address):
    """Does the service answer t1?"""
    with lab.t1.inside():
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.settimeout(1)
    with sock:
        try:
            sock.sendto(b"again", (address, mudfile.UDP_SERVICE))
            return sock.recv(64) == b"again"
        except OSError:
            return False


def _keeps_working(lab, name):
    """It renews, and may do what it might before, and no more."""
    client = lab.clients["t1"].process()
    with open(lab.out + "/t1/client.log") as log:
        before = len(re.findall("lease of", log.read()))
    client.send_signal(signal.SIGUSR1)

    def renewed():
        with open(lab.out + "/t1/client.log") as log:
            return len(re.findall("lease of", log.read())) > before
    lab.check(lab.wait(renewed, 30), "%s: t1 renews its lease" % name)
    lab.check(lab.wait(lambda: _answers(lab, lab.service("a")), 10),
              "%s: t1 speaks with A" % name)
    lab.check(not _answers(lab, lab.service("d")),
              "%s: t1 does not speak with D" % name)


def _one(lab, blaster, carrier, seconds, patience):
    """One flood. patience: how long a Thing may take to be enforced."""
    flood = Flood(lab, blaster, carrier, seconds)
    time.sleep(2)
    took = _joins_in_time(lab, lab.t2, MUD_URL, carrier, patience)
    lab.check(took <= patience, "%s: within 2 s, by a known file" % carrier,
              "%.2f s" % took)
    fresh = mudfile.URL % ("fresh-" + carrier)
    took_fetch = _joins_in_time(lab, lab.t3, fresh, carrier, patience)
    lab.check(took_fetch <= patience,
              "%s: within 2 s, by a file that is fetched" % carrier,
              "%.2f s" % took_fetch)
    lab.say("%s: enforced in %.2f s, %.2f s with a fetch" % (
        carrier, took, took_fetch))
    _keeps_working(lab, carrier)
    flood.end()
    for host in (lab.t1, lab.t2, lab.t3):
        device = lab.mudd.device(host.mac)
        lab.check(device.get("state") == "enforced",
                  "%s: %s is still enforced" % (carrier, host.name), device)
    for host in (lab.t2, lab.t3):
        lab.clients[host.name].stop()


def _flood(lab, seconds):
    publish(lab)
    for carrier in CARRIERS:
        publish(lab, "fresh-" + carrier)
    lab.mudd.start()
    blaster = compiled(lab)
    enforced(lab, lab.t1)
    # On a machine that is busy with other things all takes longer.
    patience = max(2, 4 * _joins(lab, lab.t4, MUD_URL, "quiet"))
    for carrier in CARRIERS:
        _one(lab, blaster, carrier, seconds, patience)
    asked = {line.split('"')[1] for line in lab.requests() if "/x" in line}
    lab.check(len(asked) <= FETCHES, "strangers' files are asked for within "
              "S-25", "%d of them" % len(asked))


@scenario("flood", 240, captures=False)
def flood(lab):
    _flood(lab, 10)


@scenario("flood-minute", 900, by_name=True, captures=False)
def flood_minute(lab):
    _flood(lab, 60)
