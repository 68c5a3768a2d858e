/*
 * An engine for test_parent: plays the part that its -c names and ends with
 * TEARDOWN when all went as it should.  As the watcher and a reader it waits.
 *
 * A part in two acts leaves a file behind for the second.
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/netlink.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/log.h"
#include "core/msg.h"

#define THINGS 2000

static struct wire wire = { MSG_CHANNEL_FD, PROGRAM_ENGINE, PROGRAM_MUDD, 0,
	0 };

/* The next record must be of this type; others than PING and CONDITION end the
 * play. */
static void
expect(enum record_type type, struct msg *msg)
{
	do {
		if (!wire_receive(&wire, msg))
			log_fatal("closed, no %s", msg_name(type));
	} while ((msg->type == RECORD_PING && type != RECORD_PING) ||
		 (msg->type == RECORD_PATH && type != RECORD_PATH) ||
		 msg->type == RECORD_CONDITION);
	if (msg->type != type)
		log_fatal("%s, not %s", msg_name(msg->type), msg_name(type));
}

static void
expect_peer(enum program program, uint32_t job)
{
	struct msg msg;

	expect(RECORD_PEER, &msg);
	if (MSG_BODY(&msg, record_worker)->program != program ||
	    MSG_BODY(&msg, record_worker)->job != job)
		log_fatal("another peer");
	/* Left open: the worker lives on. */
}

static void
expect_gone(enum program program, uint32_t job)
{
	const struct record_gone *gone;
	struct msg msg;

	expect(RECORD_GONE, &msg);
	gone = MSG_BODY(&msg, record_gone);
	if (gone->program != program || gone->job != job ||
	    gone->outlived != 0 || !WIFSIGNALED(gone->status))
		log_fatal("another end");
}

static void
workers(void)
{
	const struct record_worker job = { PROGRAM_READER, 5 };
	const struct record_worker none = { PROGRAM_FETCHER, 6 };

	wire_send(&wire, RECORD_START, &job);
	expect_peer(PROGRAM_READER, 5);
	wire_send(&wire, RECORD_STOP, &none);
	wire_send(&wire, RECORD_STOP, &job);
	expect_gone(PROGRAM_READER, 5);
}

static void
captures(void)
{
	const struct record_port nowhere = { 4711 }, lo = { 1 };
	int type = 0, domain = 0;
	socklen_t len = sizeof(int);
	struct msg msg;

	wire_send(&wire, RECORD_CAPTURE, &nowhere);
	wire_send(&wire, RECORD_CAPTURE, &lo);
	expect(RECORD_CAPTURED, &msg);
	if (MSG_BODY(&msg, record_port)->ifindex != 1 ||
	    getsockopt(msg.fds[0], SOL_SOCKET, SO_TYPE, &type, &len) != 0 ||
	    getsockopt(msg.fds[0], SOL_SOCKET, SO_DOMAIN, &domain, &len) != 0 ||
	    type != SOCK_RAW || domain != AF_PACKET)
		log_fatal("another socket");
	msg_close_fds(&msg);
}

/* One at a time; asking for another is no fault. */
static void
drop_log(void)
{
	const struct record_empty empty = { 0 };
	int protocol = 0;
	socklen_t len = sizeof(int);
	struct msg msg;

	wire_send(&wire, RECORD_LOG, &empty);
	expect(RECORD_LOG_OPENED, &msg);
	if (getsockopt(msg.fds[0], SOL_SOCKET, SO_PROTOCOL, &protocol, &len) !=
		0 ||
	    protocol != NETLINK_NETFILTER)
		log_fatal("another socket");
	wire_send(&wire, RECORD_LOG, &empty);
	wire_send(&wire, RECORD_COUNTERS, &empty);
	expect(RECORD_COUNTERS_END, &msg);
	msg_close_fds(&msg);
}

/* A RESET that stands, and one that cannot. */
static void
batches(void)
{
	struct record_batch batch = { .batch = 1, .flags = BATCH_RESET };
	struct record_batch end = { .batch = 1 };
	const struct record_empty empty = { 0 };
	struct msg msg;

	wire_send(&wire, RECORD_BATCH_BEGIN, &batch);
	wire_send(&wire, RECORD_BATCH_END, &end);
	expect(RECORD_APPLIED, &msg);
	if (MSG_BODY(&msg, record_batch)->batch != 1)
		log_fatal("another batch");
	batch = (struct record_batch){ .batch = 2, .n = 7 };
	end = (struct record_batch){ .batch = 2, .n = 7 };
	wire_send(&wire, RECORD_BATCH_BEGIN, &batch);
	wire_send(&wire, RECORD_BATCH_END, &end);
	expect(RECORD_DENIED, &msg);
	if (MSG_BODY(&msg, record_denied)->batch != 2 ||
	    MSG_BODY(&msg, record_denied)->why.code == FAULT_NONE)
		log_fatal("another refusal");
	wire_send(&wire, RECORD_COUNTERS, &empty);
	expect(RECORD_COUNTERS_END, &msg);
	if (MSG_BODY(&msg, record_counted)->is_missing != 0)
		log_fatal("tables are missing");
}

/* The kernel is read for a policy; of one that is not there comes the end. */
static void
tallies(void)
{
	const struct record_tallies ask = { .policy = 7 };
	struct msg msg;

	for (int i = 0; i < 2; i++) {
		wire_send(&wire, RECORD_TALLIES, &ask);
		expect(RECORD_TALLIES_END, &msg);
		if (MSG_BODY(&msg, record_tallied)->policy != 7 ||
		    MSG_BODY(&msg, record_tallied)->is_missing != 0)
			log_fatal("other tallies");
	}
}

static struct record_walk
question(void)
{
	struct record_walk walk = {
		.number = 3,
		.port = 1,
		.protocol = 17,
		.source = 5000,
		.destination = 53,
		.icmp_type = -1,
		.icmp_code = -1,
		.thing = { { 2, 0, 0, 0, 0, 9 } },
	};

	(void)addr_parse("192.0.2.7", &walk.own);
	(void)addr_parse("192.0.2.8", &walk.peer);
	return walk;
}

/* Whatever the answer is, it is about the question. */
static void
walks(void)
{
	const struct record_walk ask = question();
	uint32_t n = 0;
	struct msg msg;

	wire_send(&wire, RECORD_WALK, &ask);
	do {
		if (!wire_receive(&wire, &msg))
			log_fatal("closed");
		n += msg.type == RECORD_WALK_STEP;
	} while (msg.type == RECORD_WALK_STEP);
	if (msg.type != RECORD_WALK_END ||
	    MSG_BODY(&msg, record_walk_end)->number != 3 ||
	    MSG_BODY(&msg, record_walk_end)->n != n)
		log_fatal("another walk");
}

_Noreturn static void
tear_down(void)
{
	const struct record_empty empty = { 0 };
	struct msg msg;

	wire_send(&wire, RECORD_TEARDOWN, &empty);
	expect(RECORD_APPLIED, &msg);
	if (MSG_BODY(&msg, record_batch)->batch != 0)
		log_fatal("another batch");
	exit(0);
}

static void
play_all(void)
{
	const struct record_empty empty = { 0 };
	struct msg msg;

	workers();
	captures();
	batches();
	drop_log();
	tallies();
	walks();
	wire_send(&wire, RECORD_READY, &empty);
	wire_send(&wire, RECORD_READY, &empty);
	expect(RECORD_PING, &msg);
	wire_send(&wire, RECORD_PONG, &empty);
}

/* So many that their counters do not fit the socket. */
static void
many_things(void)
{
	struct record_batch batch = { 1, BATCH_RESET, THINGS };
	struct msg msg;

	wire_send(&wire, RECORD_BATCH_BEGIN, &batch);
	for (uint32_t i = 0; i < THINGS; i++) {
		const struct record_thing thing = { .op = OP_ADD,
			.mac = {
			    { 2, 0, 0, 0, (uint8_t)(i >> 8), (uint8_t)i } } };

		wire_send(&wire, RECORD_THING, &thing);
	}
	wire_send(&wire, RECORD_BATCH_END, &batch);
	expect(RECORD_APPLIED, &msg);
}

static void
expect_counters(void)
{
	struct msg msg;

	for (uint32_t i = 0; i < THINGS; i++)
		expect(RECORD_COUNTER, &msg);
	expect(RECORD_COUNTERS_END, &msg);
}

/* The further counters and the tallies, in whatever order. */
static void
expect_later(void)
{
	int n_counters = 0, n_ends = 0, n_tallies = 0;
	struct msg msg;

	while (n_ends == 0 || n_tallies == 0) {
		if (!wire_receive(&wire, &msg))
			log_fatal("closed");
		n_counters += msg.type == RECORD_COUNTER;
		n_ends += msg.type == RECORD_COUNTERS_END;
		n_tallies += msg.type == RECORD_TALLIES_END;
	}
	if (n_counters != THINGS || n_ends != 1 || n_tallies != 1)
		log_fatal("other counters");
}

/* Asked often while nobody reads, mudd answers twice: at once, and when that
 * has left for all the rest. */
static void
play_count(void)
{
	const struct record_tallies ask = { .policy = 7 };
	const struct record_empty empty = { 0 };

	many_things();
	for (int i = 0; i < 100; i++)
		wire_send(&wire, RECORD_COUNTERS, &empty);
	wire_send(&wire, RECORD_TALLIES, &ask);
	(void)usleep(300000);
	expect_counters();
	expect_later();
	/* And again, later. */
	wire_send(&wire, RECORD_COUNTERS, &empty);
	expect_counters();
}

/* Somebody deletes the tables, some time after READY: they come back, and we
 * are told who it was. */
static void
play_missing(void)
{
	const struct record_batch batch = { 1, BATCH_RESET, 0 };
	const struct record_empty empty = { 0 };
	const struct record_tampered *what;
	struct msg msg;

	wire_send(&wire, RECORD_BATCH_BEGIN, &batch);
	wire_send(&wire, RECORD_BATCH_END, &batch);
	expect(RECORD_APPLIED, &msg);
	wire_send(&wire, RECORD_READY, &empty);
	expect(RECORD_TAMPERED, &msg);
	what = MSG_BODY(&msg, record_tampered);
	if (what->is_repaired != 1 || what->tables != 3 || what->pid == 0 ||
	    strcmp(what->name, "test_parent") != 0)
		log_fatal("repaired %u, tables %u, by %u %s",
		    (unsigned int)what->is_repaired, (unsigned int)what->tables,
		    (unsigned int)what->pid, what->name);
	wire_send(&wire, RECORD_COUNTERS, &empty);
	expect(RECORD_COUNTERS_END, &msg);
	if (MSG_BODY(&msg, record_counted)->is_missing != 0)
		log_fatal("tables are missing");
}

/* Somebody else owns the table. */
static void
play_held(void)
{
	const struct record_empty empty = { 0 };
	struct msg msg;

	wire_send(&wire, RECORD_TEARDOWN, &empty);
	expect(RECORD_DENIED, &msg);
	if (MSG_BODY(&msg, record_denied)->batch != 0 ||
	    MSG_BODY(&msg, record_denied)->why.code != FAULT_KERNEL)
		log_fatal("another refusal");
	wire_send(&wire, RECORD_READY, &empty);
	(void)wire_receive(&wire, &msg);
	exit(0);
}

/* Two questions at a time, while much waits to be sent. */
static void
tally_often(void)
{
	const struct record_tallies ask = { .policy = 7 };
	const struct record_empty empty = { 0 };

	many_things();
	wire_send(&wire, RECORD_COUNTERS, &empty);
	wire_send(&wire, RECORD_TALLIES, &ask);
	wire_send(&wire, RECORD_TALLIES, &ask);
	(void)usleep(300000);
}

static void
walk_often(void)
{
	const struct record_walk ask = question();
	const struct record_empty empty = { 0 };

	many_things();
	wire_send(&wire, RECORD_COUNTERS, &empty);
	wire_send(&wire, RECORD_WALK, &ask);
	wire_send(&wire, RECORD_WALK, &ask);
	(void)usleep(300000);
}

static void
walk_nowhere(void)
{
	struct record_walk ask = question();

	ask.own.family = 5;
	wire_send(&wire, RECORD_WALK, &ask);
}

/* What mudd must not do for anybody: it must hang up. */
static void
play_rogue(const char *part)
{
	struct record_worker job = { PROGRAM_WATCHER, 5 };
	const struct record_lan lan = { OP_ADD, 1 };
	const struct record_tallies nothing = { 0 };
	struct msg msg;

	if (strcmp(part, "start-engine") == 0)
		job.program = PROGRAM_ENGINE;
	if (strcmp(part, "start-nothing") == 0)
		job.program = 99;
	if (strcmp(part, "stop-watcher") == 0)
		wire_send(&wire, RECORD_STOP, &job);
	else if (strcmp(part, "lan-alone") == 0)
		wire_send(&wire, RECORD_LAN, &lan);
	else if (strcmp(part, "tally-nothing") == 0)
		wire_send(&wire, RECORD_TALLIES, &nothing);
	else if (strcmp(part, "tally-often") == 0)
		tally_often();
	else if (strcmp(part, "walk-often") == 0)
		walk_often();
	else if (strcmp(part, "walk-nowhere") == 0)
		walk_nowhere();
	else
		wire_send(&wire, RECORD_START, &job);
	while (wire_receive(&wire, &msg))
		;
}

/* Is this the second act? */
static bool
is_second(const char *config)
{
	char path[PATH_MAX];
	int fd;

	(void)snprintf(path, sizeof(path), "%s.act", config);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		(void)close(fd);
	return fd < 0;
}

/* What is played in one act. */
static const struct {
	const char *part;
	void (*play)(void);
} plays[] = {
	{ "all", play_all },
	{ "count", play_count },
	{ "missing", play_missing },
};

static int
engine_run(const char *config)
{
	const struct record_empty empty = { 0 };
	const char *part = strrchr(config, '/');
	bool second = is_second(config);
	struct msg msg;

	part = part == NULL ? config : part + 1;
	expect_peer(PROGRAM_WATCHER, 0);
	if (strcmp(part, "held") == 0)
		play_held();
	for (size_t i = 0; i < sizeof(plays) / sizeof(plays[0]); i++)
		if (strcmp(part, plays[i].part) == 0) {
			plays[i].play();
			tear_down();
		}
	if (second)
		tear_down();
	if (strcmp(part, "reload") == 0 || strcmp(part, "die") == 0)
		wire_send(&wire, RECORD_READY, &empty);
	if (strcmp(part, "die") == 0)
		(void)raise(SIGKILL);
	if (strcmp(part, "reload") != 0)
		play_rogue(part);
	while (wire_receive(&wire, &msg))
		msg_close_fds(&msg);
	return 0;
}

int
main(int argc, char **argv)
{
	const char *name = argv[0];

	log_init(name, LOG_LEVEL_ERROR);
	if (argc > 1 && strcmp(argv[argc - 1], "-t") == 0)
		return 0;
	if (strcmp(name, "mudd-engine") != 0)
		for (;;)
			(void)pause();
	return argc == 3 ? engine_run(argv[2]) : 1;
}
