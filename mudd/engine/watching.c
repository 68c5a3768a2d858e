/*
 * What the watcher tells.  Role: engine.  It parses hostile bytes, so a record
 * that breaks a rule ends it.
 */
#include "engine/watching.h"

#include "core/channel.h"
#include "core/log.h"
#include "core/msg.h"
#include "core/records.h"
#include "engine/config.h"
#include "engine/engine.h"
#include "engine/things/addresses.h"
#include "engine/things/placing.h"
#include "engine/things/roaming.h"

static bool
watcher_record(void *arg, struct channel *ch, struct msg *msg)
{
	struct engine *engine = arg;
	bool good = false;

	(void)ch;
	switch ((int)msg->type) {
	case RECORD_LINK:
		placing_rename(&engine->sightings, MSG_BODY(msg, record_link));
		good = lan_link(&engine->lan, MSG_BODY(msg, record_link));
		break;
	case RECORD_GATEWAY:
		good = lan_gateway(&engine->lan, MSG_BODY(msg, record_gateway));
		break;
	case RECORD_NETWORK:
		good = lan_network(&engine->lan, MSG_BODY(msg, record_network));
		break;
	case RECORD_LINKS_END:
		lan_links_end(&engine->lan);
		good = true;
		break;
	case RECORD_SIGHTING:
		good = sightings_take(&engine->sightings,
		    MSG_BODY(msg, record_sighting), engine_now(engine));
		break;
	case RECORD_UNREACHABLE:
		good = addresses_unreachable(&engine->sightings,
		    MSG_BODY(msg, record_unreachable), engine_now(engine));
		break;
	case RECORD_DROP:
		/* Changes nothing that the modules would have to look at. */
		roaming_drop(engine->things, MSG_BODY(msg, record_drop),
		    engine_now(engine));
		return drops_take(engine->drops, MSG_BODY(msg, record_drop),
		    engine_now(engine));
	default:
		break;
	}
	engine_touch(engine);
	return good;
}

static void
watcher_gone(void *arg, struct channel *ch, const char *reason)
{
	struct engine *engine = arg;

	log_warning("the watcher has gone: %s", reason);
	channel_free(ch);
	engine->watcher = NULL;
}

static void
tell(struct channel *watcher, const struct mac *mac, bool is_relay)
{
	const struct record_server server = {
		.mac = *mac,
		.is_relay = is_relay ? 1 : 0,
	};

	channel_send(watcher, RECORD_SERVER, &server, NULL, 0);
}

/* Whose word counts, besides the gateway's own. */
static void
tell_servers(const struct config *config, struct channel *watcher)
{
	for (size_t i = 0; i < config->n_dhcp_servers; i++)
		tell(watcher, &config->dhcp_servers[i], false);
	for (size_t i = 0; i < config->n_dhcp_relays; i++)
		tell(watcher, &config->dhcp_relays[i], true);
}

void
watching_begin(struct engine *engine, int fd)
{
	channel_free(engine->watcher);
	lan_restart(&engine->lan);
	drops_restart(engine->drops);
	engine->watcher = channel_new(engine->options.base, fd, PROGRAM_ENGINE,
	    PROGRAM_WATCHER, watcher_record, watcher_gone, engine);
	tell_servers(engine->options.config, engine->watcher);
	engine_touch(engine);
}
