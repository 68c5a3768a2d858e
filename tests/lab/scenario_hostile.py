"""A file server that means harm, and what a fetcher makes of it (S-6, S-21 to
S-26): a fault that names the cause, in bounded time and memory."""

import collections
import concurrent.futures
import contextlib
import threading
import time

import fakeengine
import frames
import hostile
import net
from registry import scenario
from scenario_main import MUD_URL, north_south, publish

PLACES = 3          # for new MUD URLs; a fourth is for names alone

WEB_CA = "/etc/mudd/web-ca.pem"
WORLD = ("203.0.113.0/24",)

# One behaviour: the fault, words in its detail, and at most so many seconds.
# A size instead of words: the body came, and has it.
Row = collections.namedtuple("Row", "code words seconds", defaults=(8,))

EXPECTED = {
    # connecting, TLS
    "refused": Row("connect", "Connection refused"),
    "unreachable": Row("connect", "No route to host"),
    "unanswered": Row("timeout", "no connection", 13),
    "mute": Row("timeout", "no TLS handshake", 13),
    "stalled-handshake": Row("timeout", "no TLS handshake", 13),
    "dripped-handshake": Row("timeout", "no TLS handshake", 13),
    "plain-http": Row("tls", "handshake"),
    "noise": Row("tls", "handshake"),
    "hang-up": Row("tls", "handshake"),
    "reset": Row("tls", "handshake"),
    "alert": Row("tls", "handshake"),
    "tls10": Row("tls", "version"),
    "tls11": Row("tls", "version"),
    "weak": Row("tls", "weak"),
    "future": Row("tls", "not valid yet"),
    "past": Row("tls", "has expired"),
    "selfsigned": Row("tls", "self-signed"),
    "client": Row("tls", "not meant for a server"),
    "nobodys": Row("tls", "unknown issuer"),
    "otherhost": Row("tls", "not for the name"),
    # bodies
    "good": Row("none", 20),
    "no-answer": Row("timeout", "slow", 13),
    "early-close": Row("connect", "without an answer"),
    "drip-headers": Row("timeout", "slow", 13),
    "drip-body": Row("timeout", "slow", 13),
    "slow-body": Row("timeout", "not there after 30 s", 32),
    "endless-body": Row("too-large", "more than 262144 bytes"),
    "large-length": Row("too-large", "larger than allowed"),
    "huge-length": Row("too-large", "larger than allowed"),
    "negative-length": Row("http", "Content-Length"),
    "two-lengths": Row("none", 21),
    "length-too-long": Row("connect", "inside the body"),
    "length-too-short": Row("none", 10),
    "no-close-notify": Row("connect", "broke off"),
    "rude-but-whole": Row("none", 20),
    "gzip-unasked": Row("none", len(hostile.BOMB)),
    "html": Row("none", 40),
    # chunks
    "bad-chunks": Row("http", "chunk"),
    "huge-chunk": Row("http", "chunk"),
    "endless-chunks": Row("too-large", "more than 262144 bytes"),
    "endless-trailers": Row("too-large", "headers"),
    "gzip-chunks": Row("none", len(hostile.ZIPPED)),
    # headers
    "many-headers": Row("too-large", "headers"),
    "long-header": Row("too-large", "one header"),
    "long-status": Row("http", ""),
    "many-continues": Row("too-large", "headers"),
    "slow-continues": Row("timeout", "slow", 13),
    "http09": Row("http", ""),
    "http2": Row("none", 20),
    "http-nonsense": Row("http", ""),
    "nul-header": Row("http", ""),
    # redirects
    "loop": Row("http", "more than 3"),
    "moved": None,      # see redirects()
}
EXPECTED.update({"status-%d" % code: Row(
    "http", "status %d" % code) for code in hostile.STATUSES})

HOME = "https://moved" + hostile.DOMAIN
# (status, header lines, fault or "" where it is followed, words).  S-23: within
# the same host and port, by https, one Location.
MOVES = [
    (code, "Location: /there", "", "") for code in (301, 302, 303, 307, 308)
] + [
    (302, line, "", "") for line in (
        "Location: there", "Location: ./x/../there", "location:/there",
        "LOCATION: " + HOME + "/there", "Location: \t/there  ",
        "Location: " + HOME.replace("https", "HTTPS").replace(
            "moved", "MOVED") + ":443/there",
        "Location: //moved" + hostile.DOMAIN + "/there")
] + [
    (code, "Location: /there", "http", "status %d" % code)
    for code in (300, 304, 305, 306, 309, 399)
] + [
    (302, line, "redirect", words) for line, words in (
        ("X: y", "without one usable"),
        ("Location:", "without one usable"),
        ("Location: /there\r\nLocation: /there", "without one usable"),
        ("Location: /the re", "without one usable"),
        ("Location: /there\x01", "without one usable"),
        ("Location: /" + 300 * "x", "without one usable"),
        ("Location: http://moved" + hostile.DOMAIN + "/there", "not an https"),
        ("Location: ftp://moved" + hostile.DOMAIN + "/there", "not an https"),
        ("Location: file:///etc/passwd", "not an https"),
        ("Location: data:,x", "not an https"),
        ("Location: gopher://127.0.0.1:22/_x", "not an https"),
        ("Location: https://good" + hostile.DOMAIN + "/file", "another host"),
        ("Location: //good" + hostile.DOMAIN + "/file", "another host"),
        ("Location: " + HOME + ":8443/there", "another host or port"),
        ("Location: https://x.moved" + hostile.DOMAIN + "/", "another host"),
        ("Location: " + HOME + "./there", "empty label"),
        ("Location: " + HOME.replace("//", "//u@") + "/there", "userinfo"),
        ("Location: https://moved" + hostile.DOMAIN + "@127.0.0.1/",
         "userinfo"),
        ("Location: /there#here", "fragment"),
        ("Location: /x/%2e%2e/there", "dot segment"),
        ("Location: \\\\127.0.0.1\\there", "byte 0x5c"),
        ("Location: /\\127.0.0.1/there", "byte 0x5c"),
        ("Location: https://127.0.0.1/", "an address"),
        ("Location: https://2130706433/", "an address"),
        ("Location: https://0x7f.1/", "an address"),
        ("Location: https://0177.0.0.1/", "an address"),
        ("Location: https://[::1]/", "an address"),
        ("Location: https://[::ffff:192.168.77.1]/", "an address"),
        ("Location: https://[fe80::1%25eth0]/", "an address"),
        ("Location: //192.168.77.1/", "an address"),
        ("Location: https://localhost/", "one label"),
        ("Location: https://gw.local/", "local"),
        ("Location: https:///there", "empty label"),
        ("Location: " + HOME + ":0/there", "port"),
        ("Location: " + HOME + ":65979/there", "port"))
]


def redirects(lab, server):
    """Each redirect once, one after another; then what it was asked for."""
    fetcher = fakeengine.Fetcher(WEB_CA, allow=WORLD, ports=(8443,))
    for status, lines, code, words in MOVES:
        # Control bytes stand for themselves: the path has all of it in hex.
        before = len(server.asked.get("moved", []))
        path = (b"%d|" % status + lines.encode("latin-1")).hex()
        if len(path) > 200:
            path = (b"%d|" % status + b"long").hex()
        outcome = fetcher.fetch("%s/%s" % (HOME, path))
        asked = server.asked.get("moved", [])[before:]
        shown = "%d %s" % (status, lines.encode("unicode_escape").decode())
        lab.check(outcome.code == (code or "none") and
                  words in outcome.detail, "redirect %s: %s" % (
                      shown[:70], code or "followed"), outcome)
        lab.check(len(asked) == (1 if code else 2), "and %d requests" % (
            1 if code else 2), asked)
        lab.check(not any(word in request.lower() for request in asked
                          for word in (b"cookie", b"referer", b"origin")),
                  "without Cookie and Referer", asked)
    lab.check(len(server.asked["good"]) == 1, "no other host was asked",
              server.asked["good"])
    lab.note("%d redirects" % len(MOVES))
    fetcher.close()


# Hosts that are not there: nobody listens, nobody is, packets vanish.
ABSENT = {"refused": "203.0.113.9", "unreachable": "203.0.113.240",
          "unanswered": "203.0.113.241"}

# VmHWM, in KiB: the libraries alone take half of it.
MEMORY = 24 * 1024


def serve(lab):
    """The hostile server, its names in the gateway's hosts file."""
    server = hostile.Server(lab.www, lab.pki)
    server.names.update({name + hostile.DOMAIN: [address]
                         for name, address in ABSENT.items()})
    net.run("ip", "neigh", "add", ABSENT["unanswered"], "lladdr",
            "02:00:5e:00:53:ee", "dev", "wan1")
    net.write("/etc/hosts", "127.0.0.1 localhost\n" + "".join(
        "%s %s\n" % (addresses[0], name)
        for name, addresses in server.names.items()))
    return server


def one(name):
    fetcher = fakeengine.Fetcher(WEB_CA, allow=WORLD)
    try:
        outcome = fetcher.fetch("https://%s%s/file.json" % (
            name, hostile.DOMAIN))
        return outcome, fakeengine.memory_of(fetcher.process.pid)
    finally:
        fetcher.close()


def twice(name):
    """How the second of two slow fetches ended, and when, by the fetcher's
    own age."""
    fetcher = fakeengine.Fetcher(WEB_CA, allow=WORLD)
    start = time.monotonic()
    url = "https://%s%s/file.json" % (name, hostile.DOMAIN)
    try:
        fetcher.fetch(url, timeout=20)
        outcome = fetcher.fetch(url)
        return outcome, time.monotonic() - start
    finally:
        fetcher.close()


def judge(lab, name, row, outcome, memory):
    held = outcome.code == row.code and outcome.seconds <= row.seconds
    if isinstance(row.words, int):
        held = held and outcome.size == row.words
    else:
        held = held and row.words in outcome.detail and outcome.clause
    lab.note("%-18s %-10s %5.1f s %6d KiB peak %6d KiB pss  %s" % (
        name, outcome.code, outcome.seconds, *memory, outcome.detail))
    lab.check(held, "%s: %s within %d s" % (
        name, row.code if row.code != "none" else "%d bytes" % row.words,
        row.seconds), outcome)
    lab.check(memory[0] <= MEMORY, "%s: no more than %d KiB" % (
        name, MEMORY), memory)


@scenario("hostile-server", 120, captures=False)
def hostile_server(lab):
    """Each behaviour once, all at one time."""
    server = serve(lab)
    rows = {name: row for name, row in EXPECTED.items() if row}
    expected = set(hostile.names()) | set(ABSENT)
    lab.check(set(EXPECTED) == expected,
              "every behaviour is expected to do something",
              set(EXPECTED) ^ expected)
    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        # The slowest first: nothing is to wait for them at the end.
        order = sorted(rows, key=lambda name: -rows[name].seconds)
        second = pool.submit(twice, "slow-body")
        results = dict(zip(order, pool.map(one, order)))
    for name, row in rows.items():
        judge(lab, name, row, *results[name])
    lab.note("%d behaviours in %.1f s; peak memory %d KiB, of its own %d" % (
        len(rows), time.monotonic() - start,
        max(memory[0] for _, memory in results.values()),
        max(memory[1] for _, memory in results.values())))
    outcome, lived = second.result()
    lab.check(outcome.code == "timeout" and lived <= 39,
              "a second slow fetch ends before the fetcher would be killed",
              "%.1f s: %s" % (lived, outcome))
    for name in ("tls10", "weak", "future", "past", "selfsigned", "client",
                 "nobodys", "otherhost"):
        lab.check(name not in server.asked, "%s: it got no request" % name,
                  server.asked.get(name))
    asked_for(lab, server)
    redirects(lab, server)


def asked_for(lab, server):
    """S-28: what left, to the letter."""
    for name, requests in server.asked.items():
        host = (name + hostile.DOMAIN).encode()
        want = [b"GET /file.json HTTP/1.1", b"Host: " + host,
                b"User-Agent: mudd", b"Accept: application/mud+json",
                b"Accept-Language: en", b"", b""]
        lines = [request for request in requests if b"mud+json" in request
                 ][0].split(b"\r\n")
        if name != "moved" and lines != want:
            lab.check(False, "%s: the request says no more than it must"
                      % name, lines)
            return
    lab.check(server.asked, "%d servers got what S-28 allows, to the letter"
              % len(server.asked))


# Of those, the ones that hold on to whoever comes, and some that overdo it.
TARPITS = ("mute", "stalled-handshake", "dripped-handshake", "no-answer",
           "drip-headers", "drip-body", "slow-body", "slow-continues",
           "endless-body", "many-headers", "many-continues", "long-header")


class Watch:
    """Looks at the daemon's fetchers, five times a second."""

    def __init__(self, mudd):
        self._mudd = mudd
        self.lives = {}         # pid -> [first seen, last seen]
        self.peak = self.most = self.pss = 0
        threading.Thread(target=self._loop, daemon=True).start()

    def _loop(self):
        while True:
            pids, pss = self._mudd.pids("mudd-fetcher"), 0
            for pid in pids:
                now = time.monotonic()
                self.lives.setdefault(pid, [now, now])[1] = now
                with contextlib.suppress(OSError, ValueError):
                    peak, own = fakeengine.memory_of(pid)
                    self.peak, pss = max(self.peak, peak), pss + own
            self.most, self.pss = max(self.most, len(pids)), max(self.pss, pss)
            time.sleep(0.2)

    def longest(self):
        return max((last - first for first, last in self.lives.values()),
                   default=0)


@scenario("hostile-things", 150)
def hostile_things(lab):
    """Things on three ports lead to tarpits; one on a fourth lives well."""
    publish(lab)
    serve(lab)
    lab.mudd.start()
    watch = Watch(lab.mudd)
    macs = {name: "06:00:00:00:0%d:%02x" % (number % 3, number)
            for number, name in enumerate(TARPITS)}
    start = time.monotonic()
    for number, name in enumerate(TARPITS):
        with net.packet_socket(lab.things[number % 3]) as wire:
            wire.send(frames.dhcp(
                frames.DISCOVER, macs[name], number + 1,
                "https://%s%s/file.json" % (name, hostile.DOMAIN)))
    lab.wait(lambda: watch.most == PLACES, 10)
    lab.check(watch.most == PLACES, "all places are taken", watch.lives)
    lab.join("udhcpc", lab.t4, MUD_URL)
    joined = time.monotonic()
    device = lab.mudd.wait_state(lab.t4.mac, "enforced", 60)
    took = time.monotonic() - joined
    lab.check(device.get("state") == "enforced",
              "a Thing on another port is enforced meanwhile", device)
    lab.check(took < 10, "within seconds: one that is slow gives way",
              "%.1f s" % took)
    details, gave_way = {}, []
    for name, mac in macs.items():
        device = lab.mudd.wait_device(mac, lambda d: d.get("fault"), 60)
        fault = device.get("fault") or {}
        details[name] = fault.get("detail", "")
        row = EXPECTED[name]
        if fault.get("clause") == "S-63":
            gave_way.append(name)
            continue
        lab.check(fault.get("code") == row.code and
                  row.words in details[name] and
                  device.get("state") in ("pending", "fetching"),
                  "%s: held, %s" % (name, row.code), device)
    lab.check(len(gave_way) == 1, "one of them gave way", gave_way)
    lab.check(len(set(details.values())) == len(details),
              "each says whose fault it is", details)
    passed = lab.wait(lambda: not lab.mudd.pids("mudd-fetcher"), 5)
    lab.check(passed, "no fetcher is left", watch.lives)
    lab.check(watch.most <= PLACES + 1, "no more than %d at a time" % (
        PLACES + 1), watch.most)
    lab.check(watch.longest() <= 40, "none lived for more than 40 s (S-24)",
              watch.lives)
    lab.check(watch.peak <= MEMORY, "none had more than %d KiB" % MEMORY,
              watch.peak)
    lab.check("kernel_fault" not in lab.mudd.status(), "no batch was denied",
              lab.mudd.status())
    lab.probe(north_south(lab, lab.t4))
    lab.note("enforced after %.1f s; %d tarpits done after %.1f s; fetchers: "
             "%d at most, %.1f s at most, %d KiB peak, %d KiB pss of all" % (
                 took, len(TARPITS), time.monotonic() - start, watch.most,
                 watch.longest(), watch.peak, watch.pss))
