/*
 * The MUDstring a Thing announces: its MUD URL, then perhaps a space and more.
 *
 * DHCPv4 option 161, DHCPv6 option 112 and the MUD LLDP TLV all carry this
 * one string (RFC 8520 s10, s12), so all three parsers end here.
 */
#ifndef LIBMUD_MUDSTRING_H
#define LIBMUD_MUDSTRING_H

#include <stdbool.h>

#include "libmud/bytes.h"

struct fault;

/*
 * Takes the MUD URL out of a MUDstring.
 *
 * On success *url is a new string that the caller owns and frees with free(3).
 * On failure *url is untouched and *why names the clause the Thing broke.
 * Judges the URL's scheme and bytes only; the rest is url_parse's to say.
 * Logs nothing: the watcher decides what a bad announcement is worth.
 */
bool mudstring_parse(struct bytes raw, char **url, struct fault *why);

#endif
