/*
 * One MUD URL and the files that were fetched for it.
 *
 * A URL may have a file in force (accepted) and beside it another that waits
 * (candidate).  Pure data and questions about it; manager.c moves it along.
 */
#ifndef ENGINE_MUDURL_H
#define ENGINE_MUDURL_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/files/attempt.h"
#include "engine/files/policies.h"
#include "engine/state/state.h"
#include "engine/things/strength.h"
#include "libmud/list.h"
#include "libmud/url.h"

struct manager;
struct thing;

#define NO_TIME INT64_MAX

/* What the attempt under way is for. */
enum errand {
	ERRAND_FETCH,   /* the file at the URL */
	ERRAND_SETTLE,  /* the stored file in force, after a restart */
	ERRAND_APPROVE, /* the candidate that an administrator approved */
	ERRAND_REVIEW,  /* the file in force, when trust was taken away */
	ERRAND_RETRY,   /* the candidate, when trust has changed */
};

/* A Name, as DER; of length 0: none. */
struct signer_name {
	size_t len;
	uint8_t name[LIMIT_DER_NAME];
};

/* One fetched file of a URL. */
struct version {
	uint8_t digest[32];
	struct fault why; /* why it is not in force; FAULT_NONE: it may be */
	struct fault verdict; /* of the signature alone */
	struct signer signer;
	struct signer_name named; /* its signature is good, and this one's:
	                           * signers.c asked */
	int64_t fetched_at;
	int64_t judged_at;   /* certificates were judged at this time */
	int64_t approved_at; /* 0: by nobody */
	int64_t approved_by; /* uid, -1 */
	enum file_status status;
	bool is_other_type;           /* came under another media type (S-26) */
	unsigned int tries;           /* how often a reader died over it */
	struct policy_info info;      /* once it has been parsed */
	struct kernel_policy *policy; /* of the accepted one */
	struct grants *grants;        /* the same */
};

struct mudurl {
	struct url url;
	char id[9];                 /* what mudctl calls it */
	bool is_own;                /* of policies/ (ownfiles.h), not fetched */
	const struct own_file *own; /* NULL: it is not there; lent */
	struct version *accepted;   /* in force */
	struct version *candidate;  /* waits, or was refused */
	struct fault fault; /* of the last fetch; FAULT_NONE: it worked */
	enum errand errand;
	struct attempt *attempt; /* under way; does the errand */
	int64_t began_at;        /* the last fetch */
	bool is_unsettled;  /* the stored accepted file is to be judged again */
	bool is_doubted;    /* the accepted file is to be reviewed */
	bool is_retried;    /* the candidate is to be judged anew */
	bool is_asked_anew; /* an administrator wants it fetched: a rejection
	                     * does not count any more */
	bool is_wanted;     /* a Thing has it, or is about to */
	bool is_proven;     /* one that is no stranger has it, or had */
	size_t n_things;    /* that have it (things.c counts) */
	size_t n_previous;  /* that live by its policy until theirs is there */
	size_t n_calls;     /* of people that wait for it (calls.c counts) */
	struct mac asked_by; /* who is charged for fetching it (S-25) */
	uint32_t asked_port;
	bool is_paid;            /* its first fetch has been charged */
	struct manager *manager; /* whose it is */
	/* Classes of its Things, as of that round (controllers.c); lent. */
	uint32_t class_round;
	struct set *makers[STRENGTHS], *models[STRENGTHS];
	int64_t next_fetch_at;
	unsigned int failures;    /* in a row */
	struct state_url history; /* what is remembered (history.h) */
	/* signers.c: whose signature its Things' certificates ask for. */
	struct signer_name wanted;
	bool is_disputed;     /* they name several */
	bool settles_unnamed; /* the stored file is another's: it is read
	                       * without that question, so that it stays */
	bool signer_due, are_signers_many;
	const struct thing *signer_first; /* only while it looks */
	struct fault contested; /* what is in force is not what the certificate
	                         * of some Thing asks for */
	struct list link;
};

/* A new entry, on no list. */
struct mudurl *mudurl_new(const struct url *url, struct manager *manager);
void mudurl_free(struct mudurl *mud);

/* A version of what an attempt brought, judged at `now`. */
struct version *version_of(const struct outcome *outcome, int64_t now);
/* One that was stored; whether it still holds is to be judged. */
struct version *version_stored(const struct state_file *row);
/* Its policy is dropped too. NULL is fine. */
void version_free(struct version *version);
/* The same bytes? NULL is nothing's. */
bool version_is(const struct version *version, const uint8_t digest[32]);
/* Was it read at all? Else it was refused before anybody looked into it. */
bool version_has_digest(const struct version *version);
/* Do these (at least 16) hex digits name it (S-38)? */
bool version_is_named(const struct version *version, const char *hex);

/* When to fetch again: after a failure (S-29), or soon when it was our own;
 * after success, not before cache-validity (RFC 8520 s3.5, S-28). */
void mudurl_put_off(struct mudurl *mud, int64_t now, bool soon);
void mudurl_refresh_later(struct mudurl *mud, int64_t now, unsigned int hours);
/* The same for a file that was fetched at `then`; but what is put off after a
 * failure stays so. */
void mudurl_refresh_from(struct mudurl *mud, int64_t then, unsigned int hours);

/* An administrator wants the file anew, now; what was rejected is judged
 * again if it comes again. */
void mudurl_ask_anew(struct mudurl *mud, int64_t now);

/* Where a URL stands, for people. */
enum mudurl_standing {
	STANDING_FETCHING,
	STANDING_PENDING,
	STANDING_REFUSED,
	STANDING_ENFORCED
};
enum mudurl_standing mudurl_standing(const struct mudurl *mud);
/* Why it is pending or refused; FAULT_NONE otherwise. Lent. */
const struct fault *mudurl_fault(const struct mudurl *mud);
/* What can be done about that, as things stand: of approval it speaks only if
 * a file waits that can be approved. Constant. */
const char *mudurl_remedy(const struct mudurl *mud);
/* Does a candidate wait for an administrator? */
bool mudurl_awaits(const struct mudurl *mud);
/* What an administrator can approve: such a candidate, or what is in force, but
 * not for all of its Things (M-SIG-4).  NULL: nothing. */
struct version *mudurl_waiting(const struct mudurl *mud);

#endif
