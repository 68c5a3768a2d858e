/*
 * rtnetlink messages.  Input: one datagram, as the kernel sends it.
 *
 * Besides crashes it looks for records that break their own rules, things
 * deleted that were never there, and things that outlive a dump which does
 * not name them.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "watch/links.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct tally {
	long addresses, networks; /* added less deleted */
	size_t links;
	uint32_t link[LINKS_MAX]; /* those that are there */
};

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static void
on_link(void *arg, const struct record_link *link)
{
	struct tally *tally = arg;
	size_t i = 0;

	require(link->ifindex != 0);
	require(memchr(link->name, '\0', sizeof(link->name)) != NULL);
	require(link->is_bridge <= 1 && link->is_up <= 1);
	while (i < tally->links && tally->link[i] != link->ifindex)
		i++;
	if (link->op == OP_DELETE) {
		require(i < tally->links);
		tally->link[i] = tally->link[--tally->links];
	} else if (i == tally->links) {
		require(link->op == OP_ADD && i < LINKS_MAX);
		tally->link[tally->links++] = link->ifindex;
	}
}

static void
on_gateway(void *arg, const struct record_gateway *address)
{
	struct tally *tally = arg;

	require(address->ifindex != 0);
	require(address->addr.family == 4 || address->addr.family == 6);
	require(address->len <= (address->addr.family == 4 ? 32 : 128));
	tally->addresses += address->op == OP_DELETE ? -1 : 1;
	require(tally->addresses >= 0);
	require(tally->addresses <= LINKS_ADDRESSES_MAX);
}

static void
on_network(void *arg, const struct record_network *network)
{
	struct tally *tally = arg;

	require(network->is_own <= 1);
	require(network->is_own == 0 || network->ifindex == 0);
	require(network->prefix.addr.family == 0 ||
		(prefix_is_sound(&network->prefix) && network->prefix.len > 0));
	tally->networks += network->op == OP_DELETE ? -1 : 1;
	require(tally->networks >= 0);
	require(tally->networks <= LIMIT_NETWORKS);
}

static void
on_mac(
    void *arg, enum links_where where, const struct mac *mac, uint32_t ifindex)
{
	(void)arg;
	(void)mac;
	require(ifindex != 0 || where == LINKS_NEIGHBOUR);
}

static void
on_unreachable(void *arg, const struct record_unreachable *told)
{
	(void)arg;
	require(told->ifindex != 0 && told->addr.family != 0 &&
		addr_is_sound(&told->addr));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct links_events events = { on_link, on_gateway, on_network,
		on_mac, on_unreachable };
	const struct bytes raw = { data, size };
	struct links_outcome outcome;
	struct tally tally = { 0 };
	struct links *links = links_new(&events, &tally);
	size_t n;

	links_resync(links);
	links_feed(links, raw, 0, &outcome);
	links_settle(links);
	/* Once more is no news of links. */
	n = tally.links;
	links_feed(links, raw, 0, &outcome);
	require(tally.links == n);
	for (size_t i = 0; i < tally.links; i++)
		require(links_find(links, tally.link[i]) != NULL);
	/* A dump of an empty machine. */
	links_resync(links);
	links_settle(links);
	require(
	    tally.links == 0 && tally.addresses == 0 && tally.networks == 0);
	links_free(links);
	return 0;
}
