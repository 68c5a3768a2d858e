/*
 * Netlink attributes.  Role: enforcer.  Input: the kernel's, whose sizes and
 * texts others may have chosen.
 */
#include "enforce/attrs.h"

#include <arpa/inet.h>
#include <endian.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>

static int
note(const struct nlattr *attr, void *arg)
{
	struct attrs *attrs = arg;
	uint16_t type = mnl_attr_get_type(attr);

	if (type < ATTRS)
		attrs->at[type] = attr;
	if (type > attrs->highest)
		attrs->highest = type;
	return MNL_CB_OK;
}

bool
attrs_of_message(const struct nlmsghdr *message, struct attrs *attrs)
{
	*attrs = (struct attrs){ .highest = 0 };
	return mnl_nlmsg_get_payload_len(message) >= sizeof(struct nfgenmsg) &&
	       mnl_attr_parse(message, sizeof(struct nfgenmsg), note, attrs) >=
	           0;
}

bool
attrs_of(const struct nlattr *nested, struct attrs *attrs)
{
	*attrs = (struct attrs){ .highest = 0 };
	return nested != NULL &&
	       mnl_attr_parse_nested(nested, note, attrs) >= 0;
}

bool
attrs_u32(const struct nlattr *attr, uint32_t *number)
{
	uint32_t wire;

	if (attr == NULL || mnl_attr_get_payload_len(attr) != sizeof(wire))
		return false;
	memcpy(&wire, mnl_attr_get_payload(attr), sizeof(wire));
	*number = ntohl(wire);
	return true;
}

bool
attrs_u64(const struct nlattr *attr, uint64_t *number)
{
	uint64_t wire;

	if (attr == NULL || mnl_attr_get_payload_len(attr) != sizeof(wire))
		return false;
	memcpy(&wire, mnl_attr_get_payload(attr), sizeof(wire));
	*number = be64toh(wire);
	return true;
}

bool
attrs_text(const struct nlattr *attr, char *out, size_t size)
{
	size_t len = attr == NULL ? 0 : mnl_attr_get_payload_len(attr);
	const char *text = len == 0 ? NULL : mnl_attr_get_payload(attr);

	if (text == NULL || len > size || memchr(text, '\0', len) == NULL)
		return false;
	memcpy(out, text, strlen(text) + 1);
	return true;
}

bool
attrs_is_text(const struct nlattr *attr, const char *text)
{
	size_t len = strlen(text) + 1;

	return attr != NULL && mnl_attr_get_payload_len(attr) == len &&
	       memcmp(mnl_attr_get_payload(attr), text, len) == 0;
}
