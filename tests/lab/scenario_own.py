"""Addresses that Things give themselves, and what becomes of them: static
ones, duplicates, networks that change, and events that are lost."""

import calendar
import os
import re
import signal
import socket
import threading
import time

import craft
import frames
import mudfile
import net
import services
from registry import scenario
from scenario_main import MUD_URL, enforced, north_south

BROADCAST = "ff:ff:ff:ff:ff:ff"
_DEVICE = 'device "%s" {\n\tmud-url = "%s"\n}\n'


def _publish(lab):
    lab.publish("lamp.json", mudfile.dual("lamp"), signer="signer")


def _bound(lab, host, addr):
    """Does the kernel bind this address to this host?"""
    rows = "".join(lab.elements("bind6" if ":" in addr else "bind4").split())
    return '["%s","%s"]' % (host.mac, addr) in rows


def _holders(lab, addr, hosts):
    table = "".join(lab.elements("bind4").split())
    return [host.name for host in hosts
            if '["%s","%s"]' % (host.mac, addr) in table]


def _speak(host, to, port=9):
    """One datagram: the host has to ask where `to` is."""
    with host.inside():
        sock = socket.socket(socket.AF_INET6 if ":" in to else socket.AF_INET,
                             socket.SOCK_DGRAM)
    with sock:
        sock.sendto(b"?", (to, port))


def _answers(lab, host, addr):
    """From the address that it was asked at, which no socket of all does."""
    lab.echo.add(host, (mudfile.UDP_THING,), addr, (socket.SOCK_DGRAM,))


def _static(lab, host, addr):
    with host.inside():
        net.run("ip", "addr", "add", addr + "/24", "dev", "eth0")
        net.run("ip", "route", "replace", "default", "via", "192.168.77.1")
    host.addr4 = addr


def _lives(lab, host, what=""):
    """Its policy holds in both families."""
    _answers(lab, host, host.addr6)
    lab.probe([*north_south(lab, host), *north_south(lab, host, host.addr6)])


def _rests(lab, state):
    """The device has this state now; the check says so."""
    host, want = state
    device = lab.mudd.wait_state(host.mac, want)
    return lab.check(device.get("state") == want, "%s is %s" % (
        host.name, want), device)


@scenario("static", 90)
def static(lab):
    """Things without DHCP: whom mudd.conf names, and whom mudctl does."""
    _publish(lab)
    lab.mudd.configure(_DEVICE % (lab.t1.mac, MUD_URL))
    lab.mudd.start()
    for host, addr in ((lab.t1, "192.168.77.20"), (lab.t2, "192.168.77.21"),
                       (lab.t5, "192.168.77.25")):
        _static(lab, host, addr)
        since = time.time()
        _speak(host, lab.service("d"))
        _speak(host, lab.svc.addr6)
        if host is not lab.t1:
            lab.check(lab.wait(lambda: lab.captures.incoming(
                "svc", since, protocol=17, src=host.addr4, dport=9)),
                "%s, which nobody manages, reaches whom it will" % host.name)
    _rests(lab, (lab.t1, "enforced"))
    lab.wait(lambda: lab.mudd.device(lab.t2.mac))
    code, out, err = lab.mudd.ctl("device", "assign", lab.t2.mac, MUD_URL)
    lab.check(code == 0, "mudctl device assign", out + err)
    _rests(lab, (lab.t2, "enforced"))
    lab.wait(lambda: all(lab.service(key) in lab.table()
                         for key in ("a", "b", "c", "a6", "b6", "c6")))
    for host in (lab.t1, lab.t2):
        for addr in (host.addr4, host.addr6):
            lab.check(lab.wait(lambda: _bound(lab, host, addr)),
                      "%s has %s by its own word" % (host.name, addr),
                      lab.elements("bind4"))
        _lives(lab, host)
    lab.probe([lab.flow(lab.t5, lab.svc, "udp", mudfile.UDP_SERVICE, True,
                        address=lab.service("d"), name="nobody's device")])
    _claims(lab)
    _more(lab)
    lab.mudd.stop()
    lab.mudd.start()
    _rests(lab, (lab.t1, "enforced"))
    lab.check(_bound(lab, lab.t1, lab.t1.addr4), "a restart changes nothing",
              lab.elements("bind4"))
    _lives(lab, lab.t1)


def _claim(host, mac, addr, operation):
    """An announcement in that address's name (RFC 5227 s2.3)."""
    with net.packet_socket(host) as wire:
        wire.send(craft.ether(mac, BROADCAST, craft.ARP,
                              craft.arp(operation, mac, addr, addr)))


def _claims(lab):
    """By ARP alone no address moves (S-48), nor is any the gateway's (S-49)."""
    for liar, addr in ((lab.t2, lab.t1.addr4), (lab.t2, lab.gw.addr4),
                       (lab.t5, lab.t1.addr4)):
        for operation in (1, 2):
            _claim(liar, liar.mac, addr, operation)
    time.sleep(1)
    lab.check(_holders(lab, lab.t1.addr4, lab.things) == ["t1"],
              "its address stays the Thing's, whoever claims it",
              lab.elements("bind4"))
    lab.check(not _holders(lab, lab.gw.addr4, lab.things),
              "the gateway's is nobody's", lab.elements("bind4"))
    lab.check("spoof" in lab.mudd.device(lab.t1.mac)["flags"],
              "the Thing is flagged", lab.mudd.device(lab.t1.mac))
    lab.check("event=spoof" in lab.mudd.log_tail(4000), "and that is an event",
              lab.mudd.log_tail(20))
    lab.probe(north_south(lab, lab.t1))


def _more(lab):
    """Four at most, of which the oldest makes room."""
    more = ["192.168.77.3%d" % n for n in range(4)]
    for addr in more:
        _claim(lab.t1, lab.t1.mac, addr, 1)
        lab.check(lab.wait(lambda: _bound(lab, lab.t1, addr)),
                  "a further address: %s" % addr, lab.elements("bind4"))
    mine = [addr for addr in [lab.t1.addr4, *more]
            if _bound(lab, lab.t1, addr)]
    lab.check(len(mine) == 4 and more[3] in mine,
              "the fifth takes the place of one of the four", mine)
    told = [line for line in lab.mudd.log_tail(4000).splitlines()
            if "event=spoof" in line and "=192.168.77.3" in line]
    lab.check(not told, "that the guard stopped its first word is no spoof",
              "\n".join(told))
    with lab.t1.inside():
        net.run("ip", "neigh", "flush", "dev", "eth0")
    _speak(lab.t1, lab.service("a"))
    lab.check(lab.wait(lambda: _bound(lab, lab.t1, lab.t1.addr4)),
              "what it uses stays, or is there again",
              lab.elements("bind4"))
    lab.probe(north_south(lab, lab.t1))


# ---- duplicates ------------------------------------------------------------

def _detects(host, addr):
    """What the kernel's own detection makes of this address."""
    with host.inside():
        net.write("/proc/sys/net/ipv6/conf/eth0/accept_dad", "1")
        net.run("ip", "addr", "add", addr + "/64", "dev", "eth0")


def _verdict(host, addr):
    with host.inside():
        rows = net.run("ip", "-6", "-o", "addr", "show", "dev", "eth0", "to",
                       addr)
    return ("dadfailed" if "dadfailed" in rows else
            "tentative" if "tentative" in rows else
            "used" if addr in rows else "none")


def _probes4(host, addr):
    """An ARP probe: does anybody answer?"""
    with net.packet_socket(host, protocol=craft.ARP) as wire:
        wire.settimeout(0.5)
        for _ in range(6):
            wire.send(craft.ether(host.mac, BROADCAST, craft.ARP, craft.arp(
                1, host.mac, "0.0.0.0", addr)))
            end = time.monotonic() + 0.5
            while time.monotonic() < end:
                try:
                    frame = wire.recv(2048)
                except OSError:
                    break
                if (frame[20:22] == b"\0\2" and
                        frame[28:32] == craft.packed(addr)):
                    return True
    return False


@scenario("duplicate", 90)
def duplicate(lab):
    """Who looks for a duplicate address finds out, and takes nothing."""
    _publish(lab)
    lab.mudd.start()
    for host in (lab.t1, lab.t2):
        enforced(lab, host)
        _speak(host, lab.svc.addr6)
        lab.check(lab.wait(lambda: _bound(lab, host, host.addr6)),
                  "%s: its IPv6 address is known" % host.name)
    _static(lab, lab.t5, "192.168.77.25")
    _speak(lab.t5, lab.service("d"))
    _speak(lab.t5, lab.svc.addr6)
    lab.wait(lambda: set(lab.mudd.device(lab.t5.mac).get(
        "addresses", ())) >= {lab.t5.addr4, lab.t5.addr6})
    # Asker, holder: a Thing's, and that of a host that nobody manages.
    for asker, holder in ((lab.t2, lab.t1), (lab.t5, lab.t1),
                          (lab.t2, lab.t5)):
        what = "%s asks for what %s has" % (asker.name, holder.name)
        _detects(asker, holder.addr6)
        lab.check(lab.wait(lambda: _verdict(asker, holder.addr6) not in (
            "tentative",)) and _verdict(asker, holder.addr6) == "dadfailed",
            what + ": the kernel finds the duplicate",
            _verdict(asker, holder.addr6))
        lab.check(_probes4(asker, holder.addr4),
                  what + ": an ARP probe is answered")
        lab.check(not _bound(lab, asker, holder.addr6) and
                  not _bound(lab, asker, holder.addr4),
                  what + ": and nothing changes", lab.elements("bind6"))
        with asker.inside():
            net.run("ip", "addr", "del", holder.addr6 + "/64", "dev", "eth0")
    lab.check(_bound(lab, lab.t1, lab.t1.addr6) and
              _bound(lab, lab.t1, lab.t1.addr4), "the Thing has what it had",
              lab.elements("bind6"))
    lab.check(lab.wait(lambda: lab.mudd.log_tail(4000).count(
        "event=conflict") >= 2), "it is told as a conflict",
        lab.mudd.log_tail(30))
    lab.check("spoof" not in lab.mudd.device(lab.t1.mac)["flags"],
              "and nobody is called a liar", lab.mudd.device(lab.t1.mac))
    _nobody_has_it(lab)
    for host in (lab.t1, lab.t2):
        _lives(lab, host)


def _nobody_has_it(lab):
    """Detection that finds nobody ends well: the address is the Thing's."""
    _detects(lab.t2, "fd77::d0")
    lab.check(lab.wait(lambda: _verdict(lab.t2, "fd77::d0") == "used"),
              "an address that nobody has can be used",
              _verdict(lab.t2, "fd77::d0"))
    lab.check(_bound(lab, lab.t2, "fd77::d0"), "and is bound by then",
              lab.elements("bind6"))
    # One of whom nobody knows answers a probe, and is heard.
    with lab.t4.inside():
        net.run("ip", "addr", "add", "192.168.77.44/24", "dev", "eth0")
    lab.check(_probes4(lab.t2, "192.168.77.44"),
              "the answer of a host that has never spoken arrives")
    lab.check(not _bound(lab, lab.t2, "192.168.77.44"),
              "its address is not the prober's", lab.elements("bind4"))


# ---- handed over -----------------------------------------------------------

class _Watch:
    """Lists who has an address, again and again: each listing is of one
    moment, since the kernel repeats one that a commit has interrupted."""

    def __init__(self, lab, addr, hosts):
        self.seen, self._wanted = [], True
        self._thread = threading.Thread(
            target=self._run, args=(lab, addr, hosts), daemon=True)
        self._thread.start()

    def _run(self, lab, addr, hosts):
        while self._wanted:
            now = _holders(lab, addr, hosts)
            if not self.seen or self.seen[-1] != now:
                self.seen.append(now)

    def stop(self):
        self._wanted = False
        self._thread.join()
        return self.seen


@scenario("handed-over", 90)
def handed_over(lab):
    """S-48: an address goes where the DHCP server says, in one step."""
    _publish(lab)
    lab.mudd.start()
    enforced(lab, lab.t1)
    addr = lab.t1.addr4
    lab.probe(north_south(lab, lab.t1))
    lab.clients["t1"].stop()
    lab.dnsmasq.stop()
    conf = lab.out + "/dnsmasq/dnsmasq.conf"
    with open(conf) as text:
        changed = text.read() + "dhcp-host=%s,%s\n" % (lab.t2.mac, addr)
    net.write(conf, changed)
    net.write(lab.out + "/dnsmasq/leases", "")
    lab.dnsmasq = services.Daemon(
        "dnsmasq", ["dnsmasq", "--keep-in-foreground", "--conf-file=" + conf],
        lab.out + "/dnsmasq.log")
    watch = _Watch(lab, addr, lab.things)
    enforced(lab, lab.t2)
    lab.check(lab.t2.addr4 == addr, "the server gives another Thing the "
              "address", lab.t2.addr4)
    lab.check(lab.wait(lambda: _bound(lab, lab.t2, addr)),
              "it is that one's now", lab.elements("bind4"))
    seen = watch.stop()
    lab.check(seen == [["t1"], ["t2"]], "at no moment has nobody it, or both",
              seen)
    # The first one goes on using it.
    since = time.time()
    frame = frames.udp(lab.t1.mac, lab.gw.mac, addr, 40007, lab.service("a"),
                       mudfile.UDP_SERVICE, b"not mine")
    with net.packet_socket(lab.t1) as wire:
        for _ in range(3):
            wire.send(frame)
    _claim(lab.t1, lab.t1.mac, addr, 1)
    time.sleep(1)
    lab.check(not lab.captures.incoming("svc", since, sport=40007),
              "what the first one sends from it does not arrive")
    lab.check(_holders(lab, addr, lab.things) == ["t2"],
              "nor does its claim change anything", lab.elements("bind4"))
    with lab.t1.inside():
        net.run("ip", "-4", "addr", "flush", "dev", "eth0")
    lab.probe(north_south(lab, lab.t2))


# ---- networks that change --------------------------------------------------

OLD, NEW = "2001:db8:71:", "2001:db8:72:"


def _slaac(lab, host, prefix, seconds=20):
    """Its addresses there that can be used."""
    def ready():
        with host.inside():
            rows = net.run("ip", "-6", "-o", "addr", "show", "dev", "eth0",
                           "scope", "global", "-tentative")
        return [word.split("/")[0] for row in rows.splitlines()
                if "deprecated" not in row
                for word in row.split() if word.startswith(prefix)]
    return lab.wait(ready, seconds) or []


def _works(lab, host, addr, what):
    lab.check(lab.wait(lambda: _bound(lab, host, addr)),
              "%s: %s is bound" % (what, addr), lab.elements("bind6"))
    _answers(lab, host, addr)
    lab.probe(north_south(lab, host, addr))


@scenario("renumber", 120)
def renumber(lab):
    """The provider delegates another prefix; the Thing lives on."""
    _publish(lab)
    lab.mudd.start()
    net.run("ip", "addr", "add", OLD + ":1/64", "dev", "br-lan", "nodad")
    thing = lab.t1
    with thing.inside():
        for name in ("accept_ra", "accept_dad"):
            net.write("/proc/sys/net/ipv6/conf/eth0/" + name, "1")
    services.router(lab.out, "::")
    enforced(lab, thing)
    old = _slaac(lab, thing, OLD)
    if not lab.check(len(old) == 1, "it has an address of the prefix", old):
        return
    _works(lab, thing, old[0], "the old prefix")
    # Both are there for a while, as RFC 4192 wants it.
    net.run("ip", "addr", "add", NEW + ":1/64", "dev", "br-lan", "nodad")
    new = _slaac(lab, thing, NEW)
    if not lab.check(len(new) == 1, "and one of the new one", new):
        return
    _works(lab, thing, new[0], "the new prefix")
    _works(lab, thing, old[0], "the old one still")
    net.run("ip", "addr", "del", OLD + ":1/64", "dev", "br-lan")
    lab.check(lab.wait(lambda: not _bound(lab, thing, old[0])),
              "with its network the old address is over",
              lab.elements("bind6"))
    lab.check(lab.wait(lambda: OLD not in lab.elements("local6")),
              "which is no local network any more", lab.elements("local6"))
    lab.check(NEW in lab.elements("local6"), "the new one is",
              lab.elements("local6"))
    own = lab.elements("self6")
    lab.check(NEW + ":1" in own and OLD + ":1" not in own,
              "so are the gateway's own addresses", own)
    lab.check(OLD not in lab.elements("to6"), "no policy speaks for the old "
              "one", lab.elements("to6"))
    lab.probe([lab.flow(thing, lab.svc, "udp", mudfile.UDP_SERVICE, False,
                        address=lab.service("a6"), source=old[0],
                        name="from the old address")])
    _works(lab, thing, new[0], "after the change")
    lab.probe(north_south(lab, thing))
    flags = lab.mudd.device(thing.mac).get("flags")
    lab.check(not {"departed", "spoof"} & set(flags),
              "it has neither left nor lied", flags)


# ---- neighbours that do not answer ------------------------------------------

def _left(lab, host, addr):
    """Seconds until the host loses this address; None: it has not got it."""
    for lease in lab.mudd.device(host.mac).get("leases", ()):
        if lease["address"] == addr:
            return calendar.timegm(time.strptime(
                lease["expires"], "%Y-%m-%dT%H:%M:%SZ")) - time.time()
    return None


@scenario("unreachable", 60)
def unreachable(lab):
    """What a neighbour that answers no more has had."""
    _publish(lab)
    lab.mudd.start()
    enforced(lab, lab.t1)
    thing, static4 = lab.t1, "192.168.77.20"
    own = [static4, thing.addr6]
    with thing.inside():
        net.run("ip", "addr", "add", static4 + "/24", "dev", "eth0")
    _claim(thing, thing.mac, static4, 1)
    _speak(thing, lab.svc.addr6)
    lab.check(lab.wait(lambda: all(_bound(lab, thing, addr) for addr in own)),
              "it has addresses of its own", lab.elements("bind6"))
    lab.check(all(_left(lab, thing, addr) > 86400 for addr in own),
              "for days", lab.mudd.device(thing.mac))
    lease = _left(lab, thing, thing.addr4)
    with thing.inside():
        net.run("ip", "link", "set", "eth0", "arp", "off")
        net.run("ip", "addr", "flush", "dev", "eth0")
    for addr in (*own, thing.addr4):
        net.run("ip", "neigh", "flush", "to", addr, "dev", "br-lan")
        _speak(lab.gw, addr)
    lab.check(lab.wait(lambda: all(_left(lab, thing, addr) <= 600
                                   for addr in own), 20),
              "it answers no more: ten minutes", lab.mudd.device(thing.mac))
    lab.check(abs(_left(lab, thing, thing.addr4) - lease) < 30,
              "its lease stays as it is", lab.mudd.device(thing.mac))
    with thing.inside():
        net.run("ip", "link", "set", "eth0", "arp", "on")
        net.run("ip", "addr", "add", thing.addr6 + "/64", "dev", "eth0",
                "nodad")
        net.run("ip", "route", "replace", "default", "via", "fd77::1")
    _claim(thing, thing.mac, static4, 1)
    _speak(thing, lab.svc.addr6)
    lab.check(lab.wait(lambda: all(_left(lab, thing, addr) > 86400
                                   for addr in own)),
              "heard of again it has them for days",
              lab.mudd.device(thing.mac))


# ---- events that are lost --------------------------------------------------

_CHANGES = 10000


def _storm(lab):
    """So many changes of the bridge's table, and of neighbours."""
    macs = ["02:5a:00:00:%02x:%02x" % (n >> 8, n & 255)
            for n in range(_CHANGES // 4)]
    lines = ["fdb %s %s dev %s master%s" % (
        verb, mac, port, "" if verb == "del" else " dynamic")
        for verb, port in (("add", "lan3"), ("replace", "lan4"),
                           ("del", "lan4")) for mac in macs]
    net.run("bridge", "-batch", "-", stdin="\n".join(lines) + "\n")
    lines = ["neigh replace 192.168.77.%d lladdr %s dev br-lan nud stale" % (
        200 + n % 40, mac) for n, mac in enumerate(macs)]
    net.run("ip", "-batch", "-", stdin="\n".join(lines) + "\n")


@scenario("overrun", 90)
def overrun(lab):
    """R-4: whatever was lost in a storm is known within two seconds."""
    _publish(lab)
    lab.mudd.start()
    enforced(lab, lab.t1)
    watcher = lab.mudd.pids("mudd-watcher")[0]
    os.kill(watcher, signal.SIGSTOP)
    try:
        _storm(lab)
        # All of this happens in the storm, too; of links and addresses nobody
        # hears.
        lab.join("udhcpc", lab.t2, MUD_URL)
        net.run("ip", "addr", "add", "192.168.79.1/24", "dev", "br-lan")
        net.run("ip", "link", "add", "lan9", "type", "veth", "peer", "name",
                "far9")
        net.run("ip", "link", "set", "lan9", "master", "br-lan", "up")
    finally:
        os.kill(watcher, signal.SIGCONT)
    start = time.monotonic()

    def complete():
        ports = lab.bridge_elements("ports")
        return ("192.168.79.1" in lab.elements("self4") and "lan9" in ports and
                _bound(lab, lab.t2, lab.t2.addr4) and
                lab.t2.mac in lab.bridge_elements("port_bind"))

    lab.check(lab.wait(complete, 20), "all is known", lab.elements("self4") +
              lab.bridge_elements("ports"))
    took = time.monotonic() - start
    lab.check(took < 2, "within two seconds", "%.2f s" % took)
    lab.say("complete %.2f s after %d changes" % (took, _CHANGES))
    log = lab.mudd.log_tail(100000)
    lab.check("No buffer space available" in log,
              "and events had been lost", lab.mudd.log_tail(10))
    _rests(lab, (lab.t2, "enforced"))
    placed = "".join(lab.bridge_elements("port_bind").split())
    lab.check('["lan2","%s"]' % lab.t2.mac in placed, "on its port", placed)
    for host in (lab.t1, lab.t2):
        lab.probe(north_south(lab, host))
    _goes_on(lab, watcher)


def _goes_on(lab, watcher):
    """Nobody stops it: it keeps up, or makes good what it missed."""
    done = threading.Thread(target=_storm, args=(lab,), daemon=True)
    done.start()
    enforced(lab, lab.t4)
    done.join()
    lab.probe(north_south(lab, lab.t4))
    lab.check(lab.mudd.pids("mudd-watcher") == [watcher],
              "it is the same watcher all along",
              lab.mudd.pids("mudd-watcher"))
    rows = net.run("ss", "-f", "netlink", "-m", "-p", "-H")
    sizes = [int(size) for size in re.findall(
        r"rtnl:mudd-watcher\S* .*?,rb(\d+)", rows)]
    lab.check(sizes and max(sizes) >= 1 << 20,
              "its socket for events has a mebibyte at least", rows)
