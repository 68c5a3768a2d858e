/*
 * A policy on its way from the reader.  Role: engine.  The reader parsed
 * hostile bytes: every record is checked as if it were hostile itself.
 */
#include "engine/files/stage.h"

#include <stdlib.h>
#include <string.h>

#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/mem.h"
#include "libmud/policy.h"
#include "libmud/url.h"

static bool
info_is_sound(const struct policy_info *info)
{
	return msg_text_ends(info->mud_url, sizeof(info->mud_url)) &&
	       msg_text_ends(info->last_update, sizeof(info->last_update)) &&
	       msg_text_ends(info->systeminfo, sizeof(info->systeminfo)) &&
	       msg_text_ends(info->manufacturer, sizeof(info->manufacturer)) &&
	       msg_text_ends(info->model, sizeof(info->model)) &&
	       msg_text_ends(
		   info->documentation, sizeof(info->documentation)) &&
	       info->cache_validity_hours >= 1 &&
	       info->cache_validity_hours <= 168;
}

static bool
stage_begin(struct stage *stage, const struct record_policy *begin)
{
	struct policy *policy;

	if (stage->policy != NULL || begin->n_texts > LIMIT_TEXTS ||
	    begin->n_aces > LIMIT_ACES || !fault_is_sound(&begin->hold) ||
	    !info_is_sound(&begin->info))
		return false;
	policy = xcalloc(1, sizeof(*policy));
	policy->info = begin->info;
	policy->hold = begin->hold;
	policy->n_texts = begin->n_texts;
	policy->n_aces = begin->n_aces;
	policy->texts = xcalloc(begin->n_texts + 1, sizeof(*policy->texts));
	policy->aces = xcalloc(begin->n_aces + 1, sizeof(*policy->aces));
	stage->policy = policy;
	stage->n_texts = stage->n_aces = 0;
	return true;
}

/* Texts become keys of sets and go to the fetcher: visible ASCII only. */
static bool
text_is_sound(const struct policy_text *text)
{
	if (!msg_text_ends(text->text, sizeof(text->text)) ||
	    text->text[0] == '\0')
		return false;
	for (const char *at = text->text; *at != '\0'; at++)
		if (*at <= 0x20 || *at >= 0x7f)
			return false;
	return true;
}

static bool
stage_text(struct stage *stage, const struct record_text *text)
{
	struct policy *policy = stage->policy;

	if (policy == NULL || stage->n_texts == policy->n_texts ||
	    stage->n_aces > 0 || !text_is_sound(&text->text))
		return false;
	policy->texts[stage->n_texts++] = text->text;
	return true;
}

/* What the parser would have let through as a peer's text (S-14). */
static bool
peer_is_sound(enum peer_kind kind, const char *text)
{
	char host[LIMIT_HOST + 1];
	struct fault why;
	struct url url;

	switch (kind) {
	case PEER_DNSNAME:
	case PEER_MANUFACTURER:
		return host_parse(text, kind == PEER_DNSNAME, host, &why) &&
		       strcmp(host, text) == 0;
	case PEER_MODEL:
		return url_parse(text, &url, &why) &&
		       strcmp(url.text, text) == 0;
	case PEER_CONTROLLER:
	case PEER_MY_CONTROLLER:
	case PEER_SAME_MANUFACTURER:
	case PEER_LOCAL_NETWORKS:
	case PEER_KINDS:
		break;
	}
	return true;
}

/* Peers refer to texts that are there: ace_is_sound has seen to it. */
static bool
peers_are_sound(const struct policy *policy, const struct ace *ace)
{
	for (size_t i = 0; i < ace->n_peers; i++) {
		const struct peer *peer = &ace->peers[i];

		if (peer->text != PEER_NO_TEXT &&
		    !peer_is_sound((enum peer_kind)peer->kind,
			policy->texts[peer->text].text))
			return false;
	}
	return true;
}

/* How many texts the ACEs refer to as of this kind. */
static size_t
count_texts(const struct policy *policy, enum peer_kind kind)
{
	bool is_seen[LIMIT_TEXTS] = { false };
	size_t n = 0;

	for (size_t i = 0; i < policy->n_aces; i++)
		for (size_t k = 0; k < policy->aces[i].n_peers; k++) {
			const struct peer *peer = &policy->aces[i].peers[k];

			if (peer->kind != kind || is_seen[peer->text])
				continue;
			is_seen[peer->text] = true;
			n++;
		}
	return n;
}

static bool
stage_end(const struct stage *stage)
{
	const struct policy *policy = stage->policy;

	return policy != NULL && stage->n_texts == policy->n_texts &&
	       stage->n_aces == policy->n_aces &&
	       count_texts(policy, PEER_DNSNAME) <= LIMIT_DNSNAMES &&
	       count_texts(policy, PEER_CONTROLLER) <= LIMIT_CLASSES;
}

static bool
stage_ace(struct stage *stage, const struct record_ace *ace)
{
	struct policy *policy = stage->policy;
	struct fault why;

	if (policy == NULL || stage->n_texts != policy->n_texts ||
	    stage->n_aces == policy->n_aces ||
	    !ace_is_sound(&ace->ace, policy->n_texts, &why) ||
	    !peers_are_sound(policy, &ace->ace))
		return false;
	policy->aces[stage->n_aces++] = ace->ace;
	return true;
}

bool
stage_record(struct stage *stage, const struct msg *msg)
{
	switch ((int)msg->type) {
	case RECORD_POLICY_BEGIN:
		return stage_begin(stage, MSG_BODY(msg, record_policy));
	case RECORD_POLICY_TEXT:
		return stage_text(stage, MSG_BODY(msg, record_text));
	case RECORD_ACE:
		return stage_ace(stage, MSG_BODY(msg, record_ace));
	case RECORD_POLICY_END:
		return stage_end(stage);
	default:
		return false;
	}
}

struct policy *
stage_take(struct stage *stage)
{
	struct policy *policy = stage->policy;

	stage->policy = NULL;
	return policy;
}

void
stage_done(struct stage *stage)
{
	policy_free(stage->policy);
	stage->policy = NULL;
}
