/*
 * Files that others judge by.  Role: engine, before its sandbox closes (but
 * for the memfd helpers).  The files are root's; their contents are judged in
 * the fetcher and the reader.
 */
#include "engine/files/materials.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/log.h"
#include "engine/config.h"
#include "engine/files/ownfiles.h"
#include "libmud/limits.h"
#include "libmud/mem.h"

#define SYSTEM_ROOTS "/etc/ssl/certs/ca-certificates.crt"
#define POLICIES     SYSCONFDIR "/policies/"
#define SEALS        (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)

struct buffer {
	uint8_t *data;
	size_t len, max;
};

static bool
write_all(int fd, const uint8_t *data, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t n = pwrite(fd, data + done, size - done, (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

int
material_make(const char *name, const void *data, size_t size)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int error;

	if (fd < 0)
		return -errno;
	if (!write_all(fd, data, size) || fcntl(fd, F_ADD_SEALS, SEALS) < 0) {
		error = -errno;
		(void)close(fd);
		return error;
	}
	return fd;
}

int
material_seal(int fd, size_t size)
{
	struct stat st;

	if (fcntl(fd, F_ADD_SEALS, SEALS) < 0 || fstat(fd, &st) < 0)
		return -errno;
	return st.st_size == (off_t)size ? 0 : -EMSGSIZE;
}

uint8_t *
material_read(int fd, size_t size)
{
	uint8_t *data = xcalloc(1, size + 1);

	for (size_t done = 0; done < size;) {
		ssize_t n = pread(fd, data + done, size - done, (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			free(data);
			return NULL;
		}
		done += (size_t)n;
	}
	return data;
}

/* Appends a file's bytes; false if it cannot be read or does not fit. */
static bool
append_file(struct buffer *to, int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	uint8_t *data;
	size_t size;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size < 0 ||
	    (uint64_t)st.st_size > to->max - to->len) {
		(void)close(fd);
		errno = EFBIG;
		return false;
	}
	size = (size_t)st.st_size;
	data = material_read(fd, size);
	(void)close(fd);
	if (data == NULL) {
		errno = EIO;
		return false;
	}
	to->data = xrealloc(to->data, to->len + size + 1, 1);
	memcpy(to->data + to->len, data, size);
	to->data[to->len + size] = '\n'; /* between two PEM files */
	to->len += size;
	free(data);
	return true;
}

static bool
is_pem(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 4 && entry->d_name[0] != '.' &&
	       strcmp(entry->d_name + len - 4, ".pem") == 0;
}

/* A directory of PEM files: their bytes, and whose they are. */
struct folder {
	const char *path, *what;
	bool may_be_absent;
	struct buffer bytes;
	size_t n_files;
	struct material_file *files;
};

static void
note_file(struct folder *folder, const char *name, size_t from, size_t to)
{
	struct material_file *file;

	folder->files = xrealloc(
	    folder->files, folder->n_files + 1, sizeof(*folder->files));
	file = &folder->files[folder->n_files++];
	text_copy(file->name, sizeof(file->name), name);
	file->offset = (uint32_t)from;
	file->size = (uint32_t)(to - from);
}

static void
read_folder(struct folder *folder)
{
	struct buffer *to = &folder->bytes;
	DIR *dir = opendir(folder->path);
	const struct dirent *entry;

	if (dir == NULL) {
		if (errno != ENOENT || !folder->may_be_absent)
			log_warning("%s: cannot read %s: %s", folder->what,
			    folder->path, strerror(errno));
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		size_t from = to->len;

		if (!is_pem(entry))
			continue;
		if (append_file(to, dirfd(dir), entry->d_name)) {
			if (to->len < to->max)
				to->len++; /* the newline */
			note_file(folder, entry->d_name, from, to->len);
			continue;
		}
		log_warning("%s: cannot use %s/%s: %s", folder->what,
		    folder->path, log_quote(entry->d_name), strerror(errno));
	}
	(void)closedir(dir);
}

static bool
material_from(
    struct material *material, const char *name, struct buffer *buffer)
{
	material->fd = material_make(name, buffer->data, buffer->len);
	material->size = (uint32_t)buffer->len;
	free(buffer->data);
	if (material->fd < 0)
		log_error(
		    "cannot make a memory file: %s", strerror(-material->fd));
	return material->fd >= 0;
}

/* A file of /etc/mudd/policies; what is missing is said, and left empty. */
static bool
load_policy(struct material *material, const char *path, const char *instead)
{
	struct buffer buffer = { .max = LIMIT_FILE };

	if (!append_file(&buffer, AT_FDCWD, path))
		log_warning("%s: %s; %s", path, strerror(errno), instead);
	return material_from(material, "policy", &buffer);
}

bool
materials_load(struct materials *materials, const struct config *config)
{
	struct folder anchors = {
		.path = config->trust_anchors,
		.what = "trust anchors",
		.bytes.max = LIMIT_ANCHORS,
	};
	struct folder devices = {
		.path = config->device_anchors,
		.what = "device anchors",
		.may_be_absent = true,
		.bytes.max = LIMIT_ANCHORS,
	};
	struct buffer roots = { .max = LIMIT_CA_BUNDLE };
	struct buffer nothing = { 0 };
	const char *ca_file =
	    config->ca_file[0] == '\0' ? SYSTEM_ROOTS : config->ca_file;

	materials->n_own = 0;
	materials->own = NULL;
	ownfiles_load(materials, POLICIES);
	read_folder(&anchors);
	materials->n_anchor_files = anchors.n_files;
	materials->anchor_files = anchors.files;
	read_folder(&devices);
	materials->n_device_files = devices.n_files;
	materials->device_files = devices.files;
	if (!append_file(&roots, AT_FDCWD, ca_file))
		log_error("TLS roots: cannot read %s: %s; nothing can be "
			  "fetched",
		    ca_file, strerror(errno));
	return material_from(&materials->anchors, "anchors", &anchors.bytes) &&
	       material_from(&materials->device_anchors, "device anchors",
		   &devices.bytes) &&
	       material_from(&materials->roots, "roots", &roots) &&
	       load_policy(&materials->pending, POLICIES "pending.json",
		   "DNS and NTP it is") &&
	       load_policy(&materials->quarantine, POLICIES "quarantine.json",
		   "devices in quarantine are allowed nothing") &&
	       load_policy(&materials->unknown, POLICIES "unknown.json",
		   "unknown devices in quarantine are allowed nothing") &&
	       material_from(&materials->nothing, "nothing", &nothing);
}

void
materials_done(struct materials *materials)
{
	(void)close(materials->anchors.fd);
	(void)close(materials->device_anchors.fd);
	(void)close(materials->roots.fd);
	(void)close(materials->pending.fd);
	(void)close(materials->quarantine.fd);
	(void)close(materials->unknown.fd);
	(void)close(materials->nothing.fd);
	free(materials->anchor_files);
	free(materials->device_files);
	ownfiles_free(materials);
}
