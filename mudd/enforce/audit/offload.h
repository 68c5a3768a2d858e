/*
 * Flow offload: a flowtable (nf_flow_table) has the kernel, or its hardware,
 * pass on the packets of a known flow from one interface to another without
 * asking any rule.  What such a flow does after a revocation nobody judges.
 */
#ifndef ENFORCE_OFFLOAD_H
#define ENFORCE_OFFLOAD_H

#include <stdbool.h>

struct kernel;
struct nlmsghdr;
struct places;

/* Room for "flowtable f of table inet filter has br-lan". */
#define OFFLOAD_TEXT 160

/*
 * Looks for a flowtable, whoever's it is, on a LAN interface or a port of a LAN
 * bridge.  True: there is one, and text says which.  A kernel that knows no
 * flowtables has none.
 */
bool offload_find(
    struct kernel *kernel, const struct places *now, char text[OFFLOAD_TEXT]);

/* The same of one flowtable, as the kernel describes it. */
bool offload_is_ours(const struct nlmsghdr *message, const struct places *now,
    char text[OFFLOAD_TEXT]);

#endif
