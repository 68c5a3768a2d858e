"""DHCPv6, beside what stock clients do (scenario_carriers): a Thing that
leaves and comes back, one that asks for no address, and relays."""

import socket
import struct
import time

import craft
import net
from dualstack import (URL, Departure, enforced, named, publish,
                       verdicts)
from registry import scenario
from scenario_attacks import send

SERVERS, CLIENT, SERVER = "ff02::1:2", 546, 547
SOLICIT, REPLY, INFORMATION_REQUEST, FORWARD = 1, 7, 11, 12
CLIENT_ID, RELAY_MESSAGE, LINK_LAYER, MUD_URL = 1, 9, 79, 112


def _option(code, value):
    return struct.pack("!HH", code, len(value)) + value


def _mac(host):
    return bytes.fromhex(host.mac.replace(":", ""))


def _message(kind, host, url, xid):
    # Its DUID: type 3, Ethernet, its MAC.
    return (bytes((kind,)) + xid.to_bytes(3, "big") +
            _option(CLIENT_ID, b"\0\3\0\1" + _mac(host)) +
            _option(MUD_URL, url.encode()))


def _asks(host, url, xid):
    """An INFORMATION-REQUEST by a socket of the host; its answer, or None."""
    with host.inside():
        sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        scope = socket.if_nametoindex("eth0")
    with sock:
        sock.settimeout(3)
        sock.bind(("::", CLIENT))
        sock.sendto(_message(INFORMATION_REQUEST, host, url, xid),
                    (SERVERS, SERVER, 0, scope))
        try:
            return sock.recv(2000)
        except socket.timeout:
            return None


def _comes_and_goes(lab):
    publish(lab)
    lab.mudd.start()
    leaver, stays = lab.t1, lab.t2
    enforced(lab, stays, [("dhcpcd", "6")])
    for turn in ("first", "second"):
        # The first time nobody knows it, and the second time it has departed:
        # either way it is on no port when it asks.
        client, = enforced(lab, leaver, [("dhcpcd", "6")])
        lab.check(lab.mudd.device(leaver.mac).get("url_source") == "dhcp6",
                  "%s: known by dhcp6" % turn, lab.mudd.device(leaver.mac))
        named(lab, "a")
        lab.probe(verdicts(lab, leaver) + verdicts(lab, stays))
        gone = Departure(lab, leaver, [stays])
        client.release()
        gone.is_complete(5)
        lab.probe(gone.squats() + verdicts(lab, stays))
        client.stop()
        with leaver.inside():
            net.run("ip", "addr", "flush", "dev", "eth0", "scope", "global")
    without = lab.t3
    net.conf6(without, "disable_ipv6", "0")
    lab.wait(lambda: without.addresses6("scope", "link"))
    _stateless(lab, without)


def _stateless(lab, host):
    """It was here before it says its URL; it gives itself its address."""
    host.addr6 = "fd77::3333"
    with host.inside():
        net.run("ip", "addr", "add", host.addr6 + "/64", "dev", "eth0")
        net.run("ip", "route", "replace", "default", "via", "fd77::1")
    lab.wait(lambda: host.addresses6("scope", "global"))
    time.sleep(3)       # until the kernel's word of it is no news
    answer = _asks(host, URL, 0x515151)
    lab.check(answer is not None and answer[0] == REPLY,
              "an INFORMATION-REQUEST is answered", answer)
    device = lab.mudd.wait_device(host.mac, lambda device: (
        device.get("state") == "enforced" and
        host.addr6 in device.get("addresses", [])))
    lab.check(device.get("state") == "enforced" and
              device.get("url_source") == "dhcp6" and
              host.addr6 in device["addresses"],
              "who has no lease is confined by it", device)
    named(lab, "a")
    lab.probe(verdicts(lab, host, sources=[host.addr6]))


@scenario("dhcp6-kea", 90, dhcp="46", server="kea", lease=24)
def dhcp6_kea(lab):
    _comes_and_goes(lab)


@scenario("dhcp6-dnsmasq", 90, dhcp="46")
def dhcp6_dnsmasq(lab):
    _comes_and_goes(lab)


def _forwards(lab, relay, client, xid):
    """A Relay-forward of the relay's, as the first that heard the client."""
    inner = _message(SOLICIT, client, URL, xid)
    link = craft.packed("fe80::1")
    data = (bytes((FORWARD, 0)) + bytes(16) + link +
            _option(LINK_LAYER, b"\0\1" + _mac(client)) +
            _option(RELAY_MESSAGE, inner))
    packet = craft.ip6(relay.addr6, lab.gw.addr6, socket.IPPROTO_UDP,
                       craft.udp(relay.addr6, SERVER, lab.gw.addr6, SERVER,
                                 data))
    send(relay, craft.ether(relay.mac, lab.gw.mac, 0x86dd, packet))


@scenario("dhcp6-relays", 60, dhcp="46", server="kea", lease=24)
def dhcp6_relays(lab):
    """A relay that is named speaks for its client, another for nobody."""
    publish(lab)
    relay, other, client, laptop = lab.t4, lab.t5, lab.t1, lab.t2
    for host in (client, laptop):
        net.vanish(host)
    lab.mudd.configure('dhcp-relays = {"%s"}\n' % relay.mac)
    lab.mudd.start()
    for host in (relay, other):
        host.addr6 = "fd77::4" + host.name[1:]
    _forwards(lab, other, laptop, 0x111111)
    _forwards(lab, relay, client, 0x222222)
    device = lab.mudd.wait_state(client.mac, "enforced")
    lab.check(device.get("state") == "enforced" and
              device.get("url_source") == "dhcp6" and
              device.get("port") == relay.port,
              "the relay's client is confined, on the relay's port", device)
    lab.check(not lab.mudd.device(laptop.mac),
              "the other's client is unknown", lab.mudd.device(laptop.mac))
    tail = lab.mudd.log_tail(4000)
    lab.check("event=spoof device=%s" % other.mac in tail and
              "none of dhcp-relays" in tail, "it is told as an event",
              lab.mudd.log_tail(20))
