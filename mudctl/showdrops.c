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

static void
add_what(struct columns *columns, const json_t *row)
{
	const bool is_spoof = strcmp(lines_text(row, "kind"), "spoof") == 0;
	const bool is_to = strcmp(lines_text(row, "direction"), "to") == 0;
	char text[CELL];

	if (is_spoof)
		(void)snprintf(text, sizeof(text), "claims to be %s",
		    lines_text(row, "address"));
	else
		(void)snprintf(text, sizeof(text), "%s",
		    is_to ? "was sent to by" : "sent to");
	columns_add(columns, text, is_spoof ? TONE_BAD : TONE_PLAIN);
}

static void
add_peer(struct columns *columns, const json_t *row)
{
	const char *name = lines_text(row, "peer_name");
	char text[CELL];

	(void)snprintf(text, sizeof(text), name[0] == '\0' ? "%s%s" : "%s (%s)",
	    lines_text(row, "peer"), name);
	columns_add(columns, text, TONE_PLAIN);
}

static void
add_protocol(struct columns *columns, const json_t *row)
{
	const json_t *port = json_object_get(row, "port");
	const json_t *type = json_object_get(row, "icmp_type");
	const char *protocol = lines_text(row, "protocol");
	char text[CELL];

	if (port != NULL)
		(void)snprintf(text, sizeof(text), "%s port %lld", protocol,
		    (long long)json_integer_value(port));
	else if (type != NULL)
		(void)snprintf(text, sizeof(text), "%s type %lld", protocol,
		    (long long)json_integer_value(type));
	else
		(void)snprintf(text, sizeof(text), "%s", protocol);
	columns_add(columns, text, TONE_PLAIN);
}

void
show_drops(const struct show *show, const json_t *answer)
{
	static const char *const headings[] = { "LAST", "DEVICE", "WHAT",
		"PEER", "PROTOCOL", "LOGGED" };
	const json_t *drops = json_object_get(answer, "drops");
	struct columns *columns = columns_new(6, headings);

	for (size_t i = 0; i < json_array_size(drops); i++) {
		const json_t *row = json_array_get(drops, i);
		char count[24];

		(void)snprintf(count, sizeof(count), "%lld",
		    (long long)lines_number(row, "count"));
		columns_add(columns, lines_text(row, "last"), TONE_FAINT);
		columns_add(columns, lines_text(row, "device"), TONE_PLAIN);
		add_what(columns, row);
		add_peer(columns, row);
		add_protocol(columns, row);
		columns_add(columns, count, TONE_PLAIN);
	}
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
