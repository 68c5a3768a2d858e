/*
 * Fuzz target: device certificates.
 *
 * Input: a certificate, judged by a fixed anchor at a fixed time; nobody has
 * that anchor's key any more, so what is accepted must say what one of the
 * corpus says.  Or, behind a 'U' or an 'S', the value of the MUD URL's or the
 * mudsigner's extension: a certificate with it is made and signed, so that
 * what reads it is reached by every input.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "libmud/devcert.h"
#include "libmud/fault.h"
#include "tests/unit/certs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define AT 1796088515

/* clang-format off */
static const char fixed[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBkTCCATegAwIBAgIUWvZuaa1TtXMDg/9Bj0lVo8gn95wwCgYIKoZIzj0EAwIw\n"
	"FjEUMBIGA1UEAwwLRGV2aWNlIHJvb3QwHhcNMjYxMTI2MDEyODM1WhcNNDYxMTIx\n"
	"MDEyODM1WjAWMRQwEgYDVQQDDAtEZXZpY2Ugcm9vdDBZMBMGByqGSM49AgEGCCqG\n"
	"SM49AwEHA0IABAmB1Kx8bBg7xUKQWvQGsnII8TJNwVb4GPRQCXLrcyTkjq8ZI1XQ\n"
	"+Jy7TR85xtrfOdQd/ljxyhWmibIIeHnkgtajYzBhMB0GA1UdDgQWBBQQkPKL8OED\n"
	"9aqK/O2rnQnTilTl2DAfBgNVHSMEGDAWgBQQkPKL8OED9aqK/O2rnQnTilTl2DAP\n"
	"BgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwICBDAKBggqhkjOPQQDAgNIADBF\n"
	"AiBN1+2ihW5S/zMg7YQ23Qt51PWEz/Zl2vyEiU+8/wE4cAIhAITMvOckuWJdJQi1\n"
	"g2vT5xCsRSfk21uOiBLVLEH3lzup\n"
	"-----END CERTIFICATE-----\n";
/* clang-format on */

static const char *const urls[] = { "", "https://mud.example.com/lamp.json" };
static const char *const signers[] = { "", "CN=Maker" };

static bool
is_one_of(const char *text, const char *const list[2])
{
	return strcmp(text, list[0]) == 0 || strcmp(text, list[1]) == 0;
}

static struct anchors *
anchors_of(const char *pem)
{
	struct fault why;
	struct anchors *anchors = anchors_parse(
	    (struct bytes){ (const uint8_t *)pem, strlen(pem) }, &why);

	if (anchors == NULL)
		abort();
	return anchors;
}

static bool
judge(struct bytes raw, const struct anchors *anchors, time_t at,
    struct devcert *found)
{
	struct fault why = { 0 };

	if (devcert_judge(raw, anchors, at, found, &why)) {
		if (!devcert_is_sound(found))
			abort();
		return true;
	}
	if (!fault_is_sound(&why) || why.code == FAULT_NONE)
		abort();
	return false;
}

static void
try_whole(const uint8_t *data, size_t size)
{
	static struct anchors *anchors;
	struct devcert found;

	if (anchors == NULL)
		anchors = anchors_of(fixed);
	if (judge((struct bytes){ data, size }, anchors, AT, &found) &&
	    (!is_one_of(found.url, urls) || !is_one_of(found.signer, signers)))
		abort();
}

static void
try_extension(const char *oid, const uint8_t *data, size_t size)
{
	static struct identity root;
	static struct anchors *anchors;
	struct identity made;
	struct devcert found;
	char *pem;

	if (anchors == NULL) {
		root = certs_make(
		    &(struct cert_wish){ .name = "Root", .is_ca = true });
		pem = certs_pem(&root);
		anchors = anchors_of(pem);
		free(pem);
	}
	made = certs_make(&(struct cert_wish){ .name = "Lamp",
	    .issuer = &root,
	    .extensions = { { oid, (const char *)data, size, false } } });
	pem = certs_pem(&made);
	if (!judge((struct bytes){ (const uint8_t *)pem, strlen(pem) }, anchors,
		time(NULL), &found))
		abort();
	free(pem);
	certs_free(&made);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* As large as fits into a certificate that is looked at. */
	const size_t most = LIMIT_DEVCERT / 2;

	if (size > 0 && data[0] == 'U' && size < most)
		try_extension("1.3.6.1.5.5.7.1.25", data + 1, size - 1);
	else if (size > 0 && data[0] == 'S' && size < most)
		try_extension("1.3.6.1.5.5.7.1.30", data + 1, size - 1);
	else
		try_whole(data, size);
	return 0;
}
