/*
 * Modes of single Things.  Role: engine.  Input: words of administrators.
 */
#include "engine/things/modes.h"

#include <errno.h>
#include <string.h>

#include "engine/things/things.h"
#include "engine/things/thingstore.h"

/* In a Thing's flags: 0 for none, else the mode's number and one more. */
#define FLAGS_SHIFT 4
#define FLAGS_MASK  7u

enum config_mode
modes_of(const struct config *config, const struct thing *thing)
{
	enum config_mode mode = config->mode;

	if (thing->has_mode)
		mode = thing->mode;
	else if (thing->has_configured_mode)
		mode = thing->configured_mode;
	if (mode == CONFIG_ENFORCE)
		mode = config->mode;
	if (mode == CONFIG_ENFORCE && thing->roaming.flaps_until != 0)
		mode = CONFIG_QUARANTINE;
	return mode;
}

void
modes_configure(struct thing *thing, const struct config_device *device)
{
	thing->has_configured_mode = device->has_mode;
	thing->configured_mode = device->mode;
}

bool
modes_is_denied(const struct config *config, const struct thing *thing)
{
	return config->mode != CONFIG_MONITOR &&
	       modes_of(config, thing) == CONFIG_DENY;
}

bool
modes_is_watched(const struct config *config, const struct thing *thing)
{
	return config->mode != CONFIG_MONITOR &&
	       modes_of(config, thing) == CONFIG_MONITOR;
}

bool
modes_parse(const char *text, bool *has_mode, enum config_mode *mode)
{
	*mode = CONFIG_ENFORCE;
	*has_mode = strcmp(text, "default") != 0;
	if (!*has_mode)
		return true;
	for (unsigned int i = 0; i < CONFIG_MODES; i++)
		if (strcmp(config_mode_name((enum config_mode)i), text) == 0) {
			*mode = (enum config_mode)i;
			return true;
		}
	return false;
}

int
modes_set(struct state *state, struct thing *thing, bool has_mode,
    enum config_mode mode)
{
	if (thing->mud == NULL)
		return -ENOENT;
	thing->has_mode = has_mode;
	thing->mode = mode;
	thing->is_proven = true;
	return thingstore_put(state, thing) == 0 ? 0 : -EIO;
}

uint32_t
modes_to_flags(const struct thing *thing)
{
	return thing->has_mode ? ((uint32_t)thing->mode + 1) << FLAGS_SHIFT : 0;
}

void
modes_from_flags(struct thing *thing, uint32_t flags)
{
	uint32_t number = flags >> FLAGS_SHIFT & FLAGS_MASK;

	thing->has_mode = number != 0;
	thing->mode = CONFIG_ENFORCE;
	/* What we do not know was more than we can do: nothing passes. */
	if (number > CONFIG_MODES)
		thing->mode = CONFIG_DENY;
	else if (number != 0)
		thing->mode = (enum config_mode)(number - 1);
}
