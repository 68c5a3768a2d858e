"""Which flows the verdict matrix asks about: drawn from the policies' lines.

For each line of a file: peers that it means and one that it does not, ports
within its conditions and just beside them, and either end as the opener.  To
these come the services of RFC 8520 Appendix A, what a host needs to live on
its link, multicast and broadcast, and the gateway's own addresses.
"""

import packets
from matrixcells import ANY_PORT, Flow

_TCP, _UDP = packets.TCP, packets.UDP


def _ports_of(condition):
    """Ports that hold, and ports at its edges."""
    operator, *numbers = condition
    low, high = numbers[0], numbers[-1]
    found = {"eq": (low, low + 1), "neq": (low, low + 1),
             "gte": (low, low - 1, 65535), "lte": (high, high + 1, 1),
             "range": (low, high, low - 1, high + 1)}[operator]
    return [port for port in found if 0 < port < 65536]


class Draw:
    def __init__(self, world, dice):
        self._world, self._dice = world, dice
        self._keys = set()
        self._port = 0
        self.flows = []

    def _any_port(self):
        self._port += 1
        return ANY_PORT[self._port % len(ANY_PORT)]

    def add(self, thing, peer, family, protocol, near=None, far=None,
            by_thing=True, **more):
        """One flow, unless the tracker could not tell it from another."""
        if not peer.address(family) or peer.host is thing.host or (
                not thing.address(family)):
            return
        near = near or self._any_port()
        far = far or self._any_port()
        if by_thing:
            ends, ports = (thing, peer), (near, far)
        else:
            ends, ports = (peer, thing), (far, near)
        if protocol not in (_TCP, _UDP):
            ports = (0, 0)
        flow = Flow(len(self.flows) + 1, *ends, family, protocol, ports,
                    **more)
        if flow.key() in self._keys:
            return
        self._keys.add(flow.key())
        self.flows.append(flow)

    # Lines of a policy.

    def _all_peers(self):
        world = self._world
        return [*world.peers, *world.things, *world.free, *world.gateways]

    def _means(self, ace, thing, peer):
        """Roughly: only to have enough of both kinds."""
        kind, *what = ace.peer or ("all",)
        world = self._world
        if kind == "name":
            return peer.name == what[0]
        if kind == "net":
            return peer.place == "wan0"
        if kind == "local-networks":
            return peer.place in ("br-lan", "lan9")
        if kind == "controller":
            return peer in world.hub_hosts
        if kind == "my-controller":
            return peer in world.mine_hosts
        if kind == "same-manufacturer":
            return peer.file is not None and (
                peer.file.site == thing.file.site)
        if kind in ("manufacturer", "model"):
            return peer.file is not None and (
                what[0] in world.url(peer))
        return True

    def _peers(self, ace, thing):
        meant, others = [], []
        for peer in self._all_peers():
            if peer is not thing:
                (meant if self._means(ace, thing, peer) else
                 others).append(peer)
        dice = self._dice
        return (dice.sample(meant, min(4, len(meant)))
                + dice.sample(others, min(2, len(others))))

    def _services(self, ace):
        """(protocol, near, far, more) about the line."""
        if ace.icmp:
            kind = ace.icmp[0]
            if kind in (8, 13, 128):
                yield ace.protocol, None, None, {"kind": kind}
            return
        protocols = [ace.protocol] if ace.protocol else [_TCP, _UDP, 103]
        for protocol in protocols:
            for near in _ports_of(ace.near) if ace.near else [None]:
                for far in _ports_of(ace.far) if ace.far else [None]:
                    yield protocol, near, far, {}
        if not ace.near and not ace.far and protocols[0] in (_TCP, _UDP):
            yield protocols[0], None, self._dice.choice((22, 80, 443)), {}

    def _fields(self, ace, protocol):
        """Header values that the line may or may not mean."""
        yield {}
        if ace.fields:
            yield {"fields": dict(ace.fields)}
            yield {"fields": {key: value ^ 1
                              for key, value in ace.fields.items()}}
        if protocol == _TCP and self._dice.random() < 0.3:
            yield {"flags": packets.ACK}

    def of_policy(self, thing):
        for ace in thing.file.aces:
            for peer in self._peers(ace, thing):
                for protocol, near, far, more in self._services(ace):
                    for extra in self._fields(ace, protocol):
                        for by_thing in (True, False):
                            self.add(thing, peer, ace.family, protocol, near,
                                     far, by_thing, **more, **extra)

    def _crowds(self, end):
        """Groups, as they are heard on another port."""
        return self._world.crowds if end.place == "br-lan" else []

    # What every Thing is asked.

    def to_many(self, thing):
        """The gateway speaks to all; so do those who are many at once."""
        world = self._world
        for group in world.groups:
            if group.name == "subnet" and thing.place != "br-lan":
                continue
            end = thing.at(group)
            for family in (4, 6):
                for gateway in world.gateways:
                    for port in (5353, 7000, 68):
                        self.add(end, gateway, family, _UDP, near=port,
                                 by_thing=False)

    def of_nobody(self):
        """Controls: hosts that no policy confines reach everybody."""
        world = self._world
        for end in world.free:
            for peer in (*world.peers, *world.free, *world.gateways,
                         *world.groups, *self._crowds(end)):
                for family in (4, 6):
                    icmp, echo = (1, 8) if family == 4 else (58, 128)
                    for protocol in (_TCP, _UDP):
                        for by_end in (True, False):
                            if peer.is_group() and not by_end:
                                continue
                            self.add(end, peer, family, protocol, 4999, 4998,
                                     by_end)
                    self.add(end, peer, family, icmp, kind=echo)
                    for protocol in (89, 103, 112):
                        self.add(end, peer, family, protocol)

    def of_link(self, thing):
        """Defaults, infrastructure, the gateway, groups."""
        world, add = self._world, self.add
        for family in (4, 6):
            echo = 8 if family == 4 else 128
            icmp = 1 if family == 4 else 58
            for peer in (*world.gateways, world.peers[0], world.peers[-1]):
                for protocol, port in ((_UDP, 53), (_TCP, 53), (_UDP, 123),
                                       (_TCP, 123), (_UDP, 5353)):
                    add(thing, peer, family, protocol, far=port)
                add(thing, peer, family, _UDP, far=53, by_thing=False)
                add(thing, peer, family, _UDP, far=123, by_thing=False)
                for protocol, port in ((_TCP, 22), (_TCP, 80), (_UDP, 161)):
                    add(thing, peer, family, protocol, far=port)
                    add(thing, peer, family, protocol, near=port,
                        by_thing=False)
                for by_thing in (True, False):
                    add(thing, peer, family, icmp, by_thing=by_thing,
                        kind=echo)
            groups = (*world.groups, *self._crowds(thing))
            dhcp = (68, 67) if family == 4 else (546, 547)
            for peer in (*world.gateways, *groups, world.peers[0],
                         *world.free, *world.things[:3]):
                add(thing, peer, family, _UDP, *dhcp)
                if not peer.is_many() and not peer.is_gateway():
                    add(thing, peer, family, _UDP, *dhcp, by_thing=False)
                    add(thing, peer, family, _UDP, *dhcp[::-1],
                        by_thing=False)
            for peer in groups:
                add(thing, peer, family, _UDP, far=5353)
                add(thing, peer, family, _UDP, far=7000)
                add(thing, peer, family, 2 if family == 4 else 89)
                add(thing, peer, family, icmp, kind=echo)
