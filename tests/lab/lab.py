"""The lab: a gateway with the real mudd, its LAN and the world behind it.

    t1 ─┐
    t2 ─┤                    ┌─ svc  services A to D, the luminaire's peers
    t3 ─┼─ br-lan  gateway ──┤
    t4 ─┤                    └─ www  the web servers with the MUD files
    t5 ─┘

t1 to t4 are Things, t5 is a plain LAN host; each has a port of its own.  All
of it lives in a mount, network and PID namespace that the scenario's process
enters first, with private /run, /etc and /var; /usr has the staged install
laid over it.  When that process dies, however it dies, the kernel takes
everything down with it.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time

import capture
import clients
import kea
import lldp
import mudfile
import net
import pki
import probes
import services
from manager import Manager

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.environ.get("MUDD_BUILD", os.path.join(TOP, "build"))
SHARED = os.path.join(os.path.dirname(TOP), "shared")

NAMES = {
    "a.svc.example.com": ["198.51.100.11"],
    "b.svc.example.com": ["198.51.100.12"],
    "c.svc.example.com": ["198.51.100.13"],
    "d.svc.example.com": ["198.51.100.14"],
    "a6.svc.example.com": ["2001:db8:77::a"],
    "b6.svc.example.com": ["2001:db8:77::b"],
    "c6.svc.example.com": ["2001:db8:77::c"],
    "d6.svc.example.com": ["2001:db8:77::d"],
    "fw-update.luminaire.example.com": ["198.51.100.21"],
    "mud.example.com": ["203.0.113.10"],
    "luminaire.example.com": ["203.0.113.11"],
    "untrusted.example.com": ["203.0.113.12"],
    "expired.example.com": ["203.0.113.13"],
    "wrongname.example.com": ["203.0.113.14"],
    "silent.example.com": ["203.0.113.15"],
}
CONTROLLER = "198.51.100.30"
SERVICE = {key: NAMES[key + ".svc.example.com"][0]
           for key in ("a", "b", "c", "d", "a6", "b6", "c6", "d6")}


def command(script, *args):
    """The command line that runs a script of the lab in its namespaces."""
    return ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child",
            "--mount-proc", "--propagation", "private", sys.executable, "-B",
            script, *args]


def _overlay(path, lowers, writable):
    options = "lowerdir=" + ":".join(lowers)
    if writable:
        upper, work = "/run/lab/up" + path, "/run/lab/work" + path
        os.makedirs(upper)
        os.makedirs(work)
        options += ",upperdir=%s,workdir=%s" % (upper, work)
    net.run("mount", "-t", "overlay", "overlay", "-o", options, path)


def _furnish(stage):
    """Private folders; the staged install at its final place."""
    net.run("mount", "-t", "sysfs", "sysfs", "/sys")
    net.run("mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", "/run")
    os.makedirs("/run/lab")
    for path, writable in (("/etc", True), ("/var", True), ("/usr", False)):
        lowers = [path]
        if stage and os.path.isdir(stage + path):
            lowers.insert(0, stage + path)
        if writable or len(lowers) > 1:
            _overlay(path, lowers, writable)
    for path in ("/etc/mudd", "/var/lib/mudd", "/var/lib/dhcp"):
        shutil.rmtree(path, ignore_errors=True)
    if stage and os.path.isdir(stage + "/etc/mudd"):
        shutil.copytree(stage + "/etc/mudd", "/etc/mudd")
    os.makedirs("/etc/mudd", exist_ok=True)
    os.makedirs("/var/lib/dhcp")
    if os.path.islink("/etc/resolv.conf"):
        os.unlink("/etc/resolv.conf")
    net.write("/etc/resolv.conf", "nameserver 127.0.0.1\n")
    os.environ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin"


class Lab:
    """One scenario's world, and the checks it makes.

    stage: the staged install, or None for a lab without mudd.
    server: "dnsmasq", or "kea", which gives leases of so many seconds.
    dhcp: the families that there are leases in, "4" or "46"; where hosts can
    have a lease in IPv6, they have no other address but link-local ones.
    """

    def __init__(self, name, stage, captures=True, lease="2m", out=None,
                 server="dnsmasq", dhcp="4"):
        self.name = name
        self.out = out or os.path.join(BUILD, "lab", name)
        shutil.rmtree(self.out, ignore_errors=True)
        os.makedirs(self.out)
        os.chmod(self.out, 0o755)
        self.passed, self.failed, self.said = 0, [], []
        self._steps = open(self.out + "/steps.txt", "w")
        self.pki = pki.prepare(os.path.join(BUILD, "lab-pki"))
        _furnish(stage)
        self._plug()
        self.captures = capture.Captures(self.out)
        if captures:
            for host in [*self.things, self.svc, self.www]:
                self.captures.add(host)
        if "6" in dhcp:
            for host in self.things:
                net.leave_fixed6(host, "fd77::1")
        if server == "kea":
            self.kea = kea.serve(self.out, lease)
        self.dnsmasq = services.dnsmasq(
            self.out, NAMES, lease, "" if server == "kea" else dhcp)
        self.nginx = services.nginx(self.www, self.out, [
            (site, NAMES[site][0], "%s/%s" % (self.pki, site))
            for site in ("mud.example.com", "luminaire.example.com",
                         "untrusted.example.com", "expired.example.com",
                         "wrongname.example.com")])
        self.echo = services.Echo()
        self.echo.add_each(self.svc, (443, 4433, 5684, mudfile.TCP_SERVICE,
                                      mudfile.UDP_SERVICE))
        self.echo.add(self.gw, (123,), self.gw.addr4)
        for address in (self.svc.addr6, *(SERVICE[key] for key in
                                          ("a6", "b6", "c6", "d6"))):
            self.echo.add(self.svc, (9000, mudfile.TCP_SERVICE,
                                     mudfile.UDP_SERVICE), address)
        for host in self.things:
            self.echo.add(host, (5683, mudfile.TCP_THING, mudfile.UDP_THING))
            self.echo.add(host, (9000, mudfile.TCP_THING,
                                 mudfile.UDP_THING), "::")
        services.Tarpit(self.www, NAMES["silent.example.com"][0])
        self.mudd = Manager(self.out, self.pki) if stage else None
        self.clients = {}

    def _plug(self):
        self.gw = net.Gateway()
        self.things = [net.Host("t%d" % n, "02:00:5e:00:53:0%d" % n,
                                "lan%d" % n, addr6="fd77::1%d" % n)
                       for n in range(1, 6)]
        self.t1, self.t2, self.t3, self.t4, self.t5 = self.things
        self.svc = net.Host("svc", "02:00:5e:00:53:a0", "wan0",
                            "198.51.100.10", "2001:db8:77::11",
                            [*(SERVICE[key] for key in "abcd"),
                             "198.51.100.21", CONTROLLER])
        self.www = net.Host("www", "02:00:5e:00:53:a1", "wan1",
                            "203.0.113.9", None,
                            ["203.0.113.1%d" % n for n in range(6)])
        net.build(self.things, {
            self.svc: ("198.51.100.1/24", "2001:db8:77::1/64"),
            self.www: ("203.0.113.1/24", None)})
        for host in self.things:
            net.address(host, 24, via6="fd77::1")
        net.address(self.svc, 24, "198.51.100.1", "2001:db8:77::1")
        with self.svc.inside():
            for key in ("a6", "b6", "c6", "d6"):
                net.run("ip", "addr", "add", SERVICE[key] + "/64", "dev",
                        "eth0", "nodad")
        net.address(self.www, 24, "203.0.113.1")

    # What scenarios say.

    def note(self, text):
        self._steps.write("     %s\n" % text)
        self._steps.flush()

    def say(self, text):
        """A note that the runner prints as well."""
        self.said.append(text)
        self.note(text)

    def check(self, held, text, detail=""):
        """One test of the scenario. Goes on either way; returns held."""
        if held:
            self.passed += 1
            self._steps.write("ok   %s\n" % text)
        else:
            self.failed.append(text)
            self._steps.write("FAIL %s\n" % text)
            for line in str(detail).strip().splitlines()[-12:]:
                self._steps.write("       %s\n" % line)
        self._steps.flush()
        return bool(held)

    # What scenarios do.

    def publish(self, path, data, site="mud.example.com", signer=None):
        """Puts a file on the web server, and a signature beside it."""
        full = "%s/%s/%s" % (self.nginx.www, site, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as out:
            out.write(data)
        if signer:
            pki.sign(self.pki, full, signer)
        return full

    def requests(self):
        """The web server's log so far: one line a request."""
        if not os.path.exists(self.nginx.access):
            return []
        with open(self.nginx.access) as log:
            return log.read().splitlines()

    def join(self, kind, host, url, wait=True, family="4"):
        """Starts a DHCP client in a host."""
        client = clients.Client(kind, host, url, self.out, family)
        self.clients[host.name] = client
        return client.start(wait)

    def announce(self, host, url):
        """Starts lldpd in a host."""
        return lldp.Announcer(host, url, self.out)

    def service(self, key):
        return SERVICE[key]

    def flow(self, src, dst, protocol, port, passes, address=None,
             source=None, name=""):
        return probes.Flow(src, dst, address or dst.addr4, protocol, port,
                           passes, source, name)

    def probe(self, flows, seconds=6.0, quiet=1.5):
        """Opens all flows at once; one check each."""
        return all([self.check(held, probes.describe(flow), why)
                    for flow, held, why in probes.run(
                        self.captures, flows, seconds, quiet)])

    def resolves(self, host, name):
        """Does the gateway answer the host's question for a name?"""
        question = b"".join(bytes((len(label),)) + label.encode()
                            for label in name.split(".")) + b"\0\0\1\0\1"
        family, server = ((socket.AF_INET, self.gw.addr4) if host.addr4 else
                          (socket.AF_INET6, self.gw.addr6))
        with host.inside():
            sock = socket.socket(family, socket.SOCK_DGRAM)
        sock.settimeout(2)
        with sock:
            sock.sendto(b"\x4c\x41\1\0\0\1\0\0\0\0\0\0" + question,
                        (server, 53))
            try:
                answer = sock.recv(512)
            except OSError:
                return False
        return answer[:2] == b"\x4c\x41" and answer[7] > 0

    def _nft(self, *argv):
        done = subprocess.run(["nft", *argv], text=True, capture_output=True)
        return done.stdout if done.returncode == 0 else ""

    def table(self):
        """Our table as nft prints it; "" when there is none."""
        return self._nft("list", "table", "inet", "mudd")

    def chain(self, name):
        """One chain of ours as nft prints it."""
        return self._nft("list", "chain", "inet", "mudd", name)

    def elements(self, name):
        """The elements of a set or map of ours, as text."""
        return (self._nft("-j", "list", "map", "inet", "mudd", name) or
                self._nft("-j", "list", "set", "inet", "mudd", name))

    def bridge_elements(self, name):
        """The elements of a set in the table of bridges, as text."""
        return self._nft("-j", "list", "set", "bridge", "mudd", name)

    def judged_by(self, mac):
        """The chain that the tree `from` leads this MAC to, or None."""
        table = self.table()
        members = dict(re.findall(
            r"set (\w+) \{\s+type ether_addr\s+elements = \{([^}]*)\}",
            table))
        if mac not in members.get("things", ""):
            return None
        chain = "from"
        while re.fullmatch(r"from(_[a-f]_\d+)?", chain or ""):
            body = re.search(r"chain %s \{([^}]*)\}" % chain, table)
            chain = next((to for where, to in re.findall(
                r"(?:ether saddr @(\w+) )?goto (\w+)",
                body.group(1) if body else "")
                if not where or mac in members.get(where, "")), None)
        return chain

    def wait(self, test, seconds=10):
        """Asks until test() holds; its last answer."""
        end = time.monotonic() + seconds
        while True:
            answer = test()
            if answer or time.monotonic() > end:
                return answer
            time.sleep(0.05)

    def close(self):
        if self.mudd is not None and self.mudd.alive():
            self.mudd.stop(5)
            table = self.table()
            if table:
                net.write(self.out + "/table.nft", table)
        self._steps.close()
