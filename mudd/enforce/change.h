/*
 * The changes that a record can make to the model's `now`.
 *
 * Each gives false with *why (FAULT_RECORD; FAULT_TOO_MANY past limits.h) and
 * changes nothing then.  They expect values whose own form was checked
 * (rules.c).  Adding what is there already sets it anew; deleting what is not
 * there is a fault, unless it went in the same batch by something larger.
 * What refers to what is judged at the end of the batch (model_is_whole).
 */
#ifndef ENFORCE_CHANGE_H
#define ENFORCE_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/records.h"
#include "enforce/device.h"
#include "libmud/addr.h"
#include "libmud/rule.h"

struct fault;
struct model;

/* One that is there already is described anew. */
bool change_lan_add(
    struct model *model, const struct device *device, struct fault *why);
bool change_lan_delete(
    struct model *model, uint32_t ifindex, struct fault *why);
bool change_local_add(
    struct model *model, const struct prefix *prefix, struct fault *why);
bool change_local_delete(
    struct model *model, const struct prefix *prefix, struct fault *why);
bool change_self_add(
    struct model *model, const struct addr *addr, struct fault *why);
bool change_self_delete(
    struct model *model, const struct addr *addr, struct fault *why);

/* One that is there already is described anew. */
bool change_port_add(struct model *model, const struct device *device,
    bool locked, struct fault *why);
bool change_port_delete(
    struct model *model, uint32_t ifindex, struct fault *why);

bool change_set_add(
    struct model *model, uint32_t number, bool has_timeout, struct fault *why);
/* With all its elements. */
bool change_set_delete(struct model *model, uint32_t number, struct fault *why);
/* The set must be there. timeout_sec is 0 exactly where it has none. */
bool change_element_add(struct model *model, uint32_t number,
    const struct addr *addr, uint32_t timeout_sec, struct fault *why);
/* In a set with timeouts it may be gone by itself: that is no fault. */
bool change_element_delete(struct model *model, uint32_t number,
    const struct addr *addr, struct fault *why);

/* Takes rule (an array from the heap) in any case: keeps or frees it. */
bool change_policy_put(struct model *model, uint32_t number, struct rule *rule,
    size_t n, struct fault *why);
bool change_policy_delete(
    struct model *model, uint32_t number, struct fault *why);

/* Of a policy that is there, and was not before this batch. */
bool change_policy_ending(struct model *model, uint32_t number,
    enum policy_ending ending, struct fault *why);
/* What unknown devices live under from now on; from the model's first batch
 * on, or never. */
bool change_unknown(
    struct model *model, uint32_t policy, bool is_first, struct fault *why);

/* policy 0: departed. Then, and on deletion, its addresses and its port go
 * too. */
bool change_thing_put(struct model *model, const struct mac *mac,
    uint32_t policy, bool denied, struct fault *why);
bool change_thing_delete(
    struct model *model, const struct mac *mac, struct fault *why);
/* The Thing must be there; one on a port has a policy. device NULL: on none. */
bool change_place(struct model *model, const struct mac *mac,
    const struct device *device, struct fault *why);
/* The Thing must be there and have a policy. */
bool change_binding_add(struct model *model, const struct mac *mac,
    const struct addr *addr, struct fault *why);
bool change_binding_delete(struct model *model, const struct mac *mac,
    const struct addr *addr, struct fault *why);

#endif
