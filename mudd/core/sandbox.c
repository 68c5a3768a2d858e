/*
 * The sandbox.  Role: every program of the daemon, once, between opening what
 * it needs and reading the first byte from outside.  Input: none.
 *
 * In the sanitizer build there are no resource limits, no seccomp and no
 * probes: ASan reserves terabytes, reads /proc and traces itself at the end.
 * Capabilities and no_new_privs are as always.
 */
#include "config.h"

#include "core/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#ifdef HAVE_LINUX_LANDLOCK_H
#include <linux/landlock.h>
#endif
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/filter.h"
#include "core/log.h"
#include "core/probe.h"
#include "libmud/fault.h"
#include "libmud/limits.h"

#define MIB (1024ul * 1024ul)

#define CLAUSE "S-12"

/* What mudd keeps for life (docs/architecture.md, "Programs"). */
static const cap_value_t kept[] = { CAP_NET_ADMIN, CAP_NET_RAW, CAP_SETUID,
	CAP_SETGID, CAP_KILL };
#define KEPT ((int)(sizeof(kept) / sizeof(kept[0])))

static bool
is_kept(cap_value_t cap)
{
	for (int i = 0; i < KEPT; i++)
		if (kept[i] == cap)
			return true;
	return false;
}

static bool
broken(struct fault *why, const char *what, int error)
{
	return fault_set(
	    why, FAULT_INTERNAL, CLAUSE, "%s: %s", what, strerror(error));
}

/* Needs CAP_SETPCAP; without it nothing can be raised out of the bounding set
 * either, since no_new_privs follows. */
static void
bounding_drop(bool keep)
{
	for (cap_value_t cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (!keep || !is_kept(cap))
			(void)cap_drop_bound(cap);
}

/* Replaces the sets of this process: `wanted`, and nothing inheritable. */
static bool
capabilities_set(const cap_value_t *wanted, int n, struct fault *why)
{
	cap_t caps = cap_init();
	bool good;

	if (caps == NULL)
		return broken(why, "cap_init", errno);
	good = n == 0 ||
	       (cap_set_flag(caps, CAP_PERMITTED, n, wanted, CAP_SET) == 0 &&
		   cap_set_flag(caps, CAP_EFFECTIVE, n, wanted, CAP_SET) == 0);
	good = good && cap_set_proc(caps) == 0;
	if (!good)
		(void)broken(why, "capabilities", errno);
	(void)cap_free(caps);
	return good;
}

/* The kernel's word for it, not ours. */
static bool
capabilities_are(const cap_value_t *wanted, int n, struct fault *why)
{
	cap_t now = cap_get_proc(), goal = cap_init();
	bool same = now != NULL && goal != NULL;

	if (same && n > 0)
		same =
		    cap_set_flag(goal, CAP_PERMITTED, n, wanted, CAP_SET) ==
			0 &&
		    cap_set_flag(goal, CAP_EFFECTIVE, n, wanted, CAP_SET) == 0;
	same = same && cap_compare(now, goal) == 0;
	(void)cap_free(now);
	(void)cap_free(goal);
	if (!same)
		return fault_set(why, FAULT_INTERNAL, CLAUSE,
		    "capabilities are not as they were set");
	return true;
}

/* Says by name what a start without privileges lacks. */
static bool
has_kept(struct fault *why)
{
	cap_t now = cap_get_proc();

	for (int i = 0; i < KEPT; i++) {
		cap_flag_value_t held = CAP_CLEAR;
		char *name;

		if (now != NULL)
			(void)cap_get_flag(now, kept[i], CAP_PERMITTED, &held);
		if (held == CAP_SET)
			continue;
		name = cap_to_name(kept[i]);
		(void)fault_set(why, FAULT_INTERNAL, "S-90",
		    "%s is missing: start mudd as root or by its systemd unit",
		    name == NULL ? "a capability" : name);
		(void)cap_free(name);
		(void)cap_free(now);
		return false;
	}
	(void)cap_free(now);
	return true;
}

bool
sandbox_drop_capabilities(struct fault *why)
{
	/* Unknown before Linux 4.3: then there are none. */
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	bounding_drop(false);
	return capabilities_set(NULL, 0, why) && capabilities_are(NULL, 0, why);
}

static bool
close_the_door(struct fault *why)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return broken(why, "no_new_privs", errno);
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return broken(why, "PR_SET_DUMPABLE", errno);
	/* Asked now: the filter lets nobody ask. */
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 ||
	    prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		return fault_set(why, FAULT_INTERNAL, CLAUSE,
		    "no_new_privs or PR_SET_DUMPABLE did not hold");
	return true;
}

#ifndef WITH_SANITIZERS
struct ceiling {
	enum program who;
	unsigned int resource; /* RLIMIT_... */
	rlim_t most;
};

static const struct ceiling ceilings[] = {
	/* A socket for each port, the reserved ones, a few for the moment. */
	{ PROGRAM_WATCHER, RLIMIT_NOFILE, LIMIT_PORTS + 64 },
	{ PROGRAM_WATCHER, RLIMIT_DATA, 64 * MIB },
	{ PROGRAM_FETCHER, RLIMIT_NOFILE, 64 },
	{ PROGRAM_FETCHER, RLIMIT_DATA, 64 * MIB },
	{ PROGRAM_FETCHER, RLIMIT_CPU, 10 },
	/* The body goes to a memfd, which counts as a file. */
	{ PROGRAM_FETCHER, RLIMIT_FSIZE, LIMIT_FILE },
	{ PROGRAM_READER, RLIMIT_NOFILE, 32 },
	{ PROGRAM_READER, RLIMIT_DATA, 48 * MIB },
	{ PROGRAM_READER, RLIMIT_CPU, 5 },
	{ PROGRAM_READER, RLIMIT_FSIZE, 0 },
	{ PROGRAM_ENGINE, RLIMIT_NOFILE, 512 },
};

static bool
limit_set(unsigned int resource, rlim_t most, struct fault *why)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) != 0)
		return broken(why, "getrlimit", errno);
	/* Never raises what the service manager set lower. */
	if (limit.rlim_max > most)
		limit.rlim_max = most;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(resource, &limit) != 0)
		return broken(why, "setrlimit", errno);
	return true;
}

static bool
limits_set(enum program program, struct fault *why)
{
	const size_t n = sizeof(ceilings) / sizeof(ceilings[0]);

	if (!limit_set(RLIMIT_CORE, 0, why))
		return false;
	for (const struct ceiling *at = ceilings; at < ceilings + n; at++)
		if (at->who == program &&
		    !limit_set(at->resource, at->most, why))
			return false;
	/* A log file that has grown past RLIMIT_FSIZE is no reason to die. */
	(void)signal(SIGXFSZ, SIG_IGN);
	return true;
}

#ifdef HAVE_LINUX_LANDLOCK_H
/*
 * struct landlock_ruleset_attr as it has grown, so that a kernel newer than
 * the headers is used to the full.
 */
struct ruleset {
	uint64_t fs;     /* since the beginning */
	uint64_t net;    /* since version 4 */
	uint64_t scoped; /* since version 6 */
};

#define NET_BIND    1u
#define NET_CONNECT 2u
#define SCOPE_BOTH  3u /* abstract Unix sockets, signals */

/* Of the interface, or -errno. */
static int
landlock_version(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);

	return version < 0 ? -errno : (int)version;
}

/* Handles every right the kernel knows and grants none. 0 or -errno. */
static int
landlock_enter(enum program program)
{
	struct ruleset rules = { 0 };
	const int version = landlock_version();
	size_t size = sizeof(rules.fs);
	long fd;
	int error = 0;

	if (version < 0)
		return version;
	/* 13 rights in version 1; REFER, TRUNCATE, IOCTL_DEV came later. */
	rules.fs = (1u << 13) - 1;
	rules.fs |= version >= 2 ? 1u << 13 : 0;
	rules.fs |= version >= 3 ? 1u << 14 : 0;
	rules.fs |= version >= 5 ? 1u << 15 : 0;
	if (version >= 4) {
		rules.net = NET_BIND;
		rules.net |= program == PROGRAM_FETCHER ? 0 : NET_CONNECT;
		size += sizeof(rules.net);
	}
	if (version >= 6) {
		rules.scoped = SCOPE_BOTH;
		size += sizeof(rules.scoped);
	}
	fd = syscall(SYS_landlock_create_ruleset, &rules, size, 0);
	if (fd < 0)
		return -errno;
	if (syscall(SYS_landlock_restrict_self, (int)fd, 0) != 0)
		error = -errno;
	(void)close((int)fd);
	return error;
}
#else
static int
landlock_version(void)
{
	return -ENOSYS;
}

static int
landlock_enter(enum program program)
{
	(void)program;
	return -ENOSYS;
}
#endif

/* Every number below `reserved` is taken, or a packet socket could become one
 * of those that may be written to. */
static bool
is_reserved(int reserved, struct fault *why)
{
	for (int fd = 0; fd < reserved; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			return fault_set(why, FAULT_INTERNAL, CLAUSE,
			    "descriptor %d of %d reserved ones is free", fd,
			    reserved);
	return true;
}
#endif

bool
sandbox_enter(
    enum program program, int reserved, bool require, struct fault *why)
{
#ifndef WITH_SANITIZERS
	struct fault gap = { 0 };
	int error;
#endif

	if (!sandbox_drop_capabilities(why) || !close_the_door(why))
		return false;
#ifdef WITH_SANITIZERS
	(void)program;
	(void)reserved;
	(void)require;
	log_debug("sanitizer build: no seccomp, no resource limits");
	return true;
#else
	if (program == PROGRAM_WATCHER && !is_reserved(reserved, why))
		return false;
	if (!limits_set(program, why))
		return false;
	error = landlock_enter(program);
	if (error == -ENOSYS || error == -EOPNOTSUPP)
		log_debug("this kernel has no Landlock");
	else if (error < 0)
		log_warning("Landlock: %s", strerror(-error));
	error = filter_load(program, reserved);
	if (error < 0)
		(void)broken(&gap, "seccomp", -error);
	else if (probe_sandbox(program, reserved, &gap))
		return true;
	if (require) {
		*why = gap;
		return false;
	}
	log_warning("the sandbox is not whole: %s", gap.detail);
	return true;
#endif
}

bool
sandbox_enter_parent(struct fault *gap, struct fault *why)
{
#ifndef WITH_SANITIZERS
	int error;
#endif

	*gap = (struct fault){ 0 };
	if (!has_kept(why))
		return false;
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	bounding_drop(true);
	if (!capabilities_set(kept, KEPT, why) ||
	    !capabilities_are(kept, KEPT, why) || !close_the_door(why))
		return false;
#ifndef WITH_SANITIZERS
	if (!limit_set(RLIMIT_CORE, 0, why))
		return false;
	/* Once, for all: the workers find it out too. */
	if (landlock_version() < 0)
		log_info("this kernel has no Landlock: seccomp alone keeps "
			 "the workers from files");
	error = filter_load_parent();
	if (error < 0)
		(void)broken(gap, "seccomp", -error);
	else
		(void)probe_sandbox(PROGRAM_MUDD, 0, gap);
#endif
	return true;
}
