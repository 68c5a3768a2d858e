/*
 * The records between the engine and a reader; records.h says what all of
 * them have in common.
 */
#ifndef CORE_READRECORDS_H
#define CORE_READRECORDS_H

#include <stdint.h>

#include "libmud/anchor.h"
#include "libmud/devcert.h"
#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/policy.h"
#include "libmud/signer.h"

struct record_peek {
	uint32_t job;
};
struct record_signature_at {
	uint32_t job;
	char url[LIMIT_URL + 1]; /* as the file has it; "" : unsigned */
};
struct record_read {
	uint32_t job;
	uint32_t is_signed;   /* 0: the signature's fd is empty */
	uint32_t is_approved; /* go on whatever the verdict says */
	uint32_t is_shown;    /* the same, for the eye alone (showing.c) */
	uint32_t n_mudsigner; /* 0: anybody may have signed; or only: */
	uint8_t mudsigner[LIMIT_DER_NAME]; /* this Name, as DER (M-SIG-4) */
	int64_t at;                        /* judge the chain at this time */
	uint8_t pinned[32];      /* key that is trusted for itself; 0: none */
	char url[LIMIT_URL + 1]; /* mud-url must be this (S-32) */
};
/* Exactly one a READ, and before any JSON is parsed. */
struct record_verdict {
	uint32_t job;
	uint8_t digest[32]; /* SHA-256 of the file */
	struct signer signer;
	struct fault why; /* FAULT_NONE: signed, and trusted */
};
struct record_policy { /* POLICY_BEGIN, POLICY_END */
	uint32_t job;
	uint32_t n_texts;
	uint32_t n_aces;
	struct fault hold;
	struct policy_info info;
};
struct record_text {
	struct policy_text text;
};
struct record_ace {
	struct ace ace;
};
struct record_refused {
	uint32_t job;
	struct fault why;
};
/*
 * ANCHORS lists the certificates in PEM text that root or an administrator
 * wrote.  ANCHOR x n in the order of the text, then ANCHORS_END; REFUSED alone
 * if the descriptor is not what it must be.
 */
struct record_anchors {
	uint32_t job;
};
struct record_anchor {
	uint32_t job;
	uint32_t offset, size; /* of its PEM in the text */
	struct anchor anchor;  /* zero where it is broken */
	struct fault why;      /* FAULT_NONE: it is good */
};
struct record_anchors_end {
	uint32_t job;
	uint32_t n;          /* ANCHORs that were sent */
	uint32_t n_left_out; /* past LIMIT_ANCHOR_COUNT */
};

/* CERTIFICATE is answered by one CERTIFIED, or by REFUSED: it is not one that
 * counts, and why. */
struct record_certificate {
	uint32_t job;
	uint32_t zero;
	int64_t at; /* judge it at this time */
};
struct record_certified {
	uint32_t job;
	struct devcert devcert;
};

#endif
