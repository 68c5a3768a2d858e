/*
 * Ten thousand Things over a hundred policies of twenty ACEs: what a sample of
 * them sends, and is sent, passes or not as its own policy says, and as it
 * says after changes beside all the others.
 *
 * Frames are written to the wires of lan1 and the server, and looked for on
 * the other side.  A question's number is the port of its Thing's end, so that
 * all can be sent before one waits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libmud/fault.h"
#include "libmud/mem.h"
#include "tests/unit/crowd.h"
#include "tests/unit/forge.h"

#define THINGS    10000
#define STEP      17 /* every so many is asked about; they meet all policies */
#define SAMPLE    (THINGS / STEP)
#define FIRST     1000 /* question */
#define QUESTIONS 8192
#define BURST     64
#define WAIT_MSEC 300 /* for the last that may still come */
#define BUFFER    (1 << 25)

/* Of the policy that has none of its ACEs left. */
#define EMPTIED 5

enum end_host { LAN, WAN };

struct asked {
	struct world *world;
	int lan, wan; /* the two wires */
	char lan_mac[MAC_TEXT], wan_mac[MAC_TEXT];
	unsigned int n, n_allowed;
	struct question {
		enum { NOT_ASKED, DENIED, ALLOWED } means;
		enum end_host to;
		char text[80];
		bool arrived;
	} question[QUESTIONS];
};

static unsigned int
port_at(const uint8_t *byte, size_t at)
{
	return (unsigned int)byte[at] << 8 | byte[at + 1];
}

/* The question that a UDP datagram answers; 0: none. */
static unsigned int
number_of(const uint8_t *byte, size_t len, enum end_host to)
{
	bool six = len >= 62 && port_at(byte, 12) == ETH_P_IPV6 &&
	           byte[20] == IPPROTO_UDP;
	bool four = len >= 42 && port_at(byte, 12) == ETH_P_IP &&
	            byte[23] == IPPROTO_UDP;
	size_t at = (six ? 54u : 34u) + (to == LAN ? 2u : 0u);

	return six || four ? port_at(byte, at) : 0;
}

static void
take(struct asked *asked, int fd, enum end_host to)
{
	struct sockaddr_ll from;
	socklen_t size = sizeof(from);
	uint8_t byte[128];
	ssize_t len;

	while ((len = recvfrom(fd, byte, sizeof(byte), MSG_DONTWAIT,
		    (struct sockaddr *)&from, &size)) >= 0) {
		unsigned int number = number_of(byte, (size_t)len, to);

		size = sizeof(from);
		if (from.sll_pkttype == PACKET_OUTGOING || number < FIRST ||
		    number >= FIRST + asked->n)
			continue;
		if (asked->question[number - FIRST].to == to)
			asked->question[number - FIRST].arrived = true;
	}
	assert_int_equal(errno, EAGAIN);
}

/* Sends it; the number goes to where the Thing's port is. */
static void
ask(struct asked *asked, enum end_host to, struct forged frame, bool allowed,
    const char *what, unsigned int i)
{
	struct question *question = &asked->question[asked->n];
	uint16_t number = (uint16_t)(FIRST + asked->n++);
	uint8_t byte[FORGE_DATAGRAM];
	size_t len;

	assert_true(asked->n <= QUESTIONS);
	*question =
	    (struct question){ .means = allowed ? ALLOWED : DENIED, .to = to };
	asked->n_allowed += allowed ? 1 : 0;
	(void)snprintf(question->text, sizeof(question->text),
	    "Thing %u, port %u, %s", i,
	    to == WAN ? frame.destination : frame.source, what);
	if (to == WAN)
		frame.source = number;
	else
		frame.destination = number;
	len = forge_datagram(&frame, byte);
	assert_int_equal(
	    send(to == WAN ? asked->lan : asked->wan, byte, len, 0), len);
	if (asked->n % BURST == 0) {
		take(asked, asked->lan, LAN);
		take(asked, asked->wan, WAN);
	}
}

/* All have been sent: has come what may, and nothing else? */
static void
judge(struct asked *asked, const char *when)
{
	struct pollfd wires[] = { { .fd = asked->lan, .events = POLLIN },
		{ .fd = asked->wan, .events = POLLIN } };
	unsigned int n_wrong = 0;
	const char *first = "";

	do {
		take(asked, asked->lan, LAN);
		take(asked, asked->wan, WAN);
	} while (poll(wires, 2, WAIT_MSEC) > 0);
	for (unsigned int i = 0; i < asked->n; i++) {
		const struct question *question = &asked->question[i];

		if (question->arrived == (question->means == ALLOWED))
			continue;
		first = n_wrong++ == 0 ? question->text : first;
	}
	if (n_wrong > 0)
		fail_msg(
		    "%s: %u of %u wrong: %s", when, n_wrong, asked->n, first);
	assert_true(asked->n_allowed * 10 >= asked->n);
	asked->n = asked->n_allowed = 0;
}

/* ---- the questions ------------------------------------------------------- */

/* What has become of a Thing: at first nothing. */
enum fate { AS_IT_WAS, MOVED, DEPARTED, FORGOTTEN };

static enum fate
fate_of(unsigned int i, bool changed)
{
	if (!changed || i / STEP % 8 > 3)
		return AS_IT_WAS;
	return (enum fate)(i / STEP % 8);
}

static uint32_t
next_policy(unsigned int i)
{
	return crowd_policy(i + 1);
}

/* May it send to this port of a policy? */
static bool
may(unsigned int i, uint32_t policy, bool changed)
{
	enum fate fate = fate_of(i, changed);
	uint32_t own = fate == MOVED ? next_policy(i) : crowd_policy(i);

	if (fate == DEPARTED || (changed && policy == EMPTIED))
		return fate == FORGOTTEN;
	return fate == FORGOTTEN || policy == own;
}

static void
ask_about(struct asked *asked, unsigned int i, bool changed)
{
	const struct crowd_names it = crowd_names(i);
	const struct crowd_names neighbour = crowd_names((i + 1) % THINGS);
	const uint32_t own = crowd_policy(i), other = next_policy(i);
	const unsigned int ace = 1 + i / STEP % (CROWD_ACES - 1);
	struct forged frame = { it.mac, asked->lan_mac, it.addr4, SERVER_ADDR,
		0, crowd_port(own, ace) };
	struct forged six = { it.mac, asked->lan_mac, it.addr6, SERVER_ADDR6, 0,
		crowd_port(own, 0) };

	ask(asked, WAN, frame, may(i, own, changed), "its own", i);
	ask(asked, WAN, six, may(i, own, changed), "its own, IPv6", i);
	frame.destination = crowd_port(other, ace);
	ask(asked, WAN, frame, may(i, other, changed), "another's", i);
	six.destination = crowd_port(other, 0);
	ask(asked, WAN, six, may(i, other, changed), "another's, IPv6", i);
	/* An ACE of the other family. */
	frame.destination = crowd_port(own, 0);
	ask(asked, WAN, frame, fate_of(i, changed) == FORGOTTEN,
	    "of IPv6, by IPv4", i);
	frame.from = neighbour.addr4;
	frame.destination = crowd_port(own, ace);
	ask(asked, WAN, frame, false, "from another's address", i);
}

/* The first of its questions has opened a flow: number is its port. */
static void
ask_back(struct asked *asked, unsigned int i, bool changed)
{
	const struct crowd_names it = crowd_names(i);
	const uint32_t own = crowd_policy(i);
	const unsigned int ace = 1 + i / STEP % (CROWD_ACES - 1);
	struct forged open = { it.mac, asked->lan_mac, it.addr4, SERVER_ADDR, 0,
		crowd_port(own, ace) };
	struct forged reply = { "02:bb:00:00:00:04", asked->wan_mac,
		SERVER_ADDR, it.addr4, crowd_port(own, ace), 0 };
	struct question *question;

	ask(asked, WAN, open, may(i, own, changed), "its own", i);
	/* With the same number: it is to come back as well. */
	question = &asked->question[asked->n - 1];
	take(asked, asked->wan, WAN);
	if (question->arrived != (question->means == ALLOWED))
		return;
	asked->n--;
	asked->n_allowed -= question->means == ALLOWED ? 1 : 0;
	ask(asked, LAN, reply, may(i, own, changed), "a reply", i);
	ask(asked, LAN, reply, fate_of(i, changed) == FORGOTTEN, "unasked", i);
}

static void
ask_all(struct asked *asked, bool changed, const char *when)
{
	for (unsigned int i = 0; i < SAMPLE; i++)
		ask_about(asked, i * STEP, changed);
	judge(asked, when);
	for (unsigned int i = 0; i < SAMPLE; i++)
		ask_back(asked, i * STEP, changed);
	judge(asked, when);
}

/* ---- the crowd ----------------------------------------------------------- */

static void
listen_widely(int fd)
{
	const int size = BUFFER;

	assert_int_equal(
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)), 0);
}

/* Nobody answers for the Things: the gateway is told where they are. */
static void
make_neighbours(void)
{
	static const char path[] = "/tmp/test_crowd.neighbours";
	static const char *const argv[] = { "ip", "-batch", path, NULL };
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	for (unsigned int i = 0; i < THINGS; i += STEP)
		(void)fprintf(file,
		    "neigh replace %s lladdr %s dev lan1 nud permanent\n",
		    crowd_names(i).addr4, crowd_names(i).mac);
	assert_int_equal(fclose(file), 0);
	free(gateway_run(HOST_GATEWAY, argv));
	(void)remove(path);
}

/* The hosts at both ends hear nothing themselves, so they refuse nothing. */
static void
make_deaf(enum host host)
{
	static const char *const argv[] = { "nft",
		"add table inet deaf; add chain inet deaf in { type filter "
		"hook prerouting priority -400; }; add rule inet deaf in udp "
		"dport 1000-65535 drop",
		NULL };

	free(gateway_run(host, argv));
}

static int
make(void **state)
{
	static struct asked asked;
	void *world;

	(void)world_make(&world);
	crowd_make();
	make_neighbours();
	make_deaf(HOST_SERVER);
	make_deaf(HOST_PLAIN);
	asked.world = world;
	asked.lan = forge_wire(HOST_PLAIN, "c0", ETH_P_ALL);
	asked.wan = forge_wire(HOST_SERVER, "s0", ETH_P_ALL);
	listen_widely(asked.lan);
	listen_widely(asked.wan);
	text_copy(asked.lan_mac, sizeof(asked.lan_mac), gateway_mac("lan1"));
	text_copy(asked.wan_mac, sizeof(asked.wan_mac), gateway_mac("wan"));
	*state = &asked;
	return 0;
}

static int
end(void **state)
{
	struct asked *asked = *state;
	void *world = asked->world;

	(void)close(asked->lan);
	(void)close(asked->wan);
	return world_end(&world);
}

/* One batch of many changes, and two of one. */
static void
change(struct asked *asked)
{
	struct script *script = &asked->world->script;

	for (unsigned int i = 0; i < THINGS; i += STEP)
		switch (fate_of(i, true)) {
		case AS_IT_WAS:
			break;
		case MOVED:
			script_thing(
			    script, OP_ADD, crowd_names(i).mac, next_policy(i));
			break;
		case DEPARTED:
			script_thing(script, OP_ADD, crowd_names(i).mac, 0);
			break;
		case FORGOTTEN:
			crowd_remove(script, i);
			break;
		}
	world_play(asked->world, 0);
	script_rules(script, EMPTIED, NULL, 0);
	world_play(asked->world, 0);
	crowd_rules(script, EMPTIED + 1, 7);
	world_play(asked->world, 0);
}

static void
ten_thousand_are_judged_by_their_own(void **state)
{
	struct asked *asked = *state;
	struct fault why = { 0 };

	crowd_write(&asked->world->script, THINGS, CROWD_POLICIES);
	world_play(asked->world, BATCH_RESET);
	ask_all(asked, false, "at first");
	ask_all(asked, false, "once more, by known flows");
	change(asked);
	ask_all(asked, true, "after changes");

	/* So that it is we who hold them back. */
	assert_true(enforcer_teardown(asked->world->enforcer, &why));
	for (unsigned int i = 0; i < THINGS; i += STEP) {
		const struct crowd_names it = crowd_names(i);
		const struct crowd_names other = crowd_names(i + 1);
		struct forged frame = { it.mac, asked->lan_mac, it.addr4,
			SERVER_ADDR, 0, crowd_port(next_policy(i), 1) };
		struct forged six = { it.mac, asked->lan_mac, it.addr6,
			SERVER_ADDR6, 0, crowd_port(next_policy(i), 0) };

		ask(asked, WAN, frame, true, "without us", i);
		ask(asked, WAN, six, true, "without us, IPv6", i);
		frame.from = other.addr4;
		ask(asked, WAN, frame, true, "without us, another's", i);
	}
	judge(asked, "without us");
}

/* Two IPv6 addresses more each, and all of them in two classes: far more
 * records than Things. */
static void
ten_thousand_may_have_much(void **state)
{
	struct asked *asked = *state;
	struct script *script = &asked->world->script;

	crowd_write(script, THINGS, CROWD_POLICIES);
	for (uint32_t set = 2; set <= 3; set++)
		script_set(script, OP_ADD, set, false);
	for (unsigned int i = 0; i < THINGS; i++) {
		const struct crowd_names it = crowd_names(i);
		char more[ADDR_TEXT];

		for (int j = 1; j <= 2; j++) {
			(void)snprintf(more, sizeof(more), "fd78::%d:%x", j, i);
			script_binding(script, OP_ADD, it.mac, more);
			script_element(script, OP_ADD, 2, more, 0);
			script_element(script, OP_ADD, 3, more, 0);
		}
		script_element(script, OP_ADD, 2, it.addr4, 0);
		script_element(script, OP_ADD, 3, it.addr4, 0);
	}
	asked->world->is_unwatched = true; /* the other test is watched */
	world_play(asked->world, BATCH_RESET);
	for (unsigned int i = 0; i < SAMPLE; i++)
		ask_about(asked, i * STEP, false);
	judge(asked, "with all that they may have");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_thousand_are_judged_by_their_own),
		cmocka_unit_test(ten_thousand_may_have_much),
	};

	return cmocka_run_group_tests(tests, make, end);
}
