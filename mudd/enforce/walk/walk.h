/*
 * What becomes of a described packet by what is really installed: its way
 * through the base chains of our tables, interpreted rule by rule.
 *
 * It is the kernel that is asked, for chains, rules, comments, what sets hold
 * now, interfaces and routes; no model of ours has a say.  Foreign tables are
 * not looked at, and neither is what a chain that we know no place for, or an
 * expression that we do not know, would do: then the answer is that it cannot
 * be told.  Where the question leaves something open, both ways are walked; if
 * they end differently it cannot be told either.
 */
#ifndef WALK_WALK_H
#define WALK_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include "core/records.h"

struct fault;
struct kernel;

struct walked {
	struct record_walk_end end;
	struct record_walk_step step[WALK_STEPS]; /* end.n of them */
};

/* Is it a question that can be asked? False with *why (FAULT_RECORD). */
bool walk_is_sound(const struct record_walk *walk, struct fault *why);

/* Answers a sound question; why it cannot is a part of the answer. */
void walk_ask(struct kernel *kernel, const struct record_walk *walk,
    struct walked *walked);

#endif
