/*
 * One batch of records, gathered and checked one by one against the model.
 *
 * The first thing that is wrong denies the batch; what follows is not looked
 * at any more.  Pure but for the question what an interface number means,
 * which the owner answers.
 */
#ifndef ENFORCE_RULES_H
#define ENFORCE_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/records.h"
#include "enforce/device.h"

struct fault;
struct model;

/* As devices_find. */
typedef bool gather_device_fn(
    void *arg, uint32_t ifindex, struct device *device);

struct gather {
	gather_device_fn *device;
	void *device_arg;
	struct model *live;   /* owned; NULL before the first RESET */
	struct model *staged; /* live, or a new one for a RESET; NULL: none */
	bool open;            /* between BEGIN and END */
	uint32_t batch;       /* the last number begun */
	uint32_t flags, n;    /* of BEGIN */
	uint32_t seen;        /* records since */
	struct fault why;     /* the first thing wrong with it */
	/* between RULES_BEGIN and RULES_END */
	uint32_t policy, n_rules, n_seen_rules;
	struct rule *rule; /* owned */
};

void gather_init(
    struct gather *gather, gather_device_fn *device, void *device_arg);
void gather_done(struct gather *gather);

/* Is it a record of a batch? */
bool gather_takes(enum record_type type);

/* Begins a batch, dropping one that was not ended. at_sec: monotonic. */
void gather_begin(
    struct gather *gather, const struct record_batch *begin, int64_t at_sec);
/* A record between BEGIN and END. */
void gather_record(
    struct gather *gather, enum record_type type, const void *body);
/*
 * The batch is there.  true: gather->staged is a sound model whose difference
 * the caller commits, and then says which of the two below it is.  false: the
 * batch was dropped, *why says why.
 */
bool gather_end(
    struct gather *gather, const struct record_batch *end, struct fault *why);

/* The staged model stands in the kernel: it is the live one now. */
void gather_keep(struct gather *gather);
/* It does not: the live model is as it was before the batch. */
void gather_drop(struct gather *gather);
/* What stands in the kernel is not known any more: only a RESET will do. */
void gather_forget(struct gather *gather);

#endif
