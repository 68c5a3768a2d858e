"""What the hosts of the lab offer: DNS and DHCP, HTTPS, echo, all stock."""

import os
import select
import socket
import subprocess
import threading
import time

import net


class Daemon:
    """A program in the foreground of a host, with its output in a file."""

    def __init__(self, name, argv, log, host=None, env=None):
        self.name = name
        self._log = open(log, "ab", buffering=0)
        self.log = log
        kwargs = dict(stdin=subprocess.DEVNULL, stdout=self._log,
                      stderr=self._log, env=env)
        if host is None:
            self.process = subprocess.Popen(argv, **kwargs)
        else:
            with host.inside():
                self.process = subprocess.Popen(argv, **kwargs)

    def wait_for(self, ready, seconds=10):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if ready():
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        with open(self.log, errors="replace") as log:
            tail = "".join(log.readlines()[-10:])
        raise RuntimeError("%s did not come up:\n%s" % (self.name, tail))

    def stop(self, seconds=5):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def router(out, prefix="fd77::"):
    """Router advertisements of the gateway, for SLAAC. prefix "::": of all
    addresses that br-lan has, and of those that it loses that they are over.
    """
    if prefix == "::":
        prefix = "::,constructor:br-lan"
    conf = out + "/dnsmasq-ra.conf"
    net.write(conf, "\n".join([
        "port=0", "user=root", "interface=br-lan", "bind-interfaces",
        "enable-ra", "dhcp-range=%s,ra-only,64,3600" % prefix, "log-dhcp",
        "log-facility=-", "dhcp-leasefile=" + out + "/dnsmasq-ra.leases"])
        + "\n")
    daemon = Daemon("dnsmasq-ra", ["dnsmasq", "--keep-in-foreground",
                                   "--conf-file=" + conf, "--pid-file="],
                    out + "/dnsmasq-ra.log")
    daemon.wait_for(lambda: "router advertisement" in open(daemon.log).read())
    return daemon


def dnsmasq(out, names, lease="2m", dhcp="4"):
    """DHCP and DNS of the gateway. names: name -> list of addresses.

    dhcp: the families that it gives leases in: "", "4" or "46".  Its shortest
    lease is of two minutes.
    """
    folder = out + "/dnsmasq"
    os.makedirs(folder, exist_ok=True)
    lines = ["port=53", "user=root", "no-resolv", "no-hosts", "no-ping",
             "interface=br-lan", "interface=lo", "bind-interfaces",
             "log-queries", "log-facility=-", "local-ttl=60", "local=/#/"]
    if "4" in dhcp:
        lines += ["log-dhcp", "dhcp-authoritative",
                  "dhcp-leasefile=%s/leases" % folder,
                  "dhcp-range=192.168.77.100,192.168.77.249,255.255.255.0,"
                  + lease,
                  "dhcp-option=option:router,192.168.77.1",
                  "dhcp-option=option:dns-server,192.168.77.1"]
    if "6" in dhcp:
        lines += ["dhcp-rapid-commit",
                  "dhcp-range=fd77::1000,fd77::1fff,64," + lease]
    for name, addresses in names.items():
        for address in addresses:
            lines.append("host-record=%s,%s" % (name, address))
    net.write(folder + "/dnsmasq.conf", "\n".join(lines) + "\n")
    daemon = Daemon("dnsmasq", ["dnsmasq", "--keep-in-foreground",
                                "--conf-file=%s/dnsmasq.conf" % folder],
                    out + "/dnsmasq.log")
    daemon.wait_for(lambda: _listens(53))
    return daemon


def _listens(port):
    want = ":%04X" % port
    with open("/proc/thread-self/net/udp") as rows:
        return any(row.split()[1].endswith(want) for row in rows
                   if ":" in row.split()[1])


class Tarpit:
    """Takes connections on an address and never says a word."""

    def __init__(self, host, address, port=443):
        with host.inside():
            self._sock = socket.create_server((address, port), backlog=64)
        self._held = []
        threading.Thread(target=self._loop, daemon=True).start()

    def _loop(self):
        while True:
            self._held.append(self._sock.accept())


def nginx(host, out, sites):
    """HTTPS server. sites: (name, address, certificate's base path)."""
    folder = out + "/nginx"
    for sub in ("tmp", "www"):
        os.makedirs("%s/%s" % (folder, sub), exist_ok=True)
    temp = "".join("%s_temp_path %s/tmp/%s;\n" % (kind, folder, kind)
                   for kind in ("client_body", "proxy", "fastcgi", "uwsgi",
                                "scgi"))
    servers = ""
    for name, address, cert in sites:
        os.makedirs("%s/www/%s" % (folder, name), exist_ok=True)
        servers += ("server {\nlisten %s:443 ssl;\nserver_name %s;\n"
                    "root %s/www/%s;\nssl_certificate %s.pem;\n"
                    "ssl_certificate_key %s.key;\n}\n" % (
                        address, name, folder, name, cert, cert))
    net.write(folder + "/nginx.conf",
              "daemon off;\nmaster_process off;\npid %s/pid;\n"
              "error_log %s/error.log info;\n"
              "events { worker_connections 256; }\n"
              "http {\nlog_format lab '$host \"$request\" $status "
              "\"$http_accept\" \"$http_user_agent\"';\n"
              "access_log %s/access.log lab;\n%s"
              "default_type application/mud+json;\n"
              "types { application/mud+json json;\n"
              "application/pkcs7-signature p7s; }\n%s}\n" % (
                  folder, folder, folder, temp, servers))
    daemon = Daemon("nginx", ["nginx", "-p", folder, "-e",
                              folder + "/error.log", "-c",
                              folder + "/nginx.conf"],
                    out + "/nginx.log", host)

    def up():
        with host.inside(), socket.socket() as sock:
            return sock.connect_ex((sites[0][1], 443)) == 0
    daemon.wait_for(up)
    daemon.www = folder + "/www"
    daemon.access = folder + "/access.log"
    return daemon


class Echo:
    """Answers what it is sent, on TCP and UDP ports of any host.

    One thread serves all; the sockets belong to the hosts they were made in.
    """

    def __init__(self):
        self._poll = select.epoll()
        self._listeners = {}
        self._clients = {}
        self._lock = threading.Lock()
        threading.Thread(target=self._loop, daemon=True).start()

    def add(self, host, ports, address="0.0.0.0",
            kinds=(socket.SOCK_STREAM, socket.SOCK_DGRAM)):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        for port in ports:
            for kind in kinds:
                with host.inside():
                    sock = socket.socket(family, kind)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    sock.setsockopt(socket.IPPROTO_IPV6,
                                    socket.IPV6_V6ONLY, 1)
                sock.bind((address, port))
                sock.setblocking(False)
                if kind == socket.SOCK_STREAM:
                    sock.listen(64)
                with self._lock:
                    self._listeners[sock.fileno()] = (sock, kind)
                self._poll.register(sock.fileno(), select.EPOLLIN)

    def add_each(self, host, ports):
        """On each address of its own, so that answers come from there."""
        for address in host.addresses():
            if ":" not in address:
                self.add(host, ports, address)

    def _loop(self):
        while True:
            for fd, _ in self._poll.poll(1.0):
                try:
                    self._serve(fd)
                except OSError:
                    self._drop(fd)

    def _serve(self, fd):
        with self._lock:
            sock, kind = self._listeners.get(fd, (None, None))
        if sock is None:
            client = self._clients[fd]
            data = client.recv(65536)
            if not data:
                self._drop(fd)
                return
            client.send(data)
        elif kind == socket.SOCK_STREAM:
            client, _ = sock.accept()
            client.setblocking(False)
            self._clients[client.fileno()] = client
            self._poll.register(client.fileno(), select.EPOLLIN)
        else:
            data, peer = sock.recvfrom(65536)
            sock.sendto(data, peer)

    def _drop(self, fd):
        client = self._clients.pop(fd, None)
        if client is not None:
            self._poll.unregister(fd)
            client.close()
