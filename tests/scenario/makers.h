/*
 * What the makers of Things have written, signed and put on their servers,
 * and whose signatures the gateway trusts.
 *
 * A MUD file is one word here, its bytes; what a reader would find in it is
 * told by the script.
 */
#ifndef SCENARIO_MAKERS_H
#define SCENARIO_MAKERS_H

#include <stdbool.h>
#include <stdint.h>

#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/list.h"
#include "libmud/policy.h"
#include "libmud/signature.h"

#define MAKERS_WORD  64
#define MAKERS_PEERS 4

struct mud_file {
	struct list link;
	char body[MAKERS_WORD];
	char signer[MAKERS_WORD];      /* "": unsigned */
	char reference[LIMIT_URL + 1]; /* mud-signature; "": BODY.p7s */
	enum fault_code verdict; /* whatever the signer; FAULT_NONE: by trust */
	enum fault_code refused; /* after the verdict; FAULT_NONE: is parsed */
	enum fault_code hold;    /* parsed, but an administrator must look */
	bool is_silent;          /* readers hang over it */
	bool is_deadly;          /* readers die over it */
	bool is_draft;
	bool is_unsupported;         /* is-supported: false */
	char mud_url[LIMIT_URL + 1]; /* "": where it was fetched from */
	char documentation[LIMIT_URL + 1];
	unsigned int hours; /* cache-validity */
	int64_t updated_at; /* last-update */
	size_t n_peers;
	struct file_peer {
		enum peer_kind kind;
		char text[LIMIT_URL + 1]; /* "": it has none */
	} peers[MAKERS_PEERS];            /* one ACE each */
};

struct makers {
	struct list files;  /* of struct mud_file */
	struct list served; /* by URL */
	struct list trusted;
};

void makers_init(struct makers *makers);
void makers_done(struct makers *makers);

/* NULL if there is none with these bytes. Lent. */
struct mud_file *makers_find(struct makers *makers, const char *body);
/* Makes it, or begins it anew. */
struct mud_file *makers_write(struct makers *makers, const char *body);

/* From now on the server answers with this, or (FAULT_NONE not) fails. */
void makers_serve(struct makers *makers, const char *url, const char *body,
    enum fault_code fault);
/* What a GET brings; false if the script says nothing about this URL. body
 * is "" if the answer is *fault. */
bool makers_get(struct makers *makers, const char *url, bool is_signature,
    char body[MAKERS_WORD], enum fault_code *fault);

void makers_trust(struct makers *makers, const char *signer, bool trusted);
/* What a reader says of the file's signature. */
enum fault_code makers_verdict(
    struct makers *makers, const struct mud_file *file);

/* Where the file says that its signature is; "" if it has none. */
void makers_reference(const struct mud_file *file, char url[LIMIT_URL + 1]);
/* What a reader would parse; the caller frees it. */
struct policy *makers_policy(const struct mud_file *file, const char *url);
void makers_digest(const char *body, uint8_t digest[32]);

#endif
