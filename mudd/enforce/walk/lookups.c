/*
 * Sets, as the kernel answers.  Role: enforcer.  Input: the kernel's answers;
 * but others may write to our tables, so sizes and names are anybody's.
 */
#include "enforce/walk/lookups.h"

#include <stdio.h> /* FILE, for libnftnl */

#include <arpa/inet.h>
#include <errno.h>
#include <libnftnl/common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "enforce/attrs.h"
#include "enforce/kernel.h"
#include "enforce/rules/object.h"
#include "libmud/mem.h"

/* What one question may make us ask and keep: our own is far less. */
#define ASKED_MAX 1024
#define SETS_MAX  1024

/* NFT_SET_ELEM_CATCHALL of Linux 5.13 */
#define CATCHALL 0x2

struct asked {
	const struct lookups_set *set;
	uint8_t key[LOOKUPS_KEY];
	struct lookups_found found;
	struct list link;
};

struct lookups {
	struct kernel *kernel;
	size_t n_sets, n_asked;
	struct list sets, asked;
};

struct lookups *
lookups_new(struct kernel *kernel)
{
	struct lookups *lookups = xcalloc(1, sizeof(*lookups));

	lookups->kernel = kernel;
	list_init(&lookups->sets);
	list_init(&lookups->asked);
	return lookups;
}

void
lookups_free(struct lookups *lookups)
{
	if (lookups == NULL)
		return;
	LIST_EACH_SAFE(at, &lookups->sets)
	free(LIST_ENTRY(at, struct lookups_set, link));
	LIST_EACH_SAFE(at, &lookups->asked)
	free(LIST_ENTRY(at, struct asked, link));
	free(lookups);
}

static void
nothing_again(void *arg)
{
	(void)arg;
}

static bool
only_counts(const struct nlattr *expression)
{
	struct attrs attrs;

	return attrs_of(expression, &attrs) &&
	       (attrs_is_text(attrs.at[NFTA_EXPR_NAME], "counter") ||
		   attrs_is_text(attrs.at[NFTA_EXPR_NAME], "last"));
}

static int
note_expression(const struct nlattr *attr, void *arg)
{
	bool *is_open = arg;

	if (!only_counts(attr))
		*is_open = true;
	return MNL_CB_OK;
}

bool
lookups_is_open(const struct nlattr *one, const struct nlattr *several)
{
	bool is_open = one != NULL && !only_counts(one);

	return is_open ||
	       (several != NULL && (mnl_attr_parse_nested(several,
					note_expression, &is_open) < 0 ||
				       is_open));
}

static int
take_set(const struct nlmsghdr *message, void *arg)
{
	struct lookups_set *set = arg;
	struct attrs attrs;
	uint32_t len;

	if (!attrs_of_message(message, &attrs) ||
	    !attrs_u32(attrs.at[NFTA_SET_KEY_LEN], &len))
		return MNL_CB_OK;
	set->key_len = len;
	set->is_open = lookups_is_open(
	    attrs.at[NFTA_SET_EXPR], attrs.at[NFTA_SET_EXPRESSIONS]);
	return MNL_CB_OK;
}

static int
read_set(struct kernel *kernel, struct lookups_set *set)
{
	char question[512];
	struct nlmsghdr *message = nftnl_nlmsg_build_hdr(
	    question, NFT_MSG_GETSET, set->family, NLM_F_ACK, 0);
	int error;

	mnl_attr_put_strz(message, NFTA_SET_TABLE, OBJECT_TABLE);
	mnl_attr_put_strz(message, NFTA_SET_NAME, set->name);
	error = kernel_dump(kernel, message, take_set, nothing_again, set);
	if (error == 0 && (set->key_len == 0 || set->key_len > LOOKUPS_KEY))
		error = -EPROTO;
	return error;
}

int
lookups_set(struct lookups *lookups, uint16_t family, const char *name,
    struct lookups_set **out)
{
	struct lookups_set *set;
	int error;

	LIST_EACH(at, &lookups->sets)
	{
		set = LIST_ENTRY(at, struct lookups_set, link);
		if (set->family != family || strcmp(set->name, name) != 0)
			continue;
		*out = set;
		return 0;
	}
	if (lookups->n_sets >= SETS_MAX)
		return -E2BIG;
	set = xcalloc(1, sizeof(*set));
	set->family = family;
	text_copy(set->name, sizeof(set->name), name);
	error = read_set(lookups->kernel, set);
	if (error != 0) {
		free(set);
		return error;
	}
	list_append(&lookups->sets, &set->link);
	lookups->n_sets++;
	*out = set;
	return 0;
}

void
lookups_begin_way(struct lookups *lookups)
{
	LIST_EACH(at, &lookups->sets)
	LIST_ENTRY(at, struct lookups_set, link)->is_written = false;
}

static bool
take_data(struct lookups_found *found, const struct nlattr *nested)
{
	struct attrs data, verdict;

	if (!attrs_of(nested, &data))
		return false;
	if (data.at[NFTA_DATA_VALUE] != NULL) {
		found->len = mnl_attr_get_payload_len(data.at[NFTA_DATA_VALUE]);
		if (found->len > sizeof(found->value))
			return false;
		memcpy(found->value,
		    mnl_attr_get_payload(data.at[NFTA_DATA_VALUE]), found->len);
		found->has_value = true;
		return true;
	}
	if (data.at[NFTA_DATA_VERDICT] == NULL ||
	    !attrs_of(data.at[NFTA_DATA_VERDICT], &verdict) ||
	    !attrs_u32(verdict.at[NFTA_VERDICT_CODE], &found->code))
		return false;
	found->has_verdict = true;
	return verdict.at[NFTA_VERDICT_CHAIN] == NULL ||
	       attrs_text(verdict.at[NFTA_VERDICT_CHAIN], found->chain,
		   sizeof(found->chain));
}

static int
take_elem(const struct nlattr *attr, void *arg)
{
	struct lookups_found *found = arg;
	struct attrs elem;

	if (!attrs_of(attr, &elem) ||
	    (elem.at[NFTA_SET_ELEM_DATA] != NULL &&
		!take_data(found, elem.at[NFTA_SET_ELEM_DATA])))
		return MNL_CB_ERROR;
	found->is_there = true;
	/* One that counts lets every packet pass, another one perhaps not. */
	found->is_open = lookups_is_open(
	    elem.at[NFTA_SET_ELEM_EXPR], elem.at[NFTA_SET_ELEM_EXPRESSIONS]);
	return MNL_CB_OK;
}

static int
take_elems(const struct nlmsghdr *message, void *arg)
{
	struct attrs attrs;

	if (!attrs_of_message(message, &attrs))
		return MNL_CB_ERROR;
	if (attrs.at[NFTA_SET_ELEM_LIST_ELEMENTS] == NULL)
		return MNL_CB_OK;
	return mnl_attr_parse_nested(
	    attrs.at[NFTA_SET_ELEM_LIST_ELEMENTS], take_elem, arg);
}

static void
forget_found(void *arg)
{
	struct lookups_found *found = arg;

	*found = (struct lookups_found){ 0 };
}

/* The kernel's own look-up, timeouts and intervals included. key NULL: the
 * element that stands for all others. */
static int
ask(struct kernel *kernel, const struct lookups_set *set, const void *key,
    struct lookups_found *found)
{
	char question[1024];
	struct nlmsghdr *message = nftnl_nlmsg_build_hdr(
	    question, NFT_MSG_GETSETELEM, set->family, NLM_F_ACK, 0);
	struct nlattr *list, *elem, *nested;
	int error;

	mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_TABLE, OBJECT_TABLE);
	mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_SET, set->name);
	list = mnl_attr_nest_start(message, NFTA_SET_ELEM_LIST_ELEMENTS);
	elem = mnl_attr_nest_start(message, NFTA_LIST_ELEM);
	if (key == NULL) {
		mnl_attr_put_u32(message, NFTA_SET_ELEM_FLAGS, htonl(CATCHALL));
	} else {
		nested = mnl_attr_nest_start(message, NFTA_SET_ELEM_KEY);
		mnl_attr_put(message, NFTA_DATA_VALUE, set->key_len, key);
		mnl_attr_nest_end(message, nested);
	}
	mnl_attr_nest_end(message, elem);
	mnl_attr_nest_end(message, list);
	error = kernel_dump(kernel, message, take_elems, forget_found, found);
	if (error == -ENOENT) {
		*found = (struct lookups_found){ 0 };
		return 0;
	}
	return error;
}

int
lookups_find(struct lookups *lookups, const struct lookups_set *set,
    const uint8_t *key, const struct lookups_found **out)
{
	struct asked *asked;
	int error;

	LIST_EACH(at, &lookups->asked)
	{
		asked = LIST_ENTRY(at, struct asked, link);
		if (asked->set != set ||
		    memcmp(asked->key, key, set->key_len) != 0)
			continue;
		*out = &asked->found;
		return 0;
	}
	if (lookups->n_asked >= ASKED_MAX)
		return -E2BIG;
	asked = xcalloc(1, sizeof(*asked));
	asked->set = set;
	memcpy(asked->key, key, set->key_len);
	error = ask(lookups->kernel, set, key, &asked->found);
	if (error == 0 && !asked->found.is_there)
		error = ask(lookups->kernel, set, NULL, &asked->found);
	if (error != 0) {
		free(asked);
		return error;
	}
	list_append(&lookups->asked, &asked->link);
	lookups->n_asked++;
	*out = &asked->found;
	return 0;
}
