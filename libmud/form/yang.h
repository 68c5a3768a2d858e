/*
 * Types of the YANG modules that a MUD file is written against (RFC 6991, RFC
 * 8519 s4, RFC 8520 s7, s8), judged as RFC 7951 encodes their values in JSON.
 *
 * The patterns of the modules are matched by code of our own.
 */
#ifndef LIBMUD_FORM_YANG_H
#define LIBMUD_FORM_YANG_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum yang_kind {
	YANG_UINT,      /* low..high is the value */
	YANG_STRING,    /* low..high: characters */
	YANG_BITS,      /* of `names` */
	YANG_ENUM,      /* of `names` */
	YANG_IDENTITY,  /* of `names`, in the module of access lists */
	YANG_EMPTY,     /* [null] */
	YANG_BOOLEAN,   /* true or false */
	YANG_BINARY,    /* base64; low..high: bytes */
	YANG_ETHERTYPE, /* uint16 or one of `names` */
	YANG_HOST,      /* inet:host */
	YANG_PREFIX4,   /* inet:ipv4-prefix */
	YANG_PREFIX6,   /* inet:ipv6-prefix */
	YANG_MAC,       /* yang:mac-address */
	YANG_DATE,      /* the shape of yang:date-and-time, not its numbers */
	YANG_ACL_NAME,  /* as YANG_STRING; the caller follows the reference */
};

struct yang_type {
	enum yang_kind kind;
	uint32_t low, high;
	const char *const *names; /* ended by NULL; ethertypes: see below */
};

/* The ethertypes that have a name (ietf-ethertypes@2019-03-04). */
struct yang_ethertype {
	const char *name;
	uint16_t number;
};
/* NULL if there is none of that name, or of that number. */
const struct yang_ethertype *yang_ethertype_named(const char *name);
const struct yang_ethertype *yang_ethertype_numbered(long number);

enum yang_verdict {
	YANG_GOOD,
	YANG_ENCODING, /* another JSON type than RFC 7951 s6 has for it */
	YANG_VALUE,    /* the right JSON type, but no value of the type */
	YANG_FOREIGN,  /* an identity of a module that is not one of ours */
};

enum yang_verdict yang_check(const struct yang_type *type, json_t *value);

/* The clause of RFC 7951 that says how this type is encoded. */
const char *yang_clause(enum yang_kind kind);

/* The same patterns for text alone; bytes are UTF-8 without a NUL. */
bool yang_is_text(const char *text); /* only characters YANG has (s9.4) */
bool yang_is_host(const char *text);
bool yang_is_prefix4(const char *text);
bool yang_is_prefix6(const char *text);
bool yang_is_mac(const char *text);
bool yang_is_date(const char *text);
/* *n becomes how many bytes the base64 stands for. */
bool yang_is_base64(const char *text, size_t *n);
/* Characters, not bytes (RFC 7950 s9.4.4). */
size_t yang_length(const char *text);

#endif
