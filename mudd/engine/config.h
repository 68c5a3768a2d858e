/*
 * mudd.conf: parse, judge, and keep in final types.
 *
 * The engine reads it before it closes its sandbox; `mudd -t` only judges it.
 * The file is root's and is trusted, but for slips of the pen: an unknown key
 * or section, a value out of range or of the wrong form is an error that names
 * file and line, and nothing of such a file is used.
 */
#ifndef ENGINE_CONFIG_H
#define ENGINE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/records.h"
#include "libmud/addr.h"
#include "libmud/limits.h"

/* Where it lies when nobody says otherwise. */
#define CONFIG_PATH SYSCONFDIR "/mudd.conf"

/* Bounds of the file itself; nobody writes more by hand. */
#define CONFIG_FILE_MAX  (1024 * 1024)
#define CONFIG_LANS      64
#define CONFIG_PREFIXES  LIMIT_LOCALS
#define CONFIG_SERVERS   16
#define CONFIG_PORTS     16
#define CONFIG_HOSTS     LIMIT_NAME_ADDRS
#define CONFIG_CLASSES   256
#define CONFIG_PATH_TEXT 4096
#define CONFIG_FILE_NAME 255

/* The whole gateway knows the first two, a device all four. */
enum config_mode {
	CONFIG_ENFORCE,    /* drop what the policy denies */
	CONFIG_MONITOR,    /* log and count it, drop nothing */
	CONFIG_QUARANTINE, /* live under quarantine.json, whatever it says */
	CONFIG_DENY,       /* drop everything from and to it */
	CONFIG_MODES
};

/* What becomes of a device that announces no MUD URL. */
enum config_unknown {
	CONFIG_UNKNOWN_ALLOW, /* as if mudd were not there */
	CONFIG_UNKNOWN_QUARANTINE,
	CONFIG_UNKNOWN_DENY,
	CONFIG_UNKNOWNS
};

/* How frames between two ports of one bridge are judged. */
enum config_bridge_path {
	CONFIG_BRIDGE_AUTO,      /* netfilter where the kernel has it */
	CONFIG_BRIDGE_NETFILTER, /* through br_netfilter, with state */
	CONFIG_BRIDGE_STATELESS, /* in table bridge mudd alone */
	CONFIG_BRIDGES
};

/* A member of a class: an address, or (family 0) whatever a MAC has now. */
struct config_host {
	struct addr addr;
	struct mac mac;
};

/* controller CLASS or my-controller MUD-URL { hosts = {...} } */
struct config_class {
	bool is_mine;             /* my-controller: text is a MUD URL */
	char text[LIMIT_URL + 1]; /* class URI as written, or canonical URL */
	size_t n_hosts; /* 0: the class is empty, and matches nothing */
	struct config_host *hosts;
};

/* device MAC { ... }: what the administrator knows better. */
struct config_device {
	struct mac mac;
	char name[LIMIT_CLIENTNAME + 1]; /* [A-Za-z0-9._-], unique; "": none */
	char mud_url[LIMIT_URL + 1];     /* canonical; "": as announced */
	char mud_file[CONFIG_FILE_NAME + 1]; /* a name in policies/, or "" */
	bool has_mode;                       /* else the gateway's mode */
	enum config_mode mode;
};

struct config {
	bool is_absent; /* no file at CONFIG_PATH: all that follows are
	                 * defaults */

	size_t n_lan; /* lan: 1.. interfaces behind which Things sit */
	char (*lan)[LINK_NAME];
	size_t n_locked; /* locked-ports: where nobody but Things may speak */
	char (*locked)[LINK_NAME];
	enum config_mode mode; /* mode: ENFORCE or MONITOR */
	enum config_unknown unknown_devices;
	size_t n_local_networks; /* local-networks: besides the connected */
	struct prefix *local_networks;
	size_t n_dhcp_servers; /* dhcp-servers: besides the gateway */
	struct mac *dhcp_servers;
	size_t n_dhcp_relays; /* dhcp-relays: whose word for others counts */
	struct mac *dhcp_relays;
	char *trust_anchors;  /* trust-anchors: a directory of PEM files,
	                       * an absolute path */
	char *device_anchors; /* device-anchors: likewise, for devices'
	                       * certificates */
	uint32_t max_devices; /* max-devices: managed Things at most */
	uint32_t max_devices_per_port; /* max-devices-per-port: of these */
	bool accept_draft_files; /* accept-draft-files: without approval */
	bool weak_classes; /* weak-classes: may Things known by DHCP or LLDP
	                    * alone be members of one another's classes? */
	enum config_bridge_path bridge_path;
	bool own_table; /* table-ownership: auto is true, off is false; tables
	                 * with flags owner|persist where the kernel can */
	uint32_t mark_mask; /* conntrack-mark-mask: mark bits that are ours */
	bool need_sandbox;  /* sandbox: require is true */
	/* time-policy has one value, "wait": while the clock is not set, new
	 * files wait. */

	char *ca_file;           /* fetch ca-file; "": the system's roots */
	size_t n_allow_prefixes; /* fetch allow-prefixes: beyond S-22 */
	struct prefix *allow_prefixes;
	size_t n_nat64_prefixes; /* fetch nat64-prefixes: RFC 6052's lengths */
	struct prefix *nat64_prefixes;
	size_t n_allow_ports; /* fetch allow-ports: 1.. */
	uint16_t allow_ports[CONFIG_PORTS];
	uint32_t timeout_sec; /* fetch timeout: 1..LIMIT_FETCH_SEC, one file */
	uint32_t max_size;    /* fetch max-size: 1..LIMIT_FILE bytes */

	size_t n_classes;
	struct config_class *classes;
	size_t n_devices;
	struct config_device *devices; /* each MAC once */
};

/*
 * Reads the file.  A file that is missing at CONFIG_PATH is an empty one, as
 * with dnsmasq: every key has a default.  At any other path it is an error.
 * The caller frees the outcome with config_free.  NULL on failure: `why` then
 * holds one line, "FILE:LINE: what is wrong", printable ASCII, cut to size.
 */
struct config *config_load(const char *path, char *why, size_t size);

/* The same over an open stream, which stays the caller's; name is what errors
 * call it. */
struct config *config_read(
    FILE *stream, const char *name, char *why, size_t size);

void config_free(struct config *config); /* NULL is fine */

/* The words of interfaces: "enforce", "monitor", "quarantine", "deny". */
const char *config_mode_name(enum config_mode mode);

/* What a device may be called, and a file of policies/: never a way out of
 * it. */
bool config_is_name(const char *text);
bool config_is_file(const char *text);

/* The device section of a MAC, lent, or NULL. */
const struct config_device *config_find_device(
    const struct config *config, const struct mac *mac);

/* Is it, by its MAC, a member of a class? */
bool config_names_host(const struct config *config, const struct mac *mac);

#endif
