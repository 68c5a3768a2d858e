/*
 * Explanations by the kernel.  Role: engine.  Input: what mudd has told of a
 * walk; names in it are of whoever wrote into our tables, printable ASCII.
 */
#include "engine/control/walkcalls.h"

#include <stdlib.h>
#include <string.h>

#include "engine/control/calls.h"
#include "engine/control/explain.h"
#include "engine/control/put.h"
#include "engine/engine.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

/* What is told where a host has several addresses: the first of these, the
 * last one first. */
enum rank { RANK_PASSES, RANK_DROPPED, RANK_UNTOLD, RANK_DIFFERS };

struct explaining {
	struct mac mac;
	struct flow flow;
	size_t n, at; /* hosts, and the one that is asked about */
	struct addr *host;
	bool passes; /* the evaluator's word on it */
	json_t *answer, *kernel;
	enum rank rank; /* of kernel */
};

void
walkcalls_free(struct explaining *explaining)
{
	if (explaining == NULL)
		return;
	json_decref(explaining->answer);
	json_decref(explaining->kernel);
	free(explaining->host);
	free(explaining);
}

/* ---- one walk as JSON ---------------------------------------------------- */

/* The ACE that a rule of a policy's chain came from: such a chain is named by
 * its policy's number, and such a rule by its ACE's. */
static const struct ace *
ace_of(const struct engine *engine, const struct record_walk_step *step)
{
	const char *number = strrchr(step->chain, '_');
	char *end;
	unsigned long policy, ace;

	if (number == NULL || strncmp(step->note, "ace ", 4) != 0)
		return NULL;
	policy = strtoul(number + 1, &end, 10);
	if (*end != '\0')
		return NULL;
	ace = strtoul(step->note + 4, &end, 10);
	if (*end != '\0')
		return NULL;
	LIST_EACH(at, &engine->policies.all)
	{
		const struct kernel_policy *found =
		    LIST_ENTRY(at, struct kernel_policy, link);

		if (found->number == policy && ace < found->policy->n_aces)
			return &found->policy->aces[ace];
	}
	return NULL;
}

static json_t *
step_of(const struct engine *engine, const struct record_walk_step *step)
{
	static const char *const tables[WALK_TABLES] = {
		[WALK_INET] = "inet mudd",
		[WALK_BRIDGE] = "bridge mudd",
		[WALK_NETDEV] = "netdev mudd",
	};
	static const char *const actions[WALK_ACTIONS] = {
		[WALK_ACCEPT] = "accept",
		[WALK_DROP] = "drop",
		[WALK_JUMP] = "jump",
		[WALK_GOTO] = "goto",
		[WALK_RETURN] = "return",
		[WALK_POLICY_ACCEPT] = "policy accept",
		[WALK_POLICY_DROP] = "policy drop",
	};
	const struct ace *ace = ace_of(engine, step);
	json_t *json =
	    json_pack("{s:s, s:s, s:s}", "table", tables[step->table], "chain",
		step->chain, "action", actions[step->action]);

	if (step->handle != 0)
		put_value(
		    json, "handle", json_integer((json_int_t)step->handle));
	put_text(json, "to", step->to);
	put_text(json, "comment", step->note);
	if (ace != NULL)
		put_text(json, "ace", ace->name);
	return json;
}

static json_t *
walk_of(const struct engine *engine, const struct explaining *explaining,
    enum walk_verdict verdict, const char *why)
{
	static const char *const verdicts[WALK_VERDICTS] = {
		[WALK_PASSES] = "allow",
		[WALK_IS_DROPPED] = "deny",
		[WALK_UNTOLD] = "unknown",
	};
	json_t *path = json_array(), *json;
	char text[ADDR_TEXT];

	for (uint32_t i = 0; i < engine->walks.n; i++)
		(void)json_array_append_new(
		    path, step_of(engine, &engine->walks.step[i]));
	json = json_pack("{s:s, s:s, s:o}", "verdict", verdicts[verdict],
	    "peer", addr_text(&explaining->host[explaining->at], text), "path",
	    path);
	if (verdict == WALK_UNTOLD)
		put_text(json, "reason", why);
	else
		put_value(json, "agrees",
		    json_boolean(
			explaining->passes == (verdict == WALK_PASSES)));
	return json;
}

static enum rank
rank_of(const struct explaining *explaining, enum walk_verdict verdict)
{
	if (verdict == WALK_UNTOLD)
		return RANK_UNTOLD;
	if (explaining->passes != (verdict == WALK_PASSES))
		return RANK_DIFFERS;
	return verdict == WALK_PASSES ? RANK_PASSES : RANK_DROPPED;
}

static void
note(const struct engine *engine, struct explaining *explaining,
    enum walk_verdict verdict, const char *why)
{
	enum rank rank = rank_of(explaining, verdict);

	if (explaining->kernel == NULL || rank > explaining->rank) {
		json_decref(explaining->kernel);
		explaining->kernel = walk_of(engine, explaining, verdict, why);
		explaining->rank = rank;
	}
	explaining->at++;
}

/* ---- questions in turn --------------------------------------------------- */

/* False: there is nothing to ask about this address, and it is noted. */
static bool
ask(struct engine *engine, struct explaining *explaining)
{
	const struct thing *thing =
	    things_find(engine->things, &explaining->mac);
	struct record_walk walk;
	struct fault why = { 0 };

	engine->walks.n = 0;
	explaining->flow.peer = explaining->host[explaining->at];
	explaining->passes = false;
	if (thing == NULL) {
		(void)fault_set(
		    &why, FAULT_INTERNAL, "", "the device has gone");
	} else if (explain_passes(engine, thing, &explaining->flow,
		       &explaining->passes, &why)) {
		walks_describe(engine, thing, &explaining->flow, &walk);
		walks_ask(engine, &walk);
		return true;
	}
	note(engine, explaining, WALK_UNTOLD, why.detail);
	return false;
}

static void
answer(struct waiting *waiting)
{
	struct explaining *explaining = waiting->explaining;

	put_value(explaining->answer, "kernel", explaining->kernel);
	control_reply(waiting->call, explaining->answer);
	explaining->kernel = explaining->answer = NULL;
	calls_end(waiting);
}

static struct waiting *
first_of(struct commands *commands)
{
	LIST_EACH(at, &commands->waiting)
	{
		struct waiting *waiting = LIST_ENTRY(at, struct waiting, link);

		if (waiting->what == WAIT_WALKED)
			return waiting;
	}
	return NULL;
}

static void
go_on(struct commands *commands)
{
	struct waiting *waiting;

	while (!commands->engine->walks.is_asked &&
	       (waiting = first_of(commands)) != NULL) {
		struct explaining *explaining = waiting->explaining;

		if (explaining->at == explaining->n)
			answer(waiting);
		else if (ask(commands->engine, explaining))
			return;
	}
}

void
walkcalls_begin(struct commands *commands, struct control_call *call,
    const struct mac *mac, const struct flow *flow, const struct addr *hosts,
    size_t n, json_t *document)
{
	struct waiting *waiting = calls_wait(commands, call, WAIT_WALKED);
	struct explaining *explaining = xcalloc(1, sizeof(*explaining));

	explaining->mac = *mac;
	explaining->flow = *flow;
	explaining->answer = document;
	explaining->n = n;
	explaining->host = xcalloc(n, sizeof(*explaining->host));
	memcpy(explaining->host, hosts, n * sizeof(*explaining->host));
	waiting->explaining = explaining;
	go_on(commands);
}

void
walkcalls_walked(struct commands *commands, const struct record_walk_end *end)
{
	struct waiting *waiting = first_of(commands);

	if (waiting != NULL)
		note(commands->engine, waiting->explaining,
		    (enum walk_verdict)end->verdict, end->why);
	go_on(commands);
}
