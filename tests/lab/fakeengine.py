"""The engine's end of a mudd-fetcher, so that one may be sent anywhere.

What runs is the installed program under its own user, in its sandbox, as in
the daemon; only the engine's budgets do not stand in the way.  The numbers of
records and faults come from the headers, the shapes are those of records.h.
"""

import array
import collections
import ipaddress
import os
import re
import select
import socket
import struct
import subprocess
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
FETCHER = "/usr/libexec/mudd/mudd-fetcher"
_HEADER = struct.Struct("=IHHII")
_MAGIC, _VERSION = 0x6d756464, 1
_FETCHED = struct.Struct("=4I17s3xI48s208s")
_ADDRESS_OF = struct.Struct("=II17s3x")
_RESOLVED = struct.Struct("=III48s208s")
FILE, SIGNATURE = 0, 1

Outcome = collections.namedtuple(
    "Outcome", "code clause detail size other server seconds body")


def _enum(path, name):
    """An enum's words by their numbers."""
    with open(os.path.join(TOP, path)) as source:
        text = re.sub(r"/\*.*?\*/", "", source.read(), flags=re.S)
    body = re.search(r"enum %s \{(.*?)\}" % name, text, re.S).group(1)
    found, number = {}, 0
    for word in filter(None, (part.strip() for part in body.split(","))):
        name, _, value = (part.strip() for part in word.partition("="))
        number = int(value) if value else number
        found[name] = number
        number += 1
    return found


_RECORD = _enum("mudd/core/records.h", "record_type")
_FAULT = {number: name[len("FAULT_"):].lower().replace("_", "-")
          for name, number in _enum("libmud/fault.h", "fault_code").items()}


def _address(text):
    addr = ipaddress.ip_address(text)
    return bytes((addr.version,)) + addr.packed.ljust(16, b"\0")


def _prefix(text):
    net = ipaddress.ip_network(text)
    return _address(str(net.network_address)) + bytes((net.prefixlen,))


def _text(raw):
    return raw.split(b"\0")[0].decode()


def _address_text(raw):
    if raw[0] == 0:
        return ""
    return str(ipaddress.ip_address(raw[1:5] if raw[0] == 4 else raw[1:17]))


def memory_of(pid):
    """(most it ever had, what is its own now), in KiB."""
    with open("/proc/%d/status" % pid) as rows:
        peak = [int(row.split()[1]) for row in rows if "VmHWM" in row]
    with open("/proc/%d/smaps_rollup" % pid) as rows:
        own = [int(row.split()[1]) for row in rows if row.startswith("Pss:")]
    return sum(peak), sum(own)


class Fetcher:
    """One running mudd-fetcher, introduced; close() ends it."""

    def __init__(self, roots, allow=(), ports=(), forbid=(), own=(),
                 nat64=()):
        self._sock, child = socket.socketpair(
            socket.AF_UNIX, socket.SOCK_SEQPACKET)
        argv = ["setpriv", "--reuid=_mudd-net", "--regid=_mudd-net",
                "--clear-groups", FETCHER]

        def to_channel():
            os.dup2(child.fileno(), 3)
            os.set_inheritable(3, True)
        self.process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, pass_fds=(3,),
            preexec_fn=to_channel)
        child.close()
        self._sent = 0
        with open(roots, "rb") as pem:
            data = pem.read()
        self._tell("FETCH_ROOTS", struct.pack("=I", len(data)),
                   self._memory(data))
        for text in allow:
            self._tell("FETCH_ALLOW", _prefix(text) + bytes(2))
        for port in ports:
            self._tell("FETCH_ALLOW", bytes(18) + struct.pack("=H", port))
        for is_own, texts in ((0, forbid), (1, own)):
            for text in texts:
                self._tell("FETCH_FORBID", struct.pack("=II", 0, is_own)
                           + _prefix(text) + bytes(2))
        for text in nat64:
            self._tell("FETCH_NAT64", bytes(4) + _prefix(text) + bytes(2))

    @staticmethod
    def _memory(data=b""):
        fd = os.memfd_create("lab")
        os.write(fd, data)
        return fd

    def _tell(self, name, body, fd=None):
        header = _HEADER.pack(_MAGIC, _VERSION, _RECORD["RECORD_" + name],
                              len(body), self._sent)
        self._sent += 1
        more = []
        if fd is not None:
            more = [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                     array.array("i", [fd]))]
        self._sock.sendmsg([header + body], more)
        if fd is not None:
            os.close(fd)

    def _hear(self, seconds):
        if not select.select([self._sock], [], [], seconds)[0]:
            raise RuntimeError("the fetcher says nothing")
        raw = self._sock.recv(65536)
        if not raw:
            raise RuntimeError("the fetcher has gone")
        kind = _HEADER.unpack_from(raw)[2]
        return kind, raw[_HEADER.size:]

    def fetch(self, url, kind=FILE, max_size=262144, timeout=30):
        """Asks, waits, and tells what came."""
        out = os.memfd_create("lab-body")
        start = time.monotonic()
        self._tell("FETCH", struct.pack("=4I256s", 7, kind, max_size, timeout,
                                        url.encode()), os.dup(out))
        _, raw = self._hear(timeout + 10)
        (_, _, size, other, server, code, clause,
         detail) = _FETCHED.unpack(raw)
        body = os.pread(out, size, 0)
        os.close(out)
        return Outcome(_FAULT[code], _text(clause), _text(detail), size,
                       other, _address_text(server),
                       time.monotonic() - start, body)

    def resolve(self, name):
        """(addresses, fault's word, its detail)."""
        self._tell("RESOLVE", struct.pack("=II254s2x", 7, 1, name.encode()))
        found = []
        while True:
            kind, raw = self._hear(40)
            if kind == _RECORD["RECORD_RESOLVED"]:
                _, _, code, _, detail = _RESOLVED.unpack(raw)
                return found, _FAULT[code], _text(detail)
            found.append(_address_text(_ADDRESS_OF.unpack(raw)[2]))

    def close(self):
        """Closes the channel; the exit status."""
        self._sock.close()
        return self.process.wait(10)
