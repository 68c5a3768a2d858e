/*
 * MUD files that wait, as the JSON of the control protocol: what they are, and
 * what an administrator needs to decide about one.  Reads, changes nothing.
 */
#ifndef ENGINE_REPORTFILE_H
#define ENGINE_REPORTFILE_H

#include <jansson.h>

struct engine;
struct mudurl;
struct policy_info;
struct shown;
struct words_line;

/* The caller owns what it gets. */
json_t *reportfile_pending(struct engine *engine);
/* One of them; shown: what readers found in its files. */
json_t *reportfile_shown(
    struct engine *engine, const struct mudurl *mud, const struct shown *shown);
/* FileClaims, and PolicyLine. */
json_t *reportfile_claims(const struct policy_info *info);
json_t *reportfile_line(const struct words_line *line);

#endif
