/*
 * One good MUD file, changed, and what became of it.  Used by the tests that
 * are named after clauses.
 */
#include "tests/unit/clauses.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/compile.h"
#include "libmud/mem.h"
#include "libmud/mudfile.h"
#include "libmud/nfttext.h"
#include "libmud/world.h"

enum {
	SET_NAME = 1,
	SET_CLASS,
	SET_MINE,
	SET_SAME,
	SET_MAKER,
	SET_MODEL,
	SET_DNS = 10,
	SET_NTP
};

static void
hear(void *arg, const struct finding *finding)
{
	struct outcome *outcome = arg;

	if (outcome->n == OUTCOME_FINDINGS)
		fail_msg("more than %d findings", OUTCOME_FINDINGS);
	assert_true(strlen(finding->kind->clause) < OUTCOME_CLAUSE);
	outcome->findings[outcome->n] = *finding;
	outcome->kinds[outcome->n] = *finding->kind;
	text_copy(outcome->clauses[outcome->n], OUTCOME_CLAUSE,
	    finding->kind->clause);
	outcome->kinds[outcome->n].clause = outcome->clauses[outcome->n];
	outcome->findings[outcome->n].kind = &outcome->kinds[outcome->n];
	outcome->n++;
}

static struct outcome *
judge(const char *text, size_t len, int64_t now)
{
	const struct bytes raw = { (const uint8_t *)text, len };
	struct outcome *outcome = xcalloc(1, sizeof(*outcome));
	struct fault why = { 0 };

	if (!mudfile_judge(raw, now, hear, outcome, &outcome->breaks_schema,
		&outcome->policy, &outcome->refusal)) {
		assert_null(outcome->policy);
		assert_int_not_equal(outcome->refusal.code, FAULT_NONE);
		return outcome;
	}
	for (size_t i = 0; i < outcome->policy->n_aces; i++)
		if (!ace_is_sound(&outcome->policy->aces[i],
			outcome->policy->n_texts, &why))
			fail_msg("ACE %zu: %s", i, why.detail);
	return outcome;
}

struct outcome *
outcome_text(const char *text, int64_t now)
{
	return judge(text, strlen(text), now);
}

struct outcome *
outcome_of(const struct change *changes)
{
	json_t *root = json_deep_copy(mudbase);
	struct outcome *outcome;
	char *text;

	for (; changes->pointer != NULL; changes++)
		mudbase_patch(root, changes->pointer, changes->value);
	text = json_dumps(root, JSON_COMPACT);
	assert_non_null(text);
	outcome = judge(text, strlen(text), 0);
	free(text);
	json_decref(root);
	return outcome;
}

struct outcome *
outcome_with(const char *pointer, const char *value)
{
	const struct change changes[] = { { pointer, value }, { NULL, NULL } };

	return outcome_of(changes);
}

void
outcome_done(struct outcome *outcome)
{
	policy_free(outcome->policy);
	free(outcome);
}

/* "M-DNS-1" is not cited by "M-DNS-10". */
static bool
cites(const char *text, const char *clause)
{
	const size_t len = strlen(clause);

	for (const char *at = strstr(text, clause); at != NULL;
	     at = strstr(at + 1, clause))
		if (at[len] < '0' || at[len] > '9')
			return true;
	return false;
}

static void
print_findings(const struct outcome *outcome)
{
	if (outcome->policy == NULL)
		print_error("refused: %s: %s\n", outcome->refusal.clause,
		    outcome->refusal.detail);
	else if (outcome->policy->hold.code != FAULT_NONE)
		print_error("held: %s: %s\n", outcome->policy->hold.clause,
		    outcome->policy->hold.detail);
	for (size_t i = 0; i < outcome->n; i++)
		print_error("told: %d %s: %s: %s\n",
		    (int)outcome->findings[i].kind->severity,
		    outcome->findings[i].kind->clause,
		    outcome->findings[i].pointer, outcome->findings[i].message);
}

/* A finding that cites the clause; severity and pointer may be left open. */
static const struct finding *
find(const struct outcome *outcome, int severity, const char *clause,
    const char *pointer)
{
	for (size_t i = 0; i < outcome->n; i++) {
		const struct finding *finding = &outcome->findings[i];

		if ((severity < 0 ||
			(int)finding->kind->severity == severity) &&
		    cites(finding->kind->clause, clause) &&
		    (pointer == NULL || strcmp(finding->pointer, pointer) == 0))
			return finding;
	}
	return NULL;
}

void
expect_told_at(const struct outcome *outcome, enum finding_severity severity,
    const char *clause, const char *pointer)
{
	if (find(outcome, (int)severity, clause, pointer) != NULL)
		return;
	print_findings(outcome);
	fail_msg("%s was not told, severity %d, about %s", clause,
	    (int)severity, pointer == NULL ? "anything" : pointer);
}

void
expect_told(const struct outcome *outcome, enum finding_severity severity,
    const char *clause)
{
	expect_told_at(outcome, severity, clause, NULL);
}

void
expect_silent_at(
    const struct outcome *outcome, const char *clause, const char *pointer)
{
	if (find(outcome, -1, clause, pointer) == NULL)
		return;
	print_findings(outcome);
	fail_msg("%s was told", clause);
}

void
expect_silent(const struct outcome *outcome, const char *clause)
{
	expect_silent_at(outcome, clause, NULL);
}

void
expect_refused(const struct outcome *outcome, const char *clause)
{
	if (outcome->policy == NULL && cites(outcome->refusal.clause, clause))
		return;
	print_findings(outcome);
	fail_msg("not refused for %s", clause);
}

void
expect_broken(const struct outcome *outcome, const char *clause)
{
	expect_told(outcome, FINDING_ERROR, clause);
	if (outcome->breaks_schema && outcome->policy == NULL)
		return;
	print_findings(outcome);
	fail_msg("%s it, against %s",
	    outcome->breaks_schema ? "a manager takes" : "the modules take",
	    clause);
}

void
expect_used(const struct outcome *outcome)
{
	if (outcome->policy != NULL && outcome->policy->hold.code == FAULT_NONE)
		return;
	print_findings(outcome);
	fail_msg("the file is not used");
}

void
expect_held(
    const struct outcome *outcome, enum fault_code code, const char *clause)
{
	if (outcome->policy != NULL && outcome->policy->hold.code == code &&
	    cites(outcome->policy->hold.clause, clause))
		return;
	print_findings(outcome);
	fail_msg("not held as %s for %s", fault_name(code), clause);
}

void
expect_ace(const struct outcome *outcome, size_t i, const char *text)
{
	char buf[512];

	if (outcome->policy == NULL)
		print_findings(outcome);
	assert_non_null(outcome->policy);
	assert_true(i < outcome->policy->n_aces);
	assert_string_equal(mudbase_ace(outcome->policy,
				&outcome->policy->aces[i], buf, sizeof(buf)),
	    text);
}

void
used(const char *pointer, const char *value)
{
	struct outcome *outcome = outcome_with(pointer, value);

	expect_used(outcome);
	outcome_done(outcome);
}

void
refused(const char *pointer, const char *value, const char *clause)
{
	struct outcome *outcome = outcome_with(pointer, value);

	expect_refused(outcome, clause);
	outcome_done(outcome);
}

void
broken(const char *pointer, const char *value, const char *clause)
{
	struct outcome *outcome = outcome_with(pointer, value);

	expect_broken(outcome, clause);
	outcome_done(outcome);
}

/* ---- rules -------------------------------------------------------------- */

static uint32_t
set_of(void *arg, enum peer_kind kind, const char *text)
{
	const bool *has_services = arg;

	if (text != NULL && strstr(text, "nobody") != NULL)
		return 0;
	switch (kind) {
	case PEER_DNSNAME:
		return SET_NAME;
	case PEER_CONTROLLER:
		if (strcmp(text, MUD_URN_DNS) == 0)
			return *has_services ? SET_DNS : 0;
		if (strcmp(text, MUD_URN_NTP) == 0)
			return *has_services ? SET_NTP : 0;
		return SET_CLASS;
	case PEER_MY_CONTROLLER:
		return SET_MINE;
	case PEER_SAME_MANUFACTURER:
		return SET_SAME;
	case PEER_MANUFACTURER:
		return SET_MAKER;
	case PEER_MODEL:
		return SET_MODEL;
	case PEER_LOCAL_NETWORKS:
	case PEER_KINDS:
		break;
	}
	fail_msg("asked for a set of kind %d", (int)kind);
	return 0;
}

static bool
is_name(void *arg, uint32_t set)
{
	(void)arg;
	return set == SET_NAME;
}

static struct rules
compile(const struct policy *policy, bool has_services)
{
	struct rules rules = { 0 };
	struct fault why = { 0 };

	assert_non_null(policy);
	assert_true(
	    compile_policy(policy, set_of, &has_services, &rules, &why));
	for (size_t i = 0; i < rules.n; i++)
		if (!rule_is_sound(&rules.rule[i], &why))
			fail_msg("rule %zu: %s", i, why.detail);
	return rules;
}

static const char *
chain_text(const struct policy *policy, enum rule_chain chain, bool services)
{
	static char text[16384];
	struct rules rules = compile(policy, services);
	char buf[NFTTEXT_RULE];

	text[0] = '\0';
	for (size_t i = 0; i < rules.n; i++) {
		const struct rule *rule = &rules.rule[i];
		const size_t len = strlen(text);

		if (rule->chain != chain)
			continue;
		(void)snprintf(text + len, sizeof(text) - len, "%s%s",
		    len == 0 ? "" : "\n",
		    rule->verdict == RULE_REPLIES
			? "--"
			: nfttext_rule(rule, 1, is_name, NULL, buf));
	}
	rules_done(&rules);
	return text;
}

const char *
chain_of(const struct policy *policy, enum rule_chain chain)
{
	return chain_text(policy, chain, true);
}

const char *
chain_alone(const struct policy *policy, enum rule_chain chain)
{
	return chain_text(policy, chain, false);
}

char *
chains_of(const struct policy *policy, uint32_t number, bool services)
{
	struct rules rules = compile(policy, services);
	char *text = nfttext_chains(&rules, number, policy, is_name, NULL);

	rules_done(&rules);
	return text;
}

/* ---- the evaluator ------------------------------------------------------ */

static struct addr
addr_of(const char *text)
{
	struct addr addr;

	assert_true(addr_parse(text, &addr));
	return addr;
}

static void
put(struct world_hosts *hosts, const char *text)
{
	const struct addr addr = addr_of(text);
	struct fault why;

	assert_non_null(hosts);
	assert_true(world_add_host(hosts, &addr, &why));
}

static void
put_thing(struct world *world, const char *text, const char *addr)
{
	struct fault why;
	struct url url;

	assert_true(url_parse(text, &url, &why));
	put(world_thing_of(world, &url, &why), addr);
}

static void
put_local(struct world *world, const char *text)
{
	struct prefix prefix;
	struct fault why;

	assert_true(prefix_parse(text, &prefix));
	assert_true(world_add_local(world, &prefix, &why));
}

#define THING_URL "https://mud.vendor.example/thermostat/v2"

static void
populate(struct world *world)
{
	struct fault why;

	world_init(world);
	assert_true(url_parse(THING_URL, &world->url, &why));
	put(&world->addresses, "192.168.1.10");
	put(&world->addresses, "2001:db8::10");
	put(&world->gateway, "192.168.1.1");
	put(&world->gateway, "2001:db8::1");
	put(&world->mine, "192.168.1.21");
	put_local(world, "192.168.1.0/24");
	put_local(world, "2001:db8::/64");
	put_thing(world, THING_URL, "192.168.1.30");
	put_thing(world, "https://b.example/lamp", "192.168.1.31");
	put_thing(world, "https://b1.b.example/lamp", "192.168.1.32");
	put_thing(world, "https://b.example:8443/lamp", "192.168.1.33");
	put_thing(world, "https://b.example/Lamp", "192.168.1.34");
	put_thing(world, "https://mud.vendor.example:8443/x", "192.168.1.35");
	put(world_class_of(world, "urn:example:hub", &why), "192.168.1.20");
	put(world_name_of(world, "api.vendor.example", &why), "198.51.100.7");
	put(world_name_of(world, "a.example", &why), "198.51.100.8");
	put(world_name_of(world, "a.example", &why), "2001:db8:1::8");
	assert_non_null(world_name_of(world, "nothing.example", &why));
}

static void
expect_verdict(const struct outcome *outcome, enum verdict verdict,
    enum verdict_source source, const struct packet *packet)
{
	const struct addr peer = addr_of(packet->peer);
	struct flow flow =
	    flow_blank(packet->direction, &peer, packet->protocol);
	struct evaluation said;
	struct world world;

	if (packet->protocol == 1 || packet->protocol == 58) {
		flow.icmp_type = (int16_t)packet->source;
		flow.icmp_code = (int16_t)packet->destination;
	} else {
		flow.source = packet->source;
		flow.destination = packet->destination;
	}
	flow.opener = packet->opener;
	assert_non_null(outcome->policy);
	populate(&world);
	said = evaluate(outcome->policy, &world, &flow);
	world_done(&world);
	if (said.verdict != verdict || said.source != source)
		fail_msg("%s %s, protocol %d, %d to %d: %s: %s",
		    packet->direction == FROM_DEVICE ? "to" : "from",
		    packet->peer, packet->protocol, packet->source,
		    packet->destination, verdict_source_name(said.source),
		    said.reason);
}

void
allows(const struct outcome *outcome, enum verdict_source source,
    struct packet packet)
{
	expect_verdict(outcome, VERDICT_ALLOW, source, &packet);
}

void
denies(const struct outcome *outcome, enum verdict_source source,
    struct packet packet)
{
	expect_verdict(outcome, VERDICT_DENY, source, &packet);
}
