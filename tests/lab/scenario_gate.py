"""What an administrator decides: whom to trust, and about files that wait."""

import hashlib
import json
import subprocess

import mudfile
from net import write
from registry import scenario

URL = mudfile.URL


def _fault(device):
    return (device.get("fault") or {}).get("code")


def _fits(text):
    """80 columns, but for a word that is longer itself."""
    return all(len(line) <= 80 or len(line.split()) == 1
               for line in text.splitlines())


def _as_nobody(*args):
    """Exit status of mudctl as a user without any right."""
    return subprocess.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
         "mudctl", *args], stdin=subprocess.DEVNULL, capture_output=True,
        timeout=20).returncode


def _joins_pending(lab):
    """t1 comes with a stranger's file, which waits."""
    lab.publish("lamp.json", mudfile.north_south("lamp"), signer="stranger")
    lab.mudd.start()
    lab.join("udhcpc", lab.t1, URL % "lamp")
    device = lab.mudd.wait_device(
        lab.t1.mac, lambda found: _fault(found) == "untrusted-signer")
    lab.check(device.get("state") == "pending" and
              _fault(device) == "untrusted-signer",
              "a stranger's file is pending", device)


def _add(lab):
    ca = lab.pki + "/other-ca.pem"
    lab.check(_as_nobody("trust", "remove", "0123456789abcdef") == 4,
              "nobody may not decide whom to trust")
    code, _, err = lab.mudd.ctl("trust", "add", lab.pki + "/other-ca.key")
    lab.check(code == 1 and "no certificate" in err,
              "a key is no anchor", err)
    before = len(lab.requests())
    code, out, err = lab.mudd.ctl("trust", "add", ca)
    lab.check(code == 0 and "Another signing CA" in out,
              "mudctl trust add names what was added", out + err)
    device = lab.mudd.wait_state(lab.t1.mac, "enforced")
    lab.check(device.get("state") == "enforced",
              "the file is in force once its CA is trusted", device)
    lab.check(len(lab.requests()) == before, "and was not fetched for it",
              lab.requests())


def _listed(lab):
    anchors = lab.mudd.ask("trust")["anchors"]
    good = [anchor for anchor in anchors if not anchor.get("fault")]
    lab.check({anchor.get("file") or anchor["source"] for anchor in good} ==
              {"lab.pem", "added"}, "mudctl trust tells where each is from",
              anchors)
    broken = [anchor for anchor in anchors if anchor.get("fault")]
    lab.check([anchor["file"] for anchor in broken] == ["bad.pem"],
              "a broken file of trust.d is named", anchors)
    lab.check("bad.pem" in lab.mudd.log_tail(400), "in the log too")
    code, out, _ = lab.mudd.ctl("trust")
    lab.check(code == 0 and "lab.pem" in out and "broken" in out and
              _fits(out), "the text fits 80 columns", out)
    return {anchor["subject"]: anchor["id"] for anchor in good}


def _frozen(lab):
    code, out, err = lab.mudd.ctl("trust", "distrust",
                                  "CN=Stranger,O=Elsewhere")
    lab.check(code == 0, "a signer is distrusted by its subject", out + err)
    for when in ("at once", "after a restart"):
        device = lab.mudd.wait_device(lab.t1.mac, lambda found: (
            found.get("state") == "enforced" and
            "frozen" in found.get("flags", [])))
        lab.check(device.get("state") == "enforced" and
                  "frozen" in device.get("flags", []),
                  "%s its file is in force, and frozen" % when, device)
        if when == "at once":
            lab.mudd.stop()
            lab.mudd.start()
    signers = lab.mudd.ask("trust")["distrusted"]
    lab.check(len(signers) == 1, "it is listed", signers)
    lab.publish("cam.json", mudfile.north_south("cam"), signer="stranger")
    lab.join("udhcpc", lab.t2, URL % "cam")
    device = lab.mudd.wait_device(
        lab.t2.mac, lambda found: _fault(found) == "distrusted-signer")
    lab.check(device.get("state") == "pending" and
              _fault(device) == "distrusted-signer",
              "what it signs next waits", device)
    code, _, err = lab.mudd.ctl("trust", "restore",
                                signers[0]["spki"][:16].upper())
    lab.check(code == 0, "a signer is restored by its key", err)
    for host in (lab.t1, lab.t2):
        device = lab.mudd.wait_device(host.mac, lambda found: (
            found.get("state") == "enforced" and
            "frozen" not in found.get("flags", [])))
        lab.check(device.get("state") == "enforced" and
                  "frozen" not in device.get("flags", []),
                  "then %s's file is in force" % host.name, device)


def _remove(lab, ids):
    code, _, err = lab.mudd.ctl("trust", "remove", "0123456789abcdef")
    lab.check(code == 1 and "not found" in err, "no such anchor", err)
    code, _, err = lab.mudd.ctl(
        "trust", "remove", ids["CN=Lab MUD signing CA,O=Lab"][:16])
    lab.check(code == 1 and "/etc/mudd/trust.d/lab.pem" in err,
              "what lies in trust.d is not removed, and it says where", err)
    code, _, err = lab.mudd.ctl(
        "trust", "remove", ids["CN=Another signing CA,O=Elsewhere"][:16])
    lab.check(code == 0, "what was added is removed", err)
    device = lab.mudd.wait_state(lab.t1.mac, "pending")
    lab.check(_fault(device) == "untrusted-signer",
              "and what it vouched for waits again", device)


@scenario("trust", 90)
def trust(lab):
    """Anchors added and removed, a signer distrusted, while mudd runs."""
    write("/etc/mudd/trust.d/bad.pem",
          "-----BEGIN CERTIFICATE-----\nnonsense\n"
          "-----END CERTIFICATE-----\n")
    _joins_pending(lab)
    _add(lab)
    ids = _listed(lab)
    _frozen(lab)
    _remove(lab, ids)


# ---- pending show ----

def _web(name, url=None, signed=True, day=15, port=443):
    """A file that opens one port to service A, and one to the LAN."""
    return mudfile.build(
        name,
        [mudfile.ace("a", "from", "a.svc.example.com", "tcp", "from",
                     dport=port),
         mudfile.ace("l", "from", "local-networks", "tcp", "to", sport=80)],
        [mudfile.ace("a", "to", "a.svc.example.com", "tcp", "from",
                     sport=port),
         mudfile.ace("l", "to", "local-networks", "tcp", "to", dport=80)],
        url=url, signed=signed, info="Lamp \x1b[31m of the lab", day=day)


CONNECTS = "may connect to a.svc.example.com, TCP port 443"
CALLED = "may be connected to by the local network, TCP port 80"


def _literal(name):
    """The same, but to an address as a number."""
    mud = json.loads(_web(name))
    acl = mud["ietf-access-control-list:acls"]["acl"][0]
    acl["aces"]["ace"][0]["matches"]["ipv4"] = {
        "protocol": 6, "destination-ipv4-network": "198.51.100.11/32"}
    return json.dumps(mud).encode()


def _elsewhere(name):
    """Its signature is on another host: refused before it is read."""
    mud = json.loads(_web(name))
    mud["ietf-mud:mud"]["mud-signature"] = (
        "https://luminaire.example.com/%s.p7s" % name)
    return json.dumps(mud).encode()


def _publish_five(lab):
    """name -> (bytes, the reason for which it is held)"""
    files = {
        "stranger": (_web("stranger"), "untrusted-signer"),
        "unsigned": (_web("unsigned", signed=False), "unsigned"),
        "changed": (_web("changed"), "signature-broken"),
        "literal": (_literal("literal"), "ip-literal"),
        "other": (_web("other", url=URL % "another"), "wrong-mud-url"),
    }
    for name, (data, _) in files.items():
        signer = {"stranger": "stranger", "unsigned": None}.get(
            name, "signer")
        full = lab.publish(name + ".json", data, signer=signer)
        if name == "changed":
            with open(full, "ab") as out:
                out.write(b" ")
            files[name] = (data + b" ", files[name][1])
    return files


def _row(lab, url):
    rows = lab.mudd.ask("pending")["pending"]
    return ([row for row in rows if row["mud_url"] == url] or [{}])[0]


def _told(lab, name, data, reason, host):
    """What one held file is shown as."""
    row = lab.wait(lambda: _row(lab, URL % name), 15)
    what = "%s: " % name
    if not lab.check(row.get("reason", {}).get("code") == reason,
                     what + "it is pending, %s" % reason, row):
        return
    found = lab.mudd.ask("pending", "show", row["id"])
    lab.check(found["digest"] == hashlib.sha256(data).hexdigest() and
              found["size"] == len(data) and found["can_approve"],
              what + "digest and size are those of the bytes", found)
    thing = (found["things"] or [{}])[0]
    lab.check(thing.get("mac") == host.mac and
              host.addr4 in thing.get("addresses", []),
              what + "the device is named", found["things"])
    claims = found.get("claims") or {}
    lab.check(claims.get("mfg_name") == "Lab Works" and
              claims.get("model_name") == name,
              what + "the file's own words are told", claims)
    texts = [line["text"] for line in found.get("policy") or []]
    lab.check(CALLED in texts and (CONNECTS in texts) ==
              (name != "literal"), what + "so is what it would open", texts)
    code, out, err = lab.mudd.ctl("pending", "show", row["id"])
    lab.check(code == 0 and "\x1b" not in out and
              "[31m of the lab" in out and _fits(out),
              what + "the text is safe, and fits 80 columns", out + err)
    lab.check("--digest " + found["digest"][:16] in out and
              found["reason"]["clause"] in out,
              what + "it says why, and how to approve", out)
    return found


def _signers_told(lab, found):
    stranger = found["stranger"]["signature"]
    lab.check(stranger["subject"] == "CN=Stranger,O=Elsewhere" and
              stranger["issuer"] == "CN=Another signing CA,O=Elsewhere" and
              not stranger["is_good"] and stranger.get("expires"),
              "the stranger is named, and that it is not verified", stranger)
    lab.check(found["literal"]["signature"]["is_good"],
              "a good signature is told as one", found["literal"])
    lab.check(found["unsigned"].get("signature") is None,
              "and that there is none", found["unsigned"])
    warned = {warning["name"] for line in found["literal"]["policy"]
              for warning in line["warnings"]}
    lab.check({"address-literal", "local-networks"} <= warned,
              "what is broad is marked", found["literal"]["policy"])


def _refused_before(lab, host):
    """A file without a digest: nothing offers to approve it."""
    lab.publish("else.json", _elsewhere("else"), signer="signer")
    lab.join("udhcpc", host, URL % "else")
    device = lab.mudd.wait_state(host.mac, "refused")
    lab.check(_fault(device) == "signature-url",
              "a signature on another host: refused", device)
    lab.check("approve" not in device["fault"]["remedy"],
              "the remedy does not speak of approval", device["fault"])


def _difference(lab, host):
    """Another file for the URL in force: what would change is shown."""
    lab.publish("lamp.json", _web("lamp"), signer="signer")
    lab.join("udhcpc", host, URL % "lamp")
    lab.mudd.wait_state(host.mac, "enforced")
    lab.publish("lamp.json", mudfile.build(
        "lamp", [mudfile.ace("b", "from", "b.svc.example.com", "tcp", "from",
                             dport=443)], []), signer="stranger")
    code, out, err = lab.mudd.ctl("policy", "refresh", URL % "lamp")
    lab.check(code == 0 and "is enforced" in out and "held: " in out,
              "policy refresh fetches it, and says how it stands", out + err)
    row = _row(lab, URL % "lamp")
    found = lab.mudd.ask("pending", "show", row["id"])
    changes = {(change["change"], change["text"])
               for change in found.get("changes") or []}
    lab.check(changes == {
        ("+", "may connect to b.svc.example.com, TCP port 443"),
        ("-", CONNECTS), ("-", CALLED)}, "the difference is shown", changes)
    code, out, err = lab.mudd.ctl("pending", "show", row["id"])
    lab.check("\n+ may connect to b.svc" in out and "\n- " + CALLED in out,
              "in the text too", out + err)
    device = lab.mudd.device(host.mac)
    lab.check(device["state"] == "enforced", "and changes nothing", device)


@scenario("pending-show", 120)
def pending_show(lab):
    """What an administrator is told about five files that wait."""
    files = _publish_five(lab)
    lab.mudd.start()
    found = {}
    for (name, (data, reason)), host in zip(files.items(), lab.things):
        lab.join("udhcpc", host, URL % name)
        found[name] = _told(lab, name, data, reason, host)
    if not all(found.values()):
        return
    _signers_told(lab, found)
    lab.check(all(lab.mudd.device(host.mac)["state"] == "pending"
                  for host in lab.things), "all are pending still")
    row = _row(lab, URL % "unsigned")
    code, out, err = lab.mudd.ctl("approve", row["id"], "--digest",
                                  row["digest"][:16], "--pin-signer")
    lab.check(code == 1 and "no signer to pin" in err,
              "whom nobody signed, nobody can be pinned for", out + err)
    code, out, err = lab.mudd.ctl("approve", row["id"], "--digest",
                                  row["digest"][:16])
    device = lab.mudd.wait_state(lab.t2.mac, "enforced")
    lab.check(code == 0 and device["state"] == "enforced",
              "what was looked at can be approved", out + err)


def _refreshed(lab, host, name, **file):
    """What becomes of the Thing when its file is another one."""
    lab.publish(name + ".json", _web(name, **file), signer="stranger")
    lab.mudd.ctl("policy", "refresh", URL % name)
    return lab.mudd.device(host.mac)


@scenario("pin-signer", 90)
def pin_signer(lab):
    """A stranger's files for one URL, once an administrator trusts it."""
    lab.mudd.start()
    lab.publish("lamp.json", _web("lamp", day=10), signer="stranger")
    lab.join("udhcpc", lab.t1, URL % "lamp")
    row = lab.wait(lambda: _row(lab, URL % "lamp").get("digest") and
                   _row(lab, URL % "lamp"), 15)
    code, out, err = lab.mudd.ctl("approve", row["id"], "--digest",
                                  row["digest"][:16], "--pin-signer")
    lab.check(code == 0 and lab.mudd.wait_state(lab.t1.mac, "enforced"),
              "its file is approved, and its signer pinned", out + err)
    for when in ("at once", "after a restart"):
        before = (lab.mudd.device(lab.t1.mac).get("policy") or {}).get(
            "digest")
        device = _refreshed(lab, lab.t1, "lamp",
                            day=11 if when == "at once" else 12)
        lab.check(device.get("state") == "enforced" and
                  not device.get("fault") and
                  device["policy"]["digest"] != before,
                  "%s its next file is in force by itself" % when, device)
        if when == "at once":
            lab.mudd.stop()
            lab.mudd.start()
            lab.mudd.wait_state(lab.t1.mac, "enforced")
    device = _refreshed(lab, lab.t1, "lamp", day=9)
    lab.check(device.get("state") == "enforced" and
              _fault(device) == "rolled-back", "but not an old one", device)
    device = _refreshed(lab, lab.t1, "lamp", day=12, port=8443)
    lab.check(device.get("state") == "enforced" and
              _fault(device) == "same-date",
              "nor another of the same date", device)
    lab.publish("cam.json", _web("cam"), signer="stranger")
    lab.join("udhcpc", lab.t2, URL % "cam")
    device = lab.mudd.wait_state(lab.t2.mac, "pending")
    lab.check(_fault(device) == "untrusted-signer",
              "for another URL it is a stranger still", device)


def _assigned(lab, host):
    """A device that announces nothing is given a MUD URL."""
    lab.publish("given.json", _web("given"), signer="signer")
    lab.join("udhcpc", host, None)
    lab.wait(lambda: lab.mudd.device(host.mac), 15)
    code, _, err = lab.mudd.ctl("device", "assign", host.mac,
                                "http://mud.example.com/given.json")
    lab.check(code == 1 and "https" in err, "http is no MUD URL", err)
    code, out, err = lab.mudd.ctl("device", "assign", host.mac,
                                  URL % "given")
    device = lab.mudd.wait_state(host.mac, "enforced")
    lab.check(code == 0 and device.get("state") == "enforced" and
              device.get("url_source") == "admin",
              "what it was given is in force", out + err + str(device))


@scenario("pending-change", 90)
def pending_change(lab):
    """A file that waits beside one in force; one that nobody can approve."""
    lab.mudd.start()
    _difference(lab, lab.t1)
    _refused_before(lab, lab.t2)
    _assigned(lab, lab.t3)
