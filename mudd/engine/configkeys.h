/*
 * The keys of mudd.conf, as libconfuse is told them.
 *
 * Keys of a word (mode, sandbox, ...) are read as its place in the list of
 * interfaces; table-ownership and sandbox as 1 for "auto" and "require".
 * Prefixes are read as struct prefix, hosts as struct config_host, numbers
 * within their bounds.  A section fetch may be missing; a device without a
 * mode has -1, without a name, URL or file NULL.
 */
#ifndef ENGINE_CONFIGKEYS_H
#define ENGINE_CONFIGKEYS_H

#include <confuse.h>

/* What config.c lets follow the text, so that it knows where it ended. */
#define CONFIGKEYS_END "end {}\n"

/* The caller frees it with cfg_free. */
cfg_t *configkeys_new(void);

#endif
