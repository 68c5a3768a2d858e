"""Evasion by packets: fragments, headers between headers, other ways there.

t1 is a Thing; what it may send to A and be sent by A, D is denied.
"""

import itertools
import socket
import struct

import craft
import evasion
import net
from craft import ip4, ip6
from evasion import (Attempt, FREE, NEAR_UDP, OPEN_UDP, packet4,
                     packet6, udp4, udp6)
from registry import scenario

_idents = itertools.count(0x100)


class Wan:
    """The gateway, as the hosts beyond it see it."""

    def __init__(self, lab):
        with open("/sys/class/net/%s/address" % lab.svc.port) as mac:
            self.mac = mac.read().strip()


# ---- fragments -------------------------------------------------------------

def _pieces4(host, via, dst, segment, cuts, protocol=craft.UDP):
    return [craft.ether(host.mac, via.mac, craft.IP4, packet)
            for packet in craft.fragments4(host.addr4, dst, protocol, segment,
                                           cuts, next(_idents))]


def _pieces6(host, via, dst, following, segment, cuts):
    return [craft.ether(host.mac, via.mac, craft.IP6, packet)
            for packet in craft.fragments6(host.addr6, dst, following,
                                           segment, cuts, next(_idents))]


def _eights(segment):
    return range(8, len(segment), 8)


def _overlaid4(host, via, dst, ports, data, at=0):
    """Two pieces that do not agree on the port, or on what follows it."""
    ident = next(_idents)
    one, two = (craft.udp(host.addr4, 41000, dst, port, data)
                for port in ports)
    return [craft.ether(host.mac, via.mac, craft.IP4, ip4(
        host.addr4, dst, craft.UDP, piece, ident=ident, flags=more,
        offset=offset)) for piece, more, offset in (
            (one[:32], 1, 0), (two[at:40], 1, at), (one[32:], 0, 32))]


@scenario("evade-fragments", 60)
def evade_fragments(lab):
    """IPv4 in pieces: tiny, out of order, one over another, incomplete."""
    evasion.begin(lab)
    attempts = []
    for src, via, receiver, good, bad, ports in (
            (lab.t1, lab.gw, lab.svc, lab.service("a"), lab.service("d"),
             (OPEN_UDP, OPEN_UDP)),
            (lab.t1, lab.t5, lab.t5, lab.t5.addr4, lab.t5.addr4,
             (NEAR_UDP, FREE)),
            (lab.t5, lab.t1, lab.t1, lab.t1.addr4, lab.t1.addr4,
             (NEAR_UDP, FREE))):
        attempts += _in_pieces4(src, via, receiver, good, ports[0], True)
        attempts += _in_pieces4(src, via, receiver, bad, ports[1], False)
        attempts += _broken4(src, via, receiver, good, ports[0])
    attempts += _tcp_pieces(lab)
    evasion.judge(lab, attempts)


def _in_pieces4(src, via, receiver, dst, port, passes):
    def segment(data):
        return craft.udp(src.addr4, 41000, dst, port, data)

    def sent(data, cuts):
        return _pieces4(src, via, dst, segment(data), cuts)

    what = "to UDP port %d of %s in " % (port, dst)
    return [
        Attempt(what + "three fragments", src, receiver,
                lambda data: sent(data, [24, 48]), passes),
        Attempt(what + "tiny fragments", src, receiver,
                lambda data: sent(data, _eights(segment(data))), passes),
        Attempt(what + "fragments, the last first", src, receiver,
                lambda data: sent(data, [8, 48])[::-1], passes)]


def _broken4(src, via, receiver, dst, port):
    """Where it may go, but for what is wrong with them."""
    def whole(data):
        return craft.udp(src.addr4, 41000, dst, port, data)

    return [
        Attempt("two first fragments, of two ports", src, receiver,
                lambda data: _overlaid4(src, via, dst, (port, FREE), data)),
        Attempt("the denied port first", src, receiver,
                lambda data: _overlaid4(src, via, dst, (FREE, port), data)),
        Attempt("one fragment over the end of another", src, receiver,
                lambda data: _overlaid4(src, via, dst, (port, FREE), data, 8)),
        Attempt("a first fragment alone", src, receiver,
                lambda data: _pieces4(src, via, dst, whole(data), [40])[:1]),
        Attempt("a last fragment alone", src, receiver,
                lambda data: _pieces4(src, via, dst, whole(data), [8])[1:]),
        Attempt("a fragment past the end of any packet", src, receiver,
                lambda data: craft.ether(src.mac, via.mac, craft.IP4, ip4(
                    src.addr4, dst, craft.UDP, data, ident=next(_idents),
                    offset=65528)))]


def _tcp_pieces(lab):
    """So small that the flags are in another piece than the ports."""
    def sent(dst, flags, data):
        return _pieces4(lab.t1, lab.gw, dst, craft.tcp(
            lab.t1.addr4, 42000, dst, 7001, flags, data), [8], craft.TCP)

    return [
        Attempt("SYN in two to D", lab.t1, lab.svc, lambda data: sent(
            lab.service("d"), craft.SYN, data)),
        Attempt("ACK in two to D", lab.t1, lab.svc, lambda data: sent(
            lab.service("d"), craft.ACK, data)),
        Attempt("SYN in two to A", lab.t1, lab.svc, lambda data: sent(
            lab.service("a"), craft.SYN, data), True)]


@scenario("evade-fragments6", 60)
def evade_fragments6(lab):
    """The same of IPv6, whose headers may be cut from each other as well."""
    evasion.begin(lab)
    attempts = []
    for src, via, receiver, good, bad, ports in (
            (lab.t1, lab.gw, lab.svc, lab.service("a6"), lab.service("d6"),
             (OPEN_UDP, OPEN_UDP)),
            (lab.t1, lab.t5, lab.t5, lab.t5.addr6, lab.t5.addr6,
             (NEAR_UDP, FREE)),
            (lab.t5, lab.t1, lab.t1, lab.t1.addr6, lab.t1.addr6,
             (NEAR_UDP, FREE))):
        attempts += _in_pieces6(src, via, receiver, good, ports[0], True)
        attempts += _in_pieces6(src, via, receiver, bad, ports[1], False)
        attempts += _broken6(src, via, receiver, good, ports[0])
    evasion.judge(lab, attempts)


def _in_pieces6(src, via, receiver, dst, port, passes):
    def segment(data):
        return craft.udp(src.addr6, 41000, dst, port, data)

    def sent(data, cuts, wrapped=False):
        whole, following = segment(data), craft.UDP
        if wrapped:
            following = craft.DESTINATION_OPTIONS
            whole = craft.options6(craft.UDP, whole)
        return _pieces6(src, via, dst, following, whole, cuts)

    what = "to UDP port %d of %s in " % (port, dst)
    return [
        Attempt(what + "three fragments", src, receiver,
                lambda data: sent(data, [24, 48]), passes),
        Attempt(what + "tiny fragments", src, receiver,
                lambda data: sent(data, _eights(segment(data))), passes),
        Attempt(what + "fragments, the last first", src, receiver,
                lambda data: sent(data, [8, 48])[::-1], passes),
        Attempt(what + "one fragment", src, receiver,
                lambda data: sent(data, []), passes),
        # Which kernels throw away (RFC 7112).
        Attempt(what + "fragments, the first without the port", src, receiver,
                lambda data: sent(data, [8, 32], True))]


def _broken6(src, via, receiver, dst, port):
    def frames(data, parts):
        """parts: (port of the piece, from, to, more?)"""
        ident, found = next(_idents), []
        for at, start, end, more in parts:
            segment = craft.udp(src.addr6, 41000, dst, at, data)
            found.append(packet6(src, via, dst, craft.FRAGMENT,
                                 craft.fragment6(craft.UDP, segment[start:end],
                                                 ident, start, more)))
        return found

    def nested(data, offset):
        """A fragment within a whole one."""
        segment = craft.udp(src.addr6, 41000, dst, port, data)
        inner = craft.fragment6(craft.UDP, segment[offset:], 77, offset)
        return packet6(src, via, dst, craft.FRAGMENT, craft.fragment6(
            craft.FRAGMENT, inner, next(_idents)))

    return [
        Attempt("two first fragments, of two ports", src, receiver,
                lambda data: frames(data, [(port, 0, 32, True),
                                           (FREE, 0, 40, True),
                                           (port, 32, None, False)])),
        Attempt("one fragment over the end of another", src, receiver,
                lambda data: frames(data, [(port, 0, 32, True),
                                           (FREE, 24, 40, True),
                                           (port, 32, None, False)])),
        Attempt("a first fragment alone", src, receiver,
                lambda data: frames(data, [(port, 0, 40, True)])),
        Attempt("a last fragment alone", src, receiver,
                lambda data: frames(data, [(port, 8, None, False)])),
        Attempt("a last fragment in a whole one", src, receiver,
                lambda data: nested(data, 8))]


# ---- headers between headers -----------------------------------------------

_ROUTER_ALERT = b"\x05\x02\0\0"
_UNKNOWN_OPTION = b"\x1e\x04abcd"      # skipped by who does not know it


def _behind(following, segment, how):
    """(first next header, all of it)"""
    if how == "hop-by-hop options":
        return craft.HOP_BY_HOP, craft.options6(following, segment)
    if how == "a router alert":
        return craft.HOP_BY_HOP, craft.options6(following, segment,
                                                _ROUTER_ALERT)
    if how == "an option nobody knows":
        return craft.DESTINATION_OPTIONS, craft.options6(following, segment,
                                                         _UNKNOWN_OPTION)
    if how == "256 bytes of options":
        return craft.DESTINATION_OPTIONS, craft.options6(
            following, segment, b"\x1e\xfa" + bytes(250))
    first = following
    for _ in range({"destination options": 1, "eight headers": 8}[how]):
        segment = craft.options6(first, segment)
        first = craft.DESTINATION_OPTIONS
    return first, segment


HOWS = ("hop-by-hop options", "a router alert", "an option nobody knows",
        "256 bytes of options", "destination options", "eight headers")


@scenario("evade-headers6", 60)
def evade_headers6(lab):
    """Extension headers before what a policy speaks of, or instead of it."""
    evasion.begin(lab)
    attempts = []
    for src, via, receiver, dst, port, passes in (
            (lab.t1, lab.gw, lab.svc, lab.service("d6"), OPEN_UDP, False),
            (lab.t1, lab.gw, lab.svc, lab.service("a6"), FREE, False),
            (lab.t1, lab.gw, lab.svc, lab.service("a6"), OPEN_UDP, True),
            (lab.t1, lab.t5, lab.t5, lab.t5.addr6, FREE, False),
            (lab.t1, lab.t5, lab.t5, lab.t5.addr6, NEAR_UDP, True),
            (lab.t5, lab.t1, lab.t1, lab.t1.addr6, FREE, False),
            (lab.t5, lab.t1, lab.t1, lab.t1.addr6, NEAR_UDP, True)):
        for how in HOWS:
            attempts.append(Attempt(
                "UDP port %d of %s, behind %s" % (port, dst, how), src,
                receiver, lambda data: packet6(src, via, dst, *_behind(
                    craft.UDP, craft.udp(src.addr6, 41000, dst, port,
                                         data), how)), passes))
        if passes:
            attempts += _no_transport(src, via, receiver, dst, port)
    evasion.judge(lab, attempts)


def _no_transport(src, via, receiver, dst, port):
    """To the port that is open, but for the header that says what it is."""
    def segment(data):
        return craft.udp(src.addr6, 41000, dst, port, data)

    found = [Attempt("next header %d to %s" % (kind, dst), src, receiver,
                     lambda data: packet6(src, via, dst, kind, segment(data)))
             for kind in (craft.NO_NEXT, 50, 135, 139, 140, 253)]
    found.append(Attempt(
        "no next header behind options to " + dst, src, receiver,
        lambda data: packet6(src, via, dst, craft.DESTINATION_OPTIONS,
                             craft.options6(craft.NO_NEXT, segment(data)))))
    return found


# ---- the sender chooses the way --------------------------------------------

def _route4(kind, addr):
    """Loose (131) or strict (137) source route, by this one host."""
    return bytes((kind, 7, 4)) + craft.packed(addr)


@scenario("evade-routing", 60)
def evade_routing(lab):
    """Source routes through a gateway that has been told to honour them."""
    evasion.begin(lab)
    for name in ("all", "br-lan", lab.svc.port):
        net.write("/proc/sys/net/ipv4/conf/%s/accept_source_route" % name, "1")
        net.write("/proc/sys/net/ipv6/conf/%s/accept_source_route" % name, "1")
        net.write("/proc/sys/net/ipv6/conf/%s/seg6_enabled" % name, "1")
    thing, wan, attempts = lab.t1, Wan(lab), []
    a, d = lab.service("a"), lab.service("d")
    for what, kind in (("loose", 131), ("strict", 137)):
        attempts += [
            Attempt("%s source route by the gateway" % what, thing, lab.svc,
                    lambda data: udp4(thing, lab.gw, lab.gw.addr4, 123, data,
                                      options=_route4(kind, d))),
            Attempt("%s source route by the gateway" % what, lab.svc, thing,
                    lambda data: udp4(lab.svc, wan, "198.51.100.1", FREE,
                                      data, d,
                                      options=_route4(kind, thing.addr4))),
            Attempt("%s source route by the gateway" % what, lab.t5, lab.svc,
                    lambda data: udp4(lab.t5, lab.gw, lab.gw.addr4, 123, data,
                                      options=_route4(kind, d)), True)]
    attempts += [
        Attempt("an option that records the route", thing, lab.svc,
                lambda data: udp4(thing, lab.gw, a, OPEN_UDP, data,
                                  options=bytes((7, 7, 4)) + bytes(4)), True),
        *_routed6(lab, thing, wan)]
    evasion.judge(lab, attempts)


def _routed6(lab, thing, wan):
    """Segments (RFC 8754), and older headers, which no kernel honours."""
    def sent(host, via, first, last, port, data, kind=4, left=1, sums=None):
        src = host.addr6 if host is not lab.svc else lab.service("d6")
        segment = craft.udp(src, 41000, sums or last, port, data)
        hops = [last, first] if kind == 4 else [last]
        return packet6(host, via, first, craft.ROUTING, craft.routing6(
            craft.UDP, segment, kind, left, hops), src)

    a6, d6 = lab.service("a6"), lab.service("d6")
    found = [
        Attempt("segments by the gateway", thing, lab.svc, lambda data: sent(
            thing, lab.gw, "fd77::1", d6, 123, data)),
        Attempt("segments by the gateway", lab.svc, thing, lambda data: sent(
            lab.svc, wan, "2001:db8:77::1", thing.addr6, FREE, data)),
        Attempt("segments by the gateway", lab.t5, lab.svc, lambda data: sent(
            lab.t5, lab.gw, "fd77::1", d6, 123, data), True),
        # The connection tracker takes this one for a packet to the gateway,
        # and an address that sums up as the gateway's is easily had.
        Attempt("segments by the gateway, and its checksum", thing, lab.svc,
                lambda data: sent(thing, lab.gw, "fd77::1", d6, 123, data,
                                  sums="fd77::1")),
        Attempt("segments by A", thing, lab.svc, lambda data: sent(
            thing, lab.gw, a6, d6, OPEN_UDP, data))]
    for kind in (0, 2):
        found += [
            Attempt("a routing header of type %d by the gateway" % kind,
                    thing, lab.svc, lambda data: sent(
                        thing, lab.gw, "fd77::1", d6, 123, data, kind),
                    control=False),
            Attempt("a routing header of type %d by A" % kind, thing, lab.svc,
                    lambda data: sent(thing, lab.gw, a6, d6, OPEN_UDP, data,
                                      kind))]
    return found


# ---- packets in packets ----------------------------------------------------

@scenario("evade-tunnels", 60)
def evade_tunnels(lab):
    """IPv4 addresses in IPv6 ones, and protocols that carry another packet."""
    evasion.begin(lab)
    thing = lab.t1
    a, d = lab.service("a"), lab.service("d")
    attempts = []
    for what, prefix, addr in (
            ("IPv4-mapped", "::ffff:0:0/96", "::ffff:"),
            ("NAT64", "64:ff9b::/96", "64:ff9b::"),
            ("6to4", "2002::/16", None), ("Teredo", "2001::/32", None)):
        net.run("ip", "-6", "route", "add", prefix, "via", "2001:db8:77::11")
        for server in (a, d):
            quads = struct.unpack("!HH", craft.packed(server))
            dst = (addr + server if addr else
                   ("2002:%x:%x::1" if what == "6to4" else "2001:0:%x:%x::1")
                   % quads)
            attempts.append(Attempt(
                "to %s, %s" % (dst, what), thing, lab.svc,
                lambda data: udp6(thing, lab.gw, dst, OPEN_UDP, data)))
    inner6 = ip6("2002:c0a8:4d01::1", "2001:db8:1::1", craft.UDP, b"")
    for server in (a, d):
        inner4 = ip4(thing.addr4, server, craft.UDP, craft.udp(
            thing.addr4, 41000, server, OPEN_UDP, b""))
        for what, protocol, inner in (
                ("IPv6 in IPv4", 41, inner6), ("IPv4 in IPv4", 4, inner4),
                ("GRE", 47, b"\0\0\x08\0" + inner4), ("ESP", 50, b""),
                ("AH", 51, b"\x11\x04\0\0" + bytes(20)), ("L2TP", 115, b""),
                ("SCTP", 132, b""), ("DCCP", 33, b""), ("UDP-Lite", 136, b""),
                ("OSPF", 89, b""), ("an experiment's", 253, b""),
                ("protocol 0", 0, b"")):
            attempts.append(Attempt(
                "%s to %s" % (what, server), thing, lab.svc,
                lambda data: packet4(thing, lab.gw, server, protocol,
                                     inner + data)))
        attempts.append(Attempt(
            "Teredo to " + server, thing, lab.svc, lambda data: udp4(
                thing, lab.gw, server, 3544, inner6 + data)))
    attempts += [
        Attempt("UDP itself", thing, lab.svc, lambda data: udp4(
            thing, lab.gw, a, OPEN_UDP, data), True),
        Attempt("UDP itself", thing, lab.svc, lambda data: udp6(
            thing, lab.gw, lab.service("a6"), OPEN_UDP, data), True)]
    evasion.judge(lab, attempts)


# ---- sizes -----------------------------------------------------------------

def _wide(lab):
    """All wires on the way take jumbo frames."""
    for host in (lab.t1, lab.t5, lab.svc):
        with host.inside():
            net.run("ip", "link", "set", "eth0", "mtu", "9000")
        net.run("ip", "link", "set", host.port, "mtu", "9000")
    net.run("ip", "link", "set", "br-lan", "mtu", "9000")


@scenario("evade-sizes", 60)
def evade_sizes(lab):
    """Jumbo frames, and frames that end before their headers do."""
    _wide(lab)
    evasion.begin(lab)
    thing, laptop, a, d = lab.t1, lab.t5, lab.service("a"), lab.service("d")
    a6, d6 = lab.service("a6"), lab.service("d6")
    attempts = [
        Attempt("8000 bytes to D", thing, lab.svc, lambda data: udp4(
            thing, lab.gw, d, OPEN_UDP, data), size=8000),
        Attempt("8000 bytes to D", thing, lab.svc, lambda data: udp6(
            thing, lab.gw, d6, OPEN_UDP, data), size=8000),
        Attempt("8000 bytes to A", thing, lab.svc, lambda data: udp4(
            thing, lab.gw, a, OPEN_UDP, data), True, size=8000),
        Attempt("8000 bytes to A", thing, lab.svc, lambda data: udp6(
            thing, lab.gw, a6, OPEN_UDP, data), True, size=8000),
        Attempt("8000 bytes", thing, laptop, lambda data: udp4(
            thing, laptop, laptop.addr4, FREE, data), size=8000),
        Attempt("8000 bytes", laptop, thing, lambda data: udp4(
            laptop, thing, thing.addr4, FREE, data), size=8000),
        Attempt("8000 bytes", thing, laptop, lambda data: udp4(
            thing, laptop, laptop.addr4, NEAR_UDP, data), True, size=8000)]
    attempts += [*_runts(thing, laptop), *_ends_early(thing, laptop),
                 *_runts(laptop, thing)]
    evasion.judge(lab, attempts)


def _runts(src, dst):
    """On the bridge, where nobody else looks whether headers are whole."""
    v4 = ip4(src.addr4, dst.addr4, craft.UDP, craft.udp(
        src.addr4, 41000, dst.addr4, FREE, b""))
    v6 = ip6(src.addr6, dst.addr6, craft.UDP, craft.udp(
        src.addr6, 41000, dst.addr6, FREE, b""))

    cut = _cutter(src, dst)
    return [
        cut("IPv4 of 8 bytes", craft.IP4, lambda data: data[:8]),
        cut("IPv4, the header cut off", craft.IP4,
            lambda data: v4[:8] + data[:8]),
        cut("IPv4 of version 6", craft.IP4, lambda data: b"\x65" + v4[1:] +
            data),
        cut("IPv4 with a header of 16 bytes", craft.IP4,
            lambda data: b"\x44" + v4[1:] + data),
        cut("IPv6 of 8 bytes", craft.IP6, lambda data: data[:8]),
        cut("IPv6, the header cut off", craft.IP6,
            lambda data: v6[:24] + data[:8]),
        cut("IPv6 of version 4", craft.IP6, lambda data: b"\x45" + v6[1:] +
            data)]


def _cutter(src, dst):
    return lambda what, kind, make: Attempt(
        what, src, dst, lambda data: craft.ether(src.mac, dst.mac, kind,
                                                 make(data)))


def _ends_early(src, dst):
    """ARP that does not say whose it is."""
    cut = _cutter(src, dst)
    return [
        cut("ARP of 8 bytes", craft.ARP, lambda data: data[:8]),
        cut("ARP, the sender cut off", craft.ARP,
            lambda data: b"\0\1\x08\0" + data[:8])]


# ---- groups ----------------------------------------------------------------

class _Routes:
    """IPv4 multicast to one group goes on from the LAN to svc."""

    def __init__(self, lab, group, origins):
        self._sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, 2)
        self._set(200, struct.pack("i", 1))             # MRT_INIT
        for number, name in enumerate(("br-lan", lab.svc.port)):
            self._set(202, struct.pack(                 # MRT_ADD_VIF
                "=HBBIi4s", number, 8, 1, 0, socket.if_nametoindex(name),
                bytes(4)))
        for origin in origins:
            ttls = bytes((0, 1)) + bytes(30)
            self._set(204, craft.packed(origin) + craft.packed(group) +
                      struct.pack("=H32s2xIIIi", 0, ttls, 0, 0, 0, 0))

    def _set(self, option, value):
        self._sock.setsockopt(socket.IPPROTO_IP, option, value)

    def close(self):
        self._sock.close()


@scenario("evade-multicast", 60)
def evade_multicast(lab):
    """To groups and to everybody, in the LAN and out of it."""
    evasion.begin(lab)
    thing, laptop, group = lab.t1, lab.t5, "239.1.2.3"
    routes = _Routes(lab, group, (thing.addr4, laptop.addr4))
    for name in ("all", "br-lan", lab.svc.port):
        net.write("/proc/sys/net/ipv4/conf/%s/bc_forwarding" % name, "1")

    def grouped(host, dst, port, data, mac=None):
        mac = mac or craft.group_mac(dst)
        kind, packet = ((craft.IP6, ip6) if ":" in dst else (craft.IP4, ip4))
        src = host.addr6 if ":" in dst else host.addr4
        return craft.ether(host.mac, mac, kind, packet(
            src, dst, craft.UDP, craft.udp(src, 41000, dst, port, data)))

    attempts = []
    for host, passes in ((thing, False), (laptop, True)):
        attempts += [
            Attempt("to a group that is routed", host, lab.svc,
                    lambda data: grouped(host, group, FREE, data), passes),
            Attempt("to a network's broadcast address", host, lab.svc,
                    lambda data: udp4(host, lab.gw, "198.51.100.255", FREE,
                                      data), passes)]
        receiver = laptop if host is thing else lab.t4
        for dst in ("224.0.0.251", "239.255.255.250", "ff02::fb", "ff05::c"):
            attempts.append(Attempt(
                "to %s" % dst, host, receiver,
                lambda data: grouped(host, dst, FREE, data), passes))
        # What is allowed with the local networks is not with all of them.
        for dst, port in (("192.168.77.255", FREE), ("255.255.255.255", FREE),
                          ("192.168.77.255", NEAR_UDP)):
            attempts += [
                Attempt("to port %d of %s" % (port, dst), host, receiver,
                        lambda data: grouped(host, dst, port, data,
                                             "ff:ff:ff:ff:ff:ff"), passes),
                Attempt("to port %d of %s in a frame to one" % (port, dst),
                        host, receiver, lambda data: grouped(
                            host, dst, port, data, receiver.mac), passes)]
    attempts.append(Attempt(
        "to one in a frame to all", thing, laptop, lambda data: grouped(
            thing, laptop.addr4, FREE, data, "ff:ff:ff:ff:ff:ff")))
    evasion.judge(lab, attempts)
    routes.close()
