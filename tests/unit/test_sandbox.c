/*
 * Each program's sandbox, from inside: what an attacker who runs code there
 * would try next is refused, and what the program needs works.
 *
 * Needs root, to prove that capabilities go; fails where it is not.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <net/ethernet.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/log.h"
#include "core/sandbox.h"
#include "core/worst.h"
#include "libmud/fault.h"
#include "libmud/limits.h"

#ifndef WITH_SANITIZERS

#define RESERVED 12
#define MEMFD    9  /* below RESERVED */
#define PAIR     10 /* and its other end, 11 */
#define LATE     14 /* a packet socket, say */

#define W   (1u << PROGRAM_WATCHER)
#define F   (1u << PROGRAM_FETCHER)
#define R   (1u << PROGRAM_READER)
#define E   (1u << PROGRAM_ENGINE)
#define ALL (W | F | R | E)

#define NUMBER(pointer) ((long)(intptr_t)(pointer))

static uint8_t scratch[4096];

/* expect 0: must work for these; EPERM: must be refused to these. */
struct attempt {
	const char *name;
	unsigned int refused; /* programs; the others may do it */
	unsigned int allowed; /* programs that must be able to */
	long number;
	long arg[6];
};

static char passwd[] = "/etc/passwd", made[] = "made";

/* clang-format off */
static const struct attempt attempts[] = {
	/* programs differ, in more than worst.c has */
	{ "socket inet", 0, F, SYS_socket, { AF_INET, SOCK_STREAM } },
	{ "socket inet6", 0, F, SYS_socket, { AF_INET6, SOCK_DGRAM } },
	{ "memfd_create", 0, E, SYS_memfd_create, { NUMBER(made), 0 } },
	{ "dup", ALL & ~E, E, SYS_dup, { 2 } },
	{ "F_DUPFD_CLOEXEC", ALL & ~E, E, SYS_fcntl,
	    { 2, F_DUPFD_CLOEXEC, 0 } },
	{ "seals", W, F | R | E, SYS_fcntl, { MEMFD, F_GET_SEALS } },
	{ "add seals", ALL & ~E, E, SYS_fcntl, { MEMFD, F_ADD_SEALS, 0 } },
	{ "locks", ALL & ~E, E, SYS_fcntl,
	    { MEMFD, F_GETLK, NUMBER(scratch) } },
	{ "fsync", ALL & ~E, E, SYS_fsync, { MEMFD } },
	{ "stat of a path", ALL & ~E, E, SYS_newfstatat,
	    { AT_FDCWD, NUMBER(passwd), NUMBER(scratch), 0 } },
	{ "ftruncate", W | R, F | E, SYS_ftruncate, { MEMFD, 16 } },
	{ "pwrite", W | R, F | E, SYS_pwrite64,
	    { MEMFD, NUMBER(made), 4, 0 } },
	{ "pread", W, F | R | E, SYS_pread64,
	    { MEMFD, NUMBER(scratch), 4, 0 } },
	{ "lseek", W, F | R | E, SYS_lseek, { MEMFD, 0, SEEK_SET } },
	{ "epoll", R, W | F | E, SYS_epoll_create1, { 0 } },
	{ "setsockopt", W | R, F | E, SYS_setsockopt,
	    { PAIR, SOL_SOCKET, SO_SNDBUF, NUMBER(scratch), 4 } },

	/* output, by descriptor */
	{ "send", 0, W | F | E, SYS_sendto, { PAIR, NUMBER(made), 1 } },
	{ "send late", W, F | E, SYS_sendto, { LATE, NUMBER(made), 1 } },
	{ "write", R, W | F | E, SYS_write, { PAIR, NUMBER(made), 1 } },
	{ "write late", W | R, F | E, SYS_write, { LATE, NUMBER(made), 1 } },
	{ "write to standard error", 0, ALL, SYS_write, { 2, 0, 0 } },
	{ "writev late", W | R, 0, SYS_writev, { LATE, 0, 0 } },
	{ "send past 32 bits", W, 0, SYS_sendto,
	    { (1L << 32) + LATE, NUMBER(made), 1 } },
	{ "close", W, F | R | E, SYS_close, { 0 } },
	{ "close past 32 bits", W, 0, SYS_close, { (1L << 32) + 1 } },
	{ "close late", 0, ALL, SYS_close, { LATE + 1 } },

	/* what everybody needs */
	{ "getpid", 0, ALL, SYS_getpid, { 0 } },
	{ "clock_gettime", 0, ALL, SYS_clock_gettime, { 1, NUMBER(scratch) } },
	{ "getrandom", 0, ALL, SYS_getrandom, { NUMBER(scratch), 8, 0 } },
	{ "brk", 0, ALL, SYS_brk, { 0 } },
	{ "mmap", 0, ALL, SYS_mmap,
	    { 0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1 } },
	{ "map a file", 0, ALL, SYS_mmap,
	    { 0, 4096, PROT_READ, MAP_PRIVATE, MEMFD } },
	{ "fstat", 0, ALL, SYS_newfstatat,
	    { MEMFD, NUMBER(""), NUMBER(scratch), AT_EMPTY_PATH } },
	{ "recv", 0, ALL, SYS_recvfrom,
	    { PAIR + 1, NUMBER(scratch), 1, MSG_DONTWAIT } },
	{ "poll", 0, ALL, SYS_poll, { NUMBER(scratch), 0, 0 } },
	{ "getsockopt", 0, ALL, SYS_getsockopt, { PAIR, SOL_SOCKET, SO_TYPE,
	    NUMBER(scratch), NUMBER(scratch + 8) } },
	{ "F_GETFL", 0, ALL, SYS_fcntl, { 2, F_GETFL } },
};
/* clang-format on */

/* Takes every descriptor below RESERVED, two at and above LATE. */
static void
descriptors_set_up(void)
{
	int pair[2], fd, memfd;

	while ((fd = open("/dev/null", O_RDWR)) < RESERVED && fd >= 0)
		;
	memfd = memfd_create("test", MFD_ALLOW_SEALING);
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0 || memfd < 0 ||
	    ftruncate(memfd, 4096) != 0 || dup2(memfd, MEMFD) < 0 ||
	    dup2(pair[1], PAIR + 1) < 0 || dup2(pair[0], PAIR) < 0 ||
	    dup2(pair[0], LATE) < 0 || dup2(pair[0], LATE + 1) < 0)
		_exit(99);
	/* There is always something to receive. */
	for (int i = 0; i < 2; i++)
		if (send(PAIR, "x", 1, 0) != 1)
			_exit(99);
	/* getsockopt's length, setsockopt's value */
	memset(scratch, 0, sizeof(scratch));
	scratch[8] = 4;
}

/* How many attempts went wrong. */
static int
attempts_in(unsigned int program)
{
	int wrong = 0;

	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		const struct attempt *at = &attempts[i];
		long got;
		int error;

		if (((at->refused | at->allowed) & program) == 0)
			continue;
		scratch[8] = 4;
		got = syscall(at->number, at->arg[0], at->arg[1], at->arg[2],
		    at->arg[3], at->arg[4], at->arg[5]);
		error = got < 0 ? errno : 0;
		if ((at->refused & program) != 0 ? error == EPERM : error == 0)
			continue;
		log_error("%s: %s", at->name, strerror(error));
		wrong++;
	}
	return wrong;
}

/* The same for what an attacker would try (worst.h). */
static int
worst_in(enum program program)
{
	const struct worst_place place = { .other = getppid(), .late = LATE };
	int wrong = 0;

	for (size_t i = 0; i < worst_count(); i++) {
		int error;

		if (!worst_is_refused(i, program))
			continue;
		error = worst_try(i, &place);
		if (error == EPERM || error == EACCES)
			continue;
		log_error("%s: %s", worst_name(i), strerror(error));
		wrong++;
	}
	return wrong;
}

static const struct {
	int resource;
	rlim_t most;
	unsigned int who;
} limits[] = {
	{ RLIMIT_CORE, 0, ALL },
	{ RLIMIT_NOFILE, LIMIT_PORTS + 64, W },
	{ RLIMIT_NOFILE, 64, F },
	{ RLIMIT_NOFILE, 32, R },
	{ RLIMIT_NOFILE, 512, E },
	{ RLIMIT_DATA, 64ul << 20, W | F },
	{ RLIMIT_DATA, 48ul << 20, R },
	{ RLIMIT_CPU, 10, F },
	{ RLIMIT_CPU, 5, R },
	{ RLIMIT_FSIZE, LIMIT_FILE, F },
	{ RLIMIT_FSIZE, 0, R },
};

static int
limits_in(unsigned int program)
{
	int wrong = 0;

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct rlimit now = { 1, 1 };

		if ((limits[i].who & program) == 0)
			continue;
		if (syscall(SYS_prlimit64, 0, limits[i].resource, NULL, &now) ==
			0 &&
		    now.rlim_max == limits[i].most)
			continue;
		log_error("limit %zu is not set", i);
		wrong++;
	}
	return wrong;
}

/* Runs in the child: closes the sandbox, and counts what is wrong in it. */
static int
child(enum program program)
{
	struct fault why = { 0 };

	descriptors_set_up();
	if (!sandbox_enter(program, program == PROGRAM_WATCHER ? RESERVED : 0,
		true, &why)) {
		log_error("%s", why.detail);
		return 98;
	}
	return limits_in(1u << program) + worst_in(program) +
	       attempts_in(1u << program);
}

static int
status_of(pid_t pid)
{
	int status = 0;

	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
each_program_is_closed_in(void **state)
{
	static const char *const names[PROGRAMS] = { "mudd", "watcher",
		"fetcher", "reader", "engine" };

	(void)state;
	for (int p = PROGRAM_WATCHER; p < PROGRAMS; p++) {
		pid_t pid = fork();
		int status;

		if (pid == 0)
			_exit(child((enum program)p));
		status = status_of(pid);
		if (status != 0)
			fail_msg("%s: status 0x%x", names[p], (unsigned)status);
	}
}

/* ---- a kernel that lacks a layer ---------------------------------------- */

/* From here on the kernel does as one that has never heard of it. */
static bool
take_away(const char *call)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int number = seccomp_syscall_resolve_name(call);
	struct scmp_arg_cmp by_prctl = { 0, SCMP_CMP_EQ, PR_SET_SECCOMP, 0 };
	bool good;

	good = filter != NULL &&
	       seccomp_rule_add_array(
		   filter, SCMP_ACT_ERRNO(ENOSYS), number, 0, NULL) == 0 &&
	       (number != SCMP_SYS(seccomp) ||
		   seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EINVAL),
		       SCMP_SYS(prctl), 1, &by_prctl) == 0) &&
	       seccomp_load(filter) == 0;
	seccomp_release(filter);
	return good;
}

/*
 * What becomes of each program in it: it must not start where the layer is
 * required, and the fault must name the layer; else it goes on.
 */
static const struct {
	const char *call, *layer; /* NULL: nothing is missed */
} missing[] = {
	{ "seccomp", "seccomp" },
	/* The filter refuses the same calls. */
	{ "landlock_create_ruleset", NULL },
};

/* 0, or where it went wrong. */
static int
lacks(size_t i, enum program program, bool require)
{
	const int reserved = program == PROGRAM_WATCHER ? RESERVED : 0;
	const bool missed = missing[i].layer != NULL;
	struct fault gap = { 0 }, why = { 0 };

	descriptors_set_up();
	if (!take_away(missing[i].call))
		return 97;
	if (program == PROGRAM_MUDD) {
		if (!sandbox_enter_parent(&gap, &why))
			return 1;
		if ((gap.code != FAULT_NONE) != missed)
			return 2;
	} else {
		if (sandbox_enter(program, reserved, require, &gap) !=
		    (!missed || !require))
			return 3;
	}
	if (missed && require && strstr(gap.detail, missing[i].layer) == NULL)
		return 4;
	return 0;
}

static void
a_missing_layer_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++)
		for (int p = PROGRAM_MUDD; p < PROGRAMS; p++)
			for (int require = 0; require < 2; require++) {
				pid_t pid = fork();
				int status;

				if (pid == 0)
					_exit(lacks(
					    i, (enum program)p, require != 0));
				status = status_of(pid);
				if (status != 0)
					fail_msg("%s, program %d, %d: 0x%x",
					    missing[i].call, p, require,
					    (unsigned)status);
			}
}

/* The proof must notice when there is nothing to prove. */
static void
a_free_reserved_number_is_a_fault(void **state)
{
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		struct fault why = { 0 };

		(void)close(7);
		_exit(sandbox_enter(PROGRAM_WATCHER, RESERVED, true, &why) ||
			      why.code != FAULT_INTERNAL
			  ? 1
			  : 0);
	}
	assert_int_equal(status_of(pid), 0);
}

#endif /* WITH_SANITIZERS */

static unsigned long long
status_field(const char *name)
{
	char line[256];
	unsigned long long value = ~0ull;
	FILE *status = fopen("/proc/thread-self/status", "re");

	assert_non_null(status);
	while (fgets(line, sizeof(line), status) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			value = strtoull(line + strlen(name) + 1, NULL,
			    name[0] == 'C' ? 16 : 10);
	(void)fclose(status);
	return value;
}

#define KEPT                                                                   \
	((1ull << CAP_NET_ADMIN) | (1ull << CAP_NET_RAW) |                     \
	    (1ull << CAP_SETUID) | (1ull << CAP_SETGID) | (1ull << CAP_KILL))

/* Runs in a child that is root; /proc is read before it becomes undumpable. */
static int
parent_checks(void)
{
	struct fault gap = { 0 }, why = { 0 };

	if (!sandbox_enter_parent(&gap, &why) || gap.code != FAULT_NONE) {
		log_error("%s %s", gap.detail, why.detail);
		return 1;
	}
	if (status_field("CapPrm:") != KEPT || status_field("CapEff:") != KEPT)
		return 2;
	if (status_field("CapInh:") != 0 || status_field("CapAmb:") != 0)
		return 3;
	if (status_field("CapBnd:") != KEPT)
		return 4;
	if (status_field("NoNewPrivs:") != 1)
		return 5;
	if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		return 6;
#ifndef WITH_SANITIZERS
	if (status_field("Seccomp:") != 2)
		return 7;
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 || errno != EPERM)
		return 8;
	if (syscall(SYS_unshare, CLONE_NEWUSER) == 0 || errno != EPERM)
		return 9;
	if (syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0) >= 0 ||
	    errno != EPERM)
		return 10;
	if (syscall(SYS_clone3, NULL, 0) >= 0 || errno != ENOSYS)
		return 11;
	if (syscall(SYS_bpf, 0, NULL, 0) >= 0 || errno != EPERM)
		return 12;
	if (syscall(SYS_io_uring_setup, 0, NULL) >= 0 || errno != EPERM)
		return 13;
#endif
	return 0;
}

static void
the_parent_keeps_five(void **state)
{
	pid_t pid = fork();
	int status = 0;

	(void)state;
	if (pid == 0)
		_exit(parent_checks());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* What a start by hand, without privileges, is told. */
static int
unprivileged_checks(void)
{
	struct fault gap = { 0 }, why = { 0 };

	if (!sandbox_drop_capabilities(&why))
		return 1;
	if (status_field("CapPrm:") != 0 || status_field("CapEff:") != 0 ||
	    status_field("CapInh:") != 0 || status_field("CapAmb:") != 0 ||
	    status_field("CapBnd:") != 0)
		return 2;
	if (sandbox_enter_parent(&gap, &why))
		return 3;
	return strstr(why.detail, "cap_net_admin") != NULL ? 0 : 4;
}

static void
dropping_drops_all(void **state)
{
	pid_t pid = fork();
	int status = 0;

	(void)state;
	if (pid == 0)
		_exit(unprivileged_checks());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#ifndef WITH_SANITIZERS
		cmocka_unit_test(each_program_is_closed_in),
		cmocka_unit_test(a_missing_layer_is_named),
		cmocka_unit_test(a_free_reserved_number_is_a_fault),
#endif
		cmocka_unit_test(the_parent_keeps_five),
		cmocka_unit_test(dropping_drops_all),
	};

	log_init("test_sandbox", LOG_LEVEL_INFO);
	if (geteuid() != 0) {
		(void)fprintf(stderr, "test_sandbox needs root\n");
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
