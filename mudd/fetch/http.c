/*
 * HTTPS fetches.  Role: fetcher.  The request comes from the engine and is
 * judged again; whatever the server says is hostile.
 *
 * A job: judge the URL, look the host up, then one transfer a hop.  The
 * addresses that the rules let through are all that libcurl ever sees, and
 * each socket is checked once more when it is made (S-22).
 */
#include "fetch/http.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <curl/curl.h>
#include <event2/event.h>
#include <openssl/ssl.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/msg.h"
#include "fetch/allowed.h"
#include "fetch/media.h"
#include "fetch/multi.h"
#include "fetch/options.h"
#include "fetch/reason.h"
#include "fetch/redirect.h"
#include "fetch/resolve.h"
#include "fetch/roots.h"
#include "fetch/sockaddr.h"
#include "fetch/whole.h"
#include "libmud/fault.h"
#include "libmud/list.h"
#include "libmud/mem.h"
#include "libmud/url.h"

/* What is not done by then would end with the fetcher, and with no word of
 * whose fault it was (S-24). */
#define LAST_SEC (LIMIT_FETCHER_SEC - 2)
/* Addresses of one name that are tried; more would only eat the time. */
#define TRIED_ADDRS 8
/* host:port:[addr],[addr],... */
#define RESOLVE_TEXT (LIMIT_HOST + 8 + TRIED_ADDRS * (ADDR_TEXT + 3))

struct http {
	struct event_base *base;
	struct resolver *resolver;
	const struct allowed *allowed;
	struct roots *roots; /* lent; NULL: none yet */
	struct multi *multi;
	http_done_fn *on_done;
	void *arg;
	struct list jobs;
	size_t n_jobs;
	int64_t started;
};

struct job {
	struct list link;
	struct http *http;
	struct record_fetch fetch;
	int fd;
	struct event *timer;           /* the time of the whole fetch (S-24) */
	struct url url;                /* of this hop */
	struct resolve_lookup *lookup; /* under way, or NULL */
	struct transfer transfer;      /* .easy NULL: none under way */
	struct curl_slist *headers, *resolved;
	char words[CURL_ERROR_SIZE];
	struct redirect redirect;
	struct whole whole;
	size_t n_headers, n_body; /* bytes of this hop */
	struct addr server;
	bool has_connected; /* this hop, by TCP */
	bool is_other_type;
	struct fault why;
};

static void
hop_end(struct job *job)
{
	if (job->transfer.easy != NULL) {
		multi_remove(job->http->multi, &job->transfer);
		curl_easy_cleanup(job->transfer.easy);
	}
	job->transfer.easy = NULL;
	curl_slist_free_all(job->headers);
	job->headers = NULL;
	whole_done(&job->whole);
}

static void
job_free(struct job *job)
{
	if (job->lookup != NULL)
		resolve_cancel(job->lookup);
	hop_end(job);
	curl_slist_free_all(job->resolved);
	list_remove(&job->link);
	job->http->n_jobs--;
	event_free(job->timer);
	close(job->fd);
	free(job);
}

/* Tells the outcome, which is job->why, and ends the job. */
static void
finish(struct job *job)
{
	struct http *http = job->http;
	struct record_fetched fetched = {
		.job = job->fetch.job,
		.kind = job->fetch.kind,
		.server = job->server,
		.why = job->why,
	};

	if (job->why.code == FAULT_NONE) {
		fetched.size = (uint32_t)job->n_body;
		fetched.is_other_type = job->is_other_type;
	}
	job_free(job);
	http->on_done(http->arg, &fetched);
}

static bool
address_is_fit(struct job *job, const struct addr *addr)
{
	enum allowed_verdict verdict = allowed_judge(job->http->allowed, addr);
	char text[ADDR_TEXT];

	if (verdict == ALLOWED_FIT)
		return true;
	return fault_set(&job->why, FAULT_ADDRESS_REFUSED, "S-22",
	    "%s leads to %s, %s", job->url.host, addr_text(addr, text),
	    allowed_words(verdict));
}

/* The last gate before a packet leaves: the address really connected to. */
static curl_socket_t
on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct job *job = arg;
	struct addr addr;
	uint16_t port;

	if (purpose != CURLSOCKTYPE_IPCXN ||
	    !sockaddr_read(&to->addr, to->addrlen, &addr, &port) ||
	    port != job->url.port || !address_is_fit(job, &addr))
		return CURL_SOCKET_BAD;
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static CURLcode
on_tls(CURL *easy, void *context, void *arg)
{
	struct job *job = arg;

	(void)easy;
	job->has_connected = true;
	whole_watch(&job->whole, context);
	return roots_attach(job->http->roots, SSL_CTX_get_cert_store(context))
	           ? CURLE_OK
	           : CURLE_OUT_OF_MEMORY;
}

/* All lines of all responses of a hop count (S-6). */
static size_t
on_header(char *line, size_t size, size_t n, void *arg)
{
	struct job *job = arg;
	size_t len = size * n;

	job->n_headers += len;
	if (job->n_headers > LIMIT_HEADERS) {
		fault_set(&job->why, FAULT_TOO_LARGE, "S-6",
		    "%s sends more than %d bytes of headers", job->url.host,
		    LIMIT_HEADERS);
		return 0;
	}
	redirect_note(&job->redirect, line, len);
	whole_note(&job->whole, line, len);
	return len;
}

static bool
write_all(int fd, const char *data, size_t len, size_t at)
{
	while (len > 0) {
		ssize_t n = pwrite(fd, data, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
		at += (size_t)n;
	}
	return true;
}

static long
status_of(const struct job *job)
{
	long status = 0;

	curl_easy_getinfo(job->transfer.easy, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

/* Only the body of a 200 is kept; any other ends the transfer here. */
static size_t
on_body(char *data, size_t size, size_t n, void *arg)
{
	struct job *job = arg;
	size_t len = size * n;

	if (status_of(job) != 200)
		return CURL_WRITEFUNC_ERROR;
	if (len > job->fetch.max_size - job->n_body) {
		fault_set(&job->why, FAULT_TOO_LARGE, "S-6",
		    "%s sends more than %u bytes", job->url.host,
		    job->fetch.max_size);
		return CURL_WRITEFUNC_ERROR;
	}
	if (!write_all(job->fd, data, len, job->n_body)) {
		fault_set(
		    &job->why, FAULT_INTERNAL, "pwrite", "%s", strerror(errno));
		return CURL_WRITEFUNC_ERROR;
	}
	job->n_body += len;
	return len;
}

static bool
set_callbacks(struct job *job)
{
	CURL *easy = job->transfer.easy;

	return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open) ==
	           0 &&
	       curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, job) == 0 &&
	       curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_tls) == 0 &&
	       curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, job) == 0 &&
	       curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header) == 0 &&
	       curl_easy_setopt(easy, CURLOPT_HEADERDATA, job) == 0 &&
	       curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body) == 0 &&
	       curl_easy_setopt(easy, CURLOPT_WRITEDATA, job) == 0 &&
	       curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, job->words) == 0;
}

/* One hop, to the addresses that were let through. */
static bool
start_hop(struct job *job)
{
	CURL *easy = curl_easy_init();

	job->transfer.easy = easy;
	job->n_headers = job->n_body = 0;
	job->has_connected = false;
	job->words[0] = '\0';
	if (easy != NULL && options_set(easy, &job->fetch, &job->headers) &&
	    set_callbacks(job) &&
	    curl_easy_setopt(easy, CURLOPT_RESOLVE, job->resolved) == 0 &&
	    curl_easy_setopt(easy, CURLOPT_URL, job->url.text) == 0 &&
	    multi_add(job->http->multi, &job->transfer))
		return true;
	return fault_set(&job->why, FAULT_INTERNAL, "S-21",
	    "libcurl cannot do what a fetch needs");
}

/* The address that answered, judged once more after the fact (S-22). */
static bool
note_server(struct job *job)
{
	char *text = NULL;
	struct addr addr;

	curl_easy_getinfo(job->transfer.easy, CURLINFO_PRIMARY_IP, &text);
	if (text == NULL || !addr_parse(text, &addr))
		return false;
	job->server = addr;
	return address_is_fit(job, &addr);
}

/* Of no weight here: who decides on the file wants to know (S-26). */
static void
note_type(struct job *job)
{
	char *type = NULL;

	curl_easy_getinfo(job->transfer.easy, CURLINFO_CONTENT_TYPE, &type);
	job->is_other_type =
	    !media_is_expected((enum fetch_kind)job->fetch.kind, type);
}

static void
explain_failure(struct job *job, CURLcode result)
{
	struct reason_seen seen = { .result = result, .words = job->words };
	CURL *easy = job->transfer.easy;
	curl_off_t tls_usec = 0;

	curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &seen.verify);
	curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &seen.error);
	curl_easy_getinfo(easy, CURLINFO_APPCONNECT_TIME_T, &tls_usec);
	seen.has_connected = job->has_connected;
	seen.has_tls = tls_usec > 0;
	reason_of(&seen, job->url.host, &job->why);
}

/* A transfer that is no 200 is cut short by on_body, or by libcurl when its
 * body would be too large: its status is what matters, not the cut. */
static bool
is_answer(CURLcode result, long status)
{
	if (result == CURLE_OK)
		return true;
	if (status == 200)
		return false;
	/* Cut among the headers, a Location may be missing. */
	return result == CURLE_WRITE_ERROR ||
	       (result == CURLE_FILESIZE_EXCEEDED &&
		   !redirect_is_status(status));
}

/* True: the hop ended with a redirect that may be followed. */
static bool
judge_hop(struct job *job, CURLcode result)
{
	bool has_server = note_server(job);
	long status = status_of(job);

	if (job->why.code != FAULT_NONE)
		return false;
	if (!is_answer(result, status)) {
		explain_failure(job, result);
		return false;
	}
	if (!has_server)
		return fault_set(&job->why, FAULT_INTERNAL, "S-22",
		    "%s: address of the server unknown", job->url.host);
	if (redirect_is_status(status))
		return redirect_follow(
		    &job->redirect, &job->url, &job->url, &job->why);
	if (status != 200)
		return fault_set(&job->why, FAULT_HTTP, "S-26",
		    "%s answers with status %ld", job->url.host, status);
	if (!whole_is(&job->whole))
		return fault_set(&job->why, FAULT_CONNECT, "RFC 9112 s9.8",
		    "%s: the connection broke off inside the body",
		    job->url.host);
	note_type(job);
	return false;
}

static void
on_transfer(void *arg, CURLcode result)
{
	struct job *job = arg;
	bool is_redirect = judge_hop(job, result);

	hop_end(job);
	if (!is_redirect || !start_hop(job))
		finish(job);
}

/* The entry that makes libcurl use these addresses and no resolver. */
static bool
set_addresses(struct job *job, const struct resolve_answer *answer)
{
	char entry[RESOLVE_TEXT], text[ADDR_TEXT];
	size_t at;

	at = (size_t)snprintf(
	    entry, sizeof(entry), "%s:%u:", job->url.host, job->url.port);
	for (size_t i = 0; i < answer->n && i < TRIED_ADDRS; i++) {
		const struct addr *addr = &answer->addrs[i].addr;
		bool is_v6 = addr->family == 6;

		at += (size_t)snprintf(entry + at, sizeof(entry) - at,
		    "%s%s%s%s", i > 0 ? "," : "", is_v6 ? "[" : "",
		    addr_text(addr, text), is_v6 ? "]" : "");
	}
	job->resolved = curl_slist_append(NULL, entry);
	return job->resolved != NULL;
}

static void
on_answer(
    void *arg, const struct resolve_answer *answer, const struct fault *why)
{
	struct job *job = arg;

	job->lookup = NULL;
	job->why = *why;
	if (answer->n == 0 || !set_addresses(job, answer) || !start_hop(job))
		finish(job);
}

static void
on_timeout(evutil_socket_t fd, short what, void *arg)
{
	struct job *job = arg;

	(void)fd;
	(void)what;
	fault_set(&job->why, FAULT_TIMEOUT, "S-24",
	    "%s: not there after %u s, %zu bytes came", job->url.host,
	    job->fetch.timeout_sec, job->n_body);
	finish(job);
}

static bool
fetch_is_sound(const struct record_fetch *fetch)
{
	uint32_t max;

	switch ((enum fetch_kind)fetch->kind) {
	case FETCH_FILE:
		max = LIMIT_FILE;
		break;
	case FETCH_SIGNATURE:
		max = LIMIT_SIGNATURE;
		break;
	default:
		return false;
	}
	return fetch->max_size > 0 && fetch->max_size <= max &&
	       fetch->timeout_sec > 0 &&
	       fetch->timeout_sec <= LIMIT_FETCH_SEC &&
	       msg_text_ends(fetch->url, sizeof(fetch->url));
}

/* What can be said before the network is asked. */
static bool
judge_request(struct job *job)
{
	struct http *http = job->http;

	if (!url_parse(job->fetch.url, &job->url, &job->why))
		return false;
	if (!allowed_has_port(http->allowed, job->url.port))
		return fault_set(&job->why, FAULT_URL_FORBIDDEN, "S-20",
		    "port %u is not in allow-ports", job->url.port);
	if (http->roots == NULL || roots_count(http->roots) == 0)
		return fault_set(&job->why, FAULT_TLS,
		    "RFC 8520 s1.6 (M-GET-2)",
		    "there are no TLS roots to judge %s by", job->url.host);
	if (http->n_jobs > HTTP_JOBS)
		return fault_set(&job->why, FAULT_BUSY, "S-25",
		    "%d fetches are under way", HTTP_JOBS);
	return true;
}

struct http *
http_new(struct event_base *base, struct resolver *resolver,
    const struct allowed *allowed, http_done_fn *on_done, void *arg)
{
	struct multi *multi = options_are_known() ? multi_new(base) : NULL;
	struct http *http;

	if (multi == NULL)
		return NULL;
	http = xcalloc(1, sizeof(*http));
	*http = (struct http){
		.base = base,
		.resolver = resolver,
		.allowed = allowed,
		.multi = multi,
		.started = clock_sec(),
		.on_done = on_done,
		.arg = arg,
	};
	list_init(&http->jobs);
	return http;
}

void
http_free(struct http *http)
{
	if (http == NULL)
		return;
	LIST_EACH_SAFE(at, &http->jobs)
	job_free(LIST_ENTRY(at, struct job, link));
	multi_free(http->multi);
	free(http);
}

void
http_trust(struct http *http, struct roots *roots)
{
	http->roots = roots;
}

/* A signature is fetched by the fetcher that fetched the file, in what time
 * that has left. */
static void
start_timer(struct job *job)
{
	const int64_t left = job->http->started + LAST_SEC - clock_sec();
	struct timeval time = { .tv_sec = (time_t)job->fetch.timeout_sec };

	if (time.tv_sec > left)
		time.tv_sec = left > 1 ? left : 1;
	job->fetch.timeout_sec = (uint32_t)time.tv_sec;
	job->timer = evtimer_new(job->http->base, on_timeout, job);
	if (job->timer == NULL || event_add(job->timer, &time) < 0)
		log_fatal("out of events");
}

bool
http_fetch(struct http *http, const struct record_fetch *fetch, int fd)
{
	struct job *job;

	if (!fetch_is_sound(fetch)) {
		close(fd);
		return false;
	}
	job = xcalloc(1, sizeof(*job));
	job->http = http;
	job->fetch = *fetch;
	job->fd = fd;
	job->transfer.on_done = on_transfer;
	job->transfer.arg = job;
	list_append(&http->jobs, &job->link);
	http->n_jobs++;
	start_timer(job);
	if (!judge_request(job)) {
		finish(job);
		return true;
	}
	job->lookup = resolve_start(
	    http->resolver, job->url.host, "S-22", on_answer, job);
	return true;
}
