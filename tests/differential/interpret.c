/*
 * The interpreter of compiled rules.  A test; its input is made by the test.
 */
#include "tests/differential/interpret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/fault.h"

/* As the kernel sees it: no Thing, no peer, two ends. */
struct packet {
	const struct addr *source, *destination;
	const struct flow *flow;
	bool is_from; /* comes in from the Thing */
	bool is_tracked, is_reply;
	bool is_related; /* an ICMP error about a flow that passes */
};

/* "host", or "host:port" where the port is not 443. */
static void
authority(const struct url *url, char text[LIMIT_URL + 1])
{
	int n = snprintf(text, LIMIT_URL + 1, "%.200s", url->host);

	if (url->port != 443)
		(void)snprintf(
		    text + n, (size_t)(LIMIT_URL + 1 - n), ":%u", url->port);
}

static void
put(struct kernel_set *set, const struct world_hosts *hosts)
{
	for (size_t i = 0; i < hosts->n; i++) {
		if (set->n == KERNEL_MEMBERS)
			abort();
		set->member[set->n++] = hosts->addr[i];
	}
}

static bool
put_group(
    struct kernel_set *set, const struct world_groups *groups, const char *key)
{
	bool found = false;

	for (size_t i = 0; i < groups->n; i++)
		if (strcmp(groups->group[i].key, key) == 0) {
			put(set, &groups->group[i].hosts);
			found = true;
		}
	return found;
}

static void
put_made_by(struct kernel_set *set, const struct world *world, const char *by)
{
	char text[LIMIT_URL + 1];

	for (size_t i = 0; i < world->n_things; i++) {
		authority(&world->things[i].url, text);
		if (strcmp(text, by) == 0)
			put(set, &world->things[i].hosts);
	}
}

/* What the engine would keep in the set (mudd/engine/controllers.c). */
static void
fill(struct kernel_set *set, const struct world *world)
{
	char mine[LIMIT_URL + 1];

	switch (set->kind) {
	case PEER_DNSNAME:
		(void)put_group(set, &world->names, set->text);
		break;
	case PEER_CONTROLLER:
		if (!put_group(set, &world->classes, set->text) &&
		    (strcmp(set->text, "urn:ietf:params:mud:dns") == 0 ||
			strcmp(set->text, "urn:ietf:params:mud:ntp") == 0))
			put(set, &world->gateway);
		break;
	case PEER_MY_CONTROLLER:
		put(set, &world->mine);
		break;
	case PEER_MANUFACTURER:
		put_made_by(set, world, set->text);
		break;
	case PEER_SAME_MANUFACTURER:
		authority(&world->url, mine);
		if (world->url.text[0] != '\0')
			put_made_by(set, world, mine);
		break;
	case PEER_MODEL:
		for (size_t i = 0; i < world->n_things; i++)
			if (strcmp(world->things[i].url.text, set->text) == 0)
				put(set, &world->things[i].hosts);
		break;
	case PEER_LOCAL_NETWORKS:
	case PEER_KINDS:
		abort();
	}
}

static uint32_t
set_of(void *arg, enum peer_kind kind, const char *text)
{
	struct kernel *kernel = arg;
	struct kernel_set *set;

	for (size_t i = 0; i < kernel->n_sets; i++) {
		set = &kernel->set[i];
		if (set->kind == kind &&
		    (text == NULL || strcmp(set->text, text) == 0))
			return (uint32_t)(i + 1);
	}
	if (kernel->n_sets == KERNEL_SETS)
		abort();
	set = &kernel->set[kernel->n_sets++];
	set->kind = kind;
	set->text = text;
	fill(set, kernel->world);
	return (uint32_t)kernel->n_sets;
}

bool
kernel_is_name(void *arg, uint32_t set)
{
	const struct kernel *kernel = arg;

	return kernel->set[set - 1].kind == PEER_DNSNAME;
}

/* local4, local6, self4 and self6, as mudd/engine/lan.c would have them. */
static void
fill_local(struct kernel *kernel)
{
	const struct world *world = kernel->world;

	(void)prefix_parse("169.254.0.0/16", &kernel->local[0]);
	(void)prefix_parse("fe80::/10", &kernel->local[1]);
	kernel->n_local = 2;
	for (size_t i = 0; i < world->gateway.n; i++)
		kernel->self[kernel->n_self++] = world->gateway.addr[i];
	for (size_t i = 0; i < world->n_locals; i++) {
		const struct prefix *net = &world->locals[i];
		struct addr last = net->addr;

		kernel->local[kernel->n_local++] = *net;
		if (net->addr.family != 4 || net->len > 30)
			continue;
		for (unsigned int byte = 0; byte < 4; byte++)
			for (unsigned int bit = 0; bit < 8; bit++)
				if (byte * 8 + bit >= net->len)
					last.byte[byte] |=
					    (uint8_t)(0x80 >> bit);
		/* Networks of groups have no hosts and no broadcast. */
		if (net->addr.byte[0] < 224)
			kernel->self[kernel->n_self++] = last;
	}
}

void
kernel_load(struct kernel *kernel, const struct policy *policy,
    const struct world *world)
{
	struct fault why;

	memset(kernel, 0, sizeof(*kernel));
	kernel->world = world;
	fill_local(kernel);
	if (!compile_policy(policy, set_of, kernel, &kernel->rules, &why)) {
		printf("not compiled: %s\n", why.detail);
		exit(1);
	}
	for (size_t i = 0; i < kernel->rules.n; i++)
		if (!rule_is_sound(&kernel->rules.rule[i], &why)) {
			printf("rule %zu: %s\n", i, why.detail);
			exit(1);
		}
}

void
kernel_done(struct kernel *kernel)
{
	rules_done(&kernel->rules);
}

/* ---- one rule ------------------------------------------------------------ */

static bool
bits_equal(const struct addr *a, const struct addr *b, unsigned int len)
{
	for (unsigned int i = 0; i < len; i++)
		if (((a->byte[i / 8] ^ b->byte[i / 8]) & 0x80u >> i % 8) != 0)
			return false;
	return true;
}

static bool
inside(const struct prefix *net, const struct addr *addr)
{
	return net->addr.family == addr->family &&
	       bits_equal(&net->addr, addr, net->len);
}

static bool
prefix_passes(const struct prefix *net, const struct addr *addr)
{
	return net->addr.family == 0 || inside(net, addr);
}

static bool
listed(const struct addr *list, size_t n, const struct addr *addr)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].family == addr->family &&
		    bits_equal(&list[i], addr, addr->family == 4 ? 32 : 128))
			return true;
	return false;
}

static bool
peer_passes(const struct kernel *kernel, const struct rule_peer *peer,
    const struct addr *far)
{
	bool local = false;

	if (peer->kind == RULE_SET_MEMBERS)
		return listed(kernel->set[peer->set - 1].member,
		    kernel->set[peer->set - 1].n, far);
	for (size_t i = 0; i < kernel->n_local; i++)
		local = local || inside(&kernel->local[i], far);
	return local && !listed(kernel->self, kernel->n_self, far);
}

static bool
ports_pass(const struct ports *ports, int32_t port)
{
	if (ports->low == 0 && ports->high == 65535)
		return true;
	if (port < 0)
		return false;
	if (ports->negated)
		return port < ports->low || port > ports->high;
	return port >= ports->low && port <= ports->high;
}

static bool
fields_pass(const struct rule *rule, const struct flow *flow)
{
	for (size_t i = 0; i < ACE_FIELDS; i++) {
		const struct field *field = &rule->fields[i];
		uint64_t value = flow->field[field->id % FIELD_IDS];

		if (field->id == FIELD_NONE)
			continue;
		if ((flow->known >> field->id & 1) == 0)
			return false;
		for (unsigned int byte = 0; byte < 6; byte++) {
			uint8_t got = (uint8_t)(value >> (40 - 8 * byte));

			if ((got & field->mask[byte]) != field->value[byte])
				return false;
		}
	}
	return true;
}

static bool
rule_passes(const struct kernel *kernel, const struct rule *rule,
    const struct packet *packet)
{
	const struct flow *flow = packet->flow;
	const struct addr *far =
	    packet->is_from ? packet->destination : packet->source;

	if (rule->verdict == RULE_REPLIES)
		return packet->is_tracked && packet->is_reply;
	if (rule->family != 0 && rule->family != far->family)
		return false;
	if (!prefix_passes(&rule->from, packet->source) ||
	    !prefix_passes(&rule->to, packet->destination))
		return false;
	for (size_t i = 0; i < rule->n_peers; i++)
		if (!peer_passes(kernel, &rule->peers[i], far))
			return false;
	if (rule->protocol >= 0 && rule->protocol != flow->protocol)
		return false;
	if (!ports_pass(&rule->source, flow->source) ||
	    !ports_pass(&rule->destination, flow->destination))
		return false;
	if (rule->icmp_type >= 0 && rule->icmp_type != flow->icmp_type)
		return false;
	if (rule->icmp_code >= 0 && rule->icmp_code != flow->icmp_code)
		return false;
	if (rule->opener == OPENER_ORIGINAL &&
	    (!packet->is_tracked || packet->is_reply))
		return false;
	if (rule->opener == OPENER_REPLY &&
	    (!packet->is_tracked || !packet->is_reply))
		return false;
	return fields_pass(rule, flow);
}

/* ---- the chains ---------------------------------------------------------- */

static struct kernel_verdict
walk(const struct kernel *kernel, enum rule_chain chain,
    const struct packet *packet)
{
	for (size_t i = 0; i < kernel->rules.n; i++) {
		const struct rule *rule = &kernel->rules.rule[i];

		if (rule->chain != chain || !rule_passes(kernel, rule, packet))
			continue;
		if (rule->verdict == RULE_REPLIES)
			return walk(kernel,
			    chain == CHAIN_FROM ? CHAIN_FROM_REPLY
						: CHAIN_TO_REPLY,
			    packet);
		return (struct kernel_verdict){ rule->verdict == RULE_ACCEPT,
			STEP_RULE, rule };
	}
	return (struct kernel_verdict){ false, STEP_END, NULL };
}

static bool
is_icmp6(const struct packet *packet, int16_t type, uint64_t hops)
{
	return packet->source->family == 6 && packet->flow->protocol == 58 &&
	       packet->flow->icmp_type == type &&
	       packet->flow->field[FIELD_TTL] == hops;
}

/* Neighbour solicitations and advertisements, in forward and in input. */
static bool
is_neighbour(const struct packet *packet)
{
	return is_icmp6(packet, 135, 255) || is_icmp6(packet, 136, 255);
}

/* Hosts of one local network are taken to be on one bridge, and so is who
 * has an address of the link alone. */
static bool
stays_on_bridge(const struct kernel *kernel, const struct flow *flow)
{
	const struct rule_peer local = { .kind = RULE_SET_LOCAL };

	if (!peer_passes(kernel, &local, &flow->peer))
		return false;
	for (size_t i = 0; i < kernel->n_local; i++)
		if (prefix_has(&kernel->local[i], &flow->peer) &&
		    (i < 2 || prefix_has(&kernel->local[i], &flow->own)))
			return true;
	return false;
}

/* Chain `bridged`, of frames that stay on their bridge: DHCP by both its
 * ports, but that no Thing is a server. */
static bool
is_bridged_infra(const struct kernel *kernel, const struct packet *packet)
{
	const struct flow *flow = packet->flow;
	bool is_4 = flow->peer.family == 4;
	int32_t client = is_4 ? 68 : 546, server = is_4 ? 67 : 547;

	return flow->protocol == 17 && stays_on_bridge(kernel, flow) &&
	       ((flow->source == client && flow->destination == server) ||
		   (!packet->is_from && flow->source == server &&
		       flow->destination == client));
}

/* Chain `infra` of kernel-schema.md, in input only. */
static bool
is_infra(const struct packet *packet)
{
	const struct flow *flow = packet->flow;
	bool is_4 = packet->source->family == 4;

	if (flow->protocol == 17 && flow->destination == (is_4 ? 67 : 547))
		return true;
	if (is_4 && flow->protocol == 2)
		return true;
	return is_icmp6(packet, 133, 255) || is_neighbour(packet) ||
	       is_icmp6(packet, 131, 1) || is_icmp6(packet, 132, 1) ||
	       is_icmp6(packet, 143, 1);
}

static bool
is_error_type(const struct flow *flow, unsigned int family)
{
	if (family == 4)
		return flow->protocol == 1 &&
		       (flow->icmp_type == 3 || flow->icmp_type == 11 ||
			   flow->icmp_type == 12);
	return flow->protocol == 58 && flow->icmp_type >= 1 &&
	       flow->icmp_type <= 4;
}

/* Chain `answers`: a DHCP server's. */
static bool
is_lease(const struct flow *flow, unsigned int family)
{
	return flow->protocol == 17 &&
	       flow->source == (family == 4 ? 67 : 547) &&
	       flow->destination == (family == 4 ? 68 : 546);
}

/* Does a packet to this address come up to the gateway itself? */
static bool
comes_in(const struct kernel *kernel, const struct addr *to)
{
	static const struct addr everybody = { 4, { 255, 255, 255, 255 } };

	if (to->family == 6 && to->byte[0] == 0xff)
		return true;
	if (to->family == 4 && to->byte[0] >= 224 && to->byte[0] <= 239)
		return true;
	return listed(&everybody, 1, to) ||
	       listed(kernel->self, kernel->n_self, to);
}

/* The tracker takes an answer of ICMP for a reply, and nothing else of it. */
static bool
is_answer(const struct flow *flow)
{
	if (flow->protocol == 1)
		return flow->icmp_type == 0 || flow->icmp_type == 14 ||
		       flow->icmp_type == 16 || flow->icmp_type == 18;
	return flow->protocol != 58 || flow->icmp_type == 129;
}

static struct kernel_verdict
judge(const struct kernel *kernel, const struct flow *flow, bool is_related)
{
	bool from = flow->direction == FROM_DEVICE;
	bool by_thing = flow->opener == OPENED_BY_THING ||
	                (flow->opener == OPENED_BY_SENDER && from);
	const struct packet packet = {
		.source = from ? &flow->own : &flow->peer,
		.destination = from ? &flow->peer : &flow->own,
		.flow = flow,
		.is_from = from,
		.is_tracked = !flow->is_untracked,
		.is_reply = from != by_thing && is_answer(flow),
	};
	bool is_error = is_related && is_error_type(flow, flow->peer.family);

	/* Output: not judged, but for what answers the Thing. */
	if (!from &&
	    listed(kernel->world->gateway.addr, kernel->world->gateway.n,
		&flow->peer) &&
	    (!packet.is_tracked || !packet.is_reply ||
		is_lease(flow, flow->peer.family)))
		return (struct kernel_verdict){ true, STEP_OUTPUT, NULL };
	if (is_neighbour(&packet))
		return (struct kernel_verdict){ true, STEP_LINK, NULL };
	if (is_bridged_infra(kernel, &packet))
		return (struct kernel_verdict){ true, STEP_LINK, NULL };
	if (is_error)
		return (struct kernel_verdict){ true, STEP_ERROR, NULL };
	if (!from)
		return walk(kernel, CHAIN_TO, &packet);
	if (comes_in(kernel, &flow->peer)) {
		if (is_infra(&packet))
			return (struct kernel_verdict){ true, STEP_LINK, NULL };
		if (packet.is_tracked && packet.is_reply)
			return (
			    struct kernel_verdict){ true, STEP_ANSWER, NULL };
	}
	return walk(kernel, CHAIN_FROM, &packet);
}

struct kernel_verdict
kernel_judge(const struct kernel *kernel, const struct flow *flow)
{
	bool is_related =
	    flow->about != NULL && judge(kernel, flow->about, false).passes;

	return judge(kernel, flow, is_related);
}
