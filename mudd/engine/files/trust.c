/*
 * Whom the gateway trusts.  Role: engine.  Input: what root put into trust.d
 * and administrators sent, as readers describe it; our own state read back.
 */
#include "engine/files/trust.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "engine/events.h"
#include "engine/files/anchorjob.h"
#include "engine/files/devicetrust.h"
#include "engine/files/materials.h"
#include "engine/files/trustload.h"
#include "libmud/digest.h"
#include "libmud/limits.h"
#include "libmud/mem.h"

/* An anchor that a reader looks at before it is added. */
struct adding {
	struct trust *trust;
	struct anchorjob *job;
	struct bytes pem; /* owned */
	uid_t uid;
	int64_t now;
	trust_added_fn *done;
	void *arg;
	struct list link;
};

struct trust {
	struct trust_options options;
	struct material material;
	struct list anchors, signers, addings;
	size_t n_anchors, n_signers;
	size_t n_bytes; /* of the good anchors' PEM */
	bool is_ready;
	bool is_unlisted;       /* nobody could say what is in the files */
	struct trustload *load; /* while they are listed at start */
	struct devicetrust *devices;
};

static struct bytes
copy_bytes(struct bytes from)
{
	uint8_t *data = xcalloc(1, from.len + 1);

	memcpy(data, from.data, from.len);
	return (struct bytes){ data, from.len };
}

static void
free_bytes(struct bytes bytes)
{
	free((void *)(uintptr_t)bytes.data);
}

/* ---- the set ------------------------------------------------------------ */

static struct trust_anchor *
add_anchor(
    struct trust *trust, const struct anchor_found *found, struct bytes pem)
{
	struct trust_anchor *anchor = xcalloc(1, sizeof(*anchor));

	anchor->anchor = found->anchor;
	anchor->why = found->why;
	anchor->pem = copy_bytes(pem);
	list_append(&trust->anchors, &anchor->link);
	trust->n_anchors++;
	if (anchor->why.code == FAULT_NONE)
		trust->n_bytes += pem.len + 1;
	return anchor;
}

static void
drop_anchor(struct trust *trust, struct trust_anchor *anchor)
{
	trust->n_anchors--;
	if (anchor->why.code == FAULT_NONE)
		trust->n_bytes -= anchor->pem.len + 1;
	list_remove(&anchor->link);
	free_bytes(anchor->pem);
	free(anchor);
}

static void
set_material(struct trust *trust, struct bytes text)
{
	if (trust->material.fd >= 0)
		(void)close(trust->material.fd);
	trust->material.size = (uint32_t)text.len;
	trust->material.fd = material_make("anchors", text.data, text.len);
	if (trust->material.fd < 0)
		log_fatal("cannot make a memory file: %s",
		    strerror(-trust->material.fd));
}

/* The good anchors, one after another, for readers from now on. */
static void
make_material(struct trust *trust)
{
	uint8_t *text = xcalloc(1, trust->n_bytes + 1);
	size_t at = 0;

	LIST_EACH(link, &trust->anchors)
	{
		const struct trust_anchor *anchor =
		    LIST_ENTRY(link, struct trust_anchor, link);

		if (anchor->why.code != FAULT_NONE)
			continue;
		memcpy(text + at, anchor->pem.data, anchor->pem.len);
		at += anchor->pem.len;
		text[at++] = '\n';
	}
	set_material(trust, (struct bytes){ text, at });
	free(text);
}

static struct trust_signer *
find_signer(const struct trust *trust, const uint8_t spki[32])
{
	LIST_EACH(at, &trust->signers)
	{
		struct trust_signer *signer =
		    LIST_ENTRY(at, struct trust_signer, link);

		if (memcmp(signer->row.spki, spki, 32) == 0)
			return signer;
	}
	return NULL;
}

static void
add_signer(struct trust *trust, const struct state_distrust *row)
{
	struct trust_signer *signer = xcalloc(1, sizeof(*signer));

	signer->row = *row;
	list_append(&trust->signers, &signer->link);
	trust->n_signers++;
}

static void
changed(struct trust *trust, enum trust_change change)
{
	trust->options.changed(trust->options.arg, change);
}

/* ---- what is there at start --------------------------------------------- */

/* What was stored must be what was added: the state lies on a disk. */
static bool
is_as_stored(
    const struct anchor_found *found, const struct trust_origin *origin)
{
	return found->why.code == FAULT_NONE &&
	       memcmp(found->anchor.id, origin->id, 32) == 0;
}

static void
on_found(void *arg, const struct anchor_found *found, struct bytes pem,
    const struct trust_origin *origin)
{
	struct trust *trust = arg;
	struct trust_anchor *anchor;

	if (origin->file == NULL && !is_as_stored(found, origin)) {
		log_warning("trust anchors: one that was added is not as it "
			    "was stored, and is left out");
		return;
	}
	if (found->why.code != FAULT_NONE)
		log_warning("trust anchors: %s: a certificate in it is not "
			    "used: %s: %s",
		    log_quote(origin->file), found->why.clause,
		    found->why.detail);
	anchor = add_anchor(trust, found, pem);
	if (origin->file != NULL)
		text_copy(anchor->file, sizeof(anchor->file), origin->file);
	anchor->added_at = origin->added_at;
	anchor->added_by = origin->added_by;
}

static void
say_none(const struct trust *trust)
{
	if (trust->material.size == 0)
		log_warning("there is no trust anchor: every MUD file will "
			    "wait for an administrator");
}

/* What cannot be listed is judged by as it is. */
static void
on_loaded(void *arg, const struct fault *why, struct bytes text)
{
	struct trust *trust = arg;

	trust->load = NULL;
	if (why->code == FAULT_NONE) {
		make_material(trust);
	} else {
		log_error("trust anchors: cannot be listed: %s: %s",
		    why->clause, why->detail);
		set_material(trust, text);
		trust->is_unlisted = true;
	}
	trust->is_ready = true;
	say_none(trust);
	changed(trust, TRUST_SETTLED);
}

static void
load_signer(void *arg, const struct state_distrust *row)
{
	add_signer(arg, row);
}

struct trust *
trust_new(const struct trust_options *options)
{
	struct trust *trust = xcalloc(1, sizeof(*trust));
	struct trustload_options load = {
		.state = options->state,
		.jobs = options->jobs,
		.materials = options->materials,
		.found = on_found,
		.done = on_loaded,
		.arg = trust,
	};
	int left_out;

	trust->options = *options;
	trust->material.fd = -1;
	list_init(&trust->anchors);
	list_init(&trust->signers);
	list_init(&trust->addings);
	left_out = state_load_distrust(options->state, load_signer, trust);
	if (left_out != 0)
		log_warning(
		    "state: %d distrusted signers could not be read", left_out);
	make_material(trust);
	trust->load = trustload_start(&load);
	trust->devices = devicetrust_start(options->jobs, options->materials);
	trust->is_ready = trust->load == NULL;
	if (trust->is_ready)
		say_none(trust);
	return trust;
}

static void
adding_free(struct adding *adding)
{
	anchorjob_free(adding->job);
	list_remove(&adding->link);
	free_bytes(adding->pem);
	free(adding);
}

void
trust_free(struct trust *trust)
{
	if (trust == NULL)
		return;
	trustload_free(trust->load);
	devicetrust_free(trust->devices);
	LIST_EACH_SAFE(at, &trust->addings)
	adding_free(LIST_ENTRY(at, struct adding, link));
	LIST_EACH_SAFE(at, &trust->anchors)
	drop_anchor(trust, LIST_ENTRY(at, struct trust_anchor, link));
	LIST_EACH_SAFE(at, &trust->signers)
	free(LIST_ENTRY(at, struct trust_signer, link));
	(void)close(trust->material.fd);
	free(trust);
}

/* ---- questions ---------------------------------------------------------- */

bool
trust_is_ready(const struct trust *trust)
{
	return trust->is_ready;
}

const struct material *
trust_material(const struct trust *trust)
{
	return &trust->material;
}

bool
trust_is_distrusted(const struct trust *trust, const uint8_t spki[32])
{
	return find_signer(trust, spki) != NULL;
}

const struct list *
trust_anchors(const struct trust *trust)
{
	return &trust->anchors;
}

const struct list *
trust_signers(const struct trust *trust)
{
	return &trust->signers;
}

/* ---- decisions ---------------------------------------------------------- */

static const struct trust_anchor *
find_anchor(const struct trust *trust, const uint8_t id[32])
{
	LIST_EACH(at, &trust->anchors)
	{
		const struct trust_anchor *anchor =
		    LIST_ENTRY(at, struct trust_anchor, link);

		if (anchor->why.code == FAULT_NONE &&
		    memcmp(anchor->anchor.id, id, 32) == 0)
			return anchor;
	}
	return NULL;
}

/* Is this one certificate, and a good one? */
static bool
is_one(const struct anchors_found *found, struct fault *why)
{
	if (found->why.code != FAULT_NONE)
		*why = found->why;
	else if (found->n != 1 || found->n_left_out != 0)
		(void)fault_set(why, FAULT_MALFORMED, "RFC 7468 s5",
		    "%zu certificates in PEM, where one is added at a time",
		    found->n + found->n_left_out);
	else if (found->each[0].why.code != FAULT_NONE)
		*why = found->each[0].why;
	else
		return true;
	return false;
}

static bool
has_room(const struct trust *trust, size_t size, struct fault *why)
{
	if (trust->n_anchors < LIMIT_ANCHOR_COUNT &&
	    trust->n_bytes + size + 1 <= LIMIT_ANCHORS)
		return true;
	return fault_set(why, FAULT_TOO_MANY, "S-34",
	    "no room for more trust anchors; the most are %d, of %d bytes in "
	    "all",
	    LIMIT_ANCHOR_COUNT, LIMIT_ANCHORS);
}

static const struct trust_anchor *
store_anchor(
    struct adding *adding, const struct anchor_found *found, struct fault *why)
{
	struct trust *trust = adding->trust;
	struct state_anchor row = {
		.pem = { adding->pem.data + found->offset, found->size },
		.added_at = adding->now,
		.added_by = (int64_t)adding->uid,
	};
	struct trust_anchor *anchor;
	int error;

	if (!has_room(trust, found->size, why))
		return NULL;
	memcpy(row.id, found->anchor.id, sizeof(row.id));
	error = state_put_anchor(trust->options.state, &row);
	if (error < 0) {
		(void)fault_set(why, FAULT_INTERNAL, "R-1",
		    "the decision could not be stored: %s", strerror(-error));
		return NULL;
	}
	anchor = add_anchor(trust, found, row.pem);
	anchor->added_at = row.added_at;
	anchor->added_by = row.added_by;
	events_tell(EVENT_TRUST_CHANGED, NULL, "anchor added by uid %u: %s",
	    (unsigned int)adding->uid, anchor->anchor.holder.subject);
	make_material(trust);
	return anchor;
}

static void
on_looked_at(void *arg, const struct anchors_found *found)
{
	struct adding *adding = arg;
	struct trust *trust = adding->trust;
	const struct trust_anchor *anchor = NULL;
	struct fault why = { 0 };
	bool is_new = false;

	adding->job = NULL;
	if (is_one(found, &why)) {
		anchor = find_anchor(trust, found->each[0].anchor.id);
		is_new = anchor == NULL;
		if (is_new)
			anchor = store_anchor(adding, &found->each[0], &why);
	}
	adding->done(adding->arg, anchor, &why);
	adding_free(adding);
	if (is_new && anchor != NULL)
		changed(trust, TRUST_ADDED);
}

void
trust_add(struct trust *trust, struct bytes pem, uid_t uid, int64_t now,
    trust_added_fn *done, void *arg)
{
	struct adding *adding;
	struct fault why;

	if (!trust->is_ready || trust->is_unlisted || pem.len > LIMIT_REQUEST) {
		(void)fault_set(&why, FAULT_BUSY, "S-34", "%s",
		    !trust->is_ready ? "the trust anchors are being read"
		    : trust->is_unlisted
			? "what is in trust.d could not be listed; see the "
			  "log, then reload"
			: "the certificate is too large");
		done(arg, NULL, &why);
		return;
	}
	adding = xcalloc(1, sizeof(*adding));
	adding->trust = trust;
	adding->pem = copy_bytes(pem);
	adding->uid = uid;
	adding->now = now;
	adding->done = done;
	adding->arg = arg;
	list_append(&trust->addings, &adding->link);
	adding->job = anchorjob_start(
	    trust->options.jobs, adding->pem, on_looked_at, adding);
	if (adding->job != NULL)
		return;
	adding_free(adding);
	(void)fault_set(&why, FAULT_BUSY, "S-25", "too many jobs wait");
	done(arg, NULL, &why);
}

/* The anchor that these digits name; an added one is meant first. */
static int
name_anchor(
    const struct trust *trust, const char *id, struct trust_anchor **named)
{
	struct trust_anchor *found = NULL;

	LIST_EACH(at, &trust->anchors)
	{
		struct trust_anchor *anchor =
		    LIST_ENTRY(at, struct trust_anchor, link);

		if (anchor->why.code != FAULT_NONE ||
		    !digest_is_named(anchor->anchor.id, id, TRUST_ID_MIN))
			continue;
		if (found != NULL &&
		    memcmp(found->anchor.id, anchor->anchor.id, 32) != 0)
			return -ENOTUNIQ;
		if (found == NULL || found->file[0] != '\0')
			found = anchor;
	}
	*named = found;
	return found == NULL ? -ENOENT : 0;
}

int
trust_remove(struct trust *trust, const char *id, const char **file)
{
	struct trust_anchor *anchor;
	int error = name_anchor(trust, id, &anchor);

	if (error < 0)
		return error;
	if (anchor->file[0] != '\0') {
		*file = anchor->file;
		return -EPERM;
	}
	if (state_delete_anchor(trust->options.state, anchor->anchor.id) < 0)
		return -EIO;
	events_tell(EVENT_TRUST_CHANGED, NULL, "anchor removed: %s",
	    anchor->anchor.holder.subject);
	drop_anchor(trust, anchor);
	make_material(trust);
	changed(trust, TRUST_REMOVED);
	return 0;
}

int
trust_distrust(struct trust *trust, const uint8_t spki[32], const char *subject,
    uid_t uid, int64_t now)
{
	struct state_distrust row = { .since = now, .by = (int64_t)uid };

	if (trust_is_distrusted(trust, spki))
		return 0;
	if (trust->n_signers >= LIMIT_ANCHOR_COUNT)
		return -ENOSPC;
	memcpy(row.spki, spki, sizeof(row.spki));
	text_copy(row.subject, sizeof(row.subject), subject);
	if (state_put_distrust(trust->options.state, &row) < 0)
		return -EIO;
	events_tell(EVENT_TRUST_CHANGED, NULL,
	    "signer distrusted by uid %u: %s", (unsigned int)uid, subject);
	add_signer(trust, &row);
	changed(trust, TRUST_DISTRUSTED);
	return 0;
}

int
trust_restore(struct trust *trust, const uint8_t spki[32])
{
	struct trust_signer *signer = find_signer(trust, spki);

	if (signer == NULL)
		return 0;
	if (state_delete_distrust(trust->options.state, spki) < 0)
		return -EIO;
	events_tell(EVENT_TRUST_CHANGED, NULL,
	    "signer no longer distrusted: %s", signer->row.subject);
	list_remove(&signer->link);
	free(signer);
	trust->n_signers--;
	changed(trust, TRUST_RESTORED);
	return 0;
}
