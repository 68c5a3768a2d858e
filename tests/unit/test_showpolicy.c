/* Policies in use, on 80 columns; events, a line each; and nothing raw. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "mudctl/show.h"

static char *
printed(show_fn *print, const char *json)
{
	char *text = NULL;
	size_t len;
	struct show show = { open_memstream(&text, &len), false };
	json_error_t error;
	json_t *answer = json_loads(json, 0, &error);

	if (answer == NULL)
		fail_msg("%s at %d", error.text, error.position);
	print(&show, answer);
	(void)fclose(show.out);
	json_decref(answer);
	return text;
}

static void
says(show_fn *print, const char *json, const char *want)
{
	char *text = printed(print, json);

	assert_string_equal(text, want);
	free(text);
}

static void
lists_what_is_in_use(void **state)
{
	(void)state;
	says(show_policies, "{\"policies\":[]}", "No MUD file is in use.\n");
	says(show_policies,
	    "{\"policies\":[{\"mud_url\":\"https://m.example/l.json\","
	    "\"n_devices\":2,\"age_sec\":7860,"
	    "\"expires\":\"2026-01-17T10:00:00Z\",\"signer\":\"CN=A\\n\"},"
	    "{\"mud_url\":\"https://m.example/c.json\",\"n_devices\":0,"
	    "\"age_sec\":273600}]}",
	    "MUD URL                   DEVICES  AGE         FETCHED ANEW       "
	    "   SIGNER\n"
	    "https://m.example/l.json  2        2 h 11 min  2026-01-17T10:00:00Z"
	    "  CN=A\\x0a\n"
	    "https://m.example/c.json  0        3 d 4 h     -                  "
	    "   -\n"
	    "'mudctl policy show URL' tells what one allows.\n");
}

static void
shows_each_entry_with_its_counter(void **state)
{
	(void)state;
	says(show_policy,
	    "{\"mud_url\":\"https://m.example/l.json\",\"age_sec\":61,"
	    "\"is_supported\":false,\"digest\":\"00aa\","
	    "\"signer\":\"CN=A\",\"devices\":[\"02:00:5e:00:53:01\"],"
	    "\"claims\":{\"systeminfo\":\"\\u001b[2J\"},\"aces\":["
	    "{\"acl\":\"from\",\"ace\":\"web\",\"packets\":123456,"
	    "\"text\":\"may connect to cloud.example.com, TCP port 443\"},"
	    "{\"acl\":\"from\",\"ace\":\"\\u001b[2J\","
	    "\"text\":\"may send to a.example.com\"},"
	    "{\"acl\":\"to\",\"ace\":\"in\",\"packets\":0,"
	    "\"text\":\"may be connected to by controllers of class "
	    "urn:example:hub, TCP port 8883\"}]}",
	    "https://m.example/l.json is in use\n"
	    "description  \\x1b[2J\n"
	    "supported    no longer, says its manufacturer\n"
	    "signer       CN=A\n"
	    "digest       00aa\n"
	    "age          1 min\n"
	    "devices      02:00:5e:00:53:01\n"
	    "   packets  the device\n"
	    "from:\n"
	    "    123456  web: may connect to cloud.example.com, TCP port 443\n"
	    "         -  \\x1b[2J: may send to a.example.com\n"
	    "to:\n"
	    "         0  in: may be connected to by controllers of class "
	    "urn:example:hub, TCP\n"
	    "              port 8883\n");
}

static void
an_empty_policy_says_so(void **state)
{
	(void)state;
	says(show_policy, "{\"mud_url\":\"pending.json\",\"aces\":[]}",
	    "pending.json is in use\n"
	    "It has no entries: the device may do nothing but DHCP, DNS and "
	    "NTP.\n");
}

/* S-71: whatever a device calls itself, it makes no line and no member. */
static void
writes_an_event_on_a_line(void **state)
{
	(void)state;
	says(show_event,
	    "{\"event\":\"drop\",\"time\":\"2026-01-17T10:00:00Z\","
	    "\"device\":\"02:00:5e:00:53:01\",\"peer_name\":\"a b\","
	    "\"port\":443,\"detail\":\"x\\\" device=\\u001b[0m\\n\\\\\"}",
	    "2026-01-17T10:00:00Z drop device=02:00:5e:00:53:01 "
	    "peer_name=\"a b\" port=443 "
	    "detail=\"x\\x22 device=\\x1b[0m\\x0a\\x5c\"\n");
	says(show_event, "{}", " \n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_what_is_in_use),
		cmocka_unit_test(writes_an_event_on_a_line),
		cmocka_unit_test(shows_each_entry_with_its_counter),
		cmocka_unit_test(an_empty_policy_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
