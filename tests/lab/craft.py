"""Packets made by hand, layer by layer, right or wrong as one likes.

Addresses are text, each function gives bytes, and what goes around something
takes it as its last argument.  Lengths and checksums are right unless said
otherwise: a frame that a host would throw away for those shows nothing.
"""

import ipaddress
import struct

from frames import checksum, mac_bytes

ARP, IP4, IP6, VLAN, QINQ, EAPOL = (0x0806, 0x0800, 0x86dd, 0x8100, 0x88a8,
                                    0x888e)
TCP, UDP, ICMP, ICMP6, IN_IP6, FRAGMENT = 6, 17, 1, 58, 41, 44
HOP_BY_HOP, ROUTING, DESTINATION_OPTIONS, NO_NEXT = 0, 43, 60, 59
SYN, FIN, RST, PSH, ACK, URG = 2, 1, 4, 8, 16, 32


def packed(addr):
    return ipaddress.ip_address(addr).packed


def ether(src, dst, kind, payload, tags=()):
    """kind: an EtherType, or below 1536 a length. tags: (type, VLAN)."""
    head = mac_bytes(dst) + mac_bytes(src)
    for tag, vlan in tags:
        head += struct.pack("!HH", tag, vlan)
    return head + struct.pack("!H", kind) + payload


def group_mac(addr):
    """The MAC of a multicast group (RFC 1112 s6.4, RFC 2464 s7)."""
    raw = packed(addr)
    if len(raw) == 16:
        return "33:33:" + raw[12:].hex(":")
    return "01:00:5e:%02x:%02x:%02x" % (raw[1] & 0x7f, raw[2], raw[3])


# ---- LLDP (IEEE 802.1AB; RFC 8520 s12) --------------------------------------

LLDP = 0x88cc
NEAREST_BRIDGE = "01:80:c2:00:00:0e"


def tlv(kind, value):
    return struct.pack("!H", kind << 9 | len(value)) + value


def mud_tlv(text, oui=b"\0\0\x5e", subtype=1):
    return tlv(127, oui + bytes((subtype,)) + text.encode())


def lldp_head(mac, ttl):
    """The three TLVs that stand first."""
    return (tlv(1, b"\4" + mac_bytes(mac)) + tlv(2, b"\7p") +
            tlv(3, struct.pack("!H", ttl)))


def lldp(mac, tlvs, dst=NEAREST_BRIDGE, kind=LLDP):
    """A frame around TLVs, and an End TLV behind them."""
    return ether(mac, dst, kind, (tlvs + bytes(2)).ljust(46, b"\0"))


# ---- IPv4 ------------------------------------------------------------------

def ip4(src, dst, protocol, payload, options=b"", ident=0, flags=0, offset=0,
        ttl=64):
    """flags: 1 more fragments, 2 do not fragment. offset: in bytes."""
    options += bytes(-len(options) % 4)
    size = 20 + len(options)
    head = struct.pack("!BBHHHBBH", 0x40 | size // 4, 0, size + len(payload),
                       ident, flags << 13 | offset // 8, ttl, protocol, 0)
    head += packed(src) + packed(dst) + options
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def fragments4(src, dst, protocol, payload, cuts, ident):
    """In pieces: cuts are the offsets at which one begins, but the first."""
    edges = [0, *cuts, len(payload)]
    return [ip4(src, dst, protocol, payload[start:end], ident=ident,
                flags=1 if end < len(payload) else 0, offset=start)
            for start, end in zip(edges, edges[1:])]


# ---- IPv6 ------------------------------------------------------------------

def ip6(src, dst, following, payload, hops=64):
    return (struct.pack("!IHBB", 6 << 28, len(payload), following, hops)
            + packed(src) + packed(dst) + payload)


def options6(following, payload, options=b"\x01\x04\0\0\0\0"):
    """A hop-by-hop or destination options header; padding if not said."""
    body = bytes((following, (2 + len(options) + 7) // 8 - 1)) + options
    fill = -len(body) % 8
    if fill:
        body += b"\0" if fill == 1 else bytes((1, fill - 2)) + bytes(fill - 2)
    return body + payload


def fragment6(following, payload, ident, offset=0, more=False):
    return struct.pack("!BBHI", following, 0, offset | more, ident) + payload


def fragments6(src, dst, following, payload, cuts, ident):
    edges = [0, *cuts, len(payload)]
    return [ip6(src, dst, FRAGMENT,
                fragment6(following, payload[start:end], ident, start,
                          end < len(payload)))
            for start, end in zip(edges, edges[1:])]


def routing6(following, payload, kind, left, addresses):
    """Types 0 (RFC 2460), 2 (Mobile IP) and 4 (RFC 8754) look alike."""
    body = bytes((following, 2 * len(addresses), kind, left,
                  len(addresses) - 1 if kind == 4 else 0, 0, 0, 0))
    return body + b"".join(packed(addr) for addr in addresses) + payload


# ---- above either ----------------------------------------------------------

def _pseudo(src, dst, protocol, length):
    if ":" in src:
        return packed(src) + packed(dst) + struct.pack("!IHBB", length, 0, 0,
                                                       protocol)
    return packed(src) + packed(dst) + struct.pack("!BBH", 0, protocol, length)


def udp(src, sport, dst, dport, data):
    length = 8 + len(data)
    head = struct.pack("!HHH", sport, dport, length)
    check = checksum(_pseudo(src, dst, UDP, length) + head + b"\0\0" + data)
    return head + struct.pack("!H", check or 0xffff) + data


def tcp(src, sport, dst, dport, flags, data=b"", seq=1000, ack=0):
    head = struct.pack("!HHIIBBH", sport, dport, seq, ack, 5 << 4, flags, 8192)
    whole = head + bytes(4) + data
    check = checksum(_pseudo(src, dst, TCP, len(whole)) + whole)
    return head + struct.pack("!HH", check, 0) + data


def icmp(kind, code, rest=bytes(4), data=b""):
    whole = bytes((kind, code, 0, 0)) + rest + data
    return whole[:2] + struct.pack("!H", checksum(whole)) + whole[4:]


def icmp6(src, dst, kind, code, rest=bytes(4), data=b""):
    whole = bytes((kind, code, 0, 0)) + rest + data
    check = checksum(_pseudo(src, dst, ICMP6, len(whole)) + whole)
    return whole[:2] + struct.pack("!H", check) + whole[4:]


# ---- who is where ----------------------------------------------------------

def arp(operation, mac, addr, target_addr, target_mac="00:00:00:00:00:00",
        data=b""):
    """ARP's body. operation: 1 asks, 2 tells. data: behind it, as padding."""
    return (struct.pack("!HHBBH", 1, IP4, 6, 4, operation) + mac_bytes(mac)
            + packed(addr) + mac_bytes(target_mac) + packed(target_addr)
            + data)


def advertisement(src, dst, target, mac, data=b""):
    """What an IPv6 host says of an address. data: in an option nobody knows."""
    return icmp6(src, dst, 136, 0, b"\x20\0\0\0",
                 packed(target) + b"\x02\x01" + mac_bytes(mac)
                 + nd_option(data))


def solicitation(src, dst, target, mac, data=b""):
    return icmp6(src, dst, 135, 0, bytes(4),
                 packed(target) + b"\x01\x01" + mac_bytes(mac)
                 + nd_option(data))


def router(src, dst, mac, data=b""):
    """A router advertisement: I am your router."""
    return icmp6(src, dst, 134, 0, struct.pack("!BBH", 64, 0, 1800),
                 bytes(8) + b"\x01\x01" + mac_bytes(mac) + nd_option(data))


def nd_option(data):
    if not data:
        return b""
    body = bytes((253, (2 + len(data) + 7) // 8)) + data
    return body + bytes(-len(body) % 8)
