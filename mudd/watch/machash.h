/*
 * A keyed hash of MAC addresses.  Whoever is on the LAN picks its addresses
 * freely; without the key nobody can pick them so that they fall together.
 */
#ifndef WATCH_MACHASH_H
#define WATCH_MACHASH_H

#include <stdint.h>

#include "libmud/addr.h"

/*
 * The upper `bits` (1..32) of a multiply-shift hash of the address and a
 * number that goes with it.  key is random, drawn once a process.
 */
static inline uint32_t
machash(const struct mac *mac, uint32_t with, uint64_t key, unsigned int bits)
{
	uint64_t x = 0;

	for (unsigned int i = 0; i < sizeof(mac->byte); i++)
		x = x << 8 | mac->byte[i];
	x = (x ^ (uint64_t)with << 16 ^ key) * (key | 1);
	x ^= x >> 29;
	x *= 0xbf58476d1ce4e5b9u;
	return (uint32_t)(x >> (64 - bits));
}

#endif
