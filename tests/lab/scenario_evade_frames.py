"""Evasion by frames: what goes from port to port below or beside IP.

t1 is a Thing; t4 and t5 are laptops, who may send each other what they like.
"""

import struct

import craft
import evasion
import net
from craft import ether
from evasion import Attempt, FREE, NEAR_UDP, OPEN_UDP, udp4, udp6
from registry import scenario
from scenario_evade_packets import Wan

ALL = "ff:ff:ff:ff:ff:ff"
# Of 802.1Q and 802.1ad; with VLAN 0 a host takes the frame as if it had none.
TAGS = {"of VLAN 5": [(craft.VLAN, 5)], "of VLAN 0": [(craft.VLAN, 0)],
        "with a priority": [(craft.VLAN, 7 << 13)],
        "of a service VLAN": [(craft.QINQ, 5)],
        "with two tags": [(craft.QINQ, 5), (craft.VLAN, 6)],
        "with two tags, both 0": [(craft.VLAN, 0), (craft.VLAN, 0)],
        "with three tags": [(craft.QINQ, 5), (craft.VLAN, 6),
                            (craft.VLAN, 7)]}


def _tagged(frame, tags):
    return frame[:12] + b"".join(struct.pack("!HH", *tag)
                                 for tag in tags) + frame[12:]


@scenario("evade-tags", 60)
def evade_tags(lab):
    """VLAN tags, one or several, between ports and to the gateway."""
    evasion.begin(lab)
    attempts = []
    for what, tags in TAGS.items():
        for src, dst, passes in ((lab.t1, lab.t5, False),
                                 (lab.t5, lab.t1, False),
                                 (lab.t4, lab.t5, True)):
            attempts.append(Attempt(
                "IPv4 " + what, src, dst, lambda data: _tagged(
                    udp4(src, dst, dst.addr4, NEAR_UDP, data), tags),
                passes))
        attempts.append(Attempt(
            "IPv6 " + what, lab.t1, lab.t5, lambda data: _tagged(
                udp6(lab.t1, lab.t5, lab.t5.addr6, NEAR_UDP, data),
                tags)))
        attempts.append(Attempt(
            "ARP " + what, lab.t1, lab.t5, lambda data: _tagged(
                _arp(lab.t1, ALL, 1, lab.t1, lab.t5.addr4, data), tags)))
    routed = lambda data: udp4(lab.t1, lab.gw, lab.service("a"), OPEN_UDP,
                               data)
    attempts += [
        Attempt("to the gateway, VLAN 0", lab.t1, lab.svc,
                lambda data: _tagged(routed(data), TAGS["of VLAN 0"])),
        Attempt("to the gateway, no tag", lab.t1, lab.svc, routed, True),
        Attempt("no tag", lab.t1, lab.t5, lambda data: udp4(
            lab.t1, lab.t5, lab.t5.addr4, NEAR_UDP, data), True)]
    evasion.judge(lab, attempts)


def _snap(lab, payload):
    """IPv4 as IEEE 802.2 carries it (RFC 1042)."""
    llc = b"\xaa\xaa\x03\0\0\0\x08\0" + payload
    return ether(lab.t1.mac, lab.t5.mac, len(llc), llc)


@scenario("evade-types", 60)
def evade_types(lab):
    """Other Ethernet types than ARP, IP and EAPOL."""
    evasion.begin(lab)
    inner = craft.ip4(lab.t1.addr4, lab.t5.addr4, craft.UDP, craft.udp(
        lab.t1.addr4, 41000, lab.t5.addr4, NEAR_UDP, b""))
    kinds = {"RARP": 0x8035, "PPPoE discovery": 0x8863,
             "PPPoE session": 0x8864, "MPLS": 0x8847, "AppleTalk": 0x809b,
             "IPX": 0x8137, "Profinet": 0x8892, "wake on LAN": 0x0842,
             "MACsec": 0x88e5, "loopback": 0x9000, "TIPC": 0x88ca,
             "batman": 0x4305, "an experiment's": 0x88b5, "LLC": 100,
             "nobody's": 0xffff}
    attempts = []
    for what, kind in kinds.items():
        for src, dst, passes in ((lab.t1, lab.t5, False),
                                 (lab.t5, lab.t1, False),
                                 (lab.t4, lab.t5, True)):
            attempts.append(Attempt(what, src, dst, lambda data: ether(
                src.mac, dst.mac, kind, inner + data), passes))
        attempts.append(Attempt(what + ", to all", lab.t1, lab.t5,
                                lambda data: ether(lab.t1.mac, ALL, kind,
                                                   data)))
    attempts += [
        Attempt("IP in LLC and SNAP", lab.t1, lab.t5,
                lambda data: _snap(lab, inner + data)),
        Attempt("EAPOL", lab.t1, lab.t5, lambda data: ether(
            lab.t1.mac, lab.t5.mac, craft.EAPOL, data), True),
        Attempt("EAPOL", lab.t5, lab.t1, lambda data: ether(
            lab.t5.mac, lab.t1.mac, craft.EAPOL, data), True)]
    evasion.judge(lab, attempts)


# ---- who is where ----------------------------------------------------------

def _arp(host, dst_mac, operation, claimed, target, data, addr=None):
    """claimed: the host whose MAC the ARP tells; addr: not that host's."""
    return ether(host.mac, dst_mac, craft.ARP, craft.arp(
        operation, claimed.mac, addr or claimed.addr4, target, data=data))


@scenario("evade-arp", 60)
def evade_arp(lab):
    """ARP that says somebody else's address is here, or a Thing's is not."""
    evasion.begin(lab, lab.t1, lab.t2)
    thing, other, laptop = lab.t1, lab.t2, lab.t5

    def lie(what, host, to, claimed, addr, target, passes=False):
        found = []
        for operation, how in ((1, "asking"), (2, "telling")):
            for mac, whom in ((ALL, "all"), (to.mac, "one")):
                found.append(Attempt(
                    "%s, %s %s" % (what, how, whom), host, to, lambda data:
                    _arp(host, mac, operation, claimed, target, data, addr),
                    passes))
        return found

    attempts = [
        *lie("it is the gateway", thing, laptop, thing, lab.gw.addr4,
             laptop.addr4),
        *lie("it is the laptop", thing, laptop, thing, laptop.addr4,
             laptop.addr4),
        *lie("it is the other Thing", thing, laptop, thing, other.addr4,
             laptop.addr4),
        *lie("it has an address of no network here", thing, laptop, thing,
             "192.168.78.50", laptop.addr4),
        *lie("it is elsewhere", thing, laptop, lab.t4, thing.addr4,
             laptop.addr4),
        *lie("it is the Thing", laptop, other, laptop, thing.addr4,
             other.addr4),
        *lie("it is the Thing", laptop, lab.t4, laptop, thing.addr4,
             lab.t4.addr4),
        *lie("the Thing is at a third one", laptop, lab.t4, lab.t3,
             thing.addr4, lab.t4.addr4),
        *lie("the truth", thing, laptop, thing, thing.addr4, laptop.addr4,
             True),
        *lie("the truth", laptop, thing, laptop, laptop.addr4, thing.addr4,
             True),
        *lie("a probe", thing, laptop, thing, "0.0.0.0", "192.168.77.50",
             True)]
    evasion.try_all(lab, attempts)
    for host in (laptop, thing):
        evasion.send_frame(host, _arp(host, lab.gw.mac, 2, lab.t3,
                                      lab.gw.addr4, b"", other.addr4))
        evasion.send_frame(host, _arp(host, lab.gw.mac, 1, host,
                                      lab.gw.addr4, b"", other.addr4))
    neighbours = net.run("ip", "neigh", "show", other.addr4)
    lab.check(other.mac in neighbours or not neighbours.strip(),
              "the gateway has not been told otherwise", neighbours)
    evasion.without_mudd(lab, attempts)


def _nd(host, to, src, body, wrap=None, hops=255):
    """Neighbour discovery in a frame; wrap(next header, body) around it."""
    following, whole = wrap(craft.ICMP6, body) if wrap else (craft.ICMP6, body)
    return ether(host.mac, to, craft.IP6,
                 craft.ip6(src, "ff02::1", following, whole, hops))


WRAPS = {
    "": None,
    ", behind hop-by-hop options": lambda kind, body: (
        craft.HOP_BY_HOP, craft.options6(kind, body)),
    ", behind destination options": lambda kind, body: (
        craft.DESTINATION_OPTIONS, craft.options6(kind, body)),
    ", behind three headers": lambda kind, body: (
        craft.HOP_BY_HOP, craft.options6(
            craft.DESTINATION_OPTIONS, craft.options6(
                craft.DESTINATION_OPTIONS, craft.options6(kind, body)))),
    ", as a fragment": lambda kind, body: (
        craft.FRAGMENT, craft.fragment6(kind, body, 7)),
}


@scenario("evade-nd", 60)
def evade_nd(lab):
    """Neighbour discovery that lies, hidden or not; routers that are none."""
    evasion.begin(lab, lab.t1, lab.t2)
    thing, other, laptop = lab.t1, lab.t2, lab.t5
    nodes, attempts = "33:33:00:00:00:01", []

    def says(what, host, to, src, body, passes=False, hidden=True):
        for how, wrap in WRAPS.items():
            if wrap is None or hidden:
                attempts.append(Attempt(
                    what + how, host, to, lambda data: _nd(
                        host, nodes, src, body(data), wrap), passes))

    def advert(src, target, mac):
        return lambda data: craft.advertisement(src, "ff02::1", target, mac,
                                                data[:14])

    def asks(src, mac):
        return lambda data: craft.solicitation(src, "ff02::1", laptop.addr6,
                                               mac, data[:14])

    says("it is the gateway", thing, laptop, thing.addr6,
         advert(thing.addr6, "fd77::1", thing.mac))
    says("it is the laptop", thing, laptop, thing.addr6,
         advert(thing.addr6, laptop.addr6, thing.mac))
    says("it is the other Thing", thing, laptop, thing.addr6,
         advert(thing.addr6, other.addr6, thing.mac))
    says("it asks as the laptop", thing, laptop, laptop.addr6,
         asks(laptop.addr6, thing.mac))
    says("it is a router", thing, laptop, thing.addr6,
         lambda data: craft.router(thing.addr6, "ff02::1", thing.mac,
                                   data[:14]))
    says("it is the Thing", laptop, lab.t4, laptop.addr6,
         advert(laptop.addr6, thing.addr6, laptop.mac))
    says("it asks as the Thing", laptop, lab.t4, thing.addr6,
         asks(thing.addr6, laptop.mac))
    says("the truth", thing, laptop, thing.addr6,
         advert(thing.addr6, thing.addr6, thing.mac), True, False)
    says("it asks as itself", thing, laptop, thing.addr6,
         asks(thing.addr6, thing.mac), True, False)
    says("the truth", laptop, thing, laptop.addr6,
         advert(laptop.addr6, laptop.addr6, laptop.mac), True, False)
    evasion.judge(lab, attempts)


# ---- whose address ---------------------------------------------------------

@scenario("evade-source", 60)
def evade_source(lab):
    """From addresses that are not the Thing's, or were never learnt."""
    evasion.begin(lab, lab.t1, lab.t2)
    thing, laptop = lab.t1, lab.t5
    server, server6 = lab.service("a"), lab.service("a6")
    attempts = []
    # The kernel routes nothing from the last ones.
    for what, addr, routes in (
            ("the gateway's", lab.gw.addr4, False),
            ("the laptop's", laptop.addr4, True),
            ("the other Thing's", lab.t2.addr4, True),
            ("a free one", "192.168.77.50", True),
            ("another network's", "10.1.2.3", True),
            ("the server's", server, True),
            ("none", "0.0.0.0", False), ("a group's", "224.0.0.9", False),
            ("its own loopback", "127.0.0.1", False),
            ("everybody's", "255.255.255.255", False)):
        if routes:
            attempts.append(Attempt(
                "from " + what, thing, lab.svc, lambda data: udp4(
                    thing, lab.gw, server, OPEN_UDP, data, addr)))
        attempts.append(Attempt(
            "from " + what, thing, laptop, lambda data: udp4(
                thing, laptop, laptop.addr4, NEAR_UDP, data, addr)))
    for what, addr, routes in (
            ("the gateway's", "fd77::1", False),
            ("the laptop's", laptop.addr6, True),
            ("the other Thing's", lab.t2.addr6, True),
            ("a free one", "fd77::50", True),
            ("another network's", "2001:db8:1::1", True),
            ("a link-local one", "fe80::50", False), ("none", "::", False),
            ("an IPv4 one", "::ffff:%s" % thing.addr4, False),
            ("a 6to4 one", "2002:c000:201::1", True)):
        if routes:
            attempts.append(Attempt(
                "from " + what, thing, lab.svc, lambda data: udp6(
                    thing, lab.gw, server6, OPEN_UDP, data, addr)))
        attempts.append(Attempt(
            "from " + what, thing, laptop, lambda data: udp6(
                thing, laptop, laptop.addr6, NEAR_UDP, data, addr)))
    attempts += [
        Attempt("as the Thing", laptop, lab.svc, lambda data: udp4(
            laptop, lab.gw, server, OPEN_UDP, data, thing.addr4)),
        Attempt("as the Thing", laptop, lab.t4, lambda data: udp4(
            laptop, lab.t4, lab.t4.addr4, FREE, data, thing.addr4)),
        Attempt("as the Thing", laptop, lab.svc, lambda data: udp6(
            laptop, lab.gw, server6, OPEN_UDP, data, thing.addr6)),
        Attempt("as the Thing", laptop, lab.t4, lambda data: udp6(
            laptop, lab.t4, lab.t4.addr6, FREE, data, thing.addr6)),
        *_own(lab, thing, laptop)]
    evasion.judge(lab, attempts)


def _own(lab, thing, laptop):
    """From its own address: these pass."""
    return [
        Attempt("from its own", thing, lab.svc, lambda data: udp4(
            thing, lab.gw, lab.service("a"), OPEN_UDP, data), True),
        Attempt("from its own", thing, lab.svc, lambda data: udp6(
            thing, lab.gw, lab.service("a6"), OPEN_UDP, data), True),
        Attempt("from its own", thing, laptop, lambda data: udp4(
            thing, laptop, laptop.addr4, NEAR_UDP, data), True),
        Attempt("from its own", thing, laptop, lambda data: udp6(
            thing, laptop, laptop.addr6, NEAR_UDP, data), True)]


@scenario("evade-destination", 60)
def evade_destination(lab):
    """To addresses that the Thing has, but that nobody has learnt."""
    evasion.begin(lab)
    thing, laptop = lab.t1, lab.t5
    for addr in ("192.168.77.50", "fd77::50"):
        net.run("ip", "neigh", "replace", addr, "lladdr", thing.mac, "dev",
                "br-lan", "nud", "permanent")
    attempts = [
        Attempt("to its second address", lab.svc, thing, lambda data: udp4(
            lab.svc, Wan(lab), "192.168.77.50", evasion.THING_UDP, data,
            lab.service("a"))),
        Attempt("to its second address", lab.svc, thing, lambda data: udp6(
            lab.svc, Wan(lab), "fd77::50", evasion.THING_UDP, data,
            lab.service("a6"))),
        Attempt("to its own", lab.svc, thing, lambda data: udp4(
            lab.svc, Wan(lab), thing.addr4, evasion.THING_UDP, data,
            lab.service("a")), True),
        Attempt("to its own", lab.svc, thing, lambda data: udp6(
            lab.svc, Wan(lab), thing.addr6, evasion.THING_UDP, data,
            lab.service("a6")), True)]
    for addr in ("192.168.77.50", "10.1.2.3", "192.168.77.255", "224.0.0.251",
                 "255.255.255.255", "127.0.0.1", "0.0.0.0", laptop.addr4):
        attempts.append(Attempt(
            "to %s in a frame to it" % addr, laptop, thing, lambda data: udp4(
                laptop, thing, addr, NEAR_UDP, data)))
    for addr in ("fd77::50", "fe80::50", "2001:db8:1::1", "ff02::fb", "ff02::1",
                 "::1", "::", "::ffff:" + thing.addr4, laptop.addr6):
        attempts.append(Attempt(
            "to %s in a frame to it" % addr, laptop, thing, lambda data: udp6(
                laptop, thing, addr, NEAR_UDP, data)))
    attempts += [
        Attempt("to its own", laptop, thing, lambda data: udp4(
            laptop, thing, thing.addr4, NEAR_UDP, data), True),
        Attempt("to its own", laptop, thing, lambda data: udp6(
            laptop, thing, thing.addr6, NEAR_UDP, data), True)]
    evasion.judge(lab, attempts)


# ---- to the gateway --------------------------------------------------------

@scenario("evade-gateway", 60)
def evade_gateway(lab):
    """The gateway's own services, of which a Thing may ask for the time."""
    evasion.begin(lab)
    gate = evasion.Service((FREE, NEAR_UDP))
    thing, gw, attempts = lab.t1, lab.gw, []
    link = "fe80::5eff:fe00:53fe"
    lab.check(link in net.run("ip", "addr", "show", "br-lan"),
              "the gateway has its link-local address")
    # The laptop may: so it is the policy that says no to the Thing.
    for host, passes in ((thing, False), (lab.t5, True)):
        for dst in (gw.addr4, "198.51.100.1", "192.168.77.255", "224.0.0.1",
                    "255.255.255.255"):
            for port in (FREE, NEAR_UDP):
                attempts.append(Attempt(
                    "to port %d of %s" % (port, dst), host, gate,
                    lambda data: udp4(host, gw, dst, port, data), passes))
        for dst in ("fd77::1", "2001:db8:77::1", link, "ff02::1"):
            for port in (FREE, NEAR_UDP):
                attempts.append(Attempt(
                    "to port %d of %s" % (port, dst), host, gate,
                    lambda data: udp6(host, gw, dst, port, data), passes))
        attempts += _disguised(host, gw, gate, passes)
    evasion.judge(lab, attempts)


def _disguised(host, gw, gate, passes):
    """What hides where the packet goes."""
    def segment(data, src, dst):
        return craft.udp(src, 41000, dst, FREE, data)

    def pieces4(data, cuts):
        return [ether(host.mac, gw.mac, craft.IP4, packet)
                for packet in craft.fragments4(
                    host.addr4, gw.addr4, craft.UDP,
                    segment(data, host.addr4, gw.addr4), cuts, 4711)]

    def pieces6(data, cuts):
        return [ether(host.mac, gw.mac, craft.IP6, packet)
                for packet in craft.fragments6(
                    host.addr6, "fd77::1", craft.UDP,
                    segment(data, host.addr6, "fd77::1"), cuts, 4712)]

    def behind(data):
        return ether(host.mac, gw.mac, craft.IP6, craft.ip6(
            host.addr6, "fd77::1", craft.DESTINATION_OPTIONS,
            craft.options6(craft.UDP, segment(data, host.addr6, "fd77::1"))))

    return [
        Attempt("in tiny fragments", host, gate,
                lambda data: pieces4(data, range(8, 72, 8)), passes),
        Attempt("in tiny fragments of IPv6", host, gate,
                lambda data: pieces6(data, range(8, 72, 8)), passes),
        Attempt("behind options", host, gate, behind, passes),
        Attempt("in a frame to all", host, gate, lambda data: udp4(
            host, _Everybody, gw.addr4, FREE, data), passes),
        Attempt("with VLAN 0", host, gate, lambda data: _tagged(
            udp4(host, gw, gw.addr4, FREE, data), TAGS["of VLAN 0"]), passes)]


class _Everybody:
    mac = ALL
