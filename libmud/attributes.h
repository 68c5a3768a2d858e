/*
 * The attributes of a CMS signer (RFC 5652 s5.3, s11).
 */
#ifndef LIBMUD_ATTRIBUTES_H
#define LIBMUD_ATTRIBUTES_H

#include <openssl/cms.h>
#include <stdbool.h>

struct fault;

/*
 * Signed ones are there, none twice, contentType and messageDigest among
 * them, the former naming `content_type`; a signingTime is a time; of unsigned
 * ones only a timestamp is let pass, and not looked at (security.md 4.3, step
 * 4).
 */
bool attributes_check(const CMS_SignerInfo *info,
    const ASN1_OBJECT *content_type, struct fault *why);

/* Of what attributes_check has found good.  Lent; the time NULL: there is
 * none. */
const ASN1_OCTET_STRING *attributes_digest(const CMS_SignerInfo *info);
const ASN1_TIME *attributes_time(const CMS_SignerInfo *info);

#endif
