/*
 * Flowtables.  Role: enforcer.  Input: the kernel's answers; names in them are
 * anybody's, and are only compared and copied.
 */
#include "enforce/audit/offload.h"

#include <stdio.h> /* FILE, for libnftnl */

#include <libmnl/libmnl.h>
#include <libnftnl/common.h>
#include <libnftnl/flowtable.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdlib.h>
#include <string.h>

#include "enforce/kernel.h"
#include "enforce/model.h"

struct search {
	const struct places *now;
	char *text;
	bool is_found;
};

static bool
is_lan(const struct places *now, const char *name)
{
	for (size_t i = 0; i < now->n_lan; i++)
		if (strncmp(now->lan[i].name, name, IFNAMSIZ) == 0)
			return true;
	for (size_t i = 0; i < now->n_ports; i++)
		if (strncmp(now->port[i].name, name, IFNAMSIZ) == 0)
			return true;
	return false;
}

static const char *
family_name(uint32_t family)
{
	switch (family) {
	case NFPROTO_INET:
		return "inet";
	case NFPROTO_IPV4:
		return "ip";
	case NFPROTO_IPV6:
		return "ip6";
	default:
		return "?";
	}
}

/* Ours to print is what is visible. */
static void
name_it(const struct nftnl_flowtable *flowtable, const char *device,
    char text[OFFLOAD_TEXT])
{
	(void)snprintf(text, OFFLOAD_TEXT,
	    "flowtable %.40s of table %s %.40s has %.16s",
	    nftnl_flowtable_get_str(flowtable, NFTNL_FLOWTABLE_NAME),
	    family_name(
		nftnl_flowtable_get_u32(flowtable, NFTNL_FLOWTABLE_FAMILY)),
	    nftnl_flowtable_get_str(flowtable, NFTNL_FLOWTABLE_TABLE), device);
	for (char *at = text; *at != '\0'; at++)
		if (*at < ' ' || *at > '~')
			*at = '?';
}

static bool
look_at(const struct nftnl_flowtable *flowtable, const struct places *now,
    char text[OFFLOAD_TEXT])
{
	const char *const *devices;

	if (!nftnl_flowtable_is_set(flowtable, NFTNL_FLOWTABLE_NAME) ||
	    !nftnl_flowtable_is_set(flowtable, NFTNL_FLOWTABLE_TABLE) ||
	    !nftnl_flowtable_is_set(flowtable, NFTNL_FLOWTABLE_DEVICES))
		return false;
	devices = nftnl_flowtable_get_array(flowtable, NFTNL_FLOWTABLE_DEVICES);
	for (size_t i = 0; devices != NULL && devices[i] != NULL; i++)
		if (is_lan(now, devices[i])) {
			name_it(flowtable, devices[i], text);
			return true;
		}
	return false;
}

bool
offload_is_ours(const struct nlmsghdr *message, const struct places *now,
    char text[OFFLOAD_TEXT])
{
	struct nftnl_flowtable *flowtable = nftnl_flowtable_alloc();
	bool is_ours;

	if (flowtable == NULL)
		abort();
	is_ours = nftnl_flowtable_nlmsg_parse(message, flowtable) == 0 &&
	          look_at(flowtable, now, text);
	nftnl_flowtable_free(flowtable);
	return is_ours;
}

static int
take_flowtable(const struct nlmsghdr *message, void *arg)
{
	struct search *search = arg;

	if (!search->is_found)
		search->is_found =
		    offload_is_ours(message, search->now, search->text);
	return MNL_CB_OK;
}

static void
forget(void *arg)
{
	struct search *search = arg;

	search->is_found = false;
}

bool
offload_find(
    struct kernel *kernel, const struct places *now, char text[OFFLOAD_TEXT])
{
	char question[256];
	struct nlmsghdr *message = nftnl_nlmsg_build_hdr(
	    question, NFT_MSG_GETFLOWTABLE, NFPROTO_UNSPEC, NLM_F_DUMP, 0);
	struct search search = { now, text, false };

	return kernel_dump(kernel, message, take_flowtable, forget, &search) ==
	           0 &&
	       search.is_found;
}
