/*
 * The probes of S-12.  Role: every program, once, behind its closed sandbox.
 * Input: none.
 *
 * Bare system calls, so that no library answers in the kernel's place.  A
 * probe that could do harm if it succeeded is made so that it fails with
 * another error than EPERM where nothing refuses it.
 */
#include "core/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "libmud/fault.h"

#define SCRATCH "/tmp/mudd-probe"
#define STATE   STATEDIR "/mudd-probe"

#define NOWHERE (-1) /* a descriptor that is none: EBADF */

/* Each returns 0 if it could do it, else the errno. */
static int
errno_of(long result)
{
	return result < 0 ? errno : 0;
}

/* The same for a call that makes a descriptor. */
static int
errno_of_fd(long fd)
{
	int error = errno_of(fd);

	if (fd >= 0)
		(void)close((int)fd);
	return error;
}

static int
opens_file(int reserved)
{
	(void)reserved;
	return errno_of_fd(syscall(
	    SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY | O_CLOEXEC, 0));
}

static int
creates(const char *path)
{
	long fd = syscall(SYS_openat, AT_FDCWD, path,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int error = errno_of_fd(fd);

	if (fd >= 0)
		(void)unlink(path);
	return error;
}

static int
creates_scratch(int reserved)
{
	(void)reserved;
	return creates(SCRATCH);
}

/* Not even the engine makes files there: what it needs is open. */
static int
creates_state(int reserved)
{
	(void)reserved;
	return creates(STATE);
}

static int
makes_inet_socket(int reserved)
{
	(void)reserved;
	return errno_of_fd(
	    syscall(SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int
makes_packet_socket(int reserved)
{
	(void)reserved;
	return errno_of_fd(
	    syscall(SYS_socket, AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
}

static int
makes_netlink_socket(int reserved)
{
	(void)reserved;
	return errno_of_fd(
	    syscall(SYS_socket, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0));
}

static int
makes_unix_socket(int reserved)
{
	(void)reserved;
	return errno_of_fd(
	    syscall(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

/* An empty path: ENOENT where nothing refuses the call itself. */
static int
starts_program(int reserved)
{
	char *const none[] = { NULL };

	(void)reserved;
	return errno_of(syscall(SYS_execve, "", none, none));
}

/* Signal handlers that are shared, in memory that is not: EINVAL. */
static int
starts_process(int reserved)
{
	(void)reserved;
	return errno_of(syscall(SYS_clone, CLONE_SIGHAND, 0, 0, 0, 0));
}

/* A namespace together with what it cannot be together with: EINVAL. */
static int
makes_namespace(int reserved)
{
	(void)reserved;
	return errno_of(
	    syscall(SYS_clone, CLONE_NEWUSER | CLONE_FS, 0, 0, 0, 0));
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

/* No byte is asked for. */
static int
reads_parent(int reserved)
{
	(void)reserved;
	return errno_of(
	    syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0));
}

static int
takes_descriptor(int reserved)
{
	(void)reserved;
	return errno_of_fd(syscall(SYS_pidfd_getfd, NOWHERE, 0, 0));
}

/* Signal 0 only asks. */
static int
signals_parent(int reserved)
{
	(void)reserved;
	return errno_of(syscall(SYS_kill, getppid(), 0));
}

static int
maps_code(int reserved)
{
	const size_t size = 4096;
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)reserved;
	if (at == MAP_FAILED)
		return errno;
	(void)munmap(at, size);
	return 0;
}

static int
changes_user(int reserved)
{
	(void)reserved;
	return errno_of(syscall(SYS_setuid, 0));
}

/* No sets are given: EFAULT. */
static int
raises_capabilities(int reserved)
{
	(void)reserved;
	return errno_of(syscall(SYS_capset, NULL, NULL));
}

/* Not a flag that it knows: EINVAL. */
static int
unshares(int reserved)
{
	(void)reserved;
	return errno_of(syscall(SYS_unshare, 1));
}

static int
mounts(int reserved)
{
	(void)reserved;
	return errno_of(syscall(SYS_mount, NULL, NULL, NULL, 0, NULL));
}

static int
changes_root(int reserved)
{
	(void)reserved;
	return errno_of(syscall(SYS_chroot, ""));
}

static int
loads_bpf(int reserved)
{
	(void)reserved;
	return errno_of_fd(syscall(SYS_bpf, -1, NULL, 0));
}

static int
makes_io_uring(int reserved)
{
	(void)reserved;
	return errno_of_fd(syscall(SYS_io_uring_setup, 0, NULL));
}

static int
opens_perf_event(int reserved)
{
	(void)reserved;
	return errno_of_fd(syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0));
}

static int
asks_for_keys(int reserved)
{
	(void)reserved;
	return errno_of(syscall(SYS_keyctl, -1, 0, 0, 0, 0));
}

static int
types_into_terminal(int reserved)
{
	(void)reserved;
	return errno_of(syscall(SYS_ioctl, NOWHERE, TIOCSTI, ""));
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
	return errno_of_fd(
	    syscall(SYS_fcntl, STDERR_FILENO, F_DUPFD_CLOEXEC, reserved));
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
/* mudd opens, starts and signals for a living; what its filter denies to it
 * and to all that come from it is another matter. */
#define WORKERS (ALL & ~ONLY(MUDD))

static const struct probe probes[] = {
	{ "opening /etc/passwd", opens_file, WORKERS },
	{ "creating a file in /tmp", creates_scratch, WORKERS },
	{ "creating a file in " STATEDIR, creates_state, WORKERS },
	{ "an internet socket", makes_inet_socket, WORKERS & ~ONLY(FETCHER) },
	{ "a packet socket", makes_packet_socket, WORKERS },
	{ "a netlink socket", makes_netlink_socket, WORKERS },
	{ "a Unix socket", makes_unix_socket, WORKERS },
	{ "execve", starts_program, WORKERS },
	{ "another process", starts_process, WORKERS },
	{ "a signal to another process", signals_parent, WORKERS },
	{ "memory to write to and execute", maps_code, WORKERS },
	{ "changing the user", changes_user, WORKERS },
	{ "changing capabilities", raises_capabilities, WORKERS },
	{ "tracing another process", traces_parent, ALL },
	{ "another process's memory", reads_parent, ALL },
	{ "another process's descriptors", takes_descriptor, ALL },
	{ "a user namespace", makes_namespace, ALL },
	{ "unshare", unshares, ALL },
	{ "mount", mounts, ALL },
	{ "chroot", changes_root, ALL },
	{ "bpf", loads_bpf, ALL },
	{ "io_uring", makes_io_uring, ALL },
	{ "perf_event_open", opens_perf_event, ALL },
	{ "keyctl", asks_for_keys, ALL },
	{ "TIOCSTI", types_into_terminal, ALL },
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
