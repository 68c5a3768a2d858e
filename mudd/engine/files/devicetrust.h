/*
 * The device anchors, looked at once at the start: one that is broken is told,
 * since nobody would know otherwise why a device is refused.
 *
 * Readers judge by the files' bytes as they are, and leave out broken ones
 * themselves (anchors_parse_good): nothing waits for this.
 */
#ifndef ENGINE_DEVICETRUST_H
#define ENGINE_DEVICETRUST_H

struct devicetrust;
struct jobs;
struct materials;

/* Both lent. NULL: there is nothing to look at, or no reader to be had. */
struct devicetrust *devicetrust_start(
    struct jobs *jobs, const struct materials *materials);
void devicetrust_free(struct devicetrust *devicetrust); /* NULL is fine */

#endif
