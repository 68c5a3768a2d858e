/*
 * The trees from Things to policies.  Role: enforcer.  Input: the model,
 * checked.
 *
 * A node's place is its level and what the digits above that are, which its
 * name says: from_b_3 asks for the second digit of those whose higher digits
 * make 3.  It exists as long as there is a policy below it.
 */
#include "enforce/rules/dispatch.h"

#include <linux/netfilter.h>
#include <stdio.h>

#include "enforce/model.h"
#include "enforce/rules/chains.h"
#include "enforce/rules/eastschema.h"
#include "enforce/rules/expr.h"
#include "enforce/rules/schema.h"
#include "enforce/rules/writer.h"

_Static_assert(1u << DISPATCH_BITS * DISPATCH_LEVELS == MODEL_SLOTS,
    "a slot has DISPATCH_LEVELS digits");

struct node {
	uint16_t table; /* NFPROTO_* */
	enum dispatch_tree tree;
	unsigned int level;
	uint32_t prefix;
};

enum when { WAS, NOW };

unsigned int
dispatch_digit(uint32_t slot, unsigned int level)
{
	return slot >> DISPATCH_BITS * level & (DISPATCH_DIGITS - 1);
}

unsigned int
dispatch_levels(const struct model *model)
{
	unsigned int levels = 0;

	while (1u << DISPATCH_BITS * levels < model->n_slots)
		levels++;
	return levels;
}

const char *
dispatch_root(enum dispatch_tree tree)
{
	static const char *const names[TREES] = { "from", "to4", "to6", "to" };

	return names[tree];
}

const char *
dispatch_set(enum dispatch_tree tree, unsigned int level, unsigned int digit,
    char name[OBJECT_NAME])
{
	(void)snprintf(name, OBJECT_NAME, "%s_%c%u",
	    dispatch_root(tree == TREE_TO ? TREE_FROM : tree),
	    (char)('a' + level), digit);
	return name;
}

static bool
is_root(const struct node *node)
{
	return node->level == DISPATCH_LEVELS - 1;
}

static const char *
node_name(const struct node *node, char name[OBJECT_NAME])
{
	if (is_root(node))
		return dispatch_root(node->tree);
	(void)snprintf(name, OBJECT_NAME, "%s_%c_%u", dispatch_root(node->tree),
	    (char)('a' + node->level), node->prefix);
	return name;
}

static void
add_sets(struct writer *to, enum dispatch_tree tree)
{
	static const struct {
		uint32_t type, len;
	} keys[TREES] = { [TREE_FROM] = { KEY_MAC, 6 },
		[TREE_TO4] = { KEY_IPV4, 4 },
		[TREE_TO6] = { KEY_IPV6, 16 } };
	char name[OBJECT_NAME];
	struct set_form form = { .name = name,
		.key_type = keys[tree].type,
		.key_len = keys[tree].len };

	for (unsigned int i = 0; i < DISPATCH_LEVELS; i++)
		for (unsigned int j = 1; j < DISPATCH_DIGITS; j++) {
			(void)dispatch_set(tree, i, j, name);
			writer_set(to, &form);
		}
}

static bool
is_tree_of(uint16_t table, enum dispatch_tree tree)
{
	if (table == NFPROTO_BRIDGE)
		return tree == TREE_FROM || tree == TREE_TO;
	return tree < TREES_OF_INET;
}

void
dispatch_schema(struct writer *to)
{
	for (unsigned int tree = 0; tree < TREES; tree++) {
		if (!is_tree_of(to->family, tree))
			continue;
		if (tree != TREE_TO)
			add_sets(to, tree);
		writer_chain(to, dispatch_root(tree), NULL);
	}
}

/* ---- what there is ------------------------------------------------------- */

/* Is there a policy with one of these slots?  Who has departed is as good as
 * one. */
static bool
has_slot(const struct model *model, uint32_t first, uint32_t n, enum when when,
    bool reset)
{
	if (first == 0 && (when == NOW || !reset))
		return true;
	for (uint32_t i = first; i < first + n && i < model->n_slots; i++) {
		const struct model_policy *policy = model->slot[i];

		if (policy != NULL &&
		    (when == NOW ? policy->now.present : policy->was.present))
			return true;
	}
	return false;
}

/* Level 0 leads to slots, which are a level below. */
static bool
has_child(const struct model *model, const struct node *node,
    unsigned int digit, enum when when, bool reset)
{
	uint32_t n = 1u << DISPATCH_BITS * node->level;

	return has_slot(model, (node->prefix * DISPATCH_DIGITS + digit) * n, n,
	    when, reset);
}

static bool
has_node(const struct model *model, const struct node *node, enum when when,
    bool reset)
{
	uint32_t n = 1u << DISPATCH_BITS * (node->level + 1);

	return is_root(node) ||
	       has_slot(model, node->prefix * n, n, when, reset);
}

static bool
node_changed(const struct model *model, const struct node *node, bool reset)
{
	for (unsigned int i = 0; i < DISPATCH_DIGITS; i++)
		if (has_child(model, node, i, WAS, reset) !=
		    has_child(model, node, i, NOW, reset))
			return true;
	return false;
}

/* ---- the chains ---------------------------------------------------------- */

static const char *
drop_name(const struct node *node)
{
	if (node->tree == TREE_FROM)
		return CHAIN_DROP_FROM;
	return node->tree == TREE_TO ? CHAIN_EAST_DROP_TO : CHAIN_DROP_TO;
}

static const char *
child_name(const struct model *model, const struct node *node,
    unsigned int digit, char name[OBJECT_NAME])
{
	const bool from = node->tree == TREE_FROM;
	const uint32_t prefix = node->prefix * DISPATCH_DIGITS + digit;

	if (node->level > 0)
		return node_name(&(struct node){ node->table, node->tree,
				     node->level - 1, prefix },
		    name);
	if (prefix == 0)
		return drop_name(node);
	return chains_name(
	    from ? CHAIN_FROM : CHAIN_TO, model->slot[prefix]->number, name);
}

static void
put_goto(struct writer *to, const struct node *node, unsigned int digit,
    const char *chain)
{
	struct nftnl_rule *rule = writer_rule(to);
	char set[OBJECT_NAME];
	unsigned int family = node->tree == TREE_TO6 ? 6 : 4;

	if (digit != 0)
		(void)dispatch_set(node->tree, node->level, digit, set);
	if (digit != 0 && node->tree == TREE_FROM) {
		expr_is_ether(rule, COMES_IN);
		expr_mac_in(rule, SOURCE, set, false);
	} else if (digit != 0 && node->tree == TREE_TO) {
		expr_mac_in(rule, DESTINATION, set, false);
	} else if (digit != 0) {
		expr_family(rule, family);
		expr_addr_in(rule, family, DESTINATION, set, false);
	}
	expr_goto(rule, chain);
	writer_put(to, rule);
}

static void
write_node(struct batch *batch, const struct model *model,
    const struct node *node, bool reset)
{
	char name[OBJECT_NAME], child[OBJECT_NAME];
	struct writer to = { .batch = batch, .family = node->table };

	to.chain = node_name(node, name);
	if (has_node(model, node, WAS, reset))
		object_chain_flush(batch, node->table, to.chain,
		    (struct about){ "dispatch", 0 });
	for (unsigned int i = DISPATCH_DIGITS - 1; i > 0; i--)
		if (has_child(model, node, i, NOW, reset))
			put_goto(
			    &to, node, i, child_name(model, node, i, child));
	if (has_child(model, node, 0, NOW, reset))
		put_goto(&to, node, 0, child_name(model, node, 0, child));
	else
		put_goto(&to, node, 0, drop_name(node));
}

static void
add_node(struct batch *batch, const struct model *model,
    const struct node *node, bool reset)
{
	char name[OBJECT_NAME];

	if (!is_root(node) && !has_node(model, node, WAS, reset) &&
	    has_node(model, node, NOW, reset))
		object_chain_add(batch, node->table, node_name(node, name),
		    NULL, (struct about){ "dispatch", 0 });
}

static void
change_node(struct batch *batch, const struct model *model,
    const struct node *node, bool reset)
{
	if (has_node(model, node, NOW, reset) &&
	    node_changed(model, node, reset))
		write_node(batch, model, node, reset);
}

/* Those above it lead there no more. */
static void
delete_node(struct batch *batch, const struct model *model,
    const struct node *node, bool reset)
{
	const struct about about = { "dispatch", 0 };
	char name[OBJECT_NAME];

	if (!has_node(model, node, WAS, reset) ||
	    has_node(model, node, NOW, reset))
		return;
	object_chain_flush(batch, node->table, node_name(node, name), about);
	object_chain_delete(batch, node->table, name, about);
}

typedef void node_fn(struct batch *batch, const struct model *model,
    const struct node *node, bool reset);

/* The highest first. */
static void
each_node(struct batch *batch, uint16_t table, const struct model *model,
    bool reset, node_fn *fn)
{
	for (unsigned int tree = 0; tree < TREES; tree++)
		for (unsigned int i = DISPATCH_LEVELS;
		     i-- > 0 && is_tree_of(table, tree);) {
			struct node node = { table, tree, i, 0 };
			uint32_t n = 1u << DISPATCH_BITS * (i + 1);

			do
				fn(batch, model, &node, reset);
			while (++node.prefix * n < model->n_slots);
		}
}

static bool
policies_changed(const struct model *model)
{
	LIST_EACH(at, &model->dirty_policies)
	{
		const struct model_policy *policy =
		    LIST_ENTRY(at, struct model_policy, dirty);

		if (policy->was.present != policy->now.present)
			return true;
	}
	return false;
}

void
dispatch_write(
    struct batch *batch, uint16_t table, const struct model *model, bool reset)
{
	if (!reset && !policies_changed(model))
		return;
	each_node(batch, table, model, reset, add_node);
	each_node(batch, table, model, reset, change_node);
	each_node(batch, table, model, reset, delete_node);
}
