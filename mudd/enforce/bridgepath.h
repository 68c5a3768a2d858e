/*
 * How frames between two ports of one LAN bridge are judged.
 *
 *   netfilter  the bridge hands them to the inet hooks (br_netfilter), so that
 *              they meet what routed packets meet.  Switched on here, for each
 *              LAN bridge alone, looked after, and switched off again where
 *              it was we who switched it on and nothing of ours needs it.
 *   stateless  by chains of table bridge mudd (eastschema.h), without
 *              connection tracking: where the kernel cannot do the former, or
 *              where a firewall of somebody else's would then cut the LAN off
 *              from itself.
 *   none       by address and MAC alone: the kernel can do neither.
 *
 * The path is chosen with each RESET and is the same for all bridges.  On any
 * of them LAN bridges learn nothing from frames that they take in themselves
 * (LLDP, 802.1X): those meet no rule of ours.  What we have switched on stands
 * in the kernel too (sets `calls4`, `calls6` and `deaf` of table inet mudd), so
 * that the next run knows it.  After our death the
 * switches stay as they are, as the tables do: what was judged still is.
 */
#ifndef ENFORCE_BRIDGEPATH_H
#define ENFORCE_BRIDGEPATH_H

#include <stdbool.h>
#include <stdint.h>

#include "core/records.h"
#include "enforce/bridgecall.h"
#include "enforce/device.h"
#include "libmud/fault.h"

struct batch;
struct kernel;
struct places;

/* A bridge, and which of its switches we have switched on. */
struct switched {
	struct device bridge;
	struct calls on;
};

struct bridgepath {
	struct kernel *kernel;         /* lent */
	struct bridgecall *bridgecall; /* owned; NULL: none to be had */
	enum bridge_choice choice;
	enum bridge_path path;
	struct fault why;  /* it is not netfilter: the reason */
	bool is_over;      /* another path must be chosen: by a RESET */
	bool is_idle;      /* no LAN interface is a bridge: nothing was asked */
	int has_netfilter; /* of foreign.h, as it was answered last */
	bool is_refused;   /* a bridge did not take the switch */
	bool is_read;      /* what an earlier run has switched on is known */
	bool is_changed;   /* `switched` is not what the kernel's sets say */
	uint32_t generation; /* of the ruleset when it was looked at last */
	size_t n;
	struct switched switched[LIMIT_PORTS];
};

/* Without sockets of its own the path is never netfilter. */
void bridgepath_init(struct bridgepath *path, struct kernel *kernel);
void bridgepath_done(struct bridgepath *path);

/*
 * For a RESET: which path it is, as things are now.  has_bridge: the kernel
 * has chains in the bridge family.  Without a bridge among the LAN interfaces
 * it is netfilter, until there is one.
 */
void bridgepath_choose(struct bridgepath *path, enum bridge_choice choice,
    bool has_bridge, const struct places *now);

/*
 * Before a batch: the LAN's bridges hand over their frames from now on, where
 * that is the path.  One that does not makes the path be over.
 */
void bridgepath_prepare(struct bridgepath *path, const struct places *now);
/* Into the batch: what we have switched on, for the next run. To be done in a
 * RESET, and where is_changed. */
void bridgepath_write(struct batch *batch, const struct bridgepath *path);
/* The batch stands, and made this generation or a later one: what it needs no
 * longer is switched back. */
void bridgepath_settle(struct bridgepath *path, const struct places *now);
/* Our tables are gone: all that we switched on is switched back. */
void bridgepath_undo(struct bridgepath *path);

/* Readable when links have changed; -1: nothing to wait for. */
int bridgepath_fd(const struct bridgepath *path);
/* Links have changed: what somebody switched off is switched on again. */
void bridgepath_links(struct bridgepath *path, const struct places *now);
/* From time to time; cheap where the ruleset is as it was, and br_netfilter
 * too.  Would another path be chosen now?  Then is_over says so. */
void bridgepath_look(struct bridgepath *path, bool has_bridge);

#endif
