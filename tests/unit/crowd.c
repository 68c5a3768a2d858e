/*
 * Many Things under many policies.
 */
#include "tests/unit/crowd.h"

#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST 256 /* of the numbers in MACs and addresses */
#define PORTS 1024

#define MIDDLE(i)                                                              \
	((i) + FIRST) >> 16 & 0xff, ((i) + FIRST) >> 8 & 0xff,                 \
	    ((i) + FIRST) & 0xff

struct crowd_names
crowd_names(unsigned int i)
{
	struct crowd_names names;

	(void)snprintf(
	    names.mac, sizeof(names.mac), "02:cc:00:%02x:%02x:%02x", MIDDLE(i));
	(void)snprintf(
	    names.addr4, sizeof(names.addr4), "10.%u.%u.%u", MIDDLE(i));
	(void)snprintf(names.addr6, sizeof(names.addr6), "fd78::cc:%x:%x",
	    (i + FIRST) >> 16, (i + FIRST) & 0xffff);
	return names;
}

uint32_t
crowd_policy(unsigned int i)
{
	return i % CROWD_POLICIES + 1;
}

uint16_t
crowd_port(uint32_t policy, unsigned int ace)
{
	return (uint16_t)(PORTS + policy * CROWD_ACES + ace);
}

void
crowd_make(void)
{
	static const char *const argv[] = { "ip", "addr", "add",
		CROWD_GATEWAY "/8", "dev", "lan1", NULL };

	free(gateway_run(HOST_GATEWAY, argv));
}

void
crowd_add(struct script *script, unsigned int i, uint32_t policy)
{
	struct crowd_names names = crowd_names(i);

	script_thing(script, OP_ADD, names.mac, policy);
	script_binding(script, OP_ADD, names.mac, names.addr4);
	script_binding(script, OP_ADD, names.mac, names.addr6);
}

void
crowd_remove(struct script *script, unsigned int i)
{
	script_thing(script, OP_DELETE, crowd_names(i).mac, 0);
}

/* The rules of the ACEs, in one direction. */
static size_t
write_aces(struct rule *rule, enum rule_chain chain, uint32_t policy,
    unsigned int turn)
{
	uint32_t ports = crowd_policy(policy - 1);

	for (unsigned int i = 0; i < CROWD_ACES; i++) {
		unsigned int ace = (i + turn) % CROWD_ACES;

		rule[i] = rule_port(chain, IPPROTO_UDP, 1, chain == CHAIN_FROM,
		    crowd_port(ports, ace));
		rule[i].family = ace == 0 ? 6 : 4;
		if (chain == CHAIN_FROM)
			rule[i].ace = (uint16_t)ace;
	}
	return CROWD_ACES;
}

void
crowd_rules(struct script *script, uint32_t policy, unsigned int turn)
{
	struct rule rules[2 * CROWD_ACES + 2];
	size_t n = write_aces(rules, CHAIN_FROM, policy, turn);

	rules[n] = rule_any(CHAIN_FROM, 0);
	rules[n++].verdict = RULE_REPLIES;
	rules[n] = rule_any(CHAIN_TO, 0);
	rules[n++].verdict = RULE_REPLIES;
	n += write_aces(rules + n, CHAIN_TO_REPLY, policy, turn);
	script_rules(script, policy, rules, n);
}

void
crowd_write(struct script *script, unsigned int n, uint32_t n_policies)
{
	script_lan(script, OP_ADD, if_nametoindex("lan1"));
	script_lan(script, OP_ADD, if_nametoindex("br0"));
	script_local(script, OP_ADD, "10.0.0.0/8");
	script_self(script, OP_ADD, CROWD_GATEWAY);
	script_set(script, OP_ADD, 1, true);
	script_element(script, OP_ADD, 1, SERVER_ADDR, 86400);
	script_element(script, OP_ADD, 1, SERVER_ADDR6, 86400);
	for (uint32_t policy = 1; policy <= (n_policies != 0 ? n_policies : n);
	     policy++)
		crowd_rules(script, policy, 0);
	for (unsigned int i = 0; i < n; i++)
		crowd_add(script, i, n_policies != 0 ? crowd_policy(i) : i + 1);
}
