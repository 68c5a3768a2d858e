/* bytes: values, order, and what happens at the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libmud/bytes.h"

static const uint8_t raw[] = { 1, 2, 3, 4, 5, 6, 7, 0xff, 0xfe, 0xfd, 0xfc };

static struct cursor
over(size_t len)
{
	return cursor_over((struct bytes){ raw, len });
}

static void
reads_in_network_order(void **state)
{
	struct cursor at = over(sizeof(raw));

	(void)state;
	assert_int_equal(cursor_u8(&at), 1);
	assert_int_equal(cursor_u16(&at), 0x0203);
	assert_int_equal(cursor_u32(&at), 0x04050607);
	assert_int_equal(cursor_u32(&at), 0xfffefdfc);
	assert_int_equal(at.left.len, 0);
	assert_false(at.ran_out);
}

static void
takes_and_skips(void **state)
{
	struct cursor at = over(8);
	struct bytes taken;
	uint8_t to[3] = { 9, 9, 9 };

	(void)state;
	cursor_skip(&at, 1);
	taken = cursor_take(&at, 2);
	assert_ptr_equal(taken.data, raw + 1);
	assert_int_equal(taken.len, 2);
	cursor_copy(&at, to, sizeof(to));
	assert_memory_equal(to, raw + 3, 3);
	taken = cursor_take(&at, 2);
	assert_int_equal(taken.len, 2);
	assert_int_equal(cursor_take(&at, 0).len, 0);
	cursor_copy(&at, to, 0);
	assert_false(at.ran_out);
}

/* Each way to ask for more than is left: zeros, the end, and a memory. */
static void
runs_out(void **state)
{
	uint8_t to[4] = { 9, 9, 9, 9 }, zeros[4] = { 0 };

	(void)state;
	for (int how = 0; how < 6; how++) {
		struct cursor at = over(how == 0 ? 0 : how == 1 ? 1 : 3);

		if (how == 0)
			assert_int_equal(cursor_u8(&at), 0);
		else if (how == 1)
			assert_int_equal(cursor_u16(&at), 0);
		else if (how == 2)
			assert_int_equal(cursor_u32(&at), 0);
		else if (how == 3)
			cursor_copy(&at, to, sizeof(to));
		else if (how == 4)
			assert_int_equal(cursor_take(&at, SIZE_MAX).len, 0);
		else
			cursor_skip(&at, 4);
		assert_true(at.ran_out);
		assert_int_equal(at.left.len, 0);
		/* It stays at its end. */
		assert_int_equal(cursor_u8(&at), 0);
		cursor_skip(&at, 0);
		assert_true(at.ran_out);
	}
	assert_memory_equal(to, zeros, 4);
}

static void
stands_on_nothing(void **state)
{
	struct cursor at = cursor_over((struct bytes){ NULL, 0 });
	uint8_t to = 9;

	(void)state;
	cursor_skip(&at, 0);
	cursor_copy(&at, &to, 0);
	assert_false(at.ran_out);
	assert_int_equal(cursor_u8(&at), 0);
	assert_true(at.ran_out);
	assert_int_equal(to, 9);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_in_network_order),
		cmocka_unit_test(takes_and_skips),
		cmocka_unit_test(runs_out),
		cmocka_unit_test(stands_on_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
