/* See rtnl_told.h. */
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "rtnl_told.h"

const struct a_link bridge = { .type = RTM_NEWLINK,
	.index = 2,
	.flags = UP,
	.name = "br-lan",
	.mac = MAC_A,
	.kind = "bridge" };
const struct a_link port = { .type = RTM_NEWLINK,
	.index = 3,
	.flags = UP,
	.name = "lan1",
	.mac = MAC_B,
	.master = 2,
	.slave_kind = "bridge" };

void
append(struct datagram *d, const void *raw, size_t len)
{
	memcpy(d->raw + d->len, raw, len);
	d->len += len;
	while (d->len % 4 != 0)
		d->raw[d->len++] = 0;
}

void
begin(struct datagram *d, uint16_t type, uint16_t flags, uint32_t seq)
{
	const struct nlmsghdr header = {
		.nlmsg_type = type, .nlmsg_flags = flags, .nlmsg_seq = seq
	};

	d->message = d->len;
	append(d, &header, sizeof(header));
}

void
finish(struct datagram *d)
{
	const uint32_t len = (uint32_t)(d->len - d->message);

	memcpy(d->raw + d->message, &len, sizeof(len));
}

void
attr(struct datagram *d, uint16_t type, const void *value, size_t len)
{
	const struct nlattr head = { (uint16_t)(sizeof(head) + len), type };

	append(d, &head, sizeof(head));
	append(d, value, len);
}

static void
nest_begin(struct datagram *d, uint16_t type)
{
	const struct nlattr head = { 0, type };

	d->nest = d->len;
	append(d, &head, sizeof(head));
}

static void
nest_end(struct datagram *d)
{
	const uint16_t len = (uint16_t)(d->len - d->nest);

	memcpy(d->raw + d->nest, &len, sizeof(len));
}

void
put_link(struct datagram *d, const struct a_link *link)
{
	const struct ifinfomsg info = { .ifi_family = link->family,
		.ifi_index = link->index,
		.ifi_flags = link->flags };

	begin(d, link->type, 0, 0);
	append(d, &info, sizeof(info));
	if (link->name != NULL)
		attr(d, IFLA_IFNAME, link->name, strlen(link->name) + 1);
	if (link->mac != NULL)
		attr(d, IFLA_ADDRESS, link->mac, 6);
	if (link->master != 0)
		attr(d, IFLA_MASTER, U32(link->master));
	if (link->lower != 0)
		attr(d, IFLA_LINK, U32(link->lower));
	nest_begin(d, IFLA_LINKINFO);
	if (link->kind != NULL)
		attr(d, IFLA_INFO_KIND, link->kind, strlen(link->kind) + 1);
	if (link->slave_kind != NULL)
		attr(d, IFLA_INFO_SLAVE_KIND, link->slave_kind,
		    strlen(link->slave_kind) + 1);
	nest_end(d);
	finish(d);
}

void
put_address(struct datagram *d, uint16_t type, uint8_t family, uint8_t len,
    uint32_t ifindex, const char *address, const char *local)
{
	const struct ifaddrmsg info = {
		.ifa_family = family, .ifa_prefixlen = len, .ifa_index = ifindex
	};
	const size_t size = family == AF_INET ? 4 : 16;

	begin(d, type, 0, 0);
	append(d, &info, sizeof(info));
	if (address != NULL)
		attr(d, IFA_ADDRESS, address, size);
	if (local != NULL)
		attr(d, IFA_LOCAL, local, size);
	finish(d);
}

void
put_neighbour(struct datagram *d, uint16_t type, uint8_t family, int ifindex,
    uint16_t nud, const char *mac, uint32_t master)
{
	const struct ndmsg info = {
		.ndm_family = family, .ndm_ifindex = ifindex, .ndm_state = nud
	};

	begin(d, type, 0, 0);
	append(d, &info, sizeof(info));
	if (mac != NULL)
		attr(d, NDA_LLADDR, mac, 6);
	if (master != 0)
		attr(d, NDA_MASTER, U32(master));
	finish(d);
}

void
put_route(struct datagram *d, const struct a_route *route)
{
	const struct rtmsg info = {
		.rtm_family = route->family,
		.rtm_dst_len = route->len,
		.rtm_type = route->kind,
		.rtm_table = RT_TABLE_MAIN,
	};

	begin(d, route->type, route->flags, 0);
	append(d, &info, sizeof(info));
	if (route->dst != NULL)
		attr(d, RTA_DST, route->dst, route->family == AF_INET ? 4 : 16);
	if (route->oif != 0)
		attr(d, RTA_OIF, U32(route->oif));
	if (route->metric != 0)
		attr(d, RTA_PRIORITY, U32(route->metric));
	if (route->table != 0)
		attr(d, RTA_TABLE, U32(route->table));
	finish(d);
}

static void __attribute__((format(printf, 2, 3)))
say(struct told *told, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(
	    told->text + told->len, sizeof(told->text) - told->len, fmt, args);
	va_end(args);
	/* A flood is cut short; no test looks at the whole of one. */
	if (n > 0 && (size_t)n < sizeof(told->text) - told->len)
		told->len += (size_t)n;
}

static void
on_link(void *arg, const struct record_link *link)
{
	char mac[MAC_TEXT];

	say(arg, "%slink %u %s %s%s%s master %u\n",
	    link->op == OP_DELETE ? "-" : "+", link->ifindex, link->name,
	    mac_text(&link->mac, mac), link->is_up ? " up" : "",
	    link->is_bridge ? " bridge" : "", link->master);
}

static void
on_gateway(void *arg, const struct record_gateway *address)
{
	char text[ADDR_TEXT];

	say(arg, "%saddr %u %s/%u\n", address->op == OP_DELETE ? "-" : "+",
	    address->ifindex, addr_text(&address->addr, text), address->len);
}

static void
on_network(void *arg, const struct record_network *network)
{
	char text[PREFIX_TEXT];

	say(arg, "%snet %u%s %s\n", network->op == OP_DELETE ? "-" : "+",
	    network->ifindex, network->is_own ? " own" : "",
	    network->prefix.addr.family == 0
		? "crowd"
		: prefix_text(&network->prefix, text));
}

static void
on_mac(
    void *arg, enum links_where where, const struct mac *mac, uint32_t ifindex)
{
	static const char *const words[] = { "port", "aged", "near" };
	char text[MAC_TEXT];

	say(arg, "%s %u %s\n", words[where], ifindex, mac_text(mac, text));
}

static void
on_unreachable(void *arg, const struct record_unreachable *told)
{
	char text[ADDR_TEXT];

	say(arg, "failed %u %s\n", told->ifindex, addr_text(&told->addr, text));
}

void
told_begin(struct told *told)
{
	const struct links_events events = { on_link, on_gateway, on_network,
		on_mac, on_unreachable };

	memset(told, 0, sizeof(*told));
	told->links = links_new(&events, told);
}

void
told_clear(struct told *told)
{
	told->text[told->len = 0] = '\0';
}

struct links_outcome
feed(struct told *told, struct datagram *d, const char *expected)
{
	struct links_outcome outcome;

	told_clear(told);
	links_feed(told->links, (struct bytes){ d->raw, d->len }, 0, &outcome);
	assert_string_equal(told->text, expected);
	d->len = 0;
	return outcome;
}
