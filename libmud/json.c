/*
 * RFC 7951 JSON.  Role: reader, mudctl.  Input: a MUD file's bytes, signed
 * perhaps, but by someone who may err or lie: hostile.
 */
#include "libmud/json.h"

#include <stdio.h>
#include <string.h>

#include "libmud/limits.h"

/* What the scan before the parser has seen so far. */
struct scan {
	struct bytes text;
	size_t at;
	size_t depth;
	struct json_size size;
};

static bool
is_space(uint8_t byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static bool
is_structural(uint8_t byte)
{
	return memchr("{}[]:,\"", byte, 7) != NULL;
}

/* Passes a string; its length is counted as it is written. */
static bool
scan_string(struct scan *scan, struct fault *why)
{
	const size_t begin = ++scan->at;
	size_t len, max = LIMIT_JSON_STRING;
	bool is_key;

	while (scan->at < scan->text.len && scan->text.data[scan->at] != '"')
		scan->at += scan->text.data[scan->at] == '\\' ? 2 : 1;
	if (scan->at >= scan->text.len)
		return fault_set(why, FAULT_NOT_JSON, "RFC 8259 s7",
		    "a string that does not end");
	len = scan->at++ - begin;
	while (scan->at < scan->text.len && is_space(scan->text.data[scan->at]))
		scan->at++;
	is_key = scan->at < scan->text.len && scan->text.data[scan->at] == ':';
	if (is_key)
		max = LIMIT_JSON_KEY;
	else
		scan->size.values++;
	if (len > max)
		return fault_set(why, FAULT_TOO_LONG, "S-7",
		    "a %s of %zu bytes, the most is %zu",
		    is_key ? "member name" : "string", len, max);
	return true;
}

static void
scan_literal(struct scan *scan)
{
	scan->size.values++;
	while (scan->at < scan->text.len &&
	       !is_space(scan->text.data[scan->at]) &&
	       !is_structural(scan->text.data[scan->at]))
		scan->at++;
}

static bool
scan_step(struct scan *scan, struct fault *why)
{
	switch (scan->text.data[scan->at]) {
	case '"':
		return scan_string(scan, why);
	case '{':
	case '[':
		scan->at++;
		scan->size.values++;
		if (++scan->depth > LIMIT_JSON_DEPTH)
			return fault_set(why, FAULT_TOO_MANY, "S-7",
			    "nested deeper than %d levels", LIMIT_JSON_DEPTH);
		if (scan->depth > scan->size.depth)
			scan->size.depth = scan->depth;
		return true;
	case '}':
	case ']':
		scan->at++;
		if (scan->depth > 0)
			scan->depth--;
		return true;
	case ' ':
	case '\t':
	case '\n':
	case '\r':
	case ':':
	case ',':
		scan->at++;
		return true;
	default:
		scan_literal(scan);
		return true;
	}
}

/*
 * Bounds the work before the library begins it: its parser recurses, and
 * makes a value for each that it meets.  Grammar is the library's to judge.
 */
bool
json_scan(struct bytes text, struct json_size *size, struct fault *why)
{
	struct scan scan = { .text = text };

	if (text.len > LIMIT_FILE)
		return fault_set(why, FAULT_TOO_LARGE, "S-6",
		    "a file of %zu bytes, the most is %d", text.len,
		    LIMIT_FILE);
	while (scan.at < text.len) {
		if (!scan_step(&scan, why))
			return false;
		if (scan.size.values > LIMIT_JSON_VALUES)
			return fault_set(why, FAULT_TOO_MANY, "S-7",
			    "more than %d values", LIMIT_JSON_VALUES);
	}
	*size = scan.size;
	return true;
}

bool
json_load(struct bytes text, json_t **root, struct fault *why)
{
	struct json_size size;
	json_error_t error;
	json_t *top;

	if (!json_scan(text, &size, why))
		return false;
	if (text.len == 0)
		return fault_set(
		    why, FAULT_NOT_JSON, "RFC 8259 s2", "an empty file");
	/* No flag but this one: each other admits something (S-7). */
	top = json_loadb(
	    (const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &error);
	if (top == NULL)
		return fault_set(why, FAULT_NOT_JSON,
		    "RFC 8259, RFC 7951 (J-3)", "line %d, column %d: %s",
		    error.line, error.column, error.text);
	if (!json_is_object(top)) {
		json_decref(top);
		return fault_set(why, FAULT_NOT_A_MUD_FILE, "RFC 8520 s2",
		    "the top is no object");
	}
	*root = top;
	return true;
}

/* One byte of a key (RFC 6901 s3, s6): one to three come out. */
static size_t
pointer_byte(char out[3], char byte)
{
	static const char hex[] = "0123456789ABCDEF";
	const unsigned char value = (unsigned char)byte;

	out[0] = byte;
	if (byte == '~' || byte == '/') {
		out[0] = '~';
		out[1] = byte == '~' ? '0' : '1';
		return 2;
	}
	if (byte > ' ' && byte <= '~' && byte != '\\' && byte != '%')
		return 1;
	out[0] = '%';
	out[1] = hex[value >> 4];
	out[2] = hex[value & 15];
	return 3;
}

/* Appends one step of the path; false if it does not fit. */
static bool
pointer_step(const struct json_at *at, char *buf, size_t size, size_t *len)
{
	char part[32];
	int n;

	if (at->key == NULL) {
		n = snprintf(part, sizeof(part), "/%zu", at->index);
		if (*len + (size_t)n >= size)
			return false;
		memcpy(buf + *len, part, (size_t)n + 1);
		*len += (size_t)n;
		return true;
	}
	if (*len + 1 >= size)
		return false;
	buf[(*len)++] = '/';
	for (const char *c = at->key; *c != '\0'; c++) {
		const size_t n_bytes = pointer_byte(part, *c);

		if (*len + n_bytes >= size)
			return false;
		memcpy(buf + *len, part, n_bytes);
		*len += n_bytes;
	}
	return true;
}

void
json_pointer(const struct json_at *at, char buf[JSON_POINTER])
{
	const struct json_at *path[LIMIT_JSON_DEPTH + 1];
	const size_t room = JSON_POINTER - sizeof("...");
	size_t n = 0, len = 0;

	for (; at->parent != NULL && n <= LIMIT_JSON_DEPTH; at = at->parent)
		path[n++] = at;
	while (n > 0)
		if (!pointer_step(path[--n], buf, room, &len)) {
			memcpy(buf + len, "...", sizeof("..."));
			return;
		}
	buf[len] = '\0';
}

void
json_visit_members(const struct json_at *object,
    const struct json_member *table, size_t n, json_visit_fn *unknown,
    void *into)
{
	const char *key;
	json_t *value;

	json_object_foreach(object->value, key, value)
	{
		const struct json_at at = { value, object, key, 0 };
		json_visit_fn *visit = unknown;

		if (key[0] == '@')
			continue;
		for (size_t i = 0; i < n; i++)
			if (table[i].name[0] == key[0] &&
			    strcmp(table[i].name, key) == 0 &&
			    (table[i].modern == NULL ||
				json_object_get(
				    object->value, table[i].modern) == NULL))
				visit = table[i].visit;
		if (visit != NULL)
			visit(&at, into);
	}
}

void
json_visit_elements(
    const struct json_at *array, size_t max, json_visit_fn *visit, void *into)
{
	const size_t n = json_array_size(array->value);

	for (size_t i = 0; i < n && i < max; i++) {
		const struct json_at at = { json_array_get(array->value, i),
			array, NULL, i };

		visit(&at, into);
	}
}

bool
json_find(
    const struct json_at *object, const char *name, struct json_at *member)
{
	json_t *value = json_object_get(object->value, name);

	if (value == NULL)
		return false;
	*member = (struct json_at){ value, object, name, 0 };
	return true;
}

bool
json_get_uint(
    const struct json_at *at, uint64_t low, uint64_t high, uint64_t *number)
{
	json_int_t value = json_integer_value(at->value);

	if (!json_is_integer(at->value) || value < 0 || (uint64_t)value < low ||
	    (uint64_t)value > high)
		return false;
	*number = (uint64_t)value;
	return true;
}

bool
json_get_boolean(const struct json_at *at, bool *is)
{
	if (!json_is_boolean(at->value))
		return false;
	*is = json_is_true(at->value);
	return true;
}

const char *
json_get_text(const struct json_at *at)
{
	return json_string_value(at->value);
}

bool
json_is_empty(const struct json_at *at)
{
	return json_array_size(at->value) == 1 &&
	       json_is_null(json_array_get(at->value, 0));
}

const char *
json_get_identity(const struct json_at *at, const char *module)
{
	const char *text = json_string_value(at->value);
	const size_t len = strlen(module);

	if (text != NULL && strncmp(text, module, len) == 0 && text[len] == ':')
		text += len + 1;
	return text;
}

void
json_display(const char *text, char *buf, size_t size)
{
	size_t len = 0;

	for (; *text != '\0'; text++) {
		const unsigned char byte = (unsigned char)*text;
		const size_t need = byte < ' ' || byte > '~' ? 4 : 1;

		if (len + need >= size)
			break;
		if (need == 1)
			buf[len] = *text;
		else
			(void)snprintf(buf + len, size - len, "\\x%02x", byte);
		len += need;
	}
	buf[len] = '\0';
}
