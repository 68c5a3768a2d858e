/*
 * mudd.conf.  Role: engine, before its sandbox closes.  Input: root's file,
 * trusted but for slips.
 *
 * libconfuse splits the text, configkeys.c judges each value, and here they
 * are copied into their final types; libconfuse's tree is then freed.
 */
#include "engine/config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "engine/configkeys.h"
#include "libmud/fault.h"
#include "libmud/mem.h"
#include "libmud/url.h"

/*
 * Where libconfuse's error function writes.  It is handed no argument of
 * ours, so this stands in for one while config_read runs.
 */
static struct {
	const char *name; /* of the file; libconfuse says "[buf]" */
	int last_line;    /* of the file, without what we append */
	char *text;
	size_t size;
} sink;

/* The first error is the one that counts; what follows is its echo. */
static void on_error(cfg_t *cfg, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));

static void
on_error(cfg_t *cfg, const char *fmt, va_list args)
{
	bool is_past = cfg->line > sink.last_line;
	int head;

	if (sink.size == 0 || sink.text[0] != '\0')
		return;
	head = snprintf(sink.text, sink.size, "%s:%d: %s", sink.name,
	    is_past ? sink.last_line : cfg->line,
	    is_past ? "the file ends within a setting or section" : "");
	if (!is_past && head > 0 && (size_t)head < sink.size)
		(void)vsnprintf(
		    sink.text + head, sink.size - (size_t)head, fmt, args);
	for (char *c = sink.text; *c != '\0'; c++)
		if (*c < 0x20 || *c > 0x7e)
			*c = '?';
}

/* libconfuse hands out pointers to the values that parse_prefix made. */
static struct prefix *
copy_prefixes(cfg_t *cfg, const char *key, size_t *n)
{
	unsigned int count = cfg_size(cfg, key);
	struct prefix *out = xcalloc(count + 1, sizeof(*out));

	for (unsigned int i = 0; i < count; i++)
		out[i] = *(const struct prefix *)cfg_getnptr(cfg, key, i);
	*n = count;
	return out;
}

static char (*copy_names(cfg_t *cfg, const char *key, size_t *n))[LINK_NAME]
{
	unsigned int count = cfg_size(cfg, key);
	char(*out)[LINK_NAME] = xcalloc(count + 1, sizeof(*out));

	for (unsigned int i = 0; i < count; i++)
		text_copy(out[i], LINK_NAME, cfg_getnstr(cfg, key, i));
	*n = count;
	return out;
}

static struct mac *
copy_macs(cfg_t *cfg, const char *key, size_t *n)
{
	struct mac *out;

	*n = cfg_size(cfg, key);
	out = xcalloc(*n + 1, sizeof(*out));
	for (unsigned int i = 0; i < *n; i++)
		out[i] = *(const struct mac *)cfg_getnptr(cfg, key, i);
	return out;
}

static void
copy_globals(struct config *config, cfg_t *cfg)
{
	config->lan = copy_names(cfg, "lan", &config->n_lan);
	config->locked = copy_names(cfg, "locked-ports", &config->n_locked);
	config->mode = (enum config_mode)cfg_getint(cfg, "mode");
	config->unknown_devices =
	    (enum config_unknown)cfg_getint(cfg, "unknown-devices");
	config->local_networks =
	    copy_prefixes(cfg, "local-networks", &config->n_local_networks);
	config->dhcp_servers =
	    copy_macs(cfg, "dhcp-servers", &config->n_dhcp_servers);
	config->dhcp_relays =
	    copy_macs(cfg, "dhcp-relays", &config->n_dhcp_relays);
	config->trust_anchors = xstrdup(cfg_getstr(cfg, "trust-anchors"));
	config->device_anchors = xstrdup(cfg_getstr(cfg, "device-anchors"));
	config->max_devices = (uint32_t)cfg_getint(cfg, "max-devices");
	config->max_devices_per_port =
	    (uint32_t)cfg_getint(cfg, "max-devices-per-port");
	config->accept_draft_files =
	    cfg_getbool(cfg, "accept-draft-files") == cfg_true;
	config->weak_classes = cfg_getbool(cfg, "weak-classes") == cfg_true;
	config->bridge_path =
	    (enum config_bridge_path)cfg_getint(cfg, "bridge-path");
	config->own_table = cfg_getint(cfg, "table-ownership") == 1;
	config->mark_mask = (uint32_t)cfg_getint(cfg, "conntrack-mark-mask");
	config->need_sandbox = cfg_getint(cfg, "sandbox") == 1;
}

static void
copy_fetch(struct config *config, cfg_t *fetch)
{
	config->ca_file = xstrdup(cfg_getstr(fetch, "ca-file"));
	config->allow_prefixes =
	    copy_prefixes(fetch, "allow-prefixes", &config->n_allow_prefixes);
	config->nat64_prefixes =
	    copy_prefixes(fetch, "nat64-prefixes", &config->n_nat64_prefixes);
	config->n_allow_ports = cfg_size(fetch, "allow-ports");
	for (unsigned int i = 0; i < config->n_allow_ports; i++)
		config->allow_ports[i] =
		    (uint16_t)cfg_getnint(fetch, "allow-ports", i);
	config->timeout_sec = (uint32_t)cfg_getint(fetch, "timeout");
	config->max_size = (uint32_t)cfg_getint(fetch, "max-size");
}

static void
copy_classes(struct config *config, cfg_t *cfg, const char *key, bool is_mine)
{
	for (unsigned int i = 0; i < cfg_size(cfg, key); i++) {
		struct config_class *class =
		    &config->classes[config->n_classes++];
		cfg_t *section = cfg_getnsec(cfg, key, i);
		struct url url;
		struct fault why;

		class->is_mine = is_mine;
		text_copy(class->text, sizeof(class->text), cfg_title(section));
		if (is_mine && url_parse(cfg_title(section), &url, &why))
			text_copy(class->text, sizeof(class->text), url.text);
		class->n_hosts = cfg_size(section, "hosts");
		class->hosts =
		    xcalloc(class->n_hosts + 1, sizeof(*class->hosts));
		for (unsigned int j = 0; j < class->n_hosts; j++)
			class->hosts[j] =
			    *(const struct config_host *)cfg_getnptr(
				section, "hosts", j);
	}
}

static void
copy_device(struct config_device *device, cfg_t *section)
{
	const char *name = cfg_getstr(section, "name");
	const char *mud_url = cfg_getstr(section, "mud-url");
	const char *mud_file = cfg_getstr(section, "mud-file");
	long mode = cfg_getint(section, "mode");
	struct url url;
	struct fault why;

	(void)mac_parse(cfg_title(section), &device->mac);
	if (name != NULL)
		text_copy(device->name, sizeof(device->name), name);
	if (mud_url != NULL && url_parse(mud_url, &url, &why))
		text_copy(device->mud_url, sizeof(device->mud_url), url.text);
	if (mud_file != NULL)
		text_copy(device->mud_file, sizeof(device->mud_file), mud_file);
	device->has_mode = mode >= 0;
	if (device->has_mode)
		device->mode = (enum config_mode)mode;
}

static struct config *
copy_all(cfg_t *cfg)
{
	struct config *config = xcalloc(1, sizeof(*config));
	size_t classes =
	    cfg_size(cfg, "controller") + cfg_size(cfg, "my-controller");

	copy_globals(config, cfg);
	copy_fetch(config, cfg_getnsec(cfg, "fetch", 0));
	config->classes = xcalloc(classes + 1, sizeof(*config->classes));
	copy_classes(config, cfg, "controller", false);
	copy_classes(config, cfg, "my-controller", true);
	config->n_devices = cfg_size(cfg, "device");
	config->devices =
	    xcalloc(config->n_devices + 1, sizeof(*config->devices));
	for (unsigned int i = 0; i < config->n_devices; i++)
		copy_device(&config->devices[i], cfg_getnsec(cfg, "device", i));
	return config;
}

/* ---- reading ----------------------------------------------------------- */

/* The line where a key is first set; libconfuse forgets it. */
static int
line_of(const char *text, const char *key)
{
	size_t len = strlen(key);
	int line = 1;

	for (const char *at = text; at != NULL; line++) {
		at += strspn(at, " \t");
		if (strncmp(at, key, len) == 0 &&
		    strchr(" \t=+", at[len]) != NULL)
			return line;
		at = strchr(at, '\n');
		if (at != NULL)
			at++;
	}
	return 1;
}

/* Lists that must not be empty, which libconfuse asks no judge about. */
static bool
lists_are_filled(cfg_t *cfg, const char *text)
{
	const char *empty = NULL;

	if (cfg_size(cfg, "lan") == 0)
		empty = "lan";
	else if (cfg_size(cfg_getnsec(cfg, "fetch", 0), "allow-ports") == 0)
		empty = "allow-ports";
	if (empty == NULL)
		return true;
	cfg->line = line_of(text, empty);
	cfg_error(cfg, "%s is empty", empty);
	return false;
}

/* The whole stream as text that the caller frees, or NULL. */
static char *
read_text(FILE *stream, cfg_t *cfg)
{
	char *text = xcalloc(1, CONFIG_FILE_MAX + sizeof("\n" CONFIGKEYS_END));
	size_t len = fread(text, 1, CONFIG_FILE_MAX + 1, stream);

	if (ferror(stream) != 0)
		cfg_error(cfg, "%s", strerror(errno));
	else if (len > CONFIG_FILE_MAX)
		cfg_error(
		    cfg, "the file is longer than %d bytes", CONFIG_FILE_MAX);
	else if (memchr(text, '\0', len) != NULL)
		cfg_error(cfg, "a NUL byte");
	else
		return text;
	free(text);
	return NULL;
}

/*
 * libconfuse takes the end of the file for the end of any section.  So a last
 * section of ours follows the text: if it does not arrive at the top, the
 * file has ended too early.
 */
static bool
parse_text(cfg_t *cfg, char *text)
{
	size_t len = strlen(text);
	int lines = 1;

	for (size_t i = 0; i + 1 < len; i++)
		if (text[i] == '\n')
			lines++;
	sink.last_line = lines;
	memcpy(text + len, "\n" CONFIGKEYS_END, sizeof("\n" CONFIGKEYS_END));
	if (cfg_parse_buf(cfg, text) != CFG_SUCCESS)
		return false;
	if (cfg_size(cfg, "end") != 1) {
		cfg->line = lines + 1;
		cfg_error(cfg, "end");
		return false;
	}
	if (cfg_size(cfg, "fetch") == 0 &&
	    cfg_parse_buf(cfg, "fetch {}") != CFG_SUCCESS)
		return false;
	return lists_are_filled(cfg, text);
}

struct config *
config_read(FILE *stream, const char *name, char *why, size_t size)
{
	cfg_t *cfg = configkeys_new();
	struct config *config = NULL;
	char *text;

	why[0] = '\0';
	sink.name = name;
	sink.last_line = 1;
	sink.text = why;
	sink.size = size;
	(void)cfg_set_error_function(cfg, on_error);
	cfg->line = 1;
	text = read_text(stream, cfg);
	if (text != NULL && parse_text(cfg, text))
		config = copy_all(cfg);
	else if (why[0] == '\0')
		cfg_error(cfg, "not understood");
	free(text);
	(void)cfg_free(cfg);
	memset(&sink, 0, sizeof(sink));
	return config;
}

struct config *
config_load(const char *path, char *why, size_t size)
{
	FILE *stream = fopen(path, "re");
	struct config *config;
	bool is_absent = false;

	if (stream == NULL && errno == ENOENT &&
	    strcmp(path, CONFIG_PATH) == 0) {
		stream = fopen("/dev/null", "re");
		is_absent = true;
	}
	if (stream == NULL) {
		(void)snprintf(why, size, "%s: %s", path, strerror(errno));
		return NULL;
	}
	config = config_read(stream, path, why, size);
	(void)fclose(stream);
	if (config != NULL)
		config->is_absent = is_absent;
	return config;
}

void
config_free(struct config *config)
{
	if (config == NULL)
		return;
	for (size_t i = 0; i < config->n_classes; i++)
		free(config->classes[i].hosts);
	free(config->classes);
	free(config->devices);
	free(config->allow_prefixes);
	free(config->nat64_prefixes);
	free(config->ca_file);
	free(config->trust_anchors);
	free(config->device_anchors);
	free(config->local_networks);
	free(config->dhcp_servers);
	free(config->dhcp_relays);
	free(config->locked);
	free(config->lan);
	free(config);
}

static bool
is_word(const char *text, size_t max)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";
	const size_t len = strlen(text);

	return len > 0 && len <= max && strspn(text, letters) == len;
}

bool
config_is_name(const char *text)
{
	return is_word(text, LIMIT_CLIENTNAME);
}

bool
config_is_file(const char *text)
{
	return text[0] != '.' && is_word(text, CONFIG_FILE_NAME);
}

const struct config_device *
config_find_device(const struct config *config, const struct mac *mac)
{
	for (size_t i = 0; i < config->n_devices; i++)
		if (mac_equal(&config->devices[i].mac, mac))
			return &config->devices[i];
	return NULL;
}

bool
config_names_host(const struct config *config, const struct mac *mac)
{
	for (size_t i = 0; i < config->n_classes; i++) {
		const struct config_class *class = &config->classes[i];

		for (size_t k = 0; k < class->n_hosts; k++)
			if (class->hosts[k].addr.family == 0 &&
			    mac_equal(&class->hosts[k].mac, mac))
				return true;
	}
	return false;
}
