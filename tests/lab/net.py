"""Namespaces and interfaces: which host lives where, and how to be there.

Everything here runs inside a scenario's own mount, network and PID namespace
(see lab.py), so what it makes vanishes with the scenario.
"""

import contextlib
import ctypes
import os
import socket
import subprocess

CLONE_NEWNET = 0x40000000

_libc = ctypes.CDLL(None, use_errno=True)
# The test hosts' traffic must not wait for duplicate address detection.
_HOST_SYSCTLS = {
    "net/ipv6/conf/all/accept_dad": "0",
    "net/ipv6/conf/default/accept_dad": "0",
    "net/ipv6/conf/all/accept_ra": "0",
    "net/ipv6/conf/default/accept_ra": "0",
    "net/ipv4/icmp_ratelimit": "0",
}


def run(*argv, stdin=None, ok=(0,), timeout=60):
    """Runs a command to its end; its output, or an error that says it all."""
    done = subprocess.run(argv, input=stdin, text=True, timeout=timeout,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode not in ok:
        raise RuntimeError("%s: exit %d: %s" % (
            " ".join(argv), done.returncode, done.stdout.strip()))
    return done.stdout


def write(path, text):
    with open(path, "w") as out:
        out.write(text)


class Host:
    """One host: its namespace, its interface, and where it is plugged in.

    addr4 of a Thing is empty until its DHCP client has brought one.
    """

    def __init__(self, name, mac, port, addr4=None, addr6=None, more=()):
        self.name = name
        self.mac = mac
        self.port = port        # the gateway's end of its cable
        self.ifname = "eth0"
        self.addr4 = addr4
        self.addr6 = addr6
        self.more = tuple(more)  # further IPv4 addresses
        self._fd = None

    def addresses(self):
        found = [self.addr4, self.addr6, *self.more]
        return [addr for addr in found if addr]

    @contextlib.contextmanager
    def inside(self):
        """Sockets and processes made within belong to this host.

        Only the calling thread moves, and it moves back.
        """
        if self._fd is None:
            self._fd = os.open("/run/netns/" + self.name, os.O_RDONLY)
        here = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        _setns(self._fd)
        try:
            yield
        finally:
            _setns(here)
            os.close(here)

    def read_addr4(self):
        """The IPv4 address on the interface now, or None."""
        with self.inside():
            text = run("ip", "-4", "-o", "addr", "show", "dev", self.ifname)
        for word, following in zip(text.split(), text.split()[1:]):
            if word == "inet":
                return following.split("/")[0]
        return None

    def addresses6(self, *words):
        """The IPv6 addresses on the interface that `ip` calls so, with their
        lengths; none of which duplicates are still being looked for."""
        with self.inside():
            text = run("ip", "-6", "-o", "addr", "show", "dev", self.ifname,
                       "-tentative", *words)
        return [line.split()[3] for line in text.splitlines()]

    def read_lease6(self):
        """The IPv6 address that DHCPv6 gave, or None: clients take it alone,
        without the network around it."""
        return next((found[:-len("/128")]
                     for found in self.addresses6("scope", "global")
                     if found.endswith("/128")), None)

    def has_route4(self):
        """Is there a default route? Clients set it after the address."""
        with self.inside():
            return run("ip", "-4", "route", "show", "default").strip() != ""


class Gateway(Host):
    """The scenario's own namespace: nothing to enter, but helpers may."""

    def __init__(self):
        super().__init__("gw", "02:00:5e:00:53:fe", None, "192.168.77.1",
                         "fd77::1")

    @contextlib.contextmanager
    def inside(self):
        yield


def _setns(fd):
    if _libc.setns(fd, CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, "setns: " + os.strerror(number))


def _ip(lines):
    run("ip", "-batch", "-", stdin="\n".join(lines) + "\n")


def _sysctl(settings):
    for name, value in settings.items():
        path = "/proc/sys/" + name
        if os.path.exists(path):
            write(path, value)


def build(things, wans):
    """Bridge br-lan with a port a Thing, and a cable to each WAN host.

    wans: host -> (gateway's IPv4 with length, IPv6 with length or None).
    """
    _sysctl({**_HOST_SYSCTLS, "net/ipv4/ip_forward": "1",
             "net/ipv6/conf/all/forwarding": "1"})
    lines = ["link set lo up",
             "link add br-lan address 02:00:5e:00:53:fe type bridge"
             " forward_delay 0 stp_state 0 mcast_snooping 0",
             "addr add 192.168.77.1/24 dev br-lan",
             "addr add fd77::1/64 dev br-lan nodad",
             "link set br-lan up"]
    for host in [*things, *wans]:
        lines += ["netns add " + host.name,
                  "link add %s type veth peer name eth0 netns %s" % (
                      host.port, host.name)]
    for host in things:
        lines += ["link set %s master br-lan" % host.port,
                  "link set %s up" % host.port]
    for host, (addr4, addr6) in wans.items():
        lines += ["addr add %s dev %s" % (addr4, host.port),
                  "link set %s up" % host.port]
        if addr6:
            lines.append("addr add %s dev %s nodad" % (addr6, host.port))
    _ip(lines)
    for host in [*things, *wans]:
        with host.inside():
            _sysctl(_HOST_SYSCTLS)
            _ip(["link set lo up",
                 "link set eth0 address " + host.mac,
                 "link set eth0 up"])


def address(host, length4, via4=None, via6=None):
    """Gives a host its fixed addresses and routes."""
    lines = []
    for addr in [host.addr4, *host.more]:
        if addr:
            lines.append("addr add %s/%d dev eth0" % (addr, length4))
    if host.addr6:
        lines.append("addr add %s/64 dev eth0 nodad" % host.addr6)
    if via4:
        lines.append("route add default via " + via4)
    if via6:
        lines.append("route add default via " + via6)
    with host.inside():
        _ip(lines)


def leave_fixed6(host, via6):
    """The host drops its fixed IPv6 address, and keeps the routes of one."""
    host.addr6 = None
    with host.inside():
        run("ip", "-6", "addr", "flush", "dev", "eth0", "scope", "global")
        _ip(["route replace %s/64 dev eth0" % via6.replace("::1", "::"),
             "route replace default via " + via6])


def conf6(host, name, value):
    """An IPv6 setting of the host's interface."""
    with host.inside():
        write("/proc/sys/net/ipv6/conf/eth0/" + name, value)


def vanish(host):
    """As if it had never been there: the bridge has forgotten its MAC, and it
    speaks no IPv6 until that is enabled again."""
    conf6(host, "disable_ipv6", "1")
    host.addr6 = None
    run("ip", "link", "set", host.port, "type", "bridge_slave", "fdb_flush")


def know(host, other, addr=None, ifname=None):
    """The host need not ask by ARP where the other is, nor is let to."""
    with host.inside():
        run("ip", "neigh", "replace", addr or other.addr4, "lladdr", other.mac,
            "dev", ifname or host.ifname, "nud", "permanent")


def packet_socket(host, ifname="eth0", protocol=3):
    """An AF_PACKET socket on an interface of the host (3: every frame)."""
    with host.inside():
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                             socket.htons(protocol))
        sock.bind((ifname, protocol))
    return sock
