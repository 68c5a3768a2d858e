/*
 * Records over SOCK_SEQPACKET: who may send which to whom, and one record in
 * or out.
 *
 * The kernel keeps the record boundaries, so nobody writes a framing parser.
 * One table (msg.c) gives each record's sender, receiver, exact size and
 * number of file descriptors; whatever is not in it is a broken peer.
 */
#ifndef CORE_MSG_H
#define CORE_MSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/records.h"

#define MSG_MAGIC    0x6d756464u /* "mudd" */
#define MSG_VERSION  1
#define MSG_MAX_FDS  3
#define MSG_MAX_BODY 2048

/* Worker programs find their channel to the engine here. */
#define MSG_CHANNEL_FD 3
/* The watcher's besides: an rtnetlink socket that does not block, without
 * subscriptions, whose buffer is as large as R-4 wants it. */
#define MSG_EVENTS_FD 4

struct msg_header {
	uint32_t magic;
	uint16_t version;
	uint16_t type;
	uint32_t length; /* of the body */
	uint32_t seq;    /* rises by one, a channel and direction */
};

/* A record that came in. The receiver owns the fds and closes them. */
struct msg {
	enum record_type type;
	size_t n_fds;
	int fds[MSG_MAX_FDS];
	_Alignas(8) uint8_t body[MSG_MAX_BODY];
};

/* Exact size of a record's body and its number of fds, by the table. */
size_t msg_size(enum record_type type);
size_t msg_fds(enum record_type type);
const char *msg_name(enum record_type type);

/* May `from` send this record to `to`? */
bool msg_is_allowed(enum record_type type, enum program from, enum program to);

/*
 * Sends one record at once. 0; -EAGAIN if the peer's queue is full; another
 * -errno if it is gone. The fds stay the caller's. seq is what the receiver
 * expects next.
 */
int msg_send(int channel, uint32_t seq, enum record_type type, const void *body,
    const int *fds, size_t n_fds);

/*
 * Receives one record (blocking if the socket is). 1: *msg is filled;
 * 0: the peer closed; -EAGAIN: nothing there; -EPROTO: the peer broke the
 * rules (wrong size, type, direction, sequence, fds) and must be dropped;
 * another -errno. On anything but 1 no fd is left open.
 */
int msg_receive(int channel, uint32_t seq, enum program from, enum program to,
    struct msg *msg);

/* True if the text ends inside its array. */
bool msg_text_ends(const char *text, size_t size);

/* The body as its struct; the type's size was checked on receipt. */
#define MSG_BODY(msg, type) ((const struct type *)(const void *)(msg)->body)

/* Takes the i-th fd out of the record; the caller owns it now. */
int msg_take_fd(struct msg *msg, size_t i);
/* Closes what was not taken. */
void msg_close_fds(struct msg *msg);

/* For workers that just loop on recv: a blocking channel. */
struct wire {
	int fd;
	enum program self, peer;
	uint32_t sent, received;
};
/* Ends the process with a log line if the peer is gone or broken. */
void wire_send(struct wire *wire, enum record_type type, const void *body);
/* false: the peer closed, which ends a worker in good order. */
bool wire_receive(struct wire *wire, struct msg *msg);

#endif
