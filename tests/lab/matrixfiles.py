"""The MUD files of the verdict matrix: written by hand, and drawn.

An ACE here knows its two sides as the Thing has them: `near` is its own port,
`far` its peer's, so that one line can be asked about from both ends.
"""

import collections
import json

MUD, LUMINAIRE = "mud.example.com", "luminaire.example.com"
HUB = "https://mud.example.com/classes/hub"
NOBODY = "https://mud.example.com/classes/nobody"

# peer: None for all, or a kind and what it needs (see _peer). near, far:
# ("eq", 443), ("range", 1, 9)... opened: who must have opened, "from" or "to".
# icmp: (type, code or None). fields: of the network header; flags: of TCP.
Ace = collections.namedtuple(
    "Ace", "way family peer protocol near far opened icmp fields flags act",
    defaults=(None,) * 6 + ({}, None, "accept"))
File = collections.namedtuple("File", "name site aces later", defaults=(None,))


def url(file):
    return "https://%s/m-%s.json" % (file.site, file.name)


def _peer(ace, into, matches):
    family = "ipv%d" % ace.family
    side = "destination" if ace.way == "from" else "source"
    kind, *what = ace.peer
    if kind == "name":
        name = what[0] + ("6" if ace.family == 6 else "")
        side = "dst" if ace.way == "from" else "src"
        into["ietf-acldns:%s-dnsname" % side] = name + ".svc.example.com"
    elif kind == "net":
        into["%s-%s-network" % (side, family)] = what[ace.family == 6]
    else:
        matches["ietf-mud:mud"] = {kind: what[0] if what else [None]}


def _port(condition):
    operator, *numbers = condition
    if operator == "range":
        return {"lower-port": numbers[0], "upper-port": numbers[1]}
    return {"operator": operator, "port": numbers[0]}


def _entry(ace, name):
    network, matches = dict(ace.fields), {}
    if ace.protocol is not None:
        network["protocol"] = ace.protocol
    if ace.peer:
        _peer(ace, network, matches)
    if network:
        matches["ipv%d" % ace.family] = network
    near = "source-port" if ace.way == "from" else "destination-port"
    far = "destination-port" if ace.way == "from" else "source-port"
    transport = {key: _port(value) for key, value in (
        (near, ace.near), (far, ace.far)) if value}
    if ace.opened:
        transport["ietf-mud:direction-initiated"] = ace.opened + "-device"
    if ace.flags is not None:
        transport["flags"] = ace.flags
    if transport:
        matches["tcp" if ace.protocol == 6 else "udp"] = transport
    if ace.icmp:
        matches["icmp"] = {"type": ace.icmp[0]}
        if ace.icmp[1] is not None:
            matches["icmp"]["code"] = ace.icmp[1]
    return {"name": name, "matches": matches,
            "actions": {"forwarding": ace.act}}


def build(file, aces, day):
    """The bytes of the file, of that day of January."""
    acls, used = {}, {"from": [], "to": []}
    for number, ace in enumerate(aces):
        name = "%s%d" % (ace.way, ace.family)
        if name not in acls:
            acls[name] = {"name": name, "type": "ipv%d-acl-type" % ace.family,
                          "aces": {"ace": []}}
            used[ace.way].append({"name": name})
        acls[name]["aces"]["ace"].append(_entry(ace, "e%d" % number))
    mud = {"mud-version": 1, "mud-url": url(file),
           "mud-signature": url(file).replace(".json", ".p7s"),
           "last-update": "2026-01-%02dT10:00:00+00:00" % day,
           "cache-validity": 48, "is-supported": True,
           "systeminfo": "Matrix " + file.name, "mfg-name": "Lab Works",
           "model-name": file.name}
    for way, listed in used.items():
        if listed:
            mud[way + "-device-policy"] = {
                "access-lists": {"access-list": listed}}
    return json.dumps({
        "ietf-mud:mud": mud, "ietf-access-control-list:acls": {
            "acl": list(acls.values())}}, indent=1).encode()


def _both(way, *args, **more):
    """The same line for either family."""
    return [Ace(way, family, *args, **more) for family in (4, 6)]


def _lines(*groups):
    return [ace for group in groups for ace in group]


def _a(key):
    return ("name", key)


_NEAR = ("net", "198.51.100.0/28", "2001:db8:77::/124")
_WORLD = ("net", "198.51.100.0/24", "2001:db8:77::/64")
_LOCAL = ("local-networks",)

_NAMES = _lines(
    _both("from", _a("a"), 6, far=("eq", 443), opened="from"),
    _both("from", _a("a"), 17, far=("eq", 5683)),
    _both("from", _a("b"), 6, near=("gte", 1024), far=("range", 8000, 8010)),
    _both("from", _a("c"), 17),
    _both("to", _a("a"), 6, far=("eq", 443), opened="from"),
    _both("to", _a("d"), 6, near=("eq", 22), opened="to"),
    _both("to", _a("d"), 17, near=("eq", 161)))

# What may be opened, and whose answers are refused by name.
_REPLIES = _lines(
    _both("to", _a("a"), 6, far=("eq", 443), act="drop"),
    _both("to", _a("a"), 17, far=("eq", 4000), act="drop"),
    _both("to", _NEAR, 17, far=("eq", 4001), act="reject"),
    _both("to", _a("b"), 6, near=("eq", 8080)),
    _both("to", _a("c"), 17, near=("eq", 4002)),
    _both("from", _a("c"), 17, near=("eq", 4002), act="drop"),
    _both("from", _a("a"), 6, far=("eq", 443)),
    _both("from", _a("a"), 17, far=("range", 4000, 4003)),
    _both("from", _WORLD, 17, far=("eq", 4001)),
    _both("from", _a("d"), 6, far=("eq", 443), opened="from"))

_ORDER = _lines(
    _both("from", _a("a"), 17, far=("eq", 53), act="drop"),
    _both("from", _NEAR, 17, far=("lte", 1023)),
    _both("from", _WORLD, 17, act="drop"),
    _both("from", _NEAR, 6, far=("neq", 23)),
    _both("from", _WORLD, 6, far=("gte", 50000)),
    _both("to", _a("c"), 6, near=("range", 20, 25), act="drop"),
    _both("to", _NEAR, 6, near=("lte", 1024), opened="to"),
    _both("to", _WORLD, 17, near=("eq", 69), act="reject"),
    _both("to", _NEAR, 17, near=("lte", 100)))

_CLASSES = _lines(
    _both("from", _LOCAL, 6, far=("eq", 80)),
    _both("from", _LOCAL, 17, far=("eq", 5353)),
    _both("from", ("controller", HUB), 6, far=("eq", 8443)),
    _both("from", ("controller", NOBODY), 6, far=("eq", 9443)),
    _both("from", ("my-controller",), 17, far=("eq", 5000)),
    _both("from", ("same-manufacturer",), 17, far=("eq", 5683)),
    _both("from", ("manufacturer", LUMINAIRE), 6, far=("eq", 9100)),
    _both("from", ("model", "https://%s/m-wide.json" % MUD), 6,
          far=("eq", 9200)),
    _both("to", _LOCAL, 17, near=("eq", 7000)),
    _both("to", ("controller", HUB), 6, near=("eq", 8883), opened="to"),
    _both("to", ("my-controller",), 6, near=("eq", 5001)),
    _both("to", ("same-manufacturer",), 17, near=("eq", 5683)),
    _both("to", ("manufacturer", LUMINAIRE), 17, near=("eq", 9101)))

_FIELDS = [
    Ace("from", 4, _a("a"), 17, far=("eq", 6000), fields={"dscp": 46}),
    Ace("from", 4, _a("a"), 17, far=("eq", 6001), fields={"dscp": 46},
        act="drop"),
    Ace("from", 4, _a("a"), 17, far=("eq", 6001)),
    Ace("from", 4, _a("b"), 17, far=("eq", 6002), fields={"ecn": 2}),
    Ace("from", 4, _a("b"), 17, far=("eq", 6003), fields={"ttl": 64}),
    Ace("from", 6, _a("a"), 17, far=("eq", 6000), fields={"dscp": 46}),
    Ace("from", 6, _a("b"), 17, far=("eq", 6003), fields={"ttl": 64}),
    *_both("from", _a("c"), 6, far=("eq", 6004), flags="syn"),
    *_both("from", _a("c"), 6, far=("eq", 6005), flags="ack"),
    *_both("from", _a("d"), 6, far=("eq", 6006)),
    *_both("to", _a("d"), 6, far=("eq", 6006), flags="syn ack", act="drop"),
    *_both("to", _a("c"), 6, far=("eq", 6004), flags="syn ack"),
    Ace("to", 4, _a("a"), 17, near=("eq", 6007), fields={"dscp": 10}),
    Ace("to", 6, _a("a"), 17, near=("eq", 6007), fields={"dscp": 10})]

# ICMP errors are allowed from anybody, whatever they speak of.
_ICMP = [
    Ace("from", 4, _a("a"), 1, icmp=(8, 0)),
    Ace("from", 6, _a("a"), 58, icmp=(128, 0)),
    Ace("from", 4, _a("b"), 1, icmp=(13, None)),
    Ace("to", 4, _WORLD, 1, icmp=(8, None)),
    Ace("to", 6, _WORLD, 58, icmp=(128, None)),
    Ace("to", 4, None, 1, icmp=(3, None)),
    Ace("to", 6, None, 58, icmp=(1, None)),
    Ace("from", 4, None, 1, icmp=(3, None)),
    Ace("from", 6, None, 58, icmp=(1, None)),
    *_both("from", _a("a"), 17, far=("eq", 4100)),
    *_both("from", _a("b"), 6, far=("eq", 4101)),
    *_both("to", _a("c"), 17, near=("eq", 4102))]

_WIDE = _lines(
    _both("to", None, 6, near=("eq", 22), act="drop"),
    _both("to", None, None),
    _both("from", None, 17, far=("eq", 123), act="drop"),
    _both("from", _LOCAL, 6, far=("eq", 9999), act="drop"),
    _both("from", None, None))

_QUIET = _lines(
    _both("from", _WORLD, 17, far=("eq", 53), act="drop"),
    _both("from", _a("a"), 89))

_LOCALS = _lines(_both("from", _LOCAL, None), _both("to", _LOCAL, None))

# Numbers of protocols that the connection tracker knows by address alone.
_RAW = _lines(
    _both("from", _a("a"), 89), _both("to", _a("b"), 89),
    _both("from", _a("c"), 112, act="drop"), _both("from", _NEAR, 112),
    _both("from", ("my-controller",), None), _both("to", ("controller", HUB),
                                                   None))


def by_hand():
    """later: what stands in the file once it is published anew."""
    return [
        File("names", MUD, _NAMES, _NAMES[2:]),
        File("replies", MUD, _REPLIES, _REPLIES[4:]),
        File("order", LUMINAIRE, _ORDER, _ORDER[4:]),
        File("classes", MUD, _CLASSES),
        File("fields", MUD, _FIELDS, _FIELDS[1:]),
        File("icmp", LUMINAIRE, _ICMP, _ICMP[2:9]),
        File("wide", MUD, _WIDE),
        File("quiet", LUMINAIRE, _QUIET),
        File("locals", MUD, _LOCALS),
        File("raw", LUMINAIRE, _RAW, _RAW[:4])]


_PEERS = (None, _a("a"), _a("b"), _a("c"), _NEAR, _WORLD, _LOCAL,
          ("controller", HUB), ("my-controller",), ("same-manufacturer",),
          ("manufacturer", LUMINAIRE), ("manufacturer", MUD))
_PORTS = (53, 80, 123, 443, 1883, 5353, 5683, 8000, 8443, 49152)


def _condition(dice):
    operator = dice.choice(("eq", "eq", "eq", "range", "gte", "lte", "neq"))
    port = dice.choice(_PORTS)
    if operator == "range":
        return (operator, port, port + dice.choice((1, 5, 500)))
    return (operator, port)


def _drawn_ace(dice, way):
    family = dice.choice((4, 6))
    protocol = dice.choice((6, 6, 17, 17, 17, None, 1 if family == 4 else 58))
    more = {"act": dice.choice(("accept",) * 4 + ("drop", "reject"))}
    if protocol in (6, 17):
        if dice.random() < 0.85:
            side = dice.choice(("far", "near"))
            more[side] = _condition(dice)
        if protocol == 6 and dice.random() < 0.3:
            more["opened"] = dice.choice(("from", "to"))
    elif protocol is not None:
        kind = dice.choice((8, 8, 0, 3) if family == 4 else
                           (128, 128, 129, 1))
        more["icmp"] = (kind, None)
    return Ace(way, family, dice.choice(_PEERS), protocol, **more)


def drawn(dice, number):
    """A policy of chance; republished, it has lost a third of its lines."""
    aces = [_drawn_ace(dice, way) for way in ("from", "to")
            for _ in range(dice.randint(5, 9))]
    # No wider: an accept may go, and a drop may stay.
    later = [ace for ace in aces
             if ace.act != "accept" or dice.random() < 0.66]
    return File("drawn%d" % number, dice.choice((MUD, LUMINAIRE)), aces,
                later)
