/*
 * A scenario, line by line.  Role: scenario tests.
 */
#include "tests/scenario/steps.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/mem.h"
#include "tests/scenario/answer.h"
#include "tests/scenario/certifying.h"
#include "tests/scenario/devicesteps.h"
#include "tests/scenario/disk.h"
#include "tests/scenario/dropsteps.h"
#include "tests/scenario/expect.h"
#include "tests/scenario/fakemudd.h"
#include "tests/scenario/healthsteps.h"
#include "tests/scenario/lansteps.h"
#include "tests/scenario/scene.h"
#include "tests/scenario/showsteps.h"
#include "tests/scenario/trusting.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define LINE_BYTES    1024

const char *
step_value(const struct step *step, const char *key)
{
	for (size_t i = 1; i + 1 < step->n; i++)
		if (strcmp(step->words[i], key) == 0)
			return step->words[i + 1];
	return NULL;
}

bool
step_has(const struct step *step, const char *word)
{
	for (size_t i = 1; i < step->n; i++)
		if (strcmp(step->words[i], word) == 0)
			return true;
	return false;
}

bool
step_number(
    struct scene *scene, const char *text, long long max, long long *number)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (errno != 0 || *end != '\0' || end == text || n < 0 || n > max)
		return scene_fail(
		    scene, "%s is not a number to %lld", text, max);
	*number = n;
	return true;
}

/* ---- the engine and its clock ------------------------------------------- */

static bool
do_config(struct scene *scene, const struct step *step)
{
	size_t have = strlen(scene->config_text);
	const char *line = step->text + strlen("config ");

	scene->config_text =
	    xrealloc(scene->config_text, have + strlen(line) + 2, 1);
	(void)snprintf(
	    scene->config_text + have, strlen(line) + 2, "%s\n", line);
	return true;
}

static bool
do_start(struct scene *scene, const struct step *step)
{
	(void)step;
	if (scene->engine != NULL)
		return scene_fail(scene, "it runs already");
	return scene_start(scene);
}

static bool
do_stop(struct scene *scene, const struct step *step)
{
	(void)step;
	if (!scene_is_quiet(scene))
		return false;
	scene_stop(scene);
	return true;
}

static bool
do_at(struct scene *scene, const struct step *step)
{
	long long to;

	if (!step_number(scene, step->words[1], INT32_MAX, &to))
		return false;
	if (to < scene_time(scene))
		return scene_fail(scene, "time does not run backwards");
	if (!scene_is_quiet(scene))
		return false;
	scene_advance(scene, to);
	return !scene->failed;
}

static bool
do_at_once(struct scene *scene, const struct step *step)
{
	(void)step;
	scene->is_held = true;
	return true;
}

static bool
do_then(struct scene *scene, const struct step *step)
{
	(void)step;
	scene->is_held = false;
	return true;
}

static bool
do_ignore(struct scene *scene, const struct step *step)
{
	for (size_t i = 1; i < step->n; i++)
		(void)seen_add(&scene->ignored, 0, step->words[i]);
	return true;
}

static bool
do_notice(struct scene *scene, const struct step *step)
{
	struct seen *seen = seen_first(&scene->ignored, step->words[1]);

	if (seen == NULL)
		return scene_fail(scene, "that is not ignored");
	seen_free(seen);
	return true;
}

static bool
do_mudd(struct scene *scene, const struct step *step)
{
	const char *what = step->words[1];
	long long n = 1;

	if (step->n > 2 && !step_number(scene, step->words[2], 1000, &n))
		return false;
	if (strcmp(what, "denies") == 0)
		scene->mudd.denials = (unsigned int)n;
	else if (strcmp(what, "is-slow") == 0)
		scene->mudd.is_slow = true;
	else if (strcmp(what, "cannot-start") == 0)
		scene->mudd.cannot_start = true;
	else if (strcmp(what, "can-start") == 0)
		scene->mudd.cannot_start = false;
	else if (strcmp(what, "cannot-log") == 0)
		scene->mudd.cannot_log = true;
	else if (strcmp(what, "can-log") == 0)
		scene->mudd.cannot_log = false;
	else if (strcmp(what, "tells-places") == 0)
		scene->mudd.told.tells_places = true;
	else if (strcmp(what, "loses-tables") == 0)
		fakemudd_lose(scene);
	else if (strcmp(what, "finds-firewall") == 0)
		fakemudd_find_firewall(scene);
	else if (strcmp(what, "answers") != 0)
		return scene_fail(scene, "mudd does not know how to %s", what);
	if (strcmp(what, "answers") == 0) {
		scene->mudd.is_slow = false;
		fakemudd_answer(scene);
	}
	return true;
}

/* ---- the table ---------------------------------------------------------- */

static const struct step_kind kinds[] = {
	{ "config", 2, do_config },
	{ "start", 1, do_start },
	{ "stop", 1, do_stop },
	{ "at", 2, do_at },
	{ "at-once", 1, do_at_once },
	{ "then", 1, do_then },
	{ "ignore", 2, do_ignore },
	{ "notice", 2, do_notice },
	{ "mudd", 2, do_mudd },
	{ "watcher", 2, lansteps_watcher },
	{ "link", 3, lansteps_link },
	{ "gateway", 3, lansteps_gateway },
	{ "network", 3, lansteps_network },
	{ "links-end", 1, lansteps_links_end },
	{ "unreachable", 3, lansteps_unreachable },
	{ "request", 4, lansteps_sighting },
	{ "lease", 4, lansteps_sighting },
	{ "uses", 4, lansteps_sighting },
	{ "asks", 4, lansteps_sighting },
	{ "release", 4, lansteps_sighting },
	{ "nak", 4, lansteps_sighting },
	{ "spoken-for", 4, lansteps_sighting },
	{ "drop", 3, dropsteps_drop },
	{ "drops", 2, dropsteps_list },
	{ "file", 2, answer_file },
	{ "serve", 3, answer_serve },
	{ "stored", 5, answer_stored },
	{ "pending", 2, answer_pending },
	{ "quarantine", 2, answer_pending },
	{ "unknown", 2, answer_pending },
	{ "trust", 2, answer_trust },
	{ "distrust", 2, answer_trust },
	{ "anchor-file", 3, trusting_file },
	{ "show", 2, showsteps_show },
	{ "refresh", 2, showsteps_refresh },
	{ "assign", 4, devicesteps_assign },
	{ "called", 3, devicesteps_called },
	{ "forget", 3, devicesteps_forget },
	{ "own-file", 3, devicesteps_own_file },
	{ "rename", 4, devicesteps_rename },
	{ "explain", 8, showsteps_explain },
	{ "mode", 4, showsteps_mode },
	{ "condition", 4, healthsteps_condition },
	{ "degraded", 2, healthsteps_degraded },
	{ "lose", 3, trusting_lose },
	{ "disk-takes", 2, disk_takes },
	{ "disk-forgets", 2, disk_forgets },
	{ "certificate", 3, certifying_step },
	{ "device-anchor", 2, certifying_anchor },
	{ "trust-add", 2, trusting_add },
	{ "trust-remove", 3, trusting_remove },
	{ "trust-distrust", 2, trusting_decide },
	{ "trust-restore", 2, trusting_decide },
	{ "fetched", 2, answer_worker },
	{ "address", 4, answer_worker },
	{ "resolved", 1, answer_worker },
	{ "signature-at", 2, answer_worker },
	{ "verdict", 2, answer_worker },
	{ "refused", 2, answer_worker },
	{ "policy", 2, answer_worker },
	{ "policy-begin", 2, answer_worker },
	{ "die", 1, answer_worker },
	{ "outlive", 1, answer_worker },
	{ "lie", 1, answer_worker },
	{ "approve", 5, answer_approve },
	{ "reject", 3, answer_reject },
	{ "expect", 2, expect_step },
};

static bool
run_line(struct scene *scene, const struct script_line *line, size_t n_inside)
{
	char copy[LINE_BYTES];
	char *words[SCRIPT_WORDS];
	struct step step = {
		.text = line->text,
		.words = words,
		.inside = line + 1,
		.n_inside = n_inside,
	};

	scene->where = line->file;
	scene->line = line->number;
	step.n = script_split(line->text, copy, sizeof(copy), words);
	for (size_t i = 0; i < LENGTH(kinds); i++) {
		if (strcmp(kinds[i].name, words[0]) != 0)
			continue;
		if (step.n < kinds[i].least)
			return scene_fail(scene, "too few words");
		if (!kinds[i].fn(scene, &step))
			return scene_fail(scene, "%s", line->text);
		if (scene->engine != NULL && !scene->is_held)
			scene_pump(scene);
		return !scene->failed;
	}
	return scene_fail(scene, "nobody knows the word %s", words[0]);
}

bool
steps_run(struct scene *scene, const struct script *script)
{
	for (size_t i = 0; i < script->n;) {
		size_t next = i + 1;

		while (next < script->n && script->lines[next].is_inside)
			next++;
		if (!run_line(scene, &script->lines[i], next - i - 1))
			return false;
		i = next;
	}
	return scene_is_quiet(scene);
}
