/*
 * The method by which an administrator, or an authentication server, hands
 * over a device's certificate (RFC 8520 s11, M-X5-4).
 */
#ifndef ENGINE_CERTCALLS_H
#define ENGINE_CERTCALLS_H

#include <stdbool.h>

#include "engine/control/control.h"

struct engine;
struct waiting;

control_method_fn certcalls_take;

/* Answers one whose certificate has been taken, once what follows at once is
 * in the kernel; the MUD file may have to be fetched yet. */
bool certcalls_answer(struct engine *engine, const struct waiting *waiting);

#endif
