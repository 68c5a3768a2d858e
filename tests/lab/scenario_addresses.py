"""All addresses of a Thing, from the first packet that it sends from each:
leases by DHCPv4 and DHCPv6, two of SLAAC, a link-local one, one made up."""

import fcntl
import ipaddress
import json
import socket
import struct
import threading
import time

import mudfile
import net
import services
from registry import scenario

URL = mudfile.URL % "lamp"
_SIOCGIFADDR, _TENTATIVE = 0x8915, 0x40
_PORT, _OTHER = mudfile.UDP_SERVICE, 9000
_ENOUGH = 200       # packets from each address


def _publish(lab):
    """Service A in both families, and UDP to one port of neighbours."""
    document = json.loads(mudfile.dual("lamp", (("a", True, False),)))
    acls = document["ietf-access-control-list:acls"]["acl"]
    next(acl for acl in acls if acl["name"] == "from-lamp6")["aces"][
        "ace"].append(mudfile.ace("near", "from", "local-networks", "udp",
                                  dport=_PORT, family="ipv6"))
    lab.publish("lamp.json", json.dumps(document).encode(), signer="signer")


class _First:
    """Sends from each address of a host as soon as there is one, and goes on:
    a datagram that may pass, and one that may not."""

    def __init__(self, lab, host, near):
        self._lab, self._host, self._wanted = lab, host, True
        self._near = near       # link-local address of a neighbour
        self.more = []          # addresses that an ioctl does not tell
        self._sent = {}         # address -> [(allowed, to, port, sport)]
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _addresses(self, sock):
        found = list(self.more)
        try:
            row = fcntl.ioctl(sock, _SIOCGIFADDR, struct.pack("256s", b"eth0"))
            found.append(socket.inet_ntoa(row[20:24]))
        except OSError:
            pass
        with open("/proc/thread-self/net/if_inet6") as rows:
            for row in rows:
                digits, _, _, _, flags, name = row.split()
                if name == "eth0" and not int(flags, 16) & _TENTATIVE:
                    found.append(str(ipaddress.IPv6Address(
                        bytes.fromhex(digits))))
        return found

    def _run(self):
        with self._host.inside():
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            while self._wanted:
                for own in self._addresses(sock):
                    rows = self._sent.setdefault(own, [])
                    if len(rows) < _ENOUGH:
                        rows += self._shoot(own)
                time.sleep(0.005)

    def _shoot(self, own):
        """Two sockets, each with a port of its own."""
        near = self._near if _is_local(own) else None
        six = "6" if ":" in own else ""
        rows = []
        for allowed in (False, True):
            to = near or self._lab.service(("a" if allowed else "d") + six)
            port = _PORT if allowed or not near else _OTHER
            with socket.socket(socket.AF_INET6 if six else socket.AF_INET,
                               socket.SOCK_DGRAM) as sock:
                scope = socket.if_nametoindex("eth0") if near else 0
                try:
                    sock.bind((own, 0, 0, scope) if six else (own, 0))
                    sock.sendto(b"first", (to, port, 0, scope) if six
                                else (to, port))
                except OSError:
                    continue    # gone again, or not there yet
                rows.append((allowed, to, port, sock.getsockname()[1]))
        return rows

    def sent(self, own):
        return list(self._sent.get(own, ()))

    def addresses(self):
        return list(self._sent)

    def has_sent(self, own):
        return len(self.sent(own)) >= _ENOUGH

    def stop(self):
        self._wanted = False
        self._thread.join()


def _is_local(addr):
    return addr.startswith("fe80")


def _link_local(host):
    return host.addresses6("scope", "link")[0].split("/")[0]


def _arrived(lab, own, row):
    _, to, port, sport = row
    return lab.captures.incoming("t5" if _is_local(own) else "svc",
                                 protocol=17, src=own, sport=sport, dst=to,
                                 dport=port)


def _judge(lab, first, own, what, passes=True, at_once=True):
    """Of what was sent from this address: is all well, from the first on?"""
    lab.check(lab.wait(lambda: first.has_sent(own), 20),
              "%s (%s): it sends" % (what, own), first.addresses())
    lab.captures.flush()
    rows = first.sent(own)
    left = {row.sport for row in lab.captures.find(
        "t1", outgoing=True, protocol=17, src=own)}
    denied = [row for row in rows if not row[0]]
    lab.check(denied and all(row[3] in left for row in denied),
              "%s: %d forbidden packets have left it" % (what, len(denied)))
    lab.check(not any(_arrived(lab, own, row) for row in denied),
              "%s: none of them arrives, from the first on" % what)
    allowed = [bool(_arrived(lab, own, row)) for row in rows if row[0]]
    if not passes:
        lab.check(not any(allowed), "%s: nothing else passes either" % what,
                  allowed)
    elif at_once:
        lab.check(allowed and all(allowed), "%s: what may pass does, from the "
                  "first packet on" % what, allowed)
    else:
        lab.check(allowed[-1], "%s: what may pass does" % what, allowed)
        lab.note("%s: the first %d of %d did not" % (
            what, allowed.index(True) if any(allowed) else len(allowed),
            len(allowed)))


def _boot6(lab, thing, peers):
    """The Thing begins to speak IPv6; it need not ask for these."""
    for name, value in (("accept_dad", "1"), ("accept_ra", "1"),
                        ("use_tempaddr", "2"), ("disable_ipv6", "0")):
        net.conf6(thing, name, value)
    with thing.inside():
        for addr, host in peers:
            net.run("ip", "neigh", "replace", addr, "lladdr", host.mac, "dev",
                    "eth0", "nud", "permanent")
        net.run("ip", "route", "replace", "fd77::/64", "dev", "eth0")
        net.run("ip", "route", "replace", "default", "via", "fd77::1")


@scenario("addresses", 90, dhcp="46")
def all_addresses(lab):
    _publish(lab)
    thing = lab.t1
    net.vanish(thing)
    lab.wait(lambda: lab.t5.addresses6("scope", "link"))
    lab.mudd.start()
    lab.wait(lambda: lab.elements("things"))    # it stands in the kernel
    services.router(lab.out)
    near = _link_local(lab.t5)
    net.know(thing, lab.gw)
    first = _First(lab, thing, near)
    lab.join("dhclient", thing, URL)
    device = lab.mudd.wait_state(thing.mac, "enforced")
    lab.check(device.get("state") == "enforced", "the Thing is enforced",
              device)
    lab.check(lab.wait(lambda: all(lab.service(key) in lab.table()
                                   for key in ("a", "a6"))),
              "its file's names are looked up", lab.table())
    with lab.gw.inside():
        router = net.run("ip", "-6", "-o", "addr", "show", "dev", "br-lan",
                         "scope", "link").split()[3].split("/")[0]
    _boot6(lab, thing, [("fd77::1", lab.gw), (router, lab.gw),
                        (near, lab.t5)])
    link = lab.wait(lambda: thing.addresses6("scope", "link"))
    link = link[0].split("/")[0]
    lab.wait(lambda: len(thing.addresses6("scope", "global")) >= 2)
    slaac = [addr.split("/")[0] for addr in
             thing.addresses6("scope", "global")]
    lab.join("dhclient", thing, URL, family="6")
    made_up, silent, silent4 = "fd77::5:1", "fd77::5:2", "192.168.77.50"
    with thing.inside():
        net.run("ip", "addr", "add", made_up + "/64", "dev", "eth0")
    known = [(thing.addr4, "DHCPv4 lease"), (thing.addr6, "DHCPv6 lease"),
             (link, "link-local"), (made_up, "made up"),
             *((addr, "SLAAC") for addr in slaac)]
    lab.check(len(slaac) == 2 and len(known) == 6, "it has six addresses",
              known)
    for addr, what in known:
        _judge(lab, first, addr, what, at_once=addr != thing.addr4)
    with thing.inside():
        net.run("ip", "addr", "add", silent + "/64", "dev", "eth0", "nodad")
        net.run("ip", "addr", "add", silent4 + "/24", "dev", "eth0")
    first.more.append(silent4)
    for addr in (silent, silent4):
        _judge(lab, first, addr, "never claimed", passes=False)
    first.stop()
    device = lab.mudd.device(thing.mac)
    lab.check(set(device["addresses"]) == {addr for addr, _ in known},
              "device show has all six, and no other", device)
