/*
 * What was dropped lately.  Role: engine.  Input: the watcher's records, which
 * are checked here; in them addresses and ports of hostile packets.
 */
#include "engine/drops.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/channel.h"
#include "engine/events.h"
#include "engine/files/mudurl.h"
#include "engine/things/things.h"
#include "libmud/limits.h"
#include "libmud/mem.h"

#define OWNERS 1024 /* lists, by the owner's hash */

#define ASK_SEC   10  /* between two tries to get the log's socket */
#define AGAIN_SEC 600 /* between two lines about one row */

struct drops {
	struct things *things;
	bool is_open; /* the watcher has the log's socket */
	int64_t ask_at;
	size_t n;
	struct list all; /* oldest first, as each owner's */
	struct list owners[OWNERS];
};

/* ---- what a record may be ----------------------------------------------- */

/* Of no family with nothing in it, or one that is sound. */
static bool
is_addr(const struct addr *addr)
{
	static const struct addr none = { 0 };

	return addr->family == 0 ? memcmp(addr, &none, sizeof(none)) == 0
	                         : addr_is_sound(addr);
}

static bool
is_sound(const struct record_drop *drop)
{
	return drop->kind < DROP_KINDS && drop->has_number < DROP_NUMBERS &&
	       (drop->has_number != DROP_NO_NUMBER || drop->number == 0) &&
	       (drop->has_number != DROP_ICMP_TYPE ||
		   drop->number <= UINT8_MAX) &&
	       (drop->has_number != DROP_ETHERTYPE ||
		   drop->kind == DROP_TYPE) &&
	       drop->zero == 0 && drop->zero2[0] == 0 && drop->zero2[1] == 0 &&
	       drop->own.family == drop->peer.family && is_addr(&drop->own) &&
	       is_addr(&drop->peer) && drop->count > 0;
}

bool
drops_is_spoof(const struct record_drop *what)
{
	return what->kind != DROP_FROM && what->kind != DROP_TO;
}

const char *
drops_reason(const struct record_drop *what)
{
	static const char *const reasons[DROP_KINDS] = {
		[DROP_FROM] = "",
		[DROP_TO] = "",
		[DROP_SPOOF] = "address",
		[DROP_PLACE] = "port",
		[DROP_ARP] = "arp",
		[DROP_TYPE] = "ethertype",
		[DROP_TWICE] = "port",
	};

	return reasons[what->kind];
}

/* ---- rows --------------------------------------------------------------- */

static enum event_kind
event_of(const struct record_drop *what)
{
	return drops_is_spoof(what) ? EVENT_SPOOF : EVENT_DROP;
}

/* Two records about the same kind of packet, by the same device. */
static bool
is_same(const struct record_drop *a, const struct record_drop *b)
{
	return a->kind == b->kind && a->protocol == b->protocol &&
	       a->has_number == b->has_number && a->number == b->number &&
	       mac_equal(&a->mac, &b->mac) && addr_equal(&a->own, &b->own) &&
	       addr_equal(&a->peer, &b->peer);
}

static struct list *
owner_list(struct drops *drops, const struct mac *owner)
{
	uint32_t hash = 0;

	for (size_t i = 0; i < sizeof(owner->byte); i++)
		hash = (hash ^ owner->byte[i]) * 0x01000193u;
	return &drops->owners[(hash ^ hash >> 16) % OWNERS];
}

static void
row_free(struct drops *drops, struct drop_row *row)
{
	list_remove(&row->by_age);
	list_remove(&row->by_owner);
	drops->n--;
	free(row->peer_name);
	free(row);
}

/* Room for one more of this owner: the oldest of its kind goes, or the oldest
 * of all.  Spoofs do not displace what a policy forbids, nor that them. */
static void
make_room(struct drops *drops, const struct mac *owner, enum event_kind event)
{
	struct drop_row *oldest = NULL;
	size_t n = 0;

	LIST_EACH(at, owner_list(drops, owner))
	{
		struct drop_row *row =
		    LIST_ENTRY(at, struct drop_row, by_owner);

		if (!mac_equal(&row->owner, owner) ||
		    event_of(&row->what) != event)
			continue;
		if (oldest == NULL)
			oldest = row;
		n++;
	}
	if (n >= LIMIT_THING_DROPS)
		row_free(drops, oldest);
	else if (drops->n >= LIMIT_DROPS)
		row_free(drops,
		    LIST_ENTRY(drops->all.next, struct drop_row, by_age));
}

static struct drop_row *
row_find(struct drops *drops, const struct mac *owner,
    const struct record_drop *drop)
{
	LIST_EACH(at, owner_list(drops, owner))
	{
		struct drop_row *row =
		    LIST_ENTRY(at, struct drop_row, by_owner);

		if (mac_equal(&row->owner, owner) && is_same(&row->what, drop))
			return row;
	}
	return NULL;
}

/* The row, at the young end. */
static struct drop_row *
row_of(struct drops *drops, const struct mac *owner,
    const struct record_drop *drop, int64_t now)
{
	struct drop_row *row = row_find(drops, owner, drop);

	if (row != NULL) {
		list_remove(&row->by_age);
		list_remove(&row->by_owner);
	} else {
		make_room(drops, owner, event_of(drop));
		row = xcalloc(1, sizeof(*row));
		row->owner = *owner;
		row->what = *drop;
		row->first = now;
		drops->n++;
	}
	list_append(&drops->all, &row->by_age);
	list_append(owner_list(drops, owner), &row->by_owner);
	return row;
}

/* ---- whose it is -------------------------------------------------------- */

static struct thing *
managed(struct thing *thing)
{
	return thing != NULL && thing->mud != NULL ? thing : NULL;
}

/* What goes to a Thing is known by its address, where the frame's receiver
 * was still the gateway. */
static struct thing *
thing_of(const struct drops *drops, const struct record_drop *drop)
{
	struct thing *thing = managed(things_find(drops->things, &drop->mac));

	if (thing == NULL && drop->kind == DROP_TO)
		thing = managed(things_find_addr(drops->things, &drop->own));
	return thing;
}

static const struct kernel_policy *
policy_of(const struct thing *thing)
{
	if (thing->mud->accepted != NULL)
		return thing->mud->accepted->policy;
	if (thing->previous != NULL && thing->previous->accepted != NULL)
		return thing->previous->accepted->policy;
	return NULL;
}

static bool
set_has(const struct set *set, const struct addr *addr)
{
	for (size_t i = 0; i < set->n_members; i++)
		if (addr_equal(&set->members[i].addr, addr))
			return true;
	return false;
}

/* One of the policy's names that has this address, or NULL. */
static const char *
name_of(const struct thing *thing, const struct addr *peer)
{
	const struct kernel_policy *policy = policy_of(thing);

	for (size_t i = 0; policy != NULL && i < policy->n_sets; i++)
		if (policy->sets[i]->kind == PEER_DNSNAME &&
		    set_has(policy->sets[i], peer))
			return policy->sets[i]->key;
	return NULL;
}

/* ---- events ------------------------------------------------------------- */

const char *
drops_protocol(const struct record_drop *what, char text[DROPS_PROTOCOL])
{
	if (what->kind == DROP_ARP)
		return "arp";
	switch (what->protocol) {
	case 0:
		text[0] = '\0';
		break;
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_ICMP:
		return "icmp";
	case IPPROTO_ICMPV6:
		return "icmpv6";
	default:
		(void)snprintf(text, DROPS_PROTOCOL, "%u", what->protocol);
		break;
	}
	return text;
}

const char *
drops_ethertype(const struct record_drop *what, char text[DROPS_ETHERTYPE])
{
	(void)snprintf(text, DROPS_ETHERTYPE, "0x%04x", what->number);
	return text;
}

const char *
drops_direction(const struct record_drop *what)
{
	return what->kind == DROP_TO ? "to" : "from";
}

static void
put_addr(struct events_line *line, const char *key, const struct addr *addr)
{
	char text[ADDR_TEXT];

	if (addr->family != 0)
		events_word(line, key, addr_text(addr, text));
}

static void
put_row(struct events_line *line, const struct drop_row *row)
{
	const struct record_drop *what = &row->what;
	char protocol[DROPS_PROTOCOL], ethertype[DROPS_ETHERTYPE];

	events_word(line, "reason", drops_reason(what));
	events_word(line, "direction", drops_direction(what));
	put_addr(line, "address", &what->own);
	put_addr(line, "peer", &what->peer);
	if (row->peer_name != NULL)
		events_text(line, "peer_name", row->peer_name);
	events_word(line, "protocol", drops_protocol(what, protocol));
	if (what->has_number == DROP_PORT)
		events_number(line, "port", what->number);
	if (what->has_number == DROP_ICMP_TYPE)
		events_number(line, "icmp_type", what->number);
	if (what->has_number == DROP_ETHERTYPE)
		events_word(
		    line, "ethertype", drops_ethertype(what, ethertype));
	events_number(line, "count", row->count - row->n_told);
}

static void
tell(struct drops *drops, struct drop_row *row, const struct thing *thing)
{
	const struct thing *sender = things_find(drops->things, &row->what.mac);
	struct events_line line;

	if (row->n_told > 0 && row->last < row->told_at + AGAIN_SEC)
		return;
	if (!events_open(&line, event_of(&row->what),
		sender == NULL || events_is_stranger(sender), &row->what.mac,
		thing == NULL ? NULL : thing->mud->url.text))
		return;
	put_row(&line, row);
	events_close(&line);
	row->n_told = row->count;
	row->told_at = row->last;
}

/* ---- the log's socket --------------------------------------------------- */

struct drops *
drops_new(struct things *things)
{
	struct drops *drops = xcalloc(1, sizeof(*drops));

	drops->things = things;
	list_init(&drops->all);
	for (size_t i = 0; i < OWNERS; i++)
		list_init(&drops->owners[i]);
	return drops;
}

void
drops_free(struct drops *drops)
{
	if (drops == NULL)
		return;
	LIST_EACH_SAFE(at, &drops->all)
	row_free(drops, LIST_ENTRY(at, struct drop_row, by_age));
	free(drops);
}

void
drops_restart(struct drops *drops)
{
	drops->is_open = false;
	drops->ask_at = 0;
}

int64_t
drops_tick(struct drops *drops, struct channel *mudd, int64_t now)
{
	const struct record_empty log = { 0 };

	if (drops->is_open)
		return INT64_MAX;
	if (now >= drops->ask_at) {
		drops->ask_at = now + ASK_SEC;
		channel_send(mudd, RECORD_LOG, &log, NULL, 0);
	}
	return drops->ask_at;
}

void
drops_opened(struct drops *drops)
{
	drops->is_open = true;
}

/* ---- records ------------------------------------------------------------ */

/* The guard stops the first word of an address that a Thing gives itself; when
 * that is told here, we have heard the same word, and it may be its own. */
static bool
is_its_own_by_now(const struct drops *drops, const struct record_drop *drop)
{
	const struct thing *thing;

	if (drop->kind != DROP_ARP && drop->kind != DROP_SPOOF)
		return false;
	thing = managed(things_find(drops->things, &drop->mac));
	return thing != NULL && !thing->departed &&
	       things_holds(thing, &drop->own);
}

bool
drops_take(struct drops *drops, const struct record_drop *drop, int64_t now)
{
	static const struct mac nobody = { { 0 } };
	struct record_drop what = *drop;
	const struct thing *thing;
	struct drop_row *row;
	const char *name;

	if (!is_sound(drop))
		return false;
	if (is_its_own_by_now(drops, drop))
		return true;
	thing = thing_of(drops, drop);
	/* Not every table knows the receiver's MAC. */
	if (thing != NULL)
		what.mac = thing->mac;
	row = row_of(drops, thing == NULL ? &nobody : &thing->mac, &what, now);
	row->count += drop->count;
	row->last = now;
	if (thing != NULL && row->peer_name == NULL && drop->peer.family != 0) {
		name = name_of(thing, &drop->peer);
		row->peer_name = name == NULL ? NULL : xstrdup(name);
	}
	tell(drops, row, thing);
	return true;
}

void
drops_forget(struct drops *drops, const struct mac *owner)
{
	LIST_EACH_SAFE(at, owner_list(drops, owner))
	{
		struct drop_row *row =
		    LIST_ENTRY(at, struct drop_row, by_owner);

		if (mac_equal(&row->owner, owner))
			row_free(drops, row);
	}
}

void
drops_each(const struct drops *drops, drops_fn *fn, void *arg)
{
	for (const struct list *at = drops->all.prev; at != &drops->all;
	     at = at->prev)
		fn(arg, LIST_ENTRY(at, const struct drop_row, by_age));
}
