/*
 * Changes to the model at its limits: what does not fit is refused, and what
 * the kernel has let go by itself makes room.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "enforce/change.h"
#include "enforce/model.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

static struct addr
addr_number(uint32_t number)
{
	const uint8_t byte[4] = { 10, (uint8_t)(number >> 16),
		(uint8_t)(number >> 8), (uint8_t)number };

	return addr_v4(byte);
}

static void
keeps_to_limits(void **state)
{
	(void)state;
	struct model *model = model_new(false);
	struct fault why = { 0 };
	struct mac mac = { { 2 } };
	struct rule *rule;

	model_begin(model, 0);
	for (uint32_t i = 0; i < LIMIT_PORTS; i++) {
		struct device device = { .ifindex = 1000 + i };

		assert_true(change_lan_add(model, &device, &why));
	}
	assert_false(
	    change_lan_add(model, &(struct device){ .ifindex = 1 }, &why));
	assert_int_equal(why.code, FAULT_TOO_MANY);
	for (uint32_t i = 0; i < MODEL_SELVES; i++) {
		struct addr addr = addr_number(i);

		assert_true(change_self_add(model, &addr, &why));
		if (i < LIMIT_LOCALS)
			assert_true(change_local_add(
			    model, &(struct prefix){ addr, 32 }, &why));
	}
	assert_false(change_self_add(model, &(struct addr){ 4, { 11 } }, &why));
	assert_false(change_local_add(
	    model, &(struct prefix){ { 4, { 11 } }, 32 }, &why));
	for (uint32_t i = 1; i <= LIMIT_SETS; i++)
		assert_true(change_set_add(model, i, i == 1, &why));
	assert_false(change_set_add(model, LIMIT_SETS + 1, false, &why));
	for (uint32_t i = 0; i < LIMIT_ELEMENTS; i++) {
		struct addr addr = addr_number(i);

		assert_true(change_element_add(model, 2, &addr, 0, &why));
	}
	assert_false(
	    change_element_add(model, 2, &(struct addr){ 4, { 11 } }, 0, &why));
	assert_string_equal(why.clause, "S-54");
	for (uint32_t i = 1; i <= LIMIT_POLICIES; i++)
		assert_true(change_policy_put(
		    model, i, xcalloc(0, sizeof(*rule)), 0, &why));
	assert_false(change_policy_put(
	    model, LIMIT_POLICIES + 1, xcalloc(0, sizeof(*rule)), 0, &why));
	for (uint32_t i = 0, left = MODEL_RULES; left > 0; i++) {
		const uint32_t n = left < LIMIT_RULES ? left : LIMIT_RULES;

		assert_true(change_policy_put(
		    model, i + 1, xcalloc(n, sizeof(*rule)), n, &why));
		left -= n;
	}
	assert_false(change_policy_put(
	    model, LIMIT_POLICIES, xcalloc(1, sizeof(*rule)), 1, &why));
	for (uint32_t i = 0; i < LIMIT_THINGS_MAX; i++) {
		memcpy(mac.byte + 2, &i, sizeof(i));
		assert_true(change_thing_put(model, &mac, 1, false, &why));
	}
	mac.byte[1] = 1;
	assert_false(change_thing_put(model, &mac, 1, false, &why));
	assert_int_equal(why.code, FAULT_TOO_MANY);
	model_undo(model);
	assert_int_equal(model->n.things, 0);
	assert_true(list_is_empty(&model->things));
	model_free(model);
}

/* A name keeps so many addresses at a time; those that have run out make
 * room, those that have not do not. */
static void
names_forget(void **state)
{
	(void)state;
	struct model *model = model_new(false);
	struct addr more = addr_number(9999);
	struct fault why = { 0 };

	model_begin(model, 100);
	assert_true(change_set_add(model, 1, true, &why));
	for (uint32_t i = 0; i < MODEL_NAME_ADDRS; i++) {
		struct addr addr = addr_number(i);

		assert_true(change_element_add(model, 1, &addr, 60, &why));
	}
	assert_false(change_element_add(model, 1, &more, 60, &why));
	model_keep(model);
	model_begin(model, 160);
	assert_false(change_element_add(model, 1, &more, 60, &why));
	model_begin(model, 166);
	assert_true(change_element_add(model, 1, &more, 60, &why));
	assert_int_equal(model->n.elements, 1);
	model_undo(model);
	assert_int_equal(model->n.elements, 0);
	assert_int_equal(model_set_find(model, 1)->n_elements[0], 0);
	model_free(model);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_to_limits),
		cmocka_unit_test(names_forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
