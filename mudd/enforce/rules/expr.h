/*
 * nftables expressions, each a condition or an action appended to a rule.
 *
 * They are encoded as nft 1.0.6 encodes them, so that `nft list` prints what
 * a person would have written.  A condition that fails ends the rule.  In an
 * inet table a header may be loaded only behind the condition that it is
 * there: expr_is_ether, expr_family, expr_protocol.
 */
#ifndef ENFORCE_EXPR_H
#define ENFORCE_EXPR_H

#include <stdbool.h>
#include <stdint.h>

#include "libmud/addr.h"
#include "libmud/policy.h"

struct nftnl_expr;
struct nftnl_rule;

enum end { SOURCE, DESTINATION }; /* of the packet */
enum way { COMES_IN, GOES_OUT };  /* which interface is meant */

/* Interface names in sets; expr_hairpin looks up the pair in . out. */
void expr_interface_in(
    struct nftnl_rule *rule, enum way way, const char *set, bool inverted);
void expr_hairpin_in(struct nftnl_rule *rule, const char *set);

/* The packet came in, or goes out, by an interface of Ethernet type. */
void expr_is_ether(struct nftnl_rule *rule, enum way way);
void expr_ether_type(struct nftnl_rule *rule, uint16_t type);
/* The protocol of the frame, a VLAN tag looked through. */
void expr_meta_protocol(struct nftnl_rule *rule, uint16_t type);
/* The IP version; where there is no family inet, by expr_meta_protocol. */
void expr_family(struct nftnl_rule *rule, unsigned int family);
void expr_protocol(struct nftnl_rule *rule, uint8_t protocol);

/* MAC addresses and IP addresses in sets, behind their conditions. */
void expr_mac_in(
    struct nftnl_rule *rule, enum end end, const char *set, bool inverted);
void expr_addr_in(struct nftnl_rule *rule, unsigned int family, enum end end,
    const char *set, bool inverted);
/* ether saddr . ip saddr, or ether daddr . ip daddr, or ip6 */
void expr_bound_in(struct nftnl_rule *rule, unsigned int family, enum end end,
    const char *set);
/* ether saddr . the address that ND speaks of (RFC 4861 s4.3, s4.4), which
 * stands in the same place of a solicitation and an advertisement; and that
 * address alone. */
void expr_target_bound_in(
    struct nftnl_rule *rule, const char *set, bool inverted);
void expr_target_in(struct nftnl_rule *rule, const char *set);

/* A sound prefix of the rule's family. */
void expr_prefix(
    struct nftnl_rule *rule, enum end end, const struct prefix *prefix);
/* No condition at all for 0..65535. */
void expr_ports(
    struct nftnl_rule *rule, enum end end, const struct ports *ports);
/* -1: any. */
void expr_icmp(struct nftnl_rule *rule, int type, int code);
/* A type in an anonymous set of this number within the transaction. */
void expr_icmp_in(struct nftnl_rule *rule, uint32_t set_id);
/* A field of a header that is there; of MACs the frame that came in. */
void expr_field(struct nftnl_rule *rule, const struct field_wire *wire);
/* The packet ends at the gateway (no interface to leave by), or goes on. */
void expr_is_onward(struct nftnl_rule *rule, bool onward);
void expr_hop_limit(struct nftnl_rule *rule, uint8_t hops);
void expr_ct_reply(struct nftnl_rule *rule, bool reply);
void expr_ct_related(struct nftnl_rule *rule);
void expr_ct_established(struct nftnl_rule *rule);
/* The source of the packet's flow in one of its directions; fails for a flow
 * of another family. */
void expr_ct_source_in(
    struct nftnl_rule *rule, unsigned int family, bool reply, const char *set);

void expr_counter(struct nftnl_rule *rule);
/*
 * Puts the packet's MAC or IP address into a dynamic set, where it is
 * counted, or where it is a condition that it comes at most once a second
 * after a burst of five.
 */
enum tally { WITH_COUNTER, WITH_LIMIT };
void expr_update_mac(
    struct nftnl_rule *rule, enum end end, const char *set, enum tally tally);
void expr_update_addr(struct nftnl_rule *rule, unsigned int family,
    enum end end, const char *set, enum tally tally);
void expr_log(struct nftnl_rule *rule, const char *prefix);

void expr_accept(struct nftnl_rule *rule);
void expr_drop(struct nftnl_rule *rule);
void expr_return(struct nftnl_rule *rule);
void expr_jump(struct nftnl_rule *rule, const char *chain);
void expr_goto(struct nftnl_rule *rule, const char *chain);

/* A counter, and the limit of WITH_LIMIT, that are in no rule yet: for a set's
 * declaration, or for its elements. */
struct nftnl_expr *expr_new_counter(void);
struct nftnl_expr *expr_new_limit(void);

/* Name of an anonymous set, until the kernel gives it a number. */
#define EXPR_ANONYMOUS "__set%d"

#endif
