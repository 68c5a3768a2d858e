"""What an administrator says of devices, and what he is told meanwhile."""

import json
import signal
import subprocess

import mudfile
import net
import snapshot
from registry import scenario
from scenario_main import MUD_URL, enforced, publish

OWN = "desk-lamp.json"


class _Watching:
    """mudctl monitor, into a file."""

    def __init__(self, lab, name, *options):
        self._path = "%s/%s.out" % (lab.out, name)
        with open(self._path, "wb") as out:
            self._process = subprocess.Popen(
                ["mudctl", *options, "monitor"], stdin=subprocess.DEVNULL,
                stdout=out, stderr=subprocess.STDOUT)

    def lines(self):
        with open(self._path, encoding="ascii") as out:
            return out.read().splitlines()

    def interrupt(self):
        self._process.send_signal(signal.SIGINT)

    def status(self, seconds=15):
        return self._process.wait(seconds)


def _said(lab, watching, *words):
    """A line with all these words comes."""
    lab.check(lab.wait(lambda: any(all(word in line for word in words)
                                   for line in watching.lines())),
              "monitor tells: " + " ".join(words),
              "\n".join(watching.lines()[-20:]))


def _done(lab, text, *argv):
    code, out, err = lab.mudd.ctl("device", *argv)
    lab.check(code == 0, text, out + err)


def _refused(lab, text, why, *argv):
    code, _, err = lab.mudd.ctl("device", *argv)
    lab.check(code == 1 and why in err, text, "%d: %s" % (code, err))


def _named(lab):
    _done(lab, "a device is named", "rename", lab.t1.mac, "kitchen-lamp")
    lab.check(lab.mudd.device("kitchen-lamp").get("mac") == lab.t1.mac,
              "and found by its name", lab.mudd.device("kitchen-lamp"))
    _refused(lab, "no two are called the same", "another device is called",
             "rename", lab.t2.mac, "Kitchen-Lamp")
    _refused(lab, "an address is no name", "no address",
             "rename", lab.t2.mac, "192.168.77.1")


def _own_file(lab):
    """A file of policies/, unsigned, instead of the maker's, and back."""
    _refused(lab, "a file that is not there is not given", "policies/",
             "assign", lab.t2.mac, "missing.json")
    _done(lab, "a file of policies/ is given", "assign", lab.t2.mac, OWN)
    device = lab.mudd.wait_state(lab.t2.mac, "enforced")
    lab.check(device.get("mud_file") == OWN and
              device.get("url_source") == "admin", "it says so", device)
    lab.check(lab.wait(lambda: lab.service("d") in lab.table()),
              "its names are looked up")
    lab.probe([lab.flow(lab.t2, lab.svc, "udp", mudfile.UDP_SERVICE, passes,
                        address=lab.service(key),
                        name="own file: %s" % key)
               for key, passes in (("d", True), ("a", False))])
    code, out, _ = lab.mudd.ctl("policy", "show", "policies/" + OWN)
    lab.check(code == 0 and lab.t2.mac in out, "policy show knows it", out)
    _done(lab, "it is taken back", "assign", lab.t2.mac, "announced")
    lab.clients[lab.t2.name].release()
    lab.clients[lab.t2.name].stop()
    enforced(lab, lab.t2)
    device = lab.mudd.wait_device(
        lab.t2.mac, lambda device: device.get("mud_url") == MUD_URL)
    lab.check(device.get("mud_url") == MUD_URL,
              "what it announces counts again", device)
    lab.probe([lab.flow(lab.t2, lab.svc, "udp", mudfile.UDP_SERVICE, passes,
                        address=lab.service(key), name="announced: %s" % key)
               for key, passes in (("d", False), ("a", True))])


def _tables(lab):
    """As they are once they stand and nothing is written any more: a dump
    that a commit has interrupted is not whole."""
    lab.wait(lambda: lab.mudd.status().get("table") == "ok")
    dumps = [snapshot.plain(snapshot.take())]

    def is_settled():
        dumps.append(snapshot.plain(snapshot.take()))
        return dumps[-1] == dumps[-2]
    lab.check(lab.wait(is_settled), "the tables come to rest")
    return dumps[-1]


def _forgotten(lab, before):
    for thing in (lab.t1, lab.t2):
        _done(lab, "%s is forgotten" % thing.name, "forget", thing.mac)
        # By neighbour discovery it may have spoken again: it is new.
        device = lab.mudd.device(thing.mac)
        lab.check(device.get("state", "unknown") == "unknown" and
                  device.get("name") != "kitchen-lamp",
                  "nobody knows it", device)
    told = snapshot.differences(before, _tables(lab))
    lab.check(not told, "the kernel's tables are as before they came", told)


@scenario("admin", seconds=150)
def admin(lab):
    """Names, files of one's own, forgetting, and events all the while."""
    publish(lab)
    net.write("/etc/mudd/policies/" + OWN, mudfile.north_south(
        "own", services=(("d", True, False),)).decode())
    lab.mudd.start()
    before = _tables(lab)
    lines, objects = _Watching(lab, "lines"), _Watching(lab, "json", "-j")
    _said(lab, lines, "monitor-started")
    _said(lab, objects, '"monitor-started"')
    for thing in (lab.t1, lab.t2):
        enforced(lab, thing)
    for words in (("url-announced", lab.t1.mac), ("policy-active", MUD_URL),
                  ("state-changed", lab.t1.mac, "state=enforced"),
                  ("address-learned", lab.t1.mac)):
        _said(lab, lines, *words)
    _named(lab)
    _own_file(lab)
    _said(lab, lines, "policy-active", "policies/" + OWN)
    for client in lab.clients.values():
        client.stop()
    _forgotten(lab, before)
    _said(lab, lines, "device-gone", lab.t1.mac, "forgotten")
    told = [json.loads(line) for line in objects.lines()]
    lab.check(all({"event", "time"} <= set(event) for event in told) and
              any(event["event"] == "device-gone" and
                  event["device"] == lab.t1.mac for event in told),
              "monitor -j: an object a line, each with its name and time",
              told[-3:])
    lines.interrupt()
    lab.check(lines.status() == 0, "interrupted, it ends with 0")
    lab.mudd.stop()
    lab.check(objects.status() == 3, "it ends with 3 when the daemon does")
    lab.check("does not answer" in objects.lines()[-1], "and says so",
              objects.lines()[-1:])
