/*
 * Batches as text.  Role: scenario tests.  What a number stands for is looked
 * up in the engine when it is given out, and remembered.
 */
#include "tests/scenario/told.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/mark.h"
#include "engine/engine.h"
#include "engine/files/locals.h"
#include "libmud/mem.h"

#define LABEL_TEXT (LIMIT_URL + 32)

struct label {
	struct list link;
	bool is_policy; /* or a set */
	uint32_t number;
	char text[LABEL_TEXT];
};

void
told_init(struct told *told)
{
	*told = (struct told){ 0 };
	list_init(&told->labels);
}

void
told_done(struct told *told)
{
	if (told->out != NULL)
		(void)fclose(told->out);
	free(told->text);
	LIST_EACH_SAFE(at, &told->labels)
	free(LIST_ENTRY(at, struct label, link));
	told_init(told);
}

static const char *
label_of(const struct told *told, bool is_policy, uint32_t number)
{
	const struct list *labels = &told->labels;

	for (struct list *at = labels->prev; at != labels; at = at->prev) {
		const struct label *label = LIST_ENTRY(at, struct label, link);

		if (label->is_policy == is_policy && label->number == number)
			return label->text;
	}
	return "?";
}

static struct label *
add_label(struct told *told, bool is_policy, uint32_t number)
{
	struct label *label = xcalloc(1, sizeof(*label));

	label->is_policy = is_policy;
	label->number = number;
	text_copy(label->text, sizeof(label->text), "?");
	list_append(&told->labels, &label->link);
	return label;
}

static const char *
kind_name(enum peer_kind kind)
{
	switch (kind) {
	case PEER_DNSNAME:
		return "name";
	case PEER_CONTROLLER:
		return "class";
	case PEER_MY_CONTROLLER:
		return "my-controller";
	case PEER_MANUFACTURER:
	case PEER_SAME_MANUFACTURER:
		return "manufacturer";
	case PEER_MODEL:
		return "model";
	case PEER_LOCAL_NETWORKS:
	case PEER_KINDS:
		break;
	}
	return "?";
}

static void
name_set(struct told *told, const struct engine *engine, uint32_t number)
{
	struct label *label = add_label(told, false, number);

	LIST_EACH(at, sets_all(engine->sets))
	{
		const struct set *set = LIST_ENTRY(at, struct set, all);

		if (set->number == number)
			(void)snprintf(label->text, sizeof(label->text),
			    "%s%s %s",
			    set->strength == STRENGTH_BOUND ? "bound " : "",
			    kind_name(set->kind), set->key);
	}
}

/* The gateway's own, and those of Things that are watched. */
static void
name_local(struct label *label, const struct engine *engine)
{
	static const char *const names[LOCALS] = {
		[LOCAL_PENDING] = "pending",
		[LOCAL_QUARANTINE] = "quarantine",
		[LOCAL_DENIED] = "denied",
		[LOCAL_UNKNOWN] = "unknown",
		[LOCAL_CLOSED] = "closed",
	};
	const struct locals *locals = manager_locals(engine->manager);

	for (unsigned int i = 0; i < LOCALS; i++) {
		const struct kernel_policy *policy =
		    locals_now(locals, (enum local)i);

		if (policy != NULL && policy->number == label->number)
			text_copy(label->text, sizeof(label->text), names[i]);
	}
}

/* The likes of another: for Things that are watched, or that are bound. */
static void
name_likes(
    const struct told *told, struct label *label, const struct engine *engine)
{
	LIST_EACH(at, &engine->policies.all)
	{
		const struct kernel_policy *policy =
		    LIST_ENTRY(at, struct kernel_policy, link);

		if (policy->watched != NULL &&
		    policy->watched->number == label->number)
			(void)snprintf(label->text, sizeof(label->text),
			    "watched %.*s", LIMIT_URL,
			    label_of(told, true, policy->number));
		if (policy->bound != NULL &&
		    policy->bound->number == label->number)
			(void)snprintf(label->text, sizeof(label->text),
			    "bound %s", policy->mud_url.text);
	}
}

static void
name_policy(struct told *told, const struct engine *engine, uint32_t number)
{
	struct label *label = add_label(told, true, number);

	name_local(label, engine);
	name_likes(told, label, engine);
	LIST_EACH(at, manager_all(engine->manager))
	{
		const struct mudurl *mud = LIST_ENTRY(at, struct mudurl, link);

		if (mud->accepted != NULL && mud->accepted->policy != NULL &&
		    mud->accepted->policy->number == number)
			text_copy(
			    label->text, sizeof(label->text), mud->url.text);
	}
}

static const char *
op_name(uint32_t op)
{
	return op == OP_ADD ? "add" : "delete";
}

void
told_begin(struct told *told, const struct record_batch *begin)
{
	if (told->out != NULL)
		(void)fclose(told->out);
	free(told->text);
	told->text = NULL;
	told->out = open_memstream(&told->text, &told->size);
	if (told->out == NULL)
		abort();
	told->is_reset = (begin->flags & BATCH_RESET) != 0;
	told->n_told = told->n_hidden = 0;
	(void)fprintf(told->out, "batch%s%s\n",
	    (begin->flags & BATCH_RESET) != 0 ? " reset" : "",
	    (begin->flags & BATCH_MONITOR) != 0 ? " monitor" : "");
}

static void
tell_places(struct told *told, enum record_type type, const void *body)
{
	const struct record_lan *lan = body;
	const struct record_prefix *place = body;
	char text[PREFIX_TEXT];

	if (type == RECORD_LAN)
		(void)fprintf(
		    told->out, "lan %s %u\n", op_name(lan->op), lan->ifindex);
	else if (type == RECORD_LOCAL)
		(void)fprintf(told->out, "local %s %s\n", op_name(place->op),
		    prefix_text(&place->prefix, text));
	else
		(void)fprintf(told->out, "self %s %s\n", op_name(place->op),
		    addr_text(&place->prefix.addr, text));
}

static void
tell_set(struct told *told, const struct engine *engine,
    const struct record_set *set)
{
	if (set->op == OP_ADD)
		name_set(told, engine, set->set);
	(void)fprintf(told->out, "set %s %s\n", op_name(set->op),
	    label_of(told, false, set->set));
}

static void
tell_element(struct told *told, const struct record_element *element)
{
	char text[ADDR_TEXT];

	(void)fprintf(told->out, "address %s %s %s", op_name(element->op),
	    label_of(told, false, element->set),
	    addr_text(&element->addr, text));
	if (element->timeout_sec != 0)
		(void)fprintf(told->out, " for %u", element->timeout_sec);
	(void)fprintf(told->out, "\n");
}

static void
tell_thing(struct told *told, const struct record_thing *thing)
{
	char mac[MAC_TEXT];

	(void)mac_text(&thing->mac, mac);
	if (thing->op == OP_DELETE)
		(void)fprintf(told->out, "thing %s gone\n", mac);
	else
		(void)fprintf(told->out, "thing %s policy %s%s\n", mac,
		    thing->policy == 0 ? "none"
				       : label_of(told, true, thing->policy),
		    thing->is_denied != 0 ? " and-nothing" : "");
}

static void
tell_binding(struct told *told, const struct record_binding *binding)
{
	char mac[MAC_TEXT], addr[ADDR_TEXT];

	(void)fprintf(told->out, "binding %s %s %s\n", op_name(binding->op),
	    mac_text(&binding->mac, mac), addr_text(&binding->addr, addr));
}

/* Only what is not always the same is worth a line. */
static void
tell_mark(struct told *told, const struct record_mark *mark)
{
	if (mark->mask != MARK_MASK_DEFAULT)
		(void)fprintf(told->out, "mark 0x%08x\n", mark->mask);
}

static void
tell_bridges(struct told *told, const struct record_bridges *bridges)
{
	static const char *const names[BRIDGE_CHOICES] = { "auto", "netfilter",
		"stateless" };

	if (bridges->choice != BRIDGE_CHOICE_AUTO &&
	    bridges->choice < BRIDGE_CHOICES)
		(void)fprintf(
		    told->out, "bridge-path %s\n", names[bridges->choice]);
}

static void
tell_port(struct told *told, const struct record_lan_port *port)
{
	(void)fprintf(told->out, "port %s %u%s\n", op_name(port->op),
	    port->ifindex, port->is_locked != 0 ? " locked" : "");
}

static void
tell_place(struct told *told, const struct record_place *place)
{
	char mac[MAC_TEXT];

	(void)mac_text(&place->mac, mac);
	if (place->ifindex == 0)
		(void)fprintf(told->out, "place %s none\n", mac);
	else
		(void)fprintf(
		    told->out, "place %s port %u\n", mac, place->ifindex);
}

void
told_record(struct told *told, const struct engine *engine,
    enum record_type type, const void *body)
{
	const struct record_rules *rules = body;
	const struct record_ending *ending = body;
	const struct record_unknown *unknown = body;

	if (!told->tells_places &&
	    (type == RECORD_LAN_PORT || type == RECORD_PLACE)) {
		told->n_hidden++;
		return;
	}
	told->n_told++;
	switch ((int)type) {
	case RECORD_LAN_PORT:
		tell_port(told, body);
		break;
	case RECORD_PLACE:
		tell_place(told, body);
		break;
	case RECORD_LAN:
	case RECORD_LOCAL:
	case RECORD_SELF:
		tell_places(told, type, body);
		break;
	case RECORD_SET:
		tell_set(told, engine, body);
		break;
	case RECORD_ELEMENT:
		tell_element(told, body);
		break;
	case RECORD_RULES_BEGIN:
		name_policy(told, engine, rules->policy);
		(void)fprintf(told->out, "policy %s\n",
		    label_of(told, true, rules->policy));
		break;
	case RECORD_POLICY_GONE:
		(void)fprintf(told->out, "policy gone %s\n",
		    label_of(told, true, rules->policy));
		break;
	case RECORD_ENDING:
		(void)fprintf(told->out, "ending %s\n",
		    ending->ending == ENDING_WATCH ? "watch" : "unknown");
		break;
	case RECORD_UNKNOWN:
		(void)fprintf(told->out, "unknown policy %s\n",
		    label_of(told, true, unknown->policy));
		break;
	case RECORD_THING:
		tell_thing(told, body);
		break;
	case RECORD_BINDING:
		tell_binding(told, body);
		break;
	case RECORD_MARK:
		tell_mark(told, body);
		break;
	case RECORD_BRIDGES:
		tell_bridges(told, body);
		break;
	default: /* the rules themselves */
		break;
	}
}

const char *
told_end(struct told *told)
{
	(void)fclose(told->out);
	told->out = NULL;
	if (!told->is_reset && told->n_told == 0 && told->n_hidden > 0)
		return NULL;
	return told->text;
}
