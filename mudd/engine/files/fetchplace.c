/*
 * Who may fetch now.  Role: engine.  Which URLs there are is up to whoever
 * sits on the LAN, how long a fetch takes to whoever serves it.
 */
#include "engine/files/fetchplace.h"

#include <string.h>

#include "engine/files/mudurl.h"

/* So long a fetch may take while others wait; most are done in one. */
#define GIVE_WAY_SEC 5

/* How many fetches run now, of these that are like this one. */
struct running {
	size_t all, of_host, of_port;
};

static struct running
count_running(struct list *all, const struct mudurl *mud)
{
	struct running running = { 0 };

	LIST_EACH(at, all)
	{
		const struct mudurl *other =
		    LIST_ENTRY(at, struct mudurl, link);

		if (other->attempt == NULL || other->errand != ERRAND_FETCH)
			continue;
		running.all++;
		if (strcmp(other->url.host, mud->url.host) == 0)
			running.of_host++;
		if (other->asked_port == mud->asked_port)
			running.of_port++;
	}
	return running;
}

bool
fetchplace_is_free(struct list *all, const struct mudurl *mud)
{
	struct running running = count_running(all, mud);

	return running.all < LIMIT_JOBS - 1 && running.of_host == 0 &&
	       running.of_port < LIMIT_JOBS - 2;
}

struct mudurl *
fetchplace_slow(struct list *all, const struct mudurl *mud, int64_t now)
{
	struct running running = count_running(all, mud);
	struct mudurl *slow = NULL;

	if (running.of_host > 0 || running.of_port > 0)
		return NULL;
	LIST_EACH(at, all)
	{
		struct mudurl *other = LIST_ENTRY(at, struct mudurl, link);

		if (other->asked_port == mud->asked_port &&
		    other->began_at + LIMIT_FETCH_SEC > now)
			return NULL;
		if (other->attempt != NULL && other->errand == ERRAND_FETCH &&
		    other->began_at + GIVE_WAY_SEC <= now &&
		    (slow == NULL || other->began_at < slow->began_at))
			slow = other;
	}
	return slow;
}
