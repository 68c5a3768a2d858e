/*
 * The device anchors at the start.  Role: engine.  Input: what root put into
 * device-anchors, as a reader describes it.
 */
#include "engine/files/devicetrust.h"

#include <stdlib.h>

#include "core/log.h"
#include "engine/files/anchorjob.h"
#include "engine/files/materials.h"
#include "libmud/mem.h"

struct devicetrust {
	const struct materials *materials;
	struct anchorjob *job; /* NULL: it is done */
};

static const char *
file_of(const struct materials *materials, uint32_t offset)
{
	for (size_t i = 0; i < materials->n_device_files; i++) {
		const struct material_file *file = &materials->device_files[i];

		if (offset - file->offset < file->size)
			return log_quote(file->name);
	}
	return "?";
}

static void
on_listed(void *arg, const struct anchors_found *found)
{
	struct devicetrust *devicetrust = arg;
	size_t n_good = 0;

	devicetrust->job = NULL;
	if (found->why.code != FAULT_NONE)
		log_warning("device anchors: cannot be listed: %s: %s",
		    found->why.clause, found->why.detail);
	for (size_t i = 0; i < found->n; i++) {
		const struct anchor_found *one = &found->each[i];

		if (one->why.code == FAULT_NONE) {
			n_good++;
			continue;
		}
		log_warning("device anchors: %s: a certificate in it is not "
			    "used: %s: %s",
		    file_of(devicetrust->materials, one->offset),
		    one->why.clause, one->why.detail);
	}
	if (found->why.code == FAULT_NONE)
		log_info("device anchors: %zu certificates",
		    n_good + found->n_left_out);
}

struct devicetrust *
devicetrust_start(struct jobs *jobs, const struct materials *materials)
{
	const struct material *all = &materials->device_anchors;
	struct devicetrust *devicetrust;
	uint8_t *text;

	if (all->size == 0)
		return NULL;
	text = material_read(all->fd, all->size);
	if (text == NULL)
		return NULL;
	devicetrust = xcalloc(1, sizeof(*devicetrust));
	devicetrust->materials = materials;
	devicetrust->job = anchorjob_start(
	    jobs, (struct bytes){ text, all->size }, on_listed, devicetrust);
	free(text);
	return devicetrust;
}

void
devicetrust_free(struct devicetrust *devicetrust)
{
	if (devicetrust == NULL)
		return;
	anchorjob_free(devicetrust->job);
	free(devicetrust);
}
