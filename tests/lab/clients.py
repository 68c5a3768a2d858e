"""Stock DHCP clients, each in its Thing, each saying its MUD URL its own way.

    dhcpcd    mudurl in its configuration (option 161 is known to it)
    udhcpc    -x with the option's number and bytes in hex
    dhclient  an option declared as text, code 161, and sent
"""

import os
import signal
import time

from net import write
from services import Daemon

NAMES = ("dhcpcd", "udhcpc", "dhclient")


class Client:
    """A running client. url None: a Thing that announces nothing."""

    def __init__(self, kind, host, url, folder):
        self.kind, self.host, self.url = kind, host, url
        self.folder = "%s/%s" % (folder, host.name)
        os.makedirs(self.folder, exist_ok=True)
        self._daemon = None

    def start(self, wait=True, seconds=20):
        argv = getattr(self, "_argv_" + self.kind)()
        self._daemon = Daemon(self.kind, argv, self.folder + "/client.log",
                              self.host)
        if wait:
            self._daemon.wait_for(self._has_address, seconds)
            self.host.addr4 = self.host.read_addr4()
        return self

    def _has_address(self):
        addr = self.host.read_addr4()
        return (addr is not None and not addr.startswith("169.254.")
                and self.host.has_route4())

    def process(self):
        return self._daemon.process

    def stop(self):
        """Silent end: the lease stays, as when a Thing is unplugged."""
        if self._daemon is not None:
            self._daemon.process.kill()
            self._daemon.process.wait()
            self._daemon = None

    def release(self):
        """Gives the lease back, with the client's own means."""
        process = self._daemon.process
        if self.kind == "dhclient":
            argv = ["dhclient", "-r"] + self._argv_dhclient()[2:]
            Daemon("dhclient -r", argv, self.folder + "/release.log",
                   self.host).process.wait(10)
        elif self.kind == "dhcpcd":
            process.send_signal(signal.SIGALRM)
        else:
            process.send_signal(signal.SIGUSR2)
        end = time.monotonic() + 5
        while self._has_address() and time.monotonic() < end:
            time.sleep(0.05)

    def _argv_dhcpcd(self):
        conf = self.folder + "/dhcpcd.conf"
        lines = ["duid ll", "ipv4only", "noarp", "noipv4ll",
                 "option domain_name_servers, routers, subnet_mask",
                 "timeout 15"]
        if self.url is not None:
            lines.append("mudurl " + self.url)
        write(conf, "\n".join(lines) + "\n")
        # Its pid, socket and lease paths are fixed: a /run of its own.
        script = ("mount -t tmpfs tmpfs /run && mkdir -p /run/dhcpcd &&"
                  " mount -t tmpfs tmpfs /var/lib/dhcpcd &&"
                  " exec dhcpcd --nobackground --config \"$1\" eth0")
        return ["unshare", "--mount", "sh", "-c", script, "sh", conf]

    def _argv_udhcpc(self):
        script = self.folder + "/udhcpc.sh"
        write(script, """#!/bin/sh
case $1 in
deconfig) ip -4 addr flush dev $interface ;;
bound|renew)
	ip -4 addr replace $ip/$mask dev $interface
	ip route replace default via $router ;;
esac
""")
        os.chmod(script, 0o755)
        argv = ["udhcpc", "-f", "-i", "eth0", "-s", script, "-t", "8", "-T",
                "1", "-A", "1"]
        if self.url is not None:
            argv += ["-x", "0xa1:" + self.url.encode().hex()]
        return argv

    def _argv_dhclient(self):
        conf = self.folder + "/dhclient.conf"
        script = self.folder + "/dhclient.sh"
        lines = ["option mud-url code 161 = text;", "timeout 15;",
                 "initial-interval 1;",
                 "request subnet-mask, routers, domain-name-servers;"]
        if self.url is not None:
            lines.append("send mud-url \"%s\";" % self.url)
        write(conf, "\n".join(lines) + "\n")
        write(script, """#!/bin/sh
case $reason in
PREINIT) ip link set dev $interface up ;;
BOUND|RENEW|REBIND|REBOOT)
	ip -4 addr replace $new_ip_address/24 dev $interface
	ip route replace default via $new_routers ;;
EXPIRE|FAIL|RELEASE|STOP) ip -4 addr flush dev $interface ;;
esac
""")
        os.chmod(script, 0o755)
        return ["dhclient", "-d", "-4", "-cf", conf, "-sf", script, "-pf",
                self.folder + "/dhclient.pid", "-lf",
                self.folder + "/dhclient.leases", "eth0"]
