"""Modes of single devices, and devices that announce no MUD URL."""

import socket

import mudfile
import net
from registry import scenario
from scenario_main import enforced, publish


def _mode(lab, host, mode, state):
    """An administrator's word, obeyed when mudctl has come back."""
    code, out, err = lab.mudd.ctl("device", "mode", host.mac, mode)
    lab.check(code == 0, "%s is put into mode %s" % (host.name, mode),
              out + err)
    device = lab.mudd.device(host.mac)
    lab.check(device.get("state") == state, "it is %s" % state, device)
    return device


def _flow(lab, src, key, passes, back=False):
    """UDP to a service, or from it to the Thing."""
    address = lab.service(key)
    if back:
        return lab.flow(lab.svc, src, "udp", mudfile.UDP_THING, passes,
                        source=address, name="%s to %s" % (key, src.name))
    return lab.flow(src, lab.svc, "udp", mudfile.UDP_SERVICE, passes,
                    address=address, name="%s to %s" % (src.name, key))


def _talks(sock):
    """Does the far end of a connection still answer?"""
    sock.settimeout(1)
    try:
        sock.sendall(b"still there?")
        return bool(sock.recv(64))
    except OSError:
        return False


def _connect(lab, host):
    with host.inside():
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.settimeout(3)
    sock.connect((lab.service("a"), mudfile.TCP_SERVICE))
    lab.check(_talks(sock), "%s holds a connection" % host.name)
    return sock


def _rejoin(lab, host, url):
    """Unplugged, and plugged in again: it has no address until it gets one."""
    lab.clients[host.name].stop()
    with host.inside():
        net.run("ip", "-4", "addr", "flush", "dev", host.ifname)
    lab.join("udhcpc", host, url)
    lab.check(host.addr4, "%s gets a lease" % host.name)


def _monitored(lab):
    _mode(lab, lab.t1, "monitor", "monitored")
    counts = lab.mudd.status()["devices"]
    lab.check(counts["monitored"] == 1 and counts["enforced"] == 1,
              "status counts them apart", counts)
    before = lab.mudd.drops(lab.t1.mac)
    lab.probe([_flow(lab, lab.t1, "d", True),
               _flow(lab, lab.t1, "d", True, back=True),
               _flow(lab, lab.t2, "d", False),
               _flow(lab, lab.t2, "d", False, back=True)])
    after = lab.mudd.drops(lab.t1.mac)
    lab.check(all(now > old for now, old in zip(after, before)),
              "what its policy would have dropped was counted, both ways",
              "%s, now %s" % (before, after))


def _quarantined(lab):
    held = _connect(lab, lab.t1)
    other = _connect(lab, lab.t2)
    _mode(lab, lab.t1, "quarantine", "quarantined")
    lab.check(not _talks(held), "its connection stands still at once")
    lab.check(_talks(other), "its neighbour's goes on")
    lab.probe([_flow(lab, lab.t1, "a", False),
               _flow(lab, lab.t1, "a", False, back=True),
               _flow(lab, lab.t2, "a", True)])
    lab.check(not lab.resolves(lab.t1, "a.svc.example.com"),
              "not even DNS is left to it")
    for sock in (held, other):
        sock.close()


def _kept(lab):
    lab.mudd.stop()
    lab.mudd.start()
    device = lab.mudd.wait_state(lab.t1.mac, "quarantined")
    lab.check(device.get("state") == "quarantined" and
              device.get("mode") == "quarantine",
              "after a restart it still is", device)
    lab.mudd.wait_state(lab.t2.mac, "enforced")
    lab.probe([_flow(lab, lab.t1, "a", False)])


def _denied(lab):
    held = _connect(lab, lab.t2)
    _mode(lab, lab.t2, "deny", "denied")
    lab.check(not _talks(held), "what it held stands still at once")
    held.close()
    with lab.t2.inside():
        near = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    near.settimeout(1)
    near.sendto(b"hello", ("192.168.77.1", 123))
    try:
        near.recv(64)
        answered = True
    except OSError:
        answered = False
    near.close()
    lab.check(not answered, "the gateway does not hear it")
    _rejoin(lab, lab.t2, mudfile.URL % "lamp")
    net.know(lab.t2, lab.gw)
    lab.probe([_flow(lab, lab.t2, "a", False),
               _flow(lab, lab.t2, "a", False, back=True)])
    device = lab.mudd.device(lab.t2.mac)
    lab.check(device.get("state") == "denied", "and is denied", device)


def _taken_back(lab):
    _mode(lab, lab.t1, "default", "enforced")
    _mode(lab, lab.t2, "enforce", "enforced")
    lab.wait(lambda: lab.service("a") in lab.table(), 5)
    lab.probe([_flow(lab, lab.t1, "a", True), _flow(lab, lab.t1, "d", False),
               _flow(lab, lab.t2, "a", True), _flow(lab, lab.t2, "d", False)])
    code, _, err = lab.mudd.ctl("device", "mode", lab.t1.mac, "off")
    lab.check(code == 2 and "off" in err, "there is no mode off", err)
    code, _, err = lab.mudd.ctl("device", "mode", "nobody", "deny")
    lab.check(code == 1, "nor a device nobody", err)


@scenario("modes", 150)
def modes(lab):
    """Monitor, quarantine, deny; beside a Thing of the same MUD file."""
    publish(lab)
    lab.mudd.start()
    enforced(lab, lab.t1)
    enforced(lab, lab.t2)
    _monitored(lab)
    _quarantined(lab)
    _kept(lab)
    _denied(lab)
    _taken_back(lab)


def _thing_among_them(lab):
    """A Thing gets its lease and its policy all the same."""
    enforced(lab, lab.t1)
    lab.probe([_flow(lab, lab.t1, "a", True), _flow(lab, lab.t1, "d", False)])


@scenario("unknown-devices", 120)
def unknown_devices(lab):
    """A plain laptop: allowed, denied, in quarantine; then a Thing."""
    publish(lab)
    lab.mudd.start()
    lab.join("udhcpc", lab.t5, None)
    lab.probe([_flow(lab, lab.t5, "a", True)])
    lab.mudd.stop()

    lab.mudd.configure('unknown-devices = "deny"\n')
    lab.mudd.start()
    _rejoin(lab, lab.t5, None)
    lab.probe([_flow(lab, lab.t5, "a", False),
               _flow(lab, lab.t5, "a", False, back=True)])
    lab.check(not lab.resolves(lab.t5, "a.svc.example.com"),
              "and no answer to a question for a name")
    _thing_among_them(lab)
    device = lab.mudd.device(lab.t5.mac)
    lab.check(device.get("state") == "unknown", "it is unknown", device)
    lab.mudd.stop()

    lab.mudd.configure('unknown-devices = "quarantine"\n')
    lab.mudd.start()
    _rejoin(lab, lab.t5, None)
    lab.probe([_flow(lab, lab.t5, "a", True),
               lab.flow(lab.t5, lab.svc, "tcp", mudfile.TCP_SERVICE, True,
                        address=lab.service("d")),
               lab.flow(lab.svc, lab.t5, "tcp", mudfile.TCP_THING, False,
                        source=lab.service("b"))])
    lab.check(lab.resolves(lab.t5, "a.svc.example.com"),
              "unknown.json lets it ask for names")
    code, out, err = lab.mudd.ctl("device", "assign", lab.t5.mac,
                                  mudfile.URL % "lamp")
    lab.mudd.wait_state(lab.t5.mac, "enforced")
    lab.check(code == 0, "it is given a MUD URL", out + err)
    lab.wait(lambda: lab.service("a") in lab.table(), 5)
    lab.probe([_flow(lab, lab.t5, "a", True), _flow(lab, lab.t5, "d", False)])
