/*
 * When trust has changed.  Role: engine.
 */
#include "engine/files/rejudge.h"

#include "engine/files/verdicts.h"

bool
rejudge_is_frozen(const struct trust *trust, const struct mudurl *mud)
{
	return mud->accepted != NULL &&
	       trust_is_distrusted(trust, mud->accepted->signer.spki);
}

/* An administrator's approval holds whoever signed. */
bool
rejudge_needs_review(const struct mudurl *mud)
{
	return mud->is_doubted && mud->accepted != NULL &&
	       mud->accepted->approved_at == 0;
}

bool
rejudge_needs_retry(const struct mudurl *mud)
{
	return mud->is_retried && mudurl_awaits(mud);
}

/* What is under way is judged by the anchors that were: begun anew. */
static void
begin_anew(struct mudurl *mud, int64_t now)
{
	if (mud->attempt == NULL)
		return;
	attempt_free(mud->attempt);
	mud->attempt = NULL;
	if (mud->errand == ERRAND_FETCH)
		mud->next_fetch_at = now;
}

bool
rejudge_may_be_trusted(const struct version *version)
{
	return version->status == FILE_PENDING &&
	       version->verdict.code != FAULT_NONE &&
	       version->verdict.code != FAULT_UNSIGNED;
}

/* Is it the anchors, or the signer, that this candidate waits for? */
static bool
waits_for_trust(const struct mudurl *mud, enum trust_change change)
{
	if (!mudurl_awaits(mud))
		return false;
	switch (change) {
	case TRUST_ADDED:
		return rejudge_may_be_trusted(mud->candidate);
	case TRUST_REMOVED:
		/* It may wait for another reason than before. */
		return true;
	case TRUST_RESTORED:
		return mud->candidate->why.code == FAULT_DISTRUSTED;
	case TRUST_SETTLED:
	case TRUST_DISTRUSTED:
		break;
	}
	return false;
}

void
rejudge_after(const struct verdicts *verdicts, struct mudurl *mud,
    enum trust_change change, int64_t now)
{
	if (change == TRUST_ADDED || change == TRUST_REMOVED)
		begin_anew(mud, now);
	if (change == TRUST_DISTRUSTED)
		verdicts_distrusted(verdicts, mud);
	if (waits_for_trust(mud, change))
		mud->is_retried = true;
	if (change == TRUST_REMOVED && mud->accepted != NULL &&
	    !mud->is_unsettled)
		mud->is_doubted = true;
}

void
rejudge_lost(const struct verdicts *verdicts, struct mudurl *mud, int64_t now)
{
	struct outcome outcome = {
		.kind = OUTCOME_REFUSED,
		.bytes = { .file = -1, .signature = -1 },
	};

	if (mud->errand == ERRAND_RETRY) {
		mud->is_retried = false;
		mud->next_fetch_at = now;
	} else if (mud->errand == ERRAND_REVIEW) {
		(void)fault_set(&outcome.why, FAULT_INTERNAL, "S-64",
		    "its bytes could not be kept, so that its signature "
		    "cannot be judged again");
		verdicts_reviewed(verdicts, mud, &outcome);
	}
}
