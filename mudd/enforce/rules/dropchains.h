/*
 * The chains of table inet mudd where what is denied ends: counted, logged at
 * a bounded rate, and dropped, or let go on where it is only watched.
 */
#ifndef ENFORCE_DROPCHAINS_H
#define ENFORCE_DROPCHAINS_H

struct writer;

/* Fills drop_from, drop_to, watch_from, watch_to and drop_spoof, which are
 * there. */
void dropchains_fill(struct writer *to);

#endif
