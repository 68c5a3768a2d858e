/* showfile: what a person reads before deciding, on 80 columns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mudctl/show.h"

static char *
printed(const char *json)
{
	char *text = NULL;
	size_t len;
	struct show show = { open_memstream(&text, &len), false };
	json_error_t error;
	json_t *answer = json_loads(json, 0, &error);

	if (answer == NULL)
		fail_msg("%s at %d", error.text, error.position);
	show_pending_file(&show, answer);
	(void)fclose(show.out);
	json_decref(answer);
	return text;
}

/* A file with all there is, and an escape sequence as its model. */
static const char whole[] =
    "{\"id\":\"0cf64a1b\",\"mud_url\":\"https://m.example/l.json\","
    "\"reason\":{\"clause\":\"RFC 8520 s13.2 (M-SIG-5)\",\"detail\":"
    "\"the chain of CN=Stranger ends at no trust anchor of this gateway\","
    "\"remedy\":\"If you trust this signer run it.\"},"
    "\"digest\":\"0123456789abcdef0123456789abcdef0123456789abcdef"
    "0123456789abcdef\",\"fetched_at\":\"2026-01-15T10:00:00Z\","
    "\"size\":2711,\"can_approve\":true,"
    "\"things\":[{\"mac\":\"02:00:5e:00:53:01\",\"name\":\"lamp\","
    "\"port\":\"lan1\",\"addresses\":[\"192.168.77.100\"]},"
    "{\"mac\":\"02:00:5e:00:53:02\",\"addresses\":[]}],"
    "\"signature\":{\"subject\":\"CN=Stranger\",\"issuer\":\"CN=CA\","
    "\"expires\":\"2027-01-15T10:00:00Z\",\"spki\":\"aabb\","
    "\"is_good\":false},"
    "\"claims\":{\"mfg_name\":\"Works\",\"model_name\":\"\\u001b[2J\","
    "\"is_supported\":false,\"cache_validity_hours\":48},"
    "\"policy\":[{\"text\":\"may connect to cloud.example.com, TCP port "
    "443\",\"warnings\":[]},{\"text\":\"may send to controllers of class "
    "https://hub.example.com/a/class/with/a/long/name, UDP port 5683\","
    "\"warnings\":[{\"text\":\"an address as a number\"}]}],"
    "\"in_force\":{\"digest\":\"ccdd\",\"signer\":\"CN=Known\"},"
    "\"changes\":[{\"change\":\"+\",\"text\":\"may send\"},"
    "{\"change\":\"-\",\"text\":\"may receive\"}]}";

static const char whole_text[] =
    "https://m.example/l.json waits for an administrator\n"
    "held: RFC 8520 s13.2 (M-SIG-5): the chain of CN=Stranger ends at no "
    "trust anchor\n"
    "      of this gateway\n"
    "next: If you trust this signer run it.\n"
    "id           0cf64a1b\n"
    "digest       0123456789abcdef0123456789abcdef0123456789abcdef"
    "0123456789abcdef\n"
    "fetched      2026-01-15T10:00:00Z\n"
    "size         2711 bytes\n"
    "devices      02:00:5e:00:53:01 lamp, port lan1, 192.168.77.100\n"
    "             02:00:5e:00:53:02\n"
    "signer       CN=Stranger (not verified)\n"
    "  issuer     CN=CA\n"
    "  expires    2027-01-15T10:00:00Z\n"
    "  key        aabb\n"
    "The file says of itself (nobody has verified it):\n"
    "  maker      Works\n"
    "  model      \\x1b[2J\n"
    "  supported  no longer\n"
    "  valid      48 hours\n"
    "With it, the device\n"
    "  may connect to cloud.example.com, TCP port 443\n"
    "  may send to controllers of class\n"
    "    https://hub.example.com/a/class/with/a/long/name, UDP port 5683\n"
    "    ! an address as a number\n"
    "Another file is in force, and stays so until you approve this one:\n"
    "  digest     ccdd\n"
    "  signer     CN=Known\n"
    "What would change:\n"
    "+ may send\n"
    "- may receive\n"
    "to approve: mudctl approve 0cf64a1b --digest 0123456789abcdef\n"
    "to reject:  mudctl reject 0cf64a1b\n";

static void
says_all_there_is(void **state)
{
	char *text = printed(whole);

	(void)state;
	assert_string_equal(text, whole_text);
	free(text);
}

static const struct {
	const char *json, *has;
} parts[] = {
	{ "{\"digest\":\"d\"}", "signer       none: the file is not signed\n" },
	{ "{\"digest\":\"d\",\"signature\":{\"subject\":\"s\",\"is_good\":"
	  "true}}",
	    "signer       s\n" },
	{ "{\"digest\":\"d\",\"policy\":[]}",
	    "With it, the device may do nothing but DHCP, DNS and NTP.\n" },
	{ "{\"digest\":\"d\",\"unreadable\":{\"clause\":\"c\",\"detail\":"
	  "\"it is no JSON\"}}",
	    "What it would allow cannot be shown: c: it is no JSON\n" },
	{ "{\"digest\":\"d\",\"in_force\":{},\"changes\":[]}",
	    "It allows the same.\n" },
	{ "{\"digest\":\"d\",\"fetched_at\":\"t\",\"can_approve\":false}",
	    "This file cannot be approved.\n" },
};

static void
says_what_is_missing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		char *text = printed(parts[i].json);

		if (strstr(text, parts[i].has) == NULL)
			fail_msg("%s: %s", parts[i].json, text);
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_all_there_is),
		cmocka_unit_test(says_what_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
