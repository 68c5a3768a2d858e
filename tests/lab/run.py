#!/usr/bin/env python3
"""Runs scenarios of the lab, two at a time, and says how they went.

    run.py [--stage DIR] [--list] [--jobs N] [SCENARIO...]

Needs root. A scenario that does not end in its time is killed with all its
programs. Prints one line each, and what failed, and where its logs are; the
last line counts single checks. Exit status 0 only if all held.
"""

import argparse
import importlib
import json
import os
import signal
import subprocess
import sys
import time
import traceback
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import lab  # noqa: E402
from registry import SCENARIOS  # noqa: E402

MODULES = ("scenario_main", "scenario_faults", "scenario_signature",
           "scenario_corpus", "scenario_lan", "scenario_daemon",
           "scenario_walk",
           "scenario_attacks", "scenario_hostile", "scenario_gate",
           "scenario_matrix", "scenario_revocation",
           "scenario_modes", "scenario_words", "scenario_nowhere",
           "scenario_carriers", "scenario_dhcp6",
           "scenario_leases", "scenario_ways",
           "scenario_drops", "scenario_explain", "scenario_cache",
           "scenario_classes", "scenario_near", "scenario_ports",
           "scenario_imitation", "scenario_interfaces",
           "scenario_evade_frames",
           "scenario_evade_packets", "scenario_evade_flows",
           "scenario_tamper", "scenario_lacks", "scenario_east",
           "scenario_flood",
           "scenario_sandbox",
           "scenario_addresses", "scenario_own", "scenario_lldp",
           "scenario_x509", "scenario_admin")
# Only by name: these want another build than all the others.
HOOKED = "scenario_sandbox"
# What the lab cannot do without, and the Debian package that has it.
TOOLS = {"gcc": "gcc", "freeradius": "freeradius",
         "eapol_test": "eapoltest", "hostapd": "hostapd",
         "wpa_supplicant": "wpasupplicant",
         "unshare": "util-linux", "setpriv": "util-linux", "ip": "iproute2",
         "nft": "nftables", "dnsmasq": "dnsmasq-base", "nginx": "nginx-light",
         "openssl": "openssl", "dhcpcd": "dhcpcd-base", "udhcpc": "udhcpc",
         "dhclient": "isc-dhcp-client", "kea-dhcp4": "kea-dhcp4-server",
         "kea-dhcp6": "kea-dhcp6-server", "lldpd": "lldpd",
         "lldpcli": "lldpd"}
MARK = "MUDD_LAB_RUN"


def load():
    modules = [importlib.import_module(name) for name in MODULES]
    return [module for module in modules if hasattr(module, "needs")]


def inside(name, stage):
    """In the namespaces: one scenario, its outcome in a file."""
    scenario = SCENARIOS[name]
    signal.alarm(scenario.seconds + 20)     # should the runner be gone
    world = lab.Lab(name, stage, **scenario.options)
    started = time.monotonic()
    try:
        scenario.run(world)
    except Exception:
        world.check(False, "the scenario ran to its end",
                    traceback.format_exc())
    outcome = {"passed": world.passed, "failed": world.failed,
               "said": world.said,
               "seconds": time.monotonic() - started}
    with open(world.out + "/outcome.json", "w") as out:
        json.dump(outcome, out)
    world.close()
    return 1 if world.failed else 0


class Job:
    def __init__(self, name, stage, run_id):
        self.name = name
        self.out = os.path.join(lab.BUILD, "lab", name)
        os.makedirs(self.out, exist_ok=True)
        self.outcome_path = self.out + "/outcome.json"
        if os.path.exists(self.outcome_path):
            os.unlink(self.outcome_path)
        self.started = time.monotonic()
        self.log = os.path.join(lab.BUILD, "lab", name + ".log")
        argv = lab.command(os.path.join(HERE, "run.py"), "--inside", name)
        if stage:
            argv += ["--stage", stage]
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *argv],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, MARK: run_id})

    def overdue(self):
        limit = SCENARIOS[self.name].seconds
        return time.monotonic() - self.started > limit

    def outcome(self):
        if os.path.exists(self.outcome_path):
            with open(self.outcome_path) as found:
                return json.load(found)
        return {"passed": 0, "failed": ["it came to no end"],
                "seconds": time.monotonic() - self.started}


def report(job):
    """One line; if it failed, what, and the place to look."""
    outcome = job.outcome()
    failed = outcome["failed"]
    print("%-18s %-4s %3d held %s %5.1f s" % (
        job.name, "FAIL" if failed else "ok", outcome["passed"],
        "%2d failed" % len(failed) if failed else " " * 9,
        outcome["seconds"]), flush=True)
    for line in outcome.get("said", ()):
        print("    " + line, flush=True)
    if failed:
        steps = job.out + "/steps.txt"
        if os.path.exists(steps):
            show = False
            with open(steps, errors="replace") as rows:
                for row in rows:
                    show = row.startswith("FAIL") or (
                        show and row.startswith("       "))
                    if show:
                        print("    " + row.rstrip()[:200])
        with open(job.log, errors="replace") as rows:
            for row in rows.readlines()[-12:]:
                print("    | " + row.rstrip()[:200])
        print("    logs and captures: %s" % job.out, flush=True)
    return outcome["passed"], len(failed)


def run_all(names, stage, jobs, run_id):
    waiting, running = list(names), []
    passed = failed = 0
    while waiting or running:
        while waiting and len(running) < jobs:
            running.append(Job(waiting.pop(0), stage, run_id))
        time.sleep(0.1)
        for job in list(running):
            if job.process.poll() is None and job.overdue():
                job.process.kill()
                job.process.wait()
            if job.process.poll() is None:
                continue
            running.remove(job)
            good, bad = report(job)
            passed, failed = passed + good, failed + bad
    return passed, failed


def host_state():
    """What a scenario must leave as it was, outside."""
    links = sorted(os.listdir("/sys/class/net"))
    spaces = (sorted(os.listdir("/run/netns"))
              if os.path.isdir("/run/netns") else [])
    return links, spaces


def left_over(before, run_id):
    """What stayed behind of this run: names of ours, processes."""
    ours = ("lan", "wan", "br-lan", "veth")
    found = [name for name in host_state()[0]
             if name not in before[0] and name.startswith(ours)]
    found += [name for name in host_state()[1] if name not in before[1] and
              name in ("t1", "t2", "t3", "t4", "t5", "svc", "www")]
    mark = ("%s=%s" % (MARK, run_id)).encode()
    for entry in os.listdir("/proc"):
        if not entry.isdigit() or int(entry) == os.getpid():
            continue
        try:
            with open("/proc/%s/environ" % entry, "rb") as environ:
                if mark in environ.read():
                    found.append("process " + entry)
        except OSError:
            continue
    return found


def missing_tools():
    dirs = ("/usr/sbin", "/usr/bin", "/sbin", "/bin")
    return ["%s (package %s)" % (tool, package)
            for tool, package in TOOLS.items()
            if not any(os.access("%s/%s" % (d, tool), os.X_OK)
                       for d in dirs)]


def arguments():
    parser = argparse.ArgumentParser(description="scenarios of the lab")
    parser.add_argument("--stage", default=os.path.join(lab.BUILD, "stage"),
                        help="staged install to test")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    parser.add_argument("scenario", nargs="*")
    return parser.parse_args()


def main():
    args = arguments()
    conditional = load()
    if args.list:
        print("\n".join(SCENARIOS))
        return 0
    if args.inside:
        return inside(args.inside, args.stage)
    names = args.scenario or [
        name for name, found in SCENARIOS.items()
        if found.run.__module__ != HOOKED and not found.by_name]
    unknown = [name for name in names if name not in SCENARIOS]
    if unknown:
        print("no such scenario: %s" % " ".join(unknown), file=sys.stderr)
        return 2
    problems = missing_tools()
    if os.geteuid() != 0:
        problems.append("root")
    if not os.access(args.stage + "/usr/sbin/mudd", os.X_OK):
        problems.append("a staged mudd in %s (./dev build)" % args.stage)
    if problems:
        print("the lab lacks: " + ", ".join(problems), file=sys.stderr)
        return 1
    skipped = 0
    for module in conditional:
        why = module.needs()
        mine = [name for name in names
                if SCENARIOS[name].run.__module__ == module.__name__]
        if why and mine:
            print("%s: not run, %s" % (" ".join(mine), why))
            names = [name for name in names if name not in mine]
            skipped += len(mine)
    # The longest first, so that none is waited for alone at the end.
    names.sort(key=lambda name: -SCENARIOS[name].seconds)
    before, run_id = host_state(), uuid.uuid4().hex
    passed, failed = run_all(names, args.stage, args.jobs, run_id)
    rest = left_over(before, run_id)
    print("left behind outside: %s" % (", ".join(rest) or "nothing"))
    passed, failed = passed + (not rest), failed + bool(rest)
    print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
