/*
 * The disk of a scenario.  A trigger refuses what a full disk would.
 */
#include "tests/scenario/disk.h"

#include <stdio.h>
#include <string.h>

#include <sqlite3.h>

#include "engine/state/state.h"
#include "tests/scenario/scene.h"

/* clang-format off */
#define REFUSE(when, table) \
	"CREATE TRIGGER full BEFORE " when " ON " table \
	" BEGIN SELECT RAISE(ABORT, 'full'); END"
/* clang-format on */

static const struct {
	const char *what, *sql;
} takings[] = {
	{ "no-new-file", REFUSE("INSERT", "files") },
	{ "no-change", REFUSE("UPDATE", "files") },
	{ "no-thing", REFUSE("UPDATE", "things") },
	{ "no-removal", REFUSE("DELETE", "things") },
	{ "all", "DROP TRIGGER full" },
};

/* The engine has the file to itself while it runs. */
static bool
run(struct scene *scene, const char *sql)
{
	char path[256], *why = NULL;
	sqlite3 *db = NULL;
	bool is_done;

	if (scene->state != NULL)
		return sqlite3_exec(state_db(scene->state), sql, NULL, NULL,
			   &why) == SQLITE_OK ||
		       scene_fail(scene, "%s", why);
	(void)snprintf(path, sizeof(path), "%s/state.db", scene->dir);
	is_done = sqlite3_open(path, &db) == SQLITE_OK &&
	          sqlite3_exec(db, sql, NULL, NULL, &why) == SQLITE_OK;
	(void)sqlite3_close(db);
	return is_done || scene_fail(scene, "%s", why);
}

bool
disk_takes(struct scene *scene, const struct step *step)
{
	for (size_t i = 0; i < sizeof(takings) / sizeof(takings[0]); i++)
		if (strcmp(step->words[1], takings[i].what) == 0)
			return run(scene, takings[i].sql);
	return scene_fail(scene,
	    "disk-takes no-new-file, no-change, no-thing, no-removal or all");
}

bool
disk_forgets(struct scene *scene, const struct step *step)
{
	if (strcmp(step->words[1], "urls") != 0)
		return scene_fail(scene, "disk-forgets urls");
	return run(scene, "DELETE FROM urls");
}
