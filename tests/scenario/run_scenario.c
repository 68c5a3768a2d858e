/*
 * Scenario tests: runs each *.scn of this folder, or those that are named.
 *
 * A check program; it reads the project's own files.  -v shows the engine's
 * log.  README.md says how a scenario is written.
 */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "libmud/mem.h"
#include "tests/scenario/scene.h"
#include "tests/scenario/script.h"
#include "tests/scenario/steps.h"

static bool
run(const char *folder, const char *file)
{
	struct script script = { 0 };
	struct scene scene = { .where = file };
	bool ok;

	ok = script_load(&script, folder, file) && scene_begin(&scene) &&
	     steps_run(&scene, &script);
	if (scene.base != NULL)
		scene_end(&scene);
	script_done(&script);
	(void)printf("%s: %s\n", file, ok ? "ok" : "FAILED");
	return ok;
}

static int
is_scenario(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 4 && strcmp(entry->d_name + len - 4, ".scn") == 0;
}

/* False if one of them fails, or there is none at all. */
static bool
run_all(const char *folder)
{
	struct dirent **entries = NULL;
	int n = scandir(folder, &entries, is_scenario, alphasort);
	bool ok = n > 0;

	for (int i = 0; i < n; i++) {
		ok = run(folder, entries[i]->d_name) && ok;
		free(entries[i]);
	}
	free(entries);
	return ok;
}

int
main(int argc, char **argv)
{
	const char *srcdir = getenv("srcdir");
	enum log_level level = LOG_LEVEL_ERROR;
	char folder[512];
	bool ok = true;

	if (argc > 1 && strcmp(argv[1], "-v") == 0) {
		level = LOG_LEVEL_DEBUG;
		argv++;
		argc--;
	}
	log_init("engine", level);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)snprintf(folder, sizeof(folder), "%s/tests/scenario",
	    srcdir == NULL ? "." : srcdir);
	for (int i = 1; i < argc; i++)
		ok = run(folder, argv[i]) && ok;
	if (argc == 1)
		ok = run_all(folder);
	return ok ? 0 : 1;
}
