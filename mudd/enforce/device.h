/*
 * What an interface number stands for, asked of the kernel by rtnetlink.
 */
#ifndef ENFORCE_DEVICE_H
#define ENFORCE_DEVICE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmud/addr.h"

struct fault;
struct devices;

struct device {
	uint32_t ifindex;
	char name[IFNAMSIZ]; /* zero-filled: compares by memcmp */
	struct mac mac;      /* its own; zero: it has none */
	bool is_bridge;
};

/* Opens the socket it asks through. NULL with *why (FAULT_KERNEL). */
struct devices *devices_new(struct fault *why);
void devices_free(struct devices *devices);

/* False if no interface has this number now; *device is untouched then. */
bool devices_find(
    struct devices *devices, uint32_t ifindex, struct device *device);

#endif
