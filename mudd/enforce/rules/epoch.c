/*
 * Epochs.  Role: enforcer.  Input: the model, checked; and our own table as
 * an earlier run has left it.
 */
#include "enforce/rules/epoch.h"

#include <stdio.h> /* FILE, for libnftnl */

#include <errno.h>
#include <inttypes.h>
#include <libmnl/libmnl.h>
#include <libnftnl/common.h>
#include <libnftnl/rule.h>
#include <libnftnl/udata.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdlib.h>
#include <string.h>

#include "core/mark.h"
#include "enforce/kernel.h"
#include "enforce/model.h"
#include "enforce/rules/elems.h"
#include "enforce/rules/expr.h"
#include "enforce/rules/exprmark.h"
#include "enforce/rules/object.h"
#include "enforce/rules/schema.h"
#include "libmud/fault.h"

/* Our bits, from the lowest: replies, original, epoch. */
#define BIT_REPLY    1u
#define BIT_ORIGINAL 2u
#define BITS_EPOCH   0xfffcu
#define BITS_ALL     0xffffu
#define EPOCH_SHIFT  2

/* ---- when --------------------------------------------------------------- */

/*
 * Which networks are local, whose address is the gateway's, where policies are
 * asked at all: seldom changed, and most changes take something away.
 */
static bool
places_changed(const struct places *was, const struct places *now)
{
	return was->n_lan != now->n_lan || was->n_locals != now->n_locals ||
	       was->n_selves != now->n_selves ||
	       memcmp(was->lan, now->lan, was->n_lan * sizeof(*was->lan)) !=
	           0 ||
	       memcmp(was->local, now->local,
		   was->n_locals * sizeof(*was->local)) != 0 ||
	       memcmp(was->self, now->self,
		   was->n_selves * sizeof(*was->self)) != 0;
}

/* An address that comes can take something away, too, where a rule denies
 * by the set. */
static bool
elements_revoke(const struct model *model)
{
	LIST_EACH(at, &model->dirty_elements)
	{
		const struct model_element *element =
		    LIST_ENTRY(at, struct model_element, dirty);

		if (element->was.present && !element->now.present)
			return true;
		if (!element->was.present && element->now.present &&
		    element->set->denials > 0)
			return true;
	}
	return false;
}

static bool
policies_revoke(const struct model *model)
{
	LIST_EACH(at, &model->dirty_policies)
	{
		const struct model_policy *policy =
		    LIST_ENTRY(at, struct model_policy, dirty);

		if (policy->was.present &&
		    (!policy->now.present ||
			policy->now.rule != policy->was.rule))
			return true;
	}
	return false;
}

/* A Thing that is new may have been talking before, to another one, and so
 * may whoever had an address that is new. */
static bool
things_revoke(const struct model *model)
{
	LIST_EACH(at, &model->dirty_things)
	{
		const struct model_thing *thing =
		    LIST_ENTRY(at, struct model_thing, dirty);

		if (thing->was.present != thing->now.present ||
		    thing->was.policy != thing->now.policy ||
		    thing->was.denied != thing->now.denied)
			return true;
	}
	LIST_EACH(at, &model->dirty_addresses)
	{
		const struct model_address *address =
		    LIST_ENTRY(at, struct model_address, dirty);

		if (address->was != address->now)
			return true;
	}
	return false;
}

bool
epoch_is_over(const struct model *model)
{
	return model->withdraws || model->unknown_was != model->unknown_now ||
	       places_changed(&model->was, &model->now) ||
	       policies_revoke(model) || things_revoke(model) ||
	       elements_revoke(model);
}

struct epoch
epoch_after(const struct epoch *was, uint32_t mask)
{
	bool goes_on =
	    was->number > 0 && was->number < EPOCH_LAST && was->mask == mask;

	return (struct epoch){ goes_on ? was->number + 1 : 1, mask };
}

/* ---- the rules ---------------------------------------------------------- */

struct writing {
	struct batch *batch;
	const struct epoch *epoch;
	const char *chain;
};

static uint32_t
ours(const struct writing *to, uint32_t bits)
{
	return bits << mark_shift(to->epoch->mask);
}

/* The epoch, with these bits. */
static uint32_t
stamped(const struct writing *to, uint32_t bits)
{
	return ours(to, to->epoch->number << EPOCH_SHIFT | bits);
}

static struct nftnl_rule *
begin(const struct writing *to)
{
	return object_rule(NFPROTO_INET, to->chain);
}

static void
put(const struct writing *to, struct nftnl_rule *rule)
{
	object_rule_put(to->batch, rule, (struct about){ to->chain, 0 });
}

static void
flush(struct writing *to, const char *chain)
{
	to->chain = chain;
	object_chain_flush(
	    to->batch, NFPROTO_INET, chain, (struct about){ chain, 0 });
}

/* For the next run, at the first rule of `stamp_original`. */
static void
write_note(const struct epoch *epoch, char note[OBJECT_NOTE])
{
	(void)snprintf(note, OBJECT_NOTE,
	    "epoch %" PRIu32 ", mark 0x%08" PRIx32, epoch->number, epoch->mask);
}

/*
 * The rules of `fast` and `stamp` are the same in each epoch.  What is related
 * to a flow is no packet of it: an ICMP error passes if it is one of those in
 * `errors`, a redirect is judged as any other packet.
 */
static void
write_fast(struct writing *to)
{
	struct nftnl_rule *rule;

	flush(to, CHAIN_FAST);
	for (int reply = 0; reply < 2; reply++) {
		uint32_t bit = reply ? BIT_REPLY : BIT_ORIGINAL;

		rule = begin(to);
		expr_ct_reply(rule, reply == 1);
		expr_mark_in(rule, ours(to, BITS_EPOCH | bit), SET_PASSED);
		expr_ct_unrelated(rule);
		expr_counter(rule);
		expr_accept(rule);
		put(to, rule);
	}
	rule = begin(to);
	expr_ct_related(rule);
	expr_mark_in(rule, ours(to, BITS_EPOCH), SET_EPOCH);
	expr_jump(rule, CHAIN_ERRORS);
	put(to, rule);
}

/* Of a policy that looks at more than the connection. */
static void
write_uncached(const struct writing *to, unsigned int family, enum end end)
{
	struct nftnl_rule *rule = begin(to);

	expr_family(rule, family);
	expr_addr_in(rule, family, end,
	    family == 4 ? SET_UNCACHED4 : SET_UNCACHED6, false);
	expr_goto(rule, CHAIN_STAMP_JUDGED);
	put(to, rule);
}

static void
write_stamp(struct writing *to, bool monitor)
{
	struct nftnl_rule *rule;

	flush(to, CHAIN_STAMP);
	rule = begin(to);
	expr_ct_related(rule);
	expr_return(rule);
	put(to, rule);
	if (monitor) {
		rule = begin(to);
		expr_goto(rule, CHAIN_STAMP_JUDGED);
		put(to, rule);
		return;
	}
	for (unsigned int family = 4; family <= 6; family += 2) {
		write_uncached(to, family, SOURCE);
		write_uncached(to, family, DESTINATION);
	}
	for (int reply = 0; reply < 2; reply++) {
		rule = begin(to);
		expr_ct_reply(rule, reply == 1);
		expr_goto(
		    rule, reply ? CHAIN_STAMP_REPLY : CHAIN_STAMP_ORIGINAL);
		put(to, rule);
	}
}

/*
 * And this is written in each.  A rule with a verdict, or with a question to
 * a set, would have the kernel walk through the whole table once more before
 * it commits, which takes it milliseconds: these have neither.
 */

static void
write_set(
    const struct writing *to, const char *set, const uint32_t *marks, size_t n)
{
	const struct about about = { set, 0 };
	struct elems elems;

	elems_flush(to->batch, NFPROTO_INET, set, about);
	elems_open(&elems, to->batch, NFPROTO_INET, set, false, about);
	for (size_t i = 0; i < n; i++) {
		struct elem elem = { .len = sizeof(marks[i]) };

		memcpy(elem.key, &marks[i], sizeof(marks[i]));
		elems_put(&elems, &elem);
	}
	elems_close(&elems);
}

/* Under the mask that each direction asks by, no mark is taken for that of
 * the other. */
static void
write_sets(const struct writing *to)
{
	const uint32_t epoch = stamped(to, 0);
	const uint32_t passed[] = { stamped(to, BIT_ORIGINAL),
		stamped(to, BIT_REPLY) };

	write_set(to, SET_EPOCH, &epoch, 1);
	write_set(to, SET_PASSED, passed, 2);
}

/*
 * What the other direction has been granted in this epoch stays, and goes if
 * it was of another.  The epoch is written again: were it only compared, a
 * packet that was judged by the rules before a bump could add its bit to a
 * stamp from after it.
 */
static void
write_direction(struct writing *to, bool reply)
{
	uint32_t bit = reply ? BIT_REPLY : BIT_ORIGINAL;
	struct nftnl_rule *rule;
	char note[OBJECT_NOTE];

	flush(to, reply ? CHAIN_STAMP_REPLY : CHAIN_STAMP_ORIGINAL);
	rule = begin(to);
	expr_mark_is_not(rule, ours(to, BITS_EPOCH), stamped(to, 0));
	expr_mark_set(rule, ours(to, BITS_ALL), stamped(to, 0));
	if (!reply) {
		write_note(to->epoch, note);
		object_rule_comment(rule, note);
	}
	put(to, rule);

	rule = begin(to);
	expr_mark_set(rule, ours(to, BITS_EPOCH | bit), stamped(to, bit));
	put(to, rule);
}

/* Allowed now, and no more than that. */
static void
write_judged(struct writing *to)
{
	struct nftnl_rule *rule;

	flush(to, CHAIN_STAMP_JUDGED);
	rule = begin(to);
	expr_mark_set(rule, ours(to, BITS_ALL), stamped(to, 0));
	put(to, rule);
}

void
epoch_renew(struct batch *batch, const struct epoch *epoch)
{
	struct writing to = { batch, epoch, NULL };

	write_sets(&to);
	write_direction(&to, false);
	write_direction(&to, true);
	write_judged(&to);
}

void
epoch_write(struct batch *batch, const struct epoch *epoch, bool monitor)
{
	struct writing to = { batch, epoch, NULL };

	write_fast(&to);
	write_stamp(&to, monitor);
	epoch_renew(batch, epoch);
}

/* ---- the epoch of an earlier run ---------------------------------------- */

static int
take_attr(const struct nftnl_udata *attr, void *arg)
{
	const char **comment = arg;
	const char *text = nftnl_udata_get(attr);
	size_t len = nftnl_udata_len(attr);

	if (nftnl_udata_type(attr) == NFTNL_UDATA_RULE_COMMENT && len > 0 &&
	    text[len - 1] == '\0')
		*comment = text;
	return 0;
}

/* Anything else than what we write there tells nothing; epoch_after judges
 * the numbers. */
static void
take_note(const char *comment, struct epoch *epoch)
{
	static const char words[] = "epoch ", more[] = ", mark ";
	struct epoch found = { 0 };
	char again[OBJECT_NOTE], *end;

	if (strncmp(comment, words, strlen(words)) != 0)
		return;
	found.number = (uint32_t)strtoul(comment + strlen(words), &end, 10);
	if (strncmp(end, more, strlen(more)) != 0)
		return;
	found.mask = (uint32_t)strtoul(end + strlen(more), NULL, 16);
	write_note(&found, again);
	if (strcmp(again, comment) == 0)
		*epoch = found;
}

static bool
is_text(const struct nftnl_rule *rule, uint16_t attr, const char *text)
{
	return nftnl_rule_is_set(rule, attr) &&
	       strcmp(nftnl_rule_get_str(rule, attr), text) == 0;
}

static int
take_rule(const struct nlmsghdr *message, void *arg)
{
	struct nftnl_rule *rule = nftnl_rule_alloc();
	const char *comment = NULL;
	const void *data;
	uint32_t len;

	if (rule == NULL)
		abort();
	if (nftnl_rule_nlmsg_parse(message, rule) == 0 &&
	    is_text(rule, NFTNL_RULE_TABLE, OBJECT_TABLE) &&
	    is_text(rule, NFTNL_RULE_CHAIN, CHAIN_STAMP_ORIGINAL)) {
		data = nftnl_rule_get_data(rule, NFTNL_RULE_USERDATA, &len);
		if (data != NULL)
			(void)nftnl_udata_parse(data, len, take_attr, &comment);
		if (comment != NULL)
			take_note(comment, arg);
	}
	nftnl_rule_free(rule);
	return MNL_CB_OK;
}

static void
forget(void *arg)
{
	struct epoch *epoch = arg;

	epoch->number = 0;
}

bool
epoch_read(struct kernel *kernel, struct epoch *epoch, struct fault *why)
{
	char question[256];
	struct nlmsghdr *message = nftnl_nlmsg_build_hdr(
	    question, NFT_MSG_GETRULE, NFPROTO_INET, NLM_F_DUMP, 0);
	int error;

	mnl_attr_put_strz(message, NFTA_RULE_TABLE, OBJECT_TABLE);
	mnl_attr_put_strz(message, NFTA_RULE_CHAIN, CHAIN_STAMP_ORIGINAL);
	*epoch = (struct epoch){ 0 };
	error = kernel_dump(kernel, message, take_rule, forget, epoch);
	/* No table: an answer, too. */
	if (error == 0 || error == -ENOENT)
		return true;
	return fault_set(why, FAULT_KERNEL, "nf_tables",
	    "reading the epoch: %s", strerror(-error));
}
