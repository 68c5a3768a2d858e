/*
 * When the state of a Thing changes (report_state), as an event.
 *
 * Only those are looked at that may have changed: whatever the plan is about
 * to tell the kernel, until the kernel has it.
 */
#ifndef ENGINE_STATES_H
#define ENGINE_STATES_H

struct engine;

/* Before the plan is sent: these may be about to change. */
void states_note(struct engine *engine);
/* Once a turn: tells state-changed of those that have. */
void states_turn(struct engine *engine);

#endif
