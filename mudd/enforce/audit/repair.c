/*
 * Two images, and the way from one to the other.  Role: enforcer.  Input: the
 * model's image; and the kernel's, into which others may have written.
 *
 * In the order that one transaction takes: sets and chains that are missing;
 * elements that must go; rules; elements that must come; at last what nobody
 * refers to any more.
 */
#include "enforce/audit/repair.h"

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "enforce/audit/image.h"
#include "enforce/batch.h"
#include "enforce/rules/elems.h"
#include "enforce/rules/object.h"

struct repair {
	struct batch *out;
	uint16_t family;
	struct image_table *want, *have;
	uint64_t slack_msec;
	struct damage *damage;
};

static const struct about about_repair = { "repair", 0 };

/* ---- sets --------------------------------------------------------------- */

/* Fed by packets: what is in them besides ours is theirs. */
static bool
is_dynamic(const struct image_set *set)
{
	return (set->flags & NFT_SET_EVAL) != 0;
}

static bool
is_interval(const struct image_set *set)
{
	return (set->flags & NFT_SET_INTERVAL) != 0;
}

static bool
is_anonymous(const struct image_set *set)
{
	return (set->flags & NFT_SET_ANONYMOUS) != 0;
}

static bool
same_elem(const struct image_elem *want, const struct image_elem *have,
    uint64_t slack_msec)
{
	return image_bytes_equal(&want->data, &have->data) &&
	       (want->left_msec == 0) == (have->left_msec == 0) &&
	       have->left_msec <= want->left_msec + slack_msec &&
	       want->left_msec <= have->left_msec + slack_msec;
}

/* Can it be written by elems.h? Else it is none of ours. */
static bool
is_plain(const struct image_elem *elem)
{
	return elem->len > 0 && elem->len <= ELEMS_KEY && elem->end_len == 0 &&
	       (elem->flags & ~(uint32_t)NFT_SET_ELEM_INTERVAL_END) == 0;
}

static void
put(struct elems *elems, const struct image_elem *from)
{
	struct elem elem = { .len = from->len };

	memcpy(elem.key, from->key, from->len);
	elem.ends_interval = (from->flags & NFT_SET_ELEM_INTERVAL_END) != 0;
	if (!elems->deletes)
		elem.timeout_sec = (uint32_t)((from->left_msec + 999) / 1000);
	elems_put(elems, &elem);
}

/* How the elements of a set differ; both are sorted. */
struct merge {
	const struct image_set *want, *have;
	uint64_t slack_msec;
	size_t i, j;
};

/* The next pair of which at least one is there; false at the end. */
static bool
merge_next(struct merge *merge, const struct image_elem **want,
    const struct image_elem **have)
{
	int order = 0;

	*want = merge->want != NULL && merge->i < merge->want->n
	            ? &merge->want->elem[merge->i]
	            : NULL;
	*have = merge->have != NULL && merge->j < merge->have->n
	            ? &merge->have->elem[merge->j]
	            : NULL;
	if (*want != NULL && *have != NULL)
		order = image_elem_order(*want, *have);
	if (order < 0)
		*have = NULL;
	if (order > 0)
		*want = NULL;
	merge->i += *want != NULL ? 1 : 0;
	merge->j += *have != NULL ? 1 : 0;
	return *want != NULL || *have != NULL;
}

/* Has it run out for one of the two, or will at once? */
static bool
runs_out(const struct image_elem *elem, uint64_t slack_msec)
{
	return elem->left_msec != 0 && elem->left_msec <= slack_msec;
}

static bool
must_go(const struct merge *merge, const struct image_elem *want,
    const struct image_elem *have)
{
	if (have == NULL)
		return false;
	if (want == NULL)
		return !is_dynamic(merge->want) &&
		       !runs_out(have, merge->slack_msec);
	return !same_elem(want, have, merge->slack_msec);
}

static bool
must_come(const struct merge *merge, const struct image_elem *want,
    const struct image_elem *have)
{
	if (want == NULL)
		return false;
	if (have == NULL)
		return !runs_out(want, merge->slack_msec);
	return !same_elem(want, have, merge->slack_msec);
}

/* Intervals do not come and go one by one, and what we cannot name must be
 * flushed. */
static bool
is_refilled(const struct repair *repair, const struct image_set *want,
    const struct image_set *have)
{
	struct merge merge = { want, have, repair->slack_msec, 0, 0 };
	const struct image_elem *left, *right;
	bool differs = false, plain = true;

	if (have == NULL)
		return false;
	while (merge_next(&merge, &left, &right)) {
		bool goes = must_go(&merge, left, right);

		differs = differs || goes || must_come(&merge, left, right);
		plain = plain && !(goes && !is_plain(right));
	}
	return (is_interval(want) && differs) || !plain;
}

static void
remove_elements(struct repair *repair, const struct image_set *want,
    const struct image_set *have)
{
	struct merge merge = { want, have, repair->slack_msec, 0, 0 };
	const struct image_elem *left, *right;
	struct elems elems;
	bool timed = (have->flags & NFT_SET_TIMEOUT) != 0;

	/* One that has run out meanwhile is added, so that it can go. */
	elems_open(&elems, repair->out, repair->family, have->name, false,
	    about_repair);
	while (timed && merge_next(&merge, &left, &right))
		if (must_go(&merge, left, right))
			put(&elems, right);
	elems_close(&elems);

	merge = (struct merge){ want, have, repair->slack_msec, 0, 0 };
	elems_open(&elems, repair->out, repair->family, have->name, true,
	    about_repair);
	while (merge_next(&merge, &left, &right))
		if (must_go(&merge, left, right)) {
			put(&elems, right);
			repair->damage->elements++;
		}
	elems_close(&elems);
}

static void
add_elements(struct repair *repair, const struct image_set *want,
    const struct image_set *have)
{
	struct merge merge = { want, have, repair->slack_msec, 0, 0 };
	const struct image_elem *left, *right;
	bool counts = have != NULL && !have->is_refilled;
	struct elems elems;

	elems_open(&elems, repair->out, repair->family, want->name, false,
	    about_repair);
	while (merge_next(&merge, &left, &right))
		if (must_come(&merge, left, right)) {
			put(&elems, left);
			repair->damage->elements +=
			    counts && right == NULL ? 1 : 0;
		}
	elems_close(&elems);
}

static void
first_sets(struct repair *repair)
{
	LIST_EACH(at, &repair->want->sets)
	{
		struct image_set *want = LIST_ENTRY(at, struct image_set, all);
		struct image_set *have =
		    image_set_find(repair->have, want->name, 0);

		if (is_anonymous(want))
			continue;
		image_sort(want);
		if (have == NULL) {
			batch_copy(repair->out, want->made_by, about_repair);
			repair->damage->sets++;
			continue;
		}
		image_sort(have);
		if (is_refilled(repair, want, have)) {
			elems_flush(repair->out, repair->family, want->name,
			    about_repair);
			have->n = 0;
			have->is_refilled = true;
			repair->damage->sets++;
		} else {
			remove_elements(repair, want, have);
		}
	}
}

static void
last_sets(struct repair *repair)
{
	LIST_EACH(at, &repair->want->sets)
	{
		struct image_set *want = LIST_ENTRY(at, struct image_set, all);

		if (!is_anonymous(want))
			add_elements(repair, want,
			    image_set_find(repair->have, want->name, 0));
	}
}

/* Those of rules go with their rules. */
static void
delete_sets(struct repair *repair)
{
	LIST_EACH(at, &repair->have->sets)
	{
		const struct image_set *have =
		    LIST_ENTRY(at, struct image_set, all);

		if (is_anonymous(have) ||
		    image_set_find(repair->want, have->name, 0) != NULL)
			continue;
		object_set_delete(
		    repair->out, repair->family, have->name, about_repair);
		repair->damage->sets++;
	}
}

/* ---- chains ------------------------------------------------------------- */

static bool
same_rules(const struct image_chain *want, const struct image_chain *have)
{
	if (want->n != have->n)
		return false;
	for (size_t i = 0; i < want->n; i++)
		if (!image_bytes_equal(
			&want->rule[i].form, &have->rule[i].form))
			return false;
	return true;
}

static bool
same_chain(const struct image_chain *want, const struct image_chain *have)
{
	return have != NULL && image_bytes_equal(&want->form, &have->form) &&
	       same_rules(want, have);
}

static void
flush(struct repair *repair, const char *chain)
{
	object_chain_flush(repair->out, repair->family, chain, about_repair);
}

/* The sets of a rule that have no name are made for it. */
static void
put_rule(struct repair *repair, const struct image_rule *rule)
{
	size_t at = 0;
	uint32_t id;

	while ((id = image_rule_set(rule, &at)) != 0) {
		const struct image_set *set =
		    image_set_find(repair->want, "__set%d", id);

		if (set == NULL)
			continue;
		batch_copy(repair->out, set->made_by, about_repair);
		if (set->filled_by != NULL)
			batch_copy(repair->out, set->filled_by, about_repair);
	}
	batch_copy(repair->out, rule->made_by, about_repair);
}

/* One that hooks somewhere else, or decides otherwise at its end, cannot be
 * changed in place. */
static void
first_chains(struct repair *repair)
{
	LIST_EACH(at, &repair->want->chains)
	{
		const struct image_chain *want =
		    LIST_ENTRY(at, struct image_chain, all);
		const struct image_chain *have =
		    image_chain_find(repair->have, want->name);

		if (have != NULL &&
		    !image_bytes_equal(&want->form, &have->form)) {
			flush(repair, have->name);
			object_chain_delete(repair->out, repair->family,
			    have->name, about_repair);
			have = NULL;
		}
		if (have == NULL)
			batch_copy(repair->out, want->made_by, about_repair);
	}
}

/* Is it ours to delete?  What hooked an interface that is gone stays in some
 * kernels, but nothing passes there; the engine will hear of it. */
static bool
is_odd(const struct repair *repair, const struct image_chain *have)
{
	if (image_chain_find(repair->want, have->name) != NULL)
		return false;
	return repair->family != NFPROTO_NETDEV || !have->is_base ||
	       if_nametoindex(have->device) != 0;
}

static void
fill_chains(struct repair *repair)
{
	LIST_EACH(at, &repair->have->chains)
	{
		const struct image_chain *have =
		    LIST_ENTRY(at, struct image_chain, all);

		if (is_odd(repair, have))
			flush(repair, have->name);
	}
	LIST_EACH(at, &repair->want->chains)
	{
		const struct image_chain *want =
		    LIST_ENTRY(at, struct image_chain, all);
		const struct image_chain *have =
		    image_chain_find(repair->have, want->name);

		if (same_chain(want, have))
			continue;
		repair->damage->chains++;
		flush(repair, want->name);
		for (size_t i = 0; i < want->n; i++)
			put_rule(repair, &want->rule[i]);
	}
}

static void
delete_chains(struct repair *repair)
{
	LIST_EACH(at, &repair->have->chains)
	{
		const struct image_chain *have =
		    LIST_ENTRY(at, struct image_chain, all);

		if (!is_odd(repair, have))
			continue;
		object_chain_delete(
		    repair->out, repair->family, have->name, about_repair);
		repair->damage->chains++;
	}
}

/* ---- tables ------------------------------------------------------------- */

/* Nobody can change what a set is; where it is another, another program has
 * made it. */
static bool
has_other_sets(const struct image_table *want, const struct image_table *have)
{
	LIST_EACH(at, &want->sets)
	{
		const struct image_set *set =
		    LIST_ENTRY(at, struct image_set, all);
		const struct image_set *other =
		    image_set_find(have, set->name, 0);

		if (!is_anonymous(set) && other != NULL &&
		    !image_bytes_equal(&set->form, &other->form))
			return true;
	}
	return false;
}

static bool
is_kept(const struct image_table *want, const struct image_table *have)
{
	return have->present && have->flags == want->flags &&
	       image_bytes_equal(&have->note, &want->note) &&
	       !has_other_sets(want, have);
}

/* All that the batch says of this table, its deletion first. */
static void
rebuild(struct repair *repair, const struct batch *whole)
{
	const struct nlmsghdr *at = (const void *)whole->data;
	int left = (int)whole->len;

	for (; mnl_nlmsg_ok(at, left); at = mnl_nlmsg_next(at, &left)) {
		const struct nfgenmsg *head = mnl_nlmsg_get_payload(at);

		if (NFNL_SUBSYS_ID(at->nlmsg_type) == NFNL_SUBSYS_NFTABLES &&
		    head->nfgen_family == repair->family)
			batch_copy(repair->out, at, about_repair);
	}
	repair->damage->tables++;
}

void
repair_write(struct batch *out, const struct batch *whole, struct image *want,
    struct image *have, uint64_t slack_msec, struct damage *damage)
{
	*damage = (struct damage){ 0 };
	for (size_t i = 0; i < IMAGE_TABLES; i++) {
		struct repair repair = { out, image_family[i], &want->table[i],
			&have->table[i], slack_msec, damage };

		if (!repair.want->present)
			continue;
		if (!is_kept(repair.want, repair.have)) {
			rebuild(&repair, whole);
			continue;
		}
		first_sets(&repair);
		first_chains(&repair);
		fill_chains(&repair);
		last_sets(&repair);
		delete_chains(&repair);
		delete_sets(&repair);
	}
}
