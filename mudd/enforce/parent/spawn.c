/*
 * fork and exec of a worker.  Role: mudd, and its child up to the exec.
 * Input: our own command line, which is root's or the service manager's.
 */
#include "config.h"

#include "enforce/parent/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/netlink.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/log.h"
#include "core/msg.h"
#include "core/sandbox.h"
#include "libmud/fault.h"

#define MOST_DEBUG 3
#define MOST_ARGS  (MOST_DEBUG + 6)
#define MOST_ENV   8
#define ENV_TEXT   256

#define NOT_STARTED 127

#define EVENT_BUFFER (1024 * 1024) /* */

static const char *const names[PROGRAMS] = {
	[PROGRAM_MUDD] = "mudd",
	[PROGRAM_WATCHER] = "mudd-watcher",
	[PROGRAM_FETCHER] = "mudd-fetcher",
	[PROGRAM_READER] = "mudd-reader",
	[PROGRAM_ENGINE] = "mudd-engine",
};

/* Handed on if they are there; all else of the environment ends here. */
static const char *const inherited[] = {
	"JOURNAL_STREAM", /* how log lines are marked */
#ifdef WITH_SANITIZERS
	"ASAN_OPTIONS",
	"UBSAN_OPTIONS",
	"LSAN_OPTIONS",
#endif
};

struct image {
	char path[PATH_MAX];
	/* execve takes them without const and does not write to them. */
	char *args[MOST_ARGS + 1];
	char env_text[MOST_ENV][ENV_TEXT];
	char *env[MOST_ENV + 1];
};

const char *
spawn_name(enum program program)
{
	return names[program];
}

static char *
constant(const char *text)
{
	return (char *)(uintptr_t)text;
}

/* Writes down what will be run, before the fork. */
static int
image_make(struct image *image, const struct spawn *spawn, enum program program,
    bool check)
{
	size_t n = 0;
	int len = snprintf(image->path, sizeof(image->path), "%s/%s",
	    spawn->programdir, names[program]);

	if (len < 0 || (size_t)len >= sizeof(image->path))
		return -ENAMETOOLONG;
	image->args[n++] = constant(names[program]);
	for (unsigned int d = 0; d < spawn->debug && d < MOST_DEBUG; d++)
		image->args[n++] = constant("-d");
	/* The engine reads it for itself. */
	if (program != PROGRAM_ENGINE && spawn->best_effort)
		image->args[n++] = constant("-b");
	if (program == PROGRAM_ENGINE && spawn->config != NULL) {
		image->args[n++] = constant("-c");
		image->args[n++] = constant(spawn->config);
	}
	if (check)
		image->args[n++] = constant("-t");
	else if (program == PROGRAM_ENGINE && spawn->restore)
		image->args[n++] = constant("--restore");
	image->args[n] = NULL;

	n = 0;
	image->env[n++] = constant("LANG=C");
	for (size_t i = 0; i < sizeof(inherited) / sizeof(inherited[0]); i++) {
		const char *value = getenv(inherited[i]);

		if (value == NULL)
			continue;
		len = snprintf(
		    image->env_text[n], ENV_TEXT, "%s=%s", inherited[i], value);
		if (len < 0 || len >= ENV_TEXT)
			continue;
		image->env[n] = image->env_text[n];
		n++;
	}
	image->env[n] = NULL;
	return 0;
}

/* Handlers of mudd's loop would write into mudd's own descriptors; and what
 * mudd's caller ignored is no business of a worker's. */
static void
signals_reset(void)
{
	sigset_t none;

	/* Some cannot be set, which is as well. */
	for (int number = 1; number <= SIGRTMAX; number++)
		(void)signal(number, SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
close_from(int first)
{
	/* Linux before 5.9: all of mudd's descriptors close on exec. */
	(void)syscall(SYS_close_range, (unsigned int)first, ~0u, 0u);
}

/* channel < 0: none. */
static bool
descriptors_set(int channel)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(null, STDOUT_FILENO) < 0)
		return false;
	if (channel < 0) {
		close_from(MSG_CHANNEL_FD);
		return true;
	}
	if (channel == MSG_CHANNEL_FD) {
		if (fcntl(channel, F_SETFD, 0) != 0)
			return false;
	} else if (dup2(channel, MSG_CHANNEL_FD) < 0) {
		return false;
	}
	close_from(MSG_CHANNEL_FD + 1);
	return true;
}

/* Past the system's limit, which needs what the watcher has not; without it as
 * much as there is: an overrun is made good by a dump. */
static bool
events_open(void)
{
	const struct sockaddr_nl here = { .nl_family = AF_NETLINK };
	const int bytes = EVENT_BUFFER;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, NETLINK_ROUTE);

	if (fd < 0 || bind(fd, (const struct sockaddr *)(const void *)&here,
			  sizeof(here)) != 0)
		return false;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) !=
	    0)
		(void)setsockopt(
		    fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	if (fd == MSG_EVENTS_FD)
		return true;
	return dup2(fd, MSG_EVENTS_FD) >= 0 && close(fd) == 0;
}

static bool
account_take(const struct account *to)
{
	uid_t real, effective, saved;

	return setgroups(0, NULL) == 0 &&
	       setresgid(to->gid, to->gid, to->gid) == 0 &&
	       setresuid(to->uid, to->uid, to->uid) == 0 &&
	       getresuid(&real, &effective, &saved) == 0 && real == to->uid &&
	       effective == to->uid && saved == to->uid;
}

/* The child. The order matters: a signal at the parent's death is forgotten
 * when the user changes. */
_Noreturn static void
child_run(const struct spawn *spawn, enum program program,
    const struct image *image, int channel, pid_t parent)
{
	struct fault why = { 0 };
	const char *step = NULL;

	signals_reset();
	if (!descriptors_set(channel))
		step = "descriptors";
	else if (program == PROGRAM_WATCHER && !events_open())
		step = "rtnetlink";
	else if (!spawn->stay && !account_take(&spawn->account[program]))
		step = "cannot change the user";
	else if (!sandbox_drop_capabilities(&why))
		step = why.detail;
	else if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		step = "no_new_privs";
	else if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		step = "PR_SET_PDEATHSIG";
	if (step != NULL) {
		log_error("%s: %s: %s", names[program], step, strerror(errno));
		_exit(NOT_STARTED);
	}
	/* mudd may have died before the signal was asked for. */
	if (getppid() != parent)
		_exit(NOT_STARTED);
	(void)execve(image->path, image->args, image->env);
	log_error("cannot run %s: %s", image->path, strerror(errno));
	_exit(NOT_STARTED);
}

static pid_t
start(const struct spawn *spawn, enum program program, bool check, int channel)
{
	struct image image = { 0 };
	sigset_t all, before;
	pid_t parent = getpid(), pid;
	int error = image_make(&image, spawn, program, check);

	if (error < 0)
		return error;
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0)
		child_run(spawn, program, &image, channel, parent);
	error = errno;
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return pid < 0 ? -error : pid;
}

pid_t
spawn_worker(const struct spawn *spawn, enum program program, int channel)
{
	return start(spawn, program, false, channel);
}

pid_t
spawn_check(const struct spawn *spawn)
{
	return start(spawn, PROGRAM_ENGINE, true, -1);
}
