/*
 * The socket of the drop log, in a network namespace of its own: what is
 * logged arrives, and whoever holds it without capability can change nothing.
 *
 * Needs root, network namespaces, ip(8) and nft(8); fails where they are
 * missing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <poll.h>
#include <sched.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/sandbox.h"
#include "enforce/parent/droplog.h"
#include "libmud/fault.h"

extern char **environ;

#define LOGGED_PORT 4000 /* to group 100 */
#define OTHER_PORT  4001 /* to group 101 */
#define OTHER_GROUP 101
#define LONG        1000

#define RULES                                                                  \
	"table inet t { chain c { type filter hook output priority 0; "        \
	"udp dport 4000 log prefix \"mud:from \" group 100; "                  \
	"udp dport 4001 log prefix \"mud:from \" group 101; }; }"

static bool
run(const char *const argv[])
{
	pid_t pid;
	int status;

	/* posix_spawn only reads; its prototype has no const. */
	return posix_spawnp(&pid, argv[0], NULL, NULL,
		   (char *const *)(uintptr_t)argv, environ) == 0 &&
	       waitpid(pid, &status, 0) == pid && status == 0;
}

static void
packet_send(uint16_t port)
{
	static const uint8_t body[LONG];
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(
	    sendto(fd, body, sizeof(body), 0,
		(const struct sockaddr *)(const void *)&to, sizeof(to)),
	    sizeof(body));
	(void)close(fd);
}

static int
on_attr(const struct nlattr *attr, void *arg)
{
	int *len = arg;

	if (mnl_attr_get_type(attr) == NFULA_PAYLOAD)
		*len = mnl_attr_get_payload_len(attr);
	return MNL_CB_OK;
}

/* The length of the payload in the next message; -1: none in half a second. */
static int
payload_next(int fd)
{
	_Alignas(struct nlmsghdr) char buffer[8192];
	struct pollfd readable = { .fd = fd, .events = POLLIN };
	const struct nlmsghdr *message = (const void *)buffer;
	int payload = 0;
	ssize_t len;

	if (poll(&readable, 1, 500) <= 0)
		return -1;
	len = recv(fd, buffer, sizeof(buffer), 0);
	assert_true(len > 0 && mnl_nlmsg_ok(message, (int)len));
	(void)mnl_attr_parse(
	    message, sizeof(struct nfgenmsg), on_attr, &payload);
	return payload;
}

static void
what_is_logged_arrives(void **state)
{
	int fd = droplog_open();

	(void)state;
	assert_true(fd >= 0);
	assert_true((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
	assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	assert_int_equal(payload_next(fd), -1);
	packet_send(LOGGED_PORT);
	assert_int_equal(payload_next(fd), DROPLOG_BYTES);
	packet_send(OTHER_PORT);
	assert_int_equal(payload_next(fd), -1);
	(void)close(fd);
}

static void
there_is_one_at_a_time(void **state)
{
	int fd = droplog_open(), again;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(droplog_open(), -EPERM);
	(void)close(fd);
	again = droplog_open();
	assert_true(again >= 0);
	packet_send(LOGGED_PORT);
	assert_int_equal(payload_next(again), DROPLOG_BYTES);
	(void)close(again);
}

/* The kernel's answer to a configuration sent by this socket. */
static int
configure(int fd, uint16_t group, uint8_t command)
{
	const struct nfulnl_msg_config_mode mode = {
		.copy_range = htonl(0xffff),
		.copy_mode = NFULNL_COPY_PACKET,
	};
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	_Alignas(struct nlmsghdr) char buffer[8192] = { 0 };
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *general;

	message->nlmsg_type = NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_CONFIG;
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	general = mnl_nlmsg_put_extra_header(message, sizeof(*general));
	general->res_id = htons(group);
	if (command != NFULNL_CFG_CMD_NONE)
		mnl_attr_put_u8(message, NFULA_CFG_CMD, command);
	else
		mnl_attr_put(message, NFULA_CFG_MODE, sizeof(mode), &mode);
	if (sendto(fd, message, message->nlmsg_len, 0,
		(const struct sockaddr *)(const void *)&kernel,
		sizeof(kernel)) < 0)
		return -errno;
	if (recv(fd, buffer, sizeof(buffer), 0) < 0)
		return -errno;
	return message->nlmsg_type == NLMSG_ERROR
	           ? ((struct nlmsgerr *)mnl_nlmsg_get_payload(message))->error
	           : 0;
}

/* As the watcher has it, but for its sandbox, which lets nobody send here. */
static int
holder(int fd)
{
	struct fault why;

	if (!sandbox_drop_capabilities(&why))
		return 1;
	if (configure(fd, DROPLOG_GROUP, NFULNL_CFG_CMD_UNBIND) != -EPERM)
		return 2;
	if (configure(fd, DROPLOG_GROUP, NFULNL_CFG_CMD_NONE) != -EPERM)
		return 3;
	if (configure(fd, OTHER_GROUP, NFULNL_CFG_CMD_BIND) != -EPERM)
		return 4;
	return droplog_open() == -EPERM ? 0 : 5;
}

static void
its_holder_changes_nothing(void **state)
{
	int fd = droplog_open(), status;
	pid_t pid;

	(void)state;
	assert_true(fd >= 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(holder(fd));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	packet_send(OTHER_PORT);
	assert_int_equal(payload_next(fd), -1);
	packet_send(LOGGED_PORT);
	assert_int_equal(payload_next(fd), DROPLOG_BYTES);
	/* It could have been otherwise: here there is the capability. */
	assert_int_equal(configure(fd, OTHER_GROUP, NFULNL_CFG_CMD_BIND), 0);
	(void)close(fd);
}

static bool
namespace_make(void)
{
	static const char *const up[] = { "ip", "link", "set", "lo", "up",
		NULL };
	static const char *const rules[] = { "nft", RULES, NULL };

	return unshare(CLONE_NEWNET) == 0 && run(up) && run(rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_logged_arrives),
		cmocka_unit_test(there_is_one_at_a_time),
		cmocka_unit_test(its_holder_changes_nothing),
	};

	/* The namespace ends with this process. */
	if (!namespace_make()) {
		(void)fprintf(stderr, "test_droplog needs root, network "
				      "namespaces, ip(8) and nft(8)\n");
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
