/*
 * Why a transfer failed, in words that tell an operator whose fault it is.
 */
#ifndef FETCH_REASON_H
#define FETCH_REASON_H

#include <curl/curl.h>

struct fault;

/*
 * verify: CURLINFO_SSL_VERIFYRESULT.  words: what libcurl says about it, may
 * be "".  host: the server's name.  result must not be CURLE_OK.
 */
void reason_of(CURLcode result, long verify, const char *words,
    const char *host, struct fault *why);

#endif
