/*
 * Routes as networks.  Role: watcher.  Input: the kernel's messages; what
 * routes there are may be up to a routing daemon, and to whom that listens.
 */
#include "watch/networks.h"

#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "libmud/mem.h"
#include "watch/attrs.h"

#define COUNT(of) (sizeof(of) / sizeof((of)[0]))

/* The last place is for the word that there are too many altogether. */
#define ENTRIES (LIMIT_NETWORKS - 1)

struct entry {
	struct record_network record;
	uint32_t table, metric; /* with the prefix, the route's key */
	uint32_t generation;
};

struct networks {
	networks_fn *tell;
	void *arg;
	uint32_t generation;
	size_t n;
	struct entry *entry;
};

/* One RTM_NEWROUTE or RTM_DELROUTE. */
struct route {
	struct entry entry; /* its ifindex is that of one way after another */
	bool is_new;
};

static bool
is_crowd(const struct entry *entry)
{
	return entry->record.prefix.addr.family == 0;
}

static bool
same_record(const struct entry *a, const struct entry *b)
{
	return memcmp(&a->record, &b->record, sizeof(a->record)) == 0;
}

static bool
same_key(const struct entry *a, const struct entry *b)
{
	return a->table == b->table && a->metric == b->metric &&
	       prefix_equal(&a->record.prefix, &b->record.prefix);
}

/* Two routes may say the same of a network: it is told once. */
static bool
is_told(const struct networks *networks, const struct entry *entry)
{
	for (size_t i = 0; i < networks->n; i++)
		if (&networks->entry[i] != entry &&
		    same_record(&networks->entry[i], entry))
			return true;
	return false;
}

/* The last one takes its place. */
static void
entry_remove(struct networks *networks, size_t i)
{
	struct entry gone = networks->entry[i];

	networks->entry[i] = networks->entry[--networks->n];
	if (is_told(networks, &gone))
		return;
	gone.record.op = OP_DELETE;
	networks->tell(networks->arg, &gone.record);
}

static void
entry_add(struct networks *networks, const struct entry *entry)
{
	struct entry *at = &networks->entry[networks->n++];

	*at = *entry;
	at->generation = networks->generation;
	if (!is_told(networks, at))
		networks->tell(networks->arg, &at->record);
}

static bool
same_way(const struct entry *a, const struct entry *b)
{
	return a->record.ifindex == b->record.ifindex &&
	       a->record.is_own == b->record.is_own;
}

/* The entry that says that there are too many which go this entry's way. */
static struct entry *
crowd_find(const struct networks *networks, const struct entry *entry)
{
	for (size_t i = 0; i < networks->n; i++)
		if (is_crowd(&networks->entry[i]) &&
		    same_way(&networks->entry[i], entry))
			return &networks->entry[i];
	return NULL;
}

static void
crowd_put(struct networks *networks, const struct entry *entry)
{
	struct entry crowd = { .record.op = OP_ADD };
	struct entry *at;

	/* Where there is no room, it stands for all. */
	if (networks->n < ENTRIES) {
		crowd.record.ifindex = entry->record.ifindex;
		crowd.record.is_own = entry->record.is_own;
	}
	at = crowd_find(networks, &crowd);
	if (at != NULL)
		at->generation = networks->generation;
	else if (networks->n < LIMIT_NETWORKS)
		entry_add(networks, &crowd);
}

/* Takes one way of a route in. */
static void
route_add(struct networks *networks, const struct entry *entry)
{
	const struct entry *crowd = crowd_find(networks, entry);
	size_t n = 0;

	if (crowd != NULL && crowd->generation == networks->generation)
		return;
	for (size_t i = 0; i < networks->n; i++) {
		struct entry *at = &networks->entry[i];

		if (same_key(at, entry) && same_record(at, entry)) {
			at->generation = networks->generation;
			return;
		}
		n += same_way(at, entry) && !is_crowd(at);
	}
	if (n < LIMIT_LINK_ROUTES && networks->n < ENTRIES) {
		entry_add(networks, entry);
		return;
	}
	for (size_t i = networks->n; i-- > 0;)
		if (same_way(&networks->entry[i], entry) &&
		    !is_crowd(&networks->entry[i]))
			entry_remove(networks, i);
	crowd_put(networks, entry);
}

static void
route_remove(struct networks *networks, const struct entry *entry)
{
	for (size_t i = networks->n; i-- > 0;)
		if (same_key(&networks->entry[i], entry) &&
		    same_record(&networks->entry[i], entry))
			entry_remove(networks, i);
}

static void
feed_way(struct networks *networks, struct route *route, uint32_t ifindex)
{
	route->entry.record.ifindex = ifindex;
	if (route->is_new)
		route_add(networks, &route->entry);
	else
		route_remove(networks, &route->entry);
}

/* RTA_MULTIPATH: a list of struct rtnexthop, each with attributes. */
static bool
feed_ways(struct networks *networks, struct route *route, struct bytes ways)
{
	struct cursor at = cursor_over(ways);

	while (at.left.len > 0) {
		struct rtnexthop way;

		cursor_copy(&at, &way, sizeof(way));
		if (at.ran_out || way.rtnh_len < sizeof(way))
			return false;
		cursor_skip(&at, way.rtnh_len - sizeof(way));
		if (at.ran_out)
			return false;
		attrs_skip_padding(&at, way.rtnh_len);
		/* 0: its interface is gone, but not yet the route. */
		if (way.rtnh_ifindex > 0)
			feed_way(networks, route, (uint32_t)way.rtnh_ifindex);
	}
	return true;
}

/* What kind of route it is; false: one that says nothing here. */
static bool
take_type(const struct rtmsg *info, struct record_network *record)
{
	/* By default all may lie there, be unreachable, or (for a transparent
	 * proxy) be here; of networks that says nothing. */
	if (info->rtm_dst_len == 0)
		return false;
	switch (info->rtm_type) {
	case RTN_LOCAL:
	case RTN_ANYCAST:
		record->is_own = 1;
		return true;
	case RTN_UNICAST:
	case RTN_UNREACHABLE:
	case RTN_BLACKHOLE:
	case RTN_PROHIBIT:
		return true;
	}
	return false;
}

static bool
take_prefix(const struct rtmsg *info, struct bytes value, struct prefix *prefix)
{
	struct addr addr;

	if (info->rtm_family == AF_INET && value.len == 4)
		addr = addr_v4(value.data);
	else if (info->rtm_family == AF_INET6 && value.len == 16)
		addr = addr_v6(value.data);
	else
		return false;
	*prefix = prefix_of(&addr, info->rtm_dst_len);
	return info->rtm_dst_len <= value.len * 8;
}

bool
networks_feed(
    struct networks *networks, bool is_new, bool replaces, struct bytes body)
{
	struct route route = { .is_new = is_new };
	struct record_network *record = &route.entry.record;
	struct cursor at = cursor_over(body);
	struct bytes of[RTA_TABLE + 1] = { 0 };
	struct rtmsg info;

	cursor_copy(&at, &info, sizeof(info));
	if (at.ran_out || !attrs_take(at.left, of, COUNT(of)))
		return false;
	if ((info.rtm_family != AF_INET && info.rtm_family != AF_INET6) ||
	    (info.rtm_flags & RTM_F_CLONED) != 0 || !take_type(&info, record))
		return true;
	if (!take_prefix(&info, of[RTA_DST], &record->prefix))
		return false;
	record->op = OP_ADD;
	route.entry.table =
	    of[RTA_TABLE].len > 0 ? attr_u32(of[RTA_TABLE]) : info.rtm_table;
	route.entry.metric = attr_u32(of[RTA_PRIORITY]);
	for (size_t i = networks->n; replaces && i-- > 0;)
		if (same_key(&networks->entry[i], &route.entry))
			entry_remove(networks, i);
	if (info.rtm_type != RTN_UNICAST)
		feed_way(networks, &route, 0);
	else if (of[RTA_MULTIPATH].len > 0)
		return feed_ways(networks, &route, of[RTA_MULTIPATH]);
	else if (of[RTA_OIF].len > 0)
		feed_way(networks, &route, attr_u32(of[RTA_OIF]));
	return true;
}

struct networks *
networks_new(networks_fn *tell, void *arg)
{
	struct networks *networks = xcalloc(1, sizeof(*networks));

	networks->tell = tell;
	networks->arg = arg;
	networks->entry = xcalloc(LIMIT_NETWORKS, sizeof(*networks->entry));
	return networks;
}

void
networks_free(struct networks *networks)
{
	if (networks == NULL)
		return;
	free(networks->entry);
	free(networks);
}

void
networks_link_gone(struct networks *networks, uint32_t ifindex)
{
	for (size_t i = networks->n; ifindex != 0 && i-- > 0;)
		if (networks->entry[i].record.ifindex == ifindex)
			entry_remove(networks, i);
}

void
networks_resync(struct networks *networks)
{
	networks->generation++;
}

void
networks_doubt(struct networks *networks)
{
	const struct entry all = { 0 };

	crowd_put(networks, &all);
}

void
networks_settle(struct networks *networks)
{
	for (size_t i = networks->n; i-- > 0;)
		if (networks->entry[i].generation != networks->generation)
			entry_remove(networks, i);
}
