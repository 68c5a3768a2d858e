/*
 * Questions to the enforcer about a packet, and what tests look for in the
 * answers.
 */
#ifndef TESTS_WALKASK_H
#define TESTS_WALKASK_H

#include <stddef.h>
#include <stdint.h>

#include "enforce/walk/walk.h"
#include "tests/unit/world.h"

#define TCP    6
#define UDP    17
#define ICMP   1
#define ICMPV6 58

/* A packet from (>) or to (<) the Thing. */
struct packet_row {
	char way;
	const char *peer;
	uint8_t protocol;
	int source, destination; /* or ICMP's type and code */
	enum walk_track track;
	uint32_t verdict;
	const char *chain; /* where the way ends; NULL: whatever */
};

/* What many tests go by: policy 1 of world.h allows it, by ACE 1. */
extern const struct packet_row walkask_udp;

struct addr walkask_addr(const char *text);
struct record_walk walkask_question(const struct packet_row *row);

struct walked walkask(struct world *world, const struct record_walk *walk);
struct walked walkask_plain(struct world *world);
/* Fails the test where an answer is another one than its row says. */
void walkask_rows(struct world *world, const struct packet_row *rows, size_t n);

/* The chain of the last step, or "". */
const char *walkask_last(const struct walked *walked);
/* All of the answer, for people. */
const char *walkask_text(const struct walked *walked, char text[4096]);

/* Somebody else changes the tables: nft's command. */
void walkask_nft(const char *command);

#endif
