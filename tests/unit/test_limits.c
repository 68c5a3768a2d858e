/*
 * The limits of a MUD file (S-6, S-7, S-8, S-10, S-14), each one less than it
 * allows, at it, and one more: a file within is taken whole, a file past it
 * is refused whole, and none is cut to fit.
 *
 * One line a limit makes three files.  All else in the file is small and
 * good, so that only this limit can refuse it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/mudfile.h"
#include "libmud/policy.h"

#define LENGTH(array) ((long)(sizeof(array) / sizeof((array)[0])))

#define VECTORS_LEAST 60

/* Which side of the number is within. */
enum side { MOST, LEAST, EXACTLY };

/* Where in the file the text of a limit stands. */
enum place {
	WHOLE,   /* after the file */
	TOP,     /* a member beside the two containers */
	LEAF,    /* a member of the MUD container */
	MATCHES, /* what the one ACE asks for */
	ACES,    /* further ACEs of its ACL */
	ACLS,    /* further ACLs */
};

/* What stands there as often as the limit says. */
enum fill {
	LETTERS, /* so many */
	DIGITS,
	UMLAUTS, /* so many, of two bytes each */
	LABELS,  /* letters, with a dot after each 50 */
	BLANKS,
	NUMBER, /* the number itself */
	PEERS,  /* conditions on the peer */
	OPENED, /* so many [, closed again */
	NESTED, /* so many {"x":, closed again */
	ITEMS,  /* so many, with a comma between them; % is which */
	TWICE,  /* the same in a second ACL, which takes what is over */
};

struct limit {
	const char *name;
	enum side side;
	long n;
	enum fault_code code; /* past it; FAULT_NONE: taken, not understood */
	enum place place;
	long there; /* so much of it is in the file already */
	enum fill fill;
	const char *before, *item, *after;
};

/* Known when the file without any vector has been looked at. */
#define OWN_VALUES (-1)
#define OWN_SIZE   (-2)

#define DO    "\"actions\":{\"forwarding\":\"accept\"}"
#define NAMED "{\"name\":\"%\"," DO ",\"matches\":"
#define PEER(what)                                                             \
	NAMED "{\"ipv4\":{},\"ietf-mud:mud\":{\"" what                         \
	      "\":\"https://%.test/\"}}}"
#define HOST "{\"ipv4\":{\"ietf-acldns:dst-dnsname\":\""
#define PORT "{\"ipv4\":{},\"udp\":{\"source-port\":{"
#define MUD  "{\"ipv4\":{},\"ietf-mud:mud\":{"
#define ICMP "{\"ipv4\":{},\"icmp\":{"
#define URL  "https://a.test/"

#define OF(text) ((long)sizeof(text) - 1)

/* clang-format off */
static const struct limit limits[] = {
	/* S-6 */
	{ "bytes of a file", MOST, LIMIT_FILE, FAULT_TOO_LARGE,
	    WHOLE, OWN_SIZE, BLANKS, "", "", "" },
	/* S-7 */
	{ "depth, arrays", MOST, LIMIT_JSON_DEPTH, FAULT_TOO_MANY,
	    TOP, 1, OPENED, "\"x:x\":", "", "" },
	{ "depth, objects", MOST, LIMIT_JSON_DEPTH, FAULT_TOO_MANY,
	    TOP, 1, NESTED, "\"x:x\":", "", "" },
	{ "depth in the container", MOST, LIMIT_JSON_DEPTH, FAULT_TOO_MANY,
	    LEAF, 2, OPENED, "\"x:x\":", "", "" },
	{ "values, numbers", MOST, LIMIT_JSON_VALUES, FAULT_TOO_MANY,
	    TOP, OWN_VALUES, ITEMS, "\"x:x\":[", "7", "]" },
	{ "values, strings", MOST, LIMIT_JSON_VALUES, FAULT_TOO_MANY,
	    TOP, OWN_VALUES, ITEMS, "\"x:x\":[", "\"\"", "]" },
	{ "values, literals", MOST, LIMIT_JSON_VALUES, FAULT_TOO_MANY,
	    TOP, OWN_VALUES, ITEMS, "\"x:x\":[", "null", "]" },
	{ "values, objects", MOST, LIMIT_JSON_VALUES, FAULT_TOO_MANY,
	    TOP, OWN_VALUES, ITEMS, "\"x:x\":[", "{}", "]" },
	{ "values, members", MOST, LIMIT_JSON_VALUES, FAULT_TOO_MANY,
	    TOP, OWN_VALUES, ITEMS, "\"x:x\":{", "\"%\":7", "}" },
	{ "string", MOST, LIMIT_JSON_STRING, FAULT_TOO_LONG,
	    TOP, 0, LETTERS, "\"x:x\":\"", "", "\"" },
	{ "string in an array", MOST, LIMIT_JSON_STRING, FAULT_TOO_LONG,
	    TOP, 0, LETTERS, "\"x:x\":[\"", "", "\"]" },
	{ "string with escapes, as written", MOST, LIMIT_JSON_STRING,
	    FAULT_TOO_LONG, TOP, 14, LETTERS,
	    "\"x:x\":\"\\\"\\u0041\\\\\\/\\n", "", "\"" },
	{ "string that is systeminfo", MOST, LIMIT_JSON_STRING, FAULT_TOO_LONG,
	    LEAF, 0, LETTERS, "\"systeminfo\":\"", "", "\"" },
	{ "member name at the top", MOST, LIMIT_JSON_KEY, FAULT_TOO_LONG,
	    TOP, 2, LETTERS, "\"x:", "", "\":7" },
	{ "member name further down", MOST, LIMIT_JSON_KEY, FAULT_TOO_LONG,
	    TOP, 0, LETTERS, "\"x:x\":[{\"", "", "\" :7}]" },
	/* S-8 */
	{ "ACLs", MOST, LIMIT_ACLS, FAULT_TOO_MANY,
	    ACLS, 1, ITEMS, "", "{\"name\":\"%\"}", "" },
	{ "ACEs of an ACL", MOST, LIMIT_ACL_ACES, FAULT_TOO_MANY,
	    ACES, 1, ITEMS, "", NAMED "{\"ipv4\":{}}}", "" },
	{ "ACEs of a file", MOST, LIMIT_ACES, FAULT_TOO_MANY,
	    ACES, 1, TWICE, "", NAMED "{\"ipv4\":{}}}", "" },
	{ "names", MOST, LIMIT_DNSNAMES, FAULT_TOO_MANY,
	    ACES, 0, ITEMS, "", NAMED HOST "h%.test\"}}}", "" },
	{ "classes", MOST, LIMIT_CLASSES, FAULT_TOO_MANY,
	    ACES, 0, ITEMS, "", PEER("controller"), "" },
	{ "texts", MOST, LIMIT_TEXTS, FAULT_TOO_MANY,
	    ACES, 0, ITEMS, "", PEER("model"), "" },
	/* A file may ask for more at once than this program can do (S-9). */
	{ "conditions on a peer", MOST, ACE_PEERS, FAULT_NONE,
	    MATCHES, 2, PEERS, MUD "\"my-controller\":[null],"
	    "\"local-networks\":[null]", "", "}}" },
	/* names */
	{ "name of an ACL", MOST, LIMIT_NAME, FAULT_MALFORMED,
	    ACLS, 0, LETTERS, "{\"name\":\"", "", "\"}" },
	{ "name of an ACL", LEAST, 1, FAULT_MALFORMED,
	    ACLS, 0, LETTERS, "{\"name\":\"", "", "\"}" },
	{ "name of an ACE", MOST, LIMIT_NAME, FAULT_MALFORMED,
	    ACES, 0, LETTERS, "{\"name\":\"", "", "\"," DO "}" },
	{ "name of an ACE", LEAST, 1, FAULT_MALFORMED,
	    ACES, 0, LETTERS, "{\"name\":\"", "", "\"," DO "}" },
	{ "name of an extension", MOST, 40, FAULT_MALFORMED,
	    LEAF, 0, LETTERS, "\"extensions\":[\"", "", "\"]" },
	{ "name of an extension, in characters", MOST, 40, FAULT_MALFORMED,
	    LEAF, 0, UMLAUTS, "\"extensions\":[\"", "", "\"]" },
	{ "name of an extension", LEAST, 1, FAULT_MALFORMED,
	    LEAF, 0, LETTERS, "\"extensions\":[\"", "", "\"]" },
	/* URLs and hosts */
	{ "mud-signature", MOST, LIMIT_URL, FAULT_TOO_LONG,
	    LEAF, OF(URL), LETTERS, "\"mud-signature\":\"" URL, "", "\"" },
	{ "mud-signature", LEAST, 1, FAULT_MALFORMED,
	    LEAF, 0, LETTERS, "\"mud-signature\":\"", "", "\"" },
	{ "model", MOST, LIMIT_URL, FAULT_TOO_LONG,
	    MATCHES, OF(URL), LETTERS, MUD "\"model\":\"" URL, "", "\"}}" },
	{ "controller", MOST, LIMIT_URL, FAULT_TOO_LONG,
	    MATCHES, OF(URL), LETTERS, MUD "\"controller\":\"" URL, "",
	    "\"}}" },
	{ "controller", LEAST, 1, FAULT_MALFORMED,
	    MATCHES, 0, LETTERS, MUD "\"controller\":\"", "", "\"}}" },
	{ "host", MOST, LIMIT_HOST, FAULT_MALFORMED,
	    MATCHES, 5, LABELS, HOST, "", ".test\"}}" },
	{ "label", MOST, LIMIT_LABEL, FAULT_MALFORMED,
	    MATCHES, 0, LETTERS, HOST, "", ".test\"}}" },
	{ "label", LEAST, 1, FAULT_MALFORMED,
	    MATCHES, 0, LETTERS, HOST, "", ".test\"}}" },
	{ "manufacturer", MOST, LIMIT_HOST, FAULT_MALFORMED,
	    MATCHES, 5, LABELS, MUD "\"manufacturer\":\"", "", ".test\"}}" },
	/* numbers (S-10) */
	{ "cache-validity", MOST, 168, FAULT_MALFORMED,
	    LEAF, 0, NUMBER, "\"cache-validity\":", "", "" },
	{ "cache-validity", LEAST, 1, FAULT_MALFORMED,
	    LEAF, 0, NUMBER, "\"cache-validity\":", "", "" },
	{ "port", MOST, 65535, FAULT_MALFORMED,
	    MATCHES, 0, NUMBER, PORT "\"operator\":\"eq\",\"port\":", "",
	    "}}}" },
	{ "port", LEAST, 0, FAULT_MALFORMED,
	    MATCHES, 0, NUMBER, PORT "\"port\":", "", "}}}" },
	{ "upper-port", MOST, 65535, FAULT_MALFORMED,
	    MATCHES, 0, NUMBER, PORT "\"lower-port\":9,\"upper-port\":", "",
	    "}}}" },
	{ "upper-port, of lower-port", LEAST, 9, FAULT_MALFORMED,
	    MATCHES, 0, NUMBER, PORT "\"lower-port\":9,\"upper-port\":", "",
	    "}}}" },
	{ "lower-port", LEAST, 0, FAULT_MALFORMED,
	    MATCHES, 0, NUMBER, PORT "\"upper-port\":9,\"lower-port\":", "",
	    "}}}" },
	{ "protocol", MOST, 255, FAULT_MALFORMED,
	    MATCHES, 0, NUMBER, "{\"ipv4\":{\"protocol\":", "", "}}" },
	{ "protocol", LEAST, 0, FAULT_MALFORMED,
	    MATCHES, 0, NUMBER, "{\"ipv4\":{\"protocol\":", "", "}}" },
	{ "ICMP type", MOST, 255, FAULT_MALFORMED,
	    MATCHES, 0, NUMBER, ICMP "\"type\":", "", "}}" },
	{ "ICMP type", LEAST, 0, FAULT_MALFORMED,
	    MATCHES, 0, NUMBER, ICMP "\"type\":", "", "}}" },
	{ "ICMP code", MOST, 255, FAULT_MALFORMED,
	    MATCHES, 0, NUMBER, ICMP "\"code\":", "", "}}" },
	{ "ICMP code", LEAST, 0, FAULT_MALFORMED,
	    MATCHES, 0, NUMBER, ICMP "\"code\":", "", "}}" },
	{ "length of an IPv4 prefix", MOST, 32, FAULT_MALFORMED,
	    MATCHES, 0, NUMBER,
	    "{\"ipv4\":{\"source-ipv4-network\":\"10.0.0.0/", "", "\"}}" },
	{ "length of an IPv4 prefix", LEAST, 0, FAULT_MALFORMED,
	    MATCHES, 0, NUMBER,
	    "{\"ipv4\":{\"source-ipv4-network\":\"0.0.0.0/", "", "\"}}" },
	{ "length of an IPv6 prefix", MOST, 128, FAULT_MALFORMED,
	    MATCHES, 0, NUMBER,
	    "{\"ipv6\":{\"source-ipv6-network\":\"2001:db8::/", "", "\"}}" },
};
/* clang-format on */

/* Takes the place of a leaf that every file has. */
static const struct limit leaves[] = {
	{ "mud-version", EXACTLY, 1, FAULT_MUD_VERSION, LEAF, 0, NUMBER,
	    "\"mud-version\":", "", "" },
	{ "mud-url", MOST, LIMIT_URL, FAULT_TOO_LONG, LEAF, OF(URL), LETTERS,
	    "\"mud-url\":\"" URL, "", "\"" },
	{ "mud-url", LEAST, 1, FAULT_MALFORMED, LEAF, 0, LETTERS,
	    "\"mud-url\":\"", "", "\"" },
	{ "last-update", MOST, 39, FAULT_TOO_LONG, LEAF, 21, DIGITS,
	    "\"last-update\":\"2026-01-15T10:00:00.", "", "Z\"" },
};

/* ---- making the files --------------------------------------------------- */

static void
put_item(FILE *out, const char *item, long which)
{
	for (; *item != '\0'; item++)
		if (*item == '%')
			(void)fprintf(out, "%ld", which);
		else
			(void)fputc(*item, out);
}

static void
put_items(FILE *out, const char *item, long from, long to)
{
	for (long i = from; i < to; i++) {
		if (i > from)
			(void)fputc(',', out);
		put_item(out, item, i);
	}
}

static void
put_many(FILE *out, const char *text, long n)
{
	for (long i = 0; i < n; i++)
		(void)fputs(text, out);
}

static void
put_labels(FILE *out, long n)
{
	for (long i = 0; i < n; i++)
		(void)fputc(i % 51 == 50 && i + 1 < n ? '.' : 'x', out);
}

/* Conditions on the peer, besides those that are there. */
static void
put_peers(FILE *out, long n)
{
	static const char *const more[] = { "\"same-manufacturer\":[null]",
		"\"controller\":\"" URL "\"", "\"model\":\"" URL "\"" };

	for (long i = 0; i < n; i++)
		(void)fprintf(out, ",%s", more[i]);
}

/* One ACL is full, the next has the rest; and it has its own beginning. */
static void
put_twice(FILE *out, const struct limit *limit, long n)
{
	const long first = LIMIT_ACL_ACES - limit->there;

	put_items(out, limit->item, 0, first);
	(void)fputs("]}},{\"name\":\"b\",\"aces\":{\"ace\":[", out);
	put_items(out, limit->item, 0,
	    n - first > LIMIT_ACL_ACES ? LIMIT_ACL_ACES : n - first);
	if (n - first > LIMIT_ACL_ACES) {
		(void)fputs("]}},{\"name\":\"c\",\"aces\":{\"ace\":[", out);
		put_items(out, limit->item, 0, n - first - LIMIT_ACL_ACES);
	}
}

static void
put(FILE *out, const struct limit *limit, long n)
{
	(void)fputs(limit->before, out);
	switch (limit->fill) {
	case LETTERS:
		put_many(out, "x", n);
		break;
	case DIGITS:
		put_many(out, "7", n);
		break;
	case UMLAUTS:
		put_many(out, "\xc3\xa4", n);
		break;
	case LABELS:
		put_labels(out, n);
		break;
	case BLANKS:
		put_many(out, " ", n);
		break;
	case NUMBER:
		(void)fprintf(out, "%ld", n);
		break;
	case PEERS:
		put_peers(out, n);
		break;
	case OPENED:
		put_many(out, "[", n);
		put_many(out, "]", n);
		break;
	case NESTED:
		put_many(out, "{\"x\":", n - 1);
		(void)fputs("{}", out);
		put_many(out, "}", n - 1);
		break;
	case ITEMS:
		put_items(out, limit->item, 0, n);
		break;
	case TWICE:
		put_twice(out, limit, n);
		break;
	}
	(void)fputs(limit->after, out);
}

/* `instead`: a leaf that is not to be there, since the limit's is. */
static void
put_leaf(FILE *out, const char *name, const char *value, const char *instead)
{
	if (strncmp(instead + 1, name, strlen(name)) != 0)
		(void)fprintf(out, "\"%s\":%s,", name, value);
}

static void
put_here(FILE *out, const struct limit *limit, long n, enum place place,
    const char *comma)
{
	if (limit->place != place)
		return;
	(void)fputs(comma, out);
	put(out, limit, n);
}

/* The file, with n of what the limit is about. The caller frees it. */
static char *
file_of(const struct limit *limit, long n, size_t *len)
{
	const char *instead = limit->place == LEAF ? limit->before : "\"";
	char *text = NULL;
	FILE *out = open_memstream(&text, len);

	assert_non_null(out);
	(void)fputs("{\"ietf-mud:mud\":{", out);
	put_leaf(out, "mud-version", "1", instead);
	put_leaf(out, "mud-url", "\"" URL "\"", instead);
	put_leaf(out, "last-update", "\"2026-01-15T10:00:00Z\"", instead);
	(void)fputs("\"is-supported\":true,\"from-device-policy\":{"
		    "\"access-lists\":{\"access-list\":[{\"name\":\"a\"}]}}",
	    out);
	put_here(out, limit, n, LEAF, ",");
	(void)fputs("},\"ietf-access-control-list:acls\":{\"acl\":["
		    "{\"name\":\"a\",\"aces\":{\"ace\":["
		    "{\"name\":\"the-one\"," DO ",\"matches\":",
	    out);
	if (limit->place != MATCHES)
		(void)fputs("{\"ipv4\":{}}", out);
	put_here(out, limit, n, MATCHES, "");
	(void)fputc('}', out);
	put_here(out, limit, n, ACES, ",");
	(void)fputs("]}}", out);
	put_here(out, limit, n, ACLS, ",");
	(void)fputs("]}", out);
	put_here(out, limit, n, TOP, ",");
	(void)fputc('}', out);
	put_here(out, limit, n, WHOLE, "");
	(void)fclose(out);
	return text;
}

/* ---- judging them ------------------------------------------------------- */

static long
count_values(const json_t *at)
{
	const char *key;
	json_t *value;
	long n = 1;

	for (size_t i = 0; i < json_array_size(at); i++)
		n += count_values(json_array_get(at, i));
	/* The library wants it writable and does not write. */
	json_object_foreach((json_t *)(uintptr_t)at, key, value) n +=
	    count_values(value);
	return n;
}

/* How much of it the file has, the vector's own container included. */
static long
there(const struct limit *limit)
{
	long n = limit->there;
	json_t *root;
	size_t len;
	char *text;

	if (n >= 0)
		return n;
	text = file_of(limit, 0, &len);
	root = json_loadb(text, len, 0, NULL);
	assert_non_null(root);
	n = n == OWN_SIZE ? (long)len : count_values(root);
	json_decref(root);
	free(text);
	return n;
}

static bool
is_within(const struct limit *limit, long n)
{
	switch (limit->side) {
	case MOST:
		return n <= limit->n;
	case LEAST:
		return n >= limit->n;
	case EXACTLY:
		break;
	}
	return n == limit->n;
}

static void
judge(const struct limit *limit, long n)
{
	const bool within = is_within(limit, n);
	struct policy untouched, *policy = &untouched;
	struct fault why = { 0 };
	struct bytes file;
	size_t len;
	char *text = file_of(limit, n - there(limit), &len);
	bool ok;

	file = (struct bytes){ (const uint8_t *)text, len };
	ok = mudfile_parse(file, &policy, &why);
	if (ok != (within || limit->code == FAULT_NONE))
		fail_msg("%s, %ld: %s", limit->name, n, why.detail);
	if (ok) {
		/* A condition is understood or the ACE matches nothing. */
		if (limit->place == MATCHES &&
		    policy->aces[0].understood != within)
			fail_msg("%s, %ld: understood", limit->name, n);
		policy_free(policy);
	} else {
		assert_ptr_equal(policy, &untouched);
		if (why.code != limit->code)
			fail_msg("%s, %ld: %s", limit->name, n, why.detail);
	}
	free(text);
}

/* n-1, n, n+1 of each line; returns how many files that were. */
static long
judge_all(const struct limit *table, long n_limits)
{
	long n = 0;

	for (long i = 0; i < n_limits; i++)
		for (long off = -1; off <= 1; off++, n++)
			judge(&table[i], table[i].n + off);
	return n;
}

static void
each_limit_holds_on_both_sides(void **state)
{
	long n;

	(void)state;
	n = judge_all(limits, LENGTH(limits));
	n += judge_all(leaves, LENGTH(leaves));
	print_message("%ld vectors\n", n);
	assert_true(n >= VECTORS_LEAST);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_limit_holds_on_both_sides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
