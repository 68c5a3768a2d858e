/*
 * What happens, as it happens.  Role: mudctl, as whoever runs it.  Input: the
 * daemon's answers.
 */
#include "mudctl/monitor.h"

#include <stdio.h>

#include "mudctl/calling.h"
#include "mudctl/commands.h"

struct watching {
	const struct options *options;
	show_fn *show;
};

/* A line each, at once: whoever reads may be a program. */
static bool
on_event(void *arg, const json_t *event)
{
	const struct watching *watching = arg;
	const struct options *options = watching->options;
	const struct show show = { stdout, commands_colour(options) };

	if (options->json) {
		(void)json_dumpf(
		    event, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
		(void)fputc('\n', stdout);
	} else if (!options->quiet) {
		watching->show(&show, event);
	}
	return fflush(stdout) == 0;
}

int
monitor_run(const struct options *options, const char *method, show_fn *show)
{
	struct watching watching = { options, show };

	return calling_stream(options, method, on_event, &watching);
}
