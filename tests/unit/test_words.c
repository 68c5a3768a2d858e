/* words: ACEs as lines that a person reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/mem.h"
#include "libmud/words.h"

enum { CLOUD, CLASS, DNS, NTP, MAKER, MODEL };

static struct policy_text texts[] = {
	[CLOUD] = { "cloud.example.com" },
	[CLASS] = { "https://hub.example.com/class" },
	[DNS] = { "urn:ietf:params:mud:dns" },
	[NTP] = { "urn:ietf:params:mud:ntp" },
	[MAKER] = { "maker.example" },
	[MODEL] = { "https://maker.example/hub" },
};

/* One ACE, as the cases below write it; 0 as a port: any. */
struct wish {
	enum direction direction;
	int kind, text; /* of its peer; -1: none */
	int protocol;
	uint16_t own, peer;
	enum initiated initiated;
	enum forwarding forwarding;
	const char *from, *to; /* prefixes */
	int families;
	bool unknown;
	int icmp_type;
	struct {
		enum field_id id;
		uint64_t value;
	} fields[2];
};

static struct ports
port(uint16_t number)
{
	if (number == 0)
		return (struct ports){ .high = UINT16_MAX };
	return (struct ports){ .low = number, .high = number };
}

static struct ace
ace_of(const struct wish *wish)
{
	bool is_from = wish->direction == FROM_DEVICE;
	struct ace ace = {
		.name = "first",
		.direction = (uint8_t)wish->direction,
		.forwarding = (uint8_t)wish->forwarding,
		.families =
		    (uint8_t)(wish->families == 0 ? FAMILY_4 : wish->families),
		.initiated = (uint8_t)wish->initiated,
		.understood = !wish->unknown,
		.protocol =
		    (int16_t)(wish->protocol == 0 ? -1 : wish->protocol),
		.icmp_type =
		    (int16_t)(wish->icmp_type == 0 ? -1 : wish->icmp_type),
		.icmp_code = -1,
		.source = port(is_from ? wish->own : wish->peer),
		.destination = port(is_from ? wish->peer : wish->own),
	};

	if (wish->kind >= 0) {
		ace.n_peers = 1;
		ace.peers[0].kind = (uint8_t)wish->kind;
		ace.peers[0].text =
		    wish->text < 0 ? PEER_NO_TEXT : (uint16_t)wish->text;
	}
	for (size_t i = 0; i < sizeof(wish->fields) / sizeof(wish->fields[0]);
	     i++)
		if (wish->fields[i].id != FIELD_NONE)
			assert_true(field_of(wish->fields[i].id,
			    wish->fields[i].value, &ace.fields[i]));
	if (wish->from != NULL)
		assert_true(prefix_parse(wish->from, &ace.from));
	if (wish->to != NULL)
		assert_true(prefix_parse(wish->to, &ace.to));
	return ace;
}

static struct words_line *
lines_of(const struct wish *wishes, size_t n_wishes, size_t *n)
{
	struct ace aces[4];
	struct policy policy = {
		.n_texts = sizeof(texts) / sizeof(texts[0]),
		.n_aces = n_wishes,
		.texts = texts,
		.aces = aces,
	};
	struct fault why;

	assert_true(n_wishes <= sizeof(aces) / sizeof(aces[0]));
	for (size_t i = 0; i < n_wishes; i++) {
		aces[i] = ace_of(&wishes[i]);
		if (!ace_is_sound(&aces[i], policy.n_texts, &why))
			fail_msg("no sound ACE: %s", why.detail);
	}
	return words_of(&policy, n);
}

#define CONNECT INITIATED_FROM_DEVICE
#define CALLED  INITIATED_TO_DEVICE
#define ACCEPT  .forwarding = FORWARD_ACCEPT
#define DROP    .forwarding = FORWARD_DROP

/* clang-format off */
static const struct {
	struct wish wish;
	unsigned int warnings;
	const char *text;
} singles[] = {
	{ { FROM_DEVICE, PEER_DNSNAME, CLOUD, 6, 0, 443, CONNECT, ACCEPT }, 0,
	    "may connect to cloud.example.com, TCP port 443" },
	{ { TO_DEVICE, PEER_DNSNAME, CLOUD, 6, 0, 443, CONNECT, ACCEPT }, 0,
	    "may receive, in connections of its own, from cloud.example.com, "
	    "TCP port 443" },
	{ { TO_DEVICE, PEER_LOCAL_NETWORKS, -1, 6, 80, 0, CALLED, ACCEPT },
	    WORDS_LOCAL_NETWORKS,
	    "may be connected to by the local network, TCP port 80" },
	{ { FROM_DEVICE, PEER_LOCAL_NETWORKS, -1, 6, 80, 0, CALLED, ACCEPT },
	    WORDS_LOCAL_NETWORKS,
	    "may answer connections from the local network, TCP port 80" },
	{ { FROM_DEVICE, PEER_DNSNAME, CLOUD, 17, 0, 53, 0, ACCEPT }, 0,
	    "may send to cloud.example.com, UDP port 53" },
	{ { FROM_DEVICE, PEER_DNSNAME, CLOUD, 17, 68, 67, 0, ACCEPT }, 0,
	    "may send to cloud.example.com, UDP port 67, its own port 68" },
	{ { TO_DEVICE, PEER_MY_CONTROLLER, -1, 17, 5683, 0, 0, ACCEPT }, 0,
	    "may receive from its own controllers, UDP port 5683" },
	{ { TO_DEVICE, PEER_MY_CONTROLLER, -1, 17, 0, 53, 0, ACCEPT }, 0,
	    "may receive from its own controllers, UDP, their port 53" },
	{ { FROM_DEVICE, PEER_CONTROLLER, CLASS, 17, 0, 0, 0, ACCEPT }, 0,
	    "may send to controllers of class https://hub.example.com/class, "
	    "UDP" },
	{ { FROM_DEVICE, PEER_CONTROLLER, DNS, 17, 0, 53, 0, ACCEPT }, 0,
	    "may send to this network's DNS servers, UDP port 53" },
	{ { FROM_DEVICE, PEER_CONTROLLER, NTP, 17, 0, 123, 0, ACCEPT }, 0,
	    "may send to this network's NTP servers, UDP port 123" },
	{ { FROM_DEVICE, PEER_MANUFACTURER, MAKER, 17, 0, 0, 0, ACCEPT }, 0,
	    "may send to devices made by maker.example, UDP" },
	{ { FROM_DEVICE, PEER_SAME_MANUFACTURER, -1, 47, 0, 0, 0, ACCEPT }, 0,
	    "may send to devices of its own manufacturer, protocol 47" },
	{ { FROM_DEVICE, PEER_MODEL, MODEL, 1, 0, 0, 0, ACCEPT, .icmp_type = 8 }, 0,
	    "may send to devices of the model https://maker.example/hub, "
	    "ICMP type 8" },
	{ { FROM_DEVICE, -1, -1, 6, 0, 443, 0, ACCEPT }, WORDS_ANY_PEER,
	    "may send to any host, TCP port 443" },
	{ { FROM_DEVICE, -1, -1, 0, 0, 0, 0, ACCEPT },
	    WORDS_ANY_PEER | WORDS_ANYTHING,
	    "may send to any host, any protocol" },
	{ { FROM_DEVICE, -1, -1, 6, 0, 25, 0, DROP }, 0,
	    "must not send to any host, TCP port 25" },
	{ { FROM_DEVICE, -1, -1, 6, 0, 443, 0, ACCEPT, .to = "192.0.2.0/24" },
	    WORDS_LITERAL, "may send to 192.0.2.0/24, TCP port 443" },
	{ { FROM_DEVICE, -1, -1, 6, 0, 443, 0, ACCEPT, .to = "0.0.0.0/0" },
	    WORDS_LITERAL | WORDS_ANY_PEER,
	    "may send to 0.0.0.0/0, TCP port 443" },
	{ { TO_DEVICE, -1, -1, 17, 0, 0, 0, ACCEPT, .to = "224.0.0.251/32" },
	    WORDS_LITERAL | WORDS_ANY_PEER,
	    "may receive from any host, UDP, as address 224.0.0.251/32" },
	{ { FROM_DEVICE, PEER_DNSNAME, CLOUD, 6, 0, 443, 0, 0,
	    .to = "192.0.2.0/24" }, WORDS_LITERAL,
	    "may send to cloud.example.com that is also 192.0.2.0/24, "
	    "TCP port 443" },
	{ { FROM_DEVICE, PEER_DNSNAME, CLOUD, 58, 0, 0, 0, ACCEPT, .families = FAMILY_6 }, 0,
	    "may send to cloud.example.com, ICMPv6, over IPv6" },
	{ { FROM_DEVICE, PEER_DNSNAME, CLOUD, 6, 0, 443, 0, 0,
	    .unknown = true }, WORDS_NOT_UNDERSTOOD,
	    "may send to cloud.example.com, TCP port 443 (with a condition "
	    "that is not understood)" },
	{ { FROM_DEVICE, PEER_DNSNAME, CLOUD, 6, 0, 443, 0, ACCEPT,
	    .fields = { { FIELD_TTL, 255 }, { FIELD_TCP_FLAGS, 0x12 } } }, 0,
	    "may send to cloud.example.com, TCP port 443, with TTL 255 and "
	    "TCP flags syn ack" },
	{ { FROM_DEVICE, PEER_DNSNAME, CLOUD, 6, 0, 443, 0, ACCEPT,
	    .fields = { { FIELD_IHL, 60 } } }, 0,
	    "may send to cloud.example.com, TCP port 443, with header length "
	    "60, which no packet has" },
};
/* clang-format on */

static void
says_one_ace(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(singles) / sizeof(singles[0]); i++) {
		size_t n;
		struct words_line *lines = lines_of(&singles[i].wish, 1, &n);

		assert_int_equal(n, 1);
		assert_string_equal(lines[0].text, singles[i].text);
		assert_string_equal(lines[0].ace, "first");
		if (lines[0].warnings != singles[i].warnings)
			fail_msg("%s: warnings %u", lines[0].text,
			    lines[0].warnings);
		free(lines);
	}
}

/* clang-format off */
static const struct {
	const char *name;
	struct wish wishes[2];
	const char *texts[2]; /* the second NULL: they are one line */
	enum words_way way;
} folds[] = {
	{ "two ways of what it opens",
	    { { FROM_DEVICE, PEER_DNSNAME, CLOUD, 6, 0, 443, CONNECT, ACCEPT },
	      { TO_DEVICE, PEER_DNSNAME, CLOUD, 6, 0, 443, CONNECT, ACCEPT } },
	    { "may connect to cloud.example.com, TCP port 443", NULL },
	    WORDS_BOTH },
	{ "two ways of what they open",
	    { { FROM_DEVICE, PEER_LOCAL_NETWORKS, -1, 6, 80, 0, CALLED, ACCEPT },
	      { TO_DEVICE, PEER_LOCAL_NETWORKS, -1, 6, 80, 0, CALLED, ACCEPT } },
	    { "may be connected to by the local network, TCP port 80", NULL },
	    WORDS_BOTH },
	{ "two ways of nobody's",
	    { { FROM_DEVICE, PEER_DNSNAME, CLOUD, 17, 0, 53, 0, ACCEPT },
	      { TO_DEVICE, PEER_DNSNAME, CLOUD, 17, 0, 53, 0, ACCEPT } },
	    { "may exchange with cloud.example.com, UDP port 53", NULL },
	    WORDS_BOTH },
	{ "two families",
	    { { FROM_DEVICE, PEER_DNSNAME, CLOUD, 6, 0, 443, 0, ACCEPT },
	      { FROM_DEVICE, PEER_DNSNAME, CLOUD, 6, 0, 443, 0, ACCEPT, .families = FAMILY_6 } },
	    { "may send to cloud.example.com, TCP port 443", NULL },
	    WORDS_FROM },
	{ "ports not mirrored",
	    { { FROM_DEVICE, PEER_DNSNAME, CLOUD, 17, 0, 53, 0, ACCEPT },
	      { TO_DEVICE, PEER_DNSNAME, CLOUD, 17, 53, 0, 0, ACCEPT } },
	    { "may send to cloud.example.com, UDP port 53",
	      "may receive from cloud.example.com, UDP port 53" }, WORDS_FROM },
	{ "another opener",
	    { { FROM_DEVICE, PEER_DNSNAME, CLOUD, 6, 0, 443, CONNECT, ACCEPT },
	      { TO_DEVICE, PEER_DNSNAME, CLOUD, 6, 0, 443, CALLED, ACCEPT } },
	    { "may connect to cloud.example.com, TCP port 443",
	      "may be connected to by cloud.example.com, TCP, their port 443" },
	    WORDS_FROM },
	{ "another action",
	    { { FROM_DEVICE, PEER_DNSNAME, CLOUD, 6, 0, 443, 0, ACCEPT },
	      { TO_DEVICE, PEER_DNSNAME, CLOUD, 6, 0, 443, 0, DROP } },
	    { "may send to cloud.example.com, TCP port 443",
	      "must not receive from cloud.example.com, TCP, their port 443" },
	    WORDS_FROM },
	{ "another peer",
	    { { FROM_DEVICE, PEER_CONTROLLER, DNS, 17, 0, 53, 0, ACCEPT },
	      { TO_DEVICE, PEER_CONTROLLER, NTP, 17, 0, 53, 0, ACCEPT } },
	    { "may send to this network's DNS servers, UDP port 53",
	      "may receive from this network's NTP servers, UDP, their port "
	      "53" }, WORDS_FROM },
	{ "another kind of peer",
	    { { FROM_DEVICE, PEER_MY_CONTROLLER, -1, 17, 0, 53, 0, ACCEPT },
	      { TO_DEVICE, PEER_LOCAL_NETWORKS, -1, 17, 0, 53, 0, ACCEPT } },
	    { "may send to its own controllers, UDP port 53",
	      "may receive from the local network, UDP, their port 53" },
	    WORDS_FROM },
	{ "another field",
	    { { FROM_DEVICE, PEER_DNSNAME, CLOUD, 17, 0, 53, 0, ACCEPT },
	      { FROM_DEVICE, PEER_DNSNAME, CLOUD, 17, 0, 53, 0, ACCEPT,
	        .fields = { { FIELD_TTL, 1 } } } },
	    { "may send to cloud.example.com, UDP port 53",
	      "may send to cloud.example.com, UDP port 53, with TTL 1" },
	    WORDS_FROM },
	{ "another value of a field",
	    { { FROM_DEVICE, PEER_DNSNAME, CLOUD, 17, 0, 53, 0, ACCEPT,
	        .fields = { { FIELD_TTL, 2 } } },
	      { TO_DEVICE, PEER_DNSNAME, CLOUD, 17, 0, 53, 0, ACCEPT,
	        .fields = { { FIELD_TTL, 1 } } } },
	    { "may send to cloud.example.com, UDP port 53, with TTL 2",
	      "may receive from cloud.example.com, UDP, their port 53, with "
	      "TTL 1" }, WORDS_FROM },
	{ "another prefix",
	    { { FROM_DEVICE, -1, -1, 17, 0, 53, 0, ACCEPT, .to = "192.0.2.1/32" },
	      { TO_DEVICE, -1, -1, 17, 0, 53, 0, ACCEPT, .from = "192.0.2.2/32" } },
	    { "may send to 192.0.2.1/32, UDP port 53",
	      "may receive from 192.0.2.2/32, UDP, their port 53" },
	    WORDS_FROM },
};
/* clang-format on */

static void
folds_what_belongs_together(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(folds) / sizeof(folds[0]); i++) {
		size_t n;
		struct words_line *lines = lines_of(folds[i].wishes, 2, &n);

		if (n != (folds[i].texts[1] == NULL ? 1 : 2))
			fail_msg("%s: %zu lines", folds[i].name, n);
		for (size_t k = 0; k < n; k++)
			assert_string_equal(lines[k].text, folds[i].texts[k]);
		assert_int_equal(lines[0].way, folds[i].way);
		free(lines);
	}
}

static void
joins_families(void **state)
{
	const struct wish wishes[] = {
		{ FROM_DEVICE, PEER_DNSNAME, CLOUD, 6, 0, 443, 0, ACCEPT },
		{ TO_DEVICE, PEER_DNSNAME, CLOUD, 6, 0, 443, 0, 0,
		    .families = FAMILY_6 },
	};
	size_t n;
	struct words_line *lines = lines_of(wishes, 2, &n);

	(void)state;
	assert_int_equal(n, 1);
	assert_int_equal(lines[0].families, FAMILY_4 | FAMILY_6);
	free(lines);
}

static void
prints_ports(void **state)
{
	static const struct {
		struct ports ports;
		const char *text;
	} cases[] = {
		{ { 80, 80, 0, 0 }, "80" },
		{ { 0, 1023, 0, 0 }, "0-1023" },
		{ { 80, 80, 1, 0 }, "not 80" },
		{ { 0, UINT16_MAX, 0, 0 }, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct wish wish = { FROM_DEVICE, -1, -1, 6, 0, 1, 0,
			ACCEPT };
		struct ace ace = ace_of(&wish);
		struct policy policy = { .n_aces = 1, .aces = &ace };
		struct words_line *lines;
		size_t n;

		ace.destination = cases[i].ports;
		lines = words_of(&policy, &n);
		assert_string_equal(lines[0].ports, cases[i].text);
		assert_string_equal(lines[0].own_ports, "");
		free(lines);
	}
}

/* The longest texts that a policy may have. */
static void
cuts_nothing(void **state)
{
	static struct policy_text longest[ACE_PEERS];
	const struct wish wish = { FROM_DEVICE, PEER_MODEL, 0, 6, 1, 65535,
		CONNECT, DROP };
	struct ace ace = ace_of(&wish);
	struct policy policy = { .n_texts = ACE_PEERS,
		.n_aces = 1,
		.texts = longest,
		.aces = &ace };
	struct words_line *lines;
	size_t n;

	(void)state;
	ace.n_peers = ACE_PEERS;
	for (size_t i = 0; i < ACE_PEERS; i++) {
		memset(longest[i].text, 'a' + (int)i, LIMIT_URL);
		ace.peers[i].kind = PEER_MODEL;
		ace.peers[i].text = (uint16_t)i;
	}
	lines = words_of(&policy, &n);
	assert_non_null(strstr(lines[0].text, "dd, TCP port 65535, its own"));
	free(lines);
}

static void
finds_what_is_said(void **state)
{
	const struct wish one = { FROM_DEVICE, -1, -1, 6, 0, 443, 0, ACCEPT };
	const struct wish other = { FROM_DEVICE, -1, -1, 6, 0, 80, 0, ACCEPT };
	size_t n, m;
	struct words_line *lines = lines_of(&one, 1, &n);
	struct words_line *others = lines_of(&other, 1, &m);

	(void)state;
	assert_true(words_has(lines, n, lines));
	assert_false(words_has(lines, n, others));
	assert_false(words_has(NULL, 0, others));
	free(lines);
	free(others);
}

static void
has_a_word_for_everything(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < WORDS_WARNINGS; i++) {
		assert_string_not_equal(words_warning_name(1u << i), "");
		assert_string_not_equal(words_warning_text(1u << i), "");
	}
	assert_string_equal(words_warning_name(1u << WORDS_WARNINGS), "");
	assert_string_equal(words_warning_text(0), "");
	assert_string_equal(words_way_name(WORDS_FROM), "from");
	assert_string_equal(words_way_name(WORDS_TO), "to");
	assert_string_equal(words_way_name(WORDS_BOTH), "both");
}

static void
says_nothing_of_nothing(void **state)
{
	struct policy policy = { .n_aces = 0 };
	size_t n = 7;

	(void)state;
	free(words_of(&policy, &n));
	assert_int_equal(n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_one_ace),
		cmocka_unit_test(folds_what_belongs_together),
		cmocka_unit_test(joins_families),
		cmocka_unit_test(prints_ports),
		cmocka_unit_test(cuts_nothing),
		cmocka_unit_test(finds_what_is_said),
		cmocka_unit_test(has_a_word_for_everything),
		cmocka_unit_test(says_nothing_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
