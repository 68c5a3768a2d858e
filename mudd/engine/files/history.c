/*
 * The past of MUD URLs.  Role: engine.  Input: the state, which is checked
 * like input, and what readers said of signed files.
 */
#include "engine/files/history.h"

#include <string.h>

#include "core/log.h"
#include "engine/files/mudurl.h"
#include "engine/state/state.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

#define DAY_SEC 86400
/* No back-off is longer (S-29), so a later time is a clock that jumped. */
#define WAIT_MAX_SEC (DAY_SEC + DAY_SEC / 5)

static const uint8_t nobody[32];

static bool
is_known(const uint8_t hash[32])
{
	return memcmp(hash, nobody, sizeof(nobody)) != 0;
}

/* S-31: the key may change, the names and who vouches for them may not.  For
 * a signer whose file an administrator approved, nobody vouched so far; and one
 * whose own key is the anchor was named by the administrator. */
static bool
is_signer(const struct state_url *history, const struct signer *signer)
{
	if (memcmp(history->identity, signer->identity,
		sizeof(signer->identity)) != 0)
		return false;
	return !is_known(history->anchor) ||
	       memcmp(history->anchor, signer->anchor,
		   sizeof(signer->anchor)) == 0 ||
	       memcmp(signer->spki, signer->anchor, sizeof(signer->spki)) == 0;
}

static int
put(struct state *state, struct mudurl *mud, int64_t now)
{
	int error;

	mud->history.used_at = now;
	error = state_put_url(state, &mud->history);
	if (error < 0)
		log_error("%s: cannot remember it: %s", mud->url.text,
		    strerror(-error));
	return error;
}

void
history_load(struct state *state, struct mudurl *mud, int64_t now)
{
	struct state_url *history = &mud->history;

	if (state_find_url(state, mud->url.text, history) < 0) {
		*history = (struct state_url){ 0 };
		text_copy(history->url, sizeof(history->url), mud->url.text);
	}
	mud->failures = history->failures;
	if (mud->failures == 0)
		return;
	mud->fault = history->fault;
	mud->next_fetch_at = history->next_fetch_at;
	if (mud->next_fetch_at > now + WAIT_MAX_SEC)
		mud->next_fetch_at = now;
}

/* ---- over all that are remembered --------------------------------------- */

struct search {
	const struct url *url;
	const struct signer *signer;
	bool has_host;
	bool has_authority; /* somebody signed for it */
	bool has_signer;    /* and this one was among them */
};

static void
look_at(void *arg, const struct state_url *row)
{
	struct search *search = arg;
	struct fault why;
	struct url url;

	if (!url_parse(row->url, &url, &why) ||
	    strcmp(url.host, search->url->host) != 0)
		return;
	search->has_host = true;
	if (search->signer == NULL || !is_known(row->identity) ||
	    !url_same_authority(&url, search->url))
		return;
	search->has_authority = true;
	if (is_signer(row, search->signer))
		search->has_signer = true;
}

bool
history_knows_host(struct state *state, const struct url *url)
{
	struct search search = { .url = url };

	(void)state_load_urls(state, look_at, &search);
	return search.has_host;
}

/* ---- judging ------------------------------------------------------------ */

static bool
judge_signer(struct state *state, const struct mudurl *mud,
    const struct signer *signer, struct fault *why)
{
	const struct state_url *history = &mud->history;
	struct search search = { .url = &mud->url, .signer = signer };

	if (is_known(history->identity)) {
		if (is_signer(history, signer))
			return true;
		return fault_set(why, FAULT_SIGNER_CHANGED,
		    "RFC 8520 s16 (S-31)",
		    "%.120s signed it; this is not who signed the file before, "
		    "or another CA vouches for it",
		    signer->subject);
	}
	(void)state_load_urls(state, look_at, &search);
	if (!search.has_authority || search.has_signer)
		return true;
	return fault_set(why, FAULT_SIGNER_CHANGED, "RFC 8520 s16 (S-31)",
	    "%.120s signed it; other files of %.60s are signed by somebody "
	    "else",
	    signer->subject, mud->url.host);
}

static bool
judge_date(const struct mudurl *mud, const struct outcome *outcome, int64_t now,
    struct fault *why)
{
	const struct state_url *history = &mud->history;
	const int64_t updated_at = outcome->policy->info.updated_at;
	const char *text = outcome->policy->info.last_update;

	if (updated_at > now + DAY_SEC)
		return fault_set(why, FAULT_FROM_FUTURE, "RFC 8520 s3.4 (S-36)",
		    "its last-update, %s, has not come yet", text);
	if (history->newest == 0 || updated_at > history->newest)
		return true;
	if (updated_at < history->newest)
		return fault_set(why, FAULT_ROLLED_BACK, "RFC 8520 s3.4 (S-36)",
		    "its last-update, %s, is older than that of the file "
		    "which was in force",
		    text);
	if (memcmp(history->newest_digest, outcome->digest,
		sizeof(outcome->digest)) == 0)
		return true;
	return fault_set(why, FAULT_SAME_DATE, "RFC 8520 s3.4 (S-36)",
	    "it is another file than the one in force, with the same "
	    "last-update, %s",
	    text);
}

bool
history_judge(struct state *state, const struct mudurl *mud,
    const struct outcome *outcome, int64_t now, struct fault *why)
{
	return judge_signer(state, mud, &outcome->signer, why) &&
	       judge_date(mud, outcome, now, why);
}

/* ---- what happened ------------------------------------------------------ */

int
history_accepted(struct state *state, struct mudurl *mud,
    const struct version *version, int64_t now)
{
	struct state_url *history = &mud->history;
	const struct signer *signer = &version->signer;

	history->newest =
	    version->info.updated_at > 0 ? version->info.updated_at : 0;
	memcpy(
	    history->newest_digest, version->digest, sizeof(version->digest));
	/* An approved file may have no signer that is known for good. */
	if (is_known(signer->identity)) {
		memcpy(history->identity, signer->identity,
		    sizeof(signer->identity));
		memcpy(history->anchor, signer->anchor, sizeof(signer->anchor));
	}
	return put(state, mud, now);
}

int
history_pin(struct state *state, struct mudurl *mud,
    const struct signer *signer, int64_t now)
{
	memcpy(mud->history.pinned, signer->spki, sizeof(mud->history.pinned));
	return put(state, mud, now);
}

void
history_fetched(struct state *state, struct mudurl *mud, int64_t now)
{
	struct state_url *history = &mud->history;

	history->failures = mud->failures;
	history->next_fetch_at =
	    mud->failures == 0 || mud->next_fetch_at == NO_TIME
		? 0
		: mud->next_fetch_at;
	history->fault = mud->fault;
	if (mud->failures == 0)
		memset(&history->fault, 0, sizeof(history->fault));
	(void)put(state, mud, now);
}
