/*
 * The daemon's answers as text for people.  Each takes the parameters of one
 * method's reply (docs/org.mudd.Manager.varlink); what is missing in them is
 * left out or shown as "-", never an error.
 */
#ifndef MUDCTL_SHOW_H
#define MUDCTL_SHOW_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

struct show {
	FILE *out;
	bool colour;
};

typedef void show_fn(const struct show *show, const json_t *answer);

void show_status(const struct show *show, const json_t *answer);
/* showhealth.c */
void show_health(const struct show *show, const json_t *answer);
bool show_is_degraded(const json_t *answer);

void show_devices(const struct show *show, const json_t *answer);
void show_device(const struct show *show, const json_t *answer);
/* showdrops.c */
void show_drops(const struct show *show, const json_t *answer);
/* Rows of them, as lines about one device. */
void show_denied(const struct show *show, const json_t *rows);
void show_pending(const struct show *show, const json_t *answer);
/* showfile.c */
void show_pending_file(const struct show *show, const json_t *answer);
void show_approved(const struct show *show, const json_t *answer);
void show_rejected(const struct show *show, const json_t *answer);
void show_refreshed(const struct show *show, const json_t *answer);
void show_assigned(const struct show *show, const json_t *answer);
void show_renamed(const struct show *show, const json_t *answer);
void show_forgotten(const struct show *show, const json_t *answer);
void show_certified(const struct show *show, const json_t *answer);
/* showevent.c */
void show_event(const struct show *show, const json_t *event);
/* showpolicy.c */
void show_policies(const struct show *show, const json_t *answer);
void show_policy(const struct show *show, const json_t *answer);
void show_mode(const struct show *show, const json_t *answer);
/* showtrust.c */
void show_trust(const struct show *show, const json_t *answer);
void show_trust_added(const struct show *show, const json_t *answer);
void show_trust_removed(const struct show *show, const json_t *answer);
void show_distrusted(const struct show *show, const json_t *answer);
void show_restored(const struct show *show, const json_t *answer);

void show_torn_down(const struct show *show, const json_t *answer);

#endif
