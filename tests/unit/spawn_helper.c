/*
 * A worker for test_spawn: says what it was given, then lives until its
 * channel closes.  With -t it judges a "configuration" by its name.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/msg.h"
#include "core/sandbox.h"
#include "tests/unit/spawn_report.h"

static uint64_t
field(const char *status, const char *name)
{
	const char *at = strstr(status, name);

	return at == NULL ? UINT64_MAX : strtoull(at + strlen(name), NULL, 16);
}

static void
look_around(struct spawn_report *report, char **argv, char **envp)
{
	char status[4096] = "";
	int death = 0, fd;
	size_t at = 0;

	memset(report, 0, sizeof(*report));
	report->uid = getuid();
	report->gid = getgid();
	report->groups = (uint32_t)getgroups(0, NULL);
	for (fd = 0; fd < 1024; fd++) {
		if (fcntl(fd, F_GETFD) < 0)
			continue;
		if (fd < 32)
			report->fds |= 1u << fd;
		else
			report->more_fds++;
	}
	(void)prctl(PR_GET_PDEATHSIG, &death, 0, 0, 0);
	report->death_signal = death;
	report->no_new_privs = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
	fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, status, sizeof(status) - 1) <= 0)
		_exit(96);
	(void)close(fd);
	report->cap_permitted = field(status, "CapPrm:");
	report->cap_effective = field(status, "CapEff:");
	report->cap_inheritable = field(status, "CapInh:");
	report->cap_ambient = field(status, "CapAmb:");
	report->signals_blocked = field(status, "SigBlk:");
	report->signals_ignored = field(status, "SigIgn:");
	for (; *argv != NULL; argv++)
		at += (size_t)snprintf(
		    report->args + at, sizeof(report->args) - at, "%s ", *argv);
	for (at = 0; *envp != NULL; envp++)
		/* What a sanitizer is told is no secret. */
		if (strstr(*envp, "SAN_OPTIONS") == NULL)
			at += (size_t)snprintf(report->env + at,
			    sizeof(report->env) - at, "%s ", *envp);
}

static bool
has_suffix(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len >= n && strcmp(text + len - n, end) == 0;
}

/* Some good ones say `sandbox = best-effort'. */
static int
judge(const struct spawn_report *report, const char *config)
{
	if (report->fds != 7 || report->more_fds != 0)
		return 1;
	if (has_suffix(config, "effort.conf"))
		return SANDBOX_BEST_EFFORT;
	return has_suffix(config, "good.conf") ? 0 : 1;
}

int
main(int argc, char **argv, char **envp)
{
	struct spawn_report report;
	char byte;

	look_around(&report, argv, envp);
	if (argc > 1 && strcmp(argv[argc - 1], "-t") == 0)
		return judge(&report, argv[argc - 2]);
	if (send(MSG_CHANNEL_FD, &report, sizeof(report), MSG_NOSIGNAL) < 0)
		return 95;
	while (recv(MSG_CHANNEL_FD, &byte, 1, 0) > 0)
		;
	return 0;
}
