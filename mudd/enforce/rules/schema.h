/*
 * The part of table inet mudd that is always there: sets, base chains, and the
 * chains that count, log and drop (docs/architecture.md, "A policy in the
 * kernel").
 */
#ifndef ENFORCE_SCHEMA_H
#define ENFORCE_SCHEMA_H

#include <stdbool.h>

#include "enforce/batch.h"

/* Sets and maps of table inet mudd. The other tables have some of them. */
#define SET_LAN          "lan"
#define SET_HAIRPIN      "hairpin"
#define SET_GATEWAY      "gateway"
#define SET_THINGS       "things"
#define SET_BIND4        "bind4"
#define SET_BIND6        "bind6"
#define SET_OWN4         "own4"
#define SET_OWN6         "own6"
#define SET_TO4          "to4"
#define SET_TO6          "to6"
#define SET_EPOCH        "epoch"
#define SET_PASSED       "passed"
#define SET_LOCAL4       "local4"
#define SET_LOCAL6       "local6"
#define SET_SELF4        "self4"
#define SET_SELF6        "self6"
#define SET_DENIED       "denied"
#define SET_DROPPED_FROM "dropped_from"
#define SET_DROPPED_TO   "dropped_to"
#define SET_DROPPED_TO6  "dropped_to6"
#define SET_UNCACHED4    "uncached4"
#define SET_UNCACHED6    "uncached6"
/* Bridges that hand IPv4, IPv6 to the inet hooks since we have said so. */
#define SET_CALLS4 "calls4"
#define SET_CALLS6 "calls6"
#define SET_DEAF   "deaf" /* bridges that learn from fewer frames */

/* Where a policy's chains end. */
#define CHAIN_DROP_FROM "drop_from"
#define CHAIN_DROP_TO   "drop_to"
/* The same of a Thing that is only watched: what would be dropped goes on. */
#define CHAIN_WATCH_FROM "watch_from"
#define CHAIN_WATCH_TO   "watch_to"

/* The connection cache (epoch.h), and the ICMP errors that pass by it. */
#define CHAIN_FAST  "fast"
#define CHAIN_STAMP "stamp"
/* What a batch that begins an epoch writes anew. */
#define CHAIN_STAMP_ORIGINAL "stamp_original"
#define CHAIN_STAMP_REPLY    "stamp_reply"
#define CHAIN_STAMP_JUDGED   "stamp_judged"
#define CHAIN_ERRORS         "errors"

/*
 * Replaces whatever is in table inet mudd by the empty schema. unknown: LAN
 * hosts that are no Things are judged as well (unknown.h). bridged: so are
 * frames that stay on their bridge (bridgepath.h), for which only what a host
 * needs on its link goes before the policies.
 */
void schema_inet(struct batch *batch, bool monitor, bool unknown, bool bridged);

/* Adds a base chain of this kind, in a table of another name, and takes it
 * away again: does the kernel have it? */
void schema_probe_inet(struct batch *batch);

#endif
