/*
 * The parts of which rules are made: single expressions of libnftnl.
 *
 * Register 1 (16 bytes, NFT_REG_1) holds what is compared; where a key has
 * more than one part, the next stands in the register that follows the padded
 * length of the one before.  Values are bytes as they lie in a packet, or in
 * host order where the kernel keeps them so.  Memory that runs out aborts.
 */
#ifndef ENFORCE_PART_H
#define ENFORCE_PART_H

#include <stdbool.h>
#include <stdint.h>

struct nftnl_expr;
struct nftnl_rule;

#define PART_AFTER_MAC    NFT_REG32_02 /* 6 bytes, padded to 8 */
#define PART_AFTER_IFNAME NFT_REG_2    /* 16 bytes */

/* One of no rule yet: the caller's, or that of what it is put into. */
struct nftnl_expr *part_new(const char *name);
/* The next of the rule, which owns it. */
struct nftnl_expr *part_append(struct nftnl_rule *rule, const char *name);

/* Loads a register. */
void part_meta(struct nftnl_rule *rule, uint32_t key, uint32_t reg);
void part_payload(struct nftnl_rule *rule, uint32_t base, uint32_t offset,
    uint32_t len, uint32_t reg);

/* Register 1 becomes itself & mask ^ flip, of len bytes, 16 at most. */
void part_change(
    struct nftnl_rule *rule, const void *mask, const void *flip, uint32_t len);
/* The same without flip. */
void part_keep(struct nftnl_rule *rule, const void *mask, uint32_t len);

/* Goes on where register 1 compares so (NFT_CMP_*), or is in the set or map. */
void part_compare(
    struct nftnl_rule *rule, uint32_t op, const void *value, uint32_t len);
struct nftnl_expr *part_look_up(
    struct nftnl_rule *rule, const char *set, bool inverted);
/* Puts register 1 into the set, or renews it there. */
struct nftnl_expr *part_update(struct nftnl_rule *rule, const char *set);

#endif
