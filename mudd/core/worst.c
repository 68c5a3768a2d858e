/*
 * The list of the worst calls.  Role: the test of the sandbox, and the test
 * build's hook in the real programs.  Input: none.
 *
 * Bare system calls, as code that was slipped in would make them: no library
 * stands in between.
 */
#include "core/worst.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#define W   (1u << PROGRAM_WATCHER)
#define F   (1u << PROGRAM_FETCHER)
#define R   (1u << PROGRAM_READER)
#define E   (1u << PROGRAM_ENGINE)
#define ALL (W | F | R | E)

#define NUMBER(pointer) ((long)(intptr_t)(pointer))

/* In the place of arguments that are known only there. */
#define OTHER (LONG_MIN + 1)
#define LATE  (LONG_MIN + 2)

#define CHANNEL 3 /* any descriptor that is there */

static uint8_t scratch[4096];
static struct timeval tv;
static const char shell[] = "/bin/sh", passwd[] = "/etc/passwd",
		  shadow[] = "/etc/shadow", in_tmp[] = WORST_IN_TMP,
		  in_state[] = WORST_IN_STATE, byte[] = "x";
static char *const no_args[] = { NULL };
static const struct sockaddr_un control = { .sun_family = AF_UNIX,
	.sun_path = RUNDIR "/mudd.sock" };
static struct iovec here = { scratch, 8 };
/* A message with a descriptor: standard error, to whoever reads. */
static struct {
	_Alignas(struct cmsghdr) uint8_t bytes[CMSG_SPACE(sizeof(int))];
} with_fd;
static struct msghdr message = { .msg_iov = &here,
	.msg_iovlen = 1,
	.msg_control = &with_fd,
	.msg_controllen = sizeof(with_fd) };

struct worst {
	const char *name;
	/* Sets of programs; to one that is in neither it does not matter. */
	unsigned int refused, allowed;
	long number;
	long arg[6];
};

/* clang-format off */
static const struct worst worst[] = {
	/* files */
	{ "open /etc/passwd", ALL, 0, SYS_openat,
	    { AT_FDCWD, NUMBER(passwd), O_RDONLY } },
	{ "open /etc/shadow", ALL, 0, SYS_openat,
	    { AT_FDCWD, NUMBER(shadow), O_RDONLY } },
	{ "create in /tmp", ALL, 0, SYS_openat,
	    { AT_FDCWD, NUMBER(in_tmp), O_CREAT | O_RDWR, 0600 } },
	{ "create in " STATEDIR, ALL, 0, SYS_openat,
	    { AT_FDCWD, NUMBER(in_state), O_CREAT | O_RDWR, 0600 } },
	{ "openat2", ALL, 0, SYS_openat2,
	    { AT_FDCWD, NUMBER(passwd), NUMBER(scratch), 24 } },
	{ "mkdir", ALL, 0, SYS_mkdirat, { AT_FDCWD, NUMBER(in_tmp), 0700 } },
	{ "symlink", ALL, 0, SYS_symlinkat,
	    { NUMBER(passwd), AT_FDCWD, NUMBER(in_tmp) } },
	{ "unlink", ALL, 0, SYS_unlinkat, { AT_FDCWD, NUMBER(in_tmp), 0 } },
	{ "rename", ALL, 0, SYS_renameat2,
	    { AT_FDCWD, NUMBER(in_tmp), AT_FDCWD, NUMBER(in_state), 0 } },
	{ "chmod", ALL, 0, SYS_fchmodat, { AT_FDCWD, NUMBER(in_tmp), 0 } },
	/* programs and processes */
	{ "execve", ALL, 0, SYS_execve,
	    { NUMBER(shell), NUMBER(no_args), NUMBER(no_args) } },
	{ "execveat", ALL, 0, SYS_execveat,
	    { AT_FDCWD, NUMBER(shell), NUMBER(no_args), NUMBER(no_args) } },
	{ "execveat of a descriptor", ALL, 0, SYS_execveat,
	    { CHANNEL, NUMBER(""), NUMBER(no_args), NUMBER(no_args),
	    AT_EMPTY_PATH } },
	{ "memfd_create", ALL & ~E, E, SYS_memfd_create, { NUMBER(byte), 0 } },
	{ "clone", ALL, 0, SYS_clone, { SIGCHLD } },
	{ "clone3", ALL, 0, SYS_clone3, { NUMBER(scratch), 64 } },
#ifdef SYS_fork
	{ "fork", ALL, 0, SYS_fork, { 0 } },
#endif
	{ "ptrace", ALL, 0, SYS_ptrace, { PTRACE_SEIZE, OTHER } },
	{ "ptrace traceme", ALL, 0, SYS_ptrace, { PTRACE_TRACEME } },
	{ "process_vm_readv", ALL, 0, SYS_process_vm_readv,
	    { OTHER, NUMBER(&here), 1, NUMBER(&here), 1 } },
	{ "process_vm_writev", ALL, 0, SYS_process_vm_writev,
	    { OTHER, NUMBER(&here), 1, NUMBER(&here), 1 } },
	{ "pidfd_open", ALL, 0, SYS_pidfd_open, { OTHER } },
	{ "pidfd_getfd", ALL, 0, SYS_pidfd_getfd, { CHANNEL, 0 } },
	{ "kill", ALL, 0, SYS_kill, { OTHER, SIGCONT } },
	{ "tgkill", ALL, 0, SYS_tgkill, { OTHER, OTHER, SIGCONT } },
	{ "limits of another", ALL, 0, SYS_prlimit64,
	    { OTHER, RLIMIT_CORE, 0, NUMBER(scratch) } },
	/* sockets */
	{ "socket inet", ALL & ~F, F, SYS_socket, { AF_INET, SOCK_STREAM } },
	{ "socket inet6", ALL & ~F, F, SYS_socket, { AF_INET6, SOCK_DGRAM } },
	{ "socket raw", ALL, 0, SYS_socket, { AF_INET, SOCK_RAW, 1 } },
	{ "socket packet", ALL, 0, SYS_socket, { AF_PACKET, SOCK_RAW } },
	{ "socket netlink", ALL, 0, SYS_socket, { AF_NETLINK, SOCK_RAW } },
	{ "socket unix", ALL, 0, SYS_socket, { AF_UNIX, SOCK_STREAM } },
	{ "socket alg", ALL, 0, SYS_socket, { AF_ALG, SOCK_SEQPACKET } },
	{ "connect to the control socket", ALL & ~F, 0, SYS_connect,
	    { CHANNEL, NUMBER(&control), sizeof(control) } },
	{ "bind", ALL, 0, SYS_bind, { CHANNEL, NUMBER(&control), 2 } },
	{ "listen", ALL, 0, SYS_listen, { CHANNEL, 1 } },
	{ "accept", ALL & ~E, E, SYS_accept4, { CHANNEL, 0, 0, 0 } },
	/* rights */
	{ "setuid", ALL, 0, SYS_setuid, { 0 } },
	{ "setgid", ALL, 0, SYS_setgid, { 0 } },
	{ "capset", ALL, 0, SYS_capset, { NUMBER(scratch), NUMBER(scratch) } },
	{ "prctl dumpable", ALL, 0, SYS_prctl, { PR_SET_DUMPABLE, 1 } },
	{ "seccomp", ALL, 0, SYS_seccomp, { 1, 0, 0 } },
	{ "setrlimit", ALL, 0, SYS_prlimit64,
	    { 0, RLIMIT_CORE, NUMBER(scratch), 0 } },
	{ "keyctl", ALL, 0, SYS_keyctl, { 0 } },
	/* memory */
	{ "mmap to execute", ALL, 0, SYS_mmap,
	    { 0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1 } },
	{ "mprotect to execute", ALL, 0, SYS_mprotect,
	    { 0, 0, PROT_READ | PROT_EXEC } },
	{ "pkey_mprotect", ALL, 0, SYS_pkey_mprotect,
	    { 0, 0, PROT_READ | PROT_EXEC, -1 } },
	/* the kernel */
	{ "unshare", ALL, 0, SYS_unshare, { CLONE_NEWUSER } },
	{ "setns", ALL, 0, SYS_setns, { CHANNEL, 0 } },
	{ "mount", ALL, 0, SYS_mount,
	    { NUMBER(byte), NUMBER("/tmp"), NUMBER("tmpfs") } },
	{ "chroot", ALL, 0, SYS_chroot, { NUMBER("/") } },
	{ "bpf", ALL, 0, SYS_bpf, { 0 } },
	{ "io_uring_setup", ALL, 0, SYS_io_uring_setup, { 1, NUMBER(scratch) } },
	{ "userfaultfd", ALL, 0, SYS_userfaultfd, { 0 } },
	{ "perf_event_open", ALL, 0, SYS_perf_event_open, { NUMBER(scratch) } },
	{ "settimeofday", ALL, 0, SYS_settimeofday, { NUMBER(&tv), 0 } },
	/* descriptors */
	{ "TIOCSTI", ALL, 0, SYS_ioctl, { 2, TIOCSTI, NUMBER(byte) } },
	{ "dup3", ALL, 0, SYS_dup3, { CHANNEL, 1, 0 } },
	{ "F_DUPFD", ALL, 0, SYS_fcntl, { 2, F_DUPFD, 0 } },
	{ "splice", ALL, 0, SYS_splice, { 0, 0, CHANNEL, 0, 1, 0 } },
	{ "sendfile", ALL, 0, SYS_sendfile, { CHANNEL, 0, 0, 1 } },
	{ "close_range", ALL, 0, SYS_close_range, { CHANNEL, 5, 0 } },
	/* Only the watcher has some that it may not write to. */
	{ "send on a packet socket", W, 0, SYS_sendto, { LATE, NUMBER(byte), 1 } },
	{ "write to a packet socket", W, 0, SYS_write, { LATE, NUMBER(byte), 1 } },
	{ "a descriptor by a packet socket", W, 0, SYS_sendmsg,
	    { LATE, NUMBER(&message), 0 } },
	{ "many by a packet socket", W | R | E, 0, SYS_sendmmsg,
	    { LATE, NUMBER(scratch), 0, 0 } },
	{ "write to the channel", R, 0, SYS_write, { CHANNEL, NUMBER(byte), 1 } },
	{ "write to a file", W | R, 0, SYS_pwrite64,
	    { CHANNEL, NUMBER(byte), 1, 0 } },
	{ "truncate a file", W | R, 0, SYS_ftruncate, { CHANNEL, 0 } },
};
/* clang-format on */

size_t
worst_count(void)
{
	return sizeof(worst) / sizeof(worst[0]);
}

const char *
worst_name(size_t i)
{
	return worst[i].name;
}

bool
worst_is_refused(size_t i, enum program program)
{
	return (worst[i].refused & 1u << program) != 0;
}

bool
worst_is_allowed(size_t i, enum program program)
{
	return (worst[i].allowed & 1u << program) != 0;
}

static long
fill(long arg, const struct worst_place *place)
{
	if (arg == OTHER)
		return place->other;
	return arg == LATE ? place->late : arg;
}

static bool
makes_process(long number)
{
#ifdef SYS_fork
	if (number == SYS_fork)
		return true;
#endif
	return number == SYS_clone || number == SYS_clone3;
}

int
worst_try(size_t i, const struct worst_place *place)
{
	const struct worst *at = &worst[i];
	const int error_fd = STDERR_FILENO;
	struct cmsghdr *header = (struct cmsghdr *)&with_fd;
	long arg[6], got;

	*header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(error_fd)),
		.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS };
	memcpy(CMSG_DATA(header), &error_fd, sizeof(error_fd));
	memset(scratch, 0, sizeof(scratch));
	for (size_t k = 0; k < 6; k++)
		arg[k] = fill(at->arg[k], place);
	got =
	    syscall(at->number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
	if (got == 0 && makes_process(at->number))
		_exit(0);
	return got < 0 ? errno : 0;
}
