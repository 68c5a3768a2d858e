/* Text for people: aligned, and nothing that a terminal would obey (S-71). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mudctl/columns.h"
#include "mudctl/show.h"

static const struct {
	const char *text, *printed;
} texts[] = {
	{ "kitchen-lamp", "kitchen-lamp" },
	{ " ~", " ~" },
	{ "\033[31m", "\\x1b[31m" },
	{ "a\nb\tc\177", "a\\x0ab\\x09c\\x7f" },
	{ "\xe2\x80\xae", "\\xe2\\x80\\xae" }, /* right-to-left override */
	{ "\\x41", "\\x5cx41" },
};

static void
escapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char *printed = NULL;
		size_t len, width;
		FILE *out = open_memstream(&printed, &len);

		width = text_print(out, texts[i].text);
		(void)fclose(out);
		assert_string_equal(printed, texts[i].printed);
		assert_int_equal(width, len);
		free(printed);
	}
}

static char *
table(bool colour)
{
	const char *const headings[] = { "A", "LONG", "C" };
	struct columns *columns = columns_new(3, headings);
	char *printed = NULL;
	size_t len;
	FILE *out = open_memstream(&printed, &len);

	columns_add(columns, "\n", TONE_BAD);
	columns_add(columns, NULL, TONE_PLAIN);
	columns_add(columns, "end", TONE_PLAIN);
	columns_add(columns, "", TONE_GOOD);
	columns_add(columns, "x", TONE_PLAIN);
	columns_add(columns, "e", TONE_PLAIN);
	columns_print(columns, out, colour);
	columns_free(columns);
	(void)fclose(out);
	return printed;
}

static void
aligns(void **state)
{
	char *plain = table(false), *coloured = table(true);

	(void)state;
	assert_string_equal(plain, "A     LONG  C\n"
				   "\\x0a  -     end\n"
				   "-     x     e\n");
	assert_non_null(strstr(coloured, "\033[31m\\x0a\033[0m  -     end\n"));
	assert_non_null(strstr(coloured, "\033[32m-\033[0m     x     e\n"));
	free(plain);
	free(coloured);
}

static const struct {
	show_fn *fn;
	const char *json, *text;
} answers[] = {
	{ show_device,
	    "{\"mac\":\"02:00:5e:00:53:07\",\"name\":\"a\\u001b\","
	    "\"state\":\"pending\",\"fault\":{\"clause\":\"RFC 8520 s13.2\","
	    "\"detail\":\"no anchor\",\"remedy\":\"Approve it.\"},"
	    "\"drops\":{\"from\":1,\"to\":2}}",
	    "a\\x1b (02:00:5e:00:53:07) is pending\n"
	    "held: RFC 8520 s13.2: no anchor\n"
	    "next: Approve it.\n"
	    "meanwhile    it may do what pending.json allows: DHCP, DNS and "
	    "NTP as shipped\n"
	    "dropped      1 packets from it, 2 to it\n" },
	{ show_devices, "{\"devices\":[]}", "No device has been seen yet.\n" },
	{ show_devices,
	    "{\"devices\":[{\"mac\":\"m\",\"state\":\"enforced\",\"flags\":"
	    "[\"departed\",\"spoof\"]}]}",
	    "NAME  MAC  ADDRESS  STATE                      MUD URL\n"
	    "-     m    -        enforced, departed, spoof  -\n" },
	{ show_pending, "{\"pending\":[]}",
	    "Nothing waits for an administrator.\n" },
	{ show_pending_file, "{\"id\":\"i\",\"mud_url\":\"u\"}",
	    "u is not in use\n"
	    "id           i\n"
	    "Nothing was fetched yet, so nothing can be approved; it is tried "
	    "again.\n" },
	{ show_pending_file,
	    "{\"id\":\"i\",\"mud_url\":\"u\",\"fetched_at\":\"t\"}",
	    "u is not in use\n"
	    "id           i\n"
	    "fetched      t\n"
	    "This file cannot be approved.\n" },
	{ show_refreshed,
	    "{\"mud_url\":\"u\",\"state\":\"pending\",\"fault\":{\"clause\":"
	    "\"c\",\"detail\":\"d\"}}",
	    "u is pending\nheld: c: d\n" },
	{ show_trust, "{\"anchors\":[],\"distrusted\":[]}",
	    "No trust anchor: every MUD file waits for an administrator.\n" },
	{ show_trust,
	    "{\"anchors\":[{\"id\":\"0123456789abcdef00\",\"subject\":"
	    "\"CN=a\",\"expires\":\"e\",\"file\":\"lab\\u001b.pem\","
	    "\"is_ca\":true},{\"id\":\"fedcba9876543210\",\"subject\":"
	    "\"CN=b\",\"added_by\":7,\"added_at\":\"t\",\"is_ca\":false},"
	    "{\"file\":\"bad.pem\",\"fault\":{\"clause\":\"c\",\"detail\":"
	    "\"d\"}}],\"distrusted\":[{\"spki\":\"0011223344556677aa\","
	    "\"subject\":\"CN=s\",\"since\":\"t\"}]}",
	    "0123456789abcdef  CN=a\n"
	    "  expires    e\n"
	    "  from       lab\\x1b.pem\n"
	    "fedcba9876543210  CN=b (not a CA: trusted for itself)\n"
	    "  from       uid 7, t\n"
	    "broken certificate\n"
	    "  from       bad.pem\n"
	    "held: c: d\n"
	    "distrusted 0011223344556677  CN=s\n"
	    "  since      t\n" },
	{ show_approved, "{\"mud_url\":\"u\"}", "approved: u\n" },
	{ show_rejected, "{\"mud_url\":\"u\"}", "rejected: u\n" },
	/* Nothing that is missing or of another type is an error. */
	{ show_status, "{\"devices\":[],\"interfaces\":7}",
	    "mudd         , mode , up 0 min\n"
	    "table        \n"
	    "devices      0\n" },
};

static void
tells(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		char *printed = NULL;
		size_t len;
		struct show show = { open_memstream(&printed, &len), false };
		json_t *answer = json_loads(answers[i].json, 0, NULL);

		assert_non_null(answer);
		answers[i].fn(&show, answer);
		(void)fclose(show.out);
		assert_string_equal(printed, answers[i].text);
		json_decref(answer);
		free(printed);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes),
		cmocka_unit_test(aligns),
		cmocka_unit_test(tells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
