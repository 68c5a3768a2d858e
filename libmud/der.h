/*
 * Is this one value in DER (X.690), and nothing else?
 *
 * OpenSSL reads BER as well, where one value has many encodings; RFC 8520
 * s13.1 asks for DER.  What is looked at is how values are cut out of the
 * bytes: definite and shortest lengths, strings in one piece, nothing behind.
 * The order of the elements of a SET is not.
 */
#ifndef LIBMUD_DER_H
#define LIBMUD_DER_H

#include <stdbool.h>

#include "libmud/bytes.h"

struct fault;

/*
 * One SEQUENCE that is all of raw.  The codes are those of a signature's form:
 * FAULT_SIGNATURE_FORM, _BER, _CUT and _TAIL.
 */
bool der_check(struct bytes raw, struct fault *why);

#endif
