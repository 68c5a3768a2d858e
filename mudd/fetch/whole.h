/*
 * Has a body come whole?  One that has neither a length nor chunks ends with
 * the connection, and only TLS's word that it ends tells the whole from what
 * was cut off on the way (RFC 9112 s9.8).  libcurl takes both for the end.
 */
#ifndef FETCH_WHOLE_H
#define FETCH_WHOLE_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/ssl.h>

/* All zero at the start of a hop. */
struct whole {
	bool is_delimited; /* the response says itself where it ends */
	bool is_closed;    /* the server sent close_notify (RFC 8446 s6.1) */
	SSL_CTX *context;  /* watched, owned in part */
};

/* Takes in one line of a response, as it came. A status line begins anew. */
void whole_note(struct whole *whole, const char *line, size_t len);

/* Lends *whole to the connections of the context until whole_done; of two
 * contexts the later one counts. */
void whole_watch(struct whole *whole, SSL_CTX *context);

/* The hop is over; libcurl may close its connection later than that. */
void whole_done(struct whole *whole);

bool whole_is(const struct whole *whole);

#endif
