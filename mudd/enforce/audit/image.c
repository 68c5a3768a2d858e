/*
 * Images of our tables: what is kept of them.  Role: enforcer.  Input: what
 * imagetake.c makes of messages.
 */
#include "enforce/audit/image.h"

#include <linux/netfilter.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "enforce/audit/imagetake.h"
#include "libmud/mem.h"

const uint16_t image_family[IMAGE_TABLES] = { NFPROTO_INET, NFPROTO_BRIDGE,
	NFPROTO_NETDEV };

#define PIECE 65536

struct image_piece {
	struct image_piece *next;
	size_t used, room;
	uint8_t data[];
};

const uint8_t *
image_keep(struct image *image, const void *data, size_t len)
{
	struct image_piece *piece = image->pieces;
	uint8_t *at;

	if (piece == NULL || piece->room - piece->used < len) {
		size_t room = len > PIECE ? len : PIECE;

		piece = xcalloc(1, sizeof(*piece) + room);
		piece->room = room;
		piece->next = image->pieces;
		image->pieces = piece;
	}
	at = piece->data + piece->used;
	if (len > 0)
		memcpy(at, data, len);
	piece->used += (len + 7) & ~(size_t)7;
	if (piece->used > piece->room)
		piece->used = piece->room;
	return at;
}

struct image_bytes
image_keep_bytes(struct image *image, const void *data, size_t len)
{
	return (struct image_bytes){ image_keep(image, data, len), len };
}

static int
by_set(const void *a, const void *b)
{
	const struct image_set *left = a, *right = b;
	int order = strcmp(left->name, right->name);

	if (order != 0)
		return order;
	return (left->id > right->id) - (left->id < right->id);
}

static int
by_chain(const void *a, const void *b)
{
	const struct image_chain *left = a, *right = b;

	return strcmp(left->name, right->name);
}

struct image *
image_new(void)
{
	struct image *image = xcalloc(1, sizeof(*image));

	for (size_t i = 0; i < IMAGE_TABLES; i++) {
		list_init(&image->table[i].sets);
		list_init(&image->table[i].chains);
	}
	return image;
}

void
image_clear_sets(struct image_table *table)
{
	LIST_EACH_SAFE(at, &table->sets)
	{
		struct image_set *set = LIST_ENTRY(at, struct image_set, all);

		tdelete(set, &table->set_tree, by_set);
		list_remove(&set->all);
		free(set->elem);
		free(set);
	}
}

void
image_clear_chains(struct image_table *table)
{
	LIST_EACH_SAFE(at, &table->chains)
	{
		struct image_chain *chain =
		    LIST_ENTRY(at, struct image_chain, all);

		tdelete(chain, &table->chain_tree, by_chain);
		list_remove(&chain->all);
		free(chain->rule);
		free(chain);
	}
}

void
image_clear_table(struct image_table *table)
{
	image_clear_sets(table);
	image_clear_chains(table);
	table->present = false;
	table->flags = table->owner = 0;
	table->note = (struct image_bytes){ 0 };
}

void
image_clear(struct image *image)
{
	for (size_t i = 0; i < IMAGE_TABLES; i++)
		image_clear_table(&image->table[i]);
	while (image->pieces != NULL) {
		struct image_piece *piece = image->pieces;

		image->pieces = piece->next;
		free(piece);
	}
}

void
image_free(struct image *image)
{
	if (image == NULL)
		return;
	image_clear(image);
	free(image);
}

static void *
find(const void *key, void *const *tree,
    int (*order)(const void *, const void *))
{
	void *const *node = tfind(key, tree, order);

	return node == NULL ? NULL : *node;
}

static void
insert(
    const void *object, void **tree, int (*order)(const void *, const void *))
{
	if (tsearch(object, tree, order) == NULL)
		abort();
}

void
image_set_add(struct image_table *table, struct image_set *set)
{
	list_append(&table->sets, &set->all);
	insert(set, &table->set_tree, by_set);
}

void
image_chain_add(struct image_table *table, struct image_chain *chain)
{
	list_append(&table->chains, &chain->all);
	insert(chain, &table->chain_tree, by_chain);
}

struct image_set *
image_set_find(const struct image_table *table, const char *name, uint32_t id)
{
	struct image_set key = { .name = name, .id = id };

	return find(&key, &table->set_tree, by_set);
}

struct image_chain *
image_chain_find(const struct image_table *table, const char *name)
{
	struct image_chain key = { .name = name };

	return find(&key, &table->chain_tree, by_chain);
}

bool
image_bytes_equal(const struct image_bytes *a, const struct image_bytes *b)
{
	return a->len == b->len &&
	       (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

int
image_elem_order(const struct image_elem *a, const struct image_elem *b)
{
	size_t left = (size_t)a->len + a->end_len;
	size_t right = (size_t)b->len + b->end_len;
	int order;

	if (left != right)
		return left < right ? -1 : 1;
	order = left == 0 ? 0 : memcmp(a->key, b->key, left);
	return order != 0 ? order
	                  : (a->flags > b->flags) - (a->flags < b->flags);
}

static int
by_key(const void *a, const void *b)
{
	return image_elem_order(a, b);
}

void
image_sort(struct image_set *set)
{
	size_t n = 0;

	if (set->n < 2)
		return;
	qsort(set->elem, set->n, sizeof(*set->elem), by_key);
	for (size_t i = 1; i < set->n; i++)
		if (by_key(&set->elem[n], &set->elem[i]) != 0)
			set->elem[++n] = set->elem[i];
	set->n = n + 1;
}

/* FNV-1a. */
static void
sum_bytes(uint64_t *sum, const void *data, size_t len)
{
	const uint8_t *byte = data;

	for (size_t i = 0; i < len; i++)
		*sum = (*sum ^ byte[i]) * 1099511628211u;
}

static void
sum_table(uint64_t *sum, const struct image_table *table)
{
	LIST_EACH(at, &table->sets)
	{
		const struct image_set *set =
		    LIST_ENTRY(at, struct image_set, all);

		sum_bytes(sum, set->name, strlen(set->name) + 1);
		sum_bytes(sum, set->form.data, set->form.len);
	}
	LIST_EACH(at, &table->chains)
	{
		const struct image_chain *chain =
		    LIST_ENTRY(at, struct image_chain, all);

		sum_bytes(sum, chain->name, strlen(chain->name) + 1);
		sum_bytes(sum, chain->form.data, chain->form.len);
		for (size_t i = 0; i < chain->n; i++)
			sum_bytes(sum, chain->rule[i].form.data,
			    chain->rule[i].form.len);
	}
}

uint64_t
image_sum(const struct image *image)
{
	uint64_t sum = 14695981039346656037u;

	for (size_t i = 0; i < IMAGE_TABLES; i++)
		sum_table(&sum, &image->table[i]);
	return sum;
}
