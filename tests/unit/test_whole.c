/*
 * Whether a body is whole: by its headers, and by how TLS ends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fetch/whole.h"

/* clang-format off */
static const struct {
	const char *name;
	const char *lines[4];
	bool is_whole;
} cases[] = {
	{ "nothing", { NULL }, false },
	{ "no length", { "HTTP/1.1 200 x\r\n", "A: b\r\n" }, false },
	{ "a length", { "HTTP/1.1 200 x\r\n", "Content-Length: 1\r\n" },
		true },
	{ "small letters", { "HTTP/1.1 200 x\r\n", "content-length:1\r\n" },
		true },
	{ "chunks", { "HTTP/1.1 200 x\r\n",
		"Transfer-Encoding: chunked\r\n" }, true },
	{ "like a length", { "X-Content-Length: 1\r\n", "Content-Len" },
		false },
	{ "of an earlier response", { "HTTP/1.1 100 x\r\n",
		"Content-Length: 0\r\n", "HTTP/1.1 200 x\r\n", "A: b\r\n" },
		false },
};
/* clang-format on */

static void
looks_for_a_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct whole whole = { 0 };

		for (size_t n = 0; n < 4 && cases[i].lines[n] != NULL; n++)
			whole_note(&whole, cases[i].lines[n],
			    strlen(cases[i].lines[n]));
		if (whole_is(&whole) != cases[i].is_whole)
			fail_msg("%s", cases[i].name);
		/* What TLS says counts besides. */
		whole.is_closed = true;
		assert_true(whole_is(&whole));
	}
}

/* The line is lent, and has no NUL. */
static void
reads_no_further(void **state)
{
	const char line[] = "Content-Length: 1";
	struct whole whole = { 0 };

	(void)state;
	for (size_t len = 0; len < strlen("Content-Length:"); len++)
		whole_note(&whole, line, len);
	assert_false(whole_is(&whole));
}

/* libcurl may close a connection when nobody waits for it any more. */
static void
lets_go_of_connections(void **state)
{
	SSL_CTX *a = SSL_CTX_new(TLS_client_method());
	SSL_CTX *b = SSL_CTX_new(TLS_client_method());
	SSL *ssl = SSL_new(a);
	struct whole whole = { 0 };
	void (*tell)(const SSL *, int, int);

	(void)state;
	whole_watch(&whole, a);
	tell = SSL_CTX_get_info_callback(a);
	tell(ssl, SSL_CB_READ_ALERT, SSL3_AL_WARNING << 8);
	assert_true(whole_is(&whole));
	whole_done(&whole);
	assert_false(whole_is(&whole));
	/* Other alerts say nothing, nor does one that we send. */
	whole_watch(&whole, a);
	tell(ssl, SSL_CB_READ_ALERT, SSL3_AL_FATAL << 8 | 80);
	tell(ssl, SSL_CB_WRITE_ALERT, SSL3_AL_WARNING << 8);
	assert_false(whole_is(&whole));
	/* Of two contexts the later counts. */
	whole_watch(&whole, b);
	tell(ssl, SSL_CB_READ_ALERT, SSL3_AL_WARNING << 8);
	assert_false(whole_is(&whole));
	whole_done(&whole);
	tell(ssl, SSL_CB_READ_ALERT, SSL3_AL_WARNING << 8);
	assert_false(whole_is(&whole));
	SSL_free(ssl);
	SSL_CTX_free(a);
	SSL_CTX_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks_for_a_length),
		cmocka_unit_test(reads_no_further),
		cmocka_unit_test(lets_go_of_connections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
