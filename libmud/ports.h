/*
 * source-port and destination-port of tcp and udp (RFC 8519 s4.2).
 */
#ifndef LIBMUD_PORTS_H
#define LIBMUD_PORTS_H

#include <stdbool.h>

#include "libmud/json.h"
#include "libmud/policy.h"

/*
 * Reads the container at `at`.  False, and *ports untouched, if it says what
 * we do not know, or nothing that can hold: then any port would be too wide.
 * An empty container asks for nothing: any port (A-SEM-3).
 */
bool ports_read(const struct json_at *at, struct ports *ports);

#endif
