/*
 * The evaluator.  mudctl runs it over a file that it was given, and the tests
 * hold the compiler against it.  ACEs are sound; texts are the file's.
 *
 * "Point 1" to "point 7" are those of docs/architecture.md, "What a verdict
 * is".
 */
#include "libmud/evaluate.h"

#include <stdarg.h>
#include <stdio.h>

#include "libmud/compile.h"
#include "libmud/condition.h"
#include "libmud/world.h"

#define ICMP   1
#define IGMP   2
#define TCP    6
#define UDP    17
#define ICMPV6 58

#define PORT_DNS           53
#define PORT_DHCP          67
#define PORT_DHCP_CLIENT   68
#define PORT_NTP           123
#define PORT_DHCPV6_CLIENT 546
#define PORT_DHCPV6        547
#define ROUTER_ASK         133
#define NEIGHBOUR          135
#define ADVERTISE          136
#define HOPS_ND            255
#define HOPS_MLD           1

struct question {
	const struct policy *policy;
	const struct world *world;
};

/*
 * The first match in the list of one direction, ACL after ACL as they are
 * listed (points 1 and 2).  On a reply's behalf, `is_opening`, ACEs with
 * conditions on other header fields neither vouch nor deny (point 3).
 */
static size_t
first_match(const struct question *q, const struct flow *flow, bool is_opening)
{
	for (size_t i = 0; i < q->policy->n_aces; i++) {
		const struct ace *ace = &q->policy->aces[i];

		if (ace->direction != (uint8_t)flow->direction)
			continue;
		if (is_opening && ace_has_fields(ace))
			continue;
		if (ace_matches(q->policy, i, q->world, flow))
			return i;
	}
	return EVALUATION_NO_ACE;
}

static bool
is_service(const struct question *q, const struct flow *flow, const char *class,
    uint8_t protocol, int32_t port)
{
	int32_t its =
	    flow->direction == FROM_DEVICE ? flow->destination : flow->source;

	return flow->protocol == protocol && its == port &&
	       world_has(world_class(q->world, class), &flow->peer);
}

static bool
has_port(const struct ports *ports, uint16_t port)
{
	bool inside = ports->low <= port && port <= ports->high;

	return ports->negated ? !inside : inside;
}

/*
 * Does the file deny the Thing's UDP 53?  Not asked is to which servers, from
 * which ports or with which headers: in doubt the policy stays the narrower.
 */
static bool
denies_dns(const struct policy *policy)
{
	for (size_t i = 0; i < policy->n_aces; i++) {
		const struct ace *ace = &policy->aces[i];

		if (ace->direction == FROM_DEVICE &&
		    ace->forwarding != FORWARD_ACCEPT &&
		    (ace->protocol == -1 || ace->protocol == UDP) &&
		    has_port(&ace->destination, PORT_DNS))
			return true;
	}
	return false;
}

/* Point 4: RFC 8520 Appendix A (M-DEF-1, M-DEF-2, M-POL-4). */
static bool
is_default(const struct question *q, const struct flow *flow)
{
	return is_service(q, flow, MUD_URN_DNS, UDP, PORT_DNS) ||
	       is_service(q, flow, MUD_URN_NTP, UDP, PORT_NTP);
}

/* Point 4: DNS over TCP, opened by the Thing. */
static bool
is_dns_over_tcp(const struct question *q, const struct flow *flow)
{
	return flow->direction == FROM_DEVICE && !flow->is_untracked &&
	       flow_is_opened_by_thing(flow) &&
	       is_service(q, flow, MUD_URN_DNS, TCP, PORT_DNS) &&
	       !denies_dns(q->policy);
}

static bool
has_hops(const struct flow *flow, uint64_t hops)
{
	return (flow->known & 1u << FIELD_TTL) == 0 ||
	       flow->field[FIELD_TTL] == hops;
}

static bool
is_udp_between(const struct flow *flow, uint8_t family, int32_t source,
    int32_t destination)
{
	return flow->peer.family == family && flow->protocol == UDP &&
	       flow->source == source && flow->destination == destination;
}

static bool
is_near(const struct world *world, const struct flow *flow)
{
	struct addr own = condition_own(world, flow);

	return world_is_near(world, &own, &flow->peer);
}

/* What a DHCP server answers: the gateway, or a neighbour; no Thing is one
 * (T6: its answers would tell others where their gateway is). */
static bool
is_lease(const struct world *world, const struct flow *flow)
{
	return flow->direction == TO_DEVICE &&
	       (is_near(world, flow) ||
		   world_has(&world->gateway, &flow->peer)) &&
	       (is_udp_between(flow, 4, PORT_DHCP, PORT_DHCP_CLIENT) ||
		   is_udp_between(flow, 6, PORT_DHCPV6, PORT_DHCPV6_CLIENT));
}

/* What a client asks a neighbour. */
static bool
is_asked_near(const struct world *world, const struct flow *flow)
{
	return is_near(world, flow) &&
	       (is_udp_between(flow, 4, PORT_DHCP_CLIENT, PORT_DHCP) ||
		   is_udp_between(flow, 6, PORT_DHCPV6_CLIENT, PORT_DHCPV6));
}

/* Point 5, but for errors: the list in the header. */
static bool
is_infrastructure(const struct world *world, const struct flow *flow)
{
	bool is_4 = flow->peer.family == 4, is_6 = flow->peer.family == 6;
	bool from = flow->direction == FROM_DEVICE;
	bool is_icmp6 = is_6 && flow->protocol == ICMPV6;
	int16_t type = flow->icmp_type;

	if (is_icmp6 && (type == NEIGHBOUR || type == ADVERTISE) &&
	    has_hops(flow, HOPS_ND))
		return true;
	if (is_lease(world, flow) || is_asked_near(world, flow))
		return true;
	/* All others go from the Thing to the gateway, or to many at once. */
	if (!from || (!world_has(&world->gateway, &flow->peer) &&
			 !world_is_group(world, &flow->peer)))
		return false;
	if (is_icmp6 && type == ROUTER_ASK)
		return has_hops(flow, HOPS_ND);
	if (is_icmp6 && (type == 131 || type == 132 || type == 143))
		return has_hops(flow, HOPS_MLD);
	if (flow->protocol == UDP && is_4 && flow->destination == PORT_DHCP)
		return true;
	if (flow->protocol == UDP && is_6 && flow->destination == PORT_DHCPV6)
		return true;
	return is_4 && flow->protocol == IGMP;
}

static bool
is_error(const struct flow *flow)
{
	int16_t type = flow->icmp_type;

	if (flow->peer.family == 4 && flow->protocol == ICMP)
		return type == 3 || type == 11 || type == 12;
	if (flow->peer.family == 6 && flow->protocol == ICMPV6)
		return type >= 1 && type <= 4;
	return false;
}

/* Point 5: does the packet belong to a flow that the gateway itself opens? */
static bool
is_opened_by_gateway(const struct world *world, const struct flow *flow)
{
	if (!world_has(&world->gateway, &flow->peer))
		return false;
	if (flow->direction == TO_DEVICE)
		return !flow_is_reply(flow);
	return flow_is_reply(flow);
}

static struct evaluation __attribute__((format(printf, 4, 5)))
answer_with(enum verdict verdict, enum verdict_source source,
    const char *clause, const char *fmt, ...)
{
	struct evaluation answer = {
		.verdict = verdict,
		.source = source,
		.ace = EVALUATION_NO_ACE,
		.clause = clause,
	};
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(answer.reason, sizeof(answer.reason), fmt, args);
	va_end(args);
	return answer;
}

/* What the ACE says; `which` words tell whose list it stands in. */
static struct evaluation
answer_of_ace(const struct question *q, size_t i, enum verdict_source source,
    const char *which)
{
	const struct ace *ace = &q->policy->aces[i];
	bool accepts = ace->forwarding == FORWARD_ACCEPT;
	struct evaluation answer = answer_with(
	    accepts ? VERDICT_ALLOW : VERDICT_DENY, source,
	    source == SOURCE_REPLY ? "RFC 8520 s4.8 (M-DIR-6)"
				   : "RFC 8519 s3 (M-POL-2)",
	    "ACE \"%s\" of ACL \"%s\" is the first to match%s, and %s%s.",
	    ace->name, ace->acl, which, accepts ? "accepts it" : "denies it",
	    ace->understood ? ""
			    : "; not all of its conditions are understood");

	answer.ace = i;
	return answer;
}

/* Point 3: as the opening direction's whole list judges F's opening packet. */
static struct evaluation
judge_reply(const struct question *q, const struct flow *flow)
{
	struct flow opening = flow_opening(flow);
	size_t i = first_match(q, &opening, true);
	const char *who = opening.direction == FROM_DEVICE ? "Thing" : "peer";

	if (i != EVALUATION_NO_ACE)
		return answer_of_ace(
		    q, i, SOURCE_REPLY, " the packet that opened the flow");
	if (is_default(q, &opening))
		return answer_with(VERDICT_ALLOW, SOURCE_REPLY,
		    "RFC 8520 Appendix A (M-POL-4)",
		    "It is a reply in a flow that the %s may open: the service "
		    "is one of the defaults, DNS and NTP.",
		    who);
	if (is_dns_over_tcp(q, &opening))
		return answer_with(VERDICT_ALLOW, SOURCE_REPLY,
		    "local policy (M-DEF-2)",
		    "It is a reply in a flow that the %s may open: DNS over "
		    "TCP, which truncated answers need.",
		    who);
	return answer_with(VERDICT_DENY, SOURCE_NONE, "RFC 8520 s3.3 (M-POL-3)",
	    "It is a reply, and nothing allows the %s to open that flow.", who);
}

static struct evaluation
judge_list(const struct question *q, const struct flow *flow)
{
	size_t i = first_match(q, flow, false);

	if (i != EVALUATION_NO_ACE)
		return answer_of_ace(q, i, SOURCE_ACE, "");
	if (flow_is_reply(flow))
		return judge_reply(q, flow);
	if (is_default(q, flow))
		return answer_with(VERDICT_ALLOW, SOURCE_DEFAULT,
		    "RFC 8520 Appendix A (M-POL-4)",
		    "DNS and NTP with the local servers are allowed by "
		    "default, and no ACE says otherwise.");
	if (is_dns_over_tcp(q, flow))
		return answer_with(VERDICT_ALLOW, SOURCE_LOCAL_POLICY,
		    "local policy (M-DEF-2)",
		    "DNS over TCP to the local servers is allowed as UDP is, "
		    "since truncated answers need it.");
	return answer_with(VERDICT_DENY, SOURCE_NONE, "RFC 8520 s3.3 (M-POL-3)",
	    "No ACE matches, and what is not allowed is denied.");
}

struct evaluation
evaluate(const struct policy *policy, const struct world *world,
    const struct flow *flow)
{
	const struct question q = { policy, world };
	struct flow about;

	if (is_infrastructure(world, flow))
		return answer_with(VERDICT_ALLOW, SOURCE_INFRASTRUCTURE,
		    "local policy (M-DEF-3)",
		    "A host needs this to live on its link.");
	if (is_error(flow) && flow->about != NULL) {
		about = *flow->about;
		about.about = NULL;
		if (evaluate(policy, world, &about).verdict == VERDICT_ALLOW)
			return answer_with(VERDICT_ALLOW, SOURCE_INFRASTRUCTURE,
			    "local policy (M-DEF-3)",
			    "It is an ICMP error about a flow that is "
			    "allowed.");
	}
	if (is_opened_by_gateway(world, flow))
		return answer_with(VERDICT_ALLOW, SOURCE_LOCAL_POLICY,
		    "local policy (M-DEF-3)",
		    "The gateway itself has opened this flow.");
	return judge_list(&q, flow);
}

const char *
verdict_source_name(enum verdict_source source)
{
	static const char *const names[VERDICT_SOURCES] = {
		[SOURCE_ACE] = "ace",
		[SOURCE_REPLY] = "reply",
		[SOURCE_DEFAULT] = "default",
		[SOURCE_INFRASTRUCTURE] = "infrastructure",
		[SOURCE_LOCAL_POLICY] = "local-policy",
		[SOURCE_NONE] = "none",
	};

	return source < VERDICT_SOURCES ? names[source] : "none";
}
