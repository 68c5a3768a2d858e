"""What the evasion scenarios share: a Thing, its policy, and attempts.

An attempt is some frames that one host sends and, it may be, another one gets.
Each frame of it carries the attempt's token, so whether it has arrived is seen
on the receiver's wire and not concluded from an answer.  Some attempts must
not arrive and some, which differ from them in what matters alone, must: the
policy lets them.  Last, mudd ends and its tables are deleted, and all frames
are sent once more: now those arrive as well that did not, so the network had
carried them.
"""

import itertools
import json
import socket
import struct
import time

import craft
import mudfile
import net
from scenario_main import enforced

OPEN_UDP = 7003         # to A and B, and A's Things may be asked for it
THING_UDP = 7004        # from A and C to the Thing
FREE = 7777             # nobody's: no policy speaks of it
NEAR_UDP = 7005         # to and from the local networks

_numbers = itertools.count(1)


def token():
    """Four bytes, of which a payload is made, so that any piece has two."""
    return b"\xe5" + struct.pack("!I", 0x9e3779 * next(_numbers))[1:]


class Attempt:
    """what: in words; frames: made from the attempt's own payload.

    make(payload) gives one frame or several. passes: with mudd. control: it
    does without mudd too; False where the kernel itself would not have it.
    """

    def __init__(self, what, sender, receiver, make, passes=False,
                 control=True, size=64):
        self.what, self.sender, self.receiver = what, sender, receiver
        self.token = token()
        frames = make(self.token * (size // 4))
        self.frames = [frames] if isinstance(frames, bytes) else frames
        self.passes, self.control = passes, control

    def found(self, frames):
        return any(self.token * 2 in frame for frame in frames)

    def __str__(self):
        return "%s, %s to %s" % (self.what, self.sender.name,
                                 self.receiver.name)


class Service:
    """A receiver: the gateway itself, on these UDP ports.

    What its wire has is not what it takes: its sockets say.
    """

    name = "the gateway"

    def __init__(self, ports):
        self._ports = ports

    def listen(self):
        found = []
        for port in self._ports:
            for family in (socket.AF_INET, socket.AF_INET6):
                sock = socket.socket(family, socket.SOCK_DGRAM)
                if family == socket.AF_INET6:
                    sock.setsockopt(socket.IPPROTO_IPV6,
                                    socket.IPV6_V6ONLY, 1)
                sock.bind(("", port))
                found.append(sock)
        return found


def _listen(attempts):
    ears = {}
    for attempt in attempts:
        receiver = attempt.receiver
        if receiver.name not in ears:
            ears[receiver.name] = (receiver.listen() if isinstance(
                receiver, Service) else [net.packet_socket(receiver)])
    for ear in itertools.chain(*ears.values()):
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        ear.setblocking(False)
    return ears


def _heard(ears):
    """The frames that came in, all of them, or what the sockets were sent."""
    found = []
    for ear in ears:
        is_wire = ear.family == socket.AF_PACKET
        with ear:
            while True:
                try:
                    frame, where = ear.recvfrom(65535)
                except BlockingIOError:
                    break
                if not is_wire or where[2] != 4:    # PACKET_OUTGOING
                    found.append(frame)
    return found


def _send(attempts, quiet):
    """The attempts that arrived, of these."""
    ears, wires = _listen(attempts), {}
    for attempt in attempts:
        name = attempt.sender.name
        if name not in wires:
            wires[name] = net.packet_socket(attempt.sender, protocol=0)
        for frame in attempt.frames:
            wires[name].send(frame)
        time.sleep(0.01)
    time.sleep(quiet)
    for wire in wires.values():
        wire.close()
    heard = {name: _heard(found) for name, found in ears.items()}
    return [attempt for attempt in attempts
            if attempt.found(heard[attempt.receiver.name])]


def try_all(lab, attempts, again=None, quiet=0.7):
    """With mudd: each arrives or does not, as it says.

    again(): makes what they need anew, where a change of the rules has ended
    it meanwhile.
    """
    arrived = _send(attempts, quiet)
    late = [a for a in attempts if a.passes and a not in arrived]
    if late:            # on a busy machine, or while an address was asked for
        if again is not None:
            again()
        arrived += _send(late, 2 * quiet)
    for attempt in attempts:
        lab.check((attempt in arrived) == attempt.passes, "%s: %s" % (
            attempt, "arrives" if attempt.passes else "does not arrive"))


def _unhook():
    """A bridge's frames pass nobody but the bridge."""
    net.run("ip", "link", "set", "br-lan", "type", "bridge",
            "nf_call_iptables", "0", "nf_call_ip6tables", "0")
    for name in ("iptables", "ip6tables"):
        net.write("/proc/sys/net/bridge/bridge-nf-call-" + name, "0")


def without_mudd(lab, attempts, quiet=0.7):
    """mudd and its tables are gone: all arrive."""
    lab.mudd.stop()
    for family in ("inet", "bridge", "netdev"):
        net.run("nft", "delete", "table", family, "mudd", ok=(0, 1))
    left = net.run("nft", "list", "tables")
    lab.check("mudd" not in left, "mudd's tables are gone", left)
    _unhook()
    rest = [attempt for attempt in attempts if attempt.control]
    arrived = _send(rest, quiet)
    arrived += _send([a for a in rest if a not in arrived], 2 * quiet)
    for attempt in rest:
        lab.check(attempt in arrived, "without mudd: %s: arrives" % attempt)


def judge(lab, attempts, again=None):
    try_all(lab, attempts, again)
    without_mudd(lab, attempts)


# ---- the Thing -------------------------------------------------------------

def _near(direction, family):
    """UDP to and from the local networks, on one port."""
    return mudfile.ace("near-" + direction + family, direction,
                       "local-networks", "udp", dport=NEAR_UDP, family=family)


def policy(name):
    """IoT-5's file in both families, and a port that is free in the LAN."""
    merged = None
    for family in ("ipv4", "ipv6"):
        mud = json.loads(mudfile.north_south(name, family))
        acls = mud["ietf-access-control-list:acls"]["acl"]
        for acl, direction in zip(acls, ("from", "to")):
            acl["name"] += "-" + family
            acl["aces"]["ace"].append(_near(direction, family))
        for acl, side in zip(acls, ("from-device-policy", "to-device-policy")):
            mud["ietf-mud:mud"][side]["access-lists"]["access-list"] = [
                {"name": acl["name"]}]
        if merged is None:
            merged = mud
            continue
        merged["ietf-access-control-list:acls"]["acl"] += acls
        for side in ("from-device-policy", "to-device-policy"):
            merged["ietf-mud:mud"][side]["access-lists"]["access-list"] += (
                mud["ietf-mud:mud"][side]["access-lists"]["access-list"])
    return json.dumps(merged).encode()


def begin(lab, *things):
    """The Things are enforced, in both families; t1 where none is named."""
    things = things or (lab.t1,)
    lab.publish("lamp.json", policy("lamp"), signer="signer")
    lab.mudd.start()
    for thing in things:
        enforced(lab, thing)
        says(thing)
        lab.check(lab.wait(lambda: '"%s"' % thing.addr6 in
                           lab.elements("own6")),
                  "%s is known by IPv6, too" % thing.name,
                  lab.elements("own6"))
    lab.wait(lambda: lab.service("a6") in lab.table(), 5)
    for number, host in enumerate((lab.t4, lab.t5), 4):
        if host not in things:
            _settle(host, "192.168.77.%d" % number)


def _settle(host, addr):
    """A laptop, with an address that it has chosen."""
    host.addr4 = addr
    with host.inside():
        net.run("ip", "addr", "add", addr + "/24", "dev", host.ifname)
        net.run("ip", "route", "replace", "default", "via", "192.168.77.1")
    says(host)
    send_frame(host, craft.ether(
        host.mac, "ff:ff:ff:ff:ff:ff", craft.ARP, craft.arp(
            1, host.mac, addr, addr)))


def says(host):
    """It tells who it is, in neighbour discovery."""
    send_frame(host, craft.ether(
        host.mac, "33:33:00:00:00:01", craft.IP6, craft.ip6(
            host.addr6, "ff02::1", craft.ICMP6, craft.advertisement(
                host.addr6, "ff02::1", host.addr6, host.mac), 255)))


def send_frame(host, frame):
    with net.packet_socket(host, protocol=0) as wire:
        wire.send(frame)


def packet4(host, via, dst, protocol, payload, src=None, **more):
    """A frame of this host's with one IPv4 packet."""
    return craft.ether(host.mac, via.mac, craft.IP4, craft.ip4(
        src or host.addr4, dst, protocol, payload, **more))


def packet6(host, via, dst, following, payload, src=None, **more):
    return craft.ether(host.mac, via.mac, craft.IP6, craft.ip6(
        src or host.addr6, dst, following, payload, **more))


def udp4(host, via, dst, dport, data, src=None, sport=41000, **more):
    src = src or host.addr4
    return packet4(host, via, dst, craft.UDP,
                   craft.udp(src, sport, dst, dport, data), src, **more)


def udp6(host, via, dst, dport, data, src=None, sport=41000, **more):
    src = src or host.addr6
    return packet6(host, via, dst, craft.UDP,
                   craft.udp(src, sport, dst, dport, data), src, **more)
