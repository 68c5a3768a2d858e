/*
 * The parent's loop with an engine that plays a part (parent_engine.c): every
 * record it answers, what it refuses, signals, and the end.
 *
 * Runs in a network namespace of its own; needs root and nf_tables, and fails
 * where they are missing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <libmnl/libmnl.h>
#include <limits.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/log.h"
#include "core/sandbox.h"
#include "enforce/batch.h"
#include "enforce/enforcer.h"
#include "enforce/kernel.h"
#include "enforce/parent/notify.h"
#include "enforce/parent/parent.h"
#include "enforce/rules/object.h"
#include "libmud/fault.h"

#define MANAGER "@mudd-test-parent"

static char programs[] = "/tmp/mudd-test-parent-XXXXXX";
static int manager = -1; /* what the service manager hears */

/* Runs mudd with a part to play; in the child. */
_Noreturn static void
play(const char *part, int ready_fd)
{
	char config[PATH_MAX];
	struct fault gap = { 0 }, why = { 0 };
	struct notify notify;
	struct spawn spawn = { .programdir = programs, .config = config };
	struct parent_setup setup = {
		.spawn = &spawn,
		.enforcer = enforcer_new(&why),
		.notify = &notify,
		.ready_fd = ready_fd,
	};
	int status;

	(void)snprintf(config, sizeof(config), "%s/%s", programs, part);
	for (unsigned int p = 0; p < PROGRAMS; p++)
		spawn.account[p] = (struct account){ 64100 + p, 64200 + p };
	(void)setenv("NOTIFY_SOCKET", MANAGER, 1);
	notify_init(&notify);
	if (setup.enforcer == NULL || !sandbox_enter_parent(&gap, &why) ||
	    gap.code != FAULT_NONE)
		log_fatal("%s", why.detail);
	if (getenv("NOTIFY_SOCKET") != NULL)
		log_fatal("the children would see NOTIFY_SOCKET");
	/* Nobody waits longer for a part that goes wrong. */
	(void)alarm(30);
	status = parent_run(&setup);
	enforcer_free(setup.enforcer);
	notify_done(&notify);
	exit(status);
}

static pid_t
play_begin(const char *part, int *ready)
{
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		(void)close(fds[0]);
		play(part, fds[1]);
	}
	(void)close(fds[1]);
	*ready = fds[0];
	return pid;
}

static void
play_end(const char *part, pid_t pid, int want)
{
	char path[PATH_MAX];
	int status = 0;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	(void)snprintf(path, sizeof(path), "%s/%s.act", programs, part);
	(void)unlink(path);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != want)
		fail_msg("%s: status 0x%x", part, (unsigned int)status);
}

static bool
manager_heard(const char *word)
{
	char heard[64] = "";

	if (recv(manager, heard, sizeof(heard) - 1, MSG_DONTWAIT) < 0)
		return false;
	return strcmp(heard, word) == 0;
}

static void
a_whole_life(void **state)
{
	char bytes[8];
	int ready;
	pid_t pid = play_begin("all", &ready);

	(void)state;
	/* One byte, then the end. */
	assert_int_equal(read(ready, bytes, sizeof(bytes)), 1);
	assert_int_equal(read(ready, bytes, sizeof(bytes)), 0);
	(void)close(ready);
	play_end("all", pid, PARENT_TORN_DOWN);
	assert_true(manager_heard("READY=1"));
	assert_true(manager_heard("WATCHDOG=1"));
}

/* The engine is hung up on and starts again; the second act is good. */
static void
nonsense_ends_the_engine(void **state)
{
	static const char *const parts[] = { "start-watcher", "start-engine",
		"start-nothing", "stop-watcher", "lan-alone", "tally-nothing",
		"tally-often", "walk-often", "walk-nowhere", "die" };

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		int ready;
		pid_t pid = play_begin(parts[i], &ready);

		play_end(parts[i], pid, PARENT_TORN_DOWN);
		(void)close(ready);
		while (manager_heard("READY=1"))
			;
	}
}

static void
sighup_starts_the_engine_anew(void **state)
{
	char byte;
	int ready;
	pid_t pid = play_begin("reload", &ready);

	(void)state;
	assert_int_equal(read(ready, &byte, 1), 1);
	assert_int_equal(kill(pid, SIGHUP), 0);
	play_end("reload", pid, PARENT_TORN_DOWN);
	(void)close(ready);
	assert_true(manager_heard("READY=1"));
}

static void
sigterm_is_a_good_end(void **state)
{
	static const int signals[] = { SIGTERM, SIGINT };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char byte;
		int ready;
		pid_t pid = play_begin("reload", &ready);

		assert_int_equal(read(ready, &byte, 1), 1);
		assert_int_equal(kill(pid, signals[i]), 0);
		play_end("reload", pid, 0);
		(void)close(ready);
		assert_true(manager_heard("READY=1"));
		assert_true(manager_heard("STOPPING=1"));
	}
}

/* However often it is asked. */
static void
counts_once_at_a_time(void **state)
{
	int ready;
	pid_t pid = play_begin("count", &ready);

	(void)state;
	play_end("count", pid, PARENT_TORN_DOWN);
	(void)close(ready);
}

static void
says_that_tables_are_missing(void **state)
{
	struct fault why = { 0 };
	struct enforcer *other;
	char byte;
	int ready;
	pid_t pid = play_begin("missing", &ready);

	(void)state;
	assert_int_equal(read(ready, &byte, 1), 1);
	other = enforcer_new(&why);
	assert_non_null(other);
	assert_true(enforcer_teardown(other, &why));
	enforcer_free(other);
	play_end("missing", pid, PARENT_TORN_DOWN);
	(void)close(ready);
	assert_true(manager_heard("READY=1"));
}

/* Makes our table, and owns it until *kernel is freed. */
static void
hold_table(struct kernel **kernel)
{
	struct fault why = { 0 };
	struct nlmsghdr *message;
	struct batch batch;

	*kernel = kernel_new(&why);
	assert_non_null(*kernel);
	kernel_begin(*kernel, &batch);
	message = batch_open(&batch, NFT_MSG_NEWTABLE, NFPROTO_INET,
	    NLM_F_CREATE, (struct about){ "table", 0 });
	mnl_attr_put_strz(message, NFTA_TABLE_NAME, OBJECT_TABLE);
	mnl_attr_put_u32(message, NFTA_TABLE_FLAGS, htonl(NFT_TABLE_F_OWNER));
	batch_close(&batch);
	if (kernel_commit(*kernel, &batch, &why) != KERNEL_DONE)
		fail_msg("%s", why.detail);
	batch_done(&batch);
}

/* A teardown that is refused is batch 0's. */
static void
teardown_may_be_denied(void **state)
{
	struct kernel *kernel;
	char byte;
	int ready;
	pid_t pid;

	(void)state;
	hold_table(&kernel);
	pid = play_begin("held", &ready);
	assert_int_equal(read(ready, &byte, 1), 1);
	assert_int_equal(kill(pid, SIGTERM), 0);
	play_end("held", pid, 0);
	(void)close(ready);
	kernel_free(kernel);
	assert_true(manager_heard("READY=1"));
	assert_true(manager_heard("STOPPING=1"));
}

static void
manager_listen(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	memcpy(name.sun_path, MANAGER, strlen(MANAGER));
	name.sun_path[0] = '\0';
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (bind(manager, (const struct sockaddr *)(const void *)&name,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) +
			    strlen(MANAGER))) != 0)
		log_fatal("bind: %s", strerror(errno));
}

static const char *const files[] = { "helper", "mudd-engine", "mudd-watcher",
	"mudd-fetcher", "mudd-reader" };

static void
programs_make(const char *self)
{
	char path[PATH_MAX], helper[PATH_MAX], copy[65536];
	int from, to;
	ssize_t got;

	(void)snprintf(path, sizeof(path), "%s", self);
	(void)snprintf(
	    helper, sizeof(helper), "%.4000s/parent_engine", dirname(path));
	from = open(helper, O_RDONLY | O_CLOEXEC);
	/* The engine leaves its files there. */
	if (mkdtemp(programs) == NULL || chmod(programs, 0777) != 0 || from < 0)
		log_fatal("%s: %s", helper, strerror(errno));
	(void)snprintf(path, sizeof(path), "%s/helper", programs);
	to = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	while ((got = read(from, copy, sizeof(copy))) > 0)
		if (write(to, copy, (size_t)got) != got)
			log_fatal("cannot copy %s", helper);
	(void)fchmod(to, 0755);
	(void)close(from);
	(void)close(to);
	for (size_t i = 1; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", programs, files[i]);
		if (symlink("helper", path) != 0)
			log_fatal("%s: %s", path, strerror(errno));
	}
}

static void
programs_remove(void)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", programs, files[i]);
		(void)unlink(path);
	}
	(void)snprintf(path, sizeof(path), "%s/all.act", programs);
	(void)unlink(path);
	(void)rmdir(programs);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_life),
		cmocka_unit_test(nonsense_ends_the_engine),
		cmocka_unit_test(sighup_starts_the_engine_anew),
		cmocka_unit_test(sigterm_is_a_good_end),
		cmocka_unit_test(counts_once_at_a_time),
		cmocka_unit_test(says_that_tables_are_missing),
		cmocka_unit_test(teardown_may_be_denied),
	};
	int failed;

	(void)argc;
	log_init("test_parent", LOG_LEVEL_ERROR);
	if (unshare(CLONE_NEWNET) != 0) {
		(void)fprintf(stderr, "test_parent needs root and network "
				      "namespaces\n");
		return 1;
	}
	manager_listen();
	programs_make(argv[0]);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	programs_remove();
	return failed;
}
