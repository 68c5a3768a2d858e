"""Evasion by flows: packets that pretend to belong to one that is allowed.

t1 is a Thing, and really talks to A: UDP from port 41500 to 7003.  t5, a
laptop, talks to D.  What either pretends is made by hand.
"""

import socket

import craft
import evasion
import mudfile
import net
from evasion import Attempt, FREE, NEAR_UDP, OPEN_UDP, THING_UDP
from registry import scenario
from scenario_evade_packets import Wan

TALK = 41500            # the Thing's port, of the flow that it has


class _Talk:
    """A flow that is allowed, and its socket."""

    def __init__(self, lab, host, server, address, port=OPEN_UDP):
        family = socket.AF_INET6 if ":" in server else socket.AF_INET
        with host.inside():
            self.sock = socket.socket(family, socket.SOCK_DGRAM)
        self.sock.bind((address, TALK))
        self.sock.settimeout(3)
        self._server = (server, port)
        lab.check(self.says(b"hello"), "%s talks to %s" % (host.name, server))

    def says(self, text):
        """And hears its echo, among what attempts have sent it?"""
        try:
            self.sock.sendto(text, self._server)
            while self.sock.recv(4096) != text:
                pass
        except OSError:
            return False
        return True


def _say_again(held):
    """After a change of the rules a flow's next packet is judged anew, and
    only then what is said about it."""
    return lambda: [talk.says(b"again") for talk in held]


def _from(lab, wan, src, dst, protocol, segment, host=None):
    """A frame to the Thing by way of the gateway, from a host beyond it; or
    from a host of the LAN to one beyond."""
    packet = craft.ip6 if ":" in src else craft.ip4
    kind = craft.IP6 if ":" in src else craft.IP4
    sender, via = (host, lab.gw) if host else (lab.svc, wan)
    return craft.ether(sender.mac, via.mac, kind,
                       packet(src, dst, protocol, segment))


# ---- errors ----------------------------------------------------------------

def _quoted(src, sport, dst, dport):
    """The packet that an error is about."""
    packet = craft.ip6 if ":" in src else craft.ip4
    return packet(src, dst, craft.UDP, craft.udp(src, sport, dst, dport,
                                                 b"x" * 16))


def _error(src, dst, kind, quoted, data):
    if ":" in src:
        return craft.ICMP6, craft.icmp6(src, dst, kind, 0, bytes(4),
                                        quoted + data)
    return craft.ICMP, craft.icmp(kind, 0, bytes(4), quoted + data)


ERRORS = {4: {"unreachable": 3, "time exceeded": 11, "parameter problem": 12},
          6: {"unreachable": 1, "too big": 2, "time exceeded": 3,
              "parameter problem": 4}}
# Of these no allowed flow makes an exception.
OTHERS = {4: {"quench": 4, "redirect": 5, "echo": 8, "echo reply": 0,
              "timestamp": 13, "router advertisement": 9, "address mask": 17},
          6: {"redirect": 137, "echo": 128, "echo reply": 129,
              "renumbering": 138, "node information": 139, "MLD done": 132}}


@scenario("evade-errors", 60)
def evade_errors(lab):
    """ICMP about flows of others, about none, and that is no error at all."""
    evasion.begin(lab)
    wan, attempts, held = Wan(lab), [], []
    for family in (4, 6):
        key = "6" if family == 6 else ""
        a, d = lab.service("a" + key), lab.service("d" + key)
        mine = lab.t1.addr6 if key else lab.t1.addr4
        laptops = lab.t5.addr6 if key else lab.t5.addr4
        held += [_Talk(lab, lab.t1, a, mine), _Talk(lab, lab.t5, d, laptops)]
        flows = {"its own flow": _quoted(a, OPEN_UDP, mine, TALK),
                 "the laptop's flow": _quoted(d, OPEN_UDP, laptops, TALK),
                 "no flow": _quoted(d, 999, mine, 998),
                 "garbage": b"\x45" * 48}
        back = {"its flow": _quoted(mine, TALK, a, OPEN_UDP),
                "the laptop's flow": _quoted(laptops, TALK, d, OPEN_UDP),
                "no flow": _quoted(mine, 998, d, 999)}
        attempts += _errors_out(lab, family, mine, a, d, flows)
        attempts += _errors_in(lab, wan, family, d, mine, back)
        attempts.append(Attempt(
            "unreachable about the laptop's flow", lab.t5, lab.svc,
            lambda data: _from(lab, wan, laptops, d, *_error(
                laptops, d, ERRORS[family]["unreachable"],
                flows["the laptop's flow"], data), lab.t5), True))
    _say_again(held)()
    evasion.judge(lab, attempts, _say_again(held))


def _errors_out(lab, family, mine, a, d, flows):
    """By the Thing. About the flow it has, to whom it has it with: passes."""
    found = []
    for about, quoted in flows.items():
        for server in (a, d):
            for what, kind in ERRORS[family].items():
                found.append(Attempt(
                    "%s about %s to %s" % (what, about, server), lab.t1,
                    lab.svc, lambda data: _from(lab, None, mine, server,
                                                *_error(mine, server, kind,
                                                        quoted, data),
                                                lab.t1),
                    about == "its own flow" and server == a))
    for what, kind in OTHERS[family].items():
        for server in (a, d):
            found.append(Attempt(
                "%s to %s" % (what, server), lab.t1, lab.svc,
                lambda data: _from(lab, None, mine, server, *_error(
                    mine, server, kind, flows["its own flow"], data),
                    lab.t1)))
    return found


def _errors_in(lab, wan, family, src, mine, flows):
    """To the Thing, by somebody on the way. About its flow: passes."""
    found = []
    for about, quoted in flows.items():
        for what, kind in ERRORS[family].items():
            found.append(Attempt(
                "%s about %s by %s" % (what, about, src), lab.svc, lab.t1,
                lambda data: _from(lab, wan, src, mine, *_error(
                    src, mine, kind, quoted, data)), about == "its flow"))
    for what, kind in OTHERS[family].items():
        found.append(Attempt(
            "%s by %s" % (what, src), lab.svc, lab.t1,
            lambda data: _from(lab, wan, src, mine, *_error(
                src, mine, kind, flows["its flow"], data))))
    return found


# ---- in the middle, and back -----------------------------------------------

FLAGS = {"ACK": craft.ACK, "SYN and ACK": craft.SYN | craft.ACK,
         "FIN": craft.FIN | craft.ACK, "RST": craft.RST,
         "RST and ACK": craft.RST | craft.ACK, "no flag": 0,
         "FIN, PSH, URG": craft.FIN | craft.PSH | craft.URG,
         "all flags": 63, "SYN and FIN": craft.SYN | craft.FIN,
         "PSH and ACK": craft.PSH | craft.ACK}


class _Ports:
    """A source port that no attempt has used, each time."""

    def __init__(self):
        self._next = 20000

    def __call__(self):
        self._next += 1
        return self._next


@scenario("evade-midstream", 60)
def evade_midstream(lab):
    """TCP that begins in the middle, and replies to what nobody has asked."""
    evasion.begin(lab)
    wan, attempts, held, port = Wan(lab), [], [], _Ports()
    for key in ("", "6"):
        mine = lab.t1.addr6 if key else lab.t1.addr4
        a, b, d = (lab.service(name + key) for name in "abd")
        held.append(_Talk(lab, lab.t1, a, mine))

        def tcp(src, sport, dst, dport, flags, data):
            return _from(lab, wan, src, dst, craft.TCP, craft.tcp(
                src, sport, dst, dport, flags, data, ack=7),
                lab.t1 if src == mine else None)

        for what, flags in FLAGS.items():
            attempts += _middles(lab, what, flags, tcp, port, mine, a, b, d)
        for what, src, sport, dst, dport, passes in (
                ("SYN to A", mine, port(), a, mudfile.TCP_SERVICE, True),
                ("ACK to A", mine, port(), a, mudfile.TCP_SERVICE, True),
                ("SYN by A", a, port(), mine, mudfile.TCP_THING, True),
                ("SYN by B", b, port(), mine, mudfile.TCP_THING, False),
                ("SYN by A from its service", a, mudfile.TCP_SERVICE, mine,
                 FREE, False),
                ("SYN to A from its service", mine, mudfile.TCP_THING, a,
                 FREE, False)):
            flags = craft.ACK if what == "ACK to A" else craft.SYN
            sender, receiver = ((lab.t1, lab.svc) if src == mine
                                else (lab.svc, lab.t1))
            attempts.append(Attempt(
                what + key, sender, receiver, lambda data: tcp(
                    src, sport, dst, dport, flags, data), passes))
        attempts += _replies(lab, wan, mine, a, b, d)
    _say_again(held)()
    evasion.judge(lab, attempts, _say_again(held))


def _middles(lab, what, flags, tcp, port, mine, a, b, d):
    """Without its beginning: where not even a beginning may go or come."""
    rows = ((mine, port(), d, mudfile.TCP_SERVICE),
            (mine, port(), a, FREE),
            (mine, mudfile.TCP_THING, d, port()),
            (mine, mudfile.TCP_THING, a, port()),
            (d, mudfile.TCP_SERVICE, mine, port()),
            (d, port(), mine, mudfile.TCP_THING),
            (a, mudfile.TCP_SERVICE, mine, port()),
            (b, mudfile.TCP_SERVICE, mine, port()))
    return [Attempt("%s from %s port %d to %s port %d" % (
        what, src, sport, dst, dport), *(
            (lab.t1, lab.svc) if src == mine else (lab.svc, lab.t1)),
        lambda data: tcp(src, sport, dst, dport, flags, data))
        for src, sport, dst, dport in rows]


def _replies(lab, wan, mine, a, b, d):
    """UDP that looks like an answer."""
    rows = (("an answer that D was not asked for", d, OPEN_UDP, mine, 998,
             False),
            ("one that A was not asked for", a, OPEN_UDP, mine, 998, False),
            ("one by B, to what A was asked", b, OPEN_UDP, mine, TALK, False),
            ("one by A from another port", a, OPEN_UDP + 6, mine, TALK, False),
            ("one by A to another port", a, OPEN_UDP, mine, TALK + 1, False),
            ("the Thing's to what D did not ask", mine, THING_UDP, d, 998,
             False),
            ("the Thing's to what A did not ask", mine, THING_UDP, a, 998,
             False),
            ("A's answer", a, OPEN_UDP, mine, TALK, True),
            ("A's question", a, 997, mine, THING_UDP, True),
            ("the Thing's answer", mine, THING_UDP, a, 997, True))
    return [Attempt("%s, %s" % (what, dst), *(
        (lab.t1, lab.svc) if src == mine else (lab.svc, lab.t1)),
        lambda data: _from(lab, wan, src, dst, craft.UDP, craft.udp(
            src, sport, dst, dport, data), lab.t1 if src == mine else None),
        passes) for what, src, sport, dst, dport, passes in rows]


# ---- among neighbours ------------------------------------------------------

def _across(src, dst, protocol, segment, addresses):
    """A frame that stays on the bridge."""
    packet, kind = ((craft.ip6, craft.IP6) if ":" in addresses[0]
                    else (craft.ip4, craft.IP4))
    return craft.ether(src.mac, dst.mac, kind, packet(*addresses, protocol,
                                                      segment))


@scenario("evade-neighbours", 60)
def evade_neighbours(lab):
    """The same on the bridge: one UDP port is open there, both ways."""
    evasion.begin(lab)
    thing, laptop, other = lab.t1, lab.t5, lab.t4
    attempts, held = [], []
    for key in ("4", "6"):
        def addr(host):
            return host.addr6 if key == "6" else host.addr4

        lab.echo.add(laptop, (NEAR_UDP,), addr(laptop), (socket.SOCK_DGRAM,))
        lab.echo.add(other, (NEAR_UDP,), addr(other), (socket.SOCK_DGRAM,))
        held += [_Talk(lab, thing, addr(laptop), addr(thing), NEAR_UDP),
                 _Talk(lab, laptop, addr(other), addr(laptop), NEAR_UDP)]

        def sent(what, src, dst, protocol, make, passes=False):
            ends = addr(src), addr(dst)
            return Attempt(what + ", IPv" + key, src, dst, lambda data:
                           _across(src, dst, protocol, make(*ends, data),
                                   ends), passes)

        def udp(sport, dport):
            return lambda src, dst, data: craft.udp(src, sport, dst, dport,
                                                    data)

        for what, src, dst, sport, dport, passes in (
                ("its question", thing, laptop, 997, NEAR_UDP, True),
                ("a question", laptop, thing, 996, NEAR_UDP, True),
                ("its answer", thing, laptop, NEAR_UDP, 996, True),
                ("the laptop's answer", laptop, thing, NEAR_UDP, TALK, True),
                ("another's answer", other, thing, NEAR_UDP, TALK, False),
                ("from another port", laptop, thing, NEAR_UDP + 1, TALK,
                 False),
                ("to another port", laptop, thing, NEAR_UDP, TALK + 1, False),
                ("an answer to nothing", laptop, thing, NEAR_UDP, 998, False),
                ("its answer to nothing", thing, laptop, NEAR_UDP, 998,
                 False)):
            attempts.append(sent(what, src, dst, craft.UDP, udp(sport, dport),
                                 passes))
        for what, flags in (*FLAGS.items(), ("SYN", craft.SYN)):
            for src, dst in ((thing, laptop), (laptop, thing)):
                attempts.append(sent(
                    what, src, dst, craft.TCP, lambda src, dst, data:
                    craft.tcp(src, 995, dst, NEAR_UDP, flags, data, ack=7)))
        attempts += _errors_near(sent, key, thing, laptop, other, addr)
    _say_again(held)()
    evasion.judge(lab, attempts, _say_again(held))


def _errors_near(sent, key, thing, laptop, other, addr):
    """About the flow that both have: passes."""
    family, found = int(key), []
    protocol = craft.ICMP6 if family == 6 else craft.ICMP
    own = (addr(thing), TALK, addr(laptop), NEAR_UDP)
    rows = [("its flow", laptop, thing, _quoted(*own), True),
            ("its flow", thing, laptop, _quoted(own[2], own[3], *own[:2]),
             True),
            ("no flow", laptop, thing, _quoted(own[0], 998, own[2], 999),
             False),
            ("others' flow", thing, laptop, _quoted(
                addr(laptop), TALK, addr(other), NEAR_UDP), False)]
    for about, src, dst, quoted, passes in rows:
        for what, kind in ERRORS[family].items():
            found.append(sent(
                "%s about %s" % (what, about), src, dst, protocol,
                lambda src, dst, data: _error(src, dst, kind, quoted,
                                              data)[1], passes))
    for what, kind in OTHERS[family].items():
        if what == "MLD done":      # which every host may say
            continue
        for src, dst in ((thing, laptop), (laptop, thing)):
            found.append(sent(
                what, src, dst, protocol, lambda src, dst, data:
                _error(src, dst, kind, rows[0][3], data)[1]))
    return found


# ---- helpers ---------------------------------------------------------------

HELPERS = """
table inet helpers {
	ct helper tftp { type "tftp" protocol udp; }
	ct helper ftp { type "ftp" protocol tcp; }
	chain assign {
		type filter hook prerouting priority 0;
		udp dport %d ct helper set "tftp"
		tcp dport %d ct helper set "ftp"
	}
	chain related {
		type filter hook forward priority -100;
		meta l4proto { tcp, udp } ct state related counter accept
	}
}
""" % (OPEN_UDP, mudfile.TCP_SERVICE)


def _related():
    """How many packets the helpers' expectations were met by."""
    text = net.run("nft", "list", "chain", "inet", "helpers", "related")
    return int(text.split("packets ")[1].split()[0])


@scenario("evade-helpers", 60)
def evade_helpers(lab):
    """Somebody's helpers announce flows that the policy knows nothing of."""
    net.run("nft", "-f", "-", stdin=HELPERS)
    evasion.begin(lab)
    wan, mine, a = Wan(lab), lab.t1.addr4, lab.service("a")
    talk = _Talk(lab, lab.t1, a, mine)
    asked = b"\0\1file\0octet\0"
    with lab.t1.inside():
        tcp = socket.create_connection((a, mudfile.TCP_SERVICE), 3)

    def expect():
        """A transfer by TFTP to TALK, one by FTP to FREE."""
        lab.check(talk.says(asked), "the Thing asks A for a file")
        quads = mine.replace(".", ",")
        # The helper looks for commands behind the end of a line.
        for line in (b"NOOP\r\n", b"PORT %s,%d,%d\r\n" % (
                quads.encode(), FREE >> 8, FREE & 255)):
            tcp.sendall(line)
            lab.check(tcp.recv(100) == line, "and tells where to send another")

    def segment(protocol, src, sport, dst, dport, data):
        return (craft.udp(src, sport, dst, dport, data)
                if protocol == craft.UDP else
                craft.tcp(src, sport, dst, dport, craft.SYN, data))

    def sent(what, protocol, src, sport, dst, dport, passes=False):
        to_thing = dst == mine
        return Attempt(
            what, *((lab.svc, lab.t1) if to_thing else (lab.t1, lab.svc)),
            lambda data: _from(lab, wan, src, dst, protocol, segment(
                protocol, src, sport, dst, dport, data),
                None if to_thing else lab.t1), passes)

    attempts = [
        sent("A's file by TFTP", craft.UDP, a, 50001, mine, TALK),
        sent("A's file by FTP", craft.TCP, a, 20, mine, FREE),
        sent("the Thing's word to where A's file comes from", craft.UDP, mine,
             TALK, a, 50001),
        sent("A's answer", craft.UDP, a, OPEN_UDP, mine, TALK, True)]
    expect()
    evasion.try_all(lab, attempts)
    lab.check(_related() >= 2, "the helpers had announced both", _related())
    expect()
    evasion.without_mudd(lab, attempts)
    tcp.close()
