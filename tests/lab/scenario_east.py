"""Frames that stay on one bridge: Things and their neighbours (IoT-5, IoT-6
on one segment)."""

import json
import os
import re
import socket

import mudfile
import net
from registry import scenario
from scenario_lacks import shim
from scenario_main import enforced

URL = mudfile.URL
TCP, UDP = mudfile.TCP_THING, mudfile.UDP_THING
OTHER = {"ipv4": 5683, "ipv6": 9000}    # what a Thing may ask anybody near
FAMILIES = ("ipv4", "ipv6")
FALLBACK = "stateless"  # the path where netfilter is not to be had

# An ordinary firewall: it knows what goes from the LAN to the world.
FIREWALL = """table inet fw {
	chain forward {
		type filter hook forward priority 0; policy %s;
		ct state established,related accept
		iifname "br-lan" oifname "wan0" accept
%s
	}
}
"""


def _file(name, from_aces, to_aces):
    """Both families: two ACLs a direction."""
    made = {family: json.loads(mudfile.build(
        name, [ace(family) for ace in from_aces],
        [ace(family) for ace in to_aces], family=family))
            for family in FAMILIES}
    out = made["ipv4"]
    mud = out["ietf-mud:mud"]
    acls = out["ietf-access-control-list:acls"]["acl"]
    for acl in made["ipv6"]["ietf-access-control-list:acls"]["acl"]:
        side = acl["name"].split("-")[0]
        acl["name"] += "-six"
        acls.append(acl)
        mud[side + "-device-policy"]["access-lists"]["access-list"].append(
            {"name": acl["name"]})
    return json.dumps(out).encode() + b"\n"


def _ace(name, direction, peer, protocol, initiated=None, sport=None,
         dport=None):
    def make(family):
        return mudfile.ace(
            name + "-" + family, direction, peer, protocol, initiated, sport,
            dport.get(family) if isinstance(dport, dict) else dport, family)
    return make


def _publish(lab):
    """The lamp calls the camera, and asks anybody near; the camera answers."""
    kin = "same-manufacturer"
    lab.publish("lamp.json", _file("lamp", [
        _ace("call", "from", kin, "tcp", "from", dport=TCP),
        _ace("tell", "from", kin, "udp", dport=UDP),
        _ace("ask", "from", "local-networks", "udp", dport=OTHER)], [
        _ace("hear", "to", kin, "tcp", "from", sport=TCP)]),
        signer="signer")
    lab.publish("cam.json", _file("cam", [
        _ace("answer", "from", kin, "tcp", "to", sport=TCP)], [
        _ace("called", "to", kin, "tcp", "to", dport=TCP),
        _ace("told", "to", kin, "udp", dport=UDP)]), signer="signer")


def _flow(lab, src, dst, protocol, port, passes, family):
    return lab.flow(src, dst, protocol, port, passes,
                    address=dst.addr4 if family == "ipv4" else dst.addr6,
                    source=src.addr6 if family == "ipv6" else None,
                    name=family)


def _plain(lab):
    """Neighbours that are nobody's business: the LAN is there."""
    return [_flow(lab, src, dst, protocol, port, True, family)
            for family in FAMILIES
            for src, dst in ((lab.t4, lab.t5), (lab.t5, lab.t4))
            for protocol, port in (("tcp", TCP), ("udp", UDP))]


def _rows(lab):
    """Between the two Things, and between them and a plain host."""
    t1, t2, t5 = lab.t1, lab.t2, lab.t5
    flows = []
    for family in FAMILIES:
        near = OTHER[family]
        for src, dst, protocol, port, passes in (
                (t1, t2, "tcp", TCP, True), (t1, t2, "udp", UDP, True),
                (t2, t1, "tcp", TCP, False), (t2, t1, "udp", UDP, False),
                (t1, t2, "udp", near, False),   # the camera does not want it
                (t2, t1, "udp", near, False),
                (t1, t5, "udp", near, True), (t1, t5, "udp", UDP, False),
                (t1, t5, "tcp", TCP, False),
                (t5, t1, "udp", UDP, False), (t5, t1, "tcp", TCP, False),
                (t5, t2, "udp", UDP, False), (t5, t2, "tcp", TCP, False),
                (t2, t5, "tcp", TCP, False), (t2, t5, "udp", UDP, False)):
            flows.append(_flow(lab, src, dst, protocol, port, passes, family))
    return flows


def _explained(lab):
    """What explain says of them, and a walk over what is installed, too."""
    things = (lab.t1, lab.t2)
    for flow in _rows(lab):
        src, dst = flow.src, flow.dst
        thing, way = (src, "to") if src in things else (dst, "from")
        peer = flow.address if way == "to" else flow.source or src.addr4
        code, out, err = lab.mudd.ctl(
            "-j", "explain", "--kernel", thing.mac, way, peer, flow.protocol,
            str(flow.port))
        said = json.loads(out or "{}")
        # Of two Things it is asked about one: the other may still say no.
        lab.check((said.get("verdict") == "allow") == flow.passes or
                  (src in things and dst in things and not flow.passes),
                  "explain %s %s %s %s %s" % (
                      thing.name, way, peer, flow.protocol, flow.port), out)
        lab.check(said.get("kernel", {}).get("agrees"),
                  "%s %s %s %s %s: the kernel agrees" % (
                      thing.name, way, peer, flow.protocol, flow.port),
                  json.dumps(said.get("kernel")) + err)


def _calls():
    """Does the bridge hand its frames to IPv4's and IPv6's hooks?"""
    said = net.run("ip", "-d", "link", "show", "br-lan")
    return tuple(re.search("nf_call_%s ([01])" % name, said)[1] == "1"
                 for name in ("iptables", "ip6tables"))


def _set_up(lab, config=""):
    """Four hosts that know one another, of which two become Things.

    A new namespace hands all bridges' frames to netfilter: not here, so that
    what does is mudd.
    """
    for what in ("iptables", "ip6tables", "arptables"):
        net.write("/proc/sys/net/bridge/bridge-nf-call-" + what, "0")
    _publish(lab)
    lab.mudd.configure(more=config)
    for host in (lab.t4, lab.t5):
        lab.join("udhcpc", host, None)
    lab.probe(_plain(lab) + [
        _flow(lab, src, dst, "udp", 9000, True, "ipv6")
        for src, dst in ((lab.t1, lab.t2), (lab.t2, lab.t1),
                         (lab.t1, lab.t5), (lab.t2, lab.t5))])
    lab.mudd.start()
    enforced_near(lab, lab.t1, "lamp")
    enforced_near(lab, lab.t2, "cam")
    lab.wait(lambda: all(addr in lab.elements("to6")
                         for addr in (lab.t1.addr6, lab.t2.addr6)), 10)


def enforced_near(lab, host, name):
    """Enforced, and known by the address of IPv6 that it says it has."""
    lab.join("udhcpc", host, URL % name)
    device = lab.mudd.wait_state(host.mac, "enforced")
    lab.check(device.get("state") == "enforced",
              "%s is enforced" % host.name, device)
    with host.inside():
        net.run("ip", "-6", "neigh", "flush", "dev", "eth0")
        sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    with sock:
        sock.bind((host.addr6, 0))
        sock.sendto(b"here", ("fd77::1", 9000))


def _path(lab, path, reason=""):
    def is_so():
        status = lab.mudd.status()
        return (status.get("bridge_path") == path and
                reason in status.get("bridge_path_reason", ""))
    lab.wait(is_so, 10)
    lab.check(is_so(), "status: the path is %s %s" % (path, reason),
              lab.mudd.status())


def _well(lab):
    """Is what stays on a bridge judged by policy? The condition's detail."""
    conditions = lab.mudd.ask("health")["conditions"]
    return next((row.get("detail", "") for row in conditions
                 if row["name"] == "east-west" and row["state"] == "ok"), None)


@scenario("bridged-stateless", 90)
def bridged_stateless(lab):
    """Without br_netfilter: by the bridge's own table."""
    lab.mudd.environment = dict(os.environ, LD_PRELOAD=shim(lab),
                                LACKS="br_netfilter")
    _set_up(lab)
    _path(lab, "stateless", "no br_netfilter")
    lab.check(_calls() == (False, False), "the bridge keeps its frames",
              _calls())
    lab.check("without state" in (_well(lab) or ""), "health says so, too",
              _well(lab))
    lab.probe(_plain(lab) + _rows(lab))
    lab.check(all(count > 0 for host in (lab.t1, lab.t2)
                  for count in lab.mudd.drops(host.mac)),
              "drops are counted", [lab.mudd.drops(host.mac)
                                    for host in (lab.t1, lab.t2)])
    _explained(lab)
    # What is taken away is, at once; what comes back is there again.
    for mode, passes in (("deny", False), ("enforce", True)):
        code, out, err = lab.mudd.ctl("device", "mode", lab.t2.mac, mode)
        lab.check(code == 0, "mode " + mode, out + err)
        lab.probe([_flow(lab, lab.t1, lab.t2, "udp", UDP, passes, family)
                   for family in FAMILIES])
    lab.mudd.stop()
    lab.probe(_plain(lab) + _rows(lab))


@scenario("bridged", 90)
def bridged(lab):
    """By netfilter: the policies' own chains, as for what is routed."""
    lab.check(_calls() == (False, False), "the bridge is as it was made",
              _calls())
    _set_up(lab)
    _path(lab, "netfilter")
    lab.check(_calls() == (True, True), "it hands over its frames", _calls())
    lab.probe(_plain(lab) + _rows(lab))
    _explained(lab)
    for what in ("nf_call_iptables", "nf_call_ip6tables"):
        net.run("ip", "link", "set", "br-lan", "type", "bridge", what, "0")
    lab.wait(lambda: _calls() == (True, True), 5)
    lab.check(_calls() == (True, True), "switched off: it is on again",
              _calls())
    lab.mudd.stop()
    lab.check(_calls() == (True, True), "mudd has ended: it stays on",
              _calls())
    lab.probe(_plain(lab) + _rows(lab))
    lab.mudd.start()
    lab.mudd.wait_state(lab.t1.mac, "enforced")
    code, out, err = lab.mudd.ctl("teardown")
    lab.check(code == 0, "teardown", out + err)
    lab.wait(lambda: _calls() == (False, False), 5)
    lab.check(_calls() == (False, False),
              "after teardown, of another run, it is as before", _calls())
    lab.probe([_flow(lab, lab.t5, lab.t2, "udp", UDP, True, family)
               for family in FAMILIES])


def _firewall(policy, rules=""):
    net.run("nft", "-f", "-", stdin=FIREWALL % (policy, rules))


def _outward(lab):
    """What the firewall is for: from the LAN to the world, and back."""
    return [_flow(lab, lab.t5, lab.svc, "udp", mudfile.UDP_SERVICE, True,
                  family) for family in FAMILIES]


def _beside(lab, name):
    """Another firewall is there: nobody loses the LAN."""
    _path(lab, FALLBACK, "chain forward of table inet fw drops what it does "
          "not know")
    lab.wait(lambda: _calls() == (False, False), 5)
    lab.check(_calls() == (False, False),
              name + ": the bridge keeps its frames", _calls())
    lab.probe(_plain(lab) + _outward(lab) + _rows(lab))


@scenario("firewall", 120)
def firewall(lab):
    """An ordinary firewall drops what it does not know, so also what goes
    between two LAN hosts, if only it sees it."""
    _firewall("drop")
    _set_up(lab)
    _beside(lab, "before mudd")

    net.run("nft", "delete", "table", "inet", "fw")
    _path(lab, "netfilter")
    lab.check(_calls() == (True, True), "without it: frames are handed over",
              _calls())
    lab.probe(_plain(lab) + _rows(lab))

    _firewall("accept", '\t\tcounter reject with icmpx admin-prohibited')
    _beside(lab, "while mudd runs")
    lab.mudd.stop()

    # Who asks for it gets it, and shows what all of this is about.
    lab.mudd.configure(more="bridge-path = netfilter\n")
    lab.mudd.start()
    _path(lab, "netfilter")
    lab.probe([_flow(lab, lab.t4, lab.t5, "udp", UDP, False, family)
               for family in FAMILIES] + _outward(lab))
