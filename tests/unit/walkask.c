/*
 * Questions to the enforcer about a packet, on the gateway of gateway.h.
 */
#include "tests/unit/walkask.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/fault.h"

struct addr
walkask_addr(const char *text)
{
	struct addr addr;

	assert_true(addr_parse(text, &addr));
	return addr;
}

struct record_walk
walkask_question(const struct packet_row *row)
{
	bool is_icmp = row->protocol == ICMP || row->protocol == ICMPV6;
	struct record_walk walk = {
		.number = 7,
		.port = if_nametoindex("p1"),
		.direction = row->way == '>' ? FROM_DEVICE : TO_DEVICE,
		.track = row->track,
		.protocol = row->protocol,
		.source = is_icmp ? -1 : row->source,
		.destination = is_icmp ? -1 : row->destination,
		.icmp_type = (int16_t)(is_icmp ? row->source : -1),
		.icmp_code = (int16_t)(is_icmp ? row->destination : -1),
		.peer = walkask_addr(row->peer),
	};

	walk.own =
	    walkask_addr(walk.peer.family == 4 ? THING_ADDR : "fd77::10");
	assert_true(mac_parse(THING_MAC, &walk.thing));
	return walk;
}

const char *
walkask_text(const struct walked *walked, char text[4096])
{
	size_t n = 0;

	n += (size_t)snprintf(text + n, 4096 - n, "verdict %u %s",
	    walked->end.verdict, walked->end.why);
	for (uint32_t i = 0; i < walked->end.n && n < 4000; i++)
		n += (size_t)snprintf(text + n, 4096 - n,
		    "\n  %u %s %llu -> %u %s (%s)", walked->step[i].table,
		    walked->step[i].chain,
		    (unsigned long long)walked->step[i].handle,
		    walked->step[i].action, walked->step[i].to,
		    walked->step[i].note);
	return text;
}

struct walked
walkask(struct world *world, const struct record_walk *walk)
{
	struct walked walked;
	struct fault why = { 0 };

	if (!walk_is_sound(walk, &why))
		fail_msg("%s", why.detail);
	enforcer_walk(world->enforcer, walk, &walked);
	assert_int_equal(walked.end.number, walk->number);
	return walked;
}

const char *
walkask_last(const struct walked *walked)
{
	return walked->end.n == 0 ? "" : walked->step[walked->end.n - 1].chain;
}

void
walkask_rows(struct world *world, const struct packet_row *rows, size_t n)
{
	char text[4096];

	for (size_t i = 0; i < n; i++) {
		struct record_walk walk = walkask_question(&rows[i]);
		struct walked walked = walkask(world, &walk);

		if (walked.end.verdict != rows[i].verdict ||
		    (rows[i].chain != NULL &&
			strcmp(walkask_last(&walked), rows[i].chain) != 0))
			fail_msg("row %zu: %c %s %u %d %d: %s", i, rows[i].way,
			    rows[i].peer, rows[i].protocol, rows[i].source,
			    rows[i].destination, walkask_text(&walked, text));
	}
}

void
walkask_nft(const char *command)
{
	const char *const argv[] = { "nft", command, NULL };

	free(gateway_run(HOST_GATEWAY, argv));
}

/* What the tests below go by: policy 1 allows it, by ACE 1. */
const struct packet_row walkask_udp = { '>', SERVER_ADDR, UDP, 50000, 4000,
	WALK_NEW, WALK_PASSES, NULL };

struct walked
walkask_plain(struct world *world)
{
	struct record_walk walk = walkask_question(&walkask_udp);

	return walkask(world, &walk);
}
