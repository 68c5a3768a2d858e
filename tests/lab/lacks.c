/*
 * A kernel that lacks something, for the lab: loaded before libc
 * (LD_PRELOAD), it changes what mudd asks the kernel for into what no kernel
 * has, so that the real kernel answers as one without it would.
 *
 * LACKS names them, with commas between:
 *   bridge   nftables for bridges: their family becomes one without chains
 *   egress   netdev egress: the hook becomes one that is none
 *   owner    table flags owner and persist: an unknown flag is with them
 *   nflog    expression log, and nfnetlink_log: unknown ones
 *   br_netfilter
 *            it is asked who listens at another hook than this module does,
 *            and the module's files are not there
 */
#define _GNU_SOURCE

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_hook.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define FAMILY_OF_NOBODY    4 /* a number that NFPROTO_* leaves out */
#define SUBSYSTEM_OF_NOBODY 30
#define HOOK_OF_NOBODY      9
#define HOOK_BR_PREROUTING  0
#define HOOK_BR_LOCAL_OUT   3
#define FLAG_OF_NOBODY      0x80
#define FLAGS_OF_OWNER      6 /* NFT_TABLE_F_OWNER, NFT_TABLE_F_PERSIST */
#define MESSAGE_MAX         (16 * 1024 * 1024)

typedef int access_fn(const char *path, int mode);
typedef ssize_t sendto_fn(int fd, const void *data, size_t len, int flags,
    const struct sockaddr *to, socklen_t to_len);

static bool
lacks(const char *what)
{
	const char *list = getenv("LACKS");
	const char *at = list == NULL ? NULL : strstr(list, what);

	return at != NULL && (at == list || at[-1] == ',') &&
	       (at[strlen(what)] == '\0' || at[strlen(what)] == ',');
}

static bool
is_netfilter(int fd)
{
	socklen_t len = sizeof(int);
	int domain = 0, protocol = 0;

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 &&
	       domain == AF_NETLINK &&
	       getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &len) == 0 &&
	       protocol == NETLINK_NETFILTER;
}

/* The payload of an attribute of this type; NULL: there is none. */
static void *
find(void *data, size_t left, unsigned int type, size_t *len)
{
	char *at = data;

	while (left >= sizeof(struct nlattr)) {
		struct nlattr attr;
		size_t whole;

		memcpy(&attr, at, sizeof(attr));
		whole = NLA_ALIGN(attr.nla_len);
		if (attr.nla_len < sizeof(attr) || attr.nla_len > left)
			return NULL;
		if ((attr.nla_type & NLA_TYPE_MASK) == type) {
			*len = attr.nla_len - sizeof(attr);
			return at + sizeof(attr);
		}
		if (whole >= left)
			return NULL;
		at += whole;
		left -= whole;
	}
	return NULL;
}

static void
change_u32(void *data, uint32_t from, uint32_t to)
{
	uint32_t value;

	memcpy(&value, data, sizeof(value));
	if (ntohl(value) != from)
		return;
	value = htonl(to);
	memcpy(data, &value, sizeof(value));
}

static void
change_chain(const struct nfgenmsg *header, void *attrs, size_t len)
{
	size_t in, number;
	char *hook = find(attrs, len, NFTA_CHAIN_HOOK, &in);
	char *hooknum =
	    hook == NULL ? NULL : find(hook, in, NFTA_HOOK_HOOKNUM, &number);

	if (lacks("egress") && header->nfgen_family == NFPROTO_NETDEV &&
	    hooknum != NULL)
		change_u32(hooknum, NF_NETDEV_EGRESS, HOOK_OF_NOBODY);
}

static void
change_table(void *attrs, size_t len)
{
	size_t in;
	char *flags = find(attrs, len, NFTA_TABLE_FLAGS, &in);
	uint32_t value;

	if (!lacks("owner") || flags == NULL)
		return;
	memcpy(&value, flags, sizeof(value));
	if ((ntohl(value) & FLAGS_OF_OWNER) == 0)
		return;
	value |= htonl(FLAG_OF_NOBODY);
	memcpy(flags, &value, sizeof(value));
}

/* Which functions are called at a hook (nfnetlink_hook). */
static void
change_question(void *attrs, size_t len)
{
	size_t number;
	char *hook = find(attrs, len, NFNLA_HOOK_HOOKNUM, &number);

	if (hook != NULL)
		change_u32(hook, HOOK_BR_PREROUTING, HOOK_BR_LOCAL_OUT);
}

/* Each expression's name is an attribute of these bytes. */
static void
change_rule(void *data, size_t len)
{
	static const char name[] = { 8, 0, NFTA_EXPR_NAME, 0, 'l', 'o', 'g',
		'\0' };
	char *at = data;

	while (lacks("nflog") &&
	       (at = memmem(at, len - (size_t)(at - (char *)data), name,
		    sizeof(name))) != NULL)
		at[4] = 'x';
}

static void
change(struct nlmsghdr *message)
{
	struct nfgenmsg *header = NLMSG_DATA(message);
	void *attrs = (char *)header + NLMSG_ALIGN(sizeof(*header));
	size_t len;
	int subsystem = NFNL_SUBSYS_ID(message->nlmsg_type);

	if (message->nlmsg_len < NLMSG_LENGTH(sizeof(*header)))
		return;
	len = message->nlmsg_len - NLMSG_LENGTH(sizeof(*header));
	if (lacks("nflog") && subsystem == NFNL_SUBSYS_ULOG)
		message->nlmsg_type =
		    (uint16_t)(SUBSYSTEM_OF_NOBODY << 8 |
			       NFNL_MSG_TYPE(message->nlmsg_type));
	if (lacks("br_netfilter") && subsystem == NFNL_SUBSYS_HOOK &&
	    header->nfgen_family == NFPROTO_BRIDGE)
		change_question(attrs, len);
	if (subsystem != NFNL_SUBSYS_NFTABLES)
		return;
	if (lacks("bridge") && header->nfgen_family == NFPROTO_BRIDGE)
		header->nfgen_family = FAMILY_OF_NOBODY;
	if (NFNL_MSG_TYPE(message->nlmsg_type) == NFT_MSG_NEWCHAIN)
		change_chain(header, attrs, len);
	else if (NFNL_MSG_TYPE(message->nlmsg_type) == NFT_MSG_NEWTABLE)
		change_table(attrs, len);
	else if (NFNL_MSG_TYPE(message->nlmsg_type) == NFT_MSG_NEWRULE)
		change_rule(attrs, len);
}

ssize_t
sendto(int fd, const void *data, size_t len, int flags,
    const struct sockaddr *to, socklen_t to_len)
{
	static sendto_fn *next;
	struct nlmsghdr *at, *copy;
	size_t left = len;
	ssize_t sent;

	if (next == NULL)
		*(void **)&next = dlsym(RTLD_NEXT, "sendto");
	if (!is_netfilter(fd) || len > MESSAGE_MAX)
		return next(fd, data, len, flags, to, to_len);
	copy = malloc(len);
	if (copy == NULL)
		abort();
	memcpy(copy, data, len);
	for (at = copy; NLMSG_OK(at, left); at = NLMSG_NEXT(at, left))
		change(at);
	sent = next(fd, copy, len, flags, to, to_len);
	free(copy);
	return sent;
}

/* Where br_netfilter shows. */
int
access(const char *path, int mode)
{
	static access_fn *next;

	if (next == NULL)
		*(void **)&next = dlsym(RTLD_NEXT, "access");
	if (lacks("br_netfilter") &&
	    (strcmp(path, "/sys/module/br_netfilter") == 0 ||
		strcmp(path, "/proc/sys/net/bridge") == 0)) {
		errno = ENOENT;
		return -1;
	}
	return next(path, mode);
}
