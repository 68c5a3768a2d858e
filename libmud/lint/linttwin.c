/*
 * The other direction.  Role: mudctl.  Input: ACEs that the reader made, so
 * sound.
 */
#include "libmud/lint/linttwin.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "libmud/compile.h"
#include "libmud/lint/acecover.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { ICMP = 1, TCP = 6, UDP = 17, ICMP6 = 58, DNS = 53, NTP = 123 };

/* RFC 792, RFC 950, RFC 4443: what answers what. */
static const struct {
	int16_t protocol, request, reply;
} exchanges[] = {
	{ ICMP, 8, 0 },
	{ ICMP, 13, 14 },
	{ ICMP, 15, 16 },
	{ ICMP, 17, 18 },
	{ ICMP6, 128, 129 },
};

/* The type of the other direction; false: the message stands alone. */
static bool
swap_icmp(struct ace *ace)
{
	if (ace->icmp_type == -1)
		return true;
	for (size_t i = 0; i < COUNT(exchanges); i++) {
		if (exchanges[i].protocol != ace->protocol)
			continue;
		if (exchanges[i].request == ace->icmp_type) {
			ace->icmp_type = exchanges[i].reply;
			return true;
		}
		if (exchanges[i].reply == ace->icmp_type) {
			ace->icmp_type = exchanges[i].request;
			return true;
		}
	}
	return false;
}

static bool
is_host(const struct prefix *prefix)
{
	return prefix->addr.family == 0 || prefix->len == 0 ||
	       prefix_is_unicast(prefix);
}

bool
linttwin_of(const struct ace *ace, struct ace *twin)
{
	struct ace made = *ace;

	if (!is_host(&ace->from) || !is_host(&ace->to))
		return false;
	made.direction =
	    ace->direction == FROM_DEVICE ? TO_DEVICE : FROM_DEVICE;
	made.source = ace->destination;
	made.destination = ace->source;
	made.from = ace->to;
	made.to = ace->from;
	/* Of the headers each direction has its own. */
	memset(made.fields, 0, sizeof(made.fields));
	if (!swap_icmp(&made))
		return false;
	*twin = made;
	return true;
}

/* A port of the defaults, towards the class's members or from them. */
static bool
is_default(const struct policy *policy, const struct ace *ace)
{
	const struct ports *service =
	    ace->direction == FROM_DEVICE ? &ace->destination : &ace->source;
	const char *class;

	if (ace->protocol != UDP || ace->n_peers != 1 ||
	    ace->peers[0].kind != PEER_CONTROLLER)
		return false;
	if (service->negated || service->low != service->high)
		return false;
	class = policy->texts[ace->peers[0].text].text;
	return (service->low == DNS && strcmp(class, MUD_URN_DNS) == 0) ||
	       (service->low == NTP && strcmp(class, MUD_URN_NTP) == 0);
}

static bool
has_family(const struct policy *policy, const bool *aside,
    const struct ace *twin, uint8_t family)
{
	struct ace wanted = *twin;

	wanted.families = family;
	for (size_t i = 0; i < policy->n_aces; i++) {
		struct ace one = policy->aces[i];

		/* That only one of the two says who opens is no lack. */
		if (twin->initiated == INITIATED_ANY)
			one.initiated = INITIATED_ANY;
		if (!aside[i] && one.direction == twin->direction &&
		    one.forwarding == FORWARD_ACCEPT &&
		    ace_covers(&one, &wanted, 0))
			return true;
	}
	return false;
}

/* For each IP version of the ACE's some ACE that accepts it all? */
static bool
has_twin(const struct policy *policy, const bool *aside, const struct ace *twin)
{
	const unsigned int families = ace_families(twin);

	if ((families & FAMILY_4) != 0 &&
	    !has_family(policy, aside, twin, FAMILY_4))
		return false;
	return (families & FAMILY_6) == 0 ||
	       has_family(policy, aside, twin, FAMILY_6);
}

/* Text that grows, and is cut where it does not fit. */
struct line {
	char text[FINDING_TEXT];
	size_t len;
};

static void __attribute__((format(printf, 2, 3)))
put(struct line *line, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(
	    line->text + line->len, sizeof(line->text) - line->len, fmt, args);
	va_end(args);
	if (n > 0)
		line->len += (size_t)n;
	if (line->len >= sizeof(line->text))
		line->len = sizeof(line->text) - 1;
}

static void
put_ports(struct line *line, const char *name, const struct ports *ports)
{
	if (ports->low == 0 && ports->high == UINT16_MAX && !ports->negated)
		return;
	if (ports->negated)
		put(line, ", %s neq %u", name, ports->low);
	else if (ports->low == ports->high)
		put(line, ", %s %u", name, ports->low);
	else
		put(line, ", %s %u to %u", name, ports->low, ports->high);
}

static void
put_prefix(struct line *line, const char *name, const struct prefix *prefix)
{
	char text[PREFIX_TEXT];

	if (prefix->addr.family != 0)
		put(line, ", %s-ipv%u-network %s", name,
		    (unsigned int)prefix->addr.family,
		    prefix_text(prefix, text));
}

static void
put_peers(struct line *line, const struct policy *policy, const struct ace *ace)
{
	for (size_t i = 0; i < ace->n_peers; i++) {
		const struct peer *peer = &ace->peers[i];

		if (peer->kind == PEER_DNSNAME)
			put(line, ", %s",
			    ace->direction == FROM_DEVICE ? "dst-dnsname"
							  : "src-dnsname");
		else
			put(line, ", %s",
			    peer_kind_name((enum peer_kind)peer->kind));
		if (peer->text != PEER_NO_TEXT)
			put(line, " %s", policy->texts[peer->text].text);
	}
}

static void
put_ace(struct line *line, const struct policy *policy, const struct ace *ace)
{
	if (ace->protocol == TCP)
		put(line, "tcp");
	else if (ace->protocol == UDP)
		put(line, "udp");
	else if (ace->protocol == ICMP || ace->protocol == ICMP6)
		put(line, "icmp");
	else if (ace->protocol != -1)
		put(line, "protocol %d", ace->protocol);
	else
		put(line, "any protocol");
	put_ports(line, "source-port", &ace->source);
	put_ports(line, "destination-port", &ace->destination);
	if (ace->icmp_type != -1)
		put(line, ", type %d", ace->icmp_type);
	if (ace->initiated == INITIATED_FROM_DEVICE)
		put(line, ", direction-initiated from-device");
	if (ace->initiated == INITIATED_TO_DEVICE)
		put(line, ", direction-initiated to-device");
	put_prefix(line, "source", &ace->from);
	put_prefix(line, "destination", &ace->to);
	put_peers(line, policy, ace);
}

/* Who opens is said to be the side that this ACE does not let speak. */
static bool
waits_for_opener(const struct ace *ace)
{
	return (ace->direction == TO_DEVICE &&
		   ace->initiated == INITIATED_FROM_DEVICE) ||
	       (ace->direction == FROM_DEVICE &&
		   ace->initiated == INITIATED_TO_DEVICE);
}

static void
tell(const struct policy *policy, const struct ace *ace, const struct ace *twin,
    const struct finding_place *at, struct findings *to)
{
	static const struct finding_kind kind = { FINDING_WARNING,
		FAULT_TWIN_MISSING, "RFC 8520 s3.3 (M-POL-1, M-POL-3)", false,
		false };
	static const char *const lists[] = {
		[FROM_DEVICE] = "from-device", [TO_DEVICE] = "to-device"
	};
	const char *list = lists[twin->direction];
	struct line fix = { "", 0 };

	put(&fix, "Add to an ACL of %s-policy an ACE that accepts: ", list);
	put_ace(&fix, policy, twin);
	findings_add_placed(to, &kind, at, fix.text,
	    waits_for_opener(ace)
		? ace->direction == TO_DEVICE
	              ? "only for connections that the Thing opens, which no "
	                "%s ACE lets it do"
	              : "only for connections that the peer opens, which no %s "
	                "ACE lets it do"
		: "no %s ACE accepts the other direction of it, which "
		  "managers that keep no state need",
	    list);
}

void
linttwin_judge(const struct policy *policy, const bool *aside,
    const struct finding_place *places, struct findings *to)
{
	for (size_t i = 0; i < policy->n_aces; i++) {
		const struct ace *ace = &policy->aces[i];
		struct ace twin;

		if (aside[i] || ace->forwarding != FORWARD_ACCEPT ||
		    is_default(policy, ace) || !linttwin_of(ace, &twin) ||
		    has_twin(policy, aside, &twin))
			continue;
		tell(
		    policy, ace, &twin, places == NULL ? NULL : &places[i], to);
	}
}
