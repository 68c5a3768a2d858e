/*
 * Batches for the tests of the enforcer, written record by record.
 */
#ifndef TESTS_BATCHES_H
#define TESTS_BATCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/records.h"

struct fault;

/* A batch in the making; zero it before use. */
struct script {
	size_t n, room;
	struct script_record {
		enum record_type type;
		_Alignas(8) uint8_t body[192];
	} * record;
};

/* The body of a new record of this type, all zero. */
void *script_put(struct script *script, enum record_type type);
void script_done(struct script *script);

void script_lan(struct script *script, enum record_op op, uint32_t ifindex);
void script_local(struct script *script, enum record_op op, const char *text);
void script_self(struct script *script, enum record_op op, const char *text);
void script_set(
    struct script *script, enum record_op op, uint32_t set, bool has_timeout);
void script_element(struct script *script, enum record_op op, uint32_t set,
    const char *text, uint32_t timeout_sec);
void script_rules(
    struct script *script, uint32_t policy, const struct rule *rules, size_t n);
void script_gone(struct script *script, uint32_t policy);
void script_thing(
    struct script *script, enum record_op op, const char *mac, uint32_t policy);
void script_ending(struct script *script, uint32_t policy, uint32_t ending);
void script_unknown(struct script *script, uint32_t policy);
/* The Thing is denied everything. */
void script_deny(struct script *script, const char *mac, uint32_t policy);
void script_binding(struct script *script, enum record_op op, const char *mac,
    const char *text);

void script_port(
    struct script *script, enum record_op op, uint32_t ifindex, bool locked);
/* ifindex 0: on none. */
void script_place(struct script *script, const char *mac, uint32_t ifindex);

void script_mark(struct script *script, uint32_t mask);

/* Where a script is played: what takes records, and says at END if they
 * hold. */
typedef bool script_taker(
    void *arg, enum record_type type, const void *body, struct fault *why);

/* Frames the script as this batch, plays it, and empties it. */
bool script_play(struct script *script, uint32_t batch, uint32_t flags,
    script_taker *taker, void *arg, struct fault *why);

/* A rule that says nothing yet but accept; set what it should ask for. */
struct rule rule_any(enum rule_chain chain, unsigned int family);
/* One that accepts TCP or UDP to, or from, a port of a set's members. */
struct rule rule_port(enum rule_chain chain, uint8_t protocol, uint32_t set,
    bool is_destination, uint16_t port);

#endif
