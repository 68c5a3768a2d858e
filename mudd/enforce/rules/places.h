/*
 * LAN interfaces, local networks and the gateway's own addresses as elements.
 */
#ifndef ENFORCE_PLACES_H
#define ENFORCE_PLACES_H

#include <stdbool.h>

struct batch;
struct places;
struct tables;

/* Each kind that differs is flushed and filled again, in one transaction.
 * tables: where they are needed. */
void places_write(struct batch *batch, const struct places *was,
    const struct places *now, const struct tables *tables);
/* Are there other ports, or others that are locked? */
bool places_ports_differ(const struct places *was, const struct places *now);
/* What table netdev mudd holds of them, the first time or if it differs. */
void places_write_netdev(struct batch *batch, const struct places *was,
    const struct places *now, bool anew);

#endif
