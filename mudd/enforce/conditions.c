/*
 * The state of each condition.  Role: mudd.
 */
#include "enforce/conditions.h"

#include <string.h>

#include "libmud/fault.h"

static void
set(struct conditions *conditions, enum condition condition,
    const struct record_condition *record)
{
	if (conditions->at[condition].is_known &&
	    memcmp(&conditions->at[condition].record, record,
		sizeof(*record)) == 0)
		return;
	conditions->at[condition].is_known = true;
	conditions->at[condition].record = *record;
	if (conditions->tell != NULL)
		conditions->tell(conditions->arg, record);
}

void
conditions_well(
    struct conditions *conditions, enum condition condition, const char *detail)
{
	struct record_condition record;

	/* Compared byte by byte. */
	memset(&record, 0, sizeof(record));
	record.condition = condition;
	(void)fault_set(&record.why, FAULT_NONE, "", "%s", detail);
	set(conditions, condition, &record);
}

void
conditions_impaired(struct conditions *conditions, enum condition condition,
    const char *clause, const char *detail)
{
	struct record_condition record;

	memset(&record, 0, sizeof(record));
	record.condition = condition;
	record.is_impaired = 1;
	(void)fault_set(&record.why, FAULT_KERNEL, clause, "%s", detail);
	set(conditions, condition, &record);
}

void
conditions_listen(struct conditions *conditions, conditions_fn *tell, void *arg)
{
	conditions->tell = tell;
	conditions->arg = arg;
	for (size_t i = 0; i < CONDITIONS_OF_MUDD; i++)
		if (conditions->at[i].is_known)
			tell(arg, &conditions->at[i].record);
}

void
conditions_deafen(struct conditions *conditions)
{
	conditions->tell = NULL;
}
