/*
 * What the tests over MUD files share: one good file, data/thermostat.json,
 * and ways to change a value in it and to see what became of it.
 */
#ifndef TESTS_MUDBASE_H
#define TESTS_MUDBASE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "libmud/mudfile.h"
#include "libmud/policy.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define MUD "/ietf-mud:mud"
#define ACL "/ietf-access-control-list:acls/acl"
#define OUT ACL "/1/aces/ace/0"
#define IN  ACL "/0/aces/ace/0"

/* The good file; copy it before changing it. */
extern json_t *mudbase;

/* Setup and teardown of a cmocka group. */
int mudbase_load(void **state);
int mudbase_free(void **state);

/*
 * Sets, or without a value removes, what the JSON pointer names ("-" appends
 * to an array).  In the value ' stands for ".
 */
void mudbase_patch(json_t *root, const char *pointer, const char *text);

/* What mudfile_judge told besides. */
struct heard {
	unsigned int n[FINDING_ERROR + 1];
	struct finding error; /* the last one */
};

/* mudfile_judge; each ACE that comes out must be sound. */
bool mudbase_judge_text(const char *text, size_t len, struct policy **policy,
    struct heard *heard, struct fault *why);
bool mudbase_judge(const json_t *root, struct policy **policy,
    struct heard *heard, struct fault *why);

/* An ACE on one line, what stands for "any" left out: "+" understood, "?"
 * not, f families, p protocol, t and c ICMP, s and d ports, i who opened, and
 * header fields by their leaves, in hexadecimal. */
const char *mudbase_ace(
    const struct policy *policy, const struct ace *ace, char *buf, size_t size);

#endif
