/*
 * MUD files of 256 KiB that are made to cost what they can (S-6, S-7): each is
 * judged as the reader would, in a process under the reader's limits of memory
 * and CPU, and must be judged, not cut short.
 *
 * Prints what each took: ./dev bench shows it.  How long is no test; within
 * how many seconds of CPU is the limit's.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/mudfile.h"
#include "libmud/policy.h"

/* As in core/sandbox.c, for the reader. */
#define READER_DATA (48ul << 20)
#define READER_CPU  5

/* A file may stop short of the limit by what did not fit. */
#define ALMOST (LIMIT_FILE - 4096)

/* For what stands around the costly part. */
#define TAIL 600

#define LEAVES                                                                 \
	"{\"ietf-mud:mud\":{\"mud-version\":1,\"is-supported\":true,"          \
	"\"mud-url\":\"https://a.test/\","                                     \
	"\"last-update\":\"2026-01-15T10:00:00Z\""
#define HEAD LEAVES "}"
#define HEAD_OF_ACES                                                           \
	LEAVES ",\"from-device-policy\":{\"access-lists\":{\"access-list\":["  \
	       "{\"name\":\"a0\"},{\"name\":\"a1\"}]}}},"                      \
	       "\"ietf-access-control-list:acls\":{\"acl\":["

struct file {
	char text[LIMIT_FILE + 1];
	size_t len;
};

/* Appends; false if that would leave no room for the end. */
static bool put(struct file *file, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static bool
put(struct file *file, const char *fmt, ...)
{
	const size_t room = LIMIT_FILE - TAIL - file->len;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(file->text + file->len, room, fmt, args);
	va_end(args);
	if (n < 0 || (size_t)n >= room)
		return false;
	file->len += (size_t)n;
	return true;
}

static void
put_end(struct file *file, const char *end)
{
	const size_t len = strlen(end);

	memcpy(file->text + file->len, end, len);
	file->len += len;
}

/* Blanks cost least and count as well. */
static void
fill_up(struct file *file)
{
	memset(file->text + file->len, ' ', LIMIT_FILE - file->len);
	file->len = LIMIT_FILE;
}

/* ---- the files ---------------------------------------------------------- */

static void
make_values(struct file *file)
{
	(void)put(file, HEAD ",\"x:x\":[0");
	for (int i = 0; i < LIMIT_JSON_VALUES - 50; i++)
		(void)put(file, ",[]");
	put_end(file, "]}");
}

static void
make_objects(struct file *file)
{
	(void)put(file, HEAD ",\"x:x\":[0");
	for (int i = 0; i < LIMIT_JSON_VALUES / 2 - 50; i++)
		(void)put(file, ",{\"%04x\":{}}", i);
	put_end(file, "]}");
}

/* Nothing is known of them: each is told of, with its whole path. */
static void
make_members(struct file *file)
{
	(void)put(file, LEAVES);
	for (int i = 0; i < LIMIT_JSON_VALUES - 50; i++)
		if (!put(file, ",\"x:%05x\":0", i))
			break;
	put_end(file, "}}");
}

static void
make_long_keys(struct file *file)
{
	(void)put(file, HEAD ",\"x:x\":{\"\":0");
	for (int i = 0; put(file, ",\"%0*x\":0", LIMIT_JSON_KEY, i); i++)
		;
	put_end(file, "}}");
}

/* The library compares keys that share a bucket whole. */
static void
make_alike_keys(struct file *file)
{
	(void)put(file, HEAD ",\"x:x\":{\"\":0");
	for (int i = 0; i < LIMIT_JSON_VALUES - 50; i++)
		if (!put(file, ",\"%c%c%c%c%c\":0", 'A' + i % 26,
			'A' + i / 26 % 26, 'A' + i / 676 % 26, 'A' + i / 17576,
			'A'))
			break;
	put_end(file, "}}");
}

static void
make_duplicate(struct file *file)
{
	make_alike_keys(file);
	file->len -= 2;
	put_end(file, ",\"AAAAA\":0}}");
}

static void
make_nests(struct file *file)
{
	const int deep = LIMIT_JSON_DEPTH - 2;
	char open[LIMIT_JSON_DEPTH] = "", shut[LIMIT_JSON_DEPTH] = "";

	memset(open, '[', (size_t)deep);
	memset(shut, ']', (size_t)deep);
	(void)put(file, HEAD ",\"x:x\":[0");
	for (int i = 0; i < LIMIT_JSON_VALUES / deep - 2; i++)
		(void)put(file, ",%s%s", open, shut);
	put_end(file, "]}");
}

static void
make_strings(struct file *file)
{
	(void)put(file, HEAD ",\"x:x\":[0");
	while (put(file, ",\"")) {
		for (int i = 0; i < LIMIT_JSON_STRING / 6; i++)
			if (!put(file, "\\u20ac"))
				break;
		put_end(file, "\"");
	}
	put_end(file, "]}");
}

static void
put_aces(struct file *file, const char *more)
{
	for (int acl = 0; acl < 2; acl++) {
		(void)put(file,
		    "%s{\"name\":\"a%d\",\"type\":\"ipv4-acl-type\","
		    "\"aces\":{\"ace\":[",
		    acl > 0 ? "]}}," : "", acl);
		for (int i = 0; i < LIMIT_ACL_ACES; i++)
			(void)put(file,
			    "%s{\"name\":\"%0*d\",\"actions\":{\"forwarding\":"
			    "\"accept\"},\"matches\":{\"ipv4\":{"
			    "\"ietf-acldns:dst-dnsname\":"
			    "\"%050d.%050d.%d.test\"},%s}}",
			    i > 0 ? "," : "", LIMIT_NAME, i, 0, 0,
			    i % (LIMIT_DNSNAMES / 2) + acl * LIMIT_DNSNAMES / 2,
			    more);
	}
	put_end(file, "]}}]}}");
}

/* As many ACEs as may be, with the longest names, and all that one can ask. */
static void
make_aces(struct file *file)
{
	(void)put(file, HEAD_OF_ACES);
	put_aces(file,
	    "\"tcp\":{\"ietf-mud:direction-initiated\":\"from-device\","
	    "\"source-port\":{\"lower-port\":1,\"upper-port\":65535},"
	    "\"destination-port\":{\"operator\":\"neq\",\"port\":9}},"
	    "\"ietf-mud:mud\":{\"my-controller\":[null]}");
}

/* The same, with what is not understood. */
static void
make_odd_aces(struct file *file)
{
	(void)put(file, HEAD_OF_ACES);
	put_aces(file, "\"x:a\":{},\"x:b\":{},\"x:c\":{},\"x:d\":{},\"x:e\":{},"
		       "\"x:f\":{},\"x:g\":{},\"x:h\":{},\"x:i\":{},\"x:j\":{},"
		       "\"x:k\":{},\"x:l\":{},\"x:m\":{},\"x:n\":{},\"x:o\":{},"
		       "\"x:p\":{},\"x:q\":{},\"x:r\":{}");
}

/* Refused at its last byte. */
static void
make_late_error(struct file *file)
{
	make_objects(file);
	fill_up(file);
	file->text[LIMIT_FILE - 1] = 'x';
}

static const struct {
	const char *name;
	void (*make)(struct file *file);
	bool is_taken;
	size_t n_aces;
} files[] = {
	{ "empty arrays", make_values, true, 0 },
	{ "small objects", make_objects, true, 0 },
	{ "members", make_members, true, 0 },
	{ "long keys", make_long_keys, true, 0 },
	{ "keys alike", make_alike_keys, true, 0 },
	{ "a duplicate at the end", make_duplicate, false, 0 },
	{ "deep nests", make_nests, true, 0 },
	{ "escapes", make_strings, true, 0 },
	{ "ACEs", make_aces, true, LIMIT_ACES },
	{ "odd ACEs", make_odd_aces, true, LIMIT_ACES },
	{ "an error at the end", make_late_error, false, 0 },
};

/* ---- judging them ------------------------------------------------------- */

static void
limit(int resource, rlim_t most)
{
	const struct rlimit to = { most, most };

	if (setrlimit(resource, &to) != 0)
		_exit(97);
}

static void
hear(void *arg, const struct finding *finding)
{
	(void)arg;
	(void)finding;
}

/* The child's work: 0 if it came out as it should. */
static int
judge(const struct file *file, bool is_taken, size_t n_aces)
{
	const struct bytes raw = { (const uint8_t *)file->text, file->len };
	struct mudfile_peek found;
	struct policy *policy;
	struct fault why = { 0 };

#ifndef WITH_SANITIZERS
	limit(RLIMIT_DATA, READER_DATA);
#endif
	limit(RLIMIT_CPU, READER_CPU);
	/* The reader does one of both; mudctl listens too. */
	if (mudfile_peek(raw, &found, &why) != is_taken ||
	    mudfile_judge(raw, 0, hear, NULL, NULL, &policy, &why) !=
		is_taken) {
		(void)fprintf(stderr, "%s: %s\n", why.clause, why.detail);
		return 1;
	}
	return !is_taken || policy->n_aces == n_aces ? 0 : 2;
}

static double
msec_of(const struct rusage *used)
{
	return (double)(used->ru_utime.tv_sec + used->ru_stime.tv_sec) * 1e3 +
	       (double)(used->ru_utime.tv_usec + used->ru_stime.tv_usec) / 1e3;
}

static void
each_worst_file_is_judged(void **state)
{
	static struct file file;

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct rusage used = { 0 };
		int status = -1;
		pid_t pid;

		memset(&file, 0, sizeof(file));
		files[i].make(&file);
		if (file.len < ALMOST)
			fill_up(&file);
		assert_in_range(file.len, ALMOST, LIMIT_FILE);
		pid = fork();
		if (pid == 0)
			_exit(judge(&file, files[i].is_taken, files[i].n_aces));
		assert_true(pid > 0 && wait4(pid, &status, 0, &used) == pid);
		print_message("worst %-24s %6.1f ms %5.1f MiB\n", files[i].name,
		    msec_of(&used), (double)used.ru_maxrss / 1024);
		if (status != 0)
			fail_msg(
			    "%s: status 0x%x", files[i].name, (unsigned)status);
#ifndef WITH_SANITIZERS
		assert_true((unsigned long)used.ru_maxrss * 1024 < READER_DATA);
#endif
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_worst_file_is_judged),
	};

	json_object_seed(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
