/*
 * The world document of `check` and `compile` (--world): JSON to a world.
 *
 *   {"thing": {"mac", "mud_url", "addresses": [...]}, "gateway": [...],
 *    "local_networks": [prefix...], "controllers": {class: [host...]},
 *    "my_controllers": [host...], "things": [{"mud_url", "addresses": [...]}],
 *    "names": {name: [addr...]}}
 *
 * Every member may be left out; one that is not listed is refused, since it
 * would be a misspelling.  Hosts are addresses.
 */
#ifndef MUDCTL_WORLDJSON_H
#define MUDCTL_WORLDJSON_H

#include <stdbool.h>

#include "libmud/bytes.h"

struct fault;
struct world;

/*
 * Adds what the document says to the world, which is world_init's at first.
 * The text is held to the limits of a MUD file (json_load).  On failure *why
 * says what is wrong and where; the world may have a part of it then.
 */
bool worldjson_read(struct bytes text, struct world *world, struct fault *why);

#endif
