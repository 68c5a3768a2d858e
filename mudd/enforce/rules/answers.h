/*
 * What the gateway itself answers a Thing, in table inet mudd.
 *
 * What it opens to a Thing is local policy.  What it says in a flow that the
 * Thing has opened is judged as anybody's answers are, so an explicit drop of
 * replies holds for the gateway too (docs/architecture.md, "What a verdict
 * is").  DHCP's answers, and ICMP errors, are no matter of the policy.
 */
#ifndef ENFORCE_ANSWERS_H
#define ENFORCE_ANSWERS_H

struct writer;

/* Adds chains `output` and `answers`, with their rules.  The sets and
 * chains that they refer to have been added before. */
void answers_schema(struct writer *to);

#endif
