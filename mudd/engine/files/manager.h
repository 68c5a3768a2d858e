/*
 * The life of each MUD URL: wanted, fetched, judged, then in force, pending,
 * or refused; refreshed when its time has come; approved by people.
 *
 * A URL may have a file in force (accepted) and beside it another that waits
 * (candidate): a candidate never removes what runs (S-39).  A URL without an
 * accepted file leaves its Things under pending.json.
 */
#ifndef ENGINE_MANAGER_H
#define ENGINE_MANAGER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/files/mudurl.h"
#include "engine/files/trust.h"

struct config;
struct locals;

struct manager;

struct manager_options {
	const struct config *config;
	struct state *state;
	struct jobs *jobs;
	struct policies *policies;
	const struct materials *materials;
	const struct fetching *fetching;
	const struct trust *trust;
	/* What holds for the URL's Things has changed. */
	void (*changed)(void *arg, struct mudurl *mud);
	void *arg;
};

struct manager *manager_new(const struct manager_options *options);
void manager_free(struct manager *manager);

/* Reads the stored files, and has each accepted one judged again before it
 * is used. `now` in seconds, as everywhere here. */
void manager_load(struct manager *manager, int64_t now);
/* Has every stored file been judged? */
bool manager_is_settled(const struct manager *manager);
/* What devices live under whose file is not in force, that are quarantined,
 * that are denied, and that are unknown: NULL where these are allowed. Of the
 * others NULL says that there is no room. */
struct kernel_policy *manager_pending(struct manager *manager);
struct kernel_policy *manager_quarantine(struct manager *manager);
struct kernel_policy *manager_denied(struct manager *manager);
struct kernel_policy *manager_unknown(struct manager *manager);
/* Lent, for those who name them. */
const struct locals *manager_locals(const struct manager *manager);

/* The entry of a URL, or of a file of policies/ (ownfiles.h), made if need be;
 * fetched as soon as may be. NULL with *why if the URL may not be fetched. Lent
 * for the manager's life. */
struct mudurl *manager_want(
    struct manager *manager, const char *url, int64_t now, struct fault *why);

/* Fetches what is due. Returns when it wants to be called next. */
int64_t manager_tick(struct manager *manager, int64_t now);

/* Decisions of an administrator. digest: at least 16 hex digits of the
 * candidate's; pin_signer: what is signed with this key for this URL is trusted
 * from now on, whoever vouches for it (S-33). 0 once it is durable; -ENOENT: no
 * such URL; -EINVAL: another digest; -EAGAIN: nothing waits there; -ENOKEY: no
 * signer is known; -EIO: it could not be stored. */
int manager_approve(struct manager *manager, const char *id, const char *digest,
    bool pin_signer, uid_t uid, int64_t now);
int manager_reject(
    struct manager *manager, const char *id, uid_t uid, int64_t now);

/* Whom the gateway trusts has changed: what that may decide otherwise is
 * judged again, from its stored bytes. */
void manager_trust_changed(
    struct manager *manager, enum trust_change change, int64_t now);

struct mudurl *manager_find(struct manager *manager, const char *id);
/* By the text that url_parse made of the URL. */
struct mudurl *manager_find_url(struct manager *manager, const char *text);
/* All of them, by mudurl.link. */
struct list *manager_all(struct manager *manager);

#endif
