/*
 * Who must go when a table is full: the oldest of the port that holds most.
 *
 * A port that floods a table thereby pushes out its own entries, and never
 * what the table holds about quieter ports.  The link lies in the element,
 * as in libmud/list.h; the share owns nothing.
 */
#ifndef WATCH_SHARE_H
#define WATCH_SHARE_H

#include <stdint.h>

#include "libmud/limits.h"
#include "libmud/list.h"

/* Ports whose numbers are LIMIT_PORTS apart count as one. */
#define SHARE_SLOT(ifindex) ((ifindex) % LIMIT_PORTS)

struct share_link {
	struct list list;
	uint32_t slot;
};

struct share {
	struct list oldest[LIMIT_PORTS]; /* oldest first */
	uint32_t n[LIMIT_PORTS];
	uint32_t total;
};

void share_init(struct share *share);
/* As the port's newest. */
void share_add(struct share *share, struct share_link *link, uint32_t ifindex);
void share_remove(struct share *share, struct share_link *link);
/* The oldest of that port, NULL if it has none; lends. */
struct share_link *share_oldest(struct share *share, uint32_t ifindex);
/* The oldest of the port that holds most; NULL only if there is none. */
struct share_link *share_victim(struct share *share);

#endif
