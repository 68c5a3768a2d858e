/*
 * What a class means here today: controller and my-controller by the
 * configuration, DNS and NTP by default the gateway, manufacturer,
 * same-manufacturer and model by the Things that are present
 * (RFC 8520 s1.7, s4; M-CLS-1: a class without members matches nothing).
 *
 * A Thing is a member with the addresses that it has now, of both families,
 * while it lives by the accepted file of a MUD URL: of the class of its
 * authority, and of its own as a model (S-43).  What has said its MUD URL
 * itself and what somebody vouched for are never in one class (S-40,
 * strength.h); of the former there are none where weak-classes = no.  Who has
 * departed, is in quarantine or is denied, is a member of nothing, be it that
 * the configuration names its MAC or its address.  There are at most
 * LIMIT_MEMBERS addresses in all classes; who comes later is left out, and the
 * log says so.
 */
#ifndef ENGINE_CONTROLLERS_H
#define ENGINE_CONTROLLERS_H

#include <stddef.h>
#include <stdint.h>

struct config;
struct lan;
struct sets;
struct things;

struct controllers {
	const struct config *config;
	const struct lan *lan;
	struct sets *sets;
	struct things *things;
	uint32_t round;      /* of controllers_refresh */
	size_t members_lost; /* as things.h counts them, in that round */
};

/*
 * Works out the members of the classes that some policy names, where Things
 * that have been touched, the gateway's addresses, or the policies may have
 * changed them.  Called before the kernel is told what has been touched, and
 * before the LAN's own marks of what has changed are cleared.
 */
void controllers_refresh(struct controllers *controllers);

#endif
