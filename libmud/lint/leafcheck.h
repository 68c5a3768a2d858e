/*
 * Leaves of `matches` that the YANG modules take and a manager, or the next
 * reader of the file, would trip over: addresses written as numbers, names
 * that DNS does not have, classes that nobody can join.
 *
 * Pure: each function judges one leaf, tells what there is to tell, and
 * changes nothing.  A leaf of another type than the modules want is passed
 * over: schema.h has told it.
 */
#ifndef LIBMUD_LINT_LEAFCHECK_H
#define LIBMUD_LINT_LEAFCHECK_H

#include <stdbool.h>

#include "libmud/finding.h"
#include "libmud/json.h"

/* source- or destination-ipv4- or -ipv6-network (M-FILE-5): tells of each
 * address as a number, and what sort of address it is. */
void leaf_network(const struct json_at *at, struct findings *to);

/* src-dnsname, dst-dnsname (RFC 8520 s8). */
void leaf_dnsname(const struct json_at *at, struct findings *to);

/* manufacturer (s4.1), model (s4.5), controller (s4.3). */
void leaf_manufacturer(const struct json_at *at, struct findings *to);
void leaf_model(const struct json_at *at, struct findings *to);
void leaf_controller(const struct json_at *at, struct findings *to);

/* Walks a `matches` and judges each of these leaves in it, once. */
void leafcheck_matches(const struct json_at *matches, struct findings *to);

/* The same for every ACE of the document, used or not, under today's name of
 * the container or the drafts'. */
void leafcheck_document(const struct json_at *top, struct findings *to);

#endif
