/*
 * Starting workers, and their lives.  Needs root; fails where it is not.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <grp.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/log.h"
#include "enforce/parent/spawn.h"
#include "enforce/parent/workers.h"
#include "libmud/limits.h"
#include "tests/unit/spawn_report.h"

/* 32 and 33 are the C library's own; posix_spawn(3) leaves them ignored. */
#define LIBC_SIGNALS (3ull << 31)

#define OWN_UID 64001 /* of a parent that is not root */

static char programs[] = "/tmp/mudd-test-spawn-XXXXXX";

/* Nobody's numbers: the kernel asks for no entry in passwd. */
static struct spawn
spawn_for_test(const char *config)
{
	struct spawn spawn = {
		.programdir = programs,
		.config = config,
		.debug = 2,
		.restore = true,
	};

	for (unsigned int p = 0; p < PROGRAMS; p++) {
		spawn.account[p].uid = 64100 + p;
		spawn.account[p].gid = 64200 + p;
	}
	return spawn;
}

/* ---- one worker --------------------------------------------------------- */

static const struct {
	enum program program;
	const char *args;
} started[] = {
	{ PROGRAM_ENGINE, "mudd-engine -d -d -c some.conf --restore " },
	{ PROGRAM_WATCHER, "mudd-watcher -d -d " },
	{ PROGRAM_FETCHER, "mudd-fetcher -d -d " },
	{ PROGRAM_READER, "mudd-reader -d -d " },
};

/* What is wrong with the report, or NULL. */
static const char *
report_judge(
    const struct spawn_report *report, enum program program, const char *args)
{
	if (report->uid != 64100u + program)
		return "uid";
	if (report->gid != 64200u + program)
		return "gid";
	if (report->groups != 0)
		return "groups";
	if (report->fds != (program == PROGRAM_WATCHER ? 0x1f : 0xf) ||
	    report->more_fds != 0)
		return "descriptors";
	if (report->death_signal != SIGKILL)
		return "PDEATHSIG";
	if (report->no_new_privs != 1)
		return "no_new_privs";
	if ((report->cap_permitted | report->cap_effective |
		report->cap_inheritable | report->cap_ambient) != 0)
		return "capabilities";
	if (report->signals_blocked != 0 ||
	    (report->signals_ignored & ~LIBC_SIGNALS) != 0)
		return "signals";
	if (strcmp(report->args, args) != 0)
		return "arguments";
	if (strcmp(report->env, "LANG=C ") != 0)
		return "environment";
	return NULL;
}

/* Starts each and judges what it found. NULL if all is well. */
static const char *
start_each(void)
{
	struct spawn spawn = spawn_for_test("some.conf");

	for (size_t i = 0; i < sizeof(started) / sizeof(started[0]); i++) {
		struct spawn_report report;
		const char *wrong;
		int pair[2], status;
		pid_t pid;

		if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0)
			return "socketpair";
		pid = spawn_worker(&spawn, started[i].program, pair[1]);
		(void)close(pair[1]);
		if (pid < 0 ||
		    recv(pair[0], &report, sizeof(report), 0) != sizeof(report))
			return "not started";
		wrong =
		    report_judge(&report, started[i].program, started[i].args);
		if (wrong != NULL)
			return wrong;
		/* The channel's end is the worker's end. */
		(void)close(pair[0]);
		if (waitpid(pid, &status, 0) != pid || status != 0)
			return "did not end";
	}
	return NULL;
}

static void
root_starts_workers(void **state)
{
	const char *wrong;
	/* Things that must not be inherited. */
	int leak = open("/dev/null", O_RDONLY), high = fcntl(leak, F_DUPFD, 99);
	gid_t group = 64999;

	(void)state;
	assert_true(leak >= 0 && high >= 0);
	assert_int_equal(setgroups(1, &group), 0);
	assert_int_equal(setenv("PATH", "/nowhere", 1), 0);
	(void)signal(SIGPIPE, SIG_IGN);
	wrong = start_each();
	(void)signal(SIGPIPE, SIG_DFL);
	(void)setgroups(0, NULL);
	(void)close(leak);
	(void)close(high);
	if (wrong != NULL)
		fail_msg("%s", wrong);
}

/* As under systemd: a user with five ambient capabilities. */
static const char *
become_user(void)
{
	static const cap_value_t five[] = { CAP_NET_ADMIN, CAP_NET_RAW,
		CAP_SETUID, CAP_SETGID, CAP_KILL };
	cap_t caps = cap_init();

	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0 || setgroups(0, NULL) ||
	    setresgid(OWN_UID, OWN_UID, OWN_UID) != 0 ||
	    setresuid(OWN_UID, OWN_UID, OWN_UID) != 0)
		return "setresuid";
	if (caps == NULL ||
	    cap_set_flag(caps, CAP_PERMITTED, 5, five, CAP_SET) != 0 ||
	    cap_set_flag(caps, CAP_EFFECTIVE, 5, five, CAP_SET) != 0 ||
	    cap_set_flag(caps, CAP_INHERITABLE, 5, five, CAP_SET) != 0 ||
	    cap_set_proc(caps) != 0)
		return "cap_set_proc";
	(void)cap_free(caps);
	for (size_t i = 0; i < 5; i++)
		if (cap_set_ambient(five[i], CAP_SET) != 0)
			return "cap_set_ambient";
	return NULL;
}

static void
a_user_with_capabilities_starts_workers(void **state)
{
	int status = 0;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		const char *wrong = become_user();

		if (wrong == NULL)
			wrong = start_each();
		if (wrong != NULL)
			log_error("%s", wrong);
		_exit(wrong == NULL ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void
a_worker_dies_with_mudd(void **state)
{
	struct spawn spawn = spawn_for_test(NULL);
	struct spawn_report report;
	int pair[2];
	pid_t pid;

	(void)state;
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	pid = fork();
	if (pid == 0) {
		if (spawn_worker(&spawn, PROGRAM_READER, pair[1]) < 0)
			_exit(1);
		(void)close(pair[1]);
		for (;;)
			(void)pause();
	}
	(void)close(pair[1]);
	assert_int_equal(
	    recv(pair[0], &report, sizeof(report), 0), sizeof(report));
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	/* The worker's end closes though ours is open. */
	assert_true(recv(pair[0], &report, sizeof(report), 0) <= 0);
	(void)close(pair[0]);
}

static void
what_is_not_there_ends_with_127(void **state)
{
	struct spawn spawn = spawn_for_test(NULL);
	int pair[2], status = 0;
	pid_t pid;

	(void)state;
	spawn.programdir = "/nowhere";
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	pid = spawn_worker(&spawn, PROGRAM_READER, pair[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 127);
	(void)close(pair[0]);
	(void)close(pair[1]);
}

/* ---- many workers ------------------------------------------------------- */

struct scene {
	struct event_base *base;
	struct workers *workers;
	int engine;
	int peers[64];
	unsigned int n_peers, n_engines, n_watchers, n_engine_gone, n_gone,
	    n_checked;
	struct record_gone gone;
	bool good, is_last;
};

static void
on_engine(void *arg, int channel)
{
	struct scene *scene = arg;

	scene->engine = channel;
	scene->n_engines++;
}

static bool
on_engine_gone(void *arg)
{
	struct scene *scene = arg;

	(void)close(scene->engine);
	scene->engine = -1;
	scene->n_engine_gone++;
	return !scene->is_last;
}

static void
on_peer(void *arg, enum program program, uint32_t job, int channel)
{
	struct scene *scene = arg;

	(void)job;
	assert_true(scene->n_peers < 64);
	scene->peers[scene->n_peers++] = channel;
	if (program == PROGRAM_WATCHER)
		scene->n_watchers++;
}

static void
on_gone(void *arg, const struct record_gone *gone)
{
	struct scene *scene = arg;

	scene->gone = *gone;
	scene->n_gone++;
}

static void
on_checked(void *arg, bool good)
{
	struct scene *scene = arg;

	scene->good = good;
	scene->n_checked++;
}

static const struct workers_calls calls = {
	.engine = on_engine,
	.engine_gone = on_engine_gone,
	.peer = on_peer,
	.gone = on_gone,
	.checked = on_checked,
};

static struct scene
scene_begin(void)
{
	struct scene scene = { .engine = -1 };

	scene.base = event_base_new();
	assert_non_null(scene.base);
	return scene;
}

static void
scene_start(struct scene *scene, const char *config)
{
	struct spawn spawn = spawn_for_test(config);

	spawn.programdir = "/nowhere";
	scene->workers =
	    workers_new(scene->base, &spawn, programs, &calls, scene);
	workers_begin(scene->workers);
}

static void
scene_end(struct scene *scene)
{
	workers_free(scene->workers);
	for (unsigned int i = 0; i < scene->n_peers; i++)
		(void)close(scene->peers[i]);
	if (scene->engine >= 0)
		(void)close(scene->engine);
	event_base_free(scene->base);
}

/* Turns the loop until *what is n, at most so many seconds. */
static void
scene_until(
    struct scene *scene, const unsigned int *what, unsigned int n, int sec)
{
	for (int i = 0; i < sec * 100 && *what < n; i++) {
		const struct timespec nap = { .tv_nsec = 10 * 1000000 };

		(void)event_base_loop(scene->base, EVLOOP_NONBLOCK);
		(void)nanosleep(&nap, NULL);
	}
	assert_int_equal(*what, n);
}

static uint32_t
engine_uid(const struct scene *scene)
{
	struct spawn_report report = { 0 };

	assert_int_equal(
	    recv(scene->engine, &report, sizeof(report), 0), sizeof(report));
	return report.uid;
}

static void
jobs_start_and_end(void **state)
{
	struct scene scene = scene_begin();
	int error;
	uint32_t job = 8;

	(void)state;
	scene_start(&scene, NULL);
	assert_int_equal(scene.n_engines, 1);
	assert_int_equal(scene.n_watchers, 1);
	assert_int_equal(engine_uid(&scene), 64100 + PROGRAM_ENGINE);

	assert_int_equal(workers_start(scene.workers, PROGRAM_FETCHER, 7), 0);
	assert_int_equal(workers_start(scene.workers, PROGRAM_READER, 7), 0);
	assert_int_equal(scene.n_peers, 3);
	/* One worker a job and program; no other programs. */
	assert_int_equal(
	    workers_start(scene.workers, PROGRAM_FETCHER, 7), -EINVAL);
	assert_int_equal(
	    workers_start(scene.workers, PROGRAM_WATCHER, 9), -EINVAL);
	assert_int_equal(
	    workers_start(scene.workers, PROGRAM_ENGINE, 9), -EINVAL);
	assert_int_equal(
	    workers_start(scene.workers, PROGRAM_MUDD, 9), -EINVAL);

	workers_stop(scene.workers, PROGRAM_FETCHER, 6); /* not there */
	workers_stop(scene.workers, PROGRAM_FETCHER, 7);
	/* Its number is free again at once. */
	assert_int_equal(workers_start(scene.workers, PROGRAM_FETCHER, 7), 0);
	scene_until(&scene, &scene.n_gone, 1, 5);
	assert_int_equal(scene.gone.program, PROGRAM_FETCHER);
	assert_int_equal(scene.gone.job, 7);
	assert_true(WIFSIGNALED(scene.gone.status));
	assert_int_equal(scene.gone.outlived, 0);

	while (
	    (error = workers_start(scene.workers, PROGRAM_FETCHER, job)) == 0)
		job++;
	assert_int_equal(error, -EAGAIN);
	/* The engine, the watcher, a reader and a fetcher are there too. */
	assert_int_equal(job - 8, WORKERS_MOST - 4);
	scene_end(&scene);
}

static void
a_watcher_is_started_again(void **state)
{
	struct scene scene = scene_begin();
	struct spawn_report report;

	(void)state;
	scene_start(&scene, NULL);
	assert_int_equal(
	    recv(scene.peers[0], &report, sizeof(report), 0), sizeof(report));
	(void)close(scene.peers[0]);
	scene.peers[0] = -1;
	scene_until(&scene, &scene.n_watchers, 2, 5);
	assert_int_equal(scene.n_gone, 1);
	assert_int_equal(scene.gone.program, PROGRAM_WATCHER);
	assert_int_equal(scene.gone.status, 0);
	assert_int_equal(scene.n_engines, 1);
	scene_end(&scene);
}

static void
all_end_with_the_engine(void **state)
{
	struct scene scene = scene_begin();
	struct spawn_report report;

	(void)state;
	scene_start(&scene, NULL);
	assert_int_equal(workers_start(scene.workers, PROGRAM_READER, 1), 0);
	assert_true(workers_has_engine(scene.workers));
	workers_end_engine(scene.workers, 0, false);
	assert_false(workers_has_engine(scene.workers));
	scene_until(&scene, &scene.n_engine_gone, 1, 5);
	scene_until(&scene, &scene.n_engines, 2, 5);
	assert_int_equal(scene.n_watchers, 2);
	assert_int_equal(engine_uid(&scene), 64100 + PROGRAM_ENGINE);
	/* Killed, and the new engine is told of nobody it did not know. */
	for (int i = 0; i < 2; i++) {
		while (recv(scene.peers[i], &report, sizeof(report), 0) > 0)
			;
	}
	(void)event_base_loop(scene.base, EVLOOP_NONBLOCK);
	assert_int_equal(scene.n_gone, 0);
	scene_end(&scene);
}

/* Twice within ten seconds: the second pause is 1 s, but for one that was
 * wanted. */
static void
back_off_is_for_failures(void **state)
{
	struct scene scene = scene_begin();
	time_t before;

	(void)state;
	scene_start(&scene, NULL);
	for (unsigned int i = 1; i <= 3; i++) {
		assert_int_equal(engine_uid(&scene), 64100 + PROGRAM_ENGINE);
		before = time(NULL);
		workers_end_engine(scene.workers, 1, true);
		scene_until(&scene, &scene.n_engines, i + 1, 3);
		assert_true(time(NULL) - before <= 1);
	}
	workers_end_engine(scene.workers, 0, false);
	scene_until(&scene, &scene.n_engine_gone, 4, 3);
	(void)event_base_loop(scene.base, EVLOOP_NONBLOCK);
	assert_int_equal(scene.n_engines, 4);
	scene_until(&scene, &scene.n_engines, 5, 3);
	/* Or none at all. */
	scene.is_last = true;
	workers_end_engine(scene.workers, 0, true);
	scene_until(&scene, &scene.n_engine_gone, 5, 3);
	(void)event_base_loop(scene.base, EVLOOP_NONBLOCK);
	assert_int_equal(scene.n_engines, 5);
	scene_end(&scene);
}

static void
a_configuration_is_judged(void **state)
{
	static const struct {
		const char *config;
		bool good;
	} cases[] = {
		{ "/etc/good.conf", true },
		{ "/etc/effort.conf", true },
		{ "/etc/bad.conf", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scene scene = scene_begin();

		scene_start(&scene, cases[i].config);
		workers_check(scene.workers);
		workers_check(scene.workers);
		scene_until(&scene, &scene.n_checked, 1, 5);
		assert_int_equal(scene.good, cases[i].good);
		assert_int_equal(scene.n_engines, 1);
		assert_int_equal(scene.n_gone, 0);
		/* The next is a new one. */
		workers_check(scene.workers);
		scene_until(&scene, &scene.n_checked, 2, 5);
		scene_end(&scene);
	}
}

/* S-12: how mudd, which reads no configuration, hears of best-effort. */
static void
a_check_says_how_strict_sandboxes_are(void **state)
{
	static const struct {
		const char *config, *args;
	} cases[] = {
		{ "/etc/effort.conf", "mudd-reader -d -d -b " },
		{ "/etc/good.conf", "mudd-reader -d -d " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scene scene = scene_begin();
		struct spawn_report report = { 0 };

		scene_start(&scene, cases[i].config);
		workers_check(scene.workers);
		scene_until(&scene, &scene.n_checked, 1, 5);
		assert_int_equal(
		    workers_start(scene.workers, PROGRAM_READER, 7), 0);
		assert_int_equal(recv(scene.peers[scene.n_peers - 1], &report,
				     sizeof(report), 0),
		    sizeof(report));
		assert_string_equal(report.args, cases[i].args);
		scene_end(&scene);
	}
}

static void
a_reader_may_not_outlive_its_job(void **state)
{
	struct scene scene = scene_begin();
	time_t before = time(NULL);

	(void)state;
	scene_start(&scene, NULL);
	assert_int_equal(workers_start(scene.workers, PROGRAM_READER, 3), 0);
	scene_until(&scene, &scene.n_gone, 1, LIMIT_READER_SEC + 5);
	assert_true(time(NULL) - before >= LIMIT_READER_SEC - 1);
	assert_int_equal(scene.gone.job, 3);
	assert_int_equal(scene.gone.outlived, 1);
	scene_end(&scene);
}

static void
back_off_doubles(void **state)
{
	static const struct {
		int64_t ran_sec;
		unsigned int wait;
	} cases[] = {
		{ 0, 0 },
		{ 0, 1 },
		{ 9, 2 },
		{ 0, 4 },
		{ 0, 8 },
		{ 0, 16 },
		{ 0, 32 },
		{ 0, 60 },
		{ 0, 60 },
		{ 10, 0 },
		{ 3, 1 },
	};
	struct backoff backoff = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    backoff_wait(&backoff, cases[i].ran_sec), cases[i].wait);
}

/* Copies the helper to where any user may run it, under each name. */
static void
programs_make(const char *self)
{
	static const enum program all[] = { PROGRAM_ENGINE, PROGRAM_WATCHER,
		PROGRAM_FETCHER, PROGRAM_READER };
	char path[PATH_MAX], helper[PATH_MAX], copy[65536];
	int from, to;
	ssize_t got;

	(void)snprintf(path, sizeof(path), "%s", self);
	(void)snprintf(
	    helper, sizeof(helper) - 16, "%.4000s/spawn_helper", dirname(path));
	from = open(helper, O_RDONLY | O_CLOEXEC);
	if (mkdtemp(programs) == NULL || chmod(programs, 0755) != 0 || from < 0)
		log_fatal("%s: %s", helper, strerror(errno));
	(void)snprintf(path, sizeof(path), "%s/helper", programs);
	to = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	while ((got = read(from, copy, sizeof(copy))) > 0)
		if (write(to, copy, (size_t)got) != got)
			log_fatal("cannot copy %s", helper);
	(void)fchmod(to, 0755);
	(void)close(from);
	(void)close(to);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		(void)snprintf(
		    path, sizeof(path), "%s/%s", programs, spawn_name(all[i]));
		if (symlink("helper", path) != 0)
			log_fatal("%s: %s", path, strerror(errno));
	}
}

static void
programs_remove(void)
{
	static const char *const files[] = { "helper", "mudd-engine",
		"mudd-watcher", "mudd-fetcher", "mudd-reader" };
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", programs, files[i]);
		(void)unlink(path);
	}
	(void)rmdir(programs);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(back_off_doubles),
		cmocka_unit_test(root_starts_workers),
		cmocka_unit_test(a_user_with_capabilities_starts_workers),
		cmocka_unit_test(a_worker_dies_with_mudd),
		cmocka_unit_test(what_is_not_there_ends_with_127),
		cmocka_unit_test(jobs_start_and_end),
		cmocka_unit_test(a_watcher_is_started_again),
		cmocka_unit_test(all_end_with_the_engine),
		cmocka_unit_test(back_off_is_for_failures),
		cmocka_unit_test(a_configuration_is_judged),
		cmocka_unit_test(a_check_says_how_strict_sandboxes_are),
		cmocka_unit_test(a_reader_may_not_outlive_its_job),
	};
	int failed;

	(void)argc;
	log_init("test_spawn", LOG_LEVEL_ERROR);
	if (geteuid() != 0) {
		(void)fprintf(stderr, "test_spawn needs root\n");
		return 1;
	}
	(void)unsetenv("JOURNAL_STREAM");
	programs_make(argv[0]);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	programs_remove();
	return failed;
}
