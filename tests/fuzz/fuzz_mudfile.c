/*
 * Fuzz target: MUD files.  What is read must be what the engine would take
 * from a reader: sound ACEs, texts within their limits, printable notes.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "libmud/mudfile.h"
#include "libmud/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
check_note(void *arg, enum mudfile_severity severity, const struct fault *note)
{
	(void)arg;
	must(severity <= MUDFILE_ERROR);
	must(fault_is_sound(note));
	must(note->code != FAULT_NONE);
	must(mudfile_pointer(note) < sizeof(note->detail));
}

static void
check_policy(const struct policy *policy)
{
	struct fault why;

	must(policy->n_aces <= LIMIT_ACES);
	must(policy->n_texts <= LIMIT_TEXTS);
	must(fault_is_sound(&policy->hold));
	for (size_t i = 0; i < policy->n_aces; i++)
		must(ace_is_sound(&policy->aces[i], policy->n_texts, &why));
	for (size_t i = 0; i < policy->n_texts; i++)
		for (const char *c = policy->texts[i].text; *c != '\0'; c++)
			must(*c > ' ' && *c < 0x7f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bytes raw = { data, size };
	struct mudfile_peek peek;
	struct policy *policy;
	struct fault why;
	bool is_peeked;

	is_peeked = mudfile_peek(raw, &peek, &why);
	must(is_peeked || fault_is_sound(&why));
	if (mudfile_judge(raw, check_note, NULL, &policy, &why)) {
		/* Whatever can be read whole can be peeked at. */
		must(is_peeked);
		check_policy(policy);
		policy_free(policy);
	} else {
		must(fault_is_sound(&why));
	}
	return 0;
}
