/*
 * The words that a scenario may begin a line with (README.md).
 */
#ifndef SCENARIO_STEPS_H
#define SCENARIO_STEPS_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/scenario/script.h"

struct scene;

/* One line of the script, its words, and the indented lines below it. */
struct step {
	const char *text;
	size_t n;
	char **words;
	const struct script_line *inside;
	size_t n_inside;
};

/* False: it is wrong, or what it expects is not so; said already. */
typedef bool step_fn(struct scene *scene, const struct step *step);

struct step_kind {
	const char *name;
	size_t least; /* words, the name included */
	step_fn *fn;
};

/* Does all that the script says. */
bool steps_run(struct scene *scene, const struct script *script);

/* The value of "... KEY VALUE ..." in the line, or NULL. */
const char *step_value(const struct step *step, const char *key);
bool step_has(const struct step *step, const char *word);
/* A number after a word; false, with a failure, if it is none. */
bool step_number(
    struct scene *scene, const char *text, long long max, long long *number);

#endif
