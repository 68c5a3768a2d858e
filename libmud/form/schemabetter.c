/*
 * What was meant by a wrong value.  Role: mudctl, and the reader for its
 * faults.  Input: values out of a MUD file, hostile; copied into advice only.
 */
#include "libmud/form/schemabetter.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "libmud/addr.h"
#include "libmud/form/draft.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

void
schema_say(char buf[SCHEMA_TEXT], const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(buf, SCHEMA_TEXT, fmt, args);
	va_end(args);
}

void
schema_quote(const json_t *value, char *buf, size_t size)
{
	char *text = json_dumps(value,
	    JSON_ENCODE_ANY | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(9));

	(void)snprintf(buf, size, "%s", text == NULL ? "" : text);
	if (text != NULL && strlen(text) >= size)
		memcpy(buf + size - 4, "...", 4);
	free(text);
}

/* How many letters differ; names are short, so the square is small. */
static size_t
distance(const char *a, const char *b)
{
	enum { MAX = 40 };
	const size_t n = strlen(a), m = strlen(b);
	size_t row[MAX + 1];

	if (n > MAX || m > MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= m; j++)
		row[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			const size_t above = row[j];
			size_t best =
			    corner + (tolower((unsigned char)a[i - 1]) !=
					 tolower((unsigned char)b[j - 1]));

			if (above + 1 < best)
				best = above + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			corner = above;
			row[j] = best;
		}
	}
	return row[m];
}

size_t
schema_distance(const char *written, const char *name)
{
	const size_t n = strlen(written), m = strlen(name);
	const size_t limit = m < 6 ? 1 : m / 4;
	size_t far;

	if (n > m + limit || m > n + limit)
		return SIZE_MAX;
	far = distance(written, name);
	return far <= limit ? far : SIZE_MAX;
}

/* What people write for the values of RFC 8519. */
static const struct {
	const char *written, *meant, *more;
} synonyms[] = {
	{ "deny", "drop", "" },
	{ "block", "drop", "" },
	{ "discard", "drop", "" },
	{ "allow", "accept", "" },
	{ "permit", "accept", "" },
	{ "pass", "accept", "" },
	{ "none", "log-none", "" },
	{ "syslog", "log-syslog", "" },
	{ "ne", "neq", "" },
	{ "equal", "eq", "" },
	{ "=", "eq", "" },
	{ "!=", "neq", "" },
	{ "le", "lte", "" },
	{ "ge", "gte", "" },
	{ "<=", "lte", "" },
	{ ">=", "gte", "" },
	{ "lt", "lte", ", with a \"port\" that is lower by one" },
	{ "<", "lte", ", with a \"port\" that is lower by one" },
	{ "gt", "gte", ", with a \"port\" that is higher by one" },
	{ ">", "gte", ", with a \"port\" that is higher by one" },
};

static bool
is_name_of(const struct yang_type *type, const char *name)
{
	for (size_t i = 0; type->names[i] != NULL; i++)
		if (strcmp(type->names[i], name) == 0)
			return true;
	return false;
}

/* The name that was meant, in quotes. */
static bool
better_name(const struct schema_node *node, const char *text, char *buf,
    const char **more)
{
	const char *const *names = node->type->names;
	const char *found = draft_value_find(node->name, text);
	const char *colon = strrchr(text, ':');

	if (colon != NULL)
		text = colon + 1;
	for (size_t i = 0; found == NULL && i < COUNT(synonyms); i++)
		if (strcasecmp(synonyms[i].written, text) == 0 &&
		    is_name_of(node->type, synonyms[i].meant)) {
			found = synonyms[i].meant;
			*more = synonyms[i].more;
		}
	for (size_t i = 0; found == NULL && names[i] != NULL; i++)
		if (schema_distance(text, names[i]) != SIZE_MAX)
			found = names[i];
	if (found == NULL)
		return false;
	schema_say(buf, "\"%s\"", found);
	return true;
}

/* Bits in another case, or with commas between them. */
static bool
better_bits(const struct yang_type *type, const char *text, char *buf)
{
	static const char between[] = " ,;|+\t\r\n";
	size_t len = (size_t)snprintf(buf, SCHEMA_TEXT, "\"");

	for (text += strspn(text, between); *text != '\0';
	     text += strspn(text, between)) {
		const size_t n = strcspn(text, between);
		const char *found = NULL;

		for (size_t i = 0; type->names[i] != NULL; i++)
			if (strlen(type->names[i]) == n &&
			    strncasecmp(type->names[i], text, n) == 0)
				found = type->names[i];
		text += n;
		if (found == NULL || len + n + 3 > SCHEMA_TEXT)
			return false;
		/* A bit that is there already is not written again. */
		if (strstr(buf, found) == NULL)
			len += (size_t)snprintf(buf + len, SCHEMA_TEXT - len,
			    "%s%s", len > 1 ? " " : "", found);
	}
	(void)snprintf(buf + len, SCHEMA_TEXT - len, "\"");
	return true;
}

/* A number that was written as text, or with a fraction of nothing. */
static bool
better_number(const struct yang_type *type, const json_t *value, char *buf)
{
	const char *text = json_string_value(value);
	const double real = json_real_value(value);
	unsigned long long number;
	char *end;

	if (json_is_real(value) && real >= 0 && real <= UINT32_MAX) {
		number = (unsigned long long)real;
		if ((double)number < real)
			return false;
	} else if (text != NULL && isdigit((unsigned char)*text)) {
		number = strtoull(text, &end, draft_hex(text) < 0 ? 10 : 16);
		if (*end != '\0')
			return false;
	} else {
		return false;
	}
	if (number < type->low || number > type->high)
		return false;
	schema_say(buf, "%llu", number);
	return true;
}

static bool
better_ethertype(const json_t *value, char *buf)
{
	static const struct yang_type type = { YANG_UINT, 0, UINT16_MAX, NULL };
	const struct yang_ethertype *named;
	char lower[32];
	size_t i = 0;

	if (better_number(&type, value, buf)) {
		named = yang_ethertype_numbered(strtol(buf, NULL, 10));
		if (named != NULL)
			schema_say(buf, "%u or \"%s\"",
			    (unsigned int)named->number, named->name);
		return true;
	}
	if (!json_is_string(value) ||
	    json_string_length(value) >= sizeof(lower))
		return false;
	for (const char *c = json_string_value(value); *c != '\0'; c++)
		lower[i++] = (char)tolower((unsigned char)*c);
	lower[i] = '\0';
	named = yang_ethertype_named(lower);
	if (named != NULL)
		schema_say(buf, "\"%s\"", named->name);
	return named != NULL;
}

/* Bits of a netmask such as 255.255.255.0; -1: it is none. */
static int
mask_bits(const char *text)
{
	struct addr mask;
	uint32_t bits = 0;
	int n = 0;

	if (!addr_parse(text, &mask) || mask.family != 4)
		return -1;
	for (int i = 0; i < 4; i++)
		bits = bits << 8 | mask.byte[i];
	while (n < 32 && (bits & UINT32_C(1) << (31 - n)) != 0)
		n++;
	return n < 32 && (bits << n) != 0 ? -1 : n;
}

static bool
better_prefix(const struct schema_node *node, const char *text, char *buf)
{
	const uint8_t family = node->type->kind == YANG_PREFIX4 ? 4 : 6;
	const char *slash = strchr(text, '/');
	char host[ADDR_TEXT];
	struct addr addr;
	size_t len = slash == NULL ? strlen(text) : (size_t)(slash - text);
	int bits = family == 4 ? 32 : 128;

	if (len >= sizeof(host))
		return false;
	memcpy(host, text, len);
	host[len] = '\0';
	if (!addr_parse(host, &addr) || addr.family != family)
		return false;
	if (slash != NULL)
		bits = mask_bits(slash + 1);
	if (bits < 0)
		return false;
	schema_say(buf, "\"%s/%d\"", host, bits);
	return true;
}

/* The host of a URL, or the name before a port. */
static bool
better_host(const char *text, char *buf)
{
	const char *begin = strstr(text, "://");
	char host[SCHEMA_TEXT];
	size_t len;

	begin = begin == NULL ? text : begin + 3;
	len = strcspn(begin, ":/?# \r\n");
	if (len == 0 || len >= sizeof(host) - 2)
		return false;
	memcpy(host, begin, len);
	host[len] = '\0';
	if (!yang_is_host(host))
		return false;
	schema_say(buf, "\"%.*s\"", SCHEMA_TEXT - 3, host);
	return true;
}

static bool
better_date(const char *text, char *buf, const char **more)
{
	char date[64];

	if (strlen(text) < 10 || strlen(text) + 12 > sizeof(date))
		return false;
	(void)snprintf(date, sizeof(date), "%s", text);
	if (strlen(date) == 10)
		(void)snprintf(date, sizeof(date), "%sT00:00:00Z", text);
	date[10] = 'T';
	if (date[strlen(date) - 1] == 'z')
		date[strlen(date) - 1] = 'Z';
	if (!yang_is_date(date)) {
		(void)snprintf(
		    date + strlen(date), sizeof(date) - strlen(date), "Z");
		*more = ", if that time is UTC; else its zone in place of Z, "
			"such as +02:00";
	}
	if (!yang_is_date(date))
		return false;
	schema_say(buf, "\"%s\"", date);
	return true;
}

/* The right value as JSON, where the file's own tells what was meant. */
bool
schema_better_leaf(const struct schema_node *node, const json_t *value,
    char buf[SCHEMA_TEXT], const char **more)
{
	const char *text = json_string_value(value);
	struct mac mac;
	char mac_buf[MAC_TEXT];

	if (json_is_array(value) && json_array_size(value) == 1) {
		json_t *only = json_array_get(value, 0);

		if (yang_check(node->type, only) != YANG_GOOD)
			return false;
		schema_quote(only, buf, SCHEMA_QUOTE);
		return true;
	}
	switch (node->type->kind) {
	case YANG_EMPTY:
		schema_say(buf, "[null]");
		if (json_is_false(value))
			*more = ", or leave it out if it was meant not to hold";
		return true;
	case YANG_UINT:
		/* Mostly seconds, or too long: the longest is near enough. */
		if (strcmp(node->name, "cache-validity") == 0 &&
		    json_integer_value(value) > (json_int_t)node->type->high) {
			schema_say(buf, "168");
			*more = ", the most: it is in hours, and 24 or more "
				"are recommended";
			return true;
		}
		return better_number(node->type, value, buf);
	case YANG_ETHERTYPE:
		return better_ethertype(value, buf);
	case YANG_BOOLEAN:
		if (text == NULL || (strcasecmp(text, "true") != 0 &&
					strcasecmp(text, "false") != 0))
			return false;
		schema_say(buf, "%s",
		    strcasecmp(text, "true") == 0 ? "true" : "false");
		return true;
	case YANG_STRING:
	case YANG_ACL_NAME:
		if (!json_is_number(value) && !json_is_boolean(value))
			return false;
		buf[0] = '"';
		schema_quote(value, buf + 1, SCHEMA_QUOTE);
		(void)snprintf(buf + strlen(buf), 2, "\"");
		return true;
	case YANG_ENUM:
	case YANG_IDENTITY:
		return text != NULL && better_name(node, text, buf, more);
	case YANG_BITS:
		return text != NULL && better_bits(node->type, text, buf);
	case YANG_HOST:
		return text != NULL && better_host(text, buf);
	case YANG_PREFIX4:
	case YANG_PREFIX6:
		return text != NULL && better_prefix(node, text, buf);
	case YANG_DATE:
		return text != NULL && better_date(text, buf, more);
	case YANG_MAC:
		if (text == NULL || !mac_parse(text, &mac))
			return false;
		schema_say(buf, "\"%s\"", mac_text(&mac, mac_buf));
		return true;
	case YANG_BINARY:
		break;
	}
	return false;
}

/* The same for what is no leaf. */
bool
schema_better_shape(
    const struct schema_node *node, const json_t *value, char buf[SCHEMA_TEXT])
{
	char text[SCHEMA_QUOTE];
	const bool is_port = schema_child(node, "lower-port") != NULL;
	static const struct yang_type port = { YANG_UINT, 0, UINT16_MAX, NULL };

	if (is_port &&
	    (json_is_integer(value) || better_number(&port, value, text))) {
		if (json_is_integer(value))
			schema_quote(value, text, sizeof(text));
		schema_say(buf, "{\"operator\": \"eq\", \"port\": %s}", text);
		return true;
	}
	if (node->kind == SCHEMA_LEAF_LIST && json_is_string(value)) {
		schema_quote(value, text, sizeof(text));
		schema_say(buf, "[%s]", text);
		return true;
	}
	if (node->kind == SCHEMA_LIST && json_is_object(value)) {
		schema_say(buf,
		    "[{...}], with brackets around the object, also for one "
		    "entry");
		return true;
	}
	if (node->kind == SCHEMA_LIST && json_is_string(value) &&
	    strcmp(node->name, "access-list") == 0) {
		schema_quote(value, text, sizeof(text));
		schema_say(buf, "[{\"name\": %s}]", text);
		return true;
	}
	if (node->kind == SCHEMA_CONTAINER && json_is_array(value) &&
	    json_is_object(json_array_get(value, 0))) {
		schema_say(buf, "{...}, the object without brackets around it");
		return true;
	}
	return false;
}
