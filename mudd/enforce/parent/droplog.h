/*
 * The kernel's log of what our rules drop: a netlink socket that reads it.
 *
 * mudd opens it with its capability; the watcher reads it without.  The kernel
 * asks for CAP_NET_ADMIN of whoever sends on it, not only of whoever opened
 * it, so that its holder can read what is logged and nothing else: neither
 * another group, nor more of a packet, nor an end of the log for others.
 */
#ifndef ENFORCE_DROPLOG_H
#define ENFORCE_DROPLOG_H

struct conditions;

/* NFLOG's group of our rules (expr_log), one for all tables. */
#define DROPLOG_GROUP 100

/* Bytes of a packet that are handed over: IPv6 with a few extension headers
 * and the ports behind them, in netdev tables behind the Ethernet header. */
#define DROPLOG_BYTES 128

/*
 * A non-blocking, close-on-exec descriptor that the caller owns, or -errno
 * (-EPERM: another program reads the group already, or we have no
 * CAP_NET_ADMIN).  Log messages come within a tenth of a second.
 */
int droplog_open(void);

/* How the last try ended: 0 or -errno, for `mudctl health`. */
void droplog_note(struct conditions *conditions, int error);

#endif
