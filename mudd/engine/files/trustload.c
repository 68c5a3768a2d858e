/*
 * The trust anchors that are there at start.  Role: engine.  Input: what root
 * put into trust.d, and our own state read back.
 */
#include "engine/files/trustload.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "engine/files/materials.h"
#include "libmud/limits.h"
#include "libmud/mem.h"

#define TRIES_MAX 3 /* then a text over which readers die stays unlisted */

/* A stretch of the text. */
struct part {
	size_t offset, size;
	struct trust_origin origin;
};

struct trustload {
	struct trustload_options options;
	struct anchorjob *job;
	unsigned int tries;
	uint8_t *text; /* owned */
	size_t size;
	struct part *parts; /* owned */
	size_t n_parts;
};

static void
add_part(
    struct trustload *load, struct bytes pem, const struct trust_origin *origin)
{
	if (load->size + pem.len + 1 > LIMIT_ANCHORS) {
		log_warning("trust anchors: more than %d bytes; %s is left out",
		    LIMIT_ANCHORS,
		    origin->file == NULL ? "one that was added"
					 : log_quote(origin->file));
		return;
	}
	load->text = xrealloc(load->text, load->size + pem.len + 1, 1);
	memcpy(load->text + load->size, pem.data, pem.len);
	load->text[load->size + pem.len] = '\n'; /* between two texts */
	load->parts =
	    xrealloc(load->parts, load->n_parts + 1, sizeof(*load->parts));
	load->parts[load->n_parts++] = (struct part){
		.offset = load->size,
		.size = pem.len + 1,
		.origin = *origin,
	};
	load->size += pem.len + 1;
}

static void
add_stored(void *arg, const struct state_anchor *row)
{
	struct trustload *load = arg;
	struct trust_origin origin = {
		.added_at = row->added_at,
		.added_by = row->added_by,
	};

	memcpy(origin.id, row->id, sizeof(origin.id));
	add_part(load, row->pem, &origin);
}

static void
add_files(struct trustload *load)
{
	const struct materials *materials = load->options.materials;
	const struct material *all = &materials->anchors;
	uint8_t *text = material_read(all->fd, all->size);

	if (text == NULL) {
		log_error("trust anchors: cannot read them back");
		return;
	}
	for (size_t i = 0; i < materials->n_anchor_files; i++) {
		const struct material_file *file = &materials->anchor_files[i];
		struct trust_origin origin = { .file = file->name };
		struct bytes pem = { text + file->offset, file->size };

		if (pem.len > 0 && pem.data[pem.len - 1] == '\n')
			pem.len--;
		add_part(load, pem, &origin);
	}
	free(text);
}

void
trustload_free(struct trustload *load)
{
	if (load == NULL)
		return;
	anchorjob_free(load->job);
	free(load->text);
	free(load->parts);
	free(load);
}

static void
tell(const struct trustload *load, const struct anchor_found *found)
{
	struct bytes pem = { load->text + found->offset, found->size };
	const struct part *part = load->parts;

	/* The parts cover the text, and anchorjob.c has seen that the
	 * certificate lies inside. */
	while (found->offset - part->offset >= part->size)
		part++;
	load->options.found(load->options.arg, found, pem, &part->origin);
}

static bool start(struct trustload *load);

static void
on_listed(void *arg, const struct anchors_found *found)
{
	struct trustload *load = arg;
	struct bytes text = { load->text, load->size };

	load->job = NULL;
	if (found->why.code != FAULT_NONE && ++load->tries < TRIES_MAX &&
	    start(load))
		return;
	for (size_t i = 0; i < found->n; i++)
		tell(load, &found->each[i]);
	if (found->n_left_out > 0)
		log_warning("trust anchors: more than %d; %zu are left out",
		    LIMIT_ANCHOR_COUNT, found->n_left_out);
	load->options.done(load->options.arg, &found->why, text);
	trustload_free(load);
}

static bool
start(struct trustload *load)
{
	struct bytes text = { load->text, load->size };

	load->job = anchorjob_start(load->options.jobs, text, on_listed, load);
	return load->job != NULL;
}

struct trustload *
trustload_start(const struct trustload_options *options)
{
	struct trustload *load = xcalloc(1, sizeof(*load));
	int left_out;

	load->options = *options;
	add_files(load);
	left_out = state_load_anchors(options->state, add_stored, load);
	if (left_out != 0)
		log_warning(
		    "state: %d trust anchors could not be read", left_out);
	if (load->n_parts > 0 && start(load))
		return load;
	trustload_free(load);
	return NULL;
}
