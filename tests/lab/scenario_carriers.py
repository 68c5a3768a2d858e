"""Every way a Thing makes itself known, with stock software (RFC 8520
sections 7, 10 and 11): each carrier alone and several together, and Kea and
dnsmasq as servers in turn; and how what LLDP says ends."""

import collections
import functools
import time

import lldp
import mudfile
import net
from dualstack import (URL, Departure, addresses, named, publish,
                       verdicts)
from registry import scenario

LEASE = 24      # seconds, of Kea: dhcpcd takes none that is shorter than 20
SERVERS = {"dnsmasq": {}, "kea": {"server": "kea", "lease": LEASE}}
DHCP_CLIENT = {"4": 68, "6": 546}

# kinds: (client, family) of each client that says its MUD URL, silent: of
# those that say none; sources: what device show may call the carrier.
Row = collections.namedtuple("Row", "kinds silent lldp sources")
SINGLE = (
    Row([("dhcpcd", "4")], [], False, ["dhcp4"]),
    Row([("dhclient", "4")], [], False, ["dhcp4"]),
    Row([("udhcpc", "4")], [], False, ["dhcp4"]),
    Row([], [("dhclient", "4"), ("dhclient", "6")], True, ["lldp"]),
)
SIX = (
    Row([("dhcpcd", "6")], [], False, ["dhcp6"]),
    Row([("dhclient", "6")], [], False, ["dhcp6"]),
    Row([("dhcpcd", "46")], [], True, ["dhcp4", "dhcp6", "lldp"]),
    Row([("dhclient", "4"), ("dhclient", "6")], [], True,
        ["dhcp4", "dhcp6", "lldp"]),
)


class _Thing:
    """One row in one host, with a file of its own: it may speak with one
    service, and its neighbour with the next."""

    def __init__(self, lab, host, row, number):
        self.lab, self.host, self.row = lab, host, row
        self.key, self.other = "abcd"[number], "abcd"[(number + 1) % 4]
        self.name = "+".join([kind + family for kind, family in row.kinds] +
                             ["lldpd"] * row.lldp)
        self.file = "thing" + self.key
        lab.publish(self.file + ".json",
                    mudfile.dual(self.file, ((self.key, True, True),)),
                    signer="signer")
        self.clients = []

    def join(self):
        lab, host, url = self.lab, self.host, mudfile.URL % self.file
        if self.row.lldp:
            lab.announce(host, url)
        for kinds, said in ((self.row.silent, None), (self.row.kinds, url)):
            for kind, family in kinds:
                lab.join(kind, host, said, family=family)
                self.clients.append(lab.clients[host.name])

    def is_known(self):
        lab, host = self.lab, self.host
        wanted = set(addresses(host))
        device = lab.mudd.wait_device(host.mac, lambda device: (
            device.get("state") == "enforced" and
            wanted <= set(device["addresses"])))
        lab.check(device.get("state") == "enforced" and
                  wanted <= set(device["addresses"]),
                  "%s: enforced, on %s" % (self.name, sorted(wanted)), device)
        lab.check(device.get("mud_url") == mudfile.URL % self.file,
                  "%s: under the file that it named" % self.name, device)
        lab.check(device.get("url_source") in self.row.sources,
                  "%s: known by %s" % (self.name, device.get("url_source")),
                  device)
        lab.check(not device.get("fault") and "conflict" not in str(
            device.get("flags")), "%s: nothing is held against it" % self.name,
            device)
        named(lab, self.key)

    def flows(self):
        return verdicts(self.lab, self.host, self.key, self.other, self.name)

    def renews(self, server):
        """Their leases, at once where the client takes such an order, and
        else when it is time, which with dnsmasq is after a minute."""
        since, families = time.time(), set()
        for client in self.clients:
            if client.renew() or server == "kea":
                families |= set(client.family)

        def renewed():
            return {family for family in families
                    if self.lab.captures.incoming(
                        self.host.name, since, dport=DHCP_CLIENT[family])}
        self.lab.check(self.lab.wait(lambda: renewed() == families,
                                     LEASE / 3 + 5),
                       "%s: renewed its leases of %s" % (
                           self.name, sorted(families)), renewed())


def carriers(rows, server, lab):
    lab.mudd.start()
    things = [_Thing(lab, host, row, number) for number, (host, row) in
              enumerate(zip(lab.things, rows))]
    for thing in things:
        thing.join()
    for thing in things:
        thing.is_known()
    lab.probe([flow for thing in things for flow in thing.flows()])
    for thing in things:
        thing.renews(server)
    for thing in things:
        thing.is_known()
    lab.probe([flow for thing in things for flow in thing.flows()])


for _server, _options in SERVERS.items():
    for _name, _rows in (("single", SINGLE), ("six", SIX)):
        scenario("carriers-%s-%s" % (_name, _server), 90, dhcp="46",
                 **_options)(functools.partial(carriers, _rows, _server))


@scenario("lldp-ends", 60)
def lldp_ends(lab):
    """A Thing without a lease is there while LLDP says so, and no longer; one
    that has a lease is there as long as that."""
    publish(lab)
    # Who is first heard of by LLDP is believed at once.
    for host in lab.things[:4]:
        net.vanish(host)
    lab.mudd.start()
    says_goodbye, dies, leased, stays = lab.things[:4]
    lldpds = {host: lab.announce(host, URL)
              for host in (says_goodbye, dies, leased, stays)}
    for host in lldpds:
        device = lab.mudd.wait_state(host.mac, "enforced")
        lab.check(device.get("state") == "enforced" and
                  device.get("url_source") == "lldp",
                  "%s is enforced by LLDP" % host.name, device)
    lab.join("dhclient", leased, None)
    for host in lldpds:
        net.conf6(host, "disable_ipv6", "0")
        host.addr6 = "fd77::1" + host.name[1:]
        with host.inside():
            net.run("ip", "addr", "add", host.addr6 + "/64", "dev", "eth0")
            net.run("ip", "route", "add", "default", "via", "fd77::1")
    for host in lldpds:
        lab.wait(lambda: host.addresses6("scope", "global"))
        device = lab.mudd.wait_device(host.mac, lambda device: (
            set(addresses(host)) <= set(device["addresses"])))
        lab.check(set(addresses(host)) <= set(device["addresses"]),
                  "%s has %s" % (host.name, addresses(host)), device)
    named(lab, "a", "b", "c")
    lab.probe([flow for host in lldpds for flow in verdicts(lab, host)])
    gone = [Departure(lab, host, [leased, stays])
            for host in (says_goodbye, dies)]
    lldpds[says_goodbye].stop()
    gone[0].is_complete(3)
    lldpds[dies].die()
    gone[1].is_complete(lldp.TTL + 5)
    lldpds[leased].stop()
    flows = [flow for one in gone for flow in one.squats()]
    lab.probe([*flows, *verdicts(lab, leased), *verdicts(lab, stays)])
    device = lab.mudd.device(leased.mac)
    lab.check("departed" not in device["flags"],
              "with a lease it stays when LLDP is over", device)
