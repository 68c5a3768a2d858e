/*
 * What an administrator says of one device, besides its MUD URL and its mode:
 * what it is called, and that it is asked itself again.
 */
#ifndef ENGINE_ADMIN_H
#define ENGINE_ADMIN_H

struct sightings;
struct thing;

/*
 * Its name from now on; "": none.  0 once that is durable; else it keeps the
 * name that it has: -EINVAL: no name, or one that means a MAC or an IP address;
 * -EPERM: mudd.conf names it; -EEXIST: another is called that; -ENOSPC:
 * LIMIT_NAMED devices without a MUD URL have names; -EIO.
 */
int admin_rename(
    const struct sightings *sightings, struct thing *thing, const char *name);

/*
 * The MUD URL that announce_assign gave it is taken back: what it announces
 * next counts, whatever that is.  It stays managed, and keeps the URL, until it
 * announces one (S-45).  0 once that is durable; -ENOENT: no administrator gave
 * it one by mudctl; -EIO: it holds, but is not durable.
 */
int admin_unassign(const struct sightings *sightings, struct thing *thing);

/* The same for one whose section mudd.conf has no more; the state knows it
 * once it is stored. */
void admin_leave(const struct sightings *sightings, struct thing *thing);

#endif
