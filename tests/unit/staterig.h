/*
 * A state in a folder of its own, for the tests of the state.
 */
#ifndef UNIT_STATERIG_H
#define UNIT_STATERIG_H

#include "engine/state/state.h"

struct staterig {
	char dir[32], path[64], bad[80], log[80];
	struct state *state;
};

/* cmocka's setup and teardown; *state is a struct staterig. */
int staterig_begin(void **state);
int staterig_end(void **state);

/* Opens it, or ends the test. */
enum state_opened staterig_open(struct staterig *rig);
void staterig_close(struct staterig *rig);

/* Does to the closed file what a disk, or somebody, might. */
void staterig_tamper(const struct staterig *rig, const char *sql);

#endif
