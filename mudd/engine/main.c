/*
 * mudd-engine: decides.  Role: engine, user _mudd, no capabilities.
 *
 * Opens all it needs (configuration, trust anchors, state, control socket),
 * then closes its sandbox behind itself; from there on it opens nothing.
 */
#include <errno.h>
#include <event2/event.h>
#include <getopt.h>
#include <grp.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/log.h"
#include "core/msg.h"
#include "core/sandbox.h"
#include "engine/config.h"
#include "engine/control/commands.h"
#include "engine/control/control.h"
#include "engine/engine.h"
#include "engine/files/materials.h"
#include "engine/files/ownfiles.h"
#include "engine/state/state.h"
#include "libmud/digest.h"
#include "libmud/fault.h"

#define STATE_PATH   STATEDIR "/state.db"
#define CONTROL_PATH RUNDIR "/mudd.sock"

struct options {
	const char *config;
	bool judge_only;
	enum log_level level;
};

static void
parse_options(int argc, char **argv, struct options *options)
{
	static const struct option names[] = {
		{ "restore", no_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	*options = (struct options){
		.config = CONFIG_PATH,
		.level = LOG_LEVEL_INFO,
	};
	while ((c = getopt_long(argc, argv, "c:dt", names, NULL)) != -1) {
		switch (c) {
		case 'c':
			options->config = optarg;
			break;
		case 'd':
			options->level = LOG_LEVEL_DEBUG;
			break;
		case 't':
			options->judge_only = true;
			break;
		case 'r': /* the stored policies are always loaded first */
			break;
		default:
			exit(2);
		}
	}
}

/* Such a device lives under pending.json. */
static void
say_what_is_not_there(
    const struct config *config, const struct materials *materials)
{
	for (size_t i = 0; i < config->n_devices; i++) {
		const struct config_device *device = &config->devices[i];
		char mac[MAC_TEXT];

		if (device->mud_file[0] != '\0' &&
		    ownfiles_find(materials, device->mud_file) == NULL)
			log_warning(
			    "%s: its mud-file is not there: policies/%s",
			    mac_text(&device->mac, mac), device->mud_file);
	}
}

static struct state *
open_state(void)
{
	enum state_opened how;
	struct state *state;
	int error = state_open(STATE_PATH, &state, &how);

	if (error < 0)
		log_fatal("%s: %s", STATE_PATH, strerror(-error));
	if (how == STATE_SET_ASIDE)
		log_error("%s was damaged: it is now %s.bad, and a new one is "
			  "begun",
		    STATE_PATH, STATE_PATH);
	return state;
}

static gid_t
group_of(const char *name)
{
	const struct group *group = getgrnam(name);

	if (group == NULL)
		log_warning("there is no group %s", name);
	return group == NULL ? (gid_t)-1 : group->gr_gid;
}

/* The wall clock as it was at the start, and the seconds since then, sleep
 * included: a clock that is set while we run moves no lease. */
static int64_t
clock_now(void *arg)
{
	const int64_t *offset = arg;
	struct timespec at;

	(void)clock_gettime(CLOCK_BOOTTIME, &at);
	return *offset + at.tv_sec;
}

int
main(int argc, char **argv)
{
	uint8_t digest[32];
	char why[512];
	struct options options;
	struct materials materials;
	struct engine_options engine_options = { 0 };
	struct commands_options commands_options = { 0 };
	struct commands *commands;
	struct config *config;
	struct engine *engine;
	struct fault fault;
	int64_t offset = 0;
	int status;

	parse_options(argc, argv, &options);
	log_init("mudd-engine", options.level);
	config = config_load(options.config, why, sizeof(why));
	if (config == NULL) {
		log_error("%s", why);
		return 1;
	}
	if (options.judge_only) {
		status = config->need_sandbox ? 0 : SANDBOX_BEST_EFFORT;
		config_free(config);
		return status;
	}
	if (!materials_load(&materials, config))
		return 1;
	say_what_is_not_there(config, &materials);
	offset = (int64_t)time(NULL) - clock_now(&offset);
	engine_options.config = config;
	engine_options.materials = &materials;
	engine_options.state = open_state();
	commands_options.readers = group_of("mudd");
	commands_options.admins = group_of("mudd-admin");
	commands_options.control_fd = control_listen(CONTROL_PATH);
	if (commands_options.control_fd < 0)
		log_fatal("%s: %s", CONTROL_PATH,
		    strerror(-commands_options.control_fd));
	engine_options.mudd_fd = MSG_CHANNEL_FD;
	engine_options.clock = clock_now;
	engine_options.clock_arg = &offset;
	engine_options.base = event_base_new();
	if (engine_options.base == NULL)
		log_fatal("cannot make an event loop");
	/* OpenSSL finds its algorithms at the first use, and must not look for
	 * a configuration: no path is opened from here on. */
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	digest_of((struct bytes){ digest, 0 }, digest);
	if (!sandbox_enter(PROGRAM_ENGINE, 0, config->need_sandbox, &fault))
		log_fatal("sandbox: %s: %s", fault.clause, fault.detail);
	engine = engine_new(&engine_options);
	commands_options.engine = engine;
	commands = commands_new(&commands_options);
	(void)event_base_dispatch(engine_options.base);
	commands_free(commands);
	engine_free(engine);
	state_close(engine_options.state);
	materials_done(&materials);
	event_base_free(engine_options.base);
	config_free(config);
	return 0;
}
