/*
 * The hosts file (hosts(5)), held in memory: the sandbox lets nobody open it
 * later, and an administrator who writes a MUD file server there expects that
 * it counts.
 */
#ifndef FETCH_HOSTS_H
#define FETCH_HOSTS_H

#include <stddef.h>

#include "libmud/addr.h"
#include "libmud/bytes.h"

#define HOSTS_PATH "/etc/hosts"

/* Lists of hosts to block are kept here too; they are larger than this only
 * where nobody should read them for each lookup. */
#define HOSTS_SIZE (1024 * 1024)

/* Reads the file; the caller frees .data. Empty if there is none, or if it
 * is larger than HOSTS_SIZE. */
struct bytes hosts_read(const char *path);

/* Addresses of the name in the text, in its order, at most max; their
 * number. Names are compared without regard to case. */
size_t hosts_find(
    struct bytes text, const char *name, struct addr *addrs, size_t max);

#endif
