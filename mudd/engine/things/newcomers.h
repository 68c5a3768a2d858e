/*
 * How many devices that were never seen a port may bring (S-61).
 *
 * Asked before a record of one is made.  Whoever makes up MAC addresses uses
 * up what his own port has; who is known, or named in mudd.conf, is not asked
 * about, so that no crowd keeps him out.
 */
#ifndef ENGINE_NEWCOMERS_H
#define ENGINE_NEWCOMERS_H

#include <stdbool.h>
#include <stdint.h>

struct newcomers;

struct newcomers *newcomers_new(void);
void newcomers_free(struct newcomers *newcomers);

/* One more on this port?  If not, that is told as an event, once a minute. */
bool newcomers_may(struct newcomers *newcomers, uint32_t port, int64_t now);

/* Has the port brought so many lately that they are hardly Things? */
bool newcomers_is_crowded(
    struct newcomers *newcomers, uint32_t port, int64_t now);

/* One that may never be heard of again (S-62): is its record worth a write
 * before anybody has confirmed it? */
bool newcomers_may_store(
    struct newcomers *newcomers, uint32_t port, int64_t now);

#endif
