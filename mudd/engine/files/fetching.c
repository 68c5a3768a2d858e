/*
 * What every fetcher is told first.  Role: engine.
 */
#include "engine/files/fetching.h"

#include <fcntl.h>
#include <string.h>

#include "core/log.h"
#include "engine/config.h"
#include "engine/files/materials.h"
#include "engine/lan.h"

static void
forbid(struct job *job, struct prefix prefix, bool is_own)
{
	struct record_forbid forbid = { .is_own = is_own, .prefix = prefix };

	job_send(job, RECORD_FETCH_FORBID, &forbid, NULL, 0);
}

/* What is not known is closed: then allow-prefixes is all there is. */
static void
forbid_all(struct job *job)
{
	static const struct prefix all[] = { { { .family = 4 }, 0 },
		{ { .family = 6 }, 0 } };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		forbid(job, all[i], false);
}

/* The gateway's addresses, its networks, and what is routed to it (S-22). */
static void
forbid_own(const struct lan *lan, struct job *job)
{
	bool is_known = !lan->is_partial;

	for (size_t i = 0; i < lan->n_addresses; i++) {
		const struct lan_address *at = &lan->addresses[i];

		forbid(job, prefix_of(&at->addr, 128), true);
		forbid(job, prefix_of(&at->addr, at->len), false);
	}
	for (size_t i = 0; i < lan->n_networks; i++) {
		const struct record_network *at = &lan->networks[i].network;

		if (!lan_is_closed(lan, at))
			continue;
		if (at->prefix.addr.family == 0)
			is_known = false;
		else
			forbid(job, at->prefix, at->is_own != 0);
	}
	if (!is_known)
		forbid_all(job);
}

void
fetching_introduce(const struct fetching *fetching, struct job *job)
{
	const struct config *config = fetching->config;
	struct record_roots roots = {
		.size = fetching->materials->roots.size,
	};
	int fd = fcntl(fetching->materials->roots.fd, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		log_fatal("cannot hand out the TLS roots");
	job_send(job, RECORD_FETCH_ROOTS, &roots, &fd, 1);
	for (size_t i = 0; i < config->n_allow_prefixes; i++) {
		struct record_allow allow = {
			.prefix = config->allow_prefixes[i],
		};

		job_send(job, RECORD_FETCH_ALLOW, &allow, NULL, 0);
	}
	for (size_t i = 0; i < config->n_allow_ports; i++) {
		struct record_allow allow = {
			.port = config->allow_ports[i],
		};

		job_send(job, RECORD_FETCH_ALLOW, &allow, NULL, 0);
	}
	for (size_t i = 0; i < config->n_nat64_prefixes; i++) {
		struct record_prefix nat64 = {
			.prefix = config->nat64_prefixes[i],
		};

		job_send(job, RECORD_FETCH_NAT64, &nat64, NULL, 0);
	}
	forbid_own(fetching->lan, job);
}
