/*
 * libcurl's transfers in a libevent loop: any number side by side, none of
 * them blocks.
 */
#ifndef FETCH_MULTI_H
#define FETCH_MULTI_H

#include <stdbool.h>

#include <curl/curl.h>

struct event_base;
struct multi;

/* The transfer has ended with this result. It is out of the loop already;
 * the handler may free it, and start others. */
typedef void multi_done_fn(void *arg, CURLcode result);

/* NULL if libcurl cannot. The base must outlive it. */
struct multi *multi_new(struct event_base *base);
/* All transfers must have been removed. NULL is fine. */
void multi_free(struct multi *multi);

/*
 * Starts a transfer; `on_done` and `arg` stay the caller's, who may not use
 * CURLOPT_PRIVATE for anything else.  on_done is called from the loop, never
 * from here.  False: libcurl refused it.
 */
struct transfer {
	CURL *easy;
	multi_done_fn *on_done;
	void *arg;
};
bool multi_add(struct multi *multi, struct transfer *transfer);
/* Ends it without a call to on_done. Not to be called from a callback of
 * libcurl's. */
void multi_remove(struct multi *multi, struct transfer *transfer);

#endif
