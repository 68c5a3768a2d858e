/*
 * The watcher: what it tells the engine, and which DHCP servers and relays it
 * is told to believe.
 */
#ifndef ENGINE_WATCHING_H
#define ENGINE_WATCHING_H

struct engine;

/* A watcher has come; fd is the channel to it, which is taken.  What an earlier
 * one told is told anew. */
void watching_begin(struct engine *engine, int fd);

#endif
