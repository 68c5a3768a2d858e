/*
 * Tables, sets, chains and rules as messages of a batch.
 *
 * All of ours stand in tables of one name, one table a family.
 */
#ifndef ENFORCE_OBJECT_H
#define ENFORCE_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforce/batch.h"

struct nftnl_rule;

#define OBJECT_TABLE "mudd"
#define OBJECT_NAME  32 /* the longest name we build, NUL included */
#define OBJECT_NOTE  64 /* room for what we leave for nft to read */

/* nft's numbers for data types: by them it knows how to print a set. */
enum key_type {
	KEY_IPV4 = 7,
	KEY_IPV6 = 8,
	KEY_MAC = 9,
	KEY_ICMP_TYPE = 14,
	KEY_MARK = 19,
	KEY_ICMPV6_TYPE = 29,
	KEY_IFNAME = 41,
};
#define KEY_BOTH(first, second) ((uint32_t)(first) << 6 | (uint32_t)(second))

struct set_form {
	const char *name;
	uint32_t key_type, key_len;
	uint32_t flags; /* NFT_SET_* */
	uint32_t size;  /* 0: no bound */
	uint32_t timeout_sec;
	bool counts; /* each element has a counter */
};

struct hook_form {
	uint32_t hook; /* NF_INET_*, NF_BR_*, NF_NETDEV_* */
	int32_t priority;
	const char *device; /* netdev only */
};

/* Kernels since 6.3 (headers are older). */
#define OBJECT_MSG_DESTROYTABLE 26
/* Table flags: nobody else may change it; it stays when its owner goes, and is
 * the next owner's who asks for both (kernels since 6.9). */
#define OBJECT_OWNER   2u
#define OBJECT_PERSIST 4u

/* With the flags and the note of batch->tables. */
void object_table_add(struct batch *batch, uint16_t family);
/* Asks for these flags of a table that is there. */
void object_table_claim(struct batch *batch, uint16_t family, uint32_t flags);
/* A table "mudd_probe" with these flags that comes and goes in this batch. */
void object_probe_flags(struct batch *batch, uint16_t family, uint32_t flags);
/* Adds it first, so that it is no error if it is not there. */
void object_table_delete(struct batch *batch, uint16_t family);

void object_set_add(struct batch *batch, uint16_t family,
    const struct set_form *form, struct about about);
void object_set_delete(
    struct batch *batch, uint16_t family, const char *name, struct about about);
/* An anonymous set of ICMP types; expr_icmp_in refers to it by `id`, which
 * is unique within the batch. ipv6: which ICMP. */
void object_icmp_types(struct batch *batch, uint16_t family, uint32_t id,
    bool ipv6, const uint8_t *types, size_t n);

/* hook NULL: a chain that others jump to. A base chain accepts at its end. */
void object_chain_add(struct batch *batch, uint16_t family, const char *name,
    const struct hook_form *hook, struct about about);
/* Takes out its rules. */
void object_chain_flush(
    struct batch *batch, uint16_t family, const char *name, struct about about);
void object_chain_delete(
    struct batch *batch, uint16_t family, const char *name, struct about about);

/* A base chain in a table "mudd_probe" that comes and goes in this batch. */
void object_probe(
    struct batch *batch, uint16_t family, const struct hook_form *hook);

/* The same with a rule that logs. */
void object_probe_log(struct batch *batch);

/* A rule for the end of a chain; fill it by expr.h, then put it. */
struct nftnl_rule *object_rule(uint16_t family, const char *chain);
void object_rule_comment(struct nftnl_rule *rule, const char *comment);
/* Takes the rule. */
void object_rule_put(
    struct batch *batch, struct nftnl_rule *rule, struct about about);

#endif
