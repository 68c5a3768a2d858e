/*
 * SHA-256: what names a MUD file's bytes, in approvals and in the state, and a
 * signer's key.
 */
#ifndef LIBMUD_DIGEST_H
#define LIBMUD_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/bytes.h"

#define DIGEST_TEXT 65

void digest_of(struct bytes raw, uint8_t digest[32]);

/* Do these hex digits, at least so many, of either case, begin the digest? */
bool digest_is_named(const uint8_t digest[32], const char *hex, size_t least);

/* Prints it into the caller's buffer, in lower case, and returns that. */
const char *digest_text(const uint8_t digest[32], char buf[DIGEST_TEXT]);

#endif
