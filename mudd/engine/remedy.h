/*
 * What can be done about a MUD URL's fault, as things stand.
 */
#ifndef ENGINE_REMEDY_H
#define ENGINE_REMEDY_H

#include <stdbool.h>

#include "libmud/fault.h"

struct mudurl;

/*
 * fault_remedy(), but where no file waits that could be approved (it was
 * refused before it had a digest, or for good, or none was fetched) it does
 * not speak of approval.  One sentence, constant.
 */
const char *remedy_of(const struct mudurl *mud);
const char *remedy_for(enum fault_code code, bool can_approve);

#endif
