/*
 * Findings: what is wrong with a MUD file, for whoever wrote it.
 *
 * A finding is told where it is made, to a listener of the caller's, and the
 * judging goes on: one pass finds them all.  A fault, by contrast, is the one
 * reason why a program refused its input; the first finding that `refuses`
 * becomes one.
 */
#ifndef LIBMUD_FINDING_H
#define LIBMUD_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "libmud/fault.h"
#include "libmud/json.h"

struct places;

/* An error breaks a MUST; a warning costs the file something; an info is
 * good to know. */
enum finding_severity { FINDING_INFO, FINDING_WARNING, FINDING_ERROR };

/* What all findings of a sort have in common. */
struct finding_kind {
	enum finding_severity severity;
	enum fault_code code;
	const char *clause;
	bool breaks_schema; /* the YANG modules refuse it (RFC 8520 s7, RFC
	                     * 8519 s4, RFC 7951) */
	bool refuses; /* a manager refuses the whole file, with this fault */
};

#define FINDING_TEXT 256

struct finding {
	const struct finding_kind *kind;
	char pointer[JSON_POINTER]; /* RFC 6901; "": the whole file */
	size_t line, column;        /* from 1; 0: unknown */
	char message[FINDING_TEXT]; /* what is wrong; printable ASCII */
	char fix[FINDING_TEXT]; /* what to write instead; "": see the code */
};

/* A place by value, for what is judged once the document is no longer at
 * hand. */
struct finding_place {
	char pointer[JSON_POINTER];
	size_t line, column; /* 0: unknown */
};

/* The finding and its kind are lent for the call. */
typedef void finding_fn(void *arg, const struct finding *finding);

/* Where findings go while one file is judged, and what they came to. */
struct findings {
	finding_fn *on; /* NULL: nobody listens */
	void *arg;
	const struct places *places; /* lent; NULL: no lines and columns */
	size_t n, n_errors;
	size_t n_ignored; /* nodes that a manager ignores (M-EXT-2) */
	bool breaks_schema;
	bool is_draft;        /* one had FAULT_DRAFT_FILE */
	struct fault refusal; /* of the first that refuses, or FAULT_NONE */
};

/*
 * Tells one finding about the place `at`; NULL: the whole file.  Past
 * LIMIT_FINDINGS they are counted and no longer told.  `fix` is a
 * sentence or two, or NULL where the code's own says enough.  Text that does
 * not fit is cut; bytes outside printable ASCII become \xNN.
 */
void findings_add(struct findings *to, const struct finding_kind *kind,
    const struct json_at *at, const char *fix, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* The same about a place that findings_place took; NULL: the whole file. */
void findings_add_placed(struct findings *to, const struct finding_kind *kind,
    const struct finding_place *at, const char *fix, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* `at` with the line and column that findings_add would give it. */
struct finding_place findings_place(
    const struct findings *to, const struct json_at *at);

#endif
