/*
 * Events.  Role: engine.
 */
#include "engine/events.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/log.h"
#include "engine/mudurl.h"
#include "engine/things.h"

static const char *const names[EVENT_KINDS] = {
	[EVENT_DEVICE_SEEN] = "device-seen",
	[EVENT_DEVICE_GONE] = "device-gone",
	[EVENT_URL_ANNOUNCED] = "url-announced",
	[EVENT_STATE_CHANGED] = "state-changed",
	[EVENT_ADDRESS_LEARNED] = "address-learned",
	[EVENT_ADDRESS_LOST] = "address-lost",
	[EVENT_SPOOF] = "spoof",
	[EVENT_CONFLICT] = "conflict",
	[EVENT_MOVED] = "moved",
};

void
events_tell(
    enum event_kind kind, const struct thing *thing, const char *detail, ...)
{
	char text[512], device[MAC_TEXT + 8] = "", mac[MAC_TEXT];
	va_list args;

	va_start(args, detail);
	(void)vsnprintf(text, sizeof(text), detail, args);
	va_end(args);
	if (thing != NULL)
		(void)snprintf(device, sizeof(device), " device=%s",
		    mac_text(&thing->mac, mac));
	log_info("event=%s%s detail=%s", names[kind], device, log_quote(text));
}
