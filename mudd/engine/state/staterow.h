/*
 * Rows of the state's tables: structs into statements, rows into structs.
 *
 * put: judges the struct and binds it to the statement's places, in the order
 * of the table's columns; false, and nothing bound, if it breaks its bounds.
 * What is bound is lent until the statement is reset.  take: the statement's
 * present row as a struct; false if it is not sound.
 */
#ifndef ENGINE_STATEROW_H
#define ENGINE_STATEROW_H

#include <stdbool.h>

#include <sqlite3.h>

#include "engine/state/state.h"

bool staterow_put_thing(sqlite3_stmt *stmt, const struct state_thing *thing);
bool staterow_take_thing(sqlite3_stmt *stmt, struct state_thing *thing);
bool staterow_put_lease(sqlite3_stmt *stmt, const struct state_lease *lease);
bool staterow_take_lease(sqlite3_stmt *stmt, struct state_lease *lease);
/* Without file.data the places of signature and file are left out. */
bool staterow_put_file(sqlite3_stmt *stmt, const struct state_file *file);
/* The bytes are lent until the statement moves on. */
bool staterow_take_file(sqlite3_stmt *stmt, struct state_file *file);
bool staterow_put_name(sqlite3_stmt *stmt, const struct state_name *name);
bool staterow_take_name(sqlite3_stmt *stmt, struct state_name *name);
bool staterow_put_url(sqlite3_stmt *stmt, const struct state_url *url);
bool staterow_take_url(sqlite3_stmt *stmt, struct state_url *url);

/* Keys, at the first places: url (or name) and digest, MAC and address; the
 * second may be NULL. */
void staterow_put_key(
    sqlite3_stmt *stmt, const char *text, const uint8_t digest[32]);
void staterow_put_lease_key(
    sqlite3_stmt *stmt, const struct mac *mac, const struct addr *addr);

#endif
