/*
 * Frames, and the DHCPv4 messages in them.  Input: an Ethernet frame; what is
 * none is taken for a bare message, so that both parsers are reached.
 *
 * Besides crashes it looks for a payload that is not inside its frame, a MUD
 * URL that the one judge of URLs would not let pass, a host name with other
 * bytes than it may have, and fields that contradict each other.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/fault.h"
#include "libmud/url.h"
#include "watch/dhcp4.h"
#include "watch/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static void
check_frame(struct bytes raw, const struct frame *frame)
{
	require(frame->payload.data >= raw.data);
	require(frame->payload.data + frame->payload.len <= raw.data + raw.len);
	require(frame->n_tags <= FRAME_TAGS);
	require(frame->from.family == 4 || frame->from.family == 6);
	require(frame->to.family == frame->from.family);
}

static void
check_url(const struct dhcp4 *message)
{
	struct fault why = { 0 };
	struct url url;

	require(fault_is_sound(&message->url_why));
	if (message->url[0] == '\0') {
		require(!message->is_flagged ||
			message->url_why.code == FAULT_URL_CONFLICT);
		return;
	}
	require(memchr(message->url, '\0', sizeof(message->url)) != NULL);
	require(url_parse(message->url, &url, &why));
	require(strcmp(url.text, message->url) == 0);
	require(message->url_why.code == FAULT_NONE && !message->is_flagged);
	require(message->op == DHCP4_BOOTREQUEST);
}

static void
check_message(const struct dhcp4 *message)
{
	static const char letters[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
	const bool is_server = message->type == DHCP4_OFFER ||
	                       message->type == DHCP4_ACK ||
	                       message->type == DHCP4_NAK;

	check_url(message);
	require(
	    memchr(message->hostname, '\0', sizeof(message->hostname)) != NULL);
	require(
	    strspn(message->hostname, letters) == strlen(message->hostname));
	require(
	    message->type >= DHCP4_DISCOVER && message->type <= DHCP4_INFORM);
	require(is_server == (message->op == DHCP4_BOOTREPLY));
	require(message->has_lease || message->lease_sec == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes raw = { data, size };
	struct fault why = { 0 };
	struct frame frame;
	struct dhcp4 message;

	if (frame_parse(raw, &frame, &why)) {
		check_frame(raw, &frame);
		raw = frame.payload;
	} else {
		require(why.code != FAULT_NONE && fault_is_sound(&why));
	}
	why = (struct fault){ 0 };
	if (dhcp4_parse(raw, &message, &why))
		check_message(&message);
	else
		require(why.code != FAULT_NONE && fault_is_sound(&why));
	return 0;
}
