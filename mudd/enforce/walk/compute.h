/*
 * What expressions make of registers alone: comparisons, arithmetic.
 *
 * Registers hold values that may be known in part (known.h).  Numbers of
 * registers and lengths in expressions are checked before use.
 */
#ifndef WALK_COMPUTE_H
#define WALK_COMPUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforce/walk/packet.h"

struct attrs;
struct nlattr;

/* What one expression comes to. */
enum step {
	STEP_ON,     /* to the next one */
	STEP_BREAKS, /* the rule ends */
	STEP_OPEN,   /* one or the other */
	STEP_DECIDES,
	STEP_STRANGE,
	STEP_FAILED,
};

struct registers {
	uint8_t value[PACKET_REGISTERS], known[PACKET_REGISTERS];
};

/* Where the register of this number begins; false: there is none, or too
 * little behind it. */
bool compute_register(const struct nlattr *number, size_t len, size_t *at);
/* A constant, lent; NULL: it is none. */
const uint8_t *compute_constant(const struct nlattr *nested, size_t *len);

enum step compute_cmp(struct registers *registers, const struct attrs *attrs);
enum step compute_range(struct registers *registers, const struct attrs *attrs);
enum step compute_bitwise(
    struct registers *registers, const struct attrs *attrs);
enum step compute_byteorder(
    struct registers *registers, const struct attrs *attrs);

#endif
