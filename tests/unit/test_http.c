/*
 * The check of the address really connected to (S-22): the look-up here says
 * nothing of the rules, as a rebinding resolver would.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <curl/curl.h>
#include <event2/event.h>

#include "fetch/allowed.h"
#include "fetch/http.h"
#include "fetch/resolve.h"
#include "fetch/roots.h"
#include "libmud/fault.h"
#include "libmud/mem.h"
#include "tests/unit/certs.h"

/* In the place of the module fetch/resolve. */
struct resolve_lookup {
	resolve_fn *on_answer;
	void *arg;
};

struct resolver {
	struct event_base *base;
	struct resolve_answer answer;
	struct resolve_lookup lookup;
};

static void
on_answer(evutil_socket_t fd, short what, void *arg)
{
	static const struct fault none;
	struct resolver *resolver = arg;

	(void)fd;
	(void)what;
	resolver->lookup.on_answer(
	    resolver->lookup.arg, &resolver->answer, &none);
}

struct resolve_lookup *
resolve_start(struct resolver *resolver, const char *name, const char *clause,
    resolve_fn *done, void *arg)
{
	const struct timeval now = { 0, 0 };

	(void)name;
	(void)clause;
	resolver->lookup = (struct resolve_lookup){ done, arg };
	assert_int_equal(event_base_once(resolver->base, -1, EV_TIMEOUT,
			     on_answer, resolver, &now),
	    0);
	return &resolver->lookup;
}

void
resolve_cancel(struct resolve_lookup *lookup)
{
	(void)lookup;
}

struct outcome {
	struct event_base *base;
	struct record_fetched fetched;
	unsigned int n;
};

static void
on_done(void *arg, const struct record_fetched *fetched)
{
	struct outcome *outcome = arg;

	outcome->fetched = *fetched;
	outcome->n++;
	event_base_loopbreak(outcome->base);
}

/* A listener that nobody may reach, and its port. */
static int
listen_locally(uint16_t *port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t size = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sin, &size), 0);
	*port = ntohs(sin.sin_port);
	return fd;
}

static struct roots *
some_roots(void)
{
	struct identity ca =
	    certs_make(&(struct cert_wish){ .name = "CA", .is_ca = true });
	char *pem = certs_pem(&ca);
	struct fault why = { 0 };
	struct roots *roots = roots_parse(
	    (struct bytes){ (const uint8_t *)pem, strlen(pem) }, &why);

	assert_non_null(roots);
	free(pem);
	certs_free(&ca);
	return roots;
}

static void
never_connects_where_the_rules_forbid(void **state)
{
	struct event_base *base = event_base_new();
	struct outcome outcome = { .base = base };
	struct resolver resolver = { .base = base };
	struct allowed *allowed = allowed_new();
	struct roots *roots = some_roots();
	struct http *http =
	    http_new(base, &resolver, allowed, on_done, &outcome);
	struct record_allow allow;
	struct record_fetch fetch = { .job = 1, .max_size = 100 };
	int listener;

	(void)state;
	memset(&allow, 0, sizeof(allow));
	listener = listen_locally(&allow.port);
	assert_true(allowed_permit(allowed, &allow));
	assert_non_null(http);
	http_trust(http, roots);
	resolver.answer.n = 1;
	assert_true(addr_parse("127.0.0.1", &resolver.answer.addrs[0].addr));
	fetch.timeout_sec = 5;
	snprintf(
	    fetch.url, sizeof(fetch.url), "https://a.example:%u/x", allow.port);
	assert_true(http_fetch(http, &fetch, memfd_create("x", 0)));
	event_base_dispatch(base);

	assert_int_equal(outcome.n, 1);
	assert_int_equal(outcome.fetched.why.code, FAULT_ADDRESS_REFUSED);
	assert_non_null(strstr(outcome.fetched.why.detail, "127.0.0.1"));
	assert_true(accept(listener, NULL, NULL) < 0);
	close(listener);
	http_free(http);
	roots_free(roots);
	allowed_free(allowed);
	event_base_free(base);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_connects_where_the_rules_forbid),
	};
	int failed;

	curl_global_init(CURL_GLOBAL_DEFAULT);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	curl_global_cleanup();
	return failed;
}
