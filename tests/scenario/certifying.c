/*
 * Certificates of Things.  Role: scenario tests.
 */
#include "tests/scenario/certifying.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/msg.h"
#include "engine/files/certjob.h"
#include "engine/files/materials.h"
#include "engine/things/certificates.h"
#include "libmud/mem.h"
#include "tests/scenario/scene.h"
#include "tests/scenario/workers.h"

#define TEXT_BYTES 1024

/* One call at a time: a scenario waits for its answer. */
struct handing {
	struct scene *scene;
	struct mac mac;
};

size_t
certifying_name(const char *signer, uint8_t name[64])
{
	return (size_t)snprintf((char *)name, 64, "CN=%s", signer);
}

/* ---- the reader --------------------------------------------------------- */

/* The word behind `key`; false: it is not there. */
static bool
find_word(const char *text, const char *key, char *word, size_t size)
{
	char wanted[32];
	const char *at;

	(void)snprintf(wanted, sizeof(wanted), " %s ", key);
	at = strstr(text, wanted);
	if (at == NULL)
		return false;
	at += strlen(wanted);
	(void)snprintf(word, size, "%.*s", (int)strcspn(at, " "), at);
	return true;
}

static void
say_malformed(struct fault *why)
{
	(void)fault_set(
	    why, FAULT_DEVICE_EXTENSION, "scenario", "as the script says");
}

static void
certify(struct worker *worker, const char *text)
{
	struct record_certified certified = {
		.job = worker->job + worker->lie,
		.devcert = { .subject = "CN=Thing", .serial = "01" },
	};
	struct devcert *said = &certified.devcert;
	char signer[40];

	if (strstr(text, " malformed-url ") != NULL)
		say_malformed(&said->url_why);
	else if (!find_word(text, "url", said->url, sizeof(said->url)))
		(void)fault_set(&said->url_why, FAULT_DEVICE_NO_URL, "scenario",
		    "as the script says");
	if (strstr(text, " malformed-signer ") != NULL)
		say_malformed(&said->mudsigner_why);
	else if (find_word(text, "signer", signer, sizeof(signer))) {
		said->n_mudsigner =
		    (uint32_t)certifying_name(signer, said->mudsigner);
		memcpy(said->signer, said->mudsigner, said->n_mudsigner);
	}
	/* Readers that were taken over. */
	if (strstr(text, " wrong-job ") != NULL)
		certified.job++;
	if (strstr(text, " unsound ") != NULL)
		memset(said->subject, 'x', sizeof(said->subject));
	(void)far_send(&worker->far, RECORD_CERTIFIED, &certified, NULL, 0);
}

void
certifying_judge(struct worker *worker, const struct msg *msg)
{
	char text[TEXT_BYTES], word[40];
	const ssize_t n = pread(msg->fds[0], text, sizeof(text) - 1, 0);
	enum fault_code code;

	text[n < 0 ? 0 : n] = '\0';
	if (strstr(text, " dying ") != NULL)
		far_close(&worker->far);
	else if (strstr(text, " lying ") != NULL)
		workers_verdict(worker, "", "", FAULT_NONE);
	else if (find_word(text, "fault", word, sizeof(word)) &&
		 fault_find(word, &code))
		workers_refused(worker, code);
	else
		certify(worker, text);
}

/* ---- who hands it over -------------------------------------------------- */

static void
on_judged(void *arg, const struct devcert *found, const struct fault *why)
{
	struct handing *handing = arg;
	struct scene *scene = handing->scene;
	struct fault own;

	if (found != NULL && certificates_take(&scene->engine->sightings,
				 &handing->mac, found, scene->now, &own))
		(void)scene_see(scene, "certified done");
	else
		(void)scene_see(scene, "certified %s",
		    fault_name(found != NULL ? own.code : why->code));
	engine_touch(scene->engine);
}

bool
certifying_step(struct scene *scene, const struct step *step)
{
	static struct handing handing;
	char text[TEXT_BYTES] = " ";
	size_t len = 1;

	handing.scene = scene;
	if (!mac_parse(step->words[1], &handing.mac))
		return scene_fail(scene, "no MAC: %s", step->words[1]);
	for (size_t i = 2; i < step->n; i++)
		len += (size_t)snprintf(
		    text + len, sizeof(text) - len, "%s ", step->words[i]);
	return certjob_start(scene->engine->jobs, &scene->materials,
		   (struct bytes){ (const uint8_t *)text, len }, scene->now,
		   on_judged, &handing) != NULL ||
	       scene_fail(scene, "no job is to be had");
}

bool
certifying_anchor(struct scene *scene, const struct step *step)
{
	struct material *all = &scene->materials.device_anchors;
	char text[TEXT_BYTES];
	const int len = snprintf(text, sizeof(text), "%s\n", step->words[1]);

	(void)close(all->fd);
	all->size = (uint32_t)len;
	all->fd = material_make("device anchors", text, (size_t)len);
	return all->fd >= 0 || scene_fail(scene, "no memory");
}
