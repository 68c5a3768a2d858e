/* NFLOG messages: recorded ones, and what hostile packets in them may be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/netfilter/nfnetlink_log.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/nflog_recorded.h"
#include "watch/nflog.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define MESSAGE       1024
#define FOUND         160

#define INET4   2
#define INET6   10
#define BRIDGE  7
#define NETDEV  5
#define FORWARD 2
#define EGRESS  1

/* In a block of exactly its size, so that a sanitizer sees a step too far. */
static uint8_t *
from_hex(const char *hex, size_t *len)
{
	uint8_t *data;

	*len = strlen(hex) / 2;
	data = malloc(*len == 0 ? 1 : *len);
	assert_non_null(data);
	for (size_t i = 0; i < *len; i++) {
		unsigned int byte;

		assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
		data[i] = (uint8_t)byte;
	}
	return data;
}

static const char *
drop_text(const struct record_drop *drop, char text[FOUND])
{
	static const char *const kinds[DROP_KINDS] = { "from", "to", "spoof",
		"port", "arp", "type", "twice" };
	static const char *const numbers[DROP_NUMBERS] = { "", " port", " type",
		" ethertype" };
	char mac[MAC_TEXT], own[ADDR_TEXT] = "-", peer[ADDR_TEXT] = "-";
	int used;

	if (drop->own.family != 0)
		(void)addr_text(&drop->own, own);
	if (drop->peer.family != 0)
		(void)addr_text(&drop->peer, peer);
	assert_int_equal(drop->count, 1);
	assert_true(drop->zero == 0 && drop->zero2[0] == 0);
	used = snprintf(text, FOUND, "%s %s %s %s %u%s", kinds[drop->kind],
	    mac_text(&drop->mac, mac), own, peer, drop->protocol,
	    numbers[drop->has_number]);
	if (drop->has_number != DROP_NO_NUMBER)
		(void)snprintf(
		    text + used, FOUND - (size_t)used, " %u", drop->number);
	return text;
}

static void
says_what_was_recorded(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(recorded); i++) {
		char text[FOUND] = "nothing";
		struct record_drop drop;
		struct cursor at;
		size_t len;
		uint8_t *data = from_hex(recorded[i].hex, &len);

		at = cursor_over((struct bytes){ data, len });
		if (nflog_next(&at, &drop) == NFLOG_DROP)
			(void)drop_text(&drop, text);
		if (strcmp(text, recorded[i].found) != 0)
			fail_msg("%s: %s", recorded[i].name, text);
		assert_int_equal(nflog_next(&at, &drop), NFLOG_END);
		free(data);
	}
}

/* A message cut anywhere is passed over, or what is there is told. */
static void
takes_no_byte_that_is_not_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(recorded); i++) {
		size_t len;
		uint8_t *data = from_hex(recorded[i].hex, &len);

		for (size_t cut = 0; cut < len; cut++) {
			uint8_t *part = malloc(cut == 0 ? 1 : cut);
			struct record_drop drop;
			struct cursor at;

			assert_non_null(part);
			memcpy(part, data, cut);
			at = cursor_over((struct bytes){ part, cut });
			assert_int_equal(nflog_next(&at, &drop), NFLOG_END);
			free(part);
		}
		free(data);
	}
}

/* ---- made messages ------------------------------------------------------ */

struct message {
	uint8_t data[MESSAGE];
	size_t len;
};

static void
put_attr(struct message *message, uint16_t type, const void *value, size_t len)
{
	const uint16_t head[2] = { (uint16_t)(4 + len), type };

	memcpy(message->data + message->len, head, sizeof(head));
	memcpy(message->data + message->len + sizeof(head), value, len);
	message->len += (sizeof(head) + len + 3) & ~(size_t)3;
}

static void
put_hex(struct message *message, uint16_t type, const char *hex)
{
	size_t len;
	uint8_t *value = from_hex(hex, &len);

	put_attr(message, type, value, len);
	free(value);
}

struct packet {
	const char *name;
	const char *prefix;
	uint8_t family, hook;
	uint16_t ethertype;
	const char *header;  /* NFULA_HWHEADER, or NULL */
	const char *link;    /* NFULA_L2HDR, or NULL */
	const char *payload; /* or NULL */
	const char *found;
};

static void
message_make(const struct packet *packet, struct message *message)
{
	const uint8_t about[4] = { (uint8_t)(packet->ethertype >> 8),
		(uint8_t)packet->ethertype, packet->hook, 0 };
	uint32_t len;

	memset(message, 0, sizeof(*message));
	message->data[4] = 0; /* NFULNL_MSG_PACKET */
	message->data[5] = 4; /* NFNL_SUBSYS_ULOG */
	message->data[16] = packet->family;
	message->len = 20;
	put_attr(message, NFULA_PACKET_HDR, about, sizeof(about));
	put_attr(
	    message, NFULA_PREFIX, packet->prefix, strlen(packet->prefix) + 1);
	if (packet->header != NULL)
		put_hex(message, NFULA_HWHEADER, packet->header);
	if (packet->link != NULL)
		put_hex(message, NFULA_L2HDR, packet->link);
	if (packet->payload != NULL)
		put_hex(message, NFULA_PAYLOAD, packet->payload);
	len = (uint32_t)message->len;
	memcpy(message->data, &len, sizeof(len));
}

#define MACS4  "02005e0053fe02005e0053020800"
#define MACS6  "02005e0053fe02005e00530286dd"
#define THING  "02:00:5e:00:53:02"
#define NOBODY "00:00:00:00:00:00"
#define IP4    "0a0000010a000002"
#define IP6    "fd770000000000000000000000000012fd880000000000000000000000000014"

/* The tag stands aside, and the frame is its payload's. */
static void
tells_tags(void **state)
{
	static const struct packet tagged = { "tagged", "mud:ethertype ",
		BRIDGE, 0, 0x0800, NULL, MACS4,
		"4500001c0000400040110000" IP4 "00090035", NULL };
	struct message message;
	struct record_drop drop;
	struct cursor at;
	char text[FOUND];
	uint32_t len;

	(void)state;
	message_make(&tagged, &message);
	put_hex(&message, NFULA_VLAN,
	    "0600010088a80000"
	    "0600020000070000");
	len = (uint32_t)message.len;
	memcpy(message.data, &len, sizeof(len));
	at = cursor_over((struct bytes){ message.data, message.len });
	assert_int_equal(nflog_next(&at, &drop), NFLOG_DROP);
	assert_string_equal(drop_text(&drop, text),
	    "type " THING " 10.0.0.1 10.0.0.2 0 ethertype 34984");
}

/* clang-format off */
static const struct packet packets[] = {
	{ "another's log", "mud:what ", INET4, FORWARD, 0x0800, MACS4, NULL,
	    "4500001c0000400040110000" IP4 "00090035", "nothing" },
	{ "a prefix that goes on", "mud:from on", INET4, FORWARD, 0x0800,
	    MACS4, NULL, NULL, "nothing" },
	{ "no packet", "mud:from ", INET4, FORWARD, 0x0800, MACS4, NULL, NULL,
	    "from " THING " - - 0" },
	{ "no frame", "mud:from ", INET4, FORWARD, 0x0800, NULL, NULL,
	    "4500001c0000400040110000" IP4 "00090035",
	    "from " NOBODY " 10.0.0.1 10.0.0.2 17 port 53" },
	{ "half a frame", "mud:from ", INET4, FORWARD, 0x0800,
	    "02005e0053fe02005e00", NULL, NULL, "from " NOBODY " - - 0" },
	{ "ICMP", "mud:to ", INET4, FORWARD, 0x0800, MACS4, NULL,
	    "4500001c0000400040010000" IP4 "0800",
	    "to " NOBODY " 10.0.0.2 10.0.0.1 1 type 8" },
	{ "ICMPv6", "mud:to ", INET6, FORWARD, 0x86dd, MACS6, NULL,
	    "6000000000083a40" IP6 "8700",
	    "to " NOBODY " fd88::14 fd77::12 58 type 135" },
	{ "another protocol", "mud:from ", INET4, FORWARD, 0x0800, MACS4, NULL,
	    "4500001c00004000402f0000" IP4 "00090035",
	    "from " THING " 10.0.0.1 10.0.0.2 47" },
	{ "options", "mud:from ", INET4, FORWARD, 0x0800, MACS4, NULL,
	    "4600001c0000400040060000" IP4 "0101010100090035",
	    "from " THING " 10.0.0.1 10.0.0.2 6 port 53" },
	{ "ports cut off", "mud:from ", INET4, FORWARD, 0x0800, MACS4, NULL,
	    "4500001c0000400040060000" IP4 "000900",
	    "from " THING " 10.0.0.1 10.0.0.2 6" },
	{ "a later fragment", "mud:from ", INET4, FORWARD, 0x0800, MACS4, NULL,
	    "4500001c0000000140110000" IP4 "00090035",
	    "from " THING " 10.0.0.1 10.0.0.2 17" },
	{ "a first fragment", "mud:from ", INET4, FORWARD, 0x0800, MACS4, NULL,
	    "4500001c0000200040110000" IP4 "00090035",
	    "from " THING " 10.0.0.1 10.0.0.2 17 port 53" },
	{ "a header too short", "mud:from ", INET4, FORWARD, 0x0800, MACS4,
	    NULL, "4400001c0000400040110000" IP4 "00090035",
	    "from " THING " - - 0" },
	{ "another version", "mud:from ", INET4, FORWARD, 0x0800, MACS4, NULL,
	    "6500001c0000400040110000" IP4 "00090035",
	    "from " THING " - - 0" },
	{ "cut in the header", "mud:from ", INET4, FORWARD, 0x0800, MACS4,
	    NULL, "4500001c0000400040110000" "0a0000010a0000",
	    "from " THING " - - 0" },
	{ "extensions", "mud:from ", INET6, FORWARD, 0x86dd, MACS6, NULL,
	    "6000000000180040" IP6 "2c00010400000000" "3c00000100000001"
	    "1101000000000000" "0000000000000000" "00090035",
	    "from " THING " fd77::12 fd88::14 17 port 53" },
	{ "a later fragment, IPv6", "mud:from ", INET6, FORWARD, 0x86dd,
	    MACS6, NULL, "6000000000182c40" IP6 "1100000800000001" "00090035",
	    "from " THING " fd77::12 fd88::14 17" },
	{ "extensions past the end", "mud:from ", INET6, FORWARD, 0x86dd,
	    MACS6, NULL, "6000000000180040" IP6 "11ff010400000000",
	    "from " THING " fd77::12 fd88::14 0" },
	{ "too many extensions", "mud:from ", INET6, FORWARD, 0x86dd, MACS6,
	    NULL, "6000000000180040" IP6
	    "0000000000000000" "0000000000000000" "0000000000000000"
	    "0000000000000000" "0000000000000000" "0000000000000000"
	    "0000000000000000" "0000000000000000" "1100000000000000"
	    "00090035", "from " THING " fd77::12 fd88::14 0" },
	{ "IPv6 cut", "mud:from ", INET6, FORWARD, 0x86dd, MACS6, NULL,
	    "6000000000081140" "fd770000000000000000000000000012fd88",
	    "from " THING " - - 0" },
	{ "another EtherType", "mud:spoof ", BRIDGE, 0, 0x88cc,
	    "02005e0053fe02005e00530288cc", NULL, "0207", "spoof " THING
	    " - - 0" },
	{ "ARP cut", "mud:spoof ", BRIDGE, 0, 0x0806, NULL,
	    "ffffffffffff02005e0053020806",
	    "000108000604000202005e005302c0a84d01",
	    "spoof " THING " - - 0" },
	{ "on two ports", "mud:twice ", BRIDGE, 0, 0x0800, NULL, MACS4,
	    "4500001c0000400040110000" IP4 "00090035",
	    "twice " THING " 10.0.0.1 10.0.0.2 17 port 53" },
	{ "on another's port", "mud:port ", BRIDGE, 0, 0x0800, NULL, MACS4,
	    "4500001c0000400040110000" IP4 "00090035",
	    "port " THING " 10.0.0.1 10.0.0.2 17 port 53" },
	{ "ARP that lies, by netdev", "mud:arp ", NETDEV, 0, 0x0806, NULL,
	    "ffffffffffff02005e0053020806",
	    "000108000604000202005e005302c0a84d01" "000000000000c0a84d02",
	    "arp " THING " 192.168.77.1 192.168.77.2 0" },
	{ "a kind of frame", "mud:ethertype ", BRIDGE, 0, 0x88cc, NULL,
	    "02005e0053fe02005e00530288cc", "0207",
	    "type " THING " - - 0 ethertype 35020" },
	{ "into a port, by netdev", "mud:to ", NETDEV, 0, 0x0800, NULL, MACS4,
	    "4500001c0000400040110000" IP4 "00090035",
	    "to 02:00:5e:00:53:fe 10.0.0.2 10.0.0.1 17 port 53" },
	{ "out by netdev", "mud:to ", NETDEV, EGRESS, 0x0800, NULL, MACS4,
	    MACS4 "4500001c0000400040110000" IP4 "00090035",
	    "to 02:00:5e:00:53:fe 10.0.0.2 10.0.0.1 17 port 53" },
	{ "out by netdev, cut", "mud:to ", NETDEV, EGRESS, 0x0800, NULL, MACS4,
	    "02005e0053fe", "to 02:00:5e:00:53:fe - - 0" },
};
/* clang-format on */

static void
says_what_is_in_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(packets); i++) {
		char text[FOUND] = "nothing";
		struct message message;
		struct record_drop drop;
		struct cursor at;

		message_make(&packets[i], &message);
		at = cursor_over((struct bytes){ message.data, message.len });
		if (nflog_next(&at, &drop) == NFLOG_DROP)
			(void)drop_text(&drop, text);
		if (strcmp(text, packets[i].found) != 0)
			fail_msg("%s: %s", packets[i].name, text);
	}
}

/* What is not ours, or broken, does not hide what follows it; a message
 * whose length lies ends the datagram. */
static void
goes_on_with_the_next(void **state)
{
	struct message first, second;
	uint8_t data[2 * MESSAGE];
	struct record_drop drop;
	struct cursor at;

	(void)state;
	message_make(&packets[0], &first);
	message_make(&packets[3], &second);
	memcpy(data, first.data, first.len);
	memcpy(data + first.len, second.data, second.len);
	at = cursor_over((struct bytes){ data, first.len + second.len });
	assert_int_equal(nflog_next(&at, &drop), NFLOG_OTHER);
	assert_int_equal(nflog_next(&at, &drop), NFLOG_DROP);
	assert_int_equal(nflog_next(&at, &drop), NFLOG_END);
	data[4] = 3; /* of another type */
	memcpy(data + first.len, first.data, 4);
	at = cursor_over((struct bytes){ data, first.len + 4 });
	assert_int_equal(nflog_next(&at, &drop), NFLOG_OTHER);
	assert_int_equal(nflog_next(&at, &drop), NFLOG_END);
	for (uint8_t len = 0; len < 16; len++) {
		memset(data, 0, 4);
		data[0] = len;
		at = cursor_over((struct bytes){ data, first.len });
		assert_int_equal(nflog_next(&at, &drop), NFLOG_END);
	}
	/* An attribute whose length lies. */
	second.data[20] = 3;
	at = cursor_over((struct bytes){ second.data, second.len });
	assert_int_equal(nflog_next(&at, &drop), NFLOG_OTHER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_tags),
		cmocka_unit_test(says_what_was_recorded),
		cmocka_unit_test(takes_no_byte_that_is_not_there),
		cmocka_unit_test(says_what_is_in_it),
		cmocka_unit_test(goes_on_with_the_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
