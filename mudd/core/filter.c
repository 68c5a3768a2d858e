/*
 * The seccomp filters.  Role: every program of the daemon.  Input: none; the
 * lists are constants, but for two numbers that the caller vouches for.
 *
 * A comparison looks at all 64 bits of a register, the kernel at the 32 of an
 * int.  "Less than" is therefore safe for descriptors, "not less than" is
 * not: where that is meant each number is named, under a mask.
 */
#include "core/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef F_ADD_SEALS
#define F_ADD_SEALS 1033
#define F_GET_SEALS 1034
#endif

#define INT_MASK 0xffffffffu

struct call {
	const char *name; /* NULL ends a list */
	unsigned int n;   /* conditions: all must hold */
	struct scmp_arg_cmp when[2];
};

/* clang-format off */
#define CALL(name) { name, 0, { { 0 } } }
#define CALL_IF(name, arg, mask, value)                                        \
	{ name, 1, { { arg, SCMP_CMP_MASKED_EQ, mask, value } } }
#define CALL_IF2(name, arg1, mask1, value1, arg2, mask2, value2)               \
	{ name, 2, { { arg1, SCMP_CMP_MASKED_EQ, mask1, value1 },              \
	    { arg2, SCMP_CMP_MASKED_EQ, mask2, value2 } } }
/* glibc on 32-bit machines calls fcntl64. */
#define FCNTL(command)                                                         \
	CALL_IF("fcntl", 1, INT_MASK, command),                                \
	CALL_IF("fcntl64", 1, INT_MASK, command)
#define SOCKET(family, type)                                                   \
	CALL_IF2("socket", 0, UINT64_MAX, family, 1, 0xf, type)
#define END { NULL, 0, { { 0 } } }

/* What running C code needs at all. */
static const struct call everyone[] = {
	CALL("read"), CALL("readv"),
	CALL("exit"), CALL("exit_group"), CALL("restart_syscall"),
	CALL("brk"), CALL("munmap"), CALL("mremap"), CALL("madvise"),
	/* Memory is never executable that was not so at the start. */
	CALL_IF("mmap", 2, PROT_EXEC, 0), CALL_IF("mmap2", 2, PROT_EXEC, 0),
	CALL_IF("mprotect", 2, PROT_EXEC, 0),
	CALL("futex"), CALL("futex_time64"), CALL("sched_yield"),
	CALL("rt_sigreturn"), CALL("sigreturn"), CALL("rt_sigaction"),
	CALL("rt_sigprocmask"), CALL("sigaltstack"),
	CALL("clock_gettime"), CALL("clock_gettime64"), CALL("gettimeofday"),
	CALL("time"), CALL("clock_getres"), CALL("clock_getres_time64"),
	CALL("nanosleep"), CALL("clock_nanosleep"),
	CALL("clock_nanosleep_time64"),
	CALL("getpid"), CALL("gettid"), CALL("getppid"), CALL("getuid"),
	CALL("geteuid"), CALL("getgid"), CALL("getegid"), CALL("getuid32"),
	CALL("geteuid32"), CALL("getgid32"), CALL("getegid32"),
	CALL("getrandom"), CALL("getrusage"), CALL("sysinfo"), CALL("uname"),
	/* Reads a limit, of oneself. */
	CALL_IF2("prlimit64", 0, UINT64_MAX, 0, 2, UINT64_MAX, 0),
	/* fstat(2), which C libraries spell in three ways.  The two latter
	 * would also look at a path, which tells that a file is there. */
	CALL("fstat"), CALL("fstat64"),
	CALL_IF("newfstatat", 3, INT_MASK, AT_EMPTY_PATH),
	CALL_IF("statx", 2, AT_EMPTY_PATH, AT_EMPTY_PATH),
	FCNTL(F_GETFD), FCNTL(F_SETFD), FCNTL(F_GETFL), FCNTL(F_SETFL),
	CALL("recvmsg"), CALL("recvfrom"), CALL("recv"),
	CALL("getsockopt"),
	CALL("poll"), CALL("ppoll"), CALL("ppoll_time64"),
	END
};

/* libevent's loop. */
static const struct call loop[] = {
	CALL("epoll_create1"), CALL("epoll_ctl"), CALL("epoll_wait"),
	CALL("epoll_pwait"), CALL("epoll_pwait2"),
	END
};

/* Output to any descriptor, and files that somebody else opened. */
static const struct call output[] = {
	CALL("write"), CALL("writev"), CALL("sendmsg"), CALL("sendto"),
	CALL("send"), CALL("close"),
	CALL("pread64"), CALL("pwrite64"), CALL("lseek"), CALL("_llseek"),
	CALL("ftruncate"), CALL("ftruncate64"), FCNTL(F_GET_SEALS),
	END
};

static const struct call watcher[] = {
	CALL("recvmmsg"), CALL("recvmmsg_time64"), CALL("getsockname"),
	END
};

static const struct call fetcher[] = {
	SOCKET(AF_INET, SOCK_STREAM), SOCKET(AF_INET, SOCK_DGRAM),
	SOCKET(AF_INET6, SOCK_STREAM), SOCKET(AF_INET6, SOCK_DGRAM),
	CALL("connect"), CALL("getsockname"), CALL("getpeername"),
	CALL("setsockopt"), CALL("shutdown"), CALL("sendmmsg"),
	/* curl wakes its loop by one of these. */
	CALL_IF("socketpair", 0, UINT64_MAX, AF_UNIX), CALL("eventfd2"),
	CALL("pipe2"),
	CALL_IF("ioctl", 1, INT_MASK, FIONREAD),
	CALL_IF("ioctl", 1, INT_MASK, FIONBIO),
	END
};

static const struct call reader[] = {
	CALL("sendmsg"), CALL("close"),
	/* Standard error, for the log. */
	CALL_IF("write", 0, UINT64_MAX, STDERR_FILENO),
	CALL("pread64"), CALL("lseek"), CALL("_llseek"), FCNTL(F_GET_SEALS),
	END
};

static const struct call engine[] = {
	CALL("accept4"), CALL("accept"), CALL("getsockname"),
	CALL("getpeername"), CALL("setsockopt"), CALL("shutdown"),
	CALL("memfd_create"), FCNTL(F_ADD_SEALS),
	/* Hands out a descriptor and keeps it. */
	CALL("dup"), FCNTL(F_DUPFD_CLOEXEC),
	CALL("timerfd_create"), CALL("timerfd_settime"),
	CALL("timerfd_gettime"), CALL("timerfd_settime64"),
	CALL("timerfd_gettime64"),
	/* SQLite on files that are open.  It asks whether they still stand
	 * where they did. */
	CALL("fsync"), CALL("fdatasync"), CALL("fallocate"),
	FCNTL(F_GETLK), FCNTL(F_SETLK), FCNTL(F_SETLKW),
	FCNTL(F_OFD_GETLK), FCNTL(F_OFD_SETLK), FCNTL(F_OFD_SETLKW),
	CALL("stat"), CALL("lstat"), CALL("stat64"), CALL("lstat64"),
	CALL("newfstatat"), CALL("fstatat64"), CALL("statx"), CALL("access"),
	CALL("faccessat"), CALL("faccessat2"),
	END
};

/* The watcher's, by descriptor: its packet sockets may not send. */
static const char *const watcher_sends[] = {
	"write", "writev", "sendmsg", "sendto", "send", NULL
};

static const struct call *const lists[PROGRAMS][5] = {
	[PROGRAM_WATCHER] = { everyone, loop, watcher },
	[PROGRAM_FETCHER] = { everyone, loop, output, fetcher },
	[PROGRAM_READER] = { everyone, reader },
	[PROGRAM_ENGINE] = { everyone, loop, output, engine },
};

/* What mudd and its children never ask for. */
static const struct call denied[] = {
	/* other processes */
	CALL("ptrace"), CALL("process_vm_readv"), CALL("process_vm_writev"),
	CALL("process_madvise"), CALL("process_mrelease"), CALL("pidfd_getfd"),
	CALL("kcmp"),
	/* file systems and namespaces */
	CALL("mount"), CALL("umount"), CALL("umount2"), CALL("move_mount"),
	CALL("open_tree"), CALL("fsopen"), CALL("fsconfig"), CALL("fsmount"),
	CALL("fspick"), CALL("mount_setattr"), CALL("pivot_root"),
	CALL("chroot"), CALL("setns"), CALL("unshare"),
	CALL("open_by_handle_at"), CALL("name_to_handle_at"),
	CALL("fanotify_init"), CALL("quotactl"), CALL("quotactl_fd"),
	CALL("swapon"), CALL("swapoff"), CALL("acct"), CALL("ustat"),
	CALL("sysfs"), CALL("mknod"), CALL("mknodat"),
	/* the kernel itself */
	CALL("bpf"), CALL("perf_event_open"), CALL("userfaultfd"),
	CALL("io_uring_setup"), CALL("io_uring_enter"),
	CALL("io_uring_register"), CALL("init_module"),
	CALL("finit_module"), CALL("delete_module"), CALL("create_module"),
	CALL("kexec_load"), CALL("kexec_file_load"), CALL("reboot"),
	CALL("syslog"), CALL("iopl"), CALL("ioperm"), CALL("modify_ldt"),
	CALL("_sysctl"), CALL("uselib"), CALL("lookup_dcookie"),
	CALL("nfsservctl"), CALL("vhangup"), CALL("personality"),
	CALL("add_key"), CALL("request_key"), CALL("keyctl"),
	CALL("memfd_secret"), CALL("vmsplice"), CALL("remap_file_pages"),
	CALL("mbind"), CALL("set_mempolicy"), CALL("migrate_pages"),
	CALL("move_pages"),
	/* the clock and the machine's name */
	CALL("settimeofday"), CALL("clock_settime"), CALL("clock_settime64"),
	CALL("stime"), CALL("sethostname"), CALL("setdomainname"),
	/* typing into somebody's terminal */
	CALL_IF("ioctl", 1, INT_MASK, TIOCSTI),
	CALL_IF("ioctl", 1, INT_MASK, TIOCLINUX),
	/* unshare by another name */
	CALL_IF("clone", 0, CLONE_NEWUSER, CLONE_NEWUSER),
	CALL_IF("clone", 0, CLONE_NEWNS, CLONE_NEWNS),
	CALL_IF("clone", 0, CLONE_NEWNET, CLONE_NEWNET),
	CALL_IF("clone", 0, CLONE_NEWPID, CLONE_NEWPID),
	CALL_IF("clone", 0, CLONE_NEWIPC, CLONE_NEWIPC),
	CALL_IF("clone", 0, CLONE_NEWUTS, CLONE_NEWUTS),
	CALL_IF("clone", 0, CLONE_NEWCGROUP, CLONE_NEWCGROUP),
	END
};
/* clang-format on */

/* Adds one rule; a call that is not known here is no error. */
static int
rule_add(scmp_filter_ctx filter, uint32_t action, const char *name,
    unsigned int n, const struct scmp_arg_cmp *when)
{
	int number = seccomp_syscall_resolve_name(name);
	int error;

	if (number == __NR_SCMP_ERROR)
		return 0;
	error = seccomp_rule_add_array(filter, action, number, n, when);
	/* -EDOM: not a call of this architecture. */
	return error == -EDOM ? 0 : error;
}

static int
list_add(scmp_filter_ctx filter, uint32_t action, const struct call *list)
{
	for (; list->name != NULL; list++) {
		int error =
		    rule_add(filter, action, list->name, list->n, list->when);

		if (error < 0)
			return error;
	}
	return 0;
}

/* A filter whose answer to another architecture's calls is EPERM, too. */
static scmp_filter_ctx
filter_begin(uint32_t action)
{
	scmp_filter_ctx filter = seccomp_init(action);

	if (filter == NULL)
		return NULL;
	if (seccomp_attr_set(
		filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(EPERM)) < 0) {
		seccomp_release(filter);
		return NULL;
	}
	/* A binary tree; libraries before 2.5 make a list, which is slower
	 * and means the same. */
	(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	return filter;
}

/* Loads the filter if nothing went wrong with it, and frees it. */
static int
filter_end(scmp_filter_ctx filter, int error)
{
	if (error == 0)
		error = seccomp_load(filter);
	seccomp_release(filter);
	return error;
}

/*
 * Descriptors below `reserved` stay what they are: one that could be closed
 * could be had again by a packet socket, and then be written to.
 */
static int
load_reserved(int reserved)
{
	scmp_filter_ctx filter = filter_begin(SCMP_ACT_ALLOW);
	int error = 0;

	if (filter == NULL)
		return -ENOMEM;
	for (int fd = 0; fd < reserved && error == 0; fd++) {
		struct scmp_arg_cmp is_fd = { 0, SCMP_CMP_MASKED_EQ, INT_MASK,
			(scmp_datum_t)fd };

		error =
		    rule_add(filter, SCMP_ACT_ERRNO(EPERM), "close", 1, &is_fd);
	}
	return filter_end(filter, error);
}

/* What depends on numbers that are known only now. */
static int
own_add(scmp_filter_ctx filter, enum program program, int reserved)
{
	/* abort(3) */
	struct scmp_arg_cmp self = { 0, SCMP_CMP_EQ, (scmp_datum_t)getpid(),
		0 };
	struct scmp_arg_cmp below = { 0, SCMP_CMP_LT, (scmp_datum_t)reserved,
		0 };
	int error = rule_add(filter, SCMP_ACT_ALLOW, "tgkill", 1, &self);

	if (program != PROGRAM_WATCHER)
		return error;
	for (size_t i = 0; watcher_sends[i] != NULL && error == 0; i++)
		error = rule_add(
		    filter, SCMP_ACT_ALLOW, watcher_sends[i], 1, &below);
	/* load_reserved() says which. */
	if (error == 0)
		error = rule_add(filter, SCMP_ACT_ALLOW, "close", 0, NULL);
	return error;
}

int
filter_load(enum program program, int reserved)
{
	scmp_filter_ctx filter;
	int error;

	if (program == PROGRAM_MUDD || reserved < 0)
		return -EINVAL;
	/* First, since the allow list ends the loading of filters. */
	error = reserved > 0 ? load_reserved(reserved) : 0;
	if (error < 0)
		return error;
	filter = filter_begin(SCMP_ACT_ERRNO(EPERM));
	if (filter == NULL)
		return -ENOMEM;
	error = own_add(filter, program, reserved);
	for (size_t i = 0; error == 0 && lists[program][i] != NULL; i++)
		error = list_add(filter, SCMP_ACT_ALLOW, lists[program][i]);
	return filter_end(filter, error);
}

int
filter_load_parent(void)
{
	scmp_filter_ctx filter = filter_begin(SCMP_ACT_ALLOW);
	int error;

	if (filter == NULL)
		return -ENOMEM;
	error = list_add(filter, SCMP_ACT_ERRNO(EPERM), denied);
	/* Its flags lie in memory, where a filter cannot look; the C library
	 * falls back on clone. */
	if (error == 0)
		error =
		    rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), "clone3", 0, NULL);
	return filter_end(filter, error);
}
