/*
 * Netlink to nf_tables.  Role: enforcer.  Input: the kernel's answers, which
 * are trusted but may be lost.
 */
#include "enforce/kernel.h"

#include <stdio.h> /* FILE, for libnftnl */

#include <errno.h>
#include <libnftnl/common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "enforce/batch.h"
#include "enforce/rules/object.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

/* A RESET of LIMIT_THINGS_MAX Things takes some 15 MB. */
#define SEND_BUFFER    (64 * 1024 * 1024)
#define RECEIVE_BUFFER (1024 * 1024) /* */
#define ANSWER         (32 * 1024)
#define ANSWER_MSEC    10000
#define READ_TRIES     8

struct kernel {
	struct mnl_socket *socket;
	uint32_t seq;
	bool without_log;
	_Alignas(struct nlmsghdr) char answer[ANSWER];
};

static bool
refuse(struct fault *why, const char *doing)
{
	return fault_set(
	    why, FAULT_KERNEL, "nf_tables", "%s: %s", doing, strerror(errno));
}

static void
set_buffer(int fd, int forced, int plain, int bytes)
{
	if (setsockopt(fd, SOL_SOCKET, forced, &bytes, sizeof(bytes)) != 0)
		(void)setsockopt(fd, SOL_SOCKET, plain, &bytes, sizeof(bytes));
}

struct kernel *
kernel_new(struct fault *why)
{
	struct kernel *kernel = xcalloc(1, sizeof(*kernel));
	int on = 1;

	kernel->seq = 1;
	kernel->socket = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	if (kernel->socket == NULL ||
	    mnl_socket_bind(kernel->socket, 0, MNL_SOCKET_AUTOPID) != 0) {
		(void)refuse(why, "netlink socket");
		kernel_free(kernel);
		return NULL;
	}
	set_buffer(mnl_socket_get_fd(kernel->socket), SO_SNDBUFFORCE, SO_SNDBUF,
	    SEND_BUFFER);
	set_buffer(mnl_socket_get_fd(kernel->socket), SO_RCVBUFFORCE, SO_RCVBUF,
	    RECEIVE_BUFFER);
	/* An error need not quote the whole message back. */
	(void)mnl_socket_setsockopt(
	    kernel->socket, NETLINK_CAP_ACK, &on, sizeof(on));
	return kernel;
}

void
kernel_free(struct kernel *kernel)
{
	if (kernel == NULL)
		return;
	if (kernel->socket != NULL)
		(void)mnl_socket_close(kernel->socket);
	free(kernel);
}

uint32_t
kernel_port(const struct kernel *kernel)
{
	return mnl_socket_get_portid(kernel->socket);
}

/* What an earlier question left unread must not answer the next one. */
static void
drain(struct kernel *kernel)
{
	ssize_t n;

	do
		n = recv(mnl_socket_get_fd(kernel->socket), kernel->answer,
		    sizeof(kernel->answer), MSG_DONTWAIT);
	while (n > 0 || (n < 0 && (errno == EINTR || errno == ENOBUFS)));
}

/* Bytes received; -1 with errno, ETIMEDOUT if nothing came. */
static ssize_t
receive(struct kernel *kernel, int msec)
{
	struct pollfd poll_fd = { .fd = mnl_socket_get_fd(kernel->socket),
		.events = POLLIN };
	int ready;
	ssize_t n;

	do
		ready = poll(&poll_fd, 1, msec);
	while (ready < 0 && errno == EINTR);
	if (ready == 0)
		errno = ETIMEDOUT;
	if (ready <= 0)
		return -1;
	do
		n = mnl_socket_recvfrom(
		    kernel->socket, kernel->answer, sizeof(kernel->answer));
	while (n < 0 && errno == EINTR);
	return n;
}

static int
send_all(struct kernel *kernel, const void *data, size_t len)
{
	ssize_t n;

	do
		n = mnl_socket_sendto(kernel->socket, data, len);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

void
kernel_begin(struct kernel *kernel, struct batch *batch)
{
	batch_init(batch, kernel->seq);
	batch->without_log = kernel->without_log;
}

void
kernel_without_log(struct kernel *kernel)
{
	kernel->without_log = true;
}

static void
name_object(
    const struct batch *batch, uint32_t seq, int error, struct fault *why)
{
	const struct about *about = batch_about(batch, seq);

	if (about == NULL)
		(void)fault_set(why, FAULT_KERNEL, "nf_tables",
		    "the transaction: %s", strerror(error));
	else if (about->number == 0)
		(void)fault_set(why, FAULT_KERNEL, "nf_tables", "%s: %s",
		    about->what, strerror(error));
	else
		(void)fault_set(why, FAULT_KERNEL, "nf_tables", "%s %u: %s",
		    about->what, about->number, strerror(error));
}

/*
 * One datagram of answers.  The first error is the one worth telling.  A
 * commit that fails answers with the number of BEGIN, before the answer that
 * was asked for.
 */
static void
read_answers(const struct batch *batch, const void *data, int left,
    bool *failed, bool *answered, struct fault *why)
{
	const struct nlmsghdr *at = data;

	for (; mnl_nlmsg_ok(at, left); at = mnl_nlmsg_next(at, &left)) {
		const struct nlmsgerr *error = mnl_nlmsg_get_payload(at);

		if (at->nlmsg_type != NLMSG_ERROR ||
		    mnl_nlmsg_get_payload_len(at) < sizeof(*error))
			continue;
		if (error->error != 0 && !*failed) {
			*failed = true;
			name_object(batch, at->nlmsg_seq, -error->error, why);
		}
		if (at->nlmsg_seq == batch_last_seq(batch))
			*answered = true;
	}
}

/*
 * The kernel works while we send, so all answers are there at once.  A good
 * batch has one answer; more than fit the buffer (ENOBUFS) are errors.
 */
static enum kernel_answer
await_answer(
    struct kernel *kernel, const struct batch *batch, struct fault *why)
{
	bool failed = false, answered = false;

	while (!answered) {
		ssize_t n = receive(kernel, failed ? 0 : ANSWER_MSEC);

		if (n < 0 && failed)
			break;
		if (n < 0 && errno == ENOBUFS) {
			failed = true;
			(void)refuse(why, "the transaction");
			continue;
		}
		if (n < 0) {
			(void)refuse(why, "no answer");
			return KERNEL_SILENT;
		}
		read_answers(
		    batch, kernel->answer, (int)n, &failed, &answered, why);
	}
	return failed ? KERNEL_REFUSED : KERNEL_DONE;
}

enum kernel_answer
kernel_commit(struct kernel *kernel, struct batch *batch, struct fault *why)
{
	int error;

	if (batch->n == 0)
		return KERNEL_DONE;
	batch_end(batch);
	kernel->seq = batch_last_seq(batch) + 2;
	drain(kernel);
	error = send_all(kernel, batch->data, batch->len);
	if (error != 0) {
		errno = -error;
		(void)refuse(why, "sending a transaction");
		return KERNEL_REFUSED;
	}
	return await_answer(kernel, batch, why);
}

bool
kernel_try(struct kernel *kernel, void (*write)(struct batch *batch),
    struct fault *why)
{
	struct batch batch;
	enum kernel_answer answer;

	kernel_begin(kernel, &batch);
	write(&batch);
	answer = kernel_commit(kernel, &batch, why);
	batch_done(&batch);
	return answer == KERNEL_DONE;
}

/* 0; -EINTR: it was disturbed; or another -errno. */
static int
dump_once(
    struct kernel *kernel, struct nlmsghdr *message, mnl_cb_t each, void *arg)
{
	uint32_t seq = kernel->seq++;
	int more = MNL_CB_OK, error;

	message->nlmsg_seq = seq;
	drain(kernel);
	error = send_all(kernel, message, message->nlmsg_len);
	if (error != 0)
		return error;
	while (more > MNL_CB_STOP) {
		ssize_t n = receive(kernel, ANSWER_MSEC);

		if (n < 0)
			return errno == ENOBUFS ? -EINTR : -errno;
		more = mnl_cb_run(kernel->answer, (size_t)n, seq,
		    mnl_socket_get_portid(kernel->socket), each, arg);
	}
	return more < 0 ? -errno : 0;
}

int
kernel_dump(struct kernel *kernel, struct nlmsghdr *message, mnl_cb_t each,
    void (*again)(void *arg), void *arg)
{
	int error = -EINTR;

	for (int i = 0; i < READ_TRIES && error == -EINTR; i++) {
		if (i > 0)
			again(arg);
		error = dump_once(kernel, message, each, arg);
	}
	return error;
}

int
kernel_read(struct kernel *kernel, uint16_t family, const char *set,
    mnl_cb_t each, void (*again)(void *arg), void *arg)
{
	char question[256];
	struct nlmsghdr *message = nftnl_nlmsg_build_hdr(
	    question, NFT_MSG_GETSETELEM, family, NLM_F_DUMP, 0);

	mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_TABLE, OBJECT_TABLE);
	mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_SET, set);
	return kernel_dump(kernel, message, each, again, arg);
}

int
kernel_read_rules(struct kernel *kernel, uint16_t family, const char *chain,
    mnl_cb_t each, void (*again)(void *arg), void *arg)
{
	char question[256];
	struct nlmsghdr *message = nftnl_nlmsg_build_hdr(
	    question, NFT_MSG_GETRULE, family, NLM_F_DUMP, 0);

	mnl_attr_put_strz(message, NFTA_RULE_TABLE, OBJECT_TABLE);
	mnl_attr_put_strz(message, NFTA_RULE_CHAIN, chain);
	return kernel_dump(kernel, message, each, again, arg);
}
