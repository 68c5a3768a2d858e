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
	struct prefixes own;       /* where the gateway itself answers */
	struct prefixes connected; /* what lies behind it */
	struct prefixes nat64;     /* besides the well-known one */
};

/* RFC 4291 s2.5.5.2; RFC 6052 s2.1. */
static const struct prefix mapped = { { 6, { [10] = 0xff, 0xff } }, 96 };
static const struct prefix well_known = { { 6, { 0x00, 0x64, 0xff, 0x9b } },
	96 };

/* The IPv4 address inside, or the address itself. */
static struct addr
innermost(const struct allowed *allowed, const struct addr *addr)
{
	struct addr inner = *addr;

	if (prefix_unwrap(&mapped, addr, &inner) ||
	    prefix_unwrap(&well_known, addr, &inner))
		return inner;
	for (size_t i = 0; i < allowed->nat64.n; i++)
		if (prefix_unwrap(&allowed->nat64.prefix[i], addr, &inner))
			break;
	return inner;
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

/* The first that holds the address, or NULL. */
static const struct prefix *
prefixes_have(const struct prefixes *list, const struct addr *addr)
{
	for (size_t i = 0; i < list->n; i++)
		if (prefix_has(&list->prefix[i], addr))
			return &list->prefix[i];
	return NULL;
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
allowed_forbid(struct allowed *allowed, const struct record_forbid *rule)
{
	struct prefixes *list =
	    rule->is_own != 0 ? &allowed->own : &allowed->connected;

	if (!prefix_is_sound(&rule->prefix) || rule->is_own > 1)
		return false;
	switch ((enum record_op)rule->op) {
	case OP_ADD:
		return prefixes_add(list, &rule->prefix);
	case OP_DELETE:
		prefixes_remove(list, &rule->prefix);
		return true;
	}
	return false;
}

bool
allowed_translate(struct allowed *allowed, const struct record_prefix *rule)
{
	return rule->op == OP_ADD && prefix_is_nat64(&rule->prefix) &&
	       prefixes_add(&allowed->nat64, &rule->prefix);
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
	struct addr inner = innermost(allowed, addr);
	const struct prefix *network;

	if (prefixes_have(&allowed->own, addr) != NULL ||
	    prefixes_have(&allowed->own, &inner) != NULL)
		return ALLOWED_OWN;
	if (prefixes_have(&allowed->permitted, addr) != NULL ||
	    prefixes_have(&allowed->permitted, &inner) != NULL)
		return ALLOWED_FIT;
	network = prefixes_have(&allowed->connected, &inner);
	if (network != NULL && network->len > 0)
		return ALLOWED_CONNECTED;
	if (!addr_is_global(&inner))
		return ALLOWED_NOT_GLOBAL;
	return network == NULL ? ALLOWED_FIT : ALLOWED_UNKNOWN;
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
	case ALLOWED_UNKNOWN:
		return "not in allow-prefixes, and this gateway has more "
		       "routes or addresses than can be told from it";
	case ALLOWED_NOT_GLOBAL:
		return "not a public address, and not in allow-prefixes";
	}
	return "fit";
}
