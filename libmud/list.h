/*
 * An intrusive doubly linked list: the link lives in the element, the list
 * owns nothing.  LIST_EACH_SAFE allows removing the element in hand.
 */
#ifndef LIBMUD_LIST_H
#define LIBMUD_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list *next, *prev;
};

static inline void
list_init(struct list *head)
{
	head->next = head->prev = head;
}

static inline bool
list_is_empty(const struct list *head)
{
	return head->next == head;
}

static inline void
list_append(struct list *head, struct list *link)
{
	link->prev = head->prev;
	link->next = head;
	head->prev->next = link;
	head->prev = link;
}

/* Unless it is in a list already. */
static inline void
list_append_once(struct list *head, struct list *link)
{
	if (list_is_empty(link))
		list_append(head, link);
}

static inline void
list_remove(struct list *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
	link->next = link->prev = link;
}

#define LIST_ENTRY(link, type, member)                                         \
	((type *)(void *)((char *)(link)-offsetof(type, member)))

#define LIST_EACH(at, head)                                                    \
	for (struct list *at = (head)->next; at != (head); at = at->next)

#define LIST_EACH_SAFE(at, head)                                               \
	for (struct list *at = (head)->next, *at##_next = at->next;            \
	     at != (head); at = at##_next, at##_next = at->next)

#endif
