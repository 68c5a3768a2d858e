/*
 * Set elements as netlink attributes.  Role: enforcer.  Input: the model's,
 * checked.
 *
 * Written with libmnl: libnftnl would make an object of each element, and a
 * RESET has many thousands.
 */
#include "enforce/rules/elems.h"

#include <arpa/inet.h>
#include <endian.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "enforce/rules/object.h"

/* An attribute's length has 16 bits; an element takes less than 128 bytes. */
#define LIST_FULL (60 * 1024)

void
elems_open(struct elems *elems, struct batch *batch, uint16_t family,
    const char *set, bool deletes, struct about about)
{
	*elems = (struct elems){ .batch = batch,
		.family = family,
		.set = set,
		.deletes = deletes,
		.about = about };
}

void
elems_close(struct elems *elems)
{
	if (elems->message == NULL)
		return;
	mnl_attr_nest_end(elems->message, elems->list);
	batch_close(elems->batch);
	elems->message = NULL;
}

static void
message_open(struct elems *elems)
{
	struct nlmsghdr *message = batch_open(elems->batch,
	    elems->deletes ? NFT_MSG_DELSETELEM : NFT_MSG_NEWSETELEM,
	    elems->family, elems->deletes ? 0 : NLM_F_CREATE, elems->about);

	mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_TABLE, OBJECT_TABLE);
	mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_SET, elems->set);
	if (elems->set_id != 0)
		mnl_attr_put_u32(
		    message, NFTA_SET_ELEM_LIST_SET_ID, htonl(elems->set_id));
	elems->list = mnl_attr_nest_start(message, NFTA_SET_ELEM_LIST_ELEMENTS);
	elems->message = message;
}

void
elems_put(struct elems *elems, const struct elem *elem)
{
	struct nlmsghdr *message;
	struct nlattr *entry, *key;

	if (elems->message != NULL &&
	    (size_t)((uint8_t *)mnl_nlmsg_get_payload_tail(elems->message) -
		     (uint8_t *)elems->list) > LIST_FULL)
		elems_close(elems);
	if (elems->message == NULL)
		message_open(elems);

	message = elems->message;
	entry = mnl_attr_nest_start(message, NFTA_LIST_ELEM);
	if (elem->ends_interval)
		mnl_attr_put_u32(message, NFTA_SET_ELEM_FLAGS,
		    htonl(NFT_SET_ELEM_INTERVAL_END));
	if (elem->timeout_sec != 0)
		mnl_attr_put_u64(message, NFTA_SET_ELEM_TIMEOUT,
		    htobe64(1000ull * elem->timeout_sec));
	key = mnl_attr_nest_start(message, NFTA_SET_ELEM_KEY);
	mnl_attr_put(message, NFTA_DATA_VALUE, elem->len, elem->key);
	mnl_attr_nest_end(message, key);
	mnl_attr_nest_end(message, entry);
}

void
elems_flush(
    struct batch *batch, uint16_t family, const char *set, struct about about)
{
	struct nlmsghdr *message =
	    batch_open(batch, NFT_MSG_DELSETELEM, family, 0, about);

	mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_TABLE, OBJECT_TABLE);
	mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_SET, set);
	batch_close(batch);
}
