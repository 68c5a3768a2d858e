"""The abstractions of RFC 8520 s4 as packets: IoT-6, and who is in a class.

One lamp (t1) has a file that names each of the six abstractions once, each
with ports of its own; four peers live by files that let everything pass, so
that what is blocked between them is what the lamp's file does not allow:

    t2  plug, of the lamp's maker          t4  sensor, of another maker
    t3  camera, of the lamp's maker        t5  a host without a MUD URL
"""

import json
import resource
import socket

import mudfile
import net
import segments
from registry import scenario

PLUG, CAMERA = mudfile.URL % "plug", mudfile.URL % "cam"
CAMERA2 = mudfile.URL % "cam2"
LAMP = mudfile.URL % "lamp"
SENSOR = "https://luminaire.example.com/sensor.json"
HUB = "https://hub.example.com/controller"

# The abstraction, its value, and the peers that it means.
ABSTRACTIONS = (
    ("local-networks", [None], "t2 t3 t4 t5"),
    ("controller", HUB, "t2 t5"),
    ("my-controller", [None], "t5"),
    ("manufacturer", "luminaire.example.com", "t4"),
    ("same-manufacturer", [None], "t2 t3"),
    ("model", CAMERA, "t3"),
)
# Of each: what the lamp opens, and what is opened to it; by TCP and by UDP.
OUT, INTO = {"tcp": 1, "udp": 3}, {"tcp": 2, "udp": 4}
PORTS = [7100 + 10 * k + add for k in range(len(ABSTRACTIONS))
         for add in (1, 2, 3, 4)]


def _ace(name, peer, protocol, family, **ports):
    made = mudfile.ace(name, "from", "local-networks", protocol,
                       family=family, **ports)
    made["matches"]["ietf-mud:mud"] = dict([peer])
    return made


def _lateral(family):
    """The lamp's two lists, each with all six."""
    from_aces, to_aces = [], []
    for k, (kind, value, _) in enumerate(ABSTRACTIONS):
        base, peer = 7100 + 10 * k, (kind, value)
        name = "%s-%s-" % (kind, family)
        from_aces += [
            _ace(name + "tcp-out", peer, "tcp", family, initiated="from",
                 dport=base + OUT["tcp"]),
            _ace(name + "udp-out", peer, "udp", family,
                 dport=base + OUT["udp"]),
            _ace(name + "tcp-answer", peer, "tcp", family, initiated="to",
                 sport=base + INTO["tcp"])]
        to_aces += [
            _ace(name + "tcp-in", peer, "tcp", family, initiated="to",
                 dport=base + INTO["tcp"]),
            _ace(name + "udp-in", peer, "udp", family,
                 dport=base + INTO["udp"]),
            _ace(name + "tcp-back", peer, "tcp", family, initiated="from",
                 sport=base + OUT["tcp"])]
    return from_aces, to_aces


def _open(family):
    """Everything with anybody in the local networks, both ways."""
    aces = [_ace("all-%s-%s" % (family, protocol), ("local-networks", [None]),
                 protocol, family) for protocol in ("tcp", "udp")]
    return aces, aces


def _publish(lab, url, made):
    """A signed file with a list of each family. made: what gives the lists."""
    site, path = url[len("https://"):].split("/")
    name = path[:-len(".json")]
    files = [json.loads(mudfile.build(name, *made(family), family=family,
                                      url=url)) for family in ("ipv4", "ipv6")]
    first, second = files
    mud = first["ietf-mud:mud"]
    mud["mud-signature"] = url.replace(".json", ".p7s")
    acls = first["ietf-access-control-list:acls"]["acl"]
    for acl in second["ietf-access-control-list:acls"]["acl"]:
        side = acl["name"].split("-")[0]
        acl["name"] += "6"
        acls.append(acl)
        mud[side + "-device-policy"]["access-lists"]["access-list"].append(
            {"name": acl["name"]})
    lab.publish(path, json.dumps(first, indent=2).encode() + b"\n", site,
                signer="signer")


def _furnish(lab, more=""):
    """The files, the controllers, and something that listens everywhere."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 4096:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    _publish(lab, LAMP, _lateral)
    for url in (PLUG, CAMERA, CAMERA2, SENSOR):
        _publish(lab, url, _open)
    for address in lab.svc.addr4, lab.svc.addr6:
        lab.echo.add(lab.svc, PORTS, address)
    for host in lab.things:
        lab.echo.add(host, PORTS)
        lab.echo.add(host, PORTS, host.addr6)
    lab.mudd.configure(
        'controller "%s" { hosts = {"%s", "%s"} }\n'
        'my-controller "%s" { hosts = {"%s"} }\n%s' % (
            HUB, lab.t2.mac, lab.t5.mac, LAMP, lab.t5.mac, more),
        lan=("br-lan", segments.NAME) if lab.two else ("br-lan",))


def _has_both(lab, host):
    listed = lab.mudd.device(host.mac).get("addresses") or []
    return host.addr4 in listed and host.addr6 in listed


def _speak(host):
    """The host looks for the gateway by IPv6."""
    gateway = segments.ADDR6 if host.addr6.startswith("fd78") else "fd77::1"
    with host.inside():
        net.run("ip", "-6", "neigh", "flush", "dev", "eth0")
        sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    with sock:
        sock.sendto(b"?", (gateway, 9))


def _is_known(lab, host):
    """Its addresses were given without duplicate address detection, which
    would have told of them; so it has to say something from each."""
    lab.check(lab.wait(lambda: _has_both(lab, host) or _speak(host)),
              "%s: both addresses are known" % host.name,
              lab.mudd.device(host.mac))


def _join_all(lab):
    for host, url in ((lab.t1, LAMP), (lab.t2, PLUG), (lab.t3, CAMERA),
                      (lab.t4, SENSOR), (lab.t5, None)):
        lab.join("udhcpc", host, url)
    for host in lab.things[:4]:
        device = lab.mudd.wait_state(host.mac, "enforced")
        lab.check(device.get("state") == "enforced",
                  "%s is enforced" % host.name, device)
    for host in lab.things:
        _is_known(lab, host)


def _cells(lab, family, allowed=None):
    """Each abstraction with each peer, both ways, at each of its ports.

    allowed: True for what would pass without mudd.
    """
    thing, flows = lab.t1, []
    for k, (kind, _, means) in enumerate(ABSTRACTIONS):
        for peer in (lab.t2, lab.t3, lab.t4, lab.t5, lab.svc):
            for protocol in ("tcp", "udp"):
                for src, dst, right in ((thing, peer, OUT),
                                        (peer, thing, INTO)):
                    for ports in (OUT, INTO):
                        passes = allowed or (ports is right and
                                             peer.name in means.split())
                        six = family == 6
                        flows.append(lab.flow(
                            src, dst, protocol,
                            7100 + 10 * k + ports[protocol], passes,
                            address=dst.addr6 if six else dst.addr4,
                            source=src.addr6 if six else src.addr4,
                            name="IoT-6-v%d %s" % (family, kind)))
    return flows


def _all_cells(lab, allowed=None):
    for family in (4, 6):
        flows = _cells(lab, family, allowed)
        passing = sum(1 for flow in flows if flow.passes)
        lab.note("IPv%d: %d flows, of which %d pass" % (
            family, len(flows), passing))
        lab.probe(flows, seconds=10.0)


def _control(lab):
    """Without mudd's tables all of them pass: nothing else had held them."""
    code, out, err = lab.mudd.ctl("teardown")
    lab.check(code == 0, "mudd takes its tables away", out + err)
    _all_cells(lab, allowed=True)


@scenario("lateral-routed", 120)
def lateral_routed(lab):
    """IoT-6-v4 and IoT-6-v6 between two segments."""
    lab.two = True
    segments.split(lab, lab.things[1:])
    _furnish(lab)
    lab.mudd.start()
    _join_all(lab)
    _all_cells(lab)
    _control(lab)


class _Flow:
    """A flow from the lamp that stays; its peer sends back what it gets."""

    def __init__(self, lab, peer, kind, protocol, family):
        k = [row[0] for row in ABSTRACTIONS].index(kind)
        self.name = "%s to %s by %s, IPv%d" % (protocol, peer.name, kind,
                                               family)
        with lab.t1.inside():
            self._sock = socket.socket(
                socket.AF_INET if family == 4 else socket.AF_INET6,
                socket.SOCK_STREAM if protocol == "tcp"
                else socket.SOCK_DGRAM)
        self._sock.settimeout(1)
        self._sock.connect((peer.addr4 if family == 4 else peer.addr6,
                            7100 + 10 * k + OUT[protocol]))
        self._word = 0

    def passes(self, words=1):
        """How many of so many words come back, one after another."""
        for number in range(words):
            self._word += 1
            word = b"%08d" % self._word
            try:
                self._sock.send(word)
                if self._sock.recv(64) != word:
                    return number
            except OSError:
                return number
        return words


class _Flows:
    """By TCP and UDP, by IPv4 and IPv6, to one peer by one class."""

    def __init__(self, lab, peer, kind):
        self._lab = lab
        self._flows = [_Flow(lab, peer, kind, protocol, family)
                       for protocol in ("tcp", "udp") for family in (4, 6)]

    def go_on(self, when):
        for flow in self._flows:
            self._lab.check(flow.passes(20) == 20, "%s: %s: goes on" % (
                when, flow.name))

    def have_stopped(self, when, family=None):
        for flow in self._flows:
            if family and not flow.name.endswith("IPv%d" % family):
                continue
            self._lab.check(flow.passes() == 0, "%s: %s: has stopped" % (
                when, flow.name))


def _says(lab, host, url):
    """Unplugged, and back with this MUD URL."""
    lab.clients[host.name].stop()
    with host.inside():
        net.run("ip", "-4", "addr", "flush", "dev", "eth0")
    lab.join("udhcpc", host, url)


def _probe_peer(lab, peer, kind, passes, address=None, families=(4, 6)):
    k = [row[0] for row in ABSTRACTIONS].index(kind)
    lab.probe([lab.flow(lab.t1, peer, protocol,
                        7100 + 10 * k + OUT[protocol], passes,
                        address=address or (peer.addr4 if family == 4
                                            else peer.addr6), name=kind)
               for family in families for protocol in ("tcp", "udp")])


def _another_model(lab, flows):
    _says(lab, lab.t3, CAMERA2)
    device = lab.mudd.wait_device(
        lab.t3.mac, lambda found: found.get("mud_url") == CAMERA2 and
        found.get("state") == "enforced")
    lab.check(device.get("mud_url") == CAMERA2 and
              device.get("state") == "enforced",
              "the camera is another model of its maker's", device)
    when = "another model"
    flows["model"].have_stopped(when)
    for name in ("maker", "hub", "plug"):
        flows[name].go_on(when)
    _probe_peer(lab, lab.t3, "model", False)


def _quarantined(lab, flows):
    code, out, err = lab.mudd.ctl("device", "mode", lab.t3.mac, "quarantine")
    lab.check(code == 0, "the camera is put in quarantine", out + err)
    when = "in quarantine"
    flows["maker"].have_stopped(when)
    for name in ("hub", "plug"):
        flows[name].go_on(when)
    lab.mudd.ctl("device", "mode", lab.t3.mac, "default")
    lab.mudd.wait_state(lab.t3.mac, "enforced")
    _probe_peer(lab, lab.t3, "same-manufacturer", True)


def _another_address(lab):
    more = lab.t3.addr6 + "3"
    with lab.t3.inside():
        for name in ("all", "eth0"):
            net.write("/proc/sys/net/ipv6/conf/%s/accept_dad" % name, "1")
        net.run("ip", "addr", "add", more + "/64", "dev", "eth0")
        lab.wait(lambda: "tentative" not in net.run(
            "ip", "-6", "-o", "addr", "show", "dev", "eth0"), 5)
    lab.echo.add(lab.t3, PORTS, more)
    _probe_peer(lab, lab.t3, "same-manufacturer", True, more, (6,))
    _probe_peer(lab, lab.t3, "model", False, more, (6,))


def _keeps_address(lab, host):
    """Gives its lease back, and goes on with the address all the same."""
    lab.clients[host.name].release()
    lab.clients[host.name].stop()
    with host.inside():
        net.run("ip", "addr", "replace", host.addr4 + "/24", "dev", "eth0")
        net.run("ip", "route", "replace", "default", "via", segments.ADDR4)
    lab.wait(lambda: not lab.mudd.device(host.mac).get("leases"), 5)


def _controller_leaves(lab, flows):
    _keeps_address(lab, lab.t5)
    when = "the controller has no lease"
    flows["hub"].have_stopped(when, 4)
    for name in ("maker", "plug"):
        flows[name].go_on(when)
    _says(lab, lab.t5, None)
    _is_known(lab, lab.t5)
    _probe_peer(lab, lab.t5, "controller", True)


def _thing_leaves(lab, flows):
    _keeps_address(lab, lab.t2)
    when = "the plug has departed"
    flows["plug"].have_stopped(when)
    flows["maker"].go_on(when)
    _probe_peer(lab, lab.t2, "same-manufacturer", False, families=(4,))
    _says(lab, lab.t2, PLUG)
    lab.mudd.wait_device(lab.t2.mac, lambda found: found.get("leases") and
                         "departed" not in (found.get("flags") or []))
    _probe_peer(lab, lab.t2, "same-manufacturer", True, families=(4,))


def _assign(lab, host, url):
    code, out, err = lab.mudd.ctl("device", "assign", host.mac, url)
    lab.check(code == 0, "%s is given its MUD URL" % host.name, out + err)


def _counted(lab):
    """Packets that its entries for the maker's Things have decided."""
    told = lab.mudd.ask("policy", "show", LAMP)
    lab.check(told.get("devices") == [lab.t1.mac], "it lists the lamp", told)
    return sum(ace.get("packets") or 0 for ace in told["aces"]
               if ace["ace"].startswith("same-manufacturer-"))


def _vouched_for(lab, flows):
    """What an administrator says is no peer of what Things say (S-40)."""
    _probe_peer(lab, lab.t2, "same-manufacturer", True)
    flows["plug"] = _Flows(lab, lab.t2, "same-manufacturer")
    flows["plug"].go_on("both have announced")
    _assign(lab, lab.t2, PLUG)
    when = "the plug is vouched for"
    flows["plug"].have_stopped(when)
    flows["maker"].go_on(when)
    _probe_peer(lab, lab.t2, "same-manufacturer", False)
    before = _counted(lab)
    _assign(lab, lab.t1, LAMP)
    when = "the lamp is vouched for, too"
    flows["maker"].have_stopped(when)
    _probe_peer(lab, lab.t2, "same-manufacturer", True)
    _probe_peer(lab, lab.t3, "same-manufacturer", False)
    lab.check(_counted(lab) > before, "what the lamp sends now is counted")


@scenario("members", 120)
def members(lab):
    """Who leaves a class takes its flows along, and nobody else's."""
    lab.two = True
    segments.split(lab, lab.things[1:])
    _furnish(lab)
    lab.mudd.start()
    _join_all(lab)
    flows = {"model": _Flows(lab, lab.t3, "model"),
             "maker": _Flows(lab, lab.t3, "same-manufacturer"),
             "plug": _Flows(lab, lab.t2, "same-manufacturer"),
             "hub": _Flows(lab, lab.t5, "controller")}
    for held in flows.values():
        held.go_on("at first")
    _another_model(lab, flows)
    _another_address(lab)
    _quarantined(lab, flows)
    flows["maker"] = _Flows(lab, lab.t3, "same-manufacturer")
    _controller_leaves(lab, flows)
    _thing_leaves(lab, flows)
    _is_known(lab, lab.t2)
    _vouched_for(lab, flows)
