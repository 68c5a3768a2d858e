/* Lines and columns of what stands in a JSON text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <jansson.h>
#include <string.h>

#include "libmud/place.h"

/* Steps to a value: a name, or with # the index of an element. */
static const struct {
	const char *text;
	const char *steps[4];
	size_t line, column;
} rows[] = {
	{ "{}", { NULL }, 1, 1 },
	{ "\n\n  {}", { NULL }, 3, 3 },
	{ "{\"a\":1}", { "a" }, 1, 2 },
	{ "{\"a\":1,\"b\":[1,[2,3],{\"c\":4}]}", { "b" }, 1, 8 },
	{ "{\"a\":1,\"b\":[1,[2,3],{\"c\":4}]}", { "b", "#0" }, 1, 13 },
	{ "{\"a\":1,\"b\":[1,[2,3],{\"c\":4}]}", { "b", "#1" }, 1, 15 },
	{ "{\"a\":1,\"b\":[1,[2,3],{\"c\":4}]}", { "b", "#1", "#1" }, 1, 18 },
	{ "{\"a\":1,\"b\":[1,[2,3],{\"c\":4}]}", { "b", "#2", "c" }, 1, 22 },
	{ "{\"x\":{},\"y\":[],\n\t\"z\" :\r\n true}", { "z" }, 2, 2 },
	{ "{\"a\":\"}\\\"{[\\\\\",\"b\":null}", { "b" }, 1, 16 },
	{ "{\"\\u0061\":0,\"b\":-1e9,\"c\":false}", { "c" }, 1, 22 },
	{ "{\"k\":[\"\",\"x\",\n\"y\"],\"l\":0}", { "k", "#2" }, 2, 1 },
	{ "{\"k\":[\"\",\"x\",\n\"y\"],\"l\":0}", { "l" }, 2, 6 },
	{ "{\"k\":\"\xc3\xa9\",\"l\":0}", { "l" }, 1, 11 },
};

static json_t *
step(struct json_at *to, const struct json_at *from, const char *name)
{
	if (name[0] == '#') {
		to->key = NULL;
		to->index = (size_t)(name[1] - '0');
		to->value = json_array_get(from->value, to->index);
	} else {
		to->key = name;
		to->value = json_object_get(from->value, name);
	}
	to->parent = from;
	return to->value;
}

static void
finds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct bytes text = { (const uint8_t *)rows[i].text,
			strlen(rows[i].text) };
		struct places *places = places_new(text);
		json_t *root = json_loads(rows[i].text, 0, NULL);
		struct json_at at[5] = { { root, NULL, NULL, 0 } };
		size_t n = 0, line = 0, column = 0;

		assert_non_null(root);
		for (; n < 4 && rows[i].steps[n] != NULL; n++)
			assert_non_null(
			    step(&at[n + 1], &at[n], rows[i].steps[n]));
		places_find(places, &at[n], &line, &column);
		if (line != rows[i].line || column != rows[i].column)
			fail_msg("%s: %zu:%zu, not %zu:%zu", rows[i].text, line,
			    column, rows[i].line, rows[i].column);
		json_decref(root);
		places_free(places);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(finds) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
