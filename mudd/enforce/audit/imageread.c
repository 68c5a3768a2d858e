/*
 * Images of what stands in the kernel.  Role: enforcer.  Input: the kernel's
 * dumps.
 *
 * Each commit, whoever makes it, spoils the dumps that are under way, if they
 * take more than one message; such a dump alone is made again.  And it makes
 * what one dump says contradict another, so all are made again; but where there
 * is no end of commits that is put up with, since whoever hears of them looks
 * again.
 */
#include "enforce/audit/image.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <libnftnl/common.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "enforce/audit/form.h"
#include "enforce/audit/imagetake.h"
#include "enforce/kernel.h"
#include "enforce/rules/object.h"

#define TRIES 3

struct reading {
	struct image *image;
	struct image_table *table;
	struct image_set *set; /* of elements */
	uint16_t type;         /* NFT_MSG_GET* */
};

static int
take(const struct nlmsghdr *message, void *arg)
{
	struct reading *reading = arg;

	image_take(reading->image, message, false);
	return MNL_CB_OK;
}

/* What this dump has brought; it begins anew. */
static void
forget(void *arg)
{
	struct reading *reading = arg;

	if (reading->type == NFT_MSG_GETSET)
		image_clear_sets(reading->table);
	else if (reading->type == NFT_MSG_GETSETELEM)
		reading->set->n = 0;
	else if (reading->type == NFT_MSG_GETCHAIN)
		image_clear_chains(reading->table);
	else if (reading->type == NFT_MSG_GETRULE)
		LIST_EACH(at, &reading->table->chains)
	LIST_ENTRY(at, struct image_chain, all)->n = 0;
}

static int
dump(struct kernel *kernel, struct image *image, size_t which, uint16_t type,
    struct image_set *set)
{
	struct reading reading = { image, &image->table[which], set, type };
	char question[512];
	struct nlmsghdr *message = nftnl_nlmsg_build_hdr(
	    question, type, image_family[which], NLM_F_DUMP, 0);

	if (type != NFT_MSG_GETTABLE)
		mnl_attr_put_strz(message, NFTA_TABLE_NAME, OBJECT_TABLE);
	if (set != NULL)
		mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_SET, set->name);
	return kernel_dump(kernel, message, take, forget, &reading);
}

/* Sets before rules: a rule's form has what its anonymous sets hold. */
static int
dump_table(struct kernel *kernel, struct image *image, size_t which)
{
	int error = dump(kernel, image, which, NFT_MSG_GETSET, NULL);

	LIST_EACH(at, &image->table[which].sets)
	{
		struct image_set *set = LIST_ENTRY(at, struct image_set, all);

		if (error == 0)
			error =
			    dump(kernel, image, which, NFT_MSG_GETSETELEM, set);
	}
	if (error == 0)
		error = dump(kernel, image, which, NFT_MSG_GETCHAIN, NULL);
	if (error == 0)
		error = dump(kernel, image, which, NFT_MSG_GETRULE, NULL);
	return error;
}

static int
take_generation(const struct nlmsghdr *message, void *arg)
{
	struct attrs attrs;

	(void)attrs_of_message(message, &attrs);
	*(uint32_t *)arg = form_u32(&attrs, NFTA_GEN_ID);
	return MNL_CB_OK;
}

static void
keep_generation(void *arg)
{
	(void)arg;
}

/* It counts the commits. */
static int
read_generation(struct kernel *kernel, uint32_t *generation)
{
	char question[64];
	struct nlmsghdr *message = nftnl_nlmsg_build_hdr(
	    question, NFT_MSG_GETGEN, NFPROTO_UNSPEC, NLM_F_ACK, 0);

	return kernel_dump(
	    kernel, message, take_generation, keep_generation, generation);
}

static int
read_once(struct kernel *kernel, struct image *image, bool whole)
{
	int error = 0;

	image_clear(image);
	for (size_t i = 0; error == 0 && i < IMAGE_TABLES; i++) {
		error = dump(kernel, image, i, NFT_MSG_GETTABLE, NULL);
		if (error == 0 && whole && image->table[i].present)
			error = dump_table(kernel, image, i);
	}
	return error;
}

static int
read_kernel(struct kernel *kernel, struct image *image, bool whole)
{
	uint32_t before = 0, after = 0;
	int error = read_generation(kernel, &before);

	for (int i = 0; i < TRIES; i++) {
		/* A set that goes before its elements are asked for: ENOENT. */
		if (error == 0 || error == -ENOENT)
			error = read_once(kernel, image, whole);
		if (error != 0 && error != -ENOENT)
			break;
		if (read_generation(kernel, &after) != 0 || after == before)
			break;
		before = after;
	}
	return error;
}

int
image_of_tables(struct image *image, struct kernel *kernel)
{
	return read_kernel(kernel, image, false);
}

int
image_of_kernel(struct image *image, struct kernel *kernel)
{
	return read_kernel(kernel, image, true);
}
