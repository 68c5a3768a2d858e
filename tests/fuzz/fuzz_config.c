/*
 * mudd.conf from hostile bytes, though it is root's: a slip must end in an
 * error, never in a crash or in a value out of bounds.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/config.h"
#include "libmud/fault.h"
#include "libmud/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct config *config)
{
	if (config->n_lan < 1 || config->n_lan > CONFIG_LANS ||
	    config->mode > CONFIG_MONITOR ||
	    config->unknown_devices >= CONFIG_UNKNOWNS ||
	    config->bridge_path >= CONFIG_BRIDGES || config->max_devices < 1 ||
	    config->max_devices > LIMIT_THINGS_MAX || config->mark_mask == 0 ||
	    config->n_allow_ports < 1 || config->n_allow_ports > CONFIG_PORTS ||
	    config->timeout_sec < 1 || config->timeout_sec > LIMIT_FETCH_SEC ||
	    config->max_size < 1 || config->max_size > LIMIT_FILE ||
	    config->trust_anchors[0] != '/')
		abort();
	for (size_t i = 0; i < config->n_local_networks; i++)
		if (!prefix_is_sound(&config->local_networks[i]))
			abort();
	for (size_t i = 0; i < config->n_classes; i++)
		for (size_t j = 0; j < config->classes[i].n_hosts; j++)
			if (!addr_is_host(&config->classes[i].hosts[j].addr) &&
			    !mac_is_host(&config->classes[i].hosts[j].mac))
				abort();
	for (size_t i = 0; i < config->n_devices; i++) {
		struct url url;
		struct fault why;

		if (!mac_is_host(&config->devices[i].mac) ||
		    config->devices[i].mode >= CONFIG_MODES ||
		    strchr(config->devices[i].mud_file, '/') != NULL)
			abort();
		if (config->devices[i].mud_url[0] != '\0' &&
		    !url_parse(config->devices[i].mud_url, &url, &why))
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *stream = tmpfile();
	struct config *config;
	char why[200];

	if (stream == NULL || fwrite(data, 1, size, stream) != size)
		abort();
	rewind(stream);
	config = config_read(stream, "fuzz", why, sizeof(why));
	(void)fclose(stream);
	if (config != NULL)
		check(config);
	else if (strncmp(why, "fuzz:", 5) != 0)
		abort();
	for (const char *c = why; *c != '\0'; c++)
		if (*c < 0x20 || *c > 0x7e)
			abort();
	config_free(config);
	return 0;
}
