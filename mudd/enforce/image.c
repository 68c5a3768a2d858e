/*
 * Images of our tables.  Role: enforcer.  Input: our own messages; and the
 * kernel's, whose form is trusted and whose content anybody with the right to
 * change the ruleset may have written.
 */
#include "enforce/image.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <libnftnl/common.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "enforce/attrs.h"
#include "enforce/batch.h"
#include "enforce/kernel.h"
#include "enforce/object.h"
#include "libmud/mem.h"

const uint16_t image_family[IMAGE_TABLES] = { NFPROTO_INET, NFPROTO_BRIDGE,
	NFPROTO_NETDEV };

#define PIECE 65536

struct image_piece {
	struct image_piece *next;
	size_t used, room;
	uint8_t data[];
};

static uint8_t *
keep(struct image *image, const void *data, size_t len)
{
	struct image_piece *piece = image->pieces;
	uint8_t *at;

	if (piece == NULL || piece->room - piece->used < len) {
		size_t room = len > PIECE ? len : PIECE;

		piece = xcalloc(1, sizeof(*piece) + room);
		piece->room = room;
		piece->next = image->pieces;
		image->pieces = piece;
	}
	at = piece->data + piece->used;
	if (len > 0)
		memcpy(at, data, len);
	piece->used += (len + 7) & ~(size_t)7;
	if (piece->used > piece->room)
		piece->used = piece->room;
	return at;
}

static struct image_bytes
keep_bytes(struct image *image, const void *data, size_t len)
{
	return (struct image_bytes){ keep(image, data, len), len };
}

static int
by_set(const void *a, const void *b)
{
	const struct image_set *left = a, *right = b;
	int order = strcmp(left->name, right->name);

	if (order != 0)
		return order;
	return (left->id > right->id) - (left->id < right->id);
}

static int
by_chain(const void *a, const void *b)
{
	const struct image_chain *left = a, *right = b;

	return strcmp(left->name, right->name);
}

struct image *
image_new(void)
{
	struct image *image = xcalloc(1, sizeof(*image));

	for (size_t i = 0; i < IMAGE_TABLES; i++) {
		list_init(&image->table[i].sets);
		list_init(&image->table[i].chains);
	}
	return image;
}

static void
table_clear(struct image_table *table)
{
	LIST_EACH_SAFE(at, &table->sets)
	{
		struct image_set *set = LIST_ENTRY(at, struct image_set, all);

		tdelete(set, &table->set_tree, by_set);
		list_remove(&set->all);
		free(set->elem);
		free(set);
	}
	LIST_EACH_SAFE(at, &table->chains)
	{
		struct image_chain *chain =
		    LIST_ENTRY(at, struct image_chain, all);

		tdelete(chain, &table->chain_tree, by_chain);
		list_remove(&chain->all);
		free(chain->rule);
		free(chain);
	}
	table->present = false;
	table->flags = table->owner = 0;
	table->note = (struct image_bytes){ 0 };
}

static void
image_clear(struct image *image)
{
	for (size_t i = 0; i < IMAGE_TABLES; i++)
		table_clear(&image->table[i]);
	while (image->pieces != NULL) {
		struct image_piece *piece = image->pieces;

		image->pieces = piece->next;
		free(piece);
	}
}

void
image_free(struct image *image)
{
	if (image == NULL)
		return;
	image_clear(image);
	free(image);
}

static void *
find(const void *key, void *const *tree,
    int (*order)(const void *, const void *))
{
	void *const *node = tfind(key, tree, order);

	return node == NULL ? NULL : *node;
}

static void
insert(
    const void *object, void **tree, int (*order)(const void *, const void *))
{
	if (tsearch(object, tree, order) == NULL)
		abort();
}

struct image_set *
image_set_find(const struct image_table *table, const char *name, uint32_t id)
{
	struct image_set key = { .name = name, .id = id };

	return find(&key, &table->set_tree, by_set);
}

struct image_chain *
image_chain_find(const struct image_table *table, const char *name)
{
	struct image_chain key = { .name = name };

	return find(&key, &table->chain_tree, by_chain);
}

bool
image_bytes_equal(const struct image_bytes *a, const struct image_bytes *b)
{
	return a->len == b->len &&
	       (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

int
image_elem_order(const struct image_elem *a, const struct image_elem *b)
{
	size_t left = (size_t)a->len + a->end_len;
	size_t right = (size_t)b->len + b->end_len;
	int order;

	if (left != right)
		return left < right ? -1 : 1;
	order = left == 0 ? 0 : memcmp(a->key, b->key, left);
	return order != 0 ? order
	                  : (a->flags > b->flags) - (a->flags < b->flags);
}

static int
by_key(const void *a, const void *b)
{
	return image_elem_order(a, b);
}

void
image_sort(struct image_set *set)
{
	if (set->n > 1)
		qsort(set->elem, set->n, sizeof(*set->elem), by_key);
}

/* ---- messages ----------------------------------------------------------- */

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
	table->flags = attrs_u32(attrs, NFTA_TABLE_FLAGS);
	table->owner = attrs_u32(attrs, NFTA_TABLE_OWNER);
	table->note = (struct image_bytes){ 0 };
	if (note != NULL)
		table->note = keep_bytes(to->image, mnl_attr_get_payload(note),
		    mnl_attr_get_payload_len(note));
}

static const char *
keep_name(struct image *image, const struct attrs *attrs, unsigned int type)
{
	const char *text = attrs_text(attrs, type);

	return (const char *)keep(image, text, strlen(text) + 1);
}

static void
take_set(struct taking *to, struct image_table *table,
    const struct nlmsghdr *message, const struct attrs *attrs)
{
	struct image_set *set = xcalloc(1, sizeof(*set));
	struct attrs_text form = { 0 };

	set->name = keep_name(to->image, attrs, NFTA_SET_NAME);
	set->flags = attrs_u32(attrs, NFTA_SET_FLAGS);
	if (to->is_batch && (set->flags & NFT_SET_ANONYMOUS) != 0)
		set->id = attrs_u32(attrs, NFTA_SET_ID);
	if (image_set_find(table, set->name, set->id) != NULL) {
		free(set);
		return;
	}
	set->made_by = to->is_batch ? message : NULL;
	attrs_write_set(&form, attrs);
	set->form = keep_bytes(to->image, form.data, form.len);
	attrs_text_done(&form);
	list_append(&table->sets, &set->all);
	insert(set, &table->set_tree, by_set);
}

static void
take_elem(struct taking *to, struct image_set *set, const struct nlattr *attr)
{
	const struct nlattr *key, *end, *data, *left;
	struct image_elem elem = { 0 };
	struct attrs attrs, verdict;
	uint8_t both[2 * UINT8_MAX];

	attrs_nested(&attrs, attr);
	elem.flags = attrs_u32(&attrs, NFTA_SET_ELEM_FLAGS);
	key = attrs_data(&attrs, NFTA_SET_ELEM_KEY);
	end = attrs_data(&attrs, NFTA_SET_ELEM_KEY_END);
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
	elem.key = keep(to->image, both, (size_t)elem.len + elem.end_len);

	data = attrs.at[NFTA_SET_ELEM_DATA];
	if (data != NULL) {
		struct attrs_text text = { 0 };

		attrs_write_data(&text, data);
		elem.data = keep_bytes(to->image, text.data, text.len);
		attrs_text_done(&text);
		if (attrs_verdict(&verdict, data))
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
	    image_set_find(table, attrs_text(attrs, NFTA_SET_ELEM_LIST_SET),
		to->is_batch ? attrs_u32(attrs, NFTA_SET_ELEM_LIST_SET_ID) : 0);

	if (set == NULL || list == NULL)
		return;
	if (to->is_batch)
		set->filled_by = message;
	ATTRS_EACH(attr, list) take_elem(to, set, attr);
}

static void
take_chain(struct taking *to, struct image_table *table,
    const struct nlmsghdr *message, const struct attrs *attrs)
{
	struct image_chain *chain = xcalloc(1, sizeof(*chain));
	struct attrs_text form = { 0 };

	chain->name = keep_name(to->image, attrs, NFTA_CHAIN_NAME);
	if (image_chain_find(table, chain->name) != NULL) {
		free(chain);
		return;
	}
	chain->is_base = attrs->at[NFTA_CHAIN_HOOK] != NULL;
	chain->made_by = to->is_batch ? message : NULL;
	attrs_write_chain(&form, attrs);
	chain->form = keep_bytes(to->image, form.data, form.len);
	attrs_text_done(&form);
	list_append(&table->chains, &chain->all);
	insert(chain, &table->chain_tree, by_chain);
}

/* What an anonymous set holds stands for its name. */
static void
write_anonymous(struct attrs_text *to, struct image_set *set)
{
	image_sort(set);
	attrs_put(to, set->form.data, set->form.len);
	for (size_t i = 0; i < set->n; i++) {
		const struct image_elem *elem = &set->elem[i];

		attrs_put(to, elem->key, (size_t)elem->len + elem->end_len);
		attrs_put(to, &elem->flags, sizeof(elem->flags));
		attrs_put(to, elem->data.data, elem->data.len);
	}
}

static void
write_set_name(void *arg, struct attrs_text *to, const char *name, uint32_t id)
{
	const struct image_table *table = arg;
	struct image_set *set = image_set_find(table, name, 0);

	if (set == NULL)
		set = image_set_find(table, name, id);
	if (set != NULL && (set->flags & NFT_SET_ANONYMOUS) != 0)
		write_anonymous(to, set);
	else
		attrs_put(to, name, strlen(name) + 1);
}

static void
take_rule(struct taking *to, struct image_table *table,
    const struct nlmsghdr *message, const struct attrs *attrs)
{
	struct image_chain *chain =
	    image_chain_find(table, attrs_text(attrs, NFTA_RULE_CHAIN));
	struct attrs_text form = { 0 };
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
	attrs_write_rule(&form, attrs, write_set_name, table);
	rule->form = keep_bytes(to->image, form.data, form.len);
	attrs_text_done(&form);
}

/* Without a list of elements: all of them. */
static void
flush_set(const struct image_table *table, const struct attrs *attrs)
{
	struct image_set *set =
	    image_set_find(table, attrs_text(attrs, NFTA_SET_ELEM_LIST_SET), 0);

	if (set != NULL && attrs->at[NFTA_SET_ELEM_LIST_ELEMENTS] == NULL)
		set->n = 0;
}

static void
flush_chain(const struct image_table *table, const struct attrs *attrs)
{
	struct image_chain *chain =
	    image_chain_find(table, attrs_text(attrs, NFTA_RULE_CHAIN));

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

static void
take_message(struct taking *to, const struct nlmsghdr *message)
{
	unsigned int type = message->nlmsg_type;
	struct image_table *table;
	struct attrs attrs;

	if (NFNL_SUBSYS_ID(type) != NFNL_SUBSYS_NFTABLES ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(struct nfgenmsg))
		return;
	table = table_of(to->image, message);
	attrs_message(&attrs, message);
	/* In all kinds of messages the table's name is number 1. */
	if (table == NULL ||
	    strcmp(attrs_text(&attrs, NFTA_TABLE_NAME), OBJECT_TABLE) != 0)
		return;
	switch (NFNL_MSG_TYPE(type)) {
	case NFT_MSG_NEWTABLE:
		take_table(to, table, &attrs);
		break;
	case NFT_MSG_DELTABLE:
	case OBJECT_MSG_DESTROYTABLE:
		table_clear(table);
		break;
	case NFT_MSG_NEWSET:
		take_set(to, table, message, &attrs);
		break;
	case NFT_MSG_NEWSETELEM:
		take_elems(to, table, message, &attrs);
		break;
	case NFT_MSG_DELSETELEM:
		flush_set(table, &attrs);
		break;
	case NFT_MSG_NEWCHAIN:
		take_chain(to, table, message, &attrs);
		break;
	case NFT_MSG_NEWRULE:
		take_rule(to, table, message, &attrs);
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
	struct taking to = { image, true };
	const struct nlmsghdr *at = (const void *)batch->data;
	int left = (int)batch->len;

	image_clear(image);
	for (; mnl_nlmsg_ok(at, left); at = mnl_nlmsg_next(at, &left))
		take_message(&to, at);
}

uint32_t
image_rule_set(const struct image_rule *rule, size_t *at)
{
	struct attrs attrs;

	attrs_message(&attrs, rule->made_by);
	return attrs_anonymous(&attrs, at);
}

/* FNV-1a. */
static void
sum_bytes(uint64_t *sum, const void *data, size_t len)
{
	const uint8_t *byte = data;

	for (size_t i = 0; i < len; i++)
		*sum = (*sum ^ byte[i]) * 1099511628211u;
}

static void
sum_table(uint64_t *sum, const struct image_table *table)
{
	LIST_EACH(at, &table->sets)
	{
		const struct image_set *set =
		    LIST_ENTRY(at, struct image_set, all);

		sum_bytes(sum, set->name, strlen(set->name) + 1);
		sum_bytes(sum, set->form.data, set->form.len);
	}
	LIST_EACH(at, &table->chains)
	{
		const struct image_chain *chain =
		    LIST_ENTRY(at, struct image_chain, all);

		sum_bytes(sum, chain->name, strlen(chain->name) + 1);
		sum_bytes(sum, chain->form.data, chain->form.len);
		for (size_t i = 0; i < chain->n; i++)
			sum_bytes(sum, chain->rule[i].form.data,
			    chain->rule[i].form.len);
	}
}

uint64_t
image_sum(const struct image *image)
{
	uint64_t sum = 14695981039346656037u;

	for (size_t i = 0; i < IMAGE_TABLES; i++)
		sum_table(&sum, &image->table[i]);
	return sum;
}

/* ---- the kernel --------------------------------------------------------- */

/* A dump that was disturbed spoils the image: all is read again. */
struct reading {
	struct taking to;
	bool is_spoilt;
};

static int
take_answer(const struct nlmsghdr *message, void *arg)
{
	struct reading *reading = arg;

	take_message(&reading->to, message);
	return MNL_CB_OK;
}

static void
spoil(void *arg)
{
	struct reading *reading = arg;

	reading->is_spoilt = true;
}

static int
dump(struct kernel *kernel, uint16_t type, uint16_t family, const char *set,
    struct reading *reading)
{
	char question[512];
	struct nlmsghdr *message =
	    nftnl_nlmsg_build_hdr(question, type, family, NLM_F_DUMP, 0);

	if (type != NFT_MSG_GETTABLE)
		mnl_attr_put_strz(message, NFTA_TABLE_NAME, OBJECT_TABLE);
	if (set != NULL)
		mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_SET, set);
	return kernel_dump(kernel, message, take_answer, spoil, reading);
}

/* Sets before rules: a rule's form has what its anonymous sets hold. */
static int
dump_table(struct kernel *kernel, const struct image_table *table,
    uint16_t family, struct reading *reading)
{
	int error = dump(kernel, NFT_MSG_GETSET, family, NULL, reading);

	LIST_EACH(at, &table->sets)
	{
		const struct image_set *set =
		    LIST_ENTRY(at, struct image_set, all);

		if (error == 0)
			error = dump(kernel, NFT_MSG_GETSETELEM, family,
			    set->name, reading);
	}
	if (error == 0)
		error = dump(kernel, NFT_MSG_GETCHAIN, family, NULL, reading);
	if (error == 0)
		error = dump(kernel, NFT_MSG_GETRULE, family, NULL, reading);
	return error;
}

static int
read_once(struct image *image, struct kernel *kernel, struct reading *reading,
    bool whole)
{
	int error = 0;

	for (size_t i = 0; error == 0 && i < IMAGE_TABLES; i++) {
		error = dump(
		    kernel, NFT_MSG_GETTABLE, image_family[i], NULL, reading);
		if (error == 0 && whole && image->table[i].present)
			error = dump_table(
			    kernel, &image->table[i], image_family[i], reading);
	}
	return error;
}

/* A table or set that goes while it is read (ENOENT) is a disturbance. */
static int
read_kernel(struct image *image, struct kernel *kernel, bool whole)
{
	int error = -EINTR;

	for (int i = 0; i < 4; i++) {
		struct reading reading = { { image, false }, false };

		image_clear(image);
		error = read_once(image, kernel, &reading, whole);
		if (error == 0 && reading.is_spoilt)
			error = -EINTR;
		if (error != -EINTR && error != -ENOENT)
			break;
	}
	return error;
}

int
image_of_tables(struct image *image, struct kernel *kernel)
{
	return read_kernel(image, kernel, false);
}

int
image_of_kernel(struct image *image, struct kernel *kernel)
{
	return read_kernel(image, kernel, true);
}
