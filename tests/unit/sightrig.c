/*
 * The stand for sightings.
 */
#include "tests/unit/sightrig.h"

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

#include "libmud/mem.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const char config_text[] = "lan = {\"br0\"}\n"
				  "max-devices = 300\n"
				  "device \"02:00:00:00:00:07\" {\n"
				  "  name = \"hall\"\n"
				  "  mud-url = \"" CAM "\"\n"
				  "}\n";

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
	sightings_begin(&rig->sightings);
}

static void
engine_end(struct rig *rig)
{
	sightings_end(&rig->sightings);
	manager_free(rig->manager);
	things_free(rig->things);
	state_close(rig->state);
}

struct rig *
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

void
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
void
rig_restart(struct rig *rig, int64_t now)
{
	engine_end(rig);
	engine_begin(rig);
	sightings_load(&rig->sightings, now);
}

struct mac
rig_mac(unsigned int n)
{
	return (struct mac){ { 0x02, 0, 0, 0, 0, (uint8_t)n } };
}

struct thing *
rig_find(struct rig *rig, unsigned int n)
{
	struct mac mac = rig_mac(n);

	return things_find(rig->things, &mac);
}

struct record_sighting
rig_sighting(enum sighting_kind kind, unsigned int mac, uint32_t port)
{
	const uint8_t byte[4] = { 192, 168, 77, (uint8_t)(mac + 10) };

	return (struct record_sighting){
		.kind = (uint8_t)kind,
		.mac = rig_mac(mac),
		.ifindex = port,
		.lease_sec = 3600,
		.address = addr_v4(byte),
	};
}

bool
rig_take(struct rig *rig, const struct record_sighting *sighting, int64_t now)
{
	const bool good = sightings_take(&rig->sightings, sighting, now);

	(void)storing_tick(rig->sightings.storing, now);
	return good;
}

void
rig_request(struct rig *rig, unsigned int mac, const char *url)
{
	struct record_sighting sighting =
	    rig_sighting(SIGHTING_REQUEST, mac, 3);

	text_copy(sighting.url, sizeof(sighting.url), url);
	assert_true(rig_take(rig, &sighting, NOW));
}

void
rig_lease(struct rig *rig, unsigned int mac, uint32_t seconds)
{
	struct record_sighting sighting = rig_sighting(SIGHTING_LEASE, mac, 3);

	sighting.lease_sec = seconds;
	assert_true(rig_take(rig, &sighting, NOW));
}
bool
rig_wants(struct rig *rig, const char *url)
{
	LIST_EACH(at, manager_all(rig->manager))
	if (strcmp(LIST_ENTRY(at, struct mudurl, link)->url.text, url) == 0)
		return true;
	return false;
}
