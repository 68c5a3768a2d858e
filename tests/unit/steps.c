/*
 * A small language for tests of the enforcer's model.
 */
#include "tests/unit/steps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforce/model.h"
#include "libmud/mem.h"
#include "tests/unit/batches.h"

/* "a" stands for 02:00:00:00:00:0a. */
static const char *
mac_word(const char *word, char buf[MAC_TEXT])
{
	if (strlen(word) != 1)
		return word;
	(void)snprintf(buf, MAC_TEXT, "02:00:00:00:00:0%s", word);
	return buf;
}

static uint32_t
number(const char *word)
{
	return (uint32_t)strtoul(word, NULL, 10);
}

/* "rules POLICY SET...": one rule for each set; "local" is one too. */
static void
write_rules(struct script *script, char *save)
{
	const char *policy = strtok_r(NULL, " ", &save), *word;
	struct rule rules[8];
	size_t n = 0;

	while ((word = strtok_r(NULL, " ", &save)) != NULL) {
		rules[n] = rule_any(CHAIN_FROM, 4);
		rules[n].n_peers = 1;
		if (strcmp(word, "local") == 0)
			rules[n].peers[0].kind = RULE_SET_LOCAL;
		else
			rules[n].peers[0].set = number(word);
		n++;
	}
	script_rules(script, number(policy), rules, n);
}

/* One step: a verb, + or - at its end, and words. */
static void
write_step(struct script *script, char *step)
{
	char *save = NULL, buf[MAC_TEXT];
	char *verb = strtok_r(step, " ", &save);
	enum record_op op = verb[strlen(verb) - 1] == '-' ? OP_DELETE : OP_ADD;
	const char *first, *second = NULL, *third = NULL;

	if (strcmp(verb, "rules") == 0) {
		write_rules(script, save);
		return;
	}
	first = strtok_r(NULL, " ", &save);
	second = strtok_r(NULL, " ", &save);
	third = strtok_r(NULL, " ", &save);
	if (strcmp(verb, "gone") == 0)
		script_gone(script, number(first));
	else if (strcmp(verb, "ending") == 0)
		script_ending(script, number(first), number(second));
	else if (strcmp(verb, "unknown") == 0)
		script_unknown(script, number(first));
	else if (strcmp(verb, "deny") == 0)
		script_deny(script, mac_word(first, buf), number(second));
	else if (strncmp(verb, "lan", 3) == 0)
		script_lan(script, op, number(first));
	else if (strncmp(verb, "local", 5) == 0)
		script_local(script, op, first);
	else if (strncmp(verb, "self", 4) == 0)
		script_self(script, op, first);
	else if (strncmp(verb, "set", 3) == 0)
		script_set(script, op, number(first), false);
	else if (strncmp(verb, "name", 4) == 0)
		script_set(script, op, number(first), true);
	else if (strncmp(verb, "elem", 4) == 0)
		script_element(script, op, number(first), second,
		    third == NULL ? 0 : number(third));
	else if (strncmp(verb, "thing", 5) == 0)
		script_thing(script, op, mac_word(first, buf),
		    second == NULL ? 0 : number(second));
	else if (strncmp(verb, "bind", 4) == 0)
		script_binding(script, op, mac_word(first, buf), second);
	else
		fail_msg("verb %s", verb);
}

void
steps_write(struct script *script, const char *text)
{
	char *steps = xstrdup(text), *save = NULL;

	for (char *step = strtok_r(steps, ";", &save); step != NULL;
	     step = strtok_r(NULL, ";", &save))
		write_step(script, step);
	free(steps);
}

/* ---- the model as text ------------------------------------------------- */

static void
print_places(FILE *out, const struct model *model)
{
	char text[PREFIX_TEXT];

	for (size_t i = 0; i < model->now.n_lan; i++)
		(void)fprintf(out, "lan %s %s%s; ", model->now.lan[i].name,
		    mac_text(&model->now.lan[i].mac, text),
		    model->now.lan[i].is_bridge ? " bridge" : "");
	for (size_t i = 0; i < model->now.n_locals; i++)
		(void)fprintf(
		    out, "local %s; ", prefix_text(&model->now.local[i], text));
	for (size_t i = 0; i < model->now.n_selves; i++)
		(void)fprintf(
		    out, "self %s; ", addr_text(&model->now.self[i], text));
}

static void
print_sets(FILE *out, const struct model *model)
{
	char text[ADDR_TEXT];

	LIST_EACH(at, &model->sets)
	{
		struct model_set *set = LIST_ENTRY(at, struct model_set, all);

		assert_true(set->now.present && set->was.present);
		(void)fprintf(out, "%s %u refs %zu %zu+%zu:",
		    set->now.has_timeout ? "name" : "set", set->number,
		    set->refs, set->n_elements[0], set->n_elements[1]);
		LIST_EACH(link, &set->elements)
		(void)fprintf(out, " %s",
		    addr_text(
			&LIST_ENTRY(link, struct model_element, of_set)->addr,
			text));
		(void)fprintf(out, "; ");
	}
}

static void
print_things(FILE *out, const struct model *model)
{
	char text[ADDR_TEXT], mac[MAC_TEXT];

	LIST_EACH(at, &model->policies)
	{
		struct model_policy *policy =
		    LIST_ENTRY(at, struct model_policy, all);

		assert_true(policy->now.rule == policy->was.rule);
		(void)fprintf(out, "policy %u refs %zu rules %zu ending %u; ",
		    policy->number, policy->refs, policy->now.n,
		    policy->ending);
	}
	LIST_EACH(at, &model->things)
	{
		struct model_thing *thing =
		    LIST_ENTRY(at, struct model_thing, all);

		(void)fprintf(out,
		    "thing %s policy %u%s:", mac_text(&thing->mac, mac),
		    thing->now.policy ? thing->now.policy->number : 0,
		    thing->now.denied ? " denied" : "");
		for (size_t i = 0; i < thing->now.n_addrs; i++)
			(void)fprintf(out, " %s",
			    addr_text(&thing->now.addr[i]->addr, text));
		(void)fprintf(out, "; ");
	}
	LIST_EACH(at, &model->addresses)
	{
		struct model_address *address =
		    LIST_ENTRY(at, struct model_address, all);

		assert_int_equal(address->claims, 1);
		(void)fprintf(out, "%s of %s; ",
		    addr_text(&address->addr, text),
		    mac_text(&address->now->mac, mac));
	}
}

char *
steps_print(const struct model *model)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	print_places(out, model);
	print_sets(out, model);
	print_things(out, model);
	assert_ptr_equal(model->unknown_now, model->unknown_was);
	(void)fprintf(out, "unknown %u; ",
	    model->unknown_now != NULL ? model->unknown_now->number : 0);
	(void)fprintf(out, "n %zu %zu %zu %zu %zu", model->n.sets,
	    model->n.elements, model->n.policies, model->n.rules,
	    model->n.things);
	(void)fclose(out);
	return text;
}
