"""The abstractions of RFC 8520 s4 as packets: IoT-6, and who is in a class.

One lamp (t1) has a file that names each of the six abstractions once, each
with ports of its own; four peers live by files that let everything pass, so
that what is blocked between them is what the lamp's file does not allow:

    t2  plug, of the lamp's maker          t4  sensor, of another maker
    t3  camera, of the lamp's maker        t5  a host without a MUD URL
"""

import contextlib
import json
import resource
import socket
import time

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
    for one in files:
        one["ietf-mud:mud"]["mud-signature"] = url.replace(".json", ".p7s")
    lab.publish(path, mudfile.both(*files), site, signer="signer")


def _furnish(lab, plane):
    """The files, the controllers, and something that listens everywhere."""
    lab.plane = plane
    plane.build(lab)
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
            HUB, lab.t2.mac, lab.t5.mac, LAMP, lab.t5.mac, plane.config),
        lan=plane.lan)


def _join_all(lab):
    for host, url in ((lab.t1, LAMP), (lab.t2, PLUG), (lab.t3, CAMERA),
                      (lab.t4, SENSOR), (lab.t5, None)):
        lab.join("udhcpc", host, url)
    for host in lab.things[:4]:
        device = lab.mudd.wait_state(host.mac, "enforced")
        lab.check(device.get("state") == "enforced",
                  "%s is enforced" % host.name, device)
    for host in lab.things:
        segments.is_known(lab, host)
    lab.plane.check(lab)


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


def _lateral_on(plane):
    @scenario("lateral-" + plane.name, 120)
    def lateral(lab):
        """IoT-6-v4 and IoT-6-v6."""
        _furnish(lab, plane)
        lab.mudd.start()
        _join_all(lab)
        _all_cells(lab)
        _control(lab)


for _plane in segments.PLANES:
    _lateral_on(_plane)


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
        self._sock.settimeout(2)
        self._sock.connect((peer.addr4 if family == 4 else peer.addr6,
                            7100 + 10 * k + OUT[protocol]))
        self._word = 0

    def send(self):
        self._word += 1
        with contextlib.suppress(OSError):
            self._sock.send(b"%08d" % self._word)

    def has_come(self):
        """Is what was sent last here again?"""
        with contextlib.suppress(OSError):
            return self._sock.recv(64) == b"%08d" % self._word
        return False

    def is_silent(self):
        self._sock.setblocking(False)
        try:
            return not self._sock.recv(64)
        except OSError:
            return True
        finally:
            self._sock.settimeout(2)

    def passes(self, words):
        """Do so many words come back, one after another?"""
        for _ in range(words):
            self.send()
            if not self.has_come():
                return False
        return True


class _Flows:
    """By TCP and UDP, by IPv4 and IPv6, to one peer by one class."""

    def __init__(self, lab, peer, kind):
        self._lab = lab
        self._flows = [_Flow(lab, peer, kind, protocol, family)
                       for protocol in ("tcp", "udp") for family in (4, 6)]

    def go_on(self, when):
        for flow in self._flows:
            self._lab.check(flow.passes(20), "%s: %s: goes on" % (
                when, flow.name))

    def have_stopped(self, when, family=None):
        """Not one word comes back; a second is long, on one machine."""
        flows = [flow for flow in self._flows if not family or
                 flow.name.endswith("IPv%d" % family)]
        for flow in flows:
            flow.send()
        time.sleep(1)
        for flow in flows:
            self._lab.check(flow.is_silent(), "%s: %s: has stopped" % (
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


def _put_back(lab, host):
    with host.inside():
        net.run("ip", "addr", "replace", host.addr4 + "/24", "dev", "eth0")
        net.run("ip", "route", "replace", "default", "via",
                lab.plane.gateway4, ok=(0, 2))
    time.sleep(0.2)
    return host.read_addr4() == host.addr4 and host.has_route4()


def _keeps_address(lab, host):
    """Gives its lease back, and goes on with the address all the same."""
    lab.clients[host.name].release()
    lab.clients[host.name].stop()
    # The client's script may be flushing addresses yet.
    lab.check(lab.wait(lambda: _put_back(lab, host)),
              "%s goes on with its address" % host.name)
    lab.wait(lambda: not lab.mudd.device(host.mac).get("leases"), 5)


def _controller_leaves(lab, flows):
    _keeps_address(lab, lab.t5)
    when = "the controller has no lease"
    flows["hub"].have_stopped(when, 4)
    for name in ("maker", "plug"):
        flows[name].go_on(when)
    _says(lab, lab.t5, None)
    segments.is_known(lab, lab.t5)
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


def _members(lab):
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
    segments.is_known(lab, lab.t2)
    _vouched_for(lab, flows)


def _members_on(plane):
    @scenario("members-" + plane.name, 120)
    def members(lab):
        """Who leaves a class takes its flows along, and nobody else's."""
        _furnish(lab, plane)
        lab.mudd.start()
        _join_all(lab)
        _members(lab)


for _plane in segments.PLANES:
    _members_on(_plane)
