/*
 * The gateway's own policies.  Role: engine.  Input: what a reader made of
 * root's files, checked by stage.c.
 */
#include "engine/files/locals.h"

#include <stdlib.h>
#include <unistd.h>

#include "core/log.h"
#include "engine/files/attempt.h"
#include "engine/files/materials.h"
#include "engine/files/trust.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

struct local_policy {
	struct locals *locals;
	enum local which;
	struct kernel_policy *policy;
	struct attempt *attempt;
	bool was_read;
};

struct locals {
	struct locals_options options;
	struct local_policy all[LOCALS];
};

static const struct {
	const char *file; /* NULL: there is none */
	struct url url;   /* what its mud-url is taken to be */
	const char *instead;
	bool has_defaults; /* those of RFC 8520 App. A stand in for it */
	enum policy_ending ending;
} about[LOCALS] = {
	[LOCAL_PENDING] = { "pending.json",
	    { .text = "https://pending.invalid/",
		.host = "pending.invalid",
		.port = 443 },
	    "DNS and NTP it is", true, ENDING_DROP },
	[LOCAL_QUARANTINE] = { "quarantine.json",
	    { .text = "https://quarantine.invalid/",
		.host = "quarantine.invalid",
		.port = 443 },
	    "nothing is allowed", false, ENDING_DROP },
	[LOCAL_DENIED] = { NULL, { .text = "" }, "", false, ENDING_DROP },
	[LOCAL_UNKNOWN] = { "unknown.json",
	    { .text = "https://unknown.invalid/",
		.host = "unknown.invalid",
		.port = 443 },
	    "nothing is allowed", false, ENDING_UNKNOWN },
	[LOCAL_CLOSED] = { NULL, { .text = "" }, "", false, ENDING_UNKNOWN },
};

static const struct material *
material_of(const struct locals *locals, enum local which)
{
	const struct materials *materials = locals->options.materials;

	switch (which) {
	case LOCAL_PENDING:
		return &materials->pending;
	case LOCAL_QUARANTINE:
		return &materials->quarantine;
	case LOCAL_UNKNOWN:
		return &materials->unknown;
	case LOCAL_DENIED:
	case LOCAL_CLOSED:
	case LOCALS:
		break;
	}
	return &materials->nothing;
}

struct locals *
locals_new(const struct locals_options *options)
{
	struct locals *locals = xcalloc(1, sizeof(*locals));

	locals->options = *options;
	for (size_t i = 0; i < LOCALS; i++) {
		locals->all[i].locals = locals;
		locals->all[i].which = (enum local)i;
	}
	return locals;
}

void
locals_free(struct locals *locals)
{
	if (locals == NULL)
		return;
	for (size_t i = 0; i < LOCALS; i++)
		attempt_free(locals->all[i].attempt);
	free(locals);
}

static struct kernel_policy *
make(struct local_policy *local, const struct policy *policy, struct fault *why)
{
	struct policies *policies = local->locals->options.policies;
	struct kernel_policy *made =
	    policy == NULL
		? policies_closed(policies, why)
		: policies_add(policies, policy, &about[local->which].url, why);

	if (made != NULL)
		made->ending = about[local->which].ending;
	return made;
}

static void
on_read(void *arg, struct outcome *outcome)
{
	struct local_policy *local = arg;
	const struct locals_options *options = &local->locals->options;
	struct kernel_policy *made = NULL;
	struct fault why = outcome->why;

	local->attempt = NULL;
	if (outcome->kind == OUTCOME_POLICY)
		made = make(local, outcome->policy, &why);
	if (made == NULL) {
		log_warning("%s: %s: %s; %s", about[local->which].file,
		    why.clause, why.detail, about[local->which].instead);
	} else {
		policies_drop(local->policy);
		local->policy = made;
	}
	options->changed(options->arg);
}

static void
start_reading(struct local_policy *local, int64_t now)
{
	const struct locals_options *options = &local->locals->options;
	const struct material *file = material_of(local->locals, local->which);
	struct attempt_options attempt = {
		.jobs = options->jobs,
		.fetching = options->fetching,
		.materials = options->materials,
		.anchors = trust_material(options->trust),
		.url = &about[local->which].url,
		.at = now,
		.is_approved = true, /* root wrote it */
		.done = on_read,
		.arg = local,
	};
	struct mud_bytes bytes = {
		.file = dup(file->fd),
		.signature = -1,
		.file_size = file->size,
	};

	local->attempt = attempt_read(&attempt, &bytes);
	local->was_read = local->attempt != NULL;
	if (local->attempt == NULL)
		mud_bytes_done(&bytes);
}

struct kernel_policy *
locals_need(struct locals *locals, enum local which, int64_t now)
{
	struct local_policy *local = &locals->all[which];
	const struct policy defaults = {
		.info = { .cache_validity_hours = 48 },
	};
	struct fault why;

	if (local->policy == NULL)
		local->policy = make(
		    local, about[which].has_defaults ? &defaults : NULL, &why);
	if (!local->was_read && material_of(locals, which)->size > 0)
		start_reading(local, now);
	return local->policy;
}

struct kernel_policy *
locals_now(const struct locals *locals, enum local which)
{
	return locals->all[which].policy;
}

size_t
locals_reading(const struct locals *locals)
{
	size_t n = 0;

	for (size_t i = 0; i < LOCALS; i++)
		n += locals->all[i].attempt != NULL ? 1 : 0;
	return n;
}
