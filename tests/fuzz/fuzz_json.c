/*
 * The scan before the JSON library, against the library: whatever both take
 * has the depth and the number of values that the scan has counted, and no
 * text longer than S-7 allows; and what the scan refuses for its number or
 * depth is past them (F7).
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/json.h"
#include "libmud/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* Longest texts, which are never longer than they were written. */
struct longest {
	size_t string, key;
};

static size_t
larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* Recursion as deep as the library's own, which has a bound. */
static struct json_size
measure(json_t *at, struct longest *longest)
{
	struct json_size size = { 0, 1 }, inside;
	const char *key;
	json_t *value;

	if (json_is_string(at))
		longest->string =
		    larger(longest->string, json_string_length(at));
	for (size_t i = 0; i < json_array_size(at); i++) {
		inside = measure(json_array_get(at, i), longest);
		size.values += inside.values;
		size.depth = larger(size.depth, inside.depth);
	}
	json_object_foreach(at, key, value)
	{
		longest->key = larger(longest->key, strlen(key));
		inside = measure(value, longest);
		size.values += inside.values;
		size.depth = larger(size.depth, inside.depth);
	}
	size.depth += json_is_array(at) || json_is_object(at) ? 1 : 0;
	return size;
}

static void
check(json_t *root, const struct json_size *scanned, const struct fault *why)
{
	struct longest longest = { 0 };
	struct json_size size = measure(root, &longest);

	if (scanned == NULL) {
		must(why->code != FAULT_TOO_MANY ||
		     size.depth > LIMIT_JSON_DEPTH ||
		     size.values > LIMIT_JSON_VALUES);
		return;
	}
	must(scanned->depth == size.depth && scanned->values == size.values);
	must(longest.string <= LIMIT_JSON_STRING);
	must(longest.key <= LIMIT_JSON_KEY);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bytes raw = { data, size };
	struct json_size scanned = { 0 };
	struct fault why = { 0 };
	bool ok = json_scan(raw, &scanned, &why);
	json_t *root, *loaded = NULL;

	must(ok || (fault_is_sound(&why) && why.code != FAULT_NONE));
	root =
	    json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
	if (root != NULL)
		check(root, ok ? &scanned : NULL, &why);
	must(json_load(raw, &loaded, &why) ==
	     (ok && root != NULL && json_is_object(root)));
	json_decref(loaded);
	json_decref(root);
	return 0;
}
