/*
 * When what the LAN says of Things is written down.
 *
 * What has changed is due, and one transaction writes all that is due: on a
 * quiet LAN, or where a Thing has no row yet, at the end of the same turn;
 * where much changes, once in STORING_SEC (S-64), so that no crowd makes the
 * engine wait for the disk.  An administrator's decision never waits:
 * thingstore_put.
 *
 * A Thing is worth a row for good once a server has completed an exchange with
 * it, or it has been there for STORING_PROVEN_SEC (S-62).  One that is confined
 * and not yet proven is written down too, for who restarts us meanwhile must
 * not let it out; but of these only as many as newcomers.h lets a port have.
 */
#ifndef ENGINE_STORING_H
#define ENGINE_STORING_H

#include <stdint.h>

#define STORING_SEC        5
#define STORING_PROVEN_SEC 60

struct newcomers;
struct state;
struct storing;
struct thing;

/* state and newcomers are lent. */
struct storing *storing_new(struct state *state, struct newcomers *newcomers);
/* Writes what is due. */
void storing_free(struct storing *storing);

/* The Thing, or one of its leases, is not as it is stored.  It may be removed
 * from its table before that is written. */
void storing_due(struct storing *storing, struct thing *thing);

/* The Thing is no passing stranger: if that is news, it is due. */
void storing_prove(struct storing *storing, struct thing *thing);

/* Writes what is due, if it is time; when it will be: INT64_MAX for never. */
int64_t storing_tick(struct storing *storing, int64_t now);

#endif
