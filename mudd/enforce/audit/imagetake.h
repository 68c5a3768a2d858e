/*
 * How an image is filled: by messages, whoever wrote them.  For image.c,
 * imagetake.c and imageread.c alone.
 */
#ifndef ENFORCE_IMAGETAKE_H
#define ENFORCE_IMAGETAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforce/audit/image.h"

/*
 * What this message makes or takes away, if it is about a table of ours.
 * is_batch: the message outlives the image, and numbers its anonymous sets.
 * Sets must come before the rules that look into them, and a set or chain that
 * is there already is not taken again.
 */
void image_take(
    struct image *image, const struct nlmsghdr *message, bool is_batch);

/* Copies that live as long as the image. */
const uint8_t *image_keep(struct image *image, const void *data, size_t len);
struct image_bytes image_keep_bytes(
    struct image *image, const void *data, size_t len);

/* Takes it; none of that name is there. */
void image_set_add(struct image_table *table, struct image_set *set);
void image_chain_add(struct image_table *table, struct image_chain *chain);

void image_clear(struct image *image);
void image_clear_table(struct image_table *table);
void image_clear_sets(struct image_table *table);
void image_clear_chains(struct image_table *table);

#endif
