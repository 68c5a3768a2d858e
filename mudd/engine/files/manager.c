/*
 * The life of each MUD URL.  Role: engine.  URLs come from the LAN, files from
 * anywhere; both were judged by others, and what counts is written down before
 * it is acted upon.
 */
#include "engine/files/manager.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "engine/config.h"
#include "engine/files/approval.h"
#include "engine/files/fetchbudget.h"
#include "engine/files/fetchplace.h"
#include "engine/files/history.h"
#include "engine/files/locals.h"
#include "engine/files/materials.h"
#include "engine/files/ownfiles.h"
#include "engine/files/rejudge.h"
#include "engine/files/resting.h"
#include "engine/files/signers.h"
#include "engine/files/verdicts.h"
#include "engine/lan.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

/* The fastest budget gets a token a minute. */
#define BUDGET_WAIT_SEC 60

struct manager {
	struct manager_options options;
	struct verdicts verdicts;
	struct list all;
	struct fetchbudget *budget;
	struct locals *locals;
	size_t n_settling;
	int64_t now; /* of the call that is being served */
};

static void
changed(struct manager *manager, struct mudurl *mud)
{
	manager->options.changed(manager->options.arg, mud);
}

static void
on_done(void *arg, struct outcome *outcome)
{
	struct mudurl *mud = arg;
	struct manager *manager = mud->manager;

	mud->attempt = NULL;
	switch (mud->errand) {
	case ERRAND_FETCH:
		verdicts_fetched(
		    &manager->verdicts, mud, outcome, manager->now);
		break;
	case ERRAND_SETTLE:
		if (mud->is_own)
			ownfiles_take(
			    &manager->verdicts, mud, outcome, manager->now);
		else
			verdicts_stored(&manager->verdicts, mud, outcome);
		if (!mud->is_unsettled)
			manager->n_settling--;
		break;
	case ERRAND_APPROVE:
		verdicts_approved(&manager->verdicts, mud, outcome);
		break;
	case ERRAND_REVIEW:
		verdicts_reviewed(&manager->verdicts, mud, outcome);
		break;
	case ERRAND_RETRY:
		verdicts_retried(
		    &manager->verdicts, mud, outcome, manager->now);
		break;
	}
	changed(manager, mud);
}

static void
local_changed(void *arg)
{
	changed(arg, NULL);
}

/* ---- attempts ---------------------------------------------------------- */

static struct attempt_options
options_for(struct manager *manager, const struct mudurl *mud, int64_t at)
{
	return (struct attempt_options){
		.jobs = manager->options.jobs,
		.fetching = manager->options.fetching,
		.materials = manager->options.materials,
		.anchors = trust_material(manager->options.trust),
		.url = &mud->url,
		.mudsigner = signers_wanted(mud),
		.at = at,
	};
}

static void
start_fetch(struct manager *manager, struct mudurl *mud, int64_t now)
{
	struct attempt_options options = options_for(manager, mud, now);

	memcpy(options.pinned, mud->history.pinned, sizeof(options.pinned));
	options.done = on_done;
	options.arg = mud;
	mud->errand = ERRAND_FETCH;
	mud->next_fetch_at = NO_TIME;
	mud->began_at = now;
	mud->attempt = attempt_fetch(&options);
	if (mud->attempt == NULL)
		mudurl_put_off(mud, now, true);
}

/* Judges stored bytes, as of the time they were judged first (S-35); those
 * that wait, as of now. */
static void
read_stored(void *arg, const struct state_file *row)
{
	struct mudurl *mud = arg;
	struct manager *manager = mud->manager;
	struct attempt_options options = options_for(manager, mud,
	    mud->errand == ERRAND_RETRY ? manager->now : row->verified_at);
	struct mud_bytes bytes = {
		.file = material_make("stored", row->file.data, row->file.len),
		.signature = -1,
		.file_size = (uint32_t)row->file.len,
		.signature_size = (uint32_t)row->signature.len,
	};

	memcpy(options.pinned, mud->history.pinned, sizeof(options.pinned));
	options.is_approved = row->approved_at != 0;
	options.done = on_done;
	options.arg = mud;
	if (row->signature.len > 0)
		bytes.signature = material_make(
		    "stored", row->signature.data, row->signature.len);
	if (bytes.file >= 0)
		mud->attempt = attempt_read(&options, &bytes);
	if (mud->attempt == NULL)
		mud_bytes_done(&bytes);
}

static void
start_own(struct manager *manager, struct mudurl *mud)
{
	struct attempt_options options =
	    options_for(manager, mud, manager->now);
	struct mud_bytes bytes;

	options.is_approved = true; /* root wrote it */
	options.done = on_done;
	options.arg = mud;
	if (!ownfiles_bytes(mud->own, &bytes))
		return;
	mud->attempt = attempt_read(&options, &bytes);
	if (mud->attempt == NULL)
		mud_bytes_done(&bytes);
}

static void
start_read(struct manager *manager, struct mudurl *mud,
    const struct version *version, enum errand errand)
{
	int error;

	mud->errand = errand;
	if (mud->is_own) {
		start_own(manager, mud);
		return;
	}
	error = state_find_file(manager->options.state, mud->url.text,
	    version->digest, read_stored, mud);
	if (error != -ENOENT)
		return;
	rejudge_lost(&manager->verdicts, mud, manager->now);
	changed(manager, mud);
}

/* ---- entries ----------------------------------------------------------- */

static struct mudurl *
add(struct manager *manager, const struct url *url)
{
	struct mudurl *mud = mudurl_new(url, manager);
	const char *own = ownfiles_name(url->text);

	mud->is_own = own != NULL;
	if (own == NULL)
		history_load(manager->options.state, mud, manager->now);
	else
		mud->own = ownfiles_find(manager->options.materials, own);
	if (own != NULL && mud->own == NULL)
		(void)fault_set(&mud->fault, FAULT_INTERNAL, "mud-file",
		    "%s is not there, or was not when mudd started", url->text);
	list_append(&manager->all, &mud->link);
	return mud;
}

struct manager *
manager_new(const struct manager_options *options)
{
	struct manager *manager = xcalloc(1, sizeof(*manager));
	struct locals_options locals = {
		.jobs = options->jobs,
		.policies = options->policies,
		.materials = options->materials,
		.fetching = options->fetching,
		.trust = options->trust,
		.changed = local_changed,
		.arg = manager,
	};

	manager->options = *options;
	manager->verdicts = (struct verdicts){
		.config = options->config,
		.state = options->state,
		.policies = options->policies,
		.trust = options->trust,
	};
	manager->budget = fetchbudget_new();
	list_init(&manager->all);
	manager->locals = locals_new(&locals);
	return manager;
}

void
manager_free(struct manager *manager)
{
	if (manager == NULL)
		return;
	locals_free(manager->locals);
	LIST_EACH_SAFE(at, &manager->all)
	mudurl_free(LIST_ENTRY(at, struct mudurl, link));
	fetchbudget_free(manager->budget);
	free(manager);
}

static void
load_file(void *arg, const struct state_file *row)
{
	struct manager *manager = arg;
	struct mudurl *mud = manager_find_url(manager, row->url);
	struct version *version;
	struct fault why;
	struct url url;

	if (!url_parse(row->url, &url, &why)) {
		log_warning(
		    "state: a stored MUD URL is not one: %s", why.detail);
		return;
	}
	if (mud == NULL)
		mud = add(manager, &url);
	version = version_stored(row);
	mudurl_refresh_from(mud, row->fetched_at, 48);
	if (row->status != FILE_ACCEPTED) {
		version->why = row->verdict;
		version_free(mud->candidate);
		mud->candidate = version;
		/* Its CA may lie in trust.d by now. */
		mud->is_retried = rejudge_may_be_trusted(version);
		return;
	}
	version_free(mud->accepted);
	mud->accepted = version;
	if (!mud->is_unsettled)
		manager->n_settling++;
	mud->is_unsettled = true;
}

struct kernel_policy *
manager_pending(struct manager *manager)
{
	return locals_need(manager->locals, LOCAL_PENDING, manager->now);
}

struct kernel_policy *
manager_quarantine(struct manager *manager)
{
	return locals_need(manager->locals, LOCAL_QUARANTINE, manager->now);
}

struct kernel_policy *
manager_denied(struct manager *manager)
{
	return locals_need(manager->locals, LOCAL_DENIED, manager->now);
}

struct kernel_policy *
manager_unknown(struct manager *manager)
{
	switch (manager->options.config->unknown_devices) {
	case CONFIG_UNKNOWN_QUARANTINE:
		return locals_need(
		    manager->locals, LOCAL_UNKNOWN, manager->now);
	case CONFIG_UNKNOWN_DENY:
		return locals_need(manager->locals, LOCAL_CLOSED, manager->now);
	case CONFIG_UNKNOWN_ALLOW:
	case CONFIG_UNKNOWNS:
		break;
	}
	return NULL;
}

const struct locals *
manager_locals(const struct manager *manager)
{
	return manager->locals;
}

void
manager_load(struct manager *manager, int64_t now)
{
	int left_out;

	manager->now = now;
	/* What is always needed, and what the configuration asks for. */
	if (manager_pending(manager) == NULL ||
	    (manager->options.config->unknown_devices != CONFIG_UNKNOWN_ALLOW &&
		manager_unknown(manager) == NULL))
		log_fatal("cannot make the local policies");
	left_out = state_load_files(manager->options.state, load_file, manager);
	if (left_out != 0)
		log_warning(
		    "state: %d stored files could not be read", left_out);
}

bool
manager_is_settled(const struct manager *manager)
{
	return manager->n_settling == 0 && locals_reading(manager->locals) == 0;
}

struct mudurl *
manager_want(
    struct manager *manager, const char *text, int64_t now, struct fault *why)
{
	struct mudurl *mud;
	struct url url;

	manager->now = now;
	if (!ownfiles_parse(text, &url, why))
		return NULL;
	mud = manager_find_url(manager, url.text);
	if (mud == NULL)
		mud = add(manager, &url);
	mud->is_wanted = true;
	if (!mud->is_own && mud->next_fetch_at == NO_TIME &&
	    mud->attempt == NULL && mud->accepted == NULL &&
	    mud->candidate == NULL)
		mud->next_fetch_at = now;
	return mud;
}

static void
give_way(struct manager *manager, struct mudurl *mud, int64_t now)
{
	attempt_free(mud->attempt);
	mud->attempt = NULL;
	(void)fault_set(&mud->fault, FAULT_BUSY, "S-63",
	    "%s is slow, and other devices wait; fetched later", mud->url.host);
	log_info("%s: %s", mud->url.text, mud->fault.detail);
	mudurl_put_off(mud, now, true);
	changed(manager, mud);
}

static bool
pay(struct manager *manager, struct mudurl *mud, int64_t now)
{
	struct fetchbudget_wish wish = {
		.thing = &mud->asked_by,
		.port = mud->asked_port,
	};

	if (!fetchbudget_may(manager->budget, &wish, now, &mud->fault))
		return false;
	wish.is_new_host =
	    !history_knows_host(manager->options.state, &mud->url);
	return fetchbudget_take(manager->budget, &wish, now, &mud->fault);
}

static void
fetch_if_allowed(struct manager *manager, struct mudurl *mud, int64_t now)
{

	struct mudurl *slow = NULL;

	/* Before that, no fetcher could be told what it must not reach. */
	if (!manager->options.fetching->lan->is_known)
		return;
	if (!fetchplace_is_free(&manager->all, mud)) {
		slow = fetchplace_slow(&manager->all, mud, now);
		if (slow == NULL)
			return;
	}
	/* Paid for once: how often it is tried again is S-29's to say. */
	if (!mud->is_paid && mud->accepted == NULL && !pay(manager, mud, now)) {
		mud->next_fetch_at = now + BUDGET_WAIT_SEC;
		return;
	}
	mud->is_paid = true;
	if (slow != NULL)
		give_way(manager, slow, now);
	start_fetch(manager, mud, now);
}

int64_t
manager_tick(struct manager *manager, int64_t now)
{
	int64_t next = NO_TIME;

	manager->now = now;
	/* Judged by half of the anchors, a good file would have to wait. */
	if (!trust_is_ready(manager->options.trust))
		return NO_TIME;
	LIST_EACH_SAFE(at, &manager->all)
	{
		struct mudurl *mud = LIST_ENTRY(at, struct mudurl, link);
		const struct version *candidate = mud->candidate;
		bool may_fetch =
		    mud->is_wanted && !mud->is_own &&
		    !rejudge_is_frozen(manager->options.trust, mud);

		if (resting_is_over(mud)) {
			mudurl_free(mud);
			continue;
		}
		resting_turn(mud, &manager->n_settling);
		if (mud->attempt != NULL)
			continue;
		if (mud->is_unsettled) {
			start_read(manager, mud, mud->accepted, ERRAND_SETTLE);
		} else if (candidate != NULL && candidate->approved_at != 0 &&
			   candidate->status == FILE_PENDING) {
			start_read(manager, mud, candidate, ERRAND_APPROVE);
		} else if (rejudge_needs_review(mud)) {
			start_read(manager, mud, mud->accepted, ERRAND_REVIEW);
		} else if (rejudge_needs_retry(mud)) {
			start_read(manager, mud, candidate, ERRAND_RETRY);
		} else if (may_fetch && mud->next_fetch_at <= now) {
			fetch_if_allowed(manager, mud, now);
		} else {
			if (may_fetch && mud->next_fetch_at < next)
				next = mud->next_fetch_at;
			continue;
		}
		/* If no job was to be had: soon again. */
		if (mud->attempt == NULL && next > now + 1)
			next = now + 1;
	}
	return next;
}

void
manager_trust_changed(
    struct manager *manager, enum trust_change change, int64_t now)
{
	manager->now = now;
	LIST_EACH(at, &manager->all)
	rejudge_after(&manager->verdicts, LIST_ENTRY(at, struct mudurl, link),
	    change, now);
	changed(manager, NULL);
}

struct mudurl *
manager_find(struct manager *manager, const char *id)
{
	LIST_EACH(at, &manager->all)
	{
		struct mudurl *mud = LIST_ENTRY(at, struct mudurl, link);

		if (strcmp(mud->id, id) == 0)
			return mud;
	}
	return NULL;
}

struct mudurl *
manager_find_url(struct manager *manager, const char *text)
{
	LIST_EACH(at, &manager->all)
	{
		struct mudurl *mud = LIST_ENTRY(at, struct mudurl, link);

		if (strcmp(mud->url.text, text) == 0)
			return mud;
	}
	return NULL;
}

struct list *
manager_all(struct manager *manager)
{
	return &manager->all;
}

/* ---- decisions --------------------------------------------------------- */

int
manager_approve(struct manager *manager, const char *id, const char *digest,
    bool pin_signer, uid_t uid, int64_t now)
{
	struct mudurl *mud = manager_find(manager, id);
	int error;

	manager->now = now;
	if (mud == NULL)
		return -ENOENT;
	error = approval_give(
	    &manager->verdicts, mud, digest, pin_signer, uid, now);
	if (error < 0)
		return error;
	/* A fetch under way would bring the same bytes, or others that this
	 * approval does not name: manager_tick reads what was approved. */
	attempt_free(mud->attempt);
	mud->attempt = NULL;
	if (mud->next_fetch_at == NO_TIME)
		mudurl_refresh_later(mud, now, 48);
	changed(manager, mud);
	return 0;
}

int
manager_reject(struct manager *manager, const char *id, uid_t uid, int64_t now)
{
	struct mudurl *mud = manager_find(manager, id);
	int error;

	manager->now = now;
	if (mud == NULL)
		return -ENOENT;
	error = approval_refuse(&manager->verdicts, mud, uid);
	if (error < 0)
		return error;
	changed(manager, mud);
	return 0;
}
