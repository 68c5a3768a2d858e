/*
 * A signer's attributes.  Role: reader, mudctl.  Input: a hostile signature,
 * taken apart by OpenSSL; nothing of it has been verified yet.
 */
#include "libmud/attributes.h"

#include "libmud/fault.h"

enum {
	ATTRIBUTES = 32, /* signed ones; four are usual */
	TYPE_TEXT = 64,
};

/* The type's short name, or its numbers. */
static void
print_type(const ASN1_OBJECT *type, char text[TYPE_TEXT])
{
	text[0] = '\0';
	(void)OBJ_obj2txt(text, TYPE_TEXT, type, 0);
}

/* How many signed attributes have this type. */
static int
count_type(const CMS_SignerInfo *info, const ASN1_OBJECT *type)
{
	int n = 0;

	for (int i = 0; i < CMS_signed_get_attr_count(info); i++) {
		const ASN1_OBJECT *other =
		    X509_ATTRIBUTE_get0_object(CMS_signed_get_attr(info, i));

		n += OBJ_cmp(type, other) == 0;
	}
	return n;
}

static bool
has_type(const CMS_SignerInfo *info, int nid)
{
	return CMS_signed_get_attr_by_NID(info, nid, -1) >= 0;
}

/* The one value of an attribute, if it is of the ASN.1 type. */
static const void *
find_value(const CMS_SignerInfo *info, int nid, int type)
{
	return CMS_signed_get0_data_by_OBJ(info, OBJ_nid2obj(nid), -3, type);
}

/* RFC 5652 s5.3: a SET with one value, and no type twice (S-3). */
static bool
check_once(const CMS_SignerInfo *info, struct fault *why)
{
	const int n = CMS_signed_get_attr_count(info);
	char name[TYPE_TEXT];

	if (n <= 0)
		return fault_set(why, FAULT_NO_ATTRIBUTES, "RFC 5652 s5.3",
		    "no signed attributes");
	if (n > ATTRIBUTES)
		return fault_set(why, FAULT_MANY_ATTRIBUTES, "S-8",
		    "%d signed attributes, the most is %d", n, ATTRIBUTES);
	for (int i = 0; i < n; i++) {
		X509_ATTRIBUTE *attribute = CMS_signed_get_attr(info, i);
		const ASN1_OBJECT *type = X509_ATTRIBUTE_get0_object(attribute);

		print_type(type, name);
		if (X509_ATTRIBUTE_count(attribute) != 1)
			return fault_set(why, FAULT_ATTRIBUTE_TWICE,
			    "RFC 5652 s11, S-3",
			    "the signed attribute %s has %d values, not one",
			    name, X509_ATTRIBUTE_count(attribute));
		if (count_type(info, type) != 1)
			return fault_set(why, FAULT_ATTRIBUTE_TWICE,
			    "RFC 5652 s5.3, S-3",
			    "the signed attribute %s is there twice", name);
	}
	return true;
}

static bool
check_content_type(const CMS_SignerInfo *info, const ASN1_OBJECT *content_type,
    struct fault *why)
{
	const ASN1_OBJECT *type =
	    find_value(info, NID_pkcs9_contentType, V_ASN1_OBJECT);
	char name[TYPE_TEXT];

	if (!has_type(info, NID_pkcs9_contentType))
		return fault_set(why, FAULT_NO_CONTENT_TYPE, "RFC 5652 s11.1",
		    "no contentType is signed");
	if (type == NULL)
		return fault_set(why, FAULT_CONTENT_TYPE_DIFFERS,
		    "RFC 5652 s11.1", "the signed contentType is no type");
	print_type(type, name);
	if (OBJ_cmp(type, content_type) != 0)
		return fault_set(why, FAULT_CONTENT_TYPE_DIFFERS,
		    "RFC 5652 s11.1",
		    "the signed contentType, %s, is not the content's", name);
	return true;
}

static bool
check_digest(const CMS_SignerInfo *info, struct fault *why)
{
	if (!has_type(info, NID_pkcs9_messageDigest))
		return fault_set(why, FAULT_NO_MESSAGE_DIGEST, "RFC 5652 s11.2",
		    "no messageDigest is signed");
	if (attributes_digest(info) == NULL)
		return fault_set(why, FAULT_NO_MESSAGE_DIGEST, "RFC 5652 s11.2",
		    "the messageDigest is no digest");
	return true;
}

static bool
check_time(const CMS_SignerInfo *info, struct fault *why)
{
	const ASN1_TIME *time = attributes_time(info);

	if (!has_type(info, NID_pkcs9_signingTime))
		return true;
	if (time == NULL || ASN1_TIME_check(time) != 1)
		return fault_set(why, FAULT_SIGNING_TIME, "RFC 5652 s11.3",
		    "the signingTime is no time");
	return true;
}

static bool
check_unsigned(const CMS_SignerInfo *info, struct fault *why)
{
	char name[TYPE_TEXT];

	for (int i = 0; i < CMS_unsigned_get_attr_count(info); i++) {
		const ASN1_OBJECT *type =
		    X509_ATTRIBUTE_get0_object(CMS_unsigned_get_attr(info, i));

		if (OBJ_obj2nid(type) == NID_id_smime_aa_timeStampToken)
			continue;
		print_type(type, name);
		return fault_set(why, FAULT_UNSIGNED_ATTRIBUTE, "RFC 5652 s5.3",
		    "the unsigned attribute %s is no timestamp", name);
	}
	return true;
}

bool
attributes_check(const CMS_SignerInfo *info, const ASN1_OBJECT *content_type,
    struct fault *why)
{
	return check_once(info, why) &&
	       check_content_type(info, content_type, why) &&
	       check_digest(info, why) && check_time(info, why) &&
	       check_unsigned(info, why);
}

const ASN1_OCTET_STRING *
attributes_digest(const CMS_SignerInfo *info)
{
	return find_value(info, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING);
}

const ASN1_TIME *
attributes_time(const CMS_SignerInfo *info)
{
	const ASN1_TIME *time =
	    find_value(info, NID_pkcs9_signingTime, V_ASN1_UTCTIME);

	return time != NULL ? time
	                    : find_value(info, NID_pkcs9_signingTime,
				  V_ASN1_GENERALIZEDTIME);
}
