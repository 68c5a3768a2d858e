/*
 * One attempt at a MUD file.  Role: engine.  Input: records of fetchers and
 * readers, who were at hostile bytes; each is believed only as far as its
 * record allows.
 */
#include "engine/files/attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/log.h"
#include "engine/config.h"
#include "engine/files/materials.h"
#include "engine/files/stage.h"
#include "libmud/digest.h"
#include "libmud/mem.h"

enum step {
	STEP_FETCH_FILE,
	STEP_PEEK,
	STEP_FETCH_SIGNATURE,
	STEP_READ,    /* until the VERDICT */
	STEP_RECEIVE, /* until POLICY_END */
};

struct attempt {
	struct attempt_options options;
	enum step step;
	struct url signature_url;
	struct job *fetcher, *peeker, *reader;
	bool fetcher_ready, peeker_ready, reader_ready;
	int filling; /* the fetcher's copy is on its way to be filled */
	bool is_signed;
	struct stage stage;
	struct outcome outcome;
};

void
mud_bytes_done(struct mud_bytes *bytes)
{
	if (bytes->file >= 0)
		(void)close(bytes->file);
	if (bytes->signature >= 0)
		(void)close(bytes->signature);
	bytes->file = bytes->signature = -1;
}

static void
end_job(struct job **job)
{
	if (*job != NULL)
		job_end(*job);
	*job = NULL;
}

void
attempt_free(struct attempt *attempt)
{
	if (attempt == NULL)
		return;
	end_job(&attempt->fetcher);
	end_job(&attempt->peeker);
	end_job(&attempt->reader);
	if (attempt->filling >= 0)
		(void)close(attempt->filling);
	stage_done(&attempt->stage);
	mud_bytes_done(&attempt->outcome.bytes);
	policy_free(attempt->outcome.policy);
	free(attempt);
}

static void
finish(struct attempt *attempt, enum outcome_kind kind)
{
	attempt->outcome.kind = kind;
	attempt->options.done(attempt->options.arg, &attempt->outcome);
	attempt_free(attempt);
}

static void
fail(struct attempt *attempt, enum outcome_kind kind, const struct fault *why)
{
	attempt->outcome.why = *why;
	finish(attempt, kind);
}

static int
copy_fd(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (copy < 0)
		log_fatal("out of file descriptors: %s", strerror(errno));
	return copy;
}

static void
send_fetch(struct attempt *attempt, enum fetch_kind kind, const struct url *url)
{
	const struct config *config = attempt->options.fetching->config;
	struct record_fetch fetch = {
		.job = job_number(attempt->fetcher),
		.kind = kind,
		.max_size =
		    kind == FETCH_FILE ? config->max_size : LIMIT_SIGNATURE,
		.timeout_sec = config->timeout_sec,
	};
	int fd;

	text_copy(fetch.url, sizeof(fetch.url), url->text);
	attempt->filling =
	    memfd_create("fetched", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (attempt->filling < 0)
		log_fatal("cannot make a memory file: %s", strerror(errno));
	fd = copy_fd(attempt->filling);
	job_send(attempt->fetcher, RECORD_FETCH, &fetch, &fd, 1);
}

static void
send_peek(struct attempt *attempt)
{
	struct record_peek peek = { .job = job_number(attempt->peeker) };
	int fd = copy_fd(attempt->outcome.bytes.file);

	job_send(attempt->peeker, RECORD_PEEK, &peek, &fd, 1);
}

static void
send_read(struct attempt *attempt)
{
	const struct mud_bytes *bytes = &attempt->outcome.bytes;
	const struct materials *materials = attempt->options.materials;
	struct record_read read = {
		.job = job_number(attempt->reader),
		.is_signed = bytes->signature >= 0,
		.is_approved = attempt->options.is_approved,
		.at = attempt->options.at,
	};
	int fds[3] = {
		copy_fd(bytes->file),
		copy_fd(bytes->signature >= 0 ? bytes->signature
					      : materials->nothing.fd),
		copy_fd(attempt->options.anchors->fd),
	};

	read.n_mudsigner = (uint32_t)attempt->options.mudsigner.len;
	if (attempt->options.mudsigner.len > 0)
		memcpy(read.mudsigner, attempt->options.mudsigner.data,
		    attempt->options.mudsigner.len);
	memcpy(read.pinned, attempt->options.pinned, sizeof(read.pinned));
	text_copy(read.url, sizeof(read.url), attempt->options.url->text);
	job_send(attempt->reader, RECORD_READ, &read, fds, 3);
}

/* ---- the workers are there, or are not any more ------------------------ */

static const struct job_handler fetcher_handler;
static const struct job_handler peeker_handler;
static const struct job_handler reader_handler;

/* A worker started ahead may have ended unused: then another is asked for. */
static bool
need(struct attempt *attempt, struct job **job, enum program program,
    const struct job_handler *handler)
{
	struct fault why;

	if (*job != NULL)
		return true;
	*job = job_start(attempt->options.jobs, program, handler, attempt);
	if (*job != NULL)
		return true;
	(void)fault_set(&why, FAULT_BUSY, "S-25", "too many fetches wait");
	fail(attempt, OUTCOME_NOT_FETCHED, &why);
	return false;
}

static void
start_peek(struct attempt *attempt)
{
	attempt->step = STEP_PEEK;
	if (!need(attempt, &attempt->peeker, PROGRAM_READER, &peeker_handler))
		return;
	/* So that it is there when the signature has come. */
	if (attempt->reader == NULL)
		attempt->reader = job_start(attempt->options.jobs,
		    PROGRAM_READER, &reader_handler, attempt);
	if (attempt->peeker_ready)
		send_peek(attempt);
}

static void
start_read(struct attempt *attempt)
{
	attempt->step = STEP_READ;
	end_job(&attempt->fetcher);
	if (!need(attempt, &attempt->reader, PROGRAM_READER, &reader_handler))
		return;
	if (attempt->reader_ready)
		send_read(attempt);
}

static void
fetcher_is_ready(void *arg, struct job *job)
{
	struct attempt *attempt = arg;

	attempt->fetcher_ready = true;
	fetching_introduce(attempt->options.fetching, job);
	send_fetch(attempt, FETCH_FILE, attempt->options.url);
}

static void
peeker_is_ready(void *arg, struct job *job)
{
	struct attempt *attempt = arg;

	(void)job;
	attempt->peeker_ready = true;
	if (attempt->step == STEP_PEEK)
		send_peek(attempt);
}

static void
reader_is_ready(void *arg, struct job *job)
{
	struct attempt *attempt = arg;

	(void)job;
	attempt->reader_ready = true;
	if (attempt->step == STEP_READ)
		send_read(attempt);
}

static void
fetcher_gone(void *arg, struct job *job, const struct fault *why)
{
	struct attempt *attempt = arg;

	(void)job;
	attempt->fetcher = NULL;
	if (attempt->step == STEP_FETCH_FILE ||
	    attempt->step == STEP_FETCH_SIGNATURE)
		fail(attempt, OUTCOME_NOT_FETCHED, why);
}

static void
peeker_gone(void *arg, struct job *job, const struct fault *why)
{
	struct attempt *attempt = arg;

	(void)job;
	attempt->peeker = NULL;
	attempt->peeker_ready = false;
	if (attempt->step == STEP_PEEK)
		fail(attempt, OUTCOME_NOT_FETCHED, why);
}

static void
reader_gone(void *arg, struct job *job, const struct fault *why)
{
	struct attempt *attempt = arg;

	(void)job;
	attempt->reader = NULL;
	attempt->reader_ready = false;
	if (attempt->step == STEP_READ || attempt->step == STEP_RECEIVE)
		fail(attempt, OUTCOME_NOT_FETCHED, why);
}

/* ---- the fetcher's records --------------------------------------------- */

static bool
on_fetched(struct attempt *attempt, const struct record_fetched *fetched)
{
	bool is_file = attempt->step == STEP_FETCH_FILE;
	struct mud_bytes *bytes = &attempt->outcome.bytes;
	int error, fd;

	if ((!is_file && attempt->step != STEP_FETCH_SIGNATURE) ||
	    fetched->job != job_number(attempt->fetcher) ||
	    fetched->kind != (is_file ? FETCH_FILE : FETCH_SIGNATURE) ||
	    fetched->size > (is_file ? LIMIT_FILE : LIMIT_SIGNATURE) ||
	    !fault_is_sound(&fetched->why))
		return false;
	if (fetched->why.code != FAULT_NONE) {
		fail(attempt, OUTCOME_NOT_FETCHED, &fetched->why);
		return true;
	}
	if (fetched->is_other_type > 1)
		return false;
	if (fetched->is_other_type != 0)
		attempt->outcome.is_other_type = true;
	/* From here on nobody can change what will be judged. */
	error = material_seal(attempt->filling, fetched->size);
	if (error < 0)
		return false;
	fd = attempt->filling;
	attempt->filling = -1;
	if (is_file) {
		bytes->file = fd;
		bytes->file_size = fetched->size;
		start_peek(attempt);
	} else {
		bytes->signature = fd;
		bytes->signature_size = fetched->size;
		start_read(attempt);
	}
	return true;
}

static bool
fetcher_record(void *arg, struct job *job, struct msg *msg)
{
	(void)job;
	if (msg->type != RECORD_FETCHED)
		return false;
	return on_fetched(arg, MSG_BODY(msg, record_fetched));
}

/* ---- the readers' records ---------------------------------------------- */

static bool
on_refused(struct attempt *attempt, const struct record_refused *refused,
    uint32_t number)
{
	if (refused->job != number || !fault_is_sound(&refused->why) ||
	    refused->why.code == FAULT_NONE)
		return false;
	fail(attempt, OUTCOME_REFUSED, &refused->why);
	return true;
}

/* The signature is on the same host and port as the MUD file (S-26). */
static bool
signature_url_of(
    struct attempt *attempt, const char *reference, struct fault *why)
{
	const struct url *base = attempt->options.url;

	if (!url_resolve(base, reference, &attempt->signature_url, why))
		return false;
	if (url_same_authority(base, &attempt->signature_url))
		return true;
	return fault_set(why, FAULT_SIGNATURE_URL, "RFC 8520 s13.2 (S-26)",
	    "mud-signature is on %.80s, the MUD file on %.80s",
	    attempt->signature_url.host, base->host);
}

static bool
on_signature_at(struct attempt *attempt, const struct record_signature_at *at)
{
	struct fault why;

	if (attempt->step != STEP_PEEK ||
	    at->job != job_number(attempt->peeker) ||
	    !msg_text_ends(at->url, sizeof(at->url)))
		return false;
	end_job(&attempt->peeker);
	if (at->url[0] == '\0') {
		start_read(attempt);
		return true;
	}
	if (!signature_url_of(attempt, at->url, &why)) {
		fail(attempt, OUTCOME_REFUSED, &why);
		return true;
	}
	attempt->step = STEP_FETCH_SIGNATURE;
	if (attempt->fetcher == NULL) {
		(void)fault_set(
		    &why, FAULT_WORKER, "S-24", "the fetcher ended early");
		fail(attempt, OUTCOME_NOT_FETCHED, &why);
		return true;
	}
	send_fetch(attempt, FETCH_SIGNATURE, &attempt->signature_url);
	return true;
}

static bool
peeker_record(void *arg, struct job *job, struct msg *msg)
{
	if (msg->type == RECORD_SIGNATURE_AT)
		return on_signature_at(arg, MSG_BODY(msg, record_signature_at));
	return msg->type == RECORD_REFUSED &&
	       on_refused(arg, MSG_BODY(msg, record_refused), job_number(job));
}

static bool
is_digest_of(const struct mud_bytes *bytes, const uint8_t digest[32])
{
	uint8_t *data = material_read(bytes->file, bytes->file_size);
	uint8_t own[32];

	if (data == NULL)
		return false;
	digest_of((struct bytes){ data, bytes->file_size }, own);
	free(data);
	return memcmp(own, digest, sizeof(own)) == 0;
}

static bool
on_verdict(struct attempt *attempt, const struct record_verdict *verdict)
{
	struct outcome *outcome = &attempt->outcome;

	/* Exactly one a job: nothing that the JSON does later changes it. */
	if (attempt->step != STEP_READ ||
	    verdict->job != job_number(attempt->reader) ||
	    !fault_is_sound(&verdict->why) ||
	    !signer_is_sound(&verdict->signer))
		return false;
	/* What was judged is what is held here (4.3 step 10). */
	if (!is_digest_of(&outcome->bytes, verdict->digest))
		return false;
	/* Nobody signed what came without a signature. */
	if (outcome->bytes.signature < 0 && verdict->why.code == FAULT_NONE)
		return false;
	memcpy(outcome->digest, verdict->digest, sizeof(outcome->digest));
	outcome->signer = verdict->signer;
	outcome->why = verdict->why;
	attempt->step = STEP_RECEIVE;
	if (verdict->why.code == FAULT_EXPIRED_AT_SIGNING &&
	    !attempt->options.is_approved)
		finish(attempt, OUTCOME_REFUSED);
	else if (verdict->why.code != FAULT_NONE &&
		 !attempt->options.is_approved)
		finish(attempt, OUTCOME_HELD);
	return true;
}

static bool
on_policy(struct attempt *attempt, const struct msg *msg)
{
	if (attempt->step != STEP_RECEIVE ||
	    !stage_record(&attempt->stage, msg))
		return false;
	if (msg->type != RECORD_POLICY_END)
		return true;
	attempt->outcome.policy = stage_take(&attempt->stage);
	finish(attempt, OUTCOME_POLICY);
	return true;
}

static bool
reader_record(void *arg, struct job *job, struct msg *msg)
{
	struct attempt *attempt = arg;

	if (msg->type == RECORD_VERDICT)
		return on_verdict(attempt, MSG_BODY(msg, record_verdict));
	if (msg->type == RECORD_REFUSED)
		return attempt->step == STEP_RECEIVE &&
		       on_refused(attempt, MSG_BODY(msg, record_refused),
			   job_number(job));
	return on_policy(attempt, msg);
}

static const struct job_handler fetcher_handler = {
	.ready = fetcher_is_ready,
	.record = fetcher_record,
	.gone = fetcher_gone,
};
static const struct job_handler peeker_handler = {
	.ready = peeker_is_ready,
	.record = peeker_record,
	.gone = peeker_gone,
};
static const struct job_handler reader_handler = {
	.ready = reader_is_ready,
	.record = reader_record,
	.gone = reader_gone,
};

/* ---- beginning --------------------------------------------------------- */

static struct attempt *
attempt_new(const struct attempt_options *options)
{
	struct attempt *attempt = xcalloc(1, sizeof(*attempt));

	attempt->options = *options;
	attempt->filling = -1;
	attempt->outcome.bytes =
	    (struct mud_bytes){ .file = -1, .signature = -1 };
	return attempt;
}

struct attempt *
attempt_fetch(const struct attempt_options *options)
{
	struct attempt *attempt = attempt_new(options);

	attempt->step = STEP_FETCH_FILE;
	attempt->fetcher = job_start(
	    options->jobs, PROGRAM_FETCHER, &fetcher_handler, attempt);
	if (attempt->fetcher == NULL) {
		attempt_free(attempt);
		return NULL;
	}
	/* Readers start while the file is on its way. */
	attempt->peeker =
	    job_start(options->jobs, PROGRAM_READER, &peeker_handler, attempt);
	return attempt;
}

struct attempt *
attempt_read(const struct attempt_options *options, struct mud_bytes *bytes)
{
	struct attempt *attempt = attempt_new(options);

	attempt->step = STEP_READ;
	attempt->reader =
	    job_start(options->jobs, PROGRAM_READER, &reader_handler, attempt);
	if (attempt->reader == NULL) {
		attempt_free(attempt);
		return NULL;
	}
	attempt->outcome.bytes = *bytes;
	*bytes = (struct mud_bytes){ .file = -1, .signature = -1 };
	return attempt;
}
