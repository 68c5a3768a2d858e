/*
 * A policy, and the world that it would live in, as a whole nft script: for
 * `mudctl compile`, and for whoever wants to see what a MUD file comes to.
 *
 * The script is table inet mudd with the sets, maps and chains that the
 * policy needs (docs/architecture.md, "A policy in the kernel"), filled from
 * the world.  What is the same for every policy, and what packets are led in
 * by, is left out: the script judges nothing when it is loaded.
 */
#ifndef LIBMUD_NFTTABLE_H
#define LIBMUD_NFTTABLE_H

struct fault;
struct policy;
struct world;

/*
 * The script as a new string that the caller owns; `nft -f` takes it.  The
 * same policy and world give the same text.  The policy's ACEs are sound; its
 * texts may be anybody's.  A name or class without members has an empty set.
 * NULL with *why (FAULT_TOO_MANY) past LIMIT_ACES, or where a set would have
 * more than LIMIT_WORLD_HOSTS addresses.
 */
char *nfttable_text(
    const struct policy *policy, const struct world *world, struct fault *why);

#endif
