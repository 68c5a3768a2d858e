"""A maker's file as it was found in public: held, approved, enforced.

The file lies in the folder `shared` beside the checkout; it carries no
mud-signature, so an administrator has to approve it (RFC 8520 s13.2).
"""

import hashlib
import os

from lab import CONTROLLER, SHARED
from registry import scenario
from scenario_faults import confined

FILE = SHARED + "/corpus/luminaire-150.json"
URL = "https://luminaire.example.com/Luminaire_150"


def needs():
    """What is missing to run this, or None."""
    return None if os.path.exists(FILE) else "../shared is absent"


def _approve(lab, digest):
    pending = lab.mudd.ask("pending").get("pending", [])
    mine = [row for row in pending if row.get("mud_url") == URL]
    if not lab.check(mine, "mudctl pending lists it", pending):
        return
    row = mine[0]
    lab.check(row.get("digest") == digest, "with the digest of its bytes", row)
    code, out, err = lab.mudd.ctl("approve", row["id"], "--digest",
                                  "0" * 64)
    lab.check(code == 1, "a wrong digest is refused with exit 1",
              "exit %d: %s%s" % (code, out, err))
    code, out, err = lab.mudd.ctl("approve", row["id"], "--digest",
                                  digest[:16])
    lab.check(code == 0, "mudctl approve ID --digest HEX exits 0",
              "exit %d: %s%s" % (code, out, err))


@scenario("corpus", 90)
def corpus(lab):
    with open(FILE, "rb") as found:
        data = found.read()
    lab.publish("Luminaire_150", data, "luminaire.example.com")
    lab.mudd.configure(
        'my-controller "%s" { hosts = {"%s"} }\n' % (URL, CONTROLLER))
    lab.mudd.start()
    thing = lab.t1
    lab.join("dhcpcd", thing, URL)
    lab.join("udhcpc", lab.t5, None)
    device = lab.mudd.wait_state(thing.mac, "pending")
    lab.check(device.get("state") == "pending", "the Thing is pending",
              device)
    lab.check("M-SIG-12" in (device.get("fault") or {}).get("clause", ""),
              "for RFC 8520 s13.2 (M-SIG-12)", device)
    lab.check(not any(".p7s" in line for line in lab.requests()),
              "no signature was guessed at", lab.requests())
    confined(lab, thing)
    _approve(lab, hashlib.sha256(data).hexdigest())
    device = lab.mudd.wait_state(thing.mac, "enforced")
    if not lab.check(device.get("state") == "enforced",
                     "once approved it is enforced", device):
        return
    lab.probe([
        lab.flow(thing, lab.svc, "tcp", 443, True, address="198.51.100.21",
                 name="fw-update"),
        lab.flow(thing, lab.svc, "udp", 5684, True, address=CONTROLLER,
                 name="my-controller"),
        lab.flow(thing, lab.t5, "udp", 5683, True, name="local"),
        lab.flow(thing, lab.svc, "tcp", 4433, False, address="198.51.100.21",
                 name="fw-update, other port"),
        lab.flow(thing, lab.svc, "tcp", 443, False,
                 address=lab.service("d"), name="elsewhere"),
        lab.flow(thing, lab.svc, "udp", 5684, False,
                 address=lab.service("d"), name="not its controller"),
        lab.flow(lab.svc, thing, "udp", 5683, False, source=CONTROLLER,
                 name="controller, other port")])
