"""What happens on the LAN: a server says no, forged frames, IPv6."""

import re
import signal
import socket
import time

import frames
import mudfile
import net
import services
from registry import scenario
from scenario_main import enforced, north_south, publish


def bound(lab, host):
    """Does the kernel bind an address to this MAC?"""
    return host.mac in lab.elements("bind4")


@scenario("nak", 60)
def nak(lab):
    """The server says no to an address: the Thing moves to another one."""
    publish(lab)
    lab.mudd.start()
    enforced(lab, lab.t1)
    old = lab.t1.addr4
    lab.dnsmasq.stop()
    conf = lab.out + "/dnsmasq/dnsmasq.conf"
    with open(conf) as text:
        changed = re.sub(r"dhcp-range=[^,]*,[^,]*",
                         "dhcp-range=192.168.77.60,192.168.77.90",
                         text.read())
    net.write(conf, changed)
    net.write(lab.out + "/dnsmasq/leases", "")
    lab.dnsmasq = services.Daemon(
        "dnsmasq", ["dnsmasq", "--keep-in-foreground", "--conf-file=" + conf],
        lab.out + "/dnsmasq.log")
    lab.clients["t1"].process().send_signal(signal.SIGUSR1)
    lab.wait(lambda: lab.t1.read_addr4() not in (old, None), 30)
    lab.t1.addr4 = lab.t1.read_addr4()
    lab.check(lab.t1.addr4 != old, "the Thing has a new address",
              "%s, before %s" % (lab.t1.addr4, old))
    lab.wait(lambda: lab.t1.addr4 in lab.elements("bind4"))
    table = lab.elements("bind4")
    lab.check(lab.t1.addr4 in table, "the new address is bound", table)
    lab.check('"%s"' % old not in table, "the old one is not", table)
    lab.probe(north_south(lab, lab.t1))


def _forge(lab, sender, frame):
    """Sends a frame three times; mudd has time to fall for it."""
    sock = net.packet_socket(sender)
    with sock:
        for _ in range(3):
            sock.send(frame)
            time.sleep(0.3)
    time.sleep(1)


@scenario("spoof", 90)
def spoof(lab):
    """Nobody locks a neighbour in, nor lets it out, by a forged frame."""
    publish(lab)
    publish(lab, "other")
    lab.mudd.start()
    enforced(lab, lab.t1)
    lab.join("udhcpc", lab.t5, None)
    lab.probe([lab.flow(lab.t5, lab.svc, "tcp", 7001, True,
                        address=lab.service("d"), name="not managed")])
    time.sleep(2.5)     # longer than a bridge entry counts as new
    before = lab.mudd.device(lab.t1.mac)
    for kind, what in ((frames.DISCOVER, "DISCOVER"),
                       (frames.REQUEST, "REQUEST")):
        for victim in (lab.t1, lab.t5):
            # The lease is the victim's, so the server will say yes.
            options = [(50, bytes(map(int, victim.addr4.split("."))))]
            _forge(lab, lab.t2, frames.dhcp(
                kind, victim.mac, 0x1badcafe, mudfile.URL % "other",
                server="192.168.77.1", options=options))
        now = lab.mudd.device(lab.t1.mac)
        for member in ("state", "mud_url", "addresses"):
            lab.check(now.get(member) == before.get(member),
                      "forged %s: the Thing's %s is unchanged" % (
                          what, member), now)
        lab.check(lab.t5.mac not in lab.elements("things"),
                  "forged %s: the plain host is not locked in" % what,
                  lab.elements("things"))
        # Both speak up again within the ten seconds of S-47.
        lab.probe([
            lab.flow(lab.t1, lab.svc, "udp", mudfile.UDP_SERVICE, True,
                     address=lab.service("a"), name="after the " + what),
            lab.flow(lab.t5, lab.svc, "tcp", 7001, True,
                     address=lab.service("d"), name="after the " + what)])
    _forge(lab, lab.t2, frames.dhcp(
        frames.RELEASE, lab.t1.mac, 0x1badcaff, ciaddr=lab.t1.addr4,
        server="192.168.77.1"))
    lab.check(bound(lab, lab.t1), "forged RELEASE: the Thing stays bound",
              lab.elements("bind4"))
    log = lab.mudd.log_tail(4000)
    lab.check("spoof" in log.lower(), "the log tells of the spoofing",
              lab.mudd.log_tail(20))
    lab.probe([*north_south(lab, lab.t1),
               lab.flow(lab.t5, lab.svc, "tcp", 7001, True,
                        address=lab.service("d"), name="still free")])
    _other_address(lab)


def _other_address(lab):
    """A Thing with an address that is not its own, and the reverse."""
    with lab.t1.inside():
        net.run("ip", "addr", "add", "192.168.78.50/24", "dev", "eth0")
    lab.probe([
        lab.flow(lab.t1, lab.svc, "tcp", mudfile.TCP_SERVICE, False,
                 address=lab.service("a"), source="192.168.78.50",
                 name="address of no network here"),
        lab.flow(lab.t1, lab.svc, "udp", mudfile.UDP_SERVICE, False,
                 address=lab.service("a"), source="192.168.78.50",
                 name="address of no network here")])
    frame = frames.udp(lab.t5.mac, lab.gw.mac, lab.t1.addr4, 40001,
                       lab.service("a"), mudfile.UDP_SERVICE, b"not me")
    since = time.time()
    _forge(lab, lab.t5, frame)
    arrived = lab.captures.incoming("svc", since, sport=40001)
    lab.check(not arrived, "a neighbour cannot use the Thing's address",
              "%d packets arrived" % len(arrived))


def _six_bound(lab, host, addr, seconds=5):
    """Does the kernel come to bind this address to the Thing?"""
    return lab.wait(lambda: host.mac in lab.elements("bind6") and
                    '"%s"' % addr in lab.elements("bind6"), seconds)


def _slaac(lab, host):
    """A router's word, and the addresses that the Thing makes of it."""
    with host.inside():
        for name, value in (("accept_ra", "1"), ("accept_dad", "1"),
                            ("use_tempaddr", "2")):
            net.write("/proc/sys/net/ipv6/conf/eth0/" + name, value)
    services.router(lab.out)

    def made():
        with host.inside():
            listed = net.run("ip", "-6", "-o", "addr", "show", "dev", "eth0",
                             "scope", "global", "dynamic")
        found = [word.split("/")[0] for line in listed.splitlines()
                 if "tentative" not in line
                 for word in line.split() if word.startswith("fd77:")]
        return found if len(found) >= 2 else None

    return lab.wait(made, 10) or []


def _answers(lab, host, addr):
    """From the address that it was asked at, which no socket of all does."""
    lab.echo.add(host, (mudfile.UDP_THING,), addr, (socket.SOCK_DGRAM,))


@scenario("ipv6", 90)
def ipv6(lab):
    """IoT-5-v6: addresses that the Thing gives itself, and its policy."""
    lab.publish("lamp.json", mudfile.north_south("lamp", "ipv6"),
                signer="signer")
    lab.mudd.start()
    thing = lab.t1
    lab.probe([lab.flow(thing, lab.svc, "udp", 9000, True,
                        address=lab.svc.addr6, name="before it is managed")])
    lab.join("udhcpc", thing, mudfile.URL % "lamp")
    device = lab.mudd.wait_state(thing.mac, "enforced")
    lab.check(device.get("state") == "enforced", "the Thing is enforced",
              device)
    lab.wait(lambda: all(lab.service(key) in lab.table()
                         for key in ("a6", "b6", "c6")), 10)
    lab.check(_six_bound(lab, thing, thing.addr6),
              "what it used before it was managed is bound",
              lab.elements("bind6"))
    _answers(lab, thing, thing.addr6)
    lab.probe([*north_south(lab, thing, thing.addr6),
               lab.flow(lab.t5, lab.svc, "tcp", 9000, True,
                        address=lab.svc.addr6, name="not managed")])
    addresses = _slaac(lab, thing)
    lab.check(len(addresses) >= 2,
              "the Thing has a stable and a temporary address", addresses)
    for addr in addresses:
        lab.check(_six_bound(lab, thing, addr),
                  "%s is bound before anything is sent from it" % addr,
                  lab.elements("bind6"))
        _answers(lab, thing, addr)
        lab.probe(north_south(lab, thing, addr))
    _not_its_own(lab, thing)
    _neighbours(lab, thing)
    lab.clients["t1"].release()
    lab.wait(lambda: "fd77::" not in lab.elements("bind6"), 10)
    lab.check(thing.addr6 not in lab.elements("to6"),
              "IoT-7-v6: with its lease its IPv6 addresses are gone",
              lab.elements("to6"))


def _not_its_own(lab, thing):
    """The address of another host, and one of no network here."""
    lab.probe([lab.flow(lab.t5, lab.svc, "udp", 9000, True,
                        address=lab.svc.addr6, name="its own address")])
    for addr in (lab.t5.addr6, "2001:db8:99::1"):
        with thing.inside():
            net.run("ip", "addr", "add", addr + "/64", "dev", "eth0", "nodad")
            net.run("ip", "-6", "neigh", "flush", "dev", "eth0")
            sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        with sock:
            # It asks for the gateway in that address's name, in vain.
            sock.bind((addr, 0))
            sock.sendto(b"?", ("fd77::1", 9000))
            time.sleep(0.5)
        with thing.inside():
            net.run("ip", "-6", "neigh", "replace", "fd77::1", "lladdr",
                    lab.gw.mac, "dev", "eth0", "nud", "permanent")
        lab.probe([lab.flow(thing, lab.svc, "udp", mudfile.UDP_SERVICE, False,
                            address=lab.service("a6"), source=addr,
                            name="from " + addr)])
        # Quoted: a temporary address may begin like it.
        lab.check('"%s"' % addr not in lab.elements("bind6"),
                  "%s is not bound to it" % addr, lab.elements("bind6"))
        with thing.inside():
            net.run("ip", "addr", "del", addr + "/64", "dev", "eth0")
            net.run("ip", "-6", "neigh", "del", "fd77::1", "dev", "eth0")
    lab.check("spoof" in lab.mudd.log_tail(4000).lower(),
              "the log tells of the spoofing", lab.mudd.log_tail(20))
    lab.probe([lab.flow(lab.t5, lab.svc, "tcp", 9000, True,
                        address=lab.svc.addr6, name="still its own")])


def _neighbours(lab, thing):
    since = time.time()
    for asker, target in ((thing, "fd77::1"), (lab.t5, thing.addr6)):
        with asker.inside():
            net.run("ip", "-6", "neigh", "flush", "dev", "eth0")
            sock = net.socket.socket(net.socket.AF_INET6,
                                     net.socket.SOCK_DGRAM)
        with sock:
            sock.sendto(b"?", (target, 9000))
    for asker, target in ((thing, "fd77::1"), (lab.t5, thing.addr6)):
        lab.check(lab.wait(lambda: lab.captures.incoming(
            asker.name, since, protocol=58, type=136, src=target), 3),
                  "neighbour discovery: %s hears from %s" % (asker.name,
                                                             target))
