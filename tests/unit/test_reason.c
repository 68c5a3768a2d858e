/*
 * libcurl's results in our words.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/x509_vfy.h>

#include "fetch/reason.h"
#include "libmud/fault.h"

#define TLS_CLAUSE "RFC 8520 s1.6 (M-GET-2)"

/* clang-format off */
static const struct {
	CURLcode result;
	long verify;
	const char *words;
	enum fault_code code;
	const char *clause;
	const char *detail; /* part of it */
} cases[] = {
	{ CURLE_COULDNT_CONNECT, 0, "refused", FAULT_CONNECT, "M-GET-1",
		"a.example: cannot connect: refused" },
	{ CURLE_COULDNT_CONNECT, 0, "", FAULT_CONNECT, "M-GET-1",
		"a.example: cannot connect" },
	{ CURLE_OPERATION_TIMEDOUT, 0, "", FAULT_TIMEOUT, "S-24", "slow" },
	{ CURLE_FILESIZE_EXCEEDED, 0, "", FAULT_TOO_LARGE, "S-6", "larger" },
	{ CURLE_SSL_CONNECT_ERROR, 0, "", FAULT_TLS, TLS_CLAUSE,
		"handshake" },
	{ CURLE_RECV_ERROR, 0, "", FAULT_CONNECT, "M-GET-1", "broke off" },
	{ CURLE_SEND_ERROR, 0, "", FAULT_CONNECT, "M-GET-1", "broke off" },
	{ CURLE_PARTIAL_FILE, 0, "", FAULT_CONNECT, "M-GET-1", "broke off" },
	{ CURLE_GOT_NOTHING, 0, "", FAULT_CONNECT, "M-GET-1", "closed" },
	{ CURLE_RECV_ERROR, 0, "no hex in chunked-encoding", FAULT_HTTP,
		"RFC 9112 s7.1", "a.example: no hex in chunked-encoding" },
	{ CURLE_OUT_OF_MEMORY, 0, "", FAULT_TOO_LARGE, "S-6", "header" },
	{ CURLE_WEIRD_SERVER_REPLY, 0, "", FAULT_HTTP, "RFC 9110",
		"a.example: " },
	{ CURLE_HTTP2, 0, "odd\nbytes", FAULT_HTTP, "RFC 9110",
		"odd\\x0abytes" },
	{ CURLE_PEER_FAILED_VERIFICATION, X509_V_OK, "", FAULT_TLS,
		TLS_CLAUSE, "not for the name a.example" },
	{ CURLE_PEER_FAILED_VERIFICATION, X509_V_ERR_UNSPECIFIED, "",
		FAULT_TLS, TLS_CLAUSE, "not for the name a.example" },
	{ CURLE_PEER_FAILED_VERIFICATION, X509_V_ERR_CERT_HAS_EXPIRED, "x",
		FAULT_TLS, TLS_CLAUSE, "has expired" },
	{ CURLE_PEER_FAILED_VERIFICATION, X509_V_ERR_CERT_NOT_YET_VALID, "x",
		FAULT_TLS, TLS_CLAUSE, "clock" },
	{ CURLE_PEER_FAILED_VERIFICATION,
		X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "x", FAULT_TLS,
		TLS_CLAUSE, "unknown issuer" },
	{ CURLE_PEER_FAILED_VERIFICATION,
		X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "x", FAULT_TLS,
		TLS_CLAUSE, "self-signed" },
	{ CURLE_PEER_FAILED_VERIFICATION, X509_V_ERR_INVALID_PURPOSE, "x",
		FAULT_TLS, TLS_CLAUSE, "not meant for a server" },
	{ CURLE_PEER_FAILED_VERIFICATION, X509_V_ERR_EE_KEY_TOO_SMALL, "x",
		FAULT_TLS, TLS_CLAUSE, "has a key that is too weak" },
	{ CURLE_PEER_FAILED_VERIFICATION, X509_V_ERR_PATH_LENGTH_EXCEEDED,
		"in curl's words", FAULT_TLS, TLS_CLAUSE, "in curl's words" },
	{ CURLE_PEER_FAILED_VERIFICATION, X509_V_ERR_CERT_REVOKED, "",
		FAULT_TLS, TLS_CLAUSE, "revoked" },
};
/* clang-format on */

static void
explains(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fault why = { 0 };

		const struct reason_seen seen = {
			.result = cases[i].result,
			.verify = cases[i].verify,
			.words = cases[i].words,
			.has_connected = true,
			.has_tls = true,
		};

		reason_of(&seen, "a.example", &why);
		if (why.code != cases[i].code ||
		    strstr(why.clause, cases[i].clause) == NULL ||
		    strstr(why.detail, cases[i].detail) == NULL)
			fail_msg("case %zu: %s %s: %s", i, fault_name(why.code),
			    why.clause, why.detail);
	}
}

/* clang-format off */
static const struct {
	struct reason_seen seen;
	const char *detail; /* the whole of it */
} stages[] = {
	{ { CURLE_COULDNT_CONNECT, 0, ECONNREFUSED, "x", false, false },
		"a.example: cannot connect: Connection refused" },
	{ { CURLE_COULDNT_CONNECT, 0, EHOSTUNREACH, "x", false, false },
		"a.example: cannot connect: No route to host" },
	{ { CURLE_COULDNT_CONNECT, 0, 0, "x", false, false },
		"a.example: cannot connect: x" },
	{ { CURLE_OPERATION_TIMEDOUT, 0, 0, "x", false, false },
		"a.example: too slow: no connection in time" },
	{ { CURLE_OPERATION_TIMEDOUT, 0, 0, "x", true, false },
		"a.example: too slow: no TLS handshake in time" },
	{ { CURLE_OPERATION_TIMEDOUT, 0, 0, "x", true, true },
		"a.example: too slow: x" },
	{ { CURLE_RECV_ERROR, 0, ECONNREFUSED, "x", false, false },
		"a.example: the connection broke off: x" },
};
/* clang-format on */

static void
tells_stages_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		struct fault why = { 0 };

		reason_of(&stages[i].seen, "a.example", &why);
		assert_string_equal(why.detail, stages[i].detail);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(explains),
		cmocka_unit_test(tells_stages_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
