/*
 * What the tests of signatures share: files that data/make-signatures.sh made
 * before the test ran, and one file, signature and set of anchors in hand.
 */
#ifndef TESTS_UNIT_SIGWORLD_H
#define TESTS_UNIT_SIGWORLD_H

#include <stdbool.h>
#include <time.h>

#include "libmud/bytes.h"
#include "libmud/limits.h"
#include "libmud/signer.h"

struct fault;

#define DAY 86400

struct blob {
	unsigned char data[LIMIT_ANCHORS];
	size_t len;
};

struct sigworld {
	const char *folder;
	struct blob file, signature, trust;
	uint8_t pinned[32]; /* see anchors_pin */
};

extern struct sigworld sigworld;

/* Ends the test if there is no such file. */
void sigworld_load(const char *name, struct blob *blob);
void sigworld_path(const char *name, char path[512]);
struct bytes blob_bytes(const struct blob *blob);

/* When the files were made: days before and after are counted from here, so
 * that a test does not depend on when it runs. */
time_t sigworld_now(void);

/* Judges what is in hand, days after it was made. */
bool sigworld_verify(
    int days, struct bytes mudsigner, struct signer *signer, struct fault *why);

#endif
