/*
 * The addresses of a Thing, as far as the kernel was not told yet: their
 * bindings go into a batch.
 */
#ifndef ENGINE_BINDPLAN_H
#define ENGINE_BINDPLAN_H

struct batch;
struct lan;
struct thing;

/* Those that are no longer its own.  First of all Things: one that another is
 * about to get must be free. */
void bindplan_release(
    const struct lan *lan, struct thing *thing, struct batch *batch);
/* Those that it has now; not the gateway's own
 * (S-49), nor those of networks that are connected there no more. Behind its
 * THING. */
void bindplan_bind(
    const struct lan *lan, struct thing *thing, struct batch *batch);

#endif
