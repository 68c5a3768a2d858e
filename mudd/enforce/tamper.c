/*
 * The watch.  Role: mudd.  Input: the kernel's announcements (foreign.h).
 */
#include "enforce/tamper.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/log.h"
#include "enforce/enforcer.h"
#include "enforce/foreign.h"
#include "enforce/repair.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

#define BUSY_MSEC  20  /* a batch is coming in: it ends soon */
#define PAUSE_MSEC 250 /* between two looks, at least */
#define SHARE      3   /* and so many times as long as the last one took */
#define AUDIT_SEC  60

struct tamper {
	struct enforcer *enforcer;
	tamper_fn *told;
	void *arg;
	int fd; /* -1: nothing is heard */
	struct event *hear, *look, *audit;
	struct foreign heard; /* since the last look */
	int64_t not_before;   /* msec */
};

static int64_t
now_msec(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return 1000 * (int64_t)now.tv_sec + now.tv_nsec / 1000000;
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

static void
say(const struct tamper *tamper, const struct record_tampered *what,
    const struct fault *why)
{
	char who[80] = "another program";

	if (what->name[0] != '\0')
		(void)snprintf(who, sizeof(who), "%s (pid %u)", what->name,
		    (unsigned int)what->pid);
	if (tamper->told(tamper->arg, what) && what->is_repaired != 0)
		return;
	if (what->is_repaired != 0)
		log_warning("the tables in the kernel were changed by %s: of "
			    "tables %u, chains %u, sets %u, elements %u "
			    "differed and are repaired",
		    who, (unsigned int)what->tables, (unsigned int)what->chains,
		    (unsigned int)what->sets, (unsigned int)what->elements);
	else
		log_error("the tables in the kernel were changed by %s, and "
			  "cannot be repaired: %s",
		    who, why->detail);
}

static void
look(struct tamper *tamper)
{
	struct foreign heard = tamper->heard;
	struct record_tampered what = { .pid = heard.pid };
	int64_t began = now_msec(), took;
	struct fault why = { 0 };
	struct damage damage;

	if (enforcer_is_busy(tamper->enforcer)) {
		look_in(tamper, BUSY_MSEC);
		return;
	}
	memset(&tamper->heard, 0, sizeof(tamper->heard));
	switch (enforcer_verify(tamper->enforcer, &damage, &why)) {
	case ENFORCER_INTACT:
		break;
	case ENFORCER_REPAIRED:
		what.is_repaired = 1;
		/* fall through */
	case ENFORCER_BROKEN:
		memcpy(what.name, heard.name, sizeof(what.name));
		what.tables = (uint32_t)damage.tables;
		what.chains = (uint32_t)damage.chains;
		what.sets = (uint32_t)damage.sets;
		what.elements = (uint32_t)damage.elements;
		say(tamper, &what, &why);
		break;
	}
	took = now_msec() - began;
	tamper->not_before =
	    now_msec() +
	    (SHARE * took > PAUSE_MSEC ? SHARE * took : PAUSE_MSEC);
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
	if (!foreign_read(fd, &tamper->heard))
		return;
	if (tamper->heard.was_lost)
		log_debug("announcements of nftables were lost");
	look_soon(tamper);
}

static void
on_audit(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	look_soon(arg);
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
	tamper->fd = foreign_open(enforcer_port(enforcer));
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
