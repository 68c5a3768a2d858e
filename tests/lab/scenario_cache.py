"""Connections that are under way while what is allowed changes."""

import re
import socket

import mudfile
from registry import scenario
from scenario_main import enforced

URL = mudfile.URL
PORTS = {"tcp": mudfile.TCP_SERVICE, "udp": mudfile.UDP_SERVICE}


def _file(name, service, day):
    """One service, by TCP and UDP."""
    peer = service + ".svc.example.com"
    return mudfile.build(name, [
        mudfile.ace("tcp-out", "from", peer, "tcp", "from",
                    dport=PORTS["tcp"]),
        mudfile.ace("udp-out", "from", peer, "udp", dport=PORTS["udp"])], [
        mudfile.ace("tcp-back", "to", peer, "tcp", "from",
                    sport=PORTS["tcp"])], day=day)


class _Flow:
    """A connection that stays; the service sends back what it gets."""

    def __init__(self, lab, host, protocol):
        kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
        with host.inside():
            self.sock = socket.socket(socket.AF_INET, kind)
        self.sock.settimeout(2)
        self.sock.connect((lab.service("a"), PORTS[protocol]))
        self.name = "%s of %s" % (protocol, host.name)

    def passes(self, words):
        """How many of so many words come back, one after another."""
        for number in range(words):
            word = b"%08d" % number
            try:
                self.sock.send(word)
                if self.sock.recv(64) != word:
                    return number
            except OSError:
                return number
        return words


def _accepted(lab):
    """Packets that passed by the cache."""
    return sum(int(n) for n in re.findall(r"counter packets (\d+)",
                                          lab.chain("fast")))


@scenario("revoked", 60)
def revoked(lab):
    """A new file takes away what two connections live by."""
    lab.publish("lamp.json", _file("lamp", "a", 10), signer="signer")
    lab.publish("cam.json", _file("cam", "a", 10), signer="signer")
    lab.mudd.start()
    enforced(lab, lab.t1, url=URL % "lamp")
    enforced(lab, lab.t2, url=URL % "cam")
    flows = {host.name: [_Flow(lab, host, protocol) for protocol in PORTS]
             for host in (lab.t1, lab.t2)}
    for flow in flows["t1"] + flows["t2"]:
        lab.check(flow.passes(20) == 20, flow.name + ": goes both ways")
    before = _accepted(lab)
    for flow in flows["t1"] + flows["t2"]:
        flow.passes(20)
    # Should something be taken away meanwhile, each is judged once more.
    lab.check(_accepted(lab) >= before + 4 * 2 * (20 - 1),
              "what was judged once passes by the cache", lab.chain("fast"))
    lab.publish("lamp.json", _file("lamp", "b", 11), signer="signer")
    code, out, err = lab.mudd.ctl("policy", "refresh", URL % "lamp")
    lab.check(code == 0 and "is enforced" in out, "a narrower file is in force",
              out + err)
    for flow in flows["t1"]:
        lab.check(flow.passes(1) == 0, flow.name + ": has ended")
    for flow in flows["t2"]:
        lab.check(flow.passes(20) == 20, flow.name + ": goes on, none lost")
    epoch = re.search(r'"epoch (\d+), ', lab.chain("stamp_original"))
    lab.mudd.stop()
    lab.mudd.start()
    lab.mudd.wait_state(lab.t2.mac, "enforced")
    again = re.search(r'"epoch (\d+), ', lab.chain("stamp_original"))
    lab.check(epoch and again and int(again[1]) > int(epoch[1]),
              "a restart goes on from the epoch in the kernel",
              lab.chain("fast"))
    for flow in flows["t2"]:
        lab.check(flow.passes(5) == 5, flow.name + ": outlives it")
