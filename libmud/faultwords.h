/*
 * The words for fault codes: what fault_name and fault_remedy give.
 *
 * Shared by fault.c and the table of signature faults, and by nothing else.
 */
#ifndef LIBMUD_FAULTWORDS_H
#define LIBMUD_FAULTWORDS_H

#include "libmud/fault.h"

struct fault_words {
	const char *name;      /* stable, lower case */
	const char *remedy;    /* for administrators, one sentence */
	const char *otherwise; /* where no file waits that could be approved;
	                        * NULL: the same */
};

/* Held, not lost: such a file may be approved as it is (M-SIG-6). */
#define OR_APPROVE(text)                                                       \
	text ", or look at the file and run `mudctl approve ID --digest "      \
	     "HEX`.",                                                          \
	    text "."
/* So may such a one, but somebody may be up to something. */
#define UNSEEN(text) "Do not approve it unseen: " text, "Beware: " text

/* Of a code about signatures; its name is NULL for any other. */
const struct fault_words *faultwords_of_signature(enum fault_code code);

#endif
