/*
 * MUD files of policies/ that an administrator gives to single devices, beside
 * or instead of a maker's (mud-file in mudd.conf, mudctl device assign).
 *
 * One is named "policies/NAME" wherever a MUD URL is: in the table of MUD URLs,
 * in the state, to people.  That is no URL, so nobody can announce it.  It is
 * root's, so nobody is asked for its signature, nothing is fetched, and nothing
 * waits.  Of which maker and model its devices are, its own mud-url says; where
 * that is no MUD URL, they are of none that another device is.
 */
#ifndef ENGINE_OWNFILES_H
#define ENGINE_OWNFILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/limits.h"

struct fault;
struct materials;
struct mud_bytes;
struct mudurl;
struct outcome;
struct url;
struct verdicts;

struct own_file {
	char name[LIMIT_URL + 1]; /* "lamp.json" */
	uint8_t *data;            /* owned */
	size_t size;
};

/* Before the sandbox closes: reads the folder's *.json, but for those that have
 * a meaning of their own. What is left out is logged. */
void ownfiles_load(struct materials *materials, const char *folder);
void ownfiles_free(struct materials *materials);
/* NULL: there is none, or there was none at the start. Lent. */
const struct own_file *ownfiles_find(
    const struct materials *materials, const char *name);

/* NAME of "policies/NAME", or NULL: that is something else. */
const char *ownfiles_name(const char *text);
/* "policies/NAME". False: it cannot be the name of such a file. */
bool ownfiles_text(const char *name, char text[LIMIT_URL + 1]);
/* "policies/NAME", or a MUD URL (url_parse). */
bool ownfiles_parse(const char *text, struct url *url, struct fault *why);

/* For a reader; the caller ends them with mud_bytes_done. False: there is no
 * memory file to be had. */
bool ownfiles_bytes(const struct own_file *file, struct mud_bytes *bytes);
/* A reader has looked at the file of this entry: it is in force, or the entry's
 * fault says why not. */
void ownfiles_take(const struct verdicts *verdicts, struct mudurl *mud,
    const struct outcome *outcome, int64_t now);

#endif
