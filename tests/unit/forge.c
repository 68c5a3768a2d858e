/*
 * Frames by a packet socket; root is needed.
 */
#include "tests/unit/forge.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libmud/addr.h"

#define UDP_OF_ONE  9
#define ICMP_HEADER 8

/* A frame in the making. */
struct frame {
	size_t len;
	uint8_t byte[192];
};

static void
put(struct frame *frame, const void *bytes, size_t n)
{
	memcpy(frame->byte + frame->len, bytes, n);
	frame->len += n;
}

static void
put16(struct frame *frame, unsigned int value)
{
	const uint8_t wire[] = { (uint8_t)(value >> 8), (uint8_t)value };

	put(frame, wire, sizeof(wire));
}

static void
put_mac(struct frame *frame, const char *text)
{
	struct mac mac;

	assert_true(mac_parse(text, &mac));
	put(frame, &mac, sizeof(mac));
}

/* RFC 1071, of what follows `at`; it stands at `to`. */
static void
put_sum(struct frame *frame, size_t at, size_t to)
{
	uint32_t sum = 0;

	for (size_t i = at; i < frame->len; i++)
		sum += (uint32_t)frame->byte[i] << ((i - at) % 2 == 0 ? 8 : 0);
	while (sum > UINT16_MAX)
		sum = (sum & UINT16_MAX) + (sum >> 16);
	frame->byte[to] = (uint8_t)(~sum >> 8);
	frame->byte[to + 1] = (uint8_t)~sum;
}

static void
put_ethernet(struct frame *frame, const struct forged *forged)
{
	put_mac(frame, forged->to_mac);
	put_mac(frame, forged->from_mac);
	put16(frame, ETH_P_IP);
}

static void
put_ip(struct frame *frame, const struct forged *forged, uint8_t protocol,
    size_t payload)
{
	const uint8_t rest[] = { 0x12, 0x34, 0, 0, 64, protocol, 0, 0 };
	struct in_addr from, to;
	size_t at = frame->len;

	assert_int_equal(inet_pton(AF_INET, forged->from, &from), 1);
	assert_int_equal(inet_pton(AF_INET, forged->to, &to), 1);
	put16(frame, 0x4500);
	put16(frame, (unsigned int)(20 + payload));
	put(frame, rest, sizeof(rest));
	put(frame, &from, sizeof(from));
	put(frame, &to, sizeof(to));
	put_sum(frame, at, at + 10);
}

/* Without a checksum, which IPv4 allows. */
static void
put_udp(struct frame *frame, const struct forged *forged)
{
	put_ip(frame, forged, IPPROTO_UDP, UDP_OF_ONE);
	put16(frame, forged->source);
	put16(frame, forged->destination);
	put16(frame, UDP_OF_ONE);
	put16(frame, 0);
	put(frame, "x", 1);
}

int
forge_wire(enum host host, const char *interface, uint16_t protocol)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
		.sll_protocol = htons(protocol) };
	int fd;

	assert_int_equal(setns(gateway_namespace(host), CLONE_NEWNET), 0);
	at.sll_ifindex = (int)if_nametoindex(interface);
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	assert_int_equal(
	    setns(gateway_namespace(HOST_GATEWAY), CLONE_NEWNET), 0);
	assert_true(fd >= 0);
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0)
		fail_msg("%s: %s", interface, strerror(errno));
	return fd;
}

void
forge_bytes(
    enum host host, const char *interface, const void *frame, size_t len)
{
	int fd = forge_wire(host, interface, 0);

	if (send(fd, frame, len, 0) != (ssize_t)len)
		fail_msg("%s: %s", interface, strerror(errno));
	(void)close(fd);
}

void
forge_udp(enum host host, const char *interface, const struct forged *forged)
{
	struct frame frame = { 0 };

	put_ethernet(&frame, forged);
	put_udp(&frame, forged);
	forge_bytes(host, interface, frame.byte, frame.len);
}

static void
put_ip6(struct frame *frame, const struct forged *forged, uint8_t protocol,
    uint8_t hop_limit, size_t payload)
{
	struct in6_addr from, to;

	assert_int_equal(inet_pton(AF_INET6, forged->from, &from), 1);
	assert_int_equal(inet_pton(AF_INET6, forged->to, &to), 1);
	put16(frame, 0x6000);
	put16(frame, 0);
	put16(frame, (unsigned int)payload);
	put16(frame, (unsigned int)(protocol << 8 | hop_limit));
	put(frame, &from, sizeof(from));
	put(frame, &to, sizeof(to));
}

/* RFC 8200 s8.1: of the pseudo-header and of what follows the header at `ip`;
 * it stands so many bytes behind that. */
static void
put_sum6(struct frame *frame, size_t ip, uint8_t protocol, size_t behind)
{
	const size_t at = ip + 40;
	struct frame whole = { 0 };

	put(&whole, frame->byte + ip + 8, 32);
	put16(&whole, 0);
	put16(&whole, (unsigned int)(frame->len - at));
	put16(&whole, 0);
	put16(&whole, protocol);
	put(&whole, frame->byte + at, frame->len - at);
	put_sum(&whole, 0, 40 + behind);
	memcpy(frame->byte + at + behind, whole.byte + 40 + behind, 2);
}

static void
put_ethernet6(struct frame *frame, const struct forged *forged)
{
	put_mac(frame, forged->to_mac);
	put_mac(frame, forged->from_mac);
	put16(frame, ETH_P_IPV6);
}

static void
put_udp6(struct frame *frame, const struct forged *forged)
{
	const size_t ip = frame->len;

	put_ip6(frame, forged, IPPROTO_UDP, 64, UDP_OF_ONE);
	put16(frame, forged->source);
	put16(frame, forged->destination);
	put16(frame, UDP_OF_ONE);
	put16(frame, 0);
	put(frame, "x", 1);
	put_sum6(frame, ip, IPPROTO_UDP, 6);
}

void
forge_udp6(enum host host, const char *interface, const struct forged *forged)
{
	struct frame frame = { 0 };

	put_ethernet6(&frame, forged);
	put_udp6(&frame, forged);
	forge_bytes(host, interface, frame.byte, frame.len);
}

size_t
forge_datagram(const struct forged *forged, uint8_t byte[FORGE_DATAGRAM])
{
	struct frame frame = { 0 };

	if (strchr(forged->from, ':') != NULL) {
		put_ethernet6(&frame, forged);
		put_udp6(&frame, forged);
	} else {
		put_ethernet(&frame, forged);
		put_udp(&frame, forged);
	}
	assert_true(frame.len <= FORGE_DATAGRAM);
	memcpy(byte, frame.byte, frame.len);
	return frame.len;
}

void
forge_icmp6(enum host host, const char *interface, const uint8_t type_code[2],
    const struct forged *forged, const struct forged *about)
{
	const uint8_t header[ICMP_HEADER] = { type_code[0], type_code[1] };
	struct frame frame = { 0 };
	size_t ip;

	put_ethernet6(&frame, forged);
	ip = frame.len;
	put_ip6(
	    &frame, forged, IPPROTO_ICMPV6, 64, ICMP_HEADER + 40 + UDP_OF_ONE);
	put(&frame, header, sizeof(header));
	put_udp6(&frame, about);
	put_sum6(&frame, ip, IPPROTO_ICMPV6, 2);
	forge_bytes(host, interface, frame.byte, frame.len);
}

void
forge_error6(enum host host, const char *interface, const struct forged *forged,
    const struct forged *about)
{
	const uint8_t unreachable[2] = { 1, 4 };

	forge_icmp6(host, interface, unreachable, forged, about);
}

void
forge_nd(enum host host, const char *interface, const struct forged *forged,
    uint8_t type, const char *target)
{
	const uint8_t head[] = { type, 0, 0, 0, 0x20, 0, 0, 0 };
	const uint8_t option[] = { type == 135 ? 1 : 2, 1 };
	struct frame frame = { 0 };
	struct in6_addr about = { 0 };
	size_t ip;

	if (target != NULL)
		assert_int_equal(inet_pton(AF_INET6, target, &about), 1);
	put_ethernet6(&frame, forged);
	ip = frame.len;
	put_ip6(&frame, forged, IPPROTO_ICMPV6, 255, 32);
	put(&frame, head, sizeof(head));
	put(&frame, &about, sizeof(about));
	put(&frame, option, sizeof(option));
	put_mac(&frame, forged->from_mac);
	put_sum6(&frame, ip, IPPROTO_ICMPV6, 2);
	forge_bytes(host, interface, frame.byte, frame.len);
}

void
forge_icmp(enum host host, const char *interface, const uint8_t type_code[2],
    const struct forged *forged, const struct forged *about)
{
	const uint8_t header[ICMP_HEADER] = { type_code[0], type_code[1] };
	struct frame frame = { 0 };
	size_t at;

	put_ethernet(&frame, forged);
	put_ip(&frame, forged, IPPROTO_ICMP, ICMP_HEADER + 20 + UDP_OF_ONE);
	at = frame.len;
	put(&frame, header, sizeof(header));
	put_udp(&frame, about);
	put_sum(&frame, at, at + 2);
	forge_bytes(host, interface, frame.byte, frame.len);
}

void
forge_error(enum host host, const char *interface, const struct forged *forged,
    const struct forged *about)
{
	const uint8_t unreachable[2] = { 3, 3 };

	forge_icmp(host, interface, unreachable, forged, about);
}
