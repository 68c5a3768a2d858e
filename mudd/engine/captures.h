/*
 * The packet sockets by which the watcher hears the LAN's ports.
 */
#ifndef ENGINE_CAPTURES_H
#define ENGINE_CAPTURES_H

#include <stdbool.h>

struct engine;
struct msg;

/* Asks mudd for one of each port that has none. */
void captures_ask(struct engine *engine);
/* CAPTURED from mudd: hands it on. */
bool captures_take(struct engine *engine, struct msg *msg);

#endif
