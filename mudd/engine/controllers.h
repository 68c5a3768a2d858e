/*
 * What a class means here today: controller and my-controller by the
 * configuration, DNS and NTP by default the gateway, manufacturer,
 * same-manufacturer and model by the Things that are present
 * (RFC 8520 s1.7, s4; M-CLS-1: a class without members matches nothing).
 */
#ifndef ENGINE_CONTROLLERS_H
#define ENGINE_CONTROLLERS_H

struct config;
struct lan;
struct sets;
struct things;

struct controllers {
	const struct config *config;
	const struct lan *lan;
	struct sets *sets;
	struct things *things;
};

/* Works out the members of every class that some policy names, anew. */
void controllers_refresh(const struct controllers *controllers);

#endif
