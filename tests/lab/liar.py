"""A name server that answers what it is told to answer, true or not."""

import ipaddress
import socket
import struct
import threading

A, NS, CNAME, AAAA = 1, 2, 5, 28


def _name(text):
    return b"".join(bytes((len(label),)) + label.encode()
                    for label in text.split(".")) + b"\0"


def _question(data):
    """(name, type, end of the question)."""
    labels, at = [], 12
    while data[at]:
        labels.append(data[at + 1:at + 1 + data[at]].decode("latin-1"))
        at += 1 + data[at]
    return (".".join(labels).lower(),
            struct.unpack_from("!H", data, at + 1)[0], at + 5)


class Liar:
    """answers: name -> a list of answers; the n-th question of a type gets
    the n-th, the last one again and again.  An answer is a text of addresses
    and "=name" for an alias, after which addresses are that name's."""

    def __init__(self, host, address, answers, ttl=0):
        self.answers, self.ttl = answers, ttl
        self.asked = []         # (name, type)
        with host.inside():
            self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sock.bind((address, 53))
        threading.Thread(target=self._loop, daemon=True).start()

    def _loop(self):
        while True:
            data, peer = self._sock.recvfrom(4096)
            try:
                self._sock.sendto(self._answer(data), peer)
            except (OSError, IndexError, struct.error):
                continue

    def _record(self, owner, kind, data):
        return (_name(owner) + struct.pack("!HHIH", kind, 1, self.ttl,
                                           len(data)) + data)

    def _answer(self, data):
        name, kind, end = _question(data)
        count = self.asked.count((name, kind))
        self.asked.append((name, kind))
        if name not in self.answers:
            return (data[:2] + b"\x81\x83\0\1\0\0\0\0\0\0" + data[12:end])
        turns, records, owner = self.answers[name], [], name
        for word in turns[min(count, len(turns) - 1)].split():
            if word.startswith("="):
                records.append(self._record(owner, CNAME, _name(word[1:])))
                owner = word[1:]
                continue
            address = ipaddress.ip_address(word)
            of = A if address.version == 4 else AAAA
            if of == kind:
                records.append(self._record(owner, of, address.packed))
        return (data[:2] + b"\x81\x80\0\1" + struct.pack("!H", len(records))
                + bytes(4) + data[12:end] + b"".join(records))
