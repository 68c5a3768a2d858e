/*
 * What the engine has asked to be told of the kernel, and is owed: counters,
 * tallies of a policy, a walk.
 *
 * An answer may be long, so it waits until all that was sent before has left:
 * one at a time, and never more than one of each kind.
 */
#ifndef ENFORCE_OWED_H
#define ENFORCE_OWED_H

#include <stdbool.h>

struct channel;
struct enforcer;
struct event_base;
struct msg;
struct owed;

/* NULL if there can be no timer. The enforcer outlives it. */
struct owed *owed_new(struct event_base *base, struct enforcer *enforcer);
void owed_free(struct owed *owed);

/* COUNTERS, TALLIES or WALK of the engine's; its channel is lent until
 * owed_forget.  False: it asks what nobody can mean, or too much at once. */
bool owed_ask(struct owed *owed, struct channel *engine, const struct msg *msg);
/* Nobody waits for an answer any more. */
void owed_forget(struct owed *owed);

#endif
