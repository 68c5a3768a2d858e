/*
 * mudd, played.  Role: scenario tests.  The engine's records are judged as
 * the enforcer judges them.
 */
#include "tests/scenario/fakemudd.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "libmud/mem.h"
#include "tests/scenario/scene.h"
#include "tests/scenario/workers.h"

/* The interfaces that the watcher has told of are there. */
static bool
find_device(void *arg, uint32_t ifindex, struct device *device)
{
	const struct scene *scene = arg;

	for (size_t i = 0; i < SCENE_DEVICES; i++) {
		if (ifindex == 0 || scene->devices[i] != ifindex)
			continue;
		*device = (struct device){ .ifindex = ifindex, .name = "lan" };
		return true;
	}
	return false;
}

int
fakemudd_begin(struct scene *scene)
{
	struct fake_mudd *mudd = &scene->mudd;

	mudd->n_answered = mudd->n_batches = 0;
	gather_init(&mudd->gather, find_device, scene);
	told_init(&mudd->told);
	return far_open(&mudd->far, PROGRAM_MUDD);
}

void
fakemudd_end(struct scene *scene)
{
	far_close(&scene->mudd.far);
	gather_done(&scene->mudd.gather);
	told_done(&scene->mudd.told);
}

static void
deny(struct scene *scene, uint32_t batch)
{
	struct record_denied denied = { .batch = batch };

	(void)fault_set(
	    &denied.why, FAULT_KERNEL, "netlink", "the script says so");
	(void)far_send(&scene->mudd.far, RECORD_DENIED, &denied, NULL, 0);
}

static void
apply(struct scene *scene, uint32_t batch)
{
	struct record_batch applied = { .batch = batch };

	(void)far_send(&scene->mudd.far, RECORD_APPLIED, &applied, NULL, 0);
}

void
fakemudd_answer(struct scene *scene)
{
	struct fake_mudd *mudd = &scene->mudd;

	while (mudd->n_answered < mudd->n_batches)
		apply(scene, ++mudd->n_answered);
}

void
fakemudd_lose(struct scene *scene)
{
	struct record_counted counted = { .is_missing = 1 };

	gather_forget(&scene->mudd.gather);
	(void)far_send(
	    &scene->mudd.far, RECORD_COUNTERS_END, &counted, NULL, 0);
}

void
fakemudd_find_firewall(struct scene *scene)
{
	const struct record_path path = { .path = BRIDGE_PATH_NETFILTER,
		.is_over = 1 };

	(void)far_send(&scene->mudd.far, RECORD_PATH, &path, NULL, 0);
}

static void
end_batch(struct scene *scene, const struct record_batch *end)
{
	struct fake_mudd *mudd = &scene->mudd;
	bool is_denied = mudd->denials > 0;
	const char *told = told_end(&mudd->told);
	struct fault why;

	if (told != NULL)
		(void)scene_see(scene, "%s", told);
	mudd->n_batches = end->batch;
	if (is_denied) {
		mudd->denials--;
		mudd->n_answered = end->batch;
		gather_drop(&mudd->gather);
		deny(scene, end->batch);
		return;
	}
	if (gather_end(&mudd->gather, end, &why)) {
		gather_keep(&mudd->gather);
	} else {
		mudd->is_refused = true;
		(void)scene_fail(
		    scene, "the enforcer denies a batch: %s", why.detail);
	}
	if (!mudd->is_slow)
		fakemudd_answer(scene);
}

static void
take_batch(struct scene *scene, const struct msg *msg)
{
	struct fake_mudd *mudd = &scene->mudd;

	if (msg->type == RECORD_BATCH_BEGIN) {
		told_begin(&mudd->told, MSG_BODY(msg, record_batch));
		gather_begin(&mudd->gather, MSG_BODY(msg, record_batch),
		    scene_time(scene));
	} else if (msg->type == RECORD_BATCH_END) {
		end_batch(scene, MSG_BODY(msg, record_batch));
	} else {
		told_record(&mudd->told, scene->engine, msg->type, msg->body);
		gather_record(&mudd->gather, msg->type, msg->body);
	}
}

static void
start_worker(struct scene *scene, const struct record_worker *start)
{
	struct record_gone gone = {
		.program = start->program,
		.job = start->job,
		.status = -1,
	};
	int fd;

	(void)scene_see(scene, "start %s", workers_name(start->program));
	if (scene->mudd.cannot_start) {
		(void)far_send(&scene->mudd.far, RECORD_GONE, &gone, NULL, 0);
		return;
	}
	fd = workers_add(scene, start);
	if (fd < 0)
		return;
	(void)far_send(&scene->mudd.far, RECORD_PEER, start, &fd, 1);
	(void)close(fd);
}

static void
open_capture(struct scene *scene, const struct record_port *port)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)scene_see(scene, "capture %u", port->ifindex);
	(void)far_send(&scene->mudd.far, RECORD_CAPTURED, port, &fd, 1);
	(void)close(fd);
}

static void
open_log(struct scene *scene)
{
	const struct record_empty opened = { 0 };
	int fd;

	(void)scene_see(scene, "capture drops");
	if (scene->mudd.cannot_log)
		return;
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	(void)far_send(&scene->mudd.far, RECORD_LOG_OPENED, &opened, &fd, 1);
	(void)close(fd);
}

static void
take(struct scene *scene, const struct msg *msg)
{
	char text[ADDR_TEXT];

	if (gather_takes(msg->type)) {
		take_batch(scene, msg);
		return;
	}
	switch ((int)msg->type) {
	case RECORD_START:
		start_worker(scene, MSG_BODY(msg, record_worker));
		break;
	case RECORD_STOP:
		workers_stop(scene, MSG_BODY(msg, record_worker));
		break;
	case RECORD_CAPTURE:
		open_capture(scene, MSG_BODY(msg, record_port));
		break;
	case RECORD_LOG:
		open_log(scene);
		break;
	case RECORD_ASK:
		(void)scene_see(scene, "ask %s",
		    addr_text(&MSG_BODY(msg, record_ask)->addr, text));
		break;
	case RECORD_READY:
		(void)scene_see(scene, "ready");
		break;
	default:
		(void)scene_see(scene, "record %s", msg_name(msg->type));
		break;
	}
}

bool
fakemudd_turn(struct scene *scene)
{
	bool any = false;
	struct msg msg;

	while (far_receive(&scene->mudd.far, &msg)) {
		any = true;
		take(scene, &msg);
		msg_close_fds(&msg);
	}
	return any;
}
