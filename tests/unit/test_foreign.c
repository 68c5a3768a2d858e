/*
 * Others' rulesets, and whether bridged frames would be dropped by them, in a
 * network namespace of its own.
 *
 * Needs root, network namespaces, ip(8) and nft(8); fails where they are
 * missing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "enforce/audit/foreign.h"
#include "enforce/kernel.h"
#include "libmud/fault.h"
#include "tests/unit/gateway.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* clang-format off */
#define HOOKED(hook, policy)                                                   \
	"type filter hook " hook " priority 0; policy " policy "; "
/* An ordinary firewall's own rules, and what it ends with. */
#define FORWARD(policy, rules)                                                 \
	"chain forward { " HOOKED("forward", policy)                           \
	"ct state established,related accept; "                                \
	"iifname \"br0\" oifname \"wan\" accept; " rules " }; "
#define INET(chains) "table inet fw { " chains "}"

static const struct {
	const char *name, *rules;
	const char *text; /* NULL: nothing drops */
} cases[] = {
	{ "no rules", "table inet fw", NULL },
	{ "it accepts", INET(FORWARD("accept", "")), NULL },
	{ "policy", INET(FORWARD("drop", "")),
	    "chain forward of table inet fw" },
	{ "policy, whatever the rules", INET(FORWARD("drop", "accept;")),
	    "chain forward of table inet fw" },
	{ "of IPv4", "table ip fw { " FORWARD("drop", "") "}",
	    "chain forward of table ip fw" },
	{ "of IPv6", "table ip6 fw { " FORWARD("drop", "") "}",
	    "chain forward of table ip6 fw" },
	{ "before it", INET("chain c { " HOOKED("prerouting", "drop") "}; "),
	    "chain c of table inet fw" },
	{ "behind it", INET("chain c { " HOOKED("postrouting", "drop") "}; "),
	    "chain c of table inet fw" },
	{ "what comes to the gateway",
	    INET("chain c { " HOOKED("input", "drop") "}; "), NULL },
	{ "what the gateway sends",
	    INET("chain c { " HOOKED("output", "drop") "}; "), NULL },
	{ "the bridge's own",
	    "table bridge fw { chain c { " HOOKED("forward", "drop") "}; }",
	    NULL },
	{ "a chain without hook", INET("chain c { drop; }; "), NULL },
	{ "last rule", INET(FORWARD("accept", "drop;")),
	    "chain forward of table inet fw" },
	{ "last rule, counted and logged",
	    INET(FORWARD("accept", "counter log prefix \"no \" drop;")),
	    "chain forward of table inet fw" },
	{ "rejected", INET(FORWARD("accept", "reject with icmpx "
	    "admin-prohibited;")), "chain forward of table inet fw" },
	{ "of some alone", INET(FORWARD("accept", "iifname \"wan\" drop;")),
	    NULL },
	{ "of what is invalid", INET(FORWARD("accept",
	    "ct state invalid drop;")), NULL },
	{ "last rule accepts", INET(FORWARD("accept",
	    "iifname \"wan\" drop; accept;")), NULL },
	{ "in another chain", INET("chain end { counter drop; }; "
	    FORWARD("accept", "goto end;")),
	    "chain forward of table inet fw" },
	{ "two chains further", INET("chain end { reject; }; "
	    "chain mid { tcp dport 1 accept; jump end; }; "
	    FORWARD("accept", "jump mid;")),
	    "chain forward of table inet fw" },
	{ "another chain that does not", INET("chain end { counter; }; "
	    FORWARD("accept", "goto end;")), NULL },
	{ "to another chain for some", INET("chain end { drop; }; "
	    FORWARD("accept", "iifname \"wan\" goto end;")), NULL },
	{ "our own", "table inet mudd { " FORWARD("drop", "") "}", NULL },
	{ "nobody's but named alike",
	    "table ip mudd { " FORWARD("drop", "") "}",
	    "chain forward of table ip mudd" },
	{ "the second of two", INET(FORWARD("accept", "") "chain last { "
	    HOOKED("forward", "accept") "drop; }; "),
	    "chain last of table inet fw" },
};
/* clang-format on */

static void
load(const char *rules)
{
	const char *const clean[] = { "nft", "flush", "ruleset", NULL };
	const char *const argv[] = { "nft", rules, NULL };

	free(gateway_run(HOST_GATEWAY, clean));
	if (rules[0] != '\0')
		free(gateway_run(HOST_GATEWAY, argv));
}

static int
make(void **state)
{
	struct fault why = { 0 };

	gateway_make();
	*state = kernel_new(&why);
	if (*state == NULL)
		fail_msg("%s", why.detail);
	return 0;
}

static int
end(void **state)
{
	kernel_free(*state);
	return 0;
}

static void
finds_who_drops(void **state)
{
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char text[FOREIGN_TEXT] = "";
		int answer;

		load(cases[i].rules);
		answer = foreign_drops(*state, text);
		if (answer != (cases[i].text != NULL ? 1 : 0))
			fail_msg("%s: %d", cases[i].name, answer);
		assert_string_equal(
		    text, cases[i].text != NULL ? cases[i].text : "");
	}
}

/* What is not read whole counts as one that drops. */
static void
gives_up_on_many(void **state)
{
	char rules[8192] = "table inet fw { ", text[FOREIGN_TEXT] = "";
	size_t len = strlen(rules);

	for (int i = 0; i < 65; i++)
		len += (size_t)snprintf(rules + len, sizeof(rules) - len,
		    "chain c%d { " HOOKED("forward", "accept") "}; ", i);
	(void)snprintf(rules + len, sizeof(rules) - len, "}");
	load(rules);
	assert_int_equal(foreign_drops(*state, text), 1);
	assert_string_equal(text, "one of very many chains");
}

static void
counts_generations(void **state)
{
	uint32_t first = 0, second = 0, third = 0;

	load("");
	assert_int_equal(foreign_generation(*state, &first), 0);
	assert_int_equal(foreign_generation(*state, &second), 0);
	assert_int_equal(first, second);
	free(gateway_run(HOST_GATEWAY,
	    (const char *const[]){ "nft", INET(FORWARD("drop", "")), NULL }));
	assert_int_equal(foreign_generation(*state, &third), 0);
	assert_int_equal(third, first + 1);
}

/* Of a namespace that has a bridge; this kernel must have it. */
static void
sees_netfilter(void **state)
{
	load("");
	assert_int_equal(foreign_has_netfilter(*state), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_who_drops),
		cmocka_unit_test(gives_up_on_many),
		cmocka_unit_test(counts_generations),
		cmocka_unit_test(sees_netfilter),
	};

	return cmocka_run_group_tests(tests, make, end);
}
