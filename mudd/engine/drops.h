/*
 * What was dropped lately, by Thing: what the kernel logs and the watcher
 * tells, with how often, first and last.
 *
 * A row is one kind of packet: the Thing, the way, the peer, the protocol and
 * the port.  Each Thing has its own bound, so that a loud one displaces only
 * its own rows; those who are no Thing of ours share one.  A new row is an
 * event of its own, a line in the log, and is one again every ten minutes
 * while it goes on (S-70, S-72).  Counts are of packets that were logged,
 * which the kernel does at most once a second for each Thing; how many there
 * were in all its own counters say.
 */
#ifndef ENGINE_DROPS_H
#define ENGINE_DROPS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/records.h"
#include "libmud/list.h"

struct channel;
struct drops;
struct thing;
struct things;

struct drop_row {
	struct record_drop what; /* as the watcher tells, but for its count */
	struct mac owner;        /* the Thing's; zero: it is of none of ours */
	uint64_t count;
	int64_t first, last; /* seconds since 1970 */
	char *
	    peer_name; /* a DNS name of the policy with that address, or NULL */

	uint64_t n_told; /* of count, by log lines */
	int64_t told_at;
	struct list by_age, by_owner;
};

struct drops *drops_new(struct things *things);
void drops_free(struct drops *drops);

/* Another watcher has come: it has no socket of the log yet. */
void drops_restart(struct drops *drops);
/* Asks mudd for the socket until there is one. Returns when it wants to be
 * called next. */
int64_t drops_tick(struct drops *drops, struct channel *mudd, int64_t now);
/* It is there. */
void drops_opened(struct drops *drops);

/* What the watcher tells; false: the record breaks a rule. */
bool drops_take(
    struct drops *drops, const struct record_drop *drop, int64_t now);

/* The rows of this Thing go. */
void drops_forget(struct drops *drops, const struct mac *owner);

/* Calls fn for each row, the one that was seen last first. */
typedef void drops_fn(void *arg, const struct drop_row *row);
void drops_each(const struct drops *drops, drops_fn *fn, void *arg);

/* A forgery, and not what a policy forbids? */
bool drops_is_spoof(const struct record_drop *what);
/* What is wrong with one: "address", "port", "arp", "ethertype"; else "". */
const char *drops_reason(const struct record_drop *what);
/* "tcp", "udp", "icmp", "icmpv6", "arp", or the number; "" where it is not
 * known. */
#define DROPS_PROTOCOL 8
const char *drops_protocol(
    const struct record_drop *what, char text[DROPS_PROTOCOL]);
/* "0x8100" and the like. */
#define DROPS_ETHERTYPE 8
const char *drops_ethertype(
    const struct record_drop *what, char text[DROPS_ETHERTYPE]);
/* "from" or "to". */
const char *drops_direction(const struct record_drop *what);

#endif
