/*
 * Whom mudd trusts, as text for people.  Role: mudctl.  Input: the daemon's
 * JSON, whose subjects makers of certificates wrote; lines.c escapes them.
 */
#include <string.h>

#include "mudctl/columns.h"
#include "mudctl/lines.h"
#include "mudctl/show.h"

#define DIGITS 16 /* of a digest: enough to name it */

static void
put_digits(const struct show *show, const char *digest)
{
	char text[DIGITS + 1] = "";

	(void)snprintf(text, sizeof(text), "%s", digest);
	lines_put(show, text);
}

/* "lab.pem in trust.d", or who added it and when. */
static void
put_origin(const struct show *show, const json_t *anchor)
{
	lines_label(show, "  from");
	if (lines_text(anchor, "file")[0] != '\0') {
		lines_put(show, lines_text(anchor, "file"));
	} else {
		(void)fprintf(show->out, "uid %lld, ",
		    (long long)lines_number(anchor, "added_by"));
		lines_put(show, lines_text(anchor, "added_at"));
	}
	(void)fputc('\n', show->out);
}

static void
put_anchor(const struct show *show, const json_t *anchor)
{
	const char *id = lines_text(anchor, "id");

	if (id[0] == '\0') {
		(void)text_print_tone(
		    show->out, "broken certificate", TONE_BAD, show->colour);
		(void)fputc('\n', show->out);
		put_origin(show, anchor);
		lines_fault(show, json_object_get(anchor, "fault"));
		return;
	}
	put_digits(show, id);
	lines_put(show, "  ");
	lines_put(show, lines_text(anchor, "subject"));
	if (json_is_false(json_object_get(anchor, "is_ca")))
		lines_put(show, " (not a CA: trusted for itself)");
	(void)fputc('\n', show->out);
	lines_line(show, "  expires", lines_text(anchor, "expires"));
	put_origin(show, anchor);
}

void
show_trust(const struct show *show, const json_t *answer)
{
	const json_t *anchors = json_object_get(answer, "anchors");
	const json_t *distrusted = json_object_get(answer, "distrusted");

	if (json_array_size(anchors) == 0)
		(void)fputs("No trust anchor: every MUD file waits for an "
			    "administrator.\n",
		    show->out);
	for (size_t i = 0; i < json_array_size(anchors); i++)
		put_anchor(show, json_array_get(anchors, i));
	for (size_t i = 0; i < json_array_size(distrusted); i++) {
		const json_t *signer = json_array_get(distrusted, i);

		(void)text_print_tone(
		    show->out, "distrusted", TONE_BAD, show->colour);
		lines_put(show, " ");
		put_digits(show, lines_text(signer, "spki"));
		lines_put(show, "  ");
		lines_put(show, lines_text(signer, "subject"));
		(void)fputc('\n', show->out);
		lines_line(show, "  since", lines_text(signer, "since"));
	}
}

static void
put_one(const struct show *show, const char *what, const json_t *object,
    const char *digest)
{
	lines_put(show, what);
	put_digits(show, lines_text(object, digest));
	lines_put(show, "  ");
	lines_put(show, lines_text(object, "subject"));
	(void)fputc('\n', show->out);
}

void
show_trust_added(const struct show *show, const json_t *answer)
{
	const json_t *anchors = json_object_get(answer, "anchors");

	for (size_t i = 0; i < json_array_size(anchors); i++)
		put_one(show, "trusted: ", json_array_get(anchors, i), "id");
}

void
show_trust_removed(const struct show *show, const json_t *answer)
{
	(void)answer;
	lines_put(show, "removed; what it vouched for is judged again");
	(void)fputc('\n', show->out);
}

void
show_distrusted(const struct show *show, const json_t *answer)
{
	put_one(show, "distrusted: ", answer, "spki");
}

void
show_restored(const struct show *show, const json_t *answer)
{
	put_one(show, "no longer distrusted: ", answer, "spki");
}
