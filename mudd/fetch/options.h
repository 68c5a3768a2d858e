/*
 * What every transfer must and must not do (S-21, S-6, S-24), as libcurl's
 * options.
 */
#ifndef FETCH_OPTIONS_H
#define FETCH_OPTIONS_H

#include <stdbool.h>

#include <curl/curl.h>

#include "core/records.h"

/*
 * False if this libcurl lacks one of them: the transfer must not be made
 * then.  *headers must be NULL; it is the caller's to free once the transfer
 * is over, whatever came back.
 */
bool options_set(
    CURL *easy, const struct record_fetch *fetch, struct curl_slist **headers);

/* Is libcurl one that options_set and the TLS callback work with? */
bool options_are_known(void);

#endif
