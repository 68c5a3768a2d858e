/*
 * A client of the control socket who may only read, and asks for anything all
 * the same: whatever it asks, nothing changes (F13).
 */
#ifndef FUZZ_READONLY_H
#define FUZZ_READONLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct commands;
struct scene;

#define READONLY_ASKED 64

struct readonly {
	struct commands *commands;
	int fd; /* the client's; -1: it is gone */
	/* Of each question without an answer: must it be refused? */
	bool changes[READONLY_ASKED];
	size_t n_asked;
	size_t len; /* of what has come of an answer */
	char answers[256 * 1024];
};

/* Has the scene's engine serve a control socket, and connects to it as nobody,
 * in a group that may read. */
void readonly_begin(struct readonly *reader, struct scene *scene);
void readonly_end(struct readonly *reader);

/*
 * Asks for one of the methods, with parameters that are right for what the
 * engine has at the moment, and reads the answers that are there.  Aborts if a
 * method that changes something is not refused.
 */
void readonly_ask(struct readonly *reader, struct scene *scene, uint8_t what);

#endif
