/*
 * LLDP.  Input: an Ethernet frame.
 *
 * Besides crashes it looks for a MUD URL that the one judge of URLs would not
 * let pass, a host name with other bytes than it may have, a shutdown that says
 * more than that, and a refusal without a reason.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/fault.h"
#include "libmud/url.h"
#include "watch/lldp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static void
check_url(const struct lldp *lldp)
{
	struct fault why = { 0 };
	struct url url;

	require(fault_is_sound(&lldp->url_why));
	if (lldp->url[0] == '\0') {
		require(!lldp->is_flagged ||
			lldp->url_why.code == FAULT_URL_CONFLICT);
		return;
	}
	require(memchr(lldp->url, '\0', sizeof(lldp->url)) != NULL);
	require(url_parse(lldp->url, &url, &why));
	require(strcmp(url.text, lldp->url) == 0);
	require(lldp->url_why.code == FAULT_NONE && !lldp->is_flagged);
	require(lldp->ttl_sec > 0);
}

static void
check_name(const struct lldp *lldp)
{
	static const char letters[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";

	require(memchr(lldp->hostname, '\0', sizeof(lldp->hostname)) != NULL);
	require(strspn(lldp->hostname, letters) == strlen(lldp->hostname));
	require(lldp->ttl_sec > 0 || lldp->hostname[0] == '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bytes raw = { data, size };
	struct fault why = { 0 };
	struct lldp lldp;

	if (!lldp_parse(raw, &lldp, &why)) {
		require(why.code != FAULT_NONE && fault_is_sound(&why));
		return 0;
	}
	require(memcmp(data + 6, &lldp.source, sizeof(lldp.source)) == 0);
	check_url(&lldp);
	check_name(&lldp);
	return 0;
}
