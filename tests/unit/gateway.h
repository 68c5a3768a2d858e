/*
 * A gateway in network namespaces of its own, for tests that need a kernel:
 *
 *     thing (t0) ─┐
 *                 ├─ br0 ── gateway ── wan ── server
 *     other (o0) ─┘           │
 *     plain (c0) ─────────── lan1
 *
 * The bridge carries two subnets; its frames pass the inet hooks once the
 * enforcer has said so.
 * The process lives in the gateway's namespace; the others are held by
 * descriptors and vanish with it.  What is missing fails the test and is
 * named: root, `ip`, `nft`, or a kernel without what it needs.
 */
#ifndef TESTS_GATEWAY_H
#define TESTS_GATEWAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum host {
	HOST_GATEWAY,
	HOST_THING,
	HOST_OTHER,
	HOST_PLAIN,
	HOST_SERVER,
	HOSTS
};

#define THING_MAC     "02:bb:00:00:00:01"
#define OTHER_MAC     "02:bb:00:00:00:02"
#define PLAIN_MAC     "02:bb:00:00:00:03"
#define THING_ADDR    "192.168.77.11"
#define THING_STOLEN  "192.168.77.99" /* the Thing has it, but by no right */
#define OTHER_ADDR    "192.168.77.12"
#define OTHER_FAR     "192.168.79.12" /* in the other subnet: by the gateway */
#define PLAIN_ADDR    "192.168.78.13"
#define PLAIN_STOLEN  "192.168.78.99"
#define GATEWAY_ADDR  "192.168.77.1"
#define GATEWAY_LAN1  "192.168.78.1"
#define SERVER_ADDR   "203.0.113.2"
#define THING_ADDR6   "fd77::11"
#define OTHER_ADDR6   "fd77::12"
#define PLAIN_ADDR6   "fd78::13"
#define THING_STOLEN6 "fd77::99" /* as THING_STOLEN */
#define GATEWAY_ADDR6 "fd77::1"
#define SERVER_ADDR6  "2001:db8::2"

/* Makes it all. Once a process. */
void gateway_make(void);

/* Runs a program (argv[0] looked up in PATH, NULL at the end) in a host;
 * fails the test unless it exits with 0. Its output, for the caller to free,
 * if asked. */
char *gateway_run(enum host host, const char *const argv[]);

/* Whether br0's frames pass the inet hooks from now on, whatever the enforcer
 * has said; until it says so again. */
void gateway_hand_over(bool is_on);

/* A namespace's file descriptor, lent. */
int gateway_namespace(enum host host);

/* The MAC of an interface of the gateway's; a static buffer. */
const char *gateway_mac(const char *interface);

/* The lines of the ruleset: `nft ARGUMENTS...` in the gateway. */
char *gateway_nft(
    const char *a, const char *b, const char *c, const char *d, const char *e);

/* UDP sockets in a host, bound to this address and port. */
int gateway_udp(enum host host, const char *addr, uint16_t port);
/* Sends n datagrams to a port there; how many arrive at `to` within 0.3 s of
 * the last. */
unsigned int gateway_pass(
    int from, const char *addr, uint16_t port, int to, unsigned int n);
/* Does a datagram to there bring back "port unreachable"? Connects it. */
bool gateway_is_refused(int from, const char *addr, uint16_t port);
/* Binds a socket to an address of its host, and any port. */
void gateway_bind(int fd, const char *addr);
/* Connects a socket; and does a UDP one hear "port unreachable"? */
void gateway_join(int from, const char *addr, uint16_t port);
bool gateway_hears_refusal(int from);
/* How many datagrams arrive within 0.3 s of the last. */
unsigned int gateway_arrived(int to);
/* Can `from` open a TCP connection to addr and port? The server listens on
 * ports 443 and 8443. */
bool gateway_connect(enum host from, const char *addr, uint16_t port);

#endif
