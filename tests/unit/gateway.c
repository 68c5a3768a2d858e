/*
 * Network namespaces, links and packets for tests; root is needed.
 */
#include "tests/unit/gateway.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libmud/addr.h"
#include "libmud/mem.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define OUTPUT_MAX    (4 * 1024 * 1024)

extern char **environ;

static int host_fd[HOSTS];

static void
need(bool ok, const char *what)
{
	if (!ok)
		fail_msg("%s: %s", what, strerror(errno));
}

static void
enter(enum host host)
{
	need(setns(host_fd[host], CLONE_NEWNET) == 0, "setns");
}

static char *
read_all(int fd)
{
	char *text = NULL;
	size_t len = 0, room = 0;
	ssize_t n;

	do {
		if (len + 1 >= room) {
			room = 2 * room + 4096;
			text = xrealloc(text, room, 1);
		}
		n = read(fd, text + len, room - len - 1);
		len += n > 0 ? (size_t)n : 0;
	} while (n > 0 && len < OUTPUT_MAX);
	text[len] = '\0';
	return text;
}

char *
gateway_run(enum host host, const char *const argv[])
{
	posix_spawn_file_actions_t actions;
	int out[2], status, error;
	char *args[24], *text;
	size_t n = 0;
	pid_t pid;

	for (; argv[n] != NULL && n + 1 < LENGTH(args); n++)
		args[n] = xstrdup(argv[n]);
	args[n] = NULL;
	need(pipe2(out, O_CLOEXEC) == 0, "pipe");
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
	(void)posix_spawn_file_actions_adddup2(&actions, out[1], STDERR_FILENO);
	enter(host);
	error = posix_spawnp(&pid, args[0], &actions, NULL, args, environ);
	enter(HOST_GATEWAY);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)close(out[1]);
	if (error != 0)
		fail_msg("cannot run %s: %s", args[0], strerror(error));
	text = read_all(out[0]);
	(void)close(out[0]);
	need(waitpid(pid, &status, 0) == pid, "waitpid");
	if (status != 0)
		fail_msg("%s %s %s %s ...: %s", args[0], args[1], args[2],
		    args[3], text);
	for (size_t i = 0; i < n; i++)
		free(args[i]);
	return text;
}

int
gateway_namespace(enum host host)
{
	return host_fd[host];
}

const char *
gateway_mac(const char *interface)
{
	static char text[MAC_TEXT];
	struct ifreq ask = { 0 };
	struct mac mac;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)snprintf(ask.ifr_name, sizeof(ask.ifr_name), "%s", interface);
	need(ioctl(fd, SIOCGIFHWADDR, &ask) == 0, interface);
	(void)close(fd);
	memcpy(&mac, ask.ifr_hwaddr.sa_data, sizeof(mac));
	return mac_text(&mac, text);
}

char *
gateway_nft(
    const char *a, const char *b, const char *c, const char *d, const char *e)
{
	const char *const argv[] = { "nft", a, b, c, d, e, NULL };

	return gateway_run(HOST_GATEWAY, argv);
}

/* One line of words, run by `ip` in a host. */
static void
ip(enum host host, const char *line)
{
	char *words = xstrdup(line), *save = NULL;
	const char *argv[24] = { "ip" };
	size_t n = 1;

	for (char *word = strtok_r(words, " ", &save);
	     word != NULL && n + 1 < LENGTH(argv);
	     word = strtok_r(NULL, " ", &save))
		argv[n++] = word;
	free(gateway_run(host, argv));
	free(words);
}

static void
ipf(enum host host, const char *fmt, const char *a, const char *b)
{
	char line[256];

	(void)snprintf(line, sizeof(line), "%s %s %s", fmt, a, b);
	ip(host, line);
}

static void
write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	need(fd >= 0, path);
	need(write(fd, text, strlen(text)) == (ssize_t)strlen(text), path);
	(void)close(fd);
}

/* A veth pair: `near` stays here, `far` goes to the host. */
static void
wire(const char *near, const char *far, const char *mac, enum host host)
{
	char line[256];

	(void)snprintf(line, sizeof(line),
	    "link add %s type veth peer name %s address %s", near, far, mac);
	ip(HOST_GATEWAY, line);
	(void)snprintf(line, sizeof(line), "link set %s netns /proc/%d/fd/%d",
	    far, (int)getpid(), host_fd[host]);
	ip(HOST_GATEWAY, line);
	ipf(HOST_GATEWAY, "link set", near, "up");
	ip(host, "link set lo up");
	ipf(host, "link set", far, "up");
}

static void
make_hosts(void)
{
	for (unsigned int i = 0; i < HOSTS; i++) {
		if (unshare(CLONE_NEWNET) != 0)
			fail_msg("a network namespace needs root: %s",
			    strerror(errno));
		host_fd[i] = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
		need(host_fd[i] >= 0, "/proc/self/ns/net");
		/* Addresses can be used at once. */
		write_file("/proc/sys/net/ipv6/conf/default/accept_dad", "0");
		write_file("/proc/sys/net/ipv6/conf/all/accept_dad", "0");
	}
	enter(HOST_GATEWAY);
}

static void
make_servers(void)
{
	const uint16_t ports[] = { 443, 8443 };

	for (size_t i = 0; i < LENGTH(ports); i++) {
		/* In both families. */
		struct sockaddr_in6 at = { .sin6_family = AF_INET6,
			.sin6_port = htons(ports[i]) };
		int fd;

		enter(HOST_SERVER);
		fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
		enter(HOST_GATEWAY);
		need(fd >= 0 &&
			 bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
			 listen(fd, 64) == 0,
		    "listen");
	}
}

void
gateway_hand_over(bool is_on)
{
	ip(HOST_GATEWAY, is_on ? "link set br0 type bridge nf_call_iptables 1"
			       : "link set br0 type bridge nf_call_iptables 0");
	ip(HOST_GATEWAY, is_on
			     ? "link set br0 type bridge nf_call_ip6tables 1"
			     : "link set br0 type bridge nf_call_ip6tables 0");
}

void
gateway_make(void)
{
	static const char *const here[] = {
		"link set lo up",
		"link add br0 type bridge mcast_snooping 0",
		"link set br0 up",
	};
	static const char *const addresses[] = {
		"link set p1 master br0",
		"link set p2 master br0",
		"addr add " GATEWAY_ADDR "/24 dev br0",
		"addr add 192.168.79.1/24 dev br0",
		"addr add fd77::1/64 dev br0",
		"addr add " GATEWAY_LAN1 "/24 dev lan1",
		"addr add fd78::1/64 dev lan1",
		"addr add 203.0.113.1/24 dev wan",
		"addr add 2001:db8::1/64 dev wan",
	};

	make_hosts();
	for (size_t i = 0; i < LENGTH(here); i++)
		ip(HOST_GATEWAY, here[i]);
	write_file("/proc/sys/net/ipv4/ip_forward", "1");
	write_file("/proc/sys/net/ipv6/conf/all/forwarding", "1");
	/* A new namespace has these on, for all bridges: here it is the
	 * enforcer who switches. */
	write_file("/proc/sys/net/bridge/bridge-nf-call-iptables", "0");
	write_file("/proc/sys/net/bridge/bridge-nf-call-ip6tables", "0");
	wire("p1", "t0", THING_MAC, HOST_THING);
	wire("p2", "o0", OTHER_MAC, HOST_OTHER);
	wire("lan1", "c0", PLAIN_MAC, HOST_PLAIN);
	wire("wan", "s0", "02:bb:00:00:00:04", HOST_SERVER);
	for (size_t i = 0; i < LENGTH(addresses); i++)
		ip(HOST_GATEWAY, addresses[i]);

	ip(HOST_THING, "addr add " THING_ADDR "/24 dev t0");
	ip(HOST_THING, "addr add " THING_STOLEN "/24 dev t0");
	ip(HOST_THING, "addr add " THING_ADDR6 "/64 dev t0");
	ip(HOST_THING, "addr add " THING_STOLEN6 "/64 dev t0");
	ip(HOST_THING, "route add default via " GATEWAY_ADDR);
	ip(HOST_THING, "-6 route add default via " GATEWAY_ADDR6);
	ip(HOST_OTHER, "addr add " OTHER_ADDR "/24 dev o0");
	ip(HOST_OTHER, "addr add " OTHER_FAR "/24 dev o0");
	ip(HOST_OTHER, "addr add " OTHER_ADDR6 "/64 dev o0");
	ip(HOST_OTHER, "route add default via " GATEWAY_ADDR);
	ip(HOST_OTHER, "-6 route add default via " GATEWAY_ADDR6);
	ip(HOST_PLAIN, "addr add " PLAIN_ADDR "/24 dev c0");
	ip(HOST_PLAIN, "addr add " PLAIN_STOLEN "/24 dev c0");
	ip(HOST_PLAIN, "addr add " PLAIN_ADDR6 "/64 dev c0");
	ip(HOST_PLAIN, "route add default via " GATEWAY_LAN1);
	ip(HOST_PLAIN, "-6 route add default via fd78::1");
	ip(HOST_SERVER, "addr add " SERVER_ADDR "/24 dev s0");
	ip(HOST_SERVER, "addr add " SERVER_ADDR6 "/64 dev s0");
	ip(HOST_SERVER, "route add default via 203.0.113.1");
	ip(HOST_SERVER, "-6 route add default via 2001:db8::1");
	make_servers();
}

static socklen_t
fill_address(struct sockaddr_storage *at, const char *addr, uint16_t port)
{
	struct sockaddr_in *v4 = (void *)at;
	struct sockaddr_in6 *v6 = (void *)at;

	memset(at, 0, sizeof(*at));
	if (inet_pton(AF_INET, addr, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		return sizeof(*v4);
	}
	if (inet_pton(AF_INET6, addr, &v6->sin6_addr) != 1)
		fail_msg("address %s", addr);
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(port);
	return sizeof(*v6);
}

/* The kernel makes an IPv6 address that was added usable a little later, by a
 * task of its own. */
static bool
bind_soon(int fd, const struct sockaddr *at, socklen_t len)
{
	for (int tries = 0; tries < 200; tries++) {
		if (bind(fd, at, len) == 0)
			return true;
		if (errno != EADDRNOTAVAIL)
			return false;
		(void)usleep(10000);
	}
	return false;
}

int
gateway_udp(enum host host, const char *addr, uint16_t port)
{
	struct sockaddr_storage at;
	socklen_t len = fill_address(&at, addr, port);
	int fd, on = 1;

	enter(host);
	fd = socket(at.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	enter(HOST_GATEWAY);
	need(fd >= 0, "socket");
	(void)setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
	need(bind_soon(fd, (struct sockaddr *)&at, len), addr);
	return fd;
}

/* So many at most, within 0.3 s of the last. */
static unsigned int
arrived_of(int to, unsigned int n)
{
	struct pollfd ready = { .fd = to, .events = POLLIN };
	unsigned int arrived = 0;
	char byte;

	while (arrived < n && poll(&ready, 1, 300) > 0)
		while (recv(to, &byte, 1, 0) >= 0)
			arrived++;
	return arrived;
}

unsigned int
gateway_pass(int from, const char *addr, uint16_t port, int to, unsigned int n)
{
	struct sockaddr_storage at;
	socklen_t len = fill_address(&at, addr, port);
	char byte;

	while (recv(to, &byte, 1, 0) >= 0)
		continue;
	/* An ICMP error to an earlier datagram may stop one. */
	for (unsigned int i = 0; i < n; i++)
		if (sendto(from, "x", 1, 0, (struct sockaddr *)&at, len) < 0)
			(void)sendto(
			    from, "x", 1, 0, (struct sockaddr *)&at, len);
	return arrived_of(to, n);
}

unsigned int
gateway_arrived(int to)
{
	return arrived_of(to, UINT_MAX);
}

void
gateway_bind(int fd, const char *addr)
{
	struct sockaddr_storage at;
	socklen_t len = fill_address(&at, addr, 0);

	need(bind(fd, (struct sockaddr *)&at, len) == 0, addr);
}

void
gateway_join(int from, const char *addr, uint16_t port)
{
	struct sockaddr_storage at;
	socklen_t len = fill_address(&at, addr, port);

	need(connect(from, (struct sockaddr *)&at, len) == 0, addr);
}

bool
gateway_hears_refusal(int from)
{
	struct pollfd ready = { .fd = from, .events = POLLIN };
	char byte;

	return poll(&ready, 1, 400) == 1 && recv(from, &byte, 1, 0) < 0 &&
	       errno == ECONNREFUSED;
}

bool
gateway_is_refused(int from, const char *addr, uint16_t port)
{
	gateway_join(from, addr, port);
	need(send(from, "x", 1, 0) == 1, addr);
	return gateway_hears_refusal(from);
}

bool
gateway_connect(enum host from, const char *addr, uint16_t port)
{
	struct sockaddr_storage at;
	socklen_t len = fill_address(&at, addr, port);
	struct pollfd ready = { .events = POLLOUT };
	int error = 0;
	socklen_t error_len = sizeof(error);
	bool connected;

	enter(from);
	ready.fd =
	    socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	enter(HOST_GATEWAY);
	need(ready.fd >= 0, "socket");
	(void)connect(ready.fd, (struct sockaddr *)&at, len);
	connected = poll(&ready, 1, 400) == 1 &&
	            getsockopt(ready.fd, SOL_SOCKET, SO_ERROR, &error,
			&error_len) == 0 &&
	            error == 0;
	(void)close(ready.fd);
	return connected;
}
