/*
 * Values that are known in part.  Role: enforcer.  Input: bytes of a described
 * packet and of rules, with lengths that their callers have checked.
 */
#include "enforce/walk/known.h"

enum answer
answer_not(enum answer answer)
{
	if (answer == ANSWER_EITHER)
		return ANSWER_EITHER;
	return answer == ANSWER_YES ? ANSWER_NO : ANSWER_YES;
}

bool
known_is_whole(const uint8_t *known, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (known[i] != 0xff)
			return false;
	return true;
}

enum answer
known_equals(
    const uint8_t *value, const uint8_t *known, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (((value[i] ^ data[i]) & known[i]) != 0)
			return ANSWER_NO;
	return known_is_whole(known, len) ? ANSWER_YES : ANSWER_EITHER;
}

/* Of the least value that it can be, or of the greatest: below 0, 0, above. */
static int
compare(const uint8_t *value, const uint8_t *known, const uint8_t *data,
    size_t len, bool greatest)
{
	for (size_t i = 0; i < len; i++) {
		int byte = value[i];

		if (greatest)
			byte |= ~known[i] & 0xff;
		if (byte != data[i])
			return byte - data[i];
	}
	return 0;
}

enum answer
known_is_less(
    const uint8_t *value, const uint8_t *known, const uint8_t *data, size_t len)
{
	if (compare(value, known, data, len, true) < 0)
		return ANSWER_YES;
	return compare(value, known, data, len, false) < 0 ? ANSWER_EITHER
	                                                   : ANSWER_NO;
}

enum answer
known_is_greater(
    const uint8_t *value, const uint8_t *known, const uint8_t *data, size_t len)
{
	if (compare(value, known, data, len, false) > 0)
		return ANSWER_YES;
	return compare(value, known, data, len, true) > 0 ? ANSWER_EITHER
	                                                  : ANSWER_NO;
}

void
known_mask(uint8_t *value, uint8_t *known, const uint8_t *mask,
    const uint8_t *flip, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		known[i] |= (uint8_t)~mask[i];
		value[i] =
		    (uint8_t)(((value[i] & mask[i]) ^ flip[i]) & known[i]);
	}
}
