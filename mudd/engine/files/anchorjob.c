/*
 * One reader that lists trust anchors.  Role: engine.  Input: records of a
 * reader that parsed what an administrator wrote; checked as if it were
 * hostile.
 */
#include "engine/files/anchorjob.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "engine/files/jobs.h"
#include "engine/files/materials.h"
#include "libmud/limits.h"
#include "libmud/mem.h"

struct anchorjob {
	struct job *job;
	int fd; /* the text, sealed, until it is sent */
	size_t size;
	anchorjob_done_fn *done;
	void *arg;
	size_t n;
	struct anchor_found each[LIMIT_ANCHOR_COUNT];
};

void
anchorjob_free(struct anchorjob *anchorjob)
{
	if (anchorjob == NULL)
		return;
	if (anchorjob->job != NULL)
		job_end(anchorjob->job);
	if (anchorjob->fd >= 0)
		(void)close(anchorjob->fd);
	free(anchorjob);
}

static void
finish(struct anchorjob *anchorjob, const struct fault *why, size_t n_left_out)
{
	struct anchors_found found = {
		.n = anchorjob->n,
		.n_left_out = n_left_out,
		.each = anchorjob->each,
	};

	if (why != NULL)
		found = (struct anchors_found){ .why = *why };
	anchorjob->done(anchorjob->arg, &found);
	anchorjob_free(anchorjob);
}

static void
is_ready(void *arg, struct job *job)
{
	struct anchorjob *anchorjob = arg;
	struct record_anchors anchors = { .job = job_number(job) };
	int fd = anchorjob->fd;

	anchorjob->fd = -1;
	job_send(job, RECORD_ANCHORS, &anchors, &fd, 1);
}

static void
is_gone(void *arg, struct job *job, const struct fault *why)
{
	struct anchorjob *anchorjob = arg;

	(void)job;
	anchorjob->job = NULL;
	finish(anchorjob, why, 0);
}

/* One after another, and inside the text. */
static bool
is_in_place(
    const struct anchorjob *anchorjob, const struct record_anchor *found)
{
	const struct anchor_found *last =
	    anchorjob->n == 0 ? NULL : &anchorjob->each[anchorjob->n - 1];
	size_t from = last == NULL ? 0 : (size_t)last->offset + last->size;

	return found->offset >= from && found->size > 0 &&
	       (size_t)found->offset + found->size <= anchorjob->size;
}

static bool
on_anchor(struct anchorjob *anchorjob, const struct record_anchor *found)
{
	if (anchorjob->n == LIMIT_ANCHOR_COUNT ||
	    !is_in_place(anchorjob, found) || !fault_is_sound(&found->why) ||
	    !anchor_is_sound(&found->anchor))
		return false;
	anchorjob->each[anchorjob->n++] = (struct anchor_found){
		.offset = found->offset,
		.size = found->size,
		.anchor = found->anchor,
		.why = found->why,
	};
	return true;
}

static bool
on_record(void *arg, struct job *job, struct msg *msg)
{
	struct anchorjob *anchorjob = arg;
	const struct record_anchor *found = MSG_BODY(msg, record_anchor);
	const struct record_anchors_end *end =
	    MSG_BODY(msg, record_anchors_end);
	const struct record_refused *refused = MSG_BODY(msg, record_refused);

	/* Before the text was sent there is nothing to say. */
	if (anchorjob->fd >= 0)
		return false;
	switch ((int)msg->type) {
	case RECORD_ANCHOR:
		return found->job == job_number(job) &&
		       on_anchor(anchorjob, found);
	case RECORD_ANCHORS_END:
		if (end->job != job_number(job) || end->n != anchorjob->n)
			return false;
		finish(anchorjob, NULL, end->n_left_out);
		return true;
	case RECORD_REFUSED:
		if (refused->job != job_number(job) ||
		    !fault_is_sound(&refused->why) ||
		    refused->why.code == FAULT_NONE)
			return false;
		finish(anchorjob, &refused->why, 0);
		return true;
	default:
		return false;
	}
}

struct anchorjob *
anchorjob_start(
    struct jobs *jobs, struct bytes pem, anchorjob_done_fn *done, void *arg)
{
	static const struct job_handler handler = {
		.ready = is_ready,
		.record = on_record,
		.gone = is_gone,
	};
	struct anchorjob *anchorjob = xcalloc(1, sizeof(*anchorjob));

	anchorjob->done = done;
	anchorjob->arg = arg;
	anchorjob->size = pem.len;
	anchorjob->fd = material_make("anchors", pem.data, pem.len);
	if (anchorjob->fd < 0)
		log_fatal(
		    "cannot make a memory file: %s", strerror(-anchorjob->fd));
	anchorjob->job = job_start(jobs, PROGRAM_READER, &handler, anchorjob);
	if (anchorjob->job == NULL) {
		anchorjob_free(anchorjob);
		return NULL;
	}
	return anchorjob;
}
