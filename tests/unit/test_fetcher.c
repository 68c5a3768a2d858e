/*
 * mudd-fetcher as a whole, in its sandbox, against a name server and an HTTPS
 * server on the loopback of an own network namespace.  Needs root.
 */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/msg.h"
#include "fetch/resolve.h"
#include "libmud/limits.h"
#include "tests/unit/fetch_servers.h"

#define WAIT_MSEC 20000
/* Where the environment points to. */
#define KEY_LOG      "/etc/test_fetcher.keys"
#define OPENSSL_CONF "/etc/test_fetcher.cnf"

struct world {
	pid_t dns, https;
	char *roots;
};

/* The engine's end of a fetcher's channel. */
struct fetcher {
	pid_t pid;
	int channel;
	uint32_t sent, received;
};

static int
memory(const void *data, size_t len)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	return fd;
}

static struct fetcher
start(void)
{
	struct fetcher f = { 0 };
	int pair[2];

	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	f.pid = fork();
	if (f.pid == 0) {
		dup2(pair[1], MSG_CHANNEL_FD);
		execl(MUDD_FETCHER, "mudd-fetcher", (char *)NULL);
		_exit(127);
	}
	close(pair[1]);
	f.channel = pair[0];
	return f;
}

/* The exit status once the channel is closed. */
static int
finish(struct fetcher *f)
{
	int status;

	close(f->channel);
	assert_int_equal(waitpid(f->pid, &status, 0), f->pid);
	return status;
}

static void
tell_fd(struct fetcher *f, enum record_type type, const void *body, int fd)
{
	assert_int_equal(msg_send(f->channel, f->sent, type, body, &fd, 1), 0);
	f->sent++;
}

static void
tell(struct fetcher *f, enum record_type type, const void *body)
{
	assert_int_equal(msg_send(f->channel, f->sent, type, body, NULL, 0), 0);
	f->sent++;
}

static int
hear(struct fetcher *f, struct msg *msg)
{
	struct pollfd wait = { .fd = f->channel, .events = POLLIN };
	int got;

	if (poll(&wait, 1, WAIT_MSEC) != 1)
		fail_msg("the fetcher says nothing");
	got = msg_receive(
	    f->channel, f->received, PROGRAM_FETCHER, PROGRAM_ENGINE, msg);
	if (got == 1)
		f->received++;
	return got;
}

static void
tell_roots(struct fetcher *f, const char *pem)
{
	struct record_roots roots = { .size = (uint32_t)strlen(pem) };
	int fd = memory(pem, strlen(pem));

	tell_fd(f, RECORD_FETCH_ROOTS, &roots, fd);
	close(fd);
}

static void
tell_allow(struct fetcher *f, const char *text, uint16_t port)
{
	struct record_allow allow;

	memset(&allow, 0, sizeof(allow));
	allow.port = port;
	if (text != NULL)
		assert_true(prefix_parse(text, &allow.prefix));
	tell(f, RECORD_FETCH_ALLOW, &allow);
}

static void
tell_forbid(struct fetcher *f, const char *text)
{
	struct record_forbid forbid;

	memset(&forbid, 0, sizeof(forbid));
	assert_true(prefix_parse(text, &forbid.prefix));
	forbid.is_own = strchr(text, '/') == NULL;
	tell(f, RECORD_FETCH_FORBID, &forbid);
}

static struct fetcher
start_whole(const struct world *world)
{
	struct fetcher f = start();

	tell_roots(&f, world->roots);
	tell_allow(&f, "127.0.0.0/8", 0);
	tell_allow(&f, NULL, 8443);
	tell_allow(&f, NULL, 8445);
	tell_forbid(&f, "127.0.0.9");
	return f;
}

static void
ask(struct fetcher *f, const char *url, enum fetch_kind kind, uint32_t max,
    uint32_t sec, int fd)
{
	struct record_fetch fetch = { .job = 7, .kind = kind };

	fetch.max_size = max;
	fetch.timeout_sec = sec;
	snprintf(fetch.url, sizeof(fetch.url), "%s", url);
	tell_fd(f, RECORD_FETCH, &fetch, fd);
}

static struct record_fetched
fetched(struct fetcher *f)
{
	struct record_fetched got;
	struct msg msg;

	assert_int_equal(hear(f, &msg), 1);
	assert_int_equal(msg.type, RECORD_FETCHED);
	got = *MSG_BODY(&msg, record_fetched);
	assert_int_equal(got.job, 7);
	return got;
}

#define GOOD "https://good.example"

/* clang-format off */
static const struct {
	const char *name;
	const char *url;
	enum fault_code code;
	const char *words; /* in the detail */
	uint32_t size;	   /* of the body, if there is no fault */
} cases[] = {
	{ "plain", GOOD "/file", FAULT_NONE, "", 20 },
	{ "capitals", "HTTPS://Good.Example/file", FAULT_NONE, "", 20 },
	{ "other port", GOOD ":8443/file", FAULT_NONE, "", 20 },
	{ "name in hosts", "https://hosts.example/file", FAULT_NONE, "", 20 },
	{ "one of two addresses", "https://mixed.example/file", FAULT_NONE,
		"", 20 },
	{ "IPv6 leads nowhere", "https://dual.example/file", FAULT_NONE, "",
		20 },
	{ "no decoding", GOOD "/gzip", FAULT_NONE, "", 20 },
	{ "100 first", GOOD "/early", FAULT_NONE, "", 20 },
	{ "as large as allowed", GOOD "/exact", FAULT_NONE, "", 1000 },
	{ "one byte more", GOOD "/one-more", FAULT_TOO_LARGE,
		"larger than allowed", 0 },
	{ "more, unannounced", GOOD "/no-length", FAULT_TOO_LARGE,
		"more than 1000 bytes", 0 },
	{ "headers", GOOD "/headers", FAULT_TOO_LARGE, "headers", 0 },
	{ "404", GOOD "/none", FAULT_HTTP, "status 404", 0 },
	{ "404, long", GOOD "/long404", FAULT_HTTP, "status 404", 0 },
	{ "404, huge", GOOD "/huge404", FAULT_HTTP, "status 404", 0 },
	{ "204", GOOD "/nobody", FAULT_HTTP, "status 204", 0 },
	{ "redirect", GOOD "/move1", FAULT_NONE, "", 20 },
	{ "three redirects", GOOD "/move3", FAULT_NONE, "", 20 },
	{ "four redirects", GOOD "/move4", FAULT_HTTP, "more than 3", 0 },
	{ "redirect to another host", GOOD "/move-host", FAULT_REDIRECT,
		"other.example", 0 },
	{ "redirect to another port", GOOD "/move-port", FAULT_REDIRECT,
		"8443", 0 },
	{ "redirect to http", GOOD "/move-http", FAULT_REDIRECT, "http://",
		0 },
	{ "redirect without Location", GOOD "/move-nowhere", FAULT_REDIRECT,
		"Location", 0 },
	{ "breaks off", GOOD "/broken-off", FAULT_CONNECT, "", 0 },
	{ "until TLS ends", GOOD "/open-end", FAULT_NONE, "", 20 },
	{ "until the connection ends", GOOD "/cut-off", FAULT_CONNECT,
		"inside the body", 0 },
	{ "no HTTP", GOOD "/garbage", FAULT_HTTP, "", 0 },
	{ "wrong name", "https://other.example/file", FAULT_TLS,
		"not for the name other.example", 0 },
	{ "unknown issuer", "https://unknown.example/file", FAULT_TLS,
		"unknown issuer", 0 },
	{ "expired", "https://expired.example/file", FAULT_TLS, "expired",
		0 },
	{ "self-signed", "https://selfmade.example/file", FAULT_TLS,
		"self-signed", 0 },
	{ "no TLS", "https://dark.example/file", FAULT_TLS, "handshake", 0 },
	{ "nobody there", GOOD ":8445/file", FAULT_CONNECT, "", 0 },
	{ "port not allowed", GOOD ":8444/file", FAULT_URL_FORBIDDEN,
		"allow-ports", 0 },
	{ "no such name", "https://nothing.example/file", FAULT_RESOLVE,
		"no name nothing.example", 0 },
	{ "name not searched for", "https://under.hosts/file", FAULT_RESOLVE,
		"under.hosts", 0 },
	{ "no address", "https://empty.example/file", FAULT_RESOLVE,
		"no address", 0 },
	{ "private", "https://private.example/file", FAULT_ADDRESS_REFUSED,
		"10.0.0.1, not a public address, and not in allow-prefixes",
		0 },
	{ "the gateway", "https://gateway.example/file",
		FAULT_ADDRESS_REFUSED, "an address of this gateway", 0 },
	{ "not https", "http://good.example/file", FAULT_NOT_HTTPS, "", 0 },
	{ "too slow", GOOD "/slow", FAULT_TIMEOUT, "after 1 s", 0 },
};
/* clang-format on */

static void
fetches_or_refuses(void **state)
{
	struct fetcher f = start_whole(*state);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t sec = strstr(cases[i].url, "/slow") != NULL ? 1 : 10;
		int fd = memory("", 0);
		char body[64] = "";
		struct record_fetched got;

		ask(&f, cases[i].url, FETCH_FILE, 1000, sec, fd);
		got = fetched(&f);
		if (got.why.code != cases[i].code ||
		    strstr(got.why.detail, cases[i].words) == NULL)
			fail_msg("%s: %s %s: %s", cases[i].name,
			    fault_name(got.why.code), got.why.clause,
			    got.why.detail);
		assert_int_equal(got.size, cases[i].size);
		if (got.size == 20) {
			assert_int_equal(pread(fd, body, 63, 0), 20);
			assert_string_equal(body, SERVER_FILE);
			assert_int_equal(got.server.family, 4);
			assert_int_equal(got.server.byte[0], 127);
		}
		close(fd);
	}
	assert_int_equal(finish(&f), 0);
}

/* clang-format off */
static const struct {
	const char *url;
	enum fetch_kind kind;
	uint32_t is_other_type, size;
} types[] = {
	{ GOOD "/mud", FETCH_FILE, 0, 20 },
	{ GOOD "/json", FETCH_FILE, 0, 20 },
	{ GOOD "/p7s", FETCH_FILE, 1, 20 },
	{ GOOD "/p7s", FETCH_SIGNATURE, 0, 20 },
	{ GOOD "/mud", FETCH_SIGNATURE, 1, 20 },
	{ GOOD "/file", FETCH_FILE, 1, 20 }, /* text/odd */
	{ GOOD "/untyped", FETCH_FILE, 1, 20 },
	{ GOOD "/none", FETCH_FILE, 0, 0 }, /* no file, no type */
};
/* clang-format on */

/* S-26: another type is told of, and the body is there all the same. */
static void
tells_of_another_media_type(void **state)
{
	struct fetcher f = start_whole(*state);

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		int fd = memory("", 0);
		struct record_fetched got;

		ask(&f, types[i].url, types[i].kind, 1000, 10, fd);
		got = fetched(&f);
		if (got.is_other_type != types[i].is_other_type ||
		    got.size != types[i].size)
			fail_msg("%s: %u, %u bytes", types[i].url,
			    got.is_other_type, got.size);
		assert_int_equal(lseek(fd, 0, SEEK_END), types[i].size);
		close(fd);
	}
	assert_int_equal(finish(&f), 0);
}

/* RFC 8520 s1.6 (M-GET-3), S-28. */
static void
sends_what_the_rfc_asks_for(void **state)
{
	static const char *const accepts[] = {
		[FETCH_FILE] = "\r\nAccept: application/mud+json\r\n",
		[FETCH_SIGNATURE] =
		    "\r\nAccept: application/pkcs7-signature\r\n",
	};
	struct fetcher f = start_whole(*state);

	for (unsigned int kind = FETCH_FILE; kind <= FETCH_SIGNATURE; kind++) {
		int fd = memory("", 0);
		char body[1024] = "";

		ask(&f, GOOD "/echo", (enum fetch_kind)kind, 1000, 10, fd);
		assert_int_equal(fetched(&f).why.code, FAULT_NONE);
		assert_true(pread(fd, body, sizeof(body) - 1, 0) > 0);
		close(fd);
		assert_non_null(strstr(body, accepts[kind]));
		assert_non_null(strstr(body, "\r\nUser-Agent: mudd\r\n"));
		assert_non_null(strstr(body, "\r\nAccept-Language: en\r\n"));
		assert_null(strcasestr(body, "cookie"));
		assert_null(strcasestr(body, "accept-encoding"));
	}
	assert_int_equal(finish(&f), 0);
}

static void
trusts_nothing_without_roots(void **state)
{
	static const char broken[] = "-----BEGIN CERTIFICATE-----\nAAAA\n"
				     "-----END CERTIFICATE-----\n";
	static const char *const roots[] = { NULL, "", "no PEM", broken };

	(void)state;
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		struct fetcher f = start();
		int fd = memory("", 0);
		struct record_fetched got;

		tell_allow(&f, "127.0.0.0/8", 0);
		if (roots[i] != NULL)
			tell_roots(&f, roots[i]);
		ask(&f, GOOD "/file", FETCH_FILE, 1000, 10, fd);
		got = fetched(&f);
		assert_int_equal(got.why.code, FAULT_TLS);
		assert_non_null(strstr(got.why.detail, "no TLS roots"));
		close(fd);
		assert_int_equal(finish(&f), 0);
	}
}

static void
ask_name(struct fetcher *f, uint32_t n, const char *name)
{
	struct record_resolve resolve = { .job = 7, .n = n };

	snprintf(resolve.name, sizeof(resolve.name), "%s", name);
	tell(f, RECORD_RESOLVE, &resolve);
}

/* The end of the answer; *first is the first of its addresses, if any. */
static struct record_resolved
hear_answer(struct fetcher *f, uint32_t n, struct record_address_of *first)
{
	struct record_resolved end;
	uint32_t n_addrs = 0;
	struct msg msg;

	for (;;) {
		const struct record_address_of *at =
		    MSG_BODY(&msg, record_address_of);

		assert_int_equal(hear(f, &msg), 1);
		if (msg.type != RECORD_ADDRESS_OF)
			break;
		assert_int_equal(at->n, n);
		if (n_addrs++ == 0)
			*first = *at;
	}
	assert_int_equal(msg.type, RECORD_RESOLVED);
	end = *MSG_BODY(&msg, record_resolved);
	assert_int_equal(end.n, n);
	assert_int_equal(end.n_addrs, n_addrs);
	return end;
}

/* clang-format off */
static const struct {
	const char *name, *value;
} surroundings[] = {
	{ "https_proxy", "http://127.0.0.1:9/" },
	{ "HTTPS_PROXY", "http://127.0.0.1:9/" },
	{ "ALL_PROXY", "socks5://127.0.0.1:9/" },
	{ "SSLKEYLOGFILE", KEY_LOG },
	{ "SSL_CERT_FILE", "/etc/hosts" },
	{ "SSL_CERT_DIR", "/etc" },
	{ "OPENSSL_CONF", OPENSSL_CONF },
	{ "OPENSSL_MODULES", "/nowhere" },
	{ "CURL_HOME", "/tmp" },
	{ "HOME", "/tmp" },
	{ "NETRC", "/etc/hosts" },
	{ "RES_OPTIONS", "use-vc ndots:9" },
	{ "LOCALDOMAIN", "good.example" },
	{ "HOSTALIASES", "/etc/hosts" },
	{ "CARES_HOSTS", "/etc/passwd" },
};
/* clang-format on */

static void
write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* What a proxy, a key log, or a search list would do to S-21 and S-22. */
static void
takes_nothing_from_the_environment(void **state)
{
	size_t n = sizeof(surroundings) / sizeof(surroundings[0]);
	struct record_address_of first;
	struct fetcher f;
	int fd = memory("", 0);

	/* OpenSSL would talk no TLS that the server of this test does. */
	write_file(OPENSSL_CONF, "openssl_conf = a\n[a]\nssl_conf = b\n[b]\n"
				 "system_default = c\n[c]\nMinProtocol = None\n"
				 "MaxProtocol = TLSv1\n");
	for (size_t i = 0; i < n; i++)
		setenv(surroundings[i].name, surroundings[i].value, 1);
	f = start_whole(*state);
	for (size_t i = 0; i < n; i++)
		unsetenv(surroundings[i].name);
	ask(&f, GOOD "/file", FETCH_FILE, 1000, 10, fd);
	assert_int_equal(fetched(&f).why.code, FAULT_NONE);
	/* nothing.example.good.example has an address */
	ask_name(&f, 1, "nothing.example");
	assert_int_equal(hear_answer(&f, 1, &first).n_addrs, 0);
	close(fd);
	assert_int_equal(finish(&f), 0);
	assert_int_equal(access(KEY_LOG, F_OK), -1);
	assert_int_equal(unlink(OPENSSL_CONF), 0);
}

/* clang-format off */
static const struct {
	const char *name;
	enum fault_code code;
	uint32_t n_addrs;
	const char *addr; /* the first */
	uint32_t ttl_sec; /* of the first */
} lookups[] = {
	{ "short.example", FAULT_NONE, 3, "2600:1f00::1", 60 },
	{ "long.example", FAULT_NONE, 1, "198.41.0.4", 86400 },
	{ "alias.example", FAULT_NONE, 1, "198.41.0.4", 90 },
	{ "_svc.under.example", FAULT_NONE, 1, "198.41.0.4", 300 },
	{ "rebind.example", FAULT_NONE, 1, "198.41.0.4", 300 },
	{ "mapped.example", FAULT_NONE, 1, "198.41.0.4", 300 },
	{ "mapped-lan.example", FAULT_ADDRESS_REFUSED, 0, NULL, 0 },
	{ "private.example", FAULT_ADDRESS_REFUSED, 0, NULL, 0 },
	{ "gateway.example", FAULT_ADDRESS_REFUSED, 0, NULL, 0 },
	{ "hosts.example", FAULT_NONE, 1, "127.0.0.1", 60 },
	{ "twice.example", FAULT_NONE, 1, "198.41.0.4", 300 },
	{ "many.example", FAULT_NONE, 64, "198.41.1.0", 300 },
	{ "nothing.example", FAULT_RESOLVE, 0, NULL, 0 },
	{ "empty.example", FAULT_RESOLVE, 0, NULL, 0 },
	{ "192.0.2.1", FAULT_MALFORMED, 0, NULL, 0 },
};
/* clang-format on */

static void
is_address(const struct record_address_of *at, const char *text)
{
	struct addr addr;

	assert_true(addr_parse(text, &addr));
	assert_true(addr_equal(&addr, &at->addr));
}

static void
looks_names_up(void **state)
{
	struct fetcher f = start_whole(*state);

	for (size_t i = 0; i < sizeof(lookups) / sizeof(lookups[0]); i++) {
		struct record_address_of first;
		struct record_resolved end;

		ask_name(&f, 100 + (uint32_t)i, lookups[i].name);
		end = hear_answer(&f, 100 + (uint32_t)i, &first);
		if (end.why.code != lookups[i].code &&
		    lookups[i].code != FAULT_MALFORMED)
			fail_msg("%s: %s", lookups[i].name, end.why.detail);
		assert_int_equal(
		    end.why.code != FAULT_NONE, lookups[i].code != FAULT_NONE);
		assert_int_equal(end.n_addrs, lookups[i].n_addrs);
		if (end.n_addrs == 0)
			continue;
		is_address(&first, lookups[i].addr);
		assert_int_equal(first.ttl_sec, lookups[i].ttl_sec);
	}
	assert_int_equal(finish(&f), 0);
}

static unsigned int
now_msec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned int)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

/* clang-format off */
static const struct {
	const char *name;
	uint32_t n_addrs;
	const char *addr; /* the first */
	unsigned int min_msec, max_msec;
} halves[] = {
	{ "no-aaaa.example", 1, "198.41.0.4", 900, 5000 },
	{ "no-a.example", 1, "2600:1f00::1", 900, 5000 },
	{ "too-late.example", 1, "198.41.0.4", 900, 5000 },
	{ "late.example", 2, "2600:1f00::1", 50, 950 },
};
/* clang-format on */

/* A name server that never answers for one family costs a second, not all of
 * the time that a question has. */
static void
waits_for_one_family_only_so_long(void **state)
{
	struct fetcher f = start_whole(*state);
	struct record_address_of first;

	for (uint32_t i = 0; i < sizeof(halves) / sizeof(halves[0]); i++) {
		unsigned int start = now_msec(), took;
		struct record_resolved end;

		ask_name(&f, i, halves[i].name);
		end = hear_answer(&f, i, &first);
		took = now_msec() - start;
		assert_int_equal(end.why.code, FAULT_NONE);
		assert_int_equal(end.n_addrs, halves[i].n_addrs);
		is_address(&first, halves[i].addr);
		if (took < halves[i].min_msec || took > halves[i].max_msec)
			fail_msg("%s: %u ms", halves[i].name, took);
	}
	/* What comes too late is not told a second time. */
	usleep(500000);
	ask_name(&f, 99, "long.example");
	assert_int_equal(hear_answer(&f, 99, &first).n_addrs, 1);
	/* Two questions are open still. */
	assert_int_equal(finish(&f), 0);
}

static void
a_slow_fetch_does_not_stop_a_lookup(void **state)
{
	struct fetcher f = start_whole(*state);
	int fd = memory("", 0);
	struct msg msg;

	ask(&f, GOOD "/slow", FETCH_FILE, 1000, 2, fd);
	ask_name(&f, 1, "long.example");
	assert_int_equal(hear(&f, &msg), 1);
	assert_int_equal(msg.type, RECORD_ADDRESS_OF);
	assert_int_equal(hear(&f, &msg), 1);
	assert_int_equal(msg.type, RECORD_RESOLVED);
	assert_int_equal(fetched(&f).why.code, FAULT_TIMEOUT);
	close(fd);
	assert_int_equal(finish(&f), 0);
}

static void
holds_to_its_number_of_jobs(void **state)
{
	struct fetcher f = start_whole(*state);
	int fd = memory("", 0);

	for (int i = 0; i < 5; i++)
		ask(&f, GOOD "/slow", FETCH_FILE, 1000, 20, fd);
	assert_int_equal(fetched(&f).why.code, FAULT_BUSY);
	close(fd);
	/* Jobs under way end with the channel. */
	assert_int_equal(finish(&f), 0);
}

static void
holds_to_its_number_of_lookups(void **state)
{
	struct fetcher f = start_whole(*state);
	struct msg msg;

	for (uint32_t i = 0; i <= RESOLVE_LOOKUPS; i++)
		ask_name(&f, i, "silent.example");
	assert_int_equal(hear(&f, &msg), 1);
	assert_int_equal(msg.type, RECORD_RESOLVED);
	assert_int_equal(MSG_BODY(&msg, record_resolved)->why.code, FAULT_BUSY);
	assert_int_equal(MSG_BODY(&msg, record_resolved)->n, RESOLVE_LOOKUPS);
	assert_int_equal(finish(&f), 0);
}

/* clang-format off */
static const struct record_fetch unsound[] = {
	{ 7, FETCH_FILE, LIMIT_FILE + 1, 10, GOOD "/file" },
	{ 7, FETCH_SIGNATURE, LIMIT_SIGNATURE + 1, 10, GOOD "/file" },
	{ 7, FETCH_FILE, 0, 10, GOOD "/file" },
	{ 7, FETCH_FILE, 1000, 0, GOOD "/file" },
	{ 7, FETCH_FILE, 1000, LIMIT_FETCH_SEC + 1, GOOD "/file" },
	{ 7, 2, 1000, 10, GOOD "/file" },
};
/* clang-format on */

static void
leaves_an_engine_that_breaks_the_rules(void **state)
{
	size_t n = sizeof(unsound) / sizeof(unsound[0]);

	for (size_t i = 0; i <= n; i++) {
		struct fetcher f = start_whole(*state);
		struct record_fetch fetch = unsound[i < n ? i : 0];
		int fd = memory("", 0);
		struct msg msg;

		if (i == n) { /* a text without an end */
			fetch.max_size = 1000;
			memset(fetch.url, 'x', sizeof(fetch.url));
		}
		tell_fd(&f, RECORD_FETCH, &fetch, fd);
		assert_true(hear(&f, &msg) != 1);
		close(fd);
		assert_int_equal(finish(&f), 0);
	}
}

static void
hangs_up(struct fetcher *f)
{
	struct msg msg;

	assert_true(hear(f, &msg) != 1);
	assert_int_equal(finish(f), 0);
}

static void
leaves_an_engine_with_unsound_roots_or_names(void **state)
{
	const struct world *world = *state;
	struct record_roots roots = { .size = LIMIT_CA_BUNDLE + 1 };
	struct record_resolve resolve = { .job = 7 };
	struct fetcher f = start_whole(world);
	int fd = memory("", 0);

	tell_roots(&f, world->roots); /* a second time */
	hangs_up(&f);

	f = start();
	assert_int_equal(ftruncate(fd, LIMIT_CA_BUNDLE + 1), 0);
	tell_fd(&f, RECORD_FETCH_ROOTS, &roots, fd);
	hangs_up(&f);

	f = start(); /* fewer bytes than were told */
	assert_int_equal(ftruncate(fd, 9), 0);
	roots.size = 10;
	tell_fd(&f, RECORD_FETCH_ROOTS, &roots, fd);
	hangs_up(&f);
	close(fd);

	f = start();
	memset(resolve.name, 'x', sizeof(resolve.name));
	tell(&f, RECORD_RESOLVE, &resolve);
	hangs_up(&f);
}

static int
set_up(void **state)
{
	static struct world world;

	servers_world();
	world.dns = servers_dns();
	world.https = servers_https(&world.roots);
	*state = &world;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *world = *state;

	servers_stop(world->dns);
	servers_stop(world->https);
	free(world->roots);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fetches_or_refuses),
		cmocka_unit_test(tells_of_another_media_type),
		cmocka_unit_test(sends_what_the_rfc_asks_for),
		cmocka_unit_test(trusts_nothing_without_roots),
		cmocka_unit_test(takes_nothing_from_the_environment),
		cmocka_unit_test(looks_names_up),
		cmocka_unit_test(waits_for_one_family_only_so_long),
		cmocka_unit_test(a_slow_fetch_does_not_stop_a_lookup),
		cmocka_unit_test(holds_to_its_number_of_jobs),
		cmocka_unit_test(holds_to_its_number_of_lookups),
		cmocka_unit_test(leaves_an_engine_that_breaks_the_rules),
		cmocka_unit_test(leaves_an_engine_with_unsound_roots_or_names),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
