/* devcert: who may say it, and what a device certificate says (RFC 8520 s11;
 * M-X5-1, M-X5-2, M-X5-3, M-X5-5). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "libmud/devcert.h"
#include "libmud/fault.h"
#include "libmud/mem.h"
#include "tests/unit/certs.h"

#define URL_OID    "1.3.6.1.5.5.7.1.25"
#define SIGNER_OID "1.3.6.1.5.5.7.1.30"
#define URL        "https://mud.example.com/lamp.json"

/* An extension's value; one that holds URL as an IA5String. */
#define RAW(oid, text)                                                         \
	{                                                                      \
		oid, text, sizeof(text) - 1, false                             \
	}
#define HAS_URL RAW(URL_OID, "\x16\x21" URL)
/* Name: CN=Maker, a UTF8String. */
#define MAKER      "\x30\x10\x31\x0e\x30\x0c\x06\x03\x55\x04\x03\x0c\x05Maker"
#define HAS_SIGNER RAW(SIGNER_OID, MAKER)
#define FIFTY      "01234567890123456789012345678901234567890123456789"
#define LONG       FIFTY FIFTY FIFTY FIFTY FIFTY

static struct {
	struct identity root, between, other, leaf_anchor;
	char *anchors_pem;
	struct anchors *anchors, *none;
} world;

enum issuer { ROOT, BETWEEN, STRANGER, SELF, ANCHORED };

/* clang-format off */
static const struct {
	const char *name;
	enum issuer issuer;
	struct cert_wish wish;
	enum fault_code code;       /* FAULT_NONE: it is good, and then: */
	const char *url;            /* NULL: none, of: */
	enum fault_code url_code;
	const char *signer;         /* NULL: none, of: */
	enum fault_code signer_code;
} cases[] = {
	{ "both extensions", ROOT, { .extensions = { HAS_URL, HAS_SIGNER } },
	    .url = URL, .signer = "CN=Maker" },
	{ "by a CA between", BETWEEN, { .extensions = { HAS_URL } },
	    .url = URL },
	{ "the certificate is an anchor itself", ANCHORED,
	    { .extensions = { HAS_URL } }, .url = URL },
	/* M-X5-3: an LDevID need not have either. */
	{ "neither", ROOT, { .name = "x" }, .url_code = FAULT_DEVICE_NO_URL },
	{ "a signer alone", ROOT, { .extensions = { HAS_SIGNER } },
	    .url_code = FAULT_DEVICE_NO_URL, .signer = "CN=Maker" },
	{ "until 9999", ROOT,
	    { .is_endless = true, .extensions = { HAS_URL } }, .url = URL },
	{ "clientAuth", ROOT, { .extended_usage = "serverAuth,clientAuth",
	    .extensions = { HAS_URL } }, .url = URL },
	{ "any extended use", ROOT, { .extended_usage = "anyExtendedKeyUsage",
	    .extensions = { HAS_URL } }, .url = URL },
	{ "no keyUsage", ROOT, { .usage = "", .extensions = { HAS_URL } },
	    .url = URL },

	/* The chain (M-X5-5). */
	{ "by somebody else's CA", STRANGER, { .extensions = { HAS_URL } },
	    .code = FAULT_DEVICE_UNTRUSTED },
	{ "by itself", SELF, { .extensions = { HAS_URL } },
	    .code = FAULT_DEVICE_UNTRUSTED },
	{ "expired", ROOT, { .is_expired = true, .extensions = { HAS_URL } },
	    .code = FAULT_DEVICE_TIME },
	{ "not yet valid", ROOT, { .is_early = true,
	    .extensions = { HAS_URL } }, .code = FAULT_DEVICE_TIME },
	{ "a CA's", ROOT, { .is_ca = true, .extensions = { HAS_URL } },
	    .code = FAULT_DEVICE_UNFIT },
	{ "a server's", ROOT, { .extended_usage = "serverAuth",
	    .extensions = { HAS_URL } }, .code = FAULT_DEVICE_UNFIT },
	{ "keyUsage for something else", ROOT, { .usage = "keyEncipherment",
	    .extensions = { HAS_URL } }, .code = FAULT_DEVICE_UNFIT },
	/* M-X5-1: it is not critical; who makes it so is not understood. */
	{ "a critical URL", ROOT, { .extensions =
	    { { URL_OID, "\x16\x21" URL, 35, true } } }, .code = FAULT_DEVICE_UNFIT },

	/* The URL (M-X5-1): malformed is absent, and said. */
#define BAD_URL(what, text)                                                    \
	{ what, ROOT, { .extensions = { RAW(URL_OID, text), HAS_SIGNER } },    \
	    .url_code = FAULT_DEVICE_EXTENSION, .signer = "CN=Maker" }
	BAD_URL("no bytes", ""),
	BAD_URL("no text", "\x16\x00"),
	BAD_URL("a tag alone", "\x16"),
	BAD_URL("a length that is not there", "\x16\x22" URL),
	BAD_URL("bytes behind it", "\x16\x20" URL),
	BAD_URL("another string type", "\x0c\x21" URL),
	BAD_URL("not DER at all", URL),
	BAD_URL("BER: a longer length", "\x16\x81\x21" URL),
	BAD_URL("BER: of indefinite length", "\x36\x80\x16\x21" URL "\0\0"),
	BAD_URL("BER: in two pieces", "\x36\x25\x16\x11https://mud.examp"
	    "\x16\x10le.com/lamp.json"),
	BAD_URL("two bytes of length", "\x16\x82\x01\x04https://a.example/"
	    LONG),
	BAD_URL("a NUL inside", "\x16\x19https://a.example\0.b.test"),
	BAD_URL("a NUL at the end", "\x16\x12https://a.example\0"),
	BAD_URL("http", "\x16\x15http://a.example/lamp"),
	BAD_URL("an IRI", "\x16\x17https://a.example/l\xc3\xa4mp"),
	BAD_URL("with a user", "\x16\x18https://u@a.example/lamp"),
	BAD_URL("an address", "\x16\x12https://192.0.2.1/"),
	BAD_URL("a control byte", "\x16\x13https://a.example/\n"),
	{ "the URL twice", ROOT, { .extensions = { HAS_URL, HAS_URL } },
	    .url_code = FAULT_DEVICE_EXTENSION },
	{ "a long form that is the shortest", ROOT, { .extensions = {
	    RAW(URL_OID, "\x16\x81\x95https://mud.example.com/" FIFTY FIFTY
	    "0123456789012345678901234") } },
	    .url = "https://mud.example.com/" FIFTY FIFTY
	    "0123456789012345678901234" },
	{ "capitals are made small", ROOT, { .extensions = {
	    RAW(URL_OID, "\x16\x13HTTPS://A.EXAMPLE/L") } },
	    .url = "https://a.example/L" },

	/* The signer (M-X5-2). */
#define BAD_SIGNER(what, text)                                                 \
	{ what, ROOT, { .extensions = { HAS_URL, RAW(SIGNER_OID, text) } },    \
	    .url = URL, .signer_code = FAULT_DEVICE_EXTENSION }
	BAD_SIGNER("no bytes", ""),
	BAD_SIGNER("a text", "\x0c\x05Maker"),
	BAD_SIGNER("cut", "\x30\x10\x31\x0e\x30\x0c\x06\x03\x55"),
	BAD_SIGNER("bytes behind it", MAKER "x"),
	BAD_SIGNER("BER", "\x30\x80\x31\x0e\x30\x0c\x06\x03\x55\x04\x03\x0c"
	    "\x05Maker\0\0"),
	{ "the signer twice", ROOT,
	    { .extensions = { HAS_URL, HAS_SIGNER, HAS_SIGNER } },
	    .url = URL, .signer_code = FAULT_DEVICE_EXTENSION },
};
/* clang-format on */

static struct bytes
bytes_of(const char *text)
{
	return (struct bytes){ (const uint8_t *)text, strlen(text) };
}

static char *
join(const char *a, const char *b)
{
	const size_t first = strlen(a), second = strlen(b);
	char *all = xcalloc(first + second + 1, 1);

	memcpy(all, a, first);
	memcpy(all + first, b, second);
	return all;
}

/* The certificate, and behind it that of the CA between. */
static char *
make(enum issuer issuer, struct cert_wish wish)
{
	const struct identity *issuers[] = { &world.root, &world.between,
		&world.other, NULL, NULL };
	struct identity made;
	char *pem, *ca, *all;

	if (issuer == ANCHORED)
		return certs_pem(&world.leaf_anchor);
	if (wish.name == NULL)
		wish.name = "Lamp 7";
	wish.issuer = issuers[issuer];
	made = certs_make(&wish);
	pem = certs_pem(&made);
	ca = certs_pem(&world.between);
	all = join(pem, ca);
	free(pem);
	free(ca);
	certs_free(&made);
	return all;
}

static int
set_up(void **state)
{
	struct fault why;
	char *root, *leaf;

	(void)state;
	world.root =
	    certs_make(&(struct cert_wish){ .name = "Root", .is_ca = true });
	world.between = certs_make(&(struct cert_wish){
	    .name = "Between", .is_ca = true, .issuer = &world.root });
	world.other =
	    certs_make(&(struct cert_wish){ .name = "Other", .is_ca = true });
	world.leaf_anchor = certs_make(
	    &(struct cert_wish){ .name = "Lamp 8", .extensions = { HAS_URL } });
	root = certs_pem(&world.root);
	leaf = certs_pem(&world.leaf_anchor);
	world.anchors_pem = join(root, leaf);
	free(root);
	free(leaf);
	world.anchors = anchors_parse(bytes_of(world.anchors_pem), &why);
	world.none = anchors_parse(bytes_of(""), &why);
	return world.anchors == NULL || world.none == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	certs_free(&world.root);
	certs_free(&world.between);
	certs_free(&world.other);
	certs_free(&world.leaf_anchor);
	free(world.anchors_pem);
	anchors_free(world.anchors);
	anchors_free(world.none);
	return 0;
}

static void
judges(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *pem = make(cases[i].issuer, cases[i].wish);
		struct devcert found = { .url = "untouched" };
		struct fault why = { 0 };
		const bool ok = devcert_judge(
		    bytes_of(pem), world.anchors, time(NULL), &found, &why);

		free(pem);
		if (ok != (cases[i].code == FAULT_NONE) ||
		    why.code != cases[i].code)
			fail_msg("%s: %s: %s", cases[i].name,
			    fault_name(why.code), why.detail);
		if (!ok) {
			assert_string_equal(found.url, "untouched");
			continue;
		}
		if (!devcert_is_sound(&found) ||
		    found.url_why.code != cases[i].url_code ||
		    found.mudsigner_why.code != cases[i].signer_code)
			fail_msg("%s: %s; %s", cases[i].name,
			    found.url_why.detail, found.mudsigner_why.detail);
		assert_string_equal(
		    found.url, cases[i].url == NULL ? "" : cases[i].url);
		assert_string_equal(found.signer,
		    cases[i].signer == NULL ? "" : cases[i].signer);
		assert_int_equal(
		    found.n_mudsigner, cases[i].signer == NULL ? 0 : 18);
		if (cases[i].signer != NULL)
			assert_memory_equal(found.mudsigner, MAKER, 18);
	}
}

/* Who it is, for people and for the log. */
static void
describes(void **state)
{
	char *pem = make(ROOT, (struct cert_wish){ .extensions = { HAS_URL } });
	static const uint8_t none[32];
	struct devcert found;
	struct fault why;

	(void)state;
	assert_true(devcert_judge(
	    bytes_of(pem), world.anchors, time(NULL), &found, &why));
	assert_string_equal(found.subject, "CN=Lamp 7");
	assert_true(strlen(found.serial) > 0);
	assert_int_equal(
	    strspn(found.serial, "0123456789abcdef"), strlen(found.serial));
	assert_memory_not_equal(found.fingerprint, none, sizeof(none));
	free(pem);
}

/* Without an anchor nothing is accepted, and the reason is that. */
static void
asks_for_an_anchor(void **state)
{
	char *pem = make(ROOT, (struct cert_wish){ .extensions = { HAS_URL } });
	struct devcert found;
	struct fault why;

	(void)state;
	assert_false(
	    devcert_judge(bytes_of(pem), world.none, time(NULL), &found, &why));
	assert_int_equal(why.code, FAULT_DEVICE_UNTRUSTED);
	assert_non_null(strstr(why.detail, "no device anchor"));
	assert_non_null(
	    strstr(fault_remedy(why.code, false), "device-anchors"));
	free(pem);
}

/* A CA between that does not come along must be known, or it is no chain. */
static void
needs_the_whole_chain(void **state)
{
	struct identity made = certs_make(&(struct cert_wish){ .name = "Lamp 9",
	    .issuer = &world.between,
	    .extensions = { HAS_URL } });
	char *pem = certs_pem(&made);
	struct devcert found;
	struct fault why;

	(void)state;
	assert_false(devcert_judge(
	    bytes_of(pem), world.anchors, time(NULL), &found, &why));
	assert_int_equal(why.code, FAULT_DEVICE_UNTRUSTED);
	free(pem);
	certs_free(&made);
}

static void
reads_der(void **state)
{
	struct identity made = certs_make(&(struct cert_wish){ .name = "Lamp 9",
	    .issuer = &world.root,
	    .extensions = { HAS_URL } });
	unsigned char *der = NULL, longer[8192] = { 0 };
	const int len = i2d_X509(made.cert, &der);
	struct devcert found;
	struct fault why;

	(void)state;
	assert_true(len > 0 && (size_t)len < sizeof(longer));
	assert_true(devcert_judge((struct bytes){ der, (size_t)len },
	    world.anchors, time(NULL), &found, &why));
	assert_string_equal(found.url, URL);
	memcpy(longer, der, (size_t)len);
	assert_false(devcert_judge((struct bytes){ longer, (size_t)len + 1 },
	    world.anchors, time(NULL), &found, &why));
	assert_int_equal(why.code, FAULT_MALFORMED);
	OPENSSL_free(der);
	certs_free(&made);
}

static void
bounds_what_it_reads(void **state)
{
	static uint8_t much[LIMIT_DEVCERT + 1];
	struct fault why = { 0 };
	struct devcert found;
	char *pem = certs_pem(&world.root), *all = xstrndup("", 0);

	(void)state;
	memset(much, '\n', sizeof(much));
	assert_false(devcert_judge((struct bytes){ much, sizeof(much) },
	    world.anchors, time(NULL), &found, &why));
	assert_int_equal(why.code, FAULT_TOO_LARGE);
	assert_false(devcert_judge((struct bytes){ much, sizeof(much) - 1 },
	    world.anchors, time(NULL), &found, &why));
	assert_int_equal(why.code, FAULT_MALFORMED);
	assert_false(devcert_judge((struct bytes){ NULL, 0 }, world.anchors,
	    time(NULL), &found, &why));
	assert_int_equal(why.code, FAULT_MALFORMED);
	for (int i = 0; i <= LIMIT_CERTS; i++) {
		char *more = join(all, pem);

		free(all);
		all = more;
	}
	assert_false(devcert_judge(
	    bytes_of(all), world.anchors, time(NULL), &found, &why));
	assert_int_equal(why.code, FAULT_MANY_CERTIFICATES);
	free(all);
	free(pem);
}

/* A certificate that is broken, or encrypted, is not passed over. */
static void
refuses_broken_pem(void **state)
{
	static const char *const broken[] = {
		"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n"
		"DEK-Info: AES-128-CBC,00000000000000000000000000000000\n\n"
		"AAAA\n-----END CERTIFICATE-----\n",
		"-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n",
	};
	char *good =
	    make(ROOT, (struct cert_wish){ .extensions = { HAS_URL } });

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct devcert found;
		struct fault why = { 0 };
		char *both = join(good, broken[i]);

		assert_false(devcert_judge(bytes_of(broken[i]), world.anchors,
		    time(NULL), &found, &why));
		assert_int_equal(why.code, FAULT_MALFORMED);
		/* A key beside it is other text; broken ones are not. */
		assert_int_equal(devcert_judge(bytes_of(both), world.anchors,
				     time(NULL), &found, &why),
		    i == 2);
		free(both);
	}
	free(good);
}

static void
knows_unsound_values(void **state)
{
	struct devcert sound = { .url = URL, .subject = "CN=a" };
	struct devcert made;

	(void)state;
	assert_true(devcert_is_sound(&sound));
	made = sound;
	made.url[0] = 'H';
	assert_false(devcert_is_sound(&made));
	made = sound;
	memset(made.subject, 'x', sizeof(made.subject));
	assert_false(devcert_is_sound(&made));
	made = sound;
	made.signer[0] = '\x1b';
	assert_false(devcert_is_sound(&made));
	made = sound;
	made.serial[0] = '\n';
	assert_false(devcert_is_sound(&made));
	made = sound;
	made.n_mudsigner = LIMIT_DER_NAME + 1;
	assert_false(devcert_is_sound(&made));
	made = sound;
	made.url[0] = '\0'; /* and nobody says why */
	assert_false(devcert_is_sound(&made));
	made = sound;
	made.url_why.code = FAULT_DEVICE_NO_URL;
	assert_false(devcert_is_sound(&made));
	made = sound;
	made.n_mudsigner = 2;
	made.mudsigner_why.code = FAULT_DEVICE_EXTENSION;
	assert_false(devcert_is_sound(&made));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges),
		cmocka_unit_test(describes),
		cmocka_unit_test(asks_for_an_anchor),
		cmocka_unit_test(needs_the_whole_chain),
		cmocka_unit_test(reads_der),
		cmocka_unit_test(bounds_what_it_reads),
		cmocka_unit_test(refuses_broken_pem),
		cmocka_unit_test(knows_unsound_values),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
