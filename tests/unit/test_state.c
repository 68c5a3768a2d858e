/* The state: what is put comes back, whole or not at all. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "engine/state/state.h"
#include "tests/unit/staterig.h"

#define URL "https://mud.example.com/lamp.json"

static const struct state_thing lamp = {
	.mac = { { 2, 0, 0x5e, 0, 0x53, 1 } },
	.url = URL,
	.url_source = STATE_SOURCE_DHCP4,
	.name = "kitchen-lamp",
	.hostname = "lamp",
	.port = "lan3",
	.first_seen = 1,
	.last_seen = INT64_MAX,
	.departed = true,
	.flags = UINT32_MAX,
};

static const struct state_lease lease = {
	.mac = { { 2, 0, 0x5e, 0, 0x53, 1 } },
	.addr = { 4, { 192, 0, 2, 7 } },
	.expires_at = 7,
};

static const struct state_name name = {
	.name = "fw.example.com",
	.addr = { 6, { 0x20, 1, 0xd, 0xb8, [15] = 9 } },
	.expires_at = 9,
};

static const uint8_t bytes[LIMIT_FILE + 1] = "{}";

static const struct state_file lamp_file = {
	.url = URL,
	.digest = { 1, 2, 3 },
	.file = { bytes, LIMIT_FILE },
	.signature = { bytes, LIMIT_SIGNATURE },
	.fetched_at = 3,
	.verified_at = 4,
	.verdict = { FAULT_UNTRUSTED, "RFC 8520 s13.2", "CN=x" },
	.signer = { "CN=x", "CN=y", { 9, 8 }, { 7 }, { 6 }, -5 },
	.status = FILE_PENDING,
	.is_other_type = true,
	.approved_by = -1,
};

/* ---- what comes back ---- */

struct found {
	int things, leases, files, names;
	struct state_thing thing;
	struct state_lease lease;
	struct state_file file;
	struct state_name name;
};

static void
on_thing(void *arg, const struct state_thing *thing)
{
	struct found *found = arg;

	found->things++;
	found->thing = *thing;
}

static void
on_lease(void *arg, const struct state_lease *row)
{
	struct found *found = arg;

	found->leases++;
	found->lease = *row;
}

static void
on_file(void *arg, const struct state_file *file)
{
	struct found *found = arg;

	found->files++;
	found->file = *file;
	assert_true(file->file.len <= LIMIT_FILE);
	assert_memory_equal(file->file.data, bytes, file->file.len);
}

static void
on_name(void *arg, const struct state_name *row)
{
	struct found *found = arg;

	found->names++;
	found->name = *row;
}

/* Returns how many rows were left out. */
static int
load(struct staterig *rig, struct found *found)
{
	memset(found, 0, sizeof(*found));
	return state_load_things(rig->state, on_thing, found) +
	       state_load_leases(rig->state, on_lease, found) +
	       state_load_files(rig->state, on_file, found) +
	       state_load_names(rig->state, on_name, found);
}

static void
put_all(struct staterig *rig)
{
	assert_int_equal(state_put_thing(rig->state, &lamp), 0);
	assert_int_equal(state_put_lease(rig->state, &lease), 0);
	assert_int_equal(state_put_file(rig->state, &lamp_file), 0);
	assert_int_equal(state_put_name(rig->state, &name), 0);
}

static void
keeps_over_a_restart(void **state)
{
	struct staterig *rig = *state;
	struct found found;
	struct stat at;

	assert_int_equal(staterig_open(rig), STATE_NEW);
	assert_int_equal(stat(rig->path, &at), 0);
	assert_int_equal(at.st_mode & 0777, 0600);
	assert_int_equal(stat(rig->log, &at), 0);
	assert_int_equal(at.st_mode & 0777, 0600);
	put_all(rig);
	staterig_close(rig);
	assert_int_equal(staterig_open(rig), STATE_FOUND);
	assert_int_equal(load(rig, &found), 0);
	assert_int_equal(found.things, 1);
	assert_memory_equal(&found.thing.mac, &lamp.mac, sizeof(lamp.mac));
	assert_string_equal(found.thing.url, lamp.url);
	assert_int_equal(found.thing.url_source, lamp.url_source);
	assert_string_equal(found.thing.name, lamp.name);
	assert_string_equal(found.thing.hostname, lamp.hostname);
	assert_string_equal(found.thing.port, lamp.port);
	assert_true(found.thing.first_seen == lamp.first_seen);
	assert_true(found.thing.last_seen == lamp.last_seen);
	assert_true(found.thing.departed);
	assert_true(found.thing.flags == lamp.flags);
	assert_int_equal(found.leases, 1);
	assert_memory_equal(&found.lease, &lease, sizeof(lease));
	assert_int_equal(found.names, 1);
	assert_string_equal(found.name.name, name.name);
	assert_true(addr_equal(&found.name.addr, &name.addr));
	assert_true(found.name.expires_at == name.expires_at);
	assert_int_equal(found.files, 1);
	assert_string_equal(found.file.url, lamp_file.url);
	assert_memory_equal(found.file.digest, lamp_file.digest, 32);
	assert_int_equal(found.file.file.len, LIMIT_FILE);
	assert_int_equal(found.file.signature.len, LIMIT_SIGNATURE);
	assert_true(found.file.fetched_at == 3);
	assert_true(found.file.verified_at == 4);
	assert_int_equal(found.file.verdict.code, FAULT_UNTRUSTED);
	assert_string_equal(found.file.verdict.clause, "RFC 8520 s13.2");
	assert_string_equal(found.file.verdict.detail, "CN=x");
	assert_string_equal(found.file.signer.subject, "CN=x");
	assert_string_equal(found.file.signer.issuer, "CN=y");
	assert_memory_equal(found.file.signer.spki, lamp_file.signer.spki, 32);
	assert_memory_equal(
	    &found.file.signer, &lamp_file.signer, sizeof(struct signer));
	assert_int_equal(found.file.status, FILE_PENDING);
	assert_true(found.file.is_other_type);
	assert_true(found.file.approved_by == -1);
	assert_true(found.file.approved_at == 0);
}

static void
replaces_and_deletes(void **state)
{
	struct staterig *rig = *state;
	struct state_thing other = lamp;
	struct state_file file = lamp_file;
	struct found found;

	(void)staterig_open(rig);
	put_all(rig);
	other.url[0] = '\0';
	other.url_source = STATE_SOURCE_NONE;
	assert_int_equal(state_put_thing(rig->state, &other), 0);
	/* The same URL with another digest is another file. */
	file.digest[31] = 1;
	file.signature.len = 0;
	file.status = FILE_ACCEPTED;
	assert_int_equal(state_put_file(rig->state, &file), 0);
	assert_int_equal(load(rig, &found), 0);
	assert_int_equal(found.things, 1);
	assert_string_equal(found.thing.url, "");
	assert_int_equal(found.leases, 1);
	assert_int_equal(found.files, 2);

	memset(&found, 0, sizeof(found));
	assert_int_equal(
	    state_find_file(rig->state, URL, file.digest, on_file, &found), 0);
	assert_int_equal(found.file.status, FILE_ACCEPTED);
	assert_int_equal(found.file.signature.len, 0);
	assert_int_equal(state_delete_file(rig->state, URL, file.digest), 0);
	assert_int_equal(
	    state_find_file(rig->state, URL, file.digest, on_file, &found),
	    -ENOENT);
	assert_int_equal(found.files, 1);

	assert_int_equal(state_delete_leases(rig->state, &lease.mac), 0);
	assert_int_equal(state_put_lease(rig->state, &lease), 0);
	assert_int_equal(state_delete_name(rig->state, name.name), 0);
	/* A Thing's leases go with it. */
	assert_int_equal(state_delete_thing(rig->state, &lamp.mac), 0);
	assert_int_equal(load(rig, &found), 0);
	assert_int_equal(found.things + found.leases + found.names, 0);
	assert_int_equal(found.files, 1);
	assert_int_equal(state_put_lease(rig->state, &lease), -ENOENT);
}

static void
marks_a_file_and_keeps_its_bytes(void **state)
{
	struct staterig *rig = *state;
	struct state_file file = lamp_file;
	struct found found = { .files = 0 };

	(void)staterig_open(rig);
	file.file.data = NULL;
	file.file.len = 0;
	file.status = FILE_ACCEPTED;
	file.approved_by = 1000;
	file.approved_at = 44;
	assert_int_equal(state_put_file(rig->state, &file), -ENOENT);
	assert_int_equal(state_put_file(rig->state, &lamp_file), 0);
	assert_int_equal(state_put_file(rig->state, &file), 0);
	assert_int_equal(load(rig, &found), 0);
	assert_int_equal(found.file.status, FILE_ACCEPTED);
	assert_true(found.file.approved_by == 1000);
	assert_true(found.file.approved_at == 44);
	assert_int_equal(found.file.file.len, LIMIT_FILE);
	assert_int_equal(found.file.signature.len, LIMIT_SIGNATURE);
}

/* ---- several changes as one ---- */

static void
groups_changes(void **state)
{
	struct staterig *rig = *state;
	struct found found;

	(void)staterig_open(rig);
	assert_int_equal(state_begin(rig->state), 0);
	put_all(rig);
	state_rollback(rig->state);
	state_rollback(rig->state);
	assert_int_equal(load(rig, &found), 0);
	assert_int_equal(found.things + found.files, 0);
	assert_int_equal(state_begin(rig->state), 0);
	put_all(rig);
	assert_int_equal(state_commit(rig->state), 0);
	assert_int_equal(load(rig, &found), 0);
	assert_int_equal(found.things + found.files, 2);
}

/* What a put returned for is there after the process died on the spot. */
static void
survives_a_kill(void **state)
{
	struct staterig *rig = *state;
	struct found found;
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		(void)staterig_open(rig);
		put_all(rig);
		(void)state_begin(rig->state);
		(void)state_delete_thing(rig->state, &lamp.mac);
		(void)kill(getpid(), SIGKILL);
	}
	(void)waitpid(child, &status, 0);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(staterig_open(rig), STATE_FOUND);
	assert_int_equal(load(rig, &found), 0);
	assert_int_equal(found.things, 1);
	assert_int_equal(found.files, 1);
}

/* ---- what is not taken ---- */

#define REFUSES(kind, row, change)                                             \
	do {                                                                   \
		struct state_##kind wrong = row;                               \
                                                                               \
		change;                                                        \
		if (state_put_##kind(rig->state, &wrong) != -EINVAL)           \
			fail_msg("taken: %s", #change);                        \
	} while (0)

#define FILL(text)       memset((text), 'a', sizeof(text))
#define SET(text, value) (void)snprintf((text), sizeof(text), "%s", (value))

static void
refuses_things_and_leases(void **state)
{
	struct staterig *rig = *state;

	(void)staterig_open(rig);
	REFUSES(thing, lamp, wrong.mac.byte[0] = 1);
	REFUSES(thing, lamp, FILL(wrong.url));
	REFUSES(thing, lamp, SET(wrong.url, "http://mud.example.com/"));
	REFUSES(thing, lamp, SET(wrong.url, "https://MUD.example.com/"));
	REFUSES(thing, lamp, wrong.url[0] = '\0');
	REFUSES(thing, lamp, wrong.url_source = STATE_SOURCE_NONE);
	REFUSES(thing, lamp, wrong.url_source = STATE_SOURCES);
	REFUSES(thing, lamp, FILL(wrong.name));
	REFUSES(thing, lamp, SET(wrong.name, "a b"));
	REFUSES(thing, lamp, FILL(wrong.hostname));
	REFUSES(thing, lamp, SET(wrong.hostname, "\033"));
	REFUSES(thing, lamp, FILL(wrong.port));
	REFUSES(thing, lamp, SET(wrong.port, "a/b"));
	REFUSES(thing, lamp, wrong.first_seen = -1);
	REFUSES(thing, lamp, wrong.last_seen = -1);
	REFUSES(lease, lease, wrong.mac.byte[0] = 1);
	REFUSES(lease, lease, wrong.addr.family = 0);
	REFUSES(lease, lease, wrong.addr.byte[0] = 127);
	REFUSES(lease, lease, wrong.expires_at = -1);
	REFUSES(name, name, FILL(wrong.name));
	REFUSES(name, name, SET(wrong.name, "FW.example.com"));
	REFUSES(name, name, SET(wrong.name, "localhost"));
	REFUSES(name, name, wrong.addr.family = 0);
	REFUSES(name, name, wrong.expires_at = -1);
}

static void
refuses_files(void **state)
{
	struct staterig *rig = *state;

	(void)staterig_open(rig);
	REFUSES(file, lamp_file, wrong.url[0] = '\0');
	REFUSES(file, lamp_file, wrong.file.len = 0);
	REFUSES(file, lamp_file, wrong.file.len = LIMIT_FILE + 1);
	REFUSES(file, lamp_file, wrong.signature.len = LIMIT_SIGNATURE + 1);
	REFUSES(file, lamp_file, wrong.fetched_at = -1);
	REFUSES(file, lamp_file, wrong.verified_at = -1);
	REFUSES(file, lamp_file, wrong.verdict.code = FAULT_CODES);
	REFUSES(file, lamp_file, FILL(wrong.verdict.detail));
	REFUSES(file, lamp_file, FILL(wrong.signer.subject));
	REFUSES(file, lamp_file, SET(wrong.signer.subject, "\n"));
	REFUSES(file, lamp_file, FILL(wrong.signer.issuer));
	REFUSES(file, lamp_file, SET(wrong.signer.issuer, "\x80"));
	REFUSES(file, lamp_file, wrong.status = FILE_STATUSES);
	REFUSES(file, lamp_file, wrong.approved_by = -2);
	REFUSES(file, lamp_file, wrong.approved_by = (int64_t)UINT32_MAX + 1);
	REFUSES(file, lamp_file, wrong.approved_at = -1);
}

/* S-64: files that wait take 4 MiB, all of them what is left of 12. */
static void
keeps_to_its_space(void **state)
{
	struct staterig *rig = *state;
	struct state_file file = lamp_file;
	size_t one = LIMIT_FILE + LIMIT_SIGNATURE;
	unsigned int n = 0;
	struct stat at;
	int error;

	(void)staterig_open(rig);
	file.digest[1] = 0;
	while ((error = state_put_file(rig->state, &file)) == 0)
		file.digest[1] = (uint8_t)++n;
	assert_int_equal(error, -ENOSPC);
	assert_int_equal(n, STATE_CANDIDATE_BYTES / one);
	/* To put one of them once more takes no more room. */
	file.digest[1] = (uint8_t)(n - 1);
	assert_int_equal(state_put_file(rig->state, &file), 0);
	file.status = FILE_ACCEPTED;
	do
		file.digest[1] = (uint8_t)++n;
	while ((error = state_put_file(rig->state, &file)) == 0);
	assert_int_equal(error, -ENOSPC);
	assert_true(n * one > STATE_MAX_BYTES - STATE_RESERVE_BYTES - 2 * one);
	/* The last gap is filled with small ones. */
	file.file.len = 1000;
	file.signature.len = 0;
	for (error = 0, n = 0; error == 0 && n < 65536; n++) {
		file.digest[4] = (uint8_t)n;
		file.digest[5] = (uint8_t)(n >> 8);
		error = state_put_file(rig->state, &file);
	}
	assert_int_equal(error, -ENOSPC);
	/* Decisions still find room. */
	for (unsigned int i = 0; i < 250; i++) {
		struct state_thing thing = lamp;

		thing.mac.byte[5] = (uint8_t)i;
		assert_int_equal(state_put_thing(rig->state, &thing), 0);
	}
	staterig_close(rig);
	assert_int_equal(stat(rig->path, &at), 0);
	assert_true(at.st_size <= STATE_MAX_BYTES);
	assert_int_equal(stat(rig->log, &at), 0);
	assert_true(at.st_size <= STATE_LOG_BYTES);
}

/* ---- what is read back is input ---- */

static const char *const tampered[] = {
	"UPDATE things SET mac=x'0102030405'",
	"UPDATE things SET mac=x'010203040506'",
	"UPDATE things SET mac='abcdef'",
	"UPDATE things SET url='https://MUD.example.com/'",
	"UPDATE things SET url=x'00'",
	"UPDATE things SET url=printf('https://mud.example.com/%0300d',1)",
	"UPDATE things SET url='https://mud.example.com/'||char(0)||'x'",
	"UPDATE things SET url_source=99",
	"UPDATE things SET url_source='dhcp4'",
	"UPDATE things SET name='a'||char(10)",
	"UPDATE things SET hostname=printf('%099d',1)",
	"UPDATE things SET port='/'",
	"UPDATE things SET first_seen=-1",
	"UPDATE things SET last_seen=1.5",
	"UPDATE things SET departed=2",
	"UPDATE things SET flags=4294967296",
	"UPDATE leases SET addr=x'c00002'",
	"UPDATE leases SET addr=x'7f000001'",
	"UPDATE leases SET expires_at=-1",
	"UPDATE files SET digest=x'00'",
	"UPDATE files SET verdict=x'01'",
	"UPDATE files SET verdict=printf('%064d',1)",
	"UPDATE files SET identity=x'00'",
	"UPDATE files SET anchor=x''",
	"UPDATE files SET clause=printf('%048d',1)",
	"UPDATE files SET detail=char(27)",
	"UPDATE files SET subject=char(27)",
	"UPDATE files SET issuer=x'07'",
	"UPDATE files SET spki=x'00'",
	"UPDATE files SET not_after='x'",
	"UPDATE files SET status=4",
	"UPDATE files SET other_type=2",
	"UPDATE files SET approved_by=-2",
	"UPDATE files SET approved_at=-1",
	"UPDATE files SET signature=zeroblob(65537)",
	"UPDATE files SET file=zeroblob(262145)",
	"UPDATE files SET file=x''",
	"UPDATE files SET file='{}'",
	"UPDATE names SET name='localhost'",
	"UPDATE names SET addr=x''",
	"UPDATE names SET expires_at=-1",
};

static void
leaves_out_what_is_not_sound(void **state)
{
	struct staterig *rig = *state;
	struct found found;

	for (size_t i = 0; i < sizeof(tampered) / sizeof(tampered[0]); i++) {
		(void)staterig_open(rig);
		put_all(rig);
		staterig_close(rig);
		staterig_tamper(rig, tampered[i]);
		assert_int_equal(staterig_open(rig), STATE_FOUND);
		if (load(rig, &found) != 1 ||
		    found.things + found.leases + found.files + found.names !=
			3)
			fail_msg("%s", tampered[i]);
		staterig_close(rig);
		staterig_tamper(rig, "DELETE FROM files; DELETE FROM names;"
				     "DELETE FROM leases; DELETE FROM things");
	}
}

/* ---- damage ---- */

static void
write_at(const char *path, long at, const char *text, size_t len)
{
	FILE *file = fopen(path, at == 0 ? "w" : "r+");

	assert_non_null(file);
	assert_int_equal(fseek(file, at, SEEK_SET), 0);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void
sets_damage_aside(void **state)
{
	static char junk[8192];
	struct staterig *rig = *state;
	struct found found;
	struct stat at;

	/* Not a database at all. */
	memset(junk, 'x', sizeof(junk));
	write_at(rig->path, 0, junk, sizeof(junk));
	assert_int_equal(staterig_open(rig), STATE_SET_ASIDE);
	assert_int_equal(stat(rig->bad, &at), 0);
	assert_int_equal(at.st_size, sizeof(junk));
	put_all(rig);
	staterig_close(rig);
	/* A page in the middle overwritten. */
	write_at(rig->path, 4096, junk, sizeof(junk));
	assert_int_equal(staterig_open(rig), STATE_SET_ASIDE);
	assert_int_equal(load(rig, &found), 0);
	assert_int_equal(found.things, 0);
	put_all(rig);
	staterig_close(rig);
	/* Somebody else's tables. */
	staterig_tamper(rig, "DROP TABLE names; CREATE TABLE names(x)");
	assert_int_equal(staterig_open(rig), STATE_SET_ASIDE);
	staterig_close(rig);
	staterig_tamper(rig, "CREATE TABLE more(x)");
	assert_int_equal(staterig_open(rig), STATE_SET_ASIDE);
	staterig_close(rig);
	staterig_tamper(rig, "PRAGMA user_version=0");
	assert_int_equal(staterig_open(rig), STATE_SET_ASIDE);
	staterig_close(rig);
	/* Cut short. */
	assert_int_equal(truncate(rig->path, 5000), 0);
	assert_int_equal(staterig_open(rig), STATE_SET_ASIDE);
}

static void
leaves_alone_what_it_must(void **state)
{
	struct staterig *rig = *state;
	struct state *other = NULL;
	enum state_opened how;
	struct stat at;

	(void)staterig_open(rig);
	assert_int_equal(state_open(rig->path, &other, &how), -EBUSY);
	staterig_close(rig);
	staterig_tamper(rig, "PRAGMA user_version=4");
	assert_int_equal(state_open(rig->path, &other, &how), -ENOTSUP);
	assert_int_equal(
	    state_open("/nonexistent/s.db", &other, &how), -EACCES);
	assert_null(other);
	assert_int_not_equal(stat(rig->bad, &at), 0);
}

static void
names_its_sources(void **state)
{
	(void)state;
	assert_string_equal(state_source_name(STATE_SOURCE_NONE), "");
	assert_string_equal(state_source_name(STATE_SOURCE_DHCP4), "dhcp4");
	assert_string_equal(state_source_name(STATE_SOURCE_ADMIN), "admin");
}

#define TEST(fn)                                                               \
	cmocka_unit_test_setup_teardown(fn, staterig_begin, staterig_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keeps_over_a_restart),
		TEST(replaces_and_deletes),
		TEST(marks_a_file_and_keeps_its_bytes),
		TEST(groups_changes),
		TEST(survives_a_kill),
		TEST(refuses_things_and_leases),
		TEST(refuses_files),
		TEST(keeps_to_its_space),
		TEST(leaves_out_what_is_not_sound),
		TEST(sets_damage_aside),
		TEST(leaves_alone_what_it_must),
		TEST(names_its_sources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
