/*
 * ARP.  Input: an Ethernet frame.
 *
 * Besides crashes it looks for an address that no host may have, one that is
 * not in the frame, and a refusal without a reason.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/fault.h"
#include "watch/arp.h"

#define SENDER 28
#define TARGET 38

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
	if (!holds)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t nobody[4];
	const struct bytes raw = { data, size };
	struct fault why = { 0 };
	struct arp arp;

	if (!arp_parse(raw, &arp, &why)) {
		require(why.code != FAULT_NONE && fault_is_sound(&why));
		return 0;
	}
	require(arp.address.family == 4 && addr_is_host(&arp.address));
	require(memcmp(data + 6, &arp.source, sizeof(arp.source)) == 0);
	require((memcmp(data + SENDER, nobody, 4) == 0) == arp.is_probe);
	require(memcmp(data + (arp.is_probe ? TARGET : SENDER),
		    arp.address.byte, 4) == 0);
	return 0;
}
