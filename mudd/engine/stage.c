/*
 * A policy on its way from the reader.  Role: engine.  The reader parsed
 * hostile bytes: every record is checked as if it were hostile itself.
 */
#include "engine/stage.h"

#include <stdlib.h>
#include <string.h>

#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/mem.h"
#include "libmud/policy.h"

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

static bool
stage_ace(struct stage *stage, const struct record_ace *ace)
{
	struct policy *policy = stage->policy;
	struct fault why;

	if (policy == NULL || stage->n_texts != policy->n_texts ||
	    stage->n_aces == policy->n_aces ||
	    !ace_is_sound(&ace->ace, policy->n_texts, &why))
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
		return stage->policy != NULL &&
		       stage->n_texts == stage->policy->n_texts &&
		       stage->n_aces == stage->policy->n_aces;
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
