/*
 * Methods about trust anchors and distrusted signers (S-34).
 */
#ifndef ENGINE_TRUSTCALLS_H
#define ENGINE_TRUSTCALLS_H

#include "engine/control/control.h"

control_method_fn trustcalls_list;
control_method_fn trustcalls_add;
control_method_fn trustcalls_remove;
control_method_fn trustcalls_distrust;
control_method_fn trustcalls_restore;

#endif
