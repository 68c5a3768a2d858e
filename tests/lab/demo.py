#!/usr/bin/env python3
"""The demonstration: one Thing's life on a gateway with mudd, told in steps.

    demo.py [--keep | --down]

Every step is checked; the exit status is 0 only if all held.  --keep leaves
the lab up and says how to enter it; --down ends such a lab.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import frames  # noqa: E402
import lab  # noqa: E402
import mudfile  # noqa: E402
import net  # noqa: E402
import probes  # noqa: E402

OUT = os.path.join(lab.BUILD, "lab", "demo")
KEPT = os.path.join(lab.BUILD, "lab", "demo.pid")
URL = mudfile.URL % "lamp"
# The last line of a story whose lab stays up: unshare keeps the pipe open.
END = "\x04"


class Story:
    """Says what happens, shows what was seen, and remembers if it held."""

    def __init__(self, world):
        self.world = world
        self.number = 0

    def step(self, text):
        self.number += 1
        print("\n%d. %s" % (self.number, text), flush=True)

    def show(self, text, lines=12):
        for line in str(text).rstrip().splitlines()[:lines]:
            print("     | " + line[:110], flush=True)

    def held(self, good, text, detail=""):
        self.world.check(good, text, detail)
        print("   %s %s" % ("yes:" if good else "NO: ", text), flush=True)
        if not good and detail:
            self.show(detail)
        return good

    def flows(self, flows, quiet=2.0):
        for flow, good, why in probes.run(self.world.captures, flows,
                                          quiet=quiet):
            self.held(good, "%s: %s" % (
                flow.name, "passes" if flow.passes
                else "blocked, no packet of it arrived"), why)


def _arrival(story, world, data):
    story.step("The maker of a lamp has put a MUD file and its signature on"
               " the web:\n   what the lamp needs to talk to, and no more.")
    story.show("%s  (%d bytes, and lamp.p7s)\nservice A: both may call."
               " B: the lamp may call. C may call the lamp." % (
                   URL, len(data)))
    story.step("The gateway runs mudd; nothing is managed yet.")
    world.mudd.start()
    code, out, err = world.mudd.ctl("status")
    story.show(out + err)
    story.held(code == 0, "mudd is up and answers mudctl")
    story.step("The lamp is plugged in. Its DHCP client (stock dhcpcd) says"
               " its MUD URL\n   in option 161 when it asks for an address.")
    world.join("dhcpcd", world.t1, URL)
    story.held(world.t1.addr4, "it has the address %s" % world.t1.addr4)


def _judged(story, world):
    lamp = world.t1
    story.step("mudd saw the URL, fetched file and signature over HTTPS, and"
               " judged them.")
    device = world.mudd.wait_state(lamp.mac, "enforced")
    story.show("\n".join(world.requests()))
    story.held(len(world.requests()) >= 2, "the web server was asked for both")
    story.show(world.mudd.ctl("device", "show", lamp.mac)[1], 24)
    story.held(device.get("state") == "enforced",
               "the signature is good, and the lamp is enforced", device)
    story.step("The file's rules stand in the kernel, in a table of mudd's"
               " own.")
    chain = world.judged_by(lamp.mac) or "none"
    rules = world.chain(chain)
    story.show("\n".join(re.sub(r"counter packets \d+ bytes \d+ ", "",
                                row.strip()) for row in rules.splitlines()
                         if "comment" in row or "chain" in row), 8)
    story.held(chain.startswith("pf_") and "dport 7001" in rules,
               "the lamp's packets are led to its rules, chain " + chain)


def _traffic(story, world):
    lamp, svc = world.t1, world.svc
    story.step("The lamp does what its file says, and then what it does not.")
    before = world.mudd.drops(lamp.mac)
    story.flows([
        world.flow(lamp, svc, "tcp", mudfile.TCP_SERVICE, True,
                   world.service("a"), name="lamp calls A"),
        world.flow(lamp, svc, "udp", mudfile.UDP_SERVICE, True,
                   world.service("b"), name="lamp asks B"),
        world.flow(svc, lamp, "tcp", mudfile.TCP_THING, True,
                   source=world.service("c"), name="C calls the lamp"),
        world.flow(lamp, svc, "tcp", mudfile.TCP_SERVICE, False,
                   world.service("d"), name="lamp calls D, who is not in it"),
        world.flow(lamp, svc, "tcp", mudfile.TCP_SERVICE, False,
                   world.service("c"), name="lamp calls C, who may only call"),
        world.flow(svc, lamp, "tcp", mudfile.TCP_THING, False,
                   source=world.service("b"),
                   name="B calls the lamp, and may only be called"),
        world.flow(svc, lamp, "udp", mudfile.UDP_THING, False,
                   source=world.service("d"), name="D sends to the lamp")])
    grown = world.wait(lambda: all(
        now > old for now, old in zip(world.mudd.drops(lamp.mac), before)))
    after = world.mudd.drops(lamp.mac)
    story.held(grown, "mudd counted what it dropped: %d packets from the"
               " lamp, %d to it" % (after[0] - before[0],
                                    after[1] - before[1]))


def _tampered(story, world):
    story.step("Another Thing announces a file that was changed after it was"
               " signed.")
    path = world.publish("toaster.json", mudfile.north_south("toaster"),
                         signer="signer")
    with open(path, "rb") as old:
        data = old.read().replace(b"Lab Thing", b"Lab Thief")
    with open(path, "wb") as new:
        new.write(data)
    world.join("udhcpc", world.t2, mudfile.URL % "toaster")
    device = world.mudd.wait_state(world.t2.mac, "pending")
    story.show(world.mudd.ctl("device", "show", world.t2.mac)[1], 24)
    story.held(device.get("state") == "pending" and device.get("fault"),
               "it is held for the administrator, and mudctl says why",
               device)
    story.flows([world.flow(world.t2, world.svc, "tcp", mudfile.TCP_SERVICE,
                            False, world.service("a"),
                            name="the held Thing calls A")])


def _attacker(story, world):
    lamp = world.t1
    story.step("An attacker on another port forges the lamp's DHCP, with a"
               " URL of its own.")
    time.sleep(2)
    forged = frames.dhcp(frames.DISCOVER, lamp.mac, 0x5eed,
                         mudfile.URL % "anything")
    with net.packet_socket(world.t3) as sock:
        for _ in range(3):
            sock.send(forged)
            time.sleep(0.2)
    time.sleep(1)
    device = world.mudd.device(lamp.mac)
    log = [row for row in world.mudd.log_tail(400).splitlines()
           if "spoof" in row.lower()]
    story.show("\n".join(log[-2:]))
    story.held(device.get("state") == "enforced" and
               device.get("mud_url") == URL,
               "nothing changed for the lamp", device)


def _killed(story, world):
    lamp = world.t1
    story.step("mudd and all its programs are killed (kill -9).")
    for pid in world.mudd.all_pids():
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    story.flows([world.flow(lamp, world.svc, "tcp", mudfile.TCP_SERVICE,
                            False, world.service("d"),
                            name="with mudd dead, lamp calls D"),
                 world.flow(lamp, world.svc, "tcp", mudfile.TCP_SERVICE,
                            True, world.service("a"),
                            name="with mudd dead, lamp calls A")])
    world.mudd.wait_ready()
    device = world.mudd.wait_state(lamp.mac, "enforced")
    story.show(world.mudd.ctl("devices")[1])
    story.held(device.get("state") == "enforced" and
               device.get("mud_url") == URL,
               "started again, it knows the lamp and says the truth", device)


def tell(world):
    story = Story(world)
    data = mudfile.north_south("lamp")
    world.publish("lamp.json", data, signer="signer")
    for part in (lambda: _arrival(story, world, data),
                 lambda: _judged(story, world),
                 lambda: _traffic(story, world),
                 lambda: _tampered(story, world),
                 lambda: _attacker(story, world),
                 lambda: _killed(story, world)):
        try:
            part()
        except Exception:
            story.held(False, "this part could be told to its end",
                       traceback.format_exc())
            break


def inside(stage, keep):
    if not keep:
        signal.alarm(300)
    world = lab.Lab("demo", stage, out=OUT)
    tell(world)
    print("\n%s" % ("Every step held." if not world.failed else
                    "%d things did not hold; logs and captures: %s" % (
                        len(world.failed), OUT)), flush=True)
    with open(OUT + "/outcome.json", "w") as out:
        json.dump({"failed": world.failed}, out)
    if keep:
        print(END, flush=True)
        quiet = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(quiet, fd)
        while True:
            signal.pause()
    world.close()
    return 1 if world.failed else 0


def _start_time(pid):
    with open("/proc/%d/stat" % pid) as stat:
        return stat.read().rpartition(")")[2].split()[19]


def down():
    """Ends a kept lab: with its first process everything goes."""
    if not os.path.exists(KEPT):
        print("no lab is up")
        return 0
    with open(KEPT) as kept:
        pid, started = kept.read().split()
    os.unlink(KEPT)
    try:
        if _start_time(int(pid)) == started:
            os.kill(int(pid), signal.SIGKILL)
            print("the lab is down")
            return 0
    except (OSError, IndexError):
        pass
    print("the lab was down already")
    return 0


def _first_inside(unshare_pid):
    """The process that is number 1 in the lab, as seen from here."""
    with open("/proc/%d/task/%d/children" % (unshare_pid,
                                             unshare_pid)) as children:
        return int(children.read().split()[0])


def _keep(process):
    pid = _first_inside(process.pid)
    net.write(KEPT, "%d %s\n" % (pid, _start_time(pid)))
    print("""
The lab stays up. To enter the gateway:

    nsenter --target %d --mount --net --pid

There:  mudctl status          mudctl devices
        mudctl device show 02:00:5e:00:53:01
        nft list table inet mudd
        ip netns exec t1 sh    (the lamp; t2 to t5, svc and www alike)

./dev demo --down ends it.""" % pid, flush=True)


def outside(stage, keep):
    if os.path.exists(KEPT):
        down()
    argv = lab.command(os.path.join(HERE, "demo.py"), "--inside", "--stage",
                       stage)
    if keep:
        argv.append("--keep")
    else:
        argv = ["setpriv", "--pdeathsig", "KILL", *argv]
    outcome = OUT + "/outcome.json"
    if os.path.exists(outcome):
        os.unlink(outcome)
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True,
                               start_new_session=keep)
    for line in process.stdout:
        if line.startswith(END):
            break
        print(line, end="", flush=True)
    failed = True
    if os.path.exists(outcome):
        with open(outcome) as found:
            failed = bool(json.load(found)["failed"])
    if keep and process.poll() is None:
        _keep(process)
    else:
        failed = process.wait() != 0 or failed
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description="the demonstration")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--down", action="store_true")
    parser.add_argument("--stage", default=os.path.join(lab.BUILD, "stage"))
    parser.add_argument("--inside", action="store_true",
                        help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.down:
        return down()
    if args.inside:
        return inside(args.stage, args.keep)
    return outside(args.stage, args.keep)


if __name__ == "__main__":
    sys.exit(main())
