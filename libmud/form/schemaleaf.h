/*
 * The values of leaves and leaf-lists, and what is told of wrong ones.
 *
 * Shared by schema.c and schemaleaf.c, and by nothing else.
 */
#ifndef LIBMUD_FORM_SCHEMALEAF_H
#define LIBMUD_FORM_SCHEMALEAF_H

#include "libmud/form/schemaname.h"
#include "libmud/form/yang.h"
#include "libmud/json.h"

void schema_judge_leaf(struct schema_judge *judge, const struct json_at *at,
    const struct schema_node *node);
void schema_judge_leaf_list(struct schema_judge *judge,
    const struct json_at *at, const struct schema_node *node);

/* Tells that the value is none of the node's, in the way of `verdict`. */
void schema_tell_value(struct schema_judge *judge, const struct json_at *at,
    const struct schema_node *node, enum yang_verdict verdict);

#endif
