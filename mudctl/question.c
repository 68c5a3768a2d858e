/*
 * Questions about one packet.  Role: mudctl, as whoever runs it.  Input: the
 * command line, and answers whose texts a MUD file wrote: escaped on their way
 * out (S-71).
 */
#include "mudctl/question.h"

#include <stdio.h>
#include <string.h>

#include "libmud/flow.h"
#include "mudctl/columns.h"
#include "mudctl/flowjson.h"

#define PORT_MAX 65535
/* The first of the ports that clients take (RFC 6335 s6). */
#define PORT_EPHEMERAL 49152

bool
question_complain(const struct question *question, const char *before,
    const char *quoted, const char *after)
{
	(void)fprintf(stderr, "mudctl: %s: %s", question->command, before);
	(void)text_print(stderr, quoted);
	(void)fprintf(stderr, "%s\n", after);
	return false;
}

/* TYPE or TYPE/CODE; without a code it is 0. */
static bool
take_icmp(const struct question *question, struct flow *flow)
{
	const char *text = question->icmp;
	const char *slash = strchr(text, '/');
	size_t n = slash == NULL ? strlen(text) : (size_t)(slash - text);
	unsigned int type, code = 0;
	char first[4] = { 0 };

	if (n >= sizeof(first))
		return question_complain(
		    question, "--icmp: '", text, "' is not TYPE[/CODE]");
	memcpy(first, text, n);
	if (!flowjson_number(first, UINT8_MAX, &type) ||
	    (slash != NULL && !flowjson_number(slash + 1, UINT8_MAX, &code)))
		return question_complain(
		    question, "--icmp: '", text, "' is not TYPE[/CODE]");
	flow->icmp_type = (int16_t)type;
	flow->icmp_code = (int16_t)code;
	return true;
}

static bool
take_port(const struct question *question, const char *what, const char *text,
    int32_t *port)
{
	unsigned int number;

	if (!flowjson_number(text, PORT_MAX, &number)) {
		(void)fprintf(
		    stderr, "mudctl: %s: %s: ", question->command, what);
		(void)text_print(stderr, text);
		(void)fputs(" is not 0 to 65535\n", stderr);
		return false;
	}
	*port = (int32_t)number;
	return true;
}

static bool
take_initiator(const struct question *question, struct flow *flow)
{
	const char *text = question->initiator;

	if (strcmp(text, "thing") == 0)
		flow->opener = OPENED_BY_THING;
	else if (strcmp(text, "peer") == 0)
		flow->opener = OPENED_BY_PEER;
	else
		return question_complain(question, "--initiator: '", text,
		    "' is neither thing nor peer");
	return true;
}

bool
question_take(
    const struct question *question, int n, char **words, struct flow *flow)
{
	static const struct addr none;
	bool has_ports, is_icmp;
	uint8_t protocol;

	if (strcmp(words[0], "to") != 0 && strcmp(words[0], "from") != 0)
		return question_complain(
		    question, "'", words[0], "' is neither to nor from");
	if (!flowjson_protocol(words[2], &protocol))
		return question_complain(question, "'", words[2],
		    "' is not tcp, udp, icmp, icmpv6 or 0 to 255");
	has_ports = protocol == 6 || protocol == 17;
	is_icmp = protocol == 1 || protocol == 58;
	if ((n > 3 || question->source_port != NULL) && !has_ports)
		return question_complain(question,
		    "only tcp and udp have ports, not ", words[2],
		    is_icmp ? "; a type is given by --icmp" : "");
	if (question->icmp != NULL && !is_icmp)
		return question_complain(question,
		    "--icmp goes with icmp and icmpv6, not with ", words[2],
		    "");
	/* "to HOST" is a packet that leaves the Thing. */
	*flow = flow_blank(
	    words[0][0] == 't' ? FROM_DEVICE : TO_DEVICE, &none, protocol);
	if (has_ports)
		flow->source = PORT_EPHEMERAL;
	if (is_icmp) {
		flow->icmp_type = protocol == 1 ? 8 : 128;
		flow->icmp_code = 0;
	}
	if (question->own != NULL && !addr_parse(question->own, &flow->own))
		return question_complain(
		    question, "--own: '", question->own, "' is no address");
	return (n < 4 ||
		   take_port(question, "PORT", words[3], &flow->destination)) &&
	       (question->source_port == NULL ||
		   take_port(question, "--src-port", question->source_port,
		       &flow->source)) &&
	       (question->icmp == NULL || take_icmp(question, flow)) &&
	       (question->initiator == NULL || take_initiator(question, flow));
}

static const char *
member(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text == NULL ? "" : text;
}

void
question_print(const json_t *answer, bool json, bool quiet)
{
	if (json) {
		(void)json_dumpf(answer, stdout, JSON_INDENT(2));
		(void)putchar('\n');
	} else if (!quiet) {
		(void)printf("%s: ", member(answer, "verdict"));
		(void)text_print(stdout, member(answer, "reason"));
		(void)printf(" (%s)\n", member(answer, "clause"));
	}
}

bool
question_allows(const json_t *answer)
{
	return strcmp(member(answer, "verdict"), "allow") == 0;
}
