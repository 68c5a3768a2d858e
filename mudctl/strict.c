/*
 * Strict reading.  Role: mudctl.  Input: documents that the caller names, which
 * may be anybody's; json_load has bounded them.
 */
#include "mudctl/strict.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool
strict_refuse(const struct json_at *at, struct fault *why, enum fault_code code,
    const char *clause, const char *fmt, ...)
{
	char pointer[JSON_POINTER], text[sizeof(why->detail)];
	va_list args;

	json_pointer(at, pointer);
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return fault_set(why, code, clause, "%s: %s", pointer, text);
}

bool
strict_members(const struct json_at *object, const struct strict_member *table,
    size_t n, strict_read_fn *unknown, void *into, struct fault *why)
{
	const char *key;
	json_t *value;

	if (!json_is_object(object->value))
		return strict_refuse(object, why, FAULT_MALFORMED,
		    "RFC 7951 s5.2 (J-4)", "no object");
	json_object_foreach(object->value, key, value)
	{
		const struct json_at at = { value, object, key, 0 };
		strict_read_fn *read = unknown;

		if (key[0] == '@')
			continue;
		for (size_t i = 0; i < n; i++)
			if (strcmp(table[i].name, key) == 0)
				read = table[i].read;
		if (read != NULL && !read(&at, into, why))
			return false;
	}
	return true;
}

bool
strict_elements(const struct json_at *array, size_t max, strict_read_fn *read,
    void *into, struct fault *why)
{
	const size_t n = json_array_size(array->value);

	if (!json_is_array(array->value))
		return strict_refuse(array, why, FAULT_MALFORMED,
		    "RFC 7951 s5.4 (J-6)", "no array");
	if (n > max)
		return strict_refuse(array, why, FAULT_TOO_MANY, "S-8",
		    "%zu entries, the most is %zu", n, max);
	for (size_t i = 0; i < n; i++) {
		const struct json_at at = { json_array_get(array->value, i),
			array, NULL, i };

		if (!read(&at, into, why))
			return false;
	}
	return true;
}

bool
strict_uint(const struct json_at *at, unsigned int low, unsigned int high,
    unsigned int *number, struct fault *why)
{
	json_int_t value = json_integer_value(at->value);

	if (!json_is_integer(at->value))
		return strict_refuse(at, why, FAULT_MALFORMED,
		    "RFC 7951 s6.1 (J-7)", "no whole number");
	if (value < (json_int_t)low || value > (json_int_t)high)
		return strict_refuse(at, why, FAULT_MALFORMED,
		    "RFC 7950 s9.2.4 (S-10)",
		    "%" JSON_INTEGER_FORMAT " is not in %u..%u", value, low,
		    high);
	*number = (unsigned int)value;
	return true;
}

bool
strict_boolean(const struct json_at *at, bool *is, struct fault *why)
{
	if (!json_is_boolean(at->value))
		return strict_refuse(at, why, FAULT_MALFORMED,
		    "RFC 7951 s6.3 (J-8)", "neither true nor false");
	*is = json_is_true(at->value);
	return true;
}

bool
strict_text(const struct json_at *at, const char **text, struct fault *why)
{
	if (!json_is_string(at->value))
		return strict_refuse(
		    at, why, FAULT_MALFORMED, "RFC 7951 s6.2", "no string");
	*text = json_string_value(at->value);
	return true;
}
