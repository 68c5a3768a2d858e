/*
 * Questions about a packet.  Role: engine.  Callers are identified, their
 * parameters are not trusted.
 */
#include "engine/control/explaincalls.h"

#include <string.h>

#include "engine/config.h"
#include "engine/control/calls.h"
#include "engine/control/explain.h"
#include "engine/control/put.h"
#include "engine/control/report.h"
#include "engine/control/walkcalls.h"
#include "engine/engine.h"
#include "libmud/fault.h"
#include "libmud/mem.h"
#include "libmud/world.h"

#define TCP       6
#define PORT_MAX  65535
#define HOSTS_MAX SET_MEMBERS

/* Whom is asked about, and what was found. */
struct asking {
	struct engine *engine;
	const struct thing *thing;
	size_t n_hosts;
	struct addr hosts[HOSTS_MAX];
};

/* ---- parameters ---------------------------------------------------------- */

/* A number up to max, or FLOW_UNKNOWN where there is none. */
static bool
take_number(struct control_call *call, const json_t *params, const char *name,
    int max, int32_t *number)
{
	const json_t *value = json_object_get(params, name);

	*number = FLOW_UNKNOWN;
	if (value == NULL || json_is_null(value))
		return true;
	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    json_integer_value(value) > max) {
		control_invalid(call, name);
		return false;
	}
	*number = (int32_t)json_integer_value(value);
	return true;
}

/* One of two words; 0 or 1, and 2 where there is none. */
static bool
take_word(struct control_call *call, const json_t *params, const char *name,
    const char *const words[2], unsigned int *which)
{
	const json_t *value = json_object_get(params, name);
	const char *text = json_string_value(value);

	*which = 2;
	if (value == NULL || json_is_null(value))
		return true;
	for (unsigned int i = 0; i < 2 && text != NULL; i++)
		if (strcmp(text, words[i]) == 0)
			*which = i;
	if (*which == 2)
		control_invalid(call, name);
	return *which != 2;
}

static bool
take_direction(
    struct control_call *call, const json_t *params, enum direction *direction)
{
	static const char *const words[] = { "from", "to" };
	unsigned int which;

	if (!take_word(call, params, "direction", words, &which))
		return false;
	if (which == 2)
		control_invalid(call, "direction");
	*direction = which == 0 ? FROM_DEVICE : TO_DEVICE;
	return which != 2;
}

static bool
take_opener(struct control_call *call, const json_t *params, struct flow *flow)
{
	static const char *const words[] = { "thing", "peer" };
	unsigned int which;

	if (!take_word(call, params, "opener", words, &which))
		return false;
	flow->opener = which == 0   ? OPENED_BY_THING
	               : which == 1 ? OPENED_BY_PEER
	                            : OPENED_BY_SENDER;
	return true;
}

/* The packet but for its peer; false: the call is answered. */
static bool
take_flow(struct control_call *call, const json_t *params, struct flow *flow)
{
	static const struct addr none;
	enum direction direction = FROM_DEVICE;
	int32_t protocol, source, destination, type, code;
	bool has_ports, is_icmp;

	if (!take_direction(call, params, &direction) ||
	    !take_number(call, params, "protocol", UINT8_MAX, &protocol) ||
	    !take_number(call, params, "src_port", PORT_MAX, &source) ||
	    !take_number(call, params, "dst_port", PORT_MAX, &destination) ||
	    !take_number(call, params, "icmp_type", UINT8_MAX, &type) ||
	    !take_number(call, params, "icmp_code", UINT8_MAX, &code))
		return false;
	has_ports = protocol == 6 || protocol == 17;
	is_icmp = protocol == 1 || protocol == 58;
	if (protocol == FLOW_UNKNOWN)
		control_invalid(call, "protocol");
	else if (!has_ports && source != FLOW_UNKNOWN)
		control_invalid(call, "src_port");
	else if (!has_ports && destination != FLOW_UNKNOWN)
		control_invalid(call, "dst_port");
	else if (!is_icmp && type != FLOW_UNKNOWN)
		control_invalid(call, "icmp_type");
	else if (!is_icmp && code != FLOW_UNKNOWN)
		control_invalid(call, "icmp_code");
	else {
		*flow = flow_blank(direction, &none, (uint8_t)protocol);
		flow->source = source;
		flow->destination = destination;
		flow->icmp_type = (int16_t)type;
		flow->icmp_code = (int16_t)code;
		return take_opener(call, params, flow);
	}
	return false;
}

/* ---- who is meant -------------------------------------------------------- */

/* Those of IPv4 first: of equal answers the first is told. */
static void
add_addresses(struct asking *asking, const struct thing *other)
{
	for (uint8_t family = 4; family <= 6; family += 2)
		for (size_t i = 0; i < other->n_leases; i++)
			if (other->leases[i].addr.family == family)
				asking->hosts[asking->n_hosts++] =
				    other->leases[i].addr;
}

/* An address, a name of the policy, or another device; false: the call is
 * answered. */
static bool
find_hosts(struct control_call *call, const char *host, struct asking *asking)
{
	struct engine *engine = asking->engine;
	const struct kernel_policy *policy =
	    plan_policy_of(engine->plan, asking->thing);
	const struct thing *other;
	struct addr addr;
	int n = -1;

	if (addr_parse(host, &addr)) {
		asking->hosts[asking->n_hosts++] = addr;
		return true;
	}
	if (asking->thing->mud != NULL && policy != NULL)
		n = explain_name(policy, host, asking->hosts, HOSTS_MAX);
	if (n > 0) {
		asking->n_hosts = (size_t)n;
		return true;
	}
	other = n < 0 ? things_find_text(engine->things, host) : NULL;
	if (other != NULL)
		add_addresses(asking, other);
	if (n < 0 && other == NULL)
		calls_not_found(call, host);
	else if (asking->n_hosts == 0)
		calls_not_possible(call, "no address of that host is known");
	return asking->n_hosts > 0;
}

/* ICMP is of one family. */
static bool
fits(const struct flow *flow)
{
	return flow->peer.family == 4 ? flow->protocol != 58
	                              : flow->protocol != 1;
}

/* As judge_host of mudctl check: a host is allowed when all its addresses are,
 * else the first that is not is told. False: *why says why not. */
static bool
judge_hosts(const struct asking *asking, struct flow *flow,
    struct explained *out, struct fault *why)
{
	struct addr at = { 0 };

	for (size_t i = 0; i < asking->n_hosts; i++) {
		struct explained one;

		flow->peer = asking->hosts[i];
		if (!fits(flow))
			continue;
		if (!explain(asking->engine, asking->thing, flow, &one, why))
			return false;
		if (at.family != 0 && one.said.verdict == VERDICT_ALLOW)
			continue;
		*out = one;
		at = flow->peer;
		if (one.said.verdict == VERDICT_DENY)
			break;
	}
	flow->peer = at;
	return at.family != 0 ||
	       fault_set(why, FAULT_MALFORMED, "mudctl(1)",
		   "ICMP is of IPv4 and ICMPv6 of IPv6; the host has no "
		   "address of that family");
}

/* ---- the answer ---------------------------------------------------------- */

static void
add_note(json_t *notes, const char *note)
{
	(void)json_array_append_new(notes, json_string(note));
}

/* What else is true of it, so that the verdict is not taken for more. */
static json_t *
notes_of(const struct asking *asking, const struct flow *flow,
    const struct kernel_policy *policy)
{
	const struct engine *engine = asking->engine;
	const struct thing *thing = asking->thing;
	json_t *notes = json_array();
	struct world world;
	struct prefix locals[LIMIT_LOCALS];
	size_t n = lan_locals(&engine->lan, locals);

	if (thing->mud == NULL)
		return notes;
	if (engine->options.config->mode == CONFIG_MONITOR)
		add_note(notes, "mode is monitor: what is denied is logged, "
				"and passes");
	if (policy == manager_pending(engine->manager))
		add_note(notes, "no MUD file of this device is in force: what "
				"pending.json allows holds");
	else if (policy != NULL && thing->mud->accepted == NULL)
		add_note(notes, "the file at its MUD URL is not in force: "
				"that of its earlier MUD URL holds");
	if (thing->conflicted)
		add_note(notes, "it has announced another MUD URL besides, "
				"which does not count");
	if (policy != NULL && !plan_has_names(engine->plan, policy))
		add_note(notes, "not all names of the policy have been looked "
				"up yet");
	if (!plan_stands(engine->plan, thing->batch))
		add_note(notes, "the kernel has not confirmed the device's "
				"policy yet");
	if (plan_path_now(engine->plan)->path == BRIDGE_PATH_STATELESS &&
	    flow->protocol != TCP &&
	    explain_stays(&engine->lan, thing, &flow->peer))
		add_note(notes, "on one bridge nobody knows here who has "
				"opened a flow: all passes that could be a "
				"reply");
	world_init(&world);
	for (size_t i = 0; i < n; i++)
		(void)world_add_local(&world, &locals[i], &(struct fault){ 0 });
	if (world_is_group(&world, &flow->peer))
		add_note(notes, "this is about the gateway: to the others on "
				"its link the packet goes anyway");
	world_done(&world);
	return notes;
}

static json_t *
text_or_null(const char *text)
{
	json_t *string = json_string(text);

	return string == NULL ? json_null() : string;
}

static json_t *
answer_of(const struct asking *asking, const struct flow *flow,
    const struct explained *out)
{
	const struct kernel_policy *policy = out->policy;
	const struct ace *ace = out->said.ace == EVALUATION_NO_ACE
	                            ? NULL
	                            : &policy->policy->aces[out->said.ace];
	json_t *answer = json_pack("{s:s, s:s, s:o, s:o, s:s, s:o}", "verdict",
	    out->said.verdict == VERDICT_ALLOW ? "allow" : "deny", "source",
	    verdict_source_name(out->said.source), "acl",
	    ace == NULL ? json_null() : text_or_null(ace->acl), "ace",
	    ace == NULL ? json_null() : text_or_null(ace->name), "clause",
	    out->said.clause, "reason", text_or_null(out->said.reason));
	char text[ADDR_TEXT], mac[MAC_TEXT];

	put_value(
	    answer, "device", json_string(mac_text(&asking->thing->mac, mac)));
	put_value(answer, "state",
	    json_string(report_state(asking->engine, asking->thing)));
	put_value(answer, "peer", json_string(addr_text(&flow->peer, text)));
	if (policy != NULL)
		put_text(answer, "file",
		    policy == manager_pending(asking->engine->manager)
			? "pending.json"
			: policy->mud_url.text);
	put_value(
	    answer, "side", json_string(out->by_peer ? "peer" : "device"));
	put_value(answer, "notes",
	    notes_of(asking, flow,
		plan_policy_of(asking->engine->plan, asking->thing)));
	return answer;
}

static bool
take_kernel(struct control_call *call, const json_t *params, bool *is_asked)
{
	const json_t *value = json_object_get(params, "kernel");

	*is_asked = json_is_true(value);
	if (value == NULL || json_is_null(value) || json_is_boolean(value))
		return true;
	control_invalid(call, "kernel");
	return false;
}

/* Addresses that no such packet can have are not asked about. */
static void
ask_kernel(struct commands *commands, struct control_call *call,
    struct asking *asking, const struct flow *flow, json_t *answer)
{
	struct flow one = *flow;
	size_t n = 0;

	for (size_t i = 0; i < asking->n_hosts; i++) {
		one.peer = asking->hosts[i];
		if (fits(&one))
			asking->hosts[n++] = one.peer;
	}
	walkcalls_begin(commands, call, &asking->thing->mac, flow,
	    asking->hosts, n, answer);
}

void
explaincalls_explain(
    void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;
	struct asking asking = { .engine = commands->engine };
	const char *device = calls_text(call, params, "device");
	const char *host =
	    device == NULL ? NULL : calls_text(call, params, "host");
	struct explained out = { 0 };
	struct fault why;
	struct flow flow;
	json_t *answer;
	bool by_kernel;

	(void)uid;
	if (host == NULL || !take_flow(call, params, &flow) ||
	    !take_kernel(call, params, &by_kernel))
		return;
	asking.thing = things_find_text(asking.engine->things, device);
	if (asking.thing == NULL) {
		calls_not_found(call, device);
		return;
	}
	if (!plan_is_up(asking.engine->plan)) {
		calls_not_possible(call, "mudd's tables are not in the kernel, "
					 "so nothing is judged; 'mudctl "
					 "status' says more");
		return;
	}
	if (!find_hosts(call, host, &asking))
		return;
	if (!judge_hosts(&asking, &flow, &out, &why)) {
		calls_not_possible(call, why.detail);
		return;
	}
	answer = answer_of(&asking, &flow, &out);
	if (by_kernel)
		ask_kernel(commands, call, &asking, &flow, answer);
	else
		control_reply(call, answer);
}
