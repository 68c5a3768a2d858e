/*
 * A stand for sightings: all that they need of the engine, with a bridge br0,
 * its ports 3 and 4, a link 9 that is no LAN, and a state on the disk.
 *
 * A device 02:00:00:00:00:07 named "hall" is configured, with CAM.
 */
#ifndef TESTS_SIGHTRIG_H
#define TESTS_SIGHTRIG_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/config.h"
#include "engine/files/fetching.h"
#include "engine/files/jobs.h"
#include "engine/files/manager.h"
#include "engine/files/materials.h"
#include "engine/lan.h"
#include "engine/state/state.h"
#include "engine/things/newcomers.h"
#include "engine/things/sightings.h"
#include "engine/things/storing.h"
#include "engine/things/things.h"

#define NOW   1700000000
#define LAMP  "https://mud.example.com/lamp.json"
#define CAM   "https://mud.example.com/cam.json"
#define OTHER "https://mud.example.net/other.json"

struct event_base;

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

struct rig *rig_begin(void);
void rig_end(struct rig *rig);
/* The engine dies and begins again, at this time. */
void rig_restart(struct rig *rig, int64_t now);

/* 02:00:00:00:00:n, and its Thing, or NULL. */
struct mac rig_mac(unsigned int n);
struct thing *rig_find(struct rig *rig, unsigned int n);
/* Does anybody want this URL fetched? */
bool rig_wants(struct rig *rig, const char *url);

/* Of Thing n on this port; a lease of 192.168.77.(n + 10) for an hour. */
struct record_sighting rig_sighting(
    enum sighting_kind kind, unsigned int n, uint32_t port);
bool rig_take(
    struct rig *rig, const struct record_sighting *sighting, int64_t now);
/* A request with this URL, and a lease, both on port 3 at NOW. */
void rig_request(struct rig *rig, unsigned int n, const char *url);
void rig_lease(struct rig *rig, unsigned int n, uint32_t seconds);

#endif
