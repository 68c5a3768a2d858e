/*
 * DHCP exchanges under way.  Role: watcher.  Input: fields of hostile
 * messages, within the budgets of budget.h.
 */
#include "watch/exchange.h"

#include <stdlib.h>

#include "libmud/limits.h"
#include "libmud/mem.h"
#include "watch/share.h"

struct entry {
	struct share_link link;
	struct exchange exchange;
};

struct exchanges {
	struct share share;
};

static struct entry *
entry_of(struct share_link *link)
{
	return LIST_ENTRY(link, struct entry, link);
}

static void
entry_free(struct exchanges *exchanges, struct entry *entry)
{
	share_remove(&exchanges->share, &entry->link);
	free(entry);
}

static bool
is_same(const struct exchange *a, const struct exchange *b)
{
	if (a->xid != b->xid || a->carrier != b->carrier ||
	    a->ifindex != b->ifindex || a->peer.family != b->peer.family)
		return false;
	return a->peer.family == 0 ? mac_equal(&a->mac, &b->mac)
	                           : addr_equal(&a->peer, &b->peer);
}

/* A port has few enough that looking at each is the fastest way. */
static struct entry *
entry_find(const struct exchanges *exchanges, const struct exchange *like)
{
	LIST_EACH(at, &exchanges->share.oldest[SHARE_SLOT(like->ifindex)])
	{
		struct entry *entry =
		    entry_of(LIST_ENTRY(at, struct share_link, list));

		if (is_same(&entry->exchange, like))
			return entry;
	}
	return NULL;
}

static void
make_room(struct exchanges *exchanges, uint32_t ifindex)
{
	struct share *share = &exchanges->share;

	if (share->n[SHARE_SLOT(ifindex)] >= EXCHANGE_PORT)
		entry_free(exchanges, entry_of(share_oldest(share, ifindex)));
	else if (share->total >= LIMIT_TRANSACTIONS)
		entry_free(exchanges, entry_of(share_victim(share)));
}

struct exchanges *
exchanges_new(void)
{
	struct exchanges *exchanges = xcalloc(1, sizeof(*exchanges));

	share_init(&exchanges->share);
	return exchanges;
}

void
exchanges_free(struct exchanges *exchanges)
{
	if (exchanges == NULL)
		return;
	while (exchanges->share.total > 0)
		entry_free(
		    exchanges, entry_of(share_victim(&exchanges->share)));
	free(exchanges);
}

void
exchanges_asked(struct exchanges *exchanges, const struct exchange *asked)
{
	struct entry *entry = entry_find(exchanges, asked);

	if (entry != NULL)
		entry_free(exchanges, entry);
	make_room(exchanges, asked->ifindex);
	entry = xcalloc(1, sizeof(*entry));
	entry->exchange = *asked;
	share_add(&exchanges->share, &entry->link, asked->ifindex);
}

bool
exchanges_answered(struct exchanges *exchanges, const struct exchange *answer,
    struct exchange *asked)
{
	struct entry *entry = entry_find(exchanges, answer);
	bool in_time;

	if (entry == NULL)
		return false;
	in_time =
	    answer->at_msec - entry->exchange.at_msec <= EXCHANGE_LIFE_MSEC;
	if (in_time)
		*asked = entry->exchange;
	entry_free(exchanges, entry);
	return in_time;
}
