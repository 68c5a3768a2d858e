/*
 * The model: what we put into the kernel, and what the batch under way would
 * make of it.
 *
 * Each object holds two states, `was` (it stands in the kernel) and `now`
 * (it should).  Between batches they are equal.  A batch changes `now` only,
 * and notes each object that it touches on a dirty list: what goes to the
 * kernel is the difference over these lists, and keeping or undoing a batch
 * is copying one state over the other.
 *
 * Objects refer to one another by pointer.  One that is absent both ways is
 * freed by the next model_keep or model_undo; nothing outside holds pointers
 * for longer.  Pure: no kernel, no clock but the one handed in.
 */
#ifndef ENFORCE_MODEL_H
#define ENFORCE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforce/device.h"
#include "libmud/addr.h"
#include "libmud/limits.h"
#include "libmud/list.h"
#include "libmud/rule.h"

struct fault;

/* Old answers of a name live on beside the new ones for a while (S-54). */
#define MODEL_NAME_ADDRS (2 * LIMIT_NAME_ADDRS)
/* A RESET must fit into one batch, so more could never be sent. */
#define MODEL_RULES LIMIT_ALL_RULES
_Static_assert(LIMIT_ALL_RULES + LIMIT_ELEMENTS + LIMIT_ALL_SIX +
		       LIMIT_THINGS_MAX * (1 + LIMIT_ADDRESSES4) + LIMIT_SETS +
		       3 * LIMIT_POLICIES + LIMIT_PORTS + LIMIT_LOCALS <
		   LIMIT_BATCH,
    "everything fits into one batch");
/* Slots: a batch may bring as many policies as it takes away. */
#define MODEL_SLOTS 4096
/* Addresses of one Thing. */
#define MODEL_ADDRESSES (LIMIT_ADDRESSES4 + LIMIT_ADDRESSES6)
/* Addresses of the gateway, and its broadcast addresses. */
#define MODEL_SELVES 1024

/* Where frames of Things come in. */
struct lan_port {
	uint32_t ifindex;
	uint32_t is_locked;
	char name[IFNAMSIZ]; /* zero-filled */
};

/* A LAN interface that is not there any more. Until the next RESET its name
 * stays one of the LAN's: whatever gets it is judged from its first frame. */
struct lan_away {
	bool is_bridge;
	char name[IFNAMSIZ]; /* zero-filled */
};

/* Small and seldom changed: replaced in the kernel whole. */
struct places {
	size_t n_lan, n_away, n_locals, n_selves, n_ports;
	struct lan_away away[LIMIT_PORTS]; /* oldest first */
	struct lan_port port[LIMIT_PORTS];
	struct device lan[LIMIT_PORTS];
	struct prefix local[LIMIT_LOCALS];
	struct addr self[MODEL_SELVES];
};

struct model_set {
	uint32_t number;
	struct set_state {
		bool present;
		bool has_timeout; /* dns<k>, a name; else cls<k>, a class */
	} was, now;
	size_t n_elements[2]; /* of `now`: IPv4, IPv6 */
	size_t refs;          /* rules of `now` that look into it */
	size_t denials;       /* of them those that deny */
	struct list elements; /* model_element.of_set */
	struct list all, dirty;
};

struct model_element {
	struct model_set *set;
	struct addr addr;
	struct element_state {
		bool present;
		uint32_t timeout_sec;
		int64_t ends_at; /* on the clock of model_begin; or INT64_MAX */
	} was, now;
	struct list of_set, dirty;
};

struct model_policy {
	uint32_t number;
	struct policy_state {
		bool present;
		size_t n;
		struct rule *rule; /* owned; the two states may share it */
		bool is_uncached;  /* asks for more than a connection tells */
	} was, now;
	size_t refs;     /* Things of `now` under it, and all unknown devices */
	uint32_t ending; /* enum policy_ending: for its life */
	uint32_t slot;   /* 1..MODEL_SLOTS - 1, the lowest that was free; 0:
	                  * it has never been present */
	struct list all, dirty;
};

struct model_thing {
	struct mac mac;
	struct thing_state {
		bool present;
		bool denied;                 /* whatever its policy says */
		struct model_policy *policy; /* NULL: departed */
		char port[IFNAMSIZ]; /* where it is, zero-filled; "": nowhere */
		size_t n_addrs;
		struct model_address *addr[MODEL_ADDRESSES];
	} was, now;
	struct list all, dirty;
};

/* An address that some Thing is bound to. */
struct model_address {
	struct addr addr;
	struct model_thing *was, *now; /* its owner, or NULL */
	unsigned int claims;           /* Things of `now` that name it: 1 */
	struct list all, dirty;
};

struct model {
	struct places was, now;
	uint32_t mark_mask;     /* of connections' marks, ours; never changes */
	uint32_t bridge_choice; /* enum bridge_choice; never changes */
	/* The batch takes out elements that ran out by themselves: flows that
	 * they had let through are still there. */
	bool withdraws;
	bool monitor; /* log and count, drop nothing */
	/* What unknown devices live under; NULL: they are not judged. */
	struct model_policy *unknown_was, *unknown_now;
	/* Policies by their slots, small numbers that dispatch.h makes
	 * digits of; none has one from n_slots on. */
	struct model_policy *slot[MODEL_SLOTS];
	uint32_t n_slots;
	struct list sets, policies, things, addresses;
	struct list dirty_sets, dirty_elements, dirty_policies;
	struct list dirty_things, dirty_addresses;
	struct model_counts {
		size_t sets, elements, policies, rules, things;
	} n_was, n;
	int64_t at_sec;
	/* trees of tsearch(3), by number, (set, address), MAC, address */
	void *set_tree, *element_tree, *policy_tree, *thing_tree;
	void *address_tree;
};

/* An empty model. */
struct model *model_new(bool monitor);
void model_free(struct model *model);

/* A batch begins, at this time (monotonic, seconds). */
void model_begin(struct model *model, int64_t at_sec);
/* Do all references of `now` lead somewhere, and each address to one Thing?
 * Looks at what the batch touched. */
bool model_is_whole(const struct model *model, struct fault *why);
/* The batch stands: `was` becomes `now`. */
void model_keep(struct model *model);
/* It does not: `now` becomes `was` again. */
void model_undo(struct model *model);

/*
 * Between batches: nothing counts as standing in the kernel, until the next
 * model_keep, so that what is written then is all there is, with what is left
 * of its time.
 */
void model_renew(struct model *model, int64_t at_sec);

/*
 * Elements whose time has run out, and a little more, are in the kernel no
 * longer: leaves them out of the model too. set NULL: of all sets.
 */
void model_expire(struct model *model, struct model_set *set);

/* NULL for what is not there now. */
struct model_thing *model_thing_find(
    struct model *model, const struct mac *mac);
struct model_address *model_address_find(
    struct model *model, const struct addr *addr);
struct model_set *model_set_find(struct model *model, uint32_t number);
struct model_element *model_element_find(
    struct model *model, struct model_set *set, const struct addr *addr);

/* For change.c: the object, absent both ways where it is new; it is on its
 * dirty list from now on. */
struct model_thing *model_thing_at(struct model *model, const struct mac *mac);
struct model_address *model_address_at(
    struct model *model, const struct addr *addr);
struct model_set *model_set_at(struct model *model, uint32_t number);
struct model_element *model_element_at(
    struct model *model, struct model_set *set, const struct addr *addr);
struct model_policy *model_policy_at(struct model *model, uint32_t number);

/* Gives a policy that becomes present a slot, if it has none; and takes it
 * back from one that is absent both ways. */
void model_take_slot(struct model *model, struct model_policy *policy);
void model_leave_slot(struct model *model, struct model_policy *policy);

/* Notes one more, or one less, use of the sets that these rules look into. */
void model_use_sets(
    struct model *model, const struct policy_state *state, bool used);

#endif
