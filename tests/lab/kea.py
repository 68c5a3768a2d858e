"""Kea, the other DHCP server of the lab: both families, leases of seconds."""

import json
import os

import net
from services import Daemon


def _common(family, lease):
    return {
        "interfaces-config": {"interfaces": ["br-lan"]},
        "lease-database": {"type": "memfile", "persist": False},
        "valid-lifetime": lease,
        "renew-timer": lease // 3,
        "rebind-timer": lease * 2 // 3,
        "loggers": [{"name": "kea-dhcp" + family, "severity": "INFO",
                     "output_options": [{"output": "stdout"}]}],
    }


def _four(lease):
    return {"Dhcp4": {
        **_common("4", lease),
        "authoritative": True,
        "subnet4": [{
            "id": 1, "subnet": "192.168.77.0/24",
            "pools": [{"pool": "192.168.77.100 - 192.168.77.249"}],
            "option-data": [
                {"name": "routers", "data": "192.168.77.1"},
                {"name": "domain-name-servers", "data": "192.168.77.1"}]}]}}


def _six(lease):
    return {"Dhcp6": {
        **_common("6", lease),
        "preferred-lifetime": lease,
        "subnet6": [{
            "id": 1, "subnet": "fd77::/64", "interface": "br-lan",
            "rapid-commit": True,
            "pools": [{"pool": "fd77::1000 - fd77::1fff"}]}]}}


def serve(out, lease):
    """Starts a server a family. lease: seconds."""
    # Where its AppArmor profile lets it read and write.
    for folder in ("/etc/kea", "/run/kea", "/var/lib/kea", "/run/lock/kea"):
        os.makedirs(folder, exist_ok=True)
    daemons = []
    for family, document in (("4", _four(lease)), ("6", _six(lease))):
        name = "kea-dhcp" + family
        conf = "/etc/kea/%s.conf" % name
        net.write(conf, json.dumps(document, indent=1))
        daemon = Daemon(name, [name, "-c", conf], "%s/%s.log" % (out, name))
        daemons.append(daemon)
    for daemon in daemons:
        daemon.wait_for(lambda: "_STARTED" in open(daemon.log).read())
    return daemons
