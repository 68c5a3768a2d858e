/*
 * Trust anchors.  Role: scenario tests.
 */
#include "tests/scenario/trusting.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/msg.h"
#include "engine/files/trust.h"
#include "engine/state/state.h"
#include "libmud/digest.h"
#include "libmud/mem.h"
#include "tests/scenario/scene.h"

#define ADMIN      1000 /* uid */
#define TEXT_BYTES 4096

void
trusting_spki(const char *signer, uint8_t spki[32])
{
	makers_digest(signer, spki);
}

static void
read_text(int fd, char text[TEXT_BYTES])
{
	ssize_t n = pread(fd, text, TEXT_BYTES - 1, 0);

	text[n < 0 ? 0 : n] = '\0';
}

bool
trusting_has(int fd, const char *signer)
{
	char text[TEXT_BYTES], word[2 * MAKERS_WORD];

	read_text(fd, text);
	(void)snprintf(word, sizeof(word), "anchor-%s\n", signer);
	return strstr(text, word) != NULL;
}

/* ---- the reader --------------------------------------------------------- */

static void
say_anchor(struct worker *worker, const char *text, const char *at, size_t len)
{
	struct record_anchor found = {
		.job = worker->job + worker->lie,
		.offset = (uint32_t)(at - text),
		.size = (uint32_t)len,
	};
	char *word = xstrndup(at, len);

	if (strncmp(word, "anchor-", 7) == 0) {
		makers_digest(word, found.anchor.id);
		trusting_spki(word + 7, found.anchor.holder.spki);
		text_copy(found.anchor.holder.subject,
		    sizeof(found.anchor.holder.subject), word + 7);
		found.anchor.is_ca = 1;
	} else {
		(void)fault_set(&found.why, FAULT_MALFORMED, "scenario",
		    "as the script says");
	}
	(void)far_send(&worker->far, RECORD_ANCHOR, &found, NULL, 0);
	free(word);
}

/* Readers that were taken over: the word says what they do. */
static bool
has_misbehaved(struct worker *worker, const char *text)
{
	struct record_anchors_end end = { .job = worker->job, .n = 1 };
	struct record_refused refused = { .job = worker->job };

	if (strncmp(text, "dying\n", 6) == 0) {
		far_close(&worker->far);
	} else if (strncmp(text, "hiding\n", 7) == 0) {
		(void)far_send(&worker->far, RECORD_ANCHORS_END, &end, NULL, 0);
	} else if (strncmp(text, "outside\n", 8) == 0) {
		say_anchor(worker, text, text, strlen(text) + 1);
	} else if (strncmp(text, "overlapping\n", 12) == 0) {
		say_anchor(worker, text, text, 4);
		say_anchor(worker, text, text + 3, 4);
	} else if (strncmp(text, "twins\n", 6) == 0) {
		say_anchor(worker, text, text, 2);
		say_anchor(worker, text, text + 2, 3);
		end.n = 2;
		(void)far_send(&worker->far, RECORD_ANCHORS_END, &end, NULL, 0);
	} else if (strncmp(text, "refused\n", 8) == 0) {
		(void)fault_set(
		    &refused.why, FAULT_TOO_LARGE, "scenario", "so");
		(void)far_send(&worker->far, RECORD_REFUSED, &refused, NULL, 0);
	} else {
		return false;
	}
	return true;
}

void
trusting_list(struct worker *worker, const struct msg *msg)
{
	struct record_anchors_end end = { .job = worker->job + worker->lie };
	char text[TEXT_BYTES];
	const char *at = text;

	read_text(msg->fds[0], text);
	if (has_misbehaved(worker, text))
		return;
	for (;;) {
		size_t len;

		at += strspn(at, "\n");
		len = strcspn(at, "\n");
		if (len == 0)
			break;
		say_anchor(worker, text, at, len);
		end.n++;
		at += len;
	}
	(void)far_send(&worker->far, RECORD_ANCHORS_END, &end, NULL, 0);
}

/* ---- administrators ----------------------------------------------------- */

bool
trusting_file(struct scene *scene, const struct step *step)
{
	struct materials *materials = &scene->materials;
	const char *word = step->words[2];
	char text[TEXT_BYTES];
	struct material_file *file;
	size_t from = materials->anchors.size, len = strlen(word) + 1;

	read_text(materials->anchors.fd, text);
	if (from + len >= sizeof(text))
		return scene_fail(scene, "too many anchors");
	(void)snprintf(text + from, sizeof(text) - from, "%s\n", word);
	(void)close(materials->anchors.fd);
	materials->anchors.size = (uint32_t)(from + len);
	materials->anchors.fd = material_make("anchors", text, from + len);
	materials->anchor_files = xrealloc(materials->anchor_files,
	    materials->n_anchor_files + 1, sizeof(*file));
	file = &materials->anchor_files[materials->n_anchor_files++];
	text_copy(file->name, sizeof(file->name), step->words[1]);
	file->offset = (uint32_t)from;
	file->size = (uint32_t)len;
	return materials->anchors.fd >= 0 || scene_fail(scene, "no memory");
}

/* Notes the outcome; the step has already been left when it comes. */
static void
on_added(void *arg, const struct trust_anchor *anchor, const struct fault *why)
{
	struct scene *scene = arg;

	(void)scene_see(scene, "trusted %s",
	    anchor != NULL ? "done" : fault_name(why->code));
}

bool
trusting_add(struct scene *scene, const struct step *step)
{
	char text[2 * MAKERS_WORD];

	(void)snprintf(text, sizeof(text), "%s\n", step->words[1]);
	trust_add(scene->engine->trust,
	    (struct bytes){ (const uint8_t *)text, strlen(text) }, ADMIN,
	    scene->now, on_added, scene);
	return true;
}

static const char *
outcome_of(int error)
{
	if (error == 0)
		return "done";
	return error == -EPERM ? "in-a-file" : "unknown";
}

bool
trusting_remove(struct scene *scene, const struct step *step)
{
	char hex[DIGEST_TEXT];
	const char *file = "", *outcome;
	uint8_t id[32];

	makers_digest(step->words[1], id);
	outcome = outcome_of(
	    trust_remove(scene->engine->trust, digest_text(id, hex), &file));
	if (strcmp(outcome, step->words[2]) == 0)
		return true;
	return scene_fail(scene, "the answer is: %s", outcome);
}

bool
trusting_decide(struct scene *scene, const struct step *step)
{
	struct trust *trust = scene->engine->trust;
	uint8_t spki[32];
	int error;

	trusting_spki(step->words[1], spki);
	if (strcmp(step->words[0], "trust-distrust") == 0)
		error = trust_distrust(
		    trust, spki, step->words[1], ADMIN, scene->now);
	else
		error = trust_restore(trust, spki);
	return error == 0 || scene_fail(scene, "%s", strerror(-error));
}

bool
trusting_expect(struct scene *scene, const struct step *step)
{
	char all[TEXT_BYTES] = "", wanted[TEXT_BYTES] = "";
	size_t len = 0, n = 0;

	LIST_EACH(at, trust_anchors(scene->engine->trust))
	{
		const struct trust_anchor *anchor =
		    LIST_ENTRY(at, struct trust_anchor, link);

		len +=
		    (size_t)snprintf(all + len, sizeof(all) - len, " %s%s%.*s",
			anchor->file, anchor->file[0] == '\0' ? "" : ":",
			(int)anchor->pem.len, (const char *)anchor->pem.data);
	}
	if (len == 0)
		(void)snprintf(all, sizeof(all), " none");
	for (size_t i = 2; i < step->n; i++)
		n += (size_t)snprintf(
		    wanted + n, sizeof(wanted) - n, " %s", step->words[i]);
	return strcmp(all, wanted) == 0 ||
	       scene_fail(scene, "they are:%s", all);
}

bool
trusting_lose(struct scene *scene, const struct step *step)
{
	uint8_t digest[32];
	int error;

	makers_digest(step->words[2], digest);
	error = state_delete_file(scene->state, step->words[1], digest);
	return error == 0 || scene_fail(scene, "%s", strerror(-error));
}
