"""IoT-11: whichever way a MUD URL comes, the rules that it leads to are the
same (RFC 8520 section 1.5; CR-1.b, CR-1.c)."""

import os
import shutil
import socket

import net
import pki
import snapshot
from dualstack import URL, addresses, named, publish, verdicts
from registry import scenario


class _Way:
    """One of them. The Thing has leases of both families in any case."""

    by_dhcp = {"4": None, "6": None}    # what each client tells

    def __init__(self, lab, thing):
        self.lab, self.thing = lab, thing

    def before(self):
        """Before mudd starts."""

    def first(self):
        """Before the Thing says anything else."""

    def after(self):
        """When the Thing has its leases."""

    def end(self):
        pass


class _Dhcp4(_Way):
    source, by_dhcp = "dhcp4", {"4": URL, "6": None}


class _Dhcp6(_Way):
    source, by_dhcp = "dhcp6", {"4": None, "6": URL}


class _Lldp(_Way):
    source = "lldp"

    def first(self):
        self._lldpd = self.lab.announce(self.thing, URL)

    def end(self):
        self._lldpd.die()


class _Configuration(_Way):
    source = "config"

    def before(self):
        self.lab.mudd.configure('device "%s" {\n\tmud-url = "%s"\n}\n' % (
            self.thing.mac, URL))

    def end(self):
        self.lab.mudd.configure()


class _Administrator(_Way):
    source = "admin"

    def after(self):
        code, out, err = self.lab.mudd.ctl("device", "assign", self.thing.mac,
                                           URL)
        self.lab.check(code == 0, "mudctl device assign", out + err)


class _Certificate(_Way):
    source = "x509"

    def before(self):
        os.makedirs("/etc/mudd/device-anchors.d", exist_ok=True)
        shutil.copy(self.lab.pki + "/device-ca.pem",
                    "/etc/mudd/device-anchors.d/lab.pem")

    def after(self):
        code, out, err = self.lab.mudd.ctl(
            "device", "certificate", self.thing.mac,
            pki.idevid(self.lab.pki, self.lab.out, "lamp", URL))
        self.lab.check(code == 0, "mudctl device certificate", out + err)


WAYS = (_Dhcp4, _Dhcp6, _Lldp, _Certificate, _Configuration, _Administrator)


def _rules(lab, way):
    """All that is in the kernel once the Thing is known this way."""
    thing = way.thing
    way.before()
    lab.mudd.start()
    way.first()
    clients = []
    for family, url in way.by_dhcp.items():
        lab.join("dhclient", thing, url, family=family)
        clients.append(lab.clients[thing.name])
    way.after()
    link = thing.addresses6("scope", "link")[0].split("/")[0]
    wanted = {*addresses(thing), link}
    device = lab.mudd.wait_device(thing.mac, lambda device: (
        device.get("state") == "enforced" and
        wanted == set(device["addresses"])) or _speak(thing))
    lab.check(device.get("state") == "enforced" and
              device.get("url_source") == way.source and
              wanted == set(device["addresses"]),
              "known by %s: enforced, on all its addresses" % way.source,
              device)
    named(lab, "a", "b", "c")
    rules = snapshot.plain(snapshot.take(), {
        thing.mac: "its MAC", thing.addr4: "its IPv4 address",
        thing.addr6: "its IPv6 address", link: "its link-local address"})
    lab.probe(verdicts(lab, thing, name="known by " + way.source))
    for client in clients:
        client.stop()
    way.end()
    with thing.inside():
        net.run("ip", "addr", "flush", "dev", "eth0", "scope", "global")
    return rules


def _speak(host):
    """It looks for a neighbour in its link-local address's name."""
    with host.inside():
        net.run("ip", "-6", "neigh", "flush", "dev", "eth0")
        sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        scope = socket.if_nametoindex("eth0")
    with sock:
        sock.sendto(b"?", ("fe80::1", 9, 0, scope))


def _forget_all(lab):
    lab.mudd.ctl("teardown")
    lab.mudd.wait_end()
    shutil.rmtree("/var/lib/mudd")


@scenario("iot-11", 90, dhcp="46")
def iot_11(lab):
    publish(lab)
    first = None
    for way in WAYS:
        rules = _rules(lab, way(lab, lab.t1))
        if first is None:
            first = rules
            speaks = [text for _, text in rules if "its MAC" in text]
            lab.check(len(speaks) > 5 and any(
                "pf_" in text for _, text in rules), "there are rules to "
                "compare", len(rules))
        else:
            told = snapshot.differences(first, rules)
            lab.check(not told, "known by %s: the rules are those of %s" % (
                way.source, WAYS[0].source), told)
        _forget_all(lab)
