/*
 * What a started worker found: the answer of spawn_helper to test_spawn.
 */
#ifndef UNIT_SPAWN_REPORT_H
#define UNIT_SPAWN_REPORT_H

#include <stdint.h>

struct spawn_report {
	uint32_t uid, gid, groups;
	uint32_t fds; /* bit n: descriptor n is open */
	uint32_t more_fds;
	int32_t death_signal, no_new_privs;
	uint64_t cap_permitted, cap_effective, cap_inheritable, cap_ambient;
	uint64_t signals_blocked, signals_ignored;
	char args[128]; /* each followed by a blank */
	char env[128];
};

#endif
