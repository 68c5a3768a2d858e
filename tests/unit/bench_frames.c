/*
 * How many frames a second each decoder reads on one core, whole frames from
 * the Ethernet header up; and what a frame costs observe() within its budget,
 * and past it.  For ./dev bench.
 *
 * The baseline is one pass over the same bytes (a copy and the Internet
 * checksum), which any reader must make at least.  Of several rounds the
 * fastest counts, since others use the machine, too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "libmud/fault.h"
#include "tests/unit/watchlan.h"
#include "tests/unit/wire.h"
#include "watch/arp.h"
#include "watch/dhcp4.h"
#include "watch/dhcp6.h"
#include "watch/frame.h"
#include "watch/lldp.h"
#include "watch/nd.h"
#include "watch/observe.h"

#define FRAMES 10000
#define ROUNDS 25
#define GOAL   2e6 /* frames a second */

#define URL "https://mud.example.com/lights/model-7.json"

static volatile uint32_t sink; /* what nobody reads is not left out */

static double
nsec(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

/* ---- what is measured -------------------------------------------------- */

static void
pass_over(struct bytes raw)
{
	uint8_t copy[2048];
	uint32_t sum = 0;

	memcpy(copy, raw.data, raw.len);
	for (size_t i = 0; i + 1 < raw.len; i += 2)
		sum += (uint32_t)copy[i] << 8 | copy[i + 1];
	sink = sum;
}

static void
read_dhcp4(struct bytes raw)
{
	struct fault why;
	struct dhcp4 message;
	struct frame frame;

	assert_true(frame_parse(raw, &frame, &why) &&
		    dhcp4_parse(frame.payload, &message, &why));
	sink = message.xid;
}

static void
read_dhcp6(struct bytes raw)
{
	struct fault why;
	struct dhcp6 message;
	struct frame frame;

	assert_true(frame_parse(raw, &frame, &why) &&
		    dhcp6_parse(frame.payload, &message, &why));
	sink = message.xid;
}

static void
read_lldp(struct bytes raw)
{
	struct fault why;
	struct lldp lldp;

	assert_true(lldp_parse(raw, &lldp, &why));
	sink = lldp.ttl_sec;
}

static void
read_nd(struct bytes raw)
{
	struct fault why;
	struct nd nd;

	assert_true(nd_parse(raw, &nd, &why));
	sink = nd.address.byte[15];
}

static void
read_arp(struct bytes raw)
{
	struct fault why;
	struct arp arp;

	assert_true(arp_parse(raw, &arp, &why));
	sink = arp.address.byte[3];
}

/* As clients and lldpd send them. */
static void
make_dhcp4(struct wire *wire)
{
	struct wire options = { .len = 0 };

	wire_put(&options, WIRE("\75\7\1" WIRE_THING "\71\2\2\100"
				"\74\14udhcp 1.35.0\14\4lamp"
				"\67\7\1\3\6\14\17\34\52"));
	wire_mud4(&options, WIRE(URL), 0);
	wire_put8(&options, 255);
	wire_dhcp4(wire, 0, true, DHCP4_DISCOVER, 9, options.raw, options.len);
}

static void
make_dhcp6(struct wire *wire)
{
	struct wire options = { .len = 0 };

	wire_put(&options, WIRE("\0\6\0\10\0\27\0\30\0\47\0\37"));
	wire_put(&options, WIRE("\0\10\0\2\0\0\0\47\0\6\0\4lamp"));
	wire_put(&options, WIRE("\0\3\0\14\0\0\0\1\0\0\0\0\0\0\0\0"));
	wire_mud6(&options, WIRE(URL));
	wire_dhcp6(wire, 0, DHCP6_SOLICIT, 0, options.raw, options.len);
}

static void
make_lldp(struct wire *wire)
{
	struct wire tlvs = { .len = 0 };

	wire_put(&tlvs, WIRE("\12\4lamp\14\20Debian GNU/Linux\16\4\0\34\0\20"));
	wire_put(&tlvs, WIRE("\10\4eth0\376\6\0\22\17\3\1\0"));
	wire_mud_lldp(&tlvs, WIRE(URL));
	wire_put16(&tlvs, 0);
	wire_lldp(wire, 0, 120, tlvs.raw, tlvs.len);
}

static void
make_nd(struct wire *wire)
{
	wire_nd(wire, 0, 135, WIRE("\1\1" WIRE_THING));
}

static void
make_arp(struct wire *wire)
{
	wire_arp(wire, 0, 1);
}

static const struct {
	const char *name;
	void (*make)(struct wire *wire);
	void (*read)(struct bytes raw);
} decoders[] = {
	{ "dhcp4", make_dhcp4, read_dhcp4 },
	{ "dhcp6", make_dhcp6, read_dhcp6 },
	{ "lldp", make_lldp, read_lldp },
	{ "nd", make_nd, read_nd },
	{ "arp", make_arp, read_arp },
};

static double
nsec_each(const struct wire *wire, void (*read)(struct bytes raw))
{
	const struct bytes raw = { wire->raw, wire->len };
	double best = 0;

	for (int round = 0; round < ROUNDS; round++) {
		const double start = nsec();
		double took;

		for (int i = 0; i < FRAMES; i++)
			read(raw);
		took = (nsec() - start) / FRAMES;
		if (best == 0 || took < best)
			best = took;
	}
	return best;
}

static void
measures_decoders(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(decoders) / sizeof(decoders[0]); i++) {
		struct wire wire;
		double base, each;

		decoders[i].make(&wire);
		base = nsec_each(&wire, pass_over);
		each = nsec_each(&wire, decoders[i].read);
		(void)printf("frames: %-5s %4zu bytes, %6.0f ns, %5.2f million "
			     "a second (goal 2: %s), %.1f times one pass over "
			     "its bytes\n",
		    decoders[i].name, wire.len, each, 1e3 / each,
		    1e9 / each >= GOAL ? "reached" : "missed", each / base);
	}
}

/* ---- observe() --------------------------------------------------------- */

/* gap: milliseconds between two frames of a port, on its clock. */
static double
nsec_observed(int64_t gap, enum fault_code expected)
{
	struct watchlan lan;
	struct record_sighting sighting;
	struct fault why = { 0 };
	struct wire wire;
	double start, took;

	watchlan_begin(&lan);
	make_dhcp4(&wire);
	start = nsec();
	for (int i = 0; i < FRAMES; i++) {
		const struct observation seen = { 3, false, 1000000 + i * gap,
			{ wire.raw, wire.len } };

		/* Each from another address. */
		memcpy(wire.raw + 8, &i, sizeof(i));
		memcpy(wire.raw + 72, &i, sizeof(i));
		(void)observe(lan.observer, &seen, &sighting, &why);
	}
	took = (nsec() - start) / FRAMES;
	assert_int_equal(why.code, expected);
	watchlan_end(&lan);
	return took;
}

static void
measures_observe(void **state)
{
	(void)state;
	(void)printf("frames: observe() of a DISCOVER from a new MAC: %.0f ns; "
		     "past the port's budget: %.0f ns\n",
	    nsec_observed(10, FAULT_NONE), nsec_observed(0, FAULT_BUSY));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(measures_decoders),
		cmocka_unit_test(measures_observe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
