/*
 * The chain from a signer's certificate to a trust anchor (RFC 5280 s6; RFC
 * 8520 s13.2, M-SIG-5; security.md 4.3, step 6).
 *
 * Our anchors and no others; X509_STRICT; security level 2; at most four CAs
 * between.  Time is judged apart from the rest: that a certificate has expired
 * is the fault only if nothing else is.
 */
#ifndef LIBMUD_CHAIN_H
#define LIBMUD_CHAIN_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "libmud/anchors.h"

struct fault;

struct chain {
	const struct anchors *anchors; /* lent, as the leaf */
	X509 *leaf;
	time_t at;
	/* What was found; the time left aside. */
	int error;     /* X509_V_OK, or what is wrong */
	int depth;     /* of the certificate that is to blame; 0: the leaf */
	bool has_twin; /* an anchor bears the name of its issuer */
	char subject[64], issuer[64]; /* the first bytes of its names */
	STACK_OF(X509) * certs;       /* leaf to anchor; NULL: there is none */
};

void chain_init(
    struct chain *chain, const struct anchors *anchors, X509 *leaf, time_t at);
void chain_done(struct chain *chain);

/*
 * A new store for one verification; what that finds goes to *chain, which must
 * outlive it.  NULL: no memory.  A leaf that is an anchor is trusted as such.
 */
X509_STORE *chain_store(struct chain *chain);

/* Is it good, all but the time?  True only after a verification. */
bool chain_is_good(const struct chain *chain);

/* Fills *why if it is not. */
bool chain_check(const struct chain *chain, struct fault *why);

/* Of one that is good: is every certificate valid at chain->at?  If not, the
 * fault says whether it was at the signing time (NULL: nobody knows). */
bool chain_check_time(
    const struct chain *chain, const ASN1_TIME *signing, struct fault *why);

/* SHA-256 of the anchor's public key; all 0 unless it is good, and valid at
 * chain->at. */
void chain_anchor(const struct chain *chain, uint8_t anchor[32]);

#endif
