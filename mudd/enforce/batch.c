/*
 * A growing buffer of netlink messages.  Role: enforcer.  Input: our own.
 */
#include "enforce/batch.h"

#include <stdio.h> /* FILE, for libnftnl */

#include <libmnl/libmnl.h>
#include <libnftnl/common.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/mem.h"

static struct nlmsghdr *
message_at(const struct batch *batch, size_t at)
{
	return (struct nlmsghdr *)(void *)(batch->data + at);
}

static struct nlmsghdr *
end_of(const struct batch *batch)
{
	return message_at(batch, batch->len);
}

static size_t
aligned(const struct nlmsghdr *message)
{
	return (message->nlmsg_len + 3u) & ~(size_t)3u;
}

static void
make_room(struct batch *batch)
{
	if (batch->room - batch->len >= BATCH_MESSAGE)
		return;
	batch->room = 2 * batch->room + BATCH_MESSAGE;
	batch->data = xrealloc(batch->data, batch->room, 1);
}

void
batch_init(struct batch *batch, uint32_t first_seq)
{
	struct nlmsghdr *begin;

	*batch = (struct batch){ .first_seq = first_seq };
	make_room(batch);
	begin = nftnl_batch_begin((char *)batch->data, first_seq);
	batch->len = aligned(begin);
}

void
batch_done(struct batch *batch)
{
	free(batch->data);
	free(batch->about);
	*batch = (struct batch){ 0 };
}

struct nlmsghdr *
batch_open(struct batch *batch, uint16_t type, uint16_t family, uint16_t flags,
    struct about about)
{
	make_room(batch);
	if (batch->n == batch->n_room) {
		batch->n_room = 2 * batch->n_room + 64;
		batch->about = xrealloc(
		    batch->about, batch->n_room, sizeof(*batch->about));
	}
	batch->about[batch->n++] = about;
	batch->last = batch->len;
	return nftnl_nlmsg_build_hdr(
	    (char *)end_of(batch), type, family, flags, batch_last_seq(batch));
}

void
batch_close(struct batch *batch)
{
	batch->len += aligned(end_of(batch));
}

void
batch_copy(
    struct batch *batch, const struct nlmsghdr *message, struct about about)
{
	struct nlmsghdr *copy = batch_open(batch, 0, 0, 0, about);
	uint32_t seq = copy->nlmsg_seq;

	memcpy(copy, message, message->nlmsg_len);
	copy->nlmsg_seq = seq;
	copy->nlmsg_flags &= (uint16_t)~NLM_F_ACK;
	batch_close(batch);
}

void
batch_end(struct batch *batch)
{
	struct nlmsghdr *end;

	message_at(batch, batch->last)->nlmsg_flags |= NLM_F_ACK;
	make_room(batch);
	end = nftnl_batch_end((char *)end_of(batch), batch_last_seq(batch) + 1);
	batch->len += aligned(end);
}

uint32_t
batch_last_seq(const struct batch *batch)
{
	return batch->first_seq + (uint32_t)batch->n;
}

const struct about *
batch_about(const struct batch *batch, uint32_t seq)
{
	uint32_t i = seq - batch->first_seq;

	return i == 0 || i > batch->n ? NULL : &batch->about[i - 1];
}
