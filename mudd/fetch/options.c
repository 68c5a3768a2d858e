/*
 * libcurl's options.  Role: fetcher.  No input but the engine's request.
 */
#include "fetch/options.h"

#include <string.h>

#define LOW_SPEED_SEC 10L

static bool
add_header(struct curl_slist **headers, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*headers, line);

	if (longer != NULL)
		*headers = longer;
	return longer != NULL;
}

/* https and nothing else, TLS by RFC 2818 and RFC 5280 (M-GET-2); roots come
 * from the engine alone, so libcurl's own defaults are taken away. */
static bool
set_trust(CURL *easy)
{
	return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https") == 0 &&
	       curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https") ==
	           0 &&
	       curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == 0 &&
	       curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L) == 0 &&
	       curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L) == 0 &&
	       curl_easy_setopt(easy, CURLOPT_SSLVERSION,
		   (long)CURL_SSLVERSION_TLSv1_2) == 0 &&
	       curl_easy_setopt(easy, CURLOPT_CAINFO, NULL) == 0 &&
	       curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == 0;
}

/* The body's bytes as they are, the URL's bytes as they are. */
static bool
set_http(CURL *easy)
{
	return curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
		   (long)CURL_HTTP_VERSION_1_1) == 0 &&
	       curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L) == 0 &&
	       curl_easy_setopt(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L) == 0 &&
	       curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L) == 0 &&
	       curl_easy_setopt(easy, CURLOPT_USERAGENT, "mudd") == 0;
}

/* Nothing of the environment or of another transfer takes part: a proxy
 * would go round the check of addresses (S-22). */
static bool
set_surroundings(CURL *easy)
{
	return curl_easy_setopt(easy, CURLOPT_PROXY, "") == 0 &&
	       curl_easy_setopt(easy, CURLOPT_NOPROXY, "*") == 0 &&
	       curl_easy_setopt(
		   easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == 0 &&
	       curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L) == 0 &&
	       curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L) == 0 &&
	       curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == 0;
}

/* S-6 and S-24; the time of the whole fetch is the caller's to watch. */
static bool
set_limits(CURL *easy, const struct record_fetch *fetch)
{
	return curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT,
		   (long)LIMIT_CONNECT_SEC) == 0 &&
	       curl_easy_setopt(
		   easy, CURLOPT_LOW_SPEED_LIMIT, (long)LIMIT_LOW_SPEED) == 0 &&
	       curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, LOW_SPEED_SEC) ==
	           0 &&
	       curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE,
		   (curl_off_t)fetch->max_size) == 0;
}

/* RFC 8520 s1.6 (M-GET-3). */
static bool
set_headers(CURL *easy, enum fetch_kind kind, struct curl_slist **headers)
{
	const char *accept = kind == FETCH_FILE
	                         ? "Accept: application/mud+json"
	                         : "Accept: application/pkcs7-signature";

	return add_header(headers, accept) &&
	       add_header(headers, "Accept-Language: en") &&
	       curl_easy_setopt(easy, CURLOPT_HTTPHEADER, *headers) == 0;
}

bool
options_set(
    CURL *easy, const struct record_fetch *fetch, struct curl_slist **headers)
{
	return set_trust(easy) && set_http(easy) && set_surroundings(easy) &&
	       set_limits(easy, fetch) &&
	       set_headers(easy, (enum fetch_kind)fetch->kind, headers);
}

bool
options_are_known(void)
{
	const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);

	/* S-93; and the TLS callback is handed an SSL_CTX only there. */
	return info->version_num >= 0x075500 && info->ssl_version != NULL &&
	       strncmp(info->ssl_version, "OpenSSL/", 8) == 0;
}
