/* DHCPv4 messages: a good one, and what may be wrong with it, one line each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "watch/dhcp4.h"

#define FIXED_PART 236 /* up to the magic cookie */
#define SNAME      44
#define FILE_AT    108
#define COOKIE     236
#define OPTIONS    240

/* Options as bytes. The lengths are octal: hex would run into the text. */
#define END      "\377"
#define DISCOVER "\65\1\1"
#define REQUEST  "\65\1\3"
#define ACK      "\65\1\5"
#define URL      "\241\20https://a.test/t"
#define RAW(s)   s, sizeof(s) - 1

struct packet {
	uint8_t raw[2000];
	size_t len;
};

static void
put(struct packet *packet, const void *raw, size_t len)
{
	memcpy(packet->raw + packet->len, raw, len);
	packet->len += len;
}

static void
begin(struct packet *packet, uint8_t op)
{
	static const uint8_t head[] = { 0, 1, 6, 0, 1, 2, 3, 4, 0, 9, 0x80, 0,
		192, 0, 2, 1, 192, 0, 2, 2, 192, 0, 2, 3, 192, 0, 2, 4, 2, 0,
		0x5e, 0, 0x53, 1 };
	static const uint8_t cookie[] = { 0x63, 0x82, 0x53, 0x63 };

	memset(packet, 0, sizeof(*packet));
	memcpy(packet->raw, head, sizeof(head));
	packet->raw[0] = op;
	packet->len = FIXED_PART;
	put(packet, cookie, sizeof(cookie));
}

static bool
parse(const struct packet *packet, struct dhcp4 *message, struct fault *why)
{
	*why = (struct fault){ 0 };
	return dhcp4_parse(
	    (struct bytes){ packet->raw, packet->len }, message, why);
}

/* What the message as a whole is worth. patch: one byte that differs,
 * none at 0. */
static const struct {
	const char *name;
	const char *options;
	size_t len;
	enum fault_code code; /* FAULT_NONE: accepted */
	uint8_t op;
	uint8_t patch_at, patch;
} messages[] = {
	/* clang-format off */
	{ "discover", RAW(DISCOVER END), FAULT_NONE, 1, 0, 0 },
	{ "request", RAW(REQUEST END), FAULT_NONE, 1, 0, 0 },
	{ "decline", RAW("\65\1\4" END), FAULT_NONE, 1, 0, 0 },
	{ "release", RAW("\65\1\7" END), FAULT_NONE, 1, 0, 0 },
	{ "inform", RAW("\65\1\10" END), FAULT_NONE, 1, 0, 0 },
	{ "offer", RAW("\65\1\2" END), FAULT_NONE, 2, 0, 0 },
	{ "ack", RAW(ACK END), FAULT_NONE, 2, 0, 0 },
	{ "nak", RAW("\65\1\6" END), FAULT_NONE, 2, 0, 0 },
	{ "ack from a client", RAW(ACK END), FAULT_MALFORMED, 1, 0, 0 },
	{ "offer from a client", RAW("\65\1\2" END), FAULT_MALFORMED, 1, 0, 0 },
	{ "nak from a client", RAW("\65\1\6" END), FAULT_MALFORMED, 1, 0, 0 },
	{ "request of a server", RAW(REQUEST END), FAULT_MALFORMED, 2, 0, 0 },
	{ "release of a server", RAW("\65\1\7" END), FAULT_MALFORMED, 2, 0, 0 },
	{ "op 0", RAW(DISCOVER END), FAULT_MALFORMED, 0, 0, 0 },
	{ "op 3", RAW(DISCOVER END), FAULT_MALFORMED, 3, 0, 0 },
	{ "type 0", RAW("\65\1\0" END), FAULT_UNSUPPORTED, 1, 0, 0 },
	{ "type 9", RAW("\65\1\11" END), FAULT_UNSUPPORTED, 1, 0, 0 },
	{ "no type: BOOTP", RAW(END), FAULT_UNSUPPORTED, 1, 0, 0 },
	{ "type of 2 bytes", RAW("\65\2\1\1" END), FAULT_MALFORMED, 1, 0, 0 },
	{ "type of 0 bytes", RAW("\65\0" END), FAULT_MALFORMED, 1, 0, 0 },
	{ "type twice", RAW(DISCOVER DISCOVER END), FAULT_MALFORMED, 1, 0, 0 },
	{ "htype 6", RAW(DISCOVER END), FAULT_UNSUPPORTED, 1, 1, 6 },
	{ "hlen 16", RAW(DISCOVER END), FAULT_UNSUPPORTED, 1, 2, 16 },
	{ "hlen 0", RAW(DISCOVER END), FAULT_UNSUPPORTED, 1, 2, 0 },
	{ "cookie, 1st", RAW(DISCOVER END), FAULT_MALFORMED, 1, 236, 1 },
	{ "cookie, 4th", RAW(DISCOVER END), FAULT_MALFORMED, 1, 239, 1 },
	{ "pads", RAW("\0" DISCOVER "\0\0\0" END "\0\0"), FAULT_NONE, 1, 0, 0 },
	{ "rubbish past end", RAW(DISCOVER END "\65\377"), FAULT_NONE, 1, 0, 0 },
	{ "no end", RAW(DISCOVER), FAULT_MALFORMED, 1, 0, 0 },
	{ "no end, pads", RAW(DISCOVER "\0\0\0"), FAULT_MALFORMED, 1, 0, 0 },
	{ "no options", RAW(""), FAULT_MALFORMED, 1, 0, 0 },
	{ "code alone", RAW(DISCOVER "\14"), FAULT_MALFORMED, 1, 0, 0 },
	{ "length past end", RAW(DISCOVER "\14\4abc"), FAULT_MALFORMED, 1, 0, 0 },
	{ "length 255", RAW(DISCOVER "\14\377a" END), FAULT_MALFORMED, 1, 0, 0 },
	{ "unknown", RAW("\340\3abc" DISCOVER "\341\0" END), FAULT_NONE, 1, 0, 0 },
	{ "lease of 3", RAW(ACK "\63\3\0\0\1" END), FAULT_MALFORMED, 2, 0, 0 },
	{ "lease of 5", RAW(ACK "\63\5\0\0\0\1\1" END), FAULT_MALFORMED, 2, 0, 0 },
	{ "lease twice", RAW(ACK "\63\4\0\0\0\1\63\4\0\0\0\2" END),
	    FAULT_MALFORMED, 2, 0, 0 },
	{ "server of 5", RAW(ACK "\66\5abcde" END), FAULT_MALFORMED, 2, 0, 0 },
	{ "requested of 8", RAW(REQUEST "\62\10abcdefgh" END),
	    FAULT_MALFORMED, 1, 0, 0 },
	{ "rapid commit", RAW(DISCOVER "\120\0" END), FAULT_NONE, 1, 0, 0 },
	{ "rapid of 1", RAW(DISCOVER "\120\1a" END), FAULT_MALFORMED, 1, 0, 0 },
	{ "overload 0", RAW(DISCOVER "\64\1\0" END), FAULT_MALFORMED, 1, 0, 0 },
	{ "overload 4", RAW(DISCOVER "\64\1\4" END), FAULT_MALFORMED, 1, 0, 0 },
	{ "overload of 2", RAW(DISCOVER "\64\2\1\1" END),
	    FAULT_MALFORMED, 1, 0, 0 },
	{ "overload, no end there", RAW(DISCOVER "\64\1\1" END),
	    FAULT_MALFORMED, 1, 0, 0 },
	/* clang-format on */
};

static void
judges_messages(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		struct dhcp4 message, untouched;
		struct packet packet;
		struct fault why;
		bool ok;

		memset(&untouched, 0xa5, sizeof(untouched));
		message = untouched;
		begin(&packet, messages[i].op);
		put(&packet, messages[i].options, messages[i].len);
		if (messages[i].patch_at != 0)
			packet.raw[messages[i].patch_at] = messages[i].patch;
		ok = parse(&packet, &message, &why);
		if (ok != (messages[i].code == FAULT_NONE) ||
		    why.code != messages[i].code)
			fail_msg("%s: %d %s", messages[i].name, why.code,
			    why.detail);
		if (!ok)
			assert_memory_equal(
			    &message, &untouched, sizeof(message));
	}
}

/* What becomes of option 161 in a DISCOVER that is good otherwise. */
static const struct {
	const char *name;
	const char *options;
	size_t len;
	const char *url; /* "" : none */
	enum fault_code code;
	bool is_flagged;
} urls[] = {
	/* clang-format off */
	{ "none", RAW(DISCOVER END), "", FAULT_NONE, false },
	{ "alone", RAW(DISCOVER URL END), "https://a.test/t", FAULT_NONE, false },
	{ "before the type", RAW(URL DISCOVER END), "https://a.test/t",
	    FAULT_NONE, false },
	{ "reserved", RAW(DISCOVER "\241\24https://a.test/t x y" END),
	    "https://a.test/t", FAULT_NONE, false },
	{ "reserved, any octet", RAW(DISCOVER "\241\24https://a.test/t \0\377\n"
	    END), "https://a.test/t", FAULT_NONE, false },
	{ "space at the end", RAW(DISCOVER "\241\21https://a.test/t " END),
	    "https://a.test/t", FAULT_NONE, false },
	{ "capitals", RAW(DISCOVER "\241\20HTTPS://A.test/T" END),
	    "https://a.test/T", FAULT_NONE, false },
	{ "query", RAW(DISCOVER "\241\24https://a.test/t?x=1" END),
	    "https://a.test/t?x=1", FAULT_NONE, false },
	{ "empty", RAW(DISCOVER "\241\0" END), "", FAULT_MALFORMED, false },
	{ "http", RAW(DISCOVER "\241\17http://a.test/t" END), "",
	    FAULT_NOT_HTTPS, false },
	{ "NUL at the end", RAW(DISCOVER "\241\21https://a.test/t\0" END), "",
	    FAULT_MALFORMED, false },
	{ "control byte", RAW(DISCOVER "\241\20https://a.test/\t" END), "",
	    FAULT_MALFORMED, false },
	{ "not ASCII", RAW(DISCOVER "\241\20https://a.test/\344" END), "",
	    FAULT_MALFORMED, false },
	{ "userinfo", RAW(DISCOVER "\241\22https://u@a.test/t" END), "",
	    FAULT_URL_FORBIDDEN, false },
	{ "fragment", RAW(DISCOVER "\241\22https://a.test/t#f" END), "",
	    FAULT_URL_FORBIDDEN, false },
	{ "an address", RAW(DISCOVER "\241\23https://192.0.2.1/t" END), "",
	    FAULT_URL_FORBIDDEN, false },
	{ "leading space", RAW(DISCOVER "\241\21 https://a.test/t" END), "",
	    FAULT_NOT_HTTPS, false },
	{ "two", RAW(DISCOVER URL "\241\20https://b.test/t" END), "",
	    FAULT_URL_CONFLICT, true },
	{ "the same twice", RAW(DISCOVER URL URL END), "",
	    FAULT_URL_CONFLICT, true },
	{ "cut in two", RAW(DISCOVER "\241\12https://a." "\241\6test/t" END),
	    "", FAULT_URL_CONFLICT, true },
	{ "one and an empty one", RAW(DISCOVER URL "\241\0" END), "",
	    FAULT_URL_CONFLICT, true },
	{ "an empty one and one", RAW(DISCOVER "\241\0" URL END), "",
	    FAULT_URL_CONFLICT, true },
	/* clang-format on */
};

static void
reads_urls(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct dhcp4 message;
		struct packet packet;
		struct fault why;

		begin(&packet, 1);
		put(&packet, urls[i].options, urls[i].len);
		if (!parse(&packet, &message, &why))
			fail_msg("%s: %s", urls[i].name, why.detail);
		if (strcmp(message.url, urls[i].url) != 0 ||
		    message.url_why.code != urls[i].code ||
		    message.is_flagged != urls[i].is_flagged)
			fail_msg("%s: \"%s\", %s: %s", urls[i].name,
			    message.url, message.url_why.clause,
			    message.url_why.detail);
	}
}

/* Instances of so many octets, 0xffff for none; the text is an https URL. */
static const struct {
	const char *name;
	uint16_t length[3];
	enum fault_code code;
	bool is_flagged;
} instances[] = {
	{ "255", { 255, 0xffff, 0xffff }, FAULT_NONE, false },
	{ "254", { 254, 0xffff, 0xffff }, FAULT_NONE, false },
	{ "255 and 0 joined", { 255, 0, 0xffff }, FAULT_NONE, false },
	{ "255 and 1 joined", { 255, 1, 0xffff }, FAULT_TOO_LONG, false },
	{ "255 and 255", { 255, 255, 0xffff }, FAULT_TOO_LONG, false },
	{ "255, 255 and 9", { 255, 255, 9 }, FAULT_TOO_LONG, false },
	{ "254 and 1", { 254, 1, 0xffff }, FAULT_URL_CONFLICT, true },
	{ "255, 9 and 9", { 255, 9, 9 }, FAULT_URL_CONFLICT, true },
	{ "9 and 255", { 9, 255, 0xffff }, FAULT_URL_CONFLICT, true },
};

/* RFC 3396 */
static void
joins_long_options(void **state)
{
	uint8_t text[800];

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text, "https://a.test/", 15);
	for (size_t i = 0; i < sizeof(instances) / sizeof(instances[0]); i++) {
		struct dhcp4 message;
		struct packet packet;
		struct fault why;
		size_t at = 0;

		begin(&packet, 1);
		put(&packet, RAW(DISCOVER));
		for (size_t k = 0; k < 3; k++) {
			const uint16_t length = instances[i].length[k];
			const uint8_t head[] = { 161, (uint8_t)length };

			if (length == 0xffff)
				continue;
			put(&packet, head, sizeof(head));
			put(&packet, text + at, length);
			at += length;
		}
		put(&packet, RAW(END));
		assert_true(parse(&packet, &message, &why));
		if (message.url_why.code != instances[i].code ||
		    message.is_flagged != instances[i].is_flagged)
			fail_msg("%s: %s", instances[i].name,
			    message.url_why.detail);
		if (instances[i].code == FAULT_TOO_LONG)
			assert_string_equal(
			    message.url_why.clause, "RFC 8520 s10 (M-URL-4)");
		assert_int_equal(strlen(message.url),
		    instances[i].code == FAULT_NONE ? at : 0);
	}
}

static const struct {
	const char *name;
	const char *options;
	size_t len;
	const char *hostname;
} hostnames[] = {
	{ "plain", RAW(DISCOVER "\14\5Lamp1" END), "Lamp1" },
	{ "a name with domains", RAW(DISCOVER "\14\12lamp-1.lan" END),
	    "lamp-1" },
	{ "control bytes", RAW(DISCOVER "\14\6la\33[m\n" END), "lam" },
	{ "NUL", RAW(DISCOVER "\14\5la\0mp" END), "la" },
	{ "nothing left", RAW(DISCOVER "\14\3\1\2\3" END), "" },
	{ "empty", RAW(DISCOVER "\14\0" END), "" },
	{ "two: the first", RAW(DISCOVER "\14\1a\14\1b" END), "a" },
	{ "64 bytes",
	    RAW(DISCOVER "\14\100abcdefghijklmnopqrstuvwxyz012345abcdefghij"
			 "klmnopqrstuvwxyz012345" END),
	    "abcdefghijklmnopqrstuvwxyz012345abcdefghijklmnopqrstuvwxyz01234" },
};

static void
reduces_hostnames(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(hostnames) / sizeof(hostnames[0]); i++) {
		struct dhcp4 message;
		struct packet packet;
		struct fault why;

		begin(&packet, 1);
		put(&packet, hostnames[i].options, hostnames[i].len);
		assert_true(parse(&packet, &message, &why));
		if (strcmp(message.hostname, hostnames[i].hostname) != 0)
			fail_msg("%s: %s", hostnames[i].name, message.hostname);
	}
}

static void
reads_the_fields(void **state)
{
	const struct mac mac = { { 2, 0, 0x5e, 0, 0x53, 1 } };
	struct dhcp4 message;
	struct packet packet;
	struct fault why;
	char text[ADDR_TEXT];

	(void)state;
	begin(&packet, 2);
	put(&packet,
	    RAW(ACK "\63\4\1\2\3\4\66\4\300\0\2\11\62\4\300\0\2\12" URL END));
	assert_true(parse(&packet, &message, &why));
	assert_int_equal(message.op, DHCP4_BOOTREPLY);
	assert_int_equal(message.type, DHCP4_ACK);
	assert_int_equal(message.xid, 0x01020304);
	assert_true(message.is_broadcast);
	assert_true(message.has_lease);
	assert_int_equal(message.lease_sec, 0x01020304);
	assert_true(mac_equal(&message.chaddr, &mac));
	assert_string_equal(addr_text(&message.ciaddr, text), "192.0.2.1");
	assert_string_equal(addr_text(&message.yiaddr, text), "192.0.2.2");
	assert_string_equal(addr_text(&message.giaddr, text), "192.0.2.4");
	assert_string_equal(addr_text(&message.server, text), "192.0.2.9");
	assert_string_equal(addr_text(&message.requested, text), "192.0.2.10");
	/* Only a client announces a MUD URL. */
	assert_string_equal(message.url, "");

	begin(&packet, 1);
	memset(packet.raw + 10, 0, 18);
	put(&packet, RAW(DISCOVER "\120\0" END));
	assert_true(parse(&packet, &message, &why));
	assert_false(message.is_broadcast);
	assert_false(message.has_lease);
	assert_true(message.is_rapid);
	assert_int_equal(message.ciaddr.family, 0);
	assert_int_equal(message.yiaddr.family, 0);
	assert_int_equal(message.giaddr.family, 0);
	assert_int_equal(message.server.family, 0);
}

/* Options in file and sname, as option 52 says (S-4). */
static const struct {
	const char *name;
	char overload;
	const char *file;
	size_t file_len;
	const char *sname;
	size_t sname_len;
	bool ok;
	const char *url;
	bool is_flagged;
} overloads[] = {
	/* clang-format off */
	{ "file", 1, RAW(URL END), RAW(""), true, "https://a.test/t", false },
	{ "sname", 2, RAW(""), RAW(URL END), true, "https://a.test/t", false },
	{ "both", 3, RAW("\14\1a" END), RAW(URL END), true, "https://a.test/t",
	    false },
	{ "one in each", 3, RAW(URL END), RAW(URL END), true, "", true },
	{ "file is not said", 2, RAW(URL END), RAW(END), true, "", false },
	{ "sname is not said", 1, RAW(END), RAW(URL END), true, "", false },
	{ "both, sname without end", 3, RAW(URL END), RAW(URL), false, "", false },
	{ "file cut", 1, RAW("\241\377https://a.test/t"), RAW(""), false, "",
	    false },
	{ "overload again", 1, RAW("\64\1\3" END), RAW(END), false, "", false },
	/* clang-format on */
};

static void
walks_overloaded_areas(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(overloads) / sizeof(overloads[0]); i++) {
		struct dhcp4 message;
		struct packet packet;
		struct fault why;
		bool ok;

		begin(&packet, 1);
		memcpy(packet.raw + FILE_AT, overloads[i].file,
		    overloads[i].file_len);
		memcpy(packet.raw + SNAME, overloads[i].sname,
		    overloads[i].sname_len);
		put(&packet, RAW(DISCOVER "\64\1"));
		put(&packet, &overloads[i].overload, 1);
		put(&packet, RAW(END));
		ok = parse(&packet, &message, &why);
		if (ok != overloads[i].ok)
			fail_msg("%s: %s", overloads[i].name, why.detail);
		if (!ok)
			continue;
		if (strcmp(message.url, overloads[i].url) != 0 ||
		    message.is_flagged != overloads[i].is_flagged)
			fail_msg("%s: \"%s\"", overloads[i].name, message.url);
	}
}

/* An overload inside the area it opens must not open the other one. */
static void
overload_stays_where_it_is(void **state)
{
	struct dhcp4 message;
	struct packet packet;
	struct fault why;

	(void)state;
	begin(&packet, 1);
	memcpy(packet.raw + FILE_AT, END, 1);
	memcpy(packet.raw + SNAME, URL END, sizeof(URL));
	put(&packet, RAW(DISCOVER END "\64\1\2"));
	assert_true(parse(&packet, &message, &why));
	assert_string_equal(message.url, "");
}

static void
refuses_every_cut(void **state)
{
	struct packet packet;
	size_t whole;

	(void)state;
	begin(&packet, 1);
	put(&packet, RAW(DISCOVER "\14\4lamp\62\4abcd" URL END));
	whole = packet.len;
	for (packet.len = 0; packet.len < whole; packet.len++) {
		struct dhcp4 message;
		struct fault why;

		if (parse(&packet, &message, &why))
			fail_msg("accepted %zu bytes", packet.len);
		assert_int_equal(why.code, FAULT_MALFORMED);
	}
	assert_true(parse(&packet, &(struct dhcp4){ 0 }, &(struct fault){ 0 }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_messages),
		cmocka_unit_test(reads_urls),
		cmocka_unit_test(joins_long_options),
		cmocka_unit_test(reduces_hostnames),
		cmocka_unit_test(reads_the_fields),
		cmocka_unit_test(walks_overloaded_areas),
		cmocka_unit_test(overload_stays_where_it_is),
		cmocka_unit_test(refuses_every_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
