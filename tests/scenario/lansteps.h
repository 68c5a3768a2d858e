/*
 * Steps of the watcher: links, the gateway's addresses, sightings.
 */
#ifndef SCENARIO_LANSTEPS_H
#define SCENARIO_LANSTEPS_H

#include "tests/scenario/steps.h"

/* watcher comes | dies */
step_fn lansteps_watcher;
/* link NUMBER NAME [bridge] [master NUMBER] [mac MAC] | link NUMBER gone */
step_fn lansteps_link;
/* gateway NUMBER ADDRESS/LEN [gone] */
step_fn lansteps_gateway;
/* network NUMBER PREFIX|many [own] [gone] */
step_fn lansteps_network;
step_fn lansteps_links_end;
step_fn lansteps_unreachable;
/* request | lease | release | nak MAC port NUMBER [known NUMBER] [present]
 * [flagged] [url URL] [hostname NAME] [addr ADDRESS] [for SECONDS]
 * [fault CODE] */
step_fn lansteps_sighting;

#endif
