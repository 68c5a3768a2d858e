/*
 * Members of JSON objects.  Role: engine.  Texts of Things and MUD files are
 * handed on as they are: whoever prints them escapes them (S-71).
 */
#include "engine/control/put.h"

#include <time.h>

#include "libmud/digest.h"
#include "libmud/fault.h"

#define TIME_TEXT 24

void
put_value(json_t *object, const char *key, json_t *value)
{
	(void)json_object_set_new(object, key, value);
}

void
put_text(json_t *object, const char *key, const char *text)
{
	json_t *value = text[0] == '\0' ? NULL : json_string(text);

	if (value != NULL)
		put_value(object, key, value);
}

void
put_time(json_t *object, const char *key, int64_t at)
{
	char text[TIME_TEXT];
	time_t seconds = (time_t)at;
	struct tm parts;

	if (at <= 0 || at == INT64_MAX || gmtime_r(&seconds, &parts) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
		return;
	put_value(object, key, json_string(text));
}

void
put_fault(json_t *object, const char *key, const struct fault *why,
    const char *remedy)
{
	if (why->code == FAULT_NONE)
		return;
	put_value(object, key,
	    json_pack("{s:s,s:s,s:s,s:s}", "code", fault_name(why->code),
		"clause", why->clause, "detail", why->detail, "remedy",
		remedy));
}

void
put_digest(json_t *object, const char *key, const uint8_t digest[32])
{
	char text[DIGEST_TEXT];

	put_value(object, key, json_string(digest_text(digest, text)));
}
