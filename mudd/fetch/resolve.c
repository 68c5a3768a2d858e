/*
 * Name lookups by c-ares in a libevent loop.  Role: fetcher.  Answers are
 * hostile: c-ares parses them, and each address is judged here before anybody
 * else sees it.
 */
#include "fetch/resolve.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include <ares.h>
#include <event2/event.h>

#include "core/log.h"
#include "fetch/allowed.h"
#include "fetch/hosts.h"
#include "fetch/sockaddr.h"
#include "libmud/fault.h"
#include "libmud/list.h"
#include "libmud/mem.h"

/* 1.5 s, 3 s and 6 s a server: done before a fetch's own time is up. */
#define TIMEOUT_MSEC 1500
#define TRIES        3
/* Some name servers never answer a question for AAAA (RFC 4074 s4.1): where
 * one family has addresses, the other is waited for no longer than this. */
#define GRACE_MSEC 1000
/* An answer of this size crosses any path without fragments. */
#define EDNS_SIZE 1232

struct resolver {
	struct event_base *base;
	const struct allowed *allowed;
	ares_channel ares;
	struct event *timer;
	struct list sockets;
	struct list lookups;
	size_t n_lookups;
	struct bytes hosts; /* owned */
};

struct socket {
	struct list link;
	ares_socket_t fd;
	struct event *event;
};

struct resolve_lookup {
	struct list link;
	struct resolver *resolver;
	char name[LIMIT_HOST + 1];
	const char *clause;
	resolve_fn *on_answer; /* NULL: cancelled, or called already */
	void *arg;
	unsigned int n_open; /* questions to name servers, one a family */
	int status;          /* the one that explains most so far */
	struct event *later; /* hands the answer on from the loop */
	bool has_refused;
	struct addr refused; /* the first that the rules forbid */
	enum allowed_verdict refusal;
	struct fault why;
	struct resolve_answer answer;
};

static void
lookup_free(struct resolve_lookup *lookup)
{
	list_remove(&lookup->link);
	lookup->resolver->n_lookups--;
	if (lookup->later != NULL)
		event_free(lookup->later);
	free(lookup);
}

static void
on_later(evutil_socket_t fd, short what, void *arg)
{
	struct resolve_lookup *lookup = arg;
	resolve_fn *on_answer = lookup->on_answer;

	(void)fd;
	(void)what;
	lookup->on_answer = NULL;
	if (on_answer != NULL)
		on_answer(lookup->arg, &lookup->answer, &lookup->why);
	/* c-ares cannot take one question back: it holds on to the lookup. */
	if (lookup->n_open == 0)
		lookup_free(lookup);
}

static uint32_t
clamp_ttl(int ttl)
{
	if (ttl < LIMIT_TTL_MIN_SEC)
		return LIMIT_TTL_MIN_SEC;
	if (ttl > LIMIT_TTL_MAX_SEC)
		return LIMIT_TTL_MAX_SEC;
	return (uint32_t)ttl;
}

/* Takes one address of the answer in, if the rules let it (S-53, S-54).  No
 * packet carries a mapped address: what it stands for is taken. */
static void
take(struct resolve_lookup *lookup, const struct addr *said, int ttl)
{
	struct resolve_answer *answer = &lookup->answer;
	const struct addr unmapped = addr_unmapped(said), *addr = &unmapped;
	enum allowed_verdict verdict =
	    allowed_judge(lookup->resolver->allowed, addr);
	size_t n_family = 0, at;
	char text[ADDR_TEXT];

	if (verdict != ALLOWED_FIT) {
		log_debug("%s: %s left out: %s", lookup->name,
		    addr_text(addr, text), allowed_words(verdict));
		if (!lookup->has_refused) {
			lookup->has_refused = true;
			lookup->refused = *addr;
			lookup->refusal = verdict;
		}
		return;
	}
	for (size_t i = 0; i < answer->n; i++) {
		if (addr_equal(&answer->addrs[i].addr, addr))
			return;
		if (answer->addrs[i].addr.family == addr->family)
			n_family++;
	}
	if (n_family == LIMIT_NAME_ADDRS) {
		log_debug("%s: more than %d addresses of a family",
		    lookup->name, LIMIT_NAME_ADDRS);
		return;
	}
	/* IPv6 goes before IPv4, whichever came first. */
	at = addr->family == 6 ? n_family : answer->n;
	memmove(answer->addrs + at + 1, answer->addrs + at,
	    (answer->n - at) * sizeof(answer->addrs[0]));
	answer->addrs[at].addr = *addr;
	answer->addrs[at].ttl_sec = clamp_ttl(ttl);
	answer->n++;
}

static void
take_all(struct resolve_lookup *lookup, const struct ares_addrinfo *info)
{
	int chain_ttl = INT_MAX;
	struct addr addr;

	/* An answer is no older than its oldest link (RFC 2181 s5.2). */
	for (const struct ares_addrinfo_cname *at = info->cnames; at != NULL;
	     at = at->next)
		if (at->ttl < chain_ttl)
			chain_ttl = at->ttl;
	for (const struct ares_addrinfo_node *at = info->nodes; at != NULL;
	     at = at->ai_next)
		if (sockaddr_read(
			at->ai_addr, (size_t)at->ai_addrlen, &addr, NULL))
			take(lookup, &addr,
			    at->ai_ttl < chain_ttl ? at->ai_ttl : chain_ttl);
}

/* What the caller is told when nothing is left. */
static void
explain(struct resolve_lookup *lookup)
{
	struct fault *why = &lookup->why;
	int status = lookup->status;
	char text[ADDR_TEXT];

	if (lookup->answer.n > 0)
		return;
	if (lookup->has_refused)
		fault_set(why, FAULT_ADDRESS_REFUSED, lookup->clause,
		    "%s is at %s, %s", lookup->name,
		    addr_text(&lookup->refused, text),
		    allowed_words(lookup->refusal));
	else if (status == ARES_ETIMEOUT)
		fault_set(why, FAULT_TIMEOUT, lookup->clause,
		    "no name server answers for %s", lookup->name);
	else if (status == ARES_ENOTFOUND)
		fault_set(why, FAULT_RESOLVE, lookup->clause,
		    "there is no name %s", lookup->name);
	else if (status == ARES_ENODATA || status == ARES_SUCCESS)
		fault_set(why, FAULT_RESOLVE, lookup->clause,
		    "%s has no address", lookup->name);
	else
		fault_set(why, FAULT_RESOLVE, lookup->clause, "%s: %s",
		    lookup->name, ares_strerror(status));
}

/* That there is no such name says most, that a family has no address least. */
static void
note_status(struct resolve_lookup *lookup, int status)
{
	if (lookup->status == ARES_SUCCESS || lookup->status == ARES_ENODATA ||
	    status == ARES_ENOTFOUND)
		lookup->status = status;
}

/* One family is through. */
static void
on_ares(void *arg, int status, int timeouts, struct ares_addrinfo *info)
{
	const struct timeval grace = { GRACE_MSEC / 1000,
		GRACE_MSEC % 1000 * 1000 };
	struct resolve_lookup *lookup = arg;

	(void)timeouts;
	lookup->n_open--;
	if (info != NULL) {
		take_all(lookup, info);
		ares_freeaddrinfo(info);
	}
	note_status(lookup, status);
	if (status == ARES_EDESTRUCTION)
		return;
	if (lookup->n_open == 0) {
		explain(lookup);
		event_active(lookup->later, 0, 0);
	} else if (lookup->answer.n > 0) {
		event_add(lookup->later, &grace);
	}
}

/* True if the hosts file speaks of the name; then DNS is not asked. */
static bool
ask_hosts(struct resolve_lookup *lookup)
{
	struct addr addrs[2 * LIMIT_NAME_ADDRS];
	size_t n = hosts_find(
	    lookup->resolver->hosts, lookup->name, addrs, 2 * LIMIT_NAME_ADDRS);

	for (size_t i = 0; i < n; i++)
		take(lookup, &addrs[i], LIMIT_TTL_MIN_SEC);
	if (n > 0)
		explain(lookup);
	return n > 0;
}

static void
rearm(struct resolver *resolver)
{
	struct timeval tv, *next = ares_timeout(resolver->ares, NULL, &tv);

	if (next == NULL)
		event_del(resolver->timer);
	else
		event_add(resolver->timer, next);
}

/* Each family is a question of its own, so that neither has to wait. */
static void
ask_servers(struct resolve_lookup *lookup)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct ares_addrinfo_hints hints = { .ai_flags = ARES_AI_NOSORT };

	/* Counted first: c-ares may call back at once. */
	lookup->n_open = 2;
	for (size_t i = 0; i < 2; i++) {
		hints.ai_family = families[i];
		ares_getaddrinfo(lookup->resolver->ares, lookup->name, NULL,
		    &hints, on_ares, lookup);
	}
	rearm(lookup->resolver);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct resolver *resolver = arg;

	(void)fd;
	(void)what;
	ares_process_fd(resolver->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	rearm(resolver);
}

static void
on_socket(evutil_socket_t fd, short what, void *arg)
{
	struct resolver *resolver = arg;

	ares_process_fd(resolver->ares, what & EV_READ ? fd : ARES_SOCKET_BAD,
	    what & EV_WRITE ? fd : ARES_SOCKET_BAD);
	rearm(resolver);
}

static void
socket_free(struct socket *sock)
{
	list_remove(&sock->link);
	if (sock->event != NULL)
		event_free(sock->event);
	free(sock);
}

static struct socket *
socket_find(struct resolver *resolver, ares_socket_t fd)
{
	LIST_EACH(at, &resolver->sockets)
	{
		struct socket *sock = LIST_ENTRY(at, struct socket, link);

		if (sock->fd == fd)
			return sock;
	}
	return NULL;
}

/* c-ares says which way it waits on a socket; neither way: it is closed. */
static void
watch_socket(void *arg, ares_socket_t fd, int readable, int writable)
{
	struct resolver *resolver = arg;
	struct socket *sock = socket_find(resolver, fd);
	short events = EV_PERSIST;

	if (sock != NULL)
		socket_free(sock);
	if (!readable && !writable)
		return;
	if (readable)
		events |= EV_READ;
	if (writable)
		events |= EV_WRITE;
	sock = xcalloc(1, sizeof(*sock));
	sock->fd = fd;
	list_append(&resolver->sockets, &sock->link);
	sock->event =
	    event_new(resolver->base, fd, events, on_socket, resolver);
	if (sock->event == NULL || event_add(sock->event, NULL) < 0)
		log_fatal("out of events");
}

struct resolver *
resolver_new(
    struct event_base *base, const struct allowed *allowed, struct fault *why)
{
	struct resolver *resolver = xcalloc(1, sizeof(*resolver));
	char lookups[] = "b"; /* hosts are ours: c-ares would open the file */
	struct ares_options options = {
		/* Names are whole: no search list, no HOSTALIASES.
		 * ares_getaddrinfo of 1.18 looks at the list in spite of
		 * NOSEARCH, so there is an empty one besides. */
		.flags =
		    ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_EDNS,
		.timeout = TIMEOUT_MSEC,
		.tries = TRIES,
		.domains = NULL,
		.ndomains = 0,
		.lookups = lookups,
		.ednspsz = EDNS_SIZE,
		.sock_state_cb = watch_socket,
		.sock_state_cb_data = resolver,
	};
	int status;

	resolver->base = base;
	resolver->allowed = allowed;
	list_init(&resolver->sockets);
	list_init(&resolver->lookups);
	status = ares_library_init(ARES_LIB_INIT_ALL);
	if (status == ARES_SUCCESS)
		status = ares_init_options(&resolver->ares, &options,
		    ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
			ARES_OPT_LOOKUPS | ARES_OPT_DOMAINS | ARES_OPT_EDNSPSZ |
			ARES_OPT_SOCK_STATE_CB);
	if (status != ARES_SUCCESS) {
		free(resolver);
		fault_set(
		    why, FAULT_INTERNAL, "c-ares", "%s", ares_strerror(status));
		return NULL;
	}
	resolver->timer = evtimer_new(base, on_timer, resolver);
	if (resolver->timer == NULL)
		log_fatal("out of events");
	resolver->hosts = hosts_read(HOSTS_PATH);
	return resolver;
}

void
resolver_free(struct resolver *resolver)
{
	if (resolver == NULL)
		return;
	ares_destroy(resolver->ares); /* calls back for each question */
	LIST_EACH_SAFE(at, &resolver->lookups)
	lookup_free(LIST_ENTRY(at, struct resolve_lookup, link));
	LIST_EACH_SAFE(at, &resolver->sockets)
	socket_free(LIST_ENTRY(at, struct socket, link));
	event_free(resolver->timer);
	free((void *)(uintptr_t)resolver->hosts.data);
	free(resolver);
	ares_library_cleanup();
}

struct resolve_lookup *
resolve_start(struct resolver *resolver, const char *name, const char *clause,
    resolve_fn *on_answer, void *arg)
{
	struct resolve_lookup *lookup = xcalloc(1, sizeof(*lookup));

	lookup->resolver = resolver;
	lookup->clause = clause;
	lookup->on_answer = on_answer;
	lookup->arg = arg;
	lookup->status = ARES_SUCCESS;
	text_copy(lookup->name, sizeof(lookup->name), name);
	list_append(&resolver->lookups, &lookup->link);
	lookup->later = evtimer_new(resolver->base, on_later, lookup);
	if (lookup->later == NULL)
		log_fatal("out of events");

	if (++resolver->n_lookups > RESOLVE_LOOKUPS) {
		fault_set(&lookup->why, FAULT_BUSY, clause,
		    "%d names are being looked up", RESOLVE_LOOKUPS);
		event_active(lookup->later, 0, 0);
	} else if (ask_hosts(lookup)) {
		event_active(lookup->later, 0, 0);
	} else {
		ask_servers(lookup);
	}
	return lookup;
}

void
resolve_cancel(struct resolve_lookup *lookup)
{
	lookup->on_answer = NULL;
}
