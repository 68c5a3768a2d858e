/*
 * Foreign changes to our tables.  Role: engine.  Input: mudd's record, checked
 * all the same; the process's name was chosen by whoever runs it.
 */
#include "engine/tables.h"

#include <string.h>

#include "core/log.h"
#include "engine/control/put.h"
#include "engine/events.h"

#define ALARM_SEC 600

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

static void
tell(struct tables_watch *watch)
{
	const struct record_tampered *last = &watch->last;
	struct events_line line;

	if (!events_open(&line, EVENT_TABLE_TAMPERED, false, NULL, NULL))
		return;
	events_word(&line, "process", last->name[0] == '\0' ? "-" : last->name);
	events_number(&line, "pid", last->pid);
	events_number(&line, "tables", last->tables);
	events_number(&line, "chains", last->chains);
	events_number(&line, "sets", last->sets);
	events_number(&line, "elements", last->elements);
	events_number(&line, "count", watch->n - watch->n_told);
	events_close(&line);
	watch->n_told = watch->n;
	if (last->is_repaired != 1)
		log_error("mudd's tables in the kernel cannot be repaired");
	else if (events_open(&line, EVENT_TABLE_RESTORED, false, NULL, NULL))
		events_close(&line);
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
	tell(watch);
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
