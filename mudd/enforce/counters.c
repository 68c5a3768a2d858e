/*
 * Counters of set elements, summed by Thing.  Role: enforcer.  Input: the
 * kernel's; but others may write to our tables, so what is not in the model
 * is passed over.
 */
#include "enforce/counters.h"

#include <arpa/inet.h>
#include <endian.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "enforce/kernel.h"
#include "enforce/model.h"
#include "enforce/rules/schema.h"
#include "enforce/table.h"
#include "libmud/mem.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* One Thing's sums; `mac` is the key of the tree. */
struct sums {
	struct record_counter counter;
	struct sums *next;
};

enum sum { SUM_FROM, SUM_TO, SUM_SENT, SUMS };

/* A set that is read: where its key's MAC or address stands. */
struct source {
	uint16_t family;
	const char *set;
	enum sum sum;
	size_t len;
	bool by_address;
};

static const struct source sources[] = {
	{ NFPROTO_INET, SET_DROPPED_FROM, SUM_FROM, 6, false },
	{ NFPROTO_INET, SET_DROPPED_TO, SUM_TO, 4, true },
	{ NFPROTO_INET, SET_DROPPED_TO6, SUM_TO, 16, true },
	{ NFPROTO_INET, SET_BIND4, SUM_SENT, 12, false },
	{ NFPROTO_INET, SET_BIND6, SUM_SENT, 24, false },
	{ NFPROTO_BRIDGE, SET_DENIED, SUM_FROM, 6, false },
	{ NFPROTO_BRIDGE, SET_THINGS, SUM_TO, 6, false },
	{ NFPROTO_BRIDGE, SET_DROPPED_FROM, SUM_FROM, 6, false },
	{ NFPROTO_NETDEV, SET_THINGS, SUM_TO, 6, false },
	{ NFPROTO_NETDEV, SET_DROPPED_FROM, SUM_FROM, 6, false },
};

/* Elements as they come in, applied once the whole set was read. */
struct reading {
	const struct source *source;
	size_t n, room;
	struct reading_elem {
		uint8_t key[24];
		uint64_t packets;
	} * elem;
};

struct parsed {
	const struct nlattr *attr[NFTA_SET_ELEM_MAX + 1];
};

/* Each parser takes what it knows by number and skips the rest. */
static int
note_elem_attr(const struct nlattr *attr, void *arg)
{
	struct parsed *parsed = arg;

	if (mnl_attr_get_type(attr) <= NFTA_SET_ELEM_MAX)
		parsed->attr[mnl_attr_get_type(attr)] = attr;
	return MNL_CB_OK;
}

struct value {
	size_t len;
	uint8_t *key;
	bool good;
};

static int
take_key(const struct nlattr *attr, void *arg)
{
	struct value *value = arg;

	if (mnl_attr_get_type(attr) == NFTA_DATA_VALUE &&
	    mnl_attr_get_payload_len(attr) == value->len) {
		memcpy(value->key, mnl_attr_get_payload(attr), value->len);
		value->good = true;
	}
	return MNL_CB_OK;
}

static int
take_packets(const struct nlattr *attr, void *arg)
{
	uint64_t *packets = arg;

	if (mnl_attr_get_type(attr) == NFTA_COUNTER_PACKETS &&
	    mnl_attr_validate(attr, MNL_TYPE_U64) == 0)
		*packets = be64toh(mnl_attr_get_u64(attr));
	return MNL_CB_OK;
}

static int
take_expr(const struct nlattr *attr, void *arg)
{
	if (mnl_attr_get_type(attr) == NFTA_EXPR_DATA)
		return mnl_attr_parse_nested(attr, take_packets, arg);
	return MNL_CB_OK;
}

static int
take_exprs(const struct nlattr *attr, void *arg)
{
	return mnl_attr_parse_nested(attr, take_expr, arg);
}

static int
take_elem(const struct nlattr *attr, void *arg)
{
	struct reading *reading = arg;
	struct parsed parsed = { 0 };
	struct reading_elem elem = { 0 };
	struct value value = { reading->source->len, elem.key, false };

	if (mnl_attr_parse_nested(attr, note_elem_attr, &parsed) < 0)
		return MNL_CB_ERROR;
	if (parsed.attr[NFTA_SET_ELEM_KEY] == NULL)
		return MNL_CB_OK;
	if (mnl_attr_parse_nested(
		parsed.attr[NFTA_SET_ELEM_KEY], take_key, &value) < 0)
		return MNL_CB_ERROR;
	if (parsed.attr[NFTA_SET_ELEM_EXPR] != NULL)
		(void)mnl_attr_parse_nested(
		    parsed.attr[NFTA_SET_ELEM_EXPR], take_expr, &elem.packets);
	else if (parsed.attr[NFTA_SET_ELEM_EXPRESSIONS] != NULL)
		(void)mnl_attr_parse_nested(
		    parsed.attr[NFTA_SET_ELEM_EXPRESSIONS], take_exprs,
		    &elem.packets);
	/* Nobody can have put in more than the sets' sizes; S-54. */
	if (!value.good || elem.packets == 0 || reading->n >= LIMIT_ELEMENTS)
		return MNL_CB_OK;
	if (reading->n == reading->room) {
		reading->room = 2 * reading->room + 64;
		reading->elem = xrealloc(
		    reading->elem, reading->room, sizeof(*reading->elem));
	}
	reading->elem[reading->n++] = elem;
	return MNL_CB_OK;
}

static int
take_list(const struct nlattr *attr, void *arg)
{
	if (mnl_attr_get_type(attr) == NFTA_SET_ELEM_LIST_ELEMENTS)
		return mnl_attr_parse_nested(attr, take_elem, arg);
	return MNL_CB_OK;
}

static int
take_message(const struct nlmsghdr *message, void *arg)
{
	return mnl_attr_parse(message, sizeof(struct nfgenmsg), take_list, arg);
}

static void
read_again(void *arg)
{
	struct reading *reading = arg;

	reading->n = 0;
}

static int
by_mac(const void *a, const void *b)
{
	const struct sums *left = a, *right = b;

	return memcmp(
	    &left->counter.mac, &right->counter.mac, sizeof(left->counter.mac));
}

static struct sums *
sums_find(void *const *tree, const struct mac *mac)
{
	struct sums key = { .counter.mac = *mac };
	struct sums *const *node = tfind(&key, tree, by_mac);

	return node == NULL ? NULL : *node;
}

static void
add(const struct reading *reading, struct model *model, void *const *tree)
{
	for (size_t i = 0; i < reading->n; i++) {
		const struct reading_elem *elem = &reading->elem[i];
		struct sums *sums = NULL;
		struct mac mac;

		if (reading->source->by_address) {
			struct addr addr = reading->source->len == 4
			                       ? addr_v4(elem->key)
			                       : addr_v6(elem->key);
			struct model_address *address =
			    model_address_find(model, &addr);

			if (address != NULL)
				sums = sums_find(tree, &address->now->mac);
		} else {
			memcpy(&mac, elem->key, sizeof(mac));
			sums = sums_find(tree, &mac);
		}
		if (sums == NULL)
			continue;
		switch (reading->source->sum) {
		case SUM_FROM:
			sums->counter.from_packets += elem->packets;
			break;
		case SUM_TO:
			sums->counter.to_packets += elem->packets;
			break;
		case SUM_SENT:
			sums->counter.sent_packets += elem->packets;
			break;
		case SUMS:
			break;
		}
	}
}

static struct sums *
sums_of_all(const struct model *model, void **tree)
{
	struct sums *first = NULL, **end = &first;

	LIST_EACH(at, &model->things)
	{
		const struct model_thing *thing =
		    LIST_ENTRY(at, struct model_thing, all);
		struct sums *sums = xcalloc(1, sizeof(*sums));

		sums->counter.mac = thing->mac;
		*end = sums;
		end = &sums->next;
		if (tsearch(sums, tree, by_mac) == NULL)
			abort();
	}
	return first;
}

static bool
is_kept(const struct source *source, const struct tables *tables)
{
	if (source->family == NFPROTO_BRIDGE)
		return tables->bridge;
	return source->family != NFPROTO_NETDEV || tables->egress;
}

int
counters_read(struct kernel *kernel, struct model *model,
    const struct tables *tables,
    void (*each)(void *arg, const struct record_counter *counter), void *arg)
{
	struct reading reading = { 0 };
	void *tree = NULL;
	struct sums *first = sums_of_all(model, &tree);
	int error = 0;

	for (size_t i = 0; error == 0 && i < LENGTH(sources); i++) {
		if (!is_kept(&sources[i], tables))
			continue;
		reading.source = &sources[i];
		reading.n = 0;
		error = kernel_read(kernel, sources[i].family, sources[i].set,
		    take_message, read_again, &reading);
		if (error == 0)
			add(&reading, model, &tree);
	}
	while (first != NULL) {
		struct sums *sums = first;

		first = sums->next;
		if (error == 0)
			each(arg, &sums->counter);
		(void)tdelete(sums, &tree, by_mac);
		free(sums);
	}
	free(reading.elem);
	return error;
}
