/*
 * Foreign changes to our tables.  Role: engine.  Input: mudd's record, checked
 * all the same; the process's name was chosen by whoever runs it.
 */
#include "engine/tables.h"

#include <string.h>

#include "core/log.h"
#include "engine/put.h"

#define ALARM_SEC  600
#define LINES      10
#define REFILL_SEC 10

static bool
is_sound(const struct record_tampered *record)
{
	const char *end = memchr(record->name, '\0', sizeof(record->name));

	if (record->is_repaired > 1 || end == NULL)
		return false;
	for (const char *at = record->name; at < end; at++)
		if (*at <= ' ' || *at >= 0x7f)
			return false;
	return true;
}

static bool
may_write(struct tables_watch *watch, int64_t now)
{
	if (now - watch->refilled_at >= LINES * REFILL_SEC) {
		watch->lines = LINES;
		watch->refilled_at = now;
	}
	while (watch->lines < LINES && now - watch->refilled_at >= REFILL_SEC) {
		watch->lines++;
		watch->refilled_at += REFILL_SEC;
	}
	if (watch->lines == 0)
		return false;
	watch->lines--;
	return true;
}

static void
write_lines(struct tables_watch *watch)
{
	const struct record_tampered *last = &watch->last;

	log_warning("event=table-tampered process=%s pid=%u tables=%u "
		    "chains=%u sets=%u elements=%u count=%llu",
	    last->name[0] == '\0' ? "-" : last->name, (unsigned int)last->pid,
	    (unsigned int)last->tables, (unsigned int)last->chains,
	    (unsigned int)last->sets, (unsigned int)last->elements,
	    (unsigned long long)(watch->n - watch->n_told));
	watch->n_told = watch->n;
	if (last->is_repaired == 1)
		log_info("event=table-restored");
	else
		log_error("mudd's tables in the kernel cannot be repaired");
}

bool
tables_take(struct tables_watch *watch, const struct record_tampered *record,
    int64_t now)
{
	if (!is_sound(record))
		return false;
	watch->last = *record;
	watch->at = now;
	watch->n++;
	if (may_write(watch, now))
		write_lines(watch);
	return true;
}

const char *
tables_word(const struct tables_watch *watch, int64_t now)
{
	if (watch->at == 0)
		return "ok";
	/* While it cannot be repaired, mudd tries and tells again. */
	return now - watch->at < ALARM_SEC ? "foreign-change" : "ok";
}

json_t *
tables_report(const struct tables_watch *watch)
{
	json_t *object;

	if (watch->at == 0)
		return NULL;
	object = json_pack("{s:b,s:I}", "is_repaired",
	    (int)(watch->last.is_repaired == 1), "count", (json_int_t)watch->n);
	put_time(object, "time", watch->at);
	put_text(object, "process", watch->last.name);
	if (watch->last.pid != 0)
		put_value(
		    object, "pid", json_integer((json_int_t)watch->last.pid));
	return object;
}
