/*
 * Approvals.  Role: engine.  Who may was judged by control.c.
 */
#include "engine/files/approval.h"

#include <errno.h>

#include "engine/events.h"
#include "engine/files/history.h"
#include "engine/files/signers.h"
#include "engine/files/verdicts.h"

/* The file, and the signer with it, or neither. */
static int
store(const struct verdicts *verdicts, struct mudurl *mud,
    const struct version *version, bool pin_signer)
{
	const struct state_url before = mud->history;
	int error = state_begin(verdicts->state);

	if (error == 0 && pin_signer)
		error = history_pin(verdicts->state, mud, &version->signer,
		    version->approved_at);
	if (error == 0)
		error = verdicts_store(verdicts, mud, version, NULL);
	if (error == 0)
		error = state_commit(verdicts->state);
	if (error == 0)
		return 0;
	state_rollback(verdicts->state);
	mud->history = before;
	return error;
}

int
approval_give(const struct verdicts *verdicts, struct mudurl *mud,
    const char *digest, bool pin_signer, uid_t uid, int64_t now)
{
	struct version *version = mudurl_waiting(mud);

	if (version == NULL)
		return -EAGAIN;
	if (!version_is_named(version, digest))
		return -EINVAL;
	if (pin_signer && version->signer.subject[0] == '\0')
		return -ENOKEY;
	version->approved_at = now;
	version->approved_by = (int64_t)uid;
	if (version != mud->accepted)
		version->judged_at = now;
	if (store(verdicts, mud, version, pin_signer) < 0) {
		version->approved_at = 0;
		version->approved_by = -1;
		return -EIO;
	}
	signers_due(mud);
	events_tell_url(EVENT_POLICY_APPROVED, mud, "by uid %u%s%s",
	    (unsigned int)uid,
	    pin_signer ? ", as is from now on what is signed by " : "",
	    pin_signer ? version->signer.subject : "");
	return 0;
}

int
approval_refuse(const struct verdicts *verdicts, struct mudurl *mud, uid_t uid)
{
	struct version *version = mud->candidate;
	struct fault before;

	if (!mudurl_awaits(mud))
		return -EAGAIN;
	before = version->why;
	version->status = FILE_REJECTED;
	(void)fault_set(&version->why, FAULT_REJECTED, "RFC 8520 s13.2",
	    "an administrator (uid %u) rejected this file", (unsigned int)uid);
	version->approved_by = (int64_t)uid;
	if (verdicts_store(verdicts, mud, version, NULL) < 0) {
		version->status = FILE_PENDING;
		version->why = before;
		version->approved_by = -1;
		return -EIO;
	}
	events_tell_url(
	    EVENT_POLICY_REJECTED, mud, "by uid %u", (unsigned int)uid);
	return 0;
}
