/*
 * Trust, asked about and decided.  Role: engine.  Callers are identified,
 * their parameters are not trusted.
 */
#include "engine/control/trustcalls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/config.h"
#include "engine/control/calls.h"
#include "engine/control/put.h"
#include "engine/engine.h"
#include "libmud/digest.h"
#include "libmud/limits.h"
#include "libmud/mem.h"

/* A signer as people know it. */
struct known {
	const uint8_t *spki; /* lent */
	const char *subject; /* lent */
};

/* ---- what there is ------------------------------------------------------ */

static json_t *
anchor_of(const struct trust_anchor *anchor)
{
	const struct signer *holder = &anchor->anchor.holder;
	json_t *object = json_object();

	put_value(object, "source",
	    json_string(anchor->file[0] != '\0' ? "file" : "added"));
	put_text(object, "file", anchor->file);
	if (anchor->file[0] == '\0') {
		put_value(object, "added_by", json_integer(anchor->added_by));
		put_time(object, "added_at", anchor->added_at);
	}
	put_fault(object, "fault", &anchor->why,
	    "Put a whole certificate into the file, or remove it, and "
	    "restart mudd.");
	if (anchor->why.code != FAULT_NONE)
		return object;
	put_digest(object, "id", anchor->anchor.id);
	put_text(object, "subject", holder->subject);
	put_text(object, "issuer", holder->issuer);
	put_digest(object, "spki", holder->spki);
	put_time(object, "expires", holder->not_after);
	put_value(object, "is_ca", json_boolean(anchor->anchor.is_ca));
	return object;
}

static json_t *
signer_of(const struct known *known)
{
	json_t *object = json_object();

	put_digest(object, "spki", known->spki);
	put_text(object, "subject", known->subject);
	return object;
}

static json_t *
distrust_of(const struct state_distrust *row)
{
	json_t *object = signer_of(&(struct known){ row->spki, row->subject });

	put_value(object, "by", json_integer(row->by));
	put_time(object, "since", row->since);
	return object;
}

void
trustcalls_list(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;
	const struct engine *engine = commands->engine;
	json_t *anchors = json_array(), *distrusted = json_array();

	(void)params;
	(void)uid;
	LIST_EACH(at, trust_anchors(engine->trust))
	(void)json_array_append_new(
	    anchors, anchor_of(LIST_ENTRY(at, struct trust_anchor, link)));
	LIST_EACH(at, trust_signers(engine->trust))
	(void)json_array_append_new(distrusted,
	    distrust_of(&LIST_ENTRY(at, struct trust_signer, link)->row));
	control_reply(call, json_pack("{s:s,s:o,s:o}", "directory",
				engine->options.config->trust_anchors,
				"anchors", anchors, "distrusted", distrusted));
}

/* ---- anchors ------------------------------------------------------------ */

static void
on_added(void *arg, const struct trust_anchor *anchor, const struct fault *why)
{
	struct waiting *waiting = arg;

	if (anchor != NULL)
		control_reply(waiting->call, anchor_of(anchor));
	else
		calls_not_possible(waiting->call, why->detail);
	calls_end(waiting);
}

void
trustcalls_add(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;
	struct engine *engine = commands->engine;
	const char *pem = calls_text(call, params, "pem");

	if (pem == NULL)
		return;
	trust_add(engine->trust,
	    (struct bytes){ (const uint8_t *)pem, strlen(pem) }, uid,
	    engine_now(engine), on_added,
	    calls_wait(commands, call, WAIT_TRUST));
}

static void
say_in_file(
    const struct engine *engine, struct control_call *call, const char *file)
{
	char reason[CONFIG_PATH_TEXT + 512];

	(void)snprintf(reason, sizeof(reason),
	    "it lies in %s/%s; remove it there, and restart mudd",
	    engine->options.config->trust_anchors, file);
	calls_not_possible(call, reason);
}

void
trustcalls_remove(
    void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;
	struct engine *engine = commands->engine;
	const char *id = calls_text(call, params, "id");
	const char *file = "";

	(void)uid;
	if (id == NULL)
		return;
	switch (trust_remove(engine->trust, id, &file)) {
	case 0:
		control_reply(call, NULL);
		break;
	case -ENOENT:
		calls_not_found(call, id);
		break;
	case -ENOTUNIQ:
		calls_not_possible(
		    call, "several anchors begin so; give more digits");
		break;
	case -EPERM:
		say_in_file(engine, call, file);
		break;
	default:
		calls_not_possible(call, "the decision could not be stored");
		break;
	}
}

/* ---- signers ------------------------------------------------------------ */

struct search {
	const char *text; /* hex digits, or a subject */
	struct known found;
	bool is_ambiguous;
};

static void
look_at(struct search *search, const uint8_t spki[32], const char *subject)
{
	if (!digest_is_named(spki, search->text, TRUST_SIGNER_MIN) &&
	    (subject[0] == '\0' || strcmp(subject, search->text) != 0))
		return;
	if (search->found.spki != NULL &&
	    memcmp(search->found.spki, spki, 32) != 0)
		search->is_ambiguous = true;
	search->found = (struct known){ spki, subject };
}

static void
look_at_version(struct search *search, const struct version *version)
{
	if (version != NULL && version->signer.subject[0] != '\0')
		look_at(search, version->signer.spki, version->signer.subject);
}

/* Answers the call itself if the text names nobody, or several. */
static bool
has_found(const struct search *search, struct control_call *call)
{
	if (search->is_ambiguous)
		calls_not_possible(call,
		    "several signers have that name; give the digest of the "
		    "key, at least 16 digits");
	else if (search->found.spki == NULL)
		calls_not_found(call, search->text);
	return search->found.spki != NULL && !search->is_ambiguous;
}

/* A whole digest names a signer that nobody has seen yet, too. */
static bool
digest_parse(const char *text, uint8_t digest[32])
{
	if (strlen(text) != DIGEST_TEXT - 1 ||
	    strspn(text, "0123456789abcdefABCDEF") != DIGEST_TEXT - 1)
		return false;
	for (size_t i = 0; i < 32; i++) {
		const char byte[3] = { text[2 * i], text[2 * i + 1], '\0' };

		digest[i] = (uint8_t)strtoul(byte, NULL, 16);
	}
	return true;
}

static void
answer_decided(struct control_call *call, int error, const struct known *known)
{
	if (error == 0)
		control_reply(call, signer_of(known));
	else if (error == -ENOSPC)
		calls_not_possible(call, "too many signers are distrusted");
	else
		calls_not_possible(call, "the decision could not be stored");
}

void
trustcalls_distrust(
    void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;
	struct engine *engine = commands->engine;
	struct search search = { .text = calls_text(call, params, "signer") };
	uint8_t spki[32];

	if (search.text == NULL)
		return;
	LIST_EACH(at, manager_all(engine->manager))
	{
		const struct mudurl *mud = LIST_ENTRY(at, struct mudurl, link);

		look_at_version(&search, mud->accepted);
		look_at_version(&search, mud->candidate);
	}
	if (search.found.spki == NULL && digest_parse(search.text, spki))
		search.found = (struct known){ spki, "" };
	if (!has_found(&search, call))
		return;
	answer_decided(call,
	    trust_distrust(engine->trust, search.found.spki,
		search.found.subject, uid, engine_now(engine)),
	    &search.found);
}

void
trustcalls_restore(
    void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;
	struct engine *engine = commands->engine;
	struct search search = { .text = calls_text(call, params, "signer") };
	struct state_distrust row;

	(void)uid;
	if (search.text == NULL)
		return;
	LIST_EACH(at, trust_signers(engine->trust))
	{
		const struct trust_signer *signer =
		    LIST_ENTRY(at, struct trust_signer, link);

		look_at(&search, signer->row.spki, signer->row.subject);
	}
	if (!has_found(&search, call))
		return;
	/* The row goes with the decision. */
	memcpy(row.spki, search.found.spki, sizeof(row.spki));
	text_copy(row.subject, sizeof(row.subject), search.found.subject);
	answer_decided(call, trust_restore(engine->trust, row.spki),
	    &(struct known){ row.spki, row.subject });
}
