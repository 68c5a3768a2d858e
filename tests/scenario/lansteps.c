/*
 * Steps of the watcher.  Role: scenario tests.
 */
#include "tests/scenario/lansteps.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libmud/mem.h"
#include "tests/scenario/answer.h"
#include "tests/scenario/scene.h"

static bool
say(struct scene *scene, enum record_type type, const void *body)
{
	if (far_send(&scene->watcher, type, body, NULL, 0))
		return true;
	return scene_fail(scene, "there is no watcher");
}

bool
lansteps_watcher(struct scene *scene, const struct step *step)
{
	struct record_worker peer = { .program = PROGRAM_WATCHER };
	bool comes = strcmp(step->words[1], "comes") == 0;
	int fd;

	if (!comes && strcmp(step->words[1], "dies") != 0)
		return scene_fail(scene, "a watcher comes, or dies");
	far_close(&scene->watcher);
	if (!comes)
		return true;
	/* What it does not tell is not there. */
	memset(scene->devices, 0, sizeof(scene->devices));
	fd = far_open(&scene->watcher, PROGRAM_WATCHER);
	(void)far_send(&scene->mudd.far, RECORD_PEER, &peer, &fd, 1);
	return close(fd) == 0;
}

static bool
number_of(struct scene *scene, const char *text, uint32_t *number)
{
	long long n;

	if (!step_number(scene, text, UINT32_MAX, &n))
		return false;
	*number = (uint32_t)n;
	return true;
}

static bool
note_device(struct scene *scene, const struct record_link *link)
{
	uint32_t was = link->op == OP_ADD ? 0 : link->ifindex;

	for (size_t i = 0; i < SCENE_DEVICES; i++)
		if (scene->devices[i] == link->ifindex)
			scene->devices[i] = 0;
	for (size_t i = 0; was == 0 && i < SCENE_DEVICES; i++) {
		if (scene->devices[i] != 0)
			continue;
		scene->devices[i] = link->ifindex;
		return true;
	}
	return was != 0 || scene_fail(scene, "too many interfaces");
}

bool
lansteps_link(struct scene *scene, const struct step *step)
{
	struct record_link link = { .op = OP_ADD, .is_up = 1 };
	const char *master = step_value(step, "master");
	const char *mac = step_value(step, "mac");

	if (!number_of(scene, step->words[1], &link.ifindex) ||
	    (master != NULL && !number_of(scene, master, &link.master)))
		return false;
	if (mac != NULL && !mac_parse(mac, &link.mac))
		return scene_fail(scene, "%s is no MAC address", mac);
	if (strcmp(step->words[2], "gone") == 0)
		link.op = OP_DELETE;
	else
		text_copy(link.name, sizeof(link.name), step->words[2]);
	link.is_bridge = step_has(step, "bridge");
	link.is_up = !step_has(step, "down");
	return note_device(scene, &link) && say(scene, RECORD_LINK, &link);
}

bool
lansteps_gateway(struct scene *scene, const struct step *step)
{
	struct record_gateway gateway = { 0 };
	char *slash = strchr(step->words[2], '/');
	uint32_t len;

	if (slash == NULL || !number_of(scene, slash + 1, &len))
		return scene_fail(scene, "gateway NUMBER ADDRESS/LEN");
	*slash = '\0';
	if (!number_of(scene, step->words[1], &gateway.ifindex) ||
	    !addr_parse(step->words[2], &gateway.addr))
		return scene_fail(scene, "gateway NUMBER ADDRESS/LEN");
	gateway.len = (uint8_t)len;
	gateway.op = step_has(step, "gone") ? OP_DELETE : OP_ADD;
	return say(scene, RECORD_GATEWAY, &gateway);
}

bool
lansteps_network(struct scene *scene, const struct step *step)
{
	struct record_network network = {
		.op = step_has(step, "gone") ? OP_DELETE : OP_ADD,
		.is_own = step_has(step, "own"),
	};

	if (!number_of(scene, step->words[1], &network.ifindex))
		return false;
	if (strcmp(step->words[2], "many") != 0 &&
	    !prefix_parse(step->words[2], &network.prefix))
		return scene_fail(scene, "network NUMBER PREFIX");
	return say(scene, RECORD_NETWORK, &network);
}

bool
lansteps_links_end(struct scene *scene, const struct step *step)
{
	struct record_empty end = { 0 };

	(void)step;
	return say(scene, RECORD_LINKS_END, &end);
}

bool
lansteps_unreachable(struct scene *scene, const struct step *step)
{
	struct record_unreachable told = { 0 };

	if (!number_of(scene, step->words[1], &told.ifindex) ||
	    !addr_parse(step->words[2], &told.addr))
		return scene_fail(scene, "unreachable NUMBER ADDRESS");
	return say(scene, RECORD_UNREACHABLE, &told);
}

static uint8_t
kind_of(const char *word)
{
	if (strcmp(word, "request") == 0)
		return SIGHTING_REQUEST;
	if (strcmp(word, "lease") == 0)
		return SIGHTING_LEASE;
	if (strcmp(word, "spoken-for") == 0)
		return SIGHTING_REFUSED;
	if (strcmp(word, "uses") == 0 || strcmp(word, "asks") == 0)
		return SIGHTING_ADDRESS;
	return strcmp(word, "release") == 0 ? SIGHTING_RELEASE : SIGHTING_NAK;
}

static bool
carrier_of(struct scene *scene, const char *word, uint8_t *carrier)
{
	static const char *const words[CARRIERS] = {
		[CARRIER_DHCP4] = "dhcp4",
		[CARRIER_DHCP6] = "dhcp6",
		[CARRIER_LLDP] = "lldp",
		[CARRIER_ND] = "nd",
		[CARRIER_ARP] = "arp",
	};

	for (uint8_t i = 0; i < CARRIERS; i++) {
		if (strcmp(words[i], word) != 0)
			continue;
		*carrier = i;
		return true;
	}
	return scene_fail(scene, "%s is no carrier", word);
}

static bool
read_sighting(struct scene *scene, const struct step *step,
    struct record_sighting *sighting)
{
	const char *port = step_value(step, "port");
	const char *known = step_value(step, "known");
	const char *at_once = step_value(step, "now");
	const char *addr = step_value(step, "addr");
	const char *seconds = step_value(step, "for");

	if (!mac_parse(step->words[1], &sighting->mac))
		return scene_fail(
		    scene, "%s is no MAC address", step->words[1]);
	if (addr != NULL && !addr_parse(addr, &sighting->address))
		return scene_fail(scene, "%s is no address", addr);
	return (port == NULL || number_of(scene, port, &sighting->ifindex)) &&
	       (known == NULL ||
		   number_of(scene, known, &sighting->known_ifindex)) &&
	       (at_once == NULL ||
		   number_of(scene, at_once, &sighting->now_ifindex)) &&
	       (seconds == NULL ||
		   number_of(scene, seconds, &sighting->lease_sec));
}

bool
lansteps_sighting(struct scene *scene, const struct step *step)
{
	struct record_sighting sighting = {
		.kind = kind_of(step->words[0]),
		.present = step_has(step, "present"),
		.flagged = step_has(step, "flagged"),
	};
	const char *url = step_value(step, "url");
	const char *hostname = step_value(step, "hostname");
	const char *fault = step_value(step, "fault");
	const char *carrier = step_value(step, "carrier");
	enum fault_code code;

	if (!read_sighting(scene, step, &sighting))
		return false;
	if (sighting.kind == SIGHTING_ADDRESS)
		sighting.carrier =
		    sighting.address.family == 4 ? CARRIER_ARP : CARRIER_ND;
	if (strcmp(step->words[0], "asks") == 0)
		sighting.message = ADDRESS_PROBED;
	if (carrier != NULL && !carrier_of(scene, carrier, &sighting.carrier))
		return false;
	if (url != NULL)
		text_copy(sighting.url, sizeof(sighting.url), url);
	if (hostname != NULL)
		text_copy(
		    sighting.hostname, sizeof(sighting.hostname), hostname);
	if (fault != NULL) {
		if (!answer_fault(scene, fault, &code))
			return false;
		(void)fault_set(&sighting.why, code, "scenario", "refused");
	}
	return say(scene, RECORD_SIGHTING, &sighting);
}
