/*
 * flowjson: each member says one thing of the flow; what is wrong is refused
 * with its place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/fault.h"
#include "mudctl/flowjson.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define START "{\"direction\":\"from\",\"peer\":\"192.0.2.1\","

static struct bytes
bytes_of(const char *text)
{
	return (struct bytes){ (const uint8_t *)text, strlen(text) };
}

static struct flowjson *
read_good(const char *text, struct flowjson *flow)
{
	struct fault why = { 0 };

	if (!flowjson_read(bytes_of(text), flow, &why))
		fail_msg("%s: %s", text, why.detail);
	return flow;
}

static void
reads_flows(void **state)
{
	struct flowjson asked;
	const struct flow *flow = &asked.flow;
	struct addr addr;

	(void)state;
	read_good(START "\"protocol\":\"tcp\"}", &asked);
	assert_int_equal(flow->direction, FROM_DEVICE);
	assert_true(addr_parse("192.0.2.1", &addr));
	assert_true(addr_equal(&flow->peer, &addr));
	assert_int_equal(flow->own.family, 0);
	assert_int_equal(flow->protocol, 6);
	assert_int_equal(flow->source, FLOW_UNKNOWN);
	assert_int_equal(flow->destination, FLOW_UNKNOWN);
	assert_int_equal(flow->icmp_type, FLOW_UNKNOWN);
	assert_int_equal(flow->icmp_code, FLOW_UNKNOWN);
	assert_int_equal(flow->opener, OPENED_BY_SENDER);
	assert_false(flow->is_untracked);
	assert_int_equal(flow->known, 0);
	assert_null(flow->about);

	read_good("{\"direction\":\"to\",\"peer\":\"2001:db8::1\",\"own\":"
		  "\"ff02::fb\",\"protocol\":17,\"src_port\":0,\"dst_port\":"
		  "65535,\"opener\":\"thing\",\"tracked\":false,\"dscp\":63}",
	    &asked);
	assert_int_equal(flow->direction, TO_DEVICE);
	assert_true(addr_parse("ff02::fb", &addr));
	assert_true(addr_equal(&flow->own, &addr));
	assert_int_equal(flow->protocol, 17);
	assert_int_equal(flow->source, 0);
	assert_int_equal(flow->destination, 65535);
	assert_int_equal(flow->opener, OPENED_BY_THING);
	assert_true(flow->is_untracked);
	assert_int_equal(flow->known, 1u << FIELD_DSCP);
	assert_int_equal(flow->field[FIELD_DSCP], 63);

	read_good(START "\"protocol\":\"icmp\",\"icmp_type\":3,\"icmp_code\":1,"
			"\"opener\":\"peer\",\"about\":{\"direction\":\"to\","
			"\"peer\":\"192.0.2.7\",\"protocol\":\"udp\"}}",
	    &asked);
	assert_int_equal(flow->icmp_type, 3);
	assert_int_equal(flow->icmp_code, 1);
	assert_int_equal(flow->opener, OPENED_BY_PEER);
	assert_non_null(flow->about);
	assert_int_equal(flow->about->direction, TO_DEVICE);
	assert_int_equal(flow->about->protocol, 17);
}

static void
reads_fields(void **state)
{
	/* clang-format off */
	static const struct {
		const char *text;
		enum field_id id;
		uint64_t value;
	} fields[] = {
		{ "\"ecn\":3", FIELD_ECN, 3 },
		{ "\"length\":65535", FIELD_LENGTH, 65535 },
		{ "\"ttl\":255", FIELD_TTL, 255 },
		{ "\"ihl\":15", FIELD_IHL, 15 },
		{ "\"ip_flags\":7", FIELD_IP_FLAGS, 7 },
		{ "\"fragment_offset\":8191", FIELD_OFFSET, 8191 },
		{ "\"identification\":65535", FIELD_IDENTIFICATION, 65535 },
		{ "\"flow_label\":1048575", FIELD_FLOW_LABEL, 1048575 },
		{ "\"sequence\":4294967295", FIELD_SEQUENCE, UINT32_MAX },
		{ "\"acknowledgement\":1", FIELD_ACKNOWLEDGEMENT, 1 },
		{ "\"data_offset\":15", FIELD_DATA_OFFSET, 15 },
		{ "\"reserved\":15", FIELD_RESERVED, 15 },
		{ "\"tcp_flags\":255", FIELD_TCP_FLAGS, 255 },
		{ "\"tcp_flags\":[]", FIELD_TCP_FLAGS, 0 },
		{ "\"tcp_flags\":[\"syn\",\"ack\"]", FIELD_TCP_FLAGS, 18 },
		{ "\"tcp_flags\":[\"cwr\",\"fin\"]", FIELD_TCP_FLAGS, 129 },
		{ "\"window\":65535", FIELD_WINDOW, 65535 },
		{ "\"urgent\":65535", FIELD_URGENT, 65535 },
		{ "\"udp_length\":65535", FIELD_UDP_LENGTH, 65535 },
		{ "\"eth_source\":\"02:00:5e:00:53:01\"", FIELD_ETH_SOURCE,
		    0x02005e005301 },
		{ "\"eth_destination\":\"ff:ff:ff:ff:ff:ff\"",
		    FIELD_ETH_DESTINATION, 0xffffffffffff },
	};
	/* clang-format on */
	struct flowjson asked;
	char text[256];

	(void)state;
	for (size_t i = 0; i < LENGTH(fields); i++) {
		(void)snprintf(text, sizeof(text), START "\"protocol\":6,%s}",
		    fields[i].text);
		read_good(text, &asked);
		assert_int_equal(asked.flow.known, 1u << fields[i].id);
		if (asked.flow.field[fields[i].id] != fields[i].value)
			fail_msg("%s", text);
	}
}

static void
refuses_flows(void **state)
{
	/* clang-format off */
	static const struct {
		const char *text, *says;
	} bad[] = {
		{ "", "" },
		{ "7", "" },
		{ "[]", "no" },
		{ "{}", "needs direction" },
		{ "{\"peer\":\"192.0.2.1\",\"protocol\":6}", "needs" },
		{ "{\"direction\":\"to\",\"protocol\":6}", "needs" },
		{ START "\"x\":1}", "/x: no such member" },
		{ START "\"opener\":\"thing\"}", "needs" },
		{ START "\"protocol\":256}", "/protocol: 256 is not in" },
		{ START "\"protocol\":\"256\"}", "is not tcp" },
		{ START "\"protocol\":\"TCP\"}", "is not tcp" },
		{ START "\"protocol\":\"\"}", "is not tcp" },
		{ START "\"protocol\":null}", "no string" },
		{ START "\"protocol\":6,\"src_port\":65536}", "/src_port" },
		{ START "\"protocol\":6,\"dst_port\":-1}", "/dst_port" },
		{ START "\"protocol\":6,\"dst_port\":\"80\"}", "/dst_port" },
		{ START "\"protocol\":1,\"icmp_type\":256}", "/icmp_type" },
		{ START "\"protocol\":1,\"icmp_code\":256}", "/icmp_code" },
		{ START "\"protocol\":6,\"opener\":\"x\"}", "neither" },
		{ START "\"protocol\":6,\"tracked\":1}", "/tracked" },
		{ START "\"protocol\":6,\"own\":\"x\"}", "/own" },
		{ START "\"protocol\":6,\"own\":\"::1\"}", "two families" },
		{ START "\"protocol\":58}", "whose ICMP is icmp" },
		{ "{\"direction\":\"to\",\"peer\":\"::1\",\"protocol\":1}",
		    "whose ICMP is icmpv6" },
		{ "{\"direction\":\"in\",\"peer\":\"::1\",\"protocol\":6}",
		    "neither \"from\" nor \"to\"" },
		{ "{\"direction\":\"to\",\"peer\":\"x\",\"protocol\":6}",
		    "/peer" },
		{ "{\"direction\":7,\"peer\":\"::1\",\"protocol\":6}",
		    "/direction" },
		{ START "\"protocol\":6,\"dscp\":64}", "/dscp" },
		{ START "\"protocol\":6,\"flow_label\":1048576}", "/flow" },
		{ START "\"protocol\":6,\"sequence\":4294967296}", "/seq" },
		{ START "\"protocol\":6,\"tcp_flags\":[\"SYN\"]}", "no flag" },
		{ START "\"protocol\":6,\"tcp_flags\":256}", "/tcp_flags" },
		{ START "\"protocol\":6,\"eth_source\":\"x\"}", "no MAC" },
		{ START "\"protocol\":6,\"eth_source\":7}", "no string" },
		{ START "\"protocol\":1,\"about\":{}}", "/about: a flow" },
		{ START "\"protocol\":1,\"about\":7}", "/about" },
		{ START "\"protocol\":1,\"about\":{\"x\":1}}", "/about/x" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		struct fault why = { 0 };
		struct flowjson asked;

		if (flowjson_read(bytes_of(bad[i].text), &asked, &why) ||
		    strstr(why.detail, bad[i].says) == NULL)
			fail_msg("%s: %s", bad[i].text, why.detail);
	}
}

static void
reads_numbers(void **state)
{
	unsigned int number = 7;

	(void)state;
	assert_true(flowjson_number("0", 0, &number));
	assert_int_equal(number, 0);
	assert_true(flowjson_number("65535", 65535, &number));
	assert_int_equal(number, 65535);
	assert_false(flowjson_number("65536", 65535, &number));
	assert_false(flowjson_number("", 65535, &number));
	assert_false(flowjson_number("-1", 65535, &number));
	assert_false(flowjson_number("1 ", 65535, &number));
	assert_false(flowjson_number("000001", 65535, &number));
	assert_int_equal(number, 65535);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_flows),
		cmocka_unit_test(reads_fields),
		cmocka_unit_test(refuses_flows),
		cmocka_unit_test(reads_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
