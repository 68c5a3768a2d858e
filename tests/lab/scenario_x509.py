"""A device's own certificate says its MUD URL (RFC 8520 s11).

x509     handed over by mudctl: what counts, what is refused, what is held
eap-tls  by FreeRADIUS, with the files of docs/8021x as they are shipped, after
         a real EAP-TLS with eapol_test
"""

import os
import pwd
import grp
import shutil
import subprocess

import mudfile
import pki
from net import run, write
from registry import scenario
from scenario_faults import confined
from scenario_main import north_south, publish
from services import Daemon

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
MAKER = ("Lab", "Lab MUD signer")       # who signs what publish() makes
URL = mudfile.URL
PAST = ("20240101000000Z", "20240201000000Z")


def _trust_devices(lab):
    os.makedirs("/etc/mudd/device-anchors.d", exist_ok=True)
    shutil.copy(lab.pki + "/device-ca.pem",
                "/etc/mudd/device-anchors.d/lab.pem")


def _events(lab, name):
    with open(lab.out + "/mudd.log", errors="replace") as log:
        return [line for line in log if "event=%s " % name in line]


def _hand_over(lab, host, path):
    return lab.mudd.ctl("device", "certificate", host.mac, path)


def _is_by_certificate(lab, host, name):
    device = lab.mudd.wait_state(host.mac, "enforced")
    lab.check(device.get("state") == "enforced" and
              device.get("mud_url") == URL % name and
              device.get("url_source") == "x509",
              "%s is enforced by what its certificate says" % host.name,
              device)
    lab.wait(lambda: lab.service("a") in lab.table(), 5)
    return device


def _refused(lab, host):
    """What counts for nothing, and says why; nothing comes of it."""
    make = pki.idevid
    rows = (
        ("another maker's CA", "device-anchors",
         make(lab.pki, lab.out, "strange", URL % "lamp",
              authority="other-ca")),
        ("expired", "expired at",
         make(lab.pki, lab.out, "late", URL % "lamp", dates=PAST)),
        ("a server's", "clientAuth",
         make(lab.pki, lab.out, "server", URL % "lamp",
              more="extendedKeyUsage=serverAuth\n")),
        ("without a MUD URL", "names no MUD URL",
         make(lab.pki, lab.out, "silent")),
        ("a URL that is no IA5String", "no IA5String",
         make(lab.pki, lab.out, "utf8",
              "ASN1:UTF8:" + URL % "lamp")),
        ("http", "MUD URL extension",
         make(lab.pki, lab.out, "plain", "http://mud.example.com/l")),
        ("the URL twice", "twice",
         pki.idevid_twice(lab.pki, lab.out, "twice", URL % "lamp")),
    )
    for what, word, path in rows:
        code, out, err = _hand_over(lab, host, path)
        lab.check(code == 1 and word in err, "refused: " + what,
                  (code, out, err))
    lab.check(lab.mudd.device(host.mac).get("mud_url") is None,
              "nothing came of it", lab.mudd.device(host.mac))
    lab.check(len(_events(lab, "certificate-refused")) == len(rows),
              "each is in the log", _events(lab, "certificate-refused"))
    lab.check(len(_events(lab, "certificate-ignored")) == 3,
              "and of the malformed ones, that they are",
              _events(lab, "certificate-ignored"))


@scenario("x509", 120)
def x509(lab):
    publish(lab)
    publish(lab, "cam")
    _trust_devices(lab)
    lab.mudd.start()
    path = pki.idevid(lab.pki, lab.out, "lamp-7", URL % "lamp", MAKER)
    code, out, err = _hand_over(lab, lab.t1, path)
    lab.check(code == 0 and URL % "lamp" in out and "CN=lamp-7" in out and
              "CN=Lab MUD signer" in out,
              "mudctl says the URL, the device and the signer",
              (code, out, err))
    # Its DHCP says nothing of a MUD URL.
    lab.join("udhcpc", lab.t1, None)
    device = _is_by_certificate(lab, lab.t1, "lamp")
    said = device.get("certificate") or {}
    lab.check("CN=lamp-7" in said.get("subject", "") and
              "CN=Lab MUD signer" in said.get("mudsigner", ""),
              "device show has the certificate", device)
    lab.probe(north_south(lab, lab.t1))

    _refused(lab, lab.t2)

    # A malformed signer is as none (M-X5-5).
    path = pki.idevid(lab.pki, lab.out, "lamp-8", URL % "lamp",
                      more="1.3.6.1.5.5.7.1.30=ASN1:UTF8:nobody\n")
    code, out, err = _hand_over(lab, lab.t3, path)
    lab.check(code == 0, "a malformed mudsigner is ignored", err)
    lab.check(len(_events(lab, "certificate-ignored")) == 4,
              "and told", _events(lab, "certificate-ignored"))
    lab.join("udhcpc", lab.t3, None)
    _is_by_certificate(lab, lab.t3, "lamp")

    # M-SIG-4: the file is well signed, but by somebody else.
    path = pki.idevid(lab.pki, lab.out, "cam-1", URL % "cam",
                      ("Lab", "Somebody else"))
    code, out, err = _hand_over(lab, lab.t4, path)
    lab.check(code == 0, "the certificate is taken", err)
    lab.join("udhcpc", lab.t4, None)
    device = lab.mudd.wait_state(lab.t4.mac, "pending")
    fault = device.get("fault") or {}
    lab.check(fault.get("code") == "mudsigner" and
              "M-SIG-4" in fault.get("clause", ""),
              "a file that another has signed waits", device)
    confined(lab, lab.t4)
    waits = [entry for entry in lab.mudd.ask("pending")["pending"]
             if entry["mud_url"] == URL % "cam"]
    lab.check(len(waits) == 1 and waits[0].get("digest"),
              "it waits for an administrator", waits)
    code, _, err = lab.mudd.ctl("approve", waits[0]["id"], "--digest",
                                waits[0]["digest"])
    lab.check(code == 0 and
              lab.mudd.wait_state(lab.t4.mac,
                                  "enforced").get("state") == "enforced",
              "who may approve it (M-SIG-6)", err)

    # A restart knows what the certificates said.
    lab.mudd.stop()
    lab.mudd.start()
    _is_by_certificate(lab, lab.t1, "lamp")
    # An administrator knows better.
    code, _, err = lab.mudd.ctl("device", "assign", lab.t1.mac, URL % "cam")
    lab.check(code == 0 and lab.mudd.wait_device(
        lab.t1.mac, lambda d: d.get("url_source") == "admin"
        ).get("mud_url") == URL % "cam", "device assign beats it", err)


# ---- EAP-TLS ---------------------------------------------------------------

RADDB = "/etc/freeradius/3.0"
SECRET = "testing123"
_RADIUSD = """
prefix = /usr
name = freeradius
raddbdir = %(raddb)s
run_dir = /run/freeradius
logdir = /run/freeradius
db_dir = /run/freeradius
libdir = /usr/lib/freeradius
pidfile = /run/freeradius/pid
log {
	destination = stderr
}
security {
	allow_vulnerable_openssl = yes
}
client lab {
	ipaddr = 127.0.0.1
	secret = %(secret)s
	require_message_authenticator = yes
}
modules {
	always reject {
		rcode = reject
	}
	eap {
		default_eap_type = tls
		tls-config tls-common {
			private_key_file = %(raddb)s/lab.key
			certificate_file = %(raddb)s/lab.pem
			ca_file = %(raddb)s/device-ca.pem
			ecdh_curve = ""
			tls_min_version = "1.2"
			tls_max_version = "%(tls)s"
$INCLUDE %(raddb)s/eap-verify
		}
		tls {
			tls = tls-common
		}
	}
$INCLUDE %(raddb)s/mods-enabled/mudd
}
server default {
	listen {
		type = auth
		ipaddr = 127.0.0.1
		port = 1812
	}
	authorize {
		eap {
			ok = return
		}
	}
	authenticate {
		eap
	}
	post-auth {
		if (&User-Name == "thief") {
			reject
		}
		mudd
	}
}
"""
_HOSTAPD = """interface=%s
driver=wired
ieee8021x=1
own_ip_addr=127.0.0.1
auth_server_addr=127.0.0.1
auth_server_port=1812
auth_server_shared_secret=%s
"""
_WIRED = """ap_scan=0
network={
	key_mgmt=IEEE8021X
	eapol_flags=0
	eap=TLS
	identity="device"
	ca_cert="%s/web-ca.pem"
	client_cert="%s.pem"
	private_key="%s.key"
}
"""
_PEER = """network={
	key_mgmt=WPA-EAP
	eap=TLS
	identity="%s"
	ca_cert="%s/web-ca.pem"
	client_cert="%s.pem"
	private_key="%s.key"
}
"""


class Radius:
    """FreeRADIUS with the files of docs/8021x, as its own user."""

    def __init__(self, lab, tls):
        self._lab = lab
        user = pwd.getpwnam("freerad")
        shutil.rmtree(RADDB, ignore_errors=True)
        os.makedirs(RADDB + "/mods-enabled")
        shipped = TOP + "/docs/8021x/"
        shutil.copy(shipped + "mudd-eap-hook", RADDB)
        os.chmod(RADDB + "/mudd-eap-hook", 0o755)
        shutil.copy(shipped + "eap-verify", RADDB)
        shutil.copy(shipped + "mods-mudd", RADDB + "/mods-enabled/mudd")
        for base in ("mud.example.com.key", "mud.example.com.pem"):
            shutil.copy("%s/%s" % (lab.pki, base),
                        "%s/lab.%s" % (RADDB, base[-3:]))
        shutil.copy(lab.pki + "/device-ca.pem", RADDB)
        write(RADDB + "/radiusd.conf", _RADIUSD % {
            "raddb": RADDB, "secret": SECRET, "tls": tls})
        run("chown", "-R", "freerad:freerad", "/etc/freeradius")
        os.makedirs("/run/freeradius", exist_ok=True)
        shutil.chown("/run/freeradius", "freerad", "freerad")
        # What systemd-tmpfiles does with the file beside them.
        with open(shipped + "mudd-eap.tmpfiles") as rules:
            for line in rules:
                if line.startswith("d "):
                    _, path, mode, owner, group, _ = line.split()
                    os.makedirs(path, exist_ok=True)
                    os.chmod(path, int(mode, 8))
                    shutil.chown(path, owner, group)
        admins = grp.getgrnam("mudd-admin").gr_gid
        self._daemon = Daemon("freeradius", [
            "setpriv", "--reuid=%d" % user.pw_uid, "--regid=%d" % user.pw_gid,
            "--groups=%d,%d" % (user.pw_gid, admins), "freeradius", "-f",
            "-X", "-d", RADDB], lab.out + "/radius-%s.log" % tls)
        self._daemon.wait_for(self._is_ready, 15)

    def _is_ready(self):
        with open(self._daemon.log, errors="replace") as log:
            return "Ready to process requests" in log.read()

    def authenticate(self, host, certificate, identity="device"):
        """Does this host get in? certificate: a path without its end."""
        base = os.path.splitext(certificate)[0]
        conf = "%s/%s-peer.conf" % (self._lab.out, host.name)
        write(conf, _PEER % (identity, self._lab.pki, base, base))
        done = subprocess.run(
            ["eapol_test", "-c", conf, "-a", "127.0.0.1", "-p", "1812", "-s",
             SECRET, "-M", host.mac, "-t", "15"], text=True, timeout=40,
            stdin=subprocess.DEVNULL, capture_output=True)
        write("%s/%s-peer.log" % (self._lab.out, host.name), done.stdout)
        return done.returncode == 0 and "SUCCESS" in done.stdout

    def keep(self, host, certificate):
        """As FreeRADIUS does before the device has shown its key."""
        run("setpriv", "--reuid=freerad", "--regid=freerad", "--clear-groups",
            RADDB + "/mudd-eap-hook", "keep", certificate,
            host.mac.replace(":", "-").upper())

    def stop(self):
        self._daemon.stop()


def _by_wire(lab, host, certificate):
    """802.1X on the host's port: wpa_supplicant, hostapd, FreeRADIUS."""
    base = os.path.splitext(certificate)[0]
    write(lab.out + "/hostapd.conf", _HOSTAPD % (host.port, SECRET))
    write(lab.out + "/wired.conf", _WIRED % (lab.pki, base, base))
    hostapd = Daemon("hostapd", ["hostapd", "-dd",
                                 lab.out + "/hostapd.conf"],
                     lab.out + "/hostapd.log")
    peer = Daemon("wpa_supplicant", [
        "wpa_supplicant", "-Dwired", "-ieth0", "-c",
        lab.out + "/wired.conf"], lab.out + "/wired.log", host)
    device = lab.mudd.wait_device(
        host.mac, lambda d: d.get("url_source") == "x509", 20)
    peer.stop()
    hostapd.stop()
    return device


def _kept():
    return os.listdir("/run/mudd-eap/kept")


@scenario("eap-tls", 120)
def eap_tls(lab):
    publish(lab)
    publish(lab, "cam")
    _trust_devices(lab)
    lab.mudd.start()
    os.chmod(lab.out, 0o755)
    lamp = pki.idevid(lab.pki, lab.out, "lamp-7", URL % "lamp", MAKER)
    cam = pki.idevid(lab.pki, lab.out, "cam-1", URL % "cam")
    strange = pki.idevid(lab.pki, lab.out, "strange", URL % "lamp",
                         authority="other-ca")
    radius = Radius(lab, "1.3")
    # Somebody sends another's certificate under this MAC, and has no key.
    radius.keep(lab.t1, cam)
    lab.check(radius.authenticate(lab.t1, lamp), "the lamp gets in")
    device = lab.mudd.wait_device(
        lab.t1.mac, lambda d: d.get("url_source") == "x509")
    lab.check(device.get("mud_url") == URL % "lamp",
              "before its first lease mudd knows what it is", device)
    lab.check(len(_kept()) == 1,
              "whose key nobody has shown was not handed over", _kept())
    lab.join("udhcpc", lab.t1, None)
    _is_by_certificate(lab, lab.t1, "lamp")
    lab.probe(north_south(lab, lab.t1))

    lab.check(not radius.authenticate(lab.t2, strange),
              "whose CA is not known does not get in")
    lab.check(not radius.authenticate(lab.t3, cam, "thief"),
              "nor who is rejected after its key was shown")
    lab.check(len(_kept()) == 2, "of that one the certificate stays behind",
              _kept())
    lab.check(not any(lab.mudd.device(host.mac).get("mud_url")
                      for host in (lab.t2, lab.t3)),
              "and mudd has heard of neither")
    radius.stop()

    # TLS 1.2, and mudd away for a moment: the hook comes again.
    radius = Radius(lab, "1.2")
    lab.mudd.stop()
    lab.check(radius.authenticate(lab.t4, cam),
              "the camera gets in, also while mudd is away")
    lab.mudd.start()
    device = lab.mudd.wait_device(
        lab.t4.mac, lambda d: d.get("url_source") == "x509")
    lab.check(device.get("mud_url") == URL % "cam", "and is known then",
              device)
    lab.join("udhcpc", lab.t4, None)
    _is_by_certificate(lab, lab.t4, "cam")
    # And as it is on a switch port: hostapd asks the server.
    device = _by_wire(lab, lab.t2, pki.idevid(
        lab.pki, lab.out, "lamp-9", URL % "lamp", MAKER))
    lab.check(device.get("mud_url") == URL % "lamp",
              "a device that speaks 802.1X on its port is known", device)
    lab.join("udhcpc", lab.t2, None)
    _is_by_certificate(lab, lab.t2, "lamp")
    radius.stop()
