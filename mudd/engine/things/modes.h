/*
 * What an administrator wants done with one Thing, whatever its MUD file says:
 * enforce, monitor, quarantine, deny.
 *
 * What was said by mudctl counts before what mudd.conf says of the device, and
 * that before the gateway's mode.
 */
#ifndef ENGINE_MODES_H
#define ENGINE_MODES_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/config.h"

struct state;
struct thing;

/* A new Thing: what its section of mudd.conf says. */
void modes_configure(struct thing *thing, const struct config_device *device);

/* A gateway that only monitors has no Thing that is enforced.  One that would
 * be and moves too often is in quarantine (roaming.h). */
enum config_mode modes_of(
    const struct config *config, const struct thing *thing);
/* The same, as far as the gateway enforces anything. */
bool modes_is_denied(const struct config *config, const struct thing *thing);
bool modes_is_watched(const struct config *config, const struct thing *thing);

/* "enforce", ..., or "default": what the configuration says. False: neither. */
bool modes_parse(const char *text, bool *has_mode, enum config_mode *mode);

/*
 * The administrator's word from now on.  0 once it is durable; -ENOENT: it has
 * no MUD URL, so there is nothing to apply it to; -EIO: it holds, but is not
 * durable.  The caller touches the Thing.
 */
int modes_set(struct state *state, struct thing *thing, bool has_mode,
    enum config_mode mode);

/* For the state's flags of a Thing. */
uint32_t modes_to_flags(const struct thing *thing);
void modes_from_flags(struct thing *thing, uint32_t flags);

#endif
