/*
 * What stands in our tables, in a form that can be compared: taken from the
 * messages that would make it (a batch), or from the kernel's own (a dump).
 *
 * Both say the same in different words: the kernel numbers anonymous sets,
 * writes attributes in an order of its own, and adds handles, counters and
 * defaults.  An image leaves those out.  It knows netlink's attributes and
 * nothing of what our tables mean, so a new rule, set or chain needs no line
 * here.
 */
#ifndef ENFORCE_IMAGE_H
#define ENFORCE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/list.h"

struct batch;
struct kernel;
struct nlmsghdr;

/* inet, bridge, netdev: NFPROTO_INET, ... */
#define IMAGE_TABLES 3
extern const uint16_t image_family[IMAGE_TABLES];

/* Bytes, lent by the image. */
struct image_bytes {
	const uint8_t *data;
	size_t len;
};

struct image_elem {
	const uint8_t *key; /* and, of intervals, the end of it */
	uint16_t len, end_len;
	uint32_t flags;          /* NFT_SET_ELEM_* */
	struct image_bytes data; /* what a map leads to */
	const char *chain;       /* the same, where that is a chain; or NULL */
	/* What is left of its time, in a batch all of it; 0: it has none. */
	uint64_t left_msec;
};

struct image_set {
	const char *name;
	uint32_t id;    /* of an anonymous set in a batch; else 0 */
	uint32_t flags; /* NFT_SET_* */
	struct image_bytes form;
	size_t n, room;
	struct image_elem *elem;
	bool is_refilled; /* repair.c's */
	struct list all;
	const struct nlmsghdr *made_by, *filled_by; /* in a batch, lent */
};

struct image_rule {
	struct image_bytes form;
	const struct nlmsghdr *made_by; /* in a batch, lent */
};

struct image_chain {
	const char *name;
	const char *device; /* the one that it hooks; "": none */
	bool is_base;
	struct image_bytes form;
	size_t n, room;
	struct image_rule *rule;
	struct list all;
	const struct nlmsghdr *made_by; /* in a batch, lent */
};

struct image_table {
	bool present;
	uint32_t flags; /* NFT_TABLE_F_* */
	uint32_t owner; /* the netlink port that owns it, or 0 */
	struct image_bytes note;
	struct list sets, chains; /* in the order that they came in */
	void *set_tree, *chain_tree;
};

struct image {
	struct image_table table[IMAGE_TABLES];
	struct image_piece *pieces; /* of memory */
};

struct image *image_new(void);
void image_free(struct image *image);

/* What stands after this batch, if it begins by deleting the tables that it
 * makes.  Keeps pointers into it. */
void image_of_batch(struct image *image, const struct batch *batch);

/*
 * What stands in the kernel: the tables alone, or all of them.  0 or -errno
 * (-EINTR: commits came so fast that nothing could be read whole); the image is
 * of no use then.  Others may change things meanwhile: what one dump says,
 * another may contradict.
 */
int image_of_tables(struct image *image, struct kernel *kernel);
int image_of_kernel(struct image *image, struct kernel *kernel);

/* NULL if there is none. */
struct image_set *image_set_find(
    const struct image_table *table, const char *name, uint32_t id);
struct image_chain *image_chain_find(
    const struct image_table *table, const char *name);

/* The anonymous set, by number, that a rule of a batch looks into, one after
 * the other: *at begins at 0. 0: no further one. */
uint32_t image_rule_set(const struct image_rule *rule, size_t *at);

/* In the order of their keys, each once: a batch may name one twice. */
void image_sort(struct image_set *set);
int image_elem_order(const struct image_elem *a, const struct image_elem *b);

/* A number over all that it holds: a mark to tell versions apart, no seal. */
uint64_t image_sum(const struct image *image);

bool image_bytes_equal(
    const struct image_bytes *a, const struct image_bytes *b);

#endif
