/*
 * What sightings mean: which are believed, who is confined by them, what of
 * it is stored, and what comes back.
 *
 * The scenarios play whole exchanges; here each check stands alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/config.h"
#include "engine/fetching.h"
#include "engine/jobs.h"
#include "engine/lan.h"
#include "engine/manager.h"
#include "engine/materials.h"
#include "engine/sightings.h"
#include "engine/state.h"
#include "engine/things.h"
#include "libmud/mem.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define NOW           1700000000
#define LAMP          "https://mud.example.com/lamp.json"
#define CAM           "https://mud.example.com/cam.json"
#define OTHER         "https://mud.example.net/other.json"

static const char config_text[] = "lan = {\"br0\"}\n"
				  "max-devices = 300\n"
				  "device \"02:00:00:00:00:07\" {\n"
				  "  name = \"hall\"\n"
				  "  mud-url = \"" CAM "\"\n"
				  "}\n";

struct rig {
	char dir[64], path[96];
	struct event_base *base;
	struct channel *mudd;
	int far;
	struct config *config;
	struct lan *lan;
	struct sets *sets;
	struct policies policies;
	struct jobs *jobs;
	struct materials materials;
	struct fetching fetching;
	struct state *state;
	struct things *things;
	struct manager *manager;
	struct sightings sightings;
};

static bool
on_record(void *arg, struct channel *ch, struct msg *msg)
{
	(void)arg;
	(void)ch;
	(void)msg;
	return true;
}

static void
on_gone(void *arg, struct channel *ch, const char *reason)
{
	(void)arg;
	(void)ch;
	(void)reason;
}

static void
on_changed(void *arg, struct mudurl *mud)
{
	(void)arg;
	(void)mud;
}

static void
tell_links(struct lan *lan)
{
	static const struct {
		uint32_t ifindex, master;
		const char *name;
	} links[] = { { 2, 0, "br0" }, { 3, 2, "p3" }, { 4, 2, "p4" },
		{ 9, 0, "eth0" } };
	static const uint8_t own[4] = { 192, 168, 77, 1 };
	struct record_gateway gateway = { .ifindex = 2, .len = 24 };

	for (size_t i = 0; i < LENGTH(links); i++) {
		struct record_link link = {
			.ifindex = links[i].ifindex,
			.master = links[i].master,
			.is_up = 1,
			.mac = { { 0x02, 1, 0, 0, 0, (uint8_t)i } },
		};

		text_copy(link.name, sizeof(link.name), links[i].name);
		assert_true(lan_link(lan, &link));
	}
	gateway.addr = addr_v4(own);
	assert_true(lan_gateway(lan, &gateway));
}

/* What lives as long as the engine does. */
static void
engine_begin(struct rig *rig)
{
	struct manager_options options = {
		.config = rig->config,
		.jobs = rig->jobs,
		.policies = &rig->policies,
		.materials = &rig->materials,
		.fetching = &rig->fetching,
		.changed = on_changed,
	};
	enum state_opened how;

	assert_int_equal(state_open(rig->path, &rig->state, &how), 0);
	options.state = rig->state;
	rig->things = things_new(rig->config->max_devices);
	rig->manager = manager_new(&options);
	rig->sightings = (struct sightings){
		.config = rig->config,
		.lan = rig->lan,
		.things = rig->things,
		.manager = rig->manager,
		.state = rig->state,
	};
}

static void
engine_end(struct rig *rig)
{
	manager_free(rig->manager);
	things_free(rig->things);
	state_close(rig->state);
}

static struct rig *
rig_begin(void)
{
	struct rig *rig = xcalloc(1, sizeof(*rig));
	const char *tmp = getenv("TMPDIR");
	char text[sizeof(config_text)], why[256];
	FILE *stream;
	int fds[2];

	text_copy(text, sizeof(text), config_text);
	stream = fmemopen(text, strlen(text), "r");
	rig->config = config_read(stream, "test", why, sizeof(why));
	(void)fclose(stream);
	if (rig->config == NULL)
		fail_msg("%s", why);
	(void)snprintf(rig->dir, sizeof(rig->dir), "%.32s/sightings.XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(rig->dir));
	(void)snprintf(rig->path, sizeof(rig->path), "%s/state.db", rig->dir);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	rig->far = fds[1];
	rig->base = event_base_new();
	rig->mudd = channel_new(rig->base, fds[0], PROGRAM_ENGINE, PROGRAM_MUDD,
	    on_record, on_gone, NULL);
	rig->lan = xcalloc(1, sizeof(*rig->lan));
	lan_init(rig->lan, rig->config);
	tell_links(rig->lan);
	rig->sets = sets_new();
	policies_init(&rig->policies, rig->sets);
	rig->jobs = jobs_new(rig->base, rig->mudd);
	engine_begin(rig);
	return rig;
}

static void
rig_end(struct rig *rig)
{
	engine_end(rig);
	jobs_free(rig->jobs);
	policies_done(&rig->policies);
	sets_free(rig->sets);
	free(rig->lan);
	channel_free(rig->mudd);
	event_base_free(rig->base);
	(void)close(rig->far);
	config_free(rig->config);
	(void)unlink(rig->path);
	(void)snprintf(
	    rig->path, sizeof(rig->path), "%s/state.db-wal", rig->dir);
	(void)unlink(rig->path);
	assert_int_equal(rmdir(rig->dir), 0);
	free(rig);
}

/* The engine dies and begins again. */
static void
rig_restart(struct rig *rig, int64_t now)
{
	engine_end(rig);
	engine_begin(rig);
	sightings_load(&rig->sightings, now);
}

static struct mac
mac_of(unsigned int n)
{
	return (struct mac){ { 0x02, 0, 0, 0, 0, (uint8_t)n } };
}

static struct thing *
find(struct rig *rig, unsigned int n)
{
	struct mac mac = mac_of(n);

	return things_find(rig->things, &mac);
}

static struct record_sighting
sighting_of(enum sighting_kind kind, unsigned int mac, uint32_t port)
{
	const uint8_t byte[4] = { 192, 168, 77, (uint8_t)(mac + 10) };

	return (struct record_sighting){
		.kind = (uint8_t)kind,
		.mac = mac_of(mac),
		.ifindex = port,
		.lease_sec = 3600,
		.address = addr_v4(byte),
	};
}

static bool
take(struct rig *rig, const struct record_sighting *sighting, int64_t now)
{
	return sightings_take(&rig->sightings, sighting, now);
}

static void
request(struct rig *rig, unsigned int mac, const char *url)
{
	struct record_sighting sighting = sighting_of(SIGHTING_REQUEST, mac, 3);

	text_copy(sighting.url, sizeof(sighting.url), url);
	assert_true(take(rig, &sighting, NOW));
}

static void
lease(struct rig *rig, unsigned int mac, uint32_t seconds)
{
	struct record_sighting sighting = sighting_of(SIGHTING_LEASE, mac, 3);

	sighting.lease_sec = seconds;
	assert_true(take(rig, &sighting, NOW));
}

/* ---- records ------------------------------------------------------------ */

static void
break_record(struct record_sighting *sighting, size_t which)
{
	static const struct addr nobody = { .family = 4 };

	switch (which) {
	case 0:
		sighting->kind = SIGHTING_KINDS;
		break;
	case 1:
		sighting->present = 2;
		break;
	case 2:
		sighting->flagged = 2;
		break;
	case 3:
		sighting->ifindex = 0;
		break;
	case 4:
		sighting->mac.byte[0] = 3; /* a group */
		break;
	case 5:
		memset(sighting->url, 'x', sizeof(sighting->url));
		break;
	case 6:
		memset(sighting->hostname, 'x', sizeof(sighting->hostname));
		break;
	case 7:
		sighting->why.code = FAULT_CODES;
		break;
	case 8:
		sighting->address = nobody;
		break;
	default:
		sighting->address.family = 6;
		sighting->address.byte[0] = 0x20;
		break;
	}
}

static void
refuses_broken_records(void **state)
{
	struct rig *rig = rig_begin();

	(void)state;
	for (size_t which = 0; which <= 9; which++) {
		struct record_sighting sighting =
		    sighting_of(SIGHTING_LEASE, 1, 3);

		break_record(&sighting, which);
		if (take(rig, &sighting, NOW))
			fail_msg("field %zu", which);
		assert_int_equal(things_count(rig->things), 0);
	}
	rig_end(rig);
}

/* Which sightings leave a trace of a MAC that was not known. */
static void
knows_whom_to_remember(void **state)
{
	static const struct {
		const char *name;
		enum sighting_kind kind;
		unsigned int mac;
		uint32_t port, known;
		bool remembered;
	} cases[] = {
		{ "request", SIGHTING_REQUEST, 1, 3, 0, true },
		{ "its own port", SIGHTING_REQUEST, 1, 3, 3, true },
		{ "another port", SIGHTING_REQUEST, 1, 3, 4, false },
		{ "lease", SIGHTING_LEASE, 1, 3, 0, true },
		{ "lease, another port", SIGHTING_LEASE, 1, 3, 4, false },
		{ "release", SIGHTING_RELEASE, 1, 3, 0, false },
		{ "nak", SIGHTING_NAK, 1, 3, 0, false },
		{ "not of the LAN", SIGHTING_REQUEST, 1, 9, 0, false },
		{ "no such port", SIGHTING_REQUEST, 1, 8, 0, false },
	};
	struct record_sighting own = sighting_of(SIGHTING_REQUEST, 1, 3);
	struct rig *rig;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct record_sighting sighting =
		    sighting_of(cases[i].kind, cases[i].mac, cases[i].port);

		rig = rig_begin();
		sighting.known_ifindex = cases[i].known;
		assert_true(take(rig, &sighting, NOW));
		if ((find(rig, 1) != NULL) != cases[i].remembered)
			fail_msg("%s", cases[i].name);
		rig_end(rig);
	}
	/* The gateway's own MAC. */
	rig = rig_begin();
	own.mac = (struct mac){ { 0x02, 1, 0, 0, 0, 1 } };
	assert_true(take(rig, &own, NOW));
	assert_null(things_find(rig->things, &own.mac));
	rig_end(rig);
}

/* ---- who may be confined ------------------------------------------------ */

/* A request with a URL, then perhaps a lease on a port. */
static const struct {
	const char *name;
	uint8_t present;
	uint32_t known;
	uint32_t lease_port; /* 0: none */
	bool managed;
} announcements[] = {
	{ "never seen", 0, 0, 0, true },
	{ "never seen, with a lease", 0, 0, 3, true },
	{ "present", 1, 3, 0, false },
	{ "present, exchange completed", 1, 3, 3, true },
	{ "present, completed elsewhere", 1, 3, 4, false },
	{ "not in the bridge's books, but present", 1, 0, 0, false },
	{ "from another port", 1, 4, 3, false },
	{ "from another port, not present", 0, 4, 0, false },
};

static void
confines_whom_it_may(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(announcements); i++) {
		struct record_sighting sighting =
		    sighting_of(SIGHTING_REQUEST, 1, 3);
		struct rig *rig = rig_begin();
		const struct thing *thing;

		sighting.present = announcements[i].present;
		sighting.known_ifindex = announcements[i].known;
		text_copy(sighting.url, sizeof(sighting.url), LAMP);
		assert_true(take(rig, &sighting, NOW));
		if (announcements[i].lease_port != 0) {
			sighting = sighting_of(
			    SIGHTING_LEASE, 1, announcements[i].lease_port);
			assert_true(take(rig, &sighting, NOW));
		}
		thing = find(rig, 1);
		if ((thing != NULL && thing->mud != NULL) !=
		    announcements[i].managed)
			fail_msg("%s", announcements[i].name);
		if (announcements[i].managed) {
			assert_string_equal(thing->mud->url.text, LAMP);
			assert_int_equal(thing->source, STATE_SOURCE_DHCP4);
			assert_int_equal(thing->port, 3);
			assert_string_equal(thing->port_name, "p3");
		}
		rig_end(rig);
	}
}

/*
 * What happens to the link of the Thing's port, p3, before it speaks on
 * another port that the bridge knows nothing of: our own books say where it
 * belongs, while that port is up.
 */
static const struct {
	const char *name;
	uint32_t op, ifindex;
	uint8_t is_up;
	uint32_t port;
	bool believed;
} moves[] = {
	{ "stays", OP_ADD, 3, 1, 3, true },
	{ "elsewhere", OP_ADD, 3, 1, 4, false },
	{ "elsewhere, its port is down", OP_ADD, 3, 0, 4, true },
	{ "elsewhere, its port has gone", OP_DELETE, 3, 1, 4, true },
	{ "its port has another number", OP_ADD, 5, 1, 5, true },
};

static void
our_books_know_ports_too(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(moves); i++) {
		struct record_link link = {
			.op = moves[i].op,
			.ifindex = moves[i].ifindex,
			.is_up = moves[i].is_up,
			.master = 2,
			.name = "p3",
		};
		struct record_link gone = { .op = OP_DELETE, .ifindex = 3 };
		struct record_sighting nak =
		    sighting_of(SIGHTING_NAK, 1, moves[i].port);
		struct rig *rig = rig_begin();

		request(rig, 1, LAMP);
		lease(rig, 1, 600);
		if (moves[i].ifindex != 3)
			assert_true(lan_link(rig->lan, &gone));
		assert_true(lan_link(rig->lan, &link));
		assert_true(take(rig, &nak, NOW));
		if ((find(rig, 1)->n_leases == 0) != moves[i].believed ||
		    find(rig, 1)->spoofed == moves[i].believed)
			fail_msg("%s", moves[i].name);
		rig_end(rig);
	}
}

/* Present, but on no port that anybody knows: no say, until it is managed. */
static void
who_is_nowhere_has_no_say(void **state)
{
	struct record_sighting sighting = sighting_of(SIGHTING_LEASE, 1, 3);
	struct state_thing row = {
		.mac = mac_of(2),
		.url = LAMP,
		.url_source = STATE_SOURCE_DHCP4,
	};
	struct rig *rig = rig_begin();

	(void)state;
	sighting.present = 1;
	assert_true(take(rig, &sighting, NOW));
	assert_null(find(rig, 1));
	assert_int_equal(state_put_thing(rig->state, &row), 0);
	rig_restart(rig, NOW);
	sighting.mac = mac_of(2);
	assert_true(take(rig, &sighting, NOW));
	assert_int_equal(find(rig, 2)->n_leases, 1);
	assert_false(find(rig, 2)->spoofed);
	rig_end(rig);
}

static bool
is_wanted(struct rig *rig, const char *url)
{
	LIST_EACH(at, manager_all(rig->manager))
	if (strcmp(LIST_ENTRY(at, struct mudurl, link)->url.text, url) == 0)
		return true;
	return false;
}

static void
manages_only_so_many_on_a_port(void **state)
{
	struct rig *rig = rig_begin();
	struct record_sighting sighting;
	struct mac last = { { 0x02, 0, 0, 0, 1, 0 } };

	(void)state;
	for (unsigned int n = 0; n < LIMIT_PORT_THINGS; n++)
		request(rig, n, LAMP);
	lease(rig, 7, 3600); /* the configured one: now it has a port */
	assert_non_null(find(rig, LIMIT_PORT_THINGS - 1)->mud);
	/* One more on that port, then on another. */
	sighting = sighting_of(SIGHTING_REQUEST, 0, 3);
	sighting.mac = last;
	text_copy(sighting.url, sizeof(sighting.url), OTHER);
	assert_true(take(rig, &sighting, NOW));
	assert_null(things_find(rig->things, &last)->mud);
	assert_false(is_wanted(rig, OTHER));
	sighting.ifindex = 4;
	assert_true(take(rig, &sighting, NOW));
	assert_null(things_find(rig->things, &last)->mud);
	sighting.mac.byte[5] = 1;
	assert_true(take(rig, &sighting, NOW));
	assert_non_null(things_find(rig->things, &sighting.mac)->mud);
	rig_end(rig);
}

static void
a_second_url_must_be_its_makers(void **state)
{
	struct rig *rig = rig_begin();
	const struct thing *thing;

	(void)state;
	request(rig, 1, LAMP);
	thing = find(rig, 1);
	/* Known by now: it takes a completed exchange. */
	request(rig, 1, CAM);
	assert_string_equal(thing->mud->url.text, LAMP);
	lease(rig, 1, 3600);
	assert_string_equal(thing->mud->url.text, CAM);
	assert_false(thing->conflicted);
	request(rig, 1, OTHER);
	lease(rig, 1, 3600);
	assert_string_equal(thing->mud->url.text, CAM);
	assert_true(thing->conflicted);
	/* And it is not fetched for nobody. */
	assert_false(is_wanted(rig, OTHER));
	/* What is no URL at all. */
	request(rig, 1, "http://mud.example.com/lamp.json");
	lease(rig, 1, 3600);
	assert_string_equal(thing->mud->url.text, CAM);
	rig_end(rig);
}

static void
an_announcement_is_for_one_exchange(void **state)
{
	struct record_sighting again = sighting_of(SIGHTING_REQUEST, 1, 3);
	struct rig *rig = rig_begin();

	(void)state;
	again.present = 1;
	text_copy(again.url, sizeof(again.url), LAMP);
	assert_true(take(rig, &again, NOW));
	request(rig, 1, "");
	lease(rig, 1, 3600);
	assert_null(find(rig, 1)->mud);
	/* And for one lease: the next tells nothing new. */
	assert_true(take(rig, &again, NOW));
	lease(rig, 1, 3600);
	assert_non_null(find(rig, 1)->mud);
	assert_string_equal(find(rig, 1)->announced, "");
	rig_end(rig);
}

static void
the_administrator_knows_better(void **state)
{
	struct rig *rig = rig_begin();
	const struct thing *thing;

	(void)state;
	lease(rig, 7, 3600);
	thing = find(rig, 7);
	assert_string_equal(thing->name, "hall");
	assert_string_equal(thing->mud->url.text, CAM);
	assert_int_equal(thing->source, STATE_SOURCE_CONFIG);
	request(rig, 7, LAMP);
	lease(rig, 7, 3600);
	assert_string_equal(thing->mud->url.text, CAM);
	rig_end(rig);
}

static void
manages_only_so_many(void **state)
{
	struct rig *rig = rig_begin();

	(void)state;
	rig->config->max_devices = 2;
	rig_restart(rig, NOW);
	request(rig, 1, LAMP);
	request(rig, 2, LAMP);
	request(rig, 3, OTHER);
	assert_null(find(rig, 3)->mud);
	assert_false(is_wanted(rig, OTHER));
	request(rig, 4, LAMP);
	assert_null(find(rig, 4)->mud);
	/* Not even one that stands in the configuration. */
	lease(rig, 7, 3600);
	assert_null(find(rig, 7)->mud);
	rig_end(rig);
}

static void
notes_what_was_refused(void **state)
{
	struct record_sighting sighting = sighting_of(SIGHTING_REQUEST, 1, 3);
	struct rig *rig = rig_begin();

	(void)state;
	sighting.flagged = 1;
	text_copy(sighting.hostname, sizeof(sighting.hostname), "lamp");
	(void)fault_set(&sighting.why, FAULT_URL_CONFLICT, "S-3", "two");
	assert_true(take(rig, &sighting, NOW));
	assert_true(find(rig, 1)->doubled);
	assert_null(find(rig, 1)->mud);
	assert_string_equal(find(rig, 1)->hostname, "lamp");
	/* A request without a name keeps it; one of a spoofer says nothing. */
	sighting = sighting_of(SIGHTING_REQUEST, 1, 3);
	assert_true(take(rig, &sighting, NOW + 5));
	assert_string_equal(find(rig, 1)->hostname, "lamp");
	assert_int_equal(find(rig, 1)->last_seen, NOW + 5);
	sighting.known_ifindex = 4;
	text_copy(sighting.hostname, sizeof(sighting.hostname), "evil");
	assert_true(take(rig, &sighting, NOW + 9));
	assert_true(find(rig, 1)->spoofed);
	assert_string_equal(find(rig, 1)->hostname, "lamp");
	assert_int_equal(find(rig, 1)->last_seen, NOW + 5);
	rig_end(rig);
}

/* ---- leases ------------------------------------------------------------- */

static void
leases_end(void **state)
{
	struct rig *rig = rig_begin();
	struct record_sighting forever = sighting_of(SIGHTING_LEASE, 2, 3);

	(void)state;
	assert_true(sightings_expire(&rig->sightings, NOW) == INT64_MAX);
	request(rig, 1, LAMP);
	lease(rig, 1, 600);
	lease(rig, 3, 300);
	assert_int_equal(sightings_expire(&rig->sightings, NOW), NOW + 300);
	assert_int_equal(
	    sightings_expire(&rig->sightings, NOW + 300), NOW + 600);
	assert_int_equal(find(rig, 3)->n_leases, 0);
	assert_false(find(rig, 3)->departed); /* it was never here */
	assert_int_equal(
	    sightings_expire(&rig->sightings, NOW + 599), NOW + 600);
	assert_false(find(rig, 1)->departed);
	assert_true(sightings_expire(&rig->sightings, NOW + 600) == INT64_MAX);
	assert_true(find(rig, 1)->departed);
	/* Not for ever, whatever the server says. */
	forever.lease_sec = UINT32_MAX;
	assert_true(take(rig, &forever, NOW));
	assert_int_equal(
	    find(rig, 2)->leases[0].expires_at, NOW + (int64_t)366 * 86400);
	rig_end(rig);
}

static void
a_lease_is_of_the_lan(void **state)
{
	struct record_sighting foreign = sighting_of(SIGHTING_LEASE, 1, 3);
	struct record_sighting request = sighting_of(SIGHTING_REQUEST, 1, 3);
	struct rig *rig = rig_begin();

	(void)state;
	request.present = 1;
	text_copy(request.url, sizeof(request.url), LAMP);
	assert_true(take(rig, &request, NOW));
	/* The gateway's own address, and one of another network: nothing of
	 * the exchange counts. */
	foreign.address.byte[3] = 1;
	assert_true(take(rig, &foreign, NOW));
	foreign.address.byte[2] = 78;
	assert_true(take(rig, &foreign, NOW));
	assert_int_equal(find(rig, 1)->n_leases, 0);
	assert_null(find(rig, 1)->mud);
	rig_end(rig);
}

static void
releases_what_it_has(void **state)
{
	struct record_sighting other = sighting_of(SIGHTING_RELEASE, 2, 3);
	struct record_sighting own = sighting_of(SIGHTING_RELEASE, 1, 3);
	struct record_sighting nak = sighting_of(SIGHTING_NAK, 1, 3);
	struct rig *rig = rig_begin();
	const struct thing *thing;

	(void)state;
	request(rig, 1, LAMP);
	thing = find(rig, 1);
	lease(rig, 1, 600);
	other.mac = mac_of(1);
	assert_true(take(rig, &other, NOW));
	assert_int_equal(thing->n_leases, 1);
	own.known_ifindex = 4;
	assert_true(take(rig, &own, NOW));
	assert_int_equal(thing->n_leases, 1);
	own.known_ifindex = 3;
	assert_true(take(rig, &own, NOW));
	assert_int_equal(thing->n_leases, 0);
	assert_true(thing->departed);
	lease(rig, 1, 600);
	assert_false(thing->departed);
	assert_true(take(rig, &nak, NOW));
	assert_int_equal(thing->n_leases, 0);
	assert_false(thing->departed);
	rig_end(rig);
}

/* ---- over a restart ----------------------------------------------------- */

static void
comes_back_as_it_was(void **state)
{
	struct record_sighting spoof = sighting_of(SIGHTING_REQUEST, 1, 4);
	struct record_sighting named = sighting_of(SIGHTING_REQUEST, 1, 3);
	struct record_sighting gone = sighting_of(SIGHTING_RELEASE, 2, 3);
	struct rig *rig = rig_begin();
	const struct thing *thing;

	(void)state;
	text_copy(named.url, sizeof(named.url), LAMP);
	text_copy(named.hostname, sizeof(named.hostname), "lamp");
	named.flagged = 1;
	assert_true(take(rig, &named, NOW));
	/* Confined without a lease: that is stored at once. */
	rig_restart(rig, NOW + 1);
	assert_string_equal(find(rig, 1)->mud->url.text, LAMP);
	assert_true(find(rig, 1)->doubled);
	spoof.known_ifindex = 3;
	assert_true(take(rig, &spoof, NOW));
	request(rig, 1, OTHER);
	lease(rig, 1, 597);
	named = sighting_of(SIGHTING_LEASE, 1, 3);
	named.lease_sec = 597;
	assert_true(take(rig, &named, NOW + 3));
	request(rig, 2, LAMP);
	lease(rig, 2, 600);
	assert_true(take(rig, &gone, NOW));
	lease(rig, 3, 600);

	rig_restart(rig, NOW + 10);
	thing = find(rig, 1);
	assert_string_equal(thing->mud->url.text, LAMP);
	assert_int_equal(thing->source, STATE_SOURCE_DHCP4);
	assert_string_equal(thing->hostname, "lamp");
	assert_string_equal(thing->port_name, "p3");
	assert_int_equal(thing->first_seen, NOW);
	assert_int_equal(thing->last_seen, NOW + 3);
	assert_true(thing->doubled && thing->spoofed && thing->conflicted);
	assert_false(thing->departed);
	assert_int_equal(thing->n_leases, 1);
	assert_int_equal(thing->leases[0].expires_at, NOW + 600);
	thing = find(rig, 2);
	assert_true(thing->departed);
	assert_int_equal(thing->n_leases, 0);
	assert_false(thing->doubled || thing->spoofed || thing->conflicted);
	/* Who has no MUD URL is not kept. */
	assert_null(find(rig, 3));
	rig_end(rig);
}

static void
the_configuration_holds_after_a_restart(void **state)
{
	struct rig *rig = rig_begin();
	struct state_thing row = {
		.mac = mac_of(7),
		.url = LAMP,
		.url_source = STATE_SOURCE_DHCP4,
	};

	(void)state;
	/* Written down since: what the state has is of the past. */
	assert_int_equal(state_put_thing(rig->state, &row), 0);
	/* Taken out since: the Thing stays, and may announce again. */
	row.mac = mac_of(1);
	row.url_source = STATE_SOURCE_CONFIG;
	assert_int_equal(state_put_thing(rig->state, &row), 0);
	rig_restart(rig, NOW);
	assert_string_equal(find(rig, 7)->mud->url.text, CAM);
	assert_int_equal(find(rig, 7)->source, STATE_SOURCE_CONFIG);
	assert_string_equal(find(rig, 1)->mud->url.text, LAMP);
	assert_int_equal(find(rig, 1)->source, STATE_SOURCE_DHCP4);
	rig_end(rig);
}

static void
loads_only_so_many(void **state)
{
	struct rig *rig = rig_begin();
	struct state_thing row = {
		.url = LAMP,
		.url_source = STATE_SOURCE_DHCP4,
	};

	(void)state;
	rig->config->max_devices = 2;
	for (unsigned int n = 1; n <= 3; n++) {
		row.mac = mac_of(n);
		assert_int_equal(state_put_thing(rig->state, &row), 0);
	}
	rig_restart(rig, NOW);
	assert_int_equal(things_count(rig->things), 2);
	assert_false(things_has_room(rig->things));
	rig_end(rig);
}

static size_t n_stored_leases;

static void
count_lease(void *arg, const struct state_lease *row)
{
	(void)arg;
	(void)row;
	n_stored_leases++;
}

static void
the_state_holds_no_lease_that_ended(void **state)
{
	struct record_sighting more = sighting_of(SIGHTING_LEASE, 1, 3);
	struct record_sighting nak = sighting_of(SIGHTING_NAK, 1, 3);
	struct rig *rig = rig_begin();

	(void)state;
	request(rig, 1, LAMP);
	for (uint8_t i = 0; i <= LIMIT_ADDRESSES4; i++) {
		more.address.byte[3] = (uint8_t)(100 - i);
		assert_true(take(rig, &more, NOW));
	}
	n_stored_leases = 0;
	(void)state_load_leases(rig->state, count_lease, NULL);
	assert_int_equal(n_stored_leases, LIMIT_ADDRESSES4);
	/* One goes to another host. */
	more.mac = mac_of(2);
	assert_true(take(rig, &more, NOW));
	n_stored_leases = 0;
	(void)state_load_leases(rig->state, count_lease, NULL);
	assert_int_equal(n_stored_leases, LIMIT_ADDRESSES4 - 1);
	assert_true(take(rig, &nak, NOW));
	n_stored_leases = 0;
	(void)state_load_leases(rig->state, count_lease, NULL);
	assert_int_equal(n_stored_leases, 0);
	rig_end(rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_broken_records),
		cmocka_unit_test(knows_whom_to_remember),
		cmocka_unit_test(confines_whom_it_may),
		cmocka_unit_test(our_books_know_ports_too),
		cmocka_unit_test(who_is_nowhere_has_no_say),
		cmocka_unit_test(manages_only_so_many_on_a_port),
		cmocka_unit_test(a_second_url_must_be_its_makers),
		cmocka_unit_test(an_announcement_is_for_one_exchange),
		cmocka_unit_test(the_administrator_knows_better),
		cmocka_unit_test(manages_only_so_many),
		cmocka_unit_test(notes_what_was_refused),
		cmocka_unit_test(leases_end),
		cmocka_unit_test(a_lease_is_of_the_lan),
		cmocka_unit_test(releases_what_it_has),
		cmocka_unit_test(comes_back_as_it_was),
		cmocka_unit_test(the_configuration_holds_after_a_restart),
		cmocka_unit_test(loads_only_so_many),
		cmocka_unit_test(the_state_holds_no_lease_that_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
