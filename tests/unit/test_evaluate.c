/*
 * evaluate: one ACE or two, one packet, and what is said of it.  Each line is
 * named after the point of architecture.md, "What a verdict is", or the clause
 * that it holds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/compile.h"
#include "libmud/evaluate.h"
#include "libmud/fault.h"
#include "libmud/mem.h"
#include "libmud/world.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define ACES          3

enum { TEXT_CLOUD, TEXT_HUB, TEXT_MAKER, TEXT_MAKER_PORT, TEXT_MODEL, TEXTS };

static struct policy_text texts[TEXTS] = {
	{ "cloud.example.com" },
	{ "urn:x:hub" },
	{ "maker.example.com" },
	{ "maker.example.com:8443" },
	{ "https://maker.example.com/b" },
};

#define THING   "192.0.2.10"
#define THING6  "2001:db8::10"
#define GATE    "192.0.2.1"
#define GATE6   "2001:db8::1"
#define HUB     "192.0.2.20"
#define MINE    "192.0.2.21"
#define SAME    "192.0.2.30" /* maker.example.com/a */
#define MODEL   "192.0.2.31" /* maker.example.com/b */
#define PORTED  "192.0.2.32" /* maker.example.com:8443/a */
#define ALIEN   "192.0.2.33" /* other.example.com/a */
#define CLOUD   "198.51.100.1"
#define CLOUD6  "2001:db8:1::1"
#define OUTSIDE "198.51.100.9"
#define YONDER  "203.0.113.7" /* on another of the gateway's networks */

/* Zero: any; else as in struct ace, ICMP one more. */
struct given {
	bool is_there; /* no such ACE without */
	enum direction direction;
	enum forwarding forwarding;
	uint8_t families; /* 0: both */
	uint8_t initiated;
	bool is_odd; /* not understood */
	int protocol;
	int icmp_type, icmp_code;
	struct ports source, destination;
	const char *from, *to;
	uint8_t n_peers;
	struct peer peers[ACE_PEERS];
	struct field field;
};

/* Zero: not known; ICMP one more. */
struct asked {
	bool is_there;
	enum direction direction;
	const char *peer, *own;
	int protocol, source, destination;
	int icmp_type, icmp_code;
	enum flow_opener opener;
	bool is_untracked;
	int field, value;  /* one that is known */
	const char *about; /* an error about UDP to port 9 of this peer */
};

#define FROM                    .is_there = true, .direction = FROM_DEVICE
#define TO                      .is_there = true, .direction = TO_DEVICE
#define DROP                    .forwarding = FORWARD_DROP
#define REJECT                  .forwarding = FORWARD_REJECT
#define V4                      .families = FAMILY_4
#define V6                      .families = FAMILY_6
#define ODD                     .is_odd = true
#define TCP                     .protocol = 6
#define UDP                     .protocol = 17
#define SPORT(n)                .source = { n, n, 0, 0 }
#define DPORT(n)                .destination = { n, n, 0, 0 }
#define SPORTS(low, high, not ) .source = { low, high, not, 0 }
#define DPORTS(low, high, not ) .destination = { low, high, not, 0 }
#define PEER(kind, text)        .n_peers = 1, .peers = { { kind, 0, text } }
#define NAMED                   PEER(PEER_DNSNAME, TEXT_CLOUD)
#define LOCAL                   PEER(PEER_LOCAL_NETWORKS, PEER_NO_TEXT)
#define BY_THING                .initiated = INITIATED_FROM_DEVICE
#define BY_PEER                 .initiated = INITIATED_TO_DEVICE
#define DSCP(n)                                                                \
	.field = { FIELD_DSCP, 0, { 0, 0, 0, 0, 0, n }, { 0, 0, 0, 0, 0, 63 } }
#define FIELD(id, n)                                                           \
	.field = { id, 0, { 0, 0, 0, 0, 0, n }, { 0, 0, 0, 0, 0, 255 } }
#define ICMP(type, code) .icmp_type = (type) + 1, .icmp_code = (code) + 1
#define PORTS(from, to)  .source = (from), .destination = (to)
#define THING_OPENED     .opener = OPENED_BY_THING
#define PEER_OPENED      .opener = OPENED_BY_PEER
#define UNTRACKED        .is_untracked = true

#define ALLOWS(source) VERDICT_ALLOW, SOURCE_##source
#define DENIES(source) VERDICT_DENY, SOURCE_##source
#define NOBODY         (-1)

/* clang-format off */
static const struct {
	const char *name;
	struct given aces[ACES]; /* up to one that is not there */
	struct asked flow;
	enum verdict verdict;
	enum verdict_source source;
	int ace;
} cases[] = {
	/* Point 1: an ACE matches when every condition holds. */
	{ "M-POL-3: nothing is allowed", { { 0 } },
	    { FROM, CLOUD, TCP, PORTS(50000, 443) }, DENIES(NONE), NOBODY },
	{ "M-POL-1: from", { { FROM, TCP } },
	    { FROM, CLOUD, TCP, PORTS(50000, 443) }, ALLOWS(ACE), 0 },
	{ "M-POL-1: to is another list", { { FROM, TCP } },
	    { TO, CLOUD, TCP, PORTS(50000, 443) }, DENIES(NONE), NOBODY },
	{ "to", { { TO, TCP } },
	    { TO, CLOUD, TCP, PORTS(50000, 443) }, ALLOWS(ACE), 0 },
	{ "protocol", { { FROM, TCP } },
	    { FROM, CLOUD, UDP, PORTS(50000, 443) }, DENIES(NONE), NOBODY },
	{ "any protocol", { { FROM, V4 } },
	    { FROM, CLOUD, .protocol = 47 }, ALLOWS(ACE), 0 },
	{ "an ACL speaks of its own families only", { { FROM, V6, TCP } },
	    { FROM, CLOUD, TCP, PORTS(50000, 443) }, DENIES(NONE), NOBODY },
	{ "an ACL for IPv6", { { FROM, V6, TCP } },
	    { FROM, CLOUD6, TCP, PORTS(50000, 443) }, ALLOWS(ACE), 0 },
	{ "destination prefix", { { FROM, V4, .to = "198.51.100.0/29" } },
	    { FROM, CLOUD, TCP }, ALLOWS(ACE), 0 },
	{ "other destination", { { FROM, V4, .to = "198.51.100.0/29" } },
	    { FROM, OUTSIDE, TCP }, DENIES(NONE), NOBODY },
	{ "source prefix of the peer", { { TO, V4, .from = "198.51.100.0/29" } },
	    { TO, CLOUD, TCP }, ALLOWS(ACE), 0 },
	{ "other source", { { TO, V4, .from = "198.51.100.0/29" } },
	    { TO, OUTSIDE, TCP }, DENIES(NONE), NOBODY },
	{ "M-FILE-6: the own side", { { FROM, V4, .from = "192.0.2.0/24" } },
	    { FROM, CLOUD, TCP }, ALLOWS(ACE), 0 },
	{ "another own side", { { FROM, V4, .from = "192.0.3.0/24" } },
	    { FROM, CLOUD, TCP }, DENIES(NONE), NOBODY },
	{ "own side that is given", { { TO, V4, .to = "224.0.0.0/24" } },
	    { TO, CLOUD, "224.0.0.251", UDP }, ALLOWS(ACE), 0 },
	{ "eq", { { FROM, TCP, DPORT(443) } },
	    { FROM, CLOUD, TCP, PORTS(50000, 443) }, ALLOWS(ACE), 0 },
	{ "eq, one less", { { FROM, TCP, DPORT(443) } },
	    { FROM, CLOUD, TCP, PORTS(50000, 442) }, DENIES(NONE), NOBODY },
	{ "eq, one more", { { FROM, TCP, DPORT(443) } },
	    { FROM, CLOUD, TCP, PORTS(50000, 444) }, DENIES(NONE), NOBODY },
	{ "eq, the other port", { { FROM, TCP, DPORT(443) } },
	    { FROM, CLOUD, TCP, PORTS(443, 50000) }, DENIES(NONE), NOBODY },
	{ "neq", { { FROM, TCP, DPORTS(443, 443, 1) } },
	    { FROM, CLOUD, TCP, PORTS(50000, 444) }, ALLOWS(ACE), 0 },
	{ "neq, that port", { { FROM, TCP, DPORTS(443, 443, 1) } },
	    { FROM, CLOUD, TCP, PORTS(50000, 443) }, DENIES(NONE), NOBODY },
	{ "range, low", { { FROM, UDP, SPORTS(10, 20, 0) } },
	    { FROM, CLOUD, UDP, PORTS(10, 1) }, ALLOWS(ACE), 0 },
	{ "range, high", { { FROM, UDP, SPORTS(10, 20, 0) } },
	    { FROM, CLOUD, UDP, PORTS(20, 1) }, ALLOWS(ACE), 0 },
	{ "range, below", { { FROM, UDP, SPORTS(10, 20, 0) } },
	    { FROM, CLOUD, UDP, PORTS(9, 1) }, DENIES(NONE), NOBODY },
	{ "range, above", { { FROM, UDP, SPORTS(10, 20, 0) } },
	    { FROM, CLOUD, UDP, PORTS(21, 1) }, DENIES(NONE), NOBODY },
	{ "a port that is not known, accept", { { FROM, UDP, SPORT(10) } },
	    { FROM, CLOUD, UDP, .source = -1 }, DENIES(NONE), NOBODY },
	{ "a port that is not known, drop",
	    { { FROM, DROP, UDP, SPORT(10) }, { FROM, UDP } },
	    { FROM, CLOUD, UDP, .source = -1 }, DENIES(ACE), 0 },
	{ "not known, but no matter", { { FROM, UDP } },
	    { FROM, CLOUD, UDP, .source = -1 }, ALLOWS(ACE), 0 },
	{ "ICMP type and code",
	    { { FROM, V4, .protocol = 1, ICMP(8, 0) } },
	    { FROM, CLOUD, .protocol = 1, ICMP(8, 0) }, ALLOWS(ACE), 0 },
	{ "ICMP, other type", { { FROM, V4, .protocol = 1, ICMP(8, 0) } },
	    { FROM, CLOUD, .protocol = 1, ICMP(13, 0) }, DENIES(NONE), NOBODY },
	{ "ICMP, other code", { { FROM, V4, .protocol = 1, ICMP(8, 0) } },
	    { FROM, CLOUD, .protocol = 1, ICMP(8, 1) }, DENIES(NONE), NOBODY },
	{ "ICMP, type not known", { { FROM, V4, .protocol = 1, ICMP(8, 0) } },
	    { FROM, CLOUD, .protocol = 1 }, DENIES(NONE), NOBODY },

	/* Peers: RFC 8520 s4, s8. */
	{ "M-DNS-4: name", { { FROM, V4, NAMED } },
	    { FROM, CLOUD, TCP }, ALLOWS(ACE), 0 },
	{ "name, other address", { { FROM, V4, NAMED } },
	    { FROM, OUTSIDE, TCP }, DENIES(NONE), NOBODY },
	{ "M-DNS-2: AAAA in an IPv6 ACL", { { FROM, V6, NAMED } },
	    { FROM, CLOUD6, TCP }, ALLOWS(ACE), 0 },
	{ "M-DNS-2: no AAAA in an IPv4 ACL", { { FROM, V4, NAMED } },
	    { FROM, CLOUD6, TCP }, DENIES(NONE), NOBODY },
	{ "M-CTL-1: class", { { FROM, PEER(PEER_CONTROLLER, TEXT_HUB) } },
	    { FROM, HUB, TCP }, ALLOWS(ACE), 0 },
	{ "class, no member", { { FROM, PEER(PEER_CONTROLLER, TEXT_HUB) } },
	    { FROM, MINE, TCP }, DENIES(NONE), NOBODY },
	{ "M-CLS-1: empty class", { { FROM, PEER(PEER_CONTROLLER, TEXT_CLOUD) } },
	    { FROM, HUB, TCP }, DENIES(NONE), NOBODY },
	{ "M-CTL-4: my-controller",
	    { { FROM, PEER(PEER_MY_CONTROLLER, PEER_NO_TEXT) } },
	    { FROM, MINE, TCP }, ALLOWS(ACE), 0 },
	{ "not my-controller",
	    { { FROM, PEER(PEER_MY_CONTROLLER, PEER_NO_TEXT) } },
	    { FROM, HUB, TCP }, DENIES(NONE), NOBODY },
	{ "M-MFG-1: manufacturer",
	    { { FROM, PEER(PEER_MANUFACTURER, TEXT_MAKER) } },
	    { FROM, MODEL, TCP }, ALLOWS(ACE), 0 },
	{ "M-MFG-2: port 443 is not 8443",
	    { { FROM, PEER(PEER_MANUFACTURER, TEXT_MAKER) } },
	    { FROM, PORTED, TCP }, DENIES(NONE), NOBODY },
	{ "M-MFG-2: port 8443",
	    { { FROM, PEER(PEER_MANUFACTURER, TEXT_MAKER_PORT) } },
	    { FROM, PORTED, TCP }, ALLOWS(ACE), 0 },
	{ "other manufacturer",
	    { { FROM, PEER(PEER_MANUFACTURER, TEXT_MAKER) } },
	    { FROM, ALIEN, TCP }, DENIES(NONE), NOBODY },
	{ "M-MFG-3: same-manufacturer",
	    { { FROM, PEER(PEER_SAME_MANUFACTURER, PEER_NO_TEXT) } },
	    { FROM, SAME, TCP }, ALLOWS(ACE), 0 },
	{ "M-MFG-2: same host, other port",
	    { { FROM, PEER(PEER_SAME_MANUFACTURER, PEER_NO_TEXT) } },
	    { FROM, PORTED, TCP }, DENIES(NONE), NOBODY },
	{ "M-MOD-1: model", { { FROM, PEER(PEER_MODEL, TEXT_MODEL) } },
	    { FROM, MODEL, TCP }, ALLOWS(ACE), 0 },
	{ "M-MOD-1: another of the same maker",
	    { { FROM, PEER(PEER_MODEL, TEXT_MODEL) } },
	    { FROM, SAME, TCP }, DENIES(NONE), NOBODY },
	{ "M-LOC-1: local-networks", { { FROM, LOCAL } },
	    { FROM, "192.0.2.99", TCP }, ALLOWS(ACE), 0 },
	{ "M-LOC-1: not local", { { FROM, LOCAL } },
	    { FROM, OUTSIDE, TCP }, DENIES(NONE), NOBODY },
	{ "point 7: never the gateway", { { FROM, LOCAL } },
	    { FROM, GATE, TCP }, DENIES(NONE), NOBODY },
	{ "point 7: never broadcast", { { FROM, LOCAL } },
	    { FROM, "192.0.2.255", UDP }, DENIES(NONE), NOBODY },
	{ "M-FILE-7: two peers, both", { { FROM, .n_peers = 2,
	    .peers = { { PEER_LOCAL_NETWORKS, 0, PEER_NO_TEXT },
		{ PEER_CONTROLLER, 0, TEXT_HUB } } } },
	    { FROM, HUB, TCP }, ALLOWS(ACE), 0 },
	{ "M-FILE-7: two peers, one", { { FROM, .n_peers = 2,
	    .peers = { { PEER_LOCAL_NETWORKS, 0, PEER_NO_TEXT },
		{ PEER_CONTROLLER, 0, TEXT_HUB } } } },
	    { FROM, MINE, TCP }, DENIES(NONE), NOBODY },

	/* Header fields. */
	{ "a field", { { FROM, V4, DSCP(46) } },
	    { FROM, CLOUD, TCP, .field = FIELD_DSCP, .value = 46 },
	    ALLOWS(ACE), 0 },
	{ "a field, other value", { { FROM, V4, DSCP(46) } },
	    { FROM, CLOUD, TCP, .field = FIELD_DSCP, .value = 45 },
	    DENIES(NONE), NOBODY },
	{ "a field that is not known, accept", { { FROM, V4, DSCP(46) } },
	    { FROM, CLOUD, TCP, .field = FIELD_TTL, .value = 46 },
	    DENIES(NONE), NOBODY },
	{ "a field that is not known, drop",
	    { { FROM, DROP, V4, DSCP(46) }, { FROM } },
	    { FROM, CLOUD, TCP }, DENIES(ACE), 0 },
	{ "a field of a drop, other value",
	    { { FROM, DROP, V4, DSCP(46) }, { FROM } },
	    { FROM, CLOUD, TCP, .field = FIELD_DSCP, .value = 45 },
	    ALLOWS(ACE), 1 },

	{ "a field that the packet has not, drop",
	    { { FROM, DROP, FIELD(FIELD_FLOW_LABEL, 1) }, { FROM } },
	    { FROM, CLOUD, TCP }, ALLOWS(ACE), 1 },
	{ "a value that no packet has, drop",
	    { { FROM, DROP, V4, FIELD(FIELD_OFFSET, 5) }, { FROM } },
	    { FROM, CLOUD, TCP }, ALLOWS(ACE), 1 },
	{ "nor IPv6 IPv4's", { { FROM, DROP, FIELD(FIELD_IHL, 5) }, { FROM } },
	    { FROM, CLOUD6, TCP }, ALLOWS(ACE), 1 },
	{ "nor UDP TCP's",
	    { { FROM, DROP, FIELD(FIELD_WINDOW, 5) }, { FROM } },
	    { FROM, CLOUD, UDP }, ALLOWS(ACE), 1 },
	{ "nor TCP UDP's",
	    { { FROM, DROP, FIELD(FIELD_UDP_LENGTH, 5) }, { FROM } },
	    { FROM, CLOUD, TCP }, ALLOWS(ACE), 1 },

	/* RFC 8520 s4.8. */
	{ "M-DIR-2: opened by the Thing", { { FROM, TCP, BY_THING } },
	    { FROM, CLOUD, TCP }, ALLOWS(ACE), 0 },
	{ "M-DIR-2: opened by the peer", { { FROM, TCP, BY_THING } },
	    { FROM, CLOUD, TCP, PEER_OPENED }, DENIES(NONE), NOBODY },
	{ "M-DIR-2: to the Thing, which opened", { { TO, TCP, BY_THING } },
	    { TO, CLOUD, TCP, THING_OPENED }, ALLOWS(ACE), 0 },
	{ "M-DIR-2: to the Thing, which did not", { { TO, TCP, BY_THING } },
	    { TO, CLOUD, TCP }, DENIES(NONE), NOBODY },
	{ "M-DIR-3: to-device in a to-device ACE", { { TO, TCP, BY_PEER } },
	    { TO, CLOUD, TCP }, ALLOWS(ACE), 0 },
	{ "M-DIR-3: to-device in a from-device ACE", { { FROM, TCP, BY_PEER } },
	    { FROM, CLOUD, TCP, PEER_OPENED }, ALLOWS(ACE), 0 },
	{ "M-DIR-3: but the Thing opened", { { FROM, TCP, BY_PEER } },
	    { FROM, CLOUD, TCP }, DENIES(NONE), NOBODY },
	{ "M-DIR-5: without it, anybody", { { FROM, TCP } },
	    { FROM, CLOUD, TCP, PEER_OPENED }, ALLOWS(ACE), 0 },
	{ "point 3: untracked meets no opener", { { FROM, TCP, BY_THING } },
	    { FROM, CLOUD, TCP, UNTRACKED }, DENIES(NONE), NOBODY },
	{ "point 3: nor the other", { { FROM, TCP, BY_PEER } },
	    { FROM, CLOUD, TCP, PEER_OPENED, UNTRACKED },
	    DENIES(NONE), NOBODY },

	/* Point 2: the first match decides. */
	{ "M-POL-2: drop first", { { FROM, DROP, TCP }, { FROM } },
	    { FROM, CLOUD, TCP }, DENIES(ACE), 0 },
	{ "M-POL-2: accept first", { { FROM }, { FROM, DROP, TCP } },
	    { FROM, CLOUD, TCP }, ALLOWS(ACE), 0 },
	{ "M-FILE-4: reject denies", { { FROM, REJECT, TCP }, { FROM } },
	    { FROM, CLOUD, TCP }, DENIES(ACE), 0 },
	{ "the second", { { FROM, DROP, UDP }, { FROM } },
	    { FROM, CLOUD, TCP }, ALLOWS(ACE), 1 },

	/* Point 7, S-9. */
	{ "not understood, accept", { { FROM, ODD } },
	    { FROM, CLOUD, TCP }, DENIES(NONE), NOBODY },
	{ "not understood, drop", { { FROM, DROP, ODD }, { FROM } },
	    { FROM, CLOUD, TCP }, DENIES(ACE), 0 },
	{ "not understood, drop of other families",
	    { { FROM, DROP, ODD, V6 }, { FROM } },
	    { FROM, CLOUD, TCP }, ALLOWS(ACE), 1 },
	{ "not understood, drop, of replies",
	    { { FROM, DROP, ODD }, { FROM } },
	    { TO, CLOUD, TCP, THING_OPENED }, DENIES(REPLY), 0 },

	/* Point 3: replies. */
	{ "reply", { { FROM, TCP, DPORT(443) } },
	    { TO, CLOUD, TCP, PORTS(443, 50000), THING_OPENED },
	    ALLOWS(REPLY), 0 },
	{ "reply from another port", { { FROM, TCP, DPORT(443) } },
	    { TO, CLOUD, TCP, PORTS(444, 50000), THING_OPENED },
	    DENIES(NONE), NOBODY },
	{ "no reply", { { FROM, TCP, DPORT(443) } },
	    { TO, CLOUD, TCP, PORTS(443, 50000) }, DENIES(NONE), NOBODY },
	{ "untracked is no reply", { { FROM, TCP, DPORT(443) } },
	    { TO, CLOUD, TCP, PORTS(443, 50000), THING_OPENED, UNTRACKED },
	    DENIES(NONE), NOBODY },
	{ "reply of the Thing", { { TO, UDP, DPORT(5683), LOCAL } },
	    { FROM, HUB, UDP, PORTS(5683, 50000), PEER_OPENED },
	    ALLOWS(REPLY), 0 },
	{ "reply to somebody else", { { TO, UDP, DPORT(5683), LOCAL } },
	    { FROM, CLOUD, UDP, PORTS(5683, 50000), PEER_OPENED },
	    DENIES(NONE), NOBODY },
	{ "reply, prefixes", { { FROM, V4, .from = "192.0.2.0/28",
	    .to = "198.51.100.0/29" } },
	    { TO, CLOUD, TCP, THING_OPENED }, ALLOWS(REPLY), 0 },
	{ "reply, other prefixes", { { FROM, V4, .from = "192.0.2.0/28",
	    .to = "198.51.100.0/29" } },
	    { TO, OUTSIDE, TCP, THING_OPENED }, DENIES(NONE), NOBODY },
	{ "an explicit drop of replies wins", { { FROM, TCP }, { TO, DROP, TCP } },
	    { TO, CLOUD, TCP, THING_OPENED }, DENIES(ACE), 1 },
	{ "an explicit drop of the opening wins",
	    { { FROM, DROP, TCP, DPORT(23) }, { FROM, TCP } },
	    { TO, CLOUD, TCP, PORTS(23, 50000), THING_OPENED },
	    DENIES(REPLY), 0 },
	{ "the own list is asked first", { { TO, TCP }, { FROM, DROP, TCP } },
	    { TO, CLOUD, TCP, THING_OPENED }, ALLOWS(ACE), 0 },
	{ "M-DIR-2: reply, opener named", { { FROM, TCP, BY_THING } },
	    { TO, CLOUD, TCP, THING_OPENED }, ALLOWS(REPLY), 0 },
	{ "M-DIR-2: reply, the other named", { { FROM, TCP, BY_PEER } },
	    { TO, CLOUD, TCP, THING_OPENED }, DENIES(NONE), NOBODY },
	{ "reply, a field does not vouch", { { FROM, V4, DSCP(46) } },
	    { TO, CLOUD, TCP, THING_OPENED, .field = FIELD_DSCP, .value = 46 },
	    DENIES(NONE), NOBODY },
	{ "reply, a field does not deny",
	    { { FROM, DROP, V4, DSCP(46) }, { FROM } },
	    { TO, CLOUD, TCP, THING_OPENED }, ALLOWS(REPLY), 1 },
	{ "echo", { { FROM, V4, .protocol = 1, ICMP(8, 0) } },
	    { TO, CLOUD, .protocol = 1, ICMP(0, 0), THING_OPENED },
	    ALLOWS(REPLY), 0 },
	{ "echo, odd code", { { FROM, V4, .protocol = 1, ICMP(8, 1) } },
	    { TO, CLOUD, .protocol = 1, ICMP(0, 1), THING_OPENED },
	    ALLOWS(REPLY), 0 },
	{ "timestamp", { { FROM, V4, .protocol = 1, ICMP(13, 0) } },
	    { TO, CLOUD, .protocol = 1, ICMP(14, 0), THING_OPENED },
	    ALLOWS(REPLY), 0 },
	{ "information", { { FROM, V4, .protocol = 1, ICMP(15, 0) } },
	    { TO, CLOUD, .protocol = 1, ICMP(16, 0), THING_OPENED },
	    ALLOWS(REPLY), 0 },
	{ "mask", { { FROM, V4, .protocol = 1, ICMP(17, 0) } },
	    { TO, CLOUD, .protocol = 1, ICMP(18, 0), THING_OPENED },
	    ALLOWS(REPLY), 0 },
	{ "echo, ICMPv6", { { FROM, V6, .protocol = 58, ICMP(128, 0) } },
	    { TO, CLOUD6, .protocol = 58, ICMP(129, 0), THING_OPENED },
	    ALLOWS(REPLY), 0 },
	{ "the answer to another request",
	    { { FROM, V4, .protocol = 1, ICMP(8, 0) } },
	    { TO, CLOUD, .protocol = 1, ICMP(14, 0), THING_OPENED },
	    DENIES(NONE), NOBODY },
	{ "no answer at all", { { FROM, V4, .protocol = 1 } },
	    { TO, CLOUD, .protocol = 1, ICMP(5, 0), THING_OPENED },
	    DENIES(NONE), NOBODY },
	{ "no answer of ICMPv6", { { FROM, V6, .protocol = 58 } },
	    { TO, CLOUD6, .protocol = 58, ICMP(14, 0), THING_OPENED },
	    DENIES(NONE), NOBODY },
	{ "reply to a default", { { 0 } },
	    { FROM, HUB, UDP, PORTS(50000, 53), PEER_OPENED },
	    DENIES(NONE), NOBODY },
	{ "no default for a reply of its own direction", { { 0 } },
	    { FROM, MINE, UDP, PORTS(50000, 123), PEER_OPENED },
	    ALLOWS(REPLY), NOBODY },

	/* Point 4. */
	{ "M-DEF-1: DNS", { { 0 } },
	    { FROM, GATE, UDP, PORTS(50000, 53) }, ALLOWS(DEFAULT), NOBODY },
	{ "M-DEF-1: not to anybody", { { 0 } },
	    { FROM, HUB, UDP, PORTS(50000, 53) }, DENIES(NONE), NOBODY },
	{ "DNS, IPv6", { { 0 } },
	    { FROM, GATE6, UDP, PORTS(50000, 53) }, ALLOWS(DEFAULT), NOBODY },
	{ "the source port is no matter", { { 0 } },
	    { FROM, GATE, UDP, PORTS(53, 5353) }, DENIES(NONE), NOBODY },
	{ "NTP", { { 0 } },
	    { FROM, MINE, UDP, PORTS(50000, 123) }, ALLOWS(DEFAULT), NOBODY },
	{ "NTP, to whom it is given instead", { { 0 } },
	    { FROM, GATE, UDP, PORTS(50000, 123) }, DENIES(NONE), NOBODY },
	{ "NTP, the other way", { { 0 } },
	    { TO, MINE, UDP, PORTS(123, 50000) }, ALLOWS(DEFAULT), NOBODY },
	{ "NTP, the other way, other port", { { 0 } },
	    { TO, MINE, UDP, PORTS(50000, 123) }, DENIES(NONE), NOBODY },
	{ "NTP, the reply", { { 0 } },
	    { TO, MINE, UDP, PORTS(123, 50000), THING_OPENED },
	    ALLOWS(REPLY), NOBODY },
	{ "M-DEF-2: no NTP over TCP", { { 0 } },
	    { FROM, MINE, TCP, PORTS(50000, 123) }, DENIES(NONE), NOBODY },
	{ "M-POL-5: an explicit drop", { { FROM, DROP, UDP, DPORT(53) } },
	    { FROM, GATE, UDP, PORTS(50000, 53) }, DENIES(ACE), 0 },
	{ "M-POL-5: an explicit accept", { { FROM, UDP, DPORT(53) } },
	    { FROM, GATE, UDP, PORTS(50000, 53) }, ALLOWS(ACE), 0 },
	{ "DNS over TCP", { { 0 } },
	    { FROM, GATE, TCP, PORTS(50000, 53) },
	    ALLOWS(LOCAL_POLICY), NOBODY },
	{ "DNS over TCP, the reply", { { 0 } },
	    { TO, GATE, TCP, PORTS(53, 50000), THING_OPENED },
	    ALLOWS(REPLY), NOBODY },
	{ "DNS over TCP, untracked", { { 0 } },
	    { FROM, GATE, TCP, PORTS(50000, 53), UNTRACKED },
	    DENIES(NONE), NOBODY },
	{ "DNS over TCP, to others", { { 0 } },
	    { FROM, MINE, TCP, PORTS(50000, 53) }, DENIES(NONE), NOBODY },
	{ "removed by a drop of UDP 53", { { FROM, DROP, UDP, DPORT(53) } },
	    { FROM, GATE, TCP, PORTS(50000, 53) }, DENIES(NONE), NOBODY },
	{ "and so is its reply", { { FROM, DROP, UDP, DPORT(53) } },
	    { TO, GATE, TCP, PORTS(53, 50000), THING_OPENED },
	    DENIES(NONE), NOBODY },
	{ "by a range", { { FROM, REJECT, UDP, DPORTS(50, 60, 0) } },
	    { FROM, GATE, TCP, PORTS(50000, 53) }, DENIES(NONE), NOBODY },
	{ "by all others", { { FROM, DROP, UDP, DPORTS(54, 54, 1) } },
	    { FROM, GATE, TCP, PORTS(50000, 53) }, DENIES(NONE), NOBODY },
	{ "not by all but it", { { FROM, DROP, UDP, DPORTS(53, 53, 1) } },
	    { FROM, GATE, TCP, PORTS(50000, 53) },
	    ALLOWS(LOCAL_POLICY), NOBODY },
	{ "not by another port", { { FROM, DROP, UDP, DPORT(54) } },
	    { FROM, GATE, TCP, PORTS(50000, 53) },
	    ALLOWS(LOCAL_POLICY), NOBODY },
	{ "not by a drop of TCP 443", { { FROM, DROP, TCP, DPORT(443) } },
	    { FROM, GATE, TCP, PORTS(50000, 53) },
	    ALLOWS(LOCAL_POLICY), NOBODY },
	{ "not by a drop the other way", { { TO, DROP, UDP, DPORT(53) } },
	    { FROM, GATE, TCP, PORTS(50000, 53) },
	    ALLOWS(LOCAL_POLICY), NOBODY },
	{ "not by an accept", { { FROM, UDP, DPORT(53) } },
	    { FROM, GATE, TCP, PORTS(50000, 53) },
	    ALLOWS(LOCAL_POLICY), NOBODY },

	/* Point 5: what is outside the chain, whatever the file says. */
	{ "M-DEF-3: DHCP", { { FROM, DROP } },
	    { FROM, "255.255.255.255", UDP, PORTS(68, 67) },
	    ALLOWS(INFRASTRUCTURE), NOBODY },
	{ "DHCP to the gateway", { { FROM, DROP } },
	    { FROM, GATE, UDP, PORTS(68, 67) },
	    ALLOWS(INFRASTRUCTURE), NOBODY },
	{ "DHCP to a neighbour", { { FROM, DROP } },
	    { FROM, HUB, UDP, PORTS(68, 67) }, ALLOWS(INFRASTRUCTURE),
	    NOBODY },
	{ "DHCP of a neighbour", { { TO, DROP } },
	    { TO, HUB, UDP, PORTS(67, 68) }, ALLOWS(INFRASTRUCTURE), NOBODY },
	{ "a DHCP server on a Thing", { { 0 } },
	    { FROM, HUB, UDP, PORTS(67, 68) }, DENIES(NONE), NOBODY },
	{ "a DHCP server that a file allows", { { FROM, UDP, DPORT(68) } },
	    { FROM, HUB, UDP, PORTS(67, 68) }, ALLOWS(ACE), 0 },
	{ "DHCP to another network", { { 0 } },
	    { FROM, YONDER, UDP, PORTS(68, 67) }, DENIES(NONE), NOBODY },
	{ "DHCP of another network", { { 0 } },
	    { TO, YONDER, UDP, PORTS(67, 68) }, DENIES(NONE), NOBODY },
	{ "DHCP of another port", { { 0 } },
	    { FROM, HUB, UDP, PORTS(69, 67) }, DENIES(NONE), NOBODY },
	{ "DHCP to a neighbour over TCP", { { 0 } },
	    { FROM, HUB, TCP, PORTS(68, 67) }, DENIES(NONE), NOBODY },
	{ "DHCP to a host beyond", { { 0 } },
	    { FROM, CLOUD, UDP, PORTS(68, 67) }, DENIES(NONE), NOBODY },
	{ "DHCP of a host beyond", { { 0 } },
	    { TO, CLOUD, UDP, PORTS(67, 68) }, DENIES(NONE), NOBODY },
	{ "DHCP is no DHCPv6", { { 0 } },
	    { FROM, GATE6, UDP, PORTS(68, 67) }, DENIES(NONE), NOBODY },
	{ "port 68", { { 0 } },
	    { FROM, GATE, UDP, PORTS(67, 68) }, DENIES(NONE), NOBODY },
	{ "DHCPv6", { { FROM, DROP } },
	    { FROM, "ff02::1:2", UDP, PORTS(546, 547) },
	    ALLOWS(INFRASTRUCTURE), NOBODY },
	{ "port 547 of IPv4", { { 0 } },
	    { FROM, GATE, UDP, PORTS(546, 547) }, DENIES(NONE), NOBODY },
	{ "over TCP", { { 0 } },
	    { FROM, GATE, TCP, PORTS(68, 67) }, DENIES(NONE), NOBODY },
	{ "a lease", { { TO, DROP } },
	    { TO, GATE, UDP, PORTS(67, 68), .opener = OPENED_BY_THING },
	    ALLOWS(INFRASTRUCTURE), NOBODY },
	{ "a lease to another port", { { 0 } },
	    { TO, GATE, UDP, PORTS(67, 69), .opener = OPENED_BY_THING },
	    DENIES(NONE), NOBODY },
	{ "a lease by DHCPv6", { { TO, DROP } },
	    { TO, GATE6, UDP, PORTS(547, 546), .opener = OPENED_BY_THING },
	    ALLOWS(INFRASTRUCTURE), NOBODY },
	{ "of the other family's ports", { { 0 } },
	    { TO, GATE, UDP, PORTS(547, 546), .opener = OPENED_BY_THING },
	    DENIES(NONE), NOBODY },
	{ "IGMP", { { FROM, DROP } },
	    { FROM, "224.0.0.22", .protocol = 2 },
	    ALLOWS(INFRASTRUCTURE), NOBODY },
	{ "IGMP to the Thing", { { 0 } },
	    { TO, HUB, .protocol = 2 }, DENIES(NONE), NOBODY },
	{ "IGMP to another host", { { 0 } },
	    { FROM, HUB, .protocol = 2 }, DENIES(NONE), NOBODY },
	{ "neighbour solicitation", { { FROM, DROP } },
	    { FROM, CLOUD6, .protocol = 58, ICMP(135, 0) },
	    ALLOWS(INFRASTRUCTURE), NOBODY },
	{ "neighbour advertisement, hop limit", { { TO, DROP } },
	    { TO, CLOUD6, .protocol = 58, ICMP(136, 0), .field = FIELD_TTL,
	    .value = 255 }, ALLOWS(INFRASTRUCTURE), NOBODY },
	{ "from further away", { { 0 } },
	    { TO, CLOUD6, .protocol = 58, ICMP(136, 0), .field = FIELD_TTL,
	    .value = 254 }, DENIES(NONE), NOBODY },
	{ "ND is not ICMP's", { { 0 } },
	    { FROM, CLOUD, .protocol = 1, ICMP(135, 0) },
	    DENIES(NONE), NOBODY },
	{ "router solicitation", { { FROM, DROP } },
	    { FROM, "ff02::2", .protocol = 58, ICMP(133, 0) },
	    ALLOWS(INFRASTRUCTURE), NOBODY },
	{ "router solicitation, hop limit", { { 0 } },
	    { FROM, "ff02::2", .protocol = 58, ICMP(133, 0),
	    .field = FIELD_TTL, .value = 1 }, DENIES(NONE), NOBODY },
	{ "router advertisement of a Thing", { { 0 } },
	    { FROM, "ff02::1", .protocol = 58, ICMP(134, 0) },
	    DENIES(NONE), NOBODY },
	{ "redirect", { { 0 } },
	    { TO, CLOUD6, .protocol = 58, ICMP(137, 0) },
	    DENIES(NONE), NOBODY },
	{ "MLD report", { { FROM, DROP } },
	    { FROM, "ff02::16", .protocol = 58, ICMP(143, 0) },
	    ALLOWS(INFRASTRUCTURE), NOBODY },
	{ "MLD report, version 1", { { FROM, DROP } },
	    { FROM, "ff02::fb", .protocol = 58, ICMP(131, 0),
	    .field = FIELD_TTL, .value = 1 }, ALLOWS(INFRASTRUCTURE), NOBODY },
	{ "MLD done", { { FROM, DROP } },
	    { FROM, "ff02::2", .protocol = 58, ICMP(132, 0) },
	    ALLOWS(INFRASTRUCTURE), NOBODY },
	{ "MLD, hop limit", { { 0 } },
	    { FROM, "ff02::16", .protocol = 58, ICMP(143, 0),
	    .field = FIELD_TTL, .value = 2 }, DENIES(NONE), NOBODY },
	{ "MLD query of a Thing", { { 0 } },
	    { FROM, "ff02::1", .protocol = 58, ICMP(130, 0) },
	    DENIES(NONE), NOBODY },
	{ "error about a flow that is allowed", { { FROM, UDP, DPORT(9) } },
	    { TO, OUTSIDE, .protocol = 1, ICMP(3, 1), .about = CLOUD },
	    ALLOWS(INFRASTRUCTURE), NOBODY },
	{ "whatever else is dropped",
	    { { FROM, UDP, DPORT(9) }, { TO, DROP } },
	    { TO, OUTSIDE, .protocol = 1, ICMP(11, 0), .about = CLOUD },
	    ALLOWS(INFRASTRUCTURE), NOBODY },
	{ "parameter problem", { { FROM, UDP, DPORT(9) } },
	    { FROM, CLOUD, .protocol = 1, ICMP(12, 0), .about = CLOUD },
	    ALLOWS(INFRASTRUCTURE), NOBODY },
	{ "error about one that is denied", { { 0 } },
	    { TO, OUTSIDE, .protocol = 1, ICMP(3, 1), .about = CLOUD },
	    DENIES(NONE), NOBODY },
	{ "error about nothing", { { FROM, UDP, DPORT(9) } },
	    { TO, OUTSIDE, .protocol = 1, ICMP(3, 1) }, DENIES(NONE), NOBODY },
	{ "never a redirect", { { FROM, UDP, DPORT(9) } },
	    { TO, OUTSIDE, .protocol = 1, ICMP(5, 1), .about = CLOUD },
	    DENIES(NONE), NOBODY },
	{ "nor source quench", { { FROM, UDP, DPORT(9) } },
	    { TO, OUTSIDE, .protocol = 1, ICMP(4, 0), .about = CLOUD },
	    DENIES(NONE), NOBODY },
	{ "error of ICMPv6, first", { { FROM, UDP, DPORT(9) } },
	    { TO, CLOUD6, .protocol = 58, ICMP(1, 1), .about = CLOUD6 },
	    ALLOWS(INFRASTRUCTURE), NOBODY },
	{ "error of ICMPv6, last", { { FROM, UDP, DPORT(9) } },
	    { TO, CLOUD6, .protocol = 58, ICMP(4, 1), .about = CLOUD6 },
	    ALLOWS(INFRASTRUCTURE), NOBODY },
	{ "no error of ICMPv6", { { FROM, UDP, DPORT(9) } },
	    { TO, CLOUD6, .protocol = 58, ICMP(5, 1), .about = CLOUD6 },
	    DENIES(NONE), NOBODY },
	{ "the gateway opens", { { TO, DROP } },
	    { TO, GATE, TCP, PORTS(50000, 22) },
	    ALLOWS(LOCAL_POLICY), NOBODY },
	{ "and is answered", { { FROM, DROP } },
	    { FROM, GATE, TCP, PORTS(22, 50000), PEER_OPENED },
	    ALLOWS(LOCAL_POLICY), NOBODY },
	{ "untracked, it is no answer", { { FROM, DROP } },
	    { FROM, GATE, TCP, PORTS(22, 50000), PEER_OPENED, UNTRACKED },
	    DENIES(ACE), 0 },
	{ "untracked, it comes from the gateway all the same", { { 0 } },
	    { TO, GATE, TCP, PORTS(22, 50000), THING_OPENED, UNTRACKED },
	    ALLOWS(LOCAL_POLICY), NOBODY },
	{ "the gateway answers only what is allowed", { { 0 } },
	    { TO, GATE, TCP, PORTS(22, 50000), THING_OPENED },
	    DENIES(NONE), NOBODY },
	{ "the Thing opens to the gateway", { { 0 } },
	    { FROM, GATE, TCP, PORTS(50000, 22) }, DENIES(NONE), NOBODY },
};
/* clang-format on */

static struct addr
addr(const char *text)
{
	struct addr out = { 0 };

	if (text != NULL)
		assert_true(addr_parse(text, &out));
	return out;
}

static void
put(struct world_hosts *hosts, const char *text)
{
	struct addr host = addr(text);
	struct fault why;

	assert_non_null(hosts);
	assert_true(world_add_host(hosts, &host, &why));
}

static void
put_thing(struct world *world, const char *mud_url, const char *host)
{
	struct fault why;
	struct url url;

	assert_true(url_parse(mud_url, &url, &why));
	put(world_thing_of(world, &url, &why), host);
}

static void
make_world(struct world *world)
{
	struct prefix local;
	struct fault why;

	world_init(world);
	assert_true(
	    url_parse("https://maker.example.com/mine", &world->url, &why));
	put(&world->addresses, THING);
	put(&world->addresses, THING6);
	put(&world->gateway, GATE);
	put(&world->gateway, GATE6);
	put(&world->mine, MINE);
	assert_true(prefix_parse("192.0.2.0/24", &local));
	assert_true(world_add_local(world, &local, &why));
	assert_true(prefix_parse("203.0.113.0/24", &local));
	assert_true(world_add_local(world, &local, &why));
	put(world_class_of(world, "urn:x:hub", &why), HUB);
	put(world_class_of(world, MUD_URN_NTP, &why), MINE);
	put(world_name_of(world, "cloud.example.com", &why), CLOUD);
	put(world_name_of(world, "cloud.example.com", &why), CLOUD6);
	put_thing(world, "https://maker.example.com/a", SAME);
	put_thing(world, "https://maker.example.com/b", MODEL);
	put_thing(world, "https://maker.example.com:8443/a", PORTED);
	put_thing(world, "https://other.example.com/a", ALIEN);
}

static struct ports
ports_of(const struct ports *given)
{
	return given->high == 0 ? (struct ports){ .high = UINT16_MAX } : *given;
}

static struct ace
ace_of(const struct given *given)
{
	struct ace ace = {
		.acl = "list",
		.name = "entry",
		.direction = (uint8_t)given->direction,
		.forwarding = (uint8_t)given->forwarding,
		.families = given->families == 0 ? FAMILY_4 | FAMILY_6
		                                 : given->families,
		.initiated = given->initiated,
		.understood = !given->is_odd,
		.n_peers = given->n_peers,
		.protocol =
		    (int16_t)(given->protocol == 0 ? -1 : given->protocol),
		.icmp_type = (int16_t)(given->icmp_type - 1),
		.icmp_code = (int16_t)(given->icmp_code - 1),
		.source = ports_of(&given->source),
		.destination = ports_of(&given->destination),
		.fields = { given->field },
	};

	if (given->from != NULL)
		assert_true(prefix_parse(given->from, &ace.from));
	if (given->to != NULL)
		assert_true(prefix_parse(given->to, &ace.to));
	memcpy(ace.peers, given->peers, sizeof(ace.peers));
	return ace;
}

static struct flow
flow_of(const struct asked *asked)
{
	struct addr peer = addr(asked->peer);
	struct flow flow =
	    flow_blank(asked->direction, &peer, (uint8_t)asked->protocol);

	flow.own = addr(asked->own);
	flow.source = asked->source;
	flow.destination = asked->destination;
	flow.icmp_type = (int16_t)(asked->icmp_type - 1);
	flow.icmp_code = (int16_t)(asked->icmp_code - 1);
	flow.opener = asked->opener;
	flow.is_untracked = asked->is_untracked;
	if (asked->field != 0)
		flow_know(
		    &flow, (enum field_id)asked->field, (uint64_t)asked->value);
	return flow;
}

/* One that no parser makes: here it is enough that it is answered. */
static bool
has_odd_field(const struct ace *ace)
{
	return ace->fields[0].id != FIELD_NONE &&
	       ace->fields[0].id != FIELD_DSCP;
}

static void
judges(void **state)
{
	struct world world;

	(void)state;
	make_world(&world);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct ace aces[ACES] = { 0 };
		struct policy policy = {
			.n_texts = TEXTS, .texts = texts, .aces = aces
		};
		struct flow flow = flow_of(&cases[i].flow), about;
		struct evaluation said;
		struct fault why;
		struct addr peer;

		while (policy.n_aces < ACES &&
		       cases[i].aces[policy.n_aces].is_there) {
			aces[policy.n_aces] =
			    ace_of(&cases[i].aces[policy.n_aces]);
			if (!has_odd_field(&aces[policy.n_aces]) &&
			    !ace_is_sound(&aces[policy.n_aces], TEXTS, &why))
				fail_msg("%s: %s", cases[i].name, why.detail);
			policy.n_aces++;
		}
		if (cases[i].flow.about != NULL) {
			peer = addr(cases[i].flow.about);
			about = flow_blank(FROM_DEVICE, &peer, 17);
			about.destination = 9;
			flow.about = &about;
		}
		said = evaluate(&policy, &world, &flow);
		if (said.verdict != cases[i].verdict ||
		    said.source != cases[i].source ||
		    said.ace != (cases[i].ace == NOBODY ? EVALUATION_NO_ACE
							: (size_t)cases[i].ace))
			fail_msg("%s: %d, %s, ACE %zd: %s", cases[i].name,
			    (int)said.verdict, verdict_source_name(said.source),
			    (ssize_t)said.ace, said.reason);
		assert_non_null(said.clause);
		assert_int_not_equal(said.reason[0], '\0');
	}
	world_done(&world);
}

static void
knows_nothing_of_the_thing(void **state)
{
	struct ace accept =
	    ace_of(&(const struct given){ FROM, V4, .from = "192.0.2.0/24" });
	struct ace same = ace_of(&(const struct given){
	    FROM, PEER(PEER_SAME_MANUFACTURER, PEER_NO_TEXT) });
	struct policy policy = { .n_aces = 1, .aces = &accept };
	struct addr peer = addr(CLOUD);
	struct flow flow = flow_blank(FROM_DEVICE, &peer, 6);
	struct world world;

	(void)state;
	/* Without an address: no accept of it, every drop. */
	world_init(&world);
	assert_int_equal(
	    evaluate(&policy, &world, &flow).verdict, VERDICT_DENY);
	accept.forwarding = FORWARD_DROP;
	assert_int_equal(evaluate(&policy, &world, &flow).source, SOURCE_ACE);
	/* Without a MUD URL it has no manufacturer. */
	policy.aces = &same;
	put_thing(&world, "https://maker.example.com/a", CLOUD);
	assert_int_equal(
	    evaluate(&policy, &world, &flow).verdict, VERDICT_DENY);
	world_done(&world);
}

static void
names_sources(void **state)
{
	static const char *const names[] = { "ace", "reply", "default",
		"infrastructure", "local-policy", "none" };

	(void)state;
	for (int i = 0; i < VERDICT_SOURCES; i++)
		assert_string_equal(
		    verdict_source_name((enum verdict_source)i), names[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges),
		cmocka_unit_test(knows_nothing_of_the_thing),
		cmocka_unit_test(names_sources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
