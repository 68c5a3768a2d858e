/*
 * Cases as text.  A test.
 */
#include "tests/differential/report.h"

#include <inttypes.h>
#include <stdio.h>

#include "libmud/nfttext.h"

static void
print_ports(const char *what, const struct ports *ports)
{
	if (ports->low == 0 && ports->high == UINT16_MAX)
		return;
	printf(" %s%s %u..%u", what, ports->negated ? " not" : "", ports->low,
	    ports->high);
}

static void
print_ace(const struct made *made, size_t i)
{
	static const char *const kinds[PEER_KINDS] = { "dnsname", "controller",
		"my-controller", "manufacturer", "same-manufacturer", "model",
		"local-networks" };
	static const char *const forwards[] = { "accept", "drop", "reject" };
	const struct ace *ace = &made->ace[i];
	char text[PREFIX_TEXT];

	printf("  ACE %zu %s %s families %u%s", i,
	    ace->direction == FROM_DEVICE ? "from" : "to",
	    forwards[ace->forwarding], ace->families,
	    ace->understood ? "" : " NOT UNDERSTOOD");
	if (ace->protocol != -1)
		printf(" protocol %d", ace->protocol);
	if (ace->icmp_type != -1 || ace->icmp_code != -1)
		printf(" icmp %d/%d", ace->icmp_type, ace->icmp_code);
	print_ports("sport", &ace->source);
	print_ports("dport", &ace->destination);
	if (ace->from.addr.family != 0)
		printf(" source %s", prefix_text(&ace->from, text));
	if (ace->to.addr.family != 0)
		printf(" destination %s", prefix_text(&ace->to, text));
	for (size_t j = 0; j < ace->n_peers; j++)
		printf(" peer %s %s", kinds[ace->peers[j].kind],
		    ace->peers[j].text == PEER_NO_TEXT
			? ""
			: made->text[ace->peers[j].text].text);
	if (ace->initiated != INITIATED_ANY)
		printf(" initiated %s", ace->initiated == INITIATED_FROM_DEVICE
					    ? "from-device"
					    : "to-device");
	for (size_t j = 0; j < fields_count(ace->fields); j++)
		printf(" field %u = %" PRIu64, ace->fields[j].id,
		    field_value(&ace->fields[j]));
	printf("\n");
}

static void
print_hosts(const char *kind, const char *name, const struct world_hosts *hosts)
{
	char text[ADDR_TEXT];

	printf("  %s %s:", kind, name);
	for (size_t i = 0; i < hosts->n; i++)
		printf(" %s", addr_text(&hosts->addr[i], text));
	printf("\n");
}

static void
print_world(const struct world *world)
{
	char text[PREFIX_TEXT];

	printf("  Thing %s\n", world->url.text);
	print_hosts("the Thing's", "addresses", &world->addresses);
	print_hosts("gateway", "", &world->gateway);
	print_hosts("my-controllers", "", &world->mine);
	for (size_t i = 0; i < world->n_locals; i++)
		printf("  local %s\n", prefix_text(&world->locals[i], text));
	for (size_t i = 0; i < world->classes.n; i++)
		print_hosts("class", world->classes.group[i].key,
		    &world->classes.group[i].hosts);
	for (size_t i = 0; i < world->names.n; i++)
		print_hosts("name", world->names.group[i].key,
		    &world->names.group[i].hosts);
	for (size_t i = 0; i < world->n_things; i++)
		print_hosts("Thing", world->things[i].url.text,
		    &world->things[i].hosts);
}

static void
print_flow(const char *what, const struct flow *flow)
{
	static const char *const openers[] = { "the sender", "the Thing",
		"the peer" };
	char peer[ADDR_TEXT], own[ADDR_TEXT];

	printf("%s: %s %s, own %s, protocol %u, ports %d to %d, ICMP %d/%d, "
	       "opened by %s%s\n ",
	    what,
	    flow->direction == FROM_DEVICE ? "from the Thing to"
					   : "to "
					     "the Thing "
					     "from",
	    addr_text(&flow->peer, peer), addr_text(&flow->own, own),
	    flow->protocol, (int)flow->source, (int)flow->destination,
	    flow->icmp_type, flow->icmp_code, openers[flow->opener],
	    flow->is_untracked ? ", UNTRACKED" : "");
	for (unsigned int id = 1; id < FIELD_IDS; id++)
		if ((flow->known >> id & 1) != 0)
			printf(" %u=%" PRIu64, id, flow->field[id]);
	printf("\n");
	if (flow->about != NULL)
		print_flow("  about", flow->about);
}

void
report_case(const struct made *made, struct kernel *kernel,
    const struct flow *flow, const struct evaluation *said,
    const struct kernel_verdict *done)
{
	static const char *const steps[] = { "the gateway's own",
		"what a link needs", "an error about what passes",
		"an answer to the gateway", "a rule", "the end of the chain" };
	char text[NFTTEXT_RULE];

	printf("DISAGREEMENT\npolicy:\n");
	for (size_t i = 0; i < made->policy.n_aces; i++)
		print_ace(made, i);
	printf("world:\n");
	print_world(kernel->world);
	print_flow("flow", flow);
	printf("evaluator: %s, %s: %s\n",
	    said->verdict == VERDICT_ALLOW ? "allow" : "deny",
	    verdict_source_name(said->source), said->reason);
	printf("rules: %s, %s\n", done->passes ? "allow" : "deny",
	    steps[done->step]);
	if (done->rule != NULL)
		printf("  chain %u, ACE %d: %s\n", done->rule->chain,
		    done->rule->ace == RULE_NO_ACE ? -1 : done->rule->ace,
		    nfttext_rule(done->rule, 1, kernel_is_name, kernel, text));
}
