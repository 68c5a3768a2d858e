"""What cannot be trusted holds the Thing: confined, and saying why.

Each Thing announces a URL with one thing wrong about it.  Its state and the
clause of its fault are looked at, then that nothing but DHCP, DNS and NTP
passes, either way.
"""

import collections
import json
import os

import mudfile
from lab import NAMES
from registry import scenario
from scenario_main import enforced, north_south, publish

# make(lab, name) publishes; the URL is made of site and name.
Fault = collections.namedtuple("Fault", "what site make states clause")

HELD = ("pending",)
UNFETCHED = ("pending", "fetching")


def _broken(lab, name):
    path = lab.publish(name + ".json", mudfile.north_south(name),
                       signer="signer")
    with open(path, "rb") as old:
        data = old.read().replace(b"Lab Thing", b"Lab Thong")
    with open(path, "wb") as new:
        new.write(data)


def _stranger(lab, name):
    lab.publish(name + ".json", mudfile.north_south(name), signer="stranger")


def _no_signature(lab, name):
    lab.publish(name + ".json", mudfile.north_south(name))


def _unsigned(lab, name):
    lab.publish(name + ".json", mudfile.build(name, [], [], signed=False))


def _nothing(lab, name):
    pass


def _elsewhere(site):
    def make(lab, name):
        url = "https://%s/%s.json" % (site, name)
        data = json.loads(mudfile.north_south(name))
        data["ietf-mud:mud"]["mud-url"] = url
        data["ietf-mud:mud"]["mud-signature"] = url.replace(".json", ".p7s")
        lab.publish(name + ".json", json.dumps(data).encode(), site, "signer")
    return make


def _other_url(lab, name):
    lab.publish(name + ".json",
                mudfile.build(name, [], [], url=mudfile.URL % "other"),
                signer="signer")


def _not_json(lab, name):
    lab.publish(name + ".json", b"this is no MUD file\n", signer="signer")


def _huge(lab, name):
    lab.publish(name + ".json", b" " * (256 * 1024 + 1), signer="signer")


def _literal(lab, name):
    entry = mudfile.ace("one", "from", "a.svc.example.com", "tcp", dport=7001)
    del entry["matches"]["ipv4"]["ietf-acldns:dst-dnsname"]
    entry["matches"]["ipv4"]["destination-ipv4-network"] = "198.51.100.11/32"
    lab.publish(name + ".json", mudfile.build(name, [entry], []),
                signer="signer")


MUD = "mud.example.com"

SIGNATURE = (
    Fault("broken", MUD, _broken, HELD, "M-SIG-2"),
    Fault("stranger", MUD, _stranger, HELD, "M-SIG-5"),
    Fault("gone", MUD, _no_signature, UNFETCHED, ""),
    Fault("unsigned", MUD, _unsigned, HELD, "M-SIG-12"),
)
SERVER = (
    Fault("issuer", "untrusted.example.com",
          _elsewhere("untrusted.example.com"), UNFETCHED, "M-GET-2"),
    Fault("expired", "expired.example.com",
          _elsewhere("expired.example.com"), UNFETCHED, "M-GET-2"),
    Fault("wrongname", "wrongname.example.com",
          _elsewhere("wrongname.example.com"), UNFETCHED, "M-GET-2"),
    Fault("missing", MUD, _nothing, UNFETCHED, ""),
)
FILE = (
    Fault("wrong-url", MUD, _other_url, HELD, "S-32"),
    Fault("not-json", MUD, _not_json, ("refused",), ""),
    Fault("huge", MUD, _huge, ("refused", "pending"), "S-6"),
    Fault("literal", MUD, _literal, HELD, "M-FILE-5"),
)


def confined(lab, thing):
    """Only DHCP, DNS and NTP pass; the rest is dropped and counted."""
    before = lab.mudd.drops(thing.mac)
    held = lab.probe([
        lab.flow(thing, lab.svc, "tcp", mudfile.TCP_SERVICE, False,
                 address=lab.service("a")),
        lab.flow(thing, lab.svc, "udp", mudfile.UDP_SERVICE, False,
                 address=lab.service("b")),
        lab.flow(lab.svc, thing, "tcp", mudfile.TCP_THING, False,
                 source=lab.service("c")),
        lab.flow(thing, lab.gw, "udp", 123, True, name="NTP")])
    lab.check(lab.resolves(thing, "a.svc.example.com"),
              "%s may ask for names" % thing.name)
    grown = lab.wait(lambda: lab.mudd.drops(thing.mac)[0] > before[0], 8)
    lab.check(grown, "%s: its drop counter grew" % thing.name,
              lab.mudd.device(thing.mac))
    return held


def faults(lab, rows):
    for row in rows:
        row.make(lab, row.what)
    if not lab.mudd.alive():
        lab.mudd.start()
    things = list(zip(lab.things, rows))
    for thing, row in things:
        lab.join("udhcpc", thing, "https://%s/%s.json" % (row.site, row.what))
    for thing, row in things:
        device = lab.mudd.wait_device(
            thing.mac, lambda d: d.get("state") in row.states and
            d.get("fault"))
        lab.check(device.get("state") in row.states,
                  "%s: state is %s" % (row.what, " or ".join(row.states)),
                  device)
        fault = device.get("fault") or {}
        lab.check(fault and row.clause in fault.get("clause", ""),
                  "%s: the fault cites %s" % (row.what, row.clause or
                                              "a clause"), device)
        lab.check(fault.get("detail") and fault.get("remedy"),
                  "%s: it says what was seen and what to do" % row.what,
                  device)
        lab.note("%s: %s" % (row.what, json.dumps(fault)))
    for thing, row in things:
        confined(lab, thing)


@scenario("faults-signature", 90)
def signature(lab):
    """Besides, a Thing whose file is good takes no notice of the others."""
    publish(lab)
    lab.mudd.start()
    good = enforced(lab, lab.t5)
    faults(lab, SIGNATURE)
    device = lab.mudd.device(lab.t5.mac)
    lab.check(device.get("state") == good.get("state"),
              "the neighbour with a good file stays enforced", device)
    lab.probe(north_south(lab, lab.t5))


# IoT-2: what the fault says of each server, and no other's does.
TLS_WORDS = {"issuer": "unknown issuer", "expired": "has expired",
             "wrongname": "is not for the name wrongname.example.com"}


@scenario("faults-server", 90)
def server(lab):
    """IoT-2-v4: the connection ends before a request is sent."""
    faults(lab, SERVER)
    details, policies = {}, set()
    for thing, row in zip(lab.things, SERVER):
        device = lab.mudd.device(thing.mac)
        details[row.what] = (device.get("fault") or {}).get("detail", "")
        policies.add(lab.judged_by(thing.mac))
    for what, words in TLS_WORDS.items():
        held = [key for key, detail in details.items() if words in detail]
        lab.check(held == [what], "%s: the fault says so in words of its own"
                  % what, details)
    log = "\n".join(lab.requests())
    lab.check("missing.json" in log, "the trusted server saw its request", log)
    for row in SERVER[:3]:
        lab.check(row.site not in log and row.what not in log,
                  "%s: the server saw none" % row.what, log)
        lab.check(lab.captures.incoming(
            "www", dst=NAMES[row.site][0], dport=443),
                  "%s: but it was asked for a connection" % row.what)
    lab.check(len(policies) == 1 and policies != {None},
              "all four live under one policy, that of pending.json",
              policies)
    held = lab.table()
    lab.check(not any(lab.service(key) in held for key in "abc"),
              "no address of their files is in the kernel", held)
    listed = json.dumps(lab.mudd.ask("pending"))
    lab.note("pending: " + listed)
    lab.check(all(words in listed for words in TLS_WORDS.values()),
              "mudctl pending lists the three reasons", listed)


@scenario("faults-file", 90)
def file(lab):
    faults(lab, FILE)
    for name in ("wrong-url", "literal"):
        path = "%s/mud.example.com/%s.json" % (lab.nginx.www, name)
        lab.check(os.path.exists(path) and any(
            "/%s.p7s" % name in line for line in lab.requests()),
                  "%s: its signature was asked for" % name, lab.requests())
