"""The verdict matrix: thousands of packets, each with the evaluator's word.

Real files, signed and fetched, on Things of two segments; then all packets of
a phase are sent, one wait, and each is held against what `mudctl check` says
of it.  The second phase comes after some of the files were published anew: old
flows go on or end.  At last a rule is broken by hand, to see that it shows.

MUDD_MATRIX_SEED draws other policies and flows, MUDD_MATRIX_DRAWN more files.
"""

import collections
import hashlib
import json
import os
import random
import time

import matrixfiles
import net
import packets
from matrixcells import Planner, file_for
from matrixflows import Draw
from matrixworld import World
from registry import scenario

_SEED = int(os.environ.get("MUDD_MATRIX_SEED", "5"))
_DRAWN = int(os.environ.get("MUDD_MATRIX_DRAWN", "8"))
_BURST = 200    # the kernel's queue before the bridge has 1000 places
_ERRORS = {4: ((3, 3), (3, 1), (11, 0)), 6: ((1, 4), (2, 0), (3, 0))}


class _Matrix:
    def __init__(self, lab):
        self.lab, self.dice = lab, random.Random(_SEED)
        files = matrixfiles.by_hand() + [
            matrixfiles.drawn(self.dice, n) for n in range(_DRAWN)]
        self.world = World(lab, files)
        self.planner = Planner(self.world, lab.out + "/evaluator")
        self.draw = Draw(self.world, self.dice)
        self.cells = []
        self.longest = 0

    # The policies.

    def publish(self, things, day):
        """The files on the servers, and a copy of each for the evaluator."""
        for thing in things:
            data = matrixfiles.build(thing.file, thing.file.aces, day)
            self.lab.publish("m-%s.json" % thing.file.name, data,
                             site=thing.file.site, signer="signer")
            file_for(self.lab.out + "/evaluator", thing, data)
            thing.digest = hashlib.sha256(data).hexdigest()

    def begin(self):
        lab, world = self.lab, self.world
        world.configure(matrixfiles.url, matrixfiles.HUB)
        self.publish(world.things, 10)
        world.serve()
        world.wires()
        lab.mudd.start()
        world.join(matrixfiles.url)
        self.in_force()
        path = lab.mudd.ask("status").get("bridge_path")
        lab.check(path == "netfilter", "bridged frames are judged", path)
        world.silence()

    def in_force(self):
        """All files as they were published last, with their names' and
        classes' addresses."""
        lab, world = self.lab, self.world

        def told():
            world.approve()
            for thing in world.things:
                policy = lab.mudd.device(thing.mac).get("policy") or {}
                if policy.get("digest") != thing.digest:
                    return False
            return True
        lab.check(lab.wait(told, 30), "every file is in force")
        wanted = [end.address(family) for end in world.peers[:6]
                  for family in (4, 6)]
        lab.check(lab.wait(lambda: all(
            '"%s"' % addr in self._members() for addr in wanted), 20),
            "names and classes have their addresses", self._members())

    def _members(self):
        sets = json.loads(self.lab._nft("-j", "list", "sets", "inet"))
        return json.dumps([found["set"].get("elem") for found in
                           sets["nftables"] if "set" in found and
                           found["set"]["name"].startswith(("dns", "cls"))])

    def renew(self):
        """Some files are published anew: narrower, or wider to the WAN."""
        lab = self.lab
        changed = [thing for thing in self.world.things if thing.file.later]
        for thing in changed:
            thing.file = thing.file._replace(aces=thing.file.later)
        self.publish(changed, 20)
        for thing in changed:
            lab.mudd.ctl("policy", "refresh", matrixfiles.url(thing.file))
        self.in_force()
        lab.note("%d of %d files were published anew" % (
            len(changed), len(self.world.things)))

    # Rounds of packets: each is planned when those before it are judged.

    def _errors(self, flow, step):
        """ICMP errors about packets of the flow that have passed."""
        for quoted in list(flow.passed.values()):
            if quoted.receiver.is_many() or self.dice.random() < 0.5:
                continue
            kind, code = self.dice.choice(_ERRORS[flow.family])
            yield self.planner.error(flow, step, quoted.receiver, quoted,
                                     kind, code)

    def first(self, flows):
        """Opening, answer, errors, and the opener again."""
        plan, tell = self.planner, self.planner.judge
        yield tell([plan.cell(flow, "open", flow.opener) for flow in flows])
        flows = [flow for flow in flows if not flow.is_to_many()]
        yield tell([plan.cell(flow, "answer", flow.other) for flow in flows])
        yield tell([cell for flow in flows
                    for cell in self._errors(flow, "error")])
        yield tell([plan.cell(flow, "again", flow.opener, flags=packets.ACK)
                    for flow in flows if flow.owner is not None])

    def second(self, flows):
        """Flows from before: either end, errors, and the opener again."""
        plan, tell = self.planner, self.planner.judge
        flows = [flow for flow in flows if flow.owner is not None and
                 not flow.is_to_many()]
        was = {flow: dict(flow.passed) for flow in flows}
        for flow in flows:
            flow.passed.clear()
        for step, sender in (("later", lambda flow: flow.opener),
                             ("reply later", lambda flow: flow.other)):
            yield tell([plan.cell(flow, step, sender(flow), flags=packets.ACK)
                        for flow in flows])
        self.ended = set()
        for flow in flows:
            if not flow.passed:
                flow.passed = was[flow]
                self.ended.add(flow)
        errors = tell([cell for flow in flows
                       for cell in self._errors(flow, "error later")])
        # To the kernel a flow is allowed once a packet of it has passed: not
        # by what would pass, if it were sent again.
        yield [cell for cell in errors if cell.flow not in self.ended
               or cell.source() != "infrastructure"]
        yield tell([plan.cell(flow, "once more", flow.opener,
                              flags=packets.ACK) for flow in flows])

    # Sent, and judged after one wait.

    def ask(self, name, rounds, is_checked=True):
        lab, world = self.lab, self.world
        started = time.monotonic()
        rounds = list(rounds)
        planned = time.monotonic()
        list(world.heard())
        for cells in rounds:
            for n, cell in enumerate(cells, 1):
                world.send(cell.sender, cell.receiver, cell.packet)
                if n % _BURST == 0:
                    time.sleep(0.002)
            time.sleep(0.2)
        time.sleep(1.5)
        heard = world.heard()
        took = time.monotonic() - planned
        cells = [cell for found in rounds for cell in found]
        wrong = []
        for cell in cells:
            cell.times = heard.get((cell.receiver.host.name,
                                    cell.transport()), 0)
            held = cell.times == int(cell.expected)
            if is_checked:
                lab.check(held, cell.text(), "heard %d times" % cell.times)
            if not held:
                wrong.append(cell)
        lab.say("%s: %d cells, %d disagree; planned in %.1f s, sent and "
                "heard in %.1f s" % (name, len(cells), len(wrong),
                                     planned - started, took))
        if is_checked:
            self.cells += cells
        return cells, wrong

    # What was asked.

    def _share(self, cells, key):
        told = collections.OrderedDict()
        for cell in cells:
            row = told.setdefault(key(cell), [0, 0])
            row[0] += 1
            row[1] += cell.expected
        return ", ".join("%s %d (%d)" % (name, *row)
                         for name, row in sorted(told.items()))

    def summary(self):
        lab = self.lab
        judged = [cell for cell in self.cells if cell.said]
        distinct = {cell.identity() for cell in judged}
        allowed = sum(cell.expected for cell in judged)
        lab.say("%d cells, %d different, %d allowed (%d %%), %d controls" % (
            len(judged), len(distinct), allowed,
            100 * allowed // len(judged), len(self.cells) - len(judged)))
        for name, key in (
                ("plane", lambda cell: cell.plane()),
                ("family", lambda cell: "IPv%d" % cell.flow.family),
                ("protocol", lambda cell: "%03d" % cell.question["protocol"]),
                ("opener", lambda cell: cell.opened()),
                ("decided by", lambda cell: cell.source()),
                ("policy", lambda cell: cell.policy())):
            lab.say("  by %s, (allowed): %s" % (
                name, self._share(judged, key)))
        lab.check(len(distinct) >= 2000, "2000 different cells or more",
                  len(distinct))
        lab.check(0.3 <= allowed / len(judged) <= 0.8,
                  "both verdicts are frequent", allowed)

    def must_have(self):
        """The cells that this is about are among them."""
        own = {end.name for end in self.world.gateways}
        counts = collections.Counter()
        for cell in self.cells:
            for name in cell.kinds():
                counts[name] += 1
            if cell.said and cell.policy() == "locals" and \
                    cell.receiver.name in own and not cell.expected:
                counts["the gateway is no local network"] += 1
        for flow in self.ended:
            quoted = [cell for cell in self.cells if cell.flow is flow and
                      cell.step == "error later" and cell.expected]
            if quoted:
                counts["a revoked flow that an allowed error quotes"] += 1
        for name in ("an answer that is dropped by name", "dscp or ecn",
                     "flags of TCP", "no flow's packet",
                     "the gateway's flow, later", "many, from a Thing",
                     "many, to a Thing", "many, on the bridge",
                     "the gateway is no local network",
                     "a revoked flow that an allowed error quotes",
                     "a flow that was revoked", "a flow that goes on"):
            self.lab.check(counts[name] > 0, "among the cells: " + name)
            self.lab.note("%6d %s" % (counts[name], name))


def _break(lab, narrower, wider):
    """By hand: one rule less for one Thing, one more for another."""
    chain = lab.judged_by(narrower.mac)
    rows = json.loads(lab._nft("-j", "-a", "list", "chain", "inet", "mudd",
                               chain))["nftables"]
    rule = next(row["rule"] for row in rows if "rule" in row and
                {"return": None} in row["rule"]["expr"])
    net.run("nft", "delete", "rule", "inet", "mudd", chain, "handle",
            str(rule["handle"]))
    net.run("nft", "insert", "rule", "inet", "mudd",
            lab.judged_by(wider.mac), "return")


def _shows_what_is_broken(lab, matrix):
    """Nobody mends it: mudd has been stopped, its tables stay."""
    by_name = {thing.name: thing for thing in matrix.world.things}
    narrower, wider, whole = (by_name[name] for name in
                              ("names", "order", "classes"))
    lab.mudd.stop()
    _break(lab, narrower, wider)
    first = len(matrix.draw.flows)
    for thing in (narrower, wider, whole):
        matrix.draw.of_policy(thing)
    cells, wrong = matrix.ask(
        "two rules broken by hand", matrix.first(matrix.draw.flows[first:]),
        is_checked=False)
    told = collections.Counter((cell.policy(), cell.expected)
                               for cell in wrong if cell.step == "open")
    lab.check(told[narrower.name, True] > 0,
              "a rule that is missing is seen", told)
    lab.check(told[wider.name, False] > 0,
              "a rule too many is seen", told)
    lab.check(all({cell.sender.name, cell.receiver.name} &
                  {narrower.name, wider.name} for cell in wrong),
              "and nothing else", [cell.text() for cell in wrong])


@scenario("matrix", 180, captures=False, lease="1h")
def verdict_matrix(lab):
    matrix = _Matrix(lab)
    matrix.begin()
    draw = matrix.draw
    draw.of_nobody()
    for thing in matrix.world.things:
        draw.of_policy(thing)
        draw.of_link(thing)
        draw.to_many(thing)
    flows = list(draw.flows)
    matrix.ask("first", matrix.first(flows))
    matrix.renew()
    matrix.ask("after new files", matrix.second(flows))
    for thing in matrix.world.things:
        if thing.file.later:
            draw.of_policy(thing)
    matrix.ask("new flows", matrix.first(draw.flows[len(flows):]))
    matrix.summary()
    matrix.must_have()
    _shows_what_is_broken(lab, matrix)
