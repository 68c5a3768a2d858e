"""Where no MUD URL, no answer of a name server, and no name in a MUD file may
lead: the LAN, the gateway, what is delegated or routed to it (S-20, S-22,
S-53).  Proof are captures and listeners where the packets would end.
"""

import collections
import socket
import threading
import time

import fakeengine
import frames
import lab as world
import liar
import mudfile
import net
from registry import scenario

WEB_CA = "/etc/mudd/web-ca.pem"
RESOLVER = "203.0.113.15"
LAN = "192.168.77.5"        # of t5, the plain host
PUBLIC = "185.1.0.10"       # of svc; what may be reached
PORTS = (22, 80, 443, 8080, 8443)
MORE = ("allow-ports = {443, 8443}\n"
        "nat64-prefixes = {\"2600:1f00:64::/96\"}\n")

# Every one is refused as it stands, before a name is looked up.
URLS = (
    # addresses, in all the ways that some resolver takes them
    "https://192.168.77.5/", "https://127.0.0.1/", "https://2130706433/",
    "https://017700000001/", "https://0x7f000001/", "https://0x7f.0.0.1/",
    "https://0x7F.1/", "https://127.1/", "https://0177.0.0.1/",
    "https://192.168.19717/", "https://0xc0.0xa8.0x4d.5/",
    "https://192.168.77.005/", "https://0.0.0.0/", "https://0/",
    "https://185.1.1.1/", "https://255.255.255.255/",
    "https://[::1]/", "https://[::]/", "https://[fd77::15]/",
    "https://[fe80::1%25br-lan]/", "https://[fe80::1%br-lan]/",
    "https://[::ffff:192.168.77.5]/", "https://[::192.168.77.5]/",
    "https://[64:ff9b::c0a8:4d05]/", "https://[2002:c0a8:4d05::1]/",
    "https://[2600:1f00:d:4::4]/", "https://[v1.x]/", "https://[::1",
    # names that are none, or local ones
    "https://localhost/", "https://LOCALHOST/", "https://x.localhost/",
    "https://gw/", "https://printer.local/", "https://1.77.168.192.in-addr"
    ".arpa/", "https:///x", "https://", "https://:443/", "https://.a.com/",
    "https://a..com/", "https://lan.liar.example.com./x",
    "https://-a.example.com/", "https://a_b.example.com/",
    "https://%6c%61n.liar.example.com/", "https://" + 64 * "a" + ".com/",
    b"https://l\xc3\xa4n.example.com/", b"https://l\xe4n.example.com/",
    "https://\uff11\uff12\uff17.0.0.1/".encode(),
    # userinfo, other schemes, slashes that are none
    "https://lan.liar.example.com@192.168.77.5/",
    "https://u:p@lan.liar.example.com/", "https://@lan.liar.example.com/",
    "http://lan.liar.example.com/", "ftp://lan.liar.example.com/",
    "file:///etc/passwd", "https:/lan.liar.example.com/",
    "https:lan.liar.example.com/", "//lan.liar.example.com/",
    "https:\\\\lan.liar.example.com\\", "https://a.com\\@192.168.77.5/",
    "https://lan.liar.example.com\\x", "gopher://127.0.0.1:22/_",
    # ports
    "https://lan.liar.example.com:0/", "https://lan.liar.example.com:65536/",
    "https://lan.liar.example.com:443x/", "https://lan.liar.example.com:-1/",
    "https://lan.liar.example.com:22:443/",
    # paths, fragments, bytes
    "https://lan.liar.example.com/x/../y", "https://lan.liar.example.com/%2e"
    "%2E/y", "https://lan.liar.example.com/.%2e", "https://lan.liar.example."
    "com/.", "https://lan.liar.example.com/x#y", "https://lan.liar.example."
    "com#", "https://lan.liar.example.com/%", "https://lan.liar.example.com/"
    "%0g", b"https://lan.liar.example.com/\x01", b"https://lan.liar.example"
    b".com/\t", b"https://lan.liar\t.example.com/", b"https://lan.liar\r\n"
    b".example.com/", b"https://lan.liar.example.com/\x00y", b"https://lan"
    b"\x00.example.com/", b"https://lan.liar.example.com/\x7f", b"https://"
    b"lan.liar.example.com/\xc3\xa4", "https://lan.liar.example.com/\"",
    "https://lan.liar.example.com/<x>")

# name -> (answers, in turn; a word of the fault, or "" where it may go)
Lie = collections.namedtuple("Lie", "answers words")
OWN, NETWORK, NOT_PUBLIC = ("an address of this gateway",
                            "in a network of this gateway",
                            "not a public address")
LIES = {
    "lan": Lie([LAN], NETWORK),
    "gateway": Lie(["192.168.77.1"], OWN),
    "wan": Lie(["185.1.1.1"], OWN),
    "wan-in-allowed": Lie(["203.0.113.1"], OWN),
    "neighbour": Lie(["185.1.1.9"], NETWORK),
    "anyip": Lie(["185.1.2.3"], OWN),
    "behind-lan": Lie(["185.1.8.8"], NETWORK),
    "loopback": Lie(["127.0.0.1 ::1"], OWN),
    "loopback-far": Lie(["127.9.9.9"], OWN),
    "zero": Lie(["0.0.0.0 ::"], NOT_PUBLIC),
    "link-local": Lie(["169.254.7.7 fe80::5e:53ff:fefe:1"], NOT_PUBLIC),
    "shared": Lie(["100.64.0.1"], NOT_PUBLIC),
    "private": Lie(["10.1.1.1 172.16.1.1"], NOT_PUBLIC),
    "everybody": Lie(["255.255.255.255 224.0.0.1 ff02::1"], NOT_PUBLIC),
    "broadcast": Lie(["192.168.77.255"], NETWORK),
    "lan6": Lie(["fd77::15"], NETWORK),
    "gateway6": Lie(["fd77::1"], OWN),
    "anycast6": Lie(["2600:1f00:a::"], OWN),
    "delegated": Lie(["2600:1f00:d:4::4"], NETWORK),
    "handed-on": Lie(["2600:1f00:d:9::9"], NETWORK),
    "mapped": Lie(["::ffff:192.168.77.5"], NETWORK),
    "mapped-loopback": Lie(["::ffff:127.0.0.1"], OWN),
    "compatible": Lie(["::192.168.77.5"], NOT_PUBLIC),
    "nat64": Lie(["64:ff9b::c0a8:4d05 64:ff9b::7f00:1"], NETWORK),
    "our-nat64": Lie(["2600:1f00:64::c0a8:4d05"], NETWORK),
    "local-nat64": Lie(["64:ff9b:1::c0a8:4d05"], NOT_PUBLIC),
    "sixto4": Lie(["2002:c0a8:4d05::1"], NOT_PUBLIC),
    "teredo": Lie(["2001:0:c0a8:4d05::1"], NOT_PUBLIC),
    "alias": Lie(["=printer.local " + LAN], NETWORK),
    "aliases": Lie(["=a.example.com =localhost 127.0.0.1"], OWN),
}
# Led by themselves, since more new names would be over the budget (S-27).
MIXED = {
    "mixed": Lie([PUBLIC + " " + LAN], ""),
    "mixed-lan-first": Lie([LAN + " 127.0.0.1 " + PUBLIC], ""),
    "mixed-families": Lie([PUBLIC + " fd77::15 ::1"], ""),
    "in-turn": Lie([PUBLIC, LAN, PUBLIC, "127.0.0.1"], ""),
}
DOMAIN = ".liar.example.com"


class Traps:
    """Listeners on many ports of a host, on all its addresses."""

    def __init__(self, *hosts):
        self.caught = []
        for host in hosts:
            for port in PORTS:
                for family, any_address in ((socket.AF_INET, "0.0.0.0"),
                                            (socket.AF_INET6, "::")):
                    with host.inside():
                        sock = socket.socket(family)
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    if family == socket.AF_INET6:
                        sock.setsockopt(socket.IPPROTO_IPV6,
                                        socket.IPV6_V6ONLY, 1)
                    sock.bind((any_address, port))
                    sock.listen(16)
                    threading.Thread(target=self._loop, daemon=True,
                                     args=(host.name, port, sock)).start()

    def _loop(self, name, port, sock):
        while True:
            conn, peer = sock.accept()
            self.caught.append((name, port, peer))
            conn.close()


def furnish(lab):
    """Networks that are the gateway's, each with somebody in it, and a world
    that takes whatever else is sent."""
    with lab.gw.inside():
        net.run("ip", "-batch", "-", stdin="\n".join((
            "addr add 185.1.1.1/24 dev wan1",
            "addr add 2600:1f00:a::1/64 dev br-lan nodad",
            "route add local 185.1.2.0/28 dev lo",
            "route add 185.1.8.0/24 via 192.168.77.3 dev br-lan onlink",
            "route add unreachable 2600:1f00:d::/56",
            "route add 2600:1f00:d:4::/64 dev br-lan",
            "route add 2600:1f00:d:9::/64 dev wan0",
            "route add 64:ff9b::/96 via 2001:db8:77::11 dev wan0",
            "route add default via 198.51.100.10 dev wan0",
            "route add default via 2001:db8:77::11 dev wan0")) + "\n")
    for host, lines in (
            (lab.t5, ["addr add %s/24 dev eth0" % LAN]),
            (lab.t4, ["addr add 2600:1f00:d:4::4/64 dev eth0 nodad"]),
            (lab.t3, ["addr add 192.168.77.3/24 dev eth0",
                      "addr add 185.1.8.8/32 dev lo"]),
            (lab.www, ["addr add 185.1.1.9/24 dev eth0"]),
            (lab.svc, ["addr add %s/32 dev lo" % PUBLIC,
                       "addr add 2600:1f00:d:9::9/64 dev eth0 nodad"])):
        with host.inside():
            net.run("ip", "-batch", "-", stdin="\n".join(lines) + "\n")


def strayed(lab, since):
    """TCP packets that reached somebody they must not."""
    lab.captures.flush()
    found = [("gw lo", *row[4:8]) for row in lab.captures.find(
        "gw", since, protocol=6)]
    for name in ("t3", "t4", "t5"):
        found += [(name, *row[4:8]) for row in lab.captures.incoming(
            name, since, protocol=6)]
    found += [("svc", *row[4:8]) for row in lab.captures.incoming(
        "svc", since, protocol=6) if row.dst != PUBLIC]
    found += [("www", *row[4:8]) for row in lab.captures.incoming(
        "www", since, protocol=6)
        if not row.dst.startswith("203.0.113.")]
    return found


def reachable(lab):
    """All of them would get what is sent to them, and be seen to."""
    since = time.time()
    for address in (LAN, "127.0.0.1", "185.1.1.1", "185.1.2.3", "185.1.8.8",
                    "185.1.1.9", "0.0.0.0", "fd77::15", "::1",
                    "2600:1f00:d:4::4", "2600:1f00:d:9::9", PUBLIC,
                    "64:ff9b::c0a8:4d05", "2002:c0a8:4d05::1"):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with lab.gw.inside(), socket.socket(family) as sock:
            sock.settimeout(0.3)
            sock.connect_ex((address, 443))
    seen = {row[3] for row in strayed(lab, since)}
    lab.check(seen >= {LAN, "127.0.0.1", "185.1.1.1", "185.1.2.3",
                       "185.1.8.8", "185.1.1.9", "fd77::15", "::1",
                       "2600:1f00:d:4::4", "2600:1f00:d:9::9",
                       "64:ff9b::c0a8:4d05", "2002:c0a8:4d05::1"},
              "whoever must not be reached could be, and would be seen", seen)


def announce(lab, number, url):
    """A Thing of its own says so, from one of two ports."""
    mac = "06:00:00:01:%02x:%02x" % (number >> 8, number & 255)
    raw = url if isinstance(url, bytes) else url.encode()
    host = lab.things[number % 2]
    with net.packet_socket(host) as wire:
        wire.send(frames.dhcp(frames.DISCOVER, mac, number + 1,
                              options=[(161, raw[:255])]))
    return mac


def urls(lab, liar_server):
    """No Thing gets anywhere by a URL that is refused as it stands."""
    before = len(liar_server.asked)
    macs = []
    for number, url in enumerate(URLS):
        macs.append(announce(lab, number, url))
        time.sleep(0.02)
    time.sleep(1.5)
    wanted = [entry["mud_url"] for entry in lab.mudd.ask("pending")["pending"]]
    lab.check(not wanted, "none of %d URLs is taken up" % len(URLS), wanted)
    lab.check(len(liar_server.asked) == before, "no name was asked for",
              liar_server.asked[before:])
    for number, url in enumerate(URLS):
        device = lab.mudd.device(macs[number])
        lab.check(not device.get("mud_url"), "refused: %r" % (url,), device)
    # One by one as far as strangers may fill the log, the others by number,
    # which comes with the next that may.
    def told():
        announce(lab, len(URLS), URLS[0])
        time.sleep(0.5)         # within the budget of one address
        log = lab.mudd.log_tail(10000)
        return ("device=%s detail=\"it is refused: " % macs[0] in log and
                "event=strangers suppressed=" in log)
    lab.check(lab.wait(told, 20), "the log says so", lab.mudd.log_tail())


def lies(lab):
    """Each name leads somewhere else, by the daemon; the fault says where."""
    macs = {}
    for number, name in enumerate(LIES):
        macs[name] = announce(lab, 1000 + number, "https://%s%s%s/x.json" % (
            name, DOMAIN, ":8443" if number % 5 == 4 else ""))
        time.sleep(0.2)
    for name, lie in LIES.items():
        device = lab.mudd.wait_device(
            macs[name], lambda d: d.get("fault"), 20)
        fault = device.get("fault") or {}
        lab.check(fault.get("code") == "address-refused" and
                  lie.words in fault.get("detail", ""),
                  "%s is at %s: %s" % (name, lie.answers[0], lie.words),
                  fault)


def mixed(lab, liar_server):
    """Where some answers are fit those are used, and no others."""
    fetcher = fakeengine.Fetcher(
        WEB_CA, allow=("203.0.113.0/24",), own=("192.168.77.1/32",),
        forbid=("192.168.77.0/24",))
    for name in ("mixed", "mixed-lan-first", "mixed-families"):
        since = time.time()
        outcome = fetcher.fetch("https://%s%s/x.json" % (name, DOMAIN))
        lab.captures.flush()
        lab.check(outcome.server in ("", PUBLIC) and lab.captures.incoming(
            "svc", since, protocol=6, dst=PUBLIC),
                  "%s: the public address was tried" % name, outcome)
    for turn, answer in enumerate(MIXED["in-turn"].answers):
        outcome = fetcher.fetch("https://in-turn%s/x.json" % DOMAIN)
        want = "connect" if answer == PUBLIC else "address-refused"
        lab.check(outcome.code in (want, "tls"), "in turn %d, %s: %s" % (
            turn, answer, want), outcome)
    asked = [kind for name, kind in liar_server.asked
             if name == "in-turn" + DOMAIN]
    lab.check(sorted(asked) == sorted(4 * [liar.A, liar.AAAA]),
              "a name is asked for once a fetch", asked)
    found, _, _ = fetcher.resolve("mixed-families" + DOMAIN)
    lab.check(found == [PUBLIC], "and so for names in ACEs", found)
    fetcher.close()


def aces(lab):
    """S-53: what names in a policy that is in force bring into the kernel."""
    tricky = ("mixed", "mixed-lan-first", "mixed-families", "lan", "mapped",
              "alias", "delegated", "our-nat64", "loopback")
    entries = [mudfile.ace(name, "from", name + DOMAIN, "tcp", "from",
                           dport=443) for name in tricky]
    lab.publish("tricky.json", mudfile.build("tricky", entries, []),
                signer="signer")
    lab.join("udhcpc", lab.t2, mudfile.URL % "tricky")
    device = lab.mudd.wait_state(lab.t2.mac, "enforced")
    lab.check(device.get("state") == "enforced", "the file is in force",
              device)
    lab.wait(lambda: PUBLIC in lab.table(), 5)
    sets, _, _ = lab.table().partition("chain ")
    held = "\n".join(part for part in sets.split("set ")
                     if part.startswith("dns"))
    lab.check(PUBLIC in held, "the public address is in the kernel", held)
    for address in (LAN, "127.0.0.1", "fd77", "2600:1f00", "::1", "ffff"):
        lab.check(address not in held, "%s is not" % address, held)


@scenario("nowhere", 120)
def nowhere(lab):
    furnish(lab)
    answers = {name: [" ".join(addresses)]
               for name, addresses in world.NAMES.items()}
    answers.update({name + DOMAIN: lie.answers
                    for name, lie in {**LIES, **MIXED}.items()})
    server = liar.Liar(lab.www, RESOLVER, answers)
    net.write("/etc/resolv.conf", "nameserver %s\n" % RESOLVER)
    lab.captures.add(lab.gw, "lo")
    traps = Traps(lab.gw, lab.t3, lab.t4, lab.t5)
    reachable(lab)
    lab.check(traps.caught, "the listeners listen")
    traps.caught.clear()
    lab.mudd.configure(fetch=MORE)
    lab.mudd.start()
    since = time.time()
    vectors = len(URLS) + sum(
        len(lie.answers) for lie in [*LIES.values(), *MIXED.values()])
    lab.check(vectors >= 80, "%d vectors, at least 80" % vectors)
    urls(lab, server)
    lies(lab)
    mixed(lab, server)
    aces(lab)
    stray = strayed(lab, since)
    lab.check(not stray, "not one TCP packet went astray", stray)
    lab.check(not traps.caught, "no listener was found", traps.caught)
