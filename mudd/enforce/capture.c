/*
 * Packet sockets and their filter.  Role: mudd.  Input: an interface number
 * from the engine; no frame is ever read here.
 */
#include "enforce/capture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECEIVE_BUFFER (1024 * 1024)

#define PORT_SERVER 67
#define PORT_CLIENT 68

/* Offsets in an untagged Ethernet frame with IPv4. */
#define AT_ETHERTYPE 12
#define AT_IP        14
#define AT_FRAGMENT  (AT_IP + 6)
#define AT_PROTOCOL  (AT_IP + 9)

/* And with IPv6. */
#define AT_NEXT_HEADER (AT_IP + 6)
#define AT_HOP_LIMIT   (AT_IP + 7)
#define AT_ICMP_TYPE   (AT_IP + 40)

#define FRAGMENT_OFFSET 0x1fff

#define ND_HOP_LIMIT 255
#define ND_SOLICIT   135
#define ND_ADVERT    136

/* Where a VLAN tag is that the kernel has taken off the frame. */
#define AT_TAGGED ((uint32_t)(SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT))

/* Whether the frame leaves by the interface, or has come in. */
#define AT_PKTTYPE ((uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE))

/* Both ports at once. */
#define PORTS(from, to) ((uint32_t)(from) << 16 | (to))

/* Jump targets, by line. */
#define IPV6             15
#define ACCEPT           25
#define DROP             26
#define TO(target, line) ((uint8_t)((target) - (line)-1))

/*
 * DHCP requests as they come in, replies as they leave.  A bridge floods
 * broadcast requests to its other ports: without a look at the direction,
 * whoever is loud on one port fills the sockets of all.
 */
/* clang-format off */
static const struct sock_filter lines[] = {
	/*  0 */ BPF_STMT(BPF_LD | BPF_B | BPF_ABS, AT_TAGGED),
	/*  1 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, TO(DROP, 1)),
	/*  2 */ BPF_STMT(BPF_LD | BPF_H | BPF_ABS, AT_ETHERTYPE),
	/*  3 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, TO(IPV6, 3)),
	/*  4 */ BPF_STMT(BPF_LD | BPF_B | BPF_ABS, AT_PROTOCOL),
	/*  5 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP,
		0, TO(DROP, 5)),
	/*  6 */ BPF_STMT(BPF_LD | BPF_H | BPF_ABS, AT_FRAGMENT),
	/*  7 */ BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, FRAGMENT_OFFSET,
		TO(DROP, 7), 0),
	/*  8: X is the length of the IP header */
	/*  8 */ BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, AT_IP),
	/*  9 */ BPF_STMT(BPF_LD | BPF_B | BPF_ABS, AT_PKTTYPE),
	/* 10 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING,
		0, TO(13, 10)),
	/* 11: it leaves */
	/* 11 */ BPF_STMT(BPF_LD | BPF_W | BPF_IND, AT_IP),
	/* 12 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
		PORTS(PORT_SERVER, PORT_CLIENT), TO(ACCEPT, 12), TO(DROP, 12)),
	/* 13: it came in */
	/* 13 */ BPF_STMT(BPF_LD | BPF_W | BPF_IND, AT_IP),
	/* 14 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
		PORTS(PORT_CLIENT, PORT_SERVER), TO(ACCEPT, 14), TO(DROP, 14)),
	/* 15: A is the ethertype */
	/* 15 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IPV6,
		0, TO(DROP, 15)),
	/* 16 */ BPF_STMT(BPF_LD | BPF_B | BPF_ABS, AT_NEXT_HEADER),
	/* 17 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ICMPV6,
		0, TO(DROP, 17)),
	/* 18 */ BPF_STMT(BPF_LD | BPF_B | BPF_ABS, AT_HOP_LIMIT),
	/* 19 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ND_HOP_LIMIT,
		0, TO(DROP, 19)),
	/* 20 */ BPF_STMT(BPF_LD | BPF_B | BPF_ABS, AT_ICMP_TYPE),
	/* 21 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ND_SOLICIT,
		TO(23, 21), 0),
	/* 22 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ND_ADVERT,
		0, TO(DROP, 22)),
	/* 23 */ BPF_STMT(BPF_LD | BPF_B | BPF_ABS, AT_PKTTYPE),
	/* 24 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING,
		TO(DROP, 24), TO(ACCEPT, 24)),
	/* 25 */ BPF_STMT(BPF_RET | BPF_K, CAPTURE_BYTES),
	/* 26 */ BPF_STMT(BPF_RET | BPF_K, 0),
};
/* clang-format on */

static int
option_set(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value)) == 0 ? 0
	                                                               : -errno;
}

static int
filter_lock(int fd)
{
	const struct sock_fprog program = {
		.len = sizeof(lines) / sizeof(lines[0]),
		/* setsockopt only reads; sock_fprog has no const. */
		.filter = (struct sock_filter *)(uintptr_t)lines,
	};

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
		sizeof(program)) != 0)
		return -errno;
	return option_set(fd, SOL_SOCKET, SO_LOCK_FILTER, 1);
}

/*
 * Who looks for others with his address asks a group that this host is not in
 * (RFC 4862 s5.4.2): a network card would not let that through.
 */
static int
hear_groups(int fd, uint32_t ifindex)
{
	const struct packet_mreq all = {
		.mr_ifindex = (int)ifindex,
		.mr_type = PACKET_MR_ALLMULTI,
	};

	return setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all,
		   sizeof(all)) == 0
	           ? 0
	           : -errno;
}

static int
capture_set_up(int fd, uint32_t ifindex)
{
	const struct sockaddr_ll port = {
		.sll_family = AF_PACKET,
		/* Not ETH_P_IP: that would hide what the gateway sends. */
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)ifindex,
	};
	int error = filter_lock(fd);

	if (error == 0)
		error = option_set(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
	if (error == 0)
		error = option_set(fd, SOL_PACKET, PACKET_AUXDATA, 1);
	/* Past the system's limit if we may, else up to it. */
	if (error == 0 &&
	    option_set(fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER) != 0)
		(void)option_set(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER);
	if (error == 0 && bind(fd, (const struct sockaddr *)(const void *)&port,
			      sizeof(port)) != 0)
		error = -errno;
	if (error == 0)
		error = hear_groups(fd, ifindex);
	return error;
}

int
capture_open(uint32_t ifindex)
{
	int fd, error;

	/* 0 would be every interface there is. */
	if (ifindex == 0 || ifindex > INT_MAX)
		return -ENODEV;
	/* Protocol 0: nothing is received before bind(). */
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	error = capture_set_up(fd, ifindex);
	if (error < 0) {
		(void)close(fd);
		return error;
	}
	return fd;
}
