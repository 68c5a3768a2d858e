"""Things with addresses of both families: how they join, what they may do,
and what is to be so when they have left."""

import mudfile
import net
import snapshot

URL = mudfile.URL % "lamp"


def publish(lab, name="lamp"):
    """The file of IoT-5 for both families, signed."""
    lab.publish(name + ".json", mudfile.dual(name), signer="signer")


def addresses(host):
    """What a lease has given it, by family."""
    return [addr for addr in (host.addr4, host.addr6) if addr]


def named(lab, *keys):
    """Are the services' names looked up, for both families?"""
    return lab.wait(lambda: all(
        lab.service(key + six) in lab.table()
        for key in keys for six in ("", "6")), 10)


def verdicts(lab, host, key="a", other="d", name="", sources=None, dead=False):
    """Both ways, from and to each of its addresses (or sources): what may
    pass with service key, and with service other what may not.

    dead: nothing may pass with either.
    """
    flows = []
    for own in sources or addresses(host):
        six = "6" if ":" in own else ""
        for to, passes in ((key, not dead), (other, False)):
            peer = lab.service(to + six)
            flows += [
                lab.flow(host, lab.svc, "udp", mudfile.UDP_SERVICE, passes,
                         address=peer, source=own, name=name),
                lab.flow(host, lab.svc, "tcp", mudfile.TCP_SERVICE, passes,
                         address=peer, source=own, name=name),
                lab.flow(lab.svc, host, "udp", mudfile.UDP_THING, passes,
                         address=own, source=peer, name=name)]
    return flows


def enforced(lab, host, kinds, url=URL):
    """The Thing gets leases by these (client, family), and is enforced."""
    started = []
    for kind, family in kinds:
        lab.join(kind, host, url, family=family)
        started.append(lab.clients[host.name])
    device = lab.mudd.wait_device(host.mac, lambda device: (
        device.get("state") == "enforced" and
        set(addresses(host)) <= set(device.get("addresses") or [])))
    lab.check(device.get("state") == "enforced" and
              set(addresses(host)) <= set(device["addresses"]),
              "%s is enforced, with %s" % (host.name, addresses(host)), device)
    return started


class Departure:
    """What is to be so when a Thing has left, and what it then tries."""

    def __init__(self, lab, host, others):
        self._lab, self._host, self._others = lab, host, others
        self._had = addresses(host)
        self._words = [host.mac, *lab.mudd.device(host.mac)["addresses"]]
        self._before = self._rules()

    def _rules(self):
        """What speaks of the others, and all rules."""
        dump = snapshot.take()
        return ([row for row in dump if "rule" in row], {
            host.name: snapshot.references(dump, [host.mac, *addresses(host)])
            for host in self._others})

    def is_complete(self, seconds):
        lab, host = self._lab, self._host
        device = lab.mudd.wait_device(
            host.mac, lambda device: "departed" in device["flags"], seconds)
        # What it says of itself by neighbour discovery may be noted again; it
        # counts once it has a lease.
        lab.check("departed" in (device.get("flags") or []) and
                  not set(self._had) & set(device["addresses"]),
                  "%s: shown as departed, without its leases" % host.name,
                  device)
        found = snapshot.references(snapshot.take(), self._words)
        lab.check({name for _, _, name in found} <= snapshot.MANAGED and
                  ("inet", "set", "things") in found,
                  "%s: the ruleset speaks of it nowhere but as a managed MAC"
                  % host.name, found)
        rules, others = self._rules()
        lab.check(others == self._before[1], "%s: the others stand where they "
                  "stood" % host.name, (self._before[1], others))
        told = snapshot.differences(snapshot.plain(self._before[0]),
                                    snapshot.plain(rules))
        lab.check(not told, "%s: no rule is another" % host.name, told)

    def squats(self):
        """It gives itself the addresses that it had, and one more each."""
        lab, host = self._lab, self._host
        with host.inside():
            net.run("ip", "addr", "flush", "dev", "eth0", "scope", "global")
            mine = [*self._had, "192.168.77.%s" % host.name.replace("t", "5"),
                    "fd77::5" + host.name.replace("t", "")]
            for addr in mine:
                net.run("ip", "addr", "replace", addr + (
                    "/64" if ":" in addr else "/24"), "dev", "eth0")
            net.run("ip", "route", "replace", "default", "via", "192.168.77.1")
            net.run("ip", "route", "replace", "default", "via", "fd77::1")
        # It claims those of IPv6 as hosts do, and nobody objects.
        lab.wait(lambda: len(host.addresses6("scope", "global")) ==
                 len([addr for addr in mine if ":" in addr]), 5)
        net.know(host, lab.gw)
        net.know(host, lab.gw, lab.gw.addr6)
        return verdicts(lab, host, name="static after departure",
                        sources=mine, dead=True)
