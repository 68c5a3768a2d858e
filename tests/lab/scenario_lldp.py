"""LLDP that no lldpd sends: made by hand, on a port of the bridge and on a LAN
interface that is none (RFC 8520 s12, M-LL-1 to M-LL-3)."""

import json
import time

import craft
import net
from registry import scenario
from scenario_main import MUD_URL, publish

MAC = "02:00:5e:00:54:%02x"
PLAIN = "192.168.78"
TTL = 120
GOOD = craft.mud_tlv(MUD_URL)


def _whole(mac):
    return craft.lldp(mac, craft.lldp_head(mac, TTL) + GOOD)


def _past_the_end(mac):
    """The MUD TLV is a byte longer than the frame is."""
    frame = _whole(mac)
    at = frame.index(GOOD[:2])
    longer = (0xfe << 8 | len(GOOD) - 1).to_bytes(2, "big")
    return frame[:at] + longer + frame[at + 2:at + len(GOOD)]


# name, the frame of a MAC
BAD = (
    ("another group", lambda mac: craft.lldp(
        mac, craft.lldp_head(mac, TTL) + GOOD, dst="01:80:c2:00:00:01")),
    ("broadcast", lambda mac: craft.lldp(
        mac, craft.lldp_head(mac, TTL) + GOOD, dst="ff:ff:ff:ff:ff:ff")),
    ("another EtherType", lambda mac: craft.lldp(
        mac, craft.lldp_head(mac, TTL) + GOOD, kind=0x88cd)),
    ("behind a VLAN tag", lambda mac: craft.ether(
        mac, craft.NEAREST_BRIDGE, craft.LLDP,
        craft.lldp_head(mac, TTL) + GOOD + bytes(2),
        tags=((craft.VLAN, 1),))),
    ("no TTL", lambda mac: craft.lldp(
        mac, craft.lldp_head(mac, TTL)[:-4] + GOOD)),
    ("the MUD TLV first", lambda mac: craft.lldp(
        mac, GOOD + craft.lldp_head(mac, TTL))),
    ("the TTL twice", lambda mac: craft.lldp(
        mac, craft.lldp_head(mac, TTL) + GOOD + craft.tlv(3, b"\0\x78"))),
    ("cut in the MUD TLV", lambda mac: _whole(mac)[:60]),
    ("a length past the end", _past_the_end),
    ("an End TLV of a byte", lambda mac: craft.lldp(
        mac, craft.lldp_head(mac, TTL) + GOOD + craft.tlv(0, b"x"))),
    ("another OUI", lambda mac: craft.lldp(
        mac, craft.lldp_head(mac, TTL) +
        craft.mud_tlv(MUD_URL, oui=b"\0\0\x5f"))),
    ("another subtype", lambda mac: craft.lldp(
        mac, craft.lldp_head(mac, TTL) + craft.mud_tlv(MUD_URL, subtype=2))),
    ("an empty string", lambda mac: craft.lldp(
        mac, craft.lldp_head(mac, TTL) + craft.mud_tlv(""))),
    ("256 octets", lambda mac: craft.lldp(
        mac, craft.lldp_head(mac, TTL) +
        craft.mud_tlv(MUD_URL.ljust(256, "x")))),
    ("a control byte", lambda mac: craft.lldp(
        mac, craft.lldp_head(mac, TTL) + craft.mud_tlv(MUD_URL + "\t"))),
    ("two MUD TLVs", lambda mac: craft.lldp(
        mac, craft.lldp_head(mac, TTL) + GOOD + GOOD)),
    ("a shutdown", lambda mac: craft.lldp(
        mac, craft.lldp_head(mac, 0) + GOOD)),
)


def _is_thing(lab, mac):
    return "mud_url" in lab.mudd.device(mac)


def _announce(lab, host, mac, **more):
    """A good one; what device show says then."""
    sock = net.packet_socket(host)
    with sock:
        sock.send(craft.lldp(mac, craft.lldp_head(mac, TTL) + GOOD, **more))
    return lab.mudd.wait_device(mac, lambda found: "mud_url" in found)


def _known_by_lldp(lab, device, port, what):
    lab.check(device.get("mud_url") == MUD_URL and
              device.get("url_source") == "lldp" and
              device.get("port") == port, what, device)


@scenario("lldp-crafted", 90, captures=False)
def lldp_crafted(lab):
    """Nothing that is wrong makes a Thing; what is right does, on a plain
    interface as well."""
    publish(lab)
    net.run("ip", "link", "set", "lan4", "nomaster")
    net.run("ip", "addr", "add", PLAIN + ".1/24", "dev", "lan4")
    lab.mudd.configure(lan=("br-lan", "lan4"))
    lab.mudd.start()

    sock = net.packet_socket(lab.t1)
    with sock:
        for number, (name, make) in enumerate(BAD):
            sock.send(make(MAC % number))
            time.sleep(0.02)        # within the port's budget
    # All of them came before this one, by the same socket.
    groups = (craft.NEAREST_BRIDGE, "01:80:c2:00:00:03", "01:80:c2:00:00:00")
    for number, group in enumerate(groups):
        _known_by_lldp(
            lab, _announce(lab, lab.t1, MAC % (0x80 + number), dst=group),
            "lan1", "to %s" % group)
    for number, (name, make) in enumerate(BAD):
        lab.check(not _is_thing(lab, MAC % number), "%s: no Thing" % name,
                  lab.mudd.device(MAC % number))

    # The gateway's own lldpd, and what a bridge may pass on: nobody's word.
    sock = net.packet_socket(lab.gw, "lan2")
    with sock:
        sock.send(_whole(MAC % 0x90))
    plain = MAC % 0x91
    _known_by_lldp(lab, _announce(lab, lab.t4, plain), "lan4",
                   "on an interface that is no bridge")
    lab.check(not _is_thing(lab, MAC % 0x90), "what leaves is not heard",
              lab.mudd.device(MAC % 0x90))

    # A goodbye in its name from a port of the bridge, and its own.
    for host, departs in ((lab.t1, False), (lab.t4, True)):
        sock = net.packet_socket(host)
        with sock:
            sock.send(craft.lldp(plain, craft.lldp_head(plain, 0)))
        _announce(lab, host, MAC % (0xa0 + departs))
        device = lab.mudd.wait_device(
            plain, lambda found: ("departed" in found["flags"]) == departs)
        lab.check(("departed" in device["flags"]) == departs,
                  "a shutdown by %s" % host.port, device)
    _announce(lab, lab.t4, plain)
    device = lab.mudd.wait_device(
        plain, lambda found: "departed" not in found["flags"])
    lab.check("departed" not in device["flags"], "it is back at once", device)
    # It lives as long as it says.
    short = MAC % 0x92
    sock = net.packet_socket(lab.t4)
    with sock:
        sock.send(craft.lldp(short, craft.lldp_head(short, 2) + GOOD))
    device = lab.mudd.wait_device(
        short, lambda found: "departed" in found["flags"])
    lab.check("departed" in device.get("flags", []) and
              short in lab.elements("things"),
              "a TTL of two seconds ends it", device)


def _hears_groups():
    """Does the bridge learn from frames to link-local groups?"""
    return "no_linklocal_learn 0" in net.run("ip", "-d", "link", "show",
                                             "br-lan")


def _ports_of(mac):
    """Where the bridge has this MAC."""
    rows = json.loads(net.run("bridge", "-j", "fdb", "show", "br", "br-lan"))
    return [row["ifname"] for row in rows if row["mac"] == mac]


@scenario("lldp-forged", 60, captures=False)
def lldp_forged(lab):
    """LLDP with another's MAC comes by no rule, and draws nothing from it."""
    publish(lab)
    lab.mudd.start()
    lab.join("udhcpc", lab.t1, MUD_URL)
    lab.mudd.wait_state(lab.t1.mac, "enforced")

    def drawn():
        with net.packet_socket(lab.t2) as sock:
            for _ in range(3):
                sock.send(_whole(lab.t1.mac))
        return _ports_of(lab.t1.mac) == [lab.t2.port]
    lab.check(not drawn(), "the bridge has the Thing where it was",
              _ports_of(lab.t1.mac))
    net.run("ip", "link", "set", "br-lan", "type", "bridge",
            "no_linklocal_learn", "0")
    lab.check(lab.wait(lambda: not _hears_groups()),
              "what is switched off is switched on again")
    lab.mudd.stop()
    lab.mudd.start()
    lab.check(not _hears_groups(), "a restart finds it on")
    lab.mudd.ctl("teardown")
    lab.check(lab.wait(lambda: _hears_groups()),
              "a teardown switches it back")
    lab.check(lab.wait(drawn), "without that the bridge is deceived",
              _ports_of(lab.t1.mac))
