"""Frames made by hand: DHCP messages, and UDP with any source one likes."""

import socket
import struct

BROADCAST = "ff:ff:ff:ff:ff:ff"
DISCOVER, REQUEST, RELEASE = 1, 3, 7


def mac_bytes(mac):
    return bytes.fromhex(mac.replace(":", ""))


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total > 0xffff:
        total = (total >> 16) + (total & 0xffff)
    return ~total & 0xffff


def _quad(addr):
    return bytes(int(part) for part in addr.split("."))


def udp(src_mac, dst_mac, src, sport, dst, dport, payload):
    """An Ethernet frame with one IPv4 UDP datagram in it."""
    length = 8 + len(payload)
    pseudo = _quad(src) + _quad(dst) + struct.pack("!BBH", 0, 17, length)
    head = struct.pack("!HHHH", sport, dport, length, 0)
    check = checksum(pseudo + head + payload) or 0xffff
    head = struct.pack("!HHHH", sport, dport, length, check)
    addresses = _quad(src) + _quad(dst)
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, 0, 0, 64, 17, 0)
    ip = ip[:10] + struct.pack("!H", checksum(ip + addresses)) + addresses
    return (mac_bytes(dst_mac) + mac_bytes(src_mac) + b"\x08\x00"
            + ip + head + payload)


def dhcp(kind, mac, xid, url=None, ciaddr="0.0.0.0", server=None,
         options=(), eth_mac=None, eth_dst=BROADCAST):
    """A client's DHCP message as a broadcast frame.

    options: further (code, bytes). eth_mac: another Ethernet source.
    """
    body = struct.pack("!BBBBIHH", 1, 1, 6, 0, xid, 0, 0x8000)
    body += _quad(ciaddr) + bytes(12) + mac_bytes(mac) + bytes(10 + 64 + 128)
    body += b"\x63\x82\x53\x63" + bytes((53, 1, kind))
    more = list(options)
    if server:
        more.append((54, _quad(server)))
    if url is not None:
        more.append((161, url.encode()))
    for code, data in more:
        body += bytes((code, len(data))) + data
    body += b"\xff"
    src = "0.0.0.0" if ciaddr == "0.0.0.0" or eth_dst == BROADCAST else ciaddr
    dst = "255.255.255.255" if eth_dst == BROADCAST else server
    return udp(eth_mac or mac, eth_dst, src, 68, dst, 67,
               body.ljust(300, b"\0"))


def dhcp_ack(eth_src, mac, xid, addr, server="192.168.77.66", seconds=31536000):
    """A server's ACK to a client, as a frame to all: whoever sends it."""
    body = struct.pack("!BBBBIHH", 2, 1, 6, 0, xid, 0, 0x8000)
    body += bytes(4) + _quad(addr) + bytes(8) + mac_bytes(mac)
    body += bytes(10 + 64 + 128) + b"\x63\x82\x53\x63" + bytes((53, 1, 5))
    body += bytes((54, 4)) + _quad(server)
    body += bytes((51, 4)) + struct.pack("!I", seconds) + b"\xff"
    return udp(eth_src, BROADCAST, server, 67, "255.255.255.255", 68,
               body.ljust(300, b"\0"))


def icmp_error(src_mac, dst_mac, src, dst, quoted):
    """Port unreachable, about the IPv4 packet that is quoted."""
    message = struct.pack("!BBHI", 3, 3, 0, 0) + quoted
    message = message[:2] + struct.pack("!H", checksum(message)) + message[4:]
    addresses = _quad(src) + _quad(dst)
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(message), 0, 0, 64, 1, 0)
    ip = ip[:10] + struct.pack("!H", checksum(ip + addresses)) + addresses
    return (mac_bytes(dst_mac) + mac_bytes(src_mac) + b"\x08\x00" + ip
            + message)


def detection(mac, addr):
    """Duplicate address detection: it asks whether anybody has it already."""
    target = socket.inet_pton(socket.AF_INET6, addr)
    group = bytes.fromhex("ff0200000000000000000001ff") + target[-3:]
    message = struct.pack("!BBHI", 135, 0, 0, 0) + target
    pseudo = bytes(16) + group + struct.pack("!II", len(message), 58)
    message = (message[:2] + struct.pack("!H", checksum(pseudo + message))
               + message[4:])
    return (b"\x33\x33" + group[-4:] + mac_bytes(mac) + b"\x86\xdd"
            + struct.pack("!IHBB", 6 << 28, len(message), 58, 255) + bytes(16)
            + group + message)
