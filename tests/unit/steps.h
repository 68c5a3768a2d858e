/*
 * Batches as one line of text, and the model as another.
 *
 * Steps stand apart by ";": lan+ N, local+ PREFIX, self+ ADDR, set+ N (a
 * class), name+ N, elem+ SET ADDR [SEC], rules POLICY SET..., gone POLICY,
 * thing+ MAC POLICY, deny MAC POLICY, bind+ MAC ADDR,
 * ending POLICY N, unknown POLICY; with "-" they delete.  A MAC of one
 * letter, "a", is 02:00:00:00:00:0a.
 */
#ifndef TESTS_STEPS_H
#define TESTS_STEPS_H

struct model;
struct script;

void steps_write(struct script *script, const char *text);
/* All that is in it, for the caller to free. Fails the test if `was` and
 * `now` are not the same. */
char *steps_print(const struct model *model);

#endif
