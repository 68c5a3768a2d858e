/*
 * Port matches.  Role: reader, mudctl.  Input: hostile JSON, bounded by
 * json.c.
 */
#include "libmud/ports.h"

#include <string.h>

static const char clause[] = "RFC 8519 s4.2 (A-PORT-1)";

/* The leaves of both cases, as they come. */
struct leaves {
	bool has_lower, has_upper, has_operator, has_port, is_odd;
	unsigned int lower, upper, port;
	const char *op;
};

static bool
read_port(
    const struct json_at *at, unsigned int *port, bool *has, struct fault *why)
{
	*has = true;
	return json_read_uint(at, 0, UINT16_MAX, port, why);
}

static bool
read_lower(const struct json_at *at, void *into, struct fault *why)
{
	struct leaves *leaves = into;

	return read_port(at, &leaves->lower, &leaves->has_lower, why);
}

static bool
read_upper(const struct json_at *at, void *into, struct fault *why)
{
	struct leaves *leaves = into;

	return read_port(at, &leaves->upper, &leaves->has_upper, why);
}

static bool
read_one(const struct json_at *at, void *into, struct fault *why)
{
	struct leaves *leaves = into;

	return read_port(at, &leaves->port, &leaves->has_port, why);
}

static bool
read_operator(const struct json_at *at, void *into, struct fault *why)
{
	struct leaves *leaves = into;

	leaves->has_operator = true;
	return json_read_text(at, &leaves->op, why);
}

static bool
read_unknown(const struct json_at *at, void *into, struct fault *why)
{
	struct leaves *leaves = into;

	(void)at;
	(void)why;
	leaves->is_odd = true;
	return true;
}

static bool
apply_operator(const struct json_at *at, const struct leaves *leaves,
    struct ports *ports, struct fault *why)
{
	const char *op = leaves->has_operator ? leaves->op : "eq";
	const uint16_t port = (uint16_t)leaves->port;

	if (strcmp(op, "eq") == 0)
		*ports = (struct ports){ .low = port, .high = port };
	else if (strcmp(op, "neq") == 0)
		*ports = (struct ports){ port, port, 1, 0 };
	else if (strcmp(op, "lte") == 0)
		*ports = (struct ports){ .low = 0, .high = port };
	else if (strcmp(op, "gte") == 0)
		*ports = (struct ports){ .low = port, .high = UINT16_MAX };
	else
		return json_refuse(at, why, FAULT_MALFORMED,
		    "RFC 8519 s4.2 (A-PORT-2)",
		    "operator %s is none of eq, neq, lte, gte", op);
	return true;
}

bool
ports_read(const struct json_at *at, struct ports *ports, bool *is_odd,
    struct fault *why)
{
	static const struct json_member members[] = {
		{ "lower-port", read_lower },
		{ "upper-port", read_upper },
		{ "operator", read_operator },
		{ "port", read_one },
	};
	struct leaves leaves = { 0 };

	if (!json_each_member(at, members, sizeof(members) / sizeof(members[0]),
		read_unknown, &leaves, why))
		return false;
	if (leaves.is_odd)
		*is_odd = true;
	if (leaves.has_lower || leaves.has_upper) {
		if (leaves.has_port || leaves.has_operator)
			return json_refuse(at, why, FAULT_MALFORMED, clause,
			    "a range and an operator in one");
		if (!leaves.has_lower || !leaves.has_upper)
			return json_refuse(at, why, FAULT_MALFORMED, clause,
			    "a range with one end");
		if (leaves.lower > leaves.upper)
			return json_refuse(at, why, FAULT_MALFORMED, clause,
			    "lower-port %u is above upper-port %u",
			    leaves.lower, leaves.upper);
		*ports = (struct ports){ .low = (uint16_t)leaves.lower,
			.high = (uint16_t)leaves.upper };
		return true;
	}
	if (!leaves.has_port && leaves.has_operator)
		return json_refuse(at, why, FAULT_MALFORMED, clause,
		    "an operator without a port");
	/* An empty container asks for nothing: any port (A-SEM-3). */
	return !leaves.has_port || apply_operator(at, &leaves, ports, why);
}
