/*
 * Policies in use, as text for people.  Role: mudctl.  Input: the daemon's
 * JSON, much of which is the files' own words: all of it is escaped.
 */
#include <stdbool.h>
#include <string.h>

#include "mudctl/columns.h"
#include "mudctl/lines.h"
#include "mudctl/show.h"

#define AGE_TEXT     32
#define PACKETS_TEXT 24

/* "3 d 4 h", "2 h 10 min", "5 min". */
static const char *
age_text(json_int_t sec, char text[AGE_TEXT])
{
	long long minutes = (long long)sec / 60;

	if (minutes >= 24 * 60)
		(void)snprintf(text, AGE_TEXT, "%lld d %lld h",
		    minutes / (24 * 60), minutes / 60 % 24);
	else if (minutes >= 60)
		(void)snprintf(text, AGE_TEXT, "%lld h %lld min", minutes / 60,
		    minutes % 60);
	else
		(void)snprintf(text, AGE_TEXT, "%lld min", minutes);
	return text;
}

void
show_policies(const struct show *show, const json_t *answer)
{
	static const char *const headings[] = { "MUD URL", "DEVICES", "AGE",
		"FETCHED ANEW", "SIGNER" };
	const json_t *policies = json_object_get(answer, "policies");
	struct columns *columns = columns_new(5, headings);

	for (size_t i = 0; i < json_array_size(policies); i++) {
		const json_t *policy = json_array_get(policies, i);
		char devices[24], age[AGE_TEXT];

		(void)snprintf(devices, sizeof(devices), "%lld",
		    (long long)lines_number(policy, "n_devices"));
		columns_add(columns, lines_text(policy, "mud_url"), TONE_PLAIN);
		columns_add(columns, devices, TONE_PLAIN);
		columns_add(columns,
		    age_text(lines_number(policy, "age_sec"), age), TONE_PLAIN);
		columns_add(columns, lines_text(policy, "expires"), TONE_PLAIN);
		columns_add(columns, lines_text(policy, "signer"), TONE_PLAIN);
	}
	if (json_array_size(policies) == 0) {
		(void)fputs("No MUD file is in use.\n", show->out);
	} else {
		columns_print(columns, show->out, show->colour);
		(void)fputs("'mudctl policy show URL' tells what one allows.\n",
		    show->out);
	}
	columns_free(columns);
}

/* "  12345  web: may connect to ..."; "-" where an entry has no rule. */
static void
put_ace(const struct show *show, const json_t *ace)
{
	const json_t *packets = json_object_get(ace, "packets");
	const char *name = lines_text(ace, "ace");
	char count[PACKETS_TEXT] = "-";
	size_t used;

	if (json_is_integer(packets))
		(void)snprintf(count, sizeof(count), "%lld",
		    (long long)json_integer_value(packets));
	(void)fprintf(show->out, "%10s  ", count);
	used = text_print(show->out, name);
	(void)fputs(": ", show->out);
	lines_wrap(show, 12 + used + 2, 14, lines_text(ace, "text"));
}

/* In the order of the file, list by list. */
static void
put_aces(const struct show *show, const json_t *aces)
{
	const char *list = "";

	if (json_array_size(aces) == 0)
		(void)fputs("It has no entries: the device may do nothing but "
			    "DHCP, DNS and NTP.\n",
		    show->out);
	else
		(void)fputs("   packets  the device\n", show->out);
	for (size_t i = 0; i < json_array_size(aces); i++) {
		const json_t *ace = json_array_get(aces, i);

		if (i == 0 || strcmp(list, lines_text(ace, "acl")) != 0) {
			list = lines_text(ace, "acl");
			lines_put(show, list);
			(void)fputs(":\n", show->out);
		}
		put_ace(show, ace);
	}
}

void
show_policy(const struct show *show, const json_t *answer)
{
	const json_t *claims = json_object_get(answer, "claims");
	char age[AGE_TEXT];

	lines_put(show, lines_text(answer, "mud_url"));
	(void)fputs(" is in use\n", show->out);
	lines_line(show, "description", lines_text(claims, "systeminfo"));
	lines_line(show, "maker", lines_text(claims, "mfg_name"));
	lines_line(show, "model", lines_text(claims, "model_name"));
	if (json_is_false(json_object_get(answer, "is_supported")))
		lines_line(
		    show, "supported", "no longer, says its manufacturer");
	lines_line(show, "updated", lines_text(claims, "last_update"));
	lines_line(show, "signer", lines_text(answer, "signer"));
	lines_line(show, "digest", lines_text(answer, "digest"));
	lines_line(show, "approved", lines_text(answer, "approved_at"));
	lines_line(show, "fetched", lines_text(answer, "fetched_at"));
	if (json_is_integer(json_object_get(answer, "age_sec")))
		lines_line(show, "age",
		    age_text(lines_number(answer, "age_sec"), age));
	lines_line(show, "fetched anew", lines_text(answer, "expires"));
	lines_array(show, "devices", json_object_get(answer, "devices"));
	put_aces(show, json_object_get(answer, "aces"));
}
