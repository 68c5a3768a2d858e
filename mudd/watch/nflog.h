/*
 * What the kernel's NFLOG says of a packet that our rules dropped.
 *
 * Pure.  The frame of the message is the kernel's, its payload is whatever a
 * LAN host or somebody on the Internet has sent, cut after 128 bytes: it is
 * looked at as far as its first ports, and what is not there stays zero.
 */
#ifndef WATCH_NFLOG_H
#define WATCH_NFLOG_H

#include "core/records.h"
#include "libmud/bytes.h"

enum nflog_found {
	NFLOG_DROP,  /* *drop is filled, its count is 1 */
	NFLOG_OTHER, /* nothing that we log, or broken: passed over */
	NFLOG_END    /* the datagram holds no more */
};

/* The next message of a netlink datagram; the cursor is behind it then. */
enum nflog_found nflog_next(struct cursor *at, struct record_drop *drop);

#endif
