/*
 * What a change costs with 10, 1 000 and 10 000 Things in the kernel, what it
 * takes to load them all, and the memory they take there; and the same of
 * 1 000 Things with a policy each.  For ./dev bench.
 *
 * A change is timed from its first record to the kernel's answer: the
 * enforcer's books, the message, and the transaction.  Of each kind many are
 * made, round after round; the median counts.  Beside the time that passed
 * stands that on the CPU, ours and the kernel's for us: where the two differ
 * much, others were at work.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "libmud/fault.h"
#include "tests/unit/crowd.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define ROUNDS   5
#define CHANGES  40 /* a round and kind */
#define EACH_OWN 10 /* the same, where each Thing has a policy of its own */

static double
read_clock(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

/* Of children that have ended, in ms. */
static double
spent_by_children(void)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_CHILDREN, &usage);
	return 1e3 * (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       1e-3 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

struct times {
	size_t n;
	double at[ROUNDS * CHANGES], cpu[ROUNDS * CHANGES];
};

static int
by_size(const void *a, const void *b)
{
	const double *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static double
share(double *at, size_t n, double of)
{
	qsort(at, n, sizeof(at[0]), by_size);
	return at[(size_t)((double)(n - 1) * of)];
}

static double
median(struct times *times)
{
	return share(times->at, times->n, 0.5);
}

static double
median_cpu(struct times *times)
{
	return share(times->cpu, times->n, 0.5);
}

static void
note(struct times *times, double msec, double cpu)
{
	times->at[times->n] = msec;
	times->cpu[times->n++] = cpu;
}

static void
play(struct world *world, uint32_t flags, struct times *times)
{
	double start = read_clock(CLOCK_MONOTONIC);
	double cpu = read_clock(CLOCK_PROCESS_CPUTIME_ID);

	world->is_unwatched = true; /* the batch alone */
	world_play(world, flags);
	note(times, read_clock(CLOCK_MONOTONIC) - start,
	    read_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu);
}

/* Kernel memory that this control group is charged with, in kB; or -1. */
static double
charged(void)
{
	char line[512], path[600] = "", *at;
	FILE *file = fopen("/proc/self/cgroup", "re");
	double bytes = -1024;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if ((at = strstr(line, ":memory:")) != NULL)
			(void)snprintf(path, sizeof(path),
			    "/sys/fs/cgroup/memory%s/"
			    "memory.kmem.usage_in_bytes",
			    at + 8);
		else if (strncmp(line, "0::", 3) == 0 && path[0] == '\0')
			(void)snprintf(path, sizeof(path),
			    "/sys/fs/cgroup%s/memory.stat", line + 3);
	}
	if (file != NULL)
		(void)fclose(file);
	file = fopen(path, "re");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (sscanf(line, "kernel %lf", &bytes) == 1 ||
		    sscanf(line, "%lf", &bytes) == 1)
			break;
	if (file != NULL)
		(void)fclose(file);
	return bytes / 1024;
}

/* The kernel takes its time to let go of what was deleted, and the next
 * transaction waits for that. */
static void
settle(void)
{
	(void)usleep(300000);
}

struct figures {
	struct times add, remove, replace, load, nft, memory;
};

/* With a policy each, that comes and goes with the Thing. */
static void
make_changes(struct world *world, unsigned int n, uint32_t n_policies,
    struct figures *figures)
{
	struct script *script = &world->script;
	const bool own = n_policies == 0;
	const unsigned int n_changes = own ? EACH_OWN : CHANGES;

	for (unsigned int i = 0; i < n_changes; i++) {
		uint32_t policy = own ? n + 1 : crowd_policy(n + i);

		if (own)
			crowd_rules(script, policy, 0);
		crowd_add(script, n + i, policy);
		play(world, 0, &figures->add);
		crowd_remove(script, n + i);
		if (own)
			script_gone(script, policy);
		play(world, 0, &figures->remove);
	}
	for (unsigned int i = 0; i < n_changes; i++) {
		crowd_rules(script, i % (own ? n : n_policies) + 1, i % 19 + 1);
		play(world, 0, &figures->replace);
	}
}

/*
 * What `nft list` has written of it, read by `nft -f`; but for a few rules
 * that look at fields which nft can print and not read.
 */
static void
load_by_nft(struct world *world, struct times *times)
{
	static const char path[] = "/tmp/bench_scale.nft";
	static const char *const list[] = { "sh", "-c",
		"nft list ruleset | grep -vE '@(th|ll|nh),' >/tmp/bench_scale.nft",
		NULL };
	struct fault why = { 0 };
	double start, cpu;

	free(gateway_run(HOST_GATEWAY, list));
	assert_true(enforcer_teardown(world->enforcer, &why));
	settle();
	start = read_clock(CLOCK_MONOTONIC);
	cpu = spent_by_children();
	free(gateway_nft("-f", path, NULL, NULL, NULL));
	note(times, read_clock(CLOCK_MONOTONIC) - start,
	    spent_by_children() - cpu);
	(void)remove(path);
	free(gateway_nft("flush", "ruleset", NULL, NULL, NULL));
}

static void
play_round(struct world *world, unsigned int n, uint32_t n_policies,
    struct figures *figures)
{
	struct fault why = { 0 };
	double before;

	assert_true(enforcer_teardown(world->enforcer, &why));
	settle();
	before = charged();
	crowd_write(&world->script, n, n_policies);
	play(world, BATCH_RESET, &figures->load);
	settle();
	note(&figures->memory, charged() - before, 0);
	make_changes(world, n, n_policies, figures);
	load_by_nft(world, &figures->nft);
}

static void
print_change(const char *what, struct times *times, const char *end)
{
	(void)printf("%s %.3f ms (%.3f on the CPU, p99 %.2f)%s", what,
	    median(times), median_cpu(times), share(times->at, times->n, 0.99),
	    end);
}

static void
print(unsigned int n, uint32_t n_policies, struct figures *figures)
{
	char head[64];

	(void)snprintf(head, sizeof(head),
	    "scale: %5u Things, %4u policies: ", n,
	    n_policies != 0 ? n_policies : n);
	(void)printf("%sload %.0f ms (%.0f on the CPU), by nft -f %.0f (%.0f): "
		     "x%.2f; kernel memory %.1f MB\n",
	    head, median(&figures->load), median_cpu(&figures->load),
	    median(&figures->nft), median_cpu(&figures->nft),
	    median_cpu(&figures->load) / median_cpu(&figures->nft),
	    median(&figures->memory) / 1024);
	(void)printf("%s", head);
	print_change("add", &figures->add, ", ");
	print_change("remove", &figures->remove, ", ");
	print_change("replace a policy", &figures->replace, "\n");
	(void)fflush(stdout);
}

static void
things(void **state)
{
	static const struct {
		unsigned int n;
		uint32_t n_policies; /* 0: one each */
	} crowds[] = {
		{ 10, CROWD_POLICIES },
		{ 1000, CROWD_POLICIES },
		{ 1000, 0 },
		{ 10000, CROWD_POLICIES },
	};
	static struct figures figures[LENGTH(crowds)];

	crowd_make();
	for (int round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < LENGTH(crowds); i++)
			play_round(*state, crowds[i].n, crowds[i].n_policies,
			    &figures[i]);
	for (size_t i = 0; i < LENGTH(crowds); i++)
		print(crowds[i].n, crowds[i].n_policies, &figures[i]);
	(void)printf(
	    "scale: goals: add 0.4 ms at 1000, 1 at 10000; remove 0.5; "
	    "replace a policy 1 at 1000; load 10000 in 400 ms and "
	    "x0.5 of nft; 30 MB\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(things),
	};

	return cmocka_run_group_tests(tests, world_make, world_end);
}
