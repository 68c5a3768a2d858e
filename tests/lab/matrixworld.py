"""Who takes part in the verdict matrix, and how packets get in and out.

    three ports of br-lan ─┐
                           ├─ gateway ─ wan0, the WAN peers
    lan9, no bridge ───────┘

An end is an address of each family behind one interface; several Things share
a port, and what they say to one another there is nobody's to judge.  No host
answers by itself: what is sent is what is asked about.  What arrives is read
from packet sockets, and at the gateway from raw sockets, which hear what has
passed its input hook.
"""

import ipaddress
import re
import socket
import struct
import time

import frames
import mudfile
import net
import packets
import services

SECOND = "192.168.78.1"
_MARK = 0x4d41          # of packets that the gateway sends for us
_BUFFER = 1 << 28
_LAN = ("192.168.77.0/24", "fd77::/64", "192.168.78.0/24", "fd78::/64")
_GROUPS = (("mdns", "224.0.0.251", "ff02::fb"),
           ("group", "239.1.2.3", "ff02::1:2"),
           ("many", "224.0.0.22", "ff02::2"))
_SILENCE = """
table inet silence {
	chain output {
		type filter hook output priority -310
		meta mark %d accept
		oifname { "br-lan", "lan9", "wan0" } drop
	}
}
""" % _MARK


class End:
    """Somebody with an address: at a place, perhaps under a policy."""

    def __init__(self, name, place, host, mac, addr4, addr6, file=None):
        self.name, self.place, self.host, self.mac = name, place, host, mac
        self.addr4, self.addr6, self.file = addr4, addr6, file
        self.thing = self       # whose policy it is
        self.hears_group = False

    def at(self, group):
        """The same Thing as one of many that are spoken to."""
        end = End(self.name, self.place, self.host, self.mac, group.addr4,
                  group.addr6, self.file)
        end.thing = self
        return end

    @classmethod
    def hearing(cls, group, host):
        """Whoever hears a group on another port of the bridge."""
        end = cls(group.name + "@br-lan", "br-lan", host, None, group.addr4,
                  group.addr6)
        end.hears_group = True
        return end

    def address(self, family):
        return self.addr4 if family == 4 else self.addr6

    def is_many(self):
        """No one's own address: nobody answers from it."""
        return self.is_group() or self.thing is not self

    def is_group(self):
        return self.place == "group" or self.hears_group

    def is_gateway(self):
        return self.place in ("gateway", "group")


def _mac(number):
    return "02:00:5e:00:54:%02x" % number


class World:
    def __init__(self, lab, files):
        """files: one a Thing; every third lives on the second segment."""
        self.lab = lab
        self._plug()
        self.things = []
        for number, file in enumerate(files):
            second = number % 3 == 2
            host = self.hosts[3 if second else number % 3]
            net4, net6 = ("192.168.78.%d", "fd78::%x") if second else (
                "192.168.77.%d", "fd77::%x")
            self.things.append(End(
                file.name, "lan9" if second else "br-lan", host,
                _mac(number), net4 % (110 + number), net6 % (0x110 + number),
                file))
        self.free = [
            End("free77", "br-lan", self.hosts[2], _mac(0xf0),
                "192.168.77.50", "fd77::50"),
            End("shared77", "br-lan", self.hosts[0], _mac(0xf2),
                "192.168.77.52", "fd77::52"),
            End("free78", "lan9", self.hosts[3], _mac(0xf1),
                "192.168.78.50", "fd78::50")]
        self.peers = [
            End(name, "wan0", lab.svc, lab.svc.mac, "198.51.100." + four,
                "2001:db8:77::" + six)
            for name, four, six in (
                ("a", "11", "a"), ("b", "12", "b"), ("c", "13", "c"),
                ("d", "14", "d"), ("hub", "30", "30"), ("mine", "31", "31"),
                ("stranger", "77", "77"))]
        self.gateways = [
            End(name, "gateway", lab.gw, None, four, six)
            for name, four, six in (
                ("gw77", "192.168.77.1", "fd77::1"),
                ("gw78", SECOND, "fd78::1"),
                ("gwwan", "198.51.100.1", "2001:db8:77::1"))]
        self.groups = [End(name, "group", lab.gw, None, four, six)
                       for name, four, six in _GROUPS]
        self.groups += [
            End("broadcast", "group", lab.gw, None, "255.255.255.255", None),
            End("subnet", "group", lab.gw, None, "192.168.77.255", None)]
        self.crowds = [End.hearing(group, self.hosts[2])
                       for group in self.groups]

    def _plug(self):
        """The hosts' namespaces, and the second segment."""
        self.hosts = [net.Host("m%d" % n, "02:00:5e:00:54:e%d" % n,
                               "lan%d" % (5 + n)) for n in range(1, 5)]
        lines = []
        for host in self.hosts:
            lines += ["netns add " + host.name,
                      "link add %s type veth peer name eth0 netns %s" % (
                          host.port, host.name)]
            if host.port != "lan9":
                lines.append("link set %s master br-lan" % host.port)
        lines += ["addr add %s/24 dev lan9" % SECOND,
                  "addr add fd78::1/64 dev lan9 nodad"]
        lines += ["link set %s up" % host.port for host in self.hosts]
        net.run("ip", "-batch", "-", stdin="\n".join(lines) + "\n")
        for host in self.hosts:
            with host.inside():
                net.write("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1")
                net.run("ip", "link", "set", "eth0", "up")
        with self.lab.svc.inside():
            net.run("nft", "-f", "-", stdin="table inet silence { chain input"
                    " { type filter hook input priority 0; policy drop; }; }")
        self.macs = {name: frames.mac_bytes(open(
            "/sys/class/net/%s/address" % name).read().strip())
            for name in ("br-lan", "lan9", "wan0")}

    # Things come in.

    def serve(self):
        """DHCP on the second segment."""
        conf = self.lab.out + "/dnsmasq-second.conf"
        net.write(conf, "\n".join([
            "port=0", "user=root", "interface=lan9", "bind-interfaces",
            "dhcp-authoritative", "no-ping", "log-dhcp", "log-facility=-",
            "dhcp-range=192.168.78.100,192.168.78.249,255.255.255.0,1h",
            "dhcp-leasefile=%s/leases-second" % self.lab.out]) + "\n")
        services.Daemon("dnsmasq-second", [
            "dnsmasq", "--keep-in-foreground", "--conf-file=" + conf,
            "--pid-file="], self.lab.out + "/dnsmasq-second.log")

    def wires(self):
        """A packet socket for each host; they also hear."""
        self._wire = {}
        for host in (*self.hosts, self.lab.svc):
            sock = net.packet_socket(host)
            sock.setsockopt(socket.SOL_SOCKET, 33, _BUFFER)
            sock.setblocking(False)
            self._wire[host.name] = sock

    def _announce(self, thing, number, where):
        frame = frames.dhcp(
            frames.REQUEST, thing.mac, 0x4d410000 + number, where(thing.file),
            options=[(50, packets.packed(thing.addr4))])
        self._wire[thing.host.name].send(frame)

    def _tell_six(self, thing):
        """Duplicate address detection: it is about to use this address."""
        raw = packets.packed(thing.addr6)
        group = "ff02::1:ff" + raw[13:14].hex() + ":" + raw[14:].hex()
        ask = packets.icmp("::", group, 135, 0, bytes(4), raw)
        self._wire[thing.host.name].send(packets.frame(
            frames.mac_bytes(thing.mac), packets.mac_of_group(group),
            packets.ip("::", group, 58, ask, hops=255)))

    def join(self, where, seconds=60):
        """All Things get a lease and come under their policies."""
        waiting = list(self.things)
        end = time.monotonic() + seconds
        while waiting and time.monotonic() < end:
            for number, thing in enumerate(waiting):
                self._announce(thing, number, where)
            for _ in range(20):
                time.sleep(0.2)
                self.approve()
                told = {device["mac"]: device.get("state") for device in
                        self.lab.mudd.ask("devices")["devices"]}
                waiting = [thing for thing in waiting
                           if told.get(thing.mac) != "enforced"]
                if not waiting:
                    break
        self.lab.check(not waiting, "all Things are enforced",
                       [thing.name for thing in waiting])
        for thing in self.things:
            self._tell_six(thing)

        def all_bound():
            four, six = (self.lab.elements("bind4"),
                         self.lab.elements("bind6"))
            return all(thing.addr4 in four and thing.addr6 in six
                       for thing in self.things)
        self.lab.check(self.lab.wait(all_bound, 10),
                       "their addresses are bound", self.lab.elements("bind6"))

    def approve(self):
        """Broad files wait for an administrator."""
        for row in self.lab.mudd.ask("pending")["pending"]:
            if row.get("digest"):
                self.lab.mudd.ctl("approve", row["id"], "--digest",
                                  row["digest"])

    def silence(self):
        """Nobody speaks but us, and the gateway knows every neighbour."""
        lines = []
        for end in (*self.things, *self.free, *self.peers):
            for address in (end.addr4, end.addr6):
                lines.append("neigh replace %s lladdr %s dev %s nud permanent"
                             % (address, end.mac, end.place))
        net.run("ip", "-batch", "-", stdin="\n".join(lines) + "\n")
        net.run("nft", "-f", "-", stdin=_SILENCE)
        for name in ("udp_timeout", "icmp_timeout", "icmpv6_timeout",
                     "generic_timeout", "udp_timeout_stream"):
            net.write("/proc/sys/net/netfilter/nf_conntrack_" + name, "600")
        self._open_gateway()

    def _open_gateway(self):
        """Raw sockets: what it hears by protocol, and one to send by."""
        self._ears, self._mouth, self._groups = [], {}, []
        for family, level in ((socket.AF_INET, 0), (socket.AF_INET6, 41)):
            six = family == socket.AF_INET6
            for protocol in (2, 6, 17, 89, 103, 112, 58 if six else 1):
                ear = socket.socket(family, socket.SOCK_RAW, protocol)
                ear.setsockopt(socket.SOL_SOCKET, 33, _BUFFER)
                ear.setblocking(False)
                self._ears.append((4 + 2 * six, protocol, ear))
            mouth = socket.socket(family, socket.SOCK_RAW, 255)
            mouth.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, _MARK)
            mouth.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            self._mouth[4 + 2 * six] = mouth
            for name in ("br-lan", "lan9"):
                index = socket.if_nametoindex(name)
                member = socket.socket(family, socket.SOCK_DGRAM)
                for _, *groups in _GROUPS:
                    self._enter(member, groups[six], index)
                self._groups.append(member)

    @staticmethod
    def _enter(member, group, index):
        try:
            if packets.is_six(group):
                member.setsockopt(41, socket.IPV6_JOIN_GROUP,
                                  packets.packed(group)
                                  + struct.pack("@I", index))
            else:
                member.setsockopt(0, socket.IP_ADD_MEMBERSHIP,
                                  packets.packed(group) + bytes(4)
                                  + struct.pack("@I", index))
        except OSError:
            pass        # all routers: it is there already

    # Packets go out, and are found.

    def gateway_addresses(self):
        return re.findall(r"inet6? ([0-9a-f.:]+)/",
                          net.run("ip", "-o", "addr", "show"))

    def send(self, sender, receiver, packet):
        if sender.is_gateway():
            self._speak(receiver, packet)
            return
        if receiver.is_group():
            to = packets.mac_of_group(str(_destination(packet)))
        elif receiver.place == sender.place:
            to = frames.mac_bytes(receiver.mac)
        else:
            to = self.macs[sender.place]
        self._wire[sender.host.name].send(packets.frame(
            frames.mac_bytes(sender.mac), to, packet))

    def _speak(self, receiver, packet):
        to = _destination(packet)
        mouth = self._mouth[to.version]
        where = (str(to), 0)
        if receiver.thing is not receiver:
            mouth.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE,
                             receiver.place.encode())
        try:
            mouth.sendto(packet, where)
        except PermissionError:
            pass        # it was dropped on its way out
        mouth.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"")

    def heard(self):
        """Everything that has come in: {(host, transport bytes): times}."""
        found = {}
        for name, sock in self._wire.items():
            for data, where in _rest(sock):
                parts = packets.transport_of(data[14:])
                if parts and where[2] != socket.PACKET_OUTGOING:
                    found[name, parts[1]] = found.get(
                        (name, parts[1]), 0) + 1
        for family, _, ear in self._ears:
            for data, _ in _rest(ear):
                if family == 4:
                    data = packets.transport_of(data)[1]
                found["gw", data] = found.get(("gw", data), 0) + 1
        return found

    # What the evaluator is told.

    def document(self, thing):
        """The world as one Thing has it."""
        hosts = {end.name: [end.addr4, end.addr6]
                 for end in (*self.peers, *self.free, *self.things)}
        names = {}
        for key in "abcd":
            four, six = hosts[key]
            names[key + ".svc.example.com"] = [four]
            names[key + "6.svc.example.com"] = [six]
        return {
            "thing": {"mac": thing.mac, "mud_url": self.url(thing),
                      "addresses": [thing.addr4, thing.addr6]},
            "gateway": self.gateway_addresses(),
            "local_networks": list(_LAN),
            "controllers": {
                self.hub: self.members(self.hub_hosts),
                # The gateway, as it is known on the LAN (mudd.conf(5)).
                "urn:ietf:params:mud:dns": self.members(self.gateways[:2]),
                "urn:ietf:params:mud:ntp": self.members(self.gateways[:2])},
            "my_controllers": self.members(self.mine_hosts),
            "things": [{"mud_url": self.url(other),
                        "addresses": [other.addr4, other.addr6]}
                       for other in self.things],
            "names": names}

    def configure(self, url, hub):
        """Classes: by address, and by the MAC of a Thing."""
        self.url, self.hub = lambda thing: url(thing.file), hub
        ends = {end.name: end for end in (*self.peers, *self.free)}
        self.hub_hosts = [ends["hub"], ends["free78"]]
        self.mine_hosts = [ends["mine"], self.things[2]]

        def listed(hosts):
            return ", ".join(
                '"%s"' % word for end in hosts for word in (
                    [end.mac] if end.file else [end.addr4, end.addr6]))
        net.write("/etc/mudd/mudd.conf", """
lan = {"br-lan", "lan9"}
fetch {
	ca-file = "/etc/mudd/web-ca.pem"
	allow-prefixes = {"198.51.100.0/24", "203.0.113.0/24",
	                  "2001:db8:77::/64"}
}
controller "%s" { hosts = {%s} }
""" % (hub, listed(self.hub_hosts)) + "".join(
            'my-controller "%s" { hosts = {%s} }\n' % (
                self.url(thing), listed(self.mine_hosts))
            for thing in self.things))

    @staticmethod
    def members(hosts):
        return [address for end in hosts
                for address in (end.addr4, end.addr6)]


def _destination(packet):
    raw = packet[24:40] if packet[0] >> 4 == 6 else packet[16:20]
    return ipaddress.ip_address(raw)


def _rest(sock):
    while True:
        try:
            yield sock.recvfrom(65535)
        except BlockingIOError:
            return
