/*
 * One good MUD file, changed.  Used by test_mudfile and test_matches.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/mudbase.h"

json_t *mudbase;

/* The value, with ' for "; any JSON value, not only objects. */
static json_t *
value_of(const char *text)
{
	char *copy = strdup(text);
	json_t *value;

	assert_non_null(copy);
	for (char *c = copy; *c != '\0'; c++)
		if (*c == '\'')
			*c = '"';
	value = json_loads(copy, JSON_DECODE_ANY, NULL);
	if (value == NULL)
		fail_msg("the test's own JSON is broken: %s", copy);
	free(copy);
	return value;
}

void
mudbase_patch(json_t *root, const char *pointer, const char *text)
{
	char path[256], *save = NULL, *last = NULL;
	json_t *at = root;

	(void)snprintf(path, sizeof(path), "%s", pointer);
	for (char *part = strtok_r(path, "/", &save); part != NULL;
	     part = strtok_r(NULL, "/", &save)) {
		if (last != NULL)
			at = json_is_array(at)
			         ? json_array_get(at, (size_t)atoi(last))
			         : json_object_get(at, last);
		last = part;
	}
	assert_non_null(at);
	assert_non_null(last);
	if (json_is_array(at) && strcmp(last, "-") == 0)
		assert_int_equal(json_array_append_new(at, value_of(text)), 0);
	else if (json_is_array(at))
		assert_int_equal(
		    json_array_set_new(at, (size_t)atoi(last), value_of(text)),
		    0);
	else if (text == NULL)
		assert_int_equal(json_object_del(at, last), 0);
	else
		assert_int_equal(
		    json_object_set_new(at, last, value_of(text)), 0);
}

static void
hear(void *arg, const struct finding *finding)
{
	struct heard *heard = arg;

	assert_true(finding->kind->clause[0] != '\0');
	heard->n[finding->kind->severity]++;
	if (finding->kind->severity == FINDING_ERROR)
		heard->error = *finding;
}

bool
mudbase_judge_text(const char *text, size_t len, struct policy **policy,
    struct heard *heard, struct fault *why)
{
	const struct bytes raw = { (const uint8_t *)text, len };
	struct fault sound;

	*heard = (struct heard){ .n = { 0 } };
	if (!mudfile_judge(raw, 0, hear, heard, NULL, policy, why))
		return false;
	for (size_t i = 0; i < (*policy)->n_aces; i++)
		if (!ace_is_sound(
			&(*policy)->aces[i], (*policy)->n_texts, &sound))
			fail_msg("%s", sound.detail);
	return true;
}

bool
mudbase_judge(const json_t *root, struct policy **policy, struct heard *heard,
    struct fault *why)
{
	char *text = json_dumps(root, JSON_COMPACT);
	bool ok;

	assert_non_null(text);
	ok = mudbase_judge_text(text, strlen(text), policy, heard, why);
	free(text);
	return ok;
}

static const char *
ports_text(const struct ports *ports, char *buf, size_t size)
{
	(void)snprintf(buf, size, "%s%u-%u", ports->negated ? "!" : "",
	    ports->low, ports->high);
	return buf;
}

const char *
mudbase_ace(
    const struct policy *policy, const struct ace *ace, char *buf, size_t size)
{
	static const char *const kinds[] = { "dns", "ctl", "myctl", "mfg",
		"same", "model", "local" };
	char prefix[PREFIX_TEXT], ports[32];
	FILE *out = fmemopen(buf, size, "w");

	assert_non_null(out);
	(void)fprintf(
	    out, "%s f%u", ace->understood ? "+" : "?", ace->families);
	if (ace->protocol >= 0)
		(void)fprintf(out, " p%d", ace->protocol);
	if (ace->icmp_type >= 0)
		(void)fprintf(out, " t%d", ace->icmp_type);
	if (ace->icmp_code >= 0)
		(void)fprintf(out, " c%d", ace->icmp_code);
	if (ace->source.high != UINT16_MAX || ace->source.low != 0)
		(void)fprintf(out, " s%s",
		    ports_text(&ace->source, ports, sizeof(ports)));
	if (ace->destination.high != UINT16_MAX || ace->destination.low != 0)
		(void)fprintf(out, " d%s",
		    ports_text(&ace->destination, ports, sizeof(ports)));
	if (ace->initiated != INITIATED_ANY)
		(void)fprintf(out, " i%u", ace->initiated);
	if (ace->from.addr.family != 0)
		(void)fprintf(out, " from=%s", prefix_text(&ace->from, prefix));
	if (ace->to.addr.family != 0)
		(void)fprintf(out, " to=%s", prefix_text(&ace->to, prefix));
	for (size_t i = 0; i < ace->n_peers; i++)
		(void)fprintf(out, " %s=%s", kinds[ace->peers[i].kind],
		    ace->peers[i].text == PEER_NO_TEXT
			? ""
			: policy->texts[ace->peers[i].text].text);
	for (size_t i = 0; i < fields_count(ace->fields); i++)
		(void)fprintf(out, " %s=%" PRIx64,
		    field_info(ace->fields[i].id)->leaf,
		    field_value(&ace->fields[i]));
	(void)fclose(out);
	return buf;
}

int
mudbase_load(void **state)
{
	const char *folder = getenv("srcdir");
	char path[512];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/tests/unit/data/thermostat.json",
	    folder == NULL ? "." : folder);
	mudbase = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	if (mudbase == NULL)
		(void)fprintf(stderr, "%s: not there, or broken\n", path);
	return mudbase == NULL;
}

int
mudbase_free(void **state)
{
	(void)state;
	json_decref(mudbase);
	return 0;
}
