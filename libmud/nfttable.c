/*
 * The table of one policy.  mudctl runs it.  The policy's ACEs are sound, its
 * texts are the file's: they stand in comments only, without line breaks.
 * The world is what the caller described.
 */
#include "libmud/nfttable.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/compile.h"
#include "libmud/condition.h"
#include "libmud/fault.h"
#include "libmud/mem.h"
#include "libmud/nfttext.h"
#include "libmud/world.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define POLICY 1
/* One for each peer of each ACE, and for the two services. */
#define SETS (LIMIT_ACES * ACE_PEERS + 2)
/* A refresh needs room for the old and the new; as the enforcer makes them. */
#define NAME_SET_SIZE (3 * LIMIT_NAME_ADDRS)

static const unsigned int families[] = { 4, 6 };

/* Text that grows. */
struct text {
	char *buf; /* ends with a NUL */
	size_t len, room;
};

struct set {
	enum peer_kind kind;
	char text[LIMIT_URL + 1];
};

/* Set number i + 1 is at [i], in the order in which the compiler asks. */
struct sets {
	size_t n;
	struct set set[SETS];
};

static void __attribute__((format(printf, 2, 3)))
add(struct text *text, const char *fmt, ...)
{
	va_list args;
	int n;

	for (;;) {
		size_t room = text->room - text->len;

		va_start(args, fmt);
		n = vsnprintf(
		    room == 0 ? NULL : text->buf + text->len, room, fmt, args);
		va_end(args);
		if (n < 0)
			abort();
		if ((size_t)n < room)
			break;
		text->room = 2 * text->room + (size_t)n + 1;
		text->buf = xrealloc(text->buf, text->room, 1);
	}
	text->len += (size_t)n;
}

/* A line break would end the comment, and begin a command of the file's. */
static void
add_foreign(struct text *text, const char *foreign)
{
	for (; *foreign != '\0'; foreign++)
		add(text, "%c",
		    *foreign >= ' ' && *foreign <= '~' ? *foreign : '?');
}

/* ---- which set is whose ---------------------------------------------------
 */

static uint32_t
set_of(void *arg, enum peer_kind kind, const char *text)
{
	struct sets *sets = arg;
	const char *key = text == NULL ? "" : text;

	for (size_t i = 0; i < sets->n; i++)
		if (sets->set[i].kind == kind &&
		    strcmp(sets->set[i].text, key) == 0)
			return (uint32_t)i + 1;
	sets->set[sets->n].kind = kind;
	text_copy(
	    sets->set[sets->n].text, sizeof(sets->set[sets->n].text), key);
	return (uint32_t)++sets->n;
}

static bool
is_name(void *arg, uint32_t set)
{
	const struct sets *sets = arg;

	return sets->set[set - 1].kind == PEER_DNSNAME;
}

static const char *
set_prefix(const struct sets *sets, size_t i)
{
	return sets->set[i].kind == PEER_DNSNAME ? "dns" : "cls";
}

/* ---- elements -------------------------------------------------------------
 */

/* Elements of one set, written as they come. */
struct elements {
	struct text *text;
	size_t n;
};

static void
put(struct elements *to, const char *element)
{
	add(to->text, "%s%s", to->n == 0 ? "\t\telements = { " : ", ", element);
	to->n++;
}

static void
put_end(struct elements *to)
{
	add(to->text, "%s\t}\n", to->n == 0 ? "" : " }\n");
}

/* Is it one of those that the set stands for?  As the evaluator answers. */
static bool
is_member(
    const struct set *set, const struct world *world, const struct addr *addr)
{
	struct policy_text text = { "" };
	struct ace ace = { .forwarding = FORWARD_ACCEPT,
		.families = FAMILY_4 | FAMILY_6,
		.understood = 1,
		.n_peers = 1,
		.protocol = -1,
		.icmp_type = -1,
		.icmp_code = -1,
		.source = { .high = UINT16_MAX },
		.destination = { .high = UINT16_MAX },
		.peers = { { .kind = (uint8_t)set->kind,
		    .text = set->text[0] == '\0' ? PEER_NO_TEXT : 0 } } };
	const struct policy policy = {
		.n_texts = 1, .n_aces = 1, .texts = &text, .aces = &ace
	};
	const struct flow flow = flow_blank(FROM_DEVICE, addr, 0);

	text_copy(text.text, sizeof(text.text), set->text);
	return ace_matches(&policy, 0, world, &flow);
}

static bool
gather(
    struct world_hosts *all, const struct world_hosts *some, struct fault *why)
{
	for (size_t i = 0; i < some->n; i++)
		if (!world_add_host(all, &some->addr[i], why))
			return false;
	return true;
}

static void
put_members(struct elements *to, const struct set *set, unsigned int family,
    const struct world *world, const struct world_hosts *candidates)
{
	char buf[ADDR_TEXT];

	for (size_t i = 0; i < candidates->n; i++)
		if (candidates->addr[i].family == family &&
		    is_member(set, world, &candidates->addr[i]))
			put(to, addr_text(&candidates->addr[i], buf));
}

/* Those among whom a set's members are. */
static bool
find_candidates(struct world_hosts *all, const struct world *world,
    const struct set *set, struct fault *why)
{
	bool good = true;

	switch (set->kind) {
	case PEER_DNSNAME:
		return gather(all, world_name(world, set->text), why);
	case PEER_CONTROLLER:
		return gather(all, world_class(world, set->text), why);
	case PEER_MY_CONTROLLER:
		return gather(all, &world->mine, why);
	case PEER_MANUFACTURER:
	case PEER_SAME_MANUFACTURER:
	case PEER_MODEL:
		for (size_t i = 0; good && i < world->n_things; i++)
			good = gather(all, &world->things[i].hosts, why);
		break;
	case PEER_LOCAL_NETWORKS:
	case PEER_KINDS:
		break;
	}
	return good;
}

static bool
add_sets(struct text *text, const struct sets *sets, const struct world *world,
    struct fault *why)
{
	bool good = true;

	for (size_t i = 0; good && i < sets->n; i++) {
		const struct set *set = &sets->set[i];
		struct world_hosts all = { 0 };

		good = find_candidates(&all, world, set, why);
		for (size_t j = 0; j < COUNT(families); j++) {
			struct elements to = { text, 0 };

			add(text, "\tset %s%zu_%u {\n\t\ttype ipv%u_addr\n",
			    set_prefix(sets, i), i + 1, families[j],
			    families[j]);
			if (set->kind == PEER_DNSNAME)
				add(text, "\t\tsize %d\n\t\tflags timeout\n",
				    NAME_SET_SIZE);
			put_members(&to, set, families[j], world, &all);
			put_end(&to);
		}
		free(all.addr);
	}
	return good;
}

/* ---- the Thing, and where it is -------------------------------------------
 */

static bool
has_mac(const struct world *world)
{
	static const struct mac none;

	return !mac_equal(&world->mac, &none);
}

static void
add_mac(struct text *text, const struct world *world)
{
	char mac[MAC_TEXT], element[MAC_TEXT + 32];
	struct elements to = { text, 0 };

	(void)mac_text(&world->mac, mac);
	add(text, "\tset things {\n\t\ttype ether_addr\n");
	if (has_mac(world))
		put(&to, mac);
	put_end(&to);
	to.n = 0;
	add(text, "\tmap from {\n\t\ttype ether_addr : verdict\n");
	(void)snprintf(
	    element, sizeof(element), "%s : jump pf_%d", mac, POLICY);
	if (has_mac(world))
		put(&to, element);
	put_end(&to);
}

/* The Thing's addresses, each between two texts. */
static void
add_addresses(struct text *text, const struct world *world, unsigned int family,
    const char *before, const char *after)
{
	struct elements to = { text, 0 };
	char addr[ADDR_TEXT], element[MAC_TEXT + ADDR_TEXT + 32];

	for (size_t i = 0; i < world->addresses.n; i++) {
		if (world->addresses.addr[i].family != family)
			continue;
		(void)snprintf(element, sizeof(element), "%s%s%s", before,
		    addr_text(&world->addresses.addr[i], addr), after);
		put(&to, element);
	}
	put_end(&to);
}

static void
add_bindings(struct text *text, const struct world *world, unsigned int family)
{
	char mac[MAC_TEXT], before[MAC_TEXT + 4], after[32];
	struct elements none = { text, 0 };

	(void)snprintf(
	    before, sizeof(before), "%s . ", mac_text(&world->mac, mac));
	(void)snprintf(after, sizeof(after), " : jump pt_%d", POLICY);
	add(text,
	    "\tset bind%u {\n\t\ttype ether_addr . ipv%u_addr\n\t\tcounter\n",
	    family, family);
	if (has_mac(world))
		add_addresses(text, world, family, before, "");
	else
		put_end(&none);
	add(text, "\tset own%u {\n\t\ttype ipv%u_addr\n", family, family);
	add_addresses(text, world, family, "", "");
	add(text, "\tmap to%u {\n\t\ttype ipv%u_addr : verdict\n", family,
	    family);
	add_addresses(text, world, family, "", after);
}

static void
add_locals(struct text *text, const struct world *world, unsigned int family)
{
	struct elements to = { text, 0 };
	char buf[PREFIX_TEXT];

	add(text,
	    "\tset local%u {\n\t\ttype ipv%u_addr\n\t\tflags interval\n"
	    "\t\tauto-merge\n",
	    family, family);
	put(&to, family == 4 ? "169.254.0.0/16" : "fe80::/10");
	for (size_t i = 0; i < world->n_locals; i++)
		if (world->locals[i].addr.family == family)
			put(&to, prefix_text(&world->locals[i], buf));
	put_end(&to);
}

/* The last address of an IPv4 network that has one for broadcast; false: it
 * has none. */
static bool
broadcast_of(const struct prefix *network, struct addr *last)
{
	if (network->addr.family != 4 || network->len > 30)
		return false;
	*last = network->addr;
	for (unsigned int bit = network->len; bit < 32; bit++)
		last->byte[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	return true;
}

/* Its MAC addresses, which nobody here knows. */
static void
add_gateway(struct text *text)
{
	struct elements to = { text, 0 };

	add(text, "\tset gateway {\n\t\ttype ether_addr\n");
	put_end(&to);
}

/* What is never meant by local networks, though it lies in one (S-44). */
static bool
add_selves(struct text *text, const struct world *world, unsigned int family,
    struct fault *why)
{
	struct elements to = { text, 0 };
	struct world_hosts selves = { 0 };
	bool good = gather(&selves, &world->gateway, why);
	char buf[ADDR_TEXT];
	struct addr last;

	for (size_t i = 0; good && i < world->n_locals; i++)
		if (broadcast_of(&world->locals[i], &last))
			good = world_add_host(&selves, &last, why);
	add(text, "\tset self%u {\n\t\ttype ipv%u_addr\n", family, family);
	for (size_t i = 0; i < selves.n; i++)
		if (selves.addr[i].family == family)
			put(&to, addr_text(&selves.addr[i], buf));
	put_end(&to);
	free(selves.addr);
	return good;
}

/* ---- the whole --------------------------------------------------------------
 */

static void
add_head(
    struct text *text, const struct policy *policy, const struct sets *sets)
{
	add(text, "#!/usr/sbin/nft -f\n# ");
	add_foreign(text, policy->info.mud_url);
	add(text, "\n");
	if (policy->hold.code != FAULT_NONE) {
		add(text, "# held for an administrator: ");
		add_foreign(text, policy->hold.detail);
		add(text, "\n");
	}
	for (size_t i = 0; i < sets->n; i++) {
		add(text, "# %s%zu: %s ", set_prefix(sets, i), i + 1,
		    peer_kind_name(sets->set[i].kind));
		add_foreign(text, sets->set[i].text);
		/* No blank at the end of a line. */
		text->len -= sets->set[i].text[0] == '\0' ? 1 : 0;
		add(text, "\n");
	}
}

/* The chains, a tab further in. */
static void
add_chains(struct text *text, const char *chains)
{
	while (*chains != '\0') {
		size_t len = strcspn(chains, "\n");

		add(text, "\t%.*s\n", (int)len, chains);
		chains += len + (chains[len] == '\n');
	}
}

static bool
add_table(struct text *text, const struct policy *policy,
    const struct rules *rules, struct sets *sets, const struct world *world,
    struct fault *why)
{
	char *chains = nfttext_chains(rules, POLICY, policy, is_name, sets);
	bool good = true;

	add_head(text, policy, sets);
	add(text, "table inet mudd {\n");
	add_gateway(text);
	add_mac(text, world);
	for (size_t i = 0; i < COUNT(families); i++)
		add_bindings(text, world, families[i]);
	for (size_t i = 0; good && i < COUNT(families); i++) {
		add_locals(text, world, families[i]);
		good = add_selves(text, world, families[i], why);
	}
	good = good && add_sets(text, sets, world, why);
	add(text, "\tchain drop_from {\n\t\tcounter drop\n\t}\n"
		  "\tchain drop_to {\n\t\tcounter drop\n\t}\n");
	add_chains(text, chains);
	add(text, "}\n");
	free(chains);
	return good;
}

char *
nfttable_text(
    const struct policy *policy, const struct world *world, struct fault *why)
{
	struct sets *sets = xcalloc(1, sizeof(*sets));
	struct rules rules = { 0 };
	struct text text = { 0 };
	bool good = compile_policy(policy, set_of, sets, &rules, why);

	good = good && add_table(&text, policy, &rules, sets, world, why);
	rules_done(&rules);
	free(sets);
	if (!good) {
		free(text.buf);
		return NULL;
	}
	return text.buf;
}
