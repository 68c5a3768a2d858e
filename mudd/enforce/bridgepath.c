/*
 * The choice of a path, and the bridges' switches.  Role: enforcer.  Input:
 * the engine's choice, checked; the kernel's answers.
 */
#include "enforce/bridgepath.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <libnftnl/set.h>
#include <linux/netfilter.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "enforce/audit/foreign.h"
#include "enforce/bridgecall.h"
#include "enforce/kernel.h"
#include "enforce/model.h"
#include "enforce/rules/elems.h"
#include "enforce/rules/schema.h"
#include "libmud/mem.h"

static const char clause[] = "bridge-path";

static const struct calls nothing;

void
bridgepath_init(struct bridgepath *path, struct kernel *kernel)
{
	struct fault why;

	*path = (struct bridgepath){ .kernel = kernel };
	path->bridgecall = bridgecall_new(&why);
	if (path->bridgecall == NULL)
		log_warning("bridges are not looked after: %s", why.detail);
}

void
bridgepath_done(struct bridgepath *path)
{
	bridgecall_free(path->bridgecall);
	path->bridgecall = NULL;
}

/* ---- what we have switched on ------------------------------------------- */

static struct switched *
find(struct bridgepath *path, uint32_t ifindex)
{
	for (size_t i = 0; i < path->n; i++)
		if (path->switched[i].bridge.ifindex == ifindex)
			return &path->switched[i];
	return NULL;
}

static struct switched *
find_name(struct bridgepath *path, const char name[IFNAMSIZ])
{
	for (size_t i = 0; i < path->n; i++)
		if (strncmp(path->switched[i].bridge.name, name, IFNAMSIZ) == 0)
			return &path->switched[i];
	return NULL;
}

/* Where it stands what we have switched on, for each switch. */
static const char *const sets[] = { SET_CALLS4, SET_CALLS6, SET_DEAF };
#define SWITCHES (sizeof(sets) / sizeof(sets[0]))

static bool *
switch_of(struct calls *calls, size_t i)
{
	return i == 0 ? &calls->four : i == 1 ? &calls->six : &calls->deaf;
}

struct reading {
	struct bridgepath *path;
	size_t i;
};

static struct switched *
add_name(struct bridgepath *path, const char name[IFNAMSIZ])
{
	struct switched *switched = find_name(path, name);

	if (switched != NULL)
		return switched;
	if (path->n == LIMIT_PORTS)
		return NULL;
	switched = &path->switched[path->n];
	*switched = (struct switched){ 0 };
	memcpy(switched->bridge.name, name, IFNAMSIZ);
	switched->bridge.name[IFNAMSIZ - 1] = '\0';
	switched->bridge.ifindex = if_nametoindex(switched->bridge.name);
	/* One that is gone took its switches along. */
	if (switched->bridge.ifindex == 0)
		return NULL;
	path->n++;
	return switched;
}

static int
take_elem(struct nftnl_set_elem *elem, void *arg)
{
	struct reading *reading = arg;
	struct switched *switched;
	uint32_t len;
	const char *name = nftnl_set_elem_get(elem, NFTNL_SET_ELEM_KEY, &len);

	if (name == NULL || len != IFNAMSIZ)
		return 0;
	switched = add_name(reading->path, name);
	if (switched != NULL)
		*switch_of(&switched->on, reading->i) = true;
	return 0;
}

static int
take_elems(const struct nlmsghdr *message, void *arg)
{
	struct nftnl_set *set = nftnl_set_alloc();

	if (set == NULL)
		abort();
	if (nftnl_set_elems_nlmsg_parse(message, set) == 0)
		(void)nftnl_set_elem_foreach(set, take_elem, arg);
	nftnl_set_free(set);
	return MNL_CB_OK;
}

static void
again(void *arg)
{
	(void)arg; /* what is read twice is taken once */
}

/* Without our table there is nothing to know. */
static void
read_switched(struct bridgepath *path)
{
	for (size_t i = 0; i < SWITCHES; i++) {
		struct reading reading = { path, i };

		(void)kernel_read(path->kernel, NFPROTO_INET, sets[i],
		    take_elems, again, &reading);
	}
	path->is_read = true;
}

void
bridgepath_write(struct batch *batch, const struct bridgepath *path)
{
	for (size_t i = 0; i < SWITCHES; i++) {
		const struct about about = { sets[i], 0 };
		struct elems elems;

		elems_flush(batch, NFPROTO_INET, sets[i], about);
		elems_open(&elems, batch, NFPROTO_INET, sets[i], false, about);
		for (size_t k = 0; k < path->n; k++) {
			struct switched at = path->switched[k];
			struct elem elem = { .len = IFNAMSIZ };

			if (!*switch_of(&at.on, i))
				continue;
			memcpy(elem.key, at.bridge.name, IFNAMSIZ);
			elems_put(&elems, &elem);
		}
		elems_close(&elems);
	}
}

/* ---- the choice --------------------------------------------------------- */

/* Why bridged frames cannot be handed to the inet hooks; false: they can. */
static bool
netfilter_fails(struct bridgepath *path, bool is_wanted, struct fault *why)
{
	char text[FOREIGN_TEXT];
	int answer = path->has_netfilter;

	if (path->bridgecall == NULL)
		return !fault_set(why, FAULT_KERNEL, clause,
		    "bridges' switches cannot be reached");
	if (path->is_refused)
		return !fault_set(why, FAULT_KERNEL, clause,
		    "a bridge does not hand its frames to netfilter");
	if (answer == 0)
		return !fault_set(why, FAULT_KERNEL, clause,
		    "the kernel has no br_netfilter loaded");
	/* Whoever asks for it by name knows that it is there. */
	if (answer < 0 && !is_wanted)
		return !fault_set(why, FAULT_KERNEL, clause,
		    "the kernel does not tell whether br_netfilter is "
		    "there");
	if (is_wanted)
		return false;
	answer = foreign_drops(path->kernel, text);
	if (answer == 1)
		return !fault_set(why, FAULT_KERNEL, clause,
		    "%s drops what it does not know, and would cut the LAN "
		    "off from itself",
		    text);
	if (answer < 0)
		return !fault_set(why, FAULT_KERNEL, clause,
		    "others' chains cannot be read (%s)", strerror(-answer));
	return false;
}

static enum bridge_path
judge(struct bridgepath *path, enum bridge_choice choice, bool has_bridge,
    struct fault *why)
{
	const enum bridge_path other =
	    has_bridge ? BRIDGE_PATH_STATELESS : BRIDGE_PATH_NONE;

	*why = (struct fault){ 0 };
	if (choice == BRIDGE_CHOICE_STATELESS) {
		(void)fault_set(why, FAULT_KERNEL, clause,
		    "mudd.conf says bridge-path = stateless");
		return other;
	}
	if (netfilter_fails(path, choice == BRIDGE_CHOICE_NETFILTER, why))
		return other;
	return BRIDGE_PATH_NETFILTER;
}

static void
note_generation(struct bridgepath *path)
{
	uint32_t generation = 0;

	(void)foreign_generation(path->kernel, &generation);
	path->generation = generation;
}

static bool
has_bridges(const struct places *now)
{
	for (size_t i = 0; i < now->n_lan; i++)
		if (now->lan[i].is_bridge)
			return true;
	return false;
}

void
bridgepath_choose(struct bridgepath *path, enum bridge_choice choice,
    bool has_bridge, const struct places *now)
{
	if (!path->is_read)
		read_switched(path);
	/* Before it is looked at: what comes meanwhile is looked at again. */
	note_generation(path);
	path->has_netfilter = foreign_has_netfilter(path->kernel);
	path->choice = choice;
	path->is_over = false;
	path->is_idle = !has_bridges(now);
	path->path = BRIDGE_PATH_NETFILTER;
	path->why = (struct fault){ 0 };
	if (!path->is_idle)
		path->path = judge(path, choice, has_bridge, &path->why);
}

void
bridgepath_look(struct bridgepath *path, bool has_bridge)
{
	uint32_t generation = 0;
	int answer;
	struct fault why;

	if (path->is_over || path->is_idle ||
	    foreign_generation(path->kernel, &generation) != 0)
		return;
	/* The module comes and goes without a word. */
	answer = foreign_has_netfilter(path->kernel);
	if (generation == path->generation && answer == path->has_netfilter)
		return;
	path->generation = generation;
	path->has_netfilter = answer;
	if (judge(path, path->choice, has_bridge, &why) == path->path) {
		path->why = why;
		return;
	}
	path->is_over = true;
}

/* ---- the switches ------------------------------------------------------- */

/* What a bridge of the LAN must do. A frame to a link-local group that moves
 * a Thing's MAC to another port would come by the guard. */
static struct calls
wanted(const struct bridgepath *path)
{
	const bool hands_over =
	    path->path == BRIDGE_PATH_NETFILTER && !path->is_idle;

	return (struct calls){ hands_over, hands_over, true };
}

static void
note(struct bridgepath *path, const struct device *bridge,
    const struct calls *before, const struct calls *after)
{
	struct switched *switched = find(path, bridge->ifindex);

	if (switched == NULL && path->n == LIMIT_PORTS)
		return;
	if (switched == NULL) {
		switched = &path->switched[path->n++];
		*switched = (struct switched){ .bridge = *bridge };
	}
	if (after->four && !before->four && switched->on.four)
		log_warning("%s no longer handed its frames to netfilter: "
			    "it does again",
		    bridge->name);
	else if (after->four && !before->four)
		log_info("%s hands its frames to netfilter now", bridge->name);
	switched->bridge = *bridge;
	switched->on.four |= after->four && !before->four;
	switched->on.six |= after->six && !before->six;
	switched->on.deaf |= after->deaf && !before->deaf;
	path->is_changed = true;
}

/* Afterwards it does what it must; what else it did before is kept. False: it
 * does not hand over its frames, as it must. */
static bool
switch_on(struct bridgepath *path, const struct device *bridge)
{
	const struct calls want = wanted(path);
	struct calls before, after;
	int error = bridgecall_get(path->bridgecall, bridge->ifindex, &before);

	if (error == 0) {
		after.four = before.four || want.four;
		after.six = before.six || want.six;
		after.deaf = before.deaf || want.deaf;
		if (after.four == before.four && after.six == before.six &&
		    after.deaf == before.deaf)
			return true;
		error =
		    bridgecall_set(path->bridgecall, bridge->ifindex, &after);
	}
	if (error == -ENODEV) /* it is gone again */
		return true;
	if (error == 0) {
		note(path, bridge, &before, &after);
		return true;
	}
	if (!want.four) {
		log_debug(
		    "%s: its switches: %s", bridge->name, strerror(-error));
		return true;
	}
	log_warning("%s does not hand its frames to netfilter: %s",
	    bridge->name, strerror(-error));
	return false;
}

/* All that is on because of us, but what `keep` says. False: nothing is. */
static bool
switch_back(struct bridgepath *path, struct switched *switched,
    const struct calls *keep)
{
	const struct calls off = {
		.four = switched->on.four && !keep->four,
		.six = switched->on.six && !keep->six,
		.deaf = switched->on.deaf && !keep->deaf,
	};
	struct calls calls;
	uint32_t ifindex = switched->bridge.ifindex;

	if (!off.four && !off.six && !off.deaf)
		return true;
	if (path->bridgecall != NULL &&
	    bridgecall_get(path->bridgecall, ifindex, &calls) == 0) {
		calls.four = calls.four && !off.four;
		calls.six = calls.six && !off.six;
		calls.deaf = calls.deaf && !off.deaf;
		(void)bridgecall_set(path->bridgecall, ifindex, &calls);
	}
	switched->on.four = switched->on.four && !off.four;
	switched->on.six = switched->on.six && !off.six;
	switched->on.deaf = switched->on.deaf && !off.deaf;
	path->is_changed = true;
	return switched->on.four || switched->on.six || switched->on.deaf;
}

static void
switch_all_on(struct bridgepath *path, const struct places *now)
{
	if (path->bridgecall == NULL || path->is_idle)
		return;
	for (size_t i = 0; i < now->n_lan; i++) {
		if (!now->lan[i].is_bridge || switch_on(path, &now->lan[i]))
			continue;
		path->is_refused = path->is_over = true;
	}
}

void
bridgepath_prepare(struct bridgepath *path, const struct places *now)
{
	if (path->is_idle && has_bridges(now))
		path->is_over = true;
	switch_all_on(path, now);
}

static bool
is_lan(const struct places *now, uint32_t ifindex)
{
	for (size_t i = 0; i < now->n_lan; i++)
		if (now->lan[i].ifindex == ifindex)
			return true;
	return false;
}

void
bridgepath_settle(struct bridgepath *path, const struct places *now)
{
	uint32_t generation = 0;

	path->is_changed = false;
	for (size_t i = path->n; i-- > 0;) {
		struct switched *at = &path->switched[i];
		const struct calls keep =
		    is_lan(now, at->bridge.ifindex) ? wanted(path) : nothing;

		if (!switch_back(path, at, &keep))
			*at = path->switched[--path->n];
	}
	/* One more is our own. */
	if (foreign_generation(path->kernel, &generation) == 0 &&
	    generation == path->generation + 1)
		path->generation = generation;
}

void
bridgepath_undo(struct bridgepath *path)
{
	while (path->n > 0)
		(void)switch_back(path, &path->switched[--path->n], &nothing);
}

int
bridgepath_fd(const struct bridgepath *path)
{
	return path->bridgecall == NULL ? -1 : bridgecall_fd(path->bridgecall);
}

void
bridgepath_links(struct bridgepath *path, const struct places *now)
{
	if (path->bridgecall == NULL)
		return;
	bridgecall_drain(path->bridgecall);
	switch_all_on(path, now);
}
