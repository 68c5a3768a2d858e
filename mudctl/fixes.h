/*
 * What a maker of MUD files writes or does instead.
 */
#ifndef MUDCTL_FIXES_H
#define MUDCTL_FIXES_H

#include "libmud/fault.h"

/* One sentence or two; never NULL.  fault_remedy speaks to administrators, who
 * can only ask and approve; this to who can mend it. */
const char *fix_for(enum fault_code code);

#endif
