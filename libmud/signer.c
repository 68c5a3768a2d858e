/*
 * Who signed.  Role: every program that hands it on.  Input: a record.
 */
#include "libmud/signer.h"

#include <string.h>

bool
signer_text_is_sound(const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return len < size;
}

bool
signer_is_sound(const struct signer *signer)
{
	return signer_text_is_sound(signer->subject, sizeof(signer->subject)) &&
	       signer_text_is_sound(signer->issuer, sizeof(signer->issuer));
}
