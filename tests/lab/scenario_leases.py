"""IoT-7 and IoT-8, of both families: how leases end, and what that ends."""

import time

import net
import snapshot
from dualstack import Departure, enforced, named, publish, verdicts
from registry import scenario

LEASE = 9       # seconds, of Kea


@scenario("iot-7", 90, dhcp="46")
def iot_7(lab):
    """Release, by Things with a lease of one family and of both."""
    publish(lab)
    lab.mudd.start()
    stays = lab.t4
    enforced(lab, stays, [("dhcpcd", "46")])
    named(lab, "a", "b", "c")
    four, = enforced(lab, lab.t1, [("udhcpc", "4")])
    six, = enforced(lab, lab.t2, [("dhclient", "6")])
    lab.probe([flow for host in (lab.t1, lab.t2, stays)
               for flow in verdicts(lab, host)])
    gone = [Departure(lab, lab.t1, [lab.t2, stays])]
    four.release()
    gone[0].is_complete(5)
    gone.append(Departure(lab, lab.t2, [stays]))
    six.release()
    gone[1].is_complete(5)
    _both(lab, stays, [flow for one in gone for flow in one.squats()])
    four.stop()
    with lab.t1.inside():
        net.run("ip", "addr", "flush", "dev", "eth0", "scope", "global")
    lab.t1.addr6 = None
    enforced(lab, lab.t1, [("udhcpc", "4")])
    lab.probe(verdicts(lab, lab.t1, name="come back"))


def _both(lab, stays, more):
    """A Thing with two leases gives them back one by one, and is forgotten.

    more: flows that are probed beside its own.
    """
    host = lab.t3
    without = snapshot.take()
    clients = enforced(lab, host, [("dhclient", "4"), ("dhclient", "6")])
    lab.probe([*more, *verdicts(lab, host)])
    gone, old = Departure(lab, host, [stays]), host.addr4
    clients[0].release()
    one_family_left(lab, host, old)
    lab.probe([*verdicts(lab, host), *verdicts(lab, stays)])
    clients[1].release()
    gone.is_complete(5)
    lab.probe([*gone.squats(), *verdicts(lab, stays)])
    _forgotten(lab, host, without)


def one_family_left(lab, host, old):
    """It has lost its IPv4 lease, and that alone."""
    device = lab.mudd.wait_device(
        host.mac, lambda device: old not in device["addresses"], LEASE + 5)
    lab.check(old not in device["addresses"] and
              host.addr6 in device["addresses"] and
              "departed" not in device["flags"] and
              device["state"] == "enforced",
              "%s: with one lease left it stays, without what the other gave"
              % host.name, device)
    found = snapshot.references(snapshot.take(), [old])
    lab.check(not found, "%s: the ruleset does not speak of %s" % (
        host.name, old), found)
    host.addr4 = None


def _forgotten(lab, host, without):
    """Back to what was before it came."""
    with host.inside():
        net.run("ip", "link", "set", "eth0", "down")
    code, out, err = lab.mudd.ctl("device", "forget", host.mac)
    lab.check(code == 0, "%s is forgotten" % host.name, out + err)
    told = snapshot.differences(snapshot.plain(without),
                                snapshot.plain(snapshot.take()))
    lab.check(not told, "a dump differs in nothing from before it came", told)
    lab.check(not lab.mudd.device(host.mac), "it is known no more",
              lab.mudd.device(host.mac))


@scenario("iot-8", 90, server="kea", lease=LEASE, dhcp="46")
def iot_8(lab):
    """Expiry, of Things that are unplugged without a word."""
    publish(lab)
    lab.mudd.start()
    stays = lab.t4
    enforced(lab, stays, [("dhclient", "4"), ("dhclient", "6")])
    named(lab, "a", "b", "c")
    four, = enforced(lab, lab.t1, [("dhclient", "4")])
    six, = enforced(lab, lab.t2, [("dhclient", "6")])
    both = enforced(lab, lab.t3, [("dhclient", "4"), ("dhclient", "6")])
    lab.probe([flow for host in lab.things[:4] for flow in verdicts(lab, host)])
    gone = [Departure(lab, lab.t1, [stays]), Departure(lab, lab.t2, [stays])]
    last, old = Departure(lab, lab.t3, [stays]), lab.t3.addr4
    start = time.monotonic()
    for client in (four, six, both[0]):
        client.stop()
    for departure in gone:
        departure.is_complete(LEASE + 5)
    one_family_left(lab, lab.t3, old)
    took = time.monotonic() - start
    lab.check(LEASE * 2 / 3 - 1 <= took <= LEASE + 3,
              "the leases have run out, and not before", "%.1f s" % took)
    flows = [flow for departure in gone for flow in departure.squats()]
    lab.probe([*flows, *verdicts(lab, lab.t3), *verdicts(lab, stays)])
    both[1].stop()
    last.is_complete(LEASE + 5)
    lab.probe([*last.squats(), *verdicts(lab, stays)])
