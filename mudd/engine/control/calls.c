/*
 * What the methods share.  Role: engine.
 */
#include "engine/control/calls.h"

#include <stdlib.h>

#include "engine/control/walkcalls.h"
#include "engine/files/certjob.h"
#include "engine/files/mudurl.h"
#include "engine/files/showing.h"
#include "libmud/mem.h"

void
calls_end(struct waiting *waiting)
{
	showing_free(waiting->showing);
	walkcalls_free(waiting->explaining);
	certjob_free(waiting->certjob);
	if (waiting->mud != NULL)
		waiting->mud->n_calls--;
	list_remove(&waiting->link);
	free(waiting);
}

struct waiting *
calls_wait(
    struct commands *commands, struct control_call *call, enum waiting_for what)
{
	struct waiting *waiting = xcalloc(1, sizeof(*waiting));

	waiting->call = call;
	waiting->engine = commands->engine;
	waiting->what = what;
	list_append(&commands->waiting, &waiting->link);
	return waiting;
}

size_t
calls_count(const struct commands *commands, enum waiting_for what)
{
	size_t n = 0;

	LIST_EACH(at, &commands->waiting)
	n += LIST_ENTRY(at, struct waiting, link)->what == what;
	return n;
}

void
calls_about(struct waiting *waiting, struct mudurl *mud)
{
	waiting->mud = mud;
	mud->n_calls++;
}

void
calls_not_found(struct control_call *call, const char *what)
{
	control_error(
	    call, CONTROL_NOT_FOUND, json_pack("{s:s}", "what", what));
}

void
calls_not_possible(struct control_call *call, const char *reason)
{
	control_error(
	    call, CONTROL_NOT_POSSIBLE, json_pack("{s:s}", "reason", reason));
}

const char *
calls_text(struct control_call *call, json_t *params, const char *name)
{
	const char *text = json_string_value(json_object_get(params, name));

	if (text == NULL)
		control_invalid(call, name);
	return text;
}
