"""What an administrator decides: whom to trust, and about files that wait."""

import subprocess

import mudfile
from net import write
from registry import scenario

URL = mudfile.URL


def _fault(device):
    return (device.get("fault") or {}).get("code")


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
              all(len(line) <= 80 for line in out.splitlines()),
              "the text fits 80 columns", out)
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
            found.get("state") == "enforced" and not found.get("flags")))
        lab.check(device.get("state") == "enforced" and
                  not device.get("flags"),
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
