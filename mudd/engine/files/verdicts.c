/*
 * What the outcome of an attempt means for its MUD URL.  Role: engine.  The
 * outcome is of our own programs, the file behind it is anybody's; what counts
 * is written down before it is acted upon.
 */
#include "engine/files/verdicts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "engine/config.h"
#include "engine/events.h"
#include "engine/files/grants.h"
#include "engine/files/history.h"
#include "engine/files/materials.h"
#include "engine/files/signers.h"
#include "engine/files/trust.h"
#include "libmud/mem.h"

#define TRIES_MAX 3 /* then a file over which readers die is refused */

int
verdicts_store(const struct verdicts *verdicts, const struct mudurl *mud,
    const struct version *version, const struct mud_bytes *bytes)
{
	struct state_file row = {
		.fetched_at = version->fetched_at,
		.verified_at = version->judged_at,
		.verdict = version->why.code != FAULT_NONE ? version->why
		                                           : version->verdict,
		.signer = version->signer,
		.status = version->status,
		.is_other_type = version->is_other_type,
		.approved_by = version->approved_by,
		.approved_at = version->approved_at,
	};
	uint8_t *file = NULL, *signature = NULL;
	int error;

	/* Of an empty file there is nothing to keep. */
	if (bytes != NULL && bytes->file_size == 0)
		return 0;
	text_copy(row.url, sizeof(row.url), mud->url.text);
	memcpy(row.digest, version->digest, sizeof(row.digest));
	if (bytes != NULL && bytes->file >= 0) {
		file = material_read(bytes->file, bytes->file_size);
		row.file = (struct bytes){ file, bytes->file_size };
	}
	if (bytes != NULL && bytes->signature >= 0) {
		signature =
		    material_read(bytes->signature, bytes->signature_size);
		row.signature =
		    (struct bytes){ signature, bytes->signature_size };
	}
	error = state_put_file(verdicts->state, &row);
	free(file);
	free(signature);
	if (error < 0)
		log_error("%s: cannot store its file: %s", mud->url.text,
		    strerror(-error));
	return error;
}

static void
forget(const struct verdicts *verdicts, const struct mudurl *mud,
    const struct version *version)
{
	int error;

	if (version == NULL)
		return;
	error =
	    state_delete_file(verdicts->state, mud->url.text, version->digest);
	if (error < 0)
		log_error("%s: cannot remove an old file: %s", mud->url.text,
		    strerror(-error));
}

static bool
is_wider(const struct version *old, const struct policy *policy)
{
	struct grants *fresh;
	bool is_covered;

	if (old == NULL || old->grants == NULL)
		return false;
	fresh = grants_of(policy);
	is_covered = grants_cover(old->grants, fresh);
	grants_free(fresh);
	return !is_covered;
}

/* S-34: whoever signs, however well. A signature that is broken, or was made
 * after the certificate's end, stays the better reason. */
static bool
is_distrusted(const struct verdicts *verdicts, enum fault_code verdict,
    const struct signer *signer, struct fault *why)
{
	if ((verdict != FAULT_NONE && verdict != FAULT_UNTRUSTED &&
		verdict != FAULT_SIGNER_EXPIRED) ||
	    !trust_is_distrusted(verdicts->trust, signer->spki))
		return false;
	(void)fault_set(why, FAULT_DISTRUSTED, "RFC 8520 s16 (S-34)",
	    "an administrator distrusts this signer: %.120s", signer->subject);
	return true;
}

/* Does an administrator have to look at it, and why (S-37)? */
static struct fault
reason_to_hold(const struct verdicts *verdicts, const struct mudurl *mud,
    const struct outcome *outcome, int64_t now)
{
	const struct policy *policy = outcome->policy;
	struct fault why = { 0 };

	if (is_distrusted(verdicts, outcome->why.code, &outcome->signer, &why))
		return why;
	if (outcome->why.code != FAULT_NONE)
		return outcome->why;
	if (policy == NULL)
		return why;
	if (mud->is_disputed) {
		(void)fault_set(&why, FAULT_MUDSIGNER,
		    "RFC 8520 s13.2 (M-SIG-4)",
		    "certificates of this MUD URL's devices name different "
		    "signers");
		return why;
	}
	if (policy->info.is_draft && !verdicts->config->accept_draft_files) {
		(void)fault_set(&why, FAULT_DRAFT_FILE, "RFC 8520 s2",
		    "it has the shape of a draft before the RFC "
		    "(access-lists instead of acls)");
		return why;
	}
	if (policy->hold.code != FAULT_NONE)
		return policy->hold;
	if (outcome->is_other_type) {
		(void)fault_set(&why, FAULT_MEDIA_TYPE, "RFC 8520 s13.1 (S-26)",
		    "the file or its signature is served under another media "
		    "type than application/mud+json and "
		    "application/pkcs7-signature");
		return why;
	}
	if (history_judge(verdicts->state, mud, outcome, now, &why) &&
	    is_wider(mud->accepted, policy))
		(void)fault_set(&why, FAULT_WIDER, "RFC 8520 s16 (S-37)",
		    "it opens more of the local network, or lets others open "
		    "more towards the device, than the file in force");
	return why;
}

/* This version takes the place of what waited. */
static void
drop_candidate(const struct verdicts *verdicts, struct mudurl *mud,
    const struct version *version)
{
	if (!version_is(mud->candidate, version->digest))
		forget(verdicts, mud, mud->candidate);
	version_free(mud->candidate);
	mud->candidate = NULL;
}

static void
tell(enum event_kind kind, const struct mudurl *mud, const struct fault *why)
{
	events_tell_url(kind, mud, "%s: %s", why->clause, why->detail);
}

static void
set_aside(const struct verdicts *verdicts, struct mudurl *mud,
    struct version *version, enum file_status status,
    const struct outcome *outcome)
{
	version->status = status;
	tell(status == FILE_PENDING ? EVENT_POLICY_PENDING
				    : EVENT_POLICY_REFUSED,
	    mud, &version->why);
	if (version->why.code == FAULT_SIGNER_CHANGED)
		tell(EVENT_SIGNER_CHANGED, mud, &version->why);
	drop_candidate(verdicts, mud, version);
	(void)verdicts_store(verdicts, mud, version, &outcome->bytes);
	mud->candidate = version;
}

/*
 * The file, what is remembered by it, and the end of those whose place it
 * takes, as one: whenever we are killed, one file of the URL is in force.  If
 * that fails the state stays with the old one.
 */
static void
store_accepted(const struct verdicts *verdicts, struct mudurl *mud,
    const struct version *version, const struct mud_bytes *bytes)
{
	const struct version *others[] = { mud->accepted, mud->candidate };
	int error = state_begin(verdicts->state);

	if (error == 0)
		error = verdicts_store(verdicts, mud, version, bytes);
	if (error == 0)
		error = history_accepted(
		    verdicts->state, mud, version, version->judged_at);
	if (error == 0) {
		for (size_t i = 0; i < 2; i++)
			if (!version_is(others[i], version->digest))
				forget(verdicts, mud, others[i]);
		error = state_commit(verdicts->state);
	}
	if (error == 0)
		return;
	state_rollback(verdicts->state);
	log_error("%s: what is in force is not stored: %s", mud->url.text,
	    strerror(-error));
}

/* In force from now on: state first, kernel second. */
static void
accept(const struct verdicts *verdicts, struct mudurl *mud,
    struct version *version, struct outcome *outcome, bool store_bytes)
{
	version->policy = policies_add(
	    verdicts->policies, outcome->policy, &mud->url, &version->why);
	if (version->policy == NULL) {
		set_aside(verdicts, mud, version, FILE_REFUSED, outcome);
		return;
	}
	version->grants = grants_of(outcome->policy);
	version->status = FILE_ACCEPTED;
	signers_proved(mud, version);
	signers_due(mud);
	store_accepted(
	    verdicts, mud, version, store_bytes ? &outcome->bytes : NULL);
	version_free(mud->accepted);
	mud->accepted = version;
	version_free(mud->candidate);
	mud->candidate = NULL;
	if (version->approved_at != 0)
		events_tell_url(
		    EVENT_POLICY_ACTIVE, mud, "approved by an administrator");
	else
		events_tell_url(EVENT_POLICY_ACTIVE, mud, "signed by %s",
		    version->signer.subject);
	if (!version->info.is_supported)
		events_tell_url(EVENT_UNSUPPORTED, mud,
		    "RFC 8520 s3.6: its maker supports it no more: no update "
		    "will come");
}

void
verdicts_fetched(const struct verdicts *verdicts, struct mudurl *mud,
    struct outcome *outcome, int64_t now)
{
	struct version *version;

	mud->fault = (struct fault){ 0 };
	if (outcome->kind == OUTCOME_NOT_FETCHED) {
		mud->fault = outcome->why;
		mudurl_put_off(mud, now, outcome->why.code == FAULT_BUSY);
		if (outcome->why.code != FAULT_BUSY)
			history_fetched(verdicts->state, mud, now);
		tell(EVENT_FETCH_FAILED, mud, &outcome->why);
		return;
	}
	mudurl_refresh_later(mud, now,
	    outcome->policy != NULL ? outcome->policy->info.cache_validity_hours
				    : 48);
	history_fetched(verdicts->state, mud, now);
	if (version_is(mud->accepted, outcome->digest)) {
		mud->accepted->fetched_at = now;
		/* It may not be stored, if the disk was full at the time. */
		if (verdicts_store(verdicts, mud, mud->accepted, NULL) ==
		    -ENOENT)
			store_accepted(
			    verdicts, mud, mud->accepted, &outcome->bytes);
		/* What waited beside it is served no more. */
		if (mud->candidate != NULL &&
		    mud->candidate->status != FILE_REJECTED &&
		    mud->candidate->approved_at == 0)
			drop_candidate(verdicts, mud, mud->accepted);
		return;
	}
	/* No is an answer that stays, until the file is another one. */
	if (version_is(mud->candidate, outcome->digest) &&
	    mud->candidate->status == FILE_REJECTED && !mud->is_asked_anew)
		return;
	mud->is_asked_anew = false;
	version = version_of(outcome, now);
	version->why = outcome->kind == OUTCOME_REFUSED
	                   ? outcome->why
	                   : reason_to_hold(verdicts, mud, outcome, now);
	if (version->why.code == FAULT_NONE)
		accept(verdicts, mud, version, outcome, true);
	else
		set_aside(verdicts, mud, version,
		    outcome->kind == OUTCOME_REFUSED ? FILE_REFUSED
						     : FILE_PENDING,
		    outcome);
}

/* What was read again must be what was judged then: the state lies on a disk
 * (R-2). */
static void
compare(const struct version *version, struct outcome *outcome)
{
	if (outcome->kind != OUTCOME_POLICY ||
	    version_is(version, outcome->digest))
		return;
	outcome->kind = OUTCOME_REFUSED;
	(void)fault_set(&outcome->why, FAULT_INTERNAL, "R-2",
	    "the stored bytes are not those that were judged");
}

void
verdicts_approved(const struct verdicts *verdicts, struct mudurl *mud,
    struct outcome *outcome)
{
	struct version *version = mud->candidate;

	compare(version, outcome);
	/* A reader died over it: manager_tick tries again, but not for ever. */
	if (outcome->kind == OUTCOME_NOT_FETCHED &&
	    ++version->tries < TRIES_MAX)
		return;
	if (outcome->kind != OUTCOME_POLICY) {
		version->why = outcome->why;
		version->status = FILE_REFUSED;
		(void)verdicts_store(verdicts, mud, version, NULL);
		return;
	}
	mud->candidate = NULL;
	version->why = (struct fault){ 0 };
	version->verdict = outcome->why;
	version->signer = outcome->signer;
	version->info = outcome->policy->info;
	accept(verdicts, mud, version, outcome, false);
}

void
verdicts_stored(const struct verdicts *verdicts, struct mudurl *mud,
    struct outcome *outcome)
{
	struct version *version = mud->accepted;
	struct fault why;

	compare(version, outcome);
	why = outcome->why;
	if (outcome->kind == OUTCOME_NOT_FETCHED &&
	    ++version->tries < TRIES_MAX)
		return;
	/* Some Thing's certificate came after it: it stays for the others. */
	if (outcome->kind == OUTCOME_HELD && why.code == FAULT_MUDSIGNER &&
	    !mud->settles_unnamed) {
		mud->settles_unnamed = true;
		return;
	}
	mud->is_unsettled = false;
	signers_due(mud);
	if (outcome->kind == OUTCOME_POLICY &&
	    (version->approved_at != 0 || why.code == FAULT_NONE))
		version->policy = policies_add(
		    verdicts->policies, outcome->policy, &mud->url, &why);
	if (version->policy != NULL) {
		version->info = outcome->policy->info;
		version->grants = grants_of(outcome->policy);
		/* Version 1 of the state had no history. */
		if (why.code == FAULT_NONE)
			version->signer = outcome->signer;
		version->verdict = why;
		signers_proved(mud, version);
		mud->settles_unnamed = false;
		if (mud->history.newest == 0)
			(void)history_accepted(
			    verdicts->state, mud, version, version->judged_at);
		mudurl_refresh_from(mud, version->fetched_at,
		    version->info.cache_validity_hours);
		version->tries = 0;
		return;
	}
	/* Its signer is trusted no more, or the stored bytes are damaged. */
	tell(EVENT_POLICY_REMOVED, mud, &why);
	mud->accepted = NULL;
	version->why = why;
	version->status = FILE_PENDING;
	(void)verdicts_store(verdicts, mud, version, NULL);
	drop_candidate(verdicts, mud, version);
	mud->candidate = version;
}

/* ---- when trust has changed --------------------------------------------- */

void
verdicts_reviewed(const struct verdicts *verdicts, struct mudurl *mud,
    struct outcome *outcome)
{
	struct version *version = mud->accepted;

	compare(version, outcome);
	if (outcome->kind == OUTCOME_NOT_FETCHED &&
	    ++version->tries < TRIES_MAX)
		return;
	mud->is_doubted = false;
	version->tries = 0;
	signers_due(mud);
	version->named = (struct signer_name){ .len = 0 };
	if (outcome->kind == OUTCOME_POLICY &&
	    outcome->why.code == FAULT_NONE) {
		signers_proved(mud, version);
		return;
	}
	/* It is not what a Thing's certificate asks for, but stays for those
	 * that ask for nobody. */
	if (outcome->kind == OUTCOME_HELD &&
	    outcome->why.code == FAULT_MUDSIGNER)
		return;
	tell(EVENT_POLICY_REMOVED, mud, &outcome->why);
	policies_drop(version->policy);
	version->policy = NULL;
	mud->accepted = NULL;
	version->why = version->verdict = outcome->why;
	version->status = FILE_PENDING;
	(void)verdicts_store(verdicts, mud, version, NULL);
	drop_candidate(verdicts, mud, version);
	mud->candidate = version;
}

void
verdicts_retried(const struct verdicts *verdicts, struct mudurl *mud,
    struct outcome *outcome, int64_t now)
{
	struct version *version = mud->candidate;

	/* Rejected meanwhile: no is an answer that stays. */
	if (!mudurl_awaits(mud))
		return;
	compare(version, outcome);
	if (outcome->kind == OUTCOME_NOT_FETCHED &&
	    ++version->tries < TRIES_MAX)
		return;
	mud->is_retried = false;
	version->tries = 0;
	if (outcome->kind == OUTCOME_NOT_FETCHED)
		return; /* it waits as it did */
	/* The bytes do not tell how they were served. */
	outcome->is_other_type =
	    version->is_other_type || version->why.code == FAULT_MEDIA_TYPE;
	version->why = outcome->kind == OUTCOME_REFUSED
	                   ? outcome->why
	                   : reason_to_hold(verdicts, mud, outcome, now);
	version->verdict = outcome->why;
	version->signer = outcome->signer;
	version->judged_at = now;
	if (outcome->kind == OUTCOME_REFUSED)
		version->status = FILE_REFUSED;
	if (version->why.code != FAULT_NONE) {
		(void)verdicts_store(verdicts, mud, version, NULL);
		return;
	}
	mud->candidate = NULL;
	version->info = outcome->policy->info;
	accept(verdicts, mud, version, outcome, false);
}

void
verdicts_distrusted(const struct verdicts *verdicts, struct mudurl *mud)
{
	struct version *version = mud->candidate;

	if (mudurl_awaits(mud) && version->why.code != FAULT_DISTRUSTED &&
	    is_distrusted(verdicts, version->verdict.code, &version->signer,
		&version->why))
		(void)verdicts_store(verdicts, mud, version, NULL);
}
