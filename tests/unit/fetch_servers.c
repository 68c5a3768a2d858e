/*
 * Name server and HTTPS server for the tests of the fetcher.
 */
#include "tests/unit/fetch_servers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/ssl.h>

#include "tests/unit/certs.h"

/* clang-format off */
static const struct {
	const char *name;
	const char *a[3];
	const char *aaaa;
	const char *cname; /* of the same addresses, with ttl 90 */
	uint32_t ttl;
} names[] = {
	{ "good.example", { "127.0.0.1" }, NULL, NULL, 300 },
	{ "other.example", { "127.0.0.1" }, NULL, NULL, 300 },
	{ "unknown.example", { "127.0.0.2" }, NULL, NULL, 300 },
	{ "expired.example", { "127.0.0.3" }, NULL, NULL, 300 },
	{ "selfmade.example", { "127.0.0.4" }, NULL, NULL, 300 },
	{ "private.example", { "10.0.0.1" }, NULL, NULL, 300 },
	{ "gateway.example", { "127.0.0.9" }, NULL, NULL, 300 },
	{ "mixed.example", { "10.0.0.1", "127.0.0.1" }, NULL, NULL, 300 },
	{ "dual.example", { "127.0.0.1" }, "2600:1f00::1", NULL, 300 },
	{ "dark.example", { "127.0.0.8" }, NULL, NULL, 300 },
	{ "short.example", { "198.41.0.4", "198.41.0.5" }, "2600:1f00::1",
		NULL, 5 },
	{ "long.example", { "198.41.0.4" }, NULL, NULL, 1000000 },
	{ "alias.example", { "198.41.0.4" }, NULL, "real.example", 300 },
	{ "_svc.under.example", { "198.41.0.4" }, NULL, NULL, 300 },
	{ "rebind.example", { "192.168.1.1", "198.41.0.4" }, "fd00::1", NULL,
		300 },
	{ "mapped.example", { NULL }, "::ffff:198.41.0.4", NULL, 300 },
	{ "mapped-lan.example", { NULL }, "::ffff:192.168.1.1", NULL, 300 },
	{ "empty.example", { NULL }, NULL, NULL, 300 },
	{ "twice.example", { "198.41.0.4", "198.41.0.4" }, NULL, NULL, 300 },
	{ "nothing.example.good.example", { "198.41.0.4" }, NULL, NULL, 300 },
	{ "many.example", { NULL }, NULL, NULL, 300 }, /* see answer() */
	/* see keeps_silent() and delay_usec() */
	{ "no-aaaa.example", { "198.41.0.4" }, "2600:1f00::1", NULL, 300 },
	{ "no-a.example", { "198.41.0.4" }, "2600:1f00::1", NULL, 300 },
	{ "late.example", { "198.41.0.4" }, "2600:1f00::1", NULL, 300 },
	{ "too-late.example", { "198.41.0.4" }, "2600:1f00::1", NULL, 300 },
};
/* clang-format on */

static void
must(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	_exit(99);
}

/* A layer of our own over /etc, so that files can be put there which this
 * machine has otherwise, or not at all. */
static void
cover_etc(void)
{
	char base[] = "/tmp/test_fetcher.XXXXXX";
	char upper[64], work[64], layers[192];

	must(mkdtemp(base) != NULL, "mkdtemp");
	must(mount("tmpfs", base, "tmpfs", 0, "mode=0755") == 0, "tmpfs");
	(void)snprintf(upper, sizeof(upper), "%s/upper", base);
	(void)snprintf(work, sizeof(work), "%s/work", base);
	must(mkdir(upper, 0755) == 0 && mkdir(work, 0755) == 0, base);
	(void)snprintf(layers, sizeof(layers),
	    "lowerdir=/etc,upperdir=%s,workdir=%s", upper, work);
	must(mount("overlay", "/etc", "overlay", 0, layers) == 0,
	    "this test needs overlayfs: mount");
	must(umount2(base, MNT_DETACH) == 0 && rmdir(base) == 0, base);
}

static void
place(const char *path, const char *text)
{
	int fd;

	/* It may be a link into another folder. */
	must(unlink(path) == 0 || errno == ENOENT, path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	must(fd >= 0, path);
	must(write(fd, text, strlen(text)) == (ssize_t)strlen(text), path);
	close(fd);
}

void
servers_world(void)
{
	struct ifreq up = { .ifr_name = "lo" };
	int fd;

	must(unshare(CLONE_NEWNS | CLONE_NEWNET) == 0,
	    "this test needs root: unshare");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "mount");
	cover_etc();
	place(
	    "/etc/resolv.conf", "nameserver 127.0.0.1\nsearch good.example\n");
	place("/etc/hosts", "127.0.0.1 localhost\n"
			    "# 127.0.0.1 nothing.example\n"
			    "127.0.0.1\tHosts.example good2\n");
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	up.ifr_flags = IFF_UP;
	must(fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &up) == 0, "lo");
	close(fd);
}

static int
listen_on(int type, uint16_t port, const char *addr)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0), one = 1;

	sin.sin_port = htons(port);
	must(inet_pton(AF_INET, addr, &sin.sin_addr) == 1, "inet_pton");
	must(fd >= 0, "socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	must(bind(fd, (struct sockaddr *)&sin, sizeof(sin)) == 0, "bind");
	if (type == SOCK_STREAM)
		must(listen(fd, 32) == 0, "listen");
	return fd;
}

/* ---- DNS ---------------------------------------------------------------- */

struct packet {
	uint8_t data[1232];
	size_t len;
};

static void
put(struct packet *p, const void *data, size_t len)
{
	must(p->len + len <= sizeof(p->data), "packet");
	memcpy(p->data + p->len, data, len);
	p->len += len;
}

static void
put16(struct packet *p, unsigned int v)
{
	uint8_t b[2] = { (uint8_t)(v >> 8), (uint8_t)v };

	put(p, b, sizeof(b));
}

static void
put_name(struct packet *p, const char *name)
{
	while (*name != '\0') {
		size_t len = strcspn(name, ".");
		uint8_t n = (uint8_t)len;

		put(p, &n, 1);
		put(p, name, len);
		name += len + (name[len] == '.');
	}
	put(p, "", 1);
}

static void
put_record(struct packet *p, const char *owner, unsigned int type, uint32_t ttl,
    const void *data, size_t len)
{
	put_name(p, owner);
	put16(p, type);
	put16(p, 1);
	put16(p, ttl >> 16);
	put16(p, ttl & 0xffff);
	put16(p, (unsigned int)len);
	put(p, data, len);
	p->data[7]++; /* ANCOUNT */
}

/* The question's name as text; its end in the packet, or 0. */
static size_t
question(const uint8_t *data, size_t len, char *name, size_t size)
{
	size_t at = 12, out = 0;

	while (at < len && data[at] != 0) {
		size_t label = data[at++];

		if (label > 63 || at + label >= len || out + label + 2 > size)
			return 0;
		memcpy(name + out, data + at, label);
		out += label;
		name[out++] = '.';
		at += label;
	}
	if (out == 0 || at + 5 > len)
		return 0;
	name[out - 1] = '\0';
	return at + 5;
}

/* 70 addresses, by pointers to the question's name so that they fit. */
static void
answer_many(struct packet *reply)
{
	for (uint8_t i = 0; i < 70; i++) {
		const uint8_t record[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0,
			4, 198, 41, 1, i };

		put(reply, record, sizeof(record));
		reply->data[7]++;
	}
}

static void
answer(struct packet *reply, size_t i, unsigned int type)
{
	const char *owner = names[i].name;
	uint8_t addr[16];

	if (type == 1 && strcmp(owner, "many.example") == 0)
		answer_many(reply);
	if (names[i].cname != NULL) {
		struct packet target = { .len = 0 };

		put_name(&target, names[i].cname);
		put_record(reply, owner, 5, 90, target.data, target.len);
		owner = names[i].cname;
	}
	for (size_t n = 0; type == 1 && n < 3 && names[i].a[n] != NULL; n++) {
		inet_pton(AF_INET, names[i].a[n], addr);
		put_record(reply, owner, 1, names[i].ttl, addr, 4);
	}
	if (type == 28 && names[i].aaaa != NULL) {
		inet_pton(AF_INET6, names[i].aaaa, addr);
		put_record(reply, owner, 28, names[i].ttl, addr, 16);
	}
}

/* As some name servers do (RFC 4074 s4.1). */
static bool
keeps_silent(const char *name, unsigned int type)
{
	return strncmp(name, "silent", 6) == 0 ||
	       (type == 28 && strcmp(name, "no-aaaa.example") == 0) ||
	       (type == 1 && strcmp(name, "no-a.example") == 0);
}

static unsigned int
delay_usec(const char *name, unsigned int type)
{
	if (type != 28)
		return 0;
	if (strcmp(name, "late.example") == 0)
		return 100000;
	return strcmp(name, "too-late.example") == 0 ? 1200000 : 0;
}

static void
send_reply(int fd, const struct packet *reply, const struct sockaddr_in *to,
    unsigned int usec)
{
	if (usec > 0 && fork() != 0)
		return;
	usleep(usec);
	sendto(fd, reply->data, reply->len, 0, (const struct sockaddr *)to,
	    sizeof(*to));
	if (usec > 0)
		_exit(0);
}

static void
serve_dns(int fd)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		struct sockaddr_in from;
		socklen_t size = sizeof(from);
		uint8_t data[512];
		ssize_t n = recvfrom(
		    fd, data, sizeof(data), 0, (struct sockaddr *)&from, &size);
		struct packet reply = { .len = 0 };
		char name[256];
		size_t end, i = 0;

		if (n < 12)
			continue;
		end = question(data, (size_t)n, name, sizeof(name));
		if (end == 0 || keeps_silent(name, data[end - 3]))
			continue;
		put(&reply, data, end);
		memset(reply.data + 2, 0, 10);
		reply.data[2] = 0x81; /* a response, recursion desired */
		reply.data[3] = 0x80; /* and available */
		reply.data[5] = 1;
		while (i < sizeof(names) / sizeof(names[0]) &&
		       strcasecmp(names[i].name, name) != 0)
			i++;
		if (i < sizeof(names) / sizeof(names[0]))
			answer(&reply, i, data[end - 3]);
		else
			reply.data[3] |= 3; /* NXDOMAIN */
		send_reply(fd, &reply, &from, delay_usec(name, data[end - 3]));
	}
}

pid_t
servers_dns(void)
{
	int fd = listen_on(SOCK_DGRAM, 53, "127.0.0.1");
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve_dns(fd);
	}
	close(fd);
	return pid;
}

/* ---- HTTPS -------------------------------------------------------------- */

#define OK_HEAD(length)                                                        \
	"HTTP/1.1 200 OK\r\nContent-Type: text/odd\r\nContent-Length: " length \
	"\r\n\r\n"
#define TYPED(lines)                                                           \
	"HTTP/1.1 200 OK\r\n" lines "Content-Length: 20\r\n\r\n" SERVER_FILE
#define MOVED(to)                                                              \
	"HTTP/1.1 302 Found\r\nContent-Length: 4\r\nLocation: " to             \
	"\r\n\r\ngone"

/* clang-format off */
static const struct {
	const char *path;
	const char *head; /* NULL: see special() */
	size_t n_fill;	  /* bytes 'x' that follow */
} pages[] = {
	{ "/file", OK_HEAD("20") SERVER_FILE, 0 },
	{ "/gzip", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
		"Content-Length: 20\r\n\r\n" SERVER_FILE, 0 },
	{ "/none", "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone",
		0 },
	{ "/nobody", "HTTP/1.1 204 No Content\r\n\r\n", 0 },
	{ "/long404", "HTTP/1.1 404 Not Found\r\n\r\n", 2000 },
	{ "/huge404", "HTTP/1.1 404 Not Found\r\n"
		"Content-Length: 99999999\r\n\r\n", 4096 },
	{ "/move1", MOVED("/file"), 0 },
	{ "/move2", MOVED("https://good.example/move1"), 0 },
	{ "/move3", MOVED("move2"), 0 },
	{ "/move4", MOVED("/move3"), 0 },
	{ "/move-host", MOVED("https://other.example/file"), 0 },
	{ "/move-port", MOVED("https://good.example:8443/file"), 0 },
	{ "/move-http", MOVED("http://good.example/file"), 0 },
	{ "/move-nowhere", "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
		0 },
	{ "/exact", OK_HEAD("1000"), 1000 },
	{ "/one-more", OK_HEAD("1001"), 1001 },
	{ "/no-length", "HTTP/1.1 200 OK\r\n\r\n", 1001 },
	{ "/broken-off", OK_HEAD("500"), 100 },
	{ "/early", "HTTP/1.1 100 Continue\r\n\r\n" OK_HEAD("20") SERVER_FILE,
		0 },
	{ "/open-end", "HTTP/1.1 200 OK\r\n\r\n" SERVER_FILE, 0 },
	{ "/cut-off", NULL, 0 },
	{ "/garbage", "hello\r\n\r\n", 0 },
	{ "/mud", TYPED("Content-Type: application/mud+json\r\n"), 0 },
	{ "/json", TYPED("content-type:Application/JSON ; charset=x\r\n"), 0 },
	{ "/p7s", TYPED("Content-Type: application/pkcs7-signature\r\n"), 0 },
	{ "/untyped", TYPED(""), 0 },
	{ "/echo", NULL, 0 },
	{ "/slow", NULL, 0 },
	{ "/headers", NULL, 0 },
};
/* clang-format on */

static void
write_fill(SSL *ssl, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (SSL_write(ssl, "x", 1) != 1)
			return;
}

/* Pages that are not the same each time, or too odd for the table. */
static void
special(SSL *ssl, const char *path, const char *request)
{
	char text[4096];

	if (strcmp(path, "/slow") == 0) {
		sleep(30);
	} else if (strcmp(path, "/cut-off") == 0) {
		SSL_write(ssl, "HTTP/1.1 200 OK\r\n\r\n", 19);
		SSL_write(ssl, SERVER_FILE, 20);
		_exit(0); /* without a word to TLS */
	} else if (strcmp(path, "/headers") == 0) {
		SSL_write(ssl, "HTTP/1.1 200 OK\r\n", 17);
		for (int i = 0; i < 20; i++) {
			SSL_write(ssl, "X-Fill: ", 8);
			write_fill(ssl, 1000);
			SSL_write(ssl, "\r\n", 2);
		}
		SSL_write(ssl, "Content-Length: 0\r\n\r\n", 21);
	} else {
		int n = snprintf(text, sizeof(text),
		    "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s",
		    strlen(request), request);

		SSL_write(ssl, text, n);
	}
}

static void
serve_page(SSL *ssl)
{
	char request[2048], path[64] = "";
	size_t i = 0;
	int n, got = 0;

	do {
		n = SSL_read(
		    ssl, request + got, (int)sizeof(request) - 1 - got);
		got += n > 0 ? n : 0;
		request[got] = '\0';
	} while (n > 0 && strstr(request, "\r\n\r\n") == NULL);
	sscanf(request, "GET %63s", path);
	while (i < sizeof(pages) / sizeof(pages[0]) &&
	       strcmp(pages[i].path, path) != 0)
		i++;
	if (i == sizeof(pages) / sizeof(pages[0]))
		i = 2;
	if (pages[i].head == NULL) {
		special(ssl, path, request);
		return;
	}
	SSL_write(ssl, pages[i].head, (int)strlen(pages[i].head));
	write_fill(ssl, pages[i].n_fill);
}

static SSL_CTX *
context_of(const struct identity *who)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	must(ctx != NULL && SSL_CTX_use_certificate(ctx, who->cert) == 1 &&
		 SSL_CTX_use_PrivateKey(ctx, who->key) == 1,
	    "SSL_CTX");
	return ctx;
}

/* One certificate for each of 127.0.0.1 to 127.0.0.4. */
#define CERTS 4

static void
serve_client(int fd, SSL_CTX *const contexts[CERTS])
{
	struct sockaddr_in self;
	socklen_t size = sizeof(self);
	uint32_t host;
	SSL *ssl;

	getsockname(fd, (struct sockaddr *)&self, &size);
	host = ntohl(self.sin_addr.s_addr) & 0xff;
	if (host < 1 || host > CERTS)
		return;
	ssl = SSL_new(contexts[host - 1]);
	SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) == 1)
		serve_page(ssl);
	SSL_shutdown(ssl);
}

static void
serve_https(const int fds[2], SSL_CTX *const contexts[CERTS])
{
	for (;;) {
		struct pollfd wait[2] = {
			{ .fd = fds[0], .events = POLLIN },
			{ .fd = fds[1], .events = POLLIN },
		};

		poll(wait, 2, -1);
		for (int i = 0; i < 2; i++) {
			int fd = wait[i].revents != 0
			             ? accept(fds[i], NULL, NULL)
			             : -1;

			if (fd < 0)
				continue;
			if (fork() == 0) {
				prctl(PR_SET_PDEATHSIG, SIGKILL);
				serve_client(fd, contexts);
				_exit(0);
			}
			close(fd);
		}
	}
}

pid_t
servers_https(char **pem)
{
	struct identity ca = certs_make(
	    &(struct cert_wish){ .name = "Test roots", .is_ca = true });
	struct identity strange = certs_make(
	    &(struct cert_wish){ .name = "Stranger", .is_ca = true });
	const struct cert_wish wishes[CERTS] = {
		{ .name = "good",
		    .san = "DNS:good.example,DNS:hosts.example,"
			   "DNS:mixed.example,DNS:dual.example",
		    .issuer = &ca },
		{ .name = "unknown",
		    .san = "DNS:unknown.example",
		    .issuer = &strange },
		{ .name = "expired",
		    .san = "DNS:expired.example",
		    .issuer = &ca,
		    .is_expired = true },
		{ .name = "selfmade", .san = "DNS:selfmade.example" },
	};
	SSL_CTX *contexts[CERTS];
	int fds[2] = { listen_on(SOCK_STREAM, 443, "0.0.0.0"),
		listen_on(SOCK_STREAM, 8443, "0.0.0.0") };
	pid_t pid;

	for (int i = 0; i < CERTS; i++) {
		struct identity who = certs_make(&wishes[i]);

		contexts[i] = context_of(&who);
		certs_free(&who);
	}
	*pem = certs_pem(&ca);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGCHLD, SIG_IGN);
		signal(SIGPIPE, SIG_IGN);
		serve_https(fds, contexts);
	}
	close(fds[0]);
	close(fds[1]);
	for (int i = 0; i < CERTS; i++)
		SSL_CTX_free(contexts[i]);
	certs_free(&ca);
	certs_free(&strange);
	return pid;
}

void
servers_stop(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
