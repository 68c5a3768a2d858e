/*
 * Members of the control protocol's JSON objects, in the one form that each
 * kind of value has there (docs/org.mudd.Manager.varlink).  What is unknown is
 * left out.
 */
#ifndef ENGINE_PUT_H
#define ENGINE_PUT_H

#include <stdint.h>

#include <jansson.h>

struct fault;

/* Takes value. */
void put_value(json_t *object, const char *key, json_t *value);
/* Left out where it is empty, or not UTF-8. */
void put_text(json_t *object, const char *key, const char *text);
/* RFC 3339, from seconds since 1970; left out where that is no time. */
void put_time(json_t *object, const char *key, int64_t at);
/* {code, clause, detail, remedy}; left out where there is none. */
void put_fault(json_t *object, const char *key, const struct fault *why,
    const char *remedy);
/* SHA-256, in hexadecimal. */
void put_digest(json_t *object, const char *key, const uint8_t digest[32]);

#endif
