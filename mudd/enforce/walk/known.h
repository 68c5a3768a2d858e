/*
 * Values of which some bits are known and others are not: what a question
 * about a packet leaves open stays open in whatever is computed from it.
 *
 * A value is two runs of bytes: its bits, and which of them are known (1).
 * Bits that are not known are 0 in the first.  Pure.
 */
#ifndef WALK_KNOWN_H
#define WALK_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_EITHER };

enum answer answer_not(enum answer answer);

/* Are all of these bytes known? */
bool known_is_whole(const uint8_t *known, size_t len);

/* Is it equal to these bytes; less; greater? Compared as memcmp does. */
enum answer known_equals(const uint8_t *value, const uint8_t *known,
    const uint8_t *data, size_t len);
enum answer known_is_less(const uint8_t *value, const uint8_t *known,
    const uint8_t *data, size_t len);
enum answer known_is_greater(const uint8_t *value, const uint8_t *known,
    const uint8_t *data, size_t len);

/* In place: value & mask ^ flip. A bit that the mask clears is known. */
void known_mask(uint8_t *value, uint8_t *known, const uint8_t *mask,
    const uint8_t *flip, size_t len);

#endif
