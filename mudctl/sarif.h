/*
 * SARIF 2.1.0 (OASIS), which code-hosting sites show beside the lines that it
 * speaks of.
 */
#ifndef MUDCTL_SARIF_H
#define MUDCTL_SARIF_H

#include <jansson.h>
#include <stdbool.h>

/*
 * One log with one run, from an array of what findings_judge made.  `is_read`:
 * every file that was named could be read.  The caller owns it.
 */
json_t *sarif_new(const json_t *files, bool is_read);

#endif
