/*
 * The enforcer: records in, one nftables transaction a batch.
 *
 * It trusts nothing about the engine.  Each record is checked again, against
 * a model of what stands in the kernel; a batch is committed whole or not at
 * all.  A RESET is compared with what stands in the kernel, and only what
 * differs is sent; so is the whole model whenever somebody else may have
 * changed our tables.  No string, path or netlink message comes in: kernel
 * names are built here, from numbers.
 *
 * It also counts the epochs of the connection cache (epoch.h): a batch that may
 * revoke something begins one, and goes on from what the kernel's table has.
 */
#ifndef ENFORCE_ENFORCER_H
#define ENFORCE_ENFORCER_H

#include <stdbool.h>

#include "core/records.h"

struct conditions;
struct damage;
struct enforcer;
struct fault;
struct walked;

/*
 * Opens the netlink sockets and asks the kernel, by a transaction that leaves
 * nothing behind, what it can do.  Needs CAP_NET_ADMIN, then and for life, in
 * the network namespace that is to be guarded.  Changes no table of ours: what
 * an earlier run left there stands until the first RESET; but where it was left
 * for whoever comes next to own, that is us, and nobody else can change it.
 * NULL with *why (FAULT_KERNEL) if there is no nf_tables or no right to it.
 */
struct enforcer *enforcer_new(struct fault *why);
/* Leaves the tables as they are. NULL is fine. */
void enforcer_free(struct enforcer *enforcer);

/*
 * What guards Things against frames that do not pass the inet hooks: frames
 * between the ports of a bridge, and frames that leave by a LAN interface
 * that is no bridge.  Where one is false the kernel lacks it, and IPv6
 * towards a managed Thing is not stopped there.
 */
bool enforcer_has_bridge(const struct enforcer *enforcer);
bool enforcer_has_egress(const struct enforcer *enforcer);

/*
 * How frames between two ports of a LAN bridge are judged (bridgepath.h): as
 * the last RESET has chosen.  is_over: things have changed, and only another
 * RESET will do.
 */
void enforcer_path(const struct enforcer *enforcer, struct record_path *path);
/* Looks whether the path is still the right one; to be called every second or
 * so, and when enforcer_fd (-1: never) is readable. */
void enforcer_look(struct enforcer *enforcer);
void enforcer_links(struct enforcer *enforcer);
int enforcer_fd(const struct enforcer *enforcer);

/* Can it log packets?  Where not, drops are counted and nobody is told. */
bool enforcer_has_log(const struct enforcer *enforcer);

/* How all that stands; lent. Others in mudd may set what they know. */
struct conditions *enforcer_conditions(struct enforcer *enforcer);

/* Is this one of the records of a batch, BEGIN and END included? */
bool enforcer_takes(enum record_type type);

/*
 * Takes one record of a batch; body is the record of that type, whole.
 *
 * BATCH_BEGIN drops a batch that was not ended.  What is wrong with a record
 * inside a batch is kept until BATCH_END, so that a batch has one answer:
 * true: it stands in the kernel (answer APPLIED); false: nothing of it does,
 * neither in the kernel nor in the model, and *why names the record and what
 * the kernel said (answer DENIED).
 * Outside a batch any record but BATCH_BEGIN is false (FAULT_RECORD): the
 * engine is broken.  All else is true.
 */
bool enforcer_record(struct enforcer *enforcer, enum record_type type,
    const void *body, struct fault *why);

/* Drops the batch under way, if any: the engine has died. */
void enforcer_abandon(struct enforcer *enforcer);

/*
 * Reads the counters of the kernel and hands over one record a managed Thing.
 * They count from the time when the Thing, or its address, came into the
 * tables.  0, or -errno if the kernel could not be read, and then nothing was
 * handed over: -ENOENT if a table of ours, or a set in it, is not there.
 */
typedef void enforcer_counter_fn(
    void *arg, const struct record_counter *counter);
int enforcer_counters(
    struct enforcer *enforcer, enforcer_counter_fn *each, void *arg);

/* The same for each ACE of a policy (tallies.h). */
typedef void enforcer_tally_fn(void *arg, const struct record_tally *tally);
int enforcer_tallies(struct enforcer *enforcer, uint32_t policy,
    enforcer_tally_fn *each, void *arg);

/* What becomes of a packet by what is installed; the question is sound
 * (walk.h). */
void enforcer_walk(struct enforcer *enforcer, const struct record_walk *walk,
    struct walked *walked);

/* Has the kernel ask for an address (neighbours_ask). */
bool enforcer_ask(struct enforcer *enforcer, const struct record_ask *ask);

/* The netlink port by which the kernel knows us. */
uint32_t enforcer_port(const struct enforcer *enforcer);
/* Can tables be ours alone on this kernel? Whether they are, the engine says
 * (BATCH_OWNED). */
bool enforcer_can_own(const struct enforcer *enforcer);
/* Is a batch under way? Then nothing can be verified. */
bool enforcer_is_busy(const struct enforcer *enforcer);

/*
 * Are our tables in the kernel as the model says?  If not, they are repaired in
 * one transaction that begins a new epoch, since flows may have passed that
 * should not have; *damage says what differed.  Before the first RESET, and
 * where nobody else can have changed them: yes, without a look.
 */
enum enforcer_verdict {
	ENFORCER_INTACT,
	ENFORCER_REPAIRED,
	/* Others' commits came so fast that the tables could not be read: look
	 * again.  Four times in a row: they are made anew all the same. */
	ENFORCER_DISTURBED,
	ENFORCER_BROKEN, /* *why says why it could not be repaired, or looked at
	                  */
};
enum enforcer_verdict enforcer_verify(
    struct enforcer *enforcer, struct damage *damage, struct fault *why);

/* Deletes our tables, in one transaction. The next batch must be a RESET. */
bool enforcer_teardown(struct enforcer *enforcer, struct fault *why);

#endif
