/*
 * Policies in use.  Role: engine.  Callers are identified, their parameters
 * are not trusted.
 */
#include "engine/control/policycalls.h"

#include <string.h>

#include "engine/control/calls.h"
#include "engine/control/reportpolicy.h"
#include "engine/control/tallies.h"
#include "engine/engine.h"
#include "engine/files/ownfiles.h"
#include "libmud/fault.h"

static const char pending[] = "pending.json";

void
policycalls_list(
    void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;

	(void)params;
	(void)uid;
	control_reply(call, reportpolicy_all(commands->engine));
}

/* Of pending.json mud is NULL.  NULL: nothing of it is in use. */
static const struct kernel_policy *
policy_of(const struct engine *engine, const struct mudurl *mud)
{
	if (mud == NULL)
		return manager_pending(engine->manager);
	return mud->accepted == NULL ? NULL : mud->accepted->policy;
}

/* Its likes are counted apart, one after the other: the one after this number,
 * or 0. */
static uint32_t
next_like(const struct kernel_policy *policy, uint32_t number)
{
	const struct kernel_policy *likes[POLICY_LIKES];
	size_t n = policies_likes(policy, likes);

	for (size_t i = 0; i + 1 < n; i++)
		if (likes[i]->number == number)
			return likes[i + 1]->number;
	return 0;
}

static void
answer(const struct waiting *waiting)
{
	const struct kernel_policy *policy =
	    policy_of(waiting->engine, waiting->mud);

	if (policy == NULL)
		calls_not_possible(waiting->call,
		    "no file of this MUD URL is in use; 'mudctl pending' "
		    "lists what waits");
	else
		control_reply(waiting->call,
		    reportpolicy_one(waiting->engine, waiting->mud, policy));
}

void
policycalls_show(
    void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;
	struct engine *engine = commands->engine;
	const char *text = calls_text(call, params, "mud_url");
	const struct kernel_policy *policy;
	struct mudurl *mud = NULL;
	struct waiting *waiting;
	struct fault why;
	struct url url;

	(void)uid;
	if (text == NULL)
		return;
	if (strcmp(text, pending) != 0) {
		mud = ownfiles_parse(text, &url, &why)
		          ? manager_find_url(engine->manager, url.text)
		          : NULL;
		if (mud == NULL) {
			calls_not_found(call, text);
			return;
		}
	}
	policy = policy_of(engine, mud);
	waiting = calls_wait(commands, call, WAIT_TALLIED);
	if (mud != NULL)
		calls_about(waiting, mud);
	if (policy == NULL) {
		answer(waiting);
		calls_end(waiting);
		return;
	}
	waiting->policy = policy->number;
	(void)tallies_ask(engine, policy->number);
}

void
policycalls_tallied(struct commands *commands, uint32_t policy)
{
	LIST_EACH_SAFE(at, &commands->waiting)
	{
		struct waiting *waiting = LIST_ENTRY(at, struct waiting, link);
		uint32_t next;

		if (waiting->what != WAIT_TALLIED)
			continue;
		next = waiting->policy != policy
		           ? waiting->policy
		           : next_like(policy_of(waiting->engine, waiting->mud),
				 policy);
		if (next != 0) {
			waiting->policy = next;
			(void)tallies_ask(commands->engine, next);
			continue;
		}
		answer(waiting);
		calls_end(waiting);
	}
}
