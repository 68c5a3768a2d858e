"""IoT-5 on one segment: its services are hosts beside the Thing, by name.

Names that lead into the local network are for an administrator to allow; the
services are addresses of a plain host (t5) of the Thing's own bridge.
"""

import json
import socket

import mudfile
import net
import segments
import services
from registry import scenario
from scenario_main import MUD_URL

# Of each service: by IPv4, and by IPv6.
NEAR = {"a": ("192.168.77.11", "fd77::a"), "b": ("192.168.77.12", "fd77::b"),
        "c": ("192.168.77.13", "fd77::c"), "d": ("192.168.77.14", "fd77::d")}
ROWS = (("out", "a", True), ("in", "a", True), ("out", "d", False),
        ("in", "d", False), ("out", "c", False), ("in", "b", False),
        ("out", "b", True), ("in", "c", True))


def _furnish(lab, plane):
    lab.plane = plane
    plane.build(lab)
    conf = lab.out + "/dnsmasq/dnsmasq.conf"
    with open(conf) as text:
        lines = [line for line in text.read().splitlines()
                 if ".svc.example.com," not in line]
    for key, addresses in NEAR.items():
        lines += ["host-record=%s%s.svc.example.com,%s" % (key, six, address)
                  for six, address in zip(("", "6"), addresses)]
    net.write(conf, "\n".join(lines) + "\n")
    lab.dnsmasq.stop()
    lab.dnsmasq = services.Daemon(
        "dnsmasq", ["dnsmasq", "--keep-in-foreground", "--conf-file=" + conf],
        lab.out + "/dnsmasq.log")
    with lab.t5.inside():
        net.run("ip", "-batch", "-", stdin="".join(
            "addr add %s/%d dev eth0 nodad\n" % (address, length)
            for pair in NEAR.values()
            for address, length in zip(pair, (24, 64))))
    for pair in NEAR.values():
        for address in pair:
            lab.echo.add(lab.t5, (mudfile.TCP_SERVICE, mudfile.UDP_SERVICE),
                         address)
    # From the address that it was asked at, which no socket of all does.
    lab.echo.add(lab.t1, (mudfile.UDP_THING,),
                 lab.t1.addr6, (socket.SOCK_DGRAM,))
    lab.publish("lamp.json", mudfile.both(*[
        json.loads(mudfile.north_south("lamp", family))
        for family in ("ipv4", "ipv6")]), signer="signer")
    lab.mudd.configure(plane.config, fetch="\tallow-prefixes += "
                       '{"192.168.77.0/24", "fd77::/64"}\n', lan=plane.lan)


def _flows(lab, allowed=None):
    flows = []
    for family in (4, 6):
        mine = lab.t1.addr4 if family == 4 else lab.t1.addr6
        for way, key, passes in ROWS:
            its = NEAR[key][0 if family == 4 else 1]
            for protocol, out, into in (
                    ("tcp", mudfile.TCP_SERVICE, mudfile.TCP_THING),
                    ("udp", mudfile.UDP_SERVICE, mudfile.UDP_THING)):
                src, dst, source, address, port = (
                    (lab.t1, lab.t5, mine, its, out) if way == "out" else
                    (lab.t5, lab.t1, its, mine, into))
                flows.append(lab.flow(
                    src, dst, protocol, port, allowed or passes,
                    address=address, source=source,
                    name="IoT-5-v%d %s %s" % (family, way, key.upper())))
    return flows


def _on(plane):
    @scenario("near-" + plane.name, 60)
    def near(lab):
        """The eight rows, by TCP and UDP, IPv4 and IPv6."""
        _furnish(lab, plane)
        lab.mudd.start()
        lab.join("udhcpc", lab.t1, MUD_URL)
        device = lab.mudd.wait_state(lab.t1.mac, "enforced")
        lab.check(device.get("state") == "enforced", "it is enforced", device)
        segments.is_known(lab, lab.t1)
        plane.check(lab)
        lab.wait(lambda: all(address in lab.table() for key in "abc"
                             for address in NEAR[key]))
        lab.probe(_flows(lab))
        code, out, err = lab.mudd.ctl("teardown")
        lab.check(code == 0, "mudd takes its tables away", out + err)
        lab.probe(_flows(lab, True))


for _plane in segments.NEAR:
    _on(_plane)
