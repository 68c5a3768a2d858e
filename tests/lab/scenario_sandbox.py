"""What somebody who runs code in one of our programs can still do: nothing.

Needs the test build with the hook (./dev check makes it in build/stage-hook):
each program that finds the magic word in what it was sent tries the worst
calls from within its real sandbox, and says in the log what became of them.
The word comes the way that hostile input comes: in a DHCP frame, in the URL
to fetch, in the MUD file, and in a request to the control socket.
"""

import os
import pwd
import re

import mudfile
import net
from registry import scenario
from scenario_main import enforced, north_south, publish

MAGIC = "hook-arbitrary-code"
USERS = ("_mudd", "_mudd-sbx", "_mudd-net", "_mudd-enf")
PROGRAMS = ("watcher", "fetcher", "reader", "engine")
# What is some program's work; all else must be refused to all.
ALLOWED = {"fetcher": {"socket inet", "socket inet6"},
           "engine": {"memfd_create", "accept"}}
# What the list must have, whoever shortens it one day.
TRIED = {"open /etc/passwd", "open /etc/shadow", "create in /tmp",
         "create in /var/lib/mudd", "execve", "execveat of a descriptor",
         "clone", "clone3", "socket inet", "socket packet",
         "socket netlink", "socket unix", "ptrace", "process_vm_writev",
         "pidfd_open", "pidfd_getfd", "kill", "mmap to execute",
         "mprotect to execute", "setuid", "capset", "unshare", "mount",
         "bpf", "io_uring_setup", "perf_event_open", "keyctl", "TIOCSTI",
         "prctl dumpable"}
LINE = re.compile(r"hook: (\w+): (?:(end)$|(.+): ([^:]+)$)")
MADE = ("/tmp/mudd-worst", "/var/lib/mudd/mudd-worst")


def _outcomes(lab):
    """{program: {call: outcome}}, and who came to the end."""
    found, ended = {name: {} for name in PROGRAMS}, set()
    for row in lab.mudd.log_tail(5000).splitlines():
        match = LINE.search(row)
        if not match:
            continue
        program, end, call, outcome = match.groups()
        if end:
            ended.add(program)
        else:
            found[program].setdefault(call, outcome)
    return found, ended


def _is_as_it_must(program, call, outcome):
    if call in ALLOWED.get(program, ()):
        # Nobody waits at the engine's channel, so that accept fails.
        return outcome == "allowed" or call == "accept"
    return outcome in ("EPERM", "EACCES")


def _judge(lab):
    found, ended = _outcomes(lab)
    for program in PROGRAMS:
        calls = found[program]
        lab.check(program in ended, "%s: went on after all of it" % program,
                  lab.mudd.log_tail())
        lab.check(TRIED <= set(calls), "%s: tried the worst" % program,
                  sorted(TRIED - set(calls)))
        for call, outcome in calls.items():
            lab.check(_is_as_it_must(program, call, outcome),
                      "%s: %s: %s" % (program, call, outcome), outcome)
    lab.check({"send on a packet socket", "write to a packet socket",
               "a descriptor by a packet socket"} <= set(found["watcher"]),
              "watcher: tried to send frames", found["watcher"])


def _nothing_came_of_it(lab):
    for path in MADE:
        lab.check(not os.path.lexists(path), "%s was not made" % path)
    for pid in lab.mudd.pids("mudd"):
        with open("/proc/%d/status" % pid) as rows:
            status = rows.read()
        lab.check("TracerPid:\t0\n" in status, "nobody traces mudd", status)
        lab.check("State:\tT" not in status, "nobody stopped mudd", status)
    uids = {pwd.getpwnam(name).pw_uid for name in USERS}
    ours = [pid for name in ("sh", "dash", "bash")
            for pid in lab.mudd.pids(name)
            if os.stat("/proc/%d" % pid).st_uid in uids]
    lab.check(not ours, "no shell runs as one of our users", ours)


def _sandbox(lab):
    version = net.run("mudd", "-V")
    if not lab.check("hook" in version, "this is the build with the hook",
                     version):
        return
    lab.publish(MAGIC + ".json", mudfile.north_south(MAGIC), signer="signer")
    publish(lab)
    lab.mudd.start()
    lab.check("for tests only" in lab.mudd.log_tail(5000),
              "the log says what build this is", lab.mudd.log_tail())
    lasting = ("mudd", "mudd-engine", "mudd-watcher")
    before = [lab.mudd.pids(name) for name in lasting]
    enforced(lab, lab.t1, url=mudfile.URL % MAGIC)
    lab.mudd.ctl("device", "show", MAGIC)
    lab.wait(lambda: len(_outcomes(lab)[1]) == len(PROGRAMS), 10)
    _judge(lab)
    _nothing_came_of_it(lab)
    after = [lab.mudd.pids(name) for name in lasting]
    lab.check(before == after, "none of the lasting programs has ended",
              "%s, now %s" % (before, after))
    lab.check(lab.mudd.status().get("table") == "ok", "all is well",
              lab.mudd.status())
    lab.probe(north_south(lab, lab.t1))
    enforced(lab, lab.t2)


@scenario("sandbox-root", 60)
def sandbox_root(lab):
    _sandbox(lab)


@scenario("sandbox-user", 60)
def sandbox_user(lab):
    lab.mudd.as_service_user()
    _sandbox(lab)
