/*
 * DHCPv6 messages.  Input: an Ethernet frame; what is none is taken for a bare
 * message, so that both parsers are reached.
 *
 * Besides crashes it looks for a MUD URL that the one judge of URLs would not
 * let pass, a host name with other bytes than it may have, an address that no
 * host may have, fields that contradict each other, and a refusal without a
 * reason.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/fault.h"
#include "libmud/url.h"
#include "watch/dhcp6.h"
#include "watch/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static void
check_url(const struct dhcp6 *message)
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
	require(!message->is_answer);
}

static void
check_message(const struct dhcp6 *message)
{
	static const char letters[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
	const bool is_answer =
	    message->type == DHCP6_ADVERTISE || message->type == DHCP6_REPLY;

	check_url(message);
	require(
	    memchr(message->hostname, '\0', sizeof(message->hostname)) != NULL);
	require(
	    strspn(message->hostname, letters) == strlen(message->hostname));
	require(message->type >= DHCP6_SOLICIT &&
		message->type <= DHCP6_INFORMATION_REQUEST &&
		message->type != DHCP6_RECONFIGURE);
	require(message->is_answer == is_answer);
	require(message->xid <= 0xffffff);
	require(message->n_relays <= DHCP6_RELAYS);
	require((message->peer.family == 6) == (message->n_relays > 0));
	require(!message->has_mac || message->n_relays > 0);
	require(message->n_addresses <= LIMIT_ADDRESSES6);
	for (size_t i = 0; i < message->n_addresses; i++)
		require(addr_is_host(&message->addresses[i].addr) &&
			message->addresses[i].addr.family == 6);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes raw = { data, size };
	struct fault why = { 0 };
	struct frame frame;
	struct dhcp6 message;

	if (frame_parse(raw, &frame, &why))
		raw = frame.payload;
	why = (struct fault){ 0 };
	if (dhcp6_parse(raw, &message, &why))
		check_message(&message);
	else
		require(why.code != FAULT_NONE && fault_is_sound(&why));
	return 0;
}
