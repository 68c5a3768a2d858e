/*
 * What an ACE matches on (RFC 8519 s4.2, RFC 8520 s4 and s8).
 *
 * Gathered while the members are walked, in whatever order the file has
 * them; ace.c judges afterwards what depends on two of them.
 */
#ifndef LIBMUD_MATCHES_H
#define LIBMUD_MATCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/json.h"
#include "libmud/policy.h"
#include "libmud/reading.h"

/* A condition on the peer, before it has a place in the table of texts. */
struct named {
	enum peer_kind kind;
	char text[LIMIT_URL + 1]; /* "" for kinds without one */
};

struct matches {
	struct reading *reading;
	enum direction direction;
	uint8_t families;    /* that the ACL's type speaks of */
	bool has_frames;     /* and does it speak of Ethernet headers? */
	struct ace ace;      /* the conditions so far; peers stay empty */
	const char *l3, *l4; /* lends the container's name; NULL: none */
	size_t n_named;
	struct named named[ACE_PEERS];
	/* The ACE is not understood: the first reason, and its place. */
	bool is_odd;
	bool is_told;           /* an error says so, with what to write */
	const char *odd_clause; /* static */
	const char *odd_fix;    /* static; NULL: the code's own */
	char odd_text[FINDING_TEXT];
	struct finding_place odd_place;
};

/*
 * Reads `matches` into a struct whose first four members the caller filled,
 * and whose ace.families and numbers stand for "any".
 */
void matches_read(const struct json_at *at, struct matches *matches);

/* Makes the ACE "not understood" (S-9); the first reason stays.  Tells
 * nobody: ace.c knows what it is worth.  The clause is static. */
void matches_odd(struct matches *matches, const struct json_at *at,
    const char *clause, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* The same for what an error has been told of already. */
void matches_pass_over(struct matches *matches, const struct json_at *at);

/* A json_visit_fn over a struct matches: a node that has no line in a table
 * (M-EXT-5). */
void matches_read_unknown(const struct json_at *at, void *matches);

/* Adds a condition on the peer. */
void matches_add_peer(struct matches *matches, const struct json_at *at,
    enum peer_kind kind, const char *text);

/* Adds a condition on a header field. */
void matches_add_field(struct matches *matches, const struct json_at *at,
    const struct field *field);

#endif
