"""lldpd of a Thing: tells its MUD URL in the TLV of RFC 8520 section 11."""

import os
import signal

import net
from services import Daemon


TTL = 4     # seconds that its word counts; it speaks each second


class Announcer:
    """A running lldpd."""

    def __init__(self, host, url, folder):
        self.host = host
        self.folder = "%s/%s" % (folder, host.name)
        os.makedirs(self.folder, exist_ok=True)
        conf = self.folder + "/lldpd.conf"
        net.write(conf, "\n".join([
            "configure lldp tx-interval 1",
            "configure lldp tx-hold %d" % TTL,
            "configure lldp custom-tlv oui 00,00,5e subtype 1 oui-info "
            + ",".join("%02x" % byte for byte in url.encode())]) + "\n")
        os.makedirs("/run/lldpd", exist_ok=True)    # its chroot
        self._daemon = Daemon(
            "lldpd", ["lldpd", "-d", "-I", "eth0", "-u",
                      "/run/lab/lldpd-%s.socket" % host.name, "-O", conf],
            self.folder + "/lldpd.log", host)
        # It tells nothing before it has read all of that.
        self._daemon.wait_for(lambda: "resume operations" in open(
            self._daemon.log, errors="replace").read())

    def stop(self):
        """Says goodbye: a frame with a TTL of 0."""
        self._daemon.stop()

    def die(self):
        """Silent end: what it said last counts until its TTL has passed."""
        for pid in (*_children(self._daemon.process.pid),
                    self._daemon.process.pid):
            os.kill(pid, signal.SIGKILL)
        self._daemon.process.wait()


def _children(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid)) as listed:
        return [int(word) for word in listed.read().split()]
