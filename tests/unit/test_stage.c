/*
 * A policy on its way from the reader: order, counts, and every field that is
 * checked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "engine/files/stage.h"
#include "libmud/mem.h"
#include "libmud/policy.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static struct record_policy
frame_of(uint32_t n_texts, uint32_t n_aces)
{
	struct record_policy frame = {
		.n_texts = n_texts,
		.n_aces = n_aces,
		.info = { .cache_validity_hours = 48 },
	};

	text_copy(frame.info.mud_url, sizeof(frame.info.mud_url),
	    "https://mud.example.com/lamp.json");
	return frame;
}

static struct ace
ace_of(const char *name, uint16_t text)
{
	struct ace ace = {
		.direction = FROM_DEVICE,
		.forwarding = FORWARD_ACCEPT,
		.families = FAMILY_4,
		.understood = 1,
		.n_peers = 1,
		.protocol = 6,
		.icmp_type = -1,
		.icmp_code = -1,
		.source = { .high = 65535 },
		.destination = { .low = 443, .high = 443 },
		.peers = { { .kind = PEER_DNSNAME, .text = text } },
	};

	text_copy(ace.acl, sizeof(ace.acl), "acl");
	text_copy(ace.name, sizeof(ace.name), name);
	return ace;
}

static bool
give(struct stage *stage, enum record_type type, const void *body, size_t size)
{
	struct msg msg = { .type = type };

	memcpy(msg.body, body, size);
	return stage_record(stage, &msg);
}

static bool
begin(struct stage *stage, const struct record_policy *frame)
{
	return give(stage, RECORD_POLICY_BEGIN, frame, sizeof(*frame));
}

static bool
end(struct stage *stage)
{
	struct record_policy frame = frame_of(0, 0);

	return give(stage, RECORD_POLICY_END, &frame, sizeof(frame));
}

static bool
give_text(struct stage *stage, const char *text)
{
	struct record_text record = { 0 };

	text_copy(record.text.text, sizeof(record.text.text), text);
	return give(stage, RECORD_POLICY_TEXT, &record, sizeof(record));
}

static bool
give_ace(struct stage *stage, const char *name, uint16_t text)
{
	struct record_ace record = { .ace = ace_of(name, text) };

	return give(stage, RECORD_ACE, &record, sizeof(record));
}

static void
takes_a_whole_policy(void **state)
{
	struct stage stage = { 0 };
	struct record_policy frame = frame_of(2, 2);
	struct policy *policy;

	(void)state;
	(void)fault_set(&frame.hold, FAULT_IP_LITERAL, "S-37", "look");
	assert_true(begin(&stage, &frame));
	assert_true(give_text(&stage, "a.example.com"));
	assert_true(give_text(&stage, "b.example.com"));
	assert_true(give_ace(&stage, "one", 0));
	assert_true(give_ace(&stage, "two", 1));
	assert_true(end(&stage));
	policy = stage_take(&stage);
	assert_null(stage.policy);
	assert_int_equal(policy->n_texts, 2);
	assert_int_equal(policy->n_aces, 2);
	assert_string_equal(policy->texts[1].text, "b.example.com");
	assert_string_equal(policy->aces[0].name, "one");
	assert_string_equal(policy->aces[1].name, "two");
	assert_int_equal(policy->hold.code, FAULT_IP_LITERAL);
	assert_int_equal(policy->info.cache_validity_hours, 48);
	assert_string_equal(
	    policy->info.mud_url, "https://mud.example.com/lamp.json");
	policy_free(policy);
	/* The next one begins at nothing. */
	frame = frame_of(0, 0);
	assert_true(begin(&stage, &frame));
	assert_true(end(&stage));
	stage_done(&stage);
	assert_null(stage.policy);
	stage_done(&stage);
}

/*
 * B, T, A, E: BEGIN of so many texts and ACEs, a text, an ACE, END.  X: a
 * record that is of no policy.  The last letter is the one that is refused, or
 * "." that none is.
 */
static const struct {
	uint32_t n_texts, n_aces;
	const char *order;
} orders[] = {
	{ 0, 0, "BE." },
	{ 1, 1, "BTAE." },
	{ 1, 0, "BTE." },
	{ 0, 0, "T" },
	{ 0, 0, "A" },
	{ 0, 0, "E" },
	{ 0, 0, "BB" },
	{ 0, 0, "BT" },
	{ 1, 0, "BTT" },
	{ 0, 0, "BA" },
	{ 2, 1, "BTA" },
	{ 1, 1, "BTAA" },
	{ 1, 2, "BTAT" },
	{ 1, 1, "BE" },
	{ 1, 1, "BTE" },
	{ 1, 1, "BX" },
};

static bool
play(struct stage *stage, char letter, const struct record_policy *frame)
{
	struct record_verdict verdict = { 0 };

	switch (letter) {
	case 'B':
		return begin(stage, frame);
	case 'T':
		return give_text(stage, "a.example.com");
	case 'A':
		return give_ace(stage, "one", 0);
	case 'E':
		return end(stage);
	default:
		return give(stage, RECORD_VERDICT, &verdict, sizeof(verdict));
	}
}

static void
keeps_the_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(orders); i++) {
		struct record_policy frame =
		    frame_of(orders[i].n_texts, orders[i].n_aces);
		const char *order = orders[i].order;
		struct stage stage = { 0 };

		for (; order[1] != '\0'; order++)
			if (!play(&stage, *order, &frame))
				fail_msg("%s at %c", orders[i].order, *order);
		if (*order != '.' && play(&stage, *order, &frame))
			fail_msg("%s", orders[i].order);
		stage_done(&stage);
	}
}

static void
an_ace_needs_its_texts(void **state)
{
	struct stage stage = { 0 };
	struct record_policy frame = frame_of(0, 1);

	(void)state;
	/* In its place, but it names a text that there is not. */
	assert_true(begin(&stage, &frame));
	assert_false(give_ace(&stage, "one", 0));
	stage_done(&stage);
}

static void
break_field(struct record_policy *frame, size_t which)
{
	static const struct {
		size_t at, size;
	} texts[] = {
#define TEXT(field)                                                            \
	{ offsetof(struct record_policy, info.field),                          \
		sizeof(((struct record_policy *)NULL)->info.field) }
		TEXT(mud_url),
		TEXT(last_update),
		TEXT(systeminfo),
		TEXT(manufacturer),
		TEXT(model),
		TEXT(documentation),
#undef TEXT
	};

	if (which < LENGTH(texts))
		memset((char *)frame + texts[which].at, 'x', texts[which].size);
	else if (which == 6)
		frame->info.cache_validity_hours = 0;
	else if (which == 7)
		frame->info.cache_validity_hours = 169;
	else if (which == 8)
		frame->hold.code = FAULT_CODES;
	else if (which == 9)
		frame->n_texts = LIMIT_TEXTS + 1;
	else
		frame->n_aces = LIMIT_ACES + 1;
}

static void
judges_the_frame(void **state)
{
	struct record_policy most = frame_of(LIMIT_TEXTS, LIMIT_ACES);
	struct stage stage = { 0 };

	(void)state;
	most.info.cache_validity_hours = 168;
	assert_true(begin(&stage, &most));
	stage_done(&stage);
	for (size_t which = 0; which <= 10; which++) {
		struct record_policy frame = frame_of(1, 1);

		break_field(&frame, which);
		if (begin(&stage, &frame))
			fail_msg("field %zu", which);
		assert_null(stage.policy);
	}
}

static void
judges_texts(void **state)
{
	static const struct {
		const char *text;
		bool ok;
	} cases[] = {
		{ "a.example.com", true },
		{ "urn:x:~!", true },
		{ "", false },
		{ "a b", false },
		{ "a\tb", false },
		{ "a\177", false },
		{ "\303\244", false },
	};
	struct record_policy frame = frame_of(1, 0);
	struct record_text endless;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct stage stage = { 0 };

		assert_true(begin(&stage, &frame));
		if (give_text(&stage, cases[i].text) != cases[i].ok)
			fail_msg("%s", cases[i].text);
		stage_done(&stage);
	}
	{
		struct stage stage = { 0 };

		memset(&endless, 'x', sizeof(endless));
		assert_true(begin(&stage, &frame));
		assert_false(give(
		    &stage, RECORD_POLICY_TEXT, &endless, sizeof(endless)));
		stage_done(&stage);
	}
}

/* As the text of a peer each kind has a form of its own (S-14). */
static void
judges_texts_by_kind(void **state)
{
	static const struct {
		enum peer_kind kind;
		const char *text;
		bool ok;
	} cases[] = {
		{ PEER_DNSNAME, "a_b.example.com", true },
		{ PEER_DNSNAME, "A.example.com", false },
		{ PEER_DNSNAME, "192.0.2.1", false },
		{ PEER_DNSNAME, "localhost", false },
		{ PEER_DNSNAME, "*.example.com", false },
		{ PEER_MANUFACTURER, "example.com", true },
		{ PEER_MANUFACTURER, "a_b.example.com", false },
		{ PEER_MANUFACTURER, "https://example.com/", false },
		{ PEER_MODEL, "https://example.com/lamp", true },
		{ PEER_MODEL, "http://example.com/lamp", false },
		{ PEER_MODEL, "example.com", false },
		{ PEER_CONTROLLER, "urn:x:~!", true },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct record_policy frame = frame_of(1, 1);
		struct record_ace record = { .ace = ace_of("one", 0) };
		struct stage stage = { 0 };

		record.ace.peers[0].kind = (uint8_t)cases[i].kind;
		assert_true(begin(&stage, &frame));
		assert_true(give_text(&stage, cases[i].text));
		if (give(&stage, RECORD_ACE, &record, sizeof(record)) !=
		    cases[i].ok)
			fail_msg("%s", cases[i].text);
		stage_done(&stage);
	}
}

/* S-8: as many names and classes as a file may have, and one more. */
static void
counts_texts_by_kind(void **state)
{
	static const struct {
		enum peer_kind kind;
		uint32_t most;
	} cases[] = {
		{ PEER_DNSNAME, LIMIT_DNSNAMES },
		{ PEER_CONTROLLER, LIMIT_CLASSES },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		for (uint32_t over = 0; over < 2; over++) {
			const uint32_t n = cases[i].most + over;
			struct record_policy frame = frame_of(n, n);
			struct stage stage = { 0 };
			char text[32];

			assert_true(begin(&stage, &frame));
			for (uint32_t k = 0; k < n; k++) {
				(void)snprintf(
				    text, sizeof(text), "h%u.example.com", k);
				assert_true(give_text(&stage, text));
			}
			for (uint32_t k = 0; k < n; k++) {
				struct record_ace record = {
					.ace = ace_of("one", (uint16_t)k)
				};

				record.ace.peers[0].kind =
				    (uint8_t)cases[i].kind;
				assert_true(give(&stage, RECORD_ACE, &record,
				    sizeof(record)));
			}
			assert_int_equal(end(&stage), over == 0);
			stage_done(&stage);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_a_whole_policy),
		cmocka_unit_test(keeps_the_order),
		cmocka_unit_test(an_ace_needs_its_texts),
		cmocka_unit_test(judges_the_frame),
		cmocka_unit_test(judges_texts),
		cmocka_unit_test(judges_texts_by_kind),
		cmocka_unit_test(counts_texts_by_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
