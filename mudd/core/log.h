/*
 * Log lines on stderr, which the service manager or syslog keeps; the one place
 * that escapes outside text.
 *
 * error: we failed our duty. warning: refused or degraded, going on. info:
 * what an operator would want a week later. debug: anything else.  A line
 * begins with the Thing or the MUD URL it is about.  Parsers and libmud never
 * log.  Under systemd each line carries its level as "<n>".
 */
#ifndef CORE_LOG_H
#define CORE_LOG_H

#include <stdbool.h>
#include <stddef.h>

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

/* program is a constant text; each -d of the command line raises the level. */
void log_init(const char *program, enum log_level level);
/* From now on the system's log (/dev/log) reads the lines, also those of
 * programs that are started later. False if there is none. */
bool log_to_syslog(void);
enum log_level log_level(void);

void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* An error, then exit(1). */
_Noreturn void log_fatal(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

/* Outside text in quotes, bytes outside 0x20..0x7e, '"' and '\' as \xNN, cut
 * at 256. One of four rotating static buffers. */
const char *log_quote(const char *text);

#endif
