/*
 * The method Explain of org.mudd.Manager.
 */
#ifndef ENGINE_EXPLAINCALLS_H
#define ENGINE_EXPLAINCALLS_H

#include <sys/types.h>

#include <jansson.h>

struct control_call;

void explaincalls_explain(
    void *arg, struct control_call *call, json_t *params, uid_t uid);

#endif
