/*
 * SHA-256: what names a MUD file's bytes, in approvals and in the state, and a
 * signer's key.
 */
#ifndef LIBMUD_DIGEST_H
#define LIBMUD_DIGEST_H

#include <stdint.h>

#include "libmud/bytes.h"

void digest_of(struct bytes raw, uint8_t digest[32]);

#endif
