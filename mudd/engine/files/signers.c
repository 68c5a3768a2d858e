/*
 * Whom Things' certificates name as signers.  Role: engine.  A Name is compared
 * as its bytes here; whether a signature is that Name's, readers say.
 */
#include "engine/files/signers.h"

#include <string.h>

#include "engine/files/mudurl.h"
#include "engine/files/verdicts.h"
#include "engine/things/things.h"

void
signers_due(struct mudurl *mud)
{
	if (mud != NULL)
		mud->signer_due = true;
}

struct bytes
signers_wanted(const struct mudurl *mud)
{
	return (struct bytes){ mud->wanted.name,
		mud->settles_unnamed ? 0 : mud->wanted.len };
}

static bool
is_same(const struct signer_name *a, const uint8_t *name, size_t len)
{
	return a->len == len && memcmp(a->name, name, len) == 0;
}

void
signers_proved(const struct mudurl *mud, struct version *version)
{
	const struct bytes wanted = signers_wanted(mud);

	version->named = (struct signer_name){ .len = 0 };
	if (version->verdict.code == FAULT_NONE && wanted.len > 0)
		version->named = mud->wanted;
}

/* Its certificate names somebody, and an administrator has not spoken. */
static bool
names_signer(const struct thing *thing)
{
	return thing->mud != NULL && thing->certificate != NULL &&
	       thing->certificate->n_mudsigner > 0 &&
	       thing->source != STATE_SOURCE_CONFIG &&
	       thing->source != STATE_SOURCE_ADMIN;
}

bool
signers_serve(const struct thing *thing)
{
	const struct version *accepted = thing->mud->accepted;

	return !names_signer(thing) || accepted == NULL ||
	       accepted->approved_at != 0 ||
	       is_same(&accepted->named, thing->certificate->mudsigner,
		   thing->certificate->n_mudsigner);
}

/* ---- what is asked for -------------------------------------------------- */

static bool
is_earlier(const struct thing *a, const struct thing *b)
{
	if (a->first_seen != b->first_seen)
		return a->first_seen < b->first_seen;
	return memcmp(a->mac.byte, b->mac.byte, sizeof(a->mac.byte)) < 0;
}

static void
look_at(void *arg, struct thing *thing)
{
	struct mudurl *mud = thing->mud;
	const struct thing *first;

	(void)arg;
	if (!names_signer(thing) || !mud->signer_due)
		return;
	first = mud->signer_first;
	if (first != NULL && (first->certificate->n_mudsigner !=
				     thing->certificate->n_mudsigner ||
				 memcmp(first->certificate->mudsigner,
				     thing->certificate->mudsigner,
				     thing->certificate->n_mudsigner) != 0))
		mud->are_signers_many = true;
	if (first == NULL || is_earlier(thing, first))
		mud->signer_first = thing;
}

/* Of those that must wait, one's words are as good as another's. */
static void
look_who_waits(void *arg, struct thing *thing)
{
	struct mudurl *mud = thing->mud;

	(void)arg;
	if (mud == NULL || !mud->signer_due || signers_serve(thing))
		return;
	if (mud->contested.code == FAULT_NONE)
		(void)fault_set(&mud->contested, FAULT_MUDSIGNER,
		    "RFC 8520 s13.2 (M-SIG-4)",
		    "what is in force is signed by %.64s, but the certificate "
		    "of a device names %.64s",
		    mud->accepted->signer.subject, thing->certificate->signer);
}

/* Another name than before: what was judged by that is judged again. */
static void
judge_again(struct mudurl *mud)
{
	if (mud->attempt != NULL) {
		attempt_free(mud->attempt);
		mud->attempt = NULL;
		if (mud->errand == ERRAND_FETCH)
			mud->next_fetch_at = mud->began_at;
	}
	mud->settles_unnamed = false;
	if (mud->accepted != NULL && !mud->is_unsettled &&
	    mud->wanted.len > 0 &&
	    !is_same(&mud->accepted->named, mud->wanted.name, mud->wanted.len))
		mud->is_doubted = true;
	if (mudurl_awaits(mud) &&
	    mud->candidate->verdict.code != FAULT_UNSIGNED)
		mud->is_retried = true;
}

static void
settle(struct mudurl *mud)
{
	const struct thing *first = mud->signer_first;
	const bool was_disputed = mud->is_disputed;
	struct signer_name wanted = { .len = 0 };

	if (first != NULL) {
		wanted.len = first->certificate->n_mudsigner;
		memcpy(wanted.name, first->certificate->mudsigner, wanted.len);
	}
	mud->is_disputed = mud->are_signers_many;
	if (!is_same(&mud->wanted, wanted.name, wanted.len)) {
		mud->wanted = wanted;
		judge_again(mud);
	} else if (was_disputed && !mud->is_disputed && mudurl_awaits(mud)) {
		mud->is_retried = true;
	}
}

void
signers_refresh(struct things *things, struct list *urls)
{
	bool is_due = false;

	LIST_EACH(at, urls)
	{
		struct mudurl *mud = LIST_ENTRY(at, struct mudurl, link);

		is_due = is_due || mud->signer_due;
		mud->signer_first = NULL;
		mud->are_signers_many = false;
	}
	if (!is_due)
		return;
	things_each(things, look_at, NULL);
	LIST_EACH(at, urls)
	{
		struct mudurl *mud = LIST_ENTRY(at, struct mudurl, link);

		if (!mud->signer_due)
			continue;
		settle(mud);
		mud->contested = (struct fault){ 0 };
	}
	/* While it is judged again nobody knows. */
	things_each(things, look_who_waits, NULL);
	LIST_EACH(at, urls)
	{
		struct mudurl *mud = LIST_ENTRY(at, struct mudurl, link);

		if (mud->signer_due && (mud->is_doubted || mud->is_unsettled))
			mud->contested = (struct fault){ 0 };
		mud->signer_due = false;
	}
}
