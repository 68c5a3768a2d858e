"""The real mudd in a scenario: configured, started, kept alive, asked.

What runs are the installed programs, at their final paths.  The keeper does
what a service manager would: it starts mudd again a second after it died,
unless mudd said by its exit status that it is meant to stay away.
"""

import grp
import json
import os
import pwd
import signal
import subprocess
import sys
import threading
import time

from net import write

PROGRAMS = ("mudd", "mudd-engine", "mudd-watcher", "mudd-fetcher",
            "mudd-reader")
TORN_DOWN = 4           # mudd's exit status after a teardown
CAPS = "net_admin,net_raw,setuid,setgid,kill"

_CONFIG = """# Made by the lab.
lan = {%s}
fetch {
	ca-file        = "/etc/mudd/web-ca.pem"
	allow-prefixes = {"198.51.100.0/24", "203.0.113.0/24",
	                  "2001:db8:77::/64"}
%s}
"""


class Gone(Exception):
    """mudctl could not reach the daemon, or the daemon said no."""


class Manager:
    def __init__(self, out, pki):
        self._out = out
        self._process = None
        self._wanted = False
        self._log = open(out + "/mudd.log", "ab", buffering=0)
        # A pipe, as the journal is one: to a file, which RLIMIT_FSIZE
        # keeps it from, a reader could say nothing.
        self._lines, self._stderr = os.pipe()
        threading.Thread(target=self._copy, daemon=True).start()
        self._argv = ["mudd", "-f", "-d"]
        self.starts = 0
        self.last_status = None
        self.environment = None     # of mudd; None: as ours
        os.makedirs("/etc/mudd/trust.d", exist_ok=True)
        with open(pki + "/web-ca.pem") as pem:
            write("/etc/mudd/web-ca.pem", pem.read())
        with open(pki + "/sign-ca.pem") as pem:
            write("/etc/mudd/trust.d/lab.pem", pem.read())
        self.configure()

    def configure(self, more="", fetch="", lan=("br-lan",)):
        """more: further lines; fetch: further lines of that section."""
        names = ", ".join('"%s"' % name for name in lan)
        write("/etc/mudd/mudd.conf", _CONFIG % (names, fetch) + more)

    def as_service_user(self):
        """Start as systemd would: a plain user with ambient capabilities."""
        caps = ",".join("+" + cap for cap in CAPS.split(","))
        self._argv = ["setpriv", "--reuid=_mudd-enf", "--regid=_mudd-enf",
                      "--clear-groups", "--bounding-set=-all," + caps,
                      "--inh-caps=-all," + caps, "--ambient-caps=-all," + caps,
                      "--no-new-privs", "mudd", "-f", "-d"]
        uid, gid = pwd.getpwnam("_mudd").pw_uid, grp.getgrnam("_mudd").gr_gid
        for path, mode in (("/run/mudd", 0o755), ("/var/lib/mudd", 0o700)):
            os.makedirs(path, exist_ok=True)
            os.chown(path, uid, gid)
            os.chmod(path, mode)

    def without_seccomp(self):
        """Start as if the kernel had no seccomp."""
        here = os.path.dirname(os.path.abspath(__file__))
        self._argv = [sys.executable, here + "/noseccomp.py", *self._argv]

    def try_start(self):
        """For a mudd that should not come up: (exit status, its log)."""
        done = subprocess.run(self._argv, text=True, timeout=20,
                              stdin=subprocess.DEVNULL, capture_output=True)
        return done.returncode, done.stdout + done.stderr

    def start(self, seconds=20):
        self._wanted = True
        up = threading.Event()
        threading.Thread(target=self._keep, args=(up,), daemon=True).start()
        up.wait(5)
        self.wait_ready(seconds)
        return self

    def _copy(self):
        while True:
            self._log.write(os.read(self._lines, 65536))

    def _keep(self, up):
        while self._wanted:
            self.starts += 1
            self._process = subprocess.Popen(
                self._argv, stdin=subprocess.DEVNULL, stdout=self._stderr,
                stderr=self._stderr, start_new_session=True,
                env=self.environment)
            up.set()
            self.last_status = self._process.wait()
            self._log.write(b"lab: mudd ended with status %d\n"
                            % self.last_status)
            if self.last_status == TORN_DOWN:
                self._wanted = False
            if self._wanted:
                time.sleep(1.0)

    def wait_ready(self, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.ctl("status")[0] == 0:
                return
            if not self._wanted:
                break
            time.sleep(0.05)
        raise RuntimeError("mudd did not come up:\n" + self.log_tail())

    def log_tail(self, lines=15):
        with open(self._out + "/mudd.log", errors="replace") as log:
            return "".join(log.readlines()[-lines:])

    def alive(self):
        return self._process is not None and self._process.poll() is None

    def signal(self, number):
        self._process.send_signal(number)

    def stop(self, seconds=10):
        """SIGTERM: mudd ends, and leaves enforcement in place."""
        self._wanted = False
        if self.alive():
            self.signal(signal.SIGTERM)
        return self.wait_end(seconds)

    def kill(self, seconds=10):
        """SIGKILL; nobody starts it again but start()."""
        self._wanted = False
        self.signal(signal.SIGKILL)
        return self.wait_end(seconds)

    def wait_end(self, seconds=10):
        """mudd's exit status once it has ended and is not started again."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def ctl(self, *args, seconds=20):
        """(exit status, standard output, standard error) of mudctl."""
        done = subprocess.run(["mudctl", *args], text=True, timeout=seconds,
                              stdin=subprocess.DEVNULL, capture_output=True)
        return done.returncode, done.stdout, done.stderr

    def ask(self, *args):
        code, out, err = self.ctl("-j", *args)
        if code != 0:
            raise Gone("mudctl %s: exit %d: %s" % (
                " ".join(args), code, err.strip()))
        return json.loads(out)

    def status(self):
        try:
            return self.ask("status")
        except Gone:
            return {}

    def check_configuration(self):
        """(exit status, standard output, standard error) of mudd -t."""
        done = subprocess.run(["mudd", "-t"], text=True, timeout=20,
                              stdin=subprocess.DEVNULL, capture_output=True)
        return done.returncode, done.stdout, done.stderr

    def device(self, which):
        """`device show`, or {} where the daemon does not know it (yet)."""
        try:
            found = self.ask("device", "show", which)
        except Gone:
            return {}
        return found.get("device", found) if isinstance(
            found.get("device", found), dict) else found

    def wait_device(self, which, test, seconds=15):
        """Asks until test(device) holds; the last answer either way."""
        end = time.monotonic() + seconds
        while True:
            device = self.device(which)
            if device and test(device):
                return device
            if time.monotonic() > end:
                return device
            time.sleep(0.05)

    def wait_state(self, which, state, seconds=15):
        return self.wait_device(
            which, lambda device: device.get("state") == state, seconds)

    def drops(self, which):
        """(from, to): packets of the device that were dropped so far."""
        drops = self.device(which).get("drops") or {}
        return drops.get("from", 0), drops.get("to", 0)

    def pids(self, program):
        """Process numbers of one of our programs, by what it executes."""
        found = []
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                exe = os.readlink("/proc/%s/exe" % entry)
            except OSError:
                continue
            if os.path.basename(exe.split(" ")[0]) == program:
                found.append(int(entry))
        return sorted(found)

    def all_pids(self):
        return [pid for name in PROGRAMS for pid in self.pids(name)]

    def pss(self):
        """{program: kB}, all processes of a name together."""
        found = {}
        for program in PROGRAMS:
            for pid in self.pids(program):
                try:
                    with open("/proc/%d/smaps_rollup" % pid) as rows:
                        for row in rows:
                            if row.startswith("Pss:"):
                                found[program] = found.get(
                                    program, 0) + int(row.split()[1])
                except OSError:
                    continue
        return found

    def cpu(self):
        """{program: seconds of CPU} that its processes have used by now."""
        found, tick = {}, os.sysconf("SC_CLK_TCK")
        for program in PROGRAMS:
            for pid in self.pids(program):
                try:
                    with open("/proc/%d/stat" % pid) as row:
                        words = row.read().rsplit(")", 1)[1].split()
                except OSError:
                    continue
                found[program] = found.get(program, 0) + (
                    int(words[11]) + int(words[12])) / tick
        return found
