/*
 * Worlds.  mudctl and the tests run it, over what their user describes.
 */
#include "libmud/world.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "libmud/compile.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

static const char clause[] = "libmud/limits.h";

void
world_init(struct world *world)
{
	memset(world, 0, sizeof(*world));
}

static void
groups_done(struct world_groups *groups)
{
	for (size_t i = 0; i < groups->n; i++)
		free(groups->group[i].hosts.addr);
	free(groups->group);
}

void
world_done(struct world *world)
{
	free(world->addresses.addr);
	free(world->gateway.addr);
	free(world->mine.addr);
	groups_done(&world->classes);
	groups_done(&world->names);
	for (size_t i = 0; i < world->n_things; i++)
		free(world->things[i].hosts.addr);
	free(world->things);
	world_init(world);
}

bool
world_has(const struct world_hosts *hosts, const struct addr *addr)
{
	return addr_among(hosts->addr, hosts->n, addr);
}

/* Room for one more: a power of two, so that few additions move the list. */
static void *
grown(void *list, size_t n, size_t size)
{
	if (n == 0 || (n & (n - 1)) == 0)
		return xrealloc(list, n == 0 ? 1 : 2 * n, size);
	return list;
}

bool
world_add_host(
    struct world_hosts *hosts, const struct addr *addr, struct fault *why)
{
	if (world_has(hosts, addr))
		return true;
	if (hosts->n == LIMIT_WORLD_HOSTS)
		return fault_set(why, FAULT_TOO_MANY, clause,
		    "more than %d addresses of one", LIMIT_WORLD_HOSTS);
	hosts->addr = grown(hosts->addr, hosts->n, sizeof(*hosts->addr));
	hosts->addr[hosts->n++] = *addr;
	return true;
}

bool
world_add_local(
    struct world *world, const struct prefix *local, struct fault *why)
{
	for (size_t i = 0; i < world->n_locals; i++)
		if (prefix_equal(&world->locals[i], local))
			return true;
	if (world->n_locals == LIMIT_LOCALS)
		return fault_set(why, FAULT_TOO_MANY, clause,
		    "more than %d local networks", LIMIT_LOCALS);
	world->locals[world->n_locals++] = *local;
	return true;
}

static struct world_hosts *
group_of(struct world_groups *groups, const char *key, struct fault *why)
{
	struct world_group *group;

	for (size_t i = 0; i < groups->n; i++)
		if (strcmp(groups->group[i].key, key) == 0)
			return &groups->group[i].hosts;
	if (strlen(key) > LIMIT_URL) {
		(void)fault_set(why, FAULT_TOO_LONG, clause,
		    "a name of more than %d bytes", LIMIT_URL);
		return NULL;
	}
	if (groups->n == LIMIT_WORLD_GROUPS) {
		(void)fault_set(why, FAULT_TOO_MANY, clause,
		    "more than %d names", LIMIT_WORLD_GROUPS);
		return NULL;
	}
	groups->group = grown(groups->group, groups->n, sizeof(*groups->group));
	group = &groups->group[groups->n++];
	memset(group, 0, sizeof(*group));
	text_copy(group->key, sizeof(group->key), key);
	return &group->hosts;
}

struct world_hosts *
world_class_of(struct world *world, const char *uri, struct fault *why)
{
	return group_of(&world->classes, uri, why);
}

/* Lower case, without a dot at its end. */
static void
name_fold(const char *name, char folded[LIMIT_URL + 1])
{
	size_t len;

	text_copy(folded, LIMIT_URL + 1, name);
	for (char *at = folded; *at != '\0'; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at - 'A' + 'a');
	len = strlen(folded);
	if (len > 0 && folded[len - 1] == '.')
		folded[len - 1] = '\0';
}

struct world_hosts *
world_name_of(struct world *world, const char *name, struct fault *why)
{
	char folded[LIMIT_URL + 1];

	if (strlen(name) > LIMIT_URL) {
		(void)fault_set(why, FAULT_TOO_LONG, clause,
		    "a name of more than %d bytes", LIMIT_URL);
		return NULL;
	}
	name_fold(name, folded);
	return group_of(&world->names, folded, why);
}

struct world_hosts *
world_thing_of(struct world *world, const struct url *url, struct fault *why)
{
	struct world_thing *thing;

	for (size_t i = 0; i < world->n_things; i++)
		if (strcmp(world->things[i].url.text, url->text) == 0)
			return &world->things[i].hosts;
	if (world->n_things == LIMIT_WORLD_GROUPS) {
		(void)fault_set(why, FAULT_TOO_MANY, clause,
		    "more than %d MUD URLs of Things", LIMIT_WORLD_GROUPS);
		return NULL;
	}
	world->things =
	    grown(world->things, world->n_things, sizeof(*world->things));
	thing = &world->things[world->n_things++];
	memset(thing, 0, sizeof(*thing));
	thing->url = *url;
	return &thing->hosts;
}

static const struct world_hosts *
group_find(const struct world_groups *groups, const char *key)
{
	for (size_t i = 0; i < groups->n; i++)
		if (strcmp(groups->group[i].key, key) == 0)
			return &groups->group[i].hosts;
	return NULL;
}

const struct world_hosts *
world_class(const struct world *world, const char *uri)
{
	static const struct world_hosts nobody;
	const struct world_hosts *members = group_find(&world->classes, uri);

	if (members != NULL)
		return members;
	if (strcmp(uri, MUD_URN_DNS) == 0 || strcmp(uri, MUD_URN_NTP) == 0)
		return &world->gateway;
	return &nobody;
}

const struct world_hosts *
world_name(const struct world *world, const char *name)
{
	static const struct world_hosts nobody;
	const struct world_hosts *addresses;
	char folded[LIMIT_URL + 1];

	name_fold(name, folded);
	addresses = group_find(&world->names, folded);
	return addresses == NULL ? &nobody : addresses;
}

static bool
is_multicast(const struct addr *addr)
{
	if (addr->family == 4)
		return addr->byte[0] >= 224 && addr->byte[0] < 240;
	return addr->family == 6 && addr->byte[0] == 0xff;
}

/* Is it the last address of an IPv4 network that has such a thing? */
static bool
is_last_of(const struct prefix *network, const struct addr *addr)
{
	struct addr last = network->addr;

	if (last.family != 4 || network->len > 30)
		return false;
	for (unsigned int bit = network->len; bit < 32; bit++)
		last.byte[bit / 8] |= (uint8_t)(0x80u >> (bit % 8));
	return addr_equal(&last, addr);
}

bool
world_is_group(const struct world *world, const struct addr *addr)
{
	static const struct prefix all = { { 4, { 0 } }, 0 };

	if (is_multicast(addr) || is_last_of(&all, addr))
		return true;
	for (size_t i = 0; i < world->n_locals; i++)
		if (is_last_of(&world->locals[i], addr))
			return true;
	return false;
}

/* "As such": a network of multicast addresses, or one broadcast address. */
static bool
lists_group(const struct prefix *local)
{
	return is_multicast(&local->addr) ||
	       (local->addr.family == 4 && local->len == 32);
}

static bool
is_link_local(const struct addr *addr)
{
	static const struct prefix networks[] = {
		{ { 4, { 169, 254 } }, 16 },
		{ { 6, { 0xfe, 0x80 } }, 10 },
	};

	return prefix_has(&networks[0], addr) || prefix_has(&networks[1], addr);
}

bool
world_is_local(const struct world *world, const struct addr *addr)
{
	bool is_group = world_is_group(world, addr);

	if (world_has(&world->gateway, addr))
		return false;
	for (size_t i = 0; i < world->n_locals; i++)
		if (prefix_has(&world->locals[i], addr) &&
		    (!is_group || lists_group(&world->locals[i])))
			return true;
	return !is_group && is_link_local(addr);
}

bool
world_is_near(
    const struct world *world, const struct addr *own, const struct addr *peer)
{
	if (!world_is_local(world, peer))
		return false;
	if (own->family == 0 || is_link_local(peer))
		return true;
	for (size_t i = 0; i < world->n_locals; i++)
		if (prefix_has(&world->locals[i], own) &&
		    prefix_has(&world->locals[i], peer))
			return true;
	return false;
}
