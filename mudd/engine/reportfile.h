/*
 * MUD files that wait, as the JSON of the control protocol: what they are, and
 * what an administrator needs to decide about one.  Reads, changes nothing.
 */
#ifndef ENGINE_REPORTFILE_H
#define ENGINE_REPORTFILE_H

#include <jansson.h>

struct engine;
struct mudurl;
struct shown;

/* The caller owns what it gets. */
json_t *reportfile_pending(struct engine *engine);
/* One of them; shown: what readers found in its files. */
json_t *reportfile_shown(
    struct engine *engine, const struct mudurl *mud, const struct shown *shown);

#endif
