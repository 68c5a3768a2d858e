/*
 * A policy on its way from the reader: POLICY_BEGIN, texts, ACEs, POLICY_END,
 * staged, counted, checked, and handed over whole.
 */
#ifndef ENGINE_STAGE_H
#define ENGINE_STAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/msg.h"

struct policy;

struct stage {
	struct policy *policy;  /* NULL: nothing begun */
	size_t n_texts, n_aces; /* so many have come */
};

/* false: the record breaks a rule, or comes out of turn.  The rules are those
 * that the reader's parser holds a MUD file to: S-8's counts, S-14's names. */
bool stage_record(struct stage *stage, const struct msg *msg);
/* After POLICY_END: the caller owns the policy. */
struct policy *stage_take(struct stage *stage);
void stage_done(struct stage *stage);

#endif
