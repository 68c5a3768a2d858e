/*
 * Files read for the eye alone.  Role: engine.  Input: records of readers that
 * parsed files which nobody vouches for: checked like those of any reader.
 */
#include "engine/files/showing.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "engine/files/jobs.h"
#include "engine/files/materials.h"
#include "engine/files/mudurl.h"
#include "engine/files/stage.h"
#include "engine/files/trust.h"
#include "engine/state/state.h"
#include "libmud/mem.h"

#define FILES 2 /* the candidate, and what is in force beside it */

/* One file and its reader. */
struct reading {
	struct showing *showing;
	struct shown_file *file; /* what is found out */
	struct job *job;         /* NULL: it is over, or was not begun */
	int bytes, signature;    /* owned; -1: none */
	bool has_verdict;
	struct stage stage;
	struct policy *policy; /* owned */
};

struct showing {
	struct showing_options options;
	char url[LIMIT_URL + 1];
	struct signer_name wanted;
	struct shown shown;
	struct reading readings[FILES];
	struct event *event; /* all has been read */
};

static void
reading_done(struct reading *reading)
{
	if (reading->job != NULL)
		job_end(reading->job);
	reading->job = NULL;
	if (reading->bytes >= 0)
		(void)close(reading->bytes);
	if (reading->signature >= 0)
		(void)close(reading->signature);
	reading->bytes = reading->signature = -1;
	stage_done(&reading->stage);
}

void
showing_free(struct showing *showing)
{
	if (showing == NULL)
		return;
	for (size_t i = 0; i < FILES; i++) {
		reading_done(&showing->readings[i]);
		policy_free(showing->readings[i].policy);
	}
	event_free(showing->event);
	free(showing);
}

static void
on_read(evutil_socket_t fd, short what, void *arg)
{
	struct showing *showing = arg;

	(void)fd;
	(void)what;
	showing->options.done(showing->options.arg, &showing->shown);
	showing_free(showing);
}

/* The answer is given from the loop, not from within a record's handler. */
static void
look_whether_done(struct showing *showing)
{
	for (size_t i = 0; i < FILES; i++)
		if (showing->readings[i].job != NULL)
			return;
	event_active(showing->event, EV_TIMEOUT, 0);
}

static void
end(struct reading *reading, const struct fault *why)
{
	if (why != NULL)
		reading->file->why = *why;
	reading_done(reading);
	look_whether_done(reading->showing);
}

/* ---- the reader --------------------------------------------------------- */

static int
copy_fd(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (copy < 0)
		log_fatal("out of file descriptors: %s", strerror(errno));
	return copy;
}

static void
is_ready(void *arg, struct job *job)
{
	struct reading *reading = arg;
	const struct showing_options *options = &reading->showing->options;
	bool is_signed = reading->signature >= 0;
	struct record_read read = {
		.job = job_number(job),
		.is_signed = is_signed,
		.is_shown = 1,
		.at = options->now,
	};
	int fds[3] = {
		copy_fd(reading->bytes),
		copy_fd(is_signed ? reading->signature
				  : options->materials->nothing.fd),
		copy_fd(trust_material(options->trust)->fd),
	};

	read.n_mudsigner = (uint32_t)reading->showing->wanted.len;
	memcpy(read.mudsigner, reading->showing->wanted.name,
	    reading->showing->wanted.len);
	text_copy(read.url, sizeof(read.url), reading->showing->url);
	job_send(job, RECORD_READ, &read, fds, 3);
}

static void
is_gone(void *arg, struct job *job, const struct fault *why)
{
	struct reading *reading = arg;

	(void)job;
	reading->job = NULL;
	end(reading, why);
}

static bool
on_verdict(struct reading *reading, const struct record_verdict *verdict)
{
	struct shown_file *file = reading->file;

	if (reading->has_verdict || !fault_is_sound(&verdict->why) ||
	    verdict->job != job_number(reading->job) ||
	    !signer_is_sound(&verdict->signer) ||
	    memcmp(verdict->digest, file->digest, sizeof(file->digest)) != 0)
		return false;
	reading->has_verdict = true;
	file->verdict = verdict->why;
	file->signer = verdict->signer;
	return true;
}

static bool
on_refused(struct reading *reading, const struct record_refused *refused)
{
	if (refused->job != job_number(reading->job) ||
	    !fault_is_sound(&refused->why) || refused->why.code == FAULT_NONE)
		return false;
	end(reading, &refused->why);
	return true;
}

static bool
on_record(void *arg, struct job *job, struct msg *msg)
{
	struct reading *reading = arg;

	(void)job;
	if (msg->type == RECORD_VERDICT)
		return on_verdict(reading, MSG_BODY(msg, record_verdict));
	if (msg->type == RECORD_REFUSED)
		return on_refused(reading, MSG_BODY(msg, record_refused));
	if (!reading->has_verdict || !stage_record(&reading->stage, msg))
		return false;
	if (msg->type != RECORD_POLICY_END)
		return true;
	reading->policy = stage_take(&reading->stage);
	reading->file->policy = reading->policy;
	end(reading, NULL);
	return true;
}

/* ---- beginning ---------------------------------------------------------- */

static void
take_bytes(void *arg, const struct state_file *row)
{
	struct reading *reading = arg;

	reading->bytes = material_make("shown", row->file.data, row->file.len);
	if (row->signature.len > 0)
		reading->signature = material_make(
		    "shown", row->signature.data, row->signature.len);
	reading->file->size = (uint32_t)row->file.len;
}

/* Is there anything that a reader could be given? */
static bool
find_bytes(struct reading *reading, const struct version *version)
{
	struct showing *showing = reading->showing;
	struct shown_file *file = reading->file;

	file->is_there = version != NULL;
	if (version == NULL)
		return false;
	memcpy(file->digest, version->digest, sizeof(file->digest));
	file->verdict = version->verdict;
	file->signer = version->signer;
	if (!version_has_digest(version))
		return fault_set(&file->why, FAULT_INTERNAL, "S-26",
		    "it was refused before it was read");
	(void)state_find_file(showing->options.state, showing->url,
	    version->digest, take_bytes, reading);
	if (reading->bytes >= 0)
		return true;
	return fault_set(&file->why, FAULT_INTERNAL, "S-64",
	    "its bytes could not be kept; `mudctl policy refresh URL` "
	    "fetches them again");
}

static void
start(struct reading *reading, const struct version *version)
{
	static const struct job_handler handler = {
		.ready = is_ready,
		.record = on_record,
		.gone = is_gone,
	};

	if (!find_bytes(reading, version))
		return;
	reading->job = job_start(
	    reading->showing->options.jobs, PROGRAM_READER, &handler, reading);
	if (reading->job == NULL)
		(void)fault_set(&reading->file->why, FAULT_BUSY, "S-25",
		    "too many jobs wait; ask again");
}

struct showing *
showing_start(const struct showing_options *options, const struct mudurl *mud)
{
	struct showing *showing = xcalloc(1, sizeof(*showing));
	struct reading *candidate = &showing->readings[0];
	struct reading *accepted = &showing->readings[1];

	showing->options = *options;
	text_copy(showing->url, sizeof(showing->url), mud->url.text);
	showing->wanted = mud->wanted;
	for (size_t i = 0; i < FILES; i++) {
		showing->readings[i].showing = showing;
		showing->readings[i].bytes = -1;
		showing->readings[i].signature = -1;
	}
	candidate->file = &showing->shown.candidate;
	accepted->file = &showing->shown.accepted;
	showing->event = event_new(options->base, -1, 0, on_read, showing);
	if (showing->event == NULL)
		log_fatal("cannot make an event");
	start(candidate, mud->candidate);
	start(accepted, mud->accepted);
	look_whether_done(showing);
	return showing;
}
