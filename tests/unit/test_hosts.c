/*
 * The hosts file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fetch/hosts.h"

static const char file[] = "# 192.0.2.9 commented.test\n"
			   "\n"
			   "127.0.0.1\tlocalhost\n"
			   "192.0.2.1 one.test alias.test # other.test\r\n"
			   "  192.0.2.2\tTwo.Test \n"
			   "2001:db8::1 one.test\n"
			   "300.0.2.1 broken.test\n"
			   "one.test\n"
			   "192.0.2.3 last.test";

/* clang-format off */
static const struct {
	const char *name;
	const char *addrs[3];
} cases[] = {
	{ "one.test", { "192.0.2.1", "2001:db8::1" } },
	{ "alias.test", { "192.0.2.1" } },
	{ "ONE.test", { "192.0.2.1", "2001:db8::1" } },
	{ "two.test", { "192.0.2.2" } },
	{ "last.test", { "192.0.2.3" } },
	{ "commented.test", { NULL } },
	{ "other.test", { NULL } },
	{ "broken.test", { NULL } },
	{ "one.tes", { NULL } },
	{ "ne.test", { NULL } },
	{ "192.0.2.1", { NULL } },
};
/* clang-format on */

static void
finds(void **state)
{
	struct bytes text = { (const uint8_t *)file, sizeof(file) - 1 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct addr found[4];
		size_t n = hosts_find(text, cases[i].name, found, 4), want = 0;

		while (cases[i].addrs[want] != NULL)
			want++;
		if (n != want)
			fail_msg("%s: %zu", cases[i].name, n);
		for (size_t a = 0; a < n; a++) {
			char buf[ADDR_TEXT];

			assert_string_equal(
			    addr_text(&found[a], buf), cases[i].addrs[a]);
		}
	}
}

static void
keeps_to_the_room_there_is(void **state)
{
	struct bytes text = { (const uint8_t *)file, sizeof(file) - 1 };
	struct bytes empty = { NULL, 0 };
	struct addr found[1];

	(void)state;
	assert_int_equal(hosts_find(text, "one.test", found, 1), 1);
	assert_int_equal(hosts_find(empty, "one.test", found, 1), 0);
}

/* A long or odd first word is no address; a NUL does not cut it short. */
static void
survives_odd_lines(void **state)
{
	static const char odd[] =
	    "192.0.2.1\0 odd.test\n"
	    "1111111111111111111111111111111111111111111111111111 odd.test\n";
	struct bytes text = { (const uint8_t *)odd, sizeof(odd) - 1 };
	struct addr found[1];

	(void)state;
	assert_int_equal(hosts_find(text, "odd.test", found, 1), 0);
}

static void
reads_files_of_a_sound_size(void **state)
{
	char path[] = "/tmp/test_hosts.XXXXXX";
	int fd = mkstemp(path);
	struct bytes text;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, file, sizeof(file) - 1), sizeof(file) - 1);
	text = hosts_read(path);
	assert_int_equal(text.len, sizeof(file) - 1);
	assert_memory_equal(text.data, file, text.len);
	free((void *)(uintptr_t)text.data);
	assert_int_equal(ftruncate(fd, HOSTS_SIZE + 1), 0);
	assert_int_equal(hosts_read(path).len, 0);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(hosts_read(path).len, 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(hosts_read(path).len, 0);
	assert_int_equal(hosts_read("/tmp").len, 0);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds),
		cmocka_unit_test(keeps_to_the_room_there_is),
		cmocka_unit_test(survives_odd_lines),
		cmocka_unit_test(reads_files_of_a_sound_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
