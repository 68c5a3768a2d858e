/*
 * A flood, for the lab: frames of strangers, each from a random MAC address.
 *
 *     blaster INTERFACE CARRIER RATE SECONDS [SEED]
 *
 * CARRIER: dhcp4, dhcp6, lldp, nd, arp.  RATE: frames a second.  SEED: a
 * number; with another one other MAC addresses and URLs come.  Messages that
 * may carry a MUD URL have one that nobody had before: of a name that resolves
 * nowhere, of the lab's web server, of the lab's lamp, or one that is refused.
 * At the end it says how many frames the kernel took.
 */
#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 50
#define FRAME 512

struct frame {
	uint8_t byte[FRAME];
	size_t len;
};

static uint64_t dice = 0x9e3779b97f4a7c15;

/* xorshift64: the same flood each time. */
static uint64_t
roll(void)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return dice;
}

static void
put(struct frame *frame, const void *data, size_t len)
{
	if (frame->len + len > FRAME)
		abort();
	memcpy(frame->byte + frame->len, data, len);
	frame->len += len;
}

static void
put_zeros(struct frame *frame, size_t len)
{
	static const uint8_t zeros[FRAME];

	put(frame, zeros, len);
}

static void
put8(struct frame *frame, unsigned int value)
{
	const uint8_t byte = (uint8_t)value;

	put(frame, &byte, sizeof(byte));
}

static void
put16(struct frame *frame, size_t value)
{
	const uint8_t byte[2] = { (uint8_t)(value >> 8), (uint8_t)value };

	put(frame, byte, sizeof(byte));
}

static void
set16(struct frame *frame, size_t at, size_t value)
{
	frame->byte[at] = (uint8_t)(value >> 8);
	frame->byte[at + 1] = (uint8_t)value;
}

static void
put_random(struct frame *frame, size_t len)
{
	while (len-- > 0)
		put8(frame, (unsigned int)(roll() >> 32));
}

/* RFC 1071, over what follows `from`; sum: of what comes besides. */
static uint16_t
checksum(const struct frame *frame, size_t from, uint32_t sum)
{
	for (size_t i = from; i < frame->len; i += 2)
		sum += (uint32_t)frame->byte[i] << 8 |
		       (i + 1 < frame->len ? frame->byte[i + 1] : 0);
	while (sum > 0xffff)
		sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t)~sum;
}

static void
put_ethernet(struct frame *frame, const char *to, unsigned int type)
{
	frame->len = 0;
	put(frame, to, 6);
	put8(frame, 0x02);
	put_random(frame, 5);
	put16(frame, type);
}

static int
make_url(char *text, size_t size)
{
	const unsigned int number = (unsigned int)(roll() >> 32);

	switch (number % 8) {
	case 0:
		return snprintf(text, size, "http://x%08x.example/", number);
	case 1:
		return snprintf(
		    text, size, "https://mud.example.com/lamp.json");
	case 2:
	case 3:
		return snprintf(
		    text, size, "https://mud.example.com/x%08x.json", number);
	default:
		return snprintf(
		    text, size, "https://x%08x.example.com/x.json", number);
	}
}

/* A DISCOVER, or the REQUEST of one who has had an OFFER. */
static void
make_dhcp4(struct frame *frame)
{
	const bool is_request = (roll() >> 40 & 1) != 0;
	char url[64];
	int len = make_url(url, sizeof(url));

	put_ethernet(frame, "\377\377\377\377\377\377", 0x0800);
	put(frame, "\x45\0\0\0\0\0\0\0\x40\x11\0\0\0\0\0\0\377\377\377\377",
	    20);
	put(frame, "\0\x44\0\x43\0\0\0\0", 8);
	put(frame, "\1\1\6\0", 4);
	put_random(frame, 4);
	put(frame, "\0\0\x80\0", 4);
	put_zeros(frame, 16);
	put(frame, frame->byte + 6, 6);
	put_zeros(frame, 10 + 64 + 128);
	put(frame, "\x63\x82\x53\x63\x35\1", 6);
	put8(frame, is_request ? 3 : 1);
	if (is_request) {
		put(frame, "\x36\4\300\250\115\1\x32\4\300\250\115", 11);
		put8(frame, 100 + roll() % 100);
	}
	put8(frame, 161);
	put8(frame, (unsigned int)len);
	put(frame, url, (size_t)len);
	put8(frame, 255);
	set16(frame, 16, frame->len - 14);
	set16(frame, 38, frame->len - 34);
	frame->byte[24] = frame->byte[25] = 0;
	{
		struct frame header = { .len = 20 };

		memcpy(header.byte, frame->byte + 14, 20);
		set16(frame, 24, checksum(&header, 0, 0));
	}
}

/* The IPv6 header with the sender's link-local address. */
static void
put_ipv6(struct frame *frame, uint8_t next, uint8_t hops, const char *to)
{
	put(frame, "\x60\0\0\0\0\0", 6);
	put8(frame, next);
	put8(frame, hops);
	put(frame, "\xfe\x80\0\0\0\0\0\0\0\0\0\xff\xfe\0", 14);
	put(frame, frame->byte + 10, 2);
	put(frame, to, 16);
}

/* Fills in the length, and the checksum that stands at `at`. */
static void
end_ipv6(struct frame *frame, size_t at)
{
	const size_t len = frame->len - 54;
	struct frame pseudo = *frame;

	set16(frame, 18, len);
	memset(pseudo.byte, 0, 22);
	set16(
	    frame, at, checksum(&pseudo, 22, (uint32_t)len + frame->byte[20]));
}

static void
make_dhcp6(struct frame *frame)
{
	char url[64];
	int len = make_url(url, sizeof(url));

	put_ethernet(frame, "\x33\x33\0\1\0\2", 0x86dd);
	put_ipv6(frame, 17, 1, "\xff\2\0\0\0\0\0\0\0\0\0\0\0\1\0\2");
	frame->byte[36] = 0; /* the server answers: see make_nd */
	put(frame, "\2\x22\2\x23\0\0\0\0", 8);
	put8(frame, 1); /* SOLICIT */
	put_random(frame, 3);
	put(frame, "\0\1\0\x0a\0\3\0\1", 8);
	put(frame, frame->byte + 6, 6);
	put(frame, "\0\3\0\x0c\0\0\0\1\0\0\0\0\0\0\0\0\0\x0e\0\0", 20);
	put16(frame, 112);
	put16(frame, (size_t)len);
	put(frame, url, (size_t)len);
	set16(frame, 58, frame->len - 54);
	end_ipv6(frame, 60);
}

static void
make_lldp(struct frame *frame)
{
	char url[64];
	int len = make_url(url, sizeof(url));

	put_ethernet(frame, "\x01\x80\xc2\0\0\x0e", 0x88cc);
	put(frame, "\2\7\4", 3);
	put(frame, frame->byte + 6, 6);
	put(frame, "\4\2\7\x31\6\2\0\x78", 8);
	put16(frame, 127u << 9 | (4u + (unsigned int)len));
	put(frame, "\0\0\x5e\1", 4);
	put(frame, url, (size_t)len);
	put16(frame, 0);
}

/* It asks, from an address of its own, for one that nobody has: the gateway
 * would answer, and keep a neighbour entry, of which there are a thousand for
 * all namespaces of a kernel. */
static void
make_nd(struct frame *frame)
{
	put_ethernet(frame, "\x33\x33\xff\0\0\2", 0x86dd);
	put_ipv6(frame, 58, 255, "\xff\2\0\0\0\0\0\0\0\0\0\1\xff\0\0\2");
	put(frame, "\x87\0\0\0\0\0\0\0", 8);
	put(frame, "\xfd\x77\0\0\0\0\0\0\0\0\0\0\0\0\0\2\1\1", 18);
	put(frame, frame->byte + 6, 6);
	end_ipv6(frame, 56);
}

static void
make_arp(struct frame *frame)
{
	put_ethernet(frame, "\377\377\377\377\377\377", 0x0806);
	put(frame, "\0\1\x08\0\6\4\0\1", 8);
	put(frame, frame->byte + 6, 6);
	put(frame, "\300\250\115", 3);
	put8(frame, 100 + roll() % 150);
	put_zeros(frame, 6);
	put(frame, "\300\250\115\1", 4);
	put_zeros(frame, 18);
}

static const struct {
	const char *name;
	void (*make)(struct frame *frame);
} carriers[] = {
	{ "dhcp4", make_dhcp4 },
	{ "dhcp6", make_dhcp6 },
	{ "lldp", make_lldp },
	{ "nd", make_nd },
	{ "arp", make_arp },
};

static int64_t
now_nsec(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* How many of a batch the kernel took. */
static int
send_batch(int fd, void (*make)(struct frame *frame))
{
	static struct frame frames[BATCH];
	struct mmsghdr messages[BATCH] = { 0 };
	struct iovec parts[BATCH];
	int sent;

	for (size_t i = 0; i < BATCH; i++) {
		make(&frames[i]);
		parts[i] = (struct iovec){ frames[i].byte, frames[i].len };
		messages[i].msg_hdr.msg_iov = &parts[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	sent = sendmmsg(fd, messages, BATCH, 0);
	if (sent < 0 && errno != ENOBUFS && errno != EAGAIN) {
		perror("sendmmsg");
		exit(1);
	}
	return sent > 0 ? sent : 0;
}

int
main(int argc, char **argv)
{
	struct sockaddr_ll port = { .sll_family = AF_PACKET };
	void (*make)(struct frame * frame) = NULL;
	int64_t start, total, sent = 0, due = 0;
	int fd;

	for (size_t i = 0; argc >= 5 && i < 5; i++)
		if (strcmp(argv[2], carriers[i].name) == 0)
			make = carriers[i].make;
	if (make == NULL) {
		(void)fprintf(
		    stderr, "usage: blaster IF CARRIER RATE SEC [SEED]\n");
		return 2;
	}
	dice += argc > 5 ? (uint64_t)atoi(argv[5]) << 32 : 0;
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	port.sll_ifindex = (int)if_nametoindex(argv[1]);
	if (fd < 0 || bind(fd, (struct sockaddr *)&port, sizeof(port)) != 0) {
		perror("packet socket");
		return 1;
	}
	total = (int64_t)atoi(argv[3]) * atoi(argv[4]);
	start = now_nsec();
	for (; due < total; due += BATCH) {
		const int64_t at = start + due * 1000000000 / atoi(argv[3]);
		const int64_t wait = at - now_nsec();

		if (wait > 0)
			(void)nanosleep(&(struct timespec){ wait / 1000000000,
					    wait % 1000000000 },
			    NULL);
		sent += send_batch(fd, make);
	}
	(void)printf("%lld frames in %.2f s\n", (long long)sent,
	    (double)(now_nsec() - start) / 1e9);
	return 0;
}
