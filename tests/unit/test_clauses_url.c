/*
 * MUD URLs and MUDstrings, a test a clause: RFC 8520 s1.5, s6, s10, s12
 * (M-URL-*, M-LL-*).  What the daemon does with them is in tests/scenario.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/fault.h"
#include "libmud/mudstring.h"
#include "libmud/url.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* The URL must be taken, and its normal form be this. */
static void
takes(const char *text, const char *normal)
{
	struct fault why = { 0 };
	struct url url = { 0 };

	if (!url_parse(text, &url, &why))
		fail_msg("%s: %s", text, why.detail);
	assert_string_equal(url.text, normal);
}

static void
refuses(const char *text, enum fault_code code)
{
	struct fault why = { 0 };
	struct url url = { 0 };

	if (url_parse(text, &url, &why))
		fail_msg("%s: taken as %s", text, url.text);
	if (why.code != code)
		fail_msg("%s: %s", text, fault_name(why.code));
}

static struct bytes
bytes_of(const char *text, size_t len)
{
	return (struct bytes){ (const uint8_t *)text, len };
}

/* The MUDstring must be taken, and its MUD URL be this. */
static void
carries(const char *text, size_t len, const char *url)
{
	struct fault why = { 0 };
	char *found = NULL;

	if (!mudstring_parse(bytes_of(text, len), &found, &why))
		fail_msg("%.*s: %s", (int)len, text, why.detail);
	assert_string_equal(found, url);
	free(found);
}

static void
carries_none(const char *text, size_t len, enum fault_code code)
{
	struct fault why = { 0 };
	char *found = NULL;

	assert_false(mudstring_parse(bytes_of(text, len), &found, &why));
	assert_null(found);
	assert_int_equal(why.code, code);
}

/* The scheme is https, in either case; no other is. */
static void
M_URL_1(void **state)
{
	static const char *const others[] = { "http://mud.example.com/a",
		"ftp://mud.example.com/a", "file:///etc/mud", "mud.example.com",
		"//mud.example.com/a", "httpss://mud.example.com/a",
		"https:", "https:mud.example.com", "" };

	(void)state;
	takes("https://mud.example.com/a", "https://mud.example.com/a");
	takes("HTTPS://mud.example.com/a", "https://mud.example.com/a");
	for (size_t i = 0; i < COUNT(others); i++)
		refuses(others[i], FAULT_NOT_HTTPS);
	carries("https://a.example/b", 19, "https://a.example/b");
	carries_none("http://a.example/b", 18, FAULT_NOT_HTTPS);
}

/* Any path will do, and it is kept as it is. */
static void
M_URL_2(void **state)
{
	static const char *const paths[] = { "", "/", "/lamp", "/lamp/",
		"/a//b", "/.well-known/mud/v1/lamp", "/lamp.json", "/lamp.exe",
		"/a/b/c/d/e/f/g/h", "/a;b=c,d/@:!$&'()*+", "/%20", "?v=2",
		"/lamp?v=2&x=https://b.example/", "/..a/.b" };
	char text[128];

	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++) {
		(void)snprintf(
		    text, sizeof(text), "https://mud.example.com%s", paths[i]);
		takes(text, text);
	}
}

/* What follows the first space is reserved, and ignored whatever it is. */
static void
M_URL_3(void **state)
{
	static const char url[] = "https://mud.example.com/lamp";
	static const struct {
		const char *text;
		size_t len;
	} reserved[] = {
		{ "", 0 },
		{ " ", 1 },
		{ " x", 2 },
		{ " https://other.example/", 23 },
		{ "  two", 5 },
		{ " \0\n\xff\x01", 5 },
	};
	char text[128];

	(void)state;
	for (size_t i = 0; i < COUNT(reserved); i++) {
		memcpy(text, url, sizeof(url) - 1);
		memcpy(
		    text + sizeof(url) - 1, reserved[i].text, reserved[i].len);
		carries(text, sizeof(url) - 1 + reserved[i].len, url);
	}
	/* A space of another sort ends nothing. */
	carries_none("https://a.example/b\tc", 21, FAULT_MALFORMED);
	carries_none(" https://a.example/b", 20, FAULT_NOT_HTTPS);
}

/* 255 octets, the reserved part counted; a URL from elsewhere the same. */
static void
M_URL_4(void **state)
{
	char text[LIMIT_MUDSTRING + 2];
	static const char begin[] = "https://mud.example.com/";

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text, begin, sizeof(begin) - 1);
	text[LIMIT_MUDSTRING] = '\0';
	carries(text, LIMIT_MUDSTRING, text);
	takes(text, text);
	text[LIMIT_MUDSTRING] = 'a';
	text[LIMIT_MUDSTRING + 1] = '\0';
	carries_none(text, LIMIT_MUDSTRING + 1, FAULT_TOO_LONG);
	refuses(text, FAULT_TOO_LONG);
	text[100] = ' ';
	carries_none(text, LIMIT_MUDSTRING + 1, FAULT_TOO_LONG);
}

/* RFC 3986, no IRI, nothing that has no place in a MUD URL; compared in its
 * normal form. */
static void
M_URL_6(void **state)
{
	static const struct {
		const char *text;
		enum fault_code code;
	} bad[] = {
		{ "https://mud.example.com/\xc3\xa4", FAULT_MALFORMED },
		{ "https://m\xc3\xbc"
		  "d.example/",
		    FAULT_MALFORMED },
		{ "https://mud.example.com/\x01", FAULT_MALFORMED },
		{ "https://mud.example.com/a b", FAULT_MALFORMED },
		{ "https://mud.example.com/\x7f", FAULT_MALFORMED },
		{ "https://mud.example.com/<>", FAULT_MALFORMED },
		{ "https://mud.example.com/%2", FAULT_MALFORMED },
		{ "https://mud.example.com/%zz", FAULT_MALFORMED },
		{ "https://mud.example.com/a#b", FAULT_URL_FORBIDDEN },
		{ "https://u@mud.example.com/", FAULT_URL_FORBIDDEN },
		{ "https://u:p@mud.example.com/", FAULT_URL_FORBIDDEN },
		{ "https:///lamp", FAULT_MALFORMED },
		{ "https://", FAULT_MALFORMED },
		{ "https://:443/lamp", FAULT_MALFORMED },
		{ "https://mud.example.com:x/", FAULT_MALFORMED },
	};
	static const struct {
		const char *text, *normal;
	} forms[] = {
		{ "HtTpS://MUD.Example.COM/Lamp",
		    "https://mud.example.com/Lamp" },
		{ "https://mud.example.com:443/a",
		    "https://mud.example.com/a" },
		{ "https://mud.example.com:8443/a",
		    "https://mud.example.com:8443/a" },
		{ "https://mud.example.com/%c3%a4",
		    "https://mud.example.com/%C3%A4" },
		/* Needless, and kept. */
		{ "https://mud.example.com/%41",
		    "https://mud.example.com/%41" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		refuses(bad[i].text, bad[i].code);
	for (size_t i = 0; i < COUNT(forms); i++)
		takes(forms[i].text, forms[i].normal);
	carries_none("https://a.example/\0b", 20, FAULT_MALFORMED);
	carries_none("https://a.example/\xc3\xa4", 20, FAULT_MALFORMED);
}

/* The MUDstring of a TLV has 1 to 255 octets and DHCP's grammar. */
static void
M_LL_1(void **state)
{
	char text[LIMIT_MUDSTRING + 1];

	(void)state;
	memset(text, ' ', sizeof(text));
	memcpy(text, "https://a.example/", 18);
	carries_none(text, 0, FAULT_MALFORMED);
	carries_none(text, 1, FAULT_NOT_HTTPS);
	carries(text, LIMIT_MUDSTRING, "https://a.example/");
	carries_none(text, LIMIT_MUDSTRING + 1, FAULT_TOO_LONG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(M_URL_1),
		cmocka_unit_test(M_URL_2),
		cmocka_unit_test(M_URL_3),
		cmocka_unit_test(M_URL_4),
		cmocka_unit_test(M_URL_6),
		cmocka_unit_test(M_LL_1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
