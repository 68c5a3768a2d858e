/*
 * Rules and ACEs as raw bytes, as a program that was taken over might send
 * them.  What passes the checks must be safe to print, and to compile.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/compile.h"
#include "libmud/fault.h"
#include "libmud/nfttext.h"
#include "libmud/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is_name(void *arg, uint32_t set)
{
	(void)arg;
	return set % 2 == 0;
}

static uint32_t
set_of(void *arg, enum peer_kind kind, const char *text)
{
	(void)arg;
	(void)text;
	return (uint32_t)kind + 1;
}

static void
try_rule(const uint8_t *data)
{
	char buf[NFTTEXT_RULE];
	struct fault why = { 0 };
	struct rule rule;

	memcpy(&rule, data, sizeof(rule));
	if (!rule_is_sound(&rule, &why)) {
		if (!fault_is_sound(&why) || why.code != FAULT_RECORD)
			abort();
		return;
	}
	(void)nfttext_rule(&rule, 1, is_name, NULL, buf);
	if (strlen(buf) >= NFTTEXT_RULE - 1)
		abort();
}

/* A sound ACE makes sound rules, whatever it says. */
static void
try_ace(const uint8_t *data)
{
	struct policy_text text = { "cloud.example.com" };
	struct policy policy = { .n_texts = 1, .n_aces = 1, .texts = &text };
	struct fault why = { 0 };
	struct rules rules;
	struct ace ace;

	memcpy(&ace, data, sizeof(ace));
	if (!ace_is_sound(&ace, policy.n_texts, &why)) {
		if (!fault_is_sound(&why) || why.code != FAULT_RECORD)
			abort();
		return;
	}
	policy.aces = &ace;
	if (!compile_policy(&policy, set_of, NULL, &rules, &why))
		abort();
	for (size_t i = 0; i < rules.n; i++)
		if (!rule_is_sound(&rules.rule[i], &why))
			abort();
	free(nfttext_chains(&rules, 1, &policy, is_name, NULL));
	rules_done(&rules);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size >= sizeof(struct rule))
		try_rule(data);
	if (size >= sizeof(struct ace))
		try_ace(data);
	return 0;
}
