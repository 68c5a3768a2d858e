/*
 * Counters of rules, summed by ACE.  Role: enforcer.  Input: the kernel's; but
 * others may write to our tables, so a rule whose comment is not one of ours,
 * or that names an ACE which has no rule, is passed over.
 */
#include "enforce/tallies.h"

#include <endian.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "enforce/kernel.h"
#include "enforce/model.h"
#include "enforce/rules/chains.h"
#include "enforce/table.h"
#include "libmud/mem.h"

/* One policy's chains, the one that is being read, and what it came to. */
struct tally {
	bool is_there[LIMIT_ACES];
	uint64_t packets[LIMIT_ACES]; /* of the chains read to their end */
	uint64_t chain[LIMIT_ACES];
	size_t n_rules; /* of this chain */
};

struct parsed {
	const struct nlattr *attr[NFTA_RULE_MAX + 1];
};

struct expression {
	bool is_counter;
	const struct nlattr *data;
};

/* Each parser takes what it knows by number and skips the rest. */
static int
note_rule_attr(const struct nlattr *attr, void *arg)
{
	struct parsed *parsed = arg;

	if (mnl_attr_get_type(attr) <= NFTA_RULE_MAX)
		parsed->attr[mnl_attr_get_type(attr)] = attr;
	return MNL_CB_OK;
}

static int
take_packets(const struct nlattr *attr, void *arg)
{
	uint64_t *packets = arg;

	if (mnl_attr_get_type(attr) == NFTA_COUNTER_PACKETS &&
	    mnl_attr_validate(attr, MNL_TYPE_U64) == 0)
		*packets += be64toh(mnl_attr_get_u64(attr));
	return MNL_CB_OK;
}

static int
note_expr_attr(const struct nlattr *attr, void *arg)
{
	static const char counter[] = "counter";
	struct expression *expression = arg;

	if (mnl_attr_get_type(attr) == NFTA_EXPR_NAME)
		expression->is_counter =
		    mnl_attr_get_payload_len(attr) == sizeof(counter) &&
		    memcmp(mnl_attr_get_payload(attr), counter,
			sizeof(counter)) == 0;
	else if (mnl_attr_get_type(attr) == NFTA_EXPR_DATA)
		expression->data = attr;
	return MNL_CB_OK;
}

static int
take_expr(const struct nlattr *attr, void *arg)
{
	struct expression expression = { 0 };

	if (mnl_attr_parse_nested(attr, note_expr_attr, &expression) < 0)
		return MNL_CB_ERROR;
	if (!expression.is_counter || expression.data == NULL)
		return MNL_CB_OK;
	return mnl_attr_parse_nested(expression.data, take_packets, arg);
}

/* The ACE of a comment that chains.c wrote ("ace 7"); -1: it is none. */
static int
ace_of(const uint8_t *note, size_t len)
{
	static const char before[] = "ace ";
	const size_t n_before = sizeof(before) - 1;
	int ace = 0;

	/* A type, 0 for a comment, a length, and a text that ends. */
	if (len < 2 || note[0] != 0 || len != 2u + note[1] ||
	    note[1] < n_before + 2 || note[1] > n_before + 4 ||
	    note[len - 1] != '\0' || memcmp(note + 2, before, n_before) != 0)
		return -1;
	for (size_t i = 2 + n_before; i < len - 1; i++) {
		if (note[i] < '0' || note[i] > '9')
			return -1;
		ace = 10 * ace + (note[i] - '0');
	}
	return ace < LIMIT_ACES ? ace : -1;
}

static int
take_rule(const struct nlmsghdr *message, void *arg)
{
	struct tally *tally = arg;
	struct parsed parsed = { 0 };
	const struct nlattr *note, *exprs;
	int ace;

	if (mnl_attr_parse(
		message, sizeof(struct nfgenmsg), note_rule_attr, &parsed) < 0)
		return MNL_CB_ERROR;
	tally->n_rules++;
	note = parsed.attr[NFTA_RULE_USERDATA];
	exprs = parsed.attr[NFTA_RULE_EXPRESSIONS];
	if (note == NULL || exprs == NULL)
		return MNL_CB_OK;
	ace =
	    ace_of(mnl_attr_get_payload(note), mnl_attr_get_payload_len(note));
	if (ace < 0 || !tally->is_there[ace])
		return MNL_CB_OK;
	return mnl_attr_parse_nested(exprs, take_expr, &tally->chain[ace]);
}

static void
read_again(void *arg)
{
	struct tally *tally = arg;

	memset(tally->chain, 0, sizeof(tally->chain));
	tally->n_rules = 0;
}

/* The kernel does not say that there is no such chain, but none of ours is
 * empty. */
static int
read_chains(struct kernel *kernel, uint16_t family, uint32_t policy,
    struct tally *tally)
{
	char name[OBJECT_NAME];
	int error = 0;

	for (unsigned int i = 0; error == 0 && i < RULE_CHAINS; i++) {
		read_again(tally);
		error = kernel_read_rules(kernel, family,
		    chains_name((enum rule_chain)i, policy, name), take_rule,
		    read_again, tally);
		if (error == 0 && tally->n_rules == 0)
			error = -ENOENT;
		for (size_t ace = 0; error == 0 && ace < LIMIT_ACES; ace++)
			tally->packets[ace] += tally->chain[ace];
	}
	return error;
}

static const struct model_policy *
find_policy(const struct model *model, uint32_t number)
{
	LIST_EACH(at, &model->policies)
	{
		const struct model_policy *policy =
		    LIST_ENTRY(at, struct model_policy, all);

		if (policy->number == number && policy->now.present)
			return policy;
	}
	return NULL;
}

int
tallies_read(struct kernel *kernel, const struct model *model,
    const struct tables *tables, uint32_t policy,
    void (*each)(void *arg, const struct record_tally *tally), void *arg)
{
	const struct model_policy *found = find_policy(model, policy);
	struct tally *tally;
	int error;

	if (found == NULL)
		return 0;
	tally = xcalloc(1, sizeof(*tally));
	for (size_t i = 0; i < found->now.n; i++)
		if (found->now.rule[i].ace < LIMIT_ACES)
			tally->is_there[found->now.rule[i].ace] = true;
	error = read_chains(kernel, NFPROTO_INET, policy, tally);
	if (error == 0 && tables->path == BRIDGE_PATH_STATELESS)
		error = read_chains(kernel, NFPROTO_BRIDGE, policy, tally);
	for (uint32_t ace = 0; error == 0 && ace < LIMIT_ACES; ace++)
		if (tally->is_there[ace])
			each(arg, &(struct record_tally){
				      policy, ace, tally->packets[ace] });
	free(tally);
	return error;
}
