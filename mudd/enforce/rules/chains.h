/*
 * The four chains of a policy, rule by rule.
 */
#ifndef ENFORCE_CHAINS_H
#define ENFORCE_CHAINS_H

#include <stddef.h>
#include <stdint.h>

#include "enforce/batch.h"
#include "enforce/rules/object.h"
#include "libmud/rule.h"

struct model;
struct model_set;

/* "pf_7", "mt_7": a chain of policy 7. */
const char *chains_name(
    enum rule_chain chain, uint32_t policy, char name[OBJECT_NAME]);
/* "cls3_4", "dns3_6": the set's half for a family. */
const char *chains_set_name(uint32_t number, bool has_timeout,
    unsigned int family, char name[OBJECT_NAME]);

/*
 * family: of the table, inet or bridge.  In the latter, where the connection
 * tracker cannot be asked, what a mirror allows is allowed besides
 * (eastschema.h).
 */

/* Adds the policy's chains, empty. */
void chains_add(struct batch *batch, uint16_t family, uint32_t policy);
/* Takes out their rules. */
void chains_flush(struct batch *batch, uint16_t family, uint32_t policy);
/* Writes rules into them, and the drop at their end. Each was sound; their
 * sets are in the model. */
void chains_fill(struct batch *batch, uint16_t family, struct model *model,
    uint32_t policy, const struct rule *rules, size_t n);
/* Takes them out; nothing may refer to them any more. */
void chains_delete(struct batch *batch, uint16_t family, uint32_t policy);

#endif
