"""What is taken away stops with the next packet, and nothing else does.

Many flows are under way at once: a Thing's that is changed all the time (t1),
and those of one that is not (t2); UDP, TCP and echo, in both families, routed,
also to a host of another segment (t5), to the gateway, and to hosts on the
same bridge (t3, t4).  Each change takes something from t1.  Of all messages
that were sent after the kernel had committed that (commits.py) none may come;
of those that live by something else, and of all of t2's, each must.

That the counting can fail is shown by a table of the test's own that marks
t1's connections as if they had been judged in the epoch that is on.
"""

import collections
import json
import re
import signal
import socket
import time

import commits
import frames
import mudfile
import net
import segments
import streams
from lab import SERVICE
from registry import scenario
from scenario_attacks import send

TCP, UDP, OTHER = 7101, 7103, 7105
HUB, OTHER_HUB, NEAR_HUB = ("https://hub.example.com/" + name
                            for name in ("lamp", "cam", "near"))
FIRST, SECOND, BYSTANDER = ("192.168.77.201", "192.168.77.202",
                            "192.168.77.211")
HOST, NEAR, NEAR6 = "192.168.78.221", "192.168.77.231", "fd77::13"
NEXT, NEXT6 = "192.168.77.232", "fd77::14"
GATEWAY = {"ipv4": "192.168.77.1", "ipv6": "fd77::1"}
PEERS = {"name": ("a.svc.example.com", "a6.svc.example.com"),
         "class": (HUB, HUB), "hub": (NEAR_HUB, NEAR_HUB)}
BULK = "bystander"
TRIES, AT_LEAST = 50, 0.5       # messages, and seconds, after a commit
LIMIT_ADDRESSES6 = 16           # of a Thing (S-48)


def _packed(addr):
    return socket.inet_pton(
        socket.AF_INET6 if ":" in addr else socket.AF_INET, addr)


def _echo(name, peer, family):
    numbers = {"ipv4": (1, 8), "ipv6": (58, 128)}[family]
    ace = mudfile.ace(name, "from", peer, "udp", family=family)
    ace["matches"][family]["protocol"] = numbers[0]
    ace["matches"]["icmp"] = {"type": numbers[1], "code": 0}
    return ace


def _aces(name, peer, family, tcp=TCP, udp=UDP):
    """TCP, UDP and echo to a service's name or a controller."""
    is_class = peer.startswith("https:")
    word = "controller" if is_class else peer
    out = [mudfile.ace(name + "-tcp", "from", word, "tcp", "from", dport=tcp,
                       family=family),
           mudfile.ace(name + "-udp", "from", word, "udp", dport=udp,
                       family=family),
           _echo(name + "-echo", word, family)]
    for ace in out:
        if is_class:
            ace["matches"]["ietf-mud:mud"] = {"controller": peer}
    return out


def _file(name, peers, labels, number):
    """peers: label -> (peer for IPv4, peer for IPv6). Replies are implied.

    Each is named in any case, so that where an ACE is taken away it is the
    rules alone that change, and no set.
    """
    whole = json.loads(mudfile.build(name, [], []))
    mud, acls = whole["ietf-mud:mud"], []
    for n, family in enumerate(GATEWAY):
        aces = [ace for label in labels
                for ace in _aces(label + "-" + family, peers[label][n],
                                 family)]
        aces += [ace for label, peer in peers.items()
                 for ace in _aces(label + "-other-" + family, peer[n], family,
                                  OTHER, OTHER)[:2]]
        acls.append({"name": family, "type": family + "-acl-type",
                     "aces": {"ace": aces}})
    del mud["to-device-policy"]
    mud["from-device-policy"]["access-lists"]["access-list"] = [
        {"name": acl["name"]} for acl in acls]
    mud["last-update"] = "2026-02-01T%02d:%02d:00+00:00" % divmod(number, 60)
    whole["ietf-access-control-list:acls"]["acl"] = acls
    return json.dumps(whole, indent=1).encode()


def _configuration(hosts):
    return "".join('controller "%s" { hosts = {%s} }\n' % (
        uri, ", ".join('"%s"' % host for host in members))
        for uri, members in ((HUB, hosts), (OTHER_HUB, (
            *GATEWAY.values(), NEAR, NEAR6)), (NEAR_HUB, (NEXT, NEXT6))))


class Kind:
    """ends: of which tags; spares: which of t1's go on meanwhile.

    told: by which message the kernel tells of it. before: what goes first.
    """

    def __init__(self, what, ends, spares, told, before=None):
        self.what, self.told, self.before = what, told, before
        self._ends, self._spares = set(ends.split()), set(spares.split())

    def ends(self, tag):
        return tag != BULK and bool(self._ends & set(tag.split()))

    def spares(self, tag):
        return not self.ends(tag) and bool(self._spares & set(tag.split()))


_LEAVES = (commits.DELSETELEM, b"bind4\0")
KINDS = {
    "ace": Kind("an ACE", "name hub", "class", (commits.DELRULE, b"pf_")),
    "member": Kind("a member of a class", "class", "name",
                   (commits.DELSETELEM, b"cls",
                    _packed(SERVICE["c"]))),
    "host": Kind("a member of a class, which leaves", "host",
                 "name second",
                 (commits.DELSETELEM, b"cls", _packed(HOST))),
    "near": Kind("a member of a class on the bridge, which leaves", "near",
                 "name second", (commits.DELSETELEM, b"cls", _packed(NEAR))),
    "address": Kind("an IPv4 address of the Thing", "second", "first",
                    (*_LEAVES, _packed(SECOND))),
    "address6": Kind("an IPv6 address of the Thing", "ipv6", "ipv4",
                     (commits.DELSETELEM, b"bind6\0", _packed("fd77::11"))),
    "deny": Kind("a Thing, by an administrator", "name class hub", "",
                 (commits.NEWSETELEM, b"denied\0")),
    # Its other lease has ended just before, so it leaves with this one.
    "thing": Kind("a Thing, which leaves", "first ipv6", "",
                  (*_LEAVES, _packed(FIRST)), "address"),
}
Change = collections.namedtuple("Change", "kind start commit end")


class _Stage:
    """Both Things enforced, and all flows under way."""

    def __init__(self, lab, path):
        self.lab, self.path = lab, path
        self.version = self.xid = self.others = 0
        self.members = [*GATEWAY.values(), lab.service("c"), lab.service("c6"),
                        lab.t5.mac, lab.t3.mac]
        segments.split(lab, [lab.t5])
        self.changes = []
        for family in ("ip", "ip6"):        # mudd is to do it
            net.write("/proc/sys/net/bridge/bridge-nf-call-%stables" % family,
                      "0")
        # Who answers echo is streams.py.
        for host in (lab.gw, lab.svc, lab.t3, lab.t4, lab.t5):
            with host.inside():
                net.write("/proc/sys/net/ipv4/icmp_echo_ignore_all", "1")
                net.write("/proc/sys/net/ipv6/icmp/echo_ignore_all", "1")
        self.configuration(self.members)
        self.publish(PEERS)
        peers = {"name": ("b.svc.example.com", "b6.svc.example.com"),
                 "class": (OTHER_HUB, OTHER_HUB)}
        lab.publish("cam.json", _file("cam", peers, peers, 0),
                    signer="signer")
        with lab.t4.inside():
            net.run("ip", "addr", "add", NEXT + "/24", "dev", "eth0")
        lab.mudd.start()
        self.commits = commits.Commits()
        for host, addr, url in ((lab.t1, FIRST, "lamp"),
                                (lab.t2, BYSTANDER, "cam"),
                                (lab.t1, SECOND, "lamp"),
                                (lab.t3, NEAR, None), (lab.t5, HOST, None)):
            with host.inside():
                net.run("ip", "addr", "add", addr + "/24", "dev", "eth0")
                net.run("ip", "route", "replace", "default", "via",
                        segments.ADDR4 if host is lab.t5 else GATEWAY["ipv4"])
            self.lease(host, addr, url)
            if url:
                device = lab.mudd.wait_state(host.mac, "enforced")
                lab.check(device.get("state") == "enforced",
                          "%s is enforced" % host.name, device)
            self.six(host)
        status = lab.mudd.status()
        lab.check(status.get("bridge_path") == path,
                  "the path of bridged frames is " + path, status)
        self.wait_names()
        self.streams = streams.Streams(self._flows())
        self.wait_flows("all flows are under way, both ways")

    def _flows(self):
        lab, flows = self.lab, []
        rows = [(lab.t1, FIRST, lab.svc, lab.service("a"), "first name ipv4"),
                (lab.t1, lab.t1.addr6, lab.svc, lab.service("a6"),
                 "name ipv6"),
                (lab.t1, FIRST, lab.svc, lab.service("c"), "first class ipv4"),
                (lab.t1, lab.t1.addr6, lab.svc, lab.service("c6"),
                 "class ipv6"),
                (lab.t1, FIRST, lab.gw, GATEWAY["ipv4"], "first class ipv4"),
                (lab.t1, lab.t1.addr6, lab.gw, GATEWAY["ipv6"], "class ipv6"),
                (lab.t1, FIRST, lab.t5, HOST, "first class host ipv4"),
                (lab.t1, lab.t1.addr6, lab.t5, lab.t5.addr6,
                 "class host ipv6"),
                (lab.t1, FIRST, lab.t4, NEXT, "first hub ipv4"),
                (lab.t1, lab.t1.addr6, lab.t4, NEXT6, "hub ipv6"),
                (lab.t1, FIRST, lab.t3, NEAR, "first class near ipv4"),
                (lab.t1, lab.t1.addr6, lab.t3, NEAR6, "class near ipv6"),
                (lab.t1, SECOND, lab.svc, lab.service("a"),
                 "second name ipv4"),
                (lab.t1, SECOND, lab.gw, GATEWAY["ipv4"],
                 "second class ipv4"),
                (lab.t2, BYSTANDER, lab.svc, lab.service("b"), BULK),
                (lab.t2, lab.t2.addr6, lab.svc, lab.service("b6"), BULK),
                (lab.t2, BYSTANDER, lab.t3, NEAR, BULK),
                (lab.t2, lab.t2.addr6, lab.t3, NEAR6, BULK),
                (lab.t2, BYSTANDER, lab.gw, GATEWAY["ipv4"], BULK),
                (lab.t2, lab.t2.addr6, lab.gw, GATEWAY["ipv6"], BULK)]
        for row in rows:
            for kind, port in ((streams.Udp, UDP), (streams.Tcp, TCP),
                               (streams.Echo, 0)):
                flows.append(kind(*row[:4], port, row[4], row[4] == BULK))
        return flows

    def wait_flows(self, text):
        self.lab.check(self.lab.wait(lambda: not self.streams.silent(), 20),
                       text, "\n".join(self.streams.silent()))

    # What is changed, and back again.

    def publish(self, labels):
        self.version += 1
        self.lab.publish("lamp.json", _file("lamp", PEERS, labels,
                                            self.version), signer="signer")

    def wait_names(self):
        def known():
            table = self.lab.table()
            return all(self.lab.service(key) in table
                       for key in ("a", "a6", "b", "b6"))
        return self.lab.wait(known)

    def say(self, host, addr, frame):
        """Until it is known that the host has the address; a guard of ports
        may hold it back for the first ten seconds (S-47)."""
        def is_known():
            return addr in self.lab.mudd.device(host.mac).get("addresses", ())

        def said():
            send(host, frame)
            return self.lab.wait(is_known, 2)
        self.lab.check(self.lab.wait(said, 20), "%s: %s is known" % (
            host.name, addr), self.lab.mudd.device(host.mac))

    def six(self, host):
        """In neighbour discovery."""
        self.say(host, host.addr6, frames.detection(host.mac, host.addr6))

    def lease(self, host, addr, url):
        self.xid += 1
        self.say(host, addr, frames.dhcp(
            frames.REQUEST, host.mac, self.xid, url and mudfile.URL % url,
            options=((50, _packed(addr)), (61, b"\0" + addr.encode()))))

    def release(self, host, addr):
        send(host, frames.dhcp(
            frames.RELEASE, host.mac, self.xid, ciaddr=addr,
            server=segments.ADDR4 if host is self.lab.t5 else GATEWAY["ipv4"],
            options=((61, b"\0" + addr.encode()),)))

    def refresh(self):
        code, out, err = self.lab.mudd.ctl("policy", "refresh",
                                           mudfile.URL % "lamp")
        self.lab.check(code == 0 and "is enforced" in out,
                       "the new file is in force", out + err)

    def configuration(self, members):
        self.lab.mudd.configure(_configuration(members) +
                                "bridge-path = %s\n" % self.path,
                                lan=("br-lan", segments.NAME))

    def configure(self, members):
        self.configuration(members)
        engine = self.lab.mudd.pids("mudd-engine")
        self.lab.mudd.signal(signal.SIGHUP)
        self.lab.wait(lambda: self.lab.mudd.pids("mudd-engine") not in
                      ([], engine))
        self.lab.mudd.wait_ready()

    def mode(self, word):
        code, out, err = self.lab.mudd.ctl("device", "mode", self.lab.t1.mac,
                                           word)
        self.lab.check(code == 0, "mode %s is taken" % word, out + err)

    def ace(self):
        self.publish(("class",))
        self.refresh()

    def ace_back(self):
        """A file that opens doors of the LAN waits for an administrator."""
        self.publish(PEERS)
        self.lab.mudd.ctl("policy", "refresh", mudfile.URL % "lamp")
        rows = [row for row in self.lab.mudd.ask("pending")["pending"]
                if row.get("digest")]
        self.lab.check(len(rows) == 1 and self.lab.mudd.ctl(
            "approve", rows[0]["id"], "--digest", rows[0]["digest"])[0] == 0,
            "the wider file is approved", rows)

    def member(self):
        self.configure(["192.0.2.1"])

    def member_back(self):
        self.configure(self.members)

    def host(self):
        self.release(self.lab.t5, HOST)

    def host_back(self):
        self.lease(self.lab.t5, HOST, None)
        self.six(self.lab.t5)

    def near(self):
        self.release(self.lab.t3, NEAR)

    def near_back(self):
        self.lease(self.lab.t3, NEAR, None)
        self.six(self.lab.t3)

    def address(self):
        self.release(self.lab.t1, SECOND)

    def address_back(self):
        self.lease(self.lab.t1, SECOND, "lamp")

    def address6(self):
        """Others make room; the oldest goes."""
        def gone():
            self.others += 1
            send(self.lab.t1, frames.detection(
                self.lab.t1.mac, "fd77::a:%x" % self.others))
            return self.lab.t1.addr6 not in self.lab.elements("bind6")
        for _ in range(LIMIT_ADDRESSES6 - 1):
            if gone():
                return
        self.lab.wait(gone)

    def address6_back(self):
        self.six(self.lab.t1)

    def deny(self):
        self.mode("deny")

    def deny_back(self):
        self.mode("enforce")

    def thing(self):
        self.release(self.lab.t1, FIRST)

    def thing_back(self):
        self.lease(self.lab.t1, FIRST, "lamp")
        self.lease(self.lab.t1, SECOND, "lamp")
        self.six(self.lab.t1)

    def _tried(self, kind, base):
        now = self.streams.tried()
        return all(now[way.name] >= base[way.name] + TRIES
                   for flow in self.streams.flows if kind.ends(flow.tag)
                   for way in (flow.out, flow.back))

    def _told(self, name, start):
        """An engine that starts anew may number its classes otherwise: then
        the set goes as a whole, with the element."""
        return self.commits.since(start, *KINDS[name].told) or (
            name == "member" and
            self.commits.since(start, commits.DELSET, b"cls"))

    def take(self, name):
        """Takes it away; the moment of the commit, and its messages."""
        start = time.monotonic()
        getattr(self, name)()
        found = self.lab.wait(lambda: self._told(name, start))
        self.lab.check(found, "%s: the kernel told of its commit" % name)
        return start, found

    def change(self, name):
        """One, and all as before."""
        kind = KINDS[name]
        if kind.before:
            self.take(kind.before)
        start, found = self.take(name)
        base = self.streams.tried()
        time.sleep(AT_LEAST)
        self.lab.wait(lambda: self._tried(kind, base), 20)
        end = time.monotonic()
        getattr(self, name + "_back")()
        self.wait_names()
        ended = [kind, KINDS.get(kind.before, kind)]
        self.streams.reopen([flow.tag for flow in self.streams.flows
                             if any(one.ends(flow.tag) for one in ended)])
        self.wait_flows("%s: all go on when it is given back" % name)
        if found:
            self.changes.append(Change(name, start, found[0], end))


def _judge(change, way, protocol):
    """What went wrong with it at this change; and how many were tried."""
    before = way.first(change.start)
    alive = range(max(0, before - 5), before)
    after = way.between(change.commit, change.end)
    came = way.arrivals(range(before, after.stop))
    # What TCP keeps, and sends again, comes when all has been given back.
    came = [number for number in came if way.came[number] < change.end]
    fresh = [number for number in came if number in after]
    wrong = []
    if not alive or way.lost(alive):
        wrong.append("was not under way")
    if len(after) < TRIES:
        wrong.append("only %d tried" % len(after))
    if fresh:
        wrong.append("%d of %d that were sent after the commit came" % (
            len(fresh), len(after)))
    if protocol != "tcp" and came and way.lost(range(before, came[-1])):
        wrong.append("it stopped, and began again")
    return wrong, len(after)


def _judge_all(stage, flows):
    lab, tried = stage.lab, collections.Counter()
    for change in stage.changes:
        kind, wrong, missing = KINDS[change.kind], [], []
        for out, back, protocol in flows:
            for way in (out, back):
                if kind.ends(way.tag):
                    more, n = _judge(change, way, protocol)
                    wrong += ["%s: %s" % (way.name, text) for text in more]
                    tried[change.kind] += n
                elif kind.spares(way.tag):
                    lost = way.lost(way.between(change.start, change.end))
                    if lost:
                        missing.append("%s: %d" % (way.name, len(lost)))
        lab.check(not wrong, "%s taken away: 0 messages after the commit" %
                  kind.what, "\n".join(wrong))
        lab.check(not missing, "the Thing's other flows lose nothing",
                  "\n".join(missing))
    return tried


def _restamped(stage):
    """With a stamp that is left valid the same counting sees messages."""
    start, found = stage.take("ace")
    number = re.search(rb"epoch (\d+), mark 0xffff0000\0",
                       b"".join(message for of, message in found[1]
                                if of == commits.NEWRULE))
    stage.lab.check(number, "the batch begins an epoch")
    mark = (int(number[1]) << 2 | 3) << 16 if number else 0
    net.run("nft", "-f", "-", stdin="""
table inet control {
	chain stamp {
		type filter hook prerouting priority -140
		ip saddr { %s, %s } ct mark set %d
		ip6 saddr { %s, %s } ct mark set %d
	}
}""" % (FIRST, stage.lab.service("a"), mark, stage.lab.t1.addr6,
        stage.lab.service("a6"), mark))
    marked = time.monotonic()
    time.sleep(AT_LEAST)
    end = time.monotonic()
    net.run("nft", "delete", "table", "inet", "control")
    stage.ace_back()
    return Change("ace", start, marked, end)


def _end(stage, control):
    """All is over: what came of what was sent."""
    lab, ended = stage.lab, stage.streams.end()
    flows = [(out, back, flow.protocol) for flow, (out, back, _) in
             zip(stage.streams.flows, ended)]
    tried = _judge_all(stage, flows)
    seen = {way.name: len(way.arrivals(way.between(control.commit,
                                                   control.end)))
            for out, back, protocol in flows for way in (out, back)
            if way.tag in ("first name ipv4", "name ipv6") and
            protocol != "tcp"}
    lab.check(len(seen) == 8 and all(seen.values()), "the control: with a "
              "stamp left valid they come, and are counted", seen)
    ways = [way for out, back, _ in flows if out.tag == BULK
            for way in (out, back)]
    lost = {way.name: len(way.lost(range(len(way.sent)))) for way in ways}
    passed = sum(way.arrived for way in ways)
    lab.check(not any(lost.values()) and not any(way.twice for way in ways),
              "of the other Thing's messages none is lost", lost)
    again = sum(segments for out, _, segments in ended if out.tag == BULK)
    lab.check(again == 0, "and TCP had to send none of them again", again)
    lab.note("%d changes; the other Thing: %d messages sent, %d lost" % (
        len(stage.changes), sum(len(way.sent) for way in ways),
        sum(lost.values())))
    for name, number in tried.items():
        lab.note("%s: %d times; %d messages tried after the commits" % (
            KINDS[name].what, sum(change.kind == name
                                  for change in stage.changes), number))
    return passed


def _play(lab, changes, messages, path="netfilter"):
    stage = _Stage(lab, path)
    for number in range(changes):
        stage.change(list(KINDS)[number % len(KINDS)])
    control = _restamped(stage)
    lab.wait(lambda: stage.streams.arrived() >= 2 * messages, 300)
    passed = _end(stage, control)
    lab.check(passed >= messages, "%d messages of it were wanted" % messages,
              passed)


@scenario("revocation", 180, captures=False, lease="1h")
def revocation(lab):
    _play(lab, len(KINDS), 20000)


@scenario("revocation-stateless", 180, captures=False, lease="1h")
def stateless(lab):
    """With neighbours without the connection tracker, so no epoch."""
    _play(lab, len(KINDS), 20000, "stateless")


@scenario("revocation-whole", 900, captures=False, lease="1h",
          by_name=True)
def whole(lab):
    """./dev soak revocation."""
    _play(lab, 8 * len(KINDS), 1000000)
