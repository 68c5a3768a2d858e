"""What explain says, what the kernel's rules say, and what packets do.

Random questions over random policies.  A round gives each of four Things a
policy of its own, asks about packets of theirs, sends just these packets, and
waits once.
"""

import hashlib
import json
import os
import random
import select
import socket
import time

import frames
import mudfile
import net
import questions
from registry import scenario

SEED = int(os.environ.get("MUDD_LAB_SEED", "8520"))
ROUNDS, ASKED = 5, 100          # of each of four Things: 2 000
CONFIG = 'controller "%s" { hosts = {"198.51.100.30"} }\n' % questions.HUB
ALL = {"255.255.255.255", "192.168.77.255", "224.0.0.1", "ff02::1"}
RECEIVE = 8 << 20
# Where bridged frames are judged without connection tracking, what could be a
# reply passes; explain says that, and that the kernel's rules differ.
LOOSE = "all passes that could be a reply"
DENIED_ELSE = ("deny", "allow", "allow")


class _Client:
    """One connection to the control socket."""

    def __init__(self):
        self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._sock.settimeout(20)
        self._sock.connect("/run/mudd/mudd.sock")
        self._left = b""

    def explain(self, parameters):
        self._sock.sendall(json.dumps(
            {"method": "org.mudd.Manager.Explain",
             "parameters": parameters}).encode() + b"\0")
        while b"\0" not in self._left:
            more = self._sock.recv(65536)
            if not more:
                raise OSError("mudd has closed the control socket")
            self._left += more
        answer, self._left = self._left.split(b"\0", 1)
        return json.loads(answer)


def _mac_of(interface):
    with open("/sys/class/net/%s/address" % interface) as text:
        return text.read().strip()


class _Wire:
    """Sends packets at one host, and sees what arrives at another."""

    def __init__(self, lab):
        self._lab = lab
        self._lan, self._wan = _mac_of("br-lan"), _mac_of("wan0")
        self._taps, self._hosts = {}, {}
        for host in (*lab.things, lab.svc):
            sock = net.packet_socket(host)
            self._tap(sock)
            self._hosts[host.name] = sock
        self._local = {}
        for family, icmp in ((socket.AF_INET, 1), (socket.AF_INET6, 58)):
            for protocol in (6, 17, icmp, *range(143, 253)):
                sock = socket.socket(family, socket.SOCK_RAW, protocol)
                self._local[(family, protocol)] = sock
                self._tap(sock)
        self._out = {
            4: socket.socket(socket.AF_INET, socket.SOCK_RAW, 255),
            6: socket.socket(socket.AF_INET6, socket.SOCK_RAW, 255)}
        self._out[6].setsockopt(socket.IPPROTO_IPV6, 36, 1)     # HDRINCL

    def _tap(self, sock):
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, 33, RECEIVE)     # RCVBUFFORCE

    def send(self, packet):
        """From the Thing, or from its peer."""
        data = packet.ip()
        kind = b"\x86\xdd" if data[0] >> 4 == 6 else b"\x08\x00"
        peer = packet.place
        sender = packet.thing if packet.way == "to" else peer
        receiver = peer if packet.way == "to" else packet.thing
        if sender is self._lab.gw:
            family = 6 if data[0] >> 4 == 6 else 4
            try:
                self._out[family].sendto(data, (packet.own, 0))
            except PermissionError:
                pass        # dropped on its way out: it does not arrive
            return
        target = self._wan if sender is self._lab.svc else self._lan
        if sender is not self._lab.svc and receiver in self._lab.things:
            target = receiver.mac
        if packet.peer in ALL:
            address = socket.inet_pton(
                socket.AF_INET6 if ":" in packet.peer else socket.AF_INET,
                packet.peer)
            target = ("33:33:00:00:00:01" if len(address) == 16 else
                      "01:00:5e:00:00:01" if address[0] == 224 else
                      frames.BROADCAST)
        self._hosts[sender.name].send(
            frames.mac_bytes(target) + frames.mac_bytes(sender.mac) + kind
            + data)

    def clear(self):
        for sock in (*self._hosts.values(), *self._local.values()):
            try:
                while True:
                    sock.recv(65535)
            except BlockingIOError:
                pass

    @staticmethod
    def _number(data):
        at = data.rfind(questions.MAGIC)
        return int.from_bytes(data[at + 5:at + 9], "big") if at >= 0 else None

    def arrived(self):
        """(name of the host, source, destination, number) of each that came
        in; of the gateway what its own sockets got, without destination."""
        seen = set()
        for name, sock in self._hosts.items():
            for data, where in self._all(sock):
                number = self._number(data)
                if number is None or where[2] == 4:    # outgoing
                    continue
                if data[12:14] == b"\x08\x00":
                    family, at, width = socket.AF_INET, 26, 4
                else:
                    family, at, width = socket.AF_INET6, 22, 16
                ends = [socket.inet_ntop(family, data[at + n * width:
                                                      at + (n + 1) * width])
                        for n in range(2)]
                seen.add((name, *ends, number))
        for (_, _), sock in self._local.items():
            for data, where in self._all(sock):
                number = self._number(data)
                if number is not None:
                    seen.add(("gw", where[0].split("%")[0], None, number))
        return seen

    @staticmethod
    def _all(sock):
        try:
            while True:
                yield sock.recvfrom(65535)
        except BlockingIOError:
            return


def _passes(lab, packet, seen):
    receiver = packet.place if packet.way == "to" else packet.thing
    source, destination = packet.ends()
    if receiver is lab.gw:
        destination = None
    return (receiver.name, source, destination, packet.number) in seen


def _peers(lab, thing):
    """Whom is asked about, the more often the more often it stands here."""
    services = {4: [lab.service(key) for key in "abcd"],
                6: [lab.service(key) for key in ("a6", "b6", "c6", "d6")]}
    others = [host for host in lab.things if host is not thing]
    peers = {}
    for family in (4, 6):
        peers[family] = [(lab.svc, address) for address in
                         services[family] * 4]
        peers[family] += [(lab.gw, lab.gw.addr4 if family == 4
                           else lab.gw.addr6)] * 4
        peers[family] += [(host, host.addr4 if family == 4 else host.addr6)
                          for host in others]
    peers[4] += [(lab.svc, address) for address in (
        "198.51.100.10", "198.51.100.21", "198.51.100.30")] * 3
    peers[6].append((lab.svc, lab.svc.addr6))
    return peers


def _named(lab):
    """Who is behind what policies name."""
    named = {name: (lab.svc, lab.service(name.split(".")[0]))
             for names in questions.NAMES.values() for name in names}
    named[questions.HUB] = (lab.svc, "198.51.100.30")
    return named


def _publish(lab, rng, number):
    """A new policy for each Thing; its entries by the Thing's name."""
    entries, digests = {}, {}
    for host in lab.things[:4]:
        data, entries[host.name] = questions.policy(rng, host.name, number + 1)
        digests[host.name] = hashlib.sha256(data).hexdigest()
        lab.publish(host.name + ".json", data, signer="signer")
        url = mudfile.URL % host.name
        code, out, err = (
            lab.mudd.ctl("policy", "refresh", url) if number else
            lab.mudd.ctl("device", "assign", host.mac, url))
        lab.check(code == 0, "round %d: %s has a new policy" % (
            number, host.name), out + err)
    # What opens more than the file before it waits for the administrator.
    for row in lab.mudd.ask("pending")["pending"]:
        for host in lab.things[:4]:
            if row["mud_url"] == mudfile.URL % host.name:
                lab.mudd.ctl("approve", row["id"], "--digest",
                             digests[host.name])
    for host in lab.things[:4]:
        device = lab.mudd.wait_device(host.mac, lambda device: (
            device.get("state") in ("enforced", "monitored") and
            (device.get("policy") or {}).get("digest") ==
            digests[host.name]), 10)
        lab.check((device.get("policy") or {}).get("digest") ==
                  digests[host.name], "round %d: it is in force for %s" % (
                      number, host.name), device)
    return entries


def _speak(host):
    """It asks its link for the gateway, and so tells its own addresses."""
    for family, gateway in ((socket.AF_INET, "192.168.77.1"),
                            (socket.AF_INET6, "fd77::1")):
        with host.inside():
            sock = socket.socket(family, socket.SOCK_DGRAM)
        with sock:
            sock.sendto(b"hello", (gateway, 9))


def _settled(client, packet):
    """The answers are no longer about to change: names are looked up."""
    answer = client.explain(packet.parameters())
    notes = (answer.get("parameters") or {}).get("notes") or []
    return not [note for note in notes if "mode is monitor" not in note and
                LOOSE not in note]


def _send_all(wire, packets):
    questions.open_flows([packet for packet in packets if packet.is_reply])
    wire.clear()
    for n, packet in enumerate(packets):
        wire.send(packet)
        if n % 32 == 31:
            time.sleep(.01)
    time.sleep(1.5)


def _round(lab, wire, rng, number, tally, monitors):
    entries = _publish(lab, rng, number)
    client = _Client()      # who is silent for long is closed
    packets = []
    for host in lab.things[:4]:
        owns = {4: host.addr4, 6: host.addr6}
        asker = questions.Asker(rng, _peers(lab, host), _named(lab),
                                1 + len(packets))
        packets += [asker.packet(host, owns, entries[host.name])
                    for _ in range(ASKED)]
    for host in lab.things[:4]:
        device = lab.mudd.wait_device(host.mac, lambda device: (
            {host.addr4, host.addr6} <= set(device.get("addresses") or [])))
        lab.check({host.addr4, host.addr6} <= set(
            device.get("addresses") or []), "both addresses of %s are known"
                  % host.name, device)
        first = next(p for p in packets if p.thing is host)
        lab.check(lab.wait(lambda: _settled(client, first), 10),
                  "round %d: %s is settled" % (number, host.name))
    answers = {packet.number: client.explain(packet.parameters())
               for packet in packets}
    _send_all(wire, packets)
    seen = wire.arrived()
    for host in lab.things[:4]:
        wrong = []
        for packet in packets:
            if packet.thing is not host:
                continue
            said = answers[packet.number].get("parameters") or {}
            kernel = said.get("kernel") or {}
            passes = "allow" if _passes(lab, packet, seen) else "deny"
            told = (said.get("verdict"), kernel.get("verdict"), passes)
            if told == DENIED_ELSE and LOOSE in str(said.get("notes")):
                tally[LOOSE] = tally.get(LOOSE, 0) + 1
                continue
            tally[told] = tally.get(told, 0) + 1
            # In mode monitor what is denied passes all the same.
            expected = "allow" if monitors else told[0]
            if not kernel.get("agrees") or set(told[1:]) != {expected}:
                wrong.append("%s: explain %s (%s), kernel %s (%s), packet %s"
                             % (packet, told[0], said.get("source"), told[1],
                                kernel.get("reason"), passes))
        lab.check(not wrong, "round %d: explain, the kernel's rules and the "
                  "packets of %s agree" % (number, host.name),
                  "\n".join(wrong))


def _asked(lab, *words):
    """By mudctl: the exit status, and the document."""
    code, out, err = lab.mudd.ctl("-j", "explain", "--kernel", *words)
    return code, json.loads(out) if out else {}, err


def _meddled(lab, command, question, test):
    """Does test(status, document, what is on standard error) hold when
    somebody has changed our table? Again, where it is mended at once."""
    told = []

    def once():
        net.run("nft", command)
        told.append(_asked(lab, *question))
        return test(*told[-1])

    return lab.wait(once, 5), told[-1]


def _strangers(lab, thing):
    """What others have put into our table is seen, or said to be beyond us."""
    question = (thing.mac, "to", "198.51.100.99", "99")
    code, said, err = _asked(lab, *question)
    lab.check(code == 1 and said["kernel"]["agrees"] and not err,
              "a denied packet is denied by the kernel too", (said, err))
    held, told = _meddled(
        lab, "insert rule inet mudd forward meta l4proto 99 accept", question,
        lambda code, said, err: code == 5 and said["verdict"] == "deny" and
        said["kernel"]["verdict"] == "allow" and "do not do what" in err)
    lab.check(held, "a rule that lets it pass is seen", told)
    held, told = _meddled(
        lab, "insert rule inet mudd forward fib daddr type local drop",
        question, lambda code, said, err: code == 5 and
        said["kernel"]["verdict"] == "unknown" and
        "fib in chain forward" in said["kernel"]["reason"] and
        "cannot be told" in err)
    lab.check(held, "one that is not understood is named, not guessed at",
              told)


def _hold(lab, rounds, config, monitors=False):
    """All three against one another; are both answers frequent?"""
    rng = random.Random(SEED)
    lab.note("seed %d" % SEED)
    lab.mudd.configure(CONFIG + config)
    lab.mudd.start()
    for host in lab.things:
        lab.join("udhcpc", host, None)
    for host in lab.things:
        host.addr4 = host.read_addr4()
        _speak(host)
    wire, tally = _Wire(lab), {}
    for number in range(rounds):
        _round(lab, wire, rng, number, tally, monitors)
    loose = tally.pop(LOOSE, 0)
    total = sum(tally.values())
    allowed = sum(n for told, n in tally.items() if told[0] == "allow")
    agreed = sum(n for told, n in tally.items()
                 if told[1:] == (("allow", "allow") if monitors else
                                 told[:1] * 2))
    lab.note("%d questions over %d policies: all three agree on %d, %d of "
             "them allowed; %d pass since they could be replies" % (
                 total + loose, 4 * rounds, agreed, allowed, loose))
    lab.check(total + loose == 4 * rounds * ASKED and agreed == total,
              "all questions have one answer", tally)
    lab.check(.3 <= allowed / total <= .7, "both answers are frequent",
              tally)
    return loose


@scenario("walk", 90, captures=False)
def walk(lab):
    # So that somebody else can change our tables.
    loose = _hold(lab, ROUNDS, "table-ownership = off\n")
    lab.check(loose == 0, "who has opened a flow is known", loose)
    _strangers(lab, lab.t1)


@scenario("walk-stateless", 60, captures=False)
def walk_stateless(lab):
    _hold(lab, 1, "bridge-path = stateless\n")


@scenario("walk-monitor", 60, captures=False)
def walk_monitor(lab):
    _hold(lab, 1, "mode = monitor\n", monitors=True)
