/*
 * What is installed.  Role: enforcer.  Input: the kernel's answers; but others
 * may write to our tables, so names, numbers and sizes in them are anybody's.
 */
#include "enforce/walk/ruleset.h"

#include <stdio.h> /* FILE, for libnftnl */

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <libnftnl/common.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "enforce/attrs.h"
#include "enforce/kernel.h"
#include "enforce/rules/object.h"
#include "libmud/list.h"
#include "libmud/mem.h"

/* What one question may make us read and keep: our own is far less. */
#define RULES_MAX  16384
#define BASES_MAX  1024 /* two of each LAN interface that is no bridge */
#define CHAINS_MAX 256

#define COMMENT 0 /* NFTNL_UDATA_RULE_COMMENT */

struct chain {
	uint16_t family;
	char name[RULESET_NAME];
	struct ruleset_chain is;
	size_t room;
	bool failed;
	struct list link;
};

struct ruleset {
	struct kernel *kernel;
	uint32_t generation;
	size_t n_bases, n_chains, n_rules;
	struct ruleset_base *base;
	struct list chains;
	bool is_full; /* past a bound while a dump was read */
};

static bool
is_ours(const struct nlattr *table)
{
	return attrs_is_text(table, OBJECT_TABLE);
}

static void
nothing_again(void *arg)
{
	(void)arg;
}

/* ---- the generation ------------------------------------------------------ */

static int
take_generation(const struct nlmsghdr *message, void *arg)
{
	uint32_t *generation = arg;
	struct attrs attrs;

	if (attrs_of_message(message, &attrs))
		(void)attrs_u32(attrs.at[NFTA_GEN_ID], generation);
	return MNL_CB_OK;
}

static int
read_generation(struct kernel *kernel, uint32_t *generation)
{
	char question[256];
	struct nlmsghdr *message = nftnl_nlmsg_build_hdr(
	    question, NFT_MSG_GETGEN, NFPROTO_UNSPEC, NLM_F_ACK, 0);

	*generation = 0;
	return kernel_dump(
	    kernel, message, take_generation, nothing_again, generation);
}

int
ruleset_is_current(struct ruleset *ruleset, bool *is_current)
{
	uint32_t now;
	int error = read_generation(ruleset->kernel, &now);

	*is_current = error == 0 && now == ruleset->generation;
	return error;
}

/* ---- base chains --------------------------------------------------------- */

static void
add_device(struct ruleset_base *base, const struct nlattr *name)
{
	if (base->n_devices >= RULESET_DEVICES ||
	    mnl_attr_validate(name, MNL_TYPE_NUL_STRING) != 0)
		return;
	base->device =
	    xrealloc(base->device, base->n_devices + 1, sizeof(*base->device));
	text_copy(
	    base->device[base->n_devices++], IFNAMSIZ, mnl_attr_get_str(name));
}

static int
take_device(const struct nlattr *attr, void *arg)
{
	/* NFTA_DEVICE_NAME; a prefix of names, which newer kernels know, is a
	 * number that is not. */
	if (mnl_attr_get_type(attr) != 1)
		return MNL_CB_ERROR;
	add_device(arg, attr);
	return MNL_CB_OK;
}

static bool
take_hook(struct ruleset_base *base, const struct nlattr *nested)
{
	struct attrs hook;
	uint32_t priority;

	if (!attrs_of(nested, &hook) ||
	    !attrs_u32(hook.at[NFTA_HOOK_HOOKNUM], &base->hook) ||
	    !attrs_u32(hook.at[NFTA_HOOK_PRIORITY], &priority))
		return false;
	base->priority = (int32_t)priority;
	if (hook.at[NFTA_HOOK_DEVS] != NULL)
		return mnl_attr_parse_nested(
			   hook.at[NFTA_HOOK_DEVS], take_device, base) >= 0;
	if (hook.at[NFTA_HOOK_DEV] != NULL)
		add_device(base, hook.at[NFTA_HOOK_DEV]);
	return true;
}

static int
take_chain(const struct nlmsghdr *message, void *arg)
{
	const struct nfgenmsg *head = mnl_nlmsg_get_payload(message);
	struct ruleset *ruleset = arg;
	struct ruleset_base base = { 0 };
	struct attrs attrs;
	uint32_t policy;

	if (!attrs_of_message(message, &attrs))
		return MNL_CB_ERROR;
	if (!is_ours(attrs.at[NFTA_CHAIN_TABLE]) ||
	    attrs.at[NFTA_CHAIN_HOOK] == NULL)
		return MNL_CB_OK;
	if (head->nfgen_family != NFPROTO_INET &&
	    head->nfgen_family != NFPROTO_BRIDGE &&
	    head->nfgen_family != NFPROTO_NETDEV)
		return MNL_CB_OK;
	base.family = head->nfgen_family;
	if (ruleset->n_bases >= BASES_MAX ||
	    !attrs_text(
		attrs.at[NFTA_CHAIN_NAME], base.name, sizeof(base.name)) ||
	    !take_hook(&base, attrs.at[NFTA_CHAIN_HOOK])) {
		free(base.device);
		ruleset->is_full = true;
		return MNL_CB_OK;
	}
	base.is_filter = attrs_is_text(attrs.at[NFTA_CHAIN_TYPE], "filter");
	base.drops = attrs_u32(attrs.at[NFTA_CHAIN_POLICY], &policy) &&
	             policy == NF_DROP;
	ruleset->base = xrealloc(
	    ruleset->base, ruleset->n_bases + 1, sizeof(*ruleset->base));
	ruleset->base[ruleset->n_bases++] = base;
	return MNL_CB_OK;
}

static void
forget_bases(void *arg)
{
	struct ruleset *ruleset = arg;

	for (size_t i = 0; i < ruleset->n_bases; i++)
		free(ruleset->base[i].device);
	ruleset->n_bases = 0;
	ruleset->is_full = false;
}

/* The sort is stable: of equal priority the kernel runs first what was there
 * first, and so it lists them. */
static void
sort_bases(struct ruleset *ruleset)
{
	for (size_t i = 1; i < ruleset->n_bases; i++) {
		struct ruleset_base base = ruleset->base[i];
		size_t at = i;

		for (; at > 0 && ruleset->base[at - 1].priority > base.priority;
		     at--)
			ruleset->base[at] = ruleset->base[at - 1];
		ruleset->base[at] = base;
	}
}

int
ruleset_read(struct kernel *kernel, struct ruleset **out)
{
	struct ruleset *ruleset = xcalloc(1, sizeof(*ruleset));
	char question[256];
	struct nlmsghdr *message;
	int error;

	*out = ruleset;
	ruleset->kernel = kernel;
	list_init(&ruleset->chains);
	error = read_generation(kernel, &ruleset->generation);
	if (error != 0)
		return error;
	message = nftnl_nlmsg_build_hdr(
	    question, NFT_MSG_GETCHAIN, NFPROTO_UNSPEC, NLM_F_DUMP, 0);
	error = kernel_dump(kernel, message, take_chain, forget_bases, ruleset);
	if (error == 0 && ruleset->is_full)
		error = -E2BIG;
	sort_bases(ruleset);
	return error;
}

static void
free_rules(struct ruleset_chain *chain)
{
	for (size_t i = 0; i < chain->n; i++)
		free(chain->rule[i].expressions);
	chain->n = 0;
}

void
ruleset_free(struct ruleset *ruleset)
{
	if (ruleset == NULL)
		return;
	forget_bases(ruleset);
	LIST_EACH_SAFE(at, &ruleset->chains)
	{
		struct chain *chain = LIST_ENTRY(at, struct chain, link);

		free_rules(&chain->is);
		free(chain->is.rule);
		free(chain);
	}
	free(ruleset->base);
	free(ruleset);
}

size_t
ruleset_bases(const struct ruleset *ruleset, const struct ruleset_base **base)
{
	*base = ruleset->base;
	return ruleset->n_bases;
}

/* ---- rules --------------------------------------------------------------- */

/* A comment among a rule's user data: type, length, text with its end. */
static void
take_note(struct ruleset_rule *rule, const struct nlattr *attr)
{
	const uint8_t *at = mnl_attr_get_payload(attr);
	size_t left = mnl_attr_get_payload_len(attr);

	while (left >= 2 && left >= 2u + at[1]) {
		if (at[0] == COMMENT) {
			size_t n = at[1] < sizeof(rule->note)
			               ? at[1]
			               : sizeof(rule->note) - 1;

			for (size_t i = 0; i < n && at[2 + i] != '\0'; i++)
				rule->note[i] = (char)at[2 + i];
			return;
		}
		left -= 2u + at[1];
		at += 2u + at[1];
	}
}

static struct nlattr *
attr_copy(const struct nlattr *attr)
{
	size_t len = attr->nla_len;
	struct nlattr *copy = xcalloc(1, (len + 3) / 4 * 4);

	memcpy(copy, attr, len);
	return copy;
}

struct reading {
	struct ruleset *ruleset;
	struct chain *chain;
};

static int
take_rule(const struct nlmsghdr *message, void *arg)
{
	struct reading *reading = arg;
	struct chain *chain = reading->chain;
	struct ruleset_rule rule = { 0 };
	struct attrs attrs;

	if (!attrs_of_message(message, &attrs))
		return MNL_CB_ERROR;
	if (!is_ours(attrs.at[NFTA_RULE_TABLE]) ||
	    !attrs_is_text(attrs.at[NFTA_RULE_CHAIN], chain->name))
		return MNL_CB_OK;
	if (reading->ruleset->n_rules + chain->is.n >= RULES_MAX) {
		chain->failed = true;
		return MNL_CB_OK;
	}
	if (!attrs_u64(attrs.at[NFTA_RULE_HANDLE], &rule.handle))
		return MNL_CB_ERROR;
	if (attrs.at[NFTA_RULE_USERDATA] != NULL)
		take_note(&rule, attrs.at[NFTA_RULE_USERDATA]);
	if (attrs.at[NFTA_RULE_EXPRESSIONS] != NULL)
		rule.expressions = attr_copy(attrs.at[NFTA_RULE_EXPRESSIONS]);
	if (chain->is.n == chain->room) {
		chain->room = 2 * chain->room + 16;
		chain->is.rule = xrealloc(
		    chain->is.rule, chain->room, sizeof(*chain->is.rule));
	}
	chain->is.rule[chain->is.n++] = rule;
	return MNL_CB_OK;
}

static void
forget_rules(void *arg)
{
	struct reading *reading = arg;

	free_rules(&reading->chain->is);
	reading->chain->failed = false;
}

static int
read_chain(struct ruleset *ruleset, struct chain *chain)
{
	struct reading reading = { ruleset, chain };
	int error;

	error = kernel_read_rules(ruleset->kernel, chain->family, chain->name,
	    take_rule, forget_rules, &reading);
	if (error == 0 && chain->failed)
		error = -E2BIG;
	ruleset->n_rules += chain->is.n;
	return error;
}

int
ruleset_chain(struct ruleset *ruleset, uint16_t family, const char *name,
    const struct ruleset_chain **out)
{
	struct chain *chain;
	int error;

	LIST_EACH(at, &ruleset->chains)
	{
		chain = LIST_ENTRY(at, struct chain, link);
		if (chain->family != family || strcmp(chain->name, name) != 0)
			continue;
		*out = &chain->is;
		return 0;
	}
	if (ruleset->n_chains >= CHAINS_MAX)
		return -E2BIG;
	chain = xcalloc(1, sizeof(*chain));
	chain->family = family;
	text_copy(chain->name, sizeof(chain->name), name);
	list_append(&ruleset->chains, &chain->link);
	ruleset->n_chains++;
	error = read_chain(ruleset, chain);
	*out = &chain->is;
	return error;
}
