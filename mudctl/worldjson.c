/*
 * World documents.  Role: mudctl.  Input: a file that the caller names; it is
 * held to the same limits as a MUD file.
 */
#include "mudctl/worldjson.h"

#include "libmud/fault.h"
#include "libmud/json.h"
#include "libmud/world.h"
#include "mudctl/strict.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char clause[] = "mudctl(1), world";

/* What is filled: the world, and the list in hand. */
struct filling {
	struct world *world;
	struct world_hosts *hosts;
	struct url url; /* of the entry of "things" in hand */
};

static bool
refuse_unknown(const struct json_at *at, void *into, struct fault *why)
{
	(void)into;
	return strict_refuse(at, why, FAULT_MALFORMED, clause,
	    "no such member of a world document");
}

static bool
read_host(const struct json_at *at, void *into, struct fault *why)
{
	struct filling *filling = into;
	const char *text = "";
	struct addr addr;

	if (!strict_text(at, &text, why))
		return false;
	if (!addr_parse(text, &addr))
		return strict_refuse(at, why, FAULT_MALFORMED, clause,
		    "\"%.60s\" is no IPv4 or IPv6 address", text);
	return world_add_host(filling->hosts, &addr, why);
}

/* The array at `at` into this list. */
static bool
read_hosts(const struct json_at *at, struct filling *filling,
    struct world_hosts *hosts, struct fault *why)
{
	filling->hosts = hosts;
	return hosts != NULL &&
	       strict_elements(at, LIMIT_WORLD_HOSTS, read_host, filling, why);
}

static bool
read_url(const struct json_at *at, struct url *url, struct fault *why)
{
	struct fault refused;
	const char *text = "";

	if (!strict_text(at, &text, why))
		return false;
	return url_parse(text, url, &refused) ||
	       strict_refuse(at, why, refused.code, refused.clause,
		   "no MUD URL: %s", refused.detail);
}

static bool
read_mac(const struct json_at *at, void *into, struct fault *why)
{
	struct filling *filling = into;
	const char *text = "";

	if (!strict_text(at, &text, why))
		return false;
	return mac_parse(text, &filling->world->mac) ||
	       strict_refuse(at, why, FAULT_MALFORMED, clause,
		   "\"%.60s\" is no MAC address", text);
}

static bool
read_own_url(const struct json_at *at, void *into, struct fault *why)
{
	struct filling *filling = into;

	return read_url(at, &filling->world->url, why);
}

static bool
read_own_addresses(const struct json_at *at, void *into, struct fault *why)
{
	struct filling *filling = into;

	return read_hosts(at, filling, &filling->world->addresses, why);
}

static bool
read_thing(const struct json_at *at, void *into, struct fault *why)
{
	static const struct strict_member members[] = {
		{ "mac", read_mac },
		{ "mud_url", read_own_url },
		{ "addresses", read_own_addresses },
	};

	return strict_members(
	    at, members, COUNT(members), refuse_unknown, into, why);
}

static bool
read_gateway(const struct json_at *at, void *into, struct fault *why)
{
	struct filling *filling = into;

	return read_hosts(at, filling, &filling->world->gateway, why);
}

static bool
read_mine(const struct json_at *at, void *into, struct fault *why)
{
	struct filling *filling = into;

	return read_hosts(at, filling, &filling->world->mine, why);
}

static bool
read_local(const struct json_at *at, void *into, struct fault *why)
{
	struct filling *filling = into;
	struct prefix prefix;
	const char *text = "";

	if (!strict_text(at, &text, why))
		return false;
	if (!prefix_parse(text, &prefix))
		return strict_refuse(at, why, FAULT_MALFORMED, clause,
		    "\"%.60s\" is no prefix", text);
	return world_add_local(filling->world, &prefix, why);
}

static bool
read_locals(const struct json_at *at, void *into, struct fault *why)
{
	return strict_elements(at, LIMIT_LOCALS, read_local, into, why);
}

static bool
read_class(const struct json_at *at, void *into, struct fault *why)
{
	struct filling *filling = into;

	return read_hosts(
	    at, filling, world_class_of(filling->world, at->key, why), why);
}

static bool
read_classes(const struct json_at *at, void *into, struct fault *why)
{
	return strict_members(at, NULL, 0, read_class, into, why);
}

static bool
read_name(const struct json_at *at, void *into, struct fault *why)
{
	struct filling *filling = into;

	return read_hosts(
	    at, filling, world_name_of(filling->world, at->key, why), why);
}

static bool
read_names(const struct json_at *at, void *into, struct fault *why)
{
	return strict_members(at, NULL, 0, read_name, into, why);
}

/* Its URL is looked for first: members have no order. */
static bool
read_other(const struct json_at *at, void *into, struct fault *why)
{
	static const struct strict_member members[] = {
		{ "mud_url", NULL },
		{ "addresses", NULL },
	};
	struct filling *filling = into;
	struct world_hosts *hosts;
	struct json_at url, addresses;

	if (!strict_members(
		at, members, COUNT(members), refuse_unknown, into, why))
		return false;
	if (!json_find(at, "mud_url", &url))
		return strict_refuse(at, why, FAULT_MALFORMED, clause,
		    "a Thing without mud_url");
	if (!read_url(&url, &filling->url, why))
		return false;
	hosts = world_thing_of(filling->world, &filling->url, why);
	if (hosts == NULL || !json_find(at, "addresses", &addresses))
		return hosts != NULL;
	return read_hosts(&addresses, filling, hosts, why);
}

static bool
read_others(const struct json_at *at, void *into, struct fault *why)
{
	return strict_elements(at, LIMIT_WORLD_GROUPS, read_other, into, why);
}

bool
worldjson_read(struct bytes text, struct world *world, struct fault *why)
{
	static const struct strict_member members[] = {
		{ "thing", read_thing },
		{ "gateway", read_gateway },
		{ "local_networks", read_locals },
		{ "controllers", read_classes },
		{ "my_controllers", read_mine },
		{ "things", read_others },
		{ "names", read_names },
	};
	struct filling filling = { .world = world };
	struct json_at top = { 0 };
	bool ok;

	if (!json_load(text, &top.value, why))
		return false;
	ok = strict_members(
	    &top, members, COUNT(members), refuse_unknown, &filling, why);
	json_decref(top.value);
	return ok;
}
