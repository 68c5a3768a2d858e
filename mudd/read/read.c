/*
 * PEEK, READ and ANCHORS.  Role: reader.  Input: a MUD file, its signature and
 * the trust anchors; the first two are hostile.
 *
 * The order is the point (RFC 8520 s13.2, M-SIG-2): the signature is judged
 * over the raw bytes and the verdict has left before JSON is looked at, so
 * that nothing which the JSON does to us can change it.
 */
#include "read/read.h"

#include <string.h>
#include <time.h>

#include "core/hook.h"
#include "libmud/devcert.h"
#include "libmud/digest.h"
#include "libmud/fault.h"
#include "libmud/mudfile.h"
#include "libmud/policy.h"
#include "libmud/signature.h"
#include "read/file.h"

/* What a READ is about, mapped. */
struct inputs {
	struct bytes file, signature, anchors;
};

static void
refuse(struct wire *wire, uint32_t job, const struct fault *why)
{
	struct record_refused refused = { .job = job, .why = *why };

	wire_send(wire, RECORD_REFUSED, &refused);
}

static void
peek(struct wire *wire, const struct msg *msg)
{
	const struct record_peek *asked = MSG_BODY(msg, record_peek);
	struct record_signature_at at = { .job = asked->job };
	struct mudfile_peek found = { 0 };
	struct fault why = { 0 };
	struct bytes file;

	if (!file_map(msg->fds[0], LIMIT_FILE, "MUD file", &file, &why) ||
	    !mudfile_peek(file, &found, &why)) {
		refuse(wire, asked->job, &why);
		return;
	}
	memcpy(at.url, found.mud_signature, sizeof(at.url));
	wire_send(wire, RECORD_SIGNATURE_AT, &at);
}

static bool
map_inputs(const struct msg *msg, struct inputs *in, struct fault *why)
{
	return file_map(msg->fds[0], LIMIT_FILE, "MUD file", &in->file, why) &&
	       file_map(msg->fds[1], LIMIT_SIGNATURE, "signature",
		   &in->signature, why) &&
	       file_map(msg->fds[2], LIMIT_ANCHORS, "trust anchors",
		   &in->anchors, why);
}

static bool
judge(const struct record_read *asked, const struct inputs *in,
    struct signer *signer, struct fault *why)
{
	struct anchors *anchors;
	bool is_good;

	if (asked->is_signed == 0)
		return fault_set(why, FAULT_UNSIGNED,
		    "RFC 8520 s13.2 (M-SIG-12)",
		    "the MUD file names no mud-signature");
	anchors = anchors_parse(in->anchors, why);
	if (anchors == NULL)
		return false;
	anchors_pin(anchors, asked->pinned);
	is_good = signature_verify(in->file, in->signature, anchors,
	    (struct bytes){ asked->mudsigner, asked->n_mudsigner },
	    (time_t)asked->at, signer, why);
	anchors_free(anchors);
	return is_good;
}

/* Sends the verdict; true: the file may be parsed. */
static bool
send_verdict(
    struct wire *wire, const struct record_read *asked, const struct inputs *in)
{
	struct record_verdict verdict = { .job = asked->job };
	bool is_good;

	digest_of(in->file, verdict.digest);
	is_good = judge(asked, in, &verdict.signer, &verdict.why);
	wire_send(wire, RECORD_VERDICT, &verdict);
	return is_good || asked->is_approved != 0 || asked->is_shown != 0;
}

/* A file for another product must not pass for this one's (S-32).  It still
 * crosses, held: an administrator may know better.  Of several reasons to
 * hold this is the one to show: it says that the file is not meant at all. */
static void
check_mud_url(struct policy *policy, const char *url)
{
	if (strcmp(policy->info.mud_url, url) == 0)
		return;
	fault_set(&policy->hold, FAULT_WRONG_MUD_URL,
	    "RFC 8520 s3.2 (M-MURL-1, S-32)",
	    "fetched as %s, but its mud-url is %s", url, policy->info.mud_url);
}

static void
send_policy(struct wire *wire, uint32_t job, const struct policy *policy)
{
	struct record_policy head = {
		.job = job,
		.n_texts = (uint32_t)policy->n_texts,
		.n_aces = (uint32_t)policy->n_aces,
		.hold = policy->hold,
		.info = policy->info,
	};

	wire_send(wire, RECORD_POLICY_BEGIN, &head);
	for (size_t i = 0; i < policy->n_texts; i++) {
		struct record_text text = { policy->texts[i] };

		wire_send(wire, RECORD_POLICY_TEXT, &text);
	}
	for (size_t i = 0; i < policy->n_aces; i++) {
		struct record_ace ace = { policy->aces[i] };

		wire_send(wire, RECORD_ACE, &ace);
	}
	wire_send(wire, RECORD_POLICY_END, &head);
}

static void
read_file(struct wire *wire, const struct msg *msg)
{
	const struct record_read *asked = MSG_BODY(msg, record_read);
	struct policy *policy = NULL;
	struct fault why = { 0 };
	struct inputs in;

	if (!map_inputs(msg, &in, &why)) {
		refuse(wire, asked->job, &why);
		return;
	}
	hook_try(PROGRAM_READER, in.file.data, in.file.len, HOOK_NO_FD);
	if (!send_verdict(wire, asked, &in))
		return;
	if (!mudfile_parse(in.file, &policy, &why)) {
		refuse(wire, asked->job, &why);
		return;
	}
	check_mud_url(policy, asked->url);
	send_policy(wire, asked->job, policy);
	policy_free(policy);
}

/* What there is in the text, one after another; a broken one hides none. */
static void
list_anchors(struct wire *wire, const struct msg *msg)
{
	const struct record_anchors *asked = MSG_BODY(msg, record_anchors);
	struct record_anchors_end end = { .job = asked->job };
	struct fault why = { 0 };
	struct bytes text, pem;
	size_t at = 0;

	if (!file_map(
		msg->fds[0], LIMIT_ANCHORS, "trust anchors", &text, &why)) {
		refuse(wire, asked->job, &why);
		return;
	}
	while (anchor_next(text, &at, &pem)) {
		struct record_anchor found = {
			.job = asked->job,
			.offset = (uint32_t)(pem.data - text.data),
			.size = (uint32_t)pem.len,
		};

		if (end.n == LIMIT_ANCHOR_COUNT) {
			end.n_left_out++;
			continue;
		}
		(void)anchor_describe(pem, &found.anchor, &found.why);
		wire_send(wire, RECORD_ANCHOR, &found);
		end.n++;
	}
	wire_send(wire, RECORD_ANCHORS_END, &end);
}

static bool
judge_certificate(const struct record_certificate *asked,
    const struct inputs *in, struct devcert *found, struct fault *why)
{
	struct anchors *anchors = anchors_parse_good(in->anchors, why);
	bool is_good;

	if (anchors == NULL)
		return false;
	is_good =
	    devcert_judge(in->file, anchors, (time_t)asked->at, found, why);
	anchors_free(anchors);
	return is_good;
}

static void
certify(struct wire *wire, const struct msg *msg)
{
	const struct record_certificate *asked =
	    MSG_BODY(msg, record_certificate);
	struct record_certified certified = { .job = asked->job };
	struct fault why = { 0 };
	struct inputs in;

	if (file_map(
		msg->fds[0], LIMIT_DEVCERT, "certificate", &in.file, &why) &&
	    file_map(msg->fds[1], LIMIT_ANCHORS, "device anchors", &in.anchors,
		&why)) {
		hook_try(PROGRAM_READER, in.file.data, in.file.len, HOOK_NO_FD);
		if (judge_certificate(asked, &in, &certified.devcert, &why)) {
			wire_send(wire, RECORD_CERTIFIED, &certified);
			return;
		}
	}
	refuse(wire, asked->job, &why);
}

bool
read_job(struct wire *wire, const struct msg *msg)
{
	const struct record_read *asked = MSG_BODY(msg, record_read);

	if (msg->type == RECORD_PEEK) {
		peek(wire, msg);
		return true;
	}
	if (msg->type == RECORD_ANCHORS) {
		list_anchors(wire, msg);
		return true;
	}
	if (msg->type == RECORD_CERTIFICATE) {
		certify(wire, msg);
		return true;
	}
	if (msg->type != RECORD_READ ||
	    asked->n_mudsigner > sizeof(asked->mudsigner) ||
	    !msg_text_ends(asked->url, sizeof(asked->url)))
		return false;
	read_file(wire, msg);
	return true;
}
