/*
 * What a scenario expects.  Role: scenario tests.
 */
#include "tests/scenario/expect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/files/rejudge.h"
#include "libmud/mem.h"
#include "tests/scenario/scene.h"
#include "tests/scenario/trusting.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define FLAGS_TEXT    128

/* ---- what it did -------------------------------------------------------- */

/*
 * Do the lines that follow in the batch match the expected ones?  "..."
 * stands for any lines, or none.
 */
static bool
lines_match(const char *text, const struct script_line *lines, size_t n)
{
	size_t len = strcspn(text, "\n");

	if (n == 0)
		return *text == '\0';
	if (strcmp(lines->text, "...") == 0) {
		for (;;) {
			if (lines_match(text, lines + 1, n - 1))
				return true;
			if (*text == '\0')
				return false;
			text += strcspn(text, "\n") + 1;
		}
	}
	return *text != '\0' && strncmp(text, lines->text, len) == 0 &&
	       lines->text[len] == '\0' &&
	       lines_match(text + len + 1, lines + 1, n - 1);
}

static bool
expect_batch(struct scene *scene, const struct step *step)
{
	struct seen *seen = seen_first(&scene->seen, "batch");
	const char *header = step->text + strlen("expect ");
	size_t len;

	if (seen == NULL)
		return scene_fail(scene, "no batch was sent");
	len = strcspn(seen->text, "\n");
	if (strncmp(seen->text, header, len) != 0 || header[len] != '\0' ||
	    (step->n_inside > 0 && !lines_match(seen->text + len + 1,
				       step->inside, step->n_inside)))
		return scene_fail(scene, "this is not the batch that was sent");
	seen_free(seen);
	return true;
}

/* Word by word; "*" stands for any one word. */
static bool
words_match(const char *text, const char *expected)
{
	for (;;) {
		size_t len = strcspn(text, " ");
		size_t want = strcspn(expected, " ");

		if ((want != 1 || *expected != '*') &&
		    (len != want || strncmp(text, expected, len) != 0))
			return false;
		if (text[len] != expected[want])
			return false;
		if (text[len] == '\0')
			return true;
		text += len + 1;
		expected += want + 1;
	}
}

static bool
expect_seen(struct scene *scene, const struct step *step)
{
	struct seen *seen = seen_first(&scene->seen, step->words[1]);
	const char *text = step->text + strlen("expect ");

	if (seen == NULL)
		return scene_fail(scene, "it did not happen");
	if (!words_match(seen->text, text))
		return scene_fail(scene, "it was: %s", seen->text);
	if (seen->job != 0) {
		scene->it_job = seen->job;
		scene->it_n = seen->n;
	}
	seen_free(seen);
	return true;
}

static bool
expect_nothing(struct scene *scene, const struct step *step)
{
	(void)step;
	return scene_is_quiet(scene);
}

/* ---- what it thinks ----------------------------------------------------- */

static const char *
standing_name(enum mudurl_standing standing)
{
	switch (standing) {
	case STANDING_FETCHING:
		return "fetching";
	case STANDING_PENDING:
		return "pending";
	case STANDING_REFUSED:
		return "refused";
	case STANDING_ENFORCED:
		return "enforced";
	}
	return "?";
}

static bool
expect_url(struct scene *scene, const struct step *step)
{
	const struct mudurl *mud =
	    step->n < 4
		? NULL
		: manager_find_url(scene->engine->manager, step->words[2]);
	const char *standing, *fault;

	if (step->n < 4)
		return scene_fail(scene, "expect url URL STANDING [FAULT]");
	if (mud == NULL)
		return strcmp(step->words[3], "unknown") == 0 ||
		       scene_fail(scene, "the engine does not know this URL");
	standing = standing_name(mudurl_standing(mud));
	fault = fault_name(mudurl_fault(mud)->code);
	if (strcmp(standing, step->words[3]) != 0 ||
	    (step->n > 4 && strcmp(fault, step->words[4]) != 0))
		return scene_fail(scene, "it is %s (%s)", standing, fault);
	return true;
}

static bool
expect_waits(struct scene *scene, const struct step *step)
{
	const struct mudurl *mud =
	    step->n < 3
		? NULL
		: manager_find_url(scene->engine->manager, step->words[2]);

	return (mud != NULL && mudurl_waiting(mud) != NULL) ||
	       scene_fail(scene, "nothing waits for an administrator");
}

static bool
expect_settled(struct scene *scene, const struct step *step)
{
	bool wanted = strcmp(step->words[1], "settled") == 0;

	if (manager_is_settled(scene->engine->manager) == wanted)
		return true;
	return scene_fail(scene, "it is not %s", step->words[1]);
}

static struct thing *
find_thing(struct scene *scene, const struct step *step)
{
	struct mac mac;

	if (step->n < 3 || !mac_parse(step->words[2], &mac)) {
		(void)scene_fail(scene, "which Thing?");
		return NULL;
	}
	return things_find(scene->engine->things, &mac);
}

static bool
expect_absent(struct scene *scene, const struct step *step)
{
	if (find_thing(scene, step) != NULL)
		return scene_fail(scene, "the engine knows it");
	return !scene->failed;
}

/* Who says which MUD URL it has. */
static bool
expect_source(struct scene *scene, const struct step *step)
{
	const struct thing *thing = find_thing(scene, step);
	const char *source;

	if (thing == NULL)
		return scene_fail(scene, "the engine does not know it");
	source = state_source_name(thing->source);
	return strcmp(source, step->words[3]) == 0 ||
	       scene_fail(scene, "it is %s", source);
}

/* The words from the third on, as they were written. */
static const char *
rest_of(const struct step *step)
{
	const char *at = step->text;

	for (int i = 0; i < 3 && at != NULL; i++)
		at = at == NULL ? NULL : strchr(at, ' ') + 1;
	return at;
}

static bool
expect_flags(struct scene *scene, const struct step *step)
{
	const struct thing *thing = find_thing(scene, step);
	char flags[FLAGS_TEXT];

	if (thing == NULL || step->n < 4)
		return scene_fail(scene, "the engine does not know it");
	(void)snprintf(flags, sizeof(flags), "%s%s%s%s%s%s%s%s",
	    thing->mud == NULL ? " unmanaged" : "",
	    thing->departed ? " departed" : "",
	    thing->conflicted ? " conflicted" : "",
	    thing->spoofed ? " spoofed" : "", thing->doubled ? " doubled" : "",
	    thing->roaming.clashes_until != 0 ? " two-ports" : "",
	    thing->roaming.flaps_until != 0 ? " flapping" : "",
	    thing->mud != NULL &&
		    rejudge_is_frozen(scene->engine->trust, thing->mud)
		? " frozen"
		: "");
	if (flags[0] == '\0')
		(void)snprintf(flags, sizeof(flags), " none");
	if (strcmp(flags + 1, rest_of(step)) != 0)
		return scene_fail(scene, "they are:%s", flags);
	return true;
}

static bool
expect_addresses(struct scene *scene, const struct step *step)
{
	const struct thing *thing = find_thing(scene, step);
	char all[THING_ADDRESSES * (ADDR_TEXT + 1) + 8] = "";
	size_t len = 0;

	if (thing == NULL || step->n < 4)
		return scene_fail(scene, "the engine does not know it");
	for (size_t i = 0; i < thing->n_leases; i++) {
		char text[ADDR_TEXT];

		len += (size_t)snprintf(all + len, sizeof(all) - len, " %s",
		    addr_text(&thing->leases[i].addr, text));
	}
	if (len == 0)
		(void)snprintf(all, sizeof(all), " none");
	if (strcmp(all + 1, rest_of(step)) != 0)
		return scene_fail(scene, "they are:%s", all);
	return true;
}

static void
put_claims(char *all, size_t size, struct claim *const *claims, const char *how)
{
	for (size_t i = 0; i < CLAIM_SOURCES; i++) {
		const size_t len = strlen(all);

		if (claims[i] != NULL)
			(void)snprintf(all + len, size - len, " %s%s %s", how,
			    state_source_name((enum state_source)i),
			    claims[i]->url);
	}
}

/* What counts, and then what waits. */
static bool
expect_announced(struct scene *scene, const struct step *step)
{
	const struct thing *thing = find_thing(scene, step);
	char all[2 * CLAIM_SOURCES * (LIMIT_URL + 16)] = "";

	if (thing == NULL || step->n < 4)
		return scene_fail(scene, "the engine does not know it");
	put_claims(all, sizeof(all), thing->claims.counts, "");
	put_claims(all, sizeof(all), thing->claims.waits, "waits ");
	if (all[0] == '\0')
		(void)snprintf(all, sizeof(all), " none");
	if (strcmp(all + 1, rest_of(step)) != 0)
		return scene_fail(scene, "they say:%s", all);
	return true;
}

static const struct step_kind kinds[] = {
	{ "nothing", 2, expect_nothing },
	{ "batch", 2, expect_batch },
	{ "url", 4, expect_url },
	{ "waits", 3, expect_waits },
	{ "settled", 2, expect_settled },
	{ "unsettled", 2, expect_settled },
	{ "absent", 3, expect_absent },
	{ "source", 4, expect_source },
	{ "flags", 4, expect_flags },
	{ "addresses", 4, expect_addresses },
	{ "announced", 4, expect_announced },
	{ "anchors", 3, trusting_expect },
};

bool
expect_step(struct scene *scene, const struct step *step)
{
	if (scene->engine == NULL)
		return scene_fail(scene, "the engine does not run");
	for (size_t i = 0; i < LENGTH(kinds); i++)
		if (strcmp(kinds[i].name, step->words[1]) == 0)
			return kinds[i].fn(scene, step);
	return expect_seen(scene, step);
}
