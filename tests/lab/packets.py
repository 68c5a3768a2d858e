"""IP packets made by hand, of both families, and read back by their parts."""

import ipaddress
import struct

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
TCP_FLAGS = ("fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr")
IGMP, TCP, UDP = 2, 6, 17
_ICMP = {4: 1, 6: 58}


def is_six(address):
    return ":" in address


def icmp_of(address):
    """The number of ICMP's protocol in the family of an address."""
    return _ICMP[6 if is_six(address) else 4]


def packed(address):
    return ipaddress.ip_address(address).packed


def mac_of_group(address):
    """Where a frame to a multicast or broadcast address goes."""
    raw = packed(address)
    if len(raw) == 16:
        return b"\x33\x33" + raw[12:]
    if raw[0] & 0xf0 == 0xe0:
        return b"\x01\x00\x5e" + bytes((raw[1] & 0x7f,)) + raw[2:]
    return b"\xff" * 6


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total > 0xffff:
        total = (total >> 16) + (total & 0xffff)
    return ~total & 0xffff


def _summed(src, dst, protocol, head, at):
    """The transport part with its checksum at that place."""
    pseudo = packed(src) + packed(dst)
    if is_six(src):
        pseudo += struct.pack("!IxxxB", len(head), protocol)
    else:
        pseudo += struct.pack("!xBH", protocol, len(head))
    value = checksum(pseudo + head)
    if protocol == UDP:
        value = value or 0xffff
    return head[:at] + struct.pack("!H", value) + head[at + 2:]


def udp(src, dst, sport, dport, payload):
    head = struct.pack("!HHHH", sport, dport, 8 + len(payload), 0)
    return _summed(src, dst, UDP, head + payload, 6)


def tcp(src, dst, sport, dport, flags, seq, ack, payload, window=8192):
    head = struct.pack("!HHIIBBHHH", sport, dport, seq, ack, 5 << 4, flags,
                       window, 0, 0)
    return _summed(src, dst, TCP, head + payload, 16)


def icmp(src, dst, kind, code, rest, payload):
    """rest: the four bytes after the checksum."""
    head = struct.pack("!BBH", kind, code, 0) + rest + payload
    if is_six(src):
        return _summed(src, dst, 58, head, 2)
    return head[:2] + struct.pack("!H", checksum(head)) + head[4:]


def ip(src, dst, protocol, transport, hops=64, dscp=0, ecn=0, ident=1,
       label=0):
    kind = dscp << 2 | ecn
    if is_six(src):
        return struct.pack("!IHBB", 6 << 28 | kind << 20 | label,
                           len(transport), protocol, hops) + packed(
                               src) + packed(dst) + transport
    head = struct.pack("!BBHHHBBH", 0x45, kind, 20 + len(transport), ident, 0,
                       hops, protocol, 0)
    ends = packed(src) + packed(dst)
    return (head[:10] + struct.pack("!H", checksum(head + ends)) + ends
            + transport)


def frame(src_mac, dst_mac, packet):
    kind = b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\x00"
    return dst_mac + src_mac + kind + packet


def transport_of(packet):
    """(protocol, the bytes behind the IP header); None if it is not IP.

    Nobody on the way changes these, nor pads them.
    """
    if len(packet) >= 20 and packet[0] >> 4 == 4:
        size = (packet[0] & 15) * 4
        length = int.from_bytes(packet[2:4], "big")
        return packet[9], packet[size:length]
    if len(packet) >= 40 and packet[0] >> 4 == 6:
        length = int.from_bytes(packet[4:6], "big")
        return packet[6], packet[40:40 + length]
    return None
