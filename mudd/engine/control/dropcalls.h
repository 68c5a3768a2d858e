/*
 * What was dropped lately, as JSON, and the method that asks for it
 * (docs/org.mudd.Manager.varlink).
 */
#ifndef ENGINE_DROPCALLS_H
#define ENGINE_DROPCALLS_H

#include <sys/types.h>

#include <jansson.h>

struct control_call;
struct engine;
struct thing;

/* Drops(device): as control_method wants it. */
void dropcalls_list(
    void *arg, struct control_call *call, json_t *params, uid_t uid);

/* An array of the last drops, `most` at most; of all devices where thing is
 * NULL. The caller owns it. */
json_t *dropcalls_rows(
    struct engine *engine, const struct thing *thing, size_t most);

#endif
