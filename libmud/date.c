/*
 * Times.  Role: reader, mudctl.  Input: a text out of a MUD file, hostile.
 */
#include "libmud/date.h"

#include <string.h>
#include <time.h>

/* Takes n digits between low and high. */
static bool
take_number(const char **text, size_t n, int low, int high, int *value)
{
	int number = 0;

	for (size_t i = 0; i < n; i++, (*text)++) {
		if (**text < '0' || **text > '9')
			return false;
		number = number * 10 + (**text - '0');
	}
	*value = number;
	return number >= low && number <= high;
}

/* Takes one of these characters. */
static bool
take(const char **text, const char *any)
{
	if (**text == '\0' || strchr(any, **text) == NULL)
		return false;
	(*text)++;
	return true;
}

static bool
take_day(const char **text, struct tm *tm)
{
	int year = 0, month = 0;

	if (!take_number(text, 4, 0, 9999, &year) || !take(text, "-") ||
	    !take_number(text, 2, 1, 12, &month) || !take(text, "-") ||
	    !take_number(text, 2, 1, 31, &tm->tm_mday))
		return false;
	tm->tm_year = year - 1900;
	tm->tm_mon = month - 1;
	return true;
}

/* A second 60 is a leap second; fractions say nothing to us. */
static bool
take_time(const char **text, struct tm *tm)
{
	if (!take_number(text, 2, 0, 23, &tm->tm_hour) || !take(text, ":") ||
	    !take_number(text, 2, 0, 59, &tm->tm_min) || !take(text, ":") ||
	    !take_number(text, 2, 0, 60, &tm->tm_sec))
		return false;
	if (!take(text, "."))
		return true;
	if (!take(text, "0123456789"))
		return false;
	while (take(text, "0123456789"))
		;
	return true;
}

/* How far the written time is ahead of UTC. */
static bool
take_zone(const char **text, int *ahead_sec)
{
	const bool is_ahead = **text == '+';
	int hours = 0, minutes = 0;

	*ahead_sec = 0;
	if (take(text, "Z"))
		return true;
	if (!take(text, "+-") || !take_number(text, 2, 0, 23, &hours) ||
	    !take(text, ":") || !take_number(text, 2, 0, 59, &minutes))
		return false;
	*ahead_sec = (hours * 3600 + minutes * 60) * (is_ahead ? 1 : -1);
	return true;
}

bool
date_parse(const char *text, int64_t *seconds)
{
	struct tm tm = { 0 };
	int ahead_sec;

	if (!take_day(&text, &tm) || !take(&text, "T") ||
	    !take_time(&text, &tm) || !take_zone(&text, &ahead_sec) ||
	    *text != '\0')
		return false;
	*seconds = (int64_t)timegm(&tm) - ahead_sec;
	return true;
}
