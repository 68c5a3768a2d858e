"""The main path: IoT-1 and IoT-5, with each of the three clients."""

import functools
import hashlib

import clients
import mudfile
from registry import scenario

MUD_URL = mudfile.URL % "lamp"


def publish(lab, name="lamp"):
    """The north-south file of IoT-5, signed; its bytes."""
    data = mudfile.north_south(name)
    lab.publish(name + ".json", data, signer="signer")
    return data


def enforced(lab, host, kind="udhcpc", url=MUD_URL):
    """The Thing joins, and is enforced; what most scenarios begin with."""
    lab.join(kind, host, url)
    device = lab.mudd.wait_state(host.mac, "enforced")
    lab.check(device.get("state") == "enforced",
              "%s is enforced" % host.name, device)
    lab.wait(lambda: lab.service("a") in lab.table(), 5)
    return device


def north_south(lab, thing, six=None):
    """The eight rows of IoT-5, once by TCP and once by UDP.

    six: by IPv6, with this address of the Thing.
    """
    rows = (("out", "a", True), ("in", "a", True), ("out", "d", False),
            ("in", "d", False), ("out", "c", False), ("in", "b", False),
            ("out", "b", True), ("in", "c", True))
    flows = []
    for way, key, passes in rows:
        for protocol, out, into in (
                ("tcp", mudfile.TCP_SERVICE, mudfile.TCP_THING),
                ("udp", mudfile.UDP_SERVICE, mudfile.UDP_THING)):
            name = "IoT-5 %s %s" % (way, key.upper())
            address = lab.service(key + "6" if six else key)
            if way == "out":
                flows.append(lab.flow(thing, lab.svc, protocol, out, passes,
                                      address=address, source=six, name=name))
            else:
                flows.append(lab.flow(lab.svc, thing, protocol, into, passes,
                                      address=six, source=address, name=name))
    return flows


def _files_fetched(lab):
    log = "\n".join(lab.requests())
    lab.check("GET /lamp.json HTTP/1.1\" 200" in log,
              "CR-3.a.1 the server saw GET of the file", log)
    lab.check("GET /lamp.p7s HTTP/1.1\" 200" in log,
              "CR-3.a.1 the server saw GET of the signature", log)
    lab.check("application/mud+json" in log,
              "the request says it wants application/mud+json", log)


def _status_told(lab, device, data, family):
    policy = device.get("policy") or {}
    lab.check(device.get("mud_url") == MUD_URL, "the MUD URL is shown", device)
    lab.check(device.get("url_source") == "dhcp" + family,
              "CR-1 the URL came by DHCPv" + family, device)
    lab.check("Lab MUD signer" in str(policy.get("signer") or
                                      device.get("signer")),
              "CR-5.a the signature is reported good, with its signer", device)
    lab.check(policy.get("expires"), "the file's expiry is shown", device)
    lab.check(hashlib.sha256(data).hexdigest() == policy.get("digest"),
              "the digest is that of the file as served", device)
    lab.check(not device.get("fault"), "no fault is shown", device)


def _in_kernel(lab, thing, family):
    # Names are looked up once the policy stands.
    service = lab.service("a" if family == "4" else "a6")
    lab.wait(lambda: service in lab.table(), 5)
    table = lab.table()
    lab.check((lab.judged_by(thing.mac) or "").startswith("pf_"),
              "CR-6.a the kernel judges what the Thing sends", table)
    own = thing.addr4 if family == "4" else thing.addr6
    lab.check('"%s"' % own in lab.elements("to" + family),
              "CR-6.a and what its address receives", table)
    bound = lab.elements("bind" + family)
    lab.check(thing.mac in bound and '"%s"' % own in bound,
              "MAC and address are bound", bound)
    lab.check(service in table,
              "CR-5.a.1 service A's address stands in a set", table)


def main_path(kind, lab, family="4"):
    data = mudfile.north_south("lamp", "ipv" + family)
    lab.publish("lamp.json", data, signer="signer")
    lab.mudd.start()
    lab.join(kind, lab.t1, MUD_URL, family=family)
    lab.check(lab.t1.addr4 if family == "4" else lab.t1.addr6,
              "CR-2.a the Thing has a lease")
    device = lab.mudd.wait_state(lab.t1.mac, "enforced")
    if not lab.check(device.get("state") == "enforced",
                     "IoT-1-v%s the Thing is enforced" % family, device):
        return
    _files_fetched(lab)
    _status_told(lab, device, data, family)
    _in_kernel(lab, lab.t1, family)
    before = lab.mudd.drops(lab.t1.mac)
    lab.probe(north_south(lab, lab.t1, lab.t1.addr6 if family == "6"
                          else None), quiet=5.0)
    grown = lab.wait(lambda: all(
        now > old for now, old in zip(lab.mudd.drops(lab.t1.mac), before)))
    lab.check(grown, "the drop counters of the Thing grew, both ways",
              "%s, now %s" % (before, lab.mudd.drops(lab.t1.mac)))
    lab.check(lab.resolves(lab.t1, "a.svc.example.com"),
              "the Thing may ask the gateway's DNS (RFC 8520 Appendix A)")
    code, out, err = lab.mudd.ctl("devices")
    lab.check(code == 0 and lab.t1.mac in out, "mudctl devices lists it",
              out + err)


for _kind in clients.NAMES:
    scenario("main-" + _kind, 60)(functools.partial(main_path, _kind))
scenario("iot-1-v6", 60, dhcp="46")(
    functools.partial(main_path, "dhcpcd", family="6"))
