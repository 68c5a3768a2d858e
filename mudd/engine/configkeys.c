/*
 * The keys of mudd.conf and what may stand at each.  Role: engine, before its
 * sandbox closes.  Input: root's file, trusted but for slips.
 *
 * Each value is judged as it is read, so that an error knows its line.
 */
#include "engine/configkeys.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/mark.h"
#include "engine/config.h"
#include "libmud/fault.h"
#include "libmud/mem.h"
#include "libmud/url.h"

/* ---- words and numbers ------------------------------------------------- */

/* In the order of enum config_mode, enum config_unknown, ... */
static const char *const device_modes[] = { "enforce", "monitor", "quarantine",
	"deny", NULL };
static const char *const gateway_modes[] = { "enforce", "monitor", NULL };
static const char *const unknown_words[] = { "allow", "quarantine", "deny",
	NULL };
static const char *const bridge_words[] = { "auto", "netfilter", "stateless",
	NULL };
static const char *const ownership_words[] = { "off", "auto", NULL };
static const char *const sandbox_words[] = { "best-effort", "require", NULL };
static const char *const time_words[] = { "wait", NULL };

/* A key whose value is a word stands for the word's place in its list. */
static const struct {
	const char *key;
	const char *section;
	const char *const *words;
} word_keys[] = {
	{ "mode", "root", gateway_modes },
	{ "mode", "device", device_modes },
	{ "unknown-devices", "root", unknown_words },
	{ "bridge-path", "root", bridge_words },
	{ "table-ownership", "root", ownership_words },
	{ "sandbox", "root", sandbox_words },
	{ "time-policy", "root", time_words },
};

static int
parse_word(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	const char *const *words = NULL;
	char list[128] = "";
	size_t used = 0;

	for (size_t i = 0; i < sizeof(word_keys) / sizeof(word_keys[0]); i++)
		if (strcmp(word_keys[i].key, opt->name) == 0 &&
		    strcmp(word_keys[i].section, cfg->name) == 0)
			words = word_keys[i].words;
	for (long n = 0; words != NULL && words[n] != NULL; n++) {
		if (strcmp(words[n], value) == 0) {
			*(long *)result = n;
			return 0;
		}
		if (used < sizeof(list))
			used +=
			    (size_t)snprintf(list + used, sizeof(list) - used,
				"%s%s", n == 0 ? "" : ", ", words[n]);
	}
	cfg_error(cfg, "%s is one of %s, not '%s'", opt->name, list, value);
	return -1;
}

static const struct {
	const char *key;
	unsigned long low, high;
} number_keys[] = {
	{ "max-devices", 1, LIMIT_THINGS_MAX },
	{ "max-devices-per-port", 1, LIMIT_THINGS_MAX },
	{ "conntrack-mark-mask", 1, UINT32_MAX },
	{ "timeout", 1, LIMIT_FETCH_SEC },
	{ "max-size", 1, LIMIT_FILE },
	{ "allow-ports", 1, UINT16_MAX },
};

static int
parse_number(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	unsigned long long n;
	char *end;

	errno = 0;
	n = strtoull(value, &end, 0);
	for (size_t i = 0; i < sizeof(number_keys) / sizeof(number_keys[0]);
	     i++) {
		if (strcmp(number_keys[i].key, opt->name) != 0)
			continue;
		if (value[0] >= '0' && value[0] <= '9' && *end == '\0' &&
		    errno == 0 && n >= number_keys[i].low &&
		    n <= number_keys[i].high) {
			/* On 32 bits a mask wraps here, and back later. */
			*(long *)result = (long)n;
			return 0;
		}
		cfg_error(cfg, "%s is a number from %lu to %lu, not '%s'",
		    opt->name, number_keys[i].low, number_keys[i].high, value);
	}
	return -1;
}

/* ---- addresses --------------------------------------------------------- */

static int
parse_prefix(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	struct prefix prefix, *kept;

	if (!prefix_parse(value, &prefix)) {
		cfg_error(cfg, "%s: '%s' is not a network such as 192.0.2.0/24",
		    opt->name, value);
		return -1;
	}
	kept = xcalloc(1, sizeof(*kept));
	*kept = prefix;
	*(void **)result = kept;
	return 0;
}

static int
parse_mac(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	struct mac mac, *kept;

	if (!mac_parse(value, &mac) || !mac_is_host(&mac)) {
		cfg_error(cfg, "%s: '%s' is not a host's MAC address",
		    opt->name, value);
		return -1;
	}
	kept = xcalloc(1, sizeof(*kept));
	*kept = mac;
	*(void **)result = kept;
	return 0;
}

static int
parse_host(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	struct config_host host = { 0 }, *kept;

	if ((!addr_parse(value, &host.addr) || !addr_is_host(&host.addr)) &&
	    (!mac_parse(value, &host.mac) || !mac_is_host(&host.mac))) {
		cfg_error(cfg, "%s: '%s' is not a host's IP or MAC address",
		    opt->name, value);
		return -1;
	}
	kept = xcalloc(1, sizeof(*kept));
	*kept = host;
	*(void **)result = kept;
	return 0;
}

/* ---- judges: 0 is good ------------------------------------------------- */

static int
judge_count(cfg_t *cfg, cfg_opt_t *opt, unsigned int most)
{
	if (cfg_opt_size(opt) <= most)
		return 0;
	cfg_error(cfg, "%s: more than %u", opt->name, most);
	return -1;
}

static int
judge_prefixes(cfg_t *cfg, cfg_opt_t *opt)
{
	return judge_count(cfg, opt, CONFIG_PREFIXES);
}

static int
judge_each(cfg_t *cfg, cfg_opt_t *opt, bool (*fits)(const struct prefix *),
    const char *what)
{
	for (unsigned int i = 0; i < cfg_opt_size(opt); i++) {
		const struct prefix *prefix = cfg_opt_getnptr(opt, i);
		char text[PREFIX_TEXT];

		if (prefix == NULL || fits(prefix))
			continue;
		cfg_error(cfg, "%s: %s is no %s", opt->name,
		    prefix_text(prefix, text), what);
		return -1;
	}
	return judge_prefixes(cfg, opt);
}

/* S-44: not the whole world, nor what many hear at once. */
static int
judge_locals(cfg_t *cfg, cfg_opt_t *opt)
{
	return judge_each(cfg, opt, prefix_is_unicast, "local network");
}

static int
judge_nat64(cfg_t *cfg, cfg_opt_t *opt)
{
	return judge_each(
	    cfg, opt, prefix_is_nat64, "NAT64 prefix (RFC 6052 s2.2)");
}

static int
judge_servers(cfg_t *cfg, cfg_opt_t *opt)
{
	return judge_count(cfg, opt, CONFIG_SERVERS);
}

static int
judge_ports(cfg_t *cfg, cfg_opt_t *opt)
{
	return judge_count(cfg, opt, CONFIG_PORTS);
}

static int
judge_hosts(cfg_t *cfg, cfg_opt_t *opt)
{
	return judge_count(cfg, opt, CONFIG_HOSTS);
}

/* The enforcer takes no other (core/mark.h). */
static int
judge_mask(cfg_t *cfg, cfg_opt_t *opt)
{
	uint32_t mask = (uint32_t)cfg_opt_getnint(opt, 0);

	if (mark_mask_is_sound(mask))
		return 0;
	cfg_error(cfg, "%s: 0x%08x is not %d or more bits in a row", opt->name,
	    mask, MARK_BITS);
	return -1;
}

/* The last value of the option, the one that was read just now. */
static const char *
last_text(cfg_opt_t *opt)
{
	const char *text = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);

	return text == NULL ? "" : text;
}

static bool
is_made_of(const char *text, const char *besides)
{
	for (; *text != '\0'; text++)
		if (!((*text >= 'a' && *text <= 'z') ||
			(*text >= 'A' && *text <= 'Z') ||
			(*text >= '0' && *text <= '9') ||
			strchr(besides, *text) != NULL))
			return false;
	return true;
}

/* Names of interfaces. Called for each value, and once more for the list; only
 * lan must have one. */
static int
judge_interfaces(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *name = last_text(opt);

	if (cfg_opt_size(opt) == 0 && strcmp(opt->name, "lan") != 0)
		return 0;
	if (name[0] == '\0' || strlen(name) >= LINK_NAME || name[0] == '.' ||
	    !is_made_of(name, "._-+@")) {
		cfg_error(cfg, "%s: '%s' is not an interface's name", opt->name,
		    name);
		return -1;
	}
	for (unsigned int i = 0; i < cfg_opt_size(opt); i++)
		for (unsigned int j = 0; j < i; j++)
			if (strcmp(cfg_opt_getnstr(opt, i),
				cfg_opt_getnstr(opt, j)) == 0) {
				cfg_error(cfg, "%s: '%s' is there twice",
				    opt->name, cfg_opt_getnstr(opt, i));
				return -1;
			}
	return judge_count(cfg, opt,
	    strcmp(opt->name, "lan") == 0 ? CONFIG_LANS : LIMIT_PORTS);
}

static int
judge_path(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *path = last_text(opt);

	/* The TLS roots may be left to the system; nothing else may. */
	if (path[0] == '\0' && strcmp(opt->name, "ca-file") == 0)
		return 0;
	if (path[0] == '/' && strlen(path) < CONFIG_PATH_TEXT)
		return 0;
	cfg_error(cfg, "%s is a path from the root, not '%s'", opt->name, path);
	return -1;
}

static int
judge_name(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *name = last_text(opt);

	if (config_is_name(name))
		return 0;
	cfg_error(cfg,
	    "name: '%s' is not 1 to %d letters, digits, '.', '_', "
	    "or '-'",
	    name, LIMIT_CLIENTNAME);
	return -1;
}

static int
judge_url(cfg_t *cfg, cfg_opt_t *opt)
{
	struct url url;
	struct fault why;

	if (url_parse(last_text(opt), &url, &why))
		return 0;
	cfg_error(cfg, "%s: not a MUD URL: %s (%s)", opt->name, why.detail,
	    why.clause);
	return -1;
}

/* A name in policies/, never a way out of it. */
static int
judge_file(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *name = last_text(opt);

	if (config_is_file(name))
		return 0;
	cfg_error(
	    cfg, "mud-file: '%s' is not the name of a file in policies/", name);
	return -1;
}

/* ---- sections ---------------------------------------------------------- */

static cfg_t *
last_section(cfg_opt_t *opt)
{
	return cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
}

static int
judge_fetch(cfg_t *cfg, cfg_opt_t *opt)
{
	if (cfg_opt_size(opt) == 1)
		return 0;
	cfg_error(cfg, "a second fetch section");
	return -1;
}

/* A class is named by a URI (RFC 8520 s4.3): visible ASCII, no more. */
static int
judge_controller(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *uri = cfg_title(last_section(opt));
	bool good = uri[0] != '\0' && strlen(uri) <= LIMIT_URL &&
	            strchr(uri, ':') != NULL;

	for (const char *c = uri; *c != '\0'; c++)
		good = good && *c > 0x20 && *c <= 0x7e;
	if (!good) {
		cfg_error(cfg, "controller: '%s' is not a URI", uri);
		return -1;
	}
	return judge_count(cfg, opt, CONFIG_CLASSES);
}

static int
judge_my_controller(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *title = cfg_title(last_section(opt));
	struct url url, other;
	struct fault why;

	if (!url_parse(title, &url, &why)) {
		cfg_error(cfg, "my-controller: '%s' is not a MUD URL: %s (%s)",
		    title, why.detail, why.clause);
		return -1;
	}
	for (unsigned int i = 0; i + 1 < cfg_opt_size(opt); i++)
		if (url_parse(
			cfg_title(cfg_opt_getnsec(opt, i)), &other, &why) &&
		    strcmp(url.text, other.text) == 0) {
			cfg_error(
			    cfg, "my-controller %s is there twice", url.text);
			return -1;
		}
	return judge_count(cfg, opt, CONFIG_CLASSES);
}

/* Is the device section at i for the same MAC, or of the same name? */
static bool
devices_clash(
    cfg_opt_t *opt, unsigned int i, const struct mac *mac, const char *name)
{
	cfg_t *other = cfg_opt_getnsec(opt, i);
	const char *other_name = cfg_getstr(other, "name");
	struct mac other_mac;

	return (mac_parse(cfg_title(other), &other_mac) &&
		   mac_equal(mac, &other_mac)) ||
	       (name != NULL && other_name != NULL &&
		   strcmp(name, other_name) == 0);
}

static int
judge_device(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *section = last_section(opt);
	const char *name = cfg_getstr(section, "name");
	struct mac mac;

	if (!mac_parse(cfg_title(section), &mac) || !mac_is_host(&mac)) {
		cfg_error(cfg, "device: '%s' is not a host's MAC address",
		    cfg_title(section));
		return -1;
	}
	if (cfg_getstr(section, "mud-url") != NULL &&
	    cfg_getstr(section, "mud-file") != NULL) {
		cfg_error(cfg,
		    "device %s: mud-url and mud-file exclude each other",
		    cfg_title(section));
		return -1;
	}
	for (unsigned int i = 0; i + 1 < cfg_opt_size(opt); i++)
		if (devices_clash(opt, i, &mac, name)) {
			cfg_error(cfg,
			    "device %s: another section has its MAC or name",
			    cfg_title(section));
			return -1;
		}
	return judge_count(cfg, opt, LIMIT_THINGS);
}

static const struct {
	const char *key;
	cfg_validate_callback_t judge;
} judges[] = {
	{ "lan", judge_interfaces },
	{ "locked-ports", judge_interfaces },
	{ "dhcp-servers", judge_servers },
	{ "dhcp-relays", judge_servers },
	{ "local-networks", judge_locals },
	{ "trust-anchors", judge_path },
	{ "device-anchors", judge_path },
	{ "conntrack-mark-mask", judge_mask },
	{ "fetch", judge_fetch },
	{ "fetch|ca-file", judge_path },
	{ "fetch|allow-prefixes", judge_prefixes },
	{ "fetch|nat64-prefixes", judge_nat64 },
	{ "fetch|allow-ports", judge_ports },
	{ "controller", judge_controller },
	{ "controller|hosts", judge_hosts },
	{ "my-controller", judge_my_controller },
	{ "my-controller|hosts", judge_hosts },
	{ "device", judge_device },
	{ "device|name", judge_name },
	{ "device|mud-url", judge_url },
	{ "device|mud-file", judge_file },
};

/* ---- the keys ---------------------------------------------------------- */
#define NUMBER(key, value) CFG_INT_CB(key, value, CFGF_NONE, parse_number)
#define WORD(key, value)   CFG_INT_CB(key, value, CFGF_NONE, parse_word)
#define TITLED             (CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES)

/* clang-format off */
static cfg_opt_t fetch_keys[] = {
	CFG_STR("ca-file", "", CFGF_NONE),
	CFG_PTR_LIST_CB("allow-prefixes", "{}", CFGF_NONE, parse_prefix, free),
	CFG_PTR_LIST_CB("nat64-prefixes", "{}", CFGF_NONE, parse_prefix, free),
	CFG_INT_LIST_CB("allow-ports", "{443}", CFGF_NONE, parse_number),
	NUMBER("timeout", LIMIT_FETCH_SEC),
	NUMBER("max-size", LIMIT_FILE),
	CFG_END()
};

static cfg_opt_t class_keys[] = {
	CFG_PTR_LIST_CB("hosts", "{}", CFGF_NONE, parse_host, free),
	CFG_END()
};

/* No name, URL or file: NULL; no mode: -1. */
static cfg_opt_t device_keys[] = {
	CFG_STR("name", NULL, CFGF_NONE),
	CFG_STR("mud-url", NULL, CFGF_NONE),
	CFG_STR("mud-file", NULL, CFGF_NONE),
	WORD("mode", -1),
	CFG_END()
};

static cfg_opt_t end_keys[] = { CFG_END() };

static cfg_opt_t keys[] = {
	CFG_STR_LIST("lan", "{\"br-lan\"}", CFGF_NONE),
	CFG_STR_LIST("locked-ports", "{}", CFGF_NONE),
	WORD("mode", CONFIG_ENFORCE),
	WORD("unknown-devices", CONFIG_UNKNOWN_ALLOW),
	CFG_PTR_LIST_CB("dhcp-servers", "{}", CFGF_NONE, parse_mac, free),
	CFG_PTR_LIST_CB("dhcp-relays", "{}", CFGF_NONE, parse_mac, free),
	CFG_PTR_LIST_CB("local-networks", "{}", CFGF_NONE, parse_prefix, free),
	CFG_STR("trust-anchors", SYSCONFDIR "/trust.d", CFGF_NONE),
	CFG_STR("device-anchors", SYSCONFDIR "/device-anchors.d", CFGF_NONE),
	NUMBER("max-devices", LIMIT_THINGS),
	NUMBER("max-devices-per-port", LIMIT_PORT_THINGS),
	CFG_BOOL("accept-draft-files", cfg_false, CFGF_NONE),
	CFG_BOOL("weak-classes", cfg_true, CFGF_NONE),
	WORD("bridge-path", CONFIG_BRIDGE_AUTO),
	WORD("table-ownership", 1),
	NUMBER("conntrack-mark-mask", (long)MARK_MASK_DEFAULT),
	WORD("sandbox", 1),
	WORD("time-policy", 0),
	/* A title only where two may differ by it; fetch may stand once. */
	CFG_SEC("fetch", fetch_keys, CFGF_MULTI),
	CFG_SEC("controller", class_keys, TITLED),
	CFG_SEC("my-controller", class_keys, TITLED),
	CFG_SEC("device", device_keys, TITLED),
	CFG_SEC("end", end_keys, CFGF_MULTI),
	CFG_END()
};
/* clang-format on */

cfg_t *
configkeys_new(void)
{
	cfg_t *cfg = cfg_init(keys, CFGF_NONE);

	if (cfg == NULL)
		abort();
	for (size_t i = 0; i < sizeof(judges) / sizeof(judges[0]); i++)
		(void)cfg_set_validate_func(
		    cfg, judges[i].key, judges[i].judge);
	return cfg;
}

const char *
config_mode_name(enum config_mode mode)
{
	return device_modes[mode];
}
