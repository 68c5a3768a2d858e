/*
 * Runs a fuzz target over its corpus without a fuzzer, in every `make check`.
 *
 * Arguments are files or folders; without any it is the target's own corpus,
 * $srcdir/tests/fuzz/corpus/NAME for the program fuzz_NAME.  Input: files of
 * the source tree, taken as hostile bytes by the target alone.  A corpus that
 * is missing or empty is a failure: a test that tests nothing proves nothing.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libmud/limits.h"

/* Every target has this one function; libFuzzer calls it by this name. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* No target takes more than the largest file that mudd reads. */
#define INPUT_MAX ((size_t)LIMIT_CA_BUNDLE)

static int
complain(const char *path, const char *what)
{
	(void)fprintf(stderr, "%s: %s\n", path, what);
	return -1;
}

/*
 * Reads the file and hands it over in a block of exactly its size, so that a
 * sanitizer sees a read past the end.
 */
static int
run_file(const char *path, size_t size)
{
	FILE *in = NULL;
	uint8_t *data = NULL;
	int result = -1;

	if (size > INPUT_MAX)
		return complain(path, "too large for any target");
	in = fopen(path, "rb");
	if (in == NULL)
		return complain(path, strerror(errno));
	data = malloc(size == 0 ? 1 : size);
	if (data == NULL || fread(data, 1, size, in) != size) {
		(void)complain(path, "cannot be read");
		goto out;
	}
	(void)LLVMFuzzerTestOneInput(data, size);
	result = 1;
out:
	free(data);
	(void)fclose(in);
	return result;
}

/* The number of inputs run, or -1. Folders are not walked further down. */
static int
run_path(const char *path, unsigned int depth)
{
	struct stat st;
	DIR *dir;
	struct dirent *entry;
	int total = 0;

	if (stat(path, &st) != 0)
		return complain(path, strerror(errno));
	if (S_ISREG(st.st_mode))
		return run_file(path, (size_t)st.st_size);
	if (!S_ISDIR(st.st_mode) || depth > 0)
		return 0;
	dir = opendir(path);
	if (dir == NULL)
		return complain(path, strerror(errno));
	while (total >= 0 && (entry = readdir(dir)) != NULL) {
		char file[4096];
		int len, n;

		if (entry->d_name[0] == '.')
			continue;
		len =
		    snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		if (len < 0 || (size_t)len >= sizeof(file)) {
			total = complain(path, "name too long");
			break;
		}
		n = run_path(file, depth + 1);
		total = n < 0 ? -1 : total + n;
	}
	(void)closedir(dir);
	return total;
}

/* The corpus of the program fuzz_NAME; false if argv[0] is not such a name. */
static int
own_corpus(const char *self, char *path, size_t size)
{
	static const char prefix[] = "fuzz_";
	const char *srcdir = getenv("srcdir");
	const char *base = strrchr(self, '/');
	int len;

	base = base == NULL ? self : base + 1;
	if (strncmp(base, prefix, strlen(prefix)) != 0)
		return complain(self, "no corpus given");
	len = snprintf(path, size, "%s/tests/fuzz/corpus/%s",
	    srcdir == NULL ? "." : srcdir, base + strlen(prefix));
	if (len < 0 || (size_t)len >= size)
		return complain(self, "name too long");
	return 0;
}

int
main(int argc, char **argv)
{
	char path[4096];
	int total = 0;

	if (argc < 2) {
		if (own_corpus(argv[0], path, sizeof(path)) != 0)
			return 1;
		total = run_path(path, 0);
	}
	for (int i = 1; i < argc && total >= 0; i++) {
		int n = run_path(argv[i], 0);

		total = n < 0 ? -1 : total + n;
	}
	if (total < 0)
		return 1;
	if (total == 0) {
		(void)fprintf(stderr, "no inputs\n");
		return 1;
	}
	printf("%d inputs\n", total);
	return 0;
}
