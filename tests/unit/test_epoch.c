/*
 * Which batches begin a new epoch, and which number it gets.  No kernel.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mark.h"
#include "enforce/model.h"
#include "enforce/rules.h"
#include "enforce/rules/epoch.h"
#include "libmud/fault.h"
#include "tests/unit/batches.h"
#include "tests/unit/steps.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* The last byte of the interfaces' MACs: another one each time it is asked. */
static bool
find_device(void *arg, uint32_t ifindex, struct device *device)
{
	uint8_t *mac = arg;

	memset(device, 0, sizeof(*device));
	device->ifindex = ifindex;
	device->mac.byte[0] = 2;
	device->mac.byte[5] = ++*mac;
	(void)snprintf(device->name, sizeof(device->name), "if%u", ifindex);
	return true;
}

static bool
take(void *arg, enum record_type type, const void *body, struct fault *why)
{
	struct gather *gather = arg;

	if (type == RECORD_BATCH_BEGIN)
		gather_begin(gather, body, 1000);
	else if (type == RECORD_BATCH_END)
		return gather_end(gather, body, why);
	else
		gather_record(gather, type, body);
	return true;
}

static void
play(struct gather *gather, struct script *script, uint32_t flags)
{
	struct fault why = { 0 };

	if (!script_play(script, gather->batch + 1, flags, take, gather, &why))
		fail_msg("%s", why.detail);
}

/* Policy 3 denies the members of set 3 by its only rule. */
static void
write_denial(struct script *script)
{
	struct rule rule = rule_port(CHAIN_FROM, 6, 3, true, 80);

	rule.verdict = RULE_DENY;
	script_rules(script, 3, &rule, 1);
}

static const char ground[] =
    "lan+ 3;local+ 10.0.0.0/24;self+ 10.0.0.1;"
    "set+ 1;elem+ 1 10.0.0.5;name+ 2;elem+ 2 192.0.2.7 300;"
    "set+ 3;elem+ 3 10.0.0.6;set+ 4;"
    "rules 1 1 2 local;rules 2;rules 4;"
    "thing+ a 1;bind+ a 10.0.0.10;thing+ b 1;bind+ b 10.0.0.11;"
    "thing+ c 0";

static const struct {
	const char *name, *steps;
	bool is_over;
} cases[] = {
	{ "nothing", "", false },
	{ "local comes", "local+ 10.0.1.0/24", true },
	{ "local goes", "local- 10.0.0.0/24", true },
	{ "self comes", "self+ 10.0.0.2", true },
	{ "self goes", "self- 10.0.0.1", true },
	{ "one self for another", "self- 10.0.0.1;self+ 10.0.0.2", true },
	{ "one local for another", "local- 10.0.0.0/24;local+ 10.0.1.0/24",
	    true },
	{ "lan comes", "lan+ 4", true },
	{ "lan has another MAC", "lan+ 3", true },
	{ "set comes", "set+ 5;elem+ 5 10.0.0.7", false },
	{ "set goes", "set- 4", false },
	{ "member comes", "elem+ 1 10.0.0.7", false },
	{ "member comes, is denied", "elem+ 3 10.0.0.7", true },
	{ "member again", "elem+ 3 10.0.0.6", false },
	{ "member goes", "elem- 1 10.0.0.5", true },
	{ "member comes and goes", "elem+ 1 10.0.0.7;elem- 1 10.0.0.7", false },
	{ "name is refreshed", "elem+ 2 192.0.2.7 600", false },
	{ "name's address comes", "elem+ 2 192.0.2.8 600", false },
	{ "name's address goes", "elem- 2 192.0.2.7", true },
	{ "one that has run out goes", "elem- 2 192.0.2.9", true },
	{ "policy comes", "rules 5 1", false },
	{ "policy again", "rules 1 1 2 local", false },
	{ "other rules", "rules 1 1 local", true },
	{ "policy goes", "gone 4", true },
	{ "Thing comes", "thing+ d 1", true },
	{ "Thing again", "thing+ a 1;bind+ a 10.0.0.10", false },
	{ "Thing moves", "thing+ a 2", true },
	{ "Thing departs", "thing+ a 0", true },
	{ "Thing goes", "thing- c", true },
	{ "address comes", "bind+ a 10.0.0.12", true },
	{ "address goes", "bind- a 10.0.0.10", true },
	{ "address changes hands", "bind- a 10.0.0.10;bind+ b 10.0.0.10",
	    true },
};

static void
what_may_revoke_ends_the_epoch(void **state)
{
	(void)state;

	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct script script = { 0 };
		struct gather gather;
		uint8_t mac = 0;

		gather_init(&gather, find_device, &mac);
		steps_write(&script, ground);
		write_denial(&script);
		play(&gather, &script, BATCH_RESET);
		gather_keep(&gather);
		steps_write(&script, cases[i].steps);
		play(&gather, &script, 0);
		if (epoch_is_over(gather.staged) != cases[i].is_over)
			fail_msg("%s", cases[i].name);
		/* That is said of one batch, not of the next. */
		gather_keep(&gather);
		play(&gather, &script, 0);
		if (epoch_is_over(gather.staged))
			fail_msg("after %s", cases[i].name);
		gather_done(&gather);
		script_done(&script);
	}
}

/* What a batch would have revoked that was refused is forgotten. */
static void
refused_batch_leaves_denials(void **state)
{
	struct script script = { 0 };
	struct gather gather;
	uint8_t mac = 0;

	(void)state;
	gather_init(&gather, find_device, &mac);
	steps_write(&script, ground);
	write_denial(&script);
	play(&gather, &script, BATCH_RESET);
	gather_keep(&gather);
	for (int kept = 0; kept < 2; kept++) {
		steps_write(&script, "rules 3 1");
		play(&gather, &script, 0);
		if (kept == 0)
			gather_drop(&gather);
		else
			gather_keep(&gather);
		steps_write(&script, "elem+ 3 10.0.0.8");
		play(&gather, &script, 0);
		assert_int_equal(epoch_is_over(gather.staged), kept == 0);
		gather_drop(&gather);
	}
	gather_done(&gather);
	script_done(&script);
}

static void
number_after_number(void **state)
{
	static const struct {
		struct epoch was;
		uint32_t mask, number;
	} rows[] = {
		{ { 0, 0 }, MARK_MASK_DEFAULT, 1 },
		{ { 1, MARK_MASK_DEFAULT }, MARK_MASK_DEFAULT, 2 },
		{ { EPOCH_LAST - 1, 0xffff }, 0xffff, EPOCH_LAST },
		{ { EPOCH_LAST, 0xffff }, 0xffff, 1 },
		{ { 77, 0xffff }, MARK_MASK_DEFAULT, 1 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct epoch next = epoch_after(&rows[i].was, rows[i].mask);

		assert_int_equal(next.number, rows[i].number);
		assert_int_equal(next.mask, rows[i].mask);
	}
}

static void
mask_is_a_run_of_bits(void **state)
{
	static const struct {
		uint32_t mask;
		bool is_sound;
	} rows[] = {
		{ MARK_MASK_DEFAULT, true },
		{ 0x0000ffff, true },
		{ 0x000ffff0, true },
		{ 0x7ffff000, true },
		{ 0xffffffff, true },
		{ 0, false },
		{ 0x7fff, false },
		{ 0xfffe0000, false },
		{ 0x80000000, false },
		{ 0xfffdfffe, false },
		{ 0xffff0001, false },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++)
		assert_int_equal(
		    mark_mask_is_sound(rows[i].mask), rows[i].is_sound);
	assert_int_equal(mark_shift(MARK_MASK_DEFAULT), 16);
	assert_int_equal(mark_shift(0x7ffff000), 12);
	assert_int_equal(mark_shift(0xffffffff), 0);
}

/* The enforcer takes a mask with a RESET only, and only such a one. */
static void
mask_comes_with_reset(void **state)
{
	static const struct {
		uint32_t mask, flags;
		bool is_taken;
	} rows[] = {
		{ 0x000ffff0, BATCH_RESET, true },
		{ 0x000ffff0, 0, false },
		{ 0x00007fff, BATCH_RESET, false },
		{ 0, BATCH_RESET, false },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct script script = { 0 };
		struct gather gather;
		struct fault why = { 0 };
		uint8_t mac = 0;

		gather_init(&gather, find_device, &mac);
		steps_write(&script, ground);
		play(&gather, &script, BATCH_RESET);
		gather_keep(&gather);
		assert_int_equal(gather.live->mark_mask, MARK_MASK_DEFAULT);
		script_mark(&script, rows[i].mask);
		assert_int_equal(
		    script_play(&script, 2, rows[i].flags, take, &gather, &why),
		    rows[i].is_taken);
		if (rows[i].is_taken)
			assert_int_equal(
			    gather.staged->mark_mask, rows[i].mask);
		else
			assert_int_equal(why.code, FAULT_RECORD);
		gather_done(&gather);
		script_done(&script);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_may_revoke_ends_the_epoch),
		cmocka_unit_test(refused_batch_leaves_denials),
		cmocka_unit_test(number_after_number),
		cmocka_unit_test(mask_is_a_run_of_bits),
		cmocka_unit_test(mask_comes_with_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
