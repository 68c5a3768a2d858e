"""mudctl explain beside real packets: what it says is what happens."""

import errno
import json
import os
import select
import socket
import struct
import subprocess
import time

import mudfile
from registry import scenario
from scenario_main import MUD_URL, enforced, publish

GATEWAY = "192.168.77.1"
SERVICE_PORTS = (("tcp", mudfile.TCP_SERVICE), ("udp", mudfile.UDP_SERVICE),
                 ("tcp", 443), ("udp", 443))
THING_PORTS = (("tcp", mudfile.TCP_THING), ("udp", mudfile.UDP_THING),
               ("tcp", 5683), ("udp", 5683))
DNS = (b"\x4c\x41\1\0\0\1\0\0\0\0\0\0\1a\3svc\7example\3com\0\0\1\0\1")


def _asked(lab, device, way, host, *what):
    """The answer's document; its verdict is what the exit status says, and
    what the rules in the kernel do."""
    code, out, err = lab.mudd.ctl("-j", "explain", "--kernel", device, way,
                                  host, *what)
    said = json.loads(out) if out else {}
    kernel = said.get("kernel") or {}
    lab.check(kernel.get("agrees"), "the kernel agrees: %s %s %s %s" % (
        device, way, host, " ".join(what)), json.dumps(kernel))
    lab.check(said.get("verdict") == {0: "allow", 1: "deny"}.get(code),
              "explain %s %s %s %s: exit %d is its verdict" % (
                  device, way, host, " ".join(what), code), out + err)
    return said


def _service_flows(lab, thing):
    """(question, flow) about services A to D, both ways."""
    for key in "abcd":
        address = lab.service(key)
        for protocol, port in SERVICE_PORTS:
            yield (("to", address, protocol, str(port)),
                   (thing, lab.svc, protocol, port, address, None))
        for protocol, port in THING_PORTS:
            yield (("from", address, protocol, str(port)),
                   (lab.svc, thing, protocol, port, None, address))


def _neighbour_flows(lab, thing, other):
    """About another device on the LAN, by its address; and IPv6."""
    for protocol, port in THING_PORTS[:2]:
        yield (("to", other.addr4, protocol, str(port)),
               (thing, other, protocol, port, None, None))
        yield (("from", other.addr4, protocol, str(port)),
               (other, thing, protocol, port, None, None))


def _six_flows(lab, thing):
    for protocol in ("tcp", "udp"):
        yield (("to", lab.svc.addr6, protocol, "9000"),
               (thing, lab.svc, protocol, 9000, lab.svc.addr6, None))
        yield (("from", lab.svc.addr6, protocol, "9000"),
               (lab.svc, thing, protocol, 9000, thing.addr6, None))


def _gateway_flows(lab, thing):
    """What the gateway opens."""
    for protocol, port in THING_PORTS:
        yield (("from", GATEWAY, protocol, str(port)),
               (lab.gw, thing, protocol, port, None, None))


def _judged(lab, device, questions):
    """The questions as flows that explain says pass, or do not."""
    flows, verdicts = [], []
    for question, (src, dst, protocol, port, address, source) in questions:
        said = _asked(lab, device, *question)
        verdicts.append(said.get("verdict"))
        flows.append(lab.flow(src, dst, protocol, port,
                              said.get("verdict") == "allow", address=address,
                              source=source, name=str(said.get("source"))))
    return flows, verdicts


def _reaches(host, address, protocol, port):
    """Does anything come back? For those whose side has no capture."""
    kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
    with host.inside():
        sock = socket.socket(socket.AF_INET, kind)
    sock.settimeout(1.5)
    with sock:
        try:
            sock.connect((address, port))
            if protocol == "tcp":
                return True
            sock.send(DNS if port == 53 else b"hello")
            return bool(sock.recv(512))
        except OSError as error:
            return error.errno == errno.ECONNREFUSED


def _checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def _pings(host, address, source=None):
    """Is an echo request answered?"""
    mark = os.urandom(8)
    head = struct.pack("!BBHHH", 8, 0, 0, 0x4c41, 1)
    packet = struct.pack("!BBHHH", 8, 0, _checksum(head + mark), 0x4c41, 1)
    with host.inside():
        sock = socket.socket(socket.AF_INET, socket.SOCK_RAW,
                             socket.IPPROTO_ICMP)
    with sock:
        if source:
            sock.bind((source, 0))
        sock.sendto(packet + mark, (address, 0))
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            if not select.select([sock], [], [], 0.1)[0]:
                continue
            data = sock.recv(2048)
            if data[20] == 0 and data.endswith(mark):
                return True
    return False


def _agrees(lab, said, passes, text):
    lab.check((said.get("verdict") == "allow") == passes,
              "%s %s, says explain too" % (
                  text, "passes" if passes else "is blocked"), said)
    return said.get("verdict")


def _at_gateway(lab, thing):
    """Its DNS and NTP, and what it does not offer to Things."""
    verdicts = []
    for protocol, port in (("udp", 53), ("tcp", 53), ("udp", 123),
                           ("tcp", 123), ("tcp", 22), ("udp", 69)):
        said = _asked(lab, thing.mac, "to", GATEWAY, protocol, str(port))
        # Nobody answers on the last two: only silence can be told.
        verdicts.append(_agrees(
            lab, said, _reaches(thing, GATEWAY, protocol, port),
            "%s -> gateway %s/%d" % (thing.name, protocol, port)))
    return verdicts


def _echoes(lab, thing, other):
    a = lab.service("a")
    verdicts = []
    for way, host, src, dst, source in (
            ("to", a, thing, a, None), ("to", GATEWAY, thing, GATEWAY, None),
            ("to", other.addr4, thing, other.addr4, None),
            ("from", a, lab.svc, thing.addr4, a),
            ("from", GATEWAY, lab.gw, thing.addr4, None),
            ("from", other.addr4, other, thing.addr4, None)):
        said = _asked(lab, thing.mac, way, host, "icmp")
        verdicts.append(_agrees(lab, said, _pings(src, dst, source),
                                "an echo request %s %s" % (way, host)))
    return verdicts


def _reasons(lab, thing, other):
    """Who decides is told, by name."""
    a = "a.svc.example.com"
    said = _asked(lab, thing.name, "to", a, "tcp", str(mudfile.TCP_SERVICE))
    lab.check((said.get("source"), said.get("ace"), said.get("acl"),
               said.get("file"), said.get("peer")) == (
                   "ace", "a-tcp-out", "from-lamp", MUD_URL,
                   lab.service("a")), "the ACE, its list and file are named",
              said)
    said = _asked(lab, thing.addr4, "to", GATEWAY, "udp", "53")
    lab.check(said.get("source") == "default", "DNS is a default", said)
    said = _asked(lab, thing.mac, "from", a, "tcp", "50000", "--src-port",
                  str(mudfile.TCP_SERVICE), "--initiator", "thing")
    lab.check(said.get("verdict") == "allow", "an answer is allowed", said)
    said = _asked(lab, thing.mac, "to", other.name, "tcp", "80")
    lab.check(said.get("peer") in lab.mudd.device(other.mac)["addresses"],
              "another device goes by its name", said)
    code, out, err = lab.mudd.ctl("explain", thing.mac, "to", a, "tcp", "22")
    lab.check(code == 1 and out.startswith("deny: No ACE matches"),
              "the text begins with the verdict", out + err)
    for words, text in (
            ((thing.mac, "to", "nobody", "tcp", "1"), "not found"),
            (("nobody", "to", a, "tcp", "1"), "not found"),
            ((thing.mac, "to", a, "icmpv6"), "not possible")):
        code, out, err = lab.mudd.ctl("explain", *words)
        lab.check(code == 1 and text in err and not out,
                  "explain %s: %s" % (" ".join(words), text), out + err)
    code, _, err = lab.mudd.ctl("explain", thing.mac, "to", a, "tcp", "x")
    lab.check(code == 2, "a port that is none is a usage error", err)


def _counted(lab, thing):
    """What each entry has let pass, and what the Thing has sent."""
    told = lab.mudd.ask("policy", "show", MUD_URL)
    packets = {ace["ace"]: ace.get("packets") for ace in told["aces"]}
    for name in ("a-tcp-out", "a-udp-out", "a-tcp-in", "a-udp-in",
                 "b-tcp-out", "c-udp-in"):
        lab.check((packets.get(name) or 0) > 0, "%s has counted" % name,
                  packets)
    lab.check(sorted(told.get("devices")) == [lab.t1.mac, lab.t2.mac],
              "policy show lists its devices", told.get("devices"))
    lab.check("Lab MUD signer" in told.get("signer", "") and
              told.get("expires") and told.get("age_sec", -1) >= 0,
              "policy show tells signer, age and expiry", told)
    before = packets["b-udp-out"]
    lab.probe([lab.flow(thing, lab.svc, "udp", mudfile.UDP_SERVICE, True,
                        address=lab.service("b"))])
    told = lab.mudd.ask("policy", "show", MUD_URL)
    after = {ace["ace"]: ace.get("packets") for ace in told["aces"]}
    lab.check(after["b-udp-out"] > before, "an entry's counter goes on",
              (before, after))
    lab.check(after["c-udp-in"] == packets["c-udp-in"],
              "and another's does not", (packets, after))
    device = lab.mudd.device(thing.mac)
    lab.check(device.get("sent", 0) > 0 and device["drops"]["from"] > 0,
              "device show tells what was sent, and dropped", device)
    listed = [row["mud_url"] for row in lab.mudd.ask("policies")["policies"]]
    lab.check(listed == [MUD_URL], "policies lists the file", listed)
    code, out, err = lab.mudd.ctl("policy", "show", "pending.json")
    lab.check(code == 0 and "packets  the device" in out,
              "pending.json is shown too", out + err)
    for url, text in ((mudfile.URL % "camera", "not possible"),
                      (mudfile.URL % "nobody", "not found")):
        code, out, err = lab.mudd.ctl("policy", "show", url)
        lab.check(code == 1 and text in err, "policy show: " + text, out + err)
    # Asked by many at once, about two policies: each hears of its own.
    asked = [(url, subprocess.Popen(
        ["mudctl", "-j", "policy", "show", url], stdout=subprocess.PIPE))
        for url in (MUD_URL, "pending.json") * 4]
    for url, asking in asked:
        out = asking.communicate(timeout=10)[0]
        told = json.loads(out) if out else {}
        lab.check(told.get("mud_url") == url and
                  told["aces"][0].get("packets") is not None,
                  "one of many that ask for %s" % url, told)
    with open(lab.out + "/words.txt", "w") as out:
        for words in (("policies",), ("policy", "show", MUD_URL),
                      ("policy", "show", "pending.json"),
                      ("device", "show", thing.mac),
                      ("explain", thing.mac, "to", "a.svc.example.com",
                       "tcp", str(mudfile.TCP_SERVICE)),
                      ("explain", thing.mac, "to", "a.svc.example.com",
                       "tcp", str(mudfile.TCP_SERVICE), "--kernel"),
                      ("explain", lab.t4.mac, "to", lab.service("a"), "icmp",
                       "--kernel")):
            out.write("$ mudctl %s\n%s\n" % (" ".join(words),
                                            lab.mudd.ctl(*words)[1]))


def _others(lab, thing):
    """A device that has announced nothing, one that waits, one that left."""
    unknown, waiting = lab.t5, lab.t4
    flows = []
    for host, source in ((unknown, "local-policy"), (waiting, "none")):
        more, _ = _judged(lab, host.mac, [
            question for question in _service_flows(lab, host)
            if question[0][1] == lab.service("a")])
        lab.check(all(flow.name == source for flow in more),
                  "%s: decided by %s" % (host.name, source))
        flows += more
    lab.probe(flows, quiet=2.0)
    said = _asked(lab, waiting.mac, "to", GATEWAY, "udp", "53")
    lab.check(said.get("file") == "pending.json" and said.get("notes"),
              "what waits lives under pending.json", said)
    _agrees(lab, said, _reaches(waiting, GATEWAY, "udp", 53),
            "DNS of what waits")
    lab.clients[thing.name].release()
    lab.mudd.wait_device(thing.mac, lambda device: "departed" in (
        device.get("flags") or []))
    said = _asked(lab, thing.mac, "to", lab.service("a"), "tcp",
                  str(mudfile.TCP_SERVICE))
    lab.check(said.get("verdict") == "deny" and
              "has left" in said.get("reason", ""),
              "what has left may do nothing", said)


@scenario("explain", 120)
def explain(lab):
    publish(lab)
    lab.publish("camera.json", mudfile.build("camera", [], [], signed=False))
    lab.mudd.configure("".join(
        'device "%s" { name = "%s" }\n' % (host.mac, host.name)
        for host in (lab.t1, lab.t2)))
    lab.mudd.start()
    enforced(lab, lab.t1)
    enforced(lab, lab.t2)
    lab.join("udhcpc", lab.t4, mudfile.URL % "camera")
    lab.join("udhcpc", lab.t5, None)
    lab.mudd.wait_state(lab.t4.mac, "pending")
    for host in (lab.t1, lab.t2, lab.t4, lab.t5):
        host.addr4 = host.addr4 or host.read_addr4()
    lab.wait(lambda: all(lab.service(key) in lab.table() for key in "abc"), 5)
    flows, verdicts = _judged(lab, lab.t1.mac, [
        *_service_flows(lab, lab.t1),
        *_neighbour_flows(lab, lab.t1, lab.t2),
        *_neighbour_flows(lab, lab.t1, lab.t5),
        *_six_flows(lab, lab.t1), *_gateway_flows(lab, lab.t1)])
    more, answers = _judged(lab, lab.t2.mac, _service_flows(lab, lab.t2))
    lab.probe(flows + more, quiet=3.0)
    verdicts += answers
    verdicts += _at_gateway(lab, lab.t1) + _echoes(lab, lab.t1, lab.t2)
    allowed = verdicts.count("allow")
    lab.note("%d questions, %d allowed" % (len(verdicts), allowed))
    lab.check(len(verdicts) >= 60, "60 questions or more", len(verdicts))
    lab.check(0.2 <= allowed / len(verdicts) <= 0.7,
              "both answers are frequent", allowed)
    _reasons(lab, lab.t1, lab.t2)
    _counted(lab, lab.t1)
    _others(lab, lab.t2)
