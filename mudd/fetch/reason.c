/*
 * libcurl's results as faults.  Role: fetcher.  The words of libcurl may
 * quote the server; fault_set escapes them.
 */
#include "fetch/reason.h"

#include <stddef.h>
#include <string.h>

#include <openssl/x509_vfy.h>

#include "libmud/fault.h"

static const char tls_clause[] = "RFC 8520 s1.6 (M-GET-2)";

/* clang-format off */
static const struct {
	CURLcode result;
	enum fault_code code;
	const char *clause;
	const char *words;
} reasons[] = {
	{ CURLE_COULDNT_CONNECT, FAULT_CONNECT, "RFC 8520 s1.6 (M-GET-1)",
		"cannot connect" },
	{ CURLE_OPERATION_TIMEDOUT, FAULT_TIMEOUT, "S-24", "too slow" },
	{ CURLE_FILESIZE_EXCEEDED, FAULT_TOO_LARGE, "S-6",
		"larger than allowed" },
	{ CURLE_SSL_CONNECT_ERROR, FAULT_TLS, tls_clause,
		"the TLS handshake failed" },
	{ CURLE_SSL_CIPHER, FAULT_TLS, tls_clause, "no common TLS cipher" },
	{ CURLE_SSL_CERTPROBLEM, FAULT_TLS, tls_clause,
		"TLS certificate problem" },
	{ CURLE_SSL_CACERT_BADFILE, FAULT_TLS, tls_clause,
		"the TLS roots cannot be used" },
	{ CURLE_SSL_ISSUER_ERROR, FAULT_TLS, tls_clause,
		"TLS issuer problem" },
	{ CURLE_SEND_ERROR, FAULT_CONNECT, "RFC 8520 s1.6 (M-GET-1)",
		"the connection broke off" },
	{ CURLE_RECV_ERROR, FAULT_CONNECT, "RFC 8520 s1.6 (M-GET-1)",
		"the connection broke off" },
	{ CURLE_GOT_NOTHING, FAULT_CONNECT, "RFC 8520 s1.6 (M-GET-1)",
		"the server closed without an answer" },
	{ CURLE_PARTIAL_FILE, FAULT_CONNECT, "RFC 8520 s1.6 (M-GET-1)",
		"the connection broke off inside the body" },
	/* The word for a header line past libcurl's own bound, too. */
	{ CURLE_OUT_OF_MEMORY, FAULT_TOO_LARGE, "S-6",
		"more in one header than a fetch has memory for" },
	{ CURLE_FAILED_INIT, FAULT_INTERNAL, "libcurl", "cannot start" },
};

/* RFC 5280 s6: what an administrator can act on is told in plain words. */
static const struct {
	long verify;
	const char *words;
} refusals[] = {
	{ X509_V_ERR_CERT_HAS_EXPIRED, "has expired" },
	{ X509_V_ERR_CERT_NOT_YET_VALID,
		"is not valid yet: is the gateway's clock right?" },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
		"is from an unknown issuer" },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
		"is from an unknown issuer" },
	{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
		"is from an unknown issuer" },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
		"is from an unknown issuer" },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
		"is self-signed and not trusted" },
	{ X509_V_ERR_EE_KEY_TOO_SMALL, "has a key that is too weak" },
	{ X509_V_ERR_CA_KEY_TOO_SMALL, "is under a key that is too weak" },
	{ X509_V_ERR_CA_MD_TOO_WEAK, "is under a digest that is too weak" },
	{ X509_V_ERR_INVALID_PURPOSE, "is not meant for a server" },
	{ X509_V_ERR_INVALID_CA, "is from an issuer that is no CA" },
};
/* clang-format on */

static void
refusal_of(long verify, const char *words, const char *host, struct fault *why)
{
	/* No error of the chain, so it is the name (RFC 2818 s3.1); libcurl
	 * leaves "unspecified" there when it stops at the name. */
	if (verify == X509_V_OK || verify == X509_V_ERR_UNSPECIFIED) {
		fault_set(why, FAULT_TLS, tls_clause,
		    "the server's certificate is not for the name %s", host);
		return;
	}
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (refusals[i].verify == verify) {
			fault_set(why, FAULT_TLS, tls_clause,
			    "the certificate of %s %s", host,
			    refusals[i].words);
			return;
		}
	fault_set(why, FAULT_TLS, tls_clause, "the certificate of %s: %s", host,
	    words[0] != '\0' ? words : X509_verify_cert_error_string(verify));
}

/* libcurl's own words do not tell these apart. */
static const char *
words_of(const struct reason_seen *seen)
{
	if (seen->result == CURLE_COULDNT_CONNECT && seen->error != 0)
		return strerror((int)seen->error);
	if (seen->result != CURLE_OPERATION_TIMEDOUT)
		return seen->words;
	if (!seen->has_connected)
		return "no connection in time";
	return seen->has_tls ? seen->words : "no TLS handshake in time";
}

void
reason_of(const struct reason_seen *seen, const char *host, struct fault *why)
{
	const CURLcode result = seen->result;
	const char *words = words_of(seen);

	if (result == CURLE_PEER_FAILED_VERIFICATION) {
		refusal_of(seen->verify, words, host, why);
		return;
	}
	/* libcurl has one result for bytes that do not come, and for bytes
	 * that make no sense. */
	if (result == CURLE_RECV_ERROR && strstr(words, "chunk") != NULL) {
		fault_set(
		    why, FAULT_HTTP, "RFC 9112 s7.1", "%s: %s", host, words);
		return;
	}
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].result == result) {
			fault_set(why, reasons[i].code, reasons[i].clause,
			    "%s: %s%s%s", host, reasons[i].words,
			    words[0] != '\0' ? ": " : "", words);
			return;
		}
	fault_set(why, FAULT_HTTP, "RFC 9110", "%s: %s", host,
	    words[0] != '\0' ? words : curl_easy_strerror(result));
}
