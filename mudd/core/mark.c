/*
 * Our bits of a connection's mark.  Role: engine and enforcer.  Input: a
 * number of root's file, and the same once more from the engine.
 */
#include "core/mark.h"

unsigned int
mark_shift(uint32_t mask)
{
	unsigned int shift = 0;

	while (shift < 31 && (mask >> shift & 1) == 0)
		shift++;
	return shift;
}

bool
mark_mask_is_sound(uint32_t mask)
{
	uint32_t run = mask >> mark_shift(mask);

	/* One less than a power of two: ones from bit 0 on, and no gap. */
	return run >= (1u << MARK_BITS) - 1 && (run & (run + 1)) == 0;
}
