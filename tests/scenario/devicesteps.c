/*
 * What an administrator does with one device.  Role: scenario tests.
 */
#include "tests/scenario/devicesteps.h"

#include <errno.h>
#include <string.h>

#include "engine/files/ownfiles.h"
#include "engine/things/admin.h"
#include "engine/things/announce.h"
#include "engine/things/forget.h"
#include "libmud/mem.h"
#include "tests/scenario/scene.h"

static struct thing *
thing_of(struct scene *scene, const struct step *step)
{
	struct thing *thing = NULL;
	struct mac mac;

	if (mac_parse(step->words[1], &mac))
		thing = things_find(scene->engine->things, &mac);
	if (thing == NULL)
		(void)scene_fail(scene, "the engine does not know it");
	return thing;
}

bool
devicesteps_own_file(struct scene *scene, const struct step *step)
{
	struct materials *materials = &scene->materials;
	const char *name = step->words[1], *body = step->words[2];
	struct own_file *file;

	materials->own = xrealloc(
	    materials->own, materials->n_own + 1, sizeof(*materials->own));
	file = &materials->own[materials->n_own++];
	*file = (struct own_file){ .size = strlen(body) };
	text_copy(file->name, sizeof(file->name), name);
	file->data = (uint8_t *)xstrdup(body);
	return true;
}

static bool
check(struct scene *scene, const char *wanted, const char *outcome)
{
	engine_touch(scene->engine);
	if (strcmp(wanted, outcome) == 0)
		return true;
	return scene_fail(scene, "the answer is: %s", outcome);
}

bool
devicesteps_assign(struct scene *scene, const struct step *step)
{
	const struct sightings *sightings = &scene->engine->sightings;
	struct thing *thing = thing_of(scene, step);
	struct fault why;
	int error;

	if (thing == NULL)
		return false;
	error = strcmp(step->words[2], "announced") == 0
	            ? admin_unassign(sightings, thing)
	            : announce_assign(
			  sightings, thing, step->words[2], scene->now, &why);
	return check(scene, step->words[3],
	    error == 0         ? "done"
	    : error == -EPERM  ? "configured"
	    : error == -ENOSPC ? "full"
	    : error == -ENOENT ? "not-assigned"
			       : "no-url");
}

bool
devicesteps_forget(struct scene *scene, const struct step *step)
{
	struct thing *thing = thing_of(scene, step);
	int error;

	if (thing == NULL)
		return false;
	error = forget_device(scene->engine, thing, 0);
	return check(scene, step->words[2],
	    error == 0        ? "done"
	    : error == -EPERM ? "configured"
			      : "not-stored");
}

bool
devicesteps_rename(struct scene *scene, const struct step *step)
{
	const char *name =
	    strcmp(step->words[2], "none") == 0 ? "" : step->words[2];
	struct thing *thing = thing_of(scene, step);
	int error;

	if (thing == NULL)
		return false;
	error = admin_rename(&scene->engine->sightings, thing, name);
	return check(scene, step->words[3],
	    error == 0         ? "done"
	    : error == -EINVAL ? "no-name"
	    : error == -EPERM  ? "configured"
	    : error == -EEXIST ? "taken"
	    : error == -ENOSPC ? "full"
			       : "not-stored");
}

bool
devicesteps_called(struct scene *scene, const struct step *step)
{
	const struct thing *thing =
	    things_find_text(scene->engine->things, step->words[1]);
	char mac[MAC_TEXT];

	return check(scene, step->words[2],
	    thing == NULL ? "nobody" : mac_text(&thing->mac, mac));
}
