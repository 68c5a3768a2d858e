/*
 * MUD files of policies/.  Role: engine; they are read before its sandbox
 * closes.  The files are root's; a reader judges what is in them.
 */
#include "engine/files/ownfiles.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/log.h"
#include "engine/config.h"
#include "engine/events.h"
#include "engine/files/materials.h"
#include "engine/files/mudurl.h"
#include "engine/files/verdicts.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

#define TRIES_MAX 3 /* then a file over which readers die is left alone */

static const char prefix[] = "policies/";

/* ---- names --------------------------------------------------------------- */

bool
ownfiles_text(const char *name, char text[LIMIT_URL + 1])
{
	if (!config_is_file(name) || strlen(prefix) + strlen(name) > LIMIT_HOST)
		return false;
	(void)snprintf(text, LIMIT_URL + 1, "%s%s", prefix, name);
	return true;
}

const char *
ownfiles_name(const char *text)
{
	const size_t len = strlen(prefix);

	if (strncmp(text, prefix, len) != 0 || !config_is_file(text + len) ||
	    strlen(text) > LIMIT_HOST)
		return NULL;
	return text + len;
}

bool
ownfiles_parse(const char *text, struct url *url, struct fault *why)
{
	if (ownfiles_name(text) == NULL)
		return url_parse(text, url, why);
	*url = (struct url){ .port = 443 };
	text_copy(url->text, sizeof(url->text), text);
	text_copy(url->host, sizeof(url->host), text); /* like no other */
	return true;
}

/* ---- the folder ---------------------------------------------------------- */

/* 0, or -errno. */
static int
read_file(int folder, const char *name, size_t most, struct own_file *file)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	int error = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		error = -errno;
	else if (!S_ISREG(st.st_mode) || st.st_size > LIMIT_FILE ||
		 (size_t)st.st_size > most)
		error = -EFBIG;
	else
		file->data = material_read(fd, (size_t)st.st_size);
	(void)close(fd);
	if (error == 0 && file->data == NULL)
		error = -EIO;
	if (error == 0)
		file->size = (size_t)st.st_size;
	return error;
}

static bool
is_one(const char *name)
{
	static const char *const others[] = { "pending.json", "quarantine.json",
		"unknown.json" };
	const size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(name, others[i]) == 0)
			return false;
	return name[0] != '.' && len > 5 &&
	       strcmp(name + len - 5, ".json") == 0;
}

static int
add(struct materials *materials, int folder, const char *name, size_t *left)
{
	char text[LIMIT_URL + 1];
	struct own_file *file;
	int error;

	if (!ownfiles_text(name, text))
		return -EINVAL;
	if (materials->n_own == LIMIT_OWN_FILES)
		return -EMFILE;
	materials->own = xrealloc(
	    materials->own, materials->n_own + 1, sizeof(*materials->own));
	file = &materials->own[materials->n_own];
	*file = (struct own_file){ .size = 0 };
	error = read_file(folder, name, *left, file);
	if (error < 0)
		return error;
	text_copy(file->name, sizeof(file->name), name);
	*left -= file->size;
	materials->n_own++;
	return 0;
}

void
ownfiles_load(struct materials *materials, const char *path)
{
	size_t left = LIMIT_OWN_BYTES;
	DIR *folder = opendir(path);
	const struct dirent *entry;

	if (folder == NULL) {
		log_warning("cannot read %s: %s", path, strerror(errno));
		return;
	}
	while ((entry = readdir(folder)) != NULL) {
		int error;

		if (!is_one(entry->d_name))
			continue;
		error = add(materials, dirfd(folder), entry->d_name, &left);
		if (error < 0)
			log_warning("cannot use %s%s: %s", path,
			    log_quote(entry->d_name), strerror(-error));
	}
	(void)closedir(folder);
}

void
ownfiles_free(struct materials *materials)
{
	for (size_t i = 0; i < materials->n_own; i++)
		free(materials->own[i].data);
	free(materials->own);
}

const struct own_file *
ownfiles_find(const struct materials *materials, const char *name)
{
	for (size_t i = 0; i < materials->n_own; i++)
		if (strcmp(materials->own[i].name, name) == 0)
			return &materials->own[i];
	return NULL;
}

/* ---- what a reader says of one ------------------------------------------- */

bool
ownfiles_bytes(const struct own_file *file, struct mud_bytes *bytes)
{
	*bytes = (struct mud_bytes){
		.file = material_make("own", file->data, file->size),
		.signature = -1,
		.file_size = (uint32_t)file->size,
	};
	return bytes->file >= 0;
}

/* Whose classes its devices are in. */
static struct url
class_url(const struct mudurl *mud, const struct policy_info *info)
{
	struct fault why;
	struct url url;

	if (url_parse(info->mud_url, &url, &why))
		return url;
	return mud->url;
}

void
ownfiles_take(const struct verdicts *verdicts, struct mudurl *mud,
    const struct outcome *outcome, int64_t now)
{
	struct kernel_policy *policy = NULL;
	struct version *version;
	struct fault why = outcome->why;
	struct url url;

	if (outcome->kind == OUTCOME_NOT_FETCHED && ++mud->failures < TRIES_MAX)
		return;
	mud->failures = 0;
	mud->is_unsettled = false;
	if (outcome->kind == OUTCOME_POLICY) {
		url = class_url(mud, &outcome->policy->info);
		policy = policies_add(
		    verdicts->policies, outcome->policy, &url, &why);
	}
	version_free(mud->accepted);
	mud->accepted = NULL;
	mud->fault = (struct fault){ 0 };
	if (policy == NULL) {
		mud->fault = why;
		events_tell_url(EVENT_POLICY_REFUSED, mud, "%s: %s", why.clause,
		    why.detail);
		return;
	}
	version = version_of(outcome, now);
	version->status = FILE_ACCEPTED;
	version->why = version->verdict = (struct fault){ 0 };
	version->approved_at = now; /* root wrote it */
	version->approved_by = 0;
	version->policy = policy;
	mud->accepted = version;
	events_tell_url(EVENT_POLICY_ACTIVE, mud, "the gateway's own");
}
