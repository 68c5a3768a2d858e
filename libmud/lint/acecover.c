/*
 * ACEs beside each other.  Role: reader, mudctl.  Input: ACEs that the reader
 * made, so sound.
 */
#include "libmud/lint/acecover.h"

#include <string.h>

size_t
ports_spans(const struct ports *ports, struct span spans[2])
{
	size_t n = 0;

	if (!ports->negated) {
		spans[n++] = (struct span){ ports->low, ports->high };
		return n;
	}
	if (ports->low > 0)
		spans[n++] = (struct span){ 0, ports->low - 1U };
	if (ports->high < UINT16_MAX)
		spans[n++] = (struct span){ ports->high + 1U, UINT16_MAX };
	return n;
}

bool
ports_cover(const struct ports *wide, const struct ports *narrow)
{
	struct span outer[2], inner[2];
	const size_t n_outer = ports_spans(wide, outer);
	const size_t n_inner = ports_spans(narrow, inner);

	for (size_t i = 0; i < n_inner; i++) {
		bool is_within = false;

		for (size_t k = 0; k < n_outer; k++)
			is_within |= inner[i].low >= outer[k].low &&
			             inner[i].high <= outer[k].high;
		if (!is_within)
			return false;
	}
	return true;
}

static bool
ports_meet(const struct ports *a, const struct ports *b)
{
	struct span spans[2][2];
	const size_t n_a = ports_spans(a, spans[0]);
	const size_t n_b = ports_spans(b, spans[1]);

	for (size_t i = 0; i < n_a; i++)
		for (size_t k = 0; k < n_b; k++)
			if (spans[0][i].low <= spans[1][k].high &&
			    spans[1][k].low <= spans[0][i].high)
				return true;
	return false;
}

bool
prefix_covers(const struct prefix *wide, const struct prefix *narrow)
{
	if (wide->addr.family == 0)
		return true;
	return wide->addr.family == narrow->addr.family &&
	       wide->len <= narrow->len && prefix_has(wide, &narrow->addr);
}

/* Each peer of a is one of b's. */
static bool
peers_among(const struct ace *a, const struct ace *b)
{
	for (size_t i = 0; i < a->n_peers; i++) {
		bool is_found = false;

		for (size_t k = 0; k < b->n_peers; k++)
			is_found |= a->peers[i].kind == b->peers[k].kind &&
			            a->peers[i].text == b->peers[k].text;
		if (!is_found)
			return false;
	}
	return true;
}

static bool
fields_among(const struct ace *a, const struct ace *b)
{
	for (size_t i = 0; i < ACE_FIELDS; i++) {
		bool is_found = a->fields[i].id == FIELD_NONE;

		for (size_t k = 0; k < ACE_FIELDS; k++)
			is_found |= memcmp(&a->fields[i], &b->fields[k],
					sizeof(a->fields[i])) == 0;
		if (!is_found)
			return false;
	}
	return true;
}

static bool
is_any_or(int wide, int narrow)
{
	return wide == -1 || wide == narrow;
}

bool
ace_covers(const struct ace *wide, const struct ace *narrow, unsigned int aside)
{
	const unsigned int families = ace_families(wide);

	if ((ace_families(narrow) & ~families) != 0 ||
	    !is_any_or(wide->protocol, narrow->protocol) ||
	    !is_any_or(wide->icmp_type, narrow->icmp_type) ||
	    !is_any_or(wide->icmp_code, narrow->icmp_code))
		return false;
	if (wide->initiated != INITIATED_ANY &&
	    wide->initiated != narrow->initiated)
		return false;
	if ((aside & COVER_ASIDE_SOURCE) == 0 &&
	    !ports_cover(&wide->source, &narrow->source))
		return false;
	if ((aside & COVER_ASIDE_DESTINATION) == 0 &&
	    !ports_cover(&wide->destination, &narrow->destination))
		return false;
	return prefix_covers(&wide->from, &narrow->from) &&
	       prefix_covers(&wide->to, &narrow->to) &&
	       peers_among(wide, narrow) && fields_among(wide, narrow);
}

static bool
either_any(int a, int b)
{
	return a == -1 || b == -1 || a == b;
}

static bool
fields_meet(const struct ace *a, const struct ace *b)
{
	for (size_t i = 0; i < ACE_FIELDS; i++)
		for (size_t k = 0; k < ACE_FIELDS; k++)
			if (a->fields[i].id != FIELD_NONE &&
			    a->fields[i].id == b->fields[k].id &&
			    memcmp(&a->fields[i], &b->fields[k],
				sizeof(a->fields[i])) != 0)
				return false;
	return true;
}

static bool
prefixes_meet(const struct prefix *a, const struct prefix *b)
{
	return prefix_covers(a, b) || prefix_covers(b, a);
}

bool
ace_meets(const struct ace *a, const struct ace *b)
{
	if ((ace_families(a) & ace_families(b)) == 0 ||
	    !either_any(a->protocol, b->protocol) ||
	    !either_any(a->icmp_type, b->icmp_type) ||
	    !either_any(a->icmp_code, b->icmp_code))
		return false;
	if (a->initiated != INITIATED_ANY && b->initiated != INITIATED_ANY &&
	    a->initiated != b->initiated)
		return false;
	return ports_meet(&a->source, &b->source) &&
	       ports_meet(&a->destination, &b->destination) &&
	       prefixes_meet(&a->from, &b->from) &&
	       prefixes_meet(&a->to, &b->to) && fields_meet(a, b) &&
	       (peers_among(a, b) || peers_among(b, a));
}

bool
ace_agrees(const struct ace *a, const struct ace *b)
{
	return (a->forwarding == FORWARD_ACCEPT) ==
	       (b->forwarding == FORWARD_ACCEPT);
}
