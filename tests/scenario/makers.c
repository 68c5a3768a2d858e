/*
 * What the makers' servers hold.  Role: scenario tests.  Input: scripts.
 */
#include "tests/scenario/makers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/digest.h"
#include "libmud/mem.h"

struct served {
	struct list link;
	char url[LIMIT_URL + 1];
	char body[MAKERS_WORD];
	enum fault_code fault;
};

struct trusted {
	struct list link;
	char signer[MAKERS_WORD];
};

void
makers_init(struct makers *makers)
{
	list_init(&makers->files);
	list_init(&makers->served);
	list_init(&makers->trusted);
}

void
makers_done(struct makers *makers)
{
	LIST_EACH_SAFE(at, &makers->files)
	free(LIST_ENTRY(at, struct mud_file, link));
	LIST_EACH_SAFE(at, &makers->served)
	free(LIST_ENTRY(at, struct served, link));
	LIST_EACH_SAFE(at, &makers->trusted)
	free(LIST_ENTRY(at, struct trusted, link));
}

struct mud_file *
makers_find(struct makers *makers, const char *body)
{
	LIST_EACH(at, &makers->files)
	{
		struct mud_file *file = LIST_ENTRY(at, struct mud_file, link);

		if (strcmp(file->body, body) == 0)
			return file;
	}
	return NULL;
}

struct mud_file *
makers_write(struct makers *makers, const char *body)
{
	struct mud_file *file = makers_find(makers, body);

	if (file != NULL) {
		list_remove(&file->link);
		free(file);
	}
	file = xcalloc(1, sizeof(*file));
	text_copy(file->body, sizeof(file->body), body);
	file->hours = 48;
	list_append(&makers->files, &file->link);
	return file;
}

static struct served *
find_served(struct makers *makers, const char *url)
{
	LIST_EACH(at, &makers->served)
	{
		struct served *served = LIST_ENTRY(at, struct served, link);

		if (strcmp(served->url, url) == 0)
			return served;
	}
	return NULL;
}

void
makers_serve(struct makers *makers, const char *url, const char *body,
    enum fault_code fault)
{
	struct served *served = find_served(makers, url);

	if (served == NULL) {
		served = xcalloc(1, sizeof(*served));
		text_copy(served->url, sizeof(served->url), url);
		list_append(&makers->served, &served->link);
	}
	text_copy(served->body, sizeof(served->body), body);
	served->fault = fault;
}

/* ".../BODY.p7s" is the signature of the file BODY. */
static bool
get_signature(struct makers *makers, const char *url, char body[MAKERS_WORD])
{
	const char *last = strrchr(url, '/');
	const char *end = last == NULL ? NULL : strstr(last, ".p7s");
	char *name;
	bool found;

	if (end == NULL)
		return false;
	name = xstrndup(last + 1, (size_t)(end - last - 1));
	found = makers_find(makers, name) != NULL;
	if (found)
		(void)snprintf(body, MAKERS_WORD, "signature-of-%s", name);
	free(name);
	return found;
}

bool
makers_get(struct makers *makers, const char *url, bool is_signature,
    char body[MAKERS_WORD], enum fault_code *fault)
{
	const struct served *served = find_served(makers, url);

	*fault = FAULT_NONE;
	if (served == NULL)
		return is_signature && get_signature(makers, url, body);
	text_copy(body, MAKERS_WORD, served->body);
	*fault = served->fault;
	return true;
}

static struct trusted *
find_trusted(struct makers *makers, const char *signer)
{
	LIST_EACH(at, &makers->trusted)
	{
		struct trusted *trusted = LIST_ENTRY(at, struct trusted, link);

		if (strcmp(trusted->signer, signer) == 0)
			return trusted;
	}
	return NULL;
}

void
makers_trust(struct makers *makers, const char *signer, bool is_trusted)
{
	struct trusted *trusted = find_trusted(makers, signer);

	if (is_trusted && trusted == NULL) {
		trusted = xcalloc(1, sizeof(*trusted));
		text_copy(trusted->signer, sizeof(trusted->signer), signer);
		list_append(&makers->trusted, &trusted->link);
	} else if (!is_trusted && trusted != NULL) {
		list_remove(&trusted->link);
		free(trusted);
	}
}

enum fault_code
makers_verdict(struct makers *makers, const struct mud_file *file)
{
	if (file->verdict != FAULT_NONE)
		return file->verdict;
	if (file->signer[0] == '\0')
		return FAULT_UNSIGNED;
	return find_trusted(makers, file->signer) != NULL ? FAULT_NONE
	                                                  : FAULT_UNTRUSTED;
}

void
makers_reference(const struct mud_file *file, char url[LIMIT_URL + 1])
{
	url[0] = '\0';
	if (file->signer[0] == '\0')
		return;
	if (file->reference[0] != '\0')
		text_copy(url, LIMIT_URL + 1, file->reference);
	else
		(void)snprintf(url, LIMIT_URL + 1, "%s.p7s", file->body);
}

void
makers_digest(const char *body, uint8_t digest[32])
{
	digest_of(
	    (struct bytes){ (const uint8_t *)body, strlen(body) }, digest);
}

static struct ace *
add_ace(struct policy *policy, enum direction direction)
{
	struct ace *ace;

	policy->aces =
	    xrealloc(policy->aces, policy->n_aces + 1, sizeof(*policy->aces));
	ace = &policy->aces[policy->n_aces++];
	*ace = (struct ace){
		.direction = (uint8_t)direction,
		.forwarding = FORWARD_ACCEPT,
		.families = FAMILY_4,
		.understood = 1,
		.n_peers = 1,
		.protocol = 6,
		.icmp_type = -1,
		.icmp_code = -1,
		.source = { .low = 0, .high = 65535 },
		.destination = { .low = 443, .high = 443 },
		.peers = { { .text = PEER_NO_TEXT } },
	};
	(void)snprintf(ace->acl, sizeof(ace->acl), "mud");
	(void)snprintf(ace->name, sizeof(ace->name), "ace%zu", policy->n_aces);
	return ace;
}

struct policy *
makers_policy(const struct mud_file *file, const char *url)
{
	struct policy *policy = xcalloc(1, sizeof(*policy));

	policy->info.cache_validity_hours = (uint16_t)file->hours;
	policy->info.is_supported = !file->is_unsupported;
	policy->info.updated_at = file->updated_at;
	policy->info.is_draft = file->is_draft;
	text_copy(policy->info.mud_url, sizeof(policy->info.mud_url),
	    file->mud_url[0] == '\0' ? url : file->mud_url);
	text_copy(policy->info.documentation,
	    sizeof(policy->info.documentation), file->documentation);
	if (file->hold != FAULT_NONE)
		(void)fault_set(&policy->hold, file->hold, "scenario", "held");
	policy->texts = xcalloc(MAKERS_PEERS, sizeof(*policy->texts));
	for (size_t i = 0; i < file->n_peers; i++) {
		struct ace *ace = add_ace(policy, FROM_DEVICE);

		ace->peers[0].kind = (uint8_t)file->peers[i].kind;
		if (file->peers[i].text[0] == '\0')
			continue;
		ace->peers[0].text = (uint16_t)policy->n_texts;
		text_copy(policy->texts[policy->n_texts++].text, LIMIT_URL + 1,
		    file->peers[i].text);
	}
	return policy;
}
