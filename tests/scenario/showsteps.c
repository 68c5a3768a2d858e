/*
 * Looking at a file that waits.  Role: scenario tests.
 */
#include "tests/scenario/showsteps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/control/explain.h"
#include "engine/control/reportfile.h"
#include "engine/files/showing.h"
#include "engine/things/modes.h"
#include "tests/scenario/scene.h"

/* One at a time. */
static struct mudurl *looked_at;

static void
see_file(struct scene *scene, const char *which, const struct shown_file *file,
    const json_t *lines)
{
	if (!file->is_there)
		return;
	if (file->policy != NULL && lines != NULL)
		(void)scene_see(scene, "shown %s %s policy %zu", which,
		    fault_name(file->verdict.code), json_array_size(lines));
	else if (file->policy != NULL)
		(void)scene_see(scene, "shown %s %s policy", which,
		    fault_name(file->verdict.code));
	else
		(void)scene_see(scene, "shown %s %s %s", which,
		    fault_name(file->verdict.code), fault_name(file->why.code));
}

static void
on_shown(void *arg, const struct shown *shown)
{
	struct scene *scene = arg;
	json_t *report = reportfile_shown(scene->engine, looked_at, shown);
	const json_t *changes = json_object_get(report, "changes");

	see_file(scene, "candidate", &shown->candidate,
	    json_object_get(report, "policy"));
	see_file(scene, "accepted", &shown->accepted, NULL);
	for (size_t i = 0; i < json_array_size(changes); i++) {
		const json_t *change = json_array_get(changes, i);

		(void)scene_see(scene, "shown %s %s",
		    json_string_value(json_object_get(change, "change")),
		    json_string_value(json_object_get(change, "text")));
	}
	json_decref(report);
}

static struct mudurl *
find_url(struct scene *scene, const char *url)
{
	struct mudurl *mud = manager_find_url(scene->engine->manager, url);

	if (mud == NULL)
		(void)scene_fail(scene, "the engine does not know this URL");
	return mud;
}

bool
showsteps_show(struct scene *scene, const struct step *step)
{
	struct showing_options options = {
		.base = scene->base,
		.jobs = scene->engine->jobs,
		.state = scene->state,
		.materials = &scene->materials,
		.trust = scene->engine->trust,
		.now = scene->now,
		.done = on_shown,
		.arg = scene,
	};

	looked_at = find_url(scene, step->words[1]);
	if (looked_at == NULL)
		return false;
	(void)showing_start(&options, looked_at);
	return true;
}

bool
showsteps_refresh(struct scene *scene, const struct step *step)
{
	struct mudurl *mud = find_url(scene, step->words[1]);

	if (mud == NULL)
		return false;
	mudurl_ask_anew(mud, scene->now);
	engine_touch(scene->engine);
	return true;
}

/* Ports are the packet's destination, from a client's port. */
bool
showsteps_explain(struct scene *scene, const struct step *step)
{
	const bool is_from = strcmp(step->words[2], "from") == 0;
	const bool by_peer = step->n > 8 && strcmp(step->words[8], "peer") == 0;
	struct explained out;
	struct thing *thing;
	struct flow flow;
	struct fault why;
	struct addr peer;
	struct mac mac;

	if (!mac_parse(step->words[1], &mac) ||
	    !addr_parse(step->words[3], &peer))
		return scene_fail(scene, "which Thing and which peer?");
	thing = things_find(scene->engine->things, &mac);
	if (thing == NULL)
		return scene_fail(scene, "the engine does not know it");
	flow = flow_blank(is_from ? FROM_DEVICE : TO_DEVICE, &peer,
	    (uint8_t)strtoul(step->words[4], NULL, 10));
	flow.source = 50000;
	flow.destination = (int32_t)strtoul(step->words[5], NULL, 10);
	if (!explain(scene->engine, thing, &flow, &out, &why))
		return scene_fail(scene, "no answer: %s", why.detail);
	if ((out.said.verdict == VERDICT_ALLOW) !=
		(strcmp(step->words[6], "allow") == 0) ||
	    strcmp(verdict_source_name(out.said.source), step->words[7]) != 0 ||
	    out.by_peer != by_peer)
		return scene_fail(scene, "the answer is: %s %s %s%s",
		    out.said.verdict == VERDICT_ALLOW ? "allow" : "deny",
		    verdict_source_name(out.said.source), out.said.reason,
		    out.by_peer ? " (peer)" : "");
	return true;
}

bool
showsteps_mode(struct scene *scene, const struct step *step)
{
	struct engine *engine = scene->engine;
	enum config_mode mode;
	struct thing *thing;
	bool has_mode;
	struct mac mac;
	int error;

	if (!mac_parse(step->words[1], &mac) ||
	    !modes_parse(step->words[2], &has_mode, &mode))
		return scene_fail(scene, "which Thing, which mode?");
	thing = things_find(engine->things, &mac);
	if (thing == NULL)
		return scene_fail(scene, "the engine does not know it");
	error = modes_set(scene->state, thing, has_mode, mode);
	things_touch(engine->things, thing);
	engine_touch(engine);
	if (strcmp(step->words[3], error == 0         ? "done"
				   : error == -ENOENT ? "no-url"
						      : "not-stored") == 0)
		return true;
	return scene_fail(scene, "the answer is: %s", strerror(-error));
}
