/*
 * Others' chains.  Role: enforcer.  Input: the kernel's answers; names and
 * rules in them are whoever's wrote them, and are only compared and copied.
 */
#include "enforce/audit/foreign.h"

#include <stdio.h> /* FILE, for libnftnl */

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_hook.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforce/kernel.h"
#include "enforce/rules/object.h"
#include "libmud/mem.h"

/* Past these a ruleset counts as one that drops: it was not read whole. */
#define MOST_CHAINS 64
#define MOST_JUMPS  8

/* <linux/netfilter/nfnetlink.h> of older headers has none. */
#ifndef NFNL_SUBSYS_HOOK
#define NFNL_SUBSYS_HOOK 12
#endif

/* NF_BR_*, whose header does not go with <net/if.h>. */
#define BR_PRE_ROUTING 0

/* A chain, named as the kernel names it. */
struct named {
	uint16_t family;
	char table[NFT_NAME_MAXLEN];
	char chain[NFT_NAME_MAXLEN];
};

struct found {
	bool drops; /* `at` does, by its policy */
	bool overflows;
	struct named at;
	size_t n;
	struct named others[MOST_CHAINS]; /* accept by policy: the rules tell */
};

static const char *
family_name(uint16_t family)
{
	switch (family) {
	case NFPROTO_INET:
		return "inet";
	case NFPROTO_IPV4:
		return "ip";
	case NFPROTO_IPV6:
		return "ip6";
	default:
		return "?";
	}
}

/* ---- base chains -------------------------------------------------------- */

static bool
is_passed(const struct nftnl_chain *chain)
{
	uint32_t family = nftnl_chain_get_u32(chain, NFTNL_CHAIN_FAMILY);
	uint32_t hook;

	if (!nftnl_chain_is_set(chain, NFTNL_CHAIN_HOOKNUM) ||
	    (family != NFPROTO_INET && family != NFPROTO_IPV4 &&
		family != NFPROTO_IPV6))
		return false;
	if (family == NFPROTO_INET &&
	    strcmp(nftnl_chain_get_str(chain, NFTNL_CHAIN_TABLE),
		OBJECT_TABLE) == 0)
		return false;
	hook = nftnl_chain_get_u32(chain, NFTNL_CHAIN_HOOKNUM);
	return hook == NF_INET_PRE_ROUTING || hook == NF_INET_FORWARD ||
	       hook == NF_INET_POST_ROUTING;
}

static void
take_passed(struct found *found, const struct nftnl_chain *chain)
{
	bool drops = nftnl_chain_is_set(chain, NFTNL_CHAIN_POLICY) &&
	             nftnl_chain_get_u32(chain, NFTNL_CHAIN_POLICY) == NF_DROP;
	struct named *at = &found->at;

	if (found->drops)
		return;
	if (!drops && found->n == MOST_CHAINS) {
		found->overflows = true;
		return;
	}
	if (!drops)
		at = &found->others[found->n++];
	at->family = (uint16_t)nftnl_chain_get_u32(chain, NFTNL_CHAIN_FAMILY);
	text_copy(at->table, sizeof(at->table),
	    nftnl_chain_get_str(chain, NFTNL_CHAIN_TABLE));
	text_copy(at->chain, sizeof(at->chain),
	    nftnl_chain_get_str(chain, NFTNL_CHAIN_NAME));
	found->drops = drops;
}

static int
take_chain(const struct nlmsghdr *message, void *arg)
{
	struct nftnl_chain *chain = nftnl_chain_alloc();

	if (chain == NULL)
		abort();
	if (nftnl_chain_nlmsg_parse(message, chain) == 0 && is_passed(chain))
		take_passed(arg, chain);
	nftnl_chain_free(chain);
	return MNL_CB_OK;
}

static void
forget_chains(void *arg)
{
	struct found *found = arg;

	found->drops = found->overflows = false;
	found->n = 0;
}

/* ---- the last rule of a chain ------------------------------------------- */

enum last { LAST_PASSES, LAST_DROPS, LAST_LEADS };

struct reading {
	struct named of;
	enum last last;
	char to[NFT_NAME_MAXLEN];
};

static void
take_verdict(struct nftnl_expr *expr, struct reading *reading)
{
	uint32_t verdict;
	const char *to;

	if (!nftnl_expr_is_set(expr, NFTNL_EXPR_IMM_VERDICT))
		return;
	verdict = nftnl_expr_get_u32(expr, NFTNL_EXPR_IMM_VERDICT);
	if (verdict == NF_DROP) {
		reading->last = LAST_DROPS;
	} else if (verdict == (uint32_t)NFT_JUMP ||
		   verdict == (uint32_t)NFT_GOTO) {
		to = nftnl_expr_get_str(expr, NFTNL_EXPR_IMM_CHAIN);
		if (to == NULL)
			return;
		reading->last = LAST_LEADS;
		text_copy(reading->to, sizeof(reading->to), to);
	}
}

/* Any but these asks something of the packet, so that the rule is not for all
 * of them. */
static int
take_expr(struct nftnl_expr *expr, void *arg)
{
	struct reading *reading = arg;
	const char *name = nftnl_expr_get_str(expr, NFTNL_EXPR_NAME);

	if (strcmp(name, "counter") == 0 || strcmp(name, "log") == 0)
		return 0;
	if (strcmp(name, "immediate") == 0) {
		take_verdict(expr, reading);
		return 0;
	}
	if (strcmp(name, "reject") == 0) {
		reading->last = LAST_DROPS;
		return 0;
	}
	reading->last = LAST_PASSES;
	return -1;
}

static int
take_rule(const struct nlmsghdr *message, void *arg)
{
	struct nftnl_rule *rule = nftnl_rule_alloc();
	struct reading *reading = arg;

	if (rule == NULL)
		abort();
	/* Older kernels hand out all rules. */
	if (nftnl_rule_nlmsg_parse(message, rule) == 0 &&
	    strcmp(nftnl_rule_get_str(rule, NFTNL_RULE_TABLE),
		reading->of.table) == 0 &&
	    strcmp(nftnl_rule_get_str(rule, NFTNL_RULE_CHAIN),
		reading->of.chain) == 0) {
		reading->last = LAST_PASSES;
		(void)nftnl_expr_foreach(rule, take_expr, reading);
	}
	nftnl_rule_free(rule);
	return MNL_CB_OK;
}

static void
forget_rules(void *arg)
{
	struct reading *reading = arg;

	reading->last = LAST_PASSES;
}

static int
read_last(struct kernel *kernel, struct reading *reading)
{
	char question[1024];
	struct nlmsghdr *message = nftnl_nlmsg_build_hdr(
	    question, NFT_MSG_GETRULE, reading->of.family, NLM_F_DUMP, 0);

	_Static_assert(2 * NFT_NAME_MAXLEN + 128 < sizeof(question),
	    "two names and their headers fit");
	mnl_attr_put_strz(message, NFTA_RULE_TABLE, reading->of.table);
	mnl_attr_put_strz(message, NFTA_RULE_CHAIN, reading->of.chain);
	forget_rules(reading);
	return kernel_dump(kernel, message, take_rule, forget_rules, reading);
}

/* 1, 0 or -errno. */
static int
ends_in_drop(struct kernel *kernel, const struct named *chain)
{
	struct reading reading = { .of = *chain };

	for (int i = 0; i < MOST_JUMPS; i++) {
		int error = read_last(kernel, &reading);

		if (error != 0)
			return error == -ENOENT ? 0 : error;
		if (reading.last != LAST_LEADS)
			return reading.last == LAST_DROPS ? 1 : 0;
		text_copy(
		    reading.of.chain, sizeof(reading.of.chain), reading.to);
	}
	return 1;
}

/* ---- hooks -------------------------------------------------------------- */

/* A function, looked for by its name among those of a hook. */
struct sought {
	const char *function;
	bool is_there;
};

static int
take_hook_attr(const struct nlattr *attr, void *arg)
{
	struct sought *sought = arg;

	if (mnl_attr_get_type(attr) == NFNLA_HOOK_FUNCTION_NAME &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0 &&
	    strcmp(mnl_attr_get_str(attr), sought->function) == 0)
		sought->is_there = true;
	return MNL_CB_OK;
}

static int
take_hook(const struct nlmsghdr *message, void *arg)
{
	return mnl_attr_parse(
	    message, sizeof(struct nfgenmsg), take_hook_attr, arg);
}

static void
forget_hook(void *arg)
{
	struct sought *sought = arg;

	sought->is_there = false;
}

static int
look_for(
    struct kernel *kernel, uint8_t family, uint32_t hook, const char *function)
{
	char question[256];
	struct nlmsghdr *message = mnl_nlmsg_put_header(question);
	struct sought sought = { function, false };
	struct nfgenmsg *header;
	int error;

	message->nlmsg_type =
	    (uint16_t)(NFNL_SUBSYS_HOOK << 8 | NFNL_MSG_HOOK_GET);
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->nfgen_family = family;
	header->version = NFNETLINK_V0;
	mnl_attr_put_u32(message, NFNLA_HOOK_HOOKNUM, htonl(hook));
	error = kernel_dump(kernel, message, take_hook, forget_hook, &sought);
	return error != 0 ? error : sought.is_there ? 1 : 0;
}

/*
 * Not each kernel lists its hooks.  A module that is loaded shows in /sys, one
 * that is built in in /proc/sys, which may be hidden from us: so from neither
 * it does not follow that there is none.
 */
int
foreign_has_netfilter(struct kernel *kernel)
{
	static const char *const signs[] = { "/sys/module/br_netfilter",
		"/proc/sys/net/bridge" };
	int answer = look_for(
	    kernel, NFPROTO_BRIDGE, BR_PRE_ROUTING, "br_nf_pre_routing");

	for (size_t i = 0; answer < 0 && i < 2; i++)
		if (access(signs[i], F_OK) == 0)
			answer = 1;
	if (answer < 0 && access("/proc/sys/net", F_OK) == 0)
		answer = 0;
	return answer;
}

/* A kernel that has none of these hooks, or does not tell, has no rules of
 * the older interface that we could know of. */
static bool
has_older(struct kernel *kernel)
{
	return look_for(kernel, NFPROTO_IPV4, NF_INET_FORWARD,
		   "ipt_do_table") == 1 ||
	       look_for(
		   kernel, NFPROTO_IPV6, NF_INET_FORWARD, "ip6t_do_table") == 1;
}

/* ---- all of it ---------------------------------------------------------- */

/* Anything may stand in a name; ours to print is what is visible. */
static int
name_it(const struct named *chain, char text[FOREIGN_TEXT])
{
	(void)snprintf(text, FOREIGN_TEXT, "chain %.40s of table %s %.40s",
	    chain->chain, family_name(chain->family), chain->table);
	for (char *at = text; *at != '\0'; at++)
		if (*at < ' ' || *at > '~')
			*at = '?';
	return 1;
}

static int
judge(struct kernel *kernel, const struct found *found, char text[FOREIGN_TEXT])
{
	if (found->drops)
		return name_it(&found->at, text);
	if (found->overflows) {
		text_copy(text, FOREIGN_TEXT, "one of very many chains");
		return 1;
	}
	for (size_t i = 0; i < found->n; i++) {
		int answer = ends_in_drop(kernel, &found->others[i]);

		if (answer < 0)
			return answer;
		if (answer == 1)
			return name_it(&found->others[i], text);
	}
	if (!has_older(kernel))
		return 0;
	text_copy(text, FOREIGN_TEXT,
	    "a table of iptables-legacy, whose rules cannot be read");
	return 1;
}

int
foreign_drops(struct kernel *kernel, char text[FOREIGN_TEXT])
{
	char question[256];
	struct nlmsghdr *message = nftnl_nlmsg_build_hdr(
	    question, NFT_MSG_GETCHAIN, NFPROTO_UNSPEC, NLM_F_DUMP, 0);
	struct found *found = xcalloc(1, sizeof(*found));
	int answer =
	    kernel_dump(kernel, message, take_chain, forget_chains, found);

	if (answer == 0)
		answer = judge(kernel, found, text);
	free(found);
	return answer;
}

static int
take_generation_attr(const struct nlattr *attr, void *arg)
{
	uint32_t *generation = arg;

	if (mnl_attr_get_type(attr) == NFTA_GEN_ID &&
	    mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
		*generation = ntohl(mnl_attr_get_u32(attr));
	return MNL_CB_OK;
}

static int
take_generation(const struct nlmsghdr *message, void *arg)
{
	(void)mnl_attr_parse(
	    message, sizeof(struct nfgenmsg), take_generation_attr, arg);
	return MNL_CB_STOP; /* one answer, without an end */
}

static void
forget_nothing(void *arg)
{
	(void)arg;
}

int
foreign_generation(struct kernel *kernel, uint32_t *generation)
{
	char question[64];
	struct nlmsghdr *message = nftnl_nlmsg_build_hdr(
	    question, NFT_MSG_GETGEN, NFPROTO_UNSPEC, 0, 0);

	return kernel_dump(
	    kernel, message, take_generation, forget_nothing, generation);
}
