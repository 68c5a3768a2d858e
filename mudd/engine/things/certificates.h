/*
 * Which MUD URL a Thing has by its own certificate, and who is to sign its MUD
 * file (RFC 8520 s11; M-X5-1 to M-X5-5, M-SIG-4).
 *
 * Who hands a certificate over has seen proof of its key; a reader has verified
 * its chain.  So it is worth more than what anybody may announce (S-40):
 *
 *   no URL, or an announced one   the certificate's counts from now on; until
 *                                 it has a policy the old one's stays (S-43)
 *   another certificate's         the same, where its file lies beside the
 *                                 former's (url_same_base); else the Thing
 *                                 keeps what it has, flagged (M-SEC-5, S-37)
 *   an administrator's            that stays (M-URL-7), until he takes it back
 *
 * Nothing that is announced later changes it.  A certificate without a MUD URL
 * takes none away (M-X5-3).
 */
#ifndef ENGINE_CERTIFICATES_H
#define ENGINE_CERTIFICATES_H

#include <stdbool.h>
#include <stdint.h>

#include "libmud/addr.h"

struct devcert;
struct fault;
struct sightings;
struct thing;

/*
 * The device with this MAC, seen before or not (EAP comes before DHCP), has
 * shown this certificate.  What of it does not count is told as an event.
 * False with *why: nothing of it does, or (FAULT_INTERNAL) it holds, but could
 * not be stored.
 */
bool certificates_take(const struct sightings *sightings, const struct mac *mac,
    const struct devcert *found, int64_t now, struct fault *why);

/* As they were stored, of the Things that are there. */
void certificates_load(const struct sightings *sightings);

#endif
