/*
 * Methods about MUD files that wait for an administrator (RFC 8520 s13.2,
 * s16), and about the MUD URLs that they belong to.
 */
#ifndef ENGINE_DECISIONS_H
#define ENGINE_DECISIONS_H

#include <stdbool.h>

#include "engine/control/control.h"

struct engine;
struct waiting;

control_method_fn decisions_pending;
control_method_fn decisions_show;
control_method_fn decisions_approve;
control_method_fn decisions_reject;
control_method_fn decisions_refresh;

/* Answers an approval that waits, if its time has come: the file was read, is
 * in force, and in the kernel; or it turned out to be impossible. */
bool decisions_answer_approved(
    struct engine *engine, const struct waiting *waiting);
/* The same of a refresh: the file has come, or it has not, and what follows
 * from it is in the kernel. */
bool decisions_answer_refreshed(
    struct engine *engine, const struct waiting *waiting);

#endif
