/*
 * What every fetcher is told before its first job: TLS roots, what the
 * configuration opens besides, and the gateway's own addresses, which nobody
 * may be led to (S-22).
 */
#ifndef ENGINE_FETCHING_H
#define ENGINE_FETCHING_H

#include "engine/files/jobs.h"

struct config;
struct lan;
struct materials;

struct fetching {
	const struct config *config;
	const struct lan *lan;
	const struct materials *materials;
};

void fetching_introduce(const struct fetching *fetching, struct job *job);

#endif
