/*
 * Why a transfer failed, in words that tell an operator whose fault it is.
 */
#ifndef FETCH_REASON_H
#define FETCH_REASON_H

#include <stdbool.h>

#include <curl/curl.h>

struct fault;

/* What libcurl tells of a transfer. */
struct reason_seen {
	CURLcode result;             /* not CURLE_OK */
	long verify;                 /* CURLINFO_SSL_VERIFYRESULT */
	long error;                  /* CURLINFO_OS_ERRNO, 0: none */
	const char *words;           /* lent; may be "" */
	bool has_connected, has_tls; /* how far it came */
};

/* host: the server's name. */
void reason_of(
    const struct reason_seen *seen, const char *host, struct fault *why);

#endif
