/*
 * One MUD URL and its files.  Role: engine.
 */
#include "engine/files/mudurl.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "engine/files/grants.h"
#include "libmud/digest.h"
#include "libmud/mem.h"

#define RETRY_FIRST_SEC 300   /* S-29 */
#define RETRY_LAST_SEC  86400 /* S-29 */
#define RETRY_SOON_SEC  5     /* our own fault: no budget, a worker died */
#define DIGEST_MIN      16    /* hex digits an approval must name (S-38) */

/* FNV-1a: a name for people, not a secret; approvals also name the digest. */
static void
id_of(const char *text, char id[9])
{
	uint32_t hash = 2166136261u;

	for (; *text != '\0'; text++) {
		hash ^= (uint8_t)*text;
		hash *= 16777619u;
	}
	(void)snprintf(id, 9, "%08" PRIx32, hash);
}

struct mudurl *
mudurl_new(const struct url *url, struct manager *manager)
{
	struct mudurl *mud = xcalloc(1, sizeof(*mud));

	mud->url = *url;
	mud->manager = manager;
	id_of(url->text, mud->id);
	mud->next_fetch_at = NO_TIME;
	list_init(&mud->link);
	return mud;
}

void
mudurl_free(struct mudurl *mud)
{
	attempt_free(mud->attempt);
	version_free(mud->accepted);
	version_free(mud->candidate);
	list_remove(&mud->link);
	free(mud);
}

struct version *
version_of(const struct outcome *outcome, int64_t now)
{
	struct version *version = xcalloc(1, sizeof(*version));

	memcpy(version->digest, outcome->digest, sizeof(version->digest));
	version->verdict = outcome->why;
	version->signer = outcome->signer;
	version->fetched_at = version->judged_at = now;
	version->approved_by = -1;
	version->is_other_type = outcome->is_other_type;
	if (outcome->policy != NULL)
		version->info = outcome->policy->info;
	return version;
}

struct version *
version_stored(const struct state_file *row)
{
	struct version *version = xcalloc(1, sizeof(*version));

	memcpy(version->digest, row->digest, sizeof(version->digest));
	version->signer = row->signer;
	version->fetched_at = row->fetched_at;
	version->judged_at = row->verified_at;
	version->approved_at = row->approved_at;
	version->approved_by = row->approved_by;
	version->status = row->status;
	version->is_other_type = row->is_other_type;
	version->verdict = row->verdict;
	return version;
}

void
version_free(struct version *version)
{
	if (version == NULL)
		return;
	policies_drop(version->policy);
	grants_free(version->grants);
	free(version);
}

bool
version_is(const struct version *version, const uint8_t digest[32])
{
	return version != NULL &&
	       memcmp(version->digest, digest, sizeof(version->digest)) == 0;
}

bool
version_has_digest(const struct version *version)
{
	static const uint8_t none[sizeof(version->digest)];

	return memcmp(version->digest, none, sizeof(none)) != 0;
}

bool
version_is_named(const struct version *version, const char *hex)
{
	return digest_is_named(version->digest, hex, DIGEST_MIN);
}

/* seconds ± 20 %, so that a power cut's gateways do not all ask at once. */
static int64_t
jitter(int64_t seconds)
{
	uint32_t random = 0;

	(void)!getrandom(&random, sizeof(random), GRND_NONBLOCK);
	return seconds - seconds / 5 +
	       (int64_t)(random % (uint32_t)(2 * (seconds / 5) + 1));
}

void
mudurl_put_off(struct mudurl *mud, int64_t now, bool soon)
{
	int64_t wait = RETRY_FIRST_SEC;

	if (soon) {
		mud->next_fetch_at = now + RETRY_SOON_SEC;
		return;
	}
	for (unsigned int i = 0; i < mud->failures && wait < RETRY_LAST_SEC;
	     i++)
		wait *= 2;
	mud->failures++;
	mud->next_fetch_at =
	    now + jitter(wait < RETRY_LAST_SEC ? wait : RETRY_LAST_SEC);
}

void
mudurl_refresh_later(struct mudurl *mud, int64_t now, unsigned int hours)
{
	int64_t wait = (int64_t)(hours < 24 ? 24 : hours) * 3600;

	mud->failures = 0;
	mud->next_fetch_at = now + wait + jitter(wait / 8);
}

void
mudurl_refresh_from(struct mudurl *mud, int64_t then, unsigned int hours)
{
	if (mud->failures == 0)
		mudurl_refresh_later(mud, then, hours);
}

void
mudurl_ask_anew(struct mudurl *mud, int64_t now)
{
	mud->is_asked_anew = true;
	mud->next_fetch_at = now;
}

enum mudurl_standing
mudurl_standing(const struct mudurl *mud)
{
	if (mud->accepted != NULL && mud->accepted->policy != NULL)
		return STANDING_ENFORCED;
	if (mud->candidate != NULL)
		return mud->candidate->status == FILE_PENDING
		           ? STANDING_PENDING
		           : STANDING_REFUSED;
	return mud->fault.code != FAULT_NONE ? STANDING_PENDING
	                                     : STANDING_FETCHING;
}

const struct fault *
mudurl_fault(const struct mudurl *mud)
{
	if (mud->candidate != NULL)
		return &mud->candidate->why;
	return mud->contested.code != FAULT_NONE ? &mud->contested
	                                         : &mud->fault;
}

bool
mudurl_awaits(const struct mudurl *mud)
{
	return mud->candidate != NULL &&
	       mud->candidate->status == FILE_PENDING &&
	       mud->candidate->approved_at == 0;
}

struct version *
mudurl_waiting(const struct mudurl *mud)
{
	if (mudurl_awaits(mud))
		return mud->candidate;
	return mud->candidate == NULL && mud->accepted != NULL &&
	               mud->accepted->approved_at == 0 &&
	               mud->contested.code != FAULT_NONE
	           ? mud->accepted
	           : NULL;
}

const char *
mudurl_remedy(const struct mudurl *mud)
{
	return fault_remedy(
	    mudurl_fault(mud)->code, mudurl_waiting(mud) != NULL);
}
