/*
 * Files for tests of signatures.
 */
#include "tests/unit/sigworld.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "libmud/anchors.h"
#include "libmud/fault.h"
#include "libmud/signature.h"

struct sigworld sigworld = { .folder = "tests/unit/signatures" };

void
sigworld_path(const char *name, char path[512])
{
	(void)snprintf(path, 512, "%s/%s", sigworld.folder, name);
}

void
sigworld_load(const char *name, struct blob *blob)
{
	char path[512];
	FILE *in;

	sigworld_path(name, path);
	in = fopen(path, "rb");
	if (in == NULL)
		fail_msg("%s is missing: run make-signatures.sh", path);
	blob->len = fread(blob->data, 1, sizeof(blob->data), in);
	(void)fclose(in);
}

struct bytes
blob_bytes(const struct blob *blob)
{
	return (struct bytes){ blob->data, blob->len };
}

time_t
sigworld_now(void)
{
	static struct blob now;

	sigworld_load("now", &now);
	now.data[now.len] = '\0';
	return (time_t)strtoll((const char *)now.data, NULL, 10);
}

bool
sigworld_verify(
    int days, struct bytes mudsigner, struct signer *signer, struct fault *why)
{
	struct anchors *anchors =
	    anchors_parse(blob_bytes(&sigworld.trust), why);
	bool ok;

	assert_non_null(anchors);
	anchors_pin(anchors, sigworld.pinned);
	ok = signature_verify(blob_bytes(&sigworld.file),
	    blob_bytes(&sigworld.signature), anchors, mudsigner,
	    sigworld_now() + (time_t)days * DAY, signer, why);
	anchors_free(anchors);
	return ok;
}
