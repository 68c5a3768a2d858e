/* What the log gets. */
#include "tests/unit/logged.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/log.h"

static char text[64 * 1024];
static FILE *file;
static int saved;

void
logged_begin(void)
{
	log_init("t", LOG_LEVEL_INFO);
	file = tmpfile();
	saved = dup(STDERR_FILENO);
	if (file == NULL || saved < 0 || dup2(fileno(file), STDERR_FILENO) < 0)
		abort();
}

size_t
logged_end(void)
{
	size_t len, lines = 0;

	if (dup2(saved, STDERR_FILENO) < 0)
		abort();
	(void)close(saved);
	rewind(file);
	len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	(void)fclose(file);
	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	return lines;
}

const char *
logged_text(void)
{
	return text;
}
