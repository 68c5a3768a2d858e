/*
 * mudd-watcher: frames in, sightings out.
 *
 * Started by mudd with the channel to the engine on descriptor 3.  Opens its
 * rtnetlink sockets, tells the engine of links and addresses, closes the
 * sandbox, and then looks at the frames of the ports whose packet sockets the
 * engine hands over.  Input: hostile frames; the kernel; the engine.
 */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "core/channel.h"
#include "core/hook.h"
#include "core/log.h"
#include "core/sandbox.h"
#include "core/worker.h"
#include "libmud/fault.h"
#include "libmud/limits.h"
#include "watch/budget.h"
#include "watch/droplog.h"
#include "watch/links.h"
#include "watch/observe.h"
#include "watch/ports.h"
#include "watch/presence.h"
#include "watch/rtnl.h"

/* Standard descriptors, the channel, netlink, the loop's own; what comes
 * later has a higher number, and may not be written to (sandbox.h). */
#define RESERVED_FDS 16

/* So much may wait for the engine before sightings are dropped; of one port
 * so many of them, or a loud one would take the room of all. */
#define BACKLOG      (8 * 1024 * 1024)
#define BACKLOG_PORT 512
/* Links cannot be dropped: past this we start afresh, with a new dump. */
#define BACKLOG_LINKS (2 * BACKLOG)

#define RESYNC_MSEC 1000  /* at most one dump a second */
#define TELL_MSEC   60000 /* between two warnings of a kind */

struct watcher {
	struct event_base *base;
	struct channel *engine;
	struct rtnl *rtnl;
	struct links *links;
	struct presence *presence;
	struct observer *observer;
	struct budget *failures; /* of neighbours */
	struct ports *ports;
	struct droplog *droplog;
	struct event *resync, *events;
	bool is_started;    /* the first dump is through */
	bool is_resync_due; /* the timer runs */
	/* Sightings of each port since nothing waited for the engine. */
	unsigned int waiting[LIMIT_PORTS];
	unsigned int n_lost;    /* links past their bound */
	unsigned int n_over;    /* frames past their budget */
	unsigned int n_dropped; /* records the engine did not take */
	int64_t told_msec, resynced_msec;
};

/* What a flood leaves behind in the log is one line a minute. */
static void
tell(struct watcher *watcher, uint32_t ifindex)
{
	const int64_t now = ports_clock();

	if (watcher->told_msec != 0 && now - watcher->told_msec < TELL_MSEC)
		return;
	watcher->told_msec = now;
	log_warning("port %u: %u frames over the budget (S-60), %u records "
		    "dropped since the engine is slow, so far",
	    ifindex, watcher->n_over, watcher->n_dropped);
}

static void
send_state(struct watcher *watcher, enum record_type type, const void *body)
{
	if (channel_backlog(watcher->engine) > BACKLOG_LINKS)
		log_fatal("the engine does not listen any more");
	channel_send(watcher->engine, type, body, NULL, 0);
}

static void
on_link(void *arg, const struct record_link *link)
{
	struct watcher *watcher = arg;

	if (link->op == OP_DELETE) {
		ports_forget(watcher->ports, link->ifindex);
		presence_port_gone(watcher->presence, link->ifindex);
	}
	send_state(watcher, RECORD_LINK, link);
}

static void
on_gateway(void *arg, const struct record_gateway *address)
{
	struct watcher *watcher = arg;

	send_state(watcher, RECORD_GATEWAY, address);
}

static void
on_network(void *arg, const struct record_network *network)
{
	struct watcher *watcher = arg;

	if (network->prefix.addr.family == 0 && network->op == OP_ADD)
		log_info("interface %u: more routes than this program keeps",
		    network->ifindex);
	send_state(watcher, RECORD_NETWORK, network);
}

static void
on_mac(
    void *arg, enum links_where where, const struct mac *mac, uint32_t ifindex)
{
	struct watcher *watcher = arg;
	const int64_t at =
	    watcher->is_started ? ports_clock() : PRESENCE_EVER_MSEC;

	switch (where) {
	case LINKS_AT_PORT:
		presence_learn(
		    watcher->presence, mac, ifindex, PRESENCE_BRIDGE, at);
		break;
	case LINKS_AT_PORT_GONE:
		presence_aged(watcher->presence, mac, ifindex);
		break;
	case LINKS_NEIGHBOUR:
		presence_learn(
		    watcher->presence, mac, ifindex, PRESENCE_NEIGHBOUR, at);
		break;
	}
}

/* Whoever looks for hosts all over a network makes thousands of these; of an
 * address that is in use there is another before long. */
static void
on_unreachable(void *arg, const struct record_unreachable *told)
{
	struct watcher *watcher = arg;

	if (watcher->is_started &&
	    budget_port(watcher->failures, told->ifindex, ports_clock()) &&
	    channel_backlog(watcher->engine) < BACKLOG)
		channel_send(
		    watcher->engine, RECORD_UNREACHABLE, told, NULL, 0);
}

/* A second after the last one, and so at once where that was long ago. */
static void
resync_later(struct watcher *watcher)
{
	const int64_t due = watcher->resynced_msec + RESYNC_MSEC;
	const int64_t now = ports_clock();
	struct timeval wait = { 0 };

	if (watcher->is_resync_due)
		return;
	watcher->is_resync_due = true;
	if (due > now) {
		wait.tv_sec = (due - now) / 1000;
		wait.tv_usec = (due - now) % 1000 * 1000;
	}
	(void)event_add(watcher->resync, &wait);
}

/* Dumps, and comes back to it in a second if that was not whole.  The engine
 * hears LINKS_END once, after the first that was. */
static void
resync(struct watcher *watcher)
{
	const struct record_empty end = { 0 };
	const unsigned int before = watcher->n_lost;
	int error;

	presence_resync(watcher->presence);
	error = rtnl_dump(watcher->rtnl, watcher->links, &watcher->n_lost);
	watcher->resynced_msec = ports_clock();
	if (error >= 0)
		presence_settle(watcher->presence);

	if (before == 0 && watcher->n_lost > 0)
		log_warning("more interfaces or addresses than this program "
			    "keeps; the others are not watched");
	if (error != 0) {
		log_debug(
		    "rtnetlink dump: %s", strerror(error < 0 ? -error : EINTR));
		resync_later(watcher);
	}
	if (error >= 0 && !watcher->is_started) {
		watcher->is_started = true;
		send_state(watcher, RECORD_LINKS_END, &end);
	}
}

static void
on_resync(evutil_socket_t fd, short what, void *arg)
{
	struct watcher *watcher = arg;

	(void)fd;
	(void)what;
	watcher->is_resync_due = false;
	resync(watcher);
}

static void
on_rtnl(evutil_socket_t fd, short what, void *arg)
{
	struct watcher *watcher = arg;
	int error = rtnl_read(watcher->rtnl, watcher->links, &watcher->n_lost);

	(void)fd;
	(void)what;
	if (error == 0)
		return;
	log_debug("rtnetlink events: %s", strerror(-error));
	resync_later(watcher);
}

static bool
is_there(void *arg, uint32_t ifindex)
{
	struct watcher *watcher = arg;

	return links_find(watcher->links, ifindex) != NULL;
}

static void
send_sighting(struct watcher *watcher, const struct record_sighting *sighting)
{
	const size_t backlog = channel_backlog(watcher->engine);
	unsigned int *waiting =
	    &watcher->waiting[sighting->ifindex % LIMIT_PORTS];

	if (backlog == 0)
		memset(watcher->waiting, 0, sizeof(watcher->waiting));
	if (backlog < BACKLOG && *waiting < BACKLOG_PORT) {
		(*waiting)++;
		channel_send(
		    watcher->engine, RECORD_SIGHTING, sighting, NULL, 0);
		return;
	}
	watcher->n_dropped++;
	tell(watcher, sighting->ifindex);
}

static bool
on_frame(void *arg, uint32_t ifindex, bool is_leaving, int64_t at_msec,
    struct bytes raw)
{
	struct watcher *watcher = arg;
	const struct observation seen = { ifindex, is_leaving, at_msec, raw };
	struct record_sighting sighting;
	struct fault why;

	/* What comes by LISTEN begins at RESERVED_FDS. */
	hook_try(PROGRAM_WATCHER, raw.data, raw.len, RESERVED_FDS);
	if (observe(watcher->observer, &seen, &sighting, &why)) {
		send_sighting(watcher, &sighting);
	} else if (why.code == FAULT_BUSY) {
		watcher->n_over++;
		tell(watcher, ifindex);
		return false;
	} else if (why.code != FAULT_NONE) {
		log_debug("port %u: %s: %s", ifindex, why.clause, why.detail);
	}
	while (observe_more(watcher->observer, &sighting))
		send_sighting(watcher, &sighting);
	return true;
}

static void
on_drop(void *arg, const struct record_drop *drop)
{
	struct watcher *watcher = arg;

	if (channel_backlog(watcher->engine) < BACKLOG)
		channel_send(watcher->engine, RECORD_DROP, drop, NULL, 0);
	else
		watcher->n_dropped++;
}

static bool
on_record(void *arg, struct channel *ch, struct msg *msg)
{
	struct watcher *watcher = arg;
	const struct record_server *server = MSG_BODY(msg, record_server);
	const struct record_port *port = MSG_BODY(msg, record_port);
	int fd;

	(void)ch;
	if (msg->type == RECORD_SERVER) {
		if (server->is_relay != 0)
			observer_trust_relay(watcher->observer, &server->mac);
		else
			observer_trust(watcher->observer, &server->mac);
		return true;
	}
	if (msg->type == RECORD_LOG_LISTEN) {
		droplog_listen(watcher->droplog, msg_take_fd(msg, 0));
		return true;
	}
	if (msg->type != RECORD_LISTEN || port->ifindex == 0)
		return false;
	fd = msg_take_fd(msg, 0);
	if (!ports_listen(watcher->ports, port->ifindex, fd))
		log_warning("port %u: more than %d ports: not watched",
		    port->ifindex, LIMIT_PORTS);
	return true;
}

static void
on_gone(void *arg, struct channel *ch, const char *reason)
{
	struct watcher *watcher = arg;

	(void)ch;
	log_debug("the engine's channel: %s", reason);
	(void)event_base_loopbreak(watcher->base);
}

static uint64_t
random_key(void)
{
	uint64_t key;

	if (getrandom(&key, sizeof(key), 0) != (ssize_t)sizeof(key))
		log_fatal("getrandom: %s", strerror(errno));
	return key;
}

/* No number below RESERVED_FDS may be free for a packet socket. */
static void
fill_reserved(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (fd < 0)
			log_fatal("/dev/null: %s", strerror(errno));
	} while (fd < RESERVED_FDS);
	(void)close(fd);
}

static void
watcher_open(struct watcher *watcher)
{
	const struct links_events events = { on_link, on_gateway, on_network,
		on_mac, on_unreachable };
	struct fault why = { 0 };

	watcher->rtnl = rtnl_new(MSG_EVENTS_FD, &why);
	if (watcher->rtnl == NULL)
		log_fatal("%s: %s", why.clause, why.detail);
	watcher->base = event_base_new();
	if (watcher->base == NULL)
		log_fatal("cannot make an event loop");
	watcher->engine = channel_new(watcher->base, MSG_CHANNEL_FD,
	    PROGRAM_WATCHER, PROGRAM_ENGINE, on_record, on_gone, watcher);
	watcher->links = links_new(&events, watcher);
	watcher->presence = presence_new(random_key());
	watcher->failures = budget_new(random_key());
	watcher->observer =
	    observer_new(watcher->links, watcher->presence, random_key());
	watcher->ports = ports_new(watcher->base, on_frame, is_there, watcher);
	watcher->droplog =
	    droplog_new(watcher->base, random_key(), on_drop, watcher);
	watcher->resync = evtimer_new(watcher->base, on_resync, watcher);
	watcher->events =
	    event_new(watcher->base, rtnl_events_fd(watcher->rtnl),
		EV_READ | EV_PERSIST, on_rtnl, watcher);
	if (watcher->resync == NULL || watcher->events == NULL ||
	    event_add(watcher->events, NULL) != 0)
		log_fatal("cannot watch rtnetlink");
}

static void
watcher_close(struct watcher *watcher)
{
	event_free(watcher->events);
	event_free(watcher->resync);
	droplog_free(watcher->droplog);
	ports_free(watcher->ports);
	observer_free(watcher->observer);
	budget_free(watcher->failures);
	presence_free(watcher->presence);
	links_free(watcher->links);
	channel_free(watcher->engine);
	event_base_free(watcher->base);
	rtnl_free(watcher->rtnl);
}

int
main(int argc, char **argv)
{
	struct watcher watcher = { 0 };
	struct fault why = { 0 };
	bool require;

	require = worker_begin("mudd-watcher", argc, argv);
	if (fcntl(MSG_CHANNEL_FD, F_GETFD) < 0)
		log_fatal("is started by mudd, not by hand");
	(void)signal(SIGPIPE, SIG_IGN);

	watcher_open(&watcher);
	fill_reserved();
	if (!sandbox_enter(PROGRAM_WATCHER, RESERVED_FDS, require, &why))
		log_fatal("%s: %s", why.clause, why.detail);
	resync(&watcher);
	if (event_base_dispatch(watcher.base) < 0)
		log_fatal("the event loop broke");
	watcher_close(&watcher);
	return 0;
}
