/*
 * Methods about single devices: what an administrator calls them, which MUD
 * URL they have, and that they be forgotten.
 */
#ifndef ENGINE_DEVICECALLS_H
#define ENGINE_DEVICECALLS_H

#include <stdbool.h>

#include "engine/control/control.h"

struct engine;
struct waiting;

control_method_fn devicecalls_assign;
control_method_fn devicecalls_forget;
control_method_fn devicecalls_rename;

/* Answers a MUD URL that was given, if its time has come: what follows at once
 * is in the kernel.  Its file may have to be fetched yet. */
bool devicecalls_answer_assigned(
    struct engine *engine, const struct waiting *waiting);
/* The same of a device that was forgotten: the kernel has, too. */
bool devicecalls_answer_forgotten(
    struct engine *engine, const struct waiting *waiting);

#endif
