"""Kernels that lack something: mudd says what, and enforces the rest.

lacks.c stands between mudd and the kernel, and asks it for what no kernel
has instead of what this one should not have.
"""

import json
import os
import subprocess

from registry import scenario
from scenario_main import enforced, north_south, publish

# What the kernel lacks, the conditions of `mudctl health` that name it, and the
# path of frames that stay on one bridge: of two, one is enough.
FEATURES = (("bridge", ("bridge",), "netfilter"),
            ("egress", ("egress",), "netfilter"),
            ("owner", ("owner",), "netfilter"),
            ("nflog", ("drop-log",), "netfilter"),
            ("br_netfilter", (), "stateless"),
            ("bridge,br_netfilter", ("bridge", "east-west"), "none"))


def shim(lab):
    here = os.path.dirname(os.path.abspath(__file__))
    made = lab.out + "/lacks.so"
    done = subprocess.run(
        ["gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC",
         "-o", made, here + "/lacks.c", "-ldl"],
        text=True, capture_output=True)
    if not lab.check(done.returncode == 0, "lacks.c compiles", done.stderr):
        return None
    # Who runs mudd must find it, also as another user.
    os.chmod(made, 0o755)
    return made


def _degraded(lab):
    # The first batch waits for the links, and for the drop log.
    lab.wait(lambda: lab.mudd.status().get("table") == "ok")
    code, out, err = lab.mudd.ctl("-j", "health")
    conditions = json.loads(out or "{}").get("conditions", [])
    names = [row["name"] for row in conditions if row["state"] != "ok"]
    lab.check(code == (1 if names else 0), "mudctl health: its exit status",
              "exit %d: %s%s" % (code, out, err))
    lab.check(all(row.get("detail") and row.get("remedy")
                  for row in conditions if row["state"] != "ok"),
              "what it is, and what to do", conditions)
    return names


def _without(lab, library, feature, conditions, path):
    lab.mudd.environment = dict(os.environ, LD_PRELOAD=library, LACKS=feature)
    lab.mudd.start()
    names = _degraded(lab)
    lab.check(names == list(conditions),
              "without %s: %s is degraded, and nothing else" % (
                  feature, " and ".join(conditions) or "nothing"), names)
    lab.check(all("%s is degraded" % condition in lab.mudd.log_tail(200)
                  for condition in conditions),
              "without %s: the log says so" % feature, lab.mudd.log_tail(40))
    status = lab.mudd.status()
    lab.check(status.get("bridge_path") == path and
              ("bridge_path_reason" in status) == (path != "netfilter"),
              "without %s: the path is %s" % (feature, path), status)
    if lab.t1.addr4 is None:
        enforced(lab, lab.t1)
    lab.mudd.wait_state(lab.t1.mac, "enforced")
    lab.probe(north_south(lab, lab.t1))
    counted = lab.mudd.drops(lab.t1.mac)
    lab.check(all(counted), "without %s: drops are counted" % feature,
              counted)
    lab.mudd.stop()


@scenario("lacks", 120)
def lacks(lab):
    made = shim(lab)
    if made is None:
        return
    publish(lab)
    lab.mudd.start()
    lab.check(_degraded(lab) == [], "with all of it nothing is degraded")
    lab.mudd.stop()
    for feature, conditions, path in FEATURES:
        _without(lab, made, feature, conditions, path)
    lab.mudd.environment = None
    lab.mudd.start()
    lab.check(lab.wait(lambda: lab.mudd.ctl("health")[0] == 0),
              "nor afterwards", lab.mudd.ctl("health"))
