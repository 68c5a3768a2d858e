/*
 * Tables in the making.  Role: enforcer.  Input: constants.
 */
#include "enforce/rules/writer.h"

#include <netinet/in.h> /* before linux/netfilter.h, which defines less */

#include <linux/if_ether.h>
#include <linux/netfilter.h>

#include "enforce/rules/expr.h"

void
writer_fresh(const struct writer *to)
{
	object_table_delete(to->batch, to->family);
	object_table_add(to->batch, to->family);
}

void
writer_set(const struct writer *to, const struct set_form *form)
{
	object_set_add(
	    to->batch, to->family, form, (struct about){ form->name, 0 });
}

void
writer_chain(struct writer *to, const char *name, const struct hook_form *hook)
{
	object_chain_add(
	    to->batch, to->family, name, hook, (struct about){ name, 0 });
	to->chain = name;
}

struct nftnl_rule *
writer_rule(const struct writer *to)
{
	return object_rule(to->family, to->chain);
}

void
writer_put(const struct writer *to, struct nftnl_rule *rule)
{
	object_rule_put(to->batch, rule, (struct about){ to->chain, 0 });
}

void
writer_accept_icmpv6(
    struct writer *to, const uint8_t *types, size_t n, uint8_t hop_limit)
{
	uint32_t id = ++to->set_id;
	struct nftnl_rule *rule;

	object_icmp_types(to->batch, to->family, id, true, types, n);
	rule = writer_rule(to);
	if (to->family == NFPROTO_INET)
		expr_family(rule, 6);
	else
		expr_meta_protocol(rule, ETH_P_IPV6);
	expr_protocol(rule, IPPROTO_ICMPV6);
	expr_icmp_in(rule, id);
	expr_hop_limit(rule, hop_limit);
	expr_accept(rule);
	writer_put(to, rule);
}

void
writer_dhcp(struct nftnl_rule *rule, uint16_t source, uint16_t destination)
{
	const struct ports from = { source, source, 0, 0 };
	const struct ports to = { destination, destination, 0, 0 };

	expr_protocol(rule, IPPROTO_UDP);
	expr_ports(rule, SOURCE, &from);
	expr_ports(rule, DESTINATION, &to);
}

void
writer_drop(const struct writer *to)
{
	struct nftnl_rule *rule = writer_rule(to);

	expr_counter(rule);
	if (!to->monitor)
		expr_drop(rule);
	writer_put(to, rule);
}
