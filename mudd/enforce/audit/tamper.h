/*
 * The watch over our tables: hears of each commit by others, compares
 * where one of them can have been about our tables, and has them repaired.
 *
 * At once, but where commits come in numbers not oftener than four times a
 * second, and with three times the processor's time that a look has cost
 * between it and the next, half a second at most; and once a minute where the
 * tables have no owner, whether or not anything was heard.
 */
#ifndef ENFORCE_TAMPER_H
#define ENFORCE_TAMPER_H

#include <stdbool.h>

#include "core/records.h"

struct enforcer;
struct event_base;
struct tamper;

/* Our tables were not as they should be.  False: nobody was there to be told,
 * and then it is logged. */
typedef bool tamper_fn(void *arg, const struct record_tampered *what);

/* Both are lent. Where the kernel's announcements cannot be heard a warning is
 * logged, and only the look once a minute is left. */
struct tamper *tamper_new(struct event_base *base, struct enforcer *enforcer,
    tamper_fn *told, void *arg);
void tamper_free(struct tamper *tamper);

#endif
