/*
 * The words for fault codes: what fault_name and fault_remedy give.
 *
 * Shared by fault.c and the table of signature faults, and by nothing else.
 */
#ifndef LIBMUD_FAULTWORDS_H
#define LIBMUD_FAULTWORDS_H

#include "libmud/fault.h"

struct fault_words {
	const char *name;   /* stable, lower case */
	const char *remedy; /* for administrators, one sentence */
};

/* Of a code about signatures; its name is NULL for any other. */
const struct fault_words *faultwords_of_signature(enum fault_code code);

#endif
