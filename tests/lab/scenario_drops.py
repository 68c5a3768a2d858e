"""What was denied, and that anybody who asks sees why (`mudctl drops`)."""

import re
import socket
import time

import frames
import mudfile
import net
from registry import scenario
from scenario_main import enforced, publish

FLOOD = 100000
FLOOD_PORT = 6000   # and above


def rows(lab, which=None, **wanted):
    """The rows of `mudctl drops` that have all these members."""
    found = lab.mudd.ask("drops", *([which] if which else []))["drops"]
    return [row for row in found
            if all(row.get(key) == value for key, value in wanted.items())]


def seen(lab, seconds=3, **wanted):
    """Such a row, as soon as there is one, and how long that took."""
    start = time.monotonic()
    found = lab.wait(lambda: rows(lab, **wanted), seconds)
    return (found or [{}])[0], time.monotonic() - start


def udp(host, address, port, times=1):
    with host.inside():
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with sock:
        for _ in range(times):
            sock.sendto(b"forbidden", (address, port))


def send(host, *sent):
    with net.packet_socket(host) as wire:
        for frame in sent:
            wire.send(frame)


def _memory(lab, program):
    with open("/proc/%d/status" % lab.mudd.pids(program)[0]) as text:
        return int(re.search(r"VmRSS:\s+(\d+)", text.read()).group(1))


def _forbidden(lab):
    for _ in range(3):
        udp(lab.t1, lab.service("d"), 4711)
    row, took = seen(lab, device=lab.t1.mac, peer=lab.service("d"))
    lab.check(row and took < 2, "what the Thing may not send is seen",
              "%s after %.1f s" % (row, took))
    lab.check((row.get("kind"), row.get("direction"), row.get("protocol"),
               row.get("port"), row.get("address")) ==
              ("policy", "from", "udp", 4711, lab.t1.addr4),
              "with its way, protocol, port and address", row)
    lab.check("peer_name" not in row, "no name of the policy is there", row)
    lab.wait(lambda: rows(lab, device=lab.t1.mac, count=3), 3)
    row, _ = seen(lab, device=lab.t1.mac, peer=lab.service("d"))
    lab.check(row.get("count") == 3, "each of the three is counted", row)
    lab.check(row.get("first") and row.get("last"), "first and last", row)
    # The policy names A, but not for this port.
    udp(lab.t1, lab.service("a"), 4712)
    row, _ = seen(lab, device=lab.t1.mac, port=4712)
    lab.check(row.get("peer_name") == "a.svc.example.com",
              "a peer that the policy names has its name", row)
    with lab.svc.inside():
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((lab.service("d"), 0))
    sock.sendto(b"in", (lab.t1.addr4, 4713))
    row, took = seen(lab, device=lab.t1.mac, port=4713)
    lab.check(row.get("direction") == "to" and took < 2 and
              row.get("peer") == lab.service("d"),
              "what may not be sent to it is seen",
              "%s after %.1f s" % (row, took))
    lab.check("event=drop device=%s " % lab.t1.mac in lab.mudd.log_tail(500),
              "the log has the event", lab.mudd.log_tail())


def _unlearnt(lab):
    """To an address that it was not leased: the bridge's table says so.
    That it has it the Thing may not tell in ARP."""
    with lab.t1.inside():
        net.run("ip", "addr", "add", "192.168.77.50/24", "dev", "eth0")
    net.know(lab.gw, lab.t1, "192.168.77.50", "br-lan")
    udp(lab.gw, "192.168.77.50", 4714)
    row, _ = seen(lab, device=lab.t1.mac, port=4714)
    lab.check(row.get("direction") == "to" and
              row.get("address") == "192.168.77.50",
              "to an address that is not its own: the Thing is told", row)


def _spoofed(lab):
    send(lab.t2, frames.udp(lab.t2.mac, lab.gw.mac, lab.t1.addr4, 5000,
                            lab.service("a"), 4715, b"in its name"))
    row, took = seen(lab, kind="spoof", device=lab.t2.mac)
    lab.check(row.get("address") == lab.t1.addr4 and took < 2,
              "a Thing that uses another's address is a spoof",
              "%s after %.1f s" % (row, took))
    send(lab.t5, frames.udp(lab.t5.mac, lab.gw.mac, lab.t1.addr4, 5000,
                            lab.service("a"), 4716, b"a stranger"))
    row, _ = seen(lab, kind="spoof", device=lab.t5.mac)
    lab.check(row.get("address") == lab.t1.addr4,
              "a host that is no Thing, too", row)
    lab.check(rows(lab, lab.t1.mac, kind="spoof", device=lab.t5.mac),
              "and is told of where one asks for the victim",
              rows(lab, lab.t1.mac))
    lab.check("event=spoof device=%s " % lab.t2.mac in
              lab.mudd.log_tail(500), "the log has the event",
              lab.mudd.log_tail())


def _flooded(lab):
    before = {name: _memory(lab, name)
              for name in ("mudd-engine", "mudd-watcher")}
    lines = lab.mudd.log_tail(100000).count("event=")
    with lab.t2.inside():
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with sock:
        for n in range(FLOOD):
            try:
                sock.sendto(b"flood", (lab.service("d"),
                                       FLOOD_PORT + n % 50000))
            except OSError:
                pass
    udp(lab.t1, lab.service("d"), 4717)
    row, took = seen(lab, device=lab.t1.mac, port=4717)
    lab.check(row and took < 3, "another Thing's drop is seen meanwhile",
              "%s after %.1f s" % (row, took))
    lab.check(rows(lab, device=lab.t1.mac, port=4711),
              "and its earlier ones are still there", rows(lab))
    found = rows(lab, device=lab.t2.mac, kind="policy")
    lab.check(0 < len(found) <= 16, "the loud one has sixteen at most",
              len(found))
    after = {name: _memory(lab, name) for name in before}
    lab.check(all(after[name] < before[name] + 4096 for name in before),
              "memory has not grown", "%s, now %s KiB" % (before, after))
    lines = lab.mudd.log_tail(100000).count("event=") - lines
    lab.check(lines < 200, "the log is not flooded", lines)
    counted = lab.mudd.drops(lab.t2.mac)[0]
    lab.check(counted > FLOOD // 2, "the kernel's counter has them all",
              counted)


def _told(lab):
    code, out, err = lab.mudd.ctl("drops")
    lab.check(code == 0 and "claims to be %s" % lab.t1.addr4 in out and
              "udp port 4711" in out, "mudctl drops, for people", out + err)
    code, out, err = lab.mudd.ctl("drops", lab.t1.addr4)
    lab.check(code == 0 and "4711" in out and lab.t3.mac not in out,
              "mudctl drops DEV", out + err)
    code, _, err = lab.mudd.ctl("drops", "02:00:00:00:00:99")
    lab.check(code == 1 and "not found" in err, "of an unknown device", err)
    code, _, err = lab.mudd.ctl("drops", "one", "two")
    lab.check(code == 2, "of two: usage", err)
    code, out, err = lab.mudd.ctl("health")
    lab.check(code == 0 and re.search(r"^drop-log +ok$", out, re.M),
              "mudctl health: the log is read", out + err)


def _watcher_anew(lab):
    """Its socket went with it; the next one gets another."""
    old = lab.mudd.pids("mudd-watcher")
    net.run("kill", "-KILL", str(old[0]))
    lab.wait(lambda: lab.mudd.pids("mudd-watcher") not in ([], old), 10)

    def again():
        udp(lab.t3, lab.service("d"), 4718)
        time.sleep(0.3)
        return rows(lab, device=lab.t3.mac, port=4718)
    lab.check(lab.wait(again, 15), "after the watcher's death drops are seen "
              "again", lab.mudd.log_tail())


@scenario("drops", 90)
def drops(lab):
    publish(lab)
    lab.mudd.start()
    for thing in (lab.t1, lab.t2, lab.t3):
        enforced(lab, thing)
    _forbidden(lab)
    _unlearnt(lab)
    _spoofed(lab)
    _flooded(lab)
    _told(lab)
    _watcher_anew(lab)
