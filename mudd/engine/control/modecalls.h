/*
 * The method that puts a device into a mode.
 */
#ifndef ENGINE_MODECALLS_H
#define ENGINE_MODECALLS_H

#include <stdbool.h>

#include "engine/control/control.h"

struct engine;
struct waiting;

/* DeviceMode; as control_method_fn. Answered once it stands in the kernel. */
void modecalls_set(
    void *arg, struct control_call *call, json_t *params, uid_t uid);
/* Is it answered now? */
bool modecalls_answer(struct engine *engine, const struct waiting *waiting);

#endif
