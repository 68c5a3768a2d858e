/*
 * The fixed-size records that cross a process boundary.
 *
 * The engine is the hub: each other program has one channel, with the engine
 * at its other end.  A record is a header and one of the structs below, whole
 * and of exactly its size; msg.c holds the table of who may send which to
 * whom, and with how many file descriptors.  Plain values in host byte order
 * (both ends are one build on one machine), no pointers.  Texts end with a
 * NUL inside their array: the receiver checks before it reads.
 *
 * Lists cross as BEGIN (with a count), n records, END; the receiver stages,
 * counts, and commits whole.
 */
#ifndef CORE_RECORDS_H
#define CORE_RECORDS_H

#include <stdint.h>

#include "core/readrecords.h"
#include "core/sightingrecords.h"
#include "core/walkrecords.h"
#include "libmud/addr.h"
#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/rule.h"

enum program {
	PROGRAM_MUDD, /* parent and enforcer */
	PROGRAM_WATCHER,
	PROGRAM_FETCHER,
	PROGRAM_READER,
	PROGRAM_ENGINE,
	PROGRAMS
};

enum record_type {
	/* mudd → engine */
	RECORD_PEER = 1, /* + fd: the channel to a new worker */
	RECORD_GONE,     /* a worker has died or could not be started */
	RECORD_CAPTURED, /* + fd: a packet socket, filter locked */
	RECORD_APPLIED,  /* a batch stands in the kernel */
	RECORD_DENIED,   /* a batch was refused: nothing of it stands */
	RECORD_COUNTER,  /* what a Thing's drops came to */
	RECORD_COUNTERS_END,
	RECORD_TALLY, /* what an ACE's rules have counted */
	RECORD_TALLIES_END,
	RECORD_WALK_STEP, /* of the way of a described packet */
	RECORD_WALK_END,
	RECORD_PING,
	/* engine → mudd */
	RECORD_START, /* a worker for a job */
	RECORD_STOP,  /* end that worker */
	RECORD_CAPTURE,
	RECORD_BATCH_BEGIN,
	RECORD_LAN,
	RECORD_LOCAL,
	RECORD_SELF,
	RECORD_SET,
	RECORD_ELEMENT,
	RECORD_RULES_BEGIN,
	RECORD_RULE,
	RECORD_RULES_END,
	RECORD_ENDING, /* how what a policy denies ends */
	RECORD_POLICY_GONE,
	RECORD_UNKNOWN, /* what unknown devices live under */
	RECORD_THING,
	RECORD_BINDING,
	RECORD_MARK,
	RECORD_BATCH_END,
	RECORD_COUNTERS,
	RECORD_TALLIES, /* of one policy; one question at a time */
	RECORD_WALK,    /* what becomes of a packet; one question at a time */
	RECORD_TEARDOWN,
	RECORD_PONG,
	RECORD_READY,
	/* engine → watcher */
	RECORD_LISTEN, /* + fd: capture on this port from now on */
	RECORD_SERVER, /* a DHCP server or relay that the administrator named */
	/* watcher → engine */
	RECORD_LINK,
	RECORD_GATEWAY, /* an address of the gateway itself */
	RECORD_NETWORK, /* a network that the gateway has a route to */
	RECORD_LINKS_END,
	RECORD_SIGHTING,
	RECORD_UNREACHABLE, /* a neighbour that does not answer */
	/* engine → fetcher */
	RECORD_FETCH_ROOTS,  /* + fd: PEM of the TLS roots */
	RECORD_FETCH_ALLOW,  /* a prefix or a port that is open besides */
	RECORD_FETCH_FORBID, /* an address or network of the gateway's */
	RECORD_FETCH_NAT64,  /* what lies under it stands for IPv4 */
	RECORD_FETCH,        /* + fd: where the body goes */
	RECORD_RESOLVE,
	/* fetcher → engine */
	RECORD_FETCHED,
	RECORD_ADDRESS_OF,
	RECORD_RESOLVED,
	/* engine → reader */
	RECORD_PEEK,        /* + fd: the file */
	RECORD_READ,        /* + 3 fds: file, signature, trust anchors */
	RECORD_ANCHORS,     /* + fd: PEM text, to be listed */
	RECORD_CERTIFICATE, /* + 2 fds: a Thing's, and device anchors */
	/* reader → engine */
	RECORD_SIGNATURE_AT,
	RECORD_VERDICT,
	RECORD_POLICY_BEGIN,
	RECORD_POLICY_TEXT,
	RECORD_ACE,
	RECORD_POLICY_END,
	RECORD_REFUSED, /* the bytes are not a MUD file we can use */
	RECORD_ANCHOR,  /* one certificate, good or broken */
	RECORD_ANCHORS_END,
	RECORD_CERTIFIED, /* what a Thing's certificate says */
	/* the way of the drops that the kernel logs */
	RECORD_LOG,        /* engine → mudd: open their socket */
	RECORD_LOG_OPENED, /* mudd → engine, + fd: or it could not */
	RECORD_LOG_LISTEN, /* engine → watcher, + fd: read it from now on */
	RECORD_DROP,       /* watcher → engine: what was dropped */
	/* how frames between two ports of a bridge are judged */
	RECORD_BRIDGES, /* engine → mudd, in a RESET: what was configured */
	RECORD_PATH,    /* mudd → engine: what came of it */
	/* mudd → engine */
	RECORD_CONDITION, /* how something stands that enforcement rests on */
	/* engine → mudd, in batches: where Things are */
	RECORD_LAN_PORT,
	RECORD_PLACE,
	/* mudd → engine: our tables were not as they should be */
	RECORD_TAMPERED,
	/* engine → mudd */
	RECORD_ASK, /* for an address on the LAN, by ARP or ND */
	RECORD_TYPES
};

enum record_op { OP_ADD, OP_DELETE };

/* ---- mudd and engine: workers ------------------------------------------ */

/* job: a number the engine chose; 0 for the watcher, which mudd starts. */
struct record_worker { /* PEER, START, STOP */
	uint32_t program;
	uint32_t job;
};
struct record_gone {
	uint32_t program;
	uint32_t job;
	int32_t status;    /* as waitpid gave it; -1: not started */
	uint32_t outlived; /* 1: mudd ended it, it outlived its job */
};
struct record_port { /* CAPTURE, CAPTURED, LISTEN */
	uint32_t ifindex;
};
struct record_empty { /* COUNTERS, TEARDOWN, PING, PONG, ... */
	uint32_t zero;
};

/*
 * What enforcement rests on besides the rules: `mudctl health`.  The first
 * ones are mudd's to tell, the others the engine knows by itself.
 */
enum condition {
	CONDITION_BRIDGE,    /* table bridge mudd: frames between its ports */
	CONDITION_EGRESS,    /* netdev egress: frames to plain interfaces */
	CONDITION_EAST_WEST, /* policy for frames that stay on a bridge */
	CONDITION_TABLE,     /* our tables are as we made them */
	CONDITION_OWNER,     /* and others cannot change them meanwhile */
	CONDITION_DROP_LOG,  /* what is dropped can be told */
	CONDITION_OFFLOAD,   /* no flow goes where the rules do not see it */
	CONDITIONS_OF_MUDD,
	CONDITION_RULES = CONDITIONS_OF_MUDD, /* the kernel takes our batches */
	CONDITION_WATCHER,                    /* it runs */
	CONDITIONS
};
struct record_condition {
	uint32_t condition;   /* one of mudd's */
	uint32_t is_impaired; /* or well */
	/* Impaired: what it is.  Well: detail may say how, the rest is
	 * empty. */
	struct fault why;
};

/* ---- engine → mudd: batches -------------------------------------------- */

#define BATCH_RESET   1u /* replace everything of ours, atomically */
#define BATCH_MONITOR 2u /* mode = monitor: log and count, drop nothing */
#define BATCH_OWNED   4u /* nobody else may change it, where the kernel can */
#define BATCH_FLAGS   (BATCH_RESET | BATCH_MONITOR | BATCH_OWNED)

struct record_batch {   /* BATCH_BEGIN, BATCH_END, APPLIED */
	uint32_t batch; /* rises by one */
	uint32_t flags; /* of BATCH_BEGIN; the others only with RESET */
	uint32_t n;     /* records between BEGIN and END */
};
struct record_denied {
	uint32_t batch;
	struct fault why;
};
struct record_lan {
	uint32_t op;
	uint32_t ifindex; /* of a LAN interface; a bridge by its own */
};
struct record_prefix { /* LOCAL, SELF (a host prefix), FETCH_NAT64 */
	uint32_t op;
	struct prefix prefix;
};
struct record_set {
	uint32_t op;
	uint32_t set; /* 1..: number of a name's or class's address sets */
	uint32_t has_timeout; /* 1: a name's (dns<k>), 0: a class's (cls<k>) */
};
struct record_element {
	uint32_t op;
	uint32_t set;
	uint32_t timeout_sec; /* only in sets that have one */
	struct addr addr;
};
struct record_rules {    /* RULES_BEGIN, RULES_END, POLICY_GONE */
	uint32_t policy; /* 1.. ; RULES replace what the policy had */
	uint32_t n;
};
struct record_rule {
	struct rule rule;
};
enum policy_ending {
	ENDING_DROP,    /* counted, logged, dropped: of a Thing */
	ENDING_WATCH,   /* counted, logged, and let through: a Thing's, too */
	ENDING_UNKNOWN, /* dropped: of a device that is no Thing */
	ENDINGS
};
/* After the RULES of a policy that is new in this batch, and for its life;
 * one that none is said of has ENDING_DROP. */
struct record_ending {
	uint32_t policy;
	uint32_t ending; /* enum policy_ending */
};
/* LAN hosts that are no Things, from now on. The first stands in a RESET: from
 * then on they are judged, under this policy or another. */
struct record_unknown {
	uint32_t policy; /* 1.., of ENDING_UNKNOWN */
};
struct record_thing {
	uint32_t op;     /* ADD also moves a Thing to another policy */
	uint32_t policy; /* 0: managed, but departed: no policy, no binding */
	struct mac mac;
	uint8_t is_denied; /* 1: it may do what a departed one may, and no more,
	                    * whatever its policy says, which is not 0 */
	uint8_t zero;
};
struct record_binding {
	uint32_t op;
	struct mac mac;
	struct addr addr;
};
/* Where frames of Things come in: a LAN interface that is no bridge, or a port
 * of one that is. ADD also locks and unlocks, and has its name read again. */
struct record_lan_port {
	uint32_t op;
	uint32_t ifindex;
	uint32_t is_locked; /* 1: nobody but Things may speak there */
};
/* On which port a Thing is; on an ADD to no policy it leaves its port. */
struct record_place {
	uint32_t ifindex; /* 0, or one that has gone: on none */
	struct mac mac;
	uint8_t zero[2];
};
struct record_mark {   /* only in a RESET; without it MARK_MASK_DEFAULT */
	uint32_t mask; /* sound (core/mark.h) */
};
enum bridge_choice {
	BRIDGE_CHOICE_AUTO,
	BRIDGE_CHOICE_NETFILTER,
	BRIDGE_CHOICE_STATELESS,
	BRIDGE_CHOICES
};
struct record_bridges {  /* only in a RESET; without it AUTO */
	uint32_t choice; /* enum bridge_choice */
};
enum bridge_path {
	BRIDGE_PATH_NETFILTER, /* by the policies' chains, as what is routed */
	BRIDGE_PATH_STATELESS, /* by chains of table bridge mudd */
	BRIDGE_PATH_NONE,      /* by address and MAC alone */
	BRIDGE_PATHS
};
struct record_path {
	uint32_t path;    /* enum bridge_path */
	uint32_t is_over; /* 1: another one must be chosen, by a RESET */
	struct fault why; /* FAULT_NONE: it is NETFILTER */
};
struct record_counter {
	struct mac mac; /* of the Thing; its addresses' drops are summed */
	uint8_t zero[2];
	uint64_t from_packets; /* packets from it that were dropped */
	uint64_t to_packets;   /* packets to it that were dropped */
	uint64_t sent_packets; /* packets from it that passed the guard */
};
struct record_counted { /* COUNTERS_END */
	/* 1: the counters could not be read, since our table, or a set in it,
	 * is not there: somebody has deleted it. */
	uint32_t is_missing;
};

/* Have the kernel ask who has the address; who has it answers, and is seen. */
struct record_ask {
	uint32_t ifindex; /* of a LAN interface */
	struct addr addr; /* a host's */
};
/* Of a policy that does not stand there are none. */
struct record_tallies { /* TALLIES */
	uint32_t policy;
};
struct record_tally {
	uint32_t policy;
	uint32_t ace;     /* index; of a policy's each at most once */
	uint64_t packets; /* that its rules decided, replies too */
};
struct record_tallied { /* TALLIES_END */
	uint32_t policy;
	uint32_t is_missing; /* as of COUNTERS_END */
};

/* Somebody else has changed our tables, or deleted one. */
struct record_tampered {
	uint32_t is_repaired; /* 1: they are as they should be again */
	uint32_t pid; /* of the last one to change the ruleset, as the kernel
	               * numbers it; 0: not known */
	uint32_t tables, chains, sets, elements; /* how many differed */
	char name[16]; /* of that process: printable ASCII, or "" */
};

/* ---- engine → watcher --------------------------------------------------- */

struct record_server {
	struct mac mac;
	uint8_t is_relay; /* 1: it speaks for its clients to a server */
	uint8_t zero;
};

/* ---- watcher → engine --------------------------------------------------- */

#define LINK_NAME 16

struct record_link {
	uint32_t op;
	uint32_t ifindex;
	uint32_t master; /* ifindex of its bridge, or 0 */
	uint8_t is_bridge;
	uint8_t is_up; /* running */
	uint8_t zero[2];
	char name[LINK_NAME];
	struct mac mac;
	uint8_t zero2[2];
};
struct record_gateway {
	uint32_t op;
	uint32_t ifindex;
	struct addr addr;
	uint8_t len; /* of the prefix that is connected there */
	uint8_t zero[2];
};

/* For S-22. Of prefix.addr.family 0: there are more of them, that lead out by
 * this interface or end here, than are kept. */
struct record_network {
	uint32_t op;
	uint32_t ifindex; /* it leads out there; 0: it ends in the gateway */
	uint32_t is_own;  /* 1: the gateway itself answers; ifindex is 0 */
	struct prefix prefix;
	uint8_t zero[2];
};

/* The kernel has asked for it in vain. */
struct record_unreachable {
	uint32_t ifindex;
	struct addr addr;
	uint8_t zero[3];
};

enum drop_kind {
	DROP_FROM,  /* a Thing's policy forbids it to send that */
	DROP_TO,    /* it may not be sent that */
	DROP_SPOOF, /* an address or a MAC that is not the sender's */
	DROP_PLACE, /* it came in by a port where its sender is not */
	DROP_ARP,   /* an address that is not the sender's, claimed in ARP */
	DROP_TYPE,  /* an Ethernet type that Things have no use for */
	DROP_TWICE, /* as PLACE, while its sender was heard where it is */
	DROP_KINDS
};

enum drop_number {
	DROP_NO_NUMBER,
	DROP_PORT,      /* the one that it went to */
	DROP_ICMP_TYPE, /* or ICMPv6 */
	DROP_ETHERTYPE, /* of the frame: a VLAN tag's, where it has one */
	DROP_NUMBERS
};

/* Packets of one kind, for a short time; what is not known is 0. */
struct record_drop {
	uint8_t kind;       /* enum drop_kind */
	uint8_t protocol;   /* IPv4's and IPv6's number */
	uint8_t has_number; /* enum drop_number: what number is */
	uint8_t zero;
	uint16_t number;
	struct mac mac;   /* the sender; TO: the receiver, where the frame had
	                   * it */
	struct addr own;  /* the source, of a spoof what it claims; TO: the
	                   * destination */
	struct addr peer; /* the other one; family 0 with own's, or equal */
	uint8_t zero2[2];
	uint32_t count; /* packets that the kernel logged: 1 at least */
};

/* ---- engine ↔ fetcher --------------------------------------------------- */

enum fetch_kind { FETCH_FILE, FETCH_SIGNATURE };

struct record_allow {
	struct prefix prefix; /* or, with family 0: */
	uint16_t port;
};
struct record_forbid {
	uint32_t op;
	uint32_t is_own; /* 1: the gateway itself answers there */
	struct prefix prefix;
};
struct record_roots {
	uint32_t size; /* bytes in the fd; 0: no server is trusted */
};
struct record_fetch {
	uint32_t job;
	uint32_t kind; /* enum fetch_kind: decides Accept and the media types */
	uint32_t max_size;
	uint32_t timeout_sec;
	char url[LIMIT_URL + 1];
};
struct record_fetched {
	uint32_t job;
	uint32_t kind;
	uint32_t size; /* of the body in the fd */
	/* 1: it came with a media type that S-26 does not expect, or none */
	uint32_t is_other_type;
	struct addr server;
	struct fault why; /* FAULT_NONE: it is there */
};
struct record_resolve {
	uint32_t job;
	uint32_t n; /* a number of the engine's, handed back */
	char name[LIMIT_HOST + 1];
};
struct record_address_of {
	uint32_t n;
	uint32_t ttl_sec;
	struct addr addr;
};
struct record_resolved {
	uint32_t n;
	uint32_t n_addrs;
	struct fault why; /* FAULT_NONE, also when a family has no address */
};

#endif
