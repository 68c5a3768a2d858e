"""What a hostile host on the LAN tries, and what must not come of it."""

import os
import signal
import socket
import time

import frames
import mudfile
import net
from registry import scenario
from scenario_daemon import Barrage
from scenario_lan import bound
from scenario_main import enforced, publish

FREE_UDP = 7097     # nobody's service: what arrives was let through


def send(host, *sent):
    with net.packet_socket(host) as wire:
        for frame in sent:
            wire.send(frame)
            time.sleep(0.05)


def forged_lease(lab, asker, liar, addr, xid, source=None):
    """One Thing asks, a host on another port answers."""
    send(asker, frames.dhcp(frames.REQUEST, asker.mac, xid))
    time.sleep(0.2)
    send(liar, frames.dhcp_ack(source or liar.mac, asker.mac, xid, addr))
    time.sleep(0.8)


def udp_socket(host, port=0, addr=""):
    with host.inside():
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((addr, port))
    sock.settimeout(2)
    return sock


@scenario("rogue-dhcp", 90)
def rogue_dhcp(lab):
    """An ACK that is not the gateway's gives and takes nothing (S-48)."""
    publish(lab)
    lab.mudd.start()
    enforced(lab, lab.t1)
    enforced(lab, lab.t2)
    lab.join("udhcpc", lab.t5, None)
    victims = (("the gateway's address", "192.168.77.1"),
               ("a plain host's address", lab.t5.addr4),
               ("another Thing's address", lab.t1.addr4),
               ("an address in the world", lab.service("d")))
    for number, (what, addr) in enumerate(victims):
        for name, source in (("in its own name", None),
                             ("in the gateway's name", lab.gw.mac)):
            forged_lease(lab, lab.t2, lab.t3, addr, 0x1000 + 2 * number +
                         (source is not None), source)
            own = lab.elements("bind4")
            lab.check(lab.t2.mac + " . " + addr not in own,
                      "%s is not bound by an ACK %s" % (what, name), own)
    lab.check(bound(lab, lab.t1), "the other Thing is still bound",
              lab.elements("bind4"))
    lab.check("kernel_fault" not in lab.mudd.status(), "no batch was denied",
              lab.mudd.status())
    lab.probe([lab.flow(lab.t5, lab.svc, "tcp", mudfile.TCP_SERVICE, True,
                        address=lab.service("d"), name="the plain host"),
               lab.flow(lab.t1, lab.svc, "tcp", mudfile.TCP_SERVICE, True,
                        address=lab.service("a"), name="the other Thing")])


@scenario("unbound", 60)
def unbound(lab):
    """An address that the Thing has but was not leased gets nothing."""
    publish(lab)
    lab.mudd.start()
    enforced(lab, lab.t1)
    with lab.t1.inside():
        net.run("ip", "addr", "add", "192.168.77.50/24", "dev", "eth0")
    since = time.time()
    sock = udp_socket(lab.svc, 7099, lab.service("d"))
    for _ in range(5):
        sock.sendto(b"in", ("192.168.77.50", FREE_UDP))
        time.sleep(0.1)
    time.sleep(0.5)
    got = lab.captures.incoming("t1", since, dport=FREE_UDP)
    lab.check(not got, "from the WAN to its second address: blocked", got)
    old = lab.t1.addr4
    lab.clients["t1"].release()
    lab.wait(lambda: not bound(lab, lab.t1))
    lab.clients["t1"].stop()
    with lab.t1.inside():
        net.run("ip", "addr", "replace", old + "/24", "dev", "eth0")
    since = time.time()
    for _ in range(5):
        sock.sendto(b"in", (old, FREE_UDP))
        time.sleep(0.1)
    time.sleep(0.5)
    got = lab.captures.incoming("t1", since, dport=FREE_UDP)
    lab.check(not got, "from the WAN to the address it gave up: blocked", got)
    since = time.time()
    for source in (old, "192.168.77.99"):
        send(lab.t1, frames.udp(lab.t1.mac, lab.gw.mac, source, 68,
                                lab.service("d"), 67, b"out" * 20))
    time.sleep(0.5)
    got = lab.captures.incoming("svc", since, dport=67)
    lab.check(not got, "DHCP-like packets of a departed Thing to the WAN: "
              "blocked", got)


@scenario("icmp", 60)
def icmp(lab):
    """An ICMP error about another host's flow carries nothing out."""
    publish(lab)
    lab.mudd.start()
    lab.join("udhcpc", lab.t5, None)
    enforced(lab, lab.t1)
    server = lab.service("d")
    with udp_socket(lab.t5, 6666) as sock:
        sock.sendto(b"open", (server, mudfile.UDP_SERVICE))
        lab.check(sock.recv(100), "the plain host has a flow to D")
    quoted = frames.udp(lab.gw.mac, lab.t5.mac, server, mudfile.UDP_SERVICE,
                        lab.t5.addr4, 6666, b"secret" * 100)[14:]
    since = time.time()
    send(lab.t1, frames.icmp_error(lab.t1.mac, lab.gw.mac, lab.t1.addr4,
                                   server, quoted))
    send(lab.t5, frames.icmp_error(lab.t5.mac, lab.gw.mac, lab.t5.addr4,
                                   server, quoted))
    time.sleep(0.5)
    got = lab.captures.incoming("svc", since, protocol=1, src=lab.t1.addr4)
    lab.check(not got, "an error of the Thing about it does not pass", got)
    got = lab.captures.incoming("svc", since, protocol=1, src=lab.t5.addr4)
    lab.check(got, "one of the plain host does: the test could have failed")


@scenario("hairpin", 60)
def hairpin(lab):
    """Routed between two subnets of one bridge: judged like all routed."""
    publish(lab)
    # Else the gateway tells both to talk to each other directly, which is
    # no routed traffic any more.
    for name in ("all", "br-lan"):
        net.write("/proc/sys/net/ipv4/conf/%s/send_redirects" % name, "0")
    net.run("ip", "addr", "add", "192.168.78.1/24", "dev", "br-lan")
    lab.mudd.start()
    with lab.t5.inside():
        net.run("ip", "addr", "add", "192.168.78.5/24", "dev", "eth0")
        net.run("ip", "route", "add", "default", "via", "192.168.78.1")
    lab.t5.addr4 = "192.168.78.5"
    enforced(lab, lab.t1)
    lab.probe([lab.flow(lab.t1, lab.t5, "udp", mudfile.UDP_THING, False,
                        name="to the other subnet"),
               lab.flow(lab.t5, lab.t1, "udp", mudfile.UDP_THING, False,
                        name="from the other subnet"),
               lab.flow(lab.t5, lab.svc, "udp", mudfile.UDP_SERVICE, True,
                        address=lab.service("d"), name="the plain host")])


@scenario("no-watcher", 60)
def no_watcher(lab):
    """An engine that starts without a watcher leaves the kernel as it is."""
    publish(lab)
    lab.mudd.start()
    enforced(lab, lab.t1)
    net.write("/run/lab/ends", "#!/bin/sh\nexit 1\n")
    os.chmod("/run/lab/ends", 0o755)
    net.run("mount", "--bind", "/run/lab/ends",
            "/usr/libexec/mudd/mudd-watcher")
    barrage = Barrage(lab, lab.t1)
    for pid in lab.mudd.pids("mudd-watcher") + lab.mudd.pids("mudd-engine"):
        os.kill(pid, signal.SIGKILL)
    time.sleep(8)
    lab.check("br-lan" in lab.elements("lan"), "the LAN is still named",
              lab.elements("lan"))
    barrage.end("while no watcher starts")


@scenario("silent", 60)
def silent(lab):
    """The bridge has forgotten a silent host, the watcher is new: nobody
    may speak in its name."""
    publish(lab)
    lab.mudd.start()
    enforced(lab, lab.t1)
    lab.join("udhcpc", lab.t5, None)
    lab.probe([lab.flow(lab.t5, lab.svc, "tcp", mudfile.TCP_SERVICE, True,
                        address=lab.service("d"), name="the plain host")])
    lab.clients["t1"].stop()
    lab.clients["t5"].stop()
    time.sleep(2)
    for port in ("lan1", "lan5"):
        net.run("ip", "link", "set", port, "type", "bridge_slave",
                "fdb_flush")
    old = lab.mudd.pids("mudd-watcher")
    os.kill(old[0], signal.SIGKILL)
    lab.wait(lambda: lab.mudd.pids("mudd-watcher") not in ([], old))
    time.sleep(1.5)
    send(lab.t2, frames.dhcp(frames.RELEASE, lab.t1.mac, 0x77,
                             ciaddr=lab.t1.addr4, server="192.168.77.1"))
    time.sleep(0.7)
    lab.check(bound(lab, lab.t1), "a forged RELEASE: the Thing is bound",
              lab.mudd.log_tail(5))
    for kind in (frames.DISCOVER, frames.REQUEST):
        send(lab.t2, frames.dhcp(kind, lab.t5.mac, 0x78,
                                 mudfile.URL % "lamp"))
        time.sleep(0.5)
    things = lab.elements("things")
    lab.check(lab.t5.mac not in things, "a forged URL: the plain host is "
              "not locked in", things)


@scenario("flood", 150)
def flood(lab):
    """A port that announces many URLs of a slow server delays itself."""
    publish(lab)
    lab.mudd.start()
    for number in range(80):
        send(lab.t2, frames.dhcp(
            frames.DISCOVER, "06:00:00:00:02:%02x" % number, number + 1,
            "https://silent.example.com/%d.json" % number))
    start = time.monotonic()
    lab.join("udhcpc", lab.t1, mudfile.URL % "lamp")
    device = lab.mudd.wait_state(lab.t1.mac, "enforced", 60)
    lab.check(device.get("state") == "enforced",
              "a Thing on another port is enforced meanwhile", device)
    lab.note("after %.0f s" % (time.monotonic() - start))


@scenario("lost-table", 60)
def lost_table(lab):
    """Somebody deletes our table: status says so, and it comes back."""
    publish(lab)
    lab.mudd.configure("table-ownership = off\n")
    lab.mudd.start()
    enforced(lab, lab.t1)
    net.run("nft", "delete", "table", "inet", "mudd")
    lab.check(lab.wait(lambda: lab.mudd.status().get("table") ==
                       "foreign-change", 5), "status tells",
              lab.mudd.status())
    lab.wait(lambda: lab.t1.mac in lab.elements("things"), 10)
    lab.check(lab.t1.mac in lab.elements("things"), "the table is back",
              lab.table())
    lab.probe([lab.flow(lab.t1, lab.svc, "tcp", mudfile.TCP_SERVICE, False,
                        address=lab.service("d"), name="afterwards")])
