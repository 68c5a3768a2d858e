/*
 * Socket addresses as ours.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/un.h>

#include <cmocka.h>

#include "fetch/sockaddr.h"

static void
reads_both_families(void **state)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	char text[ADDR_TEXT];
	struct addr addr;
	uint16_t port;

	(void)state;
	v4.sin_port = htons(443);
	v4.sin_addr.s_addr = inet_addr("192.0.2.1");
	assert_true(
	    sockaddr_read((struct sockaddr *)&v4, sizeof(v4), &addr, &port));
	assert_string_equal(addr_text(&addr, text), "192.0.2.1");
	assert_int_equal(port, 443);
	v6.sin6_port = htons(8443);
	assert_int_equal(inet_pton(AF_INET6, "2001:db8::1", &v6.sin6_addr), 1);
	assert_true(
	    sockaddr_read((struct sockaddr *)&v6, sizeof(v6), &addr, &port));
	assert_string_equal(addr_text(&addr, text), "2001:db8::1");
	assert_int_equal(port, 8443);
	assert_true(
	    sockaddr_read((struct sockaddr *)&v6, sizeof(v6), &addr, NULL));
}

static void
refuses_others(void **state)
{
	const struct addr untouched = { .family = 9 };
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	struct sockaddr_un local = { .sun_family = AF_UNIX };
	struct addr addr = untouched;
	uint16_t port = 9;

	(void)state;
	assert_false(sockaddr_read(
	    (struct sockaddr *)&v4, sizeof(v4) - 1, &addr, &port));
	assert_false(sockaddr_read(
	    (struct sockaddr *)&v6, sizeof(v6) - 1, &addr, &port));
	assert_false(sockaddr_read(
	    (struct sockaddr *)&local, sizeof(local), &addr, &port));
	assert_true(addr_equal(&addr, &untouched));
	assert_int_equal(port, 9);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_both_families),
		cmocka_unit_test(refuses_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
