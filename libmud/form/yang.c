/*
 * YANG types in JSON.  Role: reader, mudctl.  Input: values out of a MUD file,
 * within the limits of json_load: hostile.
 */
#include "libmud/form/yang.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#include "libmud/limits.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define ACL_MODULE "ietf-access-control-list"

static const struct yang_ethertype ethertypes[] = {
	{ "ipv4", 2048 },
	{ "arp", 2054 },
	{ "wlan", 2114 },
	{ "trill", 8947 },
	{ "srp", 8938 },
	{ "decnet", 24579 },
	{ "rarp", 32821 },
	{ "appletalk", 32923 },
	{ "aarp", 33011 },
	{ "vlan", 33024 },
	{ "ipx", 33079 },
	{ "qnx", 33284 },
	{ "ipv6", 34525 },
	{ "efc", 34824 },
	{ "esp", 34825 },
	{ "cobranet", 34841 },
	{ "mpls-unicast", 34887 },
	{ "mpls-multicast", 34888 },
	{ "pppoe-discovery", 34915 },
	{ "pppoe-session", 34916 },
	{ "intel-ans", 34925 },
	{ "jumbo-frames", 34928 },
	{ "homeplug", 34939 },
	{ "eap", 34958 },
	{ "profinet", 34962 },
	{ "hyperscsi", 34970 },
	{ "aoe", 34978 },
	{ "ethercat", 34980 },
	{ "provider-bridging", 34984 },
	{ "ethernet-powerlink", 34987 },
	{ "goose", 35000 },
	{ "gse", 35001 },
	{ "sv", 35002 },
	{ "lldp", 35020 },
	{ "sercos", 35021 },
	{ "wsmp", 35036 },
	{ "homeplug-av-mme", 35041 },
	{ "mrp", 35043 },
	{ "macsec", 35045 },
	{ "pbb", 35047 },
	{ "cfm", 35074 },
	{ "fcoe", 35078 },
	{ "fcoe-ip", 35092 },
	{ "roce", 35093 },
	{ "tte", 35101 },
	{ "hsr", 35119 },
};

const struct yang_ethertype *
yang_ethertype_named(const char *name)
{
	for (size_t i = 0; i < COUNT(ethertypes); i++)
		if (strcmp(ethertypes[i].name, name) == 0)
			return &ethertypes[i];
	return NULL;
}

const struct yang_ethertype *
yang_ethertype_numbered(long number)
{
	for (size_t i = 0; i < COUNT(ethertypes); i++)
		if (ethertypes[i].number == number)
			return &ethertypes[i];
	return NULL;
}

/* The next character of good UTF-8. */
static uint32_t
next_character(const unsigned char **at)
{
	const unsigned char *c = *at;
	uint32_t code = *c++;

	if (code >= 0xc0)
		code &= code >= 0xe0 ? 0x0f : 0x1f;
	while ((*c & 0xc0) == 0x80)
		code = code << 6 | (*c++ & 0x3f);
	*at = c;
	return code;
}

/* RFC 7950 s9.4, s14 (yang-char): no controls but three, no noncharacters. */
bool
yang_is_text(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	while (*at != '\0') {
		const uint32_t code = next_character(&at);

		if (code < ' ' && code != '\t' && code != '\n' && code != '\r')
			return false;
		if ((code >= 0xfdd0 && code <= 0xfdef) ||
		    (code & 0xfffe) == 0xfffe)
			return false;
	}
	return true;
}

size_t
yang_length(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* Passes one decimal part of 0 to max without needless zeros. */
static bool
pass_decimal(const char **text, unsigned int max)
{
	const char *begin = *text;
	unsigned int number = 0;

	for (; isdigit((unsigned char)**text) && *text - begin < 3; (*text)++)
		number = number * 10 + (unsigned int)(**text - '0');
	return *text > begin && number <= max &&
	       (*begin != '0' || *text == begin + 1);
}

static bool
pass_address4(const char **text)
{
	for (int i = 0; i < 4; i++) {
		if (i > 0 && *(*text)++ != '.')
			return false;
		if (!pass_decimal(text, UINT8_MAX))
			return false;
	}
	return true;
}

bool
yang_is_prefix4(const char *text)
{
	return pass_address4(&text) && *text++ == '/' &&
	       pass_decimal(&text, 32) && *text == '\0';
}

/* The modules' two patterns say no more than that it can be converted. */
static bool
is_address6(const char *text, size_t len)
{
	struct in6_addr address;
	char copy[INET6_ADDRSTRLEN];

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return inet_pton(AF_INET6, copy, &address) == 1;
}

bool
yang_is_prefix6(const char *text)
{
	const char *slash = strchr(text, '/');
	unsigned int bits = 0;
	size_t n = 0;

	if (slash == NULL || !is_address6(text, (size_t)(slash - text)))
		return false;
	for (const char *c = slash + 1; *c != '\0'; c++, n++) {
		if (!isdigit((unsigned char)*c) || n == 3)
			return false;
		bits = bits * 10 + (unsigned int)(*c - '0');
	}
	/* One needless zero is in the pattern, two are not. */
	return n > 0 && bits <= 128 && (n < 3 || bits >= 100);
}

/* RFC 6991 lets letters and digits of all scripts be a zone; a MUD file has no
 * use for any, and ours are ASCII. */
static bool
is_zone(const char *text)
{
	if (*text == '\0')
		return true;
	if (*text++ != '%' || *text == '\0')
		return false;
	while (isalnum((unsigned char)*text))
		text++;
	return *text == '\0';
}

/* One label: letters and digits at its end, '_' too at its begin. */
static bool
is_label(const char *label, size_t len)
{
	if (len == 0 || len > LIMIT_LABEL)
		return false;
	if (!isalnum((unsigned char)label[len - 1]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)label[i]) && label[i] != '_' &&
		    (label[i] != '-' || i == 0))
			return false;
	return true;
}

static bool
is_domain_name(const char *text)
{
	const size_t len = strlen(text);

	if (len == 0 || len > LIMIT_HOST)
		return false;
	if (strcmp(text, ".") == 0)
		return true;
	while (*text != '\0') {
		const size_t label = strcspn(text, ".");

		if (!is_label(text, label))
			return false;
		text += label;
		if (*text == '.')
			text++;
	}
	return true;
}

bool
yang_is_host(const char *text)
{
	const char *end = text;

	if (pass_address4(&end) && is_zone(end))
		return true;
	end = text + strcspn(text, "%");
	if (is_address6(text, (size_t)(end - text)) && is_zone(end))
		return true;
	return is_domain_name(text);
}

/* 0 in the form stands for a digit, x for a hexadecimal one. */
static bool
has_form(const char *text, const char *form)
{
	for (; *form != '\0'; form++, text++) {
		bool fits = *text == *form;

		if (*form == '0')
			fits = isdigit((unsigned char)*text) != 0;
		else if (*form == 'x')
			fits = isxdigit((unsigned char)*text) != 0;
		if (!fits)
			return false;
	}
	return true;
}

bool
yang_is_mac(const char *text)
{
	return has_form(text, "xx:xx:xx:xx:xx:xx") && text[17] == '\0';
}

bool
yang_is_date(const char *text)
{
	if (!has_form(text, "0000-00-00T00:00:00"))
		return false;
	text += 19;
	if (*text == '.') {
		if (!isdigit((unsigned char)*++text))
			return false;
		while (isdigit((unsigned char)*text))
			text++;
	}
	if (strcmp(text, "Z") == 0)
		return true;
	return (*text == '+' || *text == '-') && has_form(text + 1, "00:00") &&
	       text[6] == '\0';
}

bool
yang_is_base64(const char *text, size_t *n)
{
	const size_t len = strlen(text);
	size_t digits = len;

	if (len % 4 != 0)
		return false;
	while (digits > 0 && len - digits < 2 && text[digits - 1] == '=')
		digits--;
	for (size_t i = 0; i < digits; i++)
		if (!isalnum((unsigned char)text[i]) && text[i] != '+' &&
		    text[i] != '/')
			return false;
	*n = digits * 3 / 4;
	return true;
}

static bool
is_among(const char *const *names, const char *text, size_t len)
{
	for (; *names != NULL; names++)
		if (strlen(*names) == len && memcmp(*names, text, len) == 0)
			return true;
	return false;
}

/* Bits, each once, in any order (RFC 7950 s9.7.2). */
static bool
is_bits(const char *const *names, const char *text)
{
	static const char blanks[] = " \t\n\r";
	uint32_t seen = 0;

	for (text += strspn(text, blanks); *text != '\0';
	     text += strspn(text, blanks)) {
		const size_t len = strcspn(text, blanks);
		size_t i = 0;

		while (
		    names[i] != NULL && (strlen(names[i]) != len ||
					    memcmp(names[i], text, len) != 0))
			i++;
		if (names[i] == NULL || (seen & UINT32_C(1) << i) != 0)
			return false;
		seen |= UINT32_C(1) << i;
		text += len;
	}
	return true;
}

static enum yang_verdict
check_identity(const char *const *names, const char *text)
{
	const char *colon = strchr(text, ':');

	if (colon != NULL &&
	    ((size_t)(colon - text) != strlen(ACL_MODULE) ||
		strncmp(text, ACL_MODULE, strlen(ACL_MODULE)) != 0))
		return colon == text || strncmp(text, "acl:", 4) == 0 ||
		               strncmp(text, "ietf-mud:", 9) == 0
		           ? YANG_VALUE
		           : YANG_FOREIGN;
	if (colon != NULL)
		text = colon + 1;
	return is_among(names, text, strlen(text)) ? YANG_GOOD : YANG_VALUE;
}

static bool
is_in(size_t number, const struct yang_type *type)
{
	return number >= type->low && number <= type->high;
}

static bool
is_good_text(const struct yang_type *type, const char *text)
{
	size_t n;

	switch (type->kind) {
	case YANG_STRING:
	case YANG_ACL_NAME:
		return is_in(yang_length(text), type) && yang_is_text(text);
	case YANG_BITS:
		return is_bits(type->names, text);
	case YANG_ENUM:
		return is_among(type->names, text, strlen(text));
	case YANG_BINARY:
		return yang_is_base64(text, &n) && is_in(n, type);
	case YANG_ETHERTYPE:
		return yang_ethertype_named(text) != NULL;
	case YANG_HOST:
		return yang_is_host(text);
	case YANG_PREFIX4:
		return yang_is_prefix4(text);
	case YANG_PREFIX6:
		return yang_is_prefix6(text);
	case YANG_MAC:
		return yang_is_mac(text);
	case YANG_DATE:
		return yang_is_date(text);
	case YANG_UINT:
	case YANG_IDENTITY:
	case YANG_EMPTY:
	case YANG_BOOLEAN:
		break;
	}
	return false;
}

static enum yang_verdict
check_number(const struct yang_type *type, json_t *value)
{
	const json_int_t number = json_integer_value(value);

	if (!json_is_integer(value))
		return YANG_ENCODING;
	return number >= 0 && number <= type->high && number >= type->low
	           ? YANG_GOOD
	           : YANG_VALUE;
}

enum yang_verdict
yang_check(const struct yang_type *type, json_t *value)
{
	if (type->kind == YANG_EMPTY)
		return json_array_size(value) == 1 &&
		               json_is_null(json_array_get(value, 0))
		           ? YANG_GOOD
		           : YANG_ENCODING;
	if (type->kind == YANG_BOOLEAN)
		return json_is_boolean(value) ? YANG_GOOD : YANG_ENCODING;
	if (type->kind == YANG_UINT ||
	    (type->kind == YANG_ETHERTYPE && json_is_integer(value)))
		return check_number(type, value);
	if (!json_is_string(value))
		return YANG_ENCODING;
	if (type->kind == YANG_IDENTITY)
		return check_identity(type->names, json_string_value(value));
	return is_good_text(type, json_string_value(value)) ? YANG_GOOD
	                                                    : YANG_VALUE;
}

const char *
yang_clause(enum yang_kind kind)
{
	switch (kind) {
	case YANG_UINT:
		return "RFC 7951 s6.1 (J-7)";
	case YANG_BITS:
	case YANG_ENUM:
		return "RFC 7951 s6.4, s6.5 (J-9)";
	case YANG_IDENTITY:
		return "RFC 7951 s6.8 (J-12)";
	case YANG_EMPTY:
		return "RFC 7951 s6.9 (J-13)";
	case YANG_BOOLEAN:
		return "RFC 7951 s6.3 (J-8)";
	case YANG_BINARY:
		return "RFC 7951 s6.6 (J-10)";
	case YANG_ETHERTYPE:
		return "RFC 7951 s6.10 (J-14)";
	case YANG_ACL_NAME:
		return "RFC 7951 s6.7 (J-11)";
	case YANG_STRING:
	case YANG_HOST:
	case YANG_PREFIX4:
	case YANG_PREFIX6:
	case YANG_MAC:
	case YANG_DATE:
		break;
	}
	return "RFC 7951 s6.2";
}
