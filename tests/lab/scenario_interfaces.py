"""Interfaces come, go, and change (R-14): the Thing stays confined.

t1 sends without a pause what its file forbids: into the world, and to a
laptop on another port, in both families.  None of it arrives while links are
renamed, taken away, and come again; and what is allowed works afterwards.
"""

import threading
import time

import evasion
import frames
import mudfile
import net
import services
from evasion import FREE, udp4, udp6
from registry import scenario
from scenario_attacks import send
from scenario_main import enforced
from scenario_ports import placed

AGAIN_SEC = 10      # so soon it works again, if it need not ask for a lease
CAPTURE_SEC = 1


class _Barrage:
    """Forbidden frames of the Thing, four of a kind, all the time."""

    def __init__(self, lab):
        self._lab, self._stop = lab, threading.Event()
        thing, laptop = lab.t1, lab.t4
        self.token = evasion.token() * 16
        self._frames = [
            udp4(thing, lab.gw, lab.service("d"), FREE, self.token),
            udp6(thing, lab.gw, lab.service("d6"), FREE, self.token),
            udp4(thing, laptop, laptop.addr4, FREE, self.token),
            udp6(thing, laptop, laptop.addr6, FREE, self.token)]
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.sent = 0
        self._since = time.time()
        self._thread.start()

    def _run(self):
        wire = None
        while not self._stop.is_set():
            try:
                if wire is None:
                    wire = net.packet_socket(self._lab.t1, protocol=0)
                for frame in self._frames:
                    wire.send(frame)
                self.sent += len(self._frames)
            except OSError:     # no cable, or it is down
                if wire is not None:
                    wire.close()
                wire = None
            time.sleep(0.002)

    def end(self):
        self._stop.set()
        self._thread.join()
        time.sleep(0.3)

    def arrived(self):
        """By now, at the service and at the laptop."""
        found = []
        for name in ("svc", "t4"):
            found += [(name, row) for row in self._lab.captures.incoming(
                name, self._since, protocol=17, dport=FREE)]
        return found


def _ip(*words):
    net.run("ip", *words)


def _works(lab, what, seconds=AGAIN_SEC):
    """It is on its port, what is allowed passes, and soon."""
    began = time.monotonic()
    lab.check(lab.wait(lambda: placed(lab, lab.t1, lab.t1.port), seconds),
              what + ": it is on its port", lab.bridge_elements("port_bind"))
    lab.probe([lab.flow(lab.t1, lab.svc, "udp", mudfile.UDP_SERVICE, True,
                        address=lab.service("a"), name=what),
               lab.flow(lab.t1, lab.svc, "udp", mudfile.UDP_SERVICE, True,
                        address=lab.service("a6"), source=lab.t1.addr6,
                        name=what)], seconds=seconds)
    lab.note("%s: works after %.1f s" % (what, time.monotonic() - began))


def _captured(lab, what, number):
    """What comes in by the port is looked at: a new address is learnt."""
    addr, began = "fd77::2:%x" % number, time.monotonic()

    def learnt():
        send(lab.t1, frames.detection(lab.t1.mac, addr))
        return '"%s"' % addr in lab.elements("own6")

    held = lab.wait(learnt, 5)
    took = time.monotonic() - began
    lab.check(held, what + ": its frames are looked at",
              lab.mudd.log_tail(5))
    lab.note("%s: looked at after %.2f s" % (what, took))
    return took


def _renamed(lab):
    _ip("link", "set", "lan1", "down")
    _ip("link", "set", "lan1", "name", "cellar0")
    _ip("link", "set", "cellar0", "up")
    lab.t1.port = "cellar0"


def _renamed_live(lab):
    _ip("link", "set", "cellar0", "name", "lan1")
    lab.t1.port = "lan1"


def _down_and_up(lab):
    _ip("link", "set", "lan1", "down")
    lab.wait(lambda: not placed(lab, lab.t1, "lan1"))
    lab.check(not placed(lab, lab.t1, "lan1"), "down: it is on no port",
              lab.bridge_elements("port_bind"))
    _ip("link", "set", "lan1", "up")


def _left_the_bridge(lab):
    _ip("link", "set", "lan1", "nomaster")
    time.sleep(0.5)
    _ip("link", "set", "lan1", "master", "br-lan")


def _other_bridge(lab):
    _ip("link", "set", "lan1", "master", "br-two")
    time.sleep(0.5)
    _ip("link", "set", "lan1", "master", "br-lan")


def _added_again(lab):
    """Another interface under the old name, and with a new number."""
    _ip("link", "del", "lan1")
    time.sleep(0.3)
    _ip("link", "add", "lan1", "type", "veth", "peer", "name", "eth0",
        "netns", "t1")
    with lab.t1.inside():
        net.run("ip", "link", "set", "eth0", "address", lab.t1.mac)
        net.run("ip", "link", "set", "eth0", "up")
        net.run("ip", "addr", "add", lab.t1.addr4 + "/24", "dev", "eth0")
        net.run("ip", "addr", "add", lab.t1.addr6 + "/64", "dev", "eth0",
                "nodad")
        net.run("ip", "route", "replace", "default", "via", lab.gw.addr4)
        net.run("ip", "-6", "route", "replace", "default", "via",
                lab.gw.addr6)
    _ip("link", "set", "lan1", "master", "br-lan")
    _ip("link", "set", "lan1", "up")


def _bridge_down_and_up(lab):
    _ip("link", "set", "br-lan", "down")
    time.sleep(0.3)
    _ip("link", "set", "br-lan", "up")
    _ip("-6", "addr", "replace", "fd77::1/64", "dev", "br-lan", "nodad")


def _bridge_again(lab):
    """The bridge is made anew, at once, with all its ports."""
    net.run("ip", "-batch", "-", stdin="\n".join([
        "link del br-lan",
        "link add br-lan address %s type bridge forward_delay 0 stp_state 0"
        " mcast_snooping 0" % lab.gw.mac,
        "link set br-lan up",
        *("link set %s master br-lan" % host.port for host in lab.things),
        "addr add 192.168.77.1/24 dev br-lan",
        "addr add fd77::1/64 dev br-lan nodad"]) + "\n")
    lab.dnsmasq.stop()
    lab.dnsmasq = services.Daemon(
        "dnsmasq", ["dnsmasq", "--keep-in-foreground", "--conf-file="
                    + lab.out + "/dnsmasq/dnsmasq.conf"],
        lab.out + "/dnsmasq.log")


CHANGES = (
    ("renamed while down", _renamed),
    ("renamed while up", _renamed_live),
    ("down and up", _down_and_up),
    ("out of the bridge and back", _left_the_bridge),
    ("on another bridge and back", _other_bridge),
    ("removed and added again", _added_again),
    ("the bridge down and up", _bridge_down_and_up),
    ("the bridge made anew", _bridge_again),
)


@scenario("interfaces", 200)
def interfaces(lab):
    """R-14, link by link."""
    _ip("link", "add", "br-two", "address", "02:00:5e:00:53:fd", "type",
        "bridge", "forward_delay", "0", "stp_state", "0", "mcast_snooping",
        "0")
    _ip("addr", "add", "192.168.79.1/24", "dev", "br-two")
    _ip("link", "set", "br-two", "up")
    lab.mudd.configure(lan=("br-lan", "br-two"))
    evasion.begin(lab)
    _works(lab, "at first")
    for number, (what, change) in enumerate(CHANGES, 1):
        barrage = _Barrage(lab)
        lab.wait(lambda: barrage.sent > 40)
        change(lab)
        time.sleep(0.5)
        took = _captured(lab, what, number)
        lab.check(took < CAPTURE_SEC + 1, what + ": and soon", took)
        _works(lab, what)
        barrage.end()
        arrived = barrage.arrived()
        lab.check(not arrived, "%s: of %d forbidden frames none arrives" % (
            what, barrage.sent), "%d: %s" % (len(arrived), arrived[:2]))
        lab.check("kernel_fault" not in lab.mudd.status(),
                  what + ": no batch was denied", lab.mudd.status())
