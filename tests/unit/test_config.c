/* mudd.conf: what is read, and what is refused on which line. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/config.h"

static struct config *
read_as_file(const char *text, size_t len, char *why, size_t size)
{
	char empty[] = " ";
	FILE *stream = len == 0 ? fmemopen(empty, 1, "r")
	                        : fmemopen((void *)(uintptr_t)text, len, "r");
	struct config *config;

	assert_non_null(stream);
	config = config_read(stream, "t.conf", why, size);
	(void)fclose(stream);
	return config;
}

static struct config *
good(const char *text)
{
	char why[256];
	struct config *config =
	    read_as_file(text, strlen(text), why, sizeof(why));

	if (config == NULL)
		fail_msg("%s", why);
	assert_string_equal(why, "");
	return config;
}

static void
has_defaults(void **state)
{
	struct config *config = good("");

	(void)state;
	assert_false(config->is_absent);
	assert_int_equal(config->n_lan, 1);
	assert_string_equal(config->lan[0], "br-lan");
	assert_int_equal(config->mode, CONFIG_ENFORCE);
	assert_int_equal(config->unknown_devices, CONFIG_UNKNOWN_ALLOW);
	assert_int_equal(config->n_local_networks, 0);
	assert_string_equal(config->trust_anchors, SYSCONFDIR "/trust.d");
	assert_string_equal(
	    config->device_anchors, SYSCONFDIR "/device-anchors.d");
	assert_int_equal(config->max_devices, 4096);
	assert_int_equal(config->max_devices_per_port, 256);
	assert_false(config->accept_draft_files);
	assert_true(config->weak_classes);
	assert_int_equal(config->bridge_path, CONFIG_BRIDGE_AUTO);
	assert_true(config->own_table);
	assert_true(config->mark_mask == 0xffff0000);
	assert_true(config->need_sandbox);
	assert_string_equal(config->ca_file, "");
	assert_int_equal(config->n_allow_prefixes, 0);
	assert_int_equal(config->n_allow_ports, 1);
	assert_int_equal(config->allow_ports[0], 443);
	assert_int_equal(config->timeout_sec, 30);
	assert_int_equal(config->max_size, 262144);
	assert_int_equal(config->n_classes, 0);
	assert_int_equal(config->n_devices, 0);
	config_free(config);
}

static void
reads_globals(void **state)
{
	struct config *config = good("lan = {\"br0\", eth1.7}\n"
				     "mode = monitor # a word\n"
				     "unknown-devices = \"quarantine\"\n"
				     "local-networks = {\"192.0.2.9/24\","
				     " \"2001:db8::/32\"}\n"
				     "trust-anchors = \"/etc/anchors\"\n"
				     "device-anchors = \"/etc/idevid\"\n"
				     "max-devices = 16384\n"
				     "max-devices-per-port = 1\n"
				     "accept-draft-files = yes\n"
				     "weak-classes = off\n"
				     "bridge-path = stateless\n"
				     "table-ownership = off\n"
				     "conntrack-mark-mask = 0x07fff800\n"
				     "sandbox = \"best-effort\"\n"
				     "time-policy = wait\n");
	char buf[PREFIX_TEXT];

	(void)state;
	assert_int_equal(config->n_lan, 2);
	assert_string_equal(config->lan[0], "br0");
	assert_string_equal(config->lan[1], "eth1.7");
	assert_int_equal(config->mode, CONFIG_MONITOR);
	assert_int_equal(config->unknown_devices, CONFIG_UNKNOWN_QUARANTINE);
	assert_int_equal(config->n_local_networks, 2);
	assert_string_equal(
	    prefix_text(&config->local_networks[0], buf), "192.0.2.0/24");
	assert_string_equal(
	    prefix_text(&config->local_networks[1], buf), "2001:db8::/32");
	assert_string_equal(config->trust_anchors, "/etc/anchors");
	assert_string_equal(config->device_anchors, "/etc/idevid");
	assert_int_equal(config->max_devices, 16384);
	assert_int_equal(config->max_devices_per_port, 1);
	assert_true(config->accept_draft_files);
	assert_false(config->weak_classes);
	assert_int_equal(config->bridge_path, CONFIG_BRIDGE_STATELESS);
	assert_false(config->own_table);
	assert_true(config->mark_mask == 0x07fff800);
	assert_false(config->need_sandbox);
	config_free(config);
}

static void
reads_sections(void **state)
{
	struct config *config =
	    good("fetch {\n"
		 " ca-file = \"/etc/ca.pem\"\n"
		 " allow-prefixes = {\"203.0.113.7\"}\n"
		 " nat64-prefixes = {\"2001:db8:64::/96\"}\n"
		 " allow-ports = {8443, 443}\n"
		 " timeout = 1\n"
		 " max-size = 1\n"
		 "}\n"
		 "controller \"urn:ietf:params:mud:dns\" {"
		 " hosts = {\"192.168.1.1\", \"02:00:5E:00:53:01\"} }\n"
		 "controller \"https://Hub.example.com/c\" {}\n"
		 "my-controller \"https://MUD.example.com/lamp.json\" {"
		 " hosts = {\"2001:db8::5\"} }\n"
		 "device \"02-00-5E-00-53-07\" {\n"
		 " name = \"kitchen-lamp\"\n"
		 " mud-url = \"https://mud.example.com:443/lamp.json\"\n"
		 " mode = deny\n"
		 "}\n"
		 "device \"02:00:5e:00:53:08\" { mud-file = \"a.json\" }\n");
	const struct config_device *device;
	const struct mac mac = { { 2, 0, 0x5e, 0, 0x53, 7 } };
	const struct mac other = { { 2, 0, 0x5e, 0, 0x53, 9 } };
	const struct mac host = { { 2, 0, 0x5e, 0, 0x53, 1 } };
	char buf[PREFIX_TEXT];

	(void)state;
	assert_string_equal(config->ca_file, "/etc/ca.pem");
	assert_int_equal(config->n_allow_prefixes, 1);
	assert_string_equal(
	    prefix_text(&config->allow_prefixes[0], buf), "203.0.113.7/32");
	assert_int_equal(config->n_nat64_prefixes, 1);
	assert_string_equal(
	    prefix_text(&config->nat64_prefixes[0], buf), "2001:db8:64::/96");
	assert_int_equal(config->n_allow_ports, 2);
	assert_int_equal(config->allow_ports[0], 8443);
	assert_int_equal(config->timeout_sec, 1);
	assert_int_equal(config->max_size, 1);

	assert_int_equal(config->n_classes, 3);
	assert_false(config->classes[0].is_mine);
	assert_string_equal(config->classes[0].text, "urn:ietf:params:mud:dns");
	assert_int_equal(config->classes[0].n_hosts, 2);
	assert_int_equal(config->classes[0].hosts[0].addr.family, 4);
	assert_int_equal(config->classes[0].hosts[1].addr.family, 0);
	assert_true(mac_equal(&config->classes[0].hosts[1].mac, &host));
	assert_string_equal(
	    config->classes[1].text, "https://Hub.example.com/c");
	assert_int_equal(config->classes[1].n_hosts, 0);
	assert_true(config->classes[2].is_mine);
	assert_string_equal(
	    config->classes[2].text, "https://mud.example.com/lamp.json");
	assert_int_equal(config->classes[2].hosts[0].addr.family, 6);

	assert_int_equal(config->n_devices, 2);
	device = config_find_device(config, &mac);
	assert_non_null(device);
	assert_string_equal(device->name, "kitchen-lamp");
	assert_string_equal(
	    device->mud_url, "https://mud.example.com/lamp.json");
	assert_true(device->has_mode);
	assert_int_equal(device->mode, CONFIG_DENY);
	assert_string_equal(config_mode_name(device->mode), "deny");
	assert_string_equal(config->devices[1].mud_file, "a.json");
	assert_false(config->devices[1].has_mode);
	assert_string_equal(config->devices[1].name, "");
	assert_null(config_find_device(config, &other));
	config_free(config);
}

/* What is wrong, and the line that must be named. */
static const struct {
	const char *text;
	int line;
	const char *says;
} bad[] = {
	{ "\nlann = {\"br0\"}\n", 2, "lann" },
	{ "\n\nfetsch { timeout = 3 }\n", 3, "fetsch" },
	{ "fetch {\n timeouts = 3\n}\n", 2, "timeouts" },
	{ "lan = br0\nmode =\n", 2, "file ends" },
	{ "mode = \"enforce\n", 1, "file ends" },
	{ "fetch {\n", 1, "file ends" },
	{ "mode = enforce\n/* to be", 2, "file ends" },
	{ "end {}\n", 1, "" },
	{ "fetch { timeout = 3 } }\n", 1, "" },
	{ "\nlan = {}\n", 2, "lan is empty" },
	{ "lan = {\"0123456789abcdef\"}\n", 1, "interface" },
	{ "lan = {\"a/b\"}\n", 1, "interface" },
	{ "lan = {\"\"}\n", 1, "interface" },
	{ "lan = {\"..\"}\n", 1, "interface" },
	{ "lan = {\"a\",\n\"b\", \"a\"}\n", 2, "twice" },
	{ "mode = quarantine\n", 1, "enforce, monitor" },
	{ "unknown-devices = drop\n", 1, "allow, quarantine, deny" },
	{ "bridge-path = yes\n", 1, "auto, netfilter, stateless" },
	{ "table-ownership = on\n", 1, "off, auto" },
	{ "sandbox = none\n", 1, "best-effort, require" },
	{ "time-policy = go\n", 1, "wait" },
	{ "weak-classes = perhaps\n", 1, "weak-classes" },
	{ "max-devices = 0\n", 1, "1 to 16384" },
	{ "max-devices = 16385\n", 1, "1 to 16384" },
	{ "max-devices-per-port = 0\n", 1, "1 to 16384" },
	{ "max-devices = -1\n", 1, "1 to 16384" },
	{ "max-devices = 9 9\n", 1, "" },
	{ "max-devices = 9x\n", 1, "1 to 16384" },
	{ "max-devices = \"\"\n", 1, "1 to 16384" },
	{ "max-devices = 18446744073709551617\n", 1, "1 to 16384" },
	{ "conntrack-mark-mask = 0\n", 1, "4294967295" },
	{ "conntrack-mark-mask = 0x100000000\n", 1, "4294967295" },
	{ "\nconntrack-mark-mask = 0x7fff\n", 2, "16 or more bits in a row" },
	{ "conntrack-mark-mask = 0x80000001\n", 1, "bits in a row" },
	{ "conntrack-mark-mask = 0x1fffe001\n", 1, "bits in a row" },
	{ "conntrack-mark-mask = 0xfffdfffe\n", 1, "bits in a row" },
	{ "local-networks = {\"192.0.2.0/33\"}\n", 1, "192.0.2.0/33" },
	{ "local-networks = {\"0.0.0.0/0\"}\n", 1, "no local network" },
	{ "local-networks = {\"10.0.0.0/8\", \"224.0.0.0/4\"}\n", 1,
	    "no local network" },
	{ "local-networks = {\"::/0\"}\n", 1, "no local network" },
	{ "dhcp-servers = {\"192.0.2.1\"}\n", 1, "MAC address" },
	{ "dhcp-servers = {\"ff:ff:ff:ff:ff:ff\"}\n", 1, "MAC address" },
	{ "dhcp-relays = {\"192.0.2.1\"}\n", 1, "MAC address" },
	{ "local-networks = {\"lan\"}\n", 1, "lan" },
	{ "trust-anchors = \"trust.d\"\n", 1, "path" },
	{ "trust-anchors = \"\"\n", 1, "path" },
	{ "device-anchors = \"device-anchors.d\"\n", 1, "path" },
	{ "fetch {\n ca-file = \"ca.pem\"\n}\n", 2, "path" },
	{ "fetch {\n timeout = 31\n}\n", 2, "1 to 30" },
	{ "fetch {\n timeout = 0\n}\n", 2, "1 to 30" },
	{ "fetch {\n max-size = 262145\n}\n", 2, "262144" },
	{ "fetch {\n allow-ports = {0}\n}\n", 2, "1 to 65535" },
	{ "fetch {\n allow-ports = {65536}\n}\n", 2, "1 to 65535" },
	{ "fetch {\n allow-ports = {}\n}\n", 2, "allow-ports is empty" },
	{ "fetch {\n allow-ports = {1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17}"
	  "\n}\n",
	    2, "more than 16" },
	{ "fetch {\n allow-prefixes = {\"x\"}\n}\n", 2, "allow-prefixes" },
	{ "fetch {\n nat64-prefixes = {\"x\"}\n}\n", 2, "nat64-prefixes" },
	{ "fetch {\n nat64-prefixes = {\"10.0.0.0/8\"}\n}\n", 2,
	    "no NAT64 prefix" },
	{ "fetch {\n nat64-prefixes = {\"2001:db8::/72\"}\n}\n", 2,
	    "no NAT64 prefix" },
	{ "fetch { timeout = 3 }\nfetch { }\n", 2, "second" },
	{ "controller \"hub\" { }\n", 1, "URI" },
	{ "controller \"\" { }\n", 1, "URI" },
	{ "controller \"urn:a b\" { }\n", 1, "URI" },
	{ "controller { }\n", 1, "" },
	{ "controller \"urn:a\" {}\ncontroller \"urn:a\" {}\n", 2, "urn:a" },
	{ "controller \"urn:a\" {\n hosts = {\"hub.example.com\"}\n}\n", 2,
	    "hub.example.com" },
	{ "controller \"urn:a\" {\n hosts = {\"127.0.0.1\"}\n}\n", 2, "host" },
	{ "controller \"urn:a\" {\n hosts = {\"ff:ff:ff:ff:ff:ff\"}\n}\n", 2,
	    "host" },
	{ "my-controller \"http://mud.example.com/l\" { }\n", 1, "MUD URL" },
	{ "my-controller \"https://a.example.com/l\" { }\n"
	  "my-controller \"https://A.example.com/l\" { }\n",
	    2, "twice" },
	{ "device \"kitchen\" { }\n", 1, "MAC" },
	{ "device \"01:00:5e:00:53:01\" { }\n", 1, "MAC" },
	{ "device \"02:00:5e:00:53:01\" { }\n"
	  "device \"02-00-5E-00-53-01\" { }\n",
	    2, "another section" },
	{ "device \"02:00:5e:00:53:01\" { name = a }\n"
	  "device \"02:00:5e:00:53:02\" { name = a }\n",
	    2, "another section" },
	{ "device \"02:00:5e:00:53:01\" {\n name = \"\"\n}\n", 2, "name" },
	{ "device \"02:00:5e:00:53:01\" {\n name = \"a b\"\n}\n", 2, "name" },
	{ "device \"02:00:5e:00:53:01\" {\n name = "
	  "\"0123456789012345678901234567890123456789012345678901234567890123\""
	  "\n}\n",
	    2, "name" },
	{ "device \"02:00:5e:00:53:01\" {\n mud-url = \"http://a/\"\n}\n", 2,
	    "MUD URL" },
	{ "device \"02:00:5e:00:53:01\" {\n mud-file = \"../a\"\n}\n", 2,
	    "policies/" },
	{ "device \"02:00:5e:00:53:01\" {\n mud-file = \"\"\n}\n", 2,
	    "policies/" },
	{ "device \"02:00:5e:00:53:01\" {\n mode = off\n}\n", 2,
	    "enforce, monitor, quarantine, deny" },
	{ "device \"02:00:5e:00:53:01\" {\n mud-file = a\n"
	  " mud-url = \"https://a.example.com/l\"\n}\n",
	    4, "exclude" },
	{ "include(\"/etc/passwd\")\n", 1, "include" },
};

static void
refuses_with_a_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char why[256], at[32];
		struct config *config = read_as_file(
		    bad[i].text, strlen(bad[i].text), why, sizeof(why));

		if (config != NULL)
			fail_msg("accepted: %s", bad[i].text);
		(void)snprintf(at, sizeof(at), "t.conf:%d: ", bad[i].line);
		if (strncmp(why, at, strlen(at)) != 0 ||
		    strstr(why, bad[i].says) == NULL)
			fail_msg("%s\nsays: %s", bad[i].text, why);
	}
}

static void
refuses_a_nul_and_too_much(void **state)
{
	static char large[CONFIG_FILE_MAX + 2];
	char why[256];

	(void)state;
	assert_null(read_as_file("lan = a\0b", 9, why, sizeof(why)));
	assert_non_null(strstr(why, "NUL"));
	memset(large, '\n', sizeof(large));
	assert_null(read_as_file(large, sizeof(large), why, sizeof(why)));
	assert_non_null(strstr(why, "longer"));
}

/* A list of n values: prefixes, hosts, interfaces. */
static char *
many(const char *before, const char *value, unsigned int n, const char *after)
{
	size_t size = strlen(before) + (size_t)n * 32 + strlen(after) + 1;
	char *text = malloc(size);
	size_t used;

	assert_non_null(text);
	used = (size_t)snprintf(text, size, "%s", before);
	for (unsigned int i = 0; i < n; i++)
		/* The value brings the place of its number. */
		used += (size_t)snprintf(text + used, size - used, "%s\"%s%u\"",
		    i == 0 ? "" : ", ", value, i + 1);
	(void)snprintf(text + used, size - used, "%s", after);
	return text;
}

static const struct {
	const char *before, *value, *after;
	unsigned int most;
} lists[] = {
	{ "lan = {", "eth", "}", CONFIG_LANS },
	{ "local-networks = {", "10.0.0.", "}", CONFIG_PREFIXES },
	{ "fetch { allow-prefixes = {", "10.0.0.", "} }", CONFIG_PREFIXES },
	{ "controller \"urn:a\" { hosts = {", "10.0.0.", "} }", CONFIG_HOSTS },
	{ "my-controller \"https://a.example.com/\" { hosts = {", "10.0.0.",
	    "} }", CONFIG_HOSTS },
};

static void
bounds_its_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (unsigned int more = 0; more < 2; more++) {
			char *text = many(lists[i].before, lists[i].value,
			    lists[i].most + more, lists[i].after);
			char why[256];
			struct config *config =
			    read_as_file(text, strlen(text), why, sizeof(why));

			if ((config == NULL) != (more == 1))
				fail_msg("%s: %s", lists[i].before, why);
			config_free(config);
			free(text);
		}
}

static void
escapes_and_cuts_what_it_quotes(void **state)
{
	char why[24];

	(void)state;
	assert_null(
	    read_as_file("mode = \"\\x1b[31m\"\n", 18, why, sizeof(why)));
	assert_null(strchr(why, 0x1b));
	assert_true(strlen(why) < sizeof(why));
}

static void
takes_a_missing_default_for_an_empty_file(void **state)
{
	char why[256];
	struct config *config;

	(void)state;
	assert_null(config_load("/nonexistent/mudd.conf", why, sizeof(why)));
	assert_non_null(strstr(why, "/nonexistent/mudd.conf: "));
	if (access(CONFIG_PATH, F_OK) == 0)
		return; /* this machine has one, which is not ours to judge */
	config = config_load(CONFIG_PATH, why, sizeof(why));
	assert_non_null(config);
	assert_true(config->is_absent);
	assert_string_equal(config->lan[0], "br-lan");
	config_free(config);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_defaults),
		cmocka_unit_test(reads_globals),
		cmocka_unit_test(reads_sections),
		cmocka_unit_test(refuses_with_a_line),
		cmocka_unit_test(refuses_a_nul_and_too_much),
		cmocka_unit_test(bounds_its_lists),
		cmocka_unit_test(escapes_and_cuts_what_it_quotes),
		cmocka_unit_test(takes_a_missing_default_for_an_empty_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
