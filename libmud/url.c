/*
 * MUD URLs and host names.  The watcher, the engine, the fetcher, the reader
 * and mudctl all end here, with text straight from the LAN or from a MUD file
 * whose signature may not have been judged yet: all of it is hostile.
 */
#include "libmud/url.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "libmud/fault.h"

static const char scheme[] = "https://";
#define SCHEME_LEN   (sizeof(scheme) - 1)
#define DEFAULT_PORT 443

/* The C library's classes depend on the locale; ASCII does not. */
static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* RFC 3986 s3.3: pchar less the percent sign, and the path's slash. */
static bool
is_path_byte(char c)
{
	switch (c) {
	case '-':
	case '.':
	case '_':
	case '~':
	case '!':
	case '$':
	case '&':
	case '\'':
	case '(':
	case ')':
	case '*':
	case '+':
	case ',':
	case ';':
	case '=':
	case ':':
	case '@':
	case '/':
		return true;
	default:
		return is_letter(c) || is_digit(c);
	}
}

/* Resolvers read "1.2.3", "0x7f.1" and the like as addresses too. */
static bool
is_number(const char *label, size_t len)
{
	size_t i = 0;

	if (len >= 2 && label[0] == '0' && label[1] == 'x') {
		for (i = 2; i < len && is_hex(label[i]); i++)
			;
		return i == len;
	}
	while (i < len && is_digit(label[i]))
		i++;
	return i == len;
}

/* Judges one label of a lower-case name (RFC 1035 s2.3.1, S-14). */
static bool
label_check(const char *label, size_t len, bool underscore, struct fault *why)
{
	if (len == 0)
		return fault_set(why, FAULT_MALFORMED, "RFC 1035 s2.3.1",
		    "empty label in a host name");
	if (len > LIMIT_LABEL)
		return fault_set(why, FAULT_TOO_LONG, "RFC 1035 s2.3.4",
		    "label of %zu bytes in a host name", len);
	for (size_t i = 0; i < len; i++)
		if (!is_letter(label[i]) && !is_digit(label[i]) &&
		    label[i] != '-' && !(underscore && label[i] == '_'))
			return fault_set(why, FAULT_MALFORMED, "S-14",
			    "byte 0x%02x in a host name",
			    (unsigned char)label[i]);
	if (label[0] == '-' || label[len - 1] == '-')
		return fault_set(why, FAULT_MALFORMED, "RFC 1035 s2.3.1",
		    "hyphen at the end of a label");
	return true;
}

bool
host_parse(const char *text, bool underscore, char host[LIMIT_HOST + 1],
    struct fault *why)
{
	static const char *const local[] = { "local", "localhost", "arpa" };
	char name[LIMIT_HOST + 1] = "";
	size_t len = strnlen(text, LIMIT_HOST + 1), last = 0, label;

	if (len > LIMIT_HOST)
		return fault_set(why, FAULT_TOO_LONG, "RFC 1035 s2.3.4",
		    "host name of more than %d bytes", LIMIT_HOST);
	for (size_t i = 0; i < len; i++)
		name[i] = lower(text[i]);
	for (size_t at = 0; at <= len; at += label + 1) {
		last = at;
		label = strcspn(name + at, ".");
		if (!label_check(name + at, label, underscore, why))
			return false;
	}
	if (is_number(name + last, len - last))
		return fault_set(why, FAULT_URL_FORBIDDEN, "S-14",
		    "an address in place of a host name: %s", name);
	if (last == 0)
		return fault_set(why, FAULT_URL_FORBIDDEN, "S-14",
		    "host name of one label: %s", name);
	for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++)
		if (strcmp(name + last, local[i]) == 0)
			return fault_set(why, FAULT_URL_FORBIDDEN, "S-14",
			    "local host name: %s", name);
	memcpy(host, name, sizeof(name));
	return true;
}

/* "." or "..", each dot perhaps written "%2e" (RFC 3986 s5.2.4, s6.2.2.3). */
static bool
is_dot_segment(const char *segment, size_t len)
{
	size_t dots = 0;

	for (size_t i = 0; i < len; dots++) {
		if (segment[i] == '.')
			i++;
		else if (len - i >= 3 &&
			 strncasecmp(segment + i, "%2e", 3) == 0)
			i += 3;
		else
			return false;
	}
	return dots == 1 || dots == 2;
}

/* Judges path and query; text begins behind the authority. */
static bool
path_check(const char *text, struct fault *why)
{
	size_t path = strcspn(text, "?");

	for (size_t i = 0; text[i] != '\0'; i++) {
		if (text[i] == '%' && is_hex(text[i + 1]) &&
		    is_hex(text[i + 2]))
			continue;
		if (!is_path_byte(text[i]) && (i < path || text[i] != '?'))
			return fault_set(why, FAULT_MALFORMED, "RFC 3986 s3.3",
			    "byte 0x%02x in the path of a URL",
			    (unsigned char)text[i]);
	}
	for (size_t at = 0; at < path; at++) {
		/* Where a segment begins that may be one. */
		if ((text[at] != '.' && text[at] != '%') ||
		    (at > 0 && text[at - 1] != '/'))
			continue;
		if (is_dot_segment(text + at, strcspn(text + at, "/?")))
			return fault_set(why, FAULT_URL_FORBIDDEN, "S-20",
			    "dot segment in a URL");
	}
	return true;
}

/* "" : no port. Judges that it is one, not that it may be used. */
static bool
port_parse(const char *text, size_t len, uint16_t *port, struct fault *why)
{
	unsigned int value = 0;

	for (size_t i = 0; i < len; i++) {
		if (!is_digit(text[i]) || i >= 5)
			return fault_set(why, FAULT_MALFORMED,
			    "RFC 3986 s3.2.3", "port of a URL is not a number");
		value = value * 10 + (unsigned int)(text[i] - '0');
	}
	if (len == 0)
		value = DEFAULT_PORT;
	if (value == 0 || value > UINT16_MAX)
		return fault_set(why, FAULT_MALFORMED, "RFC 3986 s3.2.3",
		    "port %u in a URL", value);
	*port = (uint16_t)value;
	return true;
}

/* Fills host and port from the authority, which is text[0..len). */
static bool
authority_parse(
    const char *text, size_t len, struct url *url, struct fault *why)
{
	char host[LIMIT_URL + 1] = "";
	size_t host_len = 0;

	if (memchr(text, '@', len) != NULL)
		return fault_set(
		    why, FAULT_URL_FORBIDDEN, "S-20", "userinfo in a URL");
	if (len > 0 && text[0] == '[')
		return fault_set(why, FAULT_URL_FORBIDDEN, "S-14",
		    "an address in place of a host name");
	while (host_len < len && text[host_len] != ':')
		host_len++;
	memcpy(host, text, host_len);
	if (!host_parse(host, false, url->host, why))
		return false;
	if (host_len < len)
		host_len++;
	return port_parse(text + host_len, len - host_len, &url->port, why);
}

static void
append(struct url *url, size_t *len, const char *text)
{
	const size_t more = strlen(text);

	memcpy(url->text + *len, text, more);
	*len += more;
}

/* The canonical form is never longer than what it was made from. */
static void
write_canonical(struct url *url, const char *path)
{
	char port[sizeof(":65535")] = "";
	size_t len = 0;

	if (url->port != DEFAULT_PORT)
		(void)snprintf(port, sizeof(port), ":%u", url->port);
	append(url, &len, scheme);
	append(url, &len, url->host);
	append(url, &len, port);
	append(url, &len, path);
	/* Two hex digits stand behind each. */
	for (char *at = url->text; (at = strchr(at, '%')) != NULL; at++) {
		at[1] = upper(at[1]);
		at[2] = upper(at[2]);
	}
}

bool
url_parse(const char *text, struct url *url, struct fault *why)
{
	size_t len = strnlen(text, LIMIT_URL + 1), authority;
	struct url read = { 0 };

	if (len > LIMIT_URL)
		return fault_set(why, FAULT_TOO_LONG, "RFC 8520 s10",
		    "URL of more than %d bytes", LIMIT_URL);
	for (size_t i = 0; i < len; i++)
		if (text[i] <= 0x20 || text[i] >= 0x7f)
			return fault_set(why, FAULT_MALFORMED, "RFC 3986 s2",
			    "byte 0x%02x at %zu of a URL",
			    (unsigned char)text[i], i);
	if (strncasecmp(text, scheme, SCHEME_LEN) != 0)
		return fault_set(why, FAULT_NOT_HTTPS, "RFC 8520 s6",
		    "not an https URL: %s", text);
	if (strchr(text, '#') != NULL)
		return fault_set(
		    why, FAULT_URL_FORBIDDEN, "S-20", "fragment in a URL");
	text += SCHEME_LEN;
	authority = strcspn(text, "/?");
	if (!authority_parse(text, authority, &read, why))
		return false;
	if (!path_check(text + authority, why))
		return false;
	write_canonical(&read, text + authority);
	*url = read;
	return true;
}

/* RFC 3986 s3.1: a reference with a scheme is absolute. */
static bool
has_scheme(const char *text)
{
	size_t i = 0;

	while (is_letter(text[i]) || is_digit(text[i]) ||
	       (text[i] != '\0' && strchr("+-.", text[i]) != NULL))
		i++;
	return is_letter(text[0]) && text[i] == ':';
}

/* RFC 3986 s5.2.4, in place; path begins with a slash. */
static void
remove_dots(char *path)
{
	char *in = path, *out = path;

	while (*in == '/') {
		size_t len = strcspn(in + 1, "/");
		bool one = len == 1 && in[1] == '.';
		bool two = len == 2 && in[1] == '.' && in[2] == '.';
		char *next = in + 1 + len;

		if (!one && !two) {
			memmove(out, in, 1 + len);
			out += 1 + len;
		}
		if (two)
			while (out > path && *--out != '/')
				;
		/* What a last "." or ".." stands for is a folder. */
		if ((one || two) && *next == '\0')
			*out++ = '/';
		in = next;
	}
	*out = '\0';
}

/* Merges a relative path with the base's (RFC 3986 s5.2.3), dots removed. */
static void
merge_path(const char *base_path, const char *reference, size_t len, char *path,
    size_t size)
{
	size_t folder = 0;

	if (reference[0] != '/')
		for (size_t i = 0; i < strcspn(base_path, "?"); i++)
			if (base_path[i] == '/')
				folder = i + 1;
	(void)snprintf(path, size, "%.*s%s%.*s", (int)folder, base_path,
	    folder == 0 && reference[0] != '/' ? "/" : "", (int)len, reference);
	remove_dots(path);
}

bool
url_resolve(const struct url *base, const char *reference, struct url *url,
    struct fault *why)
{
	char path[2 * LIMIT_URL + 2] = "", whole[4 * LIMIT_URL] = "";
	const char *base_path;
	size_t authority, len;

	if (strnlen(reference, LIMIT_URL + 1) > LIMIT_URL)
		return fault_set(why, FAULT_TOO_LONG, "RFC 8520 s10",
		    "URL of more than %d bytes", LIMIT_URL);
	if (has_scheme(reference))
		return url_parse(reference, url, why);
	if (strncmp(reference, "//", 2) == 0) {
		(void)snprintf(whole, sizeof(whole), "https:%s", reference);
		return url_parse(whole, url, why);
	}
	authority = SCHEME_LEN + strcspn(base->text + SCHEME_LEN, "/?");
	base_path = base->text + authority;
	len = strcspn(reference, "?#");
	if (len > 0)
		merge_path(base_path, reference, len, path, sizeof(path));
	else
		/* The same document; its query stays unless there is one. */
		(void)snprintf(path, sizeof(path), "%.*s",
		    (int)(reference[0] == '?' ? strcspn(base_path, "?")
					      : strlen(base_path)),
		    base_path);
	(void)snprintf(whole, sizeof(whole), "%.*s%s%s", (int)authority,
	    base->text, path, reference + len);
	return url_parse(whole, url, why);
}

bool
url_same_authority(const struct url *a, const struct url *b)
{
	return a->port == b->port && strcmp(a->host, b->host) == 0;
}

/* Up to the last slash of its path, or the whole authority. */
static size_t
base_length(const struct url *url)
{
	size_t len = SCHEME_LEN + strcspn(url->text + SCHEME_LEN, "/?");

	for (size_t i = len; i < strcspn(url->text, "?"); i++)
		if (url->text[i] == '/')
			len = i;
	return len;
}

bool
url_same_base(const struct url *a, const struct url *b)
{
	size_t len = base_length(a);

	return base_length(b) == len && memcmp(a->text, b->text, len) == 0;
}
