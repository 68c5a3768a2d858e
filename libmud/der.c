/*
 * DER.  Role: reader, mudctl.  Input: a signature, hostile.  Every value is
 * visited once and none is interpreted; there is no recursion (S-2).
 */
#include "libmud/der.h"

#include "libmud/fault.h"

static const char clause_der[] = "RFC 8520 s13.1, X.690 s10.1";

enum {
	DEPTH = 32,       /* a certificate's extensions lie ten deep */
	LENGTH_BYTES = 3, /* LIMIT_SIGNATURE and much more */
	TAG_BYTES = 4,
	TAG_CLASS = 0xc0,
	TAG_CONSTRUCTED = 0x20,
	TAG_NUMBER = 0x1f,
	NUMBER_EXTERNAL = 8,
	NUMBER_SEQUENCE = 16,
	NUMBER_SET = 17,
	SEQUENCE = TAG_CONSTRUCTED | NUMBER_SEQUENCE,
};

static size_t
place_of(struct bytes raw, const struct cursor *at)
{
	return raw.len - at->left.len;
}

/* The first byte of a tag; a longer tag's other bytes are passed over. */
static bool
read_tag(struct cursor *at, uint8_t *tag, struct fault *why)
{
	*tag = cursor_u8(at);
	if ((*tag & TAG_NUMBER) != TAG_NUMBER)
		return true;
	for (int i = 0; i < TAG_BYTES; i++)
		if ((cursor_u8(at) & 0x80) == 0)
			return true;
	return fault_set(why, FAULT_SIGNATURE_FORM, clause_der,
	    "not a CMS object: a tag of more than %d bytes", TAG_BYTES);
}

static bool
read_length(struct cursor *at, size_t *len, struct fault *why)
{
	const uint8_t first = cursor_u8(at);
	const size_t n = first & 0x7f;

	*len = first;
	if (first < 0x80)
		return true;
	if (n == 0)
		return fault_set(why, FAULT_SIGNATURE_BER, clause_der,
		    "BER, not DER: a length that is indefinite");
	if (n > LENGTH_BYTES)
		return fault_set(why, FAULT_SIGNATURE_FORM, clause_der,
		    "not a CMS object: a length of %zu bytes", n);
	*len = 0;
	for (size_t i = 0; i < n; i++)
		*len = *len << 8 | cursor_u8(at);
	if (!at->ran_out && (*len < 0x80 || *len >> (8 * (n - 1)) == 0))
		return fault_set(why, FAULT_SIGNATURE_BER, clause_der,
		    "BER, not DER: a length in more bytes than it needs");
	return true;
}

/* A string in pieces; only SEQUENCE, SET and EXTERNAL are made of others. */
static bool
is_in_pieces(uint8_t tag)
{
	const uint8_t number = tag & TAG_NUMBER;

	return (tag & TAG_CLASS) == 0 && (tag & TAG_CONSTRUCTED) != 0 &&
	       number != NUMBER_SEQUENCE && number != NUMBER_SET &&
	       number != NUMBER_EXTERNAL;
}

static bool
read_head(struct cursor *at, uint8_t *tag, size_t *len, struct fault *why)
{
	if (!read_tag(at, tag, why) || !read_length(at, len, why))
		return false;
	if (at->ran_out)
		return fault_set(why, FAULT_SIGNATURE_CUT, clause_der,
		    "cut short, inside the head of a value");
	if (is_in_pieces(*tag))
		return fault_set(why, FAULT_SIGNATURE_BER, clause_der,
		    "BER, not DER: a string in several pieces");
	return true;
}

/* The whole is as long as it says. */
static bool
check_ends(const struct cursor *at, uint8_t tag, size_t len, struct fault *why)
{
	if (tag != SEQUENCE)
		return fault_set(why, FAULT_SIGNATURE_FORM, clause_der,
		    "not a CMS object: it begins with byte 0x%02x", tag);
	if (len > at->left.len)
		return fault_set(why, FAULT_SIGNATURE_CUT, clause_der,
		    "cut short: %zu bytes are missing", len - at->left.len);
	if (len < at->left.len)
		return fault_set(why, FAULT_SIGNATURE_TAIL, clause_der,
		    "%zu bytes behind the CMS object", at->left.len - len);
	return true;
}

bool
der_check(struct bytes raw, struct fault *why)
{
	struct cursor at = cursor_over(raw);
	size_t ends[DEPTH] = { raw.len };
	size_t depth = 1, len;
	uint8_t tag;

	/* What it begins with is told before how long it says to be. */
	if (raw.len > 0 && raw.data[0] != SEQUENCE)
		return check_ends(&at, raw.data[0], 0, why);
	if (!read_head(&at, &tag, &len, why) || !check_ends(&at, tag, len, why))
		return false;
	while (depth > 0) {
		if (place_of(raw, &at) == ends[depth - 1]) {
			depth--;
			continue;
		}
		if (!read_head(&at, &tag, &len, why))
			return false;
		if (place_of(raw, &at) > ends[depth - 1] ||
		    len > ends[depth - 1] - place_of(raw, &at))
			return fault_set(why, FAULT_SIGNATURE_FORM, clause_der,
			    "not a CMS object: a value reaches out of the one "
			    "around it");
		if ((tag & TAG_CONSTRUCTED) == 0) {
			cursor_skip(&at, len);
			continue;
		}
		if (depth == DEPTH)
			return fault_set(why, FAULT_SIGNATURE_FORM, clause_der,
			    "not a CMS object: more than %d values in one "
			    "another",
			    DEPTH);
		ends[depth++] = place_of(raw, &at) + len;
	}
	return true;
}
