/*
 * Port matches.  Role: reader, mudctl.  Input: hostile JSON, bounded by
 * json.c; what is wrong with it schema_judge has told.
 */
#include "libmud/ports.h"

#include <string.h>

/* The leaves of both cases, as they come; -1: absent. */
struct leaves {
	int32_t lower, upper, port;
	const char *op;
	bool is_odd;
};

static void
read_port(const struct json_at *at, struct leaves *leaves, int32_t *port)
{
	uint64_t number;

	if (json_get_uint(at, 0, UINT16_MAX, &number))
		*port = (int32_t)number;
	else
		leaves->is_odd = true;
}

static void
read_lower(const struct json_at *at, void *into)
{
	struct leaves *leaves = into;

	read_port(at, leaves, &leaves->lower);
}

static void
read_upper(const struct json_at *at, void *into)
{
	struct leaves *leaves = into;

	read_port(at, leaves, &leaves->upper);
}

static void
read_one(const struct json_at *at, void *into)
{
	struct leaves *leaves = into;

	read_port(at, leaves, &leaves->port);
}

static void
read_operator(const struct json_at *at, void *into)
{
	struct leaves *leaves = into;

	leaves->op = json_get_text(at);
	leaves->is_odd |= leaves->op == NULL;
}

static void
read_unknown(const struct json_at *at, void *into)
{
	struct leaves *leaves = into;

	(void)at;
	leaves->is_odd = true;
}

/* A-PORT-2: these four, and eq where none is named. */
static bool
apply_operator(const char *op, uint16_t port, struct ports *ports)
{
	if (op == NULL || strcmp(op, "eq") == 0)
		*ports = (struct ports){ .low = port, .high = port };
	else if (strcmp(op, "neq") == 0)
		*ports = (struct ports){ port, port, 1, 0 };
	else if (strcmp(op, "lte") == 0)
		*ports = (struct ports){ .low = 0, .high = port };
	else if (strcmp(op, "gte") == 0)
		*ports = (struct ports){ .low = port, .high = UINT16_MAX };
	else
		return false;
	return true;
}

bool
ports_read(const struct json_at *at, struct ports *ports)
{
	static const struct json_member members[] = {
		{ "lower-port", read_lower, NULL },
		{ "upper-port", read_upper, NULL },
		{ "operator", read_operator, NULL },
		{ "port", read_one, NULL },
	};
	struct leaves leaves = { -1, -1, -1, NULL, false };

	json_visit_members(at, members, sizeof(members) / sizeof(members[0]),
	    read_unknown, &leaves);
	if (leaves.is_odd || !json_is_object(at->value))
		return false;
	/* A-PORT-1: both ends, or one port and how to compare with it. */
	if (leaves.lower >= 0 || leaves.upper >= 0) {
		if (leaves.port >= 0 || leaves.op != NULL || leaves.lower < 0 ||
		    leaves.lower > leaves.upper)
			return false;
		*ports = (struct ports){ .low = (uint16_t)leaves.lower,
			.high = (uint16_t)leaves.upper };
		return true;
	}
	if (leaves.port < 0)
		return leaves.op == NULL;
	return apply_operator(leaves.op, (uint16_t)leaves.port, ports);
}
