/*
 * mudd-reader: bytes in, a verdict and a policy out.
 *
 * Takes one PEEK, READ or ANCHORS from the engine on MSG_CHANNEL_FD, answers
 * it and ends.  Holds no privilege, reaches neither network nor disk.  Input:
 * hostile; this is the program in which a parser may fail.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include <jansson.h>
#include <openssl/crypto.h>

#include "core/log.h"
#include "core/msg.h"
#include "core/sandbox.h"
#include "core/worker.h"
#include "libmud/digest.h"
#include "libmud/fault.h"
#include "read/read.h"

/*
 * What libraries would else do at their first use, when no file opens any
 * more: OpenSSL's configuration is left alone, since no setting of it may
 * change how a signature is judged; jansson seeds its hash from the kernel
 * (S-7); one digest makes OpenSSL find its algorithms.
 */
static void
libraries_init(void)
{
	const struct bytes nothing = { (const uint8_t *)"", 0 };
	uint8_t digest[32];
	size_t seed = 0;

	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
		log_fatal("OpenSSL cannot start");
	while (seed == 0) /* 0 would make jansson choose */
		if (getrandom(&seed, sizeof(seed), 0) < 0)
			log_fatal("getrandom: %s", strerror(errno));
	json_object_seed(seed);
	digest_of(nothing, digest);
}

int
main(int argc, char **argv)
{
	struct wire wire = {
		.fd = MSG_CHANNEL_FD,
		.self = PROGRAM_READER,
		.peer = PROGRAM_ENGINE,
	};
	struct fault why = { 0 };
	struct msg msg = { 0 };
	bool is_done, require;

	require = worker_begin("mudd-reader", argc, argv);
	libraries_init();
	if (!sandbox_enter(PROGRAM_READER, 0, require, &why))
		log_fatal("%s: %s", why.clause, why.detail);
	if (!wire_receive(&wire, &msg))
		return 0;
	is_done = read_job(&wire, &msg);
	msg_close_fds(&msg);
	if (!is_done)
		log_fatal(
		    "%s: the record breaks its rules", msg_name(msg.type));
	return 0;
}
