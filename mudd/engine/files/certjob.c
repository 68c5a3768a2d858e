/*
 * One reader that judges a Thing's certificate.  Role: engine.  Input: records
 * of a reader that was at hostile bytes; checked as if they were hostile.
 */
#include "engine/files/certjob.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "engine/files/jobs.h"
#include "engine/files/materials.h"
#include "libmud/mem.h"

struct certjob {
	struct job *job;
	const struct materials *materials;
	int fd; /* the certificate, sealed, until it is sent */
	int64_t at;
	certjob_done_fn *done;
	void *arg;
};

void
certjob_free(struct certjob *certjob)
{
	if (certjob == NULL)
		return;
	if (certjob->job != NULL)
		job_end(certjob->job);
	if (certjob->fd >= 0)
		(void)close(certjob->fd);
	free(certjob);
}

static void
finish(struct certjob *certjob, const struct devcert *found,
    const struct fault *why)
{
	certjob->done(certjob->arg, found, why);
	certjob_free(certjob);
}

static void
is_ready(void *arg, struct job *job)
{
	struct certjob *certjob = arg;
	struct record_certificate asked = {
		.job = job_number(job),
		.at = certjob->at,
	};
	int fds[2] = { certjob->fd, fcntl(certjob->materials->device_anchors.fd,
					F_DUPFD_CLOEXEC, 0) };

	if (fds[1] < 0)
		log_fatal("out of file descriptors: %s", strerror(errno));
	certjob->fd = -1;
	job_send(job, RECORD_CERTIFICATE, &asked, fds, 2);
}

static void
is_gone(void *arg, struct job *job, const struct fault *why)
{
	struct certjob *certjob = arg;

	(void)job;
	certjob->job = NULL;
	finish(certjob, NULL, why);
}

static bool
on_record(void *arg, struct job *job, struct msg *msg)
{
	struct certjob *certjob = arg;
	const struct record_certified *certified =
	    MSG_BODY(msg, record_certified);
	const struct record_refused *refused = MSG_BODY(msg, record_refused);

	/* Before the certificate was sent there is nothing to say. */
	if (certjob->fd >= 0)
		return false;
	switch ((int)msg->type) {
	case RECORD_CERTIFIED:
		if (certified->job != job_number(job) ||
		    !devcert_is_sound(&certified->devcert))
			return false;
		finish(certjob, &certified->devcert, NULL);
		return true;
	case RECORD_REFUSED:
		if (refused->job != job_number(job) ||
		    !fault_is_sound(&refused->why) ||
		    refused->why.code == FAULT_NONE)
			return false;
		finish(certjob, NULL, &refused->why);
		return true;
	default:
		return false;
	}
}

struct certjob *
certjob_start(struct jobs *jobs, const struct materials *materials,
    struct bytes certificate, int64_t at, certjob_done_fn *done, void *arg)
{
	static const struct job_handler handler = {
		.ready = is_ready,
		.record = on_record,
		.gone = is_gone,
	};
	struct certjob *certjob = xcalloc(1, sizeof(*certjob));

	certjob->materials = materials;
	certjob->at = at;
	certjob->done = done;
	certjob->arg = arg;
	certjob->fd =
	    material_make("certificate", certificate.data, certificate.len);
	if (certjob->fd < 0)
		log_fatal(
		    "cannot make a memory file: %s", strerror(-certjob->fd));
	certjob->job = job_start(jobs, PROGRAM_READER, &handler, certjob);
	if (certjob->job == NULL) {
		certjob_free(certjob);
		return NULL;
	}
	return certjob;
}
