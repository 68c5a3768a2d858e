/*
 * Conditions told, and the names of those that are degraded.  Role: scenario
 * tests.
 */
#include "tests/scenario/healthsteps.h"

#include <string.h>

#include "engine/health.h"
#include "libmud/fault.h"
#include "tests/scenario/scene.h"

bool
healthsteps_condition(struct scene *scene, const struct step *step)
{
	struct record_condition record = { 0 };
	bool is_well = strcmp(step->words[2], "well") == 0;
	long long which;

	if (!step_number(scene, step->words[1], 1000, &which))
		return false;
	record.condition = (uint32_t)which;
	record.is_impaired = is_well ? 0 : 1;
	(void)fault_set(&record.why, is_well ? FAULT_NONE : FAULT_KERNEL,
	    is_well ? "" : "nf_tables", "%s", step->words[3]);
	return far_send(&scene->mudd.far, RECORD_CONDITION, &record, NULL, 0);
}

bool
healthsteps_degraded(struct scene *scene, const struct step *step)
{
	json_t *names = health_degraded(scene->engine);
	size_t n = strcmp(step->words[1], "none") == 0 ? 0 : step->n - 1;
	bool good = json_array_size(names) == n;

	for (size_t i = 0; good && i < n; i++)
		good = strcmp(json_string_value(json_array_get(names, i)),
			   step->words[i + 1]) == 0;
	if (!good)
		(void)scene_fail(scene, "%zu are degraded, first %s",
		    json_array_size(names),
		    json_array_size(names) == 0
			? "none"
			: json_string_value(json_array_get(names, 0)));
	json_decref(names);
	return good;
}
