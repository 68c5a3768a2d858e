/*
 * curl_multi_socket_action driven by libevent.  Role: fetcher.  No input is
 * looked at here.
 */
#include "fetch/multi.h"

#include <stdlib.h>
#include <sys/time.h>

#include <event2/event.h>

#include "libmud/list.h"
#include "libmud/mem.h"

struct multi {
	struct event_base *base;
	CURLM *curl;
	struct event *timer;
	struct list sockets;
};

struct socket {
	struct list link;
	struct event *event;
};

/* A handler may start or remove transfers, so each message is copied before
 * the handle leaves the multi. */
static void
deliver(struct multi *multi)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(multi->curl, &left)) != NULL) {
		CURL *easy = msg->easy_handle;
		CURLcode result = msg->data.result;
		char *private = NULL;
		struct transfer *transfer;

		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
		transfer = (struct transfer *)(void *)private;
		curl_multi_remove_handle(multi->curl, easy);
		transfer->on_done(transfer->arg, result);
	}
}

static void
on_socket(evutil_socket_t fd, short what, void *arg)
{
	struct multi *multi = arg;
	int running, ready = 0;

	if (what & EV_READ)
		ready |= CURL_CSELECT_IN;
	if (what & EV_WRITE)
		ready |= CURL_CSELECT_OUT;
	curl_multi_socket_action(multi->curl, fd, ready, &running);
	deliver(multi);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct multi *multi = arg;
	int running;

	(void)fd;
	(void)what;
	curl_multi_socket_action(multi->curl, CURL_SOCKET_TIMEOUT, 0, &running);
	deliver(multi);
}

static void
socket_free(struct socket *sock)
{
	list_remove(&sock->link);
	if (sock->event != NULL)
		event_free(sock->event);
	free(sock);
}

/* libcurl says which way it waits on a socket. */
static int
watch_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
	struct multi *multi = arg;
	struct socket *sock = known;
	short events = EV_PERSIST;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (sock != NULL)
			socket_free(sock);
		curl_multi_assign(multi->curl, fd, NULL);
		return 0;
	}
	if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
		events |= EV_READ;
	if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
		events |= EV_WRITE;
	if (sock == NULL) {
		sock = xcalloc(1, sizeof(*sock));
		list_append(&multi->sockets, &sock->link);
		curl_multi_assign(multi->curl, fd, sock);
	} else {
		event_free(sock->event);
	}
	sock->event = event_new(multi->base, fd, events, on_socket, multi);
	if (sock->event == NULL || event_add(sock->event, NULL) < 0)
		return -1;
	return 0;
}

static int
set_timer(CURLM *curl, long msec, void *arg)
{
	struct multi *multi = arg;
	struct timeval tv = { msec / 1000, msec % 1000 * 1000 };

	(void)curl;
	if (msec < 0)
		event_del(multi->timer);
	else
		event_add(multi->timer, &tv);
	return 0;
}

struct multi *
multi_new(struct event_base *base)
{
	struct multi *multi = xcalloc(1, sizeof(*multi));

	multi->base = base;
	list_init(&multi->sockets);
	multi->curl = curl_multi_init();
	multi->timer = evtimer_new(base, on_timer, multi);
	if (multi->curl == NULL || multi->timer == NULL ||
	    curl_multi_setopt(multi->curl, CURLMOPT_SOCKETFUNCTION,
		watch_socket) != CURLM_OK ||
	    curl_multi_setopt(multi->curl, CURLMOPT_SOCKETDATA, multi) !=
		CURLM_OK ||
	    curl_multi_setopt(multi->curl, CURLMOPT_TIMERFUNCTION, set_timer) !=
		CURLM_OK ||
	    curl_multi_setopt(multi->curl, CURLMOPT_TIMERDATA, multi) !=
		CURLM_OK) {
		multi_free(multi);
		return NULL;
	}
	return multi;
}

void
multi_free(struct multi *multi)
{
	if (multi == NULL)
		return;
	if (multi->curl != NULL)
		curl_multi_cleanup(multi->curl);
	LIST_EACH_SAFE(at, &multi->sockets)
	socket_free(LIST_ENTRY(at, struct socket, link));
	if (multi->timer != NULL)
		event_free(multi->timer);
	free(multi);
}

bool
multi_add(struct multi *multi, struct transfer *transfer)
{
	return curl_easy_setopt(transfer->easy, CURLOPT_PRIVATE, transfer) ==
	           CURLE_OK &&
	       curl_multi_add_handle(multi->curl, transfer->easy) == CURLM_OK;
}

void
multi_remove(struct multi *multi, struct transfer *transfer)
{
	curl_multi_remove_handle(multi->curl, transfer->easy);
}
