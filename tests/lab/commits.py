"""When the kernel took a batch of mudd's, by its own word.

Whoever has joined the group of nf_tables hears of each transaction what it
changed, and at its end NEWGEN.  The kernel says it when the new rules are those
that packets meet (nf_tables_commit switches the generation first), so a packet
whose sending begins after NEWGEN was read has met no older ones.  The moment of
the reading is a little later than the commit, never earlier: of packets that
were sent in between nothing is claimed.
"""

import socket
import struct
import threading
import time

_NETLINK_NETFILTER, _SOL_NETLINK, _ADD_MEMBERSHIP, _NFTABLES = 12, 270, 1, 7
_RCVBUFFORCE = 33
# Of enum nf_tables_msg_types.
NEWRULE, DELRULE, DELSET, NEWSETELEM, DELSETELEM, _NEWGEN = (
    10 << 8 | kind for kind in (6, 8, 11, 12, 14, 15))


class Commits:
    """A thread that listens; in the namespace of whoever makes it."""

    def __init__(self):
        self._sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                   _NETLINK_NETFILTER)
        self._sock.setsockopt(socket.SOL_SOCKET, _RCVBUFFORCE, 1 << 24)
        self._sock.bind((0, 0))
        self._sock.setsockopt(_SOL_NETLINK, _ADD_MEMBERSHIP, _NFTABLES)
        self._transactions = []     # (moment, [(kind, message)])
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        changes = []
        while True:
            data = self._sock.recv(1 << 17)
            now = time.monotonic()
            while len(data) >= 16:
                length, kind = struct.unpack_from("=IH", data)
                if kind == _NEWGEN:
                    self._transactions.append((now, changes))
                    changes = []
                else:
                    changes.append((kind, data[:length]))
                data = data[(length + 3) & ~3:]

    def since(self, start, kind, *words):
        """The first transaction after a moment with such a message.

        words: byte strings that stand in it. Its moment, and all messages
        that make it up; None: not yet.
        """
        for moment, changes in list(self._transactions):
            if moment > start and any(
                    of == kind and all(word in message for word in words)
                    for of, message in changes):
                return moment, changes
        return None
