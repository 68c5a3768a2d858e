/*
 * URLs, references and host names from hostile bytes.  Input: a URL, a line
 * break, and a reference that is resolved against it.
 *
 * Besides crashes it looks for a canonical form that is not one, that names
 * anything but an https URL of a host that may be looked up, or that libcurl
 * would take for another host, port or path than we do (S-20).
 */
#include <arpa/inet.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "libmud/fault.h"
#include "libmud/mem.h"
#include "libmud/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What libcurl makes of a part; nothing of it may be missing. */
static void
must_be(CURLU *parts, CURLUPart part, const char *want)
{
	char *text = NULL;

	if (curl_url_get(parts, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK ||
	    strcmp(text, want) != 0)
		abort();
	curl_free(text);
}

static void
must_be_absent(CURLU *parts, CURLUPart part)
{
	char *text = NULL;

	if (curl_url_get(parts, part, &text, 0) == CURLUE_OK)
		abort();
}

static bool
is_address(const char *host)
{
	struct in6_addr v6;
	struct in_addr v4;

	/* inet_aton takes every spelling that some resolver does. */
	return inet_aton(host, &v4) != 0 || inet_pton(AF_INET6, host, &v6) == 1;
}

/* The URL is handed to libcurl, which parses it for itself. */
static void
check_agreement(const struct url *url)
{
	const char *at = url->text + strlen("https://");
	CURLU *parts = curl_url();
	char path[LIMIT_URL + 2], port[8];

	if (parts == NULL ||
	    curl_url_set(parts, CURLUPART_URL, url->text, CURLU_PATH_AS_IS) !=
		CURLUE_OK ||
	    is_address(url->host))
		abort();
	at += strcspn(at, "/?");
	(void)snprintf(path, sizeof(path), "%s%.*s", at[0] == '/' ? "" : "/",
	    (int)strcspn(at, "?"), at);
	(void)snprintf(port, sizeof(port), "%u", url->port);
	must_be(parts, CURLUPART_SCHEME, "https");
	must_be(parts, CURLUPART_HOST, url->host);
	must_be(parts, CURLUPART_PORT, port);
	must_be(parts, CURLUPART_PATH, path);
	at += strcspn(at, "?");
	/* libcurl drops a query that is empty. */
	if (at[0] != '\0' && at[1] != '\0')
		must_be(parts, CURLUPART_QUERY, at + 1);
	must_be_absent(parts, CURLUPART_USER);
	must_be_absent(parts, CURLUPART_PASSWORD);
	must_be_absent(parts, CURLUPART_FRAGMENT);
	must_be_absent(parts, CURLUPART_ZONEID);
	curl_url_cleanup(parts);
}

static void
check(const struct url *url)
{
	char host[LIMIT_HOST + 1];
	struct fault why = { 0 };
	struct url again;

	if (!url_parse(url->text, &again, &why) ||
	    memcmp(url, &again, sizeof(again)) != 0)
		abort();
	if (strncmp(url->text, "https://", 8) != 0 || url->port == 0 ||
	    strpbrk(url->text, "#\\ \"<>\n") != NULL ||
	    strlen(url->text) > LIMIT_URL)
		abort();
	if (!host_parse(url->host, false, host, &why) ||
	    strcmp(host, url->host) != 0)
		abort();
	if (strncmp(url->text + 8, host, strlen(host)) != 0 ||
	    !url_same_authority(url, &again))
		abort();
	check_agreement(url);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xcalloc(size + 1, 1), *reference, host[LIMIT_HOST + 1];
	struct fault why = { 0 };
	struct url url, other;

	if (size > 0)
		memcpy(text, data, size);
	(void)host_parse(text, true, host, &why);
	reference = strchr(text, '\n');
	if (reference != NULL)
		*reference++ = '\0';
	if (!url_parse(text, &url, &why)) {
		if (!fault_is_sound(&why) || why.code == FAULT_NONE)
			abort();
	} else {
		check(&url);
		if (reference != NULL &&
		    url_resolve(&url, reference, &other, &why))
			check(&other);
	}
	free(text);
	return 0;
}
