/*
 * Whether our tables in the kernel are left alone: what mudd found when
 * others had changed them, for `mudctl status` and the log's events.
 */
#ifndef ENGINE_TABLES_H
#define ENGINE_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "core/records.h"

/* Zero it before use. */
struct tables_watch {
	struct record_tampered last;
	int64_t at;      /* of the last one; 0: there was none */
	uint64_t n;      /* how often */
	uint64_t n_told; /* of `n` */
};

/*
 * False: the record breaks its rules.  Tells table-tampered, and table-restored
 * where it was repaired, as often as events.h lets it, each with the count of
 * those since the one before.
 */
bool tables_take(struct tables_watch *watch,
    const struct record_tampered *record, int64_t now);

/* "foreign-change" for ten minutes; else "ok". */
const char *tables_word(const struct tables_watch *watch, int64_t now);

/* {time, process, pid, is_repaired, count}, or NULL if there was none. */
json_t *tables_report(const struct tables_watch *watch);

#endif
