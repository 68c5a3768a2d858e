/*
 * The daemon's answers as text for people.  Role: mudctl.  Input: the daemon's
 * JSON, whose strings devices and MUD files wrote: all of them are printed
 * through columns.c, which escapes them.
 */
#include "mudctl/show.h"

#include <string.h>

#include "libmud/mem.h"
#include "mudctl/columns.h"
#include "mudctl/lines.h"

static enum tone
tone_of_state(const char *state)
{
	static const struct {
		const char *state;
		enum tone tone;
	} tones[] = {
		{ "enforced", TONE_GOOD },
		{ "fetching", TONE_WAITING },
		{ "pending", TONE_WAITING },
		{ "refused", TONE_BAD },
		{ "denied", TONE_BAD },
		{ "quarantined", TONE_BAD },
	};

	for (size_t i = 0; i < sizeof(tones) / sizeof(tones[0]); i++)
		if (strcmp(tones[i].state, state) == 0)
			return tones[i].tone;
	return TONE_PLAIN;
}

/* ---- status ---- */

static void
put_uptime(const struct show *show, json_int_t sec)
{
	long long minutes = (long long)sec / 60;

	if (minutes >= 24 * 60)
		(void)fprintf(show->out, "%lld d %lld h", minutes / (24 * 60),
		    minutes / 60 % 24);
	else if (minutes >= 60)
		(void)fprintf(
		    show->out, "%lld h %lld min", minutes / 60, minutes % 60);
	else
		(void)fprintf(show->out, "%lld min", minutes);
}

static void
put_counts(const struct show *show, const json_t *counts)
{
	static const char *const states[] = { "enforced", "monitored",
		"fetching", "pending", "refused", "quarantined", "denied",
		"unknown" };
	const char *between = ": ";

	lines_label(show, "devices");
	(void)fprintf(
	    show->out, "%lld", (long long)lines_number(counts, "total"));
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		json_int_t n = lines_number(counts, states[i]);

		if (n == 0)
			continue;
		(void)fprintf(show->out, "%s%lld ", between, (long long)n);
		(void)text_print_tone(show->out, states[i],
		    tone_of_state(states[i]), show->colour);
		between = ", ";
	}
	(void)fputc('\n', show->out);
}

/* Who has changed our tables. */
static void
put_change(const struct show *show, const json_t *change)
{
	const char *process = lines_text(change, "process");
	json_int_t pid = lines_number(change, "pid");

	if (!json_is_object(change))
		return;
	lines_label(show, "changed by");
	lines_put(show, process[0] == '\0' ? "another program" : process);
	if (pid > 0)
		(void)fprintf(show->out, " (pid %lld)", (long long)pid);
	lines_put(show, ", ");
	lines_put(show, lines_text(change, "time"));
	(void)fprintf(show->out, ", %lld in all; %s\n",
	    (long long)lines_number(change, "count"),
	    json_is_true(json_object_get(change, "is_repaired"))
		? "repaired"
		: "not repaired");
}

/* How frames that stay on one bridge are judged, and why not the usual way. */
static void
put_path(const struct show *show, const json_t *answer)
{
	const char *path =
	    json_string_value(json_object_get(answer, "bridge_path"));
	const char *reason =
	    json_string_value(json_object_get(answer, "bridge_path_reason"));

	if (path == NULL)
		return;
	lines_label(show, "bridge path");
	lines_put(show, path);
	if (reason != NULL) {
		lines_put(show, ": ");
		lines_put(show, reason);
	}
	(void)fputc('\n', show->out);
}

void
show_status(const struct show *show, const json_t *answer)
{
	const char *table = lines_text(answer, "table");
	const json_t *gaps = json_object_get(answer, "not_enforced");
	json_int_t waiting = lines_number(answer, "pending_approvals");

	lines_label(show, "mudd");
	lines_put(show, lines_text(answer, "version"));
	lines_put(show, ", mode ");
	lines_put(show, lines_text(answer, "mode"));
	lines_put(show, ", up ");
	put_uptime(show, lines_number(answer, "uptime_sec"));
	(void)fputc('\n', show->out);
	lines_array(show, "interfaces", json_object_get(answer, "interfaces"));
	lines_label(show, "table");
	(void)text_print_tone(show->out, table,
	    strcmp(table, "ok") == 0 ? TONE_GOOD : TONE_BAD, show->colour);
	(void)fputc('\n', show->out);
	put_change(show, json_object_get(answer, "table_changed"));
	lines_fault(show, json_object_get(answer, "kernel_fault"));
	put_path(show, answer);
	if (json_array_size(json_object_get(answer, "degraded")) > 0) {
		lines_array(
		    show, "degraded", json_object_get(answer, "degraded"));
		lines_line(show, " ", "see 'mudctl health'");
	}
	put_counts(show, json_object_get(answer, "devices"));
	if (waiting > 0) {
		lines_label(show, "approvals");
		(void)fprintf(show->out, "%lld %s: see 'mudctl pending'\n",
		    (long long)waiting, waiting == 1 ? "waits" : "wait");
	}
	for (size_t i = 0; i < json_array_size(gaps); i++) {
		const char *gap = json_string_value(json_array_get(gaps, i));

		lines_line(
		    show, i == 0 ? "not enforced" : "", gap == NULL ? "" : gap);
	}
}

/* ---- devices ---- */

/* "enforced", or "enforced, departed": the flags are few and short words. */
static void
add_state(struct columns *columns, const json_t *device)
{
	const json_t *flags = json_object_get(device, "flags");
	const char *state = lines_text(device, "state");
	char text[80];
	size_t used;

	text_copy(text, sizeof(text), state);
	for (size_t i = 0; i < json_array_size(flags); i++) {
		const char *flag = json_string_value(json_array_get(flags, i));

		used = strlen(text);
		(void)snprintf(text + used, sizeof(text) - used, ", %s",
		    flag == NULL ? "-" : flag);
	}
	columns_add(columns, text, tone_of_state(state));
}

void
show_devices(const struct show *show, const json_t *answer)
{
	static const char *const headings[] = { "NAME", "MAC", "ADDRESS",
		"STATE", "MUD URL" };
	const json_t *devices = json_object_get(answer, "devices");
	struct columns *columns = columns_new(5, headings);

	for (size_t i = 0; i < json_array_size(devices); i++) {
		const json_t *device = json_array_get(devices, i);
		const json_t *addresses = json_object_get(device, "addresses");

		columns_add(columns, lines_text(device, "name"), TONE_PLAIN);
		columns_add(columns, lines_text(device, "mac"), TONE_PLAIN);
		columns_add(columns,
		    json_string_value(json_array_get(addresses, 0)),
		    TONE_PLAIN);
		add_state(columns, device);
		columns_add(columns, lines_text(device, "mud_url"), TONE_PLAIN);
	}
	if (json_array_size(devices) == 0)
		(void)fputs("No device has been seen yet.\n", show->out);
	else
		columns_print(columns, show->out, show->colour);
	columns_free(columns);
}

/* Name, MAC and state in one sentence. */
static void
put_state_line(const struct show *show, const json_t *device)
{
	const char *name = lines_text(device, "name");
	const char *state = lines_text(device, "state");

	if (name[0] != '\0') {
		lines_put(show, name);
		lines_put(show, " (");
		lines_put(show, lines_text(device, "mac"));
		lines_put(show, ") is ");
	} else {
		lines_put(show, lines_text(device, "mac"));
		lines_put(show, " is ");
	}
	(void)text_print_tone(
	    show->out, state, tone_of_state(state), show->colour);
	(void)fputc('\n', show->out);
}

static void
put_addresses(const struct show *show, const json_t *device)
{
	const json_t *leases = json_object_get(device, "leases");

	if (json_array_size(leases) == 0) {
		lines_array(
		    show, "addresses", json_object_get(device, "addresses"));
		return;
	}
	for (size_t i = 0; i < json_array_size(leases); i++) {
		const json_t *lease = json_array_get(leases, i);

		lines_label(show, i == 0 ? "addresses" : "");
		lines_put(show, lines_text(lease, "address"));
		if (lines_text(lease, "expires")[0] != '\0') {
			lines_put(show, " until ");
			lines_put(show, lines_text(lease, "expires"));
		}
		(void)fputc('\n', show->out);
	}
}

static void
put_policy(const struct show *show, const json_t *policy, const char *mud_url)
{
	if (!json_is_object(policy))
		return;
	/* An earlier URL's policy holds until the new one has one. */
	if (strcmp(lines_text(policy, "mud_url"), mud_url) != 0)
		lines_line(show, "policy of", lines_text(policy, "mud_url"));
	lines_line(show, "signer", lines_text(policy, "signer"));
	lines_line(show, "digest", lines_text(policy, "digest"));
	lines_line(show, "approved", lines_text(policy, "approved_at"));
	lines_line(show, "fetched anew", lines_text(policy, "expires"));
}

static void
put_certificate(const struct show *show, const json_t *certificate)
{
	if (!json_is_object(certificate))
		return;
	lines_line(show, "certificate", lines_text(certificate, "subject"));
	lines_line(show, "serial", lines_text(certificate, "serial"));
	lines_line(show, "must sign", lines_text(certificate, "mudsigner"));
}

/* Does it live under pending.json? */
static bool
is_confined(const char *state)
{
	return strcmp(state, "pending") == 0 || strcmp(state, "refused") == 0 ||
	       strcmp(state, "fetching") == 0;
}

/* Who says which MUD URL: a line each, where they are not of one mind. */
static void
put_announced(const struct show *show, const json_t *list)
{
	bool differ = false;

	for (size_t i = 0; i < json_array_size(list); i++)
		differ = differ || !json_is_true(json_object_get(
				       json_array_get(list, i), "counts"));
	for (size_t i = 0; differ && i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);

		lines_label(show, "announced");
		lines_put(show, lines_text(one, "source"));
		lines_put(show, " says ");
		lines_put(show, lines_text(one, "url"));
		if (!json_is_true(json_object_get(one, "counts")))
			lines_put(show, ", which does not count");
		(void)fputc('\n', show->out);
	}
}

void
show_device(const struct show *show, const json_t *answer)
{
	const json_t *policy = json_object_get(answer, "policy");
	const json_t *drops = json_object_get(answer, "drops");

	put_state_line(show, answer);
	lines_fault(show, json_object_get(answer, "fault"));
	if (*lines_text(answer, "pending_id") != '\0') {
		lines_label(show, "to decide");
		lines_put(show, "mudctl pending show ");
		lines_put(show, lines_text(answer, "pending_id"));
		(void)fputc('\n', show->out);
	}
	if (is_confined(lines_text(answer, "state")) &&
	    strcmp(lines_text(answer, "mode"), "monitor") != 0)
		lines_line(show, "meanwhile",
		    "it may do what pending.json allows: DHCP, DNS and NTP "
		    "as shipped");
	lines_line(show, "next try", lines_text(answer, "next_try"));
	lines_line(show, "MUD URL", lines_text(answer, "mud_url"));
	lines_line(show, "learnt by", lines_text(answer, "url_source"));
	put_announced(show, json_object_get(answer, "announced"));
	put_certificate(show, json_object_get(answer, "certificate"));
	lines_line(show, "mode", lines_text(answer, "mode"));
	put_addresses(show, answer);
	lines_line(show, "interface", lines_text(answer, "interface"));
	lines_line(show, "port", lines_text(answer, "port"));
	lines_line(show, "manufacturer", lines_text(answer, "manufacturer"));
	lines_line(show, "model", lines_text(answer, "model"));
	lines_line(show, "description", lines_text(answer, "systeminfo"));
	if (json_is_false(json_object_get(answer, "is_supported")))
		lines_line(
		    show, "supported", "no longer, says its manufacturer");
	if (!json_is_object(policy))
		lines_line(show, "signer", lines_text(answer, "signer"));
	put_policy(show, policy, lines_text(answer, "mud_url"));
	if (json_is_integer(json_object_get(answer, "sent"))) {
		lines_label(show, "sent");
		(void)fprintf(show->out, "%lld packets\n",
		    (long long)lines_number(answer, "sent"));
	}
	if (json_is_object(drops)) {
		lines_label(show, "dropped");
		(void)fprintf(show->out, "%lld packets from it, %lld to it\n",
		    (long long)lines_number(drops, "from"),
		    (long long)lines_number(drops, "to"));
	}
	show_denied(show, json_object_get(answer, "denied"));
	lines_line(show, "first seen", lines_text(answer, "first_seen"));
	lines_line(show, "last seen", lines_text(answer, "last_seen"));
	lines_array(show, "flags", json_object_get(answer, "flags"));
}

/* ---- approvals ---- */

void
show_pending(const struct show *show, const json_t *answer)
{
	static const char *const headings[] = { "ID", "DEVICES", "REASON",
		"MUD URL" };
	const json_t *pending = json_object_get(answer, "pending");
	struct columns *columns = columns_new(4, headings);

	for (size_t i = 0; i < json_array_size(pending); i++) {
		const json_t *file = json_array_get(pending, i);
		char devices[24];

		(void)snprintf(devices, sizeof(devices), "%zu",
		    json_array_size(json_object_get(file, "devices")));
		columns_add(columns, lines_text(file, "id"), TONE_PLAIN);
		columns_add(columns, devices, TONE_PLAIN);
		columns_add(columns,
		    lines_text(json_object_get(file, "reason"), "code"),
		    TONE_WAITING);
		columns_add(columns, lines_text(file, "mud_url"), TONE_PLAIN);
	}
	if (json_array_size(pending) == 0) {
		(void)fputs("Nothing waits for an administrator.\n", show->out);
	} else {
		columns_print(columns, show->out, show->colour);
		lines_put(show, "'mudctl pending show ID' says why, and how to "
				"decide.");
		(void)fputc('\n', show->out);
	}
	columns_free(columns);
}

void
show_approved(const struct show *show, const json_t *answer)
{
	lines_put(show, "approved: ");
	lines_put(show, lines_text(answer, "mud_url"));
	(void)fputc('\n', show->out);
}

void
show_rejected(const struct show *show, const json_t *answer)
{
	lines_put(show, "rejected: ");
	lines_put(show, lines_text(answer, "mud_url"));
	(void)fputc('\n', show->out);
}

void
show_assigned(const struct show *show, const json_t *answer)
{
	lines_put(show, lines_text(answer, "mac"));
	lines_put(show, strstr(lines_text(answer, "mud_url"), "://") == NULL
			    ? " lives by "
			    : " has the MUD URL ");
	lines_put(show, lines_text(answer, "mud_url"));
	(void)fputc('\n', show->out);
}

void
show_renamed(const struct show *show, const json_t *answer)
{
	const char *name = lines_text(answer, "name");

	lines_put(show, lines_text(answer, "mac"));
	lines_put(show, name[0] == '\0' ? " has no name" : " is called ");
	lines_put(show, name);
	(void)fputc('\n', show->out);
}

void
show_forgotten(const struct show *show, const json_t *answer)
{
	lines_put(show, lines_text(answer, "mac"));
	(void)fputs(" is forgotten\n", show->out);
}

void
show_certified(const struct show *show, const json_t *answer)
{
	show_assigned(show, answer);
	put_certificate(show, json_object_get(answer, "certificate"));
}

void
show_mode(const struct show *show, const json_t *answer)
{
	lines_put(show, lines_text(answer, "mac"));
	lines_put(show, " is in mode ");
	lines_put(show, lines_text(answer, "mode"));
	(void)fputc('\n', show->out);
}

void
show_refreshed(const struct show *show, const json_t *answer)
{
	const char *state = lines_text(answer, "state");

	lines_put(show, lines_text(answer, "mud_url"));
	lines_put(show, " is ");
	(void)text_print_tone(
	    show->out, state, tone_of_state(state), show->colour);
	(void)fputc('\n', show->out);
	lines_fault(show, json_object_get(answer, "fault"));
}

void
show_torn_down(const struct show *show, const json_t *answer)
{
	(void)answer;
	lines_put(show, "mudd has removed its tables and ends");
	(void)fputc('\n', show->out);
}
