/*
 * Elements of sets and maps, written into a batch.
 *
 * Many elements share a message; a new one is begun where an attribute would
 * grow too long.  Keys are bytes as the kernel wants them: parts of a
 * concatenation each padded to four bytes.
 */
#ifndef ENFORCE_ELEMS_H
#define ENFORCE_ELEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforce/batch.h"

struct nlattr;

struct elems {
	struct batch *batch;
	uint16_t family; /* NFPROTO_*, of the table */
	const char *set;
	uint32_t set_id; /* of an anonymous set, else 0 */
	bool deletes;    /* takes elements out */
	struct about about;
	struct nlmsghdr *message; /* NULL: none open */
	struct nlattr *list;
};

#define ELEMS_KEY 32 /* ifname . ifname */

/* One element. What is zero is left out. */
struct elem {
	uint8_t key[ELEMS_KEY];
	size_t len;
	uint32_t timeout_sec;
	bool ends_interval;
};

/* Lends the set's name until elems_close. */
void elems_open(struct elems *elems, struct batch *batch, uint16_t family,
    const char *set, bool deletes, struct about about);
void elems_put(struct elems *elems, const struct elem *elem);
void elems_close(struct elems *elems);

/* Takes out all elements of a set. */
void elems_flush(
    struct batch *batch, uint16_t family, const char *set, struct about about);

#endif
