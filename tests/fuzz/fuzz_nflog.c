/*
 * NFLOG messages.  Input: one datagram, as the kernel sends it, with hostile
 * packets in it.
 *
 * Besides crashes it looks for a record that breaks the rules which the engine
 * holds the watcher to, and for sums that lose or invent packets.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "watch/drops.h"
#include "watch/nflog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static void
check_addr(const struct addr *addr)
{
	static const struct addr none = { 0 };

	require(addr->family == 0 ? memcmp(addr, &none, sizeof(none)) == 0
				  : addr_is_sound(addr));
}

static void
check_drop(const struct record_drop *drop)
{
	require(drop->kind < DROP_KINDS && drop->has_number < DROP_NUMBERS);
	require(drop->has_number != DROP_NO_NUMBER || drop->number == 0);
	require(
	    drop->has_number != DROP_ICMP_TYPE || drop->number <= UINT8_MAX);
	require(drop->zero == 0 && drop->zero2[0] == 0 && drop->zero2[1] == 0);
	require(drop->own.family == drop->peer.family);
	check_addr(&drop->own);
	check_addr(&drop->peer);
	require(drop->count > 0);
}

static void
on_tell(void *arg, const struct record_drop *drop)
{
	uint64_t *told = arg;

	check_drop(drop);
	*told += drop->count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor at = cursor_over((struct bytes){ data, size });
	uint64_t told = 0, taken = 0;
	struct drops *drops = drops_new(0x9e3779b97f4a7c15u, on_tell, &told);
	struct record_drop drop;
	enum nflog_found found;
	size_t left = size + 1;

	while ((found = nflog_next(&at, &drop)) != NFLOG_END) {
		/* Each message takes something of the datagram. */
		require(at.left.len < left);
		left = at.left.len;
		if (found == NFLOG_OTHER)
			continue;
		check_drop(&drop);
		require(drop.count == 1);
		taken += drops_add(drops, &drop);
	}
	drops_end(drops);
	require(told == taken);
	drops_free(drops);
	return 0;
}
