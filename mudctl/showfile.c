/*
 * A MUD file that waits, as text for the person who decides about it.  Role:
 * mudctl.  Input: the daemon's JSON, much of which is the file's own words:
 * lines.c escapes all of it.
 */
#include <stdbool.h>
#include <string.h>

#include "mudctl/columns.h"
#include "mudctl/lines.h"
#include "mudctl/show.h"

static void
say(const struct show *show, size_t indent, const char *text)
{
	(void)fprintf(show->out, "%*s", (int)indent, "");
	lines_wrap(show, indent, indent + 2, text);
}

/* "02:00:5e:00:53:01 kitchen-lamp, br-lan port lan1, 192.168.77.100" */
static void
put_things(const struct show *show, const json_t *things)
{
	for (size_t i = 0; i < json_array_size(things); i++) {
		const json_t *thing = json_array_get(things, i);
		const json_t *addresses = json_object_get(thing, "addresses");

		lines_label(show, i == 0 ? "devices" : "");
		lines_put(show, lines_text(thing, "mac"));
		if (lines_text(thing, "name")[0] != '\0') {
			lines_put(show, " ");
			lines_put(show, lines_text(thing, "name"));
		}
		if (lines_text(thing, "port")[0] != '\0') {
			lines_put(show, ", port ");
			lines_put(show, lines_text(thing, "port"));
		}
		for (size_t k = 0; k < json_array_size(addresses); k++) {
			lines_put(show, ", ");
			lines_put(show,
			    json_string_value(json_array_get(addresses, k)));
		}
		(void)fputc('\n', show->out);
	}
}

static void
put_signature(const struct show *show, const json_t *answer)
{
	const json_t *signature = json_object_get(answer, "signature");

	if (!json_is_object(signature)) {
		lines_line(show, "signer", "none: the file is not signed");
		return;
	}
	lines_label(show, "signer");
	lines_put(show, lines_text(signature, "subject"));
	if (!json_is_true(json_object_get(signature, "is_good")))
		(void)text_print_tone(
		    show->out, " (not verified)", TONE_BAD, show->colour);
	(void)fputc('\n', show->out);
	lines_line(show, "  issuer", lines_text(signature, "issuer"));
	lines_line(show, "  expires", lines_text(signature, "expires"));
	lines_line(show, "  key", lines_text(signature, "spki"));
}

static void
put_claims(const struct show *show, const json_t *claims, bool is_verified)
{
	if (!json_is_object(claims))
		return;
	(void)fprintf(show->out, "The file says of itself (%s):\n",
	    is_verified ? "its signer vouches for it"
			: "nobody has verified it");
	lines_line(show, "  maker", lines_text(claims, "mfg_name"));
	lines_line(show, "  model", lines_text(claims, "model_name"));
	lines_line(show, "  is", lines_text(claims, "systeminfo"));
	lines_line(show, "  mud-url", lines_text(claims, "mud_url"));
	lines_line(show, "  read", lines_text(claims, "documentation"));
	lines_line(show, "  updated", lines_text(claims, "last_update"));
	if (json_is_false(json_object_get(claims, "is_supported")))
		lines_line(show, "  supported", "no longer");
	lines_label(show, "  valid");
	(void)fprintf(show->out, "%lld hours\n",
	    (long long)lines_number(claims, "cache_validity_hours"));
}

static void
put_policy(const struct show *show, const json_t *policy)
{
	if (!json_is_array(policy))
		return;
	if (json_array_size(policy) == 0)
		(void)fputs("With it, the device may do nothing but DHCP, DNS "
			    "and NTP.\n",
		    show->out);
	else
		(void)fputs("With it, the device\n", show->out);
	for (size_t i = 0; i < json_array_size(policy); i++) {
		const json_t *line = json_array_get(policy, i);
		const json_t *warnings = json_object_get(line, "warnings");

		say(show, 2, lines_text(line, "text"));
		for (size_t k = 0; k < json_array_size(warnings); k++) {
			(void)text_print_tone(
			    show->out, "    ! ", TONE_WAITING, show->colour);
			lines_wrap(show, 6, 6,
			    lines_text(json_array_get(warnings, k), "text"));
		}
	}
}

static void
put_changes(const struct show *show, const json_t *answer)
{
	const json_t *in_force = json_object_get(answer, "in_force");
	const json_t *changes = json_object_get(answer, "changes");

	if (!json_is_object(in_force))
		return;
	(void)fputs("Another file is in force, and stays so until you "
		    "approve this one:\n",
	    show->out);
	lines_line(show, "  digest", lines_text(in_force, "digest"));
	lines_line(show, "  signer", lines_text(in_force, "signer"));
	lines_line(show, "  fetched", lines_text(in_force, "fetched_at"));
	if (!json_is_array(changes))
		return;
	(void)fputs(json_array_size(changes) == 0 ? "It allows the same.\n"
						  : "What would change:\n",
	    show->out);
	for (size_t i = 0; i < json_array_size(changes); i++) {
		const json_t *change = json_array_get(changes, i);
		bool is_more = lines_text(change, "change")[0] == '+';

		(void)text_print_tone(show->out, is_more ? "+ " : "- ",
		    is_more ? TONE_WAITING : TONE_FAINT, show->colour);
		lines_wrap(show, 2, 4, lines_text(change, "text"));
	}
}

/* Why there is nothing to say of what it would allow. */
static void
put_unreadable(const struct show *show, const json_t *fault)
{
	char text[512];

	if (!json_is_object(fault))
		return;
	(void)snprintf(text, sizeof(text),
	    "What it would allow cannot be shown: %s: %s",
	    lines_text(fault, "clause"), lines_text(fault, "detail"));
	say(show, 0, text);
}

static void
put_decision(const struct show *show, const json_t *answer)
{
	const char *id = lines_text(answer, "id");

	if (json_is_true(json_object_get(answer, "can_approve"))) {
		lines_put(show, "to approve: mudctl approve ");
		lines_put(show, id);
		(void)fprintf(show->out,
		    " --digest %.16s\nto reject:  mudctl reject ",
		    lines_text(answer, "digest"));
		lines_put(show, id);
	} else if (lines_text(answer, "fetched_at")[0] != '\0') {
		lines_put(show, "This file cannot be approved.");
	} else {
		lines_put(show, "Nothing was fetched yet, so nothing can be "
				"approved; it is tried again.");
	}
	(void)fputc('\n', show->out);
}

void
show_pending_file(const struct show *show, const json_t *answer)
{
	json_int_t size = lines_number(answer, "size");

	lines_put(show, lines_text(answer, "mud_url"));
	lines_put(show, json_is_true(json_object_get(answer, "can_approve"))
			    ? " waits for an administrator"
			    : " is not in use");
	(void)fputc('\n', show->out);
	lines_fault(show, json_object_get(answer, "reason"));
	lines_line(show, "id", lines_text(answer, "id"));
	lines_line(show, "digest", lines_text(answer, "digest"));
	lines_line(show, "fetched", lines_text(answer, "fetched_at"));
	if (size > 0) {
		lines_label(show, "size");
		(void)fprintf(show->out, "%lld bytes\n", (long long)size);
	}
	put_things(show, json_object_get(answer, "things"));
	if (json_is_string(json_object_get(answer, "digest"))) {
		put_signature(show, answer);
		put_claims(show, json_object_get(answer, "claims"),
		    json_is_true(json_object_get(
			json_object_get(answer, "signature"), "is_good")));
		put_policy(show, json_object_get(answer, "policy"));
		put_unreadable(show, json_object_get(answer, "unreadable"));
		put_changes(show, answer);
	}
	put_decision(show, answer);
}
