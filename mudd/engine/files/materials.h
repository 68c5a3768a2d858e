/*
 * Files that others judge by: trust anchors for signers, TLS roots, the local
 * policies.  Read before the sandbox closes, kept as sealed memfds, lent
 * to fetchers and readers.  The engine never looks into them.
 */
#ifndef ENGINE_MATERIALS_H
#define ENGINE_MATERIALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct config;

struct material {
	int fd; /* sealed memfd; -1: none */
	uint32_t size;
};

/* Where one file's bytes lie in `anchors`, or `device_anchors`. */
struct material_file {
	char name[256];
	uint32_t offset, size;
};

struct materials {
	struct material anchors; /* every *.pem of trust-anchors, one after
	                          * another; trust.c says which are good */
	struct material roots;   /* ca-file, or the system's bundle */
	struct material pending; /* policies/pending.json */
	struct material quarantine, unknown; /* policies/: likewise */
	struct material nothing; /* empty: the signature of an unsigned file */
	size_t n_own;
	struct own_file *own; /* of policies/, by name (ownfiles.h) */
	size_t n_anchor_files;
	struct material_file *anchor_files; /* in the order of their bytes */
	struct material device_anchors;     /* of device-anchors, likewise */
	size_t n_device_files;
	struct material_file *device_files;
};

/*
 * What cannot be read is left empty and logged: without anchors nothing is
 * trusted, without roots nothing is fetched.  false only if memory files
 * cannot be made.
 */
bool materials_load(struct materials *materials, const struct config *config);
void materials_done(struct materials *materials);

/* A new sealed memfd with these bytes, or -errno. */
int material_make(const char *name, const void *data, size_t size);
/* Seals a memfd that a fetcher has filled, of exactly this size; 0 or
 * -errno (-EMSGSIZE if it is not). */
int material_seal(int fd, size_t size);
/* Its bytes, on the heap, which the caller frees; NULL on failure. */
uint8_t *material_read(int fd, size_t size);

#endif
