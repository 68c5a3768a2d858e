/*
 * Steps of makers, workers and administrators.  Role: scenario tests.
 */
#include "tests/scenario/answer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/state/state.h"
#include "libmud/mem.h"
#include "tests/scenario/scene.h"
#include "tests/scenario/workers.h"

#define ADMIN         1000 /* uid */
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

bool
answer_fault(struct scene *scene, const char *name, enum fault_code *code)
{
	for (int i = 0; i < FAULT_CODES; i++) {
		if (strcmp(fault_name((enum fault_code)i), name) != 0)
			continue;
		*code = (enum fault_code)i;
		return true;
	}
	return scene_fail(scene, "there is no fault %s", name);
}

/* The code after a word, if the word is there. */
static bool
fault_at(struct scene *scene, const struct step *step, const char *key,
    enum fault_code *code)
{
	const char *name = step_value(step, key);

	return name == NULL || answer_fault(scene, name, code);
}

/* ---- makers ------------------------------------------------------------- */

static const struct {
	const char *word;
	enum peer_kind kind;
	bool has_text;
} peer_words[] = {
	{ "name", PEER_DNSNAME, true },
	{ "controller", PEER_CONTROLLER, true },
	{ "my-controller", PEER_MY_CONTROLLER, false },
	{ "manufacturer", PEER_MANUFACTURER, true },
	{ "same-manufacturer", PEER_SAME_MANUFACTURER, false },
	{ "model", PEER_MODEL, true },
	{ "local", PEER_LOCAL_NETWORKS, false },
};

static bool
add_peer(struct scene *scene, struct mud_file *file, enum peer_kind kind,
    const char *text)
{
	struct file_peer *peer = &file->peers[file->n_peers];

	if (file->n_peers == MAKERS_PEERS)
		return scene_fail(scene, "too many peers");
	peer->kind = kind;
	text_copy(peer->text, sizeof(peer->text), text);
	file->n_peers++;
	return true;
}

static bool
add_peers(struct scene *scene, const struct step *step, struct mud_file *file)
{
	for (size_t i = 2; i < step->n; i++)
		for (size_t k = 0; k < LENGTH(peer_words); k++) {
			bool has_text = peer_words[k].has_text;

			if (strcmp(step->words[i], peer_words[k].word) != 0)
				continue;
			if (has_text && i + 1 == step->n)
				return scene_fail(scene, "which one?");
			if (!add_peer(scene, file, peer_words[k].kind,
				has_text ? step->words[i + 1] : ""))
				return false;
		}
	return true;
}

bool
answer_file(struct scene *scene, const struct step *step)
{
	struct mud_file *file = makers_write(&scene->makers, step->words[1]);
	const char *signer = step_value(step, "signed");
	const char *reference = step_value(step, "at");
	const char *hours = step_value(step, "hours");
	const char *updated = step_value(step, "updated");
	const char *documentation = step_value(step, "documentation");
	const char *mud_url = step_value(step, "mud-url");
	long long n = 48;

	if (signer != NULL)
		text_copy(file->signer, sizeof(file->signer), signer);
	if (reference != NULL)
		text_copy(file->reference, sizeof(file->reference), reference);
	if (hours != NULL && !step_number(scene, hours, 168, &n))
		return false;
	file->hours = (unsigned int)n;
	n = 0;
	if (updated != NULL && !step_number(scene, updated, LLONG_MAX, &n))
		return false;
	file->updated_at = n == 0 ? 0 : SCENE_EPOCH + n;
	file->is_silent = step_has(step, "silent");
	file->is_deadly = step_has(step, "deadly");
	file->is_draft = step_has(step, "draft");
	file->is_unsupported = step_has(step, "unsupported");
	if (mud_url != NULL)
		text_copy(file->mud_url, sizeof(file->mud_url), mud_url);
	if (documentation != NULL)
		text_copy(file->documentation, sizeof(file->documentation),
		    documentation);
	return fault_at(scene, step, "verdict", &file->verdict) &&
	       fault_at(scene, step, "refused", &file->refused) &&
	       fault_at(scene, step, "hold", &file->hold) &&
	       add_peers(scene, step, file);
}

bool
answer_serve(struct scene *scene, const struct step *step)
{
	enum fault_code fault = FAULT_NONE;
	bool is_fault = strcmp(step->words[2], "fault") == 0;

	if (is_fault && !fault_at(scene, step, "fault", &fault))
		return false;
	makers_serve(&scene->makers, step->words[1],
	    is_fault ? "" : step->words[2], fault);
	return true;
}

bool
answer_pending(struct scene *scene, const struct step *step)
{
	const char *name = step->words[0], *body = step->words[1];
	struct material *file = &scene->materials.pending;

	if (strcmp(name, "quarantine") == 0)
		file = &scene->materials.quarantine;
	else if (strcmp(name, "unknown") == 0)
		file = &scene->materials.unknown;
	(void)close(file->fd);
	file->size = (uint32_t)strlen(body);
	file->fd = material_make(name, body, file->size);
	return file->fd >= 0 || scene_fail(scene, "no memory file");
}

bool
answer_trust(struct scene *scene, const struct step *step)
{
	makers_trust(&scene->makers, step->words[1],
	    strcmp(step->words[0], "trust") == 0);
	return true;
}

/* The engine is not there: its state is changed behind its back. */
static void
swap_file(void *arg, const struct state_file *row)
{
	*(struct state_file *)arg = *row;
}

bool
answer_stored(struct scene *scene, const struct step *step)
{
	const char *body = step->words[4];
	struct state_file row = { 0 };
	enum state_opened how;
	struct state *state;
	uint8_t digest[32];
	char path[128];
	int error;

	(void)snprintf(path, sizeof(path), "%s/state.db", scene->dir);
	if (scene->engine != NULL || state_open(path, &state, &how) < 0)
		return scene_fail(scene, "the state is in use");
	makers_digest(step->words[2], digest);
	error = state_find_file(state, step->words[1], digest, swap_file, &row);
	row.file = (struct bytes){ (const uint8_t *)body, strlen(body) };
	row.signature = row.file;
	if (error == 0)
		error = state_put_file(state, &row);
	state_close(state);
	return error == 0 || scene_fail(scene, "%s", strerror(-error));
}

/* ---- workers ------------------------------------------------------------ */

static bool
say_fetched(struct scene *scene, struct worker *worker, const struct step *step)
{
	enum fault_code fault = FAULT_NONE;
	bool is_fault = strcmp(step->words[1], "fault") == 0;

	if (is_fault && !fault_at(scene, step, "fault", &fault))
		return false;
	/* The size it tells is that of another body. */
	if (step_has(step, "short"))
		(void)!ftruncate(worker->into, LIMIT_FILE);
	workers_fetched(worker, is_fault ? "" : step->words[1], fault);
	return true;
}

static bool
say_address(struct scene *scene, struct worker *worker, const struct step *step)
{
	struct record_address_of address = { .n = scene->it_n };
	const char *ttl = step_value(step, "ttl");
	long long n;

	if (ttl == NULL || !step_number(scene, ttl, UINT32_MAX, &n) ||
	    !addr_parse(step->words[1], &address.addr))
		return scene_fail(scene, "address ADDRESS ttl SECONDS");
	address.ttl_sec = (uint32_t)n;
	(void)far_send(&worker->far, RECORD_ADDRESS_OF, &address, NULL, 0);
	return true;
}

static bool
say_resolved(
    struct scene *scene, struct worker *worker, const struct step *step)
{
	struct record_resolved resolved = { .n = scene->it_n };
	enum fault_code fault = FAULT_NONE;

	if (!fault_at(scene, step, "fault", &fault))
		return false;
	if (fault != FAULT_NONE)
		(void)fault_set(
		    &resolved.why, fault, "scenario", "as the script says");
	(void)far_send(&worker->far, RECORD_RESOLVED, &resolved, NULL, 0);
	return true;
}

static bool
say_verdict(struct scene *scene, struct worker *worker, const struct step *step)
{
	const char *signer = step_value(step, "good");
	enum fault_code fault = FAULT_NONE;

	if (signer == NULL && !answer_fault(scene, step->words[1], &fault))
		return false;
	workers_verdict(
	    worker, worker->body, signer == NULL ? "" : signer, fault);
	return true;
}

static bool
say_policy(struct scene *scene, struct worker *worker, const struct step *step)
{
	struct mud_file *file = makers_find(&scene->makers, step->words[1]);

	if (file == NULL)
		return scene_fail(scene, "no file %s", step->words[1]);
	workers_policy(worker, file, strcmp(step->words[0], "policy") == 0);
	return true;
}

/* mudd ends it, because it took too long. */
static bool
outlive(struct scene *scene, const struct worker *worker)
{
	struct record_gone gone = {
		.program = worker->program,
		.job = worker->job,
		.outlived = 1,
	};

	return far_send(&scene->mudd.far, RECORD_GONE, &gone, NULL, 0);
}

bool
answer_worker(struct scene *scene, const struct step *step)
{
	struct worker *worker = workers_find(scene, scene->it_job);
	const char *word = step->words[0];
	enum fault_code fault;

	if (worker == NULL)
		return scene_fail(scene, "nobody is there to say that");
	if (strcmp(word, "fetched") == 0)
		return say_fetched(scene, worker, step);
	if (strcmp(word, "address") == 0)
		return say_address(scene, worker, step);
	if (strcmp(word, "resolved") == 0)
		return say_resolved(scene, worker, step);
	if (strcmp(word, "verdict") == 0)
		return say_verdict(scene, worker, step);
	if (strcmp(word, "outlive") == 0)
		return outlive(scene, worker);
	if (strcmp(word, "lie") == 0) {
		worker->lie = 1;
		return true;
	}
	if (strcmp(word, "signature-at") == 0) {
		workers_signature_at(worker,
		    strcmp(step->words[1], "none") == 0 ? "" : step->words[1]);
		return true;
	}
	if (strcmp(word, "refused") == 0) {
		if (!answer_fault(scene, step->words[1], &fault))
			return false;
		workers_refused(worker, fault);
		return true;
	}
	if (strcmp(word, "die") == 0) {
		far_close(&worker->far);
		return true;
	}
	return say_policy(scene, worker, step);
}

/* ---- administrators ----------------------------------------------------- */

static const char *
outcome_name(int error)
{
	if (error == 0)
		return "done";
	if (error == -ENOENT)
		return "unknown";
	if (error == -ENOKEY)
		return "no-signer";
	if (error == -EIO)
		return "not-stored";
	return error == -EINVAL ? "wrong-digest" : "nothing-waits";
}

static const char *
id_of(struct scene *scene, const char *url)
{
	LIST_EACH(at, manager_all(scene->engine->manager))
	{
		const struct mudurl *mud = LIST_ENTRY(at, struct mudurl, link);

		if (strcmp(mud->url.text, url) == 0)
			return mud->id;
	}
	return "none";
}

static bool
check_outcome(struct scene *scene, int error, const char *expected)
{
	if (strcmp(outcome_name(error), expected) == 0)
		return true;
	return scene_fail(scene, "the answer is: %s", outcome_name(error));
}

bool
answer_approve(struct scene *scene, const struct step *step)
{
	uint8_t digest[32];
	char hex[65];

	makers_digest(step->words[3], digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	return check_outcome(scene,
	    manager_approve(scene->engine->manager,
		id_of(scene, step->words[1]), hex, step_has(step, "pin-signer"),
		ADMIN, scene->now),
	    step->words[4]);
}

bool
answer_reject(struct scene *scene, const struct step *step)
{
	return check_outcome(scene,
	    manager_reject(scene->engine->manager, id_of(scene, step->words[1]),
		ADMIN, scene->now),
	    step->words[2]);
}
