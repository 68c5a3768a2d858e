/*
 * Log lines: what is printed at which level, and that text from outside
 * cannot make a line of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/log.h"

static char captured[8192];

/* Runs say() with standard error in a pipe; what came out is in captured. */
static void
capture(void (*say)(const char *text), const char *text)
{
	int fds[2], saved = dup(STDERR_FILENO);
	ssize_t got;

	assert_int_equal(pipe(fds), 0);
	assert_true(saved >= 0 && dup2(fds[1], STDERR_FILENO) >= 0);
	say(text);
	(void)dup2(saved, STDERR_FILENO);
	(void)close(saved);
	(void)close(fds[1]);
	got = read(fds[0], captured, sizeof(captured) - 1);
	assert_true(got >= 0);
	captured[got] = '\0';
	(void)close(fds[0]);
}

static void
say_all(const char *text)
{
	log_error("%s", text);
	log_warning("%s", text);
	log_info("%s", text);
	log_debug("%s", text);
}

/* clang-format off */
static const struct {
	enum log_level level;
	bool journal;
	const char *lines;
} levels[] = {
	{ LOG_LEVEL_ERROR, false, "t: error: x\n" },
	{ LOG_LEVEL_WARNING, false, "t: error: x\nt: warning: x\n" },
	{ LOG_LEVEL_INFO, false, "t: error: x\nt: warning: x\nt: x\n" },
	{ LOG_LEVEL_DEBUG, false,
	    "t: error: x\nt: warning: x\nt: x\nt: debug: x\n" },
	{ LOG_LEVEL_DEBUG, true,
	    "<3>t: error: x\n<4>t: warning: x\n<6>t: x\n<7>t: debug: x\n" },
};
/* clang-format on */

static void
levels_decide(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (levels[i].journal)
			(void)setenv("JOURNAL_STREAM", "1:2", 1);
		else
			(void)unsetenv("JOURNAL_STREAM");
		log_init("t", levels[i].level);
		assert_int_equal(log_level(), levels[i].level);
		capture(say_all, "x");
		assert_string_equal(captured, levels[i].lines);
	}
	(void)unsetenv("JOURNAL_STREAM");
}

static void
say_error(const char *text)
{
	log_error("%s", text);
}

/* Cut, but still one line. */
static void
long_lines_are_cut(void **state)
{
	char text[4096];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	log_init("t", LOG_LEVEL_INFO);
	capture(say_error, text);
	assert_true(strlen(captured) > 900 && strlen(captured) <= 1024);
	assert_ptr_equal(
	    strchr(captured, '\n'), captured + strlen(captured) - 1);
}

#define X64 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

/* clang-format off */
static const struct {
	const char *text, *quoted;
} quotes[] = {
	{ "", "\"\"" },
	{ "kitchen lamp", "\"kitchen lamp\"" },
	{ "a\nb", "\"a\\x0ab\"" },
	{ "\033[2J", "\"\\x1b[2J\"" },
	{ "say \"x\"", "\"say \\x22x\\x22\"" },
	{ "back\\slash", "\"back\\x5cslash\"" },
	{ "\x7f\xff", "\"\\x7f\\xff\"" },
	{ "~ ", "\"~ \"" },
	{ "%s%n", "\"%s%n\"" },
};
/* clang-format on */

static void
quotes_are_safe(void **state)
{
	const char *one, *two;

	(void)state;
	for (size_t i = 0; i < sizeof(quotes) / sizeof(quotes[0]); i++)
		assert_string_equal(
		    log_quote(quotes[i].text), quotes[i].quoted);
	one = log_quote("one");
	two = log_quote("two");
	assert_string_equal(one, "\"one\"");
	assert_string_equal(two, "\"two\"");
}

static void
quotes_are_cut(void **state)
{
	char bytes[1024];
	const char *quoted = log_quote(X64 X64 X64 X64 X64);

	(void)state;
	assert_true(strlen(quoted) > 200 && strlen(quoted) <= 258);
	memset(bytes, '\n', sizeof(bytes));
	bytes[sizeof(bytes) - 1] = '\0';
	quoted = log_quote(bytes);
	assert_true(strlen(quoted) > 200 && strlen(quoted) <= 258);
	assert_int_equal(quoted[strlen(quoted) - 1], '"');
}

static void
fatal_ends_the_process(void **state)
{
	int status = 0;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

		(void)dup2(null, STDERR_FILENO);
		log_fatal("the end");
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
}

/* A datagram socket is the system's log: it wants a priority and a PID. */
static void
syslog_is_told_the_level(void **state)
{
	char line[256], expected[256];
	int ends[2], saved = dup(STDERR_FILENO);
	ssize_t got;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
	assert_true(saved >= 0 && dup2(ends[1], STDERR_FILENO) >= 0);
	log_init("t", LOG_LEVEL_INFO);
	log_warning("%s", "x");
	(void)dup2(saved, STDERR_FILENO);
	log_init("t", LOG_LEVEL_INFO);
	got = recv(ends[0], line, sizeof(line) - 1, MSG_DONTWAIT);
	assert_true(got > 0);
	line[got] = '\0';
	(void)snprintf(expected, sizeof(expected), "<28>t[%d]: warning: x\n",
	    (int)getpid());
	assert_string_equal(line, expected);
	(void)close(saved);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_decide),
		cmocka_unit_test(long_lines_are_cut),
		cmocka_unit_test(quotes_are_safe),
		cmocka_unit_test(quotes_are_cut),
		cmocka_unit_test(fatal_ends_the_process),
		cmocka_unit_test(syslog_is_told_the_level),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
