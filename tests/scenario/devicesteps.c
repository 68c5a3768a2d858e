/*
 * What an administrator does with one device.  Role: scenario tests.
 */
#include "tests/scenario/devicesteps.h"

#include <errno.h>
#include <string.h>

#include "engine/forget.h"
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
devicesteps_forget(struct scene *scene, const struct step *step)
{
	struct thing *thing = thing_of(scene, step);
	int error;

	if (thing == NULL)
		return false;
	error = forget_device(scene->engine, thing, 0);
	engine_touch(scene->engine);
	if (strcmp(step->words[2], error == 0        ? "done"
				   : error == -EPERM ? "configured"
						     : "not-stored") == 0)
		return true;
	return scene_fail(scene, "the answer is: %s", strerror(-error));
}
