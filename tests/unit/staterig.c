/* A state in a folder of its own. */
#include "tests/unit/staterig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

int
staterig_begin(void **state)
{
	struct staterig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	(void)snprintf(rig->dir, sizeof(rig->dir), "/tmp/state-XXXXXX");
	assert_non_null(mkdtemp(rig->dir));
	(void)snprintf(rig->path, sizeof(rig->path), "%s/s.db", rig->dir);
	(void)snprintf(rig->log, sizeof(rig->log), "%s-wal", rig->path);
	(void)snprintf(rig->bad, sizeof(rig->bad), "%s.bad", rig->path);
	*state = rig;
	return 0;
}

int
staterig_end(void **state)
{
	struct staterig *rig = *state;
	char path[96];

	state_close(rig->state);
	(void)unlink(rig->path);
	(void)unlink(rig->log);
	(void)unlink(rig->bad);
	(void)snprintf(path, sizeof(path), "%s-wal", rig->bad);
	(void)unlink(path);
	assert_int_equal(rmdir(rig->dir), 0);
	free(rig);
	return 0;
}

enum state_opened
staterig_open(struct staterig *rig)
{
	enum state_opened how = STATE_FOUND;

	assert_int_equal(state_open(rig->path, &rig->state, &how), 0);
	return how;
}

void
staterig_close(struct staterig *rig)
{
	state_close(rig->state);
	rig->state = NULL;
}

void
staterig_tamper(const struct staterig *rig, const char *sql)
{
	sqlite3 *db;
	char *why = NULL;

	assert_int_equal(sqlite3_open(rig->path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
	(void)sqlite3_close(db);
}
