/* url: one table a function; a new clause is a new line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/fault.h"
#include "libmud/url.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *in;
	const char *text; /* NULL: must be refused, with this code */
	enum fault_code code;
	const char *host;
	uint16_t port;
} urls[] = {
	{ "https://a.test/t", "https://a.test/t", 0, "a.test", 443 },
	{ "https://a.test", "https://a.test", 0, "a.test", 443 },
	{ "https://a.test/", "https://a.test/", 0, "a.test", 443 },
	{ "HTTPS://A.Test/T", "https://a.test/T", 0, "a.test", 443 },
	{ "https://a.test:443/t", "https://a.test/t", 0, "a.test", 443 },
	{ "https://a.test:/t", "https://a.test/t", 0, "a.test", 443 },
	{ "https://a.test:08443/t", "https://a.test:8443/t", 0, "a.test",
	    8443 },
	{ "https://a.test:65535", "https://a.test:65535", 0, "a.test", 65535 },
	{ "https://a.test:1", "https://a.test:1", 0, "a.test", 1 },
	{ "https://a.test?v=1", "https://a.test?v=1", 0, "a.test", 443 },
	{ "https://a.test/t?v=a/b?c&d", "https://a.test/t?v=a/b?c&d", 0,
	    "a.test", 443 },
	{ "https://a.test/t?../..", "https://a.test/t?../..", 0, "a.test",
	    443 },
	{ "https://a.test/%c3%aF", "https://a.test/%C3%AF", 0, "a.test", 443 },
	{ "https://a.test/?%2e", "https://a.test/?%2E", 0, "a.test", 443 },
	{ "https://a.test/..a/.b/...", "https://a.test/..a/.b/...", 0, "a.test",
	    443 },
	{ "https://a.test//t", "https://a.test//t", 0, "a.test", 443 },
	{ "https://a.test/-._~!$&'()*+,;=:@",
	    "https://a.test/-._~!$&'()*+,;=:@", 0, "a.test", 443 },
	{ "https://x-1.xn--4ca.test/", "https://x-1.xn--4ca.test/", 0,
	    "x-1.xn--4ca.test", 443 },
	{ "https://AZ.az09.test/azAZ09", "https://az.az09.test/azAZ09", 0,
	    "az.az09.test", 443 },
	{ "", NULL, FAULT_NOT_HTTPS, NULL, 0 },
	{ "http://a.test/ b", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "\x1bhttp://a.test", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "http://a.test\x7f", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "http://a.test\xff", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "http://a.test/t", NULL, FAULT_NOT_HTTPS, NULL, 0 },
	{ "https:/a.test", NULL, FAULT_NOT_HTTPS, NULL, 0 },
	{ "ftp://a.test", NULL, FAULT_NOT_HTTPS, NULL, 0 },
	{ "a.test/t", NULL, FAULT_NOT_HTTPS, NULL, 0 },
	{ "https://", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https:///t", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://:443/t", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://u@a.test/t", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://u:p@a.test/t", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://@a.test/t", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://a.test/t#f", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://a.test#", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://a.test/t?v#f", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://a.test:0/", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a.test:65536/", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a.test:000443/", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a.test:4294967739/", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a.test:x/", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a.test:-1/", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a.test:1:2/", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a.test/.", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://a.test/..", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://a.test/x/../y", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://a.test/./y", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://a.test/x/.?v", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://a.test/x/%2e", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://a.test/x/.%2E/y", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://a.test/x/%2e%2e", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://a.test/%", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a.test/%4", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a.test/%g4", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a.test/%4g", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a.test/a b", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a.test/\x01", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a.test/\x7f", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a.test/\xc3\xa9", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a.test/a\"b", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a.test/a\\b", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a.test\\b", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a.test/a<b>", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a.test/?a|b", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a.test/?a[b]", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://%61.test/", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://192.0.2.1/", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://[2001:db8::1]/", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://a_b.test/", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://router/", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://router.local/", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://2130706433/", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://017700000001/", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://0x7f000001/", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://0x7F.1/", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://127.1/", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://0177.0.0.1/", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://192.168.19717/", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://0/", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://[::ffff:192.0.2.1]/", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://[fe80::1%25eth0]/", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://[::1", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://localhost/", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://1.2.0.192.in-addr.arpa/", NULL, FAULT_URL_FORBIDDEN, NULL,
	    0 },
	{ "https://a.test@192.0.2.1/", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://a.test./", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a.test\\@192.0.2.1/", NULL, FAULT_URL_FORBIDDEN, NULL, 0 },
	{ "https://a.test\t/", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a.test/\r\n", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a\xc3\xa4.test/", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a.test:443:443/", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://%6c%6f.test/", NULL, FAULT_MALFORMED, NULL, 0 },
	{ "https://a.test:+443/", NULL, FAULT_MALFORMED, NULL, 0 },
};

static void
parses_urls(void **state)
{
	static const struct url untouched = { "untouched", "untouched", 9 };

	(void)state;
	for (size_t i = 0; i < LENGTH(urls); i++) {
		struct url url = untouched;
		struct fault why = { 0 };
		bool ok = url_parse(urls[i].in, &url, &why);

		if (ok != (urls[i].text != NULL) || why.code != urls[i].code)
			fail_msg("%s: %s %s", urls[i].in, fault_name(why.code),
			    why.detail);
		if (!ok) {
			assert_memory_equal(&url, &untouched, sizeof(url));
			continue;
		}
		assert_string_equal(url.text, urls[i].text);
		assert_string_equal(url.host, urls[i].host);
		assert_int_equal(url.port, urls[i].port);
		/* The canonical form is its own canonical form. */
		assert_true(url_parse(urls[i].text, &url, &why));
		assert_string_equal(url.text, urls[i].text);
	}
}

static void
knows_lengths(void **state)
{
	char text[LIMIT_URL + 2];
	struct fault why = { 0 };
	struct url url;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "https://a.test/", 15);
	text[LIMIT_URL] = '\0';
	assert_true(url_parse(text, &url, &why));
	assert_string_equal(url.text, text);
	text[LIMIT_URL] = 'x';
	text[LIMIT_URL + 1] = '\0';
	assert_false(url_parse(text, &url, &why));
	assert_int_equal(why.code, FAULT_TOO_LONG);
}

static const struct {
	const char *in;
	bool underscore;
	const char *host;
	enum fault_code code;
} hosts[] = {
	{ "a.test", false, "a.test", 0 },
	{ "MUD.Example.COM", false, "mud.example.com", 0 },
	{ "a-b.c--d.test", false, "a-b.c--d.test", 0 },
	{ "1.2.test", false, "1.2.test", 0 },
	{ "a.0xg", false, "a.0xg", 0 },
	{ "a.1b", false, "a.1b", 0 },
	{ "a.ax", false, "a.ax", 0 },
	{ "a.0z", false, "a.0z", 0 },
	{ "_mqtt._tcp.a.test", true, "_mqtt._tcp.a.test", 0 },
	{ "notlocal.test", false, "notlocal.test", 0 },
	{ "local.test", false, "local.test", 0 },
	{ "x.mylocal", false, "x.mylocal", 0 },
	{ "_mqtt._tcp.a.test", false, NULL, FAULT_MALFORMED },
	{ "", false, NULL, FAULT_MALFORMED },
	{ ".", false, NULL, FAULT_MALFORMED },
	{ "a.test.", false, NULL, FAULT_MALFORMED },
	{ ".a.test", false, NULL, FAULT_MALFORMED },
	{ "a..test", false, NULL, FAULT_MALFORMED },
	{ "-a.test", false, NULL, FAULT_MALFORMED },
	{ "a-.test", false, NULL, FAULT_MALFORMED },
	{ "a.-test", false, NULL, FAULT_MALFORMED },
	{ "a.test-", false, NULL, FAULT_MALFORMED },
	{ "*.a.test", false, NULL, FAULT_MALFORMED },
	{ "a .test", false, NULL, FAULT_MALFORMED },
	{ "a/b.test", false, NULL, FAULT_MALFORMED },
	{ "a:b.test", true, NULL, FAULT_MALFORMED },
	{ "caf\xc3\xa9.test", false, NULL, FAULT_MALFORMED },
	{ "2001:db8::1", false, NULL, FAULT_MALFORMED },
	{ "a", false, NULL, FAULT_URL_FORBIDDEN },
	{ "localhost", false, NULL, FAULT_URL_FORBIDDEN },
	{ "a.localhost", false, NULL, FAULT_URL_FORBIDDEN },
	{ "printer.local", false, NULL, FAULT_URL_FORBIDDEN },
	{ "printer.LOCAL", false, NULL, FAULT_URL_FORBIDDEN },
	{ "1.2.0.192.in-addr.arpa", false, NULL, FAULT_URL_FORBIDDEN },
	{ "192.0.2.1", false, NULL, FAULT_URL_FORBIDDEN },
	{ "192.0.513", false, NULL, FAULT_URL_FORBIDDEN },
	{ "3221225985", false, NULL, FAULT_URL_FORBIDDEN },
	{ "0x7f.1", false, NULL, FAULT_URL_FORBIDDEN },
	{ "127.0x1", false, NULL, FAULT_URL_FORBIDDEN },
	{ "127.0X1F", false, NULL, FAULT_URL_FORBIDDEN },
	{ "127.0x", false, NULL, FAULT_URL_FORBIDDEN },
};

static void
parses_hosts(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(hosts); i++) {
		char host[LIMIT_HOST + 1] = "untouched";
		struct fault why = { 0 };
		bool ok =
		    host_parse(hosts[i].in, hosts[i].underscore, host, &why);

		if (ok != (hosts[i].host != NULL) || why.code != hosts[i].code)
			fail_msg("%s: %s %s", hosts[i].in, fault_name(why.code),
			    why.detail);
		assert_string_equal(host, ok ? hosts[i].host : "untouched");
	}
}

static void
knows_host_lengths(void **state)
{
	char text[LIMIT_HOST + 2], host[LIMIT_HOST + 1];
	struct fault why = { 0 };

	(void)state;
	/* Labels of 63, and a total of 253. */
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 64 == 63 ? '.' : 'x';
	text[LIMIT_HOST] = '\0';
	assert_true(host_parse(text, false, host, &why));
	assert_string_equal(host, text);
	text[LIMIT_HOST] = 'x';
	text[LIMIT_HOST + 1] = '\0';
	assert_false(host_parse(text, false, host, &why));
	assert_int_equal(why.code, FAULT_TOO_LONG);
	memset(text, 'x', 64);
	memcpy(text + 64, ".test", 6);
	assert_false(host_parse(text, false, host, &why));
	assert_int_equal(why.code, FAULT_TOO_LONG);
	assert_true(host_parse(text + 1, false, host, &why));
}

static const struct {
	const char *base, *reference, *text;
	enum fault_code code;
} references[] = {
	{ "https://a.test/x/t", "s", "https://a.test/x/s", 0 },
	{ "https://a.test/x/t", "./s", "https://a.test/x/s", 0 },
	{ "https://a.test/x/t", "../s", "https://a.test/s", 0 },
	{ "https://a.test/x/t", "../../../s", "https://a.test/s", 0 },
	{ "https://a.test/x/y/t", "..", "https://a.test/x/", 0 },
	{ "https://a.test/x/y/t", ".", "https://a.test/x/y/", 0 },
	{ "https://a.test/x/t", "/s", "https://a.test/s", 0 },
	{ "https://a.test/x/t", "/y/../s", "https://a.test/s", 0 },
	{ "https://a.test/x/t", "/y/./s", "https://a.test/y/s", 0 },
	{ "https://a.test/x/t", "..s/.s", "https://a.test/x/..s/.s", 0 },
	{ "https://a.test/x/t", "s?v=../1", "https://a.test/x/s?v=../1", 0 },
	{ "https://a.test/x/t?v=a/b", "s", "https://a.test/x/s", 0 },
	{ "https://a.test/x/t?v", "?w", "https://a.test/x/t?w", 0 },
	{ "https://a.test/x/t?v", "", "https://a.test/x/t?v", 0 },
	{ "https://a.test?v", "?w", "https://a.test?w", 0 },
	{ "https://a.test", "s", "https://a.test/s", 0 },
	{ "https://a.test?a/b", "s", "https://a.test/s", 0 },
	{ "https://a.test/", "s", "https://a.test/s", 0 },
	{ "https://a.test:8443/x", "s", "https://a.test:8443/s", 0 },
	{ "https://a.test/x", "//b.test/s", "https://b.test/s", 0 },
	{ "https://a.test/x", "https://B.test/s", "https://b.test/s", 0 },
	{ "https://a.test/x", "s:t/u", NULL, FAULT_NOT_HTTPS },
	{ "https://a.test/x", "./s:t", "https://a.test/s:t", 0 },
	{ "https://a.test/x", "1:t", "https://a.test/1:t", 0 },
	{ "https://a.test/x", "http://a.test/s", NULL, FAULT_NOT_HTTPS },
	{ "https://a.test/x", "file:///etc/passwd", NULL, FAULT_NOT_HTTPS },
	{ "https://a.test/x", "HTTPS:s", NULL, FAULT_NOT_HTTPS },
	{ "https://a.test/x", "a1+b-c.d:s", NULL, FAULT_NOT_HTTPS },
	{ "https://a.test/x", "#f", NULL, FAULT_URL_FORBIDDEN },
	{ "https://a.test/x", "s#f", NULL, FAULT_URL_FORBIDDEN },
	{ "https://a.test/x", "//u@b.test/s", NULL, FAULT_URL_FORBIDDEN },
	{ "https://a.test/x", "//b.test/../s", NULL, FAULT_URL_FORBIDDEN },
	{ "https://a.test/x", "%2e%2e/s", NULL, FAULT_URL_FORBIDDEN },
	{ "https://a.test/x", "s t", NULL, FAULT_MALFORMED },
	{ "https://a.test/x", "//", NULL, FAULT_MALFORMED },
};

static void
resolves(void **state)
{
	static const struct url untouched = { "untouched", "untouched", 9 };

	(void)state;
	for (size_t i = 0; i < LENGTH(references); i++) {
		struct url base, url = untouched;
		struct fault why = { 0 };
		bool ok;

		assert_true(url_parse(references[i].base, &base, &why));
		ok = url_resolve(&base, references[i].reference, &url, &why);
		if (ok != (references[i].text != NULL) ||
		    why.code != references[i].code)
			fail_msg("%s: %s %s", references[i].reference,
			    fault_name(why.code), why.detail);
		if (ok)
			assert_string_equal(url.text, references[i].text);
		else
			assert_memory_equal(&url, &untouched, sizeof(url));
	}
}

static void
resolves_no_more_than_it_may(void **state)
{
	char text[LIMIT_URL + 2];
	struct fault why = { 0 };
	struct url base, url;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[LIMIT_URL + 1] = '\0';
	assert_true(url_parse("https://a.test/x", &base, &why));
	assert_false(url_resolve(&base, text, &url, &why));
	assert_int_equal(why.code, FAULT_TOO_LONG);
	/* Not even where the outcome would fit. */
	for (size_t i = 0; i + 3 <= LIMIT_URL + 1; i += 3)
		memcpy(text + i, "../", 3);
	assert_false(url_resolve(&base, text, &url, &why));
	assert_int_equal(why.code, FAULT_TOO_LONG);
	text[LIMIT_URL] = '\0';
	assert_true(url_resolve(&base, text, &url, &why));
	assert_string_equal(url.text, "https://a.test/");
	/* The reference fits, the outcome does not. */
	memset(text, 'x', LIMIT_URL);
	text[LIMIT_URL] = '\0';
	assert_false(url_resolve(&base, text, &url, &why));
	assert_int_equal(why.code, FAULT_TOO_LONG);
	text[LIMIT_URL - strlen("https://a.test/")] = '\0';
	assert_true(url_resolve(&base, text, &url, &why));
}

static void
compares_authorities(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} pairs[] = {
		{ "https://a.test/x", "https://A.test:443/y", true },
		{ "https://a.test/x", "https://a.test:8443/x", false },
		{ "https://a.test/x", "https://b.test/x", false },
		{ "https://a.test/x", "https://b.a.test/x", false },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(pairs); i++) {
		struct fault why = { 0 };
		struct url a, b;

		assert_true(url_parse(pairs[i].a, &a, &why));
		assert_true(url_parse(pairs[i].b, &b, &why));
		assert_int_equal(url_same_authority(&a, &b), pairs[i].same);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_urls),
		cmocka_unit_test(knows_lengths),
		cmocka_unit_test(parses_hosts),
		cmocka_unit_test(knows_host_lengths),
		cmocka_unit_test(resolves),
		cmocka_unit_test(resolves_no_more_than_it_may),
		cmocka_unit_test(compares_authorities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
