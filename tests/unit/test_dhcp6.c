/* DHCPv6 messages: what each is read as, or why it is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "watch/dhcp6.h"

#define RAW(s) s, sizeof(s) - 1

/* Options as bytes: code, length, value. The numbers are octal: hex would run
 * into the text. */
#define CLIENT         "\0\1\0\3\0\3\7"
#define SERVER         "\0\2\0\3\0\3\10"
#define BOTH           CLIENT SERVER
#define URL            "\0\160\0\20https://a.test/t"
#define RAPID          "\0\16\0\0"
#define FAILED(status) "\0\15\0\2\0" status
/* An hour each; the address is 2001:db8::50. */
#define WHOSE    "\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\120"
#define HOUR     "\0\0\16\20"
#define TIMES    HOUR HOUR
#define ADDRESS  "\0\5\0\30" WHOSE TIMES
#define IA_NA(n) "\0\3\0" n "\0\0\0\1\0\0\0\0\0\0\0\0"
#define IA_TA(n) "\0\4\0" n "\0\0\0\1"
#define NA       IA_NA("\50") ADDRESS
#define TA       IA_TA("\40") ADDRESS
#define PD       "\0\31\0\14\0\0\0\1\0\0\0\0\0\0\0\0"

/* How a message reads, in short: the parts that differ from nothing. */
static void
describe(const struct dhcp6 *message, char text[512])
{
	char addr[ADDR_TEXT], mac[MAC_TEXT];
	int n = snprintf(text, 512, "%s%s%s",
	    message->is_answer ? "answer" : "question",
	    message->is_rapid ? " rapid" : "",
	    message->is_flagged ? " flagged" : "");

	if (message->status != 0)
		n += snprintf(
		    text + n, 512 - (size_t)n, " status %u", message->status);
	if (message->inner_status != 0)
		n += snprintf(text + n, 512 - (size_t)n, " inner %u",
		    message->inner_status);
	for (size_t i = 0; i < message->n_addresses; i++)
		n += snprintf(text + n, 512 - (size_t)n, " %s/%u",
		    addr_text(&message->addresses[i].addr, addr),
		    message->addresses[i].valid_sec);
	if (message->n_relays != 0)
		n += snprintf(text + n, 512 - (size_t)n, " relays %zu of %s",
		    message->n_relays, addr_text(&message->peer, addr));
	if (message->has_mac)
		n += snprintf(text + n, 512 - (size_t)n, " mac %s",
		    mac_text(&message->mac, mac));
	if (message->hostname[0] != '\0')
		n += snprintf(
		    text + n, 512 - (size_t)n, " name %s", message->hostname);
	if (message->url[0] != '\0')
		n += snprintf(text + n, 512 - (size_t)n, " %s", message->url);
	if (message->url_why.code != FAULT_NONE)
		(void)snprintf(text + n, 512 - (size_t)n, " no url: %s",
		    message->url_why.clause);
}

/* text: how it reads, or NULL: refused, with this code. */
static void
check(const char *name, const uint8_t *raw, size_t len, const char *text,
    enum fault_code code)
{
	struct dhcp6 message, untouched;
	struct fault why = { 0 };
	char got[512];

	memset(&untouched, 0xa5, sizeof(untouched));
	message = untouched;
	if (!dhcp6_parse((struct bytes){ raw, len }, &message, &why)) {
		if (text != NULL || why.code != code)
			fail_msg("%s: %s: %s", name, why.clause, why.detail);
		assert_true(fault_is_sound(&why));
		assert_memory_equal(&message, &untouched, sizeof(message));
		return;
	}
	if (text == NULL)
		fail_msg("%s: is not refused", name);
	describe(&message, got);
	if (strcmp(got, text) != 0)
		fail_msg("%s: %s", name, got);
	assert_int_equal(message.xid, 0x010203);
}

static const struct {
	const char *name;
	uint8_t type;
	const char *options;
	size_t len;
	const char *text;
	enum fault_code code;
} messages[] = {
	/* clang-format off */
	/* What each must have, and may not (RFC 8415 s16). */
	{ "solicit", 1, RAW(CLIENT), "question", 0 },
	{ "advertise", 2, RAW(BOTH), "answer", 0 },
	{ "request", 3, RAW(BOTH), "question", 0 },
	{ "confirm", 4, RAW(CLIENT), "question", 0 },
	{ "renew", 5, RAW(BOTH), "question", 0 },
	{ "rebind", 6, RAW(CLIENT), "question", 0 },
	{ "reply", 7, RAW(BOTH), "answer", 0 },
	{ "reply to a nameless one", 7, RAW(SERVER), "answer", 0 },
	{ "release", 8, RAW(BOTH), "question", 0 },
	{ "decline", 9, RAW(BOTH), "question", 0 },
	{ "information-request", 11, RAW(""), "question", 0 },
	{ "information-request, named", 11, RAW(BOTH), "question", 0 },
	{ "solicit, nameless", 1, RAW(""), NULL, FAULT_MALFORMED },
	{ "solicit to a server", 1, RAW(BOTH), NULL, FAULT_MALFORMED },
	{ "advertise, nameless", 2, RAW(SERVER), NULL, FAULT_MALFORMED },
	{ "advertise of nobody", 2, RAW(CLIENT), NULL, FAULT_MALFORMED },
	{ "request to nobody", 3, RAW(CLIENT), NULL, FAULT_MALFORMED },
	{ "confirm to a server", 4, RAW(BOTH), NULL, FAULT_MALFORMED },
	{ "renew to nobody", 5, RAW(CLIENT), NULL, FAULT_MALFORMED },
	{ "rebind to a server", 6, RAW(BOTH), NULL, FAULT_MALFORMED },
	{ "reply of nobody", 7, RAW(CLIENT), NULL, FAULT_MALFORMED },
	{ "release, nameless", 8, RAW(SERVER), NULL, FAULT_MALFORMED },
	{ "decline to nobody", 9, RAW(CLIENT), NULL, FAULT_MALFORMED },
	{ "information-request, IA_NA", 11, RAW(NA), NULL, FAULT_MALFORMED },
	{ "information-request, IA_PD", 11, RAW(PD), NULL, FAULT_MALFORMED },
	{ "type 0", 0, RAW(CLIENT), NULL, FAULT_UNSUPPORTED },
	{ "reconfigure", 10, RAW(BOTH), NULL, FAULT_UNSUPPORTED },
	{ "type 14", 14, RAW(BOTH), NULL, FAULT_UNSUPPORTED },
	{ "type 255", 255, RAW(BOTH), NULL, FAULT_UNSUPPORTED },
	/* Options as such. */
	{ "unknown", 1, RAW("\0\6\0\4abcd" CLIENT "\377\377\0\0"), "question", 0 },
	{ "half a code", 1, RAW(CLIENT "\0"), NULL, FAULT_MALFORMED },
	{ "no length", 1, RAW(CLIENT "\0\6"), NULL, FAULT_MALFORMED },
	{ "half a length", 1, RAW(CLIENT "\0\6\0"), NULL, FAULT_MALFORMED },
	{ "length past end", 1, RAW(CLIENT "\0\6\0\3ab"), NULL, FAULT_MALFORMED },
	{ "length 65535", 1, RAW(CLIENT "\0\6\377\377ab"), NULL, FAULT_MALFORMED },
	{ "client twice", 1, RAW(CLIENT CLIENT), NULL, FAULT_MALFORMED },
	{ "server twice", 3, RAW(BOTH SERVER), NULL, FAULT_MALFORMED },
	{ "client of 2", 1, RAW("\0\1\0\2\0\3"), NULL, FAULT_MALFORMED },
	{ "client of 0", 1, RAW("\0\1\0\0"), NULL, FAULT_MALFORMED },
	{ "server of 2", 3, RAW(CLIENT "\0\2\0\2\0\3"), NULL, FAULT_MALFORMED },
	{ "rapid", 1, RAW(CLIENT RAPID), "question rapid", 0 },
	{ "rapid twice", 1, RAW(CLIENT RAPID RAPID), NULL, FAULT_MALFORMED },
	{ "rapid of 1", 1, RAW(CLIENT "\0\16\0\1a"), NULL, FAULT_MALFORMED },
	{ "status", 7, RAW(BOTH "\0\15\0\5\0\4sea"), "answer status 4", 0 },
	{ "status of 1", 7, RAW(BOTH "\0\15\0\1\0"), NULL, FAULT_MALFORMED },
	{ "status twice", 7, RAW(BOTH FAILED("\0") FAILED("\4")), NULL,
	    FAULT_MALFORMED },
	{ "name", 1, RAW(CLIENT "\0\47\0\6\0\4lamp"), "question name lamp", 0 },
	{ "name of two labels", 1, RAW(CLIENT "\0\47\0\13\0\4la.p\3lan\0"),
	    "question name la", 0 },
	{ "name with a tab", 1, RAW(CLIENT "\0\47\0\6\0\4l\tmp"),
	    "question name lmp", 0 },
	{ "name past its option", 1, RAW(CLIENT "\0\47\0\4\0\4la"),
	    "question", 0 },
	{ "name of 0", 1, RAW(CLIENT "\0\47\0\0"), "question", 0 },
	{ "two names", 1, RAW(CLIENT "\0\47\0\3\0\1a\0\47\0\3\0\1b"),
	    "question name a", 0 },
	/* The MUD URL (M-DH-*, M-URL-*). */
	{ "url", 1, RAW(CLIENT URL), "question https://a.test/t", 0 },
	{ "url, any question", 11, RAW(URL), "question https://a.test/t", 0 },
	{ "url in front", 5, RAW(URL BOTH), "question https://a.test/t", 0 },
	{ "url twice", 1, RAW(CLIENT URL URL),
	    "question flagged no url: RFC 8520 s10.1 (M-URL-5)", 0 },
	{ "two urls", 1, RAW(CLIENT URL "\0\160\0\20https://b.test/t"),
	    "question flagged no url: RFC 8520 s10.1 (M-URL-5)", 0 },
	{ "url and an empty one", 1, RAW(CLIENT URL "\0\160\0\0"),
	    "question flagged no url: RFC 8520 s10.1 (M-URL-5)", 0 },
	{ "empty", 1, RAW(CLIENT "\0\160\0\0"),
	    "question no url: RFC 8520 s10", 0 },
	{ "reserved part", 1, RAW(CLIENT "\0\160\0\23https://a.test/t xy"),
	    "question https://a.test/t", 0 },
	{ "http", 1, RAW(CLIENT "\0\160\0\17http://a.test/t"),
	    "question no url: RFC 8520 s10", 0 },
	{ "NUL", 1, RAW(CLIENT "\0\160\0\20https://a\0test/t"),
	    "question no url: RFC 3986 s2", 0 },
	{ "newline", 1, RAW(CLIENT "\0\160\0\20https://a.test/\n"),
	    "question no url: RFC 3986 s2", 0 },
	{ "url of a server", 7, RAW(BOTH URL), "answer", 0 },
	{ "url in an IA", 1, RAW(CLIENT IA_NA("\40") URL), "question", 0 },
	/* Addresses. */
	{ "IA_NA", 7, RAW(BOTH NA), "answer 2001:db8::50/3600", 0 },
	{ "IA_TA", 7, RAW(BOTH TA), "answer 2001:db8::50/3600", 0 },
	{ "both", 7, RAW(BOTH NA TA),
	    "answer 2001:db8::50/3600 2001:db8::50/3600", 0 },
	{ "two in one", 7, RAW(BOTH IA_NA("\104") ADDRESS ADDRESS),
	    "answer 2001:db8::50/3600 2001:db8::50/3600", 0 },
	{ "IA_PD", 7, RAW(BOTH PD), "answer", 0 },
	{ "an address in an IA_PD", 7, RAW(BOTH
	    "\0\31\0\50\0\0\0\1\0\0\0\0\0\0\0\0" ADDRESS), "answer", 0 },
	{ "no address", 7, RAW(BOTH IA_NA("\14")), "answer", 0 },
	{ "an address in no IA", 7, RAW(BOTH ADDRESS), "answer", 0 },
	{ "for ever", 7, RAW(BOTH IA_NA("\50") "\0\5\0\30" WHOSE
	    "\377\377\377\377\377\377\377\377"),
	    "answer 2001:db8::50/4294967295", 0 },
	{ "taken away", 7, RAW(BOTH IA_NA("\50") "\0\5\0\30" WHOSE
	    "\0\0\0\0\0\0\0\0"), "answer 2001:db8::50/0", 0 },
	{ "preferred past valid", 7, RAW(BOTH IA_NA("\50") "\0\5\0\30" WHOSE
	    HOUR "\0\0\16\17"), "answer", 0 },
	{ "T1 past T2", 7, RAW(BOTH "\0\3\0\50\0\0\0\1\0\0\0\2\0\0\0\1" ADDRESS),
	    "answer", 0 },
	{ "T1 without T2", 7, RAW(BOTH "\0\3\0\50\0\0\0\1\0\0\0\2\0\0\0\0"
	    ADDRESS), "answer 2001:db8::50/3600", 0 },
	{ "T1 past T2, of a client", 5, RAW(BOTH
	    "\0\3\0\50\0\0\0\1\0\0\0\2\0\0\0\1" ADDRESS),
	    "question 2001:db8::50/3600", 0 },
	{ "none to have", 7, RAW(BOTH IA_NA("\22") FAILED("\2")),
	    "answer inner 2", 0 },
	{ "no binding", 7, RAW(BOTH IA_NA("\22") FAILED("\3")),
	    "answer inner 3", 0 },
	{ "one of two bound", 7, RAW(BOTH NA IA_NA("\22") FAILED("\3")),
	    "answer inner 3 2001:db8::50/3600", 0 },
	{ "failed, with an address", 7, RAW(BOTH IA_NA("\56") ADDRESS
	    FAILED("\4")), "answer inner 4", 0 },
	{ "failed address", 7, RAW(BOTH IA_NA("\56") "\0\5\0\36" WHOSE TIMES
	    FAILED("\4")), "answer inner 4", 0 },
	{ "address that is fine", 7, RAW(BOTH IA_NA("\56") "\0\5\0\36" WHOSE
	    TIMES FAILED("\0")), "answer 2001:db8::50/3600", 0 },
	{ "wish for ::", 1, RAW(CLIENT IA_NA("\50")
	    "\0\5\0\30\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" TIMES),
	    "question", 0 },
	{ "lends ::", 7, RAW(BOTH IA_NA("\50")
	    "\0\5\0\30\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" TIMES), NULL,
	    FAULT_MALFORMED },
	{ "lends ff02::1", 7, RAW(BOTH IA_NA("\50")
	    "\0\5\0\30\377\2\0\0\0\0\0\0\0\0\0\0\0\0\0\1" TIMES), NULL,
	    FAULT_MALFORMED },
	{ "IA_NA of 11", 7, RAW(BOTH "\0\3\0\13\0\0\0\1\0\0\0\0\0\0\0"), NULL,
	    FAULT_MALFORMED },
	{ "IA_TA of 3", 7, RAW(BOTH "\0\4\0\3\0\0\0"), NULL, FAULT_MALFORMED },
	{ "address of 23", 7, RAW(BOTH IA_NA("\47") "\0\5\0\27" WHOSE
	    HOUR "\0\0\16"), NULL, FAULT_MALFORMED },
	{ "address past its IA", 7, RAW(BOTH IA_NA("\47") ADDRESS), NULL,
	    FAULT_MALFORMED },
	{ "half an option in an IA", 7, RAW(BOTH IA_NA("\17") "\0\5\0"), NULL,
	    FAULT_MALFORMED },
	{ "half an option in an address", 7, RAW(BOTH IA_NA("\52")
	    "\0\5\0\32" WHOSE TIMES "\0\15"), NULL, FAULT_MALFORMED },
	{ "status of 1 in an IA", 7, RAW(BOTH IA_NA("\21") "\0\15\0\1\0"), NULL,
	    FAULT_MALFORMED },
	{ "status twice in an IA", 7, RAW(BOTH IA_NA("\30") FAILED("\0")
	    FAILED("\0")), NULL, FAULT_MALFORMED },
	{ "status twice in an address", 7, RAW(BOTH IA_NA("\64") "\0\5\0\44"
	    WHOSE TIMES FAILED("\0") FAILED("\0")), NULL, FAULT_MALFORMED },
	/* clang-format on */
};

static void
reads_messages(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		uint8_t raw[512] = { messages[i].type, 1, 2, 3 };

		memcpy(raw + 4, messages[i].options, messages[i].len);
		check(messages[i].name, raw, 4 + messages[i].len,
		    messages[i].text, messages[i].code);
	}
}

/* A string of 0, of 255 and of 256 bytes (S-4, M-URL-4). */
static void
measures_urls(void **state)
{
	static const struct {
		size_t len;
		bool counts;
	} lengths[] = { { 254, true }, { 255, true }, { 256, false },
		{ 1000, false } };
	uint8_t raw[1200] = { 11, 1, 2, 3, 0, 112 };

	(void)state;
	memset(raw + 8, 'x', sizeof(raw) - 8);
	memcpy(raw + 8, RAW("https://a.test/"));
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct dhcp6 message;
		struct fault why;

		raw[6] = (uint8_t)(lengths[i].len >> 8);
		raw[7] = (uint8_t)lengths[i].len;
		assert_true(dhcp6_parse(
		    (struct bytes){ raw, 8 + lengths[i].len }, &message, &why));
		if ((message.url[0] != '\0') != lengths[i].counts)
			fail_msg("%zu bytes", lengths[i].len);
		if (!lengths[i].counts)
			assert_int_equal(message.url_why.code, FAULT_TOO_LONG);
	}
}

/* S-48: so many addresses, and no more; nothing of it is used then. */
static void
bounds_addresses(void **state)
{
	static const char ia[] = TA;

	(void)state;
	for (size_t n = LIMIT_ADDRESSES6; n <= LIMIT_ADDRESSES6 + 1; n++) {
		uint8_t raw[1200] = { 8, 1, 2, 3 };
		size_t len = 4 + sizeof(BOTH) - 1;
		struct dhcp6 message;
		struct fault why;
		bool ok;

		memcpy(raw + 4, RAW(BOTH));
		for (size_t i = 0; i < n; i++, len += sizeof(ia) - 1)
			memcpy(raw + len, ia, sizeof(ia) - 1);
		ok = dhcp6_parse((struct bytes){ raw, len }, &message, &why);
		assert_int_equal(ok, n == LIMIT_ADDRESSES6);
		if (!ok)
			assert_int_equal(why.code, FAULT_TOO_MANY);
		else
			assert_int_equal(message.n_addresses, n);
	}
}

/* ---- envelopes --------------------------------------------------------- */

#define MAC_OPTION "\0\117\0\10\0\1\2\0\0\0\1\1"

struct packet {
	uint8_t raw[2000];
	size_t len;
};

/* Around what is there; fe80::n is the peer. */
static void
wrap(struct packet *packet, uint8_t type, uint8_t n, const char *options,
    size_t options_len)
{
	struct packet inner = *packet;
	uint8_t *to = packet->raw;

	memset(packet, 0, sizeof(*packet));
	to[0] = type;
	to[18] = 0xfe;
	to[19] = 0x80;
	to[33] = n;
	memcpy(to + 34, options, options_len);
	to += 34 + options_len;
	to[1] = 9;
	to[2] = (uint8_t)(inner.len >> 8);
	to[3] = (uint8_t)inner.len;
	memcpy(to + 4, inner.raw, inner.len);
	packet->len = 38 + options_len + inner.len;
}

static void
plain(struct packet *packet, uint8_t type, const char *options, size_t len)
{
	memset(packet, 0, sizeof(*packet));
	memcpy(packet->raw + 1, "\1\2\3", 3);
	packet->raw[0] = type;
	memcpy(packet->raw + 4, options, len);
	packet->len = 4 + len;
}

static const struct {
	const char *name;
	size_t n; /* envelopes */
	uint8_t envelope, type;
	const char *options; /* of each envelope */
	size_t len;
	const char *text;
	enum fault_code code;
} relayed[] = {
	/* clang-format off */
	{ "one", 1, 12, 1, RAW(""), "question relays 1 of fe80::1", 0 },
	{ "one, with the MAC", 1, 12, 1, RAW(MAC_OPTION),
	    "question relays 1 of fe80::1 mac 02:00:00:00:01:01", 0 },
	{ "an answer", 1, 13, 7, RAW(""), "answer relays 1 of fe80::1", 0 },
	{ "eight", 8, 12, 1, RAW(MAC_OPTION),
	    "question relays 8 of fe80::1 mac 02:00:00:00:01:01", 0 },
	{ "nine", 9, 12, 1, RAW(""), NULL, FAULT_TOO_MANY },
	{ "twenty", 20, 12, 1, RAW(""), NULL, FAULT_TOO_MANY },
	{ "an answer on its way up", 1, 12, 7, RAW(""), NULL, FAULT_MALFORMED },
	{ "a question on its way down", 2, 13, 1, RAW(""), NULL,
	    FAULT_MALFORMED },
	{ "another hardware", 1, 12, 1, RAW("\0\117\0\12\0\40\2\0\0\0\1\1\0\0"),
	    "question relays 1 of fe80::1", 0 },
	{ "a MAC of 5", 1, 12, 1, RAW("\0\117\0\7\0\1\2\0\0\0\1"), NULL,
	    FAULT_MALFORMED },
	{ "a MAC of 0", 1, 12, 1, RAW("\0\117\0\0"),
	    "question relays 1 of fe80::1", 0 },
	{ "two MACs", 1, 12, 1, RAW(MAC_OPTION MAC_OPTION), NULL,
	    FAULT_MALFORMED },
	{ "two messages", 1, 12, 1, RAW("\0\11\0\4\1\1\2\3"), NULL,
	    FAULT_MALFORMED },
	{ "interface id", 1, 12, 1, RAW("\0\22\0\2if"),
	    "question relays 1 of fe80::1", 0 },
	{ "an option that is cut", 1, 12, 1, RAW("\0\22\377\377if"), NULL,
	    FAULT_MALFORMED },
	/* clang-format on */
};

static void
opens_envelopes(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(relayed) / sizeof(relayed[0]); i++) {
		struct packet packet;

		if (relayed[i].type == 1)
			plain(&packet, 1, RAW(CLIENT));
		else
			plain(&packet, relayed[i].type, RAW(BOTH));
		for (size_t k = 0; k < relayed[i].n; k++)
			wrap(&packet, relayed[i].envelope, (uint8_t)(k + 1),
			    relayed[i].options, relayed[i].len);
		check(relayed[i].name, packet.raw, packet.len, relayed[i].text,
		    relayed[i].code);
	}
}

/* The innermost relay heard the client; what an outer one says is of that
 * relay. */
static void
believes_the_innermost(void **state)
{
	struct packet packet;

	(void)state;
	plain(&packet, 1, RAW(CLIENT URL));
	wrap(&packet, 12, 1, RAW(""));
	wrap(&packet, 12, 2, RAW(MAC_OPTION));
	check("outer MAC", packet.raw, packet.len,
	    "question relays 2 of fe80::1 https://a.test/t", 0);
	/* Down and up at once. */
	plain(&packet, 7, RAW(BOTH));
	wrap(&packet, 13, 1, RAW(""));
	wrap(&packet, 12, 2, RAW(""));
	check("a reply in a forward", packet.raw, packet.len, NULL,
	    FAULT_MALFORMED);
	/* No message, and one of no bytes. */
	packet.len = 34;
	check("empty envelope", packet.raw, packet.len, NULL, FAULT_MALFORMED);
	packet.len = 0;
	wrap(&packet, 12, 1, RAW(""));
	check("nothing in it", packet.raw, packet.len, NULL, FAULT_UNSUPPORTED);
}

static void
refuses_every_cut(void **state)
{
	struct packet packet;

	(void)state;
	plain(&packet, 7, RAW(BOTH NA));
	wrap(&packet, 13, 1, RAW(""));
	wrap(&packet, 13, 2, RAW(MAC_OPTION));
	for (size_t len = 0; len < packet.len; len++)
		check("cut", packet.raw, len, NULL,
		    len == 0 ? FAULT_UNSUPPORTED : FAULT_MALFORMED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_messages),
		cmocka_unit_test(measures_urls),
		cmocka_unit_test(bounds_addresses),
		cmocka_unit_test(opens_envelopes),
		cmocka_unit_test(believes_the_innermost),
		cmocka_unit_test(refuses_every_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
