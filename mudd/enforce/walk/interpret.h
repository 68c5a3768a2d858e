/*
 * One rule, as the kernel has it, over a described packet: does it match, and
 * what does it say then?
 *
 * The expressions are those that are there, whoever has put them there.  One
 * that is not known here, or is used in a way that is not, makes the answer
 * INTERPRET_STRANGE; it is never guessed.
 */
#ifndef WALK_INTERPRET_H
#define WALK_INTERPRET_H

#include <stdbool.h>
#include <stdint.h>

#include "enforce/walk/compute.h"
#include "enforce/walk/lookups.h"
#include "enforce/walk/packet.h"
#include "enforce/walk/ruleset.h"

enum interpreted {
	INTERPRET_NEXT,    /* it does not match, or says nothing */
	INTERPRET_DECIDES, /* the verdict below */
	INTERPRET_STRANGE, /* what it does cannot be told: why is filled */
	INTERPRET_FAILED,  /* the kernel could not be read: error */
};

/* Asked where a condition depends on what the question leaves open; what says
 * which expression that is. */
typedef bool interpret_choose_fn(void *arg, const char *what);

struct interpreter {
	struct lookups *lookups;
	struct packet *packet; /* a rule may write its connection's mark */
	const struct packet_place *place;
	int32_t priority; /* of the base chain */
	interpret_choose_fn *choose;
	void *choose_arg;
	/* The answer. */
	int32_t code; /* NF_ACCEPT, NF_DROP, NFT_JUMP, NFT_GOTO, NFT_RETURN */
	char chain[RULESET_NAME]; /* where a jump or goto leads */
	char why[64];
	int error; /* -errno */
	/* Within one rule. */
	struct registers registers;
};

enum interpreted interpret_rule(
    struct interpreter *interpreter, const struct ruleset_rule *rule);

#endif
