/*
 * Whose word about a Thing counts, and what is kept of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "engine/things/modes.h"
#include "engine/things/things.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define NONE          (-1)

static const struct {
	enum config_mode gateway;
	int configured, said; /* a mode, or NONE */
	enum config_mode mode;
	bool denied, watched;
} words[] = {
	{ CONFIG_ENFORCE, NONE, NONE, CONFIG_ENFORCE, false, false },
	{ CONFIG_ENFORCE, CONFIG_MONITOR, NONE, CONFIG_MONITOR, false, true },
	{ CONFIG_ENFORCE, CONFIG_DENY, NONE, CONFIG_DENY, true, false },
	{ CONFIG_ENFORCE, CONFIG_DENY, CONFIG_ENFORCE, CONFIG_ENFORCE, false,
	    false },
	{ CONFIG_ENFORCE, NONE, CONFIG_QUARANTINE, CONFIG_QUARANTINE, false,
	    false },
	{ CONFIG_ENFORCE, CONFIG_MONITOR, CONFIG_DENY, CONFIG_DENY, true,
	    false },
	/* Where nothing is dropped, nobody is enforced, or denied. */
	{ CONFIG_MONITOR, NONE, NONE, CONFIG_MONITOR, false, false },
	{ CONFIG_MONITOR, NONE, CONFIG_ENFORCE, CONFIG_MONITOR, false, false },
	{ CONFIG_MONITOR, CONFIG_ENFORCE, NONE, CONFIG_MONITOR, false, false },
	{ CONFIG_MONITOR, NONE, CONFIG_DENY, CONFIG_DENY, false, false },
};

static void
the_last_word_counts(void **state)
{
	(void)state;

	for (size_t i = 0; i < LENGTH(words); i++) {
		const struct config config = { .mode = words[i].gateway };
		const struct config_device device = {
			.has_mode = words[i].configured != NONE,
			.mode = words[i].configured != NONE
			            ? (enum config_mode)words[i].configured
			            : CONFIG_ENFORCE,
		};
		struct thing thing = { 0 };

		modes_configure(&thing, &device);
		if (words[i].said != NONE) {
			thing.has_mode = true;
			thing.mode = (enum config_mode)words[i].said;
		}
		assert_int_equal(modes_of(&config, &thing), words[i].mode);
		assert_int_equal(
		    modes_is_denied(&config, &thing), words[i].denied);
		assert_int_equal(
		    modes_is_watched(&config, &thing), words[i].watched);
	}
}

/* Other flags beside it are others' business; a number that is no mode of
 * ours lets nothing pass. */
static void
the_word_is_kept(void **state)
{
	struct thing thing = { 0 };

	(void)state;
	assert_int_equal(modes_to_flags(&thing), 0);
	for (unsigned int i = 0; i < CONFIG_MODES; i++) {
		struct thing back = { 0 };

		thing.has_mode = true;
		thing.mode = (enum config_mode)i;
		assert_int_equal(modes_to_flags(&thing) & 7, 0);
		modes_from_flags(&back, modes_to_flags(&thing) | 7);
		assert_true(back.has_mode);
		assert_int_equal(back.mode, i);
	}
	modes_from_flags(&thing, 7);
	assert_false(thing.has_mode);
	for (uint32_t number = CONFIG_MODES + 1; number < 8; number++) {
		modes_from_flags(&thing, number << 4);
		assert_true(thing.has_mode);
		assert_int_equal(thing.mode, CONFIG_DENY);
	}
}

static void
reads_words(void **state)
{
	static const struct {
		const char *text;
		bool good, has_mode;
		enum config_mode mode;
	} cases[] = {
		{ "enforce", true, true, CONFIG_ENFORCE },
		{ "monitor", true, true, CONFIG_MONITOR },
		{ "quarantine", true, true, CONFIG_QUARANTINE },
		{ "deny", true, true, CONFIG_DENY },
		{ "default", true, false, CONFIG_ENFORCE },
		{ "", false, false, CONFIG_ENFORCE },
		{ "Deny", false, false, CONFIG_ENFORCE },
		{ "allow", false, false, CONFIG_ENFORCE },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		enum config_mode mode;
		bool has_mode;

		assert_int_equal(modes_parse(cases[i].text, &has_mode, &mode),
		    cases[i].good);
		if (!cases[i].good)
			continue;
		assert_int_equal(has_mode, cases[i].has_mode);
		assert_int_equal(mode, cases[i].mode);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_word_counts),
		cmocka_unit_test(the_word_is_kept),
		cmocka_unit_test(reads_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
