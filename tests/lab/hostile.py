"""An HTTPS server that does what no server should, one way a name.

Each behaviour is a function, and a host NAME.hostile.example.com with an
address of its own, so that it also knows before TLS what to do.  Behaviours
over TLS get the request; what they were asked is kept.
"""

import contextlib
import gzip
import os
import socket
import ssl
import struct
import threading
import time

import net

DOMAIN = ".hostile.example.com"
FILE = b'{"ietf-mud:mud": {}}'
ZIPPED = gzip.compress(FILE, mtime=0)
BOMB = gzip.compress(bytes(10000000), mtime=0)
FIRST_HOST = 100            # 203.0.113.100 and up
_CAREFUL = 60               # no behaviour lasts longer, whoever waits

RAW, TLS = {}, {}


def raw(function):
    """A behaviour on the bare connection."""
    RAW[function.__name__.replace("_", "-")] = function
    return function


def tls(function):
    """A behaviour inside TLS, after the request."""
    TLS[function.__name__.replace("_", "-")] = function
    return function


def names():
    return [*RAW, *TLS, *SPECIAL]


def head(status="200 OK", *lines):
    return ("\r\n".join(["HTTP/1.1 " + status,
                         "Content-Type: application/mud+json", *lines])
            + "\r\n\r\n").encode()


def sized(body, *lines):
    return head("200 OK", "Content-Length: %d" % len(body), *lines) + body


def drip(conn, data, pause=1.0):
    for at in range(len(data)):
        conn.sendall(data[at:at + 1])
        time.sleep(pause)


# ---- before TLS -------------------------------------------------------------

@raw
def mute(conn):
    time.sleep(_CAREFUL)


@raw
def stalled_handshake(conn):
    conn.recv(4096)
    conn.sendall(b"\x16\x03\x03\x01\x00\x02")
    time.sleep(_CAREFUL)


@raw
def dripped_handshake(conn):
    conn.recv(4096)
    drip(conn, b"\x16\x03\x03\x20\x00\x02\x00\x1f\xfc" + bytes(_CAREFUL))


@raw
def plain_http(conn):
    conn.recv(4096)
    conn.sendall(sized(FILE))


@raw
def noise(conn):
    conn.recv(4096)
    conn.sendall(os.urandom(4096))


@raw
def hang_up(conn):
    pass


@raw
def reset(conn):
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                    struct.pack("ii", 1, 0))


@raw
def alert(conn):
    conn.recv(4096)
    conn.sendall(b"\x15\x03\x03\x00\x02\x02\x50")     # fatal, internal_error


# ---- bodies -----------------------------------------------------------------

@tls
def good(conn, request):
    conn.sendall(sized(FILE))


@tls
def no_answer(conn, request):
    time.sleep(_CAREFUL)


@tls
def early_close(conn, request):
    pass


@tls
def drip_headers(conn, request):
    drip(conn, sized(FILE))


@tls
def drip_body(conn, request):
    conn.sendall(head("200 OK", "Content-Length: 1000"))
    drip(conn, b" " * _CAREFUL)


@tls
def slow_body(conn, request):
    """Just fast enough not to count as slow (S-24)."""
    conn.sendall(head("200 OK", "Content-Length: 100000"))
    for _ in range(_CAREFUL):
        conn.sendall(b" " * 400)
        time.sleep(1)


@tls
def endless_body(conn, request):
    conn.sendall(head())
    while True:
        conn.sendall(b" " * 16384)


@tls
def large_length(conn, request):
    conn.sendall(head("200 OK", "Content-Length: 10000000"))
    while True:
        conn.sendall(b" " * 16384)


@tls
def huge_length(conn, request):
    conn.sendall(head("200 OK", "Content-Length: " + 30 * "9") + FILE)


@tls
def negative_length(conn, request):
    conn.sendall(head("200 OK", "Content-Length: -1") + FILE)


@tls
def two_lengths(conn, request):
    conn.sendall(head("200 OK", "Content-Length: 20", "Content-Length: 21")
                 + FILE + b" ")


@tls
def length_too_long(conn, request):
    conn.sendall(head("200 OK", "Content-Length: 100") + FILE)


@tls
def length_too_short(conn, request):
    conn.sendall(head("200 OK", "Content-Length: 10") + FILE)


@tls
def no_close_notify(conn, request):
    """Without a length the end of TLS is what tells the whole from a part."""
    conn.sendall(head() + FILE)
    conn.rudely = True


@tls
def rude_but_whole(conn, request):
    conn.sendall(sized(FILE))
    conn.rudely = True


@tls
def gzip_unasked(conn, request):
    conn.sendall(sized(BOMB, "Content-Encoding: gzip"))


@tls
def html(conn, request):
    page = b"<html><body>Please log in.</body></html>"
    conn.sendall(sized(page).replace(b"application/mud+json", b"text/html"))


# ---- chunks -----------------------------------------------------------------

_CHUNKED = "Transfer-Encoding: chunked"


@tls
def bad_chunks(conn, request):
    conn.sendall(head("200 OK", _CHUNKED) + b"zz\r\nwhat\r\n")


@tls
def huge_chunk(conn, request):
    conn.sendall(head("200 OK", _CHUNKED) + b"ffffffffffffffff\r\n" + FILE)


@tls
def endless_chunks(conn, request):
    conn.sendall(head("200 OK", _CHUNKED))
    while True:
        conn.sendall(b"1000\r\n" + b" " * 4096 + b"\r\n")


@tls
def endless_trailers(conn, request):
    conn.sendall(head("200 OK", _CHUNKED) + b"0\r\n")
    while True:
        conn.sendall(b"X-Fill: " + b"x" * 1000 + b"\r\n")


@tls
def gzip_chunks(conn, request):
    conn.sendall(head("200 OK", "Transfer-Encoding: gzip, chunked")
                 + b"%x\r\n%s\r\n0\r\n\r\n" % (len(ZIPPED), ZIPPED))


# ---- headers ----------------------------------------------------------------

@tls
def many_headers(conn, request):
    conn.sendall(b"HTTP/1.1 200 OK\r\n")
    for _ in range(10000):
        conn.sendall(b"X-Fill: " + b"x" * 1000 + b"\r\n")


@tls
def long_header(conn, request):
    conn.sendall(b"HTTP/1.1 200 OK\r\nX-Fill: ")
    for _ in range(1000):
        conn.sendall(b"x" * 10000)


@tls
def long_status(conn, request):
    for _ in range(1000):
        conn.sendall(b"x" * 10000)


@tls
def many_continues(conn, request):
    for _ in range(400000):
        conn.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


@tls
def slow_continues(conn, request):
    for _ in range(_CAREFUL):
        conn.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(1)


@tls
def http09(conn, request):
    conn.sendall(FILE)


@tls
def http2(conn, request):
    conn.sendall(b"HTTP/2 200\r\nContent-Length: 20\r\n\r\n" + FILE)


@tls
def http_nonsense(conn, request):
    conn.sendall(b"HTTP/1.1 OK 200\r\n\r\n" + FILE)


@tls
def nul_header(conn, request):
    conn.sendall(head("200 OK", "X\0-Y: z", "Content-Length: 20") + FILE)


# ---- statuses ---------------------------------------------------------------

def _status(code):
    def answer(conn, request):
        conn.sendall(head("%d Whatever" % code, "Content-Length: 20",
                          "Location: /elsewhere",
                          "WWW-Authenticate: Basic realm=x") + FILE)
    TLS["status-%d" % code] = answer


STATUSES = (101, 201, 204, 206, 300, 304, 305, 306, 400, 401, 403, 404, 407,
            429, 500, 503)
for _code in STATUSES:
    _status(_code)


# ---- redirects --------------------------------------------------------------

@tls
def loop(conn, request):
    conn.sendall(head("302 Found", "Content-Length: 0", "Location: /again"))


@tls
def moved(conn, request):
    """To what the path says in hex; /there is where the file is."""
    path = request.split(b" ")[1]
    if path == b"/there":
        conn.sendall(sized(FILE))
        return
    status, _, lines = bytes.fromhex(path[1:].decode()).partition(b"|")
    if lines == b"long":
        lines = b"Location: /" + 300 * b"x"
    conn.sendall(b"HTTP/1.1 " + status + b" Moved\r\nContent-Length: 0\r\n"
                 b"Set-Cookie: a=b; Secure\r\nAlt-Svc: h2=\":8443\"\r\n"
                 b"Strict-Transport-Security: max-age=9\r\n"
                 + lines + b"\r\n\r\n")


# ---- other certificates and versions: the file is good ----------------------

# name -> base name of key and certificate in the lab's folder, or None
SPECIAL = {"tls10": None, "tls11": None, "weak": "weak", "future": "future",
           "selfsigned": "selfsigned", "client": "client",
           "nobodys": "nobodys", "past": "past", "otherhost": "mud.example.com"}
VERSIONS = {"tls10": ssl.TLSVersion.TLSv1, "tls11": ssl.TLSVersion.TLSv1_1}


class Rude(ssl.SSLSocket):
    rudely = False


def _context(pki, name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sslsocket_class = Rude
    context.set_ciphers("ALL:@SECLEVEL=0")
    if name in VERSIONS:
        context.minimum_version = context.maximum_version = VERSIONS[name]
    base = "%s/%s" % (pki, SPECIAL.get(name) or "hostile")
    context.load_cert_chain(base + ".pem", base + ".key")
    return context


class Server:
    """All behaviours at once, on a host's addresses from FIRST_HOST on."""

    def __init__(self, host, pki, port=443):
        self.asked = {}         # name -> requests, as bytes
        self.names = {}         # full name -> addresses
        with host.inside():
            net.run("ip", "-batch", "-", stdin="".join(
                "addr add %s/24 dev eth0\n" % address
                for address in self.addresses()))
        for number, name in enumerate(names()):
            address = "203.0.113.%d" % (FIRST_HOST + number)
            self.names[name + DOMAIN] = [address]
            with host.inside():
                sock = socket.create_server((address, port), backlog=64)
            context = None if name in RAW else _context(pki, name)
            threading.Thread(target=self._accept, daemon=True,
                             args=(name, sock, context)).start()

    @staticmethod
    def addresses():
        return ["203.0.113.%d" % (FIRST_HOST + number)
                for number in range(len(names()))]

    def _accept(self, name, sock, context):
        while True:
            conn, _ = sock.accept()
            threading.Thread(target=self._serve, daemon=True,
                             args=(name, conn, context)).start()

    def _serve(self, name, conn, context):
        with contextlib.suppress(OSError, ValueError), conn:
            if context is None:
                RAW[name](conn)
                return
            conn.settimeout(_CAREFUL)
            with context.wrap_socket(conn, server_side=True) as inner:
                request = b""
                while b"\r\n\r\n" not in request:
                    data = inner.recv(4096)
                    if not data:
                        return
                    request += data
                self.asked.setdefault(name, []).append(request)
                TLS.get(name, good)(inner, request)
                if not inner.rudely:
                    inner.unwrap()
