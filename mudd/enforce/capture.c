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

#define FRAGMENT_OFFSET 0x1fff

/* Where a VLAN tag is that the kernel has taken off the frame. */
#define AT_TAGGED ((uint32_t)(SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT))

/* Whether the frame leaves by the interface, or has come in. */
#define AT_PKTTYPE ((uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE))

/* Both ports at once. */
#define PORTS(from, to) ((uint32_t)(from) << 16 | (to))

/* Jump targets, by line. */
#define ACCEPT           15
#define DROP             16
#define TO(target, line) ((uint8_t)((target) - (line)-1))

/*
 * Requests as they come in, replies as they leave.  A bridge floods broadcast
 * requests to its other ports: without a look at the direction, whoever is
 * loud on one port fills the sockets of all.
 */
/* clang-format off */
static const struct sock_filter lines[] = {
	/*  0 */ BPF_STMT(BPF_LD | BPF_B | BPF_ABS, AT_TAGGED),
	/*  1 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, TO(DROP, 1)),
	/*  2 */ BPF_STMT(BPF_LD | BPF_H | BPF_ABS, AT_ETHERTYPE),
	/*  3 */ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, TO(DROP, 3)),
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
	/* 15 */ BPF_STMT(BPF_RET | BPF_K, CAPTURE_BYTES),
	/* 16 */ BPF_STMT(BPF_RET | BPF_K, 0),
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
