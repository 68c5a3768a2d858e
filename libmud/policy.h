/*
 * A policy: what a MUD file says, once parsed; and what its rules become.
 *
 * The reader makes it, the engine keeps it, the evaluator and the compiler
 * read it.  ACEs are plain values: they cross a process boundary as they are,
 * and are checked again by ace_is_sound() on the other side.  Texts that ACEs
 * refer to (DNS names, class URIs, authorities, MUD URLs) stand in one table.
 */
#ifndef LIBMUD_POLICY_H
#define LIBMUD_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/addr.h"
#include "libmud/fault.h"
#include "libmud/field.h"
#include "libmud/limits.h"

/* A packet leaves the Thing, or goes to it (RFC 8520 s3.3). */
enum direction { FROM_DEVICE, TO_DEVICE };

/* RFC 8519 s4.1; reject may be read as drop (RFC 8520 s2, M-FILE-4). */
enum forwarding { FORWARD_ACCEPT, FORWARD_DROP, FORWARD_REJECT };

/* Who opened the TCP connection (RFC 8520 s4.8). */
enum initiated { INITIATED_ANY, INITIATED_FROM_DEVICE, INITIATED_TO_DEVICE };

/* How a peer is described.  Kinds with a text refer to the policy's table. */
enum peer_kind {
	PEER_DNSNAME,           /* text: host name (RFC 8520 s8) */
	PEER_CONTROLLER,        /* text: class URI (s4.3) */
	PEER_MY_CONTROLLER,     /* no text (s4.4) */
	PEER_MANUFACTURER,      /* text: authority (s4.1) */
	PEER_SAME_MANUFACTURER, /* no text (s4.2) */
	PEER_MODEL,             /* text: MUD URL (s4.5) */
	PEER_LOCAL_NETWORKS,    /* no text (s4.6) */
	PEER_KINDS
};

#define PEER_NO_TEXT UINT16_MAX

struct peer {
	uint8_t kind; /* enum peer_kind */
	uint8_t zero;
	uint16_t text; /* index into policy.texts, or PEER_NO_TEXT */
};

#define ACE_PEERS 4 /* conditions on the peer in one ACE, all must hold */

/* Ports low..high, or all others (negated); 0..65535: any. */
struct ports {
	uint16_t low, high;
	uint8_t negated;
	uint8_t zero;
};

#define FAMILY_4 1
#define FAMILY_6 2

/* One access control entry, its direction and ACL included. */
struct ace {
	char acl[LIMIT_NAME + 1];
	char name[LIMIT_NAME + 1];
	uint8_t direction;  /* enum direction */
	uint8_t forwarding; /* enum forwarding */
	uint8_t families;   /* FAMILY_4 | FAMILY_6 that it speaks of */
	uint8_t initiated;  /* enum initiated; only with protocol 6 */
	uint8_t understood; /* 0: had an unknown condition; accepts nothing */
	uint8_t n_peers;
	int16_t protocol;                 /* -1: any */
	int16_t icmp_type, icmp_code;     /* -1: any; protocol 1 or 58 */
	struct ports source, destination; /* the packet's own; 6 or 17 */
	struct prefix from, to; /* source and destination; family 0: any */
	struct peer peers[ACE_PEERS];
	struct field fields[ACE_FIELDS]; /* all must hold; unused ones last */
};

/* What the file says about itself; for people, and updated_at for S-36. */
struct policy_info {
	char mud_url[LIMIT_URL + 1]; /* as the file has it */
	char last_update[40];
	int64_t updated_at;            /* the same, seconds since 1970 */
	uint16_t cache_validity_hours; /* 1..168, 48 where absent */
	uint8_t is_supported;
	uint8_t is_draft; /* shape of a draft before the RFC */
	char systeminfo[LIMIT_INFO + 1];
	char manufacturer[LIMIT_INFO + 1];
	char model[LIMIT_INFO + 1];
	char documentation[LIMIT_URL + 1];
	uint16_t n_ignored; /* nodes not understood and ignored (M-EXT-3) */
};

struct policy_text {
	char text[LIMIT_URL + 1];
};

struct policy {
	struct policy_info info;
	struct fault hold; /* not FAULT_NONE: an administrator must look */
	size_t n_texts, n_aces;
	struct policy_text *texts; /* owned */
	struct ace *aces;          /* owned; from-device first, each in order */
};

void policy_free(struct policy *policy);

/* A copy the caller owns. */
struct policy *policy_copy(const struct policy *policy);

/* The leaf of RFC 8520 s4 or s8 that says it, without module or side:
 * "controller", "dnsname". */
const char *peer_kind_name(enum peer_kind kind);

/* FAMILY_4 | FAMILY_6 that its prefixes and its protocol leave of those that
 * it speaks of; 0: none.  Header fields may leave less (field.h). */
unsigned int ace_families(const struct ace *ace);

/*
 * Is the ACE one that a parser could have made?  Enums in range, texts ended,
 * peers within n_texts, ports ordered, prefixes sound, initiated only on TCP;
 * ports, ICMP, prefixes and header fields only where protocol and families go
 * with them; what is unused zero.
 * *why is filled (FAULT_RECORD) otherwise.
 */
bool ace_is_sound(const struct ace *ace, size_t n_texts, struct fault *why);

#endif
