/*
 * Socket addresses.  Role: fetcher.  Input: what libcurl and c-ares made of
 * answers; copied out, since it may not be aligned.
 */
#include "fetch/sockaddr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

bool
sockaddr_read(
    const struct sockaddr *sa, size_t len, struct addr *addr, uint16_t *port)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	in_port_t at;

	if (sa->sa_family == AF_INET && len >= sizeof(v4)) {
		memcpy(&v4, sa, sizeof(v4));
		*addr = addr_v4((const uint8_t *)&v4.sin_addr);
		at = v4.sin_port;
	} else if (sa->sa_family == AF_INET6 && len >= sizeof(v6)) {
		memcpy(&v6, sa, sizeof(v6));
		*addr = addr_v6(v6.sin6_addr.s6_addr);
		at = v6.sin6_port;
	} else {
		return false;
	}
	if (port != NULL)
		*port = ntohs(at);
	return true;
}
