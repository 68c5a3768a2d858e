/*
 * Dropped packets.  Role: scenario tests.
 */
#include "tests/scenario/dropsteps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/control/dropcalls.h"
#include "libmud/date.h"
#include "tests/scenario/scene.h"

static bool
read_number(struct scene *scene, const struct step *step, const char *key,
    long long max, long long *number)
{
	const char *text = step_value(step, key);

	return text == NULL || step_number(scene, text, max, number);
}

static bool
read_addr(struct scene *scene, const struct step *step, const char *key,
    struct addr *addr)
{
	const char *text = step_value(step, key);

	return text == NULL || addr_parse(text, addr) ||
	       scene_fail(scene, "%s is no address", text);
}

bool
dropsteps_drop(struct scene *scene, const struct step *step)
{
	static const char *const kinds[DROP_KINDS] = {
		[DROP_FROM] = "from",
		[DROP_TO] = "to",
		[DROP_SPOOF] = "spoof",
		[DROP_PLACE] = "place",
		[DROP_TWICE] = "twice",
		[DROP_ARP] = "arp",
		[DROP_TYPE] = "frame",
	};
	struct record_drop drop = { 0 };
	long long protocol = 0, port = 0, type = 0, count = 1;

	while (drop.kind < DROP_KINDS &&
	       strcmp(step->words[1], kinds[drop.kind]) != 0)
		drop.kind++;
	if (drop.kind == DROP_KINDS || !mac_parse(step->words[2], &drop.mac))
		return scene_fail(
		    scene, "drop from|to|spoof|place|arp|frame MAC");
	if (!read_addr(scene, step, "own", &drop.own) ||
	    !read_addr(scene, step, "peer", &drop.peer) ||
	    !read_number(scene, step, "protocol", UINT8_MAX, &protocol) ||
	    !read_number(scene, step, "port", UINT16_MAX, &port) ||
	    !read_number(scene, step, "type", UINT16_MAX, &type) ||
	    !read_number(scene, step, "count", UINT32_MAX, &count))
		return false;
	if (step_value(step, "port") != NULL)
		drop.has_number = DROP_PORT;
	if (step_value(step, "type") != NULL)
		drop.has_number =
		    drop.kind == DROP_TYPE ? DROP_ETHERTYPE : DROP_ICMP_TYPE;
	drop.number = (uint16_t)(port + type);
	drop.protocol = (uint8_t)protocol;
	drop.count = (uint32_t)count;
	if (!far_send(&scene->watcher, RECORD_DROP, &drop, NULL, 0))
		return scene_fail(scene, "there is no watcher");
	return true;
}

static const char *
text_of(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text == NULL ? "-" : text;
}

static long long
second_of(const json_t *row, const char *key)
{
	int64_t at = 0;

	(void)date_parse(text_of(row, key), &at);
	return (long long)(at - SCENE_EPOCH);
}

static void
see_row(struct scene *scene, const json_t *row)
{
	const json_t *port = json_object_get(row, "port");
	const json_t *type = json_object_get(row, "icmp_type");
	const char *reason = json_string_value(json_object_get(row, "reason"));
	const char *kind = text_of(row, "kind");
	char number[24] = "-";

	/* An address is what is claimed most of the time. */
	if (reason != NULL && strcmp(reason, "address") != 0)
		kind = reason;

	if (port != NULL || type != NULL)
		(void)snprintf(number, sizeof(number), "%lld",
		    (long long)json_integer_value(port == NULL ? type : port));
	if (json_object_get(row, "ethertype") != NULL)
		(void)snprintf(
		    number, sizeof(number), "%s", text_of(row, "ethertype"));
	(void)scene_see(scene,
	    "denied %s %s %s %s %s %s %s %s count %lld first %lld last %lld",
	    kind, text_of(row, "direction"), text_of(row, "device"),
	    text_of(row, "address"), text_of(row, "peer"),
	    text_of(row, "peer_name"), text_of(row, "protocol"), number,
	    (long long)json_integer_value(json_object_get(row, "count")),
	    second_of(row, "first"), second_of(row, "last"));
}

bool
dropsteps_list(struct scene *scene, const struct step *step)
{
	const struct thing *thing = NULL;
	json_t *rows;

	if (scene->engine == NULL)
		return scene_fail(scene, "the engine does not run");
	if (strcmp(step->words[1], "all") != 0) {
		thing = things_find_text(scene->engine->things, step->words[1]);
		if (thing == NULL)
			return scene_fail(scene, "the engine does not know it");
	}
	rows = dropcalls_rows(scene->engine, thing, LIMIT_DROPS);
	for (size_t i = 0; i < json_array_size(rows); i++)
		see_row(scene, json_array_get(rows, i));
	json_decref(rows);
	return true;
}
