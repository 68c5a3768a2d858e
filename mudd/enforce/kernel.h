/*
 * The conversation with nf_tables: a batch out, its answer in; a set read.
 *
 * One socket, held for life.
 */
#ifndef ENFORCE_KERNEL_H
#define ENFORCE_KERNEL_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stdint.h>

struct batch;
struct fault;
struct kernel;

/* NULL with *why (FAULT_KERNEL). Needs CAP_NET_ADMIN from then on. */
struct kernel *kernel_new(struct fault *why);
void kernel_free(struct kernel *kernel);

/* The number by which the kernel knows our socket: tables that it owns have
 * it, and so do announcements of our own commits. */
uint32_t kernel_port(const struct kernel *kernel);

/* Begins an empty batch with the next sequence numbers. */
void kernel_begin(struct kernel *kernel, struct batch *batch);

/* It cannot log: from now on rules are written without that. */
void kernel_without_log(struct kernel *kernel);

enum kernel_answer {
	KERNEL_DONE,    /* it stands */
	KERNEL_REFUSED, /* nothing of it does */
	KERNEL_SILENT,  /* nobody knows */
};

/*
 * Ends the batch, sends it and waits for the answer, at most 10 s.  *why is
 * filled unless it is done: the object and the error that the kernel named.
 * An empty batch is done without asking.
 */
enum kernel_answer kernel_commit(
    struct kernel *kernel, struct batch *batch, struct fault *why);

/* Commits what `write` puts into a batch: whether the kernel can do a thing. */
bool kernel_try(struct kernel *kernel, void (*write)(struct batch *batch),
    struct fault *why);

/*
 * Reads all elements of a set: one call for each message.  A read that the
 * kernel says was disturbed by a change is begun again: `again` is called
 * first, and drops what was read so far.  0 or -errno: -ENOENT if there is no
 * such set, or no table of ours.
 */
int kernel_read(struct kernel *kernel, uint16_t family, const char *set,
    mnl_cb_t each, void (*again)(void *arg), void *arg);

/* The same of a chain's rules; no such chain is as an empty one. */
int kernel_read_rules(struct kernel *kernel, uint16_t family, const char *chain,
    mnl_cb_t each, void (*again)(void *arg), void *arg);
/*
 * The same for any dump of nf_tables: message is the question, built for
 * NLM_F_DUMP; its sequence number is given here.
 */
int kernel_dump(struct kernel *kernel, struct nlmsghdr *message, mnl_cb_t each,
    void (*again)(void *arg), void *arg);

#endif
