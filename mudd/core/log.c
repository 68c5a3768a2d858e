/*
 * Log lines.  Role: every program of the daemon.  What comes from outside
 * passes through log_quote; formats are constants.
 */
#include "core/log.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024

static enum log_level level_now = LOG_LEVEL_INFO;
static const char *program_name = "mudd";

#define FACILITY_DAEMON 24 /* RFC 5424 s6.2.1: 3 times 8 */

/* Who reads standard error, and how it is told the level. */
static enum {
	READER_PERSON,
	READER_JOURNAL, /* sd-daemon(3): "<level>" */
	READER_SYSLOG,  /* RFC 3164: "<facility and level>program[pid]" */
} reader;

static const struct {
	const char *word;
	int severity; /* RFC 5424 s6.2.1 */
} levels[] = {
	[LOG_LEVEL_ERROR] = { "error: ", 3 },
	[LOG_LEVEL_WARNING] = { "warning: ", 4 },
	[LOG_LEVEL_INFO] = { "", 6 },
	[LOG_LEVEL_DEBUG] = { "debug: ", 7 },
};

/* Only log_to_syslog makes it a datagram socket; children inherit it. */
static bool
is_syslog(void)
{
	int type = 0;
	socklen_t len = sizeof(type);

	return getsockopt(STDERR_FILENO, SOL_SOCKET, SO_TYPE, &type, &len) ==
	           0 &&
	       type == SOCK_DGRAM;
}

void
log_init(const char *program, enum log_level level)
{
	program_name = program;
	level_now = level;
	if (is_syslog())
		reader = READER_SYSLOG;
	else if (getenv("JOURNAL_STREAM") != NULL)
		reader = READER_JOURNAL;
	else
		reader = READER_PERSON;
}

bool
log_to_syslog(void)
{
	const struct sockaddr_un to = {
		.sun_family = AF_UNIX,
		.sun_path = "/dev/log",
	};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool is_there;

	if (fd < 0)
		return false;
	is_there = connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0 &&
	           dup2(fd, STDERR_FILENO) >= 0;
	(void)close(fd);
	if (is_there)
		reader = READER_SYSLOG;
	return is_there;
}

enum log_level
log_level(void)
{
	return level_now;
}

static int
line_head(char *line, size_t size, enum log_level level)
{
	const int severity = levels[level].severity;

	switch (reader) {
	case READER_JOURNAL:
		return snprintf(line, size, "<%d>%s: %s", severity,
		    program_name, levels[level].word);
	case READER_SYSLOG:
		return snprintf(line, size, "<%d>%s[%d]: %s",
		    FACILITY_DAEMON + severity, program_name, (int)getpid(),
		    levels[level].word);
	case READER_PERSON:
		break;
	}
	return snprintf(line, size, "%s: %s", program_name, levels[level].word);
}

/* One line, one write: lines of several programs do not mix. */
static void log_line(enum log_level level, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));

static void
log_line(enum log_level level, const char *fmt, va_list args)
{
	char line[LINE_MAX_BYTES];
	int head, body;
	size_t len;

	if (level > level_now)
		return;
	head = line_head(line, sizeof(line) - 1, level);
	if (head < 0)
		return;
	len = (size_t)head;
	body = vsnprintf(line + len, sizeof(line) - 1 - len, fmt, args);
	if (body < 0)
		return;
	len += (size_t)body;
	if (len > sizeof(line) - 2)
		len = sizeof(line) - 2;
	line[len++] = '\n';
	/* Nobody is left to tell if standard error is gone. */
	(void)!write(STDERR_FILENO, line, len);
}

void
log_error(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_line(LOG_LEVEL_ERROR, fmt, args);
	va_end(args);
}

void
log_warning(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_line(LOG_LEVEL_WARNING, fmt, args);
	va_end(args);
}

void
log_info(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_line(LOG_LEVEL_INFO, fmt, args);
	va_end(args);
}

void
log_debug(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_line(LOG_LEVEL_DEBUG, fmt, args);
	va_end(args);
}

void
log_fatal(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_line(LOG_LEVEL_ERROR, fmt, args);
	va_end(args);
	exit(1);
}

const char *
log_quote(const char *text)
{
	static char buffers[4][256 + 8];
	static unsigned int turn;
	static const char hex[] = "0123456789abcdef";
	char *buf = buffers[turn++ % 4];
	size_t at = 0;

	buf[at++] = '"';
	for (; *text != '\0' && at < 253; text++) {
		uint8_t byte = (uint8_t)*text;

		if (byte >= 0x20 && byte < 0x7f && byte != '"' &&
		    byte != '\\') {
			buf[at++] = (char)byte;
			continue;
		}
		buf[at++] = '\\';
		buf[at++] = 'x';
		buf[at++] = hex[byte >> 4];
		buf[at++] = hex[byte & 15];
	}
	buf[at++] = '"';
	buf[at] = '\0';
	return buf;
}
