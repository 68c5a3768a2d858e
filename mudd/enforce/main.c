/*
 * mudd: parent and enforcer.
 *
 * Opens what needs privileges, closes itself in, starts the others, and
 * serves them.  It reads no configuration and no text from outside: the
 * command line is root's or the service manager's.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/hook.h"
#include "core/log.h"
#include "core/sandbox.h"
#include "enforce/enforcer.h"
#include "enforce/parent/notify.h"
#include "enforce/parent/parent.h"
#include "enforce/parent/spawn.h"
#include "libmud/fault.h"

#define EXIT_USAGE 2

struct options {
	bool foreground, check, restore;
	unsigned int debug;
	const char *config;
};

static const char usage[] =
    "usage: mudd [-f] [-c FILE] [-d]... [-t] [-V] [--restore]\n"
    "  -f, --foreground   do not go to the background\n"
    "  -c, --config FILE  configuration (default " SYSCONFDIR "/mudd.conf)\n"
    "  -d, --debug        say more; repeatable\n"
    "  -t, --test         check the configuration and exit\n"
    "  -V, --version      print the version and exit\n"
    "      --restore      load the stored policies before the LAN comes up\n"
    "  -h, --help         print this and exit\n";

static struct options
options_parse(int argc, char **argv)
{
	static const struct option known[] = {
		{ "foreground", no_argument, NULL, 'f' },
		{ "config", required_argument, NULL, 'c' },
		{ "debug", no_argument, NULL, 'd' },
		{ "test", no_argument, NULL, 't' },
		{ "version", no_argument, NULL, 'V' },
		{ "restore", no_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct options options = { 0 };
	int c;

	while ((c = getopt_long(argc, argv, "fc:dtVh", known, NULL)) != -1) {
		switch (c) {
		case 'f':
			options.foreground = true;
			break;
		case 'c':
			options.config = optarg;
			break;
		case 'd':
			options.debug++;
			break;
		case 't':
			options.check = true;
			break;
		case 'r':
			options.restore = true;
			break;
		case 'V':
			(void)puts("mudd " PACKAGE_VERSION HOOK_VERSION);
			exit(0);
		case 'h':
			(void)fputs(usage, stdout);
			exit(0);
		default:
			(void)fputs(usage, stderr);
			exit(EXIT_USAGE);
		}
	}
	if (optind != argc) {
		(void)fputs(usage, stderr);
		exit(EXIT_USAGE);
	}
	return options;
}

/* Descriptors 0 to 2 are taken, so that nothing of ours becomes one; what
 * else the caller left open is not ours. */
static void
standard_descriptors(void)
{
	int fd;

	(void)syscall(SYS_close_range, STDERR_FILENO + 1u, ~0u, 0u);
	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		(void)close(fd);
}

/*
 * The original process waits until its child is ready and hands on how that
 * went.  In the child: the descriptor to be told through.
 */
static int
background(void)
{
	int fds[2], status, null;
	char byte;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) != 0)
		log_fatal("pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		log_fatal("fork: %s", strerror(errno));
	if (pid > 0) {
		(void)close(fds[1]);
		if (read(fds[0], &byte, 1) == 1)
			_exit(0);
		if (waitpid(pid, &status, 0) == pid && WIFEXITED(status))
			_exit(WEXITSTATUS(status));
		_exit(1);
	}
	(void)close(fds[0]);
	(void)setsid();
	/* Standard error stays for now: see main. */
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (chdir("/") != 0 || null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(null, STDOUT_FILENO) < 0)
		log_fatal("cannot go to the background: %s", strerror(errno));
	(void)close(null);
	return fds[1];
}

static bool
may_change_user(void)
{
	cap_t caps = cap_get_proc();
	cap_flag_value_t held = CAP_CLEAR;

	if (caps != NULL)
		(void)cap_get_flag(caps, CAP_SETUID, CAP_EFFECTIVE, &held);
	(void)cap_free(caps);
	return held == CAP_SET;
}

static struct account
account_find(const char *name)
{
	const struct passwd *found;

	errno = 0;
	found = getpwnam(name);
	if (found == NULL && errno != 0)
		log_fatal("user %s: %s", name, strerror(errno));
	if (found == NULL)
		log_fatal("there is no user %s: `systemd-sysusers mudd.conf' "
			  "makes it, or `useradd -r -M -s /usr/sbin/nologin "
			  "%s'",
		    name, name);
	if (found->pw_uid == 0 || found->pw_gid == 0)
		log_fatal("user %s must not be root", name);
	return (struct account){ found->pw_uid, found->pw_gid };
}

static void
accounts_find(struct spawn *spawn)
{
	spawn->account[PROGRAM_ENGINE] = account_find("_mudd");
	spawn->account[PROGRAM_FETCHER] = account_find("_mudd-net");
	spawn->account[PROGRAM_READER] = account_find("_mudd-sbx");
	spawn->account[PROGRAM_WATCHER] = spawn->account[PROGRAM_READER];
}

/* Under systemd, tmpfiles.d has made them. */
static void
directory_make(const char *path, mode_t mode, const struct account *owner)
{
	if (mkdir(path, 0700) != 0) {
		if (errno == EEXIST)
			return;
		log_fatal("cannot make %s: %s", path, strerror(errno));
	}
	/* What is above it is root's: nobody can have put a link there. */
	if (chown(path, owner->uid, owner->gid) != 0 || chmod(path, mode) != 0)
		log_fatal("cannot give away %s: %s", path, strerror(errno));
}

/* `mudd -t`, and the first thing that a start does. The exit status; learns
 * what the workers of *spawn are to make of a missing layer. */
static int
configuration_check(struct spawn *spawn)
{
	int status;
	pid_t pid = spawn_check(spawn);

	if (pid < 0)
		log_fatal("cannot start the check: %s", strerror((int)-pid));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	if (!WIFEXITED(status))
		return 1;
	spawn->best_effort = WEXITSTATUS(status) == SANDBOX_BEST_EFFORT;
	return spawn->best_effort ? 0 : WEXITSTATUS(status);
}

/* What mudd lacks itself was found out before the configuration was judged,
 * since the check must run behind the sandbox too (S-12). */
static void
gap_judge(const struct fault *gap, bool best_effort)
{
	if (gap->code == FAULT_NONE)
		return;
	if (!best_effort)
		log_fatal("%s: %s; `sandbox = best-effort' in the "
			  "configuration goes on without it",
		    gap->clause, gap->detail);
	log_warning("the sandbox is not whole: %s", gap->detail);
}

/* Everything that needs privileges or a path, then the sandbox. */
static struct enforcer *
open_all(const struct spawn *spawn, struct fault *gap)
{
	struct fault why = { 0 };
	struct enforcer *enforcer = enforcer_new(&why);

	if (enforcer == NULL)
		log_fatal("%s: %s", why.detail, fault_remedy(why.code, false));
	if (geteuid() == 0) {
		directory_make(RUNDIR, 0755, &spawn->account[PROGRAM_ENGINE]);
		directory_make(STATEDIR, 0700, &spawn->account[PROGRAM_ENGINE]);
	}
	if (!sandbox_enter_parent(gap, &why))
		log_fatal("%s", why.detail);
	return enforcer;
}

int
main(int argc, char **argv)
{
	struct options options = options_parse(argc, argv);
	struct spawn spawn = {
		.programdir = PROGRAMDIR,
		.config = options.config,
		.debug = options.debug,
		.restore = options.restore,
	};
	struct parent_setup setup = { .spawn = &spawn, .ready_fd = -1 };
	struct fault gap = { 0 };
	struct notify notify;
	char *config = NULL;
	int status;

	standard_descriptors();
	log_init("mudd", options.debug > 0 ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
	hook_announce();
	(void)umask(0077);
	/* The background has another working directory. */
	if (options.config != NULL)
		config = realpath(options.config, NULL);
	if (config != NULL)
		spawn.config = config;
	if (options.check) {
		/* Anybody may check a file: then it is read with their own
		 * rights, else as the engine would read it. */
		spawn.stay = !may_change_user();
		if (!spawn.stay)
			accounts_find(&spawn);
		return configuration_check(&spawn);
	}
	if (!may_change_user())
		log_fatal("mudd needs privileges: start it as root or by its "
			  "systemd unit");
	if (!options.foreground)
		setup.ready_fd = background();
	notify_init(&notify);
	accounts_find(&spawn);
	setup.notify = &notify;
	setup.enforcer = open_all(&spawn, &gap);
	status = configuration_check(&spawn);
	if (status == 0)
		gap_judge(&gap, spawn.best_effort);
	/* Whoever called sees why it does not start; what comes later is for
	 * the system's log. */
	if (status == 0 && !options.foreground && !log_to_syslog())
		log_warning("there is no /dev/log: the log stays here");
	if (status == 0)
		status = parent_run(&setup);
	else
		log_error("the configuration is not good");
	enforcer_free(setup.enforcer);
	notify_done(&notify);
	free(config);
	return status;
}
