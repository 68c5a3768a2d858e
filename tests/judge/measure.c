/*
 * How long MUD files take to be judged: measure ROUNDS FILE... prints for each
 * file the median of its rounds in microseconds, its bytes, and last the
 * most memory that was in use.  Reading is part of a round, as in mudctl.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/mem.h"
#include "libmud/mudfile.h"
#include "libmud/policy.h"

static double
now_usec(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void
count(void *arg, const struct finding *finding)
{
	(void)finding;
	(*(size_t *)arg)++;
}

/* Reads and judges the file; its length, or 0 if it cannot be read. */
static size_t
judge(const char *path, uint8_t *buf)
{
	FILE *file = fopen(path, "rb");
	struct policy *policy;
	struct fault why;
	size_t len, n = 0;

	if (file == NULL)
		return 0;
	len = fread(buf, 1, LIMIT_FILE + 1, file);
	(void)fclose(file);
	if (mudfile_judge((struct bytes){ buf, len }, (int64_t)time(NULL),
		count, &n, NULL, &policy, &why))
		policy_free(policy);
	return len;
}

static int
compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	const size_t rounds = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
	uint8_t *buf = xcalloc(1, LIMIT_FILE + 1);
	struct rusage used;
	double *took;

	if (rounds == 0 || rounds > 100000)
		return 2;
	took = xcalloc(rounds, sizeof(*took));
	for (int i = 2; i < argc; i++) {
		size_t len = 0;

		for (size_t k = 0; k < rounds; k++) {
			const double begin = now_usec();

			len = judge(argv[i], buf);
			took[k] = now_usec() - begin;
		}
		if (len == 0)
			return 1;
		qsort(took, rounds, sizeof(*took), compare);
		(void)printf("%s %.1f %zu\n", argv[i], took[rounds / 2], len);
	}
	(void)getrusage(RUSAGE_SELF, &used);
	(void)printf("memory %ld\n", used.ru_maxrss);
	free(took);
	free(buf);
	return 0;
}
