"""Captures: every frame of a host's interface, in a file and in memory.

The file is for people (pcap, opens in any viewer); the list in memory is what
the probes ask: did the receiver see a packet of this flow?
"""

import collections
import ipaddress
import select
import struct
import threading
import time

import net

PACKET_OUTGOING = 4
_PCAP_HEADER = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)

Seen = collections.namedtuple(
    "Seen", "time outgoing eth_src protocol src sport dst dport type")


def dissect(frame):
    """(protocol, src, sport, dst, dport, icmp type); None if not IP."""
    if len(frame) < 34:
        return None
    kind = int.from_bytes(frame[12:14], "big")
    if kind == 0x0800:
        size = (frame[14] & 15) * 4
        protocol, rest = frame[23], frame[14 + size:]
        src = ipaddress.IPv4Address(frame[26:30])
        dst = ipaddress.IPv4Address(frame[30:34])
    elif kind == 0x86dd and len(frame) >= 54:
        protocol, rest = frame[20], frame[54:]
        src = ipaddress.IPv6Address(frame[22:38])
        dst = ipaddress.IPv6Address(frame[38:54])
        if protocol == 0 and len(rest) > 8:     # hop-by-hop, as MLD has it
            protocol, rest = rest[0], rest[8 + rest[1] * 8:]
    else:
        return None
    sport = dport = kind = 0
    if protocol in (6, 17) and len(rest) >= 4:
        sport, dport = struct.unpack("!HH", rest[:4])
    elif protocol in (1, 58) and rest:
        kind = rest[0]
    return protocol, str(src), sport, str(dst), dport, kind


class Captures:
    """One thread reads all interfaces that were added."""

    def __init__(self, folder):
        self._folder = folder
        self._lock = threading.Lock()
        self._seen = collections.defaultdict(list)
        self._files = {}
        self._socks = {}
        self._poll = select.epoll()
        self._thread = threading.Thread(target=self._loop, daemon=True)
        self._thread.start()

    def add(self, host, ifname="eth0"):
        sock = net.packet_socket(host, ifname)
        sock.setblocking(False)
        out = open("%s/%s.pcap" % (self._folder, host.name), "wb", buffering=0)
        out.write(_PCAP_HEADER)
        self._files[host.name] = out
        self._socks[sock.fileno()] = (sock, host.name)
        self._poll.register(sock.fileno(), select.EPOLLIN)

    def _loop(self):
        while True:
            for fd, _ in self._poll.poll(1.0):
                sock, name = self._socks[fd]
                self._drain(sock, name)

    def _drain(self, sock, name):
        for _ in range(256):
            try:
                frame, where = sock.recvfrom(65535)
            except BlockingIOError:
                return
            except OSError:
                return
            now = time.time()
            parts = dissect(frame)
            self._files[name].write(struct.pack(
                "<IIII", int(now), int(now % 1 * 1e6), len(frame),
                len(frame)) + frame)
            if parts is None:
                continue
            with self._lock:
                self._seen[name].append(Seen(
                    now, where[2] == PACKET_OUTGOING, frame[6:12], *parts))

    def find(self, name, since=0.0, **want):
        """Packets seen at the host that have all the given values."""
        with self._lock:
            rows = list(self._seen[name])
        return [row for row in rows if row.time >= since
                and all(getattr(row, key) == value
                        for key, value in want.items())]

    def incoming(self, name, since=0.0, **want):
        """Packets that reached the host, that have all the given values."""
        return self.find(name, since, outgoing=False, **want)

    def flush(self):
        """Lets the reader catch up with what is in the sockets already."""
        time.sleep(0.1)
