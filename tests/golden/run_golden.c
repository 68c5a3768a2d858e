/*
 * Golden tests: each NAME.json becomes rules, and these as text must be
 * NAME.nft, which a person has read.  With --write the texts are made anew.
 *
 * A check program; it reads the project's own files.  Sets are numbered in
 * the order in which the compiler asks for them.
 *
 * Where a file's systeminfo is "idea: ...", that is what it shows, and its
 * rules' first line.  So that the idea stands out, the two services of RFC
 * 8520 Appendix A have servers there only if it speaks of "defaults".
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/compile.h"
#include "libmud/fault.h"
#include "libmud/mem.h"
#include "libmud/mudfile.h"
#include "libmud/nfttext.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define PATH_SIZE     512

static const char idea[] = "idea: ";

/* What the policy named so far; set number i + 1 is at [i]. */
struct world {
	bool has_services;
	size_t n;
	struct {
		enum peer_kind kind;
		char text[LIMIT_URL + 1];
	} set[LIMIT_TEXTS];
};

static uint32_t
set_of(void *arg, enum peer_kind kind, const char *text)
{
	struct world *world = arg;
	const char *key = text == NULL ? "" : text;
	size_t i = 0;

	if (!world->has_services && kind == PEER_CONTROLLER &&
	    (strcmp(key, MUD_URN_DNS) == 0 || strcmp(key, MUD_URN_NTP) == 0))
		return 0;
	while (i < world->n && (world->set[i].kind != kind ||
				   strcmp(world->set[i].text, key) != 0))
		i++;
	if (i == LENGTH(world->set))
		return 0;
	if (i == world->n) {
		world->set[i].kind = kind;
		text_copy(world->set[i].text, sizeof(world->set[i].text), key);
		world->n++;
	}
	return (uint32_t)(i + 1);
}

static bool
is_name(void *arg, uint32_t set)
{
	const struct world *world = arg;

	return world->set[set - 1].kind == PEER_DNSNAME;
}

/* The whole file and a NUL behind it, owned by the caller; NULL: none. */
static char *
slurp(const char *path, size_t *len)
{
	FILE *file = fopen(path, "r");
	char *text;

	if (file == NULL)
		return NULL;
	text = xcalloc(LIMIT_FILE + 1, 1);
	*len = fread(text, 1, LIMIT_FILE, file);
	(void)fclose(file);
	return text;
}

/* Writes what the policy became; false if the stream failed. */
static bool
print(FILE *out, const struct policy *policy, const struct rules *rules,
    struct world *world)
{
	char *chains = nfttext_chains(rules, 1, policy, is_name, world);

	if (strncmp(policy->info.systeminfo, idea, strlen(idea)) == 0)
		(void)fprintf(out, "# %s\n", policy->info.systeminfo);
	if (policy->hold.code != FAULT_NONE)
		(void)fprintf(out, "# held: %s: %s\n",
		    fault_name(policy->hold.code), policy->hold.detail);
	for (size_t i = 0; i < world->n; i++)
		(void)fprintf(out, "# %s%zu: %s%s%s\n",
		    world->set[i].kind == PEER_DNSNAME ? "dns" : "cls", i + 1,
		    peer_kind_name(world->set[i].kind),
		    world->set[i].text[0] == '\0' ? "" : " ",
		    world->set[i].text);
	(void)fputs(chains, out);
	free(chains);
	return ferror(out) == 0;
}

static bool
speaks_of_defaults(const struct policy *policy)
{
	const char *text = policy->info.systeminfo;

	return strncmp(text, idea, strlen(idea)) != 0 ||
	       strstr(text, "defaults") != NULL;
}

/* The rules of a MUD file as text, owned by the caller; NULL, with a line. */
static char *
text_of(const char *path)
{
	struct world world = { 0 };
	struct policy *policy = NULL;
	struct rules rules = { 0 };
	struct fault why = { 0 };
	struct bytes file = { NULL, 0 };
	char *raw, *text = NULL;
	size_t size = 0;
	FILE *out = NULL;

	raw = slurp(path, &file.len);
	if (raw == NULL) {
		printf("%s: %s\n", path, strerror(errno));
		return NULL;
	}
	file.data = (const uint8_t *)raw;
	if (mudfile_parse(file, &policy, &why))
		world.has_services = speaks_of_defaults(policy);
	if (policy == NULL ||
	    !compile_policy(policy, set_of, &world, &rules, &why)) {
		printf("%s: %s: %s: %s\n", path, fault_name(why.code),
		    why.clause, why.detail);
		goto out;
	}
	for (size_t i = 0; i < rules.n; i++)
		if (!rule_is_sound(&rules.rule[i], &why)) {
			printf("%s: rule %zu: %s\n", path, i, why.detail);
			goto out;
		}
	out = open_memstream(&text, &size);
	if (out == NULL || !print(out, policy, &rules, &world))
		abort();
	(void)fclose(out);
out:
	rules_done(&rules);
	policy_free(policy);
	free(raw);
	return text;
}

static void
show_difference(const char *path, const char *want, const char *got)
{
	size_t line = 1, at = 0;

	for (size_t i = 0; want[i] != '\0' && want[i] == got[i]; i++)
		if (want[i] == '\n') {
			line++;
			at = i + 1;
		}
	printf("%s:%zu:\n-%.*s\n+%.*s\n", path, line,
	    (int)strcspn(want + at, "\n"), want + at,
	    (int)strcspn(got + at, "\n"), got + at);
}

/* Compares, or writes, the text of one file. */
static bool
run(const char *json, const char *nft, bool is_writing)
{
	char *got = text_of(json), *want = NULL;
	bool ok = got != NULL;
	size_t len;
	FILE *file;

	if (ok && is_writing) {
		file = fopen(nft, "w");
		ok = file != NULL && fputs(got, file) >= 0;
		ok = file != NULL && fclose(file) == 0 && ok;
		if (!ok)
			printf("%s: %s\n", nft, strerror(errno));
	} else if (ok) {
		want = slurp(nft, &len);
		ok = want != NULL && strcmp(want, got) == 0;
		if (!ok)
			show_difference(nft, want == NULL ? "" : want, got);
	}
	free(got);
	free(want);
	return ok;
}

static int
is_json(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 5 && strcmp(entry->d_name + len - 5, ".json") == 0;
}

int
main(int argc, char **argv)
{
	bool is_writing = argc == 2 && strcmp(argv[1], "--write") == 0;
	const char *srcdir = getenv("srcdir");
	char folder[PATH_SIZE], json[PATH_SIZE], nft[PATH_SIZE];
	struct dirent **names;
	int n, failed = 0;

	if (argc > 1 && !is_writing) {
		(void)fprintf(stderr, "usage: run_golden [--write]\n");
		return 2;
	}
	(void)snprintf(folder, sizeof(folder), "%s/tests/golden",
	    srcdir == NULL ? "." : srcdir);
	n = scandir(folder, &names, is_json, alphasort);
	if (n <= 0) {
		printf("%s: no golden tests\n", folder);
		return 1;
	}
	for (int i = 0; i < n; i++) {
		const char *name = names[i]->d_name;
		int stem = (int)strlen(name) - 5;
		bool ok = false;

		if (snprintf(json, sizeof(json), "%s/%s", folder, name) <
			PATH_SIZE &&
		    snprintf(nft, sizeof(nft), "%s/%.*s.nft", folder, stem,
			name) < PATH_SIZE)
			ok = run(json, nft, is_writing);
		printf("%s: %.*s\n", ok ? "ok" : "FAILED", stem, name);
		failed += !ok;
		free(names[i]);
	}
	free(names);
	return failed == 0 ? 0 : 1;
}
