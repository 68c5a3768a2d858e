/*
 * Varlink messages: one JSON object in, one out; and org.varlink.service.
 *
 * Runs in the engine, over what a local, identified user sent.  Knows nothing
 * of sockets: control.c brings the bytes and carries the answers.
 */
#ifndef ENGINE_VARLINK_H
#define ENGINE_VARLINK_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

/* What we serve besides org.varlink.service, and its errors. */
#define VARLINK_INTERFACE           "org.mudd.Manager"
#define VARLINK_INTERFACE_NOT_FOUND "org.varlink.service.InterfaceNotFound"
#define VARLINK_METHOD_NOT_FOUND    "org.varlink.service.MethodNotFound"
#define VARLINK_INVALID_PARAMETER   "org.varlink.service.InvalidParameter"
#define VARLINK_EXPECTED_MORE       "org.varlink.service.ExpectedMore"

#define VARLINK_METHOD     128 /* bytes of a method's full name, NUL included */
#define VARLINK_PARAMETERS 32  /* members of a parameters object (S-82) */

struct varlink_request {
	char interface[VARLINK_METHOD]; /* what precedes the last dot */
	char method[VARLINK_METHOD];    /* what follows it */
	json_t *parameters;             /* an object, owned */
	bool oneway; /* the client wants no answer, not even an error */
	bool more;   /* it would take several answers */
	bool upgrade;
};

/*
 * Reads one request of len bytes, its NUL left out.  False if it is not one:
 * no JSON object, a member twice or of the wrong type, no method, parameters
 * past VARLINK_PARAMETERS.  There is no answer to nonsense: the connection is
 * closed.  *request is untouched then; else end it with varlink_done.
 */
bool varlink_parse(
    const char *text, size_t len, struct varlink_request *request);
void varlink_done(struct varlink_request *request);

/*
 * An answer as bytes, the NUL that ends it included in *len.  error NULL: a
 * reply.  Takes parameters; NULL is an empty object.  All that is not ASCII is
 * escaped (S-71).  NULL if it would be longer than LIMIT_REPLY; the caller
 * owns the outcome and frees it with free(3).
 */
char *varlink_answer(const char *error, json_t *parameters, size_t *len);

/* The same for a reply that others follow ("continues"). */
char *varlink_continue(json_t *parameters, size_t *len);

/* Does org.varlink.service itself answer this request? */
bool varlink_is_service(const struct varlink_request *request);

/*
 * The answer to a method of org.varlink.service.  *answer is new and the
 * caller owns it; *error is NULL, or the (constant) name of the error that it
 * belongs to.
 */
void varlink_service(const struct varlink_request *request, const char *version,
    const char **error, json_t **answer);

/* The text of docs/org.mudd.Manager.varlink; the caller frees it. */
char *varlink_description(void);

#endif
