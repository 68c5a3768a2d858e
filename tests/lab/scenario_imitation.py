"""Who takes another's name or address has nothing of it.

t1 is the Thing that is imitated, t4 a laptop.  t2, a Thing whose own file
names service D alone, and t5, a laptop, imitate them, each from its own port.
Which cannot be told apart at all is what comes in by the Thing's own port.
"""

import contextlib
import copy
import struct
import threading
import time

import craft
import evasion
import frames
import mudfile
import net
from evasion import Attempt, NEAR_UDP, OPEN_UDP, THING_UDP, udp4, udp6
from registry import scenario
from scenario_attacks import send
from scenario_lan import bound
from scenario_main import enforced

ALL_HOSTS = "33:33:00:00:00:01"
WORKS_SEC = 10      # acceptance: the Thing works again by then


def _mask(liar, victim, mac, addr):
    """The liar, with the victim's MAC, its addresses, or both."""
    mask = copy.copy(liar)
    if mac:
        mask.mac = victim.mac
    if addr:
        mask.addr4, mask.addr6 = victim.addr4, victim.addr6
    return mask


def _begin(lab):
    evasion.begin(lab)
    lab.publish("other.json", mudfile.build("other", [mudfile.ace(
        "d", "from", "d.svc.example.com", "udp", dport=OPEN_UDP)], []),
        signer="signer")
    enforced(lab, lab.t2, url=mudfile.URL % "other")
    evasion.says(lab.t2)
    lab.wait(lambda: '"%s"' % lab.t2.addr6 in lab.elements("own6"))


def _lies(lab, liar, thing, laptop):
    """What it gains: nothing; and what it does to the Thing: nothing."""
    found = []
    for what, mac, addr in (("with its MAC", True, False),
                            ("with its address", False, True),
                            ("with both", True, True)):
        mask = _mask(liar, thing, mac, addr)
        for family, udp, to, near in (
                ("IPv4", udp4, "a", laptop.addr4),
                ("IPv6", udp6, "a6", laptop.addr6)):
            found += [
                Attempt("%s %s, routed" % (family, what), liar, lab.svc,
                        lambda data: udp(mask, lab.gw, lab.service(to),
                                         OPEN_UDP, data)),
                Attempt("%s %s, to a neighbour" % (family, what), liar,
                        laptop, lambda data: udp(mask, laptop, near, NEAR_UDP,
                                                 data))]
    router = copy.copy(lab.svc)
    for key, udp, addr in (("a", udp4, thing.addr4), ("a6", udp6,
                                                      thing.addr6)):
        for receiver, passes in ((liar, False), (thing, True)):
            # Without mudd the last frames have drawn it to the liar.
            found.append(Attempt(
                "what is sent to it", lab.svc, receiver,
                lambda data: udp(router, _gateway_of(lab), addr, THING_UDP,
                                 data, src=lab.service(key), sport=41007),
                passes, control=not passes))
    return found


def _gateway_of(lab):
    """The gateway as the service sees it."""
    gateway = copy.copy(lab.gw)
    with open("/sys/class/net/wan0/address") as mac:
        gateway.mac = mac.read().strip()
    return gateway


@scenario("imitation", 150)
def imitation(lab):
    """Another's MAC, another's address, both, from another port (S-47,
    S-48): in both families, while the Thing is active."""
    _begin(lab)
    thing, laptop = lab.t1, lab.t4
    attempts = [Attempt("the Thing itself, IPv4", thing, lab.svc,
                        lambda data: udp4(thing, lab.gw, lab.service("a"),
                                          OPEN_UDP, data), True),
                Attempt("the Thing itself, IPv6", thing, lab.svc,
                        lambda data: udp6(thing, lab.gw, lab.service("a6"),
                                          OPEN_UDP, data), True),
                *_lies(lab, lab.t2, thing, laptop),
                *_lies(lab, lab.t5, thing, laptop)]
    evasion.try_all(lab, attempts)
    device = lab.mudd.wait_device(
        thing.mac, lambda it: "two-ports" in it.get("flags", []))
    lab.check("two-ports" in device.get("flags", []),
              "its MAC on two ports is shown", device)
    lab.check("event=conflict" in lab.mudd.log_tail(4000) and
              thing.mac in lab.mudd.log_tail(4000),
              "and told as an event", lab.mudd.log_tail(20))
    _while_it_goes_on(lab)
    evasion.without_mudd(lab, attempts)


@contextlib.contextmanager
def _storm(host, sent):
    """Sends these frames from the host again and again."""
    stop = threading.Event()

    def run():
        with net.packet_socket(host, protocol=0) as wire:
            while not stop.is_set():
                for frame in sent:
                    wire.send(frame)
                    time.sleep(0.005)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _claims(lab, liar, thing):
    """All that could draw its traffic to the liar."""
    mask = _mask(liar, thing, True, True)
    found = [udp4(mask, lab.gw, lab.service("a"), OPEN_UDP, b"storm" * 9),
             udp6(mask, lab.gw, lab.service("a6"), OPEN_UDP, b"storm" * 9)]
    for mac in (thing.mac, liar.mac):
        host = copy.copy(mask)
        host.mac = mac
        for operation in (1, 2):
            found.append(craft.ether(mac, frames.BROADCAST, craft.ARP,
                                     craft.arp(operation, mac, thing.addr4,
                                               lab.gw.addr4)))
        found.append(craft.ether(mac, ALL_HOSTS, craft.IP6, craft.ip6(
            thing.addr6, "ff02::1", craft.ICMP6, craft.advertisement(
                thing.addr6, "ff02::1", thing.addr6, mac), 255)))
    return found


def _flows(lab, thing, when):
    """Those that its file allows, both ways, in both families."""
    flows = []
    for suffix, own in (("", None), ("6", thing.addr6)):
        address = lab.service("a" + suffix)
        flows += [lab.flow(thing, lab.svc, protocol, port, True,
                           address=address, source=own, name=when)
                  for protocol, port in (("udp", mudfile.UDP_SERVICE),
                                         ("tcp", mudfile.TCP_SERVICE))]
    flows.append(lab.flow(lab.svc, thing, "udp", mudfile.UDP_THING, True,
                          source=lab.service("a"), name=when))
    return flows


def _while_it_goes_on(lab):
    thing = lab.t1
    for liar in (lab.t2, lab.t5):
        since = time.time()
        with _storm(liar, _claims(lab, liar, thing)):
            began = time.monotonic()
            lab.probe(_flows(lab, thing, "while %s imitates it" % liar.name),
                      seconds=WORKS_SEC)
            took = time.monotonic() - began
        lab.note("all flows within %.1f s" % took)
        for addr in (thing.addr4, thing.addr6):
            got = lab.captures.incoming(liar.name, since, dst=addr)
            lab.check(not got, "nothing for %s has come to %s" % (
                addr, liar.name), got[:3])
        lab.probe(_flows(lab, thing, "after that"), seconds=WORKS_SEC)


# ---- in others' names -------------------------------------------------------

def _lldp(mac, url, ttl=120):
    """An LLDPDU with a MUD URL (RFC 8520 s12)."""
    def tlv(kind, value):
        return struct.pack("!H", kind << 9 | len(value)) + value

    body = tlv(1, b"\x04" + frames.mac_bytes(mac))
    body += tlv(2, b"\x05eth0") + tlv(3, struct.pack("!H", ttl))
    if ttl:
        body += tlv(127, b"\x00\x00\x5e\x01" + url.encode())
    return craft.ether(mac, "01:80:c2:00:00:0e", 0x88cc,
                       (body + b"\0\0").ljust(46, b"\0"))


def _dhcp6(mac, addr, kind, url=None, address=None):
    """A client's message to all servers."""
    body = bytes((kind,)) + b"\x1b\xad\xca"
    body += struct.pack("!HHHH", 1, 10, 3, 1) + frames.mac_bytes(mac)
    if kind != 1:       # to this server, and no other
        body += struct.pack("!HHHH", 2, 10, 3, 1) + bytes(6)
    if url is not None:
        body += struct.pack("!HH", 112, len(url)) + url.encode()
    if address is not None:
        body += struct.pack("!HHIII", 3, 12 + 28, 1, 0, 0)
        body += struct.pack("!HH", 5, 24) + craft.packed(address) + bytes(8)
    return craft.ether(mac, "33:33:00:01:00:02", craft.IP6, craft.ip6(
        addr, "ff02::1:2", craft.UDP, craft.udp(
            addr, 546, "ff02::1:2", 547, body), 1))


def _link_local(mac):
    raw = bytearray(frames.mac_bytes(mac))
    raw[0] ^= 2
    raw[3:3] = b"\xff\xfe"
    return "fe80::%x%02x:%x%02x:%x%02x:%x%02x" % tuple(raw)


def _forgeries(victim, url):
    """name -> frames in the victim's name."""
    own = bytes(map(int, victim.addr4.split(".")))
    six = _link_local(victim.mac)

    def dhcp(kind, **more):
        return frames.dhcp(kind, victim.mac, 0x1badcafe, **more)

    return {
        "DISCOVER": [dhcp(frames.DISCOVER, url=url)],
        "REQUEST": [dhcp(frames.REQUEST, url=url, server="192.168.77.1",
                         options=[(50, own)])],
        "RELEASE": [dhcp(frames.RELEASE, ciaddr=victim.addr4,
                         server="192.168.77.1")],
        "DECLINE": [dhcp(4, server="192.168.77.1", options=[(50, own)])],
        "DHCPv6 Solicit": [_dhcp6(victim.mac, six, 1, url)],
        "DHCPv6 Request": [_dhcp6(victim.mac, six, 3, url, victim.addr6)],
        "DHCPv6 Release": [_dhcp6(victim.mac, six, 8, None, victim.addr6)],
        "DHCPv6 Decline": [_dhcp6(victim.mac, six, 9, None, victim.addr6)],
        "LLDP": [_lldp(victim.mac, url)],
        "LLDP shutdown": [_lldp(victim.mac, url, 0)],
    }


def _spoofs(lab, mac):
    """How many events tell of a message in this name?"""
    with open(lab.out + "/mudd.log", errors="replace") as log:
        return sum("event=spoof" in line and mac in line for line in log)


@scenario("forged", 240)
def forged(lab):
    """DHCP and LLDP in another's name: nothing changes but an event."""
    _begin(lab)
    thing, laptop, url = lab.t1, lab.t4, mudfile.URL % "other"
    lab.probe([lab.flow(laptop, lab.svc, "tcp", 7001, True,
                        address=lab.service("d"), name="not managed")])
    time.sleep(2.5)     # longer than a bridge entry counts as new

    def standing():
        device = lab.mudd.device(thing.mac)
        found = {key: device.get(key) for key in (
            "state", "mud_url", "url_source", "port")}
        # It says itself, by and by, that it has a link-local one.
        found["addresses"] = sorted(addr for addr in device.get(
            "addresses", []) if not addr.startswith("fe80:"))
        return found

    before = standing()
    for liar in (lab.t2, lab.t5):
        for victim in (thing, laptop):
            for what, sent in _forgeries(victim, url).items():
                who = "%s of %s by %s" % (what, victim.name, liar.name)
                told = _spoofs(lab, victim.mac)

                def asks():
                    send(liar, *sent)
                    return lab.wait(
                        lambda: _spoofs(lab, victim.mac) > told, 1)

                # Of what strangers do few lines are written.
                if victim is thing or what == "DISCOVER":
                    lab.check(lab.wait(asks, 12), who + ": an event tells",
                              lab.mudd.log_tail(4))
                else:
                    send(liar, *sent)
                    time.sleep(0.3)
                now = standing()
                lab.check(now == before, who + ": the Thing is unchanged", now)
                lab.check(laptop.mac not in lab.elements("things"),
                          who + ": the laptop is not locked in")
    lab.check(bound(lab, thing), "the Thing is bound", lab.elements("bind4"))
    lab.probe([*_flows(lab, thing, "after all that"),
               lab.flow(laptop, lab.svc, "tcp", 7001, True,
                        address=lab.service("d"), name="still free")])


# ---- servers that are none --------------------------------------------------

def _leases(lab, server, client, passes):
    """Answers of a DHCP server, to all and to one."""
    def four(mac, addr):
        return lambda data: craft.ether(server.mac, mac, craft.IP4, craft.ip4(
            server.addr4, addr, craft.UDP, craft.udp(
                server.addr4, 67, addr, 68, data)))

    def six(mac, addr):
        return lambda data: craft.ether(server.mac, mac, craft.IP6, craft.ip6(
            server.addr6, addr, craft.UDP, craft.udp(
                server.addr6, 547, addr, 546, data)))

    return [Attempt("DHCP to all", server, client, four(
                frames.BROADCAST, "255.255.255.255"), passes),
            Attempt("DHCP to one", server, client, four(
                client.mac, client.addr4), passes),
            Attempt("DHCPv6 to one", server, client, six(
                client.mac, client.addr6), passes)]


@scenario("rogue-server", 60)
def rogue_server(lab):
    """No Thing is a DHCP server to its neighbours (T6)."""
    evasion.begin(lab, lab.t1, lab.t2)
    attempts = [*_leases(lab, lab.t1, lab.t4, False),
                *_leases(lab, lab.t1, lab.t2, False),
                *_leases(lab, lab.t5, lab.t4, True),
                *_leases(lab, lab.t5, lab.t2, True)]
    evasion.try_all(lab, attempts)
    for addr in (lab.t1.addr4, lab.t1.addr6):
        lab.check(lab.wait(lambda: _told_server(lab, lab.t1.mac, addr)),
                  "an event tells of the server %s" % addr,
                  lab.mudd.log_tail(6))
    lab.check("spoof" in lab.mudd.device(lab.t1.mac).get("flags", []),
              "the Thing is shown with it", lab.mudd.device(lab.t1.mac))
    evasion.without_mudd(lab, attempts)


def _told_server(lab, mac, addr):
    with open(lab.out + "/mudd.log", errors="replace") as log:
        return any("event=spoof" in line and mac in line and
                   "a DHCP server, %s," % addr in line for line in log)


# ---- while it says nothing --------------------------------------------------

def _takes_its_name(lab, thing, liar):
    """The liar's host becomes the Thing, as far as a MAC makes it one, and
    asks for a lease as a Thing that has moved would."""
    with liar.inside():
        net.run("ip", "link", "set", "eth0", "address", thing.mac)
        net.run("ip", "addr", "flush", "dev", "eth0")
    lab.join("udhcpc", liar, None, wait=False)


@scenario("quiet", 120)
def quiet(lab):
    """A Thing that says nothing for a while keeps its port; what it cannot
    be told apart from is one that is not there any more."""
    evasion.begin(lab)
    thing, liar = lab.t1, lab.t5
    lab.clients["t1"].stop()
    time.sleep(11)      # S-47: now others may ask in its name
    since = time.time()
    _takes_its_name(lab, thing, liar)
    leased = lab.wait(lambda: liar.read_addr4() == thing.addr4, 20)
    lab.check(leased, "the liar has a lease in its name")
    lab.check(lab.wait(lambda: "two-ports" in lab.mudd.device(
        thing.mac).get("flags", []), 10), "which is told",
        lab.mudd.device(thing.mac))
    time.sleep(4)       # longer than the Thing is asked
    mask = _mask(liar, thing, True, True)
    evasion.try_all(lab, [
        Attempt("in its name, IPv4", liar, lab.svc, lambda data: udp4(
            mask, lab.gw, lab.service("a"), OPEN_UDP, data)),
        Attempt("in its name, IPv6", liar, lab.svc, lambda data: udp6(
            mask, lab.gw, lab.service("a6"), OPEN_UDP, data))])
    lab.check(lab.mudd.device(thing.mac).get("port") == "lan1",
              "the Thing is on its port", lab.mudd.device(thing.mac))
    lab.probe(_flows(lab, thing, "at once"), seconds=WORKS_SEC)
    got = lab.captures.incoming("t5", since, dst=thing.addr4, protocol=17,
                                dport=mudfile.UDP_THING)
    lab.check(not got, "nothing for it has come to the liar", got[:3])
