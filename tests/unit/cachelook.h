/*
 * What the tests of the connection cache look at, on the gateway of gateway.h.
 */
#ifndef TESTS_CACHELOOK_H
#define TESTS_CACHELOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/unit/batches.h"

/* How many packets the rule of `fast` for this direction has accepted since
 * the hits were forgotten, which each test begins with. */
unsigned long cache_hits(bool reply);
void cache_forget_hits(void);
/* The epoch that stands in the kernel. */
unsigned long cache_epoch(void);
/* The mark of the UDP flow from here to the server's port 4000, in the family
 * of the address, which began there; -1: there is none. */
long long cache_mark(const char *addr, uint16_t port);

/* Policy 1 of world.h without UDP 4000 to the server. */
void cache_remove_ace(struct script *script);

#endif
