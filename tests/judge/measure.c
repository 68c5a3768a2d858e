/*
 * How long MUD files take to be judged: measure ROUNDS FILE... prints for each
 * file the median of its rounds in microseconds, the same for the JSON library
 * alone, its bytes, and last the most memory that was in use.  Reading is part
 * of a round, as in mudctl.
 */
#include <jansson.h>
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

/* Its length, or 0 if it cannot be read. */
static size_t
read_file(const char *path, uint8_t *buf)
{
	FILE *file = fopen(path, "rb");
	size_t len;

	if (file == NULL)
		return 0;
	len = fread(buf, 1, LIMIT_FILE + 1, file);
	(void)fclose(file);
	return len;
}

static size_t
parse(const char *path, uint8_t *buf)
{
	const size_t len = read_file(path, buf);

	json_decref(
	    json_loadb((const char *)buf, len, JSON_REJECT_DUPLICATES, NULL));
	return len;
}

static size_t
judge(const char *path, uint8_t *buf)
{
	const size_t len = read_file(path, buf);
	struct policy *policy;
	struct fault why;
	size_t n = 0;

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

/* The median of so many rounds, in microseconds. */
static double
median(size_t (*round)(const char *path, uint8_t *buf), const char *path,
    uint8_t *buf, double *took, size_t n, size_t *len)
{
	for (size_t i = 0; i < n; i++) {
		const double begin = now_usec();

		*len = round(path, buf);
		took[i] = now_usec() - begin;
	}
	qsort(took, n, sizeof(*took), compare);
	return took[n / 2];
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
		const double whole =
		    median(judge, argv[i], buf, took, rounds, &len);
		const double json =
		    median(parse, argv[i], buf, took, rounds, &len);

		if (len == 0)
			return 1;
		(void)printf("%s %.1f %.1f %zu\n", argv[i], whole, json, len);
	}
	(void)getrusage(RUSAGE_SELF, &used);
	(void)printf("memory %ld\n", used.ru_maxrss);
	free(took);
	free(buf);
	return 0;
}
