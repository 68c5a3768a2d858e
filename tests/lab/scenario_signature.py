"""IoT-3 and IoT-4: signatures that are worth nothing, or nothing any more.

Each Thing announces a file whose signature has one thing wrong with it.  The
file's rules are nowhere, pending.json holds, and `device show` says why.
"""

import os
import time

import mudfile
import pki
from registry import scenario
from scenario_faults import Fault, confined, faults

MUD = "mud.example.com"
PENDING, REFUSED = ("pending",), ("refused",)


def _publish(lab, name, signer="signer"):
    """The file, signed; its path and its signature's."""
    path = lab.publish(name + ".json", mudfile.north_south(name),
                       signer=signer)
    return path, os.path.splitext(path)[0] + ".p7s"


def _late(lab, name):
    _publish(lab, name, "late")


def _changed(lab, name):
    path, _ = _publish(lab, name)
    with open(path, "rb") as old:
        data = bytearray(old.read())
    data[data.index(b"Lab Thing")] ^= 1
    with open(path, "wb") as new:
        new.write(data)


def _of_another(lab, name):
    _, good = _publish(lab, "another")
    _, signature = _publish(lab, name)
    os.replace(good, signature)


def _stranger(lab, name):
    _publish(lab, name, "stranger")


def _cut(lab, name):
    _, signature = _publish(lab, name)
    os.truncate(signature, os.stat(signature).st_size // 2)


def _no_cms(lab, name):
    _, signature = _publish(lab, name)
    with open(signature, "w") as new:
        new.write("this is no signature\n")


def _nothing_of_it(lab, names):
    """No rule comes from the files: their services are in no set."""
    table = lab.table()
    for key in "abc":
        lab.check(lab.service(key) not in table,
                  "no address of service %s is in the kernel" % key, table)
    for name in names:
        waiting = [entry for entry in lab.mudd.ask("pending")["pending"]
                   if entry["mud_url"].endswith("/%s.json" % name)]
        lab.check(all(entry.get("reason", {}).get("clause")
                      for entry in waiting),
                  "%s: pending says why" % name, waiting)


@scenario("iot-3", 90)
def iot_3(lab):
    """The certificate had expired when the file was signed, or has since."""
    name = pki.short_lived(lab.pki, lab.out, 9)
    ends = time.time() + 9
    path = lab.publish("since.json", mudfile.north_south("since"))
    pki.sign(lab.out, path, name)
    faults(lab, (Fault("late", MUD, _late, REFUSED, "M-SIG-9"),))
    _nothing_of_it(lab, ["late"])
    late = lab.mudd.device(lab.t1.mac)
    lab.check(not late.get("policy"), "no policy is said to be in force", late)
    time.sleep(max(0, ends + 1 - time.time()))
    lab.join("udhcpc", lab.t2, mudfile.URL % "since")
    since = lab.mudd.wait_device(lab.t2.mac,
                                 lambda d: d.get("state") in PENDING and
                                 d.get("fault"))
    fault = since.get("fault") or {}
    lab.check(fault.get("code") == "signer-expired",
              "since: held, for the certificate has expired since", since)
    lab.check("certificate expired at" in fault.get("detail", "") and
              "valid at the signingTime" in fault.get("detail", ""),
              "since: it says what is wrong and what was right", fault)
    confined(lab, lab.t2)
    _nothing_of_it(lab, ["since"])
    # A warning, and then an administrator's word: never silently.
    waits = [entry for entry in lab.mudd.ask("pending")["pending"]
             if entry["mud_url"].endswith("/since.json")]
    lab.check(len(waits) == 1 and waits[0].get("digest"),
              "since: it waits with its digest", waits)
    code, _, err = lab.mudd.ctl("approve", waits[0]["id"], "--digest",
                                waits[0]["digest"])
    lab.check(code == 0, "since: an administrator may approve it", err)
    lab.check(lab.mudd.wait_state(lab.t2.mac, "enforced"),
              "since: then it is enforced")


@scenario("iot-4", 120)
def iot_4(lab):
    rows = (
        Fault("changed", MUD, _changed, PENDING, "M-SIG-2"),
        Fault("of-another", MUD, _of_another, PENDING, "M-SIG-2"),
        Fault("stranger", MUD, _stranger, PENDING, "M-SIG-5"),
        Fault("cut", MUD, _cut, PENDING, "RFC 8520 s13.1"),
        Fault("no-cms", MUD, _no_cms, PENDING, "RFC 8520 s13.1"),
    )
    faults(lab, rows)
    _nothing_of_it(lab, [row.what for row in rows])
    log = "\n".join(lab.requests())
    for row in rows:
        lab.check("GET /%s.p7s HTTP/1.1\" 200" % row.what in log,
                  "%s: its signature was fetched and judged" % row.what, log)
