/* Logged drops, summed up: the first at once, the rest later, and bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "watch/drops.h"

#define KEY 0x1234567890abcdefu

struct told {
	size_t n;
	uint64_t packets;
	struct record_drop last;
};

static void
on_tell(void *arg, const struct record_drop *drop)
{
	struct told *told = arg;

	assert_true(drop->count > 0);
	told->n++;
	told->packets += drop->count;
	told->last = *drop;
}

static struct record_drop
drop_of(uint8_t kind, uint16_t who, uint16_t port)
{
	return (struct record_drop){
		.kind = kind,
		.protocol = 17,
		.has_number = DROP_PORT,
		.number = port,
		.mac = { { 2, 0, 0, 0, (uint8_t)(who >> 8), (uint8_t)who } },
		.own = { 4, { 10, 0, (uint8_t)(who >> 8), (uint8_t)who } },
		.peer = { 4, { 192, 0, 2, 1 } },
		.count = 1,
	};
}

static void
tells_the_first_at_once(void **state)
{
	struct told told = { 0 };
	struct drops *drops = drops_new(KEY, on_tell, &told);
	struct record_drop one = drop_of(DROP_FROM, 1, 443);
	struct record_drop other = drop_of(DROP_FROM, 1, 80);

	(void)state;
	assert_true(drops_add(drops, &one));
	assert_true(told.n == 1 && told.last.number == 443);
	for (int i = 0; i < 7; i++)
		assert_true(drops_add(drops, &one));
	assert_int_equal(told.n, 1);
	assert_true(drops_add(drops, &other));
	assert_true(told.n == 2 && told.last.number == 80);
	drops_end(drops);
	assert_true(told.n == 3 && told.last.number == 443);
	assert_int_equal(told.last.count, 7);
	/* Nothing is left of that window. */
	drops_end(drops);
	assert_int_equal(told.n, 3);
	assert_true(drops_add(drops, &one));
	assert_true(told.n == 4 && told.last.count == 1);
	drops_free(drops);
	drops_free(NULL);
}

/* Whatever of it differs, it is another kind. */
static void
tells_them_apart(void **state)
{
	struct told told = { 0 };
	struct drops *drops = drops_new(KEY, on_tell, &told);
	const struct record_drop plain = drop_of(DROP_FROM, 1, 443);

	(void)state;
	assert_true(drops_add(drops, &plain));
	for (size_t i = 0; i < offsetof(struct record_drop, count); i++) {
		struct record_drop drop = plain;

		((uint8_t *)&drop)[i] ^= 1;
		drops_end(drops);
		told.n = 0;
		assert_true(drops_add(drops, &plain));
		assert_true(drops_add(drops, &drop));
		if (told.n != 2)
			fail_msg("byte %zu makes no difference", i);
	}
	drops_free(drops);
}

static void
bounds_each_sender(void **state)
{
	struct told told = { 0 };
	struct drops *drops = drops_new(KEY, on_tell, &told);
	struct record_drop drop;

	(void)state;
	for (uint16_t port = 1; port <= 1000; port++) {
		drop = drop_of(DROP_FROM, 1, port);
		assert_int_equal(drops_add(drops, &drop), port <= DROPS_SENDER);
	}
	assert_int_equal(told.n, DROPS_SENDER);
	/* Another one is heard, and what was told is still summed up. */
	drop = drop_of(DROP_FROM, 2, 1);
	assert_true(drops_add(drops, &drop));
	drop = drop_of(DROP_FROM, 1, 1);
	assert_true(drops_add(drops, &drop));
	/* To a receiver: whoever sends, and whatever MAC the frame had. */
	told.n = 0;
	for (uint16_t n = 1; n <= 100; n++) {
		drop = drop_of(DROP_TO, 3, n);
		drop.mac.byte[1] = (uint8_t)n;
		(void)drops_add(drops, &drop);
	}
	assert_int_equal(told.n, DROPS_SENDER);
	drops_end(drops);
	drop = drop_of(DROP_FROM, 1, 900);
	assert_true(drops_add(drops, &drop));
	drops_free(drops);
}

static void
bounds_all_of_them(void **state)
{
	struct told told = { 0 };
	struct drops *drops = drops_new(KEY, on_tell, &told);
	size_t n = 0;

	(void)state;
	for (unsigned int i = 0; i < 60000; i++) {
		struct record_drop drop = drop_of(DROP_FROM, (uint16_t)i, 443);

		n += drops_add(drops, &drop);
	}
	assert_int_equal(n, DROPS_MAX);
	assert_int_equal(told.n, DROPS_MAX);
	drops_end(drops);
	assert_int_equal(told.n, DROPS_MAX);
	assert_int_equal(told.packets, DROPS_MAX);
	drops_free(drops);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_the_first_at_once),
		cmocka_unit_test(tells_them_apart),
		cmocka_unit_test(bounds_each_sender),
		cmocka_unit_test(bounds_all_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
