/*
 * Messages into images.  Role: enforcer.  Input: our own messages; and the
 * kernel's, whose form is trusted and whose content anybody with the right to
 * change the ruleset may have written.
 */
#include "enforce/audit/imagetake.h"

#include <endian.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "enforce/audit/form.h"
#include "enforce/batch.h"
#include "enforce/rules/object.h"
#include "libmud/mem.h"

struct taking {
	struct image *image;
	bool is_batch; /* its messages outlive the image */
};

static void
take_table(
    struct taking *to, struct image_table *table, const struct attrs *attrs)
{
	const struct nlattr *note = attrs->at[NFTA_TABLE_USERDATA];

	table->present = true;
	table->flags = form_u32(attrs, NFTA_TABLE_FLAGS);
	table->owner = form_u32(attrs, NFTA_TABLE_OWNER);
	table->note = (struct image_bytes){ 0 };
	if (note != NULL)
		table->note = image_keep_bytes(to->image,
		    mnl_attr_get_payload(note), mnl_attr_get_payload_len(note));
}

static const char *
keep_name(struct image *image, const struct attrs *attrs, unsigned int type)
{
	const char *text = form_text(attrs, type);

	return (const char *)image_keep(image, text, strlen(text) + 1);
}

static void
take_set(struct taking *to, struct image_table *table,
    const struct nlmsghdr *message, const struct attrs *attrs)
{
	struct image_set *set = xcalloc(1, sizeof(*set));
	struct form form = { 0 };

	set->name = keep_name(to->image, attrs, NFTA_SET_NAME);
	set->flags = form_u32(attrs, NFTA_SET_FLAGS);
	if (to->is_batch && (set->flags & NFT_SET_ANONYMOUS) != 0)
		set->id = form_u32(attrs, NFTA_SET_ID);
	if (image_set_find(table, set->name, set->id) != NULL) {
		free(set);
		return;
	}
	set->made_by = to->is_batch ? message : NULL;
	form_write_set(&form, attrs);
	set->form = image_keep_bytes(to->image, form.data, form.len);
	form_done(&form);
	image_set_add(table, set);
}

static void
take_elem(struct taking *to, struct image_set *set, const struct nlattr *attr)
{
	const struct nlattr *key, *end, *data, *left;
	struct image_elem elem = { 0 };
	struct attrs attrs, verdict;
	uint8_t both[2 * UINT8_MAX];

	(void)attrs_of(attr, &attrs);
	elem.flags = form_u32(&attrs, NFTA_SET_ELEM_FLAGS);
	key = form_data(&attrs, NFTA_SET_ELEM_KEY);
	end = form_data(&attrs, NFTA_SET_ELEM_KEY_END);
	if (key != NULL)
		elem.len = mnl_attr_get_payload_len(key);
	if (end != NULL)
		elem.end_len = mnl_attr_get_payload_len(end);
	if (elem.len > UINT8_MAX || elem.end_len > UINT8_MAX)
		return; /* no key of nf_tables is that long */
	if (key != NULL)
		memcpy(both, mnl_attr_get_payload(key), elem.len);
	if (end != NULL)
		memcpy(
		    both + elem.len, mnl_attr_get_payload(end), elem.end_len);
	elem.key = image_keep(to->image, both, (size_t)elem.len + elem.end_len);

	data = attrs.at[NFTA_SET_ELEM_DATA];
	if (data != NULL) {
		struct form text = { 0 };

		form_write_data(&text, data);
		elem.data = image_keep_bytes(to->image, text.data, text.len);
		form_done(&text);
		if (form_verdict(&verdict, data))
			elem.chain =
			    keep_name(to->image, &verdict, NFTA_VERDICT_CHAIN);
	}
	left = attrs.at[NFTA_SET_ELEM_EXPIRATION];
	if (left == NULL)
		left = attrs.at[NFTA_SET_ELEM_TIMEOUT];
	if (left != NULL && mnl_attr_get_payload_len(left) == 8)
		elem.left_msec = be64toh(mnl_attr_get_u64(left));
	if (set->n == set->room) {
		set->room = 2 * set->room + 8;
		set->elem = xrealloc(set->elem, set->room, sizeof(*set->elem));
	}
	set->elem[set->n++] = elem;
}

static void
take_elems(struct taking *to, const struct image_table *table,
    const struct nlmsghdr *message, const struct attrs *attrs)
{
	const struct nlattr *list = attrs->at[NFTA_SET_ELEM_LIST_ELEMENTS];
	const struct nlattr *attr;
	struct image_set *set =
	    image_set_find(table, form_text(attrs, NFTA_SET_ELEM_LIST_SET),
		to->is_batch ? form_u32(attrs, NFTA_SET_ELEM_LIST_SET_ID) : 0);

	if (set == NULL || list == NULL)
		return;
	if (to->is_batch)
		set->filled_by = message;
	FORM_EACH(attr, list) take_elem(to, set, attr);
}

static void
take_chain(struct taking *to, struct image_table *table,
    const struct nlmsghdr *message, const struct attrs *attrs)
{
	struct image_chain *chain = xcalloc(1, sizeof(*chain));
	struct form form = { 0 };
	struct attrs hook;

	chain->name = keep_name(to->image, attrs, NFTA_CHAIN_NAME);
	if (image_chain_find(table, chain->name) != NULL) {
		free(chain);
		return;
	}
	chain->is_base = attrs->at[NFTA_CHAIN_HOOK] != NULL;
	(void)attrs_of(attrs->at[NFTA_CHAIN_HOOK], &hook);
	chain->device = keep_name(to->image, &hook, NFTA_HOOK_DEV);
	chain->made_by = to->is_batch ? message : NULL;
	form_write_chain(&form, attrs);
	chain->form = image_keep_bytes(to->image, form.data, form.len);
	form_done(&form);
	image_chain_add(table, chain);
}

/* What an anonymous set holds stands for its name. */
static void
write_anonymous(struct form *to, struct image_set *set)
{
	image_sort(set);
	form_put(to, set->form.data, set->form.len);
	for (size_t i = 0; i < set->n; i++) {
		const struct image_elem *elem = &set->elem[i];

		form_put(to, elem->key, (size_t)elem->len + elem->end_len);
		form_put(to, &elem->flags, sizeof(elem->flags));
		form_put(to, elem->data.data, elem->data.len);
	}
}

static void
write_set_name(void *arg, struct form *to, const char *name, uint32_t id)
{
	const struct image_table *table = arg;
	struct image_set *set = image_set_find(table, name, 0);

	if (set == NULL)
		set = image_set_find(table, name, id);
	if (set != NULL && (set->flags & NFT_SET_ANONYMOUS) != 0)
		write_anonymous(to, set);
	else
		form_put(to, name, strlen(name) + 1);
}

static void
take_rule(struct taking *to, struct image_table *table,
    const struct nlmsghdr *message, const struct attrs *attrs)
{
	struct image_chain *chain =
	    image_chain_find(table, form_text(attrs, NFTA_RULE_CHAIN));
	struct form form = { 0 };
	struct image_rule *rule;

	if (chain == NULL)
		return;
	if (chain->n == chain->room) {
		chain->room = 2 * chain->room + 4;
		chain->rule =
		    xrealloc(chain->rule, chain->room, sizeof(*chain->rule));
	}
	rule = &chain->rule[chain->n++];
	rule->made_by = to->is_batch ? message : NULL;
	form_write_rule(&form, attrs, write_set_name, table);
	rule->form = image_keep_bytes(to->image, form.data, form.len);
	form_done(&form);
}

/* Without a list of elements: all of them. */
static void
flush_set(const struct image_table *table, const struct attrs *attrs)
{
	struct image_set *set =
	    image_set_find(table, form_text(attrs, NFTA_SET_ELEM_LIST_SET), 0);

	if (set != NULL && attrs->at[NFTA_SET_ELEM_LIST_ELEMENTS] == NULL)
		set->n = 0;
}

static void
flush_chain(const struct image_table *table, const struct attrs *attrs)
{
	struct image_chain *chain =
	    image_chain_find(table, form_text(attrs, NFTA_RULE_CHAIN));

	if (chain != NULL)
		chain->n = 0;
}

static struct image_table *
table_of(struct image *image, const struct nlmsghdr *message)
{
	const struct nfgenmsg *head = mnl_nlmsg_get_payload(message);

	for (size_t i = 0; i < IMAGE_TABLES; i++)
		if (image_family[i] == head->nfgen_family)
			return &image->table[i];
	return NULL;
}

void
image_take(struct image *image, const struct nlmsghdr *message, bool is_batch)
{
	struct taking to = { image, is_batch };
	unsigned int type = message->nlmsg_type;
	struct image_table *table;
	struct attrs attrs;

	if (NFNL_SUBSYS_ID(type) != NFNL_SUBSYS_NFTABLES ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(struct nfgenmsg))
		return;
	table = table_of(image, message);
	(void)attrs_of_message(message, &attrs);
	/* In all kinds of messages the table's name is number 1. */
	if (table == NULL ||
	    strcmp(form_text(&attrs, NFTA_TABLE_NAME), OBJECT_TABLE) != 0)
		return;
	switch (NFNL_MSG_TYPE(type)) {
	case NFT_MSG_NEWTABLE:
		take_table(&to, table, &attrs);
		break;
	case NFT_MSG_DELTABLE:
	case OBJECT_MSG_DESTROYTABLE:
		image_clear_table(table);
		break;
	case NFT_MSG_NEWSET:
		take_set(&to, table, message, &attrs);
		break;
	case NFT_MSG_NEWSETELEM:
		take_elems(&to, table, message, &attrs);
		break;
	case NFT_MSG_DELSETELEM:
		flush_set(table, &attrs);
		break;
	case NFT_MSG_NEWCHAIN:
		take_chain(&to, table, message, &attrs);
		break;
	case NFT_MSG_NEWRULE:
		take_rule(&to, table, message, &attrs);
		break;
	case NFT_MSG_DELRULE:
		flush_chain(table, &attrs);
		break;
	default:
		break;
	}
}

void
image_of_batch(struct image *image, const struct batch *batch)
{
	const struct nlmsghdr *at = (const void *)batch->data;
	int left = (int)batch->len;

	image_clear(image);
	for (; mnl_nlmsg_ok(at, left); at = mnl_nlmsg_next(at, &left))
		image_take(image, at, true);
}

uint32_t
image_rule_set(const struct image_rule *rule, size_t *at)
{
	struct attrs attrs;

	(void)attrs_of_message(rule->made_by, &attrs);
	return form_anonymous(&attrs, at);
}
