/*
 * DHCP servers that are none (T6, S-48).  Role: watcher.  Input: hostile
 * frames.
 *
 * Nothing that such a server says is read: that it says something is told.
 */
#include "watch/frame.h"
#include "watch/observer.h"

bool
observe_rogue(struct observer *observer, const struct observation *seen,
    const struct frame *frame, struct record_sighting *sighting,
    struct fault *why)
{
	char addr[ADDR_TEXT];

	(void)sighting;
	if (observer_is_server(observer, &frame->source) ||
	    observer_is_relay(observer, &frame->source) ||
	    !observer_judge(
		observer, observer->budget, seen, &frame->source, why))
		return false;
	(void)fault_set(why, FAULT_SPOOF, "S-48",
	    "a DHCP server, %s, that is neither the gateway nor one of "
	    "dhcp-servers",
	    addr_text(&frame->from, addr));
	return observer_refuse(observer, seen, &frame->source,
	    frame->from.family == 4 ? CARRIER_DHCP4 : CARRIER_DHCP6, why);
}
