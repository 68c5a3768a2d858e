/*
 * The engine's receivers: whatever mudd, the watcher, a fetcher or a reader
 * send, through real channels into a real engine (tests/scenario's scene).
 *
 * The input is a row of steps, a byte each and what they need.  Some steps are
 * what an honest peer would do, so that the engine gets somewhere; the others
 * are records of any type from anybody, and what is none.  What must
 * hold after each:
 *
 *   - a record that this peer may not send ends its channel, and changes
 *     nothing of what is in force (F12);
 *   - nothing but pending.json is in force for any Thing, as long as no reader
 *     has said that a signature is good;
 *   - nothing changes for a client of the control socket that may only read
 *     (F13);
 *   - the enforcer, judging by its own code, denies no batch, unless mudd was
 *     made to lie about what became of an earlier one, or the watcher about
 *     which interfaces there are.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/log.h"
#include "enforce/model.h"
#include "libmud/digest.h"
#include "libmud/mem.h"
#include "tests/fuzz/readonly.h"
#include "tests/scenario/fakemudd.h"
#include "tests/scenario/scene.h"
#include "tests/scenario/workers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define STEPS_MOST 256
#define BRIDGE     2
#define LIFE_SEC   1800 /* past a failed fetch's second try, and leases */
#define JOBS       1024 /* more than steps can begin */

struct play {
	struct scene scene;
	struct readonly reader;
	const uint8_t *at;
	size_t left;
	bool has_good_verdict;  /* some reader said so, and said it first */
	bool is_judged[JOBS];   /* by job: there was a VERDICT */
	bool has_lied;          /* mudd has spoken out of its part */
	bool has_lied_of_links; /* the watcher has: an interface that it says
	                         * has gone, and has not, denies a batch */
};

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static uint8_t
next(struct play *play)
{
	if (play->left == 0)
		return 0;
	play->left--;
	return *play->at++;
}

/* ---- what must hold ----------------------------------------------------- */

struct standing {
	uint8_t files[32], kernel[32];
};

static void
add(uint8_t **text, size_t *len, const void *data, size_t size)
{
	*text = xrealloc(*text, *len + size, 1);
	memcpy(*text + *len, data, size);
	*len += size;
}

/* All that is in force: files by URL, and what the enforcer has by MAC. */
static struct standing
standing_of(const struct scene *scene)
{
	const struct model *model = scene->mudd.gather.live;
	struct standing standing;
	uint8_t *text = NULL;
	size_t len = 0;

	LIST_EACH(at, manager_all(scene->engine->manager))
	{
		const struct mudurl *mud = LIST_ENTRY(at, struct mudurl, link);

		if (mud->accepted == NULL)
			continue;
		add(&text, &len, mud->url.text, strlen(mud->url.text));
		add(&text, &len, mud->accepted->digest, 32);
	}
	digest_of((struct bytes){ text, len }, standing.files);
	len = 0;
	if (model != NULL)
		LIST_EACH(at, &model->things)
		{
			const struct model_thing *thing =
			    LIST_ENTRY(at, struct model_thing, all);
			const uint32_t policy = thing->now.policy == NULL
			                            ? 0
			                            : thing->now.policy->number;

			add(&text, &len, &thing->mac, sizeof(thing->mac));
			add(&text, &len, &policy, sizeof(policy));
		}
	digest_of((struct bytes){ text, len }, standing.kernel);
	free(text);
	return standing;
}

/* Without a good verdict there is pending.json, and nothing else. */
static void
check_things(const struct scene *scene)
{
	const struct model *model = scene->mudd.gather.live;
	const uint32_t pending =
	    manager_pending(scene->engine->manager)->number;

	LIST_EACH(at, manager_all(scene->engine->manager))
	must(LIST_ENTRY(at, struct mudurl, link)->accepted == NULL);
	if (model == NULL)
		return;
	LIST_EACH(at, &model->things)
	{
		const struct model_thing *thing =
		    LIST_ENTRY(at, struct model_thing, all);

		must(thing->now.policy == NULL ||
		     thing->now.policy->number == pending);
	}
}

/* Whatever is told of drops, it is kept within bounds, and in order. */
static void
check_drop(void *arg, const struct drop_row *row)
{
	int64_t *last = arg;

	must(row->count > 0 && row->first <= row->last && row->last <= *last);
	must(row->what.own.family == row->what.peer.family);
	*last = row->last;
}

static void
check(const struct play *play)
{
	const struct scene *scene = &play->scene;
	int64_t last = INT64_MAX;

	drops_each(play->scene.engine->drops, check_drop, &last);
	LIST_EACH(at, manager_all(scene->engine->manager))
	{
		const struct mudurl *mud = LIST_ENTRY(at, struct mudurl, link);

		must(mud->accepted == NULL ||
		     mud->accepted->why.code == FAULT_NONE);
	}
	if (!play->has_lied && !play->has_lied_of_links)
		must(!scene->mudd.is_refused);
	if (!play->has_good_verdict && !play->has_lied)
		check_things(scene);
}

/* ---- peers -------------------------------------------------------------- */

/* The worker of this program that the next byte says, or NULL. */
static struct worker *
pick(struct play *play, enum program program)
{
	struct worker *found = NULL;
	size_t n = next(play) % (LIMIT_JOBS + 1);

	LIST_EACH(at, &play->scene.workers)
	{
		struct worker *worker = LIST_ENTRY(at, struct worker, link);

		if (worker->program != program)
			continue;
		found = worker;
		if (n-- == 0)
			break;
	}
	return found;
}

struct sender {
	enum program program;
	uint32_t job;
	struct far *far; /* NULL: there is none */
};

static struct sender
pick_peer(struct play *play)
{
	static const enum program programs[] = { PROGRAM_WATCHER,
		PROGRAM_FETCHER, PROGRAM_READER, PROGRAM_MUDD };
	struct sender peer = { .program = programs[next(play) % 4] };
	struct worker *worker;

	switch (peer.program) {
	case PROGRAM_MUDD:
		peer.far = &play->scene.mudd.far;
		break;
	case PROGRAM_WATCHER:
		peer.far = &play->scene.watcher;
		break;
	case PROGRAM_FETCHER:
	case PROGRAM_READER:
		worker = pick(play, peer.program);
		peer.far = worker == NULL ? NULL : &worker->far;
		peer.job = worker == NULL ? 0 : worker->job;
		break;
	case PROGRAM_ENGINE:
	case PROGRAMS:
		break;
	}
	if (peer.far != NULL && peer.far->fd < 0)
		peer.far = NULL;
	return peer;
}

/* Is this peer's channel ended? Its worker may be gone with it. */
static bool
is_ended(struct play *play, const struct sender *peer)
{
	struct worker *worker;

	if (peer->program == PROGRAM_WATCHER)
		return far_is_closed(&play->scene.watcher);
	worker = workers_find(&play->scene, peer->job);
	return worker == NULL || worker->program != peer->program ||
	       far_is_closed(&worker->far);
}

/* What is in force is what it was. */
static void
must_stand(const struct play *play, const struct standing *before)
{
	struct standing after = standing_of(&play->scene);

	must(memcmp(before->files, after.files, sizeof(after.files)) == 0);
	/* After a batch that was denied the tables are made anew, at any time.
	 */
	must(play->has_lied_of_links ||
	     memcmp(before->kernel, after.kernel, sizeof(after.kernel)) == 0);
}

/* After what no honest peer would have sent. */
static void
must_end(
    struct play *play, const struct sender *peer, const struct standing *before)
{
	must_stand(play, before);
	if (peer->program == PROGRAM_MUDD)
		must(play->scene.has_given_up);
	else
		must(is_ended(play, peer));
}

/* ---- steps: anything ---------------------------------------------------- */

/* Only the first of a job may count. */
static void
note_verdict(struct play *play, uint32_t job, bool is_good)
{
	must(job < JOBS);
	if (!play->is_judged[job] && is_good)
		play->has_good_verdict = true;
	play->is_judged[job] = true;
}

static void
note_record(struct play *play, const struct sender *peer, enum record_type type,
    const uint8_t *body)
{
	const struct record_verdict *verdict = (const void *)body;

	if (peer->program == PROGRAM_MUDD)
		play->has_lied = true;
	if (type == RECORD_LINK)
		play->has_lied_of_links = true;
	if (type == RECORD_VERDICT && verdict->job == peer->job)
		note_verdict(play, peer->job, verdict->why.code == FAULT_NONE);
}

/* A record of any type; its job is the peer's own, if the byte says so. */
static void
step_record(struct play *play)
{
	struct sender peer = pick_peer(play);
	const enum record_type type =
	    (enum record_type)(next(play) % (RECORD_TYPES + 2));
	const bool own_job = next(play) % 2 == 0;
	const size_t size = msg_size(type), n_fds = msg_fds(type);
	_Alignas(8) uint8_t body[MSG_MAX_BODY] = { 0 };
	struct standing before = standing_of(&play->scene);
	int fds[MSG_MAX_FDS];
	bool is_sent;

	for (size_t i = 0; i < size; i++)
		body[i] = next(play);
	if (own_job && size >= sizeof(peer.job))
		memcpy(body, &peer.job, sizeof(peer.job));
	if (peer.far == NULL)
		return;
	for (size_t i = 0; i < n_fds; i++)
		fds[i] = open("/dev/null", O_RDWR | O_CLOEXEC);
	/* What has no line in the table is step_bytes' business. */
	is_sent = far_send(peer.far, type, body, fds, n_fds);
	for (size_t i = 0; i < n_fds; i++)
		(void)close(fds[i]);
	if (!is_sent)
		return;
	if (msg_is_allowed(type, peer.program, PROGRAM_ENGINE))
		note_record(play, &peer, type, body);
	scene_pump(&play->scene);
	if (!msg_is_allowed(type, peer.program, PROGRAM_ENGINE))
		must_end(play, &peer, &before);
}

/* A record that this peer may send, with one thing about it wrong. */
static void
step_bytes(struct play *play)
{
	static const enum record_type legal[PROGRAMS] = {
		[PROGRAM_MUDD] = RECORD_PING,
		[PROGRAM_WATCHER] = RECORD_LINKS_END,
		[PROGRAM_FETCHER] = RECORD_RESOLVED,
		[PROGRAM_READER] = RECORD_REFUSED,
	};
	struct sender peer = pick_peer(play);
	const uint8_t what = next(play);
	const uint32_t by = next(play) + 1u;
	const enum record_type type = legal[peer.program];
	struct standing before = standing_of(&play->scene);
	struct {
		struct msg_header header;
		uint8_t body[MSG_MAX_BODY];
	} datagram = { .header = { .magic = MSG_MAGIC,
			   .version = MSG_VERSION,
			   .type = (uint16_t)type,
			   .length = (uint32_t)msg_size(type) } };
	size_t len = sizeof(datagram.header) + msg_size(type);

	if (peer.far == NULL)
		return;
	datagram.header.seq = peer.far->sent;
	switch (what % 6) {
	case 0:
		datagram.header.magic += by;
		break;
	case 1:
		datagram.header.version = (uint16_t)(MSG_VERSION + by);
		break;
	case 2:
		datagram.header.type = (uint16_t)(RECORD_TYPES - 1 + by);
		break;
	case 3:
		datagram.header.length += by;
		break;
	case 4:
		datagram.header.seq += by;
		break;
	default:
		len = by < len ? by : len - 1;
		break;
	}
	(void)send(peer.far->fd, &datagram, len, MSG_NOSIGNAL);
	scene_pump(&play->scene);
	must_end(play, &peer, &before);
}

/* ---- steps: what an honest peer does ------------------------------------ */

static void
tell(struct play *play, enum record_type type, const void *body)
{
	(void)far_send(&play->scene.watcher, type, body, NULL, 0);
}

static void
tell_link(struct play *play, uint32_t ifindex, const char *name)
{
	struct record_link link = {
		.op = OP_ADD,
		.ifindex = ifindex,
		.is_up = 1,
		.is_bridge = ifindex == BRIDGE,
		.master = ifindex == BRIDGE ? 0 : BRIDGE,
		.mac = { { 2, 0, 0, 0, 0, (uint8_t)(0xf0 + ifindex) } },
	};

	text_copy(link.name, sizeof(link.name), name);
	tell(play, RECORD_LINK, &link);
}

/* A bridge with two ports, and the gateway's address on it. */
static void
step_watcher(struct play *play)
{
	const struct record_worker peer = { .program = PROGRAM_WATCHER };
	const struct record_gateway gateway = {
		.ifindex = BRIDGE,
		.addr = { 4, { 192, 168, 77, 1 } },
		.len = 24,
	};
	const struct record_empty end = { 0 };
	struct scene *scene = &play->scene;
	int fd;

	far_close(&scene->watcher);
	for (uint32_t i = 0; i < SCENE_DEVICES; i++)
		scene->devices[i] = i;
	fd = far_open(&scene->watcher, PROGRAM_WATCHER);
	(void)far_send(&scene->mudd.far, RECORD_PEER, &peer, &fd, 1);
	(void)close(fd);
	tell_link(play, BRIDGE, "br0");
	tell_link(play, BRIDGE + 1, "p1");
	tell_link(play, BRIDGE + 2, "p2");
	tell(play, RECORD_GATEWAY, &gateway);
	tell(play, RECORD_LINKS_END, &end);
	scene_pump(scene);
}

/* One of a few Things joins, with one of a few URLs. */
static void
step_thing(struct play *play)
{
	static const char *const urls[] = { "https://mud.example.com/lamp",
		"https://mud.example.com/lock", "https://mud.example.net/x",
		"" };
	const uint8_t which = next(play);
	struct record_sighting sighting = {
		.kind = SIGHTING_REQUEST,
		.ifindex = BRIDGE + 1 + (which & 1u),
		.mac = { { 2, 0, 0, 0, 1, which & 3 } },
	};

	text_copy(sighting.url, sizeof(sighting.url), urls[which >> 2 & 3]);
	tell(play, RECORD_SIGHTING, &sighting);
	sighting.kind = SIGHTING_LEASE;
	sighting.url[0] = '\0';
	sighting.lease_sec = 600;
	sighting.address =
	    (struct addr){ 4, { 192, 168, 77, (uint8_t)(10 + (which & 3)) } };
	tell(play, RECORD_SIGHTING, &sighting);
	scene_pump(&play->scene);
}

static void
step_fetched(struct play *play)
{
	static const char *const bodies[] = { "one", "two", "signature" };
	struct worker *worker = pick(play, PROGRAM_FETCHER);
	const uint8_t what = next(play);

	if (worker == NULL)
		return;
	if (what % 4 == 3)
		workers_fetched(worker, "", FAULT_HTTP);
	else
		workers_fetched(worker, bodies[what % 4], FAULT_NONE);
	scene_pump(&play->scene);
}

static void
judge(struct play *play, struct worker *reader, uint8_t what)
{
	struct mud_file file = { .hours = 48, .n_peers = 2 };

	file.peers[0].kind = PEER_MY_CONTROLLER;
	file.peers[1].kind = PEER_DNSNAME;
	text_copy(file.peers[1].text, sizeof(file.peers[1].text),
	    what & 8 ? "a.example.com" : "b.example.com");
	switch (what & 7) {
	case 0:
		workers_signature_at(reader, "");
		break;
	case 1:
		workers_signature_at(reader, "https://mud.example.com/s");
		break;
	case 2:
		workers_refused(reader, FAULT_NOT_JSON);
		break;
	case 3:
		note_verdict(play, reader->job, false);
		workers_verdict(reader, reader->body, "Who", FAULT_UNSIGNED);
		break;
	case 4:
		workers_policy(reader, &file, true);
		break;
	case 5:
		workers_policy(reader, &file, false);
		break;
	case 6: /* of something else */
		note_verdict(play, reader->job, false);
		workers_verdict(reader, "other", "Who", FAULT_NONE);
		break;
	default:
		note_verdict(play, reader->job, true);
		workers_verdict(reader, reader->body, "Who", FAULT_NONE);
		break;
	}
}

static void
step_read(struct play *play)
{
	struct worker *reader = pick(play, PROGRAM_READER);
	const uint8_t what = next(play);

	if (reader == NULL)
		return;
	judge(play, reader, what);
	scene_pump(&play->scene);
}

/* A worker ends, in good order or not. */
static void
step_end(struct play *play)
{
	struct worker *worker =
	    pick(play, next(play) % 2 == 0 ? PROGRAM_FETCHER : PROGRAM_READER);
	struct record_gone gone = { .status = next(play) };

	if (worker == NULL)
		return;
	gone.program = worker->program;
	gone.job = worker->job;
	far_close(&worker->far);
	(void)far_send(&play->scene.mudd.far, RECORD_GONE, &gone, NULL, 0);
	scene_pump(&play->scene);
}

static void
step_time(struct play *play)
{
	const int64_t to = scene_time(&play->scene) + 4 * next(play);

	if (to <= LIFE_SEC)
		scene_advance(&play->scene, to);
}

/* How many files wait for an administrator. */
static size_t
count_waiting(const struct scene *scene)
{
	size_t n = 0;

	LIST_EACH(at, manager_all(scene->engine->manager))
	n += mudurl_awaits(LIST_ENTRY(at, struct mudurl, link)) ? 1 : 0;
	return n;
}

/* A client that may only read asks for something (F13). */
static void
step_ask(struct play *play)
{
	const size_t n_waiting = count_waiting(&play->scene);
	struct standing before = standing_of(&play->scene);

	readonly_ask(&play->reader, &play->scene, next(play));
	must_stand(play, &before);
	must(count_waiting(&play->scene) == n_waiting);
}

static void (*const steps[])(struct play *play) = {
	step_record,
	step_bytes,
	step_watcher,
	step_thing,
	step_fetched,
	step_read,
	step_end,
	step_time,
	step_ask,
};

static void
play_all(struct play *play)
{
	step_watcher(play);
	check(play);
	for (int i = 0;
	     i < STEPS_MOST && play->left > 0 && !play->scene.has_given_up;
	     i++) {
		steps[next(play) % LENGTH(steps)](play);
		check(play);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct play play;

	memset(&play, 0, sizeof(play));
	play.scene.where = "fuzz";
	play.at = data;
	play.left = size;
	log_init("fuzz", LOG_LEVEL_ERROR);
	(void)signal(SIGPIPE, SIG_IGN);
	/* The state is written at every turn. */
	if (access("/dev/shm", W_OK) == 0)
		(void)setenv("TMPDIR", "/dev/shm", 0);
	must(scene_begin(&play.scene));
	free(play.scene.config_text);
	play.scene.config_text = xstrdup("lan = {\"br0\"}\n");
	must(scene_start(&play.scene));
	readonly_begin(&play.reader, &play.scene);
	play_all(&play);
	readonly_end(&play.reader);
	scene_end(&play.scene);
	return 0;
}
