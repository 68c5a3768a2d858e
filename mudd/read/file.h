/*
 * A sealed memory file, mapped: what was verified is what is parsed.
 */
#ifndef READ_FILE_H
#define READ_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "libmud/bytes.h"

struct fault;

/*
 * Maps the whole of fd for reading.  Refused (FAULT_RECORD) unless the seals
 * keep everybody from changing it, and (FAULT_TOO_LARGE) if it is larger than
 * max.  An empty file gives no bytes.  `what` names it in the fault.  The
 * mapping lives as long as the process; fd stays the caller's.
 */
bool file_map(int fd, size_t max, const char *what, struct bytes *bytes,
    struct fault *why);

#endif
