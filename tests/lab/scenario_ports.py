"""Where Things are: they keep to their port, move, and locked ports."""

import time

import frames
import mudfile
import net
from registry import scenario
from scenario_attacks import send
from scenario_main import enforced, publish


def _allowed(lab, thing):
    return lab.flow(thing, lab.svc, "udp", mudfile.UDP_SERVICE, True,
                    address=lab.service("a"), name="on its port")


def placed(lab, host, port):
    """Does the kernel know the Thing on this port, and on no other?"""
    table = lab.bridge_elements("port_bind")
    return table.count(host.mac) == 1 and (
        '"%s", "%s"' % (port, host.mac) in
        " ".join(table.split()).replace("[ ", "").replace(" ]", ""))


def _forged(lab, thing, liar, port):
    """The Thing's own packet, from another port; how many arrive."""
    since = time.time()
    send(liar, frames.udp(thing.mac, lab.gw.mac, thing.addr4, port,
                          lab.service("a"), mudfile.UDP_SERVICE, b"forged"))
    time.sleep(0.5)
    return len(lab.captures.incoming("svc", since, sport=port))


def _asks(lab, thing, liar, xid):
    """A DISCOVER in the Thing's name; does the server hear it?"""
    send(liar, frames.dhcp(frames.DISCOVER, thing.mac, xid))
    time.sleep(0.5)
    with open(lab.out + "/dnsmasq.log") as log:
        return " %d DHCPDISCOVER" % xid in log.read()


@scenario("ports", 120)
def ports(lab):
    """S-47: on its port, and on another once that is down or silent."""
    publish(lab)
    lab.mudd.start()
    enforced(lab, lab.t1)
    lab.check(lab.wait(lambda: placed(lab, lab.t1, "lan1")),
              "the Thing is on its port", lab.bridge_elements("port_bind"))
    lab.probe([_allowed(lab, lab.t1)])
    lab.check(_forged(lab, lab.t1, lab.t1, 40001) == 1,
              "a packet made by hand passes from there")
    lab.check(_forged(lab, lab.t1, lab.t5, 40002) == 0,
              "and from no other port")
    lab.check(_asks(lab, lab.t1, lab.t1, 0x41),
              "the gateway's DHCP server hears it")
    lab.check(not _asks(lab, lab.t1, lab.t5, 0x42),
              "and nobody else in its name")
    lab.check(lab.wait(lambda: any(
        row.get("reason") == "port" and row.get("device") == lab.t1.mac
        for row in lab.mudd.ask("drops")["drops"])),
        "mudctl drops tells of it", lab.mudd.ask("drops"))
    lab.probe([_allowed(lab, lab.t1)])
    _unplugged(lab)
    _silent(lab)


def _unplugged(lab):
    """The old port goes down: it may come up on another at once."""
    lab.clients["t1"].stop()
    net.run("ip", "link", "set", "lan1", "down")
    lab.check(lab.wait(lambda: not placed(lab, lab.t1, "lan1")),
              "its port is down: it is on none",
              lab.bridge_elements("port_bind"))
    lab.check(_forged(lab, lab.t1, lab.t5, 40003) == 0,
              "which lets nobody speak for it")
    net.run("ip", "link", "set", "lan1", "nomaster")
    net.run("ip", "link", "set", "lan1", "name", "lan9")
    net.run("ip", "link", "set", "lan9", "master", "br-lan")
    net.run("ip", "link", "set", "lan9", "up")
    lab.t1.port = "lan9"
    with lab.t1.inside():
        net.run("ip", "-4", "addr", "flush", "dev", "eth0")
    enforced(lab, lab.t1)
    lab.check(lab.wait(lambda: placed(lab, lab.t1, "lan9")),
              "it is on the new one", lab.bridge_elements("port_bind"))
    lab.probe([_allowed(lab, lab.t1)])


def _silent(lab):
    """The old port stays up, as behind a switch, but nobody speaks there."""
    lab.clients["t1"].stop()
    lab.probe([_allowed(lab, lab.t1)])
    _recable(lab.t1)
    lab.check(not _asks(lab, lab.t1, lab.t1, 0x51),
              "the old port was heard just now: elsewhere it may not even "
              "ask for an address")
    lab.t1.port = "lan8"
    enforced(lab, lab.t1)
    lab.check(lab.wait(lambda: placed(lab, lab.t1, "lan8")),
              "ten seconds later it may, and is on the new port",
              lab.bridge_elements("port_bind"))
    lab.probe([_allowed(lab, lab.t1)])


def _recable(host):
    """A new cable to another port; the old one is left without a host."""
    net.run("ip", "link", "add", "lan8", "type", "veth", "peer", "name",
            "new0", "netns", host.name)
    net.run("ip", "link", "set", "lan8", "master", "br-lan")
    net.run("ip", "link", "set", "lan8", "up")
    with host.inside():
        net.write("/proc/sys/net/ipv6/conf/eth0/disable_ipv6", "1")
        net.run("ip", "addr", "flush", "dev", "eth0")
        net.run("ip", "link", "set", "eth0", "address", "02:00:5e:00:53:e0")
        net.run("ip", "link", "set", "eth0", "name", "old0")
        net.run("ip", "link", "set", "new0", "name", "eth0")
        net.run("ip", "link", "set", "eth0", "address", host.mac)
        net.run("ip", "link", "set", "eth0", "up")


@scenario("locked-ports", 60)
def locked_ports(lab):
    """On a locked port nobody speaks but Things, under whatever MAC."""
    publish(lab)
    lab.mudd.configure('locked-ports = {"lan4", "lan5"}\n')
    lab.mudd.start()
    lab.join("udhcpc", lab.t3, None)
    lab.join("udhcpc", lab.t5, None, wait=False)
    time.sleep(3)
    lab.check(lab.t3.addr4, "a laptop on another port has an address")
    lab.check(lab.t5.read_addr4() is None, "one on a locked port has none")
    lab.clients["t5"].stop()
    enforced(lab, lab.t4)
    lab.check(lab.wait(lambda: placed(lab, lab.t4, "lan4")),
              "who announces a MUD URL there is a Thing there",
              lab.bridge_elements("port_bind"))
    lab.probe([_allowed(lab, lab.t4),
               lab.flow(lab.t3, lab.svc, "udp", mudfile.UDP_SERVICE, True,
                        address=lab.service("d"), name="the other laptop")])
    for what, mac in (("its own", lab.t5.mac), ("a new", "06:00:00:00:00:01"),
                      ("the Thing's", lab.t4.mac)):
        since = time.time()
        send(lab.t5, frames.udp(mac, lab.gw.mac, "192.168.77.5", 40009,
                                lab.service("a"), mudfile.UDP_SERVICE, b"no"))
        time.sleep(0.3)
        lab.check(not lab.captures.incoming("svc", since, sport=40009),
                  "nothing passes from a locked port with %s MAC" % what)
