/*
 * What the kernel would do with a packet, by the compiled rules: the chains of
 * a policy, their sets, and the fixed chains around them.
 *
 * Written from rule.h, docs/architecture.md ("A policy in the kernel") and the
 * enforcer's fixed chains, apart from the evaluator: the two share the plain
 * values that they are given and no code that decides anything.
 */
#ifndef DIFFERENTIAL_INTERPRET_H
#define DIFFERENTIAL_INTERPRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/compile.h"
#include "libmud/flow.h"
#include "libmud/world.h"

#define KERNEL_SETS    48
#define KERNEL_MEMBERS 48

struct kernel_set {
	enum peer_kind kind;
	const char *text; /* lent by the policy, or NULL */
	size_t n;
	struct addr member[KERNEL_MEMBERS];
};

/* One policy and one Thing in the kernel. */
struct kernel {
	const struct world *world; /* lent */
	struct rules rules;
	size_t n_sets;
	struct kernel_set set[KERNEL_SETS]; /* number 1 first */
	size_t n_self, n_local;
	struct addr self[KERNEL_MEMBERS];
	struct prefix local[LIMIT_LOCALS + 2];
};

/* Compiles the policy and fills the sets from the world; ends the program if
 * that fails, or if a rule is not sound. */
void kernel_load(struct kernel *kernel, const struct policy *policy,
    const struct world *world);
void kernel_done(struct kernel *kernel);

/* Why the packet passed or not. */
enum kernel_step {
	STEP_OUTPUT, /* the gateway's own: no chain of ours judges it */
	STEP_LINK,   /* neighbour discovery, and what `infra` lists */
	STEP_ERROR,  /* an ICMP error about a flow that passes */
	STEP_ANSWER, /* a reply to the gateway */
	STEP_RULE,   /* `rule` decided */
	STEP_END     /* the drop at the end of a chain */
};

struct kernel_verdict {
	bool passes;
	enum kernel_step step;
	const struct rule *rule; /* lent by the kernel; NULL unless STEP_RULE */
};

/* The flow knows all fields that its packet has, its own address, its ports
 * or its ICMP type and code. */
struct kernel_verdict kernel_judge(
    const struct kernel *kernel, const struct flow *flow);

bool kernel_is_name(void *kernel, uint32_t set);

#endif
