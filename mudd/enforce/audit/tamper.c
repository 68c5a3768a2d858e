/*
 * The watch.  Role: mudd.  Input: the kernel's announcements (foreign.h).
 */
#include "enforce/audit/tamper.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/log.h"
#include "enforce/audit/repair.h"
#include "enforce/commits.h"
#include "enforce/conditions.h"
#include "enforce/enforcer.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

#define BUSY_MSEC  20   /* a batch is coming in: it ends soon */
#define PAUSE_MSEC 250  /* between two looks, at least */
#define SHARE      3    /* and so many times what the last one has cost, */
#define PAUSE_MAX  500  /* but no more: R-5 gives us a second */
#define RETRY_MSEC 1000 /* what could not be repaired */
#define AUDIT_SEC  60
#define ALARM_SEC  600 /* how long health tells of it */
#define TELL_SEC   10  /* between two of its words about it */

struct tamper {
	struct enforcer *enforcer;
	tamper_fn *told;
	void *arg;
	int fd; /* -1: nothing is heard */
	struct event *hear, *look, *audit;
	struct commits heard; /* since the last look */
	int64_t not_before;   /* msec */
	int64_t changed_at;   /* the same, of the last change; or 0 */
	int64_t told_at;      /* and when health was told of one */
	bool is_broken;       /* and it could not be repaired */
};

static int64_t
msec_by(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return 1000 * (int64_t)now.tv_sec + now.tv_nsec / 1000000;
}

static int64_t
now_msec(void)
{
	return msec_by(CLOCK_MONOTONIC);
}

/* Of the processor: where others are busy, too, a look takes longer, and is
 * no reason to look less. */
static int64_t
cost_msec(void)
{
	return msec_by(CLOCK_PROCESS_CPUTIME_ID);
}

static int64_t
pause_after(int64_t cost)
{
	int64_t pause = SHARE * cost;

	if (pause < PAUSE_MSEC)
		return PAUSE_MSEC;
	return pause < PAUSE_MAX ? pause : PAUSE_MAX;
}

static void
look_in(struct tamper *tamper, int64_t msec)
{
	const struct timeval wait = { .tv_sec = msec / 1000,
		.tv_usec = 1000 * (msec % 1000) };

	if (!event_pending(tamper->look, EV_TIMEOUT, NULL))
		(void)event_add(tamper->look, &wait);
}

static void
look_soon(struct tamper *tamper)
{
	int64_t left = tamper->not_before - now_msec();

	look_in(tamper, left > 0 ? left : 0);
}

/* False: it was told of one like it a moment ago. */
static bool
note_health(struct tamper *tamper, const struct record_tampered *what,
    const struct fault *why)
{
	struct conditions *conditions = enforcer_conditions(tamper->enforcer);
	const char *who =
	    what->name[0] == '\0' ? "another program" : what->name;
	bool is_broken = what->is_repaired == 0;
	struct fault text;

	tamper->changed_at = now_msec();
	if (is_broken == tamper->is_broken && tamper->told_at != 0 &&
	    tamper->changed_at - tamper->told_at < 1000 * TELL_SEC)
		return false;
	tamper->told_at = tamper->changed_at;
	tamper->is_broken = is_broken;
	if (is_broken)
		(void)fault_set(&text, FAULT_KERNEL, "R-5",
		    "%s has changed them, and they cannot be repaired: %s", who,
		    why->detail);
	else
		(void)fault_set(&text, FAULT_KERNEL, "R-5",
		    "%s has changed them; they were repaired", who);
	conditions_impaired(
	    conditions, CONDITION_TABLE, text.clause, text.detail);
	return true;
}

static void
forget_health(struct tamper *tamper)
{
	if (tamper->is_broken ||
	    now_msec() - tamper->changed_at < 1000 * ALARM_SEC)
		return;
	tamper->changed_at = tamper->told_at = 0;
	conditions_well(
	    enforcer_conditions(tamper->enforcer), CONDITION_TABLE, "");
}

static void
say(struct tamper *tamper, const struct record_tampered *what,
    const struct fault *why)
{
	bool is_news = note_health(tamper, what, why);
	const char *name =
	    what->name[0] == '\0' ? "another program" : what->name;

	if (tamper->told(tamper->arg, what) || !is_news)
		return;
	if (what->is_repaired != 0)
		log_warning("%s (pid %u) has changed our tables: they are "
			    "repaired",
		    name, (unsigned int)what->pid);
	else
		log_error("%s (pid %u) has changed our tables: they cannot be "
			  "repaired: %s",
		    name, (unsigned int)what->pid, why->detail);
}

/* How it went. */
static void
tell(struct tamper *tamper, enum enforcer_verdict verdict,
    const struct damage *damage, const struct commits *heard,
    const struct fault *why)
{
	struct record_tampered what = {
		.is_repaired = verdict == ENFORCER_REPAIRED,
		.pid = heard->pid,
		.tables = (uint32_t)damage->tables,
		.chains = (uint32_t)damage->chains,
		.sets = (uint32_t)damage->sets,
		.elements = (uint32_t)damage->elements,
	};

	memcpy(what.name, heard->name, sizeof(what.name));
	say(tamper, &what, why);
}

static void
look(struct tamper *tamper)
{
	struct commits heard = tamper->heard;
	int64_t began = cost_msec();
	enum enforcer_verdict verdict;
	struct fault why = { 0 };
	struct damage damage;

	if (enforcer_is_busy(tamper->enforcer)) {
		look_in(tamper, BUSY_MSEC);
		return;
	}
	memset(&tamper->heard, 0, sizeof(tamper->heard));
	verdict = enforcer_verify(tamper->enforcer, &damage, &why);
	tamper->not_before = now_msec() + pause_after(cost_msec() - began);
	switch (verdict) {
	case ENFORCER_INTACT:
		tamper->is_broken = false;
		break;
	case ENFORCER_REPAIRED:
		tell(tamper, verdict, &damage, &heard, &why);
		break;
	case ENFORCER_DISTURBED:
		tamper->heard = heard;
		look_soon(tamper);
		break;
	case ENFORCER_BROKEN:
		tell(tamper, verdict, &damage, &heard, &why);
		look_in(tamper, RETRY_MSEC);
		break;
	}
}

static void
on_look(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	look(arg);
}

static void
on_heard(evutil_socket_t fd, short what, void *arg)
{
	struct tamper *tamper = arg;

	(void)what;
	if (!commits_read(fd, &tamper->heard))
		return;
	if (tamper->heard.was_lost)
		log_debug("announcements of nftables were lost");
	look_soon(tamper);
}

static void
on_audit(evutil_socket_t fd, short what, void *arg)
{
	struct tamper *tamper = arg;

	(void)fd;
	(void)what;
	if (tamper->changed_at != 0)
		forget_health(tamper);
	look_soon(tamper);
}

struct tamper *
tamper_new(struct event_base *base, struct enforcer *enforcer, tamper_fn *told,
    void *arg)
{
	const struct timeval every = { .tv_sec = AUDIT_SEC };
	struct tamper *tamper = xcalloc(1, sizeof(*tamper));

	tamper->enforcer = enforcer;
	tamper->told = told;
	tamper->arg = arg;
	conditions_well(enforcer_conditions(enforcer), CONDITION_TABLE, "");
	tamper->fd = commits_open(enforcer_port(enforcer));
	if (tamper->fd < 0)
		log_warning("cannot hear of changes to nftables: %s",
		    strerror(-tamper->fd));
	else
		tamper->hear = event_new(
		    base, tamper->fd, EV_READ | EV_PERSIST, on_heard, tamper);
	tamper->look = evtimer_new(base, on_look, tamper);
	tamper->audit = event_new(base, -1, EV_PERSIST, on_audit, tamper);
	if (tamper->look == NULL || tamper->audit == NULL ||
	    event_add(tamper->audit, &every) != 0 ||
	    (tamper->fd >= 0 &&
		(tamper->hear == NULL || event_add(tamper->hear, NULL) != 0)))
		log_fatal("cannot watch the tables");
	return tamper;
}

void
tamper_free(struct tamper *tamper)
{
	if (tamper == NULL)
		return;
	if (tamper->hear != NULL)
		event_free(tamper->hear);
	event_free(tamper->look);
	event_free(tamper->audit);
	if (tamper->fd >= 0)
		(void)close(tamper->fd);
	free(tamper);
}
