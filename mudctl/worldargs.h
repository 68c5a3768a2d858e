/*
 * The options by which `check` and `compile` are told of the world: one list,
 * so that both mean the same.
 *
 *   --world W.json            a document (worldjson.h), added to
 *   --mac MAC  --address A    the Thing's own
 *   --gateway ADDR            an address of the gateway
 *   --local-network PREFIX    besides link-local
 *   --resolve NAME=ADDR       an address of a name
 *   --controller CLASS=HOST   a member of a class
 *   --my-controller HOST
 *   --thing HOST=URL          another Thing, by an address and its MUD URL
 *
 * All but --mac may be given again.  HOST is an address.
 */
#ifndef MUDCTL_WORLDARGS_H
#define MUDCTL_WORLDARGS_H

#include <getopt.h>
#include <stdbool.h>

struct policy;
struct world;

/* Values of getopt_long; past those of any letter, and of a command's own. */
enum worldargs_option {
	WORLDARGS_WORLD = 0x1000,
	WORLDARGS_MAC,
	WORLDARGS_ADDRESS,
	WORLDARGS_GATEWAY,
	WORLDARGS_LOCAL_NETWORK,
	WORLDARGS_RESOLVE,
	WORLDARGS_CONTROLLER,
	WORLDARGS_MY_CONTROLLER,
	WORLDARGS_THING,
	WORLDARGS_END
};

/* For the command's table of struct option; ends with a comma. */
/* clang-format off */
#define WORLDARGS_OPTIONS \
	{ "world", required_argument, NULL, WORLDARGS_WORLD }, \
	{ "mac", required_argument, NULL, WORLDARGS_MAC }, \
	{ "address", required_argument, NULL, WORLDARGS_ADDRESS }, \
	{ "gateway", required_argument, NULL, WORLDARGS_GATEWAY }, \
	{ "local-network", required_argument, NULL, \
	    WORLDARGS_LOCAL_NETWORK }, \
	{ "resolve", required_argument, NULL, WORLDARGS_RESOLVE }, \
	{ "controller", required_argument, NULL, WORLDARGS_CONTROLLER }, \
	{ "my-controller", required_argument, NULL, \
	    WORLDARGS_MY_CONTROLLER }, \
	{ "thing", required_argument, NULL, WORLDARGS_THING },
/* clang-format on */

/* Of what getopt_long returned: is it one of these? */
bool worldargs_is(int option);

/* Takes one of them into the world.  False if its value is wrong or a file
 * cannot be read: that has been said on standard error, in one line, and the
 * command ends with COMMAND_USAGE. */
bool worldargs_take(struct world *world, int option, const char *value);

/* What nobody has said: the Thing's MUD URL is the file's own, if that is
 * one. */
void worldargs_finish(struct world *world, const struct policy *policy);

#endif
