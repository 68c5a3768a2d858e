/*
 * How enforcement stands.  Role: engine.  Input: mudd's word, and what the
 * engine knows itself.
 */
#include "engine/health.h"

#include "core/log.h"
#include "engine/engine.h"
#include "engine/plan.h"
#include "libmud/fault.h"

/* remedy: what is lost meanwhile, and what can be done. */
static const struct {
	const char *name, *remedy;
} words[CONDITIONS] = {
	[CONDITION_BRIDGE] = { "bridge",
	    "frames between the ports of a bridge are not guarded against "
	    "forged addresses and VLAN tags, nor are locked ports; a kernel "
	    "with CONFIG_NF_TABLES_BRIDGE does that" },
	[CONDITION_EGRESS] = { "egress",
	    "on LAN interfaces that are no bridge, addresses that have not "
	    "been learnt are open, and what ARP says is believed; a kernel "
	    "with CONFIG_NETFILTER_EGRESS sees to both, and so does a bridge "
	    "with one port" },
	[CONDITION_EAST_WEST] = { "east-west",
	    "devices on one bridge reach each other as if there were no MUD "
	    "file" },
	[CONDITION_TABLE] = { "table",
	    "find out which program changes mudd's tables, and have it leave "
	    "them alone" },
	[CONDITION_OWNER] = { "owner",
	    "other programs can change mudd's tables; mudd repairs what they "
	    "do. A kernel from 6.9 on can forbid it" },
	[CONDITION_DROP_LOG] = { "drop-log",
	    "nobody is told what was dropped, though it is counted; end the "
	    "other program that reads the group, or use a kernel with "
	    "CONFIG_NETFILTER_NETLINK_LOG" },
	[CONDITION_OFFLOAD] = { "offload",
	    "flows of devices may go past the rules once they are offloaded; "
	    "take the LAN interfaces out of the flowtable" },
	[CONDITION_RULES] = { "rules",
	    "what stands in the kernel is older than what is decided; mudd "
	    "tries again by itself" },
	[CONDITION_WATCHER] = { "watcher",
	    "nobody new is noticed until it runs again; mudd starts it anew "
	    "by itself, and the log says why it ended" },
};

bool
health_take(struct health *health, const struct record_condition *record)
{
	const char *name;

	if (record->condition >= CONDITIONS_OF_MUDD ||
	    record->is_impaired > 1 || !fault_is_sound(&record->why) ||
	    (record->is_impaired == 1) != (record->why.code != FAULT_NONE))
		return false;
	name = words[record->condition].name;
	if (record->is_impaired == 1)
		log_warning("%s is degraded: %s: %s", name, record->why.clause,
		    record->why.detail);
	else if (health->at[record->condition].is_impaired)
		log_info("%s is well again", name);
	health->at[record->condition].is_known = true;
	health->at[record->condition].is_impaired = record->is_impaired == 1;
	health->at[record->condition].why = record->why;
	return true;
}

/* What nobody tells the engine. */
static void
look(struct engine *engine)
{
	struct health *health = &engine->health;
	const struct fault *refused = plan_fault(engine->plan);
	bool is_up = plan_is_up(engine->plan);

	health->at[CONDITION_RULES].is_known = true;
	health->at[CONDITION_RULES].is_impaired =
	    !is_up || refused->code != FAULT_NONE;
	health->at[CONDITION_RULES].why = *refused;
	if (!is_up && refused->code == FAULT_NONE)
		(void)fault_set(&health->at[CONDITION_RULES].why, FAULT_KERNEL,
		    "nf_tables", "the tables do not stand yet");
	health->at[CONDITION_WATCHER].is_known = true;
	health->at[CONDITION_WATCHER].is_impaired = engine->watcher == NULL;
	(void)fault_set(&health->at[CONDITION_WATCHER].why,
	    engine->watcher == NULL ? FAULT_WORKER : FAULT_NONE, "", "%s",
	    engine->watcher == NULL ? "it does not run" : "");
}

json_t *
health_report(struct engine *engine)
{
	json_t *conditions = json_array();

	look(engine);
	for (size_t i = 0; i < CONDITIONS; i++) {
		const struct fault *why = &engine->health.at[i].why;
		bool is_bad = engine->health.at[i].is_impaired;

		if (!engine->health.at[i].is_known)
			continue;
		(void)json_array_append_new(conditions,
		    json_pack("{s:s,s:s,s:s*,s:s*}", "name", words[i].name,
			"state", is_bad ? "degraded" : "ok", "detail",
			why->detail[0] == '\0' ? NULL : why->detail, "remedy",
			is_bad ? words[i].remedy : NULL));
	}
	return json_pack("{s:o}", "conditions", conditions);
}

json_t *
health_degraded(struct engine *engine)
{
	json_t *names = json_array();

	look(engine);
	for (size_t i = 0; i < CONDITIONS; i++)
		if (engine->health.at[i].is_impaired)
			(void)json_array_append_new(
			    names, json_string(words[i].name));
	return names;
}
