/*
 * nftables objects by libnftnl.  Role: enforcer.  Input: our own names.
 */
#include "enforce/rules/object.h"

#include <stdio.h> /* FILE, for libnftnl */

#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>
#include <libnftnl/udata.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdlib.h>
#include <string.h>

#include "enforce/rules/elems.h"
#include "enforce/rules/expr.h"

/* nft's own numbers for byte orders. */
#define NFT_HOST_ENDIAN 1
#define NFT_BIG_ENDIAN  2

/* libnftnl gives NULL when memory has run out, which ends us (mem.h). */
static void *
need(void *p)
{
	if (p == NULL)
		abort();
	return p;
}

#define PROBE_TABLE OBJECT_TABLE "_probe"

/* Where a message says nothing of flags, those of an owner's table would have
 * to be none. */
static void
table_message(struct batch *batch, uint16_t type, uint16_t family,
    const char *name, const struct batch_tables *form)
{
	struct nftnl_table *table = need(nftnl_table_alloc());
	struct nlmsghdr *message = batch_open(batch, type, family,
	    type == NFT_MSG_NEWTABLE ? NLM_F_CREATE : 0,
	    (struct about){ "table", 0 });
	struct nftnl_udata_buf *note =
	    need(nftnl_udata_buf_alloc(2 * BATCH_NOTE));

	nftnl_table_set_str(table, NFTNL_TABLE_NAME, name);
	if (form->flags != 0)
		nftnl_table_set_u32(table, NFTNL_TABLE_FLAGS, form->flags);
	if (form->note[0] != '\0' &&
	    nftnl_udata_put_strz(note, NFTNL_UDATA_TABLE_COMMENT, form->note))
		(void)nftnl_table_set_data(table, NFTNL_TABLE_USERDATA,
		    nftnl_udata_buf_data(note), nftnl_udata_buf_len(note));
	nftnl_table_nlmsg_build_payload(message, table);
	batch_close(batch);
	nftnl_udata_buf_free(note);
	nftnl_table_free(table);
}

static const struct batch_tables plain;

void
object_table_add(struct batch *batch, uint16_t family)
{
	table_message(
	    batch, NFT_MSG_NEWTABLE, family, OBJECT_TABLE, &batch->tables);
}

void
object_table_claim(struct batch *batch, uint16_t family, uint32_t flags)
{
	const struct batch_tables form = { .flags = flags };

	table_message(batch, NFT_MSG_NEWTABLE, family, OBJECT_TABLE, &form);
}

void
object_table_delete(struct batch *batch, uint16_t family)
{
	if (batch->tables.can_destroy) {
		table_message(batch, OBJECT_MSG_DESTROYTABLE, family,
		    OBJECT_TABLE, &plain);
		return;
	}
	table_message(batch, NFT_MSG_NEWTABLE, family, OBJECT_TABLE, &plain);
	table_message(batch, NFT_MSG_DELTABLE, family, OBJECT_TABLE, &plain);
}

/* nft prints a key by this note; without it a name comes out empty. */
static void
note_byte_order(struct nftnl_set *set, uint32_t key_type)
{
	bool is_host = key_type == KEY_IFNAME || key_type == KEY_MARK;
	struct nftnl_udata_buf *data = need(nftnl_udata_buf_alloc(OBJECT_NOTE));

	if (nftnl_udata_put_u32(data, NFTNL_UDATA_SET_KEYBYTEORDER,
		is_host ? NFT_HOST_ENDIAN : NFT_BIG_ENDIAN))
		(void)nftnl_set_set_data(set, NFTNL_SET_USERDATA,
		    nftnl_udata_buf_data(data), nftnl_udata_buf_len(data));
	nftnl_udata_buf_free(data);
}

static struct nftnl_set *
make_set(const struct set_form *form)
{
	struct nftnl_set *set = need(nftnl_set_alloc());

	nftnl_set_set_str(set, NFTNL_SET_TABLE, OBJECT_TABLE);
	nftnl_set_set_str(set, NFTNL_SET_NAME, form->name);
	nftnl_set_set_u32(set, NFTNL_SET_FLAGS, form->flags);
	nftnl_set_set_u32(set, NFTNL_SET_KEY_TYPE, form->key_type);
	nftnl_set_set_u32(set, NFTNL_SET_KEY_LEN, form->key_len);
	if (form->size != 0)
		nftnl_set_set_u32(set, NFTNL_SET_DESC_SIZE, form->size);
	if (form->timeout_sec != 0)
		nftnl_set_set_u64(
		    set, NFTNL_SET_TIMEOUT, 1000ull * form->timeout_sec);
	note_byte_order(set, form->key_type);
	if (form->counts)
		nftnl_set_add_expr(set, expr_new_counter());
	return set;
}

static void
put_set(struct batch *batch, uint16_t family, struct nftnl_set *set,
    uint32_t id, struct about about)
{
	struct nlmsghdr *message =
	    batch_open(batch, NFT_MSG_NEWSET, family, NLM_F_CREATE, about);

	nftnl_set_set_u32(set, NFTNL_SET_ID, id);
	nftnl_set_nlmsg_build_payload(message, set);
	batch_close(batch);
	nftnl_set_free(set);
}

void
object_set_add(struct batch *batch, uint16_t family,
    const struct set_form *form, struct about about)
{
	/* Only anonymous sets are looked up by number. */
	put_set(batch, family, make_set(form), UINT32_MAX, about);
}

void
object_set_delete(
    struct batch *batch, uint16_t family, const char *name, struct about about)
{
	struct nftnl_set *set = need(nftnl_set_alloc());
	struct nlmsghdr *message =
	    batch_open(batch, NFT_MSG_DELSET, family, 0, about);

	nftnl_set_set_str(set, NFTNL_SET_TABLE, OBJECT_TABLE);
	nftnl_set_set_str(set, NFTNL_SET_NAME, name);
	nftnl_set_nlmsg_build_payload(message, set);
	batch_close(batch);
	nftnl_set_free(set);
}

void
object_icmp_types(struct batch *batch, uint16_t family, uint32_t id, bool ipv6,
    const uint8_t *types, size_t n)
{
	const struct about about = { "set of ICMP types", id };
	struct set_form form = { .name = EXPR_ANONYMOUS,
		.key_type = ipv6 ? KEY_ICMPV6_TYPE : KEY_ICMP_TYPE,
		.key_len = 1,
		.flags = NFT_SET_ANONYMOUS | NFT_SET_CONSTANT,
		.size = (uint32_t)n };
	struct elems elems;

	put_set(batch, family, make_set(&form), id, about);
	elems_open(&elems, batch, family, EXPR_ANONYMOUS, false, about);
	elems.set_id = id;
	for (size_t i = 0; i < n; i++)
		elems_put(
		    &elems, &(struct elem){ .key = { types[i] }, .len = 1 });
	elems_close(&elems);
}

static void
chain_message(struct batch *batch, uint16_t type, uint16_t family,
    const char *table, const char *name, const struct hook_form *hook,
    struct about about)
{
	struct nftnl_chain *chain = need(nftnl_chain_alloc());
	struct nlmsghdr *message = batch_open(batch, type, family,
	    type == NFT_MSG_NEWCHAIN ? NLM_F_CREATE : 0, about);

	nftnl_chain_set_str(chain, NFTNL_CHAIN_TABLE, table);
	nftnl_chain_set_str(chain, NFTNL_CHAIN_NAME, name);
	if (hook != NULL) {
		nftnl_chain_set_str(chain, NFTNL_CHAIN_TYPE, "filter");
		nftnl_chain_set_u32(chain, NFTNL_CHAIN_HOOKNUM, hook->hook);
		nftnl_chain_set_s32(chain, NFTNL_CHAIN_PRIO, hook->priority);
		nftnl_chain_set_u32(chain, NFTNL_CHAIN_POLICY, NF_ACCEPT);
		if (hook->device != NULL)
			nftnl_chain_set_str(
			    chain, NFTNL_CHAIN_DEV, hook->device);
	}
	nftnl_chain_nlmsg_build_payload(message, chain);
	batch_close(batch);
	nftnl_chain_free(chain);
}

void
object_chain_add(struct batch *batch, uint16_t family, const char *name,
    const struct hook_form *hook, struct about about)
{
	chain_message(
	    batch, NFT_MSG_NEWCHAIN, family, OBJECT_TABLE, name, hook, about);
}

void
object_chain_delete(
    struct batch *batch, uint16_t family, const char *name, struct about about)
{
	chain_message(
	    batch, NFT_MSG_DELCHAIN, family, OBJECT_TABLE, name, NULL, about);
}

void
object_probe(struct batch *batch, uint16_t family, const struct hook_form *hook)
{
	table_message(batch, NFT_MSG_NEWTABLE, family, PROBE_TABLE, &plain);
	chain_message(batch, NFT_MSG_NEWCHAIN, family, PROBE_TABLE, "probe",
	    hook, (struct about){ "base chain", 0 });
	table_message(batch, NFT_MSG_DELTABLE, family, PROBE_TABLE, &plain);
}

void
object_probe_flags(struct batch *batch, uint16_t family, uint32_t flags)
{
	const struct batch_tables form = { .flags = flags };

	table_message(batch, NFT_MSG_NEWTABLE, family, PROBE_TABLE, &form);
	table_message(batch, NFT_MSG_DELTABLE, family, PROBE_TABLE, &plain);
}

/* Log expressions have no effect on a packet's way. */
static void
take_log_out(struct nftnl_rule *rule)
{
	struct nftnl_expr_iter *iter = need(nftnl_expr_iter_create(rule));
	struct nftnl_expr *at;

	while ((at = nftnl_expr_iter_next(iter)) != NULL) {
		if (strcmp(nftnl_expr_get_str(at, NFTNL_EXPR_NAME), "log") != 0)
			continue;
		nftnl_rule_del_expr(at);
		nftnl_expr_free(at);
	}
	nftnl_expr_iter_destroy(iter);
}

static void
put_rule(struct batch *batch, uint16_t type, uint16_t flags,
    struct nftnl_rule *rule, struct about about)
{
	struct nlmsghdr *message = batch_open(batch, type,
	    (uint16_t)nftnl_rule_get_u32(rule, NFTNL_RULE_FAMILY), flags,
	    about);

	if (batch->without_log)
		take_log_out(rule);
	nftnl_rule_nlmsg_build_payload(message, rule);
	batch_close(batch);
	nftnl_rule_free(rule);
}

void
object_probe_log(struct batch *batch)
{
	const uint16_t family = NFPROTO_INET;
	struct nftnl_rule *rule = object_rule(family, "probe");

	table_message(batch, NFT_MSG_NEWTABLE, family, PROBE_TABLE, &plain);
	chain_message(batch, NFT_MSG_NEWCHAIN, family, PROBE_TABLE, "probe",
	    NULL, (struct about){ "chain", 0 });
	nftnl_rule_set_str(rule, NFTNL_RULE_TABLE, PROBE_TABLE);
	expr_log(rule, "mud:probe ");
	object_rule_put(batch, rule, (struct about){ "rule that logs", 0 });
	table_message(batch, NFT_MSG_DELTABLE, family, PROBE_TABLE, &plain);
}

void
object_chain_flush(
    struct batch *batch, uint16_t family, const char *name, struct about about)
{
	put_rule(batch, NFT_MSG_DELRULE, 0, object_rule(family, name), about);
}

struct nftnl_rule *
object_rule(uint16_t family, const char *chain)
{
	struct nftnl_rule *rule = need(nftnl_rule_alloc());

	nftnl_rule_set_u32(rule, NFTNL_RULE_FAMILY, family);
	nftnl_rule_set_str(rule, NFTNL_RULE_TABLE, OBJECT_TABLE);
	nftnl_rule_set_str(rule, NFTNL_RULE_CHAIN, chain);
	return rule;
}

void
object_rule_comment(struct nftnl_rule *rule, const char *comment)
{
	struct nftnl_udata_buf *data = need(nftnl_udata_buf_alloc(OBJECT_NOTE));

	if (nftnl_udata_put_strz(data, NFTNL_UDATA_RULE_COMMENT, comment))
		nftnl_rule_set_data(rule, NFTNL_RULE_USERDATA,
		    nftnl_udata_buf_data(data), nftnl_udata_buf_len(data));
	nftnl_udata_buf_free(data);
}

void
object_rule_put(
    struct batch *batch, struct nftnl_rule *rule, struct about about)
{
	put_rule(
	    batch, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, rule, about);
}
