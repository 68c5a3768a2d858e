/*
 * SHA-256, by OpenSSL.  Role: reader, engine, mudctl.
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

static const char digits[] = "0123456789abcdef";

bool
digest_is_named(const uint8_t digest[32], const char *hex, size_t least)
{
	size_t len = strlen(hex);

	if (len < least || len >= DIGEST_TEXT)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned int byte = digest[i / 2];
		char want = digits[i % 2 == 0 ? byte >> 4 : byte & 15u];
		char have = hex[i] >= 'A' && hex[i] <= 'F'
		                ? (char)(hex[i] - 'A' + 'a')
		                : hex[i];

		if (want != have)
			return false;
	}
	return true;
}

const char *
digest_text(const uint8_t digest[32], char buf[DIGEST_TEXT])
{
	for (size_t i = 0; i < 32; i++) {
		buf[2 * i] = digits[digest[i] >> 4];
		buf[2 * i + 1] = digits[digest[i] & 15u];
	}
	buf[DIGEST_TEXT - 1] = '\0';
	return buf;
}
