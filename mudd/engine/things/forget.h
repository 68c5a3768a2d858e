/*
 * Forgetting a device: all that is known of it goes, in memory, in the state,
 * and in the kernel.  If it speaks again it is new.
 */
#ifndef ENGINE_FORGET_H
#define ENGINE_FORGET_H

#include <stdint.h>
#include <sys/types.h>

struct engine;
struct thing;

/*
 * Removes the Thing, which is gone afterwards.  0: the state has it no more,
 * and the kernel will with the next batch.  Else all is as it was: -EPERM:
 * mudd.conf gives it its MUD URL, so that it would be back with its next
 * message; -EIO: it could not be taken out of the state.
 */
int forget_device(struct engine *engine, struct thing *thing, uid_t uid);
/* The same of one that has been absent for too long (absence.h). */
int forget_absent(struct engine *engine, struct thing *thing, int64_t now);

#endif
