/*
 * The connection cache, listed.
 */
#include "tests/unit/cachelook.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/gateway.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static unsigned long forgotten[2];

/* Since the last RESET. */
static unsigned long
count_hits(bool reply)
{
	static const char packets[] = "counter packets ";
	char *listed = gateway_nft("list", "chain", "inet", "mudd", "fast");
	const char *at = strstr(listed, packets);
	unsigned long n;

	if (reply && at != NULL)
		at = strstr(at + 1, packets);
	assert_non_null(at);
	n = strtoul(at + strlen(packets), NULL, 10);
	free(listed);
	return n;
}

void
cache_forget_hits(void)
{
	forgotten[0] = count_hits(false);
	forgotten[1] = count_hits(true);
}

unsigned long
cache_hits(bool reply)
{
	return count_hits(reply) - forgotten[reply];
}

unsigned long
cache_epoch(void)
{
	char *listed =
	    gateway_nft("list", "chain", "inet", "mudd", "stamp_original");
	const char *at = strstr(listed, "\"epoch ");
	unsigned long n;

	assert_non_null(at);
	n = strtoul(at + 7, NULL, 10);
	free(listed);
	return n;
}

/* As /proc/net/nf_conntrack has it: of IPv6 all digits are written. */
static const char *
tracked(const char *addr, char text[INET6_ADDRSTRLEN])
{
	struct in6_addr six;
	size_t n = 0;

	if (inet_pton(AF_INET6, addr, &six) != 1)
		return addr;
	for (size_t i = 0; i < sizeof(six); i += 2)
		n += (size_t)snprintf(text + n, INET6_ADDRSTRLEN - n,
		    "%s%02x%02x", i == 0 ? "" : ":", six.s6_addr[i],
		    six.s6_addr[i + 1]);
	return text;
}

long long
cache_mark(const char *addr, uint16_t port)
{
	const char *server =
	    strchr(addr, ':') == NULL ? SERVER_ADDR : SERVER_ADDR6;
	char part[192], from[INET6_ADDRSTRLEN], to[INET6_ADDRSTRLEN];
	const char *const argv[] = { "cat", "/proc/net/nf_conntrack", NULL };
	char *all = gateway_run(HOST_GATEWAY, argv), *save = NULL;
	long long mark = -1;

	(void)snprintf(part, sizeof(part), "src=%s dst=%s sport=%u dport=4000",
	    tracked(addr, from), tracked(server, to), port);
	for (char *line = strtok_r(all, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save)) {
		const char *at = strstr(line, "mark=");

		if (strstr(line, part) != NULL && at != NULL)
			mark = strtoll(at + 5, NULL, 10);
	}
	free(all);
	return mark;
}

void
cache_remove_ace(struct script *script)
{
	struct rule rules[2];

	rules[0] = rule_any(CHAIN_TO, 0);
	rules[0].verdict = RULE_REPLIES;
	rules[1] = rule_port(CHAIN_TO_REPLY, 17, 2, false, 4001);
	script_rules(script, 1, rules, LENGTH(rules));
}
