/*
 * The methods of org.mudd.Manager about policies in use.
 */
#ifndef ENGINE_POLICYCALLS_H
#define ENGINE_POLICYCALLS_H

#include <stdint.h>
#include <sys/types.h>

#include <jansson.h>

struct commands;
struct control_call;

void policycalls_list(
    void *arg, struct control_call *call, json_t *params, uid_t uid);
void policycalls_show(
    void *arg, struct control_call *call, json_t *params, uid_t uid);

/* The counters of this policy have come: answers whoever waits for them, and
 * asks for those of the next. */
void policycalls_tallied(struct commands *commands, uint32_t policy);

#endif
