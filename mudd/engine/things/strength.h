/*
 * How well it is known that a Thing is of its MUD URL (S-40).
 *
 * Whatever says its MUD URL itself, by DHCP or LLDP, may say any.  What an
 * administrator wrote down, or a certificate proved, is more.  Classes that are
 * made of Things (manufacturer, model) are kept apart by this: who has only
 * claimed to be of a maker is no peer of one that is known to be (RFC 8520
 * s16).
 */
#ifndef ENGINE_STRENGTH_H
#define ENGINE_STRENGTH_H

#include "engine/state/state.h"

enum strength { STRENGTH_CLAIMED, STRENGTH_BOUND, STRENGTHS };

static inline enum strength
strength_of(enum state_source source)
{
	return source == STATE_SOURCE_X509 || source == STATE_SOURCE_CONFIG ||
	               source == STATE_SOURCE_ADMIN
	           ? STRENGTH_BOUND
	           : STRENGTH_CLAIMED;
}

#endif
