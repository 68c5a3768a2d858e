/*
 * The table of Things.  Role: engine.  Its keys come from the LAN: both its
 * sides, managed and unknown, are bounded.
 */
#include "engine/things/things.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "engine/files/mudurl.h"
#include "engine/files/signers.h"
#include "libmud/mem.h"

#define BUCKETS      4096  /* a power of two, about LIMIT_THINGS */
#define ADDR_BUCKETS 16384 /* the same, a few addresses each */

/* That a Thing has an address; as long as the lease itself. */
struct holding {
	struct addr addr;
	struct thing *thing;
	struct list by_hash;
};

struct things {
	struct list buckets[BUCKETS];
	struct list holdings[ADDR_BUCKETS];
	struct list age;   /* oldest first */
	struct list dirty; /* of thing.dirty */
	size_t max_managed;
	size_t n_managed, n_unknown;
	size_t n_six; /* IPv6 addresses of all */
	size_t n_members_lost;
	uint64_t seed; /* whoever chooses the keys must not choose buckets */
};

static uint64_t
hash_of(const struct things *things, const uint8_t *byte, size_t len)
{
	uint64_t hash = things->seed;

	for (size_t i = 0; i < len; i++) {
		hash ^= byte[i];
		hash *= 0x100000001b3ull;
	}
	return hash ^ hash >> 29;
}

static struct list *
bucket_of(struct things *things, const struct mac *mac)
{
	uint64_t hash = hash_of(things, mac->byte, sizeof(mac->byte));

	return &things->buckets[hash & (BUCKETS - 1)];
}

static struct list *
holdings_of(struct things *things, const struct addr *addr)
{
	uint64_t hash = hash_of(things, addr->byte, addr->family == 4 ? 4 : 16);

	return &things->holdings[hash & (ADDR_BUCKETS - 1)];
}

static struct holding *
holding_find(struct things *things, const struct addr *addr)
{
	struct list *bucket = holdings_of(things, addr);

	LIST_EACH(at, bucket)
	{
		struct holding *holding =
		    LIST_ENTRY(at, struct holding, by_hash);

		if (addr_equal(&holding->addr, addr))
			return holding;
	}
	return NULL;
}

static void
holding_add(struct things *things, struct thing *thing, const struct addr *addr)
{
	struct holding *holding = xcalloc(1, sizeof(*holding));

	holding->addr = *addr;
	holding->thing = thing;
	list_append(holdings_of(things, addr), &holding->by_hash);
}

static void
holding_drop(struct things *things, const struct addr *addr)
{
	struct holding *holding = holding_find(things, addr);

	list_remove(&holding->by_hash);
	free(holding);
}

static void
holdings_drop(struct things *things, const struct thing *thing)
{
	for (size_t i = 0; i < thing->n_leases; i++)
		holding_drop(things, &thing->leases[i].addr);
}

struct things *
things_new(size_t max_managed)
{
	struct things *things = xcalloc(1, sizeof(*things));

	for (size_t i = 0; i < BUCKETS; i++)
		list_init(&things->buckets[i]);
	for (size_t i = 0; i < ADDR_BUCKETS; i++)
		list_init(&things->holdings[i]);
	list_init(&things->age);
	list_init(&things->dirty);
	things->max_managed = max_managed;
	if (getrandom(&things->seed, sizeof(things->seed), GRND_NONBLOCK) !=
	    sizeof(things->seed))
		things->seed = 0xcbf29ce484222325ull;
	return things;
}

static void
thing_free(struct thing *thing)
{
	claims_free(&thing->claims);
	free(thing->certificate);
	free(thing);
}

void
things_free(struct things *things)
{
	if (things == NULL)
		return;
	for (size_t i = 0; i < ADDR_BUCKETS; i++) {
		LIST_EACH_SAFE(at, &things->holdings[i])
		free(LIST_ENTRY(at, struct holding, by_hash));
	}
	LIST_EACH_SAFE(at, &things->age)
	thing_free(LIST_ENTRY(at, struct thing, by_age));
	free(things);
}

struct thing *
things_find(struct things *things, const struct mac *mac)
{
	struct list *bucket = bucket_of(things, mac);

	LIST_EACH(at, bucket)
	{
		struct thing *thing = LIST_ENTRY(at, struct thing, by_hash);

		if (mac_equal(&thing->mac, mac))
			return thing;
	}
	return NULL;
}

static struct lease *
lease_of(struct thing *thing, const struct addr *addr)
{
	for (size_t i = 0; i < thing->n_leases; i++)
		if (addr_equal(&thing->leases[i].addr, addr))
			return &thing->leases[i];
	return NULL;
}

static size_t
count_of(const struct thing *thing, unsigned int family)
{
	size_t n = 0;

	for (size_t i = 0; i < thing->n_leases; i++)
		n += thing->leases[i].addr.family == family ? 1 : 0;
	return n;
}

struct thing *
things_find_addr(struct things *things, const struct addr *addr)
{
	const struct holding *holding = holding_find(things, addr);

	return holding == NULL ? NULL : holding->thing;
}

struct thing *
things_find_text(struct things *things, const char *text)
{
	struct thing *by_hostname = NULL;
	struct mac mac;
	struct addr addr;

	if (mac_parse(text, &mac))
		return things_find(things, &mac);
	if (addr_parse(text, &addr))
		return things_find_addr(things, &addr);
	LIST_EACH(at, &things->age)
	{
		struct thing *thing = LIST_ENTRY(at, struct thing, by_age);

		if (thing->name[0] != '\0' &&
		    strcasecmp(thing->name, text) == 0)
			return thing;
		/* Anybody may call itself anything: a host name is only
		 * looked at after the administrator's names. */
		if (by_hostname == NULL && thing->hostname[0] != '\0' &&
		    strcasecmp(thing->hostname, text) == 0)
			by_hostname = thing;
	}
	return by_hostname;
}

static void
make_room(struct things *things)
{
	LIST_EACH(at, &things->age)
	{
		struct thing *thing = LIST_ENTRY(at, struct thing, by_age);

		/* Else a crowd of strangers could push out a controller. */
		if (thing->mud == NULL && !thing->in_class &&
		    thing->name[0] == '\0') {
			things_remove(things, thing);
			return;
		}
	}
}

struct thing *
things_add(struct things *things, const struct mac *mac, int64_t now)
{
	struct thing *thing;

	if (things->n_unknown >= LIMIT_UNKNOWN)
		make_room(things);
	thing = xcalloc(1, sizeof(*thing));
	thing->mac = *mac;
	thing->first_seen = thing->last_seen = now;
	list_init(&thing->dirty);
	list_init(&thing->unsettled);
	list_init(&thing->unsaved);
	list_append(bucket_of(things, mac), &thing->by_hash);
	list_append(&things->age, &thing->by_age);
	things->n_unknown++;
	return thing;
}

/* A URL that no Thing has is not fetched any more. */
static void
give_up(struct thing *thing)
{
	struct mudurl *mud = thing->mud;

	thing->mud = NULL;
	if (mud != NULL && --mud->n_things == 0)
		mud->is_wanted = false;
}

static void
set_previous(struct thing *thing, struct mudurl *mud)
{
	if (thing->previous != NULL)
		thing->previous->n_previous--;
	thing->previous = mud;
	if (mud != NULL)
		mud->n_previous++;
}

void
things_remove(struct things *things, struct thing *thing)
{
	holdings_drop(things, thing);
	things->n_six -= count_of(thing, 6);
	things->n_members_lost += thing->in_class ? 1 : 0;
	if (thing->mud == NULL)
		things->n_unknown--;
	else
		things->n_managed--;
	give_up(thing);
	set_previous(thing, NULL);
	list_remove(&thing->by_hash);
	list_remove(&thing->by_age);
	list_remove(&thing->dirty);
	list_remove(&thing->unsettled);
	list_remove(&thing->unsaved);
	thing_free(thing);
}

void
things_seen(struct things *things, struct thing *thing, int64_t now)
{
	thing->last_seen = now;
	list_remove(&thing->by_age);
	list_append(&things->age, &thing->by_age);
}

size_t
things_on_port(const struct things *things, uint32_t port)
{
	size_t n = 0;

	LIST_EACH(at, &things->age)
	{
		const struct thing *thing =
		    LIST_ENTRY(at, struct thing, by_age);

		if (thing->mud != NULL && thing->port == port)
			n++;
	}
	return n;
}

bool
things_has_room(const struct things *things)
{
	return things->n_managed < things->max_managed;
}

void
things_manage(struct things *things, struct thing *thing, struct mudurl *mud)
{
	if (thing->mud == NULL) {
		things->n_unknown--;
		things->n_managed++;
	} else if (thing->mud != mud && thing->mud->accepted != NULL) {
		/* It may be a member by the one that is forgotten here. */
		if (thing->previous != NULL && thing->previous != thing->mud)
			things->n_members_lost += thing->in_class ? 1 : 0;
		set_previous(thing, thing->mud);
		thing->previous_strength = thing->strength;
	}
	if (thing->mud != mud) {
		give_up(thing);
		thing->mud = mud;
		mud->n_things++;
		mud->is_proven = mud->is_proven || thing->is_proven;
	}
	things_touch(things, thing);
}

static bool
has_policy(const struct mudurl *mud)
{
	return mud != NULL && mud->accepted != NULL &&
	       mud->accepted->policy != NULL;
}

struct mudurl *
things_lives_by(const struct thing *thing, enum strength *strength)
{
	if (has_policy(thing->mud) && signers_serve(thing)) {
		*strength = thing->strength;
		return thing->mud;
	}
	if (thing->mud != NULL && has_policy(thing->previous)) {
		*strength = thing->previous_strength;
		return thing->previous;
	}
	return NULL;
}

size_t
things_members_lost(const struct things *things)
{
	return things->n_members_lost;
}

void
things_touch(struct things *things, struct thing *thing)
{
	list_remove(&thing->dirty);
	list_append(&things->dirty, &thing->dirty);
}

struct list *
things_dirty(struct things *things)
{
	return &things->dirty;
}

static void
lease_drop(struct things *things, struct thing *thing, struct lease *lease)
{
	size_t at = (size_t)(lease - thing->leases);

	holding_drop(things, &lease->addr);
	things->n_six -= lease->addr.family == 6 ? 1 : 0;
	thing->n_leases--;
	memmove(
	    lease, lease + 1, (thing->n_leases - at) * sizeof(struct lease));
}

static bool
is_full(
    const struct things *things, const struct thing *thing, unsigned int family)
{
	/* Who is not managed shall not use up what all may have. */
	size_t limit = family == 6 && thing->mud != NULL ? LIMIT_ADDRESSES6
	                                                 : LIMIT_ADDRESSES4;

	return count_of(thing, family) >= limit ||
	       (family == 6 && things->n_six >= LIMIT_ALL_SIX);
}

const struct addr *
things_in_the_way(const struct things *things, const struct thing *thing,
    unsigned int family, enum lease_source source)
{
	const struct addr *oldest = NULL;

	if (!is_full(things, thing, family))
		return NULL;
	for (size_t i = 0; i < thing->n_leases; i++) {
		const struct lease *lease = &thing->leases[i];

		if (lease->addr.family != family)
			continue;
		if (lease->source == LEASE_NEIGHBOUR)
			return &lease->addr;
		if (oldest == NULL)
			oldest = &lease->addr;
	}
	return source == LEASE_NEIGHBOUR ? NULL : oldest;
}

/* False: there was no room. */
static bool
lease_add(struct things *things, struct thing *thing, const struct addr *addr,
    enum lease_source source, int64_t expires_at)
{
	const struct addr *oldest =
	    things_in_the_way(things, thing, addr->family, source);

	if (oldest != NULL)
		lease_drop(things, thing, lease_of(thing, oldest));
	else if (is_full(things, thing, addr->family))
		return false;
	holding_add(things, thing, addr);
	things->n_six += addr->family == 6 ? 1 : 0;
	thing->leases[thing->n_leases++] = (struct lease){
		.addr = *addr,
		.source = source,
		.expires_at = expires_at,
	};
	things_touch(things, thing);
	return true;
}

bool
things_bind(struct things *things, struct thing *thing, const struct addr *addr,
    enum lease_source source, int64_t expires_at)
{
	struct lease *lease = lease_of(thing, addr);
	struct thing *other;

	if (lease != NULL) {
		lease->source = source;
		lease->expires_at = expires_at;
		return false;
	}
	other = things_find_addr(things, addr);
	if (other != NULL)
		(void)things_unbind(things, other, addr);
	return lease_add(things, thing, addr, source, expires_at);
}

enum notice
things_notice(struct things *things, struct thing *thing,
    const struct addr *addr, int64_t expires_at)
{
	struct lease *lease = lease_of(thing, addr);
	struct lease again;

	if (lease == NULL) {
		if (things_find_addr(things, addr) != NULL)
			return NOTICE_TAKEN;
		return lease_add(
			   things, thing, addr, LEASE_NEIGHBOUR, expires_at)
		           ? NOTICE_NEW
		           : NOTICE_FULL;
	}
	if (lease->source != LEASE_NEIGHBOUR)
		return NOTICE_KNOWN;
	/* As the last of them: the first is the one that makes room. */
	again = *lease;
	memmove(lease, lease + 1,
	    (size_t)(&thing->leases[thing->n_leases - 1] - lease) *
		sizeof(*lease));
	lease = &thing->leases[thing->n_leases - 1];
	*lease = again;
	if (expires_at - lease->expires_at < THINGS_RENEW_SEC)
		return NOTICE_KNOWN;
	lease->expires_at = expires_at;
	return NOTICE_LATER;
}

bool
things_holds(const struct thing *thing, const struct addr *addr)
{
	return lease_of((struct thing *)(uintptr_t)thing, addr) != NULL;
}

bool
things_has_lease(const struct thing *thing, enum lease_source source)
{
	for (size_t i = 0; i < thing->n_leases; i++)
		if (thing->leases[i].source == source)
			return true;
	return false;
}

bool
things_unbind(
    struct things *things, struct thing *thing, const struct addr *addr)
{
	const size_t before = thing->n_leases;

	for (size_t i = before; i-- > 0;)
		if (addr == NULL || addr_equal(&thing->leases[i].addr, addr))
			lease_drop(things, thing, &thing->leases[i]);
	if (thing->n_leases == before)
		return false;
	things_touch(things, thing);
	return true;
}

void
things_each(struct things *things, things_fn *fn, void *arg)
{
	LIST_EACH_SAFE(at, &things->age)
	fn(arg, LIST_ENTRY(at, struct thing, by_age));
}

size_t
things_count(const struct things *things)
{
	return things->n_managed + things->n_unknown;
}
