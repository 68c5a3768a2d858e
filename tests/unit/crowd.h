/*
 * Many Things under many policies, for tests and benches of scale.
 *
 * Thing i (from 0) has MAC 02:cc:00:xx:xx:xx, one IPv4 address in 10.0.0.0/8
 * and one IPv6 address in fd78::/64, which all tell of i + 256, and lives on
 * lan1 under policy i % CROWD_POLICIES + 1.  Each policy has 20 ACEs from the
 * device: UDP to the server's name, which is set 1, each to another port; and
 * mirrors for replies.  The first ACE is of IPv6, the others of IPv4.
 */
#ifndef TESTS_CROWD_H
#define TESTS_CROWD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/addr.h"
#include "tests/unit/world.h"

#define CROWD_POLICIES 100
#define CROWD_ACES     20
#define CROWD_GATEWAY  "10.0.0.1"

struct crowd_names {
	char mac[MAC_TEXT], addr4[ADDR_TEXT], addr6[ADDR_TEXT];
};
struct crowd_names crowd_names(unsigned int i);
uint32_t crowd_policy(unsigned int i);
/* The port of an ACE, 0 to CROWD_ACES - 1; no two policies share one. */
uint16_t crowd_port(uint32_t policy, unsigned int ace);

/* Gives lan1 the address that leads to the Things, with /8. */
void crowd_make(void);

/* One Thing: three records. */
void crowd_add(struct script *script, unsigned int i, uint32_t policy);
void crowd_remove(struct script *script, unsigned int i);
/* The policy, with another order of its ACEs for each `turn`. */
void crowd_rules(struct script *script, uint32_t policy, unsigned int turn);
/* A RESET: lan1, n Things over n_policies policies (0: one each). */
void crowd_write(struct script *script, unsigned int n, uint32_t n_policies);

#endif
