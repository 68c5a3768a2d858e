/*
 * Tables by difference.  Role: enforcer.  Input: the model, checked; and what
 * the kernel says, into which others may have written.
 */
#include "enforce/audit/whole.h"

#include <string.h>

#include "enforce/audit/image.h"
#include "enforce/bridgepath.h"
#include "enforce/model.h"
#include "enforce/rules/object.h"
#include "enforce/table.h"
#include "libmud/fault.h"

static enum kernel_answer
commit_all(const struct whole *whole, const struct model *model,
    struct batch *all, struct fault *why)
{
	epoch_write(all, &whole->next, model->monitor);
	return kernel_commit(whole->kernel, all, why);
}

static enum kernel_answer
commit_difference(const struct whole *whole, const struct model *model,
    struct batch *all, struct damage *damage, struct fault *why)
{
	struct image *want = image_new();
	enum kernel_answer answer = KERNEL_DONE;
	struct batch difference;

	image_of_batch(want, all);
	kernel_begin(whole->kernel, &difference);
	difference.tables = *whole->form;
	repair_write(
	    &difference, all, want, whole->have, whole->slack_msec, damage);
	if (!damage_is_none(damage)) {
		epoch_write(&difference, &whole->next, model->monitor);
		answer = kernel_commit(whole->kernel, &difference, why);
	}
	batch_done(&difference);
	image_free(want);
	return answer;
}

enum kernel_answer
whole_commit(const struct whole *whole, struct model *model,
    struct damage *damage, struct fault *why)
{
	bool goes_on = whole->epoch.number != 0;
	enum kernel_answer answer = KERNEL_REFUSED;
	struct batch all;

	*damage = (struct damage){ 0 };
	kernel_begin(whole->kernel, &all);
	all.tables = *whole->form;
	table_write(&all, model, whole->tables, whole->egress_at, true);
	bridgepath_write(&all, whole->path);
	if (goes_on)
		epoch_write(&all, &whole->epoch, model->monitor);
	if (goes_on && whole->have != NULL)
		answer = commit_difference(whole, model, &all, damage, why);
	if (answer == KERNEL_REFUSED) {
		damage->tables++;
		answer = commit_all(whole, model, &all, why);
	}
	batch_done(&all);
	return answer;
}

static bool
is_kept(size_t i, const struct tables *tables)
{
	const bool kept[IMAGE_TABLES] = { true, tables->bridge,
		tables->egress };

	return kept[i];
}

bool
whole_is_owned(struct kernel *kernel, const struct tables *tables)
{
	struct image *have = image_new();
	bool owned = image_of_tables(have, kernel) == 0;

	for (size_t i = 0; i < IMAGE_TABLES; i++) {
		const struct image_table *table = &have->table[i];

		if (is_kept(i, tables) &&
		    ((table->flags & OBJECT_OWNER) == 0 ||
			table->owner != kernel_port(kernel)))
			owned = false;
	}
	image_free(have);
	return owned;
}

void
whole_claim(struct kernel *kernel)
{
	struct image *have = image_new();
	struct batch batch;
	struct fault why;

	kernel_begin(kernel, &batch);
	if (image_of_tables(have, kernel) == 0)
		for (size_t i = 0; i < IMAGE_TABLES; i++)
			if (have->table[i].present &&
			    (have->table[i].flags &
				(OBJECT_OWNER | OBJECT_PERSIST)) ==
				OBJECT_PERSIST)
				object_table_claim(&batch, image_family[i],
				    OBJECT_OWNER | OBJECT_PERSIST);
	(void)kernel_commit(kernel, &batch, &why);
	batch_done(&batch);
	image_free(have);
}
