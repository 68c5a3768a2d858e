/*
 * The gateway's answers.  Role: enforcer.  Input: constants.
 */
#include "enforce/rules/answers.h"

#include <netinet/in.h> /* before linux/netfilter.h, which defines less */

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "enforce/rules/dispatch.h"
#include "enforce/rules/expr.h"
#include "enforce/rules/schema.h"
#include "enforce/rules/writer.h"

#define CHAIN_ANSWERS "answers"

/* Only answers go further: the gateway's own traffic is seldom one. */
static void
fill_output(struct writer *to)
{
	static const struct hook_form hook = { NF_INET_LOCAL_OUT,
		PRIORITY_FILTER, NULL };
	struct nftnl_rule *rule;

	writer_chain(to, "output", &hook);
	rule = writer_rule(to);
	expr_interface_in(rule, GOES_OUT, SET_LAN, false);
	expr_ct_established(rule);
	expr_ct_reply(rule, true);
	expr_goto(rule, CHAIN_ANSWERS);
	writer_put(to, rule);
}

static void
stamp_thing(struct writer *to, struct nftnl_rule *rule, unsigned int family)
{
	expr_addr_in(rule, family, DESTINATION,
	    family == 4 ? SET_OWN4 : SET_OWN6, false);
	expr_goto(rule, CHAIN_STAMP);
	writer_put(to, rule);
}

/* A Thing's flow is remembered, so that its errors are known as such. */
static void
accept_lease(
    struct writer *to, unsigned int family, uint16_t server, uint16_t client)
{
	struct nftnl_rule *rule = writer_rule(to);

	expr_family(rule, family);
	writer_dhcp(rule, server, client);
	stamp_thing(to, rule, family);

	rule = writer_rule(to);
	expr_family(rule, family);
	writer_dhcp(rule, server, client);
	expr_accept(rule);
	writer_put(to, rule);
}

static void
judge(struct writer *to, unsigned int family)
{
	struct nftnl_rule *rule = writer_rule(to);

	expr_family(rule, family);
	expr_addr_in(
	    rule, family, DESTINATION, family == 4 ? SET_TO4 : SET_TO6, false);
	expr_jump(rule, dispatch_root(family == 4 ? TREE_TO4 : TREE_TO6));
	writer_put(to, rule);

	rule = writer_rule(to);
	expr_family(rule, family);
	stamp_thing(to, rule, family);
}

static void
fill_answers(struct writer *to)
{
	struct nftnl_rule *rule;

	writer_chain(to, CHAIN_ANSWERS, NULL);
	rule = writer_rule(to);
	expr_jump(rule, CHAIN_FAST);
	writer_put(to, rule);

	accept_lease(to, 4, 67, 68);
	accept_lease(to, 6, 547, 546);
	judge(to, 4);
	judge(to, 6);
}

void
answers_schema(struct writer *to)
{
	fill_answers(to);
	fill_output(to);
}
