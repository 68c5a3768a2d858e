/*
 * What becomes of a MUD URL's files when trust has changed: which of them are
 * judged again from their stored bytes, and which stay as they are (S-34).
 */
#ifndef ENGINE_REJUDGE_H
#define ENGINE_REJUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/files/trust.h"

struct mudurl;
struct verdicts;
struct version;

/*
 * Marks what manager_tick has to have judged again:
 *
 *   an anchor more   candidates that wait for their signer's trust
 *   an anchor less   accepted files that nobody approved; all candidates
 *   a signer less    none: its files stay in force, its candidates wait
 *   a signer again   candidates that waited for that
 */
void rejudge_after(const struct verdicts *verdicts, struct mudurl *mud,
    enum trust_change change, int64_t now);

/* Does it wait for what another set of anchors may say otherwise? */
bool rejudge_may_be_trusted(const struct version *version);

/* Is there (still) something to be judged again? */
bool rejudge_needs_review(const struct mudurl *mud);
bool rejudge_needs_retry(const struct mudurl *mud);

/* What is to be judged again is not stored any more, or never was (S-64): a
 * candidate is fetched anew, and what is in force is in force no more. */
void rejudge_lost(
    const struct verdicts *verdicts, struct mudurl *mud, int64_t now);

/* Is the file in force kept, but not refreshed, since its signer is
 * distrusted? */
bool rejudge_is_frozen(const struct trust *trust, const struct mudurl *mud);

#endif
