/*
 * Changes to the signature in hand (sigworld.h), for what no tool makes.
 *
 * Those of signed attributes leave a signature that no longer holds, which is
 * of no matter where it is refused before; the last ones sign again.
 */
#ifndef TESTS_UNIT_SIGEDITS_H
#define TESTS_UNIT_SIGEDITS_H

#include <openssl/cms.h>

typedef void change_fn(CMS_ContentInfo *cms);

/* Takes the signature in hand apart, and puts it together changed. */
void edit_apply(change_fn *change);

/* Of its bytes. */
void edit_empty(void);
void edit_cut(void);
void edit_tail(void);
void edit_long_length(void);
void edit_grow(void);

/* What comes along with the signer; the certificates are `seven`'s. */
change_fn change_crl;
change_fn change_unsigned;
change_fn change_timestamp;
change_fn change_sevens;
change_fn change_ed25519;
change_fn change_ed448;
change_fn change_dsa;
change_fn change_other_key;
change_fn change_unknown_key;
change_fn change_spoil_certificate;

/* Signed attributes. */
change_fn change_second_value;
change_fn change_attribute_twice;
change_fn change_content_type_twice;
change_fn change_drop_digest;
change_fn change_spoil_digest;
change_fn change_other_digest;
change_fn change_drop_type;
change_fn change_other_type;
change_fn change_spoil_type;
change_fn change_many;
change_fn change_drop_time;
change_fn change_spoil_time;
change_fn change_mix_digests;
change_fn change_value;

/* Signed again, with the key of the signer `short`. */
change_fn change_again_without_time;
change_fn change_again_before;
change_fn change_again_after;

#endif
