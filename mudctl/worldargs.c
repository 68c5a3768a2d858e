/*
 * Options about the world.  Role: mudctl.  Input: the command line, trusted
 * as far as its user is, and a document that it names.
 */
#include "mudctl/worldargs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/mem.h"
#include "libmud/policy.h"
#include "libmud/world.h"
#include "mudctl/files.h"
#include "mudctl/worldjson.h"

typedef bool take_fn(struct world *world, const char *value, struct fault *why);

static bool
wrong(struct fault *why, const char *value, const char *wanted)
{
	return fault_set(
	    why, FAULT_MALFORMED, "", "'%.80s' is not %s", value, wanted);
}

static bool
take_host(struct world_hosts *hosts, const char *value, struct fault *why)
{
	struct addr addr;

	if (!addr_parse(value, &addr))
		return wrong(why, value, "an IPv4 or IPv6 address");
	return hosts != NULL && world_add_host(hosts, &addr, why);
}

static bool
take_mac(struct world *world, const char *value, struct fault *why)
{
	return mac_parse(value, &world->mac) ||
	       wrong(why, value, "a MAC address");
}

static bool
take_address(struct world *world, const char *value, struct fault *why)
{
	return take_host(&world->addresses, value, why);
}

static bool
take_gateway(struct world *world, const char *value, struct fault *why)
{
	return take_host(&world->gateway, value, why);
}

static bool
take_mine(struct world *world, const char *value, struct fault *why)
{
	return take_host(&world->mine, value, why);
}

static bool
take_local(struct world *world, const char *value, struct fault *why)
{
	struct prefix prefix;

	if (!prefix_parse(value, &prefix))
		return wrong(why, value, "a prefix");
	return world_add_local(world, &prefix, why);
}

/* Splits at the last '=', which no address has; the caller frees *first. */
static bool
split(const char *value, const char *wanted, char **first, const char **second,
    struct fault *why)
{
	const char *at = strrchr(value, '=');

	if (at == NULL || at == value || at[1] == '\0')
		return wrong(why, value, wanted);
	*first = xstrndup(value, (size_t)(at - value));
	*second = at + 1;
	return true;
}

static bool
take_name(struct world *world, const char *value, struct fault *why)
{
	const char *address;
	char *name;
	bool ok;

	if (!split(value, "NAME=ADDRESS", &name, &address, why))
		return false;
	ok = take_host(world_name_of(world, name, why), address, why);
	free(name);
	return ok;
}

static bool
take_controller(struct world *world, const char *value, struct fault *why)
{
	const char *address;
	char *class;
	bool ok;

	if (!split(value, "CLASS=ADDRESS", &class, &address, why))
		return false;
	ok = take_host(world_class_of(world, class, why), address, why);
	free(class);
	return ok;
}

/* Here the URL, which may have a '=' in it, comes last. */
static bool
take_thing(struct world *world, const char *value, struct fault *why)
{
	const char *at = strchr(value, '=');
	struct fault refused;
	struct url url;
	char *host;
	bool ok;

	if (at == NULL)
		return wrong(why, value, "ADDRESS=URL");
	if (!url_parse(at + 1, &url, &refused))
		return fault_set(why, FAULT_MALFORMED, "",
		    "'%.80s' is not a MUD URL: %s", at + 1, refused.detail);
	host = xstrndup(value, (size_t)(at - value));
	ok = take_host(world_thing_of(world, &url, why), host, why);
	free(host);
	return ok;
}

static bool
take_world(struct world *world, const char *value, struct fault *why)
{
	struct input input = { NULL, 0 };
	bool ok = false;

	why->detail[0] = '\0';
	if (file_read(value, LIMIT_FILE + 1, &input)) {
		ok = worldjson_read(input_bytes(&input), world, why);
		if (!ok)
			(void)file_complain(value, why->detail);
	}
	input_done(&input);
	/* It has been said, with the file's name before it. */
	why->code = FAULT_NONE;
	return ok;
}

static const struct {
	const char *name;
	take_fn *take;
} options[] = {
	[WORLDARGS_WORLD - WORLDARGS_WORLD] = { "--world", take_world },
	[WORLDARGS_MAC - WORLDARGS_WORLD] = { "--mac", take_mac },
	[WORLDARGS_ADDRESS - WORLDARGS_WORLD] = { "--address", take_address },
	[WORLDARGS_GATEWAY - WORLDARGS_WORLD] = { "--gateway", take_gateway },
	[WORLDARGS_LOCAL_NETWORK -
	    WORLDARGS_WORLD] = { "--local-network", take_local },
	[WORLDARGS_RESOLVE - WORLDARGS_WORLD] = { "--resolve", take_name },
	[WORLDARGS_CONTROLLER -
	    WORLDARGS_WORLD] = { "--controller", take_controller },
	[WORLDARGS_MY_CONTROLLER -
	    WORLDARGS_WORLD] = { "--my-controller", take_mine },
	[WORLDARGS_THING - WORLDARGS_WORLD] = { "--thing", take_thing },
};

bool
worldargs_is(int option)
{
	return option >= WORLDARGS_WORLD && option < WORLDARGS_END;
}

bool
worldargs_take(struct world *world, int option, const char *value)
{
	struct fault why = { 0 };

	if (options[option - WORLDARGS_WORLD].take(world, value, &why))
		return true;
	if (why.code != FAULT_NONE)
		(void)fprintf(stderr, "mudctl: %s: %s\n",
		    options[option - WORLDARGS_WORLD].name, why.detail);
	return false;
}

void
worldargs_finish(struct world *world, const struct policy *policy)
{
	struct fault refused;

	if (world->url.text[0] == '\0')
		(void)url_parse(policy->info.mud_url, &world->url, &refused);
}
