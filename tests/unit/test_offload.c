/*
 * Whose flowtables are on our interfaces, by messages as the kernel sends them:
 * this machine's may have none to show.
 *
 * Needs root, network namespaces, ip(8) and nft(8) for the last test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h> /* FILE, for libnftnl */

#include <libmnl/libmnl.h>
#include <libnftnl/common.h>
#include <libnftnl/flowtable.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdlib.h>
#include <string.h>

#include "enforce/audit/offload.h"
#include "enforce/kernel.h"
#include "enforce/model.h"
#include "libmud/fault.h"
#include "libmud/mem.h"
#include "tests/unit/gateway.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* A LAN of a bridge with two ports, and an interface that is none. */
static struct places *
make_places(void)
{
	struct places *places = xcalloc(1, sizeof(*places));

	places->n_lan = 2;
	memcpy(places->lan[0].name, "br-lan", 7);
	memcpy(places->lan[1].name, "lan9", 5);
	places->n_ports = 2;
	memcpy(places->port[0].name, "lan1", 5);
	memcpy(places->port[1].name, "lan2", 5);
	return places;
}

static const struct {
	const char *name;
	uint16_t family;
	const char *devices[4];
	const char *text; /* NULL: it is nothing of ours */
} cases[] = {
	{ "nobody's", NFPROTO_INET, { "wan0", "eth7" }, NULL },
	{ "no device", NFPROTO_INET, { NULL }, NULL },
	{ "the bridge", NFPROTO_INET, { "wan0", "br-lan" },
	    "flowtable f of table inet fw has br-lan" },
	{ "a port", NFPROTO_IPV4, { "lan2", "wan0" },
	    "flowtable f of table ip fw has lan2" },
	{ "a plain interface", NFPROTO_IPV6, { "lan9" },
	    "flowtable f of table ip6 fw has lan9" },
	{ "a longer name", NFPROTO_INET, { "br-lan2", "lan" }, NULL },
};

static void
finds_ours(void **state)
{
	struct places *places = make_places();

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		_Alignas(struct nlmsghdr) char buffer[1024];
		char text[OFFLOAD_TEXT] = "";
		struct nftnl_flowtable *flowtable = nftnl_flowtable_alloc();
		struct nlmsghdr *message = nftnl_nlmsg_build_hdr(
		    buffer, NFT_MSG_NEWFLOWTABLE, cases[i].family, 0, 1);
		bool is_ours;

		nftnl_flowtable_set_str(flowtable, NFTNL_FLOWTABLE_NAME, "f");
		nftnl_flowtable_set_str(flowtable, NFTNL_FLOWTABLE_TABLE, "fw");
		nftnl_flowtable_set_u32(
		    flowtable, NFTNL_FLOWTABLE_HOOKNUM, NF_NETDEV_INGRESS);
		nftnl_flowtable_set_u32(flowtable, NFTNL_FLOWTABLE_PRIO, 0);
		if (cases[i].devices[0] != NULL)
			(void)nftnl_flowtable_set_array(flowtable,
			    NFTNL_FLOWTABLE_DEVICES,
			    (const char **)(uintptr_t)cases[i].devices);
		nftnl_flowtable_nlmsg_build_payload(message, flowtable);
		is_ours = offload_is_ours(message, places, text);
		if (is_ours != (cases[i].text != NULL))
			fail_msg("%s", cases[i].name);
		if (is_ours)
			assert_string_equal(text, cases[i].text);
		nftnl_flowtable_free(flowtable);
	}
	free(places);
}

/* Names that others have made up are printed as what can be seen of them. */
static void
quotes_names(void **state)
{
	_Alignas(struct nlmsghdr) char buffer[1024];
	const char *devices[] = { "lan1", NULL };
	struct nftnl_flowtable *flowtable = nftnl_flowtable_alloc();
	struct nlmsghdr *message = nftnl_nlmsg_build_hdr(
	    buffer, NFT_MSG_NEWFLOWTABLE, NFPROTO_INET, 0, 1);
	struct places *places = make_places();
	char text[OFFLOAD_TEXT] = "";

	(void)state;
	nftnl_flowtable_set_str(flowtable, NFTNL_FLOWTABLE_NAME, "a\033[2J");
	nftnl_flowtable_set_str(flowtable, NFTNL_FLOWTABLE_TABLE, "\nfw");
	nftnl_flowtable_set_u32(
	    flowtable, NFTNL_FLOWTABLE_HOOKNUM, NF_NETDEV_INGRESS);
	nftnl_flowtable_set_u32(flowtable, NFTNL_FLOWTABLE_PRIO, 0);
	(void)nftnl_flowtable_set_array(
	    flowtable, NFTNL_FLOWTABLE_DEVICES, devices);
	nftnl_flowtable_nlmsg_build_payload(message, flowtable);
	assert_true(offload_is_ours(message, places, text));
	assert_string_equal(text, "flowtable a?[2J of table inet ?fw has lan1");
	nftnl_flowtable_free(flowtable);
	free(places);
}

/* The question itself is one that a kernel takes. */
static void
asks_the_kernel(void **state)
{
	struct places *places = make_places();
	char text[OFFLOAD_TEXT] = "";
	struct fault why = { 0 };
	struct kernel *kernel;

	(void)state;
	gateway_make();
	kernel = kernel_new(&why);
	if (kernel == NULL)
		fail_msg("%s", why.detail);
	assert_false(offload_find(kernel, places, text));
	kernel_free(kernel);
	free(places);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_ours),
		cmocka_unit_test(quotes_names),
		cmocka_unit_test(asks_the_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
