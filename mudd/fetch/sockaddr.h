/*
 * The libraries' addresses as ours.
 */
#ifndef FETCH_SOCKADDR_H
#define FETCH_SOCKADDR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "libmud/addr.h"

/* False, and nothing filled, if it is neither IPv4 nor IPv6, or cut.  port may
 * be NULL. */
bool sockaddr_read(
    const struct sockaddr *sa, size_t len, struct addr *addr, uint16_t *port);

#endif
