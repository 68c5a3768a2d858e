/*
 * From a Thing to its policy's chains, so that Things come and go as plain
 * elements.
 *
 * A map from addresses to verdicts would do it in one step; but each element
 * that jumps is checked again by the kernel in every transaction that adds
 * one, or a rule, and that takes milliseconds where Things are thousands.  A
 * map to a number, and one from numbers to chains, aborts nft 1.0.6 when it
 * lists the rule.  So a policy has a number of few digits, its slot
 * (model.h), and a Thing stands in one set for each digit of it that is not
 * 0; a tree of chains asks for the digits, the highest first, and ends in the
 * policy's chain.  The tree changes when policies come and go.
 *
 * In table inet there are three trees: by the sender's MAC, to pf_<id>; by the
 * receiver's IPv4 and IPv6 address, to pt_<id>.  Where table bridge asks
 * policies (eastschema.h) it has two: by the sender's MAC, and by the
 * receiver's, which look into the same sets.  Whoever comes to one is a Thing,
 * or another leads there.  Slot 0 is nobody's: a Thing without a policy has
 * departed, and what it sends is dropped.  So is what goes where there is no
 * policy.
 */
#ifndef ENFORCE_DISPATCH_H
#define ENFORCE_DISPATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "enforce/batch.h"
#include "enforce/rules/object.h"

struct model;
struct writer;

enum dispatch_tree { TREE_FROM, TREE_TO4, TREE_TO6, TREE_TO, TREES };
#define TREES_OF_INET (TREE_TO6 + 1)

#define DISPATCH_BITS   2 /* a digit's */
#define DISPATCH_DIGITS (1u << DISPATCH_BITS)
#define DISPATCH_LEVELS 6 /* digits of a slot: MODEL_SLOTS */

/* A slot's digit of this level; level 0 is the lowest. */
unsigned int dispatch_digit(uint32_t slot, unsigned int level);
/* How many levels the slots in use need. */
unsigned int dispatch_levels(const struct model *model);
/* "from_a3" (of TREE_TO, too): the set of those whose slot has 3 as its lowest
 * digit. */
const char *dispatch_set(enum dispatch_tree tree, unsigned int level,
    unsigned int digit, char name[OBJECT_NAME]);
/* "from": the chain that a tree begins with. */
const char *dispatch_root(enum dispatch_tree tree);

/* Adds the sets, and the trees' first chains, empty. */
void dispatch_schema(struct writer *to);
/* Brings the table's (NFPROTO_*) trees from the policies of `was`, or from
 * nothing (reset), to those of `now`, whose chains must be there. */
void dispatch_write(
    struct batch *batch, uint16_t table, const struct model *model, bool reset);

#endif
