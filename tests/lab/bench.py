#!/usr/bin/env python3
"""How fast, and how large: figures against the goals, with a baseline.

    bench.py [--rounds N]

  known    a DHCP DISCOVER with the URL of a policy that is in use leaves a
           new Thing's interface, until its elements stand in the kernel's
           sets `from_...`, seen as netlink events in the gateway
  fetched  the same with a URL nobody has asked for yet: file and signature
           come from the lab's web server over HTTPS; until the elements lead
           to the new policy
  address  a Thing that is known speaks from an address that it has never had
           (duplicate address detection, and an ARP request), until the binding
           stands in the kernel; and the same without the time for which the
           programs that do it had to wait for a processor (of two that wait
           at a time, twice)
  memory   PSS of all programs together, idle and with 100 Things
  flood    CPU of the watcher at 1000 DHCP packets a second, each from another
           MAC: by one port, which may have 200 of them read, and by five

The baseline of the same run: a raw frame over the same cable into the
gateway, one netlink request and its answer, and a byte to another process and
back (two of the four wake-ups that a DISCOVER, or an address, costs: on a busy
machine these make the tail).  State lies on tmpfs here, so a disk's time to
sync is not in the figures.
"""

import argparse
import os
import re
import select
import socket
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import craft  # noqa: E402
import frames  # noqa: E402
import lab  # noqa: E402
import mudfile  # noqa: E402
import net  # noqa: E402
import scenario_flood  # noqa: E402

NETLINK_NETFILTER = 12
NFNLGRP_NFTABLES = 7
NEWSETELEM, DELSETELEM, NEWGEN = 10 << 8 | 12, 10 << 8 | 14, 10 << 8 | 15
SOL_NETLINK, ADD_MEMBERSHIP = 270, 1
# A digit of a policy's slot: its level and value.
DIGIT = re.compile(rb"from_([a-f])([1-3])\0")

BUDGET = 50     # fetches between two starts
GOAL_KNOWN_MS, GOAL_FETCHED_MS, GOAL_PSS_KB = 5.0, 100.0, 16 * 1024
GOAL_ADDRESS_MS = 5.0


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))]


class Events:
    """The kernel's announcements about nftables, in the gateway."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                  NETLINK_NETFILTER)
        self.sock.bind((0, 0))
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.sock.setsockopt(SOL_NETLINK, ADD_MEMBERSHIP, NFNLGRP_NFTABLES)
        self.sock.setblocking(False)

    def drain(self):
        while True:
            try:
                self.sock.recv(1 << 20)
            except BlockingIOError:
                return
            except OSError:
                continue    # overrun: what was lost is not waited for

    def _messages(self, data):
        while len(data) >= 16:
            length, kind = struct.unpack("=IH", data[:6])
            if length < 16:
                return
            yield kind, data[:length]
            data = data[(length + 3) & ~3:]

    def _until(self, seconds):
        """(nanoseconds, kind, message) as they come."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not select.select([self.sock], [], [],
                                 max(0, end - time.monotonic()))[0]:
                return
            data = self.sock.recv(1 << 20)
            now = time.monotonic_ns()
            for kind, message in self._messages(data):
                yield now, kind, message

    def wait(self, mac, accept, seconds):
        """When a commit led mac to a slot that accept(slot) likes; or None."""
        raw = frames.mac_bytes(mac)
        digits, touched = {}, False
        for now, kind, message in self._until(seconds):
            if kind == NEWGEN and touched:
                touched = False
                if accept(sum(digits.values())):
                    return now
            digit = DIGIT.search(message)
            if not digit or raw not in message:
                continue
            level = 2 * (digit.group(1)[0] - ord("a"))
            if kind == NEWSETELEM:
                digits[level] = int(digit.group(2)) << level
            elif kind == DELSETELEM:
                digits.pop(level, None)
            touched = True
        return None

    def wait_bound(self, mac, addr, seconds):
        """When a commit bound addr to mac, or None."""
        # A key is filled up to four bytes for each of its parts.
        key = frames.mac_bytes(mac) + b"\0\0" + craft.packed(addr)
        bound = False
        for now, kind, message in self._until(seconds):
            if kind == NEWSETELEM and key in message:
                bound = True
            if kind == NEWGEN and bound:
                return now
        return None


class Bench:
    def __init__(self, world):
        self.world = world
        self.events = Events()
        self.wires = [net.packet_socket(host) for host in world.things]
        self.count = 0
        self.slots = set()
        self.joined = []    # (MAC, wire) of Things

    def mac(self):
        self.count += 1
        return "02:be:%02x:%02x:%02x:01" % (
            self.count >> 16, self.count >> 8 & 255, self.count & 255)

    def announce(self, url):
        """A Thing nobody has seen announces a URL: (its MAC, sent when)."""
        mac = self.mac()
        frame = frames.dhcp(frames.DISCOVER, mac, self.count, url)
        wire = self.wires[self.count % len(self.wires)]
        self.events.drain()
        start = time.monotonic_ns()
        wire.send(frame)
        return mac, start

    def round(self, url, fresh, seconds=5):
        """Milliseconds from frame to element, or None if it never came."""
        def accept(slot):
            if fresh and slot in self.slots:
                return False
            self.slots.add(slot)
            return True
        mac, start = self.announce(url)
        end = self.events.wait(mac, accept, seconds)
        return None if end is None else (end - start) / 1e6

    def address(self, number, six, seconds=5):
        """Milliseconds from the first packet of a new address to its binding,
        or None. number: another one each time."""
        mac, wire = self.joined[number % len(self.joined)]
        if six:
            addr = "fd77::be:%x" % (number + 1)
            frame = frames.detection(mac, addr)
        else:
            addr = "192.168.77.%d" % (1 + number % 250 + 1)
            frame = craft.ether(mac, "ff:ff:ff:ff:ff:ff", craft.ARP,
                                craft.arp(1, mac, addr, "192.168.77.1"))
        self.events.drain()
        queued = self.queued()
        start = time.monotonic_ns()
        wire.send(frame)
        end = self.events.wait_bound(mac, addr, seconds)
        if end is None:
            return None
        return (end - start) / 1e6, (self.queued() - queued) / 1e6

    def queued(self):
        """Nanoseconds for which we, and programs that a new address goes
        through, have waited for a processor so far."""
        pids = [os.getpid()]
        for program in ("mudd", "mudd-engine", "mudd-watcher"):
            pids += self.world.mudd.pids(program)
        total = 0
        for pid in pids:
            with open("/proc/%d/schedstat" % pid) as told:
                total += int(told.read().split()[1])
        return total

    def frame_baseline(self, rounds):
        """From the Thing's interface into the gateway, by packet socket."""
        gate = net.packet_socket(self.world.gw, "lan1")
        times = []
        for number in range(rounds):
            frame = frames.udp("02:00:5e:00:53:01", self.world.gw.mac,
                               "192.0.2.1", 9, "192.0.2.2", 9,
                               b"%08d" % number)
            start = time.monotonic_ns()
            self.wires[0].send(frame)
            while frame not in gate.recv(2048):
                pass
            times.append((time.monotonic_ns() - start) / 1e6)
        return times

    def netlink_baseline(self, rounds):
        """One request to the kernel and its answer (RTM_GETLINK of lo)."""
        sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        sock.bind((0, 0))
        request = struct.pack("=IHHIIBxHiII", 32, 18, 1, 1, 0, 0, 0, 1, 0, 0)
        times = []
        for _ in range(rounds):
            start = time.monotonic_ns()
            sock.send(request)
            sock.recv(65536)
            times.append((time.monotonic_ns() - start) / 1e6)
        return times

    def wake_baseline(self, rounds):
        """To a process that sleeps, and back."""
        here, there = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            here.close()
            while there.recv(1):
                there.send(b"!")
            os._exit(0)
        there.close()
        times = []
        for _ in range(rounds):
            start = time.monotonic_ns()
            here.send(b"?")
            here.recv(1)
            times.append((time.monotonic_ns() - start) / 1e6)
            time.sleep(0.03)
        here.close()
        os.waitpid(pid, 0)
        return times


def row(name, times, lost=0, goal=None):
    """Prints a line of the table; did it reach its goal?"""
    if not times:
        print("%-34s no round came to its end" % name)
        return False
    p99 = percentile(times, 0.99)
    good = goal is None or (p99 <= goal and not lost)
    print("%-34s %7.3f %9.3f %9.3f %5d %5d   %s" % (
        name, percentile(times, 0.5), p99, max(times), len(times), lost,
        "" if goal is None else "goal %g ms p99: %s" % (
            goal, "reached" if good else "missed")))
    return good


def memory(name, found, goal=None):
    total = sum(found.values())
    good = goal is None or total <= goal
    print("%-34s %7d kB  %s" % (name, total, "" if goal is None else
                                "goal %d kB: %s" % (
                                    goal, "reached" if good else "missed")))
    print("    " + ", ".join("%s %d" % item for item in found.items()))
    return good


def _things(bench, url, wanted):
    """Lets Things join until there are `wanted`."""
    for _ in range(wanted):
        mac, _ = bench.announce(url)
        bench.joined.append((mac, bench.wires[bench.count %
                                              len(bench.wires)]))
        time.sleep(0.03)
    time.sleep(2)


def _renew(bench, number):
    """New URLs have a budget (S-25), which a start fills up again. The first
    Thing after it shows which slot is that of pending.json."""
    world, name = bench.world, "warm-%d" % number
    world.publish(name + ".json", mudfile.north_south(name), signer="signer")
    world.mudd.stop()
    world.mudd.start()
    time.sleep(1.5)
    bench.slots.clear()
    bench.round(mudfile.URL % name, True)
    time.sleep(1)


def measure(world, rounds):
    world.publish("lamp.json", mudfile.north_south("lamp"), signer="signer")
    for number in range(rounds + 1):
        name = "model-%d" % number
        world.publish(name + ".json", mudfile.north_south(name),
                      signer="signer")
    world.mudd.start()
    time.sleep(2)
    bench = Bench(world)
    idle = world.mudd.pss()
    known, fetched = [], []
    first = bench.round(mudfile.URL % "lamp", False, 10)
    if first is None:
        raise RuntimeError("no element came\n" + world.mudd.log_tail())
    time.sleep(2)       # the policy of the known URL is in use from here on
    for _ in range(10):
        bench.round(mudfile.URL % "lamp", False)
    _things(bench, mudfile.URL % "lamp", 90)
    loaded = world.mudd.pss()
    for _ in range(rounds):
        known.append(bench.round(mudfile.URL % "lamp", False))
        time.sleep(0.03)
    addresses = []
    for number in range(rounds):
        addresses += [bench.address(number, True), bench.address(number,
                                                                 False)]
        time.sleep(0.03)
    for number in range(rounds):
        if number % BUDGET == 0:
            _renew(bench, number)
        fetched.append(bench.round(mudfile.URL % ("model-%d" % number), True))
        time.sleep(0.05)
    frame, echo = bench.frame_baseline(rounds), bench.netlink_baseline(rounds)
    wake = bench.wake_baseline(rounds)
    print("\n%-34s %7s %9s %9s %5s %5s" % (
        "milliseconds", "median", "p99", "max", "n", "lost"))
    row("baseline: frame over the cable", frame)
    row("baseline: netlink and back", echo)
    row("baseline: process and back", wake)
    bound = [whole for whole, _ in _split(addresses)[0]]
    lost = _split(addresses)[1]
    good = [row("DISCOVER to rules, known URL", *_split(known),
                GOAL_KNOWN_MS),
            row("DISCOVER to rules, with fetch", *_split(fetched),
                GOAL_FETCHED_MS),
            row("new address to binding", bound, lost, GOAL_ADDRESS_MS),
            memory("memory, idle (PSS)", idle),
            memory("memory, 100 Things (PSS)", loaded, GOAL_PSS_KB)]
    row("  without waits for a processor", [
        whole - queued for whole, queued in _split(addresses)[0]])
    _compare("new address", bound, [frame, echo, wake, wake])
    _floods(world)
    return all(good)


def _compare(name, times, parts):
    """How many times what it cannot do without?"""
    for share in (0.5, 0.99):
        base = sum(percentile(part, share) for part in parts)
        print("    %s, %s: %.1f times its frame, netlink and wake-ups "
              "(%.3f ms)" % (name, "median" if share == 0.5 else "p99",
                             percentile(times, share) / base, base))


def _watcher_cpu(world, seconds, floods):
    """Percent of one core. floods: how many packets a second by each port."""
    before, start = world.mudd.cpu(), time.monotonic()
    running = []
    for host, rate in zip(world.things, floods):
        seed = str(len(running) + 1)
        with host.inside():
            running.append(subprocess.Popen(
                [world.out + "/blaster", "eth0", "dhcp4", str(rate),
                 str(seconds), seed], stdout=subprocess.DEVNULL))
    time.sleep(max(0, start + seconds - time.monotonic()))
    for process in running:
        process.wait()
    took = time.monotonic() - start
    return {program: 100 * (used - before.get(program, 0)) / took
            for program, used in world.mudd.cpu().items()}


def _floods(world, seconds=20):
    scenario_flood.compiled(world)
    idle = _watcher_cpu(world, seconds, ())
    for name, floods in (("one port", (1000,)), ("five ports", (200,) * 5)):
        used = _watcher_cpu(world, seconds, floods)
        print("%-34s %7.1f %%  of a core, idle %.1f %%; engine %.1f %%, "
              "idle %.1f %%" % (
                  "1000 DHCP/s, %s: watcher" % name, used["mudd-watcher"],
                  idle["mudd-watcher"], used["mudd-engine"],
                  idle["mudd-engine"]))


def _split(times):
    return ([one for one in times if one is not None],
            sum(one is None for one in times))


def main():
    parser = argparse.ArgumentParser(description="latency and memory")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--stage", default=os.path.join(lab.BUILD, "stage"))
    parser.add_argument("--inside", action="store_true")
    args = parser.parse_args()
    if not args.inside:
        argv = lab.command(os.path.join(HERE, "bench.py"), "--inside",
                           "--rounds", str(args.rounds), "--stage",
                           args.stage)
        os.execvp("setpriv", ["setpriv", "--pdeathsig", "KILL", *argv])
    world = lab.Lab("bench", args.stage, captures=False)
    good = measure(world, args.rounds)
    world.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
