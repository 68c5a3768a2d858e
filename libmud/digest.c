/*
 * SHA-256, by OpenSSL.  Role: reader, mudctl.
 */
#include "libmud/digest.h"

#include <openssl/evp.h>
#include <string.h>

void
digest_of(struct bytes raw, uint8_t digest[32])
{
	unsigned int len = 0;

	/* SHA-256 cannot fail; zeros would match no approval. */
	memset(digest, 0, 32);
	(void)EVP_Digest(raw.data, raw.len, digest, &len, EVP_sha256(), NULL);
}
