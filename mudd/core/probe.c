/*
 * The probes of S-12.  Role: every worker, once, behind its closed sandbox.
 * Input: none.
 *
 * Bare system calls, so that no library answers in the kernel's place.  A
 * probe that could do harm if it succeeded is made so that it fails with
 * another error than EPERM where nothing refuses it.
 */
#include "core/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "libmud/fault.h"

#define SCRATCH "/tmp/mudd-probe"

/* Each returns 0 if it could do it, else the errno. */
static int
errno_of(long result)
{
	return result < 0 ? errno : 0;
}

static int
opens_file(int reserved)
{
	long fd = syscall(
	    SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY | O_CLOEXEC, 0);

	(void)reserved;
	if (fd >= 0)
		(void)close((int)fd);
	return errno_of(fd);
}

static int
creates_file(int reserved)
{
	long fd = syscall(SYS_openat, AT_FDCWD, SCRATCH,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	(void)reserved;
	if (fd >= 0) {
		(void)close((int)fd);
		(void)unlink(SCRATCH);
	}
	return errno_of(fd);
}

static int
makes_inet_socket(int reserved)
{
	long fd = syscall(SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)reserved;
	if (fd >= 0)
		(void)close((int)fd);
	return errno_of(fd);
}

static int
makes_packet_socket(int reserved)
{
	long fd = syscall(SYS_socket, AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	(void)reserved;
	if (fd >= 0)
		(void)close((int)fd);
	return errno_of(fd);
}

/* An empty path: ENOENT where nothing refuses the call itself. */
static int
starts_program(int reserved)
{
	char *const none[] = { NULL };

	(void)reserved;
	return errno_of(syscall(SYS_execve, "", none, none));
}

/* SEIZE does not stop the other. */
static int
traces_parent(int reserved)
{
	long done = syscall(SYS_ptrace, PTRACE_SEIZE, getppid(), NULL, NULL);

	(void)reserved;
	if (done == 0)
		(void)syscall(SYS_ptrace, PTRACE_DETACH, getppid(), NULL, NULL);
	return errno_of(done);
}

/* Nothing is written: EBADF, or success, where nothing refuses the call. */
static int
writes_past_reserved(int reserved)
{
	return errno_of(syscall(SYS_write, reserved, "", 0));
}

static int
duplicates(int reserved)
{
	long fd = syscall(SYS_fcntl, STDERR_FILENO, F_DUPFD_CLOEXEC, reserved);

	if (fd >= 0)
		(void)close((int)fd);
	return errno_of(fd);
}

/* 1<<32 is standard input, were the upper half not looked at. */
static int
closes_reserved(int reserved)
{
	(void)reserved;
	return errno_of(syscall(SYS_close, 1ull << 32));
}

struct probe {
	const char *what;
	int (*attempt)(int reserved);
	unsigned int who; /* set of programs */
};

#define ALL           (~0u)
#define ONLY(program) (1u << PROGRAM_##program)

static const struct probe probes[] = {
	{ "opening /etc/passwd", opens_file, ALL },
	{ "creating a file in /tmp", creates_file, ALL },
	{ "an internet socket", makes_inet_socket, ALL & ~ONLY(FETCHER) },
	{ "a packet socket", makes_packet_socket, ALL },
	{ "execve", starts_program, ALL },
	{ "tracing the parent", traces_parent, ALL },
	{ "sending on a packet socket", writes_past_reserved, ONLY(WATCHER) },
	{ "duplicating a descriptor", duplicates, ONLY(WATCHER) },
	{ "closing a reserved descriptor", closes_reserved, ONLY(WATCHER) },
};

bool
probe_sandbox(enum program program, int reserved, struct fault *why)
{
	for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
		int error;

		if ((probes[i].who & (1u << program)) == 0)
			continue;
		error = probes[i].attempt(reserved);
		/* EACCES is Landlock's word for it. */
		if (error != EPERM && error != EACCES)
			return fault_set(why, FAULT_INTERNAL, "S-12",
			    "the sandbox (seccomp) does not refuse %s",
			    probes[i].what);
	}
	return true;
}
