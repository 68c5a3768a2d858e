/*
 * Attributes of nf_tables messages, brought into one form: what the kernel's
 * answer and our own message have in common.
 *
 * Handles, counters and the numbers of anonymous sets are left out; so is a
 * number that is zero, since that is what its absence means; attributes come
 * in the order of their numbers.  What we never write is kept as it is, and
 * so differs from anything of ours.
 */
#ifndef ENFORCE_FORM_H
#define ENFORCE_FORM_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforce/attrs.h"

/* Each attribute of a nest: libmnl's macro loses bits by our compiler's
 * lights. */
#define FORM_EACH(attr, nest)                                                  \
	for ((attr) = mnl_attr_get_payload(nest); mnl_attr_ok(                 \
		 (attr), (int)((const char *)mnl_attr_get_payload(nest) +      \
			       mnl_attr_get_payload_len(nest) -                \
			       (const char *)(attr)));                         \
	     (attr) = mnl_attr_next(attr))

/* 0 and "" where there is none; and where it is no number, no text. */
uint32_t form_u32(const struct attrs *attrs, unsigned int type);
const char *form_text(const struct attrs *attrs, unsigned int type);
/* The value in an NFTA_DATA_VALUE, or NULL. */
const struct nlattr *form_data(const struct attrs *attrs, unsigned int type);
/* The attributes of the verdict in this NFTA_*_DATA, if it is one. */
bool form_verdict(struct attrs *verdict, const struct nlattr *data);

/* A form in the making; owns its bytes. */
struct form {
	uint8_t *data;
	size_t len, room;
};

void form_done(struct form *text);
void form_put(struct form *to, const void *data, size_t len);

/* How a set is named in a rule; id: its number within a batch, or 0. */
typedef void form_set_fn(
    void *arg, struct form *to, const char *name, uint32_t id);

void form_write_set(struct form *to, const struct attrs *set);
void form_write_chain(struct form *to, const struct attrs *chain);
void form_write_rule(
    struct form *to, const struct attrs *rule, form_set_fn *name, void *arg);
/* What an element of a map leads to. */
void form_write_data(struct form *to, const struct nlattr *data);

/* The number of the set that a rule's expression looks into, if it is an
 * anonymous one of the same batch; from expression *at on, which becomes the
 * next one's. 0: none. */
uint32_t form_anonymous(const struct attrs *rule, size_t *at);

#endif
