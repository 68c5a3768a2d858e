/*
 * Where a sighting came from, held against where its MAC is known (S-47).
 */
#ifndef ENGINE_ORIGIN_H
#define ENGINE_ORIGIN_H

#include <stdbool.h>

struct lan;
struct record_sighting;
struct thing;

/*
 * Did it come from where it belongs?  A MAC that is present, but of which
 * nobody knows the port, gets no say either: whoever forges frames comes
 * first otherwise.  The bridge learns the port by and by, and DHCP is
 * repeated.  thing: NULL where the MAC is not known yet; a spoof is noted there
 * and logged.
 */
bool origin_is_right(struct lan *lan, struct thing *thing,
    const struct record_sighting *sighting);

/* The watcher has refused a message that was not for its sender to send (S-5):
 * that is told, and nothing changes. */
void origin_refused(struct lan *lan, struct thing *thing,
    const struct record_sighting *sighting);

#endif
