/*
 * How much a port, and a MAC address on it, may make us read (S-60).
 *
 * Token buckets in tables of fixed size: nothing is allocated, and nothing
 * is evicted, for whoever sends.  Addresses that fall on one bucket share it;
 * which do is secret.  An address has a bucket on each port, so that one who
 * borrows a Thing's address elsewhere does not use up the Thing's own.
 */
#ifndef WATCH_BUDGET_H
#define WATCH_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

struct budget;
struct mac;

#define BUDGET_PORT_SECOND 200 /* frames of a port in a second */
#define BUDGET_MAC_MINUTE  50  /* frames of an address in a minute */

/* key: random, 64 bits. */
struct budget *budget_new(uint64_t key);
void budget_free(struct budget *budget);

/*
 * Takes one frame out of a budget that refills evenly; false: it is used up.
 * now_msec is a clock that never runs backwards.
 */
bool budget_port(struct budget *budget, uint32_t ifindex, int64_t now_msec);
bool budget_mac(struct budget *budget, const struct mac *mac, uint32_t ifindex,
    int64_t now_msec);

#endif
