/*
 * The difference of two states as one transaction.  Role: enforcer.  Input:
 * the model, checked.
 *
 * Within a transaction each message sees what those before it have done.  So
 * sets and chains come before what refers to them, elements leave before
 * others of the same key come (a map cannot change a verdict in place), and
 * what is given up goes last.
 */
#include "enforce/table.h"

#include <inttypes.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdio.h>
#include <string.h>

#include "enforce/audit/image.h"
#include "enforce/model.h"
#include "enforce/rules/chains.h"
#include "enforce/rules/dispatch.h"
#include "enforce/rules/eastschema.h"
#include "enforce/rules/elems.h"
#include "enforce/rules/identity.h"
#include "enforce/rules/linkschema.h"
#include "enforce/rules/object.h"
#include "enforce/rules/placement.h"
#include "enforce/rules/places.h"
#include "enforce/rules/schema.h"
#include "enforce/rules/unknown.h"

/* A refresh adds an element before the kernel has let go of the old one. */
#define NAME_SET_SIZE (3 * MODEL_NAME_ADDRS)

/* Rises when numbers in the tables come to mean something else. */
#define SCHEMA_VERSION 1

static const unsigned int families[] = { 4, 6 };

static struct about
about_set(const struct model_set *set)
{
	return (struct about){ "set", set->number };
}

static void
add_sets(struct batch *batch, uint16_t family, const struct model *model)
{
	LIST_EACH(at, &model->dirty_sets)
	{
		const struct model_set *set =
		    LIST_ENTRY(at, struct model_set, dirty);
		bool timeout = set->now.has_timeout;
		char name[OBJECT_NAME];

		if (set->was.present || !set->now.present)
			continue;
		for (size_t i = 0; i < 2; i++) {
			const struct set_form form = {
				.name = chains_set_name(
				    set->number, timeout, families[i], name),
				.key_type = i == 0 ? KEY_IPV4 : KEY_IPV6,
				.key_len = i == 0 ? 4 : 16,
				.flags = timeout ? NFT_SET_TIMEOUT : 0,
				.size = timeout ? NAME_SET_SIZE : 0,
			};

			object_set_add(batch, family, &form, about_set(set));
		}
	}
}

static void
delete_sets(struct batch *batch, uint16_t family, const struct model *model)
{
	LIST_EACH(at, &model->dirty_sets)
	{
		const struct model_set *set =
		    LIST_ENTRY(at, struct model_set, dirty);
		char name[OBJECT_NAME];

		if (!set->was.present || set->now.present)
			continue;
		for (size_t i = 0; i < 2; i++)
			object_set_delete(batch, family,
			    chains_set_name(set->number, set->was.has_timeout,
				families[i], name),
			    about_set(set));
	}
}

static void
put_element(struct batch *batch, uint16_t family,
    const struct model_element *element, bool deletes, uint32_t timeout_sec)
{
	const struct model_set *set = element->set;
	bool timeout =
	    set->was.present ? set->was.has_timeout : set->now.has_timeout;
	struct elem elem = { .timeout_sec = timeout_sec };
	struct elems elems;
	char name[OBJECT_NAME];

	elem.len = element->addr.family == 4 ? 4 : 16;
	memcpy(elem.key, element->addr.byte, elem.len);
	elems_open(&elems, batch, family,
	    chains_set_name(set->number, timeout, element->addr.family, name),
	    deletes, about_set(set));
	elems_put(&elems, &elem);
	elems_close(&elems);
}

/*
 * An element with a timeout may be gone already, and adding it again does not
 * refresh it everywhere: it is added, deleted, and added with its new time.
 */
static void
change_element(
    struct batch *batch, uint16_t family, const struct model_element *element)
{
	const struct element_state *was = &element->was, *now = &element->now;

	if (!element->set->now.present)
		return;
	if (was->present && was->timeout_sec != 0)
		put_element(batch, family, element, false, was->timeout_sec);
	if (was->present)
		put_element(batch, family, element, true, 0);
	if (now->present)
		put_element(batch, family, element, false, now->timeout_sec);
}

/* A class's member that is added again is left as it is. */
static void
change_elements(struct batch *batch, uint16_t family, const struct model *model)
{
	LIST_EACH(at, &model->dirty_elements)
	{
		const struct model_element *element =
		    LIST_ENTRY(at, struct model_element, dirty);

		if (element->was.present && element->now.present &&
		    element->now.timeout_sec == 0)
			continue;
		change_element(batch, family, element);
	}
}

static void
change_policies(struct batch *batch, uint16_t family, struct model *model)
{
	LIST_EACH(at, &model->dirty_policies)
	{
		const struct model_policy *policy =
		    LIST_ENTRY(at, struct model_policy, dirty);

		if (!policy->was.present && policy->now.present)
			chains_add(batch, family, policy->number);
	}
	LIST_EACH(at, &model->dirty_policies)
	{
		const struct model_policy *policy =
		    LIST_ENTRY(at, struct model_policy, dirty);

		if (policy->now.present && policy->now.rule == policy->was.rule)
			continue;
		if (policy->was.present)
			chains_flush(batch, family, policy->number);
		if (policy->now.present)
			chains_fill(batch, family, model, policy->number,
			    policy->now.rule, policy->now.n);
	}
}

static void
delete_policies(struct batch *batch, uint16_t family, const struct model *model)
{
	LIST_EACH(at, &model->dirty_policies)
	{
		const struct model_policy *policy =
		    LIST_ENTRY(at, struct model_policy, dirty);

		if (policy->was.present && !policy->now.present)
			chains_delete(batch, family, policy->number);
	}
}

/* What policies are made of, and who is under them, in each table that asks
 * them. */
static void
write_policies(struct batch *batch, struct model *model,
    const struct tables *tables, bool reset)
{
	static const uint16_t judging[] = { NFPROTO_INET, NFPROTO_BRIDGE };
	size_t n = tables->path == BRIDGE_PATH_STATELESS ? 2 : 1;

	for (size_t i = 0; i < n; i++) {
		add_sets(batch, judging[i], model);
		change_elements(batch, judging[i], model);
		change_policies(batch, judging[i], model);
		dispatch_write(batch, judging[i], model, reset);
	}
}

static void
give_up_policies(
    struct batch *batch, const struct model *model, const struct tables *tables)
{
	delete_policies(batch, NFPROTO_INET, model);
	delete_sets(batch, NFPROTO_INET, model);
	if (tables->path != BRIDGE_PATH_STATELESS)
		return;
	delete_policies(batch, NFPROTO_BRIDGE, model);
	delete_sets(batch, NFPROTO_BRIDGE, model);
}

/* In a table that is made anew, every Thing is new. */
static void
rebuild_egress(
    struct batch *batch, const struct model *model, const struct places *at)
{
	linkschema_egress(batch, at, model->monitor);
	identity_fill(batch, NFPROTO_NETDEV, model);
	placement_fill(batch, NFPROTO_NETDEV, model);
	places_write_netdev(batch, &model->was, &model->now, true);
}

static void
write_link(struct batch *batch, uint16_t family, const struct model *model)
{
	identity_write(batch, family, model);
	placement_write(batch, family, model);
}

/* Are there others, or others by name? Their MACs are not asked for here. */
static bool
lan_changed(const struct model *model)
{
	const struct places *was = &model->was, *now = &model->now;

	for (size_t i = 0; i < was->n_lan && i < now->n_lan; i++)
		if (was->lan[i].ifindex != now->lan[i].ifindex ||
		    was->lan[i].is_bridge != now->lan[i].is_bridge ||
		    memcmp(was->lan[i].name, now->lan[i].name,
			sizeof(now->lan[i].name)) != 0)
			return true;
	return was->n_lan != now->n_lan;
}

/* The fixed part of all tables but netdev's, which has its interfaces' names.
 */
static void
write_schema(
    struct batch *batch, const struct model *model, const struct tables *tables)
{
	schema_inet(batch, model->monitor, model->unknown_now != NULL,
	    tables->path == BRIDGE_PATH_NETFILTER);
	if (tables->bridge)
		linkschema_bridge(batch, model->monitor);
	if (tables->path == BRIDGE_PATH_STATELESS)
		eastschema_write(batch, model->monitor);
}

void
table_write(struct batch *batch, struct model *model,
    const struct tables *tables, const struct places *egress_at, bool reset)
{
	bool anew = reset || lan_changed(model);

	if (reset)
		write_schema(batch, model, tables);
	places_write(batch, &model->was, &model->now, tables);
	write_policies(batch, model, tables, reset);
	if (model->unknown_now != model->unknown_was)
		unknown_write(batch, model->unknown_now->number);
	identity_write(batch, NFPROTO_INET, model);
	if (tables->bridge)
		write_link(batch, NFPROTO_BRIDGE, model);
	if (tables->path == BRIDGE_PATH_STATELESS)
		identity_write_east(batch, model);
	if (tables->egress && anew) {
		rebuild_egress(batch, model, egress_at);
	} else if (tables->egress) {
		write_link(batch, NFPROTO_NETDEV, model);
		places_write_netdev(batch, &model->was, &model->now, false);
	}
	give_up_policies(batch, model, tables);
}

void
table_note(const struct model *model, const struct tables *tables,
    char note[BATCH_NOTE])
{
	struct image *image = image_new();
	struct batch batch;

	batch_init(&batch, 0);
	write_schema(&batch, model, tables);
	image_of_batch(image, &batch);
	(void)snprintf(note, BATCH_NOTE, "schema %d, %016" PRIx64,
	    SCHEMA_VERSION, image_sum(image));
	image_free(image);
	batch_done(&batch);
}

void
table_teardown(struct batch *batch, const struct tables *tables)
{
	object_table_delete(batch, NFPROTO_INET);
	if (tables->bridge)
		object_table_delete(batch, NFPROTO_BRIDGE);
	if (tables->egress)
		object_table_delete(batch, NFPROTO_NETDEV);
}
