/*
 * What the tests that are named after clauses share: a MUD file, changed in a
 * place or two; what became of it; and whether the clause was cited.
 *
 * The good file is mudbase (data/thermostat.json).  Each function that asserts
 * says in its failure what was told instead.
 */
#ifndef TESTS_CLAUSES_H
#define TESTS_CLAUSES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/evaluate.h"
#include "libmud/finding.h"
#include "libmud/policy.h"
#include "libmud/rule.h"
#include "tests/unit/mudbase.h"

#define OUTCOME_FINDINGS 64
#define OUTCOME_CLAUSE   96

struct outcome {
	struct policy *policy; /* NULL: the file was refused */
	struct fault refusal;
	bool breaks_schema;
	size_t n; /* findings; more than there is room for fail the test */
	struct finding findings[OUTCOME_FINDINGS];
	/* What they point at, kept. */
	struct finding_kind kinds[OUTCOME_FINDINGS];
	char clauses[OUTCOME_FINDINGS][OUTCOME_CLAUSE];
};

/* What is always made of a changed copy of the good file: its from-device ACE
 * number 0 (OUT), of an ipv4 ACL, and so on. */
struct change {
	const char *pointer, *value; /* as mudbase_patch wants them */
};

/* Judges the good file with these changes, up to one without a pointer.  The
 * caller ends it with outcome_done. */
struct outcome *outcome_of(const struct change *changes);
/* The same with one change. */
struct outcome *outcome_with(const char *pointer, const char *value);
/* The same for the bytes of a file, judged at a time (0: no clock). */
struct outcome *outcome_text(const char *text, int64_t now);
void outcome_done(struct outcome *outcome);

/* Was something of this severity told that cites the clause? */
void expect_told(const struct outcome *outcome, enum finding_severity severity,
    const char *clause);
/* The same, about this place. */
void expect_told_at(const struct outcome *outcome,
    enum finding_severity severity, const char *clause, const char *pointer);
/* Nothing was told that cites it; or nothing about this place. */
void expect_silent(const struct outcome *outcome, const char *clause);
void expect_silent_at(
    const struct outcome *outcome, const char *clause, const char *pointer);

/* A manager refuses the file; the refusal cites the clause. */
void expect_refused(const struct outcome *outcome, const char *clause);
/* The YANG modules refuse it and so does a manager; an error cites the
 * clause, be it the first one or not. */
void expect_broken(const struct outcome *outcome, const char *clause);
/* It is read, and nobody has to look at it first. */
void expect_used(const struct outcome *outcome);
/* It is read, and waits for an administrator because of this. */
void expect_held(
    const struct outcome *outcome, enum fault_code code, const char *clause);

/* ACE number `i` of the policy, as mudbase_ace writes it. */
void expect_ace(const struct outcome *outcome, size_t i, const char *text);

/* One change, each way of ending; the outcome is done with. */
void used(const char *pointer, const char *value);
void refused(const char *pointer, const char *value, const char *clause);
void broken(const char *pointer, const char *value, const char *clause);

/*
 * The policy's rules in one chain as nft text, a line each, joined; the jump
 * of replies into the mirror is "--".  Sets are numbered by what they hold:
 * names 1, classes 2, my-controller 3, same-manufacturer 4, manufacturer 5,
 * model 6, DNS servers 10, NTP servers 11; a class or name in which "nobody"
 * stands has none.  Lent until the next call.
 */
const char *chain_of(const struct policy *policy, enum rule_chain chain);
/* The same with no DNS or NTP server known, so that no default is made. */
const char *chain_alone(const struct policy *policy, enum rule_chain chain);

/* The chains with their closing rules, with the defaults or not; the caller
 * frees them. */
char *chains_of(const struct policy *policy, uint32_t number, bool services);

/*
 * One packet, as the evaluator is asked about it, in a world with
 *
 *   the Thing      192.168.1.10 and 2001:db8::10, known by the good file's URL
 *   the gateway    192.168.1.1 and 2001:db8::1, which serves DNS and NTP
 *   local          192.168.1.0/24, 2001:db8::/64
 *   Things         of the same URL .30, https://b.example/lamp .31,
 *                  https://b1.b.example/lamp .32, https://b.example:8443/lamp
 *                  .33, https://b.example/Lamp .34,
 *                  https://mud.vendor.example:8443/x .35
 *   controllers    urn:example:hub .20, my-controller .21
 *   names          api.vendor.example 198.51.100.7, a.example 198.51.100.8
 *                  and 2001:db8:1::8, nothing.example none
 */
struct packet {
	enum direction direction;
	const char *peer;
	uint8_t protocol;
	int source, destination; /* ports; ICMP: type, code */
	enum flow_opener opener; /* OPENED_BY_SENDER: a first packet */
};

#define FROM_TCP(peer, port)                                                   \
	((struct packet){ FROM_DEVICE, peer, 6, 40000, port, OPENED_BY_SENDER })
#define FROM_UDP(peer, port)                                                   \
	((struct packet){                                                      \
	    FROM_DEVICE, peer, 17, 40000, port, OPENED_BY_SENDER })
#define TO_TCP(peer, port)                                                     \
	((struct packet){ TO_DEVICE, peer, 6, 40000, port, OPENED_BY_SENDER })
#define TO_UDP(peer, port)                                                     \
	((struct packet){ TO_DEVICE, peer, 17, 40000, port, OPENED_BY_SENDER })
/* What answers a packet of FROM_TCP or FROM_UDP. */
#define ANSWER_TCP(peer, port)                                                 \
	((struct packet){ TO_DEVICE, peer, 6, port, 40000, OPENED_BY_THING })
#define ANSWER_UDP(peer, port)                                                 \
	((struct packet){ TO_DEVICE, peer, 17, port, 40000, OPENED_BY_THING })

void allows(const struct outcome *outcome, enum verdict_source source,
    struct packet packet);
void denies(const struct outcome *outcome, enum verdict_source source,
    struct packet packet);

#endif
