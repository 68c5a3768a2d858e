/*
 * The kernel's word that somebody else has changed the ruleset: nftables
 * announces each commit with the process that made it.
 */
#ifndef ENFORCE_COMMITS_H
#define ENFORCE_COMMITS_H

#include <stdbool.h>
#include <stdint.h>

/* What TASK_COMM_LEN is. */
#define COMMITS_NAME 16

struct commits {
	uint32_t n; /* commits that were heard of */
	uint32_t
	    pid; /* of the last one, as the kernel numbers it; 0: unknown */
	uint32_t generation;
	char name[COMMITS_NAME]; /* printable ASCII, or "" */
	bool was_lost; /* more were announced than could be kept */
};

/*
 * A socket that does not block and hears of commits alone, and not of those by
 * the netlink port `own`.  -errno if there is none.  Needs CAP_NET_ADMIN.
 */
int commits_open(uint32_t own);

/* Reads what there is, at most so much that a flood does not hold us up;
 * adds it to *heard. True if it was anything. */
bool commits_read(int fd, struct commits *heard);

#endif
