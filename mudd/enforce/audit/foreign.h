/*
 * What others have put into the kernel's netfilter, as far as it decides how
 * frames between two ports of a bridge can be judged.
 */
#ifndef ENFORCE_FOREIGN_H
#define ENFORCE_FOREIGN_H

#include <stdbool.h>
#include <stdint.h>

struct kernel;

/* Room for "chain forward of table inet filter". */
#define FOREIGN_TEXT 128

/*
 * Looks for a base chain that is not ours, which frames of a bridge would pass
 * once it hands them to the inet hooks, and which drops what it does not know:
 * by its policy, or by its last rule.  An ordinary firewall knows what is
 * routed, and cuts a LAN off from itself.
 *
 * 1: there is one, and text says which; 0: there is none; -errno: the kernel
 * could not be read.  Rules of the older interface cannot be read here; where
 * there are some they count as such a chain.
 */
int foreign_drops(struct kernel *kernel, char text[FOREIGN_TEXT]);

/* Are bridges' frames handed to the inet hooks here (br_netfilter)?
 * 1 or 0; -errno: the kernel does not tell. */
int foreign_has_netfilter(struct kernel *kernel);

/* The number of the ruleset: each transaction, whoever's it is, adds one.
 * 0 or -errno. */
int foreign_generation(struct kernel *kernel, uint32_t *generation);

#endif
