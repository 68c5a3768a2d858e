/*
 * Source routes.  Role: enforcer.  Input: constants.
 */
#include "enforce/rules/detour.h"

#include <netinet/in.h>

#include <stddef.h>

#include "enforce/rules/expr.h"
#include "enforce/rules/exproption.h"
#include "enforce/rules/schema.h"
#include "enforce/rules/writer.h"

#define CHAIN_OPTIONS "detour_options"
#define CHAIN_DETOUR  "detour"

/* Options of IPv4: loose and strict. */
#define LOOSE  131
#define STRICT 137

static void
options_to_detour(struct writer *to, uint8_t option)
{
	struct nftnl_rule *rule = writer_rule(to);

	expr_option_exists(rule, option);
	expr_goto(rule, CHAIN_DETOUR);
	writer_put(to, rule);
}

/*
 * A frame that stays on its bridge goes to whom it says.  What is routed into
 * the LAN by IPv4 does not say to whom it goes until it has left `forward`, so
 * it may be a Thing.
 */
static void
fill_detour(struct writer *to)
{
	struct nftnl_rule *rule;

	to->chain = CHAIN_DETOUR;
	rule = writer_rule(to);
	expr_interface_in(rule, COMES_IN, SET_LAN, false);
	expr_is_ether(rule, COMES_IN);
	expr_mac_in(rule, SOURCE, SET_THINGS, false);
	expr_goto(rule, CHAIN_DROP_FROM);
	writer_put(to, rule);

	rule = writer_rule(to);
	expr_hairpin_in(rule, SET_HAIRPIN);
	expr_is_ether(rule, COMES_IN);
	expr_mac_in(rule, DESTINATION, SET_GATEWAY, true);
	expr_return(rule);
	writer_put(to, rule);

	rule = writer_rule(to);
	expr_interface_in(rule, GOES_OUT, SET_LAN, true);
	expr_return(rule);
	writer_put(to, rule);

	rule = writer_rule(to);
	expr_family(rule, 6);
	expr_addr_in(rule, 6, DESTINATION, SET_OWN6, false);
	expr_goto(rule, CHAIN_DROP_TO);
	writer_put(to, rule);

	rule = writer_rule(to);
	expr_family(rule, 6);
	expr_return(rule);
	writer_put(to, rule);
	writer_drop(to);
}

void
detour_write(struct writer *to)
{
	writer_chain(to, CHAIN_DETOUR, NULL);
	writer_chain(to, CHAIN_OPTIONS, NULL);
	options_to_detour(to, LOOSE);
	options_to_detour(to, STRICT);
	fill_detour(to);
}

void
detour_enter(struct writer *to)
{
	struct nftnl_rule *rule = writer_rule(to);

	expr_family(rule, 4);
	expr_has_options(rule);
	expr_jump(rule, CHAIN_OPTIONS);
	writer_put(to, rule);

	rule = writer_rule(to);
	expr_family(rule, 6);
	expr_header_exists(rule, IPPROTO_ROUTING);
	expr_jump(rule, CHAIN_DETOUR);
	writer_put(to, rule);
}
