/*
 * mudd-fetcher: the only program that talks to the internet.
 *
 * Takes jobs from the engine on MSG_CHANNEL_FD, fetches MUD files and
 * signatures into descriptors it is handed, and looks names up; ends when the
 * engine closes the channel.  Holds no privilege and calls nothing verified.
 * Input: records from the engine; everything from the network is hostile.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <curl/curl.h>
#include <event2/event.h>

#include "core/channel.h"
#include "core/hook.h"
#include "core/log.h"
#include "core/sandbox.h"
#include "core/worker.h"
#include "fetch/allowed.h"
#include "fetch/http.h"
#include "fetch/resolve.h"
#include "fetch/roots.h"
#include "libmud/fault.h"
#include "libmud/list.h"
#include "libmud/mem.h"
#include "libmud/url.h"

struct fetcher {
	struct event_base *base;
	struct channel *channel;
	struct allowed *allowed;
	struct resolver *resolver;
	struct roots *roots; /* NULL: none were told yet */
	struct http *http;
	struct list questions;
};

/* One RESOLVE. */
struct question {
	struct list link;
	struct fetcher *fetcher;
	uint32_t n;
};

static void
on_fetched(void *arg, const struct record_fetched *fetched)
{
	struct fetcher *fetcher = arg;

	channel_send(fetcher->channel, RECORD_FETCHED, fetched, NULL, 0);
}

/* Reads what the engine wrote; the size was checked. */
static bool
read_whole(int fd, uint8_t *data, size_t size)
{
	size_t have = 0;

	while (have < size) {
		ssize_t n = pread(fd, data + have, size - have, (off_t)have);

		if (n <= 0)
			return false;
		have += (size_t)n;
	}
	return true;
}

/* Once a fetcher: transfers under way hold on to the roots. */
static bool
on_roots(struct fetcher *fetcher, struct msg *msg)
{
	uint32_t size = MSG_BODY(msg, record_roots)->size;
	struct fault why = { 0 };
	uint8_t *data;
	bool is_read;

	if (fetcher->roots != NULL || size > LIMIT_CA_BUNDLE)
		return false;
	data = xcalloc(size + 1ul, 1);
	is_read = read_whole(msg->fds[0], data, size);
	if (is_read)
		fetcher->roots =
		    roots_parse((struct bytes){ data, size }, &why);
	free(data);
	if (is_read && fetcher->roots == NULL) {
		/* Fetches say that nothing is trusted; this says why. */
		log_error("%s", why.detail);
		return true;
	}
	if (is_read)
		http_trust(fetcher->http, fetcher->roots);
	return is_read;
}

static void
answer(struct fetcher *fetcher, uint32_t n, const struct resolve_answer *found,
    const struct fault *why)
{
	struct channel *channel = fetcher->channel;
	struct record_resolved resolved = {
		.n = n,
		.n_addrs = (uint32_t)found->n,
		.why = *why,
	};

	for (size_t i = 0; i < found->n; i++) {
		struct record_address_of address = {
			.n = n,
			.ttl_sec = found->addrs[i].ttl_sec,
			.addr = found->addrs[i].addr,
		};

		channel_send(channel, RECORD_ADDRESS_OF, &address, NULL, 0);
	}
	channel_send(channel, RECORD_RESOLVED, &resolved, NULL, 0);
}

static void
question_free(struct question *question)
{
	list_remove(&question->link);
	free(question);
}

static void
on_answer(
    void *arg, const struct resolve_answer *found, const struct fault *why)
{
	struct question *question = arg;

	answer(question->fetcher, question->n, found, why);
	question_free(question);
}

static bool
on_resolve(struct fetcher *fetcher, const struct record_resolve *resolve)
{
	static const struct resolve_answer nothing;
	struct fault why = { 0 };
	char host[LIMIT_HOST + 1];
	struct question *question;

	if (!msg_text_ends(resolve->name, sizeof(resolve->name)))
		return false;
	/* Names in ACEs may have underscores (S-14). */
	if (!host_parse(resolve->name, true, host, &why)) {
		answer(fetcher, resolve->n, &nothing, &why);
		return true;
	}
	question = xcalloc(1, sizeof(*question));
	question->fetcher = fetcher;
	question->n = resolve->n;
	list_append(&fetcher->questions, &question->link);
	(void)resolve_start(
	    fetcher->resolver, host, "S-53", on_answer, question);
	return true;
}

static bool
on_fetch(struct fetcher *fetcher, struct msg *msg)
{
	const struct record_fetch *fetch = MSG_BODY(msg, record_fetch);

	hook_try(PROGRAM_FETCHER, fetch->url, sizeof(fetch->url), HOOK_NO_FD);
	return http_fetch(fetcher->http, fetch, msg_take_fd(msg, 0));
}

static bool
on_record(void *arg, struct channel *channel, struct msg *msg)
{
	struct fetcher *fetcher = arg;

	(void)channel;
	/* msg.c lets through only what an engine may send to a fetcher. */
	if (msg->type == RECORD_FETCH_ROOTS)
		return on_roots(fetcher, msg);
	if (msg->type == RECORD_FETCH_ALLOW)
		return allowed_permit(
		    fetcher->allowed, MSG_BODY(msg, record_allow));
	if (msg->type == RECORD_FETCH_FORBID)
		return allowed_forbid(
		    fetcher->allowed, MSG_BODY(msg, record_forbid));
	if (msg->type == RECORD_FETCH_NAT64)
		return allowed_translate(
		    fetcher->allowed, MSG_BODY(msg, record_prefix));
	if (msg->type == RECORD_FETCH)
		return on_fetch(fetcher, msg);
	if (msg->type == RECORD_RESOLVE)
		return on_resolve(fetcher, MSG_BODY(msg, record_resolve));
	return false;
}

static void
on_gone(void *arg, struct channel *channel, const char *reason)
{
	struct fetcher *fetcher = arg;

	(void)channel;
	log_debug("the engine is gone: %s", reason);
	event_base_loopbreak(fetcher->base);
}

/* All that opens a file: OpenSSL's configuration, resolv.conf, hosts. */
static void
fetcher_init(struct fetcher *fetcher)
{
	struct fault why = { 0 };

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		log_fatal("libcurl cannot start");
	fetcher->base = event_base_new();
	if (fetcher->base == NULL)
		log_fatal("no event loop");
	list_init(&fetcher->questions);
	fetcher->allowed = allowed_new();
	fetcher->resolver = resolver_new(fetcher->base, fetcher->allowed, &why);
	if (fetcher->resolver == NULL)
		log_fatal("%s: %s", why.clause, why.detail);
	fetcher->http = http_new(fetcher->base, fetcher->resolver,
	    fetcher->allowed, on_fetched, fetcher);
	if (fetcher->http == NULL)
		log_fatal("%s cannot be used: OpenSSL and at least 7.85 "
			  "are needed",
		    curl_version());
}

static void
fetcher_done(struct fetcher *fetcher)
{
	http_free(fetcher->http);
	resolver_free(fetcher->resolver);
	LIST_EACH_SAFE(at, &fetcher->questions)
	question_free(LIST_ENTRY(at, struct question, link));
	roots_free(fetcher->roots);
	allowed_free(fetcher->allowed);
	channel_free(fetcher->channel);
	event_base_free(fetcher->base);
	curl_global_cleanup();
}

int
main(int argc, char **argv)
{
	struct fetcher fetcher = { 0 };
	struct fault why = { 0 };
	bool require;

	require = worker_begin("mudd-fetcher", argc, argv);
	/* Proxies, key logs, other roots, other resolvers: libraries look for
	 * such in the environment, and none of it may count (S-21, S-22). */
	if (clearenv() != 0)
		log_fatal("cannot clear the environment");
	/* A server that closes must not end us: libcurl leaves this to us. */
	(void)signal(SIGPIPE, SIG_IGN);
	fetcher_init(&fetcher);
	if (!sandbox_enter(PROGRAM_FETCHER, 0, require, &why))
		log_fatal("%s: %s", why.clause, why.detail);
	fetcher.channel = channel_new(fetcher.base, MSG_CHANNEL_FD,
	    PROGRAM_FETCHER, PROGRAM_ENGINE, on_record, on_gone, &fetcher);
	event_base_dispatch(fetcher.base);
	fetcher_done(&fetcher);
	return 0;
}
