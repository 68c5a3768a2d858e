/*
 * The judge's words.  Role: mudctl, and the reader for its faults.  Input:
 * names and values out of a MUD file, hostile; quoted, cut, and no more.
 */
#include "libmud/form/schemawords.h"

#include <stdio.h>
#include <string.h>

#include "libmud/form/schemabetter.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

const char *
schema_member(const struct schema_node *node, char buf[SCHEMA_TEXT])
{
	if (node->module != NULL)
		schema_say(buf, "%s:%s", node->module, node->name);
	else
		schema_say(buf, "%s", node->name);
	return buf;
}

const char *
schema_seen(const json_t *value, char buf[SCHEMA_TEXT])
{
	char text[SCHEMA_QUOTE];

	if (json_is_array(value)) {
		schema_say(buf, "%s",
		    json_array_size(value) == 0 ? "an empty array"
						: "an array");
		return buf;
	}
	if (json_is_object(value)) {
		schema_say(buf, "%s",
		    json_object_size(value) == 0 ? "an empty object"
						 : "an object");
		return buf;
	}
	schema_quote(value, text, sizeof(text));
	if (json_is_string(value))
		schema_say(buf, "the text %s", text);
	else if (json_is_number(value))
		schema_say(buf, "the number %s", text);
	else
		schema_say(buf, "%s", text);
	return buf;
}

/* "one of accept, drop, reject" */
static void
list_names(const char *before, const char *const *names, char *buf)
{
	size_t len = (size_t)snprintf(buf, SCHEMA_TEXT, "%s", before);

	for (; *names != NULL && len < SCHEMA_TEXT; names++)
		len += (size_t)snprintf(buf + len, SCHEMA_TEXT - len, " %s%s",
		    *names, names[1] == NULL ? "" : ",");
}

static const char *
wanted_shape(const struct schema_node *node)
{
	switch (node->kind) {
	case SCHEMA_CONTAINER:
		return "an object";
	case SCHEMA_LIST:
		return "an array of objects";
	case SCHEMA_LEAF_LIST:
		return "an array of texts";
	case SCHEMA_CLOSED:
		return "nothing";
	case SCHEMA_LEAF:
		break;
	}
	return NULL;
}

static const char *
wanted_text(enum yang_kind kind)
{
	switch (kind) {
	case YANG_EMPTY:
		return "[null]";
	case YANG_BOOLEAN:
		return "true or false";
	case YANG_ETHERTYPE:
		return "a number from 0 to 65535, or a name such as \"eap\"";
	case YANG_HOST:
		return "a host name or an IP address";
	case YANG_PREFIX4:
		return "an IPv4 address, a slash and a length";
	case YANG_PREFIX6:
		return "an IPv6 address, a slash and a length";
	case YANG_MAC:
		return "a MAC address with colons";
	case YANG_DATE:
		return "a date and time with a zone (RFC 3339)";
	case YANG_UINT:
	case YANG_STRING:
	case YANG_BITS:
	case YANG_ENUM:
	case YANG_IDENTITY:
	case YANG_BINARY:
	case YANG_ACL_NAME:
		break;
	}
	return "text";
}

const char *
schema_wanted(const struct schema_node *node, char buf[SCHEMA_TEXT])
{
	const char *shape = wanted_shape(node);
	const struct yang_type *type = node->type;

	if (shape != NULL)
		schema_say(buf, "%s", shape);
	else if (type->kind == YANG_UINT)
		schema_say(
		    buf, "a whole number from %u to %u", type->low, type->high);
	else if (type->kind == YANG_BITS)
		list_names("text with some of", type->names, buf);
	else if (type->kind == YANG_ENUM || type->kind == YANG_IDENTITY)
		list_names("one of", type->names, buf);
	else if (type->kind == YANG_BINARY)
		schema_say(buf, "%s",
		    type->low == 0 ? "base64 text"
				   : "base64 text of 1 to 40 bytes");
	else if ((type->kind == YANG_STRING || type->kind == YANG_ACL_NAME) &&
		 type->high != UINT32_MAX)
		schema_say(
		    buf, "text of %u to %u characters", type->low, type->high);
	else
		schema_say(buf, "%s", wanted_text(type->kind));
	return buf;
}

void
schema_fix_value(
    const struct schema_node *node, json_t *value, char fix[SCHEMA_TEXT])
{
	char member[SCHEMA_TEXT], better[SCHEMA_TEXT], wanted[SCHEMA_TEXT];
	const char *more = "";
	bool is_known;

	schema_member(node, member);
	/* The one operator that is said with other leaves (A-PORT-2). */
	if (json_is_string(value) && strcmp(node->name, "operator") == 0 &&
	    strcmp(json_string_value(value), "range") == 0) {
		schema_say(fix,
		    "Leave \"operator\" and \"port\" out, and write "
		    "\"lower-port\" and \"upper-port\".");
		return;
	}
	is_known = node->kind == SCHEMA_LEAF
	               ? schema_better_leaf(node, value, better, &more)
	               : schema_better_shape(node, value, better);
	if (is_known)
		schema_say(
		    fix, "Write \"%s\": %.120s%s.", member, better, more);
	else
		schema_say(fix, "Write %.110s, such as \"%s\": %s.%s",
		    schema_wanted(node, wanted), member, node->example,
		    strcmp(node->name, "cache-validity") == 0
			? " They are hours; 24 or more are recommended."
			: "");
}

const char *
schema_extension(const char *simple_name)
{
	static const char *const known[][2] = {
		{ "transparency", "ietf-mud-transparency" },
		{ "ol", "ietf-ol" },
		{ "client-profiles", "ietf-acl-tls" },
		{ "is-tls-dtls-profile-supported", "ietf-mud-tls" },
		{ "is-detnet-required", "ietf-mud-detext-example" },
	};

	for (size_t i = 0; i < COUNT(known); i++)
		if (strcmp(known[i][0], simple_name) == 0)
			return known[i][1];
	return NULL;
}

/* The child of `node` with this name, or with the one that is nearest. */
static const struct schema_node *
find_near(const struct schema_node *node, const char *name)
{
	const struct schema_node *found = NULL;
	size_t least = SIZE_MAX, i;
	char folded[64];

	for (i = 0; name[i] != '\0' && i + 1 < sizeof(folded); i++)
		folded[i] = name[i] == '_' || name[i] == ' ' ? '-' : name[i];
	folded[i] = '\0';
	for (i = 0; i < node->n; i++) {
		const size_t far =
		    schema_distance(folded, node->children[i].name);

		if (far < least) {
			least = far;
			found = &node->children[i];
		}
	}
	return found;
}

void
schema_fix_unknown(const struct schema_node *node,
    const struct schema_node *above, const char *member, char fix[SCHEMA_TEXT])
{
	const char *colon = strrchr(member, ':');
	const char *simple = colon == NULL ? member : colon + 1;
	const struct schema_node *near = find_near(node, simple), *in = NULL;
	char right[SCHEMA_TEXT], quoted[SCHEMA_QUOTE];

	(void)snprintf(quoted, sizeof(quoted), "%s", member);
	/* Which of the two sides is the peer's hangs on the direction. */
	if (near != NULL && strstr(near->name, "-dnsname") != NULL) {
		schema_say(fix,
		    "Write \"ietf-acldns:dst-dnsname\" in an ACL of "
		    "from-device-policy, \"ietf-acldns:src-dnsname\" in one "
		    "of to-device-policy: it names the peer.");
		return;
	}
	if (near != NULL) {
		schema_say(fix,
		    "Did you mean \"%s\"? Write that, or leave \"%s\" out.",
		    schema_member(near, right), quoted);
		return;
	}
	if (above != NULL && schema_child(above, simple) != NULL) {
		schema_say(fix,
		    "Move \"%s\" out of \"%s\", to stand beside it.", quoted,
		    node->name);
		return;
	}
	for (size_t i = 0; i < node->n; i++)
		if (schema_child(&node->children[i], simple) != NULL) {
			in = &node->children[i];
			near = schema_child(in, simple);
			break;
		}
	if (in != NULL && strstr(near->name, "-network") != NULL)
		schema_say(fix,
		    "Write the peer's address as a text inside \"%s\": as "
		    "\"destination-%s-network\" in an ACL of "
		    "from-device-policy, as \"source-%s-network\" in one of "
		    "to-device-policy.",
		    in->name, in->name, in->name);
	else if (in != NULL)
		schema_say(fix, "Move it into \"%s\", as \"%s\".", in->name,
		    schema_member(near, right));
	else
		schema_say(fix,
		    "Leave \"%s\" out. A MUD file has only what RFC 8520 and "
		    "its extensions name.",
		    quoted);
}
