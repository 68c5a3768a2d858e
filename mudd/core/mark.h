/*
 * Which bits of a connection's mark are ours.
 *
 * The administrator names a run of them (mudd.conf, conntrack-mark-mask); the
 * lowest MARK_BITS of the run are used, and no other is ever changed.
 */
#ifndef CORE_MARK_H
#define CORE_MARK_H

#include <stdbool.h>
#include <stdint.h>

#define MARK_BITS         16
#define MARK_MASK_DEFAULT 0xffff0000u

/* One run of at least MARK_BITS bits, and none besides? */
bool mark_mask_is_sound(uint32_t mask);
/* How far left of bit 0 ours begin, for a sound mask. */
unsigned int mark_shift(uint32_t mask);

#endif
