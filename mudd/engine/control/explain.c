/*
 * Explanations.  Role: engine.  The question is a local caller's; what it is
 * answered from has been checked when it came in.
 */
#include "engine/control/explain.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "engine/config.h"
#include "engine/engine.h"
#include "engine/things/modes.h"
#include "libmud/fault.h"
#include "libmud/mem.h"
#include "libmud/world.h"

#define UDP    17
#define ICMPV6 58

#define PORT_DHCP_SERVER 67
#define PORT_DHCP_CLIENT 68

/* ---- the world ---------------------------------------------------------- */

/* A Thing's URL that stands for all of its maker's: its text is no MUD URL, so
 * that no model is meant. */
static struct world_hosts *
maker_of(struct world *world, const char *authority, struct fault *why)
{
	char text[LIMIT_URL + 16];
	struct url url;

	(void)snprintf(text, sizeof(text), "https://%s/", authority);
	if (!url_parse(text, &url, why))
		return NULL;
	text_copy(url.text, sizeof(url.text), authority);
	return world_thing_of(world, &url, why);
}

static struct world_hosts *
model_of(struct world *world, const char *mud_url, struct fault *why)
{
	struct url url;

	if (!url_parse(mud_url, &url, why))
		return NULL;
	return world_thing_of(world, &url, why);
}

/* Where the members of a set are told in a world. */
static struct world_hosts *
hosts_of(struct world *world, const struct set *set, struct fault *why)
{
	switch (set->kind) {
	case PEER_DNSNAME:
		return world_name_of(world, set->key, why);
	case PEER_CONTROLLER:
		return world_class_of(world, set->key, why);
	case PEER_MY_CONTROLLER:
		return &world->mine;
	case PEER_MANUFACTURER:
		return maker_of(world, set->key, why);
	case PEER_MODEL:
		return model_of(world, set->key, why);
	case PEER_SAME_MANUFACTURER: /* kept as its manufacturer */
	case PEER_LOCAL_NETWORKS:
	case PEER_KINDS:
		break;
	}
	(void)fault_set(
	    why, FAULT_INTERNAL, "engine/sets.h", "a set of another kind");
	return NULL;
}

static bool
has_in_kernel(const struct set *set, const struct addr *addr)
{
	for (size_t i = 0; i < set->n_members; i++)
		if (set->members[i].installed &&
		    addr_equal(&set->members[i].addr, addr))
			return true;
	return false;
}

bool
explain_world(struct world *world, const struct lan *lan,
    const struct thing *thing, const struct kernel_policy *policy,
    const struct addr *peer, struct fault *why)
{
	struct prefix locals[LIMIT_LOCALS];
	size_t n_locals = lan_locals(lan, locals);

	world->mac = thing->mac;
	world->url = policy->mud_url;
	for (size_t i = 0; i < thing->n_installed; i++)
		if (!world_add_host(
			&world->addresses, &thing->installed_addrs[i], why))
			return false;
	for (size_t i = 0; i < lan->n_addresses; i++)
		if (!world_add_host(
			&world->gateway, &lan->addresses[i].addr, why))
			return false;
	for (size_t i = 0; i < n_locals; i++)
		if (!world_add_local(world, &locals[i], why))
			return false;
	for (size_t i = 0; i < policy->n_sets; i++) {
		const struct set *set = policy->sets[i];
		struct world_hosts *hosts = hosts_of(world, set, why);

		if (hosts == NULL || (has_in_kernel(set, peer) &&
					 !world_add_host(hosts, peer, why)))
			return false;
	}
	return true;
}

int
explain_name(const struct kernel_policy *policy, const char *name,
    struct addr *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < policy->n_sets; i++) {
		const struct set *set = policy->sets[i];

		if (set->kind != PEER_DNSNAME ||
		    strcasecmp(set->key, name) != 0)
			continue;
		for (size_t k = 0; k < set->n_members && n < max; k++)
			if (set->members[k].installed)
				out[n++] = set->members[k].addr;
		return (int)n;
	}
	return -1;
}

/* ---- what comes before a policy ------------------------------------------ */

static bool
is_own(const struct thing *thing, const struct addr *addr)
{
	return addr_among(thing->installed_addrs, thing->n_installed, addr);
}

/* Is it a host of that network, no broadcast? */
static bool
is_neighbour(const struct lan_address *at, const struct addr *addr)
{
	struct prefix network = prefix_of(&at->addr, at->len);
	struct world link;
	struct fault why;
	bool is_group;

	if (!addr_is_host(addr) || !prefix_has(&network, addr))
		return false;
	world_init(&link);
	is_group = !world_add_local(&link, &network, &why) ||
	           world_is_group(&link, addr);
	world_done(&link);
	return !is_group;
}

bool
explain_stays(
    const struct lan *lan, const struct thing *thing, const struct addr *peer)
{
	if (lan_is_own_addr(lan, peer))
		return false;
	for (size_t i = 0; i < lan->n_addresses; i++) {
		const struct lan_address *at = &lan->addresses[i];
		const struct prefix network = prefix_of(&at->addr, at->len);

		if (!is_neighbour(at, peer))
			continue;
		for (size_t k = 0; k < thing->n_installed; k++)
			if (prefix_has(&network, &thing->installed_addrs[k]))
				return true;
	}
	return false;
}

static bool
say(struct explained *out, enum verdict verdict, enum verdict_source source,
    const char *reason)
{
	*out = (struct explained){
		.said = {
			.verdict = verdict,
			.source = source,
			.ace = EVALUATION_NO_ACE,
			.clause = source == SOURCE_INFRASTRUCTURE
				      ? "local policy (M-DEF-3)"
				      : "local policy",
		},
	};
	text_copy(out->said.reason, sizeof(out->said.reason), reason);
	return true;
}

/* A client that gets or keeps its lease (guard, egress). */
static bool
is_dhcp(const struct flow *flow)
{
	if (flow->peer.family != 4 || flow->protocol != UDP)
		return false;
	if (flow->direction == FROM_DEVICE)
		return flow->destination == PORT_DHCP_SERVER;
	return flow->source == PORT_DHCP_SERVER &&
	       flow->destination == PORT_DHCP_CLIENT;
}

static bool
is_discovery(const struct flow *flow)
{
	return flow->peer.family == 6 && flow->protocol == ICMPV6 &&
	       flow->icmp_type >= 133 && flow->icmp_type <= 136;
}

static bool
is_link_local(const struct addr *addr)
{
	return addr->family == 6 && addr->byte[0] == 0xfe &&
	       (addr->byte[1] & 0xc0) == 0x80;
}

/* Bits that both begin with. */
static unsigned int
common(const struct addr *a, const struct addr *b)
{
	unsigned int bits = 0;

	while (
	    bits < 8 * sizeof(a->byte) &&
	    ((a->byte[bits / 8] ^ b->byte[bits / 8]) & 0x80 >> bits % 8) == 0)
		bits++;
	return bits;
}

const struct addr *
explain_own(const struct thing *thing, const struct addr *peer)
{
	const struct addr *best = NULL;
	unsigned int most = 0;

	for (size_t i = 0; i < thing->n_installed; i++) {
		const struct addr *own = &thing->installed_addrs[i];
		unsigned int bits = 1;

		if (own->family != peer->family)
			continue;
		if (is_link_local(own) == is_link_local(peer))
			bits += 1000 + common(own, peer);
		if (bits <= most)
			continue;
		best = own;
		most = bits;
	}
	return best;
}

/* True: it is decided without a policy, and said. */
static bool
is_before_policy(const struct engine *engine, const struct thing *thing,
    const struct flow *flow, struct explained *out)
{
	if (thing->mud == NULL)
		return say(out, VERDICT_ALLOW, SOURCE_LOCAL_POLICY,
		    "The device has no MUD URL, so no policy confines it.");
	if (is_discovery(flow))
		return say(out, VERDICT_ALLOW, SOURCE_INFRASTRUCTURE,
		    "A host needs this to live on its link.");
	if (is_dhcp(flow) &&
	    (thing->n_installed == 0 || flow->direction == TO_DEVICE))
		return say(out, VERDICT_ALLOW, SOURCE_INFRASTRUCTURE,
		    "A host needs this to live on its link.");
	if (thing->departed)
		return say(out, VERDICT_DENY, SOURCE_LOCAL_POLICY,
		    "The device has left: until it comes back with a lease, it "
		    "may use DHCP alone.");
	if (thing->n_installed == 0)
		return say(out, VERDICT_DENY, SOURCE_LOCAL_POLICY,
		    "The device has no address that is known to be its own: "
		    "until it has, it may use DHCP alone.");
	if (explain_own(thing, &flow->peer) == NULL)
		return say(out, VERDICT_DENY, SOURCE_LOCAL_POLICY,
		    flow->peer.family == 6
			? "No IPv6 address is known to be the device's."
			: "No IPv4 address is known to be the device's.");
	if (plan_path_now(engine->plan)->path == BRIDGE_PATH_NONE &&
	    explain_stays(&engine->lan, thing, &flow->peer))
		return say(out, VERDICT_ALLOW, SOURCE_LOCAL_POLICY,
		    "Both are on one link: such frames are judged by MAC and "
		    "IP address alone, not by a policy.");
	return false;
}

/* ---- the verdict --------------------------------------------------------- */

static bool
judge(const struct engine *engine, const struct thing *thing,
    const struct flow *flow, struct explained *out, struct fault *why)
{
	const struct kernel_policy *policy =
	    plan_policy_of(engine->plan, thing);
	struct flow one = *flow;
	struct world world;
	bool ok;

	if (is_before_policy(engine, thing, flow, out))
		return true;
	if (one.own.family == 0)
		one.own = *explain_own(thing, &flow->peer);
	world_init(&world);
	ok = explain_world(
	    &world, &engine->lan, thing, policy, &flow->peer, why);
	if (ok)
		*out = (struct explained){
			.said = evaluate(policy->policy, &world, &one),
			.policy = policy,
		};
	world_done(&world);
	return ok;
}

/* The same packet, as the other Thing sees it. */
static struct flow
seen_by_peer(const struct flow *flow, const struct addr *own)
{
	struct flow other = *flow;

	other.direction =
	    flow->direction == FROM_DEVICE ? TO_DEVICE : FROM_DEVICE;
	other.own = flow->peer;
	other.peer = *own;
	if (flow->opener != OPENED_BY_SENDER)
		other.opener = flow->opener == OPENED_BY_THING
		                   ? OPENED_BY_PEER
		                   : OPENED_BY_THING;
	return other;
}

static const struct thing *
managed_at(const struct engine *engine, const struct addr *addr)
{
	const struct thing *thing = things_find_addr(engine->things, addr);

	return thing != NULL && thing->mud != NULL && is_own(thing, addr)
	           ? thing
	           : NULL;
}

/* Judged from the other end's side too. */
static bool
judge_peer(const struct engine *engine, const struct thing *peer,
    const struct thing *thing, const struct flow *flow, struct explained *out,
    struct fault *why)
{
	const struct addr *own = explain_own(thing, &flow->peer);
	struct flow other;

	if (own == NULL) {
		/* Nobody sends that; the other side has no say. */
		return say(out, VERDICT_ALLOW, SOURCE_NONE, "");
	}
	other = seen_by_peer(flow, own);
	return judge(engine, peer, &other, out, why);
}

bool
explain(struct engine *engine, const struct thing *thing,
    const struct flow *flow, struct explained *out, struct fault *why)
{
	const struct thing *peer = managed_at(engine, &flow->peer);
	struct explained others;

	if (!judge(engine, thing, flow, out, why))
		return false;
	if (out->said.verdict == VERDICT_DENY || peer == NULL || peer == thing)
		return true;
	if (!judge_peer(engine, peer, thing, flow, &others, why))
		return false;
	if (others.said.verdict == VERDICT_ALLOW)
		return true;
	*out = others;
	out->by_peer = true;
	return true;
}

/* What a policy denies passes where its Thing is watched; what the guard does
 * not. */
static bool
gets_by(const struct engine *engine, const struct thing *thing,
    const struct explained *said)
{
	return said->said.verdict == VERDICT_ALLOW ||
	       (said->policy != NULL &&
		   modes_is_watched(engine->options.config, thing));
}

bool
explain_passes(struct engine *engine, const struct thing *thing,
    const struct flow *flow, bool *passes, struct fault *why)
{
	const struct thing *peer = managed_at(engine, &flow->peer);
	struct explained said;

	if (!judge(engine, thing, flow, &said, why))
		return false;
	*passes = gets_by(engine, thing, &said);
	if (peer != NULL && peer != thing && *passes) {
		if (!judge_peer(engine, peer, thing, flow, &said, why))
			return false;
		*passes = gets_by(engine, peer, &said);
	}
	if (engine->options.config->mode == CONFIG_MONITOR)
		*passes = true;
	return true;
}
