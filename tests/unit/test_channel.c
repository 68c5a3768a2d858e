/*
 * Channels in a loop: order, queues, ends, and handlers that free their own
 * channel.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/channel.h"

enum deed { DEED_NOTHING, DEED_REFUSE, DEED_FREE, DEED_TAKE, DEED_FLOOD };

struct scene {
	struct event_base *base;
	struct channel *engine; /* ours */
	int far;                /* mudd's end, driven by hand */
	uint32_t seq;           /* what mudd sends next */
	enum deed deed;
	unsigned int n_records, n_gone;
	uint32_t last_job;
	int taken;
	bool free_on_gone;
	char reason[64];
};

/* More than may wait, to a peer that does not read. */
static void
flood(struct scene *scene)
{
	const struct record_worker start = { .program = PROGRAM_READER };

	for (uint32_t i = 0; i < LIMIT_BACKLOG / sizeof(start); i++)
		channel_send(scene->engine, RECORD_START, &start, NULL, 0);
}

static bool
on_record(void *arg, struct channel *ch, struct msg *msg)
{
	struct scene *scene = arg;

	scene->n_records++;
	if (msg->type == RECORD_PEER)
		scene->last_job = MSG_BODY(msg, record_worker)->job;
	switch (scene->deed) {
	case DEED_NOTHING:
		return true;
	case DEED_REFUSE:
		return false;
	case DEED_TAKE:
		scene->taken = msg_take_fd(msg, 0);
		return true;
	case DEED_FLOOD:
		flood(scene);
		assert_int_equal(scene->n_gone, 0);
		return true;
	case DEED_FREE:
		channel_free(ch);
		scene->engine = NULL;
		return true;
	}
	return true;
}

static void
on_gone(void *arg, struct channel *ch, const char *reason)
{
	struct scene *scene = arg;

	scene->n_gone++;
	(void)snprintf(scene->reason, sizeof(scene->reason), "%s", reason);
	if (scene->free_on_gone) {
		channel_free(ch);
		scene->engine = NULL;
	}
}

static void
scene_begin(struct scene *scene, enum deed deed)
{
	int fds[2];

	memset(scene, 0, sizeof(*scene));
	scene->deed = deed;
	scene->taken = -1;
	scene->base = event_base_new();
	assert_non_null(scene->base);
	/* Neither flag is set: the channel does that. */
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	scene->far = fds[1];
	assert_int_equal(fcntl(scene->far, F_SETFL, O_NONBLOCK), 0);
	scene->engine = channel_new(scene->base, fds[0], PROGRAM_ENGINE,
	    PROGRAM_MUDD, on_record, on_gone, scene);
	assert_true((fcntl(fds[0], F_GETFL) & O_NONBLOCK) != 0);
	assert_int_equal(fcntl(fds[0], F_GETFD), FD_CLOEXEC);
}

static void
scene_end(struct scene *scene)
{
	channel_free(scene->engine);
	if (scene->far >= 0)
		(void)close(scene->far);
	if (scene->taken >= 0)
		(void)close(scene->taken);
	event_base_free(scene->base);
}

static void
turn(struct scene *scene)
{
	(void)event_base_loop(scene->base, EVLOOP_NONBLOCK);
}

static void
say_peer(struct scene *scene, uint32_t job)
{
	const struct record_worker peer = { .program = PROGRAM_READER,
		.job = job };

	assert_int_equal(msg_send(scene->far, scene->seq++, RECORD_PEER, &peer,
			     &scene->far, 1),
	    0);
}

static int
open_count(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void
records_come_in_order(void **state)
{
	struct scene scene;
	int before;

	(void)state;
	scene_begin(&scene, DEED_NOTHING);
	before = open_count();
	for (uint32_t job = 1; job <= 5; job++)
		say_peer(&scene, job);
	turn(&scene);
	assert_int_equal(scene.n_records, 5);
	assert_int_equal(scene.last_job, 5);
	/* Descriptors nobody took are closed. */
	assert_int_equal(open_count(), before);
	scene.deed = DEED_TAKE;
	say_peer(&scene, 6);
	turn(&scene);
	assert_int_equal(open_count(), before + 1);
	assert_true(fcntl(scene.taken, F_GETFD) >= 0);
	scene_end(&scene);
}

/* No record after the one that ended the channel; the end is told once. */
static void
a_handler_may_refuse(void **state)
{
	struct scene scene;

	(void)state;
	scene_begin(&scene, DEED_REFUSE);
	say_peer(&scene, 1);
	say_peer(&scene, 2);
	turn(&scene);
	turn(&scene);
	assert_int_equal(scene.n_records, 1);
	assert_int_equal(scene.n_gone, 1);
	assert_string_equal(scene.reason, "protocol violation");
	scene_end(&scene);
}

static void
a_handler_may_free(void **state)
{
	struct scene scene;

	(void)state;
	scene_begin(&scene, DEED_FREE);
	say_peer(&scene, 1);
	say_peer(&scene, 2);
	turn(&scene);
	assert_int_equal(scene.n_records, 1);
	assert_int_equal(scene.n_gone, 0);
	assert_null(scene.engine);
	scene_end(&scene);
	/* And in the other handler. */
	scene_begin(&scene, DEED_REFUSE);
	scene.free_on_gone = true;
	say_peer(&scene, 1);
	turn(&scene);
	assert_int_equal(scene.n_gone, 1);
	assert_null(scene.engine);
	scene_end(&scene);
}

static void
ends_are_told(void **state)
{
	struct scene scene;

	(void)state;
	for (int freeing = 0; freeing < 2; freeing++) {
		scene_begin(&scene, DEED_NOTHING);
		scene.free_on_gone = freeing == 1;
		say_peer(&scene, 1);
		(void)close(scene.far);
		scene.far = -1;
		turn(&scene);
		turn(&scene);
		/* What came before the end counts. */
		assert_int_equal(scene.n_records, 1);
		assert_int_equal(scene.n_gone, 1);
		assert_string_equal(scene.reason, "closed");
		if (freeing == 0) {
			flood(&scene);
			assert_int_equal(channel_backlog(scene.engine), 0);
		}
		scene_end(&scene);
	}
}

/* By direction and by sequence. */
static void
broken_peers_are_dropped(void **state)
{
	const struct record_worker start = { .program = PROGRAM_READER };
	struct scene scene;

	(void)state;
	scene_begin(&scene, DEED_NOTHING);
	assert_int_equal(
	    msg_send(scene.far, 0, RECORD_START, &start, NULL, 0), 0);
	turn(&scene);
	assert_int_equal(scene.n_records, 0);
	assert_int_equal(scene.n_gone, 1);
	assert_string_equal(scene.reason, "protocol violation");
	scene_end(&scene);

	scene_begin(&scene, DEED_NOTHING);
	say_peer(&scene, 1);
	scene.seq = 1 + 1;
	say_peer(&scene, 2);
	turn(&scene);
	assert_int_equal(scene.n_records, 1);
	assert_int_equal(scene.n_gone, 1);
	scene_end(&scene);
}

/* Sends until something waits; the number sent. */
static uint32_t
fill(struct scene *scene)
{
	uint32_t n = 0;

	while (channel_backlog(scene->engine) == 0 && n < 100000) {
		const struct record_worker start = { .program = PROGRAM_READER,
			.job = n++ };

		channel_send(scene->engine, RECORD_START, &start, NULL, 0);
	}
	return n;
}

static void
sends_never_block(void **state)
{
	struct scene scene;
	struct msg msg;
	uint32_t n, seen = 0;

	(void)state;
	scene_begin(&scene, DEED_NOTHING);
	n = fill(&scene);
	assert_true(n > 1 && n < 100000);
	assert_int_equal(
	    channel_backlog(scene.engine), sizeof(struct record_worker));
	/* What comes later stays behind what waits. */
	for (int i = 0; i < 10; i++) {
		const struct record_worker start = { .program = PROGRAM_READER,
			.job = n++ };

		channel_send(scene.engine, RECORD_START, &start, NULL, 0);
	}
	assert_int_equal(
	    channel_backlog(scene.engine), 11 * sizeof(struct record_worker));
	/* A flush with nobody there ends in time. */
	channel_flush(scene.engine, 20);
	assert_true(channel_backlog(scene.engine) > 0);
	while (seen < n) {
		int got = msg_receive(
		    scene.far, seen, PROGRAM_ENGINE, PROGRAM_MUDD, &msg);

		if (got == -EAGAIN) {
			turn(&scene);
			continue;
		}
		assert_int_equal(got, 1);
		assert_int_equal(MSG_BODY(&msg, record_worker)->job, seen);
		seen++;
	}
	turn(&scene);
	assert_int_equal(channel_backlog(scene.engine), 0);
	assert_int_equal(scene.n_gone, 0);
	scene_end(&scene);
}

static void
flush_empties_the_queue(void **state)
{
	struct scene scene;
	struct msg msg;
	uint32_t n;

	(void)state;
	scene_begin(&scene, DEED_NOTHING);
	n = fill(&scene);
	for (uint32_t i = 0; i < n / 2; i++)
		assert_int_equal(msg_receive(scene.far, i, PROGRAM_ENGINE,
				     PROGRAM_MUDD, &msg),
		    1);
	channel_flush(scene.engine, 1000);
	assert_int_equal(channel_backlog(scene.engine), 0);
	scene_end(&scene);
}

static void
send_rules(struct scene *scene, size_t n)
{
	const struct record_rule rule = { 0 };

	for (size_t i = 0; i < n; i++)
		channel_send(scene->engine, RECORD_RULE, &rule, NULL, 0);
}

static void
send_elements(struct scene *scene, size_t n)
{
	const struct record_element element = { 0 };

	for (size_t i = 0; i < n; i++)
		channel_send(scene->engine, RECORD_ELEMENT, &element, NULL, 0);
}

/* The largest batch fits, and again when it was read. */
static void
backlog_is_what_waits(void **state)
{
	struct scene scene;
	struct msg msg;
	uint32_t seen = 0;

	(void)state;
	scene_begin(&scene, DEED_NOTHING);
	for (uint32_t round = 1; round <= 2; round++) {
		send_rules(&scene, LIMIT_ALL_RULES);
		send_elements(&scene, LIMIT_BATCH - LIMIT_ALL_RULES);
		assert_true(channel_backlog(scene.engine) > 0);
		while (seen < round * LIMIT_BATCH && scene.n_gone == 0)
			if (msg_receive(scene.far, seen, PROGRAM_ENGINE,
				PROGRAM_MUDD, &msg) == 1)
				seen++;
			else
				turn(&scene);
		turn(&scene);
		assert_int_equal(channel_backlog(scene.engine), 0);
		assert_int_equal(scene.n_gone, 0);
	}
	scene_end(&scene);
}

/* What is past the limit ends the channel, and not from inside a send. */
static void
backlog_has_an_end(void **state)
{
	struct scene scene;
	struct msg msg;
	size_t backlog;

	(void)state;
	for (int freeing = 0; freeing < 2; freeing++) {
		scene_begin(&scene, DEED_NOTHING);
		scene.free_on_gone = freeing == 1;
		send_rules(&scene, LIMIT_BACKLOG / sizeof(struct record_rule));
		backlog = channel_backlog(scene.engine);
		assert_true(backlog < LIMIT_BACKLOG);
		/* Shorter ones are lost as well; and reading comes too late. */
		flood(&scene);
		assert_int_equal(msg_receive(scene.far, 0, PROGRAM_ENGINE,
				     PROGRAM_MUDD, &msg),
		    1);
		channel_flush(scene.engine, 10000);
		assert_int_equal(channel_backlog(scene.engine), backlog);
		assert_int_equal(scene.n_gone, 0);
		turn(&scene);
		turn(&scene);
		assert_int_equal(scene.n_gone, 1);
		assert_string_equal(scene.reason, "does not read");
		scene_end(&scene);
	}
}

/* The handler that has sent too much sees no further record. */
static void
a_handler_may_send_too_much(void **state)
{
	struct scene scene;

	(void)state;
	scene_begin(&scene, DEED_FLOOD);
	say_peer(&scene, 1);
	say_peer(&scene, 2);
	turn(&scene);
	turn(&scene);
	assert_int_equal(scene.n_records, 1);
	assert_int_equal(scene.n_gone, 1);
	assert_string_equal(scene.reason, "does not read");
	scene_end(&scene);
}

/* A small record takes more than its bytes. */
static void
backlog_counts_what_it_takes(void **state)
{
	struct scene scene;

	(void)state;
	scene_begin(&scene, DEED_NOTHING);
	flood(&scene);
	assert_true(channel_backlog(scene.engine) < LIMIT_BACKLOG / 4);
	scene_end(&scene);
}

/* Sent, queued, or lost: a descriptor that was handed over is closed. */
static void
descriptors_are_taken(void **state)
{
	const struct record_port port = { .ifindex = 1 };
	struct channel *watcher;
	struct scene scene;
	struct msg msg;
	int fds[2], fd, before;

	(void)state;
	scene_begin(&scene, DEED_NOTHING);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	watcher = channel_new(scene.base, fds[0], PROGRAM_ENGINE,
	    PROGRAM_WATCHER, on_record, on_gone, &scene);
	before = open_count();
	fd = dup(0);
	channel_send(watcher, RECORD_LISTEN, &port, &fd, 1);
	assert_true(fcntl(fd, F_GETFD) < 0);
	assert_int_equal(
	    msg_receive(fds[1], 0, PROGRAM_ENGINE, PROGRAM_WATCHER, &msg), 1);
	msg_close_fds(&msg);
	while (channel_backlog(watcher) == 0) {
		fd = dup(0);
		channel_send(watcher, RECORD_LISTEN, &port, &fd, 1);
	}
	channel_free(watcher);
	(void)close(fds[1]);
	assert_int_equal(open_count(), before - 2);
	flood(&scene);
	before = open_count();
	fd = dup(0);
	channel_send(scene.engine, RECORD_LISTEN, &port, &fd, 1);
	assert_int_equal(open_count(), before);
	scene_end(&scene);
	channel_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_come_in_order),
		cmocka_unit_test(a_handler_may_refuse),
		cmocka_unit_test(a_handler_may_free),
		cmocka_unit_test(ends_are_told),
		cmocka_unit_test(broken_peers_are_dropped),
		cmocka_unit_test(sends_never_block),
		cmocka_unit_test(flush_empties_the_queue),
		cmocka_unit_test(backlog_is_what_waits),
		cmocka_unit_test(backlog_has_an_end),
		cmocka_unit_test(a_handler_may_send_too_much),
		cmocka_unit_test(backlog_counts_what_it_takes),
		cmocka_unit_test(descriptors_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
