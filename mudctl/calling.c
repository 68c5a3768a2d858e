/*
 * Calls.  Role: mudctl, as whoever runs it.  Input: what the daemon says.
 */
#include "mudctl/calling.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mudctl/client.h"
#include "mudctl/columns.h"
#include "mudctl/commands.h"

int
calling_complain(int code, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	(void)fputs("mudctl: ", stderr);
	(void)text_print(stderr, text);
	(void)fputc('\n', stderr);
	return code;
}

/* What the daemon's errors mean here, and what to do next. */
static const struct {
	const char *error;
	int code;
	const char *before;
	const char *member; /* of its parameters, said in between */
	const char *after;
} errors[] = {
	{ "org.mudd.Manager.NotFound", COMMAND_NO, "not found: ", "what",
	    "; 'mudctl devices', 'pending' and 'trust' list what there is" },
	{ "org.mudd.Manager.PermissionDenied", COMMAND_FORBIDDEN,
	    "not permitted: be root, or in ", "needs", "" },
	{ "org.mudd.Manager.InvalidDigest", COMMAND_NO,
	    "that is not the digest of the file that waits; see "
	    "'mudctl pending show ID'",
	    NULL, "" },
	{ "org.mudd.Manager.NotPossible", COMMAND_NO,
	    "not possible: ", "reason", "" },
	{ "org.mudd.Manager.Busy", COMMAND_UNREACHABLE,
	    "mudd has too many callers; try again", NULL, "" },
	{ "org.varlink.service.InvalidParameter", COMMAND_USAGE,
	    "mudd does not accept this ", "parameter", "" },
	{ "org.varlink.service.MethodNotFound", COMMAND_NO,
	    "this mudd does not know ", "method",
	    "; is it older than mudctl?" },
};

static int
explain_error(const json_t *answer)
{
	const char *error = json_string_value(json_object_get(answer, "error"));
	const json_t *params = json_object_get(answer, "parameters");

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		const char *what = NULL;

		if (strcmp(error, errors[i].error) != 0)
			continue;
		if (errors[i].member != NULL)
			what = json_string_value(
			    json_object_get(params, errors[i].member));
		return calling_complain(errors[i].code, "%s%s%s",
		    errors[i].before, what == NULL ? "" : what,
		    errors[i].after);
	}
	return calling_complain(COMMAND_NO, "mudd says %s", error);
}

static int
judge(const struct options *options, enum client_outcome outcome, json_t *said,
    const char *why)
{
	int code;

	switch (outcome) {
	case CLIENT_REPLY:
		break;
	case CLIENT_ERROR:
		code = explain_error(said);
		json_decref(said);
		return code;
	case CLIENT_UNREACHABLE:
		return calling_complain(COMMAND_UNREACHABLE,
		    "mudd does not answer at %s (%s); is it running?",
		    options->socket, why);
	case CLIENT_FORBIDDEN:
		return calling_complain(COMMAND_FORBIDDEN,
		    "not permitted to open %s; be root or in group mudd",
		    options->socket);
	}
	return COMMAND_DONE;
}

int
calling_call(const struct options *options, const char *method, json_t *params,
    json_t **answer)
{
	json_t *said = NULL;
	const char *why = "";
	enum client_outcome outcome =
	    client_call(options->socket, method, params, &said, &why);
	int code = judge(options, outcome, said, why);

	if (code == COMMAND_DONE)
		*answer = said;
	return code;
}

static volatile sig_atomic_t has_to_stop;

static void
on_signal(int signo)
{
	(void)signo;
	has_to_stop = 1;
}

int
calling_stream(const struct options *options, const char *method,
    client_reply_fn *fn, void *arg)
{
	/* No SA_RESTART: what waits for an answer has to notice. */
	struct sigaction action = { .sa_handler = on_signal };
	json_t *said = NULL;
	const char *why = "";
	enum client_outcome outcome;

	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	outcome = client_stream(
	    options->socket, method, &has_to_stop, fn, arg, &said, &why);
	return judge(options, outcome, said, why);
}
