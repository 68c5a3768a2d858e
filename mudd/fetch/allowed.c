/*
 * The rules on ports and addresses.  Role: fetcher.  The rules come from the
 * engine; the addresses from DNS and from the network, and are hostile.
 */
#include "fetch/allowed.h"

#include <stdlib.h>
#include <string.h>

#include "libmud/mem.h"

struct prefixes {
	size_t n;
	struct prefix prefix[ALLOWED_RULES];
};

struct allowed {
	size_t n_ports;
	uint16_t port[ALLOWED_PORTS];
	struct prefixes permitted;
	struct prefixes forbidden;
};

/* ::ffff:0:0/96 (RFC 4291 s2.5.5.2) and 64:ff9b::/96 (RFC 6052 s2.1). */
static const uint8_t carriers[][12] = {
	{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff },
	{ 0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0 },
};

/* The IPv4 address inside, or the address itself. */
static struct addr
innermost(const struct addr *addr)
{
	if (addr->family != 6)
		return *addr;
	for (size_t i = 0; i < sizeof(carriers) / sizeof(carriers[0]); i++)
		if (memcmp(addr->byte, carriers[i], 12) == 0)
			return addr_v4(addr->byte + 12);
	return *addr;
}

static bool
is_host_prefix(const struct prefix *prefix)
{
	return prefix->len == (prefix->addr.family == 4 ? 32 : 128);
}

static size_t
prefixes_find(const struct prefixes *list, const struct prefix *prefix)
{
	size_t i = 0;

	while (i < list->n && !prefix_equal(&list->prefix[i], prefix))
		i++;
	return i;
}

static bool
prefixes_add(struct prefixes *list, const struct prefix *prefix)
{
	if (prefixes_find(list, prefix) < list->n)
		return true;
	if (list->n == ALLOWED_RULES)
		return false;
	list->prefix[list->n++] = *prefix;
	return true;
}

static void
prefixes_remove(struct prefixes *list, const struct prefix *prefix)
{
	size_t i = prefixes_find(list, prefix);

	if (i < list->n)
		list->prefix[i] = list->prefix[--list->n];
}

static bool
prefixes_have(const struct prefixes *list, const struct addr *addr)
{
	for (size_t i = 0; i < list->n; i++)
		if (prefix_has(&list->prefix[i], addr))
			return true;
	return false;
}

static bool
is_own(const struct allowed *allowed, const struct addr *addr)
{
	for (size_t i = 0; i < allowed->forbidden.n; i++) {
		const struct prefix *prefix = &allowed->forbidden.prefix[i];

		if (is_host_prefix(prefix) && prefix_has(prefix, addr))
			return true;
	}
	return false;
}

struct allowed *
allowed_new(void)
{
	struct allowed *allowed = xcalloc(1, sizeof(*allowed));

	allowed->port[allowed->n_ports++] = 443;
	return allowed;
}

void
allowed_free(struct allowed *allowed)
{
	free(allowed);
}

bool
allowed_permit(struct allowed *allowed, const struct record_allow *rule)
{
	if (rule->prefix.addr.family != 0)
		return prefix_is_sound(&rule->prefix) && rule->port == 0 &&
		       prefixes_add(&allowed->permitted, &rule->prefix);
	if (rule->port == 0)
		return false;
	if (allowed_has_port(allowed, rule->port))
		return true;
	if (allowed->n_ports == ALLOWED_PORTS)
		return false;
	allowed->port[allowed->n_ports++] = rule->port;
	return true;
}

bool
allowed_forbid(struct allowed *allowed, const struct record_prefix *rule)
{
	if (!prefix_is_sound(&rule->prefix))
		return false;
	switch ((enum record_op)rule->op) {
	case OP_ADD:
		return prefixes_add(&allowed->forbidden, &rule->prefix);
	case OP_DELETE:
		prefixes_remove(&allowed->forbidden, &rule->prefix);
		return true;
	}
	return false;
}

bool
allowed_has_port(const struct allowed *allowed, uint16_t port)
{
	for (size_t i = 0; i < allowed->n_ports; i++)
		if (allowed->port[i] == port)
			return true;
	return false;
}

enum allowed_verdict
allowed_judge(const struct allowed *allowed, const struct addr *addr)
{
	struct addr inner = innermost(addr);

	if (is_own(allowed, addr) || is_own(allowed, &inner))
		return ALLOWED_OWN;
	if (prefixes_have(&allowed->permitted, addr) ||
	    prefixes_have(&allowed->permitted, &inner))
		return ALLOWED_FIT;
	if (prefixes_have(&allowed->forbidden, addr) ||
	    prefixes_have(&allowed->forbidden, &inner))
		return ALLOWED_CONNECTED;
	return addr_is_global(addr) ? ALLOWED_FIT : ALLOWED_NOT_GLOBAL;
}

const char *
allowed_words(enum allowed_verdict verdict)
{
	switch (verdict) {
	case ALLOWED_FIT:
		break;
	case ALLOWED_OWN:
		return "an address of this gateway";
	case ALLOWED_CONNECTED:
		return "in a network of this gateway, and not in "
		       "allow-prefixes";
	case ALLOWED_NOT_GLOBAL:
		return "not a public address, and not in allow-prefixes";
	}
	return "fit";
}
