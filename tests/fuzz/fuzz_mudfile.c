/*
 * Fuzz target: MUD files.  What is read must be what the engine takes from a
 * reader, record by record, and is then the same policy; it compiles into
 * sound rules within their limit, and is read the same way again (F8).  Notes
 * are printable.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/files/stage.h"
#include "libmud/compile.h"
#include "libmud/mudfile.h"
#include "libmud/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
check_finding(void *arg, const struct finding *finding)
{
	struct fault fault;

	(void)arg;
	must(finding->kind->severity <= FINDING_ERROR);
	must(finding->kind->code != FAULT_NONE);
	must(finding->message[0] != '\0');
	(void)fault_set(&fault, finding->kind->code, finding->kind->clause,
	    "%s", finding->message);
	must(fault_is_sound(&fault));
	must((finding->line == 0) == (finding->column == 0));
}

static void
check_policy(const struct policy *policy)
{
	struct fault why;

	must(policy->n_aces <= LIMIT_ACES);
	must(policy->n_texts <= LIMIT_TEXTS);
	must(fault_is_sound(&policy->hold));
	for (size_t i = 0; i < policy->n_aces; i++)
		must(ace_is_sound(&policy->aces[i], policy->n_texts, &why));
	for (size_t i = 0; i < policy->n_texts; i++)
		for (const char *c = policy->texts[i].text; *c != '\0'; c++)
			must(*c > ' ' && *c < 0x7f);
}

static void
give(struct stage *stage, enum record_type type, const void *body)
{
	struct msg msg = { .type = type };

	memcpy(msg.body, body, msg_size(type));
	must(stage_record(stage, &msg));
}

/* As read/read.c sends it, and engine/files/stage.c takes it. The caller frees.
 */
static struct policy *
cross(const struct policy *policy)
{
	struct record_policy head = {
		.n_texts = (uint32_t)policy->n_texts,
		.n_aces = (uint32_t)policy->n_aces,
		.hold = policy->hold,
		.info = policy->info,
	};
	struct stage stage = { 0 };

	give(&stage, RECORD_POLICY_BEGIN, &head);
	for (size_t i = 0; i < policy->n_texts; i++)
		give(&stage, RECORD_POLICY_TEXT, &policy->texts[i]);
	for (size_t i = 0; i < policy->n_aces; i++)
		give(&stage, RECORD_ACE, &policy->aces[i]);
	give(&stage, RECORD_POLICY_END, &head);
	return stage_take(&stage);
}

static bool
is_same_ace(const struct ace *a, const struct ace *b)
{
	return strcmp(a->acl, b->acl) == 0 && strcmp(a->name, b->name) == 0 &&
	       a->direction == b->direction && a->forwarding == b->forwarding &&
	       a->families == b->families && a->initiated == b->initiated &&
	       a->understood == b->understood && a->n_peers == b->n_peers &&
	       a->protocol == b->protocol && a->icmp_type == b->icmp_type &&
	       a->icmp_code == b->icmp_code &&
	       memcmp(&a->source, &b->source, sizeof(a->source)) == 0 &&
	       memcmp(&a->destination, &b->destination,
		   sizeof(a->destination)) == 0 &&
	       prefix_equal(&a->from, &b->from) &&
	       prefix_equal(&a->to, &b->to) &&
	       memcmp(a->peers, b->peers, sizeof(a->peers)) == 0;
}

static void
must_be_same(const struct policy *a, const struct policy *b)
{
	must(a->n_texts == b->n_texts && a->n_aces == b->n_aces);
	must(a->hold.code == b->hold.code);
	must(strcmp(a->info.mud_url, b->info.mud_url) == 0);
	must(a->info.cache_validity_hours == b->info.cache_validity_hours);
	for (size_t i = 0; i < a->n_texts; i++)
		must(strcmp(a->texts[i].text, b->texts[i].text) == 0);
	for (size_t i = 0; i < a->n_aces; i++)
		must(is_same_ace(&a->aces[i], &b->aces[i]));
}

static uint32_t
set_of(void *arg, enum peer_kind kind, const char *text)
{
	(void)arg;
	(void)text;
	return (uint32_t)kind + 1;
}

static void
check_rules(const struct policy *policy)
{
	struct fault why;
	struct rules rules;

	must(compile_policy(policy, set_of, NULL, &rules, &why));
	must(rules.n <= LIMIT_RULES);
	for (size_t i = 0; i < rules.n; i++)
		must(rule_is_sound(&rules.rule[i], &why));
	rules_done(&rules);
}

static void
check_round(struct bytes raw, const struct policy *policy)
{
	struct policy *other = cross(policy);
	struct fault why;

	must_be_same(policy, other);
	check_rules(other);
	policy_free(other);
	must(mudfile_parse(raw, &other, &why));
	must_be_same(policy, other);
	policy_free(other);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bytes raw = { data, size };
	struct mudfile_peek peek;
	struct policy *policy;
	struct fault why;
	bool is_peeked;

	is_peeked = mudfile_peek(raw, &peek, &why);
	must(is_peeked || fault_is_sound(&why));
	if (mudfile_judge(raw, 0, check_finding, NULL, NULL, &policy, &why)) {
		/* Whatever can be read whole can be peeked at. */
		must(is_peeked);
		check_policy(policy);
		check_round(raw, policy);
		policy_free(policy);
	} else {
		must(fault_is_sound(&why));
	}
	return 0;
}
