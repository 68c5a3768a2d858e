/*
 * The order of ACEs.  Role: mudctl.  Input: ACEs that the reader made, so
 * sound, and at most LIMIT_ACES of them.
 */
#include "libmud/lint/lintorder.h"

#include <stdlib.h>
#include <string.h>

#include "libmud/lint/acecover.h"

/* Pairs of ACLs that are told of; a file with more has heard enough. */
#define PAIRS 64

struct order {
	const struct policy *policy;
	const bool *aside;
	const struct finding_place *places;
	struct findings *to;
	size_t n_pairs;
	struct {
		size_t first, second; /* an ACE of each ACL */
	} pairs[PAIRS];
};

static const struct ace *
ace_at(const struct order *order, size_t i)
{
	return &order->policy->aces[i];
}

static const struct finding_place *
place_of(const struct order *order, size_t i)
{
	return order->places == NULL ? NULL : &order->places[i];
}

static const char *
word_of(const struct ace *ace)
{
	return ace->forwarding == FORWARD_ACCEPT ? "accepts" : "drops";
}

/* May ACE i decide before ACE k? */
static bool
comes_before(const struct order *order, size_t i, size_t k)
{
	return !order->aside[i] &&
	       ace_at(order, i)->direction == ace_at(order, k)->direction;
}

static void
tell_one(struct order *order, size_t i, size_t k)
{
	static const struct finding_kind same = { FINDING_INFO, FAULT_SHADOWED,
		"RFC 8519 s3 (A-SEM-1)", false, false };
	static const struct finding_kind other = { FINDING_WARNING,
		FAULT_SHADOWED, "RFC 8519 s3 (A-SEM-1)", false, false };
	const struct ace *first = ace_at(order, i), *ace = ace_at(order, k);

	if (ace_agrees(first, ace))
		findings_add_placed(order->to, &same, place_of(order, k),
		    "Leave it out.",
		    "never reached: ACE %s of ACL %s before it %s all this",
		    first->name, first->acl, word_of(first));
	else if (strcmp(first->acl, ace->acl) == 0)
		findings_add_placed(order->to, &other, place_of(order, k),
		    "Put it before that ACE if it is meant as an exception to "
		    "it; else leave it out.",
		    "never reached, though it %s: ACE %s before it %s all this",
		    word_of(ace), first->name, word_of(first));
	/* Across ACLs the order itself is in doubt: find_conflict. */
}

struct piece {
	struct span span;
	size_t ace;
};

static int
by_low(const void *a, const void *b)
{
	const struct piece *left = a, *right = b;

	if (left->span.low != right->span.low)
		return left->span.low < right->span.low ? -1 : 1;
	return 0;
}

/* The ports of ACEs before k that match all it does, these ports aside. */
static size_t
gather(const struct order *order, size_t k, unsigned int aside,
    struct piece pieces[2 * LIMIT_ACES])
{
	const struct ace *ace = ace_at(order, k);
	size_t n = 0;

	for (size_t i = 0; i < k; i++) {
		const struct ace *first = ace_at(order, i);
		struct span spans[2];
		size_t n_spans;

		if (!comes_before(order, i, k) ||
		    strcmp(first->acl, ace->acl) != 0 ||
		    !ace_covers(first, ace, aside))
			continue;
		n_spans = ports_spans(aside == COVER_ASIDE_SOURCE
					  ? &first->source
					  : &first->destination,
		    spans);
		for (size_t s = 0; s < n_spans; s++)
			pieces[n++] = (struct piece){ spans[s], i };
	}
	qsort(pieces, n, sizeof(*pieces), by_low);
	return n;
}

/* Do the pieces leave no gap in the span?  *agree falls if one that is needed
 * decides otherwise than the ACE k. */
static bool
is_filled(const struct order *order, size_t k, struct span span,
    const struct piece *pieces, size_t n, bool *agree)
{
	uint32_t next = span.low; /* the first port not yet matched */

	for (size_t i = 0; i < n && next <= span.high; i++) {
		if (pieces[i].span.low > next)
			return false;
		if (pieces[i].span.high < next)
			continue;
		next = pieces[i].span.high + 1;
		*agree &=
		    ace_agrees(ace_at(order, pieces[i].ace), ace_at(order, k));
	}
	return next > span.high;
}

/* Do earlier ACEs together decide all that k would, each a part of its
 * ports? */
static bool
tell_union(struct order *order, size_t k, unsigned int aside)
{
	static const struct finding_kind kinds[] = {
		{ FINDING_WARNING, FAULT_SHADOWED, "RFC 8519 s3 (A-SEM-1)",
		    false, false },
		{ FINDING_INFO, FAULT_SHADOWED, "RFC 8519 s3 (A-SEM-1)", false,
		    false },
	};
	const struct ace *ace = ace_at(order, k);
	struct piece pieces[2 * LIMIT_ACES];
	const size_t n = gather(order, k, aside, pieces);
	struct span spans[2];
	bool agree = true;
	const size_t n_spans = ports_spans(
	    aside == COVER_ASIDE_SOURCE ? &ace->source : &ace->destination,
	    spans);

	for (size_t i = 0; i < n_spans; i++)
		if (!is_filled(order, k, spans[i], pieces, n, &agree))
			return false;
	findings_add_placed(order->to, &kinds[agree], place_of(order, k),
	    agree ? "Leave it out."
		  : "Put it before them if it is meant as an exception; else "
		    "leave it out.",
	    "never reached: the ACEs before it, %s among them, decide all its "
	    "ports",
	    n == 0 ? "" : ace_at(order, pieces[0].ace)->name);
	return true;
}

static void
find_shadow(struct order *order, size_t k)
{
	for (size_t i = 0; i < k; i++)
		if (comes_before(order, i, k) &&
		    ace_covers(ace_at(order, i), ace_at(order, k), 0)) {
			tell_one(order, i, k);
			return;
		}
	if (ace_at(order, k)->protocol != 6 && ace_at(order, k)->protocol != 17)
		return;
	if (!tell_union(order, k, COVER_ASIDE_DESTINATION))
		(void)tell_union(order, k, COVER_ASIDE_SOURCE);
}

static bool
was_told(const struct order *order, size_t i, size_t k)
{
	for (size_t p = 0; p < order->n_pairs; p++) {
		const struct ace *first = ace_at(order, order->pairs[p].first);
		const struct ace *second =
		    ace_at(order, order->pairs[p].second);

		if (first->direction == ace_at(order, i)->direction &&
		    strcmp(first->acl, ace_at(order, i)->acl) == 0 &&
		    strcmp(second->acl, ace_at(order, k)->acl) == 0)
			return true;
	}
	return order->n_pairs == PAIRS;
}

/* ACLs are a system-ordered list: which of two decides is nowhere said. */
static void
find_conflict(struct order *order, size_t k)
{
	static const struct finding_kind kind = { FINDING_WARNING,
		FAULT_ACL_ORDER, "RFC 8520 s3.3 (M-POL-2)", false, false };
	const struct ace *ace = ace_at(order, k);

	for (size_t i = 0; i < k; i++) {
		const struct ace *first = ace_at(order, i);

		if (!comes_before(order, i, k) || ace_agrees(first, ace) ||
		    strcmp(first->acl, ace->acl) == 0 ||
		    !ace_meets(first, ace) || was_told(order, i, k))
			continue;
		order->pairs[order->n_pairs].first = i;
		order->pairs[order->n_pairs++].second = k;
		findings_add_placed(order->to, &kind, place_of(order, k),
		    "Put both entries into one ACL, in the order that is "
		    "meant.",
		    "%s what ACE %s of ACL %s %s; which of two ACLs decides "
		    "is not defined",
		    word_of(ace), first->name, first->acl, word_of(first));
	}
}

void
lintorder_judge(const struct policy *policy, const bool *aside,
    const struct finding_place *places, struct findings *to)
{
	struct order order = {
		.policy = policy, .aside = aside, .places = places, .to = to
	};

	for (size_t k = 0; k < policy->n_aces; k++) {
		if (aside[k])
			continue;
		find_shadow(&order, k);
		find_conflict(&order, k);
	}
}
