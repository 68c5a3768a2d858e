"""Random policies, and random packets to ask about and to send.

Everything comes from one random.Random, so a seed says it all.
"""

import ipaddress
import json
import socket
import struct

import frames
import mudfile

TCP, UDP, ICMP, ICMPV6 = 6, 17, 1, 58
MAGIC = b"mudd?"
HUB = "https://hub.example.com/controller"
NAMES = {4: ["%s.svc.example.com" % key for key in "abcd"],
         6: ["%s6.svc.example.com" % key for key in "abcd"]}
PORTS = (53, 80, 123, 443, 4433, 5683, 7001, 7002, 8883, 40000)


# ---- policies ---------------------------------------------------------------

def _port(rng):
    kind = rng.choice(("eq", "eq", "eq", "range", "lte", "gte", "neq"))
    port = rng.choice(PORTS)
    if kind == "range":
        return {"lower-port": port, "upper-port": port + rng.randint(1, 2000)}
    return {"operator": kind, "port": port}


def _peer(rng, matches, ip, side, family):
    """A peer of the entry, or none: anybody."""
    kind = rng.choice(("name", "name", "name", "local", "hub", "model", "any"))
    if kind == "name":
        matches[ip]["ietf-acldns:%s-dnsname" % side] = rng.choice(
            NAMES[family])
    elif kind != "any":
        matches["ietf-mud:mud"] = {
            "local": {"local-networks": [None]},
            "hub": {"controller": HUB},
            "model": {"same-manufacturer": [None]}}[kind]


def _entry(rng, name, way, family):
    ip = "ipv%d" % family
    protocol = rng.choice((TCP, TCP, UDP, UDP, UDP,
                           ICMP if family == 4 else ICMPV6, None))
    matches = {ip: {}}
    _peer(rng, matches, ip, "dst" if way == "from" else "src", family)
    if protocol is None and len(matches) == 1 and not matches[ip]:
        protocol = UDP      # what accepts all is held for approval
    if protocol is not None:
        matches[ip]["protocol"] = protocol
    ports = {}
    if protocol in (TCP, UDP):
        if rng.random() < .8:
            ports["destination-port"] = _port(rng)
        if rng.random() < .2:
            ports["source-port"] = _port(rng)
    if protocol == TCP and rng.random() < .5:
        ports["ietf-mud:direction-initiated"] = rng.choice(
            ("from-device", "to-device"))
    if ports:
        matches["tcp" if protocol == TCP else "udp"] = ports
    if protocol in (ICMP, ICMPV6) and rng.random() < .6:
        matches["icmp"] = {"type": rng.choice(
            (0, 8, 13) if family == 4 else (128, 129))}
    verdict = "accept" if rng.random() < .85 else "drop"
    return {"name": name, "matches": matches,
            "actions": {"forwarding": verdict}}


def policy(rng, name, day):
    """The bytes of a MUD file, and its entries as (way, family, ACE)."""
    entries, acls, lists = [], [], {"from": [], "to": []}
    for way in ("from", "to"):
        for family in (4, 6):
            aces = [_entry(rng, "%s%d-%d" % (way, family, n), way, family)
                    for n in range(rng.randint(3, 8))]
            entries += [(way, family, ace) for ace in aces]
            acl = "%s%d" % (way, family)
            acls.append({"name": acl, "type": "ipv%d-acl-type" % family,
                         "aces": {"ace": aces}})
            lists[way].append({"name": acl})
    document = json.loads(mudfile.build(name, [], [], day=day))
    document["ietf-access-control-list:acls"] = {"acl": acls}
    for way in ("from", "to"):
        document["ietf-mud:mud"][way + "-device-policy"] = {
            "access-lists": {"access-list": lists[way]}}
    return json.dumps(document, indent=1).encode(), entries


# ---- packets ----------------------------------------------------------------

class Packet:
    """One packet between a Thing and a peer, as explain is asked about it."""

    def __init__(self, number, thing, way, place, own, peer, protocol):
        self.number = number
        self.thing = thing
        self.way = way              # "to": from the Thing, to its peer
        self.place = place          # the host that the peer is, or the gateway
        self.own, self.peer, self.protocol = own, peer, protocol
        self.sport = self.dport = self.type = self.code = 0
        self.is_reply = False       # the receiver has opened the flow

    def token(self):
        return MAGIC + struct.pack("!I", self.number)

    def ends(self):
        return ((self.own, self.peer) if self.way == "to"
                else (self.peer, self.own))

    def parameters(self):
        asked = {"device": self.thing.mac, "host": self.peer,
                 # Seen from the device, not from the person who asks.
                 "direction": "from" if self.way == "to" else "to",
                 "protocol": self.protocol,
                 "kernel": True}
        if self.protocol in (TCP, UDP):
            asked.update(src_port=self.sport, dst_port=self.dport)
        if self.protocol in (ICMP, ICMPV6):
            asked.update(icmp_type=self.type, icmp_code=self.code)
        if self.is_reply:
            asked["opener"] = "peer" if self.way == "to" else "thing"
        return asked

    def ip(self):
        """The packet from its IP header on."""
        source, destination = self.ends()
        src = ipaddress.ip_address(source).packed
        dst = ipaddress.ip_address(destination).packed
        body = self._body(src, dst)
        if len(src) == 16:
            return struct.pack("!IHBB", 6 << 28, len(body), self.protocol,
                               64) + src + dst + body
        head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 64,
                           self.protocol, 0)
        check = frames.checksum(head + src + dst)
        return head[:10] + struct.pack("!H", check) + src + dst + body

    def _body(self, src, dst):
        data = self.token()
        if self.protocol == TCP:
            flags = 0x18 if self.is_reply else 0x02
            body = struct.pack("!HHIIBBHHH", self.sport, self.dport, 1,
                               1 if self.is_reply else 0, 0x50, flags, 8192,
                               0, 0) + data
            at = 16
        elif self.protocol == UDP:
            body = struct.pack("!HHHH", self.sport, self.dport,
                               8 + len(data), 0) + data
            at = 6
        elif self.protocol in (ICMP, ICMPV6):
            # Of an error: about a flow of somebody else's.
            quoted = struct.pack("!BBHHHBBH", 0x45, 0, 28, 0, 0, 64, 17,
                                 0) + bytes(16)
            body = struct.pack("!BBHHH", self.type, self.code, 0, self.sport,
                               1) + quoted + data
            at = 2
        else:
            return data
        pseudo = b"" if self.protocol == ICMP else src + dst + struct.pack(
            "!II", len(body), self.protocol)
        check = frames.checksum(pseudo + body) or 0xffff
        return body[:at] + struct.pack("!H", check) + body[at + 2:]

    def __str__(self):
        return "%d %s %s %s %d %d>%d %d/%d%s" % (
            self.number, self.thing.name, self.way, self.peer, self.protocol,
            self.sport, self.dport, self.type, self.code,
            " reply" if self.is_reply else "")


def _fits(rng, port):
    """A port that such a condition holds for."""
    if port is None:
        return rng.choice(PORTS)
    if "lower-port" in port:
        return rng.randint(port["lower-port"], port["upper-port"])
    return {"eq": port["port"], "neq": port["port"] + 1,
            "lte": rng.randint(1, port["port"]),
            "gte": rng.randint(port["port"], 65535)}[port["operator"]]


class Asker:
    """Makes packets for one round; no two belong to one flow."""

    def __init__(self, rng, peers, named, first):
        self._rng = rng
        self._peers = peers     # family: [(host, address)]
        self._named = named     # name or controller: (host, address)
        self._number = first
        self._flows = set()

    def _is_new(self, packet):
        source, destination = packet.ends()
        ends = frozenset(((source, packet.sport), (destination,
                                                   packet.dport)))
        if packet.protocol in (ICMP, ICMPV6):
            ends = packet.sport
        if (packet.protocol, ends) in self._flows:
            return False
        self._flows.add((packet.protocol, ends))
        return True

    def _aim(self, packet, ace):
        """At what an entry of the policy is about."""
        rng, matches = self._rng, ace["matches"]
        ip = matches.get("ipv4") or matches.get("ipv6") or {}
        packet.protocol = ip.get("protocol", packet.protocol)
        ports = matches.get("tcp") or matches.get("udp") or {}
        packet.dport = _fits(rng, ports.get("destination-port"))
        if "source-port" in ports:
            packet.sport = _fits(rng, ports["source-port"])
        packet.type = matches.get("icmp", {}).get("type", packet.type)
        who = [value for key, value in ip.items() if "dnsname" in key]
        who += [matches.get("ietf-mud:mud", {}).get("controller")]
        where = self._named.get(who[0])
        if where and rng.random() < .5 and (":" in where[1]) == (
                ":" in packet.own):
            packet.place, packet.peer = where

    def _fill(self, packet, family):
        rng = self._rng
        packet.sport = rng.randint(20000, 65535)
        packet.dport = rng.choice(PORTS + (22, 5000, 9999))
        packet.type = rng.choice((8, 8, 0, 13, 3, 5) if family == 4
                                 else (128, 128, 129, 1, 3))

    def packet(self, thing, owns, entries):
        rng = self._rng
        family = 4 if rng.random() < .7 else 6
        icmp = ICMP if family == 4 else ICMPV6
        while True:
            way = rng.choice(("to", "from"))
            place, peer = rng.choice(self._peers[family])
            protocol = rng.choice((TCP, TCP, TCP, UDP, UDP, UDP, icmp, icmp,
                                   rng.randint(143, 252)))
            packet = Packet(self._number, thing, way, place, owns[family],
                            peer, protocol)
            self._fill(packet, family)
            fitting = [ace for ways, of, ace in entries if of == family and
                       ways == ("from" if way == "to" else "to")]
            if fitting and rng.random() < .7:
                self._aim(packet, rng.choice(fitting))
            self._reply(packet)
            if packet.peer != packet.own and self._is_new(packet):
                self._number += 1
                return self._tidy(packet)

    def _reply(self, packet):
        """Some answer what the receiver has opened."""
        rng = self._rng
        if rng.random() > .35:
            return
        if packet.protocol in (TCP, UDP):
            packet.is_reply = True
            if rng.random() < .7:
                packet.sport, packet.dport = packet.dport, packet.sport
        elif packet.protocol in (ICMP, ICMPV6):
            packet.is_reply = True
            packet.type = 0 if packet.protocol == ICMP else 129

    @staticmethod
    def _tidy(packet):
        if packet.protocol not in (TCP, UDP):
            packet.dport = 0
        if packet.protocol not in (ICMP, ICMPV6):
            packet.type = 0
        return packet


# ---- connections ------------------------------------------------------------

def _attr(kind, data):
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(
        -len(data) % 4)


def _nested(kind, *parts):
    return _attr(kind | 0x8000, b"".join(parts))


def _tuple(kind, protocol, source, destination, sport, dport, icmp):
    first = 1 if len(source) == 4 else 3
    if protocol in (ICMP, ICMPV6):
        at = 4 if protocol == ICMP else 7
        ports = [_attr(at, struct.pack("!H", sport)),
                 _attr(at + 1, bytes((icmp,))), _attr(at + 2, b"\0")]
    else:
        ports = [_attr(2, struct.pack("!H", sport)),
                 _attr(3, struct.pack("!H", dport))]
    return _nested(
        kind, _nested(1, _attr(first, source), _attr(first + 1, destination)),
        _nested(2, _attr(1, bytes((protocol,))), *ports))


def open_flows(packets):
    """Tells the gateway's tracker of the flows that these are replies in: as
    after a bump, known and not allowed yet. Raises OSError."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12) as sock:
        for packet in packets:
            ends = [ipaddress.ip_address(end).packed for end in packet.ends()]
            source, destination = ends
            icmp = {ICMP: (8, 0), ICMPV6: (128, 129)}.get(packet.protocol,
                                                          (0, 0))
            id_or_port = (packet.sport if packet.protocol in (ICMP, ICMPV6)
                          else packet.dport)
            body = struct.pack("!BBH", 2 if len(source) == 4 else 10, 0, 0)
            body += _tuple(1, packet.protocol, destination, source,
                           id_or_port, packet.sport, icmp[0])
            body += _tuple(2, packet.protocol, source, destination,
                           packet.sport, packet.dport, icmp[1])
            body += _attr(3, struct.pack("!I", 2 | 8))    # seen, confirmed
            body += _attr(7, struct.pack("!I", 60))
            if packet.protocol == TCP:
                liberal = bytes((8, 8))
                body += _nested(4, _nested(1, _attr(1, b"\3"),
                                           _attr(4, liberal),
                                           _attr(5, liberal)))
            head = struct.pack("=IHHII", 16 + len(body), 1 << 8,
                               0x1 | 0x4 | 0x400 | 0x200, packet.number, 0)
            sock.send(head + body)
            answer = sock.recv(4096)
            error = struct.unpack("=i", answer[16:20])[0]
            if error:
                raise OSError(-error, "the tracker takes no flow of %s"
                              % packet)
