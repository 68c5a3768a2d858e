/*
 * Aimed flows.  A test.
 */
#include "tests/differential/aim.h"

#include <stdlib.h>
#include <string.h>

#include "libmud/compile.h"
#include "libmud/condition.h"
#include "libmud/evaluate.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TRIES        60
#define OTHER_VALUE  7
#define VALUES       6
#define PORTS        80
#define NUMBERS      20

enum {
	DIM_PEER,
	DIM_SOURCE,
	DIM_DESTINATION,
	DIM_TYPE,
	DIM_CODE,
	DIM_TRACK,
	DIM_FIELDS
};
#define DIMS (DIM_FIELDS + FIELD_IDS)

/* What is looked for: a packet that the ACE decides, or one in whose flow it
 * decides the reply.  ACEs up to `last` have a say in that. */
struct target {
	size_t ace, last;
	bool is_reply;
};

/* All packets of one family and protocol that differ for the ACEs. */
struct space {
	enum direction direction;
	const struct family *family;
	uint8_t protocol;
	struct addr peer[UNIVERSE_PEERS * UNIVERSE_OWNS];
	struct addr own[UNIVERSE_PEERS * UNIVERSE_OWNS]; /* for each peer */
	size_t radix[DIMS];
	int32_t source[PORTS], destination[PORTS];
	int16_t type[NUMBERS], code[NUMBERS];
	uint64_t field[FIELD_IDS][VALUES];
};

static bool
has_ports(uint8_t protocol)
{
	return protocol == 6 || protocol == 17;
}

static bool
is_icmp(uint8_t protocol)
{
	return protocol == 1 || protocol == 58;
}

/* ---- packets ------------------------------------------------------------- */

/* All that the packet has is known; what nobody asks about has a value. */
static void
know_fields(struct flow *flow)
{
	static const uint64_t usual[FIELD_IDS] = { [FIELD_LENGTH] = 100,
		[FIELD_TTL] = 64,
		[FIELD_IHL] = 5,
		[FIELD_IP_FLAGS] = 2,
		[FIELD_DATA_OFFSET] = 5,
		[FIELD_TCP_FLAGS] = 16,
		[FIELD_ETH_SOURCE] = 0x02005e005309,
		[FIELD_ETH_DESTINATION] = 0x02005e005309 };
	unsigned int family = flow->peer.family == 4 ? FAMILY_4 : FAMILY_6;
	uint32_t known = flow->known;

	flow->known = 0;
	for (unsigned int id = 1; id < FIELD_IDS; id++) {
		const struct field_info *info = field_info(id);

		if ((info->families & family) == 0 ||
		    (info->protocol != -1 && info->protocol != flow->protocol))
			continue;
		if ((known >> id & 1) == 0)
			flow->field[id] = usual[id];
		flow->known |= 1u << id;
	}
}

static struct flow
packet_of(enum direction direction, const struct addr *peer,
    const struct addr *own, uint8_t protocol)
{
	struct flow flow = flow_blank(direction, peer, protocol);

	flow.own = *own;
	if (has_ports(protocol))
		flow.source = flow.destination = 50000;
	if (is_icmp(protocol)) {
		flow.icmp_type = protocol == 1 ? 8 : 128;
		flow.icmp_code = 0;
	}
	know_fields(&flow);
	return flow;
}

static void
track(struct flow *flow, size_t how)
{
	bool from = flow->direction == FROM_DEVICE;

	flow->is_untracked = how == 2;
	flow->opener = how == 1 ? (from ? OPENED_BY_PEER : OPENED_BY_THING)
	                        : OPENED_BY_SENDER;
}

/* ---- the space ----------------------------------------------------------- */

static size_t
put_number(int32_t *list, size_t n, size_t max, int32_t number)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == number)
			return n;
	if (n == max)
		abort();
	list[n] = number;
	return n + 1;
}

/* Has that ACE a say in what becomes of the target's packets? */
static bool
has_say(const struct made *made, const struct target *target, size_t i)
{
	const struct ace *ace = &made->ace[target->ace], *at = &made->ace[i];

	return (target->is_reply || at->direction == ace->direction) &&
	       (at->protocol == -1 || ace->protocol == -1 ||
		   at->protocol == ace->protocol);
}

static size_t
put_bounds(int32_t *list, size_t n, const struct ports *at)
{
	const int32_t bounds[] = { at->low - 1, at->low, at->high,
		at->high + 1 };

	for (size_t j = 0; j < COUNT(bounds); j++)
		if (bounds[j] >= 0 && bounds[j] <= UINT16_MAX)
			n = put_number(list, n, PORTS, bounds[j]);
	return n;
}

static bool
fits(const struct ports *ports, int32_t port)
{
	bool inside = port >= ports->low && port <= ports->high;

	return inside != (ports->negated != 0);
}

/* The bounds of ACEs, and their neighbours, as far as the one aimed at takes
 * them.  Those behind it matter for a reply alone, and there both ways. */
static size_t
make_ports(const struct made *made, const struct target *target, bool is_source,
    int32_t *list)
{
	static const int32_t always[] = { 50001, 53, 67, 123, 547, 0, 65535 };
	const struct ace *ace = &made->ace[target->ace];
	const struct ports *own = is_source ? &ace->source : &ace->destination;
	int32_t all[PORTS];
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < COUNT(always); i++)
		n = put_number(all, n, PORTS, always[i]);
	for (size_t i = 0; i <= target->last; i++) {
		if (!has_say(made, target, i))
			continue;
		if (is_source || target->is_reply)
			n = put_bounds(all, n, &made->ace[i].source);
		if (!is_source || target->is_reply)
			n = put_bounds(all, n, &made->ace[i].destination);
	}
	for (size_t i = 0; i < n; i++)
		if (fits(own, all[i]))
			list[kept++] = all[i];
	return kept;
}

static size_t
make_numbers(const struct made *made, const struct target *target, bool is_type,
    int16_t *list)
{
	const struct ace *own = &made->ace[target->ace];
	int16_t wanted = is_type ? own->icmp_type : own->icmp_code;
	static const int32_t answered[] = { 8, 13, 15, 17, 128, 129 };
	int32_t all[NUMBERS];
	size_t n = 0;

	if (wanted != -1) {
		list[0] = wanted;
		return 1;
	}
	n = put_number(all, n, NUMBERS, is_type ? 200 : 0);
	n = put_number(all, n, NUMBERS, is_type ? 0 : 9);
	for (size_t i = 0; is_type && i < COUNT(answered); i++)
		n = put_number(all, n, NUMBERS, answered[i]);
	for (size_t i = 0; i <= target->last; i++) {
		const struct ace *at = &made->ace[i];
		int16_t number = is_type ? at->icmp_type : at->icmp_code;

		if (number != -1 && has_say(made, target, i))
			n = put_number(all, n, NUMBERS, number);
	}
	for (size_t i = 0; i < n; i++)
		list[i] = (int16_t)all[i];
	return n;
}

/* What ACEs up to this one ask of the field, and something else. */
static size_t
make_values(const struct made *made, const struct target *target,
    unsigned int id, uint64_t *list)
{
	size_t n = 0;

	for (size_t i = 0; i <= target->last; i++)
		for (size_t j = 0; j < ACE_FIELDS; j++) {
			const struct field *field = &made->ace[i].fields[j];
			size_t at = 0;

			if (field->id != id || !field_can_hold(field) ||
			    !has_say(made, target, i))
				continue;
			while (at < n && list[at] != field_value(field))
				at++;
			if (at == n && n < VALUES - 1)
				list[n++] = field_value(field);
		}
	if (n > 0 && id != FIELD_OFFSET)
		list[n++] = id == FIELD_IP_FLAGS ? 4 : OTHER_VALUE;
	return n;
}

/* Both ends of the packets that the ACE's addresses and peers leave. */
static size_t
make_ends(const struct range *range, size_t ace, struct space *space)
{
	const struct family *family = space->family;
	bool from = space->direction == FROM_DEVICE;
	struct policy policy = range->made->policy;
	struct ace only = range->made->ace[ace];
	size_t n = 0;

	policy.n_aces = 1;
	policy.aces = &only;
	only.forwarding = FORWARD_ACCEPT;
	only.understood = 1;
	only.initiated = INITIATED_ANY;
	only.protocol = only.icmp_type = only.icmp_code = -1;
	only.source = only.destination = (struct ports){ 0, UINT16_MAX, 0, 0 };
	memset(only.fields, 0, sizeof(only.fields));
	/* Nothing comes from a group. */
	for (size_t i = 0; i < (from ? family->n_peers : family->n_hosts); i++)
		for (size_t j = 0; j < UNIVERSE_OWNS; j++) {
			struct flow flow = flow_blank(space->direction,
			    &family->peer[i], space->protocol);

			flow.own = family->own[j];
			if (!ace_matches(&policy, 0, range->world, &flow))
				continue;
			space->peer[n] = family->peer[i];
			space->own[n++] = family->own[j];
		}
	return n;
}

static void
make_space(const struct range *range, const struct target *target,
    const struct family *family, uint8_t protocol, struct space *space)
{
	const struct made *made = range->made;
	bool from = made->ace[target->ace].direction == FROM_DEVICE;

	memset(space, 0, sizeof(*space));
	space->direction = from ? FROM_DEVICE : TO_DEVICE;
	space->family = family;
	space->protocol = protocol;
	for (size_t i = 0; i < DIMS; i++)
		space->radix[i] = 1;
	space->radix[DIM_PEER] = make_ends(range, target->ace, space);
	space->radix[DIM_TRACK] = target->is_reply ? 1 : 3;
	if (has_ports(protocol)) {
		space->radix[DIM_SOURCE] =
		    make_ports(made, target, true, space->source);
		space->radix[DIM_DESTINATION] =
		    make_ports(made, target, false, space->destination);
	}
	if (is_icmp(protocol)) {
		space->radix[DIM_TYPE] =
		    make_numbers(made, target, true, space->type);
		space->radix[DIM_CODE] =
		    make_numbers(made, target, false, space->code);
	}
	for (unsigned int id = 1; id < FIELD_IDS; id++) {
		size_t n = make_values(made, target, id, space->field[id]);

		space->radix[DIM_FIELDS + id] = n == 0 ? 1 : n;
	}
}

static uint64_t
space_size(const struct space *space)
{
	uint64_t size = 1;

	for (size_t i = 0; i < DIMS; i++)
		size *= space->radix[i];
	return size;
}

/* Packet number `at` of the space. */
static struct flow
space_packet(const struct space *space, uint64_t at)
{
	size_t index[DIMS];
	struct flow flow;

	for (size_t i = 0; i < DIMS; i++) {
		index[i] = at % space->radix[i];
		at /= space->radix[i];
	}
	flow = packet_of(space->direction, &space->peer[index[DIM_PEER]],
	    &space->own[index[DIM_PEER]], space->protocol);
	if (has_ports(space->protocol)) {
		flow.source = space->source[index[DIM_SOURCE]];
		flow.destination = space->destination[index[DIM_DESTINATION]];
	}
	if (is_icmp(space->protocol)) {
		flow.icmp_type = space->type[index[DIM_TYPE]];
		flow.icmp_code = space->code[index[DIM_CODE]];
	}
	track(&flow, index[DIM_TRACK]);
	for (unsigned int id = 1; id < FIELD_IDS; id++)
		if (space->radix[DIM_FIELDS + id] > 1 &&
		    (flow.known >> id & 1) != 0)
			flow.field[id] =
			    space->field[id][index[DIM_FIELDS + id]];
	return flow;
}

/* True, and *flow becomes the reply where that is looked for, if it is hit. */
static bool
is_hit(
    const struct range *range, const struct target *target, struct flow *flow)
{
	const struct policy *policy = &range->made->policy;
	struct evaluation said;
	struct flow reply;

	aim_settle(range, flow);
	if (!ace_matches(policy, target->ace, range->world, flow))
		return false;
	if (target->is_reply) {
		if (!aim_reply(flow, &reply))
			return false;
		*flow = reply;
	}
	said = evaluate(policy, range->world, flow);
	return said.source == (target->is_reply ? SOURCE_REPLY : SOURCE_ACE) &&
	       said.ace == target->ace;
}

/* At random, or each packet once, from anywhere. */
static bool
search(const struct range *range, const struct space *space,
    const struct target *target, bool is_random, struct flow *flow)
{
	uint64_t size = space_size(space);
	uint64_t start = size == 0 ? 0 : dice_roll(range->dice) % size;

	for (uint64_t i = 0; i < (is_random ? TRIES : size) && size > 0; i++) {
		*flow = space_packet(space,
		    (is_random ? dice_roll(range->dice) : start + i) % size);
		if (is_hit(range, target, flow))
			return true;
	}
	return false;
}

/* The protocols that the ACE's packets may have in that family. */
static size_t
protocols_of(const struct ace *ace, size_t f, uint8_t *list)
{
	const uint8_t all[] = { 6, 17, f == 0 ? 1 : 58, 47, 2 };

	if (ace->protocol == -1) {
		memcpy(list, all, sizeof(all));
		return COUNT(all);
	}
	/* There is no ICMP of the other family. */
	if (ace->protocol == (f == 0 ? 58 : 1))
		return 0;
	list[0] = (uint8_t)ace->protocol;
	return 1;
}

static bool
search_all(const struct range *range, const struct target *target,
    bool is_random, struct flow *flow)
{
	const struct ace *ace = &range->made->ace[target->ace];
	size_t first = dice_below(range->dice, 2);
	struct space space;
	uint8_t list[5];

	for (size_t k = 0; k < 2; k++) {
		size_t f = (first + k) % 2;
		size_t n = protocols_of(ace, f, list);
		size_t start = n == 0 ? 0 : dice_below(range->dice, n);

		if ((ace->families & (f == 0 ? FAMILY_4 : FAMILY_6)) == 0)
			continue;
		for (size_t i = 0; i < n; i++) {
			make_space(range, target, &range->universe->family[f],
			    list[(start + i) % n], &space);
			if (search(range, &space, target, is_random, flow))
				return true;
		}
	}
	return false;
}

bool
aim_at(const struct range *range, size_t ace, struct flow *flow)
{
	const struct target own = { ace, ace, false };
	const struct target reply = { ace, range->made->policy.n_aces - 1,
		true };
	const struct ace *at = &range->made->ace[ace];

	if ((!at->understood && at->forwarding == FORWARD_ACCEPT) ||
	    !fields_can_hold(at->fields))
		return false;
	return search_all(range, &own, true, flow) ||
	       search_all(range, &own, false, flow) ||
	       (!ace_has_fields(at) &&
		   (search_all(range, &reply, true, flow) ||
		       search_all(range, &reply, false, flow)));
}
