/*
 * The evaluator against an interpreter of the compiled rules: random policies,
 * worlds and flows, each judged by both.  They must agree in every case, and
 * the cases must be worth something; the program counts, prints, and fails
 * where one of the bounds below is not held.
 *
 * usage: run_differential [--seed N] [--cases N]
 *
 * A check program with a fixed seed; `./dev soak differential` runs a million.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "libmud/condition.h"
#include "libmud/evaluate.h"
#include "tests/differential/aim.h"
#include "tests/differential/generate.h"
#include "tests/differential/interpret.h"
#include "tests/differential/report.h"

#define DEFAULT_CASES 60000
#define DEFAULT_SEED  8520
/* From here on the shares below are more than chance. */
#define ENOUGH_CASES    20000
#define MOST_REPORTS    3
#define ALLOWED_PERCENT 30
#define SOURCE_PERCENT  5
#define BOUND_PERCENT   5
#define REPLY_PERCENT   10
#define OPENER_PERCENT  20
#define FIELD_PERCENT   1

#define REVISIONS 3

struct tally {
	uint64_t cases, allowed, disagree;
	uint64_t source[VERDICT_SOURCES];
	uint64_t replies, by_thing, by_peer, untracked, at_bound, fields, v6;
	uint64_t policies, aces, decided, unreachable, missed;
};

struct run {
	struct dice dice;
	struct universe universe;
	struct made made, alone;
	struct world world;
	struct kernel kernel;
	bool decides[MADE_ACES];
	struct tally tally;
};

static void
count(struct run *run, const struct range *range, const struct flow *flow,
    const struct evaluation *said)
{
	struct tally *tally = &run->tally;

	tally->cases++;
	tally->allowed += said->verdict == VERDICT_ALLOW;
	tally->source[said->source]++;
	tally->replies += flow_is_reply(flow);
	tally->untracked += flow->is_untracked;
	tally->by_thing += flow_is_opened_by_thing(flow);
	tally->by_peer += !flow_is_opened_by_thing(flow);
	tally->at_bound += aim_is_at_bound(range, flow);
	tally->v6 += flow->peer.family == 6;
	if (said->ace != EVALUATION_NO_ACE) {
		run->decides[said->ace] = true;
		tally->fields += ace_has_fields(&run->made.ace[said->ace]);
	}
}

static void
judge(struct run *run, const struct range *range, const struct flow *flow)
{
	struct evaluation said = evaluate(&run->made.policy, &run->world, flow);
	struct kernel_verdict done = kernel_judge(&run->kernel, flow);

	count(run, range, flow, &said);
	if ((said.verdict == VERDICT_ALLOW) == done.passes)
		return;
	if (run->tally.disagree++ < MOST_REPORTS)
		report_case(&run->made, &run->kernel, flow, &said, &done);
}

/* The flow, some beside it, what answers it, and an error about it. */
static void
judge_around(
    struct run *run, const struct range *range, const struct flow *flow)
{
	struct flow other, reply;

	judge(run, range, flow);
	for (int i = 0; i < 2; i++) {
		other = aim_beside(range, flow);
		judge(run, range, &other);
	}
	if (aim_reply(flow, &reply)) {
		judge(run, range, &reply);
		other = aim_beside(range, &reply);
		judge(run, range, &other);
	}
	if (dice_chance(&run->dice, 20)) {
		other = aim_error(range, flow);
		judge(run, range, &other);
	}
}

/* What no ACE is asked about first. */
static void
judge_besides(struct run *run, const struct range *range)
{
	struct flow flow, reply;

	for (int i = 0; i < 5; i++) {
		flow = aim_service(range);
		judge(run, range, &flow);
		if (i == 0 && aim_reply(&flow, &reply))
			judge(run, range, &reply);
	}
	for (int i = 0; i < 3; i++) {
		flow = aim_link(range);
		judge(run, range, &flow);
	}
	for (int i = 0; i < 3; i++) {
		flow = aim_gateway(range);
		judge(run, range, &flow);
	}
	for (int i = 0; i < 3; i++) {
		flow = aim_anywhere(range);
		judge(run, range, &flow);
	}
}

/* Most ACEs that could decide nothing if they stood alone, for want of a
 * member or of a packet, give way to others: they would teach little. */
static void
revise(struct run *run)
{
	struct range range = { &run->dice, &run->universe, &run->alone,
		&run->world };
	struct flow flow;

	for (size_t i = 0; i < run->made.policy.n_aces; i++)
		for (int tries = 0; tries < REVISIONS; tries++) {
			make_alone(&run->made, i, &run->alone);
			if (aim_at(&range, 0, &flow))
				break;
			make_ace_anew(
			    &run->dice, &run->universe, &run->made, i);
		}
}

static void
play(struct run *run)
{
	const struct range range = { &run->dice, &run->universe, &run->made,
		&run->world };
	struct tally *tally = &run->tally;
	bool reachable[MADE_ACES];
	struct flow flow;

	make_policy(&run->dice, &run->universe, &run->made);
	make_world(&run->dice, &run->universe, &run->world);
	revise(run);
	kernel_load(&run->kernel, &run->made.policy, &run->world);
	memset(run->decides, 0, sizeof(run->decides));
	for (size_t i = 0; i < run->made.policy.n_aces; i++) {
		reachable[i] = aim_at(&range, i, &flow);
		if (reachable[i])
			judge_around(run, &range, &flow);
	}
	judge_besides(run, &range);
	for (size_t i = 0; i < run->made.policy.n_aces; i++) {
		tally->aces++;
		tally->decided += run->decides[i];
		tally->unreachable += !run->decides[i] && !reachable[i];
		/* One that a proof calls unreachable and a case has reached
		 * would make the proof worthless. */
		tally->missed += run->decides[i] != reachable[i];
	}
	tally->policies++;
	kernel_done(&run->kernel);
	world_done(&run->world);
}

static bool
at_least(const char *what, uint64_t n, uint64_t of, unsigned int percent)
{
	double share = of == 0 ? 0 : 100.0 * (double)n / (double)of;

	printf("%-16s %9" PRIu64 "  %5.1f %%\n", what, n, share);
	if (of < ENOUGH_CASES || share >= percent)
		return true;
	printf("  that is less than %u %%\n", percent);
	return false;
}

static bool
print_tally(const struct tally *tally)
{
	uint64_t of = tally->cases;
	bool ok = tally->disagree == 0 && tally->missed == 0;

	printf("%-16s %9" PRIu64 "\n", "cases", of);
	ok &= at_least("allowed", tally->allowed, of, ALLOWED_PERCENT);
	ok &= at_least("denied", of - tally->allowed, of, ALLOWED_PERCENT);
	for (int i = 0; i < VERDICT_SOURCES; i++)
		ok &= at_least(verdict_source_name((enum verdict_source)i),
		    tally->source[i], of, SOURCE_PERCENT);
	ok &= at_least("replies", tally->replies, of, REPLY_PERCENT);
	ok &= at_least("opened by Thing", tally->by_thing, of, OPENER_PERCENT);
	ok &= at_least("opened by peer", tally->by_peer, of, OPENER_PERCENT);
	ok &= at_least("untracked", tally->untracked, of, 1);
	ok &= at_least("ports at bounds", tally->at_bound, of, BOUND_PERCENT);
	ok &= at_least("by a field", tally->fields, of, FIELD_PERCENT);
	ok &= at_least("IPv6", tally->v6, of, OPENER_PERCENT);
	printf("%-16s %9" PRIu64 "\n", "policies", tally->policies);
	printf("%-16s %9" PRIu64 "  %" PRIu64 " decide a case, %" PRIu64
	       " proven to decide nothing, %" PRIu64 " missed\n",
	    "ACEs", tally->aces, tally->decided, tally->unreachable,
	    tally->missed);
	printf("%-16s %9" PRIu64 "\n", "disagreements", tally->disagree);
	return ok;
}

static bool
read_number(const char *text, uint64_t *number)
{
	char *end;

	*number = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && *end == '\0';
}

int
main(int argc, char **argv)
{
	static const struct option known[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "cases", required_argument, NULL, 'c' },
		{ NULL, 0, NULL, 0 },
	};
	static struct run run;
	uint64_t seed = DEFAULT_SEED, cases = DEFAULT_CASES;
	clock_t start = clock();
	int option;
	bool ok = true;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
		ok = ok && option != '?' &&
		     read_number(optarg, option == 's' ? &seed : &cases);
	if (!ok || optind != argc) {
		(void)fprintf(
		    stderr, "usage: run_differential [--seed N] [--cases N]\n");
		return 2;
	}
	run.dice.state = seed;
	universe_make(&run.universe);
	while (run.tally.cases < cases)
		play(&run);
	printf("%-16s %9" PRIu64 "\n", "seed", seed);
	ok = print_tally(&run.tally);
	printf("%-16s %9.1f\n", "CPU seconds",
	    (double)(clock() - start) / CLOCKS_PER_SEC);
	return ok ? 0 : 1;
}
