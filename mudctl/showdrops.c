/*
 * What was denied lately, as text for people.  Role: mudctl.  Input: the
 * daemon's JSON; addresses, ports and names in it come from hostile packets
 * and MUD files, and are printed through columns.c, which escapes them.
 */
#include <string.h>

#include "mudctl/columns.h"
#include "mudctl/lines.h"
#include "mudctl/show.h"

#define CELL 320 /* an address, and a DNS name */

static bool
is_spoof(const json_t *row)
{
	return strcmp(lines_text(row, "kind"), "spoof") == 0;
}

static void
what_text(const json_t *row, char text[CELL])
{
	const char *reason = lines_text(row, "reason");

	if (strcmp(reason, "port") == 0)
		(void)snprintf(text, CELL, "on a port not its own, to");
	else if (strcmp(reason, "ethertype") == 0)
		(void)snprintf(text, CELL, "frame of type %s, to",
		    lines_text(row, "ethertype"));
	else if (is_spoof(row))
		(void)snprintf(
		    text, CELL, "claims to be %s", lines_text(row, "address"));
	else if (strcmp(lines_text(row, "direction"), "to") == 0)
		(void)snprintf(text, CELL, "was sent to by");
	else
		(void)snprintf(text, CELL, "sent to");
}

static void
peer_text(const json_t *row, char text[CELL])
{
	const char *name = lines_text(row, "peer_name");

	if (name[0] == '\0')
		(void)snprintf(text, CELL, "%s", lines_text(row, "peer"));
	else
		(void)snprintf(
		    text, CELL, "%s (%s)", lines_text(row, "peer"), name);
}

static void
protocol_text(const json_t *row, char text[CELL])
{
	const json_t *port = json_object_get(row, "port");
	const json_t *type = json_object_get(row, "icmp_type");
	const char *protocol = lines_text(row, "protocol");

	if (port != NULL)
		(void)snprintf(text, CELL, "%s port %lld", protocol,
		    (long long)json_integer_value(port));
	else if (type != NULL)
		(void)snprintf(text, CELL, "%s type %lld", protocol,
		    (long long)json_integer_value(type));
	else
		(void)snprintf(text, CELL, "%s", protocol);
}

static void
add_row(struct columns *columns, const json_t *row)
{
	char text[CELL];

	columns_add(columns, lines_text(row, "last"), TONE_FAINT);
	columns_add(columns, lines_text(row, "device"), TONE_PLAIN);
	what_text(row, text);
	columns_add(columns, text, is_spoof(row) ? TONE_BAD : TONE_PLAIN);
	peer_text(row, text);
	columns_add(columns, text, TONE_PLAIN);
	protocol_text(row, text);
	columns_add(columns, text, TONE_PLAIN);
	(void)snprintf(
	    text, CELL, "%lld", (long long)lines_number(row, "count"));
	columns_add(columns, text, TONE_PLAIN);
}

void
show_denied(const struct show *show, const json_t *rows)
{
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		char text[CELL];

		lines_label(show, i == 0 ? "denied" : "");
		what_text(row, text);
		lines_put(show, text);
		lines_put(show, " ");
		peer_text(row, text);
		lines_put(show, text);
		lines_put(show, " ");
		protocol_text(row, text);
		lines_put(show, text);
		lines_put(show, ", last ");
		lines_put(show, lines_text(row, "last"));
		(void)fputc('\n', show->out);
	}
}

void
show_drops(const struct show *show, const json_t *answer)
{
	static const char *const headings[] = { "LAST", "DEVICE", "WHAT",
		"PEER", "PROTOCOL", "LOGGED" };
	const json_t *drops = json_object_get(answer, "drops");
	struct columns *columns = columns_new(6, headings);

	for (size_t i = 0; i < json_array_size(drops); i++)
		add_row(columns, json_array_get(drops, i));
	if (json_array_size(drops) == 0) {
		(void)fputs("Nothing was denied lately.\n", show->out);
	} else {
		columns_print(columns, show->out, show->colour);
		lines_put(show, "Of each device one packet a second is logged; "
				"'mudctl device show' counts all.");
		(void)fputc('\n', show->out);
	}
	columns_free(columns);
}
