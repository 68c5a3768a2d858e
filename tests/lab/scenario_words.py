"""What people read when a file is not used: ten refusals, in mudctl's words.

docs/troubleshooting.md shows these texts; what they must have is checked
here.  Each scenario leaves them in words.txt, in its folder.
"""

import json
import os

import mudfile
from net import run
from registry import scenario
from scenario_faults import SERVER
from scenario_signature import REFUSED, _changed, _late, _stranger

URL = mudfile.URL


def _text_signed(lab, name):
    """As somebody does who forgets -binary."""
    path = lab.publish(name + ".json", mudfile.north_south(name))
    base = lab.pki + "/signer"
    run("openssl", "cms", "-sign", "-in", path, "-signer", base + ".pem",
        "-inkey", base + ".key", "-md", "sha256", "-outform", "DER", "-out",
        os.path.splitext(path)[0] + ".p7s")


def _unsigned(lab, name):
    lab.publish(name + ".json", mudfile.build(name, [], [], signed=False))


def _literal(lab, name):
    entry = mudfile.ace("web", "from", "a.svc.example.com", "tcp", dport=443)
    del entry["matches"]["ipv4"]["ietf-acldns:dst-dnsname"]
    entry["matches"]["ipv4"]["destination-ipv4-network"] = "198.51.100.11/32"
    lab.publish(name + ".json", mudfile.build(name, [entry], []),
                signer="signer")


def _for_another(lab, name):
    lab.publish(name + ".json",
                mudfile.build(name, [], [], url=URL % "camera"),
                signer="signer")


def _missing(lab, name):
    pass


def _html(lab, name):
    lab.publish(name + ".json", b"<html>It works!</html>\n", signer="signer")


def _words(lab, host, url):
    """The two texts about one Thing; a row of mudctl pending."""
    rows = [row for row in lab.mudd.ask("pending")["pending"]
            if row["mud_url"] == url]
    texts = [lab.mudd.ctl("device", "show", host.mac)[1]]
    if rows and rows[0].get("digest"):
        lab.check("mudctl pending show " + rows[0]["id"] in texts[0],
                  "it says where to decide", texts[0])
    if rows:
        texts.append(lab.mudd.ctl("pending", "show", rows[0]["id"])[1])
    return texts, rows[0] if rows else {}


def _said(lab, name, texts, row, has_file):
    for text in texts:
        lab.check("next: " in text or "next:" in text,
                  "%s: it says what to do next" % name, text)
        lab.check(all(len(line) <= 80 or len(line.split()) == 1
                      for line in text.splitlines()),
                  "%s: it fits 80 columns" % name, text)
    whole = " ".join(" ".join(texts).split())
    lab.check(("mudctl approve" in whole) == has_file,
              "%s: it speaks of approval %s" % (
                  name, "with the digest" if has_file else "nowhere"), whole)
    if has_file:
        lab.check("--digest " + row["digest"][:16] in whole,
                  "%s: the digest stands where it is needed" % name, whole)


def _refusals(lab, rows):
    """rows: (name, make, site, can it be approved, words it must have)"""
    for name, make, _, _, _ in rows:
        make(lab, name)
    lab.mudd.start()
    things = list(zip(lab.things, rows))
    for host, (name, _, site, _, _) in things:
        lab.join("udhcpc", host, "https://%s/%s.json" % (site, name))
    with open(lab.out + "/words.txt", "w") as out:
        for host, (name, _, site, has_file, words) in things:
            url = "https://%s/%s.json" % (site, name)
            device = lab.mudd.wait_device(host.mac, lambda d: d.get("fault"))
            texts, row = _words(lab, host, url)
            whole = " ".join(" ".join(texts).split())
            for word in words:
                lab.check(word in whole, "%s: it says %r" % (name, word),
                          json.dumps(device) + whole)
            _said(lab, name, texts, row, has_file)
            out.write("== %s\n\n%s\n" % (name, "\n".join(texts)))


MUD = "mud.example.com"


@scenario("words-signature", 90)
def words_signature(lab):
    _refusals(lab, (
        ("unsigned", _unsigned, MUD, True, ("names no mud-signature",)),
        ("as-text", _text_signed, MUD, True, ("-binary",)),
        ("changed", _changed, MUD, True, ("changed after signing",)),
        ("stranger", _stranger, MUD, True,
         ("mudctl trust add", "CN=Another signing CA")),
        ("late", _late, MUD, False, ("expired", "sign again"))))
    lab.check(lab.mudd.device(lab.t5.mac).get("state") in REFUSED,
              "late: that one is refused for good")


@scenario("words-file", 90)
def words_file(lab):
    expired = SERVER[1]
    _refusals(lab, (
        ("expired", expired.make, expired.site, False,
         ("expired.example.com", "expired")),
        ("missing", _missing, MUD, False, ("status 404",)),
        ("literal", _literal, MUD, True, ("198.51.100.11",)),
        ("for-another", _for_another, MUD, True, ("camera.json",)),
        ("html", _html, MUD, False, ("JSON",))))
