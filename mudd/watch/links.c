/*
 * rtnetlink messages.  Role: watcher.  Input: the kernel's word, in whose
 * messages names and MAC addresses are what others made them.
 *
 * Netlink is in host byte order, so headers are copied out through the cursor
 * and never looked at in place.
 */
#include "watch/links.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "libmud/mem.h"
#include "watch/attrs.h"
#include "watch/networks.h"

#define COUNT(of) (sizeof(of) / sizeof((of)[0]))

struct link_entry {
	struct record_link record;
	uint32_t lower; /* IFLA_LINK: what a VLAN interface sits on */
	uint32_t generation;
};

struct address_entry {
	struct record_gateway record;
	uint32_t generation;
};

struct own_entry {
	struct mac mac;
	uint32_t ifindex;
	uint32_t generation;
};

struct links {
	struct links_events events;
	void *arg;
	uint32_t generation;
	size_t n_links, n_addresses, n_own;
	struct link_entry *link;
	struct address_entry *address;
	struct own_entry *own;
	struct networks *networks;
};

static struct link_entry *
link_find(const struct links *links, uint32_t ifindex)
{
	for (size_t i = 0; i < links->n_links; i++)
		if (links->link[i].record.ifindex == ifindex)
			return &links->link[i];
	return NULL;
}

static void
link_delete(struct links *links, struct link_entry *entry)
{
	struct record_link gone = entry->record;

	*entry = links->link[--links->n_links];
	gone.op = OP_DELETE;
	networks_link_gone(links->networks, gone.ifindex);
	links->events.link(links->arg, &gone);
}

static void
link_put(struct links *links, const struct record_link *record, uint32_t lower,
    struct links_outcome *outcome)
{
	struct link_entry *entry = link_find(links, record->ifindex);
	bool is_same = entry != NULL &&
	               memcmp(&entry->record, record, sizeof(*record)) == 0;

	if (entry == NULL) {
		if (links->n_links == LINKS_MAX) {
			outcome->n_lost++;
			return;
		}
		entry = &links->link[links->n_links++];
	}
	entry->record = *record;
	entry->lower = lower;
	entry->generation = links->generation;
	if (!is_same)
		links->events.link(links->arg, record);
}

/* Which kind it is, and whether its master is a bridge (it could be a bond
 * or a VRF, which have nothing to say about ports). */
static bool
take_linkinfo(struct bytes value, struct record_link *record, uint32_t master)
{
	struct bytes of[IFLA_INFO_SLAVE_KIND + 1] = { 0 };

	if (!attrs_take(value, of, COUNT(of)))
		return false;
	record->is_bridge = attr_is_text(of[IFLA_INFO_KIND], "bridge");
	if (attr_is_text(of[IFLA_INFO_SLAVE_KIND], "bridge"))
		record->master = master;
	return true;
}

static bool
feed_link(struct links *links, bool is_new, struct bytes body,
    struct links_outcome *outcome)
{
	const uint32_t running = IFF_UP | IFF_RUNNING;
	struct cursor at = cursor_over(body);
	struct bytes of[IFLA_LINK_NETNSID + 1] = { 0 };
	struct record_link record = { .op = OP_ADD };
	struct ifinfomsg info;
	struct link_entry *entry;
	uint32_t lower;

	cursor_copy(&at, &info, sizeof(info));
	if (at.ran_out || !attrs_take(at.left, of, COUNT(of)) ||
	    info.ifi_index <= 0)
		return false;
	/* A bridge reports its ports in its own family too: one that leaves
	 * is "deleted" there.  Wireless events name few attributes. */
	if (info.ifi_family != AF_UNSPEC || of[IFLA_WIRELESS].len > 0)
		return true;
	record.ifindex = (uint32_t)info.ifi_index;
	if (!is_new) {
		entry = link_find(links, record.ifindex);
		if (entry != NULL)
			link_delete(links, entry);
		return true;
	}
	if (of[IFLA_IFNAME].len == 0 || of[IFLA_IFNAME].len > LINK_NAME ||
	    of[IFLA_IFNAME].data[of[IFLA_IFNAME].len - 1] != '\0')
		return false;
	memcpy(record.name, of[IFLA_IFNAME].data, of[IFLA_IFNAME].len);
	record.is_up = (info.ifi_flags & running) == running;
	if ((info.ifi_flags & IFF_UP) == 0)
		networks_link_gone(links->networks, record.ifindex);
	(void)attr_mac(of[IFLA_ADDRESS], &record.mac);
	if (!take_linkinfo(
		of[IFLA_LINKINFO], &record, attr_u32(of[IFLA_MASTER])))
		return false;
	/* The number of an interface in another namespace says nothing. */
	lower = of[IFLA_LINK_NETNSID].len > 0 ? 0 : attr_u32(of[IFLA_LINK]);
	link_put(links, &record, lower, outcome);
	return true;
}

static struct address_entry *
address_find(const struct links *links, const struct record_gateway *record)
{
	for (size_t i = 0; i < links->n_addresses; i++) {
		struct record_gateway *have = &links->address[i].record;

		if (have->ifindex == record->ifindex &&
		    have->len == record->len &&
		    addr_equal(&have->addr, &record->addr))
			return &links->address[i];
	}
	return NULL;
}

static void
address_delete(struct links *links, struct address_entry *entry)
{
	struct record_gateway gone = entry->record;

	*entry = links->address[--links->n_addresses];
	gone.op = OP_DELETE;
	links->events.gateway(links->arg, &gone);
}

static void
address_put(struct links *links, const struct record_gateway *record,
    struct links_outcome *outcome)
{
	struct address_entry *entry = address_find(links, record);

	if (entry != NULL) {
		entry->generation = links->generation;
		return;
	}
	if (links->n_addresses == LINKS_ADDRESSES_MAX) {
		outcome->n_lost++;
		return;
	}
	entry = &links->address[links->n_addresses++];
	entry->record = *record;
	entry->generation = links->generation;
	links->events.gateway(links->arg, record);
}

static bool
feed_address(struct links *links, bool is_new, struct bytes body,
    struct links_outcome *outcome)
{
	struct cursor at = cursor_over(body);
	struct bytes of[IFA_LOCAL + 1] = { 0 }, own;
	struct record_gateway record = { .op = OP_ADD };
	struct address_entry *entry;
	struct ifaddrmsg info;

	cursor_copy(&at, &info, sizeof(info));
	if (at.ran_out || !attrs_take(at.left, of, COUNT(of)))
		return false;
	own = of[IFA_LOCAL].len > 0 ? of[IFA_LOCAL] : of[IFA_ADDRESS];
	if (info.ifa_family == AF_INET && own.len == 4)
		record.addr = addr_v4(own.data);
	else if (info.ifa_family == AF_INET6 && own.len == 16)
		record.addr = addr_v6(own.data);
	else
		return false;
	record.ifindex = info.ifa_index;
	record.len = info.ifa_prefixlen;
	/* With a peer the prefix is the peer's, and only the address is ours.
	 */
	if (of[IFA_LOCAL].len > 0 && of[IFA_ADDRESS].len == own.len &&
	    memcmp(of[IFA_ADDRESS].data, own.data, own.len) != 0)
		record.len = (uint8_t)(own.len * 8);
	if (record.ifindex == 0 || record.len > own.len * 8)
		return false;
	if (is_new) {
		address_put(links, &record, outcome);
		return true;
	}
	entry = address_find(links, &record);
	if (entry != NULL)
		address_delete(links, entry);
	return true;
}

static void
own_put(struct links *links, bool is_new, const struct mac *mac,
    uint32_t ifindex, struct links_outcome *outcome)
{
	size_t i = 0;

	while (i < links->n_own && (links->own[i].ifindex != ifindex ||
				       !mac_equal(&links->own[i].mac, mac)))
		i++;
	if (!is_new) {
		if (i < links->n_own)
			links->own[i] = links->own[--links->n_own];
		return;
	}
	if (i == LINKS_OWN_MAX) {
		outcome->n_lost++;
		return;
	}
	if (i == links->n_own)
		links->n_own++;
	links->own[i] = (struct own_entry){ *mac, ifindex, links->generation };
}

/* One entry of a bridge's forwarding table. */
static void
feed_bridge(struct links *links, bool is_new, const struct ndmsg *info,
    const struct mac *mac, struct links_outcome *outcome)
{
	const uint32_t ifindex = (uint32_t)info->ndm_ifindex;

	if ((info->ndm_state & NUD_PERMANENT) != 0)
		own_put(links, is_new, mac, ifindex, outcome);
	else
		links->events.mac(links->arg,
		    is_new ? LINKS_AT_PORT : LINKS_AT_PORT_GONE, mac, ifindex);
}

/* On a bridge, or on a VLAN interface that sits on one? */
static bool
is_behind_bridge(const struct links *links, uint32_t ifindex)
{
	const struct link_entry *entry = link_find(links, ifindex);

	if (entry != NULL && !entry->record.is_bridge)
		entry = link_find(links, entry->lower);
	return entry != NULL && entry->record.is_bridge;
}

/* Only an entry that has failed says so; one that is removed was idle. */
static void
tell_unreachable(
    const struct links *links, const struct ndmsg *info, struct bytes dst)
{
	struct record_unreachable told = {
		.ifindex = (uint32_t)info->ndm_ifindex,
	};

	if (info->ndm_family == AF_INET && dst.len == 4)
		told.addr = addr_v4(dst.data);
	else if (info->ndm_family == AF_INET6 && dst.len == 16)
		told.addr = addr_v6(dst.data);
	else
		return;
	links->events.unreachable(links->arg, &told);
}

static bool
feed_neighbour(struct links *links, bool is_new, struct bytes body,
    struct links_outcome *outcome)
{
	const int heard =
	    NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT;
	struct cursor at = cursor_over(body);
	struct bytes of[NDA_MASTER + 1] = { 0 };
	struct ndmsg info;
	struct mac mac;

	cursor_copy(&at, &info, sizeof(info));
	if (at.ran_out || !attrs_take(at.left, of, COUNT(of)) ||
	    info.ndm_ifindex <= 0)
		return false;
	if (is_new && info.ndm_state == NUD_FAILED)
		tell_unreachable(links, &info, of[NDA_DST]);
	if (!attr_mac(of[NDA_LLADDR], &mac))
		return true;
	if (info.ndm_family == AF_BRIDGE) {
		/* Without a master it is a card's own filter, or a tunnel's
		 * table. */
		if (of[NDA_MASTER].len > 0)
			feed_bridge(links, is_new, &info, &mac, outcome);
		return true;
	}
	if (is_new && (info.ndm_state & heard) != 0)
		links->events.mac(links->arg, LINKS_NEIGHBOUR, &mac,
		    is_behind_bridge(links, (uint32_t)info.ndm_ifindex)
			? 0
			: (uint32_t)info.ndm_ifindex);
	return true;
}

static bool
feed_end(struct bytes body, struct links_outcome *outcome)
{
	struct cursor at = cursor_over(body);
	int32_t error;

	cursor_copy(&at, &error, sizeof(error));
	if (at.ran_out)
		return false;
	outcome->error = error;
	outcome->is_done = true;
	return true;
}

/* One message; false: it is malformed. */
static bool
feed_message(struct links *links, const struct nlmsghdr *header,
    struct bytes body, struct links_outcome *outcome)
{
	const uint16_t type = header->nlmsg_type;

	switch (type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		return feed_link(links, type == RTM_NEWLINK, body, outcome);
	case RTM_NEWADDR:
	case RTM_DELADDR:
		return feed_address(links, type == RTM_NEWADDR, body, outcome);
	case RTM_NEWNEIGH:
	case RTM_DELNEIGH:
		return feed_neighbour(
		    links, type == RTM_NEWNEIGH, body, outcome);
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		return networks_feed(links->networks, type == RTM_NEWROUTE,
		    (header->nlmsg_flags & NLM_F_REPLACE) != 0, body);
	case NLMSG_DONE:
	case NLMSG_ERROR:
		return feed_end(body, outcome);
	}
	return true;
}

struct links *
links_new(const struct links_events *events, void *arg)
{
	struct links *links = xcalloc(1, sizeof(*links));

	links->events = *events;
	links->arg = arg;
	links->link = xcalloc(LINKS_MAX, sizeof(*links->link));
	links->address = xcalloc(LINKS_ADDRESSES_MAX, sizeof(*links->address));
	links->own = xcalloc(LINKS_OWN_MAX, sizeof(*links->own));
	links->networks = networks_new(events->network, arg);
	return links;
}

void
links_free(struct links *links)
{
	if (links == NULL)
		return;
	free(links->link);
	free(links->address);
	free(links->own);
	networks_free(links->networks);
	free(links);
}

void
links_feed(struct links *links, struct bytes raw, uint32_t seq,
    struct links_outcome *outcome)
{
	struct cursor at = cursor_over(raw);

	*outcome = (struct links_outcome){ 0 };
	while (at.left.len > 0 && !outcome->is_done) {
		struct nlmsghdr header;
		struct bytes body;

		cursor_copy(&at, &header, sizeof(header));
		if (at.ran_out || header.nlmsg_len < sizeof(header)) {
			outcome->n_bad++;
			return;
		}
		body = cursor_take(&at, header.nlmsg_len - sizeof(header));
		if (at.ran_out) {
			outcome->n_bad++;
			return;
		}
		attrs_skip_padding(&at, header.nlmsg_len);
		if (seq != 0 && header.nlmsg_seq != seq)
			continue;
		if ((header.nlmsg_flags & NLM_F_DUMP_INTR) != 0)
			outcome->is_interrupted = true;
		if (!feed_message(links, &header, body, outcome))
			outcome->n_bad++;
	}
}

void
links_resync(struct links *links)
{
	links->generation++;
	networks_resync(links->networks);
}

void
links_doubt_routes(struct links *links)
{
	networks_doubt(links->networks);
}

/* The last of a table takes the place of one that goes, so backwards. */
void
links_settle(struct links *links)
{
	const uint32_t now = links->generation;

	networks_settle(links->networks);
	for (size_t i = links->n_addresses; i-- > 0;)
		if (links->address[i].generation != now)
			address_delete(links, &links->address[i]);
	for (size_t i = links->n_own; i-- > 0;)
		if (links->own[i].generation != now)
			links->own[i] = links->own[--links->n_own];
	for (size_t i = links->n_links; i-- > 0;)
		if (links->link[i].generation != now)
			link_delete(links, &links->link[i]);
}

bool
links_is_own(const struct links *links, const struct mac *mac)
{
	for (size_t i = 0; i < links->n_links; i++)
		if (mac_equal(&links->link[i].record.mac, mac))
			return true;
	for (size_t i = 0; i < links->n_own; i++)
		if (mac_equal(&links->own[i].mac, mac))
			return true;
	return false;
}

const struct record_link *
links_find(const struct links *links, uint32_t ifindex)
{
	const struct link_entry *entry = link_find(links, ifindex);

	return entry == NULL ? NULL : &entry->record;
}
