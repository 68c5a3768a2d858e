/*
 * DNS names in ACEs.  Role: engine.  Input: the fetcher's records; it parsed
 * what the network said, and kept to the address rules (S-53).
 */
#include "engine/names.h"

#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "engine/lan.h"
#include "engine/state/state.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

#define NO_TIME    INT64_MAX
#define RETRY_SEC  30  /* after a lookup that failed */
#define GRACE_SEC  300 /* S-55: an address stays for its TTL and this */
#define AT_A_TIME  64  /* lookups in one job */
#define REMEMBERED 1024

struct lookup {
	struct set *set; /* NULL: answered */
	bool had_answer;
};

/* An address from before a restart, for when a policy names it again. */
struct remembered {
	char name[LIMIT_HOST + 1];
	struct addr addr;
	int64_t expires_at;
};

struct names {
	struct names_options options;
	struct job *job;
	size_t n_lookups, n_open;
	struct lookup lookups[AT_A_TIME];
	size_t n_remembered;
	struct remembered *remembered;
	int64_t now;
};

struct names *
names_new(const struct names_options *options)
{
	struct names *names = xcalloc(1, sizeof(*names));

	names->options = *options;
	return names;
}

void
names_free(struct names *names)
{
	if (names == NULL)
		return;
	if (names->job != NULL)
		job_end(names->job);
	free(names->remembered);
	free(names);
}

static void
load_name(void *arg, const struct state_name *row)
{
	struct names *names = arg;
	struct remembered *at;

	if (row->expires_at <= names->now || names->n_remembered == REMEMBERED)
		return;
	names->remembered =
	    xrealloc(names->remembered, names->n_remembered + 1, sizeof(*at));
	at = &names->remembered[names->n_remembered++];
	text_copy(at->name, sizeof(at->name), row->name);
	at->addr = row->addr;
	at->expires_at = row->expires_at;
}

void
names_load(struct names *names, int64_t now)
{
	names->now = now;
	if (state_load_names(names->options.state, load_name, names) < 0)
		log_warning("state: stored addresses could not be read");
}

/* A name that a policy has just begun to use: what was known before. */
static void
recall(struct names *names, struct set *set)
{
	for (size_t i = 0; i < names->n_remembered; i++) {
		const struct remembered *at = &names->remembered[i];

		if (at->expires_at > names->now &&
		    strcmp(at->name, set->key) == 0)
			set->was_looked_up = set_put(names->options.sets, set,
			    &at->addr, at->expires_at);
	}
}

/* ---- the lookup job ---------------------------------------------------- */

static void
remember(struct names *names, const struct set *set)
{
	struct state *state = names->options.state;

	if (state_begin(state) < 0)
		return;
	(void)state_delete_name(state, set->key);
	for (size_t i = 0; i < set->n_members; i++) {
		struct state_name row = {
			.addr = set->members[i].addr,
			.expires_at = set->members[i].expires_at,
		};

		text_copy(row.name, sizeof(row.name), set->key);
		if (set->members[i].wanted)
			(void)state_put_name(state, &row);
	}
	if (state_commit(state) < 0)
		state_rollback(state);
}

static void
job_is_done(struct names *names)
{
	for (size_t i = 0; i < names->n_lookups; i++)
		if (names->lookups[i].set != NULL)
			names->lookups[i].set->looking_up = false;
	names->n_lookups = names->n_open = 0;
	names->job = NULL;
}

static void
is_ready(void *arg, struct job *job)
{
	struct names *names = arg;

	fetching_introduce(names->options.fetching, job);
	for (size_t i = 0; i < names->n_lookups; i++) {
		struct record_resolve resolve = {
			.job = job_number(job),
			.n = (uint32_t)i,
		};

		text_copy(resolve.name, sizeof(resolve.name),
		    names->lookups[i].set->key);
		job_send(job, RECORD_RESOLVE, &resolve, NULL, 0);
	}
}

static struct lookup *
find_lookup(struct names *names, uint32_t n)
{
	if (n >= names->n_lookups || names->lookups[n].set == NULL)
		return NULL;
	return &names->lookups[n];
}

static bool
on_address(struct names *names, const struct record_address_of *answer)
{
	struct lookup *lookup = find_lookup(names, answer->n);
	int64_t ttl = answer->ttl_sec;
	int64_t due;

	if (lookup == NULL || !addr_is_host(&answer->addr) ||
	    ttl < LIMIT_TTL_MIN_SEC || ttl > LIMIT_TTL_MAX_SEC)
		return false;
	due = names->now + ttl;
	if (!lookup->had_answer || due < lookup->set->lookup_at)
		lookup->set->lookup_at = due;
	lookup->had_answer = true;
	(void)set_put(names->options.sets, lookup->set, &answer->addr,
	    due + (ttl > GRACE_SEC ? ttl : GRACE_SEC));
	return true;
}

static bool
on_resolved(struct names *names, const struct record_resolved *resolved)
{
	struct lookup *lookup = find_lookup(names, resolved->n);

	if (lookup == NULL || !fault_is_sound(&resolved->why))
		return false;
	if (lookup->had_answer) {
		remember(names, lookup->set);
	} else {
		lookup->set->lookup_at = names->now + RETRY_SEC;
		log_info("%s: has no usable address: %s", lookup->set->key,
		    resolved->why.code != FAULT_NONE ? resolved->why.detail
						     : "none at all");
	}
	lookup->set->looking_up = false;
	lookup->set->was_looked_up = true;
	lookup->set = NULL;
	if (--names->n_open == 0) {
		struct job *job = names->job;

		job_is_done(names);
		job_end(job);
	}
	names->options.changed(names->options.arg);
	return true;
}

static bool
on_record(void *arg, struct job *job, struct msg *msg)
{
	(void)job;
	if (msg->type == RECORD_ADDRESS_OF)
		return on_address(arg, MSG_BODY(msg, record_address_of));
	return msg->type == RECORD_RESOLVED &&
	       on_resolved(arg, MSG_BODY(msg, record_resolved));
}

static void
on_gone(void *arg, struct job *job, const struct fault *why)
{
	struct names *names = arg;

	(void)job;
	log_warning("names: %s", why->detail);
	for (size_t i = 0; i < names->n_lookups; i++)
		if (names->lookups[i].set != NULL) {
			names->lookups[i].set->lookup_at =
			    names->now + RETRY_SEC;
			names->lookups[i].set->was_looked_up = true;
		}
	job_is_done(names);
	names->options.changed(names->options.arg);
}

static const struct job_handler handler = {
	.ready = is_ready,
	.record = on_record,
	.gone = on_gone,
};

/* ---- what is due ------------------------------------------------------- */

static void
add_lookup(struct names *names, struct set *set)
{
	struct lookup *lookup = &names->lookups[names->n_lookups++];

	*lookup = (struct lookup){ .set = set };
	set->looking_up = true;
	names->n_open++;
}

static void
start(struct names *names)
{
	names->job =
	    job_start(names->options.jobs, PROGRAM_FETCHER, &handler, names);
	if (names->job == NULL)
		job_is_done(names);
}

int64_t
names_tick(struct names *names, int64_t now)
{
	int64_t next = NO_TIME;

	names->now = now;
	LIST_EACH(at, sets_all(names->options.sets))
	{
		struct set *set = LIST_ENTRY(at, struct set, all);

		if (set->kind != PEER_DNSNAME || set->refs == 0)
			continue;
		set_expire(names->options.sets, set, now);
		if (set->lookup_at == 0) {
			recall(names, set);
			set->lookup_at = now;
		}
		if (set->looking_up)
			continue;
		if (set->lookup_at <= now && names->job == NULL &&
		    names->options.fetching->lan->is_known &&
		    names->n_lookups < AT_A_TIME)
			add_lookup(names, set);
		else if (set->lookup_at < next)
			next = set->lookup_at;
	}
	if (names->n_lookups > 0 && names->job == NULL)
		start(names);
	return next > now ? next : now + 1;
}
