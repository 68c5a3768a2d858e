/*
 * What mudd was told, one batch at a time, as text: numbers of sets and
 * policies are written as what they stand for.
 */
#ifndef SCENARIO_TOLD_H
#define SCENARIO_TOLD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/records.h"
#include "libmud/list.h"

struct engine;

struct told {
	struct list labels; /* of sets and policies, newest last */
	bool tells_places;  /* ports, and where Things are, too */
	bool is_reset;
	unsigned int n_told, n_hidden;
	FILE *out;
	char *text; /* of the batch in hand */
	size_t size;
};

void told_init(struct told *told);
void told_done(struct told *told);

/*
 * "batch reset" and the like, then a line a record:
 *   lan add 2 | local add 192.0.2.0/24 | self delete 192.0.2.1
 *   set add name NAME | set delete class URI
 *   address add name NAME 192.0.2.9 for 360
 *   policy URL | policy gone URL       ("pending" for the local one)
 *   thing MAC policy URL | thing MAC policy none
 *   binding add MAC ADDRESS
 *   port add 3 | port add 3 locked | place MAC port 3 | place MAC none
 * The rules of a policy are left out; the last line's are, unless tells_places.
 */
void told_begin(struct told *told, const struct record_batch *begin);
void told_record(struct told *told, const struct engine *engine,
    enum record_type type, const void *body);
/* The whole text; lent until the next told_begin. NULL if nothing but what is
 * left out was in it. */
const char *told_end(struct told *told);

#endif
