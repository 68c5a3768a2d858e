"""Numbered messages without end, both ways of many flows at once.

One process of its own sends and receives them all, with sockets in the hosts'
namespaces.  Each message has a number, and of each number it is kept when its
sending began and when it came; what a test wants to know is asked of these two
lists when all is over (Way.between, .lost, .arrivals).  A message is a packet:
datagrams by nature, and of a TCP connection that is not cut there is never
more than one under way.
"""

import array
import itertools
import multiprocessing
import select
import socket
import struct
import time

_PACE = 0.002           # of flows that may be cut
_BULK_PACE = 0.005      # of those that may not
_BURST = 16
_STALL = 5.0            # then what is missing is given up, and counts as lost
_LATELY = 10            # messages
_BUFFER = 1 << 24
_RCVBUFFORCE = 33
# In struct tcp_info: all that was sent again, and what of it had come before.
_INFO, _RETRANS, _DUPLICATES = 224, 100, 216


class Way:
    """One direction of a flow."""

    def __init__(self, name, tag):
        self.name, self.tag = name, tag
        self.sent, self.came = array.array("d"), array.array("d")
        self.arrived = self.twice = 0

    def next(self):
        self.sent.append(time.monotonic())
        self.came.append(0.0)
        return len(self.sent) - 1

    def take(self, number, now):
        if self.came[number]:
            self.twice += 1
            return
        self.came[number] = now
        self.arrived += 1

    def between(self, start, end):
        """The numbers whose sending began then."""
        low = self.first(start)
        return range(low, max(low, self.first(end)))

    def first(self, moment):
        """The number whose sending began first after a moment."""
        low, high = 0, len(self.sent)
        while low < high:
            middle = (low + high) // 2
            if self.sent[middle] < moment:
                low = middle + 1
            else:
                high = middle
        return low

    def lost(self, numbers):
        return [number for number in numbers if not self.came[number]]

    def arrivals(self, numbers):
        return [number for number in numbers if self.came[number]]


class Flow:
    """From a host to a peer that sends on its own once it has heard of it.

    bulk: it is never cut, and so many messages may be under way at once.
    """

    protocol, window = "", 64

    def __init__(self, host, addr, peer, peer_addr, port, tag, bulk):
        name = "%s %s %s-%s" % (tag, self.protocol, addr, peer_addr)
        self.bulk, self.tag = bulk, tag
        self.host, self.addr = host, addr
        self.peer, self.peer_addr, self.port = peer, peer_addr, port
        self.out, self.back = Way(name + " out", tag), Way(name + " back", tag)
        self.family = socket.AF_INET6 if ":" in addr else socket.AF_INET
        self._due = {self.out: 0.0, self.back: 0.0}
        self._moved = dict(self._due)
        self._given_up = {self.out: 0, self.back: 0}
        self._begun = dict(self._given_up)
        self.open()

    def open(self):
        """Makes near and far, or near alone; also after it was cut."""
        raise NotImplementedError

    def reopen(self):
        """After it was cut."""
        self._begun = {way: len(way.sent) for way in self._begun}

    def silent(self):
        """The ways by which little came of what was sent lately."""
        return [way for way, begun in self._begun.items()
                if len(way.sent) < begun + _LATELY or
                2 * len(way.arrivals(range(
                    len(way.sent) - _LATELY, len(way.sent)))) < _LATELY]

    def pack(self, way, number):
        return number.to_bytes(8, "big")

    def unpack(self, way, data):
        """The numbers in what a socket has got."""
        return [int.from_bytes(data, "big")] if len(data) == 8 else []

    def ready(self):
        return True

    def socket(self, host, kind, protocol=0):
        with host.inside():
            sock = socket.socket(self.family, kind, protocol)
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, _RCVBUFFORCE, _BUFFER)
        return sock

    def _room(self, way, now):
        """How many may be sent now."""
        if now < self._due[way]:
            return 0
        self._due[way] = now + (_BULK_PACE if self.bulk else _PACE)
        if not self.bulk:
            return 1
        waits = len(way.sent) - way.arrived - self._given_up[way]
        if waits < self.window:
            self._moved[way] = now
        elif now > self._moved[way] + _STALL:
            self._given_up[way] += waits
        return min(_BURST, max(0, self.window - waits))

    def step(self, now):
        if not self.ready():
            return
        for sock, way in ((self.near, self.out), (self.far, self.back)):
            # The far end answers; it cannot open what the near one may.
            if way is self.back and not self.out.arrived:
                continue
            for _ in range(self._room(way, now)):
                data = self.pack(way, way.next())
                try:
                    sock.send(data)
                except OSError:
                    pass        # full since it was cut, refused, or ended
        self.receive()

    def receive(self):
        if not self.ready():
            return
        for sock, way in ((self.far, self.out), (self.near, self.back)):
            while True:
                try:
                    data = sock.recv(1 << 16)
                except OSError:
                    break       # nothing more, or what an ICMP error told
                if not data:
                    break
                now = time.monotonic()
                for number in self.unpack(way, data):
                    way.take(number, now)

    def lost_segments(self):
        return 0


class Udp(Flow):
    protocol = "udp"

    def open(self):
        self.near = self.socket(self.host, socket.SOCK_DGRAM)
        self.far = self.socket(self.peer, socket.SOCK_DGRAM)
        self.near.bind((self.addr, 0))
        # Others may be served at that port: who is connected comes first.
        self.far.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.far.bind((self.peer_addr, self.port))
        self.near.connect((self.peer_addr, self.port))
        self.far.connect(self.near.getsockname()[:2])


class Echo(Flow):
    """Echo requests, and as many replies; the kernel's own are to be off."""

    protocol = "icmp"
    _idents = itertools.count(0x4d55)

    def open(self):
        self._ident = next(self._idents)
        if self.family == socket.AF_INET6:
            number, self._kinds = socket.IPPROTO_ICMPV6, (128, 129)
        else:
            number, self._kinds = socket.IPPROTO_ICMP, (8, 0)
        self.near = self.socket(self.host, socket.SOCK_RAW, number)
        self.far = self.socket(self.peer, socket.SOCK_RAW, number)
        self.near.bind((self.addr, 0))
        self.far.bind((self.peer_addr, 0))
        self.near.connect((self.peer_addr, 0))
        self.far.connect((self.addr, 0))

    def _kind(self, way):
        return self._kinds[0 if way is self.out else 1]

    def pack(self, way, number):
        words = [self._kind(way) << 8, 0, self._ident, number & 0xffff,
                 *struct.unpack("!4H", number.to_bytes(8, "big"))]
        if self.family == socket.AF_INET:       # of IPv6 the kernel sums up
            total = sum(words)
            total = (total >> 16) + (total & 0xffff)
            words[1] = ~(total + (total >> 16)) & 0xffff
        return struct.pack("!8H", *words)

    def unpack(self, way, data):
        if self.family == socket.AF_INET:
            data = data[(data[0] & 15) * 4:]
        if len(data) != 16 or data[0] != self._kind(way):
            return []
        ident, = struct.unpack_from("!H", data, 4)
        return ([int.from_bytes(data[8:], "big")] if ident == self._ident
                else [])


class _Door:
    """A listening socket, and who has come by it."""

    _open = {}

    def __init__(self, sock, address):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(64)
        self._sock, self._came = sock, {}

    @classmethod
    def at(cls, flow):
        key = (flow.peer.name, flow.peer_addr, flow.port)
        if key not in cls._open:
            cls._open[key] = cls(flow.socket(
                flow.peer, socket.SOCK_STREAM), key[1:])
        return cls._open[key]

    def take(self, address):
        """The connection from there, or None; others are kept."""
        try:
            while True:
                sock, peer = self._sock.accept()
                self._came[peer[:2]] = sock
        except BlockingIOError:
            return self._came.pop(address, None)


class Tcp(Flow):
    protocol, window = "tcp", 1

    def open(self):
        self._door = _Door.at(self)
        self.far = None
        self._rest = {self.out: b"", self.back: b""}
        self.near = self.socket(self.host, socket.SOCK_STREAM)
        self.near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.near.bind((self.addr, 0))
        self.near.connect_ex((self.peer_addr, self.port))

    def reopen(self):
        super().reopen()
        for sock in (self.near, self.far):
            if sock is not None:
                # No FIN: it would be one more packet of a flow that is over.
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                struct.pack("ii", 1, 0))
                sock.close()
        self.open()

    def ready(self):
        if self.far is None:
            self.far = self._door.take(self.near.getsockname()[:2])
            if self.far is not None:
                self.far.setblocking(False)
                self.far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.far is not None

    def unpack(self, way, data):
        data = self._rest[way] + data
        whole = len(data) // 8 * 8
        self._rest[way] = data[whole:]
        return [int.from_bytes(data[at:at + 8], "big")
                for at in range(0, whole, 8)]

    def lost_segments(self):
        """Sent again, and not because an ACK was late."""
        lost = 0
        for sock in (self.near, self.far) if self.ready() else ():
            info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO)
            again, = struct.unpack_from("=I", info, _RETRANS)
            duplicates, = struct.unpack_from("=I", info, _DUPLICATES)
            lost += max(0, again - duplicates)
        return lost


class Streams:
    """All flows, and the process that drives them."""

    def __init__(self, flows):
        self.flows = flows
        self._ours, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("fork").Process(
            target=self._drive, args=(theirs,), daemon=True)
        self._process.start()

    def _drive(self, commands):
        while True:
            now = time.monotonic()
            for flow in self.flows:
                flow.step(now)
            if not select.select([commands], [], [], 0.0005)[0]:
                continue
            word, tags = commands.recv()
            if word == "end":
                break
            if word == "reopen":
                for flow in self.flows:
                    if flow.tag in tags:
                        flow.reopen()
            commands.send(self._answer(word))
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            for flow in self.flows:
                flow.receive()
            time.sleep(0.01)
        commands.send([(flow.out, flow.back, flow.lost_segments())
                       for flow in self.flows])

    def _answer(self, word):
        ways = [way for flow in self.flows for way in (flow.out, flow.back)]
        if word == "silent":
            return [way.name for flow in self.flows for way in flow.silent()]
        if word == "tried":
            return {way.name: len(way.sent) for way in ways}
        return sum(way.arrived for way in ways)

    def _say(self, word, tags=()):
        self._ours.send((word, tags))
        return self._ours.recv()

    def arrived(self):
        """Messages of all flows that have come so far."""
        return self._say("arrived")

    def tried(self):
        """How many were sent so far: by the name of the way."""
        return self._say("tried")

    def silent(self):
        """The ways by which little comes of what is sent."""
        return self._say("silent")

    def reopen(self, tags):
        """TCP connections of these flows, which were cut, begin anew."""
        return self._say("reopen", tags)

    def end(self):
        """[(Way out, Way back, TCP segments lost)], one a flow."""
        found = self._say("end")
        self._process.join(10)
        return found
