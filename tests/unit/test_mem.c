/* mem: copies, cutting, and sizes of nothing. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "libmud/mem.h"

static void
gives_zeros(void **state)
{
	static const uint8_t zero[64];
	uint8_t *p = xcalloc(4, 16);

	(void)state;
	assert_memory_equal(p, zero, 64);
	free(p);
	p = xcalloc(0, 16);
	assert_non_null(p);
	free(p);
	p = xcalloc(16, 0);
	assert_non_null(p);
	free(p);
}

static void
grows(void **state)
{
	char *p = xrealloc(NULL, 2, 4);

	(void)state;
	memcpy(p, "abcdefg", 8);
	p = xrealloc(p, 64, 4);
	assert_string_equal(p, "abcdefg");
	p = xrealloc(p, 0, 4);
	assert_non_null(p);
	free(p);
}

static void
copies_texts(void **state)
{
	static const char unended[3] = { 'x', 'y', 'z' };
	char buf[4], *s = xstrdup("hub");

	(void)state;
	assert_string_equal(s, "hub");
	free(s);
	s = xstrndup("hub", 2);
	assert_string_equal(s, "hu");
	free(s);
	s = xstrndup("hub", 9);
	assert_string_equal(s, "hub");
	free(s);
	s = xstrndup(unended, 3);
	assert_string_equal(s, "xyz");
	free(s);
	text_copy(buf, sizeof(buf), "abc");
	assert_string_equal(buf, "abc");
	text_copy(buf, sizeof(buf), "abcd");
	assert_string_equal(buf, "abc");
	text_copy(buf, sizeof(buf), "");
	assert_string_equal(buf, "");
}

/* How a child ends that asks for more bytes than a size_t can count. */
static int
child_status(int how)
{
	/* Kept from the compiler, which knows that it is too much. */
	volatile size_t huge = SIZE_MAX / 2;
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct rlimit none = { 0 };

		(void)setrlimit(RLIMIT_CORE, &none);
		(void)close(STDERR_FILENO);
		(void)signal(SIGABRT, SIG_DFL);
		free(how == 0 ? xcalloc(huge, 4) : xrealloc(NULL, huge, 4));
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void
ends_rather_than_fail(void **state)
{
	(void)state;
	assert_int_not_equal(child_status(0), 0);
	assert_int_not_equal(child_status(1), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_zeros),
		cmocka_unit_test(grows),
		cmocka_unit_test(copies_texts),
		cmocka_unit_test(ends_rather_than_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
