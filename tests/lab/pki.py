"""Keys and certificates of the lab, made with the openssl command.

Worlds that never meet: the CA of the web server's certificates, the CA under
which MUD files are signed, and the CA of a maker's devices.  Made once and
kept for later runs.
"""

import fcntl
import hashlib
import os
import shutil
import time

from net import run, write

_MAX_AGE_SEC = 10 * 86400

_CA = ("basicConstraints=critical,CA:TRUE\n"
       "keyUsage=critical,keyCertSign,cRLSign\n"
       "subjectKeyIdentifier=hash\n")
_LEAF = ("basicConstraints=critical,CA:FALSE\nsubjectKeyIdentifier=hash\n"
         "authorityKeyIdentifier=keyid\n")
_SERVER = _LEAF + ("keyUsage=critical,digitalSignature\n"
                   "extendedKeyUsage=serverAuth\nsubjectAltName=DNS:%s\n")
_SIGNER = _LEAF + ("keyUsage=critical,digitalSignature\n"
                   "extendedKeyUsage=emailProtection\n")
# IDevIDs (IEEE 802.1AR): the MUD URL and who signs its file (RFC 8520 s11).
_IDEVID = _LEAF + "keyUsage=critical,digitalSignature\n"
_MUD_URL = "1.3.6.1.5.5.7.1.25=%s\n"
_MUD_SIGNER = "1.3.6.1.5.5.7.1.30=ASN1:SEQUENCE:%s\n"
# Names as they are in certificates of this file: O=..., CN=...
_NAME = """[%(section)s]
o=SET:%(section)s_o
cn=SET:%(section)s_cn
[%(section)s_o]
o=SEQUENCE:%(section)s_o1
[%(section)s_o1]
t=OID:organizationName
v=UTF8:%(o)s
[%(section)s_cn]
cn=SEQUENCE:%(section)s_cn1
[%(section)s_cn1]
t=OID:commonName
v=UTF8:%(cn)s
"""
NO_END = ("20240101000000Z", "99991231235959Z")
# The ca command is the one that takes dates in the past.
_CA_CONF = """[ca]
default_ca = lab
[lab]
new_certs_dir = .
database = ./index.txt
serial = ./serial
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
organizationName = optional
"""


_EC = ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")


def _request(base, subject, key=_EC):
    run("openssl", "req", "-new", "-newkey", *key, "-nodes", "-keyout",
        base + ".key", "-out", base + ".csr", "-subj", subject)


def _authority(folder, name, subject):
    base = "%s/%s" % (folder, name)
    _request(base, subject)
    write(base + ".ext", _CA)
    run("openssl", "x509", "-req", "-in", base + ".csr", "-signkey",
        base + ".key", "-days", "30", "-extfile", base + ".ext", "-out",
        base + ".pem")


def _leaf(folder, name, authority, subject, extensions, dates=None, key=_EC,
          out=None):
    base, ca = "%s/%s" % (out or folder, name), "%s/%s" % (folder, authority)
    serial = "10" + hashlib.sha256(base.encode()).hexdigest()[:14]
    _request(base, subject, key)
    write(base + ".ext", extensions)
    if dates is None:
        run("openssl", "x509", "-req", "-in", base + ".csr", "-CA",
            ca + ".pem", "-CAkey", ca + ".key", "-days", "30", "-set_serial",
            "0x" + serial,
            "-extfile", base + ".ext", "-out", base + ".pem")
        return
    work = base + ".ca"
    os.makedirs(work)
    write(work + "/index.txt", "")
    write(work + "/serial", serial + "\n")
    write(work + "/ca.conf", _CA_CONF.replace("./", work + "/")
          .replace("= .", "= " + work))
    run("openssl", "ca", "-batch", "-config", work + "/ca.conf", "-in",
        base + ".csr", "-cert", ca + ".pem", "-keyfile", ca + ".key",
        "-startdate", dates[0], "-enddate", dates[1], "-extfile",
        base + ".ext", "-notext", "-out", base + ".pem")


def _make_hostile(folder):
    """For the server of hostile.py: good for all its names, and not so."""
    names = _SERVER % "*.hostile.example.com"
    _leaf(folder, "hostile", "web-ca", "/CN=hostile", names)
    _leaf(folder, "nobodys", "rogue-ca", "/CN=nobodys", names)
    _leaf(folder, "past", "web-ca", "/CN=past", names,
          ("20240101000000Z", "20240201000000Z"))
    _leaf(folder, "future", "web-ca", "/CN=future", names,
          ("20480101000000Z", "20480201000000Z"))
    _leaf(folder, "weak", "web-ca", "/CN=weak", names, key=("rsa:1024",))
    _leaf(folder, "client", "web-ca", "/CN=client",
          names.replace("serverAuth", "clientAuth"))
    base = folder + "/selfsigned"
    run("openssl", "req", "-x509", "-newkey", *_EC, "-nodes", "-keyout",
        base + ".key", "-out", base + ".pem", "-days", "30", "-subj",
        "/CN=selfsigned", "-addext",
        "subjectAltName=DNS:*.hostile.example.com")


def _make(folder):
    _authority(folder, "web-ca", "/O=Lab/CN=Lab web CA")
    _authority(folder, "rogue-ca", "/O=Lab/CN=Nobody's web CA")
    for name in ("mud.example.com", "luminaire.example.com"):
        _leaf(folder, name, "web-ca", "/CN=" + name, _SERVER % name)
    _leaf(folder, "untrusted.example.com", "rogue-ca",
          "/CN=untrusted.example.com", _SERVER % "untrusted.example.com")
    _leaf(folder, "expired.example.com", "web-ca", "/CN=expired.example.com",
          _SERVER % "expired.example.com",
          ("20240101000000Z", "20240201000000Z"))
    _leaf(folder, "wrongname.example.com", "web-ca",
          "/CN=other.example.com", _SERVER % "other.example.com")
    _make_hostile(folder)
    _authority(folder, "device-ca", "/O=Lab/CN=Lab device CA")
    _authority(folder, "sign-ca", "/O=Lab/CN=Lab MUD signing CA")
    _authority(folder, "other-ca", "/O=Elsewhere/CN=Another signing CA")
    _leaf(folder, "signer", "sign-ca", "/O=Lab/CN=Lab MUD signer", _SIGNER)
    _leaf(folder, "stranger", "other-ca", "/O=Elsewhere/CN=Stranger", _SIGNER)
    _leaf(folder, "late", "sign-ca", "/O=Lab/CN=Late signer", _SIGNER,
          ("20240101000000Z", "20240201000000Z"))


def prepare(folder):
    """The folder filled with keys and certificates; made if it is not yet."""
    with open(__file__, "rb") as source:
        version = hashlib.sha256(source.read()).hexdigest()
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    with open(folder + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        mark = folder + "/version"
        if os.path.exists(mark):
            with open(mark) as old:
                same = old.read() == version
            if same and time.time() - os.stat(mark).st_mtime < _MAX_AGE_SEC:
                return folder
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder, mode=0o700)
        _make(folder)
        write(mark, version)
    return folder


def idevid(folder, out, name, url=None, signer=None, dates=NO_END,
           authority="device-ca", more=""):
    """A device's certificate and key in `out`; the path of the former.

    url: text, or what openssl takes for an extension's value ("ASN1:...").
    signer: (O, CN) of who signs its MUD file.  more: further extensions.
    """
    text = _IDEVID
    if url is not None:
        text += _MUD_URL % (url if url.startswith("ASN1:")
                            else "ASN1:IA5STRING:" + url)
    text += more
    if signer is not None:
        text += _MUD_SIGNER % "signer"
        text += _NAME % {"section": "signer", "o": signer[0], "cn": signer[1]}
    _leaf(folder, name, authority, "/O=Lab/CN=" + name, text, dates, out=out)
    return "%s/%s.pem" % (out, name)


def _der(tag, body):
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    size = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + body


def idevid_twice(folder, out, name, url):
    """One that has the MUD URL's extension twice, which openssl makes for
    nobody: it stands there under another number first, and is signed anew."""
    other, meant = (b"\x06\x08\x2b\x06\x01\x05\x05\x07\x01" + number
                    for number in (b"\x7d", b"\x19"))
    path = idevid(folder, out, name, url,
                  more="1.3.6.1.5.5.7.1.125=ASN1:IA5STRING:%s\n" % url)
    base = os.path.splitext(path)[0]
    run("openssl", "x509", "-in", path, "-outform", "DER", "-out",
        base + ".der")
    with open(base + ".der", "rb") as file:
        whole = file.read()
    # What is signed comes first in the outermost SEQUENCE; both are long.
    start = 2 + (whole[1] & 0x7f)
    inner = 2 + (whole[start + 1] & 0x7f)
    size = int.from_bytes(whole[start + 2:start + inner], "big")
    signed = whole[start:start + inner + size].replace(other, meant)
    with open(base + ".tbs", "wb") as file:
        file.write(signed)
    run("openssl", "dgst", "-sha256", "-sign", folder + "/device-ca.key",
        "-out", base + ".sig", base + ".tbs")
    with open(base + ".sig", "rb") as file:
        signature = file.read()
    algorithm = _der(0x30, b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02")
    with open(base + ".der", "wb") as file:
        file.write(_der(0x30, signed + algorithm +
                        _der(0x03, b"\0" + signature)))
    run("openssl", "x509", "-inform", "DER", "-in", base + ".der", "-out",
        path)
    return path


def short_lived(folder, out, seconds):
    """A signer in `out` whose certificate ends so soon; its name."""
    begin, end = (time.strftime("%Y%m%d%H%M%SZ", time.gmtime(at))
                  for at in (time.time() - 60, time.time() + seconds))
    _leaf(folder, "short-lived", "sign-ca", "/O=Lab/CN=Short-lived signer",
          _SIGNER, (begin, end), out=out)
    return "short-lived"


def sign(folder, path, signer="signer"):
    """path's detached signature: DER, over the bytes as they are."""
    out = os.path.splitext(path)[0] + ".p7s"
    base = "%s/%s" % (folder, signer)
    run("openssl", "cms", "-sign", "-binary", "-in", path, "-signer",
        base + ".pem", "-inkey", base + ".key", "-md", "sha256", "-outform",
        "DER", "-out", out)
    return out
