/*
 * One client of the control socket.  Role: engine.  Input: a local user whom
 * the kernel named; what it sends is bounded and judged, and nobody waits for
 * it.
 *
 * A client has one call at a time: its next request is looked at when the
 * answer to the last has left.  So each costs at most one request, one call
 * and one answer, or as much of a stream of them as LIMIT_STREAM says: while
 * one is sent it has all the time it wants, and loses what it does not take.
 * One timer a client runs whenever we wait for it, be it for
 * a whole request or for taking an answer; bytes that trickle do not wind it
 * up again (S-82).
 */
#include "engine/control/controlclient.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "core/hook.h"
#include "libmud/mem.h"

/* Calls whose clients have left count as well. */
#define CALLS_MAX (4 * LIMIT_CLIENTS)

struct client {
	struct list link;
	struct control *control;
	int fd;
	uid_t uid;
	bool may_change;
	bool has_ended; /* it sends no more, but may still read */
	struct event *readable, *writable, *timer;
	struct control_call *call; /* under way, or NULL */
	char *out;                 /* answers on their way, or NULL */
	size_t n_out, at_out;
	size_t n_in, max_in;
	char in[]; /* of max_in */
};

static void
stir(struct control_call *call)
{
	if (call != NULL && call->stirred != NULL)
		call->stirred(call->stirred_arg);
}

void
controlclient_free(struct client *client)
{
	struct control_call *call = client->call;

	if (call != NULL)
		call->client = NULL;
	list_remove(&client->link);
	client->control->n_clients--;
	event_free(client->readable);
	event_free(client->writable);
	event_free(client->timer);
	(void)close(client->fd);
	free(client->out);
	free(client);
	stir(call);
}

/* From now on we wait for the client. */
static void
start_timer(struct client *client)
{
	unsigned int sec = client->control->options.idle_sec;
	const struct timeval end = { .tv_sec = sec == 0 ? LIMIT_IDLE_SEC
		                                        : (time_t)sec };

	(void)event_add(client->timer, &end);
}

/* Behind what is on its way already. Takes text. */
static void
queue(struct client *client, char *text, size_t len)
{
	const size_t left = client->n_out - client->at_out;

	if (client->out == NULL) {
		client->out = text;
		client->n_out = len;
		client->at_out = 0;
		return;
	}
	memmove(client->out, client->out + client->at_out, left);
	client->out = xrealloc(client->out, left + len, 1);
	memcpy(client->out + left, text, len);
	client->n_out = left + len;
	client->at_out = 0;
	free(text);
}

static void
end_call(struct control_call *call, const char *error, json_t *params)
{
	struct client *client = call->client;
	char *text;
	size_t len;

	if (client == NULL || call->oneway) {
		json_decref(params);
	} else {
		text = varlink_answer(error, params, &len);
		if (text == NULL)
			text = varlink_answer(CONTROL_NOT_POSSIBLE,
			    json_pack(
				"{s:s}", "reason", "the answer is too long"),
			    &len);
		queue(client, text, len);
	}
	if (client != NULL) {
		client->call = NULL;
		/* Also without an answer: then the next request is due. */
		(void)event_add(client->writable, NULL);
		start_timer(client);
	}
	if (call->control != NULL)
		call->control->n_calls--;
	list_remove(&call->link);
	free(call);
}

static const struct control_method *
find_method(const struct control *control, const char *name)
{
	for (size_t i = 0; i < control->options.n_methods; i++)
		if (strcmp(control->options.methods[i].name, name) == 0)
			return &control->options.methods[i];
	return NULL;
}

/* Only what carries a certificate is longer than LIMIT_REQUEST. */
static bool
may_be_large(const struct client *client, const struct varlink_request *request)
{
	const char *large = client->control->options.large;

	return large != NULL &&
	       strcmp(request->interface, CONTROL_INTERFACE) == 0 &&
	       strcmp(request->method, large) == 0;
}

/* The errors that are ours to give before a method is called. */
static void
dispatch(struct client *client, struct control_call *call,
    const struct varlink_request *request)
{
	const struct control_options *options = &client->control->options;
	const struct control_method *method;
	const char *error;
	json_t *answer;

	if (request->upgrade) {
		control_invalid(call, "upgrade");
		return;
	}
	if (varlink_is_service(request)) {
		varlink_service(request, options->version, &error, &answer);
		end_call(call, error, answer);
		return;
	}
	if (strcmp(request->interface, CONTROL_INTERFACE) != 0) {
		end_call(call, VARLINK_INTERFACE_NOT_FOUND,
		    json_pack("{s:s}", "interface", request->interface));
		return;
	}
	method = find_method(client->control, request->method);
	if (method == NULL)
		end_call(call, VARLINK_METHOD_NOT_FOUND,
		    json_pack("{s:s}", "method", request->method));
	else if (method->changes && !client->may_change)
		end_call(call, CONTROL_PERMISSION_DENIED,
		    json_pack("{s:s}", "needs", "group mudd-admin"));
	else if (client->control->n_calls > CALLS_MAX)
		end_call(call, CONTROL_BUSY, NULL);
	else
		method->fn(
		    options->arg, call, request->parameters, client->uid);
}

static char *
end_of_request(struct client *client)
{
	return memchr(client->in, '\0', client->n_in);
}

/* The first request in the buffer. False: it is none. */
static bool
take_request(struct client *client)
{
	struct varlink_request request;
	struct control_call *call;
	size_t len = (size_t)(end_of_request(client) - client->in);

	hook_try(PROGRAM_ENGINE, client->in, len, HOOK_NO_FD);
	if (!varlink_parse(client->in, len, &request))
		return false;
	if (len >= LIMIT_REQUEST && !may_be_large(client, &request)) {
		varlink_done(&request);
		return false;
	}
	client->n_in -= len + 1;
	memmove(client->in, client->in + len + 1, client->n_in);

	call = xcalloc(1, sizeof(*call));
	call->control = client->control;
	call->client = client;
	call->oneway = request.oneway;
	call->more = request.more;
	list_append(&client->control->calls, &call->link);
	client->control->n_calls++;
	client->call = call;
	(void)event_del(client->timer);
	dispatch(client, call, &request);
	varlink_done(&request);
	return true;
}

/* What can be done now is done; at most one request a turn of the loop. */
static void
go_on(struct client *client)
{
	bool is_free = client->call == NULL && client->out == NULL;

	if (is_free && end_of_request(client) != NULL) {
		if (!take_request(client)) {
			controlclient_free(client);
			return;
		}
	} else if (is_free && client->has_ended) {
		controlclient_free(client);
		return;
	}
	if (end_of_request(client) == NULL && client->n_in == client->max_in) {
		controlclient_free(client);
		return;
	}
	if (client->has_ended || client->n_in == client->max_in)
		(void)event_del(client->readable);
	else
		(void)event_add(client->readable, NULL);
}

/* False: the client is gone. */
static bool
send_some(struct client *client)
{
	struct iovec part = {
		.iov_base = client->out + client->at_out,
		.iov_len = client->n_out - client->at_out,
	};
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t n = sendmsg(client->fd, &message, MSG_NOSIGNAL);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	client->at_out += (size_t)n;
	if (client->at_out == client->n_out) {
		free(client->out);
		client->out = NULL;
		client->n_out = client->at_out = 0;
		/* Of a stream we have more, when there is something to say. */
		if (client->call == NULL)
			start_timer(client);
	}
	return true;
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct client *client = arg;

	(void)fd;
	(void)what;
	if (client->out != NULL && !send_some(client)) {
		controlclient_free(client);
		return;
	}
	if (client->out != NULL)
		(void)event_add(client->writable, NULL);
	else if (client->call != NULL)
		stir(client->call);
	else
		go_on(client);
}

/* Closed both ways, not just told that it sends no more? */
static bool
has_hung_up(const struct client *client)
{
	struct pollfd at = { .fd = client->fd };

	return poll(&at, 1, 0) != 0 &&
	       (at.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct client *client = arg;
	struct iovec part = {
		.iov_base = client->in + client->n_in,
		.iov_len = client->max_in - client->n_in,
	};
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t n = recvmsg(client->fd, &message, MSG_DONTWAIT);

	(void)fd;
	(void)what;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0 || (n == 0 && has_hung_up(client))) {
		controlclient_free(client);
		return;
	}
	client->n_in += (size_t)n;
	client->has_ended = n == 0;
	go_on(client);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	controlclient_free(arg);
}

void
controlclient_new(struct control *control, int fd, uid_t uid, bool may_change)
{
	const size_t max_in =
	    may_change ? LIMIT_REQUEST_CERTIFICATE : LIMIT_REQUEST;
	struct client *client = xcalloc(1, sizeof(*client) + max_in);

	client->max_in = max_in;
	client->control = control;
	client->fd = fd;
	client->uid = uid;
	client->may_change = may_change;
	client->readable = event_new(
	    control->base, fd, EV_READ | EV_PERSIST, on_readable, client);
	client->writable =
	    event_new(control->base, fd, EV_WRITE, on_writable, client);
	client->timer = evtimer_new(control->base, on_timer, client);
	if (client->readable == NULL || client->writable == NULL ||
	    client->timer == NULL)
		abort();
	list_append(&control->clients, &client->link);
	control->n_clients++;
	(void)event_add(client->readable, NULL);
	start_timer(client);
}

struct client *
controlclient_of(struct list *link)
{
	return LIST_ENTRY(link, struct client, link);
}

uid_t
controlclient_uid(const struct client *client)
{
	return client->uid;
}

bool
controlclient_flush(struct client *client, int msec)
{
	struct pollfd on = { .fd = client->fd, .events = POLLOUT };

	if (client->out == NULL)
		return false;
	return poll(&on, 1, msec) > 0 && send_some(client);
}

void
control_reply(struct control_call *call, json_t *params)
{
	end_call(call, NULL, params);
}

void
control_error(struct control_call *call, const char *error, json_t *params)
{
	end_call(call, error, params);
}

bool
control_stream(
    struct control_call *call, control_stirred_fn *stirred, void *arg)
{
	if (!call->more || call->oneway) {
		end_call(call, VARLINK_EXPECTED_MORE, NULL);
		return false;
	}
	call->stirred = stirred;
	call->stirred_arg = arg;
	return true;
}

bool
control_continue(struct control_call *call, json_t *params)
{
	struct client *client = call->client;
	size_t len;
	char *text;

	if (client == NULL) {
		json_decref(params);
		return false;
	}
	text = varlink_continue(params, &len);
	if (text == NULL ||
	    client->n_out - client->at_out + len > LIMIT_STREAM) {
		free(text);
		return false;
	}
	queue(client, text, len);
	(void)event_add(client->writable, NULL);
	return true;
}

bool
control_has_left(const struct control_call *call)
{
	return call->client == NULL;
}

void
control_invalid(struct control_call *call, const char *parameter)
{
	end_call(call, CONTROL_INVALID_PARAMETER,
	    json_pack("{s:s}", "parameter", parameter));
}
