/*
 * What can be done.  Role: engine.
 */
#include "engine/remedy.h"

#include <stddef.h>

#include "engine/mudurl.h"

/* Those whose remedy is an approval, among others. */
static const struct {
	enum fault_code code;
	const char *remedy;
} others[] = {
	{ FAULT_MEDIA_TYPE,
	    "Ask the maker to serve the file with its media type." },
	{ FAULT_UNSIGNED, "Ask the maker for a signed file." },
	{ FAULT_SIGNATURE_URL,
	    "Ask the maker to put the signature on the host of the MUD "
	    "file." },
	{ FAULT_SIGNATURE_BROKEN,
	    "The file was changed after signing; ask the maker to sign what "
	    "it serves." },
	{ FAULT_UNTRUSTED,
	    "If you trust this signer run `mudctl trust add FILE` with its "
	    "CA's certificate." },
	{ FAULT_SIGNER_EXPIRED,
	    "Ask the maker to sign again with a valid certificate." },
	{ FAULT_WRONG_MUD_URL,
	    "Ask the maker to make mud-url the URL that the file is served "
	    "at." },
	{ FAULT_DRAFT_FILE,
	    "Ask the maker for a file in RFC 8520's shape, or set "
	    "accept-draft-files." },
	{ FAULT_IP_LITERAL,
	    "Ask the maker for names or classes instead of addresses." },
	{ FAULT_DROP_NOT_UNDERSTOOD,
	    "Ask the maker to say it with RFC 8520 and RFC 8519 alone." },
	{ FAULT_DISTRUSTED,
	    "If the signer is to be trusted again run `mudctl trust restore "
	    "SIGNER`." },
};

const char *
remedy_for(enum fault_code code, bool can_approve)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!can_approve && others[i].code == code)
			return others[i].remedy;
	return fault_remedy(code);
}

const char *
remedy_of(const struct mudurl *mud)
{
	return remedy_for(mudurl_fault(mud)->code, mudurl_awaits(mud));
}
