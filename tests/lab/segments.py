"""A second LAN segment: another bridge, of another subnet, of one gateway.

    t1 ─ br-lan ─ gateway ─ br-two ─ t2, t3, t4, t5

What goes from one to the other is routed; what stays on one is not.
"""

import net
import services

NAME, ADDR4, ADDR6 = "br-two", "192.168.78.1", "fd78::1"


def split(lab, hosts):
    """Moves these hosts to the second segment; DHCP is served there too."""
    net.run("ip", "-batch", "-", stdin="\n".join([
        "link add %s address 02:00:5e:00:53:fd type bridge forward_delay 0"
        " stp_state 0 mcast_snooping 0" % NAME,
        "addr add %s/24 dev %s" % (ADDR4, NAME),
        "addr add %s/64 dev %s nodad" % (ADDR6, NAME),
        "link set %s up" % NAME,
        *["link set %s master %s" % (host.port, NAME) for host in hosts]])
        + "\n")
    for host in hosts:
        with host.inside():
            net.run("ip", "addr", "flush", "dev", "eth0", "scope", "global")
            net.run("ip", "-6", "route", "del", "default")
        host.addr6 = host.addr6.replace("fd77::", "fd78::")
        net.address(host, 24, via6=ADDR6)
    lab.dnsmasq.stop()
    conf = lab.out + "/dnsmasq/dnsmasq.conf"
    with open(conf) as text:
        lines = text.read().splitlines()
    # What is said without a tag is for the first segment.
    lines = [line.replace("dhcp-option=option:", "dhcp-option=tag:!two,"
                          "option:") for line in lines]
    lines += ["interface=" + NAME,
              "dhcp-range=set:two,192.168.78.100,192.168.78.249,"
              "255.255.255.0,2m",
              "dhcp-option=tag:two,option:router," + ADDR4,
              "dhcp-option=tag:two,option:dns-server," + ADDR4]
    net.write(conf, "\n".join(lines) + "\n")
    lab.dnsmasq = services.Daemon(
        "dnsmasq", ["dnsmasq", "--keep-in-foreground", "--conf-file=" + conf],
        lab.out + "/dnsmasq.log")
