/*
 * Fetchers and readers, played.  Role: scenario tests.
 */
#include "tests/scenario/workers.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libmud/mem.h"
#include "libmud/policy.h"
#include "tests/scenario/certifying.h"
#include "tests/scenario/scene.h"
#include "tests/scenario/trusting.h"

const char *
workers_name(uint32_t program)
{
	return program == PROGRAM_FETCHER ? "fetcher" : "reader";
}

struct worker *
workers_find(struct scene *scene, uint32_t job)
{
	LIST_EACH(at, &scene->workers)
	{
		struct worker *worker = LIST_ENTRY(at, struct worker, link);

		if (worker->job == job)
			return worker;
	}
	return NULL;
}

int
workers_add(struct scene *scene, const struct record_worker *start)
{
	struct worker *worker;
	unsigned int n = 0;
	int fd;

	LIST_EACH(at, &scene->workers)
	if ((uint32_t)LIST_ENTRY(at, struct worker, link)->program ==
	    start->program)
		n++;
	if (n == LIMIT_JOBS)
		(void)scene_fail(scene, "more than %d %ss at one time",
		    LIMIT_JOBS, workers_name(start->program));
	worker = xcalloc(1, sizeof(*worker));
	worker->program = (enum program)start->program;
	worker->job = start->job;
	worker->into = -1;
	fd = far_open(&worker->far, worker->program);
	list_append(&scene->workers, &worker->link);
	return fd;
}

static void
worker_free(struct worker *worker)
{
	far_close(&worker->far);
	if (worker->into >= 0)
		(void)close(worker->into);
	list_remove(&worker->link);
	free(worker);
}

void
workers_stop(struct scene *scene, const struct record_worker *stop)
{
	struct worker *worker = workers_find(scene, stop->job);

	(void)scene_see(scene, "stop %s", workers_name(stop->program));
	if (worker != NULL)
		worker_free(worker);
	else if (!scene->mudd.cannot_start)
		(void)scene_fail(scene, "a %s is stopped that does not run",
		    workers_name(stop->program));
}

void
workers_stop_all(struct scene *scene)
{
	LIST_EACH_SAFE(at, &scene->workers)
	worker_free(LIST_ENTRY(at, struct worker, link));
}

/* ---- answers ------------------------------------------------------------ */

static struct fault
fault_of(enum fault_code code)
{
	struct fault fault = { 0 };

	if (code != FAULT_NONE)
		(void)fault_set(&fault, code, "scenario", "as the script says");
	return fault;
}

void
workers_fetched(struct worker *worker, const char *body, enum fault_code fault)
{
	struct record_fetched fetched = {
		.job = worker->job + worker->lie,
		.kind = worker->kind,
		.size = (uint32_t)strlen(body),
		.why = fault_of(fault),
	};

	if (worker->into >= 0) {
		(void)!pwrite(worker->into, body, fetched.size, 0);
		(void)close(worker->into);
		worker->into = -1;
	}
	(void)far_send(&worker->far, RECORD_FETCHED, &fetched, NULL, 0);
}

void
workers_signature_at(struct worker *worker, const char *url)
{
	struct record_signature_at at = { .job = worker->job + worker->lie };

	text_copy(at.url, sizeof(at.url), url);
	(void)far_send(&worker->far, RECORD_SIGNATURE_AT, &at, NULL, 0);
}

void
workers_verdict(struct worker *worker, const char *body, const char *signer,
    enum fault_code fault)
{
	struct record_verdict verdict = {
		.job = worker->job + worker->lie,
		.why = fault_of(fault),
	};

	makers_digest(body, verdict.digest);
	text_copy(
	    verdict.signer.subject, sizeof(verdict.signer.subject), signer);
	/* One CA vouches for all of them. */
	if (signer[0] != '\0')
		makers_digest(signer, verdict.signer.identity);
	if (signer[0] != '\0' && fault == FAULT_NONE)
		makers_digest("CA", verdict.signer.anchor);
	if (signer[0] != '\0')
		trusting_spki(signer, verdict.signer.spki);
	(void)far_send(&worker->far, RECORD_VERDICT, &verdict, NULL, 0);
}

void
workers_refused(struct worker *worker, enum fault_code fault)
{
	struct record_refused refused = {
		.job = worker->job + worker->lie,
		.why = fault_of(fault),
	};

	(void)far_send(&worker->far, RECORD_REFUSED, &refused, NULL, 0);
}

void
workers_policy(
    struct worker *worker, const struct mud_file *file, bool is_whole)
{
	struct policy *policy = makers_policy(file, worker->url);
	struct record_policy frame = {
		.job = worker->job + worker->lie,
		.n_texts = (uint32_t)policy->n_texts,
		.n_aces = (uint32_t)policy->n_aces,
		.hold = policy->hold,
		.info = policy->info,
	};

	(void)far_send(&worker->far, RECORD_POLICY_BEGIN, &frame, NULL, 0);
	for (size_t i = 0; i < policy->n_texts; i++) {
		struct record_text text = { .text = policy->texts[i] };

		(void)far_send(
		    &worker->far, RECORD_POLICY_TEXT, &text, NULL, 0);
	}
	for (size_t i = 0; i < policy->n_aces; i++) {
		struct record_ace ace = { .ace = policy->aces[i] };

		(void)far_send(&worker->far, RECORD_ACE, &ace, NULL, 0);
	}
	if (is_whole)
		(void)far_send(
		    &worker->far, RECORD_POLICY_END, &frame, NULL, 0);
	policy_free(policy);
}

/* ---- what the engine asks ----------------------------------------------- */

static void
ask_script(struct scene *scene, struct seen *seen, const struct worker *worker,
    uint32_t n)
{
	if (seen == NULL) {
		(void)scene_fail(scene, "a question to a worker is ignored");
		return;
	}
	seen->job = worker->job;
	seen->n = n;
}

static void
on_fetch(struct scene *scene, struct worker *worker, struct msg *msg)
{
	const struct record_fetch *fetch = MSG_BODY(msg, record_fetch);
	bool is_signature = fetch->kind == FETCH_SIGNATURE;
	char body[MAKERS_WORD];
	enum fault_code fault;

	if (!worker->is_introduced)
		(void)scene_fail(scene, "a FETCH without TLS roots");
	if (fetch->job != worker->job)
		(void)scene_fail(scene, "a FETCH for another job");
	worker->into = msg_take_fd(msg, 0);
	worker->kind = fetch->kind;
	if (makers_get(&scene->makers, fetch->url, is_signature, body, &fault))
		workers_fetched(worker, body, fault);
	else
		ask_script(scene,
		    scene_see(scene, "fetch %s%s",
			is_signature ? "signature " : "", fetch->url),
		    worker, 0);
}

/* What a file holds, which is one word. */
static void
read_word(int fd, char body[MAKERS_WORD])
{
	ssize_t n = pread(fd, body, MAKERS_WORD - 1, 0);

	body[n < 0 ? 0 : n] = '\0';
}

static void
on_peek(struct scene *scene, struct worker *worker, const struct msg *msg)
{
	const struct mud_file *file;
	char url[LIMIT_URL + 1];

	read_word(msg->fds[0], worker->body);
	file = makers_find(&scene->makers, worker->body);
	if (file == NULL) {
		ask_script(scene, scene_see(scene, "peek %s", worker->body),
		    worker, 0);
		return;
	}
	makers_reference(file, url);
	workers_signature_at(worker, url);
}

static bool
is_pinned(const struct record_read *read, const char *signer)
{
	uint8_t spki[32];

	trusting_spki(signer, spki);
	return memcmp(read->pinned, spki, sizeof(spki)) == 0;
}

/* Is the signer whom the READ asks for, if it asks for any? */
static bool
is_named(const struct record_read *read, const char *signer)
{
	uint8_t name[64];
	const size_t len = certifying_name(signer, name);

	return read->n_mudsigner == 0 ||
	       (read->n_mudsigner == len &&
		   memcmp(read->mudsigner, name, len) == 0);
}

static void
read_file(struct scene *scene, struct worker *worker,
    const struct mud_file *file, const struct msg *msg)
{
	const struct record_read *read = MSG_BODY(msg, record_read);
	bool goes_on = read->is_approved != 0 || read->is_shown != 0;
	enum fault_code verdict = makers_verdict(&scene->makers, file);

	if (verdict == FAULT_UNTRUSTED &&
	    (trusting_has(msg->fds[2], file->signer) ||
		is_pinned(read, file->signer)))
		verdict = FAULT_NONE;
	if (verdict == FAULT_NONE && !is_named(read, file->signer))
		verdict = FAULT_MUDSIGNER;
	if (file->is_silent)
		return;
	if (file->is_deadly) {
		far_close(&worker->far);
		return;
	}
	workers_verdict(worker, file->body, file->signer, verdict);
	if (verdict != FAULT_NONE && !goes_on)
		return;
	if (file->refused != FAULT_NONE)
		workers_refused(worker, file->refused);
	else
		workers_policy(worker, file, true);
}

static bool
is_wanted(struct scene *scene, const char *url)
{
	LIST_EACH(at, manager_all(scene->engine->manager))
	if (strcmp(LIST_ENTRY(at, struct mudurl, link)->url.text, url) == 0)
		return true;
	return strcmp(url, "https://pending.invalid/") == 0 ||
	       strcmp(url, "https://quarantine.invalid/") == 0 ||
	       strcmp(url, "https://unknown.invalid/") == 0;
}

static void
on_read(struct scene *scene, struct worker *worker, const struct msg *msg)
{
	const struct record_read *read = MSG_BODY(msg, record_read);
	const struct mud_file *file;
	char signature[MAKERS_WORD];

	read_word(msg->fds[0], worker->body);
	read_word(msg->fds[1], signature);
	text_copy(worker->url, sizeof(worker->url), read->url);
	if (!is_wanted(scene, read->url))
		(void)scene_fail(scene, "a READ for %s", read->url);
	if ((read->is_signed != 0) != (signature[0] != '\0'))
		(void)scene_fail(scene, "a READ that says %ssigned",
		    read->is_signed != 0 ? "" : "un");
	file = makers_find(&scene->makers, worker->body);
	if (file != NULL)
		(void)scene_see(scene, "judged %s at %lld", worker->body,
		    (long long)(read->at - SCENE_EPOCH));
	if (file != NULL)
		read_file(scene, worker, file, msg);
	else
		ask_script(scene,
		    scene_see(scene, "read %s%s%s at %lld", worker->body,
			read->is_signed != 0 ? " signed" : "",
			read->is_approved != 0 ? " approved" : "",
			(long long)(read->at - SCENE_EPOCH)),
		    worker, 0);
}

static bool
is_host(const struct prefix *prefix)
{
	return prefix->len == (prefix->addr.family == 4 ? 32 : 128);
}

static void
on_prefix(struct scene *scene, const char *what, const struct prefix *prefix)
{
	char text[PREFIX_TEXT];

	(void)scene_see(scene, "%s %s", what, prefix_text(prefix, text));
}

static void
take(struct scene *scene, struct worker *worker, struct msg *msg)
{
	const struct record_resolve *resolve;
	const struct record_forbid *forbid;

	switch ((int)msg->type) {
	case RECORD_FETCH_ROOTS:
		worker->is_introduced = true;
		break;
	case RECORD_FETCH_FORBID:
		forbid = MSG_BODY(msg, record_forbid);
		on_prefix(scene,
		    forbid->is_own != 0 && !is_host(&forbid->prefix)
			? "forbid own"
			: "forbid",
		    &forbid->prefix);
		break;
	case RECORD_FETCH_ALLOW:
		(void)scene_see(scene, "allow");
		break;
	case RECORD_FETCH:
		on_fetch(scene, worker, msg);
		break;
	case RECORD_RESOLVE:
		resolve = MSG_BODY(msg, record_resolve);
		if (!worker->is_introduced)
			(void)scene_fail(scene, "a RESOLVE without TLS roots");
		ask_script(scene, scene_see(scene, "resolve %s", resolve->name),
		    worker, resolve->n);
		break;
	case RECORD_PEEK:
		on_peek(scene, worker, msg);
		break;
	case RECORD_READ:
		on_read(scene, worker, msg);
		break;
	case RECORD_ANCHORS:
		(void)scene_see(scene, "list-anchors");
		trusting_list(worker, msg);
		break;
	case RECORD_CERTIFICATE:
		certifying_judge(worker, msg);
		break;
	default:
		(void)scene_see(scene, "record %s", msg_name(msg->type));
		break;
	}
}

bool
workers_turn(struct scene *scene)
{
	bool any = false;
	struct msg msg;

	LIST_EACH_SAFE(at, &scene->workers)
	{
		struct worker *worker = LIST_ENTRY(at, struct worker, link);

		while (far_receive(&worker->far, &msg)) {
			any = true;
			take(scene, worker, &msg);
			msg_close_fds(&msg);
		}
	}
	return any;
}
