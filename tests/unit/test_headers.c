/*
 * Rules with header fields in a kernel: each matches the packets that have
 * its value and no others, in both families, and is listed as nfttext says.
 *
 * Policy 3 has one rule, which counts.  For most fields every packet that
 * comes in by lan1 is led through it at prerouting, so that IPv6 and broken
 * TCP get there, too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "libmud/nfttext.h"
#include "tests/unit/forge.h"
#include "tests/unit/world.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define POLICY        3
#define TCP           6
#define UDP           17
#define WORD          4 /* bytes, as ihl and data-offset count them */
#define PORTS         (UINT64_C(40000) << 16 | 443)
#define UDP_HEADER    8
#define IP6_HEADER    40
#define GATEWAY6      "fd78::1"
#define BEYOND6       "fd77::12"

/* A packet by the fields that it has. */
struct packet {
	unsigned int family;
	uint8_t protocol;
	const char *from, *to;
	uint64_t value[FIELD_IDS];
};

/* Two that agree in nothing but where they go. */
static const uint64_t plain[FIELD_IDS] = {
	[FIELD_DSCP] = 46,
	[FIELD_ECN] = 1,
	[FIELD_TTL] = 64,
	[FIELD_IHL] = 5,
	[FIELD_IP_FLAGS] = 2,
	[FIELD_IDENTIFICATION] = 0x1234,
	[FIELD_FLOW_LABEL] = 0x12345,
	[FIELD_SEQUENCE] = 0x01020304,
	[FIELD_ACKNOWLEDGEMENT] = 0x05060708,
	[FIELD_DATA_OFFSET] = 5,
	[FIELD_TCP_FLAGS] = 0x02,
	[FIELD_WINDOW] = 0x0400,
	[FIELD_ETH_SOURCE] = 0x02bb00000003,
};
static const uint64_t other[FIELD_IDS] = {
	[FIELD_DSCP] = 17,
	[FIELD_ECN] = 2,
	[FIELD_TTL] = 7,
	[FIELD_IHL] = 7,
	[FIELD_IP_FLAGS] = 0,
	[FIELD_IDENTIFICATION] = 0x4321,
	[FIELD_FLOW_LABEL] = 0xedcba,
	[FIELD_SEQUENCE] = 0xfefdfcfb,
	[FIELD_ACKNOWLEDGEMENT] = 1,
	[FIELD_DATA_OFFSET] = 7,
	[FIELD_RESERVED] = 9,
	[FIELD_TCP_FLAGS] = 0x18,
	[FIELD_WINDOW] = 1,
	[FIELD_URGENT] = 3,
	[FIELD_ETH_SOURCE] = 0x0200deadbeef,
};

/* ---- frames ---------------------------------------------------------------
 */

struct frame {
	size_t len;
	uint8_t byte[512];
};

/* The lowest n bytes of a number. */
static void
put(struct frame *frame, uint64_t number, size_t n)
{
	assert_true(frame->len + n <= sizeof(frame->byte));
	for (size_t i = 0; i < n; i++)
		frame->byte[frame->len++] =
		    (uint8_t)(number >> 8 * (n - 1 - i));
}

static void
put_address(struct frame *frame, unsigned int family, const char *text)
{
	size_t len = family == 4 ? 4 : 16;

	assert_int_equal(inet_pton(family == 4 ? AF_INET : AF_INET6, text,
			     frame->byte + frame->len),
	    1);
	frame->len += len;
}

/* Options that say nothing, up to so many words of header. */
static void
put_options(struct frame *frame, uint64_t words)
{
	for (uint64_t i = 5 * WORD; i < words * WORD; i++)
		put(frame, 1, 1);
}

static void
put_sum(struct frame *frame, size_t at, size_t to)
{
	uint32_t sum = 0;

	for (size_t i = at; i < frame->len; i++)
		sum += (uint32_t)frame->byte[i] << ((i - at) % 2 == 0 ? 8 : 0);
	while (sum > UINT16_MAX)
		sum = (sum & UINT16_MAX) + (sum >> 16);
	frame->byte[to] = (uint8_t)(~sum >> 8);
	frame->byte[to + 1] = (uint8_t)~sum;
}

static void
put_ip4(struct frame *frame, const struct packet *packet, size_t payload)
{
	const uint64_t *value = packet->value;
	size_t at = frame->len;

	put(frame, 0x40 | value[FIELD_IHL], 1);
	put(frame, value[FIELD_DSCP] << 2 | value[FIELD_ECN], 1);
	put(frame, value[FIELD_IHL] * WORD + payload, 2);
	put(frame, value[FIELD_IDENTIFICATION], 2);
	put(frame, value[FIELD_IP_FLAGS] << 13 | value[FIELD_OFFSET], 2);
	put(frame, value[FIELD_TTL] << 8 | packet->protocol, 2);
	put(frame, 0, 2);
	put_address(frame, 4, packet->from);
	put_address(frame, 4, packet->to);
	put_options(frame, value[FIELD_IHL]);
	put_sum(frame, at, at + 10);
}

static void
put_ip6(struct frame *frame, const struct packet *packet, size_t payload)
{
	const uint64_t *value = packet->value;

	put(frame,
	    UINT64_C(6) << 28 | value[FIELD_DSCP] << 22 |
		value[FIELD_ECN] << 20 | value[FIELD_FLOW_LABEL],
	    4);
	put(frame, payload, 2);
	put(frame, (uint64_t)packet->protocol << 8 | value[FIELD_TTL], 2);
	put_address(frame, 6, packet->from);
	put_address(frame, 6, packet->to);
}

static void
put_tcp(struct frame *frame, const uint64_t *value)
{
	put(frame, PORTS, 4);
	put(frame, value[FIELD_SEQUENCE], 4);
	put(frame, value[FIELD_ACKNOWLEDGEMENT], 4);
	put(frame, value[FIELD_DATA_OFFSET] << 4 | value[FIELD_RESERVED], 1);
	put(frame, value[FIELD_TCP_FLAGS], 1);
	put(frame, value[FIELD_WINDOW], 2);
	put(frame, 0, 2);
	put(frame, value[FIELD_URGENT], 2);
	put_options(frame, value[FIELD_DATA_OFFSET]);
}

/* How many bytes of data make the length that is asked for, if one is. */
static size_t
data_of(const struct packet *packet)
{
	const uint64_t *value = packet->value;
	uint64_t header = packet->protocol == TCP
	                      ? value[FIELD_DATA_OFFSET] * WORD
	                      : UDP_HEADER;

	if (value[FIELD_UDP_LENGTH] != 0)
		return (size_t)(value[FIELD_UDP_LENGTH] - UDP_HEADER);
	if (value[FIELD_LENGTH] == 0)
		return 4;
	if (packet->family == 4)
		header += value[FIELD_IHL] * WORD;
	return (size_t)(value[FIELD_LENGTH] - header);
}

static void
send_packet(const struct packet *packet)
{
	const uint64_t *value = packet->value;
	size_t data = data_of(packet), payload = data + UDP_HEADER;
	struct frame frame = { 0 };
	struct mac mac;

	if (packet->protocol == TCP)
		payload = data + value[FIELD_DATA_OFFSET] * WORD;
	assert_true(mac_parse(gateway_mac("lan1"), &mac));
	for (size_t i = 0; i < sizeof(mac.byte); i++)
		put(&frame, mac.byte[i], 1);
	put(&frame, value[FIELD_ETH_SOURCE], 6);
	put(&frame, packet->family == 4 ? ETH_P_IP : ETH_P_IPV6, 2);
	if (packet->family == 4)
		put_ip4(&frame, packet, payload);
	else
		put_ip6(&frame, packet, payload);
	if (packet->protocol == TCP) {
		put_tcp(&frame, value);
	} else {
		put(&frame, PORTS, 4);
		put(&frame, payload << 16, 4);
	}
	frame.len += data;
	forge_bytes(HOST_PLAIN, "c0", frame.byte, frame.len);
}

static struct packet
packet_of(unsigned int family, uint8_t protocol, const uint64_t *value)
{
	struct packet packet = { .family = family,
		.protocol = protocol,
		.from = family == 4 ? PLAIN_ADDR : PLAIN_ADDR6,
		.to = family == 4 ? GATEWAY_LAN1 : GATEWAY6 };

	memcpy(packet.value, value, sizeof(packet.value));
	return packet;
}

/* ---- what the kernel makes of it ------------------------------------------
 */

static char *
list_policy(void)
{
	return gateway_nft("--numeric", "list", "chain", "inet", "mudd pf_3");
}

/* How many packets the policy's rules have counted. */
static unsigned long
counted(void)
{
	static const char packets[] = "counter packets ";
	char *listed = list_policy();
	unsigned long n = 0;

	for (const char *at = listed; (at = strstr(at, packets)) != NULL;) {
		at += strlen(packets);
		n += strtoul(at, NULL, 10);
	}
	free(listed);
	return n;
}

/* The same, once so many came: a packet that was sent may still wait for the
 * kernel to look at it.  What comes besides gets a little time too. */
static unsigned long
settled(unsigned long least)
{
	const struct timespec nap = { 0, 5000000 };

	for (int i = 0; i < 200 && counted() < least; i++)
		(void)nanosleep(&nap, NULL);
	(void)nanosleep(&nap, NULL);
	return counted();
}

/* There is a rule of lead_all. */
static bool is_led;

static struct world *
begin(void **state)
{
	is_led = false;
	return world_begin(state);
}

/* What comes in by lan1 passes policy 3 first of all; but not what a host says
 * of itself in IPv6 (MLD, router solicitations). */
static void
lead_all(struct world *world)
{
	world->is_unwatched = is_led = true;
	free(gateway_nft("insert rule inet mudd guard iifname lan1 meta "
			 "l4proto { tcp, udp } jump pf_3",
	    NULL, NULL, NULL, NULL));
}

/* The look takes that rule away, and finds nothing else. */
static void
play_rule(struct world *world, const struct rule *rule)
{
	script_rules(&world->script, POLICY, rule, 1);
	world_play(world, 0);
	if (is_led) {
		struct damage damage = world_look(world);

		assert_int_equal(damage.chains, 1);
		assert_int_equal(
		    damage.tables + damage.sets + damage.elements, 0);
		lead_all(world);
	}
}

static bool
is_name(void *arg, uint32_t set)
{
	(void)arg;
	(void)set;
	return false;
}

/* A chain of nfttext's lines, listed, is the enforcer's. */
static void
check_text(const struct rule *rule)
{
	char text[NFTTEXT_RULE], line[NFTTEXT_RULE + 64], *save = NULL;
	char *ours, *read;

	(void)nfttext_rule(rule, POLICY, is_name, NULL, text);
	free(gateway_nft("add chain inet mudd pf_0", NULL, NULL, NULL, NULL));
	free(gateway_nft("flush chain inet mudd pf_0", NULL, NULL, NULL, NULL));
	for (char *at = strtok_r(text, "\n", &save); at != NULL;
	     at = strtok_r(NULL, "\n", &save)) {
		char *verdict = strstr(at, "return");

		assert_non_null(verdict);
		*verdict = '\0';
		(void)snprintf(line, sizeof(line),
		    "add rule inet mudd pf_0 %s counter return", at);
		free(gateway_nft(line, NULL, NULL, NULL, NULL));
	}
	free(gateway_nft(
	    "add rule inet mudd pf_0 goto drop_from", NULL, NULL, NULL, NULL));
	ours = gateway_nft(
	    "--numeric", "--stateless", "list", "chain", "inet mudd pf_3");
	read = gateway_nft(
	    "--numeric", "--stateless", "list", "chain", "inet mudd pf_0");
	memcpy(strstr(read, "pf_0"), "pf_3", 4);
	assert_string_equal(ours, read);
	free(ours);
	free(read);
	free(
	    gateway_nft("delete chain inet mudd pf_0", NULL, NULL, NULL, NULL));
}

static struct field
made(enum field_id id, uint64_t value)
{
	struct field field;

	assert_true(field_of(id, value, &field));
	return field;
}

/* ---- the fields ------------------------------------------------------------
 */

static const struct {
	enum field_id id;
	unsigned int families; /* 4, 6, or 46 */
	uint8_t protocol;
	bool says_protocol; /* the rule */
	uint64_t is;
	uint64_t others[3];
} cases[] = {
	{ FIELD_DSCP, 46, UDP, false, 46, { 45, 0, 62 } },
	{ FIELD_DSCP, 46, TCP, false, 0, { 1, 32, 63 } },
	{ FIELD_ECN, 46, UDP, false, 1, { 0, 2, 3 } },
	{ FIELD_LENGTH, 46, UDP, false, 100, { 99, 101, 200 } },
	{ FIELD_LENGTH, 46, TCP, true, 100, { 99, 101, 200 } },
	{ FIELD_IHL, 4, UDP, false, 6, { 5, 7, 15 } },
	{ FIELD_IP_FLAGS, 4, UDP, false, 2, { 0, 4, 6 } },
	{ FIELD_IP_FLAGS, 4, UDP, false, 0, { 2, 4, 6 } },
	{ FIELD_IP_FLAGS, 4, UDP, false, 6, { 0, 2, 4 } },
	{ FIELD_OFFSET, 4, UDP, false, 0, { 0 } },
	{ FIELD_IDENTIFICATION, 4, UDP, false, 0x1234, { 0x1235, 0x3412, 0 } },
	{ FIELD_FLOW_LABEL, 6, UDP, false, 0x12345,
	    { 0x12344, 0x2345, 0x92345 } },
	{ FIELD_SEQUENCE, 46, TCP, true, 0x01020304,
	    { 0x01020305, 0x04030201, 0 } },
	{ FIELD_ACKNOWLEDGEMENT, 46, TCP, true, 0x80000001,
	    { 1, 0x80000000, 0x01000080 } },
	{ FIELD_DATA_OFFSET, 46, TCP, true, 6, { 5, 7, 15 } },
	{ FIELD_RESERVED, 46, TCP, true, 1, { 0, 2, 9 } },
	/* The whole field: no flag besides. */
	{ FIELD_TCP_FLAGS, 46, TCP, true, 0x02, { 0x12, 0x03, 0xc2 } },
	{ FIELD_TCP_FLAGS, 46, TCP, true, 0x00, { 0x01, 0x02, 0x80 } },
	{ FIELD_TCP_FLAGS, 46, TCP, true, 0xff, { 0x7f, 0xfe, 0x12 } },
	{ FIELD_WINDOW, 46, TCP, true, 1024, { 1023, 1025, 4 } },
	{ FIELD_URGENT, 46, TCP, true, 3, { 0, 2, 0x300 } },
	{ FIELD_UDP_LENGTH, 46, UDP, true, 20, { 19, 21, 40 } },
};

/* Packets with this value in the field, whatever else they have. */
static void
send_both(size_t i, unsigned int family, uint64_t value)
{
	const uint64_t *const bases[] = { plain, other };

	for (size_t j = 0; j < LENGTH(bases); j++) {
		struct packet packet =
		    packet_of(family, cases[i].protocol, bases[j]);

		packet.value[cases[i].id] = value;
		send_packet(&packet);
	}
}

static void
try_case(struct world *world, size_t i, unsigned int family)
{
	struct rule rule = rule_any(CHAIN_FROM, family);
	const struct field_info *info = field_info(cases[i].id);
	unsigned long before;

	if (cases[i].says_protocol) {
		rule.protocol = cases[i].protocol;
		/* One rule for both families, where one will do. */
		if (!info->is_by_family)
			rule.family = 0;
	}
	rule.fields[0] = made(cases[i].id, cases[i].is);
	play_rule(world, &rule);
	check_text(&rule);
	/* The same rule again keeps its counter. */
	before = counted();
	send_both(i, family, cases[i].is);
	if (settled(before + 2) != before + 2)
		fail_msg("case %zu, IPv%u: no match", i, family);
	for (size_t j = 0; j < LENGTH(cases[i].others); j++)
		if (cases[i].others[j] != cases[i].is)
			send_both(i, family, cases[i].others[j]);
	if (cases[i].families != 46)
		send_both(i, family == 4 ? 6 : 4, cases[i].is);
	if (settled(before + 2) != before + 2)
		fail_msg("case %zu, IPv%u: others match", i, family);
}

static void
fields_match_their_packets(void **state)
{
	struct world *world = begin(state);

	script_rules(&world->script, POLICY, NULL, 0);
	world_play(world, 0);
	lead_all(world);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		if (cases[i].families != 6)
			try_case(world, i, 4);
		if (cases[i].families != 4)
			try_case(world, i, 6);
	}
}

/* MACs with a mask, and several fields at once. */
static void
fields_add_up(void **state)
{
	struct world *world = begin(state);
	const struct mac maker = { { 0x02, 0xbb } }, mask = { { 0xff, 0xff } },
			 ones = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
	struct packet packet = packet_of(4, UDP, plain);
	struct rule rule = rule_any(CHAIN_FROM, 4);
	struct mac lan1;

	rule.protocol = UDP;
	rule.fields[0] = made(FIELD_DSCP, 46);
	rule.fields[1] = made(FIELD_TTL, 64);
	rule.fields[2] = made(FIELD_UDP_LENGTH, 12);
	assert_true(
	    field_of_mac(FIELD_ETH_SOURCE, &maker, &mask, &rule.fields[3]));
	assert_true(mac_parse(gateway_mac("lan1"), &lan1));
	assert_true(
	    field_of_mac(FIELD_ETH_DESTINATION, &lan1, &ones, &rule.fields[4]));
	play_rule(world, &rule);
	check_text(&rule);
	lead_all(world);
	send_packet(&packet);
	packet.value[FIELD_ETH_SOURCE] = 0x02bb99999999;
	send_packet(&packet);
	assert_int_equal(settled(2), 2);
	packet.value[FIELD_ETH_SOURCE] = 0x02ba00000003;
	send_packet(&packet);
	packet = packet_of(4, UDP, plain);
	packet.value[FIELD_DSCP] = 0;
	send_packet(&packet);
	packet = packet_of(4, UDP, plain);
	packet.value[FIELD_UDP_LENGTH] = 13;
	send_packet(&packet);
	packet = packet_of(4, TCP, plain);
	send_packet(&packet);
	assert_int_equal(settled(2), 2);
	rule.fields[4] = (struct field){ 0 };
	rule.fields[3] = (struct field){ 0 };
	assert_true(field_of_mac(
	    FIELD_ETH_DESTINATION, &maker, &ones, &rule.fields[3]));
	play_rule(world, &rule);
	packet = packet_of(4, UDP, plain);
	send_packet(&packet);
	assert_int_equal(settled(0), 0);
}

/* As much as one rule can ask for, in both its forms. */
static void
the_largest_rule_is_taken(void **state)
{
	struct world *world = begin(state);
	const struct mac maker = { { 0x02, 0xbb } }, mask = { { 0xff, 0xff } };
	struct rule rule = rule_any(CHAIN_FROM, 6);

	rule.protocol = TCP;
	rule.opener = OPENER_ORIGINAL;
	rule.n_peers = ACE_PEERS;
	for (size_t i = 0; i < ACE_PEERS; i++)
		rule.peers[i].kind = RULE_SET_LOCAL;
	assert_true(prefix_parse("2001:db8::/29", &rule.from));
	assert_true(prefix_parse("2001:db8::/31", &rule.to));
	rule.source = rule.destination = (struct ports){ 1, 9, 1, 0 };
	rule.fields[0] = made(FIELD_DSCP, 46);
	rule.fields[1] = made(FIELD_ECN, 1);
	rule.fields[2] = made(FIELD_TTL, 64);
	rule.fields[3] = made(FIELD_FLOW_LABEL, 1);
	rule.fields[4] = made(FIELD_DATA_OFFSET, 6);
	assert_true(
	    field_of_mac(FIELD_ETH_SOURCE, &maker, &mask, &rule.fields[5]));
	play_rule(world, &rule);
	check_text(&rule);
}

/* What libmud/field.h says of fragments: they come as one datagram. */
static void
fragments_are_whole(void **state)
{
	static const char mine[] =
	    "insert rule inet mudd guard ip frag-off & 0x3fff != 0 counter";
	struct world *world = begin(state);
	struct packet first = packet_of(4, UDP, plain), second;
	struct rule rule = rule_any(CHAIN_FROM, 4);
	char *listed;

	rule.fields[0] = made(FIELD_LENGTH, 20 + 24 + 24);
	rule.fields[1] = made(FIELD_IP_FLAGS, 0);
	rule.fields[2] = made(FIELD_OFFSET, 0);
	play_rule(world, &rule);
	lead_all(world);
	free(gateway_nft(mine, NULL, NULL, NULL, NULL));
	first.value[FIELD_IP_FLAGS] = 1;
	first.value[FIELD_LENGTH] = 20 + 24;
	second = first;
	second.value[FIELD_IP_FLAGS] = 0;
	second.value[FIELD_OFFSET] = 24 / 8;
	send_packet(&first);
	assert_int_equal(settled(0), 0);
	send_packet(&second);
	assert_int_equal(settled(1), 1);
	listed = gateway_nft("list", "chain", "inet", "mudd", "guard");
	holds(listed, "counter packets 0 bytes 0\n");
	free(listed);
}

/* ---- hops -------------------------------------------------------------------
 */

static void
set_hops(int fd, int hops)
{
	assert_int_equal(
	    setsockopt(fd, IPPROTO_IP, IP_TTL, &hops, sizeof(hops)), 0);
}

/* So many hops are what the Thing sends, routed or not, or what it gets. */
static void
hops_are_those_of_the_thing(void **state)
{
	struct world *world = begin(state);
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5000);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4000);
	int gateway = gateway_udp(HOST_GATEWAY, GATEWAY_ADDR, 4000);
	struct rule rule = rule_any(CHAIN_FROM, 4);

	rule.fields[0] = made(FIELD_TTL, 64);
	play_rule(world, &rule);
	check_text(&rule);
	script_thing(&world->script, OP_ADD, THING_MAC, POLICY);
	world_play(world, 0);
	for (int hops = 63; hops <= 65; hops++) {
		unsigned int n = hops == 64 ? 3 : 0;

		set_hops(thing, hops);
		assert_int_equal(
		    gateway_pass(thing, SERVER_ADDR, 4000, server, 3), n);
		assert_int_equal(
		    gateway_pass(thing, GATEWAY_ADDR, 4000, gateway, 3), n);
	}
	rule.chain = CHAIN_TO;
	play_rule(world, &rule);
	for (int hops = 64; hops <= 66; hops++) {
		set_hops(server, hops);
		assert_int_equal(
		    gateway_pass(server, THING_ADDR, 5000, thing, 3),
		    hops == 65 ? 3 : 0);
	}
	(void)close(thing), (void)close(server), (void)close(gateway);
}

static void
write_one(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "1", 1), 1);
	(void)close(fd);
}

/* The enforcer keeps IPv6 of managed Things out, so a stranger's is led into
 * the chain where the gateway forwards, and where it ends there. */
static void
hop_limits_are_too(void **state)
{
	struct world *world = begin(state);
	struct rule rule = rule_any(CHAIN_FROM, 6);
	struct packet packet = packet_of(6, UDP, other);

	write_one("/proc/sys/net/ipv6/conf/all/forwarding");
	rule.fields[0] = made(FIELD_TTL, 64);
	play_rule(world, &rule);
	check_text(&rule);
	packet.from = "fd78::99";
	for (int onward = 0; onward < 2; onward++) {
		char line[128];

		(void)snprintf(line, sizeof(line),
		    "insert rule inet mudd %s ip6 saddr fd78::99 jump pf_3",
		    onward == 1 ? "forward" : "input");
		free(gateway_nft(line, NULL, NULL, NULL, NULL));
		packet.to = onward == 1 ? BEYOND6 : GATEWAY6;
		for (unsigned int hops = 63; hops <= 65; hops++) {
			packet.value[FIELD_TTL] = hops;
			send_packet(&packet);
		}
		assert_int_equal(settled(1ul + (unsigned int)onward),
		    1ul + (unsigned int)onward);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_match_their_packets),
		cmocka_unit_test(fields_add_up),
		cmocka_unit_test(the_largest_rule_is_taken),
		cmocka_unit_test(fragments_are_whole),
		cmocka_unit_test(hops_are_those_of_the_thing),
		cmocka_unit_test(hop_limits_are_too),
	};

	return cmocka_run_group_tests(tests, world_make, world_end);
}
