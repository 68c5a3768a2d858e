/* Events: one line each, one object each, and a budget for each kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "engine/events.h"
#include "engine/files/mudurl.h"
#include "engine/things/things.h"
#include "libmud/fault.h"
#include "tests/unit/logged.h"

#define NOW           1000000
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static int64_t now;
static const struct mac mac = { { 2, 0, 0x5e, 0, 0x53, 7 } };

struct rig {
	struct things *things;
	struct mudurl *mud;
	struct thing *thing;
	size_t n;
	json_t *last; /* owned */
};

static int64_t
clock_now(void *arg)
{
	(void)arg;
	return now;
}

static void
on_event(void *arg, json_t *event)
{
	struct rig *rig = arg;

	rig->n++;
	json_decref(rig->last);
	rig->last = json_incref(event);
}

static void
rig_begin(struct rig *rig)
{
	struct fault why = { 0 };
	struct url url;

	memset(rig, 0, sizeof(*rig));
	now = NOW;
	events_start(clock_now, NULL);
	rig->things = things_new(LIMIT_THINGS);
	assert_true(url_parse("https://mud.example.com/lamp", &url, &why));
	rig->mud = mudurl_new(&url, NULL);
	rig->thing = things_add(rig->things, &mac, NOW);
	rig->mud->is_proven = rig->thing->is_proven = true;
	things_manage(rig->things, rig->thing, rig->mud);
}

static void
rig_end(struct rig *rig)
{
	events_start(NULL, NULL);
	json_decref(rig->last);
	things_free(rig->things);
	mudurl_free(rig->mud);
}

/* S-70: fixed keys; what is a text is quoted, and stays on its line. */
static void
is_a_line(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin(&rig);
	logged_begin();
	events_tell(EVENT_MOVED, rig.thing, "from %s", "lan1");
	events_tell(EVENT_SPOOF, NULL, "by \"me\"\n\x1b[0mevent=x %s", "%n");
	events_tell_mac(EVENT_DEVICE_SEEN, &mac, "on port %s", "lan2");
	events_tell_url(EVENT_FETCH_FAILED, rig.mud, "timeout");
	assert_int_equal(logged_end(), 4);
	assert_string_equal(logged_text(),
	    "t: event=moved device=02:00:5e:00:53:07 "
	    "mud_url=\"https://mud.example.com/lamp\" detail=\"from lan1\"\n"
	    "t: event=spoof detail=\"by \\x22me\\x22\\x0a\\x1b[0mevent=x "
	    "%n\"\n"
	    "t: event=device-seen device=02:00:5e:00:53:07 "
	    "detail=\"on port lan2\"\n"
	    "t: warning: event=fetch-failed "
	    "mud_url=\"https://mud.example.com/lamp\" detail=\"timeout\"\n");
	rig_end(&rig);
}

static void
is_an_object(void **state)
{
	struct events_line line;
	struct rig rig;
	json_t *wanted;

	(void)state;
	rig_begin(&rig);
	events_listen(on_event, &rig);
	assert_true(events_open(
	    &line, EVENT_DROP, false, &mac, "https://mud.example.com/lamp"));
	events_word(&line, "reason", "");
	events_word(&line, "direction", "from");
	events_text(&line, "peer_name", "a \"b\"");
	events_number(&line, "port", 443);
	events_close(&line);
	wanted = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:i}", "event", "drop",
	    "time", "1970-01-12T13:46:40Z", "device", "02:00:5e:00:53:07",
	    "mud_url", "https://mud.example.com/lamp", "direction", "from",
	    "peer_name", "a \"b\"", "port", 443);
	assert_int_equal(rig.n, 1);
	assert_true(json_equal(rig.last, wanted));
	json_decref(wanted);
	/* No text of a packet's makes it anything but JSON. */
	events_tell(EVENT_SPOOF, rig.thing, "\xff\xfe");
	assert_int_equal(rig.n, 2);
	assert_null(json_object_get(rig.last, "detail"));
	events_listen(NULL, NULL);
	events_tell(EVENT_SPOOF, rig.thing, "nobody hears it");
	assert_int_equal(rig.n, 2);
	rig_end(&rig);
}

/* However long the parts are, the line is one, and whole. */
static void
is_bounded(void **state)
{
	char text[2000];
	struct rig rig;

	(void)state;
	memset(text, '\x01', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	rig_begin(&rig);
	logged_begin();
	for (int i = 0; i < 5; i++) {
		struct events_line line;

		assert_true(events_open(&line, EVENT_DROP, false, &mac, text));
		for (int j = 0; j < 6; j++)
			events_text(&line, "key", text);
		events_word(&line, "end", "here");
		events_close(&line);
	}
	assert_int_equal(logged_end(), 5);
	assert_non_null(strstr(logged_text(), " end=here\n"));
	rig_end(&rig);
}

/* S-72, and what anybody may cause at will. S-73: kinds do not share. */
static const struct {
	enum event_kind kind;
	size_t burst, second, minute; /* lines, after so long */
} budgets[] = {
	{ EVENT_SPOOF, 50, 0, 12 },
	{ EVENT_CONFLICT, 50, 0, 12 },
	{ EVENT_URL_ANNOUNCED, 100, 20, 100 },
	{ EVENT_POLICY_APPROVED, 100, 20, 100 },
	{ EVENT_DEVICE_SEEN, 100, 0, 12 },
	{ EVENT_TABLE_TAMPERED, 10, 0, 6 },
	{ EVENT_LIMIT, 10, 0, 6 },
};

static size_t
flood(const struct rig *rig, enum event_kind kind)
{
	size_t n = rig->n;

	for (int i = 0; i < 1000; i++)
		events_tell(kind, NULL, "again");
	return rig->n - n;
}

static void
has_a_budget(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin(&rig);
	events_listen(on_event, &rig);
	logged_begin();
	for (size_t i = 0; i < LENGTH(budgets); i++)
		if (flood(&rig, budgets[i].kind) != budgets[i].burst)
			fail_msg("burst of %s", events_name(budgets[i].kind));
	now++;
	for (size_t i = 0; i < LENGTH(budgets); i++) {
		size_t n = flood(&rig, budgets[i].kind);

		/* And one that says how many were left out. */
		if (n != budgets[i].second + (budgets[i].second > 0))
			fail_msg("second of %s: %zu",
			    events_name(budgets[i].kind), n);
	}
	now += 60;
	for (size_t i = 0; i < LENGTH(budgets); i++) {
		size_t n = flood(&rig, budgets[i].kind);

		if (n != budgets[i].minute + 1)
			fail_msg("minute of %s: %zu",
			    events_name(budgets[i].kind), n);
	}
	(void)logged_end();
	assert_non_null(
	    strstr(logged_text(), "event=url-announced suppressed=900\n"));
	assert_non_null(
	    strstr(logged_text(), "event=url-announced suppressed=980\n"));
	rig_end(&rig);
}

static void
tells_how_many_were_left_out(void **state)
{
	struct rig rig;

	(void)state;
	rig_begin(&rig);
	events_listen(on_event, &rig);
	(void)flood(&rig, EVENT_STATE_CHANGED);
	now++;
	events_tell(EVENT_STATE_CHANGED, NULL, "again");
	assert_int_equal(rig.n, 102);
	assert_string_equal(
	    json_string_value(json_object_get(rig.last, "detail")), "again");
	(void)flood(&rig, EVENT_STATE_CHANGED);
	now++;
	rig.n = 0;
	(void)flood(&rig, EVENT_STATE_CHANGED);
	assert_int_equal(rig.n, 21);
	rig_end(&rig);
}

/* What is about strangers takes from one budget, whatever it is; what people
 * decide about them, and what is about others, does not. */
static void
strangers_are_a_line_a_second(void **state)
{
	struct mac other = { { 2, 0, 0x5e, 0, 0x53, 99 } };
	struct rig rig;

	(void)state;
	rig_begin(&rig);
	events_listen(on_event, &rig);
	rig.mud->is_proven = false;
	rig.thing->is_proven = false;
	logged_begin();
	for (int i = 0; i < 1000; i++) {
		events_tell(EVENT_URL_ANNOUNCED, rig.thing, "again");
		events_tell_mac(EVENT_DROP, &other, "again");
		events_tell_url(EVENT_FETCH_FAILED, rig.mud, "again");
	}
	assert_int_equal(rig.n, 10);
	events_tell_url(EVENT_POLICY_APPROVED, rig.mud, "by uid 0");
	events_tell(EVENT_DEVICE_GONE, rig.thing, "forgotten by uid 0");
	assert_int_equal(rig.n, 12);
	rig.mud->is_proven = true;
	events_tell_url(EVENT_FETCH_FAILED, rig.mud, "again");
	assert_int_equal(rig.n, 13);
	for (int i = 0; i < 600; i++) {
		now += i % 10 == 0 ? 1 : 0;
		events_tell(EVENT_ADDRESS_LEARNED, rig.thing, "again");
	}
	/* Twelve a minute, and as many that say how many were left out. */
	assert_int_equal(rig.n, 13 + 2 * 12);
	assert_true(logged_end() <= 13 + 2 * 12);
	/* One of a crowd is one of them, whoever vouches for it. */
	rig.thing->is_proven = true;
	events_tell(EVENT_ADDRESS_LEARNED, rig.thing, "again");
	assert_int_equal(rig.n, 13 + 25);
	rig.thing->in_crowd = true;
	events_tell(EVENT_ADDRESS_LEARNED, rig.thing, "again");
	assert_int_equal(rig.n, 13 + 25);
	assert_non_null(strstr(logged_text(), "event=strangers suppressed="));
	rig_end(&rig);
}

static void
each_kind_has_a_name(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < EVENT_KINDS; i++) {
		assert_non_null(events_name((enum event_kind)i));
		for (unsigned int j = 0; j < i; j++)
			assert_string_not_equal(events_name((enum event_kind)i),
			    events_name((enum event_kind)j));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_a_line),
		cmocka_unit_test(is_an_object),
		cmocka_unit_test(is_bounded),
		cmocka_unit_test(has_a_budget),
		cmocka_unit_test(tells_how_many_were_left_out),
		cmocka_unit_test(strangers_are_a_line_a_second),
		cmocka_unit_test(each_kind_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
