"""Probes: open a flow from one host to another and see what arrives.

Passes: data goes there and comes back.  Blocked: the sender did send, and the
receiver's capture shows no packet of that flow.  All flows of one call are
opened at once, and waited for once.
"""

import collections
import errno
import os
import select
import socket
import time

PROTOCOLS = {"tcp": 6, "udp": 17}

# src, dst: hosts; address: of dst; source: of src where it has several.
Flow = collections.namedtuple(
    "Flow", "src dst address protocol port passes source name",
    defaults=(None, ""))


class _Probe:
    def __init__(self, flow):
        self.flow = flow
        self.token = os.urandom(12)
        self.got = b""
        kind = (socket.SOCK_STREAM if flow.protocol == "tcp"
                else socket.SOCK_DGRAM)
        family = (socket.AF_INET6 if ":" in flow.address else socket.AF_INET)
        with flow.src.inside():
            self.sock = socket.socket(family, kind)
        self.sock.setblocking(False)
        self.connected = False
        self.error = None
        try:
            if flow.source:
                self.sock.bind((flow.source, 0))
            code = self.sock.connect_ex((flow.address, flow.port))
            if code not in (0, errno.EINPROGRESS):
                raise OSError(code, os.strerror(code))
            self.source, self.sport = self.sock.getsockname()[:2]
            if kind == socket.SOCK_DGRAM:
                self.connected = True
                self.sock.send(self.token)
        except OSError as error:
            self.source, self.sport = "", 0
            self.error = error

    def passed(self):
        return self.got == self.token

    def writable(self):
        if not self.connected:
            code = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code:
                self.error = OSError(code, os.strerror(code))
                return
            self.connected = True
            self.sock.send(self.token)

    def readable(self):
        try:
            data = self.sock.recv(4096)
        except OSError as error:
            self.error = error
            return
        self.got = (data if self.flow.protocol == "udp"
                    else self.got + data)

    def again(self):
        if self.flow.protocol == "udp" and not self.passed():
            try:
                self.sock.send(self.token)
            except OSError as error:
                self.error = error


def _pump(probes, seconds, quiet):
    """Runs the sockets until every hoped-for flow passed, `quiet` at least."""
    start = time.monotonic()
    resend = start + 0.3
    while True:
        now = time.monotonic()
        waiting = [p for p in probes if p.flow.passes and not p.passed()
                   and (p.error is None or p.flow.protocol == "udp")]
        if now - start >= (seconds if waiting else quiet):
            return
        if now >= resend:
            resend = now + 0.3
            for probe in probes:
                probe.again()
        poll = select.poll()
        by_fd = {}
        for probe in probes:
            if probe.passed() or (probe.error and (
                    probe.flow.protocol == "tcp" or not probe.connected)):
                continue
            want = select.POLLIN if probe.connected else select.POLLOUT
            poll.register(probe.sock, want)
            by_fd[probe.sock.fileno()] = probe
        for fd, event in poll.poll(100):
            probe = by_fd[fd]
            if probe.connected:
                probe.readable()
            else:
                probe.writable()
        if not by_fd:
            time.sleep(0.1)


def _packets(captures, host, probe, since, outgoing):
    return captures.find(host.name, since, outgoing=outgoing,
                         protocol=PROTOCOLS[probe.flow.protocol],
                         src=probe.source, sport=probe.sport,
                         dst=probe.flow.address, dport=probe.flow.port)


def judge(captures, probe, since):
    """(held, why) for one probe, from its socket and the captures."""
    flow = probe.flow
    if flow.passes:
        if probe.passed():
            return True, ""
        return False, "no answer (%s)" % (probe.error or "silence")
    if probe.passed():
        return False, "it was answered"
    if not _packets(captures, flow.src, probe, since, True):
        return False, "nothing was sent (%s)" % probe.error
    arrived = _packets(captures, flow.dst, probe, since, False)
    if arrived:
        return False, "%d packets arrived" % len(arrived)
    return True, ""


def describe(flow):
    return "%s%s -> %s %s/%d %s" % (
        flow.name + ": " if flow.name else "", flow.src.name,
        flow.dst.name if flow.address == flow.dst.addr4 else flow.address,
        flow.protocol, flow.port, "passes" if flow.passes else "is blocked")


def run(captures, flows, seconds=6.0, quiet=1.5):
    """[(flow, held, why)] in the order of the flows."""
    since = time.time()
    probes = [_Probe(flow) for flow in flows]
    needs_quiet = any(not flow.passes for flow in flows)
    _pump(probes, seconds, quiet if needs_quiet else 0)
    captures.flush()
    results = [(probe.flow, *judge(captures, probe, since))
               for probe in probes]
    for probe in probes:
        probe.sock.close()
    return results
