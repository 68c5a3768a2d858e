/*
 * Whose signature a MUD URL's file must bear, since the certificate of a Thing
 * says so (id-pe-mudsigner; RFC 8520 s13.2, M-SIG-4).
 *
 * A file is one for all Things of its URL, the name is each Thing's own.  So
 * readers judge by the name that the URL's Things agree upon; of several, by
 * that of the Thing seen first, and then every new file waits for an
 * administrator.  What is in force stays so, but only a Thing whose name it was
 * judged by, or that names nobody, lives by it; the others wait under
 * pending.json (or their previous file) until it is approved, or another comes.
 * Things without a certificate neither ask for a signer nor take one away.
 */
#ifndef ENGINE_SIGNERS_H
#define ENGINE_SIGNERS_H

#include <stdbool.h>

#include "libmud/bytes.h"

struct list;
struct mudurl;
struct thing;
struct things;
struct version;

/* What its certificate says is not what it was, or counts for another URL. */
void signers_due(struct mudurl *mud); /* NULL is fine */

/* Looks at what is due: what each URL of the list (manager_all) asks for now,
 * what must be judged again for that, and who waits. */
void signers_refresh(struct things *things, struct list *urls);

/* What the URL's next READ is to ask for; lent. */
struct bytes signers_wanted(const struct mudurl *mud);

/* The version's signature was found good by what the URL asks for. */
void signers_proved(const struct mudurl *mud, struct version *version);

/* May the Thing live by what its URL has in force? */
bool signers_serve(const struct thing *thing);

#endif
