/*
 * HTTPS GET of one MUD file or signature into a descriptor (RFC 8520 s1.6,
 * S-21 to S-24).
 */
#ifndef FETCH_HTTP_H
#define FETCH_HTTP_H

#include <stdbool.h>

#include "core/records.h"

struct allowed;
struct event_base;
struct http;
struct resolver;
struct roots;

/* Fetches under way at one time in one fetcher. */
#define HTTP_JOBS 4

/* How a fetch ended; lent for the call. */
typedef void http_done_fn(void *arg, const struct record_fetched *fetched);

/* Lends all it is given. NULL if libcurl cannot do what S-21 asks for. */
struct http *http_new(struct event_base *base, struct resolver *resolver,
    const struct allowed *allowed, http_done_fn *on_done, void *arg);
/* Fetches under way end without a call. NULL is fine. */
void http_free(struct http *http);

/* Servers are judged by these roots from now on, which must outlive it; none
 * are trusted before. */
void http_trust(struct http *http, struct roots *roots);

/*
 * Starts a fetch; takes fd, which the body is written to from offset 0.
 * It has the time that the record says, but no longer than the fetcher itself
 * has left.  on_done is called exactly once for it, from the loop, never from
 * here. False (fd closed, no call): the record breaks a rule of the channel.
 */
bool http_fetch(struct http *http, const struct record_fetch *fetch, int fd);

#endif
