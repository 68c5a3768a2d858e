"""MUD files for the lab, built from one line an ACE."""

import json

URL = "https://mud.example.com/%s.json"


def ace(name, direction, peer, protocol, initiated=None, sport=None,
        dport=None, family="ipv4"):
    """One accept ACE. peer: a DNS name, or the name of an abstraction."""
    matches = {family: {"protocol": {"tcp": 6, "udp": 17}[protocol]}}
    if "." in peer:
        side = "dst" if direction == "from" else "src"
        matches[family]["ietf-acldns:%s-dnsname" % side] = peer
    else:
        matches["ietf-mud:mud"] = {peer: [None]}
    ports = {}
    if initiated:
        ports["ietf-mud:direction-initiated"] = initiated + "-device"
    for key, port in (("source-port", sport), ("destination-port", dport)):
        if port is not None:
            ports[key] = {"operator": "eq", "port": port}
    if ports:
        matches[protocol] = ports
    return {"name": name, "matches": matches,
            "actions": {"forwarding": "accept"}}


def build(name, from_aces, to_aces, url=None, signed=True, info="Lab Thing",
          day=15, family="ipv4"):
    """The bytes of a MUD file that lives at URL % name."""
    mud = {
        "mud-version": 1,
        "mud-url": url or URL % name,
        "mud-signature": URL.replace(".json", ".p7s") % name,
        "last-update": "2026-01-%02dT10:00:00+00:00" % day,
        "cache-validity": 48,
        "is-supported": True,
        "systeminfo": info,
        "mfg-name": "Lab Works",
        "model-name": name,
        "from-device-policy": {"access-lists": {"access-list": [
            {"name": "from-" + name}]}},
        "to-device-policy": {"access-lists": {"access-list": [
            {"name": "to-" + name}]}},
    }
    if not signed:
        del mud["mud-signature"]
    acls = [{"name": side + name, "type": family + "-acl-type",
             "aces": {"ace": aces}}
            for side, aces in (("from-", from_aces), ("to-", to_aces))]
    return json.dumps({"ietf-mud:mud": mud,
                       "ietf-access-control-list:acls": {"acl": acls}},
                      indent=2).encode() + b"\n"


def both(first, second):
    """The bytes of one file of two that differ in their lists' family."""
    mud = first["ietf-mud:mud"]
    acls = first["ietf-access-control-list:acls"]["acl"]
    for acl in second["ietf-access-control-list:acls"]["acl"]:
        side = acl["name"].split("-")[0]
        acl["name"] += "6"
        acls.append(acl)
        mud[side + "-device-policy"]["access-lists"]["access-list"].append(
            {"name": acl["name"]})
    return json.dumps(first, indent=2).encode() + b"\n"


# What IoT-5 asks for: service A both ways, B only called by the Thing, C only
# calling it, D absent.  TCP with direction-initiated, UDP without.
TCP_SERVICE, TCP_THING, UDP_SERVICE, UDP_THING = 7001, 7002, 7003, 7004
NORTH_SOUTH = (("a", True, True), ("b", True, False), ("c", False, True))


def north_south(name, family="ipv4", services=NORTH_SOUTH):
    """family: which of the services' addresses; ipv6 names end in 6.

    services: which, called by the Thing, calling it.
    """
    from_aces, to_aces = [], []
    suffix = "" if family == "ipv4" else "6"
    for service, out, into in services:
        peer = service + suffix + ".svc.example.com"
        if out:
            from_aces += [
                ace(service + "-tcp-out", "from", peer, "tcp", "from",
                    dport=TCP_SERVICE, family=family),
                ace(service + "-udp-out", "from", peer, "udp",
                    dport=UDP_SERVICE, family=family)]
            to_aces.append(
                ace(service + "-tcp-back", "to", peer, "tcp", "from",
                    sport=TCP_SERVICE, family=family))
        if into:
            to_aces += [
                ace(service + "-tcp-in", "to", peer, "tcp", "to",
                    dport=TCP_THING, family=family),
                ace(service + "-udp-in", "to", peer, "udp", dport=UDP_THING,
                    family=family)]
            from_aces.append(
                ace(service + "-tcp-answer", "from", peer, "tcp", "to",
                    sport=TCP_THING, family=family))
    return build(name, from_aces, to_aces, family=family)


def dual(name, services=NORTH_SOUTH):
    """The same for both families, in one file."""
    return both(*(json.loads(north_south(name, family, services))
                  for family in ("ipv4", "ipv6")))
