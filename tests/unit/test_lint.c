/*
 * lint: what is told of a policy, one line a case.
 *
 * A policy is written as ACEs with ";" between them, each as words: f or t
 * (from or to the Thing), 4 or 6, tcp udp icmp icmp6 pN, sN or sN-M or s!N
 * (source-port), d the same, tN cN (ICMP), from= to= (prefixes), thing or peer
 * (who opens), dns= ctl= mfg= model= same mine local, drop, acl=NAME, "?" (not
 * understood), and fields: id=VALUE by number.  ACEs are named a0, a1 ...
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/lint/lint.h"
#include "libmud/lint/linttwin.h"
#include "libmud/mem.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct ports
ports_from(const char *text)
{
	struct ports ports = { 0 };
	unsigned int low, high;

	if (*text == '!') {
		ports.negated = 1;
		text++;
	}
	switch (sscanf(text, "%u-%u", &low, &high)) {
	case 1:
		high = low;
		break;
	case 2:
		break;
	default:
		fail_msg("ports: %s", text);
	}
	ports.low = (uint16_t)low;
	ports.high = (uint16_t)high;
	return ports;
}

static void
add_peer(struct policy *policy, struct ace *ace, enum peer_kind kind,
    const char *text)
{
	struct peer *peer = &ace->peers[ace->n_peers++];

	assert_true(ace->n_peers <= ACE_PEERS);
	*peer = (struct peer){ .kind = (uint8_t)kind, .text = PEER_NO_TEXT };
	if (text == NULL)
		return;
	for (size_t i = 0; i < policy->n_texts; i++)
		if (strcmp(policy->texts[i].text, text) == 0)
			peer->text = (uint16_t)i;
	if (peer->text == PEER_NO_TEXT) {
		peer->text = (uint16_t)policy->n_texts++;
		text_copy(policy->texts[peer->text].text,
		    sizeof(policy->texts[0].text), text);
	}
}

static bool
take_value(const char *word, const char *name, const char **value)
{
	const size_t len = strlen(name);

	*value = word + len;
	return strncmp(word, name, len) == 0;
}

static void
add_field(struct ace *ace, const char *word)
{
	unsigned int id, number;

	if (sscanf(word, "%u=%u", &id, &number) != 2)
		fail_msg("what is %s", word);
	for (size_t i = 0; i < ACE_FIELDS; i++) {
		struct field *field = &ace->fields[i];

		if (field->id != FIELD_NONE)
			continue;
		field->id = (uint8_t)id;
		field->value[4] = (uint8_t)(number >> 8);
		field->value[5] = (uint8_t)number;
		memset(field->mask, 0xff, sizeof(field->mask));
		return;
	}
}

static bool
read_peer(struct policy *policy, struct ace *ace, const char *word)
{
	static const struct {
		const char *name;
		enum peer_kind kind;
	} with_text[] = {
		{ "dns=", PEER_DNSNAME },
		{ "ctl=", PEER_CONTROLLER },
		{ "mfg=", PEER_MANUFACTURER },
		{ "model=", PEER_MODEL },
	};
	static const struct {
		const char *name;
		enum peer_kind kind;
	} plain[] = {
		{ "same", PEER_SAME_MANUFACTURER },
		{ "mine", PEER_MY_CONTROLLER },
		{ "local", PEER_LOCAL_NETWORKS },
	};
	const char *value;

	for (size_t i = 0; i < COUNT(with_text); i++)
		if (take_value(word, with_text[i].name, &value)) {
			add_peer(policy, ace, with_text[i].kind, value);
			return true;
		}
	for (size_t i = 0; i < COUNT(plain); i++)
		if (strcmp(word, plain[i].name) == 0) {
			add_peer(policy, ace, plain[i].kind, NULL);
			return true;
		}
	return false;
}

static bool
read_whole(struct ace *ace, const char *word)
{
	static const struct {
		const char *word;
		size_t offset;
		int value;
		size_t size;
	} words[] = {
#define WORD(text, member, number)                                             \
	{ text, offsetof(struct ace, member), number,                          \
		sizeof(((struct ace *)NULL)->member) }
		WORD("f", direction, FROM_DEVICE),
		WORD("t", direction, TO_DEVICE),
		WORD("4", families, FAMILY_4),
		WORD("6", families, FAMILY_6),
		WORD("tcp", protocol, 6),
		WORD("udp", protocol, 17),
		WORD("icmp", protocol, 1),
		WORD("icmp6", protocol, 58),
		WORD("thing", initiated, INITIATED_FROM_DEVICE),
		WORD("peer", initiated, INITIATED_TO_DEVICE),
		WORD("drop", forwarding, FORWARD_DROP),
		WORD("reject", forwarding, FORWARD_REJECT),
		WORD("?", understood, 0),
#undef WORD
	};

	for (size_t i = 0; i < COUNT(words); i++) {
		const int16_t wide = (int16_t)words[i].value;
		const uint8_t narrow = (uint8_t)words[i].value;

		if (strcmp(words[i].word, word) != 0)
			continue;
		if (words[i].size == 1)
			memcpy((char *)ace + words[i].offset, &narrow, 1);
		else
			memcpy((char *)ace + words[i].offset, &wide, 2);
		return true;
	}
	return false;
}

static void
read_word(struct policy *policy, struct ace *ace, const char *word)
{
	const char *value;

	if (read_whole(ace, word) || read_peer(policy, ace, word))
		return;
	if (take_value(word, "acl=", &value))
		text_copy(ace->acl, sizeof(ace->acl), value);
	else if (take_value(word, "from=", &value))
		assert_true(prefix_parse(value, &ace->from));
	else if (take_value(word, "to=", &value))
		assert_true(prefix_parse(value, &ace->to));
	else if (*word == 's')
		ace->source = ports_from(word + 1);
	else if (*word == 'd')
		ace->destination = ports_from(word + 1);
	else if (*word == 't')
		ace->icmp_type = (int16_t)atoi(word + 1);
	else if (*word == 'c')
		ace->icmp_code = (int16_t)atoi(word + 1);
	else if (*word == 'p')
		ace->protocol = (int16_t)atoi(word + 1);
	else
		add_field(ace, word);
}

static struct policy *
policy_from(const char *text)
{
	struct policy *policy = xcalloc(1, sizeof(*policy));
	char *copy = xstrdup(text), *next = copy, *one, *word;

	text_copy(policy->info.mud_url, sizeof(policy->info.mud_url),
	    "https://maker.example/thing");
	policy->texts = xcalloc(LIMIT_TEXTS, sizeof(*policy->texts));
	policy->aces = xcalloc(LIMIT_ACES, sizeof(*policy->aces));
	while ((one = strsep(&next, ";")) != NULL) {
		struct ace *ace = &policy->aces[policy->n_aces];

		*ace = (struct ace){ .families = FAMILY_4 | FAMILY_6,
			.acl = "acl",
			.understood = 1,
			.protocol = -1,
			.icmp_type = -1,
			.icmp_code = -1,
			.source = { .high = UINT16_MAX },
			.destination = { .high = UINT16_MAX } };
		(void)snprintf(
		    ace->name, sizeof(ace->name), "a%zu", policy->n_aces++);
		while ((word = strsep(&one, " ")) != NULL)
			if (*word != '\0')
				read_word(policy, ace, word);
	}
	free(copy);
	return policy;
}

/* What is told with one code: the ACE's number and the severity's letter. */
struct heard {
	enum fault_code code;
	char told[64];
	char first[FINDING_TEXT], fix[FINDING_TEXT];
};

static void
hear(void *arg, const struct finding *finding)
{
	static const char letters[] = "iwe";
	struct heard *heard = arg;
	const size_t len = strlen(heard->told);

	assert_true(finding->fix[0] != '\0');
	assert_false(finding->kind->refuses || finding->kind->breaks_schema);
	assert_true(finding->column == 7);
	if (finding->kind->code != heard->code)
		return;
	if (len == 0) {
		text_copy(heard->first, sizeof(heard->first), finding->message);
		text_copy(heard->fix, sizeof(heard->fix), finding->fix);
	}
	(void)snprintf(heard->told + len, sizeof(heard->told) - len, "%s%s%c",
	    len == 0 ? "" : " ", finding->pointer,
	    letters[finding->kind->severity]);
}

struct lint_case {
	const char *aces;
	const char *told; /* of this code */
	const char *word; /* in the first message or its fix; NULL: any */
};

static void
run(enum fault_code code, const struct lint_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct policy *policy = policy_from(cases[i].aces);
		struct finding_place places[16] = { { .pointer = "" } };
		struct heard heard = { .code = code };
		struct findings to = { .on = hear, .arg = &heard };

		assert_true(policy->n_aces <= COUNT(places));
		for (size_t k = 0; k < policy->n_aces; k++) {
			(void)snprintf(places[k].pointer,
			    sizeof(places[k].pointer), "%zu", k);
			places[k].column = 7;
		}
		lint_policy(policy, places, &to);
		if (strcmp(heard.told, cases[i].told) != 0)
			fail_msg("%s: told \"%s\", not \"%s\": %s",
			    cases[i].aces, heard.told, cases[i].told,
			    heard.first);
		if (cases[i].word != NULL &&
		    strstr(heard.first, cases[i].word) == NULL &&
		    strstr(heard.fix, cases[i].word) == NULL)
			fail_msg("%s: no \"%s\" in \"%s\", \"%s\"",
			    cases[i].aces, cases[i].word, heard.first,
			    heard.fix);
		policy_free(policy);
	}
}

/* Fields, as field.h numbers them. */
_Static_assert(FIELD_LENGTH == 3 && FIELD_TTL == 4 && FIELD_IHL == 5 &&
		   FIELD_IP_FLAGS == 6 && FIELD_OFFSET == 7 &&
		   FIELD_DATA_OFFSET == 12 && FIELD_TCP_FLAGS == 14 &&
		   FIELD_WINDOW == 15 && FIELD_UDP_LENGTH == 17,
    "the cases below say so");

static void
tells_what_never_matches(void **state)
{
	static const struct lint_case cases[] = {
		{ "f 4 tcp d443 dns=a.example", "", NULL },
		/* A-PROTO-2, A-ICMP-1: the family */
		{ "f 6 icmp same", "0w", "IP version" },
		{ "f 4 icmp6 same", "0w", "IP version" },
		{ "f 6 icmp6 same", "", NULL },
		{ "f icmp same", "", NULL },
		{ "f 4 tcp to=2001:db8::/32", "0w", "IP version" },
		{ "f 6 tcp from=192.0.2.1", "0w", "IP version" },
		{ "f 4 tcp from=192.0.2.1", "", NULL },
		{ "f 6 tcp to=192.0.2.1", "0w", "IP version" },
		{ "f icmp t128 same", "0w", "8 in" },
		{ "f icmp t161 same", "0w", NULL },
		{ "f icmp t127 same", "", NULL },
		{ "f icmp t162 same", "", NULL },
		{ "f icmp t8 same", "", NULL },
		{ "f icmp6 t8 same", "0w", "128" },
		{ "f icmp6 t0 same", "0w", "128" },
		{ "f icmp6 t99 same", "0w", "128" },
		{ "f icmp6 t4 same", "", NULL },
		{ "f icmp6 t100 same", "", NULL },
		/* A-PORT-1 */
		{ "f tcp d!0-65535 same", "0w", "no port" },
		{ "f tcp s!0-65535 same", "0w", "no port" },
		{ "f tcp d!80 same", "", NULL },
		{ "f tcp d!0-65534 same", "", NULL },
		{ "f tcp d!1-65535 same", "", NULL },
		/* addresses that no host has */
		{ "f udp from=224.0.0.0/24", "0w", "multicast" },
		{ "t udp from=ff02::/16", "0w", "multicast" },
		{ "t udp from=255.255.255.255", "0w", "broadcast" },
		{ "f udp to=239.255.255.250", "", NULL },
		{ "f udp to=127.0.0.1", "0w", "loopback" },
		{ "t udp from=::1", "0w", "loopback" },
		{ "f udp to=0.0.0.0", "0w", "unspecified" },
		{ "f udp to=::/128", "0w", "unspecified" },
		{ "f udp to=::/127", "", NULL },
		{ "f udp to=0.0.0.0/0", "", NULL },
		{ "f udp to=224.0.0.251 local", "0w", "DHCP" },
		{ "f udp to=224.0.0.251 same", "0w", "no host" },
		{ "f udp to=ff02::fb local same", "0w", "no host" },
		{ "f udp to=255.255.255.255 local", "0w", "DHCP" },
		{ "t udp to=224.0.0.251 local", "", NULL },
		/* M-FILE-7: peers that exclude each other */
		{ "f tcp mfg=a.example mfg=b.example", "0w", "two makers" },
		{ "f tcp same mfg=a.example", "0w", "two makers" },
		{ "f tcp same mfg=maker.example", "", NULL },
		{ "f tcp same model=https://a.example/x", "0w", "two makers" },
		{ "f tcp same model=https://maker.example/x", "", NULL },
		{ "f tcp model=https://a.example/x model=https://a.example/y",
		    "0w", "two makers" },
		{ "f tcp mfg=a.example model=https://a.example/y", "", NULL },
		{ "f tcp mfg=a.example model=https://b.example/y", "0w", NULL },
		{ "f tcp ctl=https://a.example/x ctl=https://b.example/x", "",
		    NULL },
		/* M-DNS-6: not followed there, unless configured */
		{ "f tcp dns=a.example local", "0w", "hardly ever" },
		/* fields */
		{ "f 4 tcp same 4=0", "0w", "ttl" },
		{ "f 4 tcp same 4=1", "", NULL },
		{ "f 4 tcp same 4=1 4=2", "0w", "two values" },
		{ "f 4 tcp same 4=1 4=1", "", NULL },
		{ "f 4 tcp same 3=39", "0w", "shorter" },
		{ "f 4 tcp same 3=40", "", NULL },
		{ "f 4 udp same 3=27", "0w", "shorter" },
		{ "f 4 udp same 3=28", "", NULL },
		{ "f 6 tcp same 3=19", "0w", "shorter" },
		{ "f 6 tcp same 3=20", "", NULL },
		{ "f 6 icmp6 same 3=3", "0w", "shorter" },
		{ "f 6 icmp6 same 3=4", "", NULL },
		{ "f 4 icmp same 3=27", "0w", "shorter" },
		{ "f 4 same 3=19", "0w", "shorter" },
		{ "f 4 same 3=20", "", NULL },
		{ "f udp same 17=7", "0w", "shorter" },
		{ "f udp same 17=8", "", NULL },
		{ "f 4 same 5=4", "0w", "shorter" },
		{ "f 4 same 5=5", "", NULL },
		{ "f tcp same 12=4", "0w", "shorter" },
		{ "f tcp same 12=5", "", NULL },
		{ "f 4 tcp d80 same 7=20", "0w", "fragments" },
		{ "f 4 tcp s80 same 7=20", "0w", "fragments" },
		{ "f 4 icmp t8 same 7=20", "0w", "fragments" },
		{ "f 4 icmp c1 same 7=20", "0w", "fragments" },
		{ "f 4 tcp thing same 7=20", "0w", "fragments" },
		{ "f 4 tcp same 7=20 15=1", "0w", "fragments" },
		{ "f 4 tcp same 7=20", "", NULL },
		{ "f 4 tcp d80 same 7=0", "", NULL },
		{ "f 4 same 6=4", "0w", "reserved" },
		{ "f 4 same 6=2", "", NULL },
		{ "f tcp same 14=0", "0w", "flags" },
		{ "f tcp same 14=3", "0w", "flags" },
		{ "f tcp same 14=2", "", NULL },
		{ "f tcp same 14=17", "", NULL },
		/* M-DIR-2: who sends the first SYN, and who answers it */
		{ "f tcp same thing 14=2", "", NULL },
		{ "f tcp same thing 14=18", "0w", "SYN" },
		{ "f tcp same peer 14=2", "0w", "SYN" },
		{ "f tcp same peer 14=18", "", NULL },
		{ "t tcp same thing 14=2", "0w", "SYN" },
		{ "t tcp same thing 14=18", "", NULL },
		{ "t tcp same peer 14=2", "", NULL },
		{ "f tcp same thing 14=16", "", NULL },
		/* A-DIR-1: the service's port on the opener's side */
		{ "f tcp s443 same thing", "0w", "source-port" },
		{ "t tcp d443 same thing", "0w", "source-port" },
		{ "f tcp d443 same peer", "0w", "source-port" },
		{ "t tcp s443 same peer", "0w", "source-port" },
		{ "f tcp d443 same thing", "", NULL },
		{ "f tcp s443 same peer", "", NULL },
		{ "f tcp s443 same", "", NULL },
		{ "f tcp s443 d80 same thing", "", NULL },
		{ "f tcp s1023 same thing", "0w", NULL },
		{ "f tcp s1024 same thing", "", NULL },
		{ "f tcp s!443 same thing", "", NULL },
		/* what was not understood has been told */
		{ "f 6 icmp same ?", "", NULL },
	};

	(void)state;
	run(FAULT_NEVER_MATCHES, cases, COUNT(cases));
}

/* A-SEM-1: the first match decides. */
static void
tells_what_is_shadowed(void **state)
{
	static const struct lint_case cases[] = {
		{ "f tcp d80 same; f tcp d443 same", "", NULL },
		{ "f tcp d80 same; f tcp d80 same", "1i", "a0" },
		{ "f tcp d80 same drop; f tcp d80 same", "1w",
		    "though it accepts: ACE a0 before it drops" },
		{ "f tcp d80 same; f tcp d80 same drop", "1w",
		    "though it drops: ACE a0 before it accepts" },
		{ "f drop; f tcp d80 same reject", "1i", "a0" },
		/* wider in each condition, and narrower in one */
		{ "f tcp same; f tcp d80 same", "1i", NULL },
		{ "f tcp d80 same; f tcp same", "", NULL },
		{ "f tcp d80-90 same; f tcp d85 same", "1i", NULL },
		{ "f tcp d80-90 same; f tcp d85-91 same", "", NULL },
		{ "f tcp d80-90 same; f tcp d79-85 same", "", NULL },
		{ "f tcp s80-90 same; f tcp s85 same", "1i", NULL },
		{ "f tcp s80-90 same; f tcp s85-91 same", "", NULL },
		{ "f tcp d!80 same; f tcp d81-90 same", "1i", NULL },
		{ "f tcp d!80 same; f tcp d0-79 same", "1i", NULL },
		{ "f tcp d!80 same; f tcp d79-81 same", "", NULL },
		{ "f tcp d!80 same; f tcp d!70-90 same", "1i", NULL },
		{ "f tcp d!70-90 same; f tcp d!80 same", "", NULL },
		{ "f same; f tcp same", "1i", NULL },
		{ "f tcp same; f same", "", NULL },
		{ "f tcp same; f udp same", "", NULL },
		{ "f tcp d80; f tcp d80 same", "1i", NULL },
		{ "f tcp d80 same; f tcp d80", "", NULL },
		{ "f tcp d80 same; f tcp d80 mine", "", NULL },
		{ "f tcp d80 dns=a.example; f tcp d80 dns=b.example", "",
		    NULL },
		{ "f 4 tcp d80 same; f 6 tcp d80 same", "", NULL },
		{ "f tcp d80 same; f 6 tcp d80 same", "1i", NULL },
		{ "f 6 tcp d80 same; f tcp d80 same", "", NULL },
		{ "f tcp d80 same; f tcp d80 same thing", "1i", NULL },
		{ "f tcp d80 same thing; f tcp d80 same", "", NULL },
		{ "f tcp d80 same thing; f tcp d80 same peer", "", NULL },
		{ "f udp to=198.51.100.0/24; f udp to=198.51.100.7", "1i",
		    NULL },
		{ "f udp to=198.51.100.7; f udp to=198.51.100.0/24", "", NULL },
		{ "f udp to=198.51.100.0/24; f udp to=192.0.2.1", "", NULL },
		{ "f udp from=198.51.100.0/24; f udp from=198.51.100.7", "1i",
		    NULL },
		{ "f udp from=198.51.100.7; f udp from=198.51.100.0/24", "",
		    NULL },
		{ "f udp to=198.51.100.0/24; f udp", "", NULL },
		{ "f icmp same; f icmp t8 same", "1i", NULL },
		{ "f icmp t8 same; f icmp same", "", NULL },
		{ "f icmp t8 c0 same; f icmp t8 same", "", NULL },
		{ "f icmp t8 same; f icmp t8 c0 same", "1i", NULL },
		{ "f 4 tcp same 4=1; f 4 tcp same 4=2", "", NULL },
		{ "f 4 tcp same 4=1; f 4 tcp same 4=1", "1i", NULL },
		{ "f 4 tcp same 4=1; f 4 tcp same", "", NULL },
		{ "f 4 tcp same; f 4 tcp same 4=1", "1i", NULL },
		/* the other direction, and what takes no part */
		{ "f tcp d80 same; t tcp d80 same", "", NULL },
		{ "f tcp d80 same ?; f tcp d80 same", "", NULL },
		{ "f 6 icmp; f 6 icmp", "", NULL },
		/* the parts of earlier ones together */
		{ "f tcp d0-99 same; f tcp d100-200 same; f tcp d50-150 same",
		    "2i", "a0" },
		{ "f tcp d100-200 same; f tcp d0-99 same; f tcp d50-150 same",
		    "2i", "a1" },
		{ "f tcp d0-99 same; f tcp d101-200 same; f tcp d50-150 same",
		    "", NULL },
		{ "f tcp d0-99 same drop; f tcp d100-200 same; "
		  "f tcp d50-150 same",
		    "2w", NULL },
		{ "f tcp d0-149 same; f tcp d150 same; f tcp d50-150 same",
		    "2i", NULL },
		{ "f udp s0-99 same; f udp s100-200 same; f udp s50-150 same",
		    "2i", NULL },
		{ "f udp s0-99 mine; f udp s100-200 same; f udp s50-150 same",
		    "", NULL },
		{ "f tcp d!80 same; f tcp d80 same; f tcp same", "2i", NULL },
		{ "f tcp d!80 same; f tcp d81 same; f tcp same", "1i", NULL },
		{ "f tcp d0-50 same; f tcp d60-65535 same; f tcp d!51-59 same",
		    "2i", NULL },
		{ "f tcp d0-50 same; f tcp d61-65535 same; "
		  "f tcp d!51-59 same",
		    "", NULL },
		{ "f tcp d0-99 same acl=x; f tcp d100-200 same; "
		  "f tcp d50-150 same",
		    "", NULL },
		/* another ACL's verdict: which comes first is not defined */
		{ "f tcp d80 same; f tcp d80 same acl=x", "1i", "acl" },
		{ "f tcp d80 same; f tcp d80 same drop acl=x", "", NULL },
	};

	(void)state;
	run(FAULT_SHADOWED, cases, COUNT(cases));
}

/* M-POL-2 */
static void
tells_what_contradicts(void **state)
{
	static const struct lint_case cases[] = {
		{ "f tcp d80 same; f tcp d80 same drop", "", NULL },
		{ "f tcp d80 same; f tcp d80 same drop acl=x", "1w", "a0" },
		{ "f tcp d80 same; f tcp d80 same acl=x", "", NULL },
		{ "f drop acl=x; f tcp d80 same", "1w", "not defined" },
		{ "f tcp d80 same; t tcp d80 same drop acl=x", "", NULL },
		{ "f 4 tcp d80; f 6 tcp d80 drop acl=x", "", NULL },
		{ "f tcp d80; f udp d80 drop acl=x", "", NULL },
		{ "f tcp d80-90; f tcp d90-99 drop acl=x", "1w", NULL },
		{ "f tcp d80-90; f tcp d91-99 drop acl=x", "", NULL },
		{ "f tcp s80-90; f tcp s91-99 drop acl=x", "", NULL },
		{ "f icmp t8; f icmp t0 drop acl=x", "", NULL },
		{ "f icmp c1; f icmp c0 drop acl=x", "", NULL },
		{ "f tcp thing; f tcp peer drop acl=x", "", NULL },
		{ "f tcp thing; f tcp drop acl=x", "1w", NULL },
		{ "f tcp same; f tcp mine drop acl=x", "", NULL },
		{ "f tcp same; f tcp drop acl=x", "1w", NULL },
		{ "f tcp; f tcp same drop acl=x", "1w", NULL },
		{ "f udp to=192.0.2.0/24; f udp to=192.0.2.1 drop acl=x", "1w",
		    NULL },
		{ "f udp to=192.0.2.1; f udp to=192.0.2.0/24 drop acl=x", "1w",
		    NULL },
		{ "f udp to=192.0.2.1; f udp to=192.0.2.2 drop acl=x", "",
		    NULL },
		{ "f udp from=192.0.2.1; f udp from=192.0.2.2 drop acl=x", "",
		    NULL },
		{ "f 4 tcp 4=1; f 4 tcp 4=2 drop acl=x", "", NULL },
		{ "f 4 tcp 4=1; f 4 tcp 4=1 drop acl=x", "1w", NULL },
		{ "f tcp ?; f tcp drop acl=x", "", NULL },
		/* once for two ACLs */
		{ "f tcp d1; f tcp d2; f tcp drop acl=x", "2w", NULL },
		{ "f tcp; f tcp drop acl=x; f tcp drop acl=y", "1w 2w", NULL },
		{ "f tcp; f tcp drop acl=x; t tcp; t tcp drop acl=x", "1w 3w",
		    NULL },
	};

	(void)state;
	run(FAULT_ACL_ORDER, cases, COUNT(cases));
}

/* M-POL-1, M-POL-3 */
static void
tells_whose_twin_is_missing(void **state)
{
	static const struct lint_case cases[] = {
		{ "f tcp d443 same; t tcp s443 same", "", NULL },
		{ "f tcp d443 same", "0w", "source-port 443" },
		{ "t tcp s443 same", "0w", "destination-port 443" },
		{ "f tcp d443 same; t tcp d443 same", "0w 1w", NULL },
		{ "f tcp d443 same; t tcp s443 mine", "0w 1w", NULL },
		{ "f tcp d443 same; t tcp same", "1w", "tcp, same" },
		{ "f tcp d443 same; t tcp s443 same drop", "0w", NULL },
		{ "f tcp d443 same drop", "", NULL },
		{ "f tcp d443 same reject", "", NULL },
		{ "f udp d443 same", "0w", "udp" },
		{ "f p47 same", "0w", "protocol 47" },
		{ "f same", "0w", "any protocol" },
		{ "f tcp d80-90 same", "0w", "source-port 80 to 90" },
		{ "f tcp d!80 same", "0w", "source-port neq 80" },
		{ "f tcp d0-80 same", "0w", "source-port 0 to 80" },
		{ "f tcp d80-65535 same", "0w", "source-port 80 to 65535" },
		{ "f tcp s80 same", "0w", "destination-port 80" },
		{ "f tcp d443 dns=a.example", "0w", "src-dnsname a.example" },
		{ "t tcp s443 dns=a.example", "0w", "dst-dnsname a.example" },
		{ "f tcp ctl=https://a.example/x", "0w",
		    "controller https://a.example/x" },
		{ "f tcp mine", "0w", "my-controller" },
		{ "f tcp mfg=a.example", "0w", "manufacturer a.example" },
		{ "f tcp model=https://a.example/x", "0w",
		    "model https://a.example/x" },
		{ "f tcp local", "0w", "local-networks" },
		{ "f tcp to=192.0.2.1", "0w",
		    "source-ipv4-network 192.0.2.1/32" },
		{ "t tcp from=2001:db8::/32", "0w",
		    "destination-ipv6-network 2001:db8::/32" },
		{ "f 4 tcp to=192.0.2.1; t 4 tcp from=192.0.2.1", "", NULL },
		/* a group is nobody's source */
		{ "f udp to=239.255.255.250", "", NULL },
		{ "t udp to=239.255.255.250", "", NULL },
		{ "f udp to=0.0.0.0/0", "0w", NULL },
		/* each family */
		{ "f tcp d443 same; t 4 tcp s443 same", "0w", NULL },
		{ "f tcp d443 same; t 4 tcp s443 same; t 6 tcp s443 same", "",
		    NULL },
		{ "f 4 tcp d443 same; t tcp s443 same", "1w", NULL },
		/* M-DIR-3: the opener is the same in both */
		{ "f tcp d443 same thing; t tcp s443 same thing", "", NULL },
		/* Who opens is said by one of the two: enough. */
		{ "f tcp d443 same thing; t tcp s443 same", "", NULL },
		{ "f tcp d443 same; t tcp s443 same thing", "", NULL },
		{ "f tcp d4430 same thing; t tcp s4430 same peer", "0w 1w",
		    NULL },
		{ "f tcp d443 same thing", "0w",
		    "direction-initiated from-device" },
		{ "t tcp d443 same peer", "0w",
		    "direction-initiated to-device" },
		{ "t tcp s443 same thing", "0w", "lets it do" },
		{ "t tcp d443 same peer", "0w", "keep no state" },
		{ "f tcp d443 same thing", "0w", "keep no state" },
		{ "f tcp d443 same", "0w", "keep no state" },
		{ "t tcp d443 same", "0w", "keep no state" },
		{ "f tcp s443 same peer", "0w", "lets it do" },
		{ "f tcp d443 same peer", "", NULL },
		/* ICMP: what answers what */
		{ "f icmp t8 same; t icmp t0 same", "", NULL },
		{ "f icmp t8 same; t icmp t8 same", "0w 1w", "type 0" },
		{ "t icmp t0 same", "0w", "type 8" },
		{ "f icmp t13 same", "0w", "type 14" },
		{ "f icmp t3 same", "", NULL },
		{ "f icmp same; t icmp same", "", NULL },
		{ "f icmp6 t128 same; t icmp6 t129 same", "", NULL },
		{ "f icmp6 t128 same", "0w", "icmp, type 129" },
		{ "f icmp6 t1 same", "", NULL },
		/* Appendix A has those */
		{ "f udp d53 ctl=urn:ietf:params:mud:dns", "", NULL },
		{ "t udp s53 ctl=urn:ietf:params:mud:dns", "", NULL },
		{ "f udp d123 ctl=urn:ietf:params:mud:ntp", "", NULL },
		{ "f udp d123 ctl=urn:ietf:params:mud:dns", "0w", NULL },
		{ "f tcp d53 ctl=urn:ietf:params:mud:dns", "0w", NULL },
		{ "f udp d53-54 ctl=urn:ietf:params:mud:dns", "0w", NULL },
		{ "f udp d!53 ctl=urn:ietf:params:mud:dns", "0w", NULL },
		{ "f udp d53 ctl=urn:ietf:params:mud:dns same", "0w", NULL },
		{ "f udp d53 mine", "0w", NULL },
		{ "t udp d53 ctl=urn:ietf:params:mud:dns", "0w", NULL },
		/* fields are each direction's own */
		{ "f 4 tcp d443 same 1=10; t 4 tcp s443 same", "1w", NULL },
		{ "f 4 tcp d443 same; t 4 tcp s443 same 1=10", "0w", NULL },
		{ "f tcp d443 same ?", "", NULL },
	};

	(void)state;
	run(FAULT_TWIN_MISSING, cases, COUNT(cases));
}

/* A-SEM-3, M-FILE-8, M-POL-3 */
static void
tells_what_is_broad(void **state)
{
	static const struct lint_case cases[] = {
		{ "f tcp d443 dns=a.example", "", NULL },
		{ "f", "0w", "everything" },
		{ "t", "0w", "everything" },
		{ "f drop", "0i", "before it" },
		{ "f reject", "0i", NULL },
		{ "f to=0.0.0.0/0", "0w", "everything" },
		{ "f to=::/0", "0w", "everything" },
		{ "f tcp", "0w", "all ports of any host" },
		{ "f udp", "0w", "all ports of any host" },
		{ "f tcp to=0.0.0.0/0", "0w", "all ports of any host" },
		{ "f tcp s5000", "0w", "packets to any host" },
		{ "f tcp d443", "0w", "packets to any host" },
		{ "t tcp d443", "0w", "from any host" },
		{ "f icmp t8", "0w", "packets to any host" },
		{ "f p47", "0w", "packets to any host" },
		{ "f tcp d443 from=192.0.2.1", "0w", "packets to any host" },
		{ "f tcp d443 to=192.0.2.1", "", NULL },
		{ "t tcp d443 from=192.0.2.1", "", NULL },
		{ "f tcp to=32.0.0.0/7", "0w", "more addresses" },
		{ "f tcp to=32.0.0.0/8", "", NULL },
		{ "f tcp to=2000::/23", "0w", "more addresses" },
		{ "f tcp to=2000::/24", "", NULL },
		{ "f tcp to=32.0.0.0/7 same", "", NULL },
		{ "f udp to=ff00::/8", "", NULL },
		{ "f local", "0w", "whole local network" },
		{ "f tcp local", "0w", "whole local network" },
		{ "f udp local", "0w", "whole local network" },
		{ "f tcp d80 local", "", NULL },
		{ "f tcp s80 local", "", NULL },
		{ "f icmp local", "", NULL },
		{ "f tcp local same", "", NULL },
		{ "f same", "0w", "any protocol" },
		{ "f to=192.0.2.1", "0w", "any protocol" },
		{ "f same drop", "", NULL },
		/* replies alone: told with what opens */
		{ "t tcp s443 thing", "", NULL },
		{ "t tcp s4430 peer", "0w", NULL },
		{ "f tcp peer", "", NULL },
		{ "f tcp thing", "0w", NULL },
		{ "f ?", "", NULL },
	};

	(void)state;
	run(FAULT_BROAD, cases, COUNT(cases));
}

/* M-FILE-7; M-FILE-6: what is told of the Thing's own side. */
static void
tells_of_peers_and_own_side(void **state)
{
	static const struct lint_case peers[] = {
		{ "f tcp same", "", NULL },
		{ "f tcp same mine", "0w", "2 names" },
		{ "f tcp same mine local", "0w", "3 names" },
		{ "f tcp same local", "0w", NULL },
		{ "f tcp dns=a.example dns=b.example", "0w", NULL },
		{ "f tcp dns=a.example local", "", NULL },
		{ "f tcp mfg=a.example mfg=b.example", "", NULL },
	};
	static const struct lint_case own[] = {
		{ "f tcp from=192.0.2.1", "0w", "192.0.2.1/32" },
		{ "t tcp to=192.0.2.1", "0w", "192.0.2.1/32" },
		{ "t tcp from=192.0.2.1", "", NULL },
		{ "f tcp to=192.0.2.1", "", NULL },
		{ "f tcp from=0.0.0.0/0", "", NULL },
		{ "t udp to=224.0.0.251", "", NULL },
		{ "f tcp from=192.0.2.1 drop", "0w", NULL },
	};

	(void)state;
	run(FAULT_UNADVISED, peers, COUNT(peers));
	run(FAULT_IP_LITERAL, own, COUNT(own));
}

static void
swaps_what_a_twin_has(void **state)
{
	static const char *const alone[] = { "f udp to=224.0.0.251",
		"t udp from=ff02::1", "f icmp t3", "t icmp6 t8" };
	struct policy *policy;
	struct ace twin;

	(void)state;
	for (size_t i = 0; i < COUNT(alone); i++) {
		policy = policy_from(alone[i]);
		assert_false(linttwin_of(&policy->aces[0], &twin));
		policy_free(policy);
	}
	policy = policy_from(
	    "f tcp s1 d2 from=192.0.2.1 to=192.0.2.2 same thing 15=1");
	assert_true(linttwin_of(&policy->aces[0], &twin));
	assert_int_equal(twin.direction, TO_DEVICE);
	assert_int_equal(twin.source.low, 2);
	assert_int_equal(twin.destination.high, 1);
	assert_true(prefix_equal(&twin.from, &policy->aces[0].to));
	assert_true(prefix_equal(&twin.to, &policy->aces[0].from));
	assert_int_equal(twin.initiated, INITIATED_FROM_DEVICE);
	assert_int_equal(twin.fields[0].id, FIELD_NONE);
	policy_free(policy);
}

static void
count(void *arg, const struct finding *finding)
{
	size_t *n = arg;

	assert_true(finding->line == 0 && finding->pointer[0] == '\0');
	(*n)++;
}

/* Without places, without a listener, and at the most. */
static void
takes_what_there_is(void **state)
{
	struct policy *policy = policy_from("f");
	size_t n = 0;
	struct findings to = { .on = count, .arg = &n }, deaf = { 0 };

	(void)state;
	for (; policy->n_aces < LIMIT_ACES; policy->n_aces++)
		policy->aces[policy->n_aces] = policy->aces[0];
	lint_policy(policy, NULL, &deaf);
	lint_policy(policy, NULL, &to);
	assert_int_equal(n, LIMIT_FINDINGS + 1);
	policy->n_aces = 0;
	lint_policy(policy, NULL, &to);
	assert_int_equal(n, LIMIT_FINDINGS + 1);
	policy_free(policy);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_never_matches),
		cmocka_unit_test(tells_what_is_shadowed),
		cmocka_unit_test(tells_what_contradicts),
		cmocka_unit_test(tells_whose_twin_is_missing),
		cmocka_unit_test(tells_what_is_broad),
		cmocka_unit_test(tells_of_peers_and_own_side),
		cmocka_unit_test(swaps_what_a_twin_has),
		cmocka_unit_test(takes_what_there_is),
	};

	return cmocka_run_group_tests_name("lint", tests, NULL, NULL);
}
