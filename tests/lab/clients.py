"""Stock DHCP clients, each in its Thing, each saying its MUD URL its own way.

    dhcpcd    mudurl in its configuration (options 161 and 112 are known to it)
    udhcpc    -x with the option's number and bytes in hex; IPv4 only
    dhclient  an option declared as text, code 161 or 112, and sent

A client asks for addresses of one family, "4" or "6"; dhcpcd also of both at
once, "46", as other Things do by two clients.
"""

import os
import signal
import time

import net
from net import write
from services import Daemon

NAMES = ("dhcpcd", "udhcpc", "dhclient")


class Client:
    """A running client. url None: a Thing that announces nothing."""

    def __init__(self, kind, host, url, folder, family="4"):
        self.kind, self.host, self.url = kind, host, url
        self.family = family
        self.folder = "%s/%s" % (folder, host.name)
        os.makedirs(self.folder, exist_ok=True)
        self._daemon = None
        self._base = "%s/%s-%s" % (self.folder, kind, family)

    def start(self, wait=True, seconds=20):
        argv = getattr(self, "_argv_" + self.kind)()
        # As their own scripts do before they speak IPv6.
        end = time.monotonic() + 5
        while ("6" in self.family and time.monotonic() < end and
               not self.host.addresses6("scope", "link")):
            time.sleep(0.05)
        self._daemon = Daemon(self.kind, argv, self.folder + "/client.log",
                              self.host)
        if wait:
            self._daemon.wait_for(self._has_address, seconds)
            if "4" in self.family:
                self.host.addr4 = self.host.read_addr4()
            if "6" in self.family:
                self.host.addr6 = self.host.read_lease6()
        return self

    def _has4(self):
        addr = self.host.read_addr4()
        return (addr is not None and not addr.startswith("169.254.")
                and self.host.has_route4())

    def _has_address(self):
        return (("4" not in self.family or self._has4()) and
                ("6" not in self.family or
                 self.host.read_lease6() is not None))

    def process(self):
        return self._daemon.process

    def stop(self):
        """Silent end: the lease stays, as when a Thing is unplugged."""
        if self._daemon is not None:
            self._daemon.process.kill()
            self._daemon.process.wait()
            self._daemon = None

    def release(self):
        """Gives the leases back, with the client's own means."""
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
        while ((("4" in self.family and self._has4()) or
                ("6" in self.family and self.host.read_lease6())) and
               time.monotonic() < end):
            time.sleep(0.05)

    def renew(self):
        """Renews its leases now. False: it does so when it is time only."""
        pid = str(self._daemon.process.pid)
        if self.kind == "dhcpcd":
            with self.host.inside():
                net.run("nsenter", "-t", pid, "-m", "dhcpcd", "--config",
                        self._base + ".conf", "--renew", "eth0")
        elif self.kind == "udhcpc":
            self._daemon.process.send_signal(signal.SIGUSR1)
        return self.kind != "dhclient"

    def _argv_dhcpcd(self):
        conf = self._base + ".conf"
        lines = ["duid ll", "noarp", "noipv4ll", "noipv6rs", "slaac hwaddr",
                 "option domain_name_servers, routers, subnet_mask",
                 "option rapid_commit", "timeout 15"]
        if self.family != "46":
            lines.append("ipv%sonly" % self.family)
        if self.url is not None:
            lines.append("mudurl " + self.url)
        lines.append("interface eth0")
        if "6" in self.family:
            lines.append("ia_na 1")
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
        script = self.folder + "/dhclient.sh"
        lines = ["option mud-url code 161 = text;",
                 "option dhcp6.mud-url code 112 = text;", "timeout 15;",
                 "initial-interval 1;",
                 "request subnet-mask, routers, domain-name-servers;"]
        if self.url is not None:
            lines.append("send %smud-url \"%s\";" % (
                "dhcp6." if self.family == "6" else "", self.url))
        write(self._base + ".conf", "\n".join(lines) + "\n")
        write(script, """#!/bin/sh
case $reason in
PREINIT|PREINIT6) ip link set dev $interface up ;;
BOUND|RENEW|REBIND|REBOOT)
	ip -4 addr replace $new_ip_address/24 dev $interface
	ip route replace default via $new_routers ;;
EXPIRE|FAIL|RELEASE|STOP) ip -4 addr flush dev $interface ;;
BOUND6|RENEW6|REBIND6)
	ip -6 addr replace $new_ip6_address/128 dev $interface \\
		valid_lft $new_max_life preferred_lft $new_preferred_life ;;
EXPIRE6|RELEASE6|STOP6)
	ip -6 addr del $old_ip6_address/128 dev $interface ;;
esac
""")
        os.chmod(script, 0o755)
        return ["dhclient", "-d", "-" + self.family, "-cf",
                self._base + ".conf", "-sf", script, "-pf",
                self._base + ".pid", "-lf", self._base + ".leases",
                *(["-D", "LL"] if self.family == "6" else []), "eth0"]
