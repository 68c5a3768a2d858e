/*
 * Answers to the engine.  Role: enforcer.  Input: the engine's questions, not
 * trusted.
 */
#include "enforce/owed.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "core/channel.h"
#include "core/log.h"
#include "core/msg.h"
#include "enforce/enforcer.h"
#include "enforce/walk/walk.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

/* How soon an answer that does not leave is looked at again. */
#define AGAIN_MSEC 50

struct owed {
	struct enforcer *enforcer;
	struct event *again;
	struct channel *engine; /* NULL: nothing is owed */
	bool counters;
	uint32_t policy; /* whose tallies; 0: nobody's */
	bool walk;
	struct record_walk question;
};

static void
counter_send(void *arg, const struct record_counter *counter)
{
	const struct owed *owed = arg;

	channel_send(owed->engine, RECORD_COUNTER, counter, NULL, 0);
}

/* All that was asked for meanwhile is answered by this one. */
static void
counters_send(struct owed *owed)
{
	struct record_counted counted = { 0 };
	int error = enforcer_counters(owed->enforcer, counter_send, owed);

	if (error != 0)
		log_warning("cannot read the counters: %s", strerror(-error));
	/* The END is sent even so: the engine waits for it. */
	counted.is_missing = error == -ENOENT ? 1 : 0;
	owed->counters = false;
	channel_send(owed->engine, RECORD_COUNTERS_END, &counted, NULL, 0);
}

static void
tally_send(void *arg, const struct record_tally *tally)
{
	const struct owed *owed = arg;

	channel_send(owed->engine, RECORD_TALLY, tally, NULL, 0);
}

static void
tallies_send(struct owed *owed)
{
	struct record_tallied tallied = { .policy = owed->policy };
	int error =
	    enforcer_tallies(owed->enforcer, owed->policy, tally_send, owed);

	if (error != 0)
		log_warning("cannot read the counters of policy %u: %s",
		    (unsigned int)owed->policy, strerror(-error));
	tallied.is_missing = error == -ENOENT ? 1 : 0;
	owed->policy = 0;
	channel_send(owed->engine, RECORD_TALLIES_END, &tallied, NULL, 0);
}

static void
walk_send(struct owed *owed)
{
	struct walked walked;

	owed->walk = false;
	enforcer_walk(owed->enforcer, &owed->question, &walked);
	for (uint32_t i = 0; i < walked.end.n; i++)
		channel_send(
		    owed->engine, RECORD_WALK_STEP, &walked.step[i], NULL, 0);
	channel_send(owed->engine, RECORD_WALK_END, &walked.end, NULL, 0);
}

/* What can be answered now, and the rest later. */
static void
answer(struct owed *owed)
{
	const struct timeval soon = { .tv_usec = 1000 * AGAIN_MSEC };

	while (owed->counters || owed->policy != 0 || owed->walk) {
		if (channel_backlog(owed->engine) > 0) {
			(void)event_add(owed->again, &soon);
			return;
		}
		if (owed->policy != 0)
			tallies_send(owed);
		else if (owed->walk)
			walk_send(owed);
		else
			counters_send(owed);
	}
}

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	answer(arg);
}

bool
owed_ask(struct owed *owed, struct channel *engine, const struct msg *msg)
{
	struct fault why;

	owed->engine = engine;
	if (msg->type == RECORD_COUNTERS) {
		owed->counters = true;
	} else if (msg->type == RECORD_TALLIES) {
		const uint32_t policy = MSG_BODY(msg, record_tallies)->policy;

		/* One question at a time, and about a policy. */
		if (policy == 0 || owed->policy != 0)
			return false;
		owed->policy = policy;
	} else {
		if (owed->walk)
			return false;
		owed->question = *MSG_BODY(msg, record_walk);
		if (!walk_is_sound(&owed->question, &why)) {
			log_warning("%s: %s", why.clause, why.detail);
			return false;
		}
		owed->walk = true;
	}
	answer(owed);
	return true;
}

void
owed_forget(struct owed *owed)
{
	(void)event_del(owed->again);
	owed->engine = NULL;
	owed->counters = owed->walk = false;
	owed->policy = 0;
}

struct owed *
owed_new(struct event_base *base, struct enforcer *enforcer)
{
	struct owed *owed = xcalloc(1, sizeof(*owed));

	owed->enforcer = enforcer;
	owed->again = evtimer_new(base, on_again, owed);
	if (owed->again != NULL)
		return owed;
	free(owed);
	return NULL;
}

void
owed_free(struct owed *owed)
{
	if (owed == NULL)
		return;
	event_free(owed->again);
	free(owed);
}
