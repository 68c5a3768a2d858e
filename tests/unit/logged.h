/* What the log gets meanwhile: standard error is a file for a while. */
#ifndef UNIT_LOGGED_H
#define UNIT_LOGGED_H

#include <stddef.h>

/* From now on it is kept; lines begin with "t: ". */
void logged_begin(void);
/* Standard error is itself again. How many lines were there? */
size_t logged_end(void);
/* These lines, until the next logged_begin. */
const char *logged_text(void);

#endif
