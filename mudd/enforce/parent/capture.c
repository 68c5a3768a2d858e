/*
 * Packet sockets and their filter.  Role: mudd.  Input: an interface number
 * from the engine; no frame is ever read here.
 */
#include "enforce/parent/capture.h"

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

#define DHCP4_SERVER 67
#define DHCP4_CLIENT 68
#define DHCP6_CLIENT 546
#define DHCP6_SERVER 547 /* and relays */

/* Offsets in an untagged Ethernet frame with IPv4. */
#define AT_ETHERTYPE 12
#define AT_IP        14
#define AT_FRAGMENT  (AT_IP + 6)
#define AT_PROTOCOL  (AT_IP + 9)

/* And with IPv6, and what is straight behind its header. */
#define AT_NEXT_HEADER (AT_IP + 6)
#define AT_HOP_LIMIT   (AT_IP + 7)
#define AT_ICMP_TYPE   (AT_IP + 40)
#define AT_PORTS6      (AT_IP + 40)

#define FRAGMENT_OFFSET 0x1fff

#define ND_HOP_LIMIT 255
#define ND_SOLICIT   135
#define ND_ADVERT    136

/* Where a VLAN tag is that the kernel has taken off the frame. */
#define AT_TAGGED ((uint32_t)(SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT))

/* Whether the frame leaves by the interface, or has come in. */
#define AT_PKTTYPE ((uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE))

/* Jump targets, by line. */
#define UDP4             7
#define LEAVES4          16
#define SERVERS4         17
#define IPV6             19
#define LEAVES6          26
#define SERVERS6         27
#define ND               29
#define COMES            34
#define ACCEPT           36
#define DROP             37
#define TO(target, line) ((uint8_t)((target) - (line)-1))

/* The accumulator holds both ports, or something else. */
#define PORTS(from, to) ((uint32_t)(from) << 16 | (to))
#define EQUAL(line, value, then, otherwise)                                    \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, TO(then, line),             \
	    TO(otherwise, line))
#define NEXT(line) ((line) + 1)

/*
 * What clients say as it comes in, and what servers say as it leaves, or comes
 * in from one that is none; what relays and servers say to each other.  A
 * bridge floods broadcast requests to its other ports: without a look at the
 * direction, whoever is loud on one port fills the sockets of all.
 */
/* clang-format off */
static const struct sock_filter lines[] = {
	/*  0 */ BPF_STMT(BPF_LD | BPF_B | BPF_ABS, AT_TAGGED),
	/*  1 */ EQUAL(1, 0, NEXT(1), DROP),
	/*  2 */ BPF_STMT(BPF_LD | BPF_H | BPF_ABS, AT_ETHERTYPE),
	/*  3 */ EQUAL(3, ETH_P_IP, UDP4, NEXT(3)),
	/*  4 */ EQUAL(4, ETH_P_IPV6, IPV6, NEXT(4)),
	/*  5 */ EQUAL(5, ETH_P_LLDP, COMES, NEXT(5)),
	/*  6 */ EQUAL(6, ETH_P_ARP, COMES, DROP),

	/* UDP4 */
	/*  7 */ BPF_STMT(BPF_LD | BPF_B | BPF_ABS, AT_PROTOCOL),
	/*  8 */ EQUAL(8, IPPROTO_UDP, NEXT(8), DROP),
	/*  9 */ BPF_STMT(BPF_LD | BPF_H | BPF_ABS, AT_FRAGMENT),
	/* 10 */ BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, FRAGMENT_OFFSET,
		TO(DROP, 10), 0),
	/* 11: X is the length of the IP header */
	/* 11 */ BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, AT_IP),
	/* 12 */ BPF_STMT(BPF_LD | BPF_B | BPF_ABS, AT_PKTTYPE),
	/* 13 */ EQUAL(13, PACKET_OUTGOING, LEAVES4, NEXT(13)),
	/* 14 */ BPF_STMT(BPF_LD | BPF_W | BPF_IND, AT_IP),
	/* 15 */ EQUAL(15, PORTS(DHCP4_CLIENT, DHCP4_SERVER), ACCEPT, SERVERS4),
	/* LEAVES4 */
	/* 16 */ BPF_STMT(BPF_LD | BPF_W | BPF_IND, AT_IP),
	/* SERVERS4: A holds the ports */
	/* 17 */ EQUAL(17, PORTS(DHCP4_SERVER, DHCP4_CLIENT), ACCEPT, NEXT(17)),
	/* 18 */ EQUAL(18, PORTS(DHCP4_SERVER, DHCP4_SERVER), ACCEPT, DROP),

	/* IPV6 */
	/* 19 */ BPF_STMT(BPF_LD | BPF_B | BPF_ABS, AT_NEXT_HEADER),
	/* 20 */ EQUAL(20, IPPROTO_ICMPV6, ND, NEXT(20)),
	/* 21 */ EQUAL(21, IPPROTO_UDP, NEXT(21), DROP),
	/* 22 */ BPF_STMT(BPF_LD | BPF_B | BPF_ABS, AT_PKTTYPE),
	/* 23 */ EQUAL(23, PACKET_OUTGOING, LEAVES6, NEXT(23)),
	/* 24 */ BPF_STMT(BPF_LD | BPF_W | BPF_ABS, AT_PORTS6),
	/* 25 */ EQUAL(25, PORTS(DHCP6_CLIENT, DHCP6_SERVER), ACCEPT, SERVERS6),
	/* LEAVES6 */
	/* 26 */ BPF_STMT(BPF_LD | BPF_W | BPF_ABS, AT_PORTS6),
	/* SERVERS6: A holds the ports */
	/* 27 */ EQUAL(27, PORTS(DHCP6_SERVER, DHCP6_CLIENT), ACCEPT, NEXT(27)),
	/* 28 */ EQUAL(28, PORTS(DHCP6_SERVER, DHCP6_SERVER), ACCEPT, DROP),

	/* ND */
	/* 29 */ BPF_STMT(BPF_LD | BPF_B | BPF_ABS, AT_HOP_LIMIT),
	/* 30 */ EQUAL(30, ND_HOP_LIMIT, NEXT(30), DROP),
	/* 31 */ BPF_STMT(BPF_LD | BPF_B | BPF_ABS, AT_ICMP_TYPE),
	/* 32 */ EQUAL(32, ND_SOLICIT, COMES, NEXT(32)),
	/* 33 */ EQUAL(33, ND_ADVERT, COMES, DROP),

	/* COMES: only what does not leave */
	/* 34 */ BPF_STMT(BPF_LD | BPF_B | BPF_ABS, AT_PKTTYPE),
	/* 35 */ EQUAL(35, PACKET_OUTGOING, DROP, ACCEPT),

	/* 36 */ BPF_STMT(BPF_RET | BPF_K, CAPTURE_BYTES),
	/* 37 */ BPF_STMT(BPF_RET | BPF_K, 0),
};
/* clang-format on */

_Static_assert(sizeof(lines) / sizeof(lines[0]) == DROP + 1,
    "a line that the jumps do not know of");

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
 * (RFC 4862 s5.4.2), and LLDP goes to groups that no host is in (IEEE 802.1AB
 * s7.1): a network card would not let them through.
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
