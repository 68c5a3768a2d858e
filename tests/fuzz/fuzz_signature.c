/*
 * Fuzz target: signatures.  Input: the signature; file, anchor and time are
 * fixed, so that a corpus of real signatures stays what it was.  Whatever is
 * accepted must be over this very file.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/fault.h"
#include "libmud/signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In 2028; the certificates are valid for a hundred years. */
#define AT 1830000000

/* clang-format off */
static const char anchor[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBYDCCAQagAwIBAgIUCRHcap876h/f19sdwhStpRjzCmgwCgYIKoZIzj0EAwIw\n"
	"DTELMAkGA1UEAwwCY2EwIBcNMjYxMTIyMDE1NDU4WhgPMjEyNjEwMjkwMTU0NTha\n"
	"MA0xCzAJBgNVBAMMAmNhMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEY4SBD8mU\n"
	"Dul9aUIfRsS6TKdmziIPIsZYdUpD5b0chIu9sdyD2le0dvVnEAqHhbKKPysozp2d\n"
	"xM008kc4bLFrp6NCMEAwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAgQw\n"
	"HQYDVR0OBBYEFN6MokyAli7YaravoJJlfkWmtS/dMAoGCCqGSM49BAMCA0gAMEUC\n"
	"IBVJO0+QNUXnK/x8dXiXm6Je/b+3BMmxi9fWEX633cthAiEA2grKLHK+lF+kl3lB\n"
	"7VvfJiwYmvDLPdjUze9BA0hMklE=\n"
	"-----END CERTIFICATE-----\n";
/* clang-format on */

static const char file[] = "{ \"ietf-mud:mud\": {} }\n";
static const char other[] = "{ \"ietf-mud:mud\": {} } ";

static bool
verify(const char *text, struct bytes signature, const struct anchors *anchors,
    struct fault *why)
{
	const struct bytes raw = { (const uint8_t *)text, strlen(text) };
	struct signer signer;
	bool ok = signature_verify(raw, signature, anchors,
	    (struct bytes){ NULL, 0 }, AT, &signer, why);

	if (memchr(signer.subject, '\0', sizeof(signer.subject)) == NULL ||
	    memchr(signer.issuer, '\0', sizeof(signer.issuer)) == NULL)
		abort();
	return ok;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bytes pem = { (const uint8_t *)anchor,
		sizeof(anchor) - 1 };
	struct fault why = { 0 };
	struct anchors *anchors = anchors_parse(pem, &why);

	if (anchors == NULL)
		abort();
	if (!verify(file, (struct bytes){ data, size }, anchors, &why)) {
		if (!fault_is_sound(&why) || why.code == FAULT_NONE)
			abort();
	} else if (verify(other, (struct bytes){ data, size }, anchors, &why)) {
		abort();
	}
	anchors_free(anchors);
	return 0;
}
