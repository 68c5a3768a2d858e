/*
 * The whole of our tables, by difference: what the model says against what
 * stands in the kernel (kernel-wide: at the start, and after somebody else
 * has changed it).
 */
#ifndef ENFORCE_WHOLE_H
#define ENFORCE_WHOLE_H

#include <stdbool.h>
#include <stdint.h>

#include "enforce/audit/repair.h"
#include "enforce/batch.h"
#include "enforce/kernel.h"
#include "enforce/rules/epoch.h"

struct bridgepath;
struct image;
struct model;
struct places;
struct tables;

struct whole {
	struct kernel *kernel;
	const struct tables *tables;
	const struct bridgepath *path;
	const struct batch_tables *form; /* of what is made anew */
	const struct places *egress_at;  /* as for table_write */
	/* What the connections carry now, of number 0 if that is not known, and
	 * what they will if anything has to be changed. */
	struct epoch epoch, next;
	struct image *have;  /* what stands in the kernel; NULL: nobody knows */
	uint64_t slack_msec; /* REPAIR_* */
};

/*
 * Sends the difference; where that cannot be told, or the kernel does not take
 * it, everything.  The model is one whose objects all count as new (a RESET,
 * or model_renew).  *damage says what differed: nothing, and then nothing was
 * sent, and the epoch goes on.
 */
enum kernel_answer whole_commit(const struct whole *whole, struct model *model,
    struct damage *damage, struct fault *why);

/* Are all our tables there, and this socket's own? Nobody else can have
 * changed them then.  False where that cannot be said. */
bool whole_is_owned(struct kernel *kernel, const struct tables *tables);

/* Tables without an owner that an earlier run has kept for the next: ours from
 * now on.  Whether that worked, whole_is_owned says. */
void whole_claim(struct kernel *kernel);

#endif
