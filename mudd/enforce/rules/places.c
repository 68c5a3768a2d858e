/*
 * The places of a model as elements.  Role: enforcer.  Input: the model,
 * checked.
 *
 * They are few and seldom change, and a set of intervals does not take single
 * prefixes that overlap; so a set that differs is sent whole.
 */
#include "enforce/rules/places.h"

#include <linux/netfilter.h>
#include <stdlib.h>
#include <string.h>

#include "enforce/model.h"
#include "enforce/rules/elems.h"
#include "enforce/rules/placement.h"
#include "enforce/rules/schema.h"
#include "enforce/table.h"

/* First address of a range, and the one after its last. */
struct interval {
	uint8_t first[16], end[16];
};

static bool
differ(
    const void *was, size_t n_was, const void *now, size_t n_now, size_t size)
{
	return n_was != n_now || memcmp(was, now, n_now * size) != 0;
}

/* Flushes the set and opens it to be filled. */
static void
refill_in(
    struct elems *elems, struct batch *batch, uint16_t family, const char *set)
{
	const struct about about = { set, 0 };

	elems_flush(batch, family, set, about);
	elems_open(elems, batch, family, set, false, about);
}

static void
refill(struct elems *elems, struct batch *batch, const char *set)
{
	refill_in(elems, batch, NFPROTO_INET, set);
}

static void
put_lan(struct elems *elems, const char *name)
{
	struct elem elem = { .len = IFNAMSIZ };

	memcpy(elem.key, name, IFNAMSIZ);
	elems_put(elems, &elem);
}

static void
put_hairpin(struct elems *elems, const char *name, bool is_bridge)
{
	struct elem elem = { .len = 2 * IFNAMSIZ };

	if (!is_bridge)
		return;
	memcpy(elem.key, name, IFNAMSIZ);
	memcpy(elem.key + IFNAMSIZ, name, IFNAMSIZ);
	elems_put(elems, &elem);
}

static void
write_lan(struct batch *batch, const struct places *now)
{
	struct elems elems;

	refill(&elems, batch, SET_LAN);
	for (size_t i = 0; i < now->n_lan; i++)
		put_lan(&elems, now->lan[i].name);
	for (size_t i = 0; i < now->n_away; i++)
		put_lan(&elems, now->away[i].name);
	elems_close(&elems);

	/* What comes in and leaves by an interface that is no bridge was
	 * routed. */
	refill(&elems, batch, SET_HAIRPIN);
	for (size_t i = 0; i < now->n_lan; i++)
		put_hairpin(&elems, now->lan[i].name, now->lan[i].is_bridge);
	for (size_t i = 0; i < now->n_away; i++)
		put_hairpin(&elems, now->away[i].name, now->away[i].is_bridge);
	elems_close(&elems);
}

/* Interfaces may share a MAC: the kernel takes an element twice. */
static void
write_gateway(struct batch *batch, uint16_t family, const struct places *now)
{
	static const struct mac none;
	struct elems elems;

	refill_in(&elems, batch, family, SET_GATEWAY);
	for (size_t i = 0; i < now->n_lan; i++) {
		struct elem elem = { .len = sizeof(now->lan[i].mac) };

		if (mac_equal(&now->lan[i].mac, &none))
			continue;
		memcpy(elem.key, &now->lan[i].mac, elem.len);
		elems_put(&elems, &elem);
	}
	elems_close(&elems);
}

static void
write_selves(struct batch *batch, uint16_t table, const struct places *now,
    unsigned int family, const char *set)
{
	struct elems elems;

	refill_in(&elems, batch, table, set);
	for (size_t i = 0; i < now->n_selves; i++) {
		struct elem elem = { .len = family == 4 ? 4 : 16 };

		if (now->self[i].family != family)
			continue;
		memcpy(elem.key, now->self[i].byte, elem.len);
		elems_put(&elems, &elem);
	}
	elems_close(&elems);
}

/* Does not wrap: no local network reaches the end of the address space. */
static struct interval
interval_of(const struct prefix *prefix)
{
	struct interval of;
	size_t width = prefix->addr.family == 4 ? 4 : 16;
	size_t at = (prefix->len - 1u) / 8;
	unsigned int sum = 1u << (7 - (prefix->len - 1u) % 8);

	memset(&of, 0, sizeof(of));
	memcpy(of.first, prefix->addr.byte, width);
	memcpy(of.end, of.first, width);
	for (;;) {
		sum += of.end[at];
		of.end[at] = (uint8_t)sum;
		if (sum <= UINT8_MAX || at == 0)
			return of;
		sum = 1;
		at--;
	}
}

static int
by_first(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct interval));
}

/* Overlapping and adjacent ones become one. Returns how many are left. */
static size_t
merge(struct interval *all, size_t n)
{
	size_t last = 0;

	if (n == 0)
		return 0;
	qsort(all, n, sizeof(*all), by_first);
	for (size_t i = 1; i < n; i++) {
		if (memcmp(all[i].first, all[last].end, 16) > 0)
			all[++last] = all[i];
		else if (memcmp(all[i].end, all[last].end, 16) > 0)
			memcpy(all[last].end, all[i].end, 16);
	}
	return last + 1;
}

static void
put_bound(struct elems *elems, const uint8_t *at, size_t len, bool is_end)
{
	struct elem elem = { .len = len, .ends_interval = is_end };

	memcpy(elem.key, at, len);
	elems_put(elems, &elem);
}

static void
write_locals(struct batch *batch, uint16_t table, const struct places *now,
    unsigned int family, const char *set)
{
	static const uint8_t zero[16];
	struct interval all[LIMIT_LOCALS];
	size_t n = 0, len = family == 4 ? 4 : 16;
	struct elems elems;

	for (size_t i = 0; i < now->n_locals; i++)
		if (now->local[i].addr.family == family)
			all[n++] = interval_of(&now->local[i]);
	n = merge(all, n);

	refill_in(&elems, batch, table, set);
	/* As nft does: what lies before the first interval ends at zero. */
	if (n > 0 && memcmp(all[0].first, zero, len) != 0)
		put_bound(&elems, zero, len, true);
	for (size_t i = 0; i < n; i++) {
		put_bound(&elems, all[i].first, len, false);
		put_bound(&elems, all[i].end, len, true);
	}
	elems_close(&elems);
}

static bool
selves_differ(const struct places *was, const struct places *now)
{
	return differ(was->self, was->n_selves, now->self, now->n_selves,
	    sizeof(now->self[0]));
}

bool
places_ports_differ(const struct places *was, const struct places *now)
{
	return differ(was->port, was->n_ports, now->port, now->n_ports,
	    sizeof(now->port[0]));
}

void
places_write_netdev(struct batch *batch, const struct places *was,
    const struct places *now, bool anew)
{
	if (anew || selves_differ(was, now))
		write_selves(batch, NFPROTO_NETDEV, now, 6, SET_SELF6);
	if (anew || places_ports_differ(was, now))
		placement_ports(batch, NFPROTO_NETDEV, now);
}

/* What policies look into, in the table that asks them. */
static void
write_networks(struct batch *batch, uint16_t table, const struct places *was,
    const struct places *now)
{
	if (differ(was->local, was->n_locals, now->local, now->n_locals,
		sizeof(now->local[0]))) {
		write_locals(batch, table, now, 4, SET_LOCAL4);
		write_locals(batch, table, now, 6, SET_LOCAL6);
	}
	if (selves_differ(was, now)) {
		write_selves(batch, table, now, 4, SET_SELF4);
		write_selves(batch, table, now, 6, SET_SELF6);
	}
}

void
places_write(struct batch *batch, const struct places *was,
    const struct places *now, const struct tables *tables)
{
	if (differ(was->lan, was->n_lan, now->lan, now->n_lan,
		sizeof(now->lan[0]))) {
		write_lan(batch, now);
		write_gateway(batch, NFPROTO_INET, now);
		if (tables->bridge)
			write_gateway(batch, NFPROTO_BRIDGE, now);
	}
	write_networks(batch, NFPROTO_INET, was, now);
	if (tables->path == BRIDGE_PATH_STATELESS)
		write_networks(batch, NFPROTO_BRIDGE, was, now);
	else if (tables->bridge && selves_differ(was, now))
		write_selves(batch, NFPROTO_BRIDGE, now, 6, SET_SELF6);
	if (tables->bridge && places_ports_differ(was, now))
		placement_ports(batch, NFPROTO_BRIDGE, now);
}
