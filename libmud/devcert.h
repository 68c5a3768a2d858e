/*
 * What a Thing's own certificate, an IDevID or LDevID (IEEE 802.1AR), says of
 * it: its MUD URL, and who signs its MUD file (RFC 8520 s11; M-X5-1, -2).
 *
 * The certificate is judged by the device anchors, which are others than those
 * of signers: who makes devices need not sign files.  That whoever sent it has
 * its key is for the caller to know (M-X5-5): the authentication server that
 * hands it over has seen the proof.
 */
#ifndef LIBMUD_DEVCERT_H
#define LIBMUD_DEVCERT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "libmud/anchors.h"
#include "libmud/bytes.h"
#include "libmud/fault.h"
#include "libmud/limits.h"

/* A plain value: it travels in records. */
struct devcert {
	char url[LIMIT_URL + 1]; /* canonical (url.h); "": see url_why */
	char subject[256];       /* RFC 2253 form, printable ASCII */
	char signer[256];        /* of the mudsigner, likewise; for people */
	char serial[2 * LIMIT_SERIAL + 1]; /* hex */
	uint8_t fingerprint[32];           /* SHA-256 of the certificate */
	uint32_t n_mudsigner;              /* 0: see mudsigner_why */
	uint8_t mudsigner[LIMIT_DER_NAME]; /* DER of the Name */
	/* A malformed extension counts as if it were not there (M-X5-5), and
	 * is told of here: FAULT_DEVICE_EXTENSION.  FAULT_DEVICE_NO_URL where
	 * there is none at all; a mudsigner may be missing without a fault. */
	struct fault url_why, mudsigner_why;
};

/*
 * Judges the certificate at the time `at`: DER, or PEM with its CAs behind it,
 * LIMIT_DEVCERT bytes and LIMIT_CERTS certificates at most.  Its chain must
 * lead to a device anchor (chain.h), and it must be fit for a client: no CA,
 * keyUsage, if there is one, with digitalSignature, and extendedKeyUsage, if
 * there is one, with clientAuth or anyExtendedKeyUsage.
 *
 * False with *why, *found untouched: FAULT_DEVICE_UNTRUSTED, _TIME or _UNFIT,
 * or what is wrong with the bytes.
 */
bool devcert_judge(struct bytes raw, const struct anchors *anchors, time_t at,
    struct devcert *found, struct fault *why);

/* Is the value one that devcert_judge could have made? */
bool devcert_is_sound(const struct devcert *devcert);

#endif
