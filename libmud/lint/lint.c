/*
 * Lint: the order of its parts, and doors that are too wide.  Role: mudctl.
 * Input: a policy that the reader made, so sound; what it says is whatever
 * the file's maker wrote.
 */
#include "libmud/lint/lint.h"

#include <stdlib.h>

#include "libmud/lint/acecover.h"
#include "libmud/lint/lintnever.h"
#include "libmud/lint/lintorder.h"
#include "libmud/lint/linttwin.h"
#include "libmud/mem.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { TCP = 6, UDP = 17 };

/* Shorter ones hold more than any maker runs. */
enum { HUGE_4 = 8, HUGE_6 = 24 };

static const struct prefix *
peer_prefix(const struct ace *ace)
{
	return ace->direction == FROM_DEVICE ? &ace->to : &ace->from;
}

static const struct prefix *
own_prefix(const struct ace *ace)
{
	return ace->direction == FROM_DEVICE ? &ace->from : &ace->to;
}

static bool
is_all_ports(const struct ports *ports)
{
	static const struct ports any = { .high = UINT16_MAX };

	return ports_cover(ports, &any);
}

/* Nothing says who the peer is. */
static bool
is_anybody(const struct ace *ace)
{
	const struct prefix *prefix = peer_prefix(ace);

	return ace->n_peers == 0 &&
	       (prefix->addr.family == 0 || prefix->len == 0);
}

static bool
is_any_service(const struct ace *ace)
{
	if (ace->protocol == TCP || ace->protocol == UDP)
		return is_all_ports(&ace->source) &&
		       is_all_ports(&ace->destination);
	return ace->protocol == -1;
}

/* Replies alone: what the opening direction's ACE allows is told there. */
static bool
is_for_replies(const struct ace *ace)
{
	return ace->direction == FROM_DEVICE
	           ? ace->initiated == INITIATED_TO_DEVICE
	           : ace->initiated == INITIATED_FROM_DEVICE;
}

static bool
has_peer(const struct ace *ace, enum peer_kind kind)
{
	for (size_t i = 0; i < ace->n_peers; i++)
		if (ace->peers[i].kind == kind)
			return true;
	return false;
}

static bool
is_everything(const struct ace *ace)
{
	return is_anybody(ace) && ace->protocol == -1;
}

static bool
is_anybody_any_port(const struct ace *ace)
{
	return is_anybody(ace) && is_any_service(ace);
}

static bool
is_from_anybody(const struct ace *ace)
{
	return is_anybody(ace) && ace->direction == TO_DEVICE;
}

static bool
is_whole_lan(const struct ace *ace)
{
	return ace->n_peers == 1 && has_peer(ace, PEER_LOCAL_NETWORKS) &&
	       is_any_service(ace);
}

static bool
is_huge(const struct ace *ace)
{
	const struct prefix *prefix = peer_prefix(ace);

	if (ace->n_peers > 0 || prefix->addr.family == 0 ||
	    !prefix_is_unicast(prefix))
		return false;
	return prefix->len < (prefix->addr.family == 4 ? HUGE_4 : HUGE_6);
}

static bool
is_any_protocol(const struct ace *ace)
{
	return ace->protocol == -1;
}

#define WIDE "RFC 8520 s1.1, s5 (M-FILE-8, M-POL-3)"

/* The first that is so is told. */
/* clang-format off */
static const struct {
	bool (*is_so)(const struct ace *ace);
	const char *clause, *message, *fix;
} broad[] = {
	{ is_everything, "RFC 8519 s4.1 (A-SEM-3)",
	    "accepts everything, with everybody",
	    "Write who the peer is (a DNS name or a class), the protocol and "
	    "the port, in one ACE for each service." },
	{ is_anybody_any_port, WIDE,
	    "accepts all ports of any host",
	    "Write who the peer is (a DNS name or a class) and the port of the "
	    "service." },
	{ is_from_anybody, WIDE,
	    "accepts packets from any host",
	    "Write who the peer is; if only replies are meant write "
	    "\"ietf-mud:direction-initiated\": \"from-device\" for TCP." },
	{ is_anybody, WIDE,
	    "accepts packets to any host",
	    "Write the DNS names or the class of the hosts that the Thing "
	    "needs." },
	{ is_huge, WIDE,
	    "accepts more addresses than any service has",
	    "Write the DNS names or the class of the hosts that the Thing "
	    "needs." },
	{ is_whole_lan, "RFC 8520 s4.6 (M-FILE-8, M-LOC-1)",
	    "accepts all ports of the whole local network",
	    "Write the protocol and the port, or same-manufacturer or "
	    "my-controller in place of local-networks." },
	{ is_any_protocol, WIDE,
	    "accepts any protocol",
	    "Write \"protocol\" and the port of the service." },
};
/* clang-format on */

static void
judge_breadth(
    const struct ace *ace, const struct finding_place *at, struct findings *to)
{
	static const struct finding_kind closed = { FINDING_INFO, FAULT_BROAD,
		"RFC 8519 s4.1 (A-SEM-3)", false, false };

	if (ace->forwarding != FORWARD_ACCEPT && is_everything(ace))
		findings_add_placed(to, &closed, at,
		    "Nothing, if that is meant: what no entry accepts is denied "
		    "anyway, but for DNS and NTP.",
		    "drops everything that no entry before it decides");
	if (ace->forwarding != FORWARD_ACCEPT || is_for_replies(ace))
		return;
	for (size_t i = 0; i < COUNT(broad); i++) {
		const struct finding_kind kind = { FINDING_WARNING, FAULT_BROAD,
			broad[i].clause, false, false };

		if (!broad[i].is_so(ace))
			continue;
		findings_add_placed(
		    to, &kind, at, broad[i].fix, "%s", broad[i].message);
		return;
	}
}

/* One abstraction an ACE: all that it names must hold (M-FILE-7). */
static void
judge_peers(
    const struct ace *ace, const struct finding_place *at, struct findings *to)
{
	static const struct finding_kind kind = { FINDING_WARNING,
		FAULT_UNADVISED, "RFC 8520 s2 (M-FILE-7)", false, false };
	static const struct finding_kind empty = { FINDING_WARNING,
		FAULT_NEVER_MATCHES, "RFC 8520 s8 (M-FILE-7, M-DNS-6)", false,
		false };

	if (ace->n_peers < 2)
		return;
	if (has_peer(ace, PEER_DNSNAME) && has_peer(ace, PEER_LOCAL_NETWORKS))
		findings_add_placed(to, &empty, at,
		    "Leave out \"local-networks\", or the name; for either of "
		    "them write two ACEs.",
		    "hardly ever matches: names are not followed into local "
		    "networks");
	else
		findings_add_placed(to, &kind, at,
		    "Write one name or class an ACE; for either of several "
		    "write an ACE each.",
		    "%u names and classes in one ACE: only hosts that are in "
		    "all of them match",
		    (unsigned int)ace->n_peers);
}

/* The Thing's own side is implied, and its address nobody's to say. */
static void
judge_own_side(
    const struct ace *ace, const struct finding_place *at, struct findings *to)
{
	static const struct finding_kind kind = { FINDING_WARNING,
		FAULT_IP_LITERAL, "RFC 8520 s2 (M-FILE-5, M-FILE-6)", false,
		false };
	const struct prefix *prefix = own_prefix(ace);
	char text[PREFIX_TEXT];

	/* To a group it is the peers that are meant (mDNS, SSDP). */
	if (prefix->addr.family == 0 || prefix->len == 0 ||
	    !prefix_is_unicast(prefix))
		return;
	findings_add_placed(to, &kind, at,
	    ace->n_peers > 0 || peer_prefix(ace)->addr.family != 0
		? "Leave the Thing's own side out; it is implied by "
		  "the policy that lists the ACL."
	    : ace->direction == TO_DEVICE
		? "If it is the peer's address write it as the source: in a "
		  "to-device ACL that is the peer's side. Without it the "
		  "entry is about every peer."
		: "If it is the peer's address write it as the destination: "
		  "in a from-device ACL that is the peer's side. Without it "
		  "the entry is about every peer.",
	    "gives the Thing itself the address %s", prefix_text(prefix, text));
}

void
lint_policy(const struct policy *policy, const struct finding_place *places,
    struct findings *to)
{
	bool *aside;

	if (to->on == NULL)
		return;
	aside = xcalloc(policy->n_aces + 1, sizeof(*aside));
	for (size_t i = 0; i < policy->n_aces; i++) {
		const struct ace *ace = &policy->aces[i];
		const struct finding_place *at =
		    places == NULL ? NULL : &places[i];

		aside[i] =
		    !ace->understood || lintnever_judge(policy, ace, at, to);
		if (aside[i])
			continue;
		judge_peers(ace, at, to);
		judge_own_side(ace, at, to);
		judge_breadth(ace, at, to);
	}
	lintorder_judge(policy, aside, places, to);
	linttwin_judge(policy, aside, places, to);
	free(aside);
}
