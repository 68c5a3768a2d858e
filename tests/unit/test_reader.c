/*
 * mudd-reader as a whole, in its sandbox, over files signed here.
 */
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <openssl/cms.h>
#include <openssl/sha.h>

#include <cmocka.h>

#include "core/msg.h"
#include "libmud/limits.h"
#include "tests/unit/certs.h"

#define WAIT_MSEC 10000
#define SEALS     (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)
#define URL       "https://things.example/lamp.json"

/* One ACE a direction; the two texts that its peers refer to. */
#define MUD(signature, extra)                                                  \
	"{\"ietf-mud:mud\":{\"mud-version\":1,\"mud-url\":\"" URL "\","        \
	"\"last-update\":\"2024-01-01T00:00:00Z\"," signature                  \
	"\"cache-validity\":24,\"is-supported\":true,"                         \
	"\"systeminfo\":\"Lamp\",\"from-device-policy\":{\"access-lists\":{"   \
	"\"access-list\":[{\"name\":\"f\"}]}},\"to-device-policy\":{"          \
	"\"access-lists\":{\"access-list\":[{\"name\":\"t\"}]}}},"             \
	"\"ietf-access-control-list:acls\":{\"acl\":[" ACL(                    \
	    "f", "dst", extra) "," ACL("t", "src", "") "]}}"
#define ACL(name, side, extra)                                                 \
	"{\"name\":\"" name "\",\"type\":\"ipv4-acl-type\",\"aces\":{"         \
	"\"ace\":[{\"name\":\"a\",\"matches\":{\"ipv4\":{"                     \
	"\"ietf-acldns:" side "-dnsname\":\"api.things.example\"" extra        \
	"}},\"actions\":{\"forwarding\":\"accept\"}}]}}"
#define LITERAL ",\"destination-ipv4-network\":\"192.0.2.1/32\""
#define SIGNED  "\"mud-signature\":\"lamp.p7s\","

static const char file[] = MUD(SIGNED, "");
static const char unsigned_file[] = MUD("", "");
static const char literal_file[] = MUD(SIGNED, LITERAL);

struct world {
	char *anchors;
	struct identity ca, signer, stranger;
};

struct reader {
	pid_t pid;
	int channel;
	uint32_t received;
};

static struct reader
start(void)
{
	struct reader r = { 0 };
	int pair[2];

	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	r.pid = fork();
	if (r.pid == 0) {
		dup2(pair[1], MSG_CHANNEL_FD);
		execl(MUDD_READER, "mudd-reader", (char *)NULL);
		_exit(127);
	}
	close(pair[1]);
	r.channel = pair[0];
	return r;
}

static int
memory(const void *data, size_t len, unsigned int seals)
{
	int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
	return fd;
}

static int
hear(struct reader *r, struct msg *msg)
{
	struct pollfd wait = { .fd = r->channel, .events = POLLIN };
	int got;

	if (poll(&wait, 1, WAIT_MSEC) != 1)
		fail_msg("the reader says nothing");
	got = msg_receive(
	    r->channel, r->received, PROGRAM_READER, PROGRAM_ENGINE, msg);
	if (got == 1)
		r->received++;
	return got;
}

/* The reader must have said all and gone, with this status. */
static void
ends(struct reader *r, int status)
{
	struct msg msg;
	int got;

	assert_int_equal(hear(r, &msg), 0);
	close(r->channel);
	assert_int_equal(waitpid(r->pid, &got, 0), r->pid);
	assert_true(WIFEXITED(got));
	assert_int_equal(WEXITSTATUS(got), status);
}

/* Expects a REFUSED as the next and last record. */
static struct fault
refused(struct reader *r)
{
	struct fault why;
	struct msg msg;

	assert_int_equal(hear(r, &msg), 1);
	assert_int_equal(msg.type, RECORD_REFUSED);
	assert_int_equal(MSG_BODY(&msg, record_refused)->job, 5);
	why = MSG_BODY(&msg, record_refused)->why;
	ends(r, 0);
	return why;
}

/* ---- PEEK --------------------------------------------------------------- */

static void
ask_peek(struct reader *r, int fd)
{
	struct record_peek peek = { .job = 5 };

	assert_int_equal(
	    msg_send(r->channel, 0, RECORD_PEEK, &peek, &fd, 1), 0);
	close(fd);
}

/* clang-format off */
static const struct {
	const char *name;
	const char *text;
	size_t len;
	unsigned int seals;
	const char *url; /* NULL: refused with this code */
	enum fault_code code;
} peeks[] = {
	{ "signed", file, sizeof(file) - 1, SEALS, "lamp.p7s", 0 },
	{ "unsigned", unsigned_file, sizeof(unsigned_file) - 1, SEALS, "", 0 },
	{ "empty", "", 0, SEALS, NULL, FAULT_NOT_JSON },
	{ "no JSON", "hello", 5, SEALS, NULL, FAULT_NOT_JSON },
	{ "unsealed", file, sizeof(file) - 1, 0, NULL, FAULT_RECORD },
	{ "may shrink", file, sizeof(file) - 1, SEALS & ~F_SEAL_SHRINK, NULL,
		FAULT_RECORD },
	{ "may be written", file, sizeof(file) - 1, SEALS & ~F_SEAL_WRITE,
		NULL, FAULT_RECORD },
	{ "may grow", file, sizeof(file) - 1, SEALS & ~F_SEAL_GROW, NULL,
		FAULT_RECORD },
};
/* clang-format on */

static void
finds_the_signature_url(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(peeks) / sizeof(peeks[0]); i++) {
		struct reader r = start();
		struct msg msg;

		ask_peek(
		    &r, memory(peeks[i].text, peeks[i].len, peeks[i].seals));
		if (peeks[i].url == NULL) {
			struct fault why = refused(&r);

			if (why.code != peeks[i].code)
				fail_msg("%s: %s", peeks[i].name, why.detail);
			continue;
		}
		assert_int_equal(hear(&r, &msg), 1);
		assert_int_equal(msg.type, RECORD_SIGNATURE_AT);
		assert_int_equal(MSG_BODY(&msg, record_signature_at)->job, 5);
		assert_string_equal(
		    MSG_BODY(&msg, record_signature_at)->url, peeks[i].url);
		ends(&r, 0);
	}
}

static void
refuses_what_is_too_large(void **state)
{
	struct reader r = start();
	char *much = calloc(LIMIT_FILE + 1, 1);

	(void)state;
	assert_non_null(much);
	ask_peek(&r, memory(much, LIMIT_FILE + 1, SEALS));
	free(much);
	assert_int_equal(refused(&r).code, FAULT_TOO_LARGE);
}

/* ---- READ --------------------------------------------------------------- */

enum signed_by { NOBODY, SIGNER, STRANGER, SIGNER_OF_OTHER };

struct read_case {
	const char *name;
	const char *text;
	enum signed_by by;
	const char *url;
	enum { PLAIN, APPROVED, SHOWN, NAMED, NAMED_ANOTHER } how;
	enum fault_code verdict;
	/* after the verdict: */
	bool has_policy;
	enum fault_code hold; /* of the policy, or why it was refused */
};

static int
signature_of(const struct world *w, const struct read_case *c)
{
	const struct identity *who =
	    c->by == STRANGER ? &w->stranger : &w->signer;
	const char *text = c->by == SIGNER_OF_OTHER ? "other" : c->text;
	unsigned char *der = NULL;
	CMS_ContentInfo *cms;
	BIO *bio;
	int len, fd;

	if (c->by == NOBODY)
		return memory("", 0, SEALS);
	bio = BIO_new_mem_buf(text, (int)strlen(text));
	cms =
	    CMS_sign(who->cert, who->key, NULL, bio, CMS_DETACHED | CMS_BINARY);
	assert_non_null(cms);
	len = i2d_CMS_ContentInfo(cms, &der);
	assert_true(len > 0);
	fd = memory(der, (size_t)len, SEALS);
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	BIO_free(bio);
	return fd;
}

/* M-SIG-4: a Thing's certificate asks for this one. */
static void
name_signer(const struct identity *who, struct record_read *read)
{
	const unsigned char *der;
	size_t len;

	assert_int_equal(
	    X509_NAME_get0_der(X509_get_subject_name(who->cert), &der, &len),
	    1);
	assert_true(len <= sizeof(read->mudsigner));
	memcpy(read->mudsigner, der, len);
	read->n_mudsigner = (uint32_t)len;
}

static void
ask_read(const struct world *w, struct reader *r, const struct read_case *c,
    unsigned int seals)
{
	struct record_read read = { .job = 5, .at = time(NULL) };
	int fds[3] = { memory(c->text, strlen(c->text), seals),
		signature_of(w, c),
		memory(w->anchors, strlen(w->anchors), SEALS) };

	read.is_signed = c->by != NOBODY;
	read.is_approved = c->how == APPROVED;
	read.is_shown = c->how == SHOWN;
	if (c->how == NAMED)
		name_signer(&w->signer, &read);
	if (c->how == NAMED_ANOTHER)
		name_signer(&w->stranger, &read);
	snprintf(read.url, sizeof(read.url), "%s", c->url);
	assert_int_equal(
	    msg_send(r->channel, 0, RECORD_READ, &read, fds, 3), 0);
	for (int i = 0; i < 3; i++)
		close(fds[i]);
}

/* clang-format off */
static const struct read_case reads[] = {
	{ "good", file, SIGNER, URL, PLAIN, FAULT_NONE, true, FAULT_NONE },
	{ "good, and the one who is named", file, SIGNER, URL, NAMED,
		FAULT_NONE, true, FAULT_NONE },
	{ "good, but another is named", file, SIGNER, URL, NAMED_ANOTHER,
		FAULT_MUDSIGNER, false, 0 },
	{ "unsigned", unsigned_file, NOBODY, URL, PLAIN, FAULT_UNSIGNED,
		false, 0 },
	{ "unsigned, approved", unsigned_file, NOBODY, URL, APPROVED,
		FAULT_UNSIGNED, true, FAULT_NONE },
	{ "stranger", file, STRANGER, URL, PLAIN, FAULT_SELF_SIGNED, false, 0 },
	{ "stranger, approved", file, STRANGER, URL, APPROVED, FAULT_SELF_SIGNED,
		true, FAULT_NONE },
	{ "broken", file, SIGNER_OF_OTHER, URL, PLAIN, FAULT_SIGNATURE_BROKEN,
		false, 0 },
	{ "wrong mud-url", file, SIGNER, URL "x", PLAIN, FAULT_NONE, true,
		FAULT_WRONG_MUD_URL },
	{ "mud-url in other letters", file, SIGNER,
		"https://Things.example/lamp.json", PLAIN, FAULT_NONE, true,
		FAULT_WRONG_MUD_URL },
	{ "literal", literal_file, SIGNER, URL, PLAIN, FAULT_NONE, true,
		FAULT_IP_LITERAL },
	{ "literal and wrong mud-url", literal_file, SIGNER, URL "x", PLAIN,
		FAULT_NONE, true, FAULT_WRONG_MUD_URL },
	{ "signed, but no MUD file", "{}", SIGNER, URL, PLAIN, FAULT_NONE,
		false, FAULT_NOT_A_MUD_FILE },
	{ "broken JSON stays unread", "{", STRANGER, URL, PLAIN,
		FAULT_SELF_SIGNED, false, 0 },
	{ "stranger, shown", file, STRANGER, URL, SHOWN, FAULT_SELF_SIGNED,
		true, FAULT_NONE },
	{ "broken, shown", file, SIGNER_OF_OTHER, URL, SHOWN,
		FAULT_SIGNATURE_BROKEN, true, FAULT_NONE },
	{ "broken JSON, shown", "{", STRANGER, URL, SHOWN, FAULT_SELF_SIGNED,
		false, FAULT_NOT_JSON },
};
/* clang-format on */

/* The first record of an answer: the verdict, and nothing before it. */
static void
hears_verdict(
    const struct world *w, struct reader *r, const struct read_case *c)
{
	const struct record_verdict *verdict;
	uint8_t digest[32];
	struct msg msg;

	(void)w;
	assert_int_equal(hear(r, &msg), 1);
	assert_int_equal(msg.type, RECORD_VERDICT);
	verdict = MSG_BODY(&msg, record_verdict);
	assert_int_equal(verdict->job, 5);
	if (verdict->why.code != c->verdict)
		fail_msg("%s: %s", c->name, verdict->why.detail);
	SHA256((const unsigned char *)c->text, strlen(c->text), digest);
	assert_memory_equal(verdict->digest, digest, sizeof(digest));
	if (c->verdict == FAULT_NONE)
		assert_string_equal(verdict->signer.subject, "CN=Lamp works");
	if (c->verdict == FAULT_UNSIGNED)
		assert_string_equal(
		    verdict->why.clause, "RFC 8520 s13.2 (M-SIG-12)");
}

static void
hears_policy(struct reader *r, const struct read_case *c)
{
	struct record_policy head;
	struct msg msg;

	assert_int_equal(hear(r, &msg), 1);
	assert_int_equal(msg.type, RECORD_POLICY_BEGIN);
	head = *MSG_BODY(&msg, record_policy);
	if (head.hold.code != c->hold)
		fail_msg("%s: %s", c->name, head.hold.detail);
	if (c->hold == FAULT_WRONG_MUD_URL)
		assert_non_null(strstr(head.hold.clause, "M-MURL-1"));
	assert_int_equal(head.job, 5);
	assert_int_equal(head.n_texts, 1);
	assert_int_equal(head.n_aces, 2);
	assert_string_equal(head.info.mud_url, URL);
	assert_int_equal(hear(r, &msg), 1);
	assert_int_equal(msg.type, RECORD_POLICY_TEXT);
	assert_string_equal(
	    MSG_BODY(&msg, record_text)->text.text, "api.things.example");
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(hear(r, &msg), 1);
		assert_int_equal(msg.type, RECORD_ACE);
		assert_int_equal(MSG_BODY(&msg, record_ace)->ace.direction, i);
	}
	assert_int_equal(hear(r, &msg), 1);
	assert_int_equal(msg.type, RECORD_POLICY_END);
	assert_memory_equal(msg.body, &head, sizeof(head));
}

static void
judges(const struct world *w, const struct read_case *c)
{
	struct reader r = start();

	ask_read(w, &r, c, SEALS);
	hears_verdict(w, &r, c);
	if (c->has_policy) {
		hears_policy(&r, c);
		ends(&r, 0);
	} else if (c->hold != FAULT_NONE) {
		assert_int_equal(refused(&r).code, c->hold);
	} else {
		ends(&r, 0);
	}
}

static void
judges_before_it_parses(void **state)
{
	for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++)
		judges(*state, &reads[i]);
}

/* A signed file waits for an administrator where its mud-url is not, letter
 * for letter, the URL that was asked for (RFC 8520 s3.2, M-MURL-1). */
static void
M_MURL_1(void **state)
{
	static const struct {
		const char *url;
		enum fault_code hold;
	} asked[] = {
		{ URL, FAULT_NONE },
		{ URL "x", FAULT_WRONG_MUD_URL },
		{ URL "?", FAULT_WRONG_MUD_URL },
		{ "https://things.example/lamp.JSON", FAULT_WRONG_MUD_URL },
		{ "https://things.example/", FAULT_WRONG_MUD_URL },
		{ "https://other.example/lamp.json", FAULT_WRONG_MUD_URL },
	};

	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		const struct read_case c = { asked[i].url, file, SIGNER,
			asked[i].url, PLAIN, FAULT_NONE, true, asked[i].hold };

		judges(*state, &c);
	}
}

static void
reads_sealed_files_only(void **state)
{
	struct reader r = start();

	ask_read(*state, &r, &reads[0], SEALS & ~F_SEAL_WRITE);
	assert_int_equal(refused(&r).code, FAULT_RECORD);
}

/* The size is judged before OpenSSL sees a byte. */
static void
reads_signatures_of_a_sound_size(void **state)
{
	const struct world *w = *state;
	struct record_read read = { .job = 5, .is_signed = 1 };
	struct reader r = start();
	char *much = calloc(LIMIT_SIGNATURE + 1, 1);
	int fds[3] = { memory(file, sizeof(file) - 1, SEALS),
		memory(much, LIMIT_SIGNATURE + 1, SEALS),
		memory(w->anchors, strlen(w->anchors), SEALS) };

	free(much);
	assert_int_equal(msg_send(r.channel, 0, RECORD_READ, &read, fds, 3), 0);
	for (int i = 0; i < 3; i++)
		close(fds[i]);
	assert_int_equal(refused(&r).code, FAULT_TOO_LARGE);
}

/* ---- CERTIFICATE -------------------------------------------------------- */

static void
ask_certificate(struct reader *r, const char *pem, const char *anchors)
{
	struct record_certificate asked = { .job = 6, .at = time(NULL) };
	int fds[2] = { memory(pem, strlen(pem), SEALS),
		memory(anchors, strlen(anchors), SEALS) };

	assert_int_equal(
	    msg_send(r->channel, 0, RECORD_CERTIFICATE, &asked, fds, 2), 0);
	close(fds[0]);
	close(fds[1]);
}

/* A broken anchor takes no other with it. */
static void
judges_certificates(void **state)
{
	static const char url[] = "\x16\x12https://a.example/";
	static const char broken[] = "-----BEGIN CERTIFICATE-----\nAAAA\n"
				     "-----END CERTIFICATE-----\n";
	struct identity root =
	    certs_make(&(struct cert_wish){ .name = "Root", .is_ca = true });
	struct identity lamp = certs_make(&(struct cert_wish){ .name = "Lamp",
	    .issuer = &root,
	    .extensions = {
		{ "1.3.6.1.5.5.7.1.25", url, sizeof(url) - 1, false } } });
	char *anchor = certs_pem(&root), *pem = certs_pem(&lamp), *anchors;
	struct reader r = start();
	struct fault why;
	struct msg msg;

	(void)state;
	assert_true(asprintf(&anchors, "%s%s", broken, anchor) > 0);
	ask_certificate(&r, pem, anchors);
	assert_int_equal(hear(&r, &msg), 1);
	assert_int_equal(msg.type, RECORD_CERTIFIED);
	assert_int_equal(MSG_BODY(&msg, record_certified)->job, 6);
	assert_string_equal(MSG_BODY(&msg, record_certified)->devcert.url,
	    "https://a.example/");
	ends(&r, 0);

	r = start();
	ask_certificate(&r, pem, "");
	assert_int_equal(hear(&r, &msg), 1);
	assert_int_equal(msg.type, RECORD_REFUSED);
	why = MSG_BODY(&msg, record_refused)->why;
	assert_int_equal(MSG_BODY(&msg, record_refused)->job, 6);
	assert_int_equal(why.code, FAULT_DEVICE_UNTRUSTED);
	ends(&r, 0);
	free(anchors);
	free(anchor);
	free(pem);
	certs_free(&root);
	certs_free(&lamp);
}

/* ---- ANCHORS ------------------------------------------------------------ */

static void
ask_anchors(struct reader *r, const char *text, unsigned int seals)
{
	struct record_anchors anchors = { .job = 5 };
	int fd = memory(text, strlen(text), seals);

	assert_int_equal(
	    msg_send(r->channel, 0, RECORD_ANCHORS, &anchors, &fd, 1), 0);
	close(fd);
}

static struct record_anchor
hears_anchor(struct reader *r)
{
	struct msg msg;

	assert_int_equal(hear(r, &msg), 1);
	assert_int_equal(msg.type, RECORD_ANCHOR);
	assert_int_equal(MSG_BODY(&msg, record_anchor)->job, 5);
	return *MSG_BODY(&msg, record_anchor);
}

static void
hears_anchors_end(struct reader *r, uint32_t n, uint32_t n_left_out)
{
	struct msg msg;

	assert_int_equal(hear(r, &msg), 1);
	assert_int_equal(msg.type, RECORD_ANCHORS_END);
	assert_int_equal(MSG_BODY(&msg, record_anchors_end)->job, 5);
	assert_int_equal(MSG_BODY(&msg, record_anchors_end)->n, n);
	assert_int_equal(
	    MSG_BODY(&msg, record_anchors_end)->n_left_out, n_left_out);
	ends(r, 0);
}

static void
lists_anchors(void **state)
{
	static const char broken[] = "-----BEGIN CERTIFICATE-----\nAAAA\n"
				     "-----END CERTIFICATE-----\n";
	const struct world *w = *state;
	char *leaf = certs_pem(&w->signer), *text;
	struct record_anchor anchor;
	struct reader r = start();

	assert_true(
	    asprintf(&text, "%s\n# text\n%s%s", w->anchors, broken, leaf) > 0);
	ask_anchors(&r, text, SEALS);
	anchor = hears_anchor(&r);
	assert_int_equal(anchor.why.code, FAULT_NONE);
	assert_int_equal(anchor.offset, 0);
	assert_int_equal(anchor.size, strlen(w->anchors));
	assert_int_equal(anchor.anchor.is_ca, 1);
	assert_string_equal(anchor.anchor.holder.subject, "CN=Anchor");
	anchor = hears_anchor(&r);
	assert_int_equal(anchor.why.code, FAULT_MALFORMED);
	assert_int_equal(anchor.size, sizeof(broken) - 1);
	anchor = hears_anchor(&r);
	assert_int_equal(anchor.why.code, FAULT_NONE);
	assert_int_equal(anchor.offset, strlen(text) - strlen(leaf));
	assert_int_equal(anchor.anchor.is_ca, 0);
	assert_string_equal(anchor.anchor.holder.issuer, "CN=Anchor");
	hears_anchors_end(&r, 3, 0);
	free(leaf);
	free(text);
}

static void
lists_no_more_than_the_limit(void **state)
{
	static const char one[] = "-----BEGIN CERTIFICATE-----\n";
	const size_t n = LIMIT_ANCHOR_COUNT + 2, len = sizeof(one) - 1;
	char *text = calloc(n * len + 1, 1);
	struct reader r = start();

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < n; i++)
		memcpy(text + i * len, one, len);
	ask_anchors(&r, text, SEALS);
	free(text);
	for (size_t i = 0; i < LIMIT_ANCHOR_COUNT; i++)
		assert_int_equal(hears_anchor(&r).why.code, FAULT_MALFORMED);
	hears_anchors_end(&r, LIMIT_ANCHOR_COUNT, 2);
}

static void
lists_sealed_files_only(void **state)
{
	struct reader r = start();

	(void)state;
	ask_anchors(&r, "", 0);
	assert_int_equal(refused(&r).code, FAULT_RECORD);
}

static void
ends_with_the_channel(void **state)
{
	struct reader r = start();
	int status;

	(void)state;
	close(r.channel);
	assert_int_equal(waitpid(r.pid, &status, 0), r.pid);
	assert_int_equal(status, 0);
}

static void
leaves_an_engine_that_breaks_the_rules(void **state)
{
	struct record_read read = { .job = 5 };
	struct reader r = start();
	int fds[3];

	(void)state;
	memset(read.url, 'x', sizeof(read.url));
	for (int i = 0; i < 3; i++)
		fds[i] = memory("", 0, SEALS);
	assert_int_equal(msg_send(r.channel, 0, RECORD_READ, &read, fds, 3), 0);
	for (int i = 0; i < 3; i++)
		close(fds[i]);
	ends(&r, 1);
}

static int
set_up(void **state)
{
	static struct world w;

	w.ca =
	    certs_make(&(struct cert_wish){ .name = "Anchor", .is_ca = true });
	w.signer = certs_make(
	    &(struct cert_wish){ .name = "Lamp works", .issuer = &w.ca });
	w.stranger = certs_make(&(struct cert_wish){ .name = "Stranger" });
	w.anchors = certs_pem(&w.ca);
	*state = &w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	certs_free(&w->ca);
	certs_free(&w->signer);
	certs_free(&w->stranger);
	free(w->anchors);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_signature_url),
		cmocka_unit_test(refuses_what_is_too_large),
		cmocka_unit_test(judges_before_it_parses),
		cmocka_unit_test(M_MURL_1),
		cmocka_unit_test(reads_sealed_files_only),
		cmocka_unit_test(reads_signatures_of_a_sound_size),
		cmocka_unit_test(judges_certificates),
		cmocka_unit_test(lists_anchors),
		cmocka_unit_test(lists_no_more_than_the_limit),
		cmocka_unit_test(lists_sealed_files_only),
		cmocka_unit_test(ends_with_the_channel),
		cmocka_unit_test(leaves_an_engine_that_breaks_the_rules),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
