/*
 * ten thousand changes while nobody reads, and hardly any room for them:
 * the next dump says all that was lost.  Needs root, `bridge` and `ip`.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libmud/fault.h"
#include "tests/unit/gateway.h"
#include "watch/links.h"
#include "watch/presence.h"
#include "watch/rtnl.h"

#define BUFFER 4096
#define EARLY  100  /* known before */
#define COME   4900 /* ... on one port, and all of them move to the other */
#define LEAVE  200  /* of these, later, besides the early ones */
/* EARLY leave, COME come, move, and LEAVE leave: */
_Static_assert(EARLY + 2 * COME + LEAVE > 10000, "ten thousand changes");

struct view {
	struct links *links;
	struct presence *presence;
	struct rtnl *rtnl;
	unsigned int n_lost, n_addresses;
};

static void
on_link(void *arg, const struct record_link *link)
{
	struct view *view = arg;

	if (link->op == OP_DELETE)
		presence_port_gone(view->presence, link->ifindex);
}

static void
on_gateway(void *arg, const struct record_gateway *address)
{
	struct view *view = arg;

	if (address->op == OP_ADD)
		view->n_addresses++;
	else
		view->n_addresses--;
}

static void
on_network(void *arg, const struct record_network *network)
{
	(void)arg;
	(void)network;
}

static void
on_mac(
    void *arg, enum links_where where, const struct mac *mac, uint32_t ifindex)
{
	struct view *view = arg;

	if (where == LINKS_AT_PORT_GONE)
		presence_aged(view->presence, mac, ifindex);
	else
		presence_learn(view->presence, mac, ifindex,
		    where == LINKS_AT_PORT ? PRESENCE_BRIDGE
					   : PRESENCE_NEIGHBOUR,
		    PRESENCE_EVER_MSEC);
}

static void
on_unreachable(void *arg, const struct record_unreachable *told)
{
	(void)arg;
	(void)told;
}

static void
view_begin(struct view *view)
{
	const struct links_events events = { on_link, on_gateway, on_network,
		on_mac, on_unreachable };
	const struct sockaddr_nl here = { .nl_family = AF_NETLINK };
	const int bytes = BUFFER;
	int fd = socket(
	    AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
	struct fault why = { 0 };

	*view = (struct view){ 0 };
	assert_true(
	    fd >= 0 &&
	    bind(fd, (const struct sockaddr *)(const void *)&here,
		sizeof(here)) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes)) == 0);
	view->links = links_new(&events, view);
	view->presence = presence_new(7);
	view->rtnl = rtnl_new(fd, &why);
	if (view->rtnl == NULL)
		fail_msg("%s", why.detail);
}

/* As main.c does; other changes of this machine's may tear a dump. */
static void
view_resync(struct view *view)
{
	int error;

	do {
		presence_resync(view->presence);
		error = rtnl_dump(view->rtnl, view->links, &view->n_lost);
	} while (error == -EINTR);
	assert_int_equal(error, 0);
	presence_settle(view->presence);
}

static void
view_end(struct view *view)
{
	rtnl_free(view->rtnl);
	presence_free(view->presence);
	links_free(view->links);
}

static struct mac
mac_of(unsigned int n)
{
	return (struct mac){ { 2, 0xcc, 0, 0, (uint8_t)(n >> 8), (uint8_t)n } };
}

static void
put_lines(FILE *to, const char *verb, unsigned int from, unsigned int until,
    const char *port)
{
	for (unsigned int n = from; n < until; n++) {
		struct mac mac = mac_of(n);
		char text[MAC_TEXT];

		(void)fprintf(to, "fdb %s %s dev %s master%s\n", verb,
		    mac_text(&mac, text), port,
		    verb[0] == 'd' ? "" : " dynamic");
	}
}

static FILE *
batch_begin(char *path)
{
	int fd = mkstemp(path);
	FILE *to = fd < 0 ? NULL : fdopen(fd, "w");

	assert_non_null(to);
	return to;
}

static void
batch_run(FILE *batch, const char *path)
{
	const char *argv[] = { "bridge", "-batch", path, NULL };

	assert_int_equal(fclose(batch), 0);
	free(gateway_run(HOST_GATEWAY, argv));
	assert_int_equal(unlink(path), 0);
}

static void
know_early_ones(void)
{
	char path[] = "/tmp/mudd-test-XXXXXX";
	FILE *batch = batch_begin(path);

	put_lines(batch, "add", 0, EARLY, "p1");
	batch_run(batch, path);
}

static void
storm(void)
{
	const char *address[] = { "ip", "addr", "add", "192.0.2.77/24", "dev",
		"br0", NULL };
	char path[] = "/tmp/mudd-test-XXXXXX";
	FILE *batch = batch_begin(path);

	put_lines(batch, "del", 0, EARLY, "p1");
	put_lines(batch, "add", EARLY, EARLY + COME, "p1");
	put_lines(batch, "replace", EARLY, EARLY + COME, "p2");
	put_lines(batch, "del", EARLY, EARLY + LEAVE, "p2");
	batch_run(batch, path);
	free(gateway_run(HOST_GATEWAY, address));
}

static void
expect_at(const struct view *view, unsigned int from, unsigned int until,
    uint32_t port)
{
	for (unsigned int n = from; n < until; n++) {
		struct mac mac = mac_of(n);
		uint32_t at = presence_now(view->presence, &mac);

		if (at != port)
			fail_msg("%u: on port %u, not %u", n, at, port);
	}
}

static void
makes_an_overrun_good(void **state)
{
	unsigned int n_addresses;
	struct view view;
	int error = 0;

	(void)state;
	gateway_make();
	view_begin(&view);
	know_early_ones();
	view_resync(&view);
	expect_at(&view, 0, EARLY, if_nametoindex("p1"));
	n_addresses = view.n_addresses;

	storm();
	for (int i = 0; i < 100 && error == 0; i++)
		error = rtnl_read(view.rtnl, view.links, &view.n_lost);
	assert_int_equal(error, -ENOBUFS);
	while (rtnl_read(view.rtnl, view.links, &view.n_lost) != 0)
		;
	view_resync(&view);
	expect_at(&view, 0, EARLY + LEAVE, 0);
	expect_at(&view, EARLY + LEAVE, EARLY + COME, if_nametoindex("p2"));
	assert_int_equal(view.n_addresses, n_addresses + 1);
	assert_int_equal(view.n_lost, 0);
	view_end(&view);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_an_overrun_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
