/*
 * Announcements of nftables.  Role: mudd.  Input: the kernel's messages; the
 * name in them is chosen by whoever made the commit.
 */
#include "enforce/commits.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/filter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NEWGEN (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWGEN)

/* Small messages, each of them about one commit. */
#define READ_MOST 256

/*
 * All else that is announced, each element of each set, is not for us: it must
 * not even fill the buffer.  Numbers in netlink's header have the order of
 * this machine, and a filter reads them in the network's.
 */
static int
attach_filter(int fd, uint32_t own)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS,
		    offsetof(struct nlmsghdr, nlmsg_type)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(NEWGEN), 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct nlmsghdr, nlmsg_pid)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(own), 1, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	const struct sock_fprog program = { sizeof(code) / sizeof(code[0]),
		code };

	return setsockopt(
	    fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

int
commits_open(uint32_t own)
{
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	int group = NFNLGRP_NFTABLES;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    NETLINK_NETFILTER);
	int error;

	if (fd < 0)
		return -errno;
	if (attach_filter(fd, own) == 0 &&
	    bind(fd, (const struct sockaddr *)(const void *)&any,
		sizeof(any)) == 0 &&
	    setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
		sizeof(group)) == 0)
		return fd;
	error = -errno;
	(void)close(fd);
	return error;
}

static void
take_name(char name[COMMITS_NAME], const struct nlattr *attr)
{
	const char *text = mnl_attr_get_payload(attr);
	size_t len = mnl_attr_get_payload_len(attr);
	size_t n = 0;

	for (size_t i = 0; i < len && text[i] != '\0' && n < COMMITS_NAME - 1;
	     i++)
		name[n++] = (char)(text[i] > 0x20 && text[i] < 0x7f &&
					   text[i] != '"' && text[i] != '\\'
				       ? text[i]
				       : '?');
	name[n] = '\0';
}

static int
take_attr(const struct nlattr *attr, void *arg)
{
	struct commits *heard = arg;
	unsigned int type = mnl_attr_get_type(attr);

	if (type == NFTA_GEN_PROC_NAME)
		take_name(heard->name, attr);
	else if (mnl_attr_get_payload_len(attr) != sizeof(uint32_t))
		return MNL_CB_OK;
	else if (type == NFTA_GEN_PROC_PID)
		heard->pid = ntohl(mnl_attr_get_u32(attr));
	else if (type == NFTA_GEN_ID)
		heard->generation = ntohl(mnl_attr_get_u32(attr));
	return MNL_CB_OK;
}

static void
take(struct commits *heard, const void *data, int left)
{
	const struct nlmsghdr *at = data;

	for (; mnl_nlmsg_ok(at, left); at = mnl_nlmsg_next(at, &left)) {
		if (at->nlmsg_type != NEWGEN)
			continue;
		heard->n++;
		(void)mnl_attr_parse(
		    at, sizeof(struct nfgenmsg), take_attr, heard);
	}
}

bool
commits_read(int fd, struct commits *heard)
{
	_Alignas(struct nlmsghdr) char data[4096];
	bool any = false;

	for (int i = 0; i < READ_MOST; i++) {
		struct sockaddr_nl from = { 0 };
		socklen_t len = sizeof(from);
		ssize_t n = recvfrom(fd, data, sizeof(data), 0,
		    (struct sockaddr *)(void *)&from, &len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == ENOBUFS) {
			heard->was_lost = any = true;
			continue;
		}
		if (n <= 0)
			break;
		/* Whoever holds the capability could write to us as well. */
		if (from.nl_pid != 0)
			continue;
		take(heard, data, (int)n);
		any = true;
	}
	return any;
}
