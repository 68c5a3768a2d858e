"""Where the Things are that talk to one another: on one segment or on two.

A second segment is another bridge, of another subnet, of one gateway:

    t1 ─ br-lan ─ gateway ─ br-two ─ t2, t3, t4, t5

What goes from one to the other is routed; what stays on one is not.
"""

import socket

import net
import services

NAME, ADDR4, ADDR6 = "br-two", "192.168.78.1", "fd78::1"


def split(lab, hosts):
    """Moves these hosts to the second segment; DHCP is served there too."""
    net.run("ip", "-batch", "-", stdin="\n".join([
        "link add %s address 02:00:5e:00:53:fd type bridge forward_delay 0"
        " stp_state 0 mcast_snooping 0" % NAME,
        "addr add %s/24 dev %s" % (ADDR4, NAME),
        "addr add %s/64 dev %s nodad" % (ADDR6, NAME),
        "link set %s up" % NAME,
        *["link set %s master %s" % (host.port, NAME) for host in hosts]])
        + "\n")
    for host in hosts:
        with host.inside():
            net.run("ip", "addr", "flush", "dev", "eth0", "scope", "global")
            net.run("ip", "-6", "route", "del", "default")
        host.addr6 = host.addr6.replace("fd77::", "fd78::")
        net.address(host, 24, via6=ADDR6)
    lab.dnsmasq.stop()
    conf = lab.out + "/dnsmasq/dnsmasq.conf"
    with open(conf) as text:
        lines = text.read().splitlines()
    # What is said without a tag is for the first segment.
    lines = [line.replace("dhcp-option=option:", "dhcp-option=tag:!two,"
                          "option:") for line in lines]
    lines += ["interface=" + NAME,
              "dhcp-range=set:two,192.168.78.100,192.168.78.249,"
              "255.255.255.0,2m",
              "dhcp-option=tag:two,option:router," + ADDR4,
              "dhcp-option=tag:two,option:dns-server," + ADDR4]
    net.write(conf, "\n".join(lines) + "\n")
    lab.dnsmasq = services.Daemon(
        "dnsmasq", ["dnsmasq", "--keep-in-foreground", "--conf-file=" + conf],
        lab.out + "/dnsmasq.log")


class Routed:
    """Between two segments."""

    name = "routed"
    gateway4, gateway6 = ADDR4, ADDR6   # of all but the first
    lan = ("br-lan", NAME)
    config = ""

    @staticmethod
    def build(lab):
        split(lab, lab.things[1:])

    @staticmethod
    def check(lab):
        lab.check(lab.t2.addr4.startswith("192.168.78."),
                  "they are on two segments", lab.t2.addr4)


class Bridged:
    """On one segment, by netfilter."""

    name = "bridged"
    gateway4, gateway6 = "192.168.77.1", "fd77::1"
    lan = ("br-lan",)
    path = "netfilter"
    config = ""

    @staticmethod
    def build(lab):
        """A new namespace hands all bridges' frames to netfilter: not here,
        so that what does is mudd."""
        for what in ("iptables", "ip6tables", "arptables"):
            net.write("/proc/sys/net/bridge/bridge-nf-call-" + what, "0")

    @classmethod
    def check(cls, lab):
        def is_so():
            return lab.mudd.status().get("bridge_path") == cls.path
        lab.wait(is_so)
        lab.check(is_so(), "they are judged by way of " + cls.path,
                  lab.mudd.status())


class Stateless(Bridged):
    """On one segment, by the bridge's own table."""

    name = "stateless"
    path = "stateless"
    config = "bridge-path = stateless\n"


NEAR = (Bridged, Stateless)
PLANES = (Routed, *NEAR)


def _has_both(lab, host):
    listed = lab.mudd.device(host.mac).get("addresses") or []
    return host.addr4 in listed and host.addr6 in listed


def _speak(host):
    """The host looks for the gateway by IPv6."""
    gateway = "fd77::1" if host.addr6.startswith("fd77") else ADDR6
    with host.inside():
        net.run("ip", "-6", "neigh", "flush", "dev", "eth0")
        sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    with sock:
        sock.sendto(b"?", (gateway, 9))


def is_known(lab, host):
    """Its addresses were given without duplicate address detection, which
    would have told of them; so it has to say something from each."""
    lab.check(lab.wait(lambda: _has_both(lab, host) or _speak(host)),
              "%s: both addresses are known" % host.name,
              lab.mudd.device(host.mac))
