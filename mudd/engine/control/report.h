/*
 * What the engine knows, as the JSON of the control protocol
 * (docs/org.mudd.Manager.varlink).  Reads, changes nothing.
 */
#ifndef ENGINE_REPORT_H
#define ENGINE_REPORT_H

#include <stdint.h>

#include <jansson.h>

struct engine;
struct thing;
struct thing_certificate;

/* The caller owns what it gets. */
json_t *report_status(struct engine *engine);
json_t *report_devices(struct engine *engine);
json_t *report_device(struct engine *engine, const struct thing *thing);
/* "enforced", "pending": what state a device is in. */
const char *report_state(
    const struct engine *engine, const struct thing *thing);
/* {"digest": hex} */
json_t *report_digest(const uint8_t digest[32]);

/* What a Thing's certificate says, as member "certificate"; NULL: nothing. */
void report_certificate(
    json_t *object, const struct thing_certificate *certificate);

#endif
