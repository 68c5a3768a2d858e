/*
 * Fair eviction over ports.  Role: watcher.  Input: interface numbers, from
 * the kernel.
 */
#include "watch/share.h"

#include <stddef.h>

void
share_init(struct share *share)
{
	for (size_t i = 0; i < LIMIT_PORTS; i++) {
		list_init(&share->oldest[i]);
		share->n[i] = 0;
	}
	share->total = 0;
}

void
share_add(struct share *share, struct share_link *link, uint32_t ifindex)
{
	link->slot = SHARE_SLOT(ifindex);
	list_append(&share->oldest[link->slot], &link->list);
	share->n[link->slot]++;
	share->total++;
}

void
share_remove(struct share *share, struct share_link *link)
{
	list_remove(&link->list);
	share->n[link->slot]--;
	share->total--;
}

struct share_link *
share_oldest(struct share *share, uint32_t ifindex)
{
	struct list *head = &share->oldest[SHARE_SLOT(ifindex)];

	if (list_is_empty(head))
		return NULL;
	return LIST_ENTRY(head->next, struct share_link, list);
}

struct share_link *
share_victim(struct share *share)
{
	uint32_t fullest = 0;

	for (uint32_t i = 1; i < LIMIT_PORTS; i++)
		if (share->n[i] > share->n[fullest])
			fullest = i;
	return share_oldest(share, fullest);
}
