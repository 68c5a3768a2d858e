"""The programs themselves: killed, stopped, reloaded, torn down, confined."""

import os
import pwd
import signal
import threading
import time

import mudfile
import net
from manager import CAPS, PROGRAMS, TORN_DOWN
from registry import scenario
from scenario_main import enforced, north_south, publish

_CAP_NUMBERS = {"kill": 5, "setgid": 6, "setuid": 7, "net_admin": 12,
                "net_raw": 13}
FIVE = sum(1 << _CAP_NUMBERS[cap] for cap in CAPS.split(","))


class Barrage:
    """Forbidden packets without pause, from and to a Thing.

    Their ports are their own: what of them arrived, the captures know.
    """

    RATE = 200

    def __init__(self, lab, thing):
        self._lab, self._thing = lab, thing
        self._since = time.time()
        self._stop = threading.Event()
        self._socks = []
        self.sent = 0
        for src, source, address in (
                (thing, None, lab.service("d")),
                (thing, None, lab.service("c")),
                (lab.svc, lab.service("d"), thing.addr4),
                (lab.svc, lab.service("b"), thing.addr4)):
            with src.inside():
                sock = net.socket.socket(net.socket.AF_INET,
                                         net.socket.SOCK_DGRAM)
            sock.bind((source or "", 0))
            sock.setblocking(False)
            self._socks.append((sock, (address, 7099)))
        self._thread = threading.Thread(target=self._loop, daemon=True)
        self._thread.start()

    def _loop(self):
        while not self._stop.is_set():
            for sock, to in self._socks:
                try:
                    sock.sendto(b"forbidden", to)
                    self.sent += 1
                except OSError:
                    pass
            time.sleep(len(self._socks) / self.RATE)

    def end(self, what):
        self._stop.set()
        self._thread.join()
        lab = self._lab
        lab.captures.flush()
        arrived = sum(len(lab.captures.incoming(name, self._since,
                                                dport=7099))
                      for name in ("svc", self._thing.name))
        for sock, _ in self._socks:
            sock.close()
        lab.check(self.sent > 50, "%s: forbidden packets were sent" % what,
                  self.sent)
        lab.check(arrived == 0, "%s: none of %d forbidden packets arrived" % (
            what, self.sent), "%d arrived" % arrived)


def _truthful(lab, what, thing, before):
    """What mudctl says afterwards is what is so."""
    device = lab.mudd.wait_state(thing.mac, "enforced")
    for member in ("state", "mud_url"):
        lab.check(device.get(member) == before.get(member),
                  "%s: mudctl tells the same %s" % (what, member), device)
    # It may have been heard using one more (IPv6) meanwhile.
    lab.check(set(before.get("addresses")) <= set(device.get("addresses")),
              "%s: mudctl tells the same addresses" % what, device)
    status = lab.mudd.ask("status")
    lab.check(status.get("table") == "ok" and
              (status.get("devices") or {}).get("enforced") == 1,
              "%s: mudctl status tells how it is" % what, status)
    lab.check((lab.judged_by(thing.mac) or "").startswith("pf_"),
              "%s: the kernel has the Thing's rules" % what, lab.table())


@scenario("kill", 150)
def kill(lab):
    """SIGKILL to each program, then to all at once."""
    publish(lab)
    lab.mudd.start()
    before = enforced(lab, lab.t1)
    for victims in (("mudd-watcher",), ("mudd-engine",), ("mudd",),
                    PROGRAMS):
        what = victims[0] if len(victims) == 1 else "all at once"
        old = [pid for name in victims for pid in lab.mudd.pids(name)]
        lab.check(old, "%s: it runs" % what)
        barrage = Barrage(lab, lab.t1)
        time.sleep(0.5)
        for pid in old:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass    # it went with its parent
        back = lab.wait(lambda: all(
            set(lab.mudd.pids(name)) - set(old)
            for name in ("mudd-engine", "mudd-watcher", "mudd")
            if name in victims or "mudd" in victims), 15)
        lab.check(back, "%s: started again" % what, lab.mudd.log_tail())
        lab.mudd.wait_ready()
        time.sleep(1)
        barrage.end(what)
        _truthful(lab, what, lab.t1, before)
        lab.probe([flow for flow in north_south(lab, lab.t1)
                   if flow.passes])
        time.sleep(11)  # a run of ten seconds resets the back-off
    lab.join("udhcpc", lab.t2, mudfile.URL % "lamp")
    device = lab.mudd.wait_state(lab.t2.mac, "enforced")
    lab.check(device.get("state") == "enforced",
              "after all that, a new Thing is enforced", device)


@scenario("stop", 60)
def stop(lab):
    """SIGTERM leaves enforcement in place; a start takes it over."""
    publish(lab)
    lab.mudd.start()
    before = enforced(lab, lab.t1)
    barrage = Barrage(lab, lab.t1)
    status = lab.mudd.stop()
    lab.check(status == 0, "SIGTERM: exit status 0", status)
    lab.check(lab.wait(lambda: not lab.mudd.all_pids()),
              "no program of ours is left", lab.mudd.all_pids())
    code, _, err = lab.mudd.ctl("status")
    lab.check(code == 3 and err, "mudctl: exit 3 without the daemon", err)
    lab.probe(north_south(lab, lab.t1))
    lab.mudd.start()
    barrage.end("stop and start")
    _truthful(lab, "started again", lab.t1, before)


@scenario("teardown", 60)
def teardown(lab):
    publish(lab)
    lab.mudd.start()
    enforced(lab, lab.t1)
    code, out, err = lab.mudd.ctl("teardown")
    lab.check(code == 0, "mudctl teardown exits 0", out + err)
    lab.check(lab.mudd.wait_end() == TORN_DOWN,
              "mudd ends and says that it is meant to",
              lab.mudd.last_status)
    left = net.run("nft", "list", "tables")
    lab.check("mudd" not in left, "no table of ours is left", left)
    lab.probe([lab.flow(lab.t1, lab.svc, "tcp", mudfile.TCP_SERVICE, True,
                        address=lab.service("d"), name="free again"),
               lab.flow(lab.t1, lab.svc, "udp", 9000, True,
                        address=lab.svc.addr6, name="free again")])
    code, out, err = lab.mudd.ctl("teardown")
    lab.check(code == 3 and "nft delete table" in out + err,
              "without the daemon: exit 3 and the commands to use",
              out + err)


@scenario("reload", 60)
def reload(lab):
    """SIGHUP: a good configuration is taken, a bad one is not; no gap."""
    publish(lab)
    lab.mudd.start()
    before = enforced(lab, lab.t1)
    barrage = Barrage(lab, lab.t1)
    engine = lab.mudd.pids("mudd-engine")
    lab.mudd.configure("max-devices = 0 oops\n")
    lab.mudd.signal(signal.SIGHUP)
    lab.check(lab.wait(lambda: "mudd.conf:" in lab.mudd.log_tail(60)),
              "a bad configuration is named by file and line",
              lab.mudd.log_tail())
    lab.check(lab.mudd.pids("mudd-engine") == engine,
              "and changes nothing", lab.mudd.pids("mudd-engine"))
    code, _, err = lab.mudd.check_configuration()
    lab.check(code == 1 and "mudd.conf:" in err,
              "mudd -t says the same with exit 1", err)
    lab.mudd.configure('mode = "enforce"\nmax-devices = 100\n')
    lab.mudd.signal(signal.SIGHUP)
    lab.check(lab.wait(lambda: lab.mudd.pids("mudd-engine") not in
                       ([], engine)), "a good one starts a new engine")
    lab.mudd.wait_ready()
    time.sleep(1)
    barrage.end("reload")
    _truthful(lab, "reloaded", lab.t1, before)
    lab.probe(north_south(lab, lab.t1))
    lab.mudd.configure('mode = "monitor"\n')
    lab.mudd.signal(signal.SIGHUP)
    lab.wait(lambda: lab.mudd.status().get("mode") == "monitor")
    lab.check(lab.mudd.status().get("mode") == "monitor",
              "mode = monitor is taken", lab.mudd.status())
    old = lab.mudd.drops(lab.t1.mac)[0]
    lab.probe([lab.flow(lab.t1, lab.svc, "tcp", mudfile.TCP_SERVICE, True,
                        address=lab.service("d"), name="monitor")])
    lab.check(lab.wait(lambda: lab.mudd.drops(lab.t1.mac)[0] != old),
              "and counts what it would have dropped",
              lab.mudd.drops(lab.t1.mac))


def _status(pid):
    with open("/proc/%d/status" % pid) as rows:
        return dict(row.rstrip("\n").split(":\t", 1) for row in rows
                    if ":\t" in row)


# Program, its user, and the capabilities it keeps.
def _expected(parent):
    return (("mudd", parent, FIVE), ("mudd-engine", "_mudd", 0),
            ("mudd-watcher", "_mudd-sbx", 0),
            ("mudd-fetcher", "_mudd-net", 0),
            ("mudd-reader", "_mudd-sbx", 0))


def _privileges(lab, parent):
    # A server that never answers keeps a fetcher and its readers in being.
    publish(lab)
    lab.mudd.start()
    enforced(lab, lab.t1)
    lab.join("udhcpc", lab.t2, "https://silent.example.com/lamp.json")
    for program, user, caps in _expected(parent):
        pids = lab.wait(lambda: lab.mudd.pids(program), 5)
        if not lab.check(pids, "%s runs" % program, net.run("ps", "ax")):
            continue
        row = _status(pids[0])
        uids = {pwd.getpwuid(int(uid)).pw_name for uid in row["Uid"].split()}
        lab.check(uids == {user}, "%s: user %s" % (program, user), uids)
        for name, want in (("CapPrm", caps), ("CapEff", caps),
                           ("CapInh", 0), ("CapAmb", 0)):
            lab.check(int(row[name], 16) == want,
                      "%s: %s is %x" % (program, name, want), row[name])
        lab.check(int(row["CapBnd"], 16) & ~FIVE == 0,
                  "%s: CapBnd has nothing beyond the five" % program,
                  row["CapBnd"])
        lab.check(row["NoNewPrivs"] == "1", "%s: NoNewPrivs" % program,
                  row["NoNewPrivs"])
        lab.check(row["Seccomp"] == "2", "%s: Seccomp filter" % program,
                  row["Seccomp"])
        groups = row["Groups"].split()
        lab.check(not groups or parent == "root" and program == "mudd",
                  "%s: no supplementary groups" % program, groups)
        # The kernel gives an undumpable process' files to root.
        owner = os.stat("/proc/%d/environ" % pids[0]).st_uid
        lab.check(owner == 0, "%s: undumpable" % program, owner)
        lab.check(set(os.listdir("/proc/%d/fd" % pids[0])) >= {"2"} and
                  _no_files(pids[0]), "%s: holds no file it should not" %
                  program, _fds(pids[0]))


def _fds(pid):
    found = {}
    for fd in os.listdir("/proc/%d/fd" % pid):
        try:
            found[fd] = os.readlink("/proc/%d/fd/%s" % (pid, fd))
        except OSError:
            pass
    return found


def _no_files(pid):
    """Only the log, /dev/null, memory, and what the state directory has."""
    return all(not path.startswith("/") or path == "/dev/null" or
               path.startswith(("/var/lib/mudd/", "/memfd:"))
               for path in _fds(pid).values())


@scenario("privileges-root", 60)
def privileges_root(lab):
    _privileges(lab, "root")


@scenario("privileges-user", 60)
def privileges_user(lab):
    lab.mudd.as_service_user()
    _privileges(lab, "_mudd-enf")
    lab.probe(north_south(lab, lab.t1))


@scenario("no-seccomp", 60)
def no_seccomp(lab):
    """A kernel without seccomp: `require` does not start, `best-effort` does.

    Every program says what it lacks (S-12).
    """
    publish(lab)
    lab.mudd.without_seccomp()
    status, log = lab.mudd.try_start()
    lab.check(status == 1 and "S-12: seccomp: " in log and
              "best-effort" in log,
              "sandbox = require: mudd does not start, and names the layer",
              log)
    lab.check(lab.wait(lambda: not lab.mudd.all_pids()),
              "and nothing of it runs", lab.mudd.all_pids())
    lab.mudd.configure('sandbox = "best-effort"\n')
    code, _, err = lab.mudd.check_configuration()
    lab.check(code == 0, "mudd -t: a good configuration is status 0", err)
    lab.mudd.start()
    enforced(lab, lab.t1)
    for program in PROGRAMS:
        told = "%s: warning: the sandbox is not whole: seccomp" % program
        lab.check(lab.wait(lambda: told in lab.mudd.log_tail(5000)),
                  "sandbox = best-effort: %s says what it lacks" % program,
                  lab.mudd.log_tail(30))
    lab.probe(north_south(lab, lab.t1))
