/*
 * The gateway's own side of the LAN.  Role: engine.  Input: the watcher's
 * records, whose texts are checked here.
 */
#include "engine/lan.h"

#include <string.h>

#include "core/msg.h"
#include "engine/config.h"

void
lan_init(struct lan *lan, const struct config *config)
{
	memset(lan, 0, sizeof(*lan));
	lan->config = config;
}

void
lan_restart(struct lan *lan)
{
	for (size_t i = 0; i < lan->n_links; i++) {
		lan->links[i].is_captured = false;
		lan->links[i].is_stale = true;
	}
	for (size_t i = 0; i < lan->n_addresses; i++)
		lan->addresses[i].is_stale = true;
	for (size_t i = 0; i < lan->n_networks; i++)
		lan->networks[i].is_stale = true;
	lan->is_complete = false;
	lan->links_changed = lan->addresses_changed = true;
	lan->ports_changed = true;
}

struct lan_link *
lan_find(struct lan *lan, uint32_t ifindex)
{
	for (size_t i = 0; i < lan->n_links; i++)
		if (lan->links[i].link.ifindex == ifindex)
			return &lan->links[i];
	return NULL;
}

struct lan_link *
lan_find_name(struct lan *lan, const char *name)
{
	for (size_t i = 0; i < lan->n_links; i++)
		if (strcmp(lan->links[i].link.name, name) == 0)
			return &lan->links[i];
	return NULL;
}

static bool
is_configured(const struct lan *lan, const char *name)
{
	for (size_t i = 0; i < lan->config->n_lan; i++)
		if (strcmp(lan->config->lan[i], name) == 0)
			return true;
	return false;
}

/*
 * A port is where Things' frames come in: a LAN interface that is no bridge,
 * or a port of a bridge that is one.  (LLDP never reaches the bridge itself.)
 */
static void
judge_links(struct lan *lan)
{
	for (size_t i = 0; i < lan->n_links; i++) {
		struct lan_link *at = &lan->links[i];

		at->is_lan = is_configured(lan, at->link.name);
	}
	for (size_t i = 0; i < lan->n_links; i++) {
		struct lan_link *at = &lan->links[i];
		const struct lan_link *master =
		    at->link.master == 0 ? NULL
					 : lan_find(lan, at->link.master);

		at->is_port = (at->is_lan && !at->link.is_bridge) ||
		              (master != NULL && master->is_lan);
		if (!at->is_port)
			at->is_captured = false;
	}
}

static void
remove_link(struct lan *lan, struct lan_link *at)
{
	if (at->is_installed && lan->n_gone < LIMIT_PORTS)
		lan->gone[lan->n_gone++] = at->link.ifindex;
	if (at->told_name[0] != '\0' && lan->n_ports_gone < LIMIT_PORTS)
		lan->ports_gone[lan->n_ports_gone++] = at->link.ifindex;
	*at = lan->links[--lan->n_links];
}

void
lan_links_end(struct lan *lan)
{
	for (size_t i = lan->n_links; i > 0; i--)
		if (lan->links[i - 1].is_stale)
			remove_link(lan, &lan->links[i - 1]);
	for (size_t i = lan->n_addresses; i > 0; i--)
		if (lan->addresses[i - 1].is_stale)
			lan->addresses[i - 1] =
			    lan->addresses[--lan->n_addresses];
	for (size_t i = lan->n_networks; i > 0; i--)
		if (lan->networks[i - 1].is_stale)
			lan->networks[i - 1] = lan->networks[--lan->n_networks];
	judge_links(lan);
	lan->is_complete = lan->is_known = true;
	lan->links_changed = lan->addresses_changed = true;
	lan->ports_changed = true;
}

bool
lan_link(struct lan *lan, const struct record_link *link)
{
	struct lan_link *at;

	if (link->op > OP_DELETE || link->ifindex == 0 ||
	    !msg_text_ends(link->name, sizeof(link->name)))
		return false;
	at = lan_find(lan, link->ifindex);
	lan->links_changed = lan->ports_changed = true;
	if (link->op == OP_DELETE) {
		if (at != NULL)
			remove_link(lan, at);
		judge_links(lan);
		return true;
	}
	if (at == NULL) {
		if (lan->n_links == LIMIT_PORTS)
			return true;
		at = &lan->links[lan->n_links++];
		memset(at, 0, sizeof(*at));
	}
	if (!mac_equal(&at->link.mac, &link->mac))
		at->is_changed = true;
	at->link = *link;
	at->is_stale = false;
	judge_links(lan);
	return true;
}

bool
lan_gateway(struct lan *lan, const struct record_gateway *gateway)
{
	size_t i;

	if (gateway->op > OP_DELETE || !addr_is_sound(&gateway->addr) ||
	    gateway->len > (gateway->addr.family == 4 ? 32 : 128))
		return false;
	for (i = 0; i < lan->n_addresses; i++)
		if (lan->addresses[i].ifindex == gateway->ifindex &&
		    lan->addresses[i].len == gateway->len &&
		    addr_equal(&lan->addresses[i].addr, &gateway->addr))
			break;
	lan->addresses_changed = true;
	if (gateway->op == OP_DELETE) {
		if (i < lan->n_addresses)
			lan->addresses[i] = lan->addresses[--lan->n_addresses];
		return true;
	}
	if (i == LIMIT_PORTS) {
		lan->is_partial = true;
		return true;
	}
	if (i == lan->n_addresses)
		lan->n_addresses++;
	lan->addresses[i] = (struct lan_address){
		.ifindex = gateway->ifindex,
		.addr = gateway->addr,
		.len = gateway->len,
	};
	return true;
}

static bool
network_is_sound(const struct record_network *network)
{
	const struct prefix *prefix = &network->prefix;

	return network->op <= OP_DELETE && network->is_own <= 1 &&
	       (network->is_own == 0 || network->ifindex == 0) &&
	       (prefix->addr.family == 0 ||
		   (prefix_is_sound(prefix) && prefix->len > 0));
}

bool
lan_network(struct lan *lan, const struct record_network *network)
{
	size_t i = 0;

	if (!network_is_sound(network))
		return false;
	while (i < lan->n_networks &&
	       (lan->networks[i].network.ifindex != network->ifindex ||
		   lan->networks[i].network.is_own != network->is_own ||
		   !prefix_equal(
		       &lan->networks[i].network.prefix, &network->prefix)))
		i++;
	if (network->op == OP_DELETE) {
		if (i < lan->n_networks)
			lan->networks[i] = lan->networks[--lan->n_networks];
		return true;
	}
	if (i == LIMIT_NETWORKS) {
		lan->is_partial = true;
		return true;
	}
	if (i == lan->n_networks)
		lan->n_networks++;
	lan->networks[i] = (struct lan_network){ .network = *network };
	return true;
}

static const struct lan_link *
find(const struct lan *lan, uint32_t ifindex)
{
	for (size_t i = 0; i < lan->n_links; i++)
		if (lan->links[i].link.ifindex == ifindex)
			return &lan->links[i];
	return NULL;
}

const struct lan_link *
lan_of_port(const struct lan *lan, uint32_t ifindex)
{
	const struct lan_link *at = find(lan, ifindex);

	if (at == NULL || at->is_lan)
		return at;
	at = at->link.master == 0 ? NULL : find(lan, at->link.master);
	return at != NULL && at->is_lan ? at : NULL;
}

bool
lan_is_own_mac(const struct lan *lan, const struct mac *mac)
{
	for (size_t i = 0; i < lan->n_links; i++)
		if (mac_equal(&lan->links[i].link.mac, mac))
			return true;
	return false;
}

bool
lan_is_own_addr(const struct lan *lan, const struct addr *addr)
{
	for (size_t i = 0; i < lan->n_addresses; i++)
		if (addr_equal(&lan->addresses[i].addr, addr))
			return true;
	return false;
}

/* The last address of an IPv4 network of at most /30. */
static bool
broadcast_of(const struct lan_address *at, struct addr *out)
{
	if (at->addr.family != 4 || at->len > 30)
		return false;
	*out = at->addr;
	for (unsigned int bit = at->len; bit < 32; bit++)
		out->byte[bit / 8] |= (uint8_t)(0x80u >> (bit % 8));
	return true;
}

/* Is it of a network that is connected there, and not the network's own? */
static bool
is_hosts(const struct lan *lan, uint32_t ifindex, const struct addr *addr)
{
	bool is_connected = false;

	for (size_t i = 0; i < lan->n_addresses; i++) {
		const struct lan_address *at = &lan->addresses[i];
		struct prefix network = prefix_of(&at->addr, at->len);
		struct addr broadcast;

		if (at->ifindex != ifindex || !prefix_has(&network, addr))
			continue;
		if (broadcast_of(at, &broadcast) &&
		    (addr_equal(&broadcast, addr) ||
			addr_equal(&network.addr, addr)))
			return false;
		/* The subnet's routers' (RFC 4291 s2.6.1). */
		if (at->addr.family == 6 && at->len < 127 &&
		    addr_equal(&network.addr, addr))
			return false;
		is_connected = true;
	}
	return is_connected;
}

bool
lan_may_lend(const struct lan *lan, uint32_t port, const struct addr *addr)
{
	const struct lan_link *link = lan_of_port(lan, port);

	return link != NULL && addr_is_host(addr) &&
	       !lan_is_own_addr(lan, addr) &&
	       is_hosts(lan, link->link.ifindex, addr);
}

bool
lan_may_keep(const struct lan *lan, uint32_t port, const struct addr *addr)
{
	if (lan_of_port(lan, port) != NULL)
		return lan_may_lend(lan, port, addr);
	for (size_t i = 0; i < lan->n_links; i++)
		if (lan->links[i].is_lan &&
		    lan_may_lend(lan, lan->links[i].link.ifindex, addr))
			return true;
	return false;
}

static bool
is_lan(const struct lan *lan, uint32_t ifindex)
{
	const struct lan_link *at = find(lan, ifindex);

	return at != NULL && at->is_lan;
}

static bool
is_on_lan(const struct lan *lan, const struct lan_address *address)
{
	return is_lan(lan, address->ifindex);
}

bool
lan_is_closed(const struct lan *lan, const struct record_network *network)
{
	return network->ifindex == 0 || is_lan(lan, network->ifindex);
}

static bool
prefix_put(struct prefix *out, size_t *n, struct prefix prefix)
{
	for (size_t i = 0; i < *n; i++)
		if (prefix_equal(&out[i], &prefix))
			return true;
	if (*n == LIMIT_LOCALS)
		return false;
	out[(*n)++] = prefix;
	return true;
}

size_t
lan_locals(const struct lan *lan, struct prefix out[LIMIT_LOCALS])
{
	struct prefix link_local;
	size_t n = 0;

	(void)prefix_parse("169.254.0.0/16", &link_local);
	(void)prefix_put(out, &n, link_local);
	(void)prefix_parse("fe80::/10", &link_local);
	(void)prefix_put(out, &n, link_local);
	for (size_t i = 0; i < lan->config->n_local_networks; i++)
		(void)prefix_put(out, &n, lan->config->local_networks[i]);
	for (size_t i = 0; i < lan->n_addresses; i++) {
		const struct lan_address *at = &lan->addresses[i];

		if (is_on_lan(lan, at))
			(void)prefix_put(
			    out, &n, prefix_of(&at->addr, at->len));
	}
	return n;
}

static void
addr_put(struct addr *out, size_t *n, size_t max, const struct addr *addr)
{
	if (!addr_among(out, *n, addr) && *n < max)
		out[(*n)++] = *addr;
}

size_t
lan_selves(const struct lan *lan, struct addr *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < lan->n_addresses; i++) {
		const struct lan_address *at = &lan->addresses[i];
		struct addr broadcast;

		addr_put(out, &n, max, &at->addr);
		if (is_on_lan(lan, at) && broadcast_of(at, &broadcast))
			addr_put(out, &n, max, &broadcast);
	}
	return n;
}

size_t
lan_servers(const struct lan *lan, struct addr *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < lan->n_addresses; i++)
		if (is_on_lan(lan, &lan->addresses[i]))
			addr_put(out, &n, max, &lan->addresses[i].addr);
	return n;
}
