/*
 * Neighbour discovery.  Input: an Ethernet frame.
 *
 * Besides crashes it looks for an address that no host may have, one that is
 * not in the frame, and a refusal without a reason.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/fault.h"
#include "watch/nd.h"

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
	const struct bytes raw = { data, size };
	struct fault why = { 0 };
	struct nd nd;

	if (!nd_parse(raw, &nd, &why)) {
		require(why.code != FAULT_NONE && fault_is_sound(&why));
		return 0;
	}
	require(nd.address.family == 6 && addr_is_host(&nd.address));
	require(memcmp(data + 6, &nd.source, sizeof(nd.source)) == 0);
	require(memcmp(data + 22, nd.address.byte, 16) == 0 ||
		memcmp(data + 62, nd.address.byte, 16) == 0);
	return 0;
}
