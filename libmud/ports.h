/*
 * source-port and destination-port of tcp and udp (RFC 8519 s4.2).
 */
#ifndef LIBMUD_PORTS_H
#define LIBMUD_PORTS_H

#include <stdbool.h>

#include "libmud/json.h"
#include "libmud/policy.h"

/*
 * Reads the container at `at`.  *is_odd becomes true if a member in it is
 * unknown; then what *ports says is too wide.  False: it is broken (A-PORT-1,
 * A-PORT-2).
 */
bool ports_read(const struct json_at *at, struct ports *ports, bool *is_odd,
    struct fault *why);

#endif
