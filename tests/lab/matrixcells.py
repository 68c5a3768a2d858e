"""Cells of the verdict matrix: flows, their packets, and what the evaluator
says of each.

A flow has an opener and another end.  Its packets are planned in rounds: the
opener's first one, an answer, an ICMP error that quotes what passed, one more
of the opener's.  Each packet is a cell.  What the connection tracker makes of
it is modelled here from what its documentation says, never from rules: who
opened, and what is no flow's.  The verdict is `mudctl check`'s, asked once for
each Thing and round.
"""

import json
import os
import struct
import subprocess

import packets

SYN, SYN_ACK = packets.SYN, packets.SYN | packets.ACK
# Ports that stand for any: no policy names one of them.
ANY_PORT = range(20000, 32000)
_REQUESTS = {8: 0, 13: 14, 128: 129}    # of ICMP, and how they are answered


def is_drawn(port):
    return port in ANY_PORT


class Flow:
    """ports: the opener's and the other's.  kind, code: of ICMP's request.
    fields: of the opener's network header.  flags: of TCP's first packet."""

    def __init__(self, number, opener, other, family, protocol, ports=(0, 0),
                 kind=None, code=0, flags=SYN, fields=None):
        self.number = number
        self.opener, self.other, self.family = opener, other, family
        self.protocol, self.ports = protocol, ports
        self.kind, self.code = kind, code
        self.flags, self.fields = flags, fields or {}
        # A flow's owner in the tracker, once a packet of it has passed.
        self.owner = None
        self.seq = {opener.name: 1000 + number, other.name: 900000 + number}
        self.sent = 0
        self.passed = {}    # by the sender's name: its last packet that passed

    def key(self):
        """What the tracker knows it by: no two flows may share it."""
        one = (self.opener.address(self.family), self.ports[0])
        two = (self.other.address(self.family), self.ports[1])
        if self.kind is not None:
            return (self.protocol, one, two, self.kind, self.number)
        return (self.protocol, *sorted((one, two)))

    def is_to_many(self):
        return self.opener.is_many() or self.other.is_many()

    def far(self, end):
        return self.other if end is self.opener else self.opener


class Cell:
    def __init__(self, flow, step, sender, receiver, packet, question):
        self.flow, self.step = flow, step
        self.sender, self.receiver = sender, receiver
        self.packet, self.question = packet, question
        self.expected = None
        self.said = []      # of each side's evaluator
        self.times = None   # how often it was heard where it was sent to

    def plane(self):
        places = (self.sender.place, self.receiver.place)
        if "gateway" in places or "group" in places:
            return "gateway"
        return "bridged" if places[0] == places[1] else "routed"

    def identity(self):
        """Cells that ask the same are one."""
        q, flow = self.question, self.flow
        thing = next((end for end in (self.sender, self.receiver)
                      if end.file), None)
        if thing is None:
            return None
        peer = self.receiver if thing is self.sender else self.sender
        near = thing is self.sender
        ports = (q.get("src_port", q.get("icmp_type", 0)),
                 q.get("dst_port", q.get("icmp_code", 0)))
        # What is drawn for its own flow alone is no other question.
        ports = tuple(-1 if is_drawn(port) else port for port in ports)
        return (thing.file.name, peer.name, flow.protocol, ports, near,
                q["opened"], q["tracked"], flow.family, self.plane(),
                q.get("tcp_flags_number"), q.get("dscp"),
                self.step if "about" in q else "")

    def policy(self):
        """Of the Thing that is asked; of the sender's between two."""
        ends = [end for end in (self.sender, self.receiver) if end.file]
        return ends[0].file.name if ends else "nobody's"

    def opened(self):
        if not self.question["tracked"]:
            return "nobody"
        near = bool(self.sender.file)
        by_thing = (self.question["opened"] == "sender") == near
        return "Thing" if by_thing else "peer"

    def source(self):
        """Who decided: the side that denies, or the last."""
        denials = [said for said in self.said if said["verdict"] == "deny"]
        return (denials or self.said)[-1]["source"]

    def transport(self):
        return self.packet[40 if self.flow.family == 6 else 20:]

    def kinds(self):
        """What the matrix must have some of."""
        q, flow = self.question, self.flow
        is_later = self.step in ("later", "reply later", "once more")
        answers = q["tracked"] and q["opened"] == "receiver"
        found = {
            "an answer that is dropped by name":
                answers and not self.expected and self.source() == "ace",
            "dscp or ecn": q["dscp"] or q["ecn"],
            "flags of TCP": self.policy() == "fields" and "tcp_flags" in q,
            "no flow's packet": not q["tracked"],
            "the gateway's flow, later": is_later and flow.owner and
                flow.owner.is_gateway(),
            "many, from a Thing": self.receiver.is_group(),
            "many, on the bridge": self.receiver.hears_group,
            "many, to a Thing": self.receiver.thing is not self.receiver,
            "a flow that was revoked": is_later and not self.expected,
            "a flow that goes on": is_later and self.expected}
        return [name for name, holds in found.items() if holds]

    def text(self):
        q = self.question
        what = " ".join("%s=%s" % item for item in sorted(q.items())
                        if item[0] in ("src_port", "dst_port", "icmp_type",
                                       "icmp_code", "opened", "tracked",
                                       "tcp_flags", "dscp", "ecn", "ttl"))
        return "%s %d/%s %s>%s v%d proto %d %s: %s" % (
            self.plane(), self.flow.number, self.step, self.sender.name,
            self.receiver.name, self.flow.family, q["protocol"], what,
            ", ".join("%(verdict)s by %(source)s %(ace)s" % said
                      for said in self.said) or "nobody judges")


def _named(flags):
    return [name for bit, name in enumerate(packets.TCP_FLAGS)
            if flags >> bit & 1]


class Planner:
    """Makes cells, and keeps what the tracker knows."""

    def __init__(self, world, folder):
        self._world, self._folder = world, folder

    # One packet.

    def _tag(self, flow):
        flow.sent += 1
        return b"cell %06d.%02d" % (flow.number, flow.sent)

    def _tracked(self, flow, sender, flags, kind):
        """(is it tracked, who opened): by what passed before it."""
        if flow.owner is not None:
            return True, flow.owner
        if flags is not None:
            # Midstream packets begin a flow; these do not.
            begins = flags & packets.SYN and not flags & packets.ACK or (
                flags & packets.ACK and not flags & (
                    packets.SYN | packets.FIN | packets.RST))
            return bool(begins), sender
        if kind is not None:
            return kind in _REQUESTS, sender
        return True, sender

    def cell(self, flow, step, sender, flags=None):
        """The next packet of the flow from that end."""
        receiver = flow.far(sender)
        src, dst = (end.address(flow.family) for end in (sender, receiver))
        forth = sender is flow.opener
        ports = flow.ports if forth else flow.ports[::-1]
        tag, q = self._tag(flow), {"protocol": flow.protocol}
        kind = None
        if flow.protocol == packets.TCP:
            if flags is None:
                flags = flow.flags if forth else (
                    SYN_ACK if flow.flags == SYN else packets.ACK)
            mine, its = flow.seq[sender.name], flow.seq[receiver.name]
            ack = its if flags & packets.ACK else 0
            transport = packets.tcp(src, dst, *ports, flags, mine, ack, tag)
            q.update(tcp_flags=_named(flags), tcp_flags_number=flags,
                     sequence=mine, acknowledgement=ack, data_offset=5,
                     reserved=0, window=8192, urgent=0)
        elif flow.protocol == packets.UDP:
            transport = packets.udp(src, dst, *ports, tag)
            q["udp_length"] = len(transport)
        elif flow.kind is not None:
            kind = flow.kind if forth else _REQUESTS.get(flow.kind)
            code = flow.code if forth else 0
            rest = struct.pack("!HH", flow.number & 0xffff, 1)
            transport = packets.icmp(src, dst, kind, code, rest, tag)
            q.update(icmp_type=kind, icmp_code=code)
        else:
            transport = tag + bytes(8)
        if flow.protocol in (packets.TCP, packets.UDP):
            q.update(src_port=ports[0], dst_port=ports[1])
        cell = self._finish(flow, step, sender, transport, q, flags, kind)
        if flow.protocol == packets.TCP:
            self._flow_grows(flow, sender, flags, len(tag))
        return cell

    @staticmethod
    def _flow_grows(flow, sender, flags, size):
        # Noted by judge() once it is known to the tracker.
        flow.grown = (sender.name, size + bool(flags & packets.SYN))

    def _finish(self, flow, step, sender, transport, q, flags=None, kind=None,
                receiver=None, fields=None):
        receiver = receiver or flow.far(sender)
        src, dst = (end.address(flow.family) for end in (sender, receiver))
        fields = fields if fields is not None else (
            flow.fields if sender is flow.opener else {})
        more = {"hops": fields.get("ttl", 64), "dscp": fields.get("dscp", 0),
                "ecn": fields.get("ecn", 0)}
        packet = packets.ip(src, dst, q["protocol"], transport, **more)
        tracked, owner = self._tracked(flow, sender, flags, kind)
        q.update(tracked=tracked, opened="sender" if owner is sender else
                 "receiver", dscp=more["dscp"], ecn=more["ecn"],
                 hops=more["hops"], length=len(packet))
        return Cell(flow, step, sender, receiver, packet, q)

    def error(self, flow, step, sender, quoted, kind, code):
        """An ICMP error about a packet of the flow, `quoted` a cell."""
        receiver = quoted.sender
        src, dst = (end.address(flow.family) for end in (sender, receiver))
        transport = packets.icmp(src, dst, kind, code, bytes(4),
                                 quoted.packet[:128])
        q = {"protocol": packets.icmp_of(src), "icmp_type": kind,
             "icmp_code": code}
        cell = self._finish(flow, step, sender, transport, q,
                            receiver=receiver, fields={})
        cell.question.update(tracked=flow.owner is not None, opened="sender")
        if flow.owner is not None:
            cell.question["about"] = quoted.question
        cell.quoted = quoted
        return cell

    # Questions.

    @staticmethod
    def _hops_at(cell, thing):
        """The hop limit that the Thing's own packet has."""
        hops = cell.question["hops"]
        passes = cell.receiver is thing and cell.plane() == "routed"
        return hops - 1 if passes else hops

    def _line(self, cell, thing, q, sender, receiver):
        """The question as the evaluator is asked by one Thing."""
        near = sender is thing
        peer = receiver if near else sender
        line = {key: q[key] for key in (
            "protocol", "src_port", "dst_port", "icmp_type", "icmp_code",
            "tracked", "dscp", "ecn", "length", "tcp_flags", "sequence",
            "acknowledgement", "data_offset", "reserved", "window", "urgent",
            "udp_length") if key in q}
        line["direction"] = "from" if near else "to"
        line["peer"] = peer.address(cell.flow.family)
        line["own"] = thing.address(cell.flow.family)
        by_sender = q["opened"] == "sender"
        line["opener"] = "thing" if by_sender == near else "peer"
        line["ttl"] = self._hops_at(cell, thing)
        if "about" in q:
            inner = cell.quoted
            line["about"] = self._line(
                inner, thing, {key: value for key, value in q["about"].items()
                               if key != "about"},
                inner.sender, inner.receiver)
        return line

    def judge(self, cells):
        """Asks the evaluator about all, and lets the tracker know; the
        cells."""
        by_thing = {}
        for cell in cells:
            for end in (cell.sender, cell.receiver):
                if end.file:
                    by_thing.setdefault(
                        end.name, (end.thing, []))[1].append(
                        (cell, self._line(cell, end, cell.question,
                                          cell.sender, cell.receiver)))
        for thing, asked in by_thing.values():
            for (cell, _), said in zip(asked, self._ask(thing, asked)):
                cell.said.append(said)
        for cell in cells:
            cell.expected = all(said["verdict"] == "allow"
                                for said in cell.said)
            self._note(cell)
        return cells

    @staticmethod
    def _note(cell):
        flow = cell.flow
        if cell.step.startswith("error"):
            return
        known = flow.owner is not None
        if cell.expected:
            flow.passed[cell.sender.name] = cell
            if cell.question["tracked"] and not known:
                flow.owner = cell.sender
                known = True
        if known and flow.protocol == packets.TCP:
            name, size = flow.grown
            flow.seq[name] += size

    def _ask(self, thing, asked):
        base = "%s/%s" % (self._folder, thing.name)
        with open(base + ".world.json", "w") as out:
            json.dump(self._world.document(thing), out)
        with open(base + ".flows.jsonl", "w") as out:
            for _, line in asked:
                out.write(json.dumps(line) + "\n")
        done = subprocess.run(
            ["mudctl", "check", base + ".json", "--world",
             base + ".world.json", "--flows", base + ".flows.jsonl"],
            text=True, capture_output=True)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        if done.returncode != 0 or len(answers) != len(asked):
            raise RuntimeError("mudctl check: exit %d: %s" % (
                done.returncode, done.stderr + done.stdout[-2000:]))
        return answers


def file_for(folder, thing, data):
    """Where the Planner expects the Thing's MUD file."""
    os.makedirs(folder, exist_ok=True)
    with open("%s/%s.json" % (folder, thing.name), "wb") as out:
        out.write(data)
