/*
 * The daemon's answers as text for people.  Role: mudctl.  Input: the daemon's
 * JSON, whose strings devices and MUD files wrote: all of them are printed
 * through columns.c, which escapes them.
 */
#include "mudctl/show.h"

#include <string.h>

#include "libmud/mem.h"
#include "mudctl/columns.h"

#define LABEL_WIDTH 13

/* A member as text, or "". */
static const char *
text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text == NULL ? "" : text;
}

static json_int_t
number_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static void
put(const struct show *show, const char *text)
{
	(void)text_print(show->out, text);
}

static void
label(const struct show *show, const char *name)
{
	size_t width =
	    text_print_tone(show->out, name, TONE_FAINT, show->colour);

	while (width++ < LABEL_WIDTH)
		(void)fputc(' ', show->out);
}

/* A line of its own, if there is something to say. */
static void
line(const struct show *show, const char *name, const char *text)
{
	if (text[0] == '\0')
		return;
	label(show, name);
	put(show, text);
	(void)fputc('\n', show->out);
}

/* Strings of an array, with commas between. */
static void
line_of_array(const struct show *show, const char *name, const json_t *array)
{
	if (json_array_size(array) == 0)
		return;
	label(show, name);
	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *text = json_string_value(json_array_get(array, i));

		if (i > 0)
			put(show, ", ");
		put(show, text == NULL ? "-" : text);
	}
	(void)fputc('\n', show->out);
}

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

/* "held: RFC 8520 s13.2: the signer ...", and what can be done about it. */
static void
put_fault(const struct show *show, const json_t *fault)
{
	if (!json_is_object(fault))
		return;
	(void)text_print_tone(show->out, "held: ", TONE_WAITING, show->colour);
	put(show, text_of(fault, "clause"));
	put(show, ": ");
	put(show, text_of(fault, "detail"));
	(void)fputc('\n', show->out);
	if (text_of(fault, "remedy")[0] != '\0') {
		put(show, "next: ");
		put(show, text_of(fault, "remedy"));
		(void)fputc('\n', show->out);
	}
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

	label(show, "devices");
	(void)fprintf(show->out, "%lld", (long long)number_of(counts, "total"));
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		json_int_t n = number_of(counts, states[i]);

		if (n == 0)
			continue;
		(void)fprintf(show->out, "%s%lld ", between, (long long)n);
		(void)text_print_tone(show->out, states[i],
		    tone_of_state(states[i]), show->colour);
		between = ", ";
	}
	(void)fputc('\n', show->out);
}

void
show_status(const struct show *show, const json_t *answer)
{
	const char *table = text_of(answer, "table");
	const json_t *gaps = json_object_get(answer, "not_enforced");
	json_int_t waiting = number_of(answer, "pending_approvals");

	label(show, "mudd");
	put(show, text_of(answer, "version"));
	put(show, ", mode ");
	put(show, text_of(answer, "mode"));
	put(show, ", up ");
	put_uptime(show, number_of(answer, "uptime_sec"));
	(void)fputc('\n', show->out);
	line_of_array(
	    show, "interfaces", json_object_get(answer, "interfaces"));
	label(show, "table");
	(void)text_print_tone(show->out, table,
	    strcmp(table, "ok") == 0 ? TONE_GOOD : TONE_BAD, show->colour);
	(void)fputc('\n', show->out);
	put_fault(show, json_object_get(answer, "kernel_fault"));
	put_counts(show, json_object_get(answer, "devices"));
	if (waiting > 0) {
		label(show, "approvals");
		(void)fprintf(show->out, "%lld %s: see 'mudctl pending'\n",
		    (long long)waiting, waiting == 1 ? "waits" : "wait");
	}
	for (size_t i = 0; i < json_array_size(gaps); i++) {
		const char *gap = json_string_value(json_array_get(gaps, i));

		line(
		    show, i == 0 ? "not enforced" : "", gap == NULL ? "" : gap);
	}
}

/* ---- devices ---- */

/* "enforced", or "enforced, departed": the flags are few and short words. */
static void
add_state(struct columns *columns, const json_t *device)
{
	const json_t *flags = json_object_get(device, "flags");
	const char *state = text_of(device, "state");
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

		columns_add(columns, text_of(device, "name"), TONE_PLAIN);
		columns_add(columns, text_of(device, "mac"), TONE_PLAIN);
		columns_add(columns,
		    json_string_value(json_array_get(addresses, 0)),
		    TONE_PLAIN);
		add_state(columns, device);
		columns_add(columns, text_of(device, "mud_url"), TONE_PLAIN);
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
	const char *name = text_of(device, "name");
	const char *state = text_of(device, "state");

	if (name[0] != '\0') {
		put(show, name);
		put(show, " (");
		put(show, text_of(device, "mac"));
		put(show, ") is ");
	} else {
		put(show, text_of(device, "mac"));
		put(show, " is ");
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
		line_of_array(
		    show, "addresses", json_object_get(device, "addresses"));
		return;
	}
	for (size_t i = 0; i < json_array_size(leases); i++) {
		const json_t *lease = json_array_get(leases, i);

		label(show, i == 0 ? "addresses" : "");
		put(show, text_of(lease, "address"));
		if (text_of(lease, "expires")[0] != '\0') {
			put(show, " until ");
			put(show, text_of(lease, "expires"));
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
	if (strcmp(text_of(policy, "mud_url"), mud_url) != 0)
		line(show, "policy of", text_of(policy, "mud_url"));
	line(show, "signer", text_of(policy, "signer"));
	line(show, "digest", text_of(policy, "digest"));
	line(show, "approved", text_of(policy, "approved_at"));
	line(show, "fetched anew", text_of(policy, "expires"));
}

void
show_device(const struct show *show, const json_t *answer)
{
	const json_t *policy = json_object_get(answer, "policy");
	const json_t *drops = json_object_get(answer, "drops");

	put_state_line(show, answer);
	put_fault(show, json_object_get(answer, "fault"));
	line(show, "MUD URL", text_of(answer, "mud_url"));
	line(show, "learnt by", text_of(answer, "url_source"));
	line(show, "mode", text_of(answer, "mode"));
	put_addresses(show, answer);
	line(show, "interface", text_of(answer, "interface"));
	line(show, "port", text_of(answer, "port"));
	line(show, "manufacturer", text_of(answer, "manufacturer"));
	line(show, "model", text_of(answer, "model"));
	line(show, "description", text_of(answer, "systeminfo"));
	if (json_is_false(json_object_get(answer, "is_supported")))
		line(show, "supported", "no longer, says its manufacturer");
	if (!json_is_object(policy))
		line(show, "signer", text_of(answer, "signer"));
	put_policy(show, policy, text_of(answer, "mud_url"));
	if (json_is_object(drops)) {
		label(show, "dropped");
		(void)fprintf(show->out, "%lld packets from it, %lld to it\n",
		    (long long)number_of(drops, "from"),
		    (long long)number_of(drops, "to"));
	}
	line(show, "first seen", text_of(answer, "first_seen"));
	line(show, "last seen", text_of(answer, "last_seen"));
	line_of_array(show, "flags", json_object_get(answer, "flags"));
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
		columns_add(columns, text_of(file, "id"), TONE_PLAIN);
		columns_add(columns, devices, TONE_PLAIN);
		columns_add(columns,
		    text_of(json_object_get(file, "reason"), "code"),
		    TONE_WAITING);
		columns_add(columns, text_of(file, "mud_url"), TONE_PLAIN);
	}
	if (json_array_size(pending) == 0) {
		(void)fputs("Nothing waits for an administrator.\n", show->out);
	} else {
		columns_print(columns, show->out, show->colour);
		put(show, "'mudctl pending show ID' says why, and how to "
			  "decide.");
		(void)fputc('\n', show->out);
	}
	columns_free(columns);
}

void
show_pending_file(const struct show *show, const json_t *answer)
{
	const char *digest = text_of(answer, "digest");

	put(show, text_of(answer, "mud_url"));
	put(show, " waits for an administrator");
	(void)fputc('\n', show->out);
	put_fault(show, json_object_get(answer, "reason"));
	line(show, "id", text_of(answer, "id"));
	line(show, "digest", digest);
	line(show, "signer", text_of(answer, "signer"));
	line(show, "fetched", text_of(answer, "fetched_at"));
	line_of_array(show, "devices", json_object_get(answer, "devices"));
	if (digest[0] == '\0') {
		put(show, "Nothing was fetched yet, so nothing can be "
			  "approved; it is tried again.");
		(void)fputc('\n', show->out);
		return;
	}
	put(show, "to approve: mudctl approve ");
	put(show, text_of(answer, "id"));
	(void)fprintf(
	    show->out, " --digest %.16s\nto reject:  mudctl reject ", digest);
	put(show, text_of(answer, "id"));
	(void)fputc('\n', show->out);
}

void
show_approved(const struct show *show, const json_t *answer)
{
	put(show, "approved: ");
	put(show, text_of(answer, "mud_url"));
	(void)fputc('\n', show->out);
}

void
show_rejected(const struct show *show, const json_t *answer)
{
	put(show, "rejected: ");
	put(show, text_of(answer, "mud_url"));
	(void)fputc('\n', show->out);
}

void
show_torn_down(const struct show *show, const json_t *answer)
{
	(void)answer;
	put(show, "mudd has removed its tables and ends");
	(void)fputc('\n', show->out);
}
