/*
 * Registers.  Role: enforcer.  Input: expressions of the kernel's, which
 * anybody with its rights may have written.
 */
#include "enforce/walk/compute.h"

#include <arpa/inet.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#include "enforce/attrs.h"
#include "enforce/walk/known.h"

/* Four registers of 16 bytes share their place with sixteen of 4; the first of
 * the former is the verdict's. False: there is no such one, or too little
 * behind it. */
static bool
place_of(uint32_t number, size_t len, size_t *at)
{
	size_t place;

	if (number >= NFT_REG_1 && number <= NFT_REG_4)
		place = 16 * (size_t)number;
	else if (number >= NFT_REG32_00 && number <= NFT_REG32_15)
		place = 16 + 4 * (size_t)(number - NFT_REG32_00);
	else
		return false;
	if (len == 0 || len > PACKET_REGISTERS ||
	    place > PACKET_REGISTERS - len)
		return false;
	*at = place;
	return true;
}

bool
compute_register(const struct nlattr *number, size_t len, size_t *at)
{
	uint32_t which;

	return attrs_u32(number, &which) && place_of(which, len, at);
}

const uint8_t *
compute_constant(const struct nlattr *nested, size_t *len)
{
	struct attrs data;

	if (!attrs_of(nested, &data) || data.at[NFTA_DATA_VALUE] == NULL)
		return NULL;
	*len = mnl_attr_get_payload_len(data.at[NFTA_DATA_VALUE]);
	return mnl_attr_get_payload(data.at[NFTA_DATA_VALUE]);
}

static enum step
step_of(enum answer matches)
{
	switch (matches) {
	case ANSWER_NO:
		return STEP_BREAKS;
	case ANSWER_YES:
		return STEP_ON;
	case ANSWER_EITHER:
		break;
	}
	return STEP_OPEN;
}

enum step
compute_cmp(struct registers *registers, const struct attrs *attrs)
{
	enum answer answer;
	const uint8_t *data;
	uint32_t op;
	size_t len, at;

	data = compute_constant(attrs->at[NFTA_CMP_DATA], &len);
	if (data == NULL || !attrs_u32(attrs->at[NFTA_CMP_OP], &op) ||
	    !compute_register(attrs->at[NFTA_CMP_SREG], len, &at))
		return STEP_STRANGE;
	switch (op) {
	case NFT_CMP_EQ:
	case NFT_CMP_NEQ:
		answer = known_equals(
		    registers->value + at, registers->known + at, data, len);
		return step_of(op == NFT_CMP_EQ ? answer : answer_not(answer));
	case NFT_CMP_LT:
	case NFT_CMP_GTE:
		answer = known_is_less(
		    registers->value + at, registers->known + at, data, len);
		return step_of(op == NFT_CMP_LT ? answer : answer_not(answer));
	case NFT_CMP_GT:
	case NFT_CMP_LTE:
		answer = known_is_greater(
		    registers->value + at, registers->known + at, data, len);
		return step_of(op == NFT_CMP_GT ? answer : answer_not(answer));
	default:
		return STEP_STRANGE;
	}
}

enum step
compute_range(struct registers *registers, const struct attrs *attrs)
{
	const uint8_t *low, *high;
	enum answer below, above, inside;
	size_t len, len_high, at;
	uint32_t op;

	low = compute_constant(attrs->at[NFTA_RANGE_FROM_DATA], &len);
	high = compute_constant(attrs->at[NFTA_RANGE_TO_DATA], &len_high);
	if (low == NULL || high == NULL || len != len_high ||
	    !attrs_u32(attrs->at[NFTA_RANGE_OP], &op) ||
	    !compute_register(attrs->at[NFTA_RANGE_SREG], len, &at) ||
	    (op != NFT_RANGE_EQ && op != NFT_RANGE_NEQ))
		return STEP_STRANGE;
	below = known_is_less(
	    registers->value + at, registers->known + at, low, len);
	above = known_is_greater(
	    registers->value + at, registers->known + at, high, len);
	if (below == ANSWER_YES || above == ANSWER_YES)
		inside = ANSWER_NO;
	else if (below == ANSWER_NO && above == ANSWER_NO)
		inside = ANSWER_YES;
	else
		inside = ANSWER_EITHER;
	return step_of(op == NFT_RANGE_EQ ? inside : answer_not(inside));
}

enum step
compute_bitwise(struct registers *registers, const struct attrs *attrs)
{
	uint32_t len, op = NFT_BITWISE_BOOL;
	const uint8_t *mask, *flip;
	size_t from, to, len_mask, len_flip, whole;

	mask = compute_constant(attrs->at[NFTA_BITWISE_MASK], &len_mask);
	flip = compute_constant(attrs->at[NFTA_BITWISE_XOR], &len_flip);
	if (attrs->at[NFTA_BITWISE_OP] != NULL &&
	    !attrs_u32(attrs->at[NFTA_BITWISE_OP], &op))
		return STEP_STRANGE;
	if (op != NFT_BITWISE_BOOL || mask == NULL || flip == NULL ||
	    !attrs_u32(attrs->at[NFTA_BITWISE_LEN], &len) || len != len_mask ||
	    len != len_flip)
		return STEP_STRANGE;
	whole = ((size_t)len + 3) / 4 * 4;
	if (!compute_register(attrs->at[NFTA_BITWISE_SREG], whole, &from) ||
	    !compute_register(attrs->at[NFTA_BITWISE_DREG], whole, &to))
		return STEP_STRANGE;
	memmove(registers->value + to, registers->value + from, whole);
	memmove(registers->known + to, registers->known + from, whole);
	known_mask(
	    registers->value + to, registers->known + to, mask, flip, len);
	return STEP_ON;
}

/* Between the host's order of bytes and the network's, number by number. */
enum step
compute_byteorder(struct registers *registers, const struct attrs *attrs)
{
	const bool swaps = htons(1) != 1;
	uint8_t value[PACKET_LOAD_MAX], known[PACKET_LOAD_MAX];
	uint32_t op, len, size;
	size_t from, to;

	if (!attrs_u32(attrs->at[NFTA_BYTEORDER_OP], &op) ||
	    !attrs_u32(attrs->at[NFTA_BYTEORDER_LEN], &len) ||
	    !attrs_u32(attrs->at[NFTA_BYTEORDER_SIZE], &size) ||
	    (op != NFT_BYTEORDER_NTOH && op != NFT_BYTEORDER_HTON) ||
	    (size != 2 && size != 4 && size != 8) || len > sizeof(value) ||
	    len % size != 0 ||
	    !compute_register(attrs->at[NFTA_BYTEORDER_SREG], len, &from) ||
	    !compute_register(attrs->at[NFTA_BYTEORDER_DREG], len, &to))
		return STEP_STRANGE;
	memcpy(value, registers->value + from, len);
	memcpy(known, registers->known + from, len);
	for (size_t i = 0; i < len; i++) {
		size_t at = swaps ? i / size * size + (size - 1 - i % size) : i;

		registers->value[to + i] = value[at];
		registers->known[to + i] = known[at];
	}
	return STEP_ON;
}
