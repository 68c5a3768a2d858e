/*
 * Whole frames, one after another, through one observer.  Input: for each a
 * byte that says the port and the way, one for how much later it comes (in
 * units of 16 ms), two for its length, and the frame.
 *
 * Besides crashes it looks for a sighting that breaks its own rules: of no
 * kind, in the name of another than the frame's source, with a URL that is
 * not canonical, about an address that no host may have, or without end.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/bytes.h"
#include "libmud/fault.h"
#include "libmud/url.h"
#include "tests/unit/watchlan.h"
#include "watch/observe.h"
#include "watch/presence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PORTS   4
#define LEAVING 0x80

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static void
judge_url(const struct record_sighting *sighting)
{
	struct fault why;
	struct url url;

	require(memchr(sighting->url, '\0', sizeof(sighting->url)) != NULL);
	require(memchr(sighting->hostname, '\0', sizeof(sighting->hostname)) !=
		NULL);
	require(fault_is_sound(&sighting->why));
	if (sighting->url[0] == '\0')
		return;
	require(sighting->why.code == FAULT_NONE && sighting->flagged == 0);
	require(url_parse(sighting->url, &url, &why));
	require(strcmp(url.text, sighting->url) == 0);
}

static void
judge(const struct observation *seen, const struct record_sighting *sighting)
{
	require(sighting->kind < SIGHTING_KINDS);
	require(sighting->carrier < CARRIERS);
	require(sighting->present <= 1 && sighting->flagged <= 1);
	require(mac_is_host(&sighting->mac));
	require(sighting->ifindex == seen->ifindex);
	/* An answer of DHCPv6 may lend nothing. */
	if (sighting->kind == SIGHTING_ADDRESS ||
	    sighting->kind == SIGHTING_RELEASE ||
	    (sighting->kind == SIGHTING_LEASE &&
		(sighting->carrier != CARRIER_DHCP6 ||
		    sighting->address.family != 0)))
		require(addr_is_host(&sighting->address));
	judge_url(sighting);
}

static void
watch(struct observer *observer, const struct observation *seen)
{
	struct record_sighting sighting;
	struct fault why = { 0 };
	size_t n = 0;

	if (!observe(observer, seen, &sighting, &why)) {
		require(fault_is_sound(&why));
		/* Nothing but that it was refused. */
		if (!observe_more(observer, &sighting))
			return;
		require(sighting.kind == SIGHTING_REFUSED);
		judge(seen, &sighting);
		require(!observe_more(observer, &sighting));
		return;
	}
	do {
		judge(seen, &sighting);
	} while (++n <= OBSERVE_ADDRESSES && observe_more(observer, &sighting));
	require(n <= OBSERVE_ADDRESSES + 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct mac known = { { 2, 0, 0, 0, 1, 2 } };
	struct cursor at = cursor_over((struct bytes){ data, size });
	struct watchlan lan;
	int64_t now = 1000000;

	watchlan_begin(&lan);
	presence_learn(lan.presence, &known, 1, PRESENCE_BRIDGE, 0);
	while (at.left.len > 0) {
		const uint8_t where = cursor_u8(&at), later = cursor_u8(&at);
		const size_t len = cursor_u16(&at);
		struct observation seen = { .ifindex = where % PORTS + 1,
			.is_leaving = (where & LEAVING) != 0 };

		if (at.ran_out)
			break;
		now += (int64_t)later * 16;
		seen.at_msec = now;
		seen.raw =
		    cursor_take(&at, len < at.left.len ? len : at.left.len);
		watch(lan.observer, &seen);
	}
	watchlan_end(&lan);
	return 0;
}
