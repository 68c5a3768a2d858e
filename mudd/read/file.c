/*
 * Sealed memory files.  Role: reader.  The descriptors come from the engine,
 * their bytes from the network; the size is the kernel's word.
 */
#include "read/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "libmud/fault.h"

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

bool
file_map(int fd, size_t max, const char *what, struct bytes *bytes,
    struct fault *why)
{
	int seals = fcntl(fd, F_GET_SEALS);
	struct stat st;
	void *data;

	/* Unsealed, it could change between the verdict and the parser, or
	 * shrink under the map. */
	if (seals < 0 || (seals & SEALS) != SEALS)
		return fault_set(
		    why, FAULT_RECORD, "S-12", "%s is not sealed", what);
	if (fstat(fd, &st) < 0)
		return fault_set(why, FAULT_INTERNAL, "fstat", "%s: %s", what,
		    strerror(errno));
	if (st.st_size < 0 || (size_t)st.st_size > max)
		return fault_set(why, FAULT_TOO_LARGE, "S-6",
		    "%s has more than %zu bytes", what, max);
	if (st.st_size == 0) {
		*bytes = (struct bytes){ (const uint8_t *)"", 0 };
		return true;
	}
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return fault_set(why, FAULT_INTERNAL, "mmap", "%s: %s", what,
		    strerror(errno));
	*bytes = (struct bytes){ data, (size_t)st.st_size };
	return true;
}
